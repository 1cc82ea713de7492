"""What the command line understands about people; what it does is in `cli/people.py`.

That is imported by the command that needs it, so that help and completion answer at once.
"""
# ruff: noqa: PLC0415

from enum import StrEnum
from typing import Annotated

import typer

from graph_service.cli.edge import edge


class Score(StrEnum):
    """How suggestions are ranked; `model.people_answers.Score` for the command line."""

    common_neighbours = "common_neighbours"
    adamic_adar = "adamic_adar"
    resource_allocation = "resource_allocation"
    jaccard = "jaccard"
    preferential_attachment = "preferential_attachment"
    pagerank = "pagerank"
    topics = "topics"


class Sort(StrEnum):
    """What a list of authors is sorted by; `questions.selections.Sort` for the command line."""

    papers = "papers"
    degree = "degree"
    strength = "strength"
    core = "core"
    betweenness = "betweenness"
    closeness = "closeness"
    pagerank = "pagerank"
    clustering = "clustering"
    first_year = "first_year"
    last_year = "last_year"


class Order(StrEnum):
    """Which way it is sorted."""

    asc = "asc"
    desc = "desc"


class Kind(StrEnum):
    """What is completed; `model.people_answers.Kind` for the command line."""

    author = "author"
    paper = "paper"
    affiliation = "affiliation"
    repo = "repo"
    source = "source"
    topic = "topic"
    venue = "venue"


Everything = Annotated[bool, typer.Option("--all", help="Show every row.")]
Store = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Where the graph is: file:PATH, memory:, neo4j://HOST or bolt://HOST. "
        "Without it: COAUTHOR_GRAPH_STORE, else file:coauthor-graph.sqlite.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document for programs.")]
PerPage = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=500,
        metavar="N",
        help="Rows of a list on one page; 25 if absent.",
        show_default=False,
    ),
]
Cursor = Annotated[
    str | None,
    typer.Option(metavar="CURSOR", help="The next_cursor of the page before.", show_default=False),
]
ActiveSince = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=9999,
        metavar="YEAR",
        help="Only people with a paper of this year or later.",
        show_default=False,
    ),
]
Affiliation = Annotated[
    str | None,
    typer.Option(
        metavar="NAME_OR_ID", help="Only authors of papers that name it.", show_default=False
    ),
]

evaluate = typer.Typer(
    name="evaluate",
    help="Compare answers with what came later.",
    epilog="Example: coauthor-graph evaluate recommendations --split-year 2022",
    rich_markup_mode=None,
    no_args_is_help=True,
)


def add_to(app: typer.Typer) -> None:
    """Put the commands about people into a program."""
    app.command(epilog='Example: coauthor-graph author "Yinpeng Chen" --recommendations')(author)
    app.command(epilog="Example: coauthor-graph authors --sort betweenness --without-subject")(
        authors
    )
    app.command(epilog="Example: coauthor-graph autocomplete yinp")(autocomplete)
    evaluate.command(
        "recommendations",
        epilog="Example: coauthor-graph evaluate recommendations --split-year 2022 --window 2",
    )(evaluate_recommendations)
    app.add_typer(evaluate)


