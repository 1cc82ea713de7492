"""Damaged files made of a sound one, the same for every format of XML or of JSON."""

import copy
from collections.abc import Iterator
from typing import Any

from tests.broken import cuts

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
