"""Lineage and methods to ask about, with answers by hand.

```
Loom      2019        Ida, Jon              guild/loom
Shuttle   2020-01     Ida, Kim, cut
Heddle    2020-06     Jon, Ida, Lea         weave/heddle, guild/heddle
Tapestry  2022-05-01  Kim, cut              weave/heddle, weave/tapestry   on Ida's page
Tassel    2022-05-01  Lea (nobody says whether complete)
Fringe    -           Ida
Warp      2015        Mae; and 21 papers of 2016 by Mae

newer                 possible 3.2               older
          ┌──────────────────────────────────┐
Tapestry ─┼─ strong 9.5 ─ Heddle ─ likely 4.0 ─┼─ Loom
  │       │                 │ likely 3.9       │  │
  │       └─ strong 6.0 ─ Shuttle ─ likely 4.0 ┘  │
  └ tentative 2.5, order uncertain ─ Tassel ──────┘ strong 5.5
```

The scope `ida` has one step, Tapestry to Loom; the model `trial` has Tapestry to Shuttle to Loom.
In the scope `judged` somebody accepted Tapestry to Heddle to Loom and rejected Tapestry to Shuttle.
"""

from graph_service.model.records import Record
from graph_service.model.schema import Edge, Node, Value, known
from graph_service.store.fold import paper_id
from tests.invented import paper
from tests.report_cases import Area, Case

GITHUB = "https://github.com/"

LOOM = paper("Loom", ["Ida Kern", "Jon Abel"], date="2019", repositories=(f"{GITHUB}Guild/loom",))
SHUTTLE = paper("Shuttle", ["Ida Kern", "Kim Sol"], date="2020-01", complete=False)
HEDDLE = paper(
    "Heddle",
    ["Jon Abel", "Ida Kern", "Lea Moor"],
    date="2020-06",
    repositories=(f"{GITHUB}weave/heddle", f"{GITHUB}guild/heddle"),
)
TAPESTRY = paper(
    "Tapestry",
    ["Kim Sol"],
    date="2022-05-01",
    complete=False,
    subject="Ida Kern",
    repositories=(f"{GITHUB}weave/Heddle", f"{GITHUB}weave/tapestry"),
)
TASSEL = paper("Tassel", ["Lea Moor"], date="2022-05-01", complete=None)
FRINGE = paper("Fringe", ["Ida Kern"], date=None)
WARP = paper("Warp", ["Mae Roth"], date="2015")
SERIES = [paper(f"Warped {number:02}", ["Mae Roth"], date="2016") for number in range(21)]

loom, shuttle, heddle, tapestry, tassel, fringe, warp = (
    paper_id(each) for each in (LOOM, SHUTTLE, HEDDLE, TAPESTRY, TASSEL, FRINGE, WARP)
)
series = [paper_id(each) for each in SERIES]
TITLES = {loom: "Loom", shuttle: "Shuttle", heddle: "Heddle", tapestry: "Tapestry"} | {
    tassel: "Tassel"
}
ida, jon, kim, lea = "author:kern.ida", "author:abel.jon", "author:sol.kim", "author:moor.lea"

Step = tuple[str, str, str, str, float, bool, bool, list[str]]

# Newer, older, tier, kind, score, direction certain, shown, evidence.
FIRST: Step = (
    *(tapestry, heddle, "strong", "successor", 9.5, True, True),
    ["family 5.00 heddle", "text 4.50 cloth"],
)
SECOND: Step = (tapestry, shuttle, "strong", "uses", 6.0, True, True, ["mention 5.00 Shuttle"])
DIRECT: Step = (tapestry, loom, "possible", "continues", 3.2, True, False, ["authors 3.20 Ida"])
LAST: Step = (heddle, loom, "likely", "extends", 4.0, True, True, ["text 4.00 yarn"])
OTHER_LAST: Step = (shuttle, loom, "likely", "continues", 4.0, True, True, ["text 4.00 yarn"])
ACROSS: Step = (heddle, shuttle, "likely", "continues", 3.9, True, True, ["text 3.90 yarn"])
UNSURE: Step = (tassel, tapestry, "tentative", "continues", 2.5, False, False, [])
NAMED: Step = (tassel, loom, "strong", "mentions", 5.5, True, True, ["mention 5.50 Loom"])
OF_IDA: Step = (tapestry, loom, "strong", "uses", 7.0, True, True, ["mention 7.00 Loom"])
OF_TRIAL: tuple[Step, ...] = (
    (tapestry, shuttle, "likely", "uses", 4.2, True, True, []),
    (shuttle, loom, "strong", "uses", 8.0, True, True, []),
)
# Accepted, accepted, rejected.
KEPT: Step = (tapestry, heddle, "none", "continues", 1.0, True, False, ["text 1.00 cloth"])
KEPT_LAST: Step = (heddle, loom, "tentative", "continues", 2.5, True, False, [])
THROWN: Step = (tapestry, shuttle, "strong", "uses", 6.0, True, True, ["mention 5.00 Shuttle"])
BY_HAND: Step = (shuttle, loom, "likely", "uses", 4.0, True, True, [])


