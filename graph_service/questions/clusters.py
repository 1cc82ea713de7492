"""Which clusters there are, and who and what is in one."""

from typing import Any

import numpy as np
from anyio.to_thread import run_sync

from graph_service.derive.hierarchy import cut_further
from graph_service.derive.membership import OTHER
from graph_service.derive.stability import FAIR, FIRM, reading
from graph_service.model.answers import AuthorRef, Note
from graph_service.model.cluster_answers import (
    ClusterAnswer,
    ClusterCard,
    ClusterList,
    ClusterMember,
    ClusterPart,
    ClusterRow,
    ClusterRun,
    Continuity,
    OtherClusters,
    ScanPoint,
)
from graph_service.model.errors import NodeNotFound, ParameterError
from graph_service.projection.find import author_ref
from graph_service.projection.reader import View
from graph_service.questions.paging import PER_PAGE, page
from graph_service.questions.papers import paper_ref, papers_by_date
from graph_service.questions.positions import same_run
from graph_service.questions.stored_clusters import (
    StoredClusters,
    run_figures,
    stored_clusters,
)
from graph_service.questions.words import many

MOST_SHOWN = 500
MOST_OF_A_PART = 100


async def list_clusters(
    view: View, *, capped: bool = False, cursor: str | None = None, per_page: int = PER_PAGE
) -> ClusterList:
    """List clusters by number: papers descending, members descending, id; "other" last.

    Args:
        view: The graph.
        capped: Whether to name the papers that make no ties because of their many authors.
        cursor: The `next_cursor` of the page before.
        per_page: Clusters on a page.

    Raises:
        NotDerived: Clusters were not computed.
        CursorExpired, ParameterError: See `page`.
    """
    found = await stored_clusters(view)
    places, next_cursor = page(
        range(len(found.ids)), revision=same_run(view), cursor=cursor, per_page=per_page
    )
    rows = [_row(view, found, place) for place in places]
    figures = run_figures(view)
    return ClusterList(
        meta=view.meta(
            parameters={"capped": capped, "per_page": per_page},
            count=len(found.ids),
            per_page=per_page,
            next_cursor=next_cursor,
            notes=_notes(view, figures),
        ),
        run=_run(view, figures, capped=capped),
        results=rows,
    )


async def show_cluster(
    view: View, asked: str, *, capped: bool = False, max_size: int | None = None
) -> ClusterAnswer:
    """Show one cluster by id or number, with its members and papers.

    Args:
        view: The graph.
        asked: Its id, or its number.
        capped: As in `list_clusters`.
        max_size: Cut the cluster further, until no part has more members that can be cut; at
            least 2.

    Raises:
        NotDerived: Clusters were not computed.
        NodeNotFound: No cluster has this id or number.
        ParameterError: `max_size` is below 2, or the cluster is "other", which has no ties to cut.
    """
    if max_size is not None and max_size < 2:
        raise ParameterError("max_size", max_size, "2 or more")
    found = await stored_clusters(view)
    place = _find(found, asked)
    if max_size is not None and found.ids[place] == OTHER:
        raise ParameterError("max_size", max_size, f"a cluster other than {OTHER}")
    figures = run_figures(view)
    row = _row(view, found, place)
    papers = np.flatnonzero(found.papers == place)
    members = await run_sync(_members, view, found, place, papers)
    notes = _notes(view, figures) + _cluster_notes(row)
    for what, count in (("members", len(members)), ("papers", len(papers))):
        if count > MOST_SHOWN:
            notes.append(
                Note(
                    code=f"{what}-left-out",
                    count=count - MOST_SHOWN,
                    text=f"the first {MOST_SHOWN} of {count} {what} are shown",
                )
            )
    gone = row.size - len(members)
    if gone > 0:
        notes.append(
            Note(
                code="members-gone",
                count=gone,
                text=f"{many(gone, 'member is', 'members are')} no longer among the authors",
            )
        )
    parts = None
    if max_size is not None:
        parts = await _parts(view, found, place, figures, max_size)
        if any(part.final and part.size > len(part.members) for part in parts):
            notes.append(
                Note(
                    code="part-members-left-out",
                    text=f"of each part the first {MOST_OF_A_PART} members are shown",
                )
            )
    return ClusterAnswer(
        meta=view.meta(
            parameters={"id": asked, "capped": capped, "max_size": max_size}, notes=notes
        ),
        run=_run(view, figures, capped=capped),
        cluster=ClusterCard(
            **row.model_dump(),
            members=members[:MOST_SHOWN],
            paper_list=[
                paper_ref(view, paper)
                for paper in papers_by_date(view, papers.tolist())[:MOST_SHOWN]
            ],
            parts=parts,
        ),
    )


