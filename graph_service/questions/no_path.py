"""Why two authors are not connected, and who is nearest to whom."""

from typing import Any

import numpy as np
import numpy.typing as npt
from anyio.to_thread import run_sync

from graph_service.model.path_answers import AuthorNear, FilterCut, NoPath
from graph_service.model.path_questions import PathsWanted
from graph_service.projection.arrays import AuthorPaper, Ints, Shelf, Ties
from graph_service.projection.reader import View
from graph_service.projection.surroundings import gathered, papers_of_authors
from graph_service.projection.walks import Components, components, shortest_paths, within
from graph_service.questions.hops import (
    author_on_path,
    incomplete_near_ends,
    incomplete_papers,
    node_ref,
)
from graph_service.questions.papers import paper_ref
from graph_service.questions.path_filters import (
    Resolved,
    TiesUnder,
    authors_without,
    distances_without_each,
)
from graph_service.questions.words import many

NEAR_HOPS = 2
MOST_NEAR = 500
MOST_NODES = 10
MOST_PAPERS = 50
NEAREST_RULE = (
    f"on each side the authors at most {NEAR_HOPS} hops from the end, at most {MOST_NEAR} of "
    "them, nearest first, then by id; of those whose papers name an organisation or a topic that "
    "papers of the other side's name too, the one with most organisations, then most topics, then "
    f"fewest hops, then by id; at most {MOST_NODES} of each are named"
)


async def explain_no_path(
    view: View, found: Resolved, under: TiesUnder, start: int, end: int, wanted: PathsWanted
) -> tuple[NoPath, Ints]:
    """Say why two authors are not connected under a filter and a limit.

    The first that holds: the limit on hops, a filter, the cap on author lists, no chain at all.

    Returns:
        Why; and the papers, not known to name all their authors, that could join the two or
        shorten their distance. What joins two components leaves the smaller one, or the
        source's of two equal ones: these papers are by its authors.
    """
    graph, ties = view.graph, under.ties
    labelled = await run_sync(components, ties)
    here, there = (int(labelled.labels[author]) for author in (start, end))
    given = found.filter.given()
    each = await distances_without_each(view, found.filter, start, end) if given else []
    free = await run_sync(lambda: shortest_paths(graph.ties, start, end).distance)
    parts: dict[str, Any] = {
        "source_component": int(labelled.sizes[here]),
        "target_component": int(labelled.sizes[there]),
        "distance_without": free,
        "filters": [FilterCut(filter=name, distance_without=hops) for name, hops in each],
    }
    if here == there:
        hops = await run_sync(lambda: shortest_paths(ties, start, end).distance)
        text = f"the shortest way has {hops} hops, and max_hops is {wanted.max_hops}"
        near = incomplete_near_ends(view, under, start, end, hops or 0)
        return NoPath(reason="max-hops", text=text, **parts), near
    smaller = there if labelled.sizes[there] < labelled.sizes[here] else here
    members = np.flatnonzero(labelled.labels == smaller).astype(np.int32)
    gaps = incomplete_papers(view, under, members)

    organisations, topics = await view.shelf("Affiliation"), await view.shelf("Topic")
    nearest = await run_sync(_nearest, graph, under, organisations, topics, start, end)
    parts |= {
        "source_nearest": nearest[0],
        "target_nearest": nearest[1],
        "nearest_rule": NEAREST_RULE,
    }
    if free is not None or any(hops is not None for _, hops in each):
        text = _cut_by(each, free, wanted.max_hops)
        return NoPath(reason="filter", text=text, **parts), gaps
    capped = await run_sync(_over_cap_between, graph, under, found, labelled, start, end)
    if capped:
        text = _capped(graph, under, capped, {start, end})
        papers = [paper_ref(view, paper) for paper in capped[:MOST_PAPERS]]
        return NoPath(reason="author-cap", text=text, papers=papers, **parts), gaps
    text = (
        "no chain of shared papers joins them: one can reach "
        f"{many(parts['source_component'], 'author', 'authors')}, the other "
        f"{many(parts['target_component'], 'author', 'authors')}, themselves included, and these "
        "groups have nobody in common"
    )
    return NoPath(reason="different-components", text=text, **parts), gaps


def _cut_by(each: list[tuple[str, int | None]], free: int | None, max_hops: int | None) -> str:
    alone = [
        f"taking {name} away alone gives a path of {many(hops, 'hop', 'hops')}"
        + (f", more than max_hops {max_hops}" if max_hops is not None and hops > max_hops else "")
        for name, hops in each
        if hops is not None
    ]
    if alone:
        return "cut by a filter: " + "; ".join(alone)
    return (
        "cut by several filters together: without all of them there is a path of "
        f"{many(free or 0, 'hop', 'hops')}"
    )


