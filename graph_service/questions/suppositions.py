"""What a decision would change, of two people or of two records; nothing here writes."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from graph_service.identity.decide import check_record_decision, number_decision
from graph_service.identity.persons import Persons, resolve
from graph_service.identity.units import (
    ClosedUnits,
    Unit,
    merge_units,
    name_mentions,
    split_mentions,
    units_of_work,
)
from graph_service.identity.works import WorkJoin
from graph_service.model.answers import JoinOfNames, NodeRef, Note
from graph_service.model.errors import DecisionConflict, ParameterError
from graph_service.model.identity_answers import PaperAfter, PersonAfter, TieAfter, WhatIfAnswer
from graph_service.model.names import display_order
from graph_service.model.records import Decision, DecisionDraft
from graph_service.model.revision import RECORD_UNIT
from graph_service.model.schema import Edge, Value
from graph_service.projection.reader import View
from graph_service.questions import identity
from graph_service.questions.identity import MOST_LISTED, Op
from graph_service.questions.paper_paths import show_paper_path
from graph_service.questions.papers import paper_ref
from graph_service.store.fold import Work, WorkParts, paper_node, works_of
from graph_service.store.protocol import PaperFacts


async def suppose(view: View, op: Op, a: str, b: str) -> WhatIfAnswer:
    """Say what one more decision would change, without writing it.

    Args:
        view: The graph.
        op: What would be decided.
        a: A name or mention by id, or an author by id or name; or a record or paper by id.
        b: The other one, of the same kind.

    Raises:
        AuthorNotFound, AmbiguousName, Moved: See `find.find_author`.
        DecisionTargetNotFound: A name, mention or record does not exist.
        ParameterError: The two are one and the same, or a record and a name.
    """
    one, other = await identity.operands(view, a, b)
    if not (one.startswith(RECORD_UNIT) and other.startswith(RECORD_UNIT)):
        return await identity.what_if(view, op, a, b)
    if one == other:
        raise ParameterError(op, f"{a},{b}", "two different records")
    answer, was, will, log = await _papers_supposed(view, op, (a, b), (one, other))
    if answer.refused or not was:
        return answer
    before, after = (_side(works, split_mentions(log)) for works in (was, will))
    most = view.graph.max_authors
    if any(len(units) > most for side in (before, after) for units in side.on.values()):
        note = Note(
            code="capped-papers",
            text=f"a paper here has more than {most} authors and so no part in ties; what would "
            "change of its authors is not worked out",
        )
        meta = view.meta(parameters=answer.meta.parameters, notes=[note])
        return answer.model_copy(update={"meta": meta})
    return await _with_people(view, answer, log, before, after)


async def _papers_supposed(
    view: View, op: Op, asked: tuple[str, str], ends: tuple[str, str]
) -> tuple[WhatIfAnswer, list[Work], list[Work], Sequence[Decision]]:
    """The answer but for people, and the papers that would be others, before and after."""
    log = await view.store.decisions()
    new = number_decision(log, DecisionDraft(op=op, a=ends[0], b=ends[1], by="user:what-if"))
    one, other = (end.removeprefix(RECORD_UNIT) for end in ends)
    records = await view.store.works_part([one, other])
    was, will = works_of(records, log), works_of(records, [*log, new])
    try:
        check_record_decision(records.keys(), will.joins, new)
        refused = None
    except DecisionConflict as conflict:
        refused, will = conflict, was
    between = was.paper_of[one], was.paper_of[other]
    path = None
    if between[0] != between[1]:
        path = await show_paper_path(view, *between, kinds=["shared-author"])
    held, holding = _held(was), _held(will)
    old = [was.works[id_] for id_, _ in sorted(held - holding)]
    then = [will.works[id_] for id_, _ in sorted(holding - held)]
    known = {join for joins in was.joins.values() for join in joins}
    blocked = [join for joins in will.joins.values() for join in joins if join.blocked_by]
    answer = WhatIfAnswer(
        meta=view.meta(parameters={op: list(asked)}),
        op=op,
        a=ends[0],
        b=ends[1],
        refused=refused.message if refused else None,
        contradicted=identity.contradicted(refused),
        papers_before=[_paper(work, was) for work in old],
        papers_after=[_paper(work, will) for work in then],
        blocked=[
            JoinOfNames(**identity.told(_by_unit(one)))
            for one in sorted(
                set(blocked) - known, key=lambda one: (one.a, one.b, one.rule, one.decision or "")
            )
        ],
        hops_between=path.distance if path else None,
    )
    return answer, old, then, log


def _held(parts: WorkParts) -> set[tuple[str, frozenset[str]]]:
    """Each paper with its records, and the links to papers that are the same work."""
    return {
        (id_, frozenset([*(one.id for one in work.records), *_same_works(id_, parts)]))
        for id_, work in parts.works.items()
    }


def _same_works(paper: str, parts: WorkParts) -> list[str]:
    ends = [{link.start, link.end} for link in parts.links]
    return sorted(other for pair in ends if paper in pair for other in pair - {paper})


def _paper(work: Work, parts: WorkParts) -> PaperAfter:
    said = paper_node(work.records, work.id).properties
    return PaperAfter.model_validate(
        {
            "id": work.id,
            "title": said["title"],
            "year": said.get("year"),
            "records": said["records"],
            "same_works": _same_works(work.id, parts),
        }
    )


def _by_unit(join: WorkJoin) -> WorkJoin:
    """A join of records, which it names as decisions do."""
    return replace(join, a=RECORD_UNIT + join.a, b=RECORD_UNIT + join.b)


@dataclass(frozen=True, slots=True)
class _Side:
    """Some papers, as they are or as they would be.

    `on` are the units of each, `units` those of each mention, `aligned` pairs that a paper shows
    to be one person's.
    """

    on: Mapping[str, frozenset[str]]
    units: Mapping[str, Unit]
    aligned: frozenset[tuple[str, str]]


def _side(works: Iterable[Work], split: frozenset[str]) -> _Side:
    on: dict[str, frozenset[str]] = {}
    units: dict[str, Unit] = {}
    aligned: set[tuple[str, str]] = set()
    for work in works:
        named = name_mentions(work.records, split)
        own = dict(units_of_work(work.records, named))
        on[work.id] = frozenset(unit.id for unit in own.values())
        units |= own
        aligned.update((min(pair), max(pair)) for pair in named.aligned)
    return _Side(on, units, frozenset(aligned))


def _parts_of(edge: Edge, known: Mapping[str, Unit]) -> Iterator[Unit]:
    """The parts of units that an authorship holds, one for each mention."""
    said: dict[str, Any] = edge.properties
    printed = said.get("names_as_printed", [said["name_as_printed"]])
    borne = said.get("identifiers", [""] * len(said["mentions"]))
    for mention, unit, name, identifiers in zip(
        said["mentions"], said["names"], printed, borne, strict=True
    ):
        yield replace(
            known[unit],
            variants=frozenset((name,)),
            first_mention=mention,
            records=frozenset((mention.rsplit("#", 1)[0],)),
            identifiers=frozenset(identifiers.split()),
        )


@dataclass(frozen=True, slots=True)
class _People:
    """Who the units are and who is on which paper, as it is or as it would be.

    `on` has every paper of whoever may change; of more than `most` authors it makes no ties.
    """

    persons: Persons
    units: Mapping[str, Unit]
    on: Mapping[str, frozenset[str]]
    most: int

    def ties(self) -> Counter[tuple[str, str]]:
        """How many papers two people share."""
        return Counter(
            pair
            for people in self.on.values()
            if len(people) <= self.most
            for pair in combinations(sorted(people), 2)
        )

    def described(self, units: Iterable[str]) -> list[PersonAfter]:
        """The people of some units, by id."""
        names: dict[str, list[str]] = {}
        for unit, author in sorted(self.persons.author_of.items()):
            names.setdefault(author, []).append(unit)
        papers = Counter(author for people in self.on.values() for author in people)
        beside = Counter(end for pair in self.ties() for end in pair)
        wanted = {self.persons.author_of[unit] for unit in units if unit in self.units}
        return [
            PersonAfter(
                id=author,
                name=self.name(names[author]),
                names=names[author],
                papers=papers[author],
                collaborators=beside[author],
            )
            for author in sorted(wanted)
        ]

    def name(self, units: Iterable[str]) -> str:
        """The spelling to show of a person's units."""
        return min((one for unit in units for one in self.units[unit].variants), key=display_order)


