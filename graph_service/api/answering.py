"""What routes need: the reader to ask, the settings, and the response that carries an answer."""

from typing import Annotated

from fastapi import Depends, Request
from pydantic import BaseModel
from starlette.responses import Response

from graph_service.api.encoding import answer_bytes
from graph_service.projection.reader import Reader
from graph_service.settings import Settings


class Answer(Response):
    """An answer as JSON.

    Routes return it themselves: FastAPI would validate and copy the answer once more.
    """

    media_type = "application/json"

    def render(self, content: BaseModel) -> bytes:
        """Write the body."""
        return answer_bytes(content)


async def _reader(request: Request) -> Reader:
    reader: Reader = request.app.state.reader
    return reader


async def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


TheReader = Annotated[Reader, Depends(_reader)]
TheSettings = Annotated[Settings, Depends(_settings)]
