"""Works as OpenAlex writes them: one, a list answer of its API, or the lines of its snapshot.

Source: https://docs.openalex.org/api-entities/works/work-object. Read are works of any year of the
API, in whatever fields were selected; the lines of a snapshot (`data/works`, with its manifests,
which hold no record), one a line. Authors, institutions and the other kinds of entities are not
recognised, and one among works is a reject.

A record is kept under the work's id (`W…`), so that the later of two replaces the earlier one. An
author bears the name that the paper prints; where OpenAlex does not know who it is (ids of deleted
and of no author) only that. A first of January is carried as the year, since OpenAlex writes it
where it knows no more. That nobody is corresponding says nothing: it is how "unknown" is written.
A work without a title is passed over where it names no authors either (many grants) or is a paratext
(a cover, a table of contents); else it is a reject.

Not carried: counts, language, grants, charges for open access, volume and pages, related works,
scores, domains (there are four), concepts where topics have replaced them, whether a work is
retracted.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from graph_service.model.identifiers import (
    known_author_identifiers,
    known_identifiers,
    ror_value,
)
from graph_service.model.kinds import kind_of
from graph_service.model.records import Organisation, ParsedPaper, Topic
from loaders.bibliographies import MESH, address_identifiers, without_tags
from loaders.inputs import InputFile
from loaders.json_reading import first_object
from loaders.json_records import RecordFault, as_prose, author_slots, records
from loaders.json_values import (
    as_line,
    as_object,
    as_objects,
    as_text,
    as_texts,
    country_code,
)
from loaders.partial_dates import iso_date
from loaders.reading import Parsed, why_invalid

FORMAT = "openalex"
_LISTS = ("results",)
_ADDRESS = "https://openalex.org/"
# Bare, they are as they will be, and need be checked once only.
_ORCID, _DOI = "https://orcid.org/", "https://doi.org/"
_WORK = f"{_ADDRESS}W"
_BEGINNINGS = ("//openalex.org", "//api.openalex.org", "openalex.org/works")
# Of whatever author was taken out, and of no author: many people bear them.
_NOBODY = frozenset(("A5317838346", "A9999999999"))
_MANIFEST = "s3://openalex/"
_LONGEST_NAME = 500
_REMEMBERED = 20_000
TOPIC, CONCEPT = "openalex-topic", "openalex-concept"
_OF_AN_INSTITUTION = ("display_name", "id", "ror", "country_code")
_LEVELS = (("openalex-subfield", "subfield"), ("openalex-field", "field"))
_TERMS = (("openalex-keyword", "keywords"), ("sdg", "sustainable_development_goals"))
# What Crossref says more precisely than "article".
_FINER = frozenset(("conference-paper", "preprint"))
_FIRST_OF_JANUARY = "-01-01"


def recognises(path: InputFile | Path) -> bool:
    """Tell whether the first object of a file, or of its `results`, is a work of OpenAlex.

    A snapshot's manifest, an answer without results, are recognised too.

    Raises:
        RecordError: The file cannot be read.
    """
    first = first_object(path, _LISTS)
    if first is not None:
        return _id(first.get("id"))[:1] == "W" or _is_manifest(first)
    whole = first_object(path) or {}
    return whole.get("results") == [] and "db_response_time_ms" in as_object(whole.get("meta"))


def read(path: InputFile | Path, *, source: str | None = None) -> Iterator[Parsed]:
    """Read works.

    Args:
        path: A file of JSON: a work, an answer with `results`, an array, or a work a line.
        source: Name of the source; by default "openalex".

    Yields:
        A `ParsedPaper` for each work, in order, or a `Reject`.

    Raises:
        RecordError: The file cannot be read, or is no JSON from its first byte on.
    """
    name = source or FORMAT
    return records(path, _LISTS, lambda work: _papers(work, name))


def _id(value: object) -> str:
    """The id at the end of an address of OpenAlex, as in "W123"; empty where it is none."""
    if not isinstance(value, str):
        return ""
    bare = value[len(_ADDRESS) :]
    if not value.startswith(_ADDRESS) or "/" in bare:
        begin, _, bare = value.rpartition("/")
        if not begin.endswith(_BEGINNINGS):
            return ""
    return bare if bare[1:].isdecimal() and bare.isascii() else ""


def _is_manifest(found: Mapping[str, Any]) -> bool:
    entry = next(as_objects(found.get("entries")), {})
    return as_text(entry.get("url")).startswith(_MANIFEST)


def _papers(work: Mapping[str, Any], source: str) -> Iterator[ParsedPaper]:
    key = _id(work.get("id"))
    if key[:1] != "W":
        if not _is_manifest(work):
            said = as_text(work.get("id"))[:80]
            raise RecordFault(f"is no work of OpenAlex: {said}" if said else "has no id")
        return
    title = without_tags(as_line(work.get("title")) or as_line(work.get("display_name")))
    if not title:
        if work.get("is_paratext") is True or work.get("authorships") == []:
            return
        raise RecordFault(f"work {key} has no title")
    places = list(_places(work))
    authors, whole = _authors(work)
    fields = {
        "source": source,
        "key": key,
        "format": FORMAT,
        "title": title,
        "date": _date(work),
        "abstract": _abstract(work.get("abstract_inverted_index")),
        "kind": _kind(work),
        "venue": _venue(places),
        "identifiers": known_identifiers(*_identifiers(work, key, places)),
        "authors": authors,
        "authors_complete": whole,
        "topics": tuple(_topics(work)),
        "locations": tuple(_locations(places)),
        "references": _references(work.get("referenced_works")),
    }
    try:
        yield ParsedPaper.model_validate(fields)
    except ValidationError as error:
        raise RecordFault(f"work {key}: {why_invalid(error)}") from error


def _date(work: Mapping[str, Any]) -> str | None:
    date = iso_date(as_text(work.get("publication_date")))
    if date is None:
        return iso_date(as_text(work.get("publication_year")))
    return date.removesuffix(_FIRST_OF_JANUARY)


def _abstract(given: object) -> str | None:
    """Put an abstract together of the places at which each of its words stands."""
    index = as_object(given)
    # As Microsoft Academic had it, which early snapshots keep.
    index = as_object(index.get("InvertedIndex")) or index
    try:
        words = [""] * sum(map(len, index.values()))
        for word, ats in index.items():
            for at in ats:
                words[at] = word
        if "" in words:
            raise IndexError
    except IndexError:  # at some places there is no word, or several
        pairs = [(at, word) for word, ats in index.items() for at in ats if isinstance(at, int)]
        words = [word for _, word in sorted(pairs) if word]
    except TypeError:  # what should be lists of numbers is not
        return None
    text = " ".join(words)
    if "<" in text or "&" in text or not text.isprintable():
        return as_prose(text)
    return text or None


def _kind(work: Mapping[str, Any]) -> str | None:
    kind = kind_of(as_text(work.get("type")))
    if kind == "article":
        primary = as_object(work.get("primary_location"))
        said = kind_of(as_text(work.get("type_crossref")) or as_text(primary.get("raw_type")))
        if said in _FINER:
            return said
        if as_object(primary.get("source")).get("type") == "conference":
            return "conference-paper"
    return kind


def _places(work: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Where the work is, the main place first; the forms of earlier years like that of today."""
    primary, locations = work.get("primary_location"), work.get("locations")
    if not isinstance(locations, list):
        locations = [work.get("best_oa_location")]
    if isinstance(primary, dict):
        yield primary
    for place in locations:
        if isinstance(place, dict) and place != primary:
            yield place
    for place in as_objects([work.get("host_venue")]):
        yield {"landing_page_url": place.get("url"), "source": place, **place}
    for place in as_objects(work.get("alternate_host_venues")):
        yield {"landing_page_url": place.get("url"), "source": place, **place}


