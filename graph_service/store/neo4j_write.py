"""Writing facts to Neo4j: one transaction from changed records to a changed graph.

The part of the graph that a change touches is computed twice with the same fold, as it was and
as it is to be, and the difference is written. The part is closed: it holds every paper whose
record changes, every name of each key on those papers, and both ends of each decision on them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph_service.identity.decide import (
    check_decision,
    check_record_decision,
    check_step,
    number_decision,
)
from graph_service.identity.persons import Persons
from graph_service.identity.units import (
    ClosedUnits,
    Unit,
    merge_units,
    name_mentions,
    split_mentions,
    units_of_work,
)
from graph_service.identity.works import (
    WorkCard,
    WorkJoin,
    linked_records,
    meeting_keys,
)
from graph_service.model.errors import DecisionConflict
from graph_service.model.names import name_key
from graph_service.model.records import (
    Decision,
    DecisionDraft,
    PaperRecord,
    Record,
    SourceRecord,
    canonical_json,
)
from graph_service.model.revision import (
    RECORD_UNIT,
    STEP_OPS,
    FactsSum,
    decisions_in_force,
    work_decisions,
)
from graph_service.model.schema import Edge, Node
from graph_service.store.fold import (
    SHARED,
    Cited,
    Graph,
    WorkParts,
    alignment_edges,
    authored_edges,
    citations,
    decision_node,
    former_ids,
    identity_parts,
    linking_edges,
    paper_node,
    ranked,
    references_of,
    shared_node,
    source_node,
    source_of,
    works_of,
)
from graph_service.store.neo4j_aside import bring_back, set_aside
from graph_service.store.neo4j_people import (
    Authorship,
    Named,
    People,
    authorships_of,
    bearing,
    gather_people,
)
from graph_service.store.neo4j_server import Server, grouped
from graph_service.store.prepared import RECORD, REFERENCE, WORK_KEY, Prepared
from graph_service.store.protocol import WriteCounts


class FactsWriter:
    """One transaction of facts: records put or removed, or decisions appended.

    It reads what it needs anew on every run, so that the driver may run it again.
    """

    def __init__(
        self,
        *,
        put: Sequence[Record | Prepared] = (),
        remove: Sequence[str] = (),
        decide: DecisionDraft | None = None,
        append: Sequence[Decision] = (),
    ) -> None:
        self._put = [one.record if isinstance(one, Prepared) else one for one in put]
        self._prepared = [one for one in put if isinstance(one, Prepared)]
        self._remove = remove
        self._decide = decide
        self._append = append
        self.appended: list[Decision] = []

    async def run(self, server: Server) -> WriteCounts:
        """Do the work inside a transaction."""
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

        prepared = {
            one.record.id: one for one in self._prepared if changes.get(one.record.id) is one.record
        }
        change = await _gather(server, stored, changes, prepared, log, self.appended)
        if self._decide is not None and self._decide.op in STEP_OPS:
            check_step(await _dates(server, self.appended[0]), log, self.appended[0])
        elif self._decide is not None and self._decide.a.startswith(RECORD_UNIT):
            check_record_decision(change.records, change.joins, self.appended[0])
        elif self._decide is not None:
            check_decision(change.part.units, change.part.aligned, log, self.appended[0])
        await _write_rest(server, change)

        for record_id, record in changes.items():
            node = RECORD + record_id
            if record_id in stored:
                total.remove(_content(change.before.nodes[node]))
            if record is not None:
                total.add(_content(change.first.nodes[node]))
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
    """The touched part of the graph, before and after, and its names and records after.

    `first` is as much of what is to be as the server was given to write already.
    """

    def __init__(
        self, part: ClosedUnits, joins: Mapping[str, Sequence[WorkJoin]], records: Collection[str]
    ) -> None:
        self.before = Graph()
        self.after = Graph()
        self.first = Graph()
        self.part = part
        self.joins = joins
        self.records = records


@dataclass(slots=True)
class _Side:
    """The touched papers, as they were or as they are to be.

    `alone` are the papers, by id, that are what their only record makes of itself. Of the others
    `unit_of` says the unit of each mention, by the mention's id.
    """

    prepared: dict[str, Prepared]
    parts: WorkParts
    alone: dict[str, Prepared]
    units: dict[str, Unit]
    unit_of: dict[str, str]
    aligned: list[Edge]

    @classmethod
    def of(cls, prepared: dict[str, Prepared], log: Sequence[Decision]) -> "_Side":
        """Make papers of records that are closed, under a log."""
        cards = {id_: one.card for id_, one in prepared.items()}
        parts = works_of({id_: one.record for id_, one in prepared.items()}, log, cards)
        split = split_mentions(log)
        alone: dict[str, Prepared] = {}
        partial: list[Unit] = []
        unit_of: dict[str, str] = {}
        aligned: list[Edge] = []
        for work in parts.works.values():
            first = prepared[work.records[0].id]
            if len(work.records) == 1 and first.makes(work.id, split):
                alone[work.id] = first
                partial += first.units.values()
                continue
            named = name_mentions(work.records, split)
            aligned += alignment_edges(work.id, named)
            for mention, unit in units_of_work(work.records, named):
                unit_of[mention] = unit.id
                partial.append(unit)
        return cls(prepared, parts, alone, merge_units(partial), unit_of, aligned)

    def named(self) -> Named:
        """What its papers say of names."""
        return Named(self.parts.works.keys(), self.units, self.aligned)

    def said(self) -> Iterator[Node | Edge]:
        """Make what its records refer to and are found by, and which names they align."""
        for one in self.prepared.values():
            yield from one.said
        for work in self.parts.works.values():
            for record_id, alone in former_ids(work):
                yield Node("Key", WORK_KEY + alone, {})
                yield Edge("HAS_KEY", RECORD + record_id, WORK_KEY + alone, {})
        yield from self.aligned

    def record_nodes(self) -> Iterator[Node]:
        """Make what is kept of its records."""
        for id_, one in self.prepared.items():
            yield _record_node(one.record, one.content, self.parts.paper_of[id_])

    def papers(self, author_of: Mapping[str, str]) -> Iterator[Node | Edge]:
        """Make its papers and what they lead to; `author_of` says the author of each unit."""
        authors = {mention: author_of[unit] for mention, unit in self.unit_of.items()}
        for work in self.parts.works.values():
            alone, joins = self.alone.get(work.id), self.parts.joins.get(work.id, ())
            if alone is None or joins:
                yield paper_node(work.records, work.id, joins)
                yield from linking_edges(work.records, work.id)
            else:
                yield from alone.paper
            if alone is None:
                yield from authored_edges(work.records, work.id, authors, self.unit_of)
            else:
                yield from alone.authored_by(author_of)
        yield from self.parts.links


async def _gather(
    server: Server,
    stored: dict[str, Record],
    changes: dict[str, Record | None],
    prepared: Mapping[str, Prepared],
    log: Sequence[Decision],
    appended: Sequence[Decision],
) -> _Change:
    log_after = [*log, *appended]
    split_before, split_after = split_mentions(log), split_mentions(log_after)
    changed_decisions = {row.id for row in decisions_in_force(log)} ^ {
        row.id for row in decisions_in_force(log_after)
    }
    operands = {
        operand
        for row in log_after
        if row.id in changed_decisions and row.op not in STEP_OPS
        for operand in (row.a, row.b or "")
    }

    # Records whose mentions a decision splits off, or puts back, are touched without a change;
    # so are those that a decision names, and those that may be one paper with any of these.
    named = {mention.rsplit("#", 1)[0] for mention in split_before ^ split_after}
    named |= {one.removeprefix(RECORD_UNIT) for one in operands if one.startswith(RECORD_UNIT)}
    kept = await server.records(named - changes.keys())
    before = {id_: stored[id_] for id_ in changes if id_ in stored} | kept
    after: dict[str, Record | None] = {**changes, **kept}
    papers_before, papers_after = _papers(before), _papers(after, prepared)
    meeting = await _meeting(
        server,
        [one.card for one in (*papers_before.values(), *papers_after.values())],
        before.keys() | after.keys(),
        [*work_decisions(log), *work_decisions(log_after)],
    )
    before |= meeting
    after |= meeting
    met = _papers(meeting)
    was = _Side.of(papers_before | met, log)
    is_to_be = _Side.of(papers_after | met, log_after)

    subjects = {
        name_key(record.subject)
        for record in [*before.values(), *after.values()]
        if isinstance(record, SourceRecord) and record.subject is not None
    }
    people = await gather_people(
        server,
        was.named(),
        is_to_be.named(),
        log=log_after,
        operands={one for one in operands if not one.startswith(RECORD_UNIT)},
        subjects=subjects,
        records=before.keys(),
    )
    change = _Change(
        ClosedUnits(people.units, people.aligned), is_to_be.parts.joins, set(is_to_be.prepared)
    )
    change.before.add(people.before)
    sources = await _sources(server, people.units, after)
    change.first.add(identity_parts(people.units, people.persons, sources))
    change.first.add(part for unit in people.units.values() for part in bearing(unit))
    change.first.add(people.earlier)
    for part, side, records in (
        (change.before, was, before.values()),
        (change.first, is_to_be, after.values()),
    ):
        part.add(side.record_nodes())
        part.add(
            _record_node(record, canonical_json(record).decode())
            for record in records
            if record is not None and not isinstance(record, PaperRecord)
        )
        part.add(side.said())
    # The server is at work on these while papers are made.
    await _send(server, change.before, change.first)

    change.before.add(was.papers(people.was))
    change.after.add(is_to_be.papers(people.author_of))
    marked = [decision_node(row) for row in log if row.id in changed_decisions]
    change.before.add(marked)
    change.after.add([*marked, *(decision_node(row) for row in appended)])

    await _move_authorships(server, change, people, before.keys())
    await _add_shared(server, change)
    await _add_citations(server, change, was, is_to_be)
    await _add_sources(server, change, before, after, sources)
    return change


def _papers(
    records: Mapping[str, Record | None], prepared: Mapping[str, Prepared] | None = None
) -> dict[str, Prepared]:
    """Those of some records that are of papers, prepared, as some are already."""
    known = prepared or {}
    return {
        id_: known.get(id_) or Prepared(record)
        for id_, record in records.items()
        if isinstance(record, PaperRecord)
    }


async def _meeting(
    server: Server,
    cards: Sequence[WorkCard],
    known: Collection[str],
    decisions: Iterable[Decision],
) -> dict[str, Record]:
    """Read the records that those of `cards` may be one paper with, but for the known; closed."""
    linked = linked_records(decisions)
    seen = set(known)
    found: dict[str, Record] = {}
    asked: set[str] = set()
    while cards:
        keys = {key for card in cards for key in meeting_keys(card)} - asked
        asked |= keys
        rows = await server.rows(
            "reads/records_of_keys", ids=[WORK_KEY + key for key in sorted(keys)]
        )
        wanted = {row["id"].removeprefix(RECORD) for row in rows}
        wanted |= {other for card in cards for other in linked.get(card.record, ())}
        new = await server.records(wanted - seen)
        seen |= wanted
        found |= new
        cards = [one.card for one in _papers(new).values()]
    return found


async def works_part(server: Server, records: Sequence[str]) -> dict[str, PaperRecord]:
    """See the protocol."""
    asked = await server.records(records)
    cards = [one.card for one in _papers(asked).values()]
    found = asked | await _meeting(server, cards, asked, work_decisions(await server.log()))
    return {id_: one for id_, one in sorted(found.items()) if isinstance(one, PaperRecord)}


async def _sources(
    server: Server, units: dict[str, Unit], after: dict[str, Record | None]
) -> dict[str, SourceRecord]:
    """The sources of these units as they are to be, by name."""
    ids = {f"source:{unit.source}" for unit in units.values()}
    records = await server.records(ids - after.keys())
    records |= {id_: record for id_, record in after.items() if record is not None}
    return {record.name: record for record in records.values() if isinstance(record, SourceRecord)}


def _content(node: Node) -> bytes:
    """The canonical JSON of a record's node."""
    return str(node.properties["json"]).encode()


