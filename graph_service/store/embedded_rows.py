"""The tables of an embedded store, and reading their rows by lists of ids.

A `record` is what a source says, as JSON. The other tables of facts repeat what it says, laid
out for questions: a row of `paper` a record of a paper, with the paper's own title, date and
completeness, whose `slots` are the numbers of units and their positions in the paper's list, in
turn; `work_key` the texts under which records meet, `work_join` and `same_work` why they are one
paper, or papers one work; a `unit` a name or a split-off mention, with its author; a `mention`
each record that a unit stands on; `aligned` the units that a paper shows to be one person's;
`shared` and `link` what papers share; `same_as` why names are one author. Numbers are given once
and are nobody's business outside.
"""

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

import orjson

from graph_service.identity.units import Unit
from graph_service.model.names import NameKey

TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE record (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL, paper TEXT,
    json BLOB NOT NULL
);
CREATE INDEX record_source ON record (source);
CREATE TABLE paper (
    id TEXT NOT NULL, record INTEGER NOT NULL, title TEXT NOT NULL, date TEXT, complete INTEGER,
    slots BLOB NOT NULL, PRIMARY KEY (id, record)
) WITHOUT ROWID;
CREATE TABLE work_key (
    key TEXT NOT NULL, record INTEGER NOT NULL, PRIMARY KEY (key, record)
) WITHOUT ROWID;
CREATE TABLE work_join (
    paper TEXT NOT NULL, a TEXT NOT NULL, b TEXT NOT NULL, rule TEXT NOT NULL, decision TEXT,
    blocked_by TEXT
);
CREATE INDEX work_join_paper ON work_join (paper);
CREATE TABLE same_work (
    a TEXT NOT NULL, b TEXT NOT NULL, rule TEXT NOT NULL, PRIMARY KEY (a, b)
) WITHOUT ROWID;
CREATE INDEX same_work_b ON same_work (b);
CREATE TABLE unit (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, key TEXT NOT NULL, source TEXT NOT NULL,
    variants TEXT NOT NULL, first_mention TEXT NOT NULL, author TEXT NOT NULL,
    verified INTEGER NOT NULL, identifiers TEXT NOT NULL
);
CREATE INDEX unit_key ON unit (key);
CREATE INDEX unit_author ON unit (author);
CREATE TABLE unit_identifier (
    identifier TEXT NOT NULL, unit INTEGER NOT NULL, PRIMARY KEY (identifier, unit)
) WITHOUT ROWID;
CREATE TABLE aligned (
    a INTEGER NOT NULL, b INTEGER NOT NULL, paper TEXT NOT NULL, PRIMARY KEY (a, b, paper)
) WITHOUT ROWID;
CREATE INDEX aligned_b ON aligned (b);
CREATE INDEX aligned_paper ON aligned (paper);
CREATE TABLE mention (
    unit INTEGER NOT NULL, record INTEGER NOT NULL, position INTEGER NOT NULL,
    printed TEXT NOT NULL, identifiers TEXT, PRIMARY KEY (unit, record)
) WITHOUT ROWID;
CREATE TABLE shared (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, label TEXT NOT NULL, name TEXT NOT NULL
);
CREATE INDEX shared_label ON shared (label, id);
CREATE TABLE link (
    node INTEGER NOT NULL, record INTEGER NOT NULL, printed TEXT NOT NULL,
    PRIMARY KEY (node, record, printed)
) WITHOUT ROWID;
CREATE TABLE cites (
    record INTEGER NOT NULL, cited TEXT NOT NULL, intent TEXT, influential INTEGER,
    in_text INTEGER, PRIMARY KEY (record, cited)
) WITHOUT ROWID;
CREATE TABLE same_as (
    a INTEGER NOT NULL, b INTEGER NOT NULL, rule TEXT NOT NULL, decision TEXT, blocked_by TEXT,
    PRIMARY KEY (a, b)
) WITHOUT ROWID;
CREATE INDEX same_as_b ON same_as (b);
CREATE TABLE decision (number INTEGER PRIMARY KEY, json BLOB NOT NULL);
CREATE TABLE derived_node (id TEXT PRIMARY KEY, label TEXT NOT NULL, json BLOB NOT NULL)
    WITHOUT ROWID;
CREATE TABLE derived_edge (
    type TEXT NOT NULL, start TEXT NOT NULL, end TEXT NOT NULL, name TEXT NOT NULL,
    json BLOB NOT NULL, PRIMARY KEY (name, start, end)
) WITHOUT ROWID;
"""


class UnitRow(NamedTuple):
    """A row of `unit`.

    `variants` is a JSON list, ascending, `verified` 0 or 1; `identifiers` is a JSON list,
    ascending, or empty.
    """

    number: int
    id: str
    key: str
    source: str
    variants: str
    first_mention: str
    author: str
    verified: int
    identifiers: str


def as_json(values: Sequence[str] | Sequence[int]) -> str:
    """Write a list for `json_each`, which takes one of any length as one parameter."""
    return orjson.dumps(values).decode()


def units_by_key(connection: sqlite3.Connection, keys: Sequence[str]) -> list[UnitRow]:
    """The units of these keys, by key and number."""
    return _units(connection, "key", keys)


def units_by_author(connection: sqlite3.Connection, authors: Sequence[str]) -> list[UnitRow]:
    """The units that make these authors, in their order."""
    return _units(connection, "author", authors)


def _units(
    connection: sqlite3.Connection, column: str, values: Sequence[str] | Sequence[int]
) -> list[UnitRow]:
    rows = connection.execute(
        f"SELECT unit.* FROM json_each(?) AS wanted CROSS JOIN unit ON unit.{column} = wanted.value",
        (as_json(values),),
    )
    return [UnitRow._make(row) for row in rows]


def unit_of(row: UnitRow, records: frozenset[str] = frozenset()) -> Unit:
    """Make the unit of a row; `records` are those it stands on, where that matters."""
    return Unit(
        id=row.id,
        key=NameKey.from_text(row.key),
        source=row.source,
        variants=frozenset(orjson.loads(row.variants)),
        first_mention=row.first_mention,
        records=records,
        identifiers=frozenset(orjson.loads(row.identifiers)) if row.identifiers else frozenset(),
    )
