"""Clusters: worked out by hand, the same on every store, in any load order, and after a change."""

import random

import orjson
import pytest

from graph_service.derive.clusters import ClusterOptions
from graph_service.derive.run import derive
from graph_service.derive.verify import verify
from graph_service.model.errors import (
    AuthorNotFound,
    CursorExpired,
    NodeNotFound,
    NotDerived,
    ParameterError,
)
from graph_service.projection.reader import Reader
from graph_service.questions.cluster_windows import show_timeline
from graph_service.questions.clusters import list_clusters, show_cluster
from graph_service.reports.run import run_report
from graph_service.settings import Settings
from graph_service.store.opening import open_store
from graph_service.store.protocol import DerivationStamp, GraphStore
from tests.invented import paper
from tests.teams import (
    CROWD,
    DUNE_CLUSTER,
    LONE_CLUSTER,
    LOOM_CLUSTER,
    SUBJECT,
    two_teams,
)

pytestmark = pytest.mark.anyio
OTHER = "cluster:other"


async def fill(store: GraphStore, *, page: bool = False, seed: int | None = None) -> Reader:
    records = two_teams(page=page)
    if seed is not None:
        random.Random(seed).shuffle(records)
    async with store.writing():
        for record in records:  # one by one: the order is that of the store's history
            await store.put([record])
    return Reader(store)


async def everything(reader: Reader) -> dict[str, str]:
    """Every answer about clusters, as the JSON that HTTP gives."""
    answers = {
        "list": await reader.ask(lambda view: list_clusters(view, capped=True)),
        "timeline": await reader.ask(show_timeline),
        "timeline of all": await reader.ask(
            lambda view: show_timeline(view, years=5, step=1, without=["none"], resolution=0.5)
        ),
    }
    for cluster in (LOOM_CLUSTER, DUNE_CLUSTER, LONE_CLUSTER, OTHER):
        answers[cluster] = await reader.ask(
            lambda view, id_=cluster: show_cluster(view, id_)  # type: ignore[misc]
        )
    answers["cut"] = await reader.ask(lambda view: show_cluster(view, LOOM_CLUSTER, max_size=2))
    return {name: answer.model_dump_json() for name, answer in answers.items()}