def _record_node(record: Record, content: str, paper: str | None = None) -> Node:
    properties: dict[str, Any] = {"json": content, "source": source_of(record)}
    if paper is not None:
        properties["paper"] = paper
    return Node("Record", RECORD + record.id, properties)


async def _move_authorships(
    server: Server, change: _Change, people: People, touched: Collection[str]
) -> None:
    """Re-point the authorships of names whose author changes, on papers not touched.

    A paper of one record has one mention for each authorship, which goes with its name. One of
    several records is folded again.
    """
    author_of, was = people.persons.author_of, people.was
    moved = {unit for unit, author in was.items() if author_of.get(unit, author) != author}
    if not moved:
        return
    missing = {was[unit] for unit in moved} - {one.edge.start for one in people.authorships}
    several: set[str] = set()
    for one in [*people.authorships, *await authorships_of(server, missing)]:
        mentions = one.mentions()
        if mentions[0][0].rsplit("#", 1)[0] in touched or moved.isdisjoint(
            unit for _, unit, _, _ in mentions
        ):
            continue
        if one.several:
            several.add(one.edge.end)
            continue
        edge = one.edge
        author = author_of[mentions[0][1]]
        change.before.add((edge,))
        change.after.add((Edge(edge.type, author, edge.end, edge.properties),))
    if several:
        await _fold_again(server, change, people.persons, several)


