"""Works: which records speak of one paper, and which papers are one work in two forms.

Records are joined into papers by what a user decided, then by an equal identifier, then by an
equal title with a shared author. A preprint and what was published of it, told apart by their
identifiers, stay two papers and are linked. All of it depends on the set of records and
decisions alone. A store may resolve just the part that a change touches: a part is closed when
it holds every record that its own find (`meeting_keys`), and both ends of each decision on them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from graph_service.model.ids import short_hash
from graph_service.model.records import Decision, Mention, PaperRecord
from graph_service.model.revision import RECORD_UNIT
from graph_service.model.titles import title_key

Rule = Literal["user", "identifier", "title"]
LinkRule = Literal["stated", "same-title"]

# Shorter titles are shared by works that have nothing to do with one another.
LEAST_TITLE_WITHOUT_AUTHORS = 20
LEAST_TITLE_OF_A_LINK = 20
MOST_YEARS_BETWEEN = 1
# A list of this many names shares one of its first with any other list of the same paper.
NAMES_COMPARED = 20

_PREPRINT_KINDS = frozenset(("preprint",))
_PUBLISHED_KINDS = frozenset(("article", "conference-paper", "chapter", "book", "review"))
# DOIs of servers that hold preprints: bioRxiv and medRxiv, SSRN, ChemRxiv, PsyArXiv and other
# OSF servers, Research Square, Preprints.org, TechRxiv, Authorea.
_PREPRINT_DOIS = tuple(
    f"doi:{prefix}/"
    for prefix in (
        "10.1101", "10.2139", "10.26434", "10.31234", "10.31219", "10.31222", "10.31235",
        "10.21203", "10.20944", "10.36227", "10.22541",
    )
)  # fmt: skip
_PUBLISHED = frozenset(("doi", "acl", "pmid", "pmc"))
Form = Literal["preprint", "published"]
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class WorkCard:
    """What of a record says which work it is of.

    `title` is its key, `title_text` what it is found by, `mentions` are its first authors;
    `stated` are identifiers of works that it says it is a version of.
    """

    record: str
    source: str
    identifiers: frozenset[str]
    title: str
    title_text: str
    year: int | None
    mentions: Sequence[Mention]
    form: Form | None
    stated: frozenset[str]

    @property
    def names(self) -> list[str]:
        """Family name and first letter of each first author in one text, ascending.

        Made when asked for: most records meet no other of their title.
        """
        keys = [mention.key for mention in self.mentions]
        return sorted({f"{key.family} {key.given[:1]}" for key in keys})


@dataclass(frozen=True, slots=True)
class WorkJoin:
    """Why two records are one paper, or are not although a rule says so."""

    a: str
    b: str
    rule: Rule
    decision: str | None = None
    blocked_by: str | None = None


@dataclass(frozen=True, slots=True)
class WorkLink:
    """Two records whose papers are one work in two forms."""

    a: str
    b: str
    rule: LinkRule


@dataclass(frozen=True, slots=True)
class Works:
    """Which records are one paper: for each record all of its paper's, ascending.

    `joins` and `links` are sorted; the records of a link are the smallest of their papers.
    """

    work_of: Mapping[str, tuple[str, ...]]
    joins: tuple[WorkJoin, ...]
    links: tuple[WorkLink, ...]


def work_card(record: PaperRecord) -> WorkCard:
    """Take from a record what says which work it is of."""
    title = title_key(record.title)
    return WorkCard(
        record=record.id,
        source=record.source,
        identifiers=frozenset(record.identifiers) if record.identifiers else NOTHING,
        title=title,
        title_text=title_text(title),
        year=int(record.date[:4]) if record.date else None,
        mentions=record.mentions[:NAMES_COMPARED],
        form=_form(record),
        stated=frozenset([one.to for one in record.relations]) if record.relations else NOTHING,
    )


def _form(record: PaperRecord) -> Form | None:
    if not record.identifiers:
        if record.kind in _PREPRINT_KINDS:
            return "preprint"
        return "published" if record.kind in _PUBLISHED_KINDS else None
    published = any(
        one.partition(":")[0] in _PUBLISHED and not one.startswith(_PREPRINT_DOIS)
        for one in record.identifiers
    )
    if published:
        return "published"
    if record.kind in _PREPRINT_KINDS:
        return "preprint"
    if any(one.startswith(("arxiv:", *_PREPRINT_DOIS)) for one in record.identifiers):
        return "preprint"
    return "published" if record.kind in _PUBLISHED_KINDS else None


def work_keys(card: WorkCard) -> list[str]:
    """The texts under which others find a record, ascending.

    Its identifiers, its title, hashed, and those that it states of other works, marked.
    """
    if not card.identifiers and not card.stated:
        return [card.title_text] if card.title_text else []
    keys = [*card.identifiers, *(_STATED + one for one in card.stated)]
    if card.title_text:
        keys.append(card.title_text)
    return sorted(keys)


def meeting_keys(card: WorkCard) -> list[str]:
    """The texts of `work_keys` under which a record finds others, ascending."""
    if not card.identifiers and not card.stated:
        return [card.title_text] if card.title_text else []
    keys = {*card.identifiers, *card.stated, *(_STATED + one for one in card.identifiers)}
    if card.title_text:
        keys.add(card.title_text)
    return sorted(keys)


_STATED = "stated:"


def title_text(title: str) -> str:
    """The text under which the records of one title key meet; empty for an empty key."""
    return f"title:{short_hash(title, 16)}" if title else ""


def linked_records(log: Iterable[Decision]) -> dict[str, set[str]]:
    """Map each record to those that a decision in `log` names together with it."""
    linked: dict[str, set[str]] = {}
    for row in log:
        a, b = _records_of(row)
        linked.setdefault(a, set()).add(b)
        linked.setdefault(b, set()).add(a)
    return linked


def meeting(cards: Mapping[str, WorkCard], log: Iterable[Decision]) -> set[str]:
    """The records of a closed set that others of it may be one paper with.

    Whoever is not among them is a paper alone, whatever the rules say.
    """
    keys = {record: meeting_keys(card) for record, card in cards.items()}
    times = Counter(key for own in keys.values() for key in own)
    named = {record for row in log for record in _records_of(row)}
    return {
        record
        for record, own in keys.items()
        if record in named or max([times[key] for key in own], default=1) > 1
    }


class _Papers:
    """Union–find over records that refuses a union against a veto."""

    def __init__(self, cards: Mapping[str, WorkCard], different: Iterable[Decision]) -> None:
        self.cards = cards
        self.parent = {record: record for record in cards}
        self.members = {record: [record] for record in cards}
        self.apart: dict[str, dict[str, str]] = {}
        for row in different:
            a, b = _records_of(row)
            self.apart.setdefault(a, {})[b] = row.id
            self.apart.setdefault(b, {})[a] = row.id

    def root(self, record: str) -> str:
        while self.parent[record] != record:
            self.parent[record] = self.parent[self.parent[record]]
            record = self.parent[record]
        return record

    def apart_by(self, a: str, b: str) -> str | None:
        """The decision that keeps the papers of two records apart."""
        others = frozenset(self.members[self.root(b)])
        found = [
            decision
            for record in self.members[self.root(a)]
            for other, decision in self.apart.get(record, {}).items()
            if other in others
        ]
        return min(found, default=None)

    def values(self, record: str, scheme: str) -> set[str]:
        prefix = f"{scheme}:"
        return {
            one
            for member in self.members[self.root(record)]
            for one in self.cards[member].identifiers
            if one.startswith(prefix)
        }

    def clash(self, a: str, b: str, schemes: Iterable[str]) -> str | None:
        """Of which scheme the two papers bear different identifiers, and none in common."""
        for scheme in schemes:
            left, right = self.values(a, scheme), self.values(b, scheme)
            if left and right and left.isdisjoint(right):
                return f"different {scheme} identifiers"
        return None

    def contradiction(self, a: str, b: str) -> str | None:
        """What says that two papers of one title are not one publication."""
        left = [self.cards[one] for one in self.members[self.root(a)]]
        right = [self.cards[one] for one in self.members[self.root(b)]]
        if {card.source for card in left} & {card.source for card in right}:
            return "one source has both"
        schemes = {one.partition(":")[0] for card in left for one in card.identifiers}
        if found := self.clash(a, b, sorted(schemes)):
            return found
        forms = {card.form for card in left} - {None}, {card.form for card in right} - {None}
        if forms[0] and forms[1] and forms[0].isdisjoint(forms[1]):
            return "a preprint and its publication"
        years = (
            {card.year for card in left if card.year is not None},
            {card.year for card in right if card.year is not None},
        )
        if years[0] and years[1]:
            between = min(abs(one - other) for one in years[0] for other in years[1])
            if between > MOST_YEARS_BETWEEN:
                return f"{between} years between them"
        return None

    def join(self, a: str, b: str) -> None:
        first, second = sorted((self.root(a), self.root(b)))
        if first != second:
            self.parent[second] = first
            self.members[first] += self.members.pop(second)


def _records_of(row: Decision) -> tuple[str, str]:
    return row.a.removeprefix(RECORD_UNIT), (row.b or "").removeprefix(RECORD_UNIT)


def resolve_works(cards: Mapping[str, WorkCard], log: Iterable[Decision]) -> Works:
    """Join records into papers.

    - A user's `same` joins unless a `different` stands against it.
    - `identifier`: records that share one, unless their papers bear two arXiv ids.
    - `title`: equal title keys and a shared author (family name and first letter), or no author
      list on one side and a long title that only one other paper has; unless one source has
      both, the papers bear different identifiers of one scheme, one is a preprint and the other
      published, or more than a year lies between them. Of several papers that would do, one that is published
      comes first.

    What `title` would join but for a contradiction is linked as one work (`same-title`), where
    the title is long; so is what a source states (`stated`).

    Args:
        cards: By record id; closed in the sense of this module's docstring.
        log: The decisions in force on records, in any order.
    """
    rows = [row for row in log if all(record in cards for record in _records_of(row))]
    papers = _Papers(cards, [row for row in rows if row.op == "different"])
    joins: list[WorkJoin] = []

    same = sorted((row for row in rows if row.op == "same"), key=lambda row: row.number)
    for row in sorted(same, key=lambda row: sorted(_records_of(row))):
        a, b = sorted(_records_of(row))
        blocked = papers.apart_by(a, b)
        joins.append(WorkJoin(a, b, "user", row.id, blocked))
        if blocked is None:
            papers.join(a, b)

    bearers: dict[str, list[str]] = {}
    titled: dict[str, list[str]] = {}
    for record in sorted(cards):
        for identifier in cards[record].identifiers:
            bearers.setdefault(identifier, []).append(record)
        if cards[record].title:
            titled.setdefault(cards[record].title, []).append(record)
    for _, records in sorted(bearers.items()):
        for record in records[1:]:
            if papers.root(record) == papers.root(records[0]):
                continue
            blocked = papers.apart_by(records[0], record) or papers.clash(
                records[0], record, ("arxiv",)
            )
            joins.append(WorkJoin(records[0], record, "identifier", None, blocked))
            if blocked is None:
                papers.join(records[0], record)

    links: dict[tuple[str, str], LinkRule] = {}
    for _, records in sorted(titled.items()):
        if len(records) > 1:
            _join_titled(papers, records, joins, links)
    for record in sorted(cards):
        for identifier in sorted(cards[record].stated):
            for other in bearers.get(identifier, ())[:1]:
                if papers.apart_by(record, other) is None:
                    links.setdefault(_pair(record, other), "stated")

    smallest = {record: min(papers.members[papers.root(record)]) for record in cards}
    found = {
        (*_pair(smallest[a], smallest[b]), rule)
        for (a, b), rule in links.items()
        if smallest[a] != smallest[b]
    }
    # One link for a pair of papers: what a source states comes before what a rule finds.
    kept = {(a, b): rule for a, b, rule in sorted(found, key=lambda one: one[2] == "stated")}
    works = {root: tuple(sorted(members)) for root, members in papers.members.items()}
    return Works(
        work_of={record: works[papers.root(record)] for record in cards},
        joins=tuple(sorted(joins, key=lambda join: (join.a, join.b, join.decision or ""))),
        links=tuple(WorkLink(a, b, rule) for (a, b), rule in sorted(kept.items())),
    )


def _pair(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a < b else (b, a)


def _join_titled(
    papers: _Papers,
    records: Sequence[str],
    joins: list[WorkJoin],
    links: dict[tuple[str, str], LinkRule],
) -> None:
    """Join the records of one title; each is compared with what shares an author, not with all."""
    by_name: dict[str, list[str]] = {}
    # Published ones first, so that what has neither form goes with them.
    order = {"published": 0, None: 1, "preprint": 2}
    for record in sorted(records, key=lambda one: (order[papers.cards[one].form], one)):
        card = papers.cards[record]
        tried: set[str] = set()
        for name in card.names:
            for other in by_name.setdefault(name, []):
                root = papers.root(other)
                if root in tried or root == papers.root(record):
                    continue
                tried.add(root)
                _join_two(papers, other, record, joins, links)
            # A paper stands under a name once; its later records add nothing.
            if all(papers.root(other) != papers.root(record) for other in by_name[name]):
                by_name[name].append(record)

    title = papers.cards[records[0]].title
    for record in records:
        if papers.cards[record].mentions or len(title) < LEAST_TITLE_WITHOUT_AUTHORS:
            continue
        others = {papers.root(other) for other in records} - {papers.root(record)}
        if len(others) == 1:
            _join_two(papers, min(others), record, joins, links)


def _join_two(
    papers: _Papers,
    a: str,
    b: str,
    joins: list[WorkJoin],
    links: dict[tuple[str, str], LinkRule],
) -> None:
    a, b = _pair(a, b)
    apart = papers.apart_by(a, b)
    if apart is not None:
        joins.append(WorkJoin(a, b, "title", None, apart))
    elif papers.contradiction(a, b) is None:
        joins.append(WorkJoin(a, b, "title"))
        papers.join(a, b)
    elif len(papers.cards[a].title) >= LEAST_TITLE_OF_A_LINK:
        links.setdefault((a, b), "same-title")
