"""Edges of lineage: which paper probably builds on which, scored, ordered and selected."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt

from graph_service.derive.evidence import Assessor, Evidence, EvidenceRow
from graph_service.derive.lineage_model import LINEAGE_MODEL, LineageModel
from graph_service.derive.lineage_pairs import candidate_pairs
from graph_service.derive.lineage_papers import LineagePaper, ReadScope, read_scope
from graph_service.derive.lineage_texts import cosine_floor, read_texts
from graph_service.model.lineage_kinds import Kind, Tier

Ints = npt.NDArray[np.integer]
Paper = TypeVar("Paper", str, int)
Key = TypeVar("Key", tuple[int, str], tuple[int, int, int])
Decided = Literal["accepted", "rejected"]
# By newer and older paper.
Decisions = Mapping[tuple[str, str], Decided]


@dataclass(frozen=True, slots=True)
class LineageEdge:
    """A stored edge: `newer` probably builds on `older`.

    `score` is the sum of the rows' points, in hundredths; `rank` counts from 1 among the edges
    into the newer paper. `direction_certain` is false where the dates are equal or overlap.
    `shown` is as the model has it; what somebody `decided` changes neither that nor the score,
    but whoever reads edges lets it win: what is rejected is in no chain and no list.
    """

    older: str
    newer: str
    score: int
    tier: Tier
    kind: Kind
    direction_certain: bool
    shown: bool
    rank: int
    evidence: tuple[EvidenceRow, ...]
    decided: Decided | None = None


@dataclass(frozen=True, slots=True)
class Lineage:
    """The edges of a scope and the facts on their making.

    `edges` by newer, then rank; `order` has every dated paper, such that no edge runs backwards;
    `undated` and `cut` (author lists that end early) by id; `pairs` is how many were scored,
    `by_rule` how many of them each rule brought in.
    """

    model: str
    scope: str
    papers: int
    floor: float
    pairs: int
    by_rule: dict[str, int]
    edges: tuple[LineageEdge, ...]
    order: tuple[str, ...]
    undated: tuple[str, ...]
    cut: tuple[str, ...]
    calibration: str | None


def trace_lineage(
    papers: Iterable[LineagePaper],
    *,
    scope: str,
    subject: str | None = None,
    decisions: Decisions | None = None,
    model: LineageModel = LINEAGE_MODEL,
) -> Lineage:
    """Find which papers of a scope probably build on which.

    Args:
        papers: All papers of the scope, in any order; ids are distinct.
        scope: Its id, handed through.
        subject: The author whose page it is, who counts as no evidence; absent: nobody.
        decisions: What people decided on steps; what was accepted is always scored and stored,
            unless it runs backwards in time.
        model: The weights.

    Source: lineage-2, sections 3 to 7.
    Cost: near linear in the papers.
    """
    read = read_scope(papers, subject=subject)
    return lineage_of(read, scope=scope, decisions=decisions, model=model)


def lineage_of(
    read: ReadScope,
    *,
    scope: str,
    decisions: Decisions | None = None,
    model: LineageModel = LINEAGE_MODEL,
    every_pair: bool = False,
) -> Lineage:
    """Find the edges of a scope that is read; of every pair only to check the candidates."""
    texts = read_texts(read.papers, model)
    floor = cosine_floor(texts, model)
    assessor = Assessor(read, texts, floor, model)
    if every_pair:
        older, newer = _every_pair(assessor.days)
        by_rule = {}
    else:
        pairs = candidate_pairs(read, texts, model)
        older, newer, by_rule = pairs.older, pairs.newer, pairs.by_rule
    decided = _decided(read, assessor.days, decisions or {})
    accepted = [pair for pair, verdict in decided.items() if verdict == "accepted"]
    older, newer = _with(older, newer, accepted, len(read.papers))
    same = assessor.days[older] == assessor.days[newer]
    apart = assessor.assess(older[~same], newer[~same])
    place = _places(assessor.days, apart, accepted)
    older, newer = older[same], newer[same]
    ahead = place[older] < place[newer]
    together = assessor.assess(older[ahead], newer[ahead])
    edges = tuple(_selected(assessor, apart, together, decided))
    return Lineage(
        model=model.id,
        scope=scope,
        papers=len(read.papers),
        floor=floor,
        pairs=len(apart.older) + len(together.older),
        by_rule=by_rule,
        edges=edges,
        order=order_of(
            {paper.id: (paper.day, paper.id) for paper in read.papers if paper.day},
            ((edge.older, edge.newer) for edge in edges),
        ),
        undated=read.undated,
        cut=read.cut,
        calibration=model.calibration(len(read.papers)),
    )


def _every_pair(days: Ints) -> tuple[Ints, Ints]:
    count = len(days)
    newer, older = (side.ravel() for side in np.indices((count, count)))
    kept = (days[older] > 0) & (days[older] <= days[newer]) & (older != newer)
    return older[kept], newer[kept]


def _decided(read: ReadScope, days: Ints, decisions: Decisions) -> dict[tuple[int, int], Decided]:
    """What was decided on pairs that may be a step here, by older and newer number."""
    numbers = {paper.id: number for number, paper in enumerate(read.papers)}
    found: dict[tuple[int, int], Decided] = {}
    for (newer, older), verdict in sorted(decisions.items()):
        if newer in numbers and older in numbers:
            one, other = numbers[older], numbers[newer]
            if 0 < days[one] <= days[other]:
                found[one, other] = verdict
    return found


def _with(
    older: Ints, newer: Ints, more: Sequence[tuple[int, int]], papers: int
) -> tuple[Ints, Ints]:
    """Pairs and more of them, each once, by newer paper."""
    if not more:
        return older, newer
    also = np.array(more, np.int64)
    keys = np.union1d(newer.astype(np.int64) * papers + older, also[:, 1] * papers + also[:, 0])
    return keys % papers, keys // papers


def order_of(keys: Mapping[Paper, Key], pairs: Iterable[tuple[Paper, Paper]]) -> tuple[Paper, ...]:
    """Put papers in order: by key, but never the newer of a pair before the older.

    Papers that pairs lead round in a circle come last, by key.

    Args:
        keys: By paper.
        pairs: Older and newer, of these papers.
    """
    waiting = dict.fromkeys(keys, 0)
    onward: dict[Paper, list[Paper]] = {}
    for older, newer in pairs:
        waiting[newer] += 1
        onward.setdefault(older, []).append(newer)
    ready = [(keys[paper], paper) for paper, count in waiting.items() if not count]
    heapify(ready)
    order: list[Paper] = []
    while ready:
        order.append(heappop(ready)[1])
        for newer in onward.get(order[-1], ()):
            waiting[newer] -= 1
            if not waiting[newer]:
                heappush(ready, (keys[newer], newer))
    order += sorted((paper for paper, count in waiting.items() if count), key=keys.__getitem__)
    return tuple(order)


def _places(days: Ints, apart: Evidence, accepted: Sequence[tuple[int, int]]) -> Ints:
    """The place of each paper by date, then by the best edge into each, then by id.

    Within a date an accepted pair puts the older paper first.
    """
    attachment = np.zeros(len(days), np.int64)
    np.maximum.at(attachment, apart.newer, apart.scores())
    place = np.zeros(len(days), np.int64)
    if any(days[older] == days[newer] for older, newer in accepted):
        keys = zip(days.tolist(), (-attachment).tolist(), range(len(days)), strict=True)
        order = np.array(order_of(dict(enumerate(keys)), accepted), np.int64)
    else:
        order = np.lexsort((-attachment, days))
    place[order] = np.arange(len(days))
    return place


def _selected(
    assessor: Assessor,
    apart: Evidence,
    together: Evidence,
    decided: Mapping[tuple[int, int], Decided],
) -> list[LineageEdge]:
    model = assessor.model
    older = np.concatenate((apart.older, together.older))
    newer = np.concatenate((apart.newer, together.newer))
    scores = np.concatenate((apart.scores(), together.scores()))
    named = np.concatenate((apart.names, together.names)) > 0
    lowest = model.tiers[-1][1]
    # What is too low to be stored never outranks what is stored.
    accepted = np.zeros(len(scores), np.bool_)
    for place, pair in enumerate(
        zip(older.tolist(), newer.tolist(), strict=True) if decided else ()
    ):
        accepted[place] = decided.get(pair) == "accepted"
    kept = np.flatnonzero((scores >= lowest) | accepted)
    kept = kept[np.lexsort((older[kept], -assessor.days[older[kept]], -scores[kept], newer[kept]))]
    starts = np.flatnonzero(np.diff(newer[kept], prepend=-1))
    sizes = np.diff(starts, append=len(kept))
    ranks = np.arange(len(kept)) - np.repeat(starts, sizes) + 1
    best = np.repeat(scores[kept][starts], sizes)
    share = scores[kept] >= model.stored_share_of_best * best
    enough = scores[kept] >= lowest
    picked = (((ranks <= model.stored_rank) & share) | named[kept]) & enough
    stored = picked | accepted[kept]
    shown = (
        (((ranks <= model.shown_rank) & share) | named[kept])
        & (scores[kept] >= model.least(model.shown_tier))
        & picked
    )
    edges = []
    for at in np.flatnonzero(stored).tolist():
        place = int(kept[at])
        found, own = (
            (apart, place) if place < len(apart.older) else (together, place - len(apart.older))
        )
        score = int(scores[place])
        edges.append(
            LineageEdge(
                older=assessor.scope.papers[int(older[place])].id,
                newer=assessor.scope.papers[int(newer[place])].id,
                score=score,
                tier=model.tier(score) or "none",
                kind=_kind(found, own),
                direction_certain=not found.same_day[own],
                shown=bool(shown[at]),
                rank=int(ranks[at]),
                evidence=assessor.rows(found, own),
                decided=decided.get((int(older[place]), int(newer[place]))),
            )
        )
    return edges


def _kind(found: Evidence, place: int) -> Kind:
    if tie := found.families.get(place):
        return "successor" if tie.grew else "version"
    mention = found.mentions.get(place)
    if mention is None:
        return "continues"
    if mention.cue == "succeeds":
        return "successor"
    if mention.cue in ("extends", "revisits", "uses"):
        return mention.cue
    return "mentions"
