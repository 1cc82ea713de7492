"""Text files of unknown encoding, read line by line in bounded memory and never wrongly.

An encoding is known by a byte order mark, by the zero bytes of UTF-16, or by what a file says
of itself; else it is UTF-8. A byte that does not fit ends the reading with an error that says
what to do: half of a bibliography in wrong letters would be worse than none.
"""

import codecs
import io
import re
from collections.abc import Iterator
from pathlib import Path

from graph_service.model.errors import RecordError
from loaders.inputs import InputFile, open_bytes
from loaders.reading import Line

# A line beyond this comes in pieces of about this size, so that memory stays bounded.
LONGEST_PIECE = 2**20
HEAD_BYTES = 64 * 2**10
_CHUNK = 2**18
_BYTE_ORDER_MARK = "\ufeff"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Text codecs of Python that are no encodings of files.
_NOT_OF_FILES = frozenset(("idna", "punycode", "unicode-escape", "raw-unicode-escape", "utf-7"))
_PLAIN = bytes(range(0x20, 0x7F))
_DECLARED_WITHIN = 4096
_DECLARED = re.compile(
    rb"%\s*Encoding:\s*(?P<jabref>[\w.:-]+)"
    rb"|%%\s*Saved with string encoding (?P<bibdesk>[^\r\n]+)"
    rb"|-\*-[^\r\n]*\bcoding:\s*(?P<emacs>[\w.-]+)"
    rb"|^Content: text/plain; charset=\"?(?P<content>[\w.-]+)",
    re.IGNORECASE | re.MULTILINE,
)
# BibDesk writes the names that macOS shows to people.
_NAMES_OF_MACOS = {
    "unicode (utf-8)": "utf-8",
    "western (iso latin 1)": "iso-8859-1",
    "western (iso latin 9)": "iso-8859-15",
    "western (windows latin 1)": "windows-1252",
    "western (mac os roman)": "mac-roman",
    "western (ascii)": "us-ascii",
}


def decoded_lines(file: InputFile | Path) -> Iterator[Line]:
    """Read the lines of a text file, whatever their line ends, without byte order marks.

    A line longer than `LONGEST_PIECE` comes in several, all but the last with `ended` false; so is
    the last line of a file without a line end.

    Raises:
        RecordError: The file cannot be opened, is empty, holds a NUL, says an encoding that is
            not known, or is not in its encoding; the error names the line.
    """
    name = str(file)
    with open_bytes(file) as stream:
        head = stream.peek(HEAD_BYTES)[:HEAD_BYTES]
        if not head:
            raise RecordError(name, "is empty")
        encoding, said = _encoding(name, head)
        # UTF-8 drops its own mark below; the decoders of a byte order do not look for one.
        decoder = io.IncrementalNewlineDecoder(
            codecs.getincrementaldecoder(encoding)("strict"), translate=True
        )
        number, rest, more = 1, "", True
        while more:
            chunk = stream.read(_CHUNK)
            more = bool(chunk)
            try:
                text = decoder.decode(chunk, final=not more)
            except UnicodeDecodeError as error:
                line = number + chunk.count(b"\n", 0, error.start) if chunk else number
                raise RecordError(name, _misfit(encoding, said), line=line) from error
            if "\0" in text:
                line = number + text.count("\n", 0, text.index("\0"))
                raise RecordError(name, "holds a NUL; is this a text file?", line=line)
            if _BYTE_ORDER_MARK in text:  # files put one after the other have it anywhere
                text = text.replace(_BYTE_ORDER_MARK, "")
            *whole, rest = (rest + text).split("\n")
            for one in whole:
                yield Line(number, one)
                number += 1
            if len(rest) > LONGEST_PIECE:
                yield Line(number, rest, ended=False)
                rest = ""
        if rest:
            yield Line(number, rest, ended=False)


def first_text(file: InputFile | Path) -> str | None:
    """The beginning of a file as text, to tell what it is; absent where it is none.

    Raises:
        RecordError: The file cannot be read.
    """
    with open_bytes(file) as stream:
        head = stream.peek(HEAD_BYTES)[:HEAD_BYTES]
    try:
        encoding, _ = _encoding(str(file), head)
    except RecordError:
        encoding = "iso-8859-1"  # what it is shows all the same, and reading says what is wrong
    text = head.decode(encoding, errors="replace").replace(_BYTE_ORDER_MARK, "")
    return None if "\0" in text else text.replace("\r\n", "\n").replace("\r", "\n")


def _encoding(name: str, head: bytes) -> tuple[str, bool]:
    """The encoding of a file by its beginning, and whether the file itself says it."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, False
    if len(head) > 3 and head[0:4:2] == b"\0\0" and head[1] and head[3]:
        return "utf-16-be", False
    if len(head) > 3 and head[1:4:2] == b"\0\0" and head[0] and head[2]:
        return "utf-16-le", False
    match = _DECLARED.search(head[:_DECLARED_WITHIN])
    if match is None:
        return "utf-8", False
    found = next(group for group in match.groups() if group).decode("ascii", "replace").strip()
    encoding = _NAMES_OF_MACOS.get(found.lower(), found)
    try:
        known = codecs.lookup(encoding).name
        codecs.getincrementaldecoder(known)
        fits = known.replace("_", "-") not in _NOT_OF_FILES and (
            _PLAIN.decode(known) == _PLAIN.decode("ascii")
        )
    except (LookupError, ValueError):
        fits = False
    if not fits:
        line = head.count(b"\n", 0, match.start()) + 1
        raise RecordError(
            name,
            f"says that its encoding is {found[:40]!r}, which it cannot be read in; "
            "convert it to UTF-8 and let that line say so",
            line=line,
        )
    return known, True


def _misfit(encoding: str, said: bool) -> str:
    if said:
        return (
            f"is not in {encoding}, which the file says it is in; "
            "put the right encoding there, or convert the file to UTF-8"
        )
    return (
        f"is not in {encoding.upper()}; convert the file, for example with "
        "'iconv -f WINDOWS-1252 -t UTF-8', or export it anew as UTF-8"
    )
