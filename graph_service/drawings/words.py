"""Text from data made fit to be drawn: on one line, without characters that change a page."""

import unicodedata
from collections.abc import Iterator

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# Joiners stay: scripts of South Asia and emoji are spelt with them.
_JOINERS = "\u200c\u200d"
_ELLIPSIS = "…"


def one_line(text: str) -> str:
    """The text on one line, without bidirectional controls; no character XML forbids.

    Blanks of any kind become one space; other controls and code points that are no characters
    become U+FFFD, invisible format characters go, for they may turn what stands after them.
    """
    return " ".join("".join(map(_fit, text)).split())


def _fit(character: str) -> str:
    if character.isspace():
        return " "
    category = unicodedata.category(character)
    if category == "Cf":
        return character if character in _JOINERS else ""
    if category in {"Cc", "Cs", "Co"} or ord(character) & 0xFFFE == 0xFFFE:
        return REPLACEMENT
    return character


def width(text: str) -> int:
    """How many columns the text takes: two for a wide character, none for a combining one."""
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.combining(character) or character in _JOINERS:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def shortened(text: str, columns: int) -> str:
    """The text in at most so many columns (at least two), with an ellipsis if cut."""
    if width(text) <= columns and len(text) <= 4 * columns:
        return text
    used, kept = 0, ""
    for character in text[: 4 * columns]:  # a bound on marks that take no column
        used += _columns(character)
        if used > columns - 1:
            break
        kept += character
    return kept.rstrip() + _ELLIPSIS


def wrapped(text: str, columns: int) -> Iterator[str]:
    """The words of the text on lines of at most so many columns; a longer word stays whole."""
    line = ""
    for word in text.split():
        if line and width(line) + 1 + width(word) > columns:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    if line:
        yield line
