"""Building the arrays from what a store streams, batch by batch."""

from array import array
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from graph_service.model.errors import ParameterError
from graph_service.model.schema import Node
from graph_service.projection.arrays import (
    NO_TIES,
    UNKNOWN_YEAR,
    AuthorPaper,
    Ints,
    Offsets,
    Shelf,
    ties_of,
)
from graph_service.projection.texts import TextLists, Texts, TextsBuilder
from graph_service.store.protocol import ProjectedAuthor, ProjectedPaper


class Builder:
    """Takes authors, then papers, each by id, and builds the arrays of them."""

    def __init__(self, facts_revision: str, *, max_authors: int = 50) -> None:
        """Begin with nothing.

        Args:
            facts_revision: The revision that the streams are read at.
            max_authors: Longest author list that makes ties, in authors, included; at least 2.

        Raises:
            ParameterError: `max_authors` is below 2.
        """
        if max_authors < 2:
            raise ParameterError("max_authors", max_authors, "2 or more")
        self._revision = facts_revision
        self._max_authors = max_authors
        self._numbers: dict[str, int] = {}
        self._author_ids, self._names, self._identity = (TextsBuilder() for _ in range(3))
        self._variants = TextsBuilder()
        self._variant_counts = array("i")
        self._paper_ids, self._titles, self._dates = (TextsBuilder() for _ in range(3))
        self._years, self._sizes, self._slots, self._positions = (array("i") for _ in range(4))
        self._complete = array("b")

    def add_authors(self, authors: Sequence[ProjectedAuthor]) -> None:
        """Take the next authors."""
        ids = [author.id for author in authors]
        self._numbers.update(zip(ids, range(len(self._numbers), len(self._numbers) + len(ids))))  # noqa: B905 - a range has no end to check
        self._author_ids.extend(ids)
        self._names.extend([author.name for author in authors])
        self._identity.extend([author.identity for author in authors])
        self._variants.extend([name for author in authors for name in author.variants])
        self._variant_counts.extend([len(author.variants) for author in authors])

    def add_papers(self, papers: Sequence[ProjectedPaper]) -> None:
        """Take the next papers, their slots by author id; every author was taken before.

        Raises:
            KeyError: A slot names an author who was not.
        """
        numbers = self._numbers
        self._paper_ids.extend([paper.id for paper in papers])
        self._titles.extend([paper.title for paper in papers])
        self._dates.extend([paper.date for paper in papers])
        self._years.extend([int(paper.date[:4] or UNKNOWN_YEAR) for paper in papers])
        self._complete.extend(
            [-1 if paper.complete is None else int(paper.complete) for paper in papers]
        )
        self._sizes.extend([len(paper.slots) for paper in papers])
        self._slots.extend([numbers[author] for paper in papers for author, _ in paper.slots])
        self._positions.extend([at for paper in papers for _, at in paper.slots])

    @property
    def papers(self) -> int:
        """How many papers were taken."""
        return len(self._sizes)

    def build(self) -> AuthorPaper:
        """Everything taken, with its ties."""
        sizes = np.asarray(self._sizes, np.int64)
        slots = np.asarray(self._slots, np.int32)
        positions = np.asarray(self._positions, np.int32)
        of_paper = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
        printed = np.bincount(of_paper, weights=positions > 0, minlength=len(sizes))
        listed = np.where((sizes > printed) & (sizes > 1), np.maximum(printed, 2), printed)
        author_indptr, papers_of = _turned(slots, of_paper, len(self._numbers))
        graph = AuthorPaper(
            facts_revision=self._revision,
            max_authors=self._max_authors,
            author_ids=self._author_ids.build(),
            author_names=self._names.build(),
            author_identity=self._identity.build(),
            author_variants=TextLists(
                self._variants.build(), _offsets(np.asarray(self._variant_counts, np.int64))
            ),
            paper_ids=self._paper_ids.build(),
            titles=self._titles.build(),
            dates=self._dates.build(),
            years=np.asarray(self._years, np.int32),
            complete=np.asarray(self._complete, np.int8),
            paper_indptr=_offsets(sizes),
            slots=slots,
            positions=positions,
            author_indptr=author_indptr,
            papers_of=papers_of,
            listed=listed.astype(np.int32),
            capped=np.flatnonzero(sizes > self._max_authors).astype(np.int32),
            ties=NO_TIES,
        )
        return replace(graph, ties=ties_of(graph))


def project(
    facts_revision: str,
    authors: Sequence[ProjectedAuthor],
    papers: Sequence[ProjectedPaper],
    *,
    max_authors: int = 50,
) -> AuthorPaper:
    """Build the arrays at once; see `Builder`."""
    builder = Builder(facts_revision, max_authors=max_authors)
    builder.add_authors(authors)
    builder.add_papers(papers)
    return builder.build()


def build_shelf(graph: AuthorPaper, rows: Sequence[tuple[Node, list[str]]]) -> Shelf:
    """Build a shelf from a store's nodes of one label, by id, each with its paper ids."""
    number = {paper: at for at, paper in enumerate(graph.paper_ids)}
    sizes = np.fromiter((len(papers) for _, papers in rows), np.int64, len(rows))
    papers = np.fromiter(
        (number[paper] for _, its in rows for paper in its), np.int32, int(sizes.sum())
    )
    of_node = np.repeat(np.arange(len(rows), dtype=np.int32), sizes)
    paper_indptr, nodes = _turned(papers, of_node, len(graph.paper_ids))
    return Shelf(
        ids=Texts.of(node.id for node, _ in rows),
        # A source has a label where others have a name.
        names=Texts.of(
            str(node.properties.get("name", node.properties.get("label"))) for node, _ in rows
        ),
        paper_indptr=paper_indptr,
        nodes=nodes,
        node_indptr=_offsets(sizes),
        papers=papers,
    )


def _offsets(sizes: Offsets) -> Offsets:
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes)))


def _turned(columns: Ints, rows: Ints, width: int) -> tuple[Offsets, Ints]:
    """Turn rows of columns into columns of rows, these ascending since the sort is stable."""
    order = np.argsort(columns, kind="stable")
    return _offsets(np.bincount(columns, minlength=width)), rows[order]
