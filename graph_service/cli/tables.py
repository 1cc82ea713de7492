"""Answers for people: one function for each answer, from the model to something rich prints.

The answers given here are `terminal.cleaned`, and consoles have markup off, so their texts are
shown as they are. Layout rests on place and words; bold and dim only help.
"""

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from graph_service.model.answers import (
    AuthorAnswer,
    AuthorOnPaper,
    AuthorRef,
    Collaborator,
    CollaboratorList,
    Finding,
    Membership,
    Meta,
    PageMetrics,
    PaperList,
    PaperRef,
    PaperSummary,
    Position,
    QualityAnswer,
    SaidAffiliation,
    StatusAnswer,
)

MOST_AUTHORS_SHOWN = 6
MOST_EXAMPLES_SHOWN = 3
MOST_ROWS_OF_A_CARD = 5
MOST_CLUSTERS_SHOWN = 6
MEASURES = (
    "degree",
    "strength",
    "core",
    "betweenness",
    "closeness",
    "pagerank",
    "clustering",
)


def heading(text: str) -> Text:
    """A line that opens a part."""
    return Text(text, "bold")


def part(title: str, *body: RenderableType) -> RenderableType:
    """A part of an answer: its heading and what it holds, with a blank line before it."""
    return Group("", heading(title), *(Padding.indent(row, 2) for row in body))


def dim(text: str) -> Text:
    """A text that may be read over."""
    return Text(text, "dim")


def counted(count: int, one: str, many: str | None = None) -> str:
    """A number and its noun: `1 paper`, `3,000 papers`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def years(first: int | None, last: int | None) -> str:
    """A window of years; nothing known gives `no year`."""
    if first is None or last is None:
        return "no year"
    return str(first) if first == last else f"{first}–{last}"


def grid(*justify: str) -> Table:
    """A table without lines; its columns are justified as said: `left`, `right`."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for side in justify:
        table.add_column(justify="right" if side == "right" else "left", overflow="fold")
    return table


