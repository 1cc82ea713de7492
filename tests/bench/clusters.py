"""Clusters: thirty seeds, consensus, stability and labels, as `derive` finds them."""

from itertools import pairwise
from time import perf_counter, process_time
from typing import Any

import networkx as nx

from graph_service.derive.clusters import ClusterOptions, clusters_part
from graph_service.derive.removal import find_removal
from tests.bench.case import Case

NAME = "clusters"
MOST_PAPERS = 100_000


async def measure(case: Case) -> dict[str, Any] | None:
    """Time the whole and each of its steps, and one run of networkx's Louvain beside it."""
    if case.papers > MOST_PAPERS:
        return None
    times: list[tuple[str, float]] = []
    worked = process_time()
    part = await clusters_part(
        case.view,
        await find_removal(case.view),
        ClusterOptions(),
        step=lambda name: times.append((name, perf_counter())),
    )
    times.append(("", perf_counter()))
    worked = process_time() - worked
    began = perf_counter()
    louvain = nx.community.louvain_communities(case.peer, weight="weight", seed=0)
    one_run = perf_counter() - began
    steps = {name: round(end - start, 2) for (name, start), (_, end) in pairwise(times)}
    return {
        "figures": {
            "seconds, with labels": round(sum(steps.values()), 2),
            "seconds, without labels": round(
                sum(seconds for name, seconds in steps.items() if not name.startswith("labelling")),
                2,
            ),
            "processor seconds": round(worked, 2),
            **{f"seconds, {name}": seconds for name, seconds in steps.items()},
            "clusters": part.made["clusters"],
            "modularity": part.parameters["modularity"],
            "agreement": part.parameters["agreement"],
            "algorithm": part.parameters["algorithm"],
            "replicates": part.parameters["replicates"],
            "seconds, networkx Louvain, one seed, nothing else": round(one_run, 2),
            "clusters, networkx Louvain": len(louvain),
        }
    }
