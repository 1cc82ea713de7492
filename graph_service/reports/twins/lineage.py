"""Twins of the reports on lineage and methods."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import nsmallest

from graph_service.reports.property_graph import Properties, PropertyGraph
from graph_service.reports.twins import Row, Rows
from graph_service.reports.twins.walks import is_within

# From the surest; what people decided stands before and behind all tiers.
RANKS = {"accepted": 0, "strong": 1, "likely": 2, "possible": 3, "tentative": 4, "rejected": 9}
TIERS = {rank: tier for tier, rank in RANKS.items()}
MOST_IDS = 20
# After every year, so that what has none comes last.
NO_YEAR = 9999


@dataclass(frozen=True, slots=True)
class Lineage:
    """The steps of one scope and model, down to a tier."""

    graph: PropertyGraph
    min_tier: str
    scope: str
    model: str

    def older(self, paper: str) -> Iterator[tuple[str, Properties]]:
        """What a paper builds on, by id, with the steps."""
        return (step for step in self.graph.out(paper, "BUILDS_ON") if self._counts(step[1]))

    def newer(self, paper: str) -> Iterator[tuple[str, Properties]]:
        """What builds on a paper, by id, with the steps."""
        return (step for step in self.graph.into(paper, "BUILDS_ON") if self._counts(step[1]))

    def _counts(self, edge: Properties) -> bool:
        return (
            edge["scope"] == self.scope
            and edge["model"] == self.model
            and RANKS[_standing(edge)] <= RANKS[self.min_tier]
        )


@dataclass(frozen=True, slots=True)
class Chain:
    """Papers from newer to older, and the steps between them."""

    papers: tuple[str, ...]
    steps: tuple[Properties, ...]

    @property
    def worst(self) -> int:
        """The number of its weakest tier, from 1; 0 without a step that nobody accepted."""
        return max((RANKS[_standing(step)] for step in self.steps), default=0)

    @property
    def order(self) -> tuple[int, int, tuple[str, ...]]:
        """By what chains are sorted, the best first."""
        return (self.worst, len(self.steps), self.papers)


def _standing(edge: Properties) -> str:
    """What somebody decided on a step, else its tier."""
    return str(edge.get("decided") or edge["tier"])


def lineage_ancestors(
    graph: PropertyGraph,
    *,
    paper: str,
    max_steps: int,
    min_tier: str,
    scope: str,
    model: str,
    limit: int,
) -> Rows:
    """What a paper builds on."""
    lineage = Lineage(graph, min_tier, scope, model)
    walked = _walk(paper, lineage.older, max_steps)
    rows = [_step(graph, step, newer, older, edge) for step, newer, older, edge in walked]
    return sorted(rows, key=_order_of_step)[:limit]


def lineage_descendants(
    graph: PropertyGraph,
    *,
    paper: str,
    max_steps: int,
    min_tier: str,
    scope: str,
    model: str,
    limit: int,
) -> Rows:
    """What grew from a paper."""
    lineage = Lineage(graph, min_tier, scope, model)
    walked = _walk(paper, lineage.newer, max_steps)
    rows = [_step(graph, step, newer, older, edge) for step, older, newer, edge in walked]
    return sorted(rows, key=_order_of_step)[:limit]


def _walk(
    paper: str, onward: Callable[[str], Iterator[tuple[str, Properties]]], max_steps: int
) -> Iterator[tuple[int, str, str, Properties]]:
    """Every step away from a paper, once, at its smallest distance: (step, from, to, edge)."""
    frontier, seen = [paper], {paper}
    for step in range(1, max_steps + 1):
        found = [(here, there, edge) for here in frontier for there, edge in onward(here)]
        yield from ((step, *each) for each in found)
        frontier = sorted({there for _, there, _ in found} - seen)
        seen.update(frontier)


def _step(graph: PropertyGraph, step: int, newer: str, older: str, edge: Properties) -> Row:
    return {
        "step": step,
        "newer_id": newer,
        "newer": graph.get(newer, "title"),
        "older_id": older,
        "older": graph.get(older, "title"),
        "tier": edge["tier"],
        "kind": edge["kind"],
        "score": edge["score"],
        "direction_certain": edge["direction_certain"],
        "shown": edge["shown"],
        "evidence": edge.get("evidence", []),
        "decided": edge.get("decided"),
    }


def _order_of_step(row: Row) -> tuple[int, float, str, str]:
    return (row["step"], -row["score"], row["newer_id"], row["older_id"])


def lineage_chains(
    graph: PropertyGraph,
    *,
    newer: str,
    older: str,
    max_steps: int,
    min_tier: str,
    scope: str,
    model: str,
    limit: int,
) -> Rows:
    """How a newer paper goes back to an older one: chains of papers that build on each other."""
    if newer == older:
        chains = [Chain((newer,), ())]
    else:
        lineage = Lineage(graph, min_tier, scope, model)
        found = _chains(lineage, newer, older, max_steps)
        chains = nsmallest(limit, found, key=lambda chain: chain.order)
    return [
        {
            "rank": rank,
            "steps": len(chain.steps),
            "paper_ids": list(chain.papers),
            "titles": [graph.get(paper, "title") for paper in chain.papers],
            "tiers": [_standing(step) for step in chain.steps],
            "weakest_tier": TIERS[chain.worst] if chain.worst else None,
            "uncertain": sum(step["direction_certain"] is False for step in chain.steps),
        }
        for rank, chain in enumerate(chains, start=1)
    ]


def _chains(lineage: Lineage, newer: str, older: str, max_steps: int) -> Iterator[Chain]:
    """Every chain between two papers, of at most so many steps."""
    distance = _distances(lineage, newer, older, max_steps)

    def onward(chain: Chain) -> Iterator[Chain]:
        if chain.papers[-1] == older:
            yield chain
            return
        left = max_steps - len(chain.steps) - 1
        for paper, edge in lineage.older(chain.papers[-1]):
            if distance.get(paper, max_steps) <= left:
                yield from onward(Chain((*chain.papers, paper), (*chain.steps, edge)))

    if newer in distance:
        yield from onward(Chain((newer,), ()))


def _distances(lineage: Lineage, newer: str, older: str, max_steps: int) -> dict[str, int]:
    """How many steps lead from papers to the older one, of papers that the newer one leads to."""
    # From the newer end first: a paper builds on few, and thousands may build on it.
    builders: dict[str, list[str]] = {}
    frontier, seen = [newer], {newer}
    for _ in range(max_steps):
        found = [(above, below) for above in frontier for below, _ in lineage.older(above)]
        for above, below in found:
            builders.setdefault(below, []).append(above)
        frontier = sorted({below for _, below in found} - seen)
        seen.update(frontier)
    distances = {older: 0}
    frontier = [older]
    for far in range(1, max_steps + 1):
        reached = {above for below in frontier for above in builders.get(below, ())}
        frontier = sorted(reached - distances.keys())
        distances |= dict.fromkeys(frontier, far)
    return distances


def lineage_carry_over(
    graph: PropertyGraph,
    *,
    newer: str,
    older: str,
    max_steps: int,
    min_tier: str,
    scope: str,
    model: str,
) -> Rows:
    """What stays and what changes along the best chain between two papers."""
    if newer == older:
        return []
    lineage = Lineage(graph, min_tier, scope, model)
    best = min(
        _chains(lineage, newer, older, max_steps), key=lambda chain: chain.order, default=None
    )
    if best is None:
        return []
    return [
        {"step": step, "newer_id": above, "older_id": below, "tier": _standing(edge)}
        | _carried(graph, above, below)
        for step, (above, below, edge) in enumerate(
            zip(best.papers, best.papers[1:], best.steps, strict=False), start=1
        )
    ]


def _carried(graph: PropertyGraph, newer: str, older: str) -> Row:
    authors, before = (
        {author for author, _ in graph.into(paper, "AUTHORED")} for paper in (newer, older)
    )
    repos, older_repos = (
        {repo for repo, _ in graph.out(paper, "HAS_CODE")} for paper in (newer, older)
    )
    return {
        "author_ids": sorted(authors & before),
        "joined_ids": sorted(authors - before),
        "left_ids": sorted(before - authors),
        "cut_lists": sum(graph.get(paper, "authors_complete") is False for paper in (newer, older)),
        "repo_ids": sorted(repos & older_repos),
        "owners": sorted({_owner(repo) for repo in repos} & {_owner(repo) for repo in older_repos}),
    }


def _owner(repo: str) -> str:
    return repo.partition("/")[0]


def methods_by_year(
    graph: PropertyGraph, *, first_year: int | None, last_year: int | None, limit: int
) -> Rows:
    """Methods by the year in which a paper introduced them."""
    rows = [
        {
            "year": graph.get(paper, "year"),
            "method_id": method,
            "method": graph.get(method, "name"),
            "paper_id": paper,
            "title": graph.get(paper, "title"),
            "how": edge["how"],
            "strength": edge["strength"],
        }
        for method in graph.nodes("Method")
        for paper, edge in graph.into(method, "INTRODUCES")
        if is_within(graph.get(paper, "year"), first_year, last_year)
    ]
    return sorted(
        rows,
        key=lambda row: (
            NO_YEAR if row["year"] is None else row["year"],
            row["method_id"],
            row["paper_id"],
        ),
    )[:limit]


def methods_most_mentioned(
    graph: PropertyGraph, *, first_year: int | None, last_year: int | None, limit: int
) -> Rows:
    """Methods that most other papers mention."""
    rows = []
    for method in graph.nodes("Method"):
        introducing = [paper for paper, _ in graph.into(method, "INTRODUCES")]
        mentioning = [
            paper
            for paper, _ in graph.into(method, "MENTIONS")
            if paper not in introducing
            and is_within(graph.get(paper, "year"), first_year, last_year)
        ]
        if mentioning:
            years = [graph.get(paper, "year") for paper in introducing]
            rows.append(
                {
                    "method_id": method,
                    "method": graph.get(method, "name"),
                    "introduced_year": min(
                        (year for year in years if year is not None), default=None
                    ),
                    "introduced_by": introducing,
                    "mentions": len(mentioning),
                    "paper_ids": mentioning[:MOST_IDS],
                }
            )
    return sorted(rows, key=lambda row: (-row["mentions"], row["method_id"]))[:limit]
