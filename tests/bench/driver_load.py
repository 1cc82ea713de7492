"""A load through Neo4j's driver, beside a bare UNWIND + MERGE of the very same rows.

Each writes to a server of its own, just started, with the store's schema: what the store has
written in one transaction, the bare one writes next, in one too, so that both see the machine as
quick or slow as it is. The bare one is given what the store works out: which nodes and
relationships records make, and how those that are there already change. The first papers are
counted apart. `python -m tests.bench.driver_load` measures it alone.
"""

import argparse
import asyncio
import gc
import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
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
from graph_service.store.protocol import GraphStore, WriteCounts
from tests.bench import bibliography
from tests.bench.case import Case
from tests.bench.goals import B
from tests.bench.stores import PASSWORD, emptied, server_in

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
    """Load batch after batch, by the store and by bare statements."""
    records = list(bibliography.bibliography(FIRST + papers))
    # Else a collection now and then looks at all of them, in the midst of a load.
    gc.collect()
    gc.freeze()
    async with (
        _server(data / "driver-load") as (store, _),
        _server(data / "driver-load-bare") as (bare_store, settings),
    ):
        with _bare(settings) as bare, collecting_rarely():  # as the command has it
            took = await _load(store, records, bare)
        if await store.counts() != await bare_store.counts():
            raise RuntimeError("the bare load did not make the same graph")
    first = FIRST // store.records_a_batch
    ours_first, ours_rest = sum(took.ours[:first]), sum(took.ours[first:])
    bare_first, bare_rest = sum(took.bare[:first]), sum(took.bare[first:])
    return {
        "papers": papers,
        "rows a paper": round(took.rows / len(records), 1),
        "ordinary load: papers a second": round(papers / ours_rest),
        "bare UNWIND + MERGE of the same rows: papers a second": round(papers / bare_rest),
        "ordinary by bare": round(bare_rest / ours_rest, 2),
        "papers before that, on a server just started": FIRST,
        "of these ordinary: papers a second": round(FIRST / ours_first),
        "of these bare: papers a second": round(FIRST / bare_first),
        "all, ordinary by bare": round((bare_first + bare_rest) / (ours_first + ours_rest), 2),
        "ordinary load: CPU seconds of this process": round(took.worked, 1),
        "ordinary load: seconds": round(ours_first + ours_rest, 1),
    }


@dataclass
class _Took:
    """Seconds of each transaction, and what they took and wrote in all."""

    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    worked: float = 0.0
    rows: int = 0


@asynccontextmanager
async def _server(folder: Path) -> AsyncIterator[tuple[GraphStore, Settings]]:
    """An empty store on a server that was just started."""
    with emptied(folder), server_in(folder) as server:
        settings = Settings(
            store=server.bolt_uri, neo4j_user=server.user, neo4j_password=SecretStr(PASSWORD)
        )
        store = await open_store(settings.store, settings, create=True)
        try:
            yield store, settings
        finally:
            await store.close()


async def _load(
    store: GraphStore, records: Sequence[Record], bare: Callable[[Rows], None]
) -> _Took:
    """Load, and after each transaction have what it wrote written once more."""
    written = Server.in_parts
    rows: Rows = []
    took = _Took()

    async def kept(self: Server, name: str, fixed: dict[str, str], **listed: list[Any]) -> None:
        what = name.removeprefix("writes/put_")
        if what == name:
            raise RuntimeError(f"a first load has nothing to take away, but ran {name}")
        rows.append((what, listed["rows"]))
        await written(self, name, fixed, **listed)

    def batches() -> Iterator[Sequence[Record]]:
        for start in range(0, len(records), store.records_a_batch):
            yield records[start : start + store.records_a_batch]

    began, worked = perf_counter(), process_time()

    def done(_: WriteCounts) -> None:
        nonlocal began, worked
        took.ours.append(perf_counter() - began)
        took.worked += process_time() - worked
        took.rows += sum(len(part) for _, part in rows)
        began = perf_counter()
        bare(rows)
        took.bare.append(perf_counter() - began)
        rows.clear()
        # The bare driver's statements keep their rows until then, and neither is to pay for it.
        gc.collect()
        began, worked = perf_counter(), process_time()

    Server.in_parts = kept  # type: ignore[method-assign]
    try:
        async with store.writing():
            await put_all(store, batches(), done)
    finally:
        Server.in_parts = written  # type: ignore[method-assign]
    return took


@contextmanager
def _bare(settings: Settings) -> Iterator[Callable[[Rows], None]]:
    auth = (settings.neo4j_user, PASSWORD)
    with (
        neo4j.GraphDatabase.driver(settings.store, auth=auth) as driver,
        driver.session() as session,
    ):
        yield lambda rows: session.execute_write(_write, rows)


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
