"""A hundred hostile files: each loads as expected, or is refused with one clear line.

Every case is a change of one invented page. What a loaded paper must be is read off the file
again by `printed`, a second reading with nothing in common with the loader but the format.
"""

import json
import os
import re
import sqlite3
import time
import unicodedata
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import anyio
import pytest

from graph_service.model.errors import RecordError
from graph_service.model.records import PaperRecord, Record, SourceRecord
from graph_service.settings import Settings
from graph_service.store.opening import open_store
from loaders import profile_page
from loaders.facts import to_facts
from loaders.reading import Reject
from tests.e2e.processes import AS_NOBODY_SPECIAL, Finished, invoke, start

HEADER = """Ada Quill

CV
h-index7
2papers
1,204citations
Novelty60%

2 Papers

"""
FIRST = """CVMay 3, 2021Code
First Steps

Ada Quill, Ben Okoro, Cléo Marsh

We walk through rooms nobody has measured, and say how far it is to the sea. The code for \
walking is at https://github.com/okoro/steps.

"""
SECOND = """LGJun 14, 2020
Far Shore

Ben Okoro, Dov Lind et al. · North Lab, South Lab

A shore is far when no boat has come back from it; we count the boats that have returned.
"""
PAGE = HEADER + FIRST + SECOND
OTHER_PAGE = """Uma Short

AI
h-index2
9citations

1 Papers

AIAug 9, 2019
Short Answers

Uma Short, Dov Lind

Of long questions we keep the last word, and find that it is often enough to answer them.
"""
AUTHORS = "Ada Quill, Ben Okoro, Cléo Marsh"
ABSTRACT = FIRST.split("\n\n")[2]
# The work of a case is done within milliseconds; ten seconds is for a machine that is busy.
MOST_SECONDS = 10.0
NO_HEADER = "the page has no header"

Papers = dict[str, PaperRecord]
Check = Callable[[Papers], bool]


@dataclass(frozen=True)
class Case:
    """A file, and what comes of it.

    Either it loads `papers`, or it is refused at `line` (absent: as a whole) for `reason`.
    Then `certain` is how many papers load with --max-rejects, absent where none may.
    """

    id: str
    content: bytes
    papers: int | None = None
    line: int | None = None
    reason: str = ""
    certain: int | None = None
    check: Check = lambda papers: True


def loads(id: str, text: str | bytes, papers: int = 2, check: Check = lambda papers: True) -> Case:
    content = text.encode() if isinstance(text, str) else text
    return Case(id, content, papers=papers, check=check)


def fails(
    id: str, text: str | bytes, line: int | None, reason: str, certain: int | None = None
) -> Case:
    content = text.encode() if isinstance(text, str) else text
    return Case(id, content, line=line, reason=reason, certain=certain)


def page(old: str, new: str) -> str:
    """The page with one text in it changed."""
    assert old in PAGE
    return PAGE.replace(old, new, 1)


def first(papers: Papers) -> PaperRecord:
    """The changed paper: that of May 2021."""
    (found,) = [paper for paper in papers.values() if (paper.date or "").endswith("-05-03")]
    return found


def authors_are(*names: str) -> Check:
    return lambda papers: [mention.name for mention in first(papers).mentions] == list(names)


def title_is(title: str) -> Check:
    return lambda papers: first(papers).title == title


def repositories_are(*ids: str) -> Check:
    return lambda papers: [repository.id for repository in first(papers).repositories] == list(ids)


def subject_on(*titles: str) -> Check:
    """The subject was added, unprinted, on exactly these papers."""
    return lambda papers: (
        sorted(
            paper.title
            for paper in papers.values()
            if any(mention.position is None for mention in paper.mentions)
        )
        == sorted(titles)
    )


def sqlite_file() -> bytes:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE papers (title TEXT)")
        return connection.serialize()


