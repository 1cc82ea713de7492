"""Whom an author might work with, and what speaks for it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log
from typing import get_args

import numpy as np
from anyio.to_thread import run_sync

from graph_service.model.answers import NodeRef, Note, Parameter
from graph_service.model.errors import ParameterError
from graph_service.model.people_answers import (
    RecommendationList,
    Score,
    Scores,
    SharedCollaborator,
    Suggestion,
)
from graph_service.projection.affinity import (
    LOCAL,
    Candidates,
    candidates,
    personalised_pagerank,
    topic_cosines,
)
from graph_service.projection.arrays import Flags, Floats, Ints, Shelf, Ties
from graph_service.projection.find import author_ref, find_author, find_node
from graph_service.projection.reader import View
from graph_service.projection.subjects import Without, find_without, subjects
from graph_service.projection.title_words import Terms, terms_of, words_of
from graph_service.projection.walks import shortest_paths
from graph_service.questions.authors import capped_notes, cut_list_notes, identity_note
from graph_service.questions.path_filters import TieFilter, ties_under
from graph_service.questions.selections import methods, years_of_authors
from graph_service.questions.words import many

MOST_SUGGESTIONS = 100
MOST_SHARED_SHOWN = 10
MOST_WORDS_SHOWN = 8
# Up to so many ties a walk for every question is quick; beyond, it is for those who ask for it.
MOST_TIES_WALKED = 50_000
NOBODY = "none"

RULES: dict[Score, str] = {
    "common_neighbours": "shared collaborators",
    "adamic_adar": "Adamic-Adar: the sum over shared collaborators of 1/ln(collaborators)",
    "resource_allocation": "resource allocation: the sum over shared collaborators of "
    "1/collaborators",
    "jaccard": "Jaccard: shared collaborators as a part of all collaborators of either",
    "preferential_attachment": "preferential attachment: the product of both numbers of "
    "collaborators; a baseline, not an advice",
    "pagerank": "personalised PageRank: visits of a walk along ties, by weight, that starts again "
    "at the author with a chance of 0.15",
    "topics": "cosine of title words and stated topics, weighted by how rare they are, among "
    "those who share a collaborator",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for.

    `without` holds authors by id or name, papers by id, or the word "subject"; None means the
    subject of a page that names most papers of the store, where there is one; ("none",) nobody.
    """

    score: Score = "adamic_adar"
    k: int = 10
    without: Sequence[str] | None = None
    active_since: int | None = None
    affiliation: str | None = None
    include_known: bool = False


AS_USUAL = Wanted()


@dataclass(frozen=True, slots=True, eq=False)
class _Field:
    """All that suggestions are made and explained from."""

    view: View
    ties: Ties
    papers: Flags | None
    terms: Terms
    topics: Shelf
    methods: Shelf | None
    last_years: Ints


@dataclass(frozen=True, slots=True, eq=False)
class _Ranked:
    """Suggested authors in their order, with the score that ranks them.

    `local` holds them and perhaps others; `walk` is PageRank by author number, where it was
    computed; `count` is how many candidates there are.
    """

    authors: Ints
    values: Floats
    local: Candidates
    walk: Floats | None
    count: int


async def ego_subjects(view: View) -> tuple[int, ...]:
    """The subjects of loaded pages who are authors of more than half of all papers, ascending.

    Such a person joins everybody to everybody, so that groups and suggestions are better found
    without them. A store of many pages has none.
    """
    found = {
        one.author
        for one in await subjects(view)
        if 2 * len(view.graph.papers_of_author(one.author)) > len(view.graph.paper_ids)
    }
    return tuple(sorted(found))


