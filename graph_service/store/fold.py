"""The fold: records and decisions in, the facts graph out.

`build_graph` is the definition of what a store holds; the embedded store keeps its result, the
Neo4j store writes the parts of it that a change touches, and `verify` compares. Pure functions:
nothing here depends on the order of records.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

import orjson

from graph_service.identity.alignment import leading_record
from graph_service.identity.persons import Join, Persons, resolve
from graph_service.identity.units import (
    NamedWork,
    Unit,
    merge_units,
    name_mentions,
    split_mentions,
    units_of_work,
)
from graph_service.identity.works import WorkCard, WorkJoin, meeting, resolve_works, work_card
from graph_service.model.errors import StoreCorrupt
from graph_service.model.identifiers import PAPER_RANK, best_identifier
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
    how_little_is_said,
    organisation_id,
    record_from_json,
)
from graph_service.model.revision import work_decisions
from graph_service.model.schema import Edge, Node, Value, known
from graph_service.model.source_rank import rank_of_format

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
    """The id of a paper that only this record speaks of."""
    best = best_identifier(record.identifiers, PAPER_RANK) if record.identifiers else None
    return best or title_paper_id(record.title, record.id)


R = TypeVar("R", "PaperRecord", "KeptPaper")


def ranked(records: "Iterable[R]") -> "list[R]":
    """Order the records of a paper: those whose word counts come first."""
    return sorted(
        records, key=lambda record: (rank_of_format(record.format), record.source, record.key)
    )


class Work(NamedTuple):
    """A paper: its id, and its records in the order of their ranks."""

    id: str
    records: list[PaperRecord]


@dataclass(slots=True)
class WorkParts:
    """Papers by id, why records are one, and which papers are one work in two forms."""

    works: dict[str, Work]
    paper_of: dict[str, str]
    cards: Mapping[str, WorkCard]
    joins: dict[str, list[WorkJoin]]
    links: list[Edge]


def former_ids(work: Work) -> Iterator[tuple[str, str]]:
    """The ids that a paper would have had with one record alone, each behind that record's id."""
    if len(work.records) == 1:
        return
    for record in work.records:
        if not record.identifiers and (alone := paper_id(record)) != work.id:
            yield record.id, alone


def works_of(
    records: Mapping[str, PaperRecord],
    log: Iterable[Decision],
    cards: Mapping[str, WorkCard] | None = None,
) -> WorkParts:
    """Make papers of records, which are closed in the sense of `identity.works`.

    A paper is named by its smallest identifier in the order of schemes, but for one that
    another paper bears already; else by the title and the id of its smallest record.

    Args:
        records: By id.
        log: The whole log of decisions.
        cards: Of the records, where they are made already.
    """
    if cards is None:
        cards = {record_id: work_card(record) for record_id, record in records.items()}
    decisions = work_decisions(log)
    together = meeting(cards, decisions)
    works: dict[str, Work] = {}
    paper_of: dict[str, str] = {}
    for record_id, record in records.items():
        if record_id not in together:
            paper = paper_of[record_id] = paper_id(record)
            works[paper] = Work(paper, [record])
    found = resolve_works({record_id: cards[record_id] for record_id in together}, decisions)
    for members in sorted(set(found.work_of.values())):
        own = [records[member] for member in members]
        borne = {one for record in own for one in record.identifiers} - works.keys()
        best = best_identifier(borne, PAPER_RANK) if borne else None
        paper = best or title_paper_id(own[0].title, members[0])
        works[paper] = Work(paper, ranked(own))
        paper_of.update(dict.fromkeys(members, paper))
    joins: dict[str, list[WorkJoin]] = {}
    for join in found.joins:
        joins.setdefault(paper_of[join.a], []).append(join)
    links = []
    for link in found.links:
        start, end = sorted((paper_of[link.a], paper_of[link.b]))
        links.append(Edge("SAME_WORK_AS", start, end, {"rule": link.rule}))
    return WorkParts(works, paper_of, cards, joins, links)


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


