"""How clusters come, change and go, window by window of years."""

from collections.abc import Sequence

import numpy as np
from anyio.to_thread import run_sync

from graph_service.derive.clusters import check_resolution
from graph_service.derive.leiden import QUICK
from graph_service.derive.membership import Group, top_authors
from graph_service.derive.removal import find_removal
from graph_service.derive.windows import (
    FEWEST_PAPERS,
    MOST_TIES_FOR_SEEDS,
    SEEDS_OF_A_LARGE_WINDOW,
    STEP,
    YEARS,
    Window,
    cut_window,
    links_between,
    title_terms,
    years_of_windows,
)
from graph_service.model.answers import Note
from graph_service.model.cluster_answers import (
    ClusterTimeline,
    ClusterWindow,
    WindowCluster,
    WindowLink,
)
from graph_service.model.errors import ParameterError
from graph_service.projection.find import author_ref
from graph_service.projection.reader import View
from graph_service.questions.authors import cut_list_notes
from graph_service.questions.words import many

MOST_YEARS = 100
MOST_CLUSTERS = 100


async def show_timeline(
    view: View,
    *,
    years: int = YEARS,
    step: int = STEP,
    without: Sequence[str] = (),
    resolution: float = 1.0,
) -> ClusterTimeline:
    """Find the clusters of each window of years, and match those of successive windows.

    Computed from the present facts, so never stale.

    Args:
        view: The graph.
        years: Years of a window, 1 to 100.
        step: Years from the start of a window to that of the next, 1 to 100.
        without: Who is removed from view, as in `find_removal`.
        resolution: γ, above 0.

    Raises:
        ParameterError: One of them is out of its range.
        AuthorNotFound, AmbiguousName, Moved: Somebody to be removed is not there.

    Cost: Each window costs ten runs of Leiden, one quick one where it has over 2,000 ties.
    """
    for name, value in (("years", years), ("step", step)):
        if not 1 <= value <= MOST_YEARS:
            raise ParameterError(name, value, f"1 to {MOST_YEARS}")
    check_resolution(resolution)
    graph = view.graph
    removal = await find_removal(view, without)
    left_out = np.array(removal.authors, np.int32)
    dated = graph.years[graph.years > 0]
    windows: list[ClusterWindow] = []
    before: dict[str, list[int]] | None = None
    bounds = (
        years_of_windows(int(dated.min()), int(dated.max()), years=years, step=step)
        if len(dated)
        else ()
    )
    large = False
    for first_year, last_year in bounds:
        window = await run_sync(
            lambda first=first_year, last=last_year: cut_window(  # type: ignore[misc]
                graph, first, last, resolution=resolution, left_out=left_out
            )
        )
        large = large or window.seeds == SEEDS_OF_A_LARGE_WINDOW
        members = None if window.agreed is None else _members(window)
        windows.append(await run_sync(_answered, view, window, before, members))
        before = members
    return ClusterTimeline(
        meta=view.meta(
            parameters={
                "years": years,
                "step": step,
                "without": [graph.author_ids[author] for author in removal.authors],
                "resolution": resolution,
                "max_authors": graph.max_authors,
            },
            count=len(windows),
            notes=_notes(view, windows, removed=len(left_out), large=large),
        ),
        without=[author_ref(view, author) for author in removal.authors],
        without_rule=removal.rule,
        windows=windows,
        papers_without_year=int((graph.years == 0).sum()),
    )


def _members(window: Window) -> dict[str, list[int]]:
    return {cluster.id: cluster.members.tolist() for cluster in window.clusters}


def _answered(
    view: View,
    window: Window,
    before: dict[str, list[int]] | None,
    members: dict[str, list[int]] | None,
) -> ClusterWindow:
    few = f"{many(window.papers, 'paper', 'papers')}; fewer than {FEWEST_PAPERS} say too little"
    agreed = window.agreed
    terms = title_terms(view.graph.titles, window.clusters)
    links = [] if before is None or members is None else links_between(before, members)
    return ClusterWindow(
        first_year=window.first_year,
        last_year=window.last_year,
        papers=window.papers,
        authors=window.authors,
        ties=window.ties,
        capped_papers=window.capped,
        too_few=few if agreed is None else None,
        seeds=window.seeds,
        agreement=agreed.agreement if agreed else None,
        modularity=agreed.modularity if agreed else None,
        clusters=[
            _cluster(view, cluster, terms.get(cluster.id, []))
            for cluster in window.clusters[:MOST_CLUSTERS]
        ],
        smaller=window.smaller,
        links=[
            WindowLink(kind=link.kind, source=link.source, target=link.target, jaccard=link.jaccard)
            for link in links
        ],
    )


def _cluster(view: View, cluster: Group, terms: list[str]) -> WindowCluster:
    return WindowCluster(
        id=cluster.id,
        terms=terms,
        top_authors=[author_ref(view, author) for author in top_authors(view.graph, cluster)],
        size=cluster.size,
        papers=len(cluster.papers),
    )


def _notes(
    view: View, windows: Sequence[ClusterWindow], *, removed: int, large: bool
) -> list[Note]:
    notes = cut_list_notes(view, range(len(view.graph.paper_ids)))
    undated = int((view.graph.years == 0).sum())
    if undated:
        notes.append(
            Note(
                code="no-year",
                count=undated,
                text=f"{many(undated, 'paper has', 'papers have')} no year and so no window",
            )
        )
    if removed:
        notes.append(
            Note(
                code="removed-from-view",
                count=removed,
                text=f"{many(removed, 'author was', 'authors were')} removed from view",
            )
        )
    if capped := len(view.graph.capped):
        notes.append(
            Note(
                code="capped-papers",
                count=capped,
                text=f"{many(capped, 'paper has', 'papers have')} more than "
                f"{view.graph.max_authors} authors and so no part in ties",
            )
        )
    if large:
        notes.append(
            Note(
                code="large-graph",
                text=f"windows of more than {MOST_TIES_FOR_SEEDS:,} ties are clustered once, with "
                f"{QUICK.algorithm}, {QUICK.iterations} iterations and {QUICK.trials} trial: "
                "another seed may draw other borders",
            )
        )
    if any(len(window.clusters) == MOST_CLUSTERS for window in windows):
        notes.append(
            Note(
                code="clusters-left-out",
                text=f"of each window the first {MOST_CLUSTERS} clusters are described; links "
                "name the others too",
            )
        )
    return notes
