"""The load runner: read, to_facts, store; batches, rejects, and a summary that counts all."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from time import perf_counter
from types import ModuleType
from typing import Literal

from anyio.to_thread import run_sync

from graph_service.model.errors import InputError, ParameterError, RecordError
from graph_service.model.records import PaperRecord, Record
from graph_service.store.protocol import GraphStore, WriteCounts
from loaders import profile_page
from loaders.facts import to_facts
from loaders.reading import Parsed, Reject

FORMATS: dict[str, ModuleType] = {profile_page.FORMAT: profile_page}

# A commit costs some milliseconds, whatever its size; beyond this, batches only hold memory.
RECORDS_A_BATCH = 2_000

Phase = Literal["checking", "loading"]


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """What a load did, in records: each paper and each page is one. `rejects` in file order."""

    files: int
    read: int
    papers: int
    new: int
    replaced: int
    unchanged: int
    rejects: tuple[Reject, ...]
    seconds: float
    dry_run: bool
    facts_revision: str


class ExpectationError(InputError):
    """A load found another number of papers than was expected."""

    kind = "expectation"

    def __init__(self, papers: int, least: int, most: int | None) -> None:
        wanted = f"{least} or more" if most is None else f"{least} to {most}"
        super().__init__(
            f"the files hold {papers} papers, expected {wanted}; nothing was written",
            papers=papers,
            least=least,
            most=most,
        )


@dataclass(slots=True)
class _Tally:
    read: int = 0
    papers: int = 0
    counts: WriteCounts = field(default_factory=WriteCounts)
    rejects: list[Reject] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Input:
    """A file with its loader, and what a run says about all files."""

    path: Path
    loader: ModuleType
    source: str | None
    max_rejects: int


def input_files(paths: Sequence[Path]) -> list[Path]:
    """Check the files of a load and put them in order, each once.

    Raises:
        ParameterError: None is given.
        RecordError: One is missing or is a folder.
    """
    if not paths:
        raise ParameterError("FILE", "", "at least one file")
    for path in paths:
        if path.is_dir():
            raise RecordError(str(path), f"is a folder; give the files in it: {path}/*.txt")
        if not path.exists():
            raise RecordError(str(path), "does not exist")
    return sorted(set(paths))


def detect_format(path: Path) -> ModuleType:
    """Find the loader that recognises a file.

    Raises:
        RecordError: None does, or the file cannot be read as text.
    """
    for module in FORMATS.values():
        if module.recognises(path):
            return module
    raise RecordError(
        str(path),
        "this is not a profile page, nor any other format known here; "
        f"formats: {', '.join(FORMATS)}",
        line=1,
    )


def _next_batch(parts: Iterator[Parsed], tally: _Tally, given: _Input) -> list[Record]:
    records: list[Record] = []
    for part in islice(parts, RECORDS_A_BATCH):
        if isinstance(part, Reject):
            tally.rejects.append(part)
            if len(tally.rejects) > given.max_rejects:
                raise part.error()
            continue
        record = to_facts(part)
        tally.read += 1
        tally.papers += isinstance(record, PaperRecord)
        records.append(record)
    return records


async def _read_all(
    given: _Input,
    tally: _Tally,
    progress: Callable[[int], None],
    store: GraphStore | None,
) -> None:
    parts = given.loader.read(given.path, source=given.source)
    while True:
        seen = tally.read + len(tally.rejects)
        records = await run_sync(_next_batch, parts, tally, given)
        if tally.read + len(tally.rejects) == seen:
            return
        if store is not None and records:
            tally.counts += await store.put(records)
        progress(tally.papers)


async def load(
    store: GraphStore,
    paths: Sequence[Path],
    *,
    format: str | None = None,
    source: str | None = None,
    max_rejects: int = 0,
    expect_papers: tuple[int, int | None] | None = None,
    dry_run: bool = False,
    progress: Callable[[Phase, Path, int], None] = lambda phase, path, papers: None,
) -> LoadSummary:
    """Load files into a store: first read and check them all, then write.

    Each batch is one transaction of whole records, so a load that stops, for whatever reason,
    leaves whole records, and completes when it is run again.

    Args:
        store: The store to write to.
        paths: Files, in any order.
        format: A key of FORMATS; by default found from the content.
        source: Name of the source; by default what the format finds.
        max_rejects: How many rejects to set aside before the load stops.
        expect_papers: Least and most papers that the files must hold; no most when absent.
        dry_run: Read and check, write nothing.
        progress: Called with the phase, the file and the papers read so far in all files.

    Raises:
        RecordError: A file is unusable, or there was one reject too many; it names the line.
        ExpectationError: The number of papers is out of the expected range.
        ParameterError: `format` or `max_rejects` is not allowed.
        StoreError: The store cannot be written.
    """
    began = perf_counter()
    if format is not None and format not in FORMATS:
        raise ParameterError("format", format, ", ".join(FORMATS))
    if max_rejects < 0:
        raise ParameterError("max_rejects", max_rejects, "0 or more")
    inputs = [
        _Input(
            path,
            FORMATS[format] if format else await run_sync(detect_format, path),
            source,
            max_rejects,
        )
        for path in input_files(paths)
    ]

    async def pass_over(phase: Phase, target: GraphStore | None) -> _Tally:
        tally = _Tally()
        for given in inputs:
            await _read_all(
                given,
                tally,
                lambda papers, path=given.path: progress(phase, path, papers),  # type: ignore[misc]
                target,
            )
        return tally

    tally = await pass_over("checking", None)
    if expect_papers is not None:
        least, most = expect_papers
        if tally.papers < least or (most is not None and tally.papers > most):
            raise ExpectationError(tally.papers, least, most)
    if not dry_run:
        async with store.writing():
            tally = await pass_over("loading", store)
    return LoadSummary(
        files=len(inputs),
        read=tally.read,
        papers=tally.papers,
        new=tally.counts.new,
        replaced=tally.counts.replaced,
        unchanged=tally.counts.unchanged,
        rejects=tuple(tally.rejects),
        seconds=round(perf_counter() - began, 3),
        dry_run=dry_run,
        facts_revision=(await store.state()).facts_revision,
    )