# Fields of which the first record that says something is heard.
_FIELDS = ("title", "date", "venue", "kind", "abstract")


def paper_node(records: Sequence[Said], paper: str, joins: Iterable[WorkJoin] = ()) -> Node:
    """Make the node of a paper of its records, in the order of their ranks.

    Of most fields the first record that says something is heard. A flag holds where any record
    raises it, and is known to be down where none does and one says so; `authors_complete` is of
    the list of authors that leads.
    """
    heard: dict[str, Said] = {}
    for name in _FIELDS:
        for record in records:
            if getattr(record, name) is not None:
                heard[name] = record
                break
    first = records[0]
    date = heard["date"].date if "date" in heard else None
    leading = leading_record(records)
    references = {
        one["to"] if isinstance(one, Mapping) else one.to
        for record in records
        for one in record.references
    }
    said_by = (
        [f"{name} {record.id}" for name, record in sorted(heard.items())]
        if len(records) > 1
        else []
    )
    return Node(
        "Paper",
        paper,
        known(
            title=first.title,
            year=int(date[:4]) if date else None,
            date=date,
            date_precision=DATE_PRECISION[len(date)] if date else None,
            venue=heard["venue"].venue if "venue" in heard else None,
            kind=heard["kind"].kind if "kind" in heard else None,
            abstract=heard["abstract"].abstract if "abstract" in heard else None,
            identifiers=_union(record.identifiers for record in records),
            authors_complete=leading.authors_complete,
            group_authors=_union(record.group_authors for record in records),
            has_code=_any(record.has_code for record in records),
            versions=_union(_versions(record) for record in records),
            references=len(references) or None,
            references_unidentified=max(
                (record.references_unidentified or 0 for record in records), default=0
            )
            or None,
            references_complete=_any(record.references_complete for record in records),
            sources=_union((source_id(record.source),) for record in records),
            records=_union((record.id,) for record in records),
            said_by=said_by,
            joined_by=[_told(join) for join in joins],
        ),
    )


def _told(join: WorkJoin) -> str:
    why = f" {join.decision}" if join.decision else ""
    blocked = f" blocked by {join.blocked_by}" if join.blocked_by else ""
    return f"{join.rule} {join.a} {join.b}{why}{blocked}"


def _versions(record: Said) -> list[str]:
    return [
        " ".join(filter(None, (one["name"], one.get("date"))))
        if isinstance(one, Mapping)
        else " ".join(filter(None, (one.name, one.date)))
        for one in record.versions
    ]


def _union(lists: Iterable[Iterable[str]]) -> list[str]:
    found = {one for given in lists for one in given}
    return sorted(found) if found else []


def _any(flags: Iterable[bool | None]) -> bool | None:
    known_flags = [flag for flag in flags if flag is not None]
    return any(known_flags) if known_flags else None


def alignment_edges(paper: str, named: NamedWork) -> Iterator[Edge]:
    """Say which names a paper shows to be one person's."""
    for a, b in named.aligned:
        yield Edge("ALIGNED_WITH", min(a, b), max(a, b), {"paper": paper})


class _Slot(NamedTuple):
    """A mention on its way into an authorship: of which record, and whether that one leads."""

    record: Said
    mention: Mention | KeptMention
    leads: bool


def paper_edges(
    records: Sequence[Said], paper: str, authors: Mapping[str, str], units: Mapping[str, str]
) -> Iterator[Edge]:
    """Make the relationships of a paper of its records, in the order of their ranks."""
    yield from authored_edges(records, paper, authors, units)
    yield from linking_edges(records, paper)


def authored_edges(
    records: Sequence[Said], paper: str, authors: Mapping[str, str], units: Mapping[str, str]
) -> Iterator[Edge]:
    """Make the authorships of a paper.

    Places in the list of authors are those of the record that leads; who is only named by
    others has none.
    """
    leading = leading_record(records)
    slots: dict[str, list[_Slot]] = {}
    for record in sorted(records, key=lambda record: record is not leading):
        for mention in record.mentions:
            author = authors[f"{record.id}#{mention.position or 'subject'}"]
            slots.setdefault(author, []).append(_Slot(record, mention, record is leading))
    last = max((mention.position or 0 for mention in leading.mentions), default=0)
    for author, own in slots.items():
        yield Edge("AUTHORED", author, paper, _authorship(own, last, units))


