"""Routes about connections: between two authors, several, two papers, and round one author."""

from typing import Annotated

from fastapi import APIRouter, Query

from graph_service.api.answering import Answer, TheReader
from graph_service.api.parameters import NO_PARAMETERS, AuthorIdOrName, described, read_at_once
from graph_service.api.path_parameters import NetworkQuery, PaperPathQuery, PathQuery, split
from graph_service.api.problems import documented
from graph_service.model.path_answers import (
    ConnectAnswer,
    NetworkAnswer,
    PaperPathAnswer,
    PathAnswer,
)
from graph_service.model.path_questions import AuthorsToJoin
from graph_service.questions import connections, networks, paper_paths
from graph_service.questions import paths as questions

router = APIRouter(tags=["paths"], responses=documented(422, 500, 503, 504))


@router.get(
    "/paths",
    summary="Show how two authors are connected",
    response_model=PathAnswer,
    responses=documented(308, 404, 409),
    openapi_extra=described(PathQuery),
)
async def show_path(
    query: Annotated[PathQuery, read_at_once(PathQuery)], reader: TheReader
) -> Answer:
    """Show paths between two authors, with the papers of each hop.

    `mode` says which paths; filters make the ties anew from the papers and authors that pass.
    `exclude=subject` leaves out the person whose profile page was loaded.

    Order: paths by `rule`; hops from `source` to `target`; papers by year, then id, undated
    last. No path is an answer, too: `no_path` says why. Where author lists are cut,
    `distance_is` says that a shorter way may exist.

    Example: `GET /paths?source=Bharat%20Singh&target=author:ma.xu&exclude=subject`
    """
    return Answer(
        await reader.ask(
            lambda view: questions.show_path(
                view, query.source, query.target, wanted=query.wanted(), filters=query.filters()
            )
        )
    )


@router.post(
    "/paths/connect",
    summary="Show how several authors are connected",
    response_model=ConnectAnswer,
    responses=documented(404, 409, 413),
    dependencies=[NO_PARAMETERS],
)
async def connect(body: AuthorsToJoin, reader: TheReader) -> Answer:
    """Join three to ten authors by a small tree of ties; nothing is written.

    `at_most_times_smallest` says how far from the smallest tree it can be. Those whom no chain
    of ties joins come in trees of their own, and `apart` says who is with whom.

    Order: trees by most of those asked for, then smallest id; authors by id; hops by source,
    then target.

    Example: `POST /paths/connect {"authors": ["Bharat Singh", "author:ma.xu", "Zuxuan Wu"]}`
    """
    return Answer(
        await reader.ask(
            lambda view: connections.connect(view, body.authors, filters=body.filters())
        )
    )


@router.get(
    "/papers/paths",
    summary="Show how two papers are connected",
    response_model=PaperPathAnswer,
    responses=documented(404, 409),
)
async def show_paper_path(query: Annotated[PaperPathQuery, Query()], reader: TheReader) -> Answer:
    """Show a shortest chain of papers, and what joins each to the next.

    Order: papers from `source` to `target`; which of several chains is in `rule`; what joins
    two papers by kind (citation, lineage, shared-repository, shared-author), then id. No chain
    is an answer, too: `no_path` says why.

    Example: `GET /papers/paths?source=Dynamic%20ReLU&target=CvT:%20Introducing%20Convolutions%20to%20Vision%20Transformers&exclude=subject`
    """
    return Answer(
        await reader.ask(
            lambda view: paper_paths.show_paper_path(
                view,
                query.source,
                query.target,
                kinds=None if query.kinds is None else split(query.kinds),
                max_steps=query.max_steps,
                exclude=query.excluded(),
            )
        )
    )


@router.get(
    "/authors/{id:path}/network",
    summary="Show the network round an author",
    response_model=NetworkAnswer,
    responses=documented(308, 404, 409),
)
async def show_network(
    id: AuthorIdOrName, query: Annotated[NetworkQuery, Query()], reader: TheReader
) -> Answer:
    """Show the authors at most so many hops away as nodes, and the ties among them as links.

    Order: nodes by hops, then greatest sum of weights of ties to authors one hop nearer, then
    id; cut to `limit` in this order. Links by source, then target. `node_count` and
    `link_count` are of all within reach.

    Example: `GET /authors/Yinpeng%20Chen/network?hops=2&limit=20&exclude=subject`
    """
    return Answer(
        await reader.ask(
            lambda view: networks.show_network(
                view, id, hops=query.hops, limit=query.limit, filters=query.filters()
            )
        )
    )
