"""The fold: records and decisions in, the facts graph out.

`build_graph` is the definition of what a store holds; the embedded store keeps its result, the
Neo4j store writes the parts of it that a change touches, and `verify` compares. Pure functions:
nothing here depends on the order of records.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from graph_service.identity.persons import Persons, resolve
from graph_service.identity.units import Unit, merge_units, split_mentions, units_of_record
from graph_service.model.errors import StoreCorrupt
from graph_service.model.ids import source_id, title_paper_id, topic_id, venue_id
from graph_service.model.names import display_order, name_key
from graph_service.model.records import (
    Decision,
    Mention,
    Organisation,
    PaperRecord,
    Record,
    SourceRecord,
    canonical_json,
    organisation_id,
    record_from_json,
)
from graph_service.model.schema import Edge, Node, Value, known

DAMAGED = (
    "the store is damaged: what it holds as a record is none; load its files, or import an "
    "export, into a new store"
)
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
# The same few venues, organisations and topics stand on many records.
_PRINTED_REMEMBERED = 10_000
_topic_id = lru_cache(maxsize=_PRINTED_REMEMBERED)(topic_id)
_venue_id = lru_cache(maxsize=_PRINTED_REMEMBERED)(venue_id)


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
        raise StoreCorrupt(DAMAGED) from error


def source_of(record: Record) -> str:
    """The name of the source that a record is of."""
    return record.name if isinstance(record, SourceRecord) else record.source


def paper_id(record: PaperRecord) -> str:
    """The id of the paper that a record speaks of."""
    return title_paper_id(record.title, record.id)


class KeptMention(NamedTuple):
    """A mention as stored."""

    name: str
    position: int | None = None
    family: str | None = None
    given: str | None = None
    suffix: str | None = None
    identifiers: Sequence[str] = ()
    orcid_authenticated: bool | None = None
    affiliations: Sequence[Organisation] = ()
    is_corresponding: bool | None = None
    roles: Sequence[str] = ()


class KeptRepository(NamedTuple):
    """A repository as stored."""

    id: str
    name: str


class KeptTopic(NamedTuple):
    """A topic as stored."""

    scheme: str
    name: str


@dataclass(slots=True)
class KeptPaper:
    """A paper's record as stored, its fields as in `PaperRecord`."""

    type: str
    source: str
    key: str
    format: str
    title: str
    date: str | None = None
    abstract: str | None = None
    kind: str | None = None
    venue: str | None = None
    authors_complete: bool | None = None
    has_code: bool | None = None
    identifiers: Sequence[str] = ()
    versions: Sequence[Mapping[str, str]] = ()
    relations: Sequence[Mapping[str, str]] = ()
    group_authors: Sequence[str] = ()
    affiliations: Sequence[Organisation] = ()
    locations: Sequence[Mapping[str, str]] = ()
    locator: str | None = None
    topics: Sequence[KeptTopic] = ()
    mentions: Sequence[KeptMention] = ()
    repositories: Sequence[KeptRepository] = ()
    references: Sequence[Mapping[str, object]] = ()
    references_unidentified: int | None = None
    references_complete: bool | None = None

    @property
    def id(self) -> str:
        """As of `PaperRecord`."""
        return f"{self.source}:{self.key}"


def kept_paper(text: bytes) -> KeptPaper:
    """Read a paper's record back for showing; it was checked when it was stored.

    Raises:
        StoreCorrupt: It is none; somebody else wrote it.
    """
    try:
        paper = KeptPaper(**orjson.loads(text))
        paper.mentions = [_kept_mention(mention) for mention in paper.mentions]  # type: ignore[arg-type]
        paper.affiliations = [_kept_organisation(one) for one in paper.affiliations]  # type: ignore[arg-type]
        paper.topics = [KeptTopic(**topic) for topic in paper.topics]  # type: ignore[arg-type]
        paper.repositories = [KeptRepository(**repo) for repo in paper.repositories]  # type: ignore[arg-type]
    except (ValueError, TypeError) as error:
        raise StoreCorrupt(DAMAGED) from error
    return paper


def _kept_mention(said: dict[str, Any]) -> KeptMention:
    if "affiliations" in said:
        said["affiliations"] = [_kept_organisation(one) for one in said["affiliations"]]
    return KeptMention(**said)


def _kept_organisation(said: dict[str, Any]) -> Organisation:
    return Organisation.model_construct(
        name=said["name"],
        identifiers=tuple(said.get("identifiers", ())),
        country=said.get("country"),
    )


# A record, or one read back without checking it again.
Said = PaperRecord | KeptPaper


def fold_paper(
    record: PaperRecord, unit_of: Mapping[str, str], author_of: Mapping[str, str]
) -> Iterator[Node | Edge]:
    """Make a record's paper and its relationships; shared nodes are made by `shared_nodes`.

    Args:
        record: The record.
        unit_of: Unit id of each of its mention ids.
        author_of: Author id of each of those units.
    """
    authors = [author_of[unit_of[record.mention_id(mention)]] for mention in record.mentions]
    yield paper_node(record, paper_id(record))
    yield from paper_edges(record, paper_id(record), authors)


