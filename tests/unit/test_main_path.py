"""Main paths on small networks counted by hand."""

import numpy as np
import pytest

from graph_service.derive.main_path import (
    Network,
    criticality,
    global_path,
    key_routes,
    local_path,
    longest_path,
    network,
    traversal_counts,
)

LETTERS = "abcdefghij"
ARCS = ["ac", "bc", "cd", "ce", "df", "ef", "eg", "fh", "gh", "hi", "bj", "jh"]


def drawn(arcs: list[str], dates: dict[str, str] | None = None) -> Network:
    """A network of lettered papers; `ac` says that c cites a."""
    return network(
        [(dates or {}).get(letter, "") for letter in LETTERS],
        [LETTERS.index(arc[1]) for arc in arcs],
        [LETTERS.index(arc[0]) for arc in arcs],
    )


def named(net: Network, arcs: tuple[int, ...]) -> list[str]:
    return [LETTERS[net.tails[arc]] + LETTERS[net.heads[arc]] for arc in arcs]


@pytest.fixture
def net() -> Network:
    return drawn(ARCS)


@pytest.mark.parametrize(
    ("count", "expected", "total"),
    [
        ("spc", "3 3 2 4 2 2 2 4 2 7 1 1", 20),
        ("splc", "3 3 3 6 4 4 4 9 5 17 1 2", 39),
        ("spnp", "12 12 12 21 12 12 12 18 10 17 3 4", 80),
    ],
)
def test_counts_and_the_global_paths_are_those_counted_by_hand(net, count, expected, total):
    weights = traversal_counts(net, count)
    by_name = dict(zip(named(net, tuple(range(12))), weights, strict=True))
    assert [by_name[arc] for arc in ARCS] == [int(number) for number in expected.split()]
    found = global_path(net, weights)
    assert named(net, found.arcs) == ["ac", "bc", "ce", "ef", "fh", "hi"]
    assert named(net, found.tied) == ["ac", "bc"]
    assert (found.ways, found.total) == (2, total)


def test_a_local_path_keeps_both_sides_of_a_tie(net):
    found = local_path(net, traversal_counts(net, "spc"))
    assert named(net, found.arcs) == ["ac", "bc", "ce", "ef", "eg", "fh", "gh", "hi"]
    assert named(net, found.tied) == ["ac", "bc", "ef", "eg"]


def test_a_key_route_begins_at_the_heaviest_arc(net):
    weights = traversal_counts(net, "spc")
    one = key_routes(net, weights, 1, "global")
    assert named(net, one.arcs) == ["ac", "bc", "ce", "ef", "fh", "hi"]
    local = key_routes(net, weights, 1, "local")
    # Into h the heaviest is fh; into f both df and ef weigh 2.
    assert named(net, local.arcs) == ["ac", "bc", "cd", "ce", "df", "ef", "fh", "hi"]
    assert named(net, local.tied) == ["ac", "bc", "df", "ef"]


def test_arcs_as_heavy_as_the_last_key_arc_are_key_arcs_too(net):
    found = key_routes(net, traversal_counts(net, "spc"), 2, "global")
    assert {"ce", "fh"} <= set(named(net, found.tied))


def test_who_is_beside_the_longest_path_is_less_critical(net):
    found = longest_path(net)
    assert found.total == 5
    assert dict(zip(LETTERS, criticality(net), strict=True)) == dict.fromkeys(LETTERS, 0) | {"j": 2}


def test_what_makes_circles_is_set_aside_or_condensed_and_listed():
    net = drawn(
        ["ab", "ab", "bb", "cb", "bc", "cd", "ed", "ab"],
        {"d": "2020-05", "e": "2020-06-01", "a": "2019"},
    )
    assert net.set_aside.self_citations == ((1, 1),)
    assert net.set_aside.repeated == ((1, 0), (1, 0))
    assert net.set_aside.against_dates == ((3, 4),)
    assert net.set_aside.within == ((1, 2), (2, 1))
    assert net.nodes[:3] == ((0,), (1, 2), (3,))
    assert list(zip(net.tails, net.heads, strict=True)) == [(0, 1), (1, 2)]


def test_two_citations_between_a_circle_and_a_paper_are_one_arc_and_the_second_is_listed():
    net = drawn(["bc", "cb", "bd", "cd"])
    assert net.set_aside.merged == ((3, 2),)
    assert list(zip(net.tails, net.heads, strict=True)) == [(1, 2)]


@pytest.mark.parametrize(
    ("citing", "cited", "kept"),
    [("2020", "2020-03-01", 1), ("", "2021", 1), ("2020-02", "2020-03-01", 0), ("2019", "2020", 0)],
)
def test_only_dates_that_leave_no_doubt_set_a_citation_aside(citing, cited, kept):
    net = network([citing, cited], [0], [1])
    assert len(net.tails) == kept


def test_a_network_without_citations_has_no_main_path():
    net = network(["", "2020"], [], [])
    weights = traversal_counts(net, "spc")
    assert weights == []
    assert (global_path(net, weights).arcs, global_path(net, weights).ways) == ((), 0)
    assert local_path(net, weights).arcs == ()
    assert key_routes(net, weights, 3, "local").arcs == ()
    assert criticality(net) == [0, 0]


def test_counts_pass_64_bits_exactly():
    # A ladder: 100 times two ways from one rung to the next.
    older, newer = [], []
    for rung in range(100):
        low = 3 * rung
        older += [low, low, low + 1, low + 2]
        newer += [low + 1, low + 2, low + 3, low + 3]
    net = network([""] * 301, newer, older)
    assert set(traversal_counts(net, "spc")) == {2**99}
    found = global_path(net, traversal_counts(net, "spc"))
    assert (found.ways, found.total) == (2**100, 200 * 2**99)


def test_a_chain_of_ten_thousand_papers_is_no_trouble():
    chain = np.arange(10_000)
    net = network([""] * 10_000, chain[1:].tolist(), chain[:-1].tolist())
    assert longest_path(net).total == 9_999
    assert len(local_path(net, traversal_counts(net, "spnp")).arcs) == 9_999
