"""What the rest of the service asks of a store.

A store looks up and writes; it ranks nothing and computes nothing that the projection can. Its
answers are nodes and edges of the schema, already in the order stated. Every method raises
`StoreUnavailable` or `StoreCorrupt` when the store cannot answer.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

import orjson

from graph_service.identity.units import ClosedUnits
from graph_service.model.records import Decision, DecisionDraft, PaperRecord, Record
from graph_service.model.schema import Edge, Node, Part
from graph_service.store.fold import Graph
from graph_service.store.prepared import Prepared

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True, slots=True)
class DerivationStamp:
    """The derived layer's run: the facts it was computed from, and whether it was finished.

    `parameters` is a JSON object with one member for each part that was computed.
    """

    facts_revision: str
    status: Literal["writing", "complete"]
    parameters: str
    versions: str
    seconds: float

    @property
    def parts(self) -> tuple[str, ...]:
        """Which parts of the layer it holds, ascending."""
        return tuple(sorted(orjson.loads(self.parameters)))


@dataclass(frozen=True, slots=True)
class StoreState:
    """Which facts a store holds, and what was derived from which."""

    facts_revision: str
    derivation: DerivationStamp | None

    @property
    def derived_revision(self) -> str | None:
        """The facts revision of a finished derived layer."""
        done = self.derivation is not None and self.derivation.status == "complete"
        return self.derivation.facts_revision if self.derivation and done else None

    @property
    def derived(self) -> Literal["none", "incomplete", "complete"]:
        """How far the derived layer is."""
        if self.derivation is None:
            return "none"
        return "complete" if self.derivation.status == "complete" else "incomplete"

    @property
    def stale(self) -> bool:
        """Whether a derived layer exists that was computed from other facts."""
        return self.derivation is not None and self.derived_revision != self.facts_revision


@dataclass(frozen=True, slots=True)
class WriteCounts:
    """What a write did, in records."""

    new: int = 0
    replaced: int = 0
    unchanged: int = 0
    removed: int = 0

    @property
    def put(self) -> int:
        """How many records were put."""
        return self.new + self.replaced + self.unchanged

    def __add__(self, other: "WriteCounts") -> "WriteCounts":
        return WriteCounts(
            self.new + other.new,
            self.replaced + other.replaced,
            self.unchanged + other.unchanged,
            self.removed + other.removed,
        )


@dataclass(frozen=True, slots=True)
class AuthorFacts:
    """An author's node, its names with the NAME_OF edges, by name id, and why they are one.

    `joins` are the SAME_AS relationships of these names, by both ends: also those that are not
    applied, which may lead to a name of somebody else.
    """

    author: Node
    names: tuple[tuple[Node, Edge], ...]
    joins: tuple[Edge, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """A paper's node, its AUTHORED edges with authors, and its other edges with their nodes.

    Authors come by position, unprinted ones last by id; links by type, then node id. `same_works`
    are the ids of papers that are the same work in another form, with the rule, ascending.
    """

    paper: Node
    authors: tuple[tuple[Edge, Node], ...]
    links: tuple[tuple[Edge, Node], ...]
    same_works: tuple[tuple[str, str], ...] = ()


class ProjectedPaper(NamedTuple):
    """A paper for the projection; `slots` are (author id, position or 0), by author id.

    `date` is empty where it is unknown; `complete` says so by its absence.
    """

    id: str
    title: str
    date: str
    complete: bool | None
    slots: tuple[tuple[str, int], ...]


class ProjectedAuthor(NamedTuple):
    """An author for the projection; `variants` are all spellings, ascending."""

    id: str
    name: str
    identity: str
    variants: tuple[str, ...]


class ReferenceCounts(NamedTuple):
    """What is not known of citations.

    `unresolved` references lead to no loaded paper. Of the papers with references `partial` are
    those whose source gives only some, `unsaid` those of which no source says.
    """

    unresolved: int
    partial: int
    unsaid: int


class Citation(NamedTuple):
    """A citation of one loaded paper by another."""

    citing: str
    cited: str
    intent: str | None
    influential: bool | None
    in_text: int | None


# The node attribute of networkx that holds the label; no property has this name.
LABEL = "node_label"


@dataclass(frozen=True, slots=True)
class Labelled:
    """The embedded graph: attributes are properties, an edge's key is its `Edge.name`.

    `ids` are the nodes of each label, ascending; a label without nodes may be absent. A walk
    may take `timeout_seconds`.
    """

    graph: "nx.MultiDiGraph[str]"
    ids: Mapping[str, list[str]]
    timeout_seconds: float


Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """A read-only question in both languages, with equal rows, types and order.

    `twin` answers on the embedded graph; it is absent where only `statement` can.
    """

    statement: str
    twin: Callable[[Labelled, Mapping[str, Any]], list[Row]] | None


class GraphStore(Protocol):
    """A place that keeps facts and the layer derived from them."""

    name: str
    # How many records are best put at once: more, and a transaction holds much memory; fewer, and
    # the same pages are written again and again.
    records_a_batch: int

    @property
    def waiting(self) -> Event | None:
        """Set unless a write has need of this process; absent where no server does the work.

        While it is set, the next records are best made ready.
        """
        ...

    async def state(self) -> StoreState:
        """Say which facts are held, and what was derived; cheap enough for every question."""
        ...

    async def counts(self) -> tuple[dict[str, int], dict[str, int]]:
        """Count nodes by label and relationships by type, both ascending by name."""
        ...

    def writing(self) -> AbstractAsyncContextManager[None]:
        """Hold the right to write; `put`, `remove`, `decide` and `write_derived` need it.

        Raises:
            StoreBusy: Another process holds it.
        """
        ...

    async def put(self, records: Sequence[Record | Prepared]) -> WriteCounts:
        """Store records in one transaction, each replacing the record of its id."""
        ...

    async def remove(self, record_ids: Sequence[str]) -> WriteCounts:
        """Remove records in one transaction; ids that are not there do nothing."""
        ...

    async def decide(self, draft: DecisionDraft) -> Decision:
        """Append to the identity log, in one transaction with what follows from it.

        Raises:
            DecisionTargetNotFound, DecisionConflict: See `identity.decide.check_decision`.
        """
        ...

    async def append(self, rows: Sequence[Decision]) -> None:
        """Append numbered decisions of an exported log, unchecked but in one transaction.

        Raises:
            DecisionConflict: A number is taken by another decision.
        """
        ...

    async def decisions(self) -> tuple[Decision, ...]:
        """The whole identity log, by number."""
        ...

    def records(self, prefix: str = "") -> AsyncIterator[Record]:
        """Every record, or those whose id begins so, by id."""
        ...

    async def records_by_id(self, ids: Sequence[str]) -> dict[str, Record]:
        """The records with these ids, by id; unknown ids are left out."""
        ...

    async def record_ids(self, *, paper: str | None = None, source: str | None = None) -> list[str]:
        """The ids of a paper's records, or of all records of a source with its own, ascending."""
        ...

    def project_papers(self) -> AsyncIterator[Sequence[ProjectedPaper]]:
        """Every paper with its authorships, by id, in batches of some thousands.

        A stream may be of several moments: who reads it compares `state` before and after.
        """
        ...

    def project_authors(self) -> AsyncIterator[Sequence[ProjectedAuthor]]:
        """Every author, by id, in batches of some thousands; see `project_papers`."""
        ...

    def citations(self) -> AsyncIterator[Sequence[Citation]]:
        """Every citation, by citing paper, then cited paper, in batches; see `project_papers`."""
        ...

    async def same_works(self) -> list[tuple[str, str, str]]:
        """Papers that are one work in two forms, smaller id first, and by which rule; by ids."""
        ...

    async def references(self) -> ReferenceCounts:
        """Count references that lead nowhere, and papers whose list of them may be cut."""
        ...

    async def authors(self, ids: Sequence[str]) -> list[AuthorFacts]:
        """The authors with these ids, in the given order; unknown ids are left out."""
        ...

    async def papers(self, ids: Sequence[str]) -> list[PaperFacts]:
        """The papers with these ids, in the given order; unknown ids are left out."""
        ...

    async def identity_part(self, names: Sequence[str]) -> ClosedUnits:
        """Read every name or split-off mention that a decision between some of them can reach.

        The part is closed as `identity.persons` says, with `names` linked to one another; names
        that are not there are left out.
        """
        ...

    async def works_part(self, records: Sequence[str]) -> dict[str, PaperRecord]:
        """Read papers' records by their ids, with all that may be one paper with them, by id.

        The part is closed as `identity.works` says, with `records` taken as linked to one
        another; what is not there is left out.
        """
        ...

    async def authors_known_as(self, text: str) -> list[str]:
        """The ids of authors who bear a name of this key, or this identifier, ascending."""
        ...

    async def papers_known_as(self, text: str) -> list[str]:
        """The ids of papers, ascending, that bear an identifier or have a record of this id.

        So of the id that a paper had before another record joined it.
        """
        ...

    async def shelf(self, label: str, id: str | None = None) -> list[tuple[Node, list[str]]]:
        """Nodes of a label that papers share, or the one of an id, each with its paper ids.

        `label` is Repo, Affiliation, Topic, Venue or Source. By node id; paper ids ascending.
        """
        ...

    async def derived(self, part: Part | None = None) -> Graph:
        """The derived layer without its stamp, or one part of it; empty when there is none.

        A relationship of which an end vanished is kept aside and comes back with both ends.
        """
        ...

    async def write_derived(self, stamp: DerivationStamp, layer: Graph) -> None:
        """Replace the derived layer, so that a kill leaves it whole, absent or `writing`."""
        ...

    async def rows(self, question: Question, parameters: Mapping[str, Any]) -> list[Row]:
        """Put a question with read access and the time limit of the settings.

        Args:
            question: What to ask.
            parameters: Their values by name.

        Raises:
            QueryTimeout: It took too long.
            NotImplementedError: It has no twin, and this is the embedded store.
        """
        ...

    async def graph(self) -> Graph:
        """The facts graph as it is stored, for verification."""
        ...

    async def close(self) -> None:
        """Let go of files and connections."""
        ...
