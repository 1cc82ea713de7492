"""Doubtful papers to ask about, with answers by hand.

```
lab   announces 9   Alba  2020-05-01  Ada, Ben       whole
                    Bora      -       Ada            cut
                    Calm  2019        Ben            unknown  flagged, no address
                    Dew   2019-03     [Ada]          cut
club  announces 1   Eddy      -       nobody         unknown
                    Fog   2021-02-03  Wei, Wei, Cleo whole    flagged, with address
shed                Gale  2018-11     nobody         whole
                    Haze  2022-01-01  C. Marsh       whole
void  announces 5
```

[Ada] is the subject of the page, which does not print her. A decision says that C. Marsh is
Cleo Marsh, and Fog is published from the preprint Haze. Alba and Bora refer to works without
identifiers. The derived layer holds ties of Ada with Ben and among Wei, Wei and Cleo, and what
stands in `LAYER`.
"""

from graph_service.model.records import Decision
from graph_service.model.revision import facts_revision
from graph_service.model.schema import Edge, Node
from graph_service.store.fold import paper_id
from tests.invented import paper, source
from tests.report_cases import Area, Case

ALBA = paper("Alba", ["Ada Quill", "Ben Okoro"], references_unidentified=4)
BORA = paper("Bora", ["Ada Quill"], date=None, complete=False, references_unidentified=1)
CALM = paper("Calm", ["Ben Okoro"], date="2019", complete=None, has_code=True)
DEW = paper("Dew", [], date="2019-03", complete=False, subject="Ada Quill")
EDDY = paper("Eddy", [], source="club", date=None, complete=None)
FOG = paper(
    "Fog",
    ["Wei Ito", "Wei Ito", "Cleo Marsh"],
    source="club",
    date="2021-02-03",
    has_code=True,
    repositories=("https://github.com/ito/fog",),
    relations=({"kind": "published-from", "to": "arxiv:2201.00001"},),
)
GALE = paper("Gale", [], source="shed", date="2018-11")
HAZE = paper(
    "Haze",
    ["C. Marsh"],
    source="shed",
    date="2022-01-01",
    identifiers=("arxiv:2201.00001",),
)
RECORDS = [
    source("lab", announced_papers=9),
    source("club", announced_papers=1),
    source("void", announced_papers=5),
    *(ALBA, BORA, CALM, DEW, EDDY, FOG, GALE, HAZE),
]
LOG = [Decision(number=1, op="same", a="name:club/marsh.cleo", b="name:shed/marsh.c", by="Eva")]

alba, bora, calm, dew, eddy, fog, gale = (
    paper_id(each) for each in (ALBA, BORA, CALM, DEW, EDDY, FOG, GALE)
)
lab, club, shed = ["source:lab"], ["source:club"], ["source:shed"]

LAYER = [
    Node("Cluster", "cluster:1", {"number": 1, "size": 2}),
    Node("Cluster", "cluster:2", {"number": 2, "size": 1}),
    Edge("IN_CLUSTER", "author:quill.ada", "cluster:1", {"share": 1.0}),
    Edge("IN_CLUSTER", "author:okoro.ben", "cluster:1", {"share": 1.0}),
    Edge("IN_CLUSTER", "author:marsh.c", "cluster:2", {"share": 1.0}),
    Node("Method", "method:fog", {"name": "Fog"}),
    Edge("INTRODUCES", fog, "method:fog", {"how": "title", "strength": 1.0}),
    Edge("MENTIONS", alba, "method:fog", {"where": "title"}),
    Edge("MENTIONS", bora, "method:fog", {"where": "title"}),
    # Two of one pair of papers, in two scopes.
    Edge("BUILDS_ON", alba, calm, {"scope": "source:lab", "model": "one", "score": 3.0}),
    Edge("BUILDS_ON", alba, calm, {"scope": "all", "model": "one", "score": 2.0}),
]
# As the test that fills the stores stamps the layer.
stamp = (
    "complete",
    facts_revision(RECORDS, LOG),
    '{"clusters":{},"lineage":{},"ties":{"max_authors":50}}',
    "{}",
)
lineage = [
    (4, "lineage", "node", "Method", 1, *stamp),
    (5, "lineage", "relationship", "INTRODUCES", 1, *stamp),
    (6, "lineage", "relationship", "MENTIONS", 2, *stamp),
    (7, "lineage", "relationship", "BUILDS_ON", 2, *stamp),
]

undated = [
    (bora, "Bora", None, None, lab),
    (eddy, "Eddy", None, None, club),
    (calm, "Calm", 2019, "year", lab),
    (dew, "Dew", 2019, "month", lab),
    (gale, "Gale", 2018, "month", shed),
]
nobody = [
    (eddy, "Eddy", None, 0, club),
    (gale, "Gale", 2018, 0, shed),
    (dew, "Dew", 2019, 1, lab),
]
announced = [
    ("source:lab", "lab", 9, 4, 5),
    ("source:void", "void", 5, 0, 5),
    ("source:club", "club", 1, 2, 0),
]


def overview(capped: int) -> list[tuple[object, ...]]:
    """The overview, but for the papers that are too long for ties."""
    return [
        (1, "announced-not-listed", "Source", 2, 4, "quality_announced_and_listed"),
        (2, "cut-author-lists", "Paper", 2, 8, "papers_with_cut_lists"),
        (3, "unknown-author-lists", "Paper", 2, 8, None),
        (4, "no-authors", "Paper", 2, 8, "quality_without_authors"),
        (5, "unprinted-subject", "Paper", 1, 8, None),
        (6, "unidentified-references", "Paper", 2, 8, None),
        (7, "same-works", "Paper", 2, 8, None),
        (8, "no-date", "Paper", 2, 8, "quality_missing_dates"),
        (9, "coarse-date", "Paper", 3, 8, "quality_missing_dates"),
        (10, "capped-papers", "Paper", capped, 8, "papers_largest_teams"),
        (11, "code-without-address", "Paper", 1, 8, "papers_flagged_without_address"),
        (12, "unverified-identity", "Author", 4, 5, None),
        (13, "namesakes", "Author", 1, 5, "names_namesakes"),
    ]


AREA = Area(
    records=RECORDS,
    log=LOG,
    layer=LAYER,
    cases=[
        Case("quality_missing_dates", {}, undated),
        Case("quality_missing_dates", {"limit": "3"}, undated[:3]),
        Case("quality_without_authors", {}, nobody),
        Case("quality_without_authors", {"limit": "1"}, nobody[:1]),
        Case("quality_announced_and_listed", {}, announced),
        # As many are missing of the lab as of the void: the id decides.
        Case("quality_announced_and_listed", {"limit": "1"}, announced[:1]),
        Case("quality_overview", {}, overview(capped=0)),
        Case("quality_overview", {"max_authors": "2"}, overview(capped=1)),
        Case(
            "quality_derived_layer",
            {},
            [
                (1, "ties", "relationship", "COAUTHORED", 4, *stamp),
                (2, "clusters", "node", "Cluster", 2, *stamp),
                (3, "clusters", "relationship", "IN_CLUSTER", 3, *stamp),
                *lineage,
            ],
        ),
        Case("quality_derived_layer", {"part": "lineage"}, lineage),
    ],
)
