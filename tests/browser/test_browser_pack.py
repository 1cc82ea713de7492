"""Neo4j Browser with our guide, style and favourites, on the packaged sample."""

import html
import os
import re
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import neo4j
import pytest
from playwright.sync_api import Locator, Page, expect

from graph_service.browser_pack.style import EDGE_STYLES, NODE_STYLES
from graph_service.reports.files import Report, all_reports
from graph_service.reports.parameters import cypher_literal
from graph_service.settings import Settings
from tests.browser.conftest import (
    COMMAND,
    SAMPLE,
    command_environment,
    run,
    serving,
    sign_in,
    wait_until_still,
)

PICTURE = {"x": 0, "y": 0, "width": 1600, "height": 610}
TIES = "MATCH (a:Author {id: 'author:chen.dongdong'})-[t:COAUTHORED]-(b) RETURN a, t, b"


@pytest.fixture(scope="module")
def loaded(
    neo4j_server: Any,
    neo4j_settings: Settings,
    raw_neo4j: neo4j.Driver,
    fill: Callable[..., None],
) -> str:
    """The address of the server, which holds the packaged sample, derived."""
    if not hasattr(neo4j_server, "http_uri"):
        pytest.skip("of a server given by NEO4J_URI, the address of its Browser is not known")
    raw_neo4j.execute_query("MATCH (n) DETACH DELETE n")
    fill(neo4j_server.bolt_uri, neo4j_settings, SAMPLE)
    address: str = neo4j_server.bolt_uri
    return address


@pytest.fixture(scope="module")
def service(
    loaded: str, neo4j_server: Any, neo4j_settings: Settings, tmp_path_factory: Any
) -> Iterator[str]:
    """The address of our service on the same server, as Neo4j Browser may name it."""
    environment = command_environment(
        neo4j_settings, COAUTHOR_GRAPH_BROWSER_ORIGINS=neo4j_server.http_uri
    )
    with serving(loaded, tmp_path_factory.mktemp("service"), environment) as address:
        yield address


@pytest.fixture(scope="module")
def signed_in(visiting: Any, loaded: str, neo4j_server: Any) -> Iterator[Page]:
    with visiting() as visit:
        sign_in(visit.page, neo4j_server)
        yield visit.page


@pytest.fixture
def browser(signed_in: Page, keep_picture: Callable[[Page], None]) -> Iterator[Page]:
    """Neo4j Browser without frames and drawers."""
    clear(signed_in)
    yield signed_in
    keep_picture(signed_in)


def clear(page: Page) -> None:
    """Close every frame, by the command for that."""
    page.get_by_test_id("activeEditor").locator(".monaco-editor").first.click()
    page.keyboard.press("Control+a")
    page.keyboard.type(":clear")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_test_id("frame")).to_have_count(0)


def click_run(page: Page, command: Locator) -> Locator:
    """Click the triangle in front of a guide's command; gives the frame that this makes."""
    text = command.inner_text().strip()
    before = page.get_by_test_id("frame").count()
    command.locator("i").first.click()
    expect(page.get_by_test_id("frame")).to_have_count(before + 1)
    frame = page.get_by_test_id("frame").first
    expect(frame.get_by_test_id("frameCommand").first).to_contain_text(text.splitlines()[0][:40])
    return frame


# -- the guide ----------------------------------------------------------------------------


