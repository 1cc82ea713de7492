"""The projection's arrays, search and cache against naive twins over dicts and sets."""

from collections import defaultdict
from dataclasses import fields
from itertools import combinations
from math import fsum
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_service.model.errors import ParameterError
from graph_service.model.names import fold
from graph_service.projection.arrays import AuthorPaper, ties_of
from graph_service.projection.building import project
from graph_service.projection.cache import Cache
from graph_service.projection.search import EXACT, PREFIX, WORDS, FoldedIndex
from graph_service.projection.texts import Texts
from graph_service.store.protocol import ProjectedAuthor, ProjectedPaper

pytestmark = pytest.mark.usefixtures("both_ways")

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


def test_an_empty_graph_has_no_ties() -> None:
    empty = projected([])
    assert len(empty.ties) == 0


def test_a_cap_below_two_is_refused() -> None:
    with pytest.raises(ParameterError, match="max_authors"):
        projected([], max_authors=1)


def test_search_finds_exact_then_prefix_then_words() -> None:
    index = FoldedIndex.of(Texts.of(["Ada Quill", "Ada Quillian", "Quill-Marsh, Ada", "Ben"]))
    assert index.search("ADA quill") == {0: EXACT, 1: PREFIX, 2: WORDS}
    assert index.search("âda") == {0: PREFIX, 1: PREFIX, 2: WORDS}
    assert index.search("!?") == {}
    assert index.search("zoe") == {}


@given(
    bibliographies,
    st.sets(st.integers(0, 11), max_size=3),
    st.integers(1, 3),
    st.sampled_from(("newman", "full", "fractional")),
)
def test_ties_under_a_filter_are_those_of_the_papers_left(
    papers: list[tuple[list[tuple[int, int]], str]], without: set[int], fewest: int, weight: str
) -> None:
    graph = projected(papers)
    dated = np.array([bool(date) for _, date in papers], np.bool_)
    shares: dict[tuple[int, int], list[float]] = defaultdict(list)
    for members, date in papers:
        if date:
            printed = sum(at > 0 for _, at in members)
            k = max(printed, 2)
            share = {"newman": 1 / (k - 1), "full": 1.0, "fractional": 2 / (k * (k - 1))}[weight]
            for (a, _), (b, _) in combinations(members, 2):
                if not without & {a, b}:
                    shares[a, b].append(share)
    ties = ties_of(graph, papers=dated, without=without, min_papers=fewest, weight=weight)
    kept = {pair: parts for pair, parts in shares.items() if len(parts) >= fewest}
    assert len(ties) == len(kept)
    for (a, b), parts in kept.items():
        assert ties.weights[ties.find(a, b)] == pytest.approx(fsum(parts), abs=1e-9)


def test_association_compares_a_tie_with_chance() -> None:
    # Full weights 2 (a, b) and 1 (b, c): strengths 2, 3, 1, their sum 6.
    graph = projected([([(0, 1), (1, 2)], ""), ([(0, 1), (1, 2)], ""), ([(1, 1), (2, 2)], "")])
    ties = ties_of(graph, weight="association")
    assert ties.weights[ties.find(0, 1)] == pytest.approx(2 * 6 / (2 * 3))
    assert ties.weights[ties.find(1, 2)] == pytest.approx(1 * 6 / (3 * 1))


@given(st.lists(st.text(max_size=12), max_size=12), st.text(max_size=6))
def test_search_finds_what_reading_everything_finds(texts: list[str], asked: str) -> None:
    texts = [text.encode("utf-8", "ignore").decode() for text in texts]
    found = FoldedIndex.of(Texts.of(texts)).search(asked)
    whole, words = fold(asked), fold(asked).replace("-", " ").split()

    def fit(text: str) -> int | None:
        folded = fold(text)
        has = folded.replace("-", " ").split()
        if not words or not all(any(one.startswith(word) for one in has) for word in words):
            return None
        return EXACT if folded == whole else PREFIX if folded.startswith(whole) else WORDS

    fits = {at: fit(text) for at, text in enumerate(texts)}
    assert found == {at: how for at, how in fits.items() if how is not None}


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_texts_come_out_as_they_went_in(texts: list[str]) -> None:
    ordered = sorted(texts)
    packed = Texts.of(ordered)
    assert list(packed) == [packed[at] for at in range(len(packed))] == ordered
    for text in ordered:
        assert packed[packed.find(text)] == text
    assert packed.find("\ud800") is None
    assert packed.find("\U0010ffff" * 9) is None


@given(bibliographies)
def test_a_projection_comes_back_from_its_files(
    papers: list[tuple[list[tuple[int, int]], str]],
) -> None:
    graph = projected(papers)
    with TemporaryDirectory() as folder:
        cache = Cache.of(Path(folder), "file:somewhere.sqlite")
        cache.keep("revision-50", "graph", graph)
        found = cache.open("revision-50", "graph", AuthorPaper)
        assert found is not None
        for field in fields(AuthorPaper):
            there, here = getattr(found, field.name), getattr(graph, field.name)
            if field.name == "ties":
                assert all(
                    np.array_equal(getattr(there, one.name), getattr(here, one.name))
                    for one in fields(here)
                )
            else:
                assert list(there) == list(here) if np.ndim(here) else there == here
        cache.keep("later-50", "graph", graph)
        assert cache.open("revision-50", "graph", AuthorPaper) is None
        assert cache.open("later-50", "graph", AuthorPaper) is not None


def test_a_part_that_is_not_whole_is_not_there(tmp_path: Path) -> None:
    cache = Cache.of(tmp_path, "file:somewhere.sqlite")
    index = FoldedIndex.of(Texts.of(["Ada Quill"]))
    cache.keep("revision-50", "names", index)
    (broken,) = tmp_path.glob("projections/*/*/names/words.npy")
    broken.write_bytes(broken.read_bytes()[:-3])
    assert cache.open("revision-50", "names", FoldedIndex) is None
    cache.keep("revision-50", "names", index)
    assert cache.open("revision-50", "names", FoldedIndex).search("ada") == {0: PREFIX}


def test_a_store_in_memory_leaves_nothing_on_disk(tmp_path: Path) -> None:
    cache = Cache.of(tmp_path, "memory:")
    cache.keep("revision-50", "names", FoldedIndex.of(Texts.of(["Ada Quill"])))
    assert list(tmp_path.iterdir()) == []
