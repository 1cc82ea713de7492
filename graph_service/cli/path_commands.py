"""What the command line understands about connections; what it does is in `cli/paths.py`.

That is imported by the command that needs it, so that help and completion answer at once.
"""
# ruff: noqa: PLC0415

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from graph_service.cli.edge import edge


class Mode(StrEnum):
    """Which paths; `model.path_answers.PathMode` for the command line."""

    shortest = "shortest"
    all_shortest = "all_shortest"
    k_shortest = "k_shortest"
    cheapest = "cheapest"
    k_cheapest = "k_cheapest"


class Cost(StrEnum):
    """What a tie costs; `model.path_answers.PathCost` for the command line."""

    weight = "weight"
    share = "share"


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
FirstYear = Annotated[
    int | None,
    typer.Option(min=1, max=9999, metavar="YEAR", help="Only papers of this year or later."),
]
LastYear = Annotated[
    int | None,
    typer.Option(min=1, max=9999, metavar="YEAR", help="Only papers of this year or earlier."),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        metavar="DATE",
        help="Only papers that were out when this day, month or year ended: YYYY[-MM[-DD]].",
    ),
]
MinPapers = Annotated[
    int, typer.Option(min=1, max=10_000, metavar="N", help="Fewest papers of a tie.")
]
Topic = Annotated[
    str | None, typer.Option(metavar="TOPIC", help="Only papers with this topic, by name or id.")
]
Venue = Annotated[
    str | None, typer.Option(metavar="VENUE", help="Only papers of this venue, by name or id.")
]
Affiliation = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Only papers that name this organisation, by name or id."),
]
MaxAuthors = Annotated[
    int | None,
    typer.Option(
        min=2,
        max=20_000,
        metavar="N",
        help="Longest author list that makes ties. Without it: COAUTHOR_GRAPH_MAX_AUTHORS, else 50.",
        show_default=False,
    ),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(
        metavar="WHAT",
        help="Leave out an author, by name or id, or a paper, by id; may be given again, or several "
        "with semicolons between.",
        show_default=False,
    ),
]
WithoutSubject = Annotated[
    bool,
    typer.Option("--without-subject", help="Leave out the person of every loaded profile page."),
]
OnlyVerified = Annotated[
    bool,
    typer.Option("--only-verified", help="Only authors whose identity is verified, the ends too."),
]


def add_to(app: typer.Typer) -> None:
    """Put the commands about connections into a program."""
    app.command(epilog='Example: coauthor-graph path "Yinpeng Chen" "Zuxuan Wu" --without-subject')(
        path
    )
    app.command(epilog='Example: coauthor-graph connect "Yinpeng Chen" "Zuxuan Wu" "Bharat Singh"')(
        connect
    )
    app.command(
        "paper-path",
        epilog='Example: coauthor-graph paper-path "Dynamic ReLU" "Focal Modulation Networks"',
    )(paper_path)
    app.command(epilog='Example: coauthor-graph network "Yinpeng Chen" --hops 2 --without-subject')(
        network
    )


