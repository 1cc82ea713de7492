"""CSL-JSON: bibliographies as Zotero, Mendeley, Pandoc, citation-js and others write them.

Source: https://citeproc-js.readthedocs.io/en/latest/csl-json/markup.html and
https://github.com/citation-style-language/schema (csl-data.json). Read are an array of items, one
item, an object with `items`, or an item a line.

An id is unique in one bibliography only, so a record is kept under the item's id with a hash of the
title; where the id is but a number in the file (`ITEM-1`), or there is none, under its DOI or a
hash of what it says. Of two items of one key that say the same one is read; where they do not, the
second is a reject. Particles belong to the family name. A literal name is that of an institution,
as the specification has it, and a group author. "Article" means a preprint in CSL; where a journal
is named it is an article.

Not carried: editors and other roles, publishers, pages, numbers, the day of access, languages,
titles in short, what is written in notes but for arXiv ids and addresses of code.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from graph_service.model.identifiers import (
    ascii_value,
    find_arxiv,
    known_author_identifiers,
    known_identifiers,
)
from graph_service.model.ids import short_hash
from graph_service.model.kinds import kind_of
from graph_service.model.names import fold
from graph_service.model.records import Location, ParsedAuthor, ParsedPaper, Topic
from loaders.addresses import find_addresses
from loaders.bibliographies import (
    KEYWORDS,
    RECORDS_REMEMBERED,
    address_identifiers,
    dated,
    derived_key,
    first_author,
    is_group,
    is_others,
    line_of,
    person,
    without_tags,
)
from loaders.crossref import is_item as is_of_crossref
from loaders.inputs import InputFile
from loaders.json_reading import Object, first_object
from loaders.json_records import RecordFault, as_prose, author_slots, date_of_parts, records
from loaders.json_values import as_line, as_object, as_objects, as_text
from loaders.partial_dates import iso_date
from loaders.reading import Parsed, why_invalid

FORMAT = "csl-json"
_LISTS = ("items",)
_TYPES = frozenset(
    (
        "article", "article-journal", "article-magazine", "article-newspaper", "bill", "book",
        "broadcast", "chapter", "classic", "collection", "dataset", "document", "entry",
        "entry-dictionary", "entry-encyclopedia", "event", "figure", "graphic", "hearing",
        "interview", "legal_case", "legislation", "manuscript", "map", "motion_picture",
        "musical_score", "pamphlet", "paper-conference", "patent", "performance", "periodical",
        "personal_communication", "post", "post-weblog", "regulation", "report", "review",
        "review-book", "software", "song", "speech", "standard", "thesis", "treaty", "webpage",
    )
)  # fmt: skip
_NAME_PARTS = frozenset(("family", "given", "literal"))
_DATE_PARTS = frozenset(("date-parts", "raw", "literal"))
_OF_A_NAME = (
    "family", "given", "literal", "suffix", "dropping-particle", "non-dropping-particle",
)  # fmt: skip
# CSL has no place for it; these are what Crossref and citation-js write.
_ORCID = ("ORCID", "orcid", "_orcid")
# Ids that say where an item stands in its file.
_NUMBER = re.compile(r"(?:ITEM-|temp_id_)?\d*")
_LONGEST_KEY = 480
_DAY = re.compile(r"(?<!\d)\d{1,2}(?!\d)", re.ASCII)
_ET_AL = re.compile(r"[\s,;]*\bet al\b[.\s]*$", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)", re.ASCII)


def recognises(path: InputFile | Path) -> bool:
    """Tell whether the first object of a file is an item of CSL-JSON, and no work of Crossref.

    Raises:
        RecordError: The file cannot be read.
    """
    first = first_object(path, _LISTS)
    return first is not None and _is_item(first) and not is_of_crossref(first)


def _is_item(found: Mapping[str, Any]) -> bool:
    """Of the words for types only some are CSL's alone: names and dates have its form too."""
    if as_text(found.get("type")) not in _TYPES:
        return False
    author = next(as_objects(found.get("author")), {})
    issued = as_object(found.get("issued"))
    return not (_NAME_PARTS.isdisjoint(author) and _DATE_PARTS.isdisjoint(issued))


def read(path: InputFile | Path, *, source: str | None = None) -> Iterator[Parsed]:
    """Read items.

    Args:
        path: A file of JSON: an array, an item, an object with `items`, or an item a line.
        source: Name of the source; by default "csl-json".

    Yields:
        A `ParsedPaper` for each item, in order, or a `Reject`.

    Raises:
        RecordError: The file cannot be read, or is no JSON from its first byte on.
    """
    return records(path, _LISTS, _once_each(source or FORMAT))


def _once_each(source: str) -> Callable[[Object], Iterator[ParsedPaper]]:
    """A reader of items that remembers them, so that one that stands twice is noticed."""
    seen: dict[str, tuple[int, int]] = {}
    numbers = count(1)

    def papers(item: Object) -> Iterator[ParsedPaper]:
        number = next(numbers)
        paper = _paper(item, source)
        if paper.key in seen or len(seen) < RECORDS_REMEMBERED:
            content = hash(paper)
            first, before = seen.setdefault(paper.key, (number, content))
            if before != content:
                raise RecordFault(
                    f"item {number} of the file, {paper.title[:60]!r}, stands before, "
                    f"as item {first}, with other content"
                )
            if first != number:
                return
        yield paper

    return papers


