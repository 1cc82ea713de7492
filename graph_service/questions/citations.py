"""Citations: whom a paper cites and who cites it, and the main paths through all citations."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from anyio.to_thread import run_sync

from graph_service.derive import main_path as paths
from graph_service.derive.lineage_chains import best_chain, worth_of
from graph_service.derive.lineage_part import EVERYTHING
from graph_service.model.answers import Meta, Note, PaperRef, Parameter
from graph_service.model.citation_answers import (
    Circles,
    CitationsAnswer,
    CitedPaper,
    CyclePolicy,
    MainPathAnswer,
    MainPathArc,
    MainPathStop,
    PathSearch,
    SetAsideCitations,
    Weights,
)
from graph_service.projection.arrays import Ints, places_of
from graph_service.projection.find import paper_of_id
from graph_service.projection.reader import View
from graph_service.projection.texts import Texts
from graph_service.questions.papers import paper_ref
from graph_service.questions.stored_lineage import choose_scope, steps_about
from graph_service.questions.words import many
from graph_service.store.protocol import Citation

MOST_SHOWN = 500
Direction = Literal["cites", "cited_by", "both"]
# Of a graph that no store holds.
_NO_META = Meta(facts_revision="", stale=False)


@dataclass(frozen=True, slots=True, eq=False)
class Citations:
    """All citations by citing, then cited paper, in numbers.

    `said` is 1, 0 or -1: influential, not, or nobody says; `in_text` is -1 where nobody counts.
    `by_cited` are places by cited, then citing paper, and `cited_again` the cited papers in that
    order.
    """

    citing: Ints
    cited: Ints
    intents: Texts
    said: npt.NDArray[np.int8]
    in_text: Ints
    by_cited: Ints
    cited_again: Ints

    def of(self, paper: int) -> list[int]:
        """Places of the citations that a paper makes."""
        low, high = np.searchsorted(self.citing, (paper, paper + 1))
        return list(range(int(low), int(high)))

    def to(self, paper: int) -> list[int]:
        """Places of the citations of a paper."""
        low, high = np.searchsorted(self.cited_again, (paper, paper + 1))
        found: list[int] = self.by_cited[int(low) : int(high)].tolist()
        return found

    def times_in_text(self, place: int) -> int | None:
        """How often the text of the citing paper refers to the cited one."""
        times = int(self.in_text[place])
        return None if times < 0 else times

    def cited_by_any(self, papers: npt.NDArray[np.integer[Any]]) -> Ints:
        """The papers that any of these cite, repeated."""
        return self.cited[places_of(self.citing, papers)]

    def citing_any(self, papers: npt.NDArray[np.integer[Any]]) -> Ints:
        """The papers that cite any of these, repeated."""
        return self.citing[self.by_cited[places_of(self.cited_again, papers)]]


async def citations_of(view: View) -> Citations:
    """All citations beside the projection."""

    async def build() -> Citations:
        found: list[tuple[int, int, Citation]] = []
        async for batch in view.store.citations():
            for each in batch:
                citing, cited = view.paper_number(each.citing), view.paper_number(each.cited)
                if citing is not None and cited is not None:
                    found.append((citing, cited, each))
        return await run_sync(_laid_out, found)

    return await view.part("citations", Citations, build)


def _laid_out(found: list[tuple[int, int, Citation]]) -> Citations:
    found.sort(key=lambda row: row[:2])
    citing = np.array([row[0] for row in found], np.int32)
    cited = np.array([row[1] for row in found], np.int32)
    said = {None: -1, False: 0, True: 1}
    by_cited = np.lexsort((citing, cited)).astype(np.int32)
    return Citations(
        citing=citing,
        cited=cited,
        intents=Texts.of(row[2].intent or "" for row in found),
        said=np.array([said[row[2].influential] for row in found], np.int8),
        in_text=np.array(
            [-1 if row[2].in_text is None else row[2].in_text for row in found], np.int32
        ),
        by_cited=by_cited,
        cited_again=cited[by_cited],
    )


async def show_citations(
    view: View, asked: str, *, direction: Direction = "both"
) -> CitationsAnswer:
    """Show whom a paper cites and who cites it, among the loaded papers.

    Raises:
        PaperNotFound: No paper has this id.
        Moved: See `find.paper_of_id`.
    """
    paper = await paper_of_id(view, asked)
    found = await view.store.papers([asked])
    citations = await citations_of(view)
    complete = found[0].paper.properties.get("references_complete")
    references = found[0].paper.properties.get("references")
    outward, inward = citations.of(paper), citations.to(paper)
    return CitationsAnswer(
        meta=view.meta(
            parameters={"id": asked, "direction": direction},
            notes=_notes(complete, references, len(outward), len(inward)),
        ),
        paper=paper_ref(view, paper),
        references=references if isinstance(references, int) else None,
        references_complete=complete if isinstance(complete, bool) else None,
        cites_count=len(outward),
        cited_by_count=len(inward),
        cites=[] if direction == "cited_by" else _ends(view, citations, outward, citations.cited),
        cited_by=[] if direction == "cites" else _ends(view, citations, inward, citations.citing),
    )


def _ends(view: View, citations: Citations, places: list[int], ends: Ints) -> list[CitedPaper]:
    dates = view.graph.dates
    places = sorted(places, key=lambda at: int(ends[at]))
    places.sort(key=lambda at: dates[int(ends[at])], reverse=True)
    return [
        CitedPaper(
            paper=paper_ref(view, int(ends[at])),
            date=dates[int(ends[at])] or None,
            intent=citations.intents[at] or None,
            influential={1: True, 0: False}.get(int(citations.said[at])),
            in_text=citations.times_in_text(at),
        )
        for at in places[:MOST_SHOWN]
    ]


def _notes(complete: object, references: object, outward: int, inward: int) -> list[Note]:
    notes = []
    if complete is not True:
        text = (
            "the source gives only part of the references"
            if complete is False
            else "no source says whether the references are complete"
        )
        notes.append(
            Note(code="references-incomplete", text=f"{text}; a missing citation may be one")
        )
    unresolved = (references if isinstance(references, int) else 0) - outward
    if unresolved > 0:
        notes.append(
            Note(
                code="references-not-loaded",
                count=unresolved,
                text=f"{many(unresolved, 'reference leads', 'references lead')} to no loaded paper",
            )
        )
    notes.append(Note(code="loaded-papers-only", text="only loaded papers are counted as citing"))
    for what, count in (("cites", outward), ("cited-by", inward)):
        if count > MOST_SHOWN:
            notes.append(
                Note(
                    code=f"{what}-left-out",
                    count=count - MOST_SHOWN,
                    text=f"the first {MOST_SHOWN} of {count} are shown",
                )
            )
    return notes


# -- main paths ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MainPathOptions:
    """Which main path; `k` is of key-routes, `d` the criticality of the basket."""

    weights: Weights = "spc"
    search: PathSearch = "global"
    k: int = 10
    d: int = 0
    builds_on: bool = False

    def shown(self) -> dict[str, Parameter]:
        """As parameters of an answer."""
        return {
            "weights": self.weights,
            "search": self.search,
            "k": self.k,
            "d": self.d,
            "builds_on": self.builds_on,
        }


@dataclass(frozen=True, slots=True)
class CitationGraph:
    """Papers by number with their dates, and citations as (citing, cited).

    `name` makes the reference to a paper.
    """

    dates: Sequence[str]
    citing: Sequence[int]
    cited: Sequence[int]
    name: Callable[[int], PaperRef]


async def show_main_path(
    view: View, options: MainPathOptions = MainPathOptions()
) -> MainPathAnswer:
    """Find the main path through the citations of all loaded papers.

    With `builds_on` only citations count between papers that a stored step of lineage joins, and
    the longest path is the chain of the greatest worth among those steps.

    Raises:
        NotDerived: `builds_on` is asked for and lineage was not derived.

    Cost: Some microseconds a citation; see `derive.main_path`.
    """
    citations = await citations_of(view)
    citing, cited = citations.citing, citations.cited
    chain: list[tuple[int, int, int]] | None = None
    notes: list[Note] = []
    if options.builds_on:
        info = await choose_scope(view, [], EVERYTHING)
        steps = await steps_about(view, info, None, ())
        pairs = set(zip(citing.tolist(), cited.tolist(), strict=True))
        number = view.paper_number
        both = [
            edge
            for edge in steps.lineage.edges
            if edge.decided != "rejected" and (number(edge.newer), number(edge.older)) in pairs
        ]
        kept = {(number(edge.newer), number(edge.older)) for edge in both}
        inside = [pair in kept for pair in zip(citing.tolist(), cited.tolist(), strict=True)]
        citing, cited = citing[inside], cited[inside]
        if options.search == "longest":
            best = await run_sync(best_chain, steps.lineage, both)
            chain = [
                (number(edge.older) or 0, number(edge.newer) or 0, round(worth_of(edge)))
                for edge in best.edges
            ]
        if view.state.stale:
            notes.append(
                Note(code="lineage-stale", text="lineage is older than the facts: derive again")
            )
    graph = CitationGraph(
        view.graph.dates, citing.tolist(), cited.tolist(), lambda paper: paper_ref(view, paper)
    )
    unresolved = (await view.store.references()).unresolved
    if unresolved:
        notes.append(
            Note(
                code="references-not-loaded",
                count=unresolved,
                text=f"{many(unresolved, 'reference leads', 'references lead')} to no loaded paper "
                "and cannot count",
            )
        )
    answer = await run_sync(find_main_path, graph, options, chain)
    return answer.model_copy(
        update={"meta": view.meta(parameters=options.shown(), notes=[*answer.meta.notes, *notes])}
    )


def find_main_path(
    graph: CitationGraph,
    options: MainPathOptions,
    chain: Sequence[tuple[int, int, int]] | None = None,
) -> MainPathAnswer:
    """Find a main path of any citation graph; `meta` is without a revision.

    Args:
        graph: Papers and citations.
        options: Which path.
        chain: The path itself as (older, newer, hundredths), where it is already known.
    """
    net = paths.network(graph.dates, graph.citing, graph.cited)
    basket: list[int] | None = None
    weights: list[int] | None = None
    found = paths.MainPath((), ())
    if chain is not None:
        arc_of = {pair: arc for arc, pair in enumerate(zip(net.tails, net.heads, strict=True))}
        node_of = {paper: at for at, node in enumerate(net.nodes) for paper in node}
        worth = {
            arc_of[node_of[older], node_of[newer]]: value
            for older, newer, value in chain
            if (node_of[older], node_of[newer]) in arc_of
        }
        weights = [worth.get(arc, 0) for arc in range(len(net.tails))]
        found = paths.MainPath(tuple(sorted(worth)), (), 1, sum(worth.values()))
    elif options.search == "longest":
        found = paths.longest_path(net)
    elif options.search == "low-criticality":
        basket = paths.criticality(net)
    else:
        weights = paths.traversal_counts(net, options.weights)
        if options.search == "local":
            found = paths.local_path(net, weights)
        elif options.search == "global":
            found = paths.global_path(net, weights)
        else:
            extended: paths.Search = "local" if options.search.endswith("local") else "global"
            found = paths.key_routes(net, weights, options.k, extended)
    linked = {*net.tails, *net.heads}
    if basket is None:
        within = {end for arc in found.arcs for end in (net.tails[arc], net.heads[arc])}
        arcs = found.arcs
    else:
        within = {node for node in linked if basket[node] <= options.d}
        arcs = tuple(
            arc
            for arc, ends in enumerate(zip(net.tails, net.heads, strict=True))
            if within.issuperset(ends)
        )
    return _answer(graph, net, arcs, found, within, weights, basket)


def _answer(
    graph: CitationGraph,
    net: paths.Network,
    arcs: Sequence[int],
    found: paths.MainPath,
    within: set[int],
    weights: Sequence[int] | None,
    basket: Sequence[int] | None,
) -> MainPathAnswer:
    place = {node: at for at, node in enumerate(net.order)}
    ids = {node: graph.name(net.nodes[node][0]).id for node in within}
    tied = set(found.tied)
    named = sorted(
        ((ids[net.tails[arc]], ids[net.heads[arc]], arc) for arc in arcs),
        key=lambda row: row[:2],
    )
    return MainPathAnswer(
        meta=_NO_META,
        papers=sum(len(net.nodes[node]) for node in {*net.tails, *net.heads}),
        citations=len(graph.citing),
        arcs_counted=len(net.tails),
        stops=[
            MainPathStop(
                id=ids[node],
                papers=[graph.name(paper) for paper in net.nodes[node]],
                date=graph.dates[net.nodes[node][0]] or None,
                criticality=None if basket is None else basket[node],
            )
            for node in sorted(within, key=place.__getitem__)
        ],
        arcs=[
            MainPathArc(
                older=older,
                newer=newer,
                weight=None if weights is None else str(weights[arc]),
                tied=arc in tied,
            )
            for older, newer, arc in named
        ],
        ways=None if found.ways is None else str(found.ways),
        total=None if found.total is None else str(found.total),
        policy=_policy(graph, net),
        reason=None if within else "no citation is left between two papers",
    )


def _policy(graph: CitationGraph, net: paths.Network) -> CyclePolicy:
    aside = net.set_aside
    circles = [node for node in net.nodes if len(node) > 1]

    def listed(pairs: Sequence[paths.Pair]) -> SetAsideCitations:
        return SetAsideCitations(
            count=len(pairs),
            citations=[
                [graph.name(citing).id, graph.name(cited).id]
                for citing, cited in pairs[:MOST_SHOWN]
            ],
        )

    return CyclePolicy(
        rule=paths.CYCLE_POLICY,
        circles=Circles(
            count=len(circles),
            papers=[[graph.name(paper).id for paper in circle] for circle in circles[:MOST_SHOWN]],
        ),
        self_citations=listed(aside.self_citations),
        repeated=listed(aside.repeated),
        against_dates=listed(aside.against_dates),
        within=listed(aside.within),
        merged=listed(aside.merged),
    )
