"""Homonyms: whether one name stands for several people, and which mentions go together then.

The mentions of a name are held together by signs (`identity.evidence`), two by two. A name is
taken for one person's unless something says otherwise: two ids given by hand, two authors of one
paper, or affiliations that fall into too many groups for one career.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from graph_service.identity.evidence import Company, Place
from graph_service.identity.frequency import looks_common
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
from graph_service.identity.units import MENTION_UNIT
from graph_service.model.identifiers import CURATED

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

AT_A_TIME = 2_000


class Homonyms(NamedTuple):
    """A name that stands for several people: the group of each of its mentions.

    `rows` are the mentions, by id; `group_of` a number for each, the largest group first;
    `reason` says why the name is common.
    """

    rows: tuple[MentionRow, ...]
    group_of: tuple[int, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What groups are made from.

    `papers` and `company` are by record; `whole` holds the units that a user has said are one
    person's as they are, `apart` for each unit those that a user keeps apart from it.
    """

    papers: Mapping[str, PaperRow]
    company: Mapping[str, Company]
    frequent: frozenset[str]
    table: RuleTable
    whole: frozenset[str] = frozenset()
    apart: Mapping[str, frozenset[str]] = field(default_factory=dict)


def find_homonyms(rows: Sequence[MentionRow], facts: Facts) -> Homonyms | None:
    """Split the mentions of one name into people, where it is common; absent where it is not.

    Mentions that stand for themselves already (twice on a record, or by a user's word) are not
    grouped; but a name that one record prints twice is common.

    Args:
        rows: All mentions of one key, in any order.
        facts: Of all papers.
    """
    table = facts.table
    twice = _prints_twice(rows)
    named = sorted(
        (row for row in rows if not row.unit.startswith(MENTION_UNIT)), key=lambda row: row.id
    )
    least = 2 if table.by_sight else math.ceil(table.least_groups)
    curated = {one for row in named for one in row.identifiers if one.partition(":")[0] in CURATED}
    known = any(sum(one.startswith(f"{scheme}:") for one in curated) > 1 for scheme in CURATED)
    if len(named) < 2 or (len(named) < least and not known):
        return None
    by_sight = table.by_sight and (twice or looks_common(named[0].key, facts.frequent))
    placed = sum(bool(row.organisations) for row in named)
    if not (known or by_sight or placed >= table.least_groups):
        return None
    if len(named) > table.most_mentions:
        return None
    groups = _Groups(named, facts)
    groups.link()
    weight = groups.weight_by_place()
    if known:
        reason = "the name has several ids given by hand"
    elif weight >= table.least_groups:
        reason = f"affiliations fall into {weight:.1f} groups by weight"
    elif twice and by_sight:
        reason = "one paper names two people so"
    elif by_sight:
        reason = "a frequent family name with a short given name"
    else:
        return None
    return Homonyms(tuple(named), groups.numbered(blanks_apart=table.blanks_apart), reason)


def _prints_twice(rows: Iterable[MentionRow]) -> bool:
    seen: set[str] = set()
    for row in rows:
        if row.record in seen:
            return True
        seen.add(row.record)
    return False


