"""Names and authors around a change of facts in Neo4j: read, closed, and resolved anew."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from graph_service.identity.persons import Persons, linked_units, resolve
from graph_service.identity.units import ClosedUnits, Unit, merge_units
from graph_service.model.errors import StoreCorrupt
from graph_service.model.names import NameKey
from graph_service.model.records import Decision
from graph_service.model.schema import Edge, Node
from graph_service.store.closing import Closing
from graph_service.store.fold import name_node
from graph_service.store.neo4j_server import Server, stored_node
from graph_service.store.prepared import PERSON_KEY


@dataclass(frozen=True, slots=True)
class Named:
    """What touched papers, by id, say of names: the parts of units they make, and who is aligned."""

    papers: Collection[str]
    units: Mapping[str, Unit]
    aligned: Sequence[Edge]


class StoredName(NamedTuple):
    """One of `reads/names_by_key`; `aligned` are pairs of names, each with the paper that says so."""

    id: str
    key: str
    source: str
    variants: list[str]
    first_mention: str
    identifiers: list[str] | None
    author: str
    aligned: list[tuple[str, str, str]]

    @classmethod
    def of(cls, row: Sequence[Any]) -> "StoredName":
        """Make one of what the server says."""
        id_, key, source, variants, first_mention, identifiers, author, aligned = row
        pairs = [(one, other, paper) for one, other, paper in aligned]
        return cls(id_, key, source, variants, first_mention, identifiers, author, pairs)

    def unit(self) -> Unit:
        """Make the unit of it, but for its records."""
        return Unit(
            id=self.id,
            key=NameKey.from_text(self.key),
            source=self.source.removeprefix("source:"),
            variants=frozenset(self.variants),
            first_mention=self.first_mention,
            records=frozenset(),
            identifiers=frozenset(self.identifiers or ()),
        )

    def holds(self, unit: Unit, *, first: bool) -> bool:
        """Whether it says already what a part of its unit does; `first` if the first mention counts."""
        return (
            unit.key.text == self.key
            and not (first and unit.first_mention < self.first_mention)
            and unit.variants.issubset(self.variants)
            and unit.identifiers.issubset(self.identifiers or ())
        )


@dataclass(frozen=True, slots=True)
class People:
    """The authors around a change.

    `was` says the author of each name of the touched keys; `before` is what stands in the graph of those that
    may change, `units` are these as they are to be, and `persons` and `aligned` who they are then.
    `earlier` are the names of which nothing changes but the first mention, as they are to be.
    `authorships` were read on the way.
    """

    was: dict[str, str]
    before: list[Node | Edge]
    earlier: list[Node]
    units: dict[str, Unit]
    persons: Persons
    aligned: list[tuple[str, str]]
    authorships: list["Authorship"]

    @property
    def author_of(self) -> dict[str, str]:
        """The author that each touched name is to have."""
        return self.was | dict(self.persons.author_of)


async def gather_people(
    server: Server,
    was: Named,
    is_to_be: Named,
    *,
    log: Sequence[Decision],
    operands: Collection[str],
    subjects: Collection[NameKey],
    records: AbstractSet[str],
) -> People:
    """Read the names that a change can reach, and resolve those that it does.

    Args:
        server: Inside the transaction.
        was: What the touched papers say as they are.
        is_to_be: What they are to say.
        log: The log of decisions as it is to be.
        operands: Of decisions that come into force, or out of it.
        subjects: Keys of those whom touched pages are about.
        records: The ids of touched records that are stored.
    """
    linked = linked_units(log)
    both = [*was.units.values(), *is_to_be.units.values()]
    aligned = {end for edge in (*was.aligned, *is_to_be.aligned) for end in (edge.start, edge.end)}
    closing = Closing(
        keys={key.text for key in {*subjects, *(unit.key for unit in both)}},
        names=operands,
        linked=linked,
    )
    closing.take(is_to_be.units)
    stored = await _close(
        server,
        closing,
        {unit_id: unit.key.text for unit_id, unit in is_to_be.units.items()},
        {one for unit in both for one in unit.identifiers},
        aligned,
    )
    touched = {*was.papers, *is_to_be.papers}
    pairs = {pair for name in stored.values() for pair in name.aligned}
    aligned_after = sorted(
        {(one, other) for one, other, paper in pairs if paper not in touched}
        | {(edge.start, edge.end) for edge in is_to_be.aligned}
    )

    # Where more than equal names can join, it matters which of them stand on one record; and a
    # name that loses a mention is counted again from those it keeps.
    special = {*linked, *operands, *aligned, *(end for pair in pairs for end in pair[:2])}
    reached = {name.key for name in stored.values() if name.identifiers or name.id in special} | {
        unit.key.text for unit in both if unit.identifiers or unit.id in special
    }
    again = {id_ for id_, one in stored.items() if id_ in was.units or one.key in reached}
    # Authors of one key are told apart in the order of their first mentions.
    several = _of_several(stored.values())
    # Elsewhere the names of a key are a closed part, and stay as they are if none says anew.
    concerned = {
        *reached,
        *(key.text for key in subjects),
        *(unit.key.text for unit in was.units.values()),
        *(
            unit.key.text
            for id_, unit in is_to_be.units.items()
            if id_ not in stored or not stored[id_].holds(unit, first=unit.key.text in several)
        ),
    }
    earlier = {
        id_: stored[id_].unit()
        for id_, unit in is_to_be.units.items()
        if unit.key.text not in concerned and unit.first_mention < stored[id_].first_mention
    }
    known = {id_: one.unit() for id_, one in stored.items() if one.key in concerned}
    authorships = await authorships_of(server, {stored[id_].author for id_ in again})
    counted = merge_units(
        unit for one in authorships for unit in one.units(known) if not unit.records <= records
    )
    units = merge_units(
        [
            *(unit for id_, unit in known.items() if id_ not in again),
            *(unit for id_, unit in counted.items() if id_ in again),
            *(unit for unit in is_to_be.units.values() if unit.key.text in concerned),
        ]
    )
    return People(
        was={id_: one.author for id_, one in stored.items()},
        before=[
            *await _names_in_full(server, known),
            *map(name_node, earlier.values()),
        ],
        earlier=[
            name_node(replace(unit, first_mention=is_to_be.units[id_].first_mention))
            for id_, unit in earlier.items()
        ],
        units=units,
        persons=resolve(units, log, aligned_after),
        aligned=aligned_after,
        authorships=authorships,
    )


def _of_several(names: Iterable[StoredName]) -> set[str]:
    """The keys whose names are more than one author's."""
    author_of: dict[str, str] = {}
    return {one.key for one in names if author_of.setdefault(one.key, one.author) != one.author}


