"""A drawing as an SVG timeline: years across, one lane a lineage."""

from collections.abc import Sequence
from datetime import date
from xml.etree import ElementTree as ET

from graph_service.drawings.form import LINES, Drawing
from graph_service.drawings.words import shortened, width, wrapped

_MARGIN, _COLUMN, _ROW, _TITLE = 24.0, 6.6, 30.0, 34
_CSS = """
svg{--back:#fff;--ink:#1b1f24;--soft:#59636e;--rule:#d8dee4;--line:#0a5bb5;--bad:#b3261e}
@media (prefers-color-scheme:dark){svg{--back:#0f1318;--ink:#e8edf2;--soft:#9aa7b4;
--rule:#2b333c;--line:#7db7ff;--bad:#ff8a80}}
.back{fill:var(--back)}.rule{stroke:var(--rule)}.lane{stroke:var(--soft);stroke-opacity:.5}
text{font:11px system-ui,sans-serif;fill:var(--ink);stroke:var(--back);stroke-width:3px;
paint-order:stroke}.head{font-size:16px;font-weight:600}.name{font-weight:600}
.soft{fill:var(--soft)}.step{fill:none;stroke:var(--line)}.dot{fill:var(--line)}
.asked{stroke:var(--ink);stroke-width:2}.strong{stroke-width:3}.likely{stroke-width:1.2}
.possible{stroke-width:1.2;stroke-dasharray:7 4}.tentative{stroke-width:1.4;stroke-dasharray:1 4}
.rejected{stroke:var(--bad)}
"""


