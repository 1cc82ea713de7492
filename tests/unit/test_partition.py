"""Clusters from ties: guards, determinism, consensus and the figures about them, against twins."""

from itertools import combinations

import graspologic_native
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_service.derive.hierarchy import cut_further
from graph_service.derive.leiden import (
    LEFT_OUT,
    QUICK,
    THOROUGH,
    effort_for,
    network_of,
    numbered,
    partition,
)
from graph_service.derive.partition import (
    adjusted_rand_index,
    agree,
    agreement_of,
    cluster_count,
    consensus,
    hang_together,
    modularity,
    plateau,
)
from graph_service.derive.stability import best_matches, reading
from graph_service.projection.arrays import Ties

NOBODY = np.zeros(0, np.int32)


def ties_from(size, weights):
    """Ties of so many authors from weights by pair."""
    rows = sorted(
        [(a, b, w) for (a, b), w in weights.items()] + [(b, a, w) for (a, b), w in weights.items()]
    )
    counts = np.bincount([a for a, _, _ in rows], minlength=size) if rows else np.zeros(size, int)
    zeros = np.zeros(len(rows), np.int32)
    return Ties(
        np.r_[0, np.cumsum(counts)].astype(np.int64),
        np.array([b for _, b, _ in rows], np.int32),
        np.ones(len(rows), np.int32),
        np.array([w for _, _, w in rows], np.float64),
        zeros,
        zeros,
    )


def cliques(*sizes, bridge=0.1):
    """Cliques in a row, each tied weakly to the next."""
    weights, start = {}, 0
    for size in sizes:
        weights |= dict.fromkeys(combinations(range(start, start + size), 2), 1.0)
        if start:
            weights[start - 1, start] = bridge
        start += size
    return ties_from(start, weights)


graphs = st.integers(2, 12).flatmap(
    lambda size: st.dictionaries(
        st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)).filter(
            lambda pair: pair[0] < pair[1]
        ),
        st.sampled_from([0.25, 0.5, 1.0, 2.0]),
        max_size=20,
    ).map(lambda weights: ties_from(size, weights))
)
partitions = st.integers(1, 12).flatmap(
    lambda size: st.tuples(*[st.lists(st.integers(0, 4), min_size=size, max_size=size)] * 2)
)


def as_partition(labels):
    return numbered(np.array(labels, np.int64), NOBODY)


# -- what Leiden is given -----------------------------------------------------------------


@pytest.mark.parametrize("weight", [0.0, -1.0, float("nan"), float("inf")])
def test_a_weight_that_would_make_the_library_panic_is_refused(weight):
    with pytest.raises(ValueError, match="not positive"):
        network_of(ties_from(2, {(0, 1): weight}))


def test_half_a_graph_is_refused():
    whole = ties_from(3, {(0, 1): 1.0, (1, 2): 1.0})
    upper = Ties(
        np.array([0, 1, 2, 2]),
        np.array([1, 2], np.int32),
        whole.papers[:2],
        np.ones(2),
        whole.first_years[:2],
        whole.last_years[:2],
    )
    with pytest.raises(ValueError, match="both ways"):
        network_of(upper)


def test_effort_goes_by_the_number_of_ties():
    assert effort_for(100_000) == THOROUGH
    assert effort_for(100_001) == QUICK
    assert (QUICK.iterations, QUICK.trials, QUICK.replicates) == (2, 1, 10)


@pytest.mark.parametrize("effort", [THOROUGH, QUICK])
def test_cliques_are_clusters_and_a_lone_author_is_one(effort):
    ties = cliques(4, 5)
    lone = ties_from(10, {})
    ties = Ties(
        np.r_[ties.indptr, ties.indptr[-1]],
        *(
            getattr(ties, name)
            for name in ("neighbours", "papers", "weights", "first_years", "last_years")
        ),
    )
    network = network_of(ties, effort=effort)
    found = partition(network, resolution=1.0, seed=0, left_out=NOBODY)
    assert found.tolist() == [0] * 4 + [1] * 5 + [2]
    found = partition(network_of(lone, effort=effort), resolution=1.0, seed=0, left_out=NOBODY)
    assert found.tolist() == list(range(10))


