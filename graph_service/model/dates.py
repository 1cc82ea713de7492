"""Dates as precise as their source: the day that each stands for, and its period."""

from datetime import date, timedelta

_MIDDLE = {4: "-07-01", 7: "-15"}
_YEAR, _MONTH = 4, 7


def middle_day(printed: str) -> str:
    """The day a date stands for: of a year its first of July, of a month its fifteenth."""
    return printed + _MIDDLE.get(len(printed), "")


def period(printed: str) -> tuple[int, int, int]:
    """The ordinals of the day a date stands for, and of its first and last day; 0: no date."""
    if not printed:
        return 0, 0, 0
    day = date.fromisoformat(middle_day(printed))
    first = last = day
    if len(printed) == _YEAR:
        first, last = day.replace(month=1, day=1), day.replace(month=12, day=31)
    elif len(printed) == _MONTH:
        first = day.replace(day=1)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return day.toordinal(), first.toordinal(), last.toordinal()