async def _fold_again(
    server: Server, change: _Change, persons: Persons, papers: Collection[str]
) -> None:
    """Make the authorships of papers of several records anew."""
    rows = await server.rows("reads/authorships_of_papers", ids=sorted(papers))
    of_paper: dict[str, list[Authorship]] = {}
    for row in rows:
        of_paper.setdefault(row["end"], []).append(Authorship.of(row))
    ids = {
        mention.rsplit("#", 1)[0]
        for own in of_paper.values()
        for one in own
        for mention, _, _, _ in one.mentions()
    }
    records = await server.records(ids)
    for paper, own in of_paper.items():
        authors: dict[str, str] = {}
        units: dict[str, str] = {}
        for one in own:
            change.before.add((one.edge,))
            for mention, unit, _, _ in one.mentions():
                units[mention] = unit
                authors[mention] = persons.author_of.get(unit, one.edge.start)
        said = {mention.rsplit("#", 1)[0] for mention in units}
        with_authors = [
            record for id_ in sorted(said) if isinstance(record := records.get(id_), PaperRecord)
        ]
        change.after.add(authored_edges(ranked(with_authors), paper, authors, units))


async def _add_shared(server: Server, change: _Change) -> None:
    """Add the nodes that touched papers share with others, named by all that print them."""
    left_of = dict(grouped(change.before.edges.values(), key=lambda edge: edge.type))
    made_of = dict(grouped(change.after.edges.values(), key=lambda edge: edge.type))
    for kind, label in SHARED.items():
        left, made = left_of.get(kind, []), made_of.get(kind, [])
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


