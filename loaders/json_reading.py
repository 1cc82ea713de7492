"""JSON files, object by object, in bounded memory, however the objects are laid out.

Read are JSON Lines (an object a line), one array of objects, one object, and an object that
holds its records in an array some steps down, as answers of services do. A file may hold several
such texts one after the other. What is small is parsed by orjson at once; a large array is
streamed by ijson, which holds one record of it at a time.
"""

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from typing import IO, Any, NamedTuple

import ijson
import orjson

from graph_service.model.errors import RecordError
from loaders.inputs import InputFile, open_bytes

# A paper of ten thousand authors with their affiliations and references takes some megabytes.
LONGEST_RECORD_BYTES = 16 * 2**20
_TOO_LONG = f"is longer than {LONGEST_RECORD_BYTES:,} bytes"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# A line that is longer than this is no first line of an object laid out for reading.
_LOOK = 2**16
# ijson writes down the path to each level: one of a hundred thousand takes gigabytes.
DEEPEST_NESTING = 500
_LOW = 4
# Why there is no object where a service found nothing: a reader may pass it over.
IS_NULL = "is null"
_NO_OBJECT = "is no JSON object"
_STRING = re.compile(rb'"[^"]*"?')
_NO_SIGNS = bytes(set(range(256)) - set(b'[]{}"'))
_STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
Object = dict[str, Any]


class Found(NamedTuple):
    """An object of a file or, in its place, why there is none.

    `line` is where it stands; in an array, which `item` of it counts from 1.
    """

    value: Object | None
    line: int | None
    item: int | None = None
    reason: str = ""


def objects(given: InputFile | Path, lists: Sequence[str] = ()) -> Iterator[Found]:
    """Read the objects of a file.

    Args:
        given: The file.
        lists: Where an object holds records in an array, the dotted path to it, as in
            `message.items`; the first that is there counts. An object without any is a record.

    Raises:
        RecordError: The file cannot be read, is empty, or is no JSON from its first byte on.
    """
    with _opened(given) as stream:
        if stream.peek(1)[:1] == b"[":
            yield from _items(str(given), stream, "item")
            return
        whole = _pretty(str(given), stream)
        if whole is None:
            yield from _of_lines(given, stream, lists)
        elif whole:
            yield from _inside(Found(orjson.loads(whole), 1), lists)
        else:
            yield from _streamed(given, lists)


def first_object(given: InputFile | Path, lists: Sequence[str] = ()) -> Object | None:
    """The first object of a file, for finding out its format; absent: it is no JSON.

    Raises:
        RecordError: The file cannot be read.
    """
    with open_bytes(given) as stream:
        start = stream.peek(_LOOK)[:_LOOK].removeprefix(_BYTE_ORDER_MARK).lstrip()
    if not start.startswith((b"{", b"[")):
        return None
    try:
        return next((found.value for found in objects(given, lists) if found.value), None)
    except RecordError:
        return None


@contextmanager
def _opened(given: InputFile | Path) -> Iterator[io.BufferedReader]:
    """Open a file behind its byte order mark and blanks.

    Raises:
        RecordError: It holds no JSON.
    """
    with open_bytes(given) as stream:
        if stream.peek(len(_BYTE_ORDER_MARK)).startswith(_BYTE_ORDER_MARK):
            stream.read(len(_BYTE_ORDER_MARK))
        while (start := stream.peek(1)[:1]) and start in b" \t\r\n":
            stream.read(1)
        if not start:
            raise RecordError(str(given), "is empty")
        if start not in b"{[":
            raise RecordError(str(given), "is no JSON: it begins with neither { nor [", line=1)
        yield stream


def _pretty(name: str, stream: io.BufferedReader) -> bytes | None:
    """A file of one object that is laid out on several lines, whole.

    Returns:
        Its text; empty where it is too large to be held; absent where each line is an object,
        and then nothing has been read.

    Raises:
        RecordError: It is neither.
    """
    first, _, rest = stream.peek(_LOOK).partition(b"\n")
    first = first.rstrip()
    if len(first) >= _LOOK - 2 or (first.endswith(b"}") and not _goes_on(first, rest)):
        return None
    text = stream.read(LONGEST_RECORD_BYTES + 1)
    if len(text) > LONGEST_RECORD_BYTES:
        return b""
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError as error:
        line = text.count(b"\n", 0, error.pos) + 1
        raise RecordError(name, f"is no JSON: {error.msg}", line=line) from error
    return text


def _goes_on(first: bytes, rest: bytes) -> bool:
    """Tell whether an object goes on behind its first line, which ends with a brace."""
    if rest.lstrip()[:1] in (b"", b"{"):
        return False
    try:
        orjson.loads(first)
    except orjson.JSONDecodeError:
        return True
    return False


