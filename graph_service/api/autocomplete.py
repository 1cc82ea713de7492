"""The route behind a search box."""

from typing import Annotated

from fastapi import APIRouter, Query

from graph_service.api.answering import Answer, TheReader
from graph_service.api.people_parameters import CompletionQuery
from graph_service.api.problems import documented
from graph_service.model.people_answers import CompletionList
from graph_service.questions.autocomplete import complete as question

router = APIRouter(tags=["authors"], responses=documented(422, 500, 503, 504))


@router.get("/autocomplete", summary="Complete a name", response_model=CompletionList)
async def complete(query: Annotated[CompletionQuery, Query()], reader: TheReader) -> Answer:
    """Say what a few letters may mean, with hints that tell namesakes apart.

    Order: exact, then names that begin so, then names with words that begin so; then most papers
    first (papers: newest first), then by id. Empty: nothing fits.

    Example: `GET /autocomplete?q=yin&limit=5`
    """
    return Answer(
        await reader.ask(lambda view: question(view, query.q, kind=query.kind, limit=query.limit))
    )
