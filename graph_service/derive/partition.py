"""Clusters that many runs agree on: resolution scan, consensus, agreement, modularity."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import comb

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from graph_service.derive.leiden import (
    LEFT_OUT,
    Effort,
    Network,
    Partition,
    in_threads,
    network_of,
    numbered,
    pairs_of,
    partition,
)
from graph_service.projection.arrays import Ints, Ties

SCAN = (0.5, 0.7, 1.0, 1.4, 2.0)
RESOLUTION = 1.0
SEEDS = 30
MOST_APART_ON_A_PLATEAU = 1
DECIMALS = 9


@dataclass(frozen=True, slots=True, eq=False)
class Agreed:
    """One partition that many runs agree on, and how well they do.

    `scan` gives the number of clusters of one run (seed 0) for each γ asked; `plateau` is the
    first and the last γ of its longest level stretch, absent without a scan. `agreement` is the mean adjusted Rand
    index over all pairs of runs, absent with one run; `run_modularity` is the mean modularity of
    the runs themselves.
    """

    partition: Partition
    effort: Effort
    scan: tuple[tuple[float, int], ...]
    plateau: tuple[float, float] | None
    distinct: int
    agreement: float | None
    modularity: float
    run_modularity: float


def agree(
    ties: Ties,
    *,
    resolution: float = RESOLUTION,
    seeds: int = SEEDS,
    left_out: Ints,
    effort: Effort | None = None,
    scan: Sequence[float] = SCAN,
) -> Agreed:
    """Cut a tie graph into clusters with many seeds, and keep what most runs agree on.

    Args:
        ties: The graph; authors left out have no ties.
        resolution: γ, above 0.
        seeds: How many runs, seeds 0, 1, 2 …; at least 1.
        left_out: Authors that are in no cluster.
        effort: How hard each run tries; by default what fits the number of ties.
        scan: Resolutions at which clusters are counted, ascending.

    Cost: Grows with runs times ties; at 556,000 ties thirty runs take about a quarter minute on
        two processors.
    """
    network = network_of(ties, effort=effort)
    jobs = [(resolution, seed) for seed in range(seeds)] + [(gamma, 0) for gamma in scan]
    found = in_threads(partial(_run, network, left_out), jobs)
    runs, scanned = found[:seeds], found[seeds:]
    agreed = consensus(ties, runs, left_out)
    counts = [cluster_count(each) for each in scanned]
    distinct, agreement = agreement_of(runs)
    return Agreed(
        partition=agreed,
        effort=network.effort,
        scan=tuple(zip(scan, counts, strict=True)),
        plateau=plateau(scan, counts) if scan else None,
        distinct=distinct,
        agreement=agreement,
        modularity=modularity(ties, agreed, resolution),
        run_modularity=round(
            sum(modularity(ties, run, resolution) for run in runs) / len(runs), DECIMALS
        ),
    )


def _run(network: Network, left_out: Ints, job: tuple[float, int]) -> Partition:
    resolution, seed = job
    return partition(network, resolution=resolution, seed=seed, left_out=left_out)


def cluster_count(labels: Partition) -> int:
    """How many clusters a partition has."""
    return int(labels.max(initial=LEFT_OUT)) + 1


def plateau(gammas: Sequence[float], counts: Sequence[int]) -> tuple[float, float]:
    """The first and last γ of the longest stretch whose counts differ by at most 1.

    Of equally long stretches it is the one that holds γ = 1, then the first one.
    """
    stretches = [
        (start, stop)
        for start in range(len(counts))
        for stop in range(start + 1, len(counts) + 1)
        if max(counts[start:stop]) - min(counts[start:stop]) <= MOST_APART_ON_A_PLATEAU
    ]
    start, stop = min(
        stretches,
        key=lambda part: (
            part[0] - part[1],
            RESOLUTION not in gammas[part[0] : part[1]],
            part[0],
        ),
    )
    return gammas[start], gammas[stop - 1]


def consensus(ties: Ties, runs: Sequence[Partition], left_out: Ints) -> Partition:
    """Join tied authors who share a cluster in more than half of the runs.

    The connected components of that relation are the clusters, so each of them hangs together.
    Judging tied pairs alone keeps it linear.
    """
    left, right, _ = pairs_of(ties)
    together = np.zeros(len(left), np.int32)
    for run in runs:
        together += run[left] == run[right]
    joined = 2 * together > len(runs)
    size = len(ties.indptr) - 1
    relation = csr_array(
        (np.ones(int(joined.sum()), np.int8), (left[joined], right[joined])), shape=(size, size)
    )
    _, labels = connected_components(relation, directed=False)
    return numbered(labels.astype(np.int64), left_out)


def agreement_of(runs: Sequence[Partition]) -> tuple[int, float | None]:
    """How many partitions differ, and the mean adjusted Rand index over all pairs of runs.

    Equal runs agree fully and are compared once. Absent with fewer than two runs.
    """
    times: dict[bytes, int] = {}
    by_bytes: dict[bytes, Partition] = {}
    for run in runs:
        key = run.tobytes()
        times[key] = times.get(key, 0) + 1
        by_bytes[key] = run
    keys = list(times)
    if len(runs) < 2:
        return len(keys), None
    pairs = [(i, j) for i in range(len(keys)) for j in range(i)]
    indices = in_threads(
        lambda pair: _rand(by_bytes[keys[pair[0]]], by_bytes[keys[pair[1]]]), pairs
    )
    total = sum(comb(count, 2) for count in times.values()) + sum(
        times[keys[i]] * times[keys[j]] * index
        for (i, j), index in zip(pairs, indices, strict=True)
    )
    return len(keys), round(total / comb(len(runs), 2), DECIMALS)


def _rand(one: Partition, other: Partition) -> float:
    return adjusted_rand_index(one[one != LEFT_OUT], other[one != LEFT_OUT])


def adjusted_rand_index(one: Partition, other: Partition) -> float:
    """How much two partitions of the same items agree beyond chance; 1 if they are equal.

    Source: Hubert and Arabie, J. Classif. 2, 193 (1985).
    """
    table = coo_array((np.ones(len(one), np.int64), (one, other))).tocsr()
    table.sum_duplicates()
    both = _pairs(table.data)
    ones, others = _pairs(np.bincount(one)), _pairs(np.bincount(other))
    all_pairs = comb(len(one), 2)
    expected = ones * others / all_pairs if all_pairs else 0.0
    most = (ones + others) / 2
    return 1.0 if most == expected else (both - expected) / (most - expected)


def _pairs(counts: npt.NDArray[np.int64]) -> int:
    wide = counts.astype(np.int64)
    return int((wide * (wide - 1) // 2).sum())


def modularity(ties: Ties, labels: Partition, resolution: float) -> float:
    """Weighted modularity of a partition, nine decimals; 0 without ties.

    Source: Reichardt and Bornholdt, Phys. Rev. E 74, 016110 (2006): with γ.
    """
    left, right, once = pairs_of(ties)
    weights = ties.weights[once]
    total = float(weights.sum())
    if not total:
        return 0.0
    clusters = cluster_count(labels)
    inside = float(weights[labels[left] == labels[right]].sum())
    strengths = np.bincount(labels[left], weights, clusters) + np.bincount(
        labels[right], weights, clusters
    )
    chance = float(np.square(strengths / (2 * total)).sum())
    return round(inside / total - resolution * chance, DECIMALS)


def hang_together(ties: Ties, labels: Partition) -> bool:
    """Whether the authors of each cluster reach each other by ties inside it."""
    left, right, _ = pairs_of(ties)
    inside = labels[left] == labels[right]
    size = len(labels)
    graph = csr_array(
        (np.ones(int(inside.sum()), np.int8), (left[inside], right[inside])), shape=(size, size)
    )
    pieces, _ = connected_components(graph, directed=False)
    return bool(pieces == cluster_count(labels) + int((labels == LEFT_OUT).sum()))