async def _close(
    server: Server,
    closing: Closing,
    new_units: dict[str, str],
    identifiers: Collection[str],
    aligned: Collection[str],
) -> dict[str, StoredName]:
    """Read every name of the touched keys, following decisions, identifiers and alignments.

    `new_units` maps the units that are about to be written to their keys; `identifiers` are
    those of touched units, and `aligned` the units that touched papers align.
    """
    names: dict[str, StoredName] = {}
    borne, asked_for = set(identifiers), set[str]()
    beside = set(aligned)
    while True:
        asked, keys = closing.names(), closing.keys()
        if not (asked or keys or beside or borne - asked_for):
            return names
        if asked or beside:
            wanted = sorted({*asked, *beside})
            rows = await server.rows("reads/keys_of_names", ids=wanted)
            closing.add_keys(row["key"] for row in rows)
            closing.add_keys(new_units[unit] for unit in wanted if unit in new_units)
        if borne - asked_for:
            ids = [PERSON_KEY + one for one in sorted(borne - asked_for)]
            rows = await server.rows("reads/keys_of_identifiers", ids=ids)
            closing.add_keys(row["key"] for row in rows)
            asked_for |= borne
        beside = set()
        if keys:
            (read,) = await server.rows("reads/names_by_key", keys=keys)
            new = [StoredName.of(row) for row in read["names"]]
            names |= {name.id: name for name in new}
            closing.take(names)
            borne.update(*(name.identifiers for name in new if name.identifiers))
            beside = {end for name in new for pair in name.aligned for end in pair[:2]}
            beside -= names.keys()


