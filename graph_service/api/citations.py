"""Routes about citations: who cites whom, and main paths."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from graph_service.api.answering import Answer, TheReader
from graph_service.api.parameters import NodeId
from graph_service.api.problems import documented
from graph_service.model.citation_answers import (
    CitationsAnswer,
    MainPathAnswer,
    PathSearch,
    Weights,
)
from graph_service.model.records import Frozen
from graph_service.questions import citations
from graph_service.questions.citations import Direction, MainPathOptions

router = APIRouter(tags=["citations"], responses=documented(422, 500, 503, 504))


class WhichCitations(Frozen):
    """Which citations of a paper."""

    direction: Annotated[Direction, Field(description="those it makes, those of it, or both")] = (
        "both"
    )


class WhichMainPath(Frozen):
    """Which main path."""

    weights: Annotated[
        Weights, Field(description="how ways are counted; longest and low-criticality need none")
    ] = "spc"
    search: Annotated[
        PathSearch,
        Field(
            description="how arcs are put together; key-routes are extended by the way with the "
            "greatest sum, or by the heaviest arc at each node (key-route-local)"
        ),
    ] = "global"
    k: Annotated[int, Field(ge=1, le=1000, description="of key-routes: how many arcs")] = 10
    d: Annotated[
        int, Field(ge=0, le=1000, description="of low-criticality: the greatest criticality")
    ] = 0
    builds_on: Annotated[
        bool, Field(description="only citations between papers that a step of lineage joins")
    ] = False


@router.get(
    "/lineages/main-path",
    summary="Find the main path through the citations",
    response_model=MainPathAnswer,
    responses=documented(409),
)
async def show_main_path(query: Annotated[WhichMainPath, Query()], reader: TheReader) -> Answer:
    """Find the arcs that most ways from the oldest papers to the newest take.

    Weights and sums are exact numbers of any length, written as text. Ties are all kept and
    marked. `policy` says how circles are broken, and lists what that left out. With `builds_on`
    the longest path is the chain of steps of the greatest worth, in hundredths.

    Order: stops so that each arc goes forward; arcs by older, then newer paper. Empty: no
    citation joins two loaded papers.

    Example: `GET /lineages/main-path?weights=spc&search=key-route&k=5`
    """
    options = MainPathOptions(query.weights, query.search, query.k, query.d, query.builds_on)
    return Answer(await reader.ask(lambda view: citations.show_main_path(view, options)))


@router.get(
    "/papers/{id:path}/citations",
    summary="Show whom a paper cites and who cites it",
    response_model=CitationsAnswer,
    responses=documented(404),
)
async def show_citations(
    id: NodeId, query: Annotated[WhichCitations, Query()], reader: TheReader
) -> Answer:
    """Show the citations of a paper among the loaded papers, apart from lineage.

    A citation is a fact with its source; that one is missing is known only where
    `references_complete` is true. At most 500 each way.

    Order: newest first, undated last, then by id. Empty: no source gives references, or none of
    them is loaded; notes say which.

    Example: `GET /papers/title:dynamic-relu~93d0be3c/citations?direction=cited_by`
    """
    return Answer(
        await reader.ask(lambda view: citations.show_citations(view, id, direction=query.direction))
    )
