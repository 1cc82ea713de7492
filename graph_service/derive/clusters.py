"""Clusters of authors as a part of the derived layer."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from anyio.to_thread import run_sync

from graph_service.derive import leiden
from graph_service.derive.cleaning import clean
from graph_service.derive.labels import TermCounter
from graph_service.derive.leiden import Partition
from graph_service.derive.membership import (
    NO_CLUSTER,
    OTHER,
    Group,
    groups_of,
    papers_by_cluster,
    top_authors,
)
from graph_service.derive.method_names import (
    METHOD_STRENGTH,
    Context,
    Name,
    NameIndex,
    method_names,
    names_in,
    settled,
)
from graph_service.derive.partition import (
    RESOLUTION,
    SEEDS,
    Agreed,
    agree,
    cluster_count,
    hang_together,
)
from graph_service.derive.parts import Part
from graph_service.derive.removal import Removal
from graph_service.derive.stability import Stability, stability_of
from graph_service.model.dates import middle_day
from graph_service.model.errors import ParameterError
from graph_service.model.schema import Edge, Node, known
from graph_service.projection.arrays import AuthorPaper, Ints, Ties, ties_of
from graph_service.projection.reader import View

WEIGHT = "newman"
OBJECTIVE = "modularity"
PAPERS_AT_A_TIME = 2_000
MOST_METHODS = 8
TERMS_OF_A_LABEL = 2
OTHER_LABEL = "other"
MOST_SEEDS = 1_000
MOST_RESOLUTION = 1_000.0


def check_resolution(resolution: float) -> None:
    """Refuse a γ that is out of range.

    Raises:
        ParameterError: It is not above 0, or above 1,000.
    """
    if not 0 < resolution <= MOST_RESOLUTION:
        raise ParameterError("resolution", resolution, f"above 0, to {MOST_RESOLUTION:g}")


@dataclass(frozen=True, slots=True)
class ClusterOptions:
    """With what clusters are sought.

    `resolution` is γ, above 0; `seeds` is the number of runs, at least 1; `without` is as
    `find_removal` takes it; `replicates` of the bootstrap are by default as many as fit the
    size of the graph.
    """

    resolution: float = RESOLUTION
    seeds: int = SEEDS
    without: tuple[str, ...] = ()
    replicates: int | None = None

    def check(self) -> None:
        """Refuse what is out of range.

        Raises:
            ParameterError: `resolution` or `seeds` is out of its range.
        """
        check_resolution(self.resolution)
        if not 1 <= self.seeds <= MOST_SEEDS:
            raise ParameterError("seeds", self.seeds, f"1 to {MOST_SEEDS}")


@dataclass(frozen=True, slots=True)
class Words:
    """What the texts of a cluster's papers say, by the number of the cluster's label."""

    terms: Mapping[int, list[str]]
    methods: Mapping[int, list[str]]


async def clusters_part(
    view: View,
    removal: Removal,
    options: ClusterOptions,
    *,
    step: Callable[[str], None] = lambda _: None,
) -> Part:
    """Find clusters among the ties, and what they are about.

    Args:
        view: The graph.
        removal: Who is removed from view, and put back afterwards.
        options: How to go about it.
        step: Called with the name of each step as it begins.

    Raises:
        ParameterError: An option is out of its range.

    Cost: Runs and replicates times ties, then the texts of all papers, twice.
    """
    options.check()
    graph = view.graph
    left_out = np.array(removal.authors, np.int32)
    ties = await run_sync(lambda: ties_of(graph, without=removal.authors))
    step(f"finding clusters with {options.seeds} seeds")
    agreed = await run_sync(
        lambda: agree(ties, resolution=options.resolution, seeds=options.seeds, left_out=left_out)
    )
    if not hang_together(ties, agreed.partition):
        raise AssertionError("a cluster falls into pieces")
    replicates = agreed.effort.replicates if options.replicates is None else options.replicates
    step(f"clustering {replicates} bootstrap replicates")
    stability = await run_sync(
        lambda: stability_of(
            graph,
            agreed.partition,
            resolution=options.resolution,
            left_out=left_out,
            effort=agreed.effort,
            replicates=replicates,
        )
    )
    papers = await run_sync(papers_by_cluster, graph, agreed.partition)
    groups = await run_sync(groups_of, graph, agreed.partition, papers, removal.authors)
    step("labelling clusters")
    words = await _words(view, groups, left_out)
    return Part(
        name="clusters",
        parameters=_run_figures(
            graph, ties, removal, options, agreed, groups, papers, replicates=replicates
        ),
        rows=list(_rows(graph, groups, agreed.partition, stability, words)),
        made={
            "clusters": sum(group.label is not None for group in groups),
            "other": sum(group.size for group in groups if group.label is None),
        },
        versions={leiden.LIBRARY: leiden.library_version(), "scipy": scipy.__version__},
    )


# -- words ------------------------------------------------------------------------------------


async def _words(view: View, groups: Sequence[Group], left_out: Ints) -> Words:
    """Read all texts, cluster by cluster, for label terms and method names."""
    graph = view.graph
    of_cluster = np.full(len(graph.paper_ids), NO_CLUSTER, np.int32)
    for group in groups:
        if group.label is not None:
            of_cluster[group.papers] = group.label
    order = np.argsort(of_cluster, kind="stable").astype(np.int32)
    counter = TermCounter()
    coined: dict[int, dict[str, Name]] = {}
    titles: dict[int, str] = {}

    def count(texts: list[tuple[int, str, str]]) -> None:
        for paper, title, abstract in texts:
            if of_cluster[paper] != NO_CLUSTER:
                counter.add(int(of_cluster[paper]), title, abstract)
            # Nothing raises a strength, so what is weak now makes no method.
            names = {
                name.name: name
                for name in names_in(title, abstract).values()
                if name.strength >= METHOD_STRENGTH
            }
            if names and of_cluster[paper] != NO_CLUSTER:
                coined[paper], titles[paper] = names, title

    async for batch in _texts(view, order):
        await run_sync(count, batch)
    terms = await run_sync(counter.terms)

    unsure = {
        name.name for names in coined.values() for name in names.values() if name.strength < 1
    }
    found_in: dict[str, list[int]] = {name: [] for name in unsure}
    index = NameIndex(unsure)

    def find(texts: list[tuple[int, str, str]]) -> None:
        for paper, title, abstract in texts:
            # Its own names are the ones in question; most stand nowhere else.
            for name in index.found_in(f"{title}\n{abstract}", but=coined.get(paper, ())):
                found_in[name].append(paper)

    if unsure:
        async for batch in _texts(view, order):
            await run_sync(find, batch)
    methods = await run_sync(_methods, graph, coined, titles, found_in, of_cluster, left_out)
    return Words(terms, methods)


async def _texts(view: View, order: Ints) -> AsyncIterator[list[tuple[int, str, str]]]:
    """Paper numbers with cleaned titles and abstracts, in the order given, batch by batch."""
    ids = view.graph.paper_ids
    for start in range(0, len(order), PAPERS_AT_A_TIME):
        numbers = order[start : start + PAPERS_AT_A_TIME].tolist()
        facts = await view.store.papers([ids[number] for number in numbers])
        printed = [
            (number, view.graph.titles[number], str(each.paper.properties.get("abstract", "")))
            for number, each in zip(numbers, facts, strict=True)
        ]
        yield await run_sync(
            lambda printed=printed: [  # type: ignore[misc]
                (number, clean(title), clean(abstract)) for number, title, abstract in printed
            ]
        )


def _methods(
    graph: AuthorPaper,
    coined: Mapping[int, Mapping[str, Name]],
    titles: Mapping[int, str],
    found_in: Mapping[str, Sequence[int]],
    of_cluster: Ints,
    left_out: Ints,
) -> dict[int, list[str]]:
    """The display name of each paper's method, by cluster; by date, then paper id."""
    removed = frozenset(left_out.tolist())
    concerned = {*coined, *(paper for papers in found_in.values() for paper in papers)}
    context = Context(
        found_in=found_in,
        days={paper: middle_day(graph.dates[paper]) for paper in concerned},
        authors={
            paper: frozenset(graph.authors_of_paper(paper).tolist()) - removed
            for paper in concerned
        },
    )
    by_cluster: dict[int, list[tuple[str, int, str]]] = {}
    for paper, names in coined.items():
        display = method_names(settled(paper, titles[paper], names, context))[:1]
        day = context.days[paper] or "9999"
        for name in display:
            by_cluster.setdefault(int(of_cluster[paper]), []).append((day, paper, name))
    return {
        cluster: list(dict.fromkeys(name for _, _, name in sorted(found)))[:MOST_METHODS]
        for cluster, found in by_cluster.items()
    }


