"""Drawings of lineage hold whatever stands in a title."""

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from graph_service.drawings.dot import dot
from graph_service.drawings.form import MOST_PAPERS, Drawing, drawn_list
from graph_service.drawings.mermaid import mermaid
from graph_service.drawings.timeline import timeline_svg
from graph_service.model.answers import Meta
from graph_service.model.lineage_answers import PaperOfLineage, ScopeInfo, Step, StepList

NASTY = ['"', "\\", "</script>", "a\nend\n", "#quot;", "]|%%{", "\u202eabc", "\0", "עברית", "🦊"]
TEXTS = st.lists(st.sampled_from(NASTY) | st.text(max_size=8), max_size=5).map("".join)
QUOTED = r'"(?:[^"\\\n]|\\.)*"'
ATTRIBUTES = rf"\[\w+={QUOTED}(?:, \w+={QUOTED})*\];"
DOT = re.compile(
    rf"digraph lineage \{{|\}}|  // lane \d+|  (?:graph|node|edge|n\d+|n\d+ -> n\d+) {ATTRIBUTES}"
)
LABEL = r'"(?:[\w ,.]|[\u200c\u200d]|#\d+;|<br/>)*"'
MERMAID = re.compile(
    rf"flowchart LR|  acc(?:Title|Descr): [\w ,]+|  meaning\[{LABEL}\]|  style meaning text-align:left"
    rf"|  subgraph lane\d+\[{LABEL}\]|    n\d+\[{LABEL}\]|  end"
    rf"|  n\d+ (?:==>|-->|-\.->)\|{LABEL}\| n\d+|  linkStyle [\d,]+ stroke-dasharray:\d \d"
)


def paper(number: int, title: str, date: str | None = "2020") -> PaperOfLineage:
    return PaperOfLineage(id=f"p{number}", title=title, date=date, method=title or None)


def answer(titles: list[str], *, dated: bool = True) -> StepList:
    papers = [
        paper(number, title, f"{2000 + number % 20}" if dated else None)
        for number, title in enumerate(titles)
    ]
    steps = [
        Step(
            older=older,
            newer=newer,
            tier="strong",
            kind="extends",
            score=5.3,
            direction_certain=True,
            shown=True,
            rank=1,
            reason=older.title,
            evidence=[],
        )
        for older, newer in pairwise(papers)
    ]
    scope = ScopeInfo(
        scope="s",
        chosen="asked",
        model="m",
        papers=1,
        floor=0,
        pairs=1,
        stored=1,
        shown=1,
        undated=0,
        cut_lists=0,
        others=[],
        subject=None,
        calibration=None,
    )
    return StepList(meta=Meta(facts_revision="1", stale=False), scope=scope, results=steps)


def hold(drawing: Drawing) -> None:
    tree = ET.fromstring(timeline_svg(drawing))
    assert not [node for node in tree.iter() if node.tag.endswith("script")]
    for line in mermaid(drawing).splitlines():
        assert MERMAID.fullmatch(line), line
    for line in dot(drawing).split("\n")[:-1]:
        assert DOT.fullmatch(line), line


@given(st.lists(TEXTS, min_size=2, max_size=6))
def test_no_title_breaks_a_drawing(titles: list[str]) -> None:
    drawing = drawn_list(answer(titles))
    hold(drawing)
    assert timeline_svg(drawing) == timeline_svg(drawn_list(answer(titles)))


def test_undated_papers_are_listed() -> None:
    drawing = drawn_list(answer(["One", "Two"], dated=False))
    assert drawing.undated == ("One", "Two")
    hold(drawing)
    assert "Undated" in timeline_svg(drawing)


def test_what_is_over_the_bound_is_said() -> None:
    drawing = drawn_list(answer([f"T{number}" for number in range(MOST_PAPERS + 5)]))
    assert (len(drawing.papers), drawing.left_out) == (MOST_PAPERS, 5)
    assert "Left out: 5 papers" in timeline_svg(drawing)
    hold(drawing)
