"""How two papers are connected: by citation, lineage, a shared repository or a shared author."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, get_args

import numpy as np
import numpy.typing as npt
from anyio.to_thread import run_sync

from graph_service.model.answers import Note, Parameter
from graph_service.model.errors import NotDerived, ParameterError
from graph_service.model.path_answers import (
    CitationOfStep,
    LineageOfStep,
    NoPaperPath,
    PaperChain,
    PaperPathAnswer,
    Step,
    StepKind,
)
from graph_service.model.path_questions import MOST_STEPS
from graph_service.projection.arrays import AuthorPaper, Ints, Offsets, Shelf
from graph_service.projection.find import find_paper
from graph_service.projection.reader import View
from graph_service.projection.subjects import Without
from graph_service.projection.surroundings import gathered
from graph_service.questions.authors import identity_note
from graph_service.questions.citations import Citations, citations_of
from graph_service.questions.hops import author_on_path, node_ref
from graph_service.questions.papers import paper_ref
from graph_service.questions.path_filters import excluded
from graph_service.questions.words import many
from graph_service.store.protocol import StoreState

KINDS: tuple[StepKind, ...] = get_args(StepKind)
MOST_AUTHORS_OF_A_STEP = 50
RULE = "fewest steps; among equals the one with the lowest paper ids, from source to target"
UNREACHED = -1


@dataclass(frozen=True, slots=True, eq=False)
class Lineage:
    """Claims that papers build on papers, both ways: row of paper, papers, and what is claimed."""

    indptr: Offsets
    papers: Ints
    claims: dict[tuple[int, int], tuple[LineageOfStep, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class _Joins:
    """By what papers are joined in one question; a part that is absent joins nothing."""

    graph: AuthorPaper
    by_author: bool
    repos: Shelf | None
    citations: Citations | None
    lineage: Lineage | None
    barred_authors: npt.NDArray[np.bool_]
    barred_papers: npt.NDArray[np.bool_]

    def neighbours(self, papers: npt.NDArray[np.integer[Any]], known: "_Known") -> Ints:
        """The papers one step from these, ascending, without those that are barred.

        Authors and repositories that are in `known` lead nowhere new; those used are put in.
        """
        graph = self.graph
        found = [np.zeros(0, np.int32)]
        if self.by_author:
            authors = np.unique(gathered(graph.paper_indptr, graph.slots, papers)[1])
            authors = authors[~(self.barred_authors[authors] | known.authors[authors])]
            known.authors[authors] = True
            found.append(gathered(graph.author_indptr, graph.papers_of, authors)[1])
        if self.repos is not None:
            repos = np.unique(gathered(self.repos.paper_indptr, self.repos.nodes, papers)[1])
            repos = repos[~known.repos[repos]]
            known.repos[repos] = True
            found.append(gathered(self.repos.node_indptr, self.repos.papers, repos)[1])
        if self.citations is not None:
            found += [self.citations.cited_by_any(papers), self.citations.citing_any(papers)]
        if self.lineage is not None:
            found.append(gathered(self.lineage.indptr, self.lineage.papers, papers)[1])
        reached = np.unique(np.concatenate(found))
        return reached[~self.barred_papers[reached]]

    def nothing_known(self) -> "_Known":
        """A walk's memory at its start."""
        repos = 0 if self.repos is None else len(self.repos.ids)
        return _Known(np.zeros(len(self.graph.author_ids), np.bool_), np.zeros(repos, np.bool_))


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    authors: npt.NDArray[np.bool_]
    repos: npt.NDArray[np.bool_]


@dataclass(slots=True)
class _KeptLineage:
    """The lineage read last; one, because a store has one derived layer at a time."""

    of: tuple[str, StoreState] | None = None
    lineage: Lineage | None = field(default=None)


_kept = _KeptLineage()


