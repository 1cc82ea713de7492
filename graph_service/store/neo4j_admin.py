"""An installation of Neo4j on this machine, and its import tool, run while the server is stopped.

Source: https://neo4j.com/docs/operations-manual/5/tools/neo4j-admin/neo4j-admin-import/.
The import writes a database beside the one that is there, which takes its place only once it is
whole; until then a failure, a full disk or a killed process leaves the old one as it was.
"""

import contextlib
import fcntl
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import orjson

from graph_service.model.errors import SettingsError, StoreBusy, StoreError

# What tools/neo4j leaves in the home of a server made of jars.
LAUNCH = "launch.json"
WORK = "coauthor-graph-import"
ANSWER_SECONDS = 2.0
WAIT_FOR_OTHER_SECONDS = 120.0
_HEAP = "2g"
_ADD_OPENS = tuple(
    f"--add-opens=java.base/{package}=ALL-UNNAMED"
    for package in ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
)
_PERCENT = re.compile(rb"(\d{1,3})%")
_STAGE = re.compile(rb"\((\d)/(\d)\) ([A-Za-z ]+)")
# A database that was made and never written to holds no node, and its log this much at most.
_LOG_OF_AN_EMPTY_DATABASE = 2**15
DEFAULT_PORT = 7687


@dataclass(frozen=True, slots=True)
class Installation:
    """A Neo4j: its home, where it keeps data and transaction logs, and what runs its tools."""

    home: Path
    conf: Path
    data: Path
    logs: Path
    admin: tuple[str, ...]

    def database(self, name: str) -> Path:
        """The folder of a database."""
        return self.data / "databases" / name

    def log(self, name: str) -> Path:
        """The folder of a database's transaction logs."""
        return self.logs / name


def find_installation(home: Path | None) -> Installation:
    """Find the Neo4j whose home is given, or the one that `make neo4j` keeps here.

    Raises:
        SettingsError: There is none, or it lacks its import tool or Java.
    """
    remedy = "name its home with --neo4j-home or COAUTHOR_GRAPH_NEO4J_HOME"
    if home is None:
        kept = sorted(Path(".neo4j").glob("data-*/" + LAUNCH))
        if len(kept) != 1:
            what = "several servers of" if kept else "no server of"
            raise SettingsError(
                f"a bulk load needs the Neo4j it loads into on this machine, and there is {what} "
                f"`make neo4j` in .neo4j; {remedy}, or run `make neo4j` once, then "
                "`make neo4j-stop`"
            )
        home = kept[0].parent
    home = home.resolve()
    if not home.is_dir():
        raise SettingsError(f"there is no folder {home}; {remedy}")
    conf = Path(os.environ.get("NEO4J_CONF") or home / "conf")
    program = home / "bin" / "neo4j-admin"
    if (home / LAUNCH).is_file():
        conf = home / "conf"
        admin = _of_jars(home)
    elif program.is_file():
        admin = (str(program),)
    else:
        raise SettingsError(f"{home} holds no bin/neo4j-admin, so it is no home of Neo4j; {remedy}")
    said = _conf(conf / "neo4j.conf")
    data = home / said.get("server.directories.data", "data")
    logs = said.get("server.directories.transaction.logs.root")
    return Installation(
        home=home,
        conf=conf,
        data=data,
        logs=home / logs if logs else data / "transactions",
        admin=admin,
    )


