"""Run cypher-shell."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .artifacts import SHELL_LINE, find_java, resolve_jars
from .common import Neo4jToolError


def run_shell(
    arguments: Sequence[str], *, uri: str, user: str, password: str, home: Path, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run cypher-shell, signed in; `options` are those of `subprocess.run`.

    The password is handed over in the environment, since everybody may read command lines.
    """
    java = find_java()
    home = resolve_jars(home, SHELL_LINE).parent
    command = [str(java.path), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
    # Newer Java warns of its terminal library.
    command += [*java.flags, "--enable-native-access=ALL-UNNAMED", "-Dfile.encoding=UTF-8"]
    command += ["-cp", SHELL_LINE.class_path, "org.neo4j.shell.Main", "-a", uri, *arguments]
    environment = {
        "NEO4J_USERNAME": user,
        "NEO4J_PASSWORD": password,
        "NEO4J_DATABASE": "neo4j",
        "NEO4J_CYPHER_SHELL_HISTORY": str(home / "cypher_shell_history"),
    }
    return subprocess.run(command, cwd=home, env=os.environ | environment, check=False, **options)


def run_cypher(
    source: Path | str,
    *,
    uri: str,
    user: str,
    password: str,
    home: Path,
    parameters: Mapping[str, object],
) -> str:
    """Run statements in cypher-shell.

    Args:
        source: A file (Path), or the statements themselves (str), each ended by a semicolon.
        uri: The server's Bolt address.
        user: Who signs in.
        password: Theirs.
        home: Where the jars are, or are fetched to.
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
    done = run_shell(
        arguments,
        uri=uri,
        user=user,
        password=password,
        home=home,
        input="" if isinstance(source, Path) else source,
        capture_output=True,
        encoding="utf-8",
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
