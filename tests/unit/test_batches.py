"""Reading ahead of a server: the next records are made ready only while nobody else needs Python."""

from collections.abc import Iterator, Sequence
from threading import Event

import anyio
import pytest

from graph_service.model.records import Record
from graph_service.store.batches import put_all
from graph_service.store.prepared import Prepared, prepare
from graph_service.store.protocol import WriteCounts
from tests.invented import paper

pytestmark = pytest.mark.anyio


class Apart:
    """A store that works on each batch for a moment, then waits for its server for another one."""

    def __init__(self) -> None:
        self.waiting = Event()
        self.waiting.set()
        self.made_ready: list[Record] = []
        self.put_so_far: list[str] = []
        self.while_at_work: list[int] = []

    async def put(self, records: Sequence[Record | Prepared]) -> WriteCounts:
        self.put_so_far += [one.record.id for one in records if isinstance(one, Prepared)]
        self.waiting.clear()
        before = len(self.made_ready)
        await anyio.sleep(0.05)
        self.while_at_work.append(len(self.made_ready) - before)
        self.waiting.set()
        await anyio.sleep(0.05)
        return WriteCounts(new=len(records))


async def test_records_are_made_ready_while_the_server_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = Apart()

    def noted(record: Record) -> Record | Prepared:
        store.made_ready.append(record)
        return prepare(record)

    monkeypatch.setattr("graph_service.store.batches.prepare", noted)
    records = [paper(f"Paper {number}", ["Ada Quill"]) for number in range(300)]

    def some() -> Iterator[list[Record]]:
        for start in range(0, len(records), 100):
            yield records[start : start + 100]

    counts = await put_all(store, some())  # type: ignore[arg-type]
    assert counts == WriteCounts(new=300)
    assert store.put_so_far == [record.id for record in records]
    # The one that was begun, and one seen free just before.
    assert max(store.while_at_work) <= 2


async def test_a_store_in_this_process_is_given_records_as_they_are() -> None:
    class Beside:
        waiting = None

        async def put(self, records: Sequence[Record | Prepared]) -> WriteCounts:
            assert not any(isinstance(one, Prepared) for one in records)
            return WriteCounts(new=len(records))

    some = iter([[paper("Paper 1")], [paper("Paper 2")]])
    assert await put_all(Beside(), some) == WriteCounts(new=2)  # type: ignore[arg-type]
