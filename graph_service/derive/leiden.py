"""Leiden on a tie graph, guarded: seeded, ordered, and one answer for one graph.

A partition is an int32 array over all authors: the cluster of each, numbered from 0 by its
smallest member, and `LEFT_OUT` for authors removed from view. Authors without ties are clusters
of their own.
"""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from typing import TypeVar

import graspologic_native
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from graph_service.projection.arrays import Floats, Ints, Offsets, Ties

Job = TypeVar("Job")
Result = TypeVar("Result")
Partition = npt.NDArray[np.int32]

LIBRARY = "graspologic-native"
LEFT_OUT = -1
# Above it a list of edges costs more than the search itself.
MOST_TIES_AS_A_LIST = 100_000
RANDOMNESS = 0.001


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard Leiden tries on a graph, and how many bootstrap replicates it is put through."""

    algorithm: str
    iterations: int
    trials: int
    replicates: int


THOROUGH = Effort("leiden", iterations=4, trials=4, replicates=60)
QUICK = Effort("leiden_csr", iterations=2, trials=1, replicates=10)


def effort_for(ties: int) -> Effort:
    """How hard to try on a graph of so many ties.

    At 730,000 ties thirty thorough runs on two threads take 112 s, thirty quick ones 17 s.
    """
    return THOROUGH if ties <= MOST_TIES_AS_A_LIST else QUICK


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A tie graph laid out for Leiden: as rows, and as a sorted list of edges if it is small."""

    indptr: Offsets
    neighbours: Ints
    weights: Floats
    effort: Effort
    edges: list[tuple[str, str, float]]

    @property
    def size(self) -> int:
        """How many authors there are, removed ones included."""
        return len(self.indptr) - 1


def network_of(ties: Ties, *, effort: Effort | None = None) -> Network:
    """Lay ties out for Leiden, and check what it does not check itself.

    `effort` is by default what fits the number of ties.

    Raises:
        ValueError: A weight is not positive, or the rows do not mirror each other; Leiden would
            panic on the one and answer wrongly on the other.
    """
    indptr = np.ascontiguousarray(ties.indptr, np.int64)
    neighbours = np.ascontiguousarray(ties.neighbours, np.int32)
    weights = np.ascontiguousarray(ties.weights, np.float64)
    if not (np.isfinite(weights) & (weights > 0)).all():
        raise ValueError("a tie has a weight that is not positive and finite")
    size = len(indptr) - 1
    mirrored = csr_array((weights, neighbours, indptr), shape=(size, size)).T.tocsr()
    if not (
        np.array_equal(mirrored.indptr, indptr)
        and np.array_equal(mirrored.indices, neighbours)
        and np.array_equal(mirrored.data, weights)
    ):
        raise ValueError("ties are not the same both ways, ascending in each row")
    effort = effort or effort_for(len(ties))
    edges: list[tuple[str, str, float]] = []
    if effort.algorithm == "leiden":
        left, right, once = pairs_of(ties)
        # Numbers are in id order, and so are the edges: the order decides as much as the seed.
        edges = list(
            zip(map(str, left.tolist()), map(str, right.tolist()), weights[once].tolist())  # noqa: B905 - of one length
        )
    return Network(indptr, neighbours, weights, effort, edges)


def pairs_of(ties: Ties) -> tuple[Ints, Ints, Offsets]:
    """Every tie once, smaller number first: both ends, and its place in the arrays."""
    rows = np.repeat(np.arange(len(ties.indptr) - 1, dtype=np.int32), np.diff(ties.indptr))
    once = np.flatnonzero(rows < ties.neighbours)
    return rows[once], ties.neighbours[once], once


def partition(network: Network, *, resolution: float, seed: int, left_out: Ints) -> Partition:
    """Cut a graph into clusters of high modularity, once.

    Args:
        network: What to cut.
        resolution: γ of the modularity, above 0; greater means smaller clusters.
        seed: Of the search, 0 or greater.
        left_out: Authors that are in no cluster.

    Source: Traag, Waltman and van Eck, Sci. Rep. 9, 5233 (2019).
    """
    labels = np.arange(network.size, dtype=np.int64)
    if len(network.neighbours):
        effort = network.effort
        if effort.algorithm == "leiden":
            _, found = graspologic_native.leiden(
                edges=network.edges,
                starting_communities=None,
                resolution=resolution,
                randomness=RANDOMNESS,
                iterations=effort.iterations,
                use_modularity=True,
                seed=seed,
                trials=effort.trials,
                max_local_moving_iterations=None,
            )
        else:
            _, found = graspologic_native.leiden_csr(
                indptr=network.indptr,
                indices=network.neighbours,
                data=network.weights,
                n_nodes=network.size,
                resolution=resolution,
                randomness=RANDOMNESS,
                iterations=effort.iterations,
                use_modularity=True,
                seed=seed,
                trials=effort.trials,
                max_local_moving_iterations=None,
            )
        nodes = np.fromiter(map(int, found), np.int64, len(found))
        # Cluster numbers start over where those of authors without ties end.
        labels[nodes] = network.size + np.fromiter(found.values(), np.int64, len(found))
    return numbered(labels, left_out)


def numbered(labels: npt.NDArray[np.int64], left_out: Ints) -> Partition:
    """Number clusters from 0 by their smallest members; `left_out` get `LEFT_OUT`."""
    kept = np.ones(len(labels), np.bool_)
    kept[left_out] = False
    _, first, inverse = np.unique(labels[kept], return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int32)
    rank[np.argsort(first)] = np.arange(len(first), dtype=np.int32)
    made = np.full(len(labels), LEFT_OUT, np.int32)
    made[kept] = rank[inverse]
    return made


def in_threads(work: Callable[[Job], Result], jobs: Iterable[Job]) -> list[Result]:
    """Do jobs on all processors; results come in the order of the jobs.

    Leiden and the kernels let go of the interpreter's lock.
    """
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(work, jobs))


def library_version() -> str:
    """Which version of the library is at work."""
    return version(LIBRARY)
