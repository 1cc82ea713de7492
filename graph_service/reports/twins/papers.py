"""Twins of the reports on papers."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations

from graph_service.reports.property_graph import PropertyGraph
from graph_service.reports.twins import Row, Rows
from graph_service.reports.twins.walks import authors_of, cut_lists, papers_of, within

PAPERS_NAMED = 20


def papers_with_code(graph: PropertyGraph, *, limit: int) -> Rows:
    """Papers that come with code, newest first: a row a paper."""
    rows = []
    for paper in graph.nodes("Paper"):
        repositories = [repo for repo, _ in graph.out(paper, "HAS_CODE")]
        flagged = graph.get(paper, "has_code")
        if repositories or flagged:
            rows.append(
                {
                    "paper_id": paper,
                    "title": graph.get(paper, "title"),
                    "year": graph.get(paper, "year"),
                    "flagged": flagged,
                    "repositories": repositories,
                }
            )
    return sorted(rows, key=_newest_first)[:limit]


def papers_by_year_and_category(
    graph: PropertyGraph,
    *,
    scheme: str | None,
    first_year: int | None,
    last_year: int | None,
    limit: int,
) -> Rows:
    """Papers of each year and category: a row a year and topic, or a year without topic."""
    found: dict[tuple[int | None, str | None], list[str]] = {}
    for paper in within(graph, graph.nodes("Paper"), first_year, last_year):
        topics: list[str | None] = [topic for topic, _ in graph.out(paper, "HAS_TOPIC")]
        for topic in topics or [None]:
            if scheme is None or (topic and graph.get(topic, "scheme") == scheme):
                found.setdefault((graph.get(paper, "year"), topic), []).append(paper)
    rows: Rows = [
        {
            "year": year,
            "topic_id": topic,
            "topic": graph.get(topic, "name") if topic else None,
            "papers": len(papers),
            "with_code": sum(_has_code(graph, paper) for paper in papers),
            "cut_lists": len(cut_lists(graph, papers)),
        }
        for (year, topic), papers in found.items()
    ]
    return sorted(rows, key=lambda row: (row["year"] or 10_000, row["topic_id"] or "~"))[:limit]


def papers_flagged_without_address(graph: PropertyGraph, *, limit: int) -> Rows:
    """Papers that are said to have code, but name no repository: a row a paper."""
    rows = [
        {
            "paper_id": paper,
            "title": graph.get(paper, "title"),
            "year": graph.get(paper, "year"),
            "sources": graph.get(paper, "sources"),
        }
        for paper in graph.nodes("Paper")
        if graph.get(paper, "has_code") and not any(graph.out(paper, "HAS_CODE"))
    ]
    return sorted(rows, key=_newest_first)[:limit]


def papers_with_cut_lists(
    graph: PropertyGraph,
    *,
    author: str | None,
    first_year: int | None,
    last_year: int | None,
    limit: int,
) -> Rows:
    """Papers that name only some of their authors: a row a paper."""
    rows = []
    papers = within(graph, _asked(graph, author), first_year, last_year)
    for paper in cut_lists(graph, papers):
        slots = [slot for _, slot in graph.into(paper, "AUTHORED")]
        rows.append(
            {
                "paper_id": paper,
                "title": graph.get(paper, "title"),
                "year": graph.get(paper, "year"),
                "authors_listed": len(slots),
                "last_position": max(
                    (slot["position"] for slot in slots if "position" in slot), default=None
                ),
                "sources": graph.get(paper, "sources"),
            }
        )
    return sorted(rows, key=_newest_first)[:limit]


def papers_possible_duplicates(graph: PropertyGraph, *, max_alike: int, limit: int) -> Rows:
    """Pairs of papers that may be one work, or versions of one: a row a pair."""
    named = _groups(_names_before_the_colon(graph), max_alike)
    titled = _groups(_titles(graph), max_alike)
    reasons = dict.fromkeys(_pairs(named), "same name before the colon")
    reasons |= dict.fromkeys(_pairs(titled), "same title")
    rows: Rows = []
    for (a, b), reason in reasons.items():
        rows.append(
            {
                "a_id": a,
                "a_title": graph.get(a, "title"),
                "a_year": graph.get(a, "year"),
                "b_id": b,
                "b_title": graph.get(b, "title"),
                "b_year": graph.get(b, "year"),
                "reason": reason,
                "shared_authors": len({*authors_of(graph, a)} & {*authors_of(graph, b)}),
                "cut_lists": len(cut_lists(graph, (a, b))),
            }
        )
    return sorted(
        rows,
        key=lambda row: (
            row["reason"] != "same title",
            -row["shared_authors"],
            row["a_id"],
            row["b_id"],
        ),
    )[:limit]


def papers_largest_teams(
    graph: PropertyGraph,
    *,
    author: str | None,
    first_year: int | None,
    last_year: int | None,
    limit: int,
) -> Rows:
    """Papers of the most authors: a row a paper."""
    sizes = {
        paper: size
        for paper in within(graph, _asked(graph, author), first_year, last_year)
        if (size := len(authors_of(graph, paper))) >= 2
    }
    largest = sorted(sizes, key=lambda paper: (-sizes[paper], paper))[:limit]
    return [_team(graph, paper) for paper in largest]


def papers_shared_repositories(graph: PropertyGraph, *, limit: int) -> Rows:
    """Repositories that several papers name: a row a repository."""
    rows: Rows = []
    for repo in graph.nodes("Repo"):
        papers = [paper for paper, _ in graph.into(repo, "HAS_CODE")]
        if len(papers) < 2:
            continue
        written = Counter(author for paper in papers for author in authors_of(graph, paper))
        rows.append(
            {
                "repo_id": repo,
                "url": graph.get(repo, "url"),
                "papers": len(papers),
                "paper_ids": papers[:PAPERS_NAMED],
                "titles": [graph.get(paper, "title") for paper in papers[:PAPERS_NAMED]],
                "shared_authors": sum(times >= 2 for times in written.values()),
                "cut_lists": len(cut_lists(graph, papers)),
            }
        )
    return sorted(rows, key=lambda row: (-row["papers"], row["repo_id"]))[:limit]


def _newest_first(row: Row) -> tuple[int, str]:
    return (-(row["year"] or 0), row["paper_id"])


def _has_code(graph: PropertyGraph, paper: str) -> bool:
    return bool(graph.get(paper, "has_code")) or any(graph.out(paper, "HAS_CODE"))


def _asked(graph: PropertyGraph, author: str | None) -> list[str]:
    return graph.nodes("Paper") if author is None else papers_of(graph, author)


def _team(graph: PropertyGraph, paper: str) -> Row:
    slots = graph.into(paper, "AUTHORED")
    first = next((author for author, slot in slots if slot.get("position") == 1), None)
    return {
        "paper_id": paper,
        "title": graph.get(paper, "title"),
        "year": graph.get(paper, "year"),
        "authors_listed": len(authors_of(graph, paper)),
        "complete": graph.get(paper, "authors_complete"),
        "first_author_id": first,
        "first_author": graph.get(first, "name") if first else None,
        "first_author_identity": graph.get(first, "identity") if first else None,
    }


def _titles(graph: PropertyGraph) -> Iterator[tuple[object, str]]:
    """Each paper that its title names, under the folded title in its id."""
    for paper in graph.nodes("Paper"):
        if paper.startswith("title:"):
            yield paper.split("~")[0], paper


def _names_before_the_colon(graph: PropertyGraph) -> Iterator[tuple[object, str]]:
    """Each paper with such a name, once for each author, under author and name."""
    for paper in graph.nodes("Paper"):
        name, colon, _ = graph.get(paper, "title").partition(":")
        if name and colon:
            for author in authors_of(graph, paper):
                yield (author, name), paper


def _groups(keyed: Iterable[tuple[object, str]], most: int) -> list[list[str]]:
    """The papers under each key where there are two or more, and at most so many."""
    groups: dict[object, list[str]] = {}
    for key, paper in keyed:
        groups.setdefault(key, []).append(paper)
    return [group for group in groups.values() if 2 <= len(group) <= most]


def _pairs(groups: Iterable[list[str]]) -> Iterator[tuple[str, str]]:
    return (pair for group in groups for pair in combinations(sorted(group), 2))
