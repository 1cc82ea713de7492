"""Lineage: asked every way, the same on every store and in any load order; decisions and undo."""

import random

import pytest

from graph_service.derive.run import derive
from graph_service.derive.verify import verify
from graph_service.model.errors import (
    AmbiguousTitle,
    CursorExpired,
    DecisionConflict,
    DecisionTargetNotFound,
    NodeNotFound,
    NotDerived,
    PaperNotFound,
    ParameterError,
)
from graph_service.model.lineage_answers import Chain, LineageAnswer
from graph_service.model.records import Decision, DecisionDraft
from graph_service.projection.reader import Reader
from graph_service.questions.decisions import list_decisions
from graph_service.questions.lineages import (
    Options,
    Question,
    ask,
    find_paper_or_name,
    lineage_of_paper,
    list_steps,
)
from graph_service.questions.methods import list_methods, show_method
from graph_service.settings import Settings
from graph_service.store.opening import open_store
from graph_service.store.protocol import GraphStore
from tests.invented import paper
from tests.looms import (
    ageless,
    loom,
    looms,
    shuttle,
    shuttle_again,
    spindles,
    strangers,
    twins,
    warp_2,
    warp_3,
)

pytestmark = pytest.mark.anyio
PAGE = "source:page"
EVERY = Options(min_tier="tentative")
QUESTIONS = {
    "to": Question(to=spindles),
    "from": Question(from_=loom),
    "between": Question(between=(loom, spindles)),
    "topic": Question(topic="weaving kernels"),
    "method": Question(method="ShuttleNet"),
    "undated": Question(to=ageless),
}


async def fill(store: GraphStore, *, seed: int | None = None) -> Reader:
    records = looms()
    if seed is not None:
        random.Random(seed).shuffle(records)
    async with store.writing():
        for record in records:
            await store.put([record])
    return Reader(store)


async def question(reader: Reader, asked: Question, options: Options = EVERY) -> LineageAnswer:
    return await reader.ask(lambda view: ask(view, asked, options))


async def everything(reader: Reader) -> dict[str, str]:
    """Every answer about lineage, as the JSON that HTTP gives."""
    answers = {
        f"{name} in {scope}": await question(
            reader, asked, Options(scope=scope, min_tier="likely", merge_versions=True)
        )
        for name, asked in QUESTIONS.items()
        for scope in (None, "all")
    }
    more = {
        "steps": await reader.ask(lambda view: list_steps(view, EVERY)),
        "steps of all": await reader.ask(
            lambda view: list_steps(view, Options(scope="all", min_tier="strong"))
        ),
        "paper": await reader.ask(lambda view: lineage_of_paper(view, shuttle, EVERY)),
        "methods": await reader.ask(list_methods),
        "method": await reader.ask(lambda view: show_method(view, "ShuttleNet")),
    }
    return {name: answer.model_dump_json() for name, answer in {**answers, **more}.items()}


async def decide(store: GraphStore, op: str, a: str, b: str | None = None) -> Decision:
    async with store.writing():
        return await store.decide(
            DecisionDraft.model_validate({"op": op, "a": a, "b": b, "by": "Ada"})
        )


def papers_of(chain: Chain) -> list[str]:
    return [each.id for each in chain.papers]


async def test_a_chain_shows_its_evidence_people_and_doubts(store: GraphStore) -> None:
    reader = await fill(store)
    made = await derive(store)
    assert made.made["lineage"]["methods"] == 5
    answer = await question(reader, Question(to=spindles), Options(merge_versions=True))
    assert papers_of(answer.chain) == [loom, shuttle, shuttle_again, spindles]
    assert [(step.tier, step.kind) for step in answer.chain.steps] == [
        ("strong", "extends"),
        ("strong", "version"),
        ("strong", "extends"),
    ]
    first, _, last = answer.chain.steps
    assert first.evidence[0].detail == {
        "name": "LoomNet",
        "where": "abstract",
        "cue": "extends",
        "strength": 1.0,
    }
    assert first.reason.startswith("mention +5.00 ['LoomNet' in the abstract, cue extends]; text ")
    for step in answer.chain.steps:
        assert step.score == round(sum(row.points for row in step.evidence), 2)
        assert step.decided is None
    # Ines, whose page it is, is no evidence there; her paper's list is cut.
    assert [[who.id for who in group] for group in (first.people.stay, first.people.join)] == [
        [],
        ["author:hart.cy"],
    ]
    assert first.people.lists_cut == 1
    assert [repo.id for repo in first.repositories] == [
        "github:guild/loomnet",
        "github:guild/shuttle",
    ]
    assert [who.id for who in last.people.stay] == ["author:hart.cy"]
    assert answer.chain.first_team_left == shuttle
    assert answer.chain.first_team_left_certain is False
    assert answer.chain.weakest is not None
    assert answer.chain.weakest.score == min(step.score for step in answer.chain.steps)
    assert [(stop.label, len(stop.papers)) for stop in answer.chain.stops or []] == [
        ("LoomNet", 1),
        ("ShuttleNet (v1, v2)", 2),
        (None, 1),
    ]
    scope = answer.scope
    assert (scope.scope, scope.subject, scope.papers) == (PAGE, "author:aldana.ines", 14)
    assert (scope.calibration, scope.undated, scope.cut_lists) == ("untested size", 1, 1)
    assert scope.others == ["all"]
    assert {note.code for note in answer.meta.notes} == {
        "cut-author-lists",
        "undated",
        "untested-size",
    }


