"""Hops with everything behind them: papers, weights, years and identities, by the projection."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from graph_service.model.answers import NodeRef, Note, PaperRef
from graph_service.model.path_answers import AuthorOnPath, Hop, PaperOnHop, Path, PathCost
from graph_service.model.rows import row
from graph_service.projection.arrays import AuthorPaper, Ints, Shelf, Ties
from graph_service.projection.reader import View
from graph_service.projection.surroundings import papers_of_authors, papers_of_ties
from graph_service.projection.walks import reached
from graph_service.questions.papers import paper_ref
from graph_service.questions.path_filters import TiesUnder
from graph_service.questions.same_works import Pair, SameWorks, counted_twice
from graph_service.questions.words import many

MOST_PAPERS_OF_A_HOP = 50
MOST_ON_FRONTIER = 500
COST_UNITS = 1e9
_COMPLETE = {1: True, 0: False, -1: None}


class HopBuilder:
    """Builds hops and paths of one answer, each author and hop once.

    Its rows are built without validating them again, since every value comes from the arrays;
    a test compares them with validated ones.
    """

    def __init__(
        self,
        view: View,
        under: TiesUnder,
        repos: Shelf,
        same: SameWorks,
        cost: PathCost | None = None,
    ) -> None:
        self._view = view
        self._graph = view.graph
        self._under = under
        self._repos = repos
        self._costs = None if cost is None else under.costs(cost)
        self._authors: dict[int, AuthorOnPath] = {}
        self._hops: dict[tuple[int, int], Hop] = {}
        self._same = same
        self._twice: set[Pair] = set()
        self._left_out = 0

    def author(self, number: int) -> AuthorOnPath:
        """An author with how sure the identity is."""
        if number not in self._authors:
            self._authors[number] = author_on_path(self._graph, number)
        return self._authors[number]

    def path(self, authors: tuple[int, ...]) -> Path:
        """A path of tied authors."""
        hops = self.hops(list(pairwise(authors)))
        return row(
            Path,
            authors=[self.author(author) for author in authors],
            hops=hops,
            weakest_weight=min((hop.weight for hop in hops), default=None),
            cost=None if self._costs is None else self._sum_of_costs(authors),
        )

    def hops(self, pairs: Sequence[tuple[int, int]]) -> list[Hop]:
        """The ties of pairs of authors, with the papers that make them."""
        fresh = [pair for pair in pairs if pair not in self._hops]
        if fresh:
            ends = np.array(fresh, np.int32)
            places, begins, papers = papers_of_ties(
                self._graph, self._under.ties, self._under.counted, ends[:, 0], ends[:, 1]
            )
            starts = begins.tolist()
            for at, ((a, b), tie) in enumerate(zip(fresh, places.tolist(), strict=True)):
                behind = papers[:, starts[at] : starts[at + 1]]
                self._hops[a, b] = self._hop(a, b, tie, behind)
        return [self._hops[pair] for pair in pairs]

    def _hop(self, a: int, b: int, tie: int, papers: Ints) -> Hop:
        ties, count = self._under.ties, papers.shape[1]
        self._left_out += max(count - MOST_PAPERS_OF_A_HOP, 0)
        self._twice.update(self._same.among(papers[0]))
        return row(
            Hop,
            source=self.author(a).id,
            target=self.author(b).id,
            weight=float(ties.weights[tie]),
            cost=None if self._costs is None else int(self._costs[tie]) / COST_UNITS,
            first_year=int(ties.first_years[tie]) or None,
            last_year=int(ties.last_years[tie]) or None,
            paper_count=count,
            papers=[self._paper(*paper) for paper in papers[:, :MOST_PAPERS_OF_A_HOP].T.tolist()],
        )

    def _paper(self, paper: int, first: int, second: int) -> PaperOnHop:
        graph = self._graph
        return row(
            PaperOnHop,
            id=graph.paper_ids[paper],
            title=graph.titles[paper],
            year=int(graph.years[paper]) or None,
            positions=[first or None, second or None],
            authors_complete=_COMPLETE[int(graph.complete[paper])],
            repositories=nodes_of_paper(self._repos, paper),
        )

    def _sum_of_costs(self, authors: tuple[int, ...]) -> float:
        ties, costs = self._under.ties, self._costs
        if costs is None:
            return 0.0
        return sum(int(costs[tie_between(ties, a, b)]) for a, b in pairwise(authors)) / COST_UNITS

    def unverified(self) -> int:
        """How many of the authors shown so far rest on their name alone."""
        return sum(author.identity == "unverified" for author in self._authors.values())

    def incomplete_papers_shown(self) -> bool:
        """Whether a paper of a hop shown so far may name only some of its authors."""
        return any(
            paper.authors_complete is not True
            for hop in self._hops.values()
            for paper in hop.papers
        )

    def notes(self) -> list[Note]:
        """What counts twice in the hops, and what was left out of them."""
        twice = counted_twice(self._view, self._twice)
        if not self._left_out:
            return twice
        return [
            *twice,
            Note(
                code="papers-left-out",
                count=self._left_out,
                text=f"of each hop the first {MOST_PAPERS_OF_A_HOP} papers are shown; "
                f"{many(self._left_out, 'paper is', 'papers are')} left out",
            ),
        ]


def tie_between(ties: Ties, a: int, b: int) -> int:
    """The place of a tie that is known to be there."""
    start, stop = int(ties.indptr[a]), int(ties.indptr[a + 1])
    # A Python integer would make numpy widen the whole row first.
    return start + int(ties.neighbours[start:stop].searchsorted(np.int32(b)))


def author_on_path(graph: AuthorPaper, number: int) -> AuthorOnPath:
    """An author with how sure the identity is."""
    variants = graph.author_variants.indptr
    return row(
        AuthorOnPath,
        id=graph.author_ids[number],
        name=graph.author_names[number],
        identity="verified" if graph.author_identity[number] == "verified" else "unverified",
        spellings=int(variants[number + 1] - variants[number]),
    )


def nodes_of_paper(shelf: Shelf, paper: int) -> list[NodeRef]:
    """What a paper has of a shelf, by id."""
    return [node_ref(shelf, int(node)) for node in shelf.nodes_of_paper(paper)]


def node_ref(shelf: Shelf, node: int) -> NodeRef:
    """A node of a shelf, briefly."""
    return row(NodeRef, id=shelf.ids[node], name=shelf.names[node])


def incomplete_papers(
    view: View, under: TiesUnder, authors: npt.NDArray[np.int32]
) -> npt.NDArray[np.int32]:
    """The papers of some authors whose lists are not known to be complete, each once.

    Papers that a filter leaves out, or that are over the cap, make no ties and are not counted.
    The order is that of the authors.
    """
    if not under.some_incomplete:
        return np.zeros(0, np.int32)
    doubtful = authors[under.doubtful[authors]]
    return papers_of_authors(view.graph, doubtful, under.incomplete)


def incomplete_near_ends(
    view: View, under: TiesUnder, start: int, end: int, distance: int
) -> npt.NDArray[np.int32]:
    """The papers whose missing authors could shorten a path.

    A shorter way must leave one end by a tie that is not in the data, made by a paper of
    somebody within half the distance of that end. A path of one hop cannot be shortened.
    """
    if distance < 2 or not under.some_incomplete:
        return np.zeros(0, np.int32)
    return incomplete_papers(view, under, reached(under.ties, (start, end), distance // 2))


def frontier_papers(view: View, papers: npt.NDArray[np.int32]) -> tuple[list[PaperRef], list[Note]]:
    """Name the papers that could hide a shorter way, by id, and say how many are left out."""
    shown = np.sort(papers)[:MOST_ON_FRONTIER].tolist()
    notes = []
    if len(papers) > len(shown):
        notes.append(
            Note(
                code="frontier-left-out",
                count=len(papers) - len(shown),
                text=f"the first {len(shown):,} of {len(papers):,} such papers are listed",
            )
        )
    return [paper_ref(view, paper) for paper in shown], notes
