"""Opening the store that an address names.

The concrete stores are imported where they are opened, so that an embedded store does not wait
for the Neo4j driver to load.
"""
# ruff: noqa: PLC0415

from pathlib import Path
from urllib.parse import urlsplit

from graph_service.model.errors import ParameterError
from graph_service.settings import Settings
from graph_service.store.protocol import GraphStore

SERVER = "neo4j://HOST:PORT, bolt://HOST:PORT"
NEO4J_SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")


async def open_store(address: str, settings: Settings, *, create: bool = False) -> GraphStore:
    """Open `memory:`, `file:PATH`, or a Neo4j server (`neo4j://…`, `bolt://…`).

    Args:
        address: The store's address; user and password come from the settings, never from here.
        settings: Read for Neo4j's user, password and database, and for the time limit of a question.
        create: Make a store that is not there yet.

    Raises:
        ParameterError: The address is of no known kind, or holds a user.
        StoreError: The store cannot be opened; the message says what to do.
    """
    scheme, _, rest = address.partition(":")
    limit = settings.query_timeout_seconds
    if address == "memory:":
        from graph_service.store.embedded import EmbeddedStore

        return EmbeddedStore.open(address, None, create=True, timeout_seconds=limit)
    if scheme == "file" and rest:
        from graph_service.store.embedded import EmbeddedStore

        return EmbeddedStore.open(address, Path(rest), create=create, timeout_seconds=limit)
    if scheme in NEO4J_SCHEMES and rest.startswith("//"):
        _check_server_address(address)
        from graph_service.store.neo4j import Neo4jStore

        return await Neo4jStore.open(address, settings, create=create)
    raise ParameterError("store", _without_user(address), f"memory:, file:PATH, {SERVER}")


def _without_user(address: str) -> str:
    """What may be shown of an address that perhaps holds a password."""
    before, at, host = address.rpartition("@")
    return f"{before.partition(':')[0]}://…@{host}" if at else address


def _check_server_address(address: str) -> None:
    """Refuse an address of a server that is more or less than scheme, host and port."""
    if "@" in address:
        raise ParameterError(
            "store",
            _without_user(address),
            "an address without user and password; "
            "set COAUTHOR_GRAPH_NEO4J_USER and COAUTHOR_GRAPH_NEO4J_PASSWORD instead",
        )
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ParameterError("store", address, f"{SERVER} ({error})") from error
    if not host or port == 0:
        raise ParameterError("store", address, SERVER)
    if parts.path.strip("/"):
        raise ParameterError(
            "store",
            address,
            f"{SERVER}; the database is set by COAUTHOR_GRAPH_NEO4J_DATABASE",
        )