NOT_KNOWN = "is in no format known here"
BINARY = [
    fails("empty", b"", None, "is empty"),
    fails("one-byte", b"x", 1, NOT_KNOWN),
    fails("one-newline", b"\n", 1, NOT_KNOWN),
    fails("only-blank-lines", b" \n\t\n" * 1_000, 1, NOT_KNOWN),
    fails("only-a-mark", b"\xef\xbb\xbf", 1, NOT_KNOWN),
    fails("png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1", 1, "is not UTF-8 (byte 1 of the line)"),
    fails("elf", b"\x7fELF\2\1\1\0\0\0\0\0\0\0\0\0", 1, "is this a text file?"),
    fails("sqlite", sqlite_file(), 1, "is this a text file?"),
    fails("all-bytes", bytes(range(1, 256)), 2, "is not UTF-8"),
    fails("utf-16", PAGE.encode("utf-16"), 1, "is this a text file?"),
    fails("utf-16-big-endian", PAGE.encode("utf-16-be"), 1, "is this a text file?"),
    fails("utf-32", PAGE.encode("utf-32"), 1, "is this a text file?"),
    fails("latin-1", PAGE.encode("latin-1"), 14, "is not UTF-8"),
    fails("cut-in-a-letter", PAGE.encode()[: PAGE.encode().index(b"\xa9")], 14, "is not UTF-8"),
    fails("overlong-slash", PAGE.encode().replace(b"First", b"F\xc0\xafst"), 12, "is not UTF-8"),
    fails("surrogate", PAGE.encode().replace(b"Cl", b"\xed\xa0\x80"), 14, "is not UTF-8"),
    fails("cesu-8", PAGE.encode().replace(b"Cl", b"\xed\xa0\xbd\xed\xb8\x80"), 14, "is not UTF-8"),
    fails("beyond-unicode", PAGE.encode().replace(b"Cl", b"\xf4\x90\x80\x80"), 14, "is not UTF-8"),
    fails("nul-in-title", page("First Steps", "First\0Steps"), 12, "holds a NUL byte"),
    fails("nul-at-the-end", PAGE + "\0", 24, "holds a NUL byte"),
    fails("json", b'{"title": "First Steps", "authors": ["Ada Quill"]}\n', 1, NOT_KNOWN),
    fails("html", f"<html><body><h1>{AUTHORS}</h1></body></html>\n", 1, NOT_KNOWN),
    fails("papyrus", "%papyrus{steps,\n title = {First Steps},\n year = 2021\n}\n", 1, NOT_KNOWN),
    fails("csv", "title,authors\nFirst Steps,Ada Quill\n", 1, NOT_KNOWN),
    fails("an-export", b'{"format":"coauthor-graph-export","schema_version":1}\n', 1, NOT_KNOWN),
    fails("line-of-2-mb", page("We walk", "We walk" + "!" * 2_000_000), 16, "1,000,000 bytes"),
    fails("2-mb-without-line-end", b"x" * 2_000_000, 1, "1,000,000 bytes"),
]

LINE_ENDS = [
    loads("as-it-is", PAGE, check=subject_on("Far Shore")),
    loads("windows", PAGE.replace("\n", "\r\n"), check=subject_on("Far Shore")),
    loads("old-mac", PAGE.replace("\n", "\r"), check=subject_on("Far Shore")),
    loads("mixed-line-ends", PAGE.replace("\n", "\r\n", 8), check=subject_on("Far Shore")),
    loads("doubled-returns", PAGE.replace("\n", "\r\r\n"), check=subject_on("Far Shore")),
    loads("byte-order-mark", b"\xef\xbb\xbf" + PAGE.encode(), check=subject_on("Far Shore")),
    loads("no-last-line-end", PAGE.rstrip("\n")),
    loads("blanks-around-lines", PAGE.replace("\n", " \t\n  ")),
    loads("100000-blank-lines", PAGE.replace("\n\n", "\n" * 10_000)),
    loads("no-blank-before-headlines", PAGE.replace("\n\nLG", "\nLG")),
    fails("old-mac-with-a-fault", page("\nFirst Steps", "").replace("\n", "\r"), 11, "no title", 1),
    loads(
        "marks-in-the-middle",
        b"\xef\xbb\xbf" + PAGE.encode() + b"\n\xef\xbb\xbf" + OTHER_PAGE.encode(),
        3,
        lambda papers: all("\ufeff" not in paper.model_dump_json() for paper in papers.values()),
    ),
]

HEADERS = [
    fails("no-header", FIRST + SECOND, 1, NO_HEADER, 2),
    loads("header-without-its-name", page("Ada Quill\n\nCV\n", ""), 2, subject_on()),
    loads("two-pages", PAGE + "\n" + OTHER_PAGE, 3, subject_on("Far Shore")),
    loads("another-page-after-no-blank-line", PAGE + OTHER_PAGE, 3),
    fails(
        "name-of-a-later-page-is-none",
        PAGE + "\n" + OTHER_PAGE.replace("Uma Short\n", "Uma? Short\n", 1),
        25,
        "the header's first line is no name: 'Uma? Short'",
        3,
    ),
    fails("name-is-none", page("Ada Quill\n", "Ada <Quill>\n"), 1, "is no name", 2),
    fails(
        "name-is-prose",
        page("Ada Quill\n", "See all works of one author in one place\n"),
        1,
        "is no name",
        2,
    ),
    fails("name-is-reserved", page("Ada Quill\n", "Source\n"), 1, "is a reserved word", 2),
    fails("name-is-signs", page("Ada Quill\n", "***\n"), 1, "is no name", 2),
    fails("header-only", HEADER, 1, "no paper follows it"),
    loads("header-twice", HEADER + PAGE),
    fails("10**30-papers", page("2 Papers", f"{10**30} Papers"), 9, "is no number of papers", 2),
    fails("5000-digits", page("2 Papers", "7" * 5_000 + " Papers"), 9, "is no number of papers", 2),
    fails("1,2,3-papers", page("2 Papers", "1,2,3 Papers"), 9, "is no number of papers", 2),
    loads("figure-of-5000-digits", page("h-index7", "h-index" + "7" * 5_000)),
    loads("figure-of-10**30", page("2papers", f"{10**30}papers")),
    loads("figure-1,2,3", page("2papers", "1,2,3papers")),
    loads("negative-figure", page("2papers", "-2papers")),
    fails("negative-papers", page("2 Papers", "-2 Papers"), 9, "belongs to no paper", 2),
    loads("no-papers-announced", page("2 Papers", "0 Papers")),
    loads("a-figure-twice", page("2papers", "2papers\n3papers")),
    loads("arabic-digits", page("2papers", "٢papers")),
    loads("escape-in-a-badge", page("CV\nh", "\x1b[31mCV\x1b[0m\nh")),
]

