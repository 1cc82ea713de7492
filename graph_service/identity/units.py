"""Units of identity: the names of a source, and the mentions split off from them.

A unit is what a decision joins or keeps apart. Usually it is a Name, all mentions of one source
under one key. A mention is a unit of its own when its key stands twice on its record (they are
different people, even with the same string), or when a user split it from its name.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from graph_service.model.ids import name_id
from graph_service.model.names import NameKey, display_order
from graph_service.model.records import Decision, Mention, PaperRecord
from graph_service.model.revision import decisions_in_force

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
        return min(self.variants, key=display_order)


def mention_unit_id(mention_id: str) -> str:
    """The unit id of a mention that stands for itself."""
    return MENTION_UNIT + mention_id


def split_mentions(log: Iterable[Decision]) -> frozenset[str]:
    """Find the mentions that decisions in force speak of one by one."""
    return frozenset(
        operand.removeprefix(MENTION_UNIT)
        for row in decisions_in_force(log)
        for operand in (row.a, row.b or "")
        if operand.startswith(MENTION_UNIT)
    )


def units_of_record(
    record: PaperRecord, split: Collection[str] = ()
) -> Iterator[tuple[Mention, Unit]]:
    """Name the unit of each mention of a record; `split` holds mention ids to keep apart."""
    keys = [mention.key for mention in record.mentions]
    times = Counter(keys)
    for mention, key in zip(record.mentions, keys, strict=True):
        mention_id = record.mention_id(mention)
        alone = times[key] > 1 or mention_id in split
        yield (
            mention,
            Unit(
                id=mention_unit_id(mention_id) if alone else name_id(record.source, key),
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
