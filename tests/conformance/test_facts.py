"""Facts: what goes in is what is there, on every store, whatever the order."""

from collections.abc import Callable

import neo4j
import pytest

from graph_service.derive.run import derive
from graph_service.derive.verify import verify
from graph_service.model.errors import DecisionConflict, StoreBusy
from graph_service.model.records import DecisionDraft, NamedPerson, ParsedPerson
from graph_service.model.revision import facts_revision
from graph_service.model.schema import Edge, Node
from graph_service.settings import Settings
from graph_service.store import embedded
from graph_service.store import neo4j as neo4j_store
from graph_service.store.fold import Graph, build_graph
from graph_service.store.opening import open_store
from graph_service.store.protocol import DerivationStamp, GraphStore, WriteCounts
from loaders.facts import to_facts
from tests.backdoor import authored, labels, relationships, ties_of
from tests.invented import paper, small_world, source
from tests.naive_reads import assert_reads_agree

pytestmark = pytest.mark.anyio


@pytest.fixture
def raw(request: pytest.FixtureRequest) -> Callable[[], neo4j.Driver]:
    """The driver of the back door, for stores that have one."""
    return lambda: request.getfixturevalue("raw_neo4j")


PERSON = ParsedPerson(
    source="lab", key="lab", format="invented", names=(NamedPerson(name="Ada Quill"),)
)


async def fill(store: GraphStore, *records: object) -> WriteCounts:
    async with store.writing():
        return await store.put(records or small_world())  # type: ignore[arg-type]


async def test_what_is_loaded_is_what_is_there(
    store: GraphStore, raw: Callable[[], neo4j.Driver]
) -> None:
    assert await fill(store) == WriteCounts(new=11)
    found = authored(store, raw)
    assert ("Cléo Marsh", "Far Shore", 1, "Cléo Marsh") in found
    assert ("Cléo Marsh", "Bridges", 2, "Cleo Marsh") in found
    assert ("Ada Quill", "Cut", None, "Ada Quill") in found
    assert len([row for row in found if row[1] == "Crowd"]) == 100
    assert labels(store, raw)["Repo"] == {"github:okoro/bridges"}
    assert labels(store, raw)["Source"] == {"source:lab", "source:club"}
    assert labels(store, raw)["Venue"] == {"venue:shore-letters"}


async def test_the_stored_graph_is_the_fold_of_the_records(store: GraphStore) -> None:
    await fill(store)
    graph, expected = await store.graph(), build_graph(small_world(), [])
    assert graph.nodes == expected.nodes
    assert graph.edges == expected.edges
    assert (await store.state()).facts_revision == facts_revision(small_world(), [])


async def test_loading_again_changes_nothing(store: GraphStore) -> None:
    await fill(store)
    before, state = await store.graph(), await store.state()
    assert await fill(store) == WriteCounts(unchanged=11)
    assert await store.graph() == before
    assert await store.state() == state


async def test_order_and_batches_do_not_matter(store: GraphStore) -> None:
    for record in reversed(small_world()):
        await fill(store, record)
    assert await store.graph() == build_graph(small_world(), [])
    assert (await verify(store)).differences == ()


async def test_the_order_of_namesakes_is_that_of_their_first_papers(store: GraphStore) -> None:
    # Two of a name on one paper, and one by another; of whom an earlier paper comes later.
    two = paper("Bees", ["Kai Ono", "Kai Ono"])
    one, earlier, earliest = (paper(title, ["Kai Ono"]) for title in ("Cats", "Ants", "Aardvarks"))
    for given in ([two, one], [earlier], [earliest]):
        await fill(store, *given)
        assert (await verify(store)).differences == ()
    assert await store.graph() == build_graph([two, one, earlier, earliest], [])


async def test_reloading_a_record_replaces_exactly_it(store: GraphStore) -> None:
    await fill(store)
    changed = paper("Bridges", ["Ben Okoro", "Gil Pine"], date="2019-03-05")
    assert await fill(store, changed) == WriteCounts(replaced=1)
    world = [record for record in small_world() if record.id != changed.id]
    assert await store.graph() == build_graph([*world, changed], [])


async def test_removing_and_loading_again_restores_everything(store: GraphStore) -> None:
    await fill(store)
    await derive(store)
    before, ties, state = await store.graph(), await store.derived(), await store.state()
    ids = [record.id for record in small_world()[4:8]]
    async with store.writing():
        assert await store.remove([*ids, "lab:never"]) == WriteCounts(removed=4)
    assert (await store.state()).stale
    assert (await verify(store)).differences == ()
    await fill(store)
    assert await store.graph() == before
    assert await store.derived() == ties
    assert await store.state() == state
    assert not state.stale


