"""Writing to stdout and stderr: consoles, JSON, and text of unknown origin made harmless.

Titles and names come from files of other people. They may hold rich's markup, terminal escape
sequences or marks that turn the direction of writing. Nothing here interprets them: consoles
have markup off, and `plain` makes every control character visible.
"""

import io
import json
import os
import sys
from collections.abc import Mapping
from typing import Any, TypeVar
from unicodedata import category

from pydantic import BaseModel
from rich.console import Console, RenderableType
from rich.text import Text

Answer = TypeVar("Answer", bound=BaseModel)

# Where neither a terminal nor COLUMNS says how wide a line is.
DEFAULT_WIDTH = 100
# Control, format, lone surrogate, line and paragraph separator; format includes bidi overrides.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Non-joiner and joiner: names in Persian and in Indic scripts are misspelt without them.
_LETTERS_ALL_THE_SAME = "\u200c\u200d"


def plain(text: object) -> str:
    r"""Make control characters visible, as Python writes them: `\x1b`, `\u202e`."""
    return "".join(
        char
        if category(char) not in _UNSAFE or char in _LETTERS_ALL_THE_SAME
        else char.encode("unicode_escape", "surrogatepass").decode("ascii")
        for char in str(text)
    )


def cleaned(answer: Answer) -> Answer:
    """Copy an answer with every text in it made `plain`, so that tables need not think of it."""
    return type(answer).model_validate(_plain_values(answer.model_dump()))


def _plain_values(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list | tuple):
        return [_plain_values(part) for part in value]
    if isinstance(value, dict):
        return {plain(name): _plain_values(part) for name, part in value.items()}
    return value


def be_tolerant() -> None:
    """Let a terminal that cannot show a letter show its number instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def console(*, stderr: bool = False) -> Console:
    """Make a console that takes text as it is; colour only on a terminal without NO_COLOR."""
    made = Console(stderr=stderr, markup=False, emoji=False, highlight=False)
    if "COLUMNS" not in os.environ and not _some_terminal():
        made.width = DEFAULT_WIDTH
    return made


def _some_terminal() -> bool:
    return any(
        stream is not None and not stream.closed and stream.isatty()
        for stream in (sys.stdin, sys.stdout, sys.stderr)
    )


def show(*parts: RenderableType) -> None:
    """Print for people, on stdout, without the blanks that tables put at the ends of lines."""
    out = console()
    with out.capture() as printed:
        out.print(*parts, sep="\n")
    lines = printed.get().split("\n")
    write("\n".join(line.rstrip() for line in lines).encode(out.encoding, "backslashreplace"))


def tell(message: str, *, label: str = "") -> None:
    """Print one line for people on stderr, beside the data on stdout."""
    line = Text.assemble((label, "bold red"), " " if label else "", plain(message))
    console(stderr=True).print(line, soft_wrap=True)


def write(data: bytes) -> None:
    """Write bytes to stdout as they are."""
    if sys.stdout is None:  # the caller closed it
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.flush()


def write_answer(answer: BaseModel) -> None:
    """Write an answer on stdout: the body that HTTP gives, and a line end."""
    from graph_service.api.encoding import answer_bytes  # noqa: PLC0415 – only --json needs it

    write(answer_bytes(answer) + b"\n")


def json_line(value: object) -> str:
    """Write a summary as one line of JSON in ASCII, so that no terminal can misread it."""
    return json.dumps(value, default=str)


def write_summary(summary: Mapping[str, object]) -> None:
    """Write what a command did on stdout, as one JSON object."""
    write(json_line(summary).encode() + b"\n")
