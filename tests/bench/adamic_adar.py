"""The ten authors with the greatest Adamic–Adar index who are no collaborators yet."""

from collections import defaultdict
from heapq import nlargest
from math import isclose, log
from typing import Any

import networkx as nx

from graph_service.projection.affinity import candidates
from graph_service.questions.recommendations import recommend
from tests.bench.case import Case
from tests.bench.timing import Engine, side_by_side

NAME = "Adamic–Adar, top 10"
TOP = 10
ADAMIC_ADAR = f"""
MATCH (a:Author {{id: $source}})-[:COAUTHORED]-(z)
WITH a, z, 1.0 / log(COUNT {{ (z)-[:COAUTHORED]-() }}) AS rarity
MATCH (z)-[:COAUTHORED]-(b)
WHERE b <> a AND NOT EXISTS {{ (a)-[:COAUTHORED]-(b) }}
WITH b, sum(rarity) AS score ORDER BY score DESC, b.id LIMIT {TOP}
RETURN b.id, score"""
TOLERANCE = 1e-8  # ours are rounded to nine decimals

Scores = tuple[float, ...]


async def measure(case: Case) -> dict[str, Any]:
    """Compare by scores; of each pair only the first is asked about."""
    ids, ties, adjacent = case.graph.author_ids, case.graph.ties, case.peer.adj

    def ours(a: int, _: int) -> Scores:
        found = candidates(ties, a, by="adamic_adar", most=TOP)
        return tuple(found.score("adamic_adar").tolist())

    async def whole(a: int, _: int) -> Scores:
        answer = await case.reader.ask(lambda view: recommend(view, ids[a]))
        return tuple([row.scores.adamic_adar for row in answer.results])

    def networkx(a: int, _: int) -> Scores:
        known = adjacent[a]
        others = {b for z in known for b in adjacent[z] if b not in known and b != a}
        scores = nx.adamic_adar_index(case.peer, [(a, b) for b in others])
        return tuple(nlargest(TOP, (score for _a, _b, score in scores)))

    def by_hand(a: int, _: int) -> Scores:
        known = adjacent[a]
        scores: defaultdict[int, float] = defaultdict(float)
        for z in known:
            rarity = 1 / log(len(adjacent[z])) if len(adjacent[z]) > 1 else 0.0
            for b in adjacent[z]:
                if b not in known and b != a:
                    scores[b] += rarity
        return tuple(nlargest(TOP, scores.values()))

    engines = [
        Engine("ours, walk", ours),
        Engine("ours, with evidence", whole),
        Engine("networkx adamic_adar_index", networkx),
        Engine("loop over networkx", by_hand),
    ]
    if (cypher := case.cypher) is not None:
        engines.append(
            Engine(
                "Cypher",
                lambda a, b: tuple([row[1] for row in cypher.ask(ADAMIC_ADAR, a, b)]),
            )
        )
    return await side_by_side(engines, case.pairs, same=_same)


def _same(one: Scores, other: Scores) -> bool:
    return len(one) == len(other) and all(
        isclose(a, b, abs_tol=TOLERANCE) for a, b in zip(one, other, strict=True)
    )
