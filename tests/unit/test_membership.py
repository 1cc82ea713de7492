"""Papers, ids and numbers of clusters, and windows of years, on drawn graphs and by twins."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_service.derive.continuity import continued
from graph_service.derive.leiden import LEFT_OUT, numbered
from graph_service.derive.membership import OTHER, groups_of, papers_by_cluster, top_authors
from graph_service.derive.windows import Link, cut_window, links_between, years_of_windows
from graph_service.projection.building import Builder
from graph_service.store.protocol import ProjectedAuthor, ProjectedPaper

AUTHORS = 6


def projected(papers, authors=AUTHORS, years=None):
    """The projection of papers given as lists of (author number, position)."""
    builder = Builder("revision")
    builder.add_authors(
        [
            ProjectedAuthor(f"author:{at}", str(at), "unverified", (str(at),))
            for at in range(authors)
        ]
    )
    builder.add_papers(
        [
            ProjectedPaper(
                f"title:{at:03}",
                "A title",
                str(years[at]) if years else "",
                True,
                tuple(sorted((f"author:{author}", position) for author, position in slots)),
            )
            for at, slots in enumerate(papers)
        ]
    )
    return builder.build()


bylines = st.lists(
    st.dictionaries(st.integers(0, AUTHORS - 1), st.integers(0, 4), max_size=5).map(
        lambda slots: list(slots.items())
    ),
    min_size=1,
    max_size=6,
)
labellings = st.lists(st.integers(0, 3), min_size=AUTHORS, max_size=AUTHORS)
removals = st.sets(st.integers(0, AUTHORS - 1), max_size=2)


def naive_cluster(slots, labels):
    votes = Counter(labels[author] for author, _ in slots if labels[author] != LEFT_OUT)
    most = max(votes.values(), default=0)
    tied = {cluster for cluster, count in votes.items() if count == most}
    for author, _ in sorted(slots, key=lambda slot: (slot[1] == 0, slot[1], slot[0])):
        if labels[author] in tied:
            return labels[author]
    return -1


@given(bylines, labellings, removals)
def test_a_paper_goes_where_most_of_its_authors_are(papers, labels, removed):
    graph = projected(papers)
    found = numbered(np.array(labels, np.int64), np.array(sorted(removed), np.int32))
    naive = [naive_cluster(slots, found.tolist()) for slots in papers]
    assert papers_by_cluster(graph, found).tolist() == naive


@given(bylines, labellings, removals)
def test_everybody_is_in_one_cluster_or_in_other(papers, labels, removed):
    graph = projected(papers)
    found = numbered(np.array(labels, np.int64), np.array(sorted(removed), np.int32))
    groups = groups_of(graph, found, papers_by_cluster(graph, found), sorted(removed))
    members = [author for group in groups for author in group.members.tolist()]
    assert sorted(members) == sorted(set(range(AUTHORS)) - removed)
    assert [group.number for group in groups] == list(range(1, len(groups) + 1))
    whole = [group for group in groups if group.id != OTHER]
    assert whole == sorted(whole, key=lambda group: (-len(group.papers), -group.size, group.id))
    for group in whole:
        assert len(group.papers) >= 2
        assert group.id == f"cluster:author:{min(group.members)}"
    for group in groups:
        for author, share in group.shares:
            on = set(graph.papers_of_author(author).tolist()) & set(group.papers.tolist())
            assert share == pytest.approx(len(on) / len(group.papers))
            assert share > 0
    assert [group.id for group in groups if group.id == OTHER] == [OTHER] * (
        len(groups) != len(whole)
    )
    if groups and groups[-1].id != OTHER:
        assert OTHER not in {group.id for group in groups}


def test_the_authors_with_most_papers_come_first():
    graph = projected([[(0, 1), (1, 2)], [(1, 1), (5, 2)], [(2, 1), (1, 2)]])
    labels = numbered(np.zeros(AUTHORS, np.int64), np.array([5], np.int32))
    (group,) = groups_of(graph, labels, papers_by_cluster(graph, labels), [5])
    assert top_authors(graph, group) == [1, 0, 2]
    assert group.shares == [(5, round(1 / 3, 9))]


# -- windows ------------------------------------------------------------------------------


def test_windows_overlap_until_one_holds_the_last_year():
    assert list(years_of_windows(2015, 2020, years=3, step=2)) == [
        (2015, 2017),
        (2017, 2019),
        (2019, 2021),
    ]
    assert list(years_of_windows(2020, 2020, years=3, step=2)) == [(2020, 2022)]
    assert list(years_of_windows(2000, 2010, years=1, step=10)) == [(2000, 2000), (2010, 2010)]


def test_a_window_counts_its_own_papers_and_people():
    papers = [[(0, 1), (1, 2), (2, 3)]] * 10 + [[(3, 1), (4, 2)]] * 2
    graph = projected(papers, years=[2001] * 10 + [2005] * 2)
    nobody = np.zeros(0, np.int32)
    window = cut_window(graph, 2000, 2002, resolution=1.0, left_out=nobody)
    assert (window.papers, window.authors, window.ties) == (10, 3, 3)
    assert [cluster.members.tolist() for cluster in window.clusters] == [[0, 1, 2]]
    assert window.smaller == 0
    late = cut_window(graph, 2005, 2005, resolution=1.0, left_out=nobody)
    assert (late.agreed, late.papers, late.clusters) == (None, 2, ())


def test_what_becomes_of_clusters():
    before = {"a": [1, 2, 3, 4], "b": [5, 6, 7], "c": [8, 9, 10], "d": [11, 12, 13]}
    after = {
        "a": [1, 2, 3, 4],  # as it was
        "b1": [5, 6, 7, 8, 9, 10],  # b and c together
        "e": [14, 15, 16],
        "d1": [13, 20, 21, 22, 23],  # too little of d
    }
    assert links_between(before, after) == [
        Link("continues", "a", "a", 1.0),
        Link("continues", "b", "b1", 0.5),
        Link("merges", "c", "b1", 0.5),
        Link("ends", "d", None, round(1 / 7, 9)),
        Link("starts", None, "d1", round(1 / 7, 9)),
        Link("starts", None, "e", 0.0),
    ]
    split = links_between({"a": [1, 2, 3, 4, 5, 6]}, {"x": [1, 2, 3], "y": [4, 5, 6]})
    assert split == [Link("continues", "a", "x", 0.5), Link("splits", "a", "y", 0.5)]


clusterings = st.lists(st.integers(0, 4), min_size=12, max_size=12).map(
    lambda labels: {
        str(cluster): [at for at, label in enumerate(labels) if label == cluster]
        for cluster in sorted(set(labels))
    }
)


@given(clusterings, clusterings)
def test_every_cluster_of_two_windows_is_linked(before, after):
    links = links_between(before, after)
    assert {link.source for link in links} - {None} == before.keys()
    assert {link.target for link in links} - {None} == after.keys()
    for link in links:
        if link.source is not None and link.target is not None:
            one, other = set(before[link.source]), set(after[link.target])
            assert link.jaccard == pytest.approx(len(one & other) / len(one | other))
            assert link.jaccard >= 0.3
    assert sum(link.kind == "continues" for link in links) == len(
        {link.source for link in links if link.kind == "continues"}
    )


@given(clusterings, clusterings)
def test_a_cluster_continues_the_one_it_shares_more_than_half_with(before, after):
    old, new = ({k: frozenset(map(str, v)) for k, v in part.items()} for part in (before, after))
    found = continued(old, new)
    naive = {
        (mine, theirs)
        for mine, members in new.items()
        for theirs, others in old.items()
        if len(members & others) > len(members | others) / 2
    }
    assert {(mine, value["continues"]) for mine, value in found.items()} == naive
