"""Main paths through citations: the arcs that most ways from the oldest papers to the newest take.

Arcs run from the older paper to the newer, from cited to citing. Counts of ways and whatever is
made of them are Python's integers, which are exact and have no end: on real networks they pass
64 bits. Papers are numbered in the order of their ids, so that every order here is one by id.

Sources: Hummon and Doreian, Social Networks 11 (1989), for SPLC and SPNP; Batagelj,
arXiv:cs/0309023 (2003), for SPC; Liu and Lu, JASIST 63 (2012), for global paths and key-routes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

Numbers = npt.NDArray[np.int64]
Pair = tuple[int, int]
Count = Literal["spc", "splc", "spnp"]
COUNTS: tuple[Count, ...] = ("spc", "splc", "spnp")
Search = Literal["local", "global"]

CYCLE_POLICY = (
    "citations of oneself, repeated ones and those of a paper that is certainly newer are set "
    "aside; papers that still cite each other in a circle count as one"
)


@dataclass(frozen=True, slots=True)
class SetAside:
    """What a network leaves out, as (citing, cited) in paper numbers, ascending.

    `within` are the citations among papers that count as one, and `merged` those beyond the first
    between the same two nodes, which only papers that count as one can have. A repeated citation
    is listed once for each time beyond the first.
    """

    self_citations: tuple[Pair, ...]
    repeated: tuple[Pair, ...]
    against_dates: tuple[Pair, ...]
    within: tuple[Pair, ...]
    merged: tuple[Pair, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Citations without circles.

    `nodes` are the papers that count as one, by their first; nearly all are single papers. Arc i
    runs from node `tails[i]` to node `heads[i]`; arcs ascend by tail, then head. `order` is
    topological. Papers without arcs are nodes, too.
    """

    nodes: tuple[tuple[int, ...], ...]
    tails: tuple[int, ...]
    heads: tuple[int, ...]
    order: tuple[int, ...]
    outward: tuple[int, ...]
    inward: tuple[int, ...]
    incoming: tuple[int, ...]
    set_aside: SetAside

    def arcs_from(self, node: int) -> range:
        """The arcs out of a node."""
        return range(self.outward[node], self.outward[node + 1])

    def arcs_into(self, node: int) -> tuple[int, ...]:
        """The arcs into a node, ascending."""
        return self.incoming[self.inward[node] : self.inward[node + 1]]


@dataclass(frozen=True, slots=True)
class MainPath:
    """Arcs of the best ways, ascending; where several are as good, all of them.

    `tied` are those arcs in whose place another one was as good. `ways` is how many ways from
    end to end are as good as the best, and `total` the sum of weights along each; both are
    absent for what is no set of whole ways of one sum: local paths and key-routes.
    """

    arcs: tuple[int, ...]
    tied: tuple[int, ...]
    ways: int | None = None
    total: int | None = None


def network(dates: Sequence[str], citing: Sequence[int], cited: Sequence[int]) -> Network:
    """Make a network without circles of citations, by `CYCLE_POLICY`.

    Args:
        dates: Of each paper: '', YYYY, YYYY-MM or YYYY-MM-DD. A citation runs against the dates
            if the last day that the citing paper may have is before the first of the cited one.
        citing: Paper numbers, one a citation.
        cited: Beside them, whom each cites.

    Returns:
        The network, the same for citations in any order.

    Cost: Some microseconds a citation.
    """
    newer, older = np.asarray(citing, np.int64), np.asarray(cited, np.int64)
    ascending = np.lexsort((older, newer))
    newer, older = newer[ascending], older[ascending]
    to_itself = newer == older
    again = np.zeros(len(newer), np.bool_)
    again[1:] = (newer[1:] == newer[:-1]) & (older[1:] == older[:-1])
    again &= ~to_itself
    first, last = _days(dates)
    backward = last[newer] < first[older]
    backward &= ~(to_itself | again)
    kept = ~(to_itself | again | backward)
    nodes, node_of = _condensed(len(dates), older[kept], newer[kept])
    within = np.zeros(len(newer), np.bool_)
    within[kept] = node_of[older[kept]] == node_of[newer[kept]]
    crossing = kept & ~within
    # One number for each pair of nodes: sorting those is several times as fast as sorting pairs.
    between = node_of[older[crossing]] * len(nodes) + node_of[newer[crossing]]
    arcs, firsts = np.unique(between, return_index=True)
    merged = crossing.copy()
    merged[np.flatnonzero(crossing)[firsts]] = False
    aside = (to_itself, again, backward, within, merged)
    tails, heads = np.divmod(arcs, max(1, len(nodes)))
    return _ordered(nodes, tails, heads, SetAside(*(_pairs(newer, older, at) for at in aside)))


def ways_into(net: Network, *, from_every_node: bool) -> list[int]:
    """Count the ways that end at each node: from sources alone (SPC), or from every node."""
    ways = [0] * len(net.nodes)
    for node in net.order:
        arcs = net.arcs_into(node)
        ways[node] = int(from_every_node or not arcs) + sum(ways[net.tails[arc]] for arc in arcs)
    return ways


