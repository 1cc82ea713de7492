"""The Neo4j store: reads, the derived layer, and the connection; facts are written next door.

Neo4j holds the graph of the schema for people and reports to look at, and beside it, in Record
nodes, what the sources said, from which every part can be made again.
"""

import logging
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from threading import Event
from typing import Any, TypeVar

import anyio
import neo4j
from anyio.to_thread import run_sync
from neo4j import (
    READ_ACCESS,
    AsyncDriver,
    AsyncGraphDatabase,
    AsyncManagedTransaction,
    AsyncTransaction,
    Query,
)
from neo4j.exceptions import (
    AuthError,
    ClientError,
    ConfigurationError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
    TransientError,
)

from graph_service.identity.units import ClosedUnits
from graph_service.model.errors import (
    QueryTimeout,
    SchemaMismatch,
    SettingsError,
    StoreBusy,
    StoreError,
    StoreUnavailable,
)
from graph_service.model.records import Decision, DecisionDraft, PaperRecord, Record
from graph_service.model.revision import FactsSum
from graph_service.model.schema import (
    EDGE_TYPES,
    NODE_TYPES,
    SCHEMA_VERSION,
    Edge,
    Layer,
    Node,
    Part,
)
from graph_service.settings import Settings
from graph_service.store.fold import SHARED, Graph, stored_record
from graph_service.store.neo4j_people import identity_part
from graph_service.store.neo4j_server import Server, ends, grouped, stored_node
from graph_service.store.neo4j_write import FactsWriter, works_part
from graph_service.store.prepared import PERSON_KEY, RECORD, WORK_KEY, Prepared
from graph_service.store.protocol import (
    AuthorFacts,
    Citation,
    DerivationStamp,
    PaperFacts,
    ProjectedAuthor,
    ProjectedPaper,
    Question,
    ReferenceCounts,
    Row,
    StoreState,
    WriteCounts,
)
from graph_service.store.statements import statement, statements

T = TypeVar("T")

RECORDS_A_PAGE = 2_000
# A transaction of some 300,000 relationships breaks a small server's memory limit.
ROWS_A_TRANSACTION = 10_000
ROWS_A_BATCH = 5_000
_COMPLETE = {-1: None, 0: False, 1: True}
WAIT_FOR_WRITER_SECONDS = 5.0
# For writes, and for reads of the whole graph, which take minutes at a million papers.
LONG_TIMEOUT_SECONDS = 1_800.0
RETRY_SECONDS = 10.0
SCHEMA_STATEMENTS_AT_ONCE = 3
SECONDS_BETWEEN_LOOKS = 0.1
NO_TIMEOUT = 0.0


