"""Routes for Neo4j Browser, and the only ones that pages of other origins may read."""

import re
from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from graph_service.api.answering import TheReader, TheSettings
from graph_service.api.parameters import NO_PARAMETERS
from graph_service.browser_pack.guide import gather, guide
from graph_service.browser_pack.style import grass
from graph_service.reports.files import all_reports

PREFIX = "/browser/"

# Pages rather than answers, so the list of operations at /docs leaves them out.
router = APIRouter(prefix="/browser", include_in_schema=False, dependencies=[NO_PARAMETERS])

_THIS_MACHINE = re.compile(
    r"(?:localhost|127\.0\.0\.1|\[::1\])(?P<port>:[0-9]{1,5})?", re.IGNORECASE
)
_HEADERS = {
    # A guide is about the graph as it is now.
    "Cache-Control": "no-store",
    # Opened by itself, not by Browser, a page of data runs and loads nothing.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


@router.get("/guide.html")
async def show_guide(request: Request, reader: TheReader, settings: TheSettings) -> Response:
    """Guide through the loaded graph, for `:play` and `:guide` in Neo4j Browser 5."""
    on_neo4j = settings.store.startswith(("bolt", "neo4j"))
    facts = await reader.ask(
        lambda view: gather(
            view, all_reports(), address=own_address(request.scope), on_neo4j=on_neo4j
        )
    )
    return Response(guide(facts), media_type="text/html", headers=_HEADERS)


@router.get("/style.grass")
async def show_style() -> Response:
    """Style nodes and relationships, for `:style` in Neo4j Browser 5."""
    return Response(grass(), media_type="text/plain", headers=_HEADERS)


def own_address(scope: Scope) -> str:
    """The address at which Neo4j Browser on this machine finds this service.

    Always at `localhost`, the one host that Browser loads from unless Neo4j's settings name
    more. The port is that of the Host header where it names this machine, as behind a mapped
    port; any other Host is not believed, and the port is the one that this service listens on.
    """
    named = _THIS_MACHINE.fullmatch(Headers(scope=scope).get("host", ""))
    if named is not None:
        return f"http://localhost{named['port'] or ''}"
    _, port = scope.get("server") or ("", None)
    return f"http://localhost:{port}" if port else "http://localhost"


class BrowserOrigins(CORSMiddleware):
    """Lets pages of the given origins read what is under `/browser/`, and nothing else.

    Neo4j Browser asks first, with headers of its own, so any header is allowed.
    """

    def __init__(self, app: ASGIApp, *, origins: tuple[str, ...]) -> None:
        super().__init__(
            app, allow_origins=origins, allow_headers=["*"], allow_private_network=True
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "http" and _path(scope).startswith(PREFIX):
            origin = Headers(scope=scope).get("origin")
            # Starlette would tell another origin which methods and headers it may not use.
            if scope["method"] != "OPTIONS" or (origin and self.is_allowed_origin(origin)):
                await super().__call__(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _path(scope: Scope) -> str:
    path: Any = scope["path"]
    return str(path).removeprefix(scope.get("root_path", ""))