def ways_onward(net: Network, *, to_every_node: bool) -> list[int]:
    """Count the ways that begin at each node: to sinks alone (SPC, SPLC), or to every node."""
    ways = [0] * len(net.nodes)
    for node in reversed(net.order):
        arcs = net.arcs_from(node)
        onward = sum(ways[net.heads[arc]] for arc in arcs)
        ways[node] = int(to_every_node or not arcs) + onward
    return ways


def traversal_counts(net: Network, count: Count) -> list[int]:
    """Count the ways through each arc, exactly.

    SPC counts ways from a source to a sink, SPLC those from any node to a sink, SPNP those from
    any node to any node.

    Returns:
        Beside the arcs, at least 1 each.

    Cost: Grows with the arcs and with the length of the counts in digits.
    """
    into = ways_into(net, from_every_node=count != "spc")
    onward = ways_onward(net, to_every_node=count == "spnp")
    return [into[tail] * onward[head] for tail, head in zip(net.tails, net.heads, strict=True)]


def local_path(net: Network, weights: Sequence[int]) -> MainPath:
    """Begin with the heaviest arcs out of sources and go on by the heaviest out of each node."""
    begin = [arc for arc, tail in enumerate(net.tails) if not net.arcs_into(tail)]
    heaviest = _heaviest(begin, weights)
    tied = set(heaviest) if len(heaviest) > 1 else set()
    arcs = set(heaviest)
    _follow(net, weights, [net.heads[arc] for arc in heaviest], arcs, tied, onward=True)
    return MainPath(tuple(sorted(arcs)), tuple(sorted(tied)))


def global_path(net: Network, weights: Sequence[int]) -> MainPath:
    """Find the ways with the greatest sum of weights, which are above 0.

    Returns:
        No arcs, 0 ways and a total of 0 for a network without arcs.
    """
    into, onward = _best_into(net, weights), _best_onward(net, weights)
    if not net.tails:
        return MainPath((), (), 0, 0)
    total = max(into)
    arcs = [
        arc
        for arc, (tail, head) in enumerate(zip(net.tails, net.heads, strict=True))
        if into[tail] + weights[arc] + onward[head] == total
    ]
    through, ways = _ways_through(net, arcs)
    tied = tuple(arc for arc in arcs if through[arc] < ways)
    return MainPath(tuple(arcs), tied, ways, total)


def longest_path(net: Network) -> MainPath:
    """Find the ways of the most arcs; `total` is how many."""
    return global_path(net, [1] * len(net.tails))


def key_routes(net: Network, weights: Sequence[int], k: int, search: Search) -> MainPath:
    """Extend each of the k heaviest arcs to both ends, and put the routes together.

    Args:
        net: The citations.
        weights: Beside the arcs, above 0.
        k: How many arcs, at least 1; with the last of them come all that are as heavy.
        search: Whether an arc is extended by the heaviest arc at each node, or by the way with
            the greatest sum.
    """
    if not net.tails:
        return MainPath((), ())
    least = nlargest(k, weights)[-1]
    keys = [arc for arc, weight in enumerate(weights) if weight >= least]
    arcs, tied = set(keys), set()
    if len(keys) > k:
        tied = {arc for arc in keys if weights[arc] == least}
    heads = [net.heads[arc] for arc in keys]
    tails = [net.tails[arc] for arc in keys]
    if search == "local":
        _follow(net, weights, heads, arcs, tied, onward=True)
        _follow(net, weights, tails, arcs, tied, onward=False)
    else:
        onward, into = _best_onward(net, weights), _best_into(net, weights)
        sums = [weights[arc] + onward[head] for arc, head in enumerate(net.heads)]
        _follow(net, sums, heads, arcs, tied, onward=True)
        sums = [weights[arc] + into[tail] for arc, tail in enumerate(net.tails)]
        _follow(net, sums, tails, arcs, tied, onward=False)
    return MainPath(tuple(sorted(arcs)), tuple(sorted(tied)))


def criticality(net: Network) -> list[int]:
    """How much shorter the longest way through each node is than the longest near it, in arcs.

    Near it means: of all nodes that citations join to it, directly or not, in any direction.
    Those with 0 and little more are the low-criticality basket.
    """
    ones = [1] * len(net.tails)
    through = [
        before + after
        for before, after in zip(_best_into(net, ones), _best_onward(net, ones), strict=True)
    ]
    size = len(net.nodes)
    joined = csr_array((np.ones(len(net.tails)), (net.tails, net.heads)), shape=(size, size))
    _, labels = connected_components(joined, directed=False)
    longest = np.zeros(size, np.int64)
    np.maximum.at(longest, labels, through)
    return [int(most) - own for most, own in zip(longest[labels].tolist(), through, strict=True)]


def _follow(
    net: Network,
    weights: Sequence[int],
    reached: Sequence[int],
    arcs: set[int],
    tied: set[int],
    *,
    onward: bool,
) -> None:
    """Add the heaviest arcs out of (or into) each node reached, to the end."""
    waiting, seen = list(reached), set(reached)
    while waiting:
        node = waiting.pop()
        heaviest = _heaviest(net.arcs_from(node) if onward else net.arcs_into(node), weights)
        arcs.update(heaviest)
        if len(heaviest) > 1:
            tied.update(heaviest)
        for arc in heaviest:
            after = net.heads[arc] if onward else net.tails[arc]
            if after not in seen:
                seen.add(after)
                waiting.append(after)


