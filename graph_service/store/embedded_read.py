"""Reading an embedded store's rows: cards by key, shelves, counts, streams, and whole layers.

Each function answers from the rows of one moment: it is called inside a transaction, or where
nobody writes. Nothing here builds a graph of the whole.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter, itemgetter

import orjson

from graph_service.identity.persons import Join, Persons
from graph_service.identity.works import WorkJoin
from graph_service.model.names import display_order
from graph_service.model.records import Decision, SourceRecord
from graph_service.model.schema import EDGE_TYPES, NODE_TYPES, Edge, EdgeType, Node, Part
from graph_service.store.embedded_rows import (
    UnitRow,
    as_json,
    unit_of,
    units_by_author,
)
from graph_service.store.fold import (
    SHARED,
    Cited,
    KeptPaper,
    author_node,
    decision_node,
    identity_parts,
    join_edge,
    kept_paper,
    paper_edges,
    paper_node,
    plain_author,
    ranked,
    said_of_citation,
    shared_node,
    source_node,
    stored_record,
)
from graph_service.store.fold import citations as cited_papers
from graph_service.store.protocol import (
    AuthorFacts,
    Citation,
    PaperFacts,
    ProjectedAuthor,
    ProjectedPaper,
    ReferenceCounts,
)

_DERIVED_LABELS = [
    node.label for node in NODE_TYPES if node.layer == "derived" and node.label != "Derivation"
]
_COMPLETE = {None: None, 0: False, 1: True}
# Where a node of a label is found, for relationships that lead to it from elsewhere.
_HOMES = {
    "Author": "unit WHERE author",
    "Paper": "paper WHERE id",
    "Name": "unit WHERE id",
    "Source": "record WHERE source",
    **dict.fromkeys(("Affiliation", "Repo", "Topic", "Venue"), "shared WHERE id"),
    **dict.fromkeys(_DERIVED_LABELS, "derived_node WHERE id"),
}


# -- streams --------------------------------------------------------------------------------------


class PaperPages:
    """Pages of papers for the projection, one after the other.

    It keeps the author of every unit between pages, some 80 bytes each, and reads them again
    where somebody has written meanwhile.
    """

    def __init__(self) -> None:
        self._generation: str | None = None
        self._authors: list[str] = []

    def page(
        self, connection: sqlite3.Connection, after: str, rows: int
    ) -> tuple[list[ProjectedPaper], str | None]:
        """Some thousand papers that come after an id.

        Returns:
            Papers by id, and the id after which the next page begins; absent at the end.
        """
        authors = self._authors_of_units(connection)
        last = _page_end(connection, "paper", "id", after, rows)
        page = connection.execute(
            "SELECT id, title, date, complete, slots FROM paper WHERE id > ? "
            + ("AND id <= ? " if last is not None else "")
            + "ORDER BY id, record",
            (after,) if last is None else (after, last),
        )
        found: list[ProjectedPaper] = []
        previous = ""
        for paper, title, date, complete, stored in page:
            slots = orjson.loads(stored)
            pairs = sorted([(authors[unit], at) for unit, at in zip(slots[::2], slots[1::2])])  # noqa: B905 - always in pairs, and this is the loop of a million
            if paper == previous:
                # All say the same of the paper; only the record that leads says places.
                pairs = _together(found.pop().slots, pairs)
            previous = paper
            found.append(
                ProjectedPaper(paper, title, date or "", _COMPLETE[complete], tuple(pairs))
            )
        return found, last

    def _authors_of_units(self, connection: sqlite3.Connection) -> list[str]:
        (generation,) = connection.execute(
            "SELECT value FROM meta WHERE name = 'generation'"
        ).fetchone()
        if generation != self._generation:
            (last,) = connection.execute("SELECT coalesce(max(number), 0) FROM unit").fetchone()
            self._authors = [""] * (last + 1)
            for number, author in connection.execute("SELECT number, author FROM unit"):
                self._authors[number] = author
            self._generation = generation
        return self._authors


def _together(
    one: Iterable[tuple[str, int]], other: Iterable[tuple[str, int]]
) -> list[tuple[str, int]]:
    places: dict[str, int] = {}
    for author, place in (*one, *other):
        places[author] = max(place, places.get(author, 0))
    return sorted(places.items())


def authors_page(
    connection: sqlite3.Connection, after: str, rows: int
) -> tuple[list[ProjectedAuthor], str | None]:
    """Some thousand authors that come after an id; returns as `PaperPages.page`."""
    last = _page_end(connection, "unit", "author", after, rows)
    page = connection.execute(
        "SELECT author, variants, verified FROM unit WHERE author > ? "
        + ("AND author <= ? " if last is not None else "")
        + "ORDER BY author",
        (after,) if last is None else (after, last),
    ).fetchall()
    found = []
    for author, units in groupby(page, key=itemgetter(0)):
        variants: list[str] = []
        verified = True
        for _, spellings, sure in units:
            variants += orjson.loads(spellings)
            verified = verified and bool(sure)
        if len(variants) > 1:
            variants = sorted(set(variants))
        found.append(
            ProjectedAuthor(
                author,
                variants[0] if len(variants) == 1 else min(variants, key=display_order),
                "verified" if verified else "unverified",
                tuple(variants),
            )
        )
    return found, last


def _page_end(
    connection: sqlite3.Connection, table: str, column: str, after: str, rows: int
) -> str | None:
    """The id at which a page of at least so many rows ends; absent when fewer are left."""
    row = connection.execute(
        f"SELECT {column} FROM {table} WHERE {column} > ? ORDER BY {column} LIMIT 1 OFFSET ?",
        (after, rows - 1),
    ).fetchone()
    return str(row[0]) if row else None


# -- cards ----------------------------------------------------------------------------------------


def author_facts(connection: sqlite3.Connection, ids: Sequence[str]) -> list[AuthorFacts]:
    """The authors with these ids, in the given order; unknown ids are left out."""
    rows = units_by_author(connection, ids)
    sources = _source_records(connection, {row.source for row in rows})
    joins = _name_joins(connection, rows)
    found: dict[str, AuthorFacts] = {}
    for author, members in groupby(rows, key=attrgetter("author")):
        units = {row.id: row for row in members}
        persons = Persons(
            author_of=dict.fromkeys(units, author), verified=_verified(units.values()), joins=()
        )
        parts = list(
            identity_parts({id_: unit_of(row) for id_, row in units.items()}, persons, sources)
        )
        nodes = {part.id: part for part in parts if isinstance(part, Node)}
        found[author] = AuthorFacts(
            nodes[author],
            tuple((nodes[part.start], part) for part in parts if isinstance(part, Edge)),
            tuple(joins.get(author, ())),
        )
    return [found[author] for author in ids if author in found]


def _name_joins(connection: sqlite3.Connection, rows: Sequence[UnitRow]) -> dict[str, list[Edge]]:
    """Why names are one author, or are not, by author; `rows` are all names of these."""
    author_of = {row.id: row.author for row in rows}
    joins = {
        Join(*join)
        for join in connection.execute(
            "SELECT one.id, other.id, rule, decision, blocked_by FROM json_each(?1) AS wanted "
            "CROSS JOIN same_as ON a = wanted.value "
            "CROSS JOIN unit AS one ON one.number = a CROSS JOIN unit AS other ON other.number = b "
            "UNION "
            "SELECT one.id, other.id, rule, decision, blocked_by FROM json_each(?1) AS wanted "
            "CROSS JOIN same_as ON b = wanted.value "
            "CROSS JOIN unit AS one ON one.number = a CROSS JOIN unit AS other ON other.number = b",
            (as_json(sorted(row.number for row in rows)),),
        )
    }
    found: dict[str, list[Edge]] = {}
    for join in sorted(joins, key=lambda join: (join.a, join.b)):
        for author in {author_of.get(join.a), author_of.get(join.b)} - {None}:
            found.setdefault(str(author), []).append(join_edge(join))
    return found


def paper_facts(connection: sqlite3.Connection, ids: Sequence[str]) -> list[PaperFacts]:
    """The papers with these ids, in the given order; unknown ids are left out."""
    rows = connection.execute(
        "SELECT paper.id, record.json, slots FROM json_each(?) AS wanted "
        "CROSS JOIN paper ON paper.id = wanted.value "
        "CROSS JOIN record ON record.number = paper.record",
        (as_json(sorted(set(ids))),),
    ).fetchall()
    slots_of = [orjson.loads(slots)[::2] for _, _, slots in rows]
    units = _units_of_numbers(connection, {unit for slots in slots_of for unit in slots})
    author_of = {number: author for number, (_, author) in units.items()}
    joins = _work_joins(connection, {paper for paper, _, _ in rows})
    papers: dict[str, Node] = {}
    edges: dict[str, list[Edge]] = {}
    sources: set[str] = set()
    said = (
        (paper, kept_paper(content), slots)
        for (paper, content, _), slots in zip(rows, slots_of, strict=True)
    )
    for paper, group in groupby(said, key=itemgetter(0)):
        records, authors_of, units_of = _told(group, units)
        papers[paper] = paper_node(records, paper, joins.get(paper, ()))
        edges[paper] = list(paper_edges(records, paper, authors_of, units_of))
        sources.update(record.source for record in records)
    authors = _author_nodes(connection, sorted(set(author_of.values())))
    ends = {edge.end for own in edges.values() for edge in own if edge.type != "AUTHORED"}
    linked = _linked_nodes(connection, ends, sources)
    same = _same_works(connection, papers)
    return [
        PaperFacts(
            papers[paper],
            *_in_order(edges[paper], authors, linked),
            tuple(sorted(same.get(paper, ()))),
        )
        for paper in ids
        if paper in papers
    ]


def _same_works(
    connection: sqlite3.Connection, papers: Iterable[str]
) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for paper, other, rule in connection.execute(
        "SELECT a, b, rule FROM json_each(?1) AS wanted CROSS JOIN same_work ON a = wanted.value "
        "UNION ALL "
        "SELECT b, a, rule FROM json_each(?1) AS wanted CROSS JOIN same_work ON b = wanted.value",
        (as_json(sorted(papers)),),
    ):
        found.setdefault(paper, []).append((other, rule))
    return found


def _in_order(
    edges: Collection[Edge], authors: Mapping[str, Node], linked: Mapping[str, Node]
) -> tuple[tuple[tuple[Edge, Node], ...], tuple[tuple[Edge, Node], ...]]:
    authored = [edge for edge in edges if edge.type == "AUTHORED"]
    authored.sort(
        key=lambda edge: (
            "position" not in edge.properties,
            edge.properties.get("position", 0),
            edge.start,
        )
    )
    links = [edge for edge in edges if edge.type != "AUTHORED"]
    links.sort(key=lambda edge: (edge.type, edge.end))
    return (
        tuple((edge, authors[edge.start]) for edge in authored),
        tuple((edge, linked[edge.end]) for edge in links),
    )


def _told(
    rows: Iterable[tuple[str, KeptPaper, Sequence[int]]], units: Mapping[int, tuple[str, str]]
) -> tuple[list[KeptPaper], dict[str, str], dict[str, str]]:
    """The records of a paper in the order of their ranks; the authors and units of its mentions."""
    records, authors_of, units_of = [], {}, {}
    for _, record, slots in rows:
        records.append(record)
        for mention, unit in zip(record.mentions, slots, strict=True):
            mention_id = f"{record.id}#{mention.position or 'subject'}"
            units_of[mention_id], authors_of[mention_id] = units[unit]
    return ranked(records), authors_of, units_of


def _units_of_numbers(
    connection: sqlite3.Connection, numbers: Collection[int]
) -> dict[int, tuple[str, str]]:
    """The id and the author of units."""
    rows = connection.execute(
        "SELECT number, unit.id, author FROM json_each(?) AS wanted "
        "CROSS JOIN unit ON number = wanted.value",
        (as_json(sorted(numbers)),),
    )
    return {number: (unit, author) for number, unit, author in rows}


def _work_joins(
    connection: sqlite3.Connection, papers: Collection[str]
) -> dict[str, list[WorkJoin]]:
    """Why the records of papers are one, by paper."""
    found: dict[str, list[WorkJoin]] = {}
    for paper, *join in connection.execute(
        "SELECT work_join.* FROM json_each(?) AS wanted "
        "CROSS JOIN work_join ON paper = wanted.value ORDER BY paper, a, b, coalesce(decision, '')",
        (as_json(sorted(papers)),),
    ):
        found.setdefault(paper, []).append(WorkJoin(*join))
    return found


def _author_nodes(connection: sqlite3.Connection, authors: Sequence[str]) -> dict[str, Node]:
    rows = units_by_author(connection, authors)
    sources = _source_records(connection, {row.source for row in rows})
    with_figures = {name for name, record in sources.items() if record.metrics}
    nodes: dict[str, Node] = {}
    for author, group in groupby(rows, key=attrgetter("author")):
        members = list(group)
        first = members[0]
        if len(members) == 1 and first.source not in with_figures:
            nodes[author] = plain_author(
                author,
                orjson.loads(first.variants),
                bool(first.verified),
                orjson.loads(first.identifiers) if first.identifiers else (),
            )
        else:
            units = [unit_of(row) for row in members]
            nodes[author] = author_node(author, units, _verified(members), sources)
    return nodes


def _linked_nodes(
    connection: sqlite3.Connection, ids: Iterable[str], sources: Iterable[str]
) -> dict[str, Node]:
    rows = connection.execute(
        "SELECT label, shared.id, name FROM json_each(?) AS wanted "
        "CROSS JOIN shared ON shared.id = wanted.value",
        (as_json(sorted(ids)),),
    ).fetchall()
    nodes = [shared_node(label, node_id, [name]) for label, node_id, name in rows]
    names = set(sources)
    records = _source_records(connection, names)
    nodes += [source_node(name, records.get(name)) for name in sorted(names)]
    return {node.id: node for node in nodes}


def _source_records(
    connection: sqlite3.Connection, names: Collection[str]
) -> dict[str, SourceRecord]:
    rows = connection.execute(
        "SELECT record.json FROM json_each(?) AS wanted CROSS JOIN record ON record.id = wanted.value",
        (as_json([f"source:{name}" for name in sorted(names)]),),
    ).fetchall()
    records = [stored_record(content) for (content,) in rows]
    return {record.name: record for record in records if isinstance(record, SourceRecord)}


def _verified(rows: Iterable[UnitRow]) -> frozenset[str]:
    return frozenset(row.id for row in rows if row.verified)


def authors_known_as(connection: sqlite3.Connection, text: str) -> list[str]:
    """The ids of authors who bear a name of this key, or this identifier, ascending."""
    if ":" not in text:  # as in every identifier, and in no key
        query = "SELECT DISTINCT author FROM unit WHERE key = ? ORDER BY author"
    else:
        query = (
            "SELECT DISTINCT author FROM unit_identifier CROSS JOIN unit ON number = unit "
            "WHERE identifier = ? ORDER BY author"
        )
    return _ids(connection, query, text)


def papers_known_as(connection: sqlite3.Connection, text: str) -> list[str]:
    """The ids of papers that bear an identifier or have a record of this id, ascending."""
    return _ids(
        connection,
        "SELECT paper FROM record WHERE id = ?1 AND paper IS NOT NULL UNION "
        "SELECT paper FROM work_key CROSS JOIN record ON number = record WHERE work_key.key = ?1 "
        "ORDER BY paper",
        text,
    )


# -- shelves and counts ---------------------------------------------------------------------------


def shelf(
    connection: sqlite3.Connection, label: str, node_id: str | None
) -> list[tuple[Node, list[str]]]:
    """Nodes of a label that papers share, or the one of an id, each with its paper ids."""
    if label == "Source":
        return _sources_with_papers(connection, node_id)
    if node_id is not None:
        rows = connection.execute(
            "SELECT number, id, name FROM shared WHERE label = ? AND id = ?", (label, node_id)
        ).fetchall()
        return [
            (
                shared_node(label, node, [name]),
                _ids(
                    connection,
                    "SELECT DISTINCT paper FROM link CROSS JOIN record ON number = record "
                    "WHERE node = ? ORDER BY paper",
                    number,
                ),
            )
            for number, node, name in rows
        ]
    ids, place_of = _papers_by_number(connection)
    places: dict[int, set[int]] = {}
    for node, record in connection.execute(
        "SELECT node, record FROM shared CROSS JOIN link ON node = number WHERE label = ?", (label,)
    ):
        places.setdefault(node, set()).add(place_of[record])
    return [
        (shared_node(label, node, [name]), [ids[place] for place in sorted(places[number])])
        for number, node, name in connection.execute(
            "SELECT number, id, name FROM shared WHERE label = ? ORDER BY id", (label,)
        )
    ]


def _papers_by_number(connection: sqlite3.Connection) -> tuple[list[str], dict[int, int]]:
    """Paper ids, ascending, and the place among them of each record's paper."""
    ids: list[str] = []
    place_of: dict[int, int] = {}
    for paper, record in connection.execute("SELECT id, record FROM paper ORDER BY id"):
        if not ids or ids[-1] != paper:
            ids.append(paper)
        place_of[record] = len(ids) - 1
    return ids, place_of


