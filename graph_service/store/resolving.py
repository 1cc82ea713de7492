"""A run of the rules of identity over a store: read everything, decide, write the difference.

What the rules conclude stands in the log, with its evidence, and can be undone like what people
decide. A run depends on the facts alone, so any order of loads ends in the same log in force.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from anyio.to_thread import run_sync

from graph_service.identity.difference import Difference, difference
from graph_service.identity.mention_table import (
    MentionRow,
    PaperRow,
    mention_row,
    paper_row,
    person_rows,
)
from graph_service.identity.persons import is_by_rule
from graph_service.identity.rule_table import IDENTITY, RuleTable
from graph_service.identity.run import Run, run_rules
from graph_service.identity.units import name_mentions, split_mentions
from graph_service.model.names import NameKey, name_key
from graph_service.model.records import Decision, PaperRecord, PersonRecord
from graph_service.store.fold import works_of
from graph_service.store.protocol import GraphStore

# A commit costs some milliseconds; one transaction of everything would hold the server's memory.
ROWS_A_TRANSACTION = 2_000


@dataclass(slots=True)
class Seen:
    """What a run of the rules sees of a store."""

    mentions: list[MentionRow] = field(default_factory=list)
    papers: list[PaperRow] = field(default_factory=list)
    aligned: list[tuple[str, str]] = field(default_factory=list)
    persons: list[PersonRecord] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A run, and how it differs from what rules wrote before."""

    run: Run
    difference: Difference


async def run_identity(
    store: GraphStore,
    *,
    table: RuleTable = IDENTITY,
    step: Callable[[str], None] = lambda _: None,
) -> Resolved:
    """Run the rules over everything that a store holds; nothing is written.

    Args:
        store: Where the facts are.
        table: The rules' numbers.
        step: Called with the name of each step as it begins.
    """
    step("reading names")
    papers: dict[str, PaperRecord] = {}
    persons: list[PersonRecord] = []
    subjects: dict[str, NameKey] = {}
    async for record in store.records():
        if isinstance(record, PaperRecord):
            papers[record.id] = record
        elif isinstance(record, PersonRecord):
            persons.append(record)
        elif record.subject is not None:
            subjects[record.name] = name_key(record.subject)
    log = await store.decisions()
    seen = await run_sync(see, papers, persons, subjects, log)
    step("applying the rules of identity")

    def decide() -> Resolved:
        found = run_rules(
            seen.mentions,
            seen.papers,
            log=log,
            aligned=seen.aligned,
            persons=person_rows(seen.persons),
            table=table,
        )
        return Resolved(found, difference(found.wanted, log))

    return await run_sync(decide)


def see(
    papers: dict[str, PaperRecord],
    persons: Sequence[PersonRecord],
    subjects: dict[str, NameKey],
    log: Sequence[Decision],
) -> Seen:
    """Make the rows that the rules see, of all records; `subjects` are those of pages, by source."""
    by_users = [row for row in log if not is_by_rule(row)]
    split = split_mentions(by_users)
    seen = Seen(persons=list(persons))
    for work in works_of(papers, log).works.values():
        named = name_mentions(work.records, split)
        seen.aligned += named.aligned
        for record, mentions in zip(work.records, named.mentions, strict=True):
            seen.papers.append(paper_row(record, work.id, subjects.get(record.source)))
            seen.mentions += [mention_row(record, one.mention, one.unit) for one in mentions]
    return seen


async def resolve_identity(
    store: GraphStore,
    *,
    table: RuleTable = IDENTITY,
    at: str | None = None,
    step: Callable[[str], None] = lambda _: None,
) -> Resolved:
    """Run the rules and write what they find to the log; needs the right to write.

    Args:
        store: Where the facts are.
        table: The rules' numbers.
        at: The time to write beside the rows.
        step: Called with the name of each step as it begins.
    """
    found = await run_identity(store, table=table, step=step)
    drafts = found.difference.drafts
    if drafts:
        step("writing what the rules found")
    last = max((row.number for row in await store.decisions()), default=0)
    rows = [
        Decision(number=number, **{**draft.model_dump(), "at": at})
        for number, draft in enumerate(drafts, start=last + 1)
    ]
    for start in range(0, len(rows), ROWS_A_TRANSACTION):
        await store.append(rows[start : start + ROWS_A_TRANSACTION])
    return found
