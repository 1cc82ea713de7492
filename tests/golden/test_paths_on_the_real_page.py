"""Connections on the real page, with and without its subject; checked by hand in its bylines."""

from pathlib import Path

import pytest

from graph_service.model.path_questions import AskedFilters, PathsWanted
from graph_service.projection.reader import Reader
from graph_service.questions.connections import connect
from graph_service.questions.networks import show_network
from graph_service.questions.paper_paths import show_paper_path
from graph_service.questions.paths import show_path
from graph_service.store.protocol import GraphStore
from loaders.runner import load

pytestmark = [pytest.mark.real_page, pytest.mark.anyio]
ENDS = ("Yinpeng Chen", "Zuxuan Wu")
WITHOUT_SUBJECT = AskedFilters(exclude=["subject"])


@pytest.fixture
async def reader(store: GraphStore, real_page: Path) -> Reader:
    await load(store, [real_page])
    return Reader(store)


async def test_the_subject_joins_whom_two_others_join_without_him(reader: Reader) -> None:
    with_him = await reader.ask(
        lambda view: show_path(view, *ENDS, wanted=PathsWanted(mode="all_shortest"))
    )
    assert (with_him.distance, with_him.distance_is, with_him.count) == (2, "at most", 2)
    assert [path.authors[1].name for path in with_him.paths or ()] == [
        "Xiyang Dai",
        "Dongdong Chen",
    ]
    assert with_him.path is not None
    first, second = with_him.path.hops
    # All 14 papers of Yinpeng Chen, and all 5 of Zuxuan Wu, are on the subject's page.
    assert (first.paper_count, first.weight, first.first_year, first.last_year) == (
        14,
        7.0,
        2019,
        2023,
    )
    assert (second.paper_count, second.weight) == (5, 2.5)
    assert second.papers[0].positions == [None, 3]
    # Every byline but one ends in "et al.", and the subject is on all 50.
    assert with_him.incomplete_papers == 49

    without = await reader.ask(lambda view: show_path(view, *ENDS, filters=WITHOUT_SUBJECT))
    assert without.meta.parameters["exclude"] == ["author:dai.xiyang"]
    assert (without.distance, without.distance_is, without.incomplete_papers) == (2, "at most", 28)
    assert without.path is not None
    assert [author.id for author in without.path.authors] == [
        "author:chen.yinpeng",
        "author:chen.dongdong",
        "author:wu.zuxuan",
    ]
    first, second = without.path.hops
    assert [paper.title.split(":")[0] for paper in first.papers][:2] == [
        "Mobile-Former",
        "Self-Supervised Learning based on Heat Equation",
    ]
    assert (first.paper_count, second.paper_count) == (4, 5)
    assert second.papers[0].repositories[0].id == "github:xyzforever/bevt"


async def test_a_pair_that_only_the_subject_joins(reader: Reader) -> None:
    pair = ("Bharat Singh", "Xu Ma")
    together = await reader.ask(lambda view: show_path(view, *pair))
    assert together.path is not None
    assert [author.name for author in together.path.authors] == [
        "Bharat Singh",
        "Xiyang Dai",
        "Xu Ma",
    ]
    apart = await reader.ask(lambda view: show_path(view, *pair, filters=WITHOUT_SUBJECT))
    assert apart.path is None
    why = apart.no_path
    assert why is not None
    assert (why.reason, why.distance_without) == ("filter", 2)
    assert why.text == "cut by a filter: taking exclude away alone gives a path of 2 hops"
    assert (why.source_component, why.target_component) == (2, 36)
    assert why.source_nearest is not None
    assert [node.name for node in why.source_nearest.topics] == ["CV"]


async def test_a_tree_a_network_and_a_chain_of_papers_without_the_subject(reader: Reader) -> None:
    names = (*ENDS, "Mengchen Liu", "Bharat Singh")
    tree = await reader.ask(lambda view: connect(view, names, filters=WITHOUT_SUBJECT))
    assert tree.apart == [
        ["author:chen.yinpeng", "author:liu.mengchen", "author:wu.zuxuan"],
        ["author:singh.bharat"],
    ]
    assert (tree.trees[0].hop_count, tree.trees[0].smallest_at_least) == (3, 3)
    near = await reader.ask(
        lambda view: show_network(view, ENDS[0], hops=2, limit=10, filters=WITHOUT_SUBJECT)
    )
    assert (near.node_count, near.nodes_by_hop, len(near.nodes)) == (22, [1, 7, 14], 10)
    assert "author:dai.xiyang" not in {node.id for node in near.nodes}
    chain = await reader.ask(
        lambda view: show_paper_path(
            view,
            "Dynamic ReLU",
            "CvT: Introducing Convolutions to Vision Transformers",
            exclude=["subject"],
        )
    )
    assert chain.path is not None
    assert [[author.name for author in step.authors] for step in chain.path.steps] == [
        ["Yinpeng Chen"],
        ["Bin Xiao"],
    ]
