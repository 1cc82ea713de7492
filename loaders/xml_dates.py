"""Dates as records in XML have them: in parts, or in words as MEDLINE's."""

import re
from typing import TYPE_CHECKING

from loaders.bibliographies import month_number
from loaders.partial_dates import partial_date
from loaders.xml_reading import text_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_YEARS = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_DAY = re.compile(r"(?<![\d.])\d{1,2}(?!\d)", re.ASCII)
_SPAN = re.compile(r"[-\u2013/]")
_MONTH_NAME = re.compile(r"[A-Za-z]{3,}")


def date_in_parts(element: "Element", year: str, month: str, day: str) -> str | None:
    """Read a date of elements with these names; a part that is none is left out.

    Absent without a year of four digits.
    """
    stated = _number(element, year, 4)
    if stated is None or stated < 1000:
        return None
    number = month_number(text_of(element.find(f"{{*}}{month}")))
    return partial_date(stated, number, _number(element, day, 2))


def _number(element: "Element", name: str, longest: int) -> int | None:
    text = text_of(element.find(f"{{*}}{name}"))
    return int(text) if text.isascii() and text.isdigit() and len(text) <= longest else None


def medline_date(text: str) -> str | None:
    """Read a date in words, "1998 Nov-Dec": what both ends of a span have in common.

    Of a span of years it is the first. Absent where there is no year.
    """
    years = _YEARS.findall(text)
    if not years:
        return None
    year = int(years[0])
    months = {number for one in _MONTH_NAME.findall(text) if (number := month_number(one))}
    if len(set(years)) > 1 or len(months) != 1:
        return partial_date(year)
    after = text.partition(years[0])[2]
    days = _DAY.findall(after)
    exact = len(days) == 1 and not _SPAN.search(after)
    (month,) = months
    return partial_date(year, month, int(days[0]) if exact else None)
