"""The route about how two authors are connected."""

from typing import Annotated

from fastapi import APIRouter, Query

from graph_service.api.answering import Answer, TheReader
from graph_service.api.parameters import Ends
from graph_service.api.problems import documented
from graph_service.model.answers import PathAnswer
from graph_service.questions import paths as questions

router = APIRouter(tags=["paths"], responses=documented(422, 500, 503, 504))


@router.get(
    "/paths",
    summary="Show how two authors are connected",
    response_model=PathAnswer,
    responses=documented(308, 404, 409),
)
async def show_path(query: Annotated[Ends, Query()], reader: TheReader) -> Answer:
    """Show one shortest path between two authors, with the papers of each hop.

    Order: hops from `source` to `target`; papers by year, then id, undated last. `rule` says
    which of several shortest paths is shown. No path is an answer, too: `no_path` says why.
    Where author lists are cut, `distance_is` says that a shorter way may exist.

    Example: `GET /paths?source=Bharat%20Singh&target=author:ma.xu`
    """
    return Answer(
        await reader.ask(lambda view: questions.show_path(view, query.source, query.target))
    )
