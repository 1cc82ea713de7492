"""arXiv's metadata by OAI-PMH: the formats arXiv, arXivRaw and oai_dc.

Source: https://info.arxiv.org/help/oa/index.html. Read are answers of ListRecords and GetRecord,
and files of bare records. arXiv and oai_dc state the names in parts; arXivRaw states every
version with its date, but names in one line. oai_dc names subjects in words, which are topics of
a scheme of their own, and leaves out which is the primary one. Not carried: comments but for
addresses and withdrawals, report numbers, the submitter, sets. Of two records of one paper the
later replaces the earlier one.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from graph_service.model.errors import RecordError
from graph_service.model.names import SUFFIXES, fold
from graph_service.model.records import ParsedPaper, Topic, Version
from loaders.arxiv_fields import (
    SOURCE,
    ArxivFault,
    Authors,
    Stated,
    add_parts,
    add_printed,
    is_acm,
    is_msc,
    lines_of,
    to_paper,
    topics_of,
)
from loaders.inputs import InputFile
from loaders.partial_dates import iso_date, mail_date
from loaders.reading import Parsed, Reject, why_invalid
from loaders.tex_text import plain_text
from loaders.xml_reading import XmlFault, elements, first_element, local_name, text_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

FORMAT = "arxiv-oai"
# oai_dc has the names of arXiv's categories only, as in "Mathematics - Logic".
NAMED_TOPICS = "arxiv-subject"

_ROOTS = frozenset(("OAI-PMH", "ListRecords", "GetRecord", "record"))
_IDENTIFIER = "oai:arXiv.org:"
_REQUESTS = "arxiv.org/oai2", "oaipmh.arxiv.org/oai"
_COMMENT = "Comment:"
_DOI = "doi:"
_WITHDRAWN = "I"  # of a version's source: there is none
_ABSTRACT = "http://arxiv.org/abs/", "https://arxiv.org/abs/"


def recognises(path: InputFile | Path) -> bool:
    """Tell whether a file is an answer of arXiv by OAI-PMH, or begins with a record of one.

    Raises:
        RecordError: The file cannot be read.
    """
    root = first_element(path)
    if root is None or local_name(root) not in _ROOTS:
        return False
    try:
        for first in elements(path, frozenset({"request", "record", "header"})):
            if local_name(first) == "request":
                address = text_of(first)
                return any(one in address for one in _REQUESTS)
            return text_of(_find(first, "identifier")).startswith(_IDENTIFIER)
    except (RecordError, XmlFault):
        return False
    return False


def read(path: InputFile | Path, *, source: str | None = None) -> Iterator[Parsed]:
    """Read records.

    Args:
        path: An XML file.
        source: Name of the source; by default "arxiv".

    Yields:
        A `ParsedPaper` for each record, in order; a `Reject` for one that is none or is deleted
        at the source, and for an error by which arXiv answers.

    Raises:
        RecordError: The file cannot be read or is no well-formed XML.
    """
    number = 0
    for element in elements(path, frozenset({"record", "error"})):
        parsed: ParsedPaper | str
        number += local_name(element) == "record"
        try:
            parsed = _paper(element, source or SOURCE)
        except (ArxivFault, XmlFault) as fault:
            parsed = str(fault)
        except ValidationError as error:
            parsed = why_invalid(error)
        if isinstance(parsed, str):
            yield Reject(str(path), element.sourceline, f"record {number}: {parsed}")
        else:
            yield parsed


def _paper(record: "Element", source: str) -> ParsedPaper:
    if local_name(record) == "error":
        said = " ".join((record.get("code") or "").split())
        raise ArxivFault(f"arXiv answers: {said}, {text_of(record)}"[:200])
    header = record.find("{*}header")
    identifier = text_of(_find(record, "identifier"))
    if header is not None and header.get("status") == "deleted":
        raise ArxivFault(f"{identifier[:80]} is deleted at the source; unload it if it is loaded")
    metadata = record.find("{*}metadata")
    inside = () if metadata is None else metadata
    form = next((one for one in inside if isinstance(one.tag, str)), None)
    if form is None:
        raise ArxivFault(f"{identifier[:80]} has no metadata")
    name = local_name(form)
    if name == "arXiv":
        stated = _of_arxiv(form)
    elif name == "arXivRaw":
        stated = _of_arxiv_raw(form)
    elif name == "dc":
        stated = _of_dublin_core(form, identifier.removeprefix(_IDENTIFIER))
    else:
        raise ArxivFault(f"{identifier[:80]} is in {name[:40]}, not in arXiv, arXivRaw or oai_dc")
    return to_paper(stated, source, FORMAT)


def _find(element: "Element", name: str) -> "Element | None":
    return element.find(f".//{{*}}{name}")


def _text(form: "Element", name: str) -> str:
    return text_of(form.find(f"{{*}}{name}"))


def _topics(form: "Element") -> tuple[Topic, ...]:
    # The primary category stands first.
    return topics_of(
        _text(form, "categories").split(), _text(form, "msc-class"), _text(form, "acm-class")
    )


def _of_arxiv(form: "Element") -> Stated:
    authors = Authors()
    for author in form.iterfind("{*}authors/{*}author"):
        add_parts(
            authors,
            plain_text(_text(author, "keyname")),
            plain_text(_text(author, "forenames")),
            plain_text(_text(author, "suffix")),
            [plain_text(text_of(one)) for one in author.iterfind("{*}affiliation")],
        )
    return Stated(
        arxiv=_text(form, "id"),
        title=_text(form, "title"),
        abstract=lines_of(form.find("{*}abstract")),
        authors=authors,
        date=iso_date(_text(form, "created")),
        topics=_topics(form),
        dois=_text(form, "doi"),
        journal=_text(form, "journal-ref"),
        comments=_text(form, "comments"),
        licence=_text(form, "license"),
    )


def _of_arxiv_raw(form: "Element") -> Stated:
    authors = Authors()
    add_printed(authors, _text(form, "authors"))
    versions: list[Version] = []
    withdrawn = False
    for one in form.iterfind("{*}version"):
        name = " ".join((one.get("version") or "").split())
        if name:
            versions.append(Version(name=name, date=mail_date(_text(one, "date"))))
            withdrawn = _text(one, "source_type") == _WITHDRAWN
    return Stated(
        arxiv=_text(form, "id"),
        title=_text(form, "title"),
        abstract=lines_of(form.find("{*}abstract")),
        authors=authors,
        date=versions[0].date if versions else None,
        topics=_topics(form),
        dois=_text(form, "doi"),
        journal=_text(form, "journal-ref"),
        comments=_text(form, "comments"),
        licence=_text(form, "license"),
        versions=versions,
        withdrawn=withdrawn,
    )


def _of_dublin_core(form: "Element", arxiv: str) -> Stated:
    authors = Authors()
    for one in form.iterfind("{*}creator"):
        family, _, rest = plain_text(text_of(one)).partition(",")
        given, _, last = (part.strip() for part in rest.rpartition(","))
        if fold(last).replace(" ", "") not in SUFFIXES or not given:
            given, last = rest.strip(), ""
        add_parts(authors, family.strip(), given, last)
    descriptions = list(form.iterfind("{*}description"))
    comments = [text_of(one) for one in descriptions]
    abstracts = [
        lines_of(one)
        for one, text in zip(descriptions, comments, strict=True)
        if not text.startswith(_COMMENT)
    ]
    dois: list[str] = []
    journal = ""
    for one in form.iterfind("{*}identifier"):
        text = text_of(one)
        if text.startswith(_DOI):
            dois.append(text.removeprefix(_DOI))
        elif not text.startswith(_ABSTRACT):
            journal = journal or text
    return Stated(
        arxiv=arxiv,
        title=_text(form, "title"),
        abstract="\n\n".join(abstracts),
        authors=authors,
        # The first is that of the first version, the last of the latest.
        date=iso_date(_text(form, "date")),
        topics=_named_topics(form),
        dois=" ".join(dois),
        journal=journal,
        comments=" ".join(
            text.removeprefix(_COMMENT).strip() for text in comments if text.startswith(_COMMENT)
        ),
        licence=_text(form, "rights"),
    )


def _named_topics(form: "Element") -> tuple[Topic, ...]:
    named: list[Topic] = []
    for one in form.iterfind("{*}subject"):
        text = text_of(one)
        if is_msc(text) or is_acm(text):
            named += topics_of((), msc=text, acm=text)
        elif text:
            named.append(Topic(scheme=NAMED_TOPICS, name=text))
    return tuple(dict.fromkeys(named))
