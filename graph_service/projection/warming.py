"""Warming: compiled code is made or read before the first question comes, not by it."""

import itertools
from collections.abc import Callable
from time import perf_counter

import numpy as np

from graph_service.projection import kernels
from graph_service.projection.affinity import candidates
from graph_service.projection.building import project
from graph_service.projection.search import FoldedIndex
from graph_service.projection.surroundings import (
    hops_over_papers,
    inward_strengths,
    papers_of_authors,
    papers_of_ties,
    ties_among,
)
from graph_service.projection.walks import (
    cheapest_paths,
    components,
    k_shortest_paths,
    shortest_paths,
    tie_costs,
    within,
)
from graph_service.store.protocol import ProjectedAuthor, ProjectedPaper


def warm(step: Callable[[str], None] = lambda _: None) -> float:
    """Run every walk once on authors in a row; return the seconds that it took.

    Args:
        step: Called with what is done, as it begins.
    """
    began = perf_counter()
    step(
        "reading compiled code"
        if kernels.are_compiled()
        else "compiling the walks (half a minute, once)"
    )
    # Long enough that every loop is compiled.
    names = [f"{number:05}" for number in range(kernels.WORTH_COMPILING)]
    graph = project(
        "warming",
        [ProjectedAuthor(name, name, "unverified", (name,)) for name in names],
        [
            ProjectedPaper(f"{a}{b}", f"{a} and {b}", "2000", True, ((a, 1), (b, 2)))
            for a, b in itertools.pairwise(names)
        ],
    )
    FoldedIndex.of(graph.titles).search("a")
    ties = graph.ties
    shortest_paths(ties, 0, 3)
    k_shortest_paths(ties, 0, 3, 2)
    components(ties)
    candidates(ties, 0, most=1)
    near = within(ties, 0, 2)
    everybody = np.ones(len(names), np.bool_)
    papers_of_ties(graph, ties, graph.complete == 1, np.array([0]), np.array([1]))
    papers_of_authors(graph, near.authors, graph.complete == 1)
    inward_strengths(ties, near.authors, near.hops)
    ties_among(ties, near.authors)
    hops_over_papers(graph, graph.complete == 1, everybody, 1, 0, 3)
    costs = tie_costs(ties, "weight")
    cheapest_paths(ties, costs, 0, 3)
    cheapest_paths(ties, costs, 0, 3, max_hops=3)
    return perf_counter() - began
