"""Writing facts to Neo4j: one transaction from changed records to a changed graph.

The part of the graph that a change touches is computed twice with the same fold, as it was and
as it is to be, and the difference is written. The part is closed: it holds every paper whose
record changes, every name of each key on those papers, and both ends of each decision on them.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from neo4j import AsyncManagedTransaction

from graph_service.identity.decide import check_decision, check_step, number_decision
from graph_service.identity.persons import Persons, linked_units, resolve
from graph_service.identity.units import (
    Unit,
    mention_unit_id,
    merge_units,
    split_mentions,
    units_of_record,
)
from graph_service.model.errors import DecisionConflict, StoreCorrupt
from graph_service.model.ids import name_id
from graph_service.model.names import NameKey, name_key
from graph_service.model.records import (
    Decision,
    DecisionDraft,
    PaperRecord,
    Record,
    SourceRecord,
    canonical_json,
)
from graph_service.model.revision import STEP_OPS, FactsSum, decisions_in_force
from graph_service.model.schema import Edge, Node
from graph_service.store.closing import Closing
from graph_service.store.fold import (
    SHARED,
    Graph,
    citations,
    decision_node,
    fold_paper,
    identity_parts,
    paper_id,
    said_of_citation,
    shared_node,
    source_node,
    source_of,
)
from graph_service.store.neo4j_aside import bring_back, set_aside
from graph_service.store.neo4j_server import RECORD, REFERENCE, Server, grouped, stored_node
from graph_service.store.protocol import WriteCounts


class FactsWriter:
    """One transaction of facts: records put or removed, or decisions appended.

    It reads what it needs anew on every run, so that the driver may run it again.
    """

    def __init__(
        self,
        *,
        put: Sequence[Record] = (),
        remove: Sequence[str] = (),
        decide: DecisionDraft | None = None,
        append: Sequence[Decision] = (),
    ) -> None:
        self._put = put
        self._remove = remove
        self._decide = decide
        self._append = append
        self.appended: list[Decision] = []

    async def run(self, transaction: AsyncManagedTransaction) -> WriteCounts:
        """Do the work inside a transaction."""
        server = Server(transaction)
        (row,) = await server.rows("writes/lock_store")
        total = FactsSum(row["facts_sum"])

        stored = await server.records({*self._remove, *(record.id for record in self._put)})
        current, counts = self._count(stored)
        changes = {
            record_id: current.get(record_id)
            for record_id in stored.keys() | current.keys()
            if current.get(record_id) != stored.get(record_id)
        }
        log = await server.log()
        self.appended = self._new_decisions(log)
        if not changes and not self.appended:
            return counts

        change = await _gather(server, stored, changes, log, self.appended)
        if self._decide is not None and self._decide.op in STEP_OPS:
            check_step(await _dates(server, self.appended[0]), log, self.appended[0])
        elif self._decide is not None:
            check_decision(change.units, log, self.appended[0])
        await _write_difference(server, change.before, change.after)

        for record_id, record in changes.items():
            if record_id in stored:
                total.remove(canonical_json(stored[record_id]))
            if record is not None:
                total.add(canonical_json(record))
        total.replace_log(log, [*log, *self.appended])
        await server.rows(
            "writes/set_revision", facts_sum=total.stored, facts_revision=total.revision
        )
        return counts

    def _count(self, stored: dict[str, Record]) -> tuple[dict[str, Record], WriteCounts]:
        """Put and remove one record after the other, on paper."""
        current = dict(stored)
        new = replaced = unchanged = removed = 0
        for record in self._put:
            before = current.get(record.id)
            new += before is None
            unchanged += before == record
            replaced += before is not None and before != record
            current[record.id] = record
        for record_id in self._remove:
            removed += current.pop(record_id, None) is not None
        return current, WriteCounts(new, replaced, unchanged, removed)

    def _new_decisions(self, log: Sequence[Decision]) -> list[Decision]:
        if self._decide is not None:
            return [number_decision(log, self._decide)]
        known = {row.number: row for row in log}
        for row in self._append:
            if known.get(row.number, row) != row:
                raise DecisionConflict("its number is taken by another decision", [row.id])
        return [row for row in self._append if row.number not in known]


async def _dates(server: Server, row: Decision) -> dict[str, str]:
    """The dates of the papers of a decision that exist; empty: undated."""
    rows = await server.rows("reads/dates_of_papers", ids=[row.a, row.b])
    return {found["id"]: found["date"] for found in rows}


class _Change:
    """The touched part of the graph, before and after, and its units after."""

    def __init__(self) -> None:
        self.before = Graph()
        self.after = Graph()
        self.units: dict[str, Unit] = {}


class _Names:
    """The stored names of the touched keys, and the authors they make."""

    def __init__(self) -> None:
        self.units: dict[str, Unit] = {}
        self.author_of: dict[str, str] = {}
        self.graph = Graph()

    def take(self, row: dict[str, Any]) -> None:
        """Keep one row of `reads/names_by_key`."""
        name, author = row["name"], row["author"]
        self.units[name["id"]] = Unit(
            id=name["id"],
            key=NameKey.from_text(name["key"]),
            source=name["source"].removeprefix("source:"),
            variants=frozenset(name["variants"]),
            first_mention=name["first_mention"],
            records=frozenset(),
        )
        self.author_of[name["id"]] = author["id"]
        self.graph.add(
            (
                stored_node("Name", name),
                stored_node("Author", author),
                Edge("NAME_OF", name["id"], author["id"], row["link"]),
            )
        )


async def _gather(
    server: Server,
    stored: dict[str, Record],
    changes: dict[str, Record | None],
    log: Sequence[Decision],
    appended: Sequence[Decision],
) -> _Change:
    log_after = [*log, *appended]
    split_before, split_after = split_mentions(log), split_mentions(log_after)

    # Records whose mentions a decision splits off, or puts back, are touched without a change.
    resplit = {mention.rsplit("#", 1)[0] for mention in split_before ^ split_after}
    resplit -= changes.keys()
    kept = await server.records(resplit)
    before = {id_: stored[id_] for id_ in changes if id_ in stored} | kept
    after: dict[str, Record | None] = {**changes, **kept}

    papers_before = [record for record in before.values() if isinstance(record, PaperRecord)]
    papers_after = [record for record in after.values() if isinstance(record, PaperRecord)]
    parts_before = _unit_parts(papers_before, split_before)
    parts_after = _unit_parts(papers_after, split_after)
    changed_decisions = {row.id for row in decisions_in_force(log)} ^ {
        row.id for row in decisions_in_force(log_after)
    }
    operands = {
        operand
        for row in log_after
        if row.id in changed_decisions and row.op not in STEP_OPS
        for operand in (row.a, row.b or "")
    }
    subjects = {
        name_key(record.subject).text
        for record in [*before.values(), *after.values()]
        if isinstance(record, SourceRecord) and record.subject is not None
    }
    linked = linked_units(log_after)
    new_units = {unit_id: unit.key.text for unit_id, unit in parts_after.items()}
    closing = Closing(
        keys={unit.key.text for unit in [*parts_before.values(), *parts_after.values()]} | subjects,
        names=operands,
        linked=linked,
    )
    closing.take(new_units)
    names = await _close(server, closing, new_units)

    touched = set(before)
    # A name that loses a mention is counted again from the mentions it keeps; so are all where
    # decisions join names, since then it matters which of them stand on one record.
    joined = linked.keys() & (names.units.keys() | parts_after.keys())
    again = names.units.keys() & (names.units.keys() if joined else parts_before.keys())
    authorships = await _authorships(server, {names.author_of[unit] for unit in again})
    counted = merge_units(
        _unit_of_authorship(edge, names.units)
        for edge in authorships
        if _record_of(edge) not in touched
    )
    units = merge_units(
        [
            *(unit for unit_id, unit in names.units.items() if unit_id not in again),
            *(unit for unit_id, unit in counted.items() if unit_id in again),
            *parts_after.values(),
        ]
    )
    persons = resolve(units, log_after)

    change = _Change()
    change.units = units
    change.before.add([*names.graph.nodes.values(), *names.graph.edges.values()])
    change.before.add(await _same_as(server, names.units))
    sources = await _sources(server, units, after)
    change.after.add(identity_parts(units, persons, sources))

    unit_of_before = _unit_of(papers_before, split_before)
    for record in papers_before:
        change.before.add(fold_paper(record, unit_of_before, names.author_of))
        change.before.add(_references(record))
    unit_of_after = _unit_of(papers_after, split_after)
    for record in papers_after:
        change.after.add(fold_paper(record, unit_of_after, persons.author_of))
        change.after.add(_references(record))
    change.before.add(_record_node(record) for record in before.values())
    change.after.add(_record_node(record) for record in after.values() if record is not None)
    change.before.add(decision_node(row) for row in log if row.id in changed_decisions)
    change.after.add(decision_node(row) for row in log if row.id in changed_decisions)
    change.after.add(decision_node(row) for row in appended)

    await _move_authorships(server, change, names, persons, touched, authorships)
    await _add_shared(server, change)
    await _add_citations(server, change, papers_before, papers_after)
    await _add_sources(server, change, before, after, sources)
    return change


def _unit_parts(records: Iterable[PaperRecord], split: Collection[str]) -> dict[str, Unit]:
    return merge_units(unit for record in records for _, unit in units_of_record(record, split))


def _unit_of(records: Iterable[PaperRecord], split: Collection[str]) -> dict[str, str]:
    return {
        record.mention_id(mention): unit.id
        for record in records
        for mention, unit in units_of_record(record, split)
    }


async def _close(server: Server, closing: Closing, new_units: dict[str, str]) -> _Names:
    """Read every name of the touched keys, following decisions to further keys.

    `new_units` maps the units that are about to be written to their keys.
    """
    names = _Names()
    while True:
        asked, keys = closing.names(), closing.keys()
        if not asked and not keys:
            return names
        if asked:
            rows = await server.rows("reads/keys_of_names", ids=asked)
            closing.add_keys(row["key"] for row in rows)
            closing.add_keys(new_units[unit] for unit in asked if unit in new_units)
        if keys:
            for row in await server.rows("reads/names_by_key", keys=keys):
                names.take(row)
            closing.take(names.units)


async def _authorships(server: Server, authors: Collection[str]) -> list[Edge]:
    if not authors:
        return []
    rows = await server.rows("reads/authorships", ids=sorted(authors))
    return [Edge("AUTHORED", row["start"], row["end"], row["properties"]) for row in rows]


def _mention_of(edge: Edge) -> str:
    mentions = edge.properties["mentions"]
    if not isinstance(mentions, list) or len(mentions) != 1:
        raise StoreCorrupt(f"AUTHORED {edge.start} → {edge.end} has mentions {mentions!r}")
    return mentions[0]


def _record_of(edge: Edge) -> str:
    return _mention_of(edge).rsplit("#", 1)[0]


def _unit_of_authorship(edge: Edge, known: Collection[str]) -> Unit:
    """Say which unit a stored authorship belongs to, as a part of that unit."""
    mention, printed = _mention_of(edge), str(edge.properties["name_as_printed"])
    record = mention.rsplit("#", 1)[0]
    source, key = record.split(":", 1)[0], name_key(printed)
    alone = mention_unit_id(mention)
    return Unit(
        id=alone if alone in known else name_id(source, key),
        key=key,
        source=source,
        variants=frozenset((printed,)),
        first_mention=mention,
        records=frozenset((record,)),
    )


async def _same_as(server: Server, units: Collection[str]) -> list[Edge]:
    rows = await server.rows("reads/same_as", ids=sorted(units))
    return [Edge("SAME_AS", row["start"], row["end"], row["properties"]) for row in rows]


async def _sources(
    server: Server, units: dict[str, Unit], after: dict[str, Record | None]
) -> dict[str, SourceRecord]:
    """The sources of these units as they are to be, by name."""
    ids = {f"source:{unit.source}" for unit in units.values()}
    records = await server.records(ids - after.keys())
    records |= {id_: record for id_, record in after.items() if record is not None}
    return {record.name: record for record in records.values() if isinstance(record, SourceRecord)}


def _record_node(record: Record) -> Node:
    properties: dict[str, Any] = {"json": canonical_json(record).decode()}
    properties["source"] = source_of(record)
    if isinstance(record, PaperRecord):
        properties["paper"] = paper_id(record)
    return Node("Record", RECORD + record.id, properties)


def _references(record: PaperRecord) -> Iterator[Node | Edge]:
    """What a record refers to: a paper that is loaded later finds by it who cites it."""
    for one in record.references:
        said = said_of_citation(one.intent, one.influential, one.in_text)
        yield Node("Reference", REFERENCE + one.to, {})
        yield Edge("REFERS_TO", RECORD + record.id, REFERENCE + one.to, said)


async def _move_authorships(
    server: Server,
    change: _Change,
    names: _Names,
    persons: Persons,
    touched: Collection[str],
    known: Sequence[Edge],
) -> None:
    """Re-point the authorships of names whose author changes, on papers not touched."""
    moved = {
        unit
        for unit, author in names.author_of.items()
        if persons.author_of.get(unit, author) != author
    }
    if not moved:
        return
    authors = {names.author_of[unit] for unit in moved}
    missing = authors - {edge.start for edge in known}
    for edge in [*known, *await _authorships(server, missing)]:
        if _record_of(edge) in touched:
            continue
        unit = _unit_of_authorship(edge, names.units).id
        if unit in moved:
            change.before.add((edge,))
            change.after.add((Edge(edge.type, persons.author_of[unit], edge.end, edge.properties),))


async def _add_shared(server: Server, change: _Change) -> None:
    """Add the nodes that touched papers share with others, named by all that print them."""
    for kind, label in SHARED.items():
        left = [edge for edge in change.before.edges.values() if edge.type == kind]
        made = [edge for edge in change.after.edges.values() if edge.type == kind]
        ids = sorted({edge.end for edge in [*left, *made]})
        if not ids:
            continue
        printed: dict[str, set[str]] = {}
        for row in await server.rows("reads/shared_nodes", {"LABEL": label}, ids=ids):
            change.before.add((shared_node(label, row["id"], [row["name"]]),))
            # Its name is the best of all names printed so far, and so stands for them.
            printed[row["id"]] = {row["name"]}
        if left:
            for edge in left:
                printed[edge.end] = set()
            rows = await server.rows(
                "reads/printed_names",
                {"LABEL": label, "TYPE": kind},
                ids=sorted({edge.end for edge in left}),
                besides=sorted({edge.start for edge in left}),
            )
            for row in rows:
                printed[row["id"]] |= set(row["printed"])
        for edge in made:
            printed.setdefault(edge.end, set()).add(str(edge.properties["as_printed"]))
        change.after.add(
            shared_node(label, node_id, names) for node_id, names in printed.items() if names
        )


async def _add_citations(
    server: Server,
    change: _Change,
    before: Sequence[PaperRecord],
    after: Sequence[PaperRecord],
) -> None:
    """Add the citations from and to touched papers, as they were and as they are to be."""
    touched = {record.id for record in (*before, *after)}
    citing = [
        row
        for row in await server.rows(
            "reads/referring", ids=[REFERENCE + id_ for id_ in sorted(touched)]
        )
        if row["record"].removeprefix(RECORD) not in touched
    ]
    ends = {reference.to for record in (*before, *after) for reference in record.references}
    if not ends and not citing:
        return
    rows = await server.rows(
        "reads/papers_of_records", ids=[RECORD + end for end in sorted(ends - touched)]
    )
    untouched = {row["id"].removeprefix(RECORD): row["paper"] for row in rows}
    for graph, records in ((change.before, before), (change.after, after)):
        there = untouched | {record.id: paper_id(record) for record in records}
        graph.add(citations(records, there))
        graph.add(
            Edge("CITES", row["paper"], there[cited], row["said"])
            for row in citing
            if (cited := row["cited"].removeprefix(REFERENCE)) in there
        )


async def _add_sources(
    server: Server,
    change: _Change,
    before: dict[str, Record],
    after: dict[str, Record | None],
    known: dict[str, SourceRecord],
) -> None:
    """Add the sources of touched records; one is there while any record names it."""

    def names(records: Iterable[Record | None]) -> set[str]:
        return {source_of(record) for record in records if record is not None}

    named_before, named_after = names(before.values()), names(after.values())
    own = await server.records(
        f"source:{name}" for name in named_before | named_after if f"source:{name}" not in after
    )
    records = known | {
        record.name: record for record in own.values() if isinstance(record, SourceRecord)
    }
    left = named_before - named_after
    rows = await server.rows(
        "reads/sources_with_records",
        sources=sorted(left),
        besides=[RECORD + id_ for id_ in sorted(after)],
    )
    staying = named_after | {row["source"] for row in rows}
    # Those that stay are written anew, as nothing here says what they were.
    change.after.add(source_node(name, records.get(name)) for name in staying)
    change.before.add(source_node(name, None) for name in named_before - staying)


async def _write_difference(server: Server, before: Graph, after: Graph) -> None:
    """Delete and write so that the touched part becomes what it is to be."""
    gone_edges = [edge for key, edge in before.edges.items() if key not in after.edges]
    await server.delete_edges(gone_edges)
    gone_nodes = [node for id_, node in before.nodes.items() if id_ not in after.nodes]
    for label, nodes in grouped(gone_nodes, key=lambda node: node.label):
        ids = [node.id for node in nodes]
        if label == "Reference":  # records that are not touched may refer to it, too
            await server.in_parts("writes/delete_unused_references", {}, ids=ids)
            continue
        await set_aside(server, label, ids)
        await server.in_parts("writes/delete_nodes", {"LABEL": label}, ids=ids)

    new_nodes = [node for id_, node in after.nodes.items() if before.nodes.get(id_) != node]
    await server.put_nodes(new_nodes)
    for label, nodes in grouped(new_nodes, key=lambda node: node.label):
        await bring_back(server, label, [node.id for node in nodes if node.id not in before.nodes])
    await server.put_edges(
        edge for key, edge in after.edges.items() if before.edges.get(key) != edge
    )