def _venue(places: Iterable[Mapping[str, Any]]) -> str | None:
    """Where the work was published: of the first place that is no repository, else the first."""
    second = None
    for place in places:
        venue = as_object(place.get("source"))
        name = as_line(venue.get("display_name")) or as_line(place.get("raw_source_name"))
        if name and venue.get("type") != "repository":
            return name
        second = second or name or None
    return second


def _locations(places: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, str]]:
    urls = set()
    for place in places:
        for url in (as_text(place.get("landing_page_url")), as_text(place.get("pdf_url"))):
            if url and url not in urls:
                urls.add(url)
                location = {"url": url}
                if version := as_text(place.get("version")):
                    location["version"] = version
                if licence := as_text(place.get("license")):
                    location["licence"] = licence
                if host := as_line(as_object(place.get("source")).get("display_name")):
                    location["host"] = host
                yield location


def _identifiers(
    work: Mapping[str, Any], key: str, places: Iterable[Mapping[str, Any]]
) -> Iterator[tuple[str, str]]:
    ids = as_object(work.get("ids"))
    doi = as_text(work.get("doi")) or as_text(ids.get("doi"))
    yield "openalex", key
    yield "doi", doi.removeprefix(_DOI)
    yield "mag", as_text(ids.get("mag"))
    yield "pmid", as_text(ids.get("pmid")).rpartition("/")[2]
    yield "pmc", _pmc(as_text(ids.get("pmcid")))
    yield "arxiv", as_text(ids.get("arxiv"))
    for url in {as_text(place.get("landing_page_url")) for place in places}:
        if "doi.org/" in url:
            if url != doi:
                yield "doi", url.removeprefix(_DOI)
        elif "arxiv.org/" in url:
            yield "arxiv", url
        elif "nih.gov/" in url or "europepmc.org/" in url:
            if "/articles/" in url:
                yield "pmc", _pmc(url)
            else:
                yield "pmid", url.rstrip("/").rpartition("/")[2]
        elif "aclanthology.org/" in url or "aclweb.org/" in url:
            yield from address_identifiers(url)


