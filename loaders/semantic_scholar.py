"""Papers as Semantic Scholar gives them: answers of its Graph API and its data sets.

Source: https://api.semanticscholar.org/api-docs/graph and
https://api.semanticscholar.org/api-docs/datasets. Read are a paper, lists of papers (searches,
batches, recommendations, the papers of an author), the papers of a list of citations or of
references, and the lines of the data set `papers`; the API's first form too, with `doi`, `arxivId`
and `intent`. Data sets of other things (authors, abstracts, citations, texts) are not recognised.

A record is kept under the paper's id (of 40 digits) or, in the data sets, under its corpus id; of
two of one id the later replaces the earlier one. A paper that the service did not find (null) is
passed over. A paper's references say what they are cited for where the file does; a list of
references by itself does not name the paper that cites, so that from it, as from a list of
citations, come the papers alone.

Not carried: citations of a paper (they are references of others), counts, contexts, summaries,
embeddings, printed citations, volume and pages, aliases and home pages of authors, and their
affiliations: those are a person's of today, not of the paper.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from graph_service.model.identifiers import (
    PAPER_RANK,
    best_identifier,
    known_author_identifiers,
    known_identifiers,
    paper_identifier,
)
from graph_service.model.kinds import kind_of
from graph_service.model.records import ParsedPaper
from loaders.bibliographies import derived_key, line_of, without_tags
from loaders.inputs import InputFile
from loaders.json_reading import first_object
from loaders.json_records import RecordFault, as_prose, author_slots, records
from loaders.json_values import as_line, as_object, as_objects, as_text, as_texts
from loaders.partial_dates import iso_date
from loaders.reading import Parsed, why_invalid

FORMAT = "semantic-scholar"
FIELD, TOPIC = "s2-field", "s2-topic"
CORPUS_ID = "corpusid"
_LISTS = ("data", "recommendedPapers")
_CITED, _CITING = "citedPaper", "citingPaper"
# The names in the API and, in lower case, in the data sets.
_SCHEMES = {
    "doi": "doi",
    "arxiv": "arxiv",
    "arxivid": "arxiv",
    "acl": "acl",
    "dblp": "dblp",
    "pubmed": "pmid",
    "pubmedcentral": "pmc",
    "mag": "mag",
    "corpusid": CORPUS_ID,
}
# Several may hold of one paper; "journal article" is said of nearly all.
_TYPES = (
    "Review",
    "Editorial",
    "LettersAndComments",
    "Dataset",
    "Conference",
    "BookSection",
    "Book",
    "JournalArticle",
)
_KINDS = {"booksection": "chapter", "lettersandcomments": "letter"}
_LONGEST_NAME = 500


def recognises(path: InputFile | Path) -> bool:
    """Tell whether the first object of a file, or of its list, is a paper of Semantic Scholar.

    Raises:
        RecordError: The file cannot be read.
    """
    first = first_object(path, _LISTS)
    return first is not None and any(_is_paper(one) for one in _inside(first))


def read(path: InputFile | Path, *, source: str | None = None) -> Iterator[Parsed]:
    """Read papers.

    Args:
        path: A file of JSON: a paper, an answer with `data`, an array, or one of these a line.
        source: Name of the source; by default "semantic-scholar".

    Yields:
        A `ParsedPaper` for each paper, in order, or a `Reject`.

    Raises:
        RecordError: The file cannot be read, or is no JSON from its first byte on.
    """
    name = source or FORMAT
    return records(path, _LISTS, lambda found: _papers(found, name), nulls=True)


def _inside(found: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The papers of an object: of a citation, of an author with papers, or itself."""
    if isinstance(found.get("papers"), list) and "authorId" in found:
        yield from as_objects(found["papers"])
        return
    about = found.get(_CITED, found.get(_CITING))
    yield about if isinstance(about, dict) else found


def _is_paper(found: Mapping[str, Any]) -> bool:
    if _sha(found.get("paperId")):
        return True
    return "title" in found and (
        # Of the data sets.
        as_text(found.get("corpusid")).isdecimal()
        # Of a reference that leads to no paper.
        or ("paperId" in found and found["paperId"] is None)
    )


def _sha(value: object) -> str | None:
    try:
        return paper_identifier(f"s2:{as_text(value)}")
    except ValueError:
        return None


def _papers(found: Mapping[str, Any], source: str) -> Iterator[ParsedPaper]:
    if found and found.keys() <= _OF_ANSWERS:
        return  # a search that found nothing
    for paper in _inside(found):
        yield _paper(paper, source)


# What stands around a list, which is left out where it would be empty.
_OF_ANSWERS = frozenset(("total", "offset", "next", "token"))


