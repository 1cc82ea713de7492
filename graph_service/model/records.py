"""Records: what one source says, validated once and frozen.

A loader reads a file into `ParsedSource` and `ParsedPaper`; `loaders.facts.to_facts` turns
those into `SourceRecord` and `PaperRecord`, the unit of truth that stores keep. Loading a
record again replaces exactly that record. A `Decision` is one line of the identity log.
"""

import re
from calendar import monthrange
from functools import lru_cache
from typing import Annotated, Any, Literal, Self

import orjson
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from graph_service.model.identifiers import (
    ORGANISATION_RANK,
    author_identifier,
    best_identifier,
    organisation_identifier,
    paper_identifier,
    work_reference,
)
from graph_service.model.ids import affiliation_id, source_id
from graph_service.model.names import NameKey, name_key, parts_key

# The largest author list ever published has some 15,000 names; more is not a paper.
MAX_AUTHORS_ON_A_RECORD = 20_000
MAX_REFERENCES_ON_A_RECORD = 20_000
INT64_MAX = 2**63 - 1


_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def _clean(text: str) -> str:
    if "\0" in text:
        raise ValueError("holds a NUL character")
    if _SURROGATE.search(text):
        raise ValueError("holds half of a surrogate pair")
    return text


def _one_line(text: str) -> str:
    # True of nearly every line, and faster than looking for each fault.
    if text.isprintable() and text and not text.isspace():
        return text
    _clean(text)
    if _CONTROL.search(text):
        raise ValueError("holds a control character or a line break")
    if not text.strip():
        raise ValueError("is blank")
    return text


def _name(text: str) -> str:
    if text[0].isalpha() and text.isascii() and "," not in text:
        return text
    key = name_key(text)
    if not (key.family or key.given):
        raise ValueError("holds no letter or digit")
    return text


def _not_reserved(name: str) -> str:
    if name in {"source", "person"}:  # a paper's record id would look like theirs
        raise ValueError("is a reserved word; give the source another name")
    return name


_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


@lru_cache(maxsize=1_000)
def _date(text: str) -> str:
    match = _DATE.fullmatch(text)
    if not match:
        raise ValueError("is not YYYY, YYYY-MM or YYYY-MM-DD")
    year, month, day = (int(part) if part else 1 for part in match.groups())
    if not (year >= 1 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]):
        raise ValueError("is not a day of the calendar")
    return text


Text = Annotated[str, AfterValidator(_clean)]
Line = Annotated[str, AfterValidator(_one_line)]
PrintedName = Annotated[Line, AfterValidator(_name), Field(max_length=500)]
IsoDate = Annotated[str, AfterValidator(_date)]
SourceName = Annotated[
    str,
    Field(pattern=r"^[a-z0-9_][a-z0-9_.-]*$", max_length=200),
    AfterValidator(_not_reserved),
]
RecordKey = Annotated[str, Field(pattern=r"^[!-~]+$", max_length=500)]
Count = Annotated[int, Field(ge=0, le=INT64_MAX)]
Figure = Annotated[int, Field(ge=-INT64_MAX, le=INT64_MAX)] | Line


class Frozen(BaseModel):
    """A value: immutable, and no field that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


PaperIdentifier = Annotated[str, AfterValidator(paper_identifier)]
AuthorIdentifier = Annotated[str, AfterValidator(author_identifier)]
OrganisationIdentifier = Annotated[str, AfterValidator(organisation_identifier)]


class NamedPerson(Frozen):
    """A name as a source prints it, with its parts where the source has them apart.

    `name` is for reading. The parts are what the name is compared by; without them `name` is
    parsed (`model.names.parse_name`).
    """

    name: PrintedName
    family: Line | None = None
    given: Line | None = None
    suffix: Line | None = None

    @property
    def key(self) -> NameKey:
        """The key under which this name counts as equal to others."""
        if self.family is None and self.given is None:
            return name_key(self.name)
        return parts_key(self.family or "", self.given or "", self.suffix or "")

    @model_validator(mode="after")
    def _parts_hold_a_name(self) -> Self:
        if (self.family or self.given or self.suffix) and not any(self.key[:2]):
            raise ValueError("family and given hold no letter or digit")
        return self


class Organisation(Frozen):
    """An organisation as a source names it; `country` is its ISO 3166-1 code of two letters."""

    name: Line
    identifiers: tuple[OrganisationIdentifier, ...] = ()
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None


def organisation_id(organisation: Organisation) -> str:
    """The id of an organisation: its ROR id where a source gives it, else its name."""
    named = best_identifier(organisation.identifiers, ORGANISATION_RANK)
    return named or affiliation_id(organisation.name)


def _organisation(given: object) -> object:
    return {"name": given} if isinstance(given, str) else given


# A bare text stands for an organisation of which only the name is said.
AnOrganisation = Annotated[
    Organisation, BeforeValidator(_organisation, json_schema_input_type=Line | Organisation)
]
MAX_AFFILIATIONS = 200


class _AuthorSlot(NamedPerson):
    """What a source says of one author of a paper.

    `identifiers` are the person's own, `scheme:value`; `orcid_authenticated` says whether the
    person confirmed the ORCID iD there. `affiliations` are those that the source ties to this
    author. `roles` are the source's own words for what the author did.
    """

    identifiers: tuple[AuthorIdentifier, ...] = ()
    orcid_authenticated: bool | None = None
    affiliations: Annotated[tuple[AnOrganisation, ...], Field(max_length=MAX_AFFILIATIONS)] = ()
    is_corresponding: bool | None = None
    roles: tuple[Line, ...] = ()


class ParsedAuthor(_AuthorSlot):
    """One author slot as a source gives it."""


class Version(Frozen):
    """A version of a paper at its source, as in "v2", with its date where it is said."""

    name: Line
    date: IsoDate | None = None


class Location(Frozen):
    """An address where a paper can be read.

    `version` is the source's word for what is there (as in "publishedVersion"), `licence` and
    `host` likewise.
    """

    url: Line
    version: Line | None = None
    licence: Line | None = None
    host: Line | None = None


class Relation(Frozen):
    """What a source says of a paper and another work, named by an identifier of that work."""

    kind: Literal["preprint-of", "published-from", "version-of"]
    to: PaperIdentifier


class Topic(Frozen):
    """A subject that the source states, in the source's own scheme."""

    scheme: Line
    name: Line


