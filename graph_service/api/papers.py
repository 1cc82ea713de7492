"""Routes about papers."""

from typing import Annotated

from fastapi import APIRouter, Query

from graph_service.api.answering import Answer, TheReader
from graph_service.api.parameters import NO_PARAMETERS, NodeId, PaperSearch
from graph_service.api.problems import documented
from graph_service.model.answers import PaperAnswer, PaperList
from graph_service.questions import papers as questions

router = APIRouter(tags=["papers"], responses=documented(422, 500, 503, 504))


@router.get(
    "/papers",
    summary="List or search papers",
    response_model=PaperList,
    responses=documented(409),
)
async def list_papers(query: Annotated[PaperSearch, Query()], reader: TheReader) -> Answer:
    """List all papers, those whose title fits `q`, or the one with an `id`.

    Order: with `q` the exact title first, then titles that begin so, then titles that have all
    the words or their beginnings; then newest first, undated last, then by id. Empty: nothing
    fits; an unknown `id` is no error here.

    Example: `GET /papers?q=dynamic`
    """
    return Answer(
        await reader.ask(
            lambda view: questions.list_papers(
                view, q=query.q, id=query.id, cursor=query.cursor, per_page=query.per_page
            )
        )
    )


@router.get(
    "/papers/{id:path}",
    summary="Show one paper",
    response_model=PaperAnswer,
    responses=documented(404),
    dependencies=[NO_PARAMETERS],
)
async def show_paper(id: NodeId, reader: TheReader) -> Answer:
    """Show one paper with authors, code, topics, organisations, abstract and sources.

    Order: authors by position, unprinted ones last; everything else by id. An empty list or
    `null` means that no source says.

    Example: `GET /papers/title:dynamic-relu~93d0be3c`
    """
    return Answer(await reader.ask(lambda view: questions.show_paper(view, id)))
