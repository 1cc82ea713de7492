"""What a few letters may mean, with hints that tell namesakes apart."""

from collections import Counter
from collections.abc import Mapping
from typing import get_args

import numpy as np
import numpy.typing as npt
from anyio.to_thread import run_sync

from graph_service.model.answers import NodeRef, Note
from graph_service.model.errors import ParameterError
from graph_service.model.names import fold
from graph_service.model.people_answers import Completion, CompletionList, Kind
from graph_service.projection.arrays import Shelf
from graph_service.projection.find import author_ref
from graph_service.projection.reader import ShelfLabel, View
from graph_service.projection.search import EXACT, FoldedIndex
from graph_service.questions.papers import paper_ref, papers_by_date
from graph_service.questions.selections import years_of_authors

MOST_COMPLETIONS = 50
COMPLETIONS = 10

SHELVES: Mapping[Kind, ShelfLabel] = {
    "affiliation": "Affiliation",
    "repo": "Repo",
    "source": "Source",
    "topic": "Topic",
    "venue": "Venue",
}


async def complete(
    view: View, q: str, *, kind: Kind = "author", limit: int = COMPLETIONS
) -> CompletionList:
    """Say what a few letters may mean.

    Order: exact, prefix, words that begin so; then papers descending, papers newest first; then
    by id. Case, accents and punctuation do not matter.

    Args:
        view: Where to look.
        q: What was typed: a name, or how some or all of its words begin.
        kind: What is looked for.
        limit: Most rows, 1 to 50.

    Raises:
        ParameterError: `kind` or `limit` is none that is allowed.
    """
    if kind not in get_args(Kind):
        raise ParameterError("kind", kind, ", ".join(get_args(Kind)))
    if not 1 <= limit <= MOST_COMPLETIONS:
        raise ParameterError("limit", limit, f"1 to {MOST_COMPLETIONS}")
    if kind == "author":
        rows, count = await _authors(view, q, limit)
    elif kind == "paper":
        rows, count = _papers(view, q, limit)
    else:
        rows, count = await _nodes(view, q, kind, limit)
    notes = []
    if any(row.affiliation for row in rows):
        notes.append(
            Note(
                code="paper-level-affiliations",
                text="an affiliation is one that sources name for the author's papers, not for "
                "one of their authors",
            )
        )
    return CompletionList(
        meta=view.meta(parameters={"q": q, "kind": kind, "limit": limit}, count=count, notes=notes),
        results=rows,
    )


def _first(
    numbers: npt.NDArray[np.int64],
    fits: npt.NDArray[np.int8],
    papers: npt.NDArray[np.int64],
    limit: int,
) -> list[int]:
    order = np.lexsort((numbers, -papers[numbers], fits))
    return [int(one) for one in numbers[order[:limit]]]


async def _authors(view: View, q: str, limit: int) -> tuple[list[Completion], int]:
    graph = view.graph
    numbers, fits = view.names.find(q)
    last_years = (await years_of_authors(view)).last
    affiliations = await view.shelf("Affiliation")
    found = []
    for author in _first(numbers, fits, np.diff(graph.author_indptr), limit):
        papers = graph.papers_of_author(author)
        latest = papers_by_date(view, papers.tolist())[:1]
        ref = author_ref(view, author)
        found.append(
            Completion(
                id=ref.id,
                name=ref.name,
                kind="author",
                papers=len(papers),
                last_year=int(last_years[author]) or None,
                identity=ref.identity,
                namesakes=_namesakes(view.names, ref.name),
                a_paper=paper_ref(view, latest[0]) if latest else None,
                affiliation=_usual(affiliations, papers.tolist()),
            )
        )
    return found, len(numbers)


def _namesakes(index: FoldedIndex, name: str) -> int:
    _, fits = index.find(name)
    return max(int(np.count_nonzero(fits == EXACT)) - 1, 0)


def _usual(affiliations: Shelf, papers: list[int]) -> NodeRef | None:
    times = Counter(
        node for paper in papers for node in affiliations.nodes_of_paper(paper).tolist()
    )
    if not times:
        return None
    node = min(times, key=lambda one: (-times[one], one))
    return NodeRef(id=affiliations.ids[node], name=affiliations.names[node])


def _papers(view: View, q: str, limit: int) -> tuple[list[Completion], int]:
    graph = view.graph
    numbers, fits = view.titles.find(q)
    # Years first, so that few dates are read; the rest of a date decides among those of a year.
    order = np.lexsort((numbers, -graph.years[numbers], fits))
    kept = min(limit, len(order))
    if kept:
        last = order[kept - 1]
        same = (fits == fits[last]) & (graph.years[numbers] == graph.years[numbers[last]])
        order = np.union1d(order[:kept], np.flatnonzero(same))
    rows = papers_by_date(view, numbers[order].tolist())
    fit_of = dict(zip(numbers.tolist(), fits.tolist(), strict=True)) if len(rows) else {}
    rows.sort(key=lambda paper: fit_of[paper])
    found = []
    for paper in rows[:limit]:
        authors = graph.authors_of_paper(paper)
        first = next((int(one) for one in authors if graph.position(int(one), paper) == 1), None)
        found.append(
            Completion(
                id=graph.paper_ids[paper],
                name=graph.titles[paper],
                kind="paper",
                papers=1,
                last_year=int(graph.years[paper]) or None,
                namesakes=_namesakes(view.titles, graph.titles[paper]),
                first_author=None if first is None else author_ref(view, first),
            )
        )
    return found, len(numbers)


async def _nodes(view: View, q: str, kind: Kind, limit: int) -> tuple[list[Completion], int]:
    label = SHELVES[kind]
    shelf = await view.shelf(label)

    async def build() -> FoldedIndex:
        return await run_sync(FoldedIndex.of, shelf.names)

    index = await view.part(f"names-{label}", FoldedIndex, build)
    numbers, fits = index.find(q)
    papers = np.diff(shelf.node_indptr)
    found = []
    for node in _first(numbers, fits, papers, limit):
        years = view.graph.years[shelf.papers_of_node(node)]
        found.append(
            Completion(
                id=shelf.ids[node],
                name=shelf.names[node],
                kind=kind,
                papers=int(papers[node]),
                last_year=int(years.max(initial=0)) or None,
                namesakes=_namesakes(index, shelf.names[node]) if fold(shelf.names[node]) else 0,
            )
        )
    return found, len(numbers)
