"""How well rules tell people apart, as a terminal shows it."""

from itertools import groupby

from rich.console import Group, RenderableType

from graph_service.cli.tables import bullets, counted, dim, heading, part, ruled
from graph_service.model.identity_evaluation_answers import (
    IdentityEvaluation,
    IdentityScore,
    ScoreOfGroups,
)

NOTHING = "–"


def evaluation(answer: IdentityEvaluation) -> RenderableType:
    """The rules beside the floors, for each truth; then by class of name."""
    found = [f"{row.op} by {row.rule}: {row.decisions:,}" for row in answer.decisions] or [
        "no decision"
    ]
    found.append(
        f"{counted(answer.common_names, 'name')} found to stand for several people; "
        f"{counted(answer.for_review, 'pair')} left to people"
    )
    if answer.large_blocks:
        found.append(f"compared by co-authors alone: {', '.join(answer.large_blocks)}")
    judged = f"{answer.judged:,} of {counted(answer.mentions, 'mention')} judged"
    if answer.pairs is not None:
        judged = f"{counted(answer.pairs, 'pair')} judged, {counted(answer.mentions, 'mention')}"
    return Group(
        heading(f"{answer.gold_set}: {judged}; rules {answer.rules}"),
        *_scores(answer),
        *_classes(answer),
        part("The rules decided", bullets(found)),
        *([part("Notes", bullets([note.text for note in answer.notes]))] if answer.notes else []),
    )


def _scores(answer: IdentityEvaluation) -> list[RenderableType]:
    lines: list[RenderableType] = []
    by_pairs = answer.pairs is not None
    for truth, rows in groupby(answer.results, key=lambda row: row.truth):
        figures = (
            ("accuracy", "precision", "recall", "F")
            if by_pairs
            else ("B3 P", "B3 R", "B3 F", "pairs P", "pairs R", "merges", "right")
        )
        table = ruled("way", *figures, right=figures)
        for row in rows:
            table.add_row(row.way, *(_of_pairs(row) if by_pairs else _of_groups(row)))
        lines += ["", dim(truth), table]
    return lines


def _of_groups(row: IdentityScore) -> list[str]:
    return [
        *_three(row.b_cubed),
        _figure(row.pairwise.precision),
        _figure(row.pairwise.recall),
        f"{row.proposed:,}",
        _figure(row.proposed_precision),
    ]


def _of_pairs(row: IdentityScore) -> list[str]:
    return [_figure(row.accuracy), *_three(row.pairwise)]


def _classes(answer: IdentityEvaluation) -> list[RenderableType]:
    if answer.pair_classes:
        table = ruled("pairs", "", "rules", "equal names", right=("", "rules", "equal names"))
        for pair in answer.pair_classes:
            table.add_row(
                pair.pair_class, f"{pair.pairs:,}", _figure(pair.rules), _figure(pair.floor)
            )
        return ["", dim("Accuracy by class"), table]
    figures = ("mentions", "P", "R", "F", "floor P", "floor R", "floor F")
    table = ruled("class of name", *figures, right=figures)
    for row in answer.classes:
        table.add_row(row.name_class, f"{row.mentions:,}", *_three(row.rules), *_three(row.floor))
    return ["", dim("B3 by class of name; the floor is equal names"), table]


def _three(score: ScoreOfGroups) -> list[str]:
    return [_figure(value) for value in (score.precision, score.recall, score.f)]


def _figure(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.4f}"
