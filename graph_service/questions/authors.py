"""Who is here: authors, their papers, and whom they work with."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import orjson

from graph_service.model.answers import (
    AuthorAnswer,
    AuthorCard,
    AuthorList,
    AuthorRow,
    AuthorSummary,
    Collaborator,
    CollaboratorList,
    JoinOfNames,
    NameOfAuthor,
    Note,
    PageMetrics,
    PaperList,
)
from graph_service.projection.find import author_ref, find_author
from graph_service.projection.reader import View
from graph_service.questions.paging import PER_PAGE, page
from graph_service.questions.papers import paper_ref, paper_summaries, papers_by_date
from graph_service.questions.person_records import said_affiliations
from graph_service.questions.positions import (
    memberships,
    position_notes,
    position_of,
    ranks_of,
    sorted_by,
)
from graph_service.questions.same_works import author_notes
from graph_service.questions.selections import EVERYBODY, Selection, select
from graph_service.questions.words import many


def author_summary(view: View, author: int) -> AuthorSummary:
    """Count an author's papers and collaborators."""
    graph = view.graph
    papers = graph.papers_of_author(author)
    years = [year for year in graph.years[papers].tolist() if year]
    row = graph.ties.row(author)
    return AuthorSummary(
        **author_ref(view, author).model_dump(),
        papers=len(papers),
        collaborators=row.stop - row.start,
        first_year=min(years, default=None),
        last_year=max(years, default=None),
    )


def cut_list_notes(view: View, papers: Iterable[int]) -> list[Note]:
    """Say how many of these papers name only some of their authors, or may do so."""
    numbers = np.fromiter(papers, np.int64)
    cut = int(np.count_nonzero(view.graph.complete[numbers] == 0))
    unknown = int(np.count_nonzero(view.graph.complete[numbers] == -1))
    notes = []
    if cut:
        notes.append(
            Note(
                code="cut-author-lists",
                count=cut,
                text=f"{many(cut, 'of these papers names', 'of these papers name')} only some of "
                "the authors: counts of collaborators and tie weights are bounds",
            )
        )
    if unknown:
        notes.append(
            Note(
                code="unknown-author-lists",
                count=unknown,
                text=f"for {unknown} of these papers no source says whether all authors are named",
            )
        )
    return notes


def capped_notes(view: View, papers: npt.NDArray[np.int32] | None = None) -> list[Note]:
    """Say how many of these papers, or of all, make no ties: their author list is too long."""
    capped = view.graph.capped
    count = len(capped if papers is None else np.intersect1d(papers, capped))
    if not count:
        return []
    one, more = ("paper", "papers") if papers is None else ("of these papers",) * 2
    return [
        Note(
            code="capped-papers",
            count=count,
            text=f"{many(count, f'{one} has', f'{more} have')} more than "
            f"{view.graph.max_authors} authors and no part in ties",
        )
    ]


def identity_note(unverified: int) -> list[Note]:
    """Say how many of the authors shown rest on their name alone."""
    if not unverified:
        return []
    return [
        Note(
            code="unverified-identity",
            count=unverified,
            text="unverified authors rest on their name alone: one may be two people, or two one",
        )
    ]


async def list_authors(
    view: View,
    *,
    q: str | None = None,
    chosen: Selection = EVERYBODY,
    cursor: str | None = None,
    per_page: int = PER_PAGE,
) -> AuthorList:
    """List authors: all, those whose name fits `q`, those who worked on something.

    Order: with `sort` by that value, unknown ones last, then id; else with `q` exact, prefix,
    words first; then papers descending (those that fit, where a topic, method or affiliation
    was asked for), then id.

    Args:
        view: Where to look.
        q: A name, or how some or all of its words begin.
        chosen: Who counts, and what the list is sorted by.
        cursor: The `next_cursor` of the page before.
        per_page: Rows on a page.

    Raises:
        NodeNotFound, ParameterError: What was chosen is not there or contradicts itself.
        NotDerived: The list needs a part of the derived layer that is not there.
        CursorExpired: The facts, or what was derived from them, changed since.
    """
    graph = view.graph
    found = await select(view, chosen)
    papers = np.diff(graph.author_indptr) if found.counted is None else found.counted
    if q is None:
        authors = np.arange(len(papers))
        fits = np.zeros(len(papers), np.int8)
    else:
        authors, fits = view.names.find(q)
    kept = found.fits[authors]
    authors, fits = authors[kept], fits[kept]
    values, ranks = found.values, None
    if values is None:
        order = authors[np.lexsort((authors, -papers[authors], fits))]
    else:
        order = sorted_by(values, authors, descending=chosen.order != "asc")
        ranks = ranks_of(values[order] if chosen.order != "asc" else -values[order])
    rows, next_cursor = page(
        range(len(order)), revision=found.revision, cursor=cursor, per_page=per_page
    )
    results = [
        _author_row(
            view,
            author := int(order[place]),
            counted=None if found.counted is None else int(found.counted[author]),
            value=None if values is None else float(values[author]),
            rank=None if ranks is None else int(ranks[place]),
        )
        for place in rows
    ]
    return AuthorList(
        meta=view.meta(
            parameters={"q": q, **found.parameters, "per_page": per_page},
            count=len(order),
            per_page=per_page,
            next_cursor=next_cursor,
            notes=[
                *identity_note(sum(row.identity == "unverified" for row in results)),
                *found.notes,
            ],
        ),
        results=results,
    )


