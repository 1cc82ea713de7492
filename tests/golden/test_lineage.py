"""Lineage on the real page: the method's own worked example."""

from dataclasses import replace
from pathlib import Path

import pytest

from graph_service.derive.lineage_chains import parent_chain, weakest
from graph_service.derive.lineage_edges import Lineage, LineageEdge, lineage_of, trace_lineage
from graph_service.derive.lineage_papers import LineagePaper, read_scope
from graph_service.derive.run import derive
from graph_service.model.records import ParsedPaper
from graph_service.model.repositories import find_repositories
from graph_service.projection.reader import Reader
from graph_service.questions.lineages import Options, Question, ask, list_steps
from graph_service.store.protocol import GraphStore
from loaders.profile_page import read
from loaders.runner import load as load_files

pytestmark = pytest.mark.real_page
SUBJECT = "Xiyang Dai"
BY_TITLE = {
    "conv": "Dynamic Convolution",
    "relu": "Dynamic ReLU",
    "towards": "MicroNet: Towards",
    "improving": "MicroNet: Improving",
    "florence": "Florence: ",
    "florence2": "Florence-2",
    "phi3": "Phi-3",
    "phi4": "Phi-4-Mini",
    "former": "Mobile-Former",
    "video": "Video Mobile-Former",
}


@pytest.fixture(scope="module")
def papers(real_page: Path) -> list[LineagePaper]:
    return [
        LineagePaper(
            id=f"paper:{parsed.title}",
            title=parsed.title,
            abstract=parsed.abstract or "",
            date=parsed.date or "",
            authors=tuple(author.name for author in parsed.authors),
            owners=tuple(
                found.id.split(":")[1].split("/")[0]
                for found in find_repositories(parsed.abstract or "")
            ),
            cut=not parsed.authors_complete,
        )
        for parsed in read(real_page)
        if isinstance(parsed, ParsedPaper)
    ]


@pytest.fixture(scope="module")
def lineage(papers: list[LineagePaper]) -> Lineage:
    return trace_lineage(papers, scope="page", subject=SUBJECT)


def _id(papers: list[LineagePaper], key: str) -> str:
    (found,) = (paper.id for paper in papers if paper.title.startswith(BY_TITLE[key]))
    return found


def _edge(papers: list[LineagePaper], lineage: Lineage, older: str, newer: str) -> LineageEdge:
    pair = _id(papers, older), _id(papers, newer)
    (found,) = (edge for edge in lineage.edges if (edge.older, edge.newer) == pair)
    return found


def test_the_page_stores_53_edges_and_shows_39(lineage: Lineage) -> None:
    assert (len(lineage.edges), sum(edge.shown for edge in lineage.edges)) == (53, 39)
    assert (lineage.papers, round(lineage.floor, 4)) == (50, 0.0849)
    assert (len(lineage.cut), lineage.undated, lineage.calibration) == (49, (), None)


@pytest.mark.parametrize(
    ("older", "newer", "points", "score", "tier", "kind"),
    [
        ("conv", "relu", {"authors": 219, "text": 311}, 530, "strong", "continues"),
        ("relu", "towards", {"authors": 92, "text": 219}, 311, "possible", "continues"),
        ("conv", "towards", {"authors": 92, "text": 355}, 447, "likely", "continues"),
        (
            "towards",
            "improving",
            {"mention": 400, "family": 400, "authors": 250, "text": 600},
            1650,
            "strong",
            "version",
        ),
        (
            "florence",
            "florence2",
            {"mention": 500, "family": 500, "text": 399, "gap": -15},
            1384,
            "strong",
            "successor",
        ),
        (
            "phi3",
            "phi4",
            {"mention": 500, "family": 500, "text": 600},
            1600,
            "strong",
            "successor",
        ),
        (
            "former",
            "video",
            {"mention": 500, "authors": 92, "text": 504},
            1096,
            "strong",
            "mentions",
        ),
    ],
)
def test_edges_of_the_worked_example(
    papers: list[LineagePaper],
    lineage: Lineage,
    older: str,
    newer: str,
    points: dict[str, int],
    score: int,
    tier: str,
    kind: str,
) -> None:
    edge = _edge(papers, lineage, older, newer)
    assert {row.kind: row.points for row in edge.evidence} == pytest.approx(points, abs=5)
    assert edge.score == pytest.approx(score, abs=5)
    assert (edge.tier, edge.kind, edge.direction_certain) == (tier, kind, True)


