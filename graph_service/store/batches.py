"""Records in batches, each of which becomes one transaction."""

from collections.abc import Iterator
from itertools import islice
from typing import TypeVar

from graph_service.model.records import PaperRecord, ParsedPaper

T = TypeVar("T")

# Names and references of a batch, which take memory as records do.
MOST_ENTRIES = 100_000


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
