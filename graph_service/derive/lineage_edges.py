"""Edges of lineage: which paper probably builds on which, scored, ordered and selected."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np
import numpy.typing as npt

from graph_service.derive.evidence import Assessor, Evidence, EvidenceRow
from graph_service.derive.lineage_model import LINEAGE_MODEL, Kind, LineageModel, Tier
from graph_service.derive.lineage_pairs import candidate_pairs
from graph_service.derive.lineage_papers import LineagePaper, ReadScope, read_scope
from graph_service.derive.lineage_texts import cosine_floor, read_texts

Ints = npt.NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class LineageEdge:
    """A stored edge: `newer` probably builds on `older`.

    `score` is the sum of the rows' points, in hundredths; `rank` counts from 1 among the edges
    into the newer paper. `direction_certain` is false where the dates are equal or overlap.
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
    model: LineageModel = LINEAGE_MODEL,
) -> Lineage:
    """Find which papers of a scope probably build on which.

    Args:
        papers: All papers of the scope, in any order; ids are distinct.
        scope: Its id, handed through.
        subject: The author whose page it is, who counts as no evidence; absent: nobody.
        model: The weights.

    Source: lineage-2, sections 3 to 7.
    Cost: near linear in the papers.
    """
    return lineage_of(read_scope(papers, subject=subject), scope=scope, model=model)


def lineage_of(
    read: ReadScope,
    *,
    scope: str,
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
    same = assessor.days[older] == assessor.days[newer]
    apart = assessor.assess(older[~same], newer[~same])
    place = _places(assessor.days, apart)
    older, newer = older[same], newer[same]
    ahead = place[older] < place[newer]
    together = assessor.assess(older[ahead], newer[ahead])
    edges = tuple(_selected(assessor, apart, together))
    return Lineage(
        model=model.id,
        scope=scope,
        papers=len(read.papers),
        floor=floor,
        pairs=len(apart.older) + len(together.older),
        by_rule=by_rule,
        edges=edges,
        order=order_of({paper.id: paper.day for paper in read.papers if paper.day}, edges),
        undated=read.undated,
        cut=read.cut,
        calibration=model.calibration(len(read.papers)),
    )


def _every_pair(days: Ints) -> tuple[Ints, Ints]:
    count = len(days)
    newer, older = (side.ravel() for side in np.indices((count, count)))
    kept = (days[older] > 0) & (days[older] <= days[newer]) & (older != newer)
    return older[kept], newer[kept]


def order_of(days: Mapping[str, int], edges: Iterable[LineageEdge]) -> tuple[str, ...]:
    """Put papers in order: by day, then such that no edge runs backwards, then by id.

    Args:
        days: An ordinal for each paper.
        edges: Among these papers.
    """
    waiting = dict.fromkeys(days, 0)
    onward: dict[str, list[str]] = {}
    for edge in edges:
        waiting[edge.newer] += 1
        onward.setdefault(edge.older, []).append(edge.newer)
    ready = [(days[paper], paper) for paper, count in waiting.items() if not count]
    heapify(ready)
    order: list[str] = []
    while ready:
        order.append(heappop(ready)[1])
        for newer in onward.get(order[-1], ()):
            waiting[newer] -= 1
            if not waiting[newer]:
                heappush(ready, (days[newer], newer))
    return tuple(order)


def _places(days: Ints, apart: Evidence) -> Ints:
    """The place of each paper by date, then by the best edge into each, then by id."""
    attachment = np.zeros(len(days), np.int64)
    np.maximum.at(attachment, apart.newer, apart.scores())
    place = np.zeros(len(days), np.int64)
    place[np.lexsort((-attachment, days))] = np.arange(len(days))
    return place


def _selected(assessor: Assessor, apart: Evidence, together: Evidence) -> list[LineageEdge]:
    model = assessor.model
    older = np.concatenate((apart.older, together.older))
    newer = np.concatenate((apart.newer, together.newer))
    scores = np.concatenate((apart.scores(), together.scores()))
    named = np.concatenate((apart.names, together.names)) > 0
    lowest = model.tiers[-1][1]
    # What is too low to be stored never outranks what is stored.
    kept = np.flatnonzero(scores >= lowest)
    kept = kept[np.lexsort((older[kept], -assessor.days[older[kept]], -scores[kept], newer[kept]))]
    starts = np.flatnonzero(np.diff(newer[kept], prepend=-1))
    sizes = np.diff(starts, append=len(kept))
    ranks = np.arange(len(kept)) - np.repeat(starts, sizes) + 1
    best = np.repeat(scores[kept][starts], sizes)
    share = scores[kept] >= model.stored_share_of_best * best
    stored = ((ranks <= model.stored_rank) & share) | named[kept]
    shown = (
        (((ranks <= model.shown_rank) & share) | named[kept])
        & (scores[kept] >= model.least(model.shown_tier))
        & stored
    )
    edges = []
    for at in np.flatnonzero(stored).tolist():
        place = int(kept[at])
        found, own = (
            (apart, place) if place < len(apart.older) else (together, place - len(apart.older))
        )
        score = int(scores[place])
        tier = model.tier(score)
        if tier is None:
            continue
        edges.append(
            LineageEdge(
                older=assessor.scope.papers[int(older[place])].id,
                newer=assessor.scope.papers[int(newer[place])].id,
                score=score,
                tier=tier,
                kind=_kind(found, own),
                direction_certain=not found.same_day[own],
                shown=bool(shown[at]),
                rank=int(ranks[at]),
                evidence=assessor.rows(found, own),
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
