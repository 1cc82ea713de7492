"""The lineage of the derived layer, laid out beside the projection, and scope by scope."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import orjson
from anyio.to_thread import run_sync

from graph_service.derive.lineage_edges import Lineage, LineageEdge, order_of
from graph_service.derive.lineage_part import EVERYTHING, decisions_on_steps
from graph_service.model.dates import period
from graph_service.model.errors import ParameterError
from graph_service.model.lineage_answers import ScopeInfo, Verdict
from graph_service.model.lineage_kinds import Kind, Tier
from graph_service.model.records import Decision
from graph_service.model.revision import step_decisions
from graph_service.projection.arrays import AuthorPaper, Ints, Offsets, places_of
from graph_service.projection.reader import View
from graph_service.projection.texts import Texts
from graph_service.questions.positions import need_part, run_stamp
from graph_service.store.fold import Graph

TIERS: tuple[Tier, ...] = get_args(Tier)
KINDS: tuple[Kind, ...] = get_args(Kind)
CERTAIN, SHOWN = 1, 2
Direction = Literal["ancestors", "descendants"]


@dataclass(frozen=True, slots=True, eq=False)
class StoredSteps:
    """Steps of all scopes by scope, newer paper and rank; papers are numbers.

    `scope_indptr` has where the rows of each of `scopes` begin. `scores` are hundredths, `tiers`
    and `kinds` places in TIERS and KINDS, `flags` CERTAIN and SHOWN. `onward` are the rows by
    scope, older paper and row. `evidence` has the lines of each row, with line feeds between.
    """

    scopes: Texts
    scope_indptr: Offsets
    newer: Ints
    older: Ints
    scores: Ints
    ranks: Ints
    tiers: Ints
    kinds: Ints
    flags: Ints
    onward: Ints
    evidence: Texts

    def rows_of(self, scope: str) -> slice:
        """Where the rows of a scope stand; empty: it has none."""
        at = self.scopes.find(scope)
        if at is None:
            return slice(0, 0)
        return slice(int(self.scope_indptr[at]), int(self.scope_indptr[at + 1]))

    def into(self, rows: slice, papers: Ints) -> Ints:
        """The rows of a scope that lead into any of the papers."""
        found: Ints = places_of(self.newer[rows], papers) + rows.start
        return found

    def out_of(self, rows: slice, papers: Ints) -> Ints:
        """The rows of a scope that lead out of any of the papers."""
        onward = self.onward[rows]
        found: Ints = onward[places_of(self.older[onward], papers)]
        return found


@dataclass(frozen=True, slots=True, eq=False)
class StoredMethods:
    """The names that papers coined, and who speaks of them.

    `ids` and `names` are by id, `methods` and `mentioned` places in them. `papers` introduce
    `methods`: rows by paper, the surest first, then shortest, then by name; `how` has the
    properties as JSON. `mentioned_by` mention `mentioned`: rows by method, then paper; `where`
    likewise.
    """

    ids: Texts
    names: Texts
    papers: Ints
    methods: Ints
    how: Texts
    mentioned: Ints
    mentioned_by: Ints
    where: Texts

    def introducing(self, method: int) -> list[int]:
        """The papers that introduce a method, ascending."""
        found: list[int] = self.papers[self.methods == method].tolist()
        return found

    def mentioning(self, method: int) -> list[int]:
        """The papers that mention a method, ascending."""
        found: list[int] = self.mentioned_by[self.mentioned == method].tolist()
        return found


@dataclass(frozen=True, slots=True)
class StepsOfScope:
    """The steps of a scope that an answer may speak of, with what people decided on them.

    `rows` has the row of each step by older and newer paper; a step without a row was accepted
    since the last run. `verdicts` are by newer and older paper.
    """

    stored: StoredSteps
    info: ScopeInfo
    lineage: Lineage
    rows: dict[tuple[str, str], int]
    verdicts: dict[tuple[str, str], Verdict]

    def evidence(self, edge: LineageEdge) -> list[str]:
        """The lines of evidence of a step, as stored; empty: it was accepted since."""
        row = self.rows.get((edge.older, edge.newer))
        if row is None:
            return []
        text = self.stored.evidence[row]
        return text.split("\n") if text else []

    @property
    def accepted_since(self) -> int:
        """How many of the steps were accepted after the last run."""
        return sum((edge.older, edge.newer) not in self.rows for edge in self.lineage.edges)


async def stored_steps(view: View) -> StoredSteps:
    """The steps of the last run.

    Raises:
        NotDerived: There are none.
    """
    need_part(view, "lineage")

    async def build() -> StoredSteps:
        layer = await view.store.derived("lineage")
        return await run_sync(_steps_beside, view.graph, layer)

    return await view.part(f"lineage-{run_stamp(view)}", StoredSteps, build)


async def stored_methods(view: View) -> StoredMethods:
    """The methods of the last run and who introduced them.

    Raises:
        NotDerived: There are none.
    """
    need_part(view, "lineage")

    async def build() -> StoredMethods:
        layer = await view.store.derived("lineage")
        return await run_sync(_methods_beside, view.graph, layer)

    return await view.part(f"coined-{run_stamp(view)}", StoredMethods, build)


def _steps_beside(graph: AuthorPaper, layer: Graph) -> StoredSteps:
    """Steps of papers that are gone since are left out."""
    found = sorted(
        (
            (str(edge.properties["scope"]), start, int(str(edge.properties["rank"])), end, edge)
            for edge in layer.edges.values()
            if edge.type == "BUILDS_ON"
            and (start := graph.paper_ids.find(edge.start)) is not None
            and (end := graph.paper_ids.find(edge.end)) is not None
        ),
        key=lambda row: row[:4],
    )
    scopes = sorted({row[0] for row in found})
    place = {scope: at for at, scope in enumerate(scopes)}
    of_scope = np.array([place[row[0]] for row in found], np.int32)
    newer = np.array([row[1] for row in found], np.int32)
    older = np.array([row[3] for row in found], np.int32)
    properties: list[dict[str, Any]] = [dict(row[4].properties) for row in found]
    return StoredSteps(
        scopes=Texts.of(scopes),
        scope_indptr=np.searchsorted(of_scope, np.arange(len(scopes) + 1)).astype(np.int64),
        newer=newer,
        older=older,
        scores=np.array([round(one["score"] * 100) for one in properties], np.int32),
        ranks=np.array([one["rank"] for one in properties], np.int32),
        tiers=np.array([TIERS.index(one["tier"]) for one in properties], np.int8),
        kinds=np.array([KINDS.index(one["kind"]) for one in properties], np.int8),
        flags=np.array(
            [one["direction_certain"] * CERTAIN + one["shown"] * SHOWN for one in properties],
            np.int8,
        ),
        onward=np.lexsort((np.arange(len(found)), older, of_scope)).astype(np.int32),
        evidence=Texts.of("\n".join(one["evidence"]) for one in properties),
    )


def _methods_beside(graph: AuthorPaper, layer: Graph) -> StoredMethods:
    nodes = sorted(
        (node.id, str(node.properties["name"]))
        for node in layer.nodes.values()
        if node.label == "Method"
    )
    place = {id_: at for at, (id_, _) in enumerate(nodes)}
    introduced = sorted(
        (
            (paper, -float(str(edge.properties["strength"])), len(name), name, at, edge.properties)
            for edge in layer.edges.values()
            if edge.type == "INTRODUCES" and (paper := graph.paper_ids.find(edge.start)) is not None
            for at in (place[edge.end],)
            for name in (nodes[at][1],)
        ),
        key=lambda row: row[:5],
    )
    mentions = sorted(
        (
            (place[edge.end], paper, edge.properties)
            for edge in layer.edges.values()
            if edge.type == "MENTIONS" and (paper := graph.paper_ids.find(edge.start)) is not None
        ),
        key=lambda row: row[:2],
    )
    return StoredMethods(
        ids=Texts.of(id_ for id_, _ in nodes),
        names=Texts.of(name for _, name in nodes),
        papers=np.array([row[0] for row in introduced], np.int32),
        methods=np.array([row[4] for row in introduced], np.int32),
        how=Texts.of(orjson.dumps(row[5]).decode() for row in introduced),
        mentioned=np.array([row[0] for row in mentions], np.int32),
        mentioned_by=np.array([row[1] for row in mentions], np.int32),
        where=Texts.of(orjson.dumps(row[2]).decode() for row in mentions),
    )


def coined_by(methods: StoredMethods, paper: int) -> str | None:
    """The name that a paper goes by: the surest it coined; absent: none sure enough."""
    at = int(np.searchsorted(methods.papers, paper))
    if at == len(methods.papers) or int(methods.papers[at]) != paper:
        return None
    return methods.names[int(methods.methods[at])]


# -- scopes -------------------------------------------------------------------------------


async def papers_of_scope(view: View, scope: str) -> Ints:
    """The papers of a scope among the present facts, ascending."""
    if scope == EVERYTHING:
        return np.arange(len(view.graph.paper_ids), dtype=np.int32)
    shelf = await view.shelf("Source")
    number = shelf.number(scope)
    if number is None:
        return np.empty(0, np.int32)
    return shelf.papers[int(shelf.node_indptr[number]) : int(shelf.node_indptr[number + 1])]


async def choose_scope(view: View, papers: Sequence[int], asked: str | None) -> ScopeInfo:
    """The scope that was asked for, or the smallest that holds the papers; none: all papers.

    Of equal ones a page counts before the whole graph, then the first by id.

    Raises:
        ParameterError: No scope of the last run has the name.
    """
    need_part(view, "lineage")
    derivation = view.state.derivation
    figures = orjson.loads(derivation.parameters if derivation else "{}")["lineage"]
    rows = sorted(
        figures["scopes"], key=lambda row: (row["papers"], row["scope"] == EVERYTHING, row["scope"])
    )
    names = [str(row["scope"]) for row in rows]
    wanted = np.array(sorted(papers), np.int32) if papers else None
    holding = []
    for name in names:
        within = await papers_of_scope(view, name)
        if wanted is None:
            fits = len(within) == len(view.graph.paper_ids)
        else:
            fits = bool(np.isin(wanted, within).all())
        if fits:
            holding.append(name)
    if asked is not None and asked not in names:
        raise ParameterError("scope", asked, f"one of {', '.join(sorted(names))}")
    chosen = asked or next(iter(holding), EVERYTHING)
    row = next(row for row in rows if row["scope"] == chosen)
    if asked is not None:
        why = "asked"
    elif papers:
        why = "the smallest that holds the papers"
    else:
        why = "the smallest that holds all papers"
    return ScopeInfo(
        **row,
        chosen=why,
        model=figures["model"],
        others=[name for name in holding if name != chosen],
    )


# -- the steps of an answer ---------------------------------------------------------------


async def steps_about(
    view: View, info: ScopeInfo, papers: Sequence[int] | None, directions: Iterable[Direction]
) -> StepsOfScope:
    """The steps of a scope that reach papers, forwards or backwards in time; absent: all steps.

    Args:
        view: The graph.
        info: The scope.
        papers: By number.
        directions: Whether to follow to ancestors, to descendants, or both.

    Cost: Linear in what is reached.
    """
    stored = await stored_steps(view)
    log = await view.store.decisions()
    within = await papers_of_scope(view, info.scope)
    return await run_sync(_about, view.graph, stored, info, log, within, papers, tuple(directions))


def _about(
    graph: AuthorPaper,
    stored: StoredSteps,
    info: ScopeInfo,
    log: Sequence[Decision],
    within: Ints,
    papers: Sequence[int] | None,
    directions: Sequence[Direction],
) -> StepsOfScope:
    rows = stored.rows_of(info.scope)
    verdicts = {pair: _verdict(row) for pair, row in step_decisions(log).items()}
    since = [
        pair
        for pair, verdict in decisions_on_steps(log).items()
        if verdict == "accepted" and all(_is_in(graph, within, one) for one in pair)
    ]
    if papers is None:
        taken = np.arange(rows.start, rows.stop)
        reached = within
    else:
        start = np.array(sorted(set(papers)), np.int32)
        start = start[np.isin(start, within)]
        # What was accepted since joins papers too.
        more = np.array(
            [[graph.paper_ids.find(one) for one in pair] for pair in since], np.int32
        ).reshape(-1, 2)
        parts = [_reached(stored, rows, start, direction, more) for direction in directions]
        taken = np.unique(np.concatenate([part for part, _ in parts] or [start[:0]]))
        reached = np.unique(np.concatenate([part for _, part in parts] or [start]))
    edges, places = [], {}
    for row in taken.tolist():
        edge = _edge(graph, stored, row, verdicts)
        if edge is not None:
            edges.append(edge)
            places[edge.older, edge.newer] = row
    here = set(reached.tolist())
    for newer, older in since:
        if (older, newer) not in places and {
            graph.paper_ids.find(newer),
            graph.paper_ids.find(older),
        } <= here:
            edges.append(_accepted_since(older, newer))
    days = {}
    undated = []
    for number in reached.tolist():
        day = period(graph.dates[number])[0]
        if day:
            days[graph.paper_ids[number]] = day
        else:
            undated.append(graph.paper_ids[number])
    # A paper that lost its date since has no place in an order.
    edges = [edge for edge in edges if edge.older in days and edge.newer in days]
    order = order_of(
        {paper: (day, paper) for paper, day in days.items()},
        ((edge.older, edge.newer) for edge in edges),
    )
    lineage = Lineage(
        model=info.model,
        scope=info.scope,
        papers=info.papers,
        floor=info.floor,
        pairs=0,
        by_rule={},
        edges=tuple(edges),
        order=order,
        undated=tuple(undated),
        cut=(),
        calibration=info.calibration,
    )
    return StepsOfScope(stored, info, lineage, places, verdicts)


def _is_in(graph: AuthorPaper, within: Ints, paper: str) -> bool:
    number = graph.paper_ids.find(paper)
    if number is None or not graph.dates[number]:
        return False
    at = int(np.searchsorted(within, number))
    return at < len(within) and int(within[at]) == number


def _reached(
    stored: StoredSteps,
    rows: slice,
    start: Ints,
    direction: Direction,
    more: npt.NDArray[np.int32],
) -> tuple[Ints, Ints]:
    """The rows that lead on from papers, and all papers they lead to, with the first."""
    ancestors = direction == "ancestors"
    near, far = (more[:, 0], more[:, 1]) if ancestors else (more[:, 1], more[:, 0])
    seen, frontier = start, start
    taken: list[Ints] = [start[:0]]
    while frontier.size:
        found = stored.into(rows, frontier) if ancestors else stored.out_of(rows, frontier)
        taken.append(found)
        ends = stored.older[found] if ancestors else stored.newer[found]
        ends = np.concatenate((ends, far[np.isin(near, frontier)]))
        frontier = np.setdiff1d(ends, seen)
        seen = np.union1d(seen, frontier)
    return np.concatenate(taken), seen


def _edge(
    graph: AuthorPaper,
    stored: StoredSteps,
    row: int,
    verdicts: dict[tuple[str, str], Verdict],
) -> LineageEdge | None:
    """A stored step; absent: only a decision that is undone by now had kept it."""
    newer, older = graph.paper_ids[int(stored.newer[row])], graph.paper_ids[int(stored.older[row])]
    verdict = verdicts.get((newer, older))
    tier = TIERS[int(stored.tiers[row])]
    if tier == "none" and (verdict is None or verdict.verdict != "accepted"):
        return None
    flags = int(stored.flags[row])
    return LineageEdge(
        older=older,
        newer=newer,
        score=int(stored.scores[row]),
        tier=tier,
        kind=KINDS[int(stored.kinds[row])],
        direction_certain=bool(flags & CERTAIN),
        shown=bool(flags & SHOWN),
        rank=int(stored.ranks[row]),
        evidence=(),
        decided=None if verdict is None else verdict.verdict,
    )


def _accepted_since(older: str, newer: str) -> LineageEdge:
    """A step that nothing is known of but that somebody accepted it."""
    return LineageEdge(
        older=older,
        newer=newer,
        score=0,
        tier="none",
        kind="continues",
        direction_certain=True,
        shown=False,
        rank=0,
        evidence=(),
        decided="accepted",
    )


def _verdict(row: Decision) -> Verdict:
    return Verdict(
        verdict="accepted" if row.op == "accept" else "rejected",
        decision=row.id,
        by=row.by,
        at=row.at,
    )
