"""Everybody within two hops of an author, with all ties among them."""

from typing import Any

import networkx as nx

from graph_service.projection.kernels import ties_among
from graph_service.projection.walks import within
from graph_service.questions.networks import MOST_NODES, show_network
from tests.bench.case import Case
from tests.bench.timing import Engine, side_by_side

NAME = "two-hop network"
# In one record: a record a tie takes the driver five times as long.
NETWORK = """
MATCH (a:Author {id: $source})-[:COAUTHORED*0..2]-(b)
WITH collect(DISTINCT b) AS near
UNWIND near AS x
MATCH (x)-[r:COAUTHORED]->(y) WHERE y IN near
WITH near, collect([x.id, y.id, r.weight]) AS ties
RETURN [n IN near | n.id], ties"""

Sizes = tuple[int, int]


async def measure(case: Case) -> dict[str, Any]:
    """Compare by numbers of authors and ties; of each pair only the first is asked about."""
    ids, ties = case.graph.author_ids, case.graph.ties

    def ours(a: int, _: int) -> Sizes:
        near = within(ties, a, 2).authors
        lower, _places = ties_among(ties.indptr, ties.neighbours, near)
        return len(near), len(lower)

    async def whole(a: int, _: int) -> Sizes:
        answer = await case.reader.ask(
            lambda view: show_network(view, ids[a], hops=2, limit=MOST_NODES)
        )
        return answer.node_count, answer.link_count

    def networkx(a: int, _: int) -> Sizes:
        found = nx.ego_graph(case.peer, a, radius=2)
        return found.number_of_nodes(), found.number_of_edges()

    engines = [
        Engine("ours, walk", ours),
        Engine("ours, with evidence", whole),
        Engine("networkx ego_graph", networkx),
    ]
    if (cypher := case.cypher) is not None:

        def in_cypher(a: int, b: int) -> Sizes:
            ((near, found),) = cypher.ask(NETWORK, a, b)
            return len(near), len(found)

        engines.append(Engine("Cypher", in_cypher))
    return await side_by_side(engines, case.pairs)