def edge(
    step: Step,
    rank: int = 1,
    scope: str = "all",
    model: str = "lineage-2",
    decided: str | None = None,
) -> Edge:
    newer, older, tier, kind, score, certain, shown, evidence = step
    properties: dict[str, Value] = {"score": score, "tier": tier, "kind": kind}
    properties |= {"direction_certain": certain, "shown": shown, "rank": rank}
    properties |= {"scope": scope, "model": model}
    return Edge("BUILDS_ON", newer, older, properties | known(evidence=evidence, decided=decided))


def introduces(paper_id: str, method: str, how: str, strength: float) -> Edge:
    return Edge("INTRODUCES", paper_id, method, {"how": how, "strength": strength})


def mentions(paper_id: str, method: str) -> Edge:
    return Edge("MENTIONS", paper_id, method, {"where": "abstract", "quote": "as in it"})


# Two methods share the name Loom. Heddle is introduced twice; Tapestry mentions what it introduces.
OLD_LOOM, NEW_LOOM = "method:loom~1a", "method:loom~9f"
A_HEDDLE, A_FRINGE, A_WARP = "method:heddle~2b", "method:fringe~3c", "method:warp~4d"
LAYER: list[Node | Edge] = [
    *(edge(FIRST), edge(SECOND, 2), edge(DIRECT, 3), edge(LAST), edge(OTHER_LAST)),
    *(edge(ACROSS, 2), edge(UNSURE, 2), edge(NAMED), edge(OF_IDA, scope="ida")),
    *(edge(step, model="trial") for step in OF_TRIAL),
    edge(KEPT, 2, "judged", decided="accepted"),
    edge(KEPT_LAST, 1, "judged", decided="accepted"),
    edge(THROWN, 1, "judged", decided="rejected"),
    edge(BY_HAND, 1, "judged"),
    Node("Method", OLD_LOOM, {"name": "Loom"}),
    Node("Method", NEW_LOOM, {"name": "Loom"}),
    Node("Method", A_HEDDLE, {"name": "Heddle"}),
    Node("Method", A_FRINGE, {"name": "Fringe"}),
    Node("Method", A_WARP, {"name": "Warp"}),
    introduces(loom, OLD_LOOM, "title head", 1.0),
    introduces(tassel, NEW_LOOM, "short title", 0.6),
    introduces(heddle, A_HEDDLE, "title head", 1.0),
    introduces(tapestry, A_HEDDLE, "coined", 0.8),
    introduces(fringe, A_FRINGE, "coined", 0.8),
    introduces(warp, A_WARP, "title head", 1.0),
    *(mentions(each, OLD_LOOM) for each in (shuttle, heddle, tassel, fringe)),
    *(mentions(each, A_HEDDLE) for each in (tapestry, tassel)),
    mentions(tapestry, A_FRINGE),
    *(mentions(each, A_WARP) for each in series),
]


def row(number: int, step: Step, decided: str | None = None) -> tuple[object, ...]:
    newer, older, *rest = step
    return (number, newer, TITLES[newer], older, TITLES[older], *rest, decided)


ANCESTORS = [
    Case("lineage_ancestors", {"paper": "Tapestry"}, [row(1, FIRST), row(1, SECOND)]),
    # Loom and Shuttle are reached in one step and in two; each step is a row once. Of two steps
    # of 4.0 Heddle's comes first by id.
    Case(
        "lineage_ancestors",
        {"paper": tapestry, "max_steps": "5", "min_tier": "possible"},
        [
            *(row(1, FIRST), row(1, SECOND), row(1, DIRECT)),
            *(row(2, LAST), row(2, OTHER_LAST), row(2, ACROSS)),
        ],
    ),
    # Steps without evidence, and one that the dates do not order.
    Case(
        "lineage_ancestors",
        {"paper": tassel, "max_steps": "2", "min_tier": "tentative", "limit": "3"},
        [row(1, NAMED), row(1, UNSURE), row(2, FIRST)],
    ),
    Case("lineage_ancestors", {"paper": tapestry, "scope": "ida"}, [row(1, OF_IDA)]),
    Case(
        "lineage_ancestors",
        {"paper": tapestry, "model": "trial", "max_steps": "3"},
        [row(1, OF_TRIAL[0]), row(2, OF_TRIAL[1])],
    ),
    Case("lineage_ancestors", {"paper": tapestry, "scope": "' OR true"}, []),
    # What somebody accepted passes every tier, what somebody rejected none.
    Case(
        "lineage_ancestors",
        {"paper": tapestry, "scope": "judged", "min_tier": "strong", "max_steps": "2"},
        [row(1, KEPT, "accepted"), row(2, KEPT_LAST, "accepted")],
    ),
    Case(
        "lineage_ancestors",
        {"paper": tapestry, "scope": "judged", "min_tier": "tentative"},
        [row(1, KEPT, "accepted")],
    ),
    Case("lineage_ancestors", {"paper": fringe, "max_steps": "5", "min_tier": "tentative"}, []),
]

