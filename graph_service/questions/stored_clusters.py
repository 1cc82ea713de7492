"""The clusters of the derived layer, laid out beside the projection."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from anyio.to_thread import run_sync

from graph_service.derive.leiden import LEFT_OUT, numbered
from graph_service.derive.membership import papers_by_cluster
from graph_service.projection.arrays import AuthorPaper, Floats, Ints, Offsets
from graph_service.projection.reader import View
from graph_service.projection.texts import Texts
from graph_service.questions.positions import need_part, run_stamp
from graph_service.store.fold import Graph


@dataclass(frozen=True, slots=True, eq=False)
class StoredClusters:
    """Clusters by number, then id, with their members and papers among the present facts.

    `cards` are the properties as JSON. `members[indptr[c]:indptr[c + 1]]` are the author
    numbers of cluster c, ascending, with `shares` beside them; `removed` are the author numbers
    that were removed from view, ascending. `papers` gives the cluster of each paper, -1 for none.
    """

    ids: Texts
    cards: Texts
    indptr: Offsets
    members: Ints
    shares: Floats
    removed: Ints
    papers: Ints

    def row(self, cluster: int) -> slice:
        """The slice of a cluster's members."""
        return slice(int(self.indptr[cluster]), int(self.indptr[cluster + 1]))

    def card(self, cluster: int) -> dict[str, Any]:
        """The stored properties of a cluster."""
        found: dict[str, Any] = orjson.loads(self.cards[cluster])
        return found


def run_figures(view: View) -> dict[str, Any]:
    """What the last run said of the clusters as a whole.

    Raises:
        NotDerived: There are no clusters.
    """
    need_part(view, "clusters")
    derivation = view.state.derivation
    found: dict[str, Any] = orjson.loads(derivation.parameters if derivation else "{}")["clusters"]
    return found


async def stored_clusters(view: View) -> StoredClusters:
    """The clusters of the last run.

    Raises:
        NotDerived: There are none.
    """
    without = run_figures(view).get("without", [])

    async def build() -> StoredClusters:
        layer = await view.store.derived("clusters")
        return await run_sync(laid_out, view.graph, layer, without)

    return await view.part(f"clusters-{run_stamp(view)}", StoredClusters, build)


def laid_out(graph: AuthorPaper, layer: Graph, without: list[str]) -> StoredClusters:
    """Lay the part "clusters" of the derived layer out beside a projection.

    Authors that are gone since are left out.
    """
    nodes = sorted(
        (node for node in layer.nodes.values() if node.label == "Cluster"),
        key=lambda node: (node.properties.get("number", 0), node.id),
    )
    place = {node.id: at for at, node in enumerate(nodes)}
    rows = sorted(
        (place[edge.end], number, edge.properties)
        for edge in layer.edges.values()
        if edge.type == "IN_CLUSTER" and (number := graph.author_ids.find(edge.start)) is not None
    )
    clusters = np.array([cluster for cluster, _, _ in rows], np.int32)
    members = np.array([author for _, author, _ in rows], np.int32)
    removed = np.array(
        sorted(at for one in without if (at := graph.author_ids.find(one)) is not None), np.int32
    )
    sizes = np.bincount(clusters, minlength=len(nodes))
    return StoredClusters(
        ids=Texts.of(node.id for node in nodes),
        cards=Texts.of(orjson.dumps(node.properties).decode() for node in nodes),
        indptr=np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes))),
        members=members,
        shares=np.array([properties.get("share", 1.0) for _, _, properties in rows], np.float64),
        removed=removed,
        papers=_papers(graph, clusters, members, [row[2] for row in rows], removed),
    )


def _papers(
    graph: AuthorPaper, clusters: Ints, members: Ints, rows: list[dict[str, Any]], removed: Ints
) -> Ints:
    """Judge papers as `derive` does: by clusters as they were found, before "other" joined some."""
    keys = {
        found: at
        for at, found in enumerate(
            dict.fromkeys(
                (cluster, row.get("together"))
                for cluster, row in zip(clusters.tolist(), rows, strict=True)
            )
        )
    }
    as_found = np.array(
        [
            keys[cluster, row.get("together")]
            for cluster, row in zip(clusters.tolist(), rows, strict=True)
        ],
        np.int64,
    )
    labels = np.full(len(graph.author_ids), -1, np.int64)
    labels[members] = as_found
    labels[removed] = -1
    # Authors who came since the run are in no cluster, as are those removed from view.
    known = numbered(labels, np.flatnonzero(labels < 0).astype(np.int32))
    papers = papers_by_cluster(graph, known)
    stored = np.full(int(known.max(initial=LEFT_OUT)) + 2, -1, np.int32)
    at = known[members] != LEFT_OUT
    stored[known[members][at]] = clusters[at]
    return stored[papers]  # the last one stands for no cluster
