"""Answers about connections for people: paths, trees, chains of papers, networks."""

from collections.abc import Sequence
from itertools import chain

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.segment import Segment
from rich.text import Text

from graph_service.cli.citation_words import words_of_citation
from graph_service.cli.tables import (
    counted,
    dim,
    grid,
    heading,
    notes,
    part,
    ruled,
    who,
    year_of,
    years,
)
from graph_service.model.answers import PaperRef
from graph_service.model.path_answers import (
    AuthorNear,
    ConnectAnswer,
    Hop,
    NetworkAnswer,
    NoPath,
    PaperOnHop,
    PaperPathAnswer,
    Path,
    PathAnswer,
    Step,
    Tree,
)

MOST_PAPERS_OF_A_HOP = 6
MOST_PAPERS_OF_A_BRANCH = 2
MOST_NODES_SHOWN = 25
PLACES = "  places: of the upper and of the lower author in the paper's list"


def path(
    answer: PathAnswer, *, everything: bool = False, most_papers: int = MOST_PAPERS_OF_A_HOP
) -> RenderableType:
    """One or several chains of people with the papers between them, or why there is none."""
    shown = answer.paths or ([answer.path] if answer.path else [])
    cut = not everything and any(len(hop.papers) > most_papers for one in shown for hop in one.hops)
    most = None if everything else most_papers
    rest: list[RenderableType] = [Text.assemble("  every paper: add ", ("--all", "bold"))]
    return Group(
        _several(answer, answer.paths, most)
        if answer.paths is not None and len(answer.paths) > 1
        else path_chain(answer, most_papers=most),
        *(rest if cut else []),
        *([dim(f"  chosen: {answer.rule}")] if answer.path and answer.path.hops else []),
        *_frontier(answer.frontier),
        *_weakest(answer),
        notes(answer.meta),
    )


def _weakest(answer: PathAnswer) -> list[RenderableType]:
    weakest = answer.weakest_identity
    if weakest is None:
        return []
    join = weakest.join
    why = f"{join.rule}, {join.decision}" if join.decision else join.rule
    return [
        dim(f"  weakest identity: {weakest.author.name}, {join.a} and {join.b} are one by {why}")
    ]


def _several(answer: PathAnswer, paths: Sequence[Path], most: int | None) -> RenderableType:
    ends = f"{answer.source.name} → {answer.target.name}"
    what = "path" if answer.count is None else "shortest path"
    many = len(paths) if answer.count is None else answer.count
    bodies = [
        part(f"{number}. {_length(answer, one)}", _links(one, most))
        for number, one in enumerate(paths, 1)
    ]
    return Group(heading(f"{ends}: {counted(many, what)}"), *bodies, dim(PLACES))


def path_chain(answer: PathAnswer, *, most_papers: int | None) -> RenderableType:
    """The first chain alone; `most_papers` of a hop are shown, all when absent."""
    ends = f"{answer.source.name} → {answer.target.name}"
    if answer.path is None:
        reason = _reason(answer.no_path) if answer.no_path else ["no chain was found"]
        return Group(
            heading(f"{ends}: not connected"), *(Padding.indent(each, 2) for each in reason)
        )
    if not answer.path.hops:
        return Group(heading(f"{ends}: the same author"), Padding.indent(who(answer.source), 2))
    return Group(
        heading(f"{ends}: {_length(answer, answer.path)}"),
        Padding.indent(_links(answer.path, most_papers), 2),
        dim(PLACES),
    )


def _length(answer: PathAnswer, one: Path) -> str:
    hops = counted(len(one.hops), "hop")
    if one.cost is not None:
        return f"{hops}, cost {one.cost:.3f} ({answer.cost_is})"
    first = answer.distance == len(one.hops)
    return f"{answer.distance_is} {hops}" if first and answer.distance_is else hops


def _links(one: Path, most: int | None) -> RenderableType:
    people = [who(person) for person in one.authors]
    between = [_hop(hop, most) for hop in one.hops]
    return Group(people[0], *chain.from_iterable(zip(between, people[1:], strict=True)))


def _reason(why: NoPath) -> list[RenderableType]:
    sides = [("source's side", why.source_nearest), ("target's side", why.target_nearest)]
    return [
        why.text,
        *([_papers(why.papers)] if why.papers else []),
        *(_near(side, near) for side, near in sides if near is not None),
    ]


def _near(side: str, near: AuthorNear) -> RenderableType:
    shared = ", ".join(node.name for node in (*near.affiliations, *near.topics))
    return Text.assemble(
        f"nearest on the {side}: ", who(near), dim(f"  {counted(near.hops, 'hop')} away: {shared}")
    )


def _frontier(papers: Sequence[PaperRef] | None) -> list[RenderableType]:
    if papers is None:
        return []
    body = _papers(papers) if papers else "none"
    return [part("Papers whose cut author lists could hide a shorter way", body)]


def _papers(papers: Sequence[PaperRef]) -> RenderableType:
    table = grid("right", "left", "left")
    for paper in papers:
        table.add_row(year_of(paper), paper.title, dim(paper.id))
    return table


def _hop(hop: Hop, most: int | None) -> RenderableType:
    shown = hop.papers[:most]
    table = grid("right", "left", "left")
    for paper in shown:
        table.add_row(year_of(paper), paper.title, dim(_places(paper)))
        if paper.repositories:
            table.add_row("", dim("  ".join(repo.id for repo in paper.repositories)), "")
    rest = hop.paper_count - len(shown)
    tail = [f"and {counted(rest, 'more paper')}"] if rest else []
    return Barred(Group(_tie(hop), table, *tail))