# -- rows -------------------------------------------------------------------------------------


def _rows(
    graph: AuthorPaper,
    groups: Sequence[Group],
    labels: Partition,
    stability: Stability,
    words: Words,
) -> Iterator[Node | Edge]:
    _, first_of = np.unique(labels, return_index=True)
    first = first_of[-cluster_count(labels) :].tolist()
    for group in groups:
        members = np.sort(np.r_[group.members, [author for author, _ in group.shares]]).astype(int)
        unverified = sum(graph.author_identity[author] != "verified" for author in members.tolist())
        years = graph.years[group.papers]
        dated = years[years > 0]
        yield Node(
            "Cluster",
            group.id,
            known(
                number=group.number,
                size=group.size,
                papers=len(group.papers),
                first_year=int(dated.min()) if len(dated) else None,
                last_year=int(dated.max()) if len(dated) else None,
                unverified=unverified,
                cut_lists=int((graph.complete[group.papers] == 0).sum()),
                top_authors=[graph.author_ids[author] for author in top_authors(graph, group)],
                **_described(group, stability, words),
            ),
        )
        shares = dict(group.shares)
        for author in members.tolist():
            apart = group.label is None and author not in shares
            yield Edge(
                "IN_CLUSTER",
                graph.author_ids[author],
                group.id,
                known(
                    share=shares.get(author, 1.0),
                    together=graph.author_ids[first[int(labels[author])]] if apart else None,
                ),
            )