@pytest.mark.parametrize("effort", [THOROUGH, QUICK])
def test_who_is_left_out_is_in_no_cluster(effort):
    ties = ties_from(4, {(1, 2): 1.0})
    left_out = np.array([0], np.int32)
    found = partition(network_of(ties, effort=effort), resolution=1.0, seed=3, left_out=left_out)
    assert found.tolist() == [LEFT_OUT, 0, 0, 1]


def test_clusters_are_numbered_by_their_smallest_members():
    labels = np.array([7, 3, 7, 9, 3], np.int64)
    assert numbered(labels, NOBODY).tolist() == [0, 1, 0, 2, 1]
    assert numbered(labels, np.array([0], np.int32)).tolist() == [LEFT_OUT, 0, 1, 2, 0]


# -- what many runs agree on --------------------------------------------------------------


@given(graphs, st.integers(1, 4))
def test_clusters_hang_together_and_never_join_components(ties, seeds):
    found = agree(ties, seeds=seeds, left_out=NOBODY)
    assert hang_together(ties, found.partition)
    size = len(ties.indptr) - 1
    reach = {author: {author} for author in range(size)}
    for author in range(size):  # a naive closure over the ties
        waiting = [author]
        while waiting:
            for other in ties.neighbours[ties.row(waiting.pop())].tolist():
                if other not in reach[author]:
                    reach[author].add(other)
                    waiting.append(other)
    for cluster in range(cluster_count(found.partition)):
        members = np.flatnonzero(found.partition == cluster).tolist()
        assert members
        assert set(members) <= reach[members[0]]


@given(graphs)
def test_the_same_graph_gives_the_same_clusters(ties):
    one, other = (agree(ties, seeds=3, left_out=NOBODY) for _ in range(2))
    assert one.partition.tolist() == other.partition.tolist()
    assert (one.scan, one.agreement, one.modularity) == (
        other.scan,
        other.agreement,
        other.modularity,
    )


@given(
    graphs, st.lists(st.lists(st.integers(0, 3), min_size=12, max_size=12), min_size=1, max_size=5)
)
def test_consensus_joins_whom_most_runs_join(ties, given_runs):
    size = len(ties.indptr) - 1
    runs = [as_partition(run[:size]) for run in given_runs]
    found = consensus(ties, runs, NOBODY)
    cluster = {author: {author} for author in range(size)}
    for author in range(size):
        for other in ties.neighbours[ties.row(author)].tolist():
            if 2 * sum(run[author] == run[other] for run in runs) > len(runs):
                merged = cluster[author] | cluster[other]
                for member in merged:
                    cluster[member] = merged
    for one, other in combinations(range(size), 2):
        assert (found[one] == found[other]) == (other in cluster[one])


def test_a_chain_of_agreement_is_one_cluster():
    ties = ties_from(3, {(0, 1): 1.0, (1, 2): 1.0})
    runs = [as_partition(run) for run in ([0, 0, 1], [0, 1, 1], [0, 0, 0])]
    assert consensus(ties, runs, NOBODY).tolist() == [0, 0, 0]


# -- figures ------------------------------------------------------------------------------


@given(partitions)
def test_the_rand_index_is_that_of_counted_pairs(labels):
    one, other = map(as_partition, labels)
    pairs = list(combinations(range(len(one)), 2))
    same_one = {pair for pair in pairs if one[pair[0]] == one[pair[1]]}
    same_other = {pair for pair in pairs if other[pair[0]] == other[pair[1]]}
    expected = len(same_one) * len(same_other) / len(pairs) if pairs else 0
    most = (len(same_one) + len(same_other)) / 2
    naive = 1.0 if most == expected else (len(same_one & same_other) - expected) / (most - expected)
    assert adjusted_rand_index(one, other) == pytest.approx(naive)


