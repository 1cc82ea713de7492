"""Chains of papers, each building on the one before: to, from and between papers, by topic.

Everything runs over the stored edges of one scope; nothing here reads a store.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import pairwise
from math import log, sqrt
from typing import Literal

from graph_service.derive.cleaning import clean
from graph_service.derive.lineage_edges import Lineage, LineageEdge
from graph_service.derive.lineage_model import LINEAGE_MODEL, LineageModel
from graph_service.derive.phrases import phrases

Reason = Literal[
    "none stored",
    "not an older paper",
    "outside the scope",
    "undated",
    "only tentative evidence",
    "nothing on topic",
]
Worth = Callable[[LineageEdge], float]


@dataclass(frozen=True, slots=True)
class Chain:
    """Papers, older first, and the edges between them; without papers `reason` says why.

    `value` is the worth of the path, 0 for a chain of parents.
    """

    papers: tuple[str, ...]
    edges: tuple[LineageEdge, ...]
    value: float = 0.0
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class TopicLineage:
    """Chains on a topic, best first, and its timeline: paper and relevance, in date order.

    `on_topic` has the relevance of all papers that were looked at.
    """

    chains: tuple[Chain, ...]
    timeline: tuple[tuple[str, float], ...]
    on_topic: Mapping[str, float]
    reason: Reason | None


def weakest(chain: Chain) -> LineageEdge | None:
    """The edge with the lowest score, the first of equal ones; absent: no edge."""
    return min(chain.edges, key=lambda edge: edge.score, default=None)


def not_rejected(edges: Iterable[LineageEdge]) -> list[LineageEdge]:
    """The edges that nobody rejected, in their order."""
    return [edge for edge in edges if edge.decided != "rejected"]


def is_tentative(edge: LineageEdge) -> bool:
    """Whether an edge is too weak to end a chain, and nobody has accepted it."""
    return edge.decided is None and edge.tier in ("tentative", "none")


def outside(lineage: Lineage, paper: str) -> Reason | None:
    """Why a paper has no place in a lineage; absent: it has one."""
    if paper in lineage.undated:
        return "undated"
    return None if paper in lineage.order else "outside the scope"


def parent_chain(lineage: Lineage, target: str, *, model: LineageModel = LINEAGE_MODEL) -> Chain:
    """What a paper grew out of: parent before parent, with stops in between put in.

    Of equal parents the later counts, then the first by id; a parent that somebody accepted
    counts before all others.

    Source: lineage-2, section 8.
    """
    if (reason := outside(lineage, target)) is not None:
        return _none(reason)
    place = {paper: at for at, paper in enumerate(lineage.order)}
    usable = not_rejected(lineage.edges)
    edges = {(edge.older, edge.newer): edge for edge in usable}
    into = _grouped(usable, lambda edge: edge.newer)
    onward = _grouped(usable, lambda edge: edge.older)
    chain = [target]
    while parents := into.get(chain[0]):
        best_parent = min(parents, key=lambda edge: (edge.decided is None, edge.rank))
        chain.insert(0, best_parent.older)
    at = 0
    while at + 1 < len(chain):
        older, newer = chain[at], chain[at + 1]
        between = [
            (-(first.score + edges[first.newer, newer].score), place[first.newer], first.newer)
            for first in onward.get(older, ())
            if (first.newer, newer) in edges and first.newer not in chain
        ]
        best = min(between, default=None)
        direct = edges[older, newer].score
        # In whole numbers, as scores are: half of the sum against a share in hundredths.
        share = round(model.insertion_share * 100)
        if best is not None and -best[0] * 100 >= 2 * share * direct:
            chain.insert(at + 1, best[2])
        else:
            at += 1
    if len(chain) == 1:
        return _none("none stored")
    links = [edges[pair] for pair in pairwise(chain)]
    if is_tentative(links[-1]):
        return _none("only tentative evidence")
    while is_tentative(links[0]):
        links = links[1:]
    return _chain(links, 0.0)


def worth_of(edge: LineageEdge, model: LineageModel = LINEAGE_MODEL) -> float:
    """What an edge adds to a path, in hundredths: its score less 2, at most 5.

    What somebody accepted adds the most there is.
    """
    if edge.decided == "accepted":
        return round(model.most_worth * 100)
    return float(min(round(model.most_worth * 100), edge.score - round(model.worth_offset * 100)))


def chain_from(lineage: Lineage, source: str, *, model: LineageModel = LINEAGE_MODEL) -> Chain:
    """The best path that begins at a paper; of equal ones the longer, then smaller ids."""
    if (reason := outside(lineage, source)) is not None:
        return _none(reason)
    links, value = _best_path(
        lineage, lambda edge: worth_of(edge, model), starts={source}, ends=None, without=set()
    )
    return _chain(links, value / 100) if links else _none("none stored")


def best_chain(
    lineage: Lineage, edges: Sequence[LineageEdge], *, model: LineageModel = LINEAGE_MODEL
) -> Chain:
    """The best path anywhere over some edges of a lineage; of equal ones the longer."""
    links, value = _best_path(
        replace(lineage, edges=tuple(edges)),
        lambda edge: worth_of(edge, model),
        starts=None,
        ends=None,
        without=set(),
    )
    return _chain(links, value / 100) if links else _none("none stored")


def chain_between(
    lineage: Lineage, older: str, newer: str, *, model: LineageModel = LINEAGE_MODEL
) -> Chain:
    """The best path from one paper to another; of equal ones the longer, then smaller ids."""
    return next(iter(chains_between(lineage, older, newer, most=1, model=model)))


def chains_between(
    lineage: Lineage, older: str, newer: str, *, most: int, model: LineageModel = LINEAGE_MODEL
) -> tuple[Chain, ...]:
    """The best path and alternatives that avoid the stops of better ones, best first.

    Always one chain at least, which may be empty with its reason.
    """
    for paper in (older, newer):
        if (reason := outside(lineage, paper)) is not None:
            return (_none(reason),)
    if lineage.order.index(older) >= lineage.order.index(newer):
        return (_none("not an older paper"),)
    found: list[Chain] = []
    without: set[str] = set()
    while len(found) < most:
        links, value = _best_path(
            lineage,
            lambda edge: worth_of(edge, model),
            starts={older},
            ends={newer},
            without=without,
            direct=not any(len(chain.edges) == 1 for chain in found),
        )
        if not links:
            break
        found.append(_chain(links, value / 100))
        without.update(found[-1].papers[1:-1])
    return tuple(found) or (_none("none stored"),)


@dataclass(frozen=True, slots=True)
class TopicPaper:
    """A paper with a phrase of a query, or a name in it: its day as an ordinal, 0 unknown.

    `in_title` are the phrases of its title, `in_text` counts those of title and abstract, and
    `named` the names it coined that stand in the query.
    """

    id: str
    day: int
    in_title: AbstractSet[str]
    in_text: Mapping[str, int]
    named: int


def topic_phrases(query: str, *, model: LineageModel = LINEAGE_MODEL) -> list[str]:
    """The phrases of a query, ascending; empty: it has none, and is looked for as it stands."""
    return sorted(set(phrases(clean(query), longest=model.topic_words)))


def relevance(
    papers: Sequence[TopicPaper], *, scope: int, model: LineageModel = LINEAGE_MODEL
) -> list[float]:
    """How much each paper is on a topic, from 0 to 1 for the best, in the given order.

    Args:
        papers: All that have a phrase of the query or coined a name in it.
        scope: How many papers the scope has.
        model: The weights.

    Source: lineage-2, section 8.
    """
    with_phrase = Counter(phrase for paper in papers for phrase in paper.in_text)
    worth = {
        phrase: log(1 + scope / count) * (1 + model.topic_blank_weight * phrase.count(" "))
        for phrase, count in with_phrase.items()
    }
    weights = []
    for paper in papers:
        weight = sum(
            (2 if phrase in paper.in_title else 1)
            * tf
            / (tf + model.topic_saturation)
            * worth[phrase]
            for phrase, tf in sorted(paper.in_text.items())
        )
        weights.append(weight + model.topic_name_weight * paper.named)
    greatest = max(weights, default=0.0)
    return [round(weight / greatest, 9) if greatest > 0 else 0.0 for weight in weights]


def topic_lineage(
    lineage: Lineage,
    papers: Sequence[TopicPaper],
    *,
    model: LineageModel = LINEAGE_MODEL,
) -> TopicLineage:
    """The best chains through a topic, which share no paper, and its timeline.

    The timeline takes the papers that are on topic enough, the best eight; of equal ones the
    first by id; undated papers have no place on it. Both may be empty; a reason says why there
    is no chain.
    """
    shares = relevance(papers, scope=lineage.papers, model=model)
    on_topic = {paper.id: share for paper, share in zip(papers, shares, strict=True)}

    def worth(edge: LineageEdge) -> float:
        one, other = on_topic.get(edge.older, 0.0), on_topic.get(edge.newer, 0.0)
        value = worth_of(edge, model) / 100 * sqrt(one * other)
        off = min(one, other) < model.topic_off
        return round(value - (model.topic_off_points if off else 0.0), 9)

    chains: list[Chain] = []
    without: set[str] = set()
    while len(chains) < model.topic_chains:
        links, value = _best_path(lineage, worth, starts=None, ends=None, without=without)
        if not links or value <= 0:
            break
        chains.append(_chain(links, value))
        without.update(chains[-1].papers)
    reason: Reason | None = None
    if not chains:
        reason = "none stored" if any(on_topic.values()) else "nothing on topic"
    return TopicLineage(tuple(chains), _timeline(papers, on_topic, model), on_topic, reason)


def _timeline(
    papers: Iterable[TopicPaper], on_topic: Mapping[str, float], model: LineageModel
) -> tuple[tuple[str, float], ...]:
    days = {paper.id: paper.day for paper in papers if paper.day}
    best = sorted(
        (paper for paper in days if on_topic[paper] >= model.timeline_least),
        key=lambda paper: (-on_topic[paper], paper),
    )[: model.timeline_most]
    return tuple(
        (paper, on_topic[paper]) for paper in sorted(best, key=lambda one: (days[one], one))
    )


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop of a chain as displayed: one paper, or the versions of one work, in chain order."""

    papers: tuple[str, ...]
    label: str | None


