"""Components: names that are one person so far, and what forbids that two of them become one.

A veto is tested on the union of both components, never on a pair alone: "J. Okoye" may be Jason
or Joseph, but not both.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from graph_service.identity.given_names import INCOMPATIBLE, Given, strength
from graph_service.model.identifiers import CURATED
from graph_service.model.names import NameKey


@dataclass(slots=True)
class Member:
    """What of one unit can forbid a join.

    `givens` are its spellings of the given name for each core of a family name; `groups` say
    which of the people of a common name it is; `apart` are units that a user keeps apart from it.
    """

    id: str
    suffixes: set[str] = field(default_factory=set)
    records: set[str] = field(default_factory=set)
    curated: dict[str, set[str]] = field(default_factory=dict)
    givens: dict[str, set[Given]] = field(default_factory=dict)
    groups: dict[NameKey, set[int]] = field(default_factory=dict)
    apart: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Component:
    units: set[str]
    suffixes: set[str]
    records: set[str]
    curated: dict[str, set[str]]
    givens: dict[str, set[Given]]
    groups: dict[NameKey, set[int]]
    apart: set[str]


class Components:
    """Union–find over units that refuses a union against a veto."""

    def __init__(self, members: Iterable[Member]) -> None:
        self._parent: dict[str, str] = {}
        self._of: dict[str, _Component] = {}
        for member in members:
            self._parent[member.id] = member.id
            self._of[member.id] = _Component(
                {member.id},
                set(member.suffixes),
                set(member.records),
                {scheme: set(ids) for scheme, ids in member.curated.items()},
                {core: set(givens) for core, givens in member.givens.items()},
                {key: set(groups) for key, groups in member.groups.items()},
                set(member.apart),
            )
        self._tolerated: set[frozenset[Given]] = set()

    def root(self, unit: str) -> str:
        """The unit that stands for the component of another; not the smallest."""
        parent = self._parent
        while parent[unit] != unit:
            parent[unit] = parent[parent[unit]]
            unit = parent[unit]
        return unit

    def units_of(self, unit: str) -> frozenset[str]:
        """All units of a component."""
        return frozenset(self._of[self.root(unit)].units)

    def joined(self, a: str, b: str) -> bool:
        """Whether two units are one person so far."""
        return self.root(a) == self.root(b)

    def force(self, a: str, b: str) -> None:
        """Join two units whatever stands against it: the standing rules or a user did."""
        first, second = self.root(a), self.root(b)
        if first == second:
            return
        mine, theirs = self._of[first], self._of[second]
        if len(mine.units) < len(theirs.units):
            first, second, mine, theirs = second, first, theirs, mine
        self._parent[second] = first
        mine.units |= theirs.units
        mine.suffixes |= theirs.suffixes
        mine.records |= theirs.records
        mine.apart |= theirs.apart
        _unite(mine.curated, theirs.curated)
        _unite(mine.givens, theirs.givens)
        _unite(mine.groups, theirs.groups)
        del self._of[second]

    def veto(self, a: str, b: str, *, any_given: bool = False) -> str | None:
        """Say what forbids two units in one component; absent where nothing does.

        Args:
            a: A unit.
            b: Another.
            any_given: Given names that cannot be one person's are no reason: the source says
                that they are.
        """
        mine, theirs = self._of[self.root(a)], self._of[self.root(b)]
        if mine is theirs:
            return None
        if not mine.apart.isdisjoint(theirs.units):
            return "a user keeps them apart"
        if mine.suffixes != theirs.suffixes:
            return "different suffix"
        if not mine.records.isdisjoint(theirs.records):
            return "two mentions of one record"
        for scheme in CURATED:
            left, right = mine.curated.get(scheme), theirs.curated.get(scheme)
            if left and right and left.isdisjoint(right):
                return f"different {scheme} identifiers"
        for key, groups in mine.groups.items():
            others = theirs.groups.get(key)
            if others and groups.isdisjoint(others):
                return "two people of one common name"
        return None if any_given else self._clash(mine, theirs)

    def _clash(self, mine: _Component, theirs: _Component) -> str | None:
        for core, givens in mine.givens.items():
            for other in theirs.givens.get(core, ()):
                for one in givens:
                    if (
                        strength(one, other) == INCOMPATIBLE
                        and frozenset((one, other)) not in self._tolerated
                    ):
                        first, second = sorted((" ".join(one), " ".join(other)))
                        return f"incompatible given names: {first}, {second}"
        return None

    def tolerate(self, one: Given, other: Given) -> None:
        """Let two given names stand in one component: one of them is a slip of the pen."""
        self._tolerated.add(frozenset((one, other)))

    def untolerate(self, one: Given, other: Given) -> None:
        """Take `tolerate` back."""
        self._tolerated.discard(frozenset((one, other)))


K = TypeVar("K")
V = TypeVar("V")


def _unite(mine: dict[K, set[V]], theirs: Mapping[K, set[V]]) -> None:
    for key, values in theirs.items():
        if key in mine:
            mine[key] |= values
        else:
            mine[key] = values
