"""Why names are one person, and what a decision would change; nothing here writes."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from graph_service.identity.decide import check_decision, number_decision
from graph_service.identity.persons import Join, Persons, resolve
from graph_service.identity.units import MENTION_UNIT, ClosedUnits
from graph_service.identity.works import WorkJoin
from graph_service.model.answers import AuthorRef, JoinOfNames, Membership
from graph_service.model.errors import (
    DecisionConflict,
    DecisionTargetNotFound,
    GraphServiceError,
    ParameterError,
)
from graph_service.model.identity_answers import (
    ExplainAnswer,
    LinkOfChain,
    PersonAfter,
    PersonHint,
    SignRow,
    WhatIfAnswer,
)
from graph_service.model.ids import slug_of_key
from graph_service.model.names import display_order, name_key
from graph_service.model.records import Decision, DecisionDraft
from graph_service.model.revision import RECORD_UNIT
from graph_service.projection.find import author_ref, find_author
from graph_service.projection.reader import View
from graph_service.questions.firmness import FIRMNESS, firmness
from graph_service.questions.papers import paper_ref
from graph_service.questions.paths import show_path
from graph_service.questions.positions import memberships

MOST_LISTED = 500
NAME_UNIT = "name:"
Op = Literal["same", "different"]


async def operand(view: View, asked: str) -> str:
    """Find what a decision is about: a name, a split-off mention, or a record.

    A name's, mention's or record's id stands for itself, and a mention as authorships give it
    (`lab:looms#2`) too. A paper's id means its smallest record, an author's id the author's
    smallest name, and a name the smallest of the author's that is equal.

    Raises:
        AuthorNotFound, AmbiguousName, Moved: See `find.find_author`.
    """
    if view.author_number(asked) is None and "#" in asked and ":" in asked:
        return asked if asked.startswith(MENTION_UNIT) else MENTION_UNIT + asked
    names = await names_of(view, asked)
    # Who is asked for by one of several names is meant by that name.
    key = f"/{slug_of_key(name_key(asked))}"
    fitting = [name for name in names if name.partition("@")[0].endswith(key)]
    return min(fitting or names)


async def operands(view: View, a: str, b: str) -> tuple[str, str]:
    """Find what a decision between two is about; see `operand`."""
    return await operand(view, a), await operand(view, b)


async def names_of(view: View, asked: str) -> list[str]:
    """The ids of the names, or of the records, that make what is asked for; ascending.

    Raises:
        AuthorNotFound, AmbiguousName, Moved: See `find.find_author`.
    """
    if view.paper_number(asked) is not None:
        (found,) = await view.store.papers([asked])
        records = found.paper.properties["records"]
        return [RECORD_UNIT + str(one) for one in records] if isinstance(records, list) else []
    if asked.startswith((NAME_UNIT, MENTION_UNIT, RECORD_UNIT)):
        return [asked]
    author = await find_author(view, asked)
    (facts,) = await view.store.authors([view.graph.author_ids[author]])
    return sorted(name.id for name, _ in facts.names)


async def explain(view: View, a: str, b: str) -> ExplainAnswer:
    """Say why two names are one author, or are not.

    Args:
        view: The graph.
        a: A name or mention by id, or an author by id or name.
        b: The other one.

    Raises:
        AuthorNotFound, AmbiguousName, Moved: See `find.find_author`.
        DecisionTargetNotFound: A name or mention does not exist.
    """
    one, other = await operands(view, a, b)
    _only_names(one, other)
    log = await view.store.decisions()
    part = await _part(view, one, other)
    persons = resolve(part.units, log, part.aligned)
    together = persons.author_of[one] == persons.author_of[other]
    rows = {row.id: row for row in log}
    chain = _chain(persons, one, other) if together else []
    refused = None
    if not together:
        draft = DecisionDraft(op="same", a=one, b=other, by="user:what-if")
        refused = _refusal(part, log, number_decision(log, draft))
    sides = {persons.author_of[one], persons.author_of[other]}
    return ExplainAnswer(
        meta=view.meta(parameters={"a": a, "b": b}),
        a=one,
        b=other,
        a_author=await _hint(view, persons.author_of[one]),
        b_author=await _hint(view, persons.author_of[other]),
        one_person=together,
        chain=[_link(join, rows.get(join.decision or "")) for join in sorted(chain, key=_weakness)],
        apart=[
            JoinOfNames(**told(join))
            for join in persons.joins
            if not together
            and join.blocked_by is not None
            and {persons.author_of[join.a], persons.author_of[join.b]} == sides
        ],
        vetoes=contradicted(refused),
    )


async def what_if(view: View, op: Op, a: str, b: str) -> WhatIfAnswer:
    """Say what one more decision on people would change; of records too says `suppositions`.

    Args:
        view: The graph.
        op: What would be decided.
        a: A name or mention by id, or an author by id or name.
        b: The other one.

    Raises:
        AuthorNotFound, AmbiguousName, Moved: See `find.find_author`.
        DecisionTargetNotFound: A name or mention does not exist.
        ParameterError: The two are records, or one and the same.
    """
    one, other = await operands(view, a, b)
    _only_names(one, other)
    if one == other:
        raise ParameterError(op, f"{a},{b}", "two different names")
    log = await view.store.decisions()
    part = await _part(view, one, other)
    new = number_decision(log, DecisionDraft(op=op, a=one, b=other, by="user:what-if"))
    refused = _refusal(part, log, new)
    before = resolve(part.units, log, part.aligned)
    after = before if refused else resolve(part.units, [*log, new], part.aligned)
    moved = {unit for unit in part.units if _company(before, unit) != _company(after, unit)}
    old = sorted({before.author_of[unit] for unit in moved})
    papers = await _papers_of_units(view, old)
    moved_papers = sorted(
        {
            paper
            for unit in moved
            if before.author_of[unit] != after.author_of[unit]
            for paper in papers.get(unit, ())
        }
    )
    return WhatIfAnswer(
        meta=view.meta(parameters={op: [a, b]}),
        op=op,
        a=one,
        b=other,
        refused=refused.message if refused else None,
        contradicted=contradicted(refused),
        before=_people(view, before, before, moved, part, papers),
        after=_people(view, after, before, moved, part, papers),
        moved_papers=[paper_ref(view, paper) for paper in moved_papers[:MOST_LISTED]],
        moved_papers_in_all=len(moved_papers),
        blocked=[
            JoinOfNames(**told(join))
            for join in after.joins
            if join.blocked_by is not None and join not in before.joins
        ],
        hops_between=await _hops(view, before.author_of[one], before.author_of[other]),
        new_ties=_new_ties(view, old),
        clusters=await clusters_of(view, old),
    )


def _only_names(*given: str) -> None:
    for one in given:
        if one.startswith(RECORD_UNIT):
            raise ParameterError("A,B", one, "authors, names or mentions, not papers")


async def _part(view: View, one: str, other: str) -> ClosedUnits:
    part = await view.store.identity_part([one, other])
    for name in (one, other):
        if name not in part.units:
            raise DecisionTargetNotFound(name)
    return part


def _refusal(part: ClosedUnits, log: Sequence[Decision], new: Decision) -> GraphServiceError | None:
    try:
        check_decision(part.units, part.aligned, log, new)
    except DecisionConflict as conflict:
        return conflict
    return None


def contradicted(refused: GraphServiceError | None) -> list[str]:
    """What stands against a decision."""
    found = refused.fields.get("contradicted", ()) if refused else ()
    return [str(one) for one in found] if isinstance(found, list | tuple) else []


def told(join: Join | WorkJoin) -> dict[str, str | None]:
    """A join in the fields of an answer."""
    status = "applied" if join.blocked_by is None else f"blocked by {join.blocked_by}"
    return {
        "a": join.a,
        "b": join.b,
        "rule": join.rule,
        "decision": join.decision,
        "status": status,
    }


def _weakness(join: Join) -> tuple[int, str, str]:
    return firmness(join.rule), join.a, join.b


def _link(join: Join, row: Decision | None) -> LinkOfChain:
    evidence = [SignRow(**one.model_dump()) for one in row.evidence] if row else []
    return LinkOfChain(**told(join), evidence=evidence, by=row.by if row else None)


def _chain(persons: Persons, one: str, other: str) -> list[Join]:
    """The firmest chain of joins between two units of a person, then the shortest."""
    joins = [join for join in persons.joins if join.blocked_by is None]
    for least in range(len(FIRMNESS), -2, -1):
        firm = [join for join in joins if _weakness(join)[0] >= least]
        if (found := _walk(firm, one, other)) is not None:
            return found
    return []


def _walk(joins: Iterable[Join], one: str, other: str) -> list[Join] | None:
    ways: dict[str, list[tuple[str, Join]]] = {}
    for join in joins:
        ways.setdefault(join.a, []).append((join.b, join))
        ways.setdefault(join.b, []).append((join.a, join))
    came: dict[str, tuple[str, Join] | None] = {one: None}
    queue = deque([one])
    while queue and other not in came:
        at = queue.popleft()
        for to, join in sorted(ways.get(at, ()), key=lambda way: way[0]):
            if to not in came:
                came[to] = (at, join)
                queue.append(to)
    if other not in came:
        return None
    chain: list[Join] = []
    step = came[other]
    while step is not None:
        chain.append(step[1])
        step = came[step[0]]
    return chain


def _members(persons: Persons) -> dict[str, list[str]]:
    members: dict[str, list[str]] = {}
    for unit, author in sorted(persons.author_of.items()):
        members.setdefault(author, []).append(unit)
    return members


def _company(persons: Persons, unit: str) -> frozenset[str]:
    author = persons.author_of[unit]
    return frozenset(one for one, of in persons.author_of.items() if of == author)


async def _papers_of_units(view: View, authors: Sequence[str]) -> dict[str, set[int]]:
    """The numbers of the papers that name each unit of some authors."""
    numbers = [at for author in authors if (at := view.author_number(author)) is not None]
    papers = sorted({int(p) for at in numbers for p in view.graph.papers_of_author(at)})
    found: dict[str, set[int]] = {}
    facts = await view.store.papers([view.graph.paper_ids[paper] for paper in papers])
    for paper, one in zip(papers, facts, strict=True):
        for edge, _ in one.authors:
            names = edge.properties["names"]
            for unit in names if isinstance(names, list) else ():
                found.setdefault(unit, set()).add(paper)
    return found


def _people(
    view: View,
    persons: Persons,
    before: Persons,
    moved: set[str],
    part: ClosedUnits,
    papers: Mapping[str, set[int]],
) -> list[PersonAfter]:
    people = []
    capped = set(view.graph.capped.tolist())
    for author, units in sorted(_members(persons).items()):
        if not moved & set(units):
            continue
        own = set().union(*(papers.get(unit, set()) for unit in units))
        beside = {
            int(other) for paper in own - capped for other in view.graph.authors_of_paper(paper)
        }
        now = {before.author_of[unit] for unit in units}
        themselves = {at for id_ in now if (at := view.author_number(id_)) is not None}
        variants = sorted(frozenset().union(*(part.units[unit].variants for unit in units)))
        people.append(
            PersonAfter(
                id=author,
                name=min(variants, key=display_order),
                names=sorted(units),
                papers=len(own),
                collaborators=len(beside - themselves),
            )
        )
    return people


def _new_ties(view: View, authors: Sequence[str]) -> list[AuthorRef]:
    """Who has a tie to some of these people, but not to all."""
    numbers = [at for author in authors if (at := view.author_number(author)) is not None]
    near = [
        {
            int(other)
            for paper in view.graph.papers_of_author(at)
            for other in view.graph.authors_of_paper(int(paper))
        }
        - set(numbers)
        for at in numbers
    ]
    if len(near) < 2:
        return []
    some: set[int] = set().union(*near)
    some.difference_update(near[0].intersection(*near[1:]))
    return [author_ref(view, at) for at in sorted(some)[:MOST_LISTED]]


async def _hops(view: View, one: str, other: str) -> int | None:
    return None if one == other else (await show_path(view, one, other)).distance


async def clusters_of(view: View, authors: Sequence[str]) -> list[Membership]:
    """The clusters that any of these authors is in, by id."""
    found: dict[str, Membership] = {}
    for author in authors:
        number = view.author_number(author)
        if number is not None:
            for one in await memberships(view, number):
                found.setdefault(one.id, one)
    return [found[id_] for id_ in sorted(found)]


async def _hint(view: View, author: str) -> PersonHint:
    number = view.author_number(author)
    if number is None:
        raise DecisionTargetNotFound(author)
    return person_hint(view, number)


def person_hint(view: View, number: int) -> PersonHint:
    """Name an author with what tells namesakes apart."""
    papers = view.graph.papers_of_author(number)
    known = [year for year in view.graph.years[papers].tolist() if year]
    return PersonHint(
        **author_ref(view, number).model_dump(),
        papers=len(papers),
        first_year=min(known, default=None),
        last_year=max(known, default=None),
        a_paper=view.graph.titles[int(papers[0])] if len(papers) else None,
    )
