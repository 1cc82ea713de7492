"""Opening the store that an address names.

The concrete stores are imported where they are opened, so that an embedded store does not wait
for the Neo4j driver to load.
"""
# ruff: noqa: PLC0415

from pathlib import Path

from graph_service.model.errors import ParameterError
from graph_service.settings import Settings
from graph_service.store.protocol import GraphStore

NEO4J_SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")


async def open_store(address: str, settings: Settings, *, create: bool = False) -> GraphStore:
    """Open `memory:`, `file:PATH`, or a Neo4j server (`neo4j://…`, `bolt://…`).

    Args:
        address: The store's address; user and password come from the settings, never from here.
        settings: Read for Neo4j's user, password and database.
        create: Make a store that is not there yet.

    Raises:
        ParameterError: The address is of no known kind, or holds a user.
        StoreError: The store cannot be opened; the message says what to do.
    """
    scheme, _, rest = address.partition(":")
    if address == "memory:":
        from graph_service.store.embedded import EmbeddedStore

        return EmbeddedStore.open(address, None, create=True)
    if scheme == "file" and rest:
        from graph_service.store.embedded import EmbeddedStore

        return EmbeddedStore.open(address, Path(rest), create=create)
    if scheme in NEO4J_SCHEMES and rest.startswith("//"):
        if "@" in rest:
            raise ParameterError(
                "store",
                address.replace(rest.split("@")[0], "//…"),
                "an address without user and password; "
                "set COAUTHOR_GRAPH_NEO4J_USER and COAUTHOR_GRAPH_NEO4J_PASSWORD instead",
            )
        from graph_service.store.neo4j import Neo4jStore

        return await Neo4jStore.open(address, settings, create=create)
    raise ParameterError(
        "store", address, "memory:, file:PATH, neo4j://HOST:PORT, bolt://HOST:PORT"
    )
