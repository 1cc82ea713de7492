"""Writing facts to Neo4j: one transaction from changed records to a changed graph.

The part of the graph that a change touches is computed twice with the same fold, as it was and
as it is to be, and the difference is written. The part is closed: it holds every paper whose
record changes, every name of each key on those papers, and both ends of each decision on them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from neo4j import AsyncManagedTransaction

from graph_service.identity.decide import (
    check_decision,
    check_record_decision,
    check_step,
    number_decision,
)
from graph_service.identity.persons import Persons, linked_units, resolve
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
    work_card,
    work_keys,
)
from graph_service.model.errors import DecisionConflict, StoreCorrupt
from graph_service.model.names import NameKey, name_key
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
from graph_service.store.closing import Closing
from graph_service.store.fold import (
    SHARED,
    Cited,
    Graph,
    WorkParts,
    alignment_edges,
    citations,
    decision_node,
    fold_paper,
    former_ids,
    identity_parts,
    paper_edges,
    ranked,
    references_of,
    said_of_citation,
    shared_node,
    source_node,
    source_of,
    works_of,
)
from graph_service.store.neo4j_aside import bring_back, set_aside
from graph_service.store.neo4j_server import (
    PERSON_KEY,
    RECORD,
    REFERENCE,
    WORK_KEY,
    Server,
    grouped,
    stored_node,
)
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
        elif self._decide is not None and self._decide.a.startswith(RECORD_UNIT):
            check_record_decision(change.records, change.joins, self.appended[0])
        elif self._decide is not None:
            check_decision(change.part.units, change.part.aligned, log, self.appended[0])
        await _write_difference(server, change.before, change.after)

        for record_id, record in changes.items():
            node = RECORD + record_id
            if record_id in stored:
                total.remove(_content(change.before.nodes[node]))
            if record is not None:
                total.add(_content(change.after.nodes[node]))
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
    """The touched part of the graph, before and after, and its names and records after."""

    def __init__(
        self, part: ClosedUnits, joins: Mapping[str, Sequence[WorkJoin]], records: Collection[str]
    ) -> None:
        self.before = Graph()
        self.after = Graph()
        self.part = part
        self.joins = joins
        self.records = records


class _Names:
    """The stored names of the touched keys, the authors they make, and who is aligned with whom."""

    def __init__(self) -> None:
        self.units: dict[str, Unit] = {}
        self.author_of: dict[str, str] = {}
        self.aligned: list[Edge] = []
        self.graph = Graph()

    def take(self, row: dict[str, Any]) -> None:
        """Keep one of `reads/names_by_key`."""
        name, author = row["name"], row["author"]
        unit = self.units[name["id"]] = Unit(
            id=name["id"],
            key=NameKey.from_text(name["key"]),
            source=name["source"].removeprefix("source:"),
            variants=frozenset(name["variants"]),
            first_mention=name["first_mention"],
            records=frozenset(),
            identifiers=frozenset(name.get("identifiers", ())),
        )
        self.author_of[unit.id] = author["id"]
        self.graph.add(
            (
                stored_node("Name", name),
                stored_node("Author", author),
                Edge("NAME_OF", unit.id, author["id"], row["link"]),
                *_bearing(unit),
            )
        )
        self.graph.add(
            Edge("SAME_AS", unit.id, one["end"], one["properties"]) for one in row["same_as"]
        )
        self.aligned += [
            Edge("ALIGNED_WITH", one["start"], one["end"], {"paper": one["paper"]})
            for one in row["aligned"]
        ]


@dataclass(slots=True)
class _Side:
    """The touched papers, as they were or as they are to be."""

    records: dict[str, PaperRecord]
    parts: WorkParts
    units: dict[str, Unit]
    unit_of: dict[str, str]
    aligned: list[Edge]

    @classmethod
    def of(
        cls,
        records: Iterable[Record | None],
        log: Sequence[Decision],
        known: Mapping[str, WorkCard],
    ) -> "_Side":
        """Make papers of records that are closed, under a log; some of their cards are known."""
        papers = {record.id: record for record in records if isinstance(record, PaperRecord)}
        cards = {id_: known.get(id_) or work_card(record) for id_, record in papers.items()}
        parts = works_of(papers, log, cards)
        split = split_mentions(log)
        partial: list[Unit] = []
        unit_of: dict[str, str] = {}
        aligned: list[Edge] = []
        for work in parts.works.values():
            named = name_mentions(work.records, split)
            aligned += alignment_edges(work.id, named)
            for mention, unit in units_of_work(work.records, named):
                unit_of[mention] = unit.id
                partial.append(unit)
        return cls(papers, parts, merge_units(partial), unit_of, aligned)

    def fold(self, author_of: Mapping[str, str]) -> Iterator[Node | Edge]:
        """Make its part of the graph; `author_of` says the author of each unit."""
        authors = {mention: author_of[unit] for mention, unit in self.unit_of.items()}
        for work in self.parts.works.values():
            yield from fold_paper(work, self.parts.joins.get(work.id, ()), authors, self.unit_of)
            for record_id, alone in former_ids(work):
                yield Node("Key", WORK_KEY + alone, {})
                yield Edge("HAS_KEY", RECORD + record_id, WORK_KEY + alone, {})
        for record in self.records.values():
            yield from _references(record)
            yield from _keys(self.parts.cards[record.id])
        yield from self.parts.links
        yield from self.aligned


async def _gather(
    server: Server,
    stored: dict[str, Record],
    changes: dict[str, Record | None],
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
    cards_before, cards_after = _cards(before), _cards(after)
    meeting = await _meeting(
        server,
        [*cards_before.values(), *cards_after.values()],
        before.keys() | after.keys(),
        [*work_decisions(log), *work_decisions(log_after)],
    )
    before |= meeting
    after |= meeting
    was = _Side.of(before.values(), log, cards_before)
    is_to_be = _Side.of(after.values(), log_after, cards_after)

    subjects = {
        name_key(record.subject).text
        for record in [*before.values(), *after.values()]
        if isinstance(record, SourceRecord) and record.subject is not None
    }
    linked = linked_units(log_after)
    new_units = {unit_id: unit.key.text for unit_id, unit in is_to_be.units.items()}
    both = [*was.units.values(), *is_to_be.units.values()]
    closing = Closing(
        keys={unit.key.text for unit in both} | subjects,
        names={one for one in operands if not one.startswith(RECORD_UNIT)},
        linked=linked,
    )
    closing.take(new_units)
    identifiers = {one for unit in both for one in unit.identifiers}
    aligned = {end for edge in (*was.aligned, *is_to_be.aligned) for end in (edge.start, edge.end)}
    names = await _close(server, closing, new_units, identifiers, aligned)

    touched = set(before)
    # A name that loses a mention is counted again from the mentions it keeps; so are all where
    # more than equal names can join, since then it matters which of them stand on one record.
    aligned_after = _aligned_after(names.aligned, was, is_to_be)
    everyone = names.units.keys() | is_to_be.units.keys()
    joined = (
        linked.keys() & everyone
        or any(unit.identifiers for unit in (*names.units.values(), *both))
        or aligned_after
    )
    again = names.units.keys() & (names.units.keys() if joined else was.units.keys())
    authorships = await _authorships(server, {names.author_of[unit] for unit in again})
    counted = merge_units(
        unit
        for one in authorships
        for unit in one.units(names.units)
        if not unit.records <= touched
    )
    units = merge_units(
        [
            *(unit for unit_id, unit in names.units.items() if unit_id not in again),
            *(unit for unit_id, unit in counted.items() if unit_id in again),
            *is_to_be.units.values(),
        ]
    )
    persons = resolve(units, log_after, aligned_after)

    change = _Change(ClosedUnits(units, aligned_after), is_to_be.parts.joins, set(is_to_be.records))
    change.before.add([*names.graph.nodes.values(), *names.graph.edges.values()])
    sources = await _sources(server, units, after)
    change.after.add(identity_parts(units, persons, sources))
    for unit in units.values():
        change.after.add(_bearing(unit))

    change.before.add(was.fold(names.author_of))
    change.after.add(is_to_be.fold(persons.author_of))
    change.before.add(_record_node(record, was.parts) for record in before.values())
    put = (record for record in after.values() if record is not None)
    change.after.add(_record_node(record, is_to_be.parts) for record in put)
    marked = [decision_node(row) for row in log if row.id in changed_decisions]
    change.before.add(marked)
    change.after.add([*marked, *(decision_node(row) for row in appended)])

    await _move_authorships(server, change, names, persons, touched, authorships)
    await _add_shared(server, change)
    await _add_citations(server, change, was, is_to_be)
    await _add_sources(server, change, before, after, sources)
    return change


def _cards(records: Mapping[str, Record | None]) -> dict[str, WorkCard]:
    return {
        id_: work_card(record) for id_, record in records.items() if isinstance(record, PaperRecord)
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
        cards = [*_cards(new).values()]
    return found


async def works_part(server: Server, records: Sequence[str]) -> dict[str, PaperRecord]:
    """See the protocol."""
    asked = await server.records(records)
    cards = [*_cards(asked).values()]
    found = asked | await _meeting(server, cards, asked, work_decisions(await server.log()))
    return {id_: one for id_, one in sorted(found.items()) if isinstance(one, PaperRecord)}


def _aligned_after(stored: Iterable[Edge], was: _Side, is_to_be: _Side) -> list[tuple[str, str]]:
    """Which names papers show to be one person's, once the change is made."""
    touched = was.parts.works.keys() | is_to_be.parts.works.keys()
    kept = [edge for edge in stored if edge.properties["paper"] not in touched]
    return sorted({(edge.start, edge.end) for edge in (*kept, *is_to_be.aligned)})