def linking_edges(records: Sequence[Said], paper: str) -> Iterator[Edge]:
    """Make the relationships of a paper but for its authorships."""
    of_authors = {
        organisation_id(one)
        for record in records
        for mention in record.mentions
        for one in mention.affiliations
    }
    links: dict[tuple[str, str], str] = {}
    for record in records:
        for kind, node, printed in shared_links(record):
            links[kind, node] = min(links.get((kind, node), printed), printed, key=display_order)
    for (kind, node), printed in links.items():
        more: dict[str, Value] = {}
        if kind == "AFFILIATED_WITH":
            more["certainty"] = "author" if node in of_authors else "paper"
        yield Edge(kind, paper, node, {**more, "as_printed": printed})
    locators: dict[str, str | None] = {}
    for record in records:
        source = source_id(record.source)
        locators[source] = locators.get(source) or record.locator
    for source, locator in locators.items():
        yield Edge("LISTED_IN", paper, source, known(locator=locator))


def _authorship(slots: Sequence[_Slot], last: int, units: Mapping[str, str]) -> dict[str, Value]:
    """The properties of an authorship; what is said by the record that leads comes first."""
    first = slots[0]
    mentions = [slot.mention for slot in slots]
    position = first.mention.position if first.leads else None
    # Beside the whole list of the leading record; where that is cut nobody knows who is last.
    complete = first.leads and first.record.authors_complete
    ids = [f"{slot.record.id}#{slot.mention.position or 'subject'}" for slot in slots]
    properties: dict[str, Value] = known(
        position=position,
        is_last=position == last if complete else None,
        name_as_printed=first.mention.name,
        mentions=ids,
        names=[units[one] for one in ids],
        is_corresponding=_any([one.is_corresponding for one in mentions]),
        orcid_authenticated=_any([one.orcid_authenticated for one in mentions]),
        roles=_union([one.roles for one in mentions]),
        affiliations=_union([map(organisation_id, one.affiliations) for one in mentions]),
    )
    if len(slots) > 1:
        properties["names_as_printed"] = [one.name for one in mentions]
    if any(one.identifiers for one in mentions):
        properties["identifiers"] = [" ".join(one.identifiers) for one in mentions]
    return properties


def said_of_citation(
    intent: str | None, influential: bool | None, in_text: int | None
) -> dict[str, Value]:
    """Make the properties of a citation, or of a reference."""
    return known(intent=intent, influential=influential, in_text=in_text)


class Cited(NamedTuple):
    """A reference on its way to a citation: by which paper, of what, and what is said of it."""

    paper: str
    to: str
    intent: str | None
    influential: bool | None
    in_text: int | None


def references_of(work: Work) -> Iterator[Cited]:
    """What a paper's records refer to."""
    for record in work.records:
        for one in record.references:
            yield Cited(work.id, one.to, one.intent, one.influential, one.in_text)


def citations(references: Iterable[Cited], papers_of: Mapping[str, Iterable[str]]) -> list[Edge]:
    """Make the citations that references make of papers that are there.

    Args:
        references: In any order.
        papers_of: The papers that a reference may lead to, by identifier and by record id.

    Returns:
        One for each pair, by citing paper, then cited paper; of several references the one that
        says most. No paper cites itself.
    """
    best: dict[tuple[str, str], Cited] = {}
    for one in references:
        for paper in papers_of.get(one.to, ()):
            if paper != one.paper:
                pair = (one.paper, paper)
                best[pair] = min(
                    best.get(pair, one), one, key=lambda one: how_little_is_said(*one[2:])
                )
    return [
        Edge("CITES", *pair, said_of_citation(one.intent, one.influential, one.in_text))
        for pair, one in sorted(best.items())
    ]


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
    variants = _union([unit.variants for unit in members])
    identifiers = _union([unit.identifiers for unit in members])
    is_verified = all(unit.id in verified for unit in members)
    if not any(unit.source in sources and sources[unit.source].metrics for unit in members):
        return plain_author(author, variants, is_verified, identifiers)
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
    return plain_author(author, variants, is_verified, identifiers, metrics)


