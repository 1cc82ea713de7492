"""A run of the rules: from all mentions and what users decided to the decisions that rules want.

The standing rules (equal names, identifiers, one place of one paper) need no row in the log; a
store applies them by itself. A run adds what needs evidence. It is a function of the set of
mentions, records and users' decisions alone: neither the order of loading nor what an earlier
run has written changes its result, and so a row that it no longer wants can be undone
(`identity.difference`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graph_service.identity.components import Components, Member
from graph_service.identity.evidence import (
    Company,
    Profile,
    Sign,
    companies,
    points_of,
    profile,
    signs,
)
from graph_service.identity.frequency import frequent_family_names, rare_family_names
from graph_service.identity.homonyms import Facts, Homonyms, find_homonyms
from graph_service.identity.mention_table import (
    MentionRow,
    PaperRow,
    PersonRow,
    core,
    spelt_out,
)
from graph_service.identity.other_names import (
    fewer_words_pairs,
    one_letter_pairs,
    other_order_pairs,
    other_parts_pairs,
    swapped_pairs,
    umlaut_pairs,
)
from graph_service.identity.persons import is_by_rule, resolve
from graph_service.identity.rule_table import (
    COMMON_NAME,
    COMPATIBLE,
    FEWER_WORDS,
    IDENTITY,
    ONE_LETTER,
    OTHER_ORDER,
    OTHER_PARTS,
    SWAP,
    UMLAUT,
    VARIANTS,
    RuleTable,
)
from graph_service.identity.rules import (
    Block,
    Node,
    Pair,
    blocks,
    compatible_pairs,
    strength_sign,
)
from graph_service.identity.units import MENTION_UNIT, Unit, mention_unit_id
from graph_service.model.identifiers import CURATED
from graph_service.model.names import NameKey
from graph_service.model.records import Decision, DecisionDraft, Evidence
from graph_service.model.revision import identity_decisions

Wanted = tuple[str, str, str, str]
# Rules that join one given name spelt in two ways.
SPELLINGS = frozenset((UMLAUT, OTHER_ORDER, ONE_LETTER))


@dataclass(frozen=True, slots=True)
class Blocked:
    """A pair that a rule would join if nothing stood against it."""

    pair: Pair
    veto: str


@dataclass(frozen=True, slots=True)
class Run:
    """What a run of the rules found.

    Attributes:
        wanted: The decisions of rules that should be in force, and no others: by rule, then in
            the order in which they apply.
        unit_of: The unit of each mention, with those that rules split off.
        person_of: For each unit the smallest unit of its person.
        common: Names that stand for several people, and why.
        near: Pairs with a sign, but too few points.
        blocked: Pairs with enough points, but a veto.
        large: Blocks too large to be compared in all.
    """

    wanted: tuple[DecisionDraft, ...]
    unit_of: Mapping[str, str]
    person_of: Mapping[str, str]
    common: Mapping[NameKey, str]
    near: tuple[Pair, ...]
    blocked: tuple[Blocked, ...]
    large: tuple[Block, ...]


def run_rules(
    mentions: Iterable[MentionRow],
    papers: Iterable[PaperRow],
    *,
    log: Iterable[Decision] = (),
    aligned: Iterable[tuple[str, str]] = (),
    persons: Iterable[PersonRow] = (),
    table: RuleTable = IDENTITY,
) -> Run:
    """Run the rules over everything that is loaded.

    Args:
        mentions: All of them, each under its unit by the standing rules and users' decisions,
            but not by decisions of rules; in any order.
        papers: A row for each record.
        log: The whole identity log. Of what rules wrote only counts what a user has undone.
        aligned: Pairs of units that stand for one place of one paper.
        persons: What sources say of persons.
        table: The rules' numbers.

    Cost: Linear in the mentions, but for names of one block and mentions of one common name,
        which are compared two by two; the table bounds both.
    """
    return _Running(
        sorted(mentions), {row.record: row for row in papers}, log, aligned, persons, table
    ).run()


def refused(log: Iterable[Decision]) -> frozenset[Wanted]:
    """What rules wrote and a user has undone, for good."""
    rows = {row.id: row for row in log}
    in_force = {row.id for row in identity_decisions(rows.values())}
    undone = {row.a for row in rows.values() if row.op == "undo" and not is_by_rule(row)} - in_force
    return frozenset(
        wanted_key(row)
        for decision in undone
        if (row := rows.get(decision)) is not None and row.op in {"same", "different"}
        if is_by_rule(row)
    )


def wanted_key(row: DecisionDraft) -> Wanted:
    """What makes two rows of rules the same one: verdict, ends in order, and rule."""
    a, b = sorted((row.a, row.b or ""))
    return (row.op, a, b, row.rule or "")


class _Running:
    """One run, step by step; see `run`."""

    def __init__(
        self,
        mentions: Sequence[MentionRow],
        papers: Mapping[str, PaperRow],
        log: Iterable[Decision],
        aligned: Iterable[tuple[str, str]],
        persons: Iterable[PersonRow],
        table: RuleTable,
    ) -> None:
        self.mentions = mentions
        self.papers = papers
        self.aligned = list(aligned)
        self.persons = sorted(persons)
        self.table = table
        rows = list(log)
        self.refused = refused(rows)
        self.by_users = [row for row in identity_decisions(rows) if not is_by_rule(row)]
        self.frequent = frequent_family_names(row.key for row in mentions)
        self.company: Mapping[str, Company] = companies(mentions, papers, self.frequent, table)
        self.unit_of = {row.id: row.unit for row in mentions}
        self.of_unit: dict[str, list[MentionRow]] = {}
        self.apart: defaultdict[str, set[str]] = defaultdict(set)
        self.groups: dict[str, tuple[NameKey, int]] = {}
        self.common: dict[NameKey, str] = {}
        self.wanted: list[DecisionDraft] = []
        self.near: list[Pair] = []
        self.blocked: list[Blocked] = []
        self.components = Components(())

    def run(self) -> Run:
        """Split common names, apply the standing rules, then each rule in its turn."""
        for decision in self.by_users:
            if decision.op == "different":
                self.apart[decision.a].add(decision.b or "")
                self.apart[decision.b or ""].add(decision.a)
        together = self._split()
        for row in self.mentions:
            self.of_unit.setdefault(self.unit_of[row.id], []).append(row)
        self._stand()
        self._hold_together(together)
        self._follow_sources()
        nodes = self._nodes()
        table, frequent = self.table, self.frequent
        rare = rare_family_names(((node.core, node.key.given) for node in nodes), table.most_rare)
        pairs, large = compatible_pairs(blocks(nodes), frequent, rare, table)
        self._apply(pairs, COMPATIBLE)
        self._apply(other_parts_pairs(nodes, table), OTHER_PARTS)
        self._apply(umlaut_pairs(nodes, table), UMLAUT)
        self._apply(swapped_pairs(nodes, frequent, table), SWAP)
        self._apply(other_order_pairs(nodes, frequent, table), OTHER_ORDER)
        self._apply(fewer_words_pairs(nodes, table), FEWER_WORDS)
        self._apply(one_letter_pairs(nodes, frequent, table), ONE_LETTER)
        return Run(
            wanted=tuple(self.wanted),
            unit_of=self.unit_of,
            person_of=self._persons(),
            common=self.common,
            near=tuple(self.near),
            blocked=tuple(self.blocked),
            large=tuple(large),
        )

    # -- common names -----------------------------------------------------------------------

    def _split(self) -> list[tuple[str, str]]:
        """Split mentions off common names; returns pairs of units that evidence holds together."""
        by_key: defaultdict[NameKey, list[MentionRow]] = defaultdict(list)
        for row in self.mentions:
            by_key[row.key].append(row)
        whole = {
            one
            for row in self.by_users
            if row.op == "same"
            for one in (row.a, row.b or "")
            if not one.startswith(MENTION_UNIT)
        }
        facts = Facts(
            papers=self.papers,
            company=self.company,
            frequent=self.frequent,
            table=self.table,
            whole=frozenset(whole),
            apart={unit: frozenset(others) for unit, others in self.apart.items()},
        )
        together: list[tuple[str, str]] = []
        for key, rows in sorted(by_key.items()):
            if found := find_homonyms(rows, facts):
                self.common[key] = found.reason
                together += self._split_name(key, found)
        return together

    def _split_name(self, key: NameKey, found: Homonyms) -> list[tuple[str, str]]:
        """Leave each unit of a name with most of its mentions, and split off the others."""
        sizes: defaultdict[str, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
        for row, group in zip(found.rows, found.group_of, strict=True):
            sizes[row.unit][group] += 1
        home = {
            unit: min(groups, key=lambda group: (-groups[group], group))
            for unit, groups in sorted(sizes.items())
        }
        members: defaultdict[int, list[str]] = defaultdict(list)
        for unit, group in home.items():
            members[group].append(unit)
            self.groups[unit] = (key, group)
        because = Sign(COMMON_NAME, 0.0, 1, found.reason)
        for row, group in zip(found.rows, found.group_of, strict=True):
            if group == home[row.unit]:
                continue
            unit = mention_unit_id(row.id)
            if self._want("different", unit, row.unit, COMMON_NAME, [because]):
                self.unit_of[row.id] = unit
                self.groups[unit] = (key, group)
                members[group].append(unit)
        units = sorted(home)
        for at, one in enumerate(units):
            for other in units[at + 1 :]:
                if home[one] != home[other] and not self._curated_apart(one, other, found):
                    self._want("different", one, other, COMMON_NAME, [because])
        return [
            (first, other) for _, (first, *others) in sorted(members.items()) for other in others
        ]

    def _curated_apart(self, one: str, other: str, found: Homonyms) -> bool:
        """Whether ids given by hand keep two units apart, so that no row has to."""
        borne: dict[str, set[str]] = {one: set(), other: set()}
        for row in found.rows:
            if row.unit in borne:
                borne[row.unit] |= row.identifiers
        for scheme in CURATED:
            mine, theirs = (
                {value for value in borne[unit] if value.startswith(f"{scheme}:")}
                for unit in (one, other)
            )
            if mine and theirs and mine.isdisjoint(theirs):
                return True
        return False

    def _hold_together(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Join the units of one person of a common name, but for what stands joined already."""
        for one, other in pairs:
            if self.components.joined(one, other) or self.components.veto(one, other):
                continue
            found = signs(self._profile(one), self._profile(other), self.table)
            if not found:
                found = [Sign(COMMON_NAME, 0.0, 1, "held together by other mentions")]
            if self._want("same", one, other, COMMON_NAME, found):
                self.components.force(one, other)

    # -- the standing rules and what sources say --------------------------------------------

    def _stand(self) -> None:
        """Apply what users decided and the standing rules, as a store does by itself."""
        units = {unit: _unit(unit, rows) for unit, rows in self.of_unit.items()}
        last = max((row.number for row in self.by_users), default=0)
        different = [
            Decision(number=number, **row.model_dump())
            for number, row in enumerate(
                (row for row in self.wanted if row.op == "different"), start=last + 1
            )
        ]
        standing = resolve(units, [*self.by_users, *different], self.aligned)
        self.components = Components(
            _member(unit, rows, self.groups.get(unit), self.apart.get(unit, ()))
            for unit, rows in sorted(self.of_unit.items())
        )
        first: dict[str, str] = {}
        for unit, author in standing.author_of.items():
            self.components.force(first.setdefault(author, unit), unit)

    def _follow_sources(self) -> None:
        """Join the names that a source says are one person's."""
        by_key: defaultdict[tuple[str, NameKey], list[str]] = defaultdict(list)
        by_identifier: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        borne: dict[str, set[str]] = {}
        for unit, rows in sorted(self.of_unit.items()):
            by_key[rows[0].source, rows[0].key].append(unit)
            borne[unit] = {one for row in rows for one in row.identifiers}
            for identifier in sorted(borne[unit]):
                by_identifier[rows[0].source, identifier].append(unit)
        claims: defaultdict[tuple[str, NameKey], int] = defaultdict(int)
        for person in self.persons:
            for key in person.keys:
                claims[person.source, key] += 1
        for person in self.persons:
            meant = {
                unit
                for identifier in person.identifiers
                for unit in by_identifier.get((person.source, identifier), ())
            }
            for key in person.keys:
                # A name that two persons have says nothing of a mention without an id.
                if claims[person.source, key] == 1:
                    meant |= {
                        unit
                        for unit in by_key.get((person.source, key), ())
                        if not borne[unit] and not unit.startswith(MENTION_UNIT)
                    }
            units = sorted(meant)
            says = [Sign("source", 0.0, 1, person.id)]
            for other in units[1:]:
                if self.components.joined(units[0], other):
                    continue
                vetoed = self.components.veto(units[0], other, any_given=True) is not None
                if not vetoed and self._want("same", units[0], other, VARIANTS, says):
                    self.components.force(units[0], other)

    # -- rules ------------------------------------------------------------------------------

    def _nodes(self) -> list[Node]:
        """What each person so far is called, in each way."""
        found: defaultdict[tuple[str, NameKey], list[str]] = defaultdict(list)
        for unit, rows in sorted(self.of_unit.items()):
            found[self.components.root(unit), rows[0].key].append(unit)
        nodes = []
        for (_, key), units in found.items():
            rows = [row for unit in units for row in self.of_unit[unit]]
            longest = max(rows, key=lambda row: (len(row.given), row.given, row.family))
            nodes.append(
                Node(
                    units[0],
                    key,
                    longest.given,
                    longest.family,
                    core(longest.family),
                    profile(rows, self.papers, self.company),
                    frozenset(filter(None, (spelt_out(row.name) for row in rows))),
                )
            )
        return nodes

    def _apply(self, pairs: Iterable[Pair], rule: str) -> None:
        for pair in pairs:
            a, b = pair.a.unit, pair.b.unit
            if self.components.joined(a, b):
                continue
            if not pair.is_enough:
                self.near.append(pair)
                continue
            if rule in SPELLINGS:
                self.components.tolerate(pair.a.given, pair.b.given)
            veto = self.components.veto(a, b)
            evidence = [*pair.signs, strength_sign(pair)]
            if veto is not None:
                self.blocked.append(Blocked(pair, veto))
            elif self._want("same", a, b, rule, evidence):
                self.components.force(a, b)
                continue
            if rule in SPELLINGS:
                self.components.untolerate(pair.a.given, pair.b.given)

    def _want(self, op: str, a: str, b: str, rule: str, found: Sequence[Sign]) -> bool:
        """Write down what a rule decides, unless a user has undone just that."""
        a, b = sorted((a, b))
        if (op, a, b, rule) in self.refused:
            return False
        self.wanted.append(
            DecisionDraft(
                op="same" if op == "same" else "different",
                a=a,
                b=b,
                rule=rule,
                evidence=tuple(
                    Evidence(kind=sign.kind, points=sign.points, detail=sign.detail)
                    for sign in found
                ),
                score=points_of(found),
                by=f"rule:{self.table.version}",
            )
        )
        return True

    def _profile(self, unit: str) -> Profile:
        return profile(self.of_unit[unit], self.papers, self.company)

    def _persons(self) -> dict[str, str]:
        smallest: dict[str, str] = {}
        for unit in sorted(self.of_unit):
            smallest.setdefault(self.components.root(unit), unit)
        return {unit: smallest[self.components.root(unit)] for unit in self.of_unit}


def _unit(unit: str, rows: Sequence[MentionRow]) -> Unit:
    return Unit(
        id=unit,
        key=rows[0].key,
        source=rows[0].source,
        variants=frozenset(row.name for row in rows),
        first_mention=min(row.id for row in rows),
        records=frozenset(row.record for row in rows),
        identifiers=frozenset().union(*(row.identifiers for row in rows)),
    )


def _member(
    unit: str,
    rows: Sequence[MentionRow],
    group: tuple[NameKey, int] | None,
    apart: Iterable[str],
) -> Member:
    member = Member(unit, apart=set(apart))
    for row in rows:
        member.suffixes.add(row.key.suffix)
        member.records.add(row.record)
        for identifier in row.identifiers:
            scheme = identifier.partition(":")[0]
            if scheme in CURATED:
                member.curated.setdefault(scheme, set()).add(identifier)
        if row.given:
            member.givens.setdefault(core(row.family), set()).add(row.given)
    if group is not None:
        member.groups[group[0]] = {group[1]}
    return member
