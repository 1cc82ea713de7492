"""One run of `derive`: project the facts, compute part by part, write, stamp."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np
from anyio.to_thread import run_sync

from graph_service import __version__
from graph_service.derive.clusters import ClusterOptions, clusters_part
from graph_service.derive.continuity import with_continuity
from graph_service.derive.lineage_model import LINEAGE_MODEL, LineageModel
from graph_service.derive.lineage_part import lineage_part
from graph_service.derive.parts import Part
from graph_service.derive.positions import positions_part
from graph_service.derive.removal import find_removal
from graph_service.derive.ties import tie_edges
from graph_service.model.records import canonical_json
from graph_service.projection.arrays import AuthorPaper
from graph_service.projection.reader import Reader, View
from graph_service.store.fold import Graph
from graph_service.store.protocol import DerivationStamp, GraphStore

DEFAULTS = ClusterOptions()


@dataclass(frozen=True, slots=True)
class DeriveSummary:
    """What a run of `derive` made; `made` counts it by part, then by name."""

    facts_revision: str
    ties: int
    capped_papers: int
    max_authors: int
    seconds: float
    made: dict[str, dict[str, int]] = field(default_factory=dict)


async def derive(
    store: GraphStore,
    *,
    max_authors: int = 50,
    clusters: ClusterOptions = DEFAULTS,
    lineage: LineageModel = LINEAGE_MODEL,
    step: Callable[[str], None] = lambda _: None,
) -> DeriveSummary:
    """Compute the derived layer from the present facts and store it in place of the last one.

    Args:
        store: Where the facts are and the layer goes.
        max_authors: Longest author list that makes ties, in authors, included; at least 2.
        clusters: How clusters are sought.
        lineage: How evidence for lineage is weighed.
        step: Called with the name of each step as it begins.

    Raises:
        StoreBusy: Another process writes to the store.
        ParameterError: `max_authors` is below 2, or an option is out of its range.
        AuthorNotFound, AmbiguousName, Moved: Somebody to be removed from view is not there.
    """
    began = perf_counter()
    clusters.check()
    async with store.writing():
        step("projecting the facts")
        view = await Reader(store, max_authors=max_authors).view()
        parts = [
            await with_continuity(store, view.state, part) if part.name == "clusters" else part
            for part in await compute(view, clusters, lineage, step=step)
        ]
        layer = await run_sync(layer_of, parts)
        step(f"writing {len(layer.nodes):,} nodes and {len(layer.edges):,} relationships")
        stamp = DerivationStamp(
            facts_revision=view.state.facts_revision,
            status="complete",
            parameters=canonical_json({part.name: part.parameters for part in parts}).decode(),
            versions=canonical_json(
                {"coauthor-graph": __version__, "numpy": np.__version__}
                | {name: version for part in parts for name, version in part.versions.items()}
            ).decode(),
            seconds=round(perf_counter() - began, 3),
        )
        await store.write_derived(stamp, layer)
    made = {str(part.name): dict(part.made) for part in parts}
    return DeriveSummary(
        facts_revision=stamp.facts_revision,
        ties=made["ties"]["ties"],
        capped_papers=len(view.graph.capped),
        max_authors=max_authors,
        seconds=round(perf_counter() - began, 3),
        made=made,
    )


async def compute(
    view: View,
    clusters: ClusterOptions,
    lineage: LineageModel = LINEAGE_MODEL,
    *,
    step: Callable[[str], None] = lambda _: None,
) -> list[Part]:
    """Compute every part from the facts alone; their order means nothing."""
    removal = await find_removal(view, clusters.without)
    step("weighing ties")
    ties = await run_sync(ties_part, view.graph)
    step("measuring positions")
    positions = await run_sync(positions_part, view.graph, removal.authors)
    return [
        ties,
        positions,
        await clusters_part(view, removal, clusters, step=step),
        await lineage_part(view, model=lineage, step=step),
    ]


def ties_part(graph: AuthorPaper) -> Part:
    """Make the part "ties": a COAUTHORED for every pair with a counted paper."""
    edges = list(tie_edges(graph))
    return Part(
        name="ties",
        parameters={"max_authors": graph.max_authors, "weight": "newman"},
        rows=edges,
        made={"ties": len(edges)},
    )


def layer_of(parts: Sequence[Part]) -> Graph:
    """Put the rows of all parts together."""
    layer = Graph()
    for part in parts:
        layer.add(part.rows)
    return layer
