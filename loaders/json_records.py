"""Records in JSON that others wrote: from the objects of a file to papers and rejects."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from graph_service.model.records import MAX_AUTHORS_ON_A_RECORD, ParsedPaper
from loaders.bibliographies import prose
from loaders.inputs import InputFile
from loaders.json_reading import IS_NULL, Object, objects
from loaders.json_values import as_objects, repaired
from loaders.partial_dates import partial_date
from loaders.reading import Parsed, Reject, why_invalid

# Of no year, month or day.
_DIGITS = 10


class RecordFault(Exception):
    """Why an object is no paper."""


def records(
    path: InputFile | Path,
    lists: Sequence[str],
    papers: Callable[[Object], Iterator[ParsedPaper]],
    *,
    nulls: bool = False,
) -> Iterator[Parsed]:
    """Read the papers of a file of JSON.

    Args:
        path: The file.
        lists: Where an object holds records in an array; see `json_reading.objects`.
        papers: Makes the papers of an object, of most one; raises RecordFault or ValidationError
            where it is none that can be read.
        nulls: A null in an array stands for nothing and is passed over, not a reject.

    Yields:
        A `ParsedPaper` for each paper, in order, or a `Reject`.

    Raises:
        RecordError: The file cannot be read, or is no JSON from its first byte on.
    """
    for value, line, item, none in objects(path, lists):
        if nulls and none == IS_NULL:
            continue
        reason = none
        if value is not None:
            try:
                yield from papers(value)
                continue
            except RecordFault as fault:
                reason = str(fault)
            except ValidationError as error:
                reason = why_invalid(error)
        yield Reject(str(path), line, f"item {item}: {reason}" if item else reason)


def author_slots(given: object) -> list[Object]:
    """The objects of a list of authors.

    Raises:
        RecordFault: They are more than any paper has.
    """
    slots = list(as_objects(given))
    if len(slots) > MAX_AUTHORS_ON_A_RECORD:
        raise RecordFault(
            f"authors: are {len(slots):,}, and at most {MAX_AUTHORS_ON_A_RECORD:,} can be"
        )
    return slots


def as_prose(value: object) -> str | None:
    """A text in paragraphs, without markup and control characters; absent: it is none."""
    return prose(repaired(value)) if isinstance(value, str) else None


def date_of_parts(given: object) -> str | None:
    """Read the first date of `date-parts` as Crossref and CSL-JSON write them.

    Months and days may be missing, and all of them texts or numbers; absent: there is none.
    """
    first = given[0] if isinstance(given, list) and given else None
    parts = [_number(part) for part in first] if isinstance(first, list) else []
    year, month, day = (*parts[:3], None, None, None)[:3]
    return None if year is None else partial_date(year, month, day)


def _number(part: object) -> int | None:
    if isinstance(part, str) and part.isascii() and part.isdigit() and len(part) < _DIGITS:
        return int(part)
    return part if isinstance(part, int) else None
