"""The command about clusters: put its question, lay its answer out."""

from dataclasses import dataclass
from functools import partial

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from graph_service.cli.asking import Pages, answered, ask, asked_pages, following
from graph_service.cli.tables import counted, dim, grid, heading, notes, part, ruled, years
from graph_service.model.answers import AuthorRef
from graph_service.model.cluster_answers import (
    ClusterAnswer,
    ClusterCard,
    ClusterList,
    ClusterMember,
    ClusterPart,
    ClusterRow,
    ClusterRun,
    ClusterTimeline,
    ClusterWindow,
    WindowLink,
)
from graph_service.projection.reader import View
from graph_service.questions.cluster_windows import show_timeline
from graph_service.questions.clusters import list_clusters, show_cluster
from graph_service.settings import Settings

MOST_MEMBERS_SHOWN = 12
MOST_PAPERS_SHOWN = 8
MOST_WINDOW_CLUSTERS_SHOWN = 8
MOST_AUTHORS_OF_A_LINE = 3
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class WindowOptions:
    """How clusters of windows of years are sought."""

    years: int
    step: int
    without: tuple[str, ...]
    resolution: float


def overview(settings: Settings, pages: Pages, *, capped: bool, as_json: bool) -> None:
    """List the clusters."""

    async def question(view: View) -> ClusterList:
        return await asked_pages(partial(list_clusters, view, capped=capped), pages)

    answered(ask(settings, question), _overview, as_json=as_json)


def one(
    settings: Settings,
    asked: str,
    *,
    capped: bool,
    max_size: int | None,
    everything: bool,
    as_json: bool,
) -> None:
    """Show one cluster."""
    answered(
        ask(settings, lambda view: show_cluster(view, asked, capped=capped, max_size=max_size)),
        lambda answer: _card(answer, everything=everything),
        as_json=as_json,
    )


def timeline(
    settings: Settings, options: WindowOptions, *, everything: bool, as_json: bool
) -> None:
    """Show clusters window by window."""

    async def question(view: View, *without: str) -> ClusterTimeline:
        return await show_timeline(
            view,
            years=options.years,
            step=options.step,
            without=without,
            resolution=options.resolution,
        )

    answered(
        ask(settings, lambda view: following(question, view, *options.without)),
        lambda answer: _timeline(answer, everything=everything),
        as_json=as_json,
    )


# -- the list -----------------------------------------------------------------------------


def _overview(answer: ClusterList) -> RenderableType:
    table = ruled(
        "no.",
        "about, methods, authors",
        "size",
        "papers",
        "years",
        "stable",
        right=("no.", "size", "papers", "stable"),
    )
    for row in answer.results:
        table.add_row(
            str(row.number),
            _about(row),
            f"{row.size:,}",
            f"{row.papers:,}",
            years(row.first_year, row.last_year),
            _stable(row),
        )
    left = (answer.meta.count or 0) - len(answer.results)
    return Group(
        heading(f"{counted(answer.run.clusters, 'cluster')} of two papers or more"),
        "",
        table,
        *([f"{left:,} more: add --all"] if answer.meta.next_cursor else []),
        *_run(answer.run),
        notes(answer.meta),
    )


def _about(row: ClusterRow) -> RenderableType:
    lines: list[RenderableType] = [Text(", ".join(row.terms) or row.label or NOTHING, "bold")]
    if row.methods:
        lines.append("methods: " + ", ".join(row.methods))
    if row.top_authors:
        lines.append(dim("authors: " + _names(row.top_authors)))
    if row.continues is not None:
        lines.append(dim(f"continues {row.continues} ({row.jaccard:.2f})"))
    return Group(*lines)


def _names(authors: list[AuthorRef]) -> str:
    return ", ".join(author.name for author in authors[:MOST_AUTHORS_OF_A_LINE])


def _stable(row: ClusterRow) -> str:
    return NOTHING if row.stability is None else f"{row.stability:.2f} {row.reading}"


def _run(run: ClusterRun) -> list[RenderableType]:
    """How the clusters were found, in lines."""
    scan = ", ".join(f"{point.clusters} at {point.resolution:g}" for point in run.scan)
    agreement = NOTHING if run.agreement is None else f"{run.agreement:.2f}"
    removed = ", ".join(author.name for author in run.without) or "nobody"
    level = f"; level from {run.plateau[0]:g} to {run.plateau[-1]:g}" if run.plateau else ""
    other = run.other
    found = counted(other.clusters, "cluster")
    rows = {
        "by": f"{run.algorithm}, {run.objective}, Newman weights ({run.library})",
        "resolution": f"{run.resolution:g}; clusters: {scan}{level}",
        "agreement": f"{agreement} over {counted(run.seeds, 'run')}, adjusted Rand index; "
        f"{counted(run.distinct_partitions, 'partition')} among them",
        "modularity": f"{run.modularity:.2f}; of the runs themselves {run.run_modularity:.2f}",
        "stable": f"how much {counted(run.replicates, 'replicate')} find again with every fifth "
        "paper left out",
        "removed": f"{removed} ({run.without_rule})",
        "graph": f"{counted(run.authors, 'author')}, {counted(run.ties, 'tie')}",
        "capped": f"{run.capped_papers:,} of {counted(run.papers, 'paper')}, with more than "
        f"{run.max_authors:,} authors",
        "other": f"{found} of fewer than two papers, {counted(other.members, 'member')}",
    }
    if run.continuity is not None:
        rows["last run"] = (
            f"{run.continuity.kept:,} kept, {run.continuity.new:,} new, "
            f"{run.continuity.ended:,} ended"
        )
    table = grid("left", "left")
    for name, value in rows.items():
        table.add_row(name, value)
    if run.capped_paper_ids:
        table.add_row("", dim("  ".join(run.capped_paper_ids)))
    return [part("How they were found", table)]


