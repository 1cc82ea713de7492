"""Persons: connected components of units under the decisions that could be applied.

The result depends on the set of units and decisions alone, never on the order they came in. So
a store may resolve just the part that a change touches: a part is closed when it holds every
unit of each key in it, and both ends of each decision on it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graph_service.identity.units import Unit
from graph_service.model.ids import author_id, namesake_id
from graph_service.model.records import Decision
from graph_service.model.revision import identity_decisions

FOLD_EQUAL = "fold-equal"


@dataclass(frozen=True, slots=True)
class Join:
    """Why two units are one author, or would be: a decision or a rule, applied or blocked.

    `blocked_by` names what stands against it: a decision's id, or the veto in words.
    """

    a: str
    b: str
    rule: str
    decision: str | None = None
    blocked_by: str | None = None


@dataclass(frozen=True, slots=True)
class Persons:
    """Who the units are.

    `author_of` maps each unit id to an author id; `verified` holds the units that a user's
    decision put where they are; `joins` are sorted by their ends.
    """

    author_of: Mapping[str, str]
    verified: frozenset[str]
    joins: tuple[Join, ...]


class _Components:
    """Union–find over units that refuses a union against a veto."""

    def __init__(self, units: Mapping[str, Unit], different: Iterable[Decision]) -> None:
        self.units = units
        self.parent = {unit_id: unit_id for unit_id in units}
        self.members = {unit_id: [unit_id] for unit_id in units}
        self.apart: dict[str, dict[str, str]] = {}
        for row in different:
            a, b = row.a, row.b or ""
            self.apart.setdefault(a, {})[b] = row.id
            self.apart.setdefault(b, {})[a] = row.id

    def root(self, unit_id: str) -> str:
        while self.parent[unit_id] != unit_id:
            self.parent[unit_id] = self.parent[self.parent[unit_id]]
            unit_id = self.parent[unit_id]
        return unit_id

    def veto(self, a: str, b: str) -> str | None:
        """Say what forbids a and b in one component, tested on both whole components."""
        left, right = self.members[self.root(a)], self.members[self.root(b)]
        others = frozenset(right)
        for unit_id in sorted(left):
            for enemy, decision in sorted(self.apart.get(unit_id, {}).items()):
                if enemy in others:
                    return decision
        if {self.units[u].key.suffix for u in left} != {self.units[u].key.suffix for u in right}:
            return "different suffix"
        on_left = {record for u in left for record in self.units[u].records}
        if any(not on_left.isdisjoint(self.units[u].records) for u in right):
            return "two mentions of one record"
        return None

    def join(self, a: str, b: str) -> None:
        first, second = sorted((self.root(a), self.root(b)))
        if first != second:
            self.parent[second] = first
            self.members[first] += self.members.pop(second)


def resolve(units: Mapping[str, Unit], log: Iterable[Decision]) -> Persons:
    """Join units into authors: user decisions first, then equal names across sources.

    A join that would put a vetoed pair into one author is left out and says what blocked it.
    Vetoes: a `different` in force, two suffixes, two mentions of one record. Equal names of
    several sources are tried in id order, each against the authors found so far, so that no
    step compares all pairs. A decision about a unit that no longer exists is inert.

    Args:
        units: By id; closed in the sense of this module's docstring.
        log: The whole identity log, in any order.
    """
    rows = [row for row in identity_decisions(log) if row.a in units and row.b in units]
    components = _Components(units, [row for row in rows if row.op == "different"])
    joins: list[Join] = []
    verified: set[str] = set()

    same = [row for row in rows if row.op == "same"]
    for row in sorted(same, key=lambda row: (sorted((row.a, row.b or "")), row.number)):
        a, b = sorted((row.a, row.b or ""))
        blocked = None if components.root(a) == components.root(b) else components.veto(a, b)
        joins.append(Join(a, b, "user", row.id, blocked))
        if blocked is None:
            components.join(a, b)
            verified |= {a, b}

    by_key: dict[tuple[str, str, str], list[str]] = {}
    for unit_id in sorted(units):
        if units[unit_id].is_name:
            by_key.setdefault(units[unit_id].key, []).append(unit_id)
    for _, names in sorted(by_key.items()):
        seen: list[str] = []
        for name in names:
            blocked_by: str | None = None
            for other in seen:
                if components.root(other) == components.root(name):
                    blocked_by = None
                    break
                veto = components.veto(other, name)
                if veto is None:
                    components.join(other, name)
                    joins.append(Join(other, name, FOLD_EQUAL))
                    blocked_by = None
                    break
                blocked_by = blocked_by or veto
            if blocked_by is not None:
                joins.append(Join(seen[0], name, FOLD_EQUAL, None, blocked_by))
            if not any(components.root(name) == components.root(other) for other in seen):
                seen.append(name)

    return Persons(
        author_of=_author_ids(components),
        verified=frozenset(verified),
        joins=tuple(sorted(joins, key=lambda join: (join.a, join.b, join.decision or ""))),
    )


def linked_units(log: Iterable[Decision]) -> dict[str, set[str]]:
    """Map each unit to those that a decision in force names together with it."""
    linked: dict[str, set[str]] = {}
    for row in identity_decisions(log):
        linked.setdefault(row.a, set()).add(row.b or "")
        linked.setdefault(row.b or "", set()).add(row.a)
    return linked


def _author_ids(components: _Components) -> dict[str, str]:
    by_base: dict[str, list[tuple[str, list[str]]]] = {}
    for members in components.members.values():
        units = [components.units[member] for member in members]
        base = author_id(min(unit.key for unit in units))
        first = min(unit.first_mention for unit in units)
        by_base.setdefault(base, []).append((first, members))

    author_of: dict[str, str] = {}
    for base, namesakes in sorted(by_base.items()):
        taken: set[str] = set()
        for first, members in sorted(namesakes):
            found = base if not taken else namesake_id(base, first)
            if found in taken:
                found = namesake_id(base, first, digits=16)
            taken.add(found)
            author_of.update(dict.fromkeys(members, found))
    return author_of
