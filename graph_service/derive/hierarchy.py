"""A cluster cut further, level by level, for a closer look."""

from collections.abc import Sequence
from dataclasses import dataclass

import graspologic_native
import numpy as np

from graph_service.derive.leiden import RANDOMNESS
from graph_service.projection.arrays import Ints, Ties

SEED = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a cluster: author numbers, ascending, and the part it was cut from."""

    number: int
    level: int
    parent: int | None
    final: bool
    members: Sequence[int]


def cut_further(ties: Ties, members: Ints, *, max_size: int, resolution: float) -> list[Piece]:
    """Cut the graph of a cluster's own ties, and its parts again while they are too large.

    Args:
        ties: Ties of all authors.
        members: Author numbers of the cluster, ascending.
        max_size: A part with more members is cut again, if it can be; at least 2.
        resolution: γ of every cut, above 0.

    Returns:
        Parts by level, then smallest member, numbered so from 1. Each member is in exactly one
        final part; whoever has no tie inside is a final part of level 0.

    Source: Traag, Waltman and van Eck, Sci. Rep. 9, 5233 (2019).
    """
    inside = np.zeros(len(ties.indptr) - 1, np.bool_)
    inside[members] = True
    edges = [
        (str(author), str(other), weight)
        for author in members.tolist()
        for other, weight in zip(
            ties.neighbours[ties.row(author)].tolist(),
            ties.weights[ties.row(author)].tolist(),
            strict=True,
        )
        if author < other and inside[other]
    ]
    found = (
        graspologic_native.hierarchical_leiden(
            edges=edges,
            starting_communities=None,
            resolution=resolution,
            randomness=RANDOMNESS,
            iterations=4,
            use_modularity=True,
            max_cluster_size=max_size,
            seed=SEED,
            max_local_moving_iterations=None,
        )
        if edges
        else []
    )
    # Level and cluster make a part; the library numbers clusters as it likes.
    of_part: dict[tuple[int, int], list[int]] = {}
    parent_of: dict[tuple[int, int], int | None] = {}
    finals: set[tuple[int, int]] = set()
    for each in found:
        part = (each.level, each.cluster)
        of_part.setdefault(part, []).append(int(each.node))
        parent_of[part] = each.parent_cluster
        if each.is_final_cluster:
            finals.add(part)
    tied = {member for part in of_part.values() for member in part}
    for place, author in enumerate(one for one in members.tolist() if one not in tied):
        part = (0, -1 - place)
        of_part[part], parent_of[part] = [author], None
        finals.add(part)
    ordered = sorted(of_part, key=lambda part: (part[0], min(of_part[part])))
    number = {part: at for at, part in enumerate(ordered, start=1)}
    return [
        Piece(
            number=number[part],
            level=part[0],
            parent=None if (above := parent_of[part]) is None else number[part[0] - 1, above],
            final=part in finals,
            members=sorted(of_part[part]),
        )
        for part in ordered
    ]
