"""Import files of a first load, made of records as they come.

`bulk_facts` gathers what has to be known of all records, `bulk_resolving` makes out papers and
people of it, `bulk_papers` and `bulk_people` write their rows: those of papers in one process
while another one makes out the people.
"""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING

from graph_service.model.revision import FactsSum
from graph_service.store.bulk_facts import Gathered, Spool, compacted
from graph_service.store.bulk_papers import PaperRows, write_store
from graph_service.store.bulk_people import PeopleRows
from graph_service.store.bulk_resolving import resolve_people, resolve_works
from graph_service.store.bulk_tasks import Numbers, Task, TaskDone
from graph_service.store.import_files import Part, arguments
from graph_service.store.process import peak_mebibytes

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

# What is being done, how many records of it are done, and of how many.
Step = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Written:
    """Import files, and what they hold, in records.

    `arguments` are those of the import; `replaced` are records of which a later one came;
    `peak_mebibytes` is the memory that the process of this took at most.
    """

    arguments: list[str]
    records: int
    papers: int
    replaced: int
    unchanged: int
    facts_revision: str
    bytes: int
    peak_mebibytes: int


class BulkFiles:
    """Writes the import files of records into a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._gathered = Gathered(Spool(folder / "records"))

    def put(self, contents: Iterable[bytes]) -> None:
        """Take records, as canonical JSON."""
        for content in contents:
            self._gathered.take(content)

    def finish(
        self, *, processes: int = 1, step: Step = lambda doing, done, total: None
    ) -> Written:
        """Find papers and people, and write everything.

        Args:
            processes: How many write at once. More than one are forked off this process, which
                then must have no other thread.
            step: Called with what is being done.
        """
        count = len(self._gathered.record_ids)
        step("finding who is who", 0, count)
        longest, several_lines, done, facts = 0, False, 0, FactsSum()
        with ExitStack() as stack:
            stack.callback(self._gathered.spool.close)
            gathered = compacted(self._gathered, self._folder / "records.again")
            stack.callback(gathered.spool.close)
            works = resolve_works(gathered)
            gathered.spool.flush()  # else each process that is forked off would
            numbers = Numbers.of(gathered)
            lanes = stack.enter_context(_lanes(self._folder, processes))
            lanes.start(PaperRows(gathered, works, numbers).tasks())
            people = resolve_people(gathered, works)
            lanes.start(PeopleRows(gathered, works, people, numbers).tasks())
            for one in lanes.finish():
                longest = max(longest, one.longest)
                several_lines = several_lines or one.several_lines
                if one.facts is not None:
                    facts.add_sum(one.facts.sum)
                    done += one.facts.records
                step("writing import files, records", done, count)
        write_store(Part(self._folder, 0), numbers, facts)
        for name in ("records", "records.again"):
            (self._folder / name).unlink(missing_ok=True)
        given = arguments(
            self._folder, longest=longest, several_lines=several_lines, processes=processes
        )
        return Written(
            arguments=given,
            records=len(gathered.record_ids),
            papers=gathered.papers,
            replaced=gathered.replacements,
            unchanged=gathered.unchanged,
            facts_revision=facts.revision,
            bytes=sum(path.stat().st_size for path in self._folder.iterdir()),
            peak_mebibytes=peak_mebibytes(),
        )


def run(folder: Path, lane: int, task: Task) -> TaskDone:
    """Do one task, into the files of a lane, behind what stands there."""
    part = Part(folder, lane)
    facts = task(part)
    part.flush()
    return TaskDone(facts, part.longest, part.several_lines)


class _Alone:
    """Does tasks in this process, when all are known."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tasks: list[Task] = []

    def start(self, tasks: Sequence[Task]) -> None:
        """Take tasks."""
        self._tasks += tasks

    def finish(self) -> Iterator[TaskDone]:
        """Do them."""
        for task in self._tasks:
            yield run(self._folder, 0, task)


class _Queue:
    """Tasks of which each is done by whichever process comes first."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._tasks = tasks
        self._taken = _FORKING.Value("q", 0)

    def __iter__(self) -> Iterator[Task]:
        while True:
            with self._taken.get_lock():
                place = self._taken.value
                self._taken.value += 1
            if place >= len(self._tasks):
                return
            yield self._tasks[place]

    @property
    def is_empty(self) -> bool:
        """Whether every task was taken."""
        taken: int = self._taken.value
        return taken >= len(self._tasks)


# What was found is not copied: a forked process has it.
_FORKING = multiprocessing.get_context("fork")


class _Lanes:
    """Does tasks in processes, each with files of its own, that are forked off this one.

    One that was forked off knows no task that came later.
    """

    def __init__(self, folder: Path, processes: int) -> None:
        self._folder = folder
        self._most = processes
        self._begun = 0
        self._running: dict[Connection, BaseProcess] = {}
        self._queues: list[_Queue] = []

    def start(self, tasks: Sequence[Task]) -> None:
        """Take tasks, and begin with them; one process less than there may be, as this one works."""
        self._queues.insert(0, _Queue(tasks))
        self._fill(self._most - 1)

    def _fill(self, most: int) -> None:
        while len(self._running) < most and not all(one.is_empty for one in self._queues):
            ours, theirs = _FORKING.Pipe(duplex=False)
            args = (theirs, self._folder, self._begun, self._queues)
            process = _FORKING.Process(target=_write_lane, args=args, daemon=True)
            self._running[ours] = process
            self._begun += 1
            process.start()
            theirs.close()

    def finish(self) -> Iterator[TaskDone]:
        """Wait until all is done."""
        self._fill(self._most)
        while self._running:
            for end in wait([*self._running]):
                if isinstance(end, Connection):
                    yield from self._heard(end)
            self._fill(self._most)

    def _heard(self, end: Connection) -> Iterator[TaskDone]:
        try:
            said: TaskDone | Exception = end.recv()
        except EOFError:
            process = self._running.pop(end)
            process.join()
            if process.exitcode != 0:
                raise ChildProcessError(
                    f"a process that wrote them ended with {process.exitcode}, "
                    "perhaps for want of memory"
                ) from None
            return
        if isinstance(said, Exception):
            raise said
        yield said

    def stop(self) -> None:
        """End what is still running."""
        for process in self._running.values():
            process.kill()
            process.join()


@contextmanager
def _lanes(folder: Path, processes: int) -> Iterator[_Alone | _Lanes]:
    if processes == 1:
        yield _Alone(folder)
        return
    lanes = _Lanes(folder, processes)
    try:
        yield lanes
    finally:
        lanes.stop()


def _write_lane(end: Connection, folder: Path, lane: int, queues: Sequence[_Queue]) -> None:
    """Do tasks one after the other, all into the files of one lane."""
    try:
        for queue in queues:
            for task in queue:
                end.send(run(folder, lane, task))
    except Exception as error:  # noqa: BLE001 - it goes on where somebody waits for it
        end.send(error)