def paper_node(record: Said, paper: str) -> Node:
    """Make the node of a record's paper, whose id is `paper`."""
    return Node(
        "Paper",
        paper,
        known(
            title=record.title,
            year=int(record.date[:4]) if record.date else None,
            date=record.date,
            date_precision=DATE_PRECISION[len(record.date)] if record.date else None,
            venue=record.venue,
            kind=record.kind,
            abstract=record.abstract,
            authors_complete=record.authors_complete,
            has_code=record.has_code,
            references=len(record.references) or None,
            references_complete=record.references_complete,
            sources=[source_id(record.source)],
        ),
    )


def paper_edges(record: Said, paper: str, authors: Sequence[str]) -> Iterator[Edge]:
    """Make the relationships of a record's paper; `authors` are the ids of its mentions' authors."""
    mentions: Sequence[Mention | KeptMention] = record.mentions
    last = max((mention.position or 0 for mention in mentions), default=0)
    complete, record_id = record.authors_complete, record.id
    for mention, author in zip(mentions, authors, strict=True):
        position = mention.position
        properties: dict[str, Value] = {} if position is None else {"position": position}
        if complete:
            properties["is_last"] = position == last
        properties["name_as_printed"] = mention.name
        properties["mentions"] = [f"{record_id}#{position or 'subject'}"]
        yield Edge("AUTHORED", author, paper, properties)
    of_authors = {organisation_id(one) for mention in mentions for one in mention.affiliations}
    for kind, node, printed in shared_links(record):
        more: dict[str, Value] = {}
        if kind == "AFFILIATED_WITH":
            more["certainty"] = "author" if node in of_authors else "paper"
        yield Edge(kind, paper, node, {**more, "as_printed": printed})
    yield Edge("LISTED_IN", paper, source_id(record.source), known(locator=record.locator))


def said_of_citation(
    intent: str | None, influential: bool | None, in_text: int | None
) -> dict[str, Value]:
    """Make the properties of a citation, or of a reference."""
    return known(intent=intent, influential=influential, in_text=in_text)


def citations(records: Iterable[PaperRecord], paper_of: Mapping[str, str]) -> Iterator[Edge]:
    """Make the citations that records make of papers that are there, by record in `paper_of`."""
    for record in records:
        for one in record.references:
            cited = paper_of.get(one.to)
            if cited is not None and one.to != record.id:
                said = said_of_citation(one.intent, one.influential, one.in_text)
                yield Edge("CITES", paper_of[record.id], cited, said)


def organisations_of(record: Said) -> Iterator[Organisation]:
    """The organisations of a record's paper and of its authors, each once by its id."""
    found = {organisation_id(one): one for one in record.affiliations}
    for mention in record.mentions:
        for one in mention.affiliations:
            found.setdefault(organisation_id(one), one)
    yield from found.values()


def shared_links(record: Said) -> Iterator[tuple[str, str, str]]:
    """List what a record shares with others: relationship type, node id, and as printed."""
    for organisation in organisations_of(record):
        yield "AFFILIATED_WITH", organisation_id(organisation), organisation.name
    for repo in record.repositories:
        yield "HAS_CODE", repo.id, repo.name
    for topic in record.topics:
        yield "HAS_TOPIC", _topic_id(topic.scheme, topic.name), topic.name
    if record.venue:
        yield "PUBLISHED_IN", _venue_id(record.venue), record.venue


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


def author_node(
    author: str,
    members: Sequence[Unit],
    verified: Collection[str],
    sources: Mapping[str, SourceRecord],
) -> Node:
    """Make an author of its units; see `identity_parts`."""
    variants = sorted(frozenset().union(*(unit.variants for unit in members)))
    is_verified = all(unit.id in verified for unit in members)
    if not any(unit.source in sources and sources[unit.source].metrics for unit in members):
        return plain_author(author, variants, is_verified)
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
    return plain_author(author, variants, is_verified, metrics)


def plain_author(
    author: str,
    variants: Sequence[str],
    verified: bool,
    metrics: Sequence[Mapping[str, object]] = (),
) -> Node:
    """Make an author of all spellings, ascending, and of what pages print about them."""
    properties: dict[str, Value] = {
        "name": variants[0] if len(variants) == 1 else min(variants, key=display_order),
        "name_variants": list(variants),
        "identity": "verified" if verified else "unverified",
    }
    if metrics:
        properties["metrics"] = canonical_json(metrics).decode()
    return Node("Author", author, properties)


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
        yield author_node(author, members, persons.verified, sources)
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
        elif isinstance(record, SourceRecord):
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
    graph.add(citations(papers, {record.id: paper_id(record) for record in papers}))
    graph.add(shared_node(label, node_id, names) for (label, node_id), names in printed.items())
    names_of_sources = {record.source for record in papers} | set(sources)
    graph.add(source_node(name, sources.get(name)) for name in names_of_sources)
    graph.add(identity_parts(units, persons, sources))
    graph.add(decision_node(row) for row in log)
    return graph
