"""Answers: one model for HTTP, the command line and Python; field order is reading order.

Every answer carries `meta`: the facts revision it was computed from, the parameters after
defaults, and `notes` on what was cut, capped or is unknown. Lists are in the order that the
field's description states, and every order ends in an id.
"""

from typing import Annotated, Literal

from pydantic import Field

from graph_service.model.records import Figure, Frozen, Location

Identity = Literal["verified", "unverified"]
Parameter = str | int | float | bool | list[str] | None


class Note(Frozen):
    """Something the reader should know about an answer: a code for programs, words for people."""

    code: str
    count: int | None = None
    text: str


class Meta(Frozen):
    """What an answer was computed from and with."""

    facts_revision: str
    derived_revision: Annotated[
        str | None, Field(description="absent: the derived layer is missing or half-written")
    ] = None
    stale: Annotated[
        bool, Field(description="the derived layer was computed from other facts than these")
    ]
    parameters: dict[str, Parameter] = {}
    count: Annotated[int | None, Field(description="how many there are in all")] = None
    per_page: int | None = None
    next_cursor: str | None = None
    notes: list[Note] = []


class AuthorRef(Frozen):
    """An author, briefly."""

    id: str
    name: str
    identity: Identity


class NodeRef(Frozen):
    """Any other node, briefly."""

    id: str
    name: str


class PaperRef(Frozen):
    """A paper, briefly."""

    id: str
    title: str
    year: int | None = None


class PageMetrics(Frozen):
    """Figures that a page prints about its subject, under the page's own names."""

    source: str
    as_of: Annotated[str | None, Field(description="absent: the page gives no date")] = None
    figures: dict[str, Figure]


class NameOfAuthor(Frozen):
    """A name that makes part of an author, and how sure that is."""

    id: str
    name: str
    source: str
    status: Identity


class JoinOfNames(Frozen):
    """Why two names are one author: a rule, or somebody's decision."""

    a: str
    b: str
    rule: str
    decision: Annotated[str | None, Field(description="absent: a standing rule")] = None
    status: Annotated[str, Field(description="applied, or what stands against it")]


class SaidAffiliation(NodeRef):
    """An organisation that a source gives to a person, beside any paper."""

    country: Annotated[
        str | None, Field(description="ISO 3166-1, two letters; absent: not said")
    ] = None
    source: Annotated[str, Field(description="id of the source that says so")]
    record: Annotated[str, Field(description="its record of the person")]
    meant_by: Annotated[
        str, Field(description="why it is this author: an identifier, or the id of a name")
    ]


class AuthorSummary(AuthorRef):
    """An author in a list."""

    papers: int
    collaborators: int
    first_year: int | None = None
    last_year: int | None = None


class Measure(Frozen):
    """One measure of an author, and how many authors have a greater one."""

    value: int | float
    rank: Annotated[int, Field(description="from 1; equal values share a rank")]
    error: Annotated[
        float | None, Field(description="standard error of an estimate; absent: counted exactly")
    ] = None
    counted: Annotated[str, Field(description="what is counted, and how")]


class ComponentRef(Frozen):
    """Authors who can all reach one another over ties."""

    id: str
    number: Annotated[int, Field(description="from 1; most authors first, then smallest id")]
    authors: int
    ties: int


class Position(Frozen):
    """Where an author stands among the ties, by several measures; none sums a person up."""

    derived_revision: str
    stale: Annotated[bool, Field(description="the facts have changed since it was computed")]
    without: Annotated[list[AuthorRef], Field(description="authors left out, by id; empty: nobody")]
    authors: Annotated[int, Field(description="authors ranked, in all components")]
    component: ComponentRef
    degree: Measure
    strength: Measure
    core: Measure
    betweenness: Measure
    closeness: Measure
    pagerank: Measure
    clustering: Measure


class Membership(NodeRef):
    """A cluster that an author is in; `name` is its label."""

    number: int | None = None
    size: int | None = None
    share: Annotated[
        float | None, Field(description="of the cluster's papers, the part that is the author's")
    ] = None