def _find(found: StoredClusters, asked: str) -> int:
    if asked.isascii() and asked.isdigit() and 1 <= int(asked) <= len(found.ids):
        return int(asked) - 1
    for place, id_ in enumerate(found.ids):
        if id_ == asked:
            return place
    raise NodeNotFound("Cluster", asked)


def _row(view: View, found: StoredClusters, place: int) -> ClusterRow:
    card = found.card(place)
    stability = card.get("stability")
    unverified = card.get("unverified", 0)
    return ClusterRow(
        id=found.ids[place],
        number=card["number"],
        label=card.get("label"),
        terms=card.get("terms", []),
        methods=card.get("methods", []),
        top_authors=refs(view, card.get("top_authors", [])),
        size=card["size"],
        papers=card["papers"],
        papers_with_cut_lists=card.get("cut_lists", 0),
        first_year=card.get("first_year"),
        last_year=card.get("last_year"),
        stability=stability,
        replicates_counted=card.get("replicates", 0),
        reading=None if stability is None else reading(stability),
        weakest_identity="unverified" if unverified else "verified",
        unverified_members=unverified,
        continues=card.get("continues"),
        jaccard=card.get("jaccard"),
    )


def refs(view: View, ids: list[str]) -> list[AuthorRef]:
    """The authors of ids that are still there, in the order given."""
    numbers = (view.author_number(one) for one in ids)
    return [author_ref(view, number) for number in numbers if number is not None]


def _run(view: View, figures: dict[str, Any], *, capped: bool) -> ClusterRun:
    clusters, members, papers = figures["other"]
    continuity = figures.get("continuity")
    return ClusterRun(
        without=refs(view, figures["without"]),
        without_rule=figures["rule"],
        scan=[ScanPoint(resolution=gamma, clusters=count) for gamma, count in figures["scan"]],
        distinct_partitions=figures["distinct"],
        other=OtherClusters(clusters=clusters, members=members, papers=papers),
        continuity=Continuity(**continuity) if continuity else None,
        capped_paper_ids=_capped(view, figures["max_authors"]) if capped else None,
        **{name: figures[name] for name in _AS_THEY_ARE},
    )


_AS_THEY_ARE = (
    "weight",
    "max_authors",
    "capped_papers",
    "pairs_left_out",
    "algorithm",
    "iterations",
    "trials",
    "randomness",
    "objective",
    "resolution",
    "plateau",
    "seeds",
    "agreement",
    "modularity",
    "run_modularity",
    "replicates",
    "authors",
    "ties",
    "papers",
    "papers_with_cut_lists",
    "papers_with_unknown_lists",
    "papers_without_cluster",
    "found",
    "clusters",
    "library",
)


def _capped(view: View, max_authors: int) -> list[str]:
    sizes = np.diff(view.graph.paper_indptr)
    return [
        view.graph.paper_ids[paper]
        for paper in np.flatnonzero(sizes > max_authors)[:MOST_SHOWN].tolist()
    ]


def _members(
    view: View, found: StoredClusters, place: int, papers: np.ndarray[Any, Any]
) -> list[ClusterMember]:
    graph = view.graph
    inside = np.zeros(len(graph.paper_ids), np.bool_)
    inside[papers] = True
    row = found.row(place)
    removed = set(found.removed.tolist())
    members = [
        ClusterMember(
            **author_ref(view, author).model_dump(),
            papers=int(inside[graph.papers_of_author(author)].sum()),
            share=share,
            removed=author in removed,
        )
        for author, share in zip(
            found.members[row].tolist(), found.shares[row].tolist(), strict=True
        )
    ]
    return sorted(members, key=lambda member: (member.removed, -member.papers, member.id))


