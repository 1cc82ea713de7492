"""Collaborators to ask about, with answers by hand.

```
Anchor  2018  Ada, Ben                North
Beacon  2019  Ada, Ben, Cleo          North, South
Cinder  2019  Ben, Cleo, cut          South
Drift     -   Ada, Dov
Ember   2020  Dov, Eva                Well
Fable   2021  Cleo, Eva               South
Gorge   2021  Finn, cut               Well        on the page of Ada, who is not printed
Harbor  2021  Gus, Hana, Jon
Inlet   2023  Gus, Hana, Jon, cut
Jetty   2020  Ivy                     Pier
Keel    2020  Ada, Ben
Lantern   -   Dov, Eva (nobody says whether complete)

Finn --- Ada === Ben        Gus === Hana
        /  \\    //            \\\\   //
     Dov    Cleo                 Jon
       \\\\  /
        Eva                 Ivy
```

A double line is more than one paper.
"""

from graph_service.store.fold import paper_id
from tests.invented import paper
from tests.report_cases import Area, Case

NORTH, SOUTH, WELL, PIER = "North Lab", "South Yard", "Deep Well", "Lone Pier"

ANCHOR = paper("Anchor", ["Ada Quill", "Ben Okoro"], date="2018-03-01", affiliations=(NORTH,))
BEACON = paper(
    "Beacon",
    ["Ada Quill", "Ben Okoro", "Cleo Marsh"],
    date="2019-05",
    affiliations=(NORTH, SOUTH),
)
CINDER = paper(
    "Cinder", ["Ben Okoro", "Cleo Marsh"], date="2019", complete=False, affiliations=(SOUTH,)
)
DRIFT = paper("Drift", ["Ada Quill", "Dov Lind"], date=None)
EMBER = paper("Ember", ["Dov Lind", "Eva Stone"], date="2020", affiliations=(WELL,))
FABLE = paper("Fable", ["Cleo Marsh", "Eva Stone"], date="2021-01-02", affiliations=(SOUTH,))
GORGE = paper(
    "Gorge",
    ["Finn Gale"],
    date="2021",
    complete=False,
    subject="Ada Quill",
    affiliations=(WELL,),
)
HARBOR = paper("Harbor", ["Gus Vane", "Hana Roe", "Jon Moss"], date="2021")
INLET = paper("Inlet", ["Jon Moss", "Gus Vane", "Hana Roe"], date="2023", complete=False)
JETTY = paper("Jetty", ["Ivy Holt"], date="2020", affiliations=(PIER,))
KEEL = paper("Keel", ["Ben Okoro", "Ada Quill"], date="2020")
LANTERN = paper("Lantern", ["Eva Stone", "Dov Lind"], date=None, complete=None)

RECORDS = [ANCHOR, BEACON, CINDER, DRIFT, EMBER, FABLE, GORGE, HARBOR, INLET, JETTY, KEEL, LANTERN]

a, b, c, d, e, f, g, h, i, _, k, l = (paper_id(each) for each in RECORDS)  # noqa: E741

ada = ("author:quill.ada", "Ada Quill")
ben = ("author:okoro.ben", "Ben Okoro")
cleo = ("author:marsh.cleo", "Cleo Marsh")
dov = ("author:lind.dov", "Dov Lind")
eva = ("author:stone.eva", "Eva Stone")
finn = ("author:gale.finn", "Finn Gale")
gus = ("author:vane.gus", "Gus Vane")
hana = ("author:roe.hana", "Hana Roe")
ivy = ("author:holt.ivy", "Ivy Holt")
jon = ("author:moss.jon", "Jon Moss")
unverified = "unverified"

north, south = "affiliation:north-lab", "affiliation:south-yard"
well, pier = "affiliation:deep-well", "affiliation:lone-pier"

