"""The commands that change a store or move its facts: load, unload, export, import, derive, verify."""

import asyncio
import errno
import gc
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import BinaryIO

import orjson
from anyio.to_thread import run_sync
from rich.console import RenderableType

from graph_service.cli import summaries
from graph_service.cli.files import whole_file
from graph_service.cli.progress import Progress
from graph_service.cli.stores import file_of, opened
from graph_service.cli.terminal import json_line, show, tell, write_summary
from graph_service.derive.clusters import ClusterOptions
from graph_service.derive.lineage_model import MODELS
from graph_service.derive.run import DeriveSummary
from graph_service.derive.run import derive as run_derive
from graph_service.derive.verify import Verification
from graph_service.derive.verify import verify as run_verify
from graph_service.model.errors import Moved, ParameterError
from graph_service.settings import Settings
from graph_service.store import exchange
from graph_service.store.protocol import StoreState
from graph_service.store.resolving import resolve_identity
from loaders.inputs import InputFile
from loaders.runner import IdentityRows, LoadSummary, Phase, check_files, load_checked


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """How to load; see `loaders.runner.check_files`."""

    format: str | None
    source: str | None
    max_rejects: int
    rejects_to: Path | None
    expect_papers: str | None
    dry_run: bool
    resolve: bool
    bulk: "BulkOptions | None" = None


@dataclass(frozen=True, slots=True)
class BulkOptions:
    """How to load in bulk; see `store.neo4j_bulk.BulkLoad`."""

    overwrite: bool
    import_dir: Path | None


def reported(
    summary: Mapping[str, object], layout: Callable[[], RenderableType], *, as_json: bool
) -> None:
    """Print what a command did: one JSON object, or words for people."""
    if as_json:
        write_summary(summary)
    else:
        show(layout())


