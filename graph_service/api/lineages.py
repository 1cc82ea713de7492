"""Routes about lineage: what probably grew out of what, and about the methods papers coined."""

from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Query
from pydantic import Field, model_validator
from starlette.responses import Response

from graph_service.api.answering import Answer, TheReader
from graph_service.api.parameters import (
    NO_PARAMETERS,
    IdOrName,
    NodeId,
    Page,
    SearchText,
)
from graph_service.api.problems import documented
from graph_service.drawings.formats import FORMATS, drawn
from graph_service.model.lineage_answers import (
    LineageAnswer,
    MinTier,
    PaperLineageAnswer,
    StepList,
)
from graph_service.model.method_answers import MethodAnswer, MethodList
from graph_service.model.records import Frozen
from graph_service.projection.reader import Reader
from graph_service.questions import lineages, methods
from graph_service.questions.lineages import Options

router = APIRouter(tags=["lineages"], responses=documented(422, 500, 503, 504))

Scope = Annotated[
    IdOrName | None,
    Field(
        description="the set of papers that was compared: a source, or all; absent: the smallest "
        "that holds what is asked"
    ),
]
Least = Annotated[
    MinTier,
    Field(description="weakest tier listed; steps of chains below it are marked as bridges"),
]
MergeVersions = Annotated[
    bool, Field(description="add stops that show versions of one work as one; nothing is merged")
]


Drawn = Annotated[
    Literal["json", "mermaid", "dot", "svg"],
    Field(description="mermaid and dot are text for those programs, svg is a drawn timeline"),
]
DRAWINGS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            each.media_type.partition(";")[0]: {"schema": {"type": "string"}}
            for each in FORMATS.values()
        }
    }
}


def _shown(answer: LineageAnswer | StepList | PaperLineageAnswer, format: str) -> Response:
    """An answer as JSON, or drawn; a drawing loads nothing, wherever it is opened."""
    for name, each in FORMATS.items():
        if name == format:
            return Response(
                drawn(answer, name).encode(),
                media_type=each.media_type,
                headers={
                    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
                    "X-Content-Type-Options": "nosniff",
                },
            )
    return Answer(answer)


class StepPage(Page):
    """Which steps of the list."""

    scope: Scope = None
    min_tier: Least = "likely"
    format: Drawn = "json"


class LineageQuestion(Frozen):
    """What to ask; exactly one of to, from, between, topic and method."""

    to: Annotated[
        IdOrName | None,
        Field(description="a paper, by id, title or the name it coined: what it grew out of"),
    ] = None
    from_: Annotated[
        IdOrName | None, Field(alias="from", description="a paper: what grew out of it")
    ] = None
    between: Annotated[
        IdOrName | None,
        Field(
            description="an older and a newer paper, with a semicolon between them, or a comma "
            "where neither title has one"
        ),
    ] = None
    topic: Annotated[SearchText | None, Field(description="words: chains through a topic")] = None
    method: Annotated[
        IdOrName | None, Field(description="a method, by id or name: the chain of its first paper")
    ] = None
    scope: Scope = None
    min_tier: Least = "likely"
    merge_versions: MergeVersions = False
    format: Drawn = "json"

    @model_validator(mode="after")
    def _is_one_question(self) -> Self:
        asked = [self.to, self.from_, self.between, self.topic, self.method]
        if sum(one is not None for one in asked) != 1:
            raise ValueError("ask exactly one of to, from, between, topic and method")
        if self.between is not None and len(self.ends()) != 2:
            raise ValueError("between takes two papers with a semicolon between them")
        return self

    def ends(self) -> list[str]:
        """The two papers of `between`."""
        text = self.between or ""
        return [part.strip() for part in text.split(";" if ";" in text else ",") if part.strip()]


class Relatives(Frozen):
    """Which of a paper's relatives."""

    direction: Annotated[
        Literal["ancestors", "descendants", "both"], Field(description="which way to go")
    ] = "both"
    max_steps: Annotated[
        int | None, Field(ge=1, le=100, description="furthest generation; absent: all")
    ] = None
    scope: Scope = None
    min_tier: Least = "likely"


class OfOnePaper(Relatives):
    """Which of a paper's relatives, and how to show them."""

    format: Drawn = "json"


class MethodSearch(Page):
    """Which methods."""

    q: Annotated[
        SearchText | None, Field(description="name, or how some or all of its words begin")
    ] = None


