"""Run a real Neo4j from its Maven artifacts, without Docker.

Here belongs what fetches Neo4j's jars once, starts and stops servers made of them, and talks
to them without a driver: `make neo4j` keeps one server for a person, tests ask for disposable
ones. Standard library only, so that it works before anything is installed. Linux and macOS.

Layout: `HOME/lib` holds the jars; each server has a data directory of its own, which is its
whole Neo4j home (conf, data, logs, run, import, plugins), so one `lib` serves many servers.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import fcntl
import hashlib
import http.client
import json
import os
import re
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from xml.etree import ElementTree as ET

POM = Path(__file__).resolve().with_name("pom.xml")
USER = "neo4j"
USUAL_BOLT_PORT = 7687
USUAL_HTTP_PORT = 7474
START_SECONDS = 120.0
STOP_SECONDS = 30.0
MINIMUM_PASSWORD = 8  # Neo4j's own limit

_JAVA_VERSIONS = (17, 21)  # what Neo4j 5.26 is made for
_SERVER_CLASS = "org.neo4j.server.CommunityEntryPoint"
_STAMP = "pom.sha256"
_MAVEN_PAUSES = (5.0, 20.0)  # seconds between tries; package registries have short hiccups
_PORT_TRIES = 3

# Measured from start to the first answered query, in seconds of processor time: 25 with the
# ordinary flags, 23 with the serial collector, 13.6 with C1 alone added, 11.2 without verifying
# bytecode either (the jars come checksummed from Maven). On two idle cores that is 9 s instead
# of 14. Code that runs for minutes gets slower so: for short-lived servers only.
_QUICK_START = (
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:+UnlockDiagnosticVMOptions",
    "-XX:-BytecodeVerificationRemote",
)
_ADD_OPENS = tuple(
    f"--add-opens=java.base/{package}=ALL-UNNAMED"
    for package in ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
)


class Neo4jToolError(Exception):
    """A local Neo4j cannot be had; the message says why and what to do."""


class PortTaken(Neo4jToolError):
    """Another program listens on a port that this server was to have."""

    def __init__(self, bolt_port: int, http_port: int) -> None:
        self.bolt_port = bolt_port
        self.http_port = http_port
        super().__init__(
            f"port {bolt_port} or {http_port} is taken by another program; choose other ports"
        )


class PasswordRefused(Neo4jToolError):
    """The server runs, and does not know the password."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        super().__init__(
            f"Neo4j refused the password: the data in {data_dir} was made with another one. "
            f"Set NEO4J_PASSWORD to that one, or delete {data_dir} to start empty"
        )


# Java, Maven, jars


@dataclass(frozen=True)
class Java:
    """A Java runtime: its `java` program and its major version."""

    path: Path
    version: int


def project_home() -> Path:
    """Name the folder that holds jars and the kept server: `.neo4j` in the project's root."""
    return Path(__file__).resolve().parents[2] / ".neo4j"


def neo4j_version() -> str:
    """Read the Neo4j version from the pom, such as `5.26.30`."""
    found = ET.parse(POM).getroot().findtext(".//{*}properties/{*}neo4j.version")
    if not found:
        raise Neo4jToolError(f"{POM} has no property neo4j.version")
    return found.strip()


def neo4j_line() -> str:
    """Name the line of releases that can share a data directory, such as `5.26`."""
    return ".".join(neo4j_version().split(".")[:2])


def find_java() -> Java:
    """Find a Java that runs this Neo4j: JAVA_HOME first, then PATH.

    Raises:
        Neo4jToolError: Neither has version 17 or 21.
    """
    refused = []
    candidates = []
    if os.environ.get("JAVA_HOME"):
        candidates.append(("JAVA_HOME", Path(os.environ["JAVA_HOME"], "bin", "java")))
    on_path = shutil.which("java")
    if on_path:
        candidates.append(("PATH", Path(on_path)))
    for origin, path in candidates:
        version = _java_version(path)
        if version in _JAVA_VERSIONS:
            return Java(path, version)
        what = f"Java {version}" if version else "no Java that runs"
        refused.append(f"{what} at {path} ({origin})")
    found = "; ".join(refused) or "no java in JAVA_HOME or on PATH"
    raise Neo4jToolError(
        f"Neo4j {neo4j_line()} needs Java 17 or 21, found {found}. Install one "
        "(Debian, Ubuntu: apt install openjdk-17-jre-headless; macOS: brew install openjdk@21) "
        "and, if it is not the first on PATH, set JAVA_HOME to its folder"
    )


