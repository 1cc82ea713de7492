"""docker-compose.yml and Dockerfile, as far as they can be checked without Docker."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from local import artifacts, configuration  # conftest.py puts tools/neo4j on the path

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"
REQUIRED_PASSWORD = re.compile(r"\$\{NEO4J_PASSWORD:\?[^}]+\}")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    return parsed


@pytest.fixture(scope="module")
def neo4j_service(compose: dict[str, Any]) -> dict[str, Any]:
    return compose["services"]["neo4j"]


@pytest.fixture(scope="module")
def service(compose: dict[str, Any]) -> dict[str, Any]:
    return compose["services"]["service"]


# docker-compose.yml


def test_there_are_two_services(compose: dict[str, Any]) -> None:
    assert sorted(compose["services"]) == ["neo4j", "service"]


def test_the_image_is_the_release_that_the_tests_run_on(neo4j_service: dict[str, Any]) -> None:
    assert neo4j_service["image"] == f"neo4j:{artifacts.neo4j_version()}-community"
    assert re.fullmatch(r"neo4j:5\.26\.\d+-community", neo4j_service["image"])


def test_every_port_is_published_on_loopback_only(compose: dict[str, Any]) -> None:
    ports = [port for one in compose["services"].values() for port in one["ports"]]
    assert sorted(ports) == [f"127.0.0.1:{port}:{port}" for port in (7474, 7687, 8000)]


def test_both_services_have_a_bounded_health_check(compose: dict[str, Any]) -> None:
    for one in compose["services"].values():
        check = one["healthcheck"]
        assert check["test"][0] == "CMD"
        assert {"interval", "timeout", "retries", "start_period"} <= set(check)


def test_health_checks_ask_on_the_ports_that_are_published(
    neo4j_service: dict[str, Any], service: dict[str, Any]
) -> None:
    assert "http://127.0.0.1:7474/" in neo4j_service["healthcheck"]["test"]
    assert "http://127.0.0.1:8000/health/live" in service["healthcheck"]["test"][-1]


def test_the_python_of_the_health_check_compiles(service: dict[str, Any]) -> None:
    _, program, flag, code = service["healthcheck"]["test"]
    assert (program, flag) == ("python", "-c")
    compile(code, "healthcheck", "exec")


def test_the_service_waits_for_a_healthy_neo4j(service: dict[str, Any]) -> None:
    assert service["depends_on"] == {"neo4j": {"condition": "service_healthy"}}


def test_data_lives_in_a_volume_with_a_name(
    compose: dict[str, Any], neo4j_service: dict[str, Any]
) -> None:
    (mount,) = neo4j_service["volumes"]
    name, folder = mount.split(":")
    assert folder == "/data"
    assert name in compose["volumes"]


def test_no_secret_is_in_the_file(compose: dict[str, Any]) -> None:
    secret = re.compile(r"password|secret|token|auth$", re.IGNORECASE)
    values = {
        name: str(value)
        for one in compose["services"].values()
        for name, value in one["environment"].items()
        if secret.search(name)
    }
    assert sorted(values) == ["COAUTHOR_GRAPH_NEO4J_PASSWORD", "NEO4J_AUTH"]
    for value in values.values():
        assert REQUIRED_PASSWORD.sub("", value) in {"", "neo4j/"}
        assert REQUIRED_PASSWORD.search(value)


def test_the_neo4j_container_gets_no_variable_that_becomes_an_unknown_setting(
    neo4j_service: dict[str, Any],
) -> None:
    """The image makes a setting of every NEO4J_*, and the server refuses one it does not know."""
    heap = {"server.memory.heap.initial_size", "server.memory.heap.max_size"}
    conf = configuration.conf_text(bolt_port=1, http_port=2, heap="1g", page_cache="512m")
    known = heap | {line.split("=")[0] for line in conf.splitlines()}
    names = set(neo4j_service["environment"]) - {"NEO4J_AUTH"}
    as_settings = {
        name.removeprefix("NEO4J_").replace("__", "\0").replace("_", ".").replace("\0", "_")
        for name in names
    }
    assert len(as_settings) == len(names) > 5
    assert as_settings <= known


def test_nothing_is_reported_to_anybody(neo4j_service: dict[str, Any]) -> None:
    environment = neo4j_service["environment"]
    assert environment["NEO4J_dbms_usage__report_enabled"] == "false"
    assert environment["NEO4J_client_allow__telemetry"] == "false"


def test_the_service_is_told_settings_that_it_has(service: dict[str, Any]) -> None:
    from graph_service.settings import Settings

    names = {name.removeprefix("COAUTHOR_GRAPH_").lower() for name in service["environment"]}
    assert names <= set(Settings.model_fields)
    assert service["environment"]["COAUTHOR_GRAPH_STORE"] == "bolt://neo4j:7687"


def test_neo4j_has_time_to_close_its_databases(neo4j_service: dict[str, Any]) -> None:
    assert int(neo4j_service["stop_grace_period"].removesuffix("s")) > 30


def test_both_services_start_again_after_a_reboot(compose: dict[str, Any]) -> None:
    assert {one["restart"] for one in compose["services"].values()} == {"unless-stopped"}


def compose_config(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name != "NEO4J_PASSWORD"}
    return subprocess.run(
        # Without a developer's .env, which may hold the password.
        ["docker", "compose", "--env-file", os.devnull, "-f", str(COMPOSE), "config", *arguments],
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def has_docker_compose() -> bool:
    return shutil.which("docker") is not None and (
        subprocess.run(
            ["docker", "compose", "version"], capture_output=True, check=False, timeout=60
        ).returncode
        == 0
    )


needs_docker_compose = pytest.mark.skipif(
    not has_docker_compose(), reason="`docker compose` is not installed: its own check is not run"
)


@needs_docker_compose
def test_docker_compose_accepts_the_file() -> None:
    done = compose_config("--format", "json", NEO4J_PASSWORD="invented-1")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    neo4j = json.loads(done.stdout)["services"]["neo4j"]
    assert neo4j["environment"]["NEO4J_AUTH"] == "neo4j/invented-1"


@needs_docker_compose
def test_docker_compose_refuses_to_go_on_without_a_password() -> None:
    done = compose_config("-q")
    assert done.returncode != 0
    assert "set NEO4J_PASSWORD in the shell or in .env" in done.stderr


# Dockerfile


@pytest.fixture(scope="module")
def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, in order: their name and the rest, joined to one line."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ").splitlines()
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in joined)]


def rest_of(instructions: list[tuple[str, str]], name: str) -> list[str]:
    return [rest for found, rest in instructions if found == name]


def test_every_stage_starts_from_the_oldest_python_we_support(
    instructions: list[tuple[str, str]],
) -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    minor = pyproject["project"]["requires-python"].removeprefix(">=")
    images = [rest.split()[0] for rest in rest_of(instructions, "FROM")]
    assert images == [f"python:{minor}-slim-trixie"] * 2


def test_what_is_copied_exists_and_is_let_into_the_image(
    instructions: list[tuple[str, str]],
) -> None:
    copied = [
        source
        for rest in rest_of(instructions, "COPY")
        if "--from" not in rest
        for source in rest.split()[:-1]
    ]
    assert {"requirements.lock", "pyproject.toml", "graph_service"} <= set(copied)
    allowed = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in allowed
    for source in copied:
        assert (ROOT / source).exists()
        assert f"!{source}" in allowed


def test_every_package_of_the_wheel_is_copied(instructions: list[tuple[str, str]]) -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = pyproject["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert {f"{name} {name}" for name in packages} <= set(rest_of(instructions, "COPY"))


def test_the_command_is_one_that_the_package_installs(
    instructions: list[tuple[str, str]],
) -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (command,) = [json.loads(rest) for rest in rest_of(instructions, "CMD")]
    assert command == ["coauthor-graph", "serve", "--host", "0.0.0.0"]
    assert command[0] in pyproject["project"]["scripts"]


def test_nothing_is_installed_without_its_hash_but_our_own_wheel(
    instructions: list[tuple[str, str]],
) -> None:
    installs = [
        part
        for rest in rest_of(instructions, "RUN")
        for part in rest.split("&&")
        if re.search(r"-m pip .*(install|wheel) ", part)
    ]
    assert len(installs) == 5
    for install in installs:
        own = "--no-deps" in install and (
            "dist/*.whl" in install or "--no-build-isolation" in install
        )
        assert own or "--require-hashes" in install


def test_the_image_does_not_run_as_root(instructions: list[tuple[str, str]]) -> None:
    names = [name for name, _ in instructions]
    assert rest_of(instructions, "USER") == ["coauthor"]
    assert names.index("USER") < names.index("CMD")


def test_the_health_check_asks_the_service_itself(instructions: list[tuple[str, str]]) -> None:
    (check,) = rest_of(instructions, "HEALTHCHECK")
    program, flag, code = json.loads(check.split("CMD", 1)[1])
    assert (program, flag) == ("python", "-c")
    compile(code, "healthcheck", "exec")
    assert "'http://127.0.0.1:8000/health/live'" in code
    assert rest_of(instructions, "EXPOSE") == ["8000"]
