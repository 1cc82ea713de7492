"""The embedded store's tables: what is read by key, in streams, and from a damaged file."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from graph_service.model.errors import StoreCorrupt
from graph_service.settings import Settings
from graph_service.store import embedded
from graph_service.store.fold import build_graph
from graph_service.store.opening import open_store
from tests.invented import paper, small_world
from tests.naive_reads import author_facts, nodes_of, paper_facts, projected_papers

pytestmark = pytest.mark.anyio


async def test_a_stream_of_a_file_is_of_one_moment_and_hinders_no_writer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "ROWS_A_BATCH", 2)
    store = await open_store(f"file:{tmp_path / 'a.sqlite'}", Settings(), create=True)
    async with store.writing():
        await store.put(small_world())
        before = projected_papers(await store.graph())
        found = list[object]()
        async for batch in store.project_papers():
            assert len(batch) <= 2
            found += batch
            await store.remove([record.id for record in small_world()])
    assert found == before
    assert [batch async for batch in store.project_papers()] == []
    await store.close()


async def test_a_stream_from_memory_goes_on_when_somebody_writes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(embedded, "ROWS_A_BATCH", 2)
    store = await open_store("memory:", Settings())
    async with store.writing():
        await store.put(small_world())
        seen = []
        async for batch in store.project_papers():
            seen += [one.id for one in batch]
            await store.put([paper(f"Zebra {len(seen)}", [f"Nova{len(seen)} Star"])])
            if len(seen) > 20:
                break
    assert seen == sorted(set(seen))
    await store.close()


async def test_what_is_asked_by_key_builds_no_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("the whole graph was built")

    monkeypatch.setattr(embedded, "to_networkx", never)
    store = await open_store("memory:", Settings())
    async with store.writing():
        await store.put(small_world())
    (author,) = await store.authors_known_as("okoro.ben")
    assert (await store.authors([author]))[0].author.properties["name"] == "Ben Okoro"
    papers = [one.id async for batch in store.project_papers() for one in batch]
    assert [facts.paper.id for facts in await store.papers(papers)] == papers
    assert (await store.counts())[0]["Paper"] == 9
    assert [node.id for node, _ in await store.shelf("Venue")] == ["venue:shore-letters"]
    assert not (await store.derived()).edges
    await store.close()


async def test_a_shared_name_is_the_best_of_what_is_still_printed() -> None:
    store = await open_store("memory:", Settings())
    loud = [paper(f"P{number}", venue="LETTERS") for number in range(3)]
    async with store.writing():
        await store.put([*loud, paper("Fine", venue="Letters")])
        ((venue, papers),) = await store.shelf("Venue")
        assert (venue.properties["name"], len(papers)) == ("Letters", 4)
        await store.put([paper("Fine")])
        ((venue, papers),) = await store.shelf("Venue", "venue:letters")
        assert (venue.properties["name"], len(papers)) == ("LETTERS", 3)
        await store.remove([record.id for record in loud])
    assert await store.shelf("Venue") == []
    await store.close()


async def test_two_records_of_one_paper_are_one_paper_in_every_answer() -> None:
    records = [
        paper("Looms", ["Ada Quill", "Ben Okoro"], source="lab", date=None, complete=False),
        paper("LOOMS", ["B. Okoro", "Ada Quill", "Cleo Marsh"], source="club"),
    ]
    store = await open_store("memory:", Settings())
    async with store.writing():
        await store.put(records)
    graph = build_graph(records, [])
    assert await store.graph() == graph
    assert [one async for batch in store.project_papers() for one in batch] == projected_papers(
        graph
    )
    (node,) = nodes_of(graph, "Paper")
    assert await store.papers([node.id]) == [paper_facts(graph, node)]
    await store.close()


async def test_figures_of_a_page_stand_on_its_subject_alone() -> None:
    store = await open_store("memory:", Settings())
    async with store.writing():
        await store.put(small_world())
    graph = build_graph(small_world(), [])
    for author in nodes_of(graph, "Author"):
        assert await store.authors([author.id]) == [author_facts(graph, author)]
        assert ("metrics" in author.properties) == (author.id == "author:quill.ada")
    await store.close()


@pytest.mark.parametrize(
    "damage",
    [b"{}", b"[]", b"no JSON", b'{"type":"paper","title":1,"shoe":2}', b'{"type":"paper"}'],
    ids=lambda content: content.decode(),
)
async def test_a_record_that_somebody_else_wrote_is_said_to_be_damage(
    damage: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "a.sqlite"
    store = await open_store(f"file:{path}", Settings(), create=True)
    async with store.writing():
        await store.put(small_world())
    (first, *_) = [one.id async for batch in store.project_papers() for one in batch]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE record SET json = ? WHERE paper IS NOT NULL", (damage,))
    with pytest.raises(StoreCorrupt, match="load its files, or import an export"):
        await store.papers([first])
    with pytest.raises(StoreCorrupt):
        await store.graph()
    async with store.writing():
        with pytest.raises(StoreCorrupt):
            await store.put(small_world())
    await store.close()
