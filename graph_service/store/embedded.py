"""The embedded store: a networkx property graph, durable in one SQLite file.

The file holds records, the identity log and derived rows; the graph is built from them when a
question first needs it, and again when the file's generation has moved on. Readers see a
finished graph: it is built aside and swapped in by one reference. Every write is one SQLite
transaction (write-ahead log, synchronous), so a process killed anywhere leaves whole batches.
"""

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

import networkx as nx
import orjson
from anyio.to_thread import run_sync

from graph_service.identity.decide import check_decision, number_decision
from graph_service.identity.units import (
    merge_units,
    split_mentions,
    units_of_record,
)
from graph_service.model.errors import (
    DecisionConflict,
    SchemaMismatch,
    StoreBusy,
    StoreCorrupt,
    StoreError,
    StoreUnavailable,
)
from graph_service.model.records import (
    Decision,
    DecisionDraft,
    PaperRecord,
    Record,
    SourceRecord,
    canonical_json,
)
from graph_service.model.revision import FactsSum
from graph_service.model.schema import EDGE_TYPE, NODE_TYPES, SCHEMA_VERSION, Edge, Node
from graph_service.store.fold import (
    LINKS,
    SHARED,
    Graph,
    build_graph,
    paper_id,
    stored_record,
)
from graph_service.store.protocol import (
    LABEL,
    AuthorFacts,
    DerivationStamp,
    Labelled,
    PaperFacts,
    ProjectedAuthor,
    ProjectedPaper,
    Question,
    Row,
    StoreState,
    WriteCounts,
)

T = TypeVar("T")