async def test_removing_everything_leaves_nothing(
    store: GraphStore, raw: Callable[[], neo4j.Driver]
) -> None:
    await fill(store)
    async with store.writing():
        await store.remove([record.id for record in small_world()])
    assert labels(store, raw) == {}
    assert (await store.state()).facts_revision == "0" * 16


async def test_records_come_back_as_they_were(store: GraphStore) -> None:
    await fill(store)
    found = [record async for record in store.records()]
    assert found == sorted(small_world(), key=lambda record: record.id)
    assert await store.record_ids(source="club") == ["club:Far-Shore", "source:club"]


async def test_sources_whose_names_begin_alike_are_told_apart(store: GraphStore) -> None:
    facts = [
        record
        for name in ("lab", "lab.north", "la")
        for record in (
            source(name),
            to_facts(PERSON.model_copy(update={"source": name})),
            paper("Looms", ["Ada Quill"], source=name),
        )
    ]
    await fill(store, *facts)
    of_lab = ["lab:Looms", "person:lab:lab", "source:lab"]
    assert await store.record_ids(source="lab") == of_lab
    assert await store.record_ids(source="l") == []
    (looms,) = {row.id for row in (await store.graph()).nodes.values() if row.label == "Paper"}
    assert await store.record_ids(paper=looms) == ["la:Looms", "lab.north:Looms", "lab:Looms"]
    async with store.writing():
        await store.remove(of_lab)
    left = {id_ for id_ in (await store.graph()).nodes if id_.startswith("source:")}
    assert left == {"source:la", "source:lab.north"}
    assert (await verify(store)).differences == ()


async def test_a_decision_and_its_undo(store: GraphStore) -> None:
    await fill(store, *small_world(), paper("Later", ["C. Marsh"], source="club"))
    await derive(store)
    before = (await store.graph(), await store.derived(), await store.state())
    names = ("name:lab/marsh.cleo", "name:club/marsh.c")
    async with store.writing():
        made = await store.decide(DecisionDraft(op="same", a=names[0], b=names[1], by="user:eve"))
    graph = await store.graph()
    assert graph.edges["NAME_OF", names[1], "author:marsh.c"].properties == {"status": "verified"}
    assert graph.edges[
        "AUTHORED",
        "author:marsh.c",
        next(node.id for node in graph.nodes.values() if node.properties.get("title") == "Bridges"),
    ]
    assert "author:marsh.cleo" not in graph.nodes
    assert (await verify(store)).differences == ()
    async with store.writing():
        await store.decide(DecisionDraft(op="undo", a=made.id, by="user:eve"))
    graph = await store.graph()
    after_log = {id_: node for id_, node in graph.nodes.items() if node.label != "Decision"}
    assert after_log == before[0].nodes
    assert graph.edges == before[0].edges
    assert (await store.derived(), await store.state()) == before[1:]
    assert [row.op for row in await store.decisions()] == ["same", "undo"]


async def test_a_decision_takes_hold_again_when_a_name_comes_back(store: GraphStore) -> None:
    records = [paper("One", ["Ada Quill", "Eva Moss"]), paper("Two", ["A. Marsh"], source="club")]
    async with store.writing():
        await store.put(records)
        await store.decide(
            DecisionDraft(op="same", a="name:lab/quill.ada", b="name:club/marsh.a", by="user:test")
        )
        whole = await store.graph()
        for record in records:
            await store.remove([record.id])
            await store.put([record])
            assert await store.graph() == whole


async def test_a_mention_can_be_split_from_its_name_and_put_back(store: GraphStore) -> None:
    await fill(store)
    before = await store.graph()
    async with store.writing():
        made = await store.decide(
            DecisionDraft(
                op="different", a="mention:lab:Bridges#2", b="name:lab/marsh.cleo", by="user:eve"
            )
        )
    graph = await store.graph()
    namesakes = {
        node.id for node in graph.nodes.values() if node.id.startswith("author:marsh.cleo")
    }
    assert len(namesakes) == 2
    assert (await verify(store)).differences == ()
    async with store.writing():
        await store.decide(DecisionDraft(op="undo", a=made.id, by="user:eve"))
    assert (await store.graph()).edges == before.edges