def _heaviest(arcs: Sequence[int], weights: Sequence[int]) -> list[int]:
    most = max((weights[arc] for arc in arcs), default=0)
    return [arc for arc in arcs if weights[arc] == most]


def _best_into(net: Network, weights: Sequence[int]) -> list[int]:
    """The greatest sum of weights along a way that ends at each node."""
    best = [0] * len(net.nodes)
    for node in net.order:
        best[node] = max(
            (best[net.tails[arc]] + weights[arc] for arc in net.arcs_into(node)), default=0
        )
    return best


def _best_onward(net: Network, weights: Sequence[int]) -> list[int]:
    """The greatest sum of weights along a way that begins at each node."""
    best = [0] * len(net.nodes)
    for node in reversed(net.order):
        best[node] = max(
            (best[net.heads[arc]] + weights[arc] for arc in net.arcs_from(node)), default=0
        )
    return best


def _ways_through(net: Network, arcs: Sequence[int]) -> tuple[dict[int, int], int]:
    """How many ways of these arcs, from end to end, take each of them, and how many there are."""
    place = {node: at for at, node in enumerate(net.order)}
    # By the place of the tail, each arc comes behind those that lead to it.
    forward = sorted(arcs, key=lambda arc: place[net.tails[arc]])
    backward = sorted(arcs, key=lambda arc: -place[net.heads[arc]])

    def count(
        ordered: Sequence[int], near: Callable[[int], int], far: Callable[[int], int]
    ) -> dict[int, int]:
        ends = {near(arc) for arc in ordered} - {far(arc) for arc in ordered}
        ways = dict.fromkeys(ends, 1)
        for arc in ordered:
            ways[far(arc)] = ways.get(far(arc), 0) + ways[near(arc)]
        return ways

    into = count(forward, net.tails.__getitem__, net.heads.__getitem__)
    onward = count(backward, net.heads.__getitem__, net.tails.__getitem__)
    through = {arc: into[net.tails[arc]] * onward[net.heads[arc]] for arc in arcs}
    sinks = {net.heads[arc] for arc in arcs} - {net.tails[arc] for arc in arcs}
    return through, sum(into[node] for node in sinks)


def _days(dates: Sequence[str]) -> tuple[Numbers, Numbers]:
    """The first and the last day that each date may mean, as numbers that sort as days do."""
    first = np.zeros(len(dates), np.int64)
    last = np.full(len(dates), 10**8, np.int64)
    for at, date in enumerate(dates):
        if date:
            digits = date.replace("-", "")
            first[at] = int(digits.ljust(8, "0"))
            last[at] = int(digits.ljust(8, "9"))
    return first, last


def _condensed(
    papers: int, older: Numbers, newer: Numbers
) -> tuple[tuple[tuple[int, ...], ...], Numbers]:
    """Papers that cite each other in a circle as one node, and the node of each paper."""
    joined = csr_array((np.ones(len(older), np.int8), (older, newer)), shape=(papers, papers))
    _, labels = connected_components(joined, directed=True, connection="strong")
    # Nodes by their first paper; scipy's own numbers mean nothing.
    _, firsts, inverse = np.unique(labels, return_index=True, return_inverse=True)
    ranks = np.empty(len(firsts), np.int64)
    ranks[np.argsort(firsts)] = np.arange(len(firsts))
    node_of = ranks[inverse]
    by_node = np.argsort(node_of, kind="stable")
    bounds = np.searchsorted(node_of[by_node], np.arange(len(firsts) + 1)).tolist()
    members = by_node.tolist()
    return tuple(tuple(members[low:high]) for low, high in pairwise(bounds)), node_of


def _ordered(
    nodes: tuple[tuple[int, ...], ...], tails: Numbers, heads: Numbers, set_aside: SetAside
) -> Network:
    size = len(nodes)
    outward = np.searchsorted(tails, np.arange(size + 1)).tolist()
    incoming = np.argsort(heads, kind="stable")
    inward = np.searchsorted(heads[incoming], np.arange(size + 1)).tolist()
    onward = heads.tolist()
    left = np.diff(inward).tolist()
    order = [node for node in range(size) if not left[node]]
    for node in order:  # grows while it is walked: Kahn's algorithm
        for arc in range(outward[node], outward[node + 1]):
            left[onward[arc]] -= 1
            if not left[onward[arc]]:
                order.append(onward[arc])
    return Network(
        nodes=nodes,
        tails=tuple(tails.tolist()),
        heads=tuple(onward),
        order=tuple(order),
        outward=tuple(outward),
        inward=tuple(inward),
        incoming=tuple(incoming.tolist()),
        set_aside=set_aside,
    )


def _pairs(newer: Numbers, older: Numbers, which: npt.NDArray[np.bool_]) -> tuple[Pair, ...]:
    return tuple(zip(newer[which].tolist(), older[which].tolist(), strict=True))
