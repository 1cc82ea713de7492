"""A process of its own that writes import files, while its parent reads and checks records.

On its standard input come batches of canonical JSON, each behind its size in eight bytes; a size
of zero ends them. On its standard output go lines of JSON: what is being done, then what was
written. It has one thread, so that it may fork when everything is known.
"""

import contextlib
import fcntl
import gc
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import orjson

from graph_service.model.errors import StoreError
from graph_service.model.records import Record, canonical_json
from graph_service.store.bulk_files import BulkFiles, Step, Written
from graph_service.store.process import processors

_SIZE = 8
# As much as a pipe may hold for anybody, and a part of it: one side is to wait for the other rarely.
PIPE_BYTES = 2**20
BATCH_BYTES = 2**18
CUT_OFF, FAILED = 3, 1


class Worker:
    """The process, seen from its parent."""

    def __init__(self, folder: Path) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter, this module
            [sys.executable, "-m", "graph_service.store.bulk_worker", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        if hasattr(fcntl, "F_SETPIPE_SZ"):  # else it holds less, as it does when too many are open
            with contextlib.suppress(OSError):
                fcntl.fcntl(_open(self._process.stdin), fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self._batch: list[bytes] = []
        self._held = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        if kind is not None:
            self._process.kill()
        self._process.wait()
        self._errors.close()

    def put(self, records: Iterable[Record]) -> None:
        """Hand over records.

        Raises:
            StoreError: The process ended.
        """
        for record in records:
            content = canonical_json(record)
            self._batch.append(content)
            self._held += len(content)
        if self._held >= BATCH_BYTES:
            self._send()

    def _send(self) -> None:
        # JSON holds no line break of its own.
        self._write(b"\n".join(self._batch))
        self._batch, self._held = [], 0

    def _write(self, content: bytes) -> None:
        stream = _open(self._process.stdin)
        try:
            stream.write(len(content).to_bytes(_SIZE))
            stream.write(content)
            stream.flush()
        except OSError as error:
            raise self._ended() from error

    def finish(self, step: Step) -> Written:
        """Say that there are no more records, and wait for the files.

        Raises:
            StoreError: The process failed, such as for want of room on the disk.
        """
        if self._batch:
            self._send()
        self._write(b"")
        for line in _open(self._process.stdout):
            said = orjson.loads(line)
            if "doing" in said:
                step(said["doing"], said["done"], said["total"])
            elif "failed" in said:
                raise _failed(said["failed"])
            else:
                return Written(**said)
        raise self._ended()

    def _ended(self) -> StoreError:
        for line in _open(self._process.stdout):
            said = orjson.loads(line)
            if "failed" in said:
                return _failed(said["failed"])
        self._process.wait()
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return _failed(lines[-1] if lines else f"exit {self._process.returncode}")


def _failed(reason: str) -> StoreError:
    return StoreError(f"the import files could not be written: {reason}; the store is as it was")


def _open(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise ValueError("made without pipes")
    return stream


def main(folder: Path) -> int:
    """Take records until they end, then write."""
    # Nothing that is kept is ever garbage; looking for it would take a third of the time.
    gc.disable()
    try:
        return _work(folder)
    except (OSError, MemoryError) as error:  # no room, or killed for it
        with contextlib.suppress(OSError):
            _tell({"failed": str(error) or type(error).__name__})
        return FAILED


def _tell(said: object) -> None:
    sys.stdout.buffer.write(orjson.dumps(said) + b"\n")
    sys.stdout.buffer.flush()


def _work(folder: Path) -> int:
    files = BulkFiles(folder)
    source = sys.stdin.buffer

    while True:
        size = source.read(_SIZE)
        if len(size) < _SIZE:
            return CUT_OFF  # the parent is gone
        expected = int.from_bytes(size)
        if not expected:
            break
        content = source.read(expected)
        if len(content) < expected:
            return CUT_OFF
        files.put(content.split(b"\n"))
    written = files.finish(
        processes=processors(),
        step=lambda doing, done, total: _tell({"doing": doing, "done": done, "total": total}),
    )
    _tell(asdict(written))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