def ruled(*columns: str, right: Sequence[str] = ()) -> Table:
    """A table with a line below its head."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return table


def notes(*metas: Meta) -> RenderableType:
    """What answers do not know, each thing once."""
    texts = dict.fromkeys(note.text for meta in metas for note in meta.notes)
    if not texts:
        return Group()
    return part("What this answer does not know", bullets(texts))


def bullets(texts: Iterable[str | Text]) -> Table:
    """A list of sentences, each of them hanging from its mark."""
    table = grid("left", "left")
    table.padding = (0, 1, 0, 0)
    for text in texts:
        table.add_row("–", text)
    return table


# -- authors ------------------------------------------------------------------------------


def author(
    answer: AuthorAnswer, papers: PaperList, collaborators: CollaboratorList
) -> RenderableType:
    """A card: who it is, the newest papers, the closest collaborators, and the doubts."""
    card = answer.author
    return Group(
        who(card),
        "",
        Padding.indent(Group(*_figures(answer)), 2),
        part(
            "Papers, newest first",
            _titles(papers.results[:MOST_ROWS_OF_A_CARD]),
            *_rest(card.papers, "papers", "--papers"),
        ),
        part(
            "Works with, most shared papers first",
            _ties(collaborators.results[:MOST_ROWS_OF_A_CARD]),
            *_rest(card.collaborators, "people", "--collaborators"),
        )
        if card.collaborators
        else part("Works with", "nobody that the data name"),
        *_position(card.position, card.position_without),
        *_clusters(card.clusters),
        notes(answer.meta),
    )


def _position(found: Position | None, without: Position | None) -> list[RenderableType]:
    """Where an author stands, with everybody and without the subject of the page."""
    if found is None:
        return []
    views = [found, *([without] if without else [])]
    table = ruled("measure", *(f"{name}" for _ in views for name in ("value", "rank")))
    for name in MEASURES:
        cells = []
        for view in views:
            measure = getattr(view, name)
            error = "" if measure.error is None else f" ± {measure.error:.2g}"
            cells += [f"{value_of(measure.value)}{error}", f"{measure.rank:,} of {view.authors:,}"]
        table.add_row(name, *cells)
    lines: list[RenderableType] = [table]
    if without is not None:
        names = ", ".join(one.name for one in without.without)
        lines.append(dim(f"on the right: without {names}, whose page it is"))
    size = f"component {found.component.number}: {counted(found.component.authors, 'author')}"
    lines.append(dim(f"{size}, {counted(found.component.ties, 'tie')}"))
    return [part("Stands among the ties, measure by measure", *lines)]


def _clusters(found: Sequence[Membership]) -> list[RenderableType]:
    """The clusters that an author is in."""
    if not found:
        return []
    rows = [
        f"{row.number or '–'}  {row.name}" + (f", {row.size:,} people" if row.size else "")
        for row in found[:MOST_CLUSTERS_SHOWN]
    ]
    rest = len(found) - len(rows)
    tail = [f"and {rest:,} more"] if rest > 0 else []
    return [part("In clusters", bullets(rows), *tail)]


def value_of(value: float | None) -> str:
    """A measure, with six digits where it is no count."""
    if value is None:
        return "unknown"
    return f"{value}" if isinstance(value, int) else f"{value:.6g}"


def _rest(count: int, what: str, option: str) -> list[RenderableType]:
    hidden = count - MOST_ROWS_OF_A_CARD
    if hidden <= 0:
        return []
    return [Text.assemble(f"and {hidden:,} more {what}: add ", (option, "bold"))]


def who(ref: AuthorRef) -> Text:
    """An author: name, id, and how sure the identity is."""
    return Text.assemble((ref.name, "bold"), "  ", ref.id, "  ", (ref.identity, "dim"))


def _figures(answer: AuthorAnswer) -> list[RenderableType]:
    card = answer.author
    papers = f"{counted(card.papers, 'paper')}, {years(card.first_year, card.last_year)}"
    lines: list[RenderableType] = [f"{papers} · {counted(card.collaborators, 'collaborator')}"]
    if card.unprinted_papers:
        lines.append(
            f"on {card.unprinted_papers:,} of these papers the name is not printed; "
            "the page lists them as this author's"
        )
    if len(card.name_variants) > 1:
        lines.append(f"printed as {', '.join(card.name_variants)}")
    if len(card.names) > 1:
        lines += [
            dim(f"{name.id}  {name.name}  {name.source}  {name.status}") for name in card.names
        ]
    lines += [_said_of(one) for one in card.affiliations]
    return lines + [_metrics(page) for page in card.metrics]


def _said_of(one: SaidAffiliation) -> Text:
    country = f" ({one.country})" if one.country else ""
    return Text.assemble(f"{one.name}{country}  ", (f"{one.record}, by {one.meant_by}", "dim"))


def _metrics(page: PageMetrics) -> Text:
    figures = ", ".join(
        f"{name} {figure:,}" if isinstance(figure, int) else f"{name} {figure}"
        for name, figure in page.figures.items()
    )
    when = page.as_of or "no date given"
    return Text.assemble(f"the page says: {figures} ", (f"({page.source}, {when})", "dim"))


def _titles(papers: Sequence[PaperRef]) -> Table:
    table = grid("right", "left")
    for paper in papers:
        table.add_row(year_of(paper), paper.title)
    return table


def year_of(paper: PaperRef) -> str:
    """The year of a paper, or that it has none."""
    return "no year" if paper.year is None else str(paper.year)


def papers(answer: PaperList) -> RenderableType:
    """A list of papers with authors, id and code."""
    table = grid("right", "left")
    for paper in answer.results:
        table.add_row(year_of(paper), Text(paper.title, "bold"))
        table.add_row("", _byline(paper))
        table.add_row("", dim("  ".join((paper.id, *(repo.id for repo in paper.repositories)))))
    title = f"{answer.meta.parameters.get('author', 'Papers')}: "
    return Group(
        heading(title + counted(answer.meta.count or 0, "paper") + ", newest first"),
        "",
        table,
        *next_page(answer.meta, len(answer.results)),
        notes(answer.meta),
    )


def _byline(paper: PaperSummary) -> str:
    printed = [author for author in paper.authors if author.position is not None]
    names = [_place(author) for author in printed[:MOST_AUTHORS_SHOWN]]
    if len(printed) > MOST_AUTHORS_SHOWN:
        names.append(f"and {len(printed) - MOST_AUTHORS_SHOWN:,} more")
    if paper.authors_complete is False:
        names.append("et al.")
    unprinted = [author.name for author in paper.authors if author.position is None]
    byline = ", ".join(names) or "no author"
    return f"{byline} (not printed: {', '.join(unprinted)})" if unprinted else byline


def _place(author: AuthorOnPaper) -> str:
    return f"{author.position} {author.name}"


def collaborators(answer: CollaboratorList) -> RenderableType:
    """Collaborators with the strength of each tie."""
    return Group(
        who(answer.author),
        "",
        heading(f"Works with {counted(answer.meta.count or 0, 'person', 'people')}"),
        _ties(answer.results),
        dim("weight: every shared paper of k authors counts 1/(k-1)"),
        *next_page(answer.meta, len(answer.results)),
        notes(answer.meta),
    )


def _ties(rows: Sequence[Collaborator]) -> Table:
    table = ruled("papers", "weight", "years", "name", "id", right=("papers", "weight"))
    for row in rows:
        table.add_row(
            f"{row.papers:,}",
            f"{row.weight:.2f}",
            years(row.first_year, row.last_year),
            row.name,
            dim(row.id),
        )
    return table


def next_page(meta: Meta, shown: int) -> list[RenderableType]:
    """How many rows are left, and how to get them; nothing where there are none."""
    if meta.next_cursor is None:
        return []
    left = (meta.count or shown) - shown
    return [
        "",
        Text.assemble(
            f"{left:,} more: add ", ("--all", "bold"), ", or take pages with --json and --cursor"
        ),
    ]


# -- the store ----------------------------------------------------------------------------


def quality(answer: QualityAnswer, *, everything: bool = False) -> RenderableType:
    """What is missing or doubtful, as sentences with examples."""
    if not answer.results:
        return Group("nothing is missing or doubtful, as far as the data say", notes(answer.meta))
    findings = [_finding(finding, everything=everything) for finding in answer.results]
    return Group(heading("What is missing or doubtful"), *findings, notes(answer.meta))


def _finding(finding: Finding, *, everything: bool) -> RenderableType:
    shown = finding.examples if everything else finding.examples[:MOST_EXAMPLES_SHOWN]
    rest = finding.count - len(shown)
    lines = [dim(example) for example in shown]
    # A finding with one example may count something else than examples: papers of one page.
    if len(shown) < len(finding.examples):
        lines.append(dim(f"and {rest:,} more: add --all for up to ten examples"))
    elif rest > 0 and len(shown) > 1:
        lines.append(dim(f"and {rest:,} more"))
    return Group("", bullets([finding.text]), *(Padding.indent(line, 4) for line in lines))


def status(answer: StatusAnswer, remedy: str) -> RenderableType:
    """The revisions, what is counted, and the settings in force.

    `remedy` is the command that derives anew.
    """
    state = grid("left", "left")
    state.add_row("facts", f"revision {answer.facts_revision}")
    state.add_row("derived layer", _derived(answer, remedy))
    state.add_row("schema", f"version {answer.schema_version}")
    settings = grid("left", "left")
    for name, value in answer.settings.items():
        settings.add_row(name, dim("not set") if value is None else str(value))
    counts = Table.grid(padding=(0, 6, 0, 0))
    counts.add_row(heading("Nodes"), heading("Relationships"))
    counts.add_row(_counts(answer.nodes), _counts(answer.relationships))
    return Group(heading(answer.store), "", state, "", counts, part("Settings", settings))


def _derived(answer: StatusAnswer, remedy: str) -> str:
    if answer.derived != "complete":
        state = {"none": "missing", "incomplete": "half-written"}[answer.derived]
        return f"{state}; run: {remedy}"
    if answer.stale:
        return f"stale, computed at revision {answer.derived_revision}; run: {remedy}"
    return "complete, computed from these facts"


def _counts(counts: dict[str, int]) -> RenderableType:
    if not counts:
        return "none"
    table = grid("left", "right")
    for name, count in counts.items():
        table.add_row(name, f"{count:,}")
    return table