async def _close(
    server: Server,
    closing: Closing,
    new_units: dict[str, str],
    identifiers: Collection[str],
    aligned: Collection[str],
) -> _Names:
    """Read every name of the touched keys, following decisions, identifiers and alignments.

    `new_units` maps the units that are about to be written to their keys; `identifiers` are
    those of touched units, and `aligned` the units that touched papers align.
    """
    names = _Names()
    borne, asked_for = set(identifiers), set[str]()
    beside = set(aligned)
    while True:
        asked, keys = closing.names(), closing.keys()
        if not (asked or keys or beside or borne - asked_for):
            return names
        if asked or beside:
            wanted = sorted({*asked, *beside})
            rows = await server.rows("reads/keys_of_names", ids=wanted)
            closing.add_keys(row["key"] for row in rows)
            closing.add_keys(new_units[unit] for unit in wanted if unit in new_units)
        if borne - asked_for:
            ids = [PERSON_KEY + one for one in sorted(borne - asked_for)]
            rows = await server.rows("reads/keys_of_identifiers", ids=ids)
            closing.add_keys(row["key"] for row in rows)
            asked_for |= borne
        beside = set()
        if keys:
            (read,) = await server.rows("reads/names_by_key", keys=keys)
            new = read["names"]
            for row in new:
                names.take(row)
            closing.take(names.units)
            borne |= {one for row in new for one in row["name"].get("identifiers", ())}
            beside = {one[end] for row in new for one in row["aligned"] for end in ("start", "end")}
            beside -= names.units.keys()


