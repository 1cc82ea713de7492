"""Answers about citations: who cites whom, and main paths through them."""

from typing import Annotated, Literal

from pydantic import Field

from graph_service.model.answers import Meta, PaperRef
from graph_service.model.records import Frozen

Weights = Literal["spc", "splc", "spnp"]
PathSearch = Literal[
    "local", "global", "key-route", "key-route-local", "longest", "low-criticality"
]


class CitedPaper(Frozen):
    """A paper at the other end of a citation."""

    paper: PaperRef
    date: str | None = None
    intent: Annotated[
        str | None, Field(description="what it is cited for, in the source's words")
    ] = None
    influential: Annotated[
        bool | None, Field(description="whether the source calls the citation so")
    ] = None
    in_text: Annotated[
        int | None, Field(description="how often the citing paper's text refers to the other")
    ] = None


class CitationsAnswer(Frozen):
    """Whom a paper cites and who cites it: newest first, undated last, then by id."""

    meta: Meta
    paper: PaperRef
    references: Annotated[
        int | None,
        Field(description="works that its records refer to, loaded or not; absent: none given"),
    ] = None
    references_complete: Annotated[
        bool | None,
        Field(description="only if true is a missing citation known to be none"),
    ] = None
    cites_count: int
    cited_by_count: Annotated[int, Field(description="loaded papers only: a lower bound")]
    cites: Annotated[list[CitedPaper], Field(description="loaded papers, at most 500")]
    cited_by: Annotated[list[CitedPaper], Field(description="at most 500")]


class MainPathStop(Frozen):
    """A node of a main path: a paper, or papers that cite each other in a circle, by id."""

    id: Annotated[str, Field(description="of its first paper")]
    papers: list[PaperRef]
    date: Annotated[str | None, Field(description="of its first paper")] = None
    criticality: Annotated[
        int | None, Field(description="arcs that its longest way is short of the longest near it")
    ] = None


class MainPathArc(Frozen):
    """An arc of a main path, from the older paper to the one that cites it."""

    older: str
    newer: str
    weight: Annotated[
        str | None,
        Field(description="an exact number, as text: it passes 64 bits on real networks"),
    ] = None
    tied: Annotated[bool, Field(description="another arc in its place is as good")]


class SetAsideCitations(Frozen):
    """Citations that a network leaves out, as [citing, cited]."""

    count: int
    citations: Annotated[list[list[str]], Field(description="the first 500, by ids")]


class Circles(Frozen):
    """Papers that cite each other in a circle, each circle by ids."""

    count: int
    papers: Annotated[list[list[str]], Field(description="of the first 500 circles, by first id")]


class CyclePolicy(Frozen):
    """How circles are broken, and what that left out."""

    rule: str
    circles: Circles
    self_citations: SetAsideCitations
    repeated: SetAsideCitations
    against_dates: SetAsideCitations
    within: Annotated[
        SetAsideCitations, Field(description="among papers that count as one for their circle")
    ]
    merged: Annotated[
        SetAsideCitations, Field(description="beyond the first between papers that count as one")
    ]


class MainPathAnswer(Frozen):
    """A main path: stops in an order in which each arc goes forward, arcs by older, then newer."""

    meta: Meta
    papers: Annotated[int, Field(description="with a citation, of the network")]
    citations: Annotated[int, Field(description="as given")]
    arcs_counted: Annotated[int, Field(description="left, between papers without circles")]
    stops: list[MainPathStop]
    arcs: list[MainPathArc]
    ways: Annotated[
        str | None, Field(description="ways from end to end that are as good as the best")
    ] = None
    total: Annotated[str | None, Field(description="sum of weights along each, exact, as text")] = (
        None
    )
    policy: CyclePolicy
    reason: Annotated[str | None, Field(description="why there is no path")] = None