async def recommend(view: View, asked: str, wanted: Wanted = AS_USUAL) -> RecommendationList:
    """Suggest people to work with, by one score, each with what speaks for it.

    Candidates are those who share a collaborator with the author; for personalised PageRank,
    whoever can be reached. The author is none, nor are, unless asked for, collaborators.

    Raises:
        AuthorNotFound, AmbiguousName, Moved: See `find_author`.
        NodeNotFound: No organisation has this id or name.
        ParameterError: A number is out of range, or the author is left out.
    """
    _check(wanted)
    author = await find_author(view, asked)
    without, by_default = await _without(view, author, wanted.without)
    if author in without.authors:
        raise ParameterError(
            "without", view.graph.author_ids[author], "authors besides the one asked about"
        )
    allowed, filter_parameters, notes = await _allowed(view, wanted)
    field = await _field(view, without)
    ranked = await run_sync(_ranked, field, author, wanted, allowed)
    results = await run_sync(_suggestions, field, author, wanted, ranked)
    if by_default and without.authors:
        note = subject_note(view, without.authors)
        notes.append(note.model_copy(update={"text": f"{note.text}; without=none keeps everybody"}))
    if ranked.walk is None:
        notes.append(
            Note(
                code="pagerank-not-computed",
                text="walks among so many ties take a while: ask for them with score=pagerank",
            )
        )
    graph = view.graph
    return RecommendationList(
        meta=view.meta(
            parameters={
                "author": graph.author_ids[author],
                "score": wanted.score,
                "k": wanted.k,
                "without": list(without.parameter),
                "include_known": wanted.include_known,
                **filter_parameters,
                "max_authors": graph.max_authors,
            },
            count=ranked.count,
            notes=[
                *notes,
                *cut_list_notes(view, graph.papers_of_author(author)),
                *capped_notes(view, graph.papers_of_author(author)),
                *identity_note(
                    sum(row.identity == "unverified" for row in results)
                    + (graph.author_identity[author] == "unverified")
                ),
            ],
        ),
        author=author_ref(view, author),
        score=wanted.score,
        rule=f"{RULES[wanted.score]}; equal scores by the latest paper with a shared "
        "collaborator, then by id",
        without=[
            *(
                NodeRef(id=graph.author_ids[one], name=graph.author_names[one])
                for one in without.authors
            ),
            *(NodeRef(id=graph.paper_ids[one], name=graph.titles[one]) for one in without.papers),
        ],
        results=results,
    )


def _check(wanted: Wanted) -> None:
    if not 1 <= wanted.k <= MOST_SUGGESTIONS:
        raise ParameterError("k", wanted.k, f"1 to {MOST_SUGGESTIONS}")
    if wanted.score not in get_args(Score):
        raise ParameterError("score", wanted.score, ", ".join(get_args(Score)))


async def _without(view: View, author: int, asked: Sequence[str] | None) -> tuple[Without, bool]:
    """Who is left out, and whether that is by default."""
    if asked is not None:
        if NOBODY in asked and len(asked) > 1:
            raise ParameterError("without", ";".join(asked), "none, or whom to leave out")
        return (Without() if NOBODY in asked else await find_without(view, asked)), False
    ego = tuple(one for one in await ego_subjects(view) if one != author)
    ids = tuple(view.graph.author_ids[one] for one in ego)
    return Without(authors=ego, parameter=ids), True


def subject_note(view: View, authors: Sequence[int]) -> Note:
    """Say who is left out because a page about them names everybody."""
    names = ", ".join(view.graph.author_names[one] for one in authors)
    return Note(
        code="subject-left-out",
        count=len(authors),
        text=f"{names} is on most of these papers and would be the shared collaborator of "
        "everybody: left out",
    )