def _sources_with_papers(
    connection: sqlite3.Connection, node_id: str | None
) -> list[tuple[Node, list[str]]]:
    names = _source_names(connection)
    if node_id is not None:
        names = [name for name in names if f"source:{name}" == node_id]
    records = _source_records(connection, names)
    return [
        (
            source_node(name, records.get(name)),
            _ids(
                connection,
                "SELECT DISTINCT paper FROM record WHERE source = ? AND paper IS NOT NULL "
                "ORDER BY paper",
                name,
            ),
        )
        for name in names
    ]


def _source_names(connection: sqlite3.Connection) -> list[str]:
    """Names of sources, ascending; each is one step in the index, however many its records."""
    names: list[str] = []
    while True:
        (name,) = connection.execute(
            "SELECT min(source) FROM record WHERE source > ?", (names[-1] if names else "",)
        ).fetchone()
        if name is None:
            return names
        names.append(name)


def _ids(connection: sqlite3.Connection, query: str, *values: str | int) -> list[str]:
    return [found for (found,) in connection.execute(query, values)]


def count_facts(connection: sqlite3.Connection) -> dict[str, int]:
    """How many nodes of each label and relationships of each type the facts have, zeros too."""
    counted = {
        "Author": "SELECT count(DISTINCT author) FROM unit",
        "Paper": "SELECT count(DISTINCT id) FROM paper",
        "Name": "SELECT count(*) FROM unit",
        "Decision": "SELECT count(*) FROM decision",
        "AUTHORED": "SELECT count(*) FROM (SELECT 1 FROM mention "
        "CROSS JOIN unit ON unit.number = mention.unit "
        "CROSS JOIN record ON record.number = mention.record GROUP BY author, paper)",
        "LISTED_IN": "SELECT count(*) FROM (SELECT 1 FROM paper CROSS JOIN record "
        "ON number = paper.record GROUP BY paper.id, source)",
        "SAME_WORK_AS": "SELECT count(*) FROM same_work",
        "ALIGNED_WITH": "SELECT count(*) FROM aligned",
        "NAME_OF": "SELECT count(*) FROM unit",
        "SAME_AS": "SELECT count(*) FROM same_as",
    }
    counts = {name: _one(connection, query) for name, query in counted.items()}
    counts["Source"] = len(_source_names(connection))
    counts["CITES"] = _one(connection, f"SELECT count(*) FROM ({_CITED_PAPERS})")
    for kind, label in SHARED.items():
        counts[label] = _one(connection, "SELECT count(*) FROM shared WHERE label = ?", label)
        counts[kind] = _one(
            connection,
            "SELECT count(*) FROM (SELECT DISTINCT node, paper FROM shared "
            "CROSS JOIN link ON node = shared.number CROSS JOIN record ON record.number = link.record "
            "WHERE label = ?)",
            label,
        )
    return counts


