"""Clusters of windows of years, and what becomes of one from a window to the next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from graph_service.derive.labels import TermCounter
from graph_service.derive.leiden import QUICK, THOROUGH
from graph_service.derive.membership import Group, groups_of, papers_by_cluster
from graph_service.derive.partition import Agreed, agree, cluster_count
from graph_service.projection.arrays import AuthorPaper, Ints, ties_of

Kind = Literal["continues", "splits", "merges", "starts", "ends"]

YEARS, STEP = 3, 2
FEWEST_PAPERS = 10
FEWEST_MEMBERS = 3
FEWEST_IN_COMMON = 0.3
DECIMALS = 9
# Somebody waits for the answer: a run on so many ties takes some ten milliseconds.
MOST_TIES_FOR_SEEDS = 2_000
SEEDS, SEEDS_OF_A_LARGE_WINDOW = 10, 1


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """One window: both years included. `agreed` and `clusters` are absent with too few papers.

    `clusters` have three members or more, by papers, members descending, then id. `authors` counts who has a paper in the window, removed ones
    aside.
    """

    first_year: int
    last_year: int
    papers: int
    authors: int
    ties: int
    capped: int
    seeds: int
    agreed: Agreed | None
    clusters: Sequence[Group]
    smaller: int


@dataclass(frozen=True, slots=True)
class Link:
    """What became of a cluster: absent ends mean that it starts or that it ends."""

    kind: Kind
    source: str | None
    target: str | None
    jaccard: float


def years_of_windows(first: int, last: int, *, years: int, step: int) -> Iterator[tuple[int, int]]:
    """Windows of `years` years, one every `step` years, until one holds the last year."""
    start = first
    while True:
        yield start, start + years - 1
        if start + years > last:
            return
        start += step


def cut_window(
    graph: AuthorPaper,
    first_year: int,
    last_year: int,
    *,
    resolution: float,
    left_out: Ints,
) -> Window:
    """Find the clusters of one window, as those of all years are found, with fewer seeds.

    Ten seeds up to 2,000 ties; above, one quick run with `leiden_csr`.
    """
    inside = (graph.years >= first_year) & (graph.years <= last_year)
    sizes = np.diff(graph.paper_indptr)
    present = np.zeros(len(graph.author_ids), np.bool_)
    present[graph.slots[np.repeat(inside, sizes)]] = True
    present[left_out] = False
    ties = ties_of(graph, papers=inside, without=left_out.tolist())
    papers = int(inside.sum())
    capped = int((inside & (sizes > graph.max_authors)).sum())
    if papers < FEWEST_PAPERS:
        return Window(
            first_year, last_year, papers, int(present.sum()), len(ties), capped, 0, None, (), 0
        )
    away = np.flatnonzero(~present).astype(np.int32)
    small = len(ties) <= MOST_TIES_FOR_SEEDS
    seeds = SEEDS if small else SEEDS_OF_A_LARGE_WINDOW
    agreed = agree(
        ties,
        resolution=resolution,
        seeds=seeds,
        left_out=away,
        effort=THOROUGH if small else QUICK,
        scan=(),
    )
    of_paper = np.where(inside, papers_by_cluster(graph, agreed.partition), -1).astype(np.int32)
    groups = groups_of(graph, agreed.partition, of_paper, (), fewest_papers=0)
    clusters = [group for group in groups if len(group.members) >= FEWEST_MEMBERS]
    return Window(
        first_year,
        last_year,
        papers,
        int(present.sum()),
        len(ties),
        capped,
        seeds,
        agreed,
        clusters,
        cluster_count(agreed.partition) - len(clusters),
    )


def title_terms(titles: Sequence[str], clusters: Sequence[Group]) -> dict[str, list[str]]:
    """Label terms of clusters from titles alone, by id."""
    counter = TermCounter()
    for place, cluster in enumerate(clusters):
        for paper in cluster.papers.tolist():
            counter.add(place, titles[paper], "")
    return {clusters[place].id: terms for place, terms in counter.terms().items()}


def links_between(
    before: Mapping[str, Sequence[int]], after: Mapping[str, Sequence[int]]
) -> list[Link]:
    """Match the clusters of two windows by the Jaccard index of their members.

    Two that are each other's best match continue, from 0.3 on; of equal matches the first by id
    is best. Any other pair from 0.3 on is a split where the earlier cluster has several such
    pairs, else a merge. Whoever has no such pair starts or ends, with the greatest index there
    is.

    Returns:
        By source, then target; starts last, by target.
    """
    jaccard = _jaccard(before, after)
    best_after = _best(jaccard, 0)
    best_before = _best(jaccard, 1)
    pairs = {pair: index for pair, index in jaccard.items() if index >= FEWEST_IN_COMMON}
    targets: dict[str, int] = {}
    for source, _ in pairs:
        targets[source] = targets.get(source, 0) + 1
    links = []
    for (source, target), index in pairs.items():
        mutual = best_after[source][1] == target and best_before[target][1] == source
        kind: Kind = "continues" if mutual else "splits" if targets[source] > 1 else "merges"
        links.append(Link(kind, source, target, index))
    nothing = (0.0, "")
    sources = {source for source, _ in pairs}
    reached = {target for _, target in pairs}
    links += [
        Link("ends", source, None, abs(best_after.get(source, nothing)[0]))
        for source in before
        if source not in sources
    ]
    links += [
        Link("starts", None, target, abs(best_before.get(target, nothing)[0]))
        for target in after
        if target not in reached
    ]
    return sorted(
        links, key=lambda link: (link.source is None, link.source or "", link.target or "")
    )


def _jaccard(
    before: Mapping[str, Sequence[int]], after: Mapping[str, Sequence[int]]
) -> dict[tuple[str, str], float]:
    """The Jaccard index of every two clusters with a member in common."""
    cluster_of = {member: cluster for cluster, members in before.items() for member in members}
    common: dict[tuple[str, str], int] = {}
    for cluster, members in after.items():
        for member in members:
            if member in cluster_of:
                pair = (cluster_of[member], cluster)
                common[pair] = common.get(pair, 0) + 1
    return {
        (one, other): round(both / (len(before[one]) + len(after[other]) - both), DECIMALS)
        for (one, other), both in common.items()
    }


def _best(jaccard: Mapping[tuple[str, str], float], side: int) -> dict[str, tuple[float, str]]:
    """For each cluster of a side its greatest index, negated, and the first partner with it."""
    best: dict[str, tuple[float, str]] = {}
    for pair, index in jaccard.items():
        candidate = (-index, pair[1 - side])
        cluster = pair[side]
        best[cluster] = min(best.get(cluster, candidate), candidate)
    return best
