"""The projection's arrays and walks against naive twins over dicts and sets."""

from collections import defaultdict
from itertools import combinations, pairwise
from math import fsum

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_service.model.errors import ParameterError
from graph_service.projection.arrays import AuthorPaper, project
from graph_service.projection.paths import component_size, shortest_path, within
from graph_service.projection.search import EXACT, PREFIX, WORDS, FoldedIndex
from graph_service.store.protocol import ProjectedAuthor, ProjectedPaper

AUTHORS = [f"author:a{number:02}" for number in range(12)]


def projected(
    papers: list[tuple[list[tuple[int, int]], str]], max_authors: int = 50
) -> AuthorPaper:
    return project(
        "revision",
        [ProjectedAuthor(author, author, "unverified", (author,)) for author in AUTHORS],
        [
            ProjectedPaper(
                f"title:{number:03}",
                f"Paper {number}",
                date,
                None,
                tuple((AUTHORS[author], at) for author, at in sorted(slots)),
            )
            for number, (slots, date) in enumerate(papers)
        ],
        max_authors=max_authors,
    )


slots = st.dictionaries(st.integers(0, 11), st.integers(0, 9), max_size=6).map(
    lambda found: sorted(found.items())
)
bibliographies = st.lists(
    st.tuples(slots, st.sampled_from(["", "2019", "2020-05-01"])), max_size=12
)


@given(bibliographies, st.integers(2, 6))
def test_ties_are_newmans_over_the_counted_papers(
    papers: list[tuple[list[tuple[int, int]], str]], max_authors: int
) -> None:
    shares: dict[tuple[int, int], list[float]] = defaultdict(list)
    years: dict[tuple[int, int], list[int]] = defaultdict(list)
    for members, date in papers:
        if len(members) > max_authors:
            continue
        printed = sum(at > 0 for _, at in members)
        listed = max(printed, 2) if printed < len(members) else printed
        for (a, _), (b, _) in combinations(members, 2):
            shares[a, b].append(1 / (listed - 1))
            years[a, b] += [int(date[:4])] if date else []
    ties = projected(papers, max_authors).ties
    assert len(ties) == len(shares)
    for (a, b), parts in shares.items():
        there, back = ties.find(a, b), ties.find(b, a)
        assert there is not None
        assert back is not None
        for tie in (there, back):
            assert ties.papers[tie] == len(parts)
            assert ties.weights[tie] == pytest.approx(fsum(parts), abs=1e-9)
            assert ties.first_years[tie] == min(years[a, b], default=0)
            assert ties.last_years[tie] == max(years[a, b], default=0)


@given(bibliographies, st.integers(0, 11), st.integers(0, 11))
def test_a_shortest_path_is_shortest_strongest_and_first(
    papers: list[tuple[list[tuple[int, int]], str]], source: int, target: int
) -> None:
    ties = projected(papers).ties
    graph = nx.Graph()
    graph.add_nodes_from(range(12))
    for author in range(12):
        row = ties.row(author)
        for other, weight in zip(ties.neighbours[row], ties.weights[row], strict=True):
            graph.add_edge(author, int(other), weight=float(weight))
    found = shortest_path(ties, source, target)
    if not nx.has_path(graph, source, target):
        assert found is None
        return
    assert found is not None

    def rank(path: list[int]) -> tuple[float, list[int]]:
        weakest = min((graph[a][b]["weight"] for a, b in pairwise(path)), default=0.0)
        return (-weakest, path)

    best = min(nx.all_shortest_paths(graph, source, target), key=rank)
    assert list(found.authors) == best
    assert component_size(ties, source) == len(nx.node_connected_component(graph, source))
    distance = len(best) - 1
    assert shortest_path(ties, source, target, max_hops=distance) == found
    if distance:
        assert shortest_path(ties, source, target, max_hops=distance - 1) is None
    assert within(ties, source, 2) == nx.single_source_shortest_path_length(graph, source, 2)


def test_an_empty_graph_has_no_ties() -> None:
    empty = projected([])
    assert len(empty.ties) == 0
    assert shortest_path(empty.ties, 0, 1) is None


def test_a_cap_below_two_is_refused() -> None:
    with pytest.raises(ParameterError, match="max_authors"):
        projected([], max_authors=1)


def test_search_finds_exact_then_prefix_then_words() -> None:
    index = FoldedIndex(
        [(0, "Ada Quill"), (1, "Ada Quillian"), (2, "Quill-Marsh, Ada"), (3, "Ben")]
    )
    assert index.search("ADA quill") == {0: EXACT, 1: PREFIX, 2: WORDS}
    assert index.search("âda") == {0: PREFIX, 1: PREFIX, 2: WORDS}
    assert index.search("!?") == {}
    assert index.search("zoe") == {}