# Citations of which both papers are there, a reference naming one by its record or an identifier;
# nobody cites themselves.
_CITED_PAPERS = (
    "SELECT DISTINCT newer.paper AS citing, older.paper AS cited FROM cites "
    "CROSS JOIN record AS newer ON newer.number = cites.record "
    "CROSS JOIN record AS older ON older.id = cites.cited "
    "WHERE older.paper IS NOT NULL AND older.paper <> newer.paper "
    "UNION SELECT newer.paper, older.paper FROM cites "
    "CROSS JOIN record AS newer ON newer.number = cites.record "
    "CROSS JOIN work_key ON work_key.key = cites.cited "
    "CROSS JOIN record AS older ON older.number = work_key.record "
    "WHERE older.paper <> newer.paper"
)
_CITATIONS = (
    "SELECT newer.paper, cites.cited, older.paper, intent, influential, in_text FROM cites "
    "CROSS JOIN record AS newer ON newer.number = cites.record "
    "CROSS JOIN record AS older ON older.id = cites.cited WHERE older.paper IS NOT NULL "
    "UNION ALL SELECT newer.paper, cites.cited, older.paper, intent, influential, in_text FROM cites "
    "CROSS JOIN record AS newer ON newer.number = cites.record "
    "CROSS JOIN work_key ON work_key.key = cites.cited "
    "CROSS JOIN record AS older ON older.number = work_key.record"
)


