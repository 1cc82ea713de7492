"""The commands about lineage: put the question, lay the answer out, write down what is decided."""

import asyncio
import csv
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import ValidationError
from rich.console import RenderableType

from graph_service.cli import lineage_tables
from graph_service.cli.asking import (
    Pages,
    answered,
    ask,
    asked_pages,
    every_page,
)
from graph_service.cli.stores import opened
from graph_service.cli.terminal import show, write, write_summary
from graph_service.drawings.formats import drawn
from graph_service.model.decision_answers import DecisionList
from graph_service.model.errors import InputError, ParameterError
from graph_service.model.lineage_answers import LineageAnswer, PaperLineageAnswer, StepList
from graph_service.model.method_answers import MethodList
from graph_service.model.records import Decision, DecisionDraft
from graph_service.projection.reader import View
from graph_service.questions import lineages
from graph_service.questions.decisions import list_decisions
from graph_service.questions.lineage_evaluation import Judged, evaluate_lineage
from graph_service.questions.methods import list_methods, show_method
from graph_service.settings import Settings

Shown = Literal["json", "text", "mermaid", "dot", "svg"]
Drawable = TypeVar("Drawable", LineageAnswer, StepList, PaperLineageAnswer)


def chain(
    settings: Settings, question: lineages.Question, options: lineages.Options, *, shown: Shown
) -> None:
    """Show a chain."""
    answer = ask(settings, lambda view: lineages.ask(view, question, options))
    _show(answer, lineage_tables.lineage, shown)


def edges(settings: Settings, options: lineages.Options, *, shown: Shown) -> None:
    """List all shown steps of a scope."""

    async def question(view: View) -> StepList:
        return await every_page(partial(lineages.list_steps, view, options))

    _show(ask(settings, question), lineage_tables.steps, shown)


def paper(
    settings: Settings,
    asked: str,
    options: lineages.Options,
    *,
    direction: Literal["ancestors", "descendants", "both"],
    max_steps: int | None,
    everything: bool,
    shown: Shown,
) -> None:
    """Show a paper's ancestors and descendants."""
    directions = lineages.BOTH if direction == "both" else (direction,)

    async def question(view: View) -> PaperLineageAnswer:
        number = await lineages.find_paper_or_name(view, asked)
        return await lineages.lineage_of_paper(
            view, view.graph.paper_ids[number], options, directions=directions, max_steps=max_steps
        )

    _show(
        ask(settings, question),
        lambda answer: lineage_tables.paper(answer, everything=everything),
        shown,
    )


def _show(answer: Drawable, layout: Callable[[Drawable], RenderableType], shown: Shown) -> None:
    if shown == "json" or shown == "text":  # noqa: PLR1714 – which tells the type checker more
        answered(answer, layout, as_json=shown == "json")
    else:
        write(drawn(answer, shown).encode())


def methods(settings: Settings, q: str | None, pages: Pages, *, as_json: bool) -> None:
    """List methods."""

    async def question(view: View) -> MethodList:
        return await asked_pages(partial(list_methods, view, q=q), pages)

    answered(ask(settings, question), lineage_tables.methods, as_json=as_json)


def method(settings: Settings, asked: str, *, everything: bool, as_json: bool) -> None:
    """Show one method."""
    answered(
        ask(settings, lambda view: show_method(view, asked)),
        lambda answer: lineage_tables.method(answer, everything=everything),
        as_json=as_json,
    )


# -- evaluation ---------------------------------------------------------------------------

GOLD_COLUMNS = ("newer_title", "older_title", "label")
LABELS = {"1": True, "yes": True, "true": True, "0": False, "no": False, "false": False}


def evaluate(
    settings: Settings, gold: Path, scope: str | None, seed: int, *, as_json: bool
) -> None:
    """Score steps against a file of judged pairs."""
    judged = read_gold(gold)
    answered(
        ask(settings, lambda view: evaluate_lineage(view, judged, scope=scope, seed=seed)),
        lineage_tables.evaluation,
        as_json=as_json,
    )


def read_gold(path: Path) -> list[Judged]:
    """Read judged pairs from a CSV file with a head; other columns are let be.

    Raises:
        InputError: It is no such file; the line and the remedy are named.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8"
        ) from None
    reader = csv.DictReader(StringIO(text, newline=""), strict=True)
    try:
        missing = [name for name in GOLD_COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise InputError(f"{path}, line 1: no column {', '.join(missing)}")
        return [_judged(path, reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise InputError(f"{path}, line {reader.line_num}: {error}") from None


def _judged(path: Path, line: int, row: Mapping[str, str | None]) -> Judged:
    newer, older, label = ((row[name] or "").strip() for name in GOLD_COLUMNS)
    if not newer or not older:
        raise InputError(f"{path}, line {line}: a title is missing")
    if label.lower() not in LABELS:
        raise InputError(f"{path}, line {line}: label is {label!r}; allowed: {', '.join(LABELS)}")
    return Judged(line, newer, older, LABELS[label.lower()])


# -- decisions ----------------------------------------------------------------------------


def judge(
    settings: Settings,
    op: Literal["accept", "reject"],
    newer: str,
    older: str,
    *,
    by: str,
    as_json: bool,
) -> None:
    """Write down what somebody decided on a step."""

    async def question(view: View) -> list[str]:
        numbers = [await lineages.find_paper_or_name(view, asked) for asked in (newer, older)]
        return [view.graph.paper_ids[number] for number in numbers]

    ends = ask(settings, question)
    if ends[0] == ends[1]:
        raise ParameterError("OLDER", older, "another paper than the newer one")
    written(settings, op, ends[0], ends[1], by, as_json=as_json)


def undo(settings: Settings, decision: str, *, by: str, as_json: bool) -> None:
    """Take a decision back."""
    written(settings, "undo", decision, None, by, as_json=as_json)


def log(settings: Settings, pages: Pages, *, as_json: bool) -> None:
    """List decisions."""

    async def question(view: View) -> DecisionList:
        return await asked_pages(partial(list_decisions, view), pages)

    answered(ask(settings, question), lineage_tables.decisions, as_json=as_json)


def written(
    settings: Settings,
    op: Literal["accept", "reject", "same", "different", "undo"],
    a: str,
    b: str | None,
    by: str,
    *,
    as_json: bool,
) -> None:
    """Write a decision down, and say so."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        draft = DecisionDraft(op=op, a=a, b=b, by=by, at=now)
    except ValidationError as error:
        (first, *_) = error.errors()
        names = {"a": "DECISION", "by": "--by"}
        raise ParameterError(
            names.get(str(first["loc"][0]), "decision"), str(first["input"]), first["msg"]
        ) from None

    async def run() -> Decision:
        async with opened(settings) as store, store.writing():
            return await store.decide(draft)

    _wrote(asyncio.run(run()), as_json=as_json)


def _wrote(decision: Decision, *, as_json: bool) -> None:
    if as_json:
        write_summary(decision.model_dump(mode="json", exclude_none=True) | {"id": decision.id})
        return
    what = f"undo of {decision.a}" if decision.op == "undo" else decision.op
    show(
        f"{decision.id}: {what}, by {decision.by}. It counts at once; Cypher reports show it after "
        "coauthor-graph derive."
    )
