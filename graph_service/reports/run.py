"""Asking a report: check the parameters, find the nodes they name, ask the store, say how far."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from graph_service.model.answers import (
    Meta,
    Note,
    ReportAnswer,
    ReportCard,
    ReportColumn,
    ReportList,
    ReportParameter,
)
from graph_service.model.errors import NodeNotFound, NotDerived, ReportUnsupported, StoreBusy
from graph_service.projection.find import find_author, find_paper
from graph_service.projection.reader import TRIES, Reader
from graph_service.reports.files import Parameter, ParameterValue, Report, all_reports, report
from graph_service.reports.parameters import read_parameters
from graph_service.reports.property_graph import PropertyGraph
from graph_service.reports.twins import twin_of
from graph_service.store.protocol import (
    LABEL,
    GraphStore,
    Labelled,
    Question,
    Row,
    StoreState,
)
from graph_service.store.statements import statement

# For reports whose rows no `limit` bounds; those walk one chain or one short table.
MOST_ROWS = 1_000


async def run_report(reader: Reader, name: str, given: Mapping[str, str]) -> ReportAnswer:
    """Ask a report of one state of the store, again when that changed meanwhile.

    Args:
        reader: Whose store is asked; its projection is made only where a name or title must be
            looked up.
        name: The report's name.
        given: Parameters as texts. Where an id is wanted, an author may be given by name and a
            paper by title.

    Raises:
        ReportNotFound: No report has this name.
        ReportUnsupported: It has no twin and the store is not Neo4j.
        ParameterError: A parameter is unknown, missing, of another type or out of its range.
        NotFound, Conflict: A parameter names nothing, or several; or the report needs a part of
            the derived layer that is not there.
        QueryTimeout: It took too long.
    """
    asked = report(name)
    values = read_parameters(asked, given)
    for _ in range(TRIES):
        state = await reader.store.state()
        try:
            _check_derived(asked, state)
            found = await find_nodes(reader, asked, values)
            rows = await _rows(reader.store, asked, found)
        except Exception:
            if await reader.store.state() == state:
                raise
            continue
        if await reader.store.state() == state:
            return _answer(asked, found, rows, state)
    raise StoreBusy(reader.store.name)


async def list_reports(store: GraphStore) -> ReportList:
    """List every report, by area, then by name."""
    cards = [card(each) for each in all_reports()]
    return ReportList(meta=_meta(await store.state(), count=len(cards)), results=cards)


def card(each: Report) -> ReportCard:
    """Describe a report."""
    return ReportCard(
        name=each.name,
        area=each.area,
        title=each.title,
        about=each.about,
        needs=each.needs,
        neo4j_only=each.no_twin,
        parameters=[
            ReportParameter(
                name=parameter.name,
                type=parameter.type,
                required=parameter.required,
                default=parameter.default,
                allowed=parameter.allowed,
                words=parameter.words,
            )
            for parameter in each.parameters
        ],
        columns=[
            ReportColumn(
                name=column.name, type=column.type, nullable=column.nullable, words=column.words
            )
            for column in each.columns
        ],
    )


def _check_derived(asked: Report, state: StoreState) -> None:
    if asked.needs == "facts":
        return
    if state.derivation is None or state.derived != "complete":
        raise NotDerived(state.derived)
    if missing := sorted(set(asked.parts) - set(state.derivation.parts)):
        raise NotDerived(state.derived, parts=missing)


async def find_nodes(
    reader: Reader, asked: Report, values: Mapping[str, ParameterValue]
) -> dict[str, ParameterValue]:
    """Replace names and titles among a report's parameters by ids.

    Raises:
        NotFound, Conflict: One names nothing, or several.
    """
    return {
        parameter.name: await _found(reader, parameter, values[parameter.name])
        for parameter in asked.parameters
    }


async def _found(reader: Reader, parameter: Parameter, value: ParameterValue) -> ParameterValue:
    """Replace names and titles by ids, and check that what an id names is there."""
    if parameter.label is None or value is None:
        return value
    asked = value if isinstance(value, list) else [str(value)]
    there = await _present(reader.store, parameter.label, asked)
    ids = [
        each if each in there else await _look_up(reader, parameter.label, each) for each in asked
    ]
    return ids if isinstance(value, list) else ids[0]


async def _present(store: GraphStore, label: str, ids: list[str]) -> set[str]:
    def twin(labelled: Labelled, parameters: Mapping[str, Any]) -> list[Row]:
        nodes = labelled.graph.nodes
        return [{"id": id_} for id_ in parameters["ids"] if nodes.get(id_, {}).get(LABEL) == label]

    question = Question(statement("reads/present", LABEL=label), twin)
    return {row["id"] for row in await store.rows(question, {"ids": ids})}


async def _look_up(reader: Reader, label: str, asked: str) -> str:
    if label == "Author":
        view = await reader.view()
        return view.graph.author_ids[await find_author(view, asked)]
    if label == "Paper":
        view = await reader.view()
        return view.graph.paper_ids[await find_paper(view, asked)]
    raise NodeNotFound(label, asked)


async def _rows(store: GraphStore, asked: Report, values: Mapping[str, Any]) -> list[Row]:
    """Ask for one row more than is wanted, to know whether there are more."""
    limited = {**values, "limit": values["limit"] + 1} if "limit" in values else dict(values)
    twin = None if asked.no_twin else partial(_ask_twin, asked)
    try:
        return await store.rows(Question(asked.statement, twin), limited)
    except NotImplementedError as error:
        raise ReportUnsupported(asked.name, store.name, asked.no_twin or "") from error


def _ask_twin(asked: Report, labelled: Labelled, values: Mapping[str, Any]) -> list[Row]:
    return twin_of(asked)(PropertyGraph(labelled), **values)


def _answer(
    asked: Report, values: dict[str, ParameterValue], rows: list[Row], state: StoreState
) -> ReportAnswer:
    limit = values.get("limit")
    most = limit if isinstance(limit, int) else MOST_ROWS
    notes = []
    if len(rows) > most:
        how = f"limit={most}; ask with a greater one" if limit else f"the cap of {most:,} rows"
        notes.append(Note(code="rows-cut", text=f"there are more rows than {how}"))
    if asked.needs == "derived" and state.stale:
        notes.append(
            Note(
                code="stale",
                text="the derived layer was computed from other facts than these; "
                "run: coauthor-graph derive",
            )
        )
    return ReportAnswer(
        meta=_meta(state, parameters=values, count=min(len(rows), most), notes=notes),
        report=card(asked),
        results=rows[:most],
    )


def _meta(
    state: StoreState,
    *,
    parameters: dict[str, ParameterValue] | None = None,
    count: int | None = None,
    notes: list[Note] | None = None,
) -> Meta:
    return Meta(
        facts_revision=state.facts_revision,
        derived_revision=state.derived_revision,
        stale=state.stale,
        parameters=parameters or {},
        count=count,
        notes=notes or [],
    )