def path(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="A name or an id.")],
    target: Annotated[str, typer.Argument(metavar="TARGET", help="A name or an id.")],
    *,
    mode: Annotated[
        Mode,
        typer.Option(help="Which paths: one or all of the shortest, the k shortest, the cheapest."),
    ] = Mode.shortest,
    cost: Annotated[
        Cost | None,
        typer.Option(
            help="What a tie costs for the cheapest: 1/weight, or -ln of its share in the smaller "
            "strength; weight if absent.",
            show_default=False,
        ),
    ] = None,
    k: Annotated[
        int | None,
        typer.Option(
            min=1, max=50, metavar="K", help="How many, for k; 5 if absent.", show_default=False
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=500,
            metavar="N",
            help="How many of all shortest to show; 25 if absent.",
            show_default=False,
        ),
    ] = None,
    max_hops: Annotated[
        int | None, typer.Option(min=1, max=100, metavar="N", help="Longest path.")
    ] = None,
    first_year: FirstYear = None,
    last_year: LastYear = None,
    as_of: AsOf = None,
    min_papers: MinPapers = 1,
    topic: Topic = None,
    venue: Venue = None,
    affiliation: Affiliation = None,
    max_authors: MaxAuthors = None,
    exclude: Exclude = None,
    without_subject: WithoutSubject = False,
    only_verified: OnlyVerified = False,
    frontier: Annotated[
        bool, typer.Option("--frontier", help="List the papers that could hide a shorter way.")
    ] = False,
    everything: Everything = False,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Show how two authors are connected, through which papers."""
    with edge(as_json=as_json):
        from graph_service.cli import paths
        from graph_service.cli.stores import settings_for
        from graph_service.model.path_questions import PathsWanted

        given = _filters(
            first_year, last_year, as_of, min_papers, topic, venue, affiliation, max_authors
        )
        wanted = paths.asked_for(
            PathsWanted,
            {
                "mode": mode.value,
                "cost": cost and cost.value,
                "k": k,
                "limit": limit,
                "max_hops": max_hops,
                "frontier": frontier,
            },
        )
        filters = paths.filters_of(
            given | {"only_verified": only_verified}, exclude or (), subject=without_subject
        )
        paths.path(
            settings_for(store),
            (source, target),
            wanted,
            filters,
            everything=everything,
            as_json=as_json,
        )


def connect(
    authors: Annotated[
        list[str], typer.Argument(metavar="AUTHOR", help="Three to ten names or ids.")
    ],
    *,
    first_year: FirstYear = None,
    last_year: LastYear = None,
    as_of: AsOf = None,
    min_papers: MinPapers = 1,
    topic: Topic = None,
    venue: Venue = None,
    affiliation: Affiliation = None,
    max_authors: MaxAuthors = None,
    exclude: Exclude = None,
    without_subject: WithoutSubject = False,
    only_verified: OnlyVerified = False,
    everything: Everything = False,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Join three to ten authors by a small tree of ties."""
    with edge(as_json=as_json):
        from graph_service.cli import paths
        from graph_service.cli.stores import settings_for

        given = _filters(
            first_year, last_year, as_of, min_papers, topic, venue, affiliation, max_authors
        )
        filters = paths.filters_of(
            given | {"only_verified": only_verified}, exclude or (), subject=without_subject
        )
        paths.connect(settings_for(store), authors, filters, everything=everything, as_json=as_json)


def paper_path(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="A whole title or an id.")],
    target: Annotated[str, typer.Argument(metavar="TARGET", help="A whole title or an id.")],
    *,
    kinds: Annotated[
        str | None,
        typer.Option(
            metavar="KINDS",
            help="What may join two papers, with semicolons between: citation, lineage, "
            "shared-repository, shared-author; all if absent.",
            show_default=False,
        ),
    ] = None,
    max_steps: Annotated[
        int | None, typer.Option(min=1, max=100, metavar="N", help="Longest chain.")
    ] = None,
    exclude: Exclude = None,
    without_subject: WithoutSubject = False,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Show how two papers are connected, and what joins each to the next."""
    with edge(as_json=as_json):
        from graph_service.cli import paths
        from graph_service.cli.stores import settings_for

        paths.paper_path(
            settings_for(store),
            (source, target),
            kinds=None if kinds is None else paths.excluded([kinds], subject=False),
            max_steps=max_steps,
            exclude=paths.excluded(exclude or (), subject=without_subject),
            as_json=as_json,
        )


def network(
    author: Annotated[
        str, typer.Argument(metavar="NAME_OR_ID", help="A name as people write it, or an id.")
    ],
    *,
    hops: Annotated[int, typer.Option(min=1, max=3, help="How far it reaches.")] = 1,
    limit: Annotated[
        int, typer.Option(min=1, max=2_000, metavar="N", help="Most authors, nearest first.")
    ] = 100,
    first_year: FirstYear = None,
    last_year: LastYear = None,
    as_of: AsOf = None,
    min_papers: MinPapers = 1,
    topic: Topic = None,
    venue: Venue = None,
    affiliation: Affiliation = None,
    max_authors: MaxAuthors = None,
    exclude: Exclude = None,
    without_subject: WithoutSubject = False,
    only_verified: OnlyVerified = False,
    graphml: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write it as GraphML too.", show_default=False),
    ] = None,
    everything: Everything = False,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Show who is near an author, and the ties among them."""
    with edge(as_json=as_json):
        from graph_service.cli import paths
        from graph_service.cli.stores import settings_for

        given = _filters(
            first_year, last_year, as_of, min_papers, topic, venue, affiliation, max_authors
        )
        filters = paths.filters_of(
            given | {"only_verified": only_verified}, exclude or (), subject=without_subject
        )
        paths.network(
            settings_for(store),
            author,
            filters,
            hops=hops,
            limit=limit,
            graphml=graphml,
            everything=everything,
            as_json=as_json,
        )


def _filters(
    first_year: int | None,
    last_year: int | None,
    as_of: str | None,
    min_papers: int,
    topic: str | None,
    venue: str | None,
    affiliation: str | None,
    max_authors: int | None,
) -> dict[str, Any]:
    return {
        "first_year": first_year,
        "last_year": last_year,
        "as_of": as_of,
        "min_papers": min_papers,
        "topic": topic,
        "venue": venue,
        "affiliation": affiliation,
        "max_authors": max_authors,
    }