def _described(group: Group, stability: Stability, words: Words) -> dict[str, Any]:
    """What is said of a cluster and not of "other"."""
    if group.label is None:
        return {"label": OTHER_LABEL}
    terms = words.terms.get(group.label, [])
    counted = int(stability.counted[group.label])
    return {
        "label": ", ".join(terms[:TERMS_OF_A_LABEL]) or None,
        "terms": terms,
        "methods": words.methods.get(group.label, []),
        "stability": float(stability.means[group.label]) if counted else None,
        "replicates": counted,
    }


# -- figures of the run -----------------------------------------------------------------------


def _run_figures(
    graph: AuthorPaper,
    ties: Ties,
    removal: Removal,
    options: ClusterOptions,
    agreed: Agreed,
    groups: Sequence[Group],
    papers: Ints,
    *,
    replicates: int,
) -> dict[str, Any]:
    """Everything that an answer about clusters says of the run that found them."""
    other = next((group for group in groups if group.id == OTHER), None)
    sizes = np.diff(graph.paper_indptr)
    capped = sizes[graph.capped]
    return {
        "weight": WEIGHT,
        "objective": OBJECTIVE,
        "resolution": options.resolution,
        "scan": [[gamma, count] for gamma, count in agreed.scan],
        "plateau": list(agreed.plateau or ()),
        "seeds": options.seeds,
        "algorithm": agreed.effort.algorithm,
        "iterations": agreed.effort.iterations,
        "trials": agreed.effort.trials,
        "randomness": leiden.RANDOMNESS,
        "replicates": replicates,
        "agreement": agreed.agreement,
        "distinct": agreed.distinct,
        "modularity": agreed.modularity,
        "run_modularity": agreed.run_modularity,
        "without": [graph.author_ids[author] for author in removal.authors],
        "rule": removal.rule,
        "max_authors": graph.max_authors,
        "capped_papers": len(graph.capped),
        "pairs_left_out": int((capped * (capped - 1) // 2).sum()),
        "papers": len(graph.paper_ids),
        "papers_with_cut_lists": int((graph.complete == 0).sum()),
        "papers_with_unknown_lists": int((graph.complete < 0).sum()),
        "papers_without_cluster": int((papers == NO_CLUSTER).sum()),
        "authors": len(graph.author_ids) - len(removal.authors),
        "ties": len(ties),
        "found": cluster_count(agreed.partition),
        "clusters": len(groups) - (other is not None),
        "other": [
            cluster_count(agreed.partition) - len(groups) + 1 if other else 0,
            other.size if other else 0,
            len(other.papers) if other else 0,
        ],
        "library": f"{leiden.LIBRARY} {leiden.library_version()}",
    }
