"""Tasks that write rows of import files, and the numbers of nodes that all of them go by."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from graph_service.model.revision import FactsSum
from graph_service.store.bulk_facts import Gathered
from graph_service.store.bulk_resolving import Works
from graph_service.store.import_files import Part


@dataclass(frozen=True, slots=True)
class Numbers:
    """Where the numbers of each kind of node begin, as soon as papers are known.

    Papers are numbered as their first records. Names come last, and behind them what is found
    with people.
    """

    papers: int
    keys: int
    references: int
    shared: int
    sources: int
    store: int
    names: int

    @classmethod
    def of(cls, gathered: Gathered) -> "Numbers":
        """Number everything, after `resolve_works`, which adds keys."""
        records = len(gathered.record_ids)
        keys = 2 * records
        references = keys + len(gathered.keys)
        shared = references + len(gathered.references)
        sources = shared + len(gathered.shared)
        store = sources + len(gathered.source_names)
        return cls(records, keys, references, shared, sources, store, names=store + 2)

    def paper_of(self, record: int, works: Works) -> int:
        """The number of a record's paper."""
        special = works.work_of.get(record)
        return self.papers + (record if special is None else min(special.records))


class Facts(NamedTuple):
    """How many records were written, and what they add up to."""

    records: int
    sum: FactsSum


# It writes rows; of records it says which.
Task = Callable[[Part], Facts | None]


@dataclass(frozen=True, slots=True)
class TaskDone:
    """What a task says of its rows: which records they are, if any, and what the import must know."""

    facts: Facts | None
    longest: int
    several_lines: bool


@dataclass(frozen=True, slots=True)
class _Range:
    """A method on a range."""

    work: Callable[[Part, int, int], Facts | None]
    first: int
    last: int

    def __call__(self, part: Part) -> Facts | None:
        return self.work(part, self.first, self.last)


def in_ranges(work: Callable[[Part, int, int], Facts | None], count: int, step: int) -> list[Task]:
    """Make tasks of bounded size of what is done for each of so many."""
    return [_Range(work, first, min(first + step, count)) for first in range(0, count, step)]
