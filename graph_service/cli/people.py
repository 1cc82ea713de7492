"""The commands about people: put one question, print its answer."""

import asyncio
from functools import partial

from graph_service.cli import people_tables
from graph_service.cli.asking import Pages, answered, ask, asked_pages, following, reader_of
from graph_service.cli.progress import Progress
from graph_service.cli.stores import opened
from graph_service.model.answers import AuthorList
from graph_service.model.people_answers import EvaluationAnswer, Kind, RecommendationList
from graph_service.projection.reader import View
from graph_service.questions.authors import list_authors
from graph_service.questions.autocomplete import complete
from graph_service.questions.evaluating import evaluate_recommendations
from graph_service.questions.recommendations import Wanted, recommend
from graph_service.questions.selections import Selection
from graph_service.questions.timeline import show_timeline
from graph_service.settings import Settings


def recommendations(settings: Settings, asked: str, wanted: Wanted, *, as_json: bool) -> None:
    """Suggest people to work with."""

    async def question(view: View, asked: str) -> RecommendationList:
        return await recommend(view, asked, wanted)

    answered(
        ask(settings, lambda view: following(question, view, asked)),
        people_tables.recommendations,
        as_json=as_json,
    )


def timeline(settings: Settings, asked: str, *, as_json: bool) -> None:
    """Show an author year by year."""
    answered(
        ask(settings, lambda view: following(show_timeline, view, asked)),
        people_tables.timeline,
        as_json=as_json,
    )


def authors(
    settings: Settings,
    q: str | None,
    chosen: Selection,
    *,
    cursor: str | None,
    per_page: int,
    everything: bool,
    as_json: bool,
) -> None:
    """List authors."""
    pages = Pages(cursor, per_page, everything)

    async def question(view: View) -> AuthorList:
        return await asked_pages(partial(list_authors, view, q=q, chosen=chosen), pages)

    answered(
        ask(settings, question),
        people_tables.authors,
        as_json=as_json,
    )


def autocomplete(settings: Settings, q: str, kind: Kind, limit: int, *, as_json: bool) -> None:
    """Say what a few letters may mean."""
    answered(
        ask(settings, lambda view: complete(view, q, kind=kind, limit=limit)),
        people_tables.completions,
        as_json=as_json,
    )


def evaluate(settings: Settings, *, split_year: int, window: int, seed: int, as_json: bool) -> None:
    """Score suggestions on papers before a year."""
    with Progress(after=0) as progress:

        async def run() -> EvaluationAnswer:
            async with opened(settings) as store:
                # The question is about two years of papers and takes a while: it is put to one
                # state of the facts, whatever is loaded meanwhile.
                view = await reader_of(store, settings).view()
                return await evaluate_recommendations(
                    view, split_year=split_year, window=window, seed=seed, step=progress
                )

        answer = asyncio.run(run())
    answered(answer, people_tables.evaluation, as_json=as_json)