def author(
    asked: Annotated[
        str, typer.Argument(metavar="NAME_OR_ID", help="A name as people write it, or an id.")
    ],
    *,
    papers: Annotated[bool, typer.Option("--papers", help="List the papers.")] = False,
    collaborators: Annotated[
        bool, typer.Option("--collaborators", help="List the collaborators.")
    ] = False,
    timeline: Annotated[bool, typer.Option("--timeline", help="Show year by year.")] = False,
    recommendations: Annotated[
        bool, typer.Option("--recommendations", help="Suggest people to work with.")
    ] = False,
    score: Annotated[
        Score | None,
        typer.Option(help="What ranks suggestions; adamic_adar if absent.", show_default=False),
    ] = None,
    k: Annotated[
        int | None,
        typer.Option(
            "--k",
            min=1,
            max=100,
            metavar="N",
            help="How many suggestions; 10 if absent.",
            show_default=False,
        ),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WHO",
            help="Left out of suggestions: authors by name or id, papers by id, several with "
            "semicolons between; subject: of every loaded page; none: nobody. May be given again. "
            "Without it: the subject of a page that names most papers.",
            show_default=False,
        ),
    ] = None,
    active_since: ActiveSince = None,
    affiliation: Affiliation = None,
    include_known: Annotated[
        bool, typer.Option("--include-known", help="Suggest collaborators, too.")
    ] = False,
    everything: Everything = False,
    per_page: PerPage = None,
    cursor: Cursor = None,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Show one author: card, papers, collaborators, years, or people to work with."""
    if papers + collaborators + timeline + recommendations > 1:
        raise typer.BadParameter(
            "give one of --papers, --collaborators, --timeline and --recommendations"
        )
    check_pages(
        listing=papers or collaborators,
        everything=everything,
        per_page=per_page,
        cursor=cursor,
        as_json=as_json,
        go_with="--papers or --collaborators",
    )
    given = (score, k, without, active_since, affiliation, include_known or None)
    if not recommendations and any(value is not None for value in given):
        raise typer.BadParameter(
            "--score, --k, --without, --active-since, --affiliation and --include-known go with "
            "--recommendations"
        )
    with edge(as_json=as_json):
        from graph_service.cli import asking, people
        from graph_service.cli.stores import settings_for
        from graph_service.questions.paging import PER_PAGE
        from graph_service.questions.recommendations import Wanted

        settings = settings_for(store)
        pages = asking.Pages(cursor, per_page or PER_PAGE, everything)
        if papers:
            asking.papers_of(settings, asked, pages, as_json=as_json)
        elif collaborators:
            asking.collaborators_of(settings, asked, pages, as_json=as_json)
        elif timeline:
            people.timeline(settings, asked, as_json=as_json)
        elif recommendations:
            wanted = Wanted(
                score="adamic_adar" if score is None else score.value,
                k=10 if k is None else k,
                without=None if without is None else parts_of(without),
                active_since=active_since,
                affiliation=affiliation,
                include_known=include_known,
            )
            people.recommendations(settings, asked, wanted, as_json=as_json)
        else:
            asking.author(settings, asked, as_json=as_json)


def parts_of(given: list[str]) -> list[str]:
    """What was given, each part by itself: one option may hold several."""
    return [part.strip() for one in given for part in one.split(";") if part.strip()]


def check_pages(
    *,
    listing: bool,
    everything: bool,
    per_page: int | None,
    cursor: str | None,
    as_json: bool,
    go_with: str = "",
) -> None:
    """Refuse options about pages that contradict each other, or go with nothing."""
    if (everything or per_page or cursor) and not listing:
        raise typer.BadParameter(f"--all, --per-page and --cursor go with {go_with}")
    if everything and (as_json or per_page):
        raise typer.BadParameter(
            "--all is for people; with --json take pages: --per-page 500, then --cursor"
        )
    if cursor and not as_json:
        raise typer.BadParameter("--cursor goes with --json; for people there is --all")


def authors(
    *,
    q: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]", help="A name, or how its words begin.", show_default=False
        ),
    ] = None,
    topic: Annotated[
        str | None,
        typer.Option(
            metavar="NAME_OR_ID", help="Count only papers on this topic.", show_default=False
        ),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            metavar="NAME_OR_ID",
            help="Count only papers that introduce or mention this method.",
            show_default=False,
        ),
    ] = None,
    affiliation: Affiliation = None,
    active_since: ActiveSince = None,
    sort: Annotated[
        Sort | None,
        typer.Option(
            help="What to sort by; core, betweenness, closeness, pagerank and clustering need "
            "derive.",
            show_default=False,
        ),
    ] = None,
    order: Annotated[
        Order | None, typer.Option(help="Which way; desc if absent.", show_default=False)
    ] = None,
    without_subject: Annotated[
        bool,
        typer.Option(
            "--without-subject",
            help="Sort by measures without the person whose page names most papers.",
        ),
    ] = False,
    everything: Everything = False,
    per_page: PerPage = None,
    cursor: Cursor = None,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """List authors: by name, by topic or method, sorted by one measure."""
    check_pages(
        listing=True, everything=everything, per_page=per_page, cursor=cursor, as_json=as_json
    )
    if q is not None and not q.strip():
        raise typer.BadParameter("NAME is blank")
    with edge(as_json=as_json):
        from graph_service.cli import people
        from graph_service.cli.stores import settings_for
        from graph_service.questions.paging import PER_PAGE
        from graph_service.questions.selections import Selection

        chosen = Selection(
            topic=topic,
            method=method,
            affiliation=affiliation,
            active_since=active_since,
            sort=None if sort is None else sort.value,
            order=None if order is None else order.value,
            without_subject=without_subject,
        )
        people.authors(
            settings_for(store),
            q,
            chosen,
            cursor=cursor,
            per_page=per_page or PER_PAGE,
            everything=everything,
            as_json=as_json,
        )


def autocomplete(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="How a name begins.")],
    *,
    kind: Annotated[Kind, typer.Option(help="What is looked for.")] = Kind.author,
    limit: Annotated[int, typer.Option(min=1, max=50, metavar="N", help="Most rows.")] = 10,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Complete a name, with hints that tell namesakes apart."""
    if not text.strip():
        raise typer.BadParameter("TEXT is blank")
    with edge(as_json=as_json):
        from graph_service.cli import people
        from graph_service.cli.stores import settings_for

        people.autocomplete(settings_for(store), text, kind.value, limit, as_json=as_json)


def evaluate_recommendations(
    *,
    split_year: Annotated[
        int,
        typer.Option(
            min=1, max=9998, metavar="YEAR", help="Suggest from papers before this year only."
        ),
    ],
    window: Annotated[
        int,
        typer.Option(min=1, max=100, metavar="YEARS", help="Years to compare with, from then on."),
    ] = 2,
    seed: Annotated[
        int, typer.Option(min=0, metavar="N", help="Of samples, baseline and intervals.")
    ] = 0,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Score every way of suggesting people by who worked together later, without leakage."""
    with edge(as_json=as_json):
        from graph_service.cli import people
        from graph_service.cli.stores import settings_for

        people.evaluate(
            settings_for(store), split_year=split_year, window=window, seed=seed, as_json=as_json
        )