async def test_a_mention_that_stands_for_itself_goes_with_what_it_said(store: GraphStore) -> None:
    """Its id says where it stands, not what stands there: the record may be replaced."""
    await fill(store)
    world = [record for record in small_world() if record.id != "lab:Twins"]
    for names in (["Finn Gale", "Finn Gale", "Wei Ito"], ["Finn Gale", "Cleo Marsh", "Wei Ito"]):
        changed = paper("Twins", names)
        await fill(store, changed)
        assert await store.graph() == build_graph([*world, changed], [])


async def test_a_refused_decision_changes_nothing(store: GraphStore) -> None:
    await fill(store)
    before, state = await store.graph(), await store.state()
    async with store.writing():
        with pytest.raises(DecisionConflict, match="two mentions of one record"):
            await store.decide(
                DecisionDraft(
                    op="same", a="name:lab/okoro.ben", b="name:lab/marsh.cleo", by="user:eve"
                )
            )
    assert await store.graph() == before
    assert await store.state() == state
    assert await store.decisions() == ()


async def test_deriving_twice_changes_nothing(store: GraphStore) -> None:
    await fill(store)
    first = await derive(store)
    layer = await store.derived()
    second = await derive(store)
    assert (second.ties, await store.derived()) == (first.ties, layer)
    ties = ties_of(layer)
    assert first.capped_papers == 1
    assert [(tie.a, tie.b, tie.papers, tie.weight, tie.first_year) for tie in ties][:2] == [
        ("author:gale.finn", "author:ito.wei", 1, 0.5, 2020),
        ("author:gale.finn", next(tie.b for tie in ties if "~" in tie.b), 1, 0.5, 2020),
    ]
    between = next(
        tie for tie in ties if (tie.a, tie.b) == ("author:marsh.cleo", "author:okoro.ben")
    )
    assert (between.papers, between.weight, between.first_year, between.last_year) == (
        2,
        2.0,
        2019,
        2021,
    )
    undated = next(tie for tie in ties if tie.a == "author:lind.dov")
    assert (undated.first_year, undated.last_year) == (None, None)


async def test_every_part_of_the_derived_layer_is_stored_as_it_is_given(
    store: GraphStore, raw: Callable[[], neo4j.Driver]
) -> None:
    """Seen by the back door: two scopes between two papers stay two, and what goes is gone."""
    await fill(store)
    facts = await store.graph()
    one, other = sorted(node.id for node in facts.nodes.values() if node.label == "Paper")[:2]
    step = {"score": 4.25, "tier": "likely", "kind": "continues", "model": "lineage-2"}
    layer = Graph()
    layer.add(
        [
            Node("Cluster", "cluster:author:okoro.ben", {"number": 1, "terms": ["a", "b"]}),
            Node("Method", "method:bridge~1", {"name": "Bridge"}),
            Edge("IN_CLUSTER", "author:okoro.ben", "cluster:author:okoro.ben", {"share": 0.5}),
            Edge("INTRODUCES", one, "method:bridge~1", {"how": "title", "strength": 1.0}),
            Edge("MENTIONS", other, "method:bridge~1", {"where": "abstract", "quote": "a 'b'"}),
            Edge("BUILDS_ON", one, other, {**step, "scope": "all", "evidence": ["text 4.25 x"]}),
            Edge("BUILDS_ON", one, other, {**step, "scope": "source:lab", "shown": False}),
        ]
    )
    stamp = DerivationStamp((await store.state()).facts_revision, "complete", "{}", "{}", 0.0)
    async with store.writing():
        await store.write_derived(stamp, layer)
    kinds = frozenset(edge.type for edge in layer.edges.values())
    seen = relationships(store, raw, kinds)
    assert {ends: len(several) for ends, several in seen.items()} == {
        ("IN_CLUSTER", "author:okoro.ben", "cluster:author:okoro.ben"): 1,
        ("INTRODUCES", one, "method:bridge~1"): 1,
        ("MENTIONS", other, "method:bridge~1"): 1,
        ("BUILDS_ON", one, other): 2,
    }
    assert all(
        edge.properties in seen[edge.type, edge.start, edge.end] for edge in layer.edges.values()
    )
    assert await store.derived() == layer
    assert {"Cluster", "Method"} <= labels(store, raw).keys()

    del layer.edges["BUILDS_ON source:lab lineage-2", one, other]
    del layer.nodes["method:bridge~1"]
    for key in [key for key in layer.edges if "method:bridge~1" in key]:
        del layer.edges[key]
    async with store.writing():
        await store.write_derived(stamp, layer)
    assert relationships(store, raw, kinds) == {
        (edge.type, edge.start, edge.end): [edge.properties] for edge in layer.edges.values()
    }
    assert "Method" not in labels(store, raw)


