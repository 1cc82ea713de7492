"""Lineage put into answers: steps with their evidence in words, chains, who stays and leaves."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson

from graph_service.derive import lineage_chains as chains
from graph_service.derive.lineage_edges import LineageEdge
from graph_service.derive.lineage_model import LINEAGE_MODEL
from graph_service.model.answers import AuthorRef, NodeRef, Note
from graph_service.model.lineage_answers import (
    Chain,
    ChainStep,
    EvidenceShown,
    MinTier,
    Neighbours,
    PaperOfLineage,
    People,
    Step,
    Stop,
    Weakest,
)
from graph_service.projection.arrays import Shelf
from graph_service.projection.find import author_ref
from graph_service.projection.reader import View
from graph_service.questions.papers import paper_ref
from graph_service.questions.stored_lineage import StepsOfScope, StoredMethods, coined_by
from graph_service.questions.words import many

NO_CHAIN: Mapping[chains.Reason, str] = {
    "none stored": "no step is good enough to be kept",
    "not an older paper": "the paper asked for as the older one does not come first",
    "outside the scope": "a paper is not in the scope",
    "undated": "a paper has no date, and only dated papers have steps",
    "only tentative evidence": "the last step has only tentative evidence",
    "nothing on topic": "no paper of the scope is on topic",
}
SINCE = "accepted after the last derive, which will look for evidence"
Detail = Mapping[str, Any]


def _mention(detail: Detail) -> str:
    where = f"'{detail['name']}' in the {detail['where']}"
    cue = detail.get("cue")
    return f"{where}, cue {cue}" if cue else where


def _family(detail: Detail) -> str:
    if detail["grew"]:
        return f"{detail['older']} → {detail['newer']}, later version"
    return f"{detail['newer']}, same version"


def _text(detail: Detail) -> str:
    return f"cos {detail['cosine']:.2f}: {', '.join(detail['phrases'])}"


def _gap(detail: Detail) -> str:
    return f"{detail['years']:.1f} years" + (", named" if detail["named"] else "")


# Authors come here by name.
_WORDS: Mapping[str, Callable[[Detail], str]] = {
    "mention": _mention,
    "family": _family,
    "text": _text,
    "authors": lambda detail: ", ".join(detail["authors"]),
    "repo_owner": lambda detail: str(detail["owner"]),
    "gap": _gap,
    "same_day": lambda _: "the dates do not say which is older",
    "cited": lambda _: "the newer paper cites the older one",
    "not_cited": lambda _: "the newer paper's whole list of references is known and lacks it",
    "intent": lambda detail: f"cited because it {detail['intent'].lower()} it",
    "in_text": lambda detail: f"its text refers to it {many(detail['times'], 'time', 'times')}",
}


def _name(view: View, author: str) -> str:
    number = view.author_number(author)
    return author if number is None else view.graph.author_names[number]


def evidence_shown(view: View, line: str) -> EvidenceShown:
    """A stored line of evidence, with a reason in words."""
    kind, points, text = line.split(" ", 2)
    detail: dict[str, Any] = orjson.loads(text)
    named = {
        **detail,
        "authors": [_name(view, author) for author in detail.get("authors", ())],
    }
    return EvidenceShown.model_validate(
        {
            "kind": kind,
            "points": float(points),
            "reason": f"{kind} {float(points):+.2f} [{_WORDS[kind](named)}]",
            "detail": detail,
        }
    )


def passes(edge: LineageEdge, least: MinTier) -> bool:
    """Whether a step reaches a tier; an accepted one always does, a rejected one never."""
    if edge.decided is not None:
        return edge.decided == "accepted"
    return edge.score >= LINEAGE_MODEL.least(least)


class Describer:
    """Puts papers, steps and chains of one scope into words."""

    def __init__(
        self, view: View, steps: StepsOfScope, methods: StoredMethods, repos: Shelf
    ) -> None:
        """Take what all answers about a scope need."""
        self.view, self.steps, self.methods, self.repos = view, steps, methods, repos

    def paper(self, paper: str) -> PaperOfLineage:
        """A paper with its date and the name it coined."""
        graph = self.view.graph
        number = self._number(paper)
        return PaperOfLineage(
            **paper_ref(self.view, number).model_dump(),
            date=graph.dates[number] or None,
            authors_complete={1: True, 0: False}.get(int(graph.complete[number])),
            method=coined_by(self.methods, number),
        )

    def _number(self, paper: str) -> int:
        number = self.view.paper_number(paper)
        assert number is not None  # noqa: S101 – steps are laid out beside this projection
        return number

    def step(self, edge: LineageEdge) -> Step:
        """A step with its evidence."""
        return Step(**self._step(edge))

    def _step(self, edge: LineageEdge) -> dict[str, Any]:
        evidence = [evidence_shown(self.view, line) for line in self.steps.evidence(edge)]
        return {
            "older": self.paper(edge.older),
            "newer": self.paper(edge.newer),
            "tier": edge.tier,
            "kind": edge.kind,
            "score": edge.score / 100,
            "direction_certain": edge.direction_certain,
            "shown": is_listed(edge),
            "rank": edge.rank,
            "reason": "; ".join(row.reason for row in evidence) or SINCE,
            "evidence": evidence,
            "decided": self.steps.verdicts.get((edge.newer, edge.older)),
        }

    def neighbours(self, paper: str, least: MinTier) -> Neighbours:
        """The steps into and out of a paper, best first: accepted, then by score, then by id."""
        edges = self.steps.lineage.edges
        near = sorted(
            (edge for edge in edges if paper in (edge.older, edge.newer)),
            key=lambda edge: (edge.decided is None, -edge.score, edge.older, edge.newer),
        )
        usable = chains.not_rejected(near)
        kept = [edge for edge in usable if passes(edge, least)]
        return Neighbours(
            paper=self.paper(paper),
            builds_on=[self.step(edge) for edge in kept if edge.newer == paper],
            built_on_by=[self.step(edge) for edge in kept if edge.older == paper],
            weaker=len(usable) - len(kept),
            rejected=[self.step(edge) for edge in near if edge.decided == "rejected"],
        )

    def chain(self, chain: chains.Chain, least: MinTier, *, merge_versions: bool) -> Chain:
        """A chain with its steps, people and weakest step."""
        links = [self._chain_step(edge, least) for edge in chain.edges]
        weakest = chains.weakest(chain)
        left, certain = self._first_team_left(chain.papers)
        return Chain(
            papers=[self.paper(paper) for paper in chain.papers],
            steps=links,
            value=chain.value or None,
            weakest=None
            if weakest is None
            else Weakest(
                older=weakest.older,
                newer=weakest.newer,
                tier=weakest.tier,
                score=weakest.score / 100,
            ),
            bridges=sum(link.bridge for link in links),
            first_team_left=left,
            first_team_left_certain=certain,
            stops=self._stops(chain) if merge_versions else None,
            reason=None if chain.reason is None else NO_CHAIN[chain.reason],
        )

    def _chain_step(self, edge: LineageEdge, least: MinTier) -> ChainStep:
        older, newer = self._number(edge.older), self._number(edge.newer)
        complete = self.view.graph.complete
        before, after = self._team(older), self._team(newer)
        return ChainStep(
            **self._step(edge),
            bridge=not passes(edge, least),
            people=People(
                stay=self._people(before & after),
                join=self._people(after - before),
                leave=self._people(before - after),
                lists_cut=sum(int(complete[paper]) == 0 for paper in (older, newer)),
            ),
            repositories=[
                NodeRef(id=self.repos.ids[repo], name=self.repos.names[repo])
                for repo in sorted(
                    {
                        *self.repos.nodes_of_paper(older).tolist(),
                        *self.repos.nodes_of_paper(newer).tolist(),
                    }
                )
            ],
        )

    def _team(self, paper: int) -> set[int]:
        authors = set(self.view.graph.authors_of_paper(paper).tolist())
        subject = self.steps.info.subject
        return authors - {self.view.author_number(subject) if subject else None}

    def _people(self, authors: Iterable[int]) -> list[AuthorRef]:
        return [author_ref(self.view, author) for author in sorted(authors)]

    def _first_team_left(self, papers: Sequence[str]) -> tuple[str | None, bool | None]:
        """The first paper by nobody of the first one's authors, and whether the lists are whole."""
        if not papers:
            return None, None
        complete = self.view.graph.complete
        first = self._number(papers[0])
        team = self._team(first)
        for paper in papers[1:]:
            number = self._number(paper)
            if team.isdisjoint(self._team(number)):
                return paper, int(complete[first]) == 1 == int(complete[number])
        return None, None

    def _stops(self, chain: chains.Chain) -> list[Stop]:
        names = {
            paper: name
            for paper in chain.papers
            if (name := coined_by(self.methods, self._number(paper))) is not None
        }
        return [
            Stop(papers=list(stop.papers), label=stop.label)
            for stop in chains.merge_versions(chain, names)
        ]


