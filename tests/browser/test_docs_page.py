"""The documentation page of a running service, as a person sees and uses it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from graph_service.settings import Settings
from tests.browser.conftest import SAMPLE, command_environment, serving


@pytest.fixture
def service(tmp_path: Path, fill: Callable[..., None]) -> Iterator[str]:
    """The address of a service in a process of its own, on the packaged sample."""
    store = f"file:{tmp_path / 'graph.sqlite'}"
    fill(store, Settings(), SAMPLE)
    with serving(store, tmp_path, command_environment(Settings())) as address:
        yield address


def test_the_docs_page_shows_and_runs_every_operation(
    service: str, visiting: Any, keep_picture: Callable[[Page], None]
) -> None:
    paths = httpx.get(f"{service}/openapi.json").json()["paths"]
    with visiting() as visit:
        page = visit.page
        try:
            page.goto(f"{service}/docs")
            path = page.locator("#operations-paths-show_path")
            expect(path).to_contain_text("/paths")
            expect(page.locator(".opblock")).to_have_count(sum(map(len, paths.values())))

            path.locator(".opblock-summary-control").click()
            path.get_by_role("button", name="Try it out").click()
            path.locator("[data-param-name=source] input").fill("Bharat Singh")
            path.locator("[data-param-name=target] input").fill("Marah Abdin")
            path.get_by_role("button", name="Execute").click()

            answer = path.locator(".live-responses-table")
            expect(answer.locator(".response-col_status").last).to_contain_text("200")
            for name in ("Bharat Singh", "Xiyang Dai", "Marah Abdin"):
                expect(answer).to_contain_text(name)
            answer.scroll_into_view_if_needed()
        finally:
            keep_picture(page)
        assert visit.refused == []
        assert visit.errors == []