async def show_paper_path(
    view: View,
    source: str,
    target: str,
    *,
    kinds: Sequence[str] | None = None,
    max_steps: int | None = None,
    exclude: Sequence[str] = (),
) -> PaperPathAnswer:
    """Show one shortest chain of papers between two, and what joins each to the next.

    Equal ends give a chain of no steps; no chain is an answer that says why.

    Args:
        view: The graph.
        source: Where to start, a paper by id or whole title.
        target: Where to end, a paper by id or whole title.
        kinds: What joins two papers; absent: all kinds that the store has.
        max_steps: Longest chain, included; absent: any length.
        exclude: Authors who join nothing, papers that no chain passes, or "subject".

    Raises:
        PaperNotFound, AmbiguousTitle: An end names no paper, or several.
        AuthorNotFound, AmbiguousName: What is excluded is nobody, or several.
        ParameterError: A kind is none, or an end is excluded.
        NotDerived: Lineage alone is asked for and was not derived.

    Cost: A breadth-first search over authors and papers, each looked at once.
    """
    allowed = _kinds(kinds)
    if max_steps is not None and not 1 <= max_steps <= MOST_STEPS:
        raise ParameterError("max_steps", max_steps, f"1 to {MOST_STEPS}")
    start, end = await find_paper(view, source), await find_paper(view, target)
    without, notes = await excluded(view, exclude)
    for paper in (start, end):
        if paper in without.papers:
            raise ParameterError("exclude", view.graph.paper_ids[paper], "other than the two ends")
    joins, used, missing = await _joins(view, allowed, without)
    notes += missing

    hops, sizes = await run_sync(_search, joins, start, end)
    distance = int(hops[start]) if hops[start] != UNREACHED else None
    parameters: dict[str, Parameter] = {
        "source": view.graph.paper_ids[start],
        "target": view.graph.paper_ids[end],
        "kinds": list(used),
        **({"max_steps": max_steps} if max_steps is not None else {}),
        **({"exclude": list(without.parameter)} if exclude else {}),
    }
    ends = {"source": paper_ref(view, start), "target": paper_ref(view, end)}
    if distance is None or (max_steps is not None and distance > max_steps):
        return PaperPathAnswer(
            meta=view.meta(parameters=parameters, notes=notes),
            rule=RULE,
            no_path=_no_path(distance, max_steps, sizes, used),
            **ends,
        )
    chain = await run_sync(_walk, joins, hops, start)
    steps = [_step(joins, a, b) for a, b in pairwise(chain)]
    incomplete = await run_sync(_incomplete_near_ends, joins, start, end, distance)
    if incomplete:
        notes.insert(
            0,
            Note(
                code="cut-author-lists",
                count=incomplete,
                text=f"{many(incomplete, 'paper', 'papers')} near either end may name only some "
                "of the authors; a missing one could make a shorter way",
            ),
        )
    unverified = {
        author.id for step in steps for author in step.authors if author.identity == "unverified"
    }
    return PaperPathAnswer(
        meta=view.meta(parameters=parameters, notes=[*identity_note(len(unverified)), *notes]),
        distance=distance,
        distance_is="at most" if incomplete else "exact",
        incomplete_papers=incomplete,
        rule=RULE,
        path=PaperChain(papers=[paper_ref(view, paper) for paper in chain], steps=steps),
        **ends,
    )


def _kinds(asked: Sequence[str] | None) -> tuple[StepKind, ...]:
    if asked is None:
        return KINDS
    for kind in asked:
        if kind not in KINDS:
            raise ParameterError("kinds", kind, f"some of {', '.join(KINDS)}")
    if not asked:
        raise ParameterError("kinds", "", f"some of {', '.join(KINDS)}")
    return tuple(kind for kind in KINDS if kind in asked)


async def _joins(
    view: View, allowed: tuple[StepKind, ...], without: Without
) -> tuple[_Joins, list[StepKind], list[Note]]:
    graph = view.graph
    used = list(allowed)
    notes = []
    citations = await citations_of(view) if "citation" in allowed else None
    if citations is not None and not len(citations.citing):
        citations = None
        used.remove("citation")
        notes.append(Note(code="no-citations", text="no citations are loaded; none joins papers"))
    lineage = await _lineage(view) if "lineage" in allowed else None
    if "lineage" in allowed and lineage is None:
        if allowed == ("lineage",):
            raise NotDerived(
                view.state.derived, parts=["lineage"] if view.state.derived == "complete" else []
            )
        used.remove("lineage")
        notes.append(
            Note(code="no-lineage", text="lineage was not derived; none of it joins papers")
        )
    elif lineage is not None and view.state.stale:
        notes.append(
            Note(code="stale-lineage", text="the lineage was derived from other facts than these")
        )
    barred_authors = np.zeros(len(graph.author_ids), np.bool_)
    barred_authors[list(without.authors)] = True
    barred_papers = np.zeros(len(graph.paper_ids), np.bool_)
    barred_papers[list(without.papers)] = True
    joins = _Joins(
        graph,
        "shared-author" in allowed,
        await view.shelf("Repo") if "shared-repository" in allowed else None,
        citations,
        lineage,
        barred_authors,
        barred_papers,
    )
    return joins, used, notes


