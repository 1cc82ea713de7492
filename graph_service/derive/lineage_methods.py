"""Methods: the names that papers coined, who introduced them and who speaks of them."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from graph_service.derive.evidence import find_cue
from graph_service.derive.lineage_model import LINEAGE_MODEL, Cue, LineageModel
from graph_service.derive.lineage_papers import ReadPaper, ReadScope
from graph_service.derive.method_names import METHOD_STRENGTH, How, Name, pattern_of

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
    later. Of a name of more than 200 methods it mentions only the 100 introduced last by then,
    the undated counting as last of all, as of an author only so many predecessors count.

    Args:
        scope: Its papers.
        order: Ids in the order of the edges, for `against_order`.
        model: For the words about a name.

    Source: lineage-2, section 2.7; the bound is this project's own.
    Cost: linear in the mentions, of which a paper and a name have 200 at most.
    """
    coined = [{name.name: name for name in paper.names} for paper in scope.papers]
    introducing: dict[str, list[int]] = {}
    for number, names in enumerate(coined):
        for name in names.values():
            if name.strength >= METHOD_STRENGTH:
                introducing.setdefault(name.name, []).append(number)
    place = {paper: at for at, paper in enumerate(order)}
    return tuple(
        method
        for printed in sorted(introducing)
        for method in _methods(
            scope, coined, printed, _connected(scope.papers, introducing[printed]), place, model
        )
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
    ordered = sorted(numbers, key=lambda number: _when(papers[number]))
    nearer = {number: number for number in ordered}

    def head(number: int) -> int:
        while nearer[number] != number:
            nearer[number] = number = nearer[nearer[number]]
        return number

    with_author: dict[str, int] = {}
    for number in ordered:
        for author in papers[number].authors:
            nearer[head(number)] = head(with_author.setdefault(author, number))
    groups: dict[int, list[int]] = {}
    for number in ordered:
        groups.setdefault(head(number), []).append(number)
    return list(groups.values())


def _when(paper: ReadPaper) -> tuple[bool, int, str]:
    """By date, the undated last, then by id."""
    return not paper.day, paper.day, paper.id


def _methods(
    scope: ReadScope,
    coined: Sequence[Mapping[str, Name]],
    name: str,
    groups: Sequence[Sequence[int]],
    place: Mapping[str, int],
    model: LineageModel,
) -> Iterator[Method]:
    """The methods of one name, whose groups come by date, the undated last."""
    papers = scope.papers
    firsts = [papers[group[0]] for group in groups]
    mentioned: list[list[MethodMention]] = [[] for _ in groups]
    for paper, known in _mentioning(scope, coined, name, firsts, model):
        where, cue, quote = _standing(name, paper, model)
        for at in known:
            against = place.get(paper.id, 0) < place.get(firsts[at].id, 0)
            mentioned[at].append(MethodMention(paper.id, where, cue, quote, against))
    for group, first, mentions in zip(groups, firsts, mentioned, strict=True):
        introduced = tuple(
            Introduction(papers[number].id, coined[number][name].how, coined[number][name].strength)
            for number in group
        )
        yield Method(name, first.id, introduced, tuple(mentions))


def _mentioning(
    scope: ReadScope,
    coined: Sequence[Mapping[str, Name]],
    name: str,
    firsts: Sequence[ReadPaper],
    model: LineageModel,
) -> Iterator[tuple[ReadPaper, list[int]]]:
    """Who holds a name without having coined it, in order, and the methods meant by place."""
    others = sorted(
        (
            scope.papers[number]
            for number in scope.holders.get(name, ())
            if name not in coined[number]
        ),
        key=_when,
    )
    days = [first.day for first in firsts if first.day]
    dated, reach = len(days), model.reach(len(firsts))
    undated = range(max(dated, len(firsts) - reach), len(firsts))
    for paper in others:
        known = bisect_right(days, paper.day) if paper.day else dated
        yield paper, [*range(max(0, known - (reach - len(undated))), known), *undated]


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
