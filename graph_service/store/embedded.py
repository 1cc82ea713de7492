"""The embedded store: SQLite tables, in one file or in memory, and a networkx property graph.

Questions are answered from rows by key (`embedded_read`), which every write keeps beside the
records (`embedded_write`); the file needs no building when it is opened. The property graph is
for what walks all of it: it is built when first asked for, and again when the file's generation
has moved on. Readers see a finished graph: it is built aside and swapped in by one reference.
Every write is one SQLite transaction (write-ahead log, synchronous), so a process killed
anywhere leaves whole batches.
"""

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import asdict
from functools import partial
from itertools import chain
from pathlib import Path
from threading import Event, RLock
from typing import Any, TypeVar

import networkx as nx
import orjson
from anyio.to_thread import run_sync

from graph_service.identity.decide import number_decision
from graph_service.identity.units import ClosedUnits
from graph_service.model.errors import (
    DecisionConflict,
    SchemaMismatch,
    StoreBusy,
    StoreCorrupt,
    StoreError,
    StoreUnavailable,
)
from graph_service.model.records import Decision, DecisionDraft, PaperRecord, Record
from graph_service.model.revision import FactsSum
from graph_service.model.schema import (
    EDGE_TYPE,
    NODE_TYPES,
    SCHEMA_VERSION,
    Edge,
    Node,
    Part,
)
from graph_service.store.embedded_read import (
    PaperPages,
    author_facts,
    authors_known_as,
    authors_page,
    citations,
    count_derived,
    count_facts,
    derived_parts,
    facts_parts,
    paper_facts,
    papers_known_as,
    reference_counts,
    shelf,
)
from graph_service.store.embedded_rows import TABLES
from graph_service.store.embedded_write import (
    append_decisions,
    identity_part,
    put_records,
    records_by_id,
    remove_records,
    works_part,
)
from graph_service.store.fold import Graph, stored_record
from graph_service.store.prepared import Prepared
from graph_service.store.protocol import (
    LABEL,
    AuthorFacts,
    Citation,
    DerivationStamp,
    Labelled,
    PaperFacts,
    ProjectedAuthor,
    ProjectedPaper,
    Question,
    ReferenceCounts,
    Row,
    StoreState,
    WriteCounts,
)

T = TypeVar("T")

