"""Units of identity: the names of a source, and the mentions split off from them.

A unit is what a decision joins or keeps apart. Usually it is a Name, all mentions of one source
under one key. A mention is a unit of its own when its key stands twice on its record (they are
different people, even with the same string), or when a user split it from its name.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from graph_service.model.ids import name_id
from graph_service.model.names import NAMES_REMEMBERED, NameKey, display_order
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


class NamedMention(NamedTuple):
    """A mention of a record, the id of its unit, and the key of its name."""

    mention: Mention
    id: str
    unit: str
    key: NameKey


_name_id = lru_cache(maxsize=NAMES_REMEMBERED)(name_id)


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


def name_mentions(record: PaperRecord, split: Collection[str] = ()) -> list[NamedMention]:
    """Name the unit of each mention of a record, in its order; `split` are ids to keep apart."""
    keys = [mention.key for mention in record.mentions]
    # Hardly any record prints a name twice, and counting costs more than all the rest.
    times = Counter(keys) if len(set(keys)) < len(keys) else {}
    record_id = record.id
    found = []
    for mention, key in zip(record.mentions, keys, strict=True):
        mention_id = f"{record_id}#{mention.position or 'subject'}"
        alone = times.get(key, 1) > 1 or mention_id in split
        unit = mention_unit_id(mention_id) if alone else _name_id(record.source, key)
        found.append(NamedMention(mention, mention_id, unit, key))
    return found


def units_of_record(
    record: PaperRecord, split: Collection[str] = ()
) -> Iterator[tuple[Mention, Unit]]:
    """Make the unit of each mention of a record; `split` holds mention ids to keep apart."""
    for mention, mention_id, unit, key in name_mentions(record, split):
        yield (
            mention,
            Unit(
                id=unit,
                key=key,
                source=record.source,
                variants=frozenset((mention.name,)),
                first_mention=mention_id,
                records=frozenset((record.id,)),
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
        )
        for unit_id, halves in parts.items()
    }
