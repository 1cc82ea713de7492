"""One run of `derive`: project the facts, compute, write, stamp."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from anyio.to_thread import run_sync

from graph_service import __version__
from graph_service.derive.ties import tie_edges
from graph_service.model.records import canonical_json
from graph_service.projection.arrays import AuthorPaper
from graph_service.projection.reader import Reader
from graph_service.store.fold import Graph
from graph_service.store.protocol import DerivationStamp, GraphStore


@dataclass(frozen=True, slots=True)
class DeriveSummary:
    """What a run of `derive` made."""

    facts_revision: str
    ties: int
    capped_papers: int
    max_authors: int
    seconds: float


async def derive(
    store: GraphStore,
    *,
    max_authors: int = 50,
    step: Callable[[str], None] = lambda _: None,
) -> DeriveSummary:
    """Compute the derived layer from the present facts and store it in place of the last one.

    Args:
        store: Where the facts are and the layer goes.
        max_authors: Longest author list that makes ties, in authors, included; at least 2.
        step: Called with the name of each step as it begins.

    Raises:
        StoreBusy: Another process writes to the store.
        ParameterError: `max_authors` is below 2.
    """
    began = perf_counter()
    async with store.writing():
        step("projecting the facts")
        view = await Reader(store, max_authors=max_authors).view()
        step("weighing ties")
        layer = await run_sync(_layer, view.graph)
        step(f"writing {len(layer.edges):,} ties")
        stamp = DerivationStamp(
            facts_revision=view.state.facts_revision,
            status="complete",
            parameters=canonical_json(
                {"ties": {"max_authors": max_authors, "weight": "newman"}}
            ).decode(),
            versions=canonical_json(
                {"coauthor-graph": __version__, "numpy": np.__version__}
            ).decode(),
            seconds=round(perf_counter() - began, 3),
        )
        await store.write_derived(stamp, layer)
    return DeriveSummary(
        facts_revision=stamp.facts_revision,
        ties=len(layer.edges),
        capped_papers=len(view.graph.capped),
        max_authors=max_authors,
        seconds=round(perf_counter() - began, 3),
    )


def _layer(graph: AuthorPaper) -> Graph:
    layer = Graph()
    layer.add(tie_edges(graph))
    return layer
