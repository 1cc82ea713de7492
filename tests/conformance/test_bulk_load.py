"""A bulk load into a stopped Neo4j leaves exactly what ordinary loads leave."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import neo4j
import pytest
from pydantic import SecretStr

from graph_service.model.records import Record, canonical_json
from graph_service.settings import Settings
from graph_service.store.neo4j_bulk import BulkLoad
from graph_service.store.opening import open_store
from tests.invented import author, paper, small_world, source

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools" / "neo4j"))

pytestmark = [pytest.mark.timeout(300)]
PASSWORD = "only-for-tests"
# Everything that a CSV reader might stumble over.
HOSTILE = (
    'a "quoted" word',
    "a\nb\r\nc\rd",
    "a,b;c|d\te",
    "=1+1",
    "\x01\x01 \x1f \x1e \x01",
    "\\\\ \\n \\",
    "  blanks around  ",
    "\u2028 \u2029 \x85 \ufeff \u202e",
    "\U0001f9f6 ﬁ é e\u0301",
    "",
    " ",
)


def everything() -> list[Record]:
    """Several sources with papers, people and citations in common, and hostile texts."""
    ada = author("Ada Quill", "orcid:0000-0002-1825-0097", affiliations=("North Lab",))
    found = [
        *small_world(),
        paper("Looms", [ada, "Ben Okoro"], source="hub", identifiers=("doi:10.1000/looms",)),
        paper(
            "Looms",
            [author("A. Quill"), "Ben Okoro"],
            source="shelf",
            identifiers=("doi:10.1000/looms", "arxiv:2001.00001"),
            references=({"to": "doi:10.1000/yarn", "intent": "extends", "in_text": 2},),
        ),
        paper(
            "Yarn",
            ["Ben Okoro", author("Cleo Marsh", "openalex:A1", "s2:7")],
            source="shelf",
            identifiers=("doi:10.1000/yarn",),
            references=({"to": "hub:Looms"}, {"to": "doi:10.1000/absent", "influential": True}),
            relations=({"kind": "preprint-of", "to": "doi:10.1000/looms"},),
            topics=({"scheme": "theme", "name": "Weaving"},),
            venue="SHORE LETTERS",
            versions=({"name": "v2", "date": "2020-01-02"},),
        ),
        paper(
            "Wide", ["Zoë Ångström-Lee", "李 明", "O'Neil, Jr., Pat"], title_words=' =1+1 \\ "x"'
        ),
        paper("Long", ["Ada Quill"], abstract="long " * 850_000),
    ]
    found += [
        paper(f"Hostile {number}", ["Ada Quill"], source="odd", abstract=text or None)
        for number, text in enumerate(HOSTILE)
    ]
    return found


class Place:
    """A server of its own, that can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server: Any = None
        self.port = 0

    def start(self) -> None:
        from local.artifacts import project_home
        from local.servers import start_on_free_ports

        self.server = start_on_free_ports(
            project_home(),
            self.folder,
            password=PASSWORD,
            preferred=(self.port, 0),
            heap="512m",
            page_cache="64m",
            short_lived=True,
        )
        self.port = self.server.bolt_port

    def stop(self) -> None:
        self.server.stop()

    @property
    def settings(self) -> Settings:
        return Settings(
            store=f"bolt://127.0.0.1:{self.port}",
            neo4j_password=SecretStr(PASSWORD),
            neo4j_home=self.folder,
        )


@pytest.fixture(scope="module")
def place(neo4j_server: Any) -> Iterator[Place]:
    folder = Path(tempfile.mkdtemp(prefix="coauthor-graph-bulk-"))
    made = Place(folder)
    made.start()
    try:
        yield made
    finally:
        made.server.stop(grace_seconds=0)
        shutil.rmtree(folder, ignore_errors=True)


def raw(uri: str, user: str, password: str) -> dict[str, Any]:
    """Everything a database holds, constraints and indexes too, through the back door."""
    with neo4j.GraphDatabase.driver(uri, auth=(user, password)) as driver:
        nodes = driver.execute_query(
            "MATCH (n) RETURN labels(n) AS labels, properties(n) AS properties"
        ).records
        edges = driver.execute_query(
            "MATCH (a)-[r]->(b) RETURN type(r) AS type, a.id AS start, b.id AS end, "
            "properties(r) AS properties"
        ).records
        indexes = driver.execute_query(
            "SHOW INDEXES YIELD name, type, labelsOrTypes, properties, owningConstraint"
        ).records
    return {
        "nodes": {(row["labels"][0], row["properties"]["id"]): row["properties"] for row in nodes},
        "edges": sorted((dict(row) for row in edges), key=repr),
        "indexes": sorted((dict(row) for row in indexes if row["labelsOrTypes"]), key=repr),
        "count": len(nodes),
    }


def bulk(place: Place, facts: list[Record], **options: Any) -> Any:
    """Load in bulk, between a stop and a start of the server."""
    place.stop()
    try:
        with BulkLoad(place.settings, **options) as load:
            for start in range(0, len(facts), 7):
                load.put(facts[start : start + 7])
            return load.finish()
    finally:
        place.start()


async def ordinary(settings: Settings, facts: list[Record]) -> Any:
    """Load as always; say what the store then says of itself."""
    store = await open_store(settings.store, settings, create=True)
    try:
        async with store.writing():
            counts = await store.put(facts)
        return counts, await store.graph(), await store.counts(), await store.state()
    finally:
        await store.close()


def test_a_bulk_load_is_an_ordinary_load(
    place: Place, neo4j_server: Any, neo4j_settings: Settings, empty_neo4j: str
) -> None:
    facts = everything()
    more = [paper("Later", ["Cleo Marsh", "New Person"], source="hub"), facts[3], source("hub")]
    there = neo4j_settings.model_copy(update={"store": empty_neo4j})
    counts, *expected = anyio.run(ordinary, there, facts)

    done = bulk(place, facts)
    assert done.counts == counts
    assert done.facts_revision == expected[2].facts_revision
    assert done.papers == sum(b'"type":"paper"' in canonical_json(record) for record in facts)
    _, *found = anyio.run(ordinary, place.settings, [])
    assert found[0].nodes == expected[0].nodes
    assert found[0].edges == expected[0].edges
    assert found[1:] == expected[1:]
    ours = raw(place.settings.store, "neo4j", PASSWORD)
    theirs = raw(empty_neo4j, neo4j_server.user, neo4j_server.password)
    assert ours["count"] == len(ours["nodes"])
    assert ours == theirs

    # What is loaded later goes on from it.
    assert anyio.run(ordinary, place.settings, more) == anyio.run(ordinary, there, more)
    ours = raw(place.settings.store, "neo4j", PASSWORD)
    theirs = raw(empty_neo4j, neo4j_server.user, neo4j_server.password)
    assert ours == theirs
