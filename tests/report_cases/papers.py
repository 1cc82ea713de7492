"""Papers to ask about, with answers by hand.

```
                    list     topics        code                      authors
Kelp: Fronds  2019  whole    CV, EE        flagged, okoro/kelp       Ada, Ben
Kelp: fronds  2019  whole                                            Ada, Ben     (club)
Kelp: Roots   2020  cut      CV            okoro/kelp                Ben, Cleo
Kelp: Waltz   2020  whole    Music         lind/songs                Dov
Tide Tables   2020  whole                  flagged                   Cleo
Tide tables    -    cut                                              Dov, [Eva]   (club)
Great Survey  2021  unknown  CV            lind/songs, not flagged   Cleo, Ada, Ben, Dov
Empty         2020  unknown                                          nobody
Notes          -    cut      EE            flagged                   [Eva]        (club)
```

CV and EE are categories, Music is a keyword. Eva is the subject of a page of the club, which
does not print her. Besides, 21 papers of 2010 by Gus name one repository, one more than a row
lists. Decisions say that the Ben of the lab is the Ben
of the club, and that the two papers on fronds are two.
"""

from graph_service.model.records import Decision, Topic
from graph_service.store.fold import paper_id
from tests.invented import paper
from tests.report_cases import Area, Case

CV, EE = (Topic(scheme="category", name=name) for name in ("CV", "EE"))
MUSIC = Topic(scheme="keyword", name="Music")
KELP, SONGS = ("https://github.com/Okoro/Kelp",), ("https://github.com/lind/songs",)

FRONDS = paper(
    "Kelp: Fronds",
    ["Ada Quill", "Ben Okoro"],
    date="2019-04-02",
    topics=(CV, EE),
    has_code=True,
    repositories=KELP,
)
AGAIN = paper("Kelp: fronds", ["Ada Quill", "Ben Okoro"], source="club", date="2019")
ROOTS = paper(
    "Kelp: Roots",
    ["Ben Okoro", "Cleo Marsh"],
    date="2020",
    complete=False,
    topics=(CV,),
    repositories=KELP,
)
WALTZ = paper("Kelp: Waltz", ["Dov Lind"], date="2020-07", topics=(MUSIC,), repositories=SONGS)
TIDES = paper("Tide Tables", ["Cleo Marsh"], date="2020-06-01", has_code=True)
TIDES_CUT = paper(
    "Tide tables", ["Dov Lind"], source="club", date=None, complete=False, subject="Eva Stone"
)
SURVEY = paper(
    "Great Survey",
    ["Cleo Marsh", "Ada Quill", "Ben Okoro", "Dov Lind"],
    date="2021-01-05",
    complete=None,
    topics=(CV,),
    has_code=False,
    repositories=SONGS,
)
EMPTY = paper("Empty", [], date="2020-12-31", complete=None)
NOTES = paper(
    "Notes",
    [],
    source="club",
    date=None,
    complete=False,
    subject="Eva Stone",
    topics=(EE,),
    has_code=True,
)
GATES = [
    paper(
        f"Gate {number:02}",
        ["Gus Vane"],
        date="2010",
        repositories=("https://github.com/vane/gates",),
    )
    for number in range(1, 22)
]
SAME_BEN = Decision(
    number=1, op="same", a="name:lab/okoro.ben", b="name:club/okoro.ben", by="Ada Quill"
)
TWO_KELPS = Decision(
    number=2,
    op="different",
    a=f"record:{FRONDS.id}",
    b=f"record:{AGAIN.id}",
    by="Ada Quill",
)

fronds, again, roots, waltz, tides, tides_cut, survey, notes = (
    paper_id(each) for each in (FRONDS, AGAIN, ROOTS, WALTZ, TIDES, TIDES_CUT, SURVEY, NOTES)
)
gates = [paper_id(each) for each in GATES]
titles = {paper_id(each): each.title for each in (FRONDS, AGAIN, TIDES, TIDES_CUT)}
years = {fronds: 2019, again: 2019, tides: 2020, tides_cut: None}
# Of papers with one folded title the end of the id decides, which nobody chose.
first_fronds, second_fronds = sorted((fronds, again))
first_tides, second_tides = sorted((tides, tides_cut))

ada, cleo, dov, eva = "author:quill.ada", "author:marsh.cleo", "author:lind.dov", "author:stone.eva"
cv, ee = ("topic:category/cv", "CV"), ("topic:category/ee", "EE")
music = ("topic:keyword/music", "Music")
kelp, songs, gate = "github:okoro/kelp", "github:lind/songs", "github:vane/gates"
lab, club = ["source:lab"], ["source:club"]

from_ada = (ada, "Ada Quill", "unverified")
from_ben = ("author:okoro.ben", "Ben Okoro", "verified")
team_of_four = (
    survey, "Great Survey", 2021, 4, None, cleo, "Cleo Marsh", "unverified",
)  # fmt: skip
team_of_roots = (roots, "Kelp: Roots", 2020, 2, False, *from_ben)
team_of_tides = (
    tides_cut, "Tide tables", None, 2, False, dov, "Dov Lind", "unverified",
)  # fmt: skip
teams_of_fronds = [
    (each, titles[each], 2019, 2, True, *from_ada) for each in (first_fronds, second_fronds)
]

cut_roots = (roots, "Kelp: Roots", 2020, 2, 2, lab)
cut_notes = (notes, "Notes", None, 1, None, club)
cut_tides = (tides_cut, "Tide tables", None, 2, 1, club)


