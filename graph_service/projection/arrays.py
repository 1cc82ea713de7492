"""Authors, papers and ties as numpy arrays in id order.

Everything is numbered in id order, so that a walk in number order is a walk in id order, and
both stores give the same arrays for the same facts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from graph_service.model.errors import ParameterError
from graph_service.store.protocol import ProjectedAuthor, ProjectedPaper

Ints = npt.NDArray[np.int32]
Offsets = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

UNKNOWN_YEAR = 0
WEIGHT_DECIMALS = 9


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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
    author_ids: list[str]
    author_names: list[str]
    author_identity: list[str]
    author_variants: list[tuple[str, ...]]
    paper_ids: list[str]
    titles: list[str]
    dates: list[str]
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


def project(
    facts_revision: str,
    authors: Sequence[ProjectedAuthor],
    papers: Sequence[ProjectedPaper],
    *,
    max_authors: int = 50,
) -> AuthorPaper:
    """Build the arrays from a store's streams.

    Args:
        facts_revision: The revision the streams were read at.
        authors: Every author, by id.
        papers: Every paper, by id, its slots by author id.
        max_authors: Longest author list that makes ties, in authors, included; at least 2.

    Raises:
        ParameterError: `max_authors` is below 2.
    """
    if max_authors < 2:
        raise ParameterError("max_authors", max_authors, "2 or more")
    number = {author.id: index for index, author in enumerate(authors)}
    sizes = np.fromiter((len(paper.slots) for paper in papers), np.int64, len(papers))
    paper_indptr = np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes)))
    total = int(paper_indptr[-1])
    slots = np.fromiter((number[a] for paper in papers for a, _ in paper.slots), np.int32, total)
    positions = np.fromiter((at for paper in papers for _, at in paper.slots), np.int32, total)
    years = np.fromiter(
        (int(paper.date[:4] or UNKNOWN_YEAR) for paper in papers), np.int32, len(papers)
    )
    complete = np.fromiter(
        (-1 if paper.complete is None else paper.complete for paper in papers),
        np.int8,
        len(papers),
    )
    of_paper = np.repeat(np.arange(len(papers), dtype=np.int32), sizes)
    printed = np.bincount(of_paper, weights=positions > 0, minlength=len(papers)).astype(np.int32)
    listed = np.where((sizes > printed) & (sizes > 1), np.maximum(printed, 2), printed)
    # Stable, so that an author's papers stay ascending.
    by_author = np.argsort(slots, kind="stable")
    author_indptr = np.concatenate(
        (np.zeros(1, np.int64), np.cumsum(np.bincount(slots, minlength=len(authors))))
    )
    return AuthorPaper(
        facts_revision=facts_revision,
        max_authors=max_authors,
        author_ids=[author.id for author in authors],
        author_names=[author.name for author in authors],
        author_identity=[author.identity for author in authors],
        author_variants=[author.variants for author in authors],
        paper_ids=[paper.id for paper in papers],
        titles=[paper.title for paper in papers],
        dates=[paper.date for paper in papers],
        years=years,
        complete=complete,
        paper_indptr=paper_indptr,
        slots=slots,
        positions=positions,
        author_indptr=author_indptr,
        papers_of=of_paper[by_author],
        listed=listed.astype(np.int32),
        capped=np.flatnonzero(sizes > max_authors).astype(np.int32),
        ties=newman_ties(
            paper_indptr, slots, listed.astype(np.int32), years, len(authors), max_authors
        ),
    )


def newman_ties(
    paper_indptr: Offsets,
    slots: Ints,
    listed: Ints,
    years: Ints,
    author_count: int,
    max_authors: int,
) -> Ties:
    """Weigh every tie, fractionally, by the papers behind it.

    A paper of k listed authors adds 1/(k-1) to each tie it makes, where k counts printed slots
    and is at least 2 where the page's subject is not printed. Papers of one author and papers
    of more than `max_authors` add nothing. Sums run over papers in id order and are rounded to
    nine decimals, so that they are the same on every store.

    Returns:
        Ties of `author_count` rows; none when no counted paper has two authors.

    Source: Newman, Phys. Rev. E 64, 016132 (2001), equation 2.
    Cost: Time and memory grow with the sum of k squared; `max_authors` bounds it.
    """
    sizes = np.diff(paper_indptr)
    lefts: list[Ints] = []
    rights: list[Ints] = []
    made_by: list[npt.NDArray[np.int64]] = []
    # Papers of one size at a time: their pairs come from one pattern of row and column.
    for size in np.unique(sizes[(sizes >= 2) & (sizes <= max_authors)]):
        papers = np.flatnonzero(sizes == size)
        block = slots[paper_indptr[papers][:, None] + np.arange(size)]
        row, column = np.triu_indices(int(size), 1)
        lefts.append(block[:, row].ravel())
        rights.append(block[:, column].ravel())
        made_by.append(np.repeat(papers, len(row)))
    empty = np.zeros(0, np.int32)
    left = np.concatenate(lefts) if lefts else empty
    right = np.concatenate(rights) if rights else empty
    paper = np.concatenate(made_by) if made_by else np.zeros(0, np.int64)

    order = np.lexsort((paper, right, left))
    left, right, paper = left[order], right[order], paper[order]
    starts = np.flatnonzero(
        np.r_[True, (left[1:] != left[:-1]) | (right[1:] != right[:-1])][: len(left)]
    )
    share = 1.0 / np.maximum(listed[paper] - 1, 1)
    year = years[paper]
    known_or_late = np.where(year == UNKNOWN_YEAR, np.iinfo(np.int32).max, year)

    def over_papers(ufunc: np.ufunc, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return ufunc.reduceat(values, starts) if len(starts) else values[:0]

    weights = np.round(over_papers(np.add, share), WEIGHT_DECIMALS)
    counts = np.diff(np.r_[starts, len(left)]).astype(np.int32)
    last = over_papers(np.maximum, year)
    first = np.where(last == UNKNOWN_YEAR, UNKNOWN_YEAR, over_papers(np.minimum, known_or_late))

    a, b = left[starts], right[starts]
    sources, targets = np.r_[a, b], np.r_[b, a]
    both_ways = np.lexsort((targets, sources))
    rows = np.bincount(sources, minlength=author_count)
    return Ties(
        indptr=np.concatenate((np.zeros(1, np.int64), np.cumsum(rows))),
        neighbours=targets[both_ways].astype(np.int32),
        papers=np.r_[counts, counts][both_ways].astype(np.int32),
        weights=np.r_[weights, weights][both_ways].astype(np.float64),
        first_years=np.r_[first, first][both_ways].astype(np.int32),
        last_years=np.r_[last, last][both_ways].astype(np.int32),
    )
