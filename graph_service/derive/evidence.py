"""What speaks for one paper building on another: rows of evidence, in points.

Points are hundredths, whole, so that sums are exact. Pairs are numbers of papers in a scope that
was read in the order of ids.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import log

import numpy as np
import numpy.typing as npt

from graph_service.derive.lineage_model import Cue, LineageModel
from graph_service.derive.lineage_pairs import families, name_key
from graph_service.derive.lineage_papers import Cites, ReadScope
from graph_service.derive.lineage_texts import Texts
from graph_service.derive.method_names import pattern_of
from graph_service.model.lineage_kinds import EvidenceKind
from graph_service.projection import kernels

Ints = npt.NDArray[np.integer]
Floats = npt.NDArray[np.float64]

# In this order; the first class that matches counts.
_CUES: tuple[tuple[Cue, re.Pattern[str]], ...] = (
    (
        "extends",
        re.compile(
            r"\b(?:extend(?:s|ed|ing)?|build(?:s|ing)? (?:up)?on|built (?:up)?on"
            r"|generali[sz](?:e|es|ed|ing)|variants? of|based on)\b"
        ),
    ),
    ("revisits", re.compile(r"\b(?:revisit(?:s|ed|ing)?|rethink\w*|re-?examin\w*)\b")),
    (
        "succeeds",
        re.compile(
            r"\b(?:predecessors?|scaled-up versions?|successors?|follow-ups?"
            r"|our (?:previous|prior|earlier))\b"
        ),
    ),
    (
        "uses",
        re.compile(
            r"\bpre-?train(?:ing|ed|s)?\b|\bus(?:es?|ing)\s|\bwith a\b|\bintegrat\w*|\binto\b"
            r"|\bequipped\b|\bderived from\b"
        ),
    ),
    (
        "compares",
        re.compile(
            r"\b(?:outperform\w*|compared (?:to|with)|better than|against|surpass\w*|baselines?"
            r"|counterparts?)\b"
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A reason for an edge, or against it: `points` in hundredths, never 0."""

    kind: EvidenceKind
    points: int
    detail: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Mention:
    """The name of an older paper in a newer one; `cue` is absent in titles and without words."""

    points: int
    name: str
    strength: float
    where: str
    cue: Cue | None


@dataclass(frozen=True, slots=True)
class FamilyTie:
    """Names of one family, and whether the newer one's version is greater."""

    points: int
    older: str
    newer: str
    stem: str
    grew: bool


@dataclass(slots=True)
class Evidence:
    """Points of pairs, an entry each; `mentions` and `families` by place of those that have one.

    `names` are the points of mention and family together. `citations` has the rows about
    a citation, or its known absence, by place.
    """

    older: Ints
    newer: Ints
    cosines: Floats
    text: Ints
    authors: Ints
    owners: Ints
    gap: Ints
    same_day: Ints
    names: Ints
    mentions: dict[int, Mention] = field(default_factory=dict)
    families: dict[int, FamilyTie] = field(default_factory=dict)
    citations: dict[int, tuple[EvidenceRow, ...]] = field(default_factory=dict)

    def scores(self) -> Ints:
        """The sums, in hundredths."""
        total: Ints = self.text + self.authors + self.owners + self.gap + self.same_day + self.names
        for place, rows in self.citations.items():
            total[place] += sum(row.points for row in rows)
        return total


def hundredths(points: Floats) -> Ints:
    """Whole hundredths of points."""
    whole: Ints = np.rint(np.round(points * 100, 6)).astype(np.int64)
    return whole


def find_cue(abstract: str, start: int, end: int, model: LineageModel) -> Cue | None:
    """The first class of words that stand about a name, which is at `start` to `end`."""
    around = abstract[max(0, start - model.cue_before) : end + model.cue_after].lower()
    return next((cue for cue, pattern in _CUES if pattern.search(around)), None)


