"""What rules compare, and the first of them: names whose given names fit.

A pair is of two nodes: a node is what one person so far is called in one way. A rule is a list of
the pairs that it would join, in the order in which it tries them. No rule compares all pairs:
`compatible` looks into blocks of one family name and first letter, the rules for other names
(`identity.other_names`) look names up.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from graph_service.identity.evidence import Profile, Sign, are_far_apart, points_of, signs
from graph_service.identity.given_names import INCOMPATIBLE, Given, strength
from graph_service.identity.rule_table import (
    COMPATIBLE,
    FULL_GIVEN,
    FURTHER_GIVEN,
    RARE_FAMILY,
    STRENGTH_IN_WORDS,
    RuleTable,
)
from graph_service.model.names import NameKey

GIVEN_NAMES, AMBIGUOUS = "given-names", "ambiguous"


class Block(NamedTuple):
    """Names that could be one person's by family name, first letter and suffix."""

    core: str
    initial: str
    suffix: str


@dataclass(frozen=True, slots=True)
class Node:
    """A component's units of one key: `unit` stands for them in decisions.

    `given` and `family` are of the spelling with the most tokens; `core` is the family name without
    particles; `spelt` what `mention_table.spelt_out` makes of each spelling.
    """

    unit: str
    key: NameKey
    given: Given
    family: tuple[str, ...]
    core: str
    profile: Profile
    spelt: frozenset[tuple[str, ...]] = frozenset()

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the name, the given name first."""
        return self.given + self.family

    @property
    def block(self) -> Block:
        """Where it is compared."""
        return Block(self.core, self.given[0][:1] if self.given else "", self.key.suffix)


class Pair(NamedTuple):
    """Two nodes that a rule would join, or that come near to it.

    `points` is what the signs are worth, `need` what the rule asks for. A pair with fewer points
    is for the review list.
    """

    a: Node
    b: Node
    rule: str
    strength: int
    points: float
    need: float
    signs: tuple[Sign, ...]

    @property
    def is_enough(self) -> bool:
        """Whether the rule joins it, if no veto stands against it."""
        return self.points >= self.need


def by_evidence(pair: Pair) -> tuple[int, float, NameKey, NameKey, str, str]:
    """The order in which a rule tries its pairs: strength, points, keys, units."""
    return (-pair.strength, -pair.points, pair.a.key, pair.b.key, pair.a.unit, pair.b.unit)


def pair_of(
    a: Node, b: Node, rule: str, found: Sequence[Sign], need: float, by_strength: int = 0
) -> Pair:
    """Make a pair, the smaller key first."""
    if (b.key, b.unit) < (a.key, a.unit):
        a, b = b, a
    return Pair(a, b, rule, by_strength, points_of(found), need, tuple(found))


def blocks(nodes: Iterable[Node]) -> dict[Block, list[Node]]:
    """Put nodes with a given name into their blocks, each in the order of keys and units."""
    found: defaultdict[Block, list[Node]] = defaultdict(list)
    for node in sorted(nodes, key=lambda node: (node.key, node.unit)):
        if node.given and node.core:
            found[node.block].append(node)
    return dict(sorted(found.items()))


def compatible_pairs(
    found: Mapping[Block, Sequence[Node]],
    frequent: frozenset[str],
    rare: Mapping[str, int],
    table: RuleTable,
) -> tuple[list[Pair], list[Block]]:
    """Pairs of one block whose given names may be one person's and that have a sign.

    Strength descending, then points, then keys. A pair is ambiguous where a third name of the
    block is compatible with one of the two and not with the other.

    Args:
        found: The nodes by block.
        frequent: Family names that many people have: of these the names say nothing.
        rare: Family names that hardly anybody has, with the number of names that have them.
        table: The rules' numbers.

    Returns:
        The pairs, those with too few points too; and the blocks of more than `most_names`,
        of which only names that share a co-author were compared.
    """
    pairs: list[Pair] = []
    large: list[Block] = []
    for block, nodes in found.items():
        if len(nodes) > table.most_names:
            large.append(block)
            candidates: Iterable[tuple[Node, Node]] = _sharing(nodes, table)
        else:
            candidates = combinations(nodes, 2)
        givens = sorted({node.given for node in nodes})
        for a, b in candidates:
            by_strength = strength(a.given, b.given)
            if by_strength == INCOMPATIBLE or a.key == b.key:
                continue
            seen = signs(a.profile, b.profile, table)
            if block.core not in frequent:
                seen += name_signs(a, b, rare, table)
            if seen:
                need = table.need(
                    COMPATIBLE,
                    frequent=block.core in frequent,
                    ambiguous=_ambiguous(a.given, b.given, givens),
                )
                pairs.append(pair_of(a, b, COMPATIBLE, seen, need, by_strength))
    return sorted(pairs, key=by_evidence), large


def name_signs(a: Node, b: Node, rare: Mapping[str, int], table: RuleTable) -> list[Sign]:
    """What two names that fit say by themselves, the more the fewer people could bear both.

    A lone initial says nothing, be the family name ever so rare: a rare one has brothers too. And
    a rare one says nothing of papers that lie further apart than a career mostly lasts.
    """
    found = []
    if a.given[0] == b.given[0] and len(a.given[0]) > 1:
        found.append(Sign(FULL_GIVEN, table.points[FULL_GIVEN], 1, a.given[0]))
    if len(a.given) > 1 and len(b.given) > 1:
        words = f"{' '.join(a.given[1:])} / {' '.join(b.given[1:])}"
        found.append(Sign(FURTHER_GIVEN, table.points[FURTHER_GIVEN], 1, words))
    if found and a.core in rare and not are_far_apart(a.profile, b.profile, table):
        bearers = f"{a.core}: only {rare[a.core]} names have it"
        found.append(Sign(RARE_FAMILY, table.points[RARE_FAMILY], 1, bearers))
    return found


def _ambiguous(a: Given, b: Given, givens: Iterable[Given]) -> bool:
    return any(
        (strength(a, third) == INCOMPATIBLE) != (strength(b, third) == INCOMPATIBLE)
        for third in givens
    )


def _sharing(nodes: Sequence[Node], table: RuleTable) -> Iterator[tuple[Node, Node]]:
    """Pairs of nodes that share a co-author, each once, in order."""
    bearers: defaultdict[NameKey, list[int]] = defaultdict(list)
    for place, node in enumerate(nodes):
        for key in (node.profile.coauthors | node.profile.common) - node.profile.own:
            bearers[key].append(place)
    found = {
        pair
        for places in bearers.values()
        if len(places) <= table.most_bearers
        for pair in combinations(places, 2)
    }
    for one, other in sorted(found):
        yield nodes[one], nodes[other]


def strength_sign(pair: Pair) -> Sign:
    """What the names themselves say, as a row of evidence without points."""
    words = f"{' '.join(pair.a.given)} / {' '.join(pair.b.given)}"
    if pair.strength:
        words += f": {STRENGTH_IN_WORDS[pair.strength]}"
    return Sign(GIVEN_NAMES, 0.0, 1, words)
