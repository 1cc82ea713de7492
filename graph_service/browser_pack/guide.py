"""A guide for Neo4j Browser 5 through the graph that is loaded: slides with queries to click.

What comes from data stands in the guide as text only: escaped for HTML, and in queries as
parameters, whose values are Cypher literals. A slide without anything to show says why.
"""

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from graph_service.browser_pack.examples import (
    Examples,
    derived_parts,
    fill,
    find_examples,
    with_values,
)
from graph_service.model.answers import Finding
from graph_service.model.schema import EDGE_TYPES, NODE_TYPES
from graph_service.projection.reader import View
from graph_service.questions.quality import show_quality
from graph_service.questions.words import many
from graph_service.reports.files import ParameterValue, Report
from graph_service.reports.parameters import parameter_lines

LONGEST_TEXT = 120
SHOWN_REPORT = "collaborators_top"
HIDDEN = {node.label for node in NODE_TYPES if node.layer == "service"} | {"Derivation"}


@dataclass(frozen=True, slots=True)
class GuideFacts:
    """What the guide says about the graph.

    `address` is where the guide and the style are served, without a slash at the end; `store`
    names the service's store; `nodes` and `relationships` are counts by label and type;
    `derived` names the parts of the derived layer that are there; `titles` are names and titles
    by id.
    """

    address: str
    store: str
    on_neo4j: bool
    facts_revision: str
    stale: bool
    derived: frozenset[str]
    nodes: Mapping[str, int]
    relationships: Mapping[str, int]
    examples: Examples
    titles: Mapping[str, str]
    findings: Sequence[Finding] = ()
    reports: Sequence[Report] = field(default=())


async def gather(
    view: View, reports: Sequence[Report], *, address: str, on_neo4j: bool
) -> GuideFacts:
    """Ask the store for everything that the guide says.

    Args:
        view: The graph.
        reports: The reports to list.
        address: Where the guide and the style are served, without a slash at the end.
        on_neo4j: Whether the service's own store is a Neo4j.
    """
    nodes, relationships = await view.store.counts()
    graph = view.graph
    examples = await find_examples(view)
    named = [*examples.ids.get("Author", ()), *(examples.ends or ())]
    titled = [*examples.ids.get("Paper", ()), *filter(None, [examples.paper_with_code])]
    return GuideFacts(
        address=address,
        store=view.store.name,
        on_neo4j=on_neo4j,
        facts_revision=view.state.facts_revision,
        stale=view.state.stale,
        derived=derived_parts(view.state),
        nodes=nodes,
        relationships=relationships,
        examples=examples,
        titles={
            **{
                author: graph.author_names[at]
                for author in named
                if (at := view.author_number(author)) is not None
            },
            **{
                paper: graph.titles[at]
                for paper in titled
                if (at := view.paper_number(paper)) is not None
            },
        },
        findings=(await show_quality(view)).results,
        reports=reports,
    )


def guide(facts: GuideFacts) -> str:
    """Write the guide."""
    slides = (
        [_welcome, _author, _path, _code, _clusters, _lineage, _quality, _reports]
        if facts.nodes.get("Author") or facts.nodes.get("Paper")
        else [_nothing_loaded]
    )
    inner = "\n".join(
        f'<slide class="row-fluid"><div class="col-sm-12">\n{slide(facts)}\n</div></slide>'
        for slide in slides
    )
    return (
        '<article class="guide">\n<carousel class="deck container-fluid">\n'
        f"{inner}\n</carousel>\n</article>\n"
    )


# -- slides -------------------------------------------------------------------------------


def _nothing_loaded(facts: GuideFacts) -> str:
    return "\n".join(
        [
            _heading("Nobody is here yet"),
            _lead(f"The graph in {_data(facts.store)} holds no author and no paper."),
            _say("Load a file and derive, then play this guide again:"),
            _shown("coauthor-graph load FILE\ncoauthor-graph derive"),
        ]
    )


def _welcome(facts: GuideFacts) -> str:
    counts = {
        **{node.label: facts.nodes.get(node.label, 0) for node in NODE_TYPES},
        **{edge.type: facts.relationships.get(edge.type, 0) for edge in EDGE_TYPES},
    }
    held = [f"{name} {count:,}" for name, count in counts.items() if count and name not in HIDDEN]
    return "\n".join(
        [
            _heading("Who is here"),
            _lead(
                f"{many(facts.nodes.get('Author', 0), 'author', 'authors')} and "
                f"{many(facts.nodes.get('Paper', 0), 'paper', 'papers')}, and how they hang "
                "together. The triangle in front of a query runs it; a click on its text puts "
                "it into the editor. Every query only reads."
            ),
            _notes(facts),
            _say("Colours and captions for this graph, and this guide at the left side:"),
            _run(f":style {facts.address}/browser/style.grass"),
            _run(f":guide {facts.address}/browser/guide.html"),
            _say("Authors by papers:"),
            _run(AUTHORS_BY_PAPERS),
            _say("The newest papers with their authors, as a picture:"),
            _run(NEWEST_PAPERS),
            _say(f"In all: {', '.join(held)}."),
        ]
    )


