"""Clusters over HTTP and on the command line: bytes, tables, and what is refused."""

import asyncio
import json

import httpx
import pytest
from typer.testing import CliRunner

from graph_service.api.app import create_app
from graph_service.api.encoding import answer_bytes
from graph_service.cli.main import app
from graph_service.derive.run import derive
from graph_service.model import cluster_answers
from graph_service.settings import Settings
from graph_service.store.opening import open_store
from tests.teams import LOOM_CLUSTER, two_teams

SETTINGS = Settings(store="memory:")


@pytest.fixture
async def client():
    store = await open_store("memory:", SETTINGS)
    async with store.writing():
        await store.put(two_teams(page=True))
    await derive(store)
    made = create_app(SETTINGS, store)
    transport = httpx.ASGITransport(made)
    async with (
        made.router.lifespan_context(made),
        httpx.AsyncClient(transport=transport, base_url="http://test") as asked,
    ):
        yield asked
    await store.close()


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/clusters", cluster_answers.ClusterList),
        ("/clusters?per_page=1&capped=true", cluster_answers.ClusterList),
        ("/clusters/1?max_size=2", cluster_answers.ClusterAnswer),
        (f"/clusters/{LOOM_CLUSTER}", cluster_answers.ClusterAnswer),
        ("/clusters/cluster:other", cluster_answers.ClusterAnswer),
        ("/clusters/timeline", cluster_answers.ClusterTimeline),
        (
            "/clusters/timeline?years=5&step=5&without=Dot+Lind%3B+subject&resolution=0.5",
            cluster_answers.ClusterTimeline,
        ),
        ("/clusters/timeline?without=none", cluster_answers.ClusterTimeline),
    ],
)
async def test_every_route_answers_the_bytes_of_its_model(client, path, model):
    response = await client.get(path)
    assert response.status_code == 200, response.text
    assert answer_bytes(model.model_validate_json(response.content)) == response.content


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/clusters/cluster:none", 404, "node-not-found"),
        ("/clusters/99", 404, "node-not-found"),
        ("/clusters/1?max_size=1", 422, "parameter"),
        ("/clusters/cluster:other?max_size=2", 422, "parameter"),
        ("/clusters?colour=red", 422, "parameter"),
        ("/clusters?cursor=nonsense", 422, "parameter"),
        ("/clusters/timeline?resolution=0", 422, "parameter"),
        ("/clusters/timeline?resolution=nan", 422, "parameter"),
        ("/clusters/timeline?years=0", 422, "parameter"),
        ("/clusters/timeline?step=101", 422, "parameter"),
        ("/clusters/timeline?without=none%3Bsubject", 422, "parameter"),
        ("/clusters/timeline?without=Nobody", 404, "author-not-found"),
    ],
)
async def test_wrong_questions_get_their_problem(client, path, status, kind):
    response = await client.get(path)
    assert (response.status_code, response.headers["content-type"]) == (
        status,
        "application/problem+json",
    )
    assert response.json()["type"].endswith(f":{kind}")


@pytest.mark.anyio
async def test_clusters_wait_for_derive():
    store = await open_store("memory:", SETTINGS)
    made = create_app(SETTINGS, store)
    async with (
        made.router.lifespan_context(made),
        httpx.AsyncClient(transport=httpx.ASGITransport(made), base_url="http://test") as asked,
    ):
        response = await asked.get("/clusters")
    await store.close()
    assert response.status_code == 409
    assert response.json()["remedy"] == "run: coauthor-graph derive"