APPLICATION_ID = 0x43_4F_41_47
RECORDS_A_PAGE = 2_000
_FACTS = {node.label for node in NODE_TYPES if node.layer == "facts"}
_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE record (
    id TEXT PRIMARY KEY, source TEXT NOT NULL, paper TEXT, json BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX record_source ON record (source);
CREATE INDEX record_paper ON record (paper);
CREATE TABLE decision (number INTEGER PRIMARY KEY, json BLOB NOT NULL);
CREATE TABLE derived_node (id TEXT PRIMARY KEY, label TEXT NOT NULL, json BLOB NOT NULL)
    WITHOUT ROWID;
CREATE TABLE derived_edge (
    type TEXT NOT NULL, start TEXT NOT NULL, end TEXT NOT NULL, name TEXT NOT NULL,
    json BLOB NOT NULL, PRIMARY KEY (name, start, end)
) WITHOUT ROWID;
"""

_REMEDIES = {
    "attempt to write a readonly database": "the file, or its folder, is read-only; "
    "make both writable, or write to a copy",
    "unable to open database file": "the file cannot be opened; may this user read and write it, "
    "and its folder?",
    "disk I/O error": "the disk did not take or give what was asked (over a quota, or failing?); "
    "what was written before is whole",
}


class EmbeddedStore:
    """One SQLite file, or nothing but memory; see `store.protocol.GraphStore`."""

    def __init__(
        self, name: str, connection: sqlite3.Connection, path: Path | None, timeout_seconds: float
    ) -> None:
        self.name = name
        self._connection = connection
        self._path = path
        self._timeout = timeout_seconds
        self._guard = RLock()
        self._writers = 0
        self._graph: tuple[int, nx.MultiDiGraph[str]] | None = None

    @classmethod
    def open(
        cls, name: str, path: Path | None, *, create: bool, timeout_seconds: float
    ) -> "EmbeddedStore":
        """Open the store at `path` (absent: in memory), making it if `create` says so.

        `timeout_seconds` is how long a report may take.

        Raises:
            StoreUnavailable: There is no such file, or it cannot be opened.
            StoreCorrupt: The file is something else.
            SchemaMismatch: Another version of this program wrote it.
        """
        path = path.expanduser() if path is not None else None
        if path is not None and path.is_dir():
            raise StoreUnavailable(
                f"{path} is a folder; name a file, as in file:{path}/graph.sqlite"
            )
        if path is not None and not path.exists() and not create:
            raise StoreUnavailable(
                f"there is no store at {path}; make one with: "
                f"coauthor-graph load FILE --store file:{path}"
            )
        with _sqlite_errors(name):
            connection = sqlite3.connect(
                path or ":memory:", isolation_level=None, check_same_thread=False, timeout=5
            )
            store = cls(name, connection, path, timeout_seconds)
            try:
                store._check_or_create(create or path is None)
            except BaseException:
                connection.close()
                raise
        return store

    def _check_or_create(self, create: bool) -> None:
        with self._transaction(write=False):
            made = self._is_made()
        if not create:
            if made:
                return
            raise StoreUnavailable(
                f"{self.name} holds nothing yet; fill it with: "
                f"coauthor-graph load FILE --store {self.name}"
            )
        if not made:
            self._make()
        if self._path is not None:
            # Done with every load: a kill may have come between making the store and this.
            with suppress(sqlite3.OperationalError):  # another process is at it
                self._connection.execute("PRAGMA journal_mode=WAL")

    def _make(self) -> None:
        with self._transaction() as connection:
            if self._is_made():  # by another process, a moment ago
                return
            for statement in _TABLES.split(";\n"):
                connection.execute(statement)
            self._set_meta(facts_sum="0" * 32, generation="0")
            connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")

    def _is_made(self) -> bool:
        """Tell a store from an empty file; inside a transaction, so that all is of one moment."""
        (tables,) = self._connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        (application_id,) = self._connection.execute("PRAGMA application_id").fetchone()
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if application_id != APPLICATION_ID and tables:
            raise StoreCorrupt(
                f"{self.name} is a database of another program, not a store; give another path"
            )
        if application_id == APPLICATION_ID and version != SCHEMA_VERSION:
            raise SchemaMismatch(self.name, version, SCHEMA_VERSION)
        return bool(application_id == APPLICATION_ID)

    # -- transactions ---------------------------------------------------------------------

    @contextmanager
    def _transaction(self, *, write: bool = True) -> Iterator[sqlite3.Connection]:
        with self._guard, _sqlite_errors(self.name):
            self._connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            try:
                yield self._connection
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    async def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run one write transaction in a thread; the generation moves on with it."""
        if not self._writers:
            raise RuntimeError("a write needs `async with store.writing()`")

        def transaction() -> T:
            with self._transaction() as connection:
                result = work(connection)
                self._set_meta(generation=str(int(self._meta("generation") or 0) + 1))
                return result

        return await run_sync(transaction)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Hold the right to write, by a lock that the system drops with the process."""
        lock: sqlite3.Connection | None = None
        if self._path is not None and not self._writers:
            # A second SQLite file serves as a lock that works on every system: an exclusive
            # transaction on it stays open for as long as this process writes.
            with _sqlite_errors(self.name):
                lock = sqlite3.connect(
                    f"{self._path}.lock", isolation_level=None, timeout=0, check_same_thread=False
                )
                try:
                    lock.execute("BEGIN EXCLUSIVE")
                except sqlite3.OperationalError:
                    lock.close()
                    raise
        self._writers += 1
        try:
            yield
        finally:
            self._writers -= 1
            if lock is not None:
                lock.close()

    def _meta(self, name: str) -> str | None:
        row = self._connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else None

    def _set_meta(self, **values: str) -> None:
        self._connection.executemany(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            list(values.items()),
        )

    # -- facts ----------------------------------------------------------------------------

    async def state(self) -> StoreState:
        """See the protocol. One indexed read of a few microseconds: no thread is worth it."""
        with self._guard, _sqlite_errors(self.name):
            rows: dict[str, str] = dict(self._connection.execute("SELECT name, value FROM meta"))
        derivation = rows.get("derivation")
        return StoreState(
            facts_revision=FactsSum(rows["facts_sum"]).revision,
            derivation=DerivationStamp(**orjson.loads(derivation)) if derivation else None,
        )

    async def put(self, records: Sequence[Record]) -> WriteCounts:
        """See the protocol."""
        return await self._write(partial(self._put, records))

    def _put(self, records: Sequence[Record], connection: sqlite3.Connection) -> WriteCounts:
        total = FactsSum(self._meta("facts_sum") or "0")
        new = replaced = unchanged = 0
        for record in records:
            content = canonical_json(record)
            row = connection.execute(
                "SELECT json FROM record WHERE id = ?", (record.id,)
            ).fetchone()
            if row is not None and row[0] == content:
                unchanged += 1
                continue
            if row is not None:
                total.remove(row[0])
            total.add(content)
            new, replaced = new + (row is None), replaced + (row is not None)
            paper = record if isinstance(record, PaperRecord) else None
            connection.execute(
                "INSERT INTO record VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
                "paper = excluded.paper, json = excluded.json",
                (
                    record.id,
                    _source_of(record),
                    paper_id(paper) if paper else None,
                    content,
                ),
            )
        self._set_meta(facts_sum=total.stored)
        return WriteCounts(new=new, replaced=replaced, unchanged=unchanged)

    async def remove(self, record_ids: Sequence[str]) -> WriteCounts:
        """See the protocol."""
        return await self._write(partial(self._remove, record_ids))

    def _remove(self, record_ids: Sequence[str], connection: sqlite3.Connection) -> WriteCounts:
        total = FactsSum(self._meta("facts_sum") or "0")
        removed = 0
        for record_id in record_ids:
            row = connection.execute(
                "DELETE FROM record WHERE id = ? RETURNING json", (record_id,)
            ).fetchone()
            if row is not None:
                total.remove(row[0])
                removed += 1
        self._set_meta(facts_sum=total.stored)
        return WriteCounts(removed=removed)

    async def decide(self, draft: DecisionDraft) -> Decision:
        """See the protocol."""

        def work(connection: sqlite3.Connection) -> Decision:
            log = self._log(connection)
            new = number_decision(log, draft)
            split = split_mentions([*log, new])
            units = merge_units(
                unit
                for record in self._all_records(connection)
                if isinstance(record, PaperRecord)
                for _, unit in units_of_record(record, split)
            )
            check_decision(units, log, new)
            self._append(connection, log, [new])
            return new

        return await self._write(work)

    async def append(self, rows: Sequence[Decision]) -> None:
        """See the protocol."""

        def work(connection: sqlite3.Connection) -> None:
            log = self._log(connection)
            known = {row.number: row for row in log}
            for row in rows:
                if known.get(row.number, row) != row:
                    raise DecisionConflict("its number is taken by another decision", [row.id])
            self._append(connection, log, [row for row in rows if row.number not in known])

        await self._write(work)

    def _append(
        self, connection: sqlite3.Connection, log: list[Decision], rows: Sequence[Decision]
    ) -> None:
        connection.executemany(
            "INSERT INTO decision VALUES (?, ?)",
            [(row.number, canonical_json(row)) for row in rows],
        )
        total = FactsSum(self._meta("facts_sum") or "0")
        total.replace_log(log, [*log, *rows])
        self._set_meta(facts_sum=total.stored)

    async def decisions(self) -> tuple[Decision, ...]:
        """See the protocol."""
        with self._guard, _sqlite_errors(self.name):
            return tuple(self._log(self._connection))

    def _log(self, connection: sqlite3.Connection) -> list[Decision]:
        rows = connection.execute("SELECT json FROM decision ORDER BY number")
        return [Decision.model_validate_json(row[0]) for row in rows]

    def _all_records(self, connection: sqlite3.Connection) -> Iterator[Record]:
        for row in connection.execute("SELECT json FROM record ORDER BY id"):
            yield stored_record(row[0])

    async def records(self) -> AsyncIterator[Record]:
        """See the protocol."""
        after = ""
        while True:
            page = await run_sync(self._page_of_records, after)
            for record in page:
                yield record
            if len(page) < RECORDS_A_PAGE:
                return
            after = page[-1].id

    def _page_of_records(self, after: str) -> list[Record]:
        with self._guard, _sqlite_errors(self.name):
            rows = self._connection.execute(
                "SELECT json FROM record WHERE id > ? ORDER BY id LIMIT ?", (after, RECORDS_A_PAGE)
            ).fetchall()
        return [stored_record(row[0]) for row in rows]

    async def record_ids(self, *, paper: str | None = None, source: str | None = None) -> list[str]:
        """See the protocol."""
        column, value = ("paper", paper) if paper is not None else ("source", source)
        with self._guard, _sqlite_errors(self.name):
            rows = self._connection.execute(
                f"SELECT id FROM record WHERE {column} = ? ORDER BY id", (value,)
            )
            return [row[0] for row in rows]

    # -- derived layer --------------------------------------------------------------------

    async def derived(self) -> Graph:
        """See the protocol. Rows of which an end is away stay in the file, unseen."""
        graph = await self._read()
        layer = Graph()
        for node in NODE_TYPES:
            if node.layer == "derived" and node.label != "Derivation":
                layer.add(_node(graph, node_id) for node_id in _ids(graph, node.label))
        layer.add(edge for edge in _edges(graph) if EDGE_TYPE[edge.type].layer == "derived")
        return layer

    async def write_derived(self, stamp: DerivationStamp, layer: Graph) -> None:
        """See the protocol."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM derived_node")
            connection.execute("DELETE FROM derived_edge")
            connection.executemany(
                "INSERT INTO derived_node VALUES (?, ?, ?)",
                (
                    (node.id, node.label, orjson.dumps(node.properties))
                    for node in layer.nodes.values()
                ),
            )
            connection.executemany(
                "INSERT INTO derived_edge VALUES (?, ?, ?, ?, ?)",
                (
                    (edge.type, edge.start, edge.end, edge.name, orjson.dumps(edge.properties))
                    for edge in layer.edges.values()
                ),
            )
            self._set_meta(derivation=orjson.dumps(asdict(stamp)).decode())

        await self._write(work)

    async def rows(self, question: Question, parameters: Mapping[str, Any]) -> list[Row]:
        """See the protocol."""
        if question.twin is None:
            raise NotImplementedError
        graph = await self._read()
        ids: dict[str, list[str]] = graph.graph["ids_by_label"]
        return await run_sync(question.twin, Labelled(graph, ids, self._timeout), parameters)

    # -- the graph ------------------------------------------------------------------------

    def property_graph(self) -> "nx.MultiDiGraph[str]":
        """The whole graph in networkx, as `to_networkx` lays it out.

        Built at first need and when the file has changed since; treat it as read-only.
        """
        with self._guard, _sqlite_errors(self.name):
            generation = int(self._meta("generation") or 0)
            if self._graph is not None and self._graph[0] == generation:
                return self._graph[1]
            with self._transaction(write=False) as connection:
                generation = int(self._meta("generation") or 0)
                facts = build_graph(self._all_records(connection), self._log(connection))
                facts.add(_derived_parts(connection))
                derivation = self._meta("derivation")
        if derivation is not None:
            facts.add((Node("Derivation", "derivation", orjson.loads(derivation)),))
        graph = to_networkx(facts)
        self._graph = (generation, graph)
        return graph

    async def _read(self) -> "nx.MultiDiGraph[str]":
        with self._guard, _sqlite_errors(self.name):
            current = self._graph is not None and self._graph[0] == int(
                self._meta("generation") or 0
            )
        if current and self._graph is not None:
            return self._graph[1]
        return await run_sync(self.property_graph)

    async def graph(self) -> Graph:
        """See the protocol."""
        graph = await self._read()
        facts = Graph()
        facts.add(_node(graph, node_id) for node_id, label in _labels(graph) if label in _FACTS)
        facts.add(edge for edge in _edges(graph) if EDGE_TYPE[edge.type].layer == "facts")
        return facts

    async def counts(self) -> tuple[dict[str, int], dict[str, int]]:
        """See the protocol."""
        graph = await self._read()
        return (
            _count(label for _, label in _labels(graph)),
            _count(edge.type for edge in _edges(graph)),
        )

    async def project_papers(self) -> AsyncIterator[ProjectedPaper]:
        """See the protocol."""
        graph = await self._read()
        for node_id in _ids(graph, "Paper"):
            paper = graph.nodes[node_id]
            yield ProjectedPaper(
                id=node_id,
                title=paper["title"],
                date=paper.get("date", ""),
                complete=paper.get("authors_complete"),
                slots=tuple(
                    sorted(
                        (author, properties.get("position", 0))
                        for author, _, kind, properties in graph.in_edges(
                            node_id, keys=True, data=True
                        )
                        if kind == "AUTHORED"
                    )
                ),
            )

    async def project_authors(self) -> AsyncIterator[ProjectedAuthor]:
        """See the protocol."""
        graph = await self._read()
        for node_id in _ids(graph, "Author"):
            author = graph.nodes[node_id]
            yield ProjectedAuthor(
                node_id, author["name"], author["identity"], tuple(author["name_variants"])
            )

    async def authors(self, ids: Sequence[str]) -> list[AuthorFacts]:
        """See the protocol."""
        graph = await self._read()
        return [
            AuthorFacts(
                _node(graph, author),
                tuple(
                    (_node(graph, name), Edge(kind, name, author, dict(properties)))
                    for name, _, kind, properties in sorted(
                        graph.in_edges(author, keys=True, data=True), key=lambda edge: edge[0]
                    )
                    if kind == "NAME_OF"
                ),
            )
            for author in ids
            if graph.nodes.get(author, {}).get(LABEL) == "Author"
        ]

    async def papers(self, ids: Sequence[str]) -> list[PaperFacts]:
        """See the protocol."""
        graph = await self._read()
        return [
            PaperFacts(
                _node(graph, paper),
                tuple(
                    (Edge(kind, author, paper, dict(properties)), _node(graph, author))
                    for author, _, kind, properties in sorted(
                        graph.in_edges(paper, keys=True, data=True),
                        key=lambda edge: (
                            "position" not in edge[3],
                            edge[3].get("position", 0),
                            edge[0],
                        ),
                    )
                    if kind == "AUTHORED"
                ),
                tuple(
                    (Edge(kind, paper, end, dict(properties)), _node(graph, end))
                    for _, end, kind, properties in sorted(
                        graph.out_edges(paper, keys=True, data=True),
                        key=lambda edge: (edge[2], edge[1]),
                    )
                    if kind in LINKS
                ),
            )
            for paper in ids
            if graph.nodes.get(paper, {}).get(LABEL) == "Paper"
        ]

    async def authors_of_key(self, key: str) -> list[str]:
        """See the protocol."""
        graph = await self._read()
        by_key: dict[str, set[str]] = graph.graph["authors_by_key"]
        return sorted(by_key.get(key, ()))

    async def shelf(self, label: str, id: str | None = None) -> list[tuple[Node, list[str]]]:
        """See the protocol."""
        graph = await self._read()
        relation = {shared: kind for kind, shared in SHARED.items()}.get(label, "LISTED_IN")
        wanted = _ids(graph, label) if id is None else [id]
        return [
            (
                _node(graph, node_id),
                sorted(
                    paper
                    for paper, _, kind in graph.in_edges(node_id, keys=True)
                    if kind == relation
                ),
            )
            for node_id in wanted
            if graph.nodes.get(node_id, {}).get(LABEL) == label
        ]

    async def close(self) -> None:
        """See the protocol."""
        self._connection.close()