class Neo4jStore:
    """One Neo4j database; see `store.protocol.GraphStore`."""

    records_a_batch = 4_000

    def __init__(self, name: str, driver: AsyncDriver, settings: Settings) -> None:
        self.name = name
        self._driver = driver
        self._database = settings.neo4j_database
        self._timeout = settings.query_timeout_seconds
        self.waiting = Event()
        self.waiting.set()
        self._writers = 0
        self._guard: AsyncTransaction | None = None

    @classmethod
    async def open(cls, name: str, settings: Settings, *, create: bool) -> "Neo4jStore":
        """Open the store of a server, making its schema if `create` says so.

        Raises:
            SettingsError: No password is set.
            StoreUnavailable: The server is away, refuses the password, or holds no store.
            SchemaMismatch: Another version of this program wrote it.
            StoreError: The database belongs to something else.
        """
        password = settings.password()
        if password is None:
            raise SettingsError(
                f"{name} needs a password: set COAUTHOR_GRAPH_NEO4J_PASSWORD "
                "(and COAUTHOR_GRAPH_NEO4J_USER if it is not neo4j)"
            )
        # What the driver would log of its retries ends in our errors or in nothing.
        logging.getLogger("neo4j").addHandler(logging.NullHandler())
        with _neo4j_errors(name):
            driver = _driver(name, settings.neo4j_user, password)
        store = cls(name, driver, settings)
        try:
            with _neo4j_errors(name):
                try:
                    await driver.verify_connectivity()
                except ValueError as error:  # how the driver says that there is no such host
                    raise ServiceUnavailable(str(error)) from error
            await store._check_or_create(create=create)
        except BaseException:
            await driver.close()
            raise
        return store

    async def _check_or_create(self, *, create: bool) -> None:
        (state,) = await self._rows(statement("reads/state"))
        version = state["schema_version"]
        if version is not None and version != SCHEMA_VERSION:
            raise SchemaMismatch(self.name, version, SCHEMA_VERSION)
        if version is not None:
            return
        if state["facts_revision"] is not None:  # a bulk load left it, without a server
            await self._make_schema()
            await self._driver.execute_query(
                statement("writes/set_schema_version"),
                schema_version=SCHEMA_VERSION,
                database_=self._database,
            )
            return
        if not create:
            raise StoreUnavailable(
                f"{self.name} holds no graph yet; fill it with: "
                f"coauthor-graph load FILE --store {self.name}"
            )
        if others := await self._rows(statement("reads/other_nodes")):
            raise StoreError(
                f"{self.name} holds data of another program (a node labelled "
                f"{':'.join(others[0]['labels'])}); use an empty database"
            )
        await self._make_schema()
        with _neo4j_errors(self.name):
            await self._driver.execute_query(
                statement("writes/create_store"),
                schema_version=SCHEMA_VERSION,
                facts_sum=FactsSum().stored,
                facts_revision=FactsSum().revision,
                database_=self._database,
            )

    async def _make_schema(self) -> None:
        """Make constraints and indexes, some at once, and wait for those that a store goes by.

        A full-text index is for people in Browser; over many papers it takes the server a while
        longer, during which everything else is there.
        """
        with _neo4j_errors(self.name):
            left = statements("schema/constraints")[::-1]
            failed: list[Neo4jError] = []

            async def work_off() -> None:
                while left and not failed:
                    try:
                        await self._make_constraint(left.pop())
                    except Neo4jError as error:
                        failed.append(error)

            async with anyio.create_task_group() as group:
                for _ in range(SCHEMA_STATEMENTS_AT_ONCE):
                    group.start_soon(work_off)
            if failed:
                raise failed[0]
            # Asked for now and then: one long wait would run into the server's own limit.
            while waiting := await self._rows(statement("reads/indexes_to_wait_for")):
                if failed_ones := [row["name"] for row in waiting if row["state"] == "FAILED"]:
                    raise StoreError(f"{self.name} could not fill its index {failed_ones[0]}")
                await anyio.sleep(SECONDS_BETWEEN_LOOKS)
            for index in statements("schema/texts"):
                await self._make_constraint(index)

    async def _make_constraint(self, constraint: str) -> None:
        @neo4j.unit_of_work(timeout=LONG_TIMEOUT_SECONDS)
        async def make(transaction: AsyncManagedTransaction) -> None:
            await (await transaction.run(constraint)).consume()

        try:
            async with self._driver.session(database=self._database) as session:
                await session.execute_write(make)
        except ClientError as error:  # another process made it in this very moment
            if "EquivalentSchemaRuleAlreadyExists" not in (error.code or ""):
                raise

    # -- reading --------------------------------------------------------------------------

    async def _stream(self, cypher: str, **parameters: Any) -> AsyncIterator[dict[str, Any]]:
        with _neo4j_errors(self.name):
            async with self._driver.session(
                database=self._database, default_access_mode=READ_ACCESS
            ) as session:
                query = Query(cypher, timeout=LONG_TIMEOUT_SECONDS)
                result = await session.run(query, parameters)
                async for row in result:
                    yield row.data()

    async def _rows(self, cypher: str, **parameters: Any) -> list[dict[str, Any]]:
        @neo4j.unit_of_work(timeout=self._timeout)
        async def read(transaction: AsyncManagedTransaction) -> list[dict[str, Any]]:
            result = await transaction.run(cypher, parameters)
            return await result.data()

        with _neo4j_errors(self.name):
            async with self._driver.session(
                database=self._database, default_access_mode=READ_ACCESS
            ) as session:
                return await session.execute_read(read)

    async def state(self) -> StoreState:
        """See the protocol."""
        (row,) = await self._rows(statement("reads/state"))
        if row["facts_revision"] is None:
            raise StoreUnavailable(f"{self.name}: the graph was removed from this database")
        derivation = row["derivation"]
        if derivation is not None:
            del derivation["id"]
        return StoreState(
            facts_revision=row["facts_revision"],
            derivation=DerivationStamp(**derivation) if derivation else None,
        )

    async def counts(self) -> tuple[dict[str, int], dict[str, int]]:
        """See the protocol."""
        nodes, relationships = {}, {}
        for label in sorted(node.label for node in NODE_TYPES if node.layer != "service"):
            (row,) = await self._rows(statement("reads/count_nodes", LABEL=label))
            nodes[label] = row["count"]
        for kind in sorted(edge.type for edge in EDGE_TYPES if edge.layer != "service"):
            (row,) = await self._rows(statement("reads/count_relationships", TYPE=kind))
            relationships[kind] = row["count"]
        return (
            {label: count for label, count in nodes.items() if count},
            {kind: count for kind, count in relationships.items() if count},
        )

    async def decisions(self) -> tuple[Decision, ...]:
        """See the protocol."""
        rows = await self._rows(statement("reads/decisions"))
        return tuple(Decision.model_validate_json(row["json"]) for row in rows)

    async def records(self, prefix: str = "") -> AsyncIterator[Record]:
        """See the protocol."""
        after = prefix
        while True:
            rows = await self._rows(
                statement("reads/records_after"), after=RECORD + after, limit=RECORDS_A_PAGE
            )
            for row in rows:
                record = stored_record(row["json"])
                after = record.id
                if not after.startswith(prefix):
                    return
                yield record
            if len(rows) < RECORDS_A_PAGE:
                return

    async def records_by_id(self, ids: Sequence[str]) -> dict[str, Record]:
        """See the protocol."""
        rows = await self._rows(
            statement("reads/records_by_id"), ids=[RECORD + id_ for id_ in sorted(set(ids))]
        )
        records = [stored_record(row["json"]) for row in rows]
        return {record.id: record for record in sorted(records, key=lambda record: record.id)}

    async def record_ids(self, *, paper: str | None = None, source: str | None = None) -> list[str]:
        """See the protocol."""
        if paper is not None:
            rows = await self._rows(statement("reads/record_ids_of_paper"), paper=paper)
        else:
            rows = await self._rows(statement("reads/record_ids_of_source"), source=source)
        return [row["id"].removeprefix(RECORD) for row in rows]

    async def _pages(self, name: str) -> AsyncIterator[neo4j.Record]:
        """Columns of some thousand nodes at a time, by id.

        A record a row would cost the driver ten times as long as all the rest, and one record
        of everything the server's memory.
        """
        after = ""
        while True:
            page = await self._page(statement(name), after)
            if page["ids"]:
                yield page
            if len(page["ids"]) < ROWS_A_BATCH:
                return
            after = page["ids"][-1]

    async def _page(self, cypher: str, after: str) -> neo4j.Record:
        @neo4j.unit_of_work(timeout=LONG_TIMEOUT_SECONDS)
        async def read(transaction: AsyncManagedTransaction) -> neo4j.Record:
            result = await transaction.run(cypher, after=after, limit=ROWS_A_BATCH)
            # Not `data()`, which copies every value once more in search of nodes.
            return await result.single(strict=True)

        with _neo4j_errors(self.name):
            async with self._driver.session(
                database=self._database, default_access_mode=READ_ACCESS
            ) as session:
                return await session.execute_read(read)

    async def project_papers(self) -> AsyncIterator[Sequence[ProjectedPaper]]:
        """See the protocol."""
        async for page in self._pages("reads/project_papers"):
            yield await run_sync(_papers_of, page)

    async def project_authors(self) -> AsyncIterator[Sequence[ProjectedAuthor]]:
        """See the protocol."""
        async for page in self._pages("reads/project_authors"):
            yield await run_sync(_authors_of, page)

    async def citations(self) -> AsyncIterator[Sequence[Citation]]:
        """See the protocol."""
        async for page in self._pages("reads/citations"):
            yield await run_sync(_citations_of, page)

    async def same_works(self) -> list[tuple[str, str, str]]:
        """See the protocol."""
        rows = await self._rows(statement("reads/same_works"))
        return [(row["a"], row["b"], row["rule"]) for row in rows]

    async def references(self) -> ReferenceCounts:
        """See the protocol."""
        (unresolved,) = await self._rows(statement("reads/unresolved_references"))
        (lists,) = await self._rows(statement("reads/reference_lists"))
        return ReferenceCounts(unresolved["count"], lists["partial"], lists["unsaid"])

    async def authors(self, ids: Sequence[str]) -> list[AuthorFacts]:
        """See the protocol."""
        found: dict[str, AuthorFacts] = {}
        for row in await self._rows(statement("reads/authors_by_id"), ids=list(ids)):
            author = stored_node("Author", row["author"])
            names = sorted(row["names"], key=lambda entry: str(entry["name"]["id"]))
            found[author.id] = AuthorFacts(
                author,
                tuple(
                    (
                        stored_node("Name", entry["name"]),
                        Edge("NAME_OF", entry["name"]["id"], author.id, entry["link"]),
                    )
                    for entry in names
                ),
                _joins_of(row["joins"]),
            )
        return [found[author] for author in ids if author in found]

    async def papers(self, ids: Sequence[str]) -> list[PaperFacts]:
        """See the protocol."""
        found: dict[str, PaperFacts] = {}
        for row in await self._rows(statement("reads/papers_by_id"), ids=list(ids)):
            paper = stored_node("Paper", row["paper"])
            authors = [
                (
                    Edge("AUTHORED", entry["author"]["id"], paper.id, entry["link"]),
                    stored_node("Author", entry["author"]),
                )
                for entry in row["authors"]
            ]
            links = [
                (
                    Edge(entry["type"], paper.id, entry["node"]["id"], entry["link"]),
                    stored_node(entry["label"], entry["node"]),
                )
                for entry in row["links"]
            ]
            found[paper.id] = PaperFacts(
                paper,
                tuple(
                    sorted(
                        authors,
                        key=lambda pair: (
                            "position" not in pair[0].properties,
                            pair[0].properties.get("position", 0),
                            pair[1].id,
                        ),
                    )
                ),
                tuple(sorted(links, key=lambda pair: (pair[0].type, pair[1].id))),
                tuple(sorted((other, rule) for other, rule in row["same_works"])),
            )
        return [found[paper] for paper in ids if paper in found]

    async def identity_part(self, names: Sequence[str]) -> ClosedUnits:
        """See the protocol."""
        return await self._read_whole(partial(identity_part, names=names))

    async def works_part(self, records: Sequence[str]) -> dict[str, PaperRecord]:
        """See the protocol."""
        return await self._read_whole(partial(works_part, records=records))

    async def _read_whole(self, read: Callable[[Server], Awaitable[T]]) -> T:
        """Read what hangs together in one transaction."""

        @neo4j.unit_of_work(timeout=LONG_TIMEOUT_SECONDS)
        async def work(transaction: AsyncManagedTransaction) -> T:
            return await read(Server(transaction))

        with _neo4j_errors(self.name):
            async with self._driver.session(
                database=self._database, default_access_mode=READ_ACCESS
            ) as session:
                return await session.execute_read(work)

    async def authors_known_as(self, text: str) -> list[str]:
        """See the protocol."""
        if ":" in text:  # as in every identifier, and in no key
            identified = statement("reads/authors_of_identifier")
            rows = await self._rows(identified, id=PERSON_KEY + text)
        else:
            rows = await self._rows(statement("reads/authors_of_key"), key=text)
        return [row["id"] for row in rows]

    async def papers_known_as(self, text: str) -> list[str]:
        """See the protocol."""
        rows = await self._rows(
            statement("reads/papers_known_as"), record=RECORD + text, key=WORK_KEY + text
        )
        return [row["id"] for row in rows]

    async def shelf(self, label: str, id: str | None = None) -> list[tuple[Node, list[str]]]:
        """See the protocol."""
        kind = {shared: kind for kind, shared in SHARED.items()}.get(label, "LISTED_IN")
        name = "reads/shelf" if id is None else "reads/on_shelf"
        rows = await self._rows(statement(name, LABEL=label, TYPE=kind), id=id)
        return [(stored_node(label, row["node"]), sorted(row["papers"])) for row in rows]

    async def graph(self) -> Graph:
        """See the protocol."""
        return await self._layer("facts")

    async def derived(self, part: Part | None = None) -> Graph:
        """See the protocol."""
        return await self._layer("derived", part)

    async def _layer(self, layer: Layer, part: Part | None = None) -> Graph:
        graph = Graph()
        for node in NODE_TYPES:
            if node.label != "Derivation" and node.layer == layer and part in (None, node.part):
                async for row in self._stream(statement("reads/all_nodes", LABEL=node.label)):
                    graph.add((stored_node(node.label, row["properties"]),))
        for edge in EDGE_TYPES:
            if edge.layer == layer and part in (None, edge.part):
                cypher = statement("reads/all_relationships", **ends(edge.type))
                async for row in self._stream(cypher):
                    graph.add((Edge(edge.type, row["start"], row["end"], row["properties"]),))
        return graph

    async def rows(self, question: Question, parameters: Mapping[str, Any]) -> list[Row]:
        """See the protocol."""
        return await self._rows(question.statement, **parameters)

    # -- writing --------------------------------------------------------------------------

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Hold the right to write, by a transaction that lives as long as this process wants.

        It locks one node and commits nothing. The server drops it with the connection, so a
        killed writer leaves no lock behind.
        """
        if self._writers:
            self._writers += 1
            try:
                yield
            finally:
                self._writers -= 1
            return
        with _neo4j_errors(self.name):
            session = self._driver.session(database=self._database)
        try:
            try:
                with _neo4j_errors(self.name), anyio.fail_after(WAIT_FOR_WRITER_SECONDS):
                    guard = await session.begin_transaction(timeout=NO_TIMEOUT)
                    await (await guard.run(statement("writes/hold_writer"))).consume()
            except TimeoutError as error:
                raise StoreBusy(self.name) from error
            self._writers, self._guard = 1, guard
            try:
                yield
            finally:
                self._writers, self._guard = 0, None
        finally:
            with anyio.CancelScope(shield=True):
                await session.close()

    async def _write(self, work: "FactsWriter | _LayerWork") -> Any:
        if not self._writers:
            raise RuntimeError("a write needs `async with store.writing()`")

        @neo4j.unit_of_work(timeout=LONG_TIMEOUT_SECONDS)
        async def write(transaction: AsyncManagedTransaction) -> Any:
            self.waiting.clear()
            try:
                return await work.run(Server(transaction, self.waiting))
            finally:
                self.waiting.set()  # for the commit

        with _neo4j_errors(self.name):
            # The driver would go on over a new connection, but the right to write is gone with
            # the one that held it.
            if self._guard is not None:
                await (await self._guard.run("RETURN 1")).consume()
            async with self._driver.session(database=self._database) as session:
                return await session.execute_write(write)

    async def put(self, records: Sequence[Record | Prepared]) -> WriteCounts:
        """See the protocol."""
        counts: WriteCounts = await self._write(FactsWriter(put=records))
        return counts

    async def remove(self, record_ids: Sequence[str]) -> WriteCounts:
        """See the protocol."""
        counts: WriteCounts = await self._write(FactsWriter(remove=record_ids))
        return counts

    async def decide(self, draft: DecisionDraft) -> Decision:
        """See the protocol."""
        writer = FactsWriter(decide=draft)
        await self._write(writer)
        return writer.appended[0]

    async def append(self, rows: Sequence[Decision]) -> None:
        """See the protocol."""
        await self._write(FactsWriter(append=rows))

    async def write_derived(self, stamp: DerivationStamp, layer: Graph) -> None:
        """See the protocol. By difference, in transactions of bounded size."""
        stored = await self.derived()
        gone_edges = [edge for key, edge in stored.edges.items() if key not in layer.edges]
        gone_nodes = [node for id_, node in stored.nodes.items() if id_ not in layer.nodes]
        new_nodes = [node for id_, node in layer.nodes.items() if stored.nodes.get(id_) != node]
        new_edges = [edge for key, edge in layer.edges.items() if stored.edges.get(key) != edge]
        await self._write(_LayerWork(stamp=replace(stamp, status="writing"), forget=True))
        for edges in _parts(gone_edges):
            await self._write(_LayerWork(delete_edges=edges))
        for nodes in _parts(gone_nodes):
            await self._write(_LayerWork(delete_nodes=nodes))
        for nodes in _parts(new_nodes):
            await self._write(_LayerWork(put_nodes=nodes))
        for edges in _parts(new_edges):
            await self._write(_LayerWork(put_edges=edges))
        await self._write(_LayerWork(stamp=stamp))

    async def close(self) -> None:
        """See the protocol."""
        await self._driver.close()


def _citations_of(page: neo4j.Record) -> list[Citation]:
    return [
        Citation(citing, cited, intent or None, _COMPLETE[said], None if in_text < 0 else in_text)
        for citing, *columns in zip(
            page["ids"],
            page["cited"],
            page["intents"],
            page["influential"],
            page["in_text"],
            strict=True,
        )
        for cited, intent, said, in_text in zip(*columns, strict=True)
    ]


def _papers_of(page: neo4j.Record) -> list[ProjectedPaper]:
    slots = [
        tuple(sorted(zip(authors, positions, strict=True)))
        for authors, positions in zip(page["authors"], page["positions"], strict=True)
    ]
    complete = [_COMPLETE[value] for value in page["complete"]]
    columns = (page["ids"], page["titles"], page["dates"], complete, slots)
    return [ProjectedPaper(*row) for row in zip(*columns, strict=True)]


def _authors_of(page: neo4j.Record) -> list[ProjectedAuthor]:
    variants = [tuple(names) for names in page["variants"]]
    columns = (page["ids"], page["names"], page["identities"], variants)
    return [ProjectedAuthor(*row) for row in zip(*columns, strict=True)]


def _driver(address: str, user: str, password: str) -> AsyncDriver:
    try:
        return AsyncGraphDatabase.driver(
            address,
            auth=(user, password),
            max_transaction_retry_time=RETRY_SECONDS,
            connection_timeout=RETRY_SECONDS,
            # This one counts the handshake in: some port may take calls and say nothing.
            connection_acquisition_timeout=RETRY_SECONDS,
            # Notifications are for people at a prompt; the tests look at plans themselves.
            notifications_min_severity="OFF",
        )
    except ValueError as error:  # how the standard library says that it is no URL
        raise ConfigurationError(str(error)) from error


def _joins_of(rows: Iterable[dict[str, Any]]) -> tuple[Edge, ...]:
    """Each relationship once, by both ends; one between two names of an author is read twice."""
    edges = (Edge("SAME_AS", row["start"], row["end"], row["link"]) for row in rows)
    by_key = {edge.key: edge for edge in edges}
    return tuple(by_key[key] for key in sorted(by_key))


def _parts(rows: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(rows), ROWS_A_TRANSACTION):
        yield rows[start : start + ROWS_A_TRANSACTION]


@dataclass(frozen=True, slots=True)
class _LayerWork:
    """One transaction of the derived layer."""

    stamp: DerivationStamp | None = None
    forget: bool = False
    delete_edges: Sequence[Edge] = ()
    delete_nodes: Sequence[Node] = ()
    put_nodes: Sequence[Node] = ()
    put_edges: Sequence[Edge] = ()

    async def run(self, server: Server) -> None:
        if self.forget:
            await server.rows("writes/forget_aside")
        if self.stamp is not None:
            await server.put_nodes([Node("Derivation", "derivation", asdict(self.stamp))])
        await server.delete_edges(self.delete_edges)
        for label, nodes in grouped(self.delete_nodes, key=lambda node: node.label):
            ids = [node.id for node in nodes]
            await server.rows("writes/delete_nodes", {"LABEL": label}, ids=ids)
        await server.put_nodes(self.put_nodes)
        await server.put_edges(self.put_edges)


@contextmanager
def _neo4j_errors(name: str) -> Iterator[None]:
    """Turn the driver's errors into ours, each with its remedy."""
    try:
        yield
    except AuthError as error:
        raise StoreUnavailable(
            f"{name} refuses the user or the password; check COAUTHOR_GRAPH_NEO4J_USER and "
            "COAUTHOR_GRAPH_NEO4J_PASSWORD"
        ) from error
    except (ServiceUnavailable, SessionExpired) as error:
        raise StoreUnavailable(
            f"{name} does not answer; is the server running there? "
            "(a local one is started with: make neo4j)"
        ) from error
    except (ClientError, TransientError) as error:
        code = error.code or ""
        if "TransactionTimedOut" in code or "LockClientStopped" in code or "Terminated" in code:
            raise QueryTimeout(f"{name}: a question ran into its time limit") from error
        if "DatabaseNotFound" in code:
            raise StoreUnavailable(
                f"{name} has no such database; check COAUTHOR_GRAPH_NEO4J_DATABASE"
            ) from error
        raise StoreError(f"{name}: {error.message}") from error
    except ConfigurationError as error:
        raise StoreUnavailable(
            f"{name} is no address of a Neo4j server: {error}; expected bolt://HOST:PORT"
        ) from error
    except Neo4jError as error:
        raise StoreError(f"{name}: {error.message}") from error
    except DriverError as error:
        raise StoreError(f"{name}: {error}") from error
