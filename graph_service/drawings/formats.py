"""The formats that an answer about lineage can be drawn in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from graph_service.drawings.dot import dot
from graph_service.drawings.form import Drawing, drawn_chain, drawn_list, drawn_paper
from graph_service.drawings.mermaid import mermaid
from graph_service.drawings.timeline import timeline_svg
from graph_service.model.lineage_answers import LineageAnswer, PaperLineageAnswer, StepList

Name = Literal["mermaid", "dot", "svg"]


@dataclass(frozen=True, slots=True)
class Format:
    """How to draw, and what media type comes out."""

    draw: Callable[[Drawing], str]
    media_type: str


FORMATS: Mapping[Name, Format] = {
    "mermaid": Format(mermaid, "text/plain; charset=utf-8"),
    "dot": Format(dot, "text/vnd.graphviz; charset=utf-8"),
    "svg": Format(timeline_svg, "image/svg+xml"),
}


def drawn(answer: LineageAnswer | StepList | PaperLineageAnswer, format: Name) -> str:
    """Draw an answer."""
    if isinstance(answer, LineageAnswer):
        drawing = drawn_chain(answer)
    elif isinstance(answer, StepList):
        drawing = drawn_list(answer)
    else:
        drawing = drawn_paper(answer)
    return FORMATS[format].draw(drawing)