def to_networkx(parts: Graph) -> "nx.MultiDiGraph[str]":
    """Lay a graph out in networkx: attributes `node_label` and properties, edge key = `Edge.name`.

    An edge of which an end is away is left out. `graph.graph["authors_by_key"]` maps each name
    key to the authors who bear it, `graph.graph["ids_by_label"]` each label to its ids,
    ascending.
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    labelled: dict[str, list[str]] = {}
    for node in parts.nodes.values():
        graph.add_node(node.id, **{LABEL: node.label}, **node.properties)
        labelled.setdefault(node.label, []).append(node.id)
    by_key: dict[str, set[str]] = {}
    for edge in parts.edges.values():
        if edge.start not in parts.nodes or edge.end not in parts.nodes:
            continue
        graph.add_edge(edge.start, edge.end, edge.name, **edge.properties)
        if edge.type == "NAME_OF":
            by_key.setdefault(graph.nodes[edge.start]["key"], set()).add(edge.end)
    graph.graph["authors_by_key"] = by_key
    graph.graph["ids_by_label"] = {label: sorted(ids) for label, ids in labelled.items()}
    return graph


def _derived_parts(connection: sqlite3.Connection) -> Iterator[Node | Edge]:
    for node_id, label, properties in connection.execute("SELECT * FROM derived_node"):
        yield Node(label, node_id, orjson.loads(properties))
    for kind, start, end, _, properties in connection.execute("SELECT * FROM derived_edge"):
        yield Edge(kind, start, end, orjson.loads(properties))


def _source_of(record: Record) -> str:
    return record.name if isinstance(record, SourceRecord) else record.source


def _labels(graph: "nx.MultiDiGraph[str]") -> Iterator[tuple[str, str]]:
    for node_id, attributes in graph.nodes(data=True):
        yield node_id, attributes[LABEL]


def _node(graph: "nx.MultiDiGraph[str]", node_id: str) -> Node:
    attributes: dict[str, Any] = dict(graph.nodes[node_id])
    return Node(attributes.pop(LABEL), node_id, attributes)


def _ids(graph: "nx.MultiDiGraph[str]", label: str) -> list[str]:
    labelled: dict[str, list[str]] = graph.graph["ids_by_label"]
    return labelled.get(label, [])


def _edges(graph: "nx.MultiDiGraph[str]") -> Iterator[Edge]:
    for start, end, name, properties in graph.edges(keys=True, data=True):
        yield Edge(name.partition(" ")[0], start, end, dict(properties))


def _count(kinds: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for kind in kinds:
        counts[kind] = counts.get(kind, 0) + 1
    return dict(sorted(counts.items()))


@contextmanager
def _sqlite_errors(name: str) -> Iterator[None]:
    """Turn SQLite's errors into ours; what was under way is rolled back."""
    try:
        yield
    except sqlite3.OperationalError as error:
        reason = str(error)
        if "locked" in reason or "busy" in reason:
            raise StoreBusy(name) from error
        if "full" in reason:
            raise StoreError(
                f"{name}: the disk is full; what was written before is whole. "
                "Make room and run the same command again"
            ) from error
        raise StoreUnavailable(f"{name}: {_REMEDIES.get(reason, reason)}") from error
    except sqlite3.DatabaseError as error:
        raise StoreCorrupt(f"{name} is no store or is damaged: {error}") from error
