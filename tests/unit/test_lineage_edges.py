"""Lineage of fabricated papers: what counts, what does not, and what bad input does."""

import pickle

import pytest

from graph_service.derive.lineage_chains import (
    TopicPaper,
    chain_between,
    chain_from,
    chains_between,
    merge_versions,
    parent_chain,
    topic_lineage,
)
from graph_service.derive.lineage_edges import Lineage, trace_lineage
from graph_service.derive.lineage_methods import display_names, find_methods
from graph_service.derive.lineage_model import LINEAGE_MODEL
from graph_service.derive.lineage_papers import LineagePaper, read_scope
from graph_service.model.dates import period

LOOM = LineagePaper(
    "paper:1", "LoomNet: Weaving Kernels", "We weave threads.", "2019-01-05", ("a", "b"), ("acme",)
)
SECOND = LineagePaper(
    "paper:2",
    "ShuttleNet: Faster Weaving Kernels",
    "We extend LoomNet with shuttles.",
    "2020-02-05",
    ("a", "c"),
    ("acme",),
)
THIRD = LineagePaper(
    "paper:3", "Spindles for All", "Built upon ShuttleNet by hand.", "2021-01-01", ("c",)
)
OTHER = LineagePaper("paper:4", "Bread and Butter", "Dough rises slowly.", "2019-06-01", ("z",))
PAPERS = [LOOM, SECOND, THIRD, OTHER]


def _trace(*papers: LineagePaper, subject: str | None = None) -> Lineage:
    return trace_lineage(papers, scope="all", subject=subject)


def test_a_named_predecessor_is_extended() -> None:
    edge = _trace(*PAPERS).edges[0]
    assert (edge.older, edge.newer, edge.kind) == ("paper:1", "paper:2", "extends")
    rows = {row.kind: row for row in edge.evidence}
    assert rows["mention"].points == 500
    assert rows["mention"].detail["cue"] == "extends"
    assert rows["repo_owner"].detail == {"owner": "acme"}
    assert edge.score == sum(row.points for row in edge.evidence)


def test_small_scopes_say_that_their_size_is_untested() -> None:
    assert _trace(*PAPERS).calibration == "untested size"
    assert LINEAGE_MODEL.calibration(50) is None
    assert LINEAGE_MODEL.calibration(301) == "untested size"


def test_versions_of_strangers_are_a_collision_of_names() -> None:
    first = LineagePaper("paper:1", "LoomNet: One", "Threads.", "2019-01-01", ("a",))
    second = LineagePaper("paper:2", "LoomNet: Two", "Bread.", "2020-01-01", ("b",))
    kinds = {row.kind for edge in _trace(first, second).edges for row in edge.evidence}
    assert kinds.isdisjoint({"mention", "family"})
    methods = find_methods(read_scope([first, second]))
    assert [(method.name, method.key) for method in methods] == [
        ("LoomNet", "paper:1"),
        ("LoomNet", "paper:2"),
    ]


def test_versions_of_one_team_are_one_method_and_one_stop() -> None:
    first = LineagePaper("paper:1", "LoomNet: One", "Threads.", "2019-01-01", ("a",))
    second = LineagePaper("paper:2", "LoomNet: Two", "Bread.", "2020-01-01", ("a",))
    lineage = _trace(first, second)
    assert lineage.edges[0].kind == "version"
    scope = read_scope([first, second])
    (method,) = find_methods(scope)
    assert [one.paper for one in method.introduced] == ["paper:1", "paper:2"]
    (stop,) = merge_versions(parent_chain(lineage, "paper:2"), display_names(scope))
    assert (stop.papers, stop.label) == (("paper:1", "paper:2"), "LoomNet (v1, v2)")


def test_methods_are_mentioned_with_cue_and_quote() -> None:
    methods = {method.name: method for method in find_methods(read_scope(PAPERS))}
    (mention,) = methods["LoomNet"].mentioned
    assert (mention.paper, mention.where, mention.cue) == ("paper:2", "abstract", "extends")
    assert mention.quote == "We extend LoomNet with shuttles."


