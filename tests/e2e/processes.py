"""The command line as a process that can be killed; pages of invented people; back doors.

Here belongs what the robustness tests share: starting `coauthor-graph` in a process group of
its own, running it inside the test for speed, and reading a store without the store's code.
"""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Self

import neo4j
import pytest
from typer.testing import CliRunner

from graph_service import sample
from graph_service.cli.main import app

SAMPLE = Path(str(sample.__file__)).with_name("profile_page.txt")
DEAD_CLIENT_SECONDS = 30.0

# -- pages of invented people -----------------------------------------------------------------

_GIVEN = (
    *("Ada", "Ben", "Cleo", "Dov", "Eva", "Finn", "Gia", "Hal", "Ida", "Jon", "Kaya", "Lior"),
    *("Mina", "Nilo", "Oda", "Pia", "Quin", "Rosa", "Sven", "Tove", "Uma", "Vito", "Wei", "Yara"),
)
_SYLLABLES = (
    *("ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru"),
    *("sa", "te", "vi", "wo", "zu", "bra", "dre", "fli", "gro", "klu"),
)
_HUBS = 61  # a prime, so that one page never gives the same hub to two people
_PEOPLE_A_PAGE = 400


def invented_name(number: int) -> str:
    """A name of its own for each number."""
    rest, family = number, ""
    while rest or len(family) < 4:
        rest, digit = divmod(rest, len(_SYLLABLES))
        family += _SYLLABLES[digit]
    return f"{_GIVEN[number % len(_GIVEN)]} {family.capitalize()}"


@dataclass(frozen=True)
class _SamplePaper:
    headline_and_title: str
    authors: tuple[str, ...]
    end: str
    abstract: str


@cache
def _sample_papers() -> tuple[_SamplePaper, ...]:
    blocks = SAMPLE.read_text(encoding="utf-8").strip().split("\n\n")
    papers = []
    for place, block in enumerate(blocks):
        if re.match(r"[A-Za-z.-]+[A-Z][a-z]{2} \d+, \d{4}", block):
            byline = blocks[place + 1]
            names = re.sub(r" et al\.| · .*", "", byline)
            end = byline.removeprefix(names)
            papers.append(_SamplePaper(block, tuple(names.split(", ")), end, blocks[place + 2]))
    return tuple(papers)


@cache
def _sample_subject() -> str:
    return SAMPLE.read_text(encoding="utf-8").split("\n")[0]


def page(number: int) -> str:
    """The packaged page under invented names: its subject and its authors are its own.

    One author in twelve is a hub, whom other pages know as well.
    """
    papers = _sample_papers()
    people: dict[str, str] = {}
    first = _HUBS + number * _PEOPLE_A_PAGE

    def invented(name: str) -> str:
        if name not in people:
            place = len(people)
            hub = place % 12 == 7
            people[name] = invented_name((number * 31 + place) % _HUBS if hub else first + place)
        return people[name]

    figures = f"CV\nh-index{number % 50}\n{len(papers)}papers\nNovelty60%"
    parts = [invented(_sample_subject()), figures, f"{len(papers)} Papers"]
    for paper in papers:
        names = ", ".join(invented(name) for name in paper.authors)
        parts += [paper.headline_and_title, names + paper.end, paper.abstract]
    return "\n\n".join(parts) + "\n\n"


def write_pages(folder: Path, numbers: Iterable[int], *, files: bool = False) -> list[Path]:
    """Write pages one after the other into one file, or each into a file of its own."""
    numbers = list(numbers)
    groups = [[number] for number in numbers] if files else [numbers]
    written = []
    for group in groups:
        path = folder / f"pages-{group[0]:04}-{group[-1]:04}.txt"
        path.write_text("".join(page(number) for number in group), encoding="utf-8")
        written.append(path)
    return written


# -- the command line -------------------------------------------------------------------------

# The same command with smaller transactions: then a small load has moments between them too.
_SMALL = """
import loaders.runner, graph_service.store.embedded, graph_service.store.neo4j
loaders.runner.RECORDS_A_BATCH = graph_service.store.neo4j.ROWS_A_TRANSACTION = {batch}
graph_service.store.embedded.EmbeddedStore.records_a_batch = {batch}
graph_service.store.neo4j.Neo4jStore.records_a_batch = {batch}
"""
# Root may read and write everything; without two capabilities it is a user like others. They
# are taken from what a new program gets, so the interpreter starts itself once more.
AS_NOBODY_SPECIAL = """
import ctypes, os, sys
if os.geteuid() == 0 and "NOBODY_SPECIAL" not in os.environ:
    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        if ctypes.CDLL(None, use_errno=True).prctl(24, capability, 0, 0, 0):  # PR_CAPBSET_DROP
            raise OSError(ctypes.get_errno(), "cannot give up capabilities")
    os.environ["NOBODY_SPECIAL"] = "1"
    os.execv(sys.executable, sys.orig_argv)
"""
_MAIN = "from graph_service.cli.main import main; main()"


