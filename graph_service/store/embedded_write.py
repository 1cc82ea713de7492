"""Writing facts to SQLite: from changed records and decisions to changed rows, in one transaction.

Beside each record stand what it says in rows of their own, so that no question has to read all
records: its paper, the units its mentions belong to, and what it links to. Authors are resolved
again only where a change can reach (`store.closing`); everything else keeps its rows.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from graph_service.identity.decide import check_decision, check_step
from graph_service.identity.persons import Persons, linked_units, resolve
from graph_service.identity.units import MENTION_UNIT, Unit, name_mentions, split_mentions
from graph_service.model.ids import author_id
from graph_service.model.names import display_order
from graph_service.model.records import (
    Decision,
    PaperRecord,
    Record,
    canonical_json,
)
from graph_service.model.revision import STEP_OPS, FactsSum, decisions_in_force
from graph_service.store.closing import Closing
from graph_service.store.embedded_rows import (
    UnitRow,
    as_json,
    unit_of,
    units_by_key,
)
from graph_service.store.fold import SHARED, paper_id, shared_links, source_of, stored_record
from graph_service.store.protocol import WriteCounts


class _Paper(NamedTuple):
    """A paper's id and the record that speaks of it."""

    id: str
    record: PaperRecord


Papers = dict[int, _Paper]  # by the record's number


@dataclass(slots=True)
class _Touched:
    """What a change has touched: rows of units and shared nodes that lost or gained something.

    `units` are rows as they are to be, by number; `lost` those to be counted again. Authors may
    have changed around `names`, under `keys`, and under those that a unit has `left`.
    """

    units: dict[int, "_Counted"] = field(default_factory=dict)
    lost: set[int] = field(default_factory=set)
    nodes: set[int] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Counted:
    """A unit with what its mentions say in all; `stored` is that as it stands in its row."""

    number: int
    id: str
    key: str
    source: str
    variants: frozenset[str]
    first_mention: str
    author: str
    stored: tuple[str, frozenset[str], str] | None

    def add(self, mention_id: str, name: str) -> None:
        """Count one more mention."""
        if name not in self.variants:
            self.variants |= {name}
        self.first_mention = min(self.first_mention, mention_id)

    @property
    def spellings(self) -> str:
        """The variants as they are stored."""
        return as_json(sorted(self.variants))


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
    after: Papers = {}
    made: list[tuple[Any, ...]] = []
    changed: list[tuple[Any, ...]] = []
    for record_id, record in wanted.items():
        content = current[record_id]
        paper = paper_id(record) if isinstance(record, PaperRecord) else None
        if record_id not in stored:
            number = last + len(made) + 1
            made.append((number, record_id, source_of(record), paper, content))
        else:
            number, held = stored[record_id]
            if held == content:  # replaced, and replaced back
                continue
            changed.append((paper, content, number))
            total.remove(held)
            _note(before, number, stored_record(held))
        total.add(content)
        if isinstance(record, PaperRecord):
            after[number] = _Paper(paper or "", record)
    touched = _forget(connection, before)
    connection.executemany("INSERT INTO record VALUES (?, ?, ?, ?, ?)", made)
    connection.executemany("UPDATE record SET paper = ?, json = ? WHERE number = ?", changed)
    _write_papers(connection, after, touched, log)
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
    _write_papers(connection, {}, touched, log)
    return WriteCounts(removed=len(stored))


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
    stored = _stored(connection, sorted({mention.rsplit("#", 1)[0] for mention in split}))
    again: Papers = {}
    for number, content in stored.values():
        _note(again, number, stored_record(content))

    touched = _forget(connection, again)
    touched.names |= {
        operand
        for row in changed.values()
        if row.op not in STEP_OPS
        for operand in (row.a, row.b or "")
        if operand
    }
    connection.executemany(
        "INSERT INTO decision VALUES (?, ?)", [(row.number, canonical_json(row)) for row in rows]
    )
    units = _write_papers(connection, again, touched, log_after)
    if check and rows[0].op in STEP_OPS:
        check_step(_dates(connection, rows[0]), log, rows[0])
    elif check:
        check_decision(units, log, rows[0])
    total.replace_log(log, log_after)


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
        papers[number] = _Paper(paper_id(record), record)


