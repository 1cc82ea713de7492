"""The load runner: read, to_facts, store; batches, rejects, and a summary that counts all."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from types import ModuleType
from typing import Literal

from anyio.to_thread import run_sync
from pydantic import TypeAdapter, ValidationError

from graph_service.model.errors import InputError, ParameterError, RecordError
from graph_service.model.records import ParsedPaper, ParsedPerson, Record, SourceName
from graph_service.store.batches import next_batch, put_all
from graph_service.store.protocol import GraphStore, WriteCounts
from loaders import (
    acl_anthology,
    arxiv_atom,
    arxiv_dump,
    arxiv_oai,
    bibtex,
    crossref,
    csl_json,
    dblp,
    endnote_xml,
    grobid_tei,
    jats,
    json_lines,
    nbib,
    openalex,
    profile_page,
    pubmed,
    ris,
    s2orc,
    semantic_scholar,
    unarxive,
)
from loaders.facts import to_facts
from loaders.inputs import InputFile, NotRead, input_files
from loaders.reading import Parsed, Reject, Said

# The surest signs first: any text might hold a line that looks like a page's.
FORMATS: dict[str, ModuleType] = {
    module.FORMAT: module
    for module in (
        json_lines,
        arxiv_atom,
        arxiv_oai,
        arxiv_dump,
        dblp,
        acl_anthology,
        grobid_tei,
        jats,
        pubmed,
        endnote_xml,
        s2orc,
        unarxive,
        openalex,
        semantic_scholar,
        crossref,
        csl_json,
        ris,
        nbib,
        bibtex,
        profile_page,
    )
}

# How many are read between two words of progress, where no store says how many it wants.
RECORDS_A_BATCH = 2_000

Phase = Literal["checking", "loading"]


@dataclass(frozen=True, slots=True)
class IdentityRows:
    """How many rows a run of the rules of identity wrote, and how many it took back."""

    new: int
    lost: int


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """What a load did, in records: each paper, person and page is one. `rejects` in file order.

    `left_alone` are files that were found, not named, and that no loader reads: where, and why.
    A dry run changed nothing and knows no revision. `identity` is absent where the rules were not
    run after the load.
    """

    files: int
    read: int
    papers: int
    new: int
    replaced: int
    unchanged: int
    rejects: tuple[Reject, ...]
    seconds: float
    dry_run: bool = False
    facts_revision: str | None = None
    identity: IdentityRows | None = None
    persons: int = 0
    left_alone: tuple[Reject, ...] = ()


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
    persons: int = 0
    counts: WriteCounts = field(default_factory=WriteCounts)
    rejects: list[Reject] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Input:
    """A file with its loader, or with why none can be found, and what a run says about all files."""

    file: InputFile
    loader: ModuleType | RecordError
    source: str | None
    max_rejects: int

    def read(self, *, set_aside: bool) -> Iterator[Parsed]:
        """Read its records; a file that cannot be read to its end ends so, or with a reject."""
        try:
            if isinstance(self.loader, RecordError):
                raise self.loader
            yield from self.loader.read(self.file, source=self.source)
        except RecordError as error:
            if not set_aside:
                raise
            reason = f"{error.reason}; what follows in this file is not loaded"
            yield Reject(error.source, error.line, reason)


def detect_format(file: InputFile) -> ModuleType:
    """Find the loader that recognises a file.

    Raises:
        NotRead: None does, or the file cannot be read as text.
        RecordError: It is damaged.
    """
    for module in FORMATS.values():
        if module.recognises(file):
            return module
    formats = f"; formats: {', '.join(FORMATS)}"
    raise NotRead(str(file), "is in no format known here", formats, line=1)


def _recognised(
    paths: Sequence[Path], format: str | None, set_aside: bool
) -> tuple[list[tuple[InputFile, ModuleType | RecordError]], tuple[Reject, ...]]:
    """Find the files of a load with their loaders, and those that are left alone.

    What was found in a folder, in an archive or by a pattern may be of another kind; what is
    named may not, nor may everything. A damaged file ends the load here, before all is read, or
    comes with its error instead of a loader where it may be set aside.
    """
    named = {InputFile(path) for path in paths}
    found: list[tuple[InputFile, ModuleType | RecordError]] = []
    left: list[NotRead] = []
    for file in input_files(paths):
        try:
            found.append((file, FORMATS[format] if format else detect_format(file)))
        except NotRead as unread:
            if file in named:
                raise
            left.append(unread)
        except RecordError as damaged:
            if not set_aside:
                raise
            found.append((file, damaged))
    if not found:
        raise left[0]
    return found, tuple(Reject(one.source, None, one.short) for one in left)


@dataclass(frozen=True, slots=True)
class Checked:
    """Files that were read to their end and may be loaded; `rejects` in file order.

    `left_alone` are the files that were found, not named, and that no loader reads.
    """

    inputs: tuple[_Input, ...]
    read: int
    papers: int
    persons: int
    rejects: tuple[Reject, ...]
    left_alone: tuple[Reject, ...]
    seconds: float

    def as_dry_run(self) -> LoadSummary:
        """What a load would have read, with nothing written."""
        return LoadSummary(
            files=len(self.inputs),
            read=self.read,
            papers=self.papers,
            new=0,
            replaced=0,
            unchanged=0,
            rejects=self.rejects,
            left_alone=self.left_alone,
            seconds=self.seconds,
            persons=self.persons,
            dry_run=True,
        )


Progress = Callable[[Phase, InputFile, int], None]


def _batches(
    inputs: Sequence[_Input], tally: _Tally, most: int
) -> Iterator[tuple[InputFile, list[Said]]]:
    """Read files batch by batch, and count: behind the file that a batch ends in.

    Small files share a batch: a folder may hold one paper in each.
    """
    reading = inputs[0]

    def all_parts() -> Iterator[Parsed]:
        nonlocal reading
        for reading in inputs:
            yield from reading.read(set_aside=reading.max_rejects > 0 and len(inputs) > 1)

    parts = all_parts()
    while True:
        seen = tally.read + len(tally.rejects)
        batch = _next_batch(parts, tally, inputs[0].max_rejects, most)
        if tally.read + len(tally.rejects) == seen:
            return
        yield reading.file, batch


def _next_batch(parts: Iterator[Parsed], tally: _Tally, max_rejects: int, most: int) -> list[Said]:
    batch: list[Said] = []
    for part in next_batch(parts, most):
        if isinstance(part, Reject):
            tally.rejects.append(part)
            if len(tally.rejects) > max_rejects:
                raise part.error()
            continue
        tally.read += 1
        tally.papers += isinstance(part, ParsedPaper)
        tally.persons += isinstance(part, ParsedPerson)
        batch.append(part)
    return batch


# Takes the records of a batch, in a thread.
Taker = Callable[[Sequence[Record]], None]


async def _check_all(
    inputs: Sequence[_Input], progress: Progress, take: Taker | None = None
) -> _Tally:
    tally = _Tally()
    batches = _batches(inputs, tally, RECORDS_A_BATCH)

    def next_one() -> InputFile | None:
        file, batch = next(batches, (None, []))
        if take is not None and batch:
            take(_records(batch))
        return file

    while (file := await run_sync(next_one)) is not None:
        progress("checking", file, tally.papers)
    return tally


async def _load_all(inputs: Sequence[_Input], progress: Progress, store: GraphStore) -> _Tally:
    tally = _Tally()
    read: list[tuple[InputFile, int]] = []

    def batches() -> Iterator[list[Record]]:
        for file, batch in _batches(inputs, tally, store.records_a_batch):
            read.append((file, tally.papers))
            yield _records(batch)

    def done(_: WriteCounts) -> None:
        progress("loading", *read.pop(0))

    tally.counts = await put_all(store, batches(), done)
    return tally


def _records(batch: Sequence[Said]) -> list[Record]:
    return [to_facts(part) for part in batch]


def _is_source_name(text: str) -> bool:
    try:
        TypeAdapter(SourceName).validate_python(text)
    except ValidationError:
        return False
    return True


async def check_files(
    paths: Sequence[Path],
    *,
    format: str | None = None,
    source: str | None = None,
    max_rejects: int = 0,
    expect_papers: tuple[int, int | None] | None = None,
    progress: Progress = lambda phase, file, papers: None,
    take: Taker | None = None,
) -> Checked:
    """Read files to their end, so that nothing need be written of a load that will fail.

    Args:
        paths: Files, folders, archives or patterns, in any order.
        format: A key of FORMATS; by default found from the content.
        source: Name of the source; by default what the format finds.
        max_rejects: How many rejects to set aside before the load stops.
        expect_papers: Least and most papers that the files must hold; no most when absent.
        progress: Called with the phase, the file and the papers read so far in all files.
        take: Given the records as they are read, by who can wait with them for the end.

    Raises:
        RecordError: A file is unusable, or there was one reject too many; it names the line.
            Where rejects are set aside, one of several files that is unusable is a reject too.
        ExpectationError: The number of papers is out of the expected range.
        ParameterError: `format`, `source` or `max_rejects` is not allowed.
    """
    began = perf_counter()
    if format is not None and format not in FORMATS:
        raise ParameterError("format", format, ", ".join(FORMATS))
    if max_rejects < 0:
        raise ParameterError("max_rejects", max_rejects, "0 or more")
    if source is not None and not _is_source_name(source):
        raise ParameterError(
            "source", source, "a-z, 0-9, _, . and -, first a letter or digit, and not 'source'"
        )
    found, left = await run_sync(_recognised, paths, format, max_rejects > 0)
    inputs = tuple(_Input(file, loader, source, max_rejects) for file, loader in found)
    tally = await _check_all(inputs, progress, take)
    if expect_papers is not None:
        least, most = expect_papers
        if tally.papers < least or (most is not None and tally.papers > most):
            raise ExpectationError(tally.papers, least, most)
    return Checked(
        inputs=inputs,
        read=tally.read,
        papers=tally.papers,
        persons=tally.persons,
        rejects=tuple(tally.rejects),
        left_alone=left,
        seconds=round(perf_counter() - began, 3),
    )


async def load_checked(
    store: GraphStore,
    checked: Checked,
    *,
    progress: Progress = lambda phase, file, papers: None,
) -> LoadSummary:
    """Load checked files into a store.

    Each batch is one transaction of whole records, so a load that stops, for whatever reason,
    leaves whole records, and completes when it is run again.

    Raises:
        RecordError: A file changed since it was checked; it names the line.
        StoreError: The store cannot be written.
    """
    began = perf_counter()
    async with store.writing():
        tally = await _load_all(checked.inputs, progress, store)
    return LoadSummary(
        files=len(checked.inputs),
        read=tally.read,
        papers=tally.papers,
        new=tally.counts.new,
        replaced=tally.counts.replaced,
        unchanged=tally.counts.unchanged,
        rejects=tuple(tally.rejects),
        left_alone=checked.left_alone,
        seconds=round(checked.seconds + perf_counter() - began, 3),
        facts_revision=(await store.state()).facts_revision,
        persons=tally.persons,
    )


async def load(store: GraphStore, paths: Sequence[Path]) -> LoadSummary:
    """Check and load files with every option at its default.

    Raises:
        RecordError, StoreError: See `check_files` and `load_checked`.
    """
    return await load_checked(store, await check_files(paths))
