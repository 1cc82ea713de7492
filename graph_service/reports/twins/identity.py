"""Twins of the reports on names, who they are, and what was decided."""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import combinations, product

from graph_service.reports.property_graph import Properties, PropertyGraph
from graph_service.reports.twins import Row, Rows
from graph_service.reports.twins.walks import authors_of, common_papers, papers_of

MENTION = "mention:"
APPLIED = "applied"


def names_namesakes(graph: PropertyGraph, *, max_authors: int, limit: int) -> Rows:
    """Authors of equal names who are kept apart: a row a pair."""
    pairs = {
        pair for bearers in _bearers(graph).values() for pair in combinations(sorted(bearers), 2)
    }
    weighed = sorted((-sum(len(papers_of(graph, end)) for end in pair), pair) for pair in pairs)
    circles, log = _Circles(graph, max_authors), _log(graph)
    return [_namesakes(graph, circles, log, a, b) for _, (a, b) in weighed[:limit]]


def names_variants(
    graph: PropertyGraph, *, author: str | None, max_authors: int, limit: int
) -> Rows:
    """Pairs of authors whose names may be one person's: a row a pair."""
    bearers = _bearers(graph)
    pairs = {
        (min(x, y), max(x, y))
        for short, long in _variants(sorted(bearers))
        for x, y in product(bearers[short], bearers[long])
        if x != y and author in (None, x, y)
    }
    circles, log = _Circles(graph, max_authors), _log(graph)
    weighed = sorted((-len(circles.shared(a, b)), a, b) for a, b in pairs)
    return [
        {
            "a_id": a,
            "a": graph.get(a, "name"),
            "b_id": b,
            "b": graph.get(b, "name"),
            "a_papers": len(papers_of(graph, a)),
            "b_papers": len(papers_of(graph, b)),
            "shared_collaborators": -weight,
            "together": len(common_papers(graph, a, b)),
            "decisions": _between(graph, log, _names_of(graph, a), _names_of(graph, b)),
        }
        for weight, a, b in weighed[:limit]
    ]


def identity_decisions(graph: PropertyGraph, *, after: int, limit: int) -> Rows:
    """The identity log: a row a line, by number."""
    log = _log(graph)
    undos = [decision for decision in log if graph.get(decision, "op") == "undo"]
    cancelled: set[str] = set()
    for undo in reversed(undos):
        if undo not in cancelled:
            cancelled.add(graph.get(undo, "a"))
    # From the last to the first, so that the first of several stays.
    undone_by = {graph.get(undo, "a"): undo for undo in reversed(undos) if undo not in cancelled}
    rows: Rows = [
        {
            "decision_id": decision,
            "number": graph.get(decision, "number"),
            "op": graph.get(decision, "op"),
            "a": graph.get(decision, "a"),
            "b": graph.get(decision, "b"),
            "by": graph.get(decision, "by"),
            "in_force": decision not in cancelled,
            "undone_by": undone_by.get(decision),
            "status": _status(graph, decision),
        }
        for decision in log
        if graph.get(decision, "number") > after
    ]
    return rows[:limit]


def authors_weakest_identity(graph: PropertyGraph, *, limit: int) -> Rows:
    """Authors who rest on joined names, the weakest first: a row an author."""
    rows: Rows = []
    for author in graph.nodes("Author"):
        names = _names_of(graph, author)
        if len(names) < 2:
            continue
        joins = _joins(graph, names)
        applied = [join for join in joins.values() if join["status"] == APPLIED]
        decisions = {join["decision"] for join in applied if "decision" in join}
        rows.append(
            {
                "author_id": author,
                "author": graph.get(author, "name"),
                "identity": graph.get(author, "identity"),
                "names": len(names),
                "rules": sorted({join["rule"] for join in applied}),
                "decisions": sorted(decisions, key=_number),
                "blocked": len(joins) - len(applied),
                "papers": len(papers_of(graph, author)),
            }
        )
    return sorted(rows, key=lambda row: (bool(row["decisions"]), -row["names"], row["author_id"]))[
        :limit
    ]


