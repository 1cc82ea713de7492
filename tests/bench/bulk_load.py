"""A first load of a stopped Neo4j, beside a bare import of papers, authors and authorships.

The bare one is what people write who want these three and nothing else: three CSV files, an
import, two constraints. It has no records to load again, no names to part again, no venues,
topics, repositories or sources, and no indexes of texts. `python -m tests.bench.bulk_load
--papers N` measures it alone. The records are made before the clock runs, and all of them are held
in memory, which costs some 4 KiB a paper.
"""

import argparse
import asyncio
import csv
import gc
import json
import os
import resource
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Any

import neo4j
from pydantic import SecretStr

from graph_service.model.records import PaperRecord, Record
from graph_service.settings import Settings
from graph_service.store.neo4j_admin import (
    find_installation,
    make_ready,
    put_in_place,
    run_import,
    workspace,
)
from graph_service.store.neo4j_bulk import BulkLoad
from graph_service.store.opening import open_store
from tests.bench import bibliography
from tests.bench.case import Case
from tests.bench.stores import PASSWORD, ROOT, emptied, tell

sys.path.insert(0, str(ROOT / "tools" / "neo4j"))
if TYPE_CHECKING:
    from local.servers import Server

NAME = "bulk load"
DATABASE = "neo4j"
BATCH = 2_000
_FILLING = "SHOW INDEXES YIELD name, state WHERE state = 'POPULATING' RETURN name"


async def measure(case: Case) -> dict[str, Any] | None:
    """Papers a second, with and without the server's stop and start."""
    if not case.with_neo4j:
        return None
    return {"figures": await compare(case.papers, case.kept.folder.parent, seed=0)}


async def compare(papers: int, data: Path, *, seed: int) -> dict[str, Any]:
    """Load one bibliography in bulk, and import what is bare of it."""
    tell(f"making {papers:,} records")
    records = list(bibliography.bibliography(papers, seed=seed))
    gc.collect()
    gc.freeze()
    with emptied(data / "bulk-load") as folder:
        found = await _compare(records, folder)
    gc.unfreeze()
    return found


async def _compare(records: Sequence[Record], folder: Path) -> dict[str, Any]:
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
        server.stop()
        tell("importing the bare graph")
        bare_seconds, started = await asyncio.to_thread(_bare, records, folder, start, server)
        server = started
        found: dict[str, Any] = {
            "bare import: papers a second": round(len(records) / bare_seconds),
            "bare import: seconds": round(bare_seconds, 1),
        }

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
        "times as long as the bare import": round(alone / bare_seconds, 2),
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


def _bare(
    records: Sequence[Record], folder: Path, start: Callable[[int], "Server"], stopped: "Server"
) -> tuple[float, "Server"]:
    """Seconds from records to a graph that can be asked, and the server that holds it.

    The start of the server is not counted.
    """
    installation = find_installation(folder)
    with workspace(installation, DATABASE) as work:
        files = work / "bare"
        files.mkdir()
        began = perf_counter()
        arguments = _csv(records, files)
        run_import(installation, work, files, DATABASE, arguments, lambda *_: None)
        make_ready(installation)
        put_in_place(installation, DATABASE)
        seconds = perf_counter() - began
    server = start(stopped.bolt_port)
    began = perf_counter()
    with _driver(server.bolt_uri) as driver:
        for label in ("Paper", "Author"):
            driver.execute_query(f"CREATE CONSTRAINT FOR (n:{label}) REQUIRE n.id IS UNIQUE")
    return seconds + perf_counter() - began, server


def _csv(records: Sequence[Record], folder: Path) -> list[str]:
    """Write papers, authors and authorships as anybody would; the arguments of their import."""
    authors: dict[str, None] = {}
    with (
        (folder / "papers.csv").open("w", newline="") as papers,
        (folder / "authored.csv").open("w", newline="") as authored,
    ):
        paper, authorship = csv.writer(papers), csv.writer(authored)
        paper.writerow((":ID(paper)", "id", "title", "date", "venue", "abstract"))
        authorship.writerow((":START_ID(author)", ":END_ID(paper)", "position:int"))
        for record in records:
            if isinstance(record, PaperRecord):
                said = (record.title, record.date, record.venue, record.abstract)
                paper.writerow((record.id, record.id, *said))
                names = [mention.name for mention in record.mentions]
                authors.update(dict.fromkeys(names))
                authorship.writerows((name, record.id, at) for at, name in enumerate(names, 1))
    with (folder / "authors.csv").open("w", newline="") as file:
        author = csv.writer(file)
        author.writerow((":ID(author)", "id", "name"))
        author.writerows((name, name, name) for name in authors)
    return [
        "--nodes=Paper=papers.csv",
        "--nodes=Author=authors.csv",
        "--relationships=AUTHORED=authored.csv",
    ]


def main() -> None:
    """Measure it alone."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.bulk_load", description=__doc__)
    parser.add_argument("--papers", type=int, default=100_000)
    parser.add_argument("--data", type=Path, default=Path("bench/data"))
    options = parser.parse_args()
    found = asyncio.run(compare(options.papers, options.data, seed=0))
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
