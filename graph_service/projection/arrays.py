"""Authors, papers and ties as numpy arrays in id order.

Everything is numbered in id order, so that a walk in number order is a walk in id order, and
both stores give the same arrays for the same facts.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from graph_service.model.errors import ParameterError
from graph_service.projection.kernels import weigh_ties
from graph_service.projection.texts import TextLists, Texts

Ints = npt.NDArray[np.int32]
Offsets = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Weight = Literal["newman", "full", "fractional", "association"]

UNKNOWN_YEAR = 0
WEIGHT_DECIMALS = 9


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Ties:
    """Coauthorship ties, both ways, as compressed sparse rows.

    Row i of author i is `neighbours[indptr[i]:indptr[i + 1]]`, ascending; the other arrays run
    beside it. Years are 0 where no shared paper has one.
    """

    indptr: Offsets
    neighbours: Ints
    papers: Ints
    weights: Floats
    first_years: Ints
    last_years: Ints

    def row(self, author: int) -> slice:
        """The slice of an author's ties."""
        return slice(int(self.indptr[author]), int(self.indptr[author + 1]))

    def find(self, author: int, other: int) -> int | None:
        """The place of the tie between two authors."""
        row = self.row(author)
        place = row.start + int(np.searchsorted(self.neighbours[row], other))
        return place if place < row.stop and self.neighbours[place] == other else None

    def __len__(self) -> int:
        return len(self.neighbours) // 2


_NONE = np.zeros(0, np.int32)
NO_TIES = Ties(np.zeros(1, np.int64), _NONE, _NONE, np.zeros(0, np.float64), _NONE, _NONE)


@dataclass(frozen=True, slots=True, eq=False)
class AuthorPaper:
    """Who is an author of what, at one facts revision.

    `slots` lists author numbers paper by paper (`paper_indptr`), ascending, with `positions`
    beside them (0: not printed); `papers_of` lists paper numbers author by author
    (`author_indptr`), ascending. `complete` is 1, 0 or -1 (unknown). `listed` counts printed
    authors, at least 2 where an unprinted subject comes with one or more. `capped` lists the
    papers whose author list is too long to make ties, ascending.
    """

    facts_revision: str
    max_authors: int
    author_ids: Texts
    author_names: Texts
    author_identity: Texts
    author_variants: TextLists
    paper_ids: Texts
    titles: Texts
    dates: Texts
    years: Ints
    complete: npt.NDArray[np.int8]
    paper_indptr: Offsets
    slots: Ints
    positions: Ints
    author_indptr: Offsets
    papers_of: Ints
    listed: Ints
    capped: Ints
    ties: Ties

    def authors_of_paper(self, paper: int) -> Ints:
        """Author numbers of a paper, ascending."""
        return self.slots[self.paper_indptr[paper] : self.paper_indptr[paper + 1]]

    def papers_of_author(self, author: int) -> Ints:
        """Paper numbers of an author, ascending."""
        return self.papers_of[self.author_indptr[author] : self.author_indptr[author + 1]]

    def position(self, author: int, paper: int) -> int | None:
        """Where an author stands on a paper; absent: not printed."""
        start = int(self.paper_indptr[paper])
        place = start + int(np.searchsorted(self.authors_of_paper(paper), author))
        return int(self.positions[place]) or None


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """What papers share: the nodes of one label, both ways, everything numbered in id order.

    `nodes` lists node numbers paper by paper (`paper_indptr`), ascending; `papers` lists paper
    numbers node by node (`node_indptr`), ascending.
    """

    ids: Texts
    names: Texts
    paper_indptr: Offsets
    nodes: Ints
    node_indptr: Offsets
    papers: Ints

    def nodes_of_paper(self, paper: int) -> Ints:
        """Node numbers of a paper, ascending."""
        return self.nodes[self.paper_indptr[paper] : self.paper_indptr[paper + 1]]

    def papers_of_node(self, node: int) -> Ints:
        """Paper numbers of a node, ascending."""
        return self.papers[self.node_indptr[node] : self.node_indptr[node + 1]]

    def number(self, id: str) -> int | None:
        """The number of a node; absent: no node has this id."""
        return self.ids.find(id)


def ties_of(
    graph: AuthorPaper,
    *,
    papers: npt.NDArray[np.bool_] | None = None,
    without: Collection[int] = (),
    min_papers: int = 1,
    max_authors: int | None = None,
    weight: Weight = "newman",
) -> Ties:
    """Weigh every tie by the papers behind it, under a filter.

    A paper of k listed authors adds to each tie it makes: 1/(k-1) (newman), 1 (full) or
    2/(k(k-1)) (fractional). `association` divides full weights by what two authors of their
    strengths would share by chance, w m/(s t), m the sum of all strengths. Here k counts printed
    slots, at least 2 where the page's subject is not printed, and authors left out too. Sums run
    over papers in id order and are rounded to nine decimals, so that they are the same on every
    store.

    Args:
        graph: Who is an author of what.
        papers: Which papers count, a flag each; absent: all.
        without: Author numbers that make no ties.
        min_papers: Fewest papers that make a tie.
        max_authors: Longest author list that makes ties, included, at least 2; absent: the
            graph's own.
        weight: How a paper is shared among its ties.

    Returns:
        Ties of all authors, with empty rows for those without any.

    Raises:
        ParameterError: `max_authors` is below 2 or `min_papers` below 1.

    Source: Newman, Phys. Rev. E 64, 016132 (2001), equation 2; van Eck and Waltman, JASIST 60
        (2009), for the association strength.
    Cost: Time and memory grow with the sum of k squared; `max_authors` bounds it.
    """
    cap = graph.max_authors if max_authors is None else max_authors
    if cap < 2:
        raise ParameterError("max_authors", cap, "2 or more")
    if min_papers < 1:
        raise ParameterError("min_papers", min_papers, "1 or more")
    counted = np.diff(graph.paper_indptr) <= cap
    if papers is not None:
        counted &= papers
    tied = np.ones(len(graph.author_ids), np.uint8)
    tied[list(without)] = 0
    size = np.maximum(graph.listed, 2).astype(np.float64)
    if weight == "newman":
        shares = 1.0 / (size - 1)
    elif weight == "fractional":
        shares = 2.0 / (size * (size - 1))
    else:
        shares = np.ones(len(size))
    indptr, neighbours, counts, weights, first, last = weigh_ties(
        graph.paper_indptr,
        graph.slots,
        graph.author_indptr,
        graph.papers_of,
        counted.astype(np.uint8),
        tied,
        shares,
        graph.years,
        min_papers,
    )
    if weight == "association":
        rows = np.repeat(np.arange(len(tied)), np.diff(indptr))
        strengths = np.bincount(rows, weights=weights, minlength=len(tied))
        weights = weights * (strengths.sum() / (strengths[rows] * strengths[neighbours]))
    return Ties(indptr, neighbours, counts, np.round(weights, WEIGHT_DECIMALS), first, last)


def places_of(ascending: Ints, wanted: npt.NDArray[np.integer[Any]]) -> Offsets:
    """The places of all entries that are one of those wanted, in the order of those wanted."""
    starts = np.searchsorted(ascending, wanted, side="left")
    sizes = np.searchsorted(ascending, wanted, side="right") - starts
    before = np.repeat(np.cumsum(sizes) - sizes, sizes)
    places: Offsets = np.repeat(starts, sizes) + np.arange(int(sizes.sum())) - before
    return places
