"""Answers about identity: who may be who, why names are one person, what a decision would change."""

from typing import Annotated, Literal

from pydantic import Field

from graph_service.model.answers import (
    AuthorRef,
    JoinOfNames,
    Membership,
    Meta,
    NodeRef,
    PaperRef,
)
from graph_service.model.records import Frozen


class PersonHint(AuthorRef):
    """An author beside namesakes, with what tells them apart."""

    papers: int
    first_year: int | None = None
    last_year: int | None = None
    a_paper: str | None = None


class SignRow(Frozen):
    """One sign that speaks for a pair."""

    kind: str
    points: float
    detail: str = ""


class Candidate(Frozen):
    """Two names that may be one person, and what is missing or stands against it."""

    a: str
    b: str
    a_author: Annotated[
        PersonHint | None, Field(description="absent: a mention that no rule has split off yet")
    ] = None
    b_author: PersonHint | None = None
    rule: str
    points: float
    needed: Annotated[float, Field(description="points at which the rule would join them")]
    signs: Annotated[list[SignRow], Field(description="most points first, then by kind")]
    veto: Annotated[str | None, Field(description="absent: only points are missing")] = None


class CandidateList(Frozen):
    """Pairs for people to look at: most points first, then by ids; never applied by themselves."""

    meta: Meta
    results: list[Candidate]


class LinkOfChain(JoinOfNames):
    """A join on the way from one name to another, with its evidence where a decision has some."""

    evidence: list[SignRow] = []
    by: Annotated[str | None, Field(description="who decided; absent: a standing rule")] = None


class ExplainAnswer(Frozen):
    """Why two names are one author, or are not.

    `chain` are the joins that hold them together, weakest first: the first is the one to undo.
    Empty for two people; then `apart` says what keeps them so, by both ends.
    """

    meta: Meta
    a: str
    b: str
    a_author: PersonHint
    b_author: PersonHint
    one_person: bool
    chain: list[LinkOfChain]
    apart: Annotated[
        list[JoinOfNames],
        Field(description="joins that something stands against; empty: no rule speaks for one"),
    ]
    vetoes: Annotated[
        list[str],
        Field(description="what would stand against a decision that they are one; ascending"),
    ] = []


class PersonAfter(Frozen):
    """A person as they would be."""

    id: str
    name: str
    names: Annotated[list[str], Field(description="ids of names, ascending")]
    papers: int
    collaborators: int


class PaperAfter(PaperRef):
    """A paper as it would be."""

    records: Annotated[list[str], Field(description="ids, ascending")]
    same_works: Annotated[
        list[str], Field(description="ids of papers that are this work in another form, ascending")
    ] = []


class TieAfter(Frozen):
    """Two people who would share another number of papers; 0: no tie."""

    a: NodeRef
    b: NodeRef
    papers_now: int
    papers_then: int


class WhatIfAnswer(Frozen):
    """What one more decision would change; nothing is written.

    People and papers are by id, before and after; only those that would change are listed. Of
    two records the papers come first, then what follows for people.
    """

    meta: Meta
    op: Literal["same", "different"]
    a: str
    b: str
    refused: Annotated[
        str | None, Field(description="why the decision would be refused; absent: it would not")
    ] = None
    contradicted: Annotated[
        list[str], Field(description="decisions, or what stands against it in words")
    ] = []
    papers_before: Annotated[
        list[PaperAfter],
        Field(description="papers that would have other records or links; empty of people"),
    ] = []
    papers_after: list[PaperAfter] = []
    before: list[PersonAfter] = []
    after: list[PersonAfter] = []
    moved_papers: Annotated[
        list[PaperRef],
        Field(
            description="papers that get another author, without those above, by id; at most 500"
        ),
    ] = []
    moved_papers_in_all: int = 0
    blocked: Annotated[
        list[JoinOfNames],
        Field(
            description="joins that would no longer apply, of records, then of names; by both ends"
        ),
    ] = []
    hops_between: Annotated[
        int | None,
        Field(
            description="hops between the two now, from paper to paper over shared authors; "
            "absent: not connected, or one already"
        ),
    ] = None
    ties: Annotated[
        list[TieAfter],
        Field(description="of records: ties that would change, by both ids; at most 500"),
    ] = []
    ties_in_all: int = 0
    new_ties: Annotated[
        list[AuthorRef],
        Field(
            description="who would become a collaborator of somebody who has a tie to them "
            "only under the other name, by id; at most 500; empty of records, whose `ties` say more"
        ),
    ] = []
    clusters: Annotated[
        list[Membership],
        Field(description="clusters that name those who would change; derive makes them anew"),
    ] = []