def _paper(item: Mapping[str, Any], source: str) -> ParsedPaper:
    title = without_tags(as_line(item.get("title")))
    if not title:
        named = as_text(item.get("id"))[:60]
        raise RecordFault(f"item {named!r} has no title" if named else "has no title")
    try:
        authors, groups, whole = _authors(item.get("author"))
        date = _date(item.get("issued"))
        venue = _venue(item)
        identifiers = known_identifiers(*_identifiers(item))
        place = "\n".join(as_text(item.get(name)) for name in ("volume", "issue", "page"))
        url, note = as_text(item.get("URL")), item.get("note")
        return ParsedPaper(
            source=source,
            key=_key(item, title, identifiers)
            or derived_key(title, date, first_author(authors), venue, place),
            format=FORMAT,
            title=title,
            date=date,
            abstract=as_prose(item.get("abstract")),
            kind=_kind(item),
            venue=venue,
            identifiers=identifiers,
            authors=authors,
            group_authors=groups,
            authors_complete=whole,
            topics=_topics(item.get("keyword")),
            locations=(Location(url=url),) if url else (),
            repositories=find_addresses(f"{url if 'git' in url else ''} {as_text(note)}"),
        )
    except ValidationError as error:
        raise RecordFault(f"item {title[:60]!r}: {why_invalid(error)}") from error


def _key(item: Mapping[str, Any], title: str, identifiers: tuple[str, ...]) -> str | None:
    named = ascii_value(as_text(item.get("id")))[:_LONGEST_KEY]
    if named and not _NUMBER.fullmatch(named):
        return f"{named}~{short_hash(fold(title) or title, 8)}"
    return next((one for one in identifiers if one.startswith("doi:")), None)


def _date(given: object) -> str | None:
    """The date on which an item was issued, of a span its beginning."""
    issued = as_object(given)
    if date := date_of_parts(issued.get("date-parts")):
        return date
    text = as_text(given) or as_text(issued.get("raw")) or as_text(issued.get("literal"))
    if date := iso_date(text):
        return date
    years = _YEAR.findall(text)
    # In words, as in "3 March 2020"; of several years nobody knows which.
    if len(years) != 1:
        return None
    days = _DAY.findall(text)
    return dated(years[0], text, days[0] if len(days) == 1 else "")


def _kind(item: Mapping[str, Any]) -> str | None:
    word = as_text(item.get("type"))
    if word == "article" and not as_text(item.get("container-title")):
        return "preprint"
    return kind_of(word)


def _venue(item: Mapping[str, Any]) -> str | None:
    names = (item.get("container-title"), item.get("event-title"), item.get("event"))
    return next((venue for name in names if (venue := without_tags(as_line(name)))), None)


def _identifiers(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "doi", as_text(item.get("DOI"))
    yield "pmid", as_text(item.get("PMID"))
    pmc = as_text(item.get("PMCID")).upper()
    yield "pmc", f"PMC{pmc}" if pmc.isdecimal() else pmc
    yield from address_identifiers(as_text(item.get("URL")))
    # Zotero has the id of a preprint here, or, in earlier years, as a line of the note.
    note = item.get("note")
    for line in (
        as_text(item.get("number")),
        *(note.splitlines() if isinstance(note, str) else ()),
    ):
        if line.strip().lower().startswith("arxiv") and (found := find_arxiv(line)):
            yield "arxiv", found[0]


def _authors(given: object) -> tuple[tuple[ParsedAuthor, ...], tuple[str, ...], bool | None]:
    """People, groups, and False where the list is cut or one of them has no name."""
    people: list[ParsedAuthor] = []
    groups: list[str] = []
    whole: bool | None = None
    for one in author_slots(given):
        part = {name: line_of(as_line(one.get(name))) for name in _OF_A_NAME}
        literal = part["literal"]
        if cut := _ET_AL.search(part["given"]):
            part["given"] = part["given"][: cut.start()]
            whole = False
        family = " ".join(
            filter(None, (part["dropping-particle"], part["non-dropping-particle"], part["family"]))
        )
        if is_others(literal or family):
            whole = False
        elif any(map(str.isalnum, part["family"] + part["given"])):
            if not part["given"] and is_group(family):
                groups.append(family)
                continue
            author = person(family, part["given"], part["suffix"])
            orcids = (("orcid", as_text(one.get(name))) for name in _ORCID)
            if identifiers := known_author_identifiers(*orcids):
                author = author.model_copy(update={"identifiers": identifiers})
            people.append(author)
        elif any(map(str.isalnum, literal)):
            groups.append(literal)
        else:
            whole = False
    return tuple(people), tuple(dict.fromkeys(groups)), whole


def _topics(given: object) -> tuple[Topic, ...]:
    text = line_of(as_line(given))
    words = (word.strip() for word in text.split(";" if ";" in text else ","))
    return tuple(Topic(scheme=KEYWORDS, name=word) for word in dict.fromkeys(words) if word)
