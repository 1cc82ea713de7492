"""Whatever is loaded, replaced, removed, decided, undone and derived: both stores agree."""

import random
from collections.abc import Awaitable, Callable
from typing import Any

import neo4j
from anyio.from_thread import start_blocking_portal
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from graph_service.derive.run import derive
from graph_service.identity.units import mention_unit_id
from graph_service.model.errors import GraphServiceError
from graph_service.model.records import DecisionDraft, PaperRecord, Record, Reference, Relation
from graph_service.model.schema import Edge, Node
from graph_service.settings import Settings
from graph_service.store.exchange import export_lines
from graph_service.store.fold import Graph, build_graph
from graph_service.store.opening import open_store
from graph_service.store.prepared import prepare
from graph_service.store.protocol import GraphStore
from tests.invented import author, paper, source, units_of_record

NAMES = ("Ada Quill", "ADA QUILL", "Ada Quill Jr.", "Ben Okoro", "Bén Okoro", "Cleo Marsh")
SOURCES = ("lab", "club", "page")
ORCIDS = ("orcid:0000-0002-1825-0097", "orcid:0000-0001-5109-3700")
PEOPLE = ((), (), (), ORCIDS[:1], ORCIDS[1:], ("openalex:A1",), ("openalex:A1", ORCIDS[0]))
AUTHORS = st.builds(author, st.sampled_from((*NAMES, "A. Quill", "B. Okoro"))) | st.builds(
    lambda name, ids: author(name, *ids),
    st.sampled_from((*NAMES, "A. Quill")),
    st.sampled_from(PEOPLE),
)
WORKS = ("doi:10.1000/a", "doi:10.1000/b", "arxiv:2001.00001", "arxiv:2001.00002")
RELATIONS = st.builds(
    Relation, kind=st.sampled_from(("preprint-of", "version-of")), to=st.sampled_from(WORKS)
)
REFERENCES = st.builds(
    Reference,
    to=st.sampled_from(
        [*WORKS, *(f"{source}:T{number}" for source in SOURCES for number in range(7))]
    ),
    intent=st.sampled_from((None, "extends")),
    influential=st.sampled_from((None, True, False)),
    in_text=st.sampled_from((None, 0, 3)),
)


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
        draw(st.lists(AUTHORS, max_size=4)),
        source=where,
        title_words=draw(st.sampled_from(("", " and how it was woven by hand"))),
        date=draw(st.sampled_from((None, "2019", "2020-02-03"))),
        identifiers=draw(st.sampled_from(((), (), (), *((one,) for one in WORKS), WORKS[1:3]))),
        relations=draw(st.lists(RELATIONS, max_size=1)),
        complete=draw(st.sampled_from((None, True, False))),
        subject=draw(st.sampled_from((None, "Ada Quill"))),
        affiliations=draw(st.sampled_from(((), ("North Lab",), ("NORTH LAB", "South Lab")))),
        venue=draw(st.sampled_from((None, "Letters", "LETTERS"))),
        references=draw(st.lists(REFERENCES, max_size=4)),
        references_complete=draw(st.sampled_from((None, True, False))),
    )


seeds = st.integers(0, 2**32)


async def _decision(store: GraphStore, op: str, seed: int) -> DecisionDraft | None:
    """Choose a decision among what the store holds; absent where there is nothing to decide."""
    chance = random.Random(seed)
    if op == "split":
        papers = [r async for r in store.records() if isinstance(r, PaperRecord) and r.mentions]
        if not papers:
            return None
        record = chance.choice(papers)
        mention, unit = chance.choice(list(units_of_record(record)))
        if not unit.is_name:
            return None
        alone = mention_unit_id(record.mention_id(mention))
        return DecisionDraft(op="different", a=alone, b=unit.id, by="user:test")
    graph = await store.graph()
    if chance.random() < 0.3 and op in ("same", "different"):
        records = [r.id async for r in store.records() if isinstance(r, PaperRecord)]
        if len(records) > 1:
            a, b = chance.sample(records, 2)
            return DecisionDraft(op=op, a=f"record:{a}", b=f"record:{b}", by="user:test")  # type: ignore[arg-type]
    if op in ("accept", "reject"):
        papers_there = sorted(node.id for node in graph.nodes.values() if node.label == "Paper")
        if len(papers_there) < 2:
            return None
        newer, older = chance.sample(papers_there, 2)
        return DecisionDraft(op=op, a=newer, b=older, by="user:test")  # type: ignore[arg-type]
    units = sorted(node.id for node in graph.nodes.values() if node.label == "Name")
    if len(units) < 2:
        return None
    a, b = chance.sample(units, 2)
    return DecisionDraft(op=op, a=a, b=b, by="user:test")  # type: ignore[arg-type]


