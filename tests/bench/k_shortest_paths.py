"""The five shortest paths without loops."""

from itertools import islice
from typing import Any

import networkx as nx

from graph_service.projection.walks import k_shortest_paths
from tests.bench.case import Case
from tests.bench.timing import Engine, side_by_side

NAME = "five shortest paths"
PATHS = 5
MOST_PAIRS = 200
SHORTEST_5 = f"""
MATCH p = SHORTEST {PATHS} (a:Author {{id: $source}})-[:COAUTHORED]-+(b:Author {{id: $target}})
RETURN [n IN nodes(p) | n.id]"""

Lengths = tuple[int, ...]


async def measure(case: Case) -> dict[str, Any]:
    """Compare by the lengths of all five."""
    ties = case.graph.ties

    def ours(a: int, b: int) -> Lengths:
        return tuple(len(path) for path in k_shortest_paths(ties, a, b, PATHS))

    def networkx(a: int, b: int) -> Lengths:
        return tuple(map(len, islice(nx.shortest_simple_paths(case.peer, a, b), PATHS)))

    engines = [Engine("ours", ours), Engine("networkx", networkx)]
    if (cypher := case.cypher) is not None:

        def in_cypher(a: int, b: int) -> Lengths | None:
            paths = [row[0] for row in cypher.ask(SHORTEST_5, a, b)]
            if any(len(set(path)) < len(path) for path in paths):
                return None  # no tie twice, but an author: it knows no other rule
            return tuple(sorted(map(len, paths)))

        engines.append(Engine("SHORTEST 5", in_cypher))
    return await side_by_side(engines, case.few(MOST_PAIRS))