def _notes(facts: GuideFacts) -> str:
    notes = []
    if not facts.on_neo4j:
        notes.append(
            f"This service answers from {_data(facts.store)}, while the queries ask the database "
            "that this Browser is signed in to. They agree where it holds the same facts; its "
            f"revision should be <code>{_data(facts.facts_revision)}</code>:"
            + _run("MATCH (s:Store) RETURN s.facts_revision")
        )
    if facts.stale:
        notes.append(
            "Ties, clusters and lineage are older than the loaded facts: "
            "<code>coauthor-graph derive</code> makes them anew."
        )
    return "\n".join(f"<div>{note}</div>" for note in notes)


def _author(facts: GuideFacts) -> str:
    author = facts.examples.first("Author")
    title = _heading("One author")
    if author is None:
        return "\n".join([title, _say("No author is loaded.")])
    if facts.relationships.get("COAUTHORED"):
        collaborators = [
            _say(
                "With whom? A tie's caption is the number of papers shared and their weight: a "
                "paper of k listed authors counts 1/(k−1)."
            ),
            _run(STRONGEST_TIES),
        ]
    else:
        collaborators = [
            _say(
                f"With whom? {_absent(facts, 'ties', 'Ties are')} So the papers are counted here:"
            ),
            _run(COLLABORATORS),
        ]
    return "\n".join(
        [
            title,
            _lead(
                f"{_name(facts, author)}, for example. The first line says whom the queries are "
                "about; any other id will do."
            ),
            _parameters({"author": author}),
            _say("Papers, newest first, with the author's place on each:"),
            _run(PAPERS_OF_AUTHOR),
            *collaborators,
        ]
    )


def _path(facts: GuideFacts) -> str:
    title = _heading("How two authors are connected")
    ends = facts.examples.ends
    if ends is None:
        return "\n".join(
            [
                title,
                _lead(
                    "There is no example: among the authors with most papers nobody is two hops "
                    "from anybody. They share a paper, or no chain of papers joins them."
                ),
            ]
        )
    source, target = ends
    if facts.relationships.get("COAUTHORED"):
        chain = [_say("A shortest chain of collaborators:"), _run(SHORTEST_PATH)]
    else:
        chain = [_say(_absent(facts, "ties", "Ties are") + " The papers still tell:")]
    return "\n".join(
        [
            title,
            _lead(
                f"{_name(facts, source)} and {_name(facts, target)} share no loaded paper that "
                "makes a tie, but a collaborator. Where author lists are cut (et al.), a shorter "
                "way may exist."
            ),
            _parameters({"source": source, "target": target}),
            *chain,
            _say("Through which papers, every shortest way:"),
            _run(PAPERS_BETWEEN),
        ]
    )


def _code(facts: GuideFacts) -> str:
    title = _heading("Papers with code")
    paper = facts.examples.paper_with_code
    if paper is None:
        return "\n".join([title, _lead("No loaded paper names the address of its code.")])
    return "\n".join(
        [
            title,
            _lead(
                f"{many(facts.nodes.get('Repo', 0), 'repository', 'repositories')} with an "
                f"address, such as that of {_name(facts, paper)}."
            ),
            _parameters({"paper": paper}),
            _say("The paper, its authors and its code:"),
            _run(PAPER_WITH_CODE),
            _say("Repositories by papers:"),
            _run(REPOSITORIES),
        ]
    )


def _clusters(facts: GuideFacts) -> str:
    title = _heading("Clusters")
    count = facts.nodes.get("Cluster", 0)
    if not count:
        return "\n".join([title, _lead(_absent(facts, "clusters", "Clusters are"))])
    largest = facts.examples.first("Cluster")
    return "\n".join(
        [
            title,
            _lead(
                f"{many(count, 'cluster', 'clusters')}: authors who publish more with one another "
                "than with the rest. They are computed from ties; nobody declared them."
            ),
            _run(CLUSTERS),
            _say("One of them as a picture; a caption is an author's share of ties within it:"),
            *([_parameters({"cluster": largest}), _run(CLUSTER)] if largest else []),
        ]
    )