def is_listed(edge: LineageEdge) -> bool:
    """Whether a step stands in lists: what people decided, else what the model selects."""
    return edge.shown if edge.decided is None else edge.decided == "accepted"


def lineage_notes(view: View, steps: StepsOfScope) -> list[Note]:
    """What the reader should know of every answer about lineage."""
    info = steps.info
    notes = []
    if info.cut_lists:
        notes.append(
            Note(
                code="cut-author-lists",
                count=info.cut_lists,
                text=f"{many(info.cut_lists, 'paper of the scope names', 'papers of the scope name')} "
                "only some of the authors; a shared author may be missed",
            )
        )
    if info.undated:
        notes.append(
            Note(
                code="undated",
                count=info.undated,
                text=f"{many(info.undated, 'paper has', 'papers have')} no date, and so no step",
            )
        )
    if info.calibration is not None:
        notes.append(
            Note(
                code="untested-size",
                count=info.papers,
                text="the weights were set on scopes of about 50 papers; for so many, or so few, "
                "they are untested",
            )
        )
    if view.state.stale:
        notes.append(
            Note(
                code="lineage-stale",
                text="the facts or the decisions have changed since lineage was derived; run: "
                "coauthor-graph derive",
            )
        )
    if steps.accepted_since:
        notes.append(
            Note(code="accepted-since", count=steps.accepted_since, text=f"some steps were {SINCE}")
        )
    return notes
