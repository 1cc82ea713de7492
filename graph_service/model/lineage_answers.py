"""Answers about lineage: what probably grew out of what, and why one may think so.

A step is a guess from titles, abstracts, dates, authors and repositories, never a fact; its tier
is a class of its score, not a probability.
"""

from typing import Annotated, Literal

from pydantic import Field

from graph_service.model.answers import AuthorRef, Meta, NodeRef, PaperRef
from graph_service.model.lineage_kinds import EvidenceKind, Kind, Tier
from graph_service.model.records import Frozen

MinTier = Literal["strong", "likely", "possible", "tentative"]

MEANING = (
    "A step is inferred from titles, abstracts, dates, authors and repositories; nobody has "
    "checked it unless the step says so. A tier is a class of the score, not a probability."
)

Score = Annotated[float, Field(description="sum of the points of the evidence")]


class Verdict(Frozen):
    """What somebody decided on a step; it wins over score and tier, and can be undone."""

    verdict: Literal["accepted", "rejected"]
    decision: Annotated[str, Field(description="its id in the log")]
    by: str
    at: str | None = None


class EvidenceShown(Frozen):
    """A reason for a step, or against it."""

    kind: EvidenceKind
    points: float
    reason: Annotated[str, Field(description="the points and what they are for, in words")]
    detail: dict[str, str | int | float | bool | list[str] | None]


class PaperOfLineage(PaperRef):
    """A paper on a chain or a timeline."""

    date: Annotated[str | None, Field(description="as precise as known; absent: undated")] = None
    authors_complete: bool | None = None
    method: Annotated[
        str | None, Field(description="the name it coined; absent: none sure enough")
    ] = None


class Step(Frozen):
    """A newer paper that probably builds on an older one."""

    older: PaperOfLineage
    newer: PaperOfLineage
    tier: Annotated[
        Tier, Field(description="class of the score; none: there only because it is accepted")
    ]
    kind: Kind
    score: Score
    direction_certain: Annotated[
        bool, Field(description="false: the dates do not say which paper is older")
    ]
    shown: Annotated[
        bool, Field(description="false: kept for chains, not among the newer paper's two best")
    ]
    rank: Annotated[
        int,
        Field(description="from 1 among the steps into the newer paper; 0: accepted since derive"),
    ]
    reason: Annotated[str, Field(description="the evidence on one line")]
    evidence: list[EvidenceShown]
    decided: Annotated[
        Verdict | None, Field(description="absent: nobody has checked this step")
    ] = None


class People(Frozen):
    """Who goes along a step; authors by id, the page's subject aside."""

    stay: list[AuthorRef]
    join: list[AuthorRef]
    leave: list[AuthorRef]
    lists_cut: Annotated[
        int, Field(description="of the two author lists; with any, somebody may be missed")
    ]


class ChainStep(Step):
    """A step of a chain."""

    bridge: Annotated[bool, Field(description="its tier is below `min_tier`")]
    people: People
    repositories: Annotated[list[NodeRef], Field(description="of both papers, by id")]


class Weakest(Frozen):
    """The step of a chain with the lowest score."""

    older: str
    newer: str
    tier: Tier
    score: Score


class Stop(Frozen):
    """A stop of a chain as it may be displayed: a paper, or versions of one work."""

    papers: list[str]
    label: Annotated[str | None, Field(description="absent: no name was coined")] = None


class Chain(Frozen):
    """Papers that probably build on one another, older first."""

    papers: list[PaperOfLineage]
    steps: list[ChainStep]
    value: Annotated[
        float | None,
        Field(description="sum over the steps of min(5, score - 2); absent for a chain of parents"),
    ] = None
    weakest: Weakest | None = None
    bridges: Annotated[int, Field(description="steps below `min_tier`")] = 0
    first_team_left: Annotated[
        str | None,
        Field(description="the first paper by none of the first one's authors; absent: none"),
    ] = None
    first_team_left_certain: Annotated[
        bool | None,
        Field(description="false: an author list is cut, somebody may have stayed"),
    ] = None
    stops: Annotated[
        list[Stop] | None, Field(description="only with `merge_versions`; nothing is merged")
    ] = None
    reason: Annotated[str | None, Field(description="why there is no chain")] = None


class Neighbours(Frozen):
    """Steps into and out of a paper that reach `min_tier`, best first."""

    paper: PaperOfLineage
    builds_on: list[Step]
    built_on_by: list[Step]
    weaker: Annotated[int, Field(description="stored steps left out for their tier")]
    rejected: Annotated[list[Step], Field(description="steps that somebody rejected")] = []


class OnTopic(PaperOfLineage):
    """A paper of a timeline."""

    relevance: Annotated[
        float | None, Field(description="1 for the paper most on topic; absent: no topic asked")
    ] = None


class ScopeInfo(Frozen):
    """The set of papers that were compared with one another."""

    scope: Annotated[str, Field(description="a source, or all")]
    chosen: Annotated[str, Field(description="asked, or why it is this one")]
    subject: Annotated[
        str | None, Field(description="whose page it is; counts as no evidence there")
    ] = None
    model: str
    papers: int
    floor: Annotated[float, Field(description="cosine that two papers have by chance")]
    pairs: Annotated[int, Field(description="of papers, that were scored")]
    stored: Annotated[int, Field(description="steps kept")]
    shown: Annotated[int, Field(description="of these, shown in lists")]
    undated: Annotated[int, Field(description="papers without a date; they have no steps")]
    cut_lists: Annotated[int, Field(description="papers that name only some of their authors")]
    calibration: Annotated[
        str | None, Field(description="absent: the weights were set on scopes of such a size")
    ] = None
    others: Annotated[list[str], Field(description="other scopes that hold what is asked")]


class LineageAnswer(Frozen):
    """A chain, its alternatives and what is next to it.

    `timeline` is there for topics and methods, in date order, whether or not a step is good
    enough.
    """

    meta: Meta
    meaning: str = MEANING
    scope: ScopeInfo
    chain: Chain
    alternatives: Annotated[list[Chain], Field(description="best first, at most three")]
    neighbours: list[Neighbours]
    timeline: list[OnTopic] = []
    on_topic: Annotated[
        int | None, Field(description="papers with any relevance; absent: no topic asked")
    ] = None
    undated: Annotated[list[PaperRef], Field(description="papers asked for without a date")] = []


class StepList(Frozen):
    """Shown steps by newer paper's date, newest first, then its id, then rank."""

    meta: Meta
    meaning: str = MEANING
    scope: ScopeInfo
    results: list[Step]


class Relative(Frozen):
    """A paper that can be reached over steps, and the best step that leads to it."""

    paper: PaperOfLineage
    generation: Annotated[int, Field(description="steps away, fewest")]
    via: Step


class PaperLineageAnswer(Frozen):
    """What a paper probably grew out of, and what grew out of it.

    Ancestors and descendants by generation, then score of the step, then id.
    """

    meta: Meta
    meaning: str = MEANING
    scope: ScopeInfo
    paper: PaperOfLineage
    ancestors: list[Relative]
    descendants: list[Relative]
    reason: Annotated[str | None, Field(description="why there are none")] = None
