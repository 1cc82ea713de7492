"""What the derived layer loses with an end of it, and gets back when both ends are there again.

Taking a record out and loading it again, or a decision and its undo, restore the facts revision,
so the derived layer counts as fresh; then it must be whole.
"""

from collections.abc import Sequence

import orjson

from graph_service.model.schema import EDGE_TYPE, EDGE_TYPES, Edge, Node
from graph_service.store.neo4j_server import Server, ends

_DERIVED = [edge for edge in EDGE_TYPES if edge.layer == "derived"]


async def set_aside(server: Server, label: str, ids: Sequence[str]) -> None:
    """Keep the derived relationships of nodes of a label that are about to be deleted."""
    for kind in _DERIVED:
        if ids and label in (kind.start, kind.end):
            rows = await server.rows("reads/relationships_of", ends(kind.type), ids=list(ids))
            edges = [Edge(kind.type, row["start"], row["end"], row["properties"]) for row in rows]
            await server.put_nodes(_aside(edge) for edge in edges)


async def bring_back(server: Server, label: str, ids: Sequence[str]) -> None:
    """Write what was kept of nodes of a label that are there again, where both ends are."""
    if not ids or not any(label in (kind.start, kind.end) for kind in _DERIVED):
        return
    if not await server.count("Aside"):
        return
    edges = [
        Edge(row["type"], row["start"], row["end"], orjson.loads(row["json"]))
        for row in await server.rows("reads/aside_of", ids=list(ids))
    ]
    present: set[str] = set()
    for end in sorted({end for edge in edges for end in _labels(edge)}):
        wanted = {
            node
            for edge in edges
            for node, its in zip((edge.start, edge.end), _labels(edge), strict=True)
            if its == end
        }
        rows = await server.rows("reads/present", {"LABEL": end}, ids=sorted(wanted))
        present |= {row["id"] for row in rows}
    whole = [edge for edge in edges if {edge.start, edge.end} <= present]
    await server.put_edges(whole)
    gone = [_aside(edge).id for edge in whole]
    await server.in_parts("writes/delete_nodes", {"LABEL": "Aside"}, ids=gone)


def _labels(edge: Edge) -> tuple[str, str]:
    kind = EDGE_TYPE[edge.type]
    return kind.start, kind.end


def _aside(edge: Edge) -> Node:
    return Node(
        "Aside",
        " ".join(edge.key),
        {
            "type": edge.type,
            "start": edge.start,
            "end": edge.end,
            "json": orjson.dumps(edge.properties).decode(),
        },
    )