DESCENDANTS = [
    Case(
        "lineage_descendants",
        {"paper": loom},
        [row(1, NAMED), row(1, LAST), row(1, OTHER_LAST)],
    ),
    Case(
        "lineage_descendants",
        {"paper": loom, "max_steps": "3"},
        [
            *(row(1, NAMED), row(1, LAST), row(1, OTHER_LAST)),
            *(row(2, FIRST), row(2, SECOND), row(2, ACROSS)),
        ],
    ),
    Case("lineage_descendants", {"paper": tapestry}, []),
    Case(
        "lineage_descendants",
        {"paper": loom, "scope": "judged", "max_steps": "2"},
        [
            *(row(1, BY_HAND), row(1, KEPT_LAST, "accepted")),
            row(2, KEPT, "accepted"),
        ],
    ),
    Case("lineage_descendants", {"paper": tapestry, "min_tier": "tentative"}, [row(1, UNSURE)]),
    Case(
        "lineage_descendants",
        {"paper": loom, "min_tier": "strong", "max_steps": "5"},
        [row(1, NAMED)],
    ),
    Case("lineage_descendants", {"paper": loom, "scope": "ida", "model": "trial"}, []),
]


def chain(rank: int, papers: list[str], *tiers: str, uncertain: int = 0) -> tuple[object, ...]:
    """Rank, steps, ids, titles, tiers, the weakest of them, uncertain steps."""
    surest_first = ["strong", "likely", "possible", "tentative"]
    weighed = [tier for tier in tiers if tier != "accepted"]
    weakest = max(weighed, key=surest_first.index, default=None)
    titles = [TITLES[each] for each in papers]
    return (rank, len(tiers), papers, titles, list(tiers), weakest, uncertain)


BY_HEDDLE = [tapestry, heddle, loom]
BY_SHUTTLE = [tapestry, shuttle, loom]
BY_BOTH = [tapestry, heddle, shuttle, loom]

CHAINS = [
    Case(
        "lineage_chains",
        {"newer": tapestry, "older": loom},
        [
            chain(1, BY_HEDDLE, "strong", "likely"),
            chain(2, BY_SHUTTLE, "strong", "likely"),
            chain(3, BY_BOTH, "strong", "likely", "likely"),
        ],
    ),
    # Shorter, yet less sure.
    Case(
        "lineage_chains",
        {"newer": tapestry, "older": loom, "min_tier": "possible", "max_steps": "2"},
        [
            chain(1, BY_HEDDLE, "strong", "likely"),
            chain(2, BY_SHUTTLE, "strong", "likely"),
            chain(3, [tapestry, loom], "possible"),
        ],
    ),
    Case(
        "lineage_chains",
        {"newer": tassel, "older": loom, "min_tier": "tentative", "max_steps": "8"},
        [
            chain(1, [tassel, loom], "strong"),
            chain(2, [tassel, tapestry, loom], "tentative", "possible", uncertain=1),
            chain(3, [tassel, *BY_HEDDLE], "tentative", "strong", "likely", uncertain=1),
            chain(4, [tassel, *BY_SHUTTLE], "tentative", "strong", "likely", uncertain=1),
            chain(5, [tassel, *BY_BOTH], "tentative", "strong", "likely", "likely", uncertain=1),
        ],
    ),
    Case(
        "lineage_chains",
        {"newer": tapestry, "older": loom, "limit": "1"},
        [chain(1, BY_HEDDLE, "strong", "likely")],
    ),
    Case(
        "lineage_chains",
        {"newer": tapestry, "older": loom, "scope": "ida"},
        [chain(1, [tapestry, loom], "strong")],
    ),
    Case(
        "lineage_chains",
        {"newer": tapestry, "older": loom, "model": "trial"},
        [chain(1, BY_SHUTTLE, "likely", "strong")],
    ),
    Case("lineage_chains", {"newer": loom, "older": loom}, [chain(1, [loom])]),
    Case(
        "lineage_chains",
        {"newer": tapestry, "older": loom, "scope": "judged", "min_tier": "tentative"},
        [chain(1, BY_HEDDLE, "accepted", "accepted")],
    ),
    Case("lineage_chains", {"newer": loom, "older": tapestry}, []),
    Case("lineage_chains", {"newer": tapestry, "older": loom, "max_steps": "1"}, []),
    Case("lineage_chains", {"newer": tapestry, "older": fringe}, []),
]

