"""Our own JSON lines: a `ParsedPaper`, `ParsedSource` or `ParsedPerson` a line, for any parser.

Format: JSON Lines (https://jsonlines.org), each line an object of the schema that
`coauthor-graph schema` prints. `type` is `paper` if absent; `format` is this format's name if
absent; `source` may be left out where the load names one. Blank lines are passed over.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from pydantic import ValidationError

from graph_service.model.errors import RecordError
from graph_service.model.records import ParsedPaper, ParsedPerson, ParsedSource
from loaders.inputs import InputFile, read_raw_lines
from loaders.reading import Parsed, Reject, why_invalid

FORMAT = "json-lines"
# A paper of ten thousand authors with their affiliations and references takes some megabytes.
LONGEST_LINE_BYTES = 16 * 2**20
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_KINDS: dict[str, type[ParsedPaper] | type[ParsedSource] | type[ParsedPerson]] = {
    "paper": ParsedPaper,
    "source": ParsedSource,
    "person": ParsedPerson,
}
_WANTED = {"paper": {"key", "title"}, "source": {"name", "label"}, "person": {"key", "names"}}


def recognises(path: InputFile | Path) -> bool:
    """Tell whether the first line of a file is an object with the fields of one of the kinds.

    Raises:
        RecordError: The file cannot be read.
    """
    for _, line in _whole_lines(path):
        found = "" if line is None else _object(line)
        if isinstance(found, str):
            return False
        wanted = _WANTED.get(str(found.get("type", "paper")))
        return wanted is not None and wanted <= found.keys()
    return False


def read(path: InputFile | Path, *, source: str | None = None) -> Iterator[Parsed]:
    """Read a file of JSON lines.

    Args:
        path: A file of UTF-8 text.
        source: Name of the source; by default what each line says.

    Yields:
        What each line is: a `ParsedPaper`, `ParsedSource`, `ParsedPerson`, or a `Reject`.

    Raises:
        RecordError: The file cannot be read, or holds no line.
    """
    lines = 0
    for number, line in _whole_lines(path):
        lines += 1
        too_long = f"is longer than {LONGEST_LINE_BYTES:,} bytes"
        found = too_long if line is None else _object(line)
        parsed = found if isinstance(found, str) else _parsed(found, source)
        yield Reject(str(path), number, parsed) if isinstance(parsed, str) else parsed
    if not lines:
        raise RecordError(str(path), "is empty")


def line_of(parsed: ParsedPaper | ParsedSource | ParsedPerson) -> bytes:
    """Write what a source says as a line, with its end; reading it gives an equal one."""
    kind = next(kind for kind, model in _KINDS.items() if isinstance(parsed, model))
    return orjson.dumps({"type": kind, **parsed.model_dump(exclude_defaults=True)}) + b"\n"


def schema() -> dict[str, Any]:
    """The JSON Schema of a line (draft 2020-12)."""
    definitions: dict[str, Any] = {}
    for kind, model in _KINDS.items():
        described = model.model_json_schema()
        definitions |= described.pop("$defs", {})
        described["properties"] = {
            "type": {"const": kind, **({"default": kind} if kind == "paper" else {})},
            **described["properties"],
        }
        optional = {"format"} if kind == "source" else {"format", "source"}
        described["required"] = [
            *([] if kind == "paper" else ["type"]),
            *(name for name in described["required"] if name not in optional),
        ]
        definitions[model.__name__] = described
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of JSON lines that coauthor-graph loads",
        "anyOf": [{"$ref": f"#/$defs/{model.__name__}"} for model in _KINDS.values()],
        "$defs": dict(sorted(definitions.items())),
    }


def _whole_lines(path: InputFile | Path) -> Iterator[tuple[int, bytes | None]]:
    """Lines that are not blank, with their 1-based numbers; of one too long only its number."""
    number, long = 1, False
    for piece in read_raw_lines(path, LONGEST_LINE_BYTES + 1):
        ended = piece.endswith(b"\n")
        if len(piece) > LONGEST_LINE_BYTES and not ended:
            long = True
        elif long:
            yield number, None
            long = False
        elif line := piece.removeprefix(_BYTE_ORDER_MARK if number == 1 else b"").strip():
            yield number, line
        number += ended
    if long:
        yield number, None


def _object(line: bytes) -> dict[str, Any] | str:
    """The object of a line, or why it is none."""
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return f"is no JSON: {error.msg} (byte {error.pos + 1} of the line)"
    return found if isinstance(found, dict) else "is no JSON object"


def _parsed(
    found: dict[str, Any], source: str | None
) -> ParsedPaper | ParsedSource | ParsedPerson | str:
    """What an object says, or why it is nothing that a source can say."""
    kind = found.pop("type", "paper")
    model = _KINDS.get(kind) if isinstance(kind, str) else None
    if model is None:
        return f"type: is none of {', '.join(_KINDS)}"
    named = "name" if kind == "source" else "source"
    if source is None and named not in found:
        return f"{named}: is missing; name it in the line, or for all with --source NAME"
    given = {} if source is None else {named: source}
    try:
        return model.model_validate_json(orjson.dumps({"format": FORMAT, **found, **given}))
    except ValidationError as error:
        return why_invalid(error)
