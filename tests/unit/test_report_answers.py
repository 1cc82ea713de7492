"""Reports as people and programs get them: by command line and by HTTP, JSON and CSV."""

import csv
import io
import json
import re
from collections.abc import AsyncIterator, Iterator

import anyio
import httpx
import pytest

from graph_service.api.app import create_app
from graph_service.derive.run import derive
from graph_service.model.errors import AmbiguousTitle, PaperNotFound
from graph_service.model.records import DecisionDraft
from graph_service.projection.find import find_paper
from graph_service.projection.reader import Reader
from graph_service.reports.files import AREAS, all_reports
from graph_service.settings import Settings
from graph_service.store.opening import open_store
from tests.e2e.processes import Finished, invoke
from tests.invented import paper, small_world

TOP = "collaborators_top"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A derived store of the small world, with a title that a spreadsheet would run."""
    path = tmp_path_factory.mktemp("reports") / "small.sqlite"

    async def fill() -> None:
        store = await open_store(f"file:{path}", Settings(), create=True)
        async with store.writing():
            formula = paper('=HYPERLINK("x")', ["Gil Pine"], has_code=True)
            twins = [paper("Same", ["Ida Long"]), paper("SAME", ["Bo Short"], source="club")]
            initial = paper("Later", ["C. Marsh"], source="club")
            await store.put([*small_world(), formula, *twins, initial])
            await store.decide(
                DecisionDraft(
                    op="same", a="name:lab/marsh.cleo", b="name:club/marsh.c", by="user:eve"
                )
            )
        await derive(store)
        await store.close()

    anyio.run(fill)
    return f"file:{path}"


@pytest.fixture
def ask(address: str) -> Iterator[object]:
    def run(*arguments: str) -> Finished:
        return invoke("report", *arguments, "--store", address)

    return run  # type: ignore[return-value]


@pytest.fixture
async def client(address: str) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Settings(store=address))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as found,
    ):
        yield found


def test_the_list_shows_every_report_below_its_area(ask) -> None:
    lines = ask("--list").out.splitlines()
    assert [line for line in lines if line in AREAS] == list(AREAS)
    for each in all_reports():
        assert any(line.startswith(f"  {each.name} ") for line in lines), each.name
    listed = json.loads(ask("--list", "--json").out)
    assert [row["name"] for row in listed["results"]] == [each.name for each in all_reports()]


def test_about_says_what_a_report_takes_and_gives(ask) -> None:
    said = " ".join(ask(TOP, "--about").out.split())
    assert "limit rows; a whole number from 1 to 500 (default 25)" in said
    assert "id or name of an author (needed)" in said
    assert "cut_lists int of these, papers that name only some of their authors" in said


def test_rows_for_people_say_what_was_cut(ask) -> None:
    done = ask(TOP, "--param", "author=Ben Okoro", "--param", "limit=1")
    assert done.code == 0
    assert "counts are lower bounds" in done.out
    assert "there are more rows than limit=1; ask with a greater one" in done.out
    assert ask(TOP, "--param", "author=Eva Stone").out.splitlines()[1] == "no rows"


def test_ids_that_only_programs_need_take_little_room(ask) -> None:
    """Where names tell authors apart their ids are left out; of several papers the first is shown."""
    out = ask("ties_strongest", "--param", "limit=1").out
    assert "author:" not in out
    assert re.search(r"Ben Okoro +2 .* title:bridges~\w+", out)
    assert re.search(r" \+1\s", out)


def test_a_report_for_browser_has_its_parameters_first(ask) -> None:
    done = ask(TOP, "--cypher", "--param", "author=author:o'neil")
    lines = done.out.splitlines()
    assert lines[:3] == [
        ":param author => 'author:o\\'neil';",
        ":param max_authors => 50;",
        ":param limit => 25;",
    ]
    assert lines[3] == "// Top collaborators: whom an author has published with most"
    assert lines[-1].endswith(";")
    named = ask(TOP, "--cypher", "--param", "author=Okoro, Ben").out
    assert named.startswith(":param author => 'author:okoro.ben';")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("collaborators_worst",), 3, "no report 'collaborators_worst'"),
        ((TOP,), 2, "author is None; allowed: id or name of an author"),
        ((TOP, "--param", "author"), 2, "allowed: NAME=VALUE, as in limit=10"),
        ((TOP, "--param", "limit=1", "--param", "limit=2"), 2, "it stands twice"),
        ((TOP, "--param", "author=Ada Quill", "--param", "limit=501"), 2, "from 1 to 500"),
        ((TOP, "--param", "author=Nobody Atall"), 3, "no author 'Nobody Atall'"),
        ((TOP, "--param", "author=Wei Ito"), 3, "fits several authors"),
        (("papers_with_code", "--param", "sort=title"), 2, "the parameters of papers_with_code"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_place(ask, arguments, code, said) -> None:
    done = ask(*arguments)
    assert (done.code, done.out) == (code, "")
    assert said in done.err


@pytest.mark.anyio
async def test_a_paper_is_found_by_id_or_by_its_whole_title(address: str) -> None:
    store = await open_store(address, Settings())
    view = await Reader(store).view()
    number = await find_paper(view, "BRIDGES.")
    assert view.graph.titles[number] == "Bridges"
    assert await find_paper(view, view.graph.paper_ids[number]) == number
    with pytest.raises(PaperNotFound):
        await find_paper(view, "Bridge")
    with pytest.raises(AmbiguousTitle) as several:
        await find_paper(view, "same")
    candidates = several.value.fields["candidates"]
    assert sorted(each["title"] for each in candidates) == ["SAME", "Same"]  # type: ignore[attr-defined]
    await store.close()


def test_an_old_id_is_followed(ask) -> None:
    done = ask(TOP, "--param", "author=author:marsh.cleo")
    assert done.code == 0
    assert "'author:marsh.cleo' is now 'author:marsh.c'" in done.err
    assert "Ben Okoro" in done.out


def test_an_old_id_is_followed_among_several(ask) -> None:
    groups = ("--param", "left=Ada Quill; author:marsh.cleo", "--param", "right=Ben Okoro")
    done = ask("papers_connecting_groups", *groups, "--json")
    given = json.loads(done.out)["meta"]["parameters"]
    assert given["left"] == ["author:quill.ada", "author:marsh.c"]
    assert given["right"] == ["author:okoro.ben"]


def test_csv_is_lossless_but_for_formulas(ask) -> None:
    rows = list(csv.DictReader(io.StringIO(ask("papers_with_code", "--csv").out)))
    by_title = {row["title"]: row for row in rows}
    assert by_title["Bridges"]["flagged"] == "true"
    assert json.loads(by_title["Bridges"]["repositories"]) == ["github:okoro/bridges"]
    assert '\'=HYPERLINK("x")' in by_title


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("accept", "query", "kind"),
    [
        ("*/*", "", "application/json"),
        ("text/csv", "", "text/csv; charset=utf-8"),
        ("text/csv", "?format=json", "application/json"),
        ("application/json", "?format=csv", "text/csv; charset=utf-8"),
        ("text/csv;q=0.1, application/json", "", "application/json"),
        ("text/csv, application/json;q=0.5", "", "text/csv; charset=utf-8"),
        ("text/csv;q=nonsense", "", "application/json"),
    ],
)
async def test_http_answers_in_the_format_asked_for(client, accept, query, kind) -> None:
    answer = await client.get(f"/reports/papers_with_code{query}", headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == kind
    assert answer.headers["vary"] == "Accept"
    if kind.startswith("text/csv"):
        meta = json.loads(answer.headers["coauthor-graph-meta"])
        assert meta["parameters"] == {"limit": 100}
        assert answer.text.startswith("paper_id,title,year,flagged,repositories\r\n")


@pytest.mark.anyio
async def test_the_command_line_prints_the_body_of_http(client, ask) -> None:
    answer = await client.get(f"/reports/{TOP}", params={"author": "Ben Okoro", "limit": 3})
    done = await anyio.to_thread.run_sync(
        ask, TOP, "--param", "author=Ben Okoro", "--param", "limit=3", "--json"
    )
    assert done.out.encode() == answer.content + b"\n"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        (f"/reports/{TOP}?author=Ada%20Quill&limit=0", 422, "parameter"),
        (f"/reports/{TOP}?author=Ada%20Quill&colour=red", 422, "parameter"),
        (f"/reports/{TOP}?author=Ada%20Quill&author=Ben%20Okoro", 422, "parameter"),
        (f"/reports/{TOP}?author=Ada%20Quill&format=xml", 422, "parameter"),
        (f"/reports/{TOP}?author=Nobody", 404, "author-not-found"),
        ("/reports/collaborators_worst", 404, "report-not-found"),
        (f"/reports/{TOP}?author=author:marsh.cleo", 308, "moved"),
    ],
)
async def test_http_problems_name_the_parameter(client, path, status, kind) -> None:
    answer = await client.get(path)
    assert answer.status_code == status
    found = answer.json()
    assert found["type"].rpartition(":")[2] == kind
    if kind == "parameter":
        named = [found.get("name"), *(each["name"] for each in found.get("errors", ()))]
        assert {"limit", "colour", "format", "author"} & set(named)
    if kind == "moved":
        assert "author%3Amarsh.c" in answer.headers["location"].replace(":", "%3A")
