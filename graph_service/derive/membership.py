"""What follows from a partition: the papers of each cluster, its members, number and id."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph_service.derive.leiden import LEFT_OUT, Partition
from graph_service.derive.partition import cluster_count
from graph_service.projection.arrays import AuthorPaper, Ints

FEWEST_PAPERS = 2
MOST_TOP_AUTHORS = 5
OTHER = "cluster:other"
NO_CLUSTER = -1


def papers_by_cluster(graph: AuthorPaper, labels: Partition) -> Ints:
    """The cluster of each paper: that of most of its authors who are in one.

    Among clusters with equally many it is that of the author listed first; an author whom the
    source does not print stands behind all others, and those go by id. `NO_CLUSTER` where no
    author is in one.
    """
    papers = np.repeat(np.arange(len(graph.paper_ids), dtype=np.int64), np.diff(graph.paper_indptr))
    of_slot = labels[graph.slots]
    seen = of_slot != LEFT_OUT
    papers, of_slot, slots = papers[seen], of_slot[seen], graph.slots[seen].astype(np.int64)
    positions = graph.positions[seen].astype(np.int64)
    unprinted = np.iinfo(np.int32).max
    # Places of authors on a paper as one number each, the first one least.
    places = np.where(positions > 0, positions, unprinted) * (len(labels) + 1) + slots
    clusters = cluster_count(labels)
    order = np.lexsort((places, of_slot, papers))
    keys = (papers * clusters + of_slot)[order]
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]][: len(keys)])
    votes = np.diff(np.r_[starts, len(keys)])
    paper, cluster = papers[order][starts], of_slot[order][starts]
    best = np.lexsort((places[order][starts], -votes, paper))
    winners, first = np.unique(paper[best], return_index=True)
    found = np.full(len(graph.paper_ids), NO_CLUSTER, np.int32)
    found[winners] = cluster[best][first]
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """One cluster: the numbers of its members (without those removed) and of its papers.

    `label` is its number in the partition; absent for "other", which joins the clusters of
    fewer than two papers. Members and papers ascend.
    """

    id: str
    number: int
    label: int | None
    members: Ints
    papers: Ints
    shares: Sequence[tuple[int, float]]

    @property
    def size(self) -> int:
        """How many members it has, those put back included."""
        return len(self.members) + len(self.shares)


def groups_of(
    graph: AuthorPaper,
    labels: Partition,
    papers: Ints,
    removed: Sequence[int],
    *,
    fewest_papers: int = FEWEST_PAPERS,
) -> list[Group]:
    """Make clusters of two papers or more, or of `fewest_papers`, and "other" of the rest.

    The id is that of the smallest member, behind `cluster:`. Who was removed from view is put
    back into every cluster with papers of theirs, with their share of its papers.

    Returns:
        Numbered from 1 by papers, then members, descending, then id; "other" last, if there is
        anything in it.
    """
    clusters = cluster_count(labels)
    members, papers_of = _rows(labels, clusters), _rows(papers, clusters)
    on_papers = [np.isin(np.arange(len(papers)), graph.papers_of_author(one)) for one in removed]

    def shares(of: npt.NDArray[np.int64]) -> list[tuple[int, float]]:
        return [
            (author, round(float(count) / len(of), 9))
            for author, on in zip(removed, on_papers, strict=True)
            if (count := int(on[of].sum()))
        ]

    kept = [label for label in range(clusters) if len(papers_of[label]) >= fewest_papers]
    put_back = {label: shares(papers_of[label]) for label in kept}
    ids = {label: f"cluster:{graph.author_ids[int(members[label][0])]}" for label in kept}
    kept.sort(
        key=lambda label: (
            -len(papers_of[label]),
            -len(members[label]) - len(put_back[label]),
            ids[label],
        )
    )
    found = [
        Group(
            ids[label],
            number,
            label,
            members[label].astype(np.int32),
            papers_of[label].astype(np.int32),
            put_back[label],
        )
        for number, label in enumerate(kept, start=1)
    ]
    few = np.setdiff1d(np.arange(clusters), kept)
    if len(few):
        rest = np.flatnonzero(np.isin(papers, few))
        found.append(
            Group(
                OTHER,
                len(found) + 1,
                None,
                np.flatnonzero(np.isin(labels, few)).astype(np.int32),
                rest.astype(np.int32),
                shares(rest),
            )
        )
    return found


def top_authors(graph: AuthorPaper, group: Group) -> list[int]:
    """The members with most papers in a cluster, those put back aside; then by number."""
    slots = np.concatenate(
        [np.zeros(0, np.int32), *(graph.authors_of_paper(paper) for paper in group.papers.tolist())]
    )
    authors, counts = np.unique(slots[np.isin(slots, group.members)], return_counts=True)
    best = np.lexsort((authors, -counts))[:MOST_TOP_AUTHORS]
    found: list[int] = authors[best].tolist()
    return found


def _rows(labels: Ints, clusters: int) -> list[npt.NDArray[np.int64]]:
    """The places of each label from 0 on, ascending."""
    order = np.argsort(labels, kind="stable")
    bounds = np.searchsorted(labels[order], np.arange(clusters + 1))
    return [order[bounds[label] : bounds[label + 1]] for label in range(clusters)]