async def _parts(
    view: View, found: StoredClusters, place: int, figures: dict[str, Any], max_size: int
) -> list[ClusterPart]:
    members = np.setdiff1d(found.members[found.row(place)], found.removed)
    pieces = await run_sync(
        lambda: cut_further(
            view.graph.ties, members, max_size=max_size, resolution=figures["resolution"]
        )
    )
    return [
        ClusterPart(
            number=piece.number,
            level=piece.level,
            parent=piece.parent,
            size=len(piece.members),
            final=piece.final,
            members=[author_ref(view, author) for author in piece.members[:MOST_OF_A_PART]]
            if piece.final
            else [],
        )
        for piece in pieces
    ]


def _notes(view: View, figures: dict[str, Any]) -> list[Note]:
    """What an answer about clusters does not know."""
    notes = []
    if view.state.stale:
        notes.append(
            Note(
                code="clusters-stale",
                text="the facts have changed since clusters were computed; run: coauthor-graph "
                "derive",
            )
        )
    if removed := figures["without"]:
        notes.append(
            Note(
                code="removed-from-view",
                count=len(removed),
                text=f"{many(len(removed), 'author was', 'authors were')} removed from view before "
                "clusters were sought, and put back as members with their share of each one's "
                "papers",
            )
        )
    if cut := figures["papers_with_cut_lists"]:
        notes.append(
            Note(
                code="cut-author-lists",
                count=cut,
                text=f"{many(cut, 'paper names', 'papers name')} only some of the authors: "
                "clusters may be smaller and more than in truth",
            )
        )
    if unknown := figures["papers_with_unknown_lists"]:
        notes.append(
            Note(
                code="unknown-author-lists",
                count=unknown,
                text=f"{many(unknown, 'paper does', 'papers do')} not say whether all authors are "
                "named",
            )
        )
    if capped := figures["capped_papers"]:
        notes.append(
            Note(
                code="capped-papers",
                count=capped,
                text=f"{many(capped, 'paper has', 'papers have')} more than "
                f"{figures['max_authors']} authors and so no part in ties; "
                f"{figures['pairs_left_out']} pairs are left out",
            )
        )
    agreement = figures["agreement"]
    if agreement is not None and agreement < FAIR:
        notes.append(
            Note(
                code="runs-disagree",
                text=f"the runs agree to {agreement:.2f} only: groups without clear borders are "
                "joined in chains, so that clusters may be too large; a greater resolution, or "
                "max_size, cuts them",
            )
        )
    if figures["algorithm"] == "leiden_csr":
        notes.append(
            Note(
                code="large-graph",
                text=f"above 100,000 ties each run tries less: {figures['algorithm']}, "
                f"{figures['iterations']} iterations, {many(figures['trials'], 'trial', 'trials')}"
                f", {figures['replicates']} replicates",
            )
        )
    if figures["papers_without_cluster"]:
        notes.append(
            Note(
                code="papers-without-cluster",
                count=figures["papers_without_cluster"],
                text=f"{many(figures['papers_without_cluster'], 'paper is', 'papers are')} in no "
                "cluster: no author of theirs was in view",
            )
        )
    return notes


def _cluster_notes(row: ClusterRow) -> list[Note]:
    notes = []
    if row.unverified_members:
        notes.append(
            Note(
                code="unverified-identity",
                count=row.unverified_members,
                text=f"{row.unverified_members} of {row.size} members rest on their name alone: "
                "one may be two people, or two one",
            )
        )
    if row.reading is not None and row.stability is not None and row.stability < FIRM:
        notes.append(
            Note(
                code="unsure-cluster",
                text=f"the cluster is {row.reading}: with every fifth paper left out, "
                f"{row.stability:.0%} of it is found again on average",
            )
        )
    if row.id == OTHER:
        notes.append(
            Note(
                code="other",
                text="these are the members of clusters with fewer than two papers, put together "
                "for want of anything to say of each; they need not know one another",
            )
        )
    return notes
