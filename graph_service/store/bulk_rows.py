"""Rows of import files, of records and of what was found out about all of them.

The graph is made by the functions of `store.fold`, which know nodes by number here where they
only pass an id through. Papers of one record of the plainest kind, which most are, are written
by `plain_paper` straight from their JSON; a test holds the two ways against each other.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph_service.identity.works import WorkJoin
from graph_service.model.identifiers import PAPER_RANK, best_identifier
from graph_service.model.ids import source_id, title_paper_id
from graph_service.model.records import PaperRecord, Reference
from graph_service.model.schema import Edge, Value, known
from graph_service.store.bulk_facts import Gathered, Resolved, mention_id, unit_of
from graph_service.store.fold import (
    Cited,
    KeptPaper,
    Said,
    author_node,
    citations,
    join_edge,
    kept_paper,
    paper_edges,
    paper_node,
    plain_author,
    said_of_citation,
    shared_node,
    source_node,
)
from graph_service.store.import_files import Part, edge_row, node_row
from graph_service.store.neo4j_server import PERSON_KEY, RECORD, REFERENCE, WORK_KEY

RECORDS_A_TASK = 5_000
AUTHORS_A_TASK = 20_000


@dataclass(frozen=True, slots=True)
class Numbers:
    """Where the numbers of each kind of node begin. Papers are numbered as their first records."""

    records: int
    papers: int
    names: int
    authors: int
    keys: int
    persons: int
    references: int
    shared: int
    sources: int
    store: int


@dataclass(frozen=True, slots=True)
class TaskDone:
    """What a task says of its files."""

    records: int
    longest: int
    several_lines: bool


class Writer:
    """Writes the rows of everything that was gathered, task by task, in any order."""

    def __init__(self, folder: Path, gathered: Gathered, resolved: Resolved) -> None:
        self._folder = folder
        self._gathered = gathered
        self._resolved = resolved
        self._unit_ids = list(gathered.units)
        self._authors = list(resolved.authors.items())
        borne = sorted({one for own in resolved.identifiers for one in own})
        self._person_keys = {one: number for number, one in enumerate(borne)}
        self._with_figures = {name for name, one in gathered.sources.items() if one.metrics}
        records = len(gathered.record_ids)
        names = 2 * records
        authors = names + len(self._unit_ids)
        keys = authors + len(self._authors)
        persons = keys + len(gathered.keys)
        references = persons + len(self._person_keys)
        shared = references + len(gathered.references)
        sources = shared + len(gathered.shared)
        self._numbers = Numbers(
            records=0,
            papers=records,
            names=names,
            authors=authors,
            keys=keys,
            persons=persons,
            references=references,
            shared=shared,
            sources=sources,
            store=sources + len(gathered.source_names),
        )
        self._papers_of = _PapersOf(gathered, self.paper_number)

    def tasks(self) -> list[Callable[[Part], int]]:
        """Everything there is to write, in parts of bounded size; each says how many records."""
        found: list[Callable[[Part], int]] = []

        def each(work: Callable[[Part, int, int], int], count: int, step: int) -> None:
            found.extend(
                _Task(work, first, min(first + step, count)) for first in range(0, count, step)
            )

        each(self._write_records, len(self._gathered.record_ids), RECORDS_A_TASK)
        each(self._write_special, len(self._resolved.works), RECORDS_A_TASK)
        each(self._write_authors, len(self._authors), AUTHORS_A_TASK)
        found.append(self._write_others)
        return found

    def run(self, number: int, task: Callable[[Part], int]) -> TaskDone:
        """Do one task."""
        part = Part(self._folder, number)
        records = task(part)
        part.flush()
        return TaskDone(records, part.longest, part.several_lines)

    def paper_number(self, record: int) -> int:
        """The number of a record's paper."""
        special = self._resolved.work_of.get(record)
        return self._numbers.papers + (record if special is None else min(special.records))

    # -- records ------------------------------------------------------------------------------

    def _write_records(self, part: Part, first: int, last: int) -> int:
        """Write records, what leads to them, and papers that are of one record alone."""
        gathered, numbers = self._gathered, self._numbers
        special = self._resolved.work_of
        rows, keys = part.rows("Record"), part.rows("HAS_KEY")
        for number, content in enumerate(gathered.spool.read(first, last), start=first):
            text = content.decode()
            properties: dict[str, Value] = {"json": text}
            if gathered.is_paper[number]:
                kept = kept_paper(content)
                properties["source"] = kept.source
                if number in special:
                    properties["paper"] = special[number].id
                else:
                    paper = _paper_id(kept)
                    properties["paper"] = paper
                    self._write_single(part, number, paper, kept)
                for to, intent, influential, in_text in _references(kept):
                    place = numbers.references + gathered.references[to]
                    said = said_of_citation(intent, influential, in_text)
                    part.add("REFERS_TO", [edge_row("REFERS_TO", number, place, said)])
            else:
                properties["source"] = _source_of(gathered.record_ids[number])
            rows.append(
                node_row("Record", number, RECORD + gathered.record_ids[number], properties)
            )
            before = gathered.record_keys_end[number - 1] if number else 0
            for place in gathered.record_keys[before : gathered.record_keys_end[number]]:
                keys.append(edge_row("HAS_KEY", number, numbers.keys + place, {}))
        return last - first

    def _write_single(self, part: Part, number: int, paper: str, kept: KeptPaper) -> None:
        gathered, numbers = self._gathered, self._numbers
        before = gathered.mentions_end[number - 1] if number else 0
        authors: dict[str, str] = {}
        units: dict[str, str] = {}
        for mention, place in zip(
            kept.mentions,
            gathered.mentions[before : gathered.mentions_end[number]],
            strict=True,
        ):
            unit = gathered.unit_of_printed[place]
            one = mention_id(kept.id, mention.position or 0)
            units[one] = self._unit_ids[unit]
            authors[one] = str(numbers.authors + self._resolved.author_of[unit])
        self._write_paper(part, [kept], paper, number + numbers.papers, authors, units)

    def _write_special(self, part: Part, first: int, last: int) -> int:
        """Write papers that were resolved the whole way."""
        for special in self._resolved.works[first:last]:
            records = [
                PaperRecord.model_validate_json(self._gathered.spool.one(number))
                for number in special.records
            ]
            authors = {
                one: str(self._numbers.authors + self._resolved.author_of[unit])
                for one, unit in special.units.items()
            }
            units = {one: self._unit_ids[unit] for one, unit in special.units.items()}
            number = self.paper_number(special.records[0])
            self._write_paper(part, records, special.id, number, authors, units, special.joins)
            for record, key in special.former:
                part.add("HAS_KEY", [edge_row("HAS_KEY", record, self._numbers.keys + key, {})])
        return 0

    def _write_paper(
        self,
        part: Part,
        records: Sequence[Said],
        paper: str,
        number: int,
        authors: Mapping[str, str],
        units: Mapping[str, str],
        joins: Sequence[WorkJoin] = (),
    ) -> None:
        """Write a paper of its records, in the order of their ranks, and its relationships."""
        node = paper_node(records, paper, joins)
        part.add("Paper", [node_row("Paper", number, paper, node.properties)])
        for one in paper_edges(records, paper, authors, units):
            if one.type == "AUTHORED":
                part.add(one.type, [edge_row(one.type, one.start, number, one.properties)])
            else:
                end = self._number_of(one)
                part.add(one.type, [edge_row(one.type, number, end, one.properties)])
        references = [
            Cited(str(number), *said) for record in records for said in _references(record)
        ]
        if references:
            found = citations(references, self._papers_of)
            part.add("CITES", [edge_row("CITES", e.start, e.end, e.properties) for e in found])

    def _number_of(self, edge: Edge) -> int:
        """The number of what a paper leads to."""
        if edge.type == "LISTED_IN":
            name = edge.end.removeprefix("source:")
            return self._numbers.sources + self._gathered.source_names[name]
        return self._numbers.shared + self._gathered.shared[edge.end]

    # -- people -------------------------------------------------------------------------------

    def _write_authors(self, part: Part, first: int, last: int) -> int:
        """Write authors, their names, and what the names are found by."""
        gathered, resolved, numbers = self._gathered, self._resolved, self._numbers
        authors, names = part.rows("Author"), part.rows("Name")
        of_author = part.rows("NAME_OF")
        for place, (author, members) in enumerate(self._authors[first:last], start=first):
            if len(members) == 1 and gathered.unit_sources[members[0]] not in self._with_figures:
                unit = members[0]
                node = plain_author(
                    author,
                    resolved.variants[unit],
                    unit in resolved.verified,
                    resolved.identifiers[unit],
                )
            else:
                units = [unit_of(gathered, resolved, self._unit_ids, one) for one in members]
                verified = [self._unit_ids[one] for one in members if one in resolved.verified]
                node = author_node(author, units, verified, gathered.sources)
            authors.append(node_row("Author", numbers.authors + place, author, node.properties))
            for unit in members:
                id_, said = self._name(unit)
                names.append(node_row("Name", numbers.names + unit, id_, said))
                status = "verified" if unit in resolved.verified else "unverified"
                of_author.append(
                    edge_row(
                        "NAME_OF",
                        numbers.names + unit,
                        numbers.authors + place,
                        {"status": status},
                    )
                )
                for one in resolved.identifiers[unit]:
                    end = numbers.persons + self._person_keys[one]
                    part.add("BEARS", [edge_row("BEARS", numbers.names + unit, end, {})])
        return 0

    def _name(self, number: int) -> tuple[str, dict[str, Value]]:
        gathered, resolved = self._gathered, self._resolved
        unit = unit_of(gathered, resolved, self._unit_ids, number)
        return unit.id, known(
            name=unit.display,
            key=unit.key.text,
            source=source_id(unit.source),
            variants=resolved.variants[number],
            first_mention=unit.first_mention,
            identifiers=resolved.identifiers[number],
        )

    # -- everything else ----------------------------------------------------------------------

    def _write_others(self, part: Part) -> int:
        """Write what is not of one record or author."""
        gathered, resolved, numbers = self._gathered, self._resolved, self._numbers
        for key, number in gathered.keys.items():
            if gathered.key_is_stored[number]:
                part.add("Key", [node_row("Key", numbers.keys + number, WORK_KEY + key, {})])
        for key, number in self._person_keys.items():
            part.add("Key", [node_row("Key", numbers.persons + number, PERSON_KEY + key, {})])
        for to, number in gathered.references.items():
            place = numbers.references + number
            part.add("Reference", [node_row("Reference", place, REFERENCE + to, {})])
        for (node_id, number), label, name in zip(
            gathered.shared.items(), gathered.shared_labels, gathered.shared_names, strict=True
        ):
            node = shared_node(label, node_id, [name])
            part.add(label, [node_row(label, numbers.shared + number, node_id, node.properties)])
        for name, number in gathered.source_names.items():
            node = source_node(name, gathered.sources.get(name))
            row = node_row("Source", numbers.sources + number, node.id, node.properties)
            part.add("Source", [row])
        for edge in self._between_names():
            start, end = gathered.units[edge.start], gathered.units[edge.end]
            row = edge_row(edge.type, numbers.names + start, numbers.names + end, edge.properties)
            part.add(edge.type, [row])
        papers = {work.id: self.paper_number(work.records[0]) for work in resolved.works}
        for edge in resolved.links:
            row = edge_row(edge.type, papers[edge.start], papers[edge.end], edge.properties)
            part.add(edge.type, [row])
        total = gathered.sum
        # Without a version: whoever opens the store first makes its indexes, and then says it.
        stored: dict[str, Value] = {"facts_sum": total.stored, "facts_revision": total.revision}
        part.add("Store", [node_row("Store", numbers.store, "store", stored)])
        part.add("Writer", [node_row("Writer", numbers.store + 1, "writer", {"held": 0})])
        return 0

    def _between_names(self) -> Iterator[Edge]:
        """Relationships between names, each once by its key."""
        found = {edge.key: edge for edge in self._resolved.aligned}
        found |= {edge.key: edge for edge in map(join_edge, self._resolved.joins)}
        yield from found.values()


