"""Imports point one way; see the rooms in docs/design.md."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Each room with the rooms it may import besides itself and the libraries.
ROOMS = {
    "graph_service.model": set(),
    "graph_service.settings": {"graph_service.model"},
    "graph_service.identity": {"graph_service.model"},
    "graph_service.store": {
        "graph_service.model",
        "graph_service.identity",
        "graph_service.settings",
    },
}
ROOMS["graph_service.projection"] = {"graph_service.model", "graph_service.store"}
ROOMS["graph_service.derive"] = {*ROOMS["graph_service.projection"], "graph_service.projection"}
# Some questions compute what `derive` stores, under a filter, or suppose a decision.
ROOMS["graph_service.questions"] = {
    *ROOMS["graph_service.derive"],
    "graph_service.derive",
    "graph_service.identity",
}
ROOMS["graph_service.reports"] = {*ROOMS["graph_service.questions"], "graph_service.questions"}
ROOMS["graph_service.browser_pack"] = {
    *ROOMS["graph_service.reports"],
    "graph_service.reports",
}
ROOMS["graph_service.drawings"] = {"graph_service.model"}
ROOMS["graph_service.api"] = {
    "graph_service.drawings",
    *ROOMS["graph_service.browser_pack"],
    "graph_service.browser_pack",
    "graph_service.settings",
}
ROOMS["graph_service.cli"] = {
    *ROOMS["graph_service.api"],
    "graph_service.api",
    "graph_service.derive",
    "graph_service.sample",
    "loaders",
}
ROOMS["graph_service.sample"] = set()
ROOMS["loaders"] = {"graph_service.model", "graph_service.store"}
CONCRETE = {"graph_service.store.embedded", "graph_service.store.neo4j"}


def modules() -> list[tuple[str, Path]]:
    files = [*(ROOT / "graph_service").rglob("*.py"), *(ROOT / "loaders").rglob("*.py")]
    return sorted(
        (".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path)
        for path in files
    )


def room_of(module: str) -> str | None:
    return next((room for room in ROOMS if module == room or module.startswith(room + ".")), None)


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize(("module", "path"), modules())
def test_a_room_imports_only_the_rooms_below_it(module: str, path: Path) -> None:
    room = room_of(module)
    assert room is not None or module == "graph_service", f"{module} stands in no room"
    for name in imported(path):
        other = room_of(name)
        if room is not None and other is not None and other != room:
            assert other in ROOMS[room], f"{module} imports {name}"


@pytest.mark.parametrize(("module", "path"), modules())
def test_only_opening_names_a_concrete_store(module: str, path: Path) -> None:
    if not module.startswith("graph_service.store."):
        assert not imported(path) & CONCRETE
