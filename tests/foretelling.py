"""Whether a supposed decision on two records was foretold as it then came."""

from collections.abc import Sequence
from itertools import combinations

from graph_service.model.identity_answers import PersonAfter, WhatIfAnswer
from graph_service.projection.reader import View
from graph_service.questions.authors import author_summary, shared_papers


def assert_foretold(answer: WhatIfAnswer, before: View, after: View) -> None:
    """Compare an answer with the graph before and after its decision: people, papers and ties."""
    _are_so(before, answer.before)
    _are_so(after, answer.after)
    old, new = ({one.id for one in people} for people in (answer.before, answer.after))
    assert {*after.graph.author_ids} == {*before.graph.author_ids} - old | new
    old, new = ({one.id for one in of} for of in (answer.papers_before, answer.papers_after))
    assert {*after.graph.paper_ids} == {*before.graph.paper_ids} - old | new
    everybody = sorted({*before.graph.author_ids, *after.graph.author_ids})
    assert {(tie.a.id, tie.b.id, tie.papers_now, tie.papers_then) for tie in answer.ties} == {
        (a, b, now, then)
        for a, b in combinations(everybody, 2)
        if (now := _shared(before, a, b)) != (then := _shared(after, a, b))
    }


def _are_so(view: View, people: Sequence[PersonAfter]) -> None:
    for one in people:
        number = view.author_number(one.id)
        assert number is not None, one
        card = author_summary(view, number)
        assert (card.name, card.papers, card.collaborators) == (
            one.name,
            one.papers,
            one.collaborators,
        )


def _shared(view: View, a: str, b: str) -> int:
    one, other = view.author_number(a), view.author_number(b)
    return 0 if one is None or other is None else len(shared_papers(view, one, other))
