"""Which store a command works on, and its opening and closing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from graph_service.settings import Settings, read_settings
from graph_service.store.opening import open_store
from graph_service.store.protocol import GraphStore


def settings_for(store: str | None) -> Settings:
    """Read the settings; a store given on the command line overrules theirs."""
    settings = read_settings()
    return settings if store is None else settings.model_copy(update={"store": store})


def same_store(settings: Settings) -> tuple[str, ...]:
    """The options by which a suggested command finds the store of this one."""
    return () if settings.store == read_settings().store else ("--store", settings.store)


def file_of(settings: Settings) -> Path | None:
    """The file that holds the store; absent for a store that is none."""
    scheme, _, path = settings.store.partition(":")
    return Path(path) if scheme == "file" and path else None


@asynccontextmanager
async def opened(settings: Settings, *, create: bool = False) -> AsyncIterator[GraphStore]:
    """Open the store of these settings, and close it whatever happens."""
    store = await open_store(settings.store, settings, create=create)
    try:
        yield store
    finally:
        await store.close()
