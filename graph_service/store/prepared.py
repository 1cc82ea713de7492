"""What a record makes of itself alone, before a store is asked.

It needs nothing but the record, so it can be made beforehand, in another thread, while a server is
at work on the records before. Where a record turns out to be one paper with others, or a mention of
it to be kept apart, its paper or its names are made anew with those.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cached_property

from graph_service.identity.units import Unit, name_mentions, units_of_work
from graph_service.identity.works import WorkCard, work_card, work_keys
from graph_service.model.records import PaperRecord, Record, canonical_json
from graph_service.model.schema import Edge, Node
from graph_service.store.fold import (
    authored_edges,
    linking_edges,
    paper_id,
    paper_node,
    said_of_citation,
)

# Records, and references to them, carry a record's id behind these, apart from all other ids.
RECORD = "record:"
REFERENCE = "reference:"
# Under what records meet, and under what names do.
WORK_KEY = "key:work:"
PERSON_KEY = "key:person:"


class Prepared:
    """A paper's record with what it makes alone; each part is made when first asked for."""

    def __init__(self, record: PaperRecord) -> None:
        self.record = record

    @cached_property
    def content(self) -> str:
        """Its canonical JSON."""
        return canonical_json(self.record).decode()

    @cached_property
    def card(self) -> WorkCard:
        """What says which work it is of."""
        return work_card(self.record)

    @cached_property
    def paper_id(self) -> str:
        """The id of a paper that only this record speaks of."""
        return paper_id(self.record)

    @cached_property
    def units(self) -> dict[str, Unit]:
        """The unit of each mention, by the mention's id, if none is kept apart."""
        return dict(units_of_work([self.record], name_mentions([self.record])))

    @cached_property
    def said(self) -> tuple[Node | Edge, ...]:
        """What it refers to, and under what other records find it."""
        return (*_references(self.record), *_keys(self.card))

    @cached_property
    def paper(self) -> tuple[Node | Edge, ...]:
        """A paper that only this record speaks of, and all it leads to but its authors."""
        alone = [self.record]
        return (paper_node(alone, self.paper_id), *linking_edges(alone, self.paper_id))

    @cached_property
    def _authored(self) -> tuple[Edge, ...]:
        """Its authorships if each unit is an author, and the only one of its kind."""
        unit_of = {mention: unit.id for mention, unit in self.units.items()}
        return tuple(authored_edges([self.record], self.paper_id, unit_of, unit_of))

    def authored_by(self, author_of: Mapping[str, str]) -> Iterator[Edge]:
        """Make its authorships; `author_of` says the author of each unit."""
        authors = [author_of[edge.start] for edge in self._authored]
        if len(set(authors)) == len(authors):
            for author, edge in zip(authors, self._authored, strict=True):
                yield Edge(edge.type, author, edge.end, edge.properties)
            return
        unit_of = {mention: unit.id for mention, unit in self.units.items()}
        authors_of = {mention: author_of[unit] for mention, unit in unit_of.items()}
        yield from authored_edges([self.record], self.paper_id, authors_of, unit_of)

    def makes(self, paper: str, split: AbstractSet[str]) -> bool:
        """Whether it makes this paper of itself, while some mentions are kept apart."""
        return self.paper_id == paper and not (split and self.units.keys() & split)


_PARTS = [name for name, part in vars(Prepared).items() if isinstance(part, cached_property)]


def prepare(record: Record) -> Record | Prepared:
    """Make every part of a paper's record; other records are little work."""
    if not isinstance(record, PaperRecord):
        return record
    prepared = Prepared(record)
    for name in _PARTS:
        getattr(prepared, name)
    return prepared


def _references(record: PaperRecord) -> Iterator[Node | Edge]:
    """What a record refers to: a paper that is loaded later finds by it who cites it."""
    for one in record.references:
        said = said_of_citation(one.intent, one.influential, one.in_text)
        yield Node("Reference", REFERENCE + one.to, {})
        yield Edge("REFERS_TO", RECORD + record.id, REFERENCE + one.to, said)


def _keys(card: WorkCard) -> Iterator[Node | Edge]:
    """Under what other records find this one."""
    for key in work_keys(card):
        yield Node("Key", WORK_KEY + key, {})
        yield Edge("HAS_KEY", RECORD + card.record, WORK_KEY + key, {})