def paper_range(text: str) -> tuple[int, int | None]:
    """Read `MIN:MAX`, where either side may be empty.

    Raises:
        ParameterError: It is something else, or empty on both sides, or the wrong way round.
    """
    allowed = "MIN:MAX in papers, such as 50:60, 50: or :60"
    least, colon, most = text.partition(":")
    digits = all(part.isascii() and part.isdigit() for part in (least, most) if part)
    if not colon or not digits or not (least or most):
        raise ParameterError("--expect-papers", text, allowed)
    lowest, highest = int(least or 0), int(most) if most else None
    if highest is not None and highest < lowest:
        raise ParameterError("--expect-papers", text, allowed)
    return lowest, highest


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Have Python look for cycles rarely: records are in none, and a load makes millions of objects.

    It takes a sixth off the time of a load.
    """
    before = gc.get_threshold()
    gc.set_threshold(1_000_000, 50, 1_000)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def load(settings: Settings, paths: Sequence[Path], options: LoadOptions, *, as_json: bool) -> None:
    """Load files, and say what that changed."""
    expected = None if options.expect_papers is None else paper_range(options.expect_papers)
    with ExitStack() as stack:
        rejects = _rejects_file(stack, options.rejects_to, paths)
        progress = stack.enter_context(LoadProgress())
        stack.enter_context(collecting_rarely())

        async def run() -> tuple[LoadSummary, StoreState | None]:
            if options.bulk is not None and not options.dry_run:
                return await _load_in_bulk(settings, paths, options, expected, progress), None
            # Checked before the store is opened: a load that is refused makes no empty store.
            checked = await check_files(
                paths,
                format=options.format,
                source=options.source,
                max_rejects=options.max_rejects,
                expect_papers=expected,
                progress=progress.read,
            )
            if options.dry_run:
                return checked.as_dry_run(), None
            async with opened(settings, create=True) as store, store.writing():
                summary = await load_checked(store, checked, progress=progress.read)
                if options.resolve and summary.new + summary.replaced:
                    now = datetime.now(UTC).isoformat(timespec="seconds")
                    found = await resolve_identity(store, at=now, step=progress)
                    rows = IdentityRows(len(found.difference.new), len(found.difference.lost))
                    summary = replace(summary, identity=rows)
                state = await store.state()
                return replace(summary, facts_revision=state.facts_revision), state

        summary, state = asyncio.run(run())
        if rejects is not None:
            rejects.writelines(
                json_line(asdict(reject)).encode() + b"\n" for reject in summary.rejects
            )
    reported(
        load_fields(summary, state),
        lambda: summaries.load(settings, summary, state, options.rejects_to),
        as_json=as_json,
    )
    if options.bulk is not None and not options.dry_run:
        tell(
            "next: start the server; the first command that opens the store makes its indexes. "
            f"Then: coauthor-graph identity resolve --store {settings.store}"
        )


async def _load_in_bulk(
    settings: Settings,
    paths: Sequence[Path],
    options: LoadOptions,
    expected: tuple[int, int | None] | None,
    progress: "LoadProgress",
) -> LoadSummary:
    """Load into a stopped Neo4j: the files are read once, and written to the store at the end."""
    from graph_service.store.neo4j_bulk import BulkLoad  # noqa: PLC0415 - with numpy and more

    began = perf_counter()
    bulk = options.bulk or BulkOptions(overwrite=False, import_dir=None)
    with BulkLoad(
        settings, overwrite=bulk.overwrite, import_dir=bulk.import_dir, step=progress
    ) as load:
        checked = await check_files(
            paths,
            format=options.format,
            source=options.source,
            max_rejects=options.max_rejects,
            expect_papers=expected,
            progress=progress.read,
            take=load.put,
        )
        done = await run_sync(load.finish)
    return replace(
        checked.as_dry_run(),
        dry_run=False,
        new=done.counts.new,
        replaced=done.counts.replaced,
        unchanged=done.counts.unchanged,
        facts_revision=done.facts_revision,
        seconds=round(perf_counter() - began, 3),
    )


def _rejects_file(stack: ExitStack, path: Path | None, inputs: Sequence[Path]) -> BinaryIO | None:
    """Open the file for rejects before the load, which may take hours, rather than after it."""
    if path is None:
        return None
    place = path.resolve()
    if not {place, *place.parents}.isdisjoint(given.resolve() for given in inputs):
        raise ParameterError("--rejects-to", str(path), "a file that is not being loaded")
    return stack.enter_context(whole_file(path))


def load_fields(summary: LoadSummary, state: StoreState | None) -> dict[str, object]:
    """The JSON object of a load; of a dry run what the store would become is not known."""
    fields = asdict(summary)
    rejects = fields.pop("rejects")
    left = fields.pop("left_alone")
    unknown = ("new", "replaced", "unchanged") if summary.dry_run else ()
    return {
        **{name: None if name in unknown else value for name, value in fields.items()},
        "rejected": len(rejects),
        "rejects": rejects,
        "files_left_alone": len(left),
        "left_alone": [{"file": one["source"], "reason": one["reason"]} for one in left],
        "derived_revision": None if state is None else state.derived_revision,
        "stale": None if state is None else state.stale,
    }


class LoadProgress(Progress):
    """Progress of a load: how many papers the first pass finds is the total of the second."""

    def __init__(self) -> None:
        super().__init__()
        self._found = 0

    def read(self, phase: Phase, file: InputFile, papers: int) -> None:
        """Take a report of the runner."""
        name = Path(file.member).name or file.path.name
        if phase == "checking":
            self._found = papers
            self(f"checking {name}, papers", papers)
        else:
            self(f"loading {name}, papers", papers, self._found)


def unload(settings: Settings, *, paper: str | None, source: str | None, as_json: bool) -> None:
    """Remove a paper's records, or all of a source."""

    async def run() -> tuple[int, StoreState]:
        async with opened(settings) as store:
            counts = await exchange.unload(store, paper=paper, source=source)
            return counts.removed, await store.state()

    removed, state = asyncio.run(run())
    fields = {
        "paper": paper,
        "source": source,
        "removed": removed,
        **_revisions(state),
    }
    reported(fields, lambda: summaries.unload(settings, removed, state), as_json=as_json)


