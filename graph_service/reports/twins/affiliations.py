"""Twins of the reports on affiliations."""

from itertools import combinations

from graph_service.reports.property_graph import PropertyGraph
from graph_service.reports.twins import Rows
from graph_service.reports.twins.walks import authors_of, known_years, papers_of, within

MOST_PAPER_IDS = 20


def affiliations_joint_papers(
    graph: PropertyGraph,
    *,
    affiliation: str | None,
    first_year: int | None,
    last_year: int | None,
    max_affiliations: int,
    min_papers: int,
    limit: int,
) -> Rows:
    """Organisations named on the same papers: a row a pair."""
    papers = (
        graph.nodes("Paper")
        if affiliation is None
        else [paper for paper, _ in graph.into(affiliation, "AFFILIATED_WITH")]
    )
    joint: dict[tuple[str, str], list[str]] = {}
    for paper in within(graph, papers, first_year, last_year):
        named = [organisation for organisation, _ in graph.out(paper, "AFFILIATED_WITH")]
        if len(named) <= max_affiliations:
            for pair in combinations(named, 2):
                if affiliation is None or affiliation in pair:
                    joint.setdefault(pair, []).append(paper)
    kept = [pair for pair, both in joint.items() if len(both) >= min_papers]
    rows = []
    for a, b in sorted(kept, key=lambda pair: (-len(joint[pair]), pair))[:limit]:
        years = known_years(graph, joint[a, b])
        rows.append(
            {
                "a_id": a,
                "a": graph.get(a, "name"),
                "b_id": b,
                "b": graph.get(b, "name"),
                "papers": len(joint[a, b]),
                "first_year": min(years, default=None),
                "last_year": max(years, default=None),
                "paper_ids": joint[a, b][:MOST_PAPER_IDS],
            }
        )
    return rows


def affiliations_of_author(
    graph: PropertyGraph,
    *,
    author: str,
    first_year: int | None,
    last_year: int | None,
    limit: int,
) -> Rows:
    """Organisations that an author's papers name: a row each in each year."""
    naming: dict[tuple[int | None, str, str], list[str]] = {}
    for paper in within(graph, papers_of(graph, author), first_year, last_year):
        for organisation, named in graph.out(paper, "AFFILIATED_WITH"):
            key = (graph.get(paper, "year"), organisation, named["certainty"])
            naming.setdefault(key, []).append(paper)
    ordered = sorted(naming, key=lambda key: (key[0] is None, key[0] or 0, *key[1:]))
    return [
        {
            "year": year,
            "affiliation_id": organisation,
            "affiliation": graph.get(organisation, "name"),
            "papers": len(naming[year, organisation, certainty]),
            "paper_ids": naming[year, organisation, certainty],
            "alone": sum(
                _is_alone(graph, paper) for paper in naming[year, organisation, certainty]
            ),
            "certainty": certainty,
        }
        for year, organisation, certainty in ordered[:limit]
    ]


def _is_alone(graph: PropertyGraph, paper: str) -> bool:
    """Tell whether a paper's author list is complete and names one author."""
    return graph.get(paper, "authors_complete") is True and len(authors_of(graph, paper)) == 1
