"""The commands about connections: put one question, print its answer."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from graph_service.cli import path_tables
from graph_service.cli.asking import answered, ask, following
from graph_service.cli.files import whole_file
from graph_service.cli.terminal import tell
from graph_service.model.errors import ParameterError
from graph_service.model.path_answers import NetworkAnswer
from graph_service.model.path_questions import AskedFilters, PathsWanted
from graph_service.projection.reader import View
from graph_service.projection.subjects import SUBJECT
from graph_service.questions.connections import connect as find_tree
from graph_service.questions.networks import show_network
from graph_service.questions.paper_paths import show_paper_path
from graph_service.questions.paths import show_path
from graph_service.settings import Settings

Asked = TypeVar("Asked", bound=BaseModel)


def filters_of(given: Mapping[str, Any], exclude: Sequence[str], *, subject: bool) -> AskedFilters:
    """The filters that options give.

    Raises:
        ParameterError: One is out of its range.
    """
    return asked_for(AskedFilters, {**given, "exclude": excluded(exclude, subject=subject)})


def excluded(exclude: Sequence[str], *, subject: bool) -> list[str]:
    """What to leave out: each may be several, with semicolons between."""
    parts = [part.strip() for one in exclude for part in one.split(";") if part.strip()]
    return [*parts, *([SUBJECT] if subject and SUBJECT not in parts else [])]


def asked_for(kind: type[Asked], given: Mapping[str, Any]) -> Asked:
    """Make a question's parameters of those that were given.

    Raises:
        ParameterError: One is out of its range.
    """
    try:
        return kind(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        raise ParameterError(name, first["input"], first["msg"]) from error


def path(
    settings: Settings,
    ends: tuple[str, str],
    wanted: PathsWanted,
    filters: AskedFilters,
    *,
    everything: bool,
    as_json: bool,
) -> None:
    """Show how two authors are connected."""

    async def question(view: View, source: str, target: str) -> Any:
        return await show_path(view, source, target, wanted=wanted, filters=filters)

    answered(
        ask(settings, lambda view: following(question, view, *ends)),
        lambda answer: path_tables.path(answer, everything=everything),
        as_json=as_json,
    )


def connect(
    settings: Settings,
    authors: Sequence[str],
    filters: AskedFilters,
    *,
    everything: bool,
    as_json: bool,
) -> None:
    """Show how several authors are connected."""
    answered(
        ask(settings, lambda view: find_tree(view, authors, filters=filters)),
        lambda answer: path_tables.connect(answer, everything=everything),
        as_json=as_json,
    )


def paper_path(
    settings: Settings,
    ends: tuple[str, str],
    *,
    kinds: Sequence[str] | None,
    max_steps: int | None,
    exclude: Sequence[str],
    as_json: bool,
) -> None:
    """Show how two papers are connected."""
    answered(
        ask(
            settings,
            lambda view: show_paper_path(
                view, *ends, kinds=kinds, max_steps=max_steps, exclude=exclude
            ),
        ),
        path_tables.paper_path,
        as_json=as_json,
    )


def network(
    settings: Settings,
    asked: str,
    filters: AskedFilters,
    *,
    hops: int,
    limit: int,
    graphml: Path | None,
    everything: bool,
    as_json: bool,
) -> None:
    """Show who is near an author; write it as GraphML too where a file is named."""

    async def question(view: View, asked: str) -> NetworkAnswer:
        return await show_network(view, asked, hops=hops, limit=limit, filters=filters)

    answer = ask(settings, lambda view: following(question, view, asked))
    if graphml is not None:
        write_graphml(answer, graphml)
        tell(f"wrote {len(answer.nodes)} authors and {len(answer.links)} ties to {graphml}")
    answered(
        answer,
        lambda answer: path_tables.network(answer, everything=everything),
        as_json=as_json,
    )


def write_graphml(answer: NetworkAnswer, file: Path) -> None:
    """Write the authors and ties shown as GraphML, whole or not at all."""
    import networkx as nx  # noqa: PLC0415 - only --graphml needs it

    graph: nx.Graph[str] = nx.Graph()
    for node in answer.nodes:
        graph.add_node(node.id, **node.model_dump(exclude={"id"}))
    for link in answer.links:
        known = link.model_dump(exclude={"source", "target"}, exclude_none=True)
        graph.add_edge(link.source, link.target, **known)
    text = "\n".join(nx.generate_graphml(graph))
    with whole_file(file) as out:
        out.write(text.encode() + b"\n")