APPLICATION_ID = 0x43_4F_41_47
RECORDS_A_PAGE = 2_000
ROWS_A_BATCH = 4_000
# Up to so many cards are read between two steps of the event loop; a thread costs 0.1 ms.
CARDS_WITHOUT_A_THREAD = 20
# Ids come in no order, so every batch touches pages everywhere.
CACHE_KIBIBYTES = 65_536
# Some batches: a page that several of them change is copied to the file once.
PAGES_A_CHECKPOINT = 16_000
_LABELS = {node.label for node in NODE_TYPES}

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

    records_a_batch = 8_000
    waiting: Event | None = None  # no server does the work

    def __init__(
        self, name: str, connection: sqlite3.Connection, path: Path | None, timeout_seconds: float
    ) -> None:
        self.name = name
        self._connection = connection
        self._path = path
        self._timeout = timeout_seconds
        self._guard = RLock()
        self._writers = 0
        self._state: tuple[tuple[tuple[str, str], ...], StoreState] | None = None
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
            connection.execute(f"PRAGMA cache_size=-{CACHE_KIBIBYTES}")
            connection.execute(f"PRAGMA wal_autocheckpoint={PAGES_A_CHECKPOINT}")
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
            for statement in TABLES.split(";\n"):
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
            rows = tuple(self._connection.execute("SELECT name, value FROM meta"))
        # Asked before and after each question: read every time, made anew when it has changed.
        known = self._state
        if known is None or known[0] != rows:
            meta: dict[str, str] = dict(rows)
            derivation = meta.get("derivation")
            state = StoreState(
                facts_revision=FactsSum(meta["facts_sum"]).revision,
                derivation=DerivationStamp(**orjson.loads(derivation)) if derivation else None,
            )
            self._state = known = (rows, state)
        return known[1]

    async def put(self, records: Sequence[Record | Prepared]) -> WriteCounts:
        """See the protocol."""
        bare = [one.record if isinstance(one, Prepared) else one for one in records]
        return await self._write(partial(self._change, put_records, bare))

    async def remove(self, record_ids: Sequence[str]) -> WriteCounts:
        """See the protocol."""
        return await self._write(partial(self._change, remove_records, record_ids))

    def _change(
        self,
        change: Callable[[sqlite3.Connection, T, Sequence[Decision], FactsSum], WriteCounts],
        what: T,
        connection: sqlite3.Connection,
    ) -> WriteCounts:
        total = FactsSum(self._meta("facts_sum") or "0")
        counts = change(connection, what, self._log(connection), total)
        self._set_meta(facts_sum=total.stored)
        return counts

    async def decide(self, draft: DecisionDraft) -> Decision:
        """See the protocol."""

        def work(connection: sqlite3.Connection) -> Decision:
            log = self._log(connection)
            new = number_decision(log, draft)
            self._append(connection, log, [new], check=True)
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
            new = [row for row in rows if row.number not in known]
            self._append(connection, log, new, check=False)

        await self._write(work)

    def _append(
        self,
        connection: sqlite3.Connection,
        log: Sequence[Decision],
        rows: Sequence[Decision],
        *,
        check: bool,
    ) -> None:
        total = FactsSum(self._meta("facts_sum") or "0")
        append_decisions(connection, log, rows, total, check=check)
        self._set_meta(facts_sum=total.stored)

    async def decisions(self) -> tuple[Decision, ...]:
        """See the protocol."""
        with self._guard, _sqlite_errors(self.name):
            return tuple(self._log(self._connection))

    def _log(self, connection: sqlite3.Connection) -> list[Decision]:
        rows = connection.execute("SELECT json FROM decision ORDER BY number")
        return [Decision.model_validate_json(row[0]) for row in rows]

    async def records(self, prefix: str = "") -> AsyncIterator[Record]:
        """See the protocol."""
        after = prefix
        while True:
            page = await run_sync(self._page_of_records, after)
            for record in page:
                if not record.id.startswith(prefix):
                    return
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

    async def records_by_id(self, ids: Sequence[str]) -> dict[str, Record]:
        """See the protocol."""
        return self._read(partial(records_by_id, ids=ids))

    async def record_ids(self, *, paper: str | None = None, source: str | None = None) -> list[str]:
        """See the protocol."""
        query, value = "SELECT id FROM record WHERE source = ? ORDER BY id", source
        if paper is not None:
            query, value = (
                (
                    "SELECT record.id FROM paper CROSS JOIN record ON number = record "
                    "WHERE paper.id = ? ORDER BY record.id"
                ),
                paper,
            )
        with self._guard, _sqlite_errors(self.name):
            return [row[0] for row in self._connection.execute(query, (value,))]

    # -- derived layer --------------------------------------------------------------------

    async def derived(self, part: Part | None = None) -> Graph:
        """See the protocol. Rows of which an end is away stay in the file, unseen."""

        def read(connection: sqlite3.Connection) -> Graph:
            layer = Graph()
            layer.add(derived_parts(connection, part))
            return layer

        return await self._read_in_thread(read)

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

    # -- reading by key -------------------------------------------------------------------

    def _read(self, read: Callable[[sqlite3.Connection], T]) -> T:
        """Read rows of one moment; for some microseconds no thread is worth it."""
        with self._transaction(write=False) as connection:
            return read(connection)

    async def _read_in_thread(self, read: Callable[[sqlite3.Connection], T]) -> T:
        return await run_sync(self._read, read)

    async def authors(self, ids: Sequence[str]) -> list[AuthorFacts]:
        """See the protocol."""
        if len(ids) > CARDS_WITHOUT_A_THREAD:
            return await self._read_in_thread(partial(author_facts, ids=ids))
        return self._read(partial(author_facts, ids=ids))

    async def papers(self, ids: Sequence[str]) -> list[PaperFacts]:
        """See the protocol."""
        if len(ids) > CARDS_WITHOUT_A_THREAD:
            return await self._read_in_thread(partial(paper_facts, ids=ids))
        return self._read(partial(paper_facts, ids=ids))

    async def identity_part(self, names: Sequence[str]) -> ClosedUnits:
        """See the protocol."""

        def read(connection: sqlite3.Connection) -> ClosedUnits:
            return identity_part(connection, names, self._log(connection))

        return await self._read_in_thread(read)

    async def works_part(self, records: Sequence[str]) -> dict[str, PaperRecord]:
        """See the protocol."""

        def read(connection: sqlite3.Connection) -> dict[str, PaperRecord]:
            return works_part(connection, records, self._log(connection))

        return await self._read_in_thread(read)

    async def authors_known_as(self, text: str) -> list[str]:
        """See the protocol."""
        return self._read(partial(authors_known_as, text=text))

    async def papers_known_as(self, text: str) -> list[str]:
        """See the protocol."""
        return self._read(partial(papers_known_as, text=text))

    async def shelf(self, label: str, id: str | None = None) -> list[tuple[Node, list[str]]]:
        """See the protocol."""
        return await self._read_in_thread(partial(shelf, label=label, node_id=id))

    async def counts(self) -> tuple[dict[str, int], dict[str, int]]:
        """See the protocol."""
        state = await self.state()

        def read(connection: sqlite3.Connection) -> dict[str, int]:
            return count_facts(connection) | count_derived(connection, whole=not state.stale)

        counts = await self._read_in_thread(read)
        counts["Derivation"] = int(state.derivation is not None)
        return (
            {name: counts[name] for name in sorted(counts) if counts[name] and name in _LABELS},
            {name: counts[name] for name in sorted(counts) if counts[name] and name in EDGE_TYPE},
        )

    # -- streams --------------------------------------------------------------------------

    def project_papers(self) -> AsyncIterator[Sequence[ProjectedPaper]]:
        """See the protocol. A file is read at one moment, memory at that of each batch."""
        return self._pages(PaperPages().page)

    def project_authors(self) -> AsyncIterator[Sequence[ProjectedAuthor]]:
        """See the protocol. A file is read at one moment, memory at that of each batch."""
        return self._pages(authors_page)

    async def citations(self) -> AsyncIterator[Sequence[Citation]]:
        """See the protocol. Read at one moment."""

        def whole(
            connection: sqlite3.Connection, _after: str, _rows: int
        ) -> tuple[list[Citation], str | None]:
            return citations(connection), None

        async for found in self._pages(whole):
            yield found

    async def same_works(self) -> list[tuple[str, str, str]]:
        """See the protocol."""
        return self._read(
            lambda connection: connection.execute(
                "SELECT a, b, rule FROM same_work ORDER BY a, b"
            ).fetchall()
        )

    async def references(self) -> ReferenceCounts:
        """See the protocol."""
        with self._guard, _sqlite_errors(self.name):
            return reference_counts(self._connection)

    async def _pages(
        self, page: Callable[[sqlite3.Connection, str, int], tuple[list[T], str | None]]
    ) -> AsyncIterator[Sequence[T]]:
        """Read page by page, on a connection of its own so that nobody waits for the rest."""
        own = await run_sync(self._connect_to_read)
        after: str | None = ""
        try:
            while after is not None:
                found, after = await run_sync(self._page, page, own, after)
                if found:
                    yield found
        finally:
            if own is not None:
                own.close()

    def _page(
        self,
        page: Callable[[sqlite3.Connection, str, int], tuple[list[T], str | None]],
        own: sqlite3.Connection | None,
        after: str,
    ) -> tuple[list[T], str | None]:
        if own is None:
            return self._read(lambda connection: page(connection, after, ROWS_A_BATCH))
        with _sqlite_errors(self.name):
            return page(own, after, ROWS_A_BATCH)

    def _connect_to_read(self) -> sqlite3.Connection | None:
        if self._path is None:
            return None
        with _sqlite_errors(self.name):
            own = sqlite3.connect(
                self._path, isolation_level=None, check_same_thread=False, timeout=5
            )
            own.execute("BEGIN")
        return own

    # -- the whole graph ------------------------------------------------------------------

    async def rows(self, question: Question, parameters: Mapping[str, Any]) -> list[Row]:
        """See the protocol."""
        if question.twin is None:
            raise NotImplementedError
        graph = await self._built()
        ids: dict[str, list[str]] = graph.graph["ids_by_label"]
        return await run_sync(question.twin, Labelled(graph, ids, self._timeout), parameters)

    async def graph(self) -> Graph:
        """See the protocol."""

        def read(connection: sqlite3.Connection) -> Graph:
            facts = Graph()
            facts.add(facts_parts(connection))
            return facts

        return await self._read_in_thread(read)

    def property_graph(self) -> "nx.MultiDiGraph[str]":
        """The whole graph in networkx, as `to_networkx` lays it out.

        Built at first need and when the file has changed since; treat it as read-only.
        """
        with self._transaction(write=False) as connection:
            generation = int(self._meta("generation") or 0)
            if self._graph is not None and self._graph[0] == generation:
                return self._graph[1]
            stamp = self._meta("derivation")
            derivation = [Node("Derivation", "derivation", orjson.loads(stamp))] if stamp else []
            graph = to_networkx(
                chain(facts_parts(connection), derived_parts(connection, None), derivation)
            )
        self._graph = (generation, graph)
        return graph

    async def _built(self) -> "nx.MultiDiGraph[str]":
        with self._guard, _sqlite_errors(self.name):
            current = self._graph is not None and self._graph[0] == int(
                self._meta("generation") or 0
            )
        if current and self._graph is not None:
            return self._graph[1]
        return await run_sync(self.property_graph)

    async def close(self) -> None:
        """See the protocol."""
        self._connection.close()


def to_networkx(parts: Iterable[Node | Edge]) -> "nx.MultiDiGraph[str]":
    """Lay a graph out in networkx: attributes `node_label` and properties, edge key = `Edge.name`.

    Both ends of each edge are among the parts, in any order. `graph.graph["ids_by_label"]` maps
    each label to its ids, ascending.
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    labelled: dict[str, list[str]] = {}
    for part in parts:
        if isinstance(part, Node):
            graph.add_node(part.id, **{LABEL: part.label}, **part.properties)
            labelled.setdefault(part.label, []).append(part.id)
        else:
            graph.add_edge(part.start, part.end, part.name, **part.properties)
    graph.graph["ids_by_label"] = {label: sorted(set(ids)) for label, ids in labelled.items()}
    return graph


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
