"""Twins of the reports on collaborators."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from graph_service.reports.property_graph import Properties, PropertyGraph
from graph_service.reports.twins import Row, Rows
from graph_service.reports.twins.walks import (
    authors_of,
    common_papers,
    counted_papers,
    cut_lists,
    is_within,
    known_years,
    papers_of,
    shared_papers,
    within,
)


def collaborators_top(graph: PropertyGraph, *, author: str, max_authors: int, limit: int) -> Rows:
    """Whom an author has published with most: a row a collaborator."""
    rows = []
    for other, papers in shared_papers(graph, author, max_authors).items():
        years = known_years(graph, papers)
        rows.append(
            {
                "collaborator_id": other,
                "collaborator": graph.get(other, "name"),
                "identity": graph.get(other, "identity"),
                "papers": len(papers),
                "cut_lists": len(cut_lists(graph, papers)),
                "first_year": min(years, default=None),
                "last_year": max(years, default=None),
            }
        )
    return sorted(rows, key=lambda row: (-row["papers"], row["collaborator_id"]))[:limit]


def collaborators_new_by_year(
    graph: PropertyGraph,
    *,
    author: str,
    first_year: int | None,
    last_year: int | None,
    max_authors: int,
    limit: int,
) -> Rows:
    """New collaborators of an author: a row each, in the year of their first shared paper."""
    cut_years = known_years(graph, cut_lists(graph, papers_of(graph, author)))
    rows = []
    for other, papers in shared_papers(graph, author, max_authors).items():
        year = min(known_years(graph, papers), default=None)
        if year is not None and is_within(year, first_year, last_year):
            rows.append(
                {
                    "year": year,
                    "collaborator_id": other,
                    "collaborator": graph.get(other, "name"),
                    "identity": graph.get(other, "identity"),
                    "paper_ids": [paper for paper in papers if graph.get(paper, "year") == year],
                    "undated_papers": len(papers) - len(known_years(graph, papers)),
                    "earlier_cut_lists": sum(cut < year for cut in cut_years),
                }
            )
    return sorted(rows, key=lambda row: (row["year"], row["collaborator_id"]))[:limit]


def collaborators_repeated(
    graph: PropertyGraph, *, author: str | None, min_papers: int, max_authors: int, limit: int
) -> Rows:
    """How many collaborators share one paper, and how many more: a row an author."""
    counted: dict[str, list[str]] = {}
    shared: dict[str, Counter[str]] = {}
    for paper in graph.nodes("Paper") if author is None else papers_of(graph, author):
        team = authors_of(graph, paper)
        if len(team) <= max_authors:
            for each in team if author is None else [author]:
                counted.setdefault(each, []).append(paper)
                shared.setdefault(each, Counter()).update(other for other in team if other != each)
    rows = []
    for each, papers in counted.items():
        if len(papers) >= min_papers:
            repeated = sum(together >= 2 for together in shared[each].values())
            rows.append(
                {
                    "author_id": each,
                    "author": graph.get(each, "name"),
                    "identity": graph.get(each, "identity"),
                    "papers": len(papers),
                    "collaborators": len(shared[each]),
                    "repeated": repeated,
                    "once": len(shared[each]) - repeated,
                    "cut_lists": len(cut_lists(graph, papers)),
                }
            )
    return sorted(rows, key=lambda row: (-row["collaborators"], row["author_id"]))[:limit]


def ties_strongest(
    graph: PropertyGraph,
    *,
    author: str | None,
    first_year: int | None,
    last_year: int | None,
    limit: int,
) -> Rows:
    """The ties by weight: a row each."""
    ties = [
        (a, b, tie)
        for a, b, tie in _ties(graph, author)
        # Its years touch the window: the last not before it, the first not after it.
        if is_within(tie.get("last_year"), first_year, None)
        and is_within(tie.get("first_year"), None, last_year)
    ]
    rows = []
    for a, b, tie in sorted(ties, key=lambda tie: (-tie[2]["weight"], tie[0], tie[1]))[:limit]:
        papers = within(graph, common_papers(graph, a, b), first_year, last_year)
        rows.append(
            {
                "a_id": a,
                "a": graph.get(a, "name"),
                "b_id": b,
                "b": graph.get(b, "name"),
                "papers": tie["papers"],
                "weight": tie["weight"],
                "first_year": tie.get("first_year"),
                "last_year": tie.get("last_year"),
                "paper_ids": papers,
                "cut_lists": len(cut_lists(graph, papers)),
            }
        )
    return rows


def collaborators_two_steps(
    graph: PropertyGraph, *, author: str, max_authors: int, limit: int
) -> Rows:
    """Authors who share collaborators with an author, but no paper: a row each."""
    own = papers_of(graph, author)
    met = {other for paper in own for other in authors_of(graph, paper)}
    shared: dict[str, list[str]] = {}
    through: dict[str, list[str]] = {}
    for between in sorted(shared_papers(graph, author, max_authors)):
        for other, papers in shared_papers(graph, between, max_authors).items():
            if other not in met:
                shared.setdefault(other, []).append(between)
                through.setdefault(other, []).extend(papers)
    return [
        {
            "other_id": other,
            "other": graph.get(other, "name"),
            "identity": graph.get(other, "identity"),
            "shared_collaborators": len(shared[other]),
            "shared_ids": shared[other],
            "last_year": max(known_years(graph, through[other]), default=None),
            "cut_lists": len(cut_lists(graph, {*own, *papers_of(graph, other)})),
        }
        for other in sorted(shared, key=lambda other: (-len(shared[other]), other))[:limit]
    ]


def collaborators_timeline(
    graph: PropertyGraph,
    *,
    source: str,
    target: str,
    first_year: int | None,
    last_year: int | None,
    limit: int,
) -> Rows:
    """When two authors published together: a row a year, papers without one last."""
    by_year: dict[int | None, list[str]] = {}
    for paper in within(graph, common_papers(graph, source, target), first_year, last_year):
        by_year.setdefault(graph.get(paper, "year"), []).append(paper)
    return [
        {
            "year": year,
            "papers": len(by_year[year]),
            "paper_ids": by_year[year],
            "titles": [graph.get(paper, "title") for paper in by_year[year]],
            "cut_lists": len(cut_lists(graph, by_year[year])),
        }
        for year in sorted(by_year, key=lambda year: (year is None, year or 0))
    ][:limit]


def collaborators_always_together(
    graph: PropertyGraph, *, min_papers: int, max_authors: int, limit: int
) -> Rows:
    """Pairs of authors whose papers are the same: a row each."""
    pairs = []
    for a in graph.nodes("Author"):
        papers = papers_of(graph, a)
        if len(papers) < min_papers:
            continue
        shortest = min((authors_of(graph, paper) for paper in papers), key=len)
        if len(shortest) <= max_authors:
            pairs += [(papers, a, b) for b in shortest if a < b and papers_of(graph, b) == papers]
    return [
        {
            "a_id": a,
            "a": graph.get(a, "name"),
            "b_id": b,
            "b": graph.get(b, "name"),
            "papers": len(papers),
            "paper_ids": papers,
            "cut_lists": len(cut_lists(graph, papers)),
        }
        for papers, a, b in sorted(pairs, key=lambda pair: (-len(pair[0]), pair[1], pair[2]))
    ][:limit]


def authors_bridging_affiliations(
    graph: PropertyGraph, *, left: str, right: str, limit: int
) -> Rows:
    """Authors whose papers name two affiliations: a row each."""
    naming = {
        side: {paper for paper, _ in graph.into(side, "AFFILIATED_WITH")} for side in (left, right)
    }
    papers_by_author: dict[str, list[str]] = {}
    for paper in sorted(naming[left] | naming[right]):
        for author in authors_of(graph, paper):
            papers_by_author.setdefault(author, []).append(paper)
    rows = []
    for author, papers in papers_by_author.items():
        lefts, rights = naming[left].intersection(papers), naming[right].intersection(papers)
        if lefts and rights:
            rows.append(
                {
                    "author_id": author,
                    "author": graph.get(author, "name"),
                    "identity": graph.get(author, "identity"),
                    "papers": len(papers),
                    "both": len(lefts & rights),
                    "left_papers": len(lefts),
                    "right_papers": len(rights),
                    "paper_ids": papers,
                }
            )
    return sorted(rows, key=lambda row: (-row["papers"], row["author_id"]))[:limit]


def collaborators_triads(
    graph: PropertyGraph,
    *,
    author: str,
    closed: bool | None,
    max_authors: int,
    max_collaborators: int,
    limit: int,
) -> Rows:
    """Pairs of an author's collaborators, and whether the two publish together: a row each."""
    own = set(papers_of(graph, author))
    shared = shared_papers(graph, author, max_authors)
    paired = sorted(shared, key=lambda other: (-len(shared[other]), other))[:max_collaborators]
    counted = {other: set(counted_papers(graph, other, max_authors)) for other in sorted(paired)}
    rows: Rows = []
    for first, second in combinations(counted, 2):
        together = counted[first] & counted[second]
        if closed in (None, bool(together)):
            rows.append(
                {
                    "first_id": first,
                    "first": graph.get(first, "name"),
                    "second_id": second,
                    "second": graph.get(second, "name"),
                    "closed": bool(together),
                    "papers_together": len(together),
                    "papers_without_author": len(together - own),
                    "first_papers": len(shared[first]),
                    "second_papers": len(shared[second]),
                }
            )
    rows = sorted(rows, key=_most_telling)[:limit]
    for row in rows:
        papers = {*papers_of(graph, row["first_id"]), *papers_of(graph, row["second_id"])}
        row["cut_lists"] = len(cut_lists(graph, papers))
    return rows


def _most_telling(row: Row) -> tuple[bool, int, str, str]:
    together = row["first_papers"] + row["second_papers"]
    return (row["closed"], -together, row["first_id"], row["second_id"])


def _ties(graph: PropertyGraph, author: str | None) -> Iterator[tuple[str, str, Properties]]:
    """The ties of an author, or all of them, each with the smaller id first."""
    if author is not None:
        for other, tie in graph.both(author, "COAUTHORED"):
            yield min(author, other), max(author, other), tie
        return
    for a in graph.nodes("Author"):
        for b, tie in graph.out(a, "COAUTHORED"):
            yield a, b, tie