def citations(connection: sqlite3.Connection) -> list[Citation]:
    """All citations, by citing paper, then cited paper."""
    papers_of: dict[str, set[str]] = {}
    references = []
    for citing, to, cited, intent, said, in_text in connection.execute(_CITATIONS):
        papers_of.setdefault(to, set()).add(cited)
        references.append(Cited(citing, to, intent, _COMPLETE[said], in_text))
    return [
        Citation(
            edge.start,
            edge.end,
            *(edge.properties.get(name) for name in ("intent", "influential", "in_text")),  # type: ignore[arg-type]
        )
        for edge in cited_papers(references, papers_of)
    ]


def reference_counts(connection: sqlite3.Connection) -> ReferenceCounts:
    """References that lead nowhere, and papers whose list of them may be cut."""
    unresolved = _one(
        connection,
        "SELECT count(*) FROM (SELECT DISTINCT paper, cited FROM cites "
        "CROSS JOIN record ON number = cites.record "
        "WHERE NOT EXISTS (SELECT 1 FROM record AS older WHERE older.id = cited "
        "AND older.paper IS NOT NULL) "
        "AND NOT EXISTS (SELECT 1 FROM work_key WHERE key = cited))",
    )
    said = dict(
        connection.execute(
            "SELECT whole, count(*) FROM (SELECT max(json_extract(CAST(json AS TEXT), "
            "'$.references_complete')) AS whole FROM record "
            "WHERE paper IN (SELECT paper FROM cites CROSS JOIN record ON number = cites.record) "
            "GROUP BY paper) GROUP BY whole"
        ).fetchall()
    )
    return ReferenceCounts(unresolved, partial=said.get(0, 0), unsaid=said.get(None, 0))


