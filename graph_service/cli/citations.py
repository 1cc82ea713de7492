"""The commands about citations: put the question, or read a network, and lay the answer out."""

import csv
from io import StringIO
from pathlib import Path

from rich.console import Group, RenderableType

from graph_service.cli.asking import answered, ask
from graph_service.cli.citation_words import words_of_citation
from graph_service.cli.tables import bullets, counted, dim, grid, heading, notes, part, year_of
from graph_service.model.answers import PaperRef
from graph_service.model.citation_answers import (
    CitationsAnswer,
    CitedPaper,
    MainPathAnswer,
    MainPathStop,
)
from graph_service.model.errors import InputError
from graph_service.projection.reader import View
from graph_service.questions import citations
from graph_service.questions.citations import CitationGraph, Direction, MainPathOptions
from graph_service.questions.lineages import find_paper_or_name
from graph_service.settings import Settings

HEAD = ["citing", "cited"]
MOST_STOPS_SHOWN = 40
LONGEST_WEIGHT = 24


def of_paper(settings: Settings, asked: str, direction: Direction, *, as_json: bool) -> None:
    """Show the citations of a paper."""

    async def question(view: View) -> CitationsAnswer:
        number = view.paper_number(asked)
        if number is None:
            number = await find_paper_or_name(view, asked)
        return await citations.show_citations(
            view, view.graph.paper_ids[number], direction=direction
        )

    answered(ask(settings, question), _citations, as_json=as_json)


def main_path(
    settings: Settings, options: MainPathOptions, arcs: Path | None, *, as_json: bool
) -> None:
    """Find a main path of the store's citations, or of a file's."""
    if arcs is None:
        answer = ask(settings, lambda view: citations.show_main_path(view, options))
    else:
        answer = citations.find_main_path(read_arcs(arcs), options)
        answer = answer.model_copy(
            update={"meta": answer.meta.model_copy(update={"parameters": options.shown()})}
        )
    answered(answer, _main_path, as_json=as_json)


def read_arcs(path: Path) -> CitationGraph:
    """Read citations from a CSV file of two columns, citing and cited; a head may name them.

    Raises:
        InputError: It is no such file; the line and the remedy are named.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8"
        ) from None
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    rows: list[tuple[str, str]] = []
    head = True
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not cells:
                continue
            if len(cells) != len(HEAD) or not all(cells):
                what = f"{len(cells)} cells" if all(cells) else "an empty cell"
                raise InputError(
                    f"{path}, line {reader.line_num}: {what}; wanted: the citing work and the "
                    "cited one, with a comma between"
                )
            if not (head and [cell.lower() for cell in cells] == HEAD):
                rows.append((cells[0], cells[1]))
            head = False
    except csv.Error as error:
        raise InputError(f"{path}, line {reader.line_num}: {error}") from None
    ids = sorted({end for row in rows for end in row})
    number = {id_: at for at, id_ in enumerate(ids)}
    return CitationGraph(
        dates=[""] * len(ids),
        citing=[number[citing] for citing, _ in rows],
        cited=[number[cited] for _, cited in rows],
        name=lambda at: PaperRef(id=ids[at], title=ids[at]),
    )


# -- layouts ------------------------------------------------------------------------------


def _citations(answer: CitationsAnswer) -> RenderableType:
    return Group(
        heading(answer.paper.title),
        *_listed("Cites", answer.cites, answer.cites_count),
        *_listed("Cited by", answer.cited_by, answer.cited_by_count),
        notes(answer.meta),
    )


def _listed(title: str, papers: list[CitedPaper], count: int) -> list[RenderableType]:
    if not papers:
        return [part(title, "no loaded paper")] if not count else []
    table = grid("left", "left", "left")
    for one in papers:
        said = [*words_of_citation(one), *(["influential"] if one.influential else [])]
        table.add_row(year_of(one.paper), one.paper.title, dim(", ".join(said)))
    return [part(f"{title} {counted(count, 'loaded paper')}", table)]


def _main_path(answer: MainPathAnswer) -> RenderableType:
    if answer.reason is not None:
        return Group(heading("Main path"), "", f"None: {answer.reason}.", *_policy(answer))
    table = grid("left", "left", "right", "left")
    into: dict[str, list[str]] = {}
    for arc in answer.arcs:
        said = [*([_short(arc.weight)] if arc.weight else []), *(["tied"] if arc.tied else [])]
        if said:
            into.setdefault(arc.newer, []).append(" ".join(said))
    shown = answer.stops[:MOST_STOPS_SHOWN]
    for stop in shown:
        near = "" if stop.criticality is None else f"criticality {stop.criticality}"
        table.add_row(stop.date or "", _title(stop), dim(", ".join(into.get(stop.id, []))), near)
    left = len(answer.stops) - len(shown)
    counts = (counted(answer.papers, "paper"), counted(answer.citations, "citation"))
    figures = [f"{counts[0]}, {counts[1]}, {counted(answer.arcs_counted, 'arc')} left"]
    if answer.total is not None:
        figures.append(f"sum {_short(answer.total)}, {answer.ways} as good as the best")
    return Group(
        heading("Main path"),
        dim("older first, with the weights of the arcs that lead to each"),
        "",
        table,
        *([f"and {left:,} more: add --json"] if left else []),
        "",
        *map(dim, figures),
        *_policy(answer),
        notes(answer.meta),
    )


def _title(stop: MainPathStop) -> str:
    titles = [paper.title for paper in stop.papers]
    return titles[0] if len(titles) == 1 else f"one circle of {len(titles)}: {'; '.join(titles)}"


def _short(number: str) -> str:
    """A long number by its first digits and its length."""
    return number if len(number) <= LONGEST_WEIGHT else f"{number[:6]}… ({len(number)} digits)"


def _policy(answer: MainPathAnswer) -> list[RenderableType]:
    aside = {
        "of itself": answer.policy.self_citations.count,
        "repeated": answer.policy.repeated.count,
        "against the dates": answer.policy.against_dates.count,
        "within a circle": answer.policy.within.count,
        "of one circle twice": answer.policy.merged.count,
        "circles": answer.policy.circles.count,
    }
    found = [f"{count:,} {what}" for what, count in aside.items() if count]
    return [part("Set aside", bullets([answer.policy.rule, ", ".join(found) or "nothing"]))]
