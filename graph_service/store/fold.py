"""The fold: records and decisions in, the facts graph out.

`build_graph` is the definition of what a store holds; the embedded store keeps its result, the
Neo4j store writes the parts of it that a change touches, and `verify` compares. Pure functions:
nothing here depends on the order of records.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from graph_service.identity.persons import Persons, resolve
from graph_service.identity.units import Unit, merge_units, split_mentions, units_of_record
from graph_service.model.errors import StoreCorrupt
from graph_service.model.ids import affiliation_id, source_id, title_paper_id, topic_id, venue_id
from graph_service.model.names import display_order, name_key
from graph_service.model.records import (
    Decision,
    PaperRecord,
    Record,
    SourceRecord,
    canonical_json,
    record_from_json,
)
from graph_service.model.schema import Edge, Node, known

DATE_PRECISION = {4: "year", 7: "month", 10: "day"}
# Relationships whose far node is shared by papers and named after what they print.
SHARED = {
    "AFFILIATED_WITH": "Affiliation",
    "HAS_CODE": "Repo",
    "HAS_TOPIC": "Topic",
    "PUBLISHED_IN": "Venue",
}
# Everything else that a paper's facts lead to.
LINKS = frozenset({*SHARED, "LISTED_IN"})


@dataclass(slots=True)
class Graph:
    """Nodes by id and edges by their keys."""

    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[tuple[str, str, str], Edge] = field(default_factory=dict)

    def add(self, parts: Iterable[Node | Edge]) -> None:
        """Put nodes and edges in, replacing equal keys."""
        for part in parts:
            if isinstance(part, Node):
                self.nodes[part.id] = part
            else:
                self.edges[part.key] = part


def stored_record(text: bytes | str) -> Record:
    """Read a record back from a store.

    Raises:
        StoreCorrupt: It is none; somebody else wrote it.
    """
    try:
        return record_from_json(text)
    except ValueError as error:  # of pydantic as of orjson
        raise StoreCorrupt(
            "the store is damaged: what it holds as a record is none; load its files, or import "
            "an export, into a new store"
        ) from error


def paper_id(record: PaperRecord) -> str:
    """The id of the paper that a record speaks of."""
    return title_paper_id(record.title, record.id)


def fold_paper(
    record: PaperRecord, unit_of: Mapping[str, str], author_of: Mapping[str, str]
) -> Iterator[Node | Edge]:
    """Make a record's paper and its relationships; shared nodes are made by `shared_nodes`.

    Args:
        record: The record.
        unit_of: Unit id of each of its mention ids.
        author_of: Author id of each of those units.
    """
    paper = paper_id(record)
    year = int(record.date[:4]) if record.date else None
    yield Node(
        "Paper",
        paper,
        known(
            title=record.title,
            year=year,
            date=record.date,
            date_precision=DATE_PRECISION[len(record.date)] if record.date else None,
            venue=record.venue,
            kind=record.kind,
            abstract=record.abstract,
            authors_complete=record.authors_complete,
            has_code=record.has_code,
            sources=[source_id(record.source)],
        ),
    )
    last = max((mention.position or 0 for mention in record.mentions), default=0)
    for mention in record.mentions:
        mention_id = record.mention_id(mention)
        yield Edge(
            "AUTHORED",
            author_of[unit_of[mention_id]],
            paper,
            known(
                position=mention.position,
                is_last=(mention.position == last) if record.authors_complete else None,
                name_as_printed=mention.name,
                mentions=[mention_id],
            ),
        )
    for name in record.affiliations:
        yield Edge(
            "AFFILIATED_WITH",
            paper,
            affiliation_id(name),
            {"certainty": "paper", "as_printed": name},
        )
    for repo in record.repositories:
        yield Edge("HAS_CODE", paper, repo.id, {"as_printed": repo.name})
    for topic in record.topics:
        yield Edge(
            "HAS_TOPIC", paper, topic_id(topic.scheme, topic.name), {"as_printed": topic.name}
        )
    if record.venue:
        yield Edge("PUBLISHED_IN", paper, venue_id(record.venue), {"as_printed": record.venue})
    yield Edge("LISTED_IN", paper, source_id(record.source), known(locator=record.locator))


def shared_node(label: str, node_id: str, printed: Iterable[str]) -> Node:
    """Make a node that papers share, named by the best of what they print."""
    name = min(printed, key=display_order)
    if label == "Repo":
        return Node(label, node_id, {"name": name, "url": f"https://github.com/{name}"})
    if label == "Topic":
        scheme = node_id.removeprefix("topic:").split("/", 1)[0]
        return Node(label, node_id, {"name": name, "scheme": scheme})
    return Node(label, node_id, {"name": name})


def source_node(name: str, record: SourceRecord | None) -> Node:
    """Make a source's node; without a record of its own only its name is known."""
    if record is None:
        return Node("Source", source_id(name), {"label": name})
    return Node(
        "Source",
        record.id,
        known(
            kind=record.format,
            label=record.label,
            announced_papers=record.announced_papers,
            subject=record.subject,
        ),
    )


