"""What every question starts from: a store and the projection of its present facts."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from anyio import Lock
from anyio.to_thread import run_sync

from graph_service.model.answers import Meta, Note, Parameter
from graph_service.model.errors import StoreBusy
from graph_service.projection.arrays import AuthorPaper, project
from graph_service.projection.search import FoldedIndex
from graph_service.store.protocol import GraphStore, StoreState

T = TypeVar("T")

TRIES = 5


class _Torn(StoreBusy):
    """The two streams of a projection fell on both sides of a write."""


@dataclass(frozen=True, slots=True)
class View:
    """The graph at one facts revision: what a question is answered from."""

    store: GraphStore
    state: StoreState
    graph: AuthorPaper
    names: FoldedIndex
    titles: FoldedIndex
    author_numbers: dict[str, int]
    paper_numbers: dict[str, int]

    def meta(
        self,
        *,
        parameters: dict[str, Parameter] | None = None,
        count: int | None = None,
        per_page: int | None = None,
        next_cursor: str | None = None,
        notes: Sequence[Note] = (),
    ) -> Meta:
        """Make the `meta` of an answer."""
        return Meta(
            facts_revision=self.state.facts_revision,
            derived_revision=self.state.derived_revision,
            stale=self.state.stale,
            parameters=parameters or {},
            count=count,
            per_page=per_page,
            next_cursor=next_cursor,
            notes=list(notes),
        )


class Reader:
    """Answers questions from one store, projecting its facts again when they have changed."""

    def __init__(self, store: GraphStore, *, max_authors: int = 50) -> None:
        self.store = store
        self.max_authors = max_authors
        self._view: View | None = None
        self._building = Lock()

    async def ask(self, question: Callable[[View], Awaitable[T]]) -> T:
        """Put a question to one state of the facts, again when they changed meanwhile.

        Raises:
            StoreBusy: The facts changed under every try.
        """
        for _ in range(TRIES):
            try:
                view = await self.view()
            except _Torn:
                continue
            try:
                answer = await question(view)
            except Exception:
                # A card may already speak of what the arrays do not know; then ask again.
                if await self.store.state() == view.state:
                    raise
                continue
            if await self.store.state() == view.state:
                return answer
        raise StoreBusy(self.store.name)

    async def view(self) -> View:
        """The graph as it stands now."""
        state = await self.store.state()
        async with self._building:
            if self._view is None or self._view.state.facts_revision != state.facts_revision:
                self._view = await self._project(state)
            elif self._view.state != state:
                self._view = replace(self._view, state=state)
            return self._view

    async def _project(self, state: StoreState) -> View:
        authors = [author async for author in self.store.project_authors()]
        papers = [paper async for paper in self.store.project_papers()]
        if await self.store.state() != state:
            raise _Torn(self.store.name)

        def build() -> View:
            graph = project(state.facts_revision, authors, papers, max_authors=self.max_authors)
            return View(
                store=self.store,
                state=state,
                graph=graph,
                names=FoldedIndex(
                    (number, name)
                    for number, variants in enumerate(graph.author_variants)
                    for name in variants
                ),
                titles=FoldedIndex(enumerate(graph.titles)),
                author_numbers={author: number for number, author in enumerate(graph.author_ids)},
                paper_numbers={paper: number for number, paper in enumerate(graph.paper_ids)},
            )

        return await run_sync(build)
