"""Neo4j Browser on a graph that we loaded: what a person sees there, and the canned reports."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import neo4j
import pytest
from playwright.sync_api import Locator, Page, expect

from graph_service.settings import Settings

REPORTS_FOLDER = Path(__file__).parents[2] / "cypher" / "reports"
REPORTS = sorted(REPORTS_FOLDER.rglob("*.cypher"))

# For parameters without a default in the report's header.
EXAMPLES = {
    "author": "author:dai.xiyang",
    "source": "author:singh.bharat",
    "target": "author:abdin.marah",
}


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
        page = visit.page
        page.goto(f"{neo4j_server.http_uri}/browser/")
        page.get_by_test_id("username").fill(neo4j_server.user)
        page.get_by_test_id("password").fill(neo4j_server.password)
        page.get_by_test_id("connect").click()
        expect(page.get_by_test_id("activeEditor")).to_contain_text("neo4j$")
        yield page


@pytest.fixture
def browser(signed_in: Page, keep_picture: Callable[[Page], None]) -> Iterator[Page]:
    yield signed_in
    keep_picture(signed_in)


def run(page: Page, text: str) -> Locator:
    """Paste a text into the editor and run it, as a person does; gives the frame it makes."""
    editor = page.get_by_test_id("activeEditor")
    editor.locator(".monaco-editor").first.click()
    page.keyboard.press("Control+a")
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+v")
    expect(editor).to_contain_text(text.splitlines()[-1])
    page.get_by_test_id("editor-Run").click()
    frame = page.get_by_test_id("frame").first
    expect(frame.get_by_test_id("frameCommand").first).to_contain_text(text.splitlines()[0])
    return frame


def header(report: Path, key: str) -> list[re.Match[str]]:
    """The lines `// KEY name: type = default` of a report."""
    return list(
        re.finditer(
            rf"^// {key} (?P<name>\w+): (?P<type>\w+)(?: = (?P<default>\S+))?",
            report.read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    )


def parameter_lines(report: Path) -> list[str]:
    """Commands that set a report's parameters, for Browser and for cypher-shell.

    Browser makes a float of each number in the other form, `:param {limit: 25}`, which LIMIT
    then refuses.
    """
    lines = []
    for found in header(report, "param"):
        default = found["default"] or json.dumps(EXAMPLES[found["name"]])
        lines.append(f":param {found['name']} => {default}")
    return lines


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


def wait_until_still(page: Page) -> None:
    """Wait until the nodes no longer move, so that a picture shows what a person sees."""
    page.wait_for_function(
        """() => {
            const nodes = [...document.querySelectorAll("g.node")]
            const places = nodes.map(node => node.getAttribute("transform")).join()
            const still = places === window.placesBefore
            window.placesBefore = places
            return still
        }""",
        polling=400,
    )


@pytest.mark.parametrize("report", REPORTS, ids=lambda path: path.stem)
def test_a_report_runs_as_it_is_pasted(browser: Page, report: Path) -> None:
    lines = parameter_lines(report)
    frame = run(browser, "; ".join(lines))
    if len(lines) == 1:
        expect(frame).to_contain_text("Successfully set your parameters.")
    else:
        expect(frame.get_by_title("Status: success")).to_have_count(len(lines))

    frame = run(browser, report.read_text(encoding="utf-8"))
    expect(frame.get_by_test_id("frameStatusbar")).to_contain_text(
        re.compile("Started streaming|Completed after|ERROR|Error")
    )
    expect(frame.locator("tbody tr")).not_to_have_count(0, timeout=1_000)
    columns = [found["name"] for found in header(report, "column")]
    assert frame.locator("th[role=columnheader]").all_inner_texts() == columns


def test_every_report_runs_in_cypher_shell(signed_in: Page, neo4j_server: Any) -> None:
    reports = [
        "\n".join([*parameter_lines(report), report.read_text(encoding="utf-8").strip() + ";"])
        for report in REPORTS
    ]
    printed = neo4j_server.cypher_shell("\n".join(reports) + "\n").splitlines()
    for report in REPORTS:
        columns = ", ".join(found["name"] for found in header(report, "column"))
        assert len(printed) > printed.index(columns) + 1
        assert printed[printed.index(columns) + 1].strip()