class _Groups:
    """The mentions of one name in groups; no group holds two of one record or two curated ids."""

    def __init__(self, rows: Sequence[MentionRow], facts: Facts) -> None:
        self.rows = rows
        self.facts = facts
        self.root = np.arange(len(rows))
        self.members = [[place] for place in range(len(rows))]
        self.records = [{row.record} for row in rows]
        self.curated = [
            {one for one in row.identifiers if one.partition(":")[0] in CURATED} for row in rows
        ]
        self.units = [{row.unit} & facts.apart.keys() for row in rows]
        self.linked = np.zeros(len(rows), np.bool_)

    def link(self) -> None:
        """Link what is sure, then pairs by their points, the most first, then by mention ids."""
        for first, second in self._sure():
            self._join(first, second)
        points = pair_points(self.rows, self.facts)
        one, other = np.nonzero(np.triu(points >= self.facts.table.link, 1))
        order = np.lexsort((other, one, -points[one, other]))
        one, other = one[order], other[order]
        while len(one):
            # What a batch joins makes most pairs behind it needless.
            batch = zip(one[:AT_A_TIME].tolist(), other[:AT_A_TIME].tolist(), strict=True)
            for mine, theirs in batch:
                if self.root[mine] != self.root[theirs]:
                    self._join(mine, theirs)
            one, other = one[AT_A_TIME:], other[AT_A_TIME:]
            apart = self.root[one] != self.root[other]
            one, other = one[apart], other[apart]

    def _sure(self) -> Iterator[tuple[int, int]]:
        """Pairs that no evidence is needed for: one identifier, one paper, a user's word."""
        first: dict[str, int] = {}
        for place, row in enumerate(self.rows):
            same = [*sorted(row.identifiers), f"work {self.facts.papers[row.record].work}"]
            if row.unit in self.facts.whole:
                same.append(f"unit {row.unit}")
            for key in same:
                other = first.setdefault(key, place)
                if other != place:
                    yield other, place

    def _join(self, one: int, other: int) -> None:
        mine, theirs = int(self.root[one]), int(self.root[other])
        if mine == theirs or not self._may(mine, theirs):
            return
        first, second = sorted((mine, theirs))
        self.root[self.members[second]] = first
        self.members[first] += self.members[second]
        self.records[first] |= self.records[second]
        self.curated[first] |= self.curated[second]
        self.units[first] |= self.units[second]
        self.linked[[one, other]] = True

    def _may(self, mine: int, theirs: int) -> bool:
        if not self.records[mine].isdisjoint(self.records[theirs]):
            return False
        if any(
            not self.facts.apart[one].isdisjoint(self.units[theirs]) for one in self.units[mine]
        ):
            return False
        left, right = self.curated[mine], self.curated[theirs]
        if not (left and right):
            return True
        for scheme in CURATED:
            ours = {one for one in left if one.startswith(f"{scheme}:")}
            others = {one for one in right if one.startswith(f"{scheme}:")}
            if ours and others and ours.isdisjoint(others):
                return False
        return True

    def weight_by_place(self) -> float:
        """Into how many groups the mentions with an affiliation fall, counted by weight."""
        placed = [int(self.root[at]) for at, row in enumerate(self.rows) if row.organisations]
        if not placed:
            return 0.0
        sizes = np.unique(placed, return_counts=True)[1]
        return float(sizes.sum() ** 2 / (sizes**2).sum())

    def numbered(self, *, blanks_apart: bool) -> tuple[int, ...]:
        """The group of each mention, the largest first, then by the first mention."""
        blank = np.array(
            [
                not (linked or row.organisations or row.identifiers)
                for linked, row in zip(self.linked.tolist(), self.rows, strict=True)
            ]
        )
        sizes: dict[int, int] = {}
        for at, root in enumerate(self.root.tolist()):
            sizes[root] = sizes.get(root, 0) + (not blank[at])
        order = sorted(sizes, key=lambda root: (-sizes[root], root))
        number = {root: at for at, root in enumerate(order)}
        return tuple(
            0 if blank[at] and not blanks_apart else number[root]
            for at, root in enumerate(self.root.tolist())
        )


def pair_points(rows: Sequence[MentionRow], facts: Facts) -> Floats:
    """What the signs between each two mentions of one name are worth, as `evidence.signs` says."""
    table = facts.table
    around = [facts.company[row.record] for row in rows]
    papers = [facts.papers[row.record] for row in rows]
    own = rows[0].key

    def worth(kind: str, times: Floats) -> Floats:
        most = np.float32(table.most_counted[kind])
        return np.minimum(times, most) * np.float32(table.points[kind])

    shared = _common(
        [
            [*(one.keys - {own}), *(key for key in one.common if key.family != own.family)]
            for one in around
        ]
    )
    points = worth(COAUTHOR, shared)
    if any(one.by_initial for one in around):
        points += worth(COAUTHOR_BY_INITIAL, _by_initial(around, rows))
    points += _place_points(rows, around, table)
    points += worth(OWNER, _common([paper.owners for paper in papers]))
    points += _text_points(papers, table)
    points += worth(VENUE, _common_venues(around))
    return points


def _common_venues(around: Sequence[Company]) -> Floats:
    """Whether each two papers appeared at one venue, and are two papers."""
    venues = [[] if one.venue is None else [one.venue[0]] for one in around]
    works = [[] if one.venue is None else [one.venue] for one in around]
    return _common(venues) - _common(works)


def _incidence(sets: Sequence[Iterable[object]]) -> Floats | None:
    """Rows by what at least two of them have; absent where there is none."""
    bearers: dict[object, list[int]] = {}
    for place, members in enumerate(sets):
        for member in members:
            bearers.setdefault(member, []).append(place)
    several = [places for places in bearers.values() if len(places) > 1]
    if not several:
        return None
    found = np.zeros((len(sets), len(several)), np.float32)
    for column, places in enumerate(several):
        found[places, column] = 1
    return found


