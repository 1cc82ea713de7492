"""The graph's schema as data: what the code writes, the Cypher names and the README draws.

A value is a string, an integer, a float, a boolean or a list of strings. An unknown value is
an absent property, on both stores.
"""

from dataclasses import dataclass
from typing import Literal

SCHEMA_VERSION = 6

Value = str | int | float | bool | list[str]
ValueType = Literal["str", "int", "float", "bool", "list"]
Layer = Literal["facts", "derived", "service"]
# What one run of `derive` computes, each part from the facts alone.
Part = Literal["ties", "positions", "clusters", "lineage"]


@dataclass(frozen=True, slots=True)
class NodeType:
    """A label: its key property and its other properties; `part` on the derived layer."""

    label: str
    properties: dict[str, ValueType]
    layer: Layer = "facts"
    part: Part | None = None
    key: str = "id"


@dataclass(frozen=True, slots=True)
class EdgeType:
    """A relationship type between two labels; `part` on the derived layer.

    There is at most one for each pair of nodes and values of the properties in `keys`.
    """

    type: str
    start: str
    end: str
    properties: dict[str, ValueType]
    layer: Layer = "facts"
    part: Part | None = None
    keys: tuple[str, ...] = ()


NODE_TYPES: tuple[NodeType, ...] = (
    NodeType(
        "Author",
        {
            "name": "str",
            "name_variants": "list",
            "identifiers": "list",
            "identity": "str",
            "metrics": "str",
        },
    ),
    NodeType(
        "Paper",
        {
            "title": "str",
            "year": "int",
            "date": "str",
            "date_precision": "str",
            "venue": "str",
            "kind": "str",
            "abstract": "str",
            "identifiers": "list",
            "authors_complete": "bool",
            "group_authors": "list",
            "has_code": "bool",
            "versions": "list",
            "references": "int",
            "references_unidentified": "int",
            "references_complete": "bool",
            "sources": "list",
            "records": "list",
            # Of several records: which one says what ("title dblp:conf/x/1"), and why they are one.
            "said_by": "list",
            "joined_by": "list",
        },
    ),
    NodeType("Repo", {"name": "str", "url": "str"}),
    NodeType("Affiliation", {"name": "str"}),
    NodeType("Topic", {"name": "str", "scheme": "str"}),
    NodeType("Venue", {"name": "str"}),
    NodeType(
        "Source",
        {"kind": "str", "label": "str", "announced_papers": "int", "subject": "str"},
    ),
    NodeType(
        "Name",
        {
            "name": "str",
            "key": "str",
            "source": "str",
            "variants": "list",
            "first_mention": "str",
            "identifiers": "list",
        },
    ),
    NodeType(
        "Decision",
        {"number": "int", "op": "str", "a": "str", "b": "str", "by": "str", "json": "str"},
    ),
    NodeType("Record", {"source": "str", "paper": "str", "json": "str"}, layer="service"),
    # What another record refers to, by an identifier or a record's id, loaded or not.
    NodeType("Reference", {}, layer="service"),
    # Under which records or names may meet: an identifier, a title hashed.
    NodeType("Key", {}, layer="service"),
    NodeType(
        "Store",
        {"schema_version": "int", "facts_revision": "str", "facts_sum": "str"},
        layer="service",
    ),
    # Derived relationships one of whose ends is away, until both are there again.
    NodeType(
        "Aside", {"type": "str", "start": "str", "end": "str", "json": "str"}, layer="service"
    ),
    NodeType("Writer", {"held": "int"}, layer="service"),
    NodeType(
        "Derivation",
        {
            "facts_revision": "str",
            "status": "str",
            "parameters": "str",
            "versions": "str",
            "seconds": "float",
        },
        layer="derived",
    ),
    NodeType(
        "Cluster",
        {
            "number": "int",
            "label": "str",
            "terms": "list",
            "methods": "list",
            "size": "int",
            "papers": "int",
            "first_year": "int",
            "last_year": "int",
            "stability": "float",
            "replicates": "int",
            "unverified": "int",
            "cut_lists": "int",
            "top_authors": "list",
            "continues": "str",
            "jaccard": "float",
        },
        layer="derived",
        part="clusters",
    ),
    NodeType(
        "Component",
        {"number": "int", "size": "int", "ties": "int", "without": "list"},
        layer="derived",
        part="positions",
    ),
    NodeType("Method", {"name": "str"}, layer="derived", part="lineage"),
)

_OF_A_CITATION: dict[str, ValueType] = {"intent": "str", "influential": "bool", "in_text": "int"}

