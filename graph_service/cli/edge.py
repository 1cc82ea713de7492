"""The edge of the process: every failure becomes one line and an exit code, never a traceback."""

import os
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

import typer
from rich import box
from rich.table import Table

from graph_service.cli.terminal import console, json_line, plain, tell
from graph_service.model.errors import (
    AmbiguousName,
    AmbiguousTitle,
    AuthorNotFound,
    GraphServiceError,
    InvalidIdentifier,
    NotFound,
    PaperNotFound,
    ParameterError,
    SettingsError,
)

FAILED, WRONG_USE, NOT_FOUND, INTERRUPTED = 1, 2, 3, 130
INTERRUPTION = "interrupted; what was written is whole – run the same command again"
LONGEST_TITLE = 40
PROGRAM = "coauthor-graph"
# The same as in the API's problem documents; importing those would load a web framework.
PROBLEM_TYPE = "urn:coauthor-graph:problem:"


@contextmanager
def edge(*, as_json: bool) -> Iterator[None]:
    """Run a command's body; say what went wrong on stderr and leave with the exit code for it.

    A reader of stdout who has enough (`| head`) is no failure to talk about.
    """
    try:
        yield
        if sys.stdout is not None:
            sys.stdout.flush()
    except KeyboardInterrupt as error:
        tell(INTERRUPTION)
        raise typer.Exit(INTERRUPTED) from error
    except BrokenPipeError as error:
        _let_go_of_streams()
        raise typer.Exit(FAILED) from error
    except GraphServiceError as error:
        _say(error, as_json=as_json)
        raise typer.Exit(exit_code(error)) from error
    except OSError as error:
        # Without a file's name it is a stream: the only ones used here are stdout and stderr.
        place = "stdout" if error.filename is None else os.fsdecode(error.filename)
        reason = f"{place}: {error.strerror or error}"
        _tell_failure("input-output", reason, {}, as_json=as_json)
        _let_go_of_streams()
        raise typer.Exit(FAILED) from error


def exit_code(error: GraphServiceError) -> int:
    """Say how a command ends that raised this."""
    if isinstance(error, NotFound | AmbiguousName | AmbiguousTitle):
        return NOT_FOUND
    if isinstance(error, ParameterError | SettingsError | InvalidIdentifier):
        return WRONG_USE
    return FAILED


def quoted(*words: str) -> str:
    """Write a command that a reader can paste into a shell."""
    return shlex.join(plain(word) for word in words)


def _tell_failure(kind: str, message: str, fields: Mapping[str, object], *, as_json: bool) -> None:
    if as_json:
        problem = {"type": PROBLEM_TYPE + kind, "title": kind.replace("-", " "), "detail": message}
        further = {name: value for name, value in fields.items() if name not in problem}
        tell(json_line(problem | further))
    else:
        tell(message, label="error:")


def _say(error: GraphServiceError, *, as_json: bool) -> None:
    message = error.message if as_json else _sentence(error)
    _tell_failure(error.kind, message, error.fields, as_json=as_json)
    if as_json:
        return
    authors = error.fields.get("candidates" if isinstance(error, AmbiguousName) else "near")
    if isinstance(authors, Sequence) and authors:
        console(stderr=True).print(_authors(authors))


def _sentence(error: GraphServiceError) -> str:
    """The message, without what is listed below it and without words for HTTP."""
    asked = error.fields.get("asked")
    if isinstance(error, AmbiguousName):
        return f"{asked!r} fits several authors; ask again with one of these ids"
    if isinstance(error, AuthorNotFound):
        return f"no author {asked!r}" + ("; near names are" if error.fields.get("near") else "")
    if isinstance(error, PaperNotFound):
        return f"no paper {asked!r}; the ids of papers: coauthor-graph author NAME --papers"
    return error.message


def _authors(authors: Sequence[Mapping[str, object]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("id", overflow="fold")
    table.add_column("name", overflow="fold")
    table.add_column("papers", justify="right")
    table.add_column("last year", justify="right")
    table.add_column("a paper", overflow="ellipsis", no_wrap=True, max_width=LONGEST_TITLE)
    for author in authors:
        shown = (author.get(name) for name in ("id", "name", "papers", "last_year", "a_paper"))
        table.add_row(*("–" if value is None else plain(value) for value in shown))
    return table


def _let_go_of_streams() -> None:
    # What still waits in a buffer has nowhere to go; without this the interpreter would try
    # once more at its end, and complain.
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            place = stream.fileno()
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, place)
            os.close(nowhere)