def _lineage(facts: GuideFacts) -> str:
    title = _heading("Lineage")
    count = facts.relationships.get("BUILDS_ON", 0)
    if not count:
        return "\n".join([title, _lead(_absent(facts, "lineage", "Steps of lineage are"))])
    newer = facts.examples.first("Paper")
    methods = (
        [_say("Methods, and the papers that introduce or mention them:"), _run(METHODS)]
        if facts.nodes.get("Method")
        else []
    )
    return "\n".join(
        [
            title,
            _lead(
                f"{many(count, 'step', 'steps')} from a newer paper to an older one that it "
                "seems to build on. A caption is the tier of the evidence: strong, likely or "
                "possible. It is inferred from names, words and authors, not from citations."
            ),
            _run(LINEAGE),
            _say("The evidence, row by row:"),
            _run(EVIDENCE),
            *(
                [_say("What led to one paper:"), _parameters({"paper": newer}), _run(CHAIN)]
                if newer
                else []
            ),
            *methods,
        ]
    )


def _quality(facts: GuideFacts) -> str:
    author = facts.examples.first("Author")
    names = (
        [
            _say("Which printed names stand behind one author:"),
            _parameters({"author": author}),
            # Browser warns where a query names a type that the database never had.
            _run(NAMES_AND_JOINS if facts.relationships.get("SAME_AS") else NAMES),
        ]
        if author
        else []
    )
    return "\n".join(
        [
            _heading("How sure is that?"),
            _lead("Names are not people, and author lists are often cut. What is known of that:"),
            _list([_data(found.text) for found in facts.findings])
            if facts.findings
            else _say("Nothing is known to be missing or doubtful."),
            _say("Papers by whether all their authors are named; null: the source does not say."),
            _run(COMPLETENESS),
            *names,
        ]
    )


def _reports(facts: GuideFacts) -> str:
    # A short one that everybody understands comes first, where it can be answered.
    ordered = sorted(facts.reports, key=lambda report: report.name != SHOWN_REPORT)
    shown = next((runnable for report in ordered if (runnable := _runnable(facts, report))), [])
    areas = groupby(facts.reports, key=lambda report: report.area)
    return "\n".join(
        [
            _heading("Reports"),
            _lead(
                f"{many(len(facts.reports), 'report', 'reports')} answer what is asked often, here "
                "and at <code>/reports</code>. The command below packs them as favourites for "
                "this Browser, each with values that fit this graph: drop the file on this page."
            ),
            _shown("coauthor-graph browser-pack reports.zip"),
            *shown,
            *(
                f"<h4>{_data(area.capitalize())}</h4>"
                + _list([_data(report.title) for report in group])
                for area, group in areas
            ),
        ]
    )


def _runnable(facts: GuideFacts, report: Report) -> list[str]:
    filled = fill(report, facts.examples)
    if filled.missing or not set(report.parts) <= facts.derived:
        return []
    return [
        _say(f"One of them: {_data(report.title)}."),
        _run(with_values(report.statement, filled.values)),
    ]


def _absent(facts: GuideFacts, part: str, words: str) -> str:
    """Say why a part of the derived layer is not there; `words` are such as "Ties are"."""
    if part in facts.derived:
        return f"{words} computed, and this graph has none."
    return (
        f"{words} not computed yet: run <code>coauthor-graph derive</code>, then play this guide "
        "again."
    )


# -- markup -------------------------------------------------------------------------------


def escaped(text: str) -> str:
    """Write a text for HTML.

    The equals sign too: Browser cuts what looks like an event handler, such as `once = 'x'`, out
    of a guide, also where it is text.
    """
    return html.escape(text).replace("=", "&#61;")


def _data(text: str) -> str:
    """Write a text from data: on one line, bounded, and unable to turn round what follows it."""
    line = " ".join(text.split())
    short = line if len(line) <= LONGEST_TEXT else line[: LONGEST_TEXT - 1] + "…"
    return f"<bdi>{escaped(short)}</bdi>"


def _name(facts: GuideFacts, node: str) -> str:
    return f"<b>{_data(facts.titles.get(node, node))}</b>"


def _heading(text: str) -> str:
    return f"<h3>{text}</h3>"


def _lead(text: str) -> str:
    return f'<p class="lead">{text}</p>'


def _say(text: str) -> str:
    return f"<p>{text}</p>"


def _run(command: str) -> str:
    return f'<pre class="pre-scrollable code runnable">{escaped(command)}</pre>'


def _shown(command: str) -> str:
    return f'<pre class="pre-scrollable code">{escaped(command)}</pre>'


def _parameters(values: Mapping[str, ParameterValue]) -> str:
    # Apart from the query: of several statements run at once Browser shows no rows.
    return _run("; ".join(parameter_lines(values)))


def _list(items: Iterable[str]) -> str:
    return "<ul>" + "\n".join(f"<li>{item}</li>" for item in items) + "</ul>"


