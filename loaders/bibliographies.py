"""What exports of bibliographies have in common, whatever their format.

Texts cleaned of markup, identifiers found in addresses, keys for records without an id, and
records that stand twice in a file.
"""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from graph_service.model.identifiers import known_author_identifiers
from graph_service.model.ids import short_hash, slug
from graph_service.model.names import SUFFIXES, fold
from graph_service.model.records import ParsedAuthor, ParsedPaper, ParsedPerson
from loaders.partial_dates import partial_date

KEYWORDS = "keyword"
MESH = "mesh"
# Beyond so many records of a file nobody remembers where each stood: the later one replaces.
RECORDS_REMEMBERED = 1_000_000
# Of a record of tags, in characters; what is beyond is not kept. A paper of ten thousand authors
# takes half a megabyte.
LONGEST_RECORD = 16 * 2**20
_TOO_LONG = f"is longer than {LONGEST_RECORD:,} characters"
_SLUG_LENGTH = 80

# Line breaks of any kind are blanks to str.split; these are nothing at all. Those from 0x80 on
# stay: they are letters read in a wrong encoding, and a record that holds one is refused.
_NOTHING = dict.fromkeys([*range(0x01, 0x09), *range(0x0E, 0x1C), 0x7F])
_HAS_NOTHING = re.compile("[\x01-\x08\x0e-\x1b\x7f]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
# Only tags that publishers put into titles and abstracts: "a <b and c> d" is no markup.
_TAG = re.compile(
    r"</?(?:(?:jats|mml|m):[a-z-]+|p|i|b|u|br|em|strong|su[bp]|inf|tt|sc|span|div|scp|italic|bold"
    r"|sec|title|abstract|[ou]l|li|h[1-6]|math|m(?:i|o|n|row|su[bp]|text|frac))(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_PARAGRAPHS = re.compile(
    r"\n[ \t]*\n\s*|</?(?:jats:)?(?:p|sec|div|li)(?:\s[^<>]*)?>", re.IGNORECASE
)
_GROUP = re.compile(
    r"\b(?:collaborations?|consorti(?:um|a))\b|\b(?:working|study|research) group$|\bteam$",
    re.IGNORECASE,
)
_OTHERS = frozenset(("others", "et al", "et alii", "and others", "et aliae"))
_ORDINALS = {"2nd": "II", "3rd": "III", "4th": "IV", "2d": "II", "3d": "III"}

_SUFFIXES_AND_DEGREES = frozenset(
    (*SUFFIXES, *_ORDINALS, "v", "phd", "dphil", "md", "mdphd", "msc", "bsc", "ma", "ms", "mph",
     "mba", "esq", "dr", "drmed", "dds", "dvm", "do", "rn", "facs", "frcs", "pharmd")
)  # fmt: skip

_HTTP = re.compile(r"(?:https?|ftp)://[^\s<>\"{}|^`\[\]]+", re.IGNORECASE)
# Resolvers of publishers too, and the pages of those that have the DOI in their address.
_DOI_IN_ADDRESS = re.compile(
    r"https?://(?:(?:[\w-]+\.)*doi\.[\w.]+/|[^/]+/doi/(?:(?:abs|full|e?pdf|pdfdirect|book)/)?)"
    r"(10\.\d{4,9}/[^\s?#]+)",
    re.IGNORECASE | re.ASCII,
)
_IN_ADDRESSES = (
    ("acl", re.compile(r"acl(?:anthology\.org|web\.org/anthology)/(?:papers/\w/\w+/)?([\w.-]+?)(?:/|\.pdf|\.bib)?$")),
    ("pmid", re.compile(r"(?:ncbi\.nlm\.nih\.gov/(?:pubmed|m/pubmed)|pubmed\.ncbi\.nlm\.nih\.gov)/(\d+)")),
    ("pmc", re.compile(r"(?:ncbi\.nlm\.nih\.gov/pmc/articles|europepmc\.org/articles)/(PMC\d+)", re.IGNORECASE)),
    ("dblp", re.compile(r"dblp\.(?:uni-trier\.de|org|dagstuhl\.de)/rec/(?:bib\d?/|html/|bibtex/)?([\w/-]+?)(?:\.\w+)?$")),
    ("openalex", re.compile(r"openalex\.org/(?:works/)?(W\d+)$", re.IGNORECASE)),
    ("s2", re.compile(r"semanticscholar\.org/paper/(?:[^/]+/)?([0-9a-f]{40})")),
)  # fmt: skip

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_LONGEST_MONTH = 40
_MONTH = re.compile(r"[A-Za-z]+|\d+")


@dataclass(slots=True)
class TaggedRecord:
    """The fields of a record of tags in order, each with the lines that continue it."""

    line: int
    fields: list[tuple[str, list[str]]] = field(default_factory=list)
    size: int = 0

    def add(self, tag: str, text: str, width: int) -> None:
        """Begin a field; its tag takes `width` of the characters that a record may have."""
        self.size += len(text) + width
        if self.size <= LONGEST_RECORD:
            self.fields.append((tag, [text]))

    def go_on(self, text: str, *, joined: bool) -> None:
        """Continue the last field, on a line of its own or `joined` to the one before."""
        self.size += len(text) + 1
        if self.size > LONGEST_RECORD or not self.fields:
            return
        lines = self.fields[-1][1]
        if joined:
            lines[-1] += text
        else:
            lines.append(text)

    @property
    def too_long(self) -> str:
        """What is wrong with a record that is too long; empty where it is not."""
        return "" if self.size <= LONGEST_RECORD else _TOO_LONG


def line_of(text: str) -> str:
    """Make one line of a text: blanks and line breaks to single blanks, entities to letters."""
    if _HAS_NOTHING.search(text):
        text = text.translate(_NOTHING)
    if "&" in text and ";" in text:
        text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    return " ".join(text.split())


def without_tags(text: str) -> str:
    """Take the markup of publishers out of a line, which may stand there as entities."""
    text = line_of(text)
    return " ".join(_TAG.sub("", text).split()) if "<" in text else text


def prose(text: str) -> str | None:
    """Make paragraphs of a text, with blank lines between; absent where nothing is left."""
    if "&" in text and ";" in text:
        text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    parts = (without_tags(part) for part in _PARAGRAPHS.split(text))
    return "\n\n".join(part for part in parts if part) or None


def is_group(name: str) -> bool:
    """Tell a collaboration by its name, which no person bears."""
    return bool(_GROUP.search(name))


def is_others(name: str) -> bool:
    """Tell the words with which a list of names is cut."""
    return len(name) < 20 and fold(name) in _OTHERS


def is_suffix(text: str) -> bool:
    """Tell a generation or a degree, which may stand between commas in a name."""
    return len(text) < 12 and "".join(fold(text).split()) in _SUFFIXES_AND_DEGREES


def person(family: str, given: str = "", suffix: str = "") -> ParsedAuthor:
    """Make an author of the parts of a name; a suffix may stand behind the given name.

    Raises:
        pydantic.ValidationError: It is no name.
    """
    if not suffix and (tokens := given.split()):
        last = tokens[-1].strip(".,").lower()
        if last in SUFFIXES or last in _ORDINALS:
            suffix = _ORDINALS.get(last, tokens[-1].strip(","))
            given = " ".join(tokens[:-1]).rstrip(",")
    name = " ".join(part for part in (given, family, suffix) if part)
    if family and given:
        return ParsedAuthor(name=name, family=family, given=given, suffix=suffix or None)
    return ParsedAuthor(name=name)


def identified(author: ParsedAuthor, found: Iterable[tuple[str, str | None]]) -> ParsedAuthor:
    """Give an author identifiers, of which those that are none are left out."""
    known = known_author_identifiers(*found)
    if not known:
        return author
    return author.model_copy(update={"identifiers": tuple(sorted({*author.identifiers, *known}))})


def addresses_in(text: str) -> tuple[str, ...]:
    """Find the addresses of a field that is made for them, each once."""
    text = text.replace(";http", " http")  # several, as RIS allows
    found = (match[0].rstrip(".,;") for match in _HTTP.finditer(text))
    return tuple(dict.fromkeys(found))


def address_identifiers(address: str) -> Iterable[tuple[str, str]]:
    """Find what an address says of the paper that it leads to, as (scheme, value)."""
    if match := _DOI_IN_ADDRESS.match(address):
        yield "doi", match[1]
    yield "arxiv", address
    for scheme, pattern in _IN_ADDRESSES:
        if match := pattern.search(address):
            value = match[1]
            yield scheme, value.upper() if scheme in {"pmc", "openalex"} else value


def month_number(text: str) -> int | None:
    """Read a month, by number or by English name, of several the first; absent where none is."""
    return _month_number(text[:_LONGEST_MONTH])


@lru_cache(maxsize=10_000)
def _month_number(text: str) -> int | None:
    for match in _MONTH.finditer(text):
        word = match[0].lower()
        if word.isdigit():
            if word == text.strip() and 1 <= int(word[:4]) <= 12:
                return int(word)
        elif len(word) >= 3 and word[:3] in _MONTHS:
            number = _MONTHS.index(word[:3])
            if _MONTH_NAMES[number].startswith(word) or word == "sept":
                return number + 1
    return None


def dated(year: str, month: str = "", day: str = "") -> str | None:
    """Make a date of its parts as written; what is wrong or missing is left out."""
    if not (len(year) == 4 and year.isascii() and year.isdigit()):
        return None
    number = int(day) if len(day) <= 2 and day.isascii() and day.isdigit() else None
    return partial_date(int(year), month_number(month), number)


def finest(*dates: str | None) -> str | None:
    """Of the dates that say the same as the first, the most precise one."""
    stated = [date for date in dates if date]
    best = stated[0] if stated else None
    for date in stated[1:]:
        if best and date.startswith(best):
            best = date
    return best


def derived_key(title: str, *more: str | None) -> str:
    """Make a key of what a record says, for one without an id of its own.

    Neither the order of records nor the name of the file is in it.
    """
    words = slug(title)[:_SLUG_LENGTH]
    said = "\n".join((fold(title), *(fold(one or "") for one in more)))
    return f"{words}~{short_hash(said, 8)}"


def first_author(people: Iterable[ParsedAuthor]) -> str:
    """The name key of the first author, for a derived key; empty without one."""
    return next((one.key.text for one in people), "")


class Seen:
    """The records of a file by their keys and content, so that one that stands twice is noticed."""

    def __init__(self) -> None:
        self._places: dict[str, tuple[int, int]] = {}

    def is_new(self, record: ParsedPaper | ParsedPerson, line: int) -> bool:
        """Whether this is the first record of its key; not where an equal one stands before.

        Raises:
            StandsTwice: A record of the same key says something else.
        """
        content = hash(record)
        if record.key not in self._places:
            if len(self._places) < RECORDS_REMEMBERED:
                self._places[record.key] = line, content
            return True
        first, before = self._places[record.key]
        if before != content:
            raise StandsTwice(first)
        return False

    def __bool__(self) -> bool:
        """Whether there was any record."""
        return bool(self._places)


class StandsTwice(Exception):
    """Two records of a file have one key and say different things."""

    def __init__(self, line: int) -> None:
        super().__init__(f"stands at line {line} with other content")