def _pmc(address: str) -> str:
    """The id at the end of an address; OpenAlex leaves out its letters."""
    bare = address.rstrip("/").rpartition("/")[2].upper()
    return f"PMC{bare}" if bare.isdecimal() else bare


def _authors(work: Mapping[str, Any]) -> tuple[tuple[dict[str, object], ...], bool | None]:
    """The authors as fields, to be validated with the paper, and whether they are all."""
    given = work.get("authorships")
    if not isinstance(given, list):
        return (), None
    corresponding = frozenset(map(_id, as_texts(work.get("corresponding_author_ids"))))
    slots = author_slots(given)
    known = any(slot.get("is_corresponding") is True for slot in slots)
    authors = []
    for slot in slots:
        person = as_object(slot.get("author"))
        author_id = _id(person.get("id"))
        if author_id in _NOBODY:
            person, author_id = {}, ""
        name = _name(as_line(slot.get("raw_author_name")), as_line(person.get("display_name")))
        if not name:
            continue
        author: dict[str, object] = {"name": name}
        identifiers = [f"openalex:{author_id}"] if author_id[:1] == "A" else []
        if orcid := as_text(person.get("orcid")):
            identifiers += known_author_identifiers(("orcid", orcid.removeprefix(_ORCID)))
        if identifiers:
            author["identifiers"] = tuple(identifiers)
        if affiliations := tuple(dict.fromkeys(_affiliations(slot))):
            author["affiliations"] = affiliations
        if known:
            author["is_corresponding"] = slot.get("is_corresponding") is True
        elif author_id and author_id in corresponding:
            author["is_corresponding"] = True
        authors.append(author)
    return tuple(authors), _whole(work, len(given), len(authors))


