"""Which pairs of papers are worth scoring: shared authors, names, families, nearest texts."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph_service.derive.lineage_model import LineageModel
from graph_service.derive.lineage_papers import ReadScope
from graph_service.derive.lineage_texts import Texts, nearest
from graph_service.derive.method_names import family

Ints = npt.NDArray[np.integer]
PAIRS_AT_A_TIME = 4_000_000


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs by newer, then older paper; how many each rule gave, each pair once a rule."""

    older: Ints
    newer: Ints
    by_rule: dict[str, int]


def name_key(name: str) -> str:
    """What two spellings of one name have in common."""
    return name.lower().replace("-", "")


def candidate_pairs(scope: ReadScope, texts: Texts, model: LineageModel) -> Pairs:
    """Find the pairs that may have an edge, an older and a newer paper each.

    Pairs of one day are given both ways round where the rule does not say which is older. Of an
    author of more than 200 papers, of a family of more than 200, and of a name that more than
    200 coined, only the 100 latest predecessors of a paper count. The last is this project's own
    bound: the method has none, and a common name would give as many pairs as papers squared.

    Cost: near linear; a paper has at most 20 predecessors by text, and 100 by author, family or
    name once those are many.
    """
    papers = scope.papers
    days = np.array([paper.day for paper in papers], np.int64)
    count = len(papers)
    by_author: dict[str, list[int]] = {}
    by_stem: dict[str, list[int]] = {}
    for number, paper in enumerate(papers):
        for author in paper.authors:
            by_author.setdefault(author, []).append(number)
        for stem in {stem for stem, _, _ in families(scope, number, model)}:
            by_stem.setdefault(stem, []).append(number)
    nearby = nearest(texts, days, model)
    rows, places = np.nonzero(nearby >= 0)
    found = {
        "authors": _within(by_author.values(), days, count, model),
        "names": _mentioned(scope, days, count, model),
        "families": _within(by_stem.values(), days, count, model),
        "texts": np.unique(rows.astype(np.int64) * count + nearby[rows, places]),
    }
    if model.with_citations:
        found["citations"] = _cited(scope, days, count)
    codes = np.unique(np.concatenate(list(found.values())))
    return Pairs(
        older=codes % max(count, 1),
        newer=codes // max(count, 1),
        by_rule={rule: len(some) for rule, some in found.items()},
    )


def _cited(scope: ReadScope, days: Ints, count: int) -> Ints:
    """Pairs of which the newer paper cites the older one."""
    numbers = {paper.id: number for number, paper in enumerate(scope.papers)}
    codes = {
        newer * count + older
        for newer, paper in enumerate(scope.papers)
        for cites in paper.cites
        if (older := numbers.get(cites.paper)) is not None and older != newer
        if 0 < days[older] <= days[newer]
    }
    return np.array(sorted(codes), np.int64)


def families(scope: ReadScope, paper: int, model: LineageModel) -> list[tuple[str, float, str]]:
    """Stem, version and name of the names of a paper that are sure enough; ascending."""
    return sorted(
        (*known, name.name)
        for name in scope.papers[paper].names
        if name.strength >= model.family_strength and (known := family(name.name)) is not None
    )


def _within(groups: Iterable[list[int]], days: Ints, count: int, model: LineageModel) -> Ints:
    parts, waiting = [np.zeros(0, np.int64)], 0
    for group in groups:
        if len(group) < 2:
            continue
        members = np.array(group, np.int64)
        members = members[days[members] > 0]
        members = members[np.lexsort((members, days[members]))]
        size = len(members)
        reach = model.reach(len(group))
        newer, older = np.tril_indices(size, -1) if reach >= size else _band(size, reach)
        newer, older = members[newer], members[older]
        same = days[newer] == days[older]
        parts.append(newer * count + older)
        parts.append(older[same] * count + newer[same])
        waiting += len(parts[-2]) + len(parts[-1])
        # Teams that stay together give the same pairs again and again.
        if waiting > len(parts[0]) + PAIRS_AT_A_TIME:
            parts, waiting = [np.unique(np.concatenate(parts))], 0
    return np.unique(np.concatenate(parts))


def _band(size: int, reach: int) -> tuple[Ints, Ints]:
    newer = np.repeat(np.arange(size), reach)
    older = newer - np.tile(np.arange(1, reach + 1), size)
    return newer[older >= 0], older[older >= 0]


def _mentioned(scope: ReadScope, days: Ints, count: int, model: LineageModel) -> Ints:
    return np.unique(np.fromiter(_mention_codes(scope, days.tolist(), count, model), np.int64))


def _mention_codes(
    scope: ReadScope, days: list[int], count: int, model: LineageModel
) -> Iterator[int]:
    own = [{name_key(name.name) for name in paper.names} for paper in scope.papers]
    coined: dict[str, list[tuple[int, int]]] = {}
    for number, paper in enumerate(scope.papers):
        if days[number]:
            for name in paper.names:
                coined.setdefault(name.name, []).append((days[number], number))
    for printed, group in coined.items():
        key = name_key(printed)
        newer = [
            number
            for number in scope.holders.get(printed, ())
            if days[number] and key not in own[number]
        ]
        if not newer:
            continue
        group.sort()
        reach = model.reach(len(group))
        for number in newer:
            before = bisect_right(group, (days[number], count))
            for _, older in group[max(0, before - reach) : before]:
                yield number * count + older