# -- queries ------------------------------------------------------------------------------

AUTHORS_BY_PAPERS = """\
MATCH (a:Author)-[:AUTHORED]->(p:Paper)
RETURN a.name AS author, count(p) AS papers, min(p.year) AS first_year,
       max(p.year) AS last_year, a.id AS id
ORDER BY papers DESC, id LIMIT 25"""

NEWEST_PAPERS = """\
MATCH (p:Paper) WITH p ORDER BY coalesce(p.date, '') DESC, p.id LIMIT 25
MATCH (a:Author)-[w:AUTHORED]->(p)
RETURN a, w, p"""

PAPERS_OF_AUTHOR = """\
MATCH (a:Author {id: $author})-[w:AUTHORED]->(p:Paper)
RETURN p.date AS date, p.title AS title, w.position AS place, p.id AS id
ORDER BY coalesce(date, '') DESC, id LIMIT 100"""

STRONGEST_TIES = """\
MATCH (a:Author {id: $author})-[tie:COAUTHORED]-(other:Author)
RETURN a, tie, other
ORDER BY tie.papers DESC, other.id LIMIT 25"""

COLLABORATORS = """\
MATCH (:Author {id: $author})-[:AUTHORED]->(p:Paper)<-[:AUTHORED]-(other:Author)
RETURN other.name AS collaborator, count(p) AS papers, other.id AS id
ORDER BY papers DESC, id LIMIT 25"""

SHORTEST_PATH = """\
MATCH path = shortestPath((:Author {id: $source})-[:COAUTHORED*..20]-(:Author {id: $target}))
RETURN path"""

PAPERS_BETWEEN = """\
MATCH path = allShortestPaths((:Author {id: $source})-[:AUTHORED*..40]-(:Author {id: $target}))
RETURN path ORDER BY [node IN nodes(path) | node.id] LIMIT 50"""

PAPER_WITH_CODE = """\
MATCH (a:Author)-[w:AUTHORED]->(p:Paper {id: $paper})-[c:HAS_CODE]->(r:Repo)
RETURN a, w, p, c, r"""

REPOSITORIES = """\
MATCH (p:Paper)-[:HAS_CODE]->(r:Repo)
RETURN r.id AS repository, count(p) AS papers, r.url AS address
ORDER BY papers DESC, repository LIMIT 100"""

CLUSTERS = """\
MATCH (c:Cluster)
RETURN c.number AS number, c.label AS label, c.size AS authors, c.papers AS papers,
       c.first_year AS first_year, c.last_year AS last_year, c.terms AS terms, c.id AS id
ORDER BY number, id LIMIT 50"""

CLUSTER = """\
MATCH (c:Cluster {id: $cluster})<-[m:IN_CLUSTER]-(a:Author)
RETURN c, m, a ORDER BY m.share DESC, a.id LIMIT 60"""

LINEAGE = """\
MATCH (newer:Paper)-[step:BUILDS_ON]->(older:Paper) WHERE step.shown
RETURN newer, step, older
ORDER BY step.score DESC, newer.id, older.id LIMIT 60"""

EVIDENCE = """\
MATCH (newer:Paper)-[step:BUILDS_ON]->(older:Paper)
RETURN newer.title AS paper, older.title AS builds_on, step.tier AS tier,
       step.score AS score, step.evidence AS evidence, step.scope AS scope
ORDER BY score DESC, newer.id, older.id, scope LIMIT 50"""

# Steps of different scopes are never one chain.
CHAIN = """\
MATCH path = (:Paper {id: $paper})-[steps:BUILDS_ON*1..6]->(older:Paper)
WHERE all(step IN steps WHERE step.shown AND step.scope = steps[0].scope)
RETURN path ORDER BY length(path) DESC, older.id LIMIT 10"""

METHODS = """\
MATCH (m:Method)<-[:INTRODUCES]-(:Paper) WITH DISTINCT m ORDER BY m.id LIMIT 10
MATCH (p:Paper)-[how:INTRODUCES|MENTIONS]->(m)
RETURN p, how, m"""

COMPLETENESS = """\
MATCH (p:Paper)
RETURN p.authors_complete AS all_authors_named, count(*) AS papers
ORDER BY papers DESC, all_authors_named"""

NAMES = """\
MATCH (n:Name)-[of:NAME_OF]->(a:Author {id: $author})
RETURN n, of, a"""

NAMES_AND_JOINS = """\
MATCH (n:Name)-[of:NAME_OF]->(a:Author {id: $author})
OPTIONAL MATCH (n)-[same:SAME_AS]-(other:Name)
RETURN n, of, a, same, other"""