@dataclass(frozen=True)
class Finished:
    """What a run of the command line said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The JSON object that --json prints."""
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def errors(self) -> list[str]:
        """The lines that begin with `error:`."""
        return [line for line in self.err.splitlines() if line.startswith("error:")]


class Running:
    """A `coauthor-graph` process in a process group of its own; killed at the end of `with`."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.returncode is None:
            self.signal(signal.SIGCONT)
            self.kill()

    @property
    def seconds(self) -> float:
        """How long ago it was started."""
        return time.monotonic() - self._began

    @property
    def ended(self) -> bool:
        """Whether it ended by itself."""
        return self._process.poll() is not None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the whole group."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, number)

    def wait_for(self, condition: Callable[[], bool], *, seconds: float = 3_600.0) -> bool:
        """Wait for a condition, or for the end of the process; say whether it was met."""
        while self.seconds < seconds:
            if condition():
                return True
            if self.ended:
                return condition()
            time.sleep(0.02)
        raise TimeoutError(f"not seen within {seconds} s")

    def kill(self) -> Finished:
        """Kill -9, and collect what it printed; `code` is -9 unless it had ended before."""
        self.signal(signal.SIGKILL)
        return self.finished()

    def finished(self) -> Finished:
        """Wait for its end."""
        out, err = self._process.communicate(timeout=3_600)
        return Finished(self._process.returncode, out, err)


def start(
    *arguments: str | int | Path,
    environment: Mapping[str, str],
    cwd: Path,
    batch: int | None = None,
    before: str = "",
) -> Running:
    """Start the command line.

    Args:
        arguments: As on a command line.
        environment: Settings, put over this process's own environment without its settings.
        cwd: Where to run, so that no `.env` is read by chance.
        batch: Records or ties in one transaction, in place of the measured constants.
        before: Python for the new process to run before the program begins.
    """
    code = "\n".join([before, "" if batch is None else _SMALL.format(batch=batch), _MAIN])
    own = {
        name: value for name, value in os.environ.items() if not name.startswith("COAUTHOR_GRAPH_")
    }
    return Running(
        subprocess.Popen(
            [sys.executable, "-c", code, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            cwd=cwd,
            env={**own, **environment},
            start_new_session=True,
        )
    )


def invoke(*arguments: str | int | Path, environment: Mapping[str, str] | None = None) -> Finished:
    """Run the command line inside this process: the same code without the start of a process."""
    done = CliRunner(env={"COLUMNS": None}).invoke(
        app, [str(argument) for argument in arguments], env=dict(environment or {})
    )
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Finished(done.exit_code, done.stdout, done.stderr)


# -- stores and their back doors --------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A store under test: its address, the settings that open it, and its back door."""

    address: str
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    raw: neo4j.Driver | None = None

    @classmethod
    def on_server(cls, server: Any, raw: neo4j.Driver, folder: Path) -> "Place":
        """The place on a server, as its fixtures give it."""
        password = {"COAUTHOR_GRAPH_NEO4J_PASSWORD": server.password}
        return cls(
            server.bolt_uri, folder, {"COAUTHOR_GRAPH_NEO4J_USER": server.user, **password}, raw
        )

    @property
    def path(self) -> Path:
        """The file of an embedded store."""
        return Path(self.address.removeprefix("file:"))

    def start(
        self,
        *arguments: str | int | Path,
        batch: int | None = None,
        before: str = "",
    ) -> Running:
        """Start a command on this store."""
        return start(
            *arguments,
            "--store",
            self.address,
            environment=self.environment,
            cwd=self.folder,
            batch=batch,
            before=before,
        )

    def invoke(self, *arguments: str | int | Path) -> Finished:
        """Run a command on this store inside this process."""
        return invoke(*arguments, "--store", self.address, environment=self.environment)

    def rows(self, cypher: str) -> list[Any]:
        """Run literal Cypher."""
        assert self.raw is not None
        return self.raw.execute_query(cypher).records

    def sql(self, query: str) -> list[Any]:
        """Run literal SQL, read-only; empty when there is no store yet."""
        if not self.path.exists():
            return []
        try:
            with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as connection:
                return connection.execute(query).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error) or "unable to open" in str(error):
                return []
            raise

    def is_made(self) -> bool:
        """Whether there is a store, be it empty."""
        if self.raw is None:
            return bool(self.sql("SELECT 1 FROM meta"))
        return bool(self.rows("MATCH (s:Store) RETURN 1"))

    def record_count(self) -> int:
        """How many records are committed."""
        if self.raw is None:
            return sum(count for (count,) in self.sql("SELECT count(*) FROM record"))
        return int(self.rows("MATCH (r:Record) RETURN count(r)")[0][0])

    def records(self) -> dict[str, bytes]:
        """The committed records' JSON by record id."""
        if self.raw is None:
            return dict(self.sql("SELECT id, json FROM record"))
        rows = self.rows("MATCH (r:Record) RETURN r.id, r.json")
        return {id_.removeprefix("record:"): text.encode() for id_, text in rows}

    def derivation(self) -> dict[str, Any] | None:
        """The stamp of the derived layer."""
        if self.raw is None:
            rows = self.sql("SELECT value FROM meta WHERE name = 'derivation'")
            return json.loads(rows[0][0]) if rows else None
        rows = self.rows("MATCH (d:Derivation) RETURN properties(d)")
        return dict(rows[0][0]) if rows else None

    def ties(self) -> set[tuple[Any, ...]]:
        """The stored ties: both ids, papers, weight, first and last year."""
        if self.raw is None:
            fields = ", ".join(
                f"json_extract(CAST(json AS TEXT), '$.{name}')"
                for name in ("papers", "weight", "first_year", "last_year")
            )
            return set(
                self.sql(f"SELECT start, end, {fields} FROM derived_edge WHERE type = 'COAUTHORED'")
            )
        rows = self.rows(
            "MATCH (a:Author)-[r:COAUTHORED]->(b:Author) "
            "RETURN a.id, b.id, r.papers, r.weight, r.first_year, r.last_year"
        )
        return {tuple(row) for row in rows}

    def tie_count(self) -> int:
        """How many ties are committed."""
        if self.raw is None:
            ties = self.sql("SELECT count(*) FROM derived_edge WHERE type = 'COAUTHORED'")
            return sum(count for (count,) in ties)
        return int(self.rows("MATCH ()-[r:COAUTHORED]->() RETURN count(r)")[0][0])

    def settle(self) -> None:
        """Wait until the server has dropped what a killed process had under way."""
        if self.raw is None:
            return
        end = time.monotonic() + DEAD_CLIENT_SECONDS
        while self.rows(
            "SHOW TRANSACTIONS YIELD currentQuery, transactionId "
            "WHERE NOT currentQuery STARTS WITH 'SHOW' RETURN transactionId"
        ):
            assert time.monotonic() < end, "the server keeps a dead client's transaction"
            time.sleep(0.02)

    def wipe(self) -> None:
        """Empty the store, as nobody had ever loaded anything."""
        if self.raw is None:
            for path in self.path.parent.glob(f"{self.path.name}*"):
                path.unlink()
        else:
            with self.raw.session() as session:
                session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS").consume()


