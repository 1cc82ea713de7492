"""Clusters to ask about, with answers by hand.

```
Arch   2018  Ada, Ben, Cy      North          CV
Beam   2019  Ada, Ben, cut     North, South
Cove    -    Ada, Dot          South
Dome   2020  Dot, Eve          North          CV, Graphics
Eave   2021  Eve, cut          South                        on the page of Sam, not printed
Flue   2021  Sam, Ada                         CV
Gable  2022  Fay, Ben          East
Hall   2022  Gus, Cy
Ivy    2022  Sam               West           Graphics
Jetty  2023  Ada, Eve          West
Kerb   2023  Sam, Fay
and 21 papers by Zoe, on Tiles

 arches            domes             other        (none)
 Ada  Ben  Cy      Dot  Eve          Fay          Gus         Zoe alone, without a label
 └──── Sam, in both ────┘

 Ada - Ben - Cy - Ada    Ada - Dot    Ada - Eve    Ada - Sam    Ben - Fay
 Dot - Eve - Sam - Fay   Cy - Gus
```
"""

from graph_service.model.records import Topic
from graph_service.model.schema import Edge, Node
from graph_service.store.fold import paper_id
from tests.invented import paper
from tests.report_cases import Area, Case

NORTH, SOUTH, EAST, WEST = "North Lab", "South Yard", "East Gate", "West Mill"
VISION, GRAPHICS, TILING = (
    Topic(scheme="category", name=name) for name in ("CV", "Graphics", "Tiles")
)

ARCH = paper(
    "Arch",
    ["Ada Quill", "Ben Okoro", "Cy Hart"],
    date="2018",
    affiliations=(NORTH,),
    topics=(VISION,),
)
BEAM = paper(
    "Beam", ["Ada Quill", "Ben Okoro"], date="2019", complete=False, affiliations=(NORTH, SOUTH)
)
COVE = paper("Cove", ["Ada Quill", "Dot Lind"], date=None, affiliations=(SOUTH,))
DOME = paper(
    "Dome",
    ["Dot Lind", "Eve Stone"],
    date="2020",
    affiliations=(NORTH,),
    topics=(VISION, GRAPHICS),
)
EAVE = paper(
    "Eave",
    ["Eve Stone"],
    date="2021",
    complete=False,
    subject="Sam Reed",
    affiliations=(SOUTH,),
)
FLUE = paper("Flue", ["Sam Reed", "Ada Quill"], date="2021", topics=(VISION,))
GABLE = paper("Gable", ["Fay Moss", "Ben Okoro"], date="2022", affiliations=(EAST,))
HALL = paper("Hall", ["Gus Vane", "Cy Hart"], date="2022")
IVY = paper("Ivy", ["Sam Reed"], date="2022", affiliations=(WEST,), topics=(GRAPHICS,))
JETTY = paper("Jetty", ["Ada Quill", "Eve Stone"], date="2023", affiliations=(WEST,))
KERB = paper("Kerb", ["Sam Reed", "Fay Moss"], date="2023")
TILES = [
    paper(f"Tile {number:02}", ["Zoe Park"], date="2023", topics=(TILING,)) for number in range(21)
]

RECORDS = [ARCH, BEAM, COVE, DOME, EAVE, FLUE, GABLE, HALL, IVY, JETTY, KERB, *TILES]
arch, beam, cove, dome, eave, flue, gable, _, _, jetty, _, *tiles = (
    paper_id(each) for each in RECORDS
)

unverified = "unverified"
ada = ("author:quill.ada", "Ada Quill", unverified)
ben = ("author:okoro.ben", "Ben Okoro", unverified)
cy = ("author:hart.cy", "Cy Hart", unverified)
dot = ("author:lind.dot", "Dot Lind", unverified)
eve = ("author:stone.eve", "Eve Stone", unverified)
fay = ("author:moss.fay", "Fay Moss", unverified)
sam = ("author:reed.sam", "Sam Reed", unverified)
zoe = ("author:park.zoe", "Zoe Park", unverified)

arches, domes = f"cluster:{cy[0]}", f"cluster:{dot[0]}"
other, lone = f"cluster:{fay[0]}", f"cluster:{zoe[0]}"

MEMBERS = {
    arches: {ada: 1.0, ben: 1.0, cy: 1.0, sam: 0.25},
    domes: {dot: 1.0, eve: 1.0, sam: 0.5},
    other: {fay: 1.0},
    lone: {zoe: 1.0},
}
# What derive counts is its own affair; a report returns it as it stands.
LAYER = [
    Node(
        "Cluster",
        arches,
        {
            "number": 2,
            "label": "arches",
            "size": 4,
            "papers": 7,
            "first_year": 2018,
            "last_year": 2023,
            "stability": 0.9,
            "terms": ["arches", "beams"],
            "methods": ["ArchNet"],
            "continues": "cluster:old",
            "jaccard": 0.75,
        },
    ),
    Node(
        "Cluster",
        domes,
        {"number": 3, "label": "domes", "size": 3, "papers": 3, "terms": ["domes"]},
    ),
    Node("Cluster", other, {"number": 4, "label": "other", "size": 1, "papers": 1}),
    Node("Cluster", lone, {"number": 1, "size": 1, "papers": 21, "last_year": 2023}),
    *(
        Edge("IN_CLUSTER", author[0], cluster, {"share": share})
        for cluster, members in MEMBERS.items()
        for author, share in members.items()
    ),
]

