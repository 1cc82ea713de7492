"""The HTTP service, asked without a socket; people and papers are invented."""

import re
import signal
import socket
from functools import cache
from importlib.resources import as_file, files

import httpx
import orjson
import pytest

from graph_service.api.app import create_app
from graph_service.api.edge import Edge, readable
from graph_service.api.encoding import answer_bytes
from graph_service.api.serve import serve
from graph_service.api.state import Health
from graph_service.derive.run import derive
from graph_service.model import answers, path_answers, people_answers
from graph_service.model.errors import (
    InvalidIdentifier,
    NotDerived,
    QueryTimeout,
    RecordError,
    SchemaMismatch,
    SettingsError,
    StoreBusy,
    StoreUnavailable,
)
from graph_service.model.ids import in_url
from graph_service.model.records import (
    DecisionDraft,
    ParsedAuthor,
    ParsedPaper,
    ParsedSource,
    Topic,
)
from graph_service.questions import quality
from graph_service.reports.files import all_reports
from graph_service.settings import Settings
from graph_service.store.opening import open_store
from loaders.facts import to_facts
from loaders.runner import load

SETTINGS = Settings(store="memory:")


def paper(key, authors, *, source="tides", **fields):
    return ParsedPaper(
        source=source,
        key=key,
        format="test",
        title=fields.pop("title", f"Notes on {key}"),
        authors=tuple(ParsedAuthor(name=name) for name in authors),
        **fields,
    )


# Mira – Jon – Tomas is a chain; two people called Li Ahn wrote one paper; Zoë wrote alone.
PAPERS = [
    ParsedSource(name="tides", format="test", label="Tides"),
    paper(
        "sand",
        ["Mira Okafor", "Jon Vale"],
        title="Bridges of Sand",
        date="2020-05-04",
        authors_complete=True,
        venue="Small Graphs",
        affiliations=("Institute of Tides",),
        topics=(Topic(scheme="category", name="GR"),),
        repositories=("https://github.com/Vale-Lab/Sand",),
    ),
    paper("shore", ["Jon Vale", "Tomas Rehn"], date="2021", authors_complete=False),
    paper("namesakes", ["Li Ahn", "Li Ahn"], date="2019"),
    paper("alone", ["Zoë Marsh"]),
    paper("dunes", ["Jonathan Vale", "Ines Aldana"], source="dunes", date="2022"),
]


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
async def store(anyio_backend):
    store = await open_store("memory:", SETTINGS)
    async with store.writing():
        await store.put([to_facts(part) for part in PAPERS])
    yield store
    await store.close()


@pytest.fixture
async def client(store):
    app = create_app(SETTINGS, store)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test") as client,
    ):
        yield client


@pytest.fixture
async def joined(store):
    """Jonathan Vale is Jon Vale: `author:vale.jonathan` moves to `author:vale.jon`."""
    draft = DecisionDraft(
        op="same", a="name:tides/vale.jon", b="name:dunes/vale.jonathan", by="test"
    )
    async with store.writing():
        await store.decide(draft)