def _revisions(state: StoreState) -> dict[str, object]:
    return {
        "facts_revision": state.facts_revision,
        "derived_revision": state.derived_revision,
        "stale": state.stale,
    }


def export(settings: Settings, target: str, *, as_json: bool) -> None:
    """Write every fact to a file that appears only when it is whole, or to stdout."""

    async def run(stream: BinaryIO) -> dict[str, object]:
        last = b""
        async with opened(settings) as store:
            with Progress() as progress:
                lines = 0
                async for line in exchange.export_lines(store):
                    stream.write(line + b"\n")
                    last = line
                    lines += 1
                    if lines % 1000 == 0:
                        progress("exporting, records", lines)
        end = orjson.loads(last)
        return {name: end[name] for name in ("records", "decisions", "facts_revision")}

    if target == "-":
        if sys.stdout is None:
            raise OSError(errno.EBADF, "is closed")
        # The export itself is what stdout holds, so the summary goes beside it.
        summary = asyncio.run(run(sys.stdout.buffer))
        sys.stdout.buffer.flush()  # nothing is exported before it has left
        tell(json_line(summary) if as_json else summaries.exported(summary, "stdout"))
        return
    path = Path(target)
    store = file_of(settings)
    if store is not None and path.exists() and store.exists() and path.samefile(store):
        raise ParameterError("FILE", target, "a file other than the store itself")
    with whole_file(path) as stream:
        summary = asyncio.run(run(stream))
    reported(
        {"file": target, **summary}, lambda: summaries.exported(summary, target), as_json=as_json
    )


def import_(settings: Settings, path: Path, *, as_json: bool) -> None:
    """Put an export into the store, once it is found whole."""
    store = file_of(settings)
    if store is not None and not store.exists():
        exchange.check_export(path)  # refused before opening makes an empty store
    with Progress() as progress, collecting_rarely():

        async def run() -> tuple[exchange.Exported, dict[str, int], StoreState]:
            async with opened(settings, create=True) as store:
                exported, counts = await exchange.import_file(
                    store, path, progress=lambda records: progress("importing, records", records)
                )
                return exported, asdict(counts), await store.state()

        exported, counts, state = asyncio.run(run())
    fields = {
        "file": str(path),
        "records": exported.records,
        "decisions": len(exported.decisions),
        **{name: counts[name] for name in ("new", "replaced", "unchanged")},
        "exported_revision": exported.facts_revision,
        **_revisions(state),
    }
    reported(fields, lambda: summaries.imported(settings, exported, counts, state), as_json=as_json)


def derive(
    settings: Settings,
    *,
    max_authors: int | None,
    clusters: ClusterOptions,
    lineage: str,
    as_json: bool,
) -> None:
    """Compute the derived layer anew; `lineage` is the id of a model."""
    with Progress(after=0) as progress:

        async def run() -> DeriveSummary:
            async with opened(settings) as store:
                longest = settings.max_authors if max_authors is None else max_authors
                wanted = clusters
                while True:
                    try:
                        return await run_derive(
                            store,
                            max_authors=longest,
                            clusters=wanted,
                            lineage=MODELS[lineage],
                            step=progress,
                        )
                    except Moved as moved:
                        tell(f"note: {moved.message}")
                        old, new = str(moved.fields["asked"]), str(moved.fields["merged_into"])
                        without = tuple(new if one == old else one for one in wanted.without)
                        wanted = replace(wanted, without=without)

        summary = asyncio.run(run())
    reported(asdict(summary), lambda: summaries.derived(summary), as_json=as_json)


def verify(settings: Settings, *, as_json: bool) -> bool:
    """Compare the store with its records; say whether it is as it should be."""
    with Progress(after=0) as progress:

        async def run() -> Verification:
            async with opened(settings) as store:
                progress("comparing the store with its records")
                return await run_verify(store)

        found = asyncio.run(run())
    clean = not found.differences
    reported(
        {"clean": clean, **asdict(found)},
        lambda: summaries.verified(settings, found),
        as_json=as_json,
    )
    return clean
