"""Checking a decision before it is appended to the log."""

from collections.abc import Iterable, Mapping

from graph_service.identity.persons import resolve
from graph_service.identity.units import Unit
from graph_service.model.dates import middle_day
from graph_service.model.errors import DecisionConflict, DecisionTargetNotFound
from graph_service.model.records import Decision, DecisionDraft
from graph_service.model.revision import step_decisions


def check_step(dates: Mapping[str, str], log: Iterable[Decision], new: Decision) -> None:
    """Refuse a decision on a step of lineage that names no paper, or cannot be.

    Args:
        dates: As printed, of the papers of `new` that exist; empty: undated.
        log: The log without `new`.
        new: The decision, numbered.

    Raises:
        DecisionTargetNotFound: A paper does not exist.
        DecisionConflict: The log says the opposite; or what is to be accepted has no date, or
            runs backwards in time.
    """
    newer, older = new.a, new.b or ""
    for paper in (newer, older):
        if paper not in dates:
            raise DecisionTargetNotFound(paper)
    known = step_decisions(log)
    same, turned = known.get((newer, older)), known.get((older, newer))
    if same is not None and same.op != new.op:
        raise DecisionConflict("the log says the opposite; undo that first", [same.id])
    if new.op == "reject":
        return
    if turned is not None and turned.op == "accept":
        raise DecisionConflict("the step is accepted the other way round", [turned.id])
    undated = [paper for paper in (newer, older) if not dates[paper]]
    if undated:
        raise DecisionConflict("a step needs two dates", undated)
    if middle_day(dates[newer]) < middle_day(dates[older]):
        raise DecisionConflict("the newer paper comes first, and is dated before", [newer])


def number_decision(log: Iterable[Decision], draft: DecisionDraft) -> Decision:
    """Give a draft the next number of the log."""
    last = max((row.number for row in log), default=0)
    return Decision(number=last + 1, **draft.model_dump())


def check_decision(units: Mapping[str, Unit], log: Iterable[Decision], new: Decision) -> None:
    """Refuse a decision that names nothing, or that contradicts the log or the facts.

    Args:
        units: The units as they stand with `new` in the log, closed around it.
        log: The log without `new`.
        new: The decision, numbered.

    Raises:
        DecisionTargetNotFound: A name, mention or decision does not exist.
        DecisionConflict: A `same` against a `different`, a suffix or two mentions of one
            record; a `different` against a chain of `same`.
    """
    rows = list(log)
    if new.op == "undo":
        if new.a not in {row.id for row in rows}:
            raise DecisionTargetNotFound(new.a)
        return
    for operand in (new.a, new.b or ""):
        if operand not in units:
            raise DecisionTargetNotFound(operand)

    persons = resolve(units, [*rows, new])
    if new.op == "same":
        blocked = [
            join.blocked_by
            for join in persons.joins
            if join.decision == new.id and join.blocked_by is not None
        ]
        if blocked:
            raise DecisionConflict("it would join people who are kept apart", blocked)
        return
    # A new veto outranks the chain of decisions that joins its ends; say so instead of
    # silently breaking one of them.
    broken = [
        join.decision
        for join in persons.joins
        if join.decision is not None and join.blocked_by == new.id
    ]
    if broken:
        raise DecisionConflict("decisions in force join these two; undo one first", broken)
