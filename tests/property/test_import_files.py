"""The import files of a first load hold exactly the graph that the fold defines."""

import errno
import os
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_service.model.records import ParsedAuthor, Record, canonical_json
from graph_service.model.revision import facts_revision
from graph_service.model.schema import EDGE_TYPE, NODE_TYPES
from graph_service.store.bulk_facts import Gathered, Spool
from graph_service.store.bulk_files import BulkFiles, Written, run
from graph_service.store.bulk_papers import PaperRows
from graph_service.store.bulk_people import PeopleRows
from graph_service.store.bulk_resolving import resolve_people, resolve_works
from graph_service.store.bulk_tasks import Numbers
from graph_service.store.fold import Graph, build_graph
from tests.import_reading import read_folder
from tests.invented import paper, small_world
from tests.property.test_stores_agree import records

# Of each an author may or may not say: how the name parts, and what is said of the person there.
SLOTS = st.builds(
    lambda parts, more: ParsedAuthor.model_validate({**parts, **more}),
    st.sampled_from(
        (
            {"name": "Ada Quill"},
            {"name": "Ada Quill", "family": "Quill", "given": "Ada"},
            {"name": "Quill, Ada, Jr.", "family": "Quill", "given": "Ada", "suffix": "Jr."},
            {"name": "B.\u00a0Okoro", "family": "Okoro", "given": "B."},
        )
    ),
    st.sampled_from(
        (
            {},
            {},
            {"is_corresponding": True},
            {"roles": ["Software"]},
            {"affiliations": [{"name": "North Lab"}]},
            {"identifiers": ["orcid:0000-0002-1825-0097"]},
        )
    ),
)
WITH_SLOTS = st.builds(
    lambda number, authors, complete: paper(f"P{number}", authors, complete=complete),
    st.integers(0, 9),
    st.lists(SLOTS, max_size=4),
    st.sampled_from((None, True, False)),
)

SERVICE = {node.label for node in NODE_TYPES if node.layer == "service"}


def written(facts: list[Record], *, processes: int = 1) -> tuple[Graph, Written]:
    """The graph of the import files, read back."""
    with tempfile.TemporaryDirectory() as folder:
        files = BulkFiles(Path(folder))
        files.put(map(canonical_json, facts))
        done = files.finish(processes=processes)
        return read_folder(Path(folder)), done


def facts_of(graph: Graph) -> Graph:
    """Without what only the store is served by."""
    found = Graph()
    found.add(node for node in graph.nodes.values() if node.label not in SERVICE)
    found.add(e for e in graph.edges.values() if EDGE_TYPE[e.type].layer != "service")
    return found


def assert_same(found: Graph, expected: Graph) -> None:
    assert found.nodes == expected.nodes
    assert found.edges == expected.edges


@given(facts=st.lists(records() | WITH_SLOTS, max_size=14, unique_by=lambda record: record.id))
def test_any_records_give_the_graph_of_the_fold(facts: list[Record]) -> None:
    graph, done = written(facts)
    assert_same(facts_of(graph), build_graph(facts, ()))
    assert done.facts_revision == facts_revision(facts, ())
    stored = {node.id: node for node in graph.nodes.values() if node.label == "Record"}
    assert {id_: node.properties["json"] for id_, node in stored.items()} == {
        f"record:{record.id}": canonical_json(record).decode() for record in facts
    }


@given(facts=st.lists(records() | WITH_SLOTS, max_size=8, unique_by=lambda record: record.id))
def test_the_short_way_of_plain_papers_writes_what_the_fold_says(facts: list[Record]) -> None:
    facts += [record for record in small_world() if record.id not in {one.id for one in facts}]
    with tempfile.TemporaryDirectory() as folder:
        made = []
        for plainly in (True, False):
            place = Path(folder, str(plainly))
            place.mkdir()
            gathered = Gathered(Spool(place / "records"))
            for record in facts:
                gathered.take(canonical_json(record))
            works = resolve_works(gathered)
            people, numbers = resolve_people(gathered, works), Numbers.of(gathered)
            papers = PaperRows(gathered, works, numbers, plainly=plainly)
            persons = PeopleRows(gathered, works, people, numbers, plainly=plainly)
            for task in (*papers.tasks(), *persons.tasks()):
                run(place, 0, task)
            gathered.spool.close()
            made.append({path.name: path.read_bytes() for path in place.glob("*.csv")})
        assert made[0] == made[1]
        assert made[0]["Paper.000.csv"]


@given(facts=st.lists(records(), max_size=14))
def test_the_last_record_of_an_id_counts(facts: list[Record]) -> None:
    last = {record.id: record for record in facts}
    graph, done = written(facts)
    assert_same(facts_of(graph), build_graph(last.values(), ()))
    assert done.facts_revision == facts_revision(last.values(), ())
    assert done.records == len(last)
    assert done.records + done.replaced + done.unchanged == len(facts)


def ends_at_once(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def finds_no_room(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    ("happens", "said"), [(ends_at_once, "ended with -9"), (finds_no_room, "No space left")]
)
@pytest.mark.parametrize("of", [(PaperRows, "_write_keys"), (PeopleRows, "_write_authors")])
def test_a_writing_process_that_fails_is_heard_of(
    monkeypatch: pytest.MonkeyPatch, of: tuple[type, str], happens: Callable[..., None], said: str
) -> None:
    monkeypatch.setattr(*of, happens)
    with pytest.raises(OSError, match=said):
        written(small_world(), processes=2)


@pytest.mark.parametrize("processes", [2, 3, 9])
def test_several_processes_write_the_same(processes: int) -> None:
    facts = small_world()
    one, _ = written(facts)
    several, done = written(facts, processes=processes)
    assert_same(one, several)
    assert one.nodes
    assert done.facts_revision == facts_revision(facts, ())
