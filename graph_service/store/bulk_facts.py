"""What a first load has to know of all records before it can write any: papers, people, numbers.

`Gathered` takes records one after the other, as canonical JSON, and keeps of each what others
may meet it by. `resolve_works` then finds the papers, and `resolve_people` the authors, by the
definitions of `identity` and `store.fold`: records and names that can meet no other go a short way,
the others the whole one.
"""

import os
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from graph_service.identity.persons import Join, resolve
from graph_service.identity.units import (
    MENTION_UNIT,
    Unit,
    merge_units,
    name_mentions,
    unit_id,
    units_of_work,
)
from graph_service.identity.works import (
    WorkCard,
    WorkJoin,
    meeting_keys,
    title_text,
    work_keys,
)
from graph_service.model.identifiers import AUTHOR_RANK, CURATED, best_identifier
from graph_service.model.ids import (
    author_id,
    author_id_of_name,
    source_id,
    topic_id,
    venue_id,
)
from graph_service.model.names import NameKey, display_order, name_key, parts_key
from graph_service.model.records import Organisation, PaperRecord, SourceRecord, organisation_id
from graph_service.model.schema import Edge
from graph_service.model.titles import title_key
from graph_service.store.fold import (
    Work,
    alignment_edges,
    former_ids,
    works_of,
)

# Each spelling and each title is asked for once: to remember it would only take time.
_name_key = name_key.__wrapped__
_title_key = title_key.__wrapped__
SUBJECT = 0  # stands for the position of a mention that has none
# A printed name with all that makes it one unit: name, family, given, suffix, identifiers.
Printed = tuple[str, str | None, str | None, str | None, tuple[str, ...]]
# What a list of authors is: not only of names in places; else so, and what it says of being whole.
OTHERWISE, WHOLE, CUT, UNSAID = range(4)
_LIST: dict[bool | None, int] = {True: WHOLE, False: CUT, None: UNSAID}
_OF_A_NAME = frozenset(("name", "position", "family", "given", "suffix"))

HELD_BYTES = 2**20


class Spool:
    """Canonical JSON of records in one file, read back by number."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("w+b", buffering=0)
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._written = 0
        self.ends = array("Q")

    def add(self, content: bytes) -> None:
        """Append a record."""
        self._held.append(content)
        self._held_bytes += len(content)
        self.ends.append(self._written + self._held_bytes)
        if self._held_bytes > HELD_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what is held."""
        block = memoryview(b"".join(self._held))
        self._written += self._held_bytes
        self._held, self._held_bytes = [], 0
        while block:
            block = block[self._stream.write(block) :]

    def read(self, first: int, last: int) -> list[bytes]:
        """Read the records of `first` to `last`, that one not included."""
        if first >= last:
            return []
        if self._held:
            self.flush()
        start = self.ends[first - 1] if first else 0
        size = self.ends[last - 1] - start
        # Not by the stream's own place, which several processes share.
        block = os.pread(self._stream.fileno(), size, start)
        while len(block) < size:
            block += os.pread(self._stream.fileno(), size - len(block), start + len(block))
        ends = [end - start for end in self.ends[first:last]]
        return [block[at:end] for at, end in zip([0, *ends], ends, strict=False)]

    def one(self, number: int) -> bytes:
        """Read one record."""
        return self.read(number, number + 1)[0]

    def close(self) -> None:
        """Let go of the file."""
        self._stream.close()


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


