"""Walks over the ties: distances, one shortest path, components."""

from dataclasses import dataclass

import numpy as np

from graph_service.projection.arrays import Ties


@dataclass(frozen=True, slots=True)
class ShortestPath:
    """A shortest path as author numbers, both ends included; its hops are one fewer."""

    authors: tuple[int, ...]


def shortest_path(
    ties: Ties, source: int, target: int, *, max_hops: int | None = None
) -> ShortestPath | None:
    """Find one shortest path, always the same one.

    Among the shortest paths it is the one whose weakest tie is strongest, and among those the
    first by author numbers. Equal ends give a path of no hops.

    Args:
        ties: The ties to walk.
        source: The author to start at.
        target: The author to end at.
        max_hops: Longest path looked for, included; absent means any length.

    Returns:
        Absent when no path of allowed length exists.

    Cost: Two breadth-first searches that meet half-way; only the smaller frontier grows.
    """
    if source == target:
        return ShortestPath((source,))
    ahead, behind = {source: 0}, {target: 0}
    edge_ahead, edge_behind = [source], [target]
    while edge_ahead and edge_behind:
        if max_hops is not None and ahead[edge_ahead[0]] + behind[edge_behind[0]] >= max_hops:
            return None
        if len(edge_ahead) <= len(edge_behind):
            edge_ahead = _step(ties, edge_ahead, ahead)
            met = [author for author in edge_ahead if author in behind]
        else:
            edge_behind = _step(ties, edge_behind, behind)
            met = [author for author in edge_behind if author in ahead]
        if met:
            return ShortestPath(_strongest(ties, source, target, ahead, behind, met))
    return None


def _step(ties: Ties, frontier: list[int], levels: dict[int, int]) -> list[int]:
    level = levels[frontier[0]] + 1
    reached: list[int] = []
    for author in frontier:
        for other in ties.neighbours[ties.row(author)].tolist():
            if other not in levels:
                levels[other] = level
                reached.append(other)
    return reached


def _strongest(
    ties: Ties,
    source: int,
    target: int,
    ahead: dict[int, int],
    behind: dict[int, int],
    met: list[int],
) -> tuple[int, ...]:
    # Every shortest path passes one of the authors met. From there the levels on each side
    # say which neighbours lie one step nearer to that side's end.
    distance = min(ahead[author] + behind[author] for author in met)
    on_path = {author for author in met if ahead[author] + behind[author] == distance}
    left = {author: distance - ahead[author] for author in on_path}
    _mark_back(ties, on_path, ahead, left)
    forward = {author: behind[author] for author in on_path}
    frontier = on_path
    while frontier:
        nearer: set[int] = set()
        for author in frontier:
            for other in ties.neighbours[ties.row(author)].tolist():
                if behind.get(other, distance) == forward[author] - 1:
                    forward[other] = forward[author] - 1
                    nearer.add(other)
        frontier = nearer
    left.update(forward)

    # Best possible weakest tie from each author on to the target, nearest authors first.
    weakest = {target: np.inf}
    for author in sorted(left, key=lambda author: left[author]):
        if author != target:
            weakest[author] = max(
                min(weight, weakest[other])
                for other, weight in _ties_of(ties, author)
                if left.get(other) == left[author] - 1
            )
    path = [source]
    while path[-1] != target:
        here = path[-1]
        path.append(
            next(
                other
                for other, weight in _ties_of(ties, here)
                if left.get(other) == left[here] - 1
                and min(weight, weakest[other]) >= weakest[source]
            )
        )
    return tuple(path)


def _mark_back(ties: Ties, frontier: set[int], ahead: dict[int, int], left: dict[int, int]) -> None:
    while frontier:
        back: set[int] = set()
        for author in frontier:
            for other in ties.neighbours[ties.row(author)].tolist():
                if ahead.get(other, -1) == ahead[author] - 1 and ahead[author] > 0:
                    left[other] = left[author] + 1
                    back.add(other)
        frontier = back


def _ties_of(ties: Ties, author: int) -> list[tuple[int, float]]:
    row = ties.row(author)
    return list(zip(ties.neighbours[row].tolist(), ties.weights[row].tolist(), strict=True))


def within(ties: Ties, start: int, hops: int) -> dict[int, int]:
    """Map every author at most `hops` ties away to the distance; the start is at 0."""
    levels = {start: 0}
    frontier = [start]
    for _ in range(hops):
        if not frontier:
            break
        frontier = _step(ties, frontier, levels)
    return levels


def component_size(ties: Ties, start: int) -> int:
    """Count the authors that can be reached, the start included."""
    return len(within(ties, start, len(ties.indptr)))
