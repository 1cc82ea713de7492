"""Canned reports: rows worked out by hand, and the same rows, types and order on every store."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from graph_service.derive.run import derive
from graph_service.derive.ties import tie_edges
from graph_service.model.errors import (
    AuthorNotFound,
    NodeNotFound,
    NotDerived,
    PaperNotFound,
    ParameterError,
    QueryTimeout,
    ReportNotFound,
    StoreError,
)
from graph_service.projection.reader import Reader
from graph_service.reports.files import AREAS, Report, all_reports, report
from graph_service.reports.property_graph import PropertyGraph
from graph_service.reports.run import run_report
from graph_service.settings import Settings
from graph_service.store.fold import Graph
from graph_service.store.opening import open_store
from graph_service.store.protocol import DerivationStamp, GraphStore, Labelled, Question
from loaders.runner import load
from tests.invented import small_world
from tests.report_cases import Area, Case

pytestmark = pytest.mark.anyio
PYTHON_TYPES = {"str": str, "int": int, "float": float, "bool": bool, "list": list}


def area_of(name: str) -> Area:
    found: Area = import_module(f"tests.report_cases.{name}").AREA
    return found


async def fill(store: GraphStore, area: Area) -> None:
    """Load an area's world, derive its ties, and put what is given of the derived layer beside."""
    async with store.writing():
        await store.put(area.records)
        await store.append(area.log)
        view = await Reader(store).view()
        layer = Graph()
        layer.add(tie_edges(view.graph))
        layer.add(area.layer)
        stamp = DerivationStamp(
            facts_revision=view.state.facts_revision,
            status="complete",
            parameters='{"clusters":{},"lineage":{},"ties":{"max_authors":50}}',
            versions="{}",
            seconds=0.0,
        )
        await store.write_derived(stamp, layer)


def fits(rows: list[dict[str, Any]], name: str) -> None:
    columns = report(name).columns
    for row in rows:
        assert list(row) == [column.name for column in columns]
        for column in columns:
            value = row[column.name]
            if value is None:
                assert column.nullable, f"{name}: {column.name} is null"
            else:
                assert type(value) is PYTHON_TYPES[column.type], f"{name}: {column.name}"


@pytest.mark.parametrize("name", AREAS)
async def test_a_report_gives_the_rows_worked_out_by_hand(store: GraphStore, name: str) -> None:
    area = area_of(name)
    await fill(store, area)
    reader = Reader(store)
    for case in area.cases:
        answer = await run_report(reader, case.report, case.parameters)
        rows = [tuple(row.values()) for row in answer.results]
        assert rows == [tuple(row) for row in case.rows], (case.report, case.parameters)
        fits(answer.results, case.report)


async def test_ids_that_name_nothing_are_refused(store: GraphStore) -> None:
    await fill(store, area_of("lineage"))
    reader = Reader(store)
    with pytest.raises(PaperNotFound):
        await run_report(reader, "lineage_ancestors", {"paper": "x"})
    with pytest.raises(NodeNotFound, match="no cluster"):
        await run_report(reader, "cluster_members", {"cluster": "cluster:none"})


@pytest.mark.parametrize("each", all_reports(), ids=lambda each: each.name)
def test_every_report_is_worked_out_by_hand_more_than_once(each: Any) -> None:
    cases: list[Case] = [case for case in area_of(each.area).cases if case.report == each.name]
    assert len(cases) > 1
    assert any(case.rows for case in cases)


async def test_what_a_report_is_not_asked(store: GraphStore) -> None:
    async with store.writing():
        await store.put(small_world())
    reader = Reader(store)
    with pytest.raises(ReportNotFound):
        await run_report(reader, "collaborators_worst", {})
    with pytest.raises(NotDerived, match="run: coauthor-graph derive"):
        await run_report(reader, "paths_shortest", {"source": "Ada Quill", "target": "Dov Lind"})
    top = "collaborators_top"
    for given, error in (
        ({}, "author"),
        ({"author": "Ada Quill", "limit": "0"}, "limit"),
        ({"author": "Ada Quill", "limit": "501"}, "limit"),
        ({"author": "Ada Quill", "limit": "ten"}, "limit"),
        ({"author": "Ada Quill", "limit": "١٠"}, "limit"),
        ({"author": " "}, "author"),
        ({"author": "Ada Quill", "colour": "red"}, "colour"),
    ):
        with pytest.raises(ParameterError) as refused:
            await run_report(reader, top, given)
        assert refused.value.fields["name"] == error
    with pytest.raises(AuthorNotFound):
        await run_report(reader, top, {"author": "Nobody Atall"})
    with pytest.raises(NodeNotFound):
        await run_report(reader, "affiliations_joint_papers", {"affiliation": "affiliation:none"})


