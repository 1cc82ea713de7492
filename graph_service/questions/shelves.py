"""Repositories, affiliations, topics, venues and sources: what papers share besides authors."""

from collections import Counter

from graph_service.model.answers import (
    AuthorOfShelf,
    Note,
    ShelfAnswer,
    ShelfList,
    ShelfRow,
)
from graph_service.model.errors import NodeNotFound
from graph_service.model.schema import Node
from graph_service.projection.find import author_ref
from graph_service.projection.reader import View
from graph_service.questions.authors import cut_list_notes
from graph_service.questions.paging import PER_PAGE, page
from graph_service.questions.papers import paper_ref, papers_by_date

MOST_SHOWN = 500

# Plural in URLs and on the command line, label in the graph.
SHELVES = {
    "repos": "Repo",
    "affiliations": "Affiliation",
    "topics": "Topic",
    "venues": "Venue",
    "sources": "Source",
}


def _row(node: Node, papers: int) -> ShelfRow:
    properties = dict(node.properties)
    name = properties.pop("name", None) or properties.pop("label")
    return ShelfRow(
        id=node.id, name=str(name), papers=papers, properties=dict(sorted(properties.items()))
    )


async def list_shelf(
    view: View, shelf: str, *, cursor: str | None = None, per_page: int = PER_PAGE
) -> ShelfList:
    """List the nodes of one kind (a key of SHELVES), most papers first, then by id."""
    nodes = await view.store.shelf(SHELVES[shelf])
    ordered = sorted(nodes, key=lambda entry: (-len(entry[1]), entry[0].id))
    rows, next_cursor = page(
        ordered, revision=view.state.facts_revision, cursor=cursor, per_page=per_page
    )
    return ShelfList(
        meta=view.meta(
            parameters={"per_page": per_page},
            count=len(ordered),
            per_page=per_page,
            next_cursor=next_cursor,
        ),
        results=[_row(node, len(papers)) for node, papers in rows],
    )


async def show_on_shelf(view: View, shelf: str, asked: str) -> ShelfAnswer:
    """Show one node, its papers and their authors.

    Raises:
        NodeNotFound: No node of this kind has this id.
    """
    label = SHELVES[shelf]
    found = await view.store.shelf(label, asked)
    if not found:
        raise NodeNotFound(label, asked)
    node, paper_ids = found[0]
    papers = [number for paper in paper_ids if (number := view.paper_number(paper)) is not None]
    times = Counter(
        author for paper in papers for author in view.graph.authors_of_paper(paper).tolist()
    )
    notes = cut_list_notes(view, papers)
    if shelf == "affiliations" and papers:
        notes.append(
            Note(
                code="paper-level-affiliations",
                count=len(papers),
                text="the sources name this organisation for these papers as a whole; "
                "they do not say which of the authors belong to it",
            )
        )
    most_papers_first = sorted(times.items(), key=lambda entry: (-entry[1], entry[0]))
    for what, count in (("papers", len(papers)), ("authors", len(times))):
        if count > MOST_SHOWN:
            notes.append(
                Note(
                    code=f"{what}-left-out",
                    count=count - MOST_SHOWN,
                    text=f"the first {MOST_SHOWN} of {count} {what} are shown",
                )
            )
    return ShelfAnswer(
        meta=view.meta(parameters={"id": asked}, notes=notes),
        node=_row(node, len(papers)),
        papers=[paper_ref(view, paper) for paper in papers_by_date(view, papers)[:MOST_SHOWN]],
        authors=[
            AuthorOfShelf(**author_ref(view, author).model_dump(), papers=count)
            for author, count in most_papers_first[:MOST_SHOWN]
        ],
    )
