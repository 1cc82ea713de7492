"""Likeness of texts and shared authors against naive twins over dicts."""

from math import log2, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_service.derive.evidence import Assessor
from graph_service.derive.lineage_model import LineageModel
from graph_service.derive.lineage_papers import LineagePaper, ReadScope, read_scope
from graph_service.derive.lineage_texts import Texts, nearest, read_texts

pytestmark = pytest.mark.usefixtures("both_ways")

WORDS = ["loom", "wool", "weaving", "dye", "shuttle", "thread", "the", "über"]
NEAREST = 3
MODEL = LineageModel(nearest_texts=NEAREST, most_papers_of_posting=2, no_limits_below=99)

papers = st.lists(
    st.builds(
        lambda title, abstract, date, authors: (title, abstract, date, authors),
        st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join),
        st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join),
        st.sampled_from(["", "2018-01-01", "2019-04-01", "2020-05-01"]),
        st.lists(st.sampled_from("abcd"), unique=True, max_size=4).map(tuple),
    ),
    min_size=1,
    max_size=9,
).map(
    lambda drawn: read_scope(
        LineagePaper(f"paper:{number}", title, abstract, date, authors)
        for number, (title, abstract, date, authors) in enumerate(drawn)
    )
)


def vectors(texts: Texts) -> list[dict[str, float]]:
    rows = zip(texts.indptr, texts.indptr[1:], strict=False)
    return [
        {texts.vocabulary[texts.terms[at]]: float(texts.weights[at]) for at in range(*row)}
        for row in rows
    ]


def cosine(one: dict[str, float], other: dict[str, float]) -> float:
    return sum(weight * other.get(phrase, 0.0) for phrase, weight in one.items())


def pairs(scope: ReadScope) -> tuple[np.ndarray, np.ndarray]:
    count = len(scope.papers)
    newer, older = (side.ravel() for side in np.indices((count, count)))
    return older, newer


@given(papers)
def test_cosines_are_sums_of_products(scope: ReadScope) -> None:
    texts = read_texts(scope.papers, MODEL)
    rows = vectors(texts)
    for row in rows:
        assert not row or sqrt(cosine(row, row)) == pytest.approx(1)
    older, newer = pairs(scope)
    for found, one, other in zip(texts.cosines(older, newer), older, newer, strict=True):
        assert found == pytest.approx(cosine(rows[one], rows[other]), abs=2e-9)


@given(papers)
def test_nearest_are_the_earlier_texts_that_share_a_rare_phrase(scope: ReadScope) -> None:
    texts = read_texts(scope.papers, MODEL)
    days = np.array([paper.day for paper in scope.papers], np.int64)
    rows = vectors(texts)
    holders = {phrase: sum(phrase in row for row in rows) for row in rows for phrase in row}
    for paper, found in enumerate(nearest(texts, days, MODEL)):
        rare = {phrase for phrase in rows[paper] if holders[phrase] <= MODEL.most_papers_of_posting}
        earlier = [
            other
            for other in range(len(rows))
            if other != paper
            and 0 < days[other] <= days[paper]
            and not rare.isdisjoint(rows[other])
        ]
        alike = texts.cosines(np.array(earlier, int), np.full(len(earlier), paper))
        ranked = sorted(
            (-value, -int(days[other]), other) for value, other in zip(alike, earlier, strict=True)
        )
        expected = [other for _, _, other in ranked[:NEAREST]]
        assert found.tolist() == expected + [-1] * (NEAREST - len(expected))


@given(papers)
def test_shared_authors_count_by_rarity_the_later_ones_less(scope: ReadScope) -> None:
    texts = read_texts(scope.papers, MODEL)
    older, newer = pairs(scope)
    apart = older != newer
    older, newer = older[apart], newer[apart]
    found = Assessor(scope, texts, 0.0, MODEL).assess(older, newer).authors
    for points, one, other in zip(found, older, newer, strict=True):
        bylines = scope.papers[one].authors, scope.papers[other].authors
        worths = []
        for author in bylines[0]:
            if author not in bylines[1]:
                continue
            having = sum(author in paper.authors for paper in scope.papers)
            worth = 0.5 * log2(len(scope.papers) / having)
            worths.append(worth * 1.3 if bylines[0][0] == author == bylines[1][0] else worth)
        counting = [worth for worth in worths if worth > 0]
        expected = min(2.5, sum(worth * (0.6 if at else 1) for at, worth in enumerate(counting)))
        assert points == pytest.approx(expected * 100, abs=0.51)
