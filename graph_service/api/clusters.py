"""Routes about clusters of authors."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from graph_service.api.answering import Answer, TheReader
from graph_service.api.parameters import IdOrName, NodeId, Page
from graph_service.api.problems import documented
from graph_service.model.cluster_answers import ClusterAnswer, ClusterList, ClusterTimeline
from graph_service.model.records import Frozen
from graph_service.questions import cluster_windows, clusters

router = APIRouter(tags=["clusters"], responses=documented(422, 500, 503, 504))

Capped = Annotated[
    bool, Field(description="name the papers that make no ties because of their many authors")
]


class WhichClusters(Page):
    """Which clusters of the list."""

    capped: Capped = False


class CloserLook(Frozen):
    """How closely to look at a cluster."""

    capped: Capped = False
    max_size: Annotated[
        int | None,
        Field(ge=2, description="cut parts with more members further; absent: do not cut"),
    ] = None


class Windows(Frozen):
    """Which windows, and how to find the clusters of each."""

    years: Annotated[int, Field(ge=1, le=100, description="years of a window")] = 3
    step: Annotated[
        int, Field(ge=1, le=100, description="years from a window's start to that of the next")
    ] = 2
    without: Annotated[
        IdOrName | None,
        Field(
            description="authors removed from view, by id or name, with semicolons between them; "
            "subject: of every loaded profile page; none: nobody. Absent: the subject of a page "
            "that holds more than half of all papers"
        ),
    ] = None
    resolution: Annotated[
        float, Field(gt=0, le=1000, description="γ; greater means smaller clusters")
    ] = 1.0


@router.get(
    "/clusters",
    summary="List the clusters of authors",
    response_model=ClusterList,
    responses=documented(409),
)
async def list_clusters(query: Annotated[WhichClusters, Query()], reader: TheReader) -> Answer:
    """List the clusters that `derive` found among the ties, what they are about, how sure that is.

    Order: by number, that is most papers first, then most members, then by id; "other", which
    joins clusters of fewer than two papers, comes last. Empty: no author has two papers.
    `run` says how they were found. Where `derive` did not run, 409.

    Example: `GET /clusters?per_page=5`
    """
    return Answer(
        await reader.ask(
            lambda view: clusters.list_clusters(
                view, capped=query.capped, cursor=query.cursor, per_page=query.per_page
            )
        )
    )


@router.get(
    "/clusters/timeline",
    summary="Show how clusters change over the years",
    response_model=ClusterTimeline,
    responses=documented(308, 404, 409),
)
async def show_cluster_timeline(query: Annotated[Windows, Query()], reader: TheReader) -> Answer:
    """Find clusters window by window, and say which continue, split, merge, start and end.

    Order: windows by first year; clusters by papers, members, id; links by source, then target,
    starts last. Empty: no paper has a year. It is computed from the present facts, whether or
    not `derive` ran. A window with fewer than ten papers says so instead of showing clusters.

    Example: `GET /clusters/timeline?years=3&step=2`
    """
    asked = [one.strip() for one in (query.without or "").split(";") if one.strip()]
    return Answer(
        await reader.ask(
            lambda view: cluster_windows.show_timeline(
                view,
                years=query.years,
                step=query.step,
                without=asked,
                resolution=query.resolution,
            )
        )
    )


@router.get(
    "/clusters/{id:path}",
    summary="Show one cluster",
    response_model=ClusterAnswer,
    responses=documented(404, 409),
)
async def show_cluster(
    id: NodeId, query: Annotated[CloserLook, Query()], reader: TheReader
) -> Answer:
    """Show one cluster by id or by number, with its members and papers.

    Order: members by papers in the cluster, then id, those removed from view last; papers newest
    first, undated last, then id; at most 500 of each. Parts, where `max_size` asks for them, by
    level, then smallest member; each member is in exactly one final part. Empty `paper_list`:
    the papers are gone since `derive` ran.

    Example: `GET /clusters/1`
    """
    return Answer(
        await reader.ask(
            lambda view: clusters.show_cluster(
                view, id, capped=query.capped, max_size=query.max_size
            )
        )
    )
