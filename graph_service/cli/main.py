"""`coauthor-graph`: what the command line understands; what it does is in the modules beside it.

Those are imported by the command that needs them, so that help and completion answer at once.
"""
# ruff: noqa: PLC0415

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from graph_service import __version__
from graph_service.cli import (
    citation_commands,
    gold_commands,
    identity_commands,
    lineage_commands,
    path_commands,
    people_commands,
)
from graph_service.cli.edge import FAILED, edge
from graph_service.cli.terminal import be_tolerant, tell, write_summary

DEMO_STORE = "file:coauthor-graph-demo.sqlite"

app = typer.Typer(
    name="coauthor-graph",
    help="Who works with whom, through which papers, and how sure that is.",
    epilog="Start here: coauthor-graph demo",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
)

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
Everything = Annotated[bool, typer.Option("--all", help="Show every row.")]


class LineageModels(StrEnum):
    """Models of lineage; `derive.lineage_model.MODELS` for the command line."""

    alone = "lineage-2"
    with_citations = "lineage-2+cites"


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"coauthor-graph {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def program(
    context: typer.Context,
    *,
    version: Annotated[  # noqa: ARG001 – its callback has done it
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Who works with whom, through which papers, and how sure that is."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


# -- data ---------------------------------------------------------------------------------


@app.command(
    epilog="Example: coauthor-graph load page.txt --expect-papers 50: --rejects-to rejects.jsonl",
)
def load(
    # Whether a file can be read is the loader's to say, as for anything else wrong with it.
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE",
            help="Files to load, plain or packed with gzip, bzip2 or xz; folders, zip archives "
            "and patterns stand for the files in them.",
            readable=False,
        ),
    ],
    *,
    format: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Format of the files; found from their content if absent."
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Name of the source; by default what the file says."),
    ] = None,
    max_rejects: Annotated[
        int, typer.Option(min=0, metavar="N", help="How many rejects to set aside before stopping.")
    ] = 0,
    rejects_to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File for the rejects, as JSON lines.")
    ] = None,
    expect_papers: Annotated[
        str | None,
        typer.Option(
            metavar="MIN:MAX",
            help="Load only if the files hold so many papers; a side may be empty.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read and check everything, write nothing.")
    ] = False,
    resolve: Annotated[
        bool,
        typer.Option(
            "--resolve/--no-resolve",
            help="Run the rules of identity over the whole store afterwards, as `identity "
            "resolve` does; leave it to the last of many loads.",
        ),
    ] = True,
    bulk: Annotated[
        bool,
        typer.Option(
            "--bulk",
            help="First load into a Neo4j on this machine, by its import tool and with the server "
            "stopped: many times faster. The rules of identity are left to `identity resolve`.",
        ),
    ] = False,
    overwrite: Annotated[
        bool,
        typer.Option("--overwrite", help="With --bulk: replace all that the database holds."),
    ] = False,
    import_dir: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="With --bulk: where files of some 4 kB a paper may stand until it is done; "
            "beside the database if absent.",
        ),
    ] = None,
    neo4j_home: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="With --bulk: home of the Neo4j. Without it: COAUTHOR_GRAPH_NEO4J_HOME, else "
            "what `make neo4j` keeps in .neo4j.",
            show_default=False,
        ),
    ] = None,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Load papers from files; loading them again changes nothing."""
    if (overwrite or import_dir or neo4j_home) and not bulk:
        raise typer.BadParameter("--overwrite, --import-dir and --neo4j-home go with --bulk")
    with edge(as_json=as_json):
        from graph_service.cli import keeping
        from graph_service.cli.stores import settings_for

        in_bulk = keeping.BulkOptions(overwrite, import_dir) if bulk else None
        options = keeping.LoadOptions(
            format, source, max_rejects, rejects_to, expect_papers, dry_run, resolve, in_bulk
        )
        settings = settings_for(store)
        if neo4j_home is not None:
            settings = settings.model_copy(update={"neo4j_home": neo4j_home})
        keeping.load(settings, files, options, as_json=as_json)


@app.command(epilog="Example: coauthor-graph schema")
def schema() -> None:
    """Print the JSON Schema of the JSON lines that load reads, a line a paper."""
    import json

    from graph_service.cli.terminal import write
    from loaders.json_lines import schema as schema_of_a_line

    write(json.dumps(schema_of_a_line(), indent=2).encode() + b"\n")


@app.command(epilog="Example: coauthor-graph unload --source xiyang-dai")
def unload(
    *,
    paper: Annotated[str | None, typer.Option(metavar="ID", help="A paper's id.")] = None,
    source: Annotated[
        str | None, typer.Option(metavar="NAME", help="A source's name, with all it brought.")
    ] = None,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Remove a paper, or everything that one source brought."""
    if (paper is None) == (source is None):
        raise typer.BadParameter("give either --paper ID or --source NAME")
    with edge(as_json=as_json):
        from graph_service.cli import keeping
        from graph_service.cli.stores import settings_for

        keeping.unload(settings_for(store), paper=paper, source=source, as_json=as_json)


