"""Errors as problem documents (RFC 9457), with the one table of status codes."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import orjson
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from graph_service.model.errors import (
    AmbiguousName,
    AmbiguousTitle,
    AuthorNotFound,
    Conflict,
    CursorExpired,
    GraphServiceError,
    InputError,
    InvalidIdentifier,
    Moved,
    NodeNotFound,
    NotDerived,
    NotFound,
    PaperNotFound,
    ParameterError,
    QueryTimeout,
    ReportNotFound,
    ReportUnsupported,
    StoreBusy,
    StoreError,
    StoreUnavailable,
)
from graph_service.model.ids import in_url

logger = logging.getLogger(__name__)

PROBLEM_TYPE = "urn:coauthor-graph:problem:"
RETRY_AFTER_SECONDS = "1"

# The most specific class wins.
STATUS_OF: Mapping[type[BaseException], tuple[HTTPStatus, str]] = {
    GraphServiceError: (HTTPStatus.INTERNAL_SERVER_ERROR, "Failure"),
    InputError: (HTTPStatus.UNPROCESSABLE_ENTITY, "Unusable input"),
    ParameterError: (HTTPStatus.UNPROCESSABLE_ENTITY, "Unusable parameter"),
    InvalidIdentifier: (HTTPStatus.UNPROCESSABLE_ENTITY, "Not an id"),
    NotFound: (HTTPStatus.NOT_FOUND, "Not found"),
    AuthorNotFound: (HTTPStatus.NOT_FOUND, "No such author"),
    PaperNotFound: (HTTPStatus.NOT_FOUND, "No such paper"),
    NodeNotFound: (HTTPStatus.NOT_FOUND, "No such node"),
    ReportNotFound: (HTTPStatus.NOT_FOUND, "No such report"),
    Conflict: (HTTPStatus.CONFLICT, "Conflict"),
    AmbiguousName: (HTTPStatus.CONFLICT, "Name of several authors"),
    AmbiguousTitle: (HTTPStatus.CONFLICT, "Title of several papers"),
    CursorExpired: (HTTPStatus.CONFLICT, "Cursor of an older revision"),
    NotDerived: (HTTPStatus.CONFLICT, "Not derived"),
    Moved: (HTTPStatus.PERMANENT_REDIRECT, "Moved to another id"),
    ReportUnsupported: (HTTPStatus.NOT_IMPLEMENTED, "Not on this store"),
    StoreError: (HTTPStatus.INTERNAL_SERVER_ERROR, "Store failure"),
    StoreBusy: (HTTPStatus.SERVICE_UNAVAILABLE, "Store busy"),
    StoreUnavailable: (HTTPStatus.SERVICE_UNAVAILABLE, "Store unavailable"),
    QueryTimeout: (HTTPStatus.GATEWAY_TIMEOUT, "Time limit reached"),
}


class Problem(BaseModel):
    """What went wrong (RFC 9457), with further members that depend on `type`.

    `errors` (name and reason) for unusable parameters, `near` for an unknown author,
    `candidates` for an ambiguous name, `merged_into` for a moved id.
    """

    model_config = ConfigDict(extra="allow")

    type: str = Field(description=f"`{PROBLEM_TYPE}` and the kind of error, stable")
    title: str = Field(description="the kind of error in words")
    status: int
    detail: str = Field(description="what happened here, and what to do")
    instance: str = Field(description="path of the request")


class ProblemResponse(Response):
    """A problem document."""

    media_type = "application/problem+json"


def problem(
    scope: Scope,
    status: int,
    *,
    kind: str,
    title: str,
    detail: str,
    fields: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> ProblemResponse:
    """Write a problem document; `fields` become extension members behind the standard ones."""
    members = {
        "type": PROBLEM_TYPE + kind,
        "title": title,
        "status": int(status),
        "detail": detail,
        "instance": quote(raw_path(scope), safe="/%:@!$&'()*+,;=~"),
    }
    body = members | {name: value for name, value in (fields or {}).items() if name not in members}
    return ProblemResponse(orjson.dumps(body, default=str), status, headers)


def raw_path(scope: Scope) -> bytes:
    """The path of a request as it was sent, still percent-encoded."""
    path: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    return path


def route_path(scope: Scope) -> str:
    """The route that answers a request, as `/authors/{id:path}`; holds no name of a person."""
    return getattr(scope.get("route"), "path", "no route")


async def to_problem(request: Request, error: Exception) -> Response:
    """Answer an error that the service, FastAPI or Starlette raised on purpose."""
    match error:
        case GraphServiceError():
            return error_problem(request, error)
        case RequestValidationError():
            return _invalid_request(request, error)
        case HTTPException():
            return _http_problem(request, error)
    raise error


def error_problem(
    request: Request, error: GraphServiceError, *, status: HTTPStatus | None = None
) -> Response:
    """Answer an error of the service; `status` overrules the table's."""
    usual, title = next(STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF)
    status = status or usual
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # The message of a store error names the store and the driver's reason, no person.
        logger.warning("%s: %s: %s", route_path(request.scope), error.kind, error.message)
    headers = {}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = RETRY_AFTER_SECONDS
    if isinstance(error, Moved):
        headers["Location"] = _new_address(request, error)
    fields = dict(error.fields)
    if isinstance(error, ParameterError):
        fields["errors"] = [{"name": fields["name"], "reason": f"allowed: {fields['allowed']}"}]
    return problem(
        request.scope,
        status,
        kind=error.kind,
        title=title,
        detail=error.message,
        fields=fields,
        headers=headers,
    )


