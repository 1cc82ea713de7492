"""unarXive: full texts of arXiv with their citations, an object a line.

Source: https://github.com/IllDepence/unarXive (format of 2022 and later). arXiv's own metadata is
part of each object and is read as that of the dump is; beside it stand the references, with
identifiers where unarXive found them, and the marks in the text that point at them. An identifier
that stands in the printed reference itself counts too. Not carried: the text, formulas, captions,
printed references, the discipline. Of two objects of one paper the later replaces the earlier one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from graph_service.model.identifiers import (
    PAPER_RANK,
    arxiv_value,
    best_identifier,
    doi_value,
    known_identifiers,
)
from graph_service.model.records import ParsedPaper
from loaders.addresses import AVAILABILITY, find_addresses
from loaders.arxiv_dump import is_metadata, metadata_paper
from loaders.inputs import InputFile
from loaders.json_reading import first_object
from loaders.json_records import records
from loaders.json_values import as_object, as_objects, as_text
from loaders.reading import Parsed
from loaders.references import Citations

FORMAT = "unarxive"
_OPENALEX = "https://openalex.org/"


def recognises(path: InputFile | Path) -> bool:
    """Tell whether the first object of a file holds arXiv's metadata beside references.

    Raises:
        RecordError: The file cannot be read.
    """
    first = first_object(path)
    return (
        first is not None
        and isinstance(first.get("bib_entries"), dict)
        and is_metadata(as_object(first.get("metadata")))
    )


def read(path: InputFile | Path, *, source: str | None = None) -> Iterator[Parsed]:
    """Read papers.

    Args:
        path: A file of JSON, an object a line or in an array.
        source: Name of the source; by default "unarxive".

    Yields:
        A `ParsedPaper` for each object, in order, or a `Reject`.

    Raises:
        RecordError: The file cannot be read, or is no JSON from its first byte on.
    """
    name = source or FORMAT
    return records(path, (), lambda found: iter((_paper(found, name),)))


def _paper(found: Mapping[str, Any], source: str) -> ParsedPaper:
    text = list(as_objects(found.get("body_text")))
    cited = Counter(
        as_text(span.get("ref_id"))
        for part in (*text, as_object(found.get("abstract")))
        for span in as_objects(part.get("cite_spans"))
    )
    citations = Citations()
    for mark, entry in as_object(found.get("bib_entries")).items():
        citations.add(_identifier(as_object(entry)), cited[mark])
    more = citations.fields()
    metadata = as_object(found.get("metadata"))
    # What arXiv's metadata says of code comes first, then what the text does.
    code = find_addresses(as_text(metadata.get("comments"))) + tuple(_code(text))
    if code:
        more["repositories"] = tuple(dict.fromkeys(code))
    return metadata_paper(metadata, source, FORMAT, more)


def _identifier(entry: Mapping[str, Any]) -> str | None:
    ids = as_object(entry.get("ids"))
    known = known_identifiers(
        ("doi", as_text(ids.get("doi"))),
        ("arxiv", as_text(ids.get("arxiv_id"))),
        ("openalex", as_text(ids.get("open_alex_id")).removeprefix(_OPENALEX)),
        ("pmid", as_text(ids.get("pubmed_id"))),
        ("pmc", as_text(ids.get("pmc_id"))),
        *(
            ("arxiv", as_text(one.get("id")))
            for one in as_objects(entry.get("contained_arXiv_ids"))
        ),
    )
    links = (as_text(one.get("url")) for one in as_objects(entry.get("contained_links")))
    return best_identifier((*known, *_linked(links)), PAPER_RANK)


def _linked(links: Iterable[str]) -> Iterator[str]:
    for link in links:
        if "doi.org/" in link and (doi := doi_value(link)):
            yield f"doi:{doi}"
        elif "arxiv.org/" in link and (arxiv := arxiv_value(link)):
            yield f"arxiv:{arxiv[0]}"


def _code(text: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for part in text:
        if AVAILABILITY.search(as_text(part.get("section"))):
            yield from find_addresses(as_text(part.get("text")))
