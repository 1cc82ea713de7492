"""Loading: twice is once, order does not matter, what is taken out comes back."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from hypothesis import given
from hypothesis import strategies as st

from graph_service.derive.run import derive
from graph_service.model.records import PaperRecord, Record
from graph_service.settings import Settings
from graph_service.store.fold import build_graph
from graph_service.store.opening import open_store
from graph_service.store.protocol import GraphStore
from tests.backdoor import ties_of
from tests.property.test_stores_agree import records

bibliographies = st.lists(records(), max_size=12, unique_by=lambda record: record.id)


@asynccontextmanager
async def loaded(*batches: list[Record]) -> AsyncIterator[GraphStore]:
    store = await open_store("memory:", Settings())
    try:
        async with store.writing():
            for batch in batches:
                await store.put(batch)
        await derive(store)
        yield store
    finally:
        await store.close()


async def everything(store: GraphStore) -> tuple[object, ...]:
    return (await store.graph(), await store.derived(), (await store.state()).facts_revision)


@given(bibliographies, st.randoms(use_true_random=False))
def test_any_order_and_any_batches_give_the_same_graph(
    facts: list[Record], chance: random.Random
) -> None:
    async def run() -> None:
        shuffled = list(facts)
        chance.shuffle(shuffled)
        cut = chance.randint(0, len(shuffled))
        async with loaded(facts) as store, loaded(shuffled[:cut], shuffled[cut:]) as other:
            assert await everything(other) == await everything(store)
            assert await store.graph() == build_graph(facts, [])

    anyio.run(run)


@given(bibliographies)
def test_loading_twice_is_loading_once(facts: list[Record]) -> None:
    async def run() -> None:
        async with loaded(facts) as store:
            before = await everything(store)
            async with store.writing():
                counts = await store.put(facts)
            assert (counts.new, counts.replaced, counts.unchanged) == (0, 0, len(facts))
            assert await everything(store) == before
            assert not (await store.state()).stale

    anyio.run(run)


@given(bibliographies, st.randoms(use_true_random=False))
def test_what_is_removed_comes_back_whole(facts: list[Record], chance: random.Random) -> None:
    async def run() -> None:
        gone = chance.sample(facts, chance.randint(0, len(facts)))
        left = [record for record in facts if record not in gone]
        async with loaded(facts) as store:
            before = await everything(store)
            async with store.writing():
                await store.remove([record.id for record in gone])
                assert await store.graph() == build_graph(left, [])
                await store.put(gone)
            assert await everything(store) == before

    anyio.run(run)


@given(bibliographies)
def test_ties_are_between_two_and_within_the_papers(facts: list[Record]) -> None:
    async def run() -> None:
        async with loaded(facts) as store:
            ties = ties_of(await store.derived())
        papers = [record for record in facts if isinstance(record, PaperRecord)]
        assert all(tie.a < tie.b for tie in ties)
        assert all(1 <= tie.papers <= len(papers) for tie in ties)
        assert all(0 < tie.weight <= tie.papers for tie in ties)

    anyio.run(run)