def _whole(work: Mapping[str, Any], listed: int, named: int) -> bool | None:
    """Whether the authors are all: lists are cut at a hundred, and then that is said."""
    cut, count = work.get("is_authors_truncated"), work.get("authors_count")
    if cut is True or named < listed:
        return False
    if listed and isinstance(count, int):
        return count == listed
    return True if cut is False else None


def _name(printed: str, known: str) -> str:
    """The name as printed, unless it is none, or in an order or with titles that a comma shows."""
    fits = _is_name(printed)
    if fits and ("," not in printed or not known):
        return printed
    return known if _is_name(known) else printed if fits else ""


def _is_name(text: str) -> bool:
    return (
        bool(text)
        and len(text) <= _LONGEST_NAME
        and (text[0].isalnum() or any(map(str.isalnum, text)))
    )


def _affiliations(slot: Mapping[str, Any]) -> Iterator[Organisation]:
    """The institutions, and as they are printed those in which OpenAlex knows none."""
    known = False
    for one in as_objects(slot.get("institutions")):
        try:
            institution = _institution(*map(one.get, _OF_AN_INSTITUTION))
        except TypeError:  # what should be a text is a list or an object
            continue
        if institution is not None:
            known = True
            yield institution
    printed = slot.get("affiliations")
    if isinstance(printed, list):
        unknown = [
            as_line(one.get("raw_affiliation_string"))
            for one in as_objects(printed)
            if not one.get("institution_ids")
        ]
    elif known:
        return
    else:
        unknown = as_texts(
            slot.get("raw_affiliation_strings") or slot.get("raw_affiliation_string")
        )
    for name in unknown:
        if name:
            yield Organisation(name=as_line(name))


# A few thousand institutions stand behind most papers.
@lru_cache(maxsize=_REMEMBERED)
def _institution(
    name: object, address: object, ror: object, country: object
) -> Organisation | None:
    if not as_line(name):
        return None
    known, institution = ror_value(as_text(ror)), _id(address)
    return Organisation(
        name=as_line(name),
        identifiers=(
            *((f"openalex:{institution}",) if institution else ()),
            *((f"ror:{known}",) if known else ()),
        ),
        country=country_code(country),
    )


def _topics(work: Mapping[str, Any]) -> Iterator[Topic]:
    names: list[tuple[str, object]] = []
    topics = work.get("topics")
    for topic in as_objects(topics or [work.get("primary_topic")]):
        names.append((TOPIC, topic.get("display_name")))
        for scheme, level in _LEVELS:
            names.append((scheme, as_object(topic.get(level)).get("display_name")))
    if not names:
        # What stands above another concept is there too, without a score.
        names += [
            (CONCEPT, concept.get("display_name"))
            for concept in as_objects(work.get("concepts"))
            if concept.get("score")
        ]
    for scheme, terms in _TERMS:
        names += [(scheme, term.get("display_name")) for term in as_objects(work.get(terms))]
    names += [(MESH, term.get("descriptor_name")) for term in as_objects(work.get("mesh"))]
    for scheme, name in names:
        if isinstance(name, str) and (stated := _topic(scheme, name)):
            yield stated


@lru_cache(maxsize=_REMEMBERED)
def _topic(scheme: str, name: str) -> Topic | None:
    bare = as_line(name)
    return Topic(scheme=scheme, name=bare) if bare else None


def _references(given: object) -> tuple[dict[str, str], ...]:
    cited: dict[str, None] = {}
    for one in given if isinstance(given, list) else ():
        # Nearly all are addresses of this form, some forty on a work.
        if isinstance(one, str) and one.startswith(_WORK) and one[len(_WORK) :].isdecimal():
            cited[one[len(_ADDRESS) :]] = None
        else:
            cited[_id(one)] = None
    return tuple(
        [{"to": f"openalex:{work}"} for work in cited if work[:1] == "W" and work.isascii()]
    )
