"""Walks over the ties: shortest, strongest and cheapest paths, distances, components."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Literal
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from graph_service.model.errors import ParameterError
from graph_service.projection import kernels
from graph_service.projection.arrays import Ints, Offsets, Ties

Way = tuple[int, ...]
Costs = npt.NDArray[np.int64]
CostKind = Literal["weight", "share"]

COST_UNITS = 1_000_000_000
# Costs and hops travel in one integer, so that equal costs fall to the fewer hops.
HOPS_A_COST = 4_096
ANY_LENGTH = HOPS_A_COST - 1
MOST_EXACT = 2.0**62


@dataclass(frozen=True, slots=True)
class ShortestPaths:
    """The shortest paths between two authors: how long, how many, and the first of them.

    `distance` is in hops, absent where there is no path; `count` is exact; each path holds
    author numbers, both ends included.
    """

    distance: int | None
    count: int
    paths: list[Way]


@dataclass(frozen=True, slots=True)
class CheapPath:
    """A path with its cost, in units of 1e-9, and its author numbers, both ends included."""

    cost: int
    authors: Way


@dataclass(frozen=True, slots=True)
class Levels:
    """Authors, ascending, each with the hops that lead to it."""

    authors: Ints
    hops: Ints


@dataclass(frozen=True, slots=True)
class Components:
    """The component of each author, numbered by its smallest author, and the size of each."""

    labels: Ints
    sizes: Offsets


@dataclass(frozen=True, slots=True)
class _Scratch:
    """Arrays over all authors that kernels find and leave full of zeros."""

    marks: npt.NDArray[np.int16]
    rows: Ints
    costs_ahead: Costs
    costs_behind: Costs
    settled: npt.NDArray[np.uint8]


_free: dict[int, list[_Scratch]] = {}


@contextmanager
def _scratch(ties: Ties) -> Iterator[_Scratch]:
    """Lend scratch to one walk; walks in several threads have one each."""
    size = len(ties.indptr) - 1
    if size not in _free:
        _free.clear()  # the facts have changed
    pool = _free.setdefault(size, [])
    try:
        lent = pool.pop()
    except IndexError:
        lent = _Scratch(
            marks=np.zeros(size, np.int16),
            rows=np.zeros((4, size), np.int32),
            costs_ahead=np.zeros(size, np.int64),
            costs_behind=np.zeros(size, np.int64),
            settled=np.zeros(size, np.uint8),
        )
    yield lent
    # Not given back by a walk that failed: it may have left its marks.
    pool.append(lent)


_NOBODY = np.zeros(0, np.int32)


def shortest_paths(
    ties: Ties, source: int, target: int, *, max_hops: int | None = None, limit: int = 1
) -> ShortestPaths:
    """Find the shortest paths, count them, and list the first in a fixed order.

    First come the paths whose weakest tie is strongest, among equals by author numbers. Equal
    ends give one path of no hops.

    Args:
        ties: The ties to walk.
        source: The author to start at.
        target: The author to end at.
        max_hops: Longest path looked for, included; absent means any length.
        limit: Most paths listed; the count is of all.

    Returns:
        No distance, 0 and no paths when there is no path of allowed length.

    Cost: Two breadth-first searches that meet half-way, then the ties between their meeting
        and both ends. Listing takes time for what is listed, however many there are.
    """
    if source == target:
        here: list[Way] = [(source,)]
        return ShortestPaths(0, 1, here[:limit])
    distance, count, rough, ways, onward, onto = _ways(ties, source, target, max_hops, limit)
    if distance < 0:
        return ShortestPaths(None, 0, [])
    if rough > MOST_EXACT:
        count = _count_at_leisure(onward, onto)
    return ShortestPaths(int(distance), int(count), [tuple(way) for way in ways.tolist()])


def _ways(
    ties: Ties,
    source: int,
    target: int,
    max_hops: int | None,
    limit: int,
    *,
    cap: float = np.inf,
    avoided: Ints = _NOBODY,
    barred: Ints = _NOBODY,
) -> tuple[int, int, float, Ints, Offsets, Ints]:
    with _scratch(ties) as lent:
        found: tuple[int, int, float, Ints, Offsets, Ints] = kernels.shortest_ways(
            ties.indptr,
            ties.neighbours,
            ties.weights,
            source,
            target,
            ANY_LENGTH if max_hops is None else max_hops,
            cap,
            avoided,
            barred,
            lent.marks,
            lent.rows,
            limit,
        )
    return found


def _count_at_leisure(onward: Offsets, onto: Ints) -> int:
    """Count ways in Python's integers, which have no end."""
    counts = [0] * (len(onward) - 1)
    counts[-1] = 1
    for place in range(len(counts) - 2, -1, -1):
        row = onto[onward[place] : onward[place + 1]].tolist()
        counts[place] = sum(counts[there] for there in row)
    return counts[0]