FIRST = (lone, 1, None, 1, 21, None, 2023, None, [], [])
SECOND = (arches, 2, "arches", 4, 7, 2018, 2023, 0.9, ["arches", "beams"], ["ArchNet"])

OVERVIEW = [
    Case(
        "clusters_overview",
        {},
        [
            FIRST,
            SECOND,
            (domes, 3, "domes", 3, 3, None, None, None, ["domes"], []),
            (other, 4, "other", 1, 1, None, None, None, [], []),
        ],
    ),
    Case("clusters_overview", {"limit": "2"}, [FIRST, SECOND]),
]

# Share, clusters, papers, ties inside.
IN_CLUSTER = [
    # Cy and Ben tie, and go by id.
    Case(
        "cluster_members",
        {"cluster": arches},
        [
            (*ada, 1.0, 1, 5, 3),
            (*cy, 1.0, 1, 2, 2),
            (*ben, 1.0, 1, 3, 2),
            (*sam, 0.25, 2, 4, 1),
        ],
    ),
    # Eve is tied to Sam, whose name Eave does not print.
    Case(
        "cluster_members",
        {"cluster": domes, "limit": "2"},
        [(*eve, 1.0, 1, 3, 2), (*dot, 1.0, 1, 2, 1)],
    ),
    Case("cluster_members", {"cluster": other}, [(*fay, 1.0, 1, 2, 0)]),
]

# Own clusters, the other one, its label, ties, neighbours.
ACROSS = [
    # Ada – Sam and Eve – Sam are ties inside, Gus is in no cluster.
    Case(
        "clusters_between",
        {},
        [
            (*fay, [other], arches, "arches", 2, [ben[0], sam[0]]),
            (*ada, [arches], domes, "domes", 2, [dot[0], eve[0]]),
            (*dot, [domes], arches, "arches", 1, [ada[0]]),
            (*fay, [other], domes, "domes", 1, [sam[0]]),
            (*ben, [arches], other, "other", 1, [fay[0]]),
            (*sam, [arches, domes], other, "other", 1, [fay[0]]),
            (*eve, [domes], arches, "arches", 1, [ada[0]]),
        ],
    ),
    Case(
        "clusters_between",
        {"limit": "1"},
        [(*fay, [other], arches, "arches", 2, [ben[0], sam[0]])],
    ),
]

north, south = ("affiliation:north-lab", NORTH), ("affiliation:south-yard", SOUTH)
east, west = ("affiliation:east-gate", EAST), ("affiliation:west-mill", WEST)

# Papers, members, cut lists, paper ids.
AFFILIATIONS = [
    # Gable names Fay too, who is no member.
    Case(
        "cluster_affiliations",
        {"cluster": arches},
        [
            (*north, 2, 3, 1, [arch, beam]),
            (*south, 2, 2, 1, [beam, cove]),
            (*east, 1, 1, 0, [gable]),
            (*west, 1, 1, 0, [jetty]),
        ],
    ),
    # Ivy, by Sam alone, counts for neither cluster; Eave, by Eve and Sam, for this one.
    Case(
        "cluster_affiliations",
        {"cluster": domes},
        [
            (*south, 2, 3, 1, [cove, eave]),
            (*north, 1, 2, 0, [dome]),
            (*west, 1, 1, 0, [jetty]),
        ],
    ),
    Case(
        "cluster_affiliations", {"cluster": domes, "limit": "1"}, [(*south, 2, 3, 1, [cove, eave])]
    ),
    Case("cluster_affiliations", {"cluster": lone}, []),
]

vision, graphics = ("topic:category/cv", "CV"), ("topic:category/graphics", "Graphics")

TOPICS = [
    Case("cluster_topics", {"cluster": arches}, [(*vision, 2, 4, 0, [arch, flue])]),
    Case(
        "cluster_topics",
        {"cluster": domes},
        [(*vision, 1, 2, 0, [dome]), (*graphics, 1, 2, 0, [dome])],
    ),
    Case(
        "cluster_topics",
        {"cluster": lone},
        [("topic:category/tiles", "Tiles", 21, 1, 0, tiles[:20])],
    ),
    Case("cluster_topics", {"cluster": other}, []),
]

AREA = Area(
    records=RECORDS,
    layer=LAYER,
    cases=[*OVERVIEW, *IN_CLUSTER, *ACROSS, *AFFILIATIONS, *TOPICS],
)
