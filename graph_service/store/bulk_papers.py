"""Rows of records, papers, and all that papers lead to but their authors.

They need nothing but the papers to be known, not who the people are. The graph is made by the
functions of `store.fold`, which know nodes by number here where they only pass an id through.
Papers of one record of the plainest kind, which most are, are written by `bulk_plain`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from graph_service.identity.works import WorkJoin
from graph_service.model.identifiers import PAPER_RANK, best_identifier
from graph_service.model.ids import title_paper_id
from graph_service.model.revision import FactsSum
from graph_service.model.schema import Edge, Value
from graph_service.store.bulk_facts import Gathered
from graph_service.store.bulk_plain import PlainPapers, is_plain
from graph_service.store.bulk_resolving import Works
from graph_service.store.bulk_tasks import Facts, Numbers, Task, in_ranges
from graph_service.store.fold import (
    Cited,
    KeptPaper,
    citations,
    kept_paper,
    linking_edges,
    paper_node,
    shared_node,
    source_node,
)
from graph_service.store.import_files import Part, edge_row, node_row
from graph_service.store.prepared import RECORD, REFERENCE, WORK_KEY

RECORDS_A_TASK = 5_000
KEYS_A_TASK = 100_000
# Of what is referred to and what is said of it, in the order of `Cited`.
_OF_A_REFERENCE = ("to", "intent", "influential", "in_text")


class PaperRows:
    """Writes the rows of records and papers, task by task, in any order."""

    def __init__(
        self, gathered: Gathered, works: Works, numbers: Numbers, *, plainly: bool = True
    ) -> None:
        """Begin.

        Args:
            gathered: The records.
            works: Which of them are one paper.
            numbers: Of nodes.
            plainly: Write plain papers by the short way.
        """
        self._gathered = gathered
        self._works = works
        self._numbers = numbers
        self._plainly = plainly
        self._keys = list(gathered.keys)
        self._papers_of = _PapersOf(gathered, self._paper_number)

    def tasks(self) -> list[Task]:
        """Everything there is to write, in parts of bounded size."""
        return [
            *in_ranges(self._write_records, len(self._gathered.record_ids), RECORDS_A_TASK),
            *in_ranges(self._write_special, len(self._works.works), RECORDS_A_TASK),
            *in_ranges(self._write_keys, len(self._keys), KEYS_A_TASK),
            self._write_others,
        ]

    def _paper_number(self, record: int) -> int:
        return self._numbers.paper_of(record, self._works)

    def _write_records(self, part: Part, first: int, last: int) -> Facts:
        """Write records, what leads to them, and papers that are of one record alone."""
        gathered, numbers = self._gathered, self._numbers
        special = self._works.work_of
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
        record_id = self._gathered.record_ids[number]
        identifiers = said.get("identifiers")
        best = best_identifier(identifiers, PAPER_RANK) if identifiers else None
        paper = best or title_paper_id(said["title"], record_id)
        place = self._numbers.papers + number
        if self._plainly and is_plain(said):
            plain.add(content, said, place, paper, record_id)
            if "references" in said:
                self._write_citations(part, place, [kept_paper(content)])
        else:
            self._write_paper(part, [kept_paper(content)], paper, place)
        return paper

    def _write_special(self, part: Part, first: int, last: int) -> None:
        """Write papers that were resolved the whole way."""
        for special in self._works.works[first:last]:
            records = [kept_paper(self._gathered.spool.one(number)) for number in special.records]
            number = self._paper_number(special.records[0])
            self._write_paper(part, records, special.id, number, special.joins)
            for record, key in special.former:
                part.add("HAS_KEY", [edge_row("HAS_KEY", record, self._numbers.keys + key, {})])

    def _write_paper(
        self,
        part: Part,
        records: Sequence[KeptPaper],
        paper: str,
        number: int,
        joins: Sequence[WorkJoin] = (),
    ) -> None:
        """Write a paper of its records, in the order of their ranks."""
        node = paper_node(records, paper, joins)
        part.add("Paper", [node_row("Paper", number, paper, node.properties)])
        for one in linking_edges(records, paper):
            part.add(one.type, [edge_row(one.type, number, self._number_of(one), one.properties)])
        self._write_citations(part, number, records)

    def _write_citations(self, part: Part, number: int, records: Sequence[KeptPaper]) -> None:
        references = [
            Cited(str(number), *map(one.get, _OF_A_REFERENCE))  # type: ignore[arg-type]
            for record in records
            for one in record.references
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

    def _write_keys(self, part: Part, first: int, last: int) -> None:
        """Write what records are found by; each key has its number from its place."""
        is_stored, start = self._gathered.key_is_stored, self._numbers.keys
        part.rows("Key").extend(
            f"{start + number}\x1f{WORK_KEY}{self._keys[number]}\n"
            for number in range(first, last)
            if is_stored[number]
        )

    def _write_others(self, part: Part) -> None:
        """Write what is not of one record."""
        gathered, works, numbers = self._gathered, self._works, self._numbers
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
        papers = {work.id: self._paper_number(work.records[0]) for work in works.works}
        for edge in works.links:
            row = edge_row(edge.type, papers[edge.start], papers[edge.end], edge.properties)
            part.add(edge.type, [row])
        part.add("Writer", [node_row("Writer", numbers.store + 1, "writer", {"held": 0})])


def write_store(part: Part, numbers: Numbers, facts: FactsSum) -> None:
    """Write what the store says of itself, when everything else is written.

    Without a version: whoever opens the store first makes its indexes, and then says it.
    """
    said: dict[str, Value] = {"facts_sum": facts.stored, "facts_revision": facts.revision}
    part.add("Store", [node_row("Store", numbers.store, "store", said)])
    part.flush()


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
