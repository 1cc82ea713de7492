"""What a foreign JSON object holds under a name, whatever its type: a text, objects, texts.

A value of another type than the format promises is as good as none.
"""

from collections.abc import Iterator
from typing import Any


def as_text(value: object) -> str:
    """A text or a whole number as a text in one line; else empty."""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return ""


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