class _Circles:
    """Whom authors wrote with, on papers of at most so many authors; each is found once."""

    def __init__(self, graph: PropertyGraph, max_authors: int) -> None:
        self._graph = graph
        self._max_authors = max_authors
        self._listed: dict[str, list[str]] = {}
        self._circles: dict[str, set[str]] = {}

    def shared(self, a: str, b: str) -> set[str]:
        """Those who wrote with both, without the two themselves."""
        return (self._circle(a) & self._circle(b)) - {a, b}

    def _circle(self, author: str) -> set[str]:
        if author not in self._circles:
            papers = papers_of(self._graph, author)
            self._circles[author] = {other for paper in papers for other in self._counted(paper)}
        return self._circles[author]

    def _counted(self, paper: str) -> list[str]:
        """The authors of a paper; none if they are too many."""
        if paper not in self._listed:
            authors = authors_of(self._graph, paper)
            self._listed[paper] = authors if len(authors) <= self._max_authors else []
        return self._listed[paper]


def _namesakes(graph: PropertyGraph, circles: _Circles, log: list[str], a: str, b: str) -> Row:
    left, right = _names_of(graph, a), _names_of(graph, b)
    keys = {graph.get(name, "key") for name in left} & {graph.get(name, "key") for name in right}
    names = sorted(name for name in left | right if graph.get(name, "key") in keys)
    blocks = {
        join["status"]
        for (start, end), join in _joins(graph, left).items()
        if start in right or end in right
    }
    split = ["split off"] if any(name.startswith(MENTION) for name in names) else []
    return {
        "a_id": a,
        "a": graph.get(a, "name"),
        "b_id": b,
        "b": graph.get(b, "name"),
        "name_ids": names,
        "kept_apart_by": sorted(blocks) + split,
        "decisions": _between(graph, log, left, right),
        "a_papers": len(papers_of(graph, a)),
        "b_papers": len(papers_of(graph, b)),
        "together": len(common_papers(graph, a, b)),
        "shared_collaborators": len(circles.shared(a, b)),
    }


def _bearers(graph: PropertyGraph) -> dict[str, set[str]]:
    """The authors who bear each name key."""
    found: dict[str, set[str]] = {}
    for name in graph.nodes("Name"):
        for author, _ in graph.out(name, "NAME_OF"):
            found.setdefault(graph.get(name, "key"), set()).add(author)
    return found


def _variants(keys: list[str]) -> Iterator[tuple[str, str]]:
    """Pairs of name keys where the given name of the first begins that of the second.

    Args:
        keys: Ascending, so that those with one beginning stand together.
    """
    for short in keys:
        family, given, suffix = _parts(short)
        beginning = f"{family}.{given}"
        place = bisect_left(keys, beginning) if given else len(keys)
        while place < len(keys) and keys[place].startswith(beginning):
            _, other_given, other_suffix = _parts(keys[place])
            if other_given != given and other_suffix == suffix:
                yield short, keys[place]
            place += 1


def _parts(key: str) -> tuple[str, str, str]:
    family, given, suffix = [*key.split("."), "", ""][:3]
    return family, given, suffix


def _names_of(graph: PropertyGraph, author: str) -> set[str]:
    return {name for name, _ in graph.into(author, "NAME_OF")}


def _joins(graph: PropertyGraph, names: set[str]) -> dict[tuple[str, str], Properties]:
    """Every join of one of the names with another, made or blocked, by both ends."""
    found: dict[tuple[str, str], Properties] = {}
    for name in names:
        found |= {(name, other): join for other, join in graph.out(name, "SAME_AS")}
        found |= {(other, name): join for other, join in graph.into(name, "SAME_AS")}
    return found


def _log(graph: PropertyGraph) -> list[str]:
    """The decisions, by number."""
    return sorted(graph.nodes("Decision"), key=lambda decision: graph.get(decision, "number"))


def _between(graph: PropertyGraph, log: list[str], left: set[str], right: set[str]) -> list[str]:
    """The decisions of a log on a name of either side, in its order."""
    found = []
    for decision in log:
        a, b = graph.get(decision, "a"), graph.get(decision, "b")
        if (a in left and b in right) or (a in right and b in left):
            found.append(decision)
    return found


def _status(graph: PropertyGraph, decision: str) -> str | None:
    """What a decision made of its two names."""
    a, b = graph.get(decision, "a"), graph.get(decision, "b")
    found = (
        str(join["status"])
        for other, join in graph.both(a, "SAME_AS")
        if other == b and join.get("decision") == decision
    )
    return next(found, None)


def _number(decision: str) -> int:
    return int(decision.split(":")[1])