def test_details_name_the_cue_the_phrases_and_the_people(
    papers: list[LineagePaper], lineage: Lineage
) -> None:
    rows = {row.kind: row.detail for row in _edge(papers, lineage, "conv", "relu").evidence}
    assert rows["authors"]["authors"] == ["Yinpeng Chen", "Mengchen Liu"]
    assert rows["text"]["phrases"] == [
        "dynamic",
        "simply using",
        "representation capability",
        "boosted",
        "additional flop",
    ]
    rows = {row.kind: row.detail for row in _edge(papers, lineage, "towards", "improving").evidence}
    assert (rows["mention"]["name"], rows["mention"]["cue"]) == ("Dynamic Shift-Max", "uses")
    rows = {row.kind: row.detail for row in _edge(papers, lineage, "phi3", "phi4").evidence}
    assert (rows["mention"]["where"], rows["mention"]["cue"]) == ("abstract", "succeeds")


def test_the_rule_for_candidates_loses_no_stored_edge(
    papers: list[LineagePaper], lineage: Lineage
) -> None:
    read_papers = read_scope(papers, subject=SUBJECT)
    every = lineage_of(read_papers, scope="page", every_pair=True)
    assert every.edges == lineage.edges
    assert every.pairs == 50 * 49 // 2


def test_the_order_of_papers_and_the_subject_change_nothing(
    papers: list[LineagePaper], lineage: Lineage
) -> None:
    assert trace_lineage(papers[::-1], scope="page", subject=SUBJECT) == lineage
    everywhere = [
        replace(
            paper, authors=(SUBJECT, *(author for author in paper.authors if author != SUBJECT))
        )
        for paper in papers
    ]
    assert trace_lineage(everywhere, scope="page", subject=SUBJECT) == lineage


def test_the_chain_to_the_improved_micronet(papers: list[LineagePaper], lineage: Lineage) -> None:
    chain = parent_chain(lineage, _id(papers, "improving"))
    expected = tuple(_id(papers, key) for key in ("conv", "relu", "towards", "improving"))
    assert chain.papers == expected
    link = weakest(chain)
    assert link is not None
    assert (link.tier, link.older) == ("possible", expected[1])


@pytest.mark.anyio
async def test_answers_on_the_real_page_are_those_of_the_method(
    store: GraphStore, real_page: Path
) -> None:
    async with store.writing():
        await load_files(store, [real_page])
    await derive(store)
    reader = Reader(store)
    possible = Options(min_tier="possible")
    steps = await reader.ask(lambda view: list_steps(view, possible, per_page=500))
    assert (steps.meta.count, steps.scope.stored, steps.scope.shown) == (39, 53, 39)
    assert (steps.scope.scope, steps.scope.papers) == ("source:xiyang-dai", 50)
    assert round(steps.scope.floor, 4) == 0.0849
    assert steps.scope.calibration is None

    asked = {"to": "MicroNet: Improving Image Recognition with Extremely Low FLOPs"}
    answer = await reader.ask(lambda view: ask(view, Question(**asked), Options()))
    assert [paper.title.partition(":")[0] for paper in answer.chain.papers] == [
        "Dynamic Convolution",
        "Dynamic ReLU",
        "MicroNet",
        "MicroNet",
    ]
    assert [(step.tier, step.kind, step.bridge) for step in answer.chain.steps] == [
        ("strong", "continues", False),
        ("possible", "continues", True),
        ("strong", "version", False),
    ]
    # Whoever asks from the other end, or for both, is told the same.
    first, last = (answer.chain.papers[place].id for place in (0, -1))
    between = await reader.ask(lambda view: ask(view, Question(between=(first, last)), Options()))
    assert [paper.id for paper in between.chain.papers] == [
        paper.id for paper in answer.chain.papers
    ]
    for newer in ("Florence-2", "Phi-4-Mini", "Video Mobile-Former"):
        found = await reader.ask(lambda view, to=newer: ask(view, Question(to=to), Options()))
        assert found.chain.steps[-1].tier == "strong", newer
