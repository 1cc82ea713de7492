"""kill -9 at any moment of a writing command: whole papers, and the next run completes.

Small by default, with small transactions, so that there are many moments between them. With
KILL_TEST_PAGES=1000 it is the requirement itself: the page a thousand times under invented
names, in transactions of the usual size; `-s` then shows what happened when.
"""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest

from graph_service.derive.run import derive
from graph_service.model.records import DecisionDraft, canonical_json
from graph_service.settings import Settings
from graph_service.store.embedded import EmbeddedStore
from graph_service.store.exchange import export_lines
from graph_service.store.neo4j import Neo4jStore
from graph_service.store.opening import open_store
from graph_service.store.protocol import GraphStore
from loaders.runner import load
from tests.backdoor import ties_of
from tests.e2e.processes import Finished, Place, Running, assert_whole, place_of, write_pages

PAGES = int(os.environ.get("KILL_TEST_PAGES", "0"))
# Transactions of so many records or ties; the program's own constants at full size.
BATCH = None if PAGES else 17
KILLED = -9

Ties = set[tuple[Any, ...]]

pytestmark = pytest.mark.timeout(6 * 3600 if PAGES else 300)


@pytest.fixture(params=["file", "neo4j"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A store that is not there yet, and a server with nothing on it."""
    with place_of(request, tmp_path) as made:
        yield made


class Undisturbed:
    """What an embedded store holds after the same load and derive, done in peace."""

    def __init__(self, folder: Path) -> None:
        self.files = write_pages(folder, range(PAGES or 4))
        # The same, each page in a file of its own.
        self.folder = write_pages(folder, range(PAGES or 4), files=True)
        self.export = folder / "export.jsonl"
        self.records: dict[str, bytes] = {}
        anyio.run(self._make)

    async def _make(self) -> None:
        store = await open_store("memory:", Settings())
        try:
            summary = await load(store, self.files)
            self.revision = summary.facts_revision
            async for record in store.records():
                self.records[record.id] = canonical_json(record)
            self.few_ties = await self._derived(store, 3)
            self.ties = await self._derived(store, 50)
            await self._export(store)
        finally:
            await store.close()

    async def _derived(self, store: GraphStore, max_authors: int) -> Ties:
        await derive(store, max_authors=max_authors)
        return {*ties_of(await store.derived())}

    async def _export(self, store: GraphStore) -> None:
        graph = await store.graph()
        one, other, *_ = sorted(node.id for node in graph.nodes.values() if node.label == "Name")
        async with store.writing():
            await store.decide(DecisionDraft(op="different", a=one, b=other, by="user:test"))
        lines = [line async for line in export_lines(store)]
        self.export.write_bytes(b"".join(line + b"\n" for line in lines))
        self.revision_with_decision = (await store.state()).facts_revision


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """Pages, and what comes of them."""
    return Undisturbed(tmp_path_factory.mktemp("pages"))


def report(*what: object) -> None:
    """Say what happened, at full size."""
    if PAGES:
        print(*what, flush=True)


def kill(running: Running, moment: Callable[[], bool], *, later: float = 0.0) -> Finished:
    """Kill -9 when a moment has come, or `later` seconds after it."""
    with running:
        running.wait_for(moment)
        time.sleep(later)
        return running.kill()


def records_when_opened(place: Place, wanted: Undisturbed) -> int:
    """After a kill: the store opens, is what its records say, and holds whole records only."""
    status = place.invoke("status", "--json")
    assert status.code == 0, status.err
    place.settle()
    verified = place.invoke("verify", "--json")
    assert verified.code == 0, verified.out + verified.err
    assert verified.json["clean"] is True
    count = assert_whole(place, wanted.records)
    assert count == verified.json["records"]
    return count


def test_a_killed_load_leaves_whole_papers_and_completes_when_run_again(
    place: Place, wanted: Undisturbed
) -> None:
    everything = len(wanted.records)
    # Small files share a batch.
    files = wanted.folder if place.raw is None else wanted.files
    batch = BATCH or (EmbeddedStore if place.raw is None else Neo4jStore).records_a_batch
    command = ("load", *files, "--json")
    if PAGES:
        began = time.monotonic()
        with place.start(*command) as running:
            assert running.wait_for(lambda: place.record_count() > 0)
            report(f"\n{place.address}: first batch after {running.seconds:.0f} s")
            assert running.finished().json["facts_revision"] == wanted.revision
        report(f"undisturbed load of {everything} records: {time.monotonic() - began:.0f} s")
        place.wipe()

    # As soon as there is a store: nothing in it, or little.
    killed = kill(place.start(*command, batch=BATCH), place.is_made)
    assert killed.code == KILLED
    counts = [records_when_opened(place, wanted)]
    report(f"killed when the store was made: {counts[0]} of {everything} records")

    for part, later in ((0.0, 0.0), (0.3, 0.02), (0.6, 0.1))[: 3 if PAGES else 2]:
        target = max(1, int(everything * part))

        def reached(target: int = target) -> bool:
            return place.record_count() >= target

        running = place.start(*command, batch=BATCH)
        killed = kill(running, reached, later=later * (20 if PAGES else 1))
        assert killed.code == KILLED, killed
        counts.append(records_when_opened(place, wanted))
        report(f"killed after {running.seconds:.0f} s: {counts[-1]} of {everything} records")
    assert counts == sorted(counts)
    assert 0 < counts[1] < everything
    assert all(count % batch == 0 or count == everything for count in counts)

    # Once more, and at once again: nobody else is writing now.
    killed = kill(
        place.start(*command, batch=BATCH),
        lambda: place.record_count() >= max(counts[-1] + 1, everything * 8 // 10),
    )
    began = time.monotonic()
    again = place.invoke(*command)
    report(f"killed ({killed.code}); at once again: {time.monotonic() - began:.0f} s {again.out}")
    assert again.code == 0, again.err
    assert again.json["facts_revision"] == wanted.revision
    assert again.json["new"] + again.json["unchanged"] == everything
    assert records_when_opened(place, wanted) == everything


# Where a store is half made: there is a file, but no table; some constraints, but no more.
_DIE_WHILE_MAKING = {
    "file": """
import os, signal
from graph_service.store import embedded
embedded.EmbeddedStore._set_meta = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
""",
    "neo4j": """
import os, signal
from graph_service.store import neo4j
make, made = neo4j.Neo4jStore._make_constraint, []
async def some(store, constraint):
    if len(made) >= 3:
        os.kill(os.getpid(), signal.SIGKILL)
    await make(store, constraint)
    made.append(constraint)
neo4j.Neo4jStore._make_constraint = some
""",
}


@pytest.mark.skipif(bool(PAGES), reason="the number of pages makes no difference")
def test_a_store_killed_in_the_making_is_made_by_the_next_load(
    place: Place, wanted: Undisturbed
) -> None:
    if place.raw is not None:
        for name in place.rows("SHOW CONSTRAINTS YIELD name"):
            place.rows(f"DROP CONSTRAINT {name[0]}")
    before = _DIE_WHILE_MAKING["file" if place.raw is None else "neo4j"]
    killed = kill(place.start("load", *wanted.files, before=before), lambda: False)
    assert killed.code == KILLED
    assert not place.is_made()
    status = place.invoke("status")
    assert status.code == 1
    assert len(status.errors) == 1
    assert place.address in status.err
    assert place.invoke("load", *wanted.files).code == 0
    assert records_when_opened(place, wanted) == len(wanted.records)
    if place.raw is not None:
        assert len(place.rows("SHOW CONSTRAINTS")) > 10


def truth_about_ties(place: Place, wanted: Undisturbed) -> str:
    """After a kill: a layer that is said to be complete is that, with the ties of its stamp."""
    place.settle()
    status = place.invoke("status", "--json")
    assert status.code == 0, status.err
    verified = place.invoke("verify", "--json")
    assert verified.code == 0, verified.out + verified.err
    said: str = status.json["derived"]
    stamp = place.derivation()
    if said == "complete" and not status.json["stale"]:
        assert stamp is not None
        few = '"max_authors":3' in stamp["parameters"]
        assert place.ties() == (wanted.few_ties if few else wanted.ties)
        assert verified.json["ties"] == place.tie_count()
    else:
        assert verified.json["ties"] is None
    return f"{said}, {place.tie_count()} ties"


# In the one transaction that writes ties to a file: all rows are in, the stamp is not.
_DIE_BEFORE_THE_STAMP = """
import os, signal
from graph_service.store import embedded, protocol
plain = embedded.asdict
def asdict(value):
    if isinstance(value, protocol.DerivationStamp):
        os.kill(os.getpid(), signal.SIGKILL)
    return plain(value)
embedded.asdict = asdict
"""


def test_a_killed_derive_never_passes_for_a_whole_one(place: Place, wanted: Undisturbed) -> None:
    assert place.invoke("load", *wanted.files).code == 0
    few, many = len(wanted.few_ties), len(wanted.ties)
    assert 0 < few < many

    def derived(max_authors: int, ties: int) -> None:
        began = time.monotonic()
        done = place.invoke("derive", "--max-authors", max_authors, "--json")
        assert (done.code, done.json["ties"]) == (0, ties), done.err
        report(f"{place.address}: derive, {ties} ties, {time.monotonic() - began:.0f} s")
        assert truth_about_ties(place, wanted) == f"complete, {ties} ties"

    def killed(
        max_authors: int, moment: Callable[[Running], bool], before: str = ""
    ) -> tuple[int, str]:
        command = ("derive", "--max-authors", max_authors)
        running = place.start(*command, batch=BATCH, before=before)
        done = kill(running, lambda: moment(running))
        found = truth_about_ties(place, wanted)
        report(f"killed ({done.code}): {found}")
        return done.code, found

    derived(3, few)
    if place.raw is None:
        # All in one transaction: the layer of before stays.
        dead = killed(50, lambda running: running.ended, _DIE_BEFORE_THE_STAMP)
        assert dead == (KILLED, f"complete, {few} ties")
        code, found = killed(50, lambda running: running.seconds > 1)
        assert code in {KILLED, 0}
        assert found in {f"complete, {few} ties", f"complete, {many} ties"}
    else:
        # In many transactions: more ties than before, then fewer.
        code, found = killed(50, lambda running: place.tie_count() >= (few + many) // 2)
        assert (code, found.split(",")[0]) == (KILLED, "incomplete")
        derived(50, many)
        code, found = killed(3, lambda running: place.tie_count() < many)
        assert (code, found.split(",")[0]) == (KILLED, "incomplete")

    derived(50, many)
    assert place.ties() == wanted.ties


def test_a_killed_import_completes_when_run_again(place: Place, wanted: Undisturbed) -> None:
    everything = len(wanted.records)
    command = ("import", wanted.export, "--json")
    done = kill(place.start(*command, batch=BATCH), lambda: place.record_count() > everything // 2)
    assert done.code == KILLED
    count = records_when_opened(place, wanted)
    assert count > 0
    report(f"\n{place.address}: import killed at {count} of {everything} records")

    again = place.invoke(*command)
    assert again.code == 0, again.err
    assert again.json["facts_revision"] == wanted.revision_with_decision
    assert records_when_opened(place, wanted) == everything


# One page goes within milliseconds; a pause after each transaction leaves time for the kill.
UNHURRIED = """
import anyio, graph_service.store.embedded as embedded, graph_service.store.neo4j as neo4j
def unhurried(remove):
    async def slow(self, ids):
        removed = await remove(self, ids)
        await anyio.sleep(0.3)
        return removed
    return slow
for store in (embedded.EmbeddedStore, neo4j.Neo4jStore):
    store.remove = unhurried(store.remove)
"""


def test_a_killed_unload_leaves_whole_papers_and_completes_when_run_again(
    place: Place, wanted: Undisturbed
) -> None:
    assert place.invoke("load", wanted.files[0]).code == 0
    everything = len(wanted.records)
    source = next(id_ for id_ in wanted.records if id_.startswith("source:"))
    others = {
        id_: content
        for id_, content in wanted.records.items()
        if id_ != source and not id_.startswith(f"{source.removeprefix('source:')}:")
    }
    assert 10 < everything - len(others) < everything
    command = ("unload", "--source", source, "--json")
    done = kill(
        place.start(*command, batch=10, before=UNHURRIED),
        lambda: place.record_count() < everything,
    )
    assert done.code == KILLED
    count = records_when_opened(place, wanted)
    assert len(others) < count < everything
    report(f"\n{place.address}: unload killed at {count} of {everything} records")

    again = place.invoke(*command)
    assert again.code == 0, again.err
    assert again.json["removed"] == count - len(others)
    assert records_when_opened(place, wanted) == len(others)
    assert place.records() == others