async def test_a_part_of_the_derived_layer_is_read_without_the_others(store: GraphStore) -> None:
    await fill(store)
    ties = Graph()
    await derive(store)
    ties.add((await store.derived("ties")).edges.values())
    one = min(node.id for node in (await store.graph()).nodes.values() if node.label == "Paper")
    method = Graph()
    method.add(
        [
            Node("Method", "method:bridge~1", {"name": "Bridge"}),
            Edge("MENTIONS", one, "method:bridge~1", {"where": "abstract"}),
        ]
    )
    both = Graph({**method.nodes}, {**ties.edges, **method.edges})
    stamp = DerivationStamp((await store.state()).facts_revision, "complete", "{}", "{}", 0.0)
    async with store.writing():
        await store.write_derived(stamp, both)
    assert await store.derived("ties") == ties
    assert await store.derived("lineage") == method
    assert await store.derived("clusters") == Graph()
    assert await store.derived() == both


async def test_a_tie_whose_author_is_away_is_neither_read_nor_counted(store: GraphStore) -> None:
    await fill(store)
    await derive(store)
    whole, (_, counted) = await store.derived("ties"), await store.counts()
    async with store.writing():
        await store.put([paper("Far Shore", [], source="club")])
    left, (_, now) = await store.derived("ties"), await store.counts()
    away = {key for key in whole.edges if "author:lind.dov" in key}
    assert away
    assert left.edges.keys() == whole.edges.keys() - away
    assert counted["COAUTHORED"] - now["COAUTHORED"] == len(away)


async def test_every_way_of_reading_says_what_the_graph_says(
    store: GraphStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Streams, cards, shelves, keys and counts, with names joined and a mention split off."""
    for module in (embedded, neo4j_store):
        monkeypatch.setattr(module, "ROWS_A_BATCH", 3)
    await fill(
        store,
        *small_world(),
        paper("Later", ["C. Marsh", "Wei Ito"], source="club", affiliations=("NORTH LAB",)),
    )
    async with store.writing():
        for op, a, b in (
            ("same", "name:lab/marsh.cleo", "name:club/marsh.c"),
            ("different", "mention:lab:Bridges#1", "name:lab/okoro.ben"),
        ):
            await store.decide(DecisionDraft(op=op, a=a, b=b, by="user:eve"))
    await assert_reads_agree(store, await store.graph())


async def test_a_change_makes_the_derived_layer_stale_and_back(store: GraphStore) -> None:
    assert (await store.state()).derived == "none"
    await fill(store)
    await derive(store)
    assert not (await store.state()).stale
    await fill(store, source("club", announced_papers=3))
    assert (await store.state()).stale
    await fill(store, source("club"))
    assert not (await store.state()).stale


@pytest.mark.parametrize("address", ["file", "neo4j"], indirect=True)
async def test_a_second_writer_is_refused_while_readers_go_on(
    store: GraphStore, address: str, settings: Settings
) -> None:
    await fill(store)
    other = await open_store(address, settings)
    try:
        async with store.writing():
            with pytest.raises(StoreBusy, match="another process"):
                async with other.writing():
                    pass
            assert (await other.state()).facts_revision == (await store.state()).facts_revision
        async with other.writing():
            assert (await other.put(small_world())).unchanged == 11
    finally:
        await other.close()


async def test_a_write_needs_the_right_to_write(store: GraphStore) -> None:
    with pytest.raises(RuntimeError, match="writing"):
        await store.put(small_world())


async def test_hostile_text_is_only_ever_a_value(store: GraphStore) -> None:
    nasty = "'}) DETACH DELETE n // \" `; DROP TABLE record; -- \\ {} $rows \u202e 𝕏"
    records = [
        paper("Plain", [f"Ada {nasty}"], abstract=nasty, venue=nasty, affiliations=(nasty,)),
        paper(nasty.replace("\u202e", ""), ["Ben Okoro"], key="nasty"),
    ]
    await fill(store, *records)
    assert await store.graph() == build_graph(records, [])
    assert [record async for record in store.records()] == sorted(records, key=lambda r: r.id)
