"""Verification: compute everything again from the records, and compare with what is stored."""

from dataclasses import dataclass
from typing import Any

import orjson
from anyio.to_thread import run_sync

from graph_service.derive.clusters import ClusterOptions
from graph_service.derive.continuity import without_history
from graph_service.derive.lineage_model import LINEAGE_MODEL, MODELS
from graph_service.derive.removal import NOBODY
from graph_service.derive.run import DEFAULTS, compute, layer_of
from graph_service.model.revision import facts_revision
from graph_service.projection.reader import Reader
from graph_service.store.fold import Graph, build_graph
from graph_service.store.protocol import GraphStore

MOST_DIFFERENCES = 20


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` found; no `differences` means that the store is as it should be.

    `differences` are sentences, sorted, at most twenty; `more` counts those left out. `ties`
    is absent where the derived layer is missing, unfinished or stale, and so was not compared.
    """

    records: int
    decisions: int
    nodes: int
    relationships: int
    ties: int | None
    differences: tuple[str, ...]
    more: int


async def verify(store: GraphStore) -> Verification:
    """Compare a store with what its records say.

    Compared are the facts revision, every node and relationship of the facts, and every one of
    a derived layer that is not stale, but for what it says of runs before.
    """
    records = [record async for record in store.records()]
    log = await store.decisions()
    state = await store.state()
    stored = await store.graph()
    expected = await run_sync(build_graph, records, log)
    differences = _graph_differences(expected, stored)
    revision = await run_sync(facts_revision, records, log)
    if revision != state.facts_revision:
        differences.append(
            f"the facts revision is {state.facts_revision}, the records say {revision}"
        )

    ties: int | None = None
    if state.derivation is not None and state.derived == "complete" and not state.stale:
        stamped = orjson.loads(state.derivation.parameters)
        view = await Reader(store, max_authors=stamped["ties"]["max_authors"]).view()
        weighed = MODELS.get(stamped.get("lineage", {}).get("model"), LINEAGE_MODEL)
        parts = await compute(view, _options(stamped.get("clusters", {})), weighed)
        # An older run may have had fewer parts.
        parts = [part for part in parts if part.name in stamped]
        wanted = await run_sync(_facts_alone, layer_of(parts))
        found = await run_sync(_facts_alone, await store.derived())
        differences += _graph_differences(wanted, found)
        ties = sum(edge.type == "COAUTHORED" for edge in found.edges.values())
    return Verification(
        records=len(records),
        decisions=len(log),
        nodes=len(expected.nodes),
        relationships=len(expected.edges),
        ties=ties,
        differences=tuple(differences[:MOST_DIFFERENCES]),
        more=max(len(differences) - MOST_DIFFERENCES, 0),
    )


def _options(stamped: dict[str, Any]) -> ClusterOptions:
    """The options that clusters were sought with, as their stamp says."""
    if not stamped:
        return DEFAULTS
    return ClusterOptions(
        resolution=stamped["resolution"],
        seeds=stamped["seeds"],
        without=tuple(stamped["without"]) or (NOBODY,),
        replicates=stamped["replicates"],
    )


def _facts_alone(layer: Graph) -> Graph:
    """The layer without what depends on earlier runs."""
    kept = Graph()
    kept.add(map(without_history, layer.nodes.values()))
    kept.add(layer.edges.values())
    return kept


def _graph_differences(expected: Graph, stored: Graph) -> list[str]:
    found = [
        f"node {node_id} is {stored.nodes.get(node_id)}, should be {expected.nodes.get(node_id)}"
        for node_id in sorted(expected.nodes.keys() | stored.nodes.keys())
        if expected.nodes.get(node_id) != stored.nodes.get(node_id)
    ]
    return found + [
        f"relationship {key} is {stored.edges.get(key)}, should be {expected.edges.get(key)}"
        for key in sorted(expected.edges.keys() | stored.edges.keys())
        if expected.edges.get(key) != stored.edges.get(key)
    ]
