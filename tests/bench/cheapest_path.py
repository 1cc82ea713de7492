"""The cheapest path, where a tie costs 1/weight. Neo4j has none without a plug-in."""

from typing import Any

import networkx as nx

from graph_service.projection.walks import cheapest_paths, tie_costs
from tests.bench.case import Case
from tests.bench.timing import Engine, side_by_side

NAME = "cheapest path"
MOST_PAIRS = 200


async def measure(case: Case) -> dict[str, Any]:
    """Compare by cost."""
    ties = case.graph.ties
    costs = tie_costs(ties, "weight")

    def networkx(a: int, b: int) -> int:
        cost: int = nx.bidirectional_dijkstra(case.peer, a, b, weight="cost")[0]
        return cost

    return await side_by_side(
        [
            Engine("ours", lambda a, b: cheapest_paths(ties, costs, a, b)[0].cost),
            Engine("networkx bidirectional", networkx),
        ],
        case.few(MOST_PAIRS),
    )
