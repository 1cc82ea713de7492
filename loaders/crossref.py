"""Works as Crossref's REST API gives them: one, a list answer, bare items, or an item a line.

Source: https://api.crossref.org/swagger-ui/index.html and
https://github.com/CrossRef/rest-api-doc/blob/master/api_format.md; the public data file has the
same items. What Crossref gives as CSL-JSON (the title a text, the rest as here) is read likewise.

A record is kept under its DOI, so that the later of two replaces the earlier one. The date is the
earliest of those on which the work appeared. A collaboration is a group author, and so is the
institution of a report for the paper as a whole; that of a preprint is its venue. A notice that
corrects or retracts another work is of that kind. What has no title and is no paper (an issue, a
journal, a figure) is passed over.

Not carried: subtitles that are a sentence, titles in other languages, editors, funders, ISSN, pages,
counts, dates of handling, prices, reviews, printed references (an arXiv id in one is).
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lxml import etree
from pydantic import ValidationError

from graph_service.model.identifiers import (
    doi_value,
    find_arxiv,
    known_author_identifiers,
    known_identifiers,
    ror_value,
)
from graph_service.model.kinds import kind_of
from graph_service.model.records import Organisation, ParsedAuthor, ParsedPaper
from loaders.addresses import AVAILABILITY, find_addresses
from loaders.bibliographies import is_group, line_of, person, prose, without_tags
from loaders.inputs import InputFile
from loaders.jats_text import paragraphs
from loaders.json_reading import first_object
from loaders.json_records import RecordFault, as_prose, author_slots, date_of_parts, records
from loaders.json_values import (
    as_line,
    as_object,
    as_objects,
    as_text,
    as_texts,
    country_code,
    repaired,
)
from loaders.reading import Parsed, why_invalid
from loaders.xml_reading import XmlFault

FORMAT = "crossref"
SUBJECT = "crossref-subject"
_LISTS = ("message.items", "items")
_WORKS = frozenset(("work", "work-list"))
# An item of Crossref has most of these, CSL-JSON of others none.
_SIGNS = frozenset(
    ("indexed", "member", "prefix", "deposited", "content-domain", "is-referenced-by-count")
)
# In this order where two say the same: that of publication is what people mean.
_DATES = ("published-print", "published-online", "posted", "issued", "published", "published-other")
_KINDS = {"reference-book": "book", "report-component": "report", "book-track": "chapter"}
# Of the parts and wholes of publications, which may have no title.
_NO_PAPERS = frozenset(
    (
        "component", "journal-issue", "journal-volume", "journal", "book-set", "book-series",
        "proceedings-series", "report-series", "grant", "database",
    )
)  # fmt: skip
_NOTICES = {
    "retraction": "retraction",
    "withdrawal": "retraction",
    "removal": "retraction",
    "correction": "erratum",
    "corrigendum": "erratum",
    "erratum": "erratum",
}
_RELATIONS = {
    "is-preprint-of": "preprint-of",
    "has-preprint": "published-from",
    "is-version-of": "version-of",
    "has-version": "version-of",
    "is-identical-to": "version-of",
    "is-manuscript-of": "version-of",
    "has-manuscript": "version-of",
}
# What is said of a role that everybody here has.
_AUTHOR = "author"
_WITH_SOFTWARE = ("is-supplemented-by", "has-related-material", "references")
# Addresses for machines that look for plagiarism lead nobody anywhere.
_FOR_READERS = frozenset(("text-mining", "unspecified"))
_UNSPECIFIED = "unspecified"
# Publishers send DOIs as they are set in print.
_HYPHENS = dict.fromkeys((0x2010, 0x2011, 0x2013), "-")
_ABSTRACT = (
    '<abstract xmlns:jats="urn:jats" xmlns:mml="urn:mml" xmlns:xlink="urn:xlink">{}</abstract>'
)


def recognises(path: InputFile | Path) -> bool:
    """Tell whether the first object of a file is a work of Crossref, or an answer with works.

    Raises:
        RecordError: The file cannot be read.
    """
    first = first_object(path, _LISTS)
    if first is None:
        first = first_object(path) or {}
    return is_item(first) or _is_answer(first)


def is_item(found: Mapping[str, Any]) -> bool:
    """Tell a work of Crossref from CSL-JSON of others."""
    return bool(doi_value(as_text(found.get("DOI")))) and (
        isinstance(found.get("title"), list) or len(_SIGNS & found.keys()) > 1
    )


def _is_answer(found: Mapping[str, Any]) -> bool:
    return as_text(found.get("message-type")) in _WORKS and isinstance(found.get("message"), dict)


def read(path: InputFile | Path, *, source: str | None = None) -> Iterator[Parsed]:
    """Read works.

    Args:
        path: A file of JSON: an answer, an array, an object with `items`, or an item a line.
        source: Name of the source; by default "crossref".

    Yields:
        A `ParsedPaper` for each work, in order, or a `Reject`.

    Raises:
        RecordError: The file cannot be read, or is no JSON from its first byte on.
    """
    name = source or FORMAT
    return records(path, _LISTS, lambda found: _papers(found, name))


def _papers(found: Mapping[str, Any], source: str) -> Iterator[ParsedPaper]:
    item = found["message"] if _is_answer(found) else found
    doi = doi_value(as_text(item.get("DOI")))
    if doi is None:
        raise RecordFault("is no work of Crossref: it has no DOI")
    title = _title(item)
    if not title:
        if as_text(item.get("type")) in _NO_PAPERS:
            return
        raise RecordFault(f"work {doi} has no title")
    try:
        yield _paper(item, source, doi, title)
    except ValidationError as error:
        raise RecordFault(f"work {doi}: {why_invalid(error)}") from error


def _paper(item: Mapping[str, Any], source: str, doi: str, title: str) -> ParsedPaper:
    authors, groups, whole = _authors(item.get("author"))
    fields: dict[str, object] = {
        "source": source,
        "key": doi,
        "format": FORMAT,
        "title": title,
        "date": _date(item),
        "abstract": _abstract(item.get("abstract")),
        "kind": _kind(item, doi),
        "venue": _venue(item),
        "identifiers": known_identifiers(("doi", doi)),
        "authors": authors,
        "group_authors": groups,
        "authors_complete": whole,
        "affiliations": tuple(_of_the_paper(item)),
        "topics": tuple(
            {"scheme": SUBJECT, "name": name}
            for name in map(as_line, _list(item.get("subject")))
            if name
        ),
        "relations": _relations(item, doi),
        "locations": tuple(_locations(item)),
        "repositories": tuple(dict.fromkeys(_code(item))),
        **_references(item),
    }
    return ParsedPaper.model_validate(fields)


def _list(value: object) -> list[Any]:
    """A list; of what stands in its place, as in CSL-JSON, one of it alone."""
    return value if isinstance(value, list) else [value]


def _first(value: object) -> str:
    return next((text for one in _list(value) if (text := without_tags(as_line(one)))), "")


def _title(item: Mapping[str, Any]) -> str:
    title, subtitle = _first(item.get("title")), _first(item.get("subtitle"))
    if title and subtitle and not subtitle.endswith(".") and subtitle.lower() not in title.lower():
        return f"{title.rstrip(' :')}: {subtitle}"
    return title


def _date(item: Mapping[str, Any]) -> str | None:
    """The earliest date; of one that is said more and less precisely the more precise."""
    best: str | None = None
    for name in _DATES:
        date = date_of_parts(as_object(item.get(name)).get("date-parts"))
        if date and (
            best is None or date.startswith(best) or (date < best and not best.startswith(date))
        ):
            best = date
    return best


def _abstract(given: object) -> str | None:
    if not isinstance(given, str) or "<" not in given:
        return as_prose(given)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        found = etree.fromstring(_ABSTRACT.format(repaired(given)), parser)
        # Markup that was written as text is taken out of it.
        return prose(paragraphs(found))
    except (etree.XMLSyntaxError, XmlFault, ValueError):
        return as_prose(given)


def _kind(item: Mapping[str, Any], doi: str) -> str | None:
    for update in as_objects(item.get("update-to")):
        notice = _NOTICES.get(as_text(update.get("type")).lower())
        if notice and doi_value(as_text(update.get("DOI"))) not in {None, doi}:
            return notice
    word = as_text(item.get("type"))
    if word == "posted-content":
        return kind_of(as_text(item.get("subtype")) or word)
    return kind_of(word, _KINDS)


def _venue(item: Mapping[str, Any]) -> str | None:
    venue = _first(item.get("container-title"))
    if not venue and item.get("type") == "posted-content":
        names = [one.get("name") for one in as_objects(_list(item.get("institution")))]
        venue = _first(names) or as_line(item.get("group-title"))
    return venue or as_line(as_object(item.get("event")).get("name")) or None


def _of_the_paper(item: Mapping[str, Any]) -> Iterator[Organisation]:
    if as_text(item.get("type")) in {"report", "dissertation"}:
        for one in as_objects(_list(item.get("institution"))):
            if organisation := _organisation(one):
                yield organisation


def _organisation(given: Mapping[str, Any]) -> Organisation | None:
    name = line_of(as_line(given.get("name")))
    departments = [line_of(as_line(one)) for one in _list(given.get("department"))]
    name = name or next(filter(None, departments), "")
    if not name:
        return None
    rors = {
        value
        for one in as_objects(_list(given.get("id")))
        if as_text(one.get("id-type")).upper() == "ROR"
        and (value := ror_value(as_text(one.get("id"))))
    }
    return Organisation(
        name=name,
        identifiers=tuple(f"ror:{value}" for value in sorted(rors)),
        country=country_code(given.get("country")),
    )


def _authors(given: object) -> tuple[tuple[ParsedAuthor, ...], tuple[str, ...], bool | None]:
    """People, groups, and False where one of them has no name."""
    people: list[ParsedAuthor] = []
    groups: list[str] = []
    nameless = 0
    for one in author_slots(given):
        family, first = line_of(as_line(one.get("family"))), line_of(as_line(one.get("given")))
        named = line_of(as_line(one.get("name")))
        if not any(map(str.isalnum, family + first)):
            if any(map(str.isalnum, named)):
                groups.append(named)
            else:
                nameless += 1
            continue
        if not first and is_group(family):
            groups.append(family)
            continue
        update: dict[str, Any] = {}
        if orcids := known_author_identifiers(("orcid", as_text(one.get("ORCID")))):
            update["identifiers"] = orcids
            if isinstance(sure := one.get("authenticated-orcid"), bool):
                update["orcid_authenticated"] = sure
        places = map(_organisation, as_objects(_list(one.get("affiliation"))))
        if affiliations := tuple(dict.fromkeys(filter(None, places))):
            update["affiliations"] = affiliations
        roles = [as_line(role.get("role")) for role in as_objects(one.get("role"))]
        if more := tuple(role for role in dict.fromkeys(roles) if role not in {"", _AUTHOR}):
            update["roles"] = more
        author = person(family, first, line_of(as_line(one.get("suffix"))))
        if update:
            parts = {"family": author.family, "given": author.given, "suffix": author.suffix}
            author = ParsedAuthor(name=author.name, **parts, **update)
        people.append(author)
    return tuple(people), tuple(dict.fromkeys(groups)), False if nameless else None


def _relations(item: Mapping[str, Any], doi: str) -> tuple[dict[str, str], ...]:
    found: dict[tuple[str, str], None] = {}
    for name, related in as_object(item.get("relation")).items():
        if kind := _RELATIONS.get(name):
            for one in as_objects(_list(related)):
                scheme = as_text(one.get("id-type")).lower()
                for to in known_identifiers((scheme, as_text(one.get("id")))):
                    found[kind, to] = None
    for update in as_objects(item.get("update-to")):
        if as_text(update.get("type")).lower() == "new_version":
            for to in known_identifiers(("doi", as_text(update.get("DOI")))):
                found["version-of", to] = None
    return tuple({"kind": kind, "to": to} for kind, to in found if to != f"doi:{doi}")


def _locations(item: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    licences = [
        (as_text(one.get("content-version")), url)
        for one in as_objects(item.get("license"))
        if (url := as_text(one.get("URL")))
    ]
    primary = as_text(as_object(as_object(item.get("resource")).get("primary")).get("URL"))
    urls = set()
    for url, version in (
        (primary, ""),
        *(
            (as_text(link.get("URL")), as_text(link.get("content-version")))
            for link in as_objects(item.get("link"))
            if as_text(link.get("intended-application")) in _FOR_READERS
        ),
    ):
        if not url or url in urls:
            continue
        urls.add(url)
        # Licences for mining alone ("tdm") let nobody read.
        wanted = {"vor", _UNSPECIFIED, ""} if version in {"", "vor"} else {version}
        licence = next((one for of, one in licences if of in wanted), None)
        said = version if version != _UNSPECIFIED else ""
        yield {
            "url": url,
            **({"version": said} if said else {}),
            **({"licence": licence} if licence else {}),
        }


def _code(item: Mapping[str, Any]) -> Iterator[str]:
    """Addresses that a work names as its material, or where it says what is available."""
    relation = as_object(item.get("relation"))
    for name in _WITH_SOFTWARE:
        for one in as_objects(_list(relation.get(name))):
            yield from find_addresses(as_text(one.get("id")))
    for one in as_objects(item.get("assertion")):
        label = f"{as_text(one.get('label'))} {as_text(as_object(one.get('group')).get('label'))}"
        if AVAILABILITY.search(label):
            yield from find_addresses(as_text(one.get("value")))


def _references(item: Mapping[str, Any]) -> dict[str, object]:
    given = item.get("reference")
    if not isinstance(given, list):
        return {}
    cited: dict[str, None] = {}
    unidentified = 0
    for one in as_objects(given):
        if to := _cited(one):
            cited[to] = None
        else:
            unidentified += 1
    fields: dict[str, object] = {
        "references": tuple({"to": to} for to in cited),
        "references_unidentified": unidentified,
    }
    count = item.get("references-count", item.get("reference-count"))
    if isinstance(count, int) and count > len(given):
        fields["references_complete"] = False
    return fields


def _cited(reference: Mapping[str, Any]) -> str | None:
    doi = as_text(reference.get("DOI"))
    if not doi.isascii():
        doi = doi.translate(_HYPHENS)
    if doi:
        for to in known_identifiers(("doi", doi)):
            return to
    text = " ".join(as_texts([*reference.values()]))
    if "arxiv" in text.lower() and (found := find_arxiv(text)):
        return f"arxiv:{found[0]}"
    return None