TOP = [
    Case(
        "collaborators_top",
        {"author": ada[0]},
        [
            (*ben, unverified, 3, 0, 2018, 2020),
            (*finn, unverified, 1, 1, 2021, 2021),
            (*dov, unverified, 1, 0, None, None),
            (*cleo, unverified, 1, 0, 2019, 2019),
        ],
    ),
    # Beacon has three authors; of two equal collaborators the limit leaves the smaller id.
    Case(
        "collaborators_top",
        {"author": ada[0], "max_authors": "2", "limit": "2"},
        [(*ben, unverified, 2, 0, 2018, 2020), (*finn, unverified, 1, 1, 2021, 2021)],
    ),
    Case("collaborators_top", {"author": ivy[0]}, []),
]

NEW_BY_YEAR = [
    # Dov shares only a paper without a year.
    Case(
        "collaborators_new_by_year",
        {"author": ada[0]},
        [
            (2018, *ben, unverified, [a], 0, 0),
            (2019, *cleo, unverified, [b], 0, 0),
            (2021, *finn, unverified, [g], 0, 0),
        ],
    ),
    Case(
        "collaborators_new_by_year",
        {"author": cleo[0]},
        [
            (2019, *ben, unverified, [b, c], 0, 0),
            (2019, *ada, unverified, [b], 0, 0),
            (2021, *eva, unverified, [f], 0, 1),
        ],
    ),
    Case(
        "collaborators_new_by_year",
        {"author": cleo[0], "limit": "1"},
        [(2019, *ben, unverified, [b, c], 0, 0)],
    ),
    # Beacon and Keel are in the window, but Ben was there before.
    Case(
        "collaborators_new_by_year",
        {"author": ada[0], "first_year": "2019", "last_year": "2020"},
        [(2019, *cleo, unverified, [b], 0, 0)],
    ),
    Case(
        "collaborators_new_by_year",
        {"author": eva[0], "max_authors": "2"},
        [
            (2020, *dov, unverified, [e], 1, 0),
            (2021, *cleo, unverified, [f], 0, 0),
        ],
    ),
    Case("collaborators_new_by_year", {"author": dov[0], "first_year": "2021"}, []),
]

REPEATED = [
    Case(
        "collaborators_repeated",
        {},
        [
            (*ada, unverified, 5, 4, 1, 3, 1),
            (*cleo, unverified, 3, 3, 1, 2, 1),
            (*dov, unverified, 3, 2, 1, 1, 0),
            (*jon, unverified, 2, 2, 2, 0, 1),
            (*ben, unverified, 4, 2, 2, 0, 1),
            (*hana, unverified, 2, 2, 2, 0, 1),
            (*eva, unverified, 3, 2, 1, 1, 0),
            (*gus, unverified, 2, 2, 2, 0, 1),
            (*finn, unverified, 1, 1, 0, 1, 1),
            (*ivy, unverified, 1, 0, 0, 0, 0),
        ],
    ),
    # Jon and the others who have two collaborators, but only two papers, are left out.
    Case(
        "collaborators_repeated",
        {"min_papers": "3", "limit": "4"},
        [
            (*ada, unverified, 5, 4, 1, 3, 1),
            (*cleo, unverified, 3, 3, 1, 2, 1),
            (*dov, unverified, 3, 2, 1, 1, 0),
            (*ben, unverified, 4, 2, 2, 0, 1),
        ],
    ),
    Case(
        "collaborators_repeated",
        {"author": ada[0], "max_authors": "2"},
        [(*ada, unverified, 4, 3, 1, 2, 1)],
    ),
    Case("collaborators_repeated", {"author": finn[0], "min_papers": "2"}, []),
    # Every paper of Gus has three authors.
    Case("collaborators_repeated", {"author": gus[0], "max_authors": "2"}, []),
]

BEN_AND_ADA = (*ben, *ada, 3, 2.5, 2018, 2020)
DOV_AND_EVA = (*dov, *eva, 2, 2.0, 2020, 2020)
CLEO_AND_BEN = (*cleo, *ben, 2, 1.5, 2019, 2019, [b, c], 1)
FINN_AND_ADA = (*finn, *ada, 1, 1.0, 2021, 2021, [g], 1)

