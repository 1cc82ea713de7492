"""What holds of clusters whatever the papers are."""

import asyncio

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_service.derive.clusters import ClusterOptions
from graph_service.derive.run import derive
from graph_service.model.records import Record
from graph_service.projection.arrays import ties_of
from graph_service.settings import Settings
from graph_service.store.fold import Graph
from graph_service.store.opening import open_store
from tests.invented import paper, source
from tests.teams import graph_of

PEOPLE = ["Ada Quill", "Ben Okoro", "Cy Hart", "Dot Lind", "Eve Stone", "Fay Moss", "Gus Vane"]
FEW_SEEDS = ClusterOptions(seeds=3, replicates=2)

bylines = st.lists(
    st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=4, unique=True), min_size=1, max_size=8
)


def records(papers: list[list[str]], **more: object) -> list[Record]:
    return [
        paper(f"Loom {at} of wool", names, date=f"{2010 + at}", **more)  # type: ignore[arg-type]
        for at, names in enumerate(papers)
    ]


async def layer_of(some: list[Record], options: ClusterOptions = FEW_SEEDS) -> Graph:
    store = await open_store("memory:", Settings())
    async with store.writing():
        for record in some:
            await store.put([record])
    await derive(store, clusters=options)
    layer = await store.derived("clusters")
    await store.close()
    return layer


@settings(max_examples=25)
@given(bylines, st.randoms(use_true_random=False))
def test_load_order_changes_nothing(papers, chance):
    some = records(papers)
    shuffled = list(some)
    chance.shuffle(shuffled)
    assert asyncio.run(layer_of(some)) == asyncio.run(layer_of(shuffled))


@settings(max_examples=25)
@given(bylines)
def test_everybody_is_in_exactly_one_cluster_or_in_other(papers):
    layer = asyncio.run(layer_of(records(papers)))
    members = [edge.start for edge in layer.edges.values()]
    assert sorted(members) == sorted(set(members))
    graph = asyncio.run(graph_of(records(papers)))
    assert set(members) == set(graph.author_ids)
    for node in layer.nodes.values():
        assert node.properties["size"] == sum(edge.end == node.id for edge in layer.edges.values())


@settings(max_examples=25)
@given(bylines)
def test_a_subject_on_all_papers_changes_nothing_once_removed(papers):
    without = asyncio.run(layer_of(records(papers)))
    page = [source("lab", subject="Sam Reed"), *records(papers, subject="Sam Reed")]
    removed = asyncio.run(layer_of(page))
    subject = "author:reed.sam"
    assert {
        key: edge for key, edge in removed.edges.items() if edge.start != subject
    } == without.edges
    counted = {"size", "unverified"}  # with the subject put back there is one more of each
    assert {
        id_: {name: value for name, value in node.properties.items() if name not in counted}
        for id_, node in removed.nodes.items()
    } == {
        id_: {name: value for name, value in node.properties.items() if name not in counted}
        for id_, node in without.nodes.items()
    }


@given(bylines)
def test_weights_add_up_to_papers(papers):
    graph = asyncio.run(graph_of(records(papers)))
    newman = ties_of(graph)
    shared = [names for names in papers if len(names) > 1]
    for author, name in enumerate(graph.author_names):
        strength = newman.weights[newman.row(author)].sum()
        assert strength == pytest.approx(sum(name in names for names in shared))
    fractional = ties_of(graph, weight="fractional")
    assert float(np.sum(fractional.weights)) / 2 == pytest.approx(len(shared))
