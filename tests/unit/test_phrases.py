"""Words that mark papers out: mark-up, phrases and label terms, some by hand, some by a twin."""

from collections import Counter
from math import log, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_service.derive.cleaning import clean
from graph_service.derive.labels import TermCounter, without_shared_words
from graph_service.derive.phrases import fold_word, phrases
from graph_service.model.dates import middle_day


@pytest.mark.parametrize(
    ("printed", "cleaned"),
    [
        (r"\href{https://a.example/x}{the loom} \cite{a,b} weaves", "the loom weaves"),
        (r"\textbf{bold} and \emph{soft}, \ie, 50\% of $x$", "bold and soft, 50% of x"),
        (r"see https://loom.example/a?b=1 now", "see now"),
        (r"4\times 4 ~tiles \alpha here", "4x 4 tiles here"),
        ("A – B — C--D", "A - B - C - D"),
        ("ﬁbre  net\n\tworks ", "fibre net works"),
        ("", ""),
    ],
)
def test_mark_up_is_taken_out(printed, cleaned):
    assert clean(printed) == cleaned


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("cities", "city"),
        ("ties", "tie"),
        ("classes", "class"),
        ("looms", "loom"),
        ("gas", "gas"),
        ("bus", "bus"),
        ("corpus", "corpus"),
        ("analysis", "analysis"),
        ("glass", "glass"),
    ],
)
def test_plurals_are_folded(word, folded):
    assert fold_word(word) == folded


def test_phrases_stay_inside_a_clause_and_have_words_at_both_ends():
    assert list(phrases("The woven looms of wool, and tile-cutters (cut by hand)")) == [
        "woven",
        "woven loom",
        "loom",
        "loom of wool",
        "wool",
        "tile-cutter",
        "cut",
        "cut by hand",
        "hand",
    ]


def test_boilerplate_alone_is_no_phrase():
    assert list(phrases("we propose a novel method")) == []
    assert "novel loom" in list(phrases("a novel loom"))
    assert "novel loom method" not in list(phrases("a novel loom method"))


def test_tokens_begin_with_a_letter_and_short_words_stand_in_phrases_only():
    assert list(phrases("3D tiles")) == ["d tile", "tile"]


def test_dates_stand_for_the_middle_of_their_period():
    assert [middle_day(date) for date in ("2020", "2020-05", "2020-05-04", "")] == [
        "2020-07-01",
        "2020-05-15",
        "2020-05-04",
        "",
    ]


words = st.sampled_from(["loom", "tile", "sand", "wool", "dune", "warp"])
texts = st.lists(words, max_size=6).map(" ".join)
papers = st.lists(st.tuples(texts, texts), min_size=1, max_size=4)


@given(st.lists(papers, min_size=1, max_size=4))
def test_label_terms_are_those_of_the_formula(clusters):
    counter = TermCounter()
    for number, cluster in enumerate(clusters):
        for title, abstract in cluster:
            counter.add(number, title, abstract)
    assert counter.terms() == naive_terms(clusters)


def naive_terms(clusters):
    counts, with_phrase = [], []
    for cluster in clusters:
        f, d = Counter(), Counter()
        for title, abstract in cluster:
            of_title, of_abstract = Counter(phrases(title)), Counter(phrases(abstract))
            for phrase in set(of_title) | set(of_abstract):
                f[phrase] += 2 * of_title[phrase] + of_abstract[phrase]
                d[phrase] += 1
        counts.append(f)
        with_phrase.append(d)
    everywhere = sum(counts, Counter())
    mean = sum(everywhere.values()) / len(clusters)
    found = {}
    for number, cluster in enumerate(clusters):
        f, d, n = counts[number], with_phrase[number], len(cluster)
        total = sum(f.values())
        scores = {
            w: f[w]
            / total
            * log(1 + mean / everywhere[w])
            * (1 + 0.6 * w.count(" "))
            * d[w]
            / sqrt(n)
            for w in f
            if d[w] >= 2 or n < 3
        }
        taken = []
        for w in sorted(scores, key=lambda w: (-scores[w], w)):
            if not any(set(w.split()) & set(t.split()) for t in taken) and len(taken) < 4:
                taken.append(w)
        found[number] = taken
    return found


def test_a_term_that_shares_a_word_is_passed_over():
    ranked = ["woven loom", "loom", "tile", "woven", "sand dune", "wool", "warp"]
    assert without_shared_words(ranked) == ["woven loom", "tile", "sand dune", "wool"]


def test_nothing_counted_gives_no_terms():
    assert TermCounter().terms() == {}