async def identity_part(server: Server, names: Sequence[str]) -> ClosedUnits:
    """See the protocol."""
    linked = linked_units(await server.log())
    for name in names:
        linked[name] = linked.get(name, set()) | set(names)
    closing = Closing(keys=(), names=names, linked=linked)
    found = await _close(server, closing, {}, (), ())
    authorships = await _authorships(server, set(found.author_of.values()))
    units = merge_units(unit for one in authorships for unit in one.units(found.units))
    pairs = {(edge.start, edge.end) for edge in found.aligned}
    return ClosedUnits(units, sorted(pairs))


@dataclass(frozen=True, slots=True)
class _Authorship:
    """An authorship as stored, and whether its paper has several records."""

    edge: Edge
    several: bool

    def mentions(self) -> list[tuple[str, str, str, list[str]]]:
        """Each mention's id, unit, name as printed, and identifiers."""
        said: dict[str, Any] = self.edge.properties
        try:
            ids, units = said["mentions"], said["names"]
            printed = said.get("names_as_printed", [said["name_as_printed"]])
            borne = said.get("identifiers", [""] * len(ids))
            return [
                (mention, unit, name, identifiers.split())
                for mention, unit, name, identifiers in zip(ids, units, printed, borne, strict=True)
            ]
        except (KeyError, TypeError, ValueError) as error:
            raise StoreCorrupt(
                f"AUTHORED {self.edge.start} → {self.edge.end} is not as it was written"
            ) from error

    def units(self, known: Mapping[str, Unit]) -> Iterator[Unit]:
        """The parts of known units that it makes."""
        for mention, unit, name, identifiers in self.mentions():
            if unit in known:
                yield Unit(
                    id=unit,
                    key=known[unit].key,
                    source=known[unit].source,
                    variants=frozenset((name,)),
                    first_mention=mention,
                    records=frozenset((mention.rsplit("#", 1)[0],)),
                    identifiers=frozenset(identifiers),
                )


async def _authorships(server: Server, authors: Collection[str]) -> list[_Authorship]:
    if not authors:
        return []
    rows = await server.rows("reads/authorships", ids=sorted(authors))
    return [_authorship(row) for row in rows]


def _authorship(row: dict[str, Any]) -> _Authorship:
    edge = Edge("AUTHORED", row["start"], row["end"], row["properties"])
    return _Authorship(edge, several=row["records"] > 1)


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


