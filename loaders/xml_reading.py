"""XML files, element by element, in bounded memory and without a word from outside them.

No DTD is loaded, no external entity resolved, no network asked. Of the entities that a file
declares for itself none is expanded: a text that uses one is a fault, and nothing is lost in
silence. `recover` is never used, since it drops letters without saying so.

Named characters (`&uuml;`) are known from a DTD only, so they are rewritten as numbers in the
bytes before the parser sees them.
"""

import io
import re
from collections.abc import Iterator
from html.entities import html5, name2codepoint
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from lxml import etree

from graph_service.model.errors import RecordError
from loaders.inputs import InputFile, open_bytes

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer
    from lxml.etree import _Element as Element

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_CHUNK = 2**18
_LONGEST_ENTITY = 32
_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,30});")
_OWN_ENTITIES = frozenset(("amp", "lt", "gt", "quot", "apos"))
# HTML 5 has most of the names of ISO 8879; these it has not, and publishers use.
_GREEK = (
    "a", "b", "g", "d", "e", "z", "ee", "th", "i", "k", "l", "m", "n", "x", "o", "p", "r", "sf",
    "s", "t", "u", "ph", "kh", "ps", "oh",
)  # fmt: skip
_MORE_CHARACTERS = {
    **{f"{name}gr": chr(0x03B1 + at) for at, name in enumerate(_GREEK)},
    **{f"{name.upper()}gr": chr(0x0391 + at) for at, name in enumerate(_GREEK) if name != "sf"},
    # Of the journals of the AAS: a sign above the decimal point.
    "fdg": "\u00b0.",
    "farcm": "\u2032.",
    "farcs": "\u2033.",
}
_CHARACTERS = {
    name.encode(): "".join(f"&#{ord(char)};" for char in chars).encode()
    for name, chars in {
        **_MORE_CHARACTERS,
        **{name[:-1]: chars for name, chars in html5.items() if name.endswith(";")},
        **{name: chr(code) for name, code in name2codepoint.items()},
    }.items()
    if name not in _OWN_ENTITIES
}
_BLANKS = re.compile(r"\s+")


class XmlFault(Exception):
    """Something in an element that cannot be read; a reader makes a reject of it."""


def elements(
    given: InputFile | Path,
    tags: frozenset[str],
    *,
    named_characters: bool = False,
    instructions: bool = False,
) -> Iterator["Element"]:
    """Read the elements of some names, each whole, in order; they are gone with the next one.

    An element inside another of these names is not yielded by itself; it goes with the outer.
    Names are without namespace: `{*}article` is asked for as `article`.

    Args:
        given: The file.
        tags: Names without namespace.
        named_characters: Read `&uuml;` and the like as HTML and ISO 8879 define them.
        instructions: Keep processing instructions, in which some publishers hide text.

    Raises:
        RecordError: The file cannot be read or is no well-formed XML; it names the line.
    """
    name = str(given)
    with open_bytes(given) as stream:
        source: IO[bytes] = stream
        if named_characters:
            source = io.BufferedReader(_Numbered(stream), _CHUNK)
        inside = 0
        try:
            for event, element in _events(source, tags, instructions):
                if event == "start":
                    inside += 1
                    continue
                inside -= 1
                if inside:
                    continue
                yield element
                _forget(element)
        except etree.XMLSyntaxError as error:
            line = error.lineno or 1
            why = " ".join((error.msg or "").split())
            raise RecordError(name, f"is no well-formed XML: {why}", line=line) from error


def _events(
    stream: IO[bytes], tags: frozenset[str], instructions: bool
) -> Iterator[tuple[str, "Element"]]:
    parser = etree.XMLPullParser(
        events=("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=not instructions,
        # That an id stands twice is no fault of form, and a dump's ids would fill memory; iterparse
        # takes no notice of this.
        collect_ids=False,
        tag=[f"{{*}}{tag}" for tag in sorted(tags)],
    )
    # Without ids the parser would ask for the DTD that a file names, though it is told not to.
    parser.resolvers.add(_Nothing())
    fault: etree.XMLSyntaxError | None = None
    chunk = b"first"
    while chunk and fault is None:
        chunk = stream.read(_CHUNK)
        try:
            if chunk:
                parser.feed(chunk)
            else:
                parser.close()
        except etree.XMLSyntaxError as error:
            fault = error
        # What is whole before the fault is read.
        yield from parser.read_events()
    if fault is not None:
        raise fault


class _Nothing(etree.Resolver):
    """What is outside of a file is blank."""

    def resolve(self, system_url: str | None, public_id: str | None, context: object) -> Any:  # noqa: ARG002 - whatever is asked for
        # An empty one would be taken for none, and asked for by other means.
        return self.resolve_string(" ", context)


def _forget(element: "Element") -> None:
    """Free an element and what stands before it; its ancestors stay, empty."""
    element.clear()
    while element is not None:
        parent = element.getparent()
        if parent is None:
            return
        while element.getprevious() is not None:
            del parent[0]
        element = parent


class _Numbered(io.RawIOBase):
    """A stream of XML in which named characters are numbers."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._rest = b""
        self._ready = b""
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer") -> int:
        view = memoryview(buffer)
        while not self._ready and not self._ended:
            chunk = self._stream.read(_CHUNK)
            self._ended = not chunk
            text = self._rest + chunk
            # An entity may be cut by the end of the chunk.
            at = text.rfind(b"&", max(len(text) - _LONGEST_ENTITY, 0))
            cut = at if at >= 0 and not self._ended and b";" not in text[at:] else len(text)
            self._rest = text[cut:]
            self._ready = _ENTITY.sub(_number, text[:cut])
        taken = self._ready[: len(view)]
        view[: len(taken)] = taken
        self._ready = self._ready[len(taken) :]
        return len(taken)


def _number(match: re.Match[bytes]) -> bytes:
    return _CHARACTERS.get(match[1], match[0])


def local_name(element: "Element") -> str:
    """The name of an element without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def text_of(element: "Element | None", *, without: frozenset[str] = frozenset()) -> str:
    """All text of an element in one line; empty where there is none.

    Args:
        element: The element, or nothing.
        without: Names of inner elements whose text is left out.

    Raises:
        XmlFault: It uses an entity that nothing here expands.
    """
    if element is None:
        return ""
    parts: list[str] = []
    _collect(element, without, parts)
    return _BLANKS.sub(" ", "".join(parts)).strip()


def _collect(element: "Element", without: frozenset[str], parts: list[str]) -> None:
    if element.text:
        parts.append(element.text)
    for child in element:
        if isinstance(child, etree._Entity):  # noqa: SLF001 - it has no public name
            raise XmlFault(f"uses the entity {child.text}, which is not expanded")
        if isinstance(child.tag, str) and local_name(child) not in without:
            _collect(child, without, parts)
        if child.tail:
            parts.append(child.tail)


def first_element(given: InputFile | Path) -> "Element | None":
    """The first element of a file, with its attributes but nothing inside; absent: it is no XML.

    For finding out a file's format; only its beginning is read.

    Raises:
        RecordError: The file cannot be read.
    """
    with open_bytes(given) as stream:
        if not stream.peek(_CHUNK).lstrip(_BYTE_ORDER_MARK + b" \t\r\n\0\xff\xfe").startswith(b"<"):
            return None
        try:
            events = etree.iterparse(
                io.BufferedReader(_Numbered(stream), _CHUNK),
                events=("start",),
                resolve_entities=False,
                load_dtd=False,
                no_network=True,
            )
            for _, element in events:
                return element
        except etree.XMLSyntaxError:
            return None
    return None