async def _lineage(view: View) -> Lineage | None:
    """The claims that are shown, of all scopes; absent: lineage was not derived, or not wholly."""
    state = view.state
    if state.derivation is None or state.derived != "complete":
        return None
    if "lineage" not in state.derivation.parts:
        return None
    of = (view.store.name, state)
    if _kept.of != of:
        layer = await view.store.derived("lineage")
        claims: dict[tuple[int, int], list[LineageOfStep]] = {}
        for edge in layer.edges.values():
            newer, older = view.paper_number(edge.start), view.paper_number(edge.end)
            if edge.type != "BUILDS_ON" or newer is None or older is None:
                continue
            decided = edge.properties.get("decided")
            if decided == "rejected" or (decided is None and edge.properties.get("shown") is False):
                continue
            claims.setdefault((min(newer, older), max(newer, older)), []).append(
                LineageOfStep.model_validate(
                    {
                        "newer": edge.start,
                        "older": edge.end,
                        **{
                            name: edge.properties[name]
                            for name in ("scope", "kind", "tier", "score")
                        },
                    }
                )
            )
        lineage = _both_ways(claims, len(view.graph.paper_ids))
        # What was read while the layer changed is asked for again, and not kept.
        if await view.store.state() != state:
            return lineage
        _kept.of, _kept.lineage = of, lineage
    return _kept.lineage


def _both_ways(claims: dict[tuple[int, int], list[LineageOfStep]], papers: int) -> Lineage:
    pairs = np.array(sorted(claims), np.int64).reshape(-1, 2)
    both = np.concatenate((pairs, pairs[:, ::-1]))
    both = both[np.lexsort((both[:, 1], both[:, 0]))]
    return Lineage(
        indptr=np.concatenate(
            (np.zeros(1, np.int64), np.cumsum(np.bincount(both[:, 0], minlength=papers)))
        ),
        papers=both[:, 1].astype(np.int32),
        claims={
            pair: tuple(sorted(each, key=lambda claim: (claim.scope, claim.newer)))
            for pair, each in claims.items()
        },
    )


def _search(joins: _Joins, start: int, end: int) -> tuple[npt.NDArray[np.int32], tuple[int, int]]:
    """Steps to the end of each paper on a shortest chain, and how many papers each side reaches.

    Breadth-first from both ends; the smaller frontier grows until they meet.
    """
    ahead, behind = _Side(joins, start), _Side(joins, end)
    while ahead.frontier.size and behind.frontier.size:
        met = ahead.frontier[behind.hops[ahead.frontier] != UNREACHED]
        if len(met):
            return _on_shortest(joins, ahead, behind, met), (0, 0)
        (ahead if len(ahead.frontier) <= len(behind.frontier) else behind).grow(joins)
    return np.full_like(behind.hops, UNREACHED), (ahead.size(joins), behind.size(joins))


class _Side:
    """A breadth-first search from one end."""

    def __init__(self, joins: _Joins, start: int) -> None:
        self.hops = np.full(len(joins.graph.paper_ids), UNREACHED, np.int32)
        self.hops[start] = 0
        self.frontier: Ints = np.array([start], np.int32)
        self.level = 0
        self._known = joins.nothing_known()

    def grow(self, joins: _Joins) -> None:
        """Go one step further."""
        self.level += 1
        reached = joins.neighbours(self.frontier, self._known)
        self.frontier = reached[self.hops[reached] == UNREACHED]
        self.hops[self.frontier] = self.level

    def size(self, joins: _Joins) -> int:
        """Go as far as there is anything, and count it."""
        while self.frontier.size:
            self.grow(joins)
        return int(np.count_nonzero(self.hops != UNREACHED))