def _common(sets: Sequence[Iterable[object]]) -> Floats:
    """How many members each two sets have in common."""
    found = _incidence(sets)
    if found is None:
        return np.zeros((len(sets), len(sets)), np.float32)
    return found @ found.T


def _by_initial(around: Sequence[Company], rows: Sequence[MentionRow]) -> Floats:
    """How many co-authors each two have in common where one side prints them by initials."""
    family = rows[0].key.family
    count = len(around)
    # (a ∩ (b in full or by initial)) ∪ (a in full ∩ b), without those known by equal keys. Few
    # names have such co-authors, and few of each: sets will do.
    bearers: dict[tuple[str, str], list[int]] = {}
    for place, company in enumerate(around):
        for short in company.by_initial | company.in_full:
            if short[0] != family:
                bearers.setdefault(short, []).append(place)
    keys = [
        {
            short: {
                one for one in company.keys | company.common if (one.family, one.given[:1]) == short
            }
            for short in company.by_initial | company.in_full
        }
        for company in around
    ]
    found = np.zeros((count, count), np.float32)
    for short, places in bearers.items():
        for at, one in enumerate(places):
            for other in places[at + 1 :]:
                if short not in around[one].by_initial and short not in around[other].by_initial:
                    continue
                if keys[one][short].isdisjoint(keys[other][short]):
                    found[one, other] += 1
                    found[other, one] += 1
    return found


def _place_points(
    rows: Sequence[MentionRow], around: Sequence[Company], table: RuleTable
) -> Floats:
    """The worth of the strongest thing that the places of each two mentions say."""
    own = [_cut(row.places, table) for row in rows]
    effective = [
        mine or _cut(company.places, table) for mine, company in zip(own, around, strict=True)
    ]
    overlaps = _Overlaps(own + effective)
    same = (_common([row.organisations for row in rows]) > 0) | overlaps.at_least(
        own, table.least_overlap
    )
    return np.select(
        [
            same,
            overlaps.at_least(effective, table.place_overlap),
            overlaps.at_least(effective, table.near_overlap),
        ],
        [np.float32(table.points[kind]) for kind in (AFFILIATION, PLACE, NEAR_PLACE)],
        np.float32(0),
    )


def _cut(places: Iterable[Place], table: RuleTable) -> list[Place]:
    return sorted(places, key=sorted)[: table.most_places]


class _Overlaps:
    """Jaccard's coefficient of each two places that some mentions name."""

    def __init__(self, named: Iterable[Iterable[Place]]) -> None:
        places = sorted({place for some in named for place in some}, key=sorted)
        self.number = {place: at for at, place in enumerate(places)}
        both = _common(places)
        sizes = np.array([len(place) for place in places], np.float32)
        self.share = both / (sizes[:, None] + sizes[None, :] - both)
        np.fill_diagonal(self.share, 1)

    def at_least(self, named: Sequence[Sequence[Place]], share: float) -> Flags:
        """Whether each two of the mentions name two places that overlap so much."""
        found = np.zeros((len(named), len(self.number)), np.float32)
        for at, places in enumerate(named):
            found[at, [self.number[place] for place in places]] = 1
        alike = (self.share >= np.float32(share)).astype(np.float32)
        return (found @ alike @ found.T) > 0


def _text_points(papers: Sequence[PaperRow], table: RuleTable) -> Floats:
    """The worth of the likeness of each two papers; see `evidence.likeness`."""
    both = _common([paper.words for paper in papers])
    sizes = np.array([max(len(paper.words), 1) for paper in papers], np.float32)
    years = np.array(
        [math.nan if paper.year is None else paper.year for paper in papers], np.float32
    )
    far = np.abs(years[:, None] - years[None, :]) > table.most_years
    works: dict[str, int] = {}
    work = np.array([works.setdefault(paper.work, len(works)) for paper in papers])
    cosine = both / np.sqrt(sizes[:, None] * sizes[None, :])
    compared = (both >= table.near_words) & ~far & (work[:, None] != work[None, :])
    alike = (both >= table.least_words) & (cosine >= np.float32(table.least_alike))
    return np.select(
        [compared & alike, compared & (cosine >= np.float32(table.near_alike))],
        [np.float32(table.points[kind]) for kind in (TEXT, NEAR_TEXT)],
        np.float32(0),
    )
