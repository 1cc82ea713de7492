"""Broken files of any format: what a loader may do with one, and what it may not."""

import resource
from pathlib import Path
from types import ModuleType

from graph_service.model.errors import RecordError
from loaders.reading import Parsed, Reject


def survives(module: ModuleType, path: Path, content: bytes) -> list[Parsed] | RecordError:
    """Read a file to its end: papers and rejects, or one error that says what is wrong.

    Anything else that is raised fails the test. What is printed names the file and one line.
    """
    path.write_bytes(content)
    parts = _parts(module, path)
    if isinstance(parts, RecordError):
        assert str(path) in str(parts)
        assert "\n" not in str(parts)
        return parts
    for part in parts:
        if isinstance(part, Reject):
            assert str(path) in part.source
            assert part.reason
            assert "\n" not in part.reason
    return parts


def _parts(module: ModuleType, path: Path) -> list[Parsed] | RecordError:
    try:
        return list(module.read(path))
    except RecordError as error:
        return error


def cuts(content: bytes, pieces: int = 25) -> list[bytes]:
    """The file cut at so many places, near its beginning and its end too."""
    size = len(content)
    at = {1, 2, size - 1, size - 2, *(size * piece // pieces for piece in range(1, pieces))}
    return [content[:end] for end in sorted(at) if 0 < end < size]


def peak_mebibytes() -> float:
    """The most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
