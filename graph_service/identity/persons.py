"""Persons: connected components of units under the decisions that could be applied.

The result depends on the set of units and decisions alone, never on the order they came in. So
a store may resolve just the part that a change touches: a part is closed when it holds every
unit of each key and each identifier in it, and both ends of each decision and each alignment on
it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graph_service.identity.rule_table import RULES
from graph_service.identity.units import Unit
from graph_service.model.identifiers import AUTHOR_RANK, CURATED, best_identifier
from graph_service.model.ids import author_id, namesake_id
from graph_service.model.names import NameKey
from graph_service.model.records import Decision
from graph_service.model.revision import identity_decisions

USER = "user"
FOLD_EQUAL = "fold-equal"
IDENTIFIER = "identifier"
SAME_PAPER = "same-paper"
# What stands behind this in the `by` of a decision is the version of the rules.
RULE = "rule:"
SEVERAL = "several people bear this name"


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
    decision put where they are, or that bear an identifier given by hand; `joins` are sorted by their ends.
    """

    author_of: Mapping[str, str]
    verified: frozenset[str]
    joins: tuple[Join, ...]


class _Components:
    """Union–find over units that refuses a union against a veto."""

    def __init__(self, units: Mapping[str, Unit], different: Iterable[Decision]) -> None:
        self.units = units
        self.by_rule: set[str] = set()
        self.parent = {unit_id: unit_id for unit_id in units}
        self.members = {unit_id: [unit_id] for unit_id in units}
        self.apart: dict[str, dict[str, str]] = {}
        for row in different:
            a, b = row.a, row.b or ""
            self.apart.setdefault(a, {})[b] = row.id
            self.apart.setdefault(b, {})[a] = row.id
            if is_by_rule(row):
                self.by_rule.add(row.id)

    def root(self, unit_id: str) -> str:
        while self.parent[unit_id] != unit_id:
            self.parent[unit_id] = self.parent[self.parent[unit_id]]
            unit_id = self.parent[unit_id]
        return unit_id

    def veto(self, a: str, b: str, *, user: bool = False) -> str | None:
        """Say what forbids a and b in one component, tested on both whole components.

        What only a rule keeps apart, and two identifiers, a user may join.
        """
        left, right = self.members[self.root(a)], self.members[self.root(b)]
        if len(left) == len(right) == 1 and not self.apart:
            ours, theirs = self.units[left[0]], self.units[right[0]]
            return self._of_units([ours], [theirs], user=user)
        others = frozenset(right)
        for unit_id in sorted(left):
            for enemy, decision in sorted(self.apart.get(unit_id, {}).items()):
                if enemy in others and not (user and decision in self.by_rule):
                    return decision
        return self._of_units(
            [self.units[one] for one in left], [self.units[one] for one in right], user=user
        )

    def _of_units(self, left: list[Unit], right: list[Unit], *, user: bool) -> str | None:
        if {unit.key.suffix for unit in left} != {unit.key.suffix for unit in right}:
            return "different suffix"
        on_left = {record for unit in left for record in unit.records}
        if any(not on_left.isdisjoint(unit.records) for unit in right):
            return "two mentions of one record"
        return None if user else _different_ids(_curated(left), _curated(right))

    def join(self, a: str, b: str) -> None:
        first, second = sorted((self.root(a), self.root(b)))
        if first != second:
            self.parent[second] = first
            self.members[first] += self.members.pop(second)


def is_by_rule(row: Decision) -> bool:
    """Whether a rule wrote a decision, and not a person."""
    return row.by.startswith(RULE)


def resolve(
    units: Mapping[str, Unit],
    log: Iterable[Decision],
    aligned: Iterable[tuple[str, str]] = (),
) -> Persons:
    """Join units into authors.

    In this order: what a user decided; units that share an identifier; mentions that stand for
    one place of one paper; equal names; then what rules have written to the log, as ordered in
    `RULES`. A join that would put a vetoed pair into one author is left out and says what
    blocked it. Vetoes: a `different` in force, two suffixes, two mentions of one record; but for
    users' decisions also two identifiers of one scheme that are given by hand.

    Equal names join unless the name is known to stand for several people: then those with an
    identifier stay apart, and those without go together. They are tried in id order, each
    against the authors found so far, so that no step compares all pairs. A decision about a
    unit that no longer exists is inert.

    Args:
        units: By id; closed in the sense of this module's docstring.
        log: The whole identity log, in any order.
        aligned: Pairs of units that alignment says are one person.
    """
    rows = [row for row in identity_decisions(log) if row.a in units and row.b in units]
    components = _Components(units, [row for row in rows if row.op == "different"])
    same = [row for row in rows if row.op == "same"]
    joins: list[Join] = []
    verified = {
        unit.id
        for unit in units.values()
        if any(one.partition(":")[0] in CURATED for one in unit.identifiers)
    }

    for row in _in_order(row for row in same if not is_by_rule(row)):
        join = _try(components, row.a, row.b or "", USER, row.id, user=True)
        joins.append(join)
        if join.blocked_by is None:
            verified |= {join.a, join.b}
    _join_identified(components, joins)
    for a, b in sorted({(min(pair), max(pair)) for pair in aligned}):
        if a in units and b in units:
            joins.append(_try(components, a, b, SAME_PAPER))
    by_key: dict[tuple[str, str, str], list[str]] = {}
    for unit_id in sorted(units):
        if units[unit_id].is_name:
            by_key.setdefault(units[unit_id].key, []).append(unit_id)
    for _, names in sorted(by_key.items()):
        if len(names) > 1:
            _join_equal(components, names, joins)
    for rule in RULES:
        by_rule = [row for row in same if is_by_rule(row) and row.rule == rule]
        by_rule.sort(key=lambda row: -(row.score or 0))
        joins += [_try(components, row.a, row.b or "", rule, row.id) for row in by_rule]

    return Persons(
        author_of=_author_ids(components),
        verified=frozenset(verified),
        joins=tuple(sorted(joins, key=lambda join: (join.a, join.b, join.decision or ""))),
    )


