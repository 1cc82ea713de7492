"""Coauthorship ties as rows for a store."""

import numpy as np

from graph_service.projection.arrays import AuthorPaper
from graph_service.store.protocol import Tie


def tie_rows(graph: AuthorPaper) -> list[Tie]:
    """List every tie once, smaller author id first, by both ids."""
    ties = graph.ties
    sources = np.repeat(np.arange(len(graph.author_ids)), np.diff(ties.indptr))
    once = np.flatnonzero(sources < ties.neighbours)
    return [
        Tie(
            a=graph.author_ids[a],
            b=graph.author_ids[b],
            papers=papers,
            weight=weight,
            first_year=first or None,
            last_year=last or None,
        )
        for a, b, papers, weight, first, last in zip(
            sources[once].tolist(),
            ties.neighbours[once].tolist(),
            ties.papers[once].tolist(),
            ties.weights[once].tolist(),
            ties.first_years[once].tolist(),
            ties.last_years[once].tolist(),
            strict=True,
        )
    ]
