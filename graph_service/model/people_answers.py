"""Answers about people: where they stand, whom they might work with, and their years."""

from typing import Annotated, Literal

from pydantic import Field

from graph_service.model.answers import (
    AuthorRef,
    Identity,
    Meta,
    NodeRef,
    PaperRef,
)
from graph_service.model.records import Frozen

Score = Literal[
    "common_neighbours",
    "adamic_adar",
    "resource_allocation",
    "jaccard",
    "preferential_attachment",
    "pagerank",
    "topics",
]
Kind = Literal["author", "paper", "affiliation", "repo", "source", "topic", "venue"]


class SharedCollaborator(AuthorRef):
    """Somebody who has worked with both."""

    contribution: Annotated[
        float | None,
        Field(description="to the score asked for; absent: that score is no sum over people"),
    ] = None
    collaborators: Annotated[int, Field(description="how many this person has")]


class Scores(Frozen):
    """Every score of a suggestion; none of them says that two people should work together."""

    common_neighbours: Annotated[int, Field(description="shared collaborators")]
    adamic_adar: Annotated[float, Field(description="sum over them of 1/ln(their collaborators)")]
    resource_allocation: Annotated[float, Field(description="sum over them of 1/collaborators")]
    jaccard: Annotated[float, Field(description="shared of all collaborators of either")]
    preferential_attachment: Annotated[int, Field(description="product of both numbers")]
    pagerank: Annotated[
        float | None,
        Field(
            description="visits of a walk over ties that restarts at the author; absent: not computed"
        ),
    ] = None
    topics: Annotated[
        float | None,
        Field(
            description="cosine of title words and stated topics, weighted by rarity; absent: not computed"
        ),
    ] = None


class Suggestion(AuthorRef):
    """Somebody to work with, and why."""

    score: Annotated[float, Field(description="the one asked for")]
    scores: Scores
    known: Annotated[bool, Field(description="they have worked together already")]
    papers: int
    last_year: int | None = None
    last_shared_year: Annotated[
        int | None,
        Field(description="of the latest paper with a shared collaborator; absent: none is dated"),
    ] = None
    shared_collaborators: Annotated[
        list[SharedCollaborator],
        Field(
            description="greatest contribution first, then fewest collaborators, then by id; at most ten"
        ),
    ]
    path: Annotated[
        list[AuthorRef],
        Field(description="a shortest path, both ends included; its weakest tie is strongest"),
    ]
    shared_topics: Annotated[list[NodeRef], Field(description="stated by sources; by id")]
    shared_words: Annotated[
        list[str],
        Field(description="of titles of both; greatest part of the cosine first, at most eight"),
    ]
    shared_methods: Annotated[
        list[NodeRef], Field(description="that papers of both introduce or mention; by id")
    ] = []


class RecommendationList(Frozen):
    """People to work with: score descending, latest paper with a shared collaborator, then id."""

    meta: Meta
    author: AuthorRef
    score: Score
    rule: str
    without: Annotated[list[NodeRef], Field(description="authors, then papers left out, by id")]
    results: list[Suggestion]


class YearOfAuthor(Frozen):
    """One year of an author."""

    year: int
    papers: Annotated[list[PaperRef], Field(description="by date, then id")]
    collaborators: Annotated[list[AuthorRef], Field(description="of this year's papers, by id")]
    new_collaborators: Annotated[
        list[AuthorRef],
        Field(description="whose first dated paper together is of this year, by id"),
    ]


class TimelineAnswer(Frozen):
    """An author's years, ascending; years without a paper are left out."""

    meta: Meta
    author: AuthorRef
    results: list[YearOfAuthor]
    undated: Annotated[list[PaperRef], Field(description="papers without a year, by id")]


class Completion(NodeRef):
    """Something whose name fits, with what tells it from others of the same name."""

    kind: Kind
    papers: int
    last_year: Annotated[int | None, Field(description="absent: no paper has a year")] = None
    identity: Annotated[Identity | None, Field(description="of authors only")] = None
    namesakes: Annotated[
        int, Field(description="others of this kind with the same name, whatever its case")
    ] = 0
    a_paper: Annotated[
        PaperRef | None, Field(description="the latest, then the first by id; of authors only")
    ] = None
    affiliation: Annotated[
        NodeRef | None,
        Field(
            description="named most often for papers of an author, then the first by id; the "
            "sources name it for the paper, not for one of its authors"
        ),
    ] = None
    first_author: Annotated[
        AuthorRef | None, Field(description="of papers only; absent: none is printed")
    ] = None


class CompletionList(Frozen):
    """What a few letters may mean: exact, prefix, words; then papers descending, id.

    Papers of one fit come newest first instead.
    """

    meta: Meta
    results: list[Completion]


class EvaluatedSide(Frozen):
    """What is on one side of a split."""

    papers: int
    authors: int
    ties: int


class Interval(Frozen):
    """The middle 95 percent of what resampled targets give."""

    low: float
    high: float


class EvaluatedScore(Frozen):
    """How well one score foretold new collaborators; means over targets."""

    score: str
    baseline: bool
    precision: Annotated[dict[str, float], Field(description="by how many are looked at")]
    precision_at_10_interval: Interval
    recall: Annotated[
        dict[str, float], Field(description="of new partners who were there in training")
    ]
    recall_at_10_interval: Interval
    recall_of_all: Annotated[
        dict[str, float], Field(description="of all new partners, newcomers included")
    ]
    mean_average_precision: float
    interval: Annotated[Interval, Field(description="of the mean average precision")]
    over_adamic_adar: Annotated[
        Interval,
        Field(description="of its difference; above 0 at both ends: better on this split"),
    ]
    auc: Annotated[
        float | None,
        Field(description="of pairs at two hops, against those that stay unlinked; absent: none"),
    ] = None
    average_precision: Annotated[
        float | None, Field(description="of the same pairs; absent: none is linked")
    ] = None
    auc_uniform: Annotated[
        float | None,
        Field(description="against pairs drawn evenly; never compare it with `auc`"),
    ] = None


class EvaluationAnswer(Frozen):
    """Suggestions made from papers before a day, against who worked together after it.

    Scores are in a fixed order, baselines first; empty where nobody has a new collaborator.
    """

    meta: Meta
    split: Annotated[str, Field(description="first day of the test window")]
    end: Annotated[str, Field(description="first day after it")]
    training: EvaluatedSide
    test: EvaluatedSide
    straddling: Annotated[int, Field(description="papers whose date does not say which side")]
    undated: int
    later: Annotated[int, Field(description="papers after the window")]
    max_authors: int
    targets: Annotated[
        int,
        Field(description="authors with a collaborator before and a new one after who was there"),
    ]
    new_pairs: Annotated[int, Field(description="of targets, with who was there in training")]
    beyond_two_hops: Annotated[int, Field(description="new pairs who share no collaborator")]
    unreachable: Annotated[int, Field(description="pairs of targets with newcomers")]
    unreachable_share: Annotated[float | None, Field(description="of all pairs of targets")]
    pair_authors: Annotated[int, Field(description="authors whose pairs make the curve")]
    pairs: Annotated[int, Field(description="ordered pairs at two hops")]
    positive_rate: float | None
    uniform_pairs: Annotated[int, Field(description="evenly drawn pairs of the largest component")]
    uniform_positive_rate: float | None
    seed: int
    results: list[EvaluatedScore]
