"""Loaded stores, kept under bench/data so that a second run starts at once."""

import json
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

import neo4j
from pydantic import SecretStr

from graph_service.cli.keeping import collecting_rarely
from graph_service.derive.run import layer_of, ties_part
from graph_service.model.records import canonical_json
from graph_service.model.schema import SCHEMA_VERSION
from graph_service.projection.reader import Reader
from graph_service.settings import Settings
from graph_service.store.opening import open_store
from graph_service.store.protocol import DerivationStamp, GraphStore
from tests.bench import bibliography

ROOT = Path(__file__).parents[2]
TOLD_EVERY = 100_000
PASSWORD = "only-for-measuring"

sys.path.insert(0, str(ROOT / "tools" / "neo4j"))


@dataclass(frozen=True, slots=True)
class Kept:
    """A loaded store: where it is, how to sign in, and how its load went."""

    address: str
    folder: Path
    settings: Settings
    load: dict[str, Any]


def _folder(data: Path, store: str, papers: int, seed: int) -> Path:
    name = f"{store}-{papers}-{seed}-{bibliography.VERSION}-{SCHEMA_VERSION}"
    return data.resolve() / name


async def embedded(data: Path, papers: int, seed: int) -> Kept:
    """The bibliography in a file, loaded now or by an earlier run."""
    folder = _folder(data, "embedded", papers, seed)
    if not (folder / "load.json").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        tell(f"loading {papers:,} papers into a file")
        store = await open_store(f"file:{folder / 'bench.sqlite'}", Settings(), create=True)
        with collecting_rarely():  # as the command has it
            load = await _load(store, papers, seed)
        await store.close()
        load["mebibytes"] = round((folder / "bench.sqlite").stat().st_size / 2**20, 1)
        (folder / "load.json").write_text(json.dumps(load))
    load = json.loads((folder / "load.json").read_text())
    return Kept(f"file:{folder / 'bench.sqlite'}", folder, Settings(), load)


@asynccontextmanager
async def on_neo4j(data: Path, papers: int, seed: int) -> AsyncIterator[Kept]:
    """The bibliography on a server of its own, with its ties derived."""
    folder = _folder(data, "neo4j", papers, seed)
    if not (folder / "load.json").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    with server_in(folder) as server:
        settings = Settings(
            neo4j_user=server.user,
            neo4j_password=SecretStr(server.password),
            query_timeout_seconds=600,
        )
        if not (folder / "load.json").exists():
            tell(f"loading {papers:,} papers into Neo4j")
            store = await open_store(server.bolt_uri, settings, create=True)
            with collecting_rarely():
                load = await _load(store, papers, seed)
            tell("deriving ties on Neo4j")
            load |= await _derive_ties(store)
            await store.close()
            (folder / "load.json").write_text(json.dumps(load))
        load = json.loads((folder / "load.json").read_text())
        yield Kept(server.bolt_uri, folder, settings, load)


@contextmanager
def emptied(folder: Path) -> Iterator[Path]:
    """A folder that is empty, and goes in the end."""
    folder = folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def server_in(folder: Path) -> Iterator[Any]:
    """A server as people run it: with its full compiler, 1 GiB of heap, room for all pages."""
    from local.artifacts import project_home
    from local.servers import find_running, start_on_free_ports

    home = project_home()
    if (left := find_running(home, folder, password=PASSWORD)) is not None:
        left.stop()  # of a run that was killed
    tell("starting Neo4j")
    server = start_on_free_ports(home, folder, password=PASSWORD, heap="1g", page_cache="512m")
    try:
        yield server
    finally:
        server.stop()


async def _load(store: GraphStore, papers: int, seed: int) -> dict[str, Any]:
    """Load in batches; the time is that of the store alone, not of making the records."""
    records = bibliography.bibliography(papers, seed=seed)
    seconds, done = 0.0, 0
    size = store.records_a_batch
    told = 0
    async with store.writing():
        while batch := list(islice(records, size)):
            began = perf_counter()
            await store.put(batch)
            seconds += perf_counter() - began
            done += len(batch)
            if done >= told + TOLD_EVERY:
                told = done
                tell(f"  {done:,} papers, {done / seconds:,.0f} a second")
    return {"load_seconds": round(seconds, 2), "papers_a_second": round(papers / seconds)}


async def _derive_ties(store: GraphStore) -> dict[str, Any]:
    """Derive ties and nothing else: what the Cypher questions walk on."""
    view = await Reader(store).view()
    part = ties_part(view.graph)
    began = perf_counter()
    async with store.writing():
        stamp = DerivationStamp(
            facts_revision=view.state.facts_revision,
            status="complete",
            parameters=canonical_json({part.name: dict(part.parameters)}).decode(),
            versions="{}",
            seconds=0.0,
        )
        await store.write_derived(stamp, layer_of([part]))
    return {"ties_a_second": round(len(view.graph.ties) / (perf_counter() - began))}


class Cypher:
    """A client of Neo4j's own driver, with one session."""

    def __init__(self, kept: Kept, ids: Any) -> None:
        self._driver = neo4j.GraphDatabase.driver(
            kept.address, auth=(kept.settings.neo4j_user, kept.settings.password() or "")
        )
        self._session = self._driver.session(default_access_mode=neo4j.READ_ACCESS)
        self._ids = ids
        (component,) = self.rows("CALL dbms.components() YIELD versions RETURN versions[0]")
        self.version: str = component[0]

    def rows(self, statement: str, **parameters: Any) -> list[list[Any]]:
        """All rows of a statement."""
        return self._session.run(statement, parameters).values()

    def ask(self, statement: str, source: int, target: int) -> list[list[Any]]:
        """All rows of a statement about two authors by number, $source and $target."""
        return self.rows(statement, source=self._ids[source], target=self._ids[target])

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()
        self._driver.close()


def tell(text: str) -> None:
    """Say on standard error what is going on."""
    print(text, file=sys.stderr, flush=True)
