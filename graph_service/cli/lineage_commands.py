"""What the command line understands about lineage; what it does is in `cli/lineages.py`.

That is imported by the command that needs it, so that help and completion answer at once.
"""
# ruff: noqa: PLC0415

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from graph_service.cli.edge import edge
from graph_service.cli.people_commands import (
    Cursor,
    Everything,
    Json,
    PerPage,
    Store,
    evaluate,
)


class MinTier(StrEnum):
    """The weakest tier; `model.lineage_answers.MinTier` for the command line."""

    strong = "strong"
    likely = "likely"
    possible = "possible"
    tentative = "tentative"


class Format(StrEnum):
    """How an answer is shown; drawings as in `drawings.formats`."""

    text = "text"
    mermaid = "mermaid"
    dot = "dot"
    svg = "svg"


class Direction(StrEnum):
    """Which way to go from a paper."""

    ancestors = "ancestors"
    descendants = "descendants"
    both = "both"


Scope = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="The set of papers that was compared: a source, or all. By default the smallest "
        "that holds what is asked.",
        show_default=False,
    ),
]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who decides.")]
PAPER = "a paper by id, title, or the name it coined"

decide = typer.Typer(
    name="decide",
    help="Accept or reject steps of lineage, take that back, and read the log of decisions.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def add_to(app: typer.Typer) -> None:
    """Put the commands about lineage into a program."""
    app.command(epilog='Example: coauthor-graph lineage --to "Dynamic ReLU"')(lineage)
    app.command(epilog="Example: coauthor-graph methods MicroNet")(methods)
    for name, example, command in (
        ("accept", 'accept "Florence-2" "Florence" --by ada', accept),
        ("reject", 'reject "Florence-2" "Florence" --by ada', reject),
        ("undo", "undo decision:1 --by ada", undo),
        ("list", "list", show_log),
    ):
        decide.command(name, epilog=f"Example: coauthor-graph decide {example}")(command)
    app.add_typer(decide)
    evaluate.command("lineage", epilog="Example: coauthor-graph evaluate lineage gold.csv")(
        evaluate_lineage
    )


def lineage(
    asked: Annotated[
        str | None,
        typer.Argument(
            metavar="[PAPER]",
            help=f"All ancestors and descendants of {PAPER}.",
            show_default=False,
        ),
    ] = None,
    *,
    to: Annotated[
        str | None,
        typer.Option(
            metavar="PAPER", help="The chain that a paper grew out of.", show_default=False
        ),
    ] = None,
    from_: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="PAPER",
            help="The best chain that grew out of a paper.",
            show_default=False,
        ),
    ] = None,
    between: Annotated[
        tuple[str, str] | None,
        typer.Option(
            metavar="OLDER NEWER",
            help="How a newer paper goes back to an older one.",
            show_default=False,
        ),
    ] = None,
    topic: Annotated[
        str | None,
        typer.Option(
            metavar="WORDS", help="Chains and a timeline through a topic.", show_default=False
        ),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The chain through the paper that introduced a method.",
            show_default=False,
        ),
    ] = None,
    edges: Annotated[bool, typer.Option("--edges", help="Every shown step of the scope.")] = False,
    direction: Annotated[
        Direction, typer.Option(help="Of PAPER: which way to go.")
    ] = Direction.both,
    max_steps: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=100,
            metavar="N",
            help="Of PAPER: furthest generation; all if absent.",
            show_default=False,
        ),
    ] = None,
    scope: Scope = None,
    min_tier: Annotated[
        MinTier,
        typer.Option(help="Weakest tier listed; steps of chains below it are marked as bridges."),
    ] = MinTier.likely,
    merge_versions: Annotated[
        bool,
        typer.Option("--merge-versions", help="Show versions of one work as one stop as well."),
    ] = False,
    format: Annotated[
        Format, typer.Option(help="Text for people, or a drawing on stdout.")
    ] = Format.text,
    everything: Everything = False,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Show what probably grew out of what, with the evidence of every step."""
    given = [asked, to, from_, between, topic, method, edges or None]
    if sum(one is not None for one in given) != 1:
        raise typer.BadParameter(
            "ask one thing: PAPER, --to, --from, --between, --topic, --method or --edges"
        )
    if asked is None and (direction is not Direction.both or max_steps):
        raise typer.BadParameter("--direction and --max-steps go with PAPER")
    if as_json and format is not Format.text:
        raise typer.BadParameter("--json and --format do not go together")
    with edge(as_json=as_json):
        from graph_service.cli import lineages as command
        from graph_service.cli.stores import settings_for
        from graph_service.questions.lineages import Options, Question

        settings = settings_for(store)
        shown: command.Shown = "json" if as_json else format.value
        options = Options(scope, min_tier.value, merge_versions)
        if asked is not None:
            command.paper(
                settings,
                asked,
                options,
                direction=direction.value,
                max_steps=max_steps,
                everything=everything,
                shown=shown,
            )
        elif edges:
            command.edges(settings, options, shown=shown)
        else:
            question = Question(to, from_, between, topic, method)
            command.chain(settings, question, options, shown=shown)


def methods(
    asked: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME_OR_ID]", help="One method; all if absent.", show_default=False
        ),
    ] = None,
    *,
    q: Annotated[
        str | None,
        typer.Option("--search", metavar="WORDS", help="Names that fit.", show_default=False),
    ] = None,
    everything: Everything = False,
    per_page: PerPage = None,
    cursor: Cursor = None,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Show methods that papers coined, who introduced and who mentions them."""
    if asked is not None and (q or per_page or cursor):
        raise typer.BadParameter("--search, --per-page and --cursor go without a method")
    if q is not None and not q.strip():
        raise typer.BadParameter("--search is blank")
    with edge(as_json=as_json):
        from graph_service.cli import lineages as command
        from graph_service.cli.asking import Pages
        from graph_service.cli.stores import settings_for
        from graph_service.questions.paging import PER_PAGE

        if asked is not None:
            command.method(settings_for(store), asked, everything=everything, as_json=as_json)
            return
        pages = Pages(cursor, per_page or PER_PAGE, everything)
        command.methods(settings_for(store), q, pages, as_json=as_json)