INJECTIONS = (
    "' OR 1=1 //",
    "author:marsh.cleo' RETURN 1 //",
    '"}) DETACH DELETE (n) //',
    "$limit",
    "`",
    "\\u0027",
    "author:okoro.ben\n:param limit => 1",
)


@pytest.mark.parametrize("value", INJECTIONS)
async def test_an_injection_is_only_ever_a_value(store: GraphStore, value: str) -> None:
    async with store.writing():
        await store.put(small_world())
    before = await store.counts()
    with pytest.raises(AuthorNotFound):
        await run_report(Reader(store), "collaborators_top", {"author": value})
    answer = await run_report(Reader(store), "papers_by_year_and_category", {"scheme": value})
    assert answer.results == []
    assert await store.counts() == before


async def test_names_titles_and_cuts(store: GraphStore) -> None:
    async with store.writing():
        await store.put(small_world())
    reader = Reader(store)
    answer = await run_report(reader, "collaborators_top", {"author": "OKORO, Ben", "limit": "1"})
    assert answer.meta.parameters == {"author": "author:okoro.ben", "max_authors": 50, "limit": 1}
    assert [row["collaborator_id"] for row in answer.results] == ["author:marsh.cleo"]
    assert [note.code for note in answer.meta.notes] == ["rows-cut"]
    whole = await run_report(reader, "collaborators_top", {"author": "OKORO, Ben", "limit": "2"})
    assert (len(whole.results), whole.meta.notes) == (2, [])


# For parameters without a default, by type and name or by type; all of them are on the page.
ON_THE_PAGE = {
    "author": "Xiyang Dai",
    "author source": "Bharat Singh",
    "author target": "Marah Abdin",
    "authors": "Yinpeng Chen; Lu Yuan",
    "authors right": "Zuxuan Wu; Dongdong Chen",
    "paper": "Dynamic ReLU",
    "cluster": "cluster:author:chen.yinpeng",
    "affiliation left": "affiliation:microsoft-research",
    "affiliation right": "affiliation:stanford",
}


@pytest.mark.real_page
async def test_reports_on_the_real_page_agree(store: GraphStore, real_page: Path) -> None:
    model = await open_store("memory:", Settings())
    for each in (store, model):
        await load(each, [real_page])
        await derive(each)
    readers = [Reader(store), Reader(model)]
    with_rows = 0
    for asked in all_reports():
        answers = [
            await run_report(reader, asked.name, given_on_the_page(asked)) for reader in readers
        ]
        assert answers[0] == answers[1]
        fits(answers[0].results, asked.name)
        with_rows += bool(answers[0].results)
    assert with_rows > 20
    await model.close()


def given_on_the_page(asked: Report) -> dict[str, str]:
    return {
        each.name: ON_THE_PAGE.get(f"{each.type} {each.name}") or ON_THE_PAGE.get(each.type, "x")
        for each in asked.parameters
        if each.required
    }


SLOW = "UNWIND range(1, 1000000000) AS n WITH n WHERE n < 0 RETURN n AS n"


async def test_a_report_stops_at_its_time_limit(address: str, settings: Settings) -> None:
    def twin(labelled: Labelled, parameters: object) -> list[dict[str, Any]]:
        graph = PropertyGraph(labelled)
        while True:
            graph.nodes("Author")

    short = settings.model_copy(update={"query_timeout_seconds": 0.2})
    hurried = await open_store(address, short, create=True)
    try:
        with pytest.raises(QueryTimeout, match="time limit"):
            await hurried.rows(Question(SLOW, twin), {})
        assert await hurried.counts() == ({}, {})
    finally:
        await hurried.close()


async def test_a_question_cannot_write_and_may_have_no_twin(store: GraphStore) -> None:
    question = Question("CREATE (n:Author {id: 'author:x'}) RETURN n.id AS id", None)
    if store.name.startswith("bolt"):
        with pytest.raises(StoreError, match=r"(?i)read"):
            await store.rows(question, {})
    else:
        with pytest.raises(NotImplementedError):
            await store.rows(question, {})
    assert await store.counts() == ({}, {})
