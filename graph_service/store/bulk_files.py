"""Import files of a first load, made of records as they come; see `bulk_facts` and `bulk_rows`."""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from graph_service.model.revision import FactsSum
from graph_service.store.bulk_facts import Gathered, Spool, compacted, resolve_all
from graph_service.store.bulk_rows import Task, TaskDone, Writer
from graph_service.store.import_files import arguments
from graph_service.store.process import peak_mebibytes

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
            writer = Writer(self._folder, gathered, resolve_all(gathered))
            gathered.spool.flush()  # else each process that is forked off would
            for one in _run(writer, processes):
                longest = max(longest, one.longest)
                several_lines = several_lines or one.several_lines
                if one.facts is not None:
                    facts.add_sum(one.facts.sum)
                    done += one.facts.records
                step("writing import files, records", done, count)
        writer.write_store(facts)
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


def _run(writer: Writer, processes: int) -> Iterator[TaskDone]:
    tasks = writer.tasks()
    lanes = min(processes, len(tasks))
    if lanes == 1:
        for task in tasks:
            yield writer.run(0, task)
        return
    # What was found is not copied: a forked process has it.
    context = multiprocessing.get_context("fork")
    running: dict[Connection, BaseProcess] = {}
    try:
        for lane in range(lanes):
            ours, theirs = context.Pipe(duplex=False)
            running[ours] = context.Process(
                target=_write_lane, args=(theirs, writer, lane, tasks[lane::lanes]), daemon=True
            )
            running[ours].start()
            theirs.close()
        while running:
            for end in wait([*running]):
                if isinstance(end, Connection):
                    yield from _heard(end, running)
    finally:
        for process in running.values():
            process.kill()
            process.join()


def _heard(end: Connection, running: dict[Connection, BaseProcess]) -> Iterator[TaskDone]:
    try:
        said: TaskDone | Exception = end.recv()
    except EOFError:
        process = running.pop(end)
        process.join()
        if process.exitcode != 0:
            raise ChildProcessError(
                f"a process that wrote them ended with {process.exitcode}, perhaps for want of memory"
            ) from None
        return
    if isinstance(said, Exception):
        raise said
    yield said


def _write_lane(end: Connection, writer: Writer, lane: int, tasks: Sequence[Task]) -> None:
    """Do tasks one after the other, all into the files of one lane."""
    try:
        for task in tasks:
            end.send(writer.run(lane, task))
    except Exception as error:  # noqa: BLE001 - it goes on where somebody waits for it
        end.send(error)