HEADLINES = [
    fails("february-30", page("May 3", "Feb 30"), 11, "is not a day of the calendar", 1),
    fails("february-29", page("May 3, 2021", "Feb 29, 2021"), 11, "not a day of the calendar", 1),
    fails("day-0", page("May 3", "May 0"), 11, "is not a day of the calendar", 1),
    fails("day-99", page("May 3", "May 99"), 11, "is not a day of the calendar", 1),
    fails("year-0000", page("2021Code", "0000Code"), 11, "is not a day of the calendar", 1),
    loads("year-9999", page("2021Code", "9999Code")),
    loads("year-0001", page("2021Code", "0001Code")),
    fails("year-of-five-digits", page("2021Code", "20210Code"), 11, "belongs to no paper", 1),
    fails("unknown-month", page("May 3", "Mai 3"), 11, "belongs to no paper", 1),
    fails("month-in-capitals", page("May 3", "MAY 3"), 11, "belongs to no paper", 1),
    fails("category-of-another-script", page("CVMay", "ЦВMay"), 11, "belongs to no paper", 1),
    fails("long-category", page("CVMay", "C" * 30 + "May"), 11, "belongs to no paper", 1),
    fails("no-title", page("\nFirst Steps", ""), 11, "the headline has no title below it", 1),
    fails("blank-title", page("\nFirst Steps", "\n \t "), 11, "the headline has no title", 1),
    fails("title-of-two-lines", page("First Steps", "First\nSteps"), 13, "more than a title", 1),
    fails("no-blank-after-title", page("Steps\n\n", "Steps\n"), 13, "more than a title", 1),
    loads(
        "title-like-a-headline", page("First Steps", "CVMay 3, 2021"), 2, title_is("CVMay 3, 2021")
    ),
    loads("title-like-authors", page("First Steps", "Ada Quill, Ben Okoro et al.")),
    loads("title-like-a-count", page("First Steps", "53 Papers"), 2, title_is("53 Papers")),
    loads("title-like-a-figure", page("First Steps", "h-index7"), 2, title_is("h-index7")),
    loads("title-of-signs", page("First Steps", "?!"), 2, title_is("?!")),
    loads("title-of-100-kb", page("First Steps", "Steps " * 17_000)),
    loads("title-of-one-long-word", page("First Steps", "S" * 100_000)),
    loads("title-in-chinese", page("First Steps", "千里之行始于足下")),
    loads("title-in-arabic", page("First Steps", "الخطوات الأولى")),
    loads("title-of-emoji", page("First Steps", "👣👣🏽👨‍👩‍👧")),
    loads("title-of-combining-marks", page("First Steps", "Z̷̢̧̛͎a̸͓͝l̶̰̈́g̵̻͘o̴͍̎")),
    loads("title-with-markup", page("First Steps", "[red]First[/red] [link=http://x]Steps[/]")),
    loads("title-with-cypher", page("First Steps", "') DETACH DELETE n //")),
    loads("title-with-sql", page("First Steps", "'); DROP TABLE record; --")),
    loads("title-with-a-path", page("First Steps", "../../etc/passwd%00%2e%2e%2f")),
    loads("title-with-quotes", page("First Steps", "\"'`‘’“”\\")),
    loads("title-with-dollar", page("First Steps", "$rows {id: $id} {{0}} %s %(x)s ${HOME}")),
    loads("title-with-bidi", page("First Steps", "First \u202esp\u202cetS \u2066x\u2069")),
    loads("title-with-unseen-signs", page("First Steps", "First\u200b\u2060Steps\u00ad")),
    fails("title-with-escape", page("First", "\x1b[2JFirst"), 11, "holds a control character", 1),
    fails("title-with-c1", page("First", "\x9b2JFirst"), 11, "holds a control character", 1),
    fails("title-with-tab", page("First ", "First\t"), 11, "holds a control character", 1),
    fails("title-with-2028", page("First ", "First\u2028"), 11, "holds a control character", 1),
]

