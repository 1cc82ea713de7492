"""dblp: the whole dump (`dblp.xml`), extracts of it, single records, and person files.

Source: https://dblp.org/xml/docu/dblpxml.pdf, https://dblp.org/xml/dblp.dtd and
https://dblp.org/faq/1474679.html (person pages). The DTD is never loaded: its named characters
are those of HTML 4. Any number of records is read in the memory of one; of two with one key the
later replaces the earlier.

A number behind a name ("Ada Quill 0002") is dblp's way to keep people of one name apart. The name
is printed without it, and `dblp-name:Ada%20Quill%200002` identifies its bearer, in records and in
the record of the person, which carries `dblp:<pid>` too; person files have the pid on each author.

A record `homepages/…` is a person, but for three kinds that are none and are passed over: pages
of a name that several bear (`disambiguation`), of a group, and without a name (as those are that
only lead to another). Not carried: editors, publisher, series, pages, number, ISBN and volume
(but the volume of CoRR, which is an arXiv id), the streams and volumes that a record belongs to,
dates of changes, and from when to when an affiliation was held. Nothing says whether a list of
authors is whole, only, rarely, that it is not.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from graph_service.model.identifiers import (
    arxiv_value,
    ascii_value,
    known_author_identifiers,
    known_identifiers,
)
from graph_service.model.kinds import kind_of
from graph_service.model.records import (
    Location,
    NamedPerson,
    Organisation,
    ParsedAuthor,
    ParsedPaper,
    ParsedPerson,
    Reference,
)
from loaders.bibliographies import address_identifiers, dated, is_group, is_others
from loaders.inputs import InputFile
from loaders.reading import Parsed, Reject, why_invalid
from loaders.xml_reading import XmlFault, elements, first_element, text_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

FORMAT = SOURCE = "dblp"
NUMBERED_NAME = "dblp-name"
_ROOTS = frozenset(("dblp", "dblpperson"))
_PUBLICATIONS = frozenset(
    (
        "article", "inproceedings", "proceedings", "book", "incollection",
        "phdthesis", "mastersthesis", "data", "www",
    )
)  # fmt: skip
_TAGS = _PUBLICATIONS | {"person"}
_FIELDS = frozenset(("title", "year", "month", "journal", "booktitle", "school", "volume"))
_OF_A_PERSON = "homepages/"
_OF_CORR = "journals/corr/"
# What dblp calls "Informal and Other Publications".
_KINDS = {"data": "dataset", "www": "other"}
_KINDS_BY_TYPE = (
    ("software", "software"),
    ("data", "dataset"),
    ("survey", "review"),
    ("edited", "editorial"),
    ("informal", "other"),
)
_NO_PERSON = frozenset(("disambiguation", "group"))
_WITHDRAWN = "withdrawn"
_CITES_UNKNOWN = "..."
_DOI_ADDRESS = "https://doi.org/"
_NUMBER = re.compile(r"(.*\S) (\d{4})", re.ASCII | re.DOTALL)
_NAMES_REMEMBERED = 50_000
# libxml2 counts lines no further.
_LAST_LINE = 65_535


class _DblpFault(Exception):
    """Why an element is no record."""


def recognises(path: InputFile | Path) -> bool:
    """Tell whether a file is XML with dblp's root.

    Raises:
        RecordError: The file cannot be read.
    """
    root = first_element(path)
    return root is not None and root.tag in _ROOTS


def read(path: InputFile | Path, *, source: str | None = None) -> Iterator[Parsed]:
    """Read a dump, an extract, a record or a person file.

    Args:
        path: An XML file.
        source: Name of the source; by default "dblp".

    Yields:
        A `ParsedPaper` or `ParsedPerson` for each record, in order; a `Reject` for one that
        cannot be read.

    Raises:
        RecordError: The file cannot be read or is no well-formed XML.
    """
    name = source or SOURCE
    for number, record in enumerate(elements(path, _TAGS, named_characters=True), start=1):
        key = (record.get("key") or "").strip()
        try:
            if record.tag == "person" or key.startswith(_OF_A_PERSON):
                person = _person(record, key, name)
                if person is not None:
                    yield person
            else:
                yield _paper(record, key, name)
        except (_DblpFault, XmlFault, ValidationError) as fault:
            why = why_invalid(fault) if isinstance(fault, ValidationError) else str(fault)
            line = record.sourceline
            yield Reject(
                str(path),
                line if line and line < _LAST_LINE else None,
                f"record {number}, {key[:100] or 'without a key'}: {why}",
            )


def _paper(record: "Element", key: str, source: str) -> ParsedPaper:
    if not key:
        raise _DblpFault("has no key")
    authors: list[ParsedAuthor] = []
    groups: list[str] = []
    addresses: list[str] = []
    cited: list[str] = []
    fields: dict[str, str] = {}
    # What is not stated is not given either: the model then has nothing to check.
    stated: dict[str, Any] = {}
    for child in record:
        tag = child.tag
        if tag == "author":
            printed = _line(child)
            if printed.endswith(("others", "al", "al.")) and is_others(printed):
                stated["authors_complete"] = False
                continue
            author = _author(printed, child.get("pid"), child.get("orcid"))
            if author is None:
                groups.append(printed)
            else:
                authors.append(author)
        elif tag == "ee":
            addresses.append(_line(child))
        elif tag == "cite":
            cited.append(_line(child))
        elif tag in _FIELDS and tag not in fields:
            fields[tag] = _line(child)

    title = _title(fields.get("title", ""))
    if not title:
        raise _DblpFault("has no title")
    types = record.get("publtype", "")
    kind = "preprint" if key.startswith(_OF_CORR) else _kind(str(record.tag), types)
    identifiers: list[tuple[str, str | None]] = [("dblp", key)]
    if kind == "preprint" and (found := arxiv_value(fields.get("volume", "").removeprefix("abs/"))):
        identifiers.append(("arxiv", found[0]))
    for address in addresses:
        identifiers += _identifiers(address)
    if venue := fields.get("journal") or fields.get("booktitle") or fields.get("school"):
        stated["venue"] = venue
    if groups:
        stated["group_authors"] = tuple(dict.fromkeys(groups))
    if addresses:
        stated["locations"] = _locations(addresses, withdrawn=_WITHDRAWN in types.split())
        if kind == "software":
            stated["repositories"] = tuple(addresses)
    if cited:
        known = [one for one in cited if one and one != _CITES_UNKNOWN]
        stated["references"] = tuple(Reference(to=f"dblp:{ascii_value(one)}") for one in known)
        stated["references_unidentified"] = len(cited) - len(known)
    return ParsedPaper(
        source=source,
        key=ascii_value(key),
        format=FORMAT,
        title=title,
        date=_date(fields.get("year", ""), fields.get("month", "")),
        kind=kind,
        authors=tuple(authors),
        identifiers=known_identifiers(*identifiers),
        locator=f"https://dblp.org/rec/{key}",
        **stated,
    )


def _locations(addresses: list[str], *, withdrawn: bool) -> tuple[Location, ...]:
    """Where a paper can be read; an address within dblp's own site of old is none."""
    version = {"version": _WITHDRAWN} if withdrawn else {}
    return tuple(
        Location(url=address, **version)
        for address in addresses
        if address.startswith(("http://", "https://", "ftp://"))
    )


