"""What holds of lineages whatever the papers: order, names, the subject, time, sums."""

import random
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_service.derive.cleaning import clean
from graph_service.derive.lineage_edges import Lineage, trace_lineage
from graph_service.derive.lineage_model import LINEAGE_MODEL
from graph_service.derive.lineage_papers import LineagePaper
from graph_service.derive.phrases import phrases
from graph_service.questions.lineage_topics import Layout

WORDS = ["loom", "kernel", "weave", "thread", "pattern", "shuttle", "fabric", "spindle", "yarn"]
NAMES = ("LoomNet", "WarpNet-2", "WarpNet-3", "Cargo-Weaver", "Thready")
PEOPLE = tuple(f"author:{letter}" for letter in "abcdefg")
DATES = ("2018", "2019-03", "2019-03-15", "2020-01-02", "2020-01-02", "2021-05-06", "2022", "")


@st.composite
def scopes(draw: st.DrawFn) -> list[LineagePaper]:
    count = draw(st.integers(0, 9))
    papers = []
    for number in range(count):
        words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9))
        head = draw(st.sampled_from((*NAMES, None, None)))
        title = " ".join(words[:5])
        said = draw(st.sampled_from((*NAMES, None)))
        cue = draw(st.sampled_from(("We extend", "Compared to", "We revisit", "It stands by")))
        papers.append(
            LineagePaper(
                id=f"paper:{number}",
                title=f"{head}: {title}" if head else title,
                abstract=" ".join(words) + (f". {cue} {said} here." if said else "."),
                date=draw(st.sampled_from(DATES)),
                authors=tuple(draw(st.lists(st.sampled_from(PEOPLE), unique=True, max_size=4))),
                owners=tuple(draw(st.lists(st.sampled_from(("acme", "lab")), max_size=2))),
            )
        )
    return papers


def _trace(papers: list[LineagePaper], subject: str | None = None) -> Lineage:
    return trace_lineage(papers, scope="all", subject=subject)


@given(scopes(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_papers_changes_nothing(
    papers: list[LineagePaper], dice: random.Random
) -> None:
    shuffled = list(papers)
    dice.shuffle(shuffled)
    assert _trace(shuffled) == _trace(papers)


@given(scopes())
@settings(max_examples=60, deadline=None)
def test_a_name_of_the_same_shape_changes_nothing_but_the_name(papers: list[LineagePaper]) -> None:
    renamed = [
        replace(
            paper,
            title=paper.title.replace("LoomNet", "ZuimNet"),
            abstract=paper.abstract.replace("LoomNet", "ZuimNet"),
        )
        for paper in papers
    ]

    def figures(lineage: Lineage) -> list[tuple[object, ...]]:
        return [
            (
                *(edge.older, edge.newer, edge.tier, edge.kind, edge.rank, edge.shown),
                *((row.kind, row.points) for row in edge.evidence),
            )
            for edge in lineage.edges
        ]

    before, after = _trace(papers), _trace(renamed)
    assert figures(before) == figures(after)
    assert before.order == after.order


@given(scopes())
@settings(max_examples=60, deadline=None)
def test_the_subject_on_every_paper_changes_nothing(papers: list[LineagePaper]) -> None:
    everywhere = [replace(paper, authors=("author:me", *paper.authors)) for paper in papers]
    assert _trace(everywhere, "author:me") == _trace(papers, "author:me")


@given(scopes())
@settings(max_examples=60, deadline=None)
def test_no_edge_runs_backwards_and_scores_are_sums(papers: list[LineagePaper]) -> None:
    lineage = _trace(papers)
    place = {paper: at for at, paper in enumerate(lineage.order)}
    dates = {paper.id: paper.date for paper in papers}
    assert set(lineage.undated) == {paper for paper, date in dates.items() if not date}
    assert set(lineage.order) == set(dates) - set(lineage.undated)
    for edge in lineage.edges:
        assert place[edge.older] < place[edge.newer]
        assert dates[edge.older][:4] <= dates[edge.newer][:4]
        assert edge.score == sum(row.points for row in edge.evidence)
        assert all(row.points for row in edge.evidence)
        assert edge.tier == LINEAGE_MODEL.tier(edge.score)
        assert not edge.shown or edge.score >= 300
    assert list(lineage.edges) == sorted(lineage.edges, key=lambda edge: (edge.newer, edge.rank))


WORDS_OF_A_TEXT = st.sampled_from(
    ("kernel", "Kernels", "woven", "of", "the", "(loom", "loom)", "method.", "e.g.", "warp-weft,")
)
TEXTS = st.lists(WORDS_OF_A_TEXT, max_size=9).map(" ".join)


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4))
def test_words_laid_out_stand_where_the_texts_have_their_phrases(
    texts: list[tuple[str, str]],
) -> None:
    layout = Layout()
    layout.add(texts)
    laid_out = layout.build()
    whole = [f"{clean(title)}. {clean(abstract)}" for title, abstract in texts]
    for phrase in {phrase for text in whole for phrase in phrases(text)}:
        papers = np.searchsorted(laid_out.indptr, laid_out.standing(phrase), side="right") - 1
        counts = np.bincount(papers, minlength=len(texts)).tolist()
        assert counts == [phrases(text).count(phrase) for text in whole], phrase
        places = laid_out.standing(phrase)
        in_title = {
            int(paper)
            for paper, place in zip(papers, places, strict=True)
            if place < laid_out.abstracts_at[paper]
        }
        titled = {at for at, (title, _) in enumerate(texts) if phrase in phrases(clean(title))}
        assert in_title == titled, phrase
