"""The rules for names that differ in more than their given names, each by looking names up.

Parted in another way, an umlaut spelt out, in another order, with fewer words, or a letter wrong.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations

from rapidfuzz.distance import OSA

from graph_service.identity.evidence import Sign, signs
from graph_service.identity.rule_table import (
    COAUTHOR,
    FEWER_WORDS,
    ONE_LETTER,
    OTHER_ORDER,
    OTHER_PARTS,
    SWAP,
    UMLAUT,
    RuleTable,
)
from graph_service.identity.rules import Node, Pair, by_evidence, pair_of
from graph_service.model.names import NameKey

Words = tuple[str, ...]


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
        for a, b in combinations(sorted(ours, key=_by_key), 2):
            if a.key != b.key and (seen := signs(a.profile, b.profile, table)):
                pairs.append(pair_of(a, b, OTHER_PARTS, seen, table.need(OTHER_PARTS)))
    return sorted(pairs, key=by_evidence)


def umlaut_pairs(nodes: Iterable[Node], table: RuleTable) -> list[Pair]:
    """Pairs of which one prints ä ö ü å ø where the other prints ae oe ue aa oe."""
    by_words: defaultdict[tuple[Words, str], list[Node]] = defaultdict(list)
    with_umlaut = []
    for node in nodes:
        by_words[tuple(sorted(node.words)), node.key.suffix].append(node)
        if node.spelt:
            with_umlaut.append(node)
    pairs = []
    for a in sorted(with_umlaut, key=_by_key):
        for spelt in sorted(a.spelt):
            pairs += [
                pair_of(a, b, UMLAUT, seen, table.need(UMLAUT))
                for b in by_words.get((spelt, a.key.suffix), ())
                if a.key != b.key and (seen := signs(a.profile, b.profile, table))
            ]
    return sorted(pairs, key=by_evidence)


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
            need = table.need(SWAP, frequent=key.family in frequent and key.given in frequent)
            pairs += [
                pair_of(a, b, SWAP, seen, need)
                for a in ours
                for b in by_name.get(turned, ())
                if (seen := _coauthors(a, b, table))
            ]
    return sorted(pairs, key=by_evidence)


def other_order_pairs(
    nodes: Iterable[Node], frequent: frozenset[str], table: RuleTable
) -> list[Pair]:
    """Pairs of the same three words or more, in two orders.

    Only co-authors count. Where both family names are frequent, two people may well be called so.
    """
    by_words: defaultdict[tuple[Words, str], list[Node]] = defaultdict(list)
    for node in nodes:
        if node.given and len(node.words) > 2:
            by_words[tuple(sorted(node.words)), node.key.suffix].append(node)
    pairs = []
    for _, ours in sorted(by_words.items()):
        for a, b in combinations(sorted(ours, key=_by_key), 2):
            if a.words != b.words and (seen := _coauthors(a, b, table)):
                need = table.need(OTHER_ORDER, frequent=_both_frequent(a.key, b.key, frequent))
                pairs.append(pair_of(a, b, OTHER_ORDER, seen, need))
    return sorted(pairs, key=by_evidence)


def fewer_words_pairs(nodes: Iterable[Node], table: RuleTable) -> list[Pair]:
    """Pairs of which one lacks words of the other, so that their family names differ.

    "Ana Lima" and "Ana Lima Costa", "Ana Costa" and "Ana M. Lima Costa": the first given name is
    equal, in full, and the words follow one another, an initial for any word that begins with it.
    Only co-authors count. A pair is ambiguous where the shorter name fits another longer one that
    does not fit the one of the pair.
    """
    by_ends: defaultdict[tuple[str, str, str], list[Node]] = defaultdict(list)
    named = sorted((node for node in nodes if node.given and node.key.family), key=_by_key)
    for node in named:
        by_ends[node.words[0], node.words[-1], node.key.suffix].append(node)
    longer: defaultdict[str, list[tuple[Node, Node]]] = defaultdict(list)
    for node in named:
        for last in sorted(set(node.words[1:])):
            for short in by_ends.get((node.words[0], last, node.key.suffix), ()):
                # Either may be the shorter one where both have initials; once is enough.
                is_first = (len(short.words), short.words) < (len(node.words), node.words)
                if is_first and short.core != node.core and _lacks_words(short.words, node.words):
                    longer[short.unit].append((short, node))
    pairs = []
    for _, ours in sorted(longer.items()):
        for short, node in ours:
            if seen := _coauthors(short, node, table):
                ambiguous = any(
                    not _lacks_words(other.words, node.words)
                    and not _lacks_words(node.words, other.words)
                    for _, other in ours
                )
                need = table.need(FEWER_WORDS, ambiguous=ambiguous)
                pairs.append(pair_of(short, node, FEWER_WORDS, seen, need))
    return sorted(pairs, key=by_evidence)


def _lacks_words(short: Words, long: Words) -> bool:
    """Whether a name is another but for words that it lacks, or has as initials."""
    if short[0] != long[0] or len(short[0]) == 1 or len(short[-1]) == 1:
        return False
    rest = iter(long)
    return all(any(_fits(word, other) for other in rest) for word in short)


def _fits(one: str, other: str) -> bool:
    return one == other or (one[0] == other[0] and (len(one) == 1 or len(other) == 1))


def one_letter_pairs(
    nodes: Iterable[Node], frequent: frozenset[str], table: RuleTable
) -> list[Pair]:
    """Pairs whose names differ in one letter, or in the order of two, and share a co-author.

    Only names of at least `shortest_one_letter` letters, with an equal first letter of the given
    and equal first two of the family name. Where both family names are frequent, both given names
    may well be right, and two people so called.
    """
    by_key: defaultdict[NameKey, list[Node]] = defaultdict(list)
    for node in nodes:
        if node.key.given and len(_text(node.key)) >= table.shortest_one_letter:
            by_key[node.key].append(node)
    pairs = []
    for one, other in sorted(_one_letter_apart(by_key)):
        need = table.need(ONE_LETTER, frequent=_both_frequent(one, other, frequent))
        pairs += [
            pair_of(a, b, ONE_LETTER, seen, need)
            for a in by_key[one]
            for b in by_key[other]
            if (seen := _coauthors(a, b, table))
        ]
    return sorted(pairs, key=by_evidence)


def _one_letter_apart(names: Iterable[NameKey]) -> set[tuple[NameKey, NameKey]]:
    shortened: defaultdict[tuple[str, str], set[NameKey]] = defaultdict(set)
    for key in names:
        text = _text(key)
        begins = f"{key.given[0]} {key.family[:2]} {key.suffix}"
        # Two texts at a distance of one have a text in common that lacks a letter of each.
        for at in range(len(text)):
            shortened[begins, text[:at] + text[at + 1 :]].add(key)
        shortened[begins, text].add(key)
    return {
        pair
        for keys in shortened.values()
        if len(keys) > 1
        for pair in combinations(sorted(keys), 2)
        if OSA.distance(_text(pair[0]), _text(pair[1]), score_cutoff=1) == 1
    }


def _both_frequent(one: NameKey, other: NameKey, frequent: frozenset[str]) -> bool:
    return one.family in frequent and other.family in frequent


def _coauthors(a: Node, b: Node, table: RuleTable) -> list[Sign]:
    return [sign for sign in signs(a.profile, b.profile, table) if sign.kind == COAUTHOR]


def _by_key(node: Node) -> tuple[NameKey, str]:
    return (node.key, node.unit)


def _text(key: NameKey) -> str:
    return f"{key.given} {key.family}"
