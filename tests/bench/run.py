"""`make bench`: what the questions cost, side by side with what people would use instead.

Prints a table, and writes the same as JSON to bench/results. Compare only within one run: the
engines answer the same pairs in turn, after a warm-up that is not counted.
"""

import argparse
import asyncio
import json
import os
import platform
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import networkx as nx
import numpy as np
from rich.console import Console
from rich.table import Table

from graph_service import __version__
from graph_service.derive.run import derive
from graph_service.projection.arrays import AuthorPaper
from graph_service.projection.paths import shortest_path
from graph_service.projection.reader import Reader
from graph_service.questions.paths import show_path
from graph_service.settings import Settings
from graph_service.store.opening import open_store
from tests.bench.bibliography import bibliography

BATCH = 2_000
WARM_UP = 10


def spread(seconds: list[float]) -> dict[str, float]:
    """p50 and p95 in milliseconds."""
    p50, p95 = np.percentile(np.array(seconds) * 1000, [50, 95])
    return {"p50_ms": round(float(p50), 3), "p95_ms": round(float(p95), 3)}


def in_turn(pairs: list[tuple[int, int]], engines: dict[str, Callable[[int, int], Any]]) -> Any:
    """Time each engine on each pair, one after the other."""
    for pair in pairs[:WARM_UP]:
        for engine in engines.values():
            engine(*pair)
    times: dict[str, list[float]] = {name: [] for name in engines}
    for pair in pairs[WARM_UP:]:
        lengths = set()
        for name, engine in engines.items():
            began = perf_counter()
            lengths.add(engine(*pair))
            times[name].append(perf_counter() - began)
        if len(lengths) != 1:
            raise SystemExit(f"the engines disagree on {pair}: {lengths}")
    return {name: spread(found) for name, found in times.items()}


def networkx_of(graph: AuthorPaper) -> "nx.Graph[int]":
    """The same ties as a networkx graph."""
    found: nx.Graph[int] = nx.Graph()
    found.add_nodes_from(range(len(graph.author_ids)))
    sources = np.repeat(np.arange(len(graph.author_ids)), np.diff(graph.ties.indptr))
    found.add_edges_from(zip(sources.tolist(), graph.ties.neighbours.tolist(), strict=True))
    return found


async def measure(papers: int, pairs: int) -> dict[str, Any]:
    """Load, derive and ask at one size."""
    rows: dict[str, Any] = {"papers": papers}
    records = list(bibliography(papers))
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(f"file:{folder}/bench.sqlite", Settings(), create=True)
        began = perf_counter()
        async with store.writing():
            for start in range(0, papers, BATCH):
                await store.put(records[start : start + BATCH])
        rows["load_papers_a_second"] = round(papers / (perf_counter() - began))
        began = perf_counter()
        reader = Reader(store)
        view = await reader.view()
        rows["first_view_seconds"] = round(perf_counter() - began, 2)
        rows["derive_seconds"] = (await derive(store)).seconds
        graph = view.graph
        rows |= {"authors": len(graph.author_ids), "ties": len(graph.ties)}

        peer = networkx_of(graph)
        giant = sorted(max(nx.connected_components(peer), key=len))
        chosen = np.random.default_rng(1).choice(giant, size=(pairs + WARM_UP, 2))
        ends = [(int(a), int(b)) for a, b in chosen if a != b]

        def ours(a: int, b: int) -> int:
            path = shortest_path(graph.ties, a, b)
            return len(path.authors) if path else 0

        rows["shortest path"] = in_turn(
            ends, {"ours": ours, "networkx": lambda a, b: len(nx.shortest_path(peer, a, b))}
        )
        times = []
        for a, b in ends:
            began = perf_counter()
            await reader.ask(
                lambda view, a=a, b=b: show_path(  # type: ignore[misc]
                    view, graph.author_ids[a], graph.author_ids[b]
                )
            )
            times.append(perf_counter() - began)
        rows["path with evidence"] = {"ours": spread(times[WARM_UP:])}
        await store.close()
    return rows


def table(results: list[dict[str, Any]]) -> Table:
    """The results for people."""
    found = Table("papers", "authors", "ties", "load/s", "view s", "derive s", "question", "engine",
                  "p50 ms", "p95 ms")  # fmt: skip
    for rows in results:
        head = [f"{rows[name]:,}" for name in ("papers", "authors", "ties", "load_papers_a_second")]
        head += [str(rows["first_view_seconds"]), str(rows["derive_seconds"])]
        for question in ("shortest path", "path with evidence"):
            for engine, times in rows[question].items():
                found.add_row(*head, question, engine, f"{times['p50_ms']}", f"{times['p95_ms']}")
                head = [""] * 6
    return found


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--pairs", type=int, default=200)
    options = parser.parse_args()
    results = [asyncio.run(measure(papers, options.pairs)) for papers in options.papers]
    Console(width=140).print(table(results))
    out = Path("bench/results")
    out.mkdir(parents=True, exist_ok=True)
    machine = {
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "networkx": nx.__version__,
        "numpy": np.__version__,
        "coauthor-graph": __version__,
    }
    path = out / "paths.json"
    path.write_text(json.dumps({"machine": machine, "results": results}, indent=1) + "\n")
    print(f"written to {path}; {machine}")


if __name__ == "__main__":
    main()