def _paper(found: Mapping[str, Any], source: str) -> ParsedPaper:
    title = without_tags(as_line(found.get("title")))
    own = as_text(found.get("paperId")) or as_text(found.get("corpusid"))
    if not title:
        if not own:
            raise RecordFault("is no paper of Semantic Scholar: it has neither an id nor a title")
        raise RecordFault(f"paper {own[:60]} has no title; was that field asked for?")
    date = iso_date(as_text(_of(found, "publicationDate"))) or iso_date(as_text(found.get("year")))
    authors, whole = _authors(found.get("authors"))
    fields: dict[str, object] = {
        "source": source,
        "key": own or derived_key(title, date, *(str(one["name"]) for one in authors[:1])),
        "format": FORMAT,
        "title": title,
        "date": date,
        "abstract": as_prose(found.get("abstract")),
        "kind": _kind(found),
        "venue": _venue(found),
        "identifiers": known_identifiers(*_identifiers(found)),
        "authors": authors,
        "authors_complete": whole,
        "topics": _topics(found),
        "locations": _locations(found),
        **_references(found),
    }
    try:
        return ParsedPaper.model_validate(fields)
    except ValidationError as error:
        raise RecordFault(f"paper {own[:60] or repr(title[:60])}: {why_invalid(error)}") from error


def _of(found: Mapping[str, Any], name: str) -> Any:
    """What stands under a name, which the data sets write in lower case."""
    return found.get(name, found.get(name.lower()))


def _identifiers(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "s2", as_text(found.get("paperId"))
    # The data sets have the id in the address alone.
    yield "s2", as_text(found.get("url")).rpartition("/")[2]
    ids = as_object(_of(found, "externalIds"))
    for name, value in (*found.items(), *ids.items()):
        scheme = _SCHEMES.get(name.lower())
        text = as_text(value) if scheme else ""
        if scheme == "pmc" and text.isdecimal():
            text = f"PMC{text}"
        if scheme and text:
            yield scheme, text


def _authors(given: object) -> tuple[tuple[dict[str, object], ...], bool | None]:
    """The authors as fields, to be validated with the paper; not whole where one has no name."""
    slots = author_slots(given)
    authors: list[dict[str, object]] = []
    for slot in slots:
        name = line_of(as_line(slot.get("name")))
        if not (any(map(str.isalnum, name)) and len(name) <= _LONGEST_NAME):
            continue
        author: dict[str, object] = {"name": name}
        ids = as_object(slot.get("externalIds"))
        if identifiers := known_author_identifiers(
            ("s2", as_text(slot.get("authorId"))), ("orcid", as_text(ids.get("ORCID")))
        ):
            author["identifiers"] = identifiers
        authors.append(author)
    return tuple(authors), None if len(authors) == len(slots) else False


def _kind(found: Mapping[str, Any]) -> str | None:
    types = as_texts(_of(found, "publicationTypes"))
    venue = as_text(as_object(found.get("publicationVenue")).get("type")).lower()
    if "Conference" in types and "JournalArticle" in types and venue == "journal":
        types.remove("Conference")
    word = next((one for one in _TYPES if one in types), types[0] if types else "")
    return kind_of(word, _KINDS)


def _venue(found: Mapping[str, Any]) -> str | None:
    return (
        line_of(as_line(found.get("venue")))
        or line_of(as_line(as_object(found.get("publicationVenue")).get("name")))
        or line_of(as_line(as_object(found.get("journal")).get("name")))
        or None
    )


def _topics(found: Mapping[str, Any]) -> tuple[dict[str, str], ...]:
    fields = as_texts(found.get("fieldsOfStudy") or [])
    fields += [as_line(one.get("category")) for one in as_objects(_of(found, "s2FieldsOfStudy"))]
    topics = [as_line(one.get("topic")) for one in as_objects(found.get("topics"))]
    return (
        *({"scheme": FIELD, "name": name} for name in dict.fromkeys(filter(None, fields))),
        *({"scheme": TOPIC, "name": name} for name in dict.fromkeys(filter(None, topics))),
    )


def _locations(found: Mapping[str, Any]) -> tuple[dict[str, str | None], ...]:
    open_access = as_object(found.get("openAccessPdf"))
    url = as_text(open_access.get("url"))
    return ({"url": url, "licence": as_text(open_access.get("license")) or None},) if url else ()


def _references(found: Mapping[str, Any]) -> dict[str, object]:
    given = found.get("references")
    if not isinstance(given, list):
        return {}
    cited: list[dict[str, object]] = []
    unidentified = 0
    for one in as_objects(given):
        work = as_object(one.get(_CITED)) or one
        to = best_identifier(known_identifiers(*_identifiers(work)), PAPER_RANK)
        if to is None:
            unidentified += 1
            continue
        reference: dict[str, object] = {"to": to}
        intents = as_texts(one.get("intents") or one.get("intent") or [])
        if intents:
            reference["intent"] = ", ".join(dict.fromkeys(intents))
        if isinstance(influential := one.get("isInfluential"), bool):
            reference["influential"] = influential
        cited.append(reference)
    fields: dict[str, object] = {
        "references": tuple(cited),
        "references_unidentified": unidentified,
    }
    count = found.get("referenceCount")
    if isinstance(count, int) and count > len(given):
        fields["references_complete"] = False
    return fields