def _on_shortest(joins: _Joins, ahead: _Side, behind: _Side, met: Ints) -> npt.NDArray[np.int32]:
    """Steps to the end: what the side behind found, and from where they met back to the start."""
    hops = behind.hops.copy()
    hops[ahead.hops != UNREACHED] = UNREACHED
    hops[met] = behind.hops[met]
    frontier, left = met, int(behind.hops[met[0]])
    for level in range(ahead.level - 1, -1, -1):
        left += 1
        near = joins.neighbours(frontier, joins.nothing_known())
        frontier = near[ahead.hops[near] == level]
        hops[frontier] = left
    return hops


def _walk(joins: _Joins, hops: npt.NDArray[np.int32], start: int) -> list[int]:
    chain = [start]
    while hops[chain[-1]]:
        near = joins.neighbours(np.array(chain[-1:], np.int32), joins.nothing_known())
        nearer = near[hops[near] == hops[chain[-1]] - 1]
        chain.append(int(nearer[0]))
    return chain


def _incomplete_near_ends(joins: _Joins, start: int, end: int, distance: int) -> int:
    """Count the papers whose missing authors could shorten a chain.

    A shorter way must leave one end by an author who is not in the data, of a paper within half
    the distance of that end. A chain of one step cannot be shortened.
    """
    if distance < 2 or not joins.by_author:
        return 0
    near = np.zeros(len(joins.graph.paper_ids), np.bool_)
    for paper in (start, end):
        side = _Side(joins, paper)
        for _ in range(distance // 2):
            side.grow(joins)
        near |= side.hops != UNREACHED
    return int(np.count_nonzero(near & (joins.graph.complete != 1)))


def _step(joins: _Joins, a: int, b: int) -> Step:
    graph = joins.graph
    shared = (
        _shared(graph.authors_of_paper(a), graph.authors_of_paper(b)) if joins.by_author else []
    )
    authors = [author for author in shared if not joins.barred_authors[author]]
    repos = joins.repos
    repositories = (
        [] if repos is None else _shared(repos.nodes_of_paper(a), repos.nodes_of_paper(b))
    )
    claims = () if joins.lineage is None else joins.lineage.claims.get((min(a, b), max(a, b)), ())
    cited = [] if joins.citations is None else _citations(joins.citations, graph, a, b)
    holds = {
        "citation": bool(cited),
        "lineage": bool(claims),
        "shared-repository": bool(repositories),
        "shared-author": bool(authors),
    }
    kinds = [kind for kind in KINDS if holds.get(kind)]
    return Step(
        source=graph.paper_ids[a],
        target=graph.paper_ids[b],
        kind=kinds[0],
        kinds=kinds,
        citations=cited,
        lineage=list(claims),
        repositories=[node_ref(repos, node) for node in repositories] if repos is not None else [],
        authors=[author_on_path(graph, author) for author in authors[:MOST_AUTHORS_OF_A_STEP]],
        author_count=len(authors),
    )


def _citations(citations: Citations, graph: AuthorPaper, a: int, b: int) -> list[CitationOfStep]:
    return [
        CitationOfStep(
            citing=graph.paper_ids[citing],
            cited=graph.paper_ids[cited],
            intent=citations.intents[place] or None,
            in_text=citations.times_in_text(place),
        )
        for citing, cited in sorted([(a, b), (b, a)])
        for place in citations.of(citing)
        if int(citations.cited[place]) == cited
    ]


def _shared(here: Iterable[int], there: Iterable[int]) -> list[int]:
    return sorted({int(one) for one in here} & {int(one) for one in there})


def _no_path(
    distance: int | None, max_steps: int | None, sizes: tuple[int, int], used: Sequence[StepKind]
) -> NoPaperPath:
    if distance is not None:
        return NoPaperPath(
            reason="max-steps",
            text=f"the shortest chain has {distance} steps, and max_steps is {max_steps}",
            distance_without=distance,
        )
    return NoPaperPath(
        reason="nothing-shared",
        text=f"no chain of papers joins them by {', '.join(used) or 'anything loaded'}: from one "
        f"{many(sizes[0], 'paper', 'papers')} can be reached, from the other {sizes[1]}, "
        "themselves included",
        source_component=sizes[0],
        target_component=sizes[1],
    )
