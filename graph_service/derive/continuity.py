"""Which cluster of the run before a cluster continues.

It depends on what a store went through, not on its facts alone: it is shown, and left out of
every comparison.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from graph_service.derive.membership import OTHER
from graph_service.derive.parts import Part
from graph_service.model.schema import Edge, Node, Value
from graph_service.store.protocol import GraphStore, StoreState

# Of the members of two clusters together, more than this part must be in both.
FEWEST_IN_COMMON = 0.5
CONTINUITY = "continuity"
HISTORY = ("continues", "jaccard")


@dataclass(frozen=True, slots=True)
class _Before:
    """What the last run left: its parameters, and history and members of its clusters by id."""

    revision: str
    parameters: Mapping[str, Any]
    history: Mapping[str, dict[str, Value]]
    members: Mapping[str, frozenset[str]]


async def with_continuity(store: GraphStore, state: StoreState, part: Part) -> Part:
    """Name the cluster of the run before that each cluster continues.

    That is the one whose members have a Jaccard index above 0.5 with those of the new one;
    there is at most one, each way. Who was removed from view counts nowhere, nor does "other".
    Where neither facts nor parameters have changed, what the last run said stays.
    """
    before = await _before(store, state)
    if before is None:
        return part
    counts: Any
    if before.revision == state.facts_revision and same_run(before.parameters, part.parameters):
        found, counts = before.history, before.parameters.get(CONTINUITY)
    else:
        members = _members(part.rows, part.parameters)
        found = continued(before.members, members)
        counts = {
            "kept": len(found),
            "new": len(members) - len(found),
            "ended": len(before.members) - len(found),
        }
    rows = [
        replace(row, properties=row.properties | found[row.id])
        if isinstance(row, Node) and row.id in found
        else row
        for row in part.rows
    ]
    return replace(part, rows=rows, parameters={**part.parameters, CONTINUITY: counts})


def same_run(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two runs were asked for the same and found the same, their history aside."""
    return {**one, CONTINUITY: None} == {**other, CONTINUITY: None}


def without_history(row: Node) -> Node:
    """A node of the layer as it depends on the facts alone."""
    if row.label != "Cluster":
        return row
    return replace(row, properties={k: v for k, v in row.properties.items() if k not in HISTORY})


def continued(
    old: Mapping[str, frozenset[str]], new: Mapping[str, frozenset[str]]
) -> dict[str, dict[str, Value]]:
    """Match new clusters to old ones: `continues` and `jaccard` of each that has a partner."""
    of_member = {member: cluster for cluster, members in old.items() for member in members}
    found: dict[str, dict[str, Value]] = {}
    for cluster, members in new.items():
        common = Counter(of_member[member] for member in members if member in of_member)
        for partner, both in common.items():
            jaccard = both / (len(members) + len(old[partner]) - both)
            if jaccard > FEWEST_IN_COMMON:  # two partners cannot both share more than half
                found[cluster] = {"continues": partner, "jaccard": round(jaccard, 9)}
    return found


async def _before(store: GraphStore, state: StoreState) -> _Before | None:
    if state.derivation is None or state.derived != "complete":
        return None
    parameters = orjson.loads(state.derivation.parameters).get("clusters")
    if parameters is None:
        return None
    layer = await store.derived("clusters")
    return _Before(
        state.derivation.facts_revision,
        parameters,
        {
            node.id: {name: node.properties[name] for name in HISTORY}
            for node in layer.nodes.values()
            if node.properties.keys() >= set(HISTORY)
        },
        _members(layer.edges.values(), parameters),
    )


def _members(
    rows: Iterable[Node | Edge], parameters: Mapping[str, Any]
) -> dict[str, frozenset[str]]:
    removed = set(parameters.get("without", ()))
    members: dict[str, set[str]] = {}
    for row in rows:
        if isinstance(row, Edge) and row.end != OTHER and row.start not in removed:
            members.setdefault(row.end, set()).add(row.start)
    return {cluster: frozenset(of) for cluster, of in members.items()}
