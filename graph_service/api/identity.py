"""Routes about identity: who may be who, why, and what a decision would change."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from graph_service.api.answering import Answer, TheReader
from graph_service.api.parameters import Page
from graph_service.api.problems import documented
from graph_service.model.decision_answers import DecisionList
from graph_service.model.errors import ParameterError
from graph_service.model.identity_answers import CandidateList, ExplainAnswer, WhatIfAnswer
from graph_service.model.records import Frozen
from graph_service.model.revision import RECORD_UNIT
from graph_service.questions import decisions, identity, identity_candidates, suppositions
from graph_service.questions.identity import Op

router = APIRouter(
    prefix="/identity", tags=["identity"], responses=documented(404, 409, 422, 500, 503, 504)
)

TWO = "two names, mentions or authors, by id or name, or two records, with a comma between"
# A record's key may hold commas.
_NEXT_RECORD = f",{RECORD_UNIT}"


class Two(Frozen):
    """Two names to explain."""

    a: Annotated[str, Field(min_length=1, description="a name, mention or author, by id or name")]
    b: Annotated[str, Field(min_length=1, description="the other one")]


class Supposed(Frozen):
    """A decision that is not made; exactly one is given."""

    same: Annotated[str | None, Field(description=f"{TWO}: they are one")] = None
    different: Annotated[str | None, Field(description=f"{TWO}: they are two")] = None

    def decision(self) -> tuple[Op, str, str]:
        """What is supposed of which two.

        Raises:
            ParameterError: None or both are given, or one does not name two.
        """
        if (self.same is None) == (self.different is None):
            raise ParameterError("same", self.same, "either same or different")
        op: Op = "different" if self.same is None else "same"
        given = self.same or self.different or ""
        first, between, other = given.partition(_NEXT_RECORD)
        parts = [first, RECORD_UNIT + other] if between else given.split(",")
        parts = [part.strip() for part in parts]
        if len(parts) != 2 or not all(parts):
            allowed = f"{TWO}; a name that holds a comma is given by its id"
            raise ParameterError(op, given, allowed)
        return op, parts[0], parts[1]


@router.get("/candidates", summary="List names that may be one person")
async def list_identity_candidates(
    query: Annotated[Page, Query()], reader: TheReader
) -> CandidateList:
    """List pairs of names that rules would not join, with what speaks for them and what is missing.

    Nothing here is applied by itself: `coauthor-graph identity same A B` does.

    Order: most points first, then by both ids. Empty: no compatible names have a sign in common.

    Example: `GET /identity/candidates?per_page=5`
    """
    return await reader.ask(
        lambda view: identity_candidates.list_candidates(
            view, cursor=query.cursor, per_page=query.per_page
        )
    )


@router.get("/decisions", summary="List the log of decisions", response_model=DecisionList)
async def list_identity_decisions(query: Annotated[Page, Query()], reader: TheReader) -> Answer:
    """List the log of decisions, by people and by rules, with what is in force.

    Order: newest first. Empty: nobody has decided anything, and no rule has found anything.

    Example: `GET /identity/decisions?per_page=5`
    """
    return Answer(
        await reader.ask(
            lambda view: decisions.list_decisions(
                view, cursor=query.cursor, per_page=query.per_page
            )
        )
    )


@router.get("/explain", summary="Say why two names are one person", response_model=ExplainAnswer)
async def explain_names(query: Annotated[Two, Query()], reader: TheReader) -> Answer:
    """Show the joins that hold two names together, or what keeps them apart.

    Order: `chain` weakest first, so that the first is the one to undo; `apart` by both ends.
    Empty: two people whom no rule would join.

    Example: `GET /identity/explain?a=Yinpeng%20Chen&b=Dongdong%20Chen`
    """
    return Answer(await reader.ask(lambda view: identity.explain(view, query.a, query.b)))


@router.get("/what-if", summary="Suppose a decision", response_model=WhatIfAnswer)
async def suppose_decision(query: Annotated[Supposed, Query()], reader: TheReader) -> Answer:
    """Show what one more decision would change; nothing is written.

    People before and after, papers that get another author, ties, the distance between the two
    now, the clusters that name them, and what stands against it. Of two records
    (`record:SOURCE:KEY`), or papers by id, also which papers would become one, or parts.

    Order: people and papers by id. Empty: it would change nothing.

    Example: `GET /identity/what-if?same=Yinpeng%20Chen,Dongdong%20Chen`
    """
    op, a, b = query.decision()
    return Answer(await reader.ask(lambda view: suppositions.suppose(view, op, a, b)))
