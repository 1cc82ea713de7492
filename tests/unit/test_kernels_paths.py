"""What lies round authors, and ties under filters, against naive twins over dicts and sets."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_service.projection.arrays import AuthorPaper, Shelf, Ties, ties_of
from graph_service.projection.building import project
from graph_service.projection.surroundings import (
    gathered,
    hops_over_papers,
    inward_strengths,
    papers_of_authors,
    papers_of_ties,
    ties_among,
)
from graph_service.projection.texts import Texts
from graph_service.projection.walks import components, shortest_paths, within
from graph_service.questions import paper_paths
from graph_service.questions.connections import join, pruned, spanning_tree
from graph_service.questions.path_filters import (
    NO_FILTER,
    TieFilter,
    authors_without,
    papers_under,
    thinned,
)
from graph_service.store.protocol import ProjectedAuthor, ProjectedPaper

pytestmark = pytest.mark.usefixtures("both_ways")

SIZE = 9
NAMES = [f"author:a{number}" for number in range(SIZE)]
DATES = ("", "2019", "2020", "2020-02", "2020-03-01", "2021-12-31")

papers_made = st.lists(
    st.tuples(
        st.sets(st.integers(0, SIZE - 1), max_size=5),
        st.sampled_from(DATES),
        st.sampled_from([True, False, None]),
    ),
    max_size=10,
)
people = st.integers(0, SIZE - 1)
filters = st.builds(
    TieFilter,
    first_year=st.none() | st.sampled_from([2019, 2020, 2021]),
    last_year=st.none() | st.sampled_from([2019, 2020, 2021]),
    as_of=st.none() | st.sampled_from(["2019", "2020-02", "2020-02-15", "2020", "2021"]),
    min_papers=st.integers(1, 2),
    max_authors=st.none() | st.integers(2, 4),
    without_authors=st.sets(people, max_size=2).map(lambda found: tuple(sorted(found))),
    without_papers=st.just(()),
    only_verified=st.booleans(),
)
Made = list[tuple[set[int], str, bool | None]]


def graph_of(made: Made) -> AuthorPaper:
    return project(
        "revision",
        [
            ProjectedAuthor(name, name, "unverified" if at % 3 else "verified", (name,))
            for at, name in enumerate(NAMES)
        ],
        [
            ProjectedPaper(
                f"title:{at:03}",
                f"Paper {at}",
                date,
                complete,
                tuple((NAMES[one], place) for place, one in enumerate(sorted(authors), 1)),
            )
            for at, (authors, date, complete) in enumerate(made)
        ],
        max_authors=4,
    )


# -- naive twins --------------------------------------------------------------------------


def passes(paper: tuple[set[int], str, bool | None], wanted: TieFilter) -> bool:
    _, date, _ = paper
    timed = wanted.first_year or wanted.last_year or wanted.as_of
    if timed and not date:
        return False
    year = int(date[:4] or 0)
    if wanted.first_year and year < wanted.first_year:
        return False
    if wanted.last_year and year > wanted.last_year:
        return False
    if wanted.as_of:
        end = {"2019": "2019-12-31", "2020-02": "2020-02-29", "2020": "2020-12-31"}
        ends = {**end, "2021": "2021-12-31"}
        return ends.get(date, date) <= ends.get(wanted.as_of, wanted.as_of)
    return True


def naive_ties(made: Made, wanted: TieFilter) -> dict[tuple[int, int], int]:
    """Papers of each tie under a filter."""
    found: dict[tuple[int, int], int] = {}
    out = set(wanted.without_authors)
    if wanted.only_verified:
        out |= {one for one in range(SIZE) if one % 3}
    for paper in made:
        if passes(paper, wanted) and len(paper[0]) <= (wanted.max_authors or 4):
            for pair in combinations(sorted(paper[0] - out), 2):
                found[pair] = found.get(pair, 0) + 1
    return {pair: count for pair, count in found.items() if count >= wanted.min_papers}


def naive_hops(pairs: set[tuple[int, int]], source: int) -> dict[int, int]:
    hops = {source: 0}
    frontier = {source}
    while frontier:
        level = hops[next(iter(frontier))] + 1
        frontier = {
            other
            for a, b in pairs
            for one, other in ((a, b), (b, a))
            if one in frontier and other not in hops
        }
        hops |= dict.fromkeys(frontier, level)
    return hops


def as_pairs(ties: Ties) -> dict[tuple[int, int], int]:
    rows = np.repeat(np.arange(SIZE), np.diff(ties.indptr))
    both = zip(rows.tolist(), ties.neighbours.tolist(), ties.papers.tolist(), strict=True)
    return {(a, b): papers for a, b, papers in both if a < b}


def ties_under(graph: AuthorPaper, wanted: TieFilter) -> Ties:
    passing, _, _ = papers_under(graph, {}, wanted)
    return ties_of(
        graph,
        papers=passing,
        without=authors_without(graph, wanted).tolist(),
        min_papers=wanted.min_papers,
        max_authors=wanted.max_authors,
    )


# -- filters ------------------------------------------------------------------------------


@given(papers_made, filters)
def test_ties_under_a_filter_are_those_of_the_papers_that_pass(
    made: Made, wanted: TieFilter
) -> None:
    assert as_pairs(ties_under(graph_of(made), wanted)) == naive_ties(made, wanted)


@given(papers_made, filters)
def test_papers_of_unknown_or_wide_dates_are_counted(made: Made, wanted: TieFilter) -> None:
    passing, undated, straddling = papers_under(graph_of(made), {}, wanted)
    assert passing.tolist() == [passes(paper, wanted) for paper in made]
    timed = wanted.first_year or wanted.last_year or wanted.as_of
    assert undated == (sum(not date for _, date, _ in made) if timed else 0)
    if wanted == TieFilter(as_of="2020-02-15"):
        assert straddling == sum(date in ("2020", "2020-02") for _, date, _ in made)


def test_a_date_straddles_what_it_holds() -> None:
    graph = graph_of([({1, 2}, date, True) for date in DATES])
    for as_of, passing, straddling in [
        ("2019", ["2019"], 0),
        ("2020-02", ["2019", "2020-02"], 1),
        ("2020-02-15", ["2019"], 2),
        ("2020-03-01", ["2019", "2020-02", "2020-03-01"], 1),
        ("2020", ["2019", "2020", "2020-02", "2020-03-01"], 0),
    ]:
        found, undated, across = papers_under(graph, {}, TieFilter(as_of=as_of))
        assert [DATES[at] for at in np.flatnonzero(found)] == passing
        assert (undated, across) == (1, straddling)


@given(papers_made, st.sets(people, max_size=3), st.integers(1, 3))
def test_thinning_ties_is_making_them_anew(made: Made, without: set[int], least: int) -> None:
    graph = graph_of(made)
    thin = thinned(graph.ties, np.array(sorted(without), np.int64), least)
    anew = ties_of(graph, without=sorted(without), min_papers=least)
    for name in ("indptr", "neighbours", "papers", "weights", "first_years", "last_years"):
        left, right = getattr(thin, name), getattr(anew, name)
        assert left.tolist() == right.tolist()
        assert left.dtype == right.dtype


def test_a_shelf_narrows_papers() -> None:
    graph = graph_of([({0, 1}, "2019", True), ({1, 2}, "2020", True)])
    shelf = Shelf(
        Texts.of(["topic:a"]),
        Texts.of(["A"]),
        np.array([0, 1, 1]),
        np.array([0], np.int32),
        np.array([0, 1]),
        np.array([0], np.int32),
    )
    passing, _, _ = papers_under(graph, {"topic": shelf}, TieFilter(topic=0))
    assert passing.tolist() == [True, False]


def test_filters_are_named_in_a_fixed_order_and_taken_away_one_by_one() -> None:
    wanted = TieFilter(min_papers=2, first_year=2020, without_papers=(3,), without_authors=(1,))
    assert wanted.given() == ["first_year", "min_papers", "exclude"]
    assert wanted.without("exclude").given() == ["first_year", "min_papers"]
    assert NO_FILTER.given() == []


@given(papers_made, filters, people, people)
def test_hops_over_papers_are_those_over_ties(
    made: Made, wanted: TieFilter, source: int, target: int
) -> None:
    graph = graph_of(made)
    passing, _, _ = papers_under(graph, {}, wanted)
    passing &= np.diff(graph.paper_indptr) <= (wanted.max_authors or graph.max_authors)
    authors = np.ones(SIZE, np.bool_)
    authors[authors_without(graph, wanted)] = False
    found = hops_over_papers(graph, passing, authors, wanted.min_papers, source, target)
    assert found == naive_hops(set(naive_ties(made, wanted)), source).get(target)


@given(papers_made, st.tuples(st.sets(people, max_size=5), st.just("2020"), st.just(True)))
def test_one_more_paper_makes_no_path_longer(made: Made, more: tuple[set[int], str, bool]) -> None:
    before, after = graph_of(made).ties, graph_of([*made, more]).ties
    for source, target in combinations(range(SIZE), 2):
        shorter = shortest_paths(after, source, target).distance
        longer = shortest_paths(before, source, target).distance
        assert longer is None or (shorter is not None and shorter <= longer)


# -- surroundings -------------------------------------------------------------------------


@given(papers_made, filters)
def test_a_tie_is_shown_with_its_papers_by_year(made: Made, wanted: TieFilter) -> None:
    graph = graph_of(made)
    passing, _, _ = papers_under(graph, {}, wanted)
    counted = passing & (np.diff(graph.paper_indptr) <= graph.max_authors)
    ties = ties_of(graph, papers=passing)
    rows = np.repeat(np.arange(SIZE), np.diff(ties.indptr))
    places, begins, papers = papers_of_ties(graph, ties, counted, rows, ties.neighbours)
    assert places.tolist() == list(range(len(rows)))
    for at, (a, b) in enumerate(zip(rows.tolist(), ties.neighbours.tolist(), strict=True)):
        expected = sorted(
            (int(date[:4] or 10_000), paper)
            for paper, (authors, date, _) in enumerate(made)
            if {a, b} <= authors and counted[paper]
        )
        behind = papers[:, begins[at] : begins[at + 1]].T.tolist()
        assert behind == [
            [paper, 1 + sorted(made[paper][0]).index(a), 1 + sorted(made[paper][0]).index(b)]
            for _, paper in expected
        ]


@given(papers_made, st.lists(people, max_size=6))
def test_papers_of_authors_come_once(made: Made, authors: list[int]) -> None:
    graph = graph_of(made)
    wanted = graph.complete != 1
    found = papers_of_authors(graph, np.array(authors, np.int32), wanted).tolist()
    assert len(found) == len(set(found))
    assert set(found) == {
        at
        for at, (members, _, complete) in enumerate(made)
        if complete is not True and members & set(authors)
    }


@given(papers_made, st.lists(people, max_size=6))
def test_gathered_rows_stand_behind_each_other(made: Made, authors: list[int]) -> None:
    graph = graph_of(made)
    rows, papers = gathered(graph.author_indptr, graph.papers_of, np.array(authors, np.int64))
    assert list(zip(rows.tolist(), papers.tolist(), strict=True)) == [
        (place, at)
        for place, author in enumerate(authors)
        for at, (members, _, _) in enumerate(made)
        if author in members
    ]


@given(papers_made, people, st.integers(0, 3))
def test_a_network_counts_the_ties_inside_and_those_one_hop_nearer(
    made: Made, middle: int, hops: int
) -> None:
    graph = graph_of(made)
    ball = within(graph.ties, middle, hops)
    level = dict(zip(ball.authors.tolist(), ball.hops.tolist(), strict=True))
    pairs = naive_ties(made, NO_FILTER)
    expected = naive_hops(set(pairs), middle)
    assert level == {one: at for one, at in expected.items() if at <= hops}
    strengths, count = inward_strengths(graph.ties, ball.authors, ball.hops)
    inside = [pair for pair in sorted(pairs) if set(pair) <= level.keys()]
    assert count == len(inside)
    for one, strength in zip(ball.authors.tolist(), strengths.tolist(), strict=True):
        nearer = [
            graph.ties.weights[graph.ties.find(one, other)]
            for other in level
            if graph.ties.find(one, other) is not None and level[other] == level[one] - 1
        ]
        assert strength == pytest.approx(sum(nearer))
    lower, places = ties_among(graph.ties, ball.authors)
    higher = graph.ties.neighbours[places]
    assert list(zip(lower.tolist(), higher.tolist(), strict=True)) == inside


# -- connecting trees ---------------------------------------------------------------------


def smallest_tree(pairs: set[tuple[int, int]], asked: set[int]) -> int:
    """Hops of the smallest tree that joins those asked for, by trying every set of authors."""
    others = sorted({one for pair in pairs for one in pair} - asked)
    for more in range(len(others) + 1):
        for chosen in combinations(others, more):
            members = asked | set(chosen)
            inside = {pair for pair in pairs if set(pair) <= members}
            if members <= naive_hops(inside, min(asked)).keys():
                return len(members) - 1
    raise AssertionError("not connected")


@given(papers_made, st.sets(people, min_size=3, max_size=5))
def test_a_connecting_tree_is_one_and_within_its_bound(made: Made, asked: set[int]) -> None:
    ties = graph_of(made).ties
    pairs = set(as_pairs(ties))
    trees = join(ties, asked)
    labels = components(ties).labels
    assert sorted(author for tree in trees for author in tree.asked) == sorted(asked)
    assert [len({int(labels[one]) for one in tree.asked}) for tree in trees] == [1] * len(trees)
    sizes = [(-len(tree.asked), tree.asked[0]) for tree in trees]
    assert sizes == sorted(sizes)
    for tree in trees:
        members = {*tree.asked, *(author for hop in tree.hops for author in hop)}
        assert set(tree.hops) <= pairs
        assert len(tree.hops) == len(members) - 1
        assert naive_hops(set(tree.hops), tree.asked[0]).keys() == members
        ends = [author for hop in tree.hops for author in hop]
        assert {author for author in ends if ends.count(author) == 1} <= set(tree.asked)
        t, smallest = len(tree.asked), smallest_tree(pairs, set(tree.asked))
        assert tree.at_least <= smallest <= len(tree.hops)
        assert t == 1 or len(tree.hops) <= 2 * (1 - 1 / t) * smallest


def test_a_spanning_tree_takes_pairs_in_their_order_and_pruning_cuts_loose_ends() -> None:
    tree = spanning_tree([(2, 3), (1, 2), (1, 3), (3, 4), (4, 5)])
    assert tree == [(2, 3), (1, 2), (3, 4), (4, 5)]
    assert pruned(tree, [1, 3]) == [(2, 3), (1, 2)]


# -- chains of papers ---------------------------------------------------------------------


@given(papers_made, st.sets(people, max_size=2), st.data())
def test_chains_of_papers_are_the_shortest_and_first_by_number(
    made: Made, without: set[int], data: st.DataObject
) -> None:
    if not made:
        return
    numbers = st.integers(0, len(made) - 1)
    start, end = data.draw(numbers), data.draw(numbers)
    barred = np.zeros(SIZE, np.bool_)
    barred[sorted(without)] = True
    joins = paper_paths._Joins(
        graph_of(made), True, None, None, None, barred, np.zeros(len(made), np.bool_)
    )
    pairs = {
        (a, b) for a, b in combinations(range(len(made)), 2) if (made[a][0] & made[b][0]) - without
    }
    to_end = naive_hops(pairs, end)
    hops, sizes = paper_paths._search(joins, start, end)
    if start not in to_end:
        assert hops[start] == paper_paths.UNREACHED
        assert sizes == (len(naive_hops(pairs, start)), len(to_end))
        return
    expected = [start]
    while expected[-1] != end:
        near = {one for pair in pairs if expected[-1] in pair for one in pair}
        expected.append(min(one for one in near if to_end.get(one) == to_end[expected[-1]] - 1))
    assert hops[start] == to_end[start]
    assert paper_paths._walk(joins, hops, start) == expected