def k_shortest_paths(
    ties: Ties, source: int, target: int, k: int, *, max_hops: int | None = None
) -> list[Way]:
    """Find the k shortest paths without loops.

    Order: fewest hops, then weakest tie strongest, then author numbers. Fewer than k, or none,
    when there are no more of allowed length.

    Source: Lawler, Management Science 18 (1972), on Yen, Management Science 17 (1971): what is
        not yet found is divided by where it leaves what is found.
    Cost: At most one search for each hop of each path found; none beyond `shortest_paths` when
        k of the shortest length exist.
    """
    first = shortest_paths(ties, source, target, max_hops=max_hops, limit=k)
    if first.count >= k or first.distance in (None, 0):
        return first.paths

    longest = ANY_LENGTH if max_hops is None else max_hops

    def best_beyond(root: Way, barred: Sequence[int], enough: int | None) -> _Ranked | None:
        most = longest if enough is None else min(longest, enough)
        cap = _weakest(ties, root)
        distance, _, _, ways, _, _ = _ways(
            ties,
            root[-1],
            target,
            most - (len(root) - 1),
            1,
            cap=cap,
            avoided=np.array(root[:-1], np.int32),
            barred=np.array(barred, np.int32),
        )
        if distance < 0:
            return None
        path = root[:-1] + tuple(ways[0].tolist())
        return (len(path) - 1, -_weakest(ties, path), path)

    return [path for _, _, path in _beyond(first.paths, k, best_beyond)]


_Ranked = tuple[int, float, Way]


def _beyond(
    found: Sequence[Way],
    k: int,
    best_beyond: Callable[[Way, Sequence[int], int | None], _Ranked | None],
) -> list[_Ranked]:
    """Go on from the first paths of an order to the first k.

    Args:
        found: The first paths, in order; at least one.
        k: How many are wanted.
        best_beyond: The first path that begins with `root` and goes on to nobody `barred`;
            it need not find one whose rank begins with more than the given number.
    """
    onward: dict[Way, set[int]] = {}
    results: list[_Ranked] = [(0, 0.0, path) for path in found]
    waiting: list[tuple[_Ranked, Way]] = []

    def look(root: Way) -> None:
        wanted = k - len(results)
        ranks = sorted(entry[0][0] for entry in waiting)
        enough = ranks[wanted - 1] if len(ranks) >= wanted > 0 else None
        beyond = best_beyond(root, sorted(onward[root]), enough)
        if beyond is not None:
            heappush(waiting, (beyond, root))

    for path in found:
        for step in range(len(path) - 1):
            onward.setdefault(path[: step + 1], set()).add(path[step + 1])
    for root in list(onward):
        look(root)
    while waiting and len(results) < k:
        best, root = heappop(waiting)
        results.append(best)
        path = best[2]
        for step in range(len(root) - 1, len(path) - 1):
            onward.setdefault(path[: step + 1], set()).add(path[step + 1])
        if len(results) < k:
            for step in range(len(root) - 1, len(path) - 1):
                look(path[: step + 1])
    return results


def _weakest(ties: Ties, path: Way) -> float:
    weights = [_weight(ties, a, b) for a, b in itertools.pairwise(path)]
    return min(weights, default=float("inf"))


def _weight(ties: Ties, a: int, b: int) -> float:
    place = ties.find(a, b)
    if place is None:
        raise ParameterError("path", (a, b), "authors with ties")
    return float(ties.weights[place])


def tie_costs(ties: Ties, kind: CostKind) -> Costs:
    """What each tie costs, beside `ties.neighbours`, in units of 1e-9, at least 0.

    `weight` is 1 / weight; `share` is -ln(weight / the smaller strength of its two authors), 0
    for a tie that is all that one of them has. Whole numbers, so that sums are exact.
    """
    if kind == "weight":
        costs = 1.0 / ties.weights
    else:
        rows = np.repeat(np.arange(len(ties.indptr) - 1), np.diff(ties.indptr))
        strengths = np.bincount(rows, weights=ties.weights, minlength=len(ties.indptr) - 1)
        share = ties.weights / np.minimum(strengths[rows], strengths[ties.neighbours])
        costs = -np.log(np.minimum(share, 1.0))
    return np.rint(costs * COST_UNITS).astype(np.int64)


