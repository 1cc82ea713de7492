"""Methods: names that papers coined, who introduced them, and who speaks of them when."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
import orjson
from anyio.to_thread import run_sync

from graph_service.model.answers import Note
from graph_service.model.errors import NodeNotFound, ParameterError
from graph_service.model.method_answers import (
    Introduction,
    MethodAnswer,
    MethodList,
    MethodMention,
    MethodRow,
    YearOfMethod,
)
from graph_service.projection.arrays import Ints
from graph_service.projection.reader import View
from graph_service.projection.search import FoldedIndex
from graph_service.questions.paging import PER_PAGE, page
from graph_service.questions.papers import paper_ref
from graph_service.questions.positions import run_stamp, same_run
from graph_service.questions.stored_lineage import StoredMethods, stored_methods

MOST_SHOWN = 500
MOST_INTRODUCING = 5
MOST_IDS_IN_ERROR = 10


async def list_methods(
    view: View, *, q: str | None = None, cursor: str | None = None, per_page: int = PER_PAGE
) -> MethodList:
    """List methods, or those whose name fits `q`.

    Raises:
        NotDerived: Lineage was not derived.
    """
    methods = await stored_methods(view)
    mentions = np.bincount(methods.mentioned, minlength=len(methods.ids))
    if q is None:
        fits = dict.fromkeys(range(len(methods.ids)), 0)
    else:
        fits = (await _index(view, methods)).search(q)
    ordered = sorted(fits, key=lambda method: (fits[method], -int(mentions[method]), method))
    rows, next_cursor = page(
        ordered,
        revision=f"{view.state.facts_revision}-{same_run(view)}",
        cursor=cursor,
        per_page=per_page,
    )
    bearers = Counter(methods.names)
    return MethodList(
        meta=view.meta(
            parameters={"q": q, "per_page": per_page},
            count=len(ordered),
            per_page=per_page,
            next_cursor=next_cursor,
            notes=_stale(view),
        ),
        results=[
            MethodRow(
                id=methods.ids[method],
                name=methods.names[method],
                introduced_by=[paper_ref(view, paper) for paper in introducing[:MOST_INTRODUCING]],
                introductions=len(introducing),
                mentions=int(mentions[method]),
                namesakes=bearers[methods.names[method]] - 1,
            )
            for method in rows
            for introducing in (_by_date(view, methods.introducing(method)),)
        ],
    )


async def _index(view: View, methods: StoredMethods) -> FoldedIndex:
    async def build() -> FoldedIndex:
        return await run_sync(FoldedIndex.of, methods.names)

    return await view.part(f"names-of-methods-{run_stamp(view)}", FoldedIndex, build)


async def show_method(view: View, asked: str) -> MethodAnswer:
    """Show who introduced a method and who speaks of it.

    Raises:
        NodeNotFound: No method has this id or name.
        ParameterError: Papers that share no author coined the name.
        NotDerived: Lineage was not derived.
    """
    methods = await stored_methods(view)
    method = find_method(methods, asked)
    name = methods.names[method]
    introduced = _cards(methods.methods == method, methods.papers, methods.how)
    mentioned = _cards(methods.mentioned == method, methods.mentioned_by, methods.where)
    coining, speaking = _by_date(view, introduced), _by_date(view, mentioned)
    notes = _stale(view)
    for what, count in (("introductions", len(coining)), ("mentions", len(speaking))):
        if count > MOST_SHOWN:
            notes.append(
                Note(
                    code=f"{what}-left-out",
                    count=count - MOST_SHOWN,
                    text=f"the first {MOST_SHOWN} of {count} {what} are shown",
                )
            )
    return MethodAnswer(
        meta=view.meta(parameters={"id": methods.ids[method]}, notes=notes),
        id=methods.ids[method],
        name=name,
        namesakes=[
            methods.ids[at]
            for at, other in enumerate(methods.names)
            if other == name and at != method
        ],
        introduced=[
            Introduction(paper=paper_ref(view, paper), **introduced[paper])
            for paper in coining[:MOST_SHOWN]
        ],
        mentioned=[
            MethodMention(paper=paper_ref(view, paper), **mentioned[paper])
            for paper in speaking[:MOST_SHOWN]
        ],
        years=_years(view, coining, speaking),
    )


def find_method(methods: StoredMethods, asked: str) -> int:
    """The place of the method meant by an id or a name; case does not matter.

    Raises:
        NodeNotFound: None has it.
        ParameterError: Papers that share no author coined the name.
    """
    if (at := methods.ids.find(asked)) is not None:
        return at
    lowered = asked.strip().lower()
    fitting = [at for at, name in enumerate(methods.names) if name.lower() == lowered]
    if not fitting:
        raise NodeNotFound("Method", asked)
    if len(fitting) > 1:
        ids = ", ".join(methods.ids[at] for at in fitting[:MOST_IDS_IN_ERROR])
        raise ParameterError(
            "method", asked, f"one of these ids, as several methods have this name: {ids}"
        )
    return fitting[0]


def _cards(rows: Any, papers: Ints, texts: Any) -> dict[int, dict[str, Any]]:
    """The properties of rows, by paper."""
    return {int(papers[at]): orjson.loads(texts[int(at)]) for at in np.flatnonzero(rows)}


def _by_date(view: View, papers: Iterable[int]) -> list[int]:
    dates = view.graph.dates
    return sorted(papers, key=lambda paper: (not dates[paper], dates[paper], paper))


def _years(view: View, coining: list[int], speaking: list[int]) -> list[YearOfMethod]:
    years = view.graph.years
    introductions = Counter(int(years[paper]) for paper in coining)
    mentions = Counter(int(years[paper]) for paper in speaking)
    return [
        YearOfMethod(year=year or None, introductions=introductions[year], mentions=mentions[year])
        for year in sorted({*introductions, *mentions}, key=lambda year: (not year, year))
    ]


def _stale(view: View) -> list[Note]:
    if not view.state.stale:
        return []
    return [
        Note(
            code="lineage-stale",
            text="the facts or the decisions have changed since methods were derived; run: "
            "coauthor-graph derive",
        )
    ]