# -- one cluster --------------------------------------------------------------------------


def _card(answer: ClusterAnswer, *, everything: bool) -> RenderableType:
    card = answer.cluster
    members = card.members if everything else card.members[:MOST_MEMBERS_SHOWN]
    papers = card.paper_list if everything else card.paper_list[:MOST_PAPERS_SHOWN]
    people = grid("right", "left", "left")
    for member in members:
        people.add_row(f"{member.papers:,}", member.name, dim(_member(member)))
    titles = grid("right", "left")
    for paper in papers:
        titles.add_row("no year" if paper.year is None else str(paper.year), paper.title)
    facts = (
        f"{counted(card.size, 'member')}, {counted(card.papers, 'paper')}, "
        f"{years(card.first_year, card.last_year)}, stability {_stable(card)}"
    )
    return Group(
        Text.assemble((f"Cluster {card.number}", "bold"), "  ", card.id),
        "",
        Padding.indent(Group(_about(card), facts), 2),
        part("Members, by papers in the cluster", people, *_rest(len(members), card.size)),
        part("Papers, newest first", titles, *_rest(len(papers), card.papers)),
        *_parts(card),
        *_run(answer.run),
        notes(answer.meta),
    )


def _member(member: ClusterMember) -> str:
    if member.removed:
        return f"{member.id}  {member.identity}  put back, on {member.share:.0%} of the papers"
    return f"{member.id}  {member.identity}"


def _rest(shown: int, count: int) -> list[RenderableType]:
    return [f"and {count - shown:,} more: add --all"] if count > shown else []


def _parts(card: ClusterCard) -> list[RenderableType]:
    if card.parts is None:
        return []
    table = grid("left", "left", "left")
    for piece in card.parts:
        table.add_row(
            "  " * piece.level + str(piece.number),
            counted(piece.size, "member"),
            _piece(piece),
        )
    return [part("Cut further", table)]


def _piece(piece: ClusterPart) -> str:
    if not piece.final:
        return "cut again below"
    names = ", ".join(author.name for author in piece.members)
    rest = piece.size - len(piece.members)
    return f"{names} and {rest:,} more" if rest else names


# -- windows ------------------------------------------------------------------------------


def _timeline(answer: ClusterTimeline, *, everything: bool) -> RenderableType:
    removed = ", ".join(author.name for author in answer.without) or "nobody"
    lines = [
        *(_window(window, everything=everything) for window in answer.windows),
        "",
        dim(answer.rule),
        dim(f"removed from view: {removed} ({answer.without_rule})"),
        notes(answer.meta),
    ]
    return Group(heading(f"Clusters in {counted(len(answer.windows), 'window')}"), *lines)


def _window(window: ClusterWindow, *, everything: bool) -> RenderableType:
    title = (
        f"{years(window.first_year, window.last_year)}: {counted(window.papers, 'paper')}, "
        f"{counted(window.authors, 'author')}, {counted(window.ties, 'tie')}"
    )
    if window.too_few is not None:
        return part(title, f"too few papers: {window.too_few}")
    shown = window.clusters if everything else window.clusters[:MOST_WINDOW_CLUSTERS_SHOWN]
    before: dict[str | None, list[WindowLink]] = {}
    for link in window.links:
        before.setdefault(link.target, []).append(link)
    table = grid("right", "right", "left", "left")
    for cluster in shown:
        table.add_row(
            counted(cluster.size, "member"),
            counted(cluster.papers, "paper"),
            Group(
                Text(", ".join(cluster.terms) or NOTHING, "bold"),
                dim(_names(cluster.top_authors)),
            ),
            "; ".join(_link(link) for link in before.get(cluster.id, [])) or NOTHING,
        )
    ended = [link for link in before.get(None, []) if link.kind == "ends"]
    left = len(window.clusters) - len(shown) + window.smaller
    return part(
        title,
        table,
        *([dim("ended: " + ", ".join(str(link.source) for link in ended))] if ended else []),
        *(
            [dim(f"and {counted(left, 'cluster')} more, {window.smaller:,} of one or two members")]
            if left
            else []
        ),
    )


def _link(link: WindowLink) -> str:
    if link.source is None:
        return "starts"
    verb = {"continues": "continues", "splits": "splits off", "merges": "takes in"}[link.kind]
    return f"{verb} {link.source} ({link.jaccard:.2f})"