# -- decisions ----------------------------------------------------------------------------

Newer = Annotated[str, typer.Argument(metavar="NEWER", help=f"The newer one: {PAPER}.")]
Older = Annotated[str, typer.Argument(metavar="OLDER", help="The one that it builds on.")]


def accept(
    newer: Newer, older: Older, *, by: By, store: Store = None, as_json: Json = False
) -> None:
    """Accept that one paper builds on another; this wins over score and tier."""
    with edge(as_json=as_json):
        from graph_service.cli import lineages as command
        from graph_service.cli.stores import settings_for

        command.judge(settings_for(store), "accept", newer, older, by=by, as_json=as_json)


def reject(
    newer: Newer, older: Older, *, by: By, store: Store = None, as_json: Json = False
) -> None:
    """Reject a step: it stands in no list and no chain, with its evidence still to be seen."""
    with edge(as_json=as_json):
        from graph_service.cli import lineages as command
        from graph_service.cli.stores import settings_for

        command.judge(settings_for(store), "reject", newer, older, by=by, as_json=as_json)


def undo(
    decision: Annotated[str, typer.Argument(metavar="DECISION", help="Its id: decision:1.")],
    *,
    by: By,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Take a decision back; the answers are again what they were."""
    with edge(as_json=as_json):
        from graph_service.cli import lineages as command
        from graph_service.cli.stores import settings_for

        command.undo(settings_for(store), decision, by=by, as_json=as_json)


def show_log(
    *,
    everything: Everything = False,
    per_page: PerPage = None,
    cursor: Cursor = None,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """List the log of decisions, newest first, with what is in force."""
    with edge(as_json=as_json):
        from graph_service.cli import lineages as command
        from graph_service.cli.asking import Pages
        from graph_service.cli.stores import settings_for
        from graph_service.questions.paging import PER_PAGE

        pages = Pages(cursor, per_page or PER_PAGE, everything)
        command.log(settings_for(store), pages, as_json=as_json)


def evaluate_lineage(
    gold: Annotated[
        Path,
        typer.Argument(
            metavar="GOLD.csv",
            help="Columns newer_title, older_title, label; a label is yes or no, 1 or 0.",
            readable=False,
        ),
    ],
    *,
    scope: Scope = None,
    seed: Annotated[int, typer.Option(min=0, metavar="N", help="Of the intervals.")] = 0,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Score the steps against pairs that people judged: precision and recall by tier."""
    with edge(as_json=as_json):
        from graph_service.cli import lineages as command
        from graph_service.cli.stores import settings_for

        command.evaluate(settings_for(store), gold, scope, seed, as_json=as_json)