STRONGEST = [
    Case(
        "ties_strongest",
        {"limit": "4"},
        [
            (*BEN_AND_ADA, [a, b, k], 0),
            (*DOV_AND_EVA, [e, l], 0),
            CLEO_AND_BEN,
            FINN_AND_ADA,
        ],
    ),
    Case(
        "ties_strongest",
        {"author": ada[0]},
        [
            (*BEN_AND_ADA, [a, b, k], 0),
            FINN_AND_ADA,
            (*dov, *ada, 1, 1.0, None, None, [d], 0),
            (*cleo, *ada, 1, 0.5, 2019, 2019, [b], 0),
        ],
    ),
    # Papers before 2022 and after: the tie is active, by no paper of that year.
    Case(
        "ties_strongest",
        {"first_year": "2022", "last_year": "2022"},
        [
            (*jon, *hana, 2, 1.0, 2021, 2023, [], 0),
            (*jon, *gus, 2, 1.0, 2021, 2023, [], 0),
            (*hana, *gus, 2, 1.0, 2021, 2023, [], 0),
        ],
    ),
    # Drift has no year; Lantern neither, but Ember makes that tie active.
    Case(
        "ties_strongest",
        {"author": dov[0], "last_year": "2020"},
        [(*DOV_AND_EVA, [e], 0)],
    ),
    Case("ties_strongest", {"author": ivy[0]}, []),
]

TWO_STEPS = [
    Case(
        "collaborators_two_steps",
        {"author": ada[0]},
        [(*eva, unverified, 2, [dov[0], cleo[0]], 2021, 1)],
    ),
    # Without Beacon, Cleo would be two steps away by Ben; but Beacon is a shared paper.
    Case(
        "collaborators_two_steps",
        {"author": ada[0], "max_authors": "2"},
        [(*eva, unverified, 1, [dov[0]], 2020, 1)],
    ),
    Case(
        "collaborators_two_steps",
        {"author": finn[0]},
        [
            (*dov, unverified, 1, [ada[0]], None, 1),
            (*cleo, unverified, 1, [ada[0]], 2019, 2),
            (*ben, unverified, 1, [ada[0]], 2020, 2),
        ],
    ),
    Case(
        "collaborators_two_steps",
        {"author": finn[0], "limit": "1"},
        [(*dov, unverified, 1, [ada[0]], None, 1)],
    ),
    Case("collaborators_two_steps", {"author": gus[0]}, []),
]

TIMELINE = [
    Case(
        "collaborators_timeline",
        {"source": cleo[0], "target": ben[0]},
        [(2019, 2, [b, c], ["Beacon", "Cinder"], 1)],
    ),
    Case(
        "collaborators_timeline",
        {"source": dov[0], "target": eva[0]},
        [(2020, 1, [e], ["Ember"], 0), (None, 1, [l], ["Lantern"], 0)],
    ),
    Case(
        "collaborators_timeline",
        {"source": eva[0], "target": dov[0], "first_year": "2000"},
        [(2020, 1, [e], ["Ember"], 0)],
    ),
    # Equal ends: the author's own papers, the unprinted one included.
    Case(
        "collaborators_timeline",
        {"source": ada[0], "target": ada[0]},
        [
            (2018, 1, [a], ["Anchor"], 0),
            (2019, 1, [b], ["Beacon"], 0),
            (2020, 1, [k], ["Keel"], 0),
            (2021, 1, [g], ["Gorge"], 1),
            (None, 1, [d], ["Drift"], 0),
        ],
    ),
    Case(
        "collaborators_timeline",
        {"source": ada[0], "target": ben[0], "last_year": "2020", "limit": "2"},
        [(2018, 1, [a], ["Anchor"], 0), (2019, 1, [b], ["Beacon"], 0)],
    ),
    Case("collaborators_timeline", {"source": ada[0], "target": eva[0]}, []),
]

