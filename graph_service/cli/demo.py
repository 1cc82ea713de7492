"""`demo`: the packaged sample loaded, derived, and shown on one tour; everything is computed."""

import asyncio
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from graph_service.cli.asking import reader_of
from graph_service.cli.edge import PROGRAM, quoted
from graph_service.cli.keeping import load_fields, reported
from graph_service.cli.lineage_tables import chain_of_papers
from graph_service.cli.path_tables import path_chain
from graph_service.cli.stores import opened
from graph_service.cli.tables import (
    bullets,
    counted,
    dim,
    grid,
    heading,
    part,
    years,
)
from graph_service.cli.terminal import cleaned, plain
from graph_service.derive.run import derive
from graph_service.derive.ties import tie_edges
from graph_service.model.answers import (
    AuthorRef,
    CollaboratorList,
    Meta,
    QualityAnswer,
    StatusAnswer,
)
from graph_service.model.lineage_answers import LineageAnswer
from graph_service.model.path_answers import PathAnswer
from graph_service.model.records import Frozen, ParsedSource
from graph_service.projection.find import author_ref
from graph_service.projection.reader import View
from graph_service.questions.authors import list_collaborators
from graph_service.questions.lineages import lineage_to
from graph_service.questions.paths import show_path
from graph_service.questions.quality import show_quality
from graph_service.questions.status import show_status
from graph_service.settings import Settings
from graph_service.store.protocol import StoreState
from loaders import profile_page
from loaders.runner import LoadSummary, load

PATH_BETWEEN = ("Yinpeng Chen", "Zuxuan Wu")
LINEAGE_TO = "MicroNet: Improving Image Recognition with Extremely Low FLOPs"
LINEAGE_SHOWN = "Dynamic Convolution"
MOST_ROWS = 5
MOST_PAPERS_OF_A_HOP = 3
LABELS = {
    "Paper": ("paper", "papers"),
    "Author": ("author", "authors"),
    "Repo": ("code repository", "code repositories"),
    "Affiliation": ("organisation", "organisations"),
    "Topic": ("topic", "topics"),
}


class TieBetween(Frozen):
    """A tie between two people, neither of them the page's subject."""

    a: AuthorRef
    b: AuthorRef
    papers: int
    weight: float
    first_year: int | None
    last_year: int | None


