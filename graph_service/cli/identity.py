"""The commands about identity: put the question, lay the answer out, write down what is decided."""

import asyncio
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import orjson
from pydantic import ValidationError

from graph_service.cli import identity_tables, summaries
from graph_service.cli.asking import Pages, answered, ask, asked_pages, following
from graph_service.cli.files import whole_file
from graph_service.cli.keeping import reported
from graph_service.cli.lineages import written
from graph_service.cli.progress import Progress
from graph_service.cli.stores import opened
from graph_service.identity.persons import is_by_rule
from graph_service.identity.rule_table import IDENTITY, STRICT
from graph_service.model.errors import (
    DecisionConflict,
    DecisionTargetNotFound,
    ParameterError,
    RecordError,
)
from graph_service.model.identity_answers import CandidateList, WhatIfAnswer
from graph_service.model.records import Decision, DecisionDraft, canonical_json
from graph_service.model.revision import decision_facts, decisions_in_force
from graph_service.projection.reader import View
from graph_service.questions import identity, identity_candidates
from graph_service.questions.identity import Op
from graph_service.questions.suppositions import suppose
from graph_service.settings import Settings
from graph_service.store.protocol import StoreState
from graph_service.store.resolving import Resolved, resolve_identity, run_identity


def candidates(settings: Settings, pages: Pages, *, as_json: bool) -> None:
    """List pairs to look at."""

    async def question(view: View) -> CandidateList:
        return await asked_pages(partial(identity_candidates.list_candidates, view), pages)

    answered(ask(settings, question), identity_tables.candidates, as_json=as_json)


def explain(settings: Settings, a: str, b: str, *, as_json: bool) -> None:
    """Say why two names are one person, or are not."""
    answer = ask(settings, lambda view: following(identity.explain, view, a, b))
    answered(answer, identity_tables.explanation, as_json=as_json)


def what_if(settings: Settings, op: Op, a: str, b: str, *, as_json: bool) -> None:
    """Show what a decision would change."""

    async def question(view: View, a: str, b: str) -> WhatIfAnswer:
        return await suppose(view, op, a, b)

    answer = ask(settings, lambda view: following(question, view, a, b))
    answered(answer, identity_tables.what_if, as_json=as_json)


def decide(settings: Settings, op: Op, a: str, b: str, *, by: str, as_json: bool) -> None:
    """Write down that two are the same, or different."""
    ends = ask(settings, lambda view: following(identity.operands, view, a, b))
    if ends[0] == ends[1]:
        names = ask(settings, lambda view: following(identity.names_of, view, b))
        raise ParameterError("B", b, f"another one than A; its names are {', '.join(names)}")
    written(settings, op, ends[0], ends[1], f"user:{by}", as_json=as_json)


def undo(settings: Settings, decision: str, *, by: str, as_json: bool) -> None:
    """Take a decision back."""
    id_ = decision if decision.startswith("decision:") else f"decision:{decision}"
    written(settings, "undo", id_, None, f"user:{by}", as_json=as_json)


def resolve(settings: Settings, *, strict: bool, dry_run: bool, as_json: bool) -> None:
    """Run the rules, and write down what they find."""
    table = STRICT if strict else IDENTITY
    with Progress(after=0) as progress:

        async def run() -> tuple[Resolved, StoreState]:
            async with opened(settings) as store:
                if dry_run:
                    found = await run_identity(store, table=table, step=progress)
                else:
                    now = datetime.now(UTC).isoformat(timespec="seconds")
                    async with store.writing():
                        found = await resolve_identity(store, table=table, at=now, step=progress)
                return found, await store.state()

        found, state = asyncio.run(run())
    fields = {
        "rules": table.version,
        "new": len(found.difference.new),
        "lost": len(found.difference.lost),
        "unchanged": len(found.difference.unchanged),
        "common_names": len(found.run.common),
        "near": len(found.run.near),
        "blocked": len(found.run.blocked),
        "blocks_not_compared_whole": len(found.run.large),
        "dry_run": dry_run,
        "facts_revision": state.facts_revision,
    }
    reported(fields, lambda: summaries.resolved(settings, found, state, dry_run), as_json=as_json)


def export(settings: Settings, target: str, *, as_json: bool) -> None:
    """Write the whole log."""

    async def run() -> tuple[Decision, ...]:
        async with opened(settings) as store:
            return await store.decisions()

    log = asyncio.run(run())
    lines = b"".join(canonical_json(row) + b"\n" for row in log)
    if target == "-":
        sys.stdout.buffer.write(lines)
        sys.stdout.buffer.flush()
        return
    with whole_file(Path(target)) as stream:
        stream.write(lines)
    fields = {"file": target, "decisions": len(log)}
    reported(fields, lambda: summaries.log_exported(len(log), target), as_json=as_json)


def import_(settings: Settings, path: Path, *, as_json: bool) -> None:
    """Make the decisions of people that are in force in a log here too, each checked as if made."""
    wanted = [row for row in decisions_in_force(_log(path)) if not is_by_rule(row)]

    async def run() -> tuple[int, int, list[str]]:
        new, there, refused = 0, 0, list[str]()
        async with opened(settings) as store, store.writing():
            for row in wanted:
                known = decision_facts(await store.decisions())
                if decision_facts([row]) <= known:
                    there += 1
                    continue
                draft = DecisionDraft(**row.model_dump(exclude={"number"}))
                try:
                    await store.decide(draft)
                    new += 1
                except (DecisionConflict, DecisionTargetNotFound) as error:
                    refused.append(f"{row.id}: {error.message}")
        return new, there, refused

    new, there, refused = asyncio.run(run())
    fields = {"file": str(path), "new": new, "unchanged": there, "refused": refused}
    reported(fields, lambda: summaries.log_imported(new, there, refused), as_json=as_json)


def _log(path: Path) -> list[Decision]:
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise RecordError(str(path), f"cannot be read: {error.strerror}") from error
    rows = []
    for number, line in enumerate(lines, start=1):
        try:
            rows.append(Decision.model_validate(orjson.loads(line)))
        except ValidationError as error:
            fault = error.errors()[0]
            where = ".".join(str(part) for part in fault["loc"])
            raise RecordError(str(path), f"{where}: {fault['msg']}", line=number) from error
        except orjson.JSONDecodeError as error:
            raise RecordError(str(path), f"is no decision: {error}", line=number) from error
    return rows
