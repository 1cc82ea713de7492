"""What a foreign JSON object holds under a name, whatever its type: a text, objects, texts.

A value of another type than the format promises is as good as none.
"""

import re
from collections.abc import Iterator
from typing import Any

# Letters of Windows that were taken for control characters, as Browsers read them; the others are
# nothing at all. A NUL is no text and stays.
_REPAIRED = {
    **dict.fromkeys([*range(0x01, 0x09), *range(0x0E, 0x20), 0x7F]),
    **{code: bytes([code]).decode("cp1252", "ignore") or None for code in range(0x80, 0xA0)},
}
_COUNTRY = re.compile(r"[A-Z]{2}")


def as_text(value: object) -> str:
    """A text or a whole number as a text in one line; else empty."""
    if isinstance(value, str):
        # True of addresses, ids and single words, and faster than taking them apart.
        if " " not in value and value.isprintable():
            return value
        return " ".join(value.split())
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return ""


def repaired(text: str) -> str:
    """A text without control characters, as services hand on what publishers gave them."""
    return text if text.isprintable() else text.translate(_REPAIRED)


def as_line(value: object) -> str:
    """The same as `as_text`, of a value that people wrote: without control characters."""
    text = as_text(value)
    return text if text.isprintable() else " ".join(repaired(text).split())


def as_object(value: object) -> dict[str, Any]:
    """An object; else an empty one."""
    return value if isinstance(value, dict) else {}


def as_objects(value: object) -> Iterator[dict[str, Any]]:
    """The objects of an array."""
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))


def as_texts(value: object) -> list[str]:
    """The texts of an array that are not blank, or the one text that stands in its place."""
    values = value if isinstance(value, list) else [value]
    return [text for one in values if (text := as_text(one))]


def country_code(value: object) -> str | None:
    """A country's ISO code of two letters, in capitals; absent: it is none."""
    bare = as_text(value).upper()
    return bare if _COUNTRY.fullmatch(bare) else None
