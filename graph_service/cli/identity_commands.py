"""What the command line understands about identity; what it does is in `cli/identity.py`.

That is imported by the command that needs it, so that help and completion answer at once.
"""
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated, Literal

import typer

from graph_service.cli.edge import edge
from graph_service.cli.lineage_commands import By, show_log
from graph_service.cli.people_commands import Cursor, Everything, Json, PerPage, Store

WHO = "an author by id or name, a name (name:…) or a mention"
First = Annotated[str, typer.Argument(metavar="A", help=f"{WHO}; or a paper.".capitalize())]
Other = Annotated[str, typer.Argument(metavar="B", help="The other one.")]

identity = typer.Typer(
    name="identity",
    help="Say who is who: decide, take it back, see why, and what a decision would change.",
    epilog='Example: coauthor-graph identity explain "Ada Quill" "A. Quill"',
    no_args_is_help=True,
    rich_markup_mode=None,
)


def add_to(app: typer.Typer) -> None:
    """Put the commands about identity into a program."""
    for name, example, command in (
        ("candidates", "candidates", candidates),
        ("explain", 'explain "Ada Quill" "A. Quill"', explain),
        ("what-if", 'what-if same "Ada Quill" "A. Quill"', what_if),
        ("same", 'same "Ada Quill" "A. Quill" --by ada', same),
        ("different", "different mention:lab:looms#2 name:lab/quill.ada --by ada", different),
        ("undo", "undo 3 --by ada", undo),
        ("log", "log", show_log),
        ("resolve", "resolve", resolve),
        ("export", "export decisions.jsonl", export),
        ("import", "import decisions.jsonl", import_),
    ):
        identity.command(name, epilog=f"Example: coauthor-graph identity {example}")(command)
    app.add_typer(identity)


def candidates(
    *,
    everything: Everything = False,
    per_page: PerPage = None,
    cursor: Cursor = None,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """List names that may be one person, with what speaks for them and what is missing."""
    with edge(as_json=as_json):
        from graph_service.cli import identity as command
        from graph_service.cli.asking import Pages
        from graph_service.cli.stores import settings_for
        from graph_service.questions.paging import PER_PAGE

        pages = Pages(cursor, per_page or PER_PAGE, everything)
        command.candidates(settings_for(store), pages, as_json=as_json)


def explain(a: First, b: Other, *, store: Store = None, as_json: Json = False) -> None:
    """Say why two names are one person, or are not."""
    with edge(as_json=as_json):
        from graph_service.cli import identity as command
        from graph_service.cli.stores import settings_for

        command.explain(settings_for(store), a, b, as_json=as_json)


def what_if(
    op: Annotated[str, typer.Argument(metavar="same|different", help="What to suppose.")],
    a: First,
    b: Other,
    *,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Show what a decision would change, without making it."""
    if op not in {"same", "different"}:
        raise typer.BadParameter("suppose either same or different")
    with edge(as_json=as_json):
        from graph_service.cli import identity as command
        from graph_service.cli.stores import settings_for

        supposed: Literal["same", "different"] = "same" if op == "same" else "different"
        command.what_if(settings_for(store), supposed, a, b, as_json=as_json)


def same(
    a: First, b: Other, *, by: By = "user", store: Store = None, as_json: Json = False
) -> None:
    """Decide that two names are one person, or two records one paper."""
    with edge(as_json=as_json):
        from graph_service.cli import identity as command
        from graph_service.cli.stores import settings_for

        command.decide(settings_for(store), "same", a, b, by=by, as_json=as_json)


def different(
    a: First, b: Other, *, by: By = "user", store: Store = None, as_json: Json = False
) -> None:
    """Decide that two names are two people, or two records two papers; no rule overrules it."""
    with edge(as_json=as_json):
        from graph_service.cli import identity as command
        from graph_service.cli.stores import settings_for

        command.decide(settings_for(store), "different", a, b, by=by, as_json=as_json)


def undo(
    decision: Annotated[str, typer.Argument(metavar="N", help="A decision's number or id.")],
    *,
    by: By = "user",
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Take a decision back, a person's or a rule's; the answers are again what they were."""
    with edge(as_json=as_json):
        from graph_service.cli import identity as command
        from graph_service.cli.stores import settings_for

        command.undo(settings_for(store), decision, by=by, as_json=as_json)


def resolve(
    *,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Ask for more evidence before names are one person."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and write nothing.")
    ] = False,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Run the rules over everything that is loaded, and write down what they find.

    A load does this by itself. What an earlier run found and this one does not is taken back.
    """
    with edge(as_json=as_json):
        from graph_service.cli import identity as command
        from graph_service.cli.stores import settings_for

        command.resolve(settings_for(store), strict=strict, dry_run=dry_run, as_json=as_json)


def export(
    file: Annotated[str, typer.Argument(metavar="FILE", help="File to write, or - for stdout.")],
    *,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Write the whole log of decisions to a file, a JSON object a line."""
    with edge(as_json=as_json):
        from graph_service.cli import identity as command
        from graph_service.cli.stores import settings_for

        command.export(settings_for(store), file, as_json=as_json)


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A log.", readable=False)],
    *,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Make the decisions of people that are in force in a log also in this store."""
    with edge(as_json=as_json):
        from graph_service.cli import identity as command
        from graph_service.cli.stores import settings_for

        command.import_(settings_for(store), file, as_json=as_json)
