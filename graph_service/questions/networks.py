"""The network round one author: who is near, how strongly, and the ties among them."""

import numpy as np
from anyio.to_thread import run_sync

from graph_service.model.answers import Note, Parameter
from graph_service.model.errors import ParameterError
from graph_service.model.path_answers import NetworkAnswer, NetworkLink, NetworkNode
from graph_service.model.path_questions import DEFAULT_NODES, MOST_NODES, AskedFilters
from graph_service.model.rows import row
from graph_service.projection.arrays import AuthorPaper, Ints, Ties
from graph_service.projection.find import author_ref, find_author
from graph_service.projection.reader import View
from graph_service.projection.surroundings import inward_strengths, papers_of_authors, ties_among
from graph_service.projection.walks import within
from graph_service.questions.authors import cut_list_notes, identity_note
from graph_service.questions.path_filters import find_filter, ties_under
from graph_service.questions.paths import EVERYTHING, check_not_excluded
from graph_service.questions.same_works import counted_twice, in_ties, same_works

MOST_HOPS = 3
RULE = (
    "fewest hops first; among equals the one with the greatest sum of weights of ties to authors "
    "one hop nearer, then by id; the ties shown are all those among the authors shown"
)


async def show_network(
    view: View,
    asked: str,
    *,
    hops: int = 1,
    limit: int = DEFAULT_NODES,
    filters: AskedFilters = EVERYTHING,
) -> NetworkAnswer:
    """Show the authors at most so many hops from one, and the ties among those shown.

    Args:
        view: The graph.
        asked: The author in the middle, by id or name.
        hops: How far it reaches, 1 to 3.
        limit: Most authors shown, the one in the middle included, 1 to 2,000.
        filters: Which papers and authors make ties; the ties are made anew from those.

    Raises:
        AuthorNotFound, AmbiguousName, Moved: No author is meant, or several.
        NodeNotFound: A filter names no topic, venue or organisation.
        ParameterError: A number is out of its range, or the author is excluded.

    Cost: Grows with the ties of everybody within reach, shown or not.
    """
    if not 1 <= hops <= MOST_HOPS:
        raise ParameterError("hops", hops, f"1 to {MOST_HOPS}")
    if not 1 <= limit <= MOST_NODES:
        raise ParameterError("limit", limit, f"1 to {MOST_NODES}")
    author = await find_author(view, asked)
    found = await find_filter(view, filters)
    check_not_excluded(view, found, (author,))
    under = await ties_under(view, found.filter)
    answer = await run_sync(_network, view.graph, under.ties, author, hops, limit)
    nodes, links, by_hop, link_count, shown = answer
    node_count = sum(by_hop)
    same = await same_works(view)
    papers = papers_of_authors(view.graph, shown, under.counted)
    parameters: dict[str, Parameter] = {
        "author": view.graph.author_ids[author],
        "hops": hops,
        "limit": limit,
        "max_authors": under.max_authors,
        **found.parameters,
    }
    notes = identity_note(sum(node.identity == "unverified" for node in nodes))
    if node_count > len(nodes):
        notes.append(
            Note(
                code="authors-left-out",
                count=node_count - len(nodes),
                text=f"the nearest {len(nodes):,} of {node_count:,} authors are shown, with "
                f"{len(links):,} of {link_count:,} ties; raise limit, up to {MOST_NODES:,}",
            )
        )
    return NetworkAnswer(
        meta=view.meta(
            parameters=parameters,
            notes=[
                *notes,
                *cut_list_notes(view, view.graph.papers_of_author(author).tolist()),
                *counted_twice(view, in_ties(view, same.among(papers), shown)),
                *under.notes(),
                *found.notes,
            ],
        ),
        author=author_ref(view, author),
        hops=hops,
        rule=RULE,
        node_count=node_count,
        link_count=link_count,
        nodes_by_hop=by_hop,
        nodes=nodes,
        links=links,
    )


def _network(
    graph: AuthorPaper, ties: Ties, author: int, hops: int, limit: int
) -> tuple[list[NetworkNode], list[NetworkLink], list[int], int, Ints]:
    ball = within(ties, author, hops)
    strengths, link_count = inward_strengths(ties, ball.authors, ball.hops)
    first = np.lexsort((ball.authors, -strengths, ball.hops))[:limit]
    papers = np.diff(graph.author_indptr)[ball.authors]
    nodes = [
        row(
            NetworkNode,
            id=graph.author_ids[number],
            name=graph.author_names[number],
            identity="verified" if graph.author_identity[number] == "verified" else "unverified",
            hops=at,
            papers=count,
            strength=strength,
        )
        for number, at, count, strength in zip(
            ball.authors[first].tolist(),
            ball.hops[first].tolist(),
            papers[first].tolist(),
            strengths[first].tolist(),
            strict=True,
        )
    ]
    lower, places = ties_among(ties, np.sort(ball.authors[first]))
    ids = dict(zip(ball.authors[first].tolist(), (node.id for node in nodes), strict=True))
    links = [
        row(
            NetworkLink,
            source=ids[source],
            target=ids[target],
            papers=count,
            weight=weight,
            first_year=first_year or None,
            last_year=last_year or None,
        )
        for source, target, count, weight, first_year, last_year in zip(
            lower.tolist(),
            ties.neighbours[places].tolist(),
            ties.papers[places].tolist(),
            ties.weights[places].tolist(),
            ties.first_years[places].tolist(),
            ties.last_years[places].tolist(),
            strict=True,
        )
    ]
    by_hop = np.bincount(ball.hops, minlength=hops + 1).tolist()
    return nodes, links, by_hop, link_count, ball.authors[first]