async def _add_citations(server: Server, change: _Change, was: _Side, is_to_be: _Side) -> None:
    """Add the citations from and to touched papers, as they were and as they are to be."""
    touched = was.prepared.keys() | is_to_be.prepared.keys()
    called = {
        one
        for side in (was, is_to_be)
        for id_, paper in side.prepared.items()
        for one in (id_, *paper.record.identifiers)
    }
    citing = [
        row
        for row in await server.rows(
            "reads/referring", ids=[REFERENCE + one for one in sorted(called)]
        )
        if row["record"].removeprefix(RECORD) not in touched
    ]
    # All that these refer to counts: a paper may be cited by several records of another.
    ends = {
        reference.to
        for side in (was, is_to_be)
        for paper in side.prepared.values()
        for reference in paper.record.references
    }
    if not ends and not citing:
        return
    wanted = ends | {row["cited"].removeprefix(REFERENCE) for row in citing}
    untouched: dict[str, set[str]] = {}
    for row in await server.rows("reads/papers_referred_to", rows=_ways_to(wanted)):
        if row["record"].removeprefix(RECORD) not in touched:
            untouched.setdefault(row["to"], set()).add(row["paper"])
    others = [_cited(row) for row in citing]
    for graph, side in ((change.before, was), (change.after, is_to_be)):
        papers_of = {to: set(papers) for to, papers in untouched.items()}
        for work in side.parts.works.values():
            for record in work.records:
                for one in (record.id, *record.identifiers):
                    papers_of.setdefault(one, set()).add(work.id)
        own = (one for work in side.parts.works.values() for one in references_of(work))
        graph.add(citations((*own, *others), papers_of))


