"""Headless Chromium, pages that reach nothing but this machine, and pictures of them."""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect, sync_playwright

from graph_service import sample
from graph_service.derive.run import derive
from graph_service.settings import Settings
from graph_service.store.opening import open_store
from loaders.runner import load

COMMAND = Path(sys.executable).with_name("coauthor-graph")
SAMPLE = Path(str(sample.__file__)).with_name("profile_page.txt")
CHROMIUM = Path("/usr/bin/chromium")
THIS_MACHINE = ("127.0.0.1", "localhost")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # What Chromium asks for on its own account is not routed by a page; so it finds no host.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
WAIT_MILLISECONDS = 30_000
SCREEN = {"width": 1600, "height": 1000}

_REFUSED = pytest.StashKey[Counter[str]]()


def pytest_terminal_summary(terminalreporter: Any, exitstatus: int, config: pytest.Config) -> None:
    if refused := config.stash.get(_REFUSED, None):
        hosts = ", ".join(f"{host} {count}x" for host, count in sorted(refused.items()))
        terminalreporter.write_line(f"REFUSED: requests of pages to other hosts: {hosts}")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail at once, and not after a server has been started, where there is no Chromium."""
    if not os.access(CHROMIUM, os.X_OK):
        pytest.fail(
            f"no browser for the tests: {CHROMIUM} is missing; "
            "install it (Debian, Ubuntu: apt install chromium)",
            pytrace=False,
        )


@dataclass
class Visit:
    """A page, and what went on behind it."""

    page: Page
    refused: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One Chromium for all tests here."""
    expect.set_options(timeout=WAIT_MILLISECONDS)
    with sync_playwright() as playwright:
        # Playwright gives it an empty user data directory, and removes that afterwards.
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=FLAGS, timeout=2 * WAIT_MILLISECONDS
        )
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def visiting(chromium: Browser, request: pytest.FixtureRequest) -> Any:
    """Open a page in a context of its own; requests to other hosts are refused and noted."""
    refused_by_host = request.config.stash.setdefault(_REFUSED, Counter())

    @contextmanager
    def visit() -> Iterator[Visit]:
        with chromium.new_context(viewport=SCREEN, device_scale_factor=2) as context:
            context.set_default_timeout(WAIT_MILLISECONDS)
            context.grant_permissions(["clipboard-read", "clipboard-write"])
            found = Visit(context.new_page())

            def admit(route: Route) -> None:
                host = urlsplit(route.request.url).hostname or ""
                if host in THIS_MACHINE:
                    route.continue_()
                    return
                refused_by_host[host] += 1
                found.refused.append(route.request.url)
                route.abort()

            context.route(re.compile("^(?!data:|blob:)"), admit)
            found.page.on("pageerror", lambda error: found.errors.append(str(error)))
            found.page.on(
                "console",
                lambda said: found.errors.append(said.text) if said.type == "error" else None,
            )
            yield found

    return visit


@pytest.fixture
def keep_picture(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Page], None]:
    """Keep a picture of a page under the test's name, also in the folder BROWSER_PICTURES."""

    def keep(page: Page) -> None:
        path = tmp_path / (re.sub(r"\W+", "-", request.node.name).strip("-") + ".png")
        page.screenshot(path=path)
        if folder := os.environ.get("BROWSER_PICTURES"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            shutil.copy(path, folder)

    return keep


@pytest.fixture(scope="package")
def fill() -> Callable[[str, Settings, Path], None]:
    """Load a file into a store and derive, with our code."""

    async def work(address: str, settings: Settings, file: Path) -> None:
        store = await open_store(address, settings, create=True)
        try:
            await load(store, [file])
            await derive(store)
        finally:
            await store.close()

    def run(address: str, settings: Settings, file: Path) -> None:
        # In a thread, since Playwright's event loop counts as running in this one.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, work(address, settings, file)).result()

    return run


def command_environment(settings: Settings, **more: str) -> dict[str, str]:
    """The environment of our program, without settings of whoever runs the tests."""
    own = {name: value for name, value in os.environ.items() if "COAUTHOR_GRAPH" not in name}
    password = settings.password()
    if password is not None:
        own |= {
            "COAUTHOR_GRAPH_NEO4J_USER": settings.neo4j_user,
            "COAUTHOR_GRAPH_NEO4J_PASSWORD": password,
        }
    return own | {"NO_COLOR": "1"} | more


@contextmanager
def serving(store: str, folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """Serve a store in a process of its own."""
    with subprocess.Popen(
        [COMMAND, "serve", "--port", "0", "--store", store],
        env=environment,
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        try:
            said = ""
            for line in process.stderr:
                said += line
                if port := re.search(r"http://[\d.]+:(\d+)", line):
                    yield f"http://localhost:{port[1]}"
                    break
            else:
                pytest.fail(f"the service ended before it served: {said}")
        finally:
            process.send_signal(signal.SIGTERM)
            process.stderr.read()
        assert process.wait(20) == 0


# -- steps in Neo4j Browser ---------------------------------------------------------------


def sign_in(page: Page, server: Any) -> None:
    """Open a server's own Neo4j Browser and sign in."""
    page.goto(f"{server.http_uri}/browser/")
    page.get_by_test_id("username").fill(server.user)
    page.get_by_test_id("password").fill(server.password)
    page.get_by_test_id("connect").click()
    expect(page.get_by_test_id("activeEditor")).to_contain_text("neo4j$")


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
