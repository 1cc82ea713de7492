"""The projection on disk: arrays that every process maps from the same files.

`ROOT/<store>/<revision>-<max_authors>-<layout>/<part>/` holds one `.npy` file an array. A part
is written aside and renamed, so that it is there whole or not at all; one process builds it
while the others wait. Revisions that the store has left are removed by who next writes one; a
process that still maps such files keeps them, since the system drops them with the last use.
"""

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, fields, is_dataclass
from hashlib import blake2b
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, TypeVar, get_type_hints

import numpy as np
from anyio.to_thread import run_sync
from filelock import BaseFileLock, FileLock, Timeout

from graph_service.projection.texts import TextLists, Texts

T = TypeVar("T")

# What the files mean: another number whenever a part's fields or their sense change.
LAYOUT = 1
WAIT_FOR_BUILDER_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Cache:
    """Where the parts of one store's projections are; without a folder nothing is kept."""

    folder: Path | None = None

    @classmethod
    def of(cls, root: Path | None, store: str) -> "Cache":
        """The cache of a store, by its address; that of a store in memory keeps nothing."""
        if root is None or store == "memory:":
            return cls()
        scheme, _, path = store.partition(":")
        place = str(Path(path).expanduser().resolve()) if scheme == "file" else store
        return cls(root / "projections" / blake2b(place.encode(), digest_size=8).hexdigest())

    def open(self, version: str, name: str, kind: type[T]) -> T | None:
        """Map a part's files; absent: it is not there, or not whole.

        Args:
            version: The facts revision and, behind a hyphen, what else the part depends on.
            name: The part's name within it.
            kind: The dataclass of arrays that it is.
        """
        if self.folder is None:
            return None
        with suppress(OSError, ValueError, KeyError):
            return _opened(self.folder / _folder_name(version) / name, kind)
        return None

    @asynccontextmanager
    async def building(self) -> AsyncIterator[None]:
        """Build alone, among all processes; where no lock can be had, build all the same."""
        lock: BaseFileLock | None = None
        if self.folder is not None:
            with suppress(OSError, Timeout):  # a disk that refuses costs time, not answers
                self.folder.mkdir(parents=True, exist_ok=True)
                waiting = FileLock(self.folder / "lock", thread_local=False)
                await run_sync(waiting.acquire, WAIT_FOR_BUILDER_SECONDS)
                lock = waiting
        try:
            yield
        finally:
            if lock is not None:
                lock.release()

    def keep(self, version: str, name: str, value: object) -> None:
        """Write a part aside and swap it in; remove what is of other revisions."""
        if self.folder is None:
            return
        with suppress(OSError):
            place = self.folder / _folder_name(version) / name
            place.parent.mkdir(parents=True, exist_ok=True)
            aside = Path(mkdtemp(prefix="new-", dir=place.parent))
            try:
                plain: dict[str, str | int] = {}
                _write(aside, "", value, plain)
                (aside / "plain.json").write_text(json.dumps(plain))
                shutil.rmtree(place, ignore_errors=True)
                aside.rename(place)
            finally:
                shutil.rmtree(aside, ignore_errors=True)
            revision = version.split("-", 1)[0]
            for other in self.folder.iterdir():
                if other.is_dir() and not other.name.startswith(f"{revision}-"):
                    shutil.rmtree(other, ignore_errors=True)


def _folder_name(version: str) -> str:
    return f"{version}-{LAYOUT}"


def _write(folder: Path, prefix: str, value: object, plain: dict[str, str | int]) -> None:
    for field in fields(value):  # type: ignore[arg-type]
        name = prefix + field.name
        part = getattr(value, field.name)
        if isinstance(part, TextLists):
            np.save(folder / f"{name}.lists.npy", part.indptr)
            part = part.texts
        if isinstance(part, Texts):
            np.save(folder / f"{name}.letters.npy", part.block)
            np.save(folder / f"{name}.ends.npy", part.offsets)
        elif isinstance(part, np.ndarray):
            np.save(folder / f"{name}.npy", part)
        elif is_dataclass(part):
            _write(folder, f"{name}.", part, plain)
        else:
            plain[name] = part


def _opened(folder: Path, kind: type[T]) -> T:
    plain = json.loads((folder / "plain.json").read_text())
    return _read(folder, "", kind, plain)


def _read(folder: Path, prefix: str, kind: type[T], plain: dict[str, Any]) -> T:
    def mapped(name: str) -> Any:
        # As a plain array, since numpy's own subclass makes every slice several times slower;
        # copied when written to, so that kernels need not be compiled for read-only ones too.
        return np.load(folder / f"{name}.npy", mmap_mode="c").view(np.ndarray)

    values: dict[str, Any] = {}
    hints = get_type_hints(kind)
    for field in fields(kind):  # type: ignore[arg-type]
        name, wanted = prefix + field.name, hints[field.name]
        if wanted in (Texts, TextLists):
            texts = Texts(mapped(f"{name}.letters"), mapped(f"{name}.ends"))
            values[field.name] = (
                texts if wanted is Texts else TextLists(texts, mapped(f"{name}.lists"))
            )
        elif isinstance(wanted, type) and is_dataclass(wanted):
            values[field.name] = _read(folder, f"{name}.", wanted, plain)
        elif wanted in (str, int):
            values[field.name] = plain[name]
        else:
            values[field.name] = mapped(name)
    return kind(**values)
