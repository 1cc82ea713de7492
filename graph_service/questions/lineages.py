"""Questions about lineage: what a paper grew out of, what grew out of it, what joins two."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from anyio.to_thread import run_sync

from graph_service.derive import lineage_chains as chains
from graph_service.derive.lineage_edges import LineageEdge
from graph_service.derive.lineage_model import LINEAGE_MODEL
from graph_service.model.answers import Note, Parameter
from graph_service.model.errors import AmbiguousTitle, NotDerived, PaperNotFound, ParameterError
from graph_service.model.lineage_answers import (
    LineageAnswer,
    MinTier,
    OnTopic,
    PaperLineageAnswer,
    Relative,
    StepList,
)
from graph_service.projection.find import find_paper, paper_of_id
from graph_service.projection.reader import View
from graph_service.projection.search import PREFIX
from graph_service.questions.lineage_topics import papers_on_topic
from graph_service.questions.lineage_words import (
    NO_CHAIN,
    Describer,
    is_listed,
    lineage_notes,
    passes,
)
from graph_service.questions.methods import find_method
from graph_service.questions.paging import PER_PAGE, page
from graph_service.questions.papers import paper_ref
from graph_service.questions.positions import same_run
from graph_service.questions.stored_lineage import (
    Direction,
    StepsOfScope,
    choose_scope,
    steps_about,
    stored_methods,
)
from graph_service.questions.words import many

MOST_ALTERNATIVES = 3
MOST_RELATIVES = 500
MOST_IN_ERROR = 10
BOTH: tuple[Direction, Direction] = ("ancestors", "descendants")


@dataclass(frozen=True, slots=True)
class Options:
    """How steps are chosen and shown.

    `scope` absent means the smallest that holds what is asked; `min_tier` filters neighbours and
    lists, and marks the steps of chains below it as bridges.
    """

    scope: str | None = None
    min_tier: MinTier = "likely"
    merge_versions: bool = False

    def shown(self) -> dict[str, Parameter]:
        """As parameters of an answer."""
        return {"min_tier": self.min_tier, "merge_versions": self.merge_versions}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked; exactly one is given. `between` are an older and a newer paper."""

    to: str | None = None
    from_: str | None = None
    between: tuple[str, str] | None = None
    topic: str | None = None
    method: str | None = None


