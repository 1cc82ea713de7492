"""Steps that twins share: from authors to papers and back, within caps and windows."""

from collections.abc import Iterable

from graph_service.reports.property_graph import PropertyGraph


def papers_of(graph: PropertyGraph, author: str) -> list[str]:
    """The papers of an author, ascending."""
    return [paper for paper, _ in graph.out(author, "AUTHORED")]


def authors_of(graph: PropertyGraph, paper: str) -> list[str]:
    """The authors of a paper, ascending."""
    return [author for author, _ in graph.into(paper, "AUTHORED")]


def counted_papers(graph: PropertyGraph, author: str, max_authors: int) -> list[str]:
    """The papers of an author that have at most so many authors, ascending."""
    return [
        paper for paper in papers_of(graph, author) if len(authors_of(graph, paper)) <= max_authors
    ]


def by_collaborator(
    graph: PropertyGraph, author: str, papers: Iterable[str]
) -> dict[str, list[str]]:
    """Sort papers of an author by who else is on them, each list in the given order."""
    found: dict[str, list[str]] = {}
    for paper in papers:
        for other in authors_of(graph, paper):
            if other != author:
                found.setdefault(other, []).append(paper)
    return found


def shared_papers(graph: PropertyGraph, author: str, max_authors: int) -> dict[str, list[str]]:
    """The counted papers that an author shares with each collaborator, ascending."""
    return by_collaborator(graph, author, counted_papers(graph, author, max_authors))


def common_papers(graph: PropertyGraph, a: str, b: str) -> list[str]:
    """The papers of both authors, of any length, ascending."""
    of_b = set(papers_of(graph, b))
    return [paper for paper in papers_of(graph, a) if paper in of_b]


def known_years(graph: PropertyGraph, papers: Iterable[str]) -> list[int]:
    """The years of those papers that have one, in their order."""
    return [year for paper in papers if (year := graph.get(paper, "year")) is not None]


def cut_lists(graph: PropertyGraph, papers: Iterable[str]) -> list[str]:
    """Those of the papers that name only some of their authors, in their order."""
    return [paper for paper in papers if graph.get(paper, "authors_complete") is False]


def is_within(year: int | None, first_year: int | None, last_year: int | None) -> bool:
    """Tell whether a year is in a window; an unknown one is only where no window is given."""
    if year is None:
        return first_year is None and last_year is None
    return (first_year is None or year >= first_year) and (last_year is None or year <= last_year)


def within(
    graph: PropertyGraph, papers: Iterable[str], first_year: int | None, last_year: int | None
) -> list[str]:
    """Those of the papers that are in a window, in their order."""
    return [paper for paper in papers if is_within(graph.get(paper, "year"), first_year, last_year)]
