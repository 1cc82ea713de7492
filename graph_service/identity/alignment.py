"""Alignment: which mentions of the records of one paper stand for the same slot of its list.

Two sources of a paper name the same people, one perhaps with initials only. On one paper a
family name and a first letter nearly always single a person out, and where they do, the two
mentions are one person whatever else bears the shorter name.
"""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from graph_service.model.names import NameKey
from graph_service.model.records import Mention, PaperRecord

# Two lists of which so many places agree, and such a share of them, are the same list.
LEAST_PLACES_ALIKE = 2
LEAST_SHARE_ALIKE = 2 / 3

Slot = tuple[PaperRecord, Mention]


class _Placed(Protocol):
    @property
    def position(self) -> int | None: ...


class _Listing(Protocol):
    @property
    def mentions(self) -> Sequence[_Placed]: ...
    @property
    def authors_complete(self) -> bool | None: ...


L = TypeVar("L", bound=_Listing)


def leading_record(records: Sequence[L]) -> L:
    """The record whose list of authors leads: a complete one before one that may be cut.

    Args:
        records: All of one paper, in the order of their ranks; at least one.
    """
    if len(records) == 1:
        return records[0]
    return min(
        records,
        key=lambda record: (
            not any(mention.position for mention in record.mentions),
            record.authors_complete is False,
            record.authors_complete is None,
        ),
    )


def align(records: Sequence[PaperRecord]) -> list[tuple[Slot, Slot]]:
    """Pair the mentions of records of one paper with those of the list that leads.

    A mention is paired with the one mention there that it can be: of an equal name, else of the
    same family name and first letter where neither list has two of these, else in the same
    place of an equally long list that agrees with it elsewhere. Different ORCID iDs, suffixes
    and the like are looked at when the two are joined, not here.

    Args:
        records: All of one paper, in the order of their ranks.

    Returns:
        Pairs of (record, mention), the leading list's first, in the order of records and
        positions; of names that are equal too. Empty for one record.
    """
    if len(records) < 2:
        return []
    leading = leading_record(records)
    pairs: list[tuple[Slot, Slot]] = []
    for record in records:
        if record is not leading:
            pairs += [
                ((leading, ours), (record, theirs))
                for ours, theirs in _aligned(leading.mentions, record.mentions)
            ]
    return pairs


def _aligned(leading: Sequence[Mention], other: Sequence[Mention]) -> list[tuple[Mention, Mention]]:
    found: dict[int, int] = {}  # place in `other` to place in `leading`
    for likeness in (_equal, _initial):
        of_leading = _singles(leading, likeness, set(found.values()))
        of_other = _singles(other, likeness, set(found))
        found |= {place: of_leading[name] for name, place in of_other.items() if name in of_leading}
    if len(leading) == len(other):
        alike = sum(ours == theirs for theirs, ours in found.items())
        if alike >= max(LEAST_PLACES_ALIKE, LEAST_SHARE_ALIKE * len(leading)):
            taken = set(found.values())
            for place in range(len(other)):
                if place not in found and place not in taken:
                    found[place] = place
    return [(leading[ours], other[theirs]) for theirs, ours in sorted(found.items())]


def _equal(key: NameKey) -> tuple[str, ...]:
    return key


def _initial(key: NameKey) -> tuple[str, ...] | None:
    return (key.family, key.given[0], key.suffix) if key.given else None


def _singles(
    mentions: Sequence[Mention],
    likeness: Callable[[NameKey], tuple[str, ...] | None],
    besides: set[int],
) -> dict[tuple[str, ...], int]:
    """The places of mentions that are alone in their list with what they are compared by."""
    places: dict[tuple[str, ...], list[int]] = {}
    for place, mention in enumerate(mentions):
        if place not in besides and (name := likeness(mention.key)):
            places.setdefault(name, []).append(place)
    return {name: found[0] for name, found in places.items() if len(found) == 1}
