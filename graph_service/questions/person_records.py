"""What sources say of persons beside any paper: where they are, or were."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from graph_service.identity.units import MENTION_UNIT
from graph_service.model.answers import Note, SaidAffiliation
from graph_service.model.ids import source_id
from graph_service.model.records import PersonRecord, organisation_id
from graph_service.model.schema import Node
from graph_service.projection.reader import View
from graph_service.projection.texts import TextLists, Texts
from graph_service.questions.words import many

PERSONS = "person:"


@dataclass(frozen=True, slots=True)
class PersonIndex:
    """Who is meant by an identifier or a name's key, each behind its source; keys ascending.

    `persons` are the ids of the records of all persons of a key, ascending; only keys that lead
    to somebody with an affiliation are kept.
    """

    keys: Texts
    persons: TextLists

    def of(self, key: str) -> list[str]:
        """The persons of a key."""
        place = self.keys.find(key)
        return [] if place is None else self.persons[place]


async def _index(view: View) -> PersonIndex:
    found: dict[str, list[str]] = {}
    telling: set[str] = set()
    async for record in view.store.records(PERSONS):
        if isinstance(record, PersonRecord):
            named = {f"{source_id(record.source)}/{one.key.text}" for one in record.names}
            keys = {*named, *(f"{source_id(record.source)} {one}" for one in record.identifiers)}
            for key in keys:
                found.setdefault(key, []).append(record.id)
            if record.affiliations:
                telling |= keys
    ordered = sorted(telling)
    persons = Texts.of(person for key in ordered for person in found[key])
    lengths = np.fromiter((len(found[key]) for key in ordered), np.int64, len(ordered))
    return PersonIndex(
        Texts.of(ordered),
        TextLists(persons, np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])),
    )


async def said_affiliations(
    view: View, names: Iterable[Node]
) -> tuple[list[SaidAffiliation], list[Note]]:
    """The affiliations that sources give to persons who bear one of an author's names.

    A person is meant by an identifier; by a name only where no other person of that source has
    it, and where the name here has no identifier.

    Returns:
        What is said, by record, then organisation; and a note on whose is left out.

    Cost: All records of persons are read once in a state of the facts.
    """
    index = await view.part("persons", PersonIndex, lambda: _index(view))
    meant: dict[str, str] = {}
    doubtful: set[str] = set()
    for name in names:
        source, borne = name.properties["source"], name.properties.get("identifiers")
        if isinstance(borne, list) and borne:
            for one in borne:
                meant |= dict.fromkeys(index.of(f"{source} {one}"), one)
        elif not name.id.startswith(MENTION_UNIT):
            persons = index.of(f"{source}/{name.properties['key']}")
            if len(persons) == 1:
                meant.setdefault(persons[0], name.id)
            else:
                doubtful.update(persons)
    doubtful -= meant.keys()
    records = await view.store.records_by_id(sorted(meant))
    said = [
        SaidAffiliation(
            id=organisation_id(one),
            name=one.name,
            country=one.country,
            source=source_id(record.source),
            record=record.id,
            meant_by=meant[record.id],
        )
        for record in records.values()
        if isinstance(record, PersonRecord)
        for one in sorted(record.affiliations, key=lambda one: (organisation_id(one), one.name))
    ]
    note = Note(
        code="affiliations-of-namesakes",
        count=len(doubtful),
        text=f"{many(len(doubtful), 'person', 'persons')} of one name in a source: which is meant, "
        "and so the affiliation, is not known",
    )
    return said, [note] if doubtful else []