async def ask(view: View, question: Question, options: Options = Options()) -> LineageAnswer:
    """Put the one question that is given; see the functions below.

    Raises:
        ParameterError: None is given.
    """
    if question.to is not None:
        return await lineage_to(view, question.to, options)
    if question.from_ is not None:
        return await lineage_from(view, question.from_, options)
    if question.between is not None:
        return await lineage_between(view, *question.between, options)
    if question.topic is not None:
        return await lineage_on_topic(view, question.topic, options)
    if question.method is not None:
        return await lineage_of_method(view, question.method, options)
    raise ParameterError("to", "", "one of to, from, between, topic and method")


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found, before it is put into words."""

    steps: StepsOfScope
    chain: chains.Chain
    alternatives: Sequence[chains.Chain] = ()
    about: Sequence[str] = ()
    timeline: Sequence[tuple[str, float | None]] = ()
    on_topic: int | None = None
    notes: Sequence[Note] = field(default=())


async def find_paper_or_name(view: View, asked: str) -> int:
    """Find a paper by id, by whole title, by the name it coined, or by how its title begins.

    Raises:
        PaperNotFound: None fits.
        AmbiguousTitle: Several fit; their ids are in the error.
    """
    try:
        return await find_paper(view, asked)
    except PaperNotFound:
        fitting = await _introducing(view, asked.strip().lower())
        if not fitting:
            found = view.titles.search(asked)
            fitting = sorted(number for number, fit in found.items() if fit <= PREFIX)
        if len(fitting) == 1:
            return int(fitting[0])
        if not fitting:
            raise
    raise AmbiguousTitle(
        asked, [paper_ref(view, number).model_dump() for number in fitting[:MOST_IN_ERROR]]
    )


async def _introducing(view: View, lowered: str) -> list[int]:
    """The papers that coined a name, ascending; none where lineage was not derived."""
    try:
        methods = await stored_methods(view)
    except NotDerived:
        return []
    named = [at for at, name in enumerate(methods.names) if name.lower() == lowered]
    return sorted(set(methods.papers[np.isin(methods.methods, named)].tolist()))


async def lineage_to(view: View, asked: str, options: Options = Options()) -> LineageAnswer:
    """Show what a paper grew out of: a chain that ends at it, and others by its other parents.

    Raises:
        PaperNotFound, AmbiguousTitle: The paper is none, or several.
        ParameterError: No scope has the name.
        NotDerived: Lineage was not derived.

    Cost: Linear in the steps among the paper's ancestors.
    """
    paper = await find_paper_or_name(view, asked)
    info = await choose_scope(view, [paper], options.scope)
    # The neighbours show what builds on it, too.
    steps = await steps_about(view, info, [paper], BOTH)
    target = view.graph.paper_ids[paper]
    found = await run_sync(_to, steps, target)
    return await _answer(view, found, options, {"to": target}, [paper])


def _to(steps: StepsOfScope, target: str) -> _Found:
    lineage = steps.lineage
    chain = chains.parent_chain(lineage, target)
    others = []
    for edge in _by_worth(edge for edge in lineage.edges if edge.newer == target):
        if edge.older in chain.papers or chains.is_tentative(edge):
            continue
        before = chains.parent_chain(lineage, edge.older)
        others.append(
            chains.Chain(
                (*(before.papers or (edge.older,)), target), (*before.edges, edge), 0.0, None
            )
        )
    return _Found(steps, chain, others[:MOST_ALTERNATIVES], [target])


async def lineage_from(view: View, asked: str, options: Options = Options()) -> LineageAnswer:
    """Show what grew out of a paper: the best chain from it, and others by other first steps.

    Raises:
        PaperNotFound, AmbiguousTitle: The paper is none, or several.
        ParameterError: No scope has the name.
        NotDerived: Lineage was not derived.

    Cost: Linear in the steps among the paper's descendants.
    """
    paper = await find_paper_or_name(view, asked)
    info = await choose_scope(view, [paper], options.scope)
    steps = await steps_about(view, info, [paper], BOTH)
    source = view.graph.paper_ids[paper]
    found = await run_sync(_from, steps, source)
    return await _answer(view, found, options, {"from": source}, [paper])


def _from(steps: StepsOfScope, source: str) -> _Found:
    lineage = steps.lineage
    chain = chains.chain_from(lineage, source)
    others = []
    for edge in _by_worth(edge for edge in lineage.edges if edge.older == source):
        if edge.newer in chain.papers:
            continue
        after = chains.chain_from(lineage, edge.newer)
        # A step that is worth less than nothing makes no chain better.
        rest = after if after.value > 0 else chains.Chain((edge.newer,), ())
        value = round(chains.worth_of(edge) / 100 + rest.value, 9)
        others.append(chains.Chain((source, *rest.papers), (edge, *rest.edges), value))
    others.sort(key=lambda other: (-other.value, -len(other.papers), other.papers))
    return _Found(steps, chain, others[:MOST_ALTERNATIVES], [source])


async def lineage_between(
    view: View, older: str, newer: str, options: Options = Options()
) -> LineageAnswer:
    """Show how a newer paper goes back to an older one: the best chain and others that avoid it.

    Raises:
        PaperNotFound, AmbiguousTitle: A paper is none, or several.
        ParameterError: No scope has the name, or both papers are the same.
        NotDerived: Lineage was not derived.

    Cost: Linear in the steps among the newer paper's ancestors.
    """
    first, last = [await find_paper_or_name(view, asked) for asked in (older, newer)]
    if first == last:
        raise ParameterError("between", f"{older}, {newer}", "two different papers")
    info = await choose_scope(view, [first, last], options.scope)
    steps = await steps_about(view, info, [first, last], BOTH)
    ends = [view.graph.paper_ids[paper] for paper in (first, last)]
    found = await run_sync(_between, steps, ends[0], ends[1])
    return await _answer(view, found, options, {"between": ends}, [first, last])


def _between(steps: StepsOfScope, older: str, newer: str) -> _Found:
    found = chains.chains_between(steps.lineage, older, newer, most=1 + MOST_ALTERNATIVES)
    return _Found(steps, found[0], found[1:], [older, newer])


async def lineage_on_topic(view: View, topic: str, options: Options = Options()) -> LineageAnswer:
    """Show the best chains through a topic, and the dated timeline of what is most on topic.

    Raises:
        ParameterError: No scope has the name, or the topic is blank.
        NotDerived: Lineage was not derived.

    Cost: A look at each text and each step of the scope.
    """
    if not topic.strip():
        raise ParameterError("topic", topic, "at least one word")
    info = await choose_scope(view, [], options.scope)
    steps = await steps_about(view, info, None, BOTH)
    papers = await papers_on_topic(view, steps, topic)
    found = await run_sync(_on_topic, steps, papers)
    return await _answer(view, found, options, {"topic": topic}, [])


def _on_topic(steps: StepsOfScope, papers: Sequence[chains.TopicPaper]) -> _Found:
    answer = chains.topic_lineage(steps.lineage, papers)
    first = answer.chains[0] if answer.chains else chains.Chain((), (), 0.0, answer.reason)
    on_topic = sum(share > 0 for share in answer.on_topic.values())
    undated = sum(answer.on_topic[paper.id] > 0 and not paper.day for paper in papers)
    notes = []
    if len(answer.timeline) == LINEAGE_MODEL.timeline_most:
        notes.append(
            Note(
                code="timeline-cut",
                count=on_topic,
                text=f"the timeline shows the {len(answer.timeline)} papers most on topic, of "
                f"{many(on_topic, 'paper', 'papers')} with any of its words",
            )
        )
    if undated:
        notes.append(
            Note(
                code="undated-on-topic",
                count=undated,
                text=f"{many(undated, 'paper', 'papers')} on topic without a date cannot be shown",
            )
        )
    return _Found(
        steps,
        first,
        answer.chains[1:],
        [paper for paper, _ in answer.timeline],
        answer.timeline,
        on_topic,
        notes,
    )


async def lineage_of_method(view: View, asked: str, options: Options = Options()) -> LineageAnswer:
    """Show the chain through the paper that introduced a method, and who speaks of it when.

    Raises:
        NodeNotFound: No method has this id or name.
        ParameterError: No scope has the name, or several methods bear the asked one.
        NotDerived: Lineage was not derived.

    Cost: Linear in the steps that reach the paper.
    """
    methods = await stored_methods(view)
    method = find_method(methods, asked)
    introducing = methods.introducing(method)
    speaking = sorted({*introducing, *methods.mentioning(method)})
    dates = view.graph.dates
    first = min(introducing, key=lambda number: (not dates[number], dates[number], number))
    info = await choose_scope(view, [first], options.scope)
    steps = await steps_about(view, info, [first], BOTH)
    found = await run_sync(_through, steps, view.graph.paper_ids[first])
    dated = sorted((dates[number], number) for number in speaking if dates[number])
    timeline = [(view.graph.paper_ids[number], None) for _, number in dated]
    undated = [number for number in speaking if not dates[number] and number != first]
    return await _answer(
        view,
        replace(found, timeline=timeline),
        options,
        {"method": methods.ids[method]},
        [first, *undated],
    )


def _through(steps: StepsOfScope, paper: str) -> _Found:
    before = chains.parent_chain(steps.lineage, paper)
    after = chains.chain_from(steps.lineage, paper)
    if before.reason and after.reason:
        return _Found(steps, before, (), [paper])
    papers = (*before.papers[:-1], paper, *after.papers[1:])
    whole = chains.Chain(papers, (*before.edges, *after.edges))
    return _Found(steps, whole, (), [paper])


def _by_worth(edges: Iterable[LineageEdge]) -> list[LineageEdge]:
    """Usable steps, the best first: accepted, then by score, then by ids."""
    return sorted(
        chains.not_rejected(edges),
        key=lambda edge: (edge.decided is None, -edge.score, edge.older, edge.newer),
    )


async def _describer(view: View, steps: StepsOfScope) -> Describer:
    return Describer(view, steps, await stored_methods(view), await view.shelf("Repo"))


async def _answer(
    view: View,
    found: _Found,
    options: Options,
    asked: Mapping[str, Parameter],
    papers: Sequence[int],
) -> LineageAnswer:
    words = await _describer(view, found.steps)

    def put() -> LineageAnswer:
        least, merge = options.min_tier, options.merge_versions
        return LineageAnswer(
            meta=view.meta(
                parameters={**asked, "scope": found.steps.info.scope, **options.shown()},
                notes=[*lineage_notes(view, found.steps), *found.notes],
            ),
            scope=found.steps.info,
            chain=words.chain(found.chain, least, merge_versions=merge),
            alternatives=[
                words.chain(chain, least, merge_versions=merge) for chain in found.alternatives
            ],
            neighbours=[words.neighbours(paper, least) for paper in found.about],
            timeline=[
                OnTopic(**words.paper(paper).model_dump(), relevance=share)
                for paper, share in found.timeline
            ],
            on_topic=found.on_topic,
            undated=[paper_ref(view, paper) for paper in papers if not view.graph.dates[paper]],
        )

    return await run_sync(put)


# -- lists --------------------------------------------------------------------------------


async def list_steps(
    view: View,
    options: Options = Options(),
    *,
    cursor: str | None = None,
    per_page: int = PER_PAGE,
) -> StepList:
    """List the shown steps of a scope that reach a tier, newest papers first.

    Raises:
        ParameterError: No scope has the name.
        NotDerived: Lineage was not derived.
    """
    info = await choose_scope(view, [], options.scope)
    steps = await steps_about(view, info, None, BOTH)

    def ordered() -> list[LineageEdge]:
        listed = [
            edge
            for edge in steps.lineage.edges
            if is_listed(edge) and passes(edge, options.min_tier)
        ]
        listed.sort(key=lambda edge: (edge.newer, edge.rank, edge.older))
        listed.sort(key=lambda edge: _date(view, edge.newer), reverse=True)
        return listed

    listed = await run_sync(ordered)
    rows, next_cursor = page(
        listed,
        revision=f"{view.state.facts_revision}-{same_run(view)}",
        cursor=cursor,
        per_page=per_page,
    )
    words = await _describer(view, steps)
    return StepList(
        meta=view.meta(
            parameters={
                "scope": info.scope,
                "min_tier": options.min_tier,
                "per_page": per_page,
            },
            count=len(listed),
            per_page=per_page,
            next_cursor=next_cursor,
            notes=lineage_notes(view, steps),
        ),
        scope=info,
        results=await run_sync(lambda: [words.step(edge) for edge in rows]),
    )


def _date(view: View, paper: str) -> str:
    number = view.paper_number(paper)
    return "" if number is None else view.graph.dates[number]


async def lineage_of_paper(
    view: View,
    asked: str,
    options: Options = Options(),
    *,
    directions: Sequence[Direction] = BOTH,
    max_steps: int | None = None,
) -> PaperLineageAnswer:
    """Show all that a paper probably grew out of, and all that grew out of it, step by step.

    Args:
        view: The graph.
        asked: The paper's id.
        options: Only steps that reach `min_tier` are walked.
        directions: Which way to go.
        max_steps: Furthest generation, included; absent: all.

    Raises:
        PaperNotFound: No paper has this id.
        Moved: It was this paper's before another record joined it, or is another name of it.
        ParameterError: No scope has the name.
        NotDerived: Lineage was not derived.

    Cost: Linear in the steps that are reached.
    """
    paper = await paper_of_id(view, asked)
    info = await choose_scope(view, [paper], options.scope)
    steps = await steps_about(view, info, [paper], directions)
    words = await _describer(view, steps)

    def put() -> PaperLineageAnswer:
        edges = [edge for edge in steps.lineage.edges if passes(edge, options.min_tier)]
        found = {
            direction: _relatives(edges, asked, direction, max_steps) for direction in directions
        }
        left = sum(max(0, len(each) - MOST_RELATIVES) for each in found.values())
        notes = lineage_notes(view, steps)
        if left:
            notes.append(
                Note(
                    code="relatives-left-out",
                    count=left,
                    text=f"the first {MOST_RELATIVES} of each direction are shown",
                )
            )

        def described(direction: Direction) -> list[Relative]:
            return [
                Relative(paper=words.paper(paper), generation=generation, via=words.step(edge))
                for generation, paper, edge in found.get(direction, [])[:MOST_RELATIVES]
            ]

        return PaperLineageAnswer(
            meta=view.meta(
                parameters={
                    "id": asked,
                    "direction": "both" if len(directions) > 1 else directions[0],
                    "scope": info.scope,
                    "min_tier": options.min_tier,
                    **({} if max_steps is None else {"max_steps": max_steps}),
                },
                notes=notes,
            ),
            scope=info,
            paper=words.paper(asked),
            ancestors=described("ancestors"),
            descendants=described("descendants"),
            reason=None if any(found.values()) else _why_none(steps, asked, options.min_tier),
        )

    return await run_sync(put)


def _relatives(
    edges: Sequence[LineageEdge], paper: str, direction: Direction, max_steps: int | None
) -> list[tuple[int, str, LineageEdge]]:
    """Generation, paper and best step of all that is reached, in that order; breadth first."""
    onward: dict[str, list[LineageEdge]] = {}
    for edge in edges:
        onward.setdefault(edge.newer if direction == "ancestors" else edge.older, []).append(edge)
    found: list[tuple[int, str, LineageEdge]] = []
    seen, frontier, generation = {paper}, [paper], 0
    while frontier and (max_steps is None or generation < max_steps):
        generation += 1
        best: dict[str, LineageEdge] = {}
        for edge in _by_worth(edge for one in frontier for edge in onward.get(one, ())):
            other = edge.older if direction == "ancestors" else edge.newer
            if other not in seen:
                best.setdefault(other, edge)
        frontier = sorted(best, key=lambda other: (-best[other].score, other))
        seen.update(frontier)
        found += [(generation, other, best[other]) for other in frontier]
    return found


def _why_none(steps: StepsOfScope, paper: str, least: MinTier) -> str:
    if (why := chains.outside(steps.lineage, paper)) is not None:
        return NO_CHAIN[why]
    if chains.not_rejected(steps.lineage.edges):
        return f"no step reaches {least}; there are weaker ones"
    return NO_CHAIN["none stored"]
