"""Positions, suggestions, years and completions: the same answers on every store."""

from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import get_args

import orjson
import pytest
from pydantic import BaseModel

from graph_service.api.encoding import answer_bytes
from graph_service.derive.run import derive
from graph_service.model.answers import Note
from graph_service.model.errors import (
    AmbiguousName,
    AuthorNotFound,
    CursorExpired,
    NodeNotFound,
    NotDerived,
    ParameterError,
)
from graph_service.model.records import DecisionDraft, Record, Topic
from graph_service.model.schema import Edge, Node
from graph_service.projection.reader import Reader, View
from graph_service.questions.authors import list_authors, show_author
from graph_service.questions.autocomplete import complete
from graph_service.questions.evaluating import evaluate_recommendations
from graph_service.questions.recommendations import Wanted, recommend
from graph_service.questions.selections import Selection, Sort
from graph_service.questions.timeline import show_timeline
from graph_service.settings import Settings
from graph_service.store.fold import Graph
from graph_service.store.opening import open_store
from graph_service.store.protocol import DerivationStamp, GraphStore
from tests.invented import paper, source

pytestmark = pytest.mark.anyio
Question = Callable[[View], Awaitable[BaseModel]]

VISION, SOUND = Topic(scheme="field", name="Vision"), Topic(scheme="field", name="Sound")
SORTS: tuple[Sort, ...] = get_args(Sort)


def world() -> list[Record]:
    """Ann and Bea share Cy and Dan; Eve is two hops from Ann through Cy alone; Kit is apart.

    Una's page names all but one paper. Two people are called Wei Ito. Fay and Ann are joined by
    a crowd's paper alone, which makes no tie.
    """
    una, lab = "Una Vey", ("North Lab",)
    crowd = [f"Member{number:02} Crowd" for number in range(58)]
    return [
        source("page", subject=una),
        source("club"),
        paper("Woven Looms", ["Ann Ode", "Cy Moor"], date="2018-02-03", subject=una,
              source="page", topics=(VISION,)),
        paper("Woven Dyes", ["Ann Ode", "Dan Rue"], date="2019", subject=una, source="page",
              complete=False, topics=(VISION,), affiliations=lab),
        paper("Looms of Old", ["Bea Lund", "Cy Moor"], date="2020-05", subject=una,
              source="page", topics=(VISION, SOUND)),
        paper("Sound Dyes", ["Bea Lund", "Dan Rue"], date="2021-01-01", subject=una,
              source="page", topics=(SOUND,), affiliations=lab),
        paper("Further", ["Cy Moor", "Eve Sand"], date="2022", subject=una, source="page"),
        paper("Still Further", ["Eve Sand", "Fay Holt"], date=None, subject=una, source="page"),
        paper("Twins", ["Wei Ito", "Wei Ito", "Kit Noor"], date="2020", subject=una,
              source="page"),
        paper("Crowd", [*crowd, "Ann Ode", "Fay Holt"], date="2023", source="club"),
    ]  # fmt: skip


def suggest(asked: str = "Ann Ode", **given: object) -> Question:
    wanted = Wanted(**given)  # type: ignore[arg-type]
    return lambda view: recommend(view, asked, wanted)


def people(q: str | None = None, **given: object) -> Question:
    chosen = Selection(**given)  # type: ignore[arg-type]
    return lambda view: list_authors(view, q=q, chosen=chosen, per_page=5)


