"""Papers as S2ORC and its tool doc2json write them: metadata, text and references in JSON.

Source: https://github.com/allenai/s2orc-doc2json (output of grobid2json, tex2json and jats2json)
and https://github.com/allenai/s2orc (releases of 2019 to 2021, CORD-19 likewise), an object a file
or a line. In the release of 2020 titles stand in files of their own, `metadata`, which are read by
themselves, with the works that a paper cites; its `pdf_parses` name no title and are rejects.

A record is kept under S2ORC's `paper_id`; a reference to a work that S2ORC has, without a DOI or
the like, is one to that record. An organisation is the institution, a laboratory only where none
is named. An author is corresponding where the only one with an e-mail address. Code is looked for
in the sections on availability. Not carried: the text, formulas, figures, printed references,
countries (in words), the hash of the PDF. Of two objects of one paper the later replaces the
earlier one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from graph_service.model.identifiers import (
    PAPER_RANK,
    arxiv_value,
    ascii_value,
    best_identifier,
    known_identifiers,
)
from graph_service.model.records import ParsedPaper
from loaders.addresses import AVAILABILITY, find_addresses
from loaders.inputs import InputFile
from loaders.json_reading import first_object
from loaders.json_records import RecordFault, records
from loaders.json_values import as_object, as_objects, as_text, as_texts
from loaders.partial_dates import iso_date
from loaders.reading import Parsed, why_invalid
from loaders.references import Citations

FORMAT = "s2orc"
# The first with references counts: they are the same works, read from another file.
_PARSES = ("latex_parse", "jats_parse", "pdf_parse", "grobid_parse")
_SIGNS = frozenset((*_PARSES, "bib_entries", "has_pdf_parse", "outbound_citations"))
_TEXTS = ("abstract", "body_text", "back_matter")
# How the releases and the parsers spell the names of identifiers.
_SCHEMES = {
    "doi": "doi",
    "arxiv": "arxiv",
    "arxiv_id": "arxiv",
    "arxiv id": "arxiv",
    "pmid": "pmid",
    "pubmed": "pmid",
    "pubmed_id": "pmid",
    "pmc": "pmc",
    "pmcid": "pmc",
    "pmc_id": "pmc",
    "acl_id": "acl",
    "acl": "acl",
    "mag_id": "mag",
}
CORPUS_ID = "corpusid"


def recognises(path: InputFile | Path) -> bool:
    """Tell whether the first object of a file has a `paper_id` and S2ORC's parts of a paper.

    Raises:
        RecordError: The file cannot be read.
    """
    first = first_object(path)
    return (
        first is not None
        and bool(as_text(first.get("paper_id")))
        and not _SIGNS.isdisjoint(first)
        # unarXive has the same parts around arXiv's own metadata.
        and "categories" not in as_object(first.get("metadata"))
    )


def read(path: InputFile | Path, *, source: str | None = None) -> Iterator[Parsed]:
    """Read papers.

    Args:
        path: A file of JSON, an object, one a line, or an array.
        source: Name of the source; by default "s2orc".

    Yields:
        A `ParsedPaper` for each object, in order, or a `Reject`.

    Raises:
        RecordError: The file cannot be read, or is no JSON from its first byte on.
    """
    name = source or FORMAT
    return records(path, (), lambda found: iter((_paper(found, name),)))


def _paper(found: Mapping[str, Any], source: str) -> ParsedPaper:
    key = ascii_value(as_text(found.get("paper_id")))
    if not key:
        raise RecordFault("has no paper_id")
    metadata = as_object(found.get("metadata")) or found
    title = as_text(metadata.get("title"))
    if not title:
        raise RecordFault(
            f"paper {key[:60]} has no title"
            + ("" if "metadata" in found or "title" in found else "; is it in a metadata file?")
        )
    parse = _parse(found)
    parts = [part for name in _TEXTS for part in as_objects(parse.get(name))]
    own = {**as_object(metadata.get("identifiers")), **metadata}
    ids = [*_identifiers(own)]
    # What the tool writes bears a head, and the name of the file that it read as paper_id.
    if key.isdecimal() and "header" not in found:
        ids.append((CORPUS_ID, key))
    fields: dict[str, object] = {
        "source": source,
        "key": key,
        "format": FORMAT,
        "title": title,
        "date": iso_date(as_text(metadata.get("year"))),
        "abstract": _abstract(metadata, found, parse),
        "venue": as_text(metadata.get("venue")) or as_text(metadata.get("journal")) or None,
        "identifiers": known_identifiers(*ids),
        "authors": _authors(metadata.get("authors")),
        "repositories": tuple(dict.fromkeys(_code(parts))),
        **_citations(source, parse, parts, metadata).fields(),
    }
    try:
        return ParsedPaper.model_validate(fields)
    except ValidationError as error:
        raise RecordFault(f"paper {key[:60]}: {why_invalid(error)}") from error


def _parse(found: Mapping[str, Any]) -> Mapping[str, Any]:
    parses = [as_object(found.get(name)) for name in _PARSES]
    parses = [parse for parse in parses if parse] or [dict(found)]
    return next((parse for parse in parses if as_object(parse.get("bib_entries"))), parses[0])


def _abstract(*places: Mapping[str, Any]) -> str | None:
    for place in places:
        given = place.get("abstract")
        paragraphs = (
            [as_text(part.get("text")) for part in as_objects(given)]
            if isinstance(given, list)
            else [as_text(given)]
        )
        if abstract := "\n\n".join(filter(None, paragraphs)):
            return abstract
    return None


def _identifiers(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, values in given.items():
        scheme = _SCHEMES.get(name.lower())
        if scheme is not None:
            for value in as_texts(values):
                yield scheme, _bare(scheme, value)


def _bare(scheme: str, value: str) -> str:
    if scheme == "arxiv":
        found = arxiv_value(value.partition("[")[0])
        return found[0] if found else ""
    return value


def _authors(given: object) -> tuple[dict[str, object], ...]:
    """The authors as fields, to be validated with the paper."""
    authors: list[dict[str, object]] = []
    with_mail: list[dict[str, object]] = []
    if isinstance(given, list) and not all(isinstance(one, dict) for one in given):
        raise RecordFault("authors: hold what is no object")
    for one in as_objects(given):
        first = " ".join((as_text(one.get("first")), *as_texts(one.get("middle")))).strip()
        last, suffix = as_text(one.get("last")), as_text(one.get("suffix"))
        name = " ".join(filter(None, (first, last, suffix)))
        if not any(map(str.isalnum, name)):
            continue  # a sign that the parser took for a name
        author: dict[str, object] = {"name": name}
        if first and last and any(map(str.isalnum, first + last)):
            author |= {"family": last, "given": first} | ({"suffix": suffix} if suffix else {})
        affiliation = as_object(one.get("affiliation"))
        if place := (
            as_text(affiliation.get("institution")) or as_text(affiliation.get("laboratory"))
        ):
            author["affiliations"] = (place,)
        if as_text(one.get("email")):
            with_mail.append(author)
        authors.append(author)
    if len(with_mail) == 1:
        with_mail[0]["is_corresponding"] = True
    return tuple(authors)


def _citations(
    source: str,
    parse: Mapping[str, Any],
    parts: Iterable[Mapping[str, Any]],
    metadata: Mapping[str, Any],
) -> Citations:
    cited = Counter(
        as_text(span.get("ref_id")) for part in parts for span in as_objects(part.get("cite_spans"))
    )
    has_text = bool(parse.get("body_text"))
    citations = Citations()
    for mark, given in as_object(parse.get("bib_entries")).items():
        entry = as_object(given)
        ids = known_identifiers(*_identifiers(as_object(entry.get("other_ids"))))
        linked = as_text(entry.get("links")) or as_text(entry.get("link"))
        identifier = best_identifier(ids, PAPER_RANK) or _record(source, linked)
        citations.add(identifier, cited[mark] if has_text else None)
    if not citations.cited:
        for linked in as_texts(metadata.get("outbound_citations")):
            if record := _record(source, linked):
                citations.add(record)
    return citations


def _record(source: str, paper_id: str) -> str | None:
    return f"{source}:{ascii_value(paper_id)}" if paper_id else None


def _code(parts: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for part in parts:
        if AVAILABILITY.search(as_text(part.get("section"))):
            yield from find_addresses(as_text(part.get("text")))
