"""Evidence that two mentions, or two names, are one person's: what their papers have in common.

A sign that is missing says nothing; a graph never holds everything a person wrote.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from graph_service.identity.frequency import looks_common
from graph_service.identity.given_names import is_initials
from graph_service.identity.mention_table import MentionRow, PaperRow
from graph_service.identity.rule_table import (
    AFFILIATION,
    COAUTHOR,
    COAUTHOR_BY_INITIAL,
    NEAR_PLACE,
    NEAR_TEXT,
    OWNER,
    PLACE,
    TEXT,
    VENUE,
    RuleTable,
)
from graph_service.model.names import NameKey

NAMES_IN_A_DETAIL = 3
NO_LIKENESS, NEAR, ALIKE = range(3)
# Family name and first letter, where a co-author's given name is printed by initials on one side.
Short = tuple[str, str]
Place = frozenset[str]


class Sign(NamedTuple):
    """One kind of evidence: what it is worth in all, how often it was seen, and what it was."""

    kind: str
    points: float
    times: int
    detail: str


@dataclass(slots=True)
class Company:
    """Who stands on one record besides whom, as far as it says who works together.

    `common` are the keys of names that many bear, `keys` all others. `venue` is the record's, with
    its paper; absent where it tells none, or one in which too many of the papers appeared.
    """

    keys: frozenset[NameKey] = frozenset()
    common: frozenset[NameKey] = frozenset()
    by_initial: frozenset[Short] = frozenset()
    in_full: frozenset[Short] = frozenset()
    places: frozenset[Place] = frozenset()
    venue: tuple[str, str] | None = None


@dataclass(slots=True)
class Profile:
    """What the papers of one or more mentions say; every part is a union.

    `own` are the keys of the mentions themselves: they are not their own company. `places` are
    those of the authors themselves, `around` those of the papers of mentions that have none;
    `venues` holds for each venue the papers that appeared there, `years` those of all papers.
    """

    own: set[NameKey] = field(default_factory=set)
    coauthors: set[NameKey] = field(default_factory=set)
    common: set[NameKey] = field(default_factory=set)
    by_initial: set[Short] = field(default_factory=set)
    in_full: set[Short] = field(default_factory=set)
    organisations: set[str] = field(default_factory=set)
    places: set[Place] = field(default_factory=set)
    around: set[Place] = field(default_factory=set)
    owners: set[str] = field(default_factory=set)
    texts: dict[str, PaperRow] = field(default_factory=dict)
    venues: dict[str, set[str]] = field(default_factory=dict)
    years: set[int] = field(default_factory=set)


def companies(
    mentions: Iterable[MentionRow],
    papers: Mapping[str, PaperRow],
    frequent: frozenset[str],
    table: RuleTable,
) -> dict[str, Company]:
    """Who stands on each record.

    The subject of a page is left out of the records that it lists, since it stands on all of
    them; so are author lists of more than `max_authors`.
    """
    found: dict[str, list[MentionRow]] = {}
    for row in mentions:
        found.setdefault(row.record, []).append(row)
    company: dict[str, Company] = {}
    telling = _telling_venues(papers.values(), table)
    for record, rows in found.items():
        paper = papers[record]
        venue = (paper.venue, paper.work) if paper.venue in telling else None
        if len(rows) > table.max_authors:
            company[record] = Company(venue=venue)
            continue
        others = [row for row in rows if row.key != paper.subject]
        short = [(row, (row.key.family, row.given[0][:1])) for row in others if row.given]
        common = frozenset(row.key for row in others if looks_common(row.key, frequent))
        company[record] = Company(
            frozenset(row.key for row in others) - common,
            common,
            frozenset(one for row, one in short if is_initials(row.given)),
            frozenset(one for row, one in short if not is_initials(row.given)),
            frozenset().union(*(row.places for row in rows)),
            venue,
        )
    return company


def _telling_venues(papers: Iterable[PaperRow], table: RuleTable) -> frozenset[str]:
    """The venues in which a small enough share of the papers appeared, each paper once."""
    times = Counter(venue for venue, _ in {(row.venue, row.work) for row in papers if row.venue})
    most = table.venue_share * times.total()
    return frozenset(venue for venue, count in times.items() if count <= most)


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
        found.common |= around.common
        found.by_initial |= around.by_initial
        found.in_full |= around.in_full
        found.organisations |= row.organisations
        if row.places:
            found.places |= row.places
        else:
            found.around |= around.places
        found.owners |= paper.owners
        if paper.year is not None:
            found.years.add(paper.year)
        if paper.words:
            found.texts[paper.record] = paper
        if around.venue is not None:
            venue, work = around.venue
            found.venues.setdefault(venue, set()).add(work)
    return found


def signs(one: Profile, other: Profile, table: RuleTable) -> list[Sign]:
    """What speaks for two profiles being one person's, in the order of kinds."""
    own = one.own | other.own
    families = {key.family for key in own}
    shared = (one.coauthors & other.coauthors) - own
    # Namesakes work together: one of a frequent family name is no witness for another.
    shared |= {key for key in one.common & other.common if key.family not in families}
    found = [_sign(table, COAUTHOR, sorted(key.text for key in shared))]
    if one.by_initial or other.by_initial:
        known = {(key.family, key.given[:1]) for key in shared}
        short = (one.by_initial & (other.in_full | other.by_initial)) | (
            other.by_initial & one.in_full
        )
        seen = sorted(".".join(name) for name in short - known if name[0] not in families)
        found.append(_sign(table, COAUTHOR_BY_INITIAL, seen))
    found += _places(one, other, table)
    found.append(_sign(table, OWNER, sorted(one.owners & other.owners)))
    found += _texts(one, other, table)
    # Two records of one paper name one venue; that says nothing.
    venues = [
        venue
        for venue, works in sorted(one.venues.items())
        if venue in other.venues and len(works | other.venues[venue]) > 1
    ]
    found.append(_sign(table, VENUE, venues))
    return [sign for sign in found if sign.times]


