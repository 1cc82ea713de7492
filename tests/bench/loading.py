"""Loading the bibliography, as this run or an earlier one of the same version did."""

from typing import Any

from tests.bench.case import Case

NAME = "loading"


async def measure(case: Case) -> dict[str, Any]:
    """Papers a second into each store, the making of records not counted."""
    load = case.kept.load
    figures = {
        "embedded: papers a second": load["papers_a_second"],
        "embedded: microseconds a paper": round(load["load_seconds"] / case.papers * 1e6, 1),
        "embedded: MiB on disk": load["mebibytes"],
    }
    if case.on_neo4j is not None:
        figures |= {
            "Neo4j: papers a second": case.on_neo4j.load["papers_a_second"],
            "Neo4j: ties a second": case.on_neo4j.load["ties_a_second"],
        }
    return {"figures": figures}
