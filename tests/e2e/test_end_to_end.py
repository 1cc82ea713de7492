"""From a file to answers by command line and HTTP, the same on both stores."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

COMMAND = str(Path(sys.executable).with_name("coauthor-graph"))
SAMPLE = Path(__file__).parents[2] / "graph_service" / "sample" / "profile_page.txt"


def environment(server: Any) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if "COAUTHOR_GRAPH" not in name}
    return kept | {"COAUTHOR_GRAPH_NEO4J_PASSWORD": server.password, "NO_COLOR": "1"}


def run(*arguments: str, env: Mapping[str, str], cwd: Path, code: int = 0) -> str:
    done = subprocess.run(
        [COMMAND, *arguments], env=env, cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr + done.stdout
    assert "Traceback" not in done.stderr
    return done.stdout


@contextmanager
def served(*arguments: str, env: Mapping[str, str], cwd: Path) -> Iterator[str]:
    """A real server as its own process; gives its address."""
    with subprocess.Popen(
        [COMMAND, "serve", "--port", "0", *arguments],
        env=env,
        cwd=cwd,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        try:
            for line in process.stderr:
                if found := re.search(r"http://[\d.]+:\d+", line):
                    yield found[0]
                    break
            else:
                pytest.fail("the server ended before it served")
        finally:
            process.send_signal(signal.SIGTERM)
            process.stderr.read()
        assert process.wait(20) == 0


@pytest.fixture(scope="module")
def stores(neo4j_server: Any, raw_neo4j: Any, tmp_path_factory: Any) -> dict[str, str]:
    """Both stores, loaded and derived by the command line."""
    raw_neo4j.execute_query("MATCH (n) DETACH DELETE n")
    cwd = tmp_path_factory.mktemp("stores")
    found = {"file": f"file:{cwd / 'graph.sqlite'}", "neo4j": neo4j_server.bolt_uri}
    env = environment(neo4j_server)
    for store in found.values():
        loaded = json.loads(run("load", str(SAMPLE), "--store", store, "--json", env=env, cwd=cwd))
        assert (loaded["papers"], loaded["new"]) == (50, 51)
        again = json.loads(run("load", str(SAMPLE), "--store", store, "--json", env=env, cwd=cwd))
        assert (again["new"], again["replaced"], again["unchanged"]) == (0, 0, 51)
        assert (
            json.loads(run("derive", "--store", store, "--json", env=env, cwd=cwd))["ties"] == 122
        )
    return found


@pytest.mark.parametrize(
    "question",
    [
        ["path", "Yinpeng Chen", "Zuxuan Wu"],
        ["path", "Bharat Singh", "Marah Abdin"],
        ["author", "Dai, Xiyang"],
        ["author", "author:chen.dongdong", "--collaborators"],
        ["quality"],
    ],
)
def test_the_same_bytes_from_both_stores(
    question: list[str], stores: dict[str, str], neo4j_server: Any, tmp_path: Path
) -> None:
    env = environment(neo4j_server)
    printed = [
        run(*question, "--store", store, "--json", env=env, cwd=tmp_path)
        for store in stores.values()
    ]
    assert printed[0] == printed[1]
    for_people = [
        run(*question, "--store", store, env=env, cwd=tmp_path) for store in stores.values()
    ]
    assert for_people[0] == for_people[1]


def test_status_differs_in_nothing_but_the_store(
    stores: dict[str, str], neo4j_server: Any, tmp_path: Path
) -> None:
    env = environment(neo4j_server)
    found = [
        json.loads(run("status", "--store", store, "--json", env=env, cwd=tmp_path))
        for store in stores.values()
    ]
    for answer in found:
        del answer["store"], answer["settings"]
    assert found[0] == found[1]
    assert found[0]["nodes"]["Author"] == 55
    assert found[0]["relationships"]["AUTHORED"] == 175
    assert found[0]["stale"] is False


def test_verify_and_export_agree(stores: dict[str, str], neo4j_server: Any, tmp_path: Path) -> None:
    env = environment(neo4j_server)
    for name, store in stores.items():
        run("verify", "--store", store, env=env, cwd=tmp_path)
        run("export", f"{name}.jsonl", "--store", store, env=env, cwd=tmp_path)
    exported = [(tmp_path / f"{name}.jsonl").read_bytes() for name in stores]
    assert exported[0] == exported[1]
    run("import", "neo4j.jsonl", "--store", "file:copy.sqlite", env=env, cwd=tmp_path)
    copied = json.loads(
        run("status", "--store", "file:copy.sqlite", "--json", env=env, cwd=tmp_path)
    )
    original = json.loads(run("status", "--store", stores["file"], "--json", env=env, cwd=tmp_path))
    assert copied["facts_revision"] == original["facts_revision"]


def test_http_answers_what_the_command_line_prints(
    stores: dict[str, str], neo4j_server: Any, tmp_path: Path
) -> None:
    env = environment(neo4j_server)
    printed = run("path", "Yinpeng Chen", "Zuxuan Wu", "--json", "--store", stores["file"], env=env, cwd=tmp_path)  # fmt: skip
    bodies: dict[str, list[bytes]] = {}
    for store in stores.values():
        with (
            served("--store", store, env=env, cwd=tmp_path) as base,
            httpx.Client(base_url=base) as http,
        ):
            assert http.get("/health/ready").status_code == 200
            path = http.get("/paths", params={"source": "Yinpeng Chen", "target": "Zuxuan Wu"})
            assert path.content == printed.strip().encode()
            paper = path.json()["path"]["hops"][0]["papers"][0]["id"]
            for url in (
                "/authors?q=chen",
                "/authors/author:dai.xiyang",
                f"/authors/{quote('Dai, Xiyang')}/papers?per_page=500",
                "/authors/author:dai.xiyang/collaborators",
                f"/papers/{quote(paper, safe=':')}",
                "/papers?q=dynamic",
                "/repos",
                "/repos/github:microsoft/esvit",
                "/repos/github%3Amicrosoft%2Fesvit",
                "/affiliations/affiliation:microsoft-research",
                "/topics/topic:category/cv",
                "/venues",
                "/sources/source:xiyang-dai",
                "/quality",
            ):
                answer = http.get(url)
                assert answer.status_code == 200, (url, answer.text)
                bodies.setdefault(url, []).append(answer.content)
            assert http.get("/authors/Nobody%20Here").status_code == 404
    for url, (one, other) in bodies.items():
        assert one == other, url
    assert bodies["/repos/github:microsoft/esvit"] == bodies["/repos/github%3Amicrosoft%2Fesvit"]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_running_service_sees_a_new_load(neo4j_server: Any, tmp_path: Path, workers: str) -> None:
    env = environment(neo4j_server)
    page = SAMPLE.read_text()
    (tmp_path / "page.txt").write_text(page)
    (tmp_path / "other.txt").write_text(page.replace("Xiyang Dai", "Ada Quill"))
    store = f"file:{tmp_path / 'live.sqlite'}"
    run("load", "page.txt", "--store", store, env=env, cwd=tmp_path)
    # Each question comes over a connection of its own, so that any process may answer it.
    asked = 4 * int(workers)
    with served("--store", store, "--workers", workers, env=env, cwd=tmp_path) as base:
        for _ in range(asked):
            assert httpx.get(f"{base}/authors/Ada%20Quill").status_code == 404
        run("load", "other.txt", "--store", store, env=env, cwd=tmp_path)
        for _ in range(asked):
            assert httpx.get(f"{base}/authors/Ada%20Quill").json()["author"]["papers"] == 50
