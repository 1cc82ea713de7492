"""Answers about how well the rules of identity tell people apart, on sets with known people."""

from typing import Annotated, Literal

from pydantic import Field

from graph_service.model.answers import Note
from graph_service.model.records import Frozen

Share = Annotated[float, Field(ge=0, le=1)]
GoldName = Literal["acl", "orcid", "inspire", "medline", "s2and"]


class ScoreOfGroups(Frozen):
    """Precision, recall and their harmonic mean; absent where one would be a share of nothing."""

    precision: Share | None
    recall: Share | None
    f: Share | None


class IdentityScore(Frozen):
    """How one way of telling people apart agrees with a truth."""

    way: Annotated[
        str,
        Field(description="`rules`, or a floor: `equal names`, `equal strings`, `always the same`"),
    ]
    truth: Annotated[str, Field(description="what counts as one person")]
    groups: Annotated[int, Field(description="people found among the judged mentions")]
    b_cubed: ScoreOfGroups
    pairwise: ScoreOfGroups
    proposed: Annotated[
        int, Field(description="pairs of different strings put together in one person")
    ]
    proposed_right: int
    proposed_precision: Share | None
    accuracy: Annotated[
        Share | None, Field(description="of judged pairs; absent where the set judges none")
    ] = None


class ClassScore(Frozen):
    """B-cubed over the mentions whose names are of one class, by the rules and by equal names."""

    name_class: str
    mentions: int
    rules: ScoreOfGroups
    floor: ScoreOfGroups


class PairClassScore(Frozen):
    """The share of judged pairs of one class that are decided right."""

    pair_class: str
    pairs: int
    rules: Share
    floor: Share


class RuleCount(Frozen):
    """How many decisions one rule made."""

    op: str
    rule: str
    decisions: int


class IdentityEvaluation(Frozen):
    """What the rules made of a set whose people are known, with the floors beside it.

    The rules do not see what the truth is made of.
    """

    gold_set: GoldName
    rules: Annotated[str, Field(description="version of the rules")]
    mentions: int
    judged: Annotated[int, Field(description="mentions whose person is known")]
    people: int
    papers: int
    pairs: Annotated[int | None, Field(description="judged pairs, where the set has them")] = None
    results: list[IdentityScore]
    classes: list[ClassScore]
    pair_classes: list[PairClassScore]
    decisions: list[RuleCount]
    common_names: Annotated[int, Field(description="names found to stand for several people")]
    for_review: Annotated[int, Field(description="pairs with a sign that are left to people")]
    large_blocks: Annotated[
        list[str], Field(description="blocks of which only names sharing a co-author were compared")
    ]
    notes: list[Note] = []
