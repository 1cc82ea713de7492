"""The rules of a run, each a list of pairs that it would join, in the order in which it tries them.

A pair is of two nodes: a node is what one person so far is called in one way. No rule compares
all pairs: `compatible` looks into blocks of one family name and first letter, `swap` and
`one-letter` look names up.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from rapidfuzz.distance import OSA

from graph_service.identity.evidence import Profile, Sign, points_of, signs
from graph_service.identity.given_names import INCOMPATIBLE, Given, strength
from graph_service.identity.rule_table import (
    COAUTHOR,
    COMPATIBLE,
    ONE_LETTER,
    OTHER_PARTS,
    STRENGTH_IN_WORDS,
    SWAP,
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

    `given` is the spelling with the most tokens; `core` the family name without particles.
    """

    unit: str
    key: NameKey
    given: Given
    core: str
    profile: Profile

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


def _order(pair: Pair) -> tuple[int, float, NameKey, NameKey, str, str]:
    return (-pair.strength, -pair.points, pair.a.key, pair.b.key, pair.a.unit, pair.b.unit)


def _pair(
    a: Node, b: Node, rule: str, found: Sequence[Sign], need: float, by_strength: int = 0
) -> Pair:
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
    found: Mapping[Block, Sequence[Node]], frequent: frozenset[str], table: RuleTable
) -> tuple[list[Pair], list[Block]]:
    """Pairs of one block whose given names may be one person's and that share a sign.

    Strength descending, then points, then keys. A pair is ambiguous where a third name of the
    block is compatible with one of the two and not with the other.

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
            if seen := signs(a.profile, b.profile, table):
                need = table.needs[COMPATIBLE]
                if block.core in frequent:
                    need = max(need, table.needs_if_frequent)
                if _ambiguous(a.given, b.given, givens):
                    need = max(need, table.needs_if_ambiguous)
                pairs.append(_pair(a, b, COMPATIBLE, seen, need, by_strength))
    return sorted(pairs, key=_order), large


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


def other_parts_pairs(nodes: Iterable[Node], table: RuleTable) -> list[Pair]:
    """Pairs of the same words that are parted into given and family name in two ways.

    "Ana Costa | Lima" and "Ana | Costa Lima": sources part names of more than two words as they
    think fit.
    """
    by_words: defaultdict[tuple[str, str], list[Node]] = defaultdict(list)
    for node in nodes:
        if node.key.given:
            by_words[node.key.given + node.key.family, node.key.suffix].append(node)
    pairs = []
    for _, ours in sorted(by_words.items()):
        for a, b in combinations(sorted(ours, key=lambda node: (node.key, node.unit)), 2):
            if a.key != b.key and (seen := signs(a.profile, b.profile, table)):
                pairs.append(_pair(a, b, OTHER_PARTS, seen, table.needs[OTHER_PARTS]))
    return sorted(pairs, key=_order)


def swapped_pairs(nodes: Iterable[Node], frequent: frozenset[str], table: RuleTable) -> list[Pair]:
    """Pairs whose given and family name are exchanged, one token of more than a letter each.

    Only co-authors count. Where both are frequent family names, two people may well be called so.
    """
    by_name: defaultdict[NameKey, list[Node]] = defaultdict(list)
    for node in nodes:
        if len(node.given) == 1 and len(node.given[0]) > 1 and len(node.key.family) > 1:
            by_name[node.key].append(node)
    pairs = []
    for key, ours in sorted(by_name.items()):
        turned = NameKey(key.given, key.family, key.suffix)
        if key < turned:
            for a in ours:
                for b in by_name.get(turned, ()):
                    if seen := _coauthors(a, b, table):
                        need = table.needs[SWAP]
                        if key.family in frequent and key.given in frequent:
                            need = max(need, table.needs_if_frequent)
                        pairs.append(_pair(a, b, SWAP, seen, need))
    return sorted(pairs, key=_order)


def one_letter_pairs(nodes: Iterable[Node], table: RuleTable) -> list[Pair]:
    """Pairs whose names differ in one letter, or in the order of two, and share a sign.

    Only names of at least `shortest_one_letter` letters, with an equal first letter of the given
    and equal first two of the family name. Only co-authors count.
    """
    by_key: defaultdict[NameKey, list[Node]] = defaultdict(list)
    for node in nodes:
        if node.key.given and len(_text(node.key)) >= table.shortest_one_letter:
            by_key[node.key].append(node)
    shortened: defaultdict[tuple[str, str], set[NameKey]] = defaultdict(set)
    for key in by_key:
        text = _text(key)
        begins = f"{key.given[0]} {key.family[:2]} {key.suffix}"
        # Two texts at a distance of one have a text in common that lacks a letter of each.
        for at in range(len(text)):
            shortened[begins, text[:at] + text[at + 1 :]].add(key)
        shortened[begins, text].add(key)
    close = {
        pair
        for keys in shortened.values()
        if len(keys) > 1
        for pair in combinations(sorted(keys), 2)
        if OSA.distance(_text(pair[0]), _text(pair[1]), score_cutoff=1) == 1
    }
    pairs = []
    for one, other in sorted(close):
        for a in by_key[one]:
            for b in by_key[other]:
                seen = [
                    sign for sign in signs(a.profile, b.profile, table) if sign.kind == COAUTHOR
                ]
                if seen:
                    pairs.append(_pair(a, b, ONE_LETTER, seen, table.needs[ONE_LETTER]))
    return sorted(pairs, key=_order)


def _coauthors(a: Node, b: Node, table: RuleTable) -> list[Sign]:
    return [sign for sign in signs(a.profile, b.profile, table) if sign.kind == COAUTHOR]


def _text(key: NameKey) -> str:
    return f"{key.given} {key.family}"


def strength_sign(pair: Pair) -> Sign:
    """What the names themselves say, as a row of evidence without points."""
    words = f"{' '.join(pair.a.given)} / {' '.join(pair.b.given)}"
    if pair.strength:
        words += f": {STRENGTH_IN_WORDS[pair.strength]}"
    return Sign(GIVEN_NAMES, 0.0, 1, words)
