"""A load through Neo4j's driver, beside a bare UNWIND + MERGE of the very same rows.

Each writes to a server of its own, just started, with the store's schema, in transactions of as
many papers. The bare one is given what the store works out: which nodes and relationships records
make, and how those that are there already change. The first papers are counted apart. `python -m tests.bench.driver_load` measures it
alone.
"""

import argparse
import asyncio
import gc
import json
import shutil
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import neo4j
from pydantic import SecretStr

from graph_service.cli.keeping import collecting_rarely
from graph_service.model.records import Record
from graph_service.model.schema import EDGE_TYPE
from graph_service.settings import Settings
from graph_service.store.batches import put_all
from graph_service.store.neo4j_server import Server
from graph_service.store.opening import open_store
from graph_service.store.protocol import GraphStore
from tests.bench import bibliography
from tests.bench.case import Case
from tests.bench.goals import B
from tests.bench.stores import PASSWORD, server_in, tell

NAME = "driver load"
# A load through the driver keeps its pace; so many papers show it.
PAPERS = 40_000
# Loaded before them: by then the server has compiled what it runs again and again.
FIRST = 20_000
# A label or type, and rows of it, in the order they were written; one list a transaction.
Rows = list[tuple[str, list[dict[str, Any]]]]
_NODES = "UNWIND $rows AS row MERGE (n:{0} {{id: row.id}}) SET n += row.properties"
_EDGES = (
    "UNWIND $rows AS row MATCH (a:{1} {{id: row.start}}) MATCH (b:{2} {{id: row.end}}) "
    "MERGE (a)-[r:{0}]->(b) SET r += row.properties"
)


async def measure(case: Case) -> dict[str, Any] | None:
    """Papers a second of both, at one size."""
    if not case.with_neo4j or case.papers != B:
        return None
    return {"figures": await compare(case.kept.folder.parent, PAPERS)}


async def compare(data: Path, papers: int) -> dict[str, Any]:
    """Load through the store, keep what it wrote, and write that again."""
    records = list(bibliography.bibliography(FIRST + papers))
    # Else a collection now and then looks at all of them, in the midst of a load.
    gc.collect()
    gc.freeze()
    transactions: list[Rows] = []
    async with _server(data) as (store, _):
        tell("  the store's load")
        ours = _Clock()
        with collecting_rarely():  # as the command has it
            await _load(store, records, transactions, ours)
        counts = await store.counts()
    async with _server(data) as (store, settings):
        tell("  the bare load")
        bare = _Clock()
        await asyncio.to_thread(_bare, settings, transactions, bare)
        if await store.counts() != counts:
            raise RuntimeError("the bare load did not make the same graph")
    rows = sum(len(rows) for transaction in transactions for _, rows in transaction)
    first = FIRST // store.records_a_batch
    return {
        "papers": papers,
        "rows a paper": round(rows / len(records), 1),
        "ordinary load: papers a second": round(papers / ours.since(first)),
        "bare UNWIND + MERGE of the same rows: papers a second": round(papers / bare.since(first)),
        "ordinary by bare": round(bare.since(first) / ours.since(first), 2),
        "papers before that, on a server just started": FIRST,
        "of these ordinary: papers a second": round(FIRST / ours.until(first)),
        "of these bare: papers a second": round(FIRST / bare.until(first)),
        "all, ordinary by bare": round(bare.since(0) / ours.since(0), 2),
        "ordinary load: CPU seconds of this process": round(ours.worked, 1),
        "ordinary load: seconds": round(ours.since(0), 1),
    }


class _Clock:
    """When each transaction was done."""

    def __init__(self) -> None:
        self._at = [perf_counter()]
        self._began = process_time()
        self.worked = 0.0

    def tick(self, *_: object) -> None:
        """Note that one more is done."""
        self._at.append(perf_counter())
        self.worked = process_time() - self._began

    def until(self, transactions: int) -> float:
        """Seconds of so many transactions at the beginning."""
        return self._at[transactions] - self._at[0]

    def since(self, transactions: int) -> float:
        """Seconds of all but so many at the beginning."""
        return self._at[-1] - self._at[transactions]


@asynccontextmanager
async def _server(data: Path) -> AsyncIterator[tuple[GraphStore, Settings]]:
    """An empty store on a server that was just started."""
    folder = data / "driver-load"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        with server_in(folder) as server:
            settings = Settings(
                store=server.bolt_uri, neo4j_user=server.user, neo4j_password=SecretStr(PASSWORD)
            )
            store = await open_store(settings.store, settings, create=True)
            try:
                yield store, settings
            finally:
                await store.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _load(
    store: GraphStore, records: Sequence[Record], transactions: list[Rows], clock: _Clock
) -> None:
    written = Server.in_parts
    last: Server | None = None

    async def kept(self: Server, name: str, fixed: dict[str, str], **listed: list[Any]) -> None:
        nonlocal last
        if self is not last:
            transactions.append([])
            last = self
        what = name.removeprefix("writes/put_")
        if what == name:
            raise RuntimeError(f"a first load has nothing to take away, but ran {name}")
        transactions[-1].append((what, listed["rows"]))
        await written(self, name, fixed, **listed)

    def batches() -> Iterator[Sequence[Record]]:
        for start in range(0, len(records), store.records_a_batch):
            yield records[start : start + store.records_a_batch]

    Server.in_parts = kept  # type: ignore[method-assign]
    try:
        async with store.writing():
            await put_all(store, batches(), clock.tick)
    finally:
        Server.in_parts = written  # type: ignore[method-assign]


def _bare(settings: Settings, transactions: Sequence[Rows], clock: _Clock) -> None:
    auth = (settings.neo4j_user, PASSWORD)
    with (
        neo4j.GraphDatabase.driver(settings.store, auth=auth) as driver,
        driver.session() as session,
    ):
        for rows in transactions:
            session.execute_write(_write, rows)
            clock.tick()


def _write(transaction: neo4j.ManagedTransaction, rows: Rows) -> None:
    for what, some in rows:
        kind = EDGE_TYPE.get(what)
        statement = _EDGES.format(what, kind.start, kind.end) if kind else _NODES.format(what)
        for start in range(0, len(some), 10_000):
            transaction.run(statement, rows=some[start : start + 10_000])


def main() -> None:
    """Measure it alone."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.driver_load", description=__doc__)
    parser.add_argument("--papers", type=int, default=PAPERS)
    parser.add_argument("--data", type=Path, default=Path("bench/data"))
    options = parser.parse_args()
    print(json.dumps(asyncio.run(compare(options.data.resolve(), options.papers)), indent=1))


if __name__ == "__main__":
    main()
