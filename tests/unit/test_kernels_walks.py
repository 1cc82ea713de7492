"""Walks over the ties against naive twins that try every path of small graphs."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_service.projection.arrays import Ties
from graph_service.projection.walks import (
    HOPS_A_COST,
    cheapest_paths,
    components,
    k_shortest_paths,
    shortest_paths,
    tie_costs,
    within,
)

pytestmark = pytest.mark.usefixtures("both_ways")

SIZE = 8
WEIGHTS = (0.25, 0.5, 1.0, 2.0)


def ties_between(weights: dict[tuple[int, int], float], size: int = SIZE) -> Ties:
    both = sorted([*weights, *((b, a) for a, b in weights)])
    rows = np.array([a for a, _ in both], np.int32)
    found = np.array([weights[min(a, b), max(a, b)] for a, b in both])
    papers = np.ones(len(both), np.int32)
    return Ties(
        np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=size)))).astype(np.int64),
        np.array([b for _, b in both], np.int32),
        papers,
        found,
        papers,
        papers,
    )


graphs = st.dictionaries(
    st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1))
    .filter(lambda pair: pair[0] != pair[1])
    .map(lambda pair: (min(pair), max(pair))),
    st.sampled_from(WEIGHTS),
    max_size=20,
)
people = st.integers(0, SIZE - 1)
lengths = st.none() | st.integers(1, SIZE)


def every_path(
    weights: dict[tuple[int, int], float], source: int, target: int, max_hops: int | None
) -> Iterator[tuple[int, ...]]:
    friends: dict[int, set[int]] = {}
    for a, b in weights:
        friends.setdefault(a, set()).add(b)
        friends.setdefault(b, set()).add(a)
    waiting = [(source,)]
    while waiting:
        path = waiting.pop()
        if path[-1] == target:
            if max_hops is None or len(path) - 1 <= max_hops:
                yield path
        else:
            waiting += [(*path, one) for one in friends.get(path[-1], ()) if one not in path]


def rank(weights: dict[tuple[int, int], float], path: tuple[int, ...]) -> tuple[object, ...]:
    weakest = min((weights[min(a, b), max(a, b)] for a, b in pairwise(path)), default=9.0)
    return (len(path), -weakest, path)


@given(graphs, people, people, lengths, st.integers(1, 6))
def test_shortest_paths_are_all_counted_and_the_first_listed(
    weights: dict[tuple[int, int], float], source: int, target: int, hops: int | None, limit: int
) -> None:
    paths = sorted(every_path(weights, source, target, hops), key=lambda path: rank(weights, path))
    shortest = [path for path in paths if len(path) == len(paths[0])]
    found = shortest_paths(ties_between(weights), source, target, max_hops=hops, limit=limit)
    assert found.distance == (len(paths[0]) - 1 if paths else None)
    assert found.count == len(shortest)
    assert found.paths == shortest[:limit]


@given(graphs, people, people, lengths, st.integers(1, 12))
def test_the_k_shortest_paths_are_the_first_of_all(
    weights: dict[tuple[int, int], float], source: int, target: int, hops: int | None, k: int
) -> None:
    paths = sorted(every_path(weights, source, target, hops), key=lambda path: rank(weights, path))
    assert k_shortest_paths(ties_between(weights), source, target, k, max_hops=hops) == paths[:k]


@given(graphs, people, people, lengths, st.integers(1, 12), st.sampled_from(("weight", "share")))
def test_the_k_cheapest_paths_are_the_first_of_all(
    weights: dict[tuple[int, int], float],
    source: int,
    target: int,
    hops: int | None,
    k: int,
    kind: str,
) -> None:
    ties = ties_between(weights)
    costs = tie_costs(ties, kind)

    def cost(path: tuple[int, ...]) -> int:
        return sum(int(costs[ties.find(a, b)]) for a, b in pairwise(path))

    paths = sorted(
        every_path(weights, source, target, hops), key=lambda path: (cost(path), len(path), path)
    )
    found = cheapest_paths(ties, costs, source, target, k, max_hops=hops)
    assert [path.authors for path in found] == paths[:k]
    assert [path.cost for path in found] == [cost(path) for path in paths[:k]]


@given(graphs, st.lists(people, min_size=1, max_size=3), st.none() | st.integers(0, 4))
def test_within_finds_everyone_at_most_so_far(
    weights: dict[tuple[int, int], float], starts: list[int], hops: int | None
) -> None:
    found = within(ties_between(weights), starts, hops)
    distances = {
        author: min(
            (
                len(path) - 1
                for start in starts
                for path in every_path(weights, start, author, hops)
            ),
            default=None,
        )
        for author in range(SIZE)
    }
    assert dict(zip(found.authors.tolist(), found.hops.tolist(), strict=True)) == {
        author: distance for author, distance in distances.items() if distance is not None
    }


@given(graphs)
def test_components_are_numbered_by_their_smallest_author(
    weights: dict[tuple[int, int], float],
) -> None:
    ties = ties_between(weights)
    found = components(ties)
    smallest = [min(within(ties, author).authors.tolist()) for author in range(SIZE)]
    roots = sorted(set(smallest))
    assert found.labels.tolist() == [roots.index(root) for root in smallest]
    assert found.sizes.tolist() == [smallest.count(root) for root in roots]
    assert components(ties) is found


def test_more_shortest_paths_than_64_bits_can_count_are_counted() -> None:
    # 70 pairs in a row between the ends, each tied to both of the next: 2 to the 70 ways.
    pairs = 70
    weights = {(0, 1): 1.0, (0, 2): 1.0}
    for pair in range(pairs - 1):
        for a in (1, 2):
            for b in (3, 4):
                weights[2 * pair + a, 2 * pair + b] = 1.0
    last = 2 * pairs + 1
    weights |= {(last - 2, last): 1.0, (last - 1, last): 1.0}
    found = shortest_paths(ties_between(weights, last + 1), 0, last, limit=3)
    assert found.count == 2**pairs
    assert len(found.paths) == 3
    assert pairs + 1 < HOPS_A_COST


def test_a_walk_leaves_no_trace_for_the_next() -> None:
    ties = ties_between({(0, 1): 1.0, (1, 2): 1.0, (0, 3): 0.5, (2, 3): 2.0})
    first = shortest_paths(ties, 0, 2, limit=5)
    assert first.paths == [(0, 1, 2), (0, 3, 2)]
    assert k_shortest_paths(ties, 0, 2, 9) == first.paths
    assert cheapest_paths(ties, tie_costs(ties, "weight"), 0, 2)[0].authors == (0, 1, 2)
    assert shortest_paths(ties, 0, 2, limit=5) == first
