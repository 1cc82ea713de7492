"""Twins of the reports on paths."""

import itertools
from collections.abc import Iterable, Iterator
from heapq import nsmallest
from math import inf

from graph_service.reports.property_graph import PropertyGraph
from graph_service.reports.twins import Row, Rows
from graph_service.reports.twins.walks import is_within

MOST_HOPS = 20
MOST_EXAMPLES = 10


def paths_shortest(graph: PropertyGraph, *, source: str, target: str) -> Rows:
    """How two authors are connected: one shortest chain, with the papers of each hop."""
    if source == target:
        return [_hop(graph, 0, source, source)]
    chains = list(shortest_chains(graph, source, target))
    if not chains:
        return []
    chain = min(chains, key=lambda chain: (-weakest_tie(graph, chain), chain))
    return [
        _hop(graph, hop, left, right)
        for hop, (left, right) in enumerate(itertools.pairwise(chain), start=1)
    ]


def shortest_chains(graph: PropertyGraph, source: str, target: str) -> Iterator[tuple[str, ...]]:
    """Every shortest chain of ties between two authors, by its ids; equal ends have none.

    Chains of more than twenty hops are not looked for.
    """
    levels = {target: 0}
    frontier = [target]
    for level in range(1, MOST_HOPS + 1):
        if source in levels or not frontier:
            break
        reached = {
            other
            for author in frontier
            for other, _ in graph.both(author, "COAUTHORED")
            if other not in levels
        }
        levels |= dict.fromkeys(reached, level)
        frontier = sorted(reached)
    if source in levels and source != target:
        yield from _onward(graph, levels, (source,))


def _onward(
    graph: PropertyGraph, levels: dict[str, int], chain: tuple[str, ...]
) -> Iterator[tuple[str, ...]]:
    here = levels[chain[-1]]
    if here == 0:
        yield chain
        return
    for other, _ in graph.both(chain[-1], "COAUTHORED"):
        if levels.get(other) == here - 1:
            yield from _onward(graph, levels, (*chain, other))


def weakest_tie(graph: PropertyGraph, chain: tuple[str, ...]) -> float:
    """The smallest weight among the ties of a chain of at least one hop."""
    weight: float = min(
        dict(graph.both(left, "COAUTHORED"))[right]["weight"]
        for left, right in itertools.pairwise(chain)
    )
    return weight


def _hop(graph: PropertyGraph, hop: int, left: str, right: str) -> dict[str, object]:
    papers = {paper for paper, _ in graph.out(left, "AUTHORED")} & {
        paper for paper, _ in graph.out(right, "AUTHORED")
    }
    shared = sorted(papers) if hop else []
    tie = dict(graph.both(left, "COAUTHORED")).get(right, {})
    return {
        "hop": hop,
        "from_id": left,
        "from_author": graph.get(left, "name"),
        "to_id": right,
        "to_author": graph.get(right, "name"),
        "papers": tie.get("papers", 0),
        "paper_ids": shared,
        "titles": [graph.get(paper, "title") for paper in shared],
    }


def paths_all_shortest(graph: PropertyGraph, *, source: str, target: str, limit: int) -> Rows:
    """How two authors are connected: every shortest chain of collaborators."""
    if source == target:
        return [{"rank": 1} | _chain(graph, (source,), None)]
    chains = (
        (weakest_tie(graph, chain), chain) for chain in shortest_chains(graph, source, target)
    )
    best = nsmallest(limit, chains, key=lambda found: (-found[0], found[1]))
    return [
        {"rank": rank} | _chain(graph, chain, weakest)
        for rank, (weakest, chain) in enumerate(best, start=1)
    ]


def paths_within(
    graph: PropertyGraph, *, source: str, target: str, max_hops: int, limit: int
) -> Rows:
    """How two authors are connected: every chain of a few collaborators, longer ones too."""
    if source == target:
        return [_chain(graph, (source,), None)]
    found = _simple_chains(graph, source, target, max_hops)
    best = nsmallest(limit, found, key=lambda found: (len(found[1]), -found[0], found[1]))
    return [_chain(graph, chain, weakest) for weakest, chain in best]


def _simple_chains(
    graph: PropertyGraph, source: str, target: str, max_hops: int
) -> Iterator[tuple[float, tuple[str, ...]]]:
    """Every chain between two authors that names nobody twice, with its smallest weight."""
    # From the other end, so that a walk into somebody with many ties ends halfway.
    half = max_hops // 2
    levels = _levels(graph, target, half)

    def onward(chain: tuple[str, ...], weakest: float) -> Iterator[tuple[float, tuple[str, ...]]]:
        left = max_hops - len(chain)
        for other, tie in graph.both(chain[-1], "COAUTHORED"):
            weight = min(weakest, tie["weight"])
            if other == target:
                yield weight, (*chain, other)
            elif levels.get(other, half + 1) <= left and other not in chain:
                yield from onward((*chain, other), weight)

    return onward((source,), inf)


def _levels(graph: PropertyGraph, author: str, hops: int) -> dict[str, int]:
    """How many ties away authors are, up to so many."""
    levels = {author: 0}
    frontier = [author]
    for level in range(1, hops + 1):
        reached = {other for each in frontier for other, _ in graph.both(each, "COAUTHORED")}
        frontier = sorted(reached - levels.keys())
        levels |= dict.fromkeys(frontier, level)
    return levels


def _chain(graph: PropertyGraph, chain: tuple[str, ...], weakest: float | None) -> Row:
    return {
        "hops": len(chain) - 1,
        "author_ids": list(chain),
        "authors": [graph.get(author, "name") for author in chain],
        "unverified": _unverified(graph, chain),
        "weakest": weakest,
    }


def _unverified(graph: PropertyGraph, authors: Iterable[str]) -> int:
    return sum(graph.get(author, "identity") == "unverified" for author in authors)


def papers_connecting_groups(
    graph: PropertyGraph,
    *,
    left: list[str],
    right: list[str],
    first_year: int | None,
    last_year: int | None,
    max_authors: int,
    limit: int,
) -> Rows:
    """Papers that join two groups of authors."""
    rows = []
    for paper in {paper for author in left for paper, _ in graph.out(author, "AUTHORED")}:
        year = graph.get(paper, "year")
        authors = [author for author, _ in graph.into(paper, "AUTHORED")]
        right_ids = [author for author in authors if author in right]
        if right_ids and len(authors) <= max_authors and is_within(year, first_year, last_year):
            rows.append(
                {
                    "paper_id": paper,
                    "title": graph.get(paper, "title"),
                    "year": year,
                    "left_ids": [author for author in authors if author in left],
                    "right_ids": right_ids,
                    "complete": graph.get(paper, "authors_complete"),
                }
            )
    return sorted(rows, key=lambda row: (-(row["year"] or 0), row["paper_id"]))[:limit]


def authors_reached(graph: PropertyGraph, *, author: str, max_hops: int, limit: int) -> Rows:
    """How many authors are one, two and three ties away."""
    reached: dict[int, list[str]] = {}
    for other, hop in _levels(graph, author, max_hops).items():
        if hop:
            reached.setdefault(hop, []).append(other)
    return [
        {
            "hop": hop,
            "authors": len(others),
            "unverified": _unverified(graph, others),
            "example_ids": sorted(others)[:MOST_EXAMPLES],
        }
        for hop, others in sorted(reached.items())
    ][:limit]