async def test_the_teams_are_found_and_described(store: GraphStore) -> None:
    reader = await fill(store)
    made = await derive(store)
    assert made.made["clusters"] == {"clusters": 3, "other": 62}
    answer = await reader.ask(list_clusters)
    rows = {row.id: row for row in answer.results}
    assert [(row.number, row.id, row.size, row.papers) for row in answer.results] == [
        (1, LOOM_CLUSTER, 4, 7),  # the bridge is Dot Lind's first
        (2, DUNE_CLUSTER, 4, 6),
        (3, LONE_CLUSTER, 1, 2),
        (4, OTHER, 62, 2),
    ]
    looms, dunes = rows[LOOM_CLUSTER], rows[DUNE_CLUSTER]
    assert looms.terms[0] == "woven loom kernel"
    assert looms.methods == [f"WarpNet{number}" for number in range(6)]
    assert dunes.methods == ["GrainFlow"]
    assert (looms.first_year, looms.last_year) == (2015, 2020)
    assert (looms.reading, looms.replicates_counted) == ("firm", 60)
    assert dunes.papers_with_cut_lists == 3
    assert [author.id for author in looms.top_authors] == [
        "author:lind.dot",
        "author:hart.cy",
        "author:okoro.ben",
        "author:quill.ada",
    ]
    assert (looms.weakest_identity, looms.unverified_members) == ("unverified", 4)
    assert (rows[LONE_CLUSTER].stability, rows[LONE_CLUSTER].reading) == (None, None)
    assert (rows[OTHER].label, rows[OTHER].terms, rows[OTHER].stability) == ("other", [], None)

    run = answer.run
    assert (run.authors, run.ties, run.papers) == (71, 14, 17)
    assert (run.capped_papers, run.pairs_left_out) == (1, 60 * 59 // 2)
    assert (run.seeds, run.agreement, run.distinct_partitions) == (30, 1.0, 1)
    assert run.modularity == run.run_modularity > 0.4
    assert (run.without, run.without_rule) == ([], "nobody")
    assert (run.found, run.clusters) == (64, 3)
    assert (run.other.clusters, run.other.members, run.other.papers) == (61, 62, 2)
    assert (run.papers_with_cut_lists, run.papers_without_cluster) == (3, 0)
    assert run.capped_paper_ids is None
    assert {note.code for note in answer.meta.notes} == {"cut-author-lists", "capped-papers"}
    named = await reader.ask(lambda view: list_clusters(view, capped=True))
    assert [id_.split("~")[0] for id_ in named.run.capped_paper_ids or []] == ["title:the-crowd"]


async def test_a_cluster_shows_its_members_and_papers(store: GraphStore) -> None:
    reader = await fill(store)
    await derive(store)
    card = (await reader.ask(lambda view: show_cluster(view, LOOM_CLUSTER))).cluster
    assert [(member.id, member.papers, member.share) for member in card.members] == [
        ("author:lind.dot", 4, 1.0),
        ("author:hart.cy", 3, 1.0),
        ("author:okoro.ben", 3, 1.0),
        ("author:quill.ada", 3, 1.0),
    ]
    assert [each.year for each in card.paper_list] == [2020, 2019, 2019, 2018, 2017, 2016, 2015]
    assert len(card.paper_list) == card.papers
    other = await reader.ask(lambda view: show_cluster(view, OTHER))
    assert len(other.cluster.members) == other.cluster.size == len(CROWD) + 2
    assert len(other.cluster.paper_list) == other.cluster.papers
    assert "other" in {note.code for note in other.meta.notes}
    assert (await reader.ask(lambda view: show_cluster(view, "1"))).cluster.id == LOOM_CLUSTER

    cut = (await reader.ask(lambda view: show_cluster(view, "1", max_size=2))).cluster.parts
    assert cut is not None
    final = [author.id for part in cut if part.final for author in part.members]
    assert sorted(final) == sorted(member.id for member in card.members)


async def test_wrong_questions_about_clusters(store: GraphStore) -> None:
    reader = await fill(store)
    for question in (list_clusters, lambda view: show_cluster(view, "1")):
        with pytest.raises(NotDerived, match="run: coauthor-graph derive"):
            await reader.ask(question)  # type: ignore[arg-type]
    await derive(store)
    for asked in ("cluster:none", "0", "5", "²", "author:quill.ada"):
        with pytest.raises(NodeNotFound, match="no cluster"):
            await reader.ask(lambda view, id_=asked: show_cluster(view, id_))  # type: ignore[misc]
    with pytest.raises(ParameterError, match="max_size"):
        await reader.ask(lambda view: show_cluster(view, "1", max_size=1))
    with pytest.raises(ParameterError, match="max_size"):
        await reader.ask(lambda view: show_cluster(view, OTHER, max_size=3))
    for wrong in ({"years": 0}, {"step": 101}, {"resolution": 0.0}, {"resolution": float("nan")}):
        with pytest.raises(ParameterError):
            await reader.ask(lambda view, given=wrong: show_timeline(view, **given))  # type: ignore[misc,arg-type]
    with pytest.raises(AuthorNotFound):
        await reader.ask(lambda view: show_timeline(view, without=["Nobody Here"]))


async def test_derive_refuses_what_makes_no_sense(store: GraphStore) -> None:
    await fill(store)
    for options in (
        ClusterOptions(resolution=0),
        ClusterOptions(resolution=float("nan")),
        ClusterOptions(resolution=float("inf")),
        ClusterOptions(seeds=0),
        ClusterOptions(without=("none", SUBJECT)),
    ):
        with pytest.raises(ParameterError):
            await derive(store, clusters=options)
    with pytest.raises(AuthorNotFound):
        await derive(store, clusters=ClusterOptions(without=("Nobody Here",)))
    assert (await store.state()).derived == "none"


async def test_answers_are_the_same_bytes_in_any_load_order(store: GraphStore) -> None:
    for page in (False, True):
        model = await open_store("memory:", Settings())
        expected_reader = await fill(model, page=page)
        await derive(model)
        expected = await everything(expected_reader)
        await model.close()

        async with store.writing():
            await store.remove(await store.record_ids(source="lab"))
        reader = await fill(store, page=page, seed=7)
        await derive(store)
        found = await everything(reader)
        for name in ("continues", "jaccard", "continuity"):  # what the store went through before
            found = {key: _forget(text, name) for key, text in found.items()}
            expected = {key: _forget(text, name) for key, text in expected.items()}
        assert found == expected


def _forget(text: str, name: str) -> str:
    def walk(value: object) -> object:
        if isinstance(value, dict):
            return {key: None if key == name else walk(part) for key, part in value.items()}
        return [walk(part) for part in value] if isinstance(value, list) else value

    return orjson.dumps(walk(orjson.loads(text))).decode()


async def test_a_pages_subject_is_removed_and_put_back(store: GraphStore) -> None:
    reader = await fill(store, page=True)
    await derive(store)
    answer = await reader.ask(list_clusters)
    assert [author.id for author in answer.run.without] == [SUBJECT]
    assert answer.run.without_rule == "subject of more than half of all papers"
    assert [(row.id, row.size, row.papers) for row in answer.results] == [
        (LOOM_CLUSTER, 5, 7),
        (DUNE_CLUSTER, 5, 6),
        (LONE_CLUSTER, 1, 2),  # none of Sam's papers
        (OTHER, 63, 2),
    ]
    last = (await reader.ask(lambda view: show_cluster(view, OTHER))).cluster.members[-1]
    assert (last.id, last.share, last.removed) == (SUBJECT, 0.5, True)
    last = (await reader.ask(lambda view: show_cluster(view, "1"))).cluster.members[-1]
    assert (last.id, last.share, last.papers) == (SUBJECT, 1.0, 7)

    await derive(store, clusters=ClusterOptions(without=("none",)))
    with_subject = await reader.ask(list_clusters)
    assert (with_subject.run.without, with_subject.run.without_rule) == ([], "nobody")
    assert with_subject.run.authors == answer.run.authors + 1
    assert not (await verify(store)).differences
    await derive(store, clusters=ClusterOptions(without=("Dot Lind", "subject")))
    asked = await reader.ask(list_clusters)
    assert [author.id for author in asked.run.without] == ["author:lind.dot", SUBJECT]
    assert asked.run.without_rule == "asked"
    assert not (await verify(store)).differences


async def test_a_subject_of_every_paper_changes_nothing_once_removed(store: GraphStore) -> None:
    found = []
    for page in (False, True):
        async with store.writing():
            await store.remove(await store.record_ids(source="lab"))
        reader = await fill(store, page=page)
        await derive(store)
        answer = await reader.ask(list_clusters)
        found.append(
            [
                (each.id, each.papers, each.terms, each.methods, each.stability)
                for each in answer.results
            ]
        )
    assert found[0] == found[1]


async def test_another_run_names_what_it_continues(store: GraphStore) -> None:
    reader = await fill(store)
    await derive(store)
    first = await reader.ask(list_clusters)
    assert first.run.continuity is None
    await derive(store)
    again = await reader.ask(list_clusters)
    assert again == first, "nothing changed, so nothing is said"

    async with store.writing():
        await store.put([paper("More Looms", ["Aaron Ash", "Cy Hart", "Ada Quill"], date="2023")])
    stale = await reader.ask(list_clusters)
    assert stale.meta.stale
    assert "clusters-stale" in {note.code for note in stale.meta.notes}
    card = await reader.ask(lambda view: show_cluster(view, LOOM_CLUSTER))
    assert card.cluster.paper_list[0].title == "More Looms"
    await derive(store)
    later = await reader.ask(list_clusters)
    looms = later.results[0]
    assert (looms.id, looms.continues) == ("cluster:author:ash.aaron", LOOM_CLUSTER)
    assert looms.jaccard == 0.8
    assert later.run.continuity is not None
    assert later.run.continuity.model_dump() == {"kept": 3, "new": 0, "ended": 0}
    assert not (await verify(store)).differences
    before = await store.derived()
    await derive(store)
    assert await store.derived() == before


async def test_members_who_are_gone_are_said_to_be(store: GraphStore) -> None:
    reader = await fill(store)
    await derive(store)
    async with store.writing():
        gone = [id_ for id_ in await store.record_ids(source="lab") if "A-Pair" in id_]
        assert gone
        await store.remove(gone)
    answer = await reader.ask(lambda view: show_cluster(view, OTHER))
    assert len(answer.cluster.members) == len(CROWD)
    assert "members-gone" in {note.code for note in answer.meta.notes}


async def test_pages_of_the_list(store: GraphStore) -> None:
    reader = await fill(store)
    await derive(store)
    first = await reader.ask(lambda view: list_clusters(view, per_page=3))
    cursor = first.meta.next_cursor
    rest = await reader.ask(lambda view: list_clusters(view, cursor=cursor))
    assert [row.number for row in first.results + rest.results] == [1, 2, 3, 4]
    assert rest.meta.next_cursor is None
    await derive(store, clusters=ClusterOptions(resolution=1.4))
    with pytest.raises(CursorExpired):
        await reader.ask(lambda view: list_clusters(view, cursor=cursor))


async def test_a_layer_without_clusters_asks_for_derive(store: GraphStore) -> None:
    reader = await fill(store)
    state = await store.state()
    stamp = DerivationStamp(state.facts_revision, "complete", '{"ties":{}}', "{}", 0.0)
    async with store.writing():
        await store.write_derived(stamp, await store.derived())
    with pytest.raises(NotDerived, match="lacks clusters; run: coauthor-graph derive"):
        await reader.ask(list_clusters)


async def test_reports_on_clusters_answer_after_derive(store: GraphStore) -> None:
    reader = await fill(store, page=True)
    await derive(store)
    overview = await run_report(reader, "clusters_overview", {})
    answer = await reader.ask(list_clusters)
    assert [(row["cluster_id"], row["size"], row["papers"]) for row in overview.results] == [
        (row.id, row.size, row.papers) for row in answer.results
    ]
    members = await run_report(reader, "cluster_members", {"cluster": LOOM_CLUSTER})
    assert {row["author_id"] for row in members.results} == {
        member.id
        for member in (
            await reader.ask(lambda view: show_cluster(view, LOOM_CLUSTER))
        ).cluster.members
    }


async def test_a_timeline_needs_no_derive(store: GraphStore) -> None:
    reader = await fill(store)
    answer = await reader.ask(lambda view: show_timeline(view, years=6, step=3))
    assert answer.papers_without_year == 1
    first, second = answer.windows
    assert (first.first_year, first.last_year, first.papers) == (2015, 2020, 13)
    assert [cluster.id for cluster in first.clusters] == [LOOM_CLUSTER, DUNE_CLUSTER]
    assert first.links == []
    # Of the looms three papers are left, all by Dot Lind; the dunes have all but one.
    assert (second.first_year, second.last_year, second.papers) == (2018, 2023, 11)
    assert (DUNE_CLUSTER, DUNE_CLUSTER) in {(link.source, link.target) for link in second.links}
    assert {"no-year", "capped-papers"} <= {note.code for note in answer.meta.notes}
    short = await reader.ask(lambda view: show_timeline(view, years=1, step=1))
    assert [window.papers for window in short.windows] == [1, 2, 2, 3, 3, 2, 2, 1]
    assert all(window.too_few and not window.clusters for window in short.windows)


async def test_an_empty_store_has_no_clusters(store: GraphStore) -> None:
    await derive(store)
    answer = await Reader(store).ask(list_clusters)
    assert answer.results == []
    assert (answer.run.found, answer.run.modularity, answer.run.agreement) == (0, 0.0, 1.0)
    assert (await Reader(store).ask(show_timeline)).windows == []
