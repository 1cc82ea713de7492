"""The rows an embedded store keeps beside its records say what the records say, after anything."""

import random

import anyio
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_service.identity.units import mention_unit_id
from graph_service.model.errors import GraphServiceError
from graph_service.model.records import DecisionDraft, PaperRecord
from graph_service.settings import Settings
from graph_service.store.closing import Closing
from graph_service.store.fold import build_graph
from graph_service.store.opening import open_store
from graph_service.store.protocol import GraphStore
from tests.invented import units_of_record
from tests.naive_reads import assert_reads_agree
from tests.property.test_stores_agree import records

steps = st.one_of(
    st.tuples(st.just("put"), st.lists(records(), min_size=1, max_size=6)),
    st.tuples(st.just("remove"), st.integers(0, 2**32)),
    st.tuples(st.sampled_from(("same", "different", "split", "undo")), st.integers(0, 2**32)),
)


async def take(store: GraphStore, step: str, what: object) -> None:
    """Take one step; one that is refused changes nothing."""
    if step == "put":
        await store.put(what)  # type: ignore[arg-type]
        return
    chance = random.Random(str(what))
    held = [record async for record in store.records()]
    if step == "remove":
        gone = chance.sample(held, min(len(held), 3))
        await store.remove([record.id for record in gone])
        return
    papers = [record for record in held if isinstance(record, PaperRecord)]
    named = [(record, one) for record in papers for one in units_of_record(record)]
    log = await store.decisions()
    if step == "undo" and log:
        await store.decide(DecisionDraft(op="undo", a=chance.choice(log).id, by="user:test"))
    elif step == "split" and named:
        record, (mention, unit) = chance.choice(named)
        alone = mention_unit_id(record.mention_id(mention))
        if alone != unit.id:
            await store.decide(DecisionDraft(op="different", a=alone, b=unit.id, by="user:test"))
    elif step in ("same", "different") and len(papers) > 1 and chance.random() < 0.3:
        a, b = (f"record:{record.id}" for record in chance.sample(papers, 2))
        await store.decide(DecisionDraft(op=step, a=a, b=b, by="user:test"))
    elif step in ("same", "different") and len({unit.id for _, (_, unit) in named}) > 1:
        a, b = chance.sample(sorted({unit.id for _, (_, unit) in named}), 2)
        await store.decide(DecisionDraft(op=step, a=a, b=b, by="user:test"))


@settings(max_examples=150)
@given(st.lists(steps, max_size=8))
def test_after_any_steps_the_rows_are_the_fold_of_the_records(
    taken: list[tuple[str, object]],
) -> None:
    async def run() -> None:
        store = await open_store("memory:", Settings())
        async with store.writing():
            for step, what in taken:
                try:
                    await take(store, step, what)
                except GraphServiceError:
                    assert step in ("same", "different", "split", "undo")
        graph = await store.graph()
        assert graph == build_graph(
            [record async for record in store.records()], await store.decisions()
        )
        await assert_reads_agree(store, graph)
        await store.close()

    anyio.run(run)


KEYS = ("a", "b", "c", "d", "e")
names = st.sampled_from([f"name:{source}/{key}" for source in "xy" for key in KEYS])


@given(st.sets(names), st.sets(names), st.sets(st.tuples(names, names)))
def test_a_part_is_closed_under_keys_and_decisions(
    stored: set[str], start: set[str], pairs: set[tuple[str, str]]
) -> None:
    """Against the definition, grown one by one until nothing is added."""

    def key_of(name: str) -> str:
        return name.rpartition("/")[2]

    linked: dict[str, set[str]] = {}
    for a, b in pairs:
        linked.setdefault(a, set()).add(b)
        linked.setdefault(b, set()).add(a)

    closing = Closing(keys=(), names=start, linked=linked)
    reached: set[str] = set()
    while True:
        asked, keys = closing.names(), closing.keys()
        if not asked and not keys:
            break
        closing.add_keys(key_of(name) for name in asked if name in stored)
        read = {name for name in stored if key_of(name) in keys}
        closing.take(read)
        reached |= read

    naive = {name for begun in start for name in {begun} | linked.get(begun, set())} & stored
    while True:
        more = {name for name in stored for known in naive if key_of(name) == key_of(known)}
        more |= {name for known in naive for name in linked.get(known, set()) & stored}
        if more <= naive:
            break
        naive |= more
    assert reached == naive
