"""Routes of the canned reports, one for each, made from the reports' headers."""

import json
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from graph_service.api.answering import Answer, TheReader
from graph_service.api.parameters import NO_PARAMETERS
from graph_service.api.problems import documented
from graph_service.model.answers import ReportAnswer, ReportList
from graph_service.model.errors import ParameterError, ReportNotFound
from graph_service.reports.files import Parameter, Report, all_reports
from graph_service.reports.run import list_reports, run_report
from graph_service.reports.tables import csv_text

CSV = "text/csv"
# A table has no place for `meta`: what was cut, and whether it is stale, goes along in a header.
META_HEADER = "Coauthor-Graph-Meta"
FORMATS = ("json", "csv")
# By type, or type and name, of a parameter; all but the cluster are in the packaged sample.
EXAMPLES = {
    "author": "Dongdong Chen",
    "author target": "Zuxuan Wu",
    "authors": "Yinpeng Chen; Dongdong Chen",
    "authors right": "Zuxuan Wu",
    "paper": "Dynamic ReLU",
    "paper older": "Dynamic Convolution: Attention over Convolution Kernels",
    "affiliation left": "affiliation:microsoft-research",
    "affiliation right": "affiliation:stanford",
    "cluster": "cluster:author:chen.yinpeng",
}


async def show_reports(reader: TheReader) -> Answer:
    """List every report with its parameters and columns.

    Order: by area, then by name.

    Example: `GET /reports`
    """
    return Answer(await list_reports(reader.store))


async def _no_report(name: str) -> Answer:
    raise ReportNotFound(name, [each.name for each in all_reports()])


async def _show(request: Request, reader: TheReader) -> Response:
    name = request.scope["route"].name
    given = dict(request.query_params)
    kind = given.pop("format", None)
    if kind is not None and kind not in FORMATS:
        raise ParameterError("format", kind, ", ".join(FORMATS))
    answer = await run_report(reader, name, given)
    vary = {"Vary": "Accept"}
    if kind == "csv" or (kind is None and _prefers_csv(request.headers.get("accept", ""))):
        # In ASCII, as headers are.
        meta = json.dumps(answer.meta.model_dump(mode="json"))
        return Response(
            csv_text(answer).encode(),
            media_type=CSV,
            headers={**vary, META_HEADER: meta},
        )
    made = Answer(answer)
    made.headers.update(vary)
    return made


def _prefers_csv(accept: str) -> bool:
    """Tell whether a client names CSV, and JSON not with more weight (RFC 9110, 12.5.1)."""
    weights = {"text/csv": 0.0, "application/json": 0.0}
    for part in accept.split(","):
        kind, *fields = (field.strip() for field in part.split(";"))
        if kind.lower() in weights:
            quality = next((field[2:] for field in fields if field.startswith("q=")), "1")
            try:
                weights[kind.lower()] = float(quality)
            except ValueError:
                return False
    return weights["text/csv"] > weights["application/json"]


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "type": {"int": "integer", "bool": "boolean"}.get(parameter.type, "string")
    }
    if parameter.least is not None:
        schema |= {"minimum": parameter.least, "maximum": parameter.most}
    if parameter.choices:
        schema["enum"] = list(parameter.choices)
    if parameter.default is not None:
        schema["default"] = parameter.default
    return {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": f"{parameter.words} ({parameter.allowed})",
        "schema": schema,
    }


def _format() -> dict[str, Any]:
    return {
        "name": "format",
        "in": "query",
        "required": False,
        "description": "as `Accept: text/csv` asks for",
        "schema": {"type": "string", "enum": list(FORMATS), "default": "json"},
    }


def _described(each: Report) -> str:
    given = {
        parameter.name: EXAMPLES.get(f"{parameter.type} {parameter.name}")
        or EXAMPLES[parameter.type]
        for parameter in each.parameters
        if parameter.required
    }
    query = f"?{urlencode(given, quote_via=quote)}" if given else ""
    layer = f"Needs these parts of the derived layer: {', '.join(each.parts)}."
    return "\n\n".join(
        [
            each.about,
            *([layer] if each.needs == "derived" else []),
            *([f"On Neo4j only: {each.no_twin}."] if each.no_twin else []),
            f"Order: `{each.order}`. Empty: nothing fits.",
            f"Example: `GET /reports/{each.name}{query}`",
        ]
    )


def make_router() -> APIRouter:
    """Make a route for each report, and the list of them."""
    router = APIRouter(tags=["reports"], responses=documented(422, 500, 503, 504))
    router.add_api_route(
        "/reports",
        show_reports,
        summary="List the canned reports",
        response_model=ReportList,
        dependencies=[NO_PARAMETERS],
    )
    for each in all_reports():
        router.add_api_route(
            f"/reports/{each.name}",
            _show,
            name=each.name,
            summary=each.title,
            description=_described(each),
            response_model=ReportAnswer,
            responses={
                **documented(308, 404, 409, 501),
                200: {"content": {CSV: {"schema": {"type": "string"}}}},
            },
            openapi_extra={"parameters": [*map(_parameter, each.parameters), _format()]},
        )
    router.add_api_route("/reports/{name}", _no_report, include_in_schema=False)
    return router