def _new_address(request: Request, moved: Moved) -> str:
    """The same question about the new id: in the path if it was asked there, else in the query."""
    asked, merged_into = (str(moved.fields[name]) for name in ("asked", "merged_into"))
    root: str = request.scope.get("root_path", "")
    query: str = request.scope["query_string"].decode("latin-1")
    if "id" in request.path_params:
        path = route_path(request.scope).replace("{id:path}", in_url(merged_into))
    else:
        path = route_path(request.scope)
        pairs = parse_qsl(query, keep_blank_values=True)
        query = urlencode(
            [(name, merged_into if value == asked else value) for name, value in pairs],
            safe=":/",
            quote_via=quote,
        )
    return root + path + (f"?{query}" if query else "")


def _invalid_request(request: Request, error: RequestValidationError) -> Response:
    errors = [{"name": _name(entry), "reason": _reason(entry)} for entry in error.errors()]
    status, title = STATUS_OF[ParameterError]
    return problem(
        request.scope,
        status,
        kind=ParameterError.kind,
        title=title,
        detail="; ".join(f"{entry['name']}: {entry['reason']}" for entry in errors),
        fields={"errors": errors},
    )


def _name(entry: Mapping[str, Any]) -> str:
    """The parameter, or the place in a body: `authors.3`; `body` for all of it."""
    if entry["type"] == "json_invalid":  # its place is a count of letters
        return "body"
    return ".".join(map(str, entry["loc"][1:])) or str(entry["loc"][0])


def _reason(entry: Mapping[str, Any]) -> str:
    if entry["type"] == "extra_forbidden":
        return "unknown parameter"
    return str(entry["msg"]).removeprefix("Value error, ")


def _http_problem(request: Request, error: HTTPException) -> Response:
    status = HTTPStatus(error.status_code)
    if status == HTTPStatus.NOT_FOUND:
        return no_route(request.scope)
    headers = dict(error.headers or {})
    detail = str(error.detail)
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        served = headers.get("Allow", "GET")
        headers["Allow"] = "GET, HEAD" if served == "GET" else served
        detail = f"{request.method} is not served here; this service only reads, use {served}"
    return problem(
        request.scope,
        status,
        kind=status.phrase.lower().replace(" ", "-"),
        title=status.phrase,
        detail=detail,
        headers=headers,
    )


def no_route(
    scope: Scope, detail: str = "nothing has this path; /docs lists what there is"
) -> ProblemResponse:
    """Answer a path that no route serves."""
    return problem(
        scope, HTTPStatus.NOT_FOUND, kind="route-not-found", title="No such path", detail=detail
    )


def internal_error(scope: Scope) -> ProblemResponse:
    """Answer an error that nobody foresaw, without saying what it was."""
    return problem(
        scope,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        kind="internal",
        title="Internal error",
        detail="the service failed; its log says where",
    )


_MEANING = {
    HTTPStatus.PERMANENT_REDIRECT: "the id has moved: `Location` and `merged_into` say where to",
    HTTPStatus.NOT_FOUND: "nothing here has this id or name; for an author, `near` holds names",
    HTTPStatus.CONFLICT: "a name that fits several authors (`candidates`), or a cursor made "
    "before the graph changed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "the body is longer than any question",
    HTTPStatus.UNPROCESSABLE_ENTITY: "a parameter is unknown, repeated, blank or out of range",
    HTTPStatus.INTERNAL_SERVER_ERROR: "the service or its store failed",
    HTTPStatus.SERVICE_UNAVAILABLE: "the store is busy or does not answer; try again",
    HTTPStatus.NOT_IMPLEMENTED: "this store cannot answer it; `reason` says why",
    HTTPStatus.GATEWAY_TIMEOUT: "the store ran into its time limit",
}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe these problem responses for OpenAPI; the schema is added by `with_problems`."""
    return {status: _described(HTTPStatus(status)) for status in statuses}


def _described(status: HTTPStatus) -> dict[str, Any]:
    headers = {
        HTTPStatus.PERMANENT_REDIRECT: {"Location": {"schema": {"type": "string"}}},
        HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": {"schema": {"type": "integer"}}},
    }.get(status)
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": _MEANING[status],
        "content": {ProblemResponse.media_type: {"schema": schema}},
    } | ({"headers": headers} if headers else {})


def with_problems(openapi: dict[str, Any]) -> dict[str, Any]:
    """Add the schema that `documented` refers to."""
    openapi["components"]["schemas"]["Problem"] = Problem.model_json_schema()
    return openapi
