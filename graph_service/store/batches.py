"""Records in batches, each of which becomes one transaction."""

import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

from anyio.to_thread import run_sync

from graph_service.model.records import PaperRecord, ParsedPaper, Record
from graph_service.store.prepared import Prepared, prepare
from graph_service.store.protocol import GraphStore, WriteCounts

T = TypeVar("T")

# Names and references of a batch, which take memory as records do.
MOST_ENTRIES = 100_000
SWITCH_SECONDS = 0.0002


def next_batch(parts: Iterator[T], most: int) -> Iterator[T]:
    """Take parts until there are `most` of them, or enough because their lists are long."""
    entries = 0
    for part in islice(parts, most):
        yield part
        if isinstance(part, ParsedPaper):
            entries += len(part.authors) + len(part.references)
        elif isinstance(part, PaperRecord):
            entries += len(part.mentions) + len(part.references)
        if entries >= MOST_ENTRIES:
            return


async def put_all(
    store: GraphStore,
    batches: Iterator[Sequence[Record]],
    done: Callable[[WriteCounts], None] = lambda counts: None,
) -> WriteCounts:
    """Put batch after batch; needs the right to write.

    While a server is at work on one, the next is read and prepared in a thread.

    Args:
        store: Where to put them.
        batches: Read in a thread, until there is none; what it raises ends this, with everything
            stored that came before.
        done: Called with all that was counted so far, after each batch.
    """

    def read() -> Sequence[Record | Prepared] | None:
        waiting = store.waiting
        if waiting is None:
            return next(batches, None)
        waiting.wait()
        if (batch := next(batches, None)) is None:
            return None
        prepared = []
        for one in batch:
            if not waiting.is_set():  # whose thread has need of the interpreter, goes first
                waiting.wait()
            prepared.append(prepare(one))
        return prepared

    counts = WriteCounts()
    with _switching_often(), ThreadPoolExecutor(max_workers=1) as reader:
        upcoming = reader.submit(read)
        while (batch := await run_sync(upcoming.result)) is not None:
            ahead = reader.submit(read) if store.waiting else None
            if batch:
                counts += await store.put(batch)
            done(counts)
            upcoming = ahead or reader.submit(read)
    return counts


@contextmanager
def _switching_often() -> Iterator[None]:
    """Have Python switch between threads often.

    Else who talks to the server waits for who reads ahead for 5 ms at each word; a load through
    the driver takes a tenth longer then.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
