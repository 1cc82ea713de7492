"""A drawing as the text of a Graphviz graph.

Source: https://graphviz.org/doc/info/lang.html and https://graphviz.org/docs/attr-types/escString/
"""

from collections.abc import Iterable, Iterator

from graph_service.drawings.form import LINES, Drawing, DrawnPaper, Line
from graph_service.drawings.words import shortened, wrapped

_TITLE_LINE, _TITLE, _SENTENCE = 32, 96, 100
_STYLES: dict[Line, str] = {
    "strong": 'style="solid", penwidth="2.6"',
    "likely": 'style="solid", penwidth="1"',
    "possible": 'style="dashed", penwidth="1"',
    "tentative": 'style="dotted", penwidth="1"',
}


def dot(drawing: Drawing) -> str:
    """A digraph from left to right, older to newer; ends in a line end.

    Nodes are n1, n2 … in the drawing's order; whole titles and reasons are tooltips. What a step
    means, the line styles, the undated and what was left out stand in the graph's label.
    """
    return "\n".join(_lines(drawing)) + "\n"


def _lines(drawing: Drawing) -> Iterator[str]:
    names = {paper.id: f"n{number}" for number, paper in enumerate(drawing.papers, start=1)}
    papers = {paper.id: paper for paper in drawing.papers}
    yield "digraph lineage {"
    yield f'  graph [charset="UTF-8", rankdir="LR", labelloc="t", label={_quoted(_box(drawing))}];'
    yield '  node [shape="box", style="rounded", fontname="sans-serif", fontsize="11"];'
    yield '  edge [fontname="sans-serif", fontsize="9"];'
    for number, lane in enumerate(drawing.lanes, start=1):
        yield f"  // lane {number}"
        for identifier in lane.papers:
            paper = papers[identifier]
            thick = ', penwidth="2"' if paper.asked else ""
            yield (
                f"  {names[identifier]} [label={_quoted(_label(paper))}, "
                f'tooltip={_quoted([paper.title])}, group="lane{number}"{thick}];'
            )
    for step in drawing.steps:
        yield (
            f"  {names[step.older]} -> {names[step.newer]} [label={_quoted([step.label])}, "
            f"tooltip={_quoted([step.reason])}, {_STYLES[step.line]}];"
        )
    yield "}"


def _box(drawing: Drawing) -> Iterator[str]:
    yield drawing.title
    for note in drawing.notes:
        yield from wrapped(note, _SENTENCE)
    if drawing.steps:
        yield f"Lines: strong thick, likely thin, possible dashed, {LINES['tentative']} dotted"
    if drawing.undated:
        yield "Undated:"
        yield from (shortened(title, _TITLE) for title in drawing.undated[:20])
        if len(drawing.undated) > 20:
            yield f"and {len(drawing.undated) - 20} more"


def _label(paper: DrawnPaper) -> list[str]:
    title = wrapped(shortened(paper.title, _TITLE), _TITLE_LINE)
    return [part for part in (paper.method, *title, paper.date) if part]


def _quoted(lines: Iterable[str]) -> str:
    return '"' + "\\n".join(map(escaped, lines)) + '"'


def escaped(text: str) -> str:
    """The text as it stands between quotes; Graphviz reads entities in labels, so `&` is one."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
