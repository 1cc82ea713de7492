"""The commands that ask: open the store, put one question, print its answer."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from pydantic import BaseModel
from rich.console import RenderableType

from graph_service.cli import paper_tables, tables
from graph_service.cli.edge import PROGRAM, quoted
from graph_service.cli.stores import opened, same_store
from graph_service.cli.terminal import cleaned, show, tell, write_answer
from graph_service.model.answers import PaperAnswer
from graph_service.model.errors import Moved
from graph_service.projection.cache import Cache
from graph_service.projection.find import find_paper
from graph_service.projection.reader import Reader, View
from graph_service.questions.authors import (
    list_collaborators,
    list_papers_of_author,
    show_author,
)
from graph_service.questions.paging import MOST_PER_PAGE
from graph_service.questions.papers import show_paper
from graph_service.questions.quality import show_quality
from graph_service.questions.status import show_status
from graph_service.settings import Settings
from graph_service.store.protocol import GraphStore

T = TypeVar("T")
Answer = TypeVar("Answer", bound=BaseModel)
Listing = TypeVar("Listing", bound=BaseModel)


def reader_of(store: GraphStore, settings: Settings) -> Reader:
    """Make a reader that projects as these settings say."""
    return Reader(
        store,
        max_authors=settings.max_authors,
        cache=Cache.of(settings.cache_dir, settings.store),
        step=tell,
    )


def ask(settings: Settings, question: Callable[[View], Awaitable[T]]) -> T:
    """Put one question to the store."""

    async def run() -> T:
        async with opened(settings) as store:
            return await reader_of(store, settings).ask(question)

    return asyncio.run(run())


async def following(question: Callable[..., Awaitable[T]], view: View, *asked: str) -> T:
    """Ask about authors; where an id has moved, say so and ask about the new one."""
    while True:
        try:
            return await question(view, *asked)
        except Moved as moved:
            tell(f"note: {moved.message}")
            old, new = str(moved.fields["asked"]), str(moved.fields["merged_into"])
            asked = tuple(new if one == old else one for one in asked)


def answered(answer: Answer, layout: Callable[[Answer], RenderableType], *, as_json: bool) -> None:
    """Print an answer: the body that HTTP gives, or a page for people."""
    if as_json:
        write_answer(answer)
    else:
        show(layout(cleaned(answer)))


@dataclass(frozen=True, slots=True)
class Pages:
    """Which part of a list: a page of it, or everything."""

    cursor: str | None
    per_page: int
    everything: bool


async def asked_pages(listing: Callable[..., Awaitable[Listing]], pages: Pages) -> Listing:
    """The page of a list that was asked for, or all of it."""
    if pages.everything:
        return await every_page(listing)
    return await listing(cursor=pages.cursor, per_page=pages.per_page)


async def every_page(listing: Callable[..., Awaitable[Listing]]) -> Listing:
    """A whole list, with what each of its pages notes, each thing once.

    Args:
        listing: Takes `cursor` and `per_page`.
    """
    answers: list[Any] = [await listing(cursor=None, per_page=MOST_PER_PAGE)]
    while (cursor := answers[-1].meta.next_cursor) is not None:
        answers.append(await listing(cursor=cursor, per_page=MOST_PER_PAGE))
    notes = list(dict.fromkeys(note for answer in answers for note in answer.meta.notes))
    whole: Listing = answers[0].model_copy(
        update={
            "results": [row for answer in answers for row in answer.results],
            "meta": answers[0].meta.model_copy(update={"next_cursor": None, "notes": notes}),
        }
    )
    return whole


def author(settings: Settings, asked: str, *, as_json: bool) -> None:
    """Show an author's card; for people also the first papers and collaborators."""
    if as_json:
        write_answer(ask(settings, lambda view: following(show_author, view, asked)))
        return

    async def everything(view: View, asked: str) -> RenderableType:
        card = cleaned(await show_author(view, asked))
        papers = await list_papers_of_author(view, card.author.id)
        people = await list_collaborators(view, card.author.id)
        return tables.author(card, cleaned(papers), cleaned(people))

    show(ask(settings, lambda view: following(everything, view, asked)))


def papers_of(settings: Settings, asked: str, pages: Pages, *, as_json: bool) -> None:
    """List an author's papers."""
    answer = _listed(settings, list_papers_of_author, asked, pages)
    answered(answer, tables.papers, as_json=as_json)


def collaborators_of(settings: Settings, asked: str, pages: Pages, *, as_json: bool) -> None:
    """List an author's collaborators."""
    answer = _listed(settings, list_collaborators, asked, pages)
    answered(answer, tables.collaborators, as_json=as_json)


def _listed(
    settings: Settings, listing: Callable[..., Awaitable[Listing]], asked: str, pages: Pages
) -> Listing:
    async def question(view: View, asked: str) -> Listing:
        return await asked_pages(partial(listing, view, asked), pages)

    return ask(settings, lambda view: following(question, view, asked))


def paper(settings: Settings, asked: str, *, as_json: bool) -> None:
    """Show a paper's card."""

    async def question(view: View) -> PaperAnswer:
        number = await find_paper(view, asked)
        return await show_paper(view, view.graph.paper_ids[number])

    answered(ask(settings, question), paper_tables.paper, as_json=as_json)


def quality(settings: Settings, *, everything: bool, as_json: bool) -> None:
    """Show what is missing or doubtful."""
    answered(
        ask(settings, show_quality),
        lambda answer: tables.quality(answer, everything=everything),
        as_json=as_json,
    )


def status(settings: Settings, *, as_json: bool) -> None:
    """Show what the store holds, and the settings in force."""
    answered(
        ask(settings, lambda view: show_status(view.store, {**settings.shown()})),
        lambda answer: tables.status(answer, quoted(PROGRAM, "derive", *same_store(settings))),
        as_json=as_json,
    )
