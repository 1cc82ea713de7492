"""Files that a command writes: whole, or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file to write, which takes its name only once it is complete and on the disk.

    Until then it stands beside its place under a name of its own, so that a file already there
    stays as it is when the command fails. A pipe or a device is written to directly.

    Raises:
        OSError: The folder or the file cannot be written.
    """
    path = path.resolve()  # a link stays a link; the file it names is replaced
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            yield stream
        return
    beside = path.with_name(f".{path.name[:100]}.{os.getpid()}.part")
    try:
        stream = beside.open("xb")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    try:
        with stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        # A full disk is reported by the stream, which does not say whose it is.
        raise OSError(error.errno, error.strerror, error.filename or str(path)) from error
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
