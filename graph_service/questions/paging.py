"""Pages of a list: a cursor is a place in a stated order, at one facts revision."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from typing import TypeVar

from graph_service.model.errors import CursorExpired, ParameterError

T = TypeVar("T")

PER_PAGE = 25
MOST_PER_PAGE = 500


def page(
    rows: Sequence[T], *, revision: str, cursor: str | None, per_page: int
) -> tuple[Sequence[T], str | None]:
    """Cut one page out of ordered rows.

    Args:
        rows: All rows, in their order.
        revision: The facts revision they were computed from.
        cursor: The `next_cursor` of the page before; absent for the first page.
        per_page: Rows on a page, 1 to 500.

    Returns:
        The rows of the page, and the cursor of the next one; absent at the end.

    Raises:
        CursorExpired: The facts have changed since the cursor was made.
        ParameterError: `cursor` is none of ours, or `per_page` is out of range.
    """
    if not 1 <= per_page <= MOST_PER_PAGE:
        raise ParameterError("per_page", per_page, f"1 to {MOST_PER_PAGE}")
    start = 0 if cursor is None else _place(cursor, revision)
    end = start + per_page
    return rows[start:end], _cursor(end, revision) if end < len(rows) else None


def _cursor(place: int, revision: str) -> str:
    return urlsafe_b64encode(f"{revision}:{place}".encode()).decode().rstrip("=")


def _place(cursor: str, revision: str) -> int:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        made_at, place = urlsafe_b64decode(padded.encode("ascii")).decode("ascii").split(":")
        number = int(place)
    except (Base64Error, UnicodeError, ValueError) as error:
        raise ParameterError("cursor", cursor, "the next_cursor of an earlier answer") from error
    if made_at != revision:
        raise CursorExpired(made_at, revision)
    if number < 0:
        raise ParameterError("cursor", cursor, "the next_cursor of an earlier answer")
    return number