def test_agreement_counts_equal_runs_once():
    a, b = as_partition([0, 0, 1, 1]), as_partition([0, 1, 0, 1])
    assert agreement_of([a]) == (1, None)
    assert agreement_of([a, a, a]) == (1, 1.0)
    distinct, mean = agreement_of([a, a, b])
    assert distinct == 2
    assert mean == pytest.approx((1 + 2 * adjusted_rand_index(a, b)) / 3)


@given(
    graphs.filter(len),
    st.sampled_from([0.5, 1.0, 2.0]),
    st.lists(st.integers(0, 3), min_size=12, max_size=12),
)
def test_modularity_is_the_librarys(ties, resolution, labels):
    size = len(ties.indptr) - 1
    found = as_partition(labels[:size])
    edges = network_of(ties).edges
    named = {str(author): int(found[author]) for edge in edges for author in map(int, edge[:2])}
    theirs = graspologic_native.modularity(edges=edges, communities=named, resolution=resolution)
    assert modularity(ties, found, resolution) == pytest.approx(theirs, abs=1e-8)


def test_the_widest_level_stretch_of_a_scan():
    gammas = (0.5, 0.7, 1.0, 1.4, 2.0)
    assert plateau(gammas, (10, 11, 12, 12, 14)) == (0.7, 1.4)
    assert plateau(gammas, (1, 2, 3, 4, 5)) == (0.7, 1.0), (
        "of equals the one with 1, then the first"
    )
    assert plateau(gammas, (4, 4, 9, 20, 20)) == (0.5, 0.7)
    assert plateau(gammas, (1, 9, 20, 40, 80)) == (1.0, 1.0)


@given(partitions)
def test_best_matches_are_those_of_sets(labels):
    ours, theirs = (np.array(part, np.int32) - 1 for part in labels)  # -1 is left out
    clusters = cluster_count(ours)
    best, enough = best_matches(ours, theirs)
    present = {at for at in range(len(ours)) if theirs[at] >= 0}
    for cluster in range(clusters):
        members = {at for at in present if ours[at] == cluster}
        assert enough[cluster] == (len(members) >= 2)
        counted = {at for at in present if ours[at] >= 0}
        others = [
            {at for at in counted if theirs[at] == other} for other in set(theirs.tolist()) - {-1}
        ]
        naive = max((len(members & o) / len(members | o) for o in others if members | o), default=0)
        assert best[cluster] == pytest.approx(naive)


def test_stability_is_read_as_documented():
    assert [reading(value) for value in (1.0, 0.85, 0.849, 0.6, 0.599)] == [
        "firm",
        "firm",
        "fair",
        "fair",
        "weak",
    ]


# -- cutting further ----------------------------------------------------------------------


@given(graphs, st.integers(2, 4))
def test_every_member_is_in_exactly_one_final_part(ties, max_size):
    members = np.arange(len(ties.indptr) - 1, dtype=np.int32)
    parts = cut_further(ties, members, max_size=max_size, resolution=1.0)
    assert [part.number for part in parts] == list(range(1, len(parts) + 1))
    final = [member for part in parts if part.final for member in part.members]
    assert sorted(final) == members.tolist()
    by_number = {part.number: part for part in parts}
    for part in parts:
        assert (part.parent is None) == (part.level == 0)
        if part.parent is not None:
            above = by_number[part.parent]
            assert set(part.members) <= set(above.members)
            assert not above.final


def test_large_parts_are_cut_again():
    ties = cliques(4, 4, 4, 4, bridge=0.5)
    members = np.arange(16, dtype=np.int32)
    parts = cut_further(ties, members, max_size=4, resolution=0.1)
    assert parts[0].level == 0
    assert all(len(part.members) <= 4 for part in parts if part.final)
    assert max(part.level for part in parts) >= 1