def _one(connection: sqlite3.Connection, query: str, *values: str) -> int:
    return int(connection.execute(query, values).fetchone()[0])


# -- the derived layer ----------------------------------------------------------------------------


def derived_parts(connection: sqlite3.Connection, part: Part | None) -> Iterator[Node | Edge]:
    """The derived layer or a part of it; a row of which an end is away is left out."""
    for node in NODE_TYPES:
        if node.layer == "derived" and part in (None, node.part):
            for node_id, properties in connection.execute(
                "SELECT id, json FROM derived_node WHERE label = ?", (node.label,)
            ):
                yield Node(node.label, node_id, orjson.loads(properties))
    for edge in EDGE_TYPES:
        if edge.layer == "derived" and part in (None, edge.part):
            for start, end, properties in connection.execute(
                f"SELECT start, end, json {_whole(edge)}", _names(edge.type)
            ):
                yield Edge(edge.type, start, end, orjson.loads(properties))


def count_derived(connection: sqlite3.Connection, *, whole: bool) -> dict[str, int]:
    """Count the derived layer by label and type; `whole` says that no end can be away."""
    counts: dict[str, int] = dict(
        connection.execute("SELECT label, count(*) FROM derived_node GROUP BY label").fetchall()
    )
    for edge in EDGE_TYPES:
        if edge.layer == "derived":
            rest = _OF_TYPE if whole else _whole(edge)
            (count,) = connection.execute(f"SELECT count(*) {rest}", _names(edge.type)).fetchone()
            counts[edge.type] = counts.get(edge.type, 0) + count
    return counts