class Reference(Frozen):
    """A work that a paper cites.

    `to` names it, loaded or not: an identifier of it, as in `doi:10.1000/182`, or the id of a
    record of it, `<source>:<key>`. `intent` is what the source
    says that it is cited for; `influential` whether the source calls it so; `in_text` how often the
    paper's text refers to it.
    """

    to: Annotated[
        str, Field(max_length=701, pattern=r"^[!-~]+:[!-~]+$"), AfterValidator(work_reference)
    ]
    intent: Line | None = None
    influential: bool | None = None
    in_text: Annotated[int, Field(ge=0, le=1_000_000)] | None = None


def how_little_is_said(
    intent: str | None, influential: bool | None, in_text: int | None
) -> tuple[bool, str, bool, bool, bool, int]:
    """Order references to one work, the one that says most first; a total order by what is said."""
    return (
        intent is None,
        intent or "",
        influential is None,
        not influential,
        in_text is None,
        -(in_text or 0),
    )


class _AboutAPaper(Frozen):
    source: SourceName
    key: RecordKey
    format: Line
    title: Line
    date: IsoDate | None = None
    abstract: Text | None = None
    kind: Line | None = None
    venue: Line | None = None
    authors_complete: bool | None = None
    has_code: bool | None = None
    identifiers: tuple[PaperIdentifier, ...] = ()
    versions: tuple[Version, ...] = ()
    relations: tuple[Relation, ...] = ()
    group_authors: tuple[Line, ...] = ()
    affiliations: Annotated[tuple[AnOrganisation, ...], Field(max_length=MAX_AFFILIATIONS)] = ()
    topics: tuple[Topic, ...] = ()
    locations: tuple[Location, ...] = ()
    locator: Line | None = None
    references: tuple[Reference, ...] = Field(default=(), max_length=MAX_REFERENCES_ON_A_RECORD)
    references_unidentified: Count | None = None
    references_complete: bool | None = None


class ParsedPaper(_AboutAPaper):
    """A paper as a loader reads it.

    `date` is as precise as the source: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; of several versions it
    is that of the first. `kind` is one of `model.kinds.KINDS` where the source's word fits one,
    else that word. `identifiers` are the paper's own: a record that carries those of a preprint
    and of its publication is one paper. `authors` are in printed order; `group_authors` are
    collaborations, which are no persons. `authors_complete`, `has_code` and
    `references_complete` are absent when the source does not say; `references_unidentified` are
    those that the source lists without an identifier.
    `subject` is the person whose page lists the paper: an author even where not printed.
    `affiliations` are those of the paper as a whole. `repositories` are addresses as written,
    besides those that the abstract names. `locator` says where in the source to look, in words
    that do not depend on the order of its papers.
    """

    authors: tuple[ParsedAuthor, ...] = Field(default=(), max_length=MAX_AUTHORS_ON_A_RECORD)
    subject: PrintedName | None = None
    repositories: tuple[Line, ...] = ()


class ParsedSource(Frozen):
    """What a source says of itself.

    `subject` is the person whose page it is; `metrics` are the page's figures under the page's
    own names, as numbers or as printed; `metrics_as_of` only when the page gives a date.
    """

    name: SourceName
    format: Line
    label: Line
    subject: PrintedName | None = None
    announced_papers: Count | None = None
    metrics: dict[Line, Figure] = {}
    metrics_as_of: IsoDate | None = None


