"""Which authors a list is of, and what it is sorted by."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
from anyio.to_thread import run_sync

from graph_service.model.answers import Note, Parameter
from graph_service.model.errors import NodeNotFound, ParameterError
from graph_service.model.names import fold
from graph_service.projection.arrays import AuthorPaper, Floats, Ints, Shelf
from graph_service.projection.building import build_shelf
from graph_service.projection.find import find_node
from graph_service.projection.reader import View
from graph_service.questions.positions import MEASURES, need_part, run_stamp, same_run, standing
from graph_service.questions.words import many
from graph_service.store.fold import Graph

Sort = Literal[
    "papers",
    "degree",
    "strength",
    "core",
    "betweenness",
    "closeness",
    "pagerank",
    "clustering",
    "first_year",
    "last_year",
]
Order = Literal["asc", "desc"]
# What the projection knows by itself; the other measures are derived.
LIVE = ("papers", "degree", "strength", "first_year", "last_year")
MOST_IDS_IN_ERROR = 10


@dataclass(frozen=True, slots=True)
class Selection:
    """What was asked for; its defaults let everybody pass, in the usual order.

    `topic`, `method` and `affiliation` are ids or names. With `without_subject` measures are
    those among everybody but the subject of a page that names nearly every paper.
    """

    topic: str | None = None
    method: str | None = None
    affiliation: str | None = None
    active_since: int | None = None
    sort: Sort | None = None
    order: Order | None = None
    without_subject: bool = False


EVERYBODY = Selection()


@dataclass(frozen=True, slots=True)
class Selected:
    """Who fits, a flag each author; `counted` papers and sort `values` where they were asked for.

    `revision` names all that the list depends on.
    """

    fits: npt.NDArray[np.bool_]
    counted: npt.NDArray[np.int64] | None
    values: Floats | None
    revision: str
    parameters: dict[str, Parameter] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Years:
    """First and last year of each author's papers; 0 where none has a year."""

    first: Ints
    last: Ints


async def years_of_authors(view: View) -> Years:
    """The years of all authors."""

    async def build() -> Years:
        return await run_sync(_years, view.graph)

    return await view.part("author-years", Years, build)


def _years(graph: AuthorPaper) -> Years:
    years = graph.years[graph.papers_of]
    busy = np.flatnonzero(np.diff(graph.author_indptr))
    starts = graph.author_indptr[busy]
    first, last = (np.zeros(len(graph.author_ids), np.int32) for _ in range(2))
    if len(busy):
        never = np.iinfo(np.int32).max
        earliest = np.minimum.reduceat(np.where(years > 0, years, never), starts)
        first[busy] = np.where(earliest == never, 0, earliest)
        last[busy] = np.maximum.reduceat(years, starts)
    return Years(first, last)


async def select(view: View, chosen: Selection) -> Selected:
    """Find whom a list is of.

    Papers that fit are those with the topic, by the method and for the affiliation, all of what
    was asked for; authors of at least one of them fit, if they have any paper since
    `active_since`.

    Raises:
        NodeNotFound: No topic, method or organisation has this id or name.
        ParameterError: Several have this name; or there is no subject to leave out.
        NotDerived: The methods, or the measure to sort by, have not been derived.
    """
    graph = view.graph
    _check(chosen)
    parameters: dict[str, Parameter] = {}
    notes: list[Note] = []
    papers: npt.NDArray[np.bool_] | None = None
    revision = view.state.facts_revision
    if chosen.topic is not None:
        topics = await view.shelf("Topic")
        topic = await find_node(view, "topic", chosen.topic)
        parameters["topic"] = topics.ids[topic]
        papers = _only(papers, topics.papers_of_node(topic), len(graph.paper_ids))
        notes += _without_topic_notes(int(np.count_nonzero(np.diff(topics.paper_indptr) == 0)))
    if chosen.method is not None:
        coined = await methods(view)
        method = await find_method(view, chosen.method)
        parameters["method"] = coined.ids[method]
        papers = _only(papers, coined.papers_of_node(method), len(graph.paper_ids))
        revision += "-" + same_run(view)
    if chosen.affiliation is not None:
        affiliations = await view.shelf("Affiliation")
        affiliation = await find_node(view, "affiliation", chosen.affiliation)
        parameters["affiliation"] = affiliations.ids[affiliation]
        papers = _only(papers, affiliations.papers_of_node(affiliation), len(graph.paper_ids))
        notes.append(
            Note(
                code="paper-level-affiliations",
                text="the sources name the organisation for papers as a whole: these are authors "
                "of such papers, who need not belong to it",
            )
        )
    fits = np.ones(len(graph.author_ids), np.bool_)
    counted = None
    if papers is not None:
        slots = graph.slots[np.repeat(papers, np.diff(graph.paper_indptr))]
        counted = np.bincount(slots, minlength=len(fits)).astype(np.int64)
        fits &= counted > 0
    if chosen.active_since is not None:
        parameters["active_since"] = chosen.active_since
        last = (await years_of_authors(view)).last
        unknown = int(np.count_nonzero(fits & (last == 0)))
        fits &= last >= chosen.active_since
        notes += _undated_notes(unknown)
    values = None
    if chosen.sort is not None:
        parameters |= {"sort": chosen.sort, "order": chosen.order or "desc"}
        values = await _values(view, chosen, counted)
        if chosen.sort not in LIVE or chosen.without_subject:
            revision += "-" + same_run(view)
    if chosen.without_subject:
        parameters["without"] = "subject"
    return Selected(fits, counted, values, revision, parameters, tuple(notes))