def _of_lines(
    given: InputFile | Path, stream: io.BufferedReader, lists: Sequence[str]
) -> Iterator[Found]:
    number, long = 1, False
    while piece := stream.readline(LONGEST_RECORD_BYTES + 1):
        ended = piece.endswith(b"\n")
        if len(piece) > LONGEST_RECORD_BYTES and not ended:
            if number == 1 and not long and (path := _list_in(given, lists)):
                yield from _listed(given, path)
                return
            long = True
        elif long:
            yield Found(None, number, reason=_TOO_LONG)
            long = False
        elif line := piece.strip():
            yield from _inside(_object(line, number), lists)
        number += ended
    if long:
        yield Found(None, number, reason=_TOO_LONG)


def _object(text: bytes, number: int) -> Found:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        reason = f"is no JSON: {error.msg} (byte {error.pos + 1} of the line)"
        return Found(None, number, reason=reason)
    if not isinstance(found, dict):
        return Found(None, number, reason=_NO_OBJECT)
    return Found(found, number)


def _why_none(item: object) -> str:
    return IS_NULL if item is None else _NO_OBJECT


def _inside(found: Found, lists: Sequence[str]) -> Iterator[Found]:
    """The records of an object: those of its first list, or itself."""
    for path in lists:
        at: Any = found.value
        for step in path.split("."):
            at = at.get(step) if isinstance(at, dict) else None
        if isinstance(at, list):
            for item, one in enumerate(at, start=1):
                if isinstance(one, dict):
                    yield Found(one, found.line, item)
                else:
                    yield Found(None, found.line, item, _why_none(one))
            return
    yield found


def _streamed(given: InputFile | Path, lists: Sequence[str]) -> Iterator[Found]:
    """The records of one large object."""
    path = _list_in(given, lists)
    if path is None:
        raise RecordError(
            str(given),
            f"is one JSON object of more than {LONGEST_RECORD_BYTES:,} bytes; write a line a record",
        )
    yield from _listed(given, path)


def _listed(given: InputFile | Path, path: str) -> Iterator[Found]:
    with _opened(given) as stream:
        yield from _items(str(given), stream, f"{path}.item")


def _list_in(given: InputFile | Path, lists: Sequence[str]) -> str | None:
    """The path of the first array of records in a large object; absent: there is none near."""
    if not lists:
        return None
    with _opened(given) as stream:
        try:
            for prefix, event, _ in ijson.parse(_Bounded(str(given), stream)):
                if event == "start_array" and prefix in lists:
                    return str(prefix)
        except (ijson.JSONError, RecordError):
            return None  # reading it says why
    return None


def _items(name: str, stream: IO[bytes], prefix: str) -> Iterator[Found]:
    bounded = _Bounded(name, stream)
    item = 0
    try:
        for found in ijson.items(bounded, prefix, use_float=True):
            item += 1
            bounded.since_last = 0
            if isinstance(found, dict):
                yield Found(found, None, item)
            else:
                yield Found(None, None, item, _why_none(found))
    except ijson.JSONError as error:
        why = " ".join(str(error).split())[:200]
        raise RecordError(name, f"is no JSON behind item {item} of its array: {why}") from error


class _Bounded:
    """A stream that stops a record from growing, or from being nested, without end."""

    def __init__(self, name: str, stream: IO[bytes]) -> None:
        self._name = name
        self._stream = stream
        self._depth = 0
        self._in_string = False
        self._in_escape = False
        self.since_last = 0

    def read(self, size: int = -1) -> bytes:
        """Read, unless too much was read for one record."""
        if self.since_last > LONGEST_RECORD_BYTES:
            raise RecordError(self._name, f"holds a record that {_TOO_LONG}")
        found = self._stream.read(size)
        self.since_last += len(found)
        self._check_nesting(found)
        return found

    def _check_nesting(self, text: bytes) -> None:
        if self._in_escape:
            text, self._in_escape = text[1:], False
        if b"\\" in text:
            text = text.replace(b"\\\\", b"")
            self._in_escape = text.endswith(b"\\")
            text = text.replace(b'\\"', b"")
        signs = (b'"' if self._in_string else b"") + text.translate(None, _NO_SIGNS)
        signs = signs.replace(b'""', b"")
        self._in_string = signs.count(b'"') % 2 == 1
        signs = _STRING.sub(b"", signs)
        # What opens and closes at once, on the lowest few levels, is nearly all there is.
        for _ in range(_LOW):
            signs = signs.replace(b"[]", b"").replace(b"{}", b"")
        depths = list(accumulate(map(_STEPS.__getitem__, signs), initial=self._depth))
        self._depth = depths[-1]
        if max(depths) > DEEPEST_NESTING:
            raise RecordError(
                self._name, f"holds a record nested more than {DEEPEST_NESTING:,} levels deep"
            )