async def test_questions_that_have_no_chain_say_why(store: GraphStore) -> None:
    reader = await fill(store)
    await derive(store)
    undated = await question(reader, Question(to=ageless))
    assert undated.chain.papers == []
    assert undated.chain.reason == "a paper has no date, and only dated papers have steps"
    assert [each.id for each in undated.undated] == [ageless]
    turned = await question(reader, Question(between=(spindles, loom)))
    assert turned.chain.reason == "the paper asked for as the older one does not come first"
    apart = await question(reader, Question(between=(warp_2, strangers)))
    assert (apart.scope.scope, apart.chain.reason) == ("all", "no step is good enough to be kept")
    outside = await question(reader, Question(to=strangers), Options(scope=PAGE))
    assert outside.chain.reason == "a paper is not in the scope"
    nothing = await question(reader, Question(topic="quantum tea"))
    assert (nothing.chain.reason, nothing.timeline) == ("no paper of the scope is on topic", [])
    alone = await reader.ask(lambda view: lineage_of_paper(view, strangers))
    assert (alone.ancestors, alone.descendants) == ([], [])
    assert alone.reason == "no step reaches likely; there are weaker ones"


async def test_a_topic_always_has_its_timeline(store: GraphStore) -> None:
    reader = await fill(store)
    await derive(store)
    answer = await question(reader, Question(topic="weaving kernels"))
    assert papers_of(answer.chain)[:2] == [loom, shuttle]
    assert [each.id for each in answer.timeline] == [loom, shuttle, shuttle_again]
    assert [each.date for each in answer.timeline] == ["2019-01-05", "2020-02-05", "2021-06-01"]
    assert max(each.relevance or 0 for each in answer.timeline) == 1
    # A name counts, in the plural too.
    named = await question(reader, Question(topic="ShuttleNets"))
    assert {each.id for each in named.timeline} >= {shuttle, shuttle_again}


async def test_same_day_papers_and_versions(store: GraphStore) -> None:
    reader = await fill(store)
    await derive(store)
    steps = (await reader.ask(lambda view: list_steps(view, EVERY))).results
    found = {(step.older.id, step.newer.id): step for step in steps}
    same_day = found[warp_3, twins]
    assert same_day.direction_certain is False
    assert "same_day" in {row.kind for row in same_day.evidence}
    assert found[warp_2, warp_3].kind == "successor"
    assert [(step.newer.date or "", step.newer.id, step.rank) for step in steps] == sorted(
        ((step.newer.date or "", step.newer.id, step.rank) for step in steps),
        key=lambda row: ([-ord(letter) for letter in row[0]], row[1], row[2]),
    )


async def test_a_paper_shows_all_its_relatives(store: GraphStore) -> None:
    reader = await fill(store)
    await derive(store)
    answer = await reader.ask(lambda view: lineage_of_paper(view, shuttle))
    assert [(each.generation, each.paper.id) for each in answer.ancestors] == [(1, loom)]
    assert [(each.generation, each.paper.id) for each in answer.descendants] == [
        (1, spindles),
        (1, shuttle_again),
    ]
    one_way = await reader.ask(
        lambda view: lineage_of_paper(view, loom, directions=("descendants",), max_steps=1)
    )
    assert [each.paper.id for each in one_way.descendants] == [shuttle]
    assert one_way.ancestors == []


