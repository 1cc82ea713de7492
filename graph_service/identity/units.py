"""Units of identity: the names of a source, and the mentions split off from them.

A unit is what a decision joins or keeps apart. Usually it is a Name, all mentions of one source
under one key and, where the source gives one, one identifier. A mention is a unit of its own when
its key stands twice on its record (they are different people, even with the same string), when
another record of the same paper says more of it (`identity.alignment`), or when a decision split
it from its name.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from graph_service.identity.alignment import Slot, align
from graph_service.model.identifiers import AUTHOR_RANK, best_identifier
from graph_service.model.ids import name_id
from graph_service.model.names import NameKey, display_order
from graph_service.model.records import Decision, Mention, PaperRecord
from graph_service.model.revision import identity_decisions

MENTION_UNIT = "mention:"


@dataclass(frozen=True, slots=True)
class Unit:
    """A name or a split-off mention, with what its mentions say in all.

    Every field but `id`, `key` and `source` is a union or a minimum over the mentions, so that
    two halves of a unit are combined in any order by `merge_units`.
    """

    id: str
    key: NameKey
    source: str
    variants: frozenset[str]
    first_mention: str
    records: frozenset[str]
    identifiers: frozenset[str] = frozenset()

    @property
    def is_name(self) -> bool:
        """Whether equal names of other sources join it by rule; split-off mentions do not."""
        return not self.id.startswith(MENTION_UNIT)

    @property
    def display(self) -> str:
        """The spelling to show."""
        if len(self.variants) == 1:
            return next(iter(self.variants))
        return min(self.variants, key=display_order)


@dataclass(frozen=True, slots=True)
class ClosedUnits:
    """Units by id with the records they stand on, closed; and which papers show to be one's."""

    units: Mapping[str, Unit]
    aligned: Sequence[tuple[str, str]]


class NamedMention(NamedTuple):
    """A mention of a record, the id of its unit, and the key of its name."""

    mention: Mention
    id: str
    unit: str
    key: NameKey


def mention_unit_id(mention_id: str) -> str:
    """The unit id of a mention that stands for itself."""
    return MENTION_UNIT + mention_id


def split_mentions(log: Iterable[Decision]) -> frozenset[str]:
    """Find the mentions that decisions in force speak of one by one."""
    return frozenset(
        operand.removeprefix(MENTION_UNIT)
        for row in identity_decisions(log)
        for operand in (row.a, row.b or "")
        if operand.startswith(MENTION_UNIT)
    )


def unit_id(source: str, key: NameKey, identifiers: Collection[str]) -> str:
    """The id of a Name: of what one source prints under one key, with one identifier if any."""
    name = name_id(source, key)
    best = best_identifier(identifiers, AUTHOR_RANK) if identifiers else None
    return f"{name}@{best}" if best else name


@dataclass(slots=True)
class NamedWork:
    """The mentions of each record of a paper, and which of their units are one person by it."""

    mentions: list[list[NamedMention]]
    aligned: list[tuple[str, str]]


def name_mentions(records: Sequence[PaperRecord], split: Collection[str] = ()) -> NamedWork:
    """Name the unit of each mention of a paper.

    Args:
        records: All records of the paper, in the order of their ranks.
        split: Ids of mentions that decisions keep apart from their names.
    """
    if len(records) == 1:
        return NamedWork([_named(records[0], split)], [])
    pairs = align(records)
    alone = set(split)
    for (record, mention), (other, theirs) in pairs:
        alone.update(_less_said((record, mention), (other, theirs)))
    named = [_named(record, alone) for record in records]
    unit_of = {mention.id: mention.unit for mentions in named for mention in mentions}
    aligned = [
        (unit_of[record.mention_id(mention)], unit_of[other.mention_id(theirs)])
        for (record, mention), (other, theirs) in pairs
        if mention.key != theirs.key or mention.identifiers or theirs.identifiers
    ]
    return NamedWork(named, sorted({(a, b) for a, b in aligned if a != b}))


def _less_said(one: Slot, other: Slot) -> Iterator[str]:
    """Which of two mentions of one person is known by the other, by id; none where both tell."""
    (record, mention), (their_record, theirs) = one, other
    if mention.key == theirs.key and not (mention.identifiers or theirs.identifiers):
        return
    if bool(mention.identifiers) != bool(theirs.identifiers):
        less = mention if theirs.identifiers else theirs
    elif mention.identifiers:
        return
    else:
        less = mention if len(mention.key.given) < len(theirs.key.given) else theirs
    yield record.mention_id(mention) if less is mention else their_record.mention_id(theirs)


def _named(record: PaperRecord, split: Collection[str]) -> list[NamedMention]:
    record_id, source = record.id, record.source
    found = []
    for mention in record.mentions:
        key = mention.key
        mention_id = f"{record_id}#{mention.position or 'subject'}"
        unit = (
            mention_unit_id(mention_id)
            if mention_id in split
            else unit_id(source, key, mention.identifiers)
        )
        found.append(NamedMention(mention, mention_id, unit, key))
    if len({one.unit for one in found}) < len(found):
        times = Counter(one.unit for one in found)
        found = [
            one if times[one.unit] == 1 else one._replace(unit=mention_unit_id(one.id))
            for one in found
        ]
    return found


def units_of_work(records: Sequence[PaperRecord], named: NamedWork) -> Iterator[tuple[str, Unit]]:
    """Make the unit of each mention of a paper, behind the mention's id."""
    for record, mentions in zip(records, named.mentions, strict=True):
        for mention, mention_id, unit, key in mentions:
            yield (
                mention_id,
                Unit(
                    id=unit,
                    key=key,
                    source=record.source,
                    variants=frozenset((mention.name,)),
                    first_mention=mention_id,
                    records=frozenset((record.id,)),
                    identifiers=frozenset(mention.identifiers),
                ),
            )


def merge_units(units: Iterable[Unit]) -> dict[str, Unit]:
    """Combine partial units by id."""
    parts: dict[str, list[Unit]] = {}
    for unit in units:
        parts.setdefault(unit.id, []).append(unit)
    return {
        unit_id: halves[0]
        if len(halves) == 1
        else Unit(
            id=unit_id,
            key=halves[0].key,
            source=halves[0].source,
            variants=frozenset().union(*(half.variants for half in halves)),
            first_mention=min(half.first_mention for half in halves),
            records=frozenset().union(*(half.records for half in halves)),
            identifiers=frozenset().union(*(half.identifiers for half in halves)),
        )
        for unit_id, halves in parts.items()
    }
