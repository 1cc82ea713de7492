"""The evaluation of suggestions on a store's papers."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from anyio.to_thread import run_sync

from graph_service.model.answers import Note
from graph_service.model.ids import author_id
from graph_service.model.names import name_key
from graph_service.model.people_answers import (
    EvaluatedScore,
    EvaluatedSide,
    EvaluationAnswer,
    Interval,
)
from graph_service.projection.arrays import AuthorPaper
from graph_service.projection.reader import View
from graph_service.questions.evaluation import (
    BASELINES,
    CUTS,
    Evaluation,
    Measured,
    Split,
    by_name,
    evaluate,
)
from graph_service.questions.recommendations import ego_subjects, subject_note
from graph_service.questions.words import many

PAPERS_AT_A_TIME = 500
DECIMALS = 9


async def evaluate_recommendations(
    view: View,
    *,
    split_year: int,
    window: int = 2,
    seed: int = 0,
    step: Callable[[str, int, int], None] = lambda *_: None,
) -> EvaluationAnswer:
    """Score every way of suggesting people on papers before a year, by those of the years after.

    Authors are told apart by their names alone, as the papers print them: what was decided of
    names may rest on papers of the test window. The subject of a page that names most papers is
    left out. See `evaluation.evaluate` for the measures.

    Args:
        view: The store's papers.
        split_year: The first year of the test window.
        window: How many years it has.
        seed: Of samples and intervals.
        step: Called with what is done, how much of it, and of how much.

    Raises:
        ParameterError: The year or the window is out of range.
    """
    split = Split.at_year(split_year, window)
    subjects = await ego_subjects(view)
    graph = await _named(view, _without(view.graph, subjects))
    topics = await view.shelf("Topic")
    found = await run_sync(partial(evaluate, graph, topics, split, seed=seed, step=step))
    tested, sides = found.tested, found.sides
    pairs = found.new_pairs + found.newcomer_pairs
    return EvaluationAnswer(
        meta=view.meta(
            parameters={"split_year": split_year, "window": window, "seed": seed},
            count=len(found.scores),
            notes=[
                *([subject_note(view, subjects)] if subjects else []),
                *await _notes(view, found),
            ],
        ),
        split=split.date,
        end=split.end,
        training=EvaluatedSide(
            papers=found.training_papers,
            authors=found.training_authors,
            ties=found.training_ties,
        ),
        test=EvaluatedSide(papers=tested.papers, authors=tested.authors, ties=tested.ties),
        straddling=sides.straddling,
        undated=sides.undated,
        later=sides.later,
        max_authors=graph.max_authors,
        targets=found.targets,
        new_pairs=found.new_pairs,
        beyond_two_hops=found.beyond,
        unreachable=found.newcomer_pairs,
        unreachable_share=_rounded(found.newcomer_pairs / pairs if pairs else None),
        pair_authors=found.pair_authors,
        pairs=found.pairs,
        positive_rate=_rounded(found.positive_rate),
        uniform_pairs=found.uniform_pairs,
        uniform_positive_rate=_rounded(found.uniform_positive_rate),
        seed=seed,
        results=[_score(score, measured) for score, measured in found.scores.items()],
    )


def _without(graph: AuthorPaper, authors: Sequence[int]) -> AuthorPaper:
    """The graph as if some authors were on no paper; list lengths stay what they are."""
    if not authors:
        return graph
    stays = ~np.isin(graph.slots, authors)
    of_paper = np.repeat(np.arange(len(graph.paper_ids)), np.diff(graph.paper_indptr))
    sizes = np.bincount(of_paper[stays], minlength=len(graph.paper_ids))
    return replace(
        graph,
        paper_indptr=np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes))),
        slots=graph.slots[stays],
        positions=graph.positions[stays],
    )


async def _named(view: View, graph: AuthorPaper) -> AuthorPaper:
    """The graph with one author for each name, as the papers print it."""
    keys = [sorted({name_key(name) for name in names}) for names in graph.author_variants]
    several: dict[int, list[int]] = defaultdict(list)
    for author, of_author in enumerate(keys):
        if len(of_author) > 1:
            for paper in graph.papers_of_author(author).tolist():
                several[paper].append(author)
    elsewhere = {}
    papers = sorted(several)
    for start in range(0, len(papers), PAPERS_AT_A_TIME):
        wanted = [graph.paper_ids[paper] for paper in papers[start : start + PAPERS_AT_A_TIME]]
        for facts in await view.store.papers(wanted):
            paper = view.paper_number(facts.paper.id)
            for edge, node in facts.authors:
                number = view.author_number(node.id)
                if paper is None or number is None or number not in graph.authors_of_paper(paper):
                    continue
                if number in several[paper]:
                    printed = name_key(str(edge.properties["name_as_printed"]))
                    elsewhere[paper, number] = author_id(printed)
    names = [author_id(of_author[0]) for of_author in keys]
    return await run_sync(by_name, graph, names, elsewhere)


async def _notes(view: View, found: Evaluation) -> list[Note]:
    notes = [
        Note(
            code="authors-by-name",
            text="authors are told apart by name alone, which needs no paper of the test window; "
            "namesakes count as one, and one person under two names as two",
        )
    ]
    if decisions := len(await view.store.decisions()):
        notes.append(
            Note(
                code="decisions-left-out",
                count=decisions,
                text=f"{many(decisions, 'identity decision is', 'identity decisions are')} not "
                "used: what was decided may rest on papers of the test window",
            )
        )
    if left := found.sides.undated + found.sides.straddling:
        notes.append(
            Note(
                code="undated-papers",
                count=left,
                text=f"{many(left, 'paper is', 'papers are')} on no side: without a date, or with "
                "one that is too coarse",
            )
        )
    cut = int((view.graph.complete == 0).sum())
    if cut:
        notes.append(
            Note(
                code="cut-author-lists",
                count=cut,
                text=f"{many(cut, 'paper names', 'papers name')} only some of the authors: who "
                "worked together is known in part",
            )
        )
    return notes


def _score(score: str, measured: Measured) -> EvaluatedScore:
    def at_cuts(of: dict[int, float]) -> dict[str, float]:
        return {str(cut): round(of[cut], DECIMALS) for cut in CUTS}

    return EvaluatedScore(
        score=score,
        baseline=score in BASELINES,
        precision=at_cuts(measured.precision),
        precision_at_10_interval=_interval(measured.precision_interval),
        recall=at_cuts(measured.recall),
        recall_at_10_interval=_interval(measured.recall_interval),
        recall_of_all=at_cuts(measured.recall_of_all),
        mean_average_precision=round(measured.mean_average_precision, DECIMALS),
        interval=_interval(measured.interval),
        over_adamic_adar=_interval(measured.over_reference),
        auc=_rounded(measured.auc),
        average_precision=_rounded(measured.average_precision),
        auc_uniform=_rounded(measured.auc_uniform),
    )


def _interval(of: tuple[float, float]) -> Interval:
    return Interval(low=round(of[0], DECIMALS), high=round(of[1], DECIMALS))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)
