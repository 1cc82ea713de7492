"""The command line as a process, to be killed; pages of invented people; both back doors."""

import contextlib
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import neo4j
from typer.testing import CliRunner

from graph_service import sample
from graph_service.cli.main import app

SAMPLE = Path(str(sample.__file__)).with_name("profile_page.txt")
PROGRAM = Path(sys.executable).with_name("coauthor-graph")

# -- pages of invented people ---------------------------------------------------------------

_GIVEN = (
    *("Ada", "Ben", "Cleo", "Dov", "Eva", "Finn", "Gia", "Hal", "Ida", "Jon", "Kaya", "Lior"),
    *("Mina", "Nilo", "Oda", "Pia", "Quin", "Rosa", "Sven", "Tove", "Uma", "Vito", "Wei", "Yara"),
)
_SYLLABLES = (
    *("ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru"),
    *("sa", "te", "vi", "wo", "zu", "bra", "dre", "fli", "gro", "klu"),
)
_HUBS = 60


def invented_name(number: int) -> str:
    """A name of its own for each number."""
    rest, family = number, ""
    while rest or len(family) < 4:
        rest, digit = divmod(rest, len(_SYLLABLES))
        family += _SYLLABLES[digit]
    return f"{_GIVEN[number % len(_GIVEN)]} {family.capitalize()}"


@dataclass(frozen=True)
class _SamplePaper:
    headline: str
    title: str
    authors: tuple[str, ...]
    end: str
    abstract: str


@cache
def _sample() -> tuple[_SamplePaper, ...]:
    blocks = SAMPLE.read_text(encoding="utf-8").split("\n\n")
    papers = []
    for place, block in enumerate(blocks):
        if re.match(r"[A-Za-z.-]+[A-Z][a-z]{2} \d+, \d{4}", block):
            headline, title = block.split("\n")
            byline = blocks[place + 1]
            names = re.sub(r" et al\.| · .*", "", byline)
            end = byline.removeprefix(names)
            papers.append(
                _SamplePaper(
                    headline, title, tuple(names.split(", ")), end, blocks[place + 2].strip()
                )
            )
    return tuple(papers)


def page(number: int) -> str:
    """The packaged page under invented names: its subject and authors are this page's own.

    One author in twelve is a hub, known to other pages as well.
    """
    sample = _sample()
    people: dict[str, str] = {}

    def invented(name: str) -> str:
        if name not in people:
            place = len(people)
            hub = place % 12 == 7
            people[name] = invented_name(
                (number * 31 + place) % _HUBS if hub else _HUBS + number * 400 + place
            )
        return people[name]

    subject = invented_name(_HUBS + number * 400 + 399)
    parts = [
        subject,
        f"CV\nh-index{number % 50}\n{len(sample)}papers\nNovelty60%",
        f"{len(sample)} Papers",
    ]
    for paper in sample:
        names = ", ".join(invented(name) for name in paper.authors)
        parts += [f"{paper.headline}\n{paper.title}", names + paper.end, paper.abstract]
    return "\n\n".join(parts) + "\n\n"


def papers_on_a_page() -> int:
    """How many papers each page lists."""
    return len(_sample())
