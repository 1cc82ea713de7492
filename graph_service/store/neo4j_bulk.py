"""A first load into Neo4j by its import tool, while the server is stopped.

It ends with the same graph as `Neo4jStore.put` of the same records in an empty database. What
only a server can do, constraints and indexes, is done by whoever opens the store first.
"""

import shutil
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Self

from graph_service.model.errors import ParameterError, StoreError
from graph_service.model.records import Record
from graph_service.settings import Settings
from graph_service.store.bulk_files import Step
from graph_service.store.bulk_worker import Worker
from graph_service.store.neo4j_admin import (
    Installation,
    check_may_be_replaced,
    check_stopped,
    find_installation,
    make_ready,
    put_in_place,
    run_import,
    workspace,
)
from graph_service.store.opening import NEO4J_SCHEMES
from graph_service.store.protocol import WriteCounts


@dataclass(frozen=True, slots=True)
class BulkCounts:
    """What a bulk load did, in records, and what it took."""

    counts: WriteCounts
    papers: int
    facts_revision: str
    import_bytes: int
    peak_mebibytes: int
    import_seconds: float


class BulkLoad:
    """One bulk load: made sure that it can be done, then given records, then finished.

    Until `finish` returns, the database is as it was.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        overwrite: bool = False,
        import_dir: Path | None = None,
        step: Step = lambda doing, done, total: None,
    ) -> None:
        """Prepare; nothing is looked at yet.

        Args:
            settings: Read for the store's address, the database and the home of Neo4j.
            overwrite: Replace a database that is not empty.
            import_dir: Where the import files go, which need some 4 kB a paper until the load
                ends; beside the database if absent.
            step: Called with what is being done.
        """
        self._settings = settings
        self._overwrite = overwrite
        self._import_dir = import_dir
        self._step = step
        self._stack = ExitStack()
        self._installation: Installation | None = None
        self._folder = self._files = Path()

    def __enter__(self) -> Self:
        """Check that nothing stands in the way, and make room.

        Raises:
            ParameterError: The store is not on Neo4j, or the folder for import files is none.
            SettingsError: Neo4j's home, its import tool or Java is not found.
            StoreError: A server runs, the database holds data, or another bulk load is at work.
        """
        with ExitStack() as stack:
            address, database = self._settings.store, self._settings.neo4j_database
            if address.partition(":")[0] not in NEO4J_SCHEMES:
                raise ParameterError("--store", address, "with --bulk a Neo4j store: bolt://…")
            installation = find_installation(self._settings.neo4j_home)
            check_stopped(address, installation, database)
            self._folder = stack.enter_context(workspace(installation, database))
            check_may_be_replaced(installation, database, overwrite=self._overwrite)
            self._files = stack.enter_context(self._room_for_files())
            self._worker = stack.enter_context(Worker(self._files))
            self._installation = installation
            self._stack = stack.pop_all()
        return self

    def _room_for_files(self) -> "_Folder":
        if self._import_dir is not None and not self._import_dir.is_dir():
            raise ParameterError("--import-dir", str(self._import_dir), "a folder that is there")
        return _Folder(self._import_dir or self._folder)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def put(self, records: Iterable[Record]) -> None:
        """Take records; of two with one id the later one counts.

        Raises:
            StoreError: The import files cannot be written.
        """
        self._worker.put(records)

    def finish(self) -> BulkCounts:
        """Import what was taken, and put it in the place of the database.

        Raises:
            StoreError: The import failed, or a server was started meanwhile; the database is as
                it was.
        """
        if self._installation is None:
            raise RuntimeError("a bulk load is used by `with`")
        installation, database = self._installation, self._settings.neo4j_database
        written = self._worker.finish(self._step)
        began = perf_counter()
        run_import(installation, self._folder, self._files, database, written.arguments, self._step)
        check_stopped(self._settings.store, installation, database)
        make_ready(installation)
        put_in_place(installation, database)
        return BulkCounts(
            counts=WriteCounts(
                new=written.records, replaced=written.replaced, unchanged=written.unchanged
            ),
            papers=written.papers,
            facts_revision=written.facts_revision,
            import_bytes=written.bytes,
            peak_mebibytes=written.peak_mebibytes,
            import_seconds=round(perf_counter() - began, 3),
        )


class _Folder:
    """A new folder in another one, for as long as the `with` lasts."""

    def __init__(self, parent: Path) -> None:
        self._parent = parent

    def __enter__(self) -> Path:
        try:
            self._path = Path(tempfile.mkdtemp(prefix="coauthor-graph-", dir=self._parent))
        except OSError as error:
            raise StoreError(
                f"no import files can be written in {self._parent}: {error}"
            ) from error
        return self._path

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._path, ignore_errors=True)
