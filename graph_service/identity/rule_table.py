"""The rules as data: what each sign is worth, and how much of it each rule asks for.

A change of any number here is a new version of the rules. How the numbers were found, and what
they reach, stands in docs/identity.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from graph_service.identity.given_names import BY_INITIAL, EQUAL, SAME_FIRST

SignKind = Literal[
    "shared-coauthor",
    "coauthor-by-initial",
    "same-affiliation",
    "same-place",
    "near-place",
    "same-repository-owner",
    "alike-text",
    "near-text",
    "same-venue",
    "full-given-name",
    "further-given-name",
    "rare-family-name",
]
COAUTHOR, COAUTHOR_BY_INITIAL = "shared-coauthor", "coauthor-by-initial"
AFFILIATION, OWNER = "same-affiliation", "same-repository-owner"
PLACE, NEAR_PLACE = "same-place", "near-place"
TEXT, NEAR_TEXT = "alike-text", "near-text"
VENUE = "same-venue"
# What the names themselves say.
FULL_GIVEN, FURTHER_GIVEN = "full-given-name", "further-given-name"
RARE_FAMILY = "rare-family-name"

COMPATIBLE, SWAP, ONE_LETTER = "compatible", "swap", "one-letter"
OTHER_PARTS, UMLAUT = "other-parts", "umlaut"
OTHER_ORDER, FEWER_WORDS = "other-order", "fewer-words"
VARIANTS, COMMON_NAME = "source-variants", "common-name"
# The order in which the rules of a run apply, and in which the log applies their rows.
RULES = (
    COMMON_NAME,
    VARIANTS,
    COMPATIBLE,
    OTHER_PARTS,
    UMLAUT,
    SWAP,
    OTHER_ORDER,
    FEWER_WORDS,
    ONE_LETTER,
)

VERSION = "identity-2"


@dataclass(frozen=True, slots=True)
class RuleTable:
    """Every number of the rules.

    Attributes:
        version: Written into decisions, as in `rule:identity-1`.
        points: What a sign is worth, each time that it is seen.
        most_counted: How often a sign counts at most.
        needs: Points that a rule asks for.
        needs_if_ambiguous: What it asks for where a third name fits only one of the two.
        needs_if_frequent: What it asks for where the family name, or both of two, is frequent.
        max_authors: Longest author list that says who works together; longer ones are those of
            collaborations, in which people hardly know one another.
        least_overlap: Of the words of two affiliations, the share that makes them one.
        place_overlap: The same of two places, where an author without an affiliation stands in
            those of the paper.
        near_overlap: The share that makes two places near.
        least_alike: Cosine of the content words of two papers that makes their texts alike.
        least_words: Words that they have in common at least.
        near_alike: Cosine that makes two texts near.
        near_words: Words that these have in common at least.
        most_years: Between two papers whose texts are compared, or whose authors a rare family name
            joins.
        venue_share: Of the papers that tell a venue, the share beyond which one says nothing.
        most_rare: Names of the graph that a rare family name has at most.
        most_texts: Papers a side whose texts are compared, the first by record.
        most_places: Affiliations a side that are compared word by word, the first in order.
        link: Points that hold two mentions of a common name together.
        least_groups: A name is common if the mentions that tell an affiliation fall into so many
            groups, counted by weight (the inverse of the sum of squared shares).
        by_sight: Whether a name that looks common is taken for one (`frequency.looks_common`).
        blanks_apart: Whether mentions of a common name without any sign stand alone, and do not
            stay with the most.
        most_names: Names of a block that are compared with one another; in a larger block only
            those that share a co-author are.
        most_mentions: Mentions of one name that are compared with one another.
        most_bearers: Names of a block that share a co-author; where more do it says nothing.
        shortest_one_letter: Letters of "given family" in which a difference of one is an error.
    """

    version: str = VERSION
    points: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType(
            {
                COAUTHOR: 2.0,
                COAUTHOR_BY_INITIAL: 2.0,
                AFFILIATION: 2.0,
                PLACE: 2.0,
                NEAR_PLACE: 1.0,
                OWNER: 2.0,
                TEXT: 2.0,
                NEAR_TEXT: 1.0,
                VENUE: 1.0,
                FULL_GIVEN: 1.0,
                FURTHER_GIVEN: 1.0,
                RARE_FAMILY: 1.0,
            }
        )
    )
    most_counted: Mapping[str, int] = field(
        default_factory=lambda: MappingProxyType(
            {
                COAUTHOR: 5,
                COAUTHOR_BY_INITIAL: 2,
                AFFILIATION: 1,
                PLACE: 1,
                NEAR_PLACE: 1,
                OWNER: 1,
                TEXT: 1,
                NEAR_TEXT: 1,
                VENUE: 1,
                FULL_GIVEN: 1,
                FURTHER_GIVEN: 1,
                RARE_FAMILY: 1,
            }
        )
    )
    needs: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType(
            {
                COMPATIBLE: 2.0,
                OTHER_PARTS: 2.0,
                UMLAUT: 2.0,
                SWAP: 2.0,
                OTHER_ORDER: 4.0,
                FEWER_WORDS: 4.0,
                ONE_LETTER: 4.0,
            }
        )
    )
    needs_if_ambiguous: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType({COMPATIBLE: 4.0, FEWER_WORDS: 8.0})
    )
    needs_if_frequent: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType(
            {COMPATIBLE: 4.0, SWAP: 4.0, OTHER_ORDER: 8.0, ONE_LETTER: 8.0}
        )
    )
    max_authors: int = 100
    least_overlap: float = 0.5
    place_overlap: float = 0.3
    near_overlap: float = 0.15
    least_alike: float = 0.2
    least_words: int = 3
    near_alike: float = 0.1
    near_words: int = 2
    most_years: int = 20
    venue_share: float = 0.01
    most_rare: int = 2
    most_texts: int = 20
    most_places: int = 30
    link: float = 2.0
    least_groups: float = 10.0
    by_sight: bool = False
    blanks_apart: bool = False
    most_names: int = 200
    most_mentions: int = 4_000
    most_bearers: int = 50
    shortest_one_letter: int = 9

    def need(self, rule: str, *, frequent: bool = False, ambiguous: bool = False) -> float:
        """The points that a rule asks for of a pair."""
        found = self.needs[rule]
        if frequent:
            found = max(found, self.needs_if_frequent.get(rule, 0))
        if ambiguous:
            found = max(found, self.needs_if_ambiguous.get(rule, 0))
        return found


IDENTITY = RuleTable()
STRICT = RuleTable(version=f"{VERSION}-strict", least_groups=3.0, by_sight=True, blanks_apart=True)
STRENGTH_IN_WORDS = {EQUAL: "equal", SAME_FIRST: "first name fits", BY_INITIAL: "initial fits"}