async def _names_in_full(server: Server, units: Mapping[str, Unit]) -> list[Node | Edge]:
    """Read the part of the graph that stored names make."""
    if not units:
        return []
    (read,) = await server.rows("reads/names_in_full", ids=sorted(units))
    parts: list[Node | Edge] = []
    for row in read["names"]:
        name, author = row["name"], row["author"]
        parts += (stored_node("Name", name), stored_node("Author", author))
        parts.append(Edge("NAME_OF", name["id"], author["id"], row["link"]))
        parts += (
            Edge("SAME_AS", name["id"], one["end"], one["properties"]) for one in row["same_as"]
        )
        parts += bearing(units[name["id"]])
    return parts


async def identity_part(server: Server, names: Sequence[str]) -> ClosedUnits:
    """See the protocol."""
    linked = linked_units(await server.log())
    for name in names:
        linked[name] = linked.get(name, set()) | set(names)
    closing = Closing(keys=(), names=names, linked=linked)
    found = await _close(server, closing, {}, (), ())
    known = {id_: name.unit() for id_, name in found.items()}
    authorships = await authorships_of(server, {name.author for name in found.values()})
    units = merge_units(unit for one in authorships for unit in one.units(known))
    pairs = {pair[:2] for name in found.values() for pair in name.aligned}
    return ClosedUnits(units, sorted(pairs))


@dataclass(frozen=True, slots=True)
class Authorship:
    """An authorship as stored, and whether its paper has several records."""

    edge: Edge
    several: bool

    @classmethod
    def of(cls, row: dict[str, Any]) -> "Authorship":
        """Make one of a row of `reads/authorships` or `reads/authorships_of_papers`."""
        edge = Edge("AUTHORED", row["start"], row["end"], row["properties"])
        return cls(edge, several=row["records"] > 1)

    def mentions(self) -> list[tuple[str, str, str, list[str]]]:
        """Each mention's id, unit, name as printed, and identifiers."""
        said: dict[str, Any] = self.edge.properties
        try:
            ids, units = said["mentions"], said["names"]
            printed = said.get("names_as_printed", [said["name_as_printed"]])
            borne = said.get("identifiers", [""] * len(ids))
            return [
                (mention, unit, name, identifiers.split())
                for mention, unit, name, identifiers in zip(ids, units, printed, borne, strict=True)
            ]
        except (KeyError, TypeError, ValueError) as error:
            raise StoreCorrupt(
                f"AUTHORED {self.edge.start} → {self.edge.end} is not as it was written"
            ) from error

    def units(self, known: Mapping[str, Unit]) -> Iterator[Unit]:
        """The parts of known units that it makes."""
        for mention, unit, name, identifiers in self.mentions():
            if unit in known:
                yield Unit(
                    id=unit,
                    key=known[unit].key,
                    source=known[unit].source,
                    variants=frozenset((name,)),
                    first_mention=mention,
                    records=frozenset((mention.rsplit("#", 1)[0],)),
                    identifiers=frozenset(identifiers),
                )


async def authorships_of(server: Server, authors: Collection[str]) -> list[Authorship]:
    """Read the authorships of some authors."""
    if not authors:
        return []
    rows = await server.rows("reads/authorships", ids=sorted(authors))
    return [Authorship.of(row) for row in rows]


def bearing(unit: Unit) -> Iterator[Node | Edge]:
    """Under what other names find this one."""
    for identifier in unit.identifiers:
        yield Node("Key", PERSON_KEY + identifier, {})
        yield Edge("BEARS", unit.id, PERSON_KEY + identifier, {})
