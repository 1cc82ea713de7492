"""How well the steps of lineage agree with pairs of papers that people judged."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from anyio.to_thread import run_sync

from graph_service.derive.lineage_model import LINEAGE_MODEL
from graph_service.model.answers import Note
from graph_service.model.errors import AmbiguousTitle, InputError, PaperNotFound
from graph_service.model.lineage_evaluation_answers import (
    GoldRow,
    LineageEvaluation,
    Share,
    TierScore,
)
from graph_service.model.people_answers import Interval
from graph_service.projection.find import find_paper
from graph_service.projection.reader import View
from graph_service.questions.lineage_words import lineage_notes
from graph_service.questions.stored_lineage import choose_scope, steps_about

RESAMPLES = 2_000
MOST_LEFT_OUT = 500
NO_TIER = len(LINEAGE_MODEL.tiers)
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair that somebody judged, and where it stands in the file."""

    line: int
    newer: str
    older: str
    yes: bool


async def evaluate_lineage(
    view: View, gold: Sequence[Judged], *, scope: str | None = None, seed: int = 0
) -> LineageEvaluation:
    """Score stored steps by what people judged; decisions in the log do not count.

    Args:
        view: The graph.
        gold: Pairs by title or id; the same pair twice counts once.
        scope: Absent: the smallest that holds all pairs.
        seed: Of the resampling.

    Raises:
        InputError: No pair can be used, or one is judged both ways.
        ParameterError: No scope has the name.
        NotDerived: Lineage was not derived.
    """
    labels: dict[tuple[int, int], bool] = {}
    left_out: list[GoldRow] = []
    for row in gold:
        try:
            pair = await find_paper(view, row.newer), await find_paper(view, row.older)
        except (PaperNotFound, AmbiguousTitle) as error:
            left_out.append(GoldRow(line=row.line, reason=error.message))
            continue
        if pair[0] == pair[1]:
            left_out.append(GoldRow(line=row.line, reason="both are one paper"))
        elif labels.setdefault(pair, row.yes) != row.yes:
            raise InputError(f"line {row.line}: this pair is judged the other way above")
    if not labels:
        raise InputError("none of the pairs names two papers of the store, by whole title or id")
    info = await choose_scope(view, sorted({paper for pair in labels for paper in pair}), scope)
    steps = await steps_about(view, info, None, ())
    ids = view.graph.paper_ids
    tiers = {tier: place for place, (tier, _) in enumerate(LINEAGE_MODEL.tiers)}
    found = {
        (edge.newer, edge.older): tiers[edge.tier]
        for edge in steps.lineage.edges
        if edge.tier in tiers
    }
    pairs = sorted(labels)
    reached = np.array([found.get((ids[a], ids[b]), NO_TIER) for a, b in pairs], np.int64)
    yes = np.array([labels[pair] for pair in pairs], np.int64)
    results = await run_sync(_scores, reached, yes, Counter(found.values()), seed)
    notes = lineage_notes(view, steps)
    if left_out:
        notes.append(
            Note(code="pairs-left-out", count=len(left_out), text="some pairs could not be used")
        )
    if yes.all():
        notes.append(
            Note(
                code="nothing-judged-no",
                text="no pair is judged no, so precision can only be 1 and says nothing",
            )
        )
    notes.append(
        Note(
            code="unjudged-steps",
            count=len(found) - int((reached < NO_TIER).sum()),
            text="steps that nobody judged count neither way",
        )
    )
    return LineageEvaluation(
        meta=view.meta(parameters={"scope": info.scope, "seed": seed}, notes=notes),
        scope=info,
        pairs=len(pairs),
        yes=int(yes.sum()),
        no=int((1 - yes).sum()),
        without_step=int((reached == NO_TIER).sum()),
        left_out=left_out[:MOST_LEFT_OUT],
        resamples=RESAMPLES,
        seed=seed,
        results=results,
    )


def _scores(reached: Ints, yes: Ints, steps: Counter[int], seed: int) -> list[TierScore]:
    """Score each tier; pairs are resampled with replacement, all tiers by the same draws."""
    generator = np.random.default_rng(seed)
    draws = generator.integers(len(yes), size=(RESAMPLES, len(yes)))

    def share(counted: Ints, among: Ints) -> Share:
        return _share(counted, among, draws)

    return [
        TierScore(
            tier=tier,
            steps=steps[place],
            judged=int(here.sum()),
            right=int((here * yes).sum()),
            precision=share(here * yes, here),
            precision_from_here_up=share(up * yes, up),
            recall_from_here_up=share(up * yes, yes),
        )
        for place, (tier, _) in enumerate(LINEAGE_MODEL.tiers)
        for here, up in (
            ((reached == place).astype(np.int64), (reached <= place).astype(np.int64)),
        )
    ]


def _share(counted: Ints, among: Ints, draws: Ints) -> Share:
    if not among.any():
        return Share(of=0, value=None)
    below = among[draws].sum(axis=1)
    shares = counted[draws].sum(axis=1)[below > 0] / below[below > 0]
    low, high = np.percentile(shares, (2.5, 97.5))
    return Share(
        of=int(among.sum()),
        value=round(float(counted.sum() / among.sum()), 9),
        interval=Interval(low=round(float(low), 9), high=round(float(high), 9)),
    )
