"""Clusters on the real page: the figures of the method's own tables, on every store."""

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from graph_service.derive.partition import agree
from graph_service.derive.run import derive
from graph_service.projection.arrays import ties_of
from graph_service.projection.reader import Reader
from graph_service.questions.clusters import list_clusters, show_cluster
from graph_service.store.protocol import GraphStore
from loaders.runner import load

pytestmark = [pytest.mark.real_page, pytest.mark.anyio]
SUBJECT = "author:dai.xiyang"
# Two of the three printed on the paper with this name; the third, Xiyang Dai, is the subject.
DYNAMIC_CONVOLUTION = {"author:chen.yinpeng", "author:liu.mengchen"}


async def test_twelve_clusters_over_thirty_seeds(store: GraphStore, real_page: Path) -> None:
    await load(store, [real_page])
    await derive(store)
    answer = await Reader(store).ask(list_clusters)
    run = answer.run
    assert [author.id for author in run.without] == [SUBJECT]
    assert (run.authors, run.ties, run.papers) == (54, 68, 50)
    assert (run.seeds, run.agreement, run.distinct_partitions) == (30, 1.0, 1)
    assert [(point.resolution, point.clusters) for point in run.scan] == [
        (0.5, 10),
        (0.7, 11),
        (1.0, 12),
        (1.4, 12),
        (2.0, 14),
    ]
    assert run.plateau == [0.7, 1.4]
    assert run.found == 12
    assert (run.clusters, run.other.clusters, run.other.members, run.other.papers) == (6, 6, 16, 6)
    assert run.papers_with_cut_lists == 49
    assert sum(row.papers for row in answer.results) == 50
    assert [(row.size, row.papers) for row in answer.results] == [
        (6, 13),
        (11, 11),
        (11, 10),
        (8, 5),
        (4, 3),
        (5, 2),
        (16, 6),
    ]


async def test_the_people_of_dynamic_convolution_are_one_cluster(
    store: GraphStore, real_page: Path
) -> None:
    await load(store, [real_page])
    await derive(store)
    reader = Reader(store)
    card = (await reader.ask(lambda view: show_cluster(view, "1"))).cluster
    assert {member.id for member in card.members} >= DYNAMIC_CONVOLUTION
    assert card.members[-1].id == SUBJECT
    assert card.methods[:2] == ["Dynamic Convolution", "DY-ReLU"]
    assert {"Dynamic ReLU", "Dynamic Convolution: Attention over Convolution Kernels"} <= {
        each.title for each in card.paper_list
    }
    # Not only on average: in every single one of the thirty runs.
    view = await reader.view()
    left_out = np.array([view.author_number(SUBJECT)], np.int32)
    ties = ties_of(view.graph, without=left_out.tolist())
    people = [view.author_number(id_) for id_ in sorted(DYNAMIC_CONVOLUTION)]
    assert None not in people
    found = agree(ties, left_out=left_out)
    assert found.distinct == 1
    assert len(set(found.partition[people].tolist())) == 1


@pytest.mark.parametrize(
    ("without", "nodes", "edges", "components"),
    [
        ((), 55, 122, [55]),
        ((SUBJECT,), 54, 68, [36, 3, 3, 3, 3, 2, 2, 2]),
    ],
)
async def test_the_graph_with_and_without_the_subject(
    store: GraphStore,
    real_page: Path,
    without: tuple[str, ...],
    nodes: int,
    edges: int,
    components: list[int],
) -> None:
    await load(store, [real_page])
    view = await Reader(store).view()
    left_out = [view.author_number(one) for one in without]
    ties = ties_of(view.graph, without=[one for one in left_out if one is not None])
    size = len(view.graph.author_ids)
    shape = csr_array((np.ones(len(ties.neighbours)), ties.neighbours, ties.indptr), (size, size))
    _, labels = connected_components(shape, directed=False)
    kept = np.delete(labels, left_out)
    assert len(kept) == nodes
    assert len(ties) == edges
    assert sorted(np.unique(kept, return_counts=True)[1].tolist(), reverse=True) == components