async def _allowed(
    view: View, wanted: Wanted
) -> tuple[Flags | None, dict[str, Parameter], list[Note]]:
    graph = view.graph
    allowed: Flags | None = None
    parameters: dict[str, Parameter] = {}
    notes = []
    if wanted.active_since is not None:
        parameters["active_since"] = wanted.active_since
        last = (await years_of_authors(view)).last
        allowed = last >= wanted.active_since
        if undated := int(np.count_nonzero((last == 0) & (np.diff(graph.author_indptr) > 0))):
            notes.append(
                Note(
                    code="undated-authors",
                    count=undated,
                    text=f"{many(undated, 'author has', 'authors have')} no paper with a year "
                    "and cannot be suggested",
                )
            )
    if wanted.affiliation is not None:
        shelf = await view.shelf("Affiliation")
        node = await find_node(view, "affiliation", wanted.affiliation)
        parameters["affiliation"] = shelf.ids[node]
        of_papers = np.zeros(len(graph.paper_ids), np.bool_)
        of_papers[shelf.papers_of_node(node)] = True
        there = np.zeros(len(graph.author_ids), np.bool_)
        there[graph.slots[np.repeat(of_papers, np.diff(graph.paper_indptr))]] = True
        allowed = there if allowed is None else allowed & there
        notes.append(
            Note(
                code="paper-level-affiliations",
                text="the sources name the organisation for papers as a whole: these are authors "
                "of such papers, who need not belong to it",
            )
        )
    return allowed, parameters, notes


async def _field(view: View, without: Without) -> _Field:
    wanted = TieFilter(without_authors=without.authors, without_papers=without.papers)
    papers = None
    if without.papers:
        papers = np.ones(len(view.graph.paper_ids), np.bool_)
        papers[list(without.papers)] = False
    topics = await view.shelf("Topic")

    async def build() -> Terms:
        return await run_sync(terms_of, view.titles, topics)

    derivation = view.state.derivation
    derived = view.state.derived == "complete" and derivation is not None
    has_methods = derived and derivation is not None and "lineage" in derivation.parts
    return _Field(
        view=view,
        ties=(await ties_under(view, wanted)).ties,
        papers=papers,
        terms=await view.part("title-terms", Terms, build),
        topics=topics,
        methods=await methods(view) if has_methods else None,
        last_years=(await years_of_authors(view)).last,
    )


def _ranked(field: _Field, author: int, wanted: Wanted, allowed: Flags | None) -> _Ranked:
    ties = field.ties
    walked = wanted.score == "pagerank" or len(ties) <= MOST_TIES_WALKED
    walk = personalised_pagerank(ties, [author])[:, 0] if walked else None
    by = next((name for name in LOCAL if name == wanted.score), None)
    local = candidates(
        ties,
        author,
        by=by or "adamic_adar",
        most=None if by is None else wanted.k,
        allowed=allowed,
        include_known=wanted.include_known,
    )
    if by is not None:
        values = local.score(by).astype(np.float64)
        return _Ranked(local.authors, values, local, walk, local.count)
    if wanted.score == "topics" or walk is None:
        people = local.authors
        values = topic_cosines(field.view.graph, field.terms, author, people, papers=field.papers)
    else:
        people = _reached(ties, author, walk, allowed, include_known=wanted.include_known)
        values = walk[people]
    recents = np.zeros(len(ties.indptr) - 1, np.int32)
    recents[local.authors] = local.recents
    order = np.lexsort((people, -recents[people], -values))[: wanted.k]
    return _Ranked(people[order], values[order], local, walk, len(people))


def _reached(
    ties: Ties, author: int, walk: Floats, allowed: Flags | None, *, include_known: bool
) -> Ints:
    reached = walk > 0
    if allowed is not None:
        reached &= allowed
    reached[author] = False
    if not include_known:
        reached[ties.neighbours[ties.row(author)]] = False
    return np.flatnonzero(reached).astype(np.int32)


def _suggestions(field: _Field, author: int, wanted: Wanted, ranked: _Ranked) -> list[Suggestion]:
    cosines = topic_cosines(
        field.view.graph, field.terms, author, ranked.authors, papers=field.papers
    )
    place = {other: at for at, other in enumerate(ranked.local.authors.tolist())}
    return [
        _suggestion(
            field, author, other, wanted.score, float(value), ranked, place.get(other), cosine
        )
        for other, value, cosine in zip(
            ranked.authors.tolist(), ranked.values.tolist(), cosines.tolist(), strict=True
        )
    ]


