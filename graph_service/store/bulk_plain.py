"""Rows of the plainest papers and people, which most of a large load are, with nothing between.

A paper that one record alone speaks of is written here straight from its JSON, and so is an
author by one name in one spelling; `bulk_papers` and `bulk_people` do the others by the functions
of `store.fold`. What is written is the same: a test takes either way with the same records.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from graph_service.model.ids import source_id
from graph_service.model.names import display_order
from graph_service.store.bulk_facts import Gathered
from graph_service.store.fold import DATE_PRECISION
from graph_service.store.import_files import (
    ARRAY_DELIMITER,
    DELIMITER,
    EDGE_COLUMNS,
    NODE_COLUMNS,
    Part,
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
_FLAG = {None: "", True: "true", False: "false"}
_PAPER = (
    *("title", "year", "date", "date_precision", "venue", "kind", "abstract", "identifiers"),
    *("authors_complete", "group_authors", "has_code", "versions", "references"),
    *("references_unidentified", "references_complete", "sources", "records"),
)
_AUTHORED = ("position", "is_last", "name_as_printed", "mentions", "names")
_AUTHOR = ("name", "name_variants", "identifiers", "identity", "metrics")
_NAME = ("name", "key", "source", "variants", "first_mention", "identifiers")
if (
    NODE_COLUMNS["Paper"][: len(_PAPER)] != _PAPER
    or NODE_COLUMNS["Author"] != _AUTHOR
    or NODE_COLUMNS["Name"] != _NAME
    or EDGE_COLUMNS["AUTHORED"][: len(_AUTHORED)] != _AUTHORED
    or EDGE_COLUMNS["NAME_OF"] != ("status",)
):
    raise TypeError("the rows written here are not those of the schema")
_REST_OF_A_PAPER = DELIMITER * (len(NODE_COLUMNS["Paper"]) - len(_PAPER)) + "\n"
_REST_OF_AN_AUTHORSHIP = DELIMITER * (len(EDGE_COLUMNS["AUTHORED"]) - len(_AUTHORED)) + "\n"


def is_plain(said: Mapping[str, Any]) -> bool:
    """Whether a record that is a paper by itself can be written here; `said` is its JSON."""
    return _FIELDS.issuperset(said) and not any(
        ["affiliations" in one for one in said.get("mentions", ())]  # noqa: C419 - it is quicker
    )


class PlainPapers:
    """Writes papers of plain records, and all they lead to but their authors and what they cite."""

    def __init__(self, part: Part, gathered: Gathered, *, shared: int, sources: int) -> None:
        """Begin.

        Args:
            part: Where the rows go.
            gathered: What the records are among.
            shared: Where the numbers of nodes begin that papers share.
            sources: Where those of sources begin.
        """
        self._gathered = gathered
        self._shared = shared
        self._sources = sources
        self._papers = part.rows("Paper")
        self._links = {kind: part.rows(kind) for kind in ("HAS_CODE", "HAS_TOPIC", "PUBLISHED_IN")}
        self._listed = part.rows("LISTED_IN")

    def add(
        self,
        content: bytes,
        said: Mapping[str, Any],
        number: int,
        paper: str,
        record: str,
    ) -> None:
        """Write the paper of a plain record.

        Args:
            content: Its JSON.
            said: What that says.
            number: Of the paper.
            paper: Its id.
            record: The record's id.
        """
        # Whether all texts can stand as they are, which is sooner seen of all of them at once.
        bare = content.isascii() and b"\\" not in content and b"\x7f" not in content
        text = _bare_text if bare else _text
        get = said.get
        date, complete, source = get("date"), get("authors_complete"), said["source"]
        references = get("references")
        dated = (
            f"{date[:4].lstrip('0')}\x1f{date}\x1f{DATE_PRECISION[len(date)]}"
            if date
            else "\x1f\x1f"
        )
        self._papers.append(
            f"{number}\x1f{paper}\x1f{text(said['title'])}\x1f{dated}\x1f{text(get('venue'))}"
            f"\x1f{text(get('kind'))}\x1f{text(get('abstract'))}"
            f"\x1f{_lines(get('identifiers'))}\x1f{_FLAG[complete]}\x1f{_lines(get('group_authors'))}\x1f{_FLAG[get('has_code')]}\x1f"
            f"\x1f{len({one['to'] for one in references}) if references else ''}"
            f"\x1f{get('references_unidentified') or ''}\x1f{_FLAG[get('references_complete')]}"
            f"\x1f{source_id(source)}\x1f{record}{_REST_OF_A_PAPER}"
        )
        for kind, node, printed in self._printed(said):
            self._links[kind].append(f"{number}\x1f{self._shared + node}\x1f{text(printed)}\n")
        at = self._sources + self._gathered.source_names[source]
        self._listed.append(f"{number}\x1f{at}\x1f{text(get('locator'))}\n")

    def _printed(self, said: Mapping[str, Any]) -> list[tuple[str, int, str]]:
        """What the paper shares with others: relationship type, number, and as printed."""
        gathered = self._gathered
        found = [
            ("HAS_CODE", gathered.shared[one["id"]], one["name"])
            for one in said.get("repositories", ())
        ]
        for one in said.get("topics", ()):
            place = gathered.topics[one["scheme"], one["name"]]
            found.append(("HAS_TOPIC", place, one["name"]))
        if venue := said.get("venue"):
            found.append(("PUBLISHED_IN", gathered.venues[venue], venue))
        if len({node for _, node, _ in found}) == len(found):
            return found
        best: dict[tuple[str, int], str] = {}
        for kind, node, name in found:
            best[kind, node] = min(best.get((kind, node), name), name, key=display_order)
        return [(kind, node, name) for (kind, node), name in best.items()]


def _text(text: str | None) -> str:
    return "" if text is None else text_field(text)


def _bare_text(text: str | None) -> str:
    return text or _text(text)


def _lines(texts: Sequence[str] | None) -> str:
    return ARRAY_DELIMITER.join(sorted(set(texts))) if texts else ""


def authorship_row(
    author: int, paper: int, place: int, is_last: str, name: str, record: str, unit: str
) -> str:
    """The row of an authorship of one mention that is a name in a place.

    Args:
        author: The author's number.
        paper: The paper's.
        place: In the list of authors.
        is_last: Whether that is the last one, as written; empty where nobody knows.
        name: As printed.
        record: The id of the record.
        unit: The id of the mention's unit.
    """
    text = name if name.isprintable() else text_field(name)
    return (
        f"{author}\x1f{paper}\x1f{place}\x1f{is_last}\x1f{text}\x1f{record}#{place}\x1f{unit}"
        f"{_REST_OF_AN_AUTHORSHIP}"
    )


def author_row(number: int, author: str, name: str) -> str:
    """The row of an author by one name, in one spelling that is printable, without identifiers."""
    return f"{number}\x1f{author}\x1f{name}\x1f{name}\x1f\x1funverified\x1f\n"


def name_row(number: int, id_: str, name: str, key: str, source: str, mention: str) -> str:
    """The row of the name of such an author.

    Args:
        number: Of the name.
        id_: Its id.
        name: As spelt.
        key: Its key, as a text.
        source: The id of its source.
        mention: The id of its first mention.
    """
    return f"{number}\x1f{id_}\x1f{name}\x1f{key}\x1f{source}\x1f{name}\x1f{mention}\x1f\n"
