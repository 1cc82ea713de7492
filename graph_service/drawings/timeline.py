"""A drawing as an SVG timeline: years across, one lane a lineage."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from xml.etree import ElementTree as ET

from graph_service.drawings.form import LINES, Drawing, DrawnPaper, DrawnStep
from graph_service.drawings.words import shortened, width, wrapped

# In points: the margin, a letter's width, the height of a label; then letters of a title.
_MARGIN, _COLUMN, _ROW, _TITLE = 24.0, 6.6, 30.0, 34
_MOST_YEARS, _MOST_UNDATED = 24, 20
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


@dataclass(slots=True)
class _Sheet:
    """A drawing in the making: layers from the back to the front, and how far down it is."""

    drawing: Drawing
    rules: ET.Element
    lines: ET.Element
    texts: ET.Element
    first: int
    last: int
    across: float
    y: float = 30.0
    centre: dict[str, float] = field(default_factory=dict)

    @property
    def whole(self) -> float:
        """The width, with room for the labels of the last papers."""
        return self.across + 2 * _MARGIN + 120

    def at(self, day: int) -> float:
        """Where a day stands."""
        start, end = _new_year(self.first), _new_year(self.last)
        return _MARGIN + self.across * (day - start) / (end - start)


def timeline_svg(drawing: Drawing) -> str:
    """An SVG document without scripts or references; the same bytes for the same drawing.

    A mark stands at its paper's date, its label below it on the first free row, a step's label
    above. Undated papers are listed below.
    """
    svg = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img"})
    _add(svg, "title", drawing.title)
    _add(svg, "desc", " ".join(drawing.notes))
    _add(svg, "style", _CSS)
    back = _add(svg, "rect", cls="back")
    days = [paper.day for paper in drawing.papers]
    first = date.fromordinal(min(days)).year if days else 1
    last = date.fromordinal(max(days)).year + 1 if days else 2
    longest = max((len(lane.papers) for lane in drawing.lanes), default=1)
    across = min(2400.0, max(900.0, 150.0 * longest, 70.0 * (last - first)))
    rules, lines, texts = (_add(svg, "g") for _ in range(3))
    sheet = _Sheet(drawing, rules, lines, texts, first, last, across)
    _draw_head(sheet)
    top = sheet.y + 34
    sheet.y = top + 10
    labels = [label for number in range(len(drawing.lanes)) for label in _draw_lane(sheet, number)]
    _draw_steps(sheet)
    for x, high, step in labels:
        _add(_text(sheet.texts, x, high, step.label, "soft"), "title", step.reason)
    _draw_years(sheet, top)
    _list_undated(sheet)
    size = {"width": _n(sheet.whole), "height": _n(sheet.y + _MARGIN)}
    for name, value in size.items():
        back.set(name, value)
        svg.set(name, value)
    svg.set("viewBox", f"0 0 {size['width']} {size['height']}")
    return ET.tostring(svg, encoding="unicode") + "\n"


def _draw_head(sheet: _Sheet) -> None:
    """The title, what a step means, and the styles of lines."""
    drawing = sheet.drawing
    _text(sheet.texts, _MARGIN, sheet.y, shortened(drawing.title, 90), "head")
    for note in drawing.notes:
        for line in wrapped(note, int((sheet.whole - 2 * _MARGIN) / _COLUMN)):
            sheet.y += 16
            _text(sheet.texts, _MARGIN, sheet.y, line)
    sheet.y += 24
    x = _MARGIN
    for style, said in LINES.items() if drawing.steps else ():
        _add(sheet.lines, "path", cls=f"step {style}", d=f"M{_n(x)} {_n(sheet.y - 4)}h34")
        _text(sheet.texts, x + 40, sheet.y, said, "soft")
        x += 60 + width(said) * _COLUMN


def _draw_lane(sheet: _Sheet, number: int) -> list[tuple[float, float, DrawnStep]]:
    """A lane with its papers; returned are the places of the labels of steps that end here."""
    lane = sheet.drawing.lanes[number]
    papers = {paper.id: paper for paper in sheet.drawing.papers}
    rows = {id_: row for row, each in enumerate(sheet.drawing.lanes) for id_ in each.papers}
    ending = [s for s in sheet.drawing.steps if max(rows[s.older], rows[s.newer]) == number]
    spans = []
    for step in ending:
        middle = (sheet.at(papers[step.older].day) + sheet.at(papers[step.newer].day)) / 2
        half = width(step.label) * _COLUMN / 2 + 6
        left = min(max(middle - half, _MARGIN), sheet.whole - _MARGIN - 2 * half)
        spans.append((left, left + 2 * half))
    levels = _stacked(spans)
    _text(sheet.texts, _MARGIN, sheet.y + 22, lane.name, "name")
    sheet.y += 46 + 18 * (max(levels, default=-1) + 1)
    line = f"M{_n(_MARGIN)} {_n(sheet.y)}H{_n(sheet.whole - _MARGIN)}"
    _add(sheet.rules, "path", cls="lane", d=line)
    labels = [
        (span[0] + 6, sheet.y - 16 - 18 * level, step)
        for step, span, level in zip(ending, spans, levels, strict=True)
    ]
    _draw_papers(sheet, [papers[id_] for id_ in lane.papers])
    return labels


def _draw_papers(sheet: _Sheet, papers: Sequence[DrawnPaper]) -> None:
    """Marks on the lane, and labels below them that do not touch."""
    places = []
    for paper in papers:
        words = (shortened(paper.title, _TITLE), _below(paper))
        wide = max(map(width, words)) * _COLUMN + 14
        left = min(sheet.at(paper.day) - 4, sheet.whole - _MARGIN - wide)
        places.append((left, left + wide))
    levels = _stacked(places)
    for paper, (left, _), level in zip(papers, places, levels, strict=True):
        sheet.centre[paper.id] = sheet.y
        x, under = _n(sheet.at(paper.day)), sheet.y + 22 + _ROW * level
        _add(sheet.rules, "path", cls="rule", d=f"M{x} {_n(sheet.y)}V{_n(under - 9)}")
        cls, radius = ("dot asked", "6") if paper.asked else ("dot", "4.5")
        mark = _add(sheet.texts, "circle", cls=cls, cx=x, cy=_n(sheet.y), r=radius)
        _add(mark, "title", f"{paper.title} ({paper.date})")
        label = _text(sheet.texts, left, under, shortened(paper.title, _TITLE))
        _add(label, "title", paper.title)
        _text(sheet.texts, left, under + 13, _below(paper), "soft")
    sheet.y += 22 + _ROW * (max(levels, default=0) + 1)


def _below(paper: DrawnPaper) -> str:
    return f"{paper.method} {paper.date}".strip()


def _draw_steps(sheet: _Sheet) -> None:
    """A curve for each step, from the older paper to the newer."""
    days = {paper.id: paper.day for paper in sheet.drawing.papers}
    for step in sheet.drawing.steps:
        x1, x2 = sheet.at(days[step.older]), sheet.at(days[step.newer])
        y1, y2 = sheet.centre[step.older], sheet.centre[step.newer]
        bend = min(y1, y2) - 26 if y1 == y2 else (y1 + y2) / 2
        curve = f"M{_n(x1)} {_n(y1)}C{_n(x1)} {_n(bend)} {_n(x2)} {_n(bend)} {_n(x2)} {_n(y2)}"
        cls = f"step {step.line}" + (" rejected" if step.rejected else "")
        path = _add(sheet.lines, "path", cls=cls, d=curve)
        _add(path, "title", f"{step.label}: {step.reason}")


def _draw_years(sheet: _Sheet, top: float) -> None:
    """A line at the beginning of each year, or of every few where there are many."""
    if not sheet.drawing.papers:
        return
    every = max(1, -(-(sheet.last - sheet.first) // _MOST_YEARS))
    for year in range(sheet.first, sheet.last + 1, every):
        here = sheet.at(_new_year(year))
        _add(sheet.rules, "path", cls="rule", d=f"M{_n(here)} {_n(top)}V{_n(sheet.y)}")
        _text(sheet.texts, here + 3, top - 4, str(year), "soft")


def _list_undated(sheet: _Sheet) -> None:
    titles = sheet.drawing.undated
    if not titles:
        return
    sheet.y += 26
    _text(sheet.texts, _MARGIN, sheet.y, "Undated", "name")
    shown = [shortened(title, 120) for title in titles[:_MOST_UNDATED]]
    if len(titles) > _MOST_UNDATED:
        shown.append(f"and {len(titles) - _MOST_UNDATED} more")
    for said in shown:
        sheet.y += 16
        _text(sheet.texts, _MARGIN, sheet.y, said)


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