def are_far_apart(one: Profile, other: Profile, table: RuleTable) -> bool:
    """Whether more years than `most_years` lie between any two papers of two people."""
    gaps = [abs(mine - theirs) for mine in one.years for theirs in other.years]
    return bool(gaps) and min(gaps) > table.most_years


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


def _places(one: Profile, other: Profile, table: RuleTable) -> list[Sign]:
    """The strongest thing that the places of two people say."""
    shared = one.organisations & other.organisations
    if shared:
        names = sorted(text.removeprefix("name:") for text in shared)
        return [_sign(table, AFFILIATION, names)]
    own, words = _closest(one.places, other.places, table)
    if own >= table.least_overlap:
        return [_sign(table, AFFILIATION, [words])]
    share, words = _closest(one.places | one.around, other.places | other.around, table)
    if share >= table.place_overlap:
        return [_sign(table, PLACE, [words])]
    return [_sign(table, NEAR_PLACE, [words])] if share >= table.near_overlap else []


def _closest(
    one: Collection[Place], other: Collection[Place], table: RuleTable
) -> tuple[float, str]:
    """The largest overlap of a place of each, and the words that they have in common."""
    best, words = 0.0, Place()
    if one and other:
        for mine in sorted(one, key=sorted)[: table.most_places]:
            for theirs in sorted(other, key=sorted)[: table.most_places]:
                share = overlap(mine, theirs)
                if share > best:
                    best, words = share, mine & theirs
    return best, " ".join(sorted(words))


def overlap(one: Collection[str], other: Collection[str]) -> float:
    """Jaccard's coefficient of two sets of words; 0 where both are empty."""
    both = len(frozenset(one) & frozenset(other))
    return both / (len(one) + len(other) - both) if both else 0.0


def _texts(one: Profile, other: Profile, table: RuleTable) -> list[Sign]:
    """How alike the two closest texts of two people are, if they are at all."""
    best = NO_LIKENESS
    words: frozenset[str] = frozenset()
    for mine in _first(one, table):
        for theirs in _first(other, table):
            alike = likeness(mine, theirs, table)
            if alike > best:
                best, words = alike, mine.words & theirs.words
    if best == NO_LIKENESS:
        return []
    return [_sign(table, TEXT if best == ALIKE else NEAR_TEXT, [" ".join(sorted(words))])]


def _first(one: Profile, table: RuleTable) -> list[PaperRow]:
    if len(one.texts) <= table.most_texts:
        return [one.texts[record] for record in sorted(one.texts)]
    return [one.texts[record] for record in sorted(one.texts)[: table.most_texts]]


def likeness(one: PaperRow, other: PaperRow, table: RuleTable) -> int:
    """How alike the content words of two papers are: not, near, or alike.

    Two records of one paper say the same and are not compared, nor are papers far apart in time.
    """
    both = len(one.words & other.words)
    if both < table.near_words or one.work == other.work:
        return NO_LIKENESS
    years = (one.year, other.year)
    if None not in years and abs((one.year or 0) - (other.year or 0)) > table.most_years:
        return NO_LIKENESS
    cosine = both / math.sqrt(len(one.words) * len(other.words))
    if cosine >= table.least_alike and both >= table.least_words:
        return ALIKE
    return NEAR if cosine >= table.near_alike else NO_LIKENESS