@lru_cache(maxsize=1_000)
def _kind(tag: str, types: str) -> str | None:
    words = types.split()
    for word, kind in _KINDS_BY_TYPE:
        if word in words:
            return kind
    return kind_of(tag, _KINDS)


# A dump has fewer dates than days in a century.
_date = lru_cache(maxsize=10_000)(dated)


def _identifiers(address: str) -> Iterator[tuple[str, str]]:
    # These are most of them; in its one spelling an identifier is looked at once, not twice.
    if address.startswith(_DOI_ADDRESS):
        yield "doi", address.removeprefix(_DOI_ADDRESS).lower()
    elif "doi.org/" in address:
        yield "doi", address
    elif "arxiv.org/" in address:
        yield "arxiv", address
    else:
        yield from address_identifiers(address)


def _title(printed: str) -> str:
    """The title without the full stop that dblp puts behind each."""
    if printed.endswith(".") and not printed.endswith(".."):
        return printed[:-1].rstrip() or printed
    return printed


def _line(element: "Element") -> str:
    if len(element):
        return text_of(element)
    return " ".join((element.text or "").split())


def _named(printed: str) -> tuple[str, str | None]:
    """The name without its number, and the whole as an identifier's value where there is one."""
    match = _NUMBER.fullmatch(printed) if printed[-1:].isdigit() else None
    return (match[1], printed) if match else (printed, None)


# Most names stand on several records, mostly near each other.
@lru_cache(maxsize=_NAMES_REMEMBERED)
def _author(printed: str, pid: str | None, orcid: str | None) -> ParsedAuthor | None:
    """The author that a name with its attributes says; absent: it is a group's."""
    name, numbered = _named(printed)
    if is_group(name):
        return None
    if not (numbered or pid or orcid):
        return ParsedAuthor(name=name)
    return ParsedAuthor(
        name=name,
        identifiers=known_author_identifiers(
            ("dblp", pid), (NUMBERED_NAME, numbered), ("orcid", orcid)
        ),
    )


def _person(record: "Element", key: str, source: str) -> ParsedPerson | None:
    if not key:
        raise _DblpFault("has no key")
    if not _NO_PERSON.isdisjoint(record.get("publtype", "").split()):
        return None
    pid = key.removeprefix(_OF_A_PERSON)
    stated: list[tuple[str, str | None]] = [("dblp", pid)]
    names: list[str] = []
    in_other_scripts: list[str] = []
    affiliations: list[str] = []
    for child in record:
        if child.tag == "author":
            name, numbered = _named(_line(child))
            names.append(name)
            stated += (
                (NUMBERED_NAME, numbered), ("dblp", child.get("pid")), ("orcid", child.get("orcid"))
            )  # fmt: skip
        elif child.tag == "url" and child.get("type") != "deprecated":
            address = _line(child)
            if "orcid.org/" in address:
                stated.append(("orcid", address))
        elif child.tag == "note":
            if child.get("type") == "affiliation":
                affiliations.append(_line(child))
            elif child.get("type") == "uname":
                in_other_scripts.append(_line(child))
    if not names:
        return None
    return ParsedPerson(
        source=source,
        key=ascii_value(key),
        format=FORMAT,
        names=tuple(
            NamedPerson(name=name) for name in dict.fromkeys((*names, *in_other_scripts)) if name
        ),
        identifiers=known_author_identifiers(*stated),
        affiliations=tuple(Organisation(name=one) for one in dict.fromkeys(affiliations) if one),
        locator=f"https://dblp.org/pid/{pid}",
    )
