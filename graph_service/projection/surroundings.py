"""What lies round authors: their papers, the ties among them, distances over papers."""

from typing import Any

import numpy as np
import numpy.typing as npt

from graph_service.projection import kernels
from graph_service.projection.arrays import (
    WEIGHT_DECIMALS,
    AuthorPaper,
    Flags,
    Floats,
    Ints,
    Offsets,
    Ties,
)

Numbers = npt.NDArray[np.integer[Any]]


def gathered(indptr: Offsets, values: Ints, rows: Numbers) -> tuple[Offsets, Ints]:
    """Put some rows of compressed sparse rows behind each other.

    Args:
        indptr: Where each row begins, and where the last one ends.
        values: The rows.
        rows: Numbers of the rows wanted, in any order.

    Returns:
        For each value the place of its row in `rows`, and the values.
    """
    lengths = indptr[rows + 1] - indptr[rows]
    whose = np.repeat(np.arange(len(rows)), lengths)
    before = np.cumsum(lengths) - lengths
    places = np.arange(len(whose)) - before[whose] + indptr[rows][whose]
    return whose, values[places]


def papers_of_authors(graph: AuthorPaper, authors: Numbers, wanted: Flags) -> Ints:
    """The wanted papers of some authors, each once.

    Args:
        graph: Who is an author of what.
        authors: Author numbers; one may stand twice.
        wanted: A flag for each paper.

    Returns:
        Paper numbers, in the order of the authors, then ascending.
    """
    # Pages that the walk never touches are never made.
    seen = np.zeros(len(graph.paper_ids), np.uint8)
    found: Ints = kernels.unseen_papers(
        graph.author_indptr, graph.papers_of, authors.astype(np.int32), wanted, seen
    )
    return found


def papers_of_ties(
    graph: AuthorPaper, ties: Ties, counted: Flags, firsts: Numbers, seconds: Numbers
) -> tuple[Offsets, Offsets, Ints]:
    """Look ties up with the papers behind them.

    Args:
        graph: Who is an author of what.
        ties: The ties, made from the papers that count.
        counted: Which papers count, a flag each.
        firsts: One author of each tie.
        seconds: The other one.

    Returns:
        The place of each tie in `ties.neighbours`; where the papers of each begin, and the end;
        and three rows: the papers of each tie by year, undated last, then by number, and where
        the first and the second author stand on each, 0 for not printed.
    """
    found: tuple[Offsets, Offsets, Ints] = kernels.papers_of_ties(
        ties.indptr,
        ties.neighbours,
        graph.author_indptr,
        graph.papers_of,
        counted,
        graph.years,
        graph.paper_indptr,
        graph.slots,
        graph.positions,
        firsts.astype(np.int32),
        seconds.astype(np.int32),
    )
    return found


def hops_over_papers(
    graph: AuthorPaper, papers: Flags, authors: Flags, min_papers: int, source: int, target: int
) -> int | None:
    """Find the distance of two authors without making ties.

    Args:
        graph: Who is an author of what.
        papers: Which papers join their authors, a flag each.
        authors: Which authors count, a flag each.
        min_papers: Fewest papers that join two authors.
        source: The author to start at.
        target: The author to end at.

    Returns:
        Hops; absent: no path.

    Cost: Breadth-first from the source; grows with the sum of k squared over papers of k authors.
    """
    hops = int(
        kernels.hops_over_papers(
            graph.paper_indptr,
            graph.slots,
            graph.author_indptr,
            graph.papers_of,
            papers,
            authors,
            min_papers,
            source,
            target,
        )
    )
    return None if hops < 0 else hops


def inward_strengths(ties: Ties, authors: Ints, hops: Ints) -> tuple[Floats, int]:
    """Sum the weights of each author's ties to those one hop nearer to a middle.

    Args:
        ties: The ties.
        authors: Everybody within reach, ascending.
        hops: How far each is.

    Returns:
        The sums, rounded to nine decimals, and how many ties there are among all of them.
    """
    strengths, count = kernels.inward_weights(
        ties.indptr, ties.neighbours, ties.weights, authors, hops
    )
    return np.round(strengths, WEIGHT_DECIMALS), int(count)


def ties_among(ties: Ties, authors: Ints) -> tuple[Ints, Offsets]:
    """Find the ties among some authors.

    Args:
        ties: The ties.
        authors: Author numbers, ascending.

    Returns:
        The lower author of each tie and the tie's place in `ties.neighbours`, by lower, then
        higher author.
    """
    found: tuple[Ints, Offsets] = kernels.ties_among(ties.indptr, ties.neighbours, authors)
    return found