def problem(response, status, kind):
    """Check that a response is a problem document of this kind, and return it."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert list(body)[:5] == ["type", "title", "status", "detail", "instance"]
    assert body["type"] == f"urn:coauthor-graph:problem:{kind}"
    assert body["status"] == status
    return body


def names_of_errors(body):
    return [error["name"] for error in body["errors"]]


# -- answers ------------------------------------------------------------------------------


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/health/live", Health),
        ("/health/ready", Health),
        ("/status", answers.StatusAnswer),
        ("/quality", answers.QualityAnswer),
        ("/authors", answers.AuthorList),
        ("/authors?q=vale&per_page=1", answers.AuthorList),
        ("/authors/author:vale.jon", answers.AuthorAnswer),
        ("/authors/Zo%C3%AB%20Marsh", answers.AuthorAnswer),
        ("/authors/Vale,%20Jon/papers", answers.PaperList),
        ("/authors/author:vale.jon/papers?per_page=1", answers.PaperList),
        ("/authors/author:vale.jon/collaborators", answers.CollaboratorList),
        ("/papers", answers.PaperList),
        ("/papers?q=bridges", answers.PaperList),
        ("/papers?id=doi:10.1/none", answers.PaperList),
        ("/repos", answers.ShelfList),
        ("/repos/github:vale-lab/sand", answers.ShelfAnswer),
        ("/repos/github:vale-lab%2Fsand", answers.ShelfAnswer),
        ("/repos/github%3Avale-lab%2fsand", answers.ShelfAnswer),
        ("/affiliations", answers.ShelfList),
        ("/affiliations/affiliation:institute-of-tides", answers.ShelfAnswer),
        ("/topics", answers.ShelfList),
        ("/topics/topic:category/gr", answers.ShelfAnswer),
        ("/venues", answers.ShelfList),
        ("/venues/venue:small-graphs", answers.ShelfAnswer),
        ("/sources", answers.ShelfList),
        ("/sources/source:tides", answers.ShelfAnswer),
        ("/paths?source=Mira%20Okafor&target=author:rehn.tomas", path_answers.PathAnswer),
        ("/paths?source=Mira%20Okafor&target=Zo%C3%AB+Marsh", path_answers.PathAnswer),
        (
            (
                "/paths?source=Mira%20Okafor&target=Tomas+Rehn&mode=k_cheapest&cost=share&k=2"
                "&max_hops=3&first_year=2019&last_year=2022&as_of=2022-12&min_papers=1"
                "&max_authors=60&exclude=Zo%C3%AB+Marsh%3B+subject&only_verified=false&frontier=true"
            ),
            path_answers.PathAnswer,
        ),
        (
            "/papers/paths?source=Bridges+of+Sand&target=Notes+on+shore",
            path_answers.PaperPathAnswer,
        ),
        (
            "/papers/paths?source=Bridges+of+Sand&target=Notes+on+alone",
            path_answers.PaperPathAnswer,
        ),
        ("/authors/author:vale.jon/network?hops=2&limit=2", path_answers.NetworkAnswer),
        ("/authors?sort=strength&order=asc&active_since=2019", answers.AuthorList),
        ("/authors?topic=topic:category/gr&affiliation=Institute+of+Tides", answers.AuthorList),
        ("/authors/author:vale.jon/timeline", people_answers.TimelineAnswer),
        (
            (
                "/authors/author:vale.jon/recommendations?score=pagerank&k=3&without=none"
                "&active_since=2000&include_known=true&affiliation=Institute+of+Tides"
            ),
            people_answers.RecommendationList,
        ),
        ("/autocomplete?q=v", people_answers.CompletionList),
        ("/autocomplete?q=bri&kind=paper&limit=1", people_answers.CompletionList),
    ],
)
async def test_every_route_answers_the_bytes_of_its_model(client, path, model):
    response = await client.get(path)

    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    assert answer_bytes(model.model_validate_json(response.content)) == response.content


@pytest.mark.anyio
async def test_every_listed_id_has_its_own_address(client):
    for shelf in ("authors", "papers", "repos", "affiliations", "topics", "venues", "sources"):
        rows = (await client.get(f"/{shelf}")).json()["results"]
        assert rows
        for row in rows:
            shown = await client.get(f"/{shelf}/{in_url(row['id'])}")
            assert shown.status_code == 200, row["id"]
            node = shown.json().get(shelf.rstrip("s")) or shown.json()["node"]
            assert node["id"] == row["id"]
    assert any("~" in row["id"] for row in (await client.get("/authors")).json()["results"])


@pytest.mark.anyio
@pytest.mark.parametrize("node_id", ["venue:a%25b~1", "venue:a%2Fb", "venue:/a//b", "venue:ü"])
async def test_an_id_arrives_as_it_was_quoted(client, node_id):
    response = await client.get(f"/venues/{in_url(node_id)}")

    assert problem(response, 404, "node-not-found")["asked"] == node_id


@pytest.mark.anyio
async def test_unknown_is_null_in_the_body(client):
    card = (await client.get("/authors/Zo%C3%AB%20Marsh")).json()

    assert card["author"]["first_year"] is None
    assert card["meta"]["next_cursor"] is None


@pytest.mark.anyio
async def test_head_is_get_without_a_body(client):
    for path in ("/authors", "/authors/nobody", "/nowhere"):
        get, head = await client.get(path), await client.head(path)
        assert (head.status_code, head.headers) == (get.status_code, get.headers)
        assert head.content == b""


@pytest.mark.anyio
async def test_status_hides_secrets(store):
    app = create_app(Settings(store="memory:", neo4j_password="open sesame"), store)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test") as client,
    ):
        response = await client.get("/status")

    assert response.json()["settings"]["neo4j_password"] == "********"
    assert "sesame" not in response.text


# -- pages --------------------------------------------------------------------------------


@pytest.mark.anyio
@pytest.mark.parametrize(
    "path",
    [
        "/authors",
        "/papers",
        "/sources",
        "/authors/author:vale.jon/papers",
        "/authors/author:vale.jon/collaborators",
    ],
)
async def test_a_cursor_walks_every_row_once(client, path):
    whole = (await client.get(path, params={"per_page": 500})).json()
    walked, cursor = [], {}
    while cursor is not None:
        page = (await client.get(path, params={"per_page": 1, **cursor})).json()
        walked += page["results"]
        following = page["meta"]["next_cursor"]
        cursor = {"cursor": following} if following else None

    assert walked == whole["results"]
    assert len(walked) == whole["meta"]["count"] > 1


@pytest.mark.anyio
async def test_a_cursor_ends_with_its_revision(client, store):
    first = (await client.get("/papers?per_page=2")).json()
    async with store.writing():
        await store.put([to_facts(paper("late", ["Ines Aldana"]))])

    expired = await client.get(f"/papers?per_page=2&cursor={first['meta']['next_cursor']}")
    body = problem(expired, 409, "cursor-expired")
    assert body["cursor_revision"] == first["meta"]["facts_revision"]
    again = (await client.get("/papers?per_page=2")).json()
    assert again["meta"]["count"] == first["meta"]["count"] + 1
    assert again["meta"]["facts_revision"] == body["facts_revision"]


# -- parameters ---------------------------------------------------------------------------


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/authors?name=x&per_page=0", ["per_page", "name"]),
        ("/health/live?x=1", ["x"]),
        ("/quality?q=x", ["q"]),
        ("/authors/author:vale.jon?per_page=5", ["per_page"]),
        ("/repos?q=x", ["q"]),
        ("/repos/github:vale-lab/sand?x=1", ["x"]),
        ("/authors?q=a&q=b", ["q"]),
        ("/authors?q=a&q=a&per_page=2&per_page=3", ["q", "per_page"]),
        ("/paths?source=a&target=b&source=c", ["source"]),
        ("/authors?per_page=501", ["per_page"]),
        ("/papers?per_page=-1", ["per_page"]),
        ("/venues?per_page=many", ["per_page"]),
        ("/authors?per_page=", ["per_page"]),
        ("/authors?q=", ["q"]),
        ("/papers?q=%20%09", ["q"]),
        ("/papers?id=", ["id"]),
        ("/papers?cursor=", ["cursor"]),
        ("/papers?cursor=nonsense", ["cursor"]),
        ("/paths?source=Mira%20Okafor", ["target"]),
        ("/paths?source=+&target=x", ["source"]),
        ("/paths?source=Mira%20Okafor&target=Jon%20Vale&max_hops=0", ["max_hops"]),
        ("/paths?source=Mira%20Okafor&target=Jon%20Vale&mode=longest", ["mode"]),
        ("/paths?source=Mira%20Okafor&target=Jon%20Vale&mode=k_shortest&k=51", ["k"]),
        ("/paths?source=Mira%20Okafor&target=Jon%20Vale&k=3", ["k"]),
        (
            "/paths?source=Mira%20Okafor&target=Jon%20Vale&first_year=2021&last_year=2020",
            ["last_year"],
        ),
        ("/paths?source=Mira%20Okafor&target=Jon%20Vale&as_of=May", ["as_of"]),
        ("/paths?source=Mira%20Okafor&target=Jon%20Vale&exclude=Jon%20Vale", ["exclude"]),
        ("/authors/author:vale.jon/network?hops=4", ["hops"]),
        ("/authors/author:vale.jon/network?limit=0", ["limit"]),
        ("/papers/paths?source=Bridges+of+Sand&target=Notes+on+shore&kinds=x", ["kinds"]),
        ("/authors?sort=fame", ["sort"]),
        ("/authors?order=asc", ["order"]),
        ("/authors?sort=papers&without=subject", ["without"]),
        ("/authors?active_since=0", ["active_since"]),
        ("/authors/author:vale.jon/timeline?year=2020", ["year"]),
        ("/authors/author:vale.jon/recommendations?score=luck", ["score"]),
        ("/authors/author:vale.jon/recommendations?k=101", ["k"]),
        ("/authors/author:vale.jon/recommendations?without=Jon+Vale", ["without"]),
        ("/authors/author:vale.jon/recommendations?without=none%3BZo%C3%AB+Marsh", ["without"]),
        ("/autocomplete?kind=author", ["q"]),
        ("/autocomplete?q=a&kind=person", ["kind"]),
        ("/autocomplete?q=a&limit=51", ["limit"]),
        (f"/authors?q={'a' * 501}", ["q"]),
        (f"/authors/{'a' * 8_001}", ["id"]),
    ],
)
async def test_an_unusable_parameter_is_named(client, path, names):
    body = problem(await client.get(path), 422, "parameter")

    assert names_of_errors(body) == names
    assert all(name in body["detail"] for name in names)


@pytest.mark.anyio
async def test_three_to_ten_authors_are_joined_by_a_post_that_writes_nothing(client):
    wanted = {"authors": ["Mira Okafor", "Tomas Rehn", "Zoë Marsh"], "exclude": ["subject"]}
    response = await client.post("/paths/connect", json=wanted)

    assert response.status_code == 200, response.text
    answer = path_answers.ConnectAnswer.model_validate_json(response.content)
    assert answer_bytes(answer) == response.content
    assert [tree.hop_count for tree in answer.trees] == [2, 0]
    assert answer.apart == [["author:okafor.mira", "author:rehn.tomas"], ["author:marsh.zoe"]]

    asked = await client.get("/paths/connect")
    problem(asked, 405, "method-not-allowed")
    assert asked.headers["allow"] == "POST"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("body", "names"),
    [
        (b"", ["body"]),
        (b"{nonsense", ["body"]),
        (b"[]", ["body"]),
        (b'{"authors": ["a", "b"]}', ["authors"]),
        (orjson.dumps({"authors": ["Mira Okafor"] * 11}), ["authors"]),
        (orjson.dumps({"authors": ["Mira Okafor"] * 3}), ["authors"]),
        (b'{"authors": ["a", "b", 3]}', ["authors.2"]),
        (b'{"authors": ["a", "b", " "]}', ["authors.2"]),
        (b'{"authors": ["a", "b", "c"], "limit": 3}', ["limit"]),
        (
            orjson.dumps(
                {
                    "authors": ["Mira Okafor", "Jon Vale", "Tomas Rehn"],
                    "first_year": 2000,
                    "last_year": 1999,
                }
            ),
            ["last_year"],
        ),
    ],
)
async def test_an_unusable_body_is_named(client, body, names):
    response = await client.post(
        "/paths/connect", content=body, headers={"Content-Type": "application/json"}
    )
    found = names_of_errors(problem(response, 422, "parameter"))
    assert [name for name in names if name in found] == names


@pytest.mark.anyio
async def test_a_body_longer_than_any_question_is_not_read(client):
    response = await client.post("/paths/connect", content=b" " * (2**20 + 1))
    problem(response, 413, "request-entity-too-large")


@pytest.mark.anyio
async def test_an_ambiguous_or_unknown_name_in_a_body_is_a_problem(client):
    for name, status, kind in (("Li Ahn", 409, "ambiguous-name"), ("x", 404, "author-not-found")):
        wanted = {"authors": ["Mira Okafor", "Jon Vale", name]}
        problem(await client.post("/paths/connect", json=wanted), status, kind)


@pytest.mark.anyio
async def test_head_of_what_is_posted_has_no_body(client):
    response = await client.head("/paths/connect")
    assert (response.status_code, response.content) == (405, b"")


@pytest.mark.anyio
async def test_a_query_that_is_not_utf8_is_refused(client):
    problem(await client.get("/authors?q=%FF"), 422, "input")


# -- errors -------------------------------------------------------------------------------


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/authors/Li%20Ahn", "/paths?source=Ahn,%20Li&target=Jon%20Vale"])
async def test_an_ambiguous_name_lists_candidates(client, path):
    body = problem(await client.get(path), 409, "ambiguous-name")

    ids = [candidate["id"] for candidate in body["candidates"]]
    assert len(ids) == 2
    assert ids[0] == "author:ahn.li"
    assert ids[1].startswith("author:ahn.li~")
    for author in ids:
        assert (await client.get(f"/authors/{in_url(author)}")).status_code == 200


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/authors/Mira%20Okafo", "/authors/Mira%20Okafo/papers"])
async def test_an_unknown_author_gets_near_names(client, path):
    body = problem(await client.get(path), 404, "author-not-found")

    assert body["asked"] == "Mira Okafo"
    assert [near["id"] for near in body["near"]] == ["author:okafor.mira"]
    assert body["instance"] == path


@pytest.mark.anyio
async def test_unknown_papers_and_nodes_are_not_found(client):
    assert problem(await client.get("/papers/doi:10.1/x"), 404, "paper-not-found")["asked"] == (
        "doi:10.1/x"
    )
    assert problem(await client.get("/repos/github:a/b"), 404, "node-not-found")["label"] == "Repo"
    problem(await client.get("/authors/"), 404, "author-not-found")


@pytest.mark.anyio
@pytest.mark.usefixtures("joined")
@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/authors/author:vale.jonathan", "/authors/author:vale.jon"),
        (
            "/authors/author%3Avale.jonathan/papers?per_page=2",
            "/authors/author:vale.jon/papers?per_page=2",
        ),
        (
            "/authors/author:vale.jonathan/collaborators",
            "/authors/author:vale.jon/collaborators",
        ),
        (
            "/paths?source=author:vale.jonathan&target=Mira+Okafor",
            "/paths?source=author:vale.jon&target=Mira%20Okafor",
        ),
        (
            "/paths?source=author:rehn.tomas&target=author:vale.jonathan",
            "/paths?source=author:rehn.tomas&target=author:vale.jon",
        ),
    ],
)
async def test_a_moved_id_redirects_to_the_same_question(client, path, location):
    moved = await client.get(path)

    assert problem(moved, 308, "moved")["merged_into"] == "author:vale.jon"
    assert moved.headers["location"] == location
    assert (await client.get(location)).status_code == 200


@pytest.mark.anyio
@pytest.mark.usefixtures("joined")
async def test_a_redirect_stays_below_a_proxys_prefix(store):
    app = create_app(SETTINGS, store)
    transport = httpx.ASGITransport(app, root_path="/graph")
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test/graph/") as client,
    ):
        moved = await client.get("authors/author:vale.jonathan")

    assert moved.headers["location"] == "/graph/authors/author:vale.jon"


@pytest.mark.anyio
@pytest.mark.parametrize(
    "path", ["/authors/a%00b", "/authors/%0A", "/papers/x%7F", "/repos/%ff", "/%C3", "/a%1f/b"]
)
async def test_an_unreadable_path_is_not_found(client, path):
    assert problem(await client.get(path), 404, "route-not-found")["instance"] == path


def test_readable_looks_at_decoded_bytes():
    assert readable(b"/authors/Zo%C3%AB%20M/~%2F%25")
    assert readable("/authors/Zoë".encode())
    assert not readable(b"/a%0d")
    assert not readable(b"/a\x01")
    assert not readable(b"/%ED%A0%80")


@pytest.mark.anyio
@pytest.mark.parametrize(
    "path", ["/", "/nowhere", "/health", "/health/live/", "/redoc", "/static-offline-docs/none.js"]
)
async def test_an_unknown_path_is_a_problem(client, path):
    problem(await client.get(path), 404, "route-not-found")


@pytest.mark.anyio
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_the_service_only_reads(client, method):
    for path in ("/authors", "/authors/author:vale.jon", "/status"):
        response = await client.request(method, path)
        problem(response, 405, "method-not-allowed")
        assert response.headers["allow"] == "GET, HEAD"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("error", "status", "retry"),
    [
        (RecordError("a file", "no reason"), 422, None),
        (InvalidIdentifier("x", "no scheme"), 422, None),
        (NotDerived("missing"), 409, None),
        (StoreBusy("file:x"), 503, "1"),
        (StoreUnavailable("no answer"), 503, "1"),
        (QueryTimeout("30 s"), 504, None),
        (SchemaMismatch("file:x", 1, 2), 500, None),
    ],
)
async def test_an_error_has_its_status_and_fields(client, monkeypatch, error, status, retry):
    async def fail(_view):
        raise error

    monkeypatch.setattr(quality, "show_quality", fail)
    response = await client.get("/quality")

    body = problem(response, status, error.kind)
    assert body["detail"] == error.message
    assert body.items() >= dict(error.fields).items()
    assert response.headers.get("retry-after") == retry


@pytest.mark.anyio
async def test_an_unforeseen_error_shows_nothing(client, monkeypatch, caplog):
    async def fail(view):
        raise RuntimeError(view.graph.author_names)

    monkeypatch.setattr(quality, "show_quality", fail)
    response = await client.get("/quality")

    problem(response, 500, "internal")
    for text in (response.text, caplog.text):
        assert "Mira Okafor" not in text
    assert "RuntimeError" not in response.text
    (record,) = caplog.records
    assert record.message.startswith("/quality: uncaught RuntimeError\n")
    assert "in show_quality" in record.message


@pytest.mark.anyio
async def test_an_error_after_the_answer_began_is_raised():
    async def broken(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError

    async def ignore(_message):
        pass

    with pytest.raises(RuntimeError):
        await Edge(broken)({"type": "http", "method": "GET", "path": "/"}, None, ignore)


@pytest.mark.anyio
async def test_a_store_that_fails_is_not_ready(client, store):
    await store.close()

    assert (await client.get("/health/live")).status_code == 200
    problem(await client.get("/health/ready"), 503, "store-corrupt")
    problem(await client.get("/authors/Mira%20Okafor"), 500, "store-corrupt")


@pytest.mark.anyio
async def test_no_name_of_a_person_is_logged(client, store, caplog):
    caplog.set_level("DEBUG", logger="graph_service")
    await client.get("/authors/Mira%20Okafor?x=1")
    await client.get("/authors/Nobody%20Okafor")
    await store.close()
    await client.get("/authors/Mira%20Okafor")

    assert "/authors/{id:path}: store-corrupt" in caplog.text
    assert "Okafor" not in caplog.text


# -- documentation ------------------------------------------------------------------------


@cache
def operations():
    openapi = create_app(SETTINGS).openapi()
    return {
        operation["operationId"]: operation
        for methods in openapi["paths"].values()
        for operation in methods.values()
    }


def test_operation_ids_are_stable():
    reports = {each.name for each in all_reports()}
    assert reports <= operations().keys()
    assert sorted(operations().keys() - reports) == [
        "ask_lineage",
        "complete",
        "connect",
        "draw_lineage_of_paper",
        "explain_names",
        "health_live",
        "health_ready",
        "list_affiliations",
        "list_authors",
        "list_clusters",
        "list_collaborators",
        "list_decisions",
        "list_identity_candidates",
        "list_identity_decisions",
        "list_methods",
        "list_papers",
        "list_papers_of_author",
        "list_repos",
        "list_sources",
        "list_steps",
        "list_topics",
        "list_venues",
        "recommend",
        "show_affiliation",
        "show_author",
        "show_citations",
        "show_cluster",
        "show_cluster_timeline",
        "show_lineage_of_paper",
        "show_main_path",
        "show_method",
        "show_network",
        "show_paper",
        "show_paper_path",
        "show_path",
        "show_quality",
        "show_repo",
        "show_reports",
        "show_source",
        "show_status",
        "show_timeline",
        "show_topic",
        "show_venue",
        "suppose_decision",
    ]


@pytest.mark.parametrize("name", sorted(operations()))
def test_every_operation_is_documented(name):
    operation = operations()[name]
    responses = dict(operation["responses"])

    assert operation["summary"]
    assert operation["tags"]
    assert re.search("Example: `(GET|POST) /", operation["description"])
    if not name.startswith("health"):
        assert "\n\nOrder: " in operation["description"]
        assert {"200", "422", "500", "503", "504"} <= responses.keys()
    assert {"200", "422", "500"} <= responses.keys()
    shown = responses.pop("200")["content"]
    if name.startswith("draw"):
        assert shown == {"image/svg+xml": {"schema": {"type": "string"}}}
    else:
        assert "$ref" in shown["application/json"]["schema"]
    if operation["tags"] == ["reports"] and name != "show_reports":
        assert {"404", "409", "501"} <= responses.keys()
    for status, response in responses.items():
        assert response["description"]
        assert response["content"] == {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        }, status


def test_every_schema_that_is_named_is_there():
    openapi = orjson.dumps(create_app(SETTINGS).openapi()).decode()
    schemas = orjson.loads(openapi)["components"]["schemas"]

    assert set(re.findall(r'"#/components/schemas/(\w+)"', openapi)) == schemas.keys()


@pytest.mark.anyio
async def test_every_example_works_on_the_sample_page(client, store):
    with as_file(files("graph_service") / "sample" / "profile_page.txt") as page:
        async with store.writing():
            await load(store, [page])
            # The sample page names no venue.
            await store.put([to_facts(paper("venue", ["Mira Okafor"], venue="NeurIPS"))])
    await derive(store)

    for name, operation in operations().items():
        ((method, example),) = re.findall(r"Example: `(GET|POST) (.+)`", operation["description"])
        address, _, body = example.partition(" ")
        sent = {"content": body, "headers": {"Content-Type": "application/json"}} if body else {}
        answer = await client.request(method, address, **sent)
        assert answer.status_code == 200, name


@pytest.mark.anyio
async def test_the_documentation_needs_no_other_host(client):
    page = await client.get("/docs")

    assert page.status_code == 200
    assert not re.search(r"(?:[a-z]+:)?//\w", page.text)
    assert '"validatorUrl": null' in page.text
    addresses = re.findall(r"(?:href|src)=\"([^\"]+)\"|url: '([^']+)'", page.text)
    assert len(addresses) == 4
    for address in addresses:
        assert (await client.get("".join(address))).status_code == 200


# -- the application and its server -------------------------------------------------------


@pytest.mark.anyio
async def test_the_application_opens_and_closes_its_own_store(tmp_path):
    address = f"file:{tmp_path / 'graph.sqlite'}"
    await (await open_store(address, SETTINGS, create=True)).close()
    app = create_app(Settings(store=address))

    async with app.router.lifespan_context(app):
        store = app.state.reader.store
        assert (await store.state()).derived == "none"
    assert not (tmp_path / "graph.sqlite-wal").exists()


@pytest.mark.anyio
async def test_the_application_leaves_a_given_store_open(store):
    app = create_app(SETTINGS, store)
    async with app.router.lifespan_context(app):
        pass

    assert await store.counts()


def test_serve_refuses_a_missing_store(tmp_path):
    with pytest.raises(StoreUnavailable, match="there is no store"):
        serve(Settings(store=f"file:{tmp_path / 'none'}", port=0), log_level="warning")


def test_serve_refuses_a_taken_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"port {port} .* --port"):
            serve(Settings(store="memory:", port=port), log_level="warning")


def test_serve_refuses_an_address_of_another_machine():
    with pytest.raises(SettingsError, match=r"192\.0\.2\.1.*--host"):
        serve(Settings(store="memory:", host="192.0.2.1", port=0), log_level="warning")


def test_several_processes_do_not_serve_a_store_in_memory():
    with pytest.raises(SettingsError, match="--workers 1"):
        serve(Settings(store="memory:", port=0, workers=2), log_level="warning")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_says_when_it_listens_and_returns_after_a_signal(number, capfd):
    before = signal.getsignal(number)
    urls = []

    def ready(url):
        urls.append(url)
        signal.raise_signal(number)

    serve(Settings(store="memory:", port=0), log_level="warning", ready=ready)

    assert len(urls) == 1
    assert re.fullmatch(r"http://127\.0\.0\.1:[1-9]\d+", urls[0])
    assert signal.getsignal(number) == before
    assert capfd.readouterr() == ("", "")


@pytest.mark.anyio
async def test_a_decision_on_two_records_is_supposed(client, store):
    async with store.writing():
        await store.put([to_facts(paper("a,b", ["Mira Okafor"], title="Sands"))])
    both = {"same": "record:tides:a,b,record:dunes:dunes"}
    answer = (await client.get("/identity/what-if", params=both)).json()
    assert [one["records"] for one in answer["papers_after"]] == [["dunes:dunes", "tides:a,b"]]
    mixed = {"different": "record:tides:a,Zoë Marsh"}
    problem(await client.get("/identity/what-if", params=mixed), 422, "parameter")
