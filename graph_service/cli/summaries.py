"""What a command did to a store, for people: one function for each command."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from graph_service.cli.edge import PROGRAM, quoted
from graph_service.cli.stores import same_store
from graph_service.cli.tables import bullets, counted, grid, heading
from graph_service.cli.terminal import plain
from graph_service.derive.run import DeriveSummary
from graph_service.derive.verify import Verification
from graph_service.settings import Settings
from graph_service.store.exchange import Exported
from graph_service.store.protocol import StoreState
from graph_service.store.resolving import Resolved
from loaders.reading import Reject
from loaders.runner import IdentityRows, LoadSummary

MOST_REJECTS_SHOWN = 5


def load(
    settings: Settings, summary: LoadSummary, state: StoreState | None, rejects_to: Path | None
) -> RenderableType:
    """What a load read and changed, what it set aside, and what to do next."""
    rows = [
        ("files", _files(summary)),
        ("read", _read(summary)),
        *_changes(summary),
        ("rejected", f"{len(summary.rejects):,}"),
        *_identity(summary.identity),
        ("seconds", f"{summary.seconds:.2f}"),
    ]
    return Group(
        heading(_what_changed(settings, summary)),
        _rows(rows),
        *_rejects(summary.rejects, rejects_to),
        *_left_alone(summary.left_alone),
        *([] if state is None else derive_hint(settings, state)),
    )


def _what_changed(settings: Settings, summary: LoadSummary) -> str:
    records = counted(summary.read, "record")
    if summary.dry_run:
        return f"dry run: {records} could be loaded; nothing was written"
    if summary.read and summary.unchanged == summary.read:
        all_records = records if summary.read == 1 else f"all {records}"
        return f"nothing changed: {all_records} were already there"
    return f"loaded {counted(summary.papers, 'paper')} into {plain(settings.store)}"


def _files(summary: LoadSummary) -> str:
    left = len(summary.left_alone)
    return f"{summary.files:,}" + (f", and {left:,} left alone" if left else "")


def _left_alone(files: Sequence[Reject]) -> list[RenderableType]:
    if not files:
        return []
    shown = [plain(f"{one.source}: {one.reason}") for one in files[:MOST_REJECTS_SHOWN]]
    rest = len(files) - len(shown)
    end = [f"{rest:,} more; --json names them all"] if rest else []
    rows: list[RenderableType] = [bullets(shown), *end]
    return ["", heading("Left alone"), *(Padding.indent(row, 2) for row in rows)]


def _read(summary: LoadSummary) -> str:
    sources = summary.read - summary.papers - summary.persons
    parts = [counted(summary.papers, "paper")]
    if summary.persons:
        parts.append(f"names of {counted(summary.persons, 'author')}")
    if sources or not summary.persons:
        parts.append(counted(sources, "source"))
    return f"{summary.read:,} ({', '.join(parts)})"


def _changes(summary: LoadSummary) -> list[tuple[str, str]]:
    if summary.dry_run:
        return []
    return [
        ("new", f"{summary.new:,}"),
        ("replaced", f"{summary.replaced:,}"),
        ("unchanged", f"{summary.unchanged:,}"),
    ]


def _identity(rows: IdentityRows | None) -> list[tuple[str, str]]:
    if rows is None or not (rows.new or rows.lost):
        return []
    lost = f", {rows.lost:,} taken back" if rows.lost else ""
    return [("identity", f"{counted(rows.new, 'conclusion')} of rules{lost}")]


def _rows(rows: Sequence[tuple[str, str]]) -> RenderableType:
    table = grid("left", "left")
    for name, value in rows:
        table.add_row(name, plain(value))
    return Padding.indent(table, 2)


def _rejects(rejects: Sequence[Reject], rejects_to: Path | None) -> list[RenderableType]:
    if not rejects:
        return []
    shown = [
        plain(
            f"{reject.source}: {reject.reason}"
            if reject.line is None
            else f"{reject.source}, line {reject.line}: {reject.reason}"
        )
        for reject in rejects[:MOST_REJECTS_SHOWN]
    ]
    rest = len(rejects) - len(shown)
    end: list[RenderableType] = []
    if rejects_to is not None:
        end = [f"all of them are in {plain(rejects_to)}"]
    elif rest:
        end = [f"{rest:,} more; write them all with --rejects-to FILE"]
    rows: list[RenderableType] = [bullets(shown), *end]
    return ["", heading("Set aside"), *(Padding.indent(row, 2) for row in rows)]


def derive_hint(settings: Settings, state: StoreState) -> list[RenderableType]:
    """Suggest `derive` where the derived layer is missing, unfinished or stale."""
    current = state.derived == "complete" and not state.stale
    if current or settings.store == "memory:":  # nothing can follow on a store in memory
        return []
    what = {"none": "missing", "incomplete": "half-written", "complete": "stale"}[state.derived]
    command = quoted(PROGRAM, "derive", *same_store(settings))
    return ["", Text.assemble(f"the derived layer is {what}; run: ", (command, "bold"))]


def unload(settings: Settings, removed: int, state: StoreState) -> RenderableType:
    """How many records are gone."""
    return Group(
        heading(f"removed {counted(removed, 'record')} from {plain(settings.store)}"),
        *derive_hint(settings, state),
    )


def exported(summary: Mapping[str, object], target: str) -> str:
    """How many facts were written where."""
    return (
        f"exported {summary['records']} records and {summary['decisions']} decisions to "
        f"{plain(target)}, revision {summary['facts_revision']}"
    )


def imported(
    settings: Settings, export: Exported, counts: Mapping[str, int], state: StoreState
) -> RenderableType:
    """What an import changed, and whether the store now holds exactly the export."""
    records = counted(export.records, "record")
    exactly = state.facts_revision == export.facts_revision
    if counts["unchanged"] == export.records:
        title = f"nothing changed: all {records} were already there"
    else:
        title = f"imported {records} into {plain(settings.store)}"
    return Group(
        heading(title),
        _rows(
            [
                *((name, f"{counts[name]:,}") for name in ("new", "replaced", "unchanged")),
                ("decisions", f"{len(export.decisions):,}"),
                (
                    "revision",
                    f"{state.facts_revision}, "
                    + ("the same as the export's" if exactly else "with facts from elsewhere"),
                ),
            ]
        ),
        *derive_hint(settings, state),
    )


def derived(summary: DeriveSummary) -> RenderableType:
    """What `derive` computed."""
    capped = counted(summary.capped_papers, "paper")
    return Group(
        heading(f"derived {counted(summary.ties, 'tie')} from revision {summary.facts_revision}"),
        _rows(
            [
                ("left out", f"{capped} with more than {summary.max_authors:,} authors"),
                *(
                    (name, f"{count:,}")
                    for part, counts in summary.made.items()
                    if part != "ties"
                    for name, count in counts.items()
                ),
                ("seconds", f"{summary.seconds:.2f}"),
            ]
        ),
    )


def verified(settings: Settings, found: Verification) -> RenderableType:
    """What `verify` compared, and what differs."""
    derive = quoted(PROGRAM, "derive", *same_store(settings))
    unseen = f"not compared: the derived layer is missing, unfinished or stale; run: {derive}"
    compared = _rows(
        [
            ("records", f"{found.records:,}"),
            ("decisions", f"{found.decisions:,}"),
            ("nodes", f"{found.nodes:,}"),
            ("relationships", f"{found.relationships:,}"),
            ("ties", unseen if found.ties is None else f"{found.ties:,}"),
        ]
    )
    store = plain(settings.store)
    if not found.differences:
        return Group(heading(f"{store} is what its records say"), compared)
    return Group(
        heading(f"{store} differs from what its records say"),
        compared,
        "",
        bullets(plain(difference) for difference in found.differences),
        *([f"{found.more:,} more"] if found.more else []),
        "",
        "its records are the truth: export them and import them into a new store",
    )


def resolved(
    settings: Settings, found: Resolved, state: StoreState, dry_run: bool
) -> RenderableType:
    """What a run of the rules of identity found."""
    rows = [
        ("rows new", f"{len(found.difference.new):,}"),
        ("rows taken back", f"{len(found.difference.lost):,}"),
        ("rows unchanged", f"{len(found.difference.unchanged):,}"),
        ("common names", f"{len(found.run.common):,}"),
        ("pairs to look at", f"{len(found.run.near) + len(found.run.blocked):,}"),
        *(
            [("blocks too large to compare whole", f"{len(found.run.large):,}")]
            if found.run.large
            else []
        ),
    ]
    said = "the rules would write, but nothing was written" if dry_run else "the rules wrote"
    return Group(
        heading(said),
        _rows(rows),
        *([] if dry_run else derive_hint(settings, state)),
    )


def log_exported(rows: int, target: str) -> RenderableType:
    """What an export of the log wrote."""
    return heading(f"wrote {counted(rows, 'decision')} to {plain(target)}")


def log_imported(new: int, unchanged: int, refused: Sequence[str]) -> RenderableType:
    """What an import of a log did."""
    return Group(
        heading(f"made {counted(new, 'decision')}; {unchanged:,} were there already"),
        *([bullets([plain(one) for one in refused])] if refused else []),
    )
