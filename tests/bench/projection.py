"""Building the projection from each store, and opening it from the cache; fresh processes."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.bench.case import Case
from tests.bench.stores import ROOT, Kept

NAME = "projection"


async def measure(case: Case) -> dict[str, Any]:
    """Seconds, peak resident size, and rows a second from Neo4j.

    A row is an author, a paper or an authorship.
    """
    rows = len(case.graph.author_ids) + len(case.graph.paper_ids) + len(case.graph.slots)
    folder = case.kept.folder / "cache-for-opening"
    shutil.rmtree(folder, ignore_errors=True)
    built = fresh(case.kept, "none")
    streamed = fresh(case.kept, "none", "streams")
    fresh(case.kept, str(folder))
    opened = sorted(fresh(case.kept, str(folder))["seconds"] for _ in range(case.runs))
    figures = {
        "rows": rows,
        "embedded: seconds": built["seconds"],
        "embedded: processor seconds": built["processor_seconds"],
        "embedded: seconds, only reading": streamed["seconds"],
        "embedded: rows a second": round(rows / built["seconds"]),
        "embedded: microseconds a paper": round(built["seconds"] / case.papers * 1e6, 1),
        "embedded: peak MiB": built["peak_mebibytes"],
        "embedded: peak KiB a paper": round(
            (built["peak_mebibytes"] - built["mebibytes_before"]) * 1024 / case.papers, 2
        ),
        "from cache: seconds": opened[len(opened) // 2],
    }
    shutil.rmtree(folder, ignore_errors=True)
    if case.on_neo4j is not None:
        # The first reader waits for the server's pages and plans, as after any start of it.
        cold = fresh(case.on_neo4j, "none", "streams")["seconds"]
        read = fresh(case.on_neo4j, "none", "streams")["seconds"]
        whole = fresh(case.on_neo4j, "none")["seconds"]
        figures |= {
            "Neo4j: seconds": whole,
            "Neo4j: seconds, only reading, server just started": cold,
            "Neo4j: seconds, only reading": read,
            "Neo4j: rows a second": round(rows / whole),
            "Neo4j: rows a second, only reading": round(rows / read),
        }
    return {"figures": figures}


def fresh(kept: Kept, cache: str, what: str = "view") -> dict[str, Any]:
    """Run `tests.bench.fresh` and read what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.fresh", kept.address, cache, what],
        cwd=ROOT,
        env=environment(kept),
        check=True,
        stdout=subprocess.PIPE,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def environment(kept: Kept, cache: Path | None = None) -> dict[str, str]:
    """The environment of a process that reads a store, without settings from outside."""
    plain = {k: v for k, v in os.environ.items() if not k.startswith("COAUTHOR_GRAPH_")}
    plain["COAUTHOR_GRAPH_STORE"] = kept.address
    if cache is not None:
        plain["COAUTHOR_GRAPH_CACHE_DIR"] = str(cache)
    if (password := kept.settings.password()) is not None:
        plain["COAUTHOR_GRAPH_NEO4J_PASSWORD"] = password
        plain["COAUTHOR_GRAPH_QUERY_TIMEOUT_SECONDS"] = "600"
    return plain
