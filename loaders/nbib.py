"""NBIB files, PubMed's own export, in the tagged format of MEDLINE.

Source: https://www.nlm.nih.gov/bsd/mms/medlineelements.html. A record begins with its PMID line
and is named by it; lines that begin with six blanks continue the one before.

What stands behind an author (AUID, AD) is that author's; an AD before the first author, as older
records have it, is the paper's. `authors_complete` is False where the list ends in "et al.", else
unknown: NLM cut lists until 1999 without a word. The date is the earlier of print and electronic
publication. Not carried: investigators (IR), editors, substances and grants, other abstracts,
qualifiers of MeSH terms, references (the format has none).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from graph_service.model.errors import RecordError
from graph_service.model.identifiers import known_author_identifiers, known_identifiers, orcid_value
from graph_service.model.kinds import kind_of
from graph_service.model.records import (
    MAX_AUTHORS_ON_A_RECORD,
    Location,
    Organisation,
    ParsedAuthor,
    ParsedPaper,
    Relation,
    Topic,
)
from loaders.bibliographies import (
    KEYWORDS,
    MESH,
    Seen,
    StandsTwice,
    TaggedRecord,
    dated,
    derived_key,
    first_author,
    is_others,
    line_of,
    person,
    prose,
    without_tags,
)
from loaders.inputs import InputFile
from loaders.reading import Line, Parsed, Reject, why_invalid
from loaders.text_decoding import decoded_lines, first_text

FORMAT = "nbib"
SOURCE = "pubmed"

_TAG = re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,2}- ?(.*)$")
_WIDTH = 4
_BEGINS = re.compile(r"\s*PMID- ?\d+[ \t]*\n[A-Z][A-Z0-9]{1,3} {0,2}- ")
_DATE = re.compile(r"(\d{4})(?: ([A-Za-z]{3,9})(?:(?: (\d{1,2}))?(?![\w ])(?!-\d))?)?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_OF_ID = re.compile(r"(.*\S)\s*\[(\w+)\]")
_MAIL = re.compile(
    r"(?:[;.]?\s*(?:Electronic address|E-?mail):?)?\s+[\w.+'-]{1,64}@[\w.-]{1,255}\.?$",
    re.IGNORECASE,
)
_ORCID = re.compile(r"ORCID:\s*(\S+)", re.IGNORECASE)
_PMID = re.compile(r"PMID:\s*([1-9]\d{0,8})", re.ASCII)
_PREPRINTS = re.compile(
    r"\s*(?:bioRxiv|medRxiv|ArXiv|Res(?:earch)? Sq(?:uare)?|SSRN|ChemRxiv|Preprints|PsyArXiv)\b",
    re.IGNORECASE,
)
_TRANSLATED = re.compile(r"\[([^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*)\]\.?")

# The first of these that a record states; nearly all state "Journal Article" besides.
_KINDS = {
    "retraction of publication": "retraction",
    "retraction notice": "retraction",
    "published erratum": "erratum",
    "preprint": "preprint",
    "editorial": "editorial",
    "letter": "letter",
    "systematic review": "review",
    "meta-analysis": "review",
    "review": "review",
    "dataset": "dataset",
    "book chapter": "chapter",
    "book": "book",
    "books": "book",
    "technical report": "report",
    "academic dissertation": "thesis",
    "journal article": "article",
}
_SAY_NO_KIND = ("research support", "research, ", "english abstract", "comparative study",
                "historical article", "video-audio media", "retracted publication")  # fmt: skip
_IN_A_JOURNAL = ("case reports", "clinical trial", "randomized", "multicenter", "evaluation study",
                 "observational study", "validation study", "comment", "classical article")  # fmt: skip


@dataclass(slots=True)
class _Record(TaggedRecord):
    is_cut: bool = False

    @property
    def has_source(self) -> bool:
        return any(tag == "SO" for tag, _ in self.fields)


class _Fault(Exception):
    """A record cannot be read."""


@dataclass(slots=True)
class _Slot:
    """An author as the lines of a record say one after the other."""

    name: str
    full: bool
    identifiers: list[str] = field(default_factory=list)
    affiliations: dict[str, None] = field(default_factory=dict)


def recognises(path: InputFile | Path) -> bool:
    """Tell whether a file begins with a PMID line, and another tag of MEDLINE after it.

    Raises:
        RecordError: The file cannot be read.
    """
    text = first_text(path)
    return text is not None and bool(_BEGINS.match(text))


def read(path: InputFile | Path, *, source: str | None = None) -> Iterator[Parsed]:
    """Read a file.

    Args:
        path: A file in UTF-8 or UTF-16.
        source: Name of the source; by default "pubmed".

    Yields:
        A `ParsedPaper` for each record, a `Reject` for each that is too long or has no title. A
        record that stands twice with equal content is passed once.

    Raises:
        RecordError: The file cannot be read, or holds no record.
    """
    name, seen, found = str(path), Seen(), False
    for record in _records(decoded_lines(path)):
        found = True
        try:
            paper = _paper(record, source or SOURCE)
            if seen.is_new(paper, record.line):
                yield paper
        except (_Fault, StandsTwice) as error:
            yield Reject(name, record.line, str(error))
        except ValidationError as error:
            yield Reject(name, record.line, why_invalid(error))
    if not found:
        raise RecordError(name, "holds no line 'PMID- ', with which a record of PubMed begins")


def _records(lines: Iterable[Line]) -> Iterator[_Record]:
    record: _Record | None = None
    fresh, sourced = True, False
    for line in lines:
        text = line.text
        match = _TAG.match(text) if fresh and text[_WIDTH : _WIDTH + 1] == "-" else None
        if match is not None:
            if match[1] == "PMID":
                if record is not None:
                    sourced = sourced or record.has_source
                    yield record
                record = _Record(line.number)
            if record is not None:
                record.add(match[1], match[2], _WIDTH)
        elif record is not None and text.strip():
            record.go_on(text.strip() if fresh else text, joined=not fresh)
        fresh = line.ended
    if record is not None:
        # PubMed ends each record with where it comes from; other programs may not.
        record.is_cut = not record.has_source and (sourced or not fresh)
        yield record


def _paper(record: _Record, source: str) -> ParsedPaper:
    if record.too_long:
        raise _Fault(record.too_long)
    if record.is_cut:
        raise _Fault("has no SO line, with which a record ends; is the file cut?")
    fields: dict[str, list[str]] = defaultdict(list)
    for tag, lines in record.fields:
        if text := line_of(" ".join(lines)):
            fields[tag].append(text)
    title = _title(fields)
    if title is None:
        raise _Fault("has no title")
    slots, unbound, cut = _slots(record.fields)
    people = [_author(slot) for slot in slots]
    identifiers = _identifiers(fields)
    pmid = next((one for one in identifiers if one.startswith("pmid:")), None)
    date = _date(fields)
    kind = _kind(fields.get("PT", []))
    topics = [Topic(scheme=MESH, name=_descriptor(term)) for term in fields.get("MH", ())]
    topics += [
        Topic(scheme=KEYWORDS, name=word)
        for term in fields.get("OT", ())
        if any(map(str.isalnum, word := term.lstrip("*").strip()))
    ]
    return ParsedPaper(
        source=source,
        key=pmid.removeprefix("pmid:") if pmid else derived_key(title, date, first_author(people)),
        format=FORMAT,
        title=title,
        date=date,
        abstract=_abstract(record.fields),
        kind=kind,
        venue=_venue(fields),
        authors_complete=False if cut else None,
        identifiers=identifiers,
        relations=_relations(kind, fields),
        group_authors=tuple(dict.fromkeys(fields.get("CN", ()))),
        affiliations=tuple(Organisation(name=one) for one in unbound),
        topics=tuple(dict.fromkeys(topics)),
        locations=tuple(
            Location(url=f"https://www.ncbi.nlm.nih.gov/pmc/articles/{one.removeprefix('pmc:')}/")
            for one in identifiers
            if one.startswith("pmc:")
        ),
        authors=tuple(people),
    )


def _slots(lines: Iterable[tuple[str, list[str]]]) -> tuple[list[_Slot], list[str], bool]:
    """The authors with what stands behind each, the affiliations of nobody, whether it is cut.

    An author has a full name (FAU) and a short one (AU), or only one of them.
    """
    slots: list[_Slot] = []
    unbound: dict[str, None] = {}
    cut = False
    behind = "nobody"  # whose the next line is: an author's, an editor's, or nobody's
    for tag, parts in lines:
        text = line_of(" ".join(parts))
        if tag in {"FAU", "AU"} and text:
            if is_others(text):
                cut = True
            elif tag == "FAU" or behind != "full":
                slots.append(_Slot(text, full=tag == "FAU"))
            behind = "full" if tag == "FAU" else "author"
        elif tag in {"FED", "ED", "FIR", "IR", "CN"}:
            behind = "other"
        elif tag == "AUID" and behind in {"author", "full"} and slots:
            if match := _ORCID.match(text):
                slots[-1].identifiers.append(match[1])
        elif tag == "AD":
            name = _MAIL.sub("", text).strip()
            if not any(map(str.isalnum, name)):
                continue
            if behind in {"author", "full"} and slots:
                slots[-1].affiliations[name] = None
            elif behind == "nobody":
                unbound[name] = None
    if len(slots) > MAX_AUTHORS_ON_A_RECORD:
        raise _Fault(f"authors: are {len(slots):,}, and at most {MAX_AUTHORS_ON_A_RECORD:,} can be")
    return slots, list(unbound), cut


def _author(slot: _Slot) -> ParsedAuthor:
    if slot.full and "," in slot.name:
        family, _, given = slot.name.partition(",")
        bare = person(family.strip(), given.strip())
    elif not slot.full and " " in slot.name:
        bare = _short(slot.name)
    else:
        bare = ParsedAuthor(name=slot.name)
    orcids = [orcid for one in slot.identifiers if (orcid := orcid_value(one))]
    if not orcids and not slot.affiliations:
        return bare
    return ParsedAuthor(
        name=bare.name,
        family=bare.family,
        given=bare.given,
        suffix=bare.suffix,
        identifiers=known_author_identifiers(*(("orcid", one) for one in orcids)),
        affiliations=tuple(Organisation(name=one) for one in slot.affiliations),
    )


def _short(name: str) -> ParsedAuthor:
    """Read "Quill AB" or "Quill AB Jr": family name, initials, suffix."""
    tokens = name.split()
    at = next((place for place in range(len(tokens) - 1, 0, -1) if tokens[place].isupper()), 0)
    if not at:
        return ParsedAuthor(name=name)
    return person(" ".join(tokens[:at]), tokens[at], " ".join(tokens[at + 1 :]))


def _title(fields: dict[str, list[str]]) -> str | None:
    """The title without what NLM puts there: a full stop, brackets round a translated one."""
    for tag in ("TI", "BTI", "TT"):
        for stated in fields.get(tag, ()):
            text = without_tags(stated)
            if match := _TRANSLATED.fullmatch(text):
                text = match[1]
            if text.endswith(".") and "." not in text.split()[-1][:-1]:  # not of "U.S." or "..."
                text = text[:-1]
            if text.strip():
                return text.strip()
    return None


def _date(fields: dict[str, list[str]]) -> str | None:
    printed = _DATE.match(next(iter(fields.get("DP", ())), ""))
    electronic = _COMPACT.fullmatch(next(iter(fields.get("DEP", ())), ""))
    dates = (
        dated(printed[1], printed[2] or "", printed[3] or "") if printed else None,
        dated(*electronic.groups()) if electronic else None,
    )
    # A year alone is no earlier than a day of it: of two that may be one the finer is taken.
    return min((one for one in dates if one), key=lambda date: f"{date}-99-99"[:10], default=None)


def _identifiers(fields: dict[str, list[str]]) -> tuple[str, ...]:
    found: list[tuple[str, str | None]] = [("pmid", one) for one in fields.get("PMID", ())]
    found += [("pmc", one.upper()) for one in fields.get("PMC", ())]
    for text in (*fields.get("LID", ()), *fields.get("AID", ())):
        match = _OF_ID.fullmatch(text)
        if match and match[2].lower() == "doi":
            found += [("doi", match[1]), ("arxiv", match[1])]
    return known_identifiers(*found)


def _abstract(lines: Iterable[tuple[str, list[str]]]) -> str | None:
    return next(
        (text for tag, one in lines if tag == "AB" and (text := prose(" ".join(one)))), None
    )


def _kind(types: list[str]) -> str | None:
    stated = [one.lower() for one in types]
    for word, kind in _KINDS.items():
        if word in stated:
            return kind
    if any(one.startswith(_IN_A_JOURNAL) for one in stated):
        return "article"
    return next((kind_of(one) for one in stated if not one.startswith(_SAY_NO_KIND)), None)


def _venue(fields: dict[str, list[str]]) -> str | None:
    tags = ("JT", "TA", "BTI", "CTI") if fields.get("TI") else ("JT", "TA", "CTI")
    return next((without_tags(fields[tag][0]) for tag in tags if fields.get(tag)), None)


def _descriptor(term: str) -> str:
    """A MeSH term without its qualifiers, and without the star that marks a main one."""
    return term.partition("/")[0].lstrip("*").strip() or term


def _relations(kind: str | None, fields: dict[str, list[str]]) -> tuple[Relation, ...]:
    """A preprint that is "updated in" a paper, and a paper that is an "update of" a preprint."""
    found = [
        Relation(kind="preprint-of", to=f"pmid:{pmid}")
        for text in fields.get("UIN", ())
        for pmid in _PMID.findall(text)
        if kind == "preprint"
    ]
    found += [
        Relation(kind="published-from", to=f"pmid:{pmid}")
        for text in fields.get("UOF", ())
        for pmid in _PMID.findall(text)
        if _PREPRINTS.match(text)
    ]
    return tuple(dict.fromkeys(found))
