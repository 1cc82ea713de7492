"""Routes about authors."""

from typing import Annotated

from fastapi import APIRouter, Query

from graph_service.api.answering import Answer, TheReader
from graph_service.api.parameters import NO_PARAMETERS, AuthorIdOrName, AuthorSearch, Page
from graph_service.api.problems import documented
from graph_service.model.answers import AuthorAnswer, AuthorList, CollaboratorList, PaperList
from graph_service.questions import authors as questions

router = APIRouter(tags=["authors"], responses=documented(422, 500, 503, 504))


@router.get(
    "/authors",
    summary="List or search authors",
    response_model=AuthorList,
    responses=documented(409),
)
async def list_authors(query: Annotated[AuthorSearch, Query()], reader: TheReader) -> Answer:
    """List all authors, or those whose name fits `q`, whatever its case and accents.

    Order: with `q` the exact name first, then names that begin so, then names that have all the
    words or their beginnings; then most papers first, then by id. Empty: nobody fits.

    Example: `GET /authors?q=chen`
    """
    return Answer(
        await reader.ask(
            lambda view: questions.list_authors(
                view, q=query.q, cursor=query.cursor, per_page=query.per_page
            )
        )
    )


@router.get(
    "/authors/{id:path}/papers",
    summary="List an author's papers",
    response_model=PaperList,
    responses=documented(308, 404, 409),
)
async def list_papers_of_author(
    id: AuthorIdOrName, query: Annotated[Page, Query()], reader: TheReader
) -> Answer:
    """List the papers that name the author, and those that the author's own page lists.

    Order: newest first, undated last, then by id. Empty: the author is known by a
    page that lists no paper.

    Example: `GET /authors/author:chen.yinpeng/papers`
    """
    return Answer(
        await reader.ask(
            lambda view: questions.list_papers_of_author(
                view, id, cursor=query.cursor, per_page=query.per_page
            )
        )
    )


@router.get(
    "/authors/{id:path}/collaborators",
    summary="List an author's collaborators",
    response_model=CollaboratorList,
    responses=documented(308, 404, 409),
)
async def list_collaborators(
    id: AuthorIdOrName, query: Annotated[Page, Query()], reader: TheReader
) -> Answer:
    """List whom the author shares papers with, and which papers those are.

    Order: most shared papers first, then greatest weight, then by id. Empty: the author has
    only solo papers, or only papers with more than `max_authors` authors.

    Example: `GET /authors/author:chen.yinpeng/collaborators?per_page=5`
    """
    return Answer(
        await reader.ask(
            lambda view: questions.list_collaborators(
                view, id, cursor=query.cursor, per_page=query.per_page
            )
        )
    )


@router.get(
    "/authors/{id:path}",
    summary="Show one author",
    response_model=AuthorAnswer,
    responses=documented(308, 404, 409),
    dependencies=[NO_PARAMETERS],
)
async def show_author(id: AuthorIdOrName, reader: TheReader) -> Answer:
    """Show one author by id or by name, with the names, figures and doubts behind the card.

    Order: names and metrics by id. An id that was this person's before names were joined
    answers 308; a name that fits several authors answers 409 with `candidates`, one that fits
    none 404 with `near` names.

    Example: `GET /authors/Yinpeng%20Chen`
    """
    return Answer(await reader.ask(lambda view: questions.show_author(view, id)))