def _ways_to(references: Iterable[str]) -> list[dict[str, str]]:
    return [{"name": one, "id": RECORD + one, "key": WORK_KEY + one} for one in sorted(references)]


def _cited(row: dict[str, Any]) -> Cited:
    """What a paper that is not touched says of a touched one."""
    said = row["said"]
    to = row["cited"].removeprefix(REFERENCE)
    return Cited(row["paper"], to, said.get("intent"), said.get("influential"), said.get("in_text"))


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
    staying = set(named_after)
    if left := named_before - named_after:
        rows = await server.rows(
            "reads/sources_with_records",
            sources=sorted(left),
            besides=[RECORD + id_ for id_ in sorted(after)],
        )
        staying |= {row["source"] for row in rows}
    # Those that stay are written anew, as nothing here says what they were.
    change.after.add(source_node(name, records.get(name)) for name in staying)
    change.before.add(source_node(name, None) for name in named_before - staying)


_SHARED_BY_RECORDS = {
    "Reference": "writes/delete_unused_references",
    "Key": "writes/delete_unused_keys",
}


_HELD_WHOLE = ("Paper", "Record")


async def _send(server: Server, before: Graph, after: Graph) -> None:
    """Write what is new in a part of the graph, or another than before."""
    nodes = [node for id_, node in after.nodes.items() if before.nodes.get(id_) != node]
    edges = [edge for key, edge in after.edges.items() if before.edges.get(key) != edge]
    # What stood before holds all that leads from or to papers and records: with them it is new.
    made = {node.id for node in nodes if node.label in _HELD_WHOLE and node.id not in before.nodes}
    await server.put_nodes(node for node in nodes if node.id not in made)
    await server.put_nodes((node for node in nodes if node.id in made), new=True)
    known: list[Edge] = []
    new: list[Edge] = []
    for edge in edges:
        (new if edge.start in made or edge.end in made else known).append(edge)
    await server.put_edges(known)
    await server.put_edges(new, new=True)


async def _write_rest(server: Server, change: _Change) -> None:
    """Delete and write so that the touched part becomes what it is to be."""
    before, first, after = change.before, change.first, change.after
    await server.delete_edges(
        edge
        for key, edge in before.edges.items()
        if key not in first.edges and key not in after.edges
    )
    gone_nodes = [
        node
        for id_, node in before.nodes.items()
        if id_ not in first.nodes and id_ not in after.nodes
    ]
    for label, nodes in grouped(gone_nodes, key=lambda node: node.label):
        ids = [node.id for node in nodes]
        if label in _SHARED_BY_RECORDS:  # what is not touched may lead to it, too
            await server.in_parts(_SHARED_BY_RECORDS[label], {}, ids=ids)
            continue
        await set_aside(server, label, ids)
        await server.in_parts("writes/delete_nodes", {"LABEL": label}, ids=ids)

    await _send(server, before, after)
    come = [
        node
        for part in (first, after)
        for id_, node in part.nodes.items()
        if id_ not in before.nodes
    ]
    for label, nodes in grouped(come, key=lambda node: node.label):
        await bring_back(server, label, [node.id for node in nodes])
