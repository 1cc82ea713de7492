"""What every loader yields, and how a text file is read line by line in bounded memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from graph_service.model.errors import RecordError
from graph_service.model.records import ParsedPaper, ParsedPerson, ParsedSource
from loaders.inputs import InputFile, NotRead, read_raw_lines

# An abstract is one line of some thousand characters; a line beyond this is no text for people.
LONGEST_LINE_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Reject:
    """Something in a file that was set aside: where, and why.

    `line` is 1-based and absent where a file has no lines to speak of; then the reason says
    where.
    """

    source: str
    line: int | None
    reason: str

    def error(self) -> RecordError:
        """The same as an error, for a run that stops at the first."""
        return RecordError(self.source, self.reason, line=self.line)


Said = ParsedSource | ParsedPaper | ParsedPerson
Parsed = Said | Reject


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file: its 1-based number, its text without line end, and how it ended."""

    number: int
    text: str
    ended: bool = True


def read_lines(file: InputFile | Path) -> Iterator[Line]:
    """Read UTF-8 lines, whatever their line ends, without a byte order mark.

    Raises:
        RecordError: The file cannot be opened, is empty, or a line is too long, is not UTF-8
            or holds a NUL; the error names the line.
    """
    name, number = str(file), 0
    for raw in read_raw_lines(file, LONGEST_LINE_BYTES + 1):
        number += 1
        if len(raw) > LONGEST_LINE_BYTES:
            raise NotRead(name, f"is longer than {LONGEST_LINE_BYTES:,} bytes", line=number)
        if b"\0" in raw:
            raise NotRead(name, "holds a NUL byte; is this a text file?", line=number)
        try:
            # In pages put one after the other, each may begin with a byte order mark.
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise NotRead(
                name, f"is not UTF-8 (byte {error.start + 1} of the line)", line=number
            ) from error
        # A lone carriage return ends a line too, as in files of old systems.
        parts = text.rstrip("\r\n").split("\r")
        for part in parts[:-1]:
            yield Line(number, part)
            number += 1
        yield Line(number, parts[-1], ended=raw.endswith((b"\n", b"\r")))
    if not number:
        raise NotRead(name, "is empty")


def why_invalid(error: ValidationError) -> str:
    """Say what is wrong with a record: field and reason of the first fault."""
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"]) or "record"
    reason = first["msg"].removeprefix("Value error, ")
    limits = first.get("ctx", {})
    if first["type"] == "too_long":
        reason = f"are {limits['actual_length']:,}, and at most {limits['max_length']:,} can be"
    elif first["type"] == "string_too_long":
        reason = f"is longer than {limits['max_length']:,} characters"
    return f"{field}: {reason}"