ALWAYS_TOGETHER = [
    Case(
        "collaborators_always_together",
        {},
        [
            (*jon, *hana, 2, [h, i], 1),
            (*jon, *gus, 2, [h, i], 1),
            (*hana, *gus, 2, [h, i], 1),
        ],
    ),
    Case(
        "collaborators_always_together",
        {"min_papers": "1", "limit": "2"},
        [(*jon, *hana, 2, [h, i], 1), (*jon, *gus, 2, [h, i], 1)],
    ),
    Case("collaborators_always_together", {"max_authors": "2"}, []),
    Case("collaborators_always_together", {"min_papers": "3"}, []),
]

BRIDGING = [
    Case(
        "authors_bridging_affiliations",
        {"left": north, "right": south},
        [
            (*cleo, unverified, 3, 1, 1, 3, [b, c, f]),
            (*ben, unverified, 3, 1, 2, 2, [a, b, c]),
            (*ada, unverified, 2, 1, 2, 1, [a, b]),
        ],
    ),
    Case(
        "authors_bridging_affiliations",
        {"left": south, "right": north, "limit": "1"},
        [(*cleo, unverified, 3, 1, 3, 1, [b, c, f])],
    ),
    # Gorge does not print Ada, whose page lists it.
    Case(
        "authors_bridging_affiliations",
        {"left": north, "right": well},
        [(*ada, unverified, 3, 0, 2, 1, [a, b, g])],
    ),
    Case(
        "authors_bridging_affiliations",
        {"left": north, "right": north},
        [
            (*ben, unverified, 2, 2, 2, 2, [a, b]),
            (*ada, unverified, 2, 2, 2, 2, [a, b]),
            (*cleo, unverified, 1, 1, 1, 1, [b]),
        ],
    ),
    Case("authors_bridging_affiliations", {"left": north, "right": pier}, []),
]

FINN_AND_BEN = (*finn, *ben, False, 0, 0, 1, 3, 2)
DOV_AND_BEN = (*dov, *ben, False, 0, 0, 1, 3, 1)

TRIADS = [
    Case(
        "collaborators_triads",
        {"author": ada[0]},
        [
            FINN_AND_BEN,
            DOV_AND_BEN,
            (*finn, *dov, False, 0, 0, 1, 1, 1),
            (*finn, *cleo, False, 0, 0, 1, 1, 2),
            (*dov, *cleo, False, 0, 0, 1, 1, 1),
            (*cleo, *ben, True, 2, 1, 1, 3, 1),
        ],
    ),
    Case(
        "collaborators_triads",
        {"author": ada[0], "closed": "true"},
        [(*cleo, *ben, True, 2, 1, 1, 3, 1)],
    ),
    Case(
        "collaborators_triads",
        {"author": ada[0], "closed": "false", "limit": "2"},
        [FINN_AND_BEN, DOV_AND_BEN],
    ),
    # Closed by nothing but papers with the author.
    Case(
        "collaborators_triads",
        {"author": gus[0]},
        [(*jon, *hana, True, 2, 0, 2, 2, 1)],
    ),
    # Without Beacon, Cleo is no collaborator of Ada.
    Case(
        "collaborators_triads",
        {"author": ada[0], "max_authors": "2", "limit": "1"},
        [(*finn, *ben, False, 0, 0, 1, 2, 2)],
    ),
    # Of Finn, Dov and Cleo, who have one paper with Ada, the smallest id is paired with Ben.
    Case("collaborators_triads", {"author": ada[0], "max_collaborators": "2"}, [FINN_AND_BEN]),
    Case("collaborators_triads", {"author": ivy[0]}, []),
]

AREA = Area(
    records=RECORDS,
    cases=[
        *TOP,
        *NEW_BY_YEAR,
        *REPEATED,
        *STRONGEST,
        *TWO_STEPS,
        *TIMELINE,
        *ALWAYS_TOGETHER,
        *BRIDGING,
        *TRIADS,
    ],
)