def _in_order(rows: Iterable[Decision]) -> list[Decision]:
    return sorted(rows, key=lambda row: (sorted((row.a, row.b or "")), row.number))


def _try(
    components: _Components,
    a: str,
    b: str,
    rule: str,
    decision: str | None = None,
    *,
    user: bool = False,
) -> Join:
    """Join two units unless something forbids it."""
    a, b = sorted((a, b))
    if components.root(a) == components.root(b):
        return Join(a, b, rule, decision)
    blocked = components.veto(a, b, user=user)
    if blocked is None:
        components.join(a, b)
    return Join(a, b, rule, decision, blocked)


def _join_identified(components: _Components, joins: list[Join]) -> None:
    """Join units that share an identifier and whose given names may be one person's."""
    bearers: dict[str, list[str]] = {}
    for unit_id, unit in sorted(components.units.items()):
        for identifier in unit.identifiers:
            bearers.setdefault(identifier, []).append(unit_id)
    for _, names in sorted(bearers.items(), key=lambda pair: _identifier_order(pair[0])):
        first = names[0]
        for name in names[1:]:
            if components.root(first) == components.root(name):
                continue
            if _initials_agree(components.units[first].key, components.units[name].key):
                joins.append(_try(components, first, name, IDENTIFIER))
            else:
                joins.append(Join(first, name, IDENTIFIER, None, "incompatible given names"))


def _identifier_order(identifier: str) -> tuple[int, str]:
    scheme = identifier.partition(":")[0]
    return (AUTHOR_RANK.index(scheme) if scheme in AUTHOR_RANK else len(AUTHOR_RANK), identifier)


def _initials_agree(a: NameKey, b: NameKey) -> bool:
    # Where one has no given name, or the two parts are exchanged, nothing speaks against it.
    return not (a.given and b.given) or a.given[0] == b.given[0] or a.given[0] == b.family[:1]


def _join_equal(components: _Components, names: Sequence[str], joins: list[Join]) -> None:
    """Join equal names, but for those that identifiers tell apart."""
    values: dict[str, set[str]] = {}
    identified = []
    for name in names:
        found = components.units[name].identifiers
        if found:
            identified.append(name)
        for identifier in found:
            if (scheme := identifier.partition(":")[0]) in AUTHOR_RANK:
                values.setdefault(scheme, set()).add(identifier)
    roots = {components.root(name) for name in identified}
    if len(roots) > 1 and any(len(of_scheme) > 1 for of_scheme in values.values()):
        bare = [name for name in names if components.root(name) not in roots]
        if bare:
            a, b = sorted((identified[0], bare[0]))
            joins.append(Join(a, b, FOLD_EQUAL, None, SEVERAL))
        names = bare
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


def _curated(units: Iterable[Unit]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for unit in units:
        for identifier in unit.identifiers:
            if (scheme := identifier.partition(":")[0]) in CURATED:
                found.setdefault(scheme, set()).add(identifier)
    return found


def _different_ids(left: Mapping[str, set[str]], right: Mapping[str, set[str]]) -> str | None:
    for scheme in CURATED:
        if scheme in left and scheme in right and left[scheme].isdisjoint(right[scheme]):
            return f"different {scheme} identifiers"
    return None


def linked_units(log: Iterable[Decision]) -> dict[str, set[str]]:
    """Map each unit to those that a decision in force names together with it."""
    linked: dict[str, set[str]] = {}
    for row in identity_decisions(log):
        linked.setdefault(row.a, set()).add(row.b or "")
        linked.setdefault(row.b or "", set()).add(row.a)
    return linked


def _author_ids(components: _Components) -> dict[str, str]:
    """Name each author by an identifier, or by the smallest key and a hash for namesakes."""
    authors = []
    for members in components.members.values():
        units = [components.units[member] for member in members]
        authors.append((min(unit.first_mention for unit in units), units))
    author_of: dict[str, str] = {}
    taken: set[str] = set()
    unnamed: dict[str, list[tuple[str, list[Unit]]]] = {}
    for first, units in sorted(authors, key=lambda author: author[0]):
        borne = (
            {one for unit in units for one in unit.identifiers} - taken
            if any(unit.identifiers for unit in units)
            else set()
        )
        found = best_identifier(borne, AUTHOR_RANK) if borne else None
        if found is None:
            base = author_id(min(unit.key for unit in units))
            unnamed.setdefault(base, []).append((first, units))
            continue
        taken.add(found)
        author_of.update((unit.id, found) for unit in units)

    for base, namesakes in sorted(unnamed.items()):
        given: set[str] = set()
        for first, units in namesakes:
            found = base if not given else namesake_id(base, first)
            if found in given:
                found = namesake_id(base, first, digits=16)
            given.add(found)
            author_of.update((unit.id, found) for unit in units)
    return author_of
