"""Verification: compute everything again from the records, and compare with what is stored."""

from dataclasses import dataclass

import orjson
from anyio.to_thread import run_sync

from graph_service.derive.ties import tie_edges
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
    a derived layer that is not stale.
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
        max_authors = orjson.loads(state.derivation.parameters)["ties"]["max_authors"]
        view = await Reader(store, max_authors=max_authors).view()
        wanted = Graph()
        wanted.add(tie_edges(view.graph))
        found = await store.derived()
        differences += _graph_differences(wanted, found)
        ties = len(found.edges)
    return Verification(
        records=len(records),
        decisions=len(log),
        nodes=len(expected.nodes),
        relationships=len(expected.edges),
        ties=ties,
        differences=tuple(differences[:MOST_DIFFERENCES]),
        more=max(len(differences) - MOST_DIFFERENCES, 0),
    )


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
