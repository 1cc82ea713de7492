"""The ACL Anthology: its XML collections (`data/xml/*.xml`) and its people (`data/yaml`).

Source: https://github.com/acl-org/acl-anthology, `data/xml/schema.rnc` and
https://acl-anthology.readthedocs.io; people are read by `loaders.acl_people`. Layouts of 2019 to
now: a collection of volumes, each with its `meta` before its papers. A paper's id is made of
those of collection, volume and paper ("P16-1001", "2020.acl-main.1"), a year that `meta` leaves
out is that of the collection's id. Authors are listed whole, but where a place holds no name.

Front and back matter is passed over. Not carried: editors, names in other scripts (`variant`),
pages, publisher, place, ISBN, awards, languages, talks and events, videos, errata, data sets, and
attachments that are files of the Anthology (a file of software says only that there is code).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from graph_service.model.identifiers import (
    ascii_value,
    known_author_identifiers,
    known_identifiers,
)
from graph_service.model.names import SUFFIXES
from graph_service.model.records import (
    Location,
    Organisation,
    ParsedAuthor,
    ParsedPaper,
    Version,
)
from loaders.acl_people import holds_people, read_people
from loaders.bibliographies import dated, is_group
from loaders.inputs import InputFile
from loaders.partial_dates import iso_date
from loaders.reading import Parsed, Reject, why_invalid
from loaders.tex_text import plain_text
from loaders.xml_reading import XmlFault, elements, first_element, text_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

FORMAT = SOURCE = "acl-anthology"
_HOST = "ACL Anthology"
_SITE = "https://aclanthology.org/"
_COLLECTION = re.compile(r"(?P<old>[A-Z])(?P<two>\d\d)|(?P<year>\d{4})\.(?P<venue>\w+)", re.ASCII)
# Collections of old ids whose volumes have two digits, and papers likewise.
_TWO_DIGITS = frozenset(("C69",))
_WORKSHOPS_OF_EMNLP_2019 = ("D19", 5)
_FIRST_OLD_YEAR = 60
# Computational Linguistics and the Transactions, in ids of both styles.
_JOURNALS = frozenset(("J", "Q", "cl", "tacl", "tal", "lilt", "ijclclp", "nejlt"))
_NOT_PAPERS = frozenset(("frontmatter", "backmatter"))
_CODE = frozenset(("software", "source", "code"))
_STATES = ("retracted", "removed")
_NAMES_REMEMBERED = 50_000


class _AclFault(Exception):
    """Why an element is no paper."""


@dataclass(frozen=True, slots=True)
class _Volume:
    """What a volume says of all its papers; `place` are the ids of collection and volume."""

    place: tuple[str, str]
    title: str = ""
    journal: str = ""
    year: str = ""
    month: str = ""
    is_journal: bool = False


def recognises(path: InputFile | Path) -> bool:
    """Tell whether a file is a collection with an id of the Anthology, or its people.

    Raises:
        RecordError: The file cannot be read.
    """
    root = first_element(path)
    if root is None:
        return holds_people(path)
    return root.tag == "collection" and bool(_COLLECTION.fullmatch(root.get("id", "")))


def read(path: InputFile | Path, *, source: str | None = None) -> Iterator[Parsed]:
    """Read a collection, or a file of people.

    Args:
        path: An XML or a YAML file of the Anthology.
        source: Name of the source; by default "acl-anthology".

    Yields:
        A `ParsedPaper` for each paper, or a `ParsedPerson` for each person, in order; a `Reject`
        for one that cannot be read.

    Raises:
        RecordError: The file cannot be read, or is neither XML nor YAML.
    """
    name = source or SOURCE
    if first_element(path) is None and holds_people(path):
        yield from read_people(path, name, FORMAT)
        return
    volume = _Volume(("", ""))
    for element in elements(path, frozenset(("meta", "paper"))):
        place = _place(element)
        number = element.get("id", "")
        try:
            if element.tag == "meta":
                # The other kind of `meta` belongs to an event.
                if (parent := element.getparent()) is not None and parent.tag == "volume":
                    volume = _volume(element, place, parent.get("type", ""))
                continue
            if number == "0" or element.get("type") in _NOT_PAPERS:
                continue
            if volume.place != place:
                volume = _Volume(place)
            yield _paper(element, volume, number, name)
        except (_AclFault, XmlFault, ValidationError) as fault:
            why = why_invalid(fault) if isinstance(fault, ValidationError) else str(fault)
            where = f"{element.tag!s} {number} of volume {place[1]} of {place[0]}"
            yield Reject(str(path), element.sourceline, f"{where}: {why}")


def _place(element: "Element") -> tuple[str, str]:
    parent = element.getparent()
    above = parent.getparent() if parent is not None else None
    return (
        above.get("id", "") if above is not None else "",
        parent.get("id", "") if parent is not None else "",
    )


def _volume(meta: "Element", place: tuple[str, str], kind: str) -> _Volume:
    collection = _COLLECTION.fullmatch(place[0])
    series = (collection["old"] or collection["venue"]) if collection else ""
    journal = _text(meta.find("journal-title"))
    return _Volume(
        place,
        title=_text(meta.find("booktitle")),
        journal=journal,
        year=_text(meta.find("year")),
        month=_text(meta.find("month")),
        is_journal=kind == "journal" or bool(journal) or series in _JOURNALS,
    )


def _id(place: tuple[str, str], number: str) -> tuple[str, str]:
    """The id of a paper and the year in it.

    Source: `build_id` and `infer_year` of the Anthology's own Python library.
    """
    collection, volume = place
    match = _COLLECTION.fullmatch(collection)
    if not (match and volume and number):
        raise _AclFault("collection, volume and paper make no id of the Anthology")
    if match["year"]:
        return f"{collection}-{volume}.{number}", match["year"]
    if not (volume.isdecimal() and number.isdecimal()):
        raise _AclFault("volume and paper of an old id are no numbers")
    two = int(match["two"])
    year = str((1900 if two >= _FIRST_OLD_YEAR else 2000) + two)
    if (
        match["old"] == "W"
        or collection in _TWO_DIGITS
        or (
            collection == _WORKSHOPS_OF_EMNLP_2019[0] and int(volume) >= _WORKSHOPS_OF_EMNLP_2019[1]
        )
    ):
        return f"{collection}-{int(volume):02}{int(number):02}", year
    return f"{collection}-{int(volume)}{int(number):03}", year


def _paper(element: "Element", volume: _Volume, number: str, source: str) -> ParsedPaper:
    acl, year_of_id = _id(volume.place, number)
    # What is not stated is not given either: the model then has nothing to check.
    stated: dict[str, Any] = _authors(element) | _code(element)
    title = journal = address = state = ""
    dates = {"year": volume.year or year_of_id, "month": volume.month}
    identifiers: list[tuple[str, str | None]] = [("acl", acl)]
    for child in element:
        tag = str(child.tag)
        if tag == "title":
            title = _text(child)
        elif tag == "abstract":
            if abstract := _text(child):
                stated["abstract"] = abstract
        elif tag == "doi":
            identifiers.append(("doi", _text(child)))
        elif tag == "url":
            address = _text(child)
        elif tag == "journal":
            journal = _text(child)
        elif tag in dates:
            dates[tag] = _text(child) or dates[tag]
        elif tag in _STATES:
            state = tag
    if not title:
        raise _AclFault(f"{acl} has no title")
    if address:
        stated["locations"] = (_location(address, state),)
    if venue := journal or volume.journal or volume.title:
        stated["venue"] = venue
    return ParsedPaper(
        source=source,
        key=ascii_value(acl),
        format=FORMAT,
        title=title,
        date=dated(dates["year"], dates["month"]),
        kind="article" if journal or volume.is_journal else "conference-paper",
        identifiers=known_identifiers(*identifiers),
        versions=tuple(_version(one) for one in element.iterfind("revision")),
        locator=f"{_SITE}{acl}",
        **stated,
    )


def _authors(element: "Element") -> dict[str, Any]:
    people: list[ParsedAuthor] = []
    groups: list[str] = []
    whole = True
    for child in element.iterfind("author"):
        author = _author(*_parts(child))
        if author is None:
            whole = False
        elif is_group(author.name):
            groups.append(author.name)
        else:
            people.append(author)
    if whole and not (people or groups):
        return {}
    return {
        "authors": tuple(people),
        "group_authors": tuple(dict.fromkeys(groups)),
        "authors_complete": whole,
    }


def _code(element: "Element") -> dict[str, Any]:
    """Whether there is code, and the addresses of what is no file of the Anthology."""
    addresses: list[str] = []
    has_code = False
    for child in element.iterfind("attachment"):
        has_code = has_code or child.get("type", "").lower() in _CODE
        if "://" in (address := _text(child)):
            addresses.append(address)
    for child in element.iterfind("pwccode"):
        if address := child.get("url", "").strip():
            has_code = True
            addresses.append(address)
    found: dict[str, Any] = {"has_code": True} if has_code else {}
    if addresses:
        found["repositories"] = tuple(dict.fromkeys(addresses))
    return found


def _parts(author: "Element") -> tuple[str, str, str | None, str | None, tuple[str, ...]]:
    first = last = ""
    affiliations: list[str] = []
    for child in author:
        if child.tag == "first":
            first = _text(child)
        elif child.tag == "last":
            last = _text(child)
        elif child.tag == "affiliation" and (where := _text(child)):
            affiliations.append(where)
    return first, last, author.get("id"), author.get("orcid"), tuple(dict.fromkeys(affiliations))


@lru_cache(maxsize=_NAMES_REMEMBERED)
def _author(
    first: str, last: str, person: str | None, orcid: str | None, affiliations: tuple[str, ...]
) -> ParsedAuthor | None:
    """The author that a name with its attributes says; absent: the place holds no name."""
    name = f"{first} {last}".strip()
    if not any(map(str.isalnum, name)):
        return None
    stated: dict[str, Any] = {}
    if first and last:
        stated = {"family": last, "given": first}
        family, _, behind = last.rpartition(" ")
        if family and behind.strip(".").lower() in SUFFIXES:
            stated = {"family": family.rstrip(","), "given": first, "suffix": behind}
    if person or orcid:
        stated["identifiers"] = known_author_identifiers(("acl", person), ("orcid", orcid))
    if affiliations:
        stated["affiliations"] = tuple(Organisation(name=one) for one in affiliations)
    return ParsedAuthor(name=name, **stated)


def _version(revision: "Element") -> Version:
    return Version(name=f"v{revision.get('id', '')}", date=iso_date(revision.get("date", "")))


def _location(address: str, state: str) -> Location:
    """A bare name is that of a page and a file of the Anthology."""
    here = "://" not in address
    return Location(
        url=f"{_SITE}{address}" if here else address,
        host=_HOST if here or address.startswith(_SITE) else None,
        version=state or None,
    )


def _text(element: "Element | None") -> str:
    """The text of an element in one line, with the letters and signs that formulas stand for."""
    if element is None:
        return ""
    if not len(element):
        return " ".join((element.text or "").split())
    for formula in element.iter("tex-math"):
        # The element is read once and then gone, so it may be changed.
        formula.text = plain_text(formula.text or "")
    return text_of(element)
