"""Answers of the arXiv API: Atom feeds.

Source: https://info.arxiv.org/help/api/user-manual.html#_details_of_atom_results_returned. An
entry states its latest version and when the first was submitted, and every author. Not carried:
comments but for addresses and withdrawals, the query itself. Of two entries of one paper the
later replaces the earlier one. The daily feeds of rss.arxiv.org are another format.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import ValidationError

from graph_service.model.errors import RecordError
from graph_service.model.identifiers import arxiv_value
from graph_service.model.records import Location, ParsedPaper, Version
from loaders.arxiv_fields import (
    HOST,
    SOURCE,
    ArxivFault,
    Authors,
    Stated,
    lines_of,
    to_paper,
    topics_of,
)
from loaders.inputs import InputFile
from loaders.partial_dates import iso_date
from loaders.reading import Parsed, Reject, why_invalid
from loaders.xml_reading import XmlFault, elements, first_element, local_name, text_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

FORMAT = "arxiv-atom"
_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_HOSTS = frozenset(("arxiv.org", "export.arxiv.org", "www.arxiv.org"))
_ERRORS = "/api/errors"


def recognises(path: InputFile | Path) -> bool:
    """Tell whether a file is an Atom feed that bears an address of the arXiv API as its id.

    Raises:
        RecordError: The file cannot be read.
    """
    root = first_element(path)
    if root is None or root.tag != f"{_ATOM}feed":
        return False
    try:
        first = next(elements(path, frozenset({"id"})), None)
        return first is not None and urlsplit(text_of(first)).hostname in _HOSTS
    except (RecordError, ValueError, XmlFault):
        return False


def read(path: InputFile | Path, *, source: str | None = None) -> Iterator[Parsed]:
    """Read a feed.

    Args:
        path: An Atom feed.
        source: Name of the source; by default "arxiv".

    Yields:
        A `ParsedPaper` for each entry, in order; a `Reject` for one that is none, such as the
        entry by which the API answers that a query is wrong.

    Raises:
        RecordError: The file cannot be read or is no well-formed XML.
    """
    for number, entry in enumerate(elements(path, frozenset({"entry"})), start=1):
        parsed: ParsedPaper | str
        try:
            parsed = _paper(entry, source or SOURCE)
        except (ArxivFault, XmlFault) as fault:
            parsed = str(fault)
        except ValidationError as error:
            parsed = why_invalid(error)
        if isinstance(parsed, str):
            yield Reject(str(path), entry.sourceline, f"entry {number}: {parsed}")
        else:
            yield parsed


def _paper(entry: "Element", source: str) -> ParsedPaper:
    address = text_of(entry.find(f"{_ATOM}id"))
    if _ERRORS in address:
        raise ArxivFault(f"the API answers: {text_of(entry.find(f'{_ATOM}summary'))[:200]}")
    authors = Authors()
    for author in entry.iterfind(f"{_ATOM}author"):
        authors.add(
            text_of(author.find(f"{_ATOM}name")),
            affiliations=[text_of(one) for one in author.iterfind(f"{_ARXIV}affiliation")],
        )
    published = iso_date(text_of(entry.find(f"{_ATOM}published")))
    number = (arxiv_value(address) or ("", None))[1]
    categories = [
        one.get("term", "")
        for tag in (f"{_ARXIV}primary_category", f"{_ATOM}category")
        for one in entry.iterfind(tag)
    ]
    # A term of the other classifications is the whole line as submitted.
    others = " ".join(term for term in categories if any(map(str.isdigit, term)))
    return to_paper(
        Stated(
            arxiv=address,
            title=text_of(entry.find(f"{_ATOM}title")),
            abstract=lines_of(entry.find(f"{_ATOM}summary")),
            authors=authors,
            date=published,
            topics=topics_of(categories, others, others),
            dois=text_of(entry.find(f"{_ARXIV}doi")),
            journal=text_of(entry.find(f"{_ARXIV}journal_ref")),
            comments=text_of(entry.find(f"{_ARXIV}comment")),
            versions=_versions(number, published, iso_date(text_of(entry.find(f"{_ATOM}updated")))),
            locations=[
                Location(url=url, host=HOST, version=f"v{number}" if number else None)
                for url in _pdfs(entry)
            ],
        ),
        source,
        FORMAT,
    )


def _versions(number: int | None, published: str | None, updated: str | None) -> list[Version]:
    if number is None:
        return []
    first = [Version(name="v1", date=published)] if number > 1 and published else []
    return [*first, Version(name=f"v{number}", date=published if number == 1 else updated)]


def _pdfs(entry: "Element") -> Iterator[str]:
    for link in entry.iterfind(f"{_ATOM}link"):
        address = (link.get("href") or "").strip()
        if address and local_name(link) == "link" and link.get("title") == "pdf":
            yield address
