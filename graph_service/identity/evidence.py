"""Evidence that two mentions, or two names, are one person's: what their papers have in common.

A sign that is missing says nothing; a graph never holds everything a person wrote.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from graph_service.identity.given_names import is_initials
from graph_service.identity.mention_table import MentionRow, PaperRow
from graph_service.identity.rule_table import (
    AFFILIATION,
    COAUTHOR,
    COAUTHOR_BY_INITIAL,
    OWNER,
    TEXT,
    RuleTable,
)
from graph_service.model.names import NameKey

NAMES_IN_A_DETAIL = 3
# Family name and first letter, where a co-author's given name is printed by initials on one side.
Short = tuple[str, str]


class Sign(NamedTuple):
    """One kind of evidence: what it is worth in all, how often it was seen, and what it was."""

    kind: str
    points: float
    times: int
    detail: str


@dataclass(slots=True)
class Company:
    """Who stands on one record besides whom, as far as it says who works together."""

    keys: frozenset[NameKey] = frozenset()
    by_initial: frozenset[Short] = frozenset()
    in_full: frozenset[Short] = frozenset()


@dataclass(slots=True)
class Profile:
    """What the papers of one or more mentions say; every part is a union.

    `own` are the keys of the mentions themselves: they are not their own company.
    """

    own: set[NameKey] = field(default_factory=set)
    coauthors: set[NameKey] = field(default_factory=set)
    by_initial: set[Short] = field(default_factory=set)
    in_full: set[Short] = field(default_factory=set)
    organisations: set[str] = field(default_factory=set)
    places: set[frozenset[str]] = field(default_factory=set)
    owners: set[str] = field(default_factory=set)
    texts: dict[str, PaperRow] = field(default_factory=dict)


def companies(
    mentions: Iterable[MentionRow], papers: Mapping[str, PaperRow], table: RuleTable
) -> dict[str, Company]:
    """Who stands on each record.

    The subject of a page is left out of the records that it lists, since it stands on all of
    them; so are author lists of more than `max_authors`.
    """
    found: dict[str, list[MentionRow]] = {}
    for row in mentions:
        found.setdefault(row.record, []).append(row)
    company: dict[str, Company] = {}
    nobody = Company()
    for record, rows in found.items():
        if len(rows) > table.max_authors:
            company[record] = nobody
            continue
        subject = papers[record].subject
        others = [row for row in rows if row.key != subject]
        short = [(row, (row.key.family, row.given[0][:1])) for row in others if row.given]
        company[record] = Company(
            frozenset(row.key for row in others),
            frozenset(one for row, one in short if is_initials(row.given)),
            frozenset(one for row, one in short if not is_initials(row.given)),
        )
    return company


def profile(
    mentions: Iterable[MentionRow],
    papers: Mapping[str, PaperRow],
    company: Mapping[str, Company],
) -> Profile:
    """Gather what the papers of some mentions say."""
    found = Profile()
    for row in mentions:
        around, paper = company[row.record], papers[row.record]
        found.own.add(row.key)
        found.coauthors |= around.keys
        found.by_initial |= around.by_initial
        found.in_full |= around.in_full
        found.organisations |= row.organisations
        found.places |= row.places
        found.owners |= paper.owners
        if paper.words:
            found.texts[paper.record] = paper
    return found


def signs(one: Profile, other: Profile, table: RuleTable) -> list[Sign]:
    """What speaks for two profiles being one person's, in the order of kinds."""
    own = one.own | other.own
    shared = (one.coauthors & other.coauthors) - own
    found = [_sign(table, COAUTHOR, sorted(key.text for key in shared))]
    if one.by_initial or other.by_initial:
        known = {(key.family, key.given[:1]) for key in shared | own}
        short = (one.by_initial & (other.in_full | other.by_initial)) | (
            other.by_initial & one.in_full
        )
        found.append(_sign(table, COAUTHOR_BY_INITIAL, sorted(".".join(s) for s in short - known)))
    found.append(_sign(table, AFFILIATION, _places(one, other, table)))
    found.append(_sign(table, OWNER, sorted(one.owners & other.owners)))
    found.append(_sign(table, TEXT, _texts(one, other, table)))
    return [sign for sign in found if sign.times]


def points_of(found: Iterable[Sign]) -> float:
    """What some signs are worth together."""
    return sum(sign.points for sign in found)


def _sign(table: RuleTable, kind: str, seen: Sequence[str]) -> Sign:
    counted = min(len(seen), table.most_counted[kind])
    shown = ", ".join(seen[:NAMES_IN_A_DETAIL])
    more = len(seen) - NAMES_IN_A_DETAIL
    return Sign(
        kind,
        counted * table.points[kind],
        len(seen),
        f"{shown} and {more} more" if more > 0 else shown,
    )


def _places(one: Profile, other: Profile, table: RuleTable) -> list[str]:
    shared = one.organisations & other.organisations
    if shared:
        return sorted(text.removeprefix("name:") for text in shared)
    for mine in sorted(one.places, key=sorted):
        for theirs in sorted(other.places, key=sorted):
            if overlap(mine, theirs) >= table.least_overlap:
                return [" ".join(sorted(mine & theirs))]
    return []


def overlap(one: Collection[str], other: Collection[str]) -> float:
    """Jaccard's coefficient of two sets of words; 0 where both are empty."""
    both = len(frozenset(one) & frozenset(other))
    return both / (len(one) + len(other) - both) if both else 0.0


def _texts(one: Profile, other: Profile, table: RuleTable) -> list[str]:
    best = 0.0
    words: frozenset[str] = frozenset()
    for mine in _first(one, table):
        for theirs in _first(other, table):
            alike = likeness(mine, theirs, table)
            if alike > best:
                best, words = alike, mine.words & theirs.words
    return [" ".join(sorted(words))] if best else []


def _first(one: Profile, table: RuleTable) -> list[PaperRow]:
    if len(one.texts) <= table.most_texts:
        return [one.texts[record] for record in sorted(one.texts)]
    return [one.texts[record] for record in sorted(one.texts)[: table.most_texts]]


def likeness(one: PaperRow, other: PaperRow, table: RuleTable) -> float:
    """The cosine of the content words of two papers; 0 where it is too small to say anything.

    Two records of one paper say the same and are not compared, nor are papers far apart in time.
    """
    both = len(one.words & other.words)
    if both < table.least_words or one.work == other.work:
        return 0.0
    if one.year is not None and other.year is not None:
        if abs(one.year - other.year) > table.most_years:
            return 0.0
    cosine = both / math.sqrt(len(one.words) * len(other.words))
    return cosine if cosine >= table.least_alike else 0.0
