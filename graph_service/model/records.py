"""Records: what one source says, validated once and frozen.

A loader reads a file into `ParsedSource` and `ParsedPaper`; `loaders.facts.to_facts` turns
those into `SourceRecord` and `PaperRecord`, the unit of truth that stores keep. Loading a
record again replaces exactly that record. A `Decision` is one line of the identity log.
"""

import re
from calendar import monthrange
from typing import Annotated, Any, Literal, Self

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from graph_service.model.ids import source_id
from graph_service.model.names import NameKey, name_key

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
    if _CONTROL.search(text):
        raise ValueError("holds a control character or a line break")
    if not text.strip():
        raise ValueError("is blank")
    return text


def _name(text: str) -> str:
    key = name_key(text)
    if not (key.family or key.given):
        raise ValueError("holds no letter or digit")
    return text


def _not_reserved(name: str) -> str:
    if name == "source":  # it would make a paper's record id look like a source's
        raise ValueError("is a reserved word; give the source another name")
    return name


_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


def _date(text: str) -> str:
    match = _DATE.fullmatch(text)
    if not match:
        raise ValueError("is not YYYY, YYYY-MM or YYYY-MM-DD")
    year, month, day = (int(part) if part else 1 for part in match.groups())
    if not (year >= 1 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]):
        raise ValueError("is not a day of the calendar")
    return text


Text = Annotated[str, AfterValidator(_clean)]
Line = Annotated[Text, AfterValidator(_one_line)]
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


class ParsedAuthor(Frozen):
    """One author slot as a source gives it."""

    name: PrintedName


class Topic(Frozen):
    """A subject that the source states, in the source's own scheme."""

    scheme: Line
    name: Line


class Reference(Frozen):
    """A work that a paper cites.

    `to` is the id of a record of it, `<source>:<key>`, loaded or not. `intent` is what the source
    says that it is cited for; `influential` whether the source calls it so; `in_text` how often the
    paper's text refers to it.
    """

    to: Annotated[Line, Field(max_length=701, pattern=r"^[!-~]+:[!-~]+$")]
    intent: Line | None = None
    influential: bool | None = None
    in_text: Annotated[int, Field(ge=0, le=1_000_000)] | None = None


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
    affiliations: tuple[Line, ...] = ()
    topics: tuple[Topic, ...] = ()
    locator: Line | None = None
    references: tuple[Reference, ...] = Field(default=(), max_length=MAX_REFERENCES_ON_A_RECORD)
    references_complete: bool | None = None


class ParsedPaper(_AboutAPaper):
    """A paper as a loader reads it.

    `date` is as precise as the source: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. `authors` are in
    printed order. `authors_complete`, `has_code` and `references_complete` are absent when the
    source does not say.
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


class Mention(Frozen):
    """One author slot of one record; `position` is 1-based, absent for an unprinted subject."""

    name: PrintedName
    position: Annotated[int, Field(ge=1)] | None = None

    @property
    def key(self) -> NameKey:
        """The key under which this name counts as equal to others."""
        return name_key(self.name)


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


Record = PaperRecord | SourceRecord


class Evidence(Frozen):
    """One row of points behind a decision."""

    kind: Line
    points: float
    detail: Text = ""


class DecisionDraft(Frozen):
    """A decision before it is written.

    `same` and `different` take two names or mentions, in any order; a mention and its own name
    under `different` split that mention off. `accept` and `reject` judge a step of lineage: the
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
            {"type": value.type} if isinstance(value, PaperRecord | SourceRecord) else {}
        )
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def record_from_json(text: bytes | str) -> Record:
    """Read back what `canonical_json` wrote.

    Raises:
        pydantic.ValidationError, orjson.JSONDecodeError: It is no record.
    """
    fields = orjson.loads(text)
    kind = fields.get("type") if isinstance(fields, dict) else None
    return (SourceRecord if kind == "source" else PaperRecord).model_validate(fields)
