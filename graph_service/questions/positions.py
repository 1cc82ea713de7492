"""Where authors stand among the ties, as the derived layer has it, and in which clusters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
from anyio.to_thread import run_sync

from graph_service.model.answers import ComponentRef, Measure, Membership, Note, Position
from graph_service.model.errors import NotDerived
from graph_service.model.ids import short_hash
from graph_service.projection.arrays import AuthorPaper, Floats, Ints, Offsets
from graph_service.projection.find import author_ref
from graph_service.projection.reader import View
from graph_service.projection.texts import Texts
from graph_service.store.fold import Graph
from graph_service.store.protocol import DerivationStamp

WITHOUT = "component:without:"
# Measure by measure, what is counted and how; the order is that of the columns.
COUNTED: Mapping[str, str] = {
    "degree": "collaborators: authors with a counted paper in common",
    "strength": "papers with a collaborator: the sum of the Newman weights of all ties",
    "core": "k-core: the greatest k such that the author is among people who each have k ties to "
    "one another; one long author list raises it",
    "betweenness": "share of the shortest paths between two others that lead through the author, "
    "in hops, averaged over all pairs, tied or not (Brandes)",
    "closeness": "harmonic: the mean over everybody else of 1/hops, 0 for whoever cannot be "
    "reached",
    "pagerank": "share of the visits of a walk along ties, by weight, that starts anew anywhere "
    "with a chance of 0.15; 1 over all authors",
    "clustering": "share of the pairs of collaborators who are tied; papers of three or more "
    "authors raise it",
}
MEASURES = tuple(COUNTED)


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """The measures of one view, by author number: NaN for whoever is not in it.

    `columns` are the measures in the order of MEASURES, `ranks` how many authors have a greater
    value, and 1, or 0 for none; `errors` are those of betweenness. Of author a `component[a]` is the place of the component, -1 for none.
    """

    columns: Floats
    ranks: Ints
    errors: Floats
    component: Ints
    component_ids: Texts
    component_numbers: Ints
    component_sizes: Ints
    component_ties: Ints


def ranks_of(values: Floats) -> Ints:
    """Rank values from 1, greatest first; equal values share a rank, NaN has 0."""
    known = np.sort(values[~np.isnan(values)])
    greater = len(known) - np.searchsorted(known, values, side="right")
    return np.where(np.isnan(values), 0, greater + 1).astype(np.int32)


def need_part(view: View, part: str) -> None:
    """Check that a part of the derived layer is there, be it stale.

    Raises:
        NotDerived: It is missing or half-written.
    """
    state = view.state
    if state.derivation is None or state.derived != "complete":
        raise NotDerived(state.derived)
    if part not in state.derivation.parts:
        raise NotDerived(state.derived, parts=(part,))


async def standing(view: View, *, without: bool = False) -> Standing | None:
    """The measures of all authors, or of all but the subject of a page that names everybody.

    Absent where the view has not been derived.
    """
    derivation = view.state.derivation
    if view.state.derived != "complete" or derivation is None:
        return None
    if "positions" not in derivation.parts or (without and len(_views(view)) < 2):
        return None
    prefix = WITHOUT if without else ""

    async def build() -> Standing:
        layer = await view.store.derived("positions")
        return await run_sync(_standing, view.graph, layer, prefix)

    name = "positions-without" if without else "positions"
    return await view.part(f"{name}-{_stamp(derivation)}", Standing, build)


def run_stamp(view: View) -> str:
    """What tells the run of `derive` behind an answer from another; empty: there is none."""
    return _stamp(view.state.derivation) if view.state.derivation else ""


def same_run(view: View) -> str:
    """What tells apart runs of `derive` that may differ in what they made; empty: there is none.

    Equal runs on two stores have the same, which is what a cursor needs.
    """
    derivation = view.state.derivation
    if derivation is None:
        return ""
    run = [derivation.facts_revision, derivation.parameters, derivation.versions]
    return short_hash(orjson.dumps(run).decode(), 16)


def _stamp(derivation: DerivationStamp) -> str:
    """What tells one run of `derive` from any other, as a part of a file's name."""
    run = [
        derivation.facts_revision,
        derivation.parameters,
        derivation.versions,
        derivation.seconds,
    ]
    return short_hash(orjson.dumps(run).decode(), 16)


def _views(view: View) -> list[dict[str, Any]]:
    derivation = view.state.derivation
    parameters = orjson.loads(derivation.parameters) if derivation else {}
    views: list[dict[str, Any]] = parameters.get("positions", {}).get("views", [{}])
    return views


def _standing(graph: AuthorPaper, layer: Graph, prefix: str) -> Standing:
    components = sorted(
        node.id
        for node in layer.nodes.values()
        if node.label == "Component" and node.id.startswith(WITHOUT) == bool(prefix)
    )
    place = {component: at for at, component in enumerate(components)}
    authors = len(graph.author_ids)
    columns = np.full((len(MEASURES), authors), np.nan)
    errors = np.full(authors, np.nan)
    component = np.full(authors, -1, np.int32)
    for edge in layer.edges.values():
        at = place.get(edge.end)
        number = None if at is None else graph.author_ids.find(edge.start)
        if at is None or number is None:
            continue
        component[number] = at
        # A value that is absent is nothing that `derive` writes.
        columns[:, number] = [_number(edge.properties.get(name)) for name in MEASURES]
        errors[number] = _number(edge.properties.get("betweenness_error"))
    nodes = [layer.nodes[component].properties for component in components]

    def of_components(name: str) -> Ints:
        return np.array([node[name] for node in nodes], np.int32)

    return Standing(
        columns=columns,
        ranks=np.stack([ranks_of(column) for column in columns]),
        errors=errors,
        component=component,
        component_ids=Texts.of(components),
        component_numbers=of_components("number"),
        component_sizes=of_components("size"),
        component_ties=of_components("ties"),
    )


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else np.nan