def _capped(graph: AuthorPaper, under: TiesUnder, papers: list[int], ends: set[int]) -> str:
    share = len(papers) == 1 and ends <= set(graph.authors_of_paper(papers[0]).tolist())
    which = "they share" if share else "they are joined only through"
    return (
        f"{which} {many(len(papers), 'paper', 'papers')} with more than {under.max_authors} "
        "authors, and such papers make no ties"
    )


# -- papers over the cap ------------------------------------------------------------------


def _over_cap_between(
    graph: AuthorPaper,
    under: TiesUnder,
    found: Resolved,
    labelled: Components,
    start: int,
    end: int,
) -> list[int]:
    """The fewest papers over the cap whose author lists join two components, from start to end.

    Breadth-first from the smaller component, papers by id; empty: even they do not join them.
    """
    over = under.passing & ~under.counted
    if not over.any():
        return []
    labels = labelled.labels
    turned = labelled.sizes[labels[start]] > labelled.sizes[labels[end]]
    first, goal = (end, start) if turned else (start, end)
    out = np.zeros(len(graph.author_ids), np.bool_)
    out[authors_without(graph, found.filter)] = True
    # How each component was reached: by which paper, out of which component.
    came: dict[int, tuple[int, int] | None] = {int(labels[first]): None}
    used = np.zeros(len(over), np.bool_)
    frontier = {int(labels[first])}
    aim = int(labels[goal])
    while frontier and aim not in came:
        members = np.flatnonzero(np.isin(labels, sorted(frontier)) & ~out)
        papers = np.sort(papers_of_authors(graph, members, over & ~used))
        used[papers] = True
        reached: set[int] = set()
        for paper in papers.tolist():
            authors = graph.authors_of_paper(paper)
            touched = sorted(set(labels[authors[~out[authors]]].tolist()))
            origin = next(label for label in touched if label in frontier)
            for label in touched:
                if label not in came:
                    came[label] = (paper, origin)
                    reached.add(label)
        frontier = reached
    chain = []
    step = came.get(aim)
    while step is not None:
        chain.append(step[0])
        step = came[step[1]]
    return chain if turned else chain[::-1]


# -- nearest by organisation and topic ----------------------------------------------------


def _nearest(
    graph: AuthorPaper, under: TiesUnder, organisations: Shelf, topics: Shelf, start: int, end: int
) -> tuple[AuthorNear | None, AuthorNear | None]:
    sides = [_near(under.ties, author) for author in (start, end)]
    held = [
        [_nodes_of_authors(graph, under, shelf, authors) for authors, _ in sides]
        for shelf in (organisations, topics)
    ]
    shared = [np.intersect1d(here[1], there[1]) for here, there in held]
    found: list[AuthorNear | None] = []
    for side, (authors, hops) in enumerate(sides):
        mine = [_only(pairs[side], nodes) for pairs, nodes in zip(held, shared, strict=True)]
        counts = [np.bincount(pairs[0], minlength=len(authors)) for pairs in mine]
        best = int(np.lexsort((authors, hops, -counts[1], -counts[0]))[0])
        if not counts[0][best] + counts[1][best]:
            found.append(None)
            continue
        nodes = [pairs[1][pairs[0] == best][:MOST_NODES].tolist() for pairs in mine]
        found.append(
            AuthorNear(
                **author_on_path(graph, int(authors[best])).model_dump(),
                hops=int(hops[best]),
                affiliations=[node_ref(organisations, node) for node in nodes[0]],
                topics=[node_ref(topics, node) for node in nodes[1]],
            )
        )
    return found[0], found[1]


def _near(ties: Ties, author: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """The authors nearest to one, with their hops; by hops, then id."""
    ball = within(ties, author, NEAR_HOPS)
    order = np.lexsort((ball.authors, ball.hops))[:MOST_NEAR]
    return ball.authors[order], ball.hops[order]


def _nodes_of_authors(
    graph: AuthorPaper, under: TiesUnder, shelf: Shelf, authors: npt.NDArray[np.int32]
) -> npt.NDArray[np.int64]:
    """Places of authors (first row) and nodes on their papers (second), each pair once, sorted."""
    if not len(shelf.ids):
        return np.zeros((2, 0), np.int64)
    whose, papers = gathered(graph.author_indptr, graph.papers_of, authors)
    passing = under.passing[papers]
    whose, papers = whose[passing], papers[passing]
    which, nodes = gathered(shelf.paper_indptr, shelf.nodes, papers)
    pairs = np.unique(whose[which] * len(shelf.ids) + nodes)
    return np.array(np.divmod(pairs, len(shelf.ids)))


def _only(pairs: npt.NDArray[np.int64], nodes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return pairs[:, np.isin(pairs[1], nodes)]