async def _papers_of(view: View, authors: Iterable[str]) -> list[PaperFacts]:
    numbers = [at for one in authors if (at := view.author_number(one)) is not None]
    own = {int(paper) for at in numbers for paper in view.graph.papers_of_author(at)}
    return await view.store.papers([view.graph.paper_ids[paper] for paper in sorted(own)])


def _standing(papers: Iterable[PaperFacts]) -> dict[str, dict[str, frozenset[str]]]:
    """The units of each author on each paper."""
    return {
        facts.paper.id: {edge.start: _names(edge.properties["names"]) for edge, _ in facts.authors}
        for facts in papers
    }


def _then(
    part: ClosedUnits,
    was: Persons,
    authors: Collection[str],
    papers: Sequence[PaperFacts],
    before: _Side,
    after: _Side,
) -> tuple[dict[str, Unit], list[tuple[str, str]]]:
    """The units as they would be, and what papers would show of them.

    Args:
        part: The units as they are.
        was: Whose they are.
        authors: Those whose units are made anew.
        papers: All papers of these.
        before: The papers that would change.
        after: What they would be.
    """
    rest = [facts for facts in papers if facts.paper.id not in before.on]
    # What a paper shows no longer, another one may show as well.
    lost = before.aligned - after.aligned
    elsewhere = {
        pair
        for people in _standing(rest).values()
        for names in people.values()
        for pair in lost
        if names.issuperset(pair)
    }
    units = [
        *(unit for id_, unit in part.units.items() if was.author_of[id_] not in authors),
        *(
            unit
            for facts in rest
            for edge, _ in facts.authors
            if edge.start in authors
            for unit in _parts_of(edge, part.units)
        ),
        *after.units.values(),
    ]
    aligned = {(min(pair), max(pair)) for pair in part.aligned} - (lost - elsewhere)
    return merge_units(units), sorted(aligned | after.aligned)