def timeline_svg(drawing: Drawing) -> str:  # noqa: PLR0915
    """An SVG document without scripts or references; the same bytes for the same drawing.

    A mark stands at its paper's date, its label below it on the first free row, a step's label
    above. Undated papers are listed below.
    """
    days = [paper.day for paper in drawing.papers]
    first = date.fromordinal(min(days)).year if days else 0
    last = date.fromordinal(max(days)).year + 1 if days else 1
    longest = max((len(lane.papers) for lane in drawing.lanes), default=1)
    across = min(2400.0, max(900.0, 150.0 * longest, 70.0 * (last - first)))
    whole = across + 2 * _MARGIN + 120
    svg = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img"})
    _add(svg, "title", drawing.title)
    _add(svg, "desc", " ".join(drawing.notes))
    _add(svg, "style", _CSS)
    back = _add(svg, "rect", cls="back", width=_n(whole))
    rules = _add(svg, "g")
    lines = _add(svg, "g")
    texts = _add(svg, "g")
    y = 30.0
    _text(texts, _MARGIN, y, shortened(drawing.title, 90), "head")
    for note in drawing.notes:
        for line in wrapped(note, int((whole - 2 * _MARGIN) / _COLUMN)):
            y += 16
            _text(texts, _MARGIN, y, line)
    y += 24
    x = _MARGIN
    for style, said in LINES.items() if drawing.steps else ():
        _add(lines, "path", cls=f"step {style}", d=f"M{_n(x)} {_n(y - 4)}h34")
        _text(texts, x + 40, y, said, "soft")
        x += 60 + width(said) * _COLUMN
    top = y + 34
    start, end = (date(first, 1, 1).toordinal(), _new_year(last)) if days else (0, 1)
    at = {p.id: _MARGIN + across * (p.day - start) / (end - start) for p in drawing.papers}
    papers = {paper.id: paper for paper in drawing.papers}
    rows = {i: number for number, lane in enumerate(drawing.lanes) for i in lane.papers}
    y = top + 10
    centre: dict[str, float] = {}
    labelled: list[tuple[float, float, str, str]] = []
    for number, lane in enumerate(drawing.lanes):
        above = [s for s in drawing.steps if max(rows[s.older], rows[s.newer]) == number]
        spans = []
        for step in above:
            middle = (at[step.older] + at[step.newer]) / 2
            half = width(step.label) * _COLUMN / 2 + 6
            left = min(max(middle - half, _MARGIN), whole - _MARGIN - 2 * half)
            spans.append((left, left + 2 * half))
        levels = _stacked(spans)
        y += 22
        _text(texts, _MARGIN, y, lane.name, "name")
        y += 24 + 18 * (max(levels, default=-1) + 1)
        _add(rules, "path", cls="lane", d=f"M{_n(_MARGIN)} {_n(y)}H{_n(whole - _MARGIN)}")
        for step, span, level in zip(above, spans, levels, strict=True):
            labelled.append((span[0] + 6, y - 16 - 18 * level, step.label, step.reason))
        places = []
        for identifier in lane.papers:
            centre[identifier] = y
            paper = papers[identifier]
            words = (shortened(paper.title, _TITLE), f"{paper.method} {paper.date}".strip())
            wide = max(map(width, words)) * _COLUMN + 14
            left = min(at[identifier] - 4, whole - _MARGIN - wide)
            places.append((left, left + wide))
        below = _stacked(places)
        for identifier, place, level in zip(lane.papers, places, below, strict=True):
            paper = papers[identifier]
            under = y + 22 + _ROW * level
            down = f"M{_n(at[identifier])} {_n(y)}V{_n(under - 9)}"
            _add(rules, "path", cls="rule", d=down)
            mark = _add(
                texts,
                "circle",
                cls="dot asked" if paper.asked else "dot",
                cx=_n(at[identifier]),
                cy=_n(y),
                r="6" if paper.asked else "4.5",
            )
            _add(mark, "title", f"{paper.title} ({paper.date})")
            label = _text(texts, place[0], under, shortened(paper.title, _TITLE))
            _add(label, "title", paper.title)
            _text(texts, place[0], under + 13, f"{paper.method} {paper.date}".strip(), "soft")
        y += 22 + _ROW * (max(below, default=0) + 1)
    for step in drawing.steps:
        x1, y1, x2, y2 = at[step.older], centre[step.older], at[step.newer], centre[step.newer]
        bend = min(y1, y2) - 26 if y1 == y2 else (y1 + y2) / 2
        curve = f"M{_n(x1)} {_n(y1)}C{_n(x1)} {_n(bend)} {_n(x2)} {_n(bend)} {_n(x2)} {_n(y2)}"
        cls = f"step {step.line}" + (" rejected" if step.rejected else "")
        _add(_add(lines, "path", cls=cls, d=curve), "title", f"{step.label}: {step.reason}")
    for x, high, said, reason in labelled:
        _add(_text(texts, x, high, said, "soft"), "title", reason)
    every = max(1, -(-(last - first) // 24))
    for year in range(first, last + 1, every) if days else ():
        here = _MARGIN + across * (_new_year(year) - start) / (end - start)
        _add(rules, "path", cls="rule", d=f"M{_n(here)} {_n(top)}V{_n(y)}")
        _text(texts, here + 3, top - 4, str(year), "soft")
    if drawing.undated:
        y += 26
        _text(texts, _MARGIN, y, "Undated", "name")
        shown = [shortened(title, 120) for title in drawing.undated[:20]]
        if len(drawing.undated) > 20:
            shown.append(f"and {len(drawing.undated) - 20} more")
        for said in shown:
            y += 16
            _text(texts, _MARGIN, y, said)
    high = y + _MARGIN
    back.set("height", _n(high))
    svg.set("width", _n(whole))
    svg.set("height", _n(high))
    svg.set("viewBox", f"0 0 {_n(whole)} {_n(high)}")
    return ET.tostring(svg, encoding="unicode") + "\n"


def _stacked(spans: Sequence[tuple[float, float]]) -> list[int]:
    """For each span the first level on which it overlaps none before it."""
    levels: list[list[tuple[float, float]]] = []
    found = []
    for left, right in spans:
        free = (
            number
            for number, taken in enumerate(levels)
            if all(right <= a or left >= b for a, b in taken)
        )
        level = next(free, len(levels))
        if level == len(levels):
            levels.append([])
        levels[level].append((left, right))
        found.append(level)
    return found


def _new_year(year: int) -> int:
    return date(min(year, 9999), 1, 1).toordinal() + (365 if year > 9999 else 0)


def _n(value: float) -> str:
    return f"{value:.1f}"


def _add(
    parent: ET.Element, tag: str, said: str = "", *, cls: str = "", **known: str
) -> ET.Element:
    found = ET.SubElement(parent, tag, {"class": cls, **known} if cls else known)
    if said:
        found.text = said
    return found


def _text(parent: ET.Element, x: float, y: float, said: str, cls: str = "") -> ET.Element:
    return _add(parent, "text", said, cls=cls, x=_n(x), y=_n(y))
