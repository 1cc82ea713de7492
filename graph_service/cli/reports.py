"""The command that asks a canned report."""

import asyncio

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from graph_service.cli.asking import reader_of
from graph_service.cli.stores import opened
from graph_service.cli.tables import grid, heading, notes, ruled
from graph_service.cli.terminal import cleaned, plain, show, tell, write, write_answer
from graph_service.model.answers import Parameter, ReportAnswer, ReportCard, ReportList
from graph_service.model.errors import Moved, ParameterError
from graph_service.model.ids import is_id
from graph_service.reports.files import AREAS, ParameterValue, all_reports, report
from graph_service.reports.parameters import parameter_lines, read_parameters
from graph_service.reports.run import card, find_nodes, list_reports, run_report
from graph_service.reports.tables import csv_text
from graph_service.settings import Settings

# A chain of authors is to be seen whole.
LONGEST_LIST = 10
LONGEST_ID = 24


def given_parameters(texts: list[str]) -> dict[str, str]:
    """Take `NAME=VALUE` apart.

    Raises:
        ParameterError: One has no `=`, or a name stands twice.
    """
    given: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise ParameterError("--param", text, "NAME=VALUE, as in limit=10")
        if name in given:
            raise ParameterError(name, value, "one value; it stands twice")
        given[name] = value
    return given


def ask_report(
    settings: Settings, name: str, given: dict[str, str], *, as_json: bool, as_csv: bool
) -> None:
    """Ask a report and print its rows."""

    async def run() -> ReportAnswer:
        async with opened(settings) as store:
            reader = reader_of(store, settings)
            while True:
                try:
                    return await run_report(reader, name, given)
                except Moved as moved:
                    tell(f"note: {moved.message}")
                    old, new = str(moved.fields["asked"]), str(moved.fields["merged_into"])
                    for key, value in given.items():
                        # Whole ids: one may be the beginning of another.
                        ids = [part.strip() for part in value.split(";")]
                        if old in ids:
                            given[key] = "; ".join(new if one == old else one for one in ids)

    answer = asyncio.run(run())
    if as_json:
        write_answer(answer)
    elif as_csv:
        write(csv_text(answer).encode())
        for note in answer.meta.notes:
            tell(f"note: {note.text}")
    else:
        show(_layout(cleaned(answer)))


def show_cypher(settings: Settings, name: str, given: dict[str, str]) -> None:
    """Print a report for Neo4j Browser or cypher-shell: its parameters, then its file.

    Only a name or title among them needs the store, which knows the id.
    """
    asked = report(name)
    values = read_parameters(asked, given)

    async def find() -> dict[str, ParameterValue]:
        async with opened(settings) as store:
            return await find_nodes(reader_of(store, settings), asked, values)

    ids = [value for each in asked.parameters if each.label for value in _listed(values[each.name])]
    lines = parameter_lines(values if all(map(is_id, ids)) else asyncio.run(find()))
    write("\n".join([*(f"{line};" for line in lines), f"{asked.text.rstrip()};", ""]).encode())


def _listed(value: ParameterValue) -> list[str]:
    return value if isinstance(value, list) else [] if value is None else [str(value)]


def show_list(settings: Settings, *, as_json: bool) -> None:
    """List the reports, by area."""
    if not as_json:
        show(*_areas([card(each) for each in all_reports()]))
        return

    async def run() -> ReportList:
        async with opened(settings) as store:
            return await list_reports(store)

    write_answer(asyncio.run(run()))


def show_description(name: str) -> None:
    """Say what a report answers, with its parameters and columns."""
    show(_description(card(report(name))))


def _areas(cards: list[ReportCard]) -> list[RenderableType]:
    parts: list[RenderableType] = []
    for area in AREAS:
        table = grid("left", "left")
        for each in cards:
            if each.area == area:
                needs = " (needs derive)" if each.needs == "derived" else ""
                table.add_row(each.name, each.title + needs)
        parts += [heading(area), Padding(table, (0, 0, 1, 2))]
    parts.append(Text("Parameters and columns of one: coauthor-graph report NAME --about"))
    return parts


def _description(each: ReportCard) -> RenderableType:
    parameters, columns = grid("left", "left"), grid("left", "left", "left")
    for parameter in each.parameters:
        default = "needed" if parameter.required else f"default {_cell(parameter.default)}"
        parameters.add_row(parameter.name, f"{parameter.words}; {parameter.allowed} ({default})")
    for column in each.columns:
        kind = f"{column.type}, may be unknown" if column.nullable else column.type
        columns.add_row(column.name, kind, column.words)
    needs = [Text("Needs the derived layer: coauthor-graph derive")] * (each.needs == "derived")
    return Group(
        heading(each.title),
        Text(each.about),
        *needs,
        heading("\nParameters" if each.parameters else "\nNo parameters"),
        Padding(parameters, (0, 0, 0, 2)),
        heading("\nColumns"),
        Padding(columns, (0, 0, 0, 2)),
    )


def _layout(answer: ReportAnswer) -> RenderableType:
    shown = [column for column in answer.report.columns if not _said_by_name(answer, column.name)]
    titles = {column.name: column.name.replace("_", " ") for column in shown}
    numbers = [titles[column.name] for column in shown if column.type in ("int", "float")]
    table = ruled(*titles.values(), right=numbers)
    for row in answer.results:
        table.add_row(
            *(
                _ids(row[column.name]) if column.name.endswith("_ids") else _cell(row[column.name])
                for column in shown
            )
        )
    return Group(
        heading(answer.report.title),
        table if answer.results else Text("no rows"),
        Text(f"\n{answer.report.about}"),
        notes(answer.meta),
    )


def _said_by_name(answer: ReportAnswer, name: str) -> bool:
    """Tell whether a column holds ids whose names stand beside them and tell them apart."""
    stem, _, ending = name.rpartition("_")
    many = "s" if ending == "ids" else ""
    if ending not in ("id", "ids"):
        return False
    titles = [f"title{many}"] if stem == "paper" else []
    # `papers` may be how many, and names nothing.
    names = {column.name for column in answer.report.columns if column.type in ("str", "list")}
    beside = [each for each in (stem + many, f"{stem}_title", *titles) if each in names]
    if not beside:
        return False
    pairs = {(str(row[name]), str(row[beside[0]])) for row in answer.results}
    return len({text for _, text in pairs}) == len(pairs)


def _ids(value: Parameter) -> str:
    """Show that there are ids, and which the first is; `--json` and `--csv` have them whole."""
    if not isinstance(value, list) or not value:
        return "–"
    first = plain(value[0])
    short = first if len(first) <= LONGEST_ID else first[: LONGEST_ID - 1] + "…"
    return short + (f" +{len(value) - 1}" if len(value) > 1 else "")


def _cell(value: Parameter) -> str:
    match value:
        case None | []:
            return "–"
        case bool():
            return "yes" if value else "no"
        case list():
            more = f" and {len(value) - LONGEST_LIST} more" if len(value) > LONGEST_LIST else ""
            return "; ".join(plain(part) for part in value[:LONGEST_LIST]) + more
        case float():
            return f"{value:g}"
        case _:
            return plain(value)