async def _with_people(
    view: View, answer: WhatIfAnswer, log: Sequence[Decision], before: _Side, after: _Side
) -> WhatIfAnswer:
    """Say who would be who on papers that change, and who would have ties with whom."""
    part = await view.store.identity_part(sorted(unit.id for unit in before.units.values()))
    was = resolve(part.units, log, part.aligned)
    named = {unit.id for side in (before, after) for unit in side.units.values()}
    authors = {was.author_of[unit] for unit in named if unit in part.units}
    reached = authors
    while reached:  # who changes with these may be on other papers alone
        authors |= reached
        papers = await _papers_of(view, authors)
        units, aligned = _then(part, was, authors, papers, before, after)
        will = resolve(units, log, aligned)
        moved = {unit for unit, one in will.author_of.items() if was.author_of.get(unit) != one}
        reached = {one for by in (was, will) for unit in moved if (one := by.author_of.get(unit))}
        reached = (reached & set(was.author_of.values())) - authors
    standing = _standing(papers)

    most = view.graph.max_authors
    now = _People(was, part.units, {id_: frozenset(on) for id_, on in standing.items()}, most)
    rest = {
        id_: frozenset(
            will.author_of.get(unit, author) for author, names in on.items() for unit in names
        )
        for id_, on in standing.items()
        if id_ not in before.on
    }
    new = {id_: frozenset(will.author_of[unit] for unit in on) for id_, on in after.on.items()}
    then = _People(will, units, rest | new, most)
    concerned = {unit for unit, author in was.author_of.items() if author in authors}
    old, later = now.described(concerned | named), then.described(concerned | named)
    ties, to_be = now.ties(), then.ties()
    changed = sorted(pair for pair in ties.keys() | to_be.keys() if ties[pair] != to_be[pair])
    other = sorted(id_ for id_, people in rest.items() if people != now.on[id_])
    return answer.model_copy(
        update={
            "before": [one for one in old if one not in later],
            "after": [one for one in later if one not in old],
            "ties": [
                TieAfter(
                    a=_ref(view, a, later if to_be[a, b] else old),
                    b=_ref(view, b, later if to_be[a, b] else old),
                    papers_now=ties[a, b],
                    papers_then=to_be[a, b],
                )
                for a, b in changed[:MOST_LISTED]
            ],
            "ties_in_all": len(changed),
            "moved_papers": [
                paper_ref(view, number)
                for id_ in other[:MOST_LISTED]
                if (number := view.paper_number(id_)) is not None
            ],
            "moved_papers_in_all": len(other),
            "blocked": [
                *answer.blocked,
                *(
                    JoinOfNames(**identity.told(join))
                    for join in will.joins
                    if join.blocked_by is not None and join not in was.joins
                ),
            ],
            "clusters": await identity.clusters_of(
                view, [one.id for one in old if one not in later]
            ),
        }
    )


def _names(value: Value) -> frozenset[str]:
    return frozenset(value) if isinstance(value, list) else frozenset()


def _ref(view: View, author: str, people: Iterable[PersonAfter]) -> NodeRef:
    """Name an author: one of these people, or somebody for whom nothing changes."""
    name = next((one.name for one in people if one.id == author), None)
    number = view.author_number(author)
    if name is None and number is not None:
        name = view.graph.author_names[number]
    return NodeRef(id=author, name=name or author)
