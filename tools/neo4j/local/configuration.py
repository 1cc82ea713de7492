"""What a server is told before it starts: configuration, ports, password."""

import contextlib
import os
import re
import secrets
import socket
import subprocess
import tempfile
from pathlib import Path

from .artifacts import neo4j_line
from .common import Neo4jToolError


def conf_text(*, bolt_port: int, http_port: int, heap: str, page_cache: str) -> str:
    """Write `neo4j.conf` for one server of the chosen line on loopback.

    Neo4j takes a comment at the end of a line for part of the value, and refuses to start on
    an unknown key. Directories are not named: all are below the server's own home.
    """
    heap_mebibytes = mebibytes(heap)
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
        **neo4j_line().settings,
    }
    return "".join(f"{key}={value}\n" for key, value in settings.items())


def mebibytes(size: str) -> int:
    """Read an amount of memory such as `512m` or `1g`."""
    found = re.fullmatch(r"(\d+)([mMgG])", size)
    if not found:
        raise Neo4jToolError(f"{size!r} is not an amount of memory such as 512m or 1g")
    return int(found.group(1)) * (1024 if found.group(2) in "gG" else 1)


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


# Passwords


def set_initial_password(java: Path, home: Path, data_dir: Path, password: str) -> None:
    """Store the password of user neo4j in a data directory that has not been started yet."""
    # In a file that only we may read, since everybody may read command lines. The launcher
    # class would fork and show it, so this is the class that it forks.
    quoted = password.replace("\\", "\\\\").replace('"', '\\"')
    descriptor, arguments = tempfile.mkstemp(dir=data_dir)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write("-XX:+UseSerialGC -XX:TieredStopAtLevel=1\n")
            file.write(f"-cp {neo4j_line().class_path} org.neo4j.cli.AdminTool\n")
            file.write(f'dbms set-initial-password -- "{quoted}"\n')
        done = subprocess.run(
            [java, f"@{arguments}"],
            cwd=home,
            env=os.environ | {"NEO4J_HOME": str(data_dir), "NEO4J_CONF": f"{data_dir}/conf"},
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


def check_password(password: str) -> None:
    """Refuse a password that Neo4j would not take."""
    # Beyond ASCII, what Java makes of an argument depends on the locale.
    if len(password) < 8 or not (password.isascii() and password.isprintable()):
        raise Neo4jToolError(
            "a Neo4j password needs at least 8 printable ASCII characters; see NEO4J_PASSWORD"
        )


def new_password() -> str:
    """Make a random password."""
    return secrets.token_hex(12)