class ParsedPerson(Frozen):
    """What a source says of a person beside any paper: all names are of one person.

    `names` begin with the one to show. The mentions meant are those of the same source that bear
    one of the identifiers, or one of the names and no identifier of somebody else.
    """

    source: SourceName
    key: RecordKey
    format: Line
    names: Annotated[tuple[NamedPerson, ...], Field(min_length=1, max_length=1000)]
    identifiers: tuple[AuthorIdentifier, ...] = ()
    affiliations: Annotated[tuple[AnOrganisation, ...], Field(max_length=MAX_AFFILIATIONS)] = ()
    locator: Line | None = None


class Mention(_AuthorSlot):
    """One author slot of one record; `position` is 1-based, absent for an unprinted subject."""

    position: Annotated[int, Field(ge=1)] | None = None


class RepositoryLink(Frozen):
    """A repository by its canonical id and as first written."""

    id: str
    name: Line


class PaperRecord(_AboutAPaper):
    """What one source says about one paper. `mentions` are by position, the subject last."""

    type: Literal["paper"] = "paper"
    mentions: tuple[Mention, ...] = ()
    repositories: tuple[RepositoryLink, ...] = ()

    @model_validator(mode="after")
    def _positions_are_distinct(self) -> Self:
        positions = [mention.position for mention in self.mentions]
        if len(set(positions)) != len(positions):
            raise ValueError("two mentions have one position")
        return self

    @model_validator(mode="after")
    def _references_are_distinct(self) -> Self:
        cited = {reference.to for reference in self.references}
        if len(cited) != len(self.references):
            raise ValueError("a work is referred to twice")
        if self.id in cited:
            raise ValueError("a paper refers to itself")
        return self

    @property
    def id(self) -> str:
        """`<source>:<key>`, unique in a store."""
        return f"{self.source}:{self.key}"

    def mention_id(self, mention: Mention) -> str:
        """`<source>:<key>#<position>`, `#subject` where the position is unknown."""
        return f"{self.id}#{mention.position or 'subject'}"


class SourceRecord(ParsedSource):
    """What a source says of itself, as stored."""

    type: Literal["source"] = "source"

    @property
    def id(self) -> str:
        """`source:<name>`, the id of its node too."""
        return source_id(self.name)


class PersonRecord(ParsedPerson):
    """What a source says of a person, as stored."""

    type: Literal["person"] = "person"

    @property
    def id(self) -> str:
        """`person:<source>:<key>`, unique in a store."""
        return f"person:{self.source}:{self.key}"


Record = PaperRecord | SourceRecord | PersonRecord
_RECORDS: dict[str, type[Record]] = {
    "paper": PaperRecord,
    "source": SourceRecord,
    "person": PersonRecord,
}


class Evidence(Frozen):
    """One row of points behind a decision."""

    kind: Line
    points: float
    detail: Text = ""


class DecisionDraft(Frozen):
    """A decision before it is written.

    `same` and `different` take two names or mentions, in any order; a mention and its own name
    under `different` split that mention off. Two records, each behind `record:`, are said to be
    one paper, or two. `accept` and `reject` judge a step of lineage: the
    newer paper's id in `a`, the older one's in `b`. `undo` takes a decision's id in `a`.
    """

    op: Literal["same", "different", "accept", "reject", "undo"]
    a: Line
    b: Line | None = None
    rule: Line | None = None
    evidence: tuple[Evidence, ...] = ()
    score: float | None = None
    by: Line
    at: Line | None = None

    @model_validator(mode="after")
    def _has_its_operands(self) -> Self:
        if (self.op == "undo") != (self.b is None):
            raise ValueError("undo takes one decision, everything else takes two operands")
        if self.a == self.b:
            raise ValueError("a decision is about two different operands")
        if self.b is not None and self.a.startswith("record:") != self.b.startswith("record:"):
            raise ValueError("a record and a name have nothing to decide between them")
        return self


class Decision(DecisionDraft):
    """One line of the append-only log of decisions; whether it is in force is derived."""

    number: Annotated[int, Field(ge=1)]

    @property
    def id(self) -> str:
        """`decision:<number>`."""
        return f"decision:{self.number}"


def canonical_json(value: Record | Decision | Any) -> bytes:
    """Write a value as JSON that depends on its content alone: sorted keys, no defaults."""
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json", exclude_defaults=True) | (
            {"type": value.type} if isinstance(value, Record) else {}
        )
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def record_from_json(text: bytes | str) -> Record:
    """Read back what `canonical_json` wrote.

    Raises:
        pydantic.ValidationError, orjson.JSONDecodeError: It is no record.
    """
    fields = orjson.loads(text)
    kind = fields.get("type") if isinstance(fields, dict) else None
    return _RECORDS.get(str(kind), PaperRecord).model_validate(fields)