def cheapest_paths(
    ties: Ties,
    costs: Costs,
    source: int,
    target: int,
    k: int = 1,
    *,
    max_hops: int | None = None,
) -> list[CheapPath]:
    """Find the k cheapest paths without loops.

    Order: cost, then hops, then author numbers. Fewer than k, or none, when there are no more.

    Args:
        ties: The ties to walk.
        costs: As `tie_costs` makes them: equal both ways.
        source: The author to start at.
        target: The author to end at.
        k: Most paths found.
        max_hops: Longest path looked for, included; absent means any length.

    Source: Dijkstra's algorithm from both ends; with `max_hops` Bellman's recursion, hop by
        hop; Lawler (1972) for more than one.
    """
    if source == target:
        return [CheapPath(0, (source,))][:k]
    # Who pays nothing still goes a hop.
    steps = costs * HOPS_A_COST + 1

    def cost_of(path: Way) -> int:
        places = [ties.find(a, b) for a, b in itertools.pairwise(path)]
        return sum(int(steps[place]) for place in places if place is not None)

    def best_beyond(root: Way, barred: Sequence[int], _: int | None) -> _Ranked | None:
        most = None if max_hops is None else max_hops - (len(root) - 1)
        way = _cheapest(ties, steps, root, target, barred, most)
        path = root[:-1] + way
        return (cost_of(path), 0.0, path) if way else None

    first = best_beyond((source,), (), None)
    if first is None:
        return []
    found = [first[2]] if k == 1 else [path for _, _, path in _beyond([first[2]], k, best_beyond)]
    return [CheapPath(cost_of(path) // HOPS_A_COST, path) for path in found]


def _cheapest(
    ties: Ties, steps: Costs, root: Way, target: int, barred: Sequence[int], max_hops: int | None
) -> Way:
    avoided = np.array(root[:-1], np.int32)
    not_first = np.array(barred, np.int32)
    if max_hops is not None:
        if max_hops < 1:
            return ()
        size = len(ties.indptr) - 1
        way = kernels.cheapest_short_way(
            ties.indptr,
            ties.neighbours,
            steps,
            root[-1],
            target,
            max_hops,
            avoided,
            not_first,
            # Pages that the walk never touches are never made.
            np.zeros((max_hops + 1, size), np.int64),
            np.zeros(size, np.uint8),
        )
    else:
        with _scratch(ties) as lent:
            way = kernels.cheapest_way(
                ties.indptr,
                ties.neighbours,
                steps,
                root[-1],
                target,
                avoided,
                not_first,
                lent.costs_ahead,
                lent.costs_behind,
                lent.settled,
            )
    return tuple(way.tolist())


def within(ties: Ties, starts: int | Iterable[int], max_hops: int | None = None) -> Levels:
    """Find everyone at most so many ties away from the nearest of the starts, these included.

    Args:
        ties: The ties to walk.
        starts: One author or several.
        max_hops: The farthest, included; absent: whoever can be reached.
    """
    found, begins = _reach(ties, [starts] if isinstance(starts, int) else list(starts), max_hops)
    hops = np.repeat(np.arange(len(begins) - 1, dtype=np.int32), np.diff(begins))
    order = np.argsort(found, kind="stable")
    return Levels(found[order], hops[order])


def reached(ties: Ties, starts: Sequence[int], max_hops: int) -> Ints:
    """As `within`, the authors alone, as they are met."""
    return _reach(ties, starts, max_hops)[0]


def _reach(ties: Ties, starts: Sequence[int], max_hops: int | None) -> tuple[Ints, Offsets]:
    with _scratch(ties) as lent:
        found: tuple[Ints, Offsets] = kernels.reach(
            ties.indptr,
            ties.neighbours,
            np.array(starts, np.int32),
            -1 if max_hops is None else max_hops,
            lent.rows[0],
            lent.rows[1],
        )
    return found


_components: WeakKeyDictionary[Ties, Components] = WeakKeyDictionary()


def components(ties: Ties) -> Components:
    """Number everyone's component; found once for the same ties."""
    if (known := _components.get(ties)) is None:
        known = Components(*kernels.label_components(ties.indptr, ties.neighbours))
        _components[ties] = known
    return known
