"""The README is true: its shell blocks run, its output is printed, its links and settings exist."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from graph_service.settings import Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, flags=re.DOTALL)
# Steps in Neo4j Browser, and the drawing of the graph.
NOT_OUTPUT = (":play", "facts ")
COMMANDS = [line for kind, text in BLOCKS if kind == "sh" for line in text.splitlines() if line]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that git knows, and the environment that `make` made."""
    target = tmp_path_factory.mktemp("checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    for name in listed.stdout.rstrip("\0").split("\0"):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    (target / ".venv").symlink_to(sys.prefix)
    (Path(sys.prefix) / ".ready").touch()
    return target


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if "COAUTHOR_GRAPH" not in name}
    return kept | {"NO_COLOR": "1", "COLUMNS": "100"}


def free_port() -> str:
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return str(found.getsockname()[1])


def test_every_shell_line_runs_and_the_shown_output_is_printed(checkout: Path) -> None:
    assert COMMANDS[:2] == ["make demo", "make serve"]
    printed = ""
    for command in COMMANDS:
        if command == "make serve":
            _serve(checkout)
            continue
        done = subprocess.run(
            command,
            check=False,
            shell=True,
            cwd=checkout,
            env=environment(),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{command}: {done.stderr}{done.stdout}"
        printed += done.stdout
    shown = [text for kind, text in BLOCKS if kind == "text" and not text.startswith(NOT_OUTPUT)]
    assert len(shown) > 2
    for text in shown:
        assert text.strip("\n") in printed


def _serve(checkout: Path) -> None:
    port = free_port()
    server = subprocess.Popen(
        ["make", "serve"],
        cwd=checkout,
        env=environment() | {"COAUTHOR_GRAPH_PORT": port},
        start_new_session=True,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(200):
            try:
                answer = httpx.get(f"http://127.0.0.1:{port}/docs")
                break
            except httpx.TransportError:
                time.sleep(0.1)
        assert answer.status_code == 200
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)


def test_every_setting_is_in_the_readme() -> None:
    for name in Settings.model_fields:
        assert f"COAUTHOR_GRAPH_{name.upper()}" in README


def test_every_link_to_a_file_leads_somewhere() -> None:
    for document in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for link in re.findall(r"\]\(([^)#:]+)\)", document.read_text()):
            assert (document.parent / link).exists(), f"{document.name}: {link}"


def test_the_readme_stays_short() -> None:
    assert len(README.splitlines()) <= 200
