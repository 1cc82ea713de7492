"""What the command line understands about citations; what it does is in `cli/citations.py`.

That is imported by the command that needs it, so that help and completion answer at once.
"""
# ruff: noqa: PLC0415

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from graph_service.cli.edge import edge
from graph_service.cli.people_commands import Json, Store


class Weights(StrEnum):
    """How ways are counted; `model.citation_answers.Weights` for the command line."""

    spc = "spc"
    splc = "splc"
    spnp = "spnp"


class Search(StrEnum):
    """How arcs are put together; `model.citation_answers.PathSearch` for the command line."""

    local = "local"
    global_ = "global"
    key_route = "key-route"
    key_route_local = "key-route-local"
    longest = "longest"
    low_criticality = "low-criticality"


class Direction(StrEnum):
    """Which citations of a paper."""

    cites = "cites"
    cited_by = "cited_by"
    both = "both"


def add_to(app: typer.Typer) -> None:
    """Put the commands about citations into a program."""
    app.command(epilog='Example: coauthor-graph citations "Dynamic ReLU"')(citations)
    app.command(
        "main-path",
        epilog="Example: coauthor-graph main-path --arcs network.csv --search key-route",
    )(main_path)


def citations(
    asked: Annotated[
        str, typer.Argument(metavar="PAPER", help="A paper by id, title, or the name it coined.")
    ],
    *,
    direction: Annotated[Direction, typer.Option(help="Those it makes, or those of it.")] = (
        Direction.both
    ),
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Show whom a paper cites and who cites it, among the loaded papers."""
    with edge(as_json=as_json):
        from graph_service.cli import citations as command
        from graph_service.cli.stores import settings_for

        command.of_paper(settings_for(store), asked, direction.value, as_json=as_json)


def main_path(
    *,
    weights: Annotated[Weights, typer.Option(help="How ways are counted.")] = Weights.spc,
    search: Annotated[Search, typer.Option(help="How arcs are put together.")] = Search.global_,
    k: Annotated[
        int, typer.Option(min=1, max=1000, metavar="N", help="Of key-routes: how many arcs.")
    ] = 10,
    d: Annotated[
        int,
        typer.Option(
            min=0, max=1000, metavar="N", help="Of low-criticality: the greatest criticality."
        ),
    ] = 0,
    builds_on: Annotated[
        bool,
        typer.Option("--builds-on", help="Only citations between papers that lineage joins."),
    ] = False,
    arcs: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv",
            help="Instead of the store a file of two columns: citing, cited.",
            show_default=False,
            readable=False,
        ),
    ] = None,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Find the main path through citations, in exact numbers."""
    if arcs is not None and builds_on:
        raise typer.BadParameter("--builds-on needs a store and goes without --arcs")
    with edge(as_json=as_json):
        from graph_service.cli import citations as command
        from graph_service.cli.stores import settings_for
        from graph_service.questions.citations import MainPathOptions

        options = MainPathOptions(weights.value, search.value, k, d, builds_on)
        command.main_path(settings_for(store), options, arcs, as_json=as_json)
