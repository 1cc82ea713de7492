"""Cypher statements: files under `cypher/`, with their fixed parts filled in from the schema."""

import re
from functools import cache
from importlib.resources import files

PLACEHOLDERS = ("START_LABEL", "END_LABEL", "LABEL", "TYPE")


@cache
def text(name: str) -> str:
    """Read the file `cypher/<name>.cypher`."""
    folder, _, stem = name.rpartition("/")
    return (files("cypher") / folder / f"{stem}.cypher").read_text(encoding="utf-8")


@cache
def statement(name: str, **fixed: str) -> str:
    """Read a statement and fill in labels and types.

    Args:
        name: File under `cypher/` without its ending, as in "writes/put_Paper".
        fixed: Values for the placeholders START_LABEL, END_LABEL, LABEL and TYPE, or another
            word to stand for one. They come from the schema's tables, never from a request.

    Raises:
        ValueError: A value is no plain word, or a placeholder stays open.
    """
    filled = text(name)
    for placeholder, value in fixed.items():
        if not re.fullmatch(r"[A-Za-z_]+", value):
            raise ValueError(f"{value!r} is no label or type")
        filled = re.sub(rf"\b{placeholder}\b", value, filled)
    if left := [word for word in PLACEHOLDERS if re.search(rf":{word}\b", filled)]:
        raise ValueError(f"{name}: {left} not filled in")
    return filled


def statements(name: str) -> list[str]:
    """Read a file of several statements, each ended by a semicolon."""
    without_comments = re.sub(r"(?m)^//.*$", "", text(name))
    return [part.strip() for part in without_comments.split(";") if part.strip()]