def _record_node(record: Record, parts: WorkParts) -> Node:
    properties: dict[str, Any] = {"json": canonical_json(record).decode()}
    properties["source"] = source_of(record)
    if isinstance(record, PaperRecord):
        properties["paper"] = parts.paper_of[record.id]
    return Node("Record", RECORD + record.id, properties)


def _references(record: PaperRecord) -> Iterator[Node | Edge]:
    """What a record refers to: a paper that is loaded later finds by it who cites it."""
    for one in record.references:
        said = said_of_citation(one.intent, one.influential, one.in_text)
        yield Node("Reference", REFERENCE + one.to, {})
        yield Edge("REFERS_TO", RECORD + record.id, REFERENCE + one.to, said)


def _keys(card: WorkCard) -> Iterator[Node | Edge]:
    """Under what other records find this one."""
    for key in work_keys(card):
        yield Node("Key", WORK_KEY + key, {})
        yield Edge("HAS_KEY", RECORD + card.record, WORK_KEY + key, {})


def _bearing(unit: Unit) -> Iterator[Node | Edge]:
    """Under what other names find this one."""
    for identifier in unit.identifiers:
        yield Node("Key", PERSON_KEY + identifier, {})
        yield Edge("BEARS", unit.id, PERSON_KEY + identifier, {})


async def _move_authorships(
    server: Server,
    change: _Change,
    names: _Names,
    persons: Persons,
    touched: Collection[str],
    known: Sequence[_Authorship],
) -> None:
    """Re-point the authorships of names whose author changes, on papers not touched.

    A paper of one record has one mention for each authorship, which goes with its name. One of
    several records is folded again.
    """
    moved = {
        unit
        for unit, author in names.author_of.items()
        if persons.author_of.get(unit, author) != author
    }
    if not moved:
        return
    authors = {names.author_of[unit] for unit in moved}
    missing = authors - {one.edge.start for one in known}
    several: set[str] = set()
    for one in [*known, *await _authorships(server, missing)]:
        mentions = one.mentions()
        if mentions[0][0].rsplit("#", 1)[0] in touched or moved.isdisjoint(
            unit for _, unit, _, _ in mentions
        ):
            continue
        if one.several:
            several.add(one.edge.end)
            continue
        edge = one.edge
        author = persons.author_of[mentions[0][1]]
        change.before.add((edge,))
        change.after.add((Edge(edge.type, author, edge.end, edge.properties),))
    if several:
        await _fold_again(server, change, persons, several)


async def _fold_again(
    server: Server, change: _Change, persons: Persons, papers: Collection[str]
) -> None:
    """Make the authorships of papers of several records anew."""
    rows = await server.rows("reads/authorships_of_papers", ids=sorted(papers))
    of_paper: dict[str, list[_Authorship]] = {}
    for row in rows:
        of_paper.setdefault(row["end"], []).append(_authorship(row))
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
        change.after.add(
            edge
            for edge in paper_edges(ranked(with_authors), paper, authors, units)
            if edge.type == "AUTHORED"
        )


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


async def _add_citations(server: Server, change: _Change, was: _Side, is_to_be: _Side) -> None:
    """Add the citations from and to touched papers, as they were and as they are to be."""
    touched = was.records.keys() | is_to_be.records.keys()
    called = {
        one
        for side in (was, is_to_be)
        for record in side.records.values()
        for one in (record.id, *record.identifiers)
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
        for record in side.records.values()
        for reference in record.references
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


async def _write_difference(server: Server, before: Graph, after: Graph) -> None:
    """Delete and write so that the touched part becomes what it is to be."""
    gone_edges = [edge for key, edge in before.edges.items() if key not in after.edges]
    await server.delete_edges(gone_edges)
    gone_nodes = [node for id_, node in before.nodes.items() if id_ not in after.nodes]
    for label, nodes in grouped(gone_nodes, key=lambda node: node.label):
        ids = [node.id for node in nodes]
        if label in _SHARED_BY_RECORDS:  # what is not touched may lead to it, too
            await server.in_parts(_SHARED_BY_RECORDS[label], {}, ids=ids)
            continue
        await set_aside(server, label, ids)
        await server.in_parts("writes/delete_nodes", {"LABEL": label}, ids=ids)

    new_nodes = [node for id_, node in after.nodes.items() if before.nodes.get(id_) != node]
    await server.put_nodes(new_nodes)
    await server.put_edges(
        edge for key, edge in after.edges.items() if before.edges.get(key) != edge
    )
    for label, nodes in grouped(new_nodes, key=lambda node: node.label):
        await bring_back(server, label, [node.id for node in nodes if node.id not in before.nodes])