QUESTIONS: dict[str, Question] = {
    "an author": lambda view: show_author(view, "Cy Moor"),
    "the subject": lambda view: show_author(view, "Una Vey"),
    **{f"by {sort}": people(sort=sort) for sort in SORTS},
    "least first": people(sort="core", order="asc"),
    "without the subject": people(sort="betweenness", without_subject=True),
    "named, sorted": people("e", sort="last_year"),
    "on a topic": people(topic="vision"),
    "on a topic, for somebody": people(topic="topic:field/sound", affiliation="north lab"),
    "active": people(active_since=2021),
    **{f"suggested by {score}": suggest(score=score) for score in (
        "adamic_adar", "resource_allocation", "common_neighbours", "jaccard",
        "preferential_attachment", "pagerank", "topics")},
    "with everybody": suggest(without=("none",)),
    "without a paper": suggest(without=("subject", "Cy Moor")),
    "also known": suggest(include_known=True, active_since=2020),
    "at a place": suggest(affiliation="North Lab", score="pagerank"),
    "for nobody": suggest("Kit Noor"),
    "years": lambda view: show_timeline(view, "Cy Moor"),
    "years without a date": lambda view: show_timeline(view, "Fay Holt"),
    **{f"complete {kind}": lambda view, kind=kind: complete(view, "w", kind=kind)  # type: ignore[misc]
       for kind in ("author", "paper", "affiliation", "repo", "source", "topic", "venue")},
    "complete words": lambda view: complete(view, "e"),
    "an evaluation": lambda view: evaluate_recommendations(view, split_year=2020),
}  # fmt: skip


async def fill(store: GraphStore, records: list[Record]) -> None:
    async with store.writing():
        await store.put(records)
    await derive(store)


async def test_every_answer_is_the_same_on_every_store_in_any_load_order(
    store: GraphStore,
) -> None:
    model = await open_store("memory:", Settings(), create=True)
    try:
        await fill(model, world())
        await fill(store, world()[::-1])
        expected, reader = Reader(model), Reader(store)
        for name, question in QUESTIONS.items():
            wanted, found = await expected.ask(question), await reader.ask(question)
            assert answer_bytes(found) == answer_bytes(wanted), name
    finally:
        await model.close()


@pytest.fixture
async def view(store: GraphStore) -> View:
    await fill(store, world())
    return await Reader(store).view()


def codes(notes: list[Note]) -> set[str]:
    return {note.code for note in notes}


async def test_suggestions_say_what_speaks_for_them(view: View) -> None:
    found = await recommend(view, "Ann Ode")
    assert [one.name for one in found.without] == ["Una Vey"]
    assert "subject-left-out" in codes(found.meta.notes)
    assert [row.name for row in found.results] == ["Bea Lund", "Eve Sand"]
    bea, eve = found.results
    # Cy has three collaborators, Dan two, so that Dan's word counts for more.
    assert [one.name for one in bea.shared_collaborators] == ["Dan Rue", "Cy Moor"]
    assert [one.collaborators for one in bea.shared_collaborators] == [2, 3]
    assert bea.score == bea.scores.adamic_adar
    assert bea.score == round(sum(one.contribution or 0 for one in bea.shared_collaborators), 9)
    assert (bea.scores.common_neighbours, bea.scores.jaccard) == (2, 1.0)
    assert bea.last_shared_year == 2021
    assert [topic.name for topic in bea.shared_topics] == ["Vision"]
    assert set(bea.shared_words) == {"dyes", "looms"}
    assert [one.name for one in eve.path] == ["Ann Ode", "Cy Moor", "Eve Sand"]
    assert not any(row.known for row in found.results)


async def test_with_its_subject_a_page_suggests_everybody(view: View) -> None:
    found = await recommend(view, "Ann Ode", Wanted(without=("none",), k=100))
    assert found.without == []
    assert {"Fay Holt", "Kit Noor"} <= {row.name for row in found.results}
    named = await recommend(view, "Ann Ode", Wanted(without=("Una Vey",)))
    assert [row.name for row in named.results] == ["Bea Lund", "Eve Sand"]
    assert "subject-left-out" not in codes(named.meta.notes)


async def test_the_subject_gets_suggestions_too(view: View) -> None:
    found = await recommend(view, "Una Vey", Wanted(include_known=True))
    assert found.results
    assert all(row.known for row in found.results)