@app.command(epilog="Example: coauthor-graph export facts.jsonl")
def export(
    file: Annotated[str, typer.Argument(metavar="FILE", help="File to write, or - for stdout.")],
    *,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Write all facts to a file: records and identity decisions."""
    with edge(as_json=as_json):
        from graph_service.cli import keeping
        from graph_service.cli.stores import settings_for

        keeping.export(settings_for(store), file, as_json=as_json)


@app.command(
    "import",
    epilog="Example: coauthor-graph import facts.jsonl --store file:copy.sqlite",
)
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An export.", readable=False)],
    *,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Put an export into a store, once the file is found whole."""
    with edge(as_json=as_json):
        from graph_service.cli import keeping
        from graph_service.cli.stores import settings_for

        keeping.import_(settings_for(store), file, as_json=as_json)


Without = Annotated[
    list[str] | None,
    typer.Option(
        "--without",
        metavar="WHO",
        help="An author to remove from view, by id or name, or several with semicolons between "
        "them; subject: of every loaded profile page; none: nobody. May be given again. Without "
        "it: the subject of a page that holds more than half of all papers.",
        show_default=False,
    ),
]


def _asked(without: list[str] | None) -> tuple[str, ...]:
    parts = (one.strip() for each in without or [] for one in each.split(";"))
    return tuple(one for one in parts if one)


@app.command(epilog="Example: coauthor-graph derive --max-authors 100 --resolution 1.4")
def derive(
    *,
    max_authors: Annotated[
        int | None,
        typer.Option(
            min=2,
            metavar="N",
            help="Longest author list that makes ties. Without it: COAUTHOR_GRAPH_MAX_AUTHORS, "
            "else 50.",
            show_default=False,
        ),
    ] = None,
    resolution: Annotated[
        float,
        typer.Option(metavar="GAMMA", help="Of the clusters: greater means smaller ones."),
    ] = 1.0,
    seeds: Annotated[
        int,
        typer.Option(min=1, max=1000, metavar="N", help="Runs that clusters are agreed from."),
    ] = 30,
    without: Without = None,
    lineage: Annotated[
        LineageModels,
        typer.Option(
            help="How evidence for lineage is weighed; with +cites citations are evidence, too."
        ),
    ] = LineageModels.alone,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Compute the derived layer: ties, positions, clusters and lineage."""
    with edge(as_json=as_json):
        from graph_service.cli import keeping
        from graph_service.cli.stores import settings_for
        from graph_service.derive.clusters import ClusterOptions

        options = ClusterOptions(resolution, seeds, _asked(without))
        keeping.derive(
            settings_for(store),
            max_authors=max_authors,
            clusters=options,
            lineage=lineage.value,
            as_json=as_json,
        )


@app.command(epilog="Example: coauthor-graph verify")
def verify(*, store: Store = None, as_json: Json = False) -> None:
    """Compute everything again from the records and compare it with the store."""
    with edge(as_json=as_json):
        from graph_service.cli import keeping
        from graph_service.cli.stores import settings_for

        clean = keeping.verify(settings_for(store), as_json=as_json)
    if not clean:
        raise typer.Exit(FAILED)


# -- questions ----------------------------------------------------------------------------


people_commands.add_to(app)
path_commands.add_to(app)
lineage_commands.add_to(app)
identity_commands.add_to(app)
gold_commands.add_to(app)
citation_commands.add_to(app)


@app.command(epilog="Example: coauthor-graph clusters 1")
def clusters(
    asked: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID_OR_NUMBER]", help="One cluster; all if absent.", show_default=False
        ),
    ] = None,
    *,
    timeline: Annotated[
        bool, typer.Option("--timeline", help="Clusters window by window of years.")
    ] = False,
    years: Annotated[
        int, typer.Option(min=1, max=100, metavar="N", help="With --timeline: years of a window.")
    ] = 3,
    step: Annotated[
        int,
        typer.Option(
            min=1, max=100, metavar="N", help="With --timeline: years from one start to the next."
        ),
    ] = 2,
    resolution: Annotated[
        float,
        typer.Option(metavar="GAMMA", help="With --timeline: greater means smaller clusters."),
    ] = 1.0,
    without: Without = None,
    max_size: Annotated[
        int | None,
        typer.Option(
            min=2,
            metavar="N",
            help="Of one cluster: cut parts with more members further.",
            show_default=False,
        ),
    ] = None,
    capped: Annotated[
        bool, typer.Option("--capped", help="Name the papers with too many authors for ties.")
    ] = False,
    everything: Everything = False,
    per_page: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=500,
            metavar="N",
            help="Clusters on one page; 25 if absent.",
            show_default=False,
        ),
    ] = None,
    cursor: Annotated[
        str | None,
        typer.Option(
            metavar="CURSOR", help="The next_cursor of the page before.", show_default=False
        ),
    ] = None,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Show which clusters the authors form, what about, and how sure that is."""
    if timeline and (asked or max_size or capped):
        raise typer.BadParameter("--timeline goes without a cluster, --max-size and --capped")
    if without and not timeline:
        raise typer.BadParameter("--without goes with --timeline; clusters are found by derive")
    if max_size and not asked:
        raise typer.BadParameter("--max-size goes with one cluster")
    if (per_page or cursor) and (timeline or asked):
        raise typer.BadParameter("--per-page and --cursor go with the list of clusters")
    if everything and as_json:
        raise typer.BadParameter(
            "--all is for people; with --json take pages: --per-page 500, then --cursor"
        )
    if cursor and not as_json:
        raise typer.BadParameter("--cursor goes with --json; for people there is --all")
    with edge(as_json=as_json):
        from graph_service.cli import clusters as command
        from graph_service.cli.asking import Pages
        from graph_service.cli.stores import settings_for
        from graph_service.questions.paging import PER_PAGE

        settings = settings_for(store)
        if timeline:
            options = command.WindowOptions(years, step, _asked(without), resolution)
            command.timeline(settings, options, everything=everything, as_json=as_json)
        elif asked is not None:
            command.one(
                settings,
                asked,
                capped=capped,
                max_size=max_size,
                everything=everything,
                as_json=as_json,
            )
        else:
            pages = Pages(cursor, per_page or PER_PAGE, everything)
            command.overview(settings, pages, capped=capped, as_json=as_json)


@app.command(epilog='Example: coauthor-graph paper "Dynamic ReLU"')
def paper(
    asked: Annotated[str, typer.Argument(metavar="PAPER", help="A paper by id or whole title.")],
    *,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Show a paper: by whom, where to read it, its code, and which source says so."""
    with edge(as_json=as_json):
        from graph_service.cli import asking
        from graph_service.cli.stores import settings_for

        asking.paper(settings_for(store), asked, as_json=as_json)


@app.command(epilog="Example: coauthor-graph quality --all")
def quality(*, everything: Everything = False, store: Store = None, as_json: Json = False) -> None:
    """Say what is missing or doubtful in the data."""
    with edge(as_json=as_json):
        from graph_service.cli import asking
        from graph_service.cli.stores import settings_for

        asking.quality(settings_for(store), everything=everything, as_json=as_json)


@app.command(epilog="Example: coauthor-graph status --json")
def status(*, store: Store = None, as_json: Json = False) -> None:
    """Show what the store holds, its revisions, and the settings in force."""
    with edge(as_json=as_json):
        from graph_service.cli import asking
        from graph_service.cli.stores import settings_for

        asking.status(settings_for(store), as_json=as_json)


@app.command(epilog="Example: coauthor-graph report papers_with_code --param limit=10")
def report(
    *,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="The report.", show_default=False)
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="A parameter; may be given again for another one. An author may be given by "
            "name, a paper by title, several authors with semicolons between them.",
            show_default=False,
        ),
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="List the reports by area.")] = False,
    about: Annotated[
        bool, typer.Option("--about", help="Say what it answers, its parameters and columns.")
    ] = False,
    cypher: Annotated[
        bool,
        typer.Option(
            "--cypher", help="Print it for Neo4j Browser or cypher-shell instead of asking it."
        ),
    ] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the rows as CSV.")] = False,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Ask a canned report."""
    with edge(as_json=as_json):
        from graph_service.cli import reports
        from graph_service.cli.stores import settings_for

        given = reports.given_parameters(param or [])
        if listed or name is None:
            reports.show_list(settings_for(store), as_json=as_json)
        elif about:
            reports.show_description(name)
        elif cypher:
            reports.show_cypher(settings_for(store), name, given)
        else:
            reports.ask_report(settings_for(store), name, given, as_json=as_json, as_csv=as_csv)


# -- service ------------------------------------------------------------------------------


@app.command("browser-pack", epilog="Example: coauthor-graph browser-pack reports.zip")
def browser_pack(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The zip file to write.")],
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Pack the reports as favourites for Neo4j Browser."""
    with edge(as_json=as_json):
        from graph_service.cli import browser
        from graph_service.cli.stores import settings_for

        browser.browser_pack(settings_for(store), out, force=force, as_json=as_json)


@app.command(epilog="Example: coauthor-graph serve --port 8080")
def serve(
    *,
    host: Annotated[
        str | None,
        typer.Option(
            metavar="HOST",
            help="Address to serve on. Without it: COAUTHOR_GRAPH_HOST, else 127.0.0.1.",
            show_default=False,
        ),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65535,
            metavar="PORT",
            help="Port to serve on, 0 for any free one. Without it: COAUTHOR_GRAPH_PORT, "
            "else 8000.",
            show_default=False,
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=64,
            metavar="N",
            help="Processes that share the port. Without it: COAUTHOR_GRAPH_WORKERS, else 1.",
            show_default=False,
        ),
    ] = None,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Answer the same questions over HTTP, until stopped."""
    with edge(as_json=as_json):
        from graph_service.api.serve import serve as run
        from graph_service.cli.stores import settings_for

        settings = settings_for(store)
        given = {"host": host, "port": port, "workers": workers}
        settings = settings.model_copy(
            update={name: value for name, value in given.items() if value is not None}
        )

        def ready(url: str) -> None:
            if as_json:
                write_summary({"store": settings.store, "url": url, "docs": f"{url}/docs"})
            tell(f"serving {settings.store} on {url} – docs at {url}/docs, stop with Ctrl+C")

        run(settings, ready=ready, step=tell)


@app.command(epilog="Example: coauthor-graph demo")
def demo(
    *,
    store: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help=f"Where to put the sample; by default {DEMO_STORE}.",
            show_default=False,
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Load the packaged sample and show a short tour of it."""
    with edge(as_json=as_json):
        from graph_service.cli.demo import demo as run
        from graph_service.cli.stores import settings_for

        run(settings_for(DEMO_STORE if store is None else store), as_json=as_json)


def main() -> None:
    """Run the command line; the entry point of `coauthor-graph`."""
    be_tolerant()
    app()