def _of_jars(home: Path) -> tuple[str, ...]:
    try:
        said = orjson.loads((home / LAUNCH).read_bytes())
        jars, recorded = Path(said["jars"]), str(said["java"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            f"{home / LAUNCH} cannot be read ({error}); run `make neo4j`, which writes it"
        ) from error
    if not any(jars.glob("neo4j-import-tool-*.jar")):
        raise SettingsError(f"{jars} holds no import tool; run `make neo4j`, which fetches it")
    java = recorded if os.access(recorded, os.X_OK) else shutil.which("java")
    if java is None:
        raise SettingsError(
            f"there is no Java at {recorded} any more, and none on PATH; run `make neo4j`, which "
            "says which one is needed"
        )
    return (
        *(java, f"-Xmx{_HEAP}", "-XX:+UseParallelGC", *_ADD_OPENS, "-Dfile.encoding=UTF-8"),
        *("-cp", f"{jars}/*", "org.neo4j.cli.AdminTool"),
    )


def _conf(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error
    pairs = (line.partition("=") for line in lines if not line.lstrip().startswith("#"))
    return {key.strip(): value.strip() for key, sign, value in pairs if sign}


def check_stopped(address: str, installation: Installation, database: str) -> None:
    """Make sure that no server has the database open.

    Raises:
        StoreError: One answers at the address, or holds the lock of the data.
    """
    parts = urlsplit(address)
    place = (parts.hostname or "localhost", parts.port or DEFAULT_PORT)
    with contextlib.suppress(OSError), socket.create_connection(place, timeout=ANSWER_SECONDS):
        raise StoreError(
            f"a server answers at {address}; a bulk load needs it stopped: `make neo4j-stop`, or "
            "`neo4j stop`. Or load without --bulk"
        )
    for lock in (
        installation.data / "databases" / "store_lock",
        installation.database(database) / "database_lock",
    ):
        if _is_locked(lock):
            raise StoreError(
                f"a server has {installation.data} open, though not at {address}; stop it: "
                "`make neo4j-stop`, or `neo4j stop`"
            )


def _is_locked(path: Path) -> bool:
    try:
        with path.open("r+b") as stream:
            fcntl.lockf(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def check_may_be_replaced(installation: Installation, database: str, *, overwrite: bool) -> None:
    """Make sure that nothing is lost that nobody gave up.

    Raises:
        StoreError: The database holds something, and `overwrite` does not say that it may go.
    """
    if not overwrite and holds_data(installation, database):
        raise StoreError(
            f"the database {database} in {installation.data} is not empty; a bulk load is a first "
            "load and replaces all of it. Load without --bulk to add to it, or say --overwrite"
        )


def holds_data(installation: Installation, database: str) -> bool:
    """Whether a database holds, or held, anything; of one that was killed too."""
    nodes = [*installation.database(database).glob("*nodestore.db")]
    nodes += installation.database(database).glob("block.x1.db")
    if any(path.stat().st_size for path in nodes):
        return True
    logs = [
        path
        for path in installation.log(database).glob("*")
        if "transaction" in path.name and path.is_file()
    ]
    return len(logs) > 1 or any(_says_something(path) for path in logs)


def _says_something(log: Path) -> bool:
    # A new log is a long file of zeros; what stands far from its beginning is of transactions.
    with log.open("rb") as stream:
        stream.seek(_LOG_OF_AN_EMPTY_DATABASE)
        return any(stream.read(2**16))


@contextlib.contextmanager
def workspace(installation: Installation, database: str) -> Iterator[Path]:
    """A folder beside the databases, for this bulk load alone; it goes when the load ends.

    What a killed load left is removed, and where that had only to be put in place, it is.

    Raises:
        StoreBusy: Another bulk load is at work there.
        StoreError: The folder cannot be made.
    """
    folder = installation.data / WORK
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
    except OSError as error:
        raise StoreError(
            f"{folder} cannot be made: {error}; run as the user that Neo4j runs as"
        ) from error
    with lock:
        _wait_for(lock.fileno(), str(installation.data))
        os.set_inheritable(lock.fileno(), True)  # an import that outlives us keeps others away
        put_in_place(installation, database)
        _clear(folder)
        try:
            yield folder
        finally:
            if not (folder / "ready").exists():
                _clear(folder)
                (folder / "lock").unlink(missing_ok=True)
                with contextlib.suppress(OSError):
                    folder.rmdir()


def _wait_for(lock: int, name: str) -> None:
    until = time.monotonic() + WAIT_FOR_OTHER_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > until:
                raise StoreBusy(name) from error
            time.sleep(0.2)
        else:
            return


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name != "lock":
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()


def run_import(
    installation: Installation,
    folder: Path,
    files: Path,
    database: str,
    arguments: Sequence[str],
    step: Callable[[str, int, int], None],
) -> None:
    """Import files into a new database in `folder`, beside the one that is there.

    Args:
        installation: Whose tool to use.
        folder: The workspace.
        files: Where the import files are.
        database: Its name.
        arguments: See `import_files.arguments`.
        step: Called with what is being done, in percent.

    Raises:
        StoreError: The import failed; the message ends with its reason.
    """
    new = folder / "new"
    config = folder / "import.conf"
    config.write_text(
        f"server.directories.data={new}\n"
        f"server.directories.transaction.logs.root={new / 'transactions'}\n",
        encoding="utf-8",
    )
    command = [
        *installation.admin,
        *("database", "import", "full", database, "--overwrite-destination"),
        *(f"--additional-config={config}", f"--report-file={folder / 'report'}", *arguments),
    ]
    environment = {
        "NEO4J_HOME": str(installation.home),
        "NEO4J_CONF": str(installation.conf),
        "HEAP_SIZE": _HEAP,
    }
    log = folder / "output"
    with log.open("w+b") as output:
        process = subprocess.Popen(  # noqa: S603 - the user's own Neo4j
            command,
            cwd=files,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            close_fds=False,  # the lock goes along
        )
        try:
            while process.poll() is None:
                time.sleep(0.1)
                stage, percent = _progress(log)
                step(f"importing into Neo4j, {stage}, percent", percent, 100)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    if process.returncode != 0:
        raise StoreError(
            f"neo4j-admin could not import the files: {_reason(log, folder / 'report')}; "
            "the database is as it was"
        )


def _progress(log: Path) -> tuple[str, int]:
    said = log.read_bytes()[-4000:]
    stages = _STAGE.findall(said)
    percents = _PERCENT.findall(said)
    stage = f"{stages[-1][0].decode()} of {stages[-1][1].decode()}" if stages else "starting"
    return stage, int(percents[-1]) if percents and stages else 0


def _reason(log: Path, report: Path) -> str:
    lines = [
        line.strip()
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines()
        if line.strip() and not line.startswith(("\tat ", "\t... ", "WARNING", "Run with"))
    ]
    caused = [line for line in lines if line.startswith("Caused by:")]
    found = caused[-1:] or lines[-2:]
    if report.is_file() and (bad := report.read_text(errors="replace").strip()):
        found.append(bad.splitlines()[0])
    return " ".join(found)[:600] or "it said nothing"


def put_in_place(installation: Installation, database: str) -> bool:
    """Put an imported database in the place of the old one, if one is ready; say whether it was.

    Each step is one renaming and may be done again, so that a load killed here is completed by
    the next.
    """
    folder = installation.data / WORK
    if not (folder / "ready").exists():
        return False
    old = folder / "old"
    old.mkdir(exist_ok=True)
    new = folder / "new"
    for name, source, place in (
        ("log", new / "transactions" / database, installation.log(database)),
        ("database", new / "databases" / database, installation.database(database)),
    ):
        if source.exists():
            if place.exists():
                number = len([*old.iterdir()])
                place.rename(old / f"{name}-{number}")
            place.parent.mkdir(parents=True, exist_ok=True)
            source.rename(place)
    (folder / "ready").unlink()
    shutil.rmtree(old, ignore_errors=True)
    return True


def make_ready(installation: Installation) -> None:
    """Say that the imported database is whole, and may be put in place by whoever comes next."""
    folder = installation.data / WORK
    with (folder / "ready").open("w") as stream:
        os.fsync(stream.fileno())
