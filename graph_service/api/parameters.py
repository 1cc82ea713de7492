"""What a request may carry: path ids, query parameters, and nothing else.

Every route takes one of these query models, `Nothing` where it has no parameter, so that an
unknown parameter is refused everywhere; `refuse_ambiguous_query` refuses what a model cannot see.
"""

from collections import Counter
from typing import Annotated, Any, TypeVar
from urllib.parse import unquote_to_bytes

from fastapi import Depends, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, Field, ValidationError

from graph_service.model.errors import InputError
from graph_service.model.records import Frozen
from graph_service.questions.paging import MOST_PER_PAGE, PER_PAGE

# A name of 1,000 characters, the longest a record takes, has an id of up to 8,000: `u<hex>-` for
# each letter outside ASCII.
LONGEST_ID = 8_000
LONGEST_SEARCH = 500


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("is blank")
    return text


SearchText = Annotated[str, Field(max_length=LONGEST_SEARCH), AfterValidator(_not_blank)]
IdOrName = Annotated[str, Field(max_length=LONGEST_ID), AfterValidator(_not_blank)]

NodeId = Annotated[
    str, Path(max_length=LONGEST_ID, description="id; its slashes may stay or be %2F")
]
AuthorIdOrName = Annotated[
    str, Path(max_length=LONGEST_ID, description="author id, or a name as people write it")
]


QueryModel = TypeVar("QueryModel", bound=Frozen)


class Nothing(Frozen):
    """No parameters."""


class Page(Frozen):
    """Which page of a list."""

    cursor: Annotated[
        str | None, Field(max_length=200, description="`next_cursor` of the page before")
    ] = None
    per_page: Annotated[int, Field(ge=1, le=MOST_PER_PAGE, description="rows on a page")] = PER_PAGE


class PaperSearch(Page):
    """Which papers."""

    q: Annotated[
        SearchText | None, Field(description="title, or how some or all of its words begin")
    ] = None
    id: Annotated[IdOrName | None, Field(description="id of one paper, whatever is in it")] = None


class Ends(Frozen):
    """Between whom."""

    source: Annotated[IdOrName, Field(description="author id or name")]
    target: Annotated[IdOrName, Field(description="author id or name")]


async def _no_parameters(_nothing: Annotated[Nothing, Query()]) -> None:
    """Let `Nothing` refuse every parameter."""


NO_PARAMETERS = Depends(_no_parameters)


def read_at_once(model: type[QueryModel]) -> Any:
    """Make the dependency that reads a whole query string into a model.

    FastAPI looks each parameter of a model up by itself: with twenty of them that takes longer
    than finding a path does. A route that uses this says `described(model)` for its parameters.
    """

    async def read(request: Request) -> QueryModel:
        try:
            return model.model_validate(dict(request.query_params))
        except ValidationError as error:
            raise RequestValidationError(
                [{**entry, "loc": ("query", *entry["loc"])} for entry in error.errors()]
            ) from error

    return Depends(read)


def described(model: type[Frozen]) -> dict[str, Any]:
    """Describe a model's query parameters for OpenAPI."""
    schema = model.model_json_schema()
    return {
        "parameters": [
            {
                "name": name,
                "in": "query",
                "required": name in schema.get("required", ()),
                "schema": {key: value for key, value in field.items() if key != "description"},
                "description": field.get("description", ""),
            }
            for name, field in schema["properties"].items()
        ]
    }


async def refuse_ambiguous_query(request: Request) -> None:
    """Refuse a query string that has no one meaning.

    Raises:
        InputError: It is not UTF-8; Starlette would put replacement characters in silently.
        RequestValidationError: A parameter stands twice; FastAPI would take the last silently.
    """
    try:
        unquote_to_bytes(request.scope["query_string"]).decode()
    except UnicodeDecodeError as error:
        raise InputError("the query string is not UTF-8; percent-encode UTF-8 bytes") from error
    times = Counter(name for name, _ in request.query_params.multi_items())
    repeated = [
        {"type": "repeated", "loc": ("query", name), "msg": f"stands {count} times; give it once"}
        for name, count in times.items()
        if count > 1
    ]
    if repeated:
        raise RequestValidationError(repeated)