class Assessor:
    """Scores pairs of a scope; what each paper brings is looked up once."""

    def __init__(self, scope: ReadScope, texts: Texts, floor: float, model: LineageModel) -> None:
        """Count authors and owners; the papers' names and texts are already read."""
        self.scope, self.texts, self.floor, self.model = scope, texts, floor, model
        papers = scope.papers
        self.days = np.array([paper.day for paper in papers], np.int64)
        self.first = np.array([paper.first for paper in papers], np.int64)
        self.last = np.array([paper.last for paper in papers], np.int64)
        numbers: dict[str, int] = {}
        slots = [
            numbers.setdefault(author, len(numbers)) for paper in papers for author in paper.authors
        ]
        self._author_numbers = numbers
        self._slots = np.array(slots, np.int64)
        self._author_indptr = np.zeros(len(papers) + 1, np.int64)
        np.cumsum([len(paper.authors) for paper in papers], out=self._author_indptr[1:])
        papers_of = np.bincount(self._slots, minlength=len(numbers))
        self._rarity = model.author_factor * np.log2(len(papers) / np.maximum(papers_of, 1))
        self._owner_papers: dict[str, int] = {}
        for paper in papers:
            for owner in paper.owners:
                self._owner_papers[owner] = self._owner_papers.get(owner, 0) + 1
        self._families = [families(scope, number, model) for number in range(len(papers))]
        self._stems = [{stem for stem, _, _ in found} for found in self._families]
        self._own = [{name_key(name.name) for name in paper.names} for paper in papers]
        self._contains = [frozenset(paper.contains) for paper in papers]

    def assess(self, older: Ints, newer: Ints) -> Evidence:
        """Score pairs, which come by newer paper for speed.

        Source: lineage-2, sections 3 and 4.
        Cost: linear in the pairs, times the phrases and authors of a paper.
        """
        model = self.model
        cosines = self.texts.cosines(older, newer)
        text = np.minimum(model.text_factor * (cosines - self.floor), model.text_cap)
        text = np.where(text > model.text_least, text, 0.0)
        same = self.last[older] >= self.first[newer]
        found = Evidence(
            older,
            newer,
            cosines,
            hundredths(text),
            self._author_points(older, newer),
            np.zeros(len(older), np.int64),
            np.zeros(len(older), np.int64),
            np.where(same, round(model.same_day * 100), 0).astype(np.int64),
            np.zeros(len(older), np.int64),
        )
        for place, (one, other) in enumerate(zip(older.tolist(), newer.tolist(), strict=True)):
            self._add_names(found, place, one, other)
        years = (self.days[newer] - self.days[older]) / model.days_of_a_year
        gap = np.where(
            years > model.gap_free_years,
            np.maximum(model.gap_per_year * (years - model.gap_free_years), model.gap_cap),
            0.0,
        )
        gap = np.where(found.names > 0, gap * model.gap_factor_if_named, gap)
        found.gap = hundredths(gap)
        if model.with_citations:
            self._add_citations(found)
        return found

    def _add_citations(self, found: Evidence) -> None:
        """Source: lineage-2, section 10."""
        papers = self.scope.papers
        cited_by = [{cites.paper: cites for cites in paper.cites} for paper in papers]
        pairs = zip(found.older.tolist(), found.newer.tolist(), strict=True)
        for place, (older, newer) in enumerate(pairs):
            if cites := cited_by[newer].get(papers[older].id):
                found.citations[place] = tuple(_citation_rows(cites, self.model))
            elif papers[newer].references_complete:
                absent = EvidenceRow("not_cited", round(self.model.not_cited * 100), {})
                found.citations[place] = (absent,)

    def _author_points(self, older: Ints, newer: Ints) -> Ints:
        model = self.model
        points: Floats = kernels.shared_author_points(
            self._author_indptr,
            self._slots,
            self._rarity,
            model.first_author_factor,
            model.later_author_factor,
            model.author_cap,
            older,
            newer,
        )
        return hundredths(points)

    def _add_names(self, found: Evidence, place: int, older: int, newer: int) -> None:
        papers = self.scope.papers
        if papers[older].names:
            contained = self._contains[newer]
            # Most pairs have no name in common: one look each, then nothing.
            if any(name.name in contained for name in papers[older].names):
                mention = self.mention(older, newer)
                if mention is not None:
                    found.mentions[place] = mention
                    found.names[place] += mention.points
            if not self._stems[older].isdisjoint(self._stems[newer]):
                tie = self.family_tie(older, newer)
                if tie is not None:
                    found.families[place] = tie
                    found.names[place] += tie.points
        if papers[older].owners and papers[newer].owners:
            best = self._best_owner(older, newer)
            if best is not None:
                found.owners[place] = best[0]

    def mention(self, older: int, newer: int) -> Mention | None:
        """The older paper's name that the newer one makes most of.

        Of equal points the longer name wins, then the alphabetically first.
        """
        model, paper = self.model, self.scope.papers[newer]
        best: tuple[tuple[int, int, str], Mention] | None = None
        for name in self.scope.papers[older].names:
            if name.name not in self._contains[newer] or name_key(name.name) in self._own[newer]:
                continue
            pattern = pattern_of(name.name)
            cue: Cue | None = None
            if pattern.search(paper.title):
                where, worth = "title", model.mention_in_title
            elif match := pattern.search(paper.abstract):
                cue = find_cue(paper.abstract, match.start(), match.end(), model)
                bonus = model.scoring_cue if cue in model.scoring_cues else 0.0
                where, worth = "abstract", model.mention_in_abstract + bonus
            else:
                continue
            points = round(worth * name.strength * 100)
            if not points:
                continue
            rank = (-points, -len(name.name), name.name)
            if best is None or rank < best[0]:
                best = rank, Mention(points, name.name, name.strength, where, cue)
        return None if best is None else best[1]

    def family_tie(self, older: int, newer: int) -> FamilyTie | None:
        """The names of one family that count most, or absent; of equal ones the first by name."""
        model = self.model
        both = not set(self.scope.papers[older].authors).isdisjoint(
            self.scope.papers[newer].authors
        )
        ties = [
            FamilyTie(
                round((model.family_grew if its > mine else model.family_same) * 100),
                name,
                other,
                stem,
                its > mine,
            )
            for stem, mine, name in self._families[older]
            for stem_too, its, other in self._families[newer]
            if stem == stem_too and (its > mine or (its == mine and both))
        ]
        return min(ties, key=lambda tie: (-tie.points, tie.older, tie.newer), default=None)

    def _best_owner(self, older: int, newer: int) -> tuple[int, str] | None:
        model, count = self.model, len(self.scope.papers)
        if count < model.owner_fewest_papers:
            return None
        papers = self.scope.papers
        shared = sorted(set(papers[older].owners) & set(papers[newer].owners))
        if not shared:
            return None
        owner = min(shared, key=lambda one: (self._owner_papers[one], one))
        worth = model.owner_factor * log(count / self._owner_papers[owner]) / log(count / 2)
        points = round(min(worth, model.owner_cap) * 100)
        return (points, owner) if points > 0 else None

    def rows(self, found: Evidence, place: int) -> tuple[EvidenceRow, ...]:
        """The evidence of a pair, row by row: names, text, authors, owner, time."""
        older, newer = int(found.older[place]), int(found.newer[place])
        papers, model = self.scope.papers, self.model
        rows: list[EvidenceRow] = []
        if mention := found.mentions.get(place):
            detail: dict[str, object] = {
                "name": mention.name,
                "where": mention.where,
                "cue": mention.cue,
                "strength": mention.strength,
            }
            rows.append(EvidenceRow("mention", mention.points, detail))
        if tie := found.families.get(place):
            detail = {"older": tie.older, "newer": tie.newer, "stem": tie.stem, "grew": tie.grew}
            rows.append(EvidenceRow("family", tie.points, detail))
        if points := int(found.text[place]):
            detail = {
                "cosine": round(float(found.cosines[place]), 9),
                "phrases": self.texts.shared(older, newer, model.phrases_shown),
            }
            rows.append(EvidenceRow("text", points, detail))
        if points := int(found.authors[place]):
            theirs = set(papers[newer].authors)
            shared = [
                author
                for author in papers[older].authors
                if author in theirs and self._rarity[self._author_numbers[author]] > 0
            ]
            rows.append(EvidenceRow("authors", points, {"authors": shared}))
        if points := int(found.owners[place]):
            owner = self._best_owner(older, newer)
            rows.append(EvidenceRow("repo_owner", points, {"owner": owner[1] if owner else ""}))
        if points := int(found.gap[place]):
            years = int(self.days[newer] - self.days[older]) / model.days_of_a_year
            named = bool(found.names[place])
            rows.append(EvidenceRow("gap", points, {"years": round(years, 9), "named": named}))
        if points := int(found.same_day[place]):
            rows.append(EvidenceRow("same_day", points, {}))
        rows.extend(found.citations.get(place, ()))
        return tuple(rows)


def _citation_rows(cites: Cites, model: LineageModel) -> Iterator[EvidenceRow]:
    """What a citation says for a step; a text that refers to a work often says more."""
    yield EvidenceRow("cited", round(model.cited * 100), {})
    if cites.intent is not None and cites.intent.lower() in model.intents:
        yield EvidenceRow("intent", round(model.stated_intent * 100), {"intent": cites.intent})
    if cites.in_text:
        points = round(min(model.in_text * cites.in_text, model.in_text_cap) * 100)
        yield EvidenceRow("in_text", points, {"times": cites.in_text})