def plain_author(
    author: str,
    variants: Sequence[str],
    verified: bool,
    identifiers: Sequence[str] = (),
    metrics: Sequence[Mapping[str, object]] = (),
) -> Node:
    """Make an author of all spellings and identifiers, ascending, and of what pages print."""
    properties: dict[str, Value] = {
        "name": variants[0] if len(variants) == 1 else min(variants, key=display_order),
        "name_variants": list(variants),
        "identity": "verified" if verified else "unverified",
    }
    if identifiers:
        properties["identifiers"] = list(identifiers)
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
            yield name_node(unit)
            status = "verified" if unit.id in persons.verified else "unverified"
            yield Edge("NAME_OF", unit.id, author, {"status": status})
    yield from map(join_edge, persons.joins)


def name_node(unit: Unit) -> Node:
    """Make the name that a unit is."""
    return Node(
        "Name",
        unit.id,
        known(
            name=unit.display,
            key=unit.key.text,
            source=source_id(unit.source),
            variants=sorted(unit.variants),
            first_mention=unit.first_mention,
            identifiers=sorted(unit.identifiers),
        ),
    )


def join_edge(join: Join) -> Edge:
    """Say why two names are one author, or are not."""
    status = "applied" if join.blocked_by is None else f"blocked by {join.blocked_by}"
    said = known(decision=join.decision, rule=join.rule, status=status)
    return Edge("SAME_AS", join.a, join.b, said)


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
    papers: dict[str, PaperRecord] = {}
    sources: dict[str, SourceRecord] = {}
    names_of_sources: set[str] = set()
    for record in records:
        names_of_sources.add(source_of(record))
        if isinstance(record, PaperRecord):
            papers[record.id] = record
        elif isinstance(record, SourceRecord):
            sources[record.name] = record

    parts = works_of(papers, log)
    split = split_mentions(log)
    unit_of: dict[str, str] = {}
    partial: list[Unit] = []
    aligned: list[tuple[str, str]] = []
    aligned_edges: list[Edge] = []
    for work in parts.works.values():
        named = name_mentions(work.records, split)
        aligned += named.aligned
        aligned_edges += alignment_edges(work.id, named)
        for mention_id, unit in units_of_work(work.records, named):
            unit_of[mention_id] = unit.id
            partial.append(unit)
    units = merge_units(partial)
    persons = resolve(units, log, aligned)
    author_of = {mention: persons.author_of[unit] for mention, unit in unit_of.items()}

    graph = Graph()
    printed: dict[tuple[str, str], set[str]] = {}
    for done, work in enumerate(parts.works.values(), start=1):
        graph.add((paper_node(work.records, work.id, parts.joins.get(work.id, ())),))
        graph.add(paper_edges(work.records, work.id, author_of, unit_of))
        for record in work.records:
            for kind, node, name in shared_links(record):
                printed.setdefault((SHARED[kind], node), set()).add(name)
        if progress is not None and done % 1000 == 0:
            progress(done)
    graph.add(parts.links)
    graph.add(aligned_edges)
    papers_of: dict[str, set[str]] = {}
    for work in parts.works.values():
        for record in work.records:
            for known_as in (record.id, *record.identifiers):
                papers_of.setdefault(known_as, set()).add(work.id)
    graph.add(
        citations((one for work in parts.works.values() for one in references_of(work)), papers_of)
    )
    graph.add(shared_node(label, node_id, names) for (label, node_id), names in printed.items())
    graph.add(source_node(name, sources.get(name)) for name in names_of_sources)
    graph.add(identity_parts(units, persons, sources))
    graph.add(decision_node(row) for row in log)
    return graph
