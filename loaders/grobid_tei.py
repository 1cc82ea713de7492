"""What GROBID makes of a PDF: TEI documents, header or full text.

Source: https://grobid.readthedocs.io/en/latest/TEI-encoding-of-results/ and the TEI guidelines
(https://tei-c.org/guidelines/p5/). A file is a TEI document, or a teiCorpus of several. GROBID
reads a printed page by machine, so that no list is promised to be whole: `authors_complete` and
`references_complete` are never stated.

A record is kept under the MD5 that GROBID states of the PDF, else under the DOI, else under a hash
of title, year and first author. An organisation is the institution; a laboratory or department
only where no institution is named. An affiliation that GROBID ties to no author is the paper's. An
author is corresponding where GROBID says so, or is the only one with an e-mail address. Code is
looked for in the statements of availability. Not carried: the text, figures, funding, departments
of a named institution, how a reference is printed. GROBID's training corpora (annotated lines
without a title) are not read.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from graph_service.model.errors import RecordError
from graph_service.model.identifiers import (
    PAPER_RANK,
    arxiv_value,
    best_identifier,
    known_author_identifiers,
    known_identifiers,
)
from graph_service.model.ids import short_hash, slug
from graph_service.model.records import (
    MAX_AUTHORS_ON_A_RECORD,
    Organisation,
    ParsedAuthor,
    ParsedPaper,
    Topic,
)
from loaders.addresses import AVAILABILITY, find_addresses
from loaders.bibliographies import KEYWORDS
from loaders.inputs import InputFile
from loaders.partial_dates import iso_date
from loaders.reading import Parsed, Reject, why_invalid
from loaders.references import Citations
from loaders.xml_reading import XmlFault, elements, first_element, local_name, text_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

FORMAT = "grobid-tei"
SOURCE = "grobid"

_ROOTS = frozenset(("TEI", "teiCorpus"))
_ID = "{http://www.w3.org/XML/1998/namespace}id"
_SCHEMES = {
    "doi": "doi",
    "arxiv": "arxiv",
    "pmid": "pmid",
    "pmc": "pmc",
    "pmcid": "pmc",
    "md5": "md5",
    "halid": "hal",
    "hal": "hal",
}
_LEVELS = ("institution", "laboratory", "department", "")
_AVAILABILITY = frozenset(("availability", "data-availability", "code-availability"))
_KEY_LENGTH = 80


def recognises(path: InputFile | Path) -> bool:
    """Tell whether a file begins with a TEI header that GROBID wrote, or of a paper with a title.

    Raises:
        RecordError: The file cannot be read.
    """
    root = first_element(path)
    if root is None or local_name(root) not in _ROOTS:
        return False
    try:
        header = next(elements(path, frozenset({"teiHeader"})), None)
        if header is None:
            return False
        by_grobid = any(
            application.get("ident") == "GROBID"
            for application in header.iterfind(".//{*}application")
        )
        source = header.find(".//{*}sourceDesc/{*}biblStruct/{*}analytic")
        return by_grobid or (source is not None and bool(_title(header)))
    except (RecordError, XmlFault):
        return False


def read(path: InputFile | Path, *, source: str | None = None) -> Iterator[Parsed]:
    """Read TEI documents.

    Args:
        path: An XML file.
        source: Name of the source; by default "grobid".

    Yields:
        A `ParsedPaper` for each document; a `Reject` for one that is none, and for one that has
        the key of another with other content.

    Raises:
        RecordError: The file cannot be read or is no well-formed XML.
    """
    seen: dict[str, tuple[int, int]] = {}
    for number, document in enumerate(elements(path, frozenset({"TEI"})), start=1):
        parsed: ParsedPaper | str
        try:
            parsed = _paper(document, source or SOURCE)
        except XmlFault as fault:
            parsed = str(fault)
        except ValidationError as error:
            parsed = why_invalid(error)
        else:
            first, content = seen.setdefault(parsed.key, (number, hash(parsed)))
            if content != hash(parsed):
                parsed = f"has the key {parsed.key} of document {first} with other content"
            elif first != number:
                continue
        if isinstance(parsed, str):
            yield Reject(str(path), document.sourceline, f"document {number}: {parsed}")
        else:
            yield parsed


def _paper(document: "Element", source: str) -> ParsedPaper:
    header = document.find("{*}teiHeader")
    if header is None:
        raise XmlFault("has no header")
    title = _title(header)
    if not title:
        raise XmlFault("has no title")
    described = header.find(".//{*}sourceDesc/{*}biblStruct")
    ids = () if described is None else _identifiers(described)
    date = _date(header, described)
    authors, affiliations = ([], []) if described is None else _authors(described)
    fields: dict[str, object] = {
        "source": source,
        "key": _key(ids, title, date, authors),
        "format": FORMAT,
        "title": title,
        "date": date,
        "abstract": _abstract(header),
        "identifiers": ids,
        "authors": tuple(authors),
        "affiliations": tuple(affiliations),
        "topics": tuple(dict.fromkeys(_keywords(header))),
        "repositories": tuple(dict.fromkeys(_code(document))),
        **_venue(described),
        **_citations(document).fields(),
    }
    return ParsedPaper.model_validate(fields)


def _title(header: "Element") -> str:
    for place in (".//{*}titleStmt", ".//{*}sourceDesc/{*}biblStruct/{*}analytic"):
        parent = header.find(place)
        titles = [] if parent is None else parent.findall("{*}title")
        # The main title stands first where there is a translated one or a subtitle too.
        ranked = sorted(titles, key=lambda title: title.get("type", "main") != "main")
        if text := next(filter(None, map(text_of, ranked)), ""):
            return text
    return ""


def _identifiers(entry: "Element") -> tuple[str, ...]:
    """The identifiers of a work, not those of its authors or of the journal."""
    return known_identifiers(
        *(
            (_SCHEMES[kind], _bare(kind, text_of(one)))
            for place in ("{*}idno", "{*}analytic/{*}idno", "{*}monogr/{*}idno")
            for one in entry.iterfind(place)
            if (kind := (one.get("type") or "").strip().lower()) in _SCHEMES
        )
    )


def _bare(kind: str, text: str) -> str:
    if kind == "arxiv":
        # "arXiv:2001.00001v2[cs.CV]": the class is not part of the id.
        found = arxiv_value(text.partition("[")[0])
        return found[0] if found else ""
    return text.lower() if kind == "md5" else text.removeprefix("PMID:").strip()


def _key(ids: tuple[str, ...], title: str, date: str | None, authors: list[ParsedAuthor]) -> str:
    for scheme in ("md5:", "doi:"):
        for one in ids:
            if one.startswith(scheme):
                return one
    words = slug(title)
    first = authors[0].key.family if authors else ""
    year = (date or "")[:4]
    return f"{words[:_KEY_LENGTH]}~{short_hash(f'{words} {year} {first}', 12)}"


def _date(header: "Element", described: "Element | None") -> str | None:
    places = [header.find(".//{*}publicationStmt/{*}date")]
    if described is not None:
        places += described.findall("{*}monogr/{*}imprint/{*}date")
    stated = [
        date
        for one in places
        if one is not None and (date := iso_date(one.get("when") or text_of(one)))
    ]
    # The most precise of those, which differ in nothing else.
    return max(stated, key=len, default=None)


def _abstract(header: "Element") -> str | None:
    abstract = header.find(".//{*}profileDesc/{*}abstract")
    if abstract is None:
        return None
    parts = [text_of(one) for one in abstract.iter("{*}head", "{*}p")]
    return "\n\n".join(filter(None, parts)) or text_of(abstract) or None


def _keywords(header: "Element") -> Iterator[Topic]:
    for keywords in header.iterfind(".//{*}profileDesc/{*}textClass/{*}keywords"):
        terms = [text_of(one) for one in keywords.iterfind(".//{*}term")]
        # GROBID leaves a line that it could not take apart as it is.
        for term in terms or text_of(keywords).replace(";", ",").split(","):
            if name := term.strip(" .,;"):
                yield Topic(scheme=KEYWORDS, name=name)


def _venue(described: "Element | None") -> dict[str, object]:
    monograph = None if described is None else described.find("{*}monogr")
    if monograph is None:
        return {}
    titles = sorted(
        monograph.iterfind("{*}title"), key=lambda title: title.get("type", "main") != "main"
    )
    level = titles[0].get("level") if titles else None
    meeting = monograph.find("{*}meeting")
    kind = "article" if level == "j" else "conference-paper" if meeting is not None else None
    names = [*map(text_of, titles), _heading(meeting)]
    return {"venue": next(filter(None, names), None), "kind": kind}


def _heading(meeting: "Element | None") -> str:
    """The name of a meeting, without its place and days."""
    return text_of(meeting, without=frozenset(("address", "date"))).strip(" ,;")


def _authors(described: "Element") -> tuple[list[ParsedAuthor], list[Organisation]]:
    """The authors, and the organisations that are tied to none of them."""
    authors: list[dict[str, object]] = []
    with_mail: list[dict[str, object]] = []
    loose: list[Organisation] = []
    for one in described.iterfind("{*}analytic/{*}author"):
        if len(authors) == MAX_AUTHORS_ON_A_RECORD:
            raise XmlFault(f"authors: are more than {MAX_AUTHORS_ON_A_RECORD:,}")
        organisations = tuple(dict.fromkeys(_organisations(one)))
        names = _name(one.find("{*}persName"))
        if not any(map(str.isalnum, names.get("name", ""))):
            # A place without a name, or with a sign for one, only bears affiliations.
            loose += organisations
            continue
        author: dict[str, object] = {**names, "affiliations": organisations}
        if ids := known_author_identifiers(
            *(
                ("orcid", text_of(idno))
                for idno in one.iterfind(".//{*}idno")
                if (idno.get("type") or "").upper() == "ORCID"
            )
        ):
            author["identifiers"] = ids
        if one.get("role") == "corresp":
            author["is_corresponding"] = True
        if one.find("{*}email") is not None:
            with_mail.append(author)
        authors.append(author)
    stated = any("is_corresponding" in author for author in authors)
    if len(with_mail) == 1 and not stated:
        with_mail[0]["is_corresponding"] = True
    return [ParsedAuthor.model_validate(author) for author in authors], loose


def _name(person: "Element | None") -> dict[str, str]:
    if person is None:
        return {}
    given = " ".join(filter(None, map(text_of, person.iterfind("{*}forename"))))
    family = " ".join(filter(None, map(text_of, person.iterfind("{*}surname"))))
    suffix = " ".join(filter(None, map(text_of, person.iterfind("{*}genName"))))
    if not (given or family):
        return {"name": text_of(person)}
    parts = {"name": " ".join(filter(None, (given, family, suffix)))}
    if given and family and any(map(str.isalnum, given + family)):
        parts |= {"given": given, "family": family} | ({"suffix": suffix} if suffix else {})
    return parts


def _organisations(author: "Element") -> Iterator[Organisation]:
    for affiliation in author.iterfind("{*}affiliation"):
        country = affiliation.find(".//{*}country")
        code = ((country.get("key") if country is not None else None) or "").strip().upper()
        by_level: dict[str, list[str]] = {}
        for one in affiliation.iterfind(".//{*}orgName"):
            if name := text_of(one).strip(" ,;"):
                level = one.get("type", "")
                by_level.setdefault(level if level in _LEVELS else "", []).append(name)
        names = next((by_level[level] for level in _LEVELS if level in by_level), [])
        for name in names:
            yield Organisation(
                name=name,
                country=code if len(code) == 2 and code.isascii() and code.isalpha() else None,
            )


def _citations(document: "Element") -> Citations:
    body = document.find("{*}text")
    citations = Citations()
    if body is None:
        return citations
    pointed = Counter(
        target.removeprefix("#")
        for ref in body.iter("{*}ref")
        if ref.get("type") == "bibr"
        # One mark may stand for several works.
        for target in (ref.get("target") or "").split()
    )
    has_text = body.find("{*}body") is not None
    for entry in body.iterfind(".//{*}listBibl/{*}biblStruct"):
        identifier = best_identifier(_identifiers(entry), PAPER_RANK)
        citations.add(identifier, pointed[entry.get(_ID, "")] if has_text else None)
    return citations


def _code(document: "Element") -> Iterator[str]:
    for part in document.iter("{*}div"):
        head = part.find("{*}head")
        if part.get("type") in _AVAILABILITY or (
            head is not None and AVAILABILITY.search(text_of(head))
        ):
            for one in part.iter("{*}ref", "{*}ptr"):
                if (target := " ".join((one.get("target") or "").split())) and "://" in target:
                    yield target
            yield from find_addresses(text_of(part))
