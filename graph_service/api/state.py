"""Routes about the service and its store: health, status, quality of the data."""

from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, Request
from starlette.responses import Response

from graph_service.api.answering import Answer, TheReader, TheSettings
from graph_service.api.parameters import NO_PARAMETERS
from graph_service.api.problems import documented, error_problem
from graph_service.model.answers import QualityAnswer, StatusAnswer
from graph_service.model.errors import StoreError
from graph_service.model.records import Frozen
from graph_service.questions import quality, status

router = APIRouter(dependencies=[NO_PARAMETERS], responses=documented(422, 500))


class Health(Frozen):
    """That something works."""

    status: Literal["live", "ready"]


@router.get("/health/live", tags=["health"], summary="Is the process alive?", response_model=Health)
async def health_live() -> Answer:
    """Answer as long as the process lives; say nothing about the store.

    Example: `GET /health/live`
    """
    return Answer(Health(status="live"))


@router.get(
    "/health/ready",
    tags=["health"],
    summary="Does the store answer?",
    response_model=Health,
    responses=documented(503),
)
async def health_ready(request: Request, reader: TheReader) -> Response:
    """Answer 200 when the store answers, else 503 with the reason.

    Example: `GET /health/ready`
    """
    try:
        await reader.store.state()
    except StoreError as error:
        return error_problem(request, error, status=HTTPStatus.SERVICE_UNAVAILABLE)
    return Answer(Health(status="ready"))


@router.get(
    "/status",
    tags=["data"],
    summary="Show the state of the store",
    response_model=StatusAnswer,
    responses=documented(503, 504),
)
async def show_status(reader: TheReader, settings: TheSettings) -> Answer:
    """Show revisions, counts and settings, secrets hidden.

    Order: labels, relationship types and settings each in a fixed order. Empty counts: nothing
    is loaded.

    Example: `GET /status`
    """
    return Answer(
        await reader.ask(lambda view: status.show_status(view.store, {**settings.shown()}))
    )


@router.get(
    "/quality",
    tags=["data"],
    summary="Show what is missing or doubtful",
    response_model=QualityAnswer,
    responses=documented(503, 504),
)
async def show_quality(reader: TheReader) -> Answer:
    """Count cut author lists, missing dates and addresses, doubtful identities and the like.

    Order: fixed, by kind. Empty: nothing is known to be missing or doubtful.

    Example: `GET /quality`
    """
    return Answer(await reader.ask(quality.show_quality))
