"""How two authors are connected, through which papers, and how sure that is."""

from collections.abc import Collection

import numpy as np

from graph_service.model.answers import (
    Hop,
    NodeRef,
    NoPath,
    Note,
    PaperOnHop,
    Parameter,
    Path,
    PathAnswer,
)
from graph_service.model.errors import ParameterError
from graph_service.projection.paths import component_size, shortest_path, within
from graph_service.projection.reader import View
from graph_service.questions.authors import capped_notes, identity_note, shared_papers
from graph_service.questions.find import author_ref, find_author
from graph_service.questions.papers import paper_ref
from graph_service.questions.words import many


async def show_path(view: View, source: str, target: str) -> PathAnswer:
    """Show one shortest path between two authors, with the papers of each hop.

    Equal ends give a path of no hops; no path is an answer that says why.

    Raises:
        AuthorNotFound, AmbiguousName, Moved: An end names no author, or several.
    """
    start, end = await find_author(view, source), await find_author(view, target)
    graph = view.graph
    found = shortest_path(graph.ties, start, end)
    ends = {"source": author_ref(view, start), "target": author_ref(view, end)}
    parameters: dict[str, Parameter] = {
        "source": graph.author_ids[start],
        "target": graph.author_ids[end],
        "max_authors": graph.max_authors,
    }
    if found is None:
        return PathAnswer(
            meta=view.meta(
                parameters=parameters,
                notes=[*capped_notes(view), *identity_note(2)],
            ),
            no_path=_no_path(view, start, end),
            **ends,
        )

    authors = [author_ref(view, author) for author in found.authors]
    distance = len(found.authors) - 1
    cut = _cut_lists_on_the_way(view, found.authors)
    notes = identity_note(sum(author.identity == "unverified" for author in authors))
    if cut:
        notes.append(
            Note(
                code="cut-author-lists",
                count=cut,
                text=f"{many(cut, 'paper', 'papers')} near either end may name only some of the "
                "authors; a missing one could make a shorter way",
            )
        )
    return PathAnswer(
        meta=view.meta(
            parameters=parameters,
            notes=[*notes, *capped_notes(view)],
        ),
        distance=distance,
        distance_is="at most" if cut else "exact",
        incomplete_papers=cut,
        path=Path(
            authors=authors,
            hops=[
                await _hop(view, a, b)
                for a, b in zip(found.authors, found.authors[1:], strict=False)
            ],
        ),
        **ends,
    )


async def _hop(view: View, a: int, b: int) -> Hop:
    graph = view.graph
    ties = graph.ties
    tie = ties.find(a, b)
    if tie is None:
        raise ParameterError("hop", (a, b), "two authors with a tie")
    papers = shared_papers(view, a, b)
    facts = await view.store.papers([graph.paper_ids[paper] for paper in papers])
    return Hop(
        source=graph.author_ids[a],
        target=graph.author_ids[b],
        weight=float(ties.weights[tie]),
        first_year=int(ties.first_years[tie]) or None,
        last_year=int(ties.last_years[tie]) or None,
        papers=[
            PaperOnHop(
                **paper_ref(view, paper).model_dump(),
                positions=[graph.position(a, paper), graph.position(b, paper)],
                authors_complete={1: True, 0: False}.get(int(graph.complete[paper])),
                repositories=[
                    NodeRef(id=node.id, name=str(node.properties["name"]))
                    for edge, node in known.links
                    if edge.type == "HAS_CODE"
                ],
            )
            for paper, known in zip(papers, facts, strict=True)
        ],
    )


def _cut_lists_on_the_way(view: View, path: Collection[int]) -> int:
    """Count the papers whose missing authors could shorten a path.

    A shorter way must leave one end by a tie that is not in the data, made by a paper of
    somebody within half the distance of that end. A path of one hop cannot be shortened.
    """
    distance = len(path) - 1
    if distance < 2:
        return 0
    graph = view.graph
    ends = list(path)
    near = within(graph.ties, ends[0], distance // 2) | within(graph.ties, ends[-1], distance // 2)
    papers = np.unique(np.concatenate([graph.papers_of_author(author) for author in sorted(near)]))
    return int(np.count_nonzero(graph.complete[papers] != 1))


def _no_path(view: View, start: int, end: int) -> NoPath:
    graph = view.graph
    here, there = component_size(graph.ties, start), component_size(graph.ties, end)
    shared = np.intersect1d(
        np.intersect1d(graph.papers_of_author(start), graph.papers_of_author(end)), graph.capped
    )
    if len(shared):
        return NoPath(
            reason="author-cap",
            text=f"they share {many(len(shared), 'paper', 'papers')} with more than "
            f"{graph.max_authors} authors, and such papers make no ties",
            source_component=here,
            target_component=there,
        )
    return NoPath(
        reason="different-components",
        text=f"no chain of shared papers joins them: one can reach {here} authors, the other "
        f"{there}, and these groups have nobody in common",
        source_component=here,
        target_component=there,
    )