@router.get(
    "/lineages",
    summary="Ask what grew out of what",
    response_model=LineageAnswer,
    responses={**documented(404, 409), **DRAWINGS},
)
async def ask_lineage(query: Annotated[LineageQuestion, Query()], reader: TheReader) -> Response:
    """Show a chain of papers that probably build on one another, with the evidence of each step.

    A step is inferred from titles, abstracts, dates, authors and repositories; a tier is a class
    of its score and no probability. `chain` may be empty and then has a `reason`; the `timeline`
    of a topic is there all the same.

    Order: papers of a chain older first; alternatives best first; neighbours best first, accepted
    ones before all; timelines by date, then id. Where lineage was not derived, 409.

    Example: `GET /lineages?to=title:dynamic-relu~93d0be3c`
    """
    options = Options(query.scope, query.min_tier, query.merge_versions)
    answer = await reader.ask(lambda view: lineages.ask(view, _question(query), options))
    return _shown(answer, query.format)


def _question(query: LineageQuestion) -> lineages.Question:
    return lineages.Question(
        to=query.to,
        from_=query.from_,
        between=(query.ends()[0], query.ends()[1]) if query.between is not None else None,
        topic=query.topic,
        method=query.method,
    )


@router.get(
    "/lineages/steps",
    summary="List the steps of a scope",
    response_model=StepList,
    responses={**documented(409), **DRAWINGS},
)
async def list_steps(query: Annotated[StepPage, Query()], reader: TheReader) -> Response:
    """List the shown steps, each from an older paper to a newer one that probably builds on it.

    Order: newer paper's date, newest first, then its id, then rank, then the older paper's id.
    Empty: no step reaches `min_tier`.

    Example: `GET /lineages/steps?min_tier=possible&per_page=5`
    """
    options = Options(query.scope, query.min_tier)
    answer = await reader.ask(
        lambda view: lineages.list_steps(
            view, options, cursor=query.cursor, per_page=query.per_page
        )
    )
    return _shown(answer, query.format)


@router.get(
    "/papers/{id:path}/lineage",
    summary="Show a paper's ancestors and descendants",
    response_model=PaperLineageAnswer,
    responses={**documented(404, 409), **DRAWINGS},
)
async def show_lineage_of_paper(
    id: NodeId, query: Annotated[OfOnePaper, Query()], reader: TheReader
) -> Response:
    """Show all papers that one probably grew out of, and all that probably grew out of it.

    Order: by generation, then the score of the step that leads there, then id; at most 500 each
    way. Empty: no step reaches `min_tier`; `reason` says more.

    Example: `GET /papers/title:dynamic-relu~93d0be3c/lineage?direction=both`
    """
    return _shown(await _relatives(id, query, reader), query.format)


@router.get(
    "/papers/{id:path}/lineage.svg",
    summary="Draw a paper's ancestors and descendants",
    response_class=Response,
    responses={
        **documented(404, 409),
        200: {"content": {"image/svg+xml": {"schema": {"type": "string"}}}},
    },
)
async def draw_lineage_of_paper(
    id: NodeId, query: Annotated[Relatives, Query()], reader: TheReader
) -> Response:
    """Draw a timeline of what a paper probably grew out of, and what grew out of it.

    Years go across, a lineage is a lane; the style of a line is the tier of its step. The drawing
    loads nothing and says what a step means. At most 200 papers; those left out are counted.

    Order: lanes by their best path; papers of a lane by date, then id.

    Example: `GET /papers/title:dynamic-relu~93d0be3c/lineage.svg`
    """
    return _shown(await _relatives(id, query, reader), "svg")


async def _relatives(id: str, query: Relatives, reader: Reader) -> PaperLineageAnswer:
    options = Options(query.scope, query.min_tier)
    directions = lineages.BOTH if query.direction == "both" else (query.direction,)
    return await reader.ask(
        lambda view: lineages.lineage_of_paper(
            view, id, options, directions=directions, max_steps=query.max_steps
        )
    )


@router.get(
    "/methods",
    summary="List the methods that papers coined",
    response_model=MethodList,
    responses=documented(409),
)
async def list_methods(query: Annotated[MethodSearch, Query()], reader: TheReader) -> Answer:
    """List the names that papers seem to coin, or those that fit `q`.

    Order: with `q` exact names first, then those that begin so, then those that have all words;
    then most mentioned first, then by id. Empty: nothing fits.

    Example: `GET /methods?q=dynamic`
    """
    return Answer(
        await reader.ask(
            lambda view: methods.list_methods(
                view, q=query.q, cursor=query.cursor, per_page=query.per_page
            )
        )
    )


@router.get(
    "/methods/{id:path}",
    summary="Show one method",
    response_model=MethodAnswer,
    responses=documented(404, 409),
    dependencies=[NO_PARAMETERS],
)
async def show_method(id: NodeId, reader: TheReader) -> Answer:
    """Show who introduced a method, by id or name, and who mentions it, with a short quote.

    Order: papers by date, undated last, then id; years ascending. A name that papers without a
    shared author coined is several methods: ask by id.

    Example: `GET /methods/MicroNet`
    """
    return Answer(await reader.ask(lambda view: methods.show_method(view, id)))
