"""What a store's reads should say, read off its whole graph in the simplest way."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from graph_service.identity.persons import resolve
from graph_service.identity.units import Unit, merge_units
from graph_service.model.names import NameKey
from graph_service.model.schema import Edge, Node
from graph_service.store.fold import SHARED, Graph
from graph_service.store.protocol import (
    AuthorFacts,
    GraphStore,
    PaperFacts,
    ProjectedAuthor,
    ProjectedPaper,
)


def nodes_of(graph: Graph, label: str) -> list[Node]:
    """Nodes of a label, by id."""
    return sorted(
        (node for node in graph.nodes.values() if node.label == label), key=lambda node: node.id
    )


def edges_of(graph: Graph, *kinds: str) -> list[Edge]:
    """Relationships of these types, by type and ends."""
    return sorted(
        (edge for edge in graph.edges.values() if edge.type in kinds), key=lambda edge: edge.key
    )


def projected_papers(graph: Graph) -> list[ProjectedPaper]:
    """What `project_papers` streams."""
    authored = edges_of(graph, "AUTHORED")
    return [
        ProjectedPaper(
            node.id,
            str(node.properties["title"]),
            str(node.properties.get("date", "")),
            node.properties.get("authors_complete"),  # type: ignore[arg-type]
            tuple(
                (edge.start, int(str(edge.properties.get("position", 0))))
                for edge in authored
                if edge.end == node.id
            ),
        )
        for node in nodes_of(graph, "Paper")
    ]


def projected_authors(graph: Graph) -> list[ProjectedAuthor]:
    """What `project_authors` streams."""
    return [
        ProjectedAuthor(
            node.id,
            str(node.properties["name"]),
            str(node.properties["identity"]),
            tuple(node.properties["name_variants"]),  # type: ignore[arg-type]
        )
        for node in nodes_of(graph, "Author")
    ]


def _units(graph: Graph) -> Iterator[Unit]:
    """The units of all mentions, read off the authorships."""
    for edge in edges_of(graph, "AUTHORED"):
        said: dict[str, Any] = edge.properties
        ids, printed = said["mentions"], said.get("names_as_printed", [said["name_as_printed"]])
        borne = said.get("identifiers", [""] * len(ids))
        for mention, unit, name, identifiers in zip(
            ids, said["names"], printed, borne, strict=True
        ):
            node: dict[str, Any] = graph.nodes[unit].properties
            yield Unit(
                id=unit,
                key=NameKey.from_text(node["key"]),
                source=node["source"].removeprefix("source:"),
                variants=frozenset([name]),
                first_mention=mention,
                records=frozenset([mention.rsplit("#", 1)[0]]),
                identifiers=frozenset(identifiers.split()),
            )


def _pairs(graph: Graph) -> list[tuple[str, str]]:
    return [(edge.start, edge.end) for edge in edges_of(graph, "ALIGNED_WITH")]


def author_facts(graph: Graph, author: Node) -> AuthorFacts:
    """What `authors` gives for one."""
    names = [edge for edge in edges_of(graph, "NAME_OF") if edge.end == author.id]
    of_author = {edge.start for edge in names}
    return AuthorFacts(
        author,
        tuple((graph.nodes[edge.start], edge) for edge in names),
        tuple(edge for edge in edges_of(graph, "SAME_AS") if {edge.start, edge.end} & of_author),
    )


def paper_facts(graph: Graph, paper: Node) -> PaperFacts:
    """What `papers` gives for one."""
    authored = [edge for edge in edges_of(graph, "AUTHORED") if edge.end == paper.id]
    unprinted = 10**6
    authored.sort(key=lambda edge: (edge.properties.get("position", unprinted), edge.start))
    links = [edge for edge in edges_of(graph, *SHARED, "LISTED_IN") if edge.start == paper.id]
    return PaperFacts(
        paper,
        tuple((edge, graph.nodes[edge.start]) for edge in authored),
        tuple((edge, graph.nodes[edge.end]) for edge in links),
        tuple(
            sorted(
                (end, str(edge.properties["rule"]))
                for edge in edges_of(graph, "SAME_WORK_AS")
                for start, end in ((edge.start, edge.end), (edge.end, edge.start))
                if start == paper.id
            )
        ),
    )


async def assert_reads_agree(store: GraphStore, graph: Graph) -> None:
    """Check every read of a store against its facts graph; nothing was derived."""
    papers = [paper async for some in store.project_papers() for paper in some]
    assert papers == projected_papers(graph)
    authors = [author async for some in store.project_authors() for author in some]
    assert authors == projected_authors(graph)

    # Backwards, one twice and one that is not there: the order is the asker's.
    wanted = nodes_of(graph, "Author")[::-1]
    wanted += wanted[:1]
    ids = [node.id for node in wanted]
    assert await store.authors([*ids, "author:nobody"]) == [author_facts(graph, n) for n in wanted]
    wanted = nodes_of(graph, "Paper")[::-1]
    ids = [node.id for node in wanted]
    assert await store.papers(["title:none", *ids]) == [paper_facts(graph, n) for n in wanted]
    assert await store.papers(ids[:1]) == [paper_facts(graph, n) for n in wanted[:1]]

    keys: dict[str, set[str]] = {}
    for edge in edges_of(graph, "NAME_OF"):
        keys.setdefault(str(graph.nodes[edge.start].properties["key"]), set()).add(edge.end)
    for key, bearers in keys.items():
        assert await store.authors_known_as(key) == sorted(bearers)
    borne: dict[str, set[str]] = {}
    for node in nodes_of(graph, "Author"):
        for identifier in node.properties.get("identifiers", ()):  # type: ignore[union-attr]
            borne.setdefault(str(identifier), set()).add(node.id)
    for identifier, bearers in borne.items():
        assert await store.authors_known_as(identifier) == sorted(bearers)
    assert await store.authors_known_as("nobody") == []
    assert await store.authors_known_as("orcid:nobody") == []
    called: dict[str, set[str]] = {}
    for node in nodes_of(graph, "Paper"):
        said = (node.properties.get("identifiers", ()), node.properties["records"])
        for name in (str(one) for some in said for one in some):  # type: ignore[union-attr]
            called.setdefault(name, set()).add(node.id)
    for name, papers_called in called.items():
        assert await store.papers_known_as(name) == sorted(papers_called)
    assert await store.papers_known_as("doi:10.1/none") == []

    units = merge_units(_units(graph))
    log = await store.decisions()
    for name in sorted(units)[:4]:
        part = await store.identity_part([name])
        assert part.units == {id_: units[id_] for id_ in part.units}
        persons, everyone = (
            resolve(part.units, log, part.aligned),
            resolve(units, log, _pairs(graph)),
        )
        assert name in part.units
        assert persons.author_of == {id_: everyone.author_of[id_] for id_ in part.units}

    for kind, label in [*SHARED.items(), ("LISTED_IN", "Source")]:
        on_shelf = [
            (node, sorted(edge.start for edge in edges_of(graph, kind) if edge.end == node.id))
            for node in nodes_of(graph, label)
        ]
        assert await store.shelf(label) == on_shelf
        for node, ids in on_shelf:
            assert await store.shelf(label, node.id) == [(node, ids)]
        assert await store.shelf(label, "venue:none") == []

    labels = Counter(node.label for node in graph.nodes.values())
    kinds = Counter(edge.type for edge in graph.edges.values())
    assert await store.counts() == (dict(sorted(labels.items())), dict(sorted(kinds.items())))
