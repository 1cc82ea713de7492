"""What a first load keeps of records as they come, by numbers, to find papers and people by."""

import os
from array import array
from pathlib import Path
from typing import Any

import orjson

from graph_service.identity.units import unit_id
from graph_service.identity.works import WorkCard, meeting_keys, title_text, work_keys
from graph_service.model.ids import source_id, topic_id, venue_id
from graph_service.model.names import NameKey, display_order, name_key, parts_key
from graph_service.model.records import Organisation, SourceRecord, organisation_id
from graph_service.model.titles import title_key

# Each spelling and each title is asked for once: to remember it would only take time.
_name_key = name_key.__wrapped__
_title_key = title_key.__wrapped__
SUBJECT = 0  # stands for the position of a mention that has none
# A printed name with all that makes it one unit: name, family, given, suffix, identifiers.
Printed = tuple[str, str | None, str | None, str | None, tuple[str, ...]]
# What a list of authors is: not only of names in places; else so, and perhaps said to be whole.
OTHERWISE, OF_NAMES, WHOLE = range(3)
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


class Gathered:
    """What is kept of records, which come one after the other as canonical JSON.

    Numbers are those of the order they came in.
    """

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
            of_names = WHOLE if said.get("authors_complete") else OF_NAMES
            self.author_lists.append(of_names if self._take_mentions(said) else OTHERWISE)
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
        card = card_of(said)
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


def card_of(said: dict[str, Any]) -> WorkCard:
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