def ends(a: str, b: str) -> tuple[object, ...]:
    """Both papers of a pair with one folded title."""
    return (a, titles[a], years[a], b, titles[b], years[b])


def before_roots(a: str) -> tuple[object, ...]:
    """A paper on fronds and that on roots, of which the list is cut; Ben wrote both."""
    return (
        *(a, titles[a], 2019, roots, "Kelp: Roots", 2020),
        *("same name before the colon", 1, 1),
    )


same_fronds = (*ends(first_fronds, second_fronds), "same title", 2, 0)
same_tides = (*ends(first_tides, second_tides), "same title", 0, 1)

shared_gates = (
    gate,
    "https://github.com/vane/gates",
    21,
    gates[:20],
    [f"Gate {number:02}" for number in range(1, 21)],
    1,
    0,
)
shared_songs = (
    songs,
    "https://github.com/lind/songs",
    2,
    [survey, waltz],
    ["Great Survey", "Kelp: Waltz"],
    1,
    0,
)
shared_kelp = (
    kelp,
    "https://github.com/Okoro/Kelp",
    2,
    [fronds, roots],
    ["Kelp: Fronds", "Kelp: Roots"],
    1,
    1,
)

with_code = [
    (survey, "Great Survey", 2021, False, [songs]),
    (roots, "Kelp: Roots", 2020, None, [kelp]),
    (waltz, "Kelp: Waltz", 2020, None, [songs]),
    (tides, "Tide Tables", 2020, True, []),
    (fronds, "Kelp: Fronds", 2019, True, [kelp]),
    *((each, f"Gate {number:02}", 2010, None, [gate]) for number, each in enumerate(gates, 1)),
    (notes, "Notes", None, True, []),
]

AREA = Area(
    records=[FRONDS, AGAIN, ROOTS, WALTZ, TIDES, TIDES_CUT, SURVEY, EMPTY, NOTES, *GATES],
    log=[SAME_BEN, TWO_KELPS],
    cases=[
        Case("papers_with_code", {}, with_code),
        Case("papers_with_code", {"limit": "3"}, with_code[:3]),
        Case(
            "papers_by_year_and_category",
            {},
            [
                (2010, None, None, 21, 21, 0),
                (2019, *cv, 1, 1, 0),
                (2019, *ee, 1, 1, 0),
                (2019, None, None, 1, 0, 0),
                (2020, *cv, 1, 1, 1),
                (2020, *music, 1, 1, 0),
                (2020, None, None, 2, 1, 0),
                (2021, *cv, 1, 1, 0),
                (None, *ee, 1, 1, 1),
                (None, None, None, 1, 0, 1),
            ],
        ),
        Case(
            "papers_by_year_and_category",
            {"scheme": "category"},
            [
                (2019, *cv, 1, 1, 0),
                (2019, *ee, 1, 1, 0),
                (2020, *cv, 1, 1, 1),
                (2021, *cv, 1, 1, 0),
                (None, *ee, 1, 1, 1),
            ],
        ),
        # A window leaves out what has no year.
        Case(
            "papers_by_year_and_category",
            {"first_year": "2020"},
            [
                (2020, *cv, 1, 1, 1),
                (2020, *music, 1, 1, 0),
                (2020, None, None, 2, 1, 0),
                (2021, *cv, 1, 1, 0),
            ],
        ),
        Case(
            "papers_by_year_and_category",
            {"scheme": "category", "first_year": "2019", "last_year": "2020", "limit": "2"},
            [(2019, *cv, 1, 1, 0), (2019, *ee, 1, 1, 0)],
        ),
        Case("papers_by_year_and_category", {"scheme": "keyword", "last_year": "2019"}, []),
        Case(
            "papers_flagged_without_address",
            {},
            [(tides, "Tide Tables", 2020, lab), (notes, "Notes", None, club)],
        ),
        Case("papers_flagged_without_address", {"limit": "1"}, [(tides, "Tide Tables", 2020, lab)]),
        Case("papers_with_cut_lists", {}, [cut_roots, cut_notes, cut_tides]),
        Case("papers_with_cut_lists", {"author": eva}, [cut_notes, cut_tides]),
        Case("papers_with_cut_lists", {"last_year": "2020"}, [cut_roots]),
        # Nobody says whether Ada's longest list is whole, and so it is not cut.
        Case("papers_with_cut_lists", {"author": ada}, []),
        Case(
            "papers_possible_duplicates",
            {},
            [same_fronds, same_tides, before_roots(first_fronds), before_roots(second_fronds)],
        ),
        # Ben has three papers on kelp, and so they are left out.
        Case("papers_possible_duplicates", {"max_alike": "2"}, [same_fronds, same_tides]),
        Case("papers_possible_duplicates", {"limit": "1"}, [same_fronds]),
        Case(
            "papers_largest_teams",
            {},
            [team_of_four, *teams_of_fronds, team_of_roots, team_of_tides],
        ),
        Case(
            "papers_largest_teams",
            {"author": ada, "limit": "2"},
            [team_of_four, teams_of_fronds[0]],
        ),
        Case("papers_largest_teams", {"author": eva}, [team_of_tides]),
        Case("papers_largest_teams", {"first_year": "2020", "last_year": "2020"}, [team_of_roots]),
        Case("papers_largest_teams", {"author": "author:vane.gus"}, []),
        Case("papers_shared_repositories", {}, [shared_gates, shared_songs, shared_kelp]),
        Case("papers_shared_repositories", {"limit": "2"}, [shared_gates, shared_songs]),
    ],
)