CROWD = loads(
    "5000-authors", page(AUTHORS, ", ".join(f"Member{number} Crowd" for number in range(5_000)))
)
BYLINES = [
    fails("no-byline", page(AUTHORS + "\n\n", ""), 14, "is not a line of authors", 1),
    fails(
        "byline-of-two-lines", page("Ben Okoro, C", "Ben Okoro,\nC"), 15, "more than the auth", 1
    ),
    fails("only-et-al", page(AUTHORS, "et al."), 14, "is not a line of authors: 'et al.'", 1),
    fails("only-commas", page(AUTHORS, ",,,,"), 14, "is not a line of authors", 1),
    fails("only-organisations", page(AUTHORS, "· North Lab"), 14, "is not a line of authors", 1),
    fails(
        "prose",
        page(AUTHORS, "In this paper we show that walking is slower than it seems to be"),
        14,
        "is not a line of authors",
        1,
    ),
    fails("a-url", page("Ben Okoro", "https://okoro.example"), 14, "is no name", 1),
    fails("a-mail", page("Ben Okoro", "ben@okoro.example"), 14, "is no name", 1),
    fails("markup-in-a-name", page("Ben Okoro", "[b]Ben Okoro[/b]"), 14, "is no name", 1),
    fails("escape-in-a-name", page("Ben Okoro", "Ben \x1b[31mOkoro"), 14, "is no name", 1),
    fails("bell-in-a-name", page("Ben Okoro", "Ben \x07Okoro"), 11, "holds a control character", 1),
    fails("c1-in-a-name", page("Ben Okoro", "Ben \x9bOkoro"), 11, "holds a control character", 1),
    fails("cypher-in-a-name", page("Ben Okoro", "Ben'}) DETACH DELETE n //"), 14, "is no name", 1),
    fails("name-of-100-letters", page("Ben Okoro", "B" * 100), 14, "is no name", 1),
    fails("name-of-nine-words", page("Ben Okoro", "A B C D E F G H I"), 14, "is no name", 1),
    loads("bidi-in-a-name", page("Ben Okoro", "Ben \u202eorokO")),
    loads("name-in-hebrew", page("Ben Okoro", "בן אוקורו")),
    loads("name-in-chinese", page("Ben Okoro", "王伟")),
    loads("name-in-devanagari", page("Ben Okoro", "राम शर्मा")),
    loads("name-that-grows-when-folded", page("Ben Okoro", "ﷺ" * 80)),
    loads("name-of-combining-marks", page("Ben Okoro", "B̸̡e̷n̶ O̴k̵o̶r̷o̸")),
    loads("name-of-one-letter", page("Ben Okoro", "B")),
    loads("name-of-digits", page("Ben Okoro", "007")),
    loads("name-with-quotes", page("Ben Okoro", "Ben O'Koro-d’Arc ‘B’")),
    fails("sql-in-a-name", page("Ben Okoro", "Bo'); DROP TABLE record"), 14, "is no name", 1),
    loads(
        "suffixes",
        page(AUTHORS, "Ada Quill, Jr., Ben Okoro, III"),
        2,
        authors_are("Ada Quill, Jr.", "Ben Okoro, III", "Ada Quill"),
    ),
    loads(
        "a-name-twice",
        page("Ben Okoro", "Ada Quill"),
        2,
        authors_are("Ada Quill", "Ada Quill", "Cléo Marsh"),
    ),
    loads(
        "empty-names",
        page(", Ben", ", , ,Ben"),
        2,
        authors_are("Ada Quill", "Ben Okoro", "Cléo Marsh"),
    ),
    loads(
        "et-al-after-a-comma",
        page(AUTHORS, "Ben Okoro, et al."),
        2,
        authors_are("Ben Okoro", "Ada Quill"),
    ),
    loads(
        "et-al-in-capitals",
        page(AUTHORS, "Ben Okoro ET AL"),
        2,
        authors_are("Ben Okoro", "Ada Quill"),
    ),
    loads(
        "name-that-ends-in-et-al",
        page(AUTHORS, "Ben Greetal, Ada Quill"),
        2,
        authors_are("Ben Greetal", "Ada Quill"),
    ),
    CROWD,
    fails(
        "25000-authors",
        page(AUTHORS, ", ".join(f"Member{n} Crowd" for n in range(25_000))),
        11,
        "authors: are 25,000, and at most 20,000 can be",
        1,
    ),
    loads("an-organisation-of-5-kb", page("North Lab", "North " * 800)),
    loads("an-organisation-of-100-kb", page("North Lab", "North " * 17_000)),
    loads("an-organisation-in-chinese", page("North Lab", "北方实验室" * 500)),
]

