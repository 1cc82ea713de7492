"""Every Cypher file on the real server: it plans, no write is eager, reports answer."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import neo4j
import pytest

from graph_service.derive.run import derive
from graph_service.settings import Settings
from graph_service.store.opening import open_store
from graph_service.store.statements import statement
from loaders.runner import load

CYPHER = Path(str(files("cypher")))
FIXED = {"LABEL": "Topic", "TYPE": "AUTHORED", "START_LABEL": "Author", "END_LABEL": "Paper"}
STATEMENTS = sorted(
    str(path.relative_to(CYPHER).with_suffix(""))
    for path in CYPHER.rglob("*.cypher")
    if path.parent.name != "schema"
)
ANY: dict[str, Any] = {
    **{name: [] for name in ("ids", "rows", "keys", "besides", "sources")},
    **dict.fromkeys(("id", "key", "after", "paper", "source", "author", "target"), "x"),
    **dict.fromkeys(("facts_sum", "facts_revision"), "x"),
    **dict.fromkeys(("limit", "max_authors", "schema_version"), 5),
}

# Both sides are found by a unique key, so their product is one row.
ONE_ROW_EACH = {
    "reports/paths/paths_shortest",
    "writes/bring_ties_back",
    "writes/delete_relationships",
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
        result = raw_neo4j.execute_query(f"EXPLAIN {statement(name, **FIXED)}", ANY)  # type: ignore[arg-type]
        plan = result.summary.plan
        assert plan is not None
        found = operators(plan)
        if name != "reads/other_nodes":
            assert "AllNodesScan" not in found, name
        one_row_each = name in ONE_ROW_EACH or name.startswith("writes/put_")
        assert "CartesianProduct" not in found or one_row_each, name
        if name.startswith("writes/put_"):
            assert "Eager" not in found, name


@pytest.mark.anyio
async def test_reports_answer_on_the_real_page(
    filled: str, raw_neo4j: neo4j.Driver, neo4j_server: Any
) -> None:
    def rows(name: str, **parameters: object) -> list[dict[str, Any]]:
        text = (CYPHER / "reports" / f"{name}.cypher").read_text()
        found = raw_neo4j.execute_query(text, parameters, routing_="r")  # type: ignore[arg-type]
        return [record.data() for record in found.records]

    top = rows("collaborators/collaborators_top", author="author:dai.xiyang", limit=2, max_authors=50)  # fmt: skip
    assert [(row["collaborator"], row["papers"], row["cut_lists"]) for row in top] == [
        ("Dongdong Chen", 14, 14),
        ("Yinpeng Chen", 14, 14),
    ]
    with_code = rows("papers/papers_with_code", limit=500)
    assert len(with_code) == 21
    assert len([row for row in with_code if row["repositories"]]) == 19
    ends = {"source": "author:chen.yinpeng", "target": "author:wu.zuxuan"}
    chain = rows("paths/paths_shortest", **ends)
    assert [row["hop"] for row in chain] == [1, 2]
    assert (chain[0]["from_id"], chain[-1]["to_id"]) == (ends["source"], ends["target"])
    assert all(row["papers"] == len(row["paper_ids"]) for row in chain)
    same = rows("paths/paths_shortest", source=ends["source"], target=ends["source"])
    assert [(row["hop"], row["papers"]) for row in same] == [(0, 0)]

    # The same file as cypher-shell runs it.
    shell = neo4j_server.cypher_shell(
        CYPHER / "reports" / "paths" / "paths_shortest.cypher", **ends
    )
    assert "Yinpeng Chen" in shell
    assert "Zuxuan Wu" in shell
