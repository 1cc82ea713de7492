"""One command in a process of its own: `coauthor-graph path A B`, from nothing and from caches."""

import json
import pickle
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from tests.bench.case import LARGE, Case
from tests.bench.projection import environment
from tests.bench.stores import ROOT

NAME = "cold start"
COMMAND = str(Path(sys.executable).with_name("coauthor-graph"))
UNPICKLE = """
import pickle, sys, networkx as nx
graph = pickle.load(open(sys.argv[1], "rb"))
print(nx.bidirectional_shortest_path(graph, int(sys.argv[2]), int(sys.argv[3])))
"""


async def measure(case: Case) -> dict[str, Any]:
    """Seconds: with nothing kept, with compiled loops only, with everything; and a peer."""
    ids = case.graph.author_ids
    a, b = case.pairs[0]
    ask = [COMMAND, "path", ids[a], ids[b], "--json"]
    folder = case.kept.folder / "cache-for-commands"
    shutil.rmtree(folder, ignore_errors=True)
    env = environment(case.kept, folder)
    figures: dict[str, float] = {}
    if not case.quick and case.papers < LARGE:
        with TemporaryDirectory() as compiled:
            figures["nothing kept: seconds"] = _seconds(ask, env | {"NUMBA_CACHE_DIR": compiled})
            shutil.rmtree(folder, ignore_errors=True)
    figures["projection not kept: seconds"] = _seconds(ask, env)
    runs = [_seconds(ask, env) for _ in range(case.runs)]
    figures |= {
        "all kept: seconds": round(median(runs), 3),
        "all kept, slowest: seconds": max(runs),
    }
    figures["--help: seconds"] = round(
        median(_seconds([COMMAND, "--help"], env) for _ in range(case.runs)), 3
    )
    shutil.rmtree(folder, ignore_errors=True)
    if case.papers < LARGE:
        pickled = case.kept.folder / "networkx.pickle"
        with pickled.open("wb") as file:
            pickle.dump(case.peer, file)
        peer = [sys.executable, "-c", UNPICKLE, str(pickled), str(a), str(b)]
        figures["networkx, graph unpickled: seconds"] = round(
            median(_seconds(peer, env) for _ in range(case.runs)), 3
        )
        pickled.unlink()
    return {"figures": figures}


def _seconds(command: Sequence[str], env: dict[str, str]) -> float:
    began = perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True)
    taken = perf_counter() - began
    if done.returncode:
        raise SystemExit(f"{command[0]} failed:\n{done.stderr.decode()}")
    if "--json" in command and json.loads(done.stdout)["distance"] is None:
        raise SystemExit("the command found no path")
    return round(taken, 3)
