"""Organisations and papers to ask about, with answers by hand.

```
          North  South  West  Pier    authors
Atlas 2019  x      x                  Ada, Ben
Brook 2021  x                         Ada (complete)
Coast   -   x      x     x            Ada, Cleo
Delta 2021         x                  Cleo, cut; on the page of Ada, who is not printed
Elm   2021  x                         Ada, Cleo
Fern  2018                            Ben
Grove 2020                      x     Dov (nobody says whether complete)
```

Besides, 21 papers of 2010 by Gus name Gate House and Hall End, one more than a row lists.
"""

from graph_service.store.fold import paper_id
from tests.invented import paper
from tests.report_cases import Area, Case

NORTH, SOUTH, WEST, PIER = "North Lab", "South Yard", "West Mill", "Lone Pier"

ATLAS = paper("Atlas", ["Ada Quill", "Ben Okoro"], date="2019-02-03", affiliations=(NORTH, SOUTH))
BROOK = paper("Brook", ["Ada Quill"], date="2021", affiliations=(NORTH,))
COAST = paper("Coast", ["Ada Quill", "Cleo Marsh"], date=None, affiliations=(NORTH, SOUTH, WEST))
DELTA = paper(
    "Delta",
    ["Cleo Marsh"],
    date="2021-12-31",
    complete=False,
    subject="Ada Quill",
    affiliations=(SOUTH,),
)
ELM = paper("Elm", ["Ada Quill", "Cleo Marsh"], date="2021-01", affiliations=(NORTH,))
FERN = paper("Fern", ["Ben Okoro"], date="2018")
GROVE = paper("Grove", ["Dov Lind"], date="2020", complete=None, affiliations=(PIER,))
SERIES = [
    paper(
        f"Series {number:02}",
        ["Gus Vane"],
        date="2010",
        affiliations=("Gate House", "Hall End"),
    )
    for number in range(1, 22)
]

a, b, c, d, e, g = (paper_id(each) for each in (ATLAS, BROOK, COAST, DELTA, ELM, GROVE))
series = [paper_id(each) for each in SERIES]

ada, ben, dov, gus = "author:quill.ada", "author:okoro.ben", "author:lind.dov", "author:vane.gus"
north = ("affiliation:north-lab", NORTH)
south = ("affiliation:south-yard", SOUTH)
west = ("affiliation:west-mill", WEST)
pier = ("affiliation:lone-pier", PIER)
gate = ("affiliation:gate-house", "Gate House")
hall = ("affiliation:hall-end", "Hall End")

gate_and_hall = (*gate, *hall, 21, 2010, 2010, series[:20])
north_and_south = (*north, *south, 2, 2019, 2019, [a, c])
north_and_west = (*north, *west, 1, None, None, [c])
south_and_west = (*south, *west, 1, None, None, [c])

AREA = Area(
    records=[ATLAS, BROOK, COAST, DELTA, ELM, FERN, GROVE, *SERIES],
    cases=[
        Case(
            "affiliations_joint_papers",
            {},
            [gate_and_hall, north_and_south, north_and_west, south_and_west],
        ),
        # Of two pairs with one paper each, the one with the smaller ids comes first.
        Case(
            "affiliations_joint_papers",
            {"limit": "3"},
            [gate_and_hall, north_and_south, north_and_west],
        ),
        # In the middle of two pairs: the smaller end of one, the greater of the other.
        Case(
            "affiliations_joint_papers",
            {"affiliation": south[0]},
            [north_and_south, south_and_west],
        ),
        # Coast has no year, so that a window leaves it out.
        Case(
            "affiliations_joint_papers",
            {"first_year": "2011", "last_year": "2019"},
            [(*north, *south, 1, 2019, 2019, [a])],
        ),
        # Coast names three organisations.
        Case(
            "affiliations_joint_papers",
            {"max_affiliations": "2"},
            [gate_and_hall, (*north, *south, 1, 2019, 2019, [a])],
        ),
        Case("affiliations_joint_papers", {"min_papers": "3"}, [gate_and_hall]),
        Case("affiliations_joint_papers", {"affiliation": pier[0]}, []),
        Case(
            "affiliations_of_author",
            {"author": ada},
            [
                (2019, *north, 1, [a], 0, "paper"),
                (2019, *south, 1, [a], 0, "paper"),
                (2021, *north, 2, [b, e], 1, "paper"),
                (2021, *south, 1, [d], 0, "paper"),
                (None, *north, 1, [c], 0, "paper"),
                (None, *south, 1, [c], 0, "paper"),
                (None, *west, 1, [c], 0, "paper"),
            ],
        ),
        Case(
            "affiliations_of_author",
            {"author": ada, "last_year": "2021", "limit": "3"},
            [
                (2019, *north, 1, [a], 0, "paper"),
                (2019, *south, 1, [a], 0, "paper"),
                (2021, *north, 2, [b, e], 1, "paper"),
            ],
        ),
        # One name on a list that may be cut is not known to be alone.
        Case("affiliations_of_author", {"author": dov}, [(2020, *pier, 1, [g], 0, "paper")]),
        Case("affiliations_of_author", {"author": ben, "last_year": "2018"}, []),
        Case(
            "affiliations_of_author",
            {"author": gus, "limit": "1"},
            [(2010, *gate, 21, series, 21, "paper")],
        ),
    ],
)
