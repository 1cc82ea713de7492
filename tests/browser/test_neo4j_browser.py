"""Neo4j Browser on a graph that we loaded: what a person sees there, and the canned reports."""

import asyncio
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import neo4j
import pytest
from playwright.sync_api import Page, expect

from graph_service.browser_pack.examples import Examples, fill, find_examples
from graph_service.projection.reader import Reader
from graph_service.reports.files import Report, all_reports
from graph_service.reports.parameters import parameter_lines
from graph_service.settings import Settings
from graph_service.store.opening import open_store
from tests.browser.conftest import run, sign_in, wait_until_still

# One of each area is enough to see that Browser takes the files as they are.
ONE_OF_EACH_AREA = {report.area: report for report in reversed(all_reports())}


@pytest.fixture(scope="module")
def signed_in(
    visiting: Any,
    neo4j_server: Any,
    neo4j_settings: Settings,
    raw_neo4j: neo4j.Driver,
    real_page: Path,
    fill: Callable[..., None],
) -> Iterator[Page]:
    """Neo4j Browser, signed in to the server that holds the real page, loaded and derived."""
    if not hasattr(neo4j_server, "http_uri"):
        pytest.skip("of a server given by NEO4J_URI, the address of its Browser is not known")
    raw_neo4j.execute_query("MATCH (n) DETACH DELETE n")
    fill(neo4j_server.bolt_uri, neo4j_settings, real_page)
    with visiting() as visit:
        sign_in(visit.page, neo4j_server)
        yield visit.page


@pytest.fixture
def browser(signed_in: Page, keep_picture: Callable[[Page], None]) -> Iterator[Page]:
    yield signed_in
    keep_picture(signed_in)


@pytest.fixture(scope="module")
def examples(signed_in: Page, neo4j_server: Any, neo4j_settings: Settings) -> Examples:
    """Whom and what to ask about."""

    async def work() -> Examples:
        store = await open_store(neo4j_server.bolt_uri, neo4j_settings)
        try:
            return await Reader(store).ask(find_examples)
        finally:
            await store.close()

    # In a thread, since Playwright's event loop counts as running in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work()).result()


def values_for(report: Report, examples: Examples) -> dict[str, Any]:
    """A value for every parameter; an id that nothing has, where the graph has no example."""
    filled = fill(report, examples)
    return filled.values | dict.fromkeys(filled.missing, "no such id")


def test_authors_and_papers_are_shown_by_name(browser: Page, raw_neo4j: neo4j.Driver) -> None:
    frame = run(browser, "MATCH (a:Author)-[:AUTHORED]->(p) RETURN a,p")
    overview = frame.get_by_test_id("vizInspector")
    for count in ("Author (55)", "Paper (50)", "AUTHORED (175)"):
        expect(overview.get_by_text(count, exact=True)).to_be_visible()
    nodes = frame.locator("g.node")
    expect(nodes).to_have_count(105)
    wait_until_still(browser)
    captions = {
        number.removeprefix("graph-node"): [line.strip() for line in lines]
        for number, lines in nodes.evaluate_all(
            "nodes => nodes.map(node => [node.getAttribute('aria-label'),"
            " [...node.querySelectorAll('text.caption')].map(line => line.textContent)])"
        )
    }
    names = {
        row["id"].rpartition(":")[2]: row["name"]
        for row in raw_neo4j.execute_query(
            "MATCH (n:Author|Paper) RETURN elementId(n) AS id, coalesce(n.name, n.title) AS name"
        ).records
    }
    assert captions.keys() == names.keys()
    whole = {" ".join(lines) for lines in captions.values()}
    assert {"Xiyang Dai", "Yinpeng Chen", "Bharat Singh", "Lu Yuan"} <= whole
    # A circle holds some twenty letters: Browser cuts, and leaves out a word that ends a full line.
    for number, lines in captions.items():
        parts = [re.escape(line.removesuffix("…")) for line in lines]
        assert any(parts), names[number]
        assert re.search(".*".join(parts), names[number]), (lines, names[number])


@pytest.mark.parametrize("report", ONE_OF_EACH_AREA.values(), ids=lambda report: report.name)
def test_a_report_runs_as_it_is_pasted(
    browser: Page, examples: Examples, raw_neo4j: neo4j.Driver, report: Report
) -> None:
    values = values_for(report, examples)
    lines = parameter_lines(values)
    if lines:
        frame = run(browser, "; ".join(lines))
        if len(lines) == 1:
            expect(frame).to_contain_text("Successfully set your parameters.")
        else:
            expect(frame.get_by_title("Status: success")).to_have_count(len(lines))

    frame = run(browser, report.text)
    expect(frame.get_by_test_id("frameStatusbar")).to_contain_text(
        re.compile("Started streaming|Completed after|ERROR|Error")
    )
    rows = len(raw_neo4j.execute_query(report.text, values).records)
    expect(frame.locator("tbody tr")).to_have_count(rows)
    if rows:
        columns = [column.name for column in report.columns]
        assert frame.locator("th[role=columnheader]").all_inner_texts() == columns
    else:
        expect(frame.get_by_test_id("frameStatusbar")).to_contain_text("Completed after")


def test_every_report_runs_in_cypher_shell(
    examples: Examples, neo4j_server: Any, raw_neo4j: neo4j.Driver
) -> None:
    texts = [
        "\n".join([*parameter_lines(values_for(report, examples)), report.text.strip() + ";"])
        for report in all_reports()
    ]
    printed = neo4j_server.cypher_shell("\n".join(texts) + "\n").splitlines()
    answered = 0
    for report in all_reports():
        if raw_neo4j.execute_query(report.text, values_for(report, examples)).records:
            columns = ", ".join(column.name for column in report.columns)
            assert printed[printed.index(columns) + 1].strip()
            answered += 1
    assert answered > 20
