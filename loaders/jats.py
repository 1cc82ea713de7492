"""JATS, the XML of journal articles, and its forerunner, the NLM archiving DTD (also `.nxml`).

Source: https://jats.nlm.nih.gov/archiving/tag-library/1.3/ (ANSI/NISO Z39.96) and
https://dtd.nlm.nih.gov. A file is an article, or a wrapper of several: a `pmc-articleset`, or an
answer by OAI-PMH.

An article is its own source, so that its byline is the whole list of its authors, but where it
says "et al." or names somebody as anonymous. Members of a group are not authors of the paper: they
are listed inside of `collab`, or as "non-byline". They are authors where that inner list calls
itself one of authors, as where a collaboration is printed before all names. Dates are those of
publication, the most precise, of several the earliest. An organisation is the institution that an
affiliation marks, and where none is marked the affiliation as it is printed. Code is looked for in
statements of availability.

A record is kept under its DOI, else its PMC, PubMed or arXiv id, else its publisher's id, else
under title and year. Not carried: the text, figures, funding, biographies, editors and reviewers,
letters and answers that are printed with an article (`sub-article`, `response`), translated titles,
abstracts and keywords, names in other scripts than the one chosen, notes on who did what in running
text, corrections of other articles, publisher's own ids, and countries without an ISO code. An
article without a title, as of a book review, is set aside.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from graph_service.model.errors import RecordError
from graph_service.model.identifiers import (
    arxiv_value,
    ascii_value,
    doi_value,
    find_arxiv,
    known_identifiers,
)
from graph_service.model.ids import short_hash
from graph_service.model.kinds import kind_of
from graph_service.model.records import ParsedPaper, Version
from loaders.addresses import AVAILABILITY, find_addresses
from loaders.bibliographies import derived_key
from loaders.inputs import InputFile
from loaders.jats_people import Byline, byline
from loaders.jats_references import ID_TYPES, named_id, reference_fields
from loaders.jats_subjects import topics
from loaders.jats_text import LANGUAGE, href, paragraphs, plain
from loaders.partial_dates import iso_date
from loaders.reading import Parsed, Reject, why_invalid
from loaders.xml_dates import date_in_parts
from loaders.xml_reading import XmlFault, elements, first_element, local_name

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

FORMAT = "jats"
SOURCE = "jats"

_SETS = frozenset(("pmc-articleset", "articles", "article-set"))
_ANSWERS = frozenset(("OAI-PMH", "ListRecords", "GetRecord", "record"))
_READ = frozenset(("article", "header", "Reply"))
_KEY_SCHEMES = ("doi:", "pmc:", "pmid:", "arxiv:")
_LONGEST_KEY = 400

_KINDS = {
    "brief-report": "article",
    "case-report": "article",
    "data-paper": "article",
    "methods-article": "article",
    "orig-research": "article",
    "original-article": "article",
    "rapid-communication": "article",
    "research": "article",
    "systematic-review": "review",
    "partial-retraction": "retraction",
    "reply": "letter",
    # An article type is that of one article: one that was held at a conference.
    "proceedings": "conference-paper",
}
# Dates of something else than publication, or of a later state.
_LATER_DATES = (
    "update", "retract", "correct", "release", "nihms", "open-access", "received", "accepted",
    "preprint", "rev-", "revised", "submi", "hwp", "version-of-record-late",
)  # fmt: skip
_SUBTITLES_NOT_READ = ("running", "short", "author", "alt")
_ABSTRACTS = frozenset(("", "abstract", "standard", "structured", "main", "normal", "full"))
_NO_ABSTRACTS = frozenset(
    (
        "graphical", "teaser", "toc", "key-image", "key-image-no-article-view", "stereochemical",
        "key-points", "highlights", "editor", "web-summary", "ascii", "shortsummary", "video",
        "plain-language-summary", "executive-summary", "author-highlights", "impact-statement",
        "synopsis", "short", "extract-image",
    )
)  # fmt: skip
_RELATIONS = {
    "preprint": "published-from",
    "version-of-record": "preprint-of",
    "published-article": "preprint-of",
    "updated-article": "version-of",
    "republished-article": "version-of",
}
_LABEL = frozenset(("label",))
_LICENCES = "creativecommons.org/"
_ENDS_OF_TITLES = (":", "?", "!", ".", "–", "—")
_WITHOUT_MARKS = frozenset(("xref", "related-object", "related-article"))


def recognises(path: InputFile | Path) -> bool:
    """Tell whether a file is an article with metadata as in JATS, or begins with one in a wrapper.

    Raises:
        RecordError: The file cannot be read.
    """
    root = first_element(path)
    name = "" if root is None else local_name(root)
    if name not in _SETS | _ANSWERS | {"article"}:
        return False
    try:
        if name == "article":
            front = next(elements(path, frozenset({"front"}), named_characters=True), None)
            return front is not None and front.find("{*}article-meta") is not None
        wanted = {"article", "Reply"} if name in _SETS else {"metadata", "error"}
        first = next(elements(path, frozenset(wanted), named_characters=True), None)
    except RecordError:
        return False
    if first is None or local_name(first) == "Reply":
        return name == "pmc-articleset"
    article = first if local_name(first) == "article" else first.find("{*}article")
    return article is not None and article.find("{*}front/{*}article-meta") is not None


def read(path: InputFile | Path, *, source: str | None = None) -> Iterator[Parsed]:
    """Read articles.

    Args:
        path: An XML file.
        source: Name of the source; by default "jats".

    Yields:
        A `ParsedPaper` for each article, in order; a `Reject` for one that cannot be read, that is
        deleted at the source, and that has the key of another with other content.

    Raises:
        RecordError: The file cannot be read or is no well-formed XML.
    """
    seen: dict[str, tuple[int, int]] = {}
    number = 0
    for element in elements(path, _READ, named_characters=True, instructions=True):
        line = element.sourceline
        name = local_name(element)
        if name == "Reply" or (name == "header" and element.get("status") == "deleted"):
            said = element.get("error") or "is deleted at the source; unload it if it is loaded"
            which = element.get("Id") or plain(element.find("{*}identifier"))
            yield Reject(str(path), line, " ".join(f"{which[:80]}: {said[:200]}".split()))
            continue
        if name != "article":
            continue
        number += 1
        try:
            paper = _paper(element, source or SOURCE)
        except XmlFault as fault:
            yield Reject(str(path), line, f"article {number}: {fault}")
            continue
        first, content = seen.setdefault(paper.key, (number, hash(paper)))
        if content != hash(paper):
            yield Reject(
                str(path),
                line,
                f"article {number}: has the key {paper.key} of article {first} with other content",
            )
        elif first == number:
            yield paper


def _paper(article: "Element", source: str) -> ParsedPaper:
    front = article.find("{*}front")
    meta = None if front is None else front.find("{*}article-meta")
    if front is None or meta is None:
        raise XmlFault("has no metadata of an article")
    title = _title(meta)
    if not title:
        raise XmlFault("has no title")
    try:
        authors = byline(meta)
        ids = _identifiers(meta)
        date = _date(meta)
        fields: dict[str, object] = {
            "source": source,
            "key": _key(front, meta, ids, title, date, authors),
            "format": FORMAT,
            "title": title,
            "date": date,
            "abstract": _abstract(meta),
            "kind": kind_of(article.get("article-type"), _KINDS),
            "venue": _venue(front, meta),
            "authors_complete": not authors.cut if authors.people or authors.cut else None,
            "identifiers": ids,
            "versions": tuple(_versions(meta)),
            "relations": tuple(_relations(front, meta)),
            "group_authors": tuple(authors.groups),
            "affiliations": authors.affiliations,
            "topics": topics(meta, article.get(LANGUAGE) or ""),
            "locations": tuple(_locations(meta, ids)),
            "authors": tuple(authors.people),
            "repositories": tuple(dict.fromkeys(_code(article, meta))),
            **reference_fields(article),
        }
        return ParsedPaper.model_validate(fields)
    except ValidationError as error:
        raise XmlFault(f"{title[:60]!r}: {why_invalid(error)}") from error


def _title(meta: "Element") -> str:
    group = meta.find("{*}title-group")
    place = meta if group is None else group
    title = plain(place.find("{*}article-title"), _WITHOUT_MARKS)
    if not title:
        return plain(place.find("{*}trans-title-group/{*}trans-title"), _WITHOUT_MARKS)
    for subtitle in place.iterfind("{*}subtitle"):
        kind = (subtitle.get("content-type") or "").lower()
        text = plain(subtitle, _WITHOUT_MARKS)
        if text and not any(word in kind for word in _SUBTITLES_NOT_READ):
            title += f" {text}" if title.endswith(_ENDS_OF_TITLES) else f": {text}"
    return title


def _identifiers(meta: "Element") -> tuple[str, ...]:
    return known_identifiers(
        *(
            named_id(kind, plain(one))
            for one in meta.iterfind("{*}article-id")
            if ID_TYPES.get(kind := (one.get("pub-id-type") or "").strip().lower())
        )
    )


def _key(
    front: "Element",
    meta: "Element",
    ids: tuple[str, ...],
    title: str,
    date: str | None,
    authors: Byline,
) -> str:
    for scheme in _KEY_SCHEMES:
        for one in ids:
            if one.startswith(scheme):
                return one
    publisher = next(
        (
            text
            for one in meta.iterfind("{*}article-id")
            if one.get("pub-id-type") == "publisher-id" and (text := plain(one))
        ),
        "",
    )
    if publisher:
        # Such an id is one of a journal's, or of an archive's.
        whole = ascii_value(f"{plain(front.find('{*}journal-meta/{*}journal-id'))}/{publisher}")
        if len(whole) <= _LONGEST_KEY:
            return whole
        return f"{whole[:_LONGEST_KEY]}~{short_hash(whole, 8)}"
    first = str(authors.people[0]["name"]) if authors.people else ""
    return derived_key(title, (date or "")[:4], first)


def _date(meta: "Element") -> str | None:
    stated = [
        date
        for one in meta.iterfind("{*}pub-date")
        if not any(word in _kind_of_date(one) for word in _LATER_DATES) and (date := _date_of(one))
    ]
    # The most precise, of these the first.
    return min(stated, key=lambda date: (-len(date), date), default=None)


def _kind_of_date(element: "Element") -> str:
    return f"{element.get('date-type', '')} {element.get('pub-type', '')}".lower()


def _date_of(element: "Element") -> str | None:
    """The date of an element in parts, of its attribute, or of its text."""
    stated = element.get("iso-8601-date") or plain(element.find("{*}string-date"))
    return date_in_parts(element, "year", "month", "day") or iso_date(stated)


def _abstract(meta: "Element") -> str | None:
    found = [
        ((one.get("abstract-type") or "").strip().lower(), one)
        for one in meta.iterfind("{*}abstract")
    ]
    ranked = [one for kind, one in found if kind in _ABSTRACTS]
    ranked += [one for kind, one in found if kind not in _ABSTRACTS | _NO_ABSTRACTS]
    return next(filter(None, map(paragraphs, ranked)), None)


def _venue(front: "Element", meta: "Element") -> str | None:
    journal = front.find("{*}journal-meta")
    places = [meta.find("{*}conference/{*}conf-name")]
    if journal is not None:
        places = [
            journal.find("{*}journal-title-group/{*}journal-title"),
            journal.find("{*}journal-title"),
            *places,
            journal.find("{*}journal-title-group/{*}abbrev-journal-title"),
            journal.find("{*}abbrev-journal-title"),
        ]
    return next(filter(None, map(plain, places)), None)


def _versions(meta: "Element") -> Iterator[Version]:
    for one in meta.iter("{*}article-version"):
        if name := plain(one):
            yield Version(name=name, date=iso_date(one.get("iso-8601-date") or ""))


def _relations(front: "Element", meta: "Element") -> Iterator[dict[str, str]]:
    """Other forms of the work; those that only comment on it are none."""
    for one in (*meta.iterfind("{*}related-article"), *front.iterfind("{*}related-article")):
        kind = _RELATIONS.get((one.get("related-article-type") or "").strip().lower())
        if kind and (to := _work(href(one) or plain(one), one.get("ext-link-type") or "")):
            yield {"kind": kind, "to": to}
    for event in meta.iterfind("{*}pub-history/{*}event"):
        for one in event.iter("{*}self-uri", "{*}article-id"):
            about = f"{event.get('event-type')} {one.get('content-type')}".lower()
            to = _work(href(one) or plain(one), one.get("pub-id-type") or "")
            if to and "preprint" in about:
                yield {"kind": "published-from", "to": to}
    for name, value in _custom(meta):
        if name == "arxivppt" and (found := arxiv_value(plain(value))):
            yield {"kind": "published-from", "to": f"arxiv:{found[0]}"}


def _work(text: str, kind: str) -> str | None:
    """The identifier of a related work."""
    stated = [("doi", doi_value(text))]
    if found := find_arxiv(text):
        stated.append(("arxiv", found[0]))
    if (scheme := kind.strip().lower()) in ID_TYPES:
        stated.append(named_id(scheme, text))
    return next(iter(known_identifiers(*stated)), None)


def _custom(meta: "Element") -> Iterator[tuple[str, "Element"]]:
    for place in ("{*}custom-meta-group/{*}custom-meta", "{*}custom-meta-wrap/{*}custom-meta"):
        for one in meta.iterfind(place):
            value = one.find("{*}meta-value")
            if value is not None:
                yield plain(one.find("{*}meta-name")).lower(), value


def _locations(meta: "Element", ids: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Addresses of the article itself, each with the licence of its permissions."""
    licence = _licence(meta)
    stated = {"licence": licence} if licence else {}
    addresses = dict.fromkeys(
        address
        for one in meta.iterfind("{*}self-uri")
        # A name of a file beside this one is no address.
        if "://" in (address := href(one) or plain(one)) and " " not in address
    )
    for address in addresses:
        yield {"url": address, **stated}
    doi = next((one for one in ids if one.startswith("doi:")), None)
    if not addresses and licence and doi:
        yield {"url": f"https://doi.org/{doi.removeprefix('doi:')}", **stated}


