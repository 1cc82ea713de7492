"""An author's years: papers, collaborators, and who was new."""

import numpy as np

from graph_service.model.answers import Note
from graph_service.model.people_answers import TimelineAnswer, YearOfAuthor
from graph_service.projection.find import author_ref, find_author
from graph_service.projection.reader import View
from graph_service.questions.authors import capped_notes, cut_list_notes, identity_note
from graph_service.questions.papers import paper_ref
from graph_service.questions.words import many


async def show_timeline(view: View, asked: str) -> TimelineAnswer:
    """Show an author year by year.

    Collaborators are those of the year's papers that make ties; new ones are those with whom no
    earlier year has a paper that does. What undated papers would change is noted.

    Raises:
        AuthorNotFound, AmbiguousName, Moved: See `find_author`.
    """
    author = await find_author(view, asked)
    graph = view.graph
    papers = graph.papers_of_author(author)
    counted = set(np.setdiff1d(papers, graph.capped).tolist())
    by_year: dict[int, list[int]] = {}
    for paper in papers.tolist():
        by_year.setdefault(int(graph.years[paper]), []).append(paper)
    undated = by_year.pop(0, [])

    def met(of: list[int]) -> set[int]:
        there = {
            int(one) for paper in of if paper in counted for one in graph.authors_of_paper(paper)
        }
        return there - {author}

    known: set[int] = set()
    results = []
    for year in sorted(by_year):
        theirs = sorted(by_year[year], key=lambda paper: (graph.dates[paper], paper))
        collaborators = met(theirs)
        results.append(
            YearOfAuthor(
                year=year,
                papers=[paper_ref(view, paper) for paper in theirs],
                collaborators=[author_ref(view, one) for one in sorted(collaborators)],
                new_collaborators=[author_ref(view, one) for one in sorted(collaborators - known)],
            )
        )
        known |= collaborators
    return TimelineAnswer(
        meta=view.meta(
            parameters={"author": graph.author_ids[author], "max_authors": graph.max_authors},
            count=len(results),
            notes=[
                *_undated_notes(len(undated), len(met(undated))),
                *cut_list_notes(view, papers),
                *capped_notes(view, papers),
                *identity_note(
                    sum(graph.author_identity[one] == "unverified" for one in {author, *known})
                ),
            ],
        ),
        author=author_ref(view, author),
        results=results,
        undated=[paper_ref(view, paper) for paper in undated],
    )


def _undated_notes(papers: int, collaborators: int) -> list[Note]:
    if not papers:
        return []
    text = f"{many(papers, 'paper has', 'papers have')} no year and are in none"
    if collaborators:
        text += (
            f"; {many(collaborators, 'collaborator is', 'collaborators are')} on them, and may "
            "have been there before the year that calls them new"
        )
    return [Note(code="undated-papers", count=papers, text=text)]
