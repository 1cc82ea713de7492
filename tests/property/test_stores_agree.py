"""Whatever is loaded, replaced, removed, decided, undone and derived: both stores agree."""

import random
from collections.abc import Sequence
from typing import Any

import anyio
import neo4j
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_service.derive.run import derive
from graph_service.derive.verify import verify
from graph_service.identity.units import mention_unit_id, units_of_record
from graph_service.model.errors import GraphServiceError
from graph_service.model.records import DecisionDraft, PaperRecord, Record
from graph_service.settings import Settings
from graph_service.store.fold import build_graph
from graph_service.store.opening import open_store
from graph_service.store.protocol import GraphStore
from tests.invented import paper, source

NAMES = ("Ada Quill", "ADA QUILL", "Ada Quill Jr.", "Ben Okoro", "Bén Okoro", "Cleo Marsh")
SOURCES = ("lab", "club", "page")


@st.composite
def records(draw: st.DrawFn) -> Record:
    where = draw(st.sampled_from(SOURCES))
    if draw(st.integers(0, 5)) == 0:
        return source(
            where,
            subject=draw(st.sampled_from((None, "Ada Quill", "Ben Okoro"))),
            metrics=draw(st.sampled_from(({}, {"h-index": 3}))),
        )
    return paper(
        f"T{draw(st.integers(0, 5))}",
        draw(st.lists(st.sampled_from(NAMES), max_size=4)),
        source=where,
        date=draw(st.sampled_from((None, "2019", "2020-02-03"))),
        complete=draw(st.sampled_from((None, True, False))),
        subject=draw(st.sampled_from((None, "Ada Quill"))),
        affiliations=draw(st.sampled_from(((), ("North Lab",), ("NORTH LAB", "South Lab")))),
        venue=draw(st.sampled_from((None, "Letters", "LETTERS"))),
    )


steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.lists(records(), min_size=1, max_size=5)),
        st.tuples(st.just("remove"), st.integers(0, 2**32)),
        st.tuples(st.sampled_from(("same", "different", "split")), st.integers(0, 2**32)),
        st.tuples(st.just("undo"), st.integers(0, 2**32)),
        st.tuples(st.just("derive"), st.none()),
    ),
    min_size=1,
    max_size=12,
)


async def _operands(store: GraphStore) -> list[str]:
    graph = await store.graph()
    return sorted(node.id for node in graph.nodes.values() if node.label == "Name")


async def _decision(store: GraphStore, op: str, seed: int) -> DecisionDraft | None:
    chance = random.Random(seed)
    log = await store.decisions()
    if op == "undo":
        return DecisionDraft(op="undo", a=chance.choice(log).id, by="user:test") if log else None
    units = await _operands(store)
    if op == "split":
        papers = [r async for r in store.records() if isinstance(r, PaperRecord) and r.mentions]
        if not papers:
            return None
        record = chance.choice(papers)
        mention, unit = chance.choice(list(units_of_record(record)))
        if not unit.is_name:
            return None
        return DecisionDraft(
            op="different",
            a=mention_unit_id(record.mention_id(mention)),
            b=unit.id,
            by="user:test",
        )
    if len(units) < 2:
        return None
    a, b = chance.sample(units, 2)
    return DecisionDraft(op=op, a=a, b=b, by="user:test")  # type: ignore[arg-type]


async def _do(store: GraphStore, op: str, given: Any) -> object:
    try:
        if op == "derive":
            return (await derive(store)).ties
        async with store.writing():
            if op == "put":
                return await store.put(given)
            if op == "remove":
                ids = [record.id async for record in store.records()]
                chosen = random.Random(given).sample(ids, min(len(ids), 3))
                return await store.remove(chosen)
            draft = await _decision(store, op, given)
            return await store.decide(draft) if draft is not None else None
    except GraphServiceError as error:
        return type(error), error.message.replace(store.name, "")


async def _same_after(stores: Sequence[GraphStore], done: Sequence[tuple[str, Any]]) -> None:
    for op, given_ in done:
        outcomes = [await _do(store, op, given_) for store in stores]
        assert outcomes[0] == outcomes[1], (op, given_)
    graphs = [await store.graph() for store in stores]
    assert graphs[0].nodes == graphs[1].nodes
    assert graphs[0].edges == graphs[1].edges
    assert await stores[0].derived() == await stores[1].derived()
    states = [await store.state() for store in stores]
    assert states[0].facts_revision == states[1].facts_revision
    assert states[0].stale == states[1].stale
    assert await stores[0].counts() == await stores[1].counts()
    # The definition: everything built anew from the records.
    facts = [record async for record in stores[0].records()]
    expected = build_graph(facts, await stores[0].decisions())
    assert expected.nodes == graphs[0].nodes
    for store in stores:
        assert (await verify(store)).differences == ()


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(done=steps)
def test_both_stores_hold_the_same_graph_after_any_sequence(
    done: list[tuple[str, Any]],
    neo4j_server: Any,
    neo4j_settings: Settings,
    raw_neo4j: neo4j.Driver,
) -> None:
    raw_neo4j.execute_query("MATCH (n) DETACH DELETE n")

    async def run() -> None:
        stores = [
            await open_store("memory:", neo4j_settings),
            await open_store(neo4j_server.bolt_uri, neo4j_settings, create=True),
        ]
        try:
            await _same_after(stores, done)
        finally:
            for store in stores:
                await store.close()

    anyio.run(run)
