"""Works that are two papers, as a preprint and its publication: both count, and answers say so."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from graph_service.model.answers import Note
from graph_service.projection.arrays import Ints
from graph_service.projection.reader import View
from graph_service.questions.words import many

MOST_PAIRS_NAMED = 10
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class SameWorks:
    """Papers that are one work in two forms, both ways round: by paper, then by the other."""

    papers: Ints
    others: Ints

    def among(self, papers: Ints) -> list[Pair]:
        """The pairs of which both are among these papers, smaller number first, ascending."""
        begins = np.searchsorted(self.papers, papers, "left")
        ends = np.searchsorted(self.papers, papers, "right")
        if np.count_nonzero(ends > begins) < 2:
            return []
        here = set(papers.tolist())
        return sorted(
            (paper, other)
            for paper, begin, end in zip(
                papers.tolist(), begins.tolist(), ends.tolist(), strict=True
            )
            for other in self.others[begin:end].tolist()
            if paper < other and other in here
        )


async def same_works(view: View) -> SameWorks:
    """All pairs of the store."""

    async def build() -> SameWorks:
        ends = [
            (view.paper_number(one), view.paper_number(other))
            for one, other, _ in await view.store.same_works()
        ]
        known = [(a, b) for a, b in ends if a is not None and b is not None]
        both = sorted([*known, *((b, a) for a, b in known)])
        return SameWorks(*np.array(both, np.int32).reshape(-1, 2).T)

    return await view.part("same-works", SameWorks, build)


def in_ties(view: View, pairs: Iterable[Pair], among: Ints | None = None) -> list[Pair]:
    """Those pairs of which both papers make one tie: two authors are on both, of `among` if given."""
    graph = view.graph
    found = []
    for a, b in pairs:
        both = np.intersect1d(graph.authors_of_paper(a), graph.authors_of_paper(b))
        if len(both if among is None else np.intersect1d(both, among)) > 1:
            found.append((a, b))
    return found


async def author_notes(view: View, author: int) -> list[Note]:
    """Say which papers count twice in the ties of an author."""
    papers = np.setdiff1d(view.graph.papers_of_author(author), view.graph.capped)
    return counted_twice(view, in_ties(view, (await same_works(view)).among(papers)))


def counted_twice(view: View, pairs: Iterable[Pair]) -> list[Note]:
    """Say that ties count both papers of these pairs, and which they are."""
    ids = view.graph.paper_ids
    named = [f"{ids[a]} and {ids[b]}" for a, b in sorted(set(pairs))]
    if not named:
        return []
    rest = len(named) - MOST_PAIRS_NAMED
    shown = [*named[:MOST_PAIRS_NAMED], *([f"and {rest:,} more"] if rest > 0 else [])]
    return [
        Note(
            code="same-works",
            count=len(named),
            text=f"{many(len(named), 'work counts', 'works count')} twice in ties, as two papers "
            f"that are one work in two forms: {'; '.join(shown)}",
        )
    ]
