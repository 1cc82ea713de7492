"""`make bench`: what the questions cost, side by side with what people would use instead.

Prints tables, and writes the same as JSON to bench/results. Compare only within one run.
Loaded stores are kept under bench/data; remove that folder to load them again.
"""

import argparse
import asyncio
import json
import os
import platform
import signal
import sys
from contextlib import AsyncExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

from graph_service.projection.cache import Cache
from graph_service.projection.reader import Reader
from graph_service.store.opening import open_store
from tests.bench import (
    adamic_adar,
    all_shortest_paths,
    bulk_load,
    cheapest_path,
    clusters,
    cold_start,
    driver_load,
    ego_network,
    k_shortest_paths,
    lineage,
    loading,
    main_path,
    projection,
    reading,
    serving,
    shortest_path,
    stores,
    tables,
)
from tests.bench.case import Case, draw_pairs, networkx_of
from tests.bench.goals import goals_of
from tests.bench.stores import Cypher, tell
from tests.bench.timing import WARM_UP

QUESTIONS: dict[str, ModuleType] = {
    module.__name__.rpartition(".")[2]: module
    for module in (
        shortest_path,
        all_shortest_paths,
        k_shortest_paths,
        cheapest_path,
        ego_network,
        adamic_adar,
        loading,
        reading,
        driver_load,
        bulk_load,
        projection,
        cold_start,
        serving,
        clusters,
        lineage,
        main_path,
    )
}
LIBRARIES = ("coauthor-graph", "networkx", "numpy", "numba", "scipy", "graspologic-native", "neo4j")
# A server with the graph on the same two processors and 1 GiB of heap takes no more.
MOST_ON_NEO4J = 100_000
SEED = 0


async def measure(papers: int, options: argparse.Namespace, results: list[dict[str, Any]]) -> None:
    """Ask every question wanted at one size; `results` gains what is found as it is found."""
    kept = await stores.embedded(options.data, papers, SEED)
    async with AsyncExitStack() as stack:
        store = await open_store(kept.address, kept.settings)
        stack.push_async_callback(store.close)
        cache = kept.folder / "cache"
        reader = Reader(store, cache=Cache.of(cache, kept.address), warm=True, step=tell)
        view = await reader.view()
        tell("building the networkx graph")
        peer = networkx_of(view.graph)
        on_neo4j, cypher = None, None
        if not options.without_neo4j and papers <= MOST_ON_NEO4J:
            on_neo4j = await stack.enter_async_context(stores.on_neo4j(options.data, papers, SEED))
            cypher = Cypher(on_neo4j, view.graph.author_ids)
            stack.callback(cypher.close)
        case = Case(
            papers=papers,
            kept=kept,
            cache=cache,
            reader=reader,
            view=view,
            pairs=draw_pairs(view.graph, options.pairs),
            peer=peer,
            cypher=cypher,
            on_neo4j=on_neo4j,
            with_neo4j=not options.without_neo4j,
            quick=options.quick,
        )
        found: dict[str, Any] = {}
        results.append(
            {
                "papers": papers,
                "authors": len(view.graph.author_ids),
                "authorships": len(view.graph.slots),
                "ties": len(view.graph.ties),
                "neo4j": cypher.version if cypher else None,
                "questions": found,
            }
        )
        for name in options.questions:
            question = QUESTIONS[name]
            tell(f"{papers:,} papers: {question.NAME}")
            answer = await question.measure(case)
            if answer is not None:
                found[question.NAME] = answer


def machine() -> dict[str, str | int]:
    """What the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processors": os.cpu_count() or 0,
        "memory GiB": round(memory),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument(
        "--papers", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], help="sizes"
    )
    parser.add_argument("--pairs", type=int, default=500, help="pairs of authors asked about")
    parser.add_argument("--questions", nargs="+", choices=QUESTIONS, default=list(QUESTIONS))
    parser.add_argument("--without-neo4j", action="store_true", help="leave Neo4j out")
    parser.add_argument("--quick", action="store_true", help="fewer requests over HTTP")
    parser.add_argument("--data", type=Path, default=Path("bench/data"), help="loaded stores")
    parser.add_argument("--out", type=Path, default=Path("bench/results"), help="JSON files")
    options = parser.parse_args()
    # So that what was started is stopped: a server of Neo4j outlives who started it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    results: list[dict[str, Any]] = []
    try:
        for papers in sorted(options.papers):
            asyncio.run(measure(papers, options, results))
    finally:  # a run takes an hour: where it fails, what was found before is of use
        report(results, options)


def report(results: list[dict[str, Any]], options: argparse.Namespace) -> None:
    """Print tables and write the JSON file."""
    goals = goals_of(results)
    found = {
        "machine": machine(),
        "query_set": f"{options.pairs} pairs of authors of the giant component, drawn with seed 1 "
        f"from the bibliography of seed {SEED}; the first {WARM_UP} warm up; the number behind a "
        "question is how many were counted",
        "neo4j": next((result["neo4j"] for result in results if result["neo4j"]), "left out"),
        "results": results,
        "goals": [asdict(goal) | {"verdict": goal.verdict()} for goal in goals],
    }
    tables.show(found, goals)
    options.out.mkdir(parents=True, exist_ok=True)
    name = "-".join(str(papers) for papers in sorted(options.papers))
    path = options.out / f"connections-{name}.json"
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    tell(f"written to {path}")


if __name__ == "__main__":
    main()
