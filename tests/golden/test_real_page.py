"""The real profile page: every count that was made by hand, on every store."""

from collections import Counter
from pathlib import Path

import orjson
import pytest

from graph_service.derive.run import derive
from graph_service.model.records import PaperRecord, SourceRecord
from graph_service.projection.reader import Reader
from graph_service.questions.authors import show_author
from graph_service.questions.quality import show_quality
from graph_service.store.protocol import GraphStore
from loaders.facts import to_facts
from loaders.profile_page import read
from loaders.reading import Reject
from loaders.runner import load
from tests.backdoor import ties_of

pytestmark = [pytest.mark.real_page, pytest.mark.anyio]
SUBJECT = "author:dai.xiyang"


def read_records(page: Path) -> tuple[SourceRecord, list[PaperRecord]]:
    parsed = [part for part in read(page) if not isinstance(part, Reject)]
    records = [to_facts(part) for part in parsed]
    (source,) = (record for record in records if isinstance(record, SourceRecord))
    return source, [record for record in records if isinstance(record, PaperRecord)]


def test_every_paper_is_whole(real_page: Path) -> None:
    assert not [part for part in read(real_page) if isinstance(part, Reject)]
    source, papers = read_records(real_page)
    assert len(papers) == 50
    assert source.announced_papers == 53
    for paper in papers:
        assert paper.title
        assert paper.abstract
        assert paper.date is not None
        assert len(paper.date) == len("2019-12-07")
        assert len(paper.topics) == 1
    assert Counter(paper.topics[0].name for paper in papers) == {"CV": 46, "CL": 3, "LG": 1}
    dates = {paper.title: paper.date for paper in papers}
    assert dates["Dynamic ReLU"] == "2020-03-22"
    assert dates["Dynamic Convolution: Attention over Convolution Kernels"] == "2019-12-07"


def test_cut_lists_are_flags_and_never_people(real_page: Path) -> None:
    source, papers = read_records(real_page)
    assert Counter(paper.authors_complete for paper in papers) == {False: 49, True: 1}
    names = [mention.name for paper in papers for mention in paper.mentions]
    assert not [name for name in names if "et al" in name]
    assert len({mention.key for paper in papers for mention in paper.mentions}) == 55
    unprinted = [
        mention for paper in papers for mention in paper.mentions if mention.position is None
    ]
    assert len(names) == 175
    assert len(unprinted) == 25
    assert {mention.name for mention in unprinted} == {source.subject} == {"Xiyang Dai"}


def test_code_flags_and_addresses_are_kept_apart(real_page: Path) -> None:
    _, papers = read_records(real_page)
    # A page prints the flag or nothing: what it does not print is unknown, not false.
    assert Counter(paper.has_code for paper in papers) == {True: 21, None: 29}
    repositories = [link.id for paper in papers for link in paper.repositories]
    assert len(repositories) == len(set(repositories)) == 19
    assert all(id_.startswith("github:") and id_ == id_.lower() for id_ in repositories)
    assert "github:vita-group/layergraftedpretraining_iclr23" in repositories
    assert len([p for p in papers if p.has_code and not p.repositories]) == 2


def test_two_papers_of_one_short_name_stay_two(real_page: Path) -> None:
    _, papers = read_records(real_page)
    assert sorted(paper.title for paper in papers if paper.title.startswith("MicroNet")) == [
        "MicroNet: Improving Image Recognition with Extremely Low FLOPs",
        "MicroNet: Towards Image Recognition with Extremely Low FLOPs",
    ]


def test_windows_line_ends_change_nothing(real_page: Path, tmp_path: Path) -> None:
    windows = tmp_path / "windows.txt"
    windows.write_bytes(real_page.read_bytes().replace(b"\n", b"\r\n"))
    assert list(read(windows)) == list(read(real_page))


async def test_the_graph_holds_what_the_page_says(store: GraphStore, real_page: Path) -> None:
    summary = await load(store, [real_page])
    assert (summary.papers, summary.new, summary.rejects) == (50, 51, ())
    again = await load(store, [real_page])
    assert (again.new, again.replaced, again.unchanged) == (0, 0, 51)
    assert again.facts_revision == summary.facts_revision

    made = await derive(store)
    assert made.ties == 122
    ties = ties_of(await store.derived())
    assert len([tie for tie in ties if SUBJECT not in (tie.a, tie.b)]) == 68
    nodes, relationships = await store.counts()
    assert nodes == {
        "Affiliation": 2,
        "Author": 55,
        "Cluster": 7,
        "Component": 9,
        "Derivation": 1,
        "Method": 57,
        "Name": 55,
        "Paper": 50,
        "Repo": 19,
        "Source": 1,
        "Topic": 3,
    }
    assert relationships == {
        "AFFILIATED_WITH": 6,
        "AUTHORED": 175,
        "BUILDS_ON": 106,
        "COAUTHORED": 122,
        "HAS_CODE": 19,
        "HAS_TOPIC": 50,
        "IN_CLUSTER": 61,
        "INTRODUCES": 58,
        "IN_COMPONENT": 109,
        "LISTED_IN": 50,
        "MENTIONS": 8,
        "NAME_OF": 55,
    }

    graph = await store.graph()
    organised = {edge.start for edge in graph.edges.values() if edge.type == "AFFILIATED_WITH"}
    assert len(organised) == 5
    assert {graph.nodes[paper].label for paper in organised} == {"Paper"}
    subject_papers = [
        edge for edge in graph.edges.values() if edge.type == "AUTHORED" and edge.start == SUBJECT
    ]
    assert len(subject_papers) == 50
    assert len([edge for edge in subject_papers if "position" in edge.properties]) == 25
    metrics = orjson.loads(str(graph.nodes[SUBJECT].properties["metrics"]))
    assert metrics == [
        {
            "source": "source:xiyang-dai",
            "as_of": None,
            "figures": {
                "h-index": 42,
                "papers": 53,
                "citations": 15719,
                "Novelty": "60%",
                "AI Score": 43,
            },
        }
    ]


async def test_quality_says_what_the_page_leaves_out(store: GraphStore, real_page: Path) -> None:
    await load(store, [real_page])
    reader = Reader(store)
    quality = await reader.ask(show_quality)
    found = {finding.code: finding for finding in quality.results}
    assert found["announced-not-listed"].count == 3
    assert "3 announced papers are not listed" in found["announced-not-listed"].text
    assert found["cut-author-lists"].count == 49
    assert found["unprinted-subject"].count == 25
    assert found["code-without-address"].count == 2
    assert found["unverified-identity"].count == 55
    card = await reader.ask(lambda view: show_author(view, "Dai, Xiyang"))
    assert (card.author.papers, card.author.unprinted_papers, card.author.collaborators) == (
        50,
        25,
        54,
    )
