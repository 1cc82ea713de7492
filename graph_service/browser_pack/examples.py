"""Whom and what to ask about: examples out of the loaded graph, and reports with these in place."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from anyio.to_thread import run_sync

from graph_service.model.schema import Part
from graph_service.projection.arrays import AuthorPaper, Offsets
from graph_service.projection.reader import View
from graph_service.projection.walks import within
from graph_service.questions.shelves import SHELVES, list_shelf
from graph_service.reports.files import Parameter, ParameterValue, Report
from graph_service.reports.parameters import cypher_literal
from graph_service.reports.property_graph import PropertyGraph
from graph_service.store.protocol import Labelled, Question, Row, StoreState

# Of how many authors, those with most papers first, the surroundings are looked at.
MOST_LOOKED_AT = 50
MOST_OF_A_KIND = 3

# Which example a parameter takes that is one of two of a kind, by what reports call it.
_PLACES = {"source": 0, "target": 1, "left": 0, "right": 1, "newer": 0, "older": 1}

_TOKEN = re.compile(
    r"""'(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*" | `[^`]*` | //[^\n]* | /\*.*?\*/ | \$(?P<name>\w+)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Examples:
    """Nodes of the loaded graph that are worth asking about.

    `ids` are by label, best first: authors, affiliations and the like with most papers; of
    papers the two ends of the best evidence for a lineage, then the newest with code, then the
    newest. A label without nodes is absent. The first author has somebody two hops away, if
    anybody has: a page's subject, with a tie to everybody on it, makes a dull example.

    `ends` are two authors with a collaborator in common and no tie; `partners` are two with one,
    both the first author and another; `paper_with_code` has an address.
    """

    ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ends: tuple[str, str] | None = None
    partners: tuple[str, str] | None = None
    paper_with_code: str | None = None

    def first(self, label: str) -> str | None:
        """The best example of a label."""
        return next(iter(self.ids.get(label, ())), None)


def derived_parts(state: StoreState) -> frozenset[str]:
    """The parts of the derived layer that are there, from a run that was finished."""
    if state.derivation is None or state.derived != "complete":
        return frozenset()
    return frozenset(state.derivation.parts)


async def find_examples(view: View) -> Examples:
    """Choose examples; the same ones for the same graph.

    Cost: One reading of what each kind of shelf holds, as its list has; a walk of two hops from
    at most `MOST_LOOKED_AT` authors.
    """
    people = await run_sync(_people, view.graph)
    authors = people.authors
    shelves = {
        label: [row.id for row in (await list_shelf(view, shelf, per_page=MOST_OF_A_KIND)).results]
        for shelf, label in SHELVES.items()
    }
    with_code = await _paper_with_code(view, shelves["Repo"])
    parts = derived_parts(view.state)

    async def derived(part: Part, question: Question) -> list[str]:
        # Asked about labels that it never saw, Neo4j warns.
        rows = await view.store.rows(question, {}) if part in parts else []
        return [id_ for row in rows for id_ in row.values()]

    lineage = await derived("lineage", LINEAGE)
    names = [
        name.id for person in await view.store.authors(authors[:1]) for name, _ in person.names
    ]
    ids = {
        **shelves,
        "Author": authors,
        "Paper": [*lineage, *([with_code] if with_code else []), *_newest(view.graph)],
        "Name": names,
        "Cluster": await derived("clusters", CLUSTERS),
        "Method": await derived("lineage", METHODS),
    }
    return Examples(
        ids={
            label: tuple(dict.fromkeys(found))[:MOST_OF_A_KIND]
            for label, found in ids.items()
            if found
        },
        ends=people.ends,
        partners=people.partners,
        paper_with_code=with_code,
    )


@dataclass(frozen=True, slots=True)
class _People:
    authors: list[str]
    ends: tuple[str, str] | None
    partners: tuple[str, str] | None


def _people(graph: AuthorPaper) -> _People:
    papers = np.diff(graph.author_indptr)
    # Stable, so that authors with equally many papers stay in id order.
    ordered = np.argsort(-papers, kind="stable")[:MOST_LOOKED_AT].tolist()
    ends = next((pair for author in ordered if (pair := _two_hops(graph, papers, author))), None)
    authors = list(dict.fromkeys([*(ends or ())[:1], *ordered]))
    row = graph.ties.row(authors[0]) if authors else slice(0, 0)
    # The first of those that share most papers, since neighbours are ascending.
    shared = graph.ties.papers[row]
    partner = int(graph.ties.neighbours[row][int(np.argmax(shared))]) if len(shared) else None
    name = graph.author_ids.__getitem__
    return _People(
        [name(author) for author in authors],
        (name(ends[0]), name(ends[1])) if ends else None,
        None if partner is None else (name(authors[0]), name(partner)),
    )


