"""Batch after batch into each store, of which one reads ahead: what was whole is there."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph_service.model.errors import RecordError
from graph_service.model.records import ParsedPaper, Record
from graph_service.store.batches import put_all
from graph_service.store.protocol import GraphStore, WriteCounts
from loaders.runner import check_files, load_checked
from tests.invented import paper, small_world

pytestmark = pytest.mark.anyio


def batches(*, broken_after: int | None = None) -> Iterator[list[Record]]:
    for number in range(6):
        if number == broken_after:
            raise RecordError("made.jsonl", "is broken", line=number)
        yield [paper(f"Paper {number} {place}", ["Ada Quill", "Ben Okoro"]) for place in range(3)]


async def test_every_batch_is_put_and_told(store: GraphStore) -> None:
    told: list[int] = []
    async with store.writing():
        counts = await put_all(store, batches(), lambda so_far: told.append(so_far.put))
        again = await put_all(store, batches())
    assert counts == WriteCounts(new=18)
    assert again == WriteCounts(unchanged=18)
    assert told == [3, 6, 9, 12, 15, 18]
    assert (await store.counts())[0]["Paper"] == 18


async def test_what_came_before_a_broken_batch_is_stored(store: GraphStore) -> None:
    async with store.writing():
        with pytest.raises(RecordError, match="line 4: is broken"):
            await put_all(store, batches(broken_after=4))
        assert (await store.counts())[0]["Paper"] == 12
        # The right to write is still there, and so is everything to go on with.
        assert await put_all(store, batches()) == WriteCounts(new=6, unchanged=12)


async def test_batches_may_be_empty_or_none(store: GraphStore) -> None:
    async with store.writing():
        assert await put_all(store, iter([])) == WriteCounts()
        assert await put_all(store, iter([[], small_world(), []])) == WriteCounts(new=11)


async def test_small_files_share_a_transaction(store: GraphStore, tmp_path: Path) -> None:
    for number in range(7):
        written = ParsedPaper(
            source="lab", key=str(number), format="made", title=f"Paper {number}", authors=[]
        )
        (tmp_path / f"{number}.jsonl").write_text(written.model_dump_json(exclude_none=True))
    store.records_a_batch = 3
    told: list[tuple[str, str, int]] = []
    checked = await check_files([tmp_path])
    summary = await load_checked(
        store, checked, progress=lambda phase, file, papers: told.append((phase, str(file), papers))
    )
    assert (summary.files, summary.new) == (7, 7)
    assert told == [
        ("loading", str(tmp_path / "2.jsonl"), 3),
        ("loading", str(tmp_path / "5.jsonl"), 6),
        ("loading", str(tmp_path / "6.jsonl"), 7),
    ]


async def test_a_load_leaves_the_interpreter_as_it_was(store: GraphStore) -> None:
    before = sys.getswitchinterval()
    async with store.writing():
        with pytest.raises(RecordError):
            await put_all(store, batches(broken_after=1))
    assert sys.getswitchinterval() == before