@contextmanager
def place_of(request: pytest.FixtureRequest, folder: Path) -> Iterator[Place]:
    """Make the place that a fixture's parameter names: `file`, or `neo4j`, emptied before and after."""
    if request.param == "file":
        yield Place(f"file:{folder / 'store.sqlite'}", folder)
        return
    place = Place.on_server(
        request.getfixturevalue("neo4j_server"), request.getfixturevalue("raw_neo4j"), folder
    )
    place.wipe()
    yield place
    place.settle()
    place.wipe()


def assert_whole(place: Place, expected: Mapping[str, bytes]) -> int:
    """Check through the back door that what is stored is whole; give the number of records.

    Every record is, byte for byte, one of those expected. On Neo4j every record of a paper has
    its paper, every paper its record, and its authors are those that the record prints.
    """
    records = place.records()
    for record_id, content in records.items():
        assert content == expected[record_id], record_id
    if place.raw is not None:
        rows = place.rows(
            "MATCH (p:Paper) OPTIONAL MATCH (a:Author)-[w:AUTHORED]->(p) "
            "OPTIONAL MATCH (r:Record {paper: p.id}) "
            "RETURN p.id, r.json, collect([coalesce(w.position, 0), w.name_as_printed]) AS authors"
        )
        for paper, text, authors in rows:
            assert text is not None, f"{paper} without a record"
            mentions = json.loads(text)["mentions"]
            printed = sorted([one.get("position") or 0, one["name"]] for one in mentions)
            assert sorted(authors) == printed, paper
        assert len(rows) == sum(b'"type":"paper"' in content for content in records.values())
        named = place.rows("MATCH (a:Author) WHERE NOT (a)--() RETURN count(a)")
        assert named[0][0] == 0, "an author without a paper"
    return len(records)


class Proxy:
    """A TCP proxy in front of a server, that can drop its connections and go away."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._pairs: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self._threads: list[threading.Thread] = []
        self.port = 0
        self.listen()

    @property
    def address(self) -> str:
        """The address of the proxy."""
        return f"bolt://127.0.0.1:{self.port}"

    def listen(self) -> None:
        """Accept connections, after `go` on the same port as before."""
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", self.port))
        self._listener.listen()
        self.port = self._listener.getsockname()[1]
        self._run(self._accept, self._listener)

    def drop(self) -> None:
        """Break every connection; new ones are welcome."""
        pairs, self._pairs = self._pairs, []
        for end in pairs:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def go(self) -> None:
        """Break every connection and take no more."""
        if self._listener is not None:
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        self.drop()

    def close(self) -> None:
        """Go, and leave no thread behind."""
        self.go()
        for thread in self._threads:
            thread.join(timeout=10)

    def _run(self, target: Callable[..., None], *arguments: socket.socket) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        host, _, port = self._target.removeprefix("bolt://").partition(":")
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection((host, int(port)))
                self._pairs += [near, far]
                self._run(self._pump, near, far)
                self._run(self._pump, far, near)

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
