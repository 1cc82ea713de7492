"""Run a real Neo4j from its Maven artifacts, without Docker.

This program keeps one server for a person (`make neo4j`); tests ask for disposable ones. The
parts are in `local/`: fetching the jars, starting and stopping servers made of them, talking
to them without a driver. Standard library only, so that it works before anything is installed.
Linux and macOS.

Layout: `HOME/lib` holds the jars (`HOME/lib-2026` those of the other line, see `LINES`); each
server has a data directory of its own, which is its whole Neo4j home (conf, data, logs, run,
import, plugins), so one `lib` serves many servers.
"""

import argparse
import contextlib
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from local.artifacts import find_java, neo4j_line, neo4j_version, project_home, resolve_jars
from local.common import Neo4jToolError, locked, say
from local.configuration import new_password
from local.disposable import disposable_server, server_from_environment
from local.servers import Server, answers_bolt, find_running, record_path, start_on_free_ports
from local.shell import run_shell

# What tests/conftest.py takes from here.
__all__ = ["Neo4jToolError", "disposable_server", "server_from_environment"]


def kept_data_dir(home: Path) -> Path:
    """Name the data directory of the kept server, one for each line of releases."""
    return home.resolve() / f"data-{neo4j_line().name}"


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
            file.write(new_password() + "\n")
    return path.read_text(encoding="ascii").strip()


def command_start(home: Path, *, heap: str) -> int:
    """Start the kept server in the background, or find it running; print how to sign in."""
    data_dir = kept_data_dir(home)
    with locked(home / "server.lock", "another process starts or stops it; waiting"):
        password = kept_password(home)
        server = find_running(home, data_dir, password=password)
        if server is None:
            find_java()
            resolve_jars(home, neo4j_line())
            say("Starting Neo4j ...")
            server = start_on_free_ports(
                home,
                data_dir,
                password=password,
                preferred=(7687, 7474),
                heap=heap,
            )
            print(f"Neo4j {neo4j_version(neo4j_line())} is running.")
        else:
            server.wait_until_ready()
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
  Stop         {neo4j_line().environment}make neo4j-stop
  Data         {server.data_dir}
  Log          {server.log}
"""


def command_stop(home: Path) -> int:
    """Stop the kept server; say so when there is none."""
    data_dir = kept_data_dir(home)
    with locked(home / "server.lock", "another process starts or stops it; waiting"):
        server = find_running(home, data_dir, password="")
        if server is None:
            record_path(data_dir).unlink(missing_ok=True)
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
    ready = "answers" if answers_bolt(server.bolt_port) else "does not answer yet"
    print(
        f"Neo4j is running (process {server.pid}) and {ready}: "
        f"http://localhost:{server.http_port}/browser/, bolt://localhost:{server.bolt_port}. "
        f"Data: {data_dir}"
    )
    return 0


def command_shell(home: Path) -> int:
    """Open an interactive cypher-shell on the kept server."""
    return _shell_on_kept_server(home, [])


def command_run_file(home: Path, file: Path, parameters: Sequence[str]) -> int:
    """Run a Cypher file on the kept server and print what it answers."""
    if not file.is_file():
        raise Neo4jToolError(f"there is no file {file}")
    arguments = ["--file", str(file.resolve())]
    for parameter in parameters:
        arguments += ["--param", parameter]
    return _shell_on_kept_server(home, arguments)


def _shell_on_kept_server(home: Path, arguments: Sequence[str]) -> int:
    server = find_running(home, kept_data_dir(home), password=kept_password(home))
    if server is None:
        raise Neo4jToolError(
            f"Neo4j is not running; start it with `{neo4j_line().environment}make neo4j`"
        )
    return run_shell(
        arguments, uri=server.bolt_uri, user=server.user, password=server.password, home=home
    ).returncode


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="local_neo4j.py",
        description="Run Neo4j on this machine, without Docker. Needs Java, and Maven once.",
        epilog=(
            "Environment: JAVA_HOME (which Java), NEO4J_LINE (5.26 or 2026; default: 5.26), "
            "NEO4J_PASSWORD (instead of the password that is made once and kept in HOME/password)."
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
    options = _parser().parse_args(argv)
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
        say(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
