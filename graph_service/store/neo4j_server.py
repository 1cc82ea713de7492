"""The statements of one Neo4j transaction, with typed parameters and results."""

from collections.abc import Callable, Iterable
from threading import Event
from typing import Any, TypeVar

from neo4j import AsyncManagedTransaction, AsyncResult

from graph_service.model.records import Decision, Record
from graph_service.model.schema import EDGE_TYPE, Edge, Node
from graph_service.store.fold import stored_record
from graph_service.store.prepared import RECORD
from graph_service.store.statements import statement

T = TypeVar("T")

ROWS_A_STATEMENT = 10_000
# What is known not to be there need not be looked for.
_CREATE = {"MERGE": "CREATE"}


class _Rows(list[Any]):
    """Rows that are told by their number: the driver words all parameters, for a log it may not keep."""

    def __repr__(self) -> str:
        return f"[{len(self)} rows]"


class Server:
    """The statements of one transaction, with typed results."""

    def __init__(self, transaction: AsyncManagedTransaction, waiting: Event | None = None) -> None:
        """Begin.

        Args:
            transaction: Whose statements these are.
            waiting: Set while the server is waited for.
        """
        self._transaction = transaction
        self._waiting = waiting or Event()

    async def _run(self, cypher: str, parameters: dict[str, Any]) -> AsyncResult:
        self._waiting.set()
        try:
            return await self._transaction.run(cypher, parameters)
        finally:
            self._waiting.clear()

    async def rows(
        self, name: str, fixed: dict[str, str] | None = None, **parameters: Any
    ) -> list[dict[str, Any]]:
        """Run a statement of `cypher/` whose rows hold no nodes or relationships."""
        result = await self._run(statement(name, **(fixed or {})), parameters)
        # Not by `data()`, which looks for nodes in every value at any depth.
        return [dict(record) async for record in result]

    async def records(self, ids: Iterable[str]) -> dict[str, Record]:
        """Records by id; those that are not there are left out."""
        wanted = [RECORD + id_ for id_ in sorted(ids)]
        rows = await self.rows("reads/records_by_id", ids=wanted) if wanted else []
        records = [stored_record(row["json"]) for row in rows]
        return {record.id: record for record in records}

    async def count(self, label: str) -> int:
        """How many nodes a label has; the server knows without looking."""
        (row,) = await self.rows("reads/count_nodes", {"LABEL": label})
        return int(row["count"])

    async def log(self) -> list[Decision]:
        """The identity log."""
        rows = await self.rows("reads/decisions")
        return [Decision.model_validate_json(row["json"]) for row in rows]

    async def in_parts(self, name: str, fixed: dict[str, str], **listed: list[Any]) -> None:
        """Write by a statement that returns no rows from a long list, part by part.

        The server is at work on the last part when this returns; what follows, and at last the
        commit, waits for it.
        """
        ((parameter, values),) = listed.items()
        cypher = statement(name, **fixed)
        for start in range(0, len(values), ROWS_A_STATEMENT):
            part = _Rows(values[start : start + ROWS_A_STATEMENT])
            await self._run(cypher, {parameter: part})
            part.clear()  # the driver keeps what it sent until Python looks for cycles

    async def put_nodes(self, nodes: Iterable[Node], *, new: bool = False) -> None:
        """Write nodes, each in place of the one of its id; there is none where they are `new`."""
        for label, members in grouped(nodes, key=lambda node: node.label):
            rows = [{"id": node.id, "properties": node.properties} for node in members]
            await self.in_parts(f"writes/put_{label}", _CREATE if new else {}, rows=rows)

    async def put_edges(self, edges: Iterable[Edge], *, new: bool = False) -> None:
        """Write relationships between nodes that are there, each in place of the one of its key.

        There is none where they are `new`.
        """
        for kind, members in grouped(edges, key=lambda edge: edge.type):
            rows = [_row(edge) for edge in members]
            await self.in_parts(f"writes/put_{kind}", _CREATE if new else {}, rows=rows)

    async def delete_edges(self, edges: Iterable[Edge]) -> None:
        """Delete relationships by their keys."""
        for kind, members in grouped(edges, key=lambda edge: edge.type):
            rows = [_row(edge) for edge in members]
            if EDGE_TYPE[kind].keys:
                await self.in_parts(f"writes/delete_{kind}", {}, rows=rows)
            else:
                await self.in_parts("writes/delete_relationships", ends(kind), rows=rows)


def _row(edge: Edge) -> dict[str, Any]:
    return {"start": edge.start, "end": edge.end, "properties": edge.properties}


def ends(kind: str) -> dict[str, str]:
    """The placeholders of a relationship type."""
    edge = EDGE_TYPE[kind]
    return {"START_LABEL": edge.start, "TYPE": kind, "END_LABEL": edge.end}


def grouped(parts: Iterable[T], key: Callable[[T], str]) -> list[tuple[str, list[T]]]:
    """Group parts by a key, the keys ascending."""
    groups: dict[str, list[T]] = {}
    for part in parts:
        groups.setdefault(key(part), []).append(part)
    return sorted(groups.items())


def stored_node(label: str, properties: dict[str, Any]) -> Node:
    """Make a node of what the server says are its properties, its id among them."""
    return Node(
        label,
        properties["id"],
        {name: value for name, value in properties.items() if name != "id"},
    )
