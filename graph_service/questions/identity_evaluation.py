"""How well the rules of identity tell people apart, on sets whose people are known."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from graph_service.identity.given_names import is_initials
from graph_service.identity.mention_table import (
    MentionRow,
    PaperRow,
    folded_place,
    place_words,
    title_words,
    tokens_of_parts,
)
from graph_service.identity.rule_table import IDENTITY, RuleTable
from graph_service.identity.run import Run, run_rules
from graph_service.identity.scores import (
    Score,
    b_cubed,
    name_classes,
    pairwise,
    proposed_merges,
)
from graph_service.identity.units import mention_unit_id, unit_id
from graph_service.model.answers import Note
from graph_service.model.errors import InputError
from graph_service.model.identity_evaluation_answers import (
    ClassScore,
    GoldName,
    IdentityEvaluation,
    IdentityScore,
    PairClassScore,
    RuleCount,
    ScoreOfGroups,
)
from graph_service.model.names import parts_key

DECIMALS = 9


@dataclass(frozen=True, slots=True)
class PrintedAuthor:
    """An author as a set prints it; `affiliations` are those tied to the author."""

    family: str
    given: str
    suffix: str = ""
    affiliations: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """Two mentions of which somebody said whether they are one person."""

    a: str
    b: str
    same: bool


@dataclass(slots=True)
class GoldSet:
    """A set whose people are known: the rows that the rules see, and apart from them the truth.

    `truths` are by what counts as one person, the strictest first: the person of each mention
    that is judged.
    """

    name: GoldName
    mentions: list[MentionRow] = field(default_factory=list)
    papers: list[PaperRow] = field(default_factory=list)
    truths: dict[str, dict[str, Hashable]] = field(default_factory=dict)
    pairs: list[JudgedPair] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def add_paper(
        self,
        key: str,
        authors: Sequence[PrintedAuthor],
        *,
        year: int | None = None,
        title: str = "",
        topics: Iterable[str] = (),
        venue: str = "",
    ) -> list[str]:
        """Add a record; returns the ids of its mentions, in the order of its authors."""
        record = f"{self.name}:{key}"
        words = title_words(title).union(*map(title_words, topics))
        self.papers.append(PaperRow(record, record, year, words, venue=folded_place(venue)))
        keys = [parts_key(one.family, one.given, one.suffix) for one in authors]
        times = Counter(keys)
        ids = []
        for position, (author, name) in enumerate(zip(authors, keys, strict=True), start=1):
            mention = f"{record}#{position}"
            given, family = tokens_of_parts(author.given, author.family)
            places = [place for place in author.affiliations if folded_place(place)]
            self.mentions.append(
                MentionRow(
                    id=mention,
                    record=record,
                    position=position,
                    unit=unit_id(self.name, name, ())
                    if times[name] == 1
                    else mention_unit_id(mention),
                    key=name,
                    name=author.name or f"{author.given} {author.family}".strip(),
                    given=given,
                    family=family,
                    identifiers=frozenset(),
                    organisations=frozenset(f"name:{folded_place(place)}" for place in places),
                    places=frozenset(found for place in places if (found := place_words(place))),
                    source=self.name,
                )
            )
            ids.append(mention)
        return ids


def evaluate_identity(gold: GoldSet, *, table: RuleTable = IDENTITY) -> IdentityEvaluation:
    """Run the rules on a set and score them, beside the floors of equal names and strings.

    Args:
        gold: The set; its mentions carry no identifier that the truth was made of.
        table: The rules' numbers.

    Raises:
        InputError: The set judges nothing.
    """
    first = next(iter(gold.truths.values()), {})
    if not first and not gold.pairs:
        raise InputError("the set judges no mention and no pair")
    run = run_rules(gold.mentions, gold.papers, table=table)
    by_rules = {row.id: run.person_of[run.unit_of[row.id]] for row in gold.mentions}
    by_names = {row.id: row.key for row in gold.mentions}
    ways: dict[str, Mapping[str, Hashable]] = {
        "rules": by_rules,
        "equal names": by_names,
        "equal strings": {row.id: (row.name, row.key) for row in gold.mentions},
    }
    judged = [row for row in gold.mentions if row.id in first]
    results = [
        _result(way, truth, labels, persons, gold)
        for truth, persons in gold.truths.items()
        for way, labels in ways.items()
    ]
    if not gold.truths:
        results = [_pairs_only(way, labels, gold.pairs) for way, labels in ways.items()]
        results.append(_pairs_only("always the same", None, gold.pairs))
    return IdentityEvaluation(
        gold_set=gold.name,
        rules=table.version,
        mentions=len(gold.mentions),
        judged=len(judged),
        people=len(set(first.values())),
        papers=len(gold.papers),
        pairs=len(gold.pairs) or None,
        results=results,
        classes=_classes(judged, by_rules, by_names, first),
        pair_classes=_pair_classes(gold, by_rules, by_names),
        decisions=_decisions(run),
        common_names=len(run.common),
        for_review=len(run.near) + len(run.blocked),
        large_blocks=[" ".join(filter(None, block)) for block in run.large],
        notes=gold.notes,
    )


def _decisions(run: Run) -> list[RuleCount]:
    times = Counter((row.op, row.rule or "") for row in run.wanted)
    return [RuleCount(op=op, rule=rule, decisions=n) for (op, rule), n in sorted(times.items())]


def _result(
    way: str,
    truth: str,
    labels: Mapping[str, Hashable],
    persons: Mapping[str, Hashable],
    gold: GoldSet,
) -> IdentityScore:
    judged = [row for row in gold.mentions if row.id in persons]
    found = [labels[row.id] for row in judged]
    true = [persons[row.id] for row in judged]
    merges = proposed_merges([row.name for row in judged], found, true)
    return IdentityScore(
        way=way,
        truth=truth,
        groups=len(set(found)),
        b_cubed=_rounded(b_cubed(found, true)),
        pairwise=_rounded(pairwise(found, true)),
        proposed=merges.pairs,
        proposed_right=merges.right,
        proposed_precision=_share(merges.precision),
        accuracy=_accuracy(gold.pairs, labels),
    )


def _pairs_only(
    way: str, labels: Mapping[str, Hashable] | None, pairs: Sequence[JudgedPair]
) -> IdentityScore:
    """Precision and recall of "the same" over judged pairs alone; groups are not known."""
    yes = [labels is None or labels[pair.a] == labels[pair.b] for pair in pairs]
    right = sum(said and pair.same for said, pair in zip(yes, pairs, strict=True))
    same = sum(pair.same for pair in pairs)
    nothing = ScoreOfGroups(precision=None, recall=None, f=None)
    return IdentityScore(
        way=way,
        truth="judged pairs",
        groups=0,
        b_cubed=nothing,
        pairwise=_rounded(
            Score(right / sum(yes) if any(yes) else None, right / same if same else None)
        ),
        proposed=0,
        proposed_right=0,
        proposed_precision=None,
        accuracy=_accuracy(pairs, labels),
    )


def _accuracy(pairs: Sequence[JudgedPair], labels: Mapping[str, Hashable] | None) -> float | None:
    if not pairs:
        return None
    right = sum((labels is None or labels[pair.a] == labels[pair.b]) == pair.same for pair in pairs)
    return round(right / len(pairs), DECIMALS)


def _classes(
    judged: Sequence[MentionRow],
    by_rules: Mapping[str, Hashable],
    by_names: Mapping[str, Hashable],
    truth: Mapping[str, Hashable],
) -> list[ClassScore]:
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(judged):
        for name_class in name_classes(row):
            places[name_class].append(place)
    true = [truth[row.id] for row in judged]
    rules, names = ([labels[row.id] for row in judged] for labels in (by_rules, by_names))
    return [
        ClassScore(
            name_class=name_class,
            mentions=len(among),
            rules=_rounded(b_cubed(rules, true, among)),
            floor=_rounded(b_cubed(names, true, among)),
        )
        for name_class, among in sorted(places.items())
    ]


def _pair_classes(
    gold: GoldSet, by_rules: Mapping[str, Hashable], by_names: Mapping[str, Hashable]
) -> list[PairClassScore]:
    rows = {row.id: row for row in gold.mentions}

    def kind(pair: JudgedPair) -> str:
        short = [is_initials(rows[one].given) for one in (pair.a, pair.b)]
        return ("both in full", "one by initials", "both by initials")[sum(short)]

    of_kind: defaultdict[str, list[JudgedPair]] = defaultdict(list)
    for pair in gold.pairs:
        of_kind[kind(pair)].append(pair)

    def share(pairs: Sequence[JudgedPair], labels: Mapping[str, Hashable]) -> float:
        return _accuracy(pairs, labels) or 0.0

    return [
        PairClassScore(
            pair_class=pair_class,
            pairs=len(pairs),
            rules=share(pairs, by_rules),
            floor=share(pairs, by_names),
        )
        for pair_class, pairs in sorted(of_kind.items())
    ]


def _rounded(score: Score) -> ScoreOfGroups:
    return ScoreOfGroups(
        precision=_share(score.precision), recall=_share(score.recall), f=_share(score.f)
    )


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)
