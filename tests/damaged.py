"""Damaged files made of a sound one, the same for every format of XML or of JSON.

What must hold of every loader that reads them is checked here too; a test adds what its own does.
"""

import copy
import json
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from graph_service.model.errors import RecordError
from graph_service.model.records import ParsedPaper
from loaders.facts import to_facts
from loaders.reading import Parsed, Reject
from tests.broken import cuts, survives

SECRET = "the secret of another file"
JUNK: tuple[Any, ...] = (
    None, True, -1, 10**30, 1.5, "", "\0", "\x85\x9f", "\ud800", "x" * 3_000, [], {}, [None],
    [[1]], [{"a": {"b": []}}], {"a": ["b"]},
)  # fmt: skip
_DEEP = 100_000


def damaged_xml(sound: str, title: str, secret: str) -> Iterator[tuple[str, bytes]]:
    """Damaged forms of a file of XML, each with its name.

    Args:
        sound: The file, with a letter outside ASCII and an encoding that says UTF-8.
        title: What stands in it as a title, once replaced by an entity.
        secret: Path of a file that nothing may read.
    """
    whole = sound.encode()
    for number, cut in enumerate(cuts(whole)):
        yield f"cut {number}", cut
    yield "empty", b""
    yield "blank", b" \n\t"
    yield "in Latin-1", sound.encode("latin-1", "replace")
    yield "in UTF-16", sound.encode("utf-16")
    yield "half in UTF-16", whole[: len(whole) // 2] + sound.encode("utf-16")
    yield "with NUL", whole[: len(whole) // 2] + b"\0" * 5 + whole[len(whole) // 2 :]
    yield "with a control character", sound.replace(title, f"{title}\x9f", 1).encode()
    yield "nested deep", whole[: len(whole) // 2] + b"<p>" * _DEEP
    yield "JSON", b'{"key": "a", "title": "b"}\n'
    head, _, rest = sound.partition("?>")
    body = rest.replace(title, "&a9;", 1)
    bomb = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    yield "a bomb", f'{head}?><!DOCTYPE x [<!ENTITY a0 "ha">{bomb}]>{body}'.encode()
    outside = f'<!ENTITY a9 SYSTEM "file://{secret}">'
    yield "an external entity", f"{head}?><!DOCTYPE x [{outside}]>{body}".encode()


def damaged_json(sound: bytes) -> Iterator[tuple[str, bytes]]:
    """Damaged forms of a file of JSON on one line, each with its name."""
    for number, cut in enumerate(cuts(sound)):
        yield f"cut {number}", cut
    yield "empty", b""
    yield "blank", b" \n\t"
    yield "in Latin-1", sound.decode().encode("latin-1", "replace")
    yield "in UTF-16", sound.decode().encode("utf-16")
    yield "with NUL", sound[: len(sound) // 2] + b"\0" * 5 + sound[len(sound) // 2 :]
    yield "nested lists", b"[" * _DEEP
    yield "nested objects", b'{"a":' * _DEEP
    yield "a number", b"12\n"
    yield "XML", b"<feed/>\n"


def confused(sound: Any) -> Iterator[Any]:
    """The object with each of its values, on every level, replaced by each piece of junk."""
    for path in _paths(sound):
        for junk in JUNK:
            changed = copy.deepcopy(sound)
            at = changed
            for step in path[:-1]:
                at = at[step]
            at[path[-1]] = junk
            yield changed


def _paths(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    steps: Any = value.items() if isinstance(value, dict) else ()
    if isinstance(value, list):
        steps = enumerate(value)
    for step, inner in steps:
        yield (*before, step)
        yield from _paths(inner, (*before, step))


class ReadDamaged(NamedTuple):
    """What a loader made of a damaged file, and whether it takes it for one of its own."""

    name: str
    found: list[Parsed] | RecordError
    known: bool

    @property
    def parts(self) -> list[Parsed]:
        """What was read of it."""
        return [] if isinstance(self.found, RecordError) else self.found

    @property
    def papers(self) -> list[ParsedPaper]:
        """The papers among them."""
        return [part for part in self.parts if isinstance(part, ParsedPaper)]


def reads_of_damaged_xml(
    module: ModuleType, folder: Path, sound: str, title: str
) -> list[ReadDamaged]:
    """Read all damaged forms of a file of XML; nothing of another file, or of a bomb, is in them."""
    secret, path = folder / "secret", folder / "a.xml"
    secret.write_text(SECRET)
    reads = []
    for name, content in damaged_xml(sound, title, str(secret)):
        found = survives(module, path, content)
        reads.append(ReadDamaged(name, found, bool(module.recognises(path))))
        assert SECRET not in repr(reads[-1].parts), name
        assert "haha" not in repr(reads[-1].parts), name
    return reads


def damaged_xml_is_said_to_be(
    module: ModuleType,
    folder: Path,
    sound: str,
    title: str,
    *,
    read_all_the_same: Collection[str] = ("in UTF-16",),
    least_known: int = 6,
) -> None:
    """Nothing but a file that is cut behind a paper, or one of those named, gives a paper.

    Of the damaged files at least so many are still known for what they are.
    """
    reads = reads_of_damaged_xml(module, folder, sound, title)
    for one in reads:
        whole_enough = one.name.startswith("cut") or one.name in read_all_the_same
        assert whole_enough or not one.papers, one.name
    assert {one.name for one in reads if not one.known} >= {"empty", "blank", "JSON", "cut 0"}
    assert sum(one.known for one in reads) >= least_known


def damaged_objects_alone_are_lost(
    module: ModuleType, folder: Path, sound: object, bad: bytes, other: object = None
) -> None:
    """Of a file of JSON lines the damaged objects are rejects, and no damaged file gives a paper.

    Args:
        module: The loader.
        folder: Where to write.
        sound: An object that is a paper, with a letter outside ASCII.
        bad: A line of JSON that is none.
        other: Another object that is a paper; by default the same.
    """
    path = folder / "a.json"
    line, last = (json.dumps(one, ensure_ascii=False).encode() for one in (sound, other or sound))
    for name, content in damaged_json(line):
        found = survives(module, path, content)
        assert isinstance(found, RecordError) or all(isinstance(one, Reject) for one in found), name
        if not name.startswith("cut"):
            assert not module.recognises(path), name
    lines = [line, b"x" * 20_000_000, bad, last, b"[]"]
    parts = survives(module, path, b"\n".join(lines))
    assert not isinstance(parts, RecordError)
    assert [part.line for part in parts if isinstance(part, Reject)] == [2, 3, 5]
    assert sum(isinstance(part, ParsedPaper) for part in parts) == 2


def papers_and_parts_of_confused(
    module: ModuleType, path: Path, objects: Iterable[object]
) -> tuple[int, int]:
    """Read objects with values of a wrong type, a line each; count papers, all sound, and parts."""
    lines = b"\n".join(json.dumps(one).encode() for one in objects)
    parts = survives(module, path, lines)
    assert not isinstance(parts, RecordError)
    papers = [part for part in parts if isinstance(part, ParsedPaper)]
    for paper in papers:
        to_facts(paper)
    return len(papers), len(parts)
