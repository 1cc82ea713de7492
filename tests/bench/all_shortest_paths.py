"""All shortest paths: the exact count, and the first hundred listed."""

from itertools import islice
from typing import Any

import networkx as nx

from graph_service.projection.walks import shortest_paths
from tests.bench.case import Case
from tests.bench.timing import Engine, side_by_side

NAME = "all shortest paths"
LISTED = 100
MOST_PAIRS = 60
ALL_SHORTEST_PATHS = f"""
MATCH (a:Author {{id: $source}}), (b:Author {{id: $target}})
MATCH p = allShortestPaths((a)-[:COAUTHORED*]-(b)) WITH collect(p) AS ways
RETURN size(ways), [p IN ways[..{LISTED}] | [n IN nodes(p) | n.id]]"""

Counted = tuple[int, int]


async def measure(case: Case) -> dict[str, Any]:
    """Compare by how many there are and how long they are."""
    ties = case.graph.ties

    def ours(a: int, b: int) -> Counted:
        found = shortest_paths(ties, a, b, limit=LISTED)
        return found.count, len(found.paths[0])

    def networkx(a: int, b: int) -> Counted:
        ways = nx.all_shortest_paths(case.peer, a, b)
        listed = list(islice(ways, LISTED))
        return len(listed) + sum(1 for _ in ways), len(listed[0])

    engines = [Engine("ours", ours), Engine("networkx", networkx)]
    if (cypher := case.cypher) is not None:

        def in_cypher(a: int, b: int) -> Counted:
            ((count, listed),) = cypher.ask(ALL_SHORTEST_PATHS, a, b)
            return count, len(listed[0])

        engines.append(Engine("allShortestPaths()", in_cypher))
    return await side_by_side(engines, case.few(MOST_PAIRS))