class Tour(Frozen):
    """The answers of the tour, all at one revision."""

    status: StatusAnswer
    collaborators: CollaboratorList
    ties_without_subject: list[TieBetween]
    ties_without_subject_in_all: int
    path: PathAnswer
    lineage: LineageAnswer
    quality: QualityAnswer


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What happened before the tour."""

    summary: LoadSummary
    state: StoreState
    ties: int


def demo(settings: Settings, *, as_json: bool) -> None:
    """Load the sample, derive, and show the tour."""
    loaded, tour = asyncio.run(_run(settings))
    fields = {
        "load": load_fields(loaded.summary, loaded.state),
        "tour": tour.model_dump(mode="json"),
    }
    reported(fields, lambda: _layout(settings, loaded, cleaned(tour)), as_json=as_json)


async def _run(settings: Settings) -> tuple[_Loaded, Tour]:
    sample = resources.files("graph_service.sample") / "profile_page.txt"
    with resources.as_file(sample) as page:
        subject = _subject(page)
        async with opened(settings, create=True) as store:
            summary = await load(store, [page])
            derived = await derive(store, max_authors=settings.max_authors)
            tour = await reader_of(store, settings).ask(lambda view: _tour(view, settings, subject))
            return _Loaded(summary, await store.state(), derived.ties), tour


def _subject(page: Path) -> str:
    sources = (part for part in profile_page.read(page) if isinstance(part, ParsedSource))
    return next(source.subject for source in sources if source.subject is not None)


async def _tour(view: View, settings: Settings, subject: str) -> Tour:
    collaborators = await list_collaborators(view, subject)
    ties = _ties_without(view, collaborators.author.id)
    return Tour(
        status=await show_status(view.store, {**settings.shown()}),
        collaborators=collaborators,
        ties_without_subject=ties[:MOST_ROWS],
        ties_without_subject_in_all=len(ties),
        path=await show_path(view, *PATH_BETWEEN),
        lineage=await lineage_to(view, LINEAGE_TO),
        quality=await show_quality(view),
    )


def _ties_without(view: View, author: str) -> list[TieBetween]:
    ties = [
        TieBetween(a=author_ref(view, a), b=author_ref(view, b), **tie.properties)
        for tie in tie_edges(view.graph)
        if author not in (tie.start, tie.end)
        and (a := view.author_number(tie.start)) is not None
        and (b := view.author_number(tie.end)) is not None
    ]
    return sorted(ties, key=lambda tie: (-tie.papers, -tie.weight, tie.a.id, tie.b.id))


def _layout(settings: Settings, loaded: _Loaded, tour: Tour) -> RenderableType:
    return Group(
        _what_was_loaded(settings, loaded, tour),
        part("Who works with whom", _people(tour), _doubts(tour.collaborators.meta)),
        part(
            "How two of them are connected",
            path_chain(tour.path, most_papers=MOST_PAPERS_OF_A_HOP),
            _doubts(tour.path.meta),
        ),
        part(
            "What grew out of what",
            Group(*chain_of_papers(tour.lineage.chain, people=False)),
            bullets([dim(tour.lineage.meaning)]),
        ),
        part("What is missing or doubtful", bullets(row.text for row in tour.quality.results)),
        _what_next(settings, tour),
    )


def _what_was_loaded(settings: Settings, loaded: _Loaded, tour: Tour) -> RenderableType:
    summary = loaded.summary
    store = plain(settings.store)
    records = counted(summary.read, "record")
    if summary.unchanged == summary.read:
        change = f"nothing changed: all {records} were already there"
    elif summary.new == summary.read:
        change = f"{records} loaded, all of them new"
    else:
        change = f"{records} loaded: {summary.new:,} new, {summary.replaced:,} replaced"
    nodes = tour.status.nodes
    held = (counted(nodes.get(label, 0), *words) for label, words in LABELS.items())
    return Group(
        heading(f"The publications page of {tour.collaborators.author.name} as a graph"),
        dim(f"  the packaged sample, in {store}"),
        dim(f"  {change}"),
        "",
        f"  {' · '.join(held)}",
        f"  {counted(loaded.ties, 'tie')} between people who wrote a paper together",
    )


def _people(tour: Tour) -> RenderableType:
    name = tour.collaborators.author.name
    around = grid("right", "left", "left")
    for row in tour.collaborators.results[:MOST_ROWS]:
        around.add_row(f"{row.papers}", row.name, dim(years(row.first_year, row.last_year)))
    rest = (tour.collaborators.meta.count or 0) - MOST_ROWS
    apart = grid("right", "left", "left")
    for tie in tour.ties_without_subject:
        apart.add_row(
            f"{tie.papers}",
            f"{tie.a.name} – {tie.b.name}",
            dim(years(tie.first_year, tie.last_year)),
        )
    others = tour.ties_without_subject_in_all - len(tour.ties_without_subject)
    both = Table.grid(padding=(0, 6, 0, 0))
    both.add_row(
        Group(f"with {name}, in shared papers", around, *_rest(rest, "people")),
        Group("the strongest ties of others, in shared papers", apart, *_rest(others, "pairs")),
    )
    return both


def _rest(count: int, what: str) -> list[Text]:
    return [dim(f"and {count:,} more {what}")] if count > 0 else []


def _doubts(meta: Meta) -> RenderableType:
    # What rests on a name alone is said once, with everything else that is doubtful.
    texts = [note.text for note in meta.notes if note.code != "unverified-identity"]
    return bullets(dim(text) for text in texts) if texts else Group()


def _what_next(settings: Settings, tour: Tour) -> RenderableType:
    if settings.store == "memory:":
        return part(
            "What to try next", "the same without --store memory: keeps the sample in a file"
        )
    where = ("--store", settings.store)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    closest = tour.collaborators.results[0].name
    docs = f"http://{host}:{settings.port}/docs"
    commands = [
        (f"the same answers over HTTP, described at {docs}", ("serve", *where)),
        ("papers and people of the closest collaborator", ("author", closest, *where)),
        ("everything that grew out of a paper", ("lineage", LINEAGE_SHOWN, *where)),
        ("everything doubtful, with examples", ("quality", *where)),
    ]
    table = Table.grid()
    for why, command in commands:
        table.add_row(why)
        table.add_row(Text(f"  {quoted(PROGRAM, *command)}", "bold"))
    return part("What to try next", table)