# -- the command line ---------------------------------------------------------------------


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Run a command on a store of the two teams."""
    address = f"file:{tmp_path / 'teams.sqlite'}"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COAUTHOR_GRAPH_STORE", address)
    monkeypatch.setenv("COLUMNS", "100")

    async def fill():
        store = await open_store(address, SETTINGS, create=True)
        async with store.writing():
            await store.put(two_teams(page=True))
        await store.close()

    asyncio.run(fill())
    runner = CliRunner()

    def command(*words):
        return runner.invoke(app, words)

    return command


def test_derive_says_what_it_made_and_takes_its_options(run):
    done = run("derive", "--json", "--resolution", "0.5", "--seeds", "3", "--without", "none")
    assert done.exit_code == 0, done.stderr
    made = json.loads(done.stdout)
    assert made["ties"] == 24
    assert {"ties", "clusters"} <= made["made"].keys()
    body = json.loads(run("clusters", "--json").stdout)
    assert (body["run"]["resolution"], body["run"]["seeds"], body["run"]["without"]) == (0.5, 3, [])
    assert run("verify").exit_code == 0


def test_json_is_the_body_of_http(run):
    assert run("derive").exit_code == 0

    async def bodies():
        store = await open_store(Settings().store, SETTINGS)
        made = create_app(SETTINGS, store)
        async with (
            made.router.lifespan_context(made),
            httpx.AsyncClient(transport=httpx.ASGITransport(made), base_url="http://test") as asked,
        ):
            found = [
                (await asked.get(path)).content
                for path in (
                    "/clusters?per_page=2",
                    "/clusters/1?max_size=2",
                    "/clusters/timeline?years=4&without=Dot+Lind",
                )
            ]
        await store.close()
        return found

    printed = [
        run("clusters", "--json", "--per-page", "2").stdout_bytes,
        run("clusters", "1", "--max-size", "2", "--json").stdout_bytes,
        run(
            "clusters", "--timeline", "--years", "4", "--without", "Dot Lind", "--json"
        ).stdout_bytes,
    ]
    assert [one.rstrip(b"\n") for one in printed] == asyncio.run(bodies())


def test_tables_for_people(run):
    run("derive")
    table = run("clusters").stdout
    for shown in (
        "3 clusters of two papers or more",
        "woven loom kernel",
        "methods: WarpNet0",
        "authors: Dot Lind",
        "0.99 firm",
        "Sam Reed (subject of more than half of all papers)",
        "1.00 over 30 runs",
        "61 clusters of fewer than two papers",
        "1 paper has more than 50 authors",
    ):
        assert " ".join(shown.split()) in " ".join(table.split()), shown
    card = run("clusters", "1", "--max-size", "2", "--capped").stdout
    assert LOOM_CLUSTER in card
    assert "put back, on 100% of the papers" in " ".join(card.split())
    assert "Cut further" in card
    assert "title:the-crowd" in card
    assert "and 51 more: add --all" in run("clusters", "cluster:other").stdout
    assert "Member59 Crowd" in run("clusters", "cluster:other", "--all").stdout
    timeline = run("clusters", "--timeline", "--years", "6", "--step", "3").stdout
    assert "Clusters in 2 windows" in timeline
    assert "2015–2020: 13 papers" in timeline
    assert "continues cluster:author:moss.fay" in " ".join(timeline.split())
    assert "too few papers" in run("clusters", "--timeline", "--years", "1").stdout
    run("derive", "--resolution", "1.4")
    assert "continues cluster:author:hart.cy (1.00)" in run("clusters", "--all").stdout


def test_pages_and_everything(run):
    run("derive")
    assert "2 more: add --all" in run("clusters", "--per-page", "2").stdout
    first = json.loads(run("clusters", "--json", "--per-page", "2").stdout)
    cursor = first["meta"]["next_cursor"]
    rest = json.loads(run("clusters", "--json", "--cursor", cursor).stdout)
    assert [row["number"] for row in rest["results"]] == [3, 4]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["clusters"], 1),  # not derived
        (["clusters", "--timeline", "1"], 2),
        (["clusters", "--without", "none"], 2),
        (["clusters", "--max-size", "3"], 2),
        (["clusters", "1", "--per-page", "3"], 2),
        (["clusters", "--all", "--json"], 2),
        (["clusters", "--cursor", "x"], 2),
        (["clusters", "--timeline", "--resolution", "0"], 2),
        (["clusters", "--timeline", "--without", "Nobody Here"], 3),
        (["derive", "--resolution", "0"], 2),
        (["derive", "--seeds", "0"], 2),
        (["derive", "--without", "none;subject"], 2),
        (["derive", "--without", "Nobody Here"], 3),
    ],
)
def test_wrong_use_is_refused(run, words, code):
    assert run(*words).exit_code == code


def test_a_cluster_that_is_not_there_is_not_found(run):
    run("derive")
    done = run("clusters", "cluster:none")
    assert done.exit_code == 3
    assert "no cluster" in done.stderr
