"""Main paths of a made-up citation graph: counts, paths, and networkx's longest path beside it."""

from time import perf_counter
from typing import Any

import networkx as nx
import numpy as np

from graph_service.derive.main_path import (
    COUNTS,
    global_path,
    key_routes,
    longest_path,
    network,
    traversal_counts,
)
from tests.bench.case import LARGE, Case

NAME = "main path"
CITATIONS_A_PAPER = 16
TOGETHER = "seconds, SPC, SPLC and SPNP together"


async def measure(case: Case) -> dict[str, Any] | None:
    """Time each step on a graph of as many papers, with 16 citations each."""
    if case.papers >= LARGE:
        return None
    newer, older = citations(case.papers)
    times = {"network": perf_counter()}
    net = network([""] * case.papers, newer, older)
    weights = []
    for count in COUNTS:
        times[count] = perf_counter()
        weights = traversal_counts(net, count)
    times["global path"] = perf_counter()
    global_path(net, weights)
    times["key-routes of ten"] = perf_counter()
    key_routes(net, weights, 10, "global")
    times["longest path"] = perf_counter()
    longest = longest_path(net).total
    times["networkx dag_longest_path"] = perf_counter()
    peer = nx.DiGraph()
    peer.add_edges_from(zip(net.tails, net.heads, strict=True))
    built = perf_counter()
    if nx.dag_longest_path_length(peer) != longest:
        raise SystemExit("networkx finds a longest path of another length")
    ended = perf_counter()
    # Building its graph is not counted against networkx.
    ends = [*list(times.values())[1:], times["networkx dag_longest_path"]]
    seconds = {
        f"seconds, {name}": round(end - began, 2)
        for (name, began), end in zip(times.items(), ends, strict=True)
    }
    seconds["seconds, networkx dag_longest_path"] = round(ended - built, 2)
    return {
        "figures": {
            "citations": len(newer),
            "arcs": len(net.tails),
            **seconds,
            TOGETHER: round(times["global path"] - times["spc"], 2),
            "digits of the greatest SPNP": len(str(max(weights, default=0))),
        }
    }


def citations(papers: int) -> tuple[list[int], list[int]]:
    """Papers cite earlier ones, mostly of a while ago; fixed by their number."""
    drawn = np.random.default_rng(0)
    newer = drawn.integers(1, papers, CITATIONS_A_PAPER * papers)
    ago = drawn.lognormal(np.log(papers / 20), 1.2, len(newer)).astype(np.int64)
    older = newer - np.minimum(np.maximum(1, ago), newer)
    return newer.tolist(), older.tolist()