def _forget(connection: sqlite3.Connection, papers: Papers) -> _Touched:
    """Delete what stands beside records, and say what loses by it."""
    touched = _Touched()
    if not papers:
        return touched
    rows = connection.execute(
        "SELECT paper.id, paper.record, slots FROM json_each(?) AS wanted "
        "CROSS JOIN record ON record.number = wanted.value "
        "CROSS JOIN paper ON paper.id = record.paper AND paper.record = record.number",
        (as_json(list(papers)),),
    ).fetchall()
    units = [(unit, record) for _, record, slots in rows for unit in orjson.loads(slots)[::2]]
    touched.lost = {unit for unit, _ in units}
    _forget_split_off(connection, touched)
    connection.executemany(
        "DELETE FROM paper WHERE id = ? AND record = ?",
        [(paper, record) for paper, record, _ in rows],
    )
    connection.executemany("DELETE FROM mention WHERE unit = ? AND record = ?", units)
    connection.executemany(
        "DELETE FROM cites WHERE record = ?",
        [(number,) for number, (_, record) in papers.items() if record.references],
    )
    ends = {
        number: {node for _, node, _ in shared_links(record)}
        for number, (_, record) in papers.items()
    }
    numbers = _numbers(connection, "shared", set().union(*ends.values()))
    touched.nodes = set(numbers.values())
    connection.executemany(
        "DELETE FROM link WHERE node = ? AND record = ?",
        [(numbers[node], record) for record, nodes in ends.items() for node in nodes],
    )
    return touched


def _forget_split_off(connection: sqlite3.Connection, touched: _Touched) -> None:
    """Drop units of one mention with their record: it may say another name in that place."""
    gone = [
        (number, unit_id, key)
        for number, unit_id, key in connection.execute(
            "SELECT number, unit.id, unit.key FROM json_each(?) AS wanted "
            "CROSS JOIN unit ON number = wanted.value",
            (as_json(sorted(touched.lost)),),
        )
        if unit_id.startswith(MENTION_UNIT)
    ]
    _drop_units(connection, [number for number, _, _ in gone])
    touched.lost -= {number for number, _, _ in gone}
    touched.names |= {unit_id for _, unit_id, _ in gone}
    touched.left |= {key for _, _, key in gone}


def _drop_units(connection: sqlite3.Connection, numbers: Collection[int]) -> None:
    rows = [(number,) for number in numbers]
    connection.executemany("DELETE FROM unit WHERE number = ?", rows)
    connection.executemany("DELETE FROM same_as WHERE a = ?", rows)
    connection.executemany("DELETE FROM same_as WHERE b = ?", rows)


def _numbers(connection: sqlite3.Connection, table: str, ids: Collection[str]) -> dict[str, int]:
    rows = connection.execute(
        f"SELECT {table}.id, number FROM json_each(?) AS wanted "
        f"CROSS JOIN {table} ON {table}.id = wanted.value",
        (as_json(sorted(ids)),),
    )
    return dict(rows.fetchall())


