"""Which papers and authors the records of a first load make, by the numbers of `bulk_facts`.

By the definitions of `identity` and `store.fold`: records and names that can meet no other go a
short way, the others the whole one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import orjson

from graph_service.identity.persons import Join, resolve
from graph_service.identity.units import (
    MENTION_UNIT,
    Unit,
    merge_units,
    name_mentions,
    units_of_work,
)
from graph_service.identity.works import WorkJoin, meeting_keys
from graph_service.model.identifiers import AUTHOR_RANK, CURATED, best_identifier
from graph_service.model.ids import author_id, author_id_of_name
from graph_service.model.records import PaperRecord
from graph_service.model.schema import Edge
from graph_service.store.bulk_facts import Gathered, card_of
from graph_service.store.fold import Work, alignment_edges, former_ids, works_of

if TYPE_CHECKING:
    from graph_service.model.names import NameKey


@dataclass(slots=True)
class SpecialWork:
    """A paper that was resolved the whole way: by numbers, its records in the order of ranks."""

    id: str
    records: list[int]
    joins: list[WorkJoin]
    # Unit number of each mention id of its records.
    units: dict[str, int] = field(default_factory=dict)
    # Records, and the keys of the ids that they would have had alone, by numbers.
    former: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class Works:
    """Papers that were resolved the whole way, and what they say of units.

    `work_of` maps their records to them; all other records are papers by themselves. `partial`
    are the parts of units that their mentions make, by the unit's number, and `pairs` the units
    that they show to be one person's.
    """

    works: list[SpecialWork] = field(default_factory=list)
    work_of: dict[int, SpecialWork] = field(default_factory=dict)
    links: list[Edge] = field(default_factory=list)
    aligned: list[Edge] = field(default_factory=list)
    pairs: list[tuple[str, str]] = field(default_factory=list)
    partial: dict[int, list[Unit]] = field(default_factory=dict)


@dataclass(slots=True)
class People:
    """Authors, by numbers.

    The lists are by unit: its author's number, spellings, identifiers and first mention (empty
    for a unit that no mention makes, which is not written).
    """

    author_of: list[int]
    variants: list[list[str]]
    identifiers: list[list[str]]
    first_mentions: list[str]
    verified: set[int]
    authors: dict[str, list[int]]
    joins: tuple[Join, ...]


def resolve_works(gathered: Gathered) -> Works:
    """Find the papers of everything that was gathered."""
    found = Works()
    alone = [[number] for number in _naming_one_twice(gathered) if number not in gathered.together]
    for group in (*_groups(gathered), *alone):
        records: dict[str, PaperRecord] = {}
        for number in group:
            record = PaperRecord.model_validate_json(gathered.spool.one(number))
            records[record.id] = record
        parts = works_of(records, ())
        found.links += parts.links
        for work in parts.works.values():
            _take_work(gathered, found, work, parts.joins.get(work.id, []))
    return found


def _naming_one_twice(gathered: Gathered) -> list[int]:
    """The records that mention a unit more than once, ascending."""
    units = np.asarray(gathered.unit_of_printed, dtype=np.int64)
    # A record and a unit in one number, equal ones side by side.
    named = _record_of_mention(gathered) * len(units) + units[gathered.mentions]
    named.sort()
    twice = named[1:][named[1:] == named[:-1]]
    found: list[int] = np.unique(twice // max(len(units), 1)).tolist()
    return found


def _record_of_mention(gathered: Gathered) -> np.ndarray:
    ends = np.asarray(gathered.mentions_end, dtype=np.int64)
    return np.repeat(np.arange(len(ends)), np.diff(ends, prepend=0))


def _take_work(gathered: Gathered, found: Works, work: Work, joins: Sequence[WorkJoin]) -> None:
    numbers = [gathered.record_numbers[record.id] for record in work.records]
    special = SpecialWork(work.id, numbers, list(joins))
    named = name_mentions(work.records)
    found.pairs += named.aligned
    found.aligned += alignment_edges(work.id, named)
    for mention, unit in units_of_work(work.records, named):
        place = gathered.unit(unit.id, unit.key, unit.source)
        special.units[mention] = place
        found.partial.setdefault(place, []).append(unit)
    found.works.append(special)
    found.work_of.update(dict.fromkeys(numbers, special))
    for record, key in former_ids(work):
        place = gathered.keys.setdefault(key, len(gathered.keys))
        if place == len(gathered.key_is_stored):
            gathered.key_is_stored.append(0)
        gathered.key_is_stored[place] = 1
        special.former.append((gathered.record_numbers[record], place))


def _groups(gathered: Gathered) -> list[list[int]]:
    """The records that may be one paper with another, in groups that are closed."""
    parent = {number: number for number in gathered.together}

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    first: dict[str, int] = {}
    for number in sorted(gathered.together):
        for key in meeting_keys(card_of(orjson.loads(gathered.spool.one(number)))):
            a, b = sorted((root(first.setdefault(key, number)), root(number)))
            parent[b] = a
    groups: dict[int, list[int]] = {}
    for number in sorted(gathered.together):
        groups.setdefault(root(number), []).append(number)
    return list(groups.values())


@dataclass(slots=True)
class _Units:
    """What mentions make of units, by number; see `People`.

    Of records that are papers by themselves, `unit_of_mention` and `record_of_mention` are the
    unit and the record of each mention.
    """

    variants: list[list[str]]
    identifiers: list[list[str]]
    first_mentions: list[str]
    unit_of_mention: np.ndarray
    record_of_mention: np.ndarray


def _sum_up(gathered: Gathered, works: Works) -> _Units:
    found = _regular_units(gathered, works)
    for number, parts in works.partial.items():
        unit = merge_units(parts)[parts[0].id]
        first = found.first_mentions[number]
        found.first_mentions[number] = (
            min(first, unit.first_mention) if first else unit.first_mention
        )
        found.variants[number] = sorted({*found.variants[number], *unit.variants})
        found.identifiers[number] = sorted({*found.identifiers[number], *unit.identifiers})
    return found


def _regular_units(gathered: Gathered, works: Works) -> _Units:
    """Sum up the units of the records that are papers by themselves."""
    count = len(gathered.units)
    printed = np.asarray(gathered.mentions, dtype=np.int64)
    records = _record_of_mention(gathered)
    regular = np.ones(len(gathered.record_ids), dtype=bool)
    regular[list(works.work_of)] = False
    kept = regular[records]
    printed, records = printed[kept], records[kept]
    positions = np.asarray(gathered.positions, dtype=np.int64)[kept]
    used = np.zeros(len(gathered.printed), dtype=bool)
    used[printed] = True
    of_printed = gathered.unit_of_printed
    units = np.asarray(of_printed, dtype=np.int64)[printed]
    found = _Units(
        [[] for _ in range(count)], [[] for _ in range(count)], [""] * count, units, records
    )
    for place, said in enumerate(gathered.printed):
        if used[place]:
            number = of_printed[place]
            if isinstance(said, str):
                found.variants[number].append(said)
            else:
                found.variants[number].append(said[0])
                found.identifiers[number] += said[4]
    for number in range(count):
        if len(found.variants[number]) > 1:
            found.variants[number] = sorted({*found.variants[number]})
        if found.identifiers[number]:
            found.identifiers[number] = sorted({*found.identifiers[number]})

    ids = gathered.record_ids
    rank = np.empty(len(ids), dtype=np.int64)
    by_id = sorted(range(len(ids)), key=[f"{one}#" for one in ids].__getitem__)
    rank[by_id] = np.arange(len(ids))
    order = np.lexsort((rank[records], units))
    firsts = order[np.flatnonzero(np.diff(units[order], prepend=-1))]
    for number, record, position in zip(
        units[firsts].tolist(), records[firsts].tolist(), positions[firsts].tolist(), strict=True
    ):
        found.first_mentions[number] = mention_id(ids[record], position)
    if any("#" in one for one in ids):  # then the order of records is not that of mentions
        for number, record, position in zip(
            units.tolist(), records.tolist(), positions.tolist(), strict=True
        ):
            one = mention_id(ids[record], position)
            found.first_mentions[number] = min(found.first_mentions[number], one)
    return found


def mention_id(record: str, position: int) -> str:
    """The id of a mention."""
    return f"{record}#{position or 'subject'}"


def resolve_people(gathered: Gathered, works: Works) -> People:
    """Find the authors of everything that was gathered.

    The units that can meet others are resolved; the rest are authors by themselves.
    """
    found = _sum_up(gathered, works)
    ids = list(gathered.units)
    bearing: dict[str, int] = {}
    meeting: set[int] = {gathered.units[one] for pair in works.pairs for one in pair}
    of_key: dict[NameKey, int] = {}
    for number, key in enumerate(gathered.unit_keys):
        if not found.first_mentions[number]:
            continue
        first = of_key.setdefault(key, number)
        if first != number:
            meeting |= {first, number}
        for one in found.identifiers[number]:
            first = bearing.setdefault(one, number)
            if first != number:
                meeting |= {first, number}

    records: dict[int, set[str]] = {number: set() for number in meeting}
    if meeting:
        wanted = np.zeros(len(ids), dtype=bool)
        wanted[list(meeting)] = True
        kept = wanted[found.unit_of_mention]
        for number, record in zip(
            found.unit_of_mention[kept].tolist(),
            found.record_of_mention[kept].tolist(),
            strict=True,
        ):
            records[number].add(gathered.record_ids[record])
        for number in meeting:
            for part in works.partial.get(number, ()):
                records[number] |= part.records
    units = {
        ids[number]: unit_of(gathered, found, ids, number, frozenset(records[number]))
        for number in sorted(meeting)
    }
    persons = resolve(units, (), works.pairs)

    authors: dict[str, list[int]] = {}
    verified: set[int] = set()
    for number, key in enumerate(gathered.unit_keys):
        if not found.first_mentions[number]:
            continue
        if number in meeting:
            author = persons.author_of[ids[number]]
            if ids[number] in persons.verified:
                verified.add(number)
        else:
            borne = found.identifiers[number]
            name = ids[number]
            author = (best_identifier(borne, AUTHOR_RANK) if borne else None) or (
                author_id(key) if name.startswith(MENTION_UNIT) else author_id_of_name(name)
            )
            if any(one.partition(":")[0] in CURATED for one in borne):
                verified.add(number)
        authors.setdefault(author, []).append(number)
    author_of = [-1] * len(ids)
    for place, members in enumerate(authors.values()):
        for number in members:
            author_of[number] = place
    return People(
        author_of=author_of,
        variants=found.variants,
        identifiers=found.identifiers,
        first_mentions=found.first_mentions,
        verified=verified,
        authors=authors,
        joins=persons.joins,
    )


def unit_of(
    gathered: Gathered,
    found: "_Units | People",
    ids: Sequence[str],
    number: int,
    records: frozenset[str] = frozenset(),
) -> Unit:
    """Make a unit of what is known of it by number."""
    return Unit(
        id=ids[number],
        key=gathered.unit_keys[number],
        source=gathered.unit_sources[number],
        variants=frozenset(found.variants[number]),
        first_mention=found.first_mentions[number],
        records=records,
        identifiers=frozenset(found.identifiers[number]),
    )
