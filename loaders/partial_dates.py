"""Dates as precise as a source prints them; of an impossible one only what is wrong is lost."""

import re
from calendar import monthrange
from email.utils import parsedate

_ISO = re.compile(r"\s*(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?![\d-])", re.ASCII)
_MONTHS_A_YEAR = 12


def partial_date(year: int, month: int | None = None, day: int | None = None) -> str | None:
    """Write a date without the parts that no calendar has; absent without a year."""
    if not 1 <= year <= 9999:
        return None
    if month is None or not 1 <= month <= _MONTHS_A_YEAR:
        return f"{year:04}"
    if day is None or not 1 <= day <= monthrange(year, month)[1]:
        return f"{year:04}-{month:02}"
    return f"{year:04}-{month:02}-{day:02}"


def iso_date(text: str) -> str | None:
    """Read the date that a text begins with: YYYY, YYYY-MM or YYYY-MM-DD, a time of day after it.

    Absent where there is none.
    """
    match = _ISO.match(text)
    if match is None:
        return None
    year, month, day = match.groups()
    return partial_date(int(year), int(month) if month else None, int(day) if day else None)


def mail_date(text: str) -> str | None:
    """Read a date as in the head of a mail, "Mon, 2 Apr 2007 19:18:42 GMT"; absent: it is none."""
    try:
        found = parsedate(text)
    except (ValueError, TypeError, IndexError):  # what email raises of odd texts differs by release
        return None
    return partial_date(*found[:3]) if found else None