EDGE_TYPES: tuple[EdgeType, ...] = (
    EdgeType(
        "AUTHORED",
        "Author",
        "Paper",
        {
            "position": "int",
            "is_last": "bool",
            "name_as_printed": "str",
            # Of each mention, in one order: its id, its Name, and where there are several as
            # printed; the person's identifiers there, with blanks between.
            "mentions": "list",
            "names": "list",
            "names_as_printed": "list",
            "identifiers": "list",
            "is_corresponding": "bool",
            "orcid_authenticated": "bool",
            "roles": "list",
            "affiliations": "list",
        },
    ),
    EdgeType("AFFILIATED_WITH", "Paper", "Affiliation", {"certainty": "str", "as_printed": "str"}),
    EdgeType("HAS_CODE", "Paper", "Repo", {"as_printed": "str"}),
    EdgeType("HAS_TOPIC", "Paper", "Topic", {"as_printed": "str"}),
    EdgeType("PUBLISHED_IN", "Paper", "Venue", {"as_printed": "str"}),
    EdgeType("LISTED_IN", "Paper", "Source", {"locator": "str"}),
    EdgeType("SAME_WORK_AS", "Paper", "Paper", {"rule": "str"}),
    # Only between loaded papers; a record keeps all its references.
    EdgeType("CITES", "Paper", "Paper", _OF_A_CITATION),
    EdgeType("REFERS_TO", "Record", "Reference", _OF_A_CITATION, layer="service"),
    EdgeType("HAS_KEY", "Record", "Key", {}, layer="service"),
    EdgeType("BEARS", "Name", "Key", {}, layer="service"),
    EdgeType("NAME_OF", "Name", "Author", {"status": "str"}),
    EdgeType(
        "SAME_AS",
        "Name",
        "Name",
        {"decision": "str", "rule": "str", "score": "float", "status": "str"},
    ),
    # Two records of a paper name one person there by these two names; smaller id first.
    EdgeType("ALIGNED_WITH", "Name", "Name", {"paper": "str"}, keys=("paper",)),
    EdgeType(
        "COAUTHORED",
        "Author",
        "Author",
        {"papers": "int", "weight": "float", "first_year": "int", "last_year": "int"},
        layer="derived",
        part="ties",
    ),
    EdgeType(
        "IN_CLUSTER",
        "Author",
        "Cluster",
        {"share": "float", "together": "str"},
        layer="derived",
        part="clusters",
    ),
    EdgeType(
        "IN_COMPONENT",
        "Author",
        "Component",
        {
            "degree": "int",
            "strength": "float",
            "core": "int",
            "betweenness": "float",
            "betweenness_error": "float",
            "closeness": "float",
            "pagerank": "float",
            "clustering": "float",
        },
        layer="derived",
        part="positions",
    ),
    EdgeType(
        "INTRODUCES",
        "Paper",
        "Method",
        {"how": "str", "strength": "float"},
        layer="derived",
        part="lineage",
    ),
    EdgeType(
        "MENTIONS",
        "Paper",
        "Method",
        {"where": "str", "cue": "str", "quote": "str"},
        layer="derived",
        part="lineage",
    ),
    # From the newer paper to the older one. A line of evidence is its kind, its points and its
    # detail as JSON, with a blank between.
    EdgeType(
        "BUILDS_ON",
        "Paper",
        "Paper",
        {
            "score": "float",
            "tier": "str",
            "kind": "str",
            "direction_certain": "bool",
            "shown": "bool",
            "rank": "int",
            "model": "str",
            "scope": "str",
            "evidence": "list",
            "decided": "str",
        },
        layer="derived",
        part="lineage",
        keys=("scope", "model"),
    ),
)
EDGE_TYPE = {edge.type: edge for edge in EDGE_TYPES}


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the graph; `properties` without the key and without unknown values."""

    label: str
    id: str
    properties: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Edge:
    """A relationship of the graph, named by type, both ends and the properties its type is by."""

    type: str
    start: str
    end: str
    properties: dict[str, Value]

    @property
    def name(self) -> str:
        """Its type, with the values that tell it from others of its type between the same ends."""
        keys = EDGE_TYPE[self.type].keys
        return (
            self.type + "".join(f" {self.properties[key]}" for key in keys) if keys else self.type
        )

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same relationship."""
        return (self.name, self.start, self.end)


def known(**properties: Value | None) -> dict[str, Value]:
    """Leave out what is unknown: absent values and empty lists."""
    return {name: value for name, value in properties.items() if value is not None and value != []}
