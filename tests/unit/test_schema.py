"""The schema is one: what the code writes, the Cypher names and the documents draw agree."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

from graph_service.model.schema import EDGE_TYPES, NODE_TYPES, Value
from graph_service.store.fold import build_graph
from graph_service.store.statements import PLACEHOLDERS
from tests.invented import paper, small_world

ROOT = Path(__file__).parents[2]
LABELS = {node.label: node for node in NODE_TYPES}
TYPES = {(edge.type, edge.start, edge.end): edge for edge in EDGE_TYPES}
CYPHER = sorted(Path(str(files("cypher"))).rglob("*.cypher"))
PYTHON_TYPES = {"str": str, "int": int, "float": float, "bool": bool, "list": list}


def fits(properties: dict[str, Value], allowed: dict[str, str]) -> None:
    for name, value in properties.items():
        assert name in allowed, f"{name} is not in the schema"
        assert type(value) is PYTHON_TYPES[allowed[name]]


def test_the_fold_writes_nothing_outside_the_schema() -> None:
    records = [*small_world(), paper("Twin", ["Ben Okoro"], source="club", kind="article")]
    graph = build_graph(records, [])
    for node in graph.nodes.values():
        fits(node.properties, dict(LABELS[node.label].properties))
    for edge in graph.edges.values():
        ends = (edge.type, graph.nodes[edge.start].label, graph.nodes[edge.end].label)
        fits(edge.properties, dict(TYPES[ends].properties))
    written = {name for node in graph.nodes.values() for name in node.properties}
    assert {"metrics", "announced_papers", "first_mention", "date_precision"} <= written


def without_text(cypher: str) -> str:
    return re.sub(r"'[^']*'|(?m:^//.*$)", "", cypher)


@pytest.mark.parametrize("path", CYPHER, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_cypher_names_only_what_the_schema_has(path: Path) -> None:
    cypher = without_text(path.read_text())
    labels = set(re.findall(r"\(\w*:(\w+)", cypher))
    types = {kind for group in re.findall(r"\[\w*:([\w|]+)", cypher) for kind in group.split("|")}
    assert labels <= LABELS.keys() | set(PLACEHOLDERS)
    assert types <= {edge.type for edge in EDGE_TYPES} | set(PLACEHOLDERS)


@pytest.mark.parametrize("path", CYPHER, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_cypher_files_begin_with_what_they_are_for(path: Path) -> None:
    first = path.read_text().splitlines()[0]
    assert first.startswith("// ")
    assert len(first) > 10


@pytest.mark.parametrize(
    "path", [p for p in CYPHER if p.stem.startswith("put_")], ids=lambda path: path.stem
)
def test_a_write_sets_exactly_the_properties_of_its_kind(path: Path) -> None:
    kind = path.stem.removeprefix("put_")
    described = next(
        each
        for each in (*NODE_TYPES, *EDGE_TYPES)
        if kind in (getattr(each, "label", None), getattr(each, "type", None))
    )
    # Keys are merged on: setting them again would make the plan eager.
    keys = getattr(described, "keys", ())
    merged = re.findall(r"(\w+): row\.properties\.(\w+)\b", path.read_text())
    written = re.findall(r"[nr]\.(\w+) = row\.properties\.(\w+)\b", path.read_text())
    assert merged == [(name, name) for name in keys]
    assert written == [(name, name) for name in described.properties if name not in keys]


def test_every_label_and_relationship_of_the_facts_is_in_the_documents() -> None:
    design, readme = (ROOT / "docs/design.md").read_text(), (ROOT / "README.md").read_text()
    for node in NODE_TYPES:
        assert re.search(rf"\b{node.label}\b", design), node.label
        for name in node.properties if node.layer == "facts" else ():
            assert f"`{name}`" in design, f"{node.label}.{name}"
    for edge in EDGE_TYPES:
        assert edge.layer == "service" or f":{edge.type}" in readme, edge.type
        for name in edge.properties:
            assert f"`{name}`" in design, f"{edge.type}.{name}"