class Gathered:
    """What is kept of records as they come; numbers are those of the order they came in."""

    def __init__(self, spool: Spool) -> None:
        self.spool = spool
        self.record_ids: list[str] = []
        self.record_numbers: dict[str, int] = {}
        self.is_paper = bytearray()
        self.sources: dict[str, SourceRecord] = {}
        self.source_names: dict[str, int] = {}
        self.papers = 0
        self.unchanged = 0
        self.replaced: set[int] = set()
        self.replacements = 0
        # Keys of records, by number: whether a Key stands for it, and who met there first.
        self.keys: dict[str, int] = {}
        self.key_is_stored = bytearray()
        self._first_there = array("q")
        self.record_keys = array("I")
        self.record_keys_end = array("Q")
        self.together: set[int] = set()
        self.references: dict[str, int] = {}
        self.bearers: dict[str, int] = {}
        self.more_bearers: dict[str, list[int]] = {}
        # Mentions: how printed, and where.
        self._printed: dict[str, dict[str | Printed, int]] = {}
        self.printed: list[str | Printed] = []
        self.unit_of_printed = array("I")
        self.units: dict[str, int] = {}
        self.unit_keys: list[NameKey] = []
        self.unit_sources: list[str] = []
        self.mentions = array("I")
        self.positions = array("I")
        self.mentions_end = array("Q")
        self.author_lists = bytearray()
        # Nodes that papers share, by id: their labels, and the best of their names.
        self.shared: dict[str, int] = {}
        self.shared_labels: list[str] = []
        self.shared_names: list[str] = []
        self.venues: dict[str, int] = {}
        self.topics: dict[tuple[str, str], int] = {}
        self._organisations: dict[tuple[str, ...], str] = {}

    def take(self, content: bytes) -> None:
        """Take one record."""
        said = orjson.loads(content)
        kind = said["type"]
        if kind == "paper":
            record_id = f"{said['source']}:{said['key']}"
        elif kind == "source":
            record_id = source_id(said["name"])
        else:
            record_id = f"person:{said['source']}:{said['key']}"
        number = len(self.record_ids)
        before = self.record_numbers.get(record_id)
        if before is not None:
            if self.spool.one(before) == content:
                self.unchanged += 1
                return
            self.replaced.add(before)
        self.record_numbers[record_id] = number
        self.record_ids.append(record_id)
        self.spool.add(content)
        if kind == "paper":
            self.papers += 1
            self.is_paper.append(1)
            self.source_names.setdefault(said["source"], len(self.source_names))
            self._take_keys(number, said)
            names_only = self._take_mentions(said)
            self.author_lists.append(
                _LIST[said.get("authors_complete")] if names_only else OTHERWISE
            )
            self._take_shared(said)
            for reference in said.get("references", ()):
                self.references.setdefault(reference["to"], len(self.references))
        else:
            self.is_paper.append(0)
            self.author_lists.append(OTHERWISE)
            name = said["name"] if kind == "source" else said["source"]
            self.source_names.setdefault(name, len(self.source_names))
            if kind == "source":
                self.sources[name] = SourceRecord.model_validate_json(content)
        self.record_keys_end.append(len(self.record_keys))
        self.mentions_end.append(len(self.mentions))

    def _take_keys(self, number: int, said: dict[str, Any]) -> None:
        identifiers = said.get("identifiers")
        if not identifiers and "relations" not in said:
            # As `work_keys` and `meeting_keys` find for a record of a title alone.
            title = title_text(_title_key(said["title"]))
            if title:
                self._meet(number, title, stored=True)
            return
        card = _card(said)
        for key in work_keys(card):
            self._meet(number, key, stored=True, meets=False)
        for key in meeting_keys(card):
            self._meet(number, key)
        for one in card.identifiers:
            if self.bearers.setdefault(one, number) != number:
                self.more_bearers.setdefault(one, []).append(number)

    def _meet(self, number: int, key: str, *, stored: bool = False, meets: bool = True) -> None:
        place = self.keys.get(key)
        if place is None:
            place = self.keys[key] = len(self.keys)
            self.key_is_stored.append(0)
            self._first_there.append(-1)
        if stored:
            self.key_is_stored[place] = 1
            self.record_keys.append(place)
        if meets:
            first = self._first_there[place]
            if first < 0:
                self._first_there[place] = number
            elif first != number:
                self.together.add(first)
                self.together.add(number)

    def _take_mentions(self, said: dict[str, Any]) -> bool:
        """Take the mentions of a record; say whether they are names in places and nothing else."""
        mentions = said.get("mentions")
        if not mentions:
            return True
        source = said["source"]
        printed = self._printed.setdefault(source, {})
        places = []
        names_only = True
        for mention in mentions:
            key: str | Printed = mention["name"]
            if len(mention) > 2 or "position" not in mention:
                if "position" not in mention or not _OF_A_NAME.issuperset(mention):
                    names_only = False
                parts = (mention.get("family"), mention.get("given"), mention.get("suffix"))
                identifiers = mention.get("identifiers", ())
                if identifiers or parts != _NO_PARTS:
                    key = (mention["name"], *parts, tuple(identifiers))
            place = printed.get(key)
            if place is None:
                place = printed[key] = self._new_printed(source, key)
            places.append(place)
        self.mentions.extend(places)
        self.positions.extend([mention.get("position", SUBJECT) for mention in mentions])
        return names_only

    def _new_printed(self, source: str, said: str | Printed) -> int:
        identifiers: tuple[str, ...] = ()
        if isinstance(said, str):
            folded = _name_key(said)
        else:
            name, family, given, suffix, identifiers = said
            if family is None and given is None:
                folded = _name_key(name)
            else:
                folded = parts_key(family or "", given or "", suffix or "")
        self.unit_of_printed.append(self.unit(unit_id(source, folded, identifiers), folded, source))
        self.printed.append(said)
        return len(self.printed) - 1

    def unit(self, id_: str, key: NameKey, source: str) -> int:
        """The number of a unit."""
        number = self.units.get(id_)
        if number is None:
            number = self.units[id_] = len(self.units)
            self.unit_keys.append(key)
            self.unit_sources.append(source)
        return number

    def _take_shared(self, said: dict[str, Any]) -> None:
        """Number the nodes that a record shares with others; see `fold.shared_links`."""
        venue = said.get("venue")
        if venue and venue not in self.venues:
            self.venues[venue] = self._share("Venue", venue_id(venue), venue)
        for one in said.get("topics", ()):
            key = (one["scheme"], one["name"])
            if key not in self.topics:
                self.topics[key] = self._share("Topic", topic_id(*key), one["name"])
        for one in said.get("repositories", ()):
            self._share("Repo", one["id"], one["name"])
        of_mentions = [
            one
            for mention in said.get("mentions", ())
            if "affiliations" in mention
            for one in mention["affiliations"]
        ]
        if of_mentions or "affiliations" in said:
            found = {self._organisation(one): one for one in said.get("affiliations", ())}
            for one in of_mentions:
                found.setdefault(self._organisation(one), one)
            for node_id, one in found.items():
                self._share("Affiliation", node_id, one["name"])

    def _organisation(self, said: dict[str, Any]) -> str:
        key = (said["name"], *said.get("identifiers", ()))
        node_id = self._organisations.get(key)
        if node_id is None:
            organisation = Organisation.model_construct(
                name=said["name"], identifiers=tuple(said.get("identifiers", ()))
            )
            node_id = self._organisations[key] = organisation_id(organisation)
        return node_id

    def _share(self, label: str, node_id: str, name: str) -> int:
        number = self.shared.get(node_id)
        if number is None:
            number = self.shared[node_id] = len(self.shared)
            self.shared_labels.append(label)
            self.shared_names.append(name)
        elif name != self.shared_names[number]:
            self.shared_names[number] = min(name, self.shared_names[number], key=display_order)
        return number


_NO_PARTS = (None, None, None)


def _card(said: dict[str, Any]) -> WorkCard:
    """What of a record's JSON other records meet it by."""
    title = title_key(said["title"])
    return WorkCard(
        record="",
        source="",
        identifiers=frozenset(said.get("identifiers", ())),
        title=title,
        title_text=title_text(title),
        year=None,
        mentions=(),
        form=None,
        stated=frozenset(one["to"] for one in said.get("relations", ())),
    )


def compacted(gathered: Gathered, path: Path) -> Gathered:
    """Gather again, into another file, without records that later ones replaced; if there are any."""
    if not gathered.replaced:
        return gathered
    again = Gathered(Spool(path))
    for number in range(len(gathered.record_ids)):
        if number not in gathered.replaced:
            again.take(gathered.spool.one(number))
    again.unchanged = gathered.unchanged
    again.replacements = len(gathered.replaced)
    return again


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
        for key in meeting_keys(_card(orjson.loads(gathered.spool.one(number)))):
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
                author_id(key)
                if borne or name.startswith(MENTION_UNIT)
                else author_id_of_name(name)
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