def _two_hops(graph: AuthorPaper, papers: Offsets, author: int) -> tuple[int, int] | None:
    around = within(graph.ties, author, 2)
    far = around.authors[around.hops == 2].tolist()
    if not far:
        return None
    return author, min(far, key=lambda other: (-papers[other], other))


def _newest(graph: AuthorPaper) -> list[str]:
    order = np.argsort(-graph.years, kind="stable")[:MOST_OF_A_KIND]
    return [graph.paper_ids[paper] for paper in order.tolist()]


async def _paper_with_code(view: View, repos: list[str]) -> str | None:
    if not repos:
        return None
    ((_, papers),) = await view.store.shelf("Repo", repos[0])
    numbers = [at for paper in papers if (at := view.paper_number(paper)) is not None]
    return view.graph.paper_ids[min(numbers, key=lambda at: (-view.graph.years[at], at))]


def _strongest_lineage(graph: Labelled, _: Mapping[str, Any]) -> list[Row]:
    walk = PropertyGraph(graph)
    steps = [
        (how["scope"] != "all", -how["score"], newer, older)
        for newer in walk.nodes("Paper")
        for older, how in walk.out(newer, "BUILDS_ON")
        if how["shown"]
    ]
    return [{"newer": newer, "older": older} for _, _, newer, older in sorted(steps)[:1]]


def _clusters_by_number(graph: Labelled, _: Mapping[str, Any]) -> list[Row]:
    nodes = graph.graph.nodes
    ids = sorted(graph.ids.get("Cluster", []), key=lambda id_: (nodes[id_]["number"], id_))
    return [{"id": id_} for id_ in ids[:MOST_OF_A_KIND]]


def _methods_by_id(graph: Labelled, _: Mapping[str, Any]) -> list[Row]:
    return [{"id": id_} for id_ in graph.ids.get("Method", [])[:MOST_OF_A_KIND]]


# The whole graph's scope first, since reports ask about that one where nothing else is said.
LINEAGE = Question(
    "MATCH (newer:Paper)-[how:BUILDS_ON]->(older:Paper) WHERE how.shown "
    "RETURN newer.id AS newer, older.id AS older "
    "ORDER BY CASE how.scope WHEN 'all' THEN 0 ELSE 1 END, how.score DESC, newer, older LIMIT 1",
    _strongest_lineage,
)
CLUSTERS = Question(
    f"MATCH (c:Cluster) RETURN c.id AS id ORDER BY c.number, id LIMIT {MOST_OF_A_KIND}",
    _clusters_by_number,
)
METHODS = Question(
    f"MATCH (m:Method) RETURN m.id AS id ORDER BY id LIMIT {MOST_OF_A_KIND}", _methods_by_id
)


@dataclass(frozen=True, slots=True)
class Filled:
    """A report's parameters with values; those in `missing` have none in this graph."""

    values: dict[str, ParameterValue]
    missing: tuple[str, ...]


def fill(report: Report, examples: Examples) -> Filled:
    """Give every parameter its default, or an example where it has none.

    Two parameters of one kind get two different examples.
    """
    values: dict[str, ParameterValue] = {}
    missing = []
    taken: dict[str, int] = {}
    for parameter in report.parameters:
        if not parameter.required:
            values[parameter.name] = parameter.default
            continue
        place = _PLACES.get(parameter.name, taken.get(parameter.type, 0))
        taken[parameter.type] = place + 1
        value = _example(report, parameter, examples, place)
        if value is None:
            missing.append(parameter.name)
        else:
            values[parameter.name] = value
    return Filled(values, tuple(missing))


def _example(
    report: Report, parameter: Parameter, examples: Examples, place: int
) -> ParameterValue:
    if parameter.label is None:
        # Of plain values only those have an example whose range the header states.
        return next(iter(parameter.choices), parameter.least)
    of_label = examples.ids.get(parameter.label, ())
    of_kind = [one for one in report.parameters if one.required and one.type == parameter.type]
    if parameter.label == "Author" and len(of_kind) > 1:
        # Reports on collaborators and on groups ask about people with papers in common.
        shared = report.area == "collaborators" or parameter.type == "authors"
        of_label = (examples.partners if shared else examples.ends) or of_label
    elif parameter.type == "authors":
        return list(of_label) or None
    found = next(iter(of_label[place : place + 1]), None)
    return [found] if parameter.type == "authors" and found is not None else found


def with_values(cypher: str, values: Mapping[str, ParameterValue]) -> str:
    """Put literals in the place of `$parameters`, outside texts and comments."""

    def replaced(found: re.Match[str]) -> str:
        name = found["name"]
        return cypher_literal(values[name]) if name in values else found[0]

    return _TOKEN.sub(replaced, cypher)
