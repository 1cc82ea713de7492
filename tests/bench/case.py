"""What every question is measured on: one graph, as each engine holds it, and the same pairs."""

import gc
from dataclasses import dataclass
from pathlib import Path

import networkx as nx
import numpy as np

from graph_service.projection.arrays import AuthorPaper
from graph_service.projection.reader import Reader, View
from graph_service.projection.walks import COST_UNITS, components
from tests.bench.stores import Cypher, Kept
from tests.bench.timing import WARM_UP, Pair

# From here on the slowest peers answer fewer pairs, or the run would take hours.
LARGE = 500_000


@dataclass(frozen=True, slots=True)
class Case:
    """One size.

    `peer` is the tie graph in networkx, with whole costs; `cypher` and `on_neo4j` are absent
    where Neo4j is left out, or the graph too large for it; `with_neo4j` says whether it is there
    at all. `pairs` are authors of the giant component.
    """

    papers: int
    kept: Kept
    cache: Path
    reader: Reader
    view: View
    pairs: list[Pair]
    peer: "nx.Graph[int]"
    cypher: Cypher | None
    on_neo4j: Kept | None
    with_neo4j: bool
    quick: bool

    @property
    def graph(self) -> AuthorPaper:
        """The projection."""
        return self.view.graph

    @property
    def runs(self) -> int:
        """How many processes a time is the median of."""
        return 1 if self.quick else 7

    def few(self, count: int) -> list[Pair]:
        """Some of the pairs, for where an engine takes long over each: a quarter if large."""
        return self.pairs[: WARM_UP // 2 + (count // 4 if self.papers >= LARGE else count)]


def draw_pairs(graph: AuthorPaper, count: int) -> list[Pair]:
    """Draw pairs of authors of the giant component, warm-up included; fixed by the graph."""
    found = components(graph.ties)
    giant = np.flatnonzero(found.labels == np.argmax(found.sizes))
    drawn = np.random.default_rng(1).choice(giant, size=(count + WARM_UP, 2)).tolist()
    return [(a, b) for a, b in drawn if a != b]


def networkx_of(graph: AuthorPaper) -> "nx.Graph[int]":
    """The same ties as a networkx graph, with weights and what each costs in whole units."""
    ties = graph.ties
    rows = np.repeat(np.arange(len(graph.author_ids)), np.diff(ties.indptr))
    once = rows < ties.neighbours
    costs = np.rint(COST_UNITS / ties.weights[once]).astype(np.int64)
    found: nx.Graph[int] = nx.Graph()
    found.add_nodes_from(range(len(graph.author_ids)))
    found.add_edges_from(
        (a, b, {"cost": cost, "weight": weight})
        for a, b, cost, weight in zip(
            rows[once].tolist(),
            ties.neighbours[once].tolist(),
            costs.tolist(),
            ties.weights[once].tolist(),
            strict=True,
        )
    )
    # Else a collection now and then walks over millions of dictionaries in the midst of a walk.
    gc.collect()
    gc.freeze()
    return found
