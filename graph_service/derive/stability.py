"""How much of each cluster is found again when papers are left out at random."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array

from graph_service.derive.leiden import (
    LEFT_OUT,
    Effort,
    Partition,
    in_threads,
    network_of,
    partition,
)
from graph_service.derive.partition import DECIMALS, cluster_count
from graph_service.projection.arrays import AuthorPaper, Floats, Ints, ties_of

Reading = Literal["firm", "fair", "weak"]

DROPPED = 0.2
FEWEST_PRESENT = 2
FIRM, FAIR = 0.85, 0.6


@dataclass(frozen=True, slots=True, eq=False)
class Stability:
    """Cluster by cluster: the mean best match, and over how many replicates.

    `means` is NaN where no replicate counted: a cluster of fewer than two authors.
    """

    means: Floats
    counted: Ints


def reading(stability: float) -> Reading:
    """Read a stability: firm from 0.85, fair from 0.6, weak below."""
    return "firm" if stability >= FIRM else "fair" if stability >= FAIR else "weak"


def stability_of(
    graph: AuthorPaper,
    labels: Partition,
    *,
    resolution: float,
    left_out: Ints,
    effort: Effort,
    replicates: int | None = None,
) -> Stability:
    """Put clusters through a paper bootstrap.

    In replicate t each paper is dropped with probability 0.2 (generator seeded with t over
    papers by id), ties are built anew and clustered once with seed t. Of each cluster C the
    members that still have a paper, two or more, take the greatest Jaccard index with a cluster
    of the replicate.

    Args:
        graph: Who is an author of what.
        labels: The clusters in question.
        resolution: γ, as the clusters were made with.
        left_out: Authors that are in no cluster.
        effort: How hard each run tries.
        replicates: How many; by default what the effort says.

    Cost: Grows with replicates times ties.
    """

    def replicate(seed: int) -> tuple[Floats, npt.NDArray[np.bool_]]:
        kept = np.random.default_rng(seed).random(len(graph.paper_ids)) >= DROPPED
        ties = ties_of(graph, papers=kept, without=left_out.tolist())
        network = network_of(ties, effort=effort)
        found = partition(network, resolution=resolution, seed=seed, left_out=left_out)
        present = np.zeros(len(labels), np.bool_)
        present[graph.slots[np.repeat(kept, np.diff(graph.paper_indptr))]] = True
        return best_matches(labels, np.where(present, found, LEFT_OUT))

    count = effort.replicates if replicates is None else replicates
    sums, counted = np.zeros(cluster_count(labels)), np.zeros(cluster_count(labels), np.int32)
    for matches, enough in in_threads(replicate, range(count)):
        sums[enough] += matches[enough]
        counted += enough
    means = np.divide(sums, counted, out=np.full(len(sums), np.nan), where=counted > 0)
    return Stability(np.round(means, DECIMALS), counted)


def best_matches(labels: Partition, found: Partition) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """The greatest Jaccard index of each cluster with one of another partition.

    Authors that are `LEFT_OUT` of either count nowhere. The second array says of which clusters
    at least two members are left; the others have no match.
    """
    both = (labels != LEFT_OUT) & (found != LEFT_OUT)
    ours, theirs = labels[both], found[both]
    clusters = cluster_count(labels)
    table = coo_array(
        (np.ones(len(ours), np.int64), (ours, theirs)),
        shape=(clusters, max(cluster_count(found), 1)),
    ).tocsr()
    table.sum_duplicates()
    sizes = np.bincount(ours, minlength=clusters)
    their_sizes = np.bincount(theirs, minlength=table.shape[1])
    rows = np.repeat(np.arange(clusters), np.diff(table.indptr))
    jaccard = table.data / (sizes[rows] + their_sizes[table.indices] - table.data)
    best = np.zeros(clusters)
    np.maximum.at(best, rows, jaccard)
    return best, sizes >= FEWEST_PRESENT
