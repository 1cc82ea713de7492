"""The outermost layer: what must hold before a request is routed and after an answer is made.

Plain ASGI, because it looks at raw paths and at messages, and costs next to nothing so.
"""

import logging
import traceback
from http import HTTPStatus
from urllib.parse import unquote_to_bytes

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph_service.api.problems import internal_error, no_route, raw_path, route_path

logger = logging.getLogger(__name__)

# A hundred ids of the longest kind, each letter escaped.
LONGEST_BODY = 2**20


class Edge:
    """Refuses unreadable paths, answers HEAD like GET without a body, and contains failures."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        head = scope["method"] == "HEAD"
        started = False

        async def forward(message: Message) -> None:
            nonlocal started
            started = True
            if head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        taken = 0

        async def take() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > LONGEST_BODY:
                raise HTTPException(
                    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                    f"a body has at most {LONGEST_BODY:,} bytes",
                )
            return message

        inner = {**scope, "method": "GET"} if head else scope
        if not readable(raw_path(scope)):
            answer = no_route(scope, "the path holds a control character or is not UTF-8")
            await answer(inner, receive, forward)
            return
        try:
            await self.app(inner, take, forward)
        except Exception as error:
            # The message is left out: it may quote the data, and no name goes into a log.
            logger.error(  # noqa: TRY400 - see above
                "%s: uncaught %s\n%s",
                route_path(inner),
                type(error).__name__,
                "".join(traceback.format_tb(error.__traceback__)),
            )
            if started:
                raise
            await internal_error(inner)(inner, receive, forward)


def readable(path: bytes) -> bool:
    """Tell whether a raw path decodes to UTF-8 without control characters."""
    decoded = unquote_to_bytes(path)
    if any(byte < 0x20 or byte == 0x7F for byte in decoded):
        return False
    try:
        decoded.decode()
    except UnicodeDecodeError:
        return False
    return True