# A name is the type alone, or the type, a blank and what else tells it from others.
_OF_TYPE = "FROM derived_edge AS edge WHERE (name = ? OR (name > ? AND name < ?))"


def _names(kind: str) -> tuple[str, str, str]:
    return kind, f"{kind} ", f"{kind}!"


def _whole(kind: EdgeType) -> str:
    ends = ((kind.start, "start"), (kind.end, "end"))
    there = (f"EXISTS (SELECT 1 FROM {_HOMES[label]} = edge.{end})" for label, end in ends)
    return f"{_OF_TYPE} AND {' AND '.join(there)}"


# -- everything -----------------------------------------------------------------------------------


def facts_parts(connection: sqlite3.Connection) -> Iterator[Node | Edge]:
    """The whole facts graph as the rows have it, nodes and relationships mixed."""
    units = [UnitRow._make(row) for row in connection.execute("SELECT * FROM unit ORDER BY number")]
    named = {row.number: (row.id, row.author) for row in units}
    joins = _work_joins(connection, _ids(connection, "SELECT DISTINCT paper FROM work_join"))
    rows = connection.execute(
        "SELECT paper.id, json, slots FROM paper CROSS JOIN record ON number = paper.record "
        "ORDER BY paper.id"
    )
    said = ((paper, kept_paper(text), orjson.loads(slots)[::2]) for paper, text, slots in rows)
    for paper, group in groupby(said, key=itemgetter(0)):
        records, authors_of, units_of = _told(group, named)
        yield paper_node(records, paper, joins.get(paper, ()))
        yield from paper_edges(records, paper, authors_of, units_of)
    for a, b, rule in connection.execute("SELECT a, b, rule FROM same_work"):
        yield Edge("SAME_WORK_AS", a, b, {"rule": rule})
    for a, b, paper in connection.execute("SELECT a, b, paper FROM aligned"):
        start, end = sorted((named[a][0], named[b][0]))
        yield Edge("ALIGNED_WITH", start, end, {"paper": paper})
    for citation in citations(connection):
        yield Edge("CITES", citation.citing, citation.cited, said_of_citation(*citation[2:]))
    for label, node_id, name in connection.execute("SELECT label, id, name FROM shared"):
        yield shared_node(label, node_id, [name])
    names = _source_names(connection)
    sources = _source_records(connection, names)
    for name in names:
        yield source_node(name, sources.get(name))
    yield from identity_parts(
        {row.id: unit_of(row) for row in units},
        Persons(
            author_of={row.id: row.author for row in units},
            verified=_verified(units),
            joins=_joins(connection, {row.number: row.id for row in units}),
        ),
        sources,
    )
    for (content,) in connection.execute("SELECT json FROM decision"):
        yield decision_node(Decision.model_validate_json(content))


def _joins(connection: sqlite3.Connection, id_of: Mapping[int, str]) -> tuple[Join, ...]:
    return tuple(
        Join(id_of[a], id_of[b], rule, decision, blocked_by)
        for a, b, rule, decision, blocked_by in connection.execute("SELECT * FROM same_as")
    )