async def test_methods_tell_namesakes_apart(store: GraphStore) -> None:
    reader = await fill(store)
    await derive(store)
    answer = await reader.ask(list_methods)
    names = [(row.name, row.introductions, row.mentions, row.namesakes) for row in answer.results]
    assert sorted(names) == [
        ("LoomNet", 1, 0, 1),
        ("LoomNet", 1, 1, 1),
        ("ShuttleNet", 2, 1, 0),
        ("Warp-2", 1, 1, 0),
        ("Warp-3", 1, 0, 0),
    ]
    card = await reader.ask(lambda view: show_method(view, "shuttlenet"))
    assert [each.paper.id for each in card.introduced] == [shuttle, shuttle_again]
    (mention,) = card.mentioned
    assert (mention.paper.id, mention.where, mention.cue) == (spindles, "abstract", "extends")
    assert (mention.quote or "").startswith("Built upon ShuttleNet")
    assert [(row.year, row.introductions, row.mentions) for row in card.years] == [
        (2020, 1, 0),
        (2021, 1, 1),
    ]
    with pytest.raises(ParameterError, match="several methods have this name"):
        await reader.ask(lambda view: show_method(view, "LoomNet"))
    with pytest.raises(NodeNotFound):
        await reader.ask(lambda view: show_method(view, "TeaNet"))
    found = await reader.ask(lambda view: list_methods(view, q="warp"))
    assert [row.name for row in found.results] == ["Warp-2", "Warp-3"]


async def test_papers_are_found_by_the_name_they_coined(store: GraphStore) -> None:
    reader = await fill(store)
    await derive(store)
    number = await reader.ask(lambda view: find_paper_or_name(view, "warp-3"))
    view = await reader.view()
    assert view.graph.paper_ids[number] == warp_3
    begun = await reader.ask(lambda view: find_paper_or_name(view, "Spindles for"))
    assert view.graph.paper_ids[begun] == spindles
    for several in ("ShuttleNet", "LoomNet"):
        with pytest.raises(AmbiguousTitle):
            await question(reader, Question(to=several))
    with pytest.raises(PaperNotFound):
        await question(reader, Question(to="TeaNet"))


async def test_load_order_and_store_change_nothing(store: GraphStore) -> None:
    reader = await fill(store, seed=len(store.name))
    await derive(store)
    other = await open_store("memory:", Settings(store="memory:"))
    reference = await fill(other)
    await derive(other)
    assert await everything(reader) == await everything(reference)
    layer = await store.derived("lineage")
    assert layer == await other.derived("lineage")
    assert (await verify(store)).differences == ()
    await derive(store)
    assert await store.derived("lineage") == layer
    await other.close()


async def test_decisions_win_at_once_survive_derive_and_are_undone(store: GraphStore) -> None:
    reader = await fill(store)
    await derive(store)
    before, layer = await everything(reader), await store.derived("lineage")

    rejected = await decide(store, "reject", shuttle_again, shuttle)
    answer = await question(reader, Question(to=spindles))
    assert (shuttle, shuttle_again) not in _pairs(answer.chain)
    steps = await reader.ask(lambda view: list_steps(view, EVERY))
    assert (shuttle, shuttle_again) not in {(s.older.id, s.newer.id) for s in steps.results}
    near = await question(reader, Question(to=shuttle_again))
    (thrown,) = near.neighbours[0].rejected
    assert thrown.decided is not None
    assert (thrown.decided.decision, thrown.decided.by) == (rejected.id, "Ada")
    assert thrown.evidence, "the evidence of a rejected step is still to be seen"

    accepted = await decide(store, "accept", strangers, warp_2)
    hand = await question(reader, Question(to=strangers))
    assert papers_of(hand.chain) == [warp_2, strangers]
    (step,) = hand.chain.steps
    assert (step.tier, step.score, step.evidence) == ("none", 0.0, [])
    assert step.decided is not None
    assert step.decided.verdict == "accepted"
    assert {"accepted-since", "lineage-stale"} <= {note.code for note in hand.meta.notes}

    await derive(store)
    derived = await question(reader, Question(to=strangers))
    (step,) = derived.chain.steps
    assert step.score == round(sum(row.points for row in step.evidence), 2)
    assert step.shown
    assert "lineage-stale" not in {note.code for note in derived.meta.notes}
    stored = {
        edge.properties.get("decided")
        for edge in (await store.derived("lineage")).edges.values()
        if edge.type == "BUILDS_ON"
    }
    assert stored == {None, "accepted", "rejected"}

    log = await reader.ask(list_decisions)
    assert [(row.op, row.in_force) for row in log.results] == [("accept", True), ("reject", True)]
    for decision in (rejected, accepted):
        await decide(store, "undo", decision.id)
    # Before derive runs again the steps are what they were, but for what derive has to say.
    undone = await question(reader, Question(to=spindles))
    assert papers_of(undone.chain) == [loom, shuttle, shuttle_again, spindles]
    assert warp_2 not in papers_of((await question(reader, Question(to=strangers))).chain)
    await derive(store)
    assert await store.derived("lineage") == layer
    assert await everything(reader) == before
    assert [row.in_force for row in (await reader.ask(list_decisions)).results] == [False] * 4