class AuthorCard(AuthorSummary):
    """One author."""

    name_variants: list[str]
    identifiers: Annotated[list[str], Field(description="scheme:value, ascending")] = []
    names: Annotated[list[NameOfAuthor], Field(description="by name id")]
    joined_by: Annotated[
        list[JoinOfNames],
        Field(description="why the names are one author, or are kept from others, by both ends"),
    ] = []
    affiliations: Annotated[
        list[SaidAffiliation],
        Field(description="what sources say of the person beside any paper; by record, then id"),
    ] = []
    metrics: Annotated[list[PageMetrics], Field(description="by source")] = []
    unprinted_papers: Annotated[
        int, Field(description="papers in whose list of authors the name has no place")
    ]
    papers_with_cut_lists: int
    position: Annotated[
        Position | None, Field(description="among all ties; absent: not derived")
    ] = None
    position_without: Annotated[
        Position | None,
        Field(description="the same without the subject of a page whom nearly every paper names"),
    ] = None
    clusters: Annotated[
        list[Membership], Field(description="by number, then id; empty: none, or not derived")
    ] = []


class AuthorOnPaper(AuthorRef):
    """An author of a paper."""

    position: Annotated[
        int | None, Field(description="1-based; absent: the source does not print the name")
    ] = None
    is_last: Annotated[
        bool | None, Field(description="absent: the list is not known to be complete")
    ] = None
    name_as_printed: str
    mentions: list[str]
    affiliations: Annotated[
        list[str], Field(description="ids, where a source says that they are this author's")
    ] = []
    is_corresponding: Annotated[bool | None, Field(description="absent: no source says")] = None
    roles: Annotated[list[str], Field(description="in the sources' words")] = []


class OrganisationOnPaper(NodeRef):
    """An organisation of a paper."""

    certainty: Annotated[
        str,
        Field(description="author: a source says of which author; paper: named for the paper"),
    ]


class TopicRef(NodeRef):
    """A subject in the scheme of the source."""

    scheme: str


class ListedIn(Frozen):
    """A source that lists a paper."""

    id: str
    label: str
    locator: str | None = None


class SaidLocation(Location):
    """An address where a paper can be read, and who says so."""

    source: Annotated[str, Field(description="id of the source that says so")]
    record: str


class SameWork(PaperRef):
    """A paper that is the same work in another form, as a preprint and its publication."""

    rule: Annotated[str, Field(description="stated: a source says so; same-title")]


class PaperSummary(PaperRef):
    """A paper in a list."""

    date: str | None = None
    authors: Annotated[
        list[AuthorOnPaper], Field(description="by position; unprinted ones last, by id")
    ]
    authors_complete: Annotated[
        bool | None, Field(description="false: cut by et al.; absent: unknown")
    ] = None
    has_code: Annotated[bool | None, Field(description="absent: the source does not say")] = None
    repositories: Annotated[list[NodeRef], Field(description="by id")] = []


class PaperCard(PaperSummary):
    """One paper."""

    date_precision: str | None = None
    kind: str | None = None
    venue: NodeRef | None = None
    topics: list[TopicRef] = []
    affiliations: list[OrganisationOnPaper] = []
    abstract: str | None = None
    identifiers: Annotated[list[str], Field(description="scheme:value, ascending")] = []
    group_authors: Annotated[
        list[str], Field(description="collaborations, which are no persons; ascending")
    ] = []
    versions: Annotated[list[str], Field(description="name and date, ascending")] = []
    references: Annotated[int | None, Field(description="works referred to")] = None
    references_unidentified: Annotated[
        int | None, Field(description="works referred to that no identifier names")
    ] = None
    locations: Annotated[
        list[SaidLocation],
        Field(description="by url, version, licence, host, record; what is not said first"),
    ] = []
    sources: list[ListedIn]
    records: Annotated[
        list[str], Field(description="what sources say of it, one record each; ascending")
    ]
    said_by: Annotated[
        dict[str, str], Field(description="of several records, the one that is heard on a field")
    ] = {}
    joined_by: Annotated[
        list[str],
        Field(description="why its records are one paper: rule, two records, decision if any"),
    ] = []
    same_works: Annotated[
        list[SameWork], Field(description="papers that are this work in another form, by id")
    ] = []


class Collaborator(AuthorRef):
    """The author at the other end of a tie."""

    papers: Annotated[int, Field(description="papers shared and counted")]
    weight: Annotated[float, Field(description="Newman weight: sum of 1/(k-1), in papers")]
    first_year: int | None = None
    last_year: int | None = None
    shared_papers: Annotated[list[PaperRef], Field(description="by year, then id; undated last")]