def _licence(meta: "Element") -> str:
    """The licence: its address, else what the publisher calls it."""
    licences = meta.findall("{*}permissions/{*}license")
    for one in licences:
        stated = [href(one), *(plain(ref) for ref in one.iterfind("{*}license_ref"))]
        stated += [to for link in one.iter("{*}ext-link") if _LICENCES in (to := href(link))]
        if found := next(filter(None, stated), ""):
            return found
    free = meta.find("{*}permissions/{*}license_ref")
    named = [" ".join((one.get("license-type") or "").split()) for one in licences]
    return plain(free) or next(filter(None, named), "")


def _code(article: "Element", meta: "Element") -> Iterator[str]:
    """The addresses that abstract and statements of availability name."""
    abstract = meta.find("{*}abstract")
    if abstract is not None:
        # The text of a link need not be its address.
        yield from filter(None, map(href, abstract.iter("{*}ext-link", "{*}uri")))
    for name, value in _custom(meta):
        if AVAILABILITY.search(name):
            yield from _addresses(value)
    for place in ("{*}title-group//{*}fn", "{*}author-notes//{*}fn"):
        for note in meta.iterfind(place):
            if AVAILABILITY.search(plain(note, _LABEL)):
                yield from _addresses(note)
    for part in article:
        if local_name(part) not in {"front", "body", "back"}:
            continue
        for section in part.iter("{*}sec", "{*}notes", "{*}fn", "{*}ack", "{*}app"):
            kinds = [section.get(name) or "" for name in ("sec-type", "notes-type", "fn-type")]
            title = plain(section.find("{*}title"))
            if any(AVAILABILITY.search(one.replace("-", " ")) for one in (*kinds, title) if one):
                yield from _addresses(section)


def _addresses(section: "Element") -> Iterator[str]:
    for link in section.iter("{*}ext-link", "{*}uri", "{*}self-uri"):
        if "://" in (address := href(link)):
            yield address
    yield from find_addresses(plain(section))
