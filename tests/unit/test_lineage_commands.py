"""Lineage and citations by command and HTTP: the same bytes, plain words, and good refusals."""

import asyncio
import os
from pathlib import Path

import httpx
import orjson
import pytest
from click.testing import Result
from typer.testing import CliRunner

from graph_service.api.app import create_app
from graph_service.cli.main import app
from graph_service.derive.run import derive
from graph_service.settings import Settings
from graph_service.store.opening import open_store
from tests.looms import loom, looms, shuttle, shuttle_again, spindles, warp_2, warp_3

STORE = "file:looms.sqlite"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A derived store; tests work on copies."""
    place = tmp_path_factory.mktemp("looms") / "looms.sqlite"

    async def fill() -> None:
        store = await open_store(f"file:{place}", Settings(), create=True)
        async with store.writing():
            await store.put(looms())
        await derive(store)
        await store.close()

    asyncio.run(fill())
    return place


@pytest.fixture(autouse=True)
def folder(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("COAUTHOR_GRAPH_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("COAUTHOR_GRAPH_STORE", STORE)
    monkeypatch.chdir(tmp_path)
    Path("looms.sqlite").write_bytes(filled.read_bytes())


def run(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(app, list(words))
    if not isinstance(result.exception, SystemExit | None):
        raise result.exception
    assert result.exit_code == code, (result.exit_code, result.stdout, result.stderr)
    return result


WAYS = {
    "to": (("--to", spindles), f"to={spindles}"),
    "from": (("--from", loom), f"from={loom}"),
    "between": (("--between", loom, spindles), f"between={loom},{spindles}"),
    "topic": (("--topic", "weaving kernels"), "topic=weaving kernels"),
    "method": (("--method", "ShuttleNet"), "method=ShuttleNet"),
}


@pytest.mark.anyio
@pytest.mark.parametrize("name", WAYS)
async def test_the_command_prints_the_body_of_http(name: str) -> None:
    words, query = WAYS[name]
    more = ("--min-tier", "possible", "--merge-versions", "--json")
    printed = await asyncio.to_thread(run, "lineage", *words, *more)
    service = create_app(Settings(store=STORE))
    async with (
        service.router.lifespan_context(service),
        httpx.AsyncClient(transport=httpx.ASGITransport(service), base_url="http://t") as client,
    ):
        answer = await client.get(f"/lineages?{query}&min_tier=possible&merge_versions=true")
        drawn = await client.get(f"/lineages?{query}&format=svg")
    assert printed.stdout_bytes == answer.content + b"\n"
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert "default-src 'none'" in drawn.headers["content-security-policy"]


def test_a_chain_in_words() -> None:
    shown = run("lineage", "--to", "Spindles for", "--merge-versions").stdout
    assert "2019-01-05  LoomNet: Weaving Kernels by Hand" in shown
    assert "mention +5.00 ['LoomNet' in the abstract, cue extends]" in shown
    assert "join: Cy Hart" in shown
    assert "Stops: LoomNet → ShuttleNet (v1, v2) → Spindles for All Weavers of Wool" in shown
    assert "not a probability" in " ".join(shown.split())
    assert "the weights were set on scopes of about 50 papers" in " ".join(shown.split())


def test_every_shown_step_in_one_document() -> None:
    body = orjson.loads(run("lineage", "--edges", "--min-tier", "possible", "--json").stdout_bytes)
    found = {(step["older"]["id"], step["newer"]["id"]) for step in body["results"]}
    assert (loom, shuttle) in found
    assert body["meta"]["count"] == len(body["results"])
    for step in body["results"]:
        assert {"id", "title"} <= step["older"].keys() & step["newer"].keys()
        assert step["tier"] in ("strong", "likely", "possible")
        assert step["evidence"]


@pytest.mark.parametrize("format", ["mermaid", "dot", "svg"])
@pytest.mark.parametrize("words", [("--to", spindles), ("--edges",), (shuttle,)])
def test_answers_can_be_drawn(words: tuple[str, ...], format: str) -> None:
    drawn = run("lineage", *words, "--format", format).stdout
    assert "ShuttleNet" in drawn
    assert "probability" in drawn
    assert drawn == run("lineage", *words, "--format", format).stdout


def test_methods_in_words() -> None:
    assert "LoomNet (and 1 of this name)" in run("methods").stdout
    card = run("methods", "ShuttleNet").stdout
    assert "Built upon ShuttleNet" in card
    assert "one of these ids" in run("methods", "LoomNet", code=2).stderr


def test_a_decision_is_written_shown_and_taken_back() -> None:
    before = run("lineage", "--to", spindles, "--json").stdout_bytes
    wrote = run("decide", "reject", shuttle_again, shuttle, "--by", "Ada").stdout
    assert wrote.startswith("decision:1: reject, by Ada.")
    near = run("lineage", "--to", shuttle_again).stdout
    assert "rejected by Ada (decision:1)" in " ".join(near.split())
    accepted = orjson.loads(
        run("decide", "accept", warp_3, warp_2, "--by", "Ada", "--json").stdout_bytes
    )
    assert (accepted["id"], accepted["op"]) == ("decision:2", "accept")
    log = run("decide", "list").stdout
    assert log.count("yes") == 2
    for decision in ("decision:1", "decision:2"):
        run("decide", "undo", decision, "--by", "Ada")
    assert run("lineage", "--to", spindles, "--json").stdout_bytes == before


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("lineage",), 2, "ask one thing"),
        (("lineage", "--to", loom, "--from", loom), 2, "ask one thing"),
        (("lineage", "--to", loom, "--direction", "both", "--max-steps", "2"), 2, "go with PAPER"),
        (("lineage", "--to", loom, "--json", "--format", "svg"), 2, "do not go together"),
        (("lineage", "--to", "TeaNet"), 3, "no paper 'TeaNet'"),
        (("lineage", "--to", "ShuttleNet"), 3, "fits 2 papers"),
        (("lineage", "--to", loom, "--scope", "tea"), 2, "one of all, source:page"),
        (("lineage", "--topic", " "), 2, "at least one word"),
        (("methods", "TeaNet"), 3, "no method 'TeaNet'"),
        (("decide", "accept", loom, loom, "--by", "Ada"), 2, "another paper"),
        (("decide", "accept", loom, spindles, "--by", "Ada"), 1, "dated before"),
        (("decide", "accept", spindles, loom, "--by", " "), 2, "--by"),
        (("decide", "undo", "decision:9", "--by", "Ada"), 3, "decision:9"),
        (("main-path", "--arcs", "none.csv"), 1, "none.csv"),
        (("main-path", "--arcs", "x.csv", "--builds-on"), 2, "needs a store"),
        (("citations", "TeaNet"), 3, "no paper 'TeaNet'"),
        (("evaluate", "lineage", "none.csv"), 1, "none.csv"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    words: tuple[str, ...], code: int, said: str
) -> None:
    assert said in " ".join(run(*words, code=code).stderr.replace("│", " ").split())


GOLD = f"""newer_title,older_title,label
{shuttle},{loom},yes
ShuttleNet: Weaving Kernels Without Rest,{shuttle},1
{spindles},{loom},yes
Beams that Carry Parallel Yarn,{warp_2},no
A Paper Nobody Loaded,{loom},yes
"""


def test_steps_are_scored_by_what_people_judged() -> None:
    Path("gold.csv").write_text(GOLD)
    body = orjson.loads(run("evaluate", "lineage", "gold.csv", "--json").stdout_bytes)
    assert (body["pairs"], body["yes"], body["no"], body["without_step"]) == (4, 3, 1, 1)
    strong = body["results"][0]
    assert (strong["judged"], strong["right"], strong["precision"]["of"]) == (3, 2, 3)
    assert strong["precision"]["value"] == pytest.approx(2 / 3)
    assert strong["recall_from_here_up"]["value"] == pytest.approx(2 / 3)
    interval = strong["precision"]["interval"]
    assert 0 <= interval["low"] < 2 / 3 < interval["high"] <= 1
    (left,) = body["left_out"]
    assert left["line"] == 6
    assert body == orjson.loads(run("evaluate", "lineage", "gold.csv", "--json").stdout_bytes)
    shown = run("evaluate", "lineage", "gold.csv").stdout
    assert "4 judged pairs, 3 yes, 1 no; 1 without a step" in shown
    assert "line 6: no paper 'A Paper Nobody Loaded'" in shown


def test_decisions_do_not_count_in_an_evaluation() -> None:
    Path("gold.csv").write_text(GOLD)
    before = orjson.loads(run("evaluate", "lineage", "gold.csv", "--json").stdout_bytes)
    run("decide", "reject", shuttle, loom, "--by", "Ada")
    after = orjson.loads(run("evaluate", "lineage", "gold.csv", "--json").stdout_bytes)
    assert after["results"] == before["results"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("newer_title,label\n", "line 1: no column older_title"),
        ("newer_title,older_title,label\na,,yes\n", "line 2: a title is missing"),
        ("newer_title,older_title,label\na,b,maybe\n", "line 2: label is 'maybe'"),
        ("newer_title,older_title,label\na,b,yes\n", "none of the pairs"),
        (f"newer_title,older_title,label\n{shuttle},{loom},yes\n{shuttle},{loom},no\n", "line 3"),
    ],
)
def test_a_file_of_judgements_is_checked(text: str, said: str) -> None:
    Path("gold.csv").write_text(text)
    assert said in " ".join(run("evaluate", "lineage", "gold.csv", code=1).stderr.split())


def test_a_main_path_of_any_network() -> None:
    Path("network.csv").write_text("citing,cited\nc,a\nc,b\nd,c\nd,a\n\ne,d\n")
    body = orjson.loads(
        run("main-path", "--arcs", "network.csv", "--search", "longest", "--json").stdout_bytes
    )
    assert [stop["id"] for stop in body["stops"]] == ["a", "b", "c", "d", "e"]
    assert (body["total"], body["ways"], body["citations"]) == ("3", "2", 5)
    shown = run("main-path", "--arcs", "network.csv").stdout
    assert "5 papers, 5 citations, 5 arcs left" in shown
    Path("network.csv").write_text("c,a\nd\n")
    assert "network.csv, line 2: 1 cells" in " ".join(
        run("main-path", "--arcs", "network.csv", code=1).stderr.split()
    )
    Path("network.csv").write_bytes(b"c,\xff\n")
    assert "byte 2 is not UTF-8" in run("main-path", "--arcs", "network.csv", code=1).stderr
    Path("network.csv").write_text("")
    assert "no citation is left" in run("main-path", "--arcs", "network.csv").stdout


def test_citations_say_what_is_not_known() -> None:
    shown = " ".join(run("citations", shuttle).stdout.split())
    assert "no loaded paper" in shown
    assert "no source says whether the references are complete" in shown
