"""Rows of the plainest papers, which most of a large load are, straight from their JSON.

A paper that one record alone speaks of, whose authors are names in places, is written here in
one go; `bulk_rows` does the others by the functions of `store.fold`. What is written is the same:
a test takes either way with the same records.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from graph_service.model.ids import source_id
from graph_service.store.fold import DATE_PRECISION
from graph_service.store.import_files import (
    ARRAY_DELIMITER,
    DELIMITER,
    EDGE_COLUMNS,
    NODE_COLUMNS,
    text_field,
)

_FIELDS = frozenset(
    (
        *("type", "source", "key", "format", "title", "date", "abstract", "kind", "venue"),
        *("authors_complete", "has_code", "identifiers", "group_authors", "topics", "mentions"),
        *("repositories", "references", "references_unidentified", "references_complete"),
        *("relations", "locations", "locator"),
    )
)
_MENTION = frozenset(("name", "position"))
_FLAG = {None: "", True: "true", False: "false"}
_PAPER = (
    *("title", "year", "date", "date_precision", "venue", "kind", "abstract", "identifiers"),
    *("authors_complete", "group_authors", "has_code", "versions", "references"),
    *("references_unidentified", "references_complete", "sources", "records"),
)
_AUTHORED = ("position", "is_last", "name_as_printed", "mentions", "names")
if NODE_COLUMNS["Paper"][: len(_PAPER)] != _PAPER:
    raise TypeError("the rows of papers here are not those of the schema")
if EDGE_COLUMNS["AUTHORED"][: len(_AUTHORED)] != _AUTHORED:
    raise TypeError("the rows of authorships here are not those of the schema")
_REST_OF_A_PAPER = DELIMITER * (len(NODE_COLUMNS["Paper"]) - len(_PAPER)) + "\n"
_REST_OF_AN_AUTHORSHIP = DELIMITER * (len(EDGE_COLUMNS["AUTHORED"]) - len(_AUTHORED)) + "\n"


def is_plain(said: Mapping[str, Any], authors: Sequence[int]) -> bool:
    """Whether a record that is a paper by itself can be written here.

    Args:
        said: Its JSON.
        authors: The author of each mention.
    """
    return (
        _FIELDS.issuperset(said)
        and all(mention.keys() == _MENTION for mention in said.get("mentions", ()))
        and len(set(authors)) == len(authors)
    )


def paper_row(said: Mapping[str, Any], number: int, paper: str, record: str) -> str:
    """The row of the paper of a plain record."""
    get = said.get
    date = get("date")
    references = get("references")
    fields = (
        str(number),
        paper,
        text_field(said["title"]),
        date[:4].lstrip("0") if date else "",
        date or "",
        DATE_PRECISION[len(date)] if date else "",
        _text(get("venue")),
        _text(get("kind")),
        _text(get("abstract")),
        ARRAY_DELIMITER.join(sorted(set(get("identifiers", ())))),
        _FLAG[get("authors_complete")],
        _lines(get("group_authors", ())),
        _FLAG[get("has_code")],
        "",
        str(len({one["to"] for one in references})) if references else "",
        str(get("references_unidentified") or ""),
        _FLAG[get("references_complete")],
        source_id(said["source"]),
        record,
    )
    return DELIMITER.join(fields) + _REST_OF_A_PAPER


def _text(text: str | None) -> str:
    return "" if text is None else text_field(text)


def _lines(texts: Sequence[str]) -> str:
    return ARRAY_DELIMITER.join(sorted(set(texts)))


def authored_rows(
    said: Mapping[str, Any], number: int, record: str, authors: Sequence[int], units: Sequence[str]
) -> list[str]:
    """The rows of the authorships of a plain record.

    Args:
        said: Its JSON.
        number: Of the paper.
        record: The record's id.
        authors: The number of the author of each mention.
        units: The id of the unit of each mention.
    """
    mentions = said.get("mentions", ())
    complete = said.get("authors_complete")
    last = max([mention["position"] for mention in mentions], default=0) if complete else 0
    found = []
    for mention, author, unit in zip(mentions, authors, units, strict=True):
        place, name = mention["position"], mention["name"]
        is_last = _FLAG[place == last] if complete else ""
        if not name.isprintable():
            name = text_field(name)
        found.append(
            f"{author}\x1f{number}\x1f{place}\x1f{is_last}\x1f{name}\x1f{record}#{place}\x1f{unit}"
            f"{_REST_OF_AN_AUTHORSHIP}"
        )
    return found
