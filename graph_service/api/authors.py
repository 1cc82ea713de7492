"""Routes about authors."""

from typing import Annotated

from fastapi import APIRouter, Query

from graph_service.api.answering import Answer, TheReader
from graph_service.api.parameters import NO_PARAMETERS, AuthorIdOrName, Page
from graph_service.api.people_parameters import AuthorSearch, RecommendationQuery
from graph_service.api.problems import documented
from graph_service.model.answers import AuthorAnswer, AuthorList, CollaboratorList, PaperList
from graph_service.model.people_answers import RecommendationList, TimelineAnswer
from graph_service.questions import authors as questions
from graph_service.questions import recommendations, timeline

router = APIRouter(tags=["authors"], responses=documented(422, 500, 503, 504))


@router.get(
    "/authors",
    summary="List or search authors",
    response_model=AuthorList,
    responses=documented(409),
)
async def list_authors(query: Annotated[AuthorSearch, Query()], reader: TheReader) -> Answer:
    """List all authors, those whose name fits `q`, or those who worked on a topic or a method.

    With `topic`, `method` or `affiliation` only papers that fit are counted, and `papers_counted`
    says how many. `sort` takes one measure; there is none that sums a person up.

    Order: with `sort` by that value, then by id; else with `q` the exact name first, then names
    that begin so, then names that have all the words or their beginnings; then most papers first
    (of those that fit), then by id. Empty: nobody fits.

    Example: `GET /authors?sort=betweenness&per_page=5`
    """
    return Answer(
        await reader.ask(
            lambda view: questions.list_authors(
                view,
                q=query.q,
                chosen=query.selection(),
                cursor=query.cursor,
                per_page=query.per_page,
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
    "/authors/{id:path}/recommendations",
    summary="Suggest people to work with",
    response_model=RecommendationList,
    responses=documented(308, 404, 409),
)
async def recommend(
    id: AuthorIdOrName, query: Annotated[RecommendationQuery, Query()], reader: TheReader
) -> Answer:
    """Suggest people the author has not worked with, each with what speaks for it.

    Every suggestion has its scores, the collaborators shared with what each adds, a path, and
    what the titles and topics of both have in common. Where one person's page names most papers,
    that person is left out unless `without=none`.

    Order: the score asked for, then the latest paper with a shared collaborator, then by id.
    Empty: nobody shares a collaborator with the author, or none of them passes the filters.

    Example: `GET /authors/author:chen.yinpeng/recommendations?k=3`
    """
    return Answer(
        await reader.ask(lambda view: recommendations.recommend(view, id, query.wanted()))
    )


@router.get(
    "/authors/{id:path}/timeline",
    summary="Show an author year by year",
    response_model=TimelineAnswer,
    responses=documented(308, 404, 409),
    dependencies=[NO_PARAMETERS],
)
async def show_timeline(id: AuthorIdOrName, reader: TheReader) -> Answer:
    """Show the papers and collaborators of each year, and who was new in it.

    Order: years ascending; papers by date, then id; authors by id. Empty: no paper has a year;
    `undated` has them.

    Example: `GET /authors/author:chen.yinpeng/timeline`
    """
    return Answer(await reader.ask(lambda view: timeline.show_timeline(view, id)))


@router.get(
    "/authors/{id:path}",
    summary="Show one author",
    response_model=AuthorAnswer,
    responses=documented(308, 404, 409),
    dependencies=[NO_PARAMETERS],
)
async def show_author(id: AuthorIdOrName, reader: TheReader) -> Answer:
    """Show one author by id or by name, with the names, figures and doubts behind the card.

    `position` says where the author stands among the ties, by several measures with their ranks;
    it and `clusters` are of the derived layer.

    Order: names and metrics by id. An id that was this person's before names were joined
    answers 308; a name that fits several authors answers 409 with `candidates`, one that fits
    none 404 with `near` names.

    Example: `GET /authors/Yinpeng%20Chen`
    """
    return Answer(await reader.ask(lambda view: questions.show_author(view, id)))