def _author_row(
    view: View, author: int, *, counted: int | None, value: float | None, rank: int | None
) -> AuthorRow:
    known = value is not None and not np.isnan(value)
    return AuthorRow(
        **author_summary(view, author).model_dump(),
        papers_counted=counted,
        value=(int(value) if value.is_integer() else value)
        if known and value is not None
        else None,
        rank=rank or None,
    )


async def show_author(view: View, asked: str) -> AuthorAnswer:
    """Show one author with the names, figures and doubts behind the card."""
    author = await find_author(view, asked)
    graph = view.graph
    papers = graph.papers_of_author(author)
    (facts,) = await view.store.authors([graph.author_ids[author]])
    affiliations, doubts = await said_affiliations(view, [name for name, _ in facts.names])
    metrics = facts.author.properties.get("metrics")
    card = AuthorCard(
        **author_summary(view, author).model_dump(),
        name_variants=graph.author_variants[author],
        identifiers=facts.author.properties.get("identifiers", []),
        names=[
            NameOfAuthor.model_validate(
                {
                    "id": name.id,
                    "name": name.properties["name"],
                    "source": name.properties["source"],
                    "status": edge.properties["status"],
                }
            )
            for name, edge in facts.names
        ],
        joined_by=[
            JoinOfNames.model_validate({"a": join.start, "b": join.end, **join.properties})
            for join in facts.joins
        ],
        affiliations=affiliations,
        metrics=[PageMetrics.model_validate(entry) for entry in orjson.loads(str(metrics))]
        if metrics
        else [],
        unprinted_papers=sum(graph.position(author, int(paper)) is None for paper in papers),
        papers_with_cut_lists=int(np.count_nonzero(graph.complete[papers] == 0)),
        position=(position := await position_of(view, author)),
        position_without=await position_of(view, author, without=True),
        clusters=await memberships(view, author),
    )
    return AuthorAnswer(
        meta=view.meta(
            parameters={"author": graph.author_ids[author]},
            notes=[
                *identity_note(card.identity == "unverified"),
                *cut_list_notes(view, papers),
                *capped_notes(view, papers),
                *await author_notes(view, author),
                *position_notes(view, position),
                *doubts,
            ],
        ),
        author=card,
    )


async def list_papers_of_author(
    view: View, asked: str, *, cursor: str | None = None, per_page: int = PER_PAGE
) -> PaperList:
    """List an author's papers, newest first."""
    author = await find_author(view, asked)
    ordered = papers_by_date(view, view.graph.papers_of_author(author).tolist())
    rows, next_cursor = page(
        ordered, revision=view.state.facts_revision, cursor=cursor, per_page=per_page
    )
    return PaperList(
        meta=view.meta(
            parameters={"author": view.graph.author_ids[author], "per_page": per_page},
            count=len(ordered),
            per_page=per_page,
            next_cursor=next_cursor,
            notes=cut_list_notes(view, ordered),
        ),
        results=await paper_summaries(view, rows),
    )


async def list_collaborators(
    view: View, asked: str, *, cursor: str | None = None, per_page: int = PER_PAGE
) -> CollaboratorList:
    """List whom an author shares papers with, with those papers."""
    author = await find_author(view, asked)
    graph = view.graph
    ties = graph.ties
    row = ties.row(author)
    order = sorted(
        range(row.start, row.stop),
        key=lambda tie: (-ties.papers[tie], -ties.weights[tie], ties.neighbours[tie]),
    )
    rows, next_cursor = page(
        order, revision=view.state.facts_revision, cursor=cursor, per_page=per_page
    )
    results = [
        Collaborator(
            **author_ref(view, other := int(ties.neighbours[tie])).model_dump(),
            papers=int(ties.papers[tie]),
            weight=float(ties.weights[tie]),
            first_year=int(ties.first_years[tie]) or None,
            last_year=int(ties.last_years[tie]) or None,
            shared_papers=[paper_ref(view, paper) for paper in shared_papers(view, author, other)],
        )
        for tie in rows
    ]
    papers = graph.papers_of_author(author)
    return CollaboratorList(
        meta=view.meta(
            parameters={
                "author": graph.author_ids[author],
                "max_authors": graph.max_authors,
                "per_page": per_page,
            },
            count=len(order),
            per_page=per_page,
            next_cursor=next_cursor,
            notes=[
                *cut_list_notes(view, papers),
                *capped_notes(view, papers),
                *await author_notes(view, author),
                *identity_note(sum(row.identity == "unverified" for row in results)),
            ],
        ),
        author=author_ref(view, author),
        results=results,
    )


def shared_papers(view: View, a: int, b: int) -> list[int]:
    """The papers that make the tie of two authors, by year, then id; undated last."""
    graph = view.graph
    shared = np.intersect1d(graph.papers_of_author(a), graph.papers_of_author(b))
    counted = np.setdiff1d(shared, graph.capped).tolist()
    return sorted(counted, key=lambda paper: (graph.years[paper] or 10_000, paper))
