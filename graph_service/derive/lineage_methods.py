"""Methods: the names that papers coined, who introduced them and who speaks of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graph_service.derive.evidence import find_cue
from graph_service.derive.lineage_model import LINEAGE_MODEL, Cue, LineageModel
from graph_service.derive.lineage_papers import ReadPaper, ReadScope
from graph_service.derive.method_names import METHOD_STRENGTH, How, pattern_of

QUOTE_AROUND = 60
_CUT = "…"


@dataclass(frozen=True, slots=True)
class Introduction:
    """A paper that coined a method's name, by which rule and how sure."""

    paper: str
    how: How
    strength: float


@dataclass(frozen=True, slots=True)
class MethodMention:
    """A paper with the name of a method; `cue` is absent in titles and without words for it.

    `against_order`: the mentioning paper comes before all that introduce the method.
    """

    paper: str
    where: str
    cue: Cue | None
    quote: str
    against_order: bool


@dataclass(frozen=True, slots=True)
class Method:
    """A method: `key` is the paper that introduces it first, which tells namesakes apart.

    `introduced` in the order of `key`s: by date, then id; `mentioned` likewise. Papers that
    introduce it are not among those that mention it.
    """

    name: str
    key: str
    introduced: tuple[Introduction, ...]
    mentioned: tuple[MethodMention, ...]


def find_methods(
    scope: ReadScope, *, order: Sequence[str] = (), model: LineageModel = LINEAGE_MODEL
) -> tuple[Method, ...]:
    """The methods of a scope by name, then key.

    Papers that coined one name introduce one method if authors connect them; without a shared
    author they are two methods of one name, and whoever mentions the name mentions both. A paper
    counts as mentioning if it has no date, or comes on the day of the first introduction or
    later.

    Args:
        scope: Its papers.
        order: Ids in the order of the edges, for `against_order`.
        model: For the words about a name.

    Source: lineage-2, section 2.7.
    """
    introducing: dict[str, list[int]] = {}
    for number, paper in enumerate(scope.papers):
        for name in paper.names:
            if name.strength >= METHOD_STRENGTH:
                introducing.setdefault(name.name, []).append(number)
    place = {paper: at for at, paper in enumerate(order)}
    return tuple(
        _method(scope, name, group, place, model)
        for name in sorted(introducing)
        for group in _connected(scope.papers, introducing[name])
    )


def display_names(scope: ReadScope) -> dict[str, str]:
    """The strongest name of each paper that coined one sure enough, by paper."""
    return {
        paper.id: paper.names[0].name
        for paper in scope.papers
        if paper.names and paper.names[0].strength >= METHOD_STRENGTH
    }


def _connected(papers: Sequence[ReadPaper], numbers: Iterable[int]) -> list[list[int]]:
    """Papers in groups that shared authors connect, each and all by date, then id."""
    groups: list[tuple[set[str], list[int]]] = []
    for number in numbers:
        authors = set(papers[number].authors)
        joined = [group for group in groups if not group[0].isdisjoint(authors)]
        groups = [group for group in groups if group[0].isdisjoint(authors)]
        for known, members in joined:
            authors |= known
            members.append(number)
        merged = sorted({number, *(one for _, members in joined for one in members)})
        groups.append((authors, merged))
    return sorted(
        (sorted(members, key=lambda one: _when(papers[one])) for _, members in groups),
        key=lambda members: _when(papers[members[0]]),
    )


def _when(paper: ReadPaper) -> tuple[bool, int, str]:
    """By date, the undated last, then by id."""
    return not paper.day, paper.day, paper.id


def _method(
    scope: ReadScope,
    name: str,
    group: Sequence[int],
    place: Mapping[str, int],
    model: LineageModel,
) -> Method:
    papers = scope.papers
    first = papers[group[0]]
    own = set(group)
    introduced = tuple(
        Introduction(papers[number].id, coined.how, coined.strength)
        for number in group
        for coined in papers[number].names
        if coined.name == name
    )
    others = sorted(
        (
            papers[number]
            for number in scope.holders.get(name, ())
            if number not in own
            and not any(coined.name == name for coined in papers[number].names)
            and (not papers[number].day or not first.day or papers[number].day >= first.day)
        ),
        key=_when,
    )
    mentioned = tuple(
        MethodMention(paper.id, where, cue, quote, place.get(paper.id, 0) < place.get(first.id, 0))
        for paper in others
        for where, cue, quote in (_standing(name, paper, model),)
    )
    return Method(name, first.id, introduced, mentioned)


def _standing(name: str, paper: ReadPaper, model: LineageModel) -> tuple[str, Cue | None, str]:
    """Where a name first stands, the words about it, and a short quote."""
    pattern = pattern_of(name)
    if match := pattern.search(paper.title):
        return "title", None, _quote(paper.title, match.start(), match.end())
    match = pattern.search(paper.abstract)
    if match is None:
        return "abstract", None, ""
    cue = find_cue(paper.abstract, match.start(), match.end(), model)
    return "abstract", cue, _quote(paper.abstract, match.start(), match.end())


def _quote(text: str, start: int, end: int) -> str:
    """The words about a place, cut between words, with a sign where something was left out."""
    begin, stop = max(0, start - QUOTE_AROUND), min(len(text), end + QUOTE_AROUND)
    before, after = text[begin:start], text[end:stop]
    if begin:
        before = _CUT + before.partition(" ")[2]
    if stop < len(text):
        after = after.rpartition(" ")[0] + _CUT
    return before + text[start:end] + after
