"""Start, find and stop servers."""

import base64
import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import guard
from .artifacts import find_java, neo4j_line, resolve_jars
from .common import Neo4jToolError
from .configuration import check_password, conf_text, mebibytes, pick_ports, set_initial_password
from .shell import run_cypher

_START_SECONDS = 120.0
_STOP_SECONDS = 30.0

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


class PortTaken(Neo4jToolError):
    """Another program listens on a port that this server was to have."""

    def __init__(self, bolt_port: int, http_port: int) -> None:
        super().__init__(
            f"port {bolt_port} or {http_port} is taken by another program; choose other ports"
        )


@dataclass
class Server:
    """A running Neo4j on loopback."""

    home: Path
    data_dir: Path
    java: Path
    bolt_port: int
    http_port: int
    password: str
    pid: int
    process: subprocess.Popen[bytes] | None = None
    user: str = "neo4j"

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

    def wait_until_ready(self) -> None:
        """Wait until it answers a query; see `start_server` for what else may happen."""
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if not self.is_running():
                words = _last_words(self.log)
                if "PortBindException" in words:
                    raise PortTaken(self.bolt_port, self.http_port)
                raise Neo4jToolError(f"Neo4j ended while starting; the end of {self.log}:\n{words}")
            if answers_bolt(self.bolt_port) and _answers_query(self):
                return
            time.sleep(0.1)
        raise Neo4jToolError(
            f"Neo4j did not answer within {_START_SECONDS:.0f} s; the end of {self.log}:\n"
            f"{_last_words(self.log)}"
        )

    def stop(self, *, grace_seconds: float = _STOP_SECONDS) -> None:
        """End the server: SIGTERM, then SIGKILL after `grace_seconds`; 0 kills at once.

        What was committed survives either; a killed server recovers at its next start.
        """
        if grace_seconds > 0:
            self._signal(signal.SIGTERM)
            _wait_for(lambda: not self.is_running(), grace_seconds)
        if self.is_running():
            self._signal(signal.SIGKILL)
            if not _wait_for(lambda: not self.is_running(), _STOP_SECONDS):
                raise Neo4jToolError(f"process {self.pid} is still there after SIGKILL")
        record_path(self.data_dir).unlink(missing_ok=True)

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

    Raises:
        PortTaken: Another program has one of the ports.
        Neo4jToolError: Java or Maven is missing; the data directory was made with another
            password; or the server ended, or did not answer in time: then the message ends
            with its last words. Nothing is left running.
    """
    check_password(password)
    line, java = neo4j_line(), find_java()
    home, data_dir = home.resolve(), data_dir.resolve()
    if find_running(home, data_dir, password=password):
        raise Neo4jToolError(f"a server runs on {data_dir} already; stop it first")
    resolve_jars(home, line)
    # Neo4j 2026 serves the Browser only from a home with the folder `web`, which may be empty.
    for name in ("conf", "data", "logs", "run", "import", "plugins", "licenses", "web", "tmp"):
        (data_dir / name).mkdir(parents=True, exist_ok=True)
    (data_dir / "conf" / "neo4j.conf").write_text(
        conf_text(bolt_port=bolt_port, http_port=http_port, heap=heap, page_cache=page_cache),
        encoding="utf-8",
    )
    # By this, `coauthor-graph load --bulk` finds the import tool while no server runs.
    launch = {"jars": str(home / line.lib), "java": str(java.path)}
    (data_dir / "launch.json").write_text(json.dumps(launch) + "\n", encoding="utf-8")
    # The first start makes the system database, which then holds the users.
    if not (data_dir / "data" / "databases" / "system").exists():
        set_initial_password(java.path, home, data_dir, password)
    command = [
        str(java.path),
        f"-Xms{mebibytes(heap) // 2}m",
        f"-Xmx{mebibytes(heap)}m",
        *(_QUICK_START if short_lived else ("-XX:+UseG1GC",)),
        *_ADD_OPENS,
        *java.flags,
        "--enable-native-access=ALL-UNNAMED",
        "-Dfile.encoding=UTF-8",
        f"-Djava.io.tmpdir={data_dir / 'tmp'}",  # a killed JVM leaves unpacked libraries there
        "-cp",
        line.class_path,
        line.main_class,
        f"--home-dir={data_dir}",
        f"--config-dir={data_dir / 'conf'}",
        "--console-mode",
    ]
    if short_lived:
        # -I: nothing in the environment or the current folder changes what it imports.
        before = [sys.executable, "-I", guard.__file__, str(os.getpid()), str(data_dir)]
        command = before + command
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
        server.wait_until_ready()
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

    `preferred` are the Bolt and HTTP port to use when they are free; 0 has no preference.
    Between the choice and the start somebody may take one: the third time, that is an error.
    """

    def start() -> Server:
        bolt_port, http_port = pick_ports(*preferred)
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

    for _ in range(2):
        with contextlib.suppress(PortTaken):
            return start()
    return start()


# Readiness


def answers_bolt(port: int) -> bool:
    """Tell whether a Bolt server listens there."""
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
        raise Neo4jToolError(
            f"Neo4j refused the password: the data in {server.data_dir} was made with another "
            f"one. Set NEO4J_PASSWORD to that one, or delete {server.data_dir} to start empty"
        )
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


def record_path(data_dir: Path) -> Path:
    """Name the file that tells other processes of the server on `data_dir`."""
    return data_dir / "server.json"


def _write_record(server: Server) -> None:
    path = record_path(server.data_dir)
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
        fields = json.loads(record_path(data_dir).read_text(encoding="ascii"))
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
    # Empty when it is gone, or dead and not yet reaped.
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        except OSError:
            return ""
    done = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return done.stdout