def _java_version(java: Path) -> int | None:
    try:
        done = subprocess.run(
            [java, "-version"], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    # `17.0.15`, `21-ea`, and `1.8.0_392` for what everybody calls 8.
    found = re.search(r'version "(?:1\.)?(\d+)', done.stderr + done.stdout)
    return int(found.group(1)) if found and done.returncode == 0 else None


def find_maven() -> Path:
    """Find Maven's program on PATH.

    Raises:
        Neo4jToolError: There is none.
    """
    maven = shutil.which("mvn")
    if maven is None:
        raise Neo4jToolError(
            "fetching Neo4j needs Maven (mvn) once, and there is none on PATH. Install it "
            "(Debian, Ubuntu: apt install maven; macOS: brew install maven), or add its bin "
            "folder to PATH"
        )
    return Path(maven)


def resolve_jars(home: Path) -> Path:
    """Have Maven copy Neo4j's jars into `home/lib`, unless those of this pom are there.

    A killed download leaves no half-filled `lib`: the jars arrive in a folder beside it, which
    is then renamed. Several processes may ask at once; one fetches, the others wait for it.

    Returns:
        `home/lib`, absolute.

    Raises:
        Neo4jToolError: Maven is missing, or failed three times.
    """
    home = home.resolve()
    lib = home / "lib"
    wanted = hashlib.sha256(POM.read_bytes()).hexdigest()
    if _stamp(lib) == wanted:
        return lib
    home.mkdir(parents=True, exist_ok=True)
    with _locked(home / "lib.lock", "another process is fetching Neo4j; waiting for it"):
        if _stamp(lib) == wanted:
            return lib
        maven = find_maven()
        for leftover in home.glob("lib.partial-*"):
            shutil.rmtree(leftover, ignore_errors=True)  # its Maven may be writing to the last
        partial = Path(tempfile.mkdtemp(prefix="lib.partial-", dir=home))
        try:
            jars = partial / "lib"
            _run_maven(maven, jars)
            (jars / _STAMP).write_text(wanted + "\n", encoding="ascii")
            if lib.exists():
                lib.rename(partial / "old")
            jars.rename(lib)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return lib


def _stamp(lib: Path) -> str | None:
    try:
        return (lib / _STAMP).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None


def _run_maven(maven: Path, output: Path) -> None:
    command = [
        str(maven),
        "--quiet",
        "--batch-mode",
        f"--file={POM}",
        "dependency:copy-dependencies",
        "-DincludeScope=runtime",
        f"-DoutputDirectory={output}",
    ]
    _say(f"Fetching Neo4j {neo4j_version()} with Maven (about 140 MB, once) ...")
    for pause in (*_MAVEN_PAUSES, None):
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            return
        reason = _maven_reason(done.stdout) or f"exit {done.returncode}"
        if pause is not None:
            _say(f"Maven failed ({reason}); trying again in {pause:.0f} s")
            time.sleep(pause)
    raise Neo4jToolError(
        f"Maven could not fetch Neo4j in {len(_MAVEN_PAUSES) + 1} tries: {reason}. Check the "
        "network, and the mirror or proxy in Maven's settings.xml, then run this again"
    )


def _maven_reason(output: str) -> str:
    plain = re.sub(r"\x1b\[[0-9;]*m", "", output)
    lines = [line.removeprefix("[ERROR]").strip() for line in plain.splitlines()]
    return next((line for line in lines if line), "")[:300].removesuffix(".")


# Ports


def pick_ports(*preferred: int) -> tuple[int, ...]:
    """Choose one loopback port for each preferred one: itself when free, else any free one.

    Args:
        preferred: Port numbers; 0 has no preference.

    Returns:
        Distinct ports. Nothing reserves them: who binds one must be ready to find it taken.
    """
    with contextlib.ExitStack() as held:
        chosen = []
        for port in preferred:
            listener = held.enter_context(socket.socket())
            # Without it, a port whose last server stopped a minute ago counts as taken.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", 0 if _is_answered(port) else port))
            except OSError:
                listener.bind(("127.0.0.1", 0))
            chosen.append(int(listener.getsockname()[1]))
        return tuple(chosen)


def _is_answered(port: int) -> bool:
    # `localhost` is ::1 first for many programs: a stranger there would be taken for our server.
    for host in ("127.0.0.1", "::1"):
        with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
            return True
    return False


# Servers


@dataclass
class Server:
    """A running Neo4j on loopback; as a context manager it stops at the end."""

    home: Path
    data_dir: Path
    java: Path
    bolt_port: int
    http_port: int
    password: str
    pid: int
    process: subprocess.Popen[bytes] | None = None
    user: str = USER

    @property
    def bolt_uri(self) -> str:
        """The address for drivers."""
        return f"bolt://127.0.0.1:{self.bolt_port}"

    @property
    def http_uri(self) -> str:
        """The address for Browser and the HTTP API."""
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def log(self) -> Path:
        """What the server printed since its start."""
        return self.data_dir / "logs" / "console.log"

    def is_running(self) -> bool:
        """Tell whether the process lives, and is this server and not a later one of its number."""
        if self.process is not None:
            return self.process.poll() is None
        return _is_server_process(self.pid, self.data_dir)

    def stop(self, *, grace_seconds: float = STOP_SECONDS) -> None:
        """End the server: SIGTERM, then SIGKILL after `grace_seconds`; 0 kills at once.

        What was committed survives either; a killed server recovers at its next start.
        """
        if grace_seconds > 0:
            self._signal(signal.SIGTERM)
            _wait_for(lambda: not self.is_running(), grace_seconds)
        if self.is_running():
            self._signal(signal.SIGKILL)
            if not _wait_for(lambda: not self.is_running(), STOP_SECONDS):
                raise Neo4jToolError(f"process {self.pid} is still there after SIGKILL")
        _record_path(self.data_dir).unlink(missing_ok=True)

    def _signal(self, number: signal.Signals) -> None:
        if self.is_running():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def cypher_shell(self, source: Path | str, /, **parameters: object) -> str:
        """Run a file of Cypher (a Path) or a text of Cypher (a str); see `run_cypher`."""
        return run_cypher(
            source,
            uri=self.bolt_uri,
            user=self.user,
            password=self.password,
            home=self.home,
            parameters=parameters,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start_server(
    home: Path,
    data_dir: Path,
    *,
    password: str,
    bolt_port: int,
    http_port: int,
    heap: str = "1g",
    page_cache: str = "512m",
    short_lived: bool = False,
    timeout_seconds: float = START_SECONDS,
) -> Server:
    """Start a server on `data_dir` and wait until it answers a query.

    Args:
        home: Where the jars are, or are fetched to.
        data_dir: The server's whole state; made when absent. Only one server may use it.
        password: Of user neo4j, at least 8 printable ASCII characters. Set before the first
            start of a new data directory, and expected to be that one ever after.
        bolt_port: For drivers, on loopback.
        http_port: For Browser and the HTTP API, on loopback.
        heap: Java's heap, such as `512m` or `1g`.
        page_cache: Memory for pages of the store, likewise.
        short_lived: Start faster, run slower, and die with the process that asked, which then
            takes `data_dir` along.
        timeout_seconds: How long it may take to answer.

    Raises:
        PortTaken: Another program has one of the ports.
        PasswordRefused: The data directory was made with another password.
        Neo4jToolError: Java or Maven is missing; or the server ended, or did not answer in
            time: then the message ends with its last words, and nothing is left running.
    """
    _check_password(password)
    java = find_java()
    home, data_dir = home.resolve(), data_dir.resolve()
    if find_running(home, data_dir, password=password):
        raise Neo4jToolError(f"a server runs on {data_dir} already; stop it first")
    lib = resolve_jars(home)
    # The empty `web` is what Browser needs on the calendar versions.
    for name in ("conf", "data", "logs", "run", "import", "plugins", "licenses", "tmp", "web"):
        (data_dir / name).mkdir(parents=True, exist_ok=True)
    (data_dir / "conf" / "neo4j.conf").write_text(
        conf_text(bolt_port=bolt_port, http_port=http_port, heap=heap, page_cache=page_cache),
        encoding="utf-8",
    )
    # The first start makes the system database, which then holds the users.
    if not (data_dir / "data" / "databases" / "system").exists():
        _set_initial_password(java.path, lib, data_dir, password)
    command = [
        str(java.path),
        f"-Xms{_mebibytes(heap) // 2}m",
        f"-Xmx{_mebibytes(heap)}m",
        *(_QUICK_START if short_lived else ("-XX:+UseG1GC",)),
        *_ADD_OPENS,
        "--enable-native-access=ALL-UNNAMED",
        "-Dfile.encoding=UTF-8",
        f"-Djava.io.tmpdir={data_dir / 'tmp'}",  # a killed JVM leaves unpacked libraries there
        "-cp",
        _CLASS_PATH,
        _SERVER_CLASS,
        f"--home-dir={data_dir}",
        f"--config-dir={data_dir / 'conf'}",
        "--console-mode",
    ]
    if short_lived:
        command = [
            *(sys.executable, "-I", __file__, _GUARD, str(os.getpid()), str(data_dir)),
            *command,
        ]
    with (data_dir / "logs" / "console.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for us; and one killpg reaches all of it
        )
    server = Server(
        home=home,
        data_dir=data_dir,
        java=java.path,
        bolt_port=bolt_port,
        http_port=http_port,
        password=password,
        pid=process.pid,
        process=process,
    )
    try:
        _write_record(server)
        _wait_until_ready(server, timeout_seconds)
    except BaseException:
        server.stop(grace_seconds=0)
        raise
    return server


def start_on_free_ports(
    home: Path,
    data_dir: Path,
    *,
    password: str,
    preferred: tuple[int, int] = (0, 0),
    heap: str = "1g",
    page_cache: str = "512m",
    short_lived: bool = False,
) -> Server:
    """Start a server as `start_server` does, on free ports of its own choice.

    Args:
        home: See `start_server`, as for all that is not named here.
        data_dir: Likewise.
        password: Likewise.
        preferred: Bolt and HTTP port to use when they are free; 0 has no preference.
        heap: Likewise.
        page_cache: Likewise.
        short_lived: Likewise.

    Raises:
        PortTaken: Three times in a row, somebody took a port between the choice and the start.
        Neo4jToolError: See `start_server`.
    """
    for tries_left in reversed(range(_PORT_TRIES)):
        bolt_port, http_port = pick_ports(*preferred)
        try:
            return start_server(
                home,
                data_dir,
                password=password,
                bolt_port=bolt_port,
                http_port=http_port,
                heap=heap,
                page_cache=page_cache,
                short_lived=short_lived,
            )
        except PortTaken:
            if not tries_left:
                raise
    raise AssertionError("unreachable: the last try returns or raises")


@contextlib.contextmanager
def disposable_server(home: Path | None = None, *, heap: str = "512m") -> Iterator[Server]:
    """Run an empty server for a test, and leave nothing of it behind.

    It has free ports, a random password and a temporary data directory, and ends with the
    calling process however that ends, kill -9 included.

    Args:
        home: Where the jars are, or are fetched to; `project_home()` by default.
        heap: Java's heap, such as `512m`.

    Raises:
        Neo4jToolError: See `start_server`.
    """
    data_dir = Path(tempfile.mkdtemp(prefix="coauthor-graph-neo4j-"))
    try:
        server = start_on_free_ports(
            home or project_home(),
            data_dir,
            password=_new_password(),
            heap=heap,
            page_cache="64m",
            short_lived=True,
        )
        try:
            yield server
        finally:
            server.stop(grace_seconds=0)
    finally:
        shutil.rmtree(data_dir, ignore_errors=True)


def conf_text(*, bolt_port: int, http_port: int, heap: str, page_cache: str) -> str:
    """Write `neo4j.conf` for one server on loopback.

    Neo4j takes a comment at the end of a line for part of the value, and refuses to start on
    an unknown key. Directories are not named: all are below the server's own home.
    """
    heap_mebibytes = _mebibytes(heap)
    settings = {
        "server.default_listen_address": "127.0.0.1",
        "server.bolt.listen_address": f"127.0.0.1:{bolt_port}",
        "server.bolt.advertised_address": f"127.0.0.1:{bolt_port}",
        "server.http.enabled": "true",
        "server.http.listen_address": f"127.0.0.1:{http_port}",
        "server.http.advertised_address": f"127.0.0.1:{http_port}",
        "server.https.enabled": "false",
        "server.memory.pagecache.size": page_cache,
        "db.memory.transaction.max": f"{heap_mebibytes // 2}m",
        "dbms.memory.transaction.total.max": f"{heap_mebibytes * 7 // 10}m",
        "db.transaction.timeout": "60s",
        "dbms.usage_report.enabled": "false",
        "client.allow_telemetry": "false",
        "dbms.security.allow_csv_import_from_file_urls": "false",
        "dbms.cypher.forbid_exhaustive_shortestpath": "true",
        # After the databases are closed, Bolt waits twice for this time, 5 s by default.
        "internal.server.bolt.thread_pool_shutdown_wait_time": "0s",
    }
    return "".join(f"{key}={value}\n" for key, value in settings.items())


def _mebibytes(size: str) -> int:
    found = re.fullmatch(r"(\d+)([mMgG])", size)
    if not found:
        raise Neo4jToolError(f"{size!r} is not an amount of memory such as 512m or 1g")
    return int(found.group(1)) * (1024 if found.group(2) in "gG" else 1)


# Relative to the home, where each Java starts: the folder's name cannot break a class path.
_CLASS_PATH = "lib/*"


def _set_initial_password(java: Path, lib: Path, data_dir: Path, password: str) -> None:
    # In a file that only we may read, since everybody may read command lines. The launcher
    # class would fork and show it, so this is the class that it forks.
    quoted = password.replace("\\", "\\\\").replace('"', '\\"')
    descriptor, arguments = tempfile.mkstemp(dir=data_dir)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write("-XX:+UseSerialGC -XX:TieredStopAtLevel=1\n")
            file.write(f"-cp {_CLASS_PATH} org.neo4j.cli.AdminTool\n")
            file.write(f'dbms set-initial-password -- "{quoted}"\n')
        done = subprocess.run(
            [java, f"@{arguments}"],
            cwd=lib.parent,
            env={
                **os.environ,
                "NEO4J_HOME": str(data_dir),
                "NEO4J_CONF": str(data_dir / "conf"),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    finally:
        Path(arguments).unlink()
    if done.returncode != 0:
        raise Neo4jToolError(f"Neo4j did not take the initial password: {done.stdout.strip()}")


def _check_password(password: str) -> None:
    # Beyond ASCII, what Java makes of an argument depends on the locale.
    if len(password) < MINIMUM_PASSWORD or not (password.isascii() and password.isprintable()):
        raise Neo4jToolError(
            f"a Neo4j password needs at least {MINIMUM_PASSWORD} printable ASCII characters; "
            "see NEO4J_PASSWORD"
        )


def _new_password() -> str:
    return secrets.token_hex(12)


# Readiness


def _wait_until_ready(server: Server, timeout_seconds: float) -> None:
    deadline = time.monotonic() + timeout_seconds
    bolt_answers = False
    while time.monotonic() < deadline:
        if not server.is_running():
            words = _last_words(server.log)
            if "PortBindException" in words:
                raise PortTaken(server.bolt_port, server.http_port)
            raise Neo4jToolError(f"Neo4j ended while starting; the end of {server.log}:\n{words}")
        bolt_answers = bolt_answers or _answers_bolt(server.bolt_port)
        if bolt_answers and _answers_query(server):
            return
        time.sleep(0.1)
    raise Neo4jToolError(
        f"Neo4j did not answer within {timeout_seconds:.0f} s; the end of {server.log}:\n"
        f"{_last_words(server.log)}"
    )


def _answers_bolt(port: int) -> bool:
    # A handshake: the magic number, then four proposals (5.8 down to 5.0; 4.4; none; none).
    hello = bytes.fromhex("6060B017 00080805 00000404 00000000 00000000")
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(hello)
            answer = connection.recv(4)
    except OSError:
        return False
    return len(answer) == 4 and answer != bytes(4)


def _answers_query(server: Server) -> bool:
    # Without urllib, which would take a proxy from the environment.
    connection = http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=10)
    token = base64.b64encode(f"{server.user}:{server.password}".encode()).decode()
    try:
        connection.request(
            "POST",
            "/db/neo4j/tx/commit",
            body=b'{"statements": [{"statement": "RETURN 1"}]}',
            headers={"Content-Type": "application/json", "Authorization": f"Basic {token}"},
        )
        response = connection.getresponse()
        body = response.read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    if response.status == http.HTTPStatus.UNAUTHORIZED:
        raise PasswordRefused(server.data_dir)
    return response.status == http.HTTPStatus.OK and json.loads(body)["errors"] == []


def _last_words(log: Path) -> str:
    """Return the last 20 lines of a log, without Java's stack frames, which hide the causes."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return "(no log)"
    lines = [line for line in text.splitlines() if not line.startswith(("\tat ", "\t... "))]
    return "\n".join(lines[-20:])


def _wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


# Which process is whose


def _record_path(data_dir: Path) -> Path:
    return data_dir / "server.json"


def _write_record(server: Server) -> None:
    path = _record_path(server.data_dir)
    draft = path.with_suffix(".new")
    fields = {
        "pid": server.pid,
        "bolt_port": server.bolt_port,
        "http_port": server.http_port,
        "java": str(server.java),
    }
    draft.write_text(json.dumps(fields) + "\n", encoding="ascii")
    draft.replace(path)


def find_running(home: Path, data_dir: Path, *, password: str) -> Server | None:
    """Find the server that another process started on `data_dir`.

    A record whose process is gone, or whose number now belongs to another program, is stale
    and counts as no server.
    """
    data_dir = data_dir.resolve()
    try:
        fields = json.loads(_record_path(data_dir).read_text(encoding="ascii"))
        pid, bolt_port, http_port = (int(fields[n]) for n in ("pid", "bolt_port", "http_port"))
        java = Path(fields["java"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    if not _is_server_process(pid, data_dir):
        return None
    return Server(
        home=home.resolve(),
        data_dir=data_dir,
        java=java,
        bolt_port=bolt_port,
        http_port=http_port,
        password=password,
        pid=pid,
    )


def _is_server_process(pid: int, data_dir: Path) -> bool:
    return f"--home-dir={data_dir}" in _command_line(pid)


def _command_line(pid: int) -> str:
    """Read a process's arguments, one a line; empty when it is gone, or dead and not yet reaped."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        except OSError:
            return ""
    done = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return done.stdout


# The guard. A disposable server must not outlive who asked for it, kill -9 included. Linux has
# PR_SET_PDEATHSIG, but it fires when the *thread* that started the child ends, needs code run
# between fork and exec of a process that may have threads, and macOS lacks it. So a small
# process of this file stands between: it sees its parent change, kills the server and clears up.
_GUARD = "guard"


def _guard(parent: int, data_dir: Path, command: Sequence[str]) -> int:
    # The whole group gets SIGTERM; stay until the server has followed it. A handler, since a
    # signal that is ignored stays ignored in the child.
    signal.signal(signal.SIGTERM, lambda *_: None)
    child = subprocess.Popen(command)
    while child.poll() is None:
        if os.getppid() != parent:
            child.kill()
            child.wait()
            shutil.rmtree(data_dir, ignore_errors=True)
            break
        time.sleep(0.25)
    return child.returncode or 0


# Cypher


def run_cypher(
    source: Path | str,
    *,
    uri: str,
    user: str,
    password: str,
    home: Path | None = None,
    parameters: Mapping[str, object] | None = None,
) -> str:
    """Run statements in cypher-shell.

    Args:
        source: A file (Path), or the statements themselves (str), each ended by a semicolon.
        uri: The server's Bolt address.
        user: Who signs in.
        password: Handed over in the environment, not on the command line.
        home: Where the jars are, or are fetched to; `project_home()` by default.
        parameters: Query parameters, by name.

    Returns:
        What it prints in its plain format: a header line and comma-separated rows a statement.

    Raises:
        Neo4jToolError: A statement failed, or the server did not answer.
    """
    arguments = ["--format", "plain", "--non-interactive"]
    if parameters:
        arguments += ["--param", cypher_literal(parameters)]
    if isinstance(source, Path):
        arguments += ["--file", str(source.resolve())]
    done = subprocess.run(
        _cypher_shell_command(uri, home or project_home(), arguments),
        cwd=home or project_home(),
        env=_cypher_shell_environment(user, password),
        input=None if isinstance(source, Path) else source,
        stdin=subprocess.DEVNULL if isinstance(source, Path) else None,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 0:
        raise Neo4jToolError(f"cypher-shell failed: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def cypher_literal(value: object) -> str:
    """Write a value as Cypher.

    Args:
        value: None, bool, int, float, str, or a list, tuple or mapping of them.

    Raises:
        Neo4jToolError: It is of another kind.
    """
    if value is None or isinstance(value, bool | int | float | str):
        # JSON's strings, numbers, true, false and null are all Cypher too.
        return json.dumps(value, allow_nan=False)
    if isinstance(value, Mapping):
        pairs = (f"`{str(k).replace('`', '``')}`: {cypher_literal(v)}" for k, v in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(cypher_literal, value)) + "]"
    raise Neo4jToolError(f"{type(value).__name__} cannot be a Cypher parameter")


def _cypher_shell_command(uri: str, home: Path, arguments: Sequence[str]) -> list[str]:
    java = find_java().path
    resolve_jars(home)
    command = [str(java), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8"]
    return [*command, "-cp", _CLASS_PATH, "org.neo4j.shell.Main", "-a", uri, *arguments]


def _cypher_shell_environment(user: str, password: str) -> dict[str, str]:
    given = {"NEO4J_USERNAME": user, "NEO4J_PASSWORD": password, "NEO4J_DATABASE": "neo4j"}
    return {**os.environ, **given}


# A server given by hand


@dataclass(frozen=True)
class GivenServer:
    """A server that runs already, and may be wiped."""

    bolt_uri: str
    user: str
    password: str

    def cypher_shell(self, source: Path | str, /, **parameters: object) -> str:
        """Run a file of Cypher (a Path) or a text of Cypher (a str); see `run_cypher`."""
        return run_cypher(
            source,
            uri=self.bolt_uri,
            user=self.user,
            password=self.password,
            parameters=parameters,
        )


def server_from_environment() -> GivenServer | None:
    """Read the server that tests are to use from NEO4J_URI, NEO4J_USERNAME and NEO4J_PASSWORD.

    Returns:
        None when NEO4J_URI is not set: tests then start a disposable one.

    Raises:
        Neo4jToolError: NEO4J_DISPOSABLE=1 does not say that the server may be wiped, or the
            password is missing.
    """
    uri = os.environ.get("NEO4J_URI")
    if not uri:
        return None
    if os.environ.get("NEO4J_DISPOSABLE") != "1":
        raise Neo4jToolError(
            f"NEO4J_URI is set to {uri}, and tests delete everything on that server. Set "
            "NEO4J_DISPOSABLE=1 if they may, or unset NEO4J_URI to have them start their own"
        )
    password = os.environ.get("NEO4J_PASSWORD")
    if not password:
        raise Neo4jToolError(f"NEO4J_URI is set to {uri}; set NEO4J_PASSWORD as well")
    return GivenServer(uri, os.environ.get("NEO4J_USERNAME", USER), password)


# The kept server: commands


def kept_data_dir(home: Path) -> Path:
    """Name the data directory of the kept server, one for each line of releases."""
    return home.resolve() / f"data-{neo4j_line()}"


def kept_password(home: Path) -> str:
    """Return the kept server's password: NEO4J_PASSWORD, or a random one made once and kept.

    It is kept in `home/password`, which only its owner may read.
    """
    given = os.environ.get("NEO4J_PASSWORD")
    if given:
        return given
    path = home / "password"
    home.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(_new_password() + "\n")
    return path.read_text(encoding="ascii").strip()


def command_start(home: Path, *, heap: str) -> int:
    """Start the kept server in the background, or find it running; print how to sign in."""
    data_dir = kept_data_dir(home)
    with _locked(home / "server.lock", "another process starts or stops it; waiting"):
        password = kept_password(home)
        server = find_running(home, data_dir, password=password)
        if server is None:
            find_java()
            resolve_jars(home)
            _say("Starting Neo4j ...")
            server = start_on_free_ports(
                home,
                data_dir,
                password=password,
                preferred=(USUAL_BOLT_PORT, USUAL_HTTP_PORT),
                heap=heap,
            )
            print(f"Neo4j {neo4j_version()} is running.")
        else:
            _wait_until_ready(server, START_SECONDS)
            print("Neo4j is running already.")
    print(sign_in_text(server))
    return 0


def sign_in_text(server: Server) -> str:
    """Tell a person how to sign in to the kept server, load into it and stop it."""
    return f"""
  Browser      http://localhost:{server.http_port}/browser/
  Connect URL  neo4j://localhost:{server.bolt_port}
  User         {server.user}
  Password     {server.password}

  Load         COAUTHOR_GRAPH_NEO4J_PASSWORD={shlex.quote(server.password)} \\
                 coauthor-graph load FILE --store bolt://localhost:{server.bolt_port}
  Stop         make neo4j-stop
  Data         {server.data_dir}
  Log          {server.log}
"""


def command_stop(home: Path) -> int:
    """Stop the kept server; say so when there is none."""
    data_dir = kept_data_dir(home)
    with _locked(home / "server.lock", "another process starts or stops it; waiting"):
        server = find_running(home, data_dir, password="")
        if server is None:
            _record_path(data_dir).unlink(missing_ok=True)
            print("Neo4j is not running.")
            return 0
        server.stop()
    print(f"Neo4j is stopped. Its data stays in {data_dir}")
    return 0


def command_status(home: Path) -> int:
    """Tell whether the kept server runs, and where; 0 when it does, 1 when it does not."""
    data_dir = kept_data_dir(home)
    server = find_running(home, data_dir, password="")
    if server is None:
        print(f"Neo4j is not running. Data: {data_dir}")
        return 1
    ready = "answers" if _answers_bolt(server.bolt_port) else "does not answer yet"
    print(
        f"Neo4j is running (process {server.pid}) and {ready}: "
        f"http://localhost:{server.http_port}/browser/, bolt://localhost:{server.bolt_port}. "
        f"Data: {data_dir}"
    )
    return 0


def command_shell(home: Path) -> int:
    """Open an interactive cypher-shell on the kept server."""
    server = _kept_server(home)
    environment = _cypher_shell_environment(server.user, server.password)
    environment["NEO4J_CYPHER_SHELL_HISTORY"] = str(server.home / "cypher_shell_history")
    command = _cypher_shell_command(server.bolt_uri, home, [])
    return subprocess.run(command, cwd=server.home, env=environment, check=False).returncode


def command_run_file(home: Path, file: Path, parameters: Sequence[str]) -> int:
    """Run a Cypher file on the kept server and print what it answers."""
    if not file.is_file():
        raise Neo4jToolError(f"there is no file {file}")
    server = _kept_server(home)
    arguments = ["--file", str(file.resolve())]
    for parameter in parameters:
        arguments += ["--param", parameter]
    command = _cypher_shell_command(server.bolt_uri, home, arguments)
    environment = _cypher_shell_environment(server.user, server.password)
    return subprocess.run(command, cwd=server.home, env=environment, check=False).returncode


def _kept_server(home: Path) -> Server:
    server = find_running(home, kept_data_dir(home), password=kept_password(home))
    if server is None:
        raise Neo4jToolError("Neo4j is not running; start it with `make neo4j`")
    return server


# Small things


@contextlib.contextmanager
def _locked(path: Path, waiting: str) -> Iterator[None]:
    """Hold a file lock, which ends with the process; say `waiting` when somebody else has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say(waiting)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="local_neo4j.py",
        description="Run Neo4j on this machine, without Docker. Needs Java 17 or 21, and Maven once.",
        epilog=(
            "Environment: JAVA_HOME (which Java), NEO4J_PASSWORD (instead of the password that "
            "is made once and kept in HOME/password)."
        ),
    )
    parser.add_argument(
        "--home",
        type=Path,
        default=project_home(),
        metavar="HOME",
        help="folder for jars, data and password (default: .neo4j in the project's root)",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    start = commands.add_parser(
        "start",
        help="start the server in the background and print how to sign in",
        description="Start the server in the background and print how to sign in. Its data is "
        "kept from one start to the next.",
    )
    start.add_argument("--heap", default="1g", help="memory for Java's heap (default: %(default)s)")
    commands.add_parser("stop", help="stop the server; its data stays")
    commands.add_parser("status", help="tell whether it runs (exit 0) or not (exit 1)")
    commands.add_parser("shell", help="open cypher-shell, signed in")
    run_file = commands.add_parser("run-file", help="run the statements of a Cypher file")
    run_file.add_argument("file", type=Path, metavar="FILE")
    run_file.add_argument(
        "--param",
        action="append",
        default=[],
        metavar="MAP",
        help="query parameters as a Cypher map, such as '{limit: 5}'; may be repeated",
    )
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 is success, 1 a failure (or, for status, no server), 2 wrong use."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    if arguments[:1] == [_GUARD]:
        return _guard(int(arguments[1]), Path(arguments[2]), arguments[3:])
    options = _parser().parse_args(arguments)
    home: Path = options.home
    try:
        match options.command:
            case "start":
                return command_start(home, heap=options.heap)
            case "stop":
                return command_stop(home)
            case "status":
                return command_status(home)
            case "shell":
                return command_shell(home)
            case _:
                return command_run_file(home, options.file, options.param)
    except Neo4jToolError as error:
        _say(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