def identity_parts(
    units: Mapping[str, Unit], persons: Persons, sources: Mapping[str, SourceRecord]
) -> Iterator[Node | Edge]:
    """Make authors, names, and the relationships that say why names are one author.

    Args:
        units: The units to write, by id.
        persons: Who they are.
        sources: Source records by source name, for the figures that a page prints about its
            subject; those of other people's sources do no harm.
    """
    of_author: dict[str, list[Unit]] = {}
    for unit_id in sorted(units):
        of_author.setdefault(persons.author_of[unit_id], []).append(units[unit_id])
    for author, members in of_author.items():
        variants = sorted(frozenset().union(*(unit.variants for unit in members)))
        pages = sorted(
            {
                unit.source
                for unit in members
                if (page := sources.get(unit.source)) is not None
                and page.subject is not None
                and page.metrics
                and name_key(page.subject) == unit.key
                and unit.is_name
            }
        )
        metrics = [
            {
                "source": sources[page].id,
                "as_of": sources[page].metrics_as_of,
                "figures": sources[page].metrics,
            }
            for page in pages
        ]
        yield Node(
            "Author",
            author,
            known(
                name=min(variants, key=display_order),
                name_variants=list(variants),
                identity="verified"
                if all(unit.id in persons.verified for unit in members)
                else "unverified",
                metrics=canonical_json(metrics).decode() if metrics else None,
            ),
        )
        for unit in members:
            yield Node(
                "Name",
                unit.id,
                {
                    "name": unit.display,
                    "key": unit.key.text,
                    "source": source_id(unit.source),
                    "variants": sorted(unit.variants),
                    "first_mention": unit.first_mention,
                },
            )
            status = "verified" if unit.id in persons.verified else "unverified"
            yield Edge("NAME_OF", unit.id, author, {"status": status})
    for join in persons.joins:
        yield Edge(
            "SAME_AS",
            join.a,
            join.b,
            known(
                decision=join.decision,
                rule=join.rule,
                status="applied" if join.blocked_by is None else f"blocked by {join.blocked_by}",
            ),
        )


def decision_node(row: Decision) -> Node:
    """Make the node of one line of the identity log."""
    return Node(
        "Decision",
        row.id,
        known(
            number=row.number,
            op=row.op,
            a=row.a,
            b=row.b,
            by=row.by,
            json=canonical_json(row).decode(),
        ),
    )


def build_graph(
    records: Iterable[Record],
    log: Iterable[Decision],
    *,
    progress: Callable[[int], None] | None = None,
) -> Graph:
    """Build the whole facts graph.

    Args:
        records: Every record, in any order.
        log: The whole identity log, in any order.
        progress: Called with the number of papers folded so far.
    """
    log = list(log)
    papers: list[PaperRecord] = []
    sources: dict[str, SourceRecord] = {}
    for record in records:
        if isinstance(record, PaperRecord):
            papers.append(record)
        else:
            sources[record.name] = record

    split = split_mentions(log)
    unit_of: dict[str, str] = {}
    partial: list[Unit] = []
    for record in papers:
        for mention, unit in units_of_record(record, split):
            unit_of[record.mention_id(mention)] = unit.id
            partial.append(unit)
    units = merge_units(partial)
    persons = resolve(units, log)

    graph = Graph()
    printed: dict[tuple[str, str], set[str]] = {}
    for done, record in enumerate(papers, start=1):
        for part in fold_paper(record, unit_of, persons.author_of):
            graph.add((part,))
            if isinstance(part, Edge) and part.type in SHARED:
                printed.setdefault((SHARED[part.type], part.end), set()).add(
                    str(part.properties["as_printed"])
                )
        if progress is not None and done % 1000 == 0:
            progress(done)
    graph.add(shared_node(label, node_id, names) for (label, node_id), names in printed.items())
    names_of_sources = {record.source for record in papers} | set(sources)
    graph.add(source_node(name, sources.get(name)) for name in names_of_sources)
    graph.add(identity_parts(units, persons, sources))
    graph.add(decision_node(row) for row in log)
    return graph
