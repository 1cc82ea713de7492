"""The real profile page: who stands where, with its subject and without."""

from pathlib import Path

import pytest

from graph_service.derive.positions import positions
from graph_service.derive.run import derive
from graph_service.projection.building import project
from graph_service.projection.reader import Reader
from graph_service.questions.authors import list_authors, show_author
from graph_service.questions.recommendations import Wanted, recommend
from graph_service.questions.selections import Selection
from graph_service.store.protocol import GraphStore
from loaders.runner import load

pytestmark = [pytest.mark.real_page, pytest.mark.anyio]


async def test_the_subject_in_or_out_changes_who_is_between(
    store: GraphStore, real_page: Path
) -> None:
    await load(store, [real_page])
    authors = [one async for batch in store.project_authors() for one in batch]
    papers = [one async for batch in store.project_papers() for one in batch]
    printed = [
        paper._replace(slots=tuple(slot for slot in paper.slots if slot[1])) for paper in papers
    ]
    as_printed = positions(project("printed", authors, printed))
    assert round(float(as_printed.paths.betweenness.max()), 2) == 0.47

    await derive(store)
    reader = Reader(store)
    found = await reader.ask(
        lambda view: list_authors(view, chosen=Selection(sort="betweenness"), per_page=2)
    )
    assert [(row.id, round(row.value or 0, 2)) for row in found.results] == [
        ("author:dai.xiyang", 0.91),
        ("author:chen.dongdong", 0.02),
    ]
    chosen = Selection(sort="betweenness", without_subject=True)
    found = await reader.ask(lambda view: list_authors(view, chosen=chosen, per_page=3))
    assert [round(row.value or 0, 2) for row in found.results] == [0.24, 0.24, 0.19]
    card = (await reader.ask(lambda view: show_author(view, "Yinpeng Chen"))).author
    assert card.position is not None
    assert card.position_without is not None
    assert (card.position.component.authors, card.position.component.ties) == (55, 122)
    assert (card.position_without.component.authors, card.position_without.authors) == (36, 54)


async def test_without_the_subject_few_are_suggested(store: GraphStore, real_page: Path) -> None:
    await load(store, [real_page])
    reader = Reader(store)
    few = await reader.ask(lambda view: recommend(view, "Yinpeng Chen"))
    everybody = await reader.ask(
        lambda view: recommend(view, "Yinpeng Chen", Wanted(without=("none",)))
    )
    assert [one.id for one in few.without] == ["author:dai.xiyang"]
    assert (few.meta.count, everybody.meta.count) == (14, 46)
    assert few.results[0].id == "author:tian.rui"