def _suggestion(
    field: _Field,
    author: int,
    other: int,
    score: Score,
    value: float,
    ranked: _Ranked,
    at: int | None,
    cosine: float,
) -> Suggestion:
    view, ties, local = field.view, field.ties, ranked.local
    paths = shortest_paths(ties, author, other).paths
    return Suggestion(
        **author_ref(view, other).model_dump(),
        score=value,
        scores=Scores(
            # Who is reached by a longer way shares nobody.
            common_neighbours=0 if at is None else int(local.score("common_neighbours")[at]),
            adamic_adar=0.0 if at is None else float(local.score("adamic_adar")[at]),
            resource_allocation=0.0
            if at is None
            else float(local.score("resource_allocation")[at]),
            jaccard=0.0 if at is None else float(local.score("jaccard")[at]),
            preferential_attachment=_degree(ties, author) * _degree(ties, other),
            pagerank=None if ranked.walk is None else float(ranked.walk[other]),
            topics=cosine,
        ),
        known=ties.find(author, other) is not None,
        papers=len(view.graph.papers_of_author(other)),
        last_year=int(field.last_years[other]) or None,
        last_shared_year=None if at is None else int(local.recents[at]) or None,
        shared_collaborators=_shared(field, author, other, score),
        path=[author_ref(view, one) for one in paths[0]] if paths else [],
        shared_topics=_shared_nodes(field.topics, field, author, other),
        shared_words=_shared_words(field, author, other),
        shared_methods=_shared_nodes(field.methods, field, author, other) if field.methods else [],
    )


def _shared(field: _Field, author: int, other: int, score: Score) -> list[SharedCollaborator]:
    ties = field.ties
    shared = np.intersect1d(
        ties.neighbours[ties.row(author)], ties.neighbours[ties.row(other)], assume_unique=True
    )
    degrees = (ties.indptr[shared + 1] - ties.indptr[shared]).tolist()
    both = _degree(ties, author) + _degree(ties, other) - len(shared)
    of_one: dict[Score, Callable[[int], float]] = {
        "common_neighbours": lambda _: 1.0,
        "adamic_adar": lambda degree: 1.0 / log(degree),
        "resource_allocation": lambda degree: 1.0 / degree,
        "jaccard": lambda _: 1.0 / both,
    }
    part = of_one.get(score)
    rows = [
        SharedCollaborator(
            **author_ref(field.view, one).model_dump(),
            contribution=None if part is None else round(part(degree), 9),
            collaborators=degree,
        )
        for one, degree in zip(shared.tolist(), degrees, strict=True)
    ]
    rows.sort(key=lambda row: (-(row.contribution or 0.0), row.collaborators, row.id))
    return rows[:MOST_SHARED_SHOWN]


def _degree(ties: Ties, author: int) -> int:
    return int(ties.indptr[author + 1] - ties.indptr[author])


def _papers(field: _Field, author: int) -> Ints:
    papers = field.view.graph.papers_of_author(author)
    return papers if field.papers is None else papers[field.papers[papers]]


def _shared_nodes(shelf: Shelf, field: _Field, author: int, other: int) -> list[NodeRef]:
    both = [
        {int(node) for paper in _papers(field, one) for node in shelf.nodes_of_paper(paper)}
        for one in (author, other)
    ]
    return [
        NodeRef(id=shelf.ids[node], name=shelf.names[node]) for node in sorted(both[0] & both[1])
    ]


def _shared_words(field: _Field, author: int, other: int) -> list[str]:
    """Words of titles of both, by what they add to the cosine, then alphabetically."""
    titles = field.view.graph.titles
    counts = [
        Counter(word for paper in _papers(field, one) for word in set(words_of(titles[int(paper)])))
        for one in (author, other)
    ]
    parts = {}
    for word in counts[0].keys() & counts[1].keys():
        term = field.terms.of_word(word)
        rarity = 0.0 if term is None else float(field.terms.rarity[term])
        if rarity > 0.0:
            parts[word] = round(counts[0][word] * counts[1][word] * rarity**2, 9)
    return sorted(parts, key=lambda word: (-parts[word], word))[:MOST_WORDS_SHOWN]