def test_the_guide_is_played_and_its_queries_are_clicked(browser: Page, service: str) -> None:
    run(browser, f":play {service}/browser/guide.html")
    frame = browser.get_by_test_id("frame").filter(has_text="guide.html")
    expect(frame).to_contain_text("55 authors and 50 papers")
    expect(frame).to_contain_text("1 / 8")

    headings = [frame.locator("h3").inner_text()]
    for number in range(2, 9):
        frame.get_by_test_id("nextSlide").click()
        expect(frame).to_contain_text(f"{number} / 8")
        headings.append(frame.locator("h3").inner_text())
        if headings[-1] != "How two authors are connected":
            continue
        expect(frame).to_contain_text("Dongdong Chen and Jianwei Yang")
        parameters, chain, papers = frame.locator("pre.runnable").all()
        both = click_run(browser, parameters)
        expect(both.get_by_title("Status: success")).to_have_count(2)
        path = click_run(browser, chain)
        expect(path.locator("g.node")).to_have_count(3)
        ways = click_run(browser, papers)
        expect(ways.locator("g.node[aria-label]")).not_to_have_count(0)
        # A click on the text itself only puts it into the editor.
        count = browser.get_by_test_id("frame").count()
        chain.click(position={"x": 300, "y": 12})
        expect(browser.get_by_test_id("activeEditor")).to_contain_text("shortestPath")
        expect(browser.get_by_test_id("frame")).to_have_count(count)

    assert headings == [
        "Who is here",
        "One author",
        "How two authors are connected",
        "Papers with code",
        "Clusters",
        "Lineage",
        "How sure is that?",
        "Reports",
    ]


def test_every_command_of_the_guide_works_and_no_query_is_dead(
    service: str, raw_neo4j: neo4j.Driver
) -> None:
    text = httpx.get(f"{service}/browser/guide.html").text
    commands = [
        html.unescape(found)
        for found in re.findall(r'<pre class="[^"]* runnable">(.*?)</pre>', text, re.DOTALL)
    ]
    parameters: dict[str, Any] = {}
    asked = 0
    for command in commands:
        if command.startswith((":style", ":guide")):
            address = command.split()[1]
            assert httpx.get(address.replace("localhost", "127.0.0.1")).status_code == 200
        elif command.startswith(":param"):
            for name, literal in re.findall(r":param (\w+) => ('(?:[^'\\]|\\.)*')", command):
                parameters[name] = raw_neo4j.execute_query(f"RETURN {literal}").records[0][0]
        else:
            result = raw_neo4j.execute_query(command, parameters)
            assert result.records, command
            assert result.summary.query_type == "r", command
            asked += 1
    assert asked >= 11


def test_the_guide_stays_at_the_side(browser: Page, service: str) -> None:
    run_command(browser, f":guide {service}/browser/guide.html")
    command = browser.locator("pre.runnable", has_text="AS first_year")
    expect(command).to_be_visible()
    command.locator("i").first.click()
    frame = browser.get_by_test_id("frame").first
    expect(frame.locator("th[role=columnheader]").first).to_have_text("author")
    expect(command).to_be_visible()
    browser.get_by_test_id("navigationGuides").click()


def run_command(page: Page, text: str) -> None:
    """Type and run a command that makes no frame."""
    page.get_by_test_id("activeEditor").locator(".monaco-editor").first.click()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")


# -- the style ----------------------------------------------------------------------------


def captions(frame: Locator, selector: str) -> list[tuple[str, str, str]]:
    """The caption, its colour and the circle's colour of every node."""
    found: list[tuple[str, str, str]] = frame.locator(selector).evaluate_all(
        """nodes => nodes.map(node => [
            [...node.querySelectorAll("text")].map(line => line.textContent.trim()).join(" "),
            node.querySelector("text").getAttribute("fill"),
            node.querySelector(".b-outline").getAttribute("fill"),
        ])"""
    )
    return [(text, letters, color) for text, letters, color in found]


def styled(page: Page, service: str, query: str) -> Locator:
    run(page, f":style {service}/browser/style.grass")
    frame = run(page, query)
    expect(frame.locator("g.node")).not_to_have_count(0)
    wait_until_still(page)
    return frame


def test_the_style_gives_colours_and_captions(browser: Page, service: str) -> None:
    frame = styled(browser, service, TIES)
    author = NODE_STYLES["Author"]
    nodes = captions(frame, "g.node")
    assert {(letters, color) for _, letters, color in nodes} == {(author.text, author.color)}
    assert {"Dongdong Chen", "Xiyang Dai", "Lu Yuan"} <= {text for text, _, _ in nodes}
    ties = captions(frame, "g.relationship")
    assert {color for _, _, color in ties} == {EDGE_STYLES["COAUTHORED"].color}
    # Papers shared and the weight; Dongdong Chen and Xiyang Dai have fourteen papers.
    assert "14 · 7.0" in {text for text, _, _ in ties}
    # Browser cuts what is longer than the line between two circles.
    assert all(re.fullmatch(r"\d+ · \d+\.\d+|[\d ·.]*…?", text) for text, _, _ in ties)
    assert [text for text, _, _ in ties if text.endswith("…")] == []


