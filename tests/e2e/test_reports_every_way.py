"""Every report gives the same rows by cypher-shell, HTTP and command line, on both stores."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import neo4j
import orjson
import pytest
from anyio.to_thread import run_sync
from pydantic import SecretStr

from graph_service.api.app import create_app
from graph_service.reports.files import AREAS, report
from graph_service.reports.parameters import parameter_lines
from graph_service.settings import Settings
from graph_service.store.opening import open_store
from tests.conformance.test_reports import area_of, fill
from tests.e2e.processes import Place

Rows = list[dict[str, Any]]
Asked = list[tuple[str, Mapping[str, str]]]


@asynccontextmanager
async def service(place: Place) -> AsyncIterator[httpx.AsyncClient]:
    """Our HTTP service on a store."""
    password = place.environment.get("COAUTHOR_GRAPH_NEO4J_PASSWORD")
    settings = Settings(
        store=place.address,
        neo4j_user=place.environment.get("COAUTHOR_GRAPH_NEO4J_USER", "neo4j"),
        neo4j_password=SecretStr(password) if password else None,
    )
    app = create_app(settings)
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://service") as client,
    ):
        yield client


async def by_http(place: Place, asked: Asked) -> list[dict[str, Any]]:
    async with service(place) as client:
        answers = [
            await client.get(f"/reports/{name}", params=parameters) for name, parameters in asked
        ]
    assert [answer.status_code for answer in answers] == [200] * len(asked)
    return [answer.json() for answer in answers]


def by_command(place: Place, asked: Asked) -> list[dict[str, Any]]:
    found = []
    for name, parameters in asked:
        given = [
            part for key, value in parameters.items() for part in ("--param", f"{key}={value}")
        ]
        done = place.invoke("report", name, *given, "--json")
        assert done.code == 0, done.err
        found.append(orjson.loads(done.out))
    return found


def as_cypher_shell_prints(value: Any) -> str:
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value).upper()
        case str():
            return '"' + value.replace('"', '\\"') + '"'
        case list():
            return "[" + ", ".join(map(as_cypher_shell_prints, value)) + "]"
        case _:
            return str(value)


def printed(rows: Rows) -> list[str]:
    """A result in cypher-shell's plain format; an empty one prints nothing."""
    head = [", ".join(rows[0])] if rows else []
    return head + [", ".join(map(as_cypher_shell_prints, row.values())) for row in rows]


@pytest.mark.anyio
@pytest.mark.parametrize("area", AREAS)
async def test_a_report_has_the_same_rows_every_way(
    area: str,
    empty_neo4j: str,
    neo4j_server: Any,
    raw_neo4j: neo4j.Driver,
    neo4j_settings: Settings,
    tmp_path: Path,
) -> None:
    server = Place.on_server(neo4j_server, raw_neo4j, tmp_path)
    file = Place(f"file:{tmp_path / 'reports.sqlite'}", tmp_path)
    for place in (server, file):
        store = await open_store(place.address, neo4j_settings, create=True)
        await fill(store, area_of(area))
        await store.close()

    # One case of each report, the longest: all cases are compared by the conformance tests.
    longest = {
        case.report: case for case in sorted(area_of(area).cases, key=lambda case: len(case.rows))
    }
    asked: Asked = [(name, case.parameters) for name, case in longest.items()]
    answers = await by_http(server, asked)
    assert await by_http(file, asked) == answers

    # In a thread of its own: each command runs an event loop.
    assert await run_sync(by_command, server, asked) == answers
    assert await run_sync(by_command, file, asked) == answers

    script, expected = [], []
    for (name, _), answer in zip(asked, answers, strict=True):
        lines = parameter_lines(answer["meta"]["parameters"])
        script += [*(f"{line};" for line in lines), report(name).text.rstrip() + ";"]
        expected += printed(answer["results"])
    shell = neo4j_server.cypher_shell("\n".join(script) + "\n")
    assert shell.rstrip("\n").splitlines() == expected
