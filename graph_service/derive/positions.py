"""Where authors stand among the ties: the part "positions" of the derived layer.

Each measure is its own; nothing here sums an author up.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from graph_service.derive.parts import Part
from graph_service.model.schema import Edge, Node, known
from graph_service.projection.arrays import AuthorPaper, Floats, Ints, Ties, ties_of
from graph_service.projection.kernels import cores_of, dependencies, triangles_of

DECIMALS = 9
DAMPING = 0.85
PAGERANK_CHANGE = 1e-8
MOST_EXACT = 20_000
PIVOTS = 200
SEED = 0
# A fixed number, so that sums run in the same order however many processors there are.
CHUNKS = 16
# Ties looked at; more of them are worth compiling for.
MOST_STEPS_PLAIN = 500_000


@dataclass(frozen=True, slots=True)
class Paths:
    """Betweenness and harmonic closeness of every author.

    `errors` are standard errors of `betweenness`, absent when every author was a pivot.
    """

    betweenness: Floats
    closeness: Floats
    pivots: int
    errors: Floats | None


@dataclass(frozen=True, slots=True)
class Positions:
    """Measures of every author, by author number; `present` are those not left out.

    `component` numbers components by the smallest author number in them, from 0.
    """

    present: npt.NDArray[np.bool_]
    component: Ints
    degree: Ints
    strength: Floats
    core: Ints
    clustering: Floats
    pagerank: Floats
    paths: Paths


def positions(
    graph: AuthorPaper,
    *,
    without: Sequence[int] = (),
    most_exact: int = MOST_EXACT,
    pivots: int = PIVOTS,
) -> Positions:
    """Measure where every author stands among the ties.

    Degree is the number of ties, strength their Newman weights summed up, core the greatest k
    such that the author is in a part of the graph where everybody has k ties within it.
    Clustering is the share of pairs of collaborators that are tied. Betweenness, closeness and
    PageRank: see `paths_through` and `pagerank`.

    Args:
        graph: Who is an author of what.
        without: Author numbers to leave out; they still count in the weights of others' ties.
        most_exact: Most authors for whom every author is a pivot.
        pivots: Pivots for more authors than that.

    Cost: A breadth-first search for each pivot: some twenty seconds for 20,000 authors.
    """
    ties = ties_of(graph, without=without) if len(without) else graph.ties
    authors = len(graph.author_ids)
    present = np.ones(authors, np.bool_)
    present[list(without)] = False
    degree = np.diff(ties.indptr)
    pairs = degree * (degree - 1) / 2
    triangles = triangles_of(ties.indptr, ties.neighbours)
    matrix = _matrix(ties, np.ones(len(ties.neighbours)))
    _, labels = connected_components(matrix, directed=False)
    return Positions(
        present=present,
        component=labels.astype(np.int32),
        degree=degree.astype(np.int32),
        strength=np.round(_row_sums(ties), DECIMALS),
        core=cores_of(ties.indptr, ties.neighbours),
        clustering=np.round(np.divide(triangles, pairs, where=pairs > 0, out=pairs), DECIMALS),
        pagerank=pagerank(ties, present),
        paths=paths_through(ties, present, most_exact=most_exact, pivots=pivots),
    )


def pagerank(ties: Ties, present: npt.NDArray[np.bool_]) -> Floats:
    """Follow ties at random, by weight, and start anywhere with a chance of 0.15.

    Who has no tie starts anywhere at once. Iterated until the sum of changes is below 1e-8.

    Args:
        ties: The ties.
        present: Which authors take part; nobody else has a tie.

    Returns:
        Shares of visits by author number, 1 in all, rounded to nine decimals; 0 for whoever
        does not take part.

    Source: Brin and Page, Computer Networks 30 (1998), with the teleport uniform.
    """
    count = int(present.sum())
    if not count:
        return np.zeros(len(present))
    anywhere = present / count
    strengths = _row_sums(ties)
    tied = strengths > 0
    steps = _matrix(ties, ties.weights)
    rank = anywhere
    while True:
        leaving = np.divide(rank, strengths, where=tied, out=np.zeros(len(rank)))
        # The weights are symmetric, so the matrix is its own transpose.
        stuck = rank[~tied].sum()
        after = DAMPING * (steps @ leaving + stuck * anywhere) + (1 - DAMPING) * anywhere
        change = np.abs(after - rank).sum()
        rank = after
        if change < PAGERANK_CHANGE:
            rounded: Floats = np.round(rank, DECIMALS)
            return rounded


def paths_through(
    ties: Ties,
    present: npt.NDArray[np.bool_],
    *,
    most_exact: int = MOST_EXACT,
    pivots: int = PIVOTS,
) -> Paths:
    """Count how many shortest paths lead through each author, and how near everybody is.

    Betweenness is the share of an author in the shortest paths, counted in hops, of every pair
    of others, summed over pairs and divided by (n-1)(n-2)/2; n is the number of authors who
    take part, in all components. Closeness is harmonic: the sum of 1/hops to everybody else,
    divided by n-1. Both count from every author if they are at most `most_exact`, else from
    `pivots` of them, drawn evenly with a fixed seed, and are scaled up; `errors` are then the
    standard errors of betweenness.

    Source: Brandes, J. Math. Sociology 25 (2001); Brandes and Pich, Int. J. Bifurcation and
        Chaos 17 (2007), for the pivots.
    Cost: Time grows with pivots times ties.
    """
    authors = np.flatnonzero(present).astype(np.int32)
    number = len(authors)
    sources = authors
    if number > most_exact:
        chosen = np.random.default_rng(SEED).choice(number, min(pivots, number), replace=False)
        sources = authors[np.sort(chosen)]
    chunks = np.array_split(sources, CHUNKS)
    long = len(sources) * len(ties.neighbours) > MOST_STEPS_PLAIN
    count = dependencies.compiled() if long else dependencies
    with ThreadPoolExecutor(cpu_count()) as pool:
        made = list(pool.map(lambda part: count(ties.indptr, ties.neighbours, part), chunks))
    total, squares, nearness = (np.sum([part[at] for part in made], axis=0) for at in range(3))
    drawn = max(len(sources), 1)
    scale = number / drawn
    # Every pair is counted from both its ends.
    paths = max((number - 1) * (number - 2), 1)
    errors = None
    if drawn < number:
        spread = np.maximum(squares / drawn - (total / drawn) ** 2, 0.0)
        errors = number * np.sqrt(spread / drawn * (1 - drawn / number)) / paths
        errors = np.round(errors, DECIMALS)
    return Paths(
        betweenness=np.round(total * scale / paths, DECIMALS),
        closeness=np.round(nearness * scale / max(number - 1, 1), DECIMALS),
        pivots=len(sources),
        errors=errors,
    )


def positions_part(graph: AuthorPaper, without: Sequence[int] = ()) -> Part:
    """Make the part "positions": components, and every author's place in one.

    With `without`, such as the subject of a page whose name joins everybody, everything is
    measured a second time without them, in components of their own.
    """
    views = [_View(graph, ()), *([_View(graph, tuple(without))] if len(without) else [])]
    return Part(
        name="positions",
        parameters={
            "max_authors": graph.max_authors,
            "weight": "newman",
            "damping": DAMPING,
            "views": [view.figures() for view in views],
        },
        rows=[row for view in views for row in view.rows()],
        made={
            "authors": len(graph.author_ids),
            "components": views[0].components,
            "pivots": views[0].found.paths.pivots,
        },
        versions={"scipy": scipy.__version__},
    )


class _View:
    """Positions among all ties, or among those of everybody but some authors."""

    def __init__(self, graph: AuthorPaper, without: tuple[int, ...]) -> None:
        self.graph = graph
        self.without = [graph.author_ids[author] for author in without]
        self.found = positions(graph, without=without)
        authors = np.flatnonzero(self.found.present)
        labels, first, self._of, sizes = np.unique(
            self.found.component[authors],
            return_index=True,
            return_inverse=True,
            return_counts=True,
        )
        self._authors, self._first, self._sizes = authors, authors[first], sizes
        self.components = len(labels)

    def figures(self) -> dict[str, Any]:
        paths = self.found.paths
        return {
            "without": self.without,
            "authors": len(self._authors),
            "components": self.components,
            "pivots": paths.pivots,
            "exact": paths.errors is None,
            "betweenness_error": None if paths.errors is None else float(paths.errors.max()),
        }

    def rows(self) -> Iterator[Node | Edge]:
        ids = self.graph.author_ids
        prefix = "component:without:" if self.without else "component:"
        names = [prefix + ids[int(author)] for author in self._first]
        ties = np.bincount(self._of, weights=self.found.degree[self._authors], minlength=len(names))
        order = np.lexsort((self._first, -self._sizes))
        for number, at in enumerate(order.tolist(), 1):
            yield Node(
                "Component",
                names[at],
                known(
                    number=number,
                    size=int(self._sizes[at]),
                    ties=int(ties[at]) // 2,
                    without=list(self.without),
                ),
            )
        found = self.found
        errors = found.paths.errors
        for author, component in zip(self._authors.tolist(), self._of.tolist(), strict=True):
            yield Edge(
                "IN_COMPONENT",
                ids[author],
                names[component],
                known(
                    degree=int(found.degree[author]),
                    strength=float(found.strength[author]),
                    core=int(found.core[author]),
                    betweenness=float(found.paths.betweenness[author]),
                    betweenness_error=None if errors is None else float(errors[author]),
                    closeness=float(found.paths.closeness[author]),
                    pagerank=float(found.pagerank[author]),
                    clustering=float(found.clustering[author]),
                ),
            )


def _matrix(ties: Ties, values: Floats) -> "csr_array[Any]":
    authors = len(ties.indptr) - 1
    return csr_array((values, ties.neighbours, ties.indptr), shape=(authors, authors))


def _row_sums(ties: Ties) -> Floats:
    rows = np.repeat(np.arange(len(ties.indptr) - 1), np.diff(ties.indptr))
    sums = np.bincount(rows, weights=ties.weights, minlength=len(ties.indptr) - 1)
    return sums.astype(np.float64)
