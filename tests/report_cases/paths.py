"""Paths to ask about, with answers by hand.

```
Anvil    2017  Ana, Bo
Bellows  2018  Ana, Bo
Chisel   2019  Bo, Dee
Drill    2019  Ana, Cy
File     2020  Cy, Dee, cut
Gouge    2020  Ana, Flo, Bo
Hammer   2021  Flo, Dee, Cy
Jig      -     Dee, Eli
Kiln     2022  Eli, cut        on the page of Hana, who is not printed
Lathe    2022  Ana, Dee and 49 of a crew: too many for ties
Mallet   2020  Gil
Nail     2020  twelve singers

          Bo
     2.5 / | \\ 1.0                Ana - Bo: two papers alone, one of three
        / 0.5 \\                   Cy - Dee: one alone, one of three
       /   |   \\
    Ana - Flo - Dee - Eli - Hana
       \\ 0.5 0.5 /  1.0   1.0
        \\ 0.5  /
     1.0 \\ |  / 1.5
           Cy

    Gil          every singer - every other singer, 1/11
```
"""

from graph_service.store.fold import paper_id
from tests.invented import paper
from tests.report_cases import Area, Case

ANVIL = paper("Anvil", ["Ana Vale", "Bo Reed"], date="2017")
BELLOWS = paper("Bellows", ["Bo Reed", "Ana Vale"], date="2018-02")
CHISEL = paper("Chisel", ["Bo Reed", "Dee Moss"], date="2019-01-01")
DRILL = paper("Drill", ["Ana Vale", "Cy Hart"], date="2019-01-02")
FILE = paper("File", ["Cy Hart", "Dee Moss"], date="2020", complete=False)
GOUGE = paper("Gouge", ["Ana Vale", "Flo Ames", "Bo Reed"], date="2020", complete=None)
HAMMER = paper("Hammer", ["Flo Ames", "Dee Moss", "Cy Hart"], date="2021")
JIG = paper("Jig", ["Dee Moss", "Eli Park"], date=None)
KILN = paper("Kiln", ["Eli Park"], date="2022", complete=False, subject="Hana Quist")
LATHE = paper(
    "Lathe",
    ["Ana Vale", "Dee Moss", *(f"Hand{number:02} Crew" for number in range(49))],
    date="2022",
)
MALLET = paper("Mallet", ["Gil Noor"])
NAIL = paper("Nail", [f"Voice{number:02} Choir" for number in range(12)])

RECORDS = [
    *(ANVIL, BELLOWS, CHISEL, DRILL, FILE, GOUGE),
    *(HAMMER, JIG, KILN, LATHE, MALLET, NAIL),
]

ana, bo, cy = ("author:vale.ana", "author:reed.bo", "author:hart.cy")
dee, eli, flo = ("author:moss.dee", "author:park.eli", "author:ames.flo")
gil, hana = ("author:noor.gil", "author:quist.hana")
NAMES = {
    ana: "Ana Vale",
    bo: "Bo Reed",
    cy: "Cy Hart",
    dee: "Dee Moss",
    eli: "Eli Park",
    flo: "Flo Ames",
    gil: "Gil Noor",
    hana: "Hana Quist",
}


def chain(weakest: float | None, *authors: str) -> tuple[object, ...]:
    """Hops, ids, names, unverified (here everybody), weakest tie."""
    names = [NAMES[author] for author in authors]
    return (len(authors) - 1, list(authors), names, len(authors), weakest)


def hop(
    number: int, left: str, right: str, ties: int, *papers: tuple[str, str]
) -> tuple[object, ...]:
    """Hop, both ends, papers of the tie, and shared papers with their titles."""
    ids, titles = ([each[0] for each in papers], [each[1] for each in papers])
    return (number, left, NAMES[left], right, NAMES[right], ties, ids, titles)


def titled(record: object) -> tuple[str, str]:
    return (paper_id(record), record.title)  # type: ignore[arg-type,attr-defined]


SHORTEST = [
    # By Bo and by Cy the weakest tie is 1.0, by Flo 0.5; hart.cy comes before reed.bo.
    Case(
        "paths_shortest",
        {"source": ana, "target": dee},
        [
            hop(1, ana, cy, 1, titled(DRILL)),
            hop(2, cy, dee, 2, titled(FILE), titled(HAMMER)),
        ],
    ),
    # The subject is not printed, and the paper between Dee and Eli has no year.
    Case(
        "paths_shortest",
        {"source": "Hana Quist", "target": dee},
        [hop(1, hana, eli, 1, titled(KILN)), hop(2, eli, dee, 1, titled(JIG))],
    ),
    Case("paths_shortest", {"source": gil, "target": gil}, [hop(0, gil, gil, 0)]),
    Case("paths_shortest", {"source": gil, "target": ana}, []),
]

