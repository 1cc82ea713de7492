"""The route about decisions."""

from typing import Annotated

from fastapi import APIRouter, Query

from graph_service.api.answering import Answer, TheReader
from graph_service.api.parameters import Page
from graph_service.api.problems import documented
from graph_service.model.decision_answers import DecisionList
from graph_service.questions import decisions

router = APIRouter(tags=["decisions"], responses=documented(422, 500, 503, 504))


@router.get(
    "/decisions",
    summary="List what people decided",
    response_model=DecisionList,
    responses=documented(409),
)
async def list_decisions(query: Annotated[Page, Query()], reader: TheReader) -> Answer:
    """List the log of decisions on names and on steps of lineage, with what is in force.

    Order: newest first. Empty: nobody has decided anything.

    Example: `GET /decisions?per_page=5`
    """
    return Answer(
        await reader.ask(
            lambda view: decisions.list_decisions(
                view, cursor=query.cursor, per_page=query.per_page
            )
        )
    )
