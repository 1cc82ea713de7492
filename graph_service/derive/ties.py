"""Coauthorship ties as relationships for a store."""

from collections.abc import Iterator

import numpy as np

from graph_service.model.schema import Edge, known
from graph_service.projection.arrays import AuthorPaper


def tie_edges(graph: AuthorPaper) -> Iterator[Edge]:
    """Make a COAUTHORED of every tie, once, from the smaller author id; by both ids."""
    ties = graph.ties
    sources = np.repeat(np.arange(len(graph.author_ids)), np.diff(ties.indptr))
    once = np.flatnonzero(sources < ties.neighbours)
    for a, b, papers, weight, first, last in zip(
        sources[once].tolist(),
        ties.neighbours[once].tolist(),
        ties.papers[once].tolist(),
        ties.weights[once].tolist(),
        ties.first_years[once].tolist(),
        ties.last_years[once].tolist(),
        strict=True,
    ):
        yield Edge(
            "COAUTHORED",
            graph.author_ids[a],
            graph.author_ids[b],
            known(papers=papers, weight=weight, first_year=first or None, last_year=last or None),
        )
