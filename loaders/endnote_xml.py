"""EndNote's export in XML, which Zotero, Mendeley, Bookends and JabRef write too.

Source: the DTD `RSXML` that EndNote installs ("XML Support"), and
https://support.clarivate.com/Endnote for its reference types. Names are "Family, Given"; one that
ends in a comma is a group. Whether a list of authors is whole the format does not say. Editors and
translators are no authors; the authors of an "Edited Book" are its editors.

A record is kept under the library's own id and number, else under its DOI or another identifier,
else under title, year and first author. Addresses of authors are the paper's affiliations, a line
each; JabRef writes publishers' addresses there, which are not read. Not carried: notes but for
addresses in them, custom fields but for PubMed Central's id, call numbers, attached files,
translated titles, publishers, volumes and pages.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from graph_service.model.errors import RecordError
from graph_service.model.identifiers import (
    PAPER_RANK,
    ascii_value,
    best_identifier,
    known_identifiers,
)
from graph_service.model.kinds import kind_of
from graph_service.model.records import (
    MAX_AUTHORS_ON_A_RECORD,
    Location,
    Organisation,
    ParsedAuthor,
    ParsedPaper,
    Topic,
)
from loaders.addresses import find_addresses
from loaders.bibliographies import (
    KEYWORDS,
    address_identifiers,
    addresses_in,
    derived_key,
    first_author,
    is_group,
    is_others,
    line_of,
    person,
    prose,
    without_tags,
)
from loaders.inputs import InputFile
from loaders.partial_dates import iso_date
from loaders.reading import Parsed, Reject, why_invalid
from loaders.xml_dates import medline_date
from loaders.xml_reading import XmlFault, elements, first_element, local_name, text_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

FORMAT = "endnote-xml"
SOURCE = "endnote"

_ROOTS = frozenset(("xml", "records"))
_LONGEST_KEY = 400
_NUMBERS = {
    "5": "book section",
    "6": "book",
    "9": "computer program",
    "10": "conference proceedings",
    "13": "generic",
    "17": "journal article",
    "19": "magazine article",
    "27": "report",
    "28": "edited book",
    "32": "thesis",
    "34": "unpublished work",
    "43": "electronic article",
    "44": "electronic book",
    "47": "conference paper",
    "59": "dataset",
    "60": "electronic book section",
}
_KINDS = {
    "ancient-text": "book",
    "book-section": "chapter",
    "classical-work": "book",
    "computer-program": "software",
    "conference": "conference-paper",
    "edited-book": "book",
    "electronic-article": "article",
    "electronic-book": "book",
    "electronic-book-section": "chapter",
    "magazine-article": "article",
}
_PROCEEDINGS = "conference proceedings"
_EDITED = "edited book"
_SAYS_NOTHING = frozenset(("generic", "misc", ""))
# Of a book the second title is a series.
_WITHOUT_VENUE = frozenset(("book", "thesis", "report", "software", "dataset"))
_PUBMED = ("pubmed", "medline", "nlm", "ncbi")
# A line that is indented only goes on, in a file made to be looked at.
_GOES_ON = re.compile(r"\n[ \t]+")
_WRITES_PUBLISHERS_ADDRESS = "JabRef"


def recognises(path: InputFile | Path) -> bool:
    """Tell whether a file is `xml` with records, the first of which has a reference type.

    Raises:
        RecordError: The file cannot be read.
    """
    root = first_element(path)
    if root is None or local_name(root) not in _ROOTS:
        return False
    try:
        first = next(elements(path, frozenset({"record"}), named_characters=True), None)
    except RecordError:
        return False
    return first is not None and (
        first.find("{*}ref-type") is not None
        or (first.find("{*}contributors") is not None and first.find("{*}titles") is not None)
    )


def read(path: InputFile | Path, *, source: str | None = None) -> Iterator[Parsed]:
    """Read records.

    Args:
        path: An XML file.
        source: Name of the source; by default "endnote".

    Yields:
        A `ParsedPaper` for each record, in order; a `Reject` for one that is none, and for one that
        has the key of another with other content.

    Raises:
        RecordError: The file cannot be read or is no well-formed XML.
    """
    seen: dict[str, tuple[int, int]] = {}
    records = elements(path, frozenset({"record"}), named_characters=True)
    for number, record in enumerate(records, start=1):
        line = record.sourceline
        try:
            paper = _paper(record, source or SOURCE)
        except XmlFault as fault:
            yield Reject(str(path), line, f"record {number}: {fault}")
            continue
        first, content = seen.setdefault(paper.key, (number, hash(paper)))
        if content != hash(paper):
            reason = f"has the key {paper.key} of record {first} with other content"
            yield Reject(str(path), line, f"record {number}: {reason}")
        elif first == number:
            yield paper


def _paper(record: "Element", source: str) -> ParsedPaper:
    title = _first(record, "titles/title")
    if not title:
        raise XmlFault("has no title")
    reference = record.find("{*}ref-type")
    sort = "" if reference is None else (reference.get("name") or "").strip().lower()
    if reference is not None and not sort:
        sort = _NUMBERS.get(text_of(reference), "")
    try:
        people, groups, cut = ((), (), False) if sort == _EDITED else _authors(record)
        kind = _kind(record, sort)
        date = _date(record)
        addresses = _addresses(record)
        ids = _identifiers(record, addresses)
        fields: dict[str, object] = {
            "source": source,
            "key": _key(record, ids, title, date, people),
            "format": FORMAT,
            "title": title,
            "date": date,
            "abstract": prose(_lines(record.find("{*}abstract"))),
            "kind": kind,
            "venue": _venue(record, kind),
            "authors_complete": False if cut else None,
            "identifiers": ids,
            "group_authors": groups,
            "affiliations": _affiliations(record),
            "topics": tuple(dict.fromkeys(_topics(record))),
            "locations": tuple(Location(url=one) for one in addresses),
            "locator": _locator(record),
            "authors": people,
            "repositories": tuple(dict.fromkeys((*addresses, *_noted(record)))),
        }
        return ParsedPaper.model_validate(fields)
    except ValidationError as error:
        raise XmlFault(f"{title[:60]!r}: {why_invalid(error)}") from error


def _path(place: str) -> str:
    return "/".join(f"{{*}}{name}" for name in place.split("/"))


def _texts(record: "Element", place: str) -> Iterator[str]:
    for one in record.iterfind(_path(place)):
        if text := without_tags(text_of(one)):
            yield text


def _first(record: "Element", *places: str) -> str:
    return next((text for place in places for text in _texts(record, place)), "")


def _lines(element: "Element | None") -> str:
    """The text with its line ends, of which EndNote writes those of old systems too."""
    if element is None:
        return ""
    text_of(element)  # an entity that is not expanded is a fault
    text = "".join(element.itertext()).replace("\r\n", "\n").replace("\r", "\n")
    return _GOES_ON.sub(" ", text)


def _authors(
    record: "Element",
) -> tuple[tuple[ParsedAuthor, ...], tuple[str, ...], bool]:
    """Persons, groups, and whether the list ends in "et al."."""
    people: list[ParsedAuthor] = []
    groups: dict[str, None] = {}
    cut = False
    for element in record.iterfind(_path("contributors/authors/author")):
        text = without_tags(text_of(element))
        name = text.strip(" ,;")
        if not any(map(str.isalnum, name)):
            continue
        if is_others(name):
            cut = True
        elif text.endswith(",") or is_group(name):
            groups[name] = None
        else:
            if len(people) == MAX_AUTHORS_ON_A_RECORD:
                raise XmlFault(f"has more than {MAX_AUTHORS_ON_A_RECORD:,} authors")
            family, comma, rest = name.partition(",")
            given, _, suffix = rest.partition(",")
            people.append(
                person(family.strip(), given.strip(), suffix.strip())
                if comma
                else ParsedAuthor(name=name)
            )
    return tuple(people), tuple(groups), cut


def _kind(record: "Element", sort: str) -> str | None:
    if sort in _SAYS_NOTHING:
        return None
    if sort == _PROCEEDINGS:
        # With a title of its own and that of the volume it is a paper.
        return "conference-paper" if _first(record, "titles/secondary-title") else "proceedings"
    return kind_of(sort, _KINDS)


def _date(record: "Element") -> str | None:
    year = medline_date(_first(record, "dates/year"))
    stated = _first(record, "dates/pub-dates/date")
    exact = iso_date(stated)
    if year is None:
        return max(exact or "", medline_date(stated) or "", key=len) or None
    if exact and exact.startswith(year) and len(exact) > len(year):
        return exact
    parts = [year, _first(record, "dates/month"), _first(record, "dates/day")]
    if parts[1].isdigit():
        return iso_date("-".join(filter(None, parts))) or year
    return medline_date(f"{year} {stated or ' '.join(parts[1:])}") or year


def _identifiers(record: "Element", addresses: tuple[str, ...]) -> tuple[str, ...]:
    resource = _first(record, "electronic-resource-num")
    stated: list[tuple[str, str | None]] = [("doi", resource), ("arxiv", resource)]
    for address in addresses:
        stated += address_identifiers(address)
    database = " ".join(
        (_first(record, "remote-database-name"), _first(record, "remote-database-provider"))
    ).lower()
    accession = _first(record, "accession-num")
    if any(name in database for name in _PUBMED):
        stated.append(("pmid", accession))
    elif accession.upper().startswith("WOS:"):
        stated.append(("wos", accession[4:]))
    if (central := _first(record, "custom2").upper()).startswith("PMC"):
        stated.append(("pmc", central.removeprefix("PMCID:").strip()))
    return known_identifiers(*stated)


def _key(
    record: "Element",
    ids: tuple[str, ...],
    title: str,
    date: str | None,
    people: tuple[ParsedAuthor, ...],
) -> str:
    foreign = record.find(_path("foreign-keys/key"))
    library = "" if foreign is None else line_of(foreign.get("db-id") or "")
    number = "" if foreign is None else text_of(foreign)
    if library and number and len(whole := ascii_value(f"{library}:{number}")) <= _LONGEST_KEY:
        return whole
    named = best_identifier(ids, PAPER_RANK)
    return named or derived_key(title, (date or "")[:4], first_author(people))


def _venue(record: "Element", kind: str | None) -> str | None:
    if kind in _WITHOUT_VENUE:
        return None
    return (
        _first(
            record,
            "periodical/full-title",
            "titles/secondary-title",
            "titles/alt-title",
            "alt-periodical/full-title",
            "periodical/abbr-1",
        )
        or None
    )


def _affiliations(record: "Element") -> tuple[Organisation, ...]:
    if _first(record, "source-app") == _WRITES_PUBLISHERS_ADDRESS:
        return ()
    lines = _lines(record.find("{*}auth-address")).split("\n")
    names = (line_of(one).strip(" ,;.") for one in lines)
    return tuple(
        Organisation(name=name) for name in dict.fromkeys(names) if any(map(str.isalnum, name))
    )


def _topics(record: "Element") -> Iterator[Topic]:
    for one in record.iterfind(_path("keywords/keyword")):
        for part in _lines(one).replace(";", "\n").split("\n"):
            if name := without_tags(part).strip(" ,."):
                yield Topic(scheme=KEYWORDS, name=name)


def _addresses(record: "Element") -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            address
            for place in ("urls/related-urls/url", "urls/web-urls/url", "urls/url")
            for text in _texts(record, place)
            for address in addresses_in(text)
        )
    )


def _noted(record: "Element") -> Iterator[str]:
    for place in ("notes", "research-notes"):
        for text in _texts(record, place):
            yield from find_addresses(text)


def _locator(record: "Element") -> str | None:
    number = _first(record, "rec-number")
    return f"record number {number}" if number else None