def _pairs(chain: Chain) -> set[tuple[str, str]]:
    return {(step.older.id, step.newer.id) for step in chain.steps}


async def test_undo_without_derive_restores_every_byte(store: GraphStore) -> None:
    reader = await fill(store)
    await derive(store)
    before = await everything(reader)
    decisions = [
        await decide(store, "reject", shuttle, loom),
        await decide(store, "accept", spindles, warp_2),
    ]
    assert await everything(reader) != before
    for decision in decisions:
        await decide(store, "undo", decision.id)
    assert await everything(reader) == before


async def test_decisions_that_cannot_be_are_refused(store: GraphStore) -> None:
    reader = await fill(store)
    await derive(store)
    revision = (await store.state()).facts_revision
    refused = [
        ("accept", "title:nothing", loom, DecisionTargetNotFound),
        ("accept", loom, spindles, DecisionConflict),  # backwards in time
        ("accept", ageless, loom, DecisionConflict),  # undated
        ("undo", "decision:7", None, DecisionTargetNotFound),
    ]
    for op, a, b, error in refused:
        with pytest.raises(error):
            await decide(store, op, a, b)
    await decide(store, "accept", spindles, loom)
    with pytest.raises(DecisionConflict, match="opposite"):
        await decide(store, "reject", spindles, loom)
    await decide(store, "accept", twins, warp_3)
    with pytest.raises(DecisionConflict, match="other way round"):
        await decide(store, "accept", warp_3, twins)
    assert (await store.state()).facts_revision != revision
    await reader.view()


async def test_an_accepted_step_orders_papers_of_one_day(store: GraphStore) -> None:
    """The attachment of the two says Warp-3 first; who knows better says otherwise."""
    reader = await fill(store)
    await decide(store, "accept", warp_3, twins)
    await derive(store)
    answer = await question(reader, Question(to=warp_3))
    assert (twins, warp_3) in _pairs(answer.chain)
    edges = (await store.derived("lineage")).edges.values()
    assert not [edge for edge in edges if (edge.start, edge.end) == (twins, warp_3)]


async def test_an_answer_says_that_lineage_is_old_or_missing(store: GraphStore) -> None:
    reader = await fill(store)
    with pytest.raises(NotDerived):
        await question(reader, Question(to=spindles))
    with pytest.raises(NotDerived):
        await reader.ask(list_methods)
    await derive(store)
    first = await reader.ask(lambda view: list_steps(view, EVERY, per_page=2))
    async with store.writing():
        await store.put([paper("A Late Arrival", ["Ada Quill"], source="late")])
    answer = await question(reader, Question(to=spindles))
    assert answer.meta.stale
    assert "lineage-stale" in {note.code for note in answer.meta.notes}
    # No scope of that run has the new paper.
    new = await question(reader, Question(to="A Late Arrival"))
    assert (new.scope.scope, new.chain.reason) == ("all", "no step is good enough to be kept")
    with pytest.raises(CursorExpired):
        await reader.ask(
            lambda view: list_steps(view, EVERY, cursor=first.meta.next_cursor, per_page=2)
        )
    with pytest.raises(ParameterError, match="scope"):
        await question(reader, Question(to=spindles), Options(scope="source:tea"))
    with pytest.raises(ParameterError, match="between"):
        await question(reader, Question(between=(loom, loom)))


async def test_a_paper_that_is_gone_takes_its_steps_along(store: GraphStore) -> None:
    reader = await fill(store)
    await derive(store)
    async with store.writing():
        await store.remove([next(r.id for r in looms() if r.id.endswith("Faster-Weaving-Kernels"))])
    answer = await question(reader, Question(to=spindles))
    assert papers_of(answer.chain) == [shuttle_again, spindles]
    assert answer.meta.stale
