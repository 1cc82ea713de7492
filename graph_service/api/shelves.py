"""Routes about what papers share besides authors: two for each kind, all alike."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Query

from graph_service.api.answering import Answer, TheReader
from graph_service.api.parameters import NO_PARAMETERS, NodeId, Page
from graph_service.api.problems import documented
from graph_service.model.answers import ShelfAnswer, ShelfList
from graph_service.questions import shelves as questions

router = APIRouter(responses=documented(422, 500, 503, 504))

# For each key of SHELVES its nodes in words (many, one), and an id for the example.
_WORDS = {
    "repos": ("repositories", "repository", "github:microsoft/glip"),
    "affiliations": ("organisations", "organisation", "affiliation:microsoft-research"),
    "topics": ("topics", "topic", "topic:category/cv"),
    "venues": ("venues", "venue", "venue:neurips"),
    "sources": ("sources", "source", "source:xiyang-dai"),
}

_LIST = """List the {many} of the loaded papers.

Order: most papers first, then by id. Empty: no loaded paper has one.

Example: `GET /{shelf}?per_page=5`
"""
_SHOW = """Show one {one}, the papers that have it, and the authors of those papers.

Order: papers newest first, undated last, then by id; authors by papers, most first, then by id.
That an author is listed says that a paper of theirs has it, no more; `notes` say where that
matters.

Example: `GET /{shelf}/{example}`
"""


def _lists(shelf: str) -> Callable[..., Awaitable[Answer]]:
    async def list_shelf(query: Annotated[Page, Query()], reader: TheReader) -> Answer:
        return Answer(
            await reader.ask(
                lambda view: questions.list_shelf(
                    view, shelf, cursor=query.cursor, per_page=query.per_page
                )
            )
        )

    return list_shelf


def _shows(shelf: str) -> Callable[..., Awaitable[Answer]]:
    async def show_on_shelf(id: NodeId, reader: TheReader) -> Answer:
        return Answer(await reader.ask(lambda view: questions.show_on_shelf(view, shelf, id)))

    return show_on_shelf


for _shelf, (_many, _one, _example) in _WORDS.items():
    router.get(
        f"/{_shelf}",
        name=f"list_{_shelf}",
        summary=f"List {_many}",
        description=_LIST.format(many=_many, shelf=_shelf),
        response_model=ShelfList,
        responses=documented(409),
        tags=[_shelf],
    )(_lists(_shelf))
    router.get(
        f"/{_shelf}/{{id:path}}",
        name=f"show_{questions.SHELVES[_shelf].lower()}",
        summary=f"Show one {_one}",
        description=_SHOW.format(one=_one, shelf=_shelf, example=_example),
        response_model=ShelfAnswer,
        responses=documented(404),
        dependencies=[NO_PARAMETERS],
        tags=[_shelf],
    )(_shows(_shelf))
