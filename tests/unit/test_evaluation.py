"""Suggestions against what came later: nothing of which may be in them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_service.model.errors import ParameterError
from graph_service.model.records import Record
from graph_service.projection.arrays import AuthorPaper
from graph_service.projection.building import build_shelf, project
from graph_service.projection.reader import Reader
from graph_service.questions.evaluating import evaluate_recommendations
from graph_service.questions.evaluation import (
    SCORES,
    Split,
    area_under_curve,
    average_precision,
    by_name,
    evaluate,
    outcome_of,
    sides_of,
    training_of,
)
from graph_service.settings import Settings
from graph_service.store.opening import open_store
from graph_service.store.protocol import ProjectedAuthor, ProjectedPaper
from tests.invented import paper, source

SIZE = 8
Papers = list[tuple[list[int], str]]
SPLIT = Split.at_year(2020, 2)

members = st.lists(st.integers(0, SIZE - 1), unique=True, min_size=1, max_size=4).map(sorted)
before = st.tuples(members, st.sampled_from(["2017", "2018-03", "2019-12-31"]))
within = st.tuples(members, st.sampled_from(["2020-01-01", "2020", "2021-12-31"]))
never = st.tuples(members, st.sampled_from(["", "2022"]))


def projected(papers: Papers) -> AuthorPaper:
    ids = [f"author:a{number}" for number in range(SIZE)]
    return project(
        "revision",
        [ProjectedAuthor(id_, id_, "unverified", (id_,)) for id_ in ids],
        [
            ProjectedPaper(
                f"title:{number:02}",
                f"Weaving {number % 3}",
                date,
                True,
                tuple((ids[author], place) for place, author in enumerate(authors, 1)),
            )
            for number, (authors, date) in enumerate(papers)
        ],
    )


def test_dates_say_on_which_side_a_paper_is() -> None:
    split = Split("2019-06-15", "2021-06-15")
    dates = ["2018", "2019-05", "2019-06-14", "2019", "2019-06", "2019-06-15", "2020", "2021", "",
             "2021-06-15", "2022"]  # fmt: skip
    sides = sides_of(dates, split)
    assert np.flatnonzero(sides.training).tolist() == [0, 1, 2]
    assert np.flatnonzero(sides.test).tolist() == [5, 6]
    assert (sides.straddling, sides.undated, sides.later) == (3, 1, 2)


@pytest.mark.parametrize(("year", "window"), [(0, 2), (2020, 0), (9999, 1)])
def test_a_split_that_is_none_is_refused(year: int, window: int) -> None:
    with pytest.raises(ParameterError):
        Split.at_year(year, window)


@given(st.lists(before, max_size=8), st.lists(within, max_size=6), st.randoms())
def test_test_papers_change_nothing_that_is_known_before(
    first: Papers, then: Papers, chance: object
) -> None:
    alone = projected(first)
    everything = projected([*first, *then])
    topics = build_shelf(everything, [])
    training = training_of(everything, topics, sides_of(everything.dates, SPLIT).training)
    expected = training_of(alone, build_shelf(alone, []), np.ones(len(first), np.bool_))
    assert list(training.graph.author_ids) == list(expected.graph.author_ids)
    for name in ("indptr", "neighbours", "weights", "papers", "last_years"):
        found, wanted = getattr(training.graph.ties, name), getattr(expected.graph.ties, name)
        assert found.tolist() == wanted.tolist()
    assert training.terms.rarity.tolist() == expected.terms.rarity.tolist()


@given(st.lists(before, min_size=3, max_size=8), st.lists(within, min_size=1, max_size=6))
def test_new_partners_are_those_who_had_no_paper_together(first: Papers, then: Papers) -> None:
    graph = projected([*first, *then])
    sides = sides_of(graph.dates, SPLIT)
    training = training_of(graph, build_shelf(graph, []), sides.training)
    tested = outcome_of(graph, training, sides.test)
    there = {author for authors, _ in first for author in authors}
    met = {frozenset((a, b)) for authors, _ in first for a in authors for b in authors if a != b}
    expected: dict[int, set[int]] = {}
    newcomers: dict[int, set[int]] = {}
    for authors, _ in then:
        for a in authors:
            for b in authors:
                if a != b and a in there:
                    if b not in there:
                        newcomers.setdefault(a, set()).add(b)
                    elif frozenset((a, b)) not in met:
                        expected.setdefault(a, set()).add(b)
    numbers = training.authors.tolist()
    found = {numbers[a]: {numbers[b] for b in new} for a, new in tested.partners.items()}
    assert found == expected
    assert {numbers[a]: count for a, count in tested.newcomers.items()} == {
        a: len(new) for a, new in newcomers.items()
    }


def test_a_new_partner_is_found_at_the_rank_that_one_works_out_by_hand() -> None:
    # 0 – 1 – 2 and 1 – 3, 4 – 3: of 0's candidates 2 and 3, number 3 becomes a partner.
    graph = projected(
        [
            ([0, 1], "2018"),
            ([1, 2], "2018"),
            ([1, 3], "2019"),
            ([3, 4], "2019"),
            ([0, 3], "2020"),
            ([0, 7], "2021"),
        ]
    )
    found = evaluate(graph, build_shelf(graph, []), SPLIT)
    assert (found.training_papers, found.training_authors, found.training_ties) == (4, 5, 4)
    assert (found.targets, found.new_pairs, found.newcomer_pairs, found.beyond) == (2, 2, 1, 0)
    assert tuple(found.scores) == SCORES
    adamic = found.scores["adamic_adar"]
    # Both of 0's share 1 alone: the later paper puts 3 first. Of 3's, 0 and 2 are alike but for
    # their number, so that 0 is first, too.
    assert adamic.precision[1] == 1.0
    assert adamic.mean_average_precision == 1.0
    assert adamic.recall_of_all == {1: 0.75, 5: 0.75, 10: 0.75, 20: 0.75}
    assert adamic.interval == (1.0, 1.0)
    assert adamic.over_reference == (0.0, 0.0)
    # Ordered pairs at two hops: 0-2, 0-3, 1-4, 2-3 both ways; 0-3 are linked.
    assert (found.pairs, found.positive_rate) == (8, 0.25)
    again = evaluate(graph, build_shelf(graph, []), SPLIT)
    assert found.scores["random"].precision == again.scores["random"].precision


@pytest.mark.parametrize("year", [1900, 2050])
def test_a_split_before_or_after_everything_is_answered_with_nothing(year: int) -> None:
    graph = projected([([0, 1], "2018"), ([1, 2], "2020")])
    found = evaluate(graph, build_shelf(graph, []), Split.at_year(year, 2))
    assert found.scores == {}
    assert (found.targets, found.new_pairs) == (0, 0)


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.5, 1.0, 2.0]), st.booleans()), max_size=12))
def test_areas_are_those_counted_pair_by_pair(rows: list[tuple[float, bool]]) -> None:
    values = np.array([value for value, _ in rows], np.float64)
    positive = np.array([flag for _, flag in rows], np.bool_)
    good, bad = values[positive].tolist(), values[~positive].tolist()
    won = [(a > b) + (a == b) / 2 for a in good for b in bad]
    expected = sum(won) / len(won) if won else None
    assert area_under_curve(values, positive) == pytest.approx(expected)
    if not good:
        assert average_precision(values, positive) is None
        return
    sums = 0.0
    for value in sorted(set(good)):
        above = [flag for other, flag in rows if other >= value]
        sums += good.count(value) * sum(above) / len(above)
    assert average_precision(values, positive) == pytest.approx(sums / len(good))


def test_whoever_is_printed_under_one_name_is_one() -> None:
    graph = projected([([0, 1], "2018"), ([1, 2], "2019"), ([0, 2], "2019")])
    # 0 and 2 share a name; on the last paper 2 is printed under another one.
    names = ["author:x", "author:y", "author:x", *(f"author:z{n}" for n in range(3, SIZE))]
    made = by_name(graph, names, {(2, 2): "author:w"})
    papers = [
        [made.author_ids[author] for author in made.authors_of_paper(number).tolist()]
        for number in range(3)
    ]
    assert papers == [["author:x", "author:y"], ["author:x", "author:y"], ["author:w", "author:x"]]
    assert made.papers_of_author(made.author_ids.find("author:x") or 0).tolist() == [0, 1, 2]


def world(*, later: bool) -> list[Record]:
    """A page whose subject is on every paper, a chain beside her, and what came later."""
    records = [
        source("lab", subject="Una Vey"),
        paper("First", ["Ann Ode", "Bea Lund", "Una Vey"], date="2018", subject="Una Vey"),
        paper("Second", ["Bea Lund", "Cy Moor", "Una Vey"], date="2019-05", subject="Una Vey"),
    ]
    if later:
        records += [
            paper("Third", ["Ann Ode", "Cy Moor", "Una Vey"], date="2020-01-01", subject="Una Vey"),
            paper("Fourth", ["Ann Ode", "Dan Rue", "Una Vey"], date="2021", subject="Una Vey"),
        ]
    return records


@pytest.mark.anyio
async def test_a_page_is_evaluated_without_its_subject() -> None:
    store = await open_store("memory:", Settings(), create=True)
    async with store.writing():
        await store.put(world(later=True))
    seen: list[str] = []
    view = await Reader(store).view()
    answer = await evaluate_recommendations(
        view, split_year=2020, step=lambda doing, *_: seen.append(doing)
    )
    assert (answer.training.authors, answer.training.ties) == (3, 2)
    assert (answer.targets, answer.new_pairs, answer.unreachable) == (2, 2, 1)
    assert [note.code for note in answer.meta.notes] == ["subject-left-out", "authors-by-name"]
    assert {row.precision["1"] for row in answer.results} == {1.0}
    assert "ranking candidates" in seen
    nothing = await evaluate_recommendations(view, split_year=1990)
    assert nothing.results == []
    await store.close()