def _layer(facts: Graph, ties: Graph, seed: int) -> Graph:
    """Make a derived layer of every part, on whatever the facts hold."""
    chance = random.Random(seed)
    authors = sorted(node.id for node in facts.nodes.values() if node.label == "Author")
    papers = sorted(node.id for node in facts.nodes.values() if node.label == "Paper")
    layer = Graph()
    layer.add(ties.edges.values())
    layer.add([Node("Method", "method:m~1", {"name": "M"})])
    for person in chance.sample(authors, min(len(authors), 3)):
        cluster = f"cluster:{person}"
        layer.add([Node("Cluster", cluster, {"number": 1, "size": 1, "papers": 1})])
        layer.add([Edge("IN_CLUSTER", person, cluster, {"share": 0.5})])
    for paper_id in chance.sample(papers, min(len(papers), 3)):
        how = {"how": "title", "strength": 0.8}
        kind = chance.choice(("INTRODUCES", "MENTIONS"))
        where = {"where": "abstract", "quote": "uses M"}
        layer.add([Edge(kind, paper_id, "method:m~1", how if kind == "INTRODUCES" else where)])
        for older in papers:
            scope = chance.choice(("all", "source:lab"))
            step = {"score": 4.0, "tier": "likely", "kind": "continues", "scope": scope}
            more = {"model": "lineage-2", "evidence": ["authors 4.00 shared"], "shown": True}
            if older != paper_id:
                layer.add([Edge("BUILDS_ON", paper_id, older, {**step, **more})])
    return layer