def _write_papers(
    connection: sqlite3.Connection,
    papers: Papers,
    touched: _Touched,
    log: Sequence[Decision],
) -> dict[str, Unit]:
    """Write what stands beside records, and settle everything that has changed by it.

    Returns:
        The units of every part that decisions of the log reach and this change touches.
    """
    _write_links(connection, papers)
    # Which of them are there is found when they are read: both ways, in any order of loads.
    connection.executemany(
        "INSERT INTO cites VALUES (?, ?, ?, ?, ?)",
        [
            (number, one.to, one.intent, one.influential, one.in_text)
            for number, (_, record) in sorted(papers.items())
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
        for number, (_, record) in papers.items()
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
    papers: Papers,
    split: Collection[str],
    touched: _Touched,
) -> None:
    """Write papers and mentions; the units that gain by it are noted in `touched`."""
    named = {number: name_mentions(record, split) for number, (_, record) in papers.items()}
    ids = {mention.unit for mentions in named.values() for mention in mentions}
    units = {unit.id: unit for unit in _counted(connection, "id", sorted(ids))}
    (last,) = connection.execute("SELECT coalesce(max(number), 0) FROM unit").fetchone()
    rows, mentions_of = [], []
    for number, (paper, record) in papers.items():
        slots: list[int] = []
        for mention, mention_id, unit_id, key in named[number]:
            unit = units.get(unit_id)
            if unit is None:
                last += 1
                unit = units[unit_id] = _Counted(
                    number=last,
                    id=unit_id,
                    key=key.text,
                    source=record.source,
                    variants=frozenset((mention.name,)),
                    first_mention=mention_id,
                    author=author_id(key),
                    stored=None,
                )
            else:
                if unit.key != key.text:
                    # A mention that stands for itself has another name than before.
                    touched.left.add(unit.key)
                    unit.key, unit.author = key.text, author_id(key)
                unit.add(mention_id, mention.name)
            position = mention.position or 0
            slots += (unit.number, position)
            mentions_of.append((unit.number, number, position, mention.name))
        rows.append(
            (
                *(paper, number, record.title, record.date),
                *(record.authors_complete, orjson.dumps(slots)),
            )
        )
    # Sorted, as neighbours are written to the same pages.
    connection.executemany("INSERT INTO paper VALUES (?, ?, ?, ?, ?, ?)", sorted(rows))
    connection.executemany("INSERT INTO mention VALUES (?, ?, ?, ?)", sorted(mentions_of))
    touched.units = {unit.number: unit for unit in units.values()}


def _counted(
    connection: sqlite3.Connection, column: str, values: Sequence[str] | Sequence[int]
) -> Iterator[_Counted]:
    for number, unit_id, key, source, spellings, first_mention, author in connection.execute(
        "SELECT number, unit.id, unit.key, source, variants, first_mention, author "
        f"FROM json_each(?) AS wanted CROSS JOIN unit ON unit.{column} = wanted.value",
        (as_json(values),),
    ):
        variants = frozenset(orjson.loads(spellings))
        yield _Counted(
            *(number, unit_id, key, source, variants, first_mention, author),
            stored=(key, variants, first_mention),
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
            "SELECT record.id, position, printed FROM mention "
            "CROSS JOIN record ON number = record WHERE unit = ?",
            (number,),
        ).fetchall()
        unit = units[number]
        if not mentions:
            gone.append(number)
            touched.names.add(unit.id)
            touched.left.add(unit.key)
            continue
        unit.variants = frozenset(printed for _, _, printed in mentions)
        unit.first_mention = min(
            f"{record}#{position or 'subject'}" for record, position, _ in mentions
        )
    _drop_units(connection, gone)
    for number in gone:
        del units[number]

    made = [unit for unit in units.values() if unit.stored is None]
    changed = [
        unit
        for unit in units.values()
        if unit.stored is not None and unit.stored != (unit.key, unit.variants, unit.first_mention)
    ]
    connection.executemany(
        "INSERT INTO unit VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(unit.number, unit.id, unit.key, unit.source, unit.spellings),
                *(unit.first_mention, unit.author, 0),
            )
            for unit in made
        ],
    )
    connection.executemany(
        "UPDATE unit SET key = ?, variants = ?, first_mention = ?, author = ? WHERE number = ?",
        [
            (unit.key, unit.spellings, unit.first_mention, unit.author, unit.number)
            for unit in changed
        ],
    )
    reached = units.values() if everyone else [*made, *changed]
    touched.keys |= {unit.key for unit in reached}


# -- authors --------------------------------------------------------------------------------------


def _settle_authors(
    connection: sqlite3.Connection,
    touched: _Touched,
    linked: Mapping[str, set[str]],
    log: Sequence[Decision],
) -> dict[str, Unit]:
    """Resolve the authors of every part that a change reaches, and write what is new.

    Returns:
        The units that decisions can join or keep apart.
    """
    alone, reached = _close(connection, touched, linked)
    decided = _with_records(connection, reached)
    by_rule = resolve({row.id: unit_of(row) for row in alone}, ())
    by_log = resolve(decided, log)
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
    """Read the parts around touched keys: those that decisions do not reach, and the others.

    A name that is new, the only one of its key, and in no decision has its author already.
    """
    crowded = connection.execute(
        "SELECT value FROM json_each(?) "
        "WHERE (SELECT count(*) FROM unit WHERE unit.key = value) > 1",
        (as_json(sorted(touched.keys)),),
    )
    first = units_by_key(connection, sorted(touched.left | {key for (key,) in crowded}))
    # Where no decision reaches, the names of one key are a closed part.
    closing = Closing(
        keys={row.key for row in first if row.id in linked},
        names=touched.names | {unit.id for unit in touched.units.values() if unit.id in linked},
        linked=linked,
    )
    decided: dict[int, UnitRow] = {}
    while True:
        names, keys = closing.names(), closing.keys()
        if not names and not keys:
            break
        if names:
            found = connection.execute(
                "SELECT DISTINCT unit.key FROM json_each(?) AS wanted "
                "CROSS JOIN unit ON unit.id = wanted.value",
                (as_json(names),),
            )
            closing.add_keys(key for (key,) in found)
        rows = units_by_key(connection, keys)
        closing.take(row.id for row in rows)
        decided |= {row.number: row for row in rows}
    closed = {row.key for row in decided.values()}
    return [row for row in first if row.key not in closed], list(decided.values())


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
