"""Whole answers, order included, are the same on every store."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from pydantic import BaseModel

from graph_service.derive.run import derive
from graph_service.model.errors import (
    AmbiguousName,
    AuthorNotFound,
    CursorExpired,
    Moved,
    NodeNotFound,
    PaperNotFound,
    ParameterError,
)
from graph_service.model.records import DecisionDraft
from graph_service.projection.reader import Reader, View
from graph_service.questions import authors, papers, paths, quality, shelves
from graph_service.settings import Settings
from graph_service.store.opening import open_store
from graph_service.store.protocol import GraphStore
from loaders.runner import load
from tests.invented import paper, small_world

pytestmark = pytest.mark.anyio
Question = Callable[[View], Awaitable[BaseModel]]

QUESTIONS: dict[str, Question] = {
    "authors": authors.list_authors,
    "authors by name": lambda view: authors.list_authors(view, q="mar", per_page=3),
    "an author": lambda view: authors.show_author(view, "Ada Quill"),
    "papers of an author": lambda view: authors.list_papers_of_author(view, "Ben Okoro"),
    "collaborators": lambda view: authors.list_collaborators(view, "marsh, cleo"),
    "papers": lambda view: papers.list_papers(view, per_page=4),
    "papers by title": lambda view: papers.list_papers(view, q="bridges"),
    "a path": lambda view: paths.show_path(view, "Ada Quill", "Dov Lind"),
    "a path to oneself": lambda view: paths.show_path(view, "Ada Quill", "Ada Quill"),
    "no path": lambda view: paths.show_path(view, "Ada Quill", "Eva Stone"),
    "only a capped paper": lambda view: paths.show_path(view, "Member001 Crowd", "Member002 Crowd"),
    "quality": quality.show_quality,
    **{
        shelf: (lambda view, shelf=shelf: shelves.list_shelf(view, shelf))  # type: ignore[misc]
        for shelf in shelves.SHELVES
    },
    "a repository": lambda view: shelves.show_on_shelf(view, "repos", "github:okoro/bridges"),
    "an affiliation": lambda view: shelves.show_on_shelf(
        view, "affiliations", "affiliation:north-lab"
    ),
}


async def answers(store: GraphStore) -> dict[str, str]:
    reader = Reader(store)
    found = {name: (await reader.ask(ask)).model_dump_json() for name, ask in QUESTIONS.items()}
    view = await reader.view()
    for paper_id in view.graph.paper_ids:
        answer = await reader.ask(lambda view, id_=paper_id: papers.show_paper(view, id_))  # type: ignore[misc]
        found[paper_id] = answer.model_dump_json()
    return found


async def in_memory(*, derived: bool) -> dict[str, str]:
    model = await open_store("memory:", Settings())
    async with model.writing():
        await model.put(small_world())
    if derived:
        await derive(model)
    found = await answers(model)
    await model.close()
    return found


async def test_every_question_has_the_same_answer(store: GraphStore) -> None:
    async with store.writing():
        await store.put(list(reversed(small_world())))
    assert await answers(store) == await in_memory(derived=False)
    await derive(store)
    assert await answers(store) == await in_memory(derived=True)


async def test_the_answers_of_the_real_page_agree(store: GraphStore, real_page: Path) -> None:
    model = await open_store("memory:", Settings())
    for each in (store, model):
        await load(each, [real_page])
        await derive(each)
    people = ("Yinpeng Chen", "Zuxuan Wu", "Xiyang Dai", "Yuan-Fang Wang")
    readers = [Reader(store), Reader(model)]
    for source in people:
        for target in people:
            both = [
                await reader.ask(lambda view, s=source, t=target: paths.show_path(view, s, t))  # type: ignore[misc]
                for reader in readers
            ]
            assert both[0] == both[1]
        both_lists = [
            await reader.ask(lambda view, s=source: authors.list_collaborators(view, s))  # type: ignore[misc]
            for reader in readers
        ]
        assert both_lists[0] == both_lists[1]
    await model.close()


async def test_the_answers_worked_out_by_hand(store: GraphStore) -> None:
    async with store.writing():
        await store.put(small_world())
    reader = Reader(store)
    path = await reader.ask(lambda view: paths.show_path(view, "Quill, Ada", "author:lind.dov"))
    assert path.path is not None
    assert [author.name for author in path.path.authors] == [
        "Ada Quill",
        "Ben Okoro",
        "Cléo Marsh",
        "Dov Lind",
    ]
    assert (path.distance, path.distance_is) == (3, "at most")
    middle = path.path.hops[1]
    assert [(hop.title, hop.positions) for hop in middle.papers] == [
        ("Bridges", [1, 2]),
        ("More Bridges", [2, 1]),
    ]
    assert middle.papers[0].repositories[0].id == "github:okoro/bridges"
    assert middle.weight == 2.0

    nobody = await reader.ask(lambda view: paths.show_path(view, "Ada Quill", "Eva Stone"))
    assert nobody.path is None
    assert nobody.no_path is not None
    assert (nobody.no_path.source_component, nobody.no_path.target_component) == (7, 1)
    capped = await reader.ask(
        lambda view: paths.show_path(view, "Member001 Crowd", "Member002 Crowd")
    )
    assert capped.no_path is not None
    assert capped.no_path.reason == "author-cap"


async def test_names_that_fit_nobody_or_several(store: GraphStore) -> None:
    async with store.writing():
        await store.put(small_world())
    reader = Reader(store)
    with pytest.raises(AmbiguousName) as several:
        await reader.ask(lambda view: authors.show_author(view, "Wei Ito"))
    candidates = several.value.fields["candidates"]
    assert isinstance(candidates, list)
    assert candidates[0]["id"] == "author:ito.wei"
    with pytest.raises(AuthorNotFound, match="Ben Okoro"):
        await reader.ask(lambda view: authors.show_author(view, "Ben Okkoro"))
    with pytest.raises(PaperNotFound):
        await reader.ask(lambda view: papers.show_paper(view, "title:nothing"))
    with pytest.raises(NodeNotFound):
        await reader.ask(lambda view: shelves.show_on_shelf(view, "repos", "topic:category/cv"))


async def test_an_old_id_leads_to_the_author(store: GraphStore) -> None:
    async with store.writing():
        await store.put([*small_world(), paper("Later", ["C. Marsh"], source="club")])
        await store.decide(
            DecisionDraft(op="same", a="name:lab/marsh.cleo", b="name:club/marsh.c", by="user:eve")
        )
    reader = Reader(store)
    with pytest.raises(Moved) as moved:
        await reader.ask(lambda view: authors.show_author(view, "author:marsh.cleo"))
    assert moved.value.fields["merged_into"] == "author:marsh.c"
    card = await reader.ask(lambda view: authors.show_author(view, "author:marsh.c"))
    assert card.author.name_variants == ["C. Marsh", "Cleo Marsh", "Cléo Marsh"]


async def test_pages_hold_every_row_once_and_expire_with_the_facts(store: GraphStore) -> None:
    async with store.writing():
        await store.put(small_world())
    reader = Reader(store)
    whole = await reader.ask(lambda view: authors.list_authors(view, per_page=500))
    rows, cursor = [], None
    while True:
        part = await reader.ask(
            lambda view, at=cursor: authors.list_authors(view, cursor=at, per_page=25)  # type: ignore[misc]
        )
        rows += part.results
        if part.meta.next_cursor is None:
            break
        cursor = part.meta.next_cursor
    assert rows == whole.results
    assert len(rows) == whole.meta.count
    async with store.writing():
        await store.put([paper("New", ["Gil Pine"])])
    with pytest.raises(CursorExpired):
        await reader.ask(lambda view: authors.list_authors(view, cursor=cursor))
    for nonsense in ("", "x", "!!", "aGVsbG8"):
        with pytest.raises(ParameterError, match="cursor"):
            await reader.ask(lambda view, at=nonsense: authors.list_authors(view, cursor=at))  # type: ignore[misc]