class AuthorAnswer(Frozen):
    """One author."""

    meta: Meta
    author: AuthorCard


class AuthorRow(AuthorSummary):
    """An author in a list, with what the list was asked for."""

    papers_counted: Annotated[
        int | None,
        Field(description="papers that fit the topic, method or affiliation; absent: not asked"),
    ] = None
    value: Annotated[
        int | float | None, Field(description="what the list is sorted by; absent: unknown")
    ] = None
    rank: Annotated[
        int | None, Field(description="from 1, in the whole list; equal values share a rank")
    ] = None


class AuthorList(Frozen):
    """Authors.

    Without `q` and `sort`: most papers first (of those that fit a topic, method or affiliation),
    then by id. With `q`: exact, prefix, words; then papers descending, id. With `sort`: by that
    value, in the order asked for, unknown ones last; then by id.
    """

    meta: Meta
    results: list[AuthorRow]


class CollaboratorList(Frozen):
    """Collaborators of an author: papers descending, weight descending, id."""

    meta: Meta
    author: AuthorRef
    results: list[Collaborator]


class PaperAnswer(Frozen):
    """One paper."""

    meta: Meta
    paper: PaperCard


class PaperList(Frozen):
    """Papers: newest first (year, then date, undated last), then id."""

    meta: Meta
    results: list[PaperSummary]


class ShelfRow(NodeRef):
    """A repository, affiliation, topic, venue or source, with the number of its papers."""

    papers: int
    properties: dict[str, Parameter] = {}


class ShelfList(Frozen):
    """Nodes of one kind: papers descending, then id."""

    meta: Meta
    results: list[ShelfRow]


class AuthorOfShelf(AuthorRef):
    """An author of papers of a repository, affiliation, topic, venue or source."""

    papers: int


class ShelfAnswer(Frozen):
    """One repository, affiliation, topic, venue or source, its papers and their authors.

    Papers are newest first, then by id; authors by papers descending, then id; of each at most
    500, and a note says how many were left out. They are the authors of those papers; a note
    says where that proves nothing about one of them.
    """

    meta: Meta
    node: ShelfRow
    papers: list[PaperRef]
    authors: list[AuthorOfShelf]


class Finding(Frozen):
    """One kind of thing missing or doubtful in the data."""

    code: str
    count: int
    text: str
    examples: Annotated[list[str], Field(description="ids, ascending, at most ten")] = []


class QualityAnswer(Frozen):
    """What is missing or doubtful, in a fixed order; findings of count 0 are left out."""

    meta: Meta
    results: list[Finding]


class StatusAnswer(Frozen):
    """The state of a store."""

    store: str
    schema_version: int
    facts_revision: str
    derived_revision: str | None = None
    derived: Literal["none", "incomplete", "complete"]
    stale: bool
    nodes: Annotated[dict[str, int], Field(description="by label, ascending")]
    relationships: Annotated[dict[str, int], Field(description="by type, ascending")]
    settings: dict[str, Parameter] = {}


class ReportParameter(Frozen):
    """A parameter of a report."""

    name: str
    type: Annotated[str, Field(description="int, str, bool, or what its id names")]
    required: bool
    default: Parameter = None
    allowed: str
    words: str


class ReportColumn(Frozen):
    """A column of a report."""

    name: str
    type: str
    nullable: Annotated[bool, Field(description="null where the value is unknown")]
    words: str


class ReportCard(Frozen):
    """A canned report: what it answers, and what it cannot know."""

    name: str
    area: str
    title: str
    about: str
    needs: Literal["facts", "derived"]
    neo4j_only: Annotated[
        str | None, Field(description="why only Neo4j answers it; absent: every store does")
    ] = None
    parameters: list[ReportParameter]
    columns: list[ReportColumn]


class ReportList(Frozen):
    """Canned reports, by area, then by name."""

    meta: Meta
    results: list[ReportCard]


class ReportAnswer(Frozen):
    """The rows of a report, each with the report's columns, in the order that it states."""

    meta: Meta
    report: ReportCard
    results: list[dict[str, Parameter]]