class Stores(RuleBasedStateMachine):
    """The same steps on the embedded store, which is the model, and on Neo4j."""

    address: str
    settings: Settings
    raw: neo4j.Driver

    def __init__(self) -> None:
        super().__init__()
        self.raw.execute_query("MATCH (n) DETACH DELETE n")
        self.loop = start_blocking_portal()
        self.portal = self.loop.__enter__()
        self.stores: list[GraphStore] = [
            self.portal.call(lambda at=at: open_store(at, self.settings, create=True))
            for at in ("memory:", self.address)
        ]
        self.model = self.stores[0]

    def both(self, step: Callable[[GraphStore], Awaitable[object]]) -> None:
        """Do a step on both stores; its outcome, be it an error, is the same."""

        async def outcome(store: GraphStore) -> object:
            try:
                async with store.writing():
                    return await step(store)
            except GraphServiceError as error:
                return type(error), error.message.replace(store.name, "")

        outcomes = [self.portal.call(outcome, store) for store in self.stores]
        assert outcomes[0] == outcomes[1]

    def chosen_records(self, seed: int, most: int) -> list[Record]:
        async def read() -> list[Record]:
            return [record async for record in self.model.records()]

        held = self.portal.call(read)
        return random.Random(seed).sample(held, min(len(held), most))

    @rule(batch=st.lists(records(), min_size=1, max_size=5), beforehand=st.booleans())
    def load(self, batch: list[Record], beforehand: bool) -> None:
        made = [prepare(one) for one in batch] if beforehand else batch
        self.both(lambda store: store.put(made))

    @rule(seed=seeds, authors=st.lists(st.sampled_from(NAMES), max_size=4))
    def replace(self, seed: int, authors: list[str]) -> None:
        again = [
            paper(held.title, authors, source=held.source)
            for held in self.chosen_records(seed, 2)
            if isinstance(held, PaperRecord)
        ]
        self.both(lambda store: store.put(again))

    @rule(seed=seeds)
    def delete(self, seed: int) -> None:
        ids = [record.id for record in self.chosen_records(seed, 3)]
        self.both(lambda store: store.remove(ids))

    @rule(seed=seeds)
    def load_again_what_was_deleted(self, seed: int) -> None:
        gone = self.chosen_records(seed, 2)
        self.both(lambda store: store.remove([record.id for record in gone]))
        self.both(lambda store: store.put(gone))

    @rule(op=st.sampled_from(("same", "different", "split", "accept", "reject")), seed=seeds)
    def decide(self, op: str, seed: int) -> None:
        draft = self.portal.call(_decision, self.model, op, seed)
        if draft is not None:
            self.both(lambda store: store.decide(draft))

    def has_decided(self) -> bool:
        return bool(self.portal.call(self.model.decisions))

    @precondition(has_decided)
    @rule(seed=seeds)
    def undo(self, seed: int) -> None:
        log = self.portal.call(self.model.decisions)
        draft = DecisionDraft(op="undo", a=random.Random(seed).choice(log).id, by="user:test")
        self.both(lambda store: store.decide(draft))

    @rule(max_authors=st.sampled_from((2, 50)))
    def derive(self, max_authors: int) -> None:
        async def ties(store: GraphStore) -> object:
            return (await derive(store, max_authors=max_authors)).ties

        self.both(ties)

    @rule(seed=seeds)
    def derive_every_part(self, seed: int) -> None:
        async def parts(store: GraphStore) -> None:
            await derive(store)
            state, ties = await store.state(), await store.derived("ties")
            assert state.derivation is not None
            layer = _layer(await store.graph(), ties, seed)
            await store.write_derived(state.derivation, layer)

        self.both(parts)

    @invariant()
    def states_are_equal(self) -> None:
        states = [self.portal.call(store.state) for store in self.stores]
        assert states[0].facts_revision == states[1].facts_revision
        assert states[0].stale == states[1].stale
        assert states[0].derived == states[1].derived

    def teardown(self) -> None:
        try:
            self.portal.call(self.compare)
        finally:
            for store in self.stores:
                self.portal.call(store.close)
            self.loop.__exit__(None, None, None)

    async def compare(self) -> None:
        """Whatever was done: equal graphs, layers, logs and exports, as the records define them."""
        facts = [await store.graph() for store in self.stores]
        assert facts[0].nodes == facts[1].nodes
        assert facts[0].edges == facts[1].edges
        layers = [await store.derived() for store in self.stores]
        assert layers[0].nodes == layers[1].nodes
        assert layers[0].edges == layers[1].edges
        assert await self.stores[0].counts() == await self.stores[1].counts()
        citations = [
            [each async for batch in store.citations() for each in batch] for store in self.stores
        ]
        assert citations[0] == citations[1]
        assert [(each.citing, each.cited) for each in citations[0]] == sorted(
            (edge.start, edge.end) for edge in facts[0].edges.values() if edge.type == "CITES"
        )
        references = [await store.references() for store in self.stores]
        assert references[0] == references[1]
        exports = [[line async for line in export_lines(store)] for store in self.stores]
        assert exports[0] == exports[1]
        # The definition: everything built anew from the records.
        held = [record async for record in self.model.records()]
        expected = build_graph(held, await self.model.decisions())
        assert expected.nodes == facts[0].nodes
        assert expected.edges == facts[0].edges


def test_both_stores_hold_the_same_graph_after_any_sequence(
    neo4j_server: Any, neo4j_settings: Settings, raw_neo4j: neo4j.Driver
) -> None:
    Stores.address = neo4j_server.bolt_uri
    Stores.settings = neo4j_settings
    Stores.raw = raw_neo4j
    run_state_machine_as_test(
        Stores,
        settings=settings(
            max_examples=20,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
