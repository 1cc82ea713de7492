"""Rows of import files, of records and of what was found out about all of them.

The graph is made by the functions of `store.fold`, which know nodes by number here where they
only pass an id through. Papers of one record of the plainest kind, which most are, are written
by `bulk_plain`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from graph_service.identity.works import WorkJoin
from graph_service.model.identifiers import PAPER_RANK, best_identifier
from graph_service.model.ids import source_id, title_paper_id
from graph_service.model.names import display_order
from graph_service.model.records import PaperRecord, Reference
from graph_service.model.revision import FactsSum
from graph_service.model.schema import Edge, Value
from graph_service.store.bulk_facts import Gathered, Resolved, mention_id, unit_of
from graph_service.store.bulk_plain import PlainPapers, author_row, is_plain, name_row
from graph_service.store.fold import (
    Cited,
    Said,
    author_node,
    citations,
    join_edge,
    kept_paper,
    paper_edges,
    paper_node,
    shared_node,
    source_node,
)
from graph_service.store.import_files import Part, edge_row, node_row
from graph_service.store.prepared import PERSON_KEY, RECORD, REFERENCE, WORK_KEY

RECORDS_A_TASK = 5_000
AUTHORS_A_TASK = 20_000
KEYS_A_TASK = 100_000


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


class Facts(NamedTuple):
    """How many records were written, and what they add up to."""

    records: int
    sum: FactsSum


@dataclass(frozen=True, slots=True)
class TaskDone:
    """What a task says of its rows: which records they are, if any, and what the import must know."""

    facts: Facts | None
    longest: int
    several_lines: bool


# It writes rows; of records it says which.
Task = Callable[[Part], Facts | None]


class Writer:
    """Writes the rows of everything that was gathered, task by task, in any order."""

    def __init__(
        self, folder: Path, gathered: Gathered, resolved: Resolved, *, plainly: bool = True
    ) -> None:
        """Number everything.

        Args:
            folder: Where to write.
            gathered: The records.
            resolved: Their papers and people.
            plainly: Write plain papers by the short way.
        """
        self._folder = folder
        self._plainly = plainly
        self._gathered = gathered
        self._resolved = resolved
        self._unit_ids = list(gathered.units)
        self._authors = list(resolved.authors.items())
        self._keys = list(gathered.keys)
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
        self._unit_of = gathered.unit_of_printed
        self._author_numbers = [authors + one for one in resolved.author_of]
        self._papers_of = _PapersOf(gathered, self.paper_number)

    def tasks(self) -> list[Task]:
        """Everything there is to write, in parts of bounded size."""
        found: list[Task] = []

        def each(work: Callable[[Part, int, int], Facts | None], count: int, step: int) -> None:
            found.extend(
                _Range(work, first, min(first + step, count)) for first in range(0, count, step)
            )

        each(self._write_records, len(self._gathered.record_ids), RECORDS_A_TASK)
        each(self._write_special, len(self._resolved.works), RECORDS_A_TASK)
        each(self._write_authors, len(self._authors), AUTHORS_A_TASK)
        each(self._write_keys, len(self._keys), KEYS_A_TASK)
        found.append(self._write_others)
        return found

    def run(self, lane: int, task: Task) -> TaskDone:
        """Do one task, into the files of a lane, behind what stands there."""
        part = Part(self._folder, lane)
        facts = task(part)
        part.flush()
        return TaskDone(facts, part.longest, part.several_lines)

    def paper_number(self, record: int) -> int:
        """The number of a record's paper."""
        special = self._resolved.work_of.get(record)
        return self._numbers.papers + (record if special is None else min(special.records))

    # -- records ------------------------------------------------------------------------------

    def _write_records(self, part: Part, first: int, last: int) -> Facts:
        """Write records, what leads to them, and papers that are of one record alone."""
        gathered, numbers = self._gathered, self._numbers
        special = self._resolved.work_of
        rows, keys = part.rows("Record"), part.rows("HAS_KEY")
        plain = PlainPapers(part, gathered, shared=numbers.shared, sources=numbers.sources)
        before = gathered.record_keys_end[first - 1] if first else 0
        facts = FactsSum()
        for number, content in enumerate(gathered.spool.read(first, last), start=first):
            facts.add(content)
            record_id = gathered.record_ids[number]
            paper = ""
            if gathered.is_paper[number]:
                said = orjson.loads(content)
                source = said["source"]
                if number in special:
                    paper = special[number].id
                else:
                    paper = self._write_single(part, plain, number, said, content)
                for one in said.get("references", ()):
                    place = numbers.references + gathered.references[one["to"]]
                    part.add("REFERS_TO", [edge_row("REFERS_TO", number, place, one)])
            else:
                source = _source_of(record_id)
            # JSON holds no control character, and these texts nothing but ASCII.
            rows.append(
                f"{number}\x1f{RECORD}{record_id}\x1f{source}\x1f{paper}\x1f{content.decode()}\n"
            )
            end = gathered.record_keys_end[number]
            for place in gathered.record_keys[before:end]:
                keys.append(f"{number}\x1f{numbers.keys + place}\n")
            before = end
        return Facts(last - first, facts)

    def _write_single(
        self, part: Part, plain: PlainPapers, number: int, said: dict[str, Any], content: bytes
    ) -> str:
        """Write the paper of one record; say its id."""
        gathered, numbers = self._gathered, self._numbers
        record_id = gathered.record_ids[number]
        identifiers = said.get("identifiers")
        best = best_identifier(identifiers, PAPER_RANK) if identifiers else None
        paper = best or title_paper_id(said["title"], record_id)
        place = numbers.papers + number
        unit_of, author_of, unit_ids = self._unit_of, self._author_numbers, self._unit_ids
        before = gathered.mentions_end[number - 1] if number else 0
        units = [unit_of[one] for one in gathered.mentions[before : gathered.mentions_end[number]]]
        authors = [author_of[unit] for unit in units]
        names = [unit_ids[unit] for unit in units]
        if self._plainly and is_plain(said, authors):
            plain.add(content, said, place, paper, record_id, authors, names)
            if "references" in said:
                self._write_citations(part, place, [kept_paper(content)])
            return paper
        kept = kept_paper(content)
        ids = [mention_id(record_id, mention.position or 0) for mention in kept.mentions]
        self._write_paper(
            *(part, [kept], paper, place),
            dict(zip(ids, map(str, authors), strict=True)),
            dict(zip(ids, names, strict=True)),
        )
        return paper

    def _write_special(self, part: Part, first: int, last: int) -> None:
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
        self._write_citations(part, number, records)

    def _write_citations(self, part: Part, number: int, records: Sequence[Said]) -> None:
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

    def _write_authors(self, part: Part, first: int, last: int) -> None:
        """Write authors, their names, and what the names are found by."""
        resolved, numbers = self._resolved, self._numbers
        keys, sources = self._gathered.unit_keys, self._gathered.unit_sources
        authors, names, of_author = part.rows("Author"), part.rows("Name"), part.rows("NAME_OF")
        for place, (author, members) in enumerate(
            self._authors[first:last], numbers.authors + first
        ):
            if len(members) == 1 and self._is_plain_unit(unit := members[0]):
                (name,) = resolved.variants[unit]
                number = numbers.names + unit
                authors.append(author_row(place, author, name))
                names.append(
                    name_row(
                        *(number, self._unit_ids[unit], name, keys[unit].text),
                        *(source_id(sources[unit]), resolved.first_mentions[unit]),
                    )
                )
                of_author.append(f"{number}\x1f{place}\x1funverified\n")
            else:
                self._write_author(part, place, author, members)

    def _is_plain_unit(self, unit: int) -> bool:
        resolved = self._resolved
        return (
            self._plainly
            and len(resolved.variants[unit]) == 1
            and not resolved.identifiers[unit]
            and unit not in resolved.verified
            and self._gathered.unit_sources[unit] not in self._with_figures
            and resolved.variants[unit][0].isprintable()
        )

    def _write_author(self, part: Part, place: int, author: str, members: list[int]) -> None:
        gathered, resolved, numbers = self._gathered, self._resolved, self._numbers
        units = [unit_of(gathered, resolved, self._unit_ids, one) for one in members]
        verified = [self._unit_ids[one] for one in members if one in resolved.verified]
        node = author_node(author, units, verified, gathered.sources)
        part.add("Author", [node_row("Author", place, author, node.properties)])
        for unit in members:
            name = numbers.names + unit
            part.add("Name", [node_row("Name", name, self._unit_ids[unit], self._name(unit))])
            status = "verified" if unit in resolved.verified else "unverified"
            part.add("NAME_OF", [f"{name}\x1f{place}\x1f{status}\n"])
            for one in resolved.identifiers[unit]:
                person = numbers.persons + self._person_keys[one]
                part.add("BEARS", [f"{name}\x1f{person}\n"])

    def _name(self, unit: int) -> dict[str, Value]:
        """The properties of a Name, as `fold.identity_parts` makes them."""
        gathered, resolved = self._gathered, self._resolved
        variants = resolved.variants[unit]
        found: dict[str, Value] = {
            "name": variants[0] if len(variants) == 1 else min(variants, key=display_order),
            "key": gathered.unit_keys[unit].text,
            "source": source_id(gathered.unit_sources[unit]),
            "variants": variants,
            "first_mention": resolved.first_mentions[unit],
        }
        if resolved.identifiers[unit]:
            found["identifiers"] = resolved.identifiers[unit]
        return found

    def _write_keys(self, part: Part, first: int, last: int) -> None:
        """Write what records are found by; each key has its number from its place."""
        is_stored, start = self._gathered.key_is_stored, self._numbers.keys
        part.rows("Key").extend(
            f"{start + number}\x1f{WORK_KEY}{self._keys[number]}\n"
            for number in range(first, last)
            if is_stored[number]
        )

    # -- everything else ----------------------------------------------------------------------

    def _write_others(self, part: Part) -> None:
        """Write what is not of one record or author."""
        gathered, resolved, numbers = self._gathered, self._resolved, self._numbers
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
        part.add("Writer", [node_row("Writer", numbers.store + 1, "writer", {"held": 0})])

    def write_store(self, facts: FactsSum) -> None:
        """Write what the store says of itself, when everything else is written.

        Without a version: whoever opens the store first makes its indexes, and then says it.
        """
        part = Part(self._folder, 0)
        said: dict[str, Value] = {"facts_sum": facts.stored, "facts_revision": facts.revision}
        part.add("Store", [node_row("Store", self._numbers.store, "store", said)])
        part.flush()

    def _between_names(self) -> Iterator[Edge]:
        """Relationships between names, each once by its key."""
        found = {edge.key: edge for edge in self._resolved.aligned}
        found |= {edge.key: edge for edge in map(join_edge, self._resolved.joins)}
        yield from found.values()


@dataclass(frozen=True, slots=True)
class _Range:
    """A method on a range."""

    work: Callable[[Part, int, int], Facts | None]
    first: int
    last: int

    def __call__(self, part: Part) -> Facts | None:
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
