"""One writer at a time; servers that go away; places that cannot be written or are no store.

Whatever is wrong is said in one clear line, with what to do about it, and nothing is lost.
"""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import neo4j
import pytest

from graph_service.model.errors import StoreBusy
from graph_service.model.schema import SCHEMA_VERSION
from graph_service.settings import Settings
from graph_service.store import neo4j as neo4j_store
from graph_service.store.opening import open_store
from tests.e2e.processes import (
    AS_NOBODY_SPECIAL,
    Finished,
    Place,
    Proxy,
    invoke,
    place_of,
    write_pages,
)

BATCH = 20
FAILED, WRONG_USE, NOT_FOUND = 1, 2, 3
# Retries for a second instead of ten, so that a server that is gone costs less here.
IMPATIENT = "import graph_service.store.neo4j as store; store.RETRY_SECONDS = 1.0"


@pytest.fixture(params=["file", "neo4j"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A store that is not there yet, and a server with nothing on it."""
    with place_of(request, tmp_path) as made:
        yield made


@pytest.fixture
def file_place(tmp_path: Path) -> Place:
    """A store in a file that is not there yet."""
    return Place(f"file:{tmp_path / 'store.sqlite'}", tmp_path)


@pytest.fixture
def server_place(neo4j_server: Any, raw_neo4j: neo4j.Driver, tmp_path: Path) -> Iterator[Place]:
    """A server with nothing on it."""
    made = Place.on_server(neo4j_server, raw_neo4j, tmp_path)
    made.wipe()
    yield made
    made.settle()
    made.wipe()


def the_error(run: Finished, code: int = FAILED) -> str:
    """The one line that a failed run says; progress may stand before it."""
    assert run.code == code, run
    assert run.out == ""
    assert "Traceback" not in run.err
    (line,) = [line for line in run.err.splitlines() if not line.startswith(("loading ", "check"))]
    assert line.startswith("error: ")
    return line.removeprefix("error: ")


def is_clean(place: Place) -> bool:
    """Whether the store opens and is what its records say."""
    assert place.invoke("status").code == 0
    run = place.invoke("verify", "--json")
    return run.code == 0 and bool(run.json["clean"])


# -- two writers ------------------------------------------------------------------------------


def test_a_second_writer_is_refused_and_readers_go_on(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first_page,) = write_pages(tmp_path, [0])
    files = write_pages(tmp_path, range(1, 3))
    assert place.invoke("load", first_page).code == 0
    before = place.record_count()
    source = next(id_ for id_ in place.records() if id_.startswith("source:"))
    name, other = _two_names(place)
    refusal = (
        f"{place.address} is being written by another process; wait for it to end, then run again"
    )

    with place.start("load", *files, "--json", batch=BATCH) as holder:
        assert holder.wait_for(lambda: place.record_count() > before)
        holder.signal(signal.SIGSTOP)
        held = place.record_count()
        with place.start("load", first_page) as second:
            # Readers wait for nobody.
            for question in (("status",), ("author", name), ("path", name, other)):
                assert place.invoke(*question).code == 0
            assert the_error(second.finished()) == refusal
        monkeypatch.setattr(neo4j_store, "WAIT_FOR_WRITER_SECONDS", 0.5)
        for command in (("derive",), ("unload", "--source", source), ("load", first_page)):
            assert the_error(place.invoke(*command)) == refusal
        monkeypatch.undo()
        assert place.record_count() == held
        assert place.derivation() is None

        holder.signal(signal.SIGCONT)
        done = holder.finished()
    assert done.code == 0, done.err
    for command in (("load", first_page), ("derive",), ("unload", "--source", source)):
        assert place.invoke(*command).code == 0
    assert place.record_count() == done.json["read"]
    assert is_clean(place)


def _two_names(place: Place) -> tuple[str, str]:
    """Two authors of one paper."""
    paper = next(
        json.loads(content)
        for id_, content in sorted(place.records().items())
        if not id_.startswith("source:")
    )
    one, other, *_ = [mention["name"] for mention in paper["mentions"]]
    return one, other


def test_two_first_loads_at_once_are_one_after_the_other(place: Place, tmp_path: Path) -> None:
    """Neither finds half a store of the other's making."""
    files = write_pages(tmp_path, range(2), files=True)
    started = [place.start("load", file) for file in files]
    runs = []
    for running in started:
        with running:
            runs.append(running.finished())
    for run in runs:
        assert run.code == 0 or "is being written by another process" in the_error(run)
    assert place.invoke("load", *files).code == 0
    assert place.record_count() == 102
    assert is_clean(place)


def test_a_file_opened_by_many_at_once_becomes_one_store(tmp_path: Path) -> None:
    for number in range(10):
        address = f"file:{tmp_path / f'store{number}.sqlite'}"
        together = threading.Barrier(4)

        async def opened(address: str = address, together: threading.Barrier = together) -> str:
            together.wait()
            store = await open_store(address, Settings(), create=True)
            revision = (await store.state()).facts_revision
            await store.close()
            return revision

        with ThreadPoolExecutor(4) as threads:
            runs = [threads.submit(anyio.run, opened) for _ in range(4)]
        errors = [error for run in runs if (error := run.exception()) is not None]
        assert all(isinstance(error, StoreBusy) for error in errors), errors
        assert len(errors) < 4
        assert {run.result() for run in runs if run.exception() is None} == {"0" * 16}


# -- a server that goes away ------------------------------------------------------------------


@pytest.fixture
def proxy(neo4j_server: Any) -> Iterator[Proxy]:
    """A way to the server that can be cut."""
    made = Proxy(neo4j_server.bolt_uri)
    yield made
    made.close()


@pytest.mark.parametrize("command", ["load", "derive"])
def test_a_server_that_goes_away_is_one_line_and_the_next_run_completes(
    command: str, server_place: Place, proxy: Proxy, tmp_path: Path
) -> None:
    files = write_pages(tmp_path, range(2))
    through = replace(server_place, address=proxy.address)
    if command == "load":
        arguments: tuple[str | Path, ...] = ("load", *files)
        seen: Callable[[], int] = server_place.record_count
    else:
        assert server_place.invoke("load", *files).code == 0
        arguments, seen = ("derive",), server_place.tie_count
    with through.start(*arguments, batch=BATCH, before=IMPATIENT) as running:
        assert running.wait_for(lambda: seen() > 0)
        proxy.go()
        message = the_error(running.finished())
    assert message == (
        f"{proxy.address} does not answer; is the server running there? "
        "(a local one is started with: make neo4j)"
    )
    server_place.settle()
    assert is_clean(server_place)
    half = seen()
    proxy.listen()
    assert through.invoke(*arguments).code == 0
    assert seen() > half
    assert is_clean(server_place)


def test_a_connection_that_breaks_once_leaves_whole_papers(
    server_place: Place, proxy: Proxy, tmp_path: Path
) -> None:
    files = write_pages(tmp_path, range(2))
    through = replace(server_place, address=proxy.address)
    with through.start("load", *files, batch=BATCH, before=IMPATIENT) as running:
        assert running.wait_for(lambda: server_place.record_count() > 0)
        proxy.drop()
        run = running.finished()
    # The driver goes on over a new connection; but the right to write went with the old one.
    assert proxy.address in the_error(run)
    server_place.settle()
    assert is_clean(server_place)
    assert through.invoke("load", *files).code == 0
    assert server_place.record_count() == 102


# -- disks that are full, files that are read-only --------------------------------------------

LIMITED = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
"""


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[bool]:
    """Mount a small disk on a folder, where this user may; else say no."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
    mounted = os.geteuid() == 0 and not subprocess.run(command, check=False).returncode
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_one_line_and_leaves_whole_batches(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    place = Place(f"file:{disk / 'store.sqlite'}", tmp_path)
    files = write_pages(tmp_path, range(4))
    # Where no disk can be mounted, a limit on the size of files is the next best thing.
    with small_disk(disk, 400) as mounted:
        before = "" if mounted else LIMITED.format(limit=250_000)
        with place.start("load", *files, batch=BATCH, before=before) as running:
            message = the_error(running.finished())
        assert message.startswith(f"{place.address}: ")
        assert ("the disk is full; what was written before is whole" in message) or not mounted
        count = place.record_count()
        assert 0 < count < 204
        assert count % BATCH == 0
        assert is_clean(place)
        export = place.invoke("export", disk / "export.jsonl") if mounted else None
        if export is not None:
            assert the_error(export).startswith(f"{disk / 'export.jsonl'}: No space left")
            assert sorted(path.name for path in disk.glob("*export*")) == []
        if mounted:
            subprocess.run(["mount", "-o", "remount,size=20m", str(disk)], check=True)
        assert place.invoke("load", *files).code == 0
        assert place.record_count() == 204
        assert is_clean(place)


def test_a_file_that_may_not_grow_is_one_line(file_place: Place, tmp_path: Path) -> None:
    files = write_pages(tmp_path, range(4))
    for limit in (1_000, 250_000):
        running = file_place.start("load", *files, batch=BATCH, before=LIMITED.format(limit=limit))
        with running:
            assert the_error(running.finished()).startswith(f"{file_place.address}: ")
    assert file_place.record_count() % BATCH == 0
    assert is_clean(file_place)
    assert file_place.invoke("load", *files).code == 0


@pytest.mark.parametrize("what", ["file", "both"])
def test_a_read_only_store_answers_and_refuses_writes_in_one_line(
    what: str, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    place = Place(f"file:{folder / 'store.sqlite'}", tmp_path)
    first, second = write_pages(tmp_path, range(2), files=True)
    assert place.invoke("load", first).code == 0
    before = place.records()
    place.path.chmod(0o444)
    if what == "both":
        folder.chmod(0o555)
    try:
        with place.start("load", second, before=AS_NOBODY_SPECIAL) as running:
            message = the_error(running.finished())
            assert message.startswith(f"{place.address}: ")
        with place.start("status", "--json", before=AS_NOBODY_SPECIAL) as running:
            status = running.finished()
    finally:
        folder.chmod(0o755)
        place.path.chmod(0o644)
    assert (status.code, status.json["nodes"]["Paper"]) == (0, 50), status.err
    assert place.records() == before
    assert place.invoke("load", second).code == 0


# -- what is no store -------------------------------------------------------------------------


def make_other_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE films (title TEXT)")


def make_empty_database(path: Path) -> None:
    """What a kill leaves that comes before the first transaction."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (make_other_database, "is a database of another program"),
        (lambda path: path.write_bytes(bytes(range(256)) * 20), "is no store or is damaged"),
        (lambda path: path.write_text("Dear diary\n" * 100), "is no store or is damaged"),
        (lambda path: path.mkdir(), "is a folder"),
        (lambda path: path.symlink_to("nowhere/store.sqlite"), ""),
    ],
    ids=["another-program", "bytes", "text", "folder", "link-into-nowhere"],
)
def test_what_is_no_store_is_left_as_it_is(
    make: Callable[[Path], object], words: str, file_place: Place, tmp_path: Path
) -> None:
    make(file_place.path)
    before = file_place.path.read_bytes() if file_place.path.is_file() else None
    (page,) = write_pages(tmp_path, [0])
    for arguments in (("load", page), ("status",), ("derive",)):
        message = the_error(file_place.invoke(*arguments))
        assert str(file_place.path) in message
        assert words in message
        assert (file_place.path.read_bytes() if before is not None else None) == before


@pytest.mark.parametrize("make", [Path.touch, make_empty_database], ids=["0-bytes", "no-tables"])
def test_a_store_that_was_only_begun_is_completed_by_the_next_load(
    make: Callable[[Path], object], file_place: Place, tmp_path: Path
) -> None:
    make(file_place.path)
    (page,) = write_pages(tmp_path, [0])
    assert file_place.address in the_error(file_place.invoke("status"))
    assert file_place.invoke("load", page).code == 0
    assert is_clean(file_place)


def test_the_next_load_lets_readers_and_writer_work_side_by_side(
    file_place: Place, tmp_path: Path
) -> None:
    """A kill may come between the making of a store and the switch to write-ahead logging."""
    (page,) = write_pages(tmp_path, [0])
    assert file_place.invoke("load", page).code == 0
    for mode in ("delete", "wal"):
        if mode == "delete":
            with closing(sqlite3.connect(file_place.path)) as connection:
                connection.execute("PRAGMA journal_mode=DELETE")
        else:
            assert file_place.invoke("load", page).code == 0
        assert file_place.sql("PRAGMA journal_mode") == [(mode,)]


def test_a_damaged_store_is_said_to_be_damaged(file_place: Place, tmp_path: Path) -> None:
    (page,) = write_pages(tmp_path, [0])
    assert file_place.invoke("load", page).code == 0
    whole = file_place.path.read_bytes()
    file_place.path.write_bytes(whole[:8_192])
    for arguments in (("status",), ("verify",), ("load", page)):
        assert "is damaged" in the_error(file_place.invoke(*arguments))


def test_a_store_of_another_schema_is_refused_with_the_remedy(place: Place, tmp_path: Path) -> None:
    (page,) = write_pages(tmp_path, [0])
    assert place.invoke("load", page).code == 0
    if place.raw is None:
        with closing(sqlite3.connect(place.path)) as connection:
            connection.execute("PRAGMA user_version=99")
    else:
        place.rows("MATCH (s:Store) SET s.schema_version = 99")
    for arguments in (("load", page), ("status",), ("derive",), ("verify",)):
        assert the_error(place.invoke(*arguments)) == (
            f"{place.address} holds schema version 99, this program needs {SCHEMA_VERSION}; "
            "export it with the program that wrote it, then import into a new store"
        )


@pytest.mark.parametrize(
    "made", ["(:Film {title: 'Bridges'})", "(:Store {id: 'store', name: 'a shop'})"]
)
def test_another_programs_database_is_left_as_it_is(
    made: str, server_place: Place, tmp_path: Path
) -> None:
    server_place.rows(f"CREATE {made}")
    (page,) = write_pages(tmp_path, [0])
    message = the_error(server_place.invoke("load", page))
    assert "holds data of another program" in message
    assert "use an empty database" in message
    assert the_error(server_place.invoke("status"))
    (row,) = server_place.rows("MATCH (n) RETURN count(n)")
    assert row[0] == 1


# -- addresses and passwords ------------------------------------------------------------------

SECRET = "very-secret-word"


@pytest.mark.parametrize(
    ("address", "code", "words"),
    [
        (f"bolt://neo4j:{SECRET}@127.0.0.1:1", WRONG_USE, "without user and password"),
        (f"neo4j+s://{SECRET}@127.0.0.1:1", WRONG_USE, "without user and password"),
        (f"bolt://a@b:{SECRET}@127.0.0.1:1", WRONG_USE, "without user and password"),
        (f"http://neo4j:{SECRET}@127.0.0.1:1", WRONG_USE, "bolt://HOST:PORT"),
        (f"neo4j:{SECRET}@127.0.0.1:1", WRONG_USE, "bolt://HOST:PORT"),
        ("bolt://", WRONG_USE, "bolt://HOST:PORT"),
        ("bolt://127.0.0.1:1/films", WRONG_USE, "COAUTHOR_GRAPH_NEO4J_DATABASE"),
        ("bolt://127.0.0.1:1", FAILED, "is the server running there?"),
        ("neo4j://127.0.0.1:1", FAILED, "is the server running there?"),
        ("bolt://nowhere.invalid", FAILED, "is the server running there?"),
        ("bolt://127.0.0.1:99999", None, "127.0.0.1:99999"),
        ("http://127.0.0.1:7474", WRONG_USE, "bolt://HOST:PORT"),
        ("store.sqlite", WRONG_USE, "file:PATH"),
        ("file:", WRONG_USE, "file:PATH"),
        ("", WRONG_USE, "file:PATH"),
    ],
)
def test_an_address_that_leads_nowhere_is_one_line(
    address: str, code: int | None, words: str, tmp_path: Path
) -> None:
    (page,) = write_pages(tmp_path, [0])
    environment = {"COAUTHOR_GRAPH_NEO4J_PASSWORD": SECRET}
    for arguments in (("load", page), ("status",), ("status", "--json")):
        run = invoke(*arguments, "--store", address, environment=environment)
        assert SECRET not in run.out + run.err
        assert words in run.err
        if "--json" not in arguments:
            the_error(run, code if code is not None else run.code)
        assert run.code in {FAILED, WRONG_USE}


def test_a_wrong_password_is_one_line_that_does_not_print_it(
    server_place: Place, tmp_path: Path
) -> None:
    # Neo4j locks a user out after three tries, so another user's are better spent.
    for user, password in (("nobody", SECRET), ("neo4j", SECRET)):
        stranger = replace(
            server_place,
            environment={
                "COAUTHOR_GRAPH_NEO4J_USER": user,
                "COAUTHOR_GRAPH_NEO4J_PASSWORD": password,
            },
        )
        message = the_error(stranger.invoke("status"))
        assert message == (
            f"{server_place.address} refuses the user or the password; check "
            "COAUTHOR_GRAPH_NEO4J_USER and COAUTHOR_GRAPH_NEO4J_PASSWORD"
        )
    nobody = replace(server_place, environment={})
    assert "set COAUTHOR_GRAPH_NEO4J_PASSWORD" in the_error(nobody.invoke("status"), WRONG_USE)


@pytest.mark.parametrize("database", ["nowhere", "two words", "-"])
def test_an_unknown_database_is_one_line(database: str, server_place: Place) -> None:
    elsewhere = replace(
        server_place,
        environment={**server_place.environment, "COAUTHOR_GRAPH_NEO4J_DATABASE": database},
    )
    message = the_error(elsewhere.invoke("status"))
    assert "has no such database; check COAUTHOR_GRAPH_NEO4J_DATABASE" in message


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", bytes(range(64)), b""], ids=repr
)
def test_a_server_of_another_kind_is_one_line(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        connection.recv(100)
                        connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        address = f"bolt://127.0.0.1:{listener.getsockname()[1]}"
        run = invoke(
            "status",
            "--store",
            address,
            environment={"COAUTHOR_GRAPH_NEO4J_PASSWORD": SECRET},
        )
        assert address in the_error(run)
        assert SECRET not in run.err
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(timeout=10)