def merge_versions(chain: Chain, names: Mapping[str, str]) -> tuple[Stop, ...]:
    """Show versions that follow one another as one stop, `Name (v1, v2)`; nothing is merged.

    Args:
        chain: Older first.
        names: Display names by paper, where known.
    """
    runs: list[list[str]] = [[paper] for paper in chain.papers[:1]]
    for edge in chain.edges:
        if edge.kind == "version":
            runs[-1].append(edge.newer)
        else:
            runs.append([edge.newer])
    return tuple(Stop(tuple(run), _label(run, names)) for run in runs)


def _label(run: Sequence[str], names: Mapping[str, str]) -> str | None:
    name = next((names[paper] for paper in run if paper in names), None)
    if name is None or len(run) == 1:
        return name
    return f"{name} ({', '.join(f'v{number}' for number in range(1, len(run) + 1))})"


def _none(reason: Reason) -> Chain:
    return Chain((), (), 0.0, reason)


def _chain(links: Sequence[LineageEdge], value: float) -> Chain:
    papers = (links[0].older, *(edge.newer for edge in links))
    return Chain(papers, tuple(links), round(value, 9))


def _grouped(
    edges: Iterable[LineageEdge], key: Callable[[LineageEdge], str]
) -> dict[str, list[LineageEdge]]:
    groups: dict[str, list[LineageEdge]] = {}
    for edge in edges:
        groups.setdefault(key(edge), []).append(edge)
    return groups