def test_every_label_that_people_meet_is_coloured(
    browser: Page, service: str, raw_neo4j: neo4j.Driver
) -> None:
    # What the sample does not lead to is put beside it for this test.
    raw_neo4j.execute_query(
        """MATCH (a:Author {id: 'author:chen.dongdong'})-[:AUTHORED]->(p:Paper)
        WITH a, p ORDER BY p.id LIMIT 1
        CREATE (a)-[:IN_CLUSTER {share: 0.5}]->(c:Cluster {id: 'test:c', label: 'pixels'})
        CREATE (p)-[:BUILDS_ON {tier: 'strong'}]->(:Paper {id: 'test:p', title: 'Older'})
        CREATE (p)-[:INTRODUCES]->(:Method {id: 'test:m', name: 'Pier'})
        CREATE (p)-[:PUBLISHED_IN]->(:Venue {id: 'test:v', name: 'Letters'})
        CREATE (p)-[:MENTIONS]->(:Method {id: 'test:n', name: 'Quay'})
        CREATE (:Aside {id: 'test:a', type: 'COAUTHORED'})"""
    )
    try:
        frame = styled(
            browser,
            service,
            "MATCH (n) WHERE NOT n:Record WITH labels(n)[0] AS label, n ORDER BY n.id DESC"
            " WITH label, collect(n)[..2] AS some UNWIND some AS n RETURN n",
        )
        seen = {(color, letters) for _, letters, color in captions(frame, "g.node")}
        kinds = {
            record["label"]
            for record in raw_neo4j.execute_query(
                "MATCH (n) WHERE NOT n:Record RETURN DISTINCT labels(n)[0] AS label"
            ).records
        }
        assert {"Cluster", "Method", "Venue", "Derivation", "Store", "Aside"} <= kinds
        assert seen == {(NODE_STYLES[kind].color, NODE_STYLES[kind].text) for kind in kinds}

        frame = styled(
            browser,
            service,
            "MATCH (p:Paper)-[b:BUILDS_ON|INTRODUCES|MENTIONS]->(o) WHERE o.id STARTS WITH 'test:'"
            " MATCH (p)<-[w:AUTHORED]-(a)-[i:IN_CLUSTER]->(c) RETURN p, b, o, a, w, i, c",
        )
        texts = {text for text, _, _ in captions(frame, "g.relationship")}
        assert {"strong", "introduces", "mentions", "0.5"} <= texts
        names = {text for text, _, _ in captions(frame, "g.node")}
        assert {"pixels", "Pier", "Dongdong Chen"} <= names
    finally:
        raw_neo4j.execute_query("MATCH (n) WHERE n.id STARTS WITH 'test:' DETACH DELETE n")


# -- favourites ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def packed(loaded: str, neo4j_settings: Settings, tmp_path_factory: Any) -> Path:
    """The favourites, made by the command for the graph on the server."""
    path: Path = tmp_path_factory.mktemp("pack") / "reports.zip"
    subprocess.run(
        [COMMAND, "browser-pack", path, "--store", loaded],
        env=command_environment(neo4j_settings),
        cwd=path.parent,
        check=True,
        capture_output=True,
    )
    return path


def drop(page: Page, path: Path) -> None:
    """Drag a file from a folder of the desktop onto the page."""
    devtools = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        devtools.send("Input.dispatchDragEvent", {"type": kind, "x": 900, "y": 600, "data": data})
    devtools.detach()


