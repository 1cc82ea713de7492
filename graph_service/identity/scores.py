"""Scores of a grouping of mentions against the true one.

Two groupings are two labels for each mention. Averages hide homonyms, so every score is also
taken over classes of names (`name_classes`).

Source: Bagga and Baldwin, COLING-ACL 1998 (B-cubed).
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

from graph_service.identity.given_names import is_initials
from graph_service.identity.mention_table import MentionRow

SHORT_GIVEN, LONG_GIVEN = 4, 7


class Score(NamedTuple):
    """Precision and recall, 0 to 1; absent where they would be shares of nothing."""

    precision: float | None
    recall: float | None

    @property
    def f(self) -> float | None:
        """Their harmonic mean, 0 where both are 0."""
        if self.precision is None or self.recall is None:
            return None
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


class Proposed(NamedTuple):
    """Pairs of different name strings that a grouping puts together, and how many are right."""

    pairs: int
    right: int

    @property
    def precision(self) -> float | None:
        """The share that is right."""
        return self.right / self.pairs if self.pairs else None


def b_cubed(
    found: Sequence[Hashable], true: Sequence[Hashable], among: Iterable[int] | None = None
) -> Score:
    """Average over mentions how pure and how complete the group of each one is.

    For a mention in the found group C and the true group G, precision is |C ∩ G| / |C| and recall
    |C ∩ G| / |G|.

    Args:
        found: The label of each mention.
        true: Its true label, in the same order.
        among: The mentions that are averaged over, by place; all if absent. Groups are whole
            either way.
    """
    of_found, of_true = Counter(found), Counter(true)
    both = Counter(zip(found, true, strict=True))
    places = range(len(found)) if among is None else list(among)
    if not len(places):
        return Score(None, None)
    times = Counter((found[place], true[place]) for place in places)
    precision = sum(n * both[pair] / of_found[pair[0]] for pair, n in times.items())
    recall = sum(n * both[pair] / of_true[pair[1]] for pair, n in times.items())
    return Score(precision / len(places), recall / len(places))


def pairwise(found: Sequence[Hashable], true: Sequence[Hashable]) -> Score:
    """Precision and recall over pairs of mentions; large groups outweigh all others."""

    def pairs(labels: Iterable[Hashable]) -> int:
        return sum(n * (n - 1) // 2 for n in Counter(labels).values())

    both = pairs(zip(found, true, strict=True))
    of_found, of_true = pairs(found), pairs(true)
    return Score(both / of_found if of_found else None, both / of_true if of_true else None)


def proposed_merges(
    strings: Sequence[str], found: Sequence[Hashable], true: Sequence[Hashable]
) -> Proposed:
    """Count pairs of different strings in one found group.

    A pair is right where the person whom most mentions of the one string in the group are of (the
    first of several by the text of the label) is the same for the other.
    """
    groups: defaultdict[Hashable, defaultdict[str, Counter[Hashable]]] = defaultdict(
        lambda: defaultdict(Counter)
    )
    for string, label, person in zip(strings, found, true, strict=True):
        groups[label][string][person] += 1
    pairs = right = 0
    for by_string in groups.values():
        if len(by_string) > 1:
            of_person = Counter(
                min(people, key=lambda person: (-people[person], str(person)))
                for people in by_string.values()
            )
            pairs += len(by_string) * (len(by_string) - 1) // 2
            right += sum(n * (n - 1) // 2 for n in of_person.values())
    return Proposed(pairs, right)


def name_classes(row: MentionRow) -> list[str]:
    """The classes that the name of a mention is of."""
    letters = len(row.key.given)
    latin = all(
        unicodedata.name(char, "").startswith("LATIN") for char in row.name if char.isalpha()
    )
    found = ["latin script" if latin else "other script"]
    if not letters:
        return [*found, "no given name"]
    if is_initials(row.given):
        return [*found, "given name by initials"]
    found.append("given name in full")
    if letters <= SHORT_GIVEN:
        found.append("given name of at most 4 letters")
    if letters >= LONG_GIVEN:
        found.append("given name of at least 7 letters")
    return found