async def position_of(view: View, author: int, *, without: bool = False) -> Position | None:
    """Where an author stands; absent where it was not derived, or not with this author."""
    found = await standing(view, without=without)
    derivation = view.state.derivation
    if found is None or derivation is None or found.component[author] < 0:
        return None
    left_out = _views(view)[1 if without else 0].get("without", [])
    numbers = [view.author_number(one) for one in left_out]

    def measure(name: str) -> Measure:
        value = float(found.columns[MEASURES.index(name), author])
        whole = name in ("degree", "core")
        error = float(found.errors[author]) if name == "betweenness" else np.nan
        return Measure(
            value=int(value) if whole else value,
            rank=int(found.ranks[MEASURES.index(name), author]),
            error=None if np.isnan(error) else error,
            counted=COUNTED[name] + _sampled(view, name, without=without),
        )

    component = int(found.component[author])
    return Position(
        derived_revision=derivation.facts_revision,
        stale=view.state.stale,
        without=[author_ref(view, number) for number in numbers if number is not None],
        authors=int(np.count_nonzero(found.component >= 0)),
        component=ComponentRef(
            id=found.component_ids[component],
            number=int(found.component_numbers[component]),
            authors=int(found.component_sizes[component]),
            ties=int(found.component_ties[component]),
        ),
        **{name: measure(name) for name in MEASURES},
    )


def _sampled(view: View, name: str, *, without: bool) -> str:
    figures = _views(view)[1 if without else 0]
    if name not in ("betweenness", "closeness") or figures.get("exact", True):
        return ""
    return (
        f"; estimated from {figures['pivots']} authors drawn with a fixed seed, the greatest "
        f"standard error of a betweenness is {figures['betweenness_error']}"
        if name == "betweenness"
        else f"; estimated from {figures['pivots']} authors drawn with a fixed seed"
    )


def position_notes(view: View, position: Position | None) -> list[Note]:
    """Say that positions are missing or old, and what their numbers rest on."""
    if position is None:
        what = {"none": "missing", "incomplete": "half-written"}.get(
            view.state.derived, "without positions"
        )
        return [
            Note(
                code="positions-not-derived",
                text=f"the derived layer is {what}: where the author stands among the ties is "
                "computed by coauthor-graph derive",
            )
        ]
    if position.stale:
        return [
            Note(
                code="positions-stale",
                text="the facts have changed since positions were computed; run: coauthor-graph "
                "derive",
            )
        ]
    return []


async def memberships(view: View, author: int) -> list[Membership]:
    """The clusters that an author is in, by number, then id; none where none were derived."""
    derivation = view.state.derivation
    if derivation is None or view.state.derived != "complete":
        return []
    if "clusters" not in derivation.parts:
        return []

    async def build() -> _Clusters:
        layer = await view.store.derived("clusters")
        return await run_sync(_clusters, view.graph, layer)

    found = await view.part(f"clusters-of-authors-{_stamp(derivation)}", _Clusters, build)
    places = slice(int(found.indptr[author]), int(found.indptr[author + 1]))
    rows = [
        Membership(
            id=found.ids[cluster],
            name=found.labels[cluster],
            number=int(found.numbers[cluster]),
            size=int(found.sizes[cluster]),
            share=None if np.isnan(share) else float(share),
        )
        for cluster, share in zip(found.clusters[places], found.shares[places], strict=True)
    ]
    return sorted(rows, key=lambda row: (row.number or 0, row.id))


@dataclass(frozen=True, slots=True, eq=False)
class _Clusters:
    """The clusters of each author: places of clusters, with the author's shares beside them."""

    indptr: Offsets
    clusters: Ints
    shares: Floats
    ids: Texts
    labels: Texts
    numbers: Ints
    sizes: Ints


def _clusters(graph: AuthorPaper, layer: Graph) -> _Clusters:
    ids = sorted(node.id for node in layer.nodes.values() if node.label == "Cluster")
    place = {cluster: at for at, cluster in enumerate(ids)}
    rows = sorted(
        (number, place[edge.end], _number(edge.properties.get("share")))
        for edge in layer.edges.values()
        if edge.type == "IN_CLUSTER" and (number := graph.author_ids.find(edge.start)) is not None
    )
    nodes = [layer.nodes[cluster].properties for cluster in ids]
    sizes = np.bincount([number for number, _, _ in rows] or [0], minlength=len(graph.author_ids))
    if not rows:
        sizes[:] = 0
    return _Clusters(
        indptr=np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes))),
        clusters=np.array([cluster for _, cluster, _ in rows], np.int32),
        shares=np.array([share for _, _, share in rows], np.float64),
        ids=Texts.of(ids),
        labels=Texts.of(
            str(node.get("label") or id_) for id_, node in zip(ids, nodes, strict=True)
        ),
        numbers=np.array([node.get("number", 0) for node in nodes], np.int32),
        sizes=np.array([node.get("size", 0) for node in nodes], np.int32),
    )


def sorted_by(
    values: Floats, authors: Sequence[int] | npt.NDArray[Any], *, descending: bool
) -> npt.NDArray[np.int64]:
    """Order authors by their values, unknown ones last, then by number."""
    numbers = np.asarray(authors, np.int64)
    of = values[numbers]
    unknown = np.isnan(of)
    key = np.where(unknown, 0.0, -of if descending else of)
    return numbers[np.lexsort((numbers, key, unknown))]