def _tie(hop: Hop) -> str:
    window = years(hop.first_year, hop.last_year)
    cost = "" if hop.cost is None else f", cost {hop.cost:.3f}"
    return f"{counted(hop.paper_count, 'paper')}, {window}, weight {hop.weight:.2f}{cost}"


class Barred:
    """Something with a bar to its left, which joins what stands above and below."""

    BAR = "│  "

    def __init__(self, body: RenderableType) -> None:
        self._body = body

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Render as rich asks for it."""
        narrower = options.update_width(max(options.max_width - len(self.BAR), 1))
        for line in console.render_lines(self._body, narrower, pad=False):
            yield Segment(self.BAR)
            yield from line
            yield Segment.line()


def _places(paper: PaperOnHop) -> str:
    places = ("not printed" if at is None else str(at) for at in paper.positions)
    return "places " + " and ".join(places)


def connect(answer: ConnectAnswer, *, everything: bool = False) -> RenderableType:
    """A tree of people, or the trees in which those asked for are apart."""
    most = None if everything else MOST_PAPERS_OF_A_BRANCH
    names = {author.id: author.name for tree in answer.trees for author in tree.authors}
    first = f"{counted(len(answer.asked), 'author')}: "
    if answer.joined:
        first += f"joined by {counted(answer.trees[0].hop_count, 'hop')}"
        bodies = [_tree(answer.trees[0], names, most)]
    else:
        first += f"not all connected, {len(answer.trees)} parts"
        bodies = [
            part(", ".join(names[one] for one in tree.asked), _tree(tree, names, most))
            for tree in answer.trees
        ]
    return Group(heading(first), *bodies, dim(f"  chosen: {answer.rule}"), notes(answer.meta))


def _tree(tree: Tree, names: dict[str, str], most: int | None) -> RenderableType:
    if not tree.hops:
        return Padding.indent("nobody else asked for can be reached", 2)
    rows: list[RenderableType] = []
    for hop in tree.hops:
        rows.append(f"{names[hop.source]} – {names[hop.target]}")
        rows.append(_hop(hop, most))
    sure = tree.smallest_at_least == tree.hop_count
    least = "no tree is smaller" if sure else f"the smallest has {tree.smallest_at_least} or more"
    between = len(tree.authors) - len(tree.asked)
    rows.append(f"{counted(between, 'author')} between them; {least}")
    return Padding.indent(Group(*rows), 2)


def paper_path(answer: PaperPathAnswer) -> RenderableType:
    """A chain of papers with what joins them, or why there is none."""
    ends = f"{answer.source.title} → {answer.target.title}"
    if answer.path is None:
        why = answer.no_path.text if answer.no_path else "no chain was found"
        return Group(heading(f"{ends}: not connected"), Padding.indent(why, 2), notes(answer.meta))
    if not answer.path.steps:
        return Group(heading(f"{ends}: the same paper"), Padding.indent(answer.source.id, 2))
    papers: list[RenderableType] = [
        Text.assemble((paper.title, "bold"), f"  {year_of(paper)}  ", (paper.id, "dim"))
        for paper in answer.path.papers
    ]
    steps: list[RenderableType] = [Barred(_step(step)) for step in answer.path.steps]
    return Group(
        heading(f"{ends}: {answer.distance_is} {counted(len(steps), 'step')}"),
        Padding.indent(
            Group(papers[0], *chain.from_iterable(zip(steps, papers[1:], strict=True))), 2
        ),
        dim(f"  chosen: {answer.rule}"),
        notes(answer.meta),
    )


def _step(step: Step) -> RenderableType:
    rows: list[RenderableType] = [
        f"citation: the {'upper' if one.citing == step.source else 'lower'} cites the other"
        + "".join(f", {said}" for said in words_of_citation(one))
        for one in step.citations
    ]
    rows += [f"lineage: {claim.kind}, {claim.tier}, {claim.score:.2f}" for claim in step.lineage]
    if step.repositories:
        rows.append("repository: " + ", ".join(repo.id for repo in step.repositories))
    if step.authors:
        rest = step.author_count - len(step.authors)
        names = ", ".join(author.name for author in step.authors)
        more = f" and {rest} more" if rest else ""
        rows.append(f"{'author' if step.author_count == 1 else 'authors'}: {names}{more}")
    return Group(*rows)


def network(answer: NetworkAnswer, *, everything: bool = False) -> RenderableType:
    """Who is near, nearest and strongest first."""
    shown = answer.nodes if everything else answer.nodes[:MOST_NODES_SHOWN]
    table = ruled("hops", "name", "id", "papers", "strength", right=("hops", "papers", "strength"))
    for node in shown:
        table.add_row(
            str(node.hops),
            node.name,
            dim(node.id),
            f"{node.papers:,}",
            "" if not node.hops else f"{node.strength:.2f}",
        )
    rest = len(answer.nodes) - len(shown)
    more: list[RenderableType] = [Text.assemble(f"and {rest:,} more: add ", ("--all", "bold"))]
    return Group(
        heading(
            f"{answer.author.name}: {counted(answer.node_count, 'author')} within "
            f"{counted(answer.hops, 'hop')}, {counted(answer.link_count, 'tie')} among them"
        ),
        "",
        table,
        *(more if rest else []),
        dim("strength: sum of weights of ties to authors one hop nearer"),
        notes(answer.meta),
    )
