"""How close authors are who may never have met: shared collaborators, walks, and topics."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.sparse import csr_array

from graph_service.projection.arrays import AuthorPaper, Flags, Floats, Ints, Ties
from graph_service.projection.kernels import cosines, shared_collaborators
from graph_service.projection.title_words import Terms

Local = Literal[
    "common_neighbours", "adamic_adar", "resource_allocation", "jaccard", "preferential_attachment"
]
# In the order of their numbers in the kernel.
LOCAL: tuple[Local, ...] = (
    "common_neighbours",
    "adamic_adar",
    "resource_allocation",
    "jaccard",
    "preferential_attachment",
)
DECIMALS = 9
# What the kernel sums up for each candidate.
SUMS = 4
RESTART = 0.15
WALK_CHANGE = 1e-8

_EVERYBODY = np.zeros(0, np.uint8)
_EVERY_PAPER = np.zeros(0, np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Authors who share a collaborator with one, with their scores beside them.

    `recents` are the years of the latest paper that each has with a shared collaborator, 0 where
    none is dated; `scores` has a row for each of `LOCAL`. `count` is how many there are in all,
    of whom these may be the first.
    """

    authors: Ints
    recents: Ints
    scores: Floats
    count: int

    def score(self, name: Local) -> Floats:
        """One score of each of them."""
        found: Floats = self.scores[LOCAL.index(name)]
        return found


_free: dict[int, list[Floats]] = {}


@contextmanager
def _scratch(authors: int) -> Iterator[Floats]:
    """Lend an array of zeros to one call; calls in several threads have one each."""
    if authors not in _free:
        _free.clear()  # the facts have changed
    pool = _free.setdefault(authors, [])
    try:
        lent = pool.pop()
    except IndexError:
        lent = np.zeros((authors, SUMS), np.float64)
    yield lent
    # Not given back by a call that failed: it may have left its marks.
    pool.append(lent)


def candidates(
    ties: Ties,
    author: int,
    *,
    by: Local = "adamic_adar",
    most: int | None = None,
    allowed: Flags | None = None,
    include_known: bool = False,
) -> Candidates:
    """Find who shares a collaborator with an author, and score them.

    With Γ(x) the collaborators of x and z running over Γ(u) ∩ Γ(v): common neighbours count z,
    Adamic and Adar sum 1/ln|Γ(z)|, resource allocation sums 1/|Γ(z)|, Jaccard divides their
    number by |Γ(u) ∪ Γ(v)|, and preferential attachment is |Γ(u)| |Γ(v)|. A shared collaborator
    has two at least, so that the logarithm is above 0.

    Args:
        ties: The ties.
        author: The author u.
        by: With `most`, the score that ranks.
        most: How many to keep; absent: all.
        allowed: Who may be a candidate, a flag each author; absent: everybody.
        include_known: Whether collaborators of u may be candidates; u never is.

    Returns:
        With `most`, by the score descending, the later year, then author number; else ascending
        by author number. Scores are rounded to nine decimals.

    Source: Liben-Nowell and Kleinberg, JASIST 58 (2007); Zhou, Lü and Zhang, Eur. Phys. J. B 71
        (2009), for resource allocation.
    Cost: Grows with the ties of the author's collaborators.
    """
    with _scratch(len(ties.indptr) - 1) as lent:
        numbers, scores, count = shared_collaborators(
            ties.indptr,
            ties.neighbours,
            ties.last_years,
            author,
            include_known,
            _EVERYBODY if allowed is None else allowed.view(np.uint8),
            LOCAL.index(by),
            0 if most is None else most,
            lent,
        )
    return Candidates(numbers[0], numbers[1], scores, count)


def personalised_pagerank(ties: Ties, authors: Sequence[int]) -> Floats:
    """Follow ties at random by weight, starting again at an author with a chance of 0.15.

    Iterated until the sum of changes is below 1e-8, for each author alone, so that it does not
    matter who else is asked for.

    Args:
        ties: The ties.
        authors: The authors u.

    Returns:
        Shares of visits, float64 (all authors, authors asked for), rounded to nine decimals; a
        column of somebody without ties is 1 at that author.

    Source: Jeh and Widom, WWW 2003.
    Cost: Some hundred times the ties for each author: 0.3 s among 500,000 ties, half of that for
        each when there are many.
    """
    count = len(ties.indptr) - 1
    rows = np.repeat(np.arange(count), np.diff(ties.indptr))
    strengths = np.bincount(rows, weights=ties.weights, minlength=count)
    shares = np.where(strengths > 0, 1.0 / np.where(strengths > 0, strengths, 1.0), 0.0)
    # Column-stochastic: the share that each author passes on to each collaborator.
    steps = csr_array(
        (ties.weights * shares[ties.neighbours], ties.neighbours, ties.indptr),
        shape=(count, count),
    )
    asked = np.asarray(authors, np.int64)
    done = np.zeros((count, len(asked)))
    stuck = strengths[asked] == 0
    done[asked[stuck], np.flatnonzero(stuck)] = 1.0
    left = np.flatnonzero(~stuck)
    rank = np.zeros((count, len(left)))
    rank[asked[left], np.arange(len(left))] = 1.0
    while len(left):
        after = (1 - RESTART) * (steps @ rank)
        after[asked[left], np.arange(len(left))] += RESTART
        still = np.abs(after - rank).sum(axis=0) >= WALK_CHANGE
        if not still.all():
            done[:, left[~still]] = after[:, ~still]
            left, after = left[still], np.ascontiguousarray(after[:, still])
        rank = after
    rounded: Floats = np.round(done, DECIMALS)
    return rounded


def topic_cosines(
    graph: AuthorPaper,
    terms: Terms,
    author: int,
    others: Ints,
    *,
    papers: Flags | None = None,
) -> Floats:
    """Compare what an author's papers are about with those of others.

    An author's vector has for each term the number of papers with it, times the term's rarity.

    Args:
        graph: Who is an author of what.
        terms: Words and topics of the papers, with their rarity.
        author: The author compared.
        others: Whom with.
        papers: Which papers count, a flag each; absent: all.

    Returns:
        Cosines beside `others`, 0 to 1, rounded to nine decimals; 0 for nothing in common.
    """
    found: Floats = cosines(
        terms.indptr,
        terms.terms,
        terms.rarity,
        graph.author_indptr,
        graph.papers_of,
        _EVERY_PAPER if papers is None else papers.view(np.uint8),
        author,
        others,
    )
    return np.round(found, DECIMALS)
