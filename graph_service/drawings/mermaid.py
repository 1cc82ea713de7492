"""A drawing as the text of a Mermaid flowchart.

Source: https://mermaid.js.org/syntax/flowchart.html, "Entity codes to escape characters".
"""

import re
from collections.abc import Iterable, Iterator

from graph_service.drawings.form import LINES, Drawing, DrawnPaper, Line
from graph_service.drawings.words import shortened, wrapped

_TITLE, _SENTENCE = 80, 60
_ARROWS: dict[Line, str] = {
    "strong": "==>",
    "likely": "-->",
    "possible": "-.->",
    "tentative": "-.->",
}
# Mermaid has one broken line; these two differ by their dashes.
_DASHES: dict[Line, str] = {"possible": "8 4", "tentative": "2 4"}
# Every sign that Mermaid, Markdown or HTML might read as its own; U+FB02 begins the stand-in that
# Mermaid itself puts for an entity while it reads.
_SIGNS = re.compile(r"[^\w ,]|[_\uFB02]|(?<![0-9])\.|\.(?![0-9])")
_PLAIN = re.compile(r"(?<=[0-9])\.(?=[0-9])")


def mermaid(drawing: Drawing) -> str:
    """A flowchart from left to right, older to newer; ends in a line end.

    Nodes are n1, n2 … in the drawing's order, a subgraph is a lane; nothing from data stands
    outside a quoted label. What a step means, the undated and what was left out stand in a box.
    """
    return "\n".join(_lines(drawing)) + "\n"


def _lines(drawing: Drawing) -> Iterator[str]:
    names = {paper.id: f"n{number}" for number, paper in enumerate(drawing.papers, start=1)}
    papers = {paper.id: paper for paper in drawing.papers}
    yield "flowchart LR"
    yield "  accTitle: Lineage"
    yield "  accDescr: Papers that probably build on one another, older first"
    yield f"  meaning[{_quoted(_box(drawing))}]"
    yield "  style meaning text-align:left"
    for number, lane in enumerate(drawing.lanes, start=1):
        yield f"  subgraph lane{number}[{_quoted([lane.name])}]"
        for identifier in lane.papers:
            yield f"    {names[identifier]}[{_quoted(_label(papers[identifier]))}]"
        yield "  end"
    dashes: dict[Line, list[int]] = {}
    for number, step in enumerate(drawing.steps):
        label = _quoted([step.label])
        yield f"  {names[step.older]} {_ARROWS[step.line]}|{label}| {names[step.newer]}"
        dashes.setdefault(step.line, []).append(number)
    for line, dash in _DASHES.items():
        if numbers := dashes.get(line):
            yield f"  linkStyle {','.join(map(str, numbers))} stroke-dasharray:{dash}"


def _box(drawing: Drawing) -> Iterator[str]:
    for note in drawing.notes:
        yield from wrapped(note, _SENTENCE)
    if drawing.steps:
        yield "Lines: strong thick, likely thin, possible dashed,"
        yield f"{LINES['tentative']} dotted"
    if drawing.undated:
        yield "Undated:"
        yield from (shortened(title, _TITLE) for title in drawing.undated[:20])
        if len(drawing.undated) > 20:
            yield f"and {len(drawing.undated) - 20} more"


def _label(paper: DrawnPaper) -> list[str]:
    parts = [paper.method, shortened(paper.title, _TITLE), paper.date]
    return [part for part in parts if part]


def _quoted(lines: Iterable[str]) -> str:
    return '"' + "<br/>".join(map(escaped, lines)) + '"'


def escaped(text: str) -> str:
    """The text with each sign but blank, comma and a decimal point as an entity code."""
    kept = {match.start() for match in _PLAIN.finditer(text)}
    return _SIGNS.sub(
        lambda found: found[0] if found.start() in kept else f"#{ord(found[0])};", text
    )
