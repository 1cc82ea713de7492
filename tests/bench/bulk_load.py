"""A first load of a stopped Neo4j, beside loads through its driver: the store's and a bare one.

`python -m tests.bench.bulk_load --papers N` measures it alone. The records are made before the
clock runs, and all of them are held in memory, which costs some 4 KiB a paper.
"""

import argparse
import asyncio
import gc
import json
import os
import resource
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

import neo4j
from pydantic import SecretStr

from graph_service.model.records import PaperRecord, Record
from graph_service.settings import Settings
from graph_service.store.neo4j_bulk import BulkLoad
from graph_service.store.opening import open_store
from tests.bench import bibliography
from tests.bench.case import Case
from tests.bench.stores import BATCH, PASSWORD, ROOT, tell

sys.path.insert(0, str(ROOT / "tools" / "neo4j"))

NAME = "bulk load"
# The loads through the driver keep their pace; so many papers show it.
THROUGH_THE_DRIVER = 20_000
ROWS = 5_000
_FILLING = "SHOW INDEXES YIELD name, state WHERE state = 'POPULATING' RETURN name"
_PAPERS = """
UNWIND $rows AS row MERGE (p:Paper {id: row.id})
SET p.title = row.title, p.date = row.date, p.venue = row.venue, p.abstract = row.abstract
"""
_AUTHORS = """
UNWIND $rows AS row UNWIND row.authors AS name MERGE (a:Author {id: name}) SET a.name = name
"""
_AUTHORED = """
UNWIND $rows AS row UNWIND range(0, size(row.authors) - 1) AS place
MATCH (p:Paper {id: row.id}) MATCH (a:Author {id: row.authors[place]})
MERGE (a)-[r:AUTHORED]->(p) SET r.position = place + 1
"""


async def measure(case: Case) -> dict[str, Any] | None:
    """Papers a second, with and without the server's stop and start."""
    if not case.with_neo4j:
        return None
    return {"figures": await compare(case.papers, case.kept.folder.parent, seed=0)}


async def compare(
    papers: int, data: Path, *, seed: int, driver_papers: int = THROUGH_THE_DRIVER
) -> dict[str, Any]:
    """Load one bibliography in bulk, and its beginning through the driver."""
    tell(f"making {papers:,} records")
    records = list(bibliography.bibliography(papers, seed=seed))
    gc.collect()
    gc.freeze()
    with _folder(data) as folder:
        found = await _compare(records, folder, driver_papers)
    gc.unfreeze()
    return found


@contextmanager
def _folder(data: Path) -> Iterator[Path]:
    folder = data.resolve() / "bulk-load"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _compare(records: Sequence[Record], folder: Path, driver_papers: int) -> dict[str, Any]:
    from local.artifacts import project_home
    from local.servers import Server, start_on_free_ports

    def start(port: int = 0) -> Server:
        return start_on_free_ports(
            project_home(), folder, password=PASSWORD, preferred=(port, 0), heap="1g"
        )

    server = start()
    try:
        settings = Settings(
            store=server.bolt_uri,
            neo4j_user=server.user,
            neo4j_password=SecretStr(PASSWORD),
            neo4j_home=folder,
        )
        few = records[:driver_papers]
        tell("loading through the driver, bare")
        found = {"bare UNWIND and MERGE: papers a second": _bare(server.bolt_uri, few)}
        tell("loading through the driver, ordinarily")
        found["ordinary load: papers a second"] = await _ordinary(settings, few)
        found["papers of these two"] = len(few)

        clock = _Clock()
        server.stop()
        clock("server's stop")
        children = _children_seconds()
        tell("loading in bulk")
        with BulkLoad(settings, overwrite=True, step=_told()) as load:
            for start_at in range(0, len(records), BATCH):
                load.put(records[start_at : start_at + BATCH])
            clock("taking records")
            done = load.finish()
        clock("import files, import")
        loading = _children_seconds() - children
        server = start(server.bolt_port)
        clock("server's start")
        store = await open_store(settings.store, settings)
        clock("constraints and indexes")
        state = await store.state()
        counts, _ = await store.counts()
        await store.close()
        if state.facts_revision != done.facts_revision or counts["Paper"] != len(records):
            raise RuntimeError("the store is not what was loaded")
        texts = perf_counter()
        _wait_for_texts(server.bolt_uri)
        found["full-text indexes after that: seconds"] = round(perf_counter() - texts, 1)
    finally:
        server.stop()
    children = _children_seconds() - children
    whole = sum(clock.seconds.values())
    alone = whole - clock.seconds["server's stop"] - clock.seconds["server's start"]
    found |= {f"{name}: seconds": round(took, 1) for name, took in clock.seconds.items()}
    return found | {
        "of these the import: seconds": round(done.import_seconds, 1),
        "papers a second": round(len(records) / alone),
        "papers a second, with stop and start": round(len(records) / whole),
        "peak MiB of the writing process": done.peak_mebibytes,
        "bytes of import files a paper": round(done.import_bytes / len(records)),
        "CPU seconds of this process": round(clock.own, 1),
        "CPU seconds of writing files and of the import": round(loading, 1),
        "CPU seconds of the server, its start and full-text indexes included": round(
            children - loading, 1
        ),
        "load average": round(os.getloadavg()[0], 1),
    }


