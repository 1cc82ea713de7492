"""What was aimed at, as ratios in one run, and how far a run got."""

from dataclasses import dataclass
from typing import Any

B, C = 100_000, 1_000_000
Results = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Goal:
    """One number to reach at one size; `measured` is absent where it was not asked about."""

    papers: int
    text: str
    wanted: float
    at_least: bool
    measured: float | None

    def verdict(self) -> str:
        """Whether it was met, and if not by how much it was missed."""
        if self.measured is None:
            return "not measured"
        if self.measured >= self.wanted if self.at_least else self.measured <= self.wanted:
            return "met"
        if not self.wanted:
            return f"missed by {self.measured:,g}"
        factor = self.measured / self.wanted
        return f"missed by a factor of {1 / factor if self.at_least else factor:.2f}"


# question, our engine, peer, times faster in turn, and alone (absent: not asked for)
FASTER: tuple[tuple[str, str, str, float, float | None], ...] = (
    ("one shortest path", "ours, walk", "shortestPath()", 10, 30),
    ("one shortest path", "ours, walk", "networkx bidirectional", 4, 12),
    ("all shortest paths", "ours", "allShortestPaths()", 10, None),
    ("all shortest paths", "ours", "networkx", 500, None),
    ("five shortest paths", "ours", "SHORTEST 5", 5, None),
    ("five shortest paths", "ours", "networkx", 5, None),
    ("two-hop network", "ours, walk", "Cypher", 10, None),
    ("two-hop network", "ours, walk", "networkx ego_graph", 10, None),
    ("Adamic–Adar, top 10", "ours, walk", "Cypher", 10, None),
    ("Adamic–Adar, top 10", "ours, walk", "networkx adamic_adar_index", 10, None),
)
# size, question, figure, wanted, whether at least
FIGURES: tuple[tuple[int, str, str, float, bool], ...] = (
    (B, "serving /paths", "4 clients: p95_ms", 4, False),
    (C, "serving /paths", "4 clients: p95_ms", 10, False),
    (B, "serving /paths", "errors", 0, False),
    (B, "serving /paths", "resident size, late by early", 1.05, False),
    (B, "loading", "embedded: papers a second", 8_000, True),
    (B, "reading", "dblp: records a second", 20_000, True),
    (B, "reading", "openalex: MB a second", 40, True),
    (B, "driver load", "ordinary by bare", 0.8, True),
    (C, "bulk load", "papers a second", 15_000, True),
    (C, "bulk load", "papers a second, with stop and start", 11_000, True),
    (C, "projection", "embedded: seconds", 60, False),
    (B, "projection", "Neo4j: rows a second, only reading", 200_000, True),
    (C, "projection", "from cache: seconds", 1, False),
    (B, "clusters", "seconds, without labels", 120, False),
    (B, "lineage", "page: seconds", 1, False),
    (B, "lineage", "acl: seconds", 60, False),
    (B, "lineage", "acl: peak MiB", 2_048, False),
    (B, "lineage", "acl: scored pairs a paper", 150, False),
    (B, "lineage", "acl: seconds a pair by those of the sample", 1.3, False),
    (B, "main path", "seconds, SPC, SPLC and SPNP together", 30, False),
)


def goals_of(results: list[Results]) -> list[Goal]:
    """Judge one run; a size that was not run has no goals."""
    found = []
    for result in results:
        size, questions = result["papers"], result["questions"]
        if size == B:
            for question, ours, peer, in_turn, alone in FASTER:
                for how, wanted in (("in_turn", in_turn), ("alone", alone)):
                    if wanted is not None:
                        text = f"{question}: times faster than {peer}, {HOW[how]}"
                        measured = ratio(questions.get(question), ours, peer, how)
                        found.append(Goal(size, text, wanted, True, measured))
        for goal_size, question, figure, wanted, at_least in FIGURES:
            if goal_size == size:
                figures = (questions.get(question) or {}).get("figures", {})
                text = f"{question}: {figure}"
                found.append(Goal(size, text, wanted, at_least, figures.get(figure)))
    return found


HOW = {"in_turn": "engines in turn", "alone": "each alone"}


def ratio(question: Results | None, ours: str, peer: str, how: str) -> float | None:
    """How many times the p50 of a peer is ours; absent where one of them was not asked."""
    engines = (question or {}).get("engines", {})
    if ours not in engines or peer not in engines:
        return None
    return round(float(engines[peer][how]["p50_ms"] / engines[ours][how]["p50_ms"]), 2)
