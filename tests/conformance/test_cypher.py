"""Every Cypher file on the real server: it plans, finds by index, and no write is eager."""

import os
from importlib.resources import files
from pathlib import Path
from typing import Any

import neo4j
import pytest

from graph_service.derive.run import derive
from graph_service.reports.files import all_reports
from graph_service.settings import Settings
from graph_service.store.opening import open_store
from graph_service.store.statements import statement
from loaders.runner import load

CYPHER = Path(str(files("cypher")))
FIXED = {"LABEL": "Topic", "TYPE": "AUTHORED", "START_LABEL": "Author", "END_LABEL": "Paper"}
STATEMENTS = sorted(
    str(path.relative_to(CYPHER).with_suffix(""))
    for path in CYPHER.rglob("*.cypher")
    if path.parent.name != "schema" and "reports" not in path.parts
)
ANY: dict[str, Any] = {
    **{name: [] for name in ("ids", "rows", "keys", "besides", "sources")},
    **dict.fromkeys(("id", "key", "after", "paper", "source", "author", "target"), "x"),
    **dict.fromkeys(("facts_sum", "facts_revision"), "x"),
    **dict.fromkeys(("limit", "max_authors", "schema_version"), 5),
}

# Where a product of rows is accepted, and why.
PRODUCTS = {
    "writes/delete_relationships": "both ends are found by id",
    "writes/delete_BUILDS_ON": "both ends are found by id",
}
PRODUCTS_OF_REPORTS = {
    "paths_shortest": "both ends are found by id",
    "paths_all_shortest": "both ends are found by id",
    "paths_within": "both ends are found by id",
    "lineage_chains": "both ends are found by id",
    "lineage_carry_over": "both ends are found by id",
}


def operators(plan: dict[str, Any]) -> set[str]:
    found = {plan["operatorType"].split("@")[0]}
    return found.union(*(operators(child) for child in plan.get("children", [])))


@pytest.fixture
async def filled(empty_neo4j: str, neo4j_settings: Settings, real_page: Path) -> str:
    store = await open_store(empty_neo4j, neo4j_settings, create=True)
    await load(store, [real_page])
    await derive(store)
    await store.close()
    return empty_neo4j


@pytest.mark.anyio
async def test_every_statement_plans(filled: str, raw_neo4j: neo4j.Driver) -> None:
    for name in STATEMENTS:
        found = plan_of(raw_neo4j, statement(name, **FIXED), ANY)
        if name != "reads/other_nodes":
            assert "AllNodesScan" not in found, name
        accepted = name in PRODUCTS or name.startswith("writes/put_")
        assert "CartesianProduct" not in found or accepted, name
        if name.startswith("writes/put_"):
            assert "Eager" not in found, name


@pytest.mark.anyio
async def test_every_report_starts_from_an_index_or_a_label(
    filled: str, raw_neo4j: neo4j.Driver
) -> None:
    for report in all_reports():
        values: dict[str, Any] = {
            each.name: ["x"] if each.type == "authors" else "x" if each.required else each.default
            for each in report.parameters
        }
        found = plan_of(raw_neo4j, report.text, values)
        assert "AllNodesScan" not in found, report.name
        assert "CartesianProduct" not in found or report.name in PRODUCTS_OF_REPORTS, report.name
        assert not found & WRITING, report.name


# What operators of a plan are called that change anything.
WRITING = {
    "Create", "Merge", "Delete", "DetachDelete", "SetProperty", "SetProperties", "SetLabels",
    "RemoveLabels", "Foreach", "EmptyResult",
}  # fmt: skip


# Neo4j 5.26 knows one Cypher and refuses the prefix of the other.
VERSIONS = ("CYPHER 5", "CYPHER 25") if os.environ.get("NEO4J_LINE") == "2026" else ("",)


def plan_of(raw: neo4j.Driver, cypher: str, parameters: dict[str, Any]) -> set[str]:
    """What operators the plans of a statement have, in every Cypher that the server knows."""
    found = set()
    for version in VERSIONS:
        query = f"EXPLAIN {version} {cypher}"
        plan = raw.execute_query(query, parameters).summary.plan  # type: ignore[arg-type]
        assert plan is not None
        found |= operators(plan)
    return found