class _Clock:
    """Seconds of one phase after the other."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._at = perf_counter()
        self._cpu = resource.getrusage(resource.RUSAGE_SELF)

    def __call__(self, name: str) -> None:
        now = perf_counter()
        self.seconds[name] = now - self._at
        self._at = now
        tell(f"  {name}: {self.seconds[name]:.1f} s")

    @property
    def own(self) -> float:
        """CPU seconds of this process since the beginning."""
        now = resource.getrusage(resource.RUSAGE_SELF)
        return now.ru_utime + now.ru_stime - self._cpu.ru_utime - self._cpu.ru_stime


def _children_seconds() -> float:
    """CPU seconds of the processes that this one has waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _told() -> Any:
    last = [""]

    def step(doing: str, done: int, total: int) -> None:
        if doing != last[0]:
            last[0] = doing
            tell(f"  {doing}")

    return step


def _driver(uri: str) -> neo4j.Driver:
    return neo4j.GraphDatabase.driver(uri, auth=("neo4j", PASSWORD))


def _wait_for_texts(uri: str) -> None:
    with _driver(uri) as driver:
        while driver.execute_query(_FILLING).records:
            sleep(0.2)


def _bare(uri: str, records: Sequence[Record]) -> int:
    """Papers, authors and authorships alone, as anybody would write them."""
    rows = [
        {
            "id": record.id,
            "title": record.title,
            "date": record.date,
            "venue": record.venue,
            "abstract": record.abstract,
            "authors": [mention.name for mention in record.mentions],
        }
        for record in records
        if isinstance(record, PaperRecord)
    ]
    with _driver(uri) as driver:
        for label in ("Paper", "Author"):
            driver.execute_query(
                f"CREATE CONSTRAINT bare_{label} FOR (n:{label}) REQUIRE n.id IS UNIQUE"
            )
        began = perf_counter()
        left = iter(rows)
        while batch := list(islice(left, ROWS)):
            for statement in (_PAPERS, _AUTHORS, _AUTHORED):
                driver.execute_query(statement, rows=batch)
        seconds = perf_counter() - began
        driver.execute_query("MATCH (n:Author) DETACH DELETE n")
        driver.execute_query("MATCH (n) DETACH DELETE n")
        for label in ("Paper", "Author"):
            driver.execute_query(f"DROP CONSTRAINT bare_{label}")
    return round(len(rows) / seconds)


async def _ordinary(settings: Settings, records: Sequence[Record]) -> int:
    store = await open_store(settings.store, settings, create=True)
    try:
        async with store.writing():
            began = perf_counter()
            for start in range(0, len(records), BATCH):
                await store.put(records[start : start + BATCH])
            return round(len(records) / (perf_counter() - began))
    finally:
        await store.close()


def main() -> None:
    """Measure it alone."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.bulk_load", description=__doc__)
    parser.add_argument("--papers", type=int, default=100_000)
    parser.add_argument("--data", type=Path, default=Path("bench/data"))
    parser.add_argument("--driver-papers", type=int, default=THROUGH_THE_DRIVER)
    options = parser.parse_args()
    given = {"seed": 0, "driver_papers": options.driver_papers}
    found = asyncio.run(compare(options.papers, options.data, **given))
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
