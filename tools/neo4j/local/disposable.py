"""Servers that tests may wipe: one of their own, or one given in the environment."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .artifacts import project_home
from .common import Neo4jToolError
from .configuration import new_password
from .servers import Server, start_on_free_ports
from .shell import run_cypher


@contextlib.contextmanager
def disposable_server() -> Iterator[Server]:
    """Run an empty server for a test, and leave nothing of it behind.

    It has free ports, a random password and a temporary data directory, and ends with the
    calling process however that ends, kill -9 included.

    Raises:
        Neo4jToolError: See `start_server`.
    """
    data_dir = Path(tempfile.mkdtemp(prefix="coauthor-graph-neo4j-"))
    try:
        server = start_on_free_ports(
            project_home(),
            data_dir,
            password=new_password(),
            heap="512m",
            page_cache="64m",
            short_lived=True,
        )
        try:
            yield server
        finally:
            server.stop(grace_seconds=0)
    finally:
        shutil.rmtree(data_dir, ignore_errors=True)


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
            home=project_home(),
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
    return GivenServer(uri, os.environ.get("NEO4J_USERNAME", "neo4j"), password)
