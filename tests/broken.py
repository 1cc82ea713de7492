"""Broken files of any format: what a loader may do with one, and what it may not."""

from pathlib import Path
from types import ModuleType

from graph_service.model.errors import RecordError
from graph_service.model.records import ParsedPaper
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


def papers_of_cuts(module: ModuleType, path: Path, content: bytes, end: bytes) -> list[ParsedPaper]:
    """Read a file cut at many places: each time its whole records, one reject at the most, or nothing.

    Args:
        module: The loader.
        path: Where to write.
        content: The file, in lines.
        end: What stands once in every record, at its end.
    """
    papers = []
    for part in cuts(content):
        found = survives(module, path, part)
        if isinstance(found, RecordError):
            assert b"\n" not in part
            continue
        whole = [one for one in found if isinstance(one, ParsedPaper)]
        assert len(whole) == part.count(end)
        assert len(found) - len(whole) <= 1
        papers += whole
    assert papers
    return papers


def reject_before_a_paper(
    module: ModuleType, path: Path, content: bytes
) -> tuple[Reject, ParsedPaper]:
    """Read a file of a broken record and a sound one."""
    found = survives(module, path, content)
    assert not isinstance(found, RecordError)
    reject, paper = found
    assert isinstance(reject, Reject)
    assert isinstance(paper, ParsedPaper)
    return reject, paper
