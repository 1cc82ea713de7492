"""Scores of groupings, by hand and against a naive twin."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_service.identity.scores import (
    Score,
    b_cubed,
    name_classes,
    pairwise,
    proposed_merges,
)
from tests.mention_rows import papers

labels = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.sampled_from("mno")),
    min_size=1,
    max_size=12,
)


def test_b_cubed_by_hand() -> None:
    # Found {1, 2, 3}, {4}; true {1, 2}, {3, 4}.
    score = b_cubed("aaab", "xxyy")
    assert score.precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)
    assert score.recall == pytest.approx((1 + 1 + 1 / 2 + 1 / 2) / 4)
    assert score.f == pytest.approx(0.7058823529)
    assert b_cubed("aaab", "xxyy", [3]) == Score(1.0, 0.5)
    assert b_cubed("", "") == Score(None, None)
    assert Score(0.0, 0.0).f == 0.0
    assert Score(None, 0.0).f is None


def test_pairs_by_hand() -> None:
    assert pairwise("aaab", "xxyy") == Score(1 / 3, 1 / 2)
    assert pairwise("ab", "xy") == Score(None, None)


def test_merges_of_different_strings_by_hand() -> None:
    strings = ["J. Okoye", "Jason Okoye", "Jason Okoye", "Joseph Okoye"]
    found = proposed_merges(strings, "aaaa", "xxyz")
    # Jason Okoye is x or y alike and counts as x, the first: with J. Okoye right.
    assert (found.pairs, found.right) == (3, 1)
    assert found.precision == pytest.approx(1 / 3)
    assert proposed_merges(["a", "a"], "gg", "xy").precision is None


@given(labels)
def test_scores_against_a_naive_twin(rows) -> None:
    found, true, strings = (list(part) for part in zip(*rows, strict=True))
    places = range(len(rows))

    def share(mine: list[str], others: list[str], one: int) -> float:
        group = [place for place in places if mine[place] == mine[one]]
        return sum(others[place] == others[one] for place in group) / len(group)

    score = b_cubed(found, true)
    assert score.precision == pytest.approx(sum(share(found, true, p) for p in places) / len(rows))
    assert score.recall == pytest.approx(sum(share(true, found, p) for p in places) / len(rows))

    pairs = list(combinations(places, 2))
    together = [pair for pair in pairs if found[pair[0]] == found[pair[1]]]
    right = [pair for pair in pairs if true[pair[0]] == true[pair[1]]]
    both = len(set(together) & set(right))
    assert pairwise(found, true) == Score(
        both / len(together) if together else None, both / len(right) if right else None
    )

    def person(string: str, group: str) -> str:
        of = [true[p] for p in places if strings[p] == string and found[p] == group]
        return min(of, key=lambda one: (-of.count(one), one))

    proposed = [
        (group, one, other)
        for group in set(found)
        for one, other in combinations(sorted({strings[p] for p in places if found[p] == group}), 2)
    ]
    merges = proposed_merges(strings, found, true)
    assert merges.pairs == len(proposed)
    assert merges.right == sum(person(one, g) == person(other, g) for g, one, other in proposed)


@given(labels)
def test_the_truth_itself_scores_one(rows) -> None:
    true = [row[1] for row in rows]
    assert b_cubed(true, true) == Score(pytest.approx(1), pytest.approx(1))


def test_classes_of_names() -> None:
    mentions, _ = papers(["J. P. Okoye", "Ada Quill", "Alexandra Moss", "王伟", "Иван Тарн"])
    found = {row.name: name_classes(row) for row in mentions}
    assert found["J. P. Okoye"] == ["latin script", "given name by initials"]
    assert found["Ada Quill"][1:] == ["given name in full", "given name of at most 4 letters"]
    assert found["Alexandra Moss"][-1] == "given name of at least 7 letters"
    assert found["王伟"] == ["other script", "no given name"]
    assert found["Иван Тарн"][0] == "other script"
