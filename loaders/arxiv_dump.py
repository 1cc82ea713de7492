"""The dump of arXiv's metadata as published on Kaggle: an object a line.

Source: https://www.kaggle.com/datasets/Cornell-University/arxiv. An object states every version
with its date, all authors with their names in parts and, where submitters wrote them, their
affiliations. Not carried: comments but for addresses and withdrawals, report numbers, the
submitter, the day of the last change. Of two objects of one paper the later replaces the earlier
one.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from graph_service.model.identifiers import arxiv_value
from graph_service.model.records import ParsedPaper, Version
from loaders.arxiv_fields import (
    SOURCE,
    ArxivFault,
    Authors,
    Stated,
    add_parts,
    add_printed,
    to_paper,
    topics_of,
)
from loaders.inputs import InputFile
from loaders.json_reading import first_object
from loaders.json_records import records
from loaders.json_values import as_objects, as_text
from loaders.partial_dates import mail_date
from loaders.reading import Parsed
from loaders.tex_text import plain_text

FORMAT = "arxiv-dump"
_PARTS_OF_A_NAME = 3
_SIGNS = frozenset(("authors_parsed", "categories"))


def is_metadata(found: Mapping[str, Any]) -> bool:
    """Tell whether an object is arXiv's metadata of a paper."""
    return found.keys() >= _SIGNS and arxiv_value(as_text(found.get("id"))) is not None


def recognises(path: InputFile | Path) -> bool:
    """Tell whether the first object of a file has an arXiv id, categories and names in parts.

    Raises:
        RecordError: The file cannot be read.
    """
    first = first_object(path)
    return first is not None and is_metadata(first)


def read(path: InputFile | Path, *, source: str | None = None) -> Iterator[Parsed]:
    """Read a dump.

    Args:
        path: A file of JSON, an object a line or in an array.
        source: Name of the source; by default "arxiv".

    Yields:
        A `ParsedPaper` for each object, in order, or a `Reject`.

    Raises:
        RecordError: The file cannot be read, or is no JSON from its first byte on.
    """
    name = source or SOURCE
    return records(path, (), lambda found: iter((metadata_paper(found, name, FORMAT),)))


def metadata_paper(
    found: Mapping[str, Any], source: str, form: str, more: Mapping[str, object] | None = None
) -> ParsedPaper:
    """Make a paper of arXiv's metadata, with more fields where they are known.

    Raises:
        ArxivFault: It is no paper.
    """
    versions = [
        Version(name=name, date=mail_date(as_text(one.get("created"))))
        for one in as_objects(found.get("versions"))
        if (name := as_text(one.get("version")))
    ]
    abstract = found.get("abstract")
    return to_paper(
        Stated(
            arxiv=as_text(found.get("id")),
            title=as_text(found.get("title")),
            abstract=abstract if isinstance(abstract, str) else "",
            authors=_authors(found),
            date=versions[0].date if versions else None,
            # The primary category stands first.
            topics=topics_of(as_text(found.get("categories")).split()),
            dois=as_text(found.get("doi")),
            journal=as_text(found.get("journal-ref")),
            comments=as_text(found.get("comments")),
            licence=as_text(found.get("license")),
            versions=versions,
        ),
        source,
        form,
        more,
    )


def _authors(found: Mapping[str, Any]) -> Authors:
    authors = Authors()
    parsed = found.get("authors_parsed")
    if not isinstance(parsed, list) or not parsed:
        add_printed(authors, as_text(found.get("authors")))
        return authors
    for one in parsed:
        if not isinstance(one, list):
            raise ArxivFault("authors_parsed: holds what is no name in parts")
        parts = [plain_text(part) if isinstance(part, str) else "" for part in one]
        family, given, suffix, *affiliations = parts + [""] * (_PARTS_OF_A_NAME - len(parts))
        add_parts(authors, family, given, suffix, affiliations)
    return authors