ABSTRACTS = [
    fails("no-abstract", page(ABSTRACT + "\n\n", ""), 11, "has no abstract", 1),
    fails(
        "a-button-below", page(ABSTRACT, ABSTRACT + "\n\nRead more"), 18, "belongs to no paper", 2
    ),
    loads("two-paragraphs", page(ABSTRACT, ABSTRACT + "\n\n" + ABSTRACT)),
    loads("hard-wrapped", page(ABSTRACT, ABSTRACT.replace(" ", "\n"))),
    loads("escape-in-an-abstract", page("We walk", "\x1b]0;title\x07We walk")),
    loads(
        "unbalanced-href",
        page("https://github.com/okoro/steps.", "\\href{https://github.com/o/s"),
        2,
        repositories_are("github:o/s"),
    ),
    loads(
        "href-in-href",
        page(
            "https://github.com/okoro/steps.",
            "\\href{https://github.com/o/s}{\\url{github.com/o/t}}.",
        ),
    ),
    loads(
        "url-without-end",
        page("https://github.com/okoro/steps.", "\\url{https://github.com/o/s"),
        2,
        repositories_are("github:o/s"),
    ),
    loads("braces-only", page("https://github.com/okoro/steps.", "}{}}{{{\\href{}{}\\url{}.")),
    loads(
        "github-without-more",
        page("https://github.com/okoro/steps", "github.com/"),
        2,
        repositories_are(),
    ),
    loads(
        "github-in-odd-forms",
        page(
            "https://github.com/okoro/steps.",
            "github.com/ github.com// github.com/-a/b github.com/a/.. xgithub.com/a/b "
            "github.com/features/x https://gist.github.com/a/1 GitHub.com/Okoro/Steps.git.",
        ),
        2,
        repositories_are("github:okoro/steps"),
    ),
    loads(
        "github-of-another-host",
        page("github.com/okoro/steps", "github.com.evil.example/o/s"),
        2,
        repositories_are(),
    ),
]

TWICE = [
    loads("a-paper-twice-the-same", PAGE + "\n" + FIRST, 2),
    fails(
        "a-paper-twice-otherwise",
        PAGE + "\n" + FIRST.replace("Ben Okoro", "Eva Stone"),
        25,
        "of the same day stands at line 11 with other content",
        2,
    ),
    loads("a-page-twice-the-same", PAGE + "\n" + PAGE, 2),
    fails(
        "a-page-twice-otherwise",
        PAGE + "\n" + PAGE.replace("We walk", "They walk"),
        35,
        "of the same day stands at line 11 with other content",
        2,
    ),
    loads("one-paper-on-two-pages", PAGE + "\n" + OTHER_PAGE + "\n" + FIRST, 4),
]

LONG_RUNS = [
    loads("run-of-letters", page("h-index7", "h" * 900_000)),
    loads("run-of-digits", page("h-index7", "7" * 900_000)),
    loads("run-of-digits-and-commas", page("h-index7", "7," * 450_000)),
    fails(
        "run-of-blanks-in-a-byline",
        page("Cléo Marsh", "Cléo" + " " * 900_000 + "Marsh"),
        14,
        "is no name",
        1,
    ),
    loads("run-of-blanks-before-et-al", page("Cléo Marsh", "C" + " " * 900_000 + "et al.")),
    fails("run-of-commas", page(AUTHORS, "," * 900_000), 14, "is no name", 1),
    fails(
        "run-of-blanks-in-a-headline",
        page("CVMay", "C" + " " * 900_000 + "VMay"),
        11,
        "belongs to no paper",
        1,
    ),
    fails(
        "run-of-letters-in-a-headline",
        page("CVMay", "C" * 900_000 + "May"),
        11,
        "belongs to no paper",
        1,
    ),
    loads("run-of-blanks-in-a-title", page("First Steps", "F" + " " * 900_000 + "S")),
    loads("run-of-accents", page("First Steps", "F" + "\u0301" * 400_000)),
    loads("run-of-hrefs", page("We walk", "\\href{" * 150_000 + "We walk")),
    loads("run-of-href-and-blanks", page("We walk", "\\href" + " " * 900_000 + "We walk")),
    loads("run-of-closed-hrefs", page("We walk", "\\href{x} " * 100_000 + "We walk")),
    loads("run-of-owners", page("We walk", "github.com/" + "a-" * 450_000 + "We walk")),
    loads("run-of-addresses", page("We walk", "github.com/" * 80_000 + "We walk")),
    loads("run-of-wwws", page("We walk", "www." * 220_000 + "We walk")),
    loads("run-of-brackets", page("We walk", "[" * 900_000 + "We walk")),
    loads("run-of-backslashes", page("We walk", "\\" * 900_000 + "We walk")),
]

CASES = [
    *BINARY,
    *LINE_ENDS,
    *HEADERS,
    *HEADLINES,
    *BYLINES,
    *ABSTRACTS,
    *TWICE,
    *LONG_RUNS,
]