def test_a_dropped_pack_makes_favourites_that_run_by_one_click(browser: Page, packed: Path) -> None:
    drop(browser, packed)
    browser.get_by_test_id("navigationFavorites").click()
    for area in dict.fromkeys(report.area for report in all_reports()):
        expect(browser.get_by_test_id(f"expandFolder-{area}").first).to_be_visible()

    for report in all_reports():
        if report.name not in ("collaborators_top", "paths_shortest"):
            continue
        browser.get_by_test_id(f"expandFolder-{report.area}").first.click()
        item = browser.get_by_test_id("savedScriptListItem").filter(
            has=browser.get_by_test_id(f"scriptTitle-{report.title}")
        )
        item.hover()
        item.get_by_test_id("savedScriptsButton-Run").click()
        frame = browser.get_by_test_id("frame").first
        expect(frame.get_by_test_id("frameCommand")).to_contain_text(report.title[:60])
        expect(frame.locator("tbody tr")).not_to_have_count(0)
        columns = frame.locator("th[role=columnheader]").all_inner_texts()
        assert columns == [column.name for column in report.columns]


@pytest.mark.parametrize("report", all_reports(), ids=lambda report: report.name)
def test_every_favourite_is_a_statement_without_parameters(
    packed: Path, raw_neo4j: neo4j.Driver, report: Report
) -> None:
    with zipfile.ZipFile(packed) as archive:
        text = archive.read(f"{report.area}/{report.name}.cypher").decode()
    told = re.findall(r"^// This graph has nothing to give for \$(\w+)\.", text, re.MULTILINE)
    result = raw_neo4j.execute_query(text, dict.fromkeys(told, "no such id"))
    assert result.keys == [column.name for column in report.columns]
    assert result.summary.query_type == "r"


@pytest.mark.parametrize(
    "value",
    [
        "O'Neil",
        'say "no"',
        "back\\slash",
        "\\u0027 + 1 + \\u0027",
        "\\\\u0027",
        "\\",
        "'; MATCH (n) DETACH DELETE n //",
        "line\nbreak\r\n\u2028\u2029\u0085",
        "*/ // /*",
        "</script>",
        "$author",
        "漢字 – ü – 😀",
    ],
)
def test_a_value_in_a_statement_is_nothing_but_this_value(
    raw_neo4j: neo4j.Driver, value: str
) -> None:
    # The server turns `\\uXXXX` into a letter before it reads quotes and comments.
    cypher = f"// note = {cypher_literal(value)} -- a note\nRETURN {cypher_literal(value)} AS x"
    assert raw_neo4j.execute_query(cypher).records[0]["x"] == value


def test_a_value_set_in_the_browser_is_nothing_but_this_value(browser: Page) -> None:
    for value in ('O\'Neil \\u0027 \\ "x"', "a; :clear // => $x", "</b> {x: 'y'}"):
        frame = run(browser, f":param note => {cypher_literal(value)}")
        expect(frame).to_contain_text("Successfully set your parameters.")
        frame = run(browser, "RETURN size($note) AS letters, left($note, 8) AS beginning")
        cells = frame.locator("tbody tr").first
        expect(cells).to_contain_text(str(len(value)))


# -- the picture in the README ------------------------------------------------------------


def test_picture_of_the_guide_beside_a_path(browser: Page, service: str) -> None:
    """Written to README_PICTURE, where that is set."""
    run(browser, f":style {service}/browser/style.grass")
    clear(browser)
    run_command(browser, f":guide {service}/browser/guide.html")
    for _ in range(2):
        browser.get_by_text("Next", exact=True).click()
    expect(browser.locator("h3", has_text="How two authors are connected")).to_be_visible()
    parameters, _, papers = browser.locator("pre.runnable").all()
    parameters.locator("i").first.click()
    expect(browser.get_by_title("Status: success")).to_have_count(2)
    papers.locator("i").first.click()
    frame = browser.get_by_test_id("frame").first
    expect(frame.locator("g.node")).not_to_have_count(0)
    wait_until_still(browser)
    frame.get_by_label("Collapse the node properties display").click()
    frame.get_by_label("zoom-to-fit").click()
    wait_until_still(browser)
    browser.mouse.move(1200, 800)
    browser.mouse.wheel(0, -1000)
    if path := os.environ.get("README_PICTURE"):
        browser.screenshot(path=path, scale="css", clip=PICTURE)
        assert Path(path).stat().st_size < 400_000
    browser.get_by_test_id("navigationGuides").click()