def _best_path(
    lineage: Lineage,
    worth: Worth,
    *,
    starts: AbstractSet[str] | None,
    ends: AbstractSet[str] | None,
    without: AbstractSet[str],
    direct: bool = True,
) -> tuple[list[LineageEdge], float]:
    """The path of greatest worth; of equal ones the longer, then the one of smaller ids.

    Worked from the end back, so that equal paths are told apart by what follows. `direct` lets
    one edge from a start to an end be the path.

    Cost: linear in the edges, times the length of the paths that tie.
    """
    onward = _grouped(not_rejected(lineage.edges), lambda edge: edge.older)
    # By paper: value, edges, ids from it on, next edge.
    best: dict[str, tuple[float, int, LineageEdge | None]] = {}
    top: tuple[float, int, str] | None = None

    def ids(paper: str) -> list[str]:
        found = [paper]
        while (step := best[found[-1]][2]) is not None:
            found.append(step.newer)
        return found

    for paper in reversed(lineage.order):
        if paper in without:
            continue
        chosen: tuple[float, int, LineageEdge | None] | None = None
        if ends is None or paper in ends:
            chosen = (0.0, 0, None)
        for edge in onward.get(paper, ()):
            if edge.newer not in best:
                continue
            if not direct and starts and ends and paper in starts and edge.newer in ends:
                continue
            value, length, _ = best[edge.newer]
            option = (round(value + worth(edge), 9), length + 1, edge)
            ahead = chosen is None or option[:2] > chosen[:2]
            if not ahead and chosen is not None and option[:2] == chosen[:2] and chosen[2]:
                ahead = ids(edge.newer) < ids(chosen[2].newer)
            if ahead:
                chosen = option
        if chosen is None:
            continue
        best[paper] = chosen
        if chosen[1] and (starts is None or paper in starts):
            here = (chosen[0], chosen[1], paper)
            if (
                top is None
                or here[:2] > top[:2]
                or (here[:2] == top[:2] and ids(paper) < ids(top[2]))
            ):
                top = here
    if top is None:
        return [], 0.0
    links: list[LineageEdge] = []
    paper = top[2]
    while (step := best[paper][2]) is not None:
        links.append(step)
        paper = step.newer
    return links, top[0]
