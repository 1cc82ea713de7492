"""Checking a decision before it is appended to the log."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from graph_service.identity.persons import USER, resolve
from graph_service.identity.units import Unit
from graph_service.identity.works import WorkJoin
from graph_service.model.dates import middle_day
from graph_service.model.errors import DecisionConflict, DecisionTargetNotFound
from graph_service.model.records import Decision, DecisionDraft
from graph_service.model.revision import RECORD_UNIT, step_decisions


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


def check_record_decision(
    records: Collection[str], joins: Mapping[str, Sequence[WorkJoin]], new: Decision
) -> None:
    """Refuse a decision on two records that names none, or that contradicts the log.

    Args:
        records: The ids of those of its records that exist.
        joins: Why records are one paper, with `new` in the log, by paper.
        new: The decision, numbered.

    Raises:
        DecisionTargetNotFound: A record does not exist.
        DecisionConflict: A `same` against a `different`, or the other way round.
    """
    for operand in (new.a, new.b or ""):
        if operand.removeprefix(RECORD_UNIT) not in records:
            raise DecisionTargetNotFound(operand)
    blocked = [
        (join.decision, join.blocked_by)
        for of_paper in joins.values()
        for join in of_paper
        if join.decision is not None and join.blocked_by is not None
    ]
    if new.op == "same" and (against := [by for one, by in blocked if one == new.id]):
        raise DecisionConflict("it would join records that are kept apart", against)
    if new.op == "different" and (broken := [one for one, by in blocked if by == new.id]):
        raise DecisionConflict("decisions in force join these two; undo one first", broken)


def check_decision(
    units: Mapping[str, Unit],
    aligned: Iterable[tuple[str, str]],
    log: Iterable[Decision],
    new: Decision,
) -> None:
    """Refuse a decision that names nothing, or that contradicts the log or the facts.

    Args:
        units: The units as they stand with `new` in the log, closed around it.
        aligned: Those of them that papers show to be one person.
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

    persons = resolve(units, [*rows, new], aligned)
    if new.op == "same":
        blocked = [
            join.blocked_by
            for join in persons.joins
            if join.decision == new.id and join.blocked_by is not None
        ]
        if blocked:
            raise DecisionConflict("it would join people who are kept apart", blocked)
        # What holds now must not break in silence: they are people, not names, that are joined.
        held = {
            (join.a, join.b, join.rule, join.decision)
            for join in resolve(units, rows, aligned).joins
            if join.blocked_by is None
        }
        parted = {
            join.blocked_by
            for join in persons.joins
            if join.blocked_by is not None and (join.a, join.b, join.rule, join.decision) in held
        }
        if parted:
            raise DecisionConflict("it would join people who are kept apart", sorted(parted))
        return
    # A new veto outranks the chain of decisions that joins its ends; say so instead of
    # silently breaking one of them.
    broken = [
        join.decision
        for join in persons.joins
        if join.rule == USER and join.decision is not None and join.blocked_by == new.id
    ]
    if broken:
        raise DecisionConflict("decisions in force join these two; undo one first", broken)
