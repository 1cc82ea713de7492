"""RIS files, as reference managers, publishers and databases export them.

Source: the RIS specification of Research Information Systems
(https://en.wikipedia.org/wiki/RIS_(file_format) lists its tags), EndNote's reference types, and
what exporters write. A record goes from its TY line to its ER line; one without an ER line may
be cut and is a reject. A line without a tag continues the one before; lines outside of records
(as "Record #1 of 2") are passed over.

rispy gives the names of the types. It is not asked for the records: it takes a whole file into
memory, keeps the first of several titles or dates, and cuts addresses at their semicolons.

A record's key is its DOI, else made of title, date, first author and place: the ids of RIS are
those of a program's library. Authors are AU and A1. A2, A3, A4 and ED are editors and
translators and not carried, nor is AU of an edited book (EDBOOK). `authors_complete` is False
where a list ends in "et al.", else unknown. AD names organisations of the paper as a whole. C1 to
C8 mean something else in every database, so that only what can be nothing else is read of them (a
PMC id). Not carried: publishers, volumes and pages, ISSN and ISBN, notes, dates of access.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from rispy.config import TYPE_OF_REFERENCE_MAPPING

from graph_service.model.errors import RecordError
from graph_service.model.identifiers import doi_value, known_identifiers
from graph_service.model.kinds import KINDS, kind_of
from graph_service.model.records import (
    MAX_AUTHORS_ON_A_RECORD,
    Location,
    Organisation,
    ParsedAuthor,
    ParsedPaper,
    Topic,
)
from loaders.bibliographies import (
    KEYWORDS,
    Seen,
    StandsTwice,
    TaggedRecord,
    address_identifiers,
    addresses_in,
    dated,
    derived_key,
    finest,
    first_author,
    is_group,
    is_others,
    is_suffix,
    line_of,
    person,
    prose,
    without_tags,
)
from loaders.inputs import InputFile
from loaders.reading import Line, Parsed, Reject, why_invalid
from loaders.text_decoding import decoded_lines, first_text

FORMAT = "ris"

_TAG = re.compile(r"([A-Z][A-Z0-9])  -(?: (.*)|)$")
# Some write one blank; which of the two a file is, its first TY line tells.
_TAG_OF_ONE_BLANK = re.compile(r"([A-Z][A-Z0-9]) -(?: (.*)|)$")
_BEGINS = re.compile(
    r"^(?:TY  - ?\S[^\n]*(?:\n[ \t]*){1,3}[A-Z][A-Z0-9]  -(?: |$)"
    r"|TY - ?\S[^\n]*(?:\n[ \t]*){1,3}[A-Z][A-Z0-9] -(?: |$))",
    re.MULTILINE,
)
_YEAR = re.compile(r"(\d{4})(?:[/.-](\w*)(?:[/.-](\d{0,2})(?:/(.*))?)?)?", re.ASCII)
_DAY_OF_YEAR = re.compile(r"([A-Za-z]{3,9})(?: (\d{1,2}))?", re.ASCII)
_ID_IN_BRACKETS = re.compile(r"\b(\w{1,20})\s*\[(pmid|pmcid)\]", re.IGNORECASE)
_PMC = re.compile(r"PMC\d+", re.IGNORECASE | re.ASCII)
_NUMBER = re.compile(r"[1-9]\d*", re.ASCII)
_WOS = re.compile(r"WOS:\w+", re.ASCII)
_NOTED_DOI = re.compile(r"(?:doi:?\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)

_KINDS = {
    "ejour": "article", "mgzn": "article", "inpr": "article", "echap": "chapter",
    "ebook": "book", "edbook": "book", "data": "dataset", "comp": "software", "gen": None,
    "unpb": "unpublished", "govdoc": "report",
}  # fmt: skip
# Of the type of work (M3) only words that no journal or number could be.
_TYPES_OF_WORK = frozenset(
    ("review", "letter", "editorial", "erratum", "retraction", "correction", "conference-paper")
)
_IN_A_VOLUME = frozenset(("CHAP", "ECHAP", "CONF", "CPAPER", "ENCYC", "DICT"))
_VOLUMES = frozenset(("BOOK", "EBOOK", "EDBOOK", "THES", "RPRT", "SER"))
_BY_AN_INSTITUTION = frozenset(("THES", "RPRT"))
_PUBMED = frozenset(("pubmed", "medline", "nlm"))
_MORE_OF_A_DATE = frozenset(("received", "accepted", "revised"))


@dataclass(slots=True)
class _Record(TaggedRecord):
    kind: str = ""


class _Fault(Exception):
    """A record cannot be read."""


def recognises(path: InputFile | Path) -> bool:
    """Tell whether a line with a TY tag stands near the beginning, one with another tag after it.

    Raises:
        RecordError: The file cannot be read.
    """
    text = first_text(path)
    return text is not None and bool(_BEGINS.search(text))


def read(path: InputFile | Path, *, source: str | None = None) -> Iterator[Parsed]:
    """Read a file.

    Args:
        path: A file in UTF-8 or UTF-16, or in the encoding that a "Content:" line says.
        source: Name of the source; by default "ris".

    Yields:
        A `ParsedPaper` for each record, a `Reject` for each that is cut or has no title. A record
        that stands twice with equal content is passed once.

    Raises:
        RecordError: The file cannot be read, or holds no record.
    """
    name, seen, found = str(path), Seen(), False
    for record, fault in _records(decoded_lines(path)):
        found = True
        try:
            if fault:
                raise _Fault(fault)
            paper = _paper(record, source or FORMAT)
            if seen.is_new(paper, record.line):
                yield paper
        except (_Fault, StandsTwice) as error:
            yield Reject(name, record.line, str(error))
        except ValidationError as error:
            yield Reject(name, record.line, why_invalid(error))
    if not found:
        raise RecordError(name, "holds no line 'TY  - ', with which a record of RIS begins")


def _records(lines: Iterable[Line]) -> Iterator[tuple[_Record, str]]:
    """Find the records of a file, with what is wrong with each, empty for nothing."""
    record: _Record | None = None
    tagged, fresh = _TAG, True
    for line in lines:
        text = line.text
        match = tagged.match(text) if fresh and text[2:3] == " " else None
        if match is None and record is None and fresh and text.startswith("TY"):
            tagged = _TAG_OF_ONE_BLANK if tagged is _TAG else _TAG
            match = tagged.match(text)
        if match is not None:
            tag, value = match[1], (match[2] or "").strip()
            if tag == "TY":
                if record is not None and record.fields:
                    yield record, f"has no ER line before the next record, at line {line.number}"
                record = _Record(line.number, kind=value)
            elif record is not None and tag == "ER":
                yield record, record.too_long
                record = None
            elif record is not None:
                record.add(tag, value, len(tag))
        elif record is not None:
            record.go_on(text.strip() if fresh else text, joined=not fresh)
        fresh = line.ended
    if record is not None:
        yield record, record.too_long or "has no ER line before the file ends; is the file cut?"


def _paper(record: _Record, source: str) -> ParsedPaper:
    fields: dict[str, list[list[str]]] = defaultdict(list)
    for tag, lines in record.fields:
        fields[tag].append(lines)
    firsts = {
        tag: first
        for tag, values in fields.items()
        if (first := next((text for one in values if (text := without_tags(" ".join(one)))), ""))
    }
    kind = record.kind.strip().upper()
    titles = ("TI", "T1", "CT", "BT") if kind in _VOLUMES else ("TI", "T1", "CT")
    title = next((firsts[tag] for tag in titles if tag in firsts), None)
    if title is None:
        raise _Fault("has no title")
    people, groups, cut = ([], [], False) if kind == "EDBOOK" else _authors(fields)
    urls = [
        url
        for tag in ("UR", "L2", "LK", "L1")
        for lines in fields.get(tag, ())
        for url in addresses_in("\n".join(lines))
    ]
    date = _date([" ".join(one) for tag in ("PY", "Y1", "DA") for one in fields.get(tag, ())])
    venue = _venue(kind, firsts)
    identifiers = _identifiers(fields, firsts, urls)
    doi = next((one for one in identifiers if one.startswith("doi:")), None)
    place = "\n".join(firsts.get(tag, "") for tag in ("VL", "IS", "SP"))
    notes = (
        line_of(" ".join(one)) for tag in ("N1", "UR", "L2", "C1") for one in fields.get(tag, ())
    )
    return ParsedPaper(
        source=source,
        key=doi or derived_key(title, date, first_author(people), venue, place),
        format=FORMAT,
        title=title,
        date=date,
        abstract=_abstract(fields),
        kind=_kind(kind, firsts.get("M3", "")),
        venue=venue,
        authors_complete=False if cut else None,
        identifiers=identifiers,
        group_authors=tuple(dict.fromkeys(groups)),
        affiliations=tuple(Organisation(name=one) for one in _affiliations(kind, fields)),
        topics=tuple(
            dict.fromkeys(Topic(scheme=KEYWORDS, name=word) for word in _keywords(fields))
        ),
        locations=tuple(Location(url=url) for url in dict.fromkeys(urls)),
        authors=tuple(people),
        repositories=tuple(dict.fromkeys(one for one in notes if "git" in one)),
    )


def _authors(fields: dict[str, list[list[str]]]) -> tuple[list[ParsedAuthor], list[str], bool]:
    """The people, the groups, and whether the list is cut.

    Some write the same list twice, as AU and as A1; then the longer one counts.
    """
    lists = [_written(fields.get(tag, ())) for tag in ("AU", "A1")]
    first, second = lists
    written = (
        first
        if set(second) <= set(first)
        else second
        if set(first) <= set(second)
        else first + second
    )
    if len(written) > MAX_AUTHORS_ON_A_RECORD:
        raise _Fault(
            f"authors: are {len(written):,}, and at most {MAX_AUTHORS_ON_A_RECORD:,} can be"
        )
    people: list[ParsedAuthor] = []
    groups: list[str] = []
    cut = False
    for name in written:
        if is_others(name):
            cut = True
        elif is_group(name):
            family, comma, given = name.partition(",")
            groups.append(f"{given.strip()} {family.strip()}".strip() if comma else name)
        elif name.endswith(",") and "," not in name[:-1]:  # so EndNote marks an organisation
            groups.append(name[:-1].strip())
        else:
            people.append(_person(name))
    return people, groups, cut


def _written(values: Iterable[list[str]]) -> list[str]:
    """The names as written: one a line, or several between semicolons."""
    names = (line_of(one) for lines in values for one in " ".join(lines).split(";"))
    return [name for name in names if name.strip(" ,")]


def _person(name: str) -> ParsedAuthor:
    parts = [part.strip() for part in name.split(",")]
    if len(parts) == 3 and is_suffix(parts[1]) and not is_suffix(parts[2]):  # as in BibTeX
        parts[1], parts[2] = parts[2], parts[1]
    if len(parts) > 3 or (len(parts) == 3 and not is_suffix(parts[2])):
        raise _Fault(
            f"authors: {name[:60]!r} has more commas than a name; each has its own AU line"
        )
    if len(parts) == 3:
        return person(parts[0], parts[1], parts[2])
    return person(*parts) if len(parts) == 2 else ParsedAuthor(name=name)


def _date(stated: list[str]) -> str | None:
    dates: list[str | None] = []
    for text in stated:
        if (match := _YEAR.fullmatch(text.strip())) is not None:
            if (match[4] or "").strip("/ ").lower() not in _MORE_OF_A_DATE:
                dates.append(dated(match[1], match[2] or "", match[3] or ""))
        elif dates and dates[0] and (match := _DAY_OF_YEAR.fullmatch(text.strip())):
            dates.append(dated(dates[0][:4], match[1], match[2] or ""))  # Web of Science's "JUN 15"
    return finest(*dates)


def _venue(kind: str, firsts: dict[str, str]) -> str | None:
    if kind in _VOLUMES:
        return None
    tags = (
        ("T2", "BT", "JF", "JO", "C3")
        if kind in _IN_A_VOLUME
        else ("JF", "T2", "JO", "JA", "J2", "J1")
    )
    return next((firsts[tag] for tag in tags if tag in firsts), None)


def _identifiers(
    fields: dict[str, list[list[str]]], firsts: dict[str, str], urls: Iterable[str]
) -> tuple[str, ...]:
    dois = [doi for one in fields.get("DO", ()) if (doi := doi_value(line_of(" ".join(one))))]
    if not dois:
        for tag in ("M3", "N1", "L3", "ID"):
            for lines in fields.get(tag, ()):
                match = _NOTED_DOI.fullmatch(line_of(" ".join(lines)))
                dois += [doi] if match and (doi := doi_value(match[1])) else []
    found: list[tuple[str, str | None]] = [("doi", doi) for doi in dois]
    for url in urls:
        found += [
            (scheme, value)
            for scheme, value in address_identifiers(url)
            if scheme != "doi" or not dois
        ]
    base = firsts.get("DB", "").lower()
    for tag in ("AN", "U1", "U2", "C2", "C6", "ID"):
        text = firsts.get(tag, "")
        if match := _ID_IN_BRACKETS.search(text):
            found.append(("pmid" if match[2].lower() == "pmid" else "pmc", match[1].upper()))
        elif _PMC.fullmatch(text):
            found.append(("pmc", text.upper()))
        elif tag == "AN" and base in _PUBMED and _NUMBER.fullmatch(text):
            found.append(("pmid", text))
        elif tag == "AN" and _WOS.fullmatch(text):
            found.append(("wos", text.removeprefix("WOS:")))
    return known_identifiers(*found)


def _abstract(fields: dict[str, list[list[str]]]) -> str | None:
    """The first that is stated; a blank line in it begins a paragraph."""
    texts = (prose("\n".join(lines)) for tag in ("AB", "N2") for lines in fields.get(tag, ()))
    return next((text for text in texts if text), None)


def _kind(kind: str, type_of_work: str) -> str | None:
    word = kind_of(type_of_work)
    if word in _TYPES_OF_WORK:
        return kind_of(word)
    if kind.lower() in _KINDS:
        return _KINDS[kind.lower()]
    known = kind_of(kind)
    if known in KINDS:
        return known
    return kind_of(TYPE_OF_REFERENCE_MAPPING.get(kind, kind))


def _affiliations(kind: str, fields: dict[str, list[list[str]]]) -> tuple[str, ...]:
    tags = ("AD", "PB") if kind in _BY_AN_INSTITUTION else ("AD",)
    names = (
        line_of(one)
        for tag in tags
        for lines in fields.get(tag, ())
        for one in " ".join(lines).split(";")
    )
    return tuple(dict.fromkeys(name for name in names if any(map(str.isalnum, name))))


def _keywords(fields: dict[str, list[list[str]]]) -> Iterator[str]:
    """The words, one a line whether the line has its own tag or not, or several with semicolons."""
    for lines in fields.get("KW", ()):
        for line in lines:
            for word in line.split(";"):
                # Ovid marks the main ones with a star.
                if any(map(str.isalnum, bare := without_tags(word).strip(" *"))):
                    yield bare
