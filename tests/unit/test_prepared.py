"""What a record makes of itself alone is what the fold makes of a graph with nothing else in it."""

import pytest

from graph_service.identity.persons import resolve
from graph_service.identity.units import mention_unit_id, merge_units
from graph_service.model.records import PaperRecord, Record, canonical_json
from graph_service.model.schema import Edge, Node
from graph_service.store.fold import build_graph
from graph_service.store.prepared import Prepared, prepare
from tests.invented import author, paper, small_world, source

ORCID = "orcid:0000-0002-1825-0097"
RECORDS = [
    *(record for record in small_world() if isinstance(record, PaperRecord)),
    paper("Twice Named", [author("Ada Quill", ORCID), author("Quill, Ada", ORCID)]),
    paper("Namesakes", ["Wei Ito", "Wei Ito", "Dov Lind"]),
    paper("Of Places", [author("Ada Quill", affiliations=[{"name": "Loom House"}])]),
    paper("Nobody's", []),
]


def prepared(record: Record) -> Prepared:
    made = prepare(record)
    assert isinstance(made, Prepared)
    return made


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.key)
def test_a_record_makes_what_the_fold_makes_of_it_alone(record: PaperRecord) -> None:
    one = prepared(record)
    whole = build_graph([record], [])
    persons = resolve(merge_units(one.units.values()), [])

    made = [*one.paper, *one.authored_by(persons.author_of)]
    assert {part.id: part for part in made if isinstance(part, Node)} == {
        id_: node for id_, node in whole.nodes.items() if node.label == "Paper"
    }
    assert {part.key: part for part in made if isinstance(part, Edge)} == {
        key: edge for key, edge in whole.edges.items() if one.paper_id in (edge.start, edge.end)
    }
    assert one.content.encode() == canonical_json(record)


def test_two_mentions_of_one_person_are_one_authorship() -> None:
    one = prepared(paper("Twice Named", [author("Ada Quill", ORCID), author("A. Quill", ORCID)]))
    person = dict.fromkeys((unit.id for unit in one.units.values()), "author:ada-quill")
    (edge,) = one.authored_by(person)
    assert edge.properties["names_as_printed"] == ["Ada Quill", "A. Quill"]


def test_a_mention_that_is_kept_apart_is_not_made_beforehand() -> None:
    one = prepared(paper("Bridges", ["Ben Okoro", "Cleo Marsh"]))
    assert one.makes(one.paper_id, frozenset())
    assert one.makes(one.paper_id, {"lab:Other#1"})
    assert not one.makes(one.paper_id, {"lab:Bridges#2"})
    assert not one.makes("doi:10.1000/another", frozenset())
    assert mention_unit_id("lab:Bridges#2") not in {unit.id for unit in one.units.values()}


def test_other_records_are_put_as_they_are() -> None:
    page = source("lab")
    assert prepare(page) is page
