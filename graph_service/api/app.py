"""The application: routes, errors and documentation wired round one store."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException

from graph_service import __version__
from graph_service.api import (
    authors,
    autocomplete,
    browser,
    citations,
    clusters,
    decisions,
    identity,
    lineages,
    papers,
    paths,
    reports,
    shelves,
    state,
)
from graph_service.api.browser import BrowserOrigins
from graph_service.api.edge import Edge
from graph_service.api.parameters import refuse_ambiguous_query
from graph_service.api.problems import to_problem, with_problems
from graph_service.model.errors import GraphServiceError, StoreBusy
from graph_service.projection.cache import Cache
from graph_service.projection.reader import Reader
from graph_service.settings import Settings
from graph_service.store.opening import open_store
from graph_service.store.protocol import GraphStore

DESCRIPTION = """Who works with whom, through which papers, and how sure that is.

Everything is read-only. Where an author is asked for, an id or a name works. A list is
`{"meta": …, "results": […]}`; `meta` holds the revision of the facts, the parameters after
defaults, what was cut or capped, and the `next_cursor`. Errors are problem documents (RFC 9457).
Unknown and repeated parameters are refused. HEAD works wherever GET does.
"""


def create_app(
    settings: Settings,
    store: GraphStore | None = None,
    *,
    step: Callable[[str], None] = lambda _: None,
) -> FastAPI:
    """Make the application.

    Args:
        settings: Name the store, and the longest author list that makes ties.
        store: An open store to serve instead; whoever opened it closes it.
        step: Called at the start with the name of each step as it begins.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        opened = store or await open_store(settings.store, settings)
        try:
            reader = Reader(
                opened,
                max_authors=settings.max_authors,
                cache=Cache.of(settings.cache_dir, settings.store),
                warm=True,
                step=step,
            )
            # Warm, so that the first question waits for nothing. Where a load is under way the
            # projection is made by a later question instead.
            with suppress(StoreBusy):
                await reader.view()
            app.state.reader = reader
            yield
        finally:
            if store is None:
                await opened.close()

    app = FastAPIOffline(
        # ReDoc's packaged script fetches its logo from another host; Swagger UI is enough.
        redoc_url=None,
        title="Coauthorship graph",
        version=__version__,
        description=DESCRIPTION,
        lifespan=lifespan,
        dependencies=[Depends(refuse_ambiguous_query)],
        generate_unique_id_function=lambda route: route.name,
        # A redirect would be built from the Host header; a path either exists or does not.
        redirect_slashes=False,
        # Swagger UI would send the schema's address to a validator on another host.
        swagger_ui_parameters={"validatorUrl": None},
    )
    app.state.settings = settings
    for room in (
        state,
        paths,
        autocomplete,
        authors,
        citations,
        clusters,
        decisions,
        identity,
        lineages,
        papers,
        shelves,
    ):
        app.include_router(room.router)
    app.include_router(reports.make_router())
    app.include_router(browser.router)
    for error in (GraphServiceError, RequestValidationError, HTTPException):
        app.add_exception_handler(error, to_problem)
    app.add_middleware(BrowserOrigins, origins=settings.browser_origins)
    app.add_middleware(Edge)
    app.openapi = partial(_openapi, app)  # type: ignore[method-assign]
    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    return with_problems(FastAPI.openapi(app))