@dataclass(frozen=True)
class Loaded:
    """What a run of `load` said, and what the store's file then holds, read without the store."""

    run: Finished
    records: dict[str, dict[str, Any]]
    facts_sum: str | None

    @property
    def papers(self) -> Papers:
        return {
            id_: PaperRecord.model_validate(record)
            for id_, record in self.records.items()
            if record["type"] == "paper"
        }


def load(folder: Path, name: str, *arguments: str | Path) -> Loaded:
    """Run the command line on a new store, and open the store's file by the back door."""
    store = folder / f"{name}.sqlite"
    began = time.monotonic()
    run = invoke("load", *arguments, "--store", f"file:{store}", "--json")
    assert time.monotonic() - began < MOST_SECONDS
    assert_harmless(run)
    if not store.exists():
        return Loaded(run, {}, None)
    with closing(sqlite3.connect(store)) as connection:
        rows = connection.execute("SELECT id, json FROM record").fetchall()
        (facts_sum,) = connection.execute(
            "SELECT value FROM meta WHERE name = 'facts_sum'"
        ).fetchone()
    return Loaded(run, {id_: json.loads(text) for id_, text in rows}, facts_sum)


def assert_harmless(run: Finished) -> None:
    """No traceback, and nothing that a terminal would obey."""
    for text in (run.out, run.err):
        assert "Traceback" not in text
        bad = [
            char
            for char in text
            if char != "\n" and unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        ]
        assert set(bad) <= {"\u200c", "\u200d"}, bad


def printed(content: bytes) -> dict[tuple[str, str], tuple[list[str], str]]:
    """Read papers off a file in the simplest way: (headline, title) to names and first words.

    Of two papers with one headline and title the first counts, for they must be the same.
    """
    text = content.decode("utf-8").replace("\ufeff", "")
    every = [line.strip() for line in re.split(r"\r*\n|\r", text)]
    lines = [line for line, before in zip(every, ["", *every], strict=False) if line or before]
    found: dict[tuple[str, str], tuple[list[str], str]] = {}
    for place, (headline, title) in enumerate(pairwise(lines)):
        below = [line for line in lines[place + 2 : place + 6] if line][:2]
        if headline and title and len(below) == 2:
            names = below[0].split(" · ")[0].strip()
            if names.lower().removesuffix(".").endswith("et al"):
                names = names[: names.lower().rindex("et al")]
            found.setdefault(
                (headline, title), ([name.strip() for name in names.split(",")], below[1])
            )
    return found


def assert_papers_are_whole(content: bytes, papers: Papers) -> None:
    """Every stored paper has its title, all its printed names in order, and its abstract."""
    on_file = printed(content)
    for paper in papers.values():
        names, words = on_file[(paper.locator or "", paper.title)]
        stored = [mention.name for mention in paper.mentions if mention.position is not None]
        # A suffix behind a comma belongs to the name before it.
        assert ", ".join(stored) == ", ".join(name for name in names if name)
        assert (paper.abstract or "").startswith(words)


REASONS_OF_PROGRAMS = ("Errno", "Error", "Exception", "<class", "None", "pydantic", "should ")


def assert_plain(reason: str) -> None:
    """Words for people, not those of a program."""
    assert reason.strip()
    assert not [word for word in REASONS_OF_PROGRAMS if word in reason], reason


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_hostile_file_loads_whole_papers_or_is_refused_with_its_line(
    case: Case, tmp_path: Path
) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes(case.content)

    done = load(tmp_path, "strict", path)
    if case.papers is not None:
        assert done.run.code == 0, done.run.err
        assert len(done.papers) == case.papers
        assert case.check(done.papers)
        assert_papers_are_whole(case.content, done.papers)
        return

    assert_refused(done, path, case)
    tolerant = load(
        tmp_path, "tolerant", path, "--max-rejects", "50", "--rejects-to", tmp_path / "rejects"
    )
    if case.certain is None:
        assert_refused(tolerant, path, replace(case, reason=""))
        assert not (tmp_path / "rejects").exists()
        return
    assert tolerant.run.code == 0, tolerant.run.err
    assert len(tolerant.papers) == case.certain
    assert_papers_are_whole(case.content, tolerant.papers)
    rejects = [json.loads(line) for line in (tmp_path / "rejects").read_text().splitlines()]
    assert rejects == tolerant.run.json["rejects"]
    assert case.line in {reject["line"] for reject in rejects}
    for reject in rejects:
        assert reject["source"] == str(path)
        assert reject["line"] >= 1
        assert_plain(reject["reason"])


