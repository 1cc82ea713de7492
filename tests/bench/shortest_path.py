"""One shortest path: the walk alone, the whole question with its evidence, and peers."""

from typing import Any

import networkx as nx

from graph_service.projection.walks import shortest_paths
from graph_service.questions.paths import show_path
from tests.bench.case import Case
from tests.bench.timing import Engine, side_by_side

NAME = "one shortest path"
SHORTEST_PATH = """
MATCH (a:Author {id: $source}), (b:Author {id: $target})
MATCH p = shortestPath((a)-[:COAUTHORED*]-(b)) RETURN [n IN nodes(p) | n.id]"""
SHORTEST_1 = """
MATCH p = SHORTEST 1 (a:Author {id: $source})-[:COAUTHORED]-+(b:Author {id: $target})
RETURN [n IN nodes(p) | n.id]"""


async def measure(case: Case) -> dict[str, Any]:
    """Compare by length."""
    ids, ties = case.graph.author_ids, case.graph.ties

    async def whole(a: int, b: int) -> int | None:
        answer = await case.reader.ask(lambda view: show_path(view, ids[a], ids[b]))
        return answer.distance

    engines = [
        Engine("ours, walk", lambda a, b: shortest_paths(ties, a, b).distance),
        Engine("ours, with evidence", whole),
        Engine(
            "networkx bidirectional",
            lambda a, b: len(nx.bidirectional_shortest_path(case.peer, a, b)) - 1,
        ),
    ]
    if (cypher := case.cypher) is not None:
        engines += [
            Engine("shortestPath()", lambda a, b: len(cypher.ask(SHORTEST_PATH, a, b)[0][0]) - 1),
            Engine("SHORTEST 1", lambda a, b: len(cypher.ask(SHORTEST_1, a, b)[0][0]) - 1),
        ]
    return await side_by_side(engines, case.pairs)
