"""Positions, suggestions and topics against naive twins over dicts and sets."""

from collections import Counter
from itertools import combinations
from math import log, sqrt
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_service.derive.positions import pagerank, paths_through, positions
from graph_service.model.schema import Node
from graph_service.projection.affinity import (
    LOCAL,
    candidates,
    personalised_pagerank,
    topic_cosines,
)
from graph_service.projection.arrays import AuthorPaper, Ties
from graph_service.projection.building import build_shelf, project
from graph_service.projection.search import FoldedIndex
from graph_service.projection.texts import Texts
from graph_service.projection.title_words import STOP_WORDS, terms_of, word_hash, words_of
from graph_service.store.protocol import ProjectedAuthor, ProjectedPaper

pytestmark = pytest.mark.usefixtures("both_ways")

SIZE = 9
WORDS = ["loom", "wool", "weaving", "dye", "the", "ab", "über", "thread-count"]
Papers = list[tuple[list[int], str, list[str]]]

bibliographies = st.lists(
    st.tuples(
        st.lists(st.integers(0, SIZE - 1), unique=True, max_size=5).map(sorted),
        st.sampled_from(["", "2018", "2019-04", "2020-05-01"]),
        st.lists(st.sampled_from(WORDS), max_size=4),
    ),
    max_size=10,
)
people = st.integers(0, SIZE - 1)


def projected(papers: Papers) -> AuthorPaper:
    ids = [f"author:a{number}" for number in range(SIZE)]
    return project(
        "revision",
        [ProjectedAuthor(id_, id_, "unverified", (id_,)) for id_ in ids],
        [
            ProjectedPaper(
                f"title:{number:02}",
                " ".join(words),
                date,
                True,
                tuple((ids[author], place) for place, author in enumerate(members, 1)),
            )
            for number, (members, date, words) in enumerate(papers)
        ],
    )


def drawn(ties: Ties) -> "nx.Graph[int]":
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(SIZE))
    for author in range(SIZE):
        row = ties.row(author)
        for other, weight in zip(ties.neighbours[row], ties.weights[row], strict=True):
            graph.add_edge(author, int(other), weight=float(weight))
    return graph


def close(found: Any, expected: dict[int, float]) -> None:
    assert list(found) == pytest.approx([expected[author] for author in range(SIZE)], abs=1e-7)


@given(bibliographies)
def test_positions_are_those_of_a_textbook(papers: Papers) -> None:
    graph = projected(papers)
    tied = drawn(graph.ties)
    found = positions(graph)
    assert found.degree.tolist() == [tied.degree(author) for author in range(SIZE)]
    close(found.core, dict(nx.core_number(tied)))
    close(found.clustering, dict(nx.clustering(tied)))  # type: ignore[arg-type]
    close(found.strength, dict(tied.degree(weight="weight")))
    close(found.pagerank, nx.pagerank(tied, alpha=0.85, tol=1e-12, max_iter=1000))
    close(found.paths.betweenness, nx.betweenness_centrality(tied))
    harmonic = {
        author: value / (SIZE - 1) for author, value in nx.harmonic_centrality(tied).items()
    }
    close(found.paths.closeness, harmonic)
    assert found.paths.errors is None
    for component in nx.connected_components(tied):
        assert len({int(found.component[author]) for author in component}) == 1
    assert len(set(found.component.tolist())) == nx.number_connected_components(tied)


@given(bibliographies, people)
def test_positions_without_somebody_are_those_of_the_rest(papers: Papers, gone: int) -> None:
    graph = projected(papers)
    rest = drawn(graph.ties)
    rest.remove_node(gone)
    found = positions(graph, without=(gone,))
    kept = [author for author in range(SIZE) if author != gone]
    between = nx.betweenness_centrality(rest)
    visits = nx.pagerank(rest, alpha=0.85, tol=1e-12, max_iter=1000)
    for author in kept:
        assert found.paths.betweenness[author] == pytest.approx(between[author], abs=1e-7)
        assert found.pagerank[author] == pytest.approx(visits[author], abs=1e-7)
    assert not found.present[gone]
    assert found.pagerank[gone] == 0


@given(bibliographies)
def test_pivots_say_how_far_off_they_may_be(papers: Papers) -> None:
    graph = projected(papers)
    everybody = np.ones(SIZE, np.bool_)
    few = paths_through(graph.ties, everybody, most_exact=1, pivots=4)
    assert few.pivots == 4
    assert few.errors is not None
    again = paths_through(graph.ties, everybody, most_exact=1, pivots=4)
    assert few.betweenness.tolist() == again.betweenness.tolist()
    all_of_them = paths_through(graph.ties, everybody, most_exact=1, pivots=SIZE)
    exact = paths_through(graph.ties, everybody)
    assert all_of_them.betweenness.tolist() == exact.betweenness.tolist()
    assert all_of_them.errors is None


def test_nobody_at_all_has_no_position() -> None:
    nothing = project("revision", [], [])
    assert len(positions(nothing).core) == 0
    assert len(pagerank(nothing.ties, np.zeros(0, np.bool_))) == 0


def naive(
    tied: "nx.Graph[int]", ties: Ties, author: int, *, known: bool
) -> dict[int, dict[str, float]]:
    of = {one: set(tied[one]) for one in tied}
    found = {}
    for other in tied:
        shared = of[author] & of[other]
        if other == author or not shared or (other in of[author] and not known):
            continue
        found[other] = {
            "common_neighbours": len(shared),
            "adamic_adar": sum(1 / log(len(of[one])) for one in shared),
            "resource_allocation": sum(1 / len(of[one]) for one in shared),
            "jaccard": len(shared) / len(of[author] | of[other]),
            "preferential_attachment": len(of[author]) * len(of[other]),
            "recent": max(
                int(ties.last_years[place])
                for one in shared
                if (place := ties.find(one, other)) is not None
            ),
        }
    return found