@dataclass(frozen=True, slots=True)
class _Task:
    """A method on a range."""

    work: Callable[[Part, int, int], int]
    first: int
    last: int

    def __call__(self, part: Part) -> int:
        return self.work(part, self.first, self.last)


class _PapersOf(Mapping[str, list[str]]):
    """The papers that a reference may lead to, by number; see `fold.citations`."""

    def __init__(self, gathered: Gathered, number_of: Callable[[int], int]) -> None:
        self._gathered = gathered
        self._number_of = number_of

    def __getitem__(self, to: str) -> list[str]:
        gathered = self._gathered
        records = []
        named = gathered.record_numbers.get(to)
        if named is not None and gathered.is_paper[named]:
            records.append(named)
        first = gathered.bearers.get(to)
        if first is not None:
            records += [first, *gathered.more_bearers.get(to, ())]
        if not records:
            raise KeyError(to)
        return sorted({str(self._number_of(record)) for record in records})

    def __iter__(self) -> Iterator[str]:
        raise NotImplementedError("it is only asked")

    def __len__(self) -> int:
        raise NotImplementedError("it is only asked")


def _paper_id(kept: KeptPaper) -> str:
    """As `fold.paper_id`."""
    best = best_identifier(kept.identifiers, PAPER_RANK) if kept.identifiers else None
    return best or title_paper_id(kept.title, kept.id)


def _source_of(record_id: str) -> str:
    """The source of a record that is no paper's."""
    kind, _, rest = record_id.partition(":")
    return rest if kind == "source" else rest.partition(":")[0]


_SaidOfReference = tuple[str, str | None, bool | None, int | None]


def _references(record: Said) -> Iterator[_SaidOfReference]:
    """What a record refers to, and what it says of it."""
    for one in record.references:
        if isinstance(one, Reference):
            yield one.to, one.intent, one.influential, one.in_text
        else:
            get: Any = one.get
            yield get("to"), get("intent"), get("influential"), get("in_text")