async def test_a_walk_reaches_further_than_two_hops(view: View) -> None:
    found = await recommend(view, "Ann Ode", Wanted(score="pagerank"))
    fay = next(row for row in found.results if row.name == "Fay Holt")
    assert fay.scores.common_neighbours == 0
    assert fay.shared_collaborators == []
    assert [one.name for one in fay.path] == ["Ann Ode", "Cy Moor", "Eve Sand", "Fay Holt"]


async def test_suggestions_pass_their_filters(view: View) -> None:
    late = await recommend(view, "Ann Ode", Wanted(active_since=2022))
    assert [row.name for row in late.results] == ["Eve Sand"]
    there = await recommend(view, "Ann Ode", Wanted(affiliation="north lab"))
    assert [row.name for row in there.results] == ["Bea Lund"]
    assert "paper-level-affiliations" in codes(there.meta.notes)


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        (Wanted(k=0), ParameterError),
        (Wanted(k=101), ParameterError),
        (Wanted(without=("Ann Ode",)), ParameterError),
        (Wanted(without=("none", "Cy Moor")), ParameterError),
        (Wanted(without=("Nobody Here",)), AuthorNotFound),
        (Wanted(without=("Wei Ito",)), AmbiguousName),
        (Wanted(affiliation="South Lab"), NodeNotFound),
    ],
)
async def test_what_cannot_be_suggested_is_refused(
    view: View, wanted: Wanted, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await recommend(view, "Ann Ode", wanted)


async def test_experts_are_ranked_by_the_papers_that_fit(view: View) -> None:
    found = await list_authors(view, chosen=Selection(topic="Vision"))
    assert [(row.name, row.papers_counted) for row in found.results] == [
        ("Una Vey", 3),
        ("Cy Moor", 2),
        ("Ann Ode", 2),
        ("Bea Lund", 1),
        ("Dan Rue", 1),
    ]
    assert codes(found.meta.notes) == {"papers-without-topic", "unverified-identity"}


async def test_sorted_lists_have_one_order_and_shared_ranks(view: View) -> None:
    for sort in SORTS:
        found = await list_authors(view, chosen=Selection(sort=sort), per_page=500)
        rows = [row for row in found.results if row.value is not None]
        assert rows == found.results[: len(rows)]
        for one, other in pairwise(rows):
            assert (-(one.value or 0), one.id) < (-(other.value or 0), other.id)
            assert (one.rank == other.rank) == (one.value == other.value)


async def test_a_measure_that_was_not_derived_is_a_conflict(store: GraphStore) -> None:
    async with store.writing():
        await store.put(world())
    view = await Reader(store).view()
    with pytest.raises(NotDerived):
        await list_authors(view, chosen=Selection(sort="core"))
    assert (await list_authors(view, chosen=Selection(sort="degree"))).results
    card = await show_author(view, "Cy Moor")
    assert card.author.position is None
    assert "positions-not-derived" in codes(card.meta.notes)


async def test_positions_say_that_they_are_old(store: GraphStore) -> None:
    await fill(store, world())
    async with store.writing():
        await store.put([paper("New", ["Cy Moor", "Zoe Adler"])])
    view = await Reader(store).view()
    card = await show_author(view, "Cy Moor")
    assert card.author.position is not None
    assert card.author.position.stale
    assert "positions-stale" in codes(card.meta.notes)
    new = await show_author(view, "Zoe Adler")
    assert new.author.position is None


async def test_a_cursor_of_a_measure_ends_with_the_run_that_measured_it(store: GraphStore) -> None:
    await fill(store, world())
    reader = Reader(store)
    chosen = Selection(sort="pagerank")
    first = await reader.ask(lambda view: list_authors(view, chosen=chosen, per_page=2))
    await derive(store, max_authors=100)
    with pytest.raises(CursorExpired):
        await reader.ask(
            lambda view: list_authors(
                view, chosen=chosen, cursor=first.meta.next_cursor, per_page=2
            )
        )


async def test_positions_with_and_without_the_subject_are_both_told(view: View) -> None:
    card = (await show_author(view, "Cy Moor")).author
    assert card.position is not None
    assert card.position_without is not None
    assert card.position.degree.value == 4
    assert card.position_without.degree.value == 3
    assert [one.name for one in card.position_without.without] == ["Una Vey"]
    assert card.position.component.authors > card.position_without.component.authors
    subject = (await show_author(view, "Una Vey")).author
    assert subject.position_without is None
    assert subject.position is not None
    assert subject.position.betweenness.rank == 1


async def test_methods_are_experts_ground_once_they_are_derived(store: GraphStore) -> None:
    async with store.writing():
        await store.put(world())
        layer = Graph()
        looms = [one.id for one in (await store.graph()).nodes.values()
                 if one.properties.get("title") in ("Woven Looms", "Looms of Old")]  # fmt: skip
        layer.add([Node("Method", "method:loomnet", {"name": "LoomNet"})])
        layer.add(
            Edge("INTRODUCES", id_, "method:loomnet", {"how": "coined", "strength": 1.0})
            for id_ in looms
        )
        state = await store.state()
        parameters = orjson.dumps({"lineage": {}}).decode()
        await store.write_derived(
            DerivationStamp(state.facts_revision, "complete", parameters, "{}", 0.0), layer
        )
    view = await Reader(store).view()
    found = await list_authors(view, chosen=Selection(method="loomnet"))
    assert {row.name: row.papers_counted for row in found.results} == {
        "Cy Moor": 2, "Una Vey": 2, "Ann Ode": 1, "Bea Lund": 1}  # fmt: skip
    bea = (await recommend(view, "Ann Ode")).results[0]
    assert [method.name for method in bea.shared_methods] == ["LoomNet"]
    with pytest.raises(NodeNotFound):
        await list_authors(view, chosen=Selection(method="OtherNet"))


async def test_years_say_who_was_new(view: View) -> None:
    found = await show_timeline(view, "Cy Moor")
    assert [row.year for row in found.results] == [2018, 2020, 2022]
    new = [[one.name for one in row.new_collaborators] for row in found.results]
    assert new == [["Ann Ode", "Una Vey"], ["Bea Lund"], ["Eve Sand"]]
    fay = await show_timeline(view, "Fay Holt")
    assert [one.title for one in fay.undated] == ["Still Further"]
    assert [row.collaborators for row in fay.results] == [[]]
    assert {"undated-papers", "capped-papers"} <= codes(fay.meta.notes)


async def test_completions_tell_namesakes_apart(view: View) -> None:
    found = await complete(view, "wei")
    assert [(row.name, row.namesakes) for row in found.results] == [("Wei Ito", 1)] * 2
    (ann,) = (await complete(view, "ANN")).results
    assert ann.a_paper is not None
    assert (ann.papers, ann.last_year, ann.a_paper.title) == (3, 2023, "Crowd")
    assert ann.affiliation is not None
    assert ann.affiliation.name == "North Lab"
    (looms,) = (await complete(view, "woven l", kind="paper")).results
    assert looms.first_author is not None
    assert looms.first_author.name == "Ann Ode"
    assert (await complete(view, "zzz")).results == []
    with pytest.raises(ParameterError):
        await complete(view, "a", limit=0)


async def test_an_evaluation_takes_no_decision_from_later(store: GraphStore) -> None:
    """What was decided of names changes nothing that is measured."""
    await fill(store, world())
    reader = Reader(store)
    before = await evaluate_recommendations(await reader.view(), split_year=2020)
    async with store.writing():
        await store.decide(
            DecisionDraft(op="same", a="name:page/sand.eve", b="name:page/rue.dan", by="tester")
        )
    after = await evaluate_recommendations(await reader.view(), split_year=2020)
    assert after.results == before.results
    assert after.training == before.training
    assert "decisions-left-out" in codes(after.meta.notes)