@given(bibliographies, people, st.sampled_from(LOCAL), st.integers(1, 4), st.booleans())
def test_candidates_are_ranked_by_what_they_share(
    papers: Papers, author: int, by: Any, most: int, known: bool
) -> None:
    ties = projected(papers).ties
    expected = naive(drawn(ties), ties, author, known=known)
    everybody = candidates(ties, author, include_known=known)
    assert everybody.authors.tolist() == sorted(expected)
    assert everybody.count == len(expected)
    for name in LOCAL:
        wanted = [expected[other][name] for other in sorted(expected)]
        assert everybody.score(name).tolist() == pytest.approx(wanted, abs=1e-8)
    best = candidates(ties, author, by=by, most=most, include_known=known)
    ranked = sorted(
        expected,
        key=lambda other: (-round(expected[other][by], 9), -expected[other]["recent"], other),
    )
    assert best.authors.tolist() == ranked[:most]
    assert best.recents.tolist() == [expected[other]["recent"] for other in ranked[:most]]
    assert best.count == len(expected)


@given(bibliographies, people, st.sets(people))
def test_only_those_allowed_are_candidates(papers: Papers, author: int, open_to: set[int]) -> None:
    ties = projected(papers).ties
    allowed = np.array([one in open_to for one in range(SIZE)])
    every, some = candidates(ties, author), candidates(ties, author, allowed=allowed)
    kept = [other for other in every.authors.tolist() if other in open_to]
    assert some.authors.tolist() == kept
    assert some.count == len(kept)


@given(bibliographies, st.lists(people, min_size=1, max_size=3, unique=True))
def test_a_walk_restarts_at_its_author(papers: Papers, authors: list[int]) -> None:
    ties = projected(papers).ties
    tied = drawn(ties)
    walks = personalised_pagerank(ties, authors)
    for at, author in enumerate(authors):
        alone = personalised_pagerank(ties, [author])[:, 0]
        assert walks[:, at].tolist() == alone.tolist()
        if not tied.degree(author):
            assert alone.tolist() == [float(one == author) for one in range(SIZE)]
            continue
        expected = nx.pagerank(
            tied,
            alpha=0.85,
            personalization={author: 1.0},
            dangling={author: 1.0},
            tol=1e-12,
            max_iter=1000,
        )
        close(alone, expected)


@given(bibliographies, people)
def test_topics_are_compared_by_rare_words_and_stated_topics(papers: Papers, author: int) -> None:
    graph = projected(papers)
    odd = [f"title:{number:02}" for number in range(1, len(papers), 2)]
    shelf = build_shelf(graph, [(Node("Topic", "topic:x/odd", {"name": "odd"}), odd)])
    terms = terms_of(FoldedIndex.of(graph.titles), shelf)
    of_paper = [
        {word for word in words_of(graph.titles[number]) if len(word.encode()) > 2}
        | ({"topic odd"} if number % 2 else set())
        for number in range(len(papers))
    ]
    times = Counter(word for words in of_paper for word in words)

    def vector(one: int) -> dict[str, float]:
        counts = Counter(
            word for number in graph.papers_of_author(one).tolist() for word in of_paper[number]
        )
        return {
            word: count * (0.0 if word in STOP_WORDS else log(len(papers) / times[word]))
            for word, count in counts.items()
        }

    others = np.arange(SIZE, dtype=np.int32)
    found = topic_cosines(graph, terms, author, others)
    own = vector(author)
    for other in range(SIZE):
        their = vector(other)
        product = sum(own[word] * their[word] for word in own.keys() & their.keys())
        size = sqrt(sum(v * v for v in own.values()) * sum(v * v for v in their.values()))
        assert found[other] == pytest.approx(product / size if size else 0.0, abs=1e-8)


def test_a_word_is_found_by_its_hash() -> None:
    titles = Texts.of(["The Loom of Über-Wool", "A loom"])
    graph = project(
        "revision",
        [],
        [ProjectedPaper(f"title:{n}", title, "", True, ()) for n, title in enumerate(titles)],
    )
    terms = terms_of(FoldedIndex.of(titles), build_shelf(graph, []))
    assert terms.words.tolist() == sorted(
        word_hash(word) for word in ("the", "loom", "uber", "wool")
    )
    rarity = {word: terms.of_word(word) for word in ("loom", "wool", "the", "of", "dye")}
    assert rarity["of"] is None
    assert rarity["dye"] is None
    assert [terms.rarity[rarity[word]] for word in ("loom", "wool", "the")] == [0.0, log(2), 0.0]


@given(bibliographies)
def test_complete_lists_make_strength_the_papers_with_a_collaborator(papers: Papers) -> None:
    graph = projected(papers)
    with_others = Counter(
        author for members, _, _ in papers if len(members) > 1 for author in members
    )
    strength = positions(graph).strength
    assert strength.tolist() == pytest.approx([with_others[one] for one in range(SIZE)], abs=1e-7)
    pairs = {pair for members, _, _ in papers for pair in combinations(members, 2)}
    assert int(positions(graph).degree.sum()) == 2 * len(pairs)
