"""How several authors are connected: a small tree of ties that holds all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from anyio.to_thread import run_sync

from graph_service.model.answers import Note, Parameter
from graph_service.model.errors import Moved, ParameterError
from graph_service.model.path_answers import ConnectAnswer, Tree
from graph_service.model.path_questions import FEWEST_JOINED, MOST_JOINED, AskedFilters
from graph_service.projection.arrays import Ties
from graph_service.projection.find import find_author
from graph_service.projection.reader import View
from graph_service.projection.walks import components, shortest_paths, within
from graph_service.questions.authors import identity_note
from graph_service.questions.hops import HopBuilder, incomplete_papers
from graph_service.questions.path_filters import TiesUnder, find_filter, ties_under
from graph_service.questions.paths import EVERYTHING, check_not_excluded
from graph_service.questions.same_works import same_works
from graph_service.questions.words import many

Pair = tuple[int, int]
RULE = (
    "a shortest path between any two of those asked for (among equals the one whose weakest tie is "
    "strongest, then by author ids), of these the fewest hops that join all, merged into a tree "
    "that keeps the stronger ties, then the lower ids, and loses ends that nobody asked for; with "
    "t asked for it has at most 2 (1 - 1/t) times the hops of the smallest tree"
)


@dataclass(frozen=True, slots=True)
class _Joined:
    """A tree in author numbers; `longest` is the longest path that it was merged from, in hops."""

    asked: tuple[int, ...]
    hops: tuple[Pair, ...]
    at_least: int
    longest: int


async def connect(
    view: View, asked: Sequence[str], *, filters: AskedFilters = EVERYTHING
) -> ConnectAnswer:
    """Find a small tree of ties that joins three to ten authors.

    One asked for twice counts once. Those whom no chain of ties joins are in trees of their own.

    Raises:
        AuthorNotFound, AmbiguousName: One of those asked for is nobody, or several.
        NodeNotFound: A filter names no topic, venue or organisation.
        ParameterError: There are fewer than three or more than ten, one of them is excluded, or
            the filter contradicts itself.

    Source: Kou, Markowsky and Berman, Acta Informatica 15 (1981).
    Cost: One shortest path for each pair of those asked for.
    """
    if not FEWEST_JOINED <= len(asked) <= MOST_JOINED:
        raise _wrong_number(len(asked))
    found_authors, notes = await _find_all(view, asked)
    found = await find_filter(view, filters)
    check_not_excluded(view, found, found_authors)
    under = await ties_under(view, found.filter)
    joined = await run_sync(join, under.ties, found_authors)

    builder = HopBuilder(view, under, await view.shelf("Repo"), await same_works(view))
    trees = [_tree(view, builder, each) for each in joined]
    refs = [builder.author(author) for author in found_authors]
    incomplete = await run_sync(_incomplete_near, view, under, joined)
    if incomplete:
        notes.append(
            Note(
                code="cut-author-lists",
                count=incomplete,
                text=f"{many(incomplete, 'paper', 'papers')} near those asked for may name only "
                "some of the authors; a missing one could make a smaller tree",
            )
        )
    parameters: dict[str, Parameter] = {
        "authors": [author.id for author in refs],
        "max_authors": under.max_authors,
        **found.parameters,
    }
    return ConnectAnswer(
        meta=view.meta(
            parameters=parameters,
            notes=[
                *identity_note(builder.unverified()),
                *notes,
                *builder.notes(),
                *under.notes(),
                *found.notes,
            ],
        ),
        asked=refs,
        joined=len(trees) == 1,
        rule=RULE,
        at_most_times_smallest=round(2 * (1 - 1 / len(refs)), 9),
        incomplete_papers=incomplete,
        trees=trees,
        apart=[tree.asked for tree in trees] if len(trees) > 1 else [],
    )


def _wrong_number(count: int) -> ParameterError:
    return ParameterError("authors", count, f"{FEWEST_JOINED} to {MOST_JOINED} different authors")


async def _find_all(view: View, asked: Sequence[str]) -> tuple[tuple[int, ...], list[Note]]:
    """The authors asked for, each once, ascending. Old ids are followed: a body cannot be moved."""
    numbers: list[int] = []
    notes: list[Note] = []
    for one in asked:
        name = one
        while True:
            try:
                numbers.append(await find_author(view, name))
                break
            except Moved as moved:
                name = str(moved.fields["merged_into"])
                notes.append(Note(code="moved-id", text=moved.message))
    different = tuple(sorted(set(numbers)))
    if len(different) < FEWEST_JOINED:
        raise _wrong_number(len(different))
    if len(different) < len(numbers):
        twice = len(numbers) - len(different)
        notes.append(
            Note(
                code="asked-twice",
                count=twice,
                text=f"{many(twice, 'name means', 'names mean')} an author asked for already",
            )
        )
    return different, notes


def join(ties: Ties, asked: Iterable[int]) -> list[_Joined]:
    """Join authors by small trees, one for each component.

    Args:
        ties: What they are joined by.
        asked: Author numbers.

    Returns:
        Most authors asked for first, then by the smallest of them.

    Source: Kou, Markowsky and Berman, Acta Informatica 15 (1981), steps 1 to 5.
    """
    labels = components(ties).labels
    groups: dict[int, list[int]] = {}
    for author in sorted(set(asked)):
        groups.setdefault(int(labels[author]), []).append(author)
    ordered = sorted(groups.values(), key=lambda group: (-len(group), group[0]))
    return [_join_connected(ties, tuple(group)) for group in ordered]


def _join_connected(ties: Ties, asked: tuple[int, ...]) -> _Joined:
    if len(asked) == 1:
        return _Joined(asked, (), 0, 0)
    ways = {pair: shortest_paths(ties, *pair).paths[0] for pair in combinations(asked, 2)}
    nearest_first = sorted(ways, key=lambda pair: (len(ways[pair]), pair))
    spanning = spanning_tree(nearest_first)
    merged = {
        (min(hop), max(hop))
        for pair in spanning
        for hop in zip(ways[pair], ways[pair][1:], strict=False)
    }
    strongest_first = sorted(merged, key=lambda hop: (-_weight(ties, hop), hop))
    hops = pruned(spanning_tree(strongest_first), asked)
    t, total = len(asked), sum(len(ways[pair]) - 1 for pair in spanning)
    longest = max(len(way) - 1 for way in ways.values())
    # What spans all those asked for has at most 2 (1 - 1/t) times the hops of the smallest tree.
    at_least = max(t - 1, longest, -(-total * t // (2 * (t - 1))))
    return _Joined(asked, tuple(sorted(hops)), at_least, longest)


def spanning_tree(pairs: Iterable[Pair]) -> list[Pair]:
    """Keep of ordered pairs those that join two parts not joined by the ones before (Kruskal)."""
    part: dict[int, int] = {}

    def root(author: int) -> int:
        while part.setdefault(author, author) != author:
            author = part[author]
        return author

    kept = []
    for a, b in pairs:
        one, other = root(a), root(b)
        if one != other:
            part[max(one, other)] = min(one, other)
            kept.append((a, b))
    return kept


def pruned(tree: Sequence[Pair], asked: Sequence[int]) -> list[Pair]:
    """Cut off the ends of a tree that nobody asked for, until none is left."""
    kept = list(tree)
    while True:
        ends = [author for hop in kept for author in hop]
        loose = {author for author in ends if ends.count(author) == 1} - set(asked)
        if not loose:
            return kept
        kept = [hop for hop in kept if not loose.intersection(hop)]


def _weight(ties: Ties, hop: Pair) -> float:
    place = ties.find(*hop)
    return 0.0 if place is None else float(ties.weights[place])


def _tree(view: View, builder: HopBuilder, joined: _Joined) -> Tree:
    authors = sorted({*joined.asked, *(author for hop in joined.hops for author in hop)})
    return Tree(
        asked=[view.graph.author_ids[author] for author in joined.asked],
        authors=[builder.author(author) for author in authors],
        hops=builder.hops(joined.hops),
        hop_count=len(joined.hops),
        smallest_at_least=joined.at_least,
    )


def _incomplete_near(view: View, under: TiesUnder, joined: Sequence[_Joined]) -> int:
    if not under.some_incomplete:
        return 0
    near = [
        within(under.ties, each.asked, each.longest // 2).authors
        for each in joined
        if each.longest > 1
    ]
    if not near:
        return 0
    return len(incomplete_papers(view, under, np.concatenate(near)))
