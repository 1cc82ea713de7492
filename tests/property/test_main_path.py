"""Main paths against every way written out, and against networkx."""

from itertools import pairwise
from random import Random

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from graph_service.derive.main_path import (
    Count,
    Network,
    Search,
    criticality,
    global_path,
    key_routes,
    local_path,
    longest_path,
    network,
    traversal_counts,
)

PAPERS = 8
papers = st.integers(0, PAPERS - 1)
citations = st.lists(st.tuples(papers, papers), max_size=18)
counts = st.sampled_from(["spc", "splc", "spnp"])
Way = tuple[int, ...]


def made(cited: list[tuple[int, int]]) -> Network:
    return network([""] * PAPERS, [newer for newer, _ in cited], [older for _, older in cited])


def ways_of(net: Network) -> list[Way]:
    """Every way of one arc and more, in nodes."""
    found: list[Way] = []
    waiting: list[Way] = [(node,) for node in range(len(net.nodes))]
    while waiting:
        way = waiting.pop()
        for arc in net.arcs_from(way[-1]):
            longer = (*way, net.heads[arc])
            found.append(longer)
            waiting.append(longer)
    return found


def is_source(net: Network, node: int) -> bool:
    return not net.arcs_into(node)


def is_sink(net: Network, node: int) -> bool:
    return not net.arcs_from(node)


def weights_along(net: Network, weights: list[int], way: Way) -> list[int]:
    by_arc = dict(zip(zip(net.tails, net.heads, strict=True), weights, strict=True))
    return [by_arc[arc] for arc in pairwise(way)]


@given(citations, counts)
def test_an_arc_weighs_the_ways_that_take_it(cited: list[tuple[int, int]], count: Count) -> None:
    net = made(cited)
    ways = [
        way
        for way in ways_of(net)
        if (count != "spc" or is_source(net, way[0])) and (count == "spnp" or is_sink(net, way[-1]))
    ]
    for arc, weight in enumerate(traversal_counts(net, count)):
        pair = (net.tails[arc], net.heads[arc])
        assert weight == sum(pair in pairwise(way) for way in ways)


@given(citations, counts)
def test_the_global_path_is_all_ways_of_the_greatest_sum(
    cited: list[tuple[int, int]], count: Count
) -> None:
    net = made(cited)
    weights = traversal_counts(net, count)
    found = global_path(net, weights)
    sums = {way: sum(weights_along(net, weights, way)) for way in ways_of(net)}
    most = max(sums.values(), default=0)
    best = [way for way, total in sums.items() if total == most]
    assert (found.total, found.ways) == (most, len(best))
    arcs = {(net.tails[arc], net.heads[arc]) for arc in found.arcs}
    assert arcs == {arc for way in best for arc in pairwise(way)}
    everywhere = {arc for arc in arcs if all(arc in pairwise(way) for way in best)}
    assert {(net.tails[arc], net.heads[arc]) for arc in found.tied} == arcs - everywhere


@given(citations)
def test_the_longest_path_is_as_long_as_networkx_finds_it(cited: list[tuple[int, int]]) -> None:
    net = made(cited)
    peer = nx.DiGraph(list(zip(net.tails, net.heads, strict=True)))
    expected = nx.dag_longest_path_length(peer) if peer else 0
    assert longest_path(net).total == expected
    longest = {way for way in ways_of(net) if len(way) == expected + 1}
    critical = {node for way in longest for node in way}
    assert all(criticality(net)[node] == 0 for node in critical)
    assert min(criticality(net)) == 0


@given(citations, counts, st.integers(1, 4), st.sampled_from(["local", "global"]))
def test_key_routes_run_from_sources_to_sinks_through_the_heaviest(
    cited: list[tuple[int, int]], count: Count, k: int, search: Search
) -> None:
    net = made(cited)
    weights = traversal_counts(net, count)
    found = key_routes(net, weights, k, search)
    heaviest = sorted(weights, reverse=True)[:k]
    assert sum(weights[arc] in heaviest for arc in found.arcs) >= len(heaviest)
    tails = {net.tails[arc] for arc in found.arcs}
    heads = {net.heads[arc] for arc in found.arcs}
    assert all(is_source(net, node) for node in tails - heads)
    assert all(is_sink(net, node) for node in heads - tails)
    if search == "global" and k == 1 and weights:
        key = weights.index(max(weights))
        pair = (net.tails[key], net.heads[key])
        through = [way for way in ways_of(net) if pair in pairwise(way)]
        most = max(sum(weights_along(net, weights, way)) for way in through)
        best = {
            arc
            for way in through
            if sum(weights_along(net, weights, way)) == most
            for arc in pairwise(way)
        }
        assert best <= {(net.tails[arc], net.heads[arc]) for arc in found.arcs}


@given(citations, counts)
def test_a_local_path_takes_the_heaviest_arc_at_each_step(
    cited: list[tuple[int, int]], count: Count
) -> None:
    net = made(cited)
    weights = traversal_counts(net, count)
    found = local_path(net, weights)
    for arc in found.arcs:
        beside = net.arcs_from(net.tails[arc])
        assert weights[arc] == max(weights[other] for other in beside)
    heads = {net.heads[arc] for arc in found.arcs}
    assert all(
        is_sink(net, node) or node in {net.tails[arc] for arc in found.arcs} for node in heads
    )


@given(citations, st.randoms(use_true_random=False))
def test_the_order_of_citations_means_nothing(cited: list[tuple[int, int]], chance: Random) -> None:
    shuffled = list(cited)
    chance.shuffle(shuffled)
    one, other = made(cited), made(shuffled)
    assert (one.nodes, one.tails, one.heads) == (other.nodes, other.tails, other.heads)
    assert one.set_aside == other.set_aside


@given(citations)
def test_nothing_is_lost_of_the_citations(cited: list[tuple[int, int]]) -> None:
    net = made(cited)
    aside = net.set_aside
    left = (
        {pair for pair in cited if pair[0] != pair[1]}
        - set(aside.against_dates)
        - set(aside.within)
    )
    node_of = {paper: at for at, node in enumerate(net.nodes) for paper in node}
    assert sorted(node_of) == list(range(PAPERS))
    arcs = set(zip(net.tails, net.heads, strict=True))
    assert arcs == {(node_of[older], node_of[newer]) for newer, older in left}
    assert not aside.against_dates  # nobody has a date here
    assert len(arcs) + len(aside.merged) == len(left)
    assert set(aside.merged) <= left
    listed = len(aside.self_citations) + len(aside.repeated)
    assert listed == len(cited) - len({pair for pair in cited if pair[0] != pair[1]})
