"""Answers about how well steps of lineage agree with what people judged."""

from typing import Annotated

from pydantic import Field

from graph_service.model.answers import Meta
from graph_service.model.lineage_answers import ScopeInfo
from graph_service.model.lineage_kinds import Tier
from graph_service.model.people_answers import Interval
from graph_service.model.records import Frozen


class Share(Frozen):
    """A share of judged pairs, and the interval that resampled pairs give."""

    of: Annotated[int, Field(description="pairs that it is a share of")]
    value: Annotated[float | None, Field(description="absent: it would be a share of nothing")]
    interval: Annotated[
        Interval | None, Field(description="middle 95 percent of the resamples that have a value")
    ] = None


class TierScore(Frozen):
    """How the steps of a tier, and of it and all surer ones, agree with the judgements."""

    tier: Tier
    steps: Annotated[int, Field(description="stored steps of the tier in the scope, judged or not")]
    judged: Annotated[int, Field(description="judged pairs with a step of this tier")]
    right: Annotated[int, Field(description="of these, judged yes")]
    precision: Annotated[Share, Field(description="judged yes, of the judged pairs of this tier")]
    precision_from_here_up: Annotated[
        Share, Field(description="judged yes, of the judged pairs of this or a surer tier")
    ]
    recall_from_here_up: Annotated[
        Share, Field(description="pairs of this or a surer tier, of all that are judged yes")
    ]


class GoldRow(Frozen):
    """A judged pair that could not be used."""

    line: int
    reason: str


class LineageEvaluation(Frozen):
    """Precision and recall by tier, surest first.

    What nobody judged counts neither way. Without a pair that is judged no, precision says
    nothing.
    """

    meta: Meta
    scope: ScopeInfo
    pairs: Annotated[int, Field(description="judged pairs that were used")]
    yes: int
    no: int
    without_step: Annotated[int, Field(description="judged pairs that no stored step joins")]
    left_out: Annotated[list[GoldRow], Field(description="by line, at most 500")]
    resamples: int
    seed: int
    results: list[TierScore]
