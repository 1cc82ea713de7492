"""What is drawn of an answer about lineage: papers, steps and the lanes that they stand in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from graph_service.drawings.words import one_line
from graph_service.model.answers import PaperRef
from graph_service.model.dates import period
from graph_service.model.lineage_answers import (
    MEANING,
    LineageAnswer,
    PaperLineageAnswer,
    PaperOfLineage,
    Step,
    StepList,
)

MOST_PAPERS = 200

Line = Literal["strong", "likely", "possible", "tentative"]
LINES: Mapping[Line, str] = {
    "strong": "strong",
    "likely": "likely",
    "possible": "possible",
    "tentative": "tentative, a bridge, or only accepted by hand",
}
"""The styles of lines, best first, with what the legend says of each."""


@dataclass(frozen=True, slots=True)
class DrawnPaper:
    """A paper with a date; its texts fit to be drawn, its id only compared."""

    id: str
    title: str
    date: str
    method: str
    day: int
    asked: bool = False


@dataclass(frozen=True, slots=True)
class DrawnStep:
    """A step between two drawn papers, by id."""

    older: str
    newer: str
    line: Line
    label: str
    reason: str
    score: float
    accepted: bool = False
    rejected: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """A lineage: its name, and the papers that stand in it, by date, then id."""

    name: str
    papers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn.

    Papers by lane, then date, then id; steps by older, then newer paper's place. Each paper
    stands in one lane, the first that it belongs to. `undated` are titles. `left_out` counts the
    papers over `MOST_PAPERS`, `steps_left_out` the steps that they take along.
    """

    title: str
    papers: tuple[DrawnPaper, ...]
    steps: tuple[DrawnStep, ...]
    lanes: tuple[Lane, ...]
    undated: tuple[str, ...] = ()
    left_out: int = 0
    steps_left_out: int = 0
    reason: str = ""
    meaning: str = field(default=MEANING)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know besides the drawing, a sentence each."""
        notes = [self.meaning]
        if self.reason:
            notes.append(f"No chain: {self.reason}")
        elif not self.steps:
            notes.append("There are no steps to draw.")
        if self.left_out or self.steps_left_out:
            notes.append(
                f"Left out: {self.left_out} papers and {self.steps_left_out} steps; "
                f"a drawing holds {MOST_PAPERS} papers at most."
            )
        return tuple(notes)


def drawn_chain(answer: LineageAnswer) -> Drawing:
    """The chain, each alternative and the timeline as lanes; neighbours are not drawn."""
    alternatives = enumerate(answer.alternatives, start=1)
    lanes: list[tuple[str, Sequence[PaperOfLineage]]] = [("Chain", answer.chain.papers)]
    lanes += [(f"Alternative {place}", chain.papers) for place, chain in alternatives]
    lanes.append(
        ("On topic, without a step" if answer.chain.papers else "On topic", answer.timeline)
    )
    steps = [
        _drawn(step, bridge=step.bridge)
        for chain in (answer.chain, *answer.alternatives)
        for step in chain.steps
    ]
    return _drawing(
        "Lineage",
        lanes,
        steps,
        undated=answer.undated,
        reason="" if answer.chain.papers else answer.chain.reason or "",
    )


def drawn_list(answer: StepList) -> Drawing:
    """Each connected set of papers as lanes: its best path, then the best of what is left."""
    papers = _first(paper for step in answer.results for paper in (step.older, step.newer))
    return _decomposed("Steps of lineage", papers, answer.results)


def drawn_paper(answer: PaperLineageAnswer) -> Drawing:
    """The paper, its ancestors and its descendants, each with the step that leads to it."""
    relatives = [*answer.ancestors, *answer.descendants]
    papers = _first(
        [
            answer.paper,
            *(end for relative in relatives for end in (relative.via.older, relative.via.newer)),
        ]
    )
    return _decomposed(
        f"Lineage of {answer.paper.title}",
        papers,
        [relative.via for relative in relatives],
        asked=answer.paper.id,
    )


def _first(papers: Iterable[PaperOfLineage]) -> dict[str, PaperOfLineage]:
    found: dict[str, PaperOfLineage] = {}
    for paper in papers:
        found.setdefault(paper.id, paper)
    return found


def _drawn(step: Step, *, bridge: bool = False) -> DrawnStep:
    verdict = step.decided.verdict if step.decided else ""
    label = f"{step.tier} {step.kind} {step.score:.2f}"
    if step.tier == "none":
        label = f"below every tier {step.kind} {step.score:.2f}"
    said = [label]
    if bridge:
        said.append("bridge")
    if not step.direction_certain:
        said.append("order uncertain")
    if verdict:
        said.append(f"{verdict} by hand")
    line: Line = "tentative" if bridge or step.tier == "none" else step.tier
    return DrawnStep(
        older=step.older.id,
        newer=step.newer.id,
        line=line,
        label=", ".join(said),
        reason=one_line(step.reason),
        score=step.score,
        accepted=verdict == "accepted",
        rejected=verdict == "rejected",
    )


def _day(printed: str | None) -> int:
    """The ordinal of the day a date stands for; 0: no date that can be drawn."""
    try:
        return period(printed or "")[0]
    except ValueError:
        return 0


def _paper(paper: PaperOfLineage, *, asked: bool) -> DrawnPaper:
    return DrawnPaper(
        id=paper.id,
        title=one_line(paper.title) or "(no title)",
        date=one_line(paper.date or ""),
        method=one_line(paper.method or ""),
        day=_day(paper.date),
        asked=asked,
    )


def _drawing(
    title: str,
    lanes: Iterable[tuple[str, Sequence[PaperOfLineage]]],
    steps: Iterable[DrawnStep],
    *,
    undated: Sequence[PaperRef] = (),
    asked: str = "",
    reason: str = "",
) -> Drawing:
    papers: dict[str, DrawnPaper] = {}
    filled: list[Lane] = []
    without_date = {paper.id: paper.title for paper in undated}
    over: set[str] = set()
    for name, members in lanes:
        here: list[DrawnPaper] = []
        for member in members:
            paper = _paper(member, asked=member.id == asked)
            if not paper.day:
                without_date.setdefault(paper.id, paper.title)
            elif paper.id in papers or paper.id in over:
                continue
            elif len(papers) == MOST_PAPERS:
                over.add(paper.id)
            else:
                papers[paper.id] = paper
                here.append(paper)
        if here:
            here.sort(key=lambda paper: (paper.day, paper.id))
            filled.append(Lane(name, tuple(paper.id for paper in here)))
    in_order = [identifier for lane in filled for identifier in lane.papers]
    place = {identifier: number for number, identifier in enumerate(in_order)}
    unlike = {(step.older, step.newer): step for step in reversed(list(steps))}
    kept = [step for pair, step in unlike.items() if place.keys() >= set(pair)]
    kept.sort(key=lambda step: (place[step.older], place[step.newer]))
    return Drawing(
        title=one_line(title),
        papers=tuple(papers[identifier] for identifier in in_order),
        steps=tuple(kept),
        lanes=tuple(filled),
        undated=tuple(
            one_line(without_date[identifier]) or "(no title)"
            for identifier in sorted(without_date, key=lambda one: (without_date[one], one))
        ),
        left_out=len(over),
        steps_left_out=len(unlike) - len(kept),
        reason=one_line(reason),
    )


def _decomposed(
    title: str, papers: Mapping[str, PaperOfLineage], steps: Sequence[Step], *, asked: str = ""
) -> Drawing:
    """Lanes for papers that no chain orders; those over the bound are the last of `papers`."""
    lines = [_drawn(step) for step in steps]
    kept = dict(list(papers.items())[:MOST_PAPERS])
    lanes = [
        (name, [kept[identifier] for identifier in members])
        for name, members in _lanes(kept, lines)
    ]
    beyond = [paper for identifier, paper in papers.items() if identifier not in kept]
    return _drawing(title, [*lanes, ("", beyond)], lines, asked=asked)


def _lanes(
    papers: Mapping[str, PaperOfLineage], steps: Sequence[DrawnStep]
) -> Iterator[tuple[str, list[str]]]:
    """Best paths of each connected set, by its oldest paper; single papers share a last lane."""
    keys = {identifier: (_day(paper.date), identifier) for identifier, paper in papers.items()}
    inside = [step for step in steps if step.older in papers and step.newer in papers]
    for number, members in enumerate(_connected(sorted(papers, key=keys.__getitem__), inside), 1):
        left = members
        singles: list[str] = []
        part = 0
        while left:
            path = _best_path(left, [s for s in inside if {s.older, s.newer} <= set(left)])
            if len(path) == 1:
                singles = left
                break
            part += 1
            yield f"Lineage {number}" + (f", branch {part - 1}" if part > 1 else ""), path
            left = [identifier for identifier in left if identifier not in path]
        if singles:
            name = f"Lineage {number}"
            yield (f"{name}, single papers" if part else name), singles


def _connected(papers: Sequence[str], steps: Iterable[DrawnStep]) -> list[list[str]]:
    """Connected sets, by their first paper; each in the order of `papers`."""
    first = {identifier: identifier for identifier in papers}

    def find(one: str) -> str:
        while first[one] != one:
            first[one] = first[first[one]]
            one = first[one]
        return one

    place = {identifier: number for number, identifier in enumerate(papers)}
    for step in steps:
        ends = sorted((find(step.older), find(step.newer)), key=place.__getitem__)
        first[ends[1]] = ends[0]
    sets: dict[str, list[str]] = {}
    for identifier in papers:
        sets.setdefault(find(identifier), []).append(identifier)
    return list(sets.values())


def _best_path(papers: Sequence[str], steps: Iterable[DrawnStep]) -> list[str]:
    """The path with the greatest sum of scores; ties: the predecessor and the end that are older.

    A step against the order of `papers` (of the same day) is no part of a path.
    """
    place = {identifier: number for number, identifier in enumerate(papers)}
    into: dict[str, list[DrawnStep]] = {}
    for step in steps:
        if place[step.older] < place[step.newer]:
            into.setdefault(step.newer, []).append(step)
    best: dict[str, tuple[float, str]] = {}
    for identifier in papers:
        best[identifier] = (0.0, "")
        for step in sorted(into.get(identifier, ()), key=lambda step: place[step.older]):
            worth = best[step.older][0] + max(step.score, 0.01)
            if worth > best[identifier][0]:
                best[identifier] = (worth, step.older)
    path = [max(papers, key=lambda identifier: (best[identifier][0], -place[identifier]))]
    while before := best[path[0]][1]:
        path.insert(0, before)
    return path
