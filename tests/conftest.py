"""One real Neo4j for the whole run, stores made of it and of the embedded one, the real page."""

import os
import sys
import tarfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import neo4j
import pytest
from hypothesis import settings as hypothesis_settings
from pydantic import SecretStr

from graph_service.settings import Settings
from graph_service.store.opening import open_store
from graph_service.store.protocol import GraphStore

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
PROFILE_PAGES = SHARED / "data" / "profile_page"

sys.path.insert(0, str(ROOT / "tools" / "neo4j"))
import local_neo4j  # noqa: E402

# Time is measured by the benchmarks; on a busy machine a deadline says nothing.
hypothesis_settings.register_profile("project", deadline=None)
hypothesis_settings.load_profile("project")

STORES = ("memory", "file", "neo4j")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--without-neo4j",
        action="store_true",
        help="leave out every test that needs a Neo4j server; the summary says so",
    )
    parser.addoption(
        "--update-golden", action="store_true", help="write golden files anew, to be read in review"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "neo4j: needs the Neo4j server")
    config.addinivalue_line("markers", "real_page: reads the real profile page beside the project")
    config.addinivalue_line("markers", "real_files: reads real files beside the project")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    kept, left = [], []
    for item in items:
        params = getattr(getattr(item, "callspec", None), "params", {})
        needs = "neo4j" in params.values() or "neo4j_server" in getattr(item, "fixturenames", ())
        if needs:
            item.add_marker("neo4j")
        out = needs and config.getoption("--without-neo4j")
        (left if out else kept).append(item)
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = kept
    config.stash[_LEFT_OUT] = len(left)
    if hasattr(config, "workeroutput"):
        config.workeroutput["left_out"] = len(left)


_LEFT_OUT = pytest.StashKey[int]()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Each worker collects everything, so each of them knows how many were left out."""
    node.config.stash[_LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", 0)


def pytest_terminal_summary(terminalreporter: Any, exitstatus: int, config: pytest.Config) -> None:
    if count := config.stash.get(_LEFT_OUT, 0):
        terminalreporter.write_line(f"NOT RUN: {count} tests that need Neo4j (--without-neo4j)")
    for folder, tests in (("profile_page", "the real profile page"), ("formats", "real files")):
        if not (SHARED / "data" / folder).is_dir():
            terminalreporter.write_line(
                f"NOT RUN: tests on {tests}; ../shared/data/{folder} is not here"
            )


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def real_page() -> Path:
    """The real profile page, read in place; absent at home, required in CI."""
    pages = sorted(PROFILE_PAGES.glob("*.txt"))
    if not pages:
        if os.environ.get("CI"):
            pytest.fail("../shared/data/profile_page is missing in CI")
        pytest.skip("../shared/data/profile_page is not here")
    return pages[0]


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Find real data by its path under ../shared/data; a tar archive is unpacked to a folder.

    Absent at home, required in CI.
    """
    unpacked: dict[str, Path] = {}

    def find(name: str) -> Path:
        given = SHARED / "data" / name
        if not given.exists():
            if os.environ.get("CI"):
                pytest.fail(f"../shared/data/{name} is missing in CI")
            pytest.skip(f"../shared/data/{name} is not here")
        if not name.endswith(".tar.xz"):
            return given
        if name not in unpacked:
            folder = tmp_path_factory.mktemp("shared")
            with tarfile.open(given) as archive:
                archive.extractall(folder, filter="data")
            unpacked[name] = folder
        return unpacked[name]

    return find


@pytest.fixture(scope="session")
def neo4j_server() -> Iterator[Any]:
    """A disposable server, or the one that NEO4J_URI names and NEO4J_DISPOSABLE=1 gives up."""
    try:
        given = local_neo4j.server_from_environment()
        if given is not None:
            yield given
            return
        with local_neo4j.disposable_server() as server:
            yield server
    except local_neo4j.Neo4jToolError as error:
        pytest.fail(f"no Neo4j for the tests: {error} (leave it out with --without-neo4j)", False)


@pytest.fixture(scope="session")
def neo4j_settings(neo4j_server: Any) -> Settings:
    return Settings(neo4j_user=neo4j_server.user, neo4j_password=SecretStr(neo4j_server.password))


@pytest.fixture(scope="session")
def raw_neo4j(neo4j_server: Any) -> Iterator[neo4j.Driver]:
    """The back door: literal Cypher, not through our store."""
    with neo4j.GraphDatabase.driver(
        neo4j_server.bolt_uri, auth=(neo4j_server.user, neo4j_server.password)
    ) as driver:
        yield driver


@pytest.fixture
def empty_neo4j(neo4j_server: Any, raw_neo4j: neo4j.Driver) -> str:
    """The address of the server, with nothing in it but the schema."""
    raw_neo4j.execute_query("MATCH (n) DETACH DELETE n")
    address: str = neo4j_server.bolt_uri
    return address


@pytest.fixture(params=STORES)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store of each kind."""
    if request.param == "neo4j":
        found: str = request.getfixturevalue("empty_neo4j")
        return found
    return "memory:" if request.param == "memory" else f"file:{tmp_path / 'store.sqlite'}"


@pytest.fixture
def settings(request: pytest.FixtureRequest, address: str) -> Settings:
    if address.startswith("bolt"):
        given: Settings = request.getfixturevalue("neo4j_settings")
        return given
    return Settings()


@pytest.fixture
async def store(address: str, settings: Settings) -> AsyncIterator[GraphStore]:
    """An empty store of each kind."""
    opened = await open_store(address, settings, create=True)
    yield opened
    await opened.close()