def assert_refused(done: Loaded, path: Path, case: Case) -> None:
    """Exit code 1, nothing written, and one problem that names file, line and reason."""
    assert done.run.code == 1
    assert (done.run.out, done.records) == ("", {})
    assert done.facts_sum in {None, "0" * 32}
    problem = json.loads(done.run.err)
    assert (problem["source"], problem["line"]) == (str(path), case.line), problem
    assert case.reason in problem["reason"], problem
    assert_plain(problem["reason"])


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.papers is None][::7], ids=lambda case: case.id
)
def test_for_people_it_is_one_line(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes(case.content)
    run = invoke("load", path, "--store", f"file:{tmp_path / 'store.sqlite'}")
    assert_harmless(run)
    place = str(path) if case.line is None else f"{path}, line {case.line}"
    assert run.code == 1
    assert run.out == ""
    (line,) = run.err.splitlines()
    assert line.startswith(f"error: {place}: ")
    assert case.reason in line


def test_there_are_a_hundred_of_them() -> None:
    assert len(CASES) >= 100
    assert len({case.id for case in CASES}) == len(CASES)


# -- the same, seen from other sides ----------------------------------------------------------


def parsed(content: bytes, path: Path, source: str | None = None) -> list[Record | Reject]:
    """Read a page without the command line: its records, and what was set aside."""
    path.write_bytes(content)
    return [
        part if isinstance(part, Reject) else to_facts(part)
        for part in profile_page.read(path, source=source)
    ]


def test_cut_anywhere_no_half_paper_is_read(tmp_path: Path) -> None:
    """After each byte: the papers are those of the whole page, their authors all there.

    Only where the cut falls behind a full stop may an abstract be shorter: a file can end so.
    """
    path = tmp_path / "page.txt"
    content = (PAGE + "\n" + OTHER_PAGE).encode()
    whole = {
        record.id: record for record in parsed(content, path) if isinstance(record, PaperRecord)
    }
    assert len(whole) == 3
    for cut in range(len(content)):
        try:
            found = parsed(content[:cut], path)
        except RecordError as error:
            assert_plain(str(error.fields["reason"]))
            continue
        for part in found:
            if isinstance(part, Reject):
                assert_plain(part.reason)
            elif isinstance(part, PaperRecord) and part != whole[part.id]:
                full = whole[part.id]
                assert (part.abstract or "").endswith(".")
                assert (full.abstract or "").startswith(part.abstract or "")
                rest = {"abstract": full.abstract, "repositories": full.repositories}
                assert part.model_copy(update=rest) == full


def test_line_ends_make_no_difference(tmp_path: Path) -> None:
    variants = [
        PAGE,
        PAGE.replace("\n", "\r\n"),
        PAGE.replace("\n", "\r"),
        "\ufeff" + PAGE,
        PAGE.replace("\n\n", "\n\n\n\n"),
    ]
    revisions = set()
    for number, text in enumerate(variants):
        path = tmp_path / f"page{number}.txt"
        path.write_bytes(text.encode())
        revisions.add(load(tmp_path, f"store{number}", path).facts_sum)
    assert len(revisions) == 1
    assert None not in revisions


def test_papers_below_a_bad_header_are_not_those_of_the_page_before(tmp_path: Path) -> None:
    """Whose page it is would be a guess; the subject of another page is a wrong one."""
    other = OTHER_PAGE.replace("Uma Short\n", "Uma? Short\n", 1)
    for source in (None, "lab"):
        found = parsed((PAGE + "\n" + other).encode(), tmp_path / "page.txt", source)
        papers = [part for part in found if isinstance(part, PaperRecord)]
        (short,) = [paper for paper in papers if paper.title == "Short Answers"]
        assert [mention.name for mention in short.mentions] == ["Uma Short", "Dov Lind"]
        # And each thing is said once.
        lines = [part.line for part in found if isinstance(part, Reject)]
        assert lines == [25, 33]


def test_five_thousand_authors_make_no_ties_and_answers_say_so(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes(CROWD.content)
    store = ("--store", f"file:{tmp_path / 'store.sqlite'}", "--json")
    assert invoke("load", path, *store).code == 0
    derived = invoke("derive", *store).json
    # Ben, Dov and the subject of the page, on the second paper.
    assert (derived["ties"], derived["capped_papers"]) == (3, 1)
    answer = invoke("author", "Member7 Crowd", "--collaborators", *store).json
    assert answer["results"] == []
    assert [note["code"] for note in answer["meta"]["notes"]] == ["capped-papers"]


def unusable(folder: Path) -> dict[str, tuple[Path, str]]:
    """What is no file to read, with words of the reason."""
    file = folder / "file"
    file.write_text(PAGE)
    os.mkfifo(folder / "pipe")
    (folder / "loop").symlink_to("loop")
    empty = folder / "empty"
    empty.mkdir()
    (folder / "dangling").symlink_to("nowhere")
    return {
        "an empty folder": (empty, "is a folder without files"),
        "missing": (folder / "missing.txt", "does not exist"),
        "a dangling link": (folder / "dangling", "does not exist"),
        "a link to itself": (folder / "loop", "does not exist"),
        "below a file": (file / "page.txt", "does not exist"),
        "a pipe": (folder / "pipe", "is no file but a pipe or a device"),
        "a device": (Path("/dev/zero"), "is no file but a pipe or a device"),
        "a name with signs": (folder / "a\nb\x1b[2J\u202e.txt", "does not exist"),
        "a name that is no text": (folder / os.fsdecode(b"\xff\xfe.txt"), "does not exist"),
        "a name too long": (folder / ("x" * 5_000), "name too long"),
    }


def test_what_is_no_file_is_refused_in_one_line(tmp_path: Path) -> None:
    store = tmp_path / "store.sqlite"
    for path, reason in unusable(tmp_path).values():
        run = invoke("load", path, "--store", f"file:{store}")
        assert_harmless(run)
        assert (run.code, run.out) == (1, ""), path
        (line,) = run.err.splitlines()
        assert line.startswith("error: ")
        assert reason in line
        assert "Errno" not in line
    assert not store.exists()


def test_a_file_without_read_permission_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_text(PAGE)
    path.chmod(0)
    store = f"file:{tmp_path / 'store.sqlite'}"
    with start(
        "load", path, "--store", store, environment={}, cwd=tmp_path, before=AS_NOBODY_SPECIAL
    ) as running:
        run = running.finished()
    assert (run.code, run.out) == (1, "")
    assert run.err == f"error: {path}: cannot be read: Permission denied\n"
    assert not (tmp_path / "store.sqlite").exists()


@pytest.mark.parametrize("source", ["Bad Name", "", "source", "ä", "-x", "x" * 201, "a\nb", "a/b"])
def test_a_source_name_that_cannot_be_is_wrong_use(source: str, tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    for text in (PAGE, FIRST + SECOND):
        path.write_text(text)
        run = invoke(
            "load", path, "--store", f"file:{tmp_path / 'store.sqlite'}", f"--source={source}"
        )
        assert_harmless(run)
        assert (run.code, run.out) == (2, "")
        (line,) = run.err.splitlines()
        assert line.startswith("error: source is ")
    assert not (tmp_path / "store.sqlite").exists()


# -- all that load, together ------------------------------------------------------------------


def all_that_load(folder: Path, *, without: Collection[Case] = ()) -> list[Record]:
    """The records of every case that loads, each case as sources of its own."""
    records: list[Record] = []
    for number, case in enumerate(case for case in CASES if case.papers is not None):
        if case in without:
            continue
        for part in parsed(case.content, folder / "page.txt"):
            assert not isinstance(part, Reject)
            field = "name" if isinstance(part, SourceRecord) else "source"
            said = {field: f"{getattr(part, field)}-{number}"}
            if isinstance(part, PaperRecord):  # else all would be records of one paper
                said["title"] = f"{number} {part.title}"
            records.append(part.model_copy(update=said))
    return records


def test_hostile_texts_are_shown_without_harm(tmp_path: Path) -> None:
    path = tmp_path / "export.jsonl"
    store = ("--store", f"file:{tmp_path / 'store.sqlite'}")

    async def fill() -> list[str]:
        opened = await open_store(store[1], Settings(), create=True)
        async with opened.writing():
            await opened.put(all_that_load(tmp_path, without=[*LONG_RUNS, CROWD]))
        names = [author.name async for some in opened.project_authors() for author in some]
        await opened.close()
        return names

    names = anyio.run(fill)
    assert_harmless(invoke("derive", *store))
    odd = [name for name in names if not name.replace(" ", "").isascii()]
    assert len(odd) >= 6
    nobody = "<nobody>\x1b[2J\u202e"
    runs = [
        invoke(*question, *store)
        for question in (
            ("status",),
            ("quality", "--all"),
            ("verify",),
            ("export", path),
            ("author", "Ada Quill", "--collaborators", "--all"),
            *(("author", name) for name in odd[:6]),
            ("path", "Ada Quill", odd[0]),
        )
    ]
    for run in runs:
        assert_harmless(run)
        assert run.code == 0 or (run.code == 3 and " fits several authors" in run.err)
    for form in ((), ("--json",)):
        run = invoke("author", nobody, *form, *store)
        assert_harmless(run)
        assert (run.code, run.out) == (3, "")


def test_hostile_texts_make_one_graph_on_both_stores(
    tmp_path: Path, empty_neo4j: str, neo4j_settings: Settings
) -> None:
    async def run() -> None:
        stores = [
            await open_store("memory:", Settings()),
            await open_store(empty_neo4j, neo4j_settings, create=True),
        ]
        try:
            records = all_that_load(tmp_path, without=[CROWD])
            for store in stores:
                async with store.writing():
                    await store.put(records)
            one, other = [await store.state() for store in stores]
            assert one.facts_revision == other.facts_revision
            graph, on_server = [await store.graph() for store in stores]
            assert graph.nodes == on_server.nodes
            assert graph.edges == on_server.edges
        finally:
            for store in stores:
                await store.close()

    anyio.run(run)