def _check(chosen: Selection) -> None:
    if chosen.order is not None and chosen.sort is None:
        raise ParameterError("order", chosen.order, "what goes with sort")
    if chosen.without_subject and chosen.sort not in MEASURES:
        raise ParameterError("without", "subject", "what goes with sort=" + ", ".join(MEASURES))


def _only(papers: npt.NDArray[np.bool_] | None, further: Ints, count: int) -> npt.NDArray[np.bool_]:
    flags = np.zeros(count, np.bool_)
    flags[further] = True
    return flags if papers is None else papers & flags


def _without_topic_notes(count: int) -> list[Note]:
    if not count:
        return []
    return [
        Note(
            code="papers-without-topic",
            count=count,
            text=f"for {many(count, 'paper', 'papers')} no source states any topic",
        )
    ]


def _undated_notes(count: int) -> list[Note]:
    if not count:
        return []
    return [
        Note(
            code="undated-authors",
            count=count,
            text=f"{many(count, 'author has', 'authors have')} no paper with a year and "
            "are left out",
        )
    ]


async def _values(view: View, chosen: Selection, counted: npt.NDArray[np.int64] | None) -> Floats:
    graph = view.graph
    sort = chosen.sort
    if sort is not None and sort in MEASURES and (sort not in LIVE or chosen.without_subject):
        need_part(view, "positions")
        found = await standing(view, without=chosen.without_subject)
        if found is None:
            raise ParameterError("without", "subject", "none: nobody's page names most papers here")
        of_all: Floats = found.columns[MEASURES.index(sort)]
        return of_all
    ties = graph.ties
    if sort == "degree":
        return np.diff(ties.indptr).astype(np.float64)
    if sort == "strength":
        rows = np.repeat(np.arange(len(graph.author_ids)), np.diff(ties.indptr))
        sums = np.bincount(rows, weights=ties.weights, minlength=len(graph.author_ids))
        return np.round(sums, 9)
    if sort in ("first_year", "last_year"):
        years = await years_of_authors(view)
        of = (years.first if sort == "first_year" else years.last).astype(np.float64)
        of[of == 0] = np.nan
        return of
    papers = np.diff(graph.author_indptr) if counted is None else counted
    return papers.astype(np.float64)


async def methods(view: View) -> Shelf:
    """The methods, each with the papers that introduce or mention it.

    Raises:
        NotDerived: Methods have not been derived.
    """
    need_part(view, "lineage")

    async def build() -> Shelf:
        layer = await view.store.derived("lineage")
        return await run_sync(_methods, view, layer)

    return await view.part(f"methods-{run_stamp(view)}", Shelf, build)


def _methods(view: View, layer: Graph) -> Shelf:
    papers: dict[str, set[str]] = {
        node.id: set() for node in layer.nodes.values() if node.label == "Method"
    }
    for edge in layer.edges.values():
        # A paper that has gone since is no paper of this view.
        if edge.type in ("INTRODUCES", "MENTIONS") and view.paper_number(edge.start) is not None:
            papers[edge.end].add(edge.start)
    rows = [(layer.nodes[method], sorted(papers[method])) for method in sorted(papers)]
    return build_shelf(view.graph, rows)


async def find_method(view: View, asked: str) -> int:
    """Find the number of a method by id or by name; see `find_node`, and `methods`."""
    shelf = await methods(view)
    if (number := shelf.number(asked)) is not None:
        return number
    wanted = fold(asked)
    fitting = [number for number, name in enumerate(shelf.names) if fold(name) == wanted]
    if not fitting:
        raise NodeNotFound("Method", asked)
    if len(fitting) > 1:
        ids = ", ".join(shelf.ids[at] for at in fitting[:MOST_IDS_IN_ERROR])
        raise ParameterError("method", asked, f"one of these ids, as several have this name: {ids}")
    return fitting[0]