def test_chains_to_from_and_between() -> None:
    lineage = _trace(*PAPERS)
    expected = ("paper:1", "paper:2", "paper:3")
    assert parent_chain(lineage, "paper:3").papers == expected
    assert chain_from(lineage, "paper:1").papers == expected
    assert chain_between(lineage, "paper:1", "paper:3").papers == expected
    assert chains_between(lineage, "paper:1", "paper:3", most=3)[0].papers == expected


@pytest.mark.parametrize(
    ("older", "newer", "reason"),
    [
        ("paper:3", "paper:1", "not an older paper"),
        ("paper:4", "paper:3", "none stored"),
        ("paper:9", "paper:3", "outside the scope"),
    ],
)
def test_no_path_says_why(older: str, newer: str, reason: str) -> None:
    chain = chain_between(_trace(*PAPERS), older, newer)
    assert (chain.papers, chain.reason) == ((), reason)


def test_a_topic_has_chains_and_a_timeline() -> None:
    lineage = _trace(*PAPERS)
    once = (
        TopicPaper("paper:1", 1, {"kernel"}, {"kernel": 2}, 0),
        TopicPaper("paper:2", 2, set(), {"kernel": 1}, 0),
    )
    answer = topic_lineage(lineage, once)
    assert [paper for paper, _ in answer.timeline] == ["paper:1", "paper:2"]
    assert answer.chains[0].papers[:2] == ("paper:1", "paper:2")
    nothing = topic_lineage(lineage, [])
    assert (nothing.chains, nothing.timeline, nothing.reason) == ((), (), "nothing on topic")


def test_coarse_dates_stand_for_their_middle_and_may_overlap() -> None:
    day, first, last = period("2020")
    assert (day - first, last - first) == (182, 365)
    year = LineagePaper("paper:1", "LoomNet: One", "Threads.", "2020", ("a",))
    within = LineagePaper("paper:2", "New Threads", "We extend LoomNet.", "2020-09-09", ("a",))
    (edge,) = _trace(year, within).edges
    assert not edge.direction_certain
    assert [row.points for row in edge.evidence if row.kind == "same_day"] == [-30]


def test_undated_papers_are_listed_and_have_no_edges() -> None:
    undated = LineagePaper("paper:5", "Looms Again", "We extend LoomNet.", "", ("a",))
    lineage = _trace(*PAPERS, undated)
    assert lineage.undated == ("paper:5",)
    assert all("paper:5" not in (edge.older, edge.newer) for edge in lineage.edges)
    assert parent_chain(lineage, "paper:5").reason == "undated"


def test_odd_papers_break_nothing() -> None:
    odd = [
        LineagePaper("paper:5", "Loom", "", "2020-01-01"),
        LineagePaper("paper:6", "織機", "糸を織る。", "2020-01-01"),
        LineagePaper("paper:7", "", "", "2020"),
        LineagePaper("paper:8", "Much", "LoomNet " * 10_000, "2021-01-01", cut=True),
        LineagePaper("paper:9", "Short", "our (LoomNet) " * 10_000, "2021-01-01"),
    ]
    lineage = _trace(*PAPERS, *odd)
    assert lineage.cut == ("paper:8",)
    assert ("paper:1", "paper:8") in {(edge.older, edge.newer) for edge in lineage.edges}
    assert _trace().edges == ()
    assert _trace(odd[0]).edges == ()
    assert pickle.loads(pickle.dumps(lineage)) == lineage


def test_ten_thousand_papers_of_one_name_are_bounded_work() -> None:
    papers = [
        LineagePaper(f"paper:{number:05}", "LoomNet: x", "", f"{1900 + number % 100}")
        for number in range(1_000)
    ]
    lineage = _trace(*papers)
    assert lineage.pairs <= 1_000 * 120