# Columns: both authors, joined, left, cut lists, repositories, owners.
CARRY_OVER = [
    # Ida is an author of Tapestry whose name is not printed there.
    Case(
        "lineage_carry_over",
        {"newer": tapestry, "older": loom},
        [
            (
                *(1, tapestry, heddle, "strong", [ida], [kim], [jon, lea], 1),
                *(["github:weave/heddle"], ["github:weave"]),
            ),
            (2, heddle, loom, "likely", [jon, ida], [lea], [], 0, [], ["github:guild"]),
        ],
    ),
    Case(
        "lineage_carry_over",
        {"newer": tassel, "older": loom, "min_tier": "tentative"},
        [(1, tassel, loom, "strong", [], [lea], [jon, ida], 0, [], [])],
    ),
    Case(
        "lineage_carry_over",
        {"newer": tapestry, "older": shuttle, "model": "trial"},
        [(1, tapestry, shuttle, "likely", [ida, kim], [], [], 2, [], [])],
    ),
    Case(
        "lineage_carry_over",
        {"newer": heddle, "older": loom, "scope": "judged"},
        [(1, heddle, loom, "accepted", [jon, ida], [lea], [], 0, [], ["github:guild"])],
    ),
    Case("lineage_carry_over", {"newer": loom, "older": loom}, []),
    Case("lineage_carry_over", {"newer": loom, "older": tapestry}, []),
]

BY_YEAR = [
    Case(
        "methods_by_year",
        {},
        [
            (2015, A_WARP, "Warp", warp, "Warp", "title head", 1.0),
            (2019, OLD_LOOM, "Loom", loom, "Loom", "title head", 1.0),
            (2020, A_HEDDLE, "Heddle", heddle, "Heddle", "title head", 1.0),
            (2022, A_HEDDLE, "Heddle", tapestry, "Tapestry", "coined", 0.8),
            (2022, NEW_LOOM, "Loom", tassel, "Tassel", "short title", 0.6),
            (None, A_FRINGE, "Fringe", fringe, "Fringe", "coined", 0.8),
        ],
    ),
    Case(
        "methods_by_year",
        {"first_year": "2020", "limit": "2"},
        [
            (2020, A_HEDDLE, "Heddle", heddle, "Heddle", "title head", 1.0),
            (2022, A_HEDDLE, "Heddle", tapestry, "Tapestry", "coined", 0.8),
        ],
    ),
    Case(
        "methods_by_year",
        {"first_year": "2015", "last_year": "2015"},
        [(2015, A_WARP, "Warp", warp, "Warp", "title head", 1.0)],
    ),
    Case("methods_by_year", {"first_year": "2023"}, []),
]

MOST_MENTIONED = [
    # Twenty of the 21 are named. The newer Loom is mentioned nowhere.
    Case(
        "methods_most_mentioned",
        {},
        [
            (A_WARP, "Warp", 2015, [warp], 21, series[:20]),
            (OLD_LOOM, "Loom", 2019, [loom], 4, [fringe, heddle, shuttle, tassel]),
            (A_FRINGE, "Fringe", None, [fringe], 1, [tapestry]),
            (A_HEDDLE, "Heddle", 2020, [heddle, tapestry], 1, [tassel]),
        ],
    ),
    Case(
        "methods_most_mentioned",
        {"first_year": "2020", "last_year": "2022"},
        [
            (OLD_LOOM, "Loom", 2019, [loom], 3, [heddle, shuttle, tassel]),
            (A_FRINGE, "Fringe", None, [fringe], 1, [tapestry]),
            (A_HEDDLE, "Heddle", 2020, [heddle, tapestry], 1, [tassel]),
        ],
    ),
    Case(
        "methods_most_mentioned",
        {"first_year": "2021", "limit": "2"},
        [
            (A_FRINGE, "Fringe", None, [fringe], 1, [tapestry]),
            (A_HEDDLE, "Heddle", 2020, [heddle, tapestry], 1, [tassel]),
        ],
    ),
    Case("methods_most_mentioned", {"last_year": "2014"}, []),
]

RECORDS: list[Record] = [LOOM, SHUTTLE, HEDDLE, TAPESTRY, TASSEL, FRINGE, WARP, *SERIES]

AREA = Area(
    records=RECORDS,
    layer=LAYER,
    cases=[*ANCESTORS, *DESCENDANTS, *CHAINS, *CARRY_OVER, *BY_YEAR, *MOST_MENTIONED],
)
