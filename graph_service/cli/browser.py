"""`browser-pack`: the reports as favourites for Neo4j Browser, with values from a store."""

from collections.abc import Mapping
from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding

from graph_service.browser_pack.examples import Examples, derived_parts, fill, find_examples
from graph_service.browser_pack.pack import pack
from graph_service.cli.asking import ask
from graph_service.cli.files import whole_file
from graph_service.cli.keeping import reported
from graph_service.cli.summaries import derive_hint
from graph_service.cli.tables import bullets, counted, heading
from graph_service.cli.terminal import plain
from graph_service.model.errors import ParameterError
from graph_service.projection.reader import View
from graph_service.reports.files import Report, all_reports
from graph_service.settings import Settings
from graph_service.store.protocol import StoreState


def browser_pack(settings: Settings, out: Path, *, force: bool, as_json: bool) -> None:
    """Write the favourites to a file that appears only when it is whole."""
    if out.exists() and not force:
        raise ParameterError("OUT", str(out), "a file that does not exist, or --force")
    reports = all_reports()

    async def question(view: View) -> tuple[Examples, StoreState]:
        return await find_examples(view), view.state

    examples, state = ask(settings, question)
    with whole_file(out) as stream:
        stream.write(pack(reports, examples, derived_parts(state)))
    missing = {
        report.name: filled.missing
        for report in reports
        if (filled := fill(report, examples)).missing
    }
    fields = {
        "file": str(out),
        "reports": len(reports),
        "folders": list(dict.fromkeys(report.area for report in reports)),
        "without_example": missing,
        "facts_revision": state.facts_revision,
        "derived_revision": state.derived_revision,
        "stale": state.stale,
    }
    reported(fields, lambda: _layout(settings, out, reports, missing, state), as_json=as_json)


def _layout(
    settings: Settings,
    out: Path,
    reports: tuple[Report, ...],
    missing: Mapping[str, tuple[str, ...]],
    state: StoreState,
) -> RenderableType:
    folders = len({report.area for report in reports})
    packed = f"packed {counted(len(reports), 'report')} in {counted(folders, 'folder')}"
    parts: list[RenderableType] = [
        heading(f"{packed} into {plain(out)}"),
        "  drop it on Neo4j Browser's page; they are then among the favourites (the star)",
    ]
    if missing:
        told = [f"{name}: {', '.join(names)}" for name, names in missing.items()]
        parts += [
            "",
            heading("Nothing in this graph to give as an example for"),
            Padding.indent(bullets(told), 2),
        ]
    return Group(*parts, *derive_hint(settings, state))
