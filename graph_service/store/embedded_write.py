"""Writing facts to SQLite: from changed records and decisions to changed rows, in one transaction.

Beside each record stand what it says in rows of their own, so that no question has to read all
records: its paper, the units its mentions belong to, and what it links to. Authors are resolved
again only where a change can reach (`store.closing`); everything else keeps its rows.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from graph_service.identity.alignment import leading_record
from graph_service.identity.decide import check_decision, check_record_decision, check_step
from graph_service.identity.persons import Persons, linked_units, resolve
from graph_service.identity.units import (
    MENTION_UNIT,
    ClosedUnits,
    Unit,
    name_mentions,
    split_mentions,
)
from graph_service.identity.works import (
    WorkCard,
    WorkJoin,
    linked_records,
    meeting_keys,
    work_card,
    work_keys,
)
from graph_service.model.ids import author_id
from graph_service.model.names import display_order
from graph_service.model.records import (
    Decision,
    Mention,
    PaperRecord,
    Record,
    canonical_json,
)
from graph_service.model.revision import (
    RECORD_UNIT,
    STEP_OPS,
    FactsSum,
    decisions_in_force,
    work_decisions,
)
from graph_service.store.closing import Closing
from graph_service.store.embedded_rows import (
    UnitRow,
    as_json,
    unit_of,
    units_by_key,
)
from graph_service.store.fold import (
    SHARED,
    Work,
    former_ids,
    paper_id,
    paper_node,
    shared_links,
    source_of,
    stored_record,
    works_of,
)
from graph_service.store.protocol import WriteCounts

Papers = dict[int, PaperRecord]  # by the record's number


@dataclass(frozen=True, slots=True)
class _Changed:
    """Papers that are to be written: works, why they are, and the numbers of their records."""

    works: Sequence[Work]
    joins: Mapping[str, Sequence[WorkJoin]]
    numbers: Mapping[str, int]


@dataclass(slots=True)
class _Touched:
    """What a change has touched: rows of units and shared nodes that lost or gained something.

    `units` are rows as they are to be, by number; `lost` those to be counted again. Authors may
    have changed around `names`, under `keys`, and under those that a unit has `left`; `works`
    are the ids of papers that lost a record, `identifiers` what a unit bore or bears.
    """

    units: dict[int, "_Counted"] = field(default_factory=dict)
    lost: set[int] = field(default_factory=set)
    nodes: set[int] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    identifiers: set[str] = field(default_factory=set)
    works: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Counted:
    """A unit with what its mentions say in all; `stored` is `said` as it stands in its row.

    Variants and identifiers are as in a `UnitRow`: nearly every mention says nothing new, and
    then they need not be read.
    """

    number: int
    id: str
    key: str
    source: str
    variants: str
    first_mention: str
    author: str
    identifiers: str
    stored: tuple[str, str, str, str] | None

    def add(self, mention_id: str, mention: Mention) -> None:
        """Count one more mention."""
        if self.variants != f'["{mention.name}"]':
            self.variants = _with(self.variants, (mention.name,))
        if mention.identifiers:
            self.identifiers = _with(self.identifiers, mention.identifiers)
        self.first_mention = min(self.first_mention, mention_id)

    @property
    def said(self) -> tuple[str, str, str, str]:
        """What stands in its row."""
        return self.key, self.variants, self.first_mention, self.identifiers


def _with(stored: str, more: Iterable[str]) -> str:
    """Add texts to a list as it is stored."""
    known = _listed(stored)
    return stored if known.issuperset(more) else _as_list(known.union(more))


def _listed(stored: str) -> frozenset[str]:
    return frozenset(orjson.loads(stored)) if stored else frozenset()


def _as_list(values: Collection[str]) -> str:
    return as_json(sorted(values)) if values else ""


def put_records(
    connection: sqlite3.Connection,
    records: Sequence[Record],
    log: Sequence[Decision],
    total: FactsSum,
) -> WriteCounts:
    """Store records, each replacing the record of its id, and count them in `total`."""
    stored = _stored(connection, [record.id for record in records])
    current = {record_id: content for record_id, (_, content) in stored.items()}
    wanted: dict[str, Record] = {}
    new = replaced = unchanged = 0
    for record in records:
        record_id, content = record.id, canonical_json(record)
        held = current.get(record_id)
        if held == content:
            unchanged += 1
            continue
        new, replaced = new + (held is None), replaced + (held is not None)
        current[record_id] = content
        wanted[record_id] = record

    (last,) = connection.execute("SELECT coalesce(max(number), 0) FROM record").fetchone()
    before: Papers = {}
    after: dict[str, PaperRecord] = {}
    made: list[tuple[Any, ...]] = []
    changed: list[tuple[Any, ...]] = []
    numbers: dict[str, int] = {}
    for record_id, record in wanted.items():
        content = current[record_id]
        if record_id not in stored:
            number = last + len(made) + 1
            made.append((number, record_id, source_of(record), content))
        else:
            number, held = stored[record_id]
            if held == content:  # replaced, and replaced back
                continue
            changed.append((content, number))
            total.remove(held)
            _note(before, number, stored_record(held))
        total.add(content)
        if isinstance(record, PaperRecord):
            numbers[record_id] = number
            after[record_id] = record
    touched = _forget(connection, before)
    connection.executemany("UPDATE record SET json = ? WHERE number = ?", changed)
    papers = _settle_works(connection, after, numbers, touched, log)
    # Only now that its paper is known: a row of such length is not to be written twice.
    paper_of = {record.id: work.id for work in papers.works for record in work.records}
    connection.executemany(
        "INSERT INTO record (number, id, source, paper, json) VALUES (?1, ?2, ?3, ?5, ?4)",
        [(*row, paper_of.get(row[1])) for row in made],
    )
    _write_papers(connection, papers, touched, log)
    return WriteCounts(new=new, replaced=replaced, unchanged=unchanged)


def remove_records(
    connection: sqlite3.Connection,
    record_ids: Sequence[str],
    log: Sequence[Decision],
    total: FactsSum,
) -> WriteCounts:
    """Remove records and count them out of `total`; ids that are not there do nothing."""
    stored = _stored(connection, record_ids)
    before: Papers = {}
    for number, content in stored.values():
        total.remove(content)
        _note(before, number, stored_record(content))
    touched = _forget(connection, before)
    connection.executemany(
        "DELETE FROM record WHERE number = ?", [(number,) for number, _ in stored.values()]
    )
    _write_papers(connection, _settle_works(connection, {}, {}, touched, log), touched, log)
    return WriteCounts(removed=len(stored))


def _settle_works(
    connection: sqlite3.Connection,
    after: Mapping[str, PaperRecord],
    numbers: dict[str, int],
    touched: _Touched,
    log: Sequence[Decision],
) -> _Changed:
    """Find the papers that records make now, as far as a change reaches.

    Args:
        connection: Inside the transaction; nothing stands beside the records in `after`.
        after: Records that were put, or that are to be written again.
        numbers: Of the records in `after`; those of further ones are added.
        touched: What the change touched; papers whose records change are forgotten.
        log: The log as it is to be.
    """
    cards = {record_id: work_card(record) for record_id, record in after.items()}
    connection.executemany(
        "INSERT OR IGNORE INTO work_key VALUES (?, ?)",
        sorted(
            (key, numbers[record_id])
            for record_id, card in cards.items()
            for key in work_keys(card)
        ),
    )
    decisions = work_decisions(log)
    others = _meeting(connection, cards, numbers, touched.works, decisions)
    found = works_of({**after, **others}, log, cards)
    # Of the others only those are written again whose paper has other records, or another id.
    held = _records_by_paper(connection, {*touched.works, *_papers_of(connection, others)})
    works = [
        work
        for work in found.works.values()
        if work.id in touched.works
        or any(record.id in after for record in work.records)
        or held.get(work.id) != {record.id for record in work.records}
    ]
    again: Papers = {
        numbers[record.id]: record
        for work in works
        for record in work.records
        if record.id not in after
    }
    _forget(connection, again, touched)
    connection.executemany(
        "INSERT OR IGNORE INTO work_key VALUES (?, ?)",
        sorted(
            (key, number) for number, record in again.items() for key in work_keys(cards[record.id])
        ),
    )
    connection.executemany(
        "INSERT OR IGNORE INTO work_key VALUES (?, ?)",
        [(alone, numbers[record]) for work in works for record, alone in former_ids(work)],
    )
    ids = sorted({*held, *touched.works, *found.works})
    for table, column in (("work_join", "paper"), ("same_work", "a"), ("same_work", "b")):
        connection.execute(
            f"DELETE FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))",
            (as_json(ids),),
        )
    connection.executemany(
        "INSERT INTO work_join VALUES (?, ?, ?, ?, ?, ?)",
        [
            (paper, join.a, join.b, join.rule, join.decision, join.blocked_by)
            for paper, joins in found.joins.items()
            for join in joins
        ],
    )
    connection.executemany(
        "INSERT OR REPLACE INTO same_work VALUES (?, ?, ?)",
        [(link.start, link.end, link.properties["rule"]) for link in found.links],
    )
    return _Changed(works, found.joins, numbers)


def _meeting(
    connection: sqlite3.Connection,
    cards: dict[str, WorkCard],
    numbers: dict[str, int],
    works: Collection[str],
    decisions: Sequence[Decision],
) -> dict[str, PaperRecord]:
    """Read the records that those of `cards` and of `works` may be one paper with, closed.

    Their cards and numbers are added.
    """
    linked = linked_records(decisions)
    known = set(cards)
    keys = {key for card in cards.values() for key in meeting_keys(card)}
    asked: set[str] = set()
    wanted = {
        record for members in _records_by_paper(connection, works).values() for record in members
    }
    wanted |= {other for record in linked.keys() & known for other in linked[record]}
    found: dict[str, PaperRecord] = {}
    while keys - asked or wanted - known:
        rows = connection.execute(
            "SELECT record.id FROM json_each(?) AS wanted "
            "CROSS JOIN work_key ON work_key.key = wanted.value CROSS JOIN record ON number = record",
            (as_json(sorted(keys - asked)),),
        )
        wanted |= {record_id for (record_id,) in rows}
        asked |= keys
        new = _stored(connection, sorted(wanted - known))
        known |= wanted
        for record_id, (number, content) in new.items():
            record = stored_record(content)
            if isinstance(record, PaperRecord):
                found[record_id] = record
                numbers[record_id] = number
                cards[record_id] = work_card(record)
                keys.update(meeting_keys(cards[record_id]))
                wanted |= linked.get(record_id, set())
    return found


def works_part(
    connection: sqlite3.Connection, records: Sequence[str], log: Sequence[Decision]
) -> dict[str, PaperRecord]:
    """See the protocol."""
    papers = _papers_of(connection, records)
    return dict(sorted(_meeting(connection, {}, {}, papers, work_decisions(log)).items()))


def _records_by_paper(
    connection: sqlite3.Connection, papers: Collection[str]
) -> dict[str, set[str]]:
    """The ids of the records of papers, as they stand."""
    held: dict[str, set[str]] = {}
    for paper, record in connection.execute(
        "SELECT paper.id, record.id FROM json_each(?) AS wanted "
        "CROSS JOIN paper ON paper.id = wanted.value CROSS JOIN record ON number = paper.record",
        (as_json(sorted(papers)),),
    ):
        held.setdefault(paper, set()).add(record)
    return held


def _papers_of(connection: sqlite3.Connection, records: Collection[str]) -> set[str]:
    rows = connection.execute(
        "SELECT DISTINCT paper FROM json_each(?) AS wanted "
        "CROSS JOIN record ON record.id = wanted.value WHERE paper IS NOT NULL",
        (as_json(sorted(records)),),
    )
    return {paper for (paper,) in rows}


def _dates(connection: sqlite3.Connection, row: Decision) -> dict[str, str]:
    """The dates of the papers of a decision that exist; empty: undated."""
    rows = connection.execute(
        "SELECT id, coalesce(max(date), '') FROM paper WHERE id IN (?, ?) GROUP BY id",
        (row.a, row.b),
    )
    return dict(rows.fetchall())


def append_decisions(
    connection: sqlite3.Connection,
    log: Sequence[Decision],
    rows: Sequence[Decision],
    total: FactsSum,
    *,
    check: bool,
) -> None:
    """Append to the log of decisions, with what follows from it.

    Args:
        connection: Inside the transaction.
        log: The log as it stands.
        rows: What to append, numbered.
        total: The facts, to be counted on.
        check: Refuse the only row if it names nothing or contradicts (see `check_decision`).
    """
    log_after = [*log, *rows]
    before, after = decisions_in_force(log), decisions_in_force(log_after)
    changed = {row.id: row for row in [*before, *after]}
    for row_id in {row.id for row in before} & {row.id for row in after}:
        del changed[row_id]
    split = split_mentions(log) ^ split_mentions(log_after)
    touching = {mention.rsplit("#", 1)[0] for mention in split} | {
        operand.removeprefix(RECORD_UNIT)
        for row in changed.values()
        if row.op not in STEP_OPS
        for operand in (row.a, row.b or "")
        if operand.startswith(RECORD_UNIT)
    }
    stored = _stored(connection, sorted(touching))
    again: Papers = {}
    for number, content in stored.values():
        _note(again, number, stored_record(content))

    touched = _forget(connection, again)
    touched.names |= {
        operand
        for row in changed.values()
        if row.op not in STEP_OPS
        for operand in (row.a, row.b or "")
        if operand and not operand.startswith(RECORD_UNIT)
    }
    connection.executemany(
        "INSERT INTO decision VALUES (?, ?)", [(row.number, canonical_json(row)) for row in rows]
    )
    kept = {record.id: record for record in again.values()}
    numbers = {record.id: number for number, record in again.items()}
    papers = _settle_works(connection, kept, numbers, touched, log_after)
    part = _write_papers(connection, papers, touched, log_after)
    if check and rows[0].op in STEP_OPS:
        check_step(_dates(connection, rows[0]), log, rows[0])
    elif check and rows[0].a.startswith(RECORD_UNIT):
        check_record_decision(kept.keys(), papers.joins, rows[0])
    elif check:
        check_decision(part.units, part.aligned, log, rows[0])
    total.replace_log(log, log_after)


def records_by_id(connection: sqlite3.Connection, ids: Sequence[str]) -> dict[str, Record]:
    """See the protocol."""
    return {id_: stored_record(text) for id_, (_, text) in sorted(_stored(connection, ids).items())}


def _stored(
    connection: sqlite3.Connection, record_ids: Sequence[str]
) -> dict[str, tuple[int, bytes]]:
    rows = connection.execute(
        "SELECT record.id, number, record.json FROM json_each(?) AS wanted "
        "CROSS JOIN record ON record.id = wanted.value",
        (as_json(record_ids),),
    )
    return {record_id: (number, content) for record_id, number, content in rows}


def _note(papers: Papers, number: int, record: Record) -> None:
    if isinstance(record, PaperRecord):
        papers[number] = record


def _forget(
    connection: sqlite3.Connection, papers: Papers, touched: _Touched | None = None
) -> _Touched:
    """Delete what stands beside records, and say what loses by it, on top of `touched`."""
    touched = touched or _Touched()
    if not papers:
        return touched
    numbers = as_json(list(papers))
    rows = connection.execute(
        "SELECT paper.id, paper.record, slots FROM json_each(?) AS wanted "
        "CROSS JOIN record ON record.number = wanted.value "
        "CROSS JOIN paper ON paper.id = record.paper AND paper.record = record.number",
        (numbers,),
    ).fetchall()
    units = [(unit, record) for _, record, slots in rows for unit in orjson.loads(slots)[::2]]
    lost = {unit for unit, _ in units}
    touched.lost |= lost
    touched.works |= {paper for paper, _, _ in rows}
    _forget_aligned(connection, {paper for paper, _, _ in rows}, touched)
    connection.executemany(
        "DELETE FROM paper WHERE id = ? AND record = ?",
        [(paper, record) for paper, record, _ in rows],
    )
    connection.executemany("DELETE FROM mention WHERE unit = ? AND record = ?", units)
    _forget_split_off(connection, lost, touched)
    connection.executemany(
        "DELETE FROM cites WHERE record = ?",
        [(number,) for number, record in papers.items() if record.references],
    )
    connection.executemany(
        "DELETE FROM work_key WHERE key = ? AND record = ?",
        [
            (key, number)
            for number, record in papers.items()
            for key in (*work_keys(work_card(record)), paper_id(record))
        ],
    )
    ends = {
        number: {node for _, node, _ in shared_links(record)} for number, record in papers.items()
    }
    nodes = _numbers(connection, "shared", set().union(*ends.values()))
    touched.nodes |= set(nodes.values())
    connection.executemany(
        "DELETE FROM link WHERE node = ? AND record = ?",
        [(nodes[node], record) for record, own in ends.items() for node in own],
    )
    return touched


def _forget_aligned(
    connection: sqlite3.Connection, papers: Collection[str], touched: _Touched
) -> None:
    """Drop what papers show of their names; authors may change around these."""
    for paper in sorted(papers):
        rows = connection.execute(
            "SELECT one.id, other.id FROM aligned CROSS JOIN unit AS one ON one.number = a "
            "CROSS JOIN unit AS other ON other.number = b WHERE paper = ?",
            (paper,),
        ).fetchall()
        if rows:
            touched.names.update(unit for pair in rows for unit in pair)
            connection.execute("DELETE FROM aligned WHERE paper = ?", (paper,))


def _forget_split_off(
    connection: sqlite3.Connection, lost: Collection[int], touched: _Touched
) -> None:
    """Drop units of one mention with their record: it may say another name in that place."""
    gone = [
        (number, unit_id, key, borne)
        for number, unit_id, key, borne in connection.execute(
            "SELECT number, unit.id, unit.key, identifiers FROM json_each(?) AS wanted "
            "CROSS JOIN unit ON number = wanted.value",
            (as_json(sorted(lost)),),
        )
        if unit_id.startswith(MENTION_UNIT)
    ]
    _drop_units(connection, [number for number, _, _, _ in gone])
    touched.lost -= {number for number, _, _, _ in gone}
    touched.names |= {unit_id for _, unit_id, _, _ in gone}
    touched.left |= {key for _, _, key, _ in gone}
    touched.identifiers |= {one for _, _, _, borne in gone if borne for one in orjson.loads(borne)}


def _drop_units(connection: sqlite3.Connection, numbers: Collection[int]) -> None:
    rows = [(number,) for number in numbers]
    connection.executemany("DELETE FROM same_as WHERE a = ?", rows)
    connection.executemany("DELETE FROM same_as WHERE b = ?", rows)
    for borne, number in connection.execute(
        "SELECT identifiers, number FROM unit WHERE identifiers <> '' "
        "AND number IN (SELECT value FROM json_each(?))",
        (as_json(sorted(numbers)),),
    ).fetchall():
        connection.executemany(
            "DELETE FROM unit_identifier WHERE identifier = ? AND unit = ?",
            [(identifier, number) for identifier in orjson.loads(borne)],
        )
    connection.executemany("DELETE FROM unit WHERE number = ?", rows)


def _numbers(connection: sqlite3.Connection, table: str, ids: Collection[str]) -> dict[str, int]:
    rows = connection.execute(
        f"SELECT {table}.id, number FROM json_each(?) AS wanted "
        f"CROSS JOIN {table} ON {table}.id = wanted.value",
        (as_json(sorted(ids)),),
    )
    return dict(rows.fetchall())


def _write_papers(
    connection: sqlite3.Connection,
    papers: _Changed,
    touched: _Touched,
    log: Sequence[Decision],
) -> ClosedUnits:
    """Write what stands beside records, and settle everything that has changed by it.

    Returns:
        Every part that decisions of the log reach and this change touches.
    """
    records = {
        papers.numbers[record.id]: record for work in papers.works for record in work.records
    }
    _write_links(connection, records)
    # Which of them are there is found when they are read: both ways, in any order of loads.
    connection.executemany(
        "INSERT INTO cites VALUES (?, ?, ?, ?, ?)",
        [
            (number, one.to, one.intent, one.influential, one.in_text)
            for number, record in sorted(records.items())
            for one in record.references
        ],
    )
    _settle_shared(connection, touched.nodes)
    _write_mentions(connection, papers, split_mentions(log), touched)
    linked = linked_units(log)
    _settle_units(connection, touched, everyone=bool(linked))
    return _settle_authors(connection, touched, linked, log)


# -- what papers share ----------------------------------------------------------------------------


def _write_links(connection: sqlite3.Connection, papers: Papers) -> None:
    links = [
        (number, kind, node, printed)
        for number, record in papers.items()
        for kind, node, printed in shared_links(record)
    ]
    if not links:
        return
    best: dict[str, str] = {}
    kinds: dict[str, str] = {}
    for _, kind, node, printed in links:
        kinds[node] = kind
        if node not in best or best[node] != printed:
            best[node] = min(best.get(node, printed), printed, key=display_order)
    rows = connection.execute(
        "SELECT shared.id, number, name FROM json_each(?) AS wanted "
        "CROSS JOIN shared ON shared.id = wanted.value",
        (as_json(list(best)),),
    ).fetchall()
    numbers = {node: number for node, number, _ in rows}
    # Its name is the best of all names printed so far, and so stands for them.
    better = [
        (best[node], number)
        for node, number, name in rows
        if best[node] != name and display_order(best[node]) < display_order(name)
    ]
    connection.executemany("UPDATE shared SET name = ? WHERE number = ?", better)
    (last,) = connection.execute("SELECT coalesce(max(number), 0) FROM shared").fetchone()
    made = [node for node in best if node not in numbers]
    numbers |= {node: last + place for place, node in enumerate(made, start=1)}
    connection.executemany(
        "INSERT INTO shared VALUES (?, ?, ?, ?)",
        [(numbers[node], node, SHARED[kinds[node]], best[node]) for node in made],
    )
    connection.executemany(
        "INSERT OR IGNORE INTO link VALUES (?, ?, ?)",
        sorted((numbers[node], number, printed) for number, _, node, printed in links),
    )


def _settle_shared(connection: sqlite3.Connection, nodes: Collection[int]) -> None:
    """Name nodes that lost a link by what is still printed; drop those that nothing links to."""
    for number in sorted(nodes):
        (name,) = connection.execute(
            "SELECT name FROM shared WHERE number = ?", (number,)
        ).fetchone()
        if connection.execute(
            "SELECT 1 FROM link WHERE node = ? AND printed = ? LIMIT 1", (number, name)
        ).fetchone():
            continue
        left = connection.execute("SELECT DISTINCT printed FROM link WHERE node = ?", (number,))
        names = [printed for (printed,) in left]
        if names:
            connection.execute(
                "UPDATE shared SET name = ? WHERE number = ?",
                (min(names, key=display_order), number),
            )
        else:
            connection.execute("DELETE FROM shared WHERE number = ?", (number,))


# -- mentions and units ---------------------------------------------------------------------------


def _write_mentions(
    connection: sqlite3.Connection,
    papers: _Changed,
    split: Collection[str],
    touched: _Touched,
) -> None:
    """Write papers and mentions; the units that gain by it are noted in `touched`."""
    named = [(work, name_mentions(work.records, split)) for work in papers.works]
    ids = {one.unit for _, names in named for mentions in names.mentions for one in mentions}
    units = {unit.id: unit for unit in _counted(connection, "id", sorted(ids))}
    (last,) = connection.execute("SELECT coalesce(max(number), 0) FROM unit").fetchone()
    rows, mentions_of, paper_of, aligned = [], [], [], []
    for work, names in named:
        records = work.records
        node = paper_node(records, work.id) if len(records) > 1 else None
        title, date, complete = (
            (node.properties["title"], *map(node.properties.get, ("date", "authors_complete")))
            if node
            else (records[0].title, records[0].date, records[0].authors_complete)
        )
        leading = leading_record(records)
        for record, mentions in zip(records, names.mentions, strict=True):
            number = papers.numbers[record.id]
            slots: list[int] = []
            for mention, mention_id, unit_id, key in mentions:
                unit = units.get(unit_id)
                if unit is None:
                    last += 1
                    unit = units[unit_id] = _Counted(
                        number=last,
                        id=unit_id,
                        key=key.text,
                        source=record.source,
                        variants=as_json((mention.name,)),
                        first_mention=mention_id,
                        author=author_id(key),
                        identifiers=_as_list(frozenset(mention.identifiers)),
                        stored=None,
                    )
                else:
                    if unit_id.startswith(MENTION_UNIT) and unit.key != key.text:
                        # A mention that stands for itself has another name than before.
                        touched.left.add(unit.key)
                        unit.key, unit.author = key.text, author_id(key)
                    unit.add(mention_id, mention)
                position = mention.position or 0
                slots += (unit.number, position if record is leading else 0)
                borne = " ".join(mention.identifiers) if mention.identifiers else None
                mentions_of.append((unit.number, number, position, mention.name, borne))
            rows.append((work.id, number, title, date, complete, orjson.dumps(slots)))
            paper_of.append((work.id, number))
        aligned += [(units[a].number, units[b].number, work.id) for a, b in names.aligned]
        touched.names.update(unit for pair in names.aligned for unit in pair)
    # Sorted, as neighbours are written to the same pages.
    connection.executemany("INSERT INTO paper VALUES (?, ?, ?, ?, ?, ?)", sorted(rows))
    connection.executemany("INSERT INTO mention VALUES (?, ?, ?, ?, ?)", sorted(mentions_of))
    connection.executemany(
        "UPDATE record SET paper = ?1 WHERE number = ?2 AND paper IS NOT ?1", paper_of
    )
    connection.executemany("INSERT OR IGNORE INTO aligned VALUES (?, ?, ?)", aligned)
    touched.units = {unit.number: unit for unit in units.values()}


def _counted(
    connection: sqlite3.Connection, column: str, values: Sequence[str] | Sequence[int]
) -> Iterator[_Counted]:
    for number, unit_id, key, source, variants, first_mention, author, borne in connection.execute(
        "SELECT number, unit.id, unit.key, source, variants, first_mention, author, identifiers "
        f"FROM json_each(?) AS wanted CROSS JOIN unit ON unit.{column} = wanted.value",
        (as_json(values),),
    ):
        yield _Counted(
            *(number, unit_id, key, source, variants, first_mention, author, borne),
            stored=(key, variants, first_mention, borne),
        )


def _settle_units(connection: sqlite3.Connection, touched: _Touched, *, everyone: bool) -> None:
    """Write the units that changed, and note where authors may have changed.

    Args:
        connection: Inside the transaction.
        touched: What the change touched.
        everyone: Resolve the authors of all touched units: where decisions join names, it
            matters which of them stand on one record.
    """
    units = touched.units
    unread = touched.lost - units.keys()
    units |= {unit.number: unit for unit in _counted(connection, "number", sorted(unread))}
    gone: list[int] = []
    for number in sorted(touched.lost):
        mentions = connection.execute(
            "SELECT record.id, position, printed, identifiers FROM mention "
            "CROSS JOIN record ON number = record WHERE unit = ?",
            (number,),
        ).fetchall()
        unit = units[number]
        if not mentions:
            gone.append(number)
            touched.names.add(unit.id)
            touched.left.add(unit.key)
            touched.identifiers |= _listed(unit.identifiers)
            continue
        unit.variants = _as_list({printed for _, _, printed, _ in mentions})
        unit.first_mention = min(
            f"{record}#{position or 'subject'}" for record, position, _, _ in mentions
        )
        unit.identifiers = _as_list(
            {one for _, _, _, borne in mentions if borne for one in borne.split()}
        )
    _drop_units(connection, gone)
    for number in gone:
        del units[number]

    made = [unit for unit in units.values() if unit.stored is None]
    changed = [
        unit for unit in units.values() if unit.stored is not None and unit.stored != unit.said
    ]
    connection.executemany(
        "INSERT INTO unit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(unit.number, unit.id, unit.key, unit.source, unit.variants),
                *(unit.first_mention, unit.author, 0, unit.identifiers),
            )
            for unit in made
        ],
    )
    connection.executemany(
        "UPDATE unit SET key = ?, variants = ?, first_mention = ?, author = ?, identifiers = ? "
        "WHERE number = ?",
        [
            (
                *(unit.key, unit.variants, unit.first_mention),
                *(unit.author, unit.identifiers),
                unit.number,
            )
            for unit in changed
        ],
    )
    for unit in (*made, *changed):
        if unit.identifiers or (unit.stored and unit.stored[3]):
            held = _listed(unit.stored[3]) if unit.stored else frozenset()
            borne = _listed(unit.identifiers)
            touched.identifiers |= borne | held
            touched.names.add(unit.id)
            connection.executemany(
                "DELETE FROM unit_identifier WHERE identifier = ? AND unit = ?",
                [(one, unit.number) for one in held - borne],
            )
            connection.executemany(
                "INSERT OR IGNORE INTO unit_identifier VALUES (?, ?)",
                [(one, unit.number) for one in borne],
            )
    reached = units.values() if everyone else [*made, *changed]
    touched.keys |= {unit.key for unit in reached}


# -- authors --------------------------------------------------------------------------------------


def _settle_authors(
    connection: sqlite3.Connection,
    touched: _Touched,
    linked: Mapping[str, set[str]],
    log: Sequence[Decision],
) -> ClosedUnits:
    """Resolve the authors of every part that a change reaches, and write what is new.

    Returns:
        The parts in which more than equal names can join or keep apart.
    """
    alone, reached = _close(connection, touched, linked)
    decided = ClosedUnits(_with_records(connection, reached), _aligned(connection, reached))
    by_rule = resolve({row.id: unit_of(row) for row in alone}, ())
    by_log = resolve(decided.units, log, decided.aligned)
    author_of = {**by_rule.author_of, **by_log.author_of}
    rows = [*alone, *reached]
    connection.executemany(
        "UPDATE unit SET author = ?, verified = ? WHERE number = ?",
        [
            (author_of[row.id], row.id in by_log.verified, row.number)
            for row in rows
            if (row.author, bool(row.verified)) != (author_of[row.id], row.id in by_log.verified)
        ],
    )
    _write_joins(connection, rows, (by_rule, by_log))
    return decided


def _close(
    connection: sqlite3.Connection, touched: _Touched, linked: Mapping[str, set[str]]
) -> tuple[list[UnitRow], list[UnitRow]]:
    """Read the parts around touched keys: those of equal names alone, and the others.

    A name that is new, the only one of its key, without identifier and in no decision, has its
    author already.
    """
    crowded = connection.execute(
        "SELECT value FROM json_each(?) "
        "WHERE (SELECT count(*) FROM unit WHERE unit.key = value) > 1",
        (as_json(sorted(touched.keys)),),
    )
    first = units_by_key(connection, sorted(touched.left | {key for (key,) in crowded}))
    # Where no decision, identifier or alignment reaches, the names of a key are a closed part.
    paired = _paired(connection, [row.number for row in first])
    closing = Closing(
        keys={
            row.key for row in first if row.id in linked or row.identifiers or row.number in paired
        },
        names=touched.names | {unit.id for unit in touched.units.values() if unit.id in linked},
        linked=linked,
    )
    reached = _reached(connection, closing, touched.identifiers)
    closed = {row.key for row in reached}
    return [row for row in first if row.key not in closed], reached


def _reached(
    connection: sqlite3.Connection, closing: Closing, identifiers: Collection[str]
) -> list[UnitRow]:
    """Read units until a part is closed, following identifiers and alignments too."""
    borne = set(identifiers)
    asked: set[str] = set()
    found: dict[int, UnitRow] = {}
    while True:
        names, keys = closing.names(), closing.keys()
        if not names and not keys and borne <= asked:
            return list(found.values())
        if names:
            of_names = connection.execute(
                "SELECT DISTINCT unit.key FROM json_each(?) AS wanted "
                "CROSS JOIN unit ON unit.id = wanted.value",
                (as_json(names),),
            )
            closing.add_keys(key for (key,) in of_names)
        rows = units_by_key(connection, keys)
        closing.take(row.id for row in rows)
        found |= {row.number: row for row in rows}
        borne |= {one for row in rows if row.identifiers for one in orjson.loads(row.identifiers)}
        closing.add_keys(_keys_of_identifiers(connection, borne - asked))
        asked |= borne
        closing.add_keys(_keys_aligned(connection, [row.number for row in rows]))


def _paired(connection: sqlite3.Connection, units: Sequence[int]) -> set[int]:
    """Those of some units that a paper aligns with another."""
    rows = connection.execute(
        "SELECT value FROM json_each(?) WHERE EXISTS (SELECT 1 FROM aligned WHERE a = value) "
        "OR EXISTS (SELECT 1 FROM aligned WHERE b = value)",
        (as_json(units),),
    )
    return {number for (number,) in rows}


def identity_part(
    connection: sqlite3.Connection, names: Sequence[str], log: Sequence[Decision]
) -> ClosedUnits:
    """See the protocol."""
    linked = linked_units(log)
    for name in names:
        linked[name] = linked.get(name, set()) | set(names)
    rows = _reached(connection, Closing(keys=(), names=names, linked=linked), set())
    return ClosedUnits(_with_records(connection, rows), _aligned(connection, rows))


def _keys_of_identifiers(connection: sqlite3.Connection, identifiers: Collection[str]) -> list[str]:
    rows = connection.execute(
        "SELECT DISTINCT unit.key FROM json_each(?) AS wanted "
        "CROSS JOIN unit_identifier ON identifier = wanted.value "
        "CROSS JOIN unit ON unit.number = unit_identifier.unit",
        (as_json(sorted(identifiers)),),
    )
    return [key for (key,) in rows]


def _keys_aligned(connection: sqlite3.Connection, units: Sequence[int]) -> list[str]:
    rows = connection.execute(
        "SELECT unit.key FROM json_each(?1) AS wanted CROSS JOIN aligned ON a = wanted.value "
        "CROSS JOIN unit ON unit.number = b UNION "
        "SELECT unit.key FROM json_each(?1) AS wanted CROSS JOIN aligned ON b = wanted.value "
        "CROSS JOIN unit ON unit.number = a",
        (as_json(units),),
    )
    return [key for (key,) in rows]


def _aligned(connection: sqlite3.Connection, rows: Collection[UnitRow]) -> list[tuple[str, str]]:
    id_of = {row.number: row.id for row in rows}
    found = connection.execute(
        "SELECT DISTINCT a, b FROM json_each(?) AS wanted CROSS JOIN aligned ON a = wanted.value",
        (as_json(sorted(id_of)),),
    )
    return [(id_of[a], id_of[b]) for a, b in found]


def _with_records(connection: sqlite3.Connection, rows: Collection[UnitRow]) -> dict[str, Unit]:
    """Make units with the records they stand on, which decide what may be joined."""
    records: dict[int, set[str]] = {row.number: set() for row in rows}
    for unit, record in connection.execute(
        "SELECT unit, record.id FROM json_each(?) AS wanted "
        "CROSS JOIN mention ON unit = wanted.value CROSS JOIN record ON number = record",
        (as_json(sorted(records)),),
    ):
        records[unit].add(record)
    return {row.id: unit_of(row, frozenset(records[row.number])) for row in rows}


def _write_joins(
    connection: sqlite3.Connection, rows: Iterable[UnitRow], parts: Iterable[Persons]
) -> None:
    """Replace what says why the names of these parts are one author, or are not."""
    numbers = {row.id: row.number for row in rows}
    connection.executemany(
        "DELETE FROM same_as WHERE a = ?", [(number,) for number in numbers.values()]
    )
    # In the order of the joins, so that of several between two names the last one stands.
    connection.executemany(
        "INSERT OR REPLACE INTO same_as VALUES (?, ?, ?, ?, ?)",
        [
            (numbers[join.a], numbers[join.b], join.rule, join.decision, join.blocked_by)
            for persons in parts
            for join in persons.joins
        ],
    )