ALL_SHORTEST = [
    Case(
        "paths_all_shortest",
        {"source": ana, "target": dee},
        [
            (1, *chain(1.0, ana, cy, dee)),
            (2, *chain(1.0, ana, bo, dee)),
            (3, *chain(0.5, ana, flo, dee)),
        ],
    ),
    # From the other end; the limit cuts between two of equal weight.
    Case(
        "paths_all_shortest",
        {"source": eli, "target": ana, "limit": "1"},
        [(1, *chain(1.0, eli, dee, cy, ana))],
    ),
    Case("paths_all_shortest", {"source": gil, "target": gil}, [(1, *chain(None, gil))]),
    Case("paths_all_shortest", {"source": gil, "target": ana}, []),
    # Fifty-one authors make no ties.
    Case("paths_all_shortest", {"source": ana, "target": "author:crew.hand00"}, []),
]

WITHIN = [
    Case("paths_within", {"source": ana, "target": dee, "max_hops": "1"}, []),
    Case("paths_within", {"source": ana, "target": bo, "max_hops": "1"}, [chain(2.5, ana, bo)]),
    Case(
        "paths_within",
        {"source": ana, "target": dee},
        [
            chain(1.0, ana, cy, dee),
            chain(1.0, ana, bo, dee),
            chain(0.5, ana, flo, dee),
            chain(0.5, ana, flo, cy, dee),
            chain(0.5, ana, flo, bo, dee),
            chain(0.5, ana, cy, flo, dee),
            chain(0.5, ana, bo, flo, dee),
        ],
    ),
    # With four ties also round by Flo; neither Ana nor Dee stands within a chain. Cy and Bo
    # are two ties apart, by Ana, Dee or Flo.
    Case(
        "paths_within",
        {"source": cy, "target": bo, "max_hops": "4"},
        [
            chain(1.0, cy, dee, bo),
            chain(1.0, cy, ana, bo),
            chain(0.5, cy, flo, bo),
            chain(0.5, cy, flo, dee, bo),
            chain(0.5, cy, flo, ana, bo),
            chain(0.5, cy, dee, flo, bo),
            chain(0.5, cy, ana, flo, bo),
            chain(0.5, cy, dee, flo, ana, bo),
            chain(0.5, cy, ana, flo, dee, bo),
        ],
    ),
    Case(
        "paths_within",
        {"source": ana, "target": dee, "max_hops": "2", "limit": "2"},
        [chain(1.0, ana, cy, dee), chain(1.0, ana, bo, dee)],
    ),
    Case("paths_within", {"source": gil, "target": gil}, [chain(None, gil)]),
    Case("paths_within", {"source": gil, "target": ana, "max_hops": "4"}, []),
]

GROUPS = [
    Case(
        "papers_connecting_groups",
        {"left": "Ana Vale; Bo Reed", "right": f"{dee};{flo}"},
        [
            (*titled(GOUGE), 2020, [bo, ana], [flo], None),
            (*titled(CHISEL), 2019, [bo], [dee], True),
        ],
    ),
    # Fifty-one authors are few enough now.
    Case(
        "papers_connecting_groups",
        {"left": ana, "right": dee, "max_authors": "51"},
        [(*titled(LATHE), 2022, [ana], [dee], True)],
    ),
    # Who is in both groups is in both; what has no year comes last. A name and an id, or an id
    # twice, are one author.
    Case(
        "papers_connecting_groups",
        {"left": f"{cy};{dee};Dee Moss", "right": f"{dee};{eli}", "max_authors": "3"},
        [
            (*titled(HAMMER), 2021, [cy, dee], [dee], True),
            (*titled(FILE), 2020, [cy, dee], [dee], False),
            (*titled(CHISEL), 2019, [dee], [dee], True),
            (*titled(JIG), None, [dee], [dee, eli], True),
        ],
    ),
    # A window open at one end leaves out what has no year; the subject is an author as well.
    Case(
        "papers_connecting_groups",
        {"left": eli, "right": f"{dee};{hana}", "first_year": "1000"},
        [(*titled(KILN), 2022, [eli], [hana], False)],
    ),
    Case(
        "papers_connecting_groups",
        {"left": dee, "right": dee, "first_year": "2019", "last_year": "2020", "limit": "1"},
        [(*titled(FILE), 2020, [dee], [dee], False)],
    ),
    Case("papers_connecting_groups", {"left": gil, "right": ana}, []),
]

REACHED = [
    Case(
        "authors_reached",
        {"author": "Ana Vale"},
        [(1, 3, 3, [flo, cy, bo]), (2, 1, 1, [dee]), (3, 1, 1, [eli])],
    ),
    Case(
        "authors_reached", {"author": hana, "max_hops": "2"}, [(1, 1, 1, [eli]), (2, 1, 1, [dee])]
    ),
    Case("authors_reached", {"author": hana, "limit": "1"}, [(1, 1, 1, [eli])]),
    # Eleven other voices, of whom ten are named.
    Case(
        "authors_reached",
        {"author": "author:choir.voice00"},
        [(1, 11, 11, [f"author:choir.voice{number:02}" for number in range(1, 11)])],
    ),
    Case("authors_reached", {"author": gil}, []),
]

AREA = Area(records=RECORDS, cases=[*SHORTEST, *ALL_SHORTEST, *WITHIN, *GROUPS, *REACHED])
