"""Reading what a store wrote without the store's own methods."""

from collections.abc import Callable
from typing import Any, NamedTuple

import neo4j

from graph_service.store.embedded import EmbeddedStore
from graph_service.store.fold import Graph
from graph_service.store.protocol import GraphStore


class Tie(NamedTuple):
    """A COAUTHORED, flat."""

    a: str
    b: str
    papers: int
    weight: float
    first_year: int | None
    last_year: int | None


def ties_of(layer: Graph) -> list[Tie]:
    """The ties of a derived layer, by both ids."""
    return sorted(
        Tie(
            edge.start,
            edge.end,
            *(edge.properties.get(name) for name in Tie._fields[2:]),  # type: ignore[arg-type]
        )
        for edge in layer.edges.values()
        if edge.type == "COAUTHORED"
    )


Authored = set[tuple[str, str, int | None, str]]


def authored(store: GraphStore, raw: Callable[[], neo4j.Driver]) -> Authored:
    """(author name, paper title, position, name as printed) of every authorship."""
    if isinstance(store, EmbeddedStore):
        graph = store.property_graph()
        return {
            (
                graph.nodes[author]["name"],
                graph.nodes[paper]["title"],
                properties.get("position"),
                properties["name_as_printed"],
            )
            for author, paper, kind, properties in graph.edges(keys=True, data=True)
            if kind == "AUTHORED"
        }
    rows = raw().execute_query(
        "MATCH (a:Author)-[r:AUTHORED]->(p:Paper) "
        "RETURN a.name, p.title, r.position, r.name_as_printed"
    )
    return {tuple(row.values()) for row in rows.records}  # type: ignore[misc]


def labels(store: GraphStore, raw: Callable[[], neo4j.Driver]) -> dict[str, set[str]]:
    """The ids under every label, what only the store needs for itself left out."""
    found: dict[str, set[str]] = {}
    if isinstance(store, EmbeddedStore):
        pairs: Any = store.property_graph().nodes(data="node_label")
    else:
        rows = raw().execute_query("MATCH (n) RETURN n.id, labels(n)[0]")
        pairs = [tuple(row.values()) for row in rows.records]
    for id_, label in pairs:
        if label not in ("Record", "Store", "Writer", "Aside"):
            found.setdefault(label, set()).add(id_)
    return found


Relationships = dict[tuple[str, str, str], list[dict[str, Any]]]


def relationships(
    store: GraphStore, raw: Callable[[], neo4j.Driver], kinds: frozenset[str]
) -> Relationships:
    """(type, start, end) of every relationship of these types, with the properties of each.

    Several between the same ends come by their properties as text.
    """
    found: Relationships = {}
    if isinstance(store, EmbeddedStore):
        rows: Any = (
            (name.split(" ")[0], start, end, dict(properties))
            for start, end, name, properties in store.property_graph().edges(keys=True, data=True)
        )
    else:
        rows = (
            tuple(row.values())
            for row in raw()
            .execute_query("MATCH (a)-[r]->(b) RETURN type(r), a.id, b.id, properties(r)")
            .records
        )
    for kind, start, end, properties in rows:
        if kind in kinds:
            found.setdefault((kind, start, end), []).append(properties)
    for several in found.values():
        several.sort(key=lambda properties: sorted(properties.items()).__repr__())
    return found
