"""What every question starts from: a store and the projection of its present facts."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar

import numpy as np
from anyio import Lock
from anyio.to_thread import run_sync

from graph_service.model.answers import Meta, Note, Parameter
from graph_service.model.errors import StoreBusy
from graph_service.projection.arrays import AuthorPaper, Shelf
from graph_service.projection.building import Builder, build_shelf
from graph_service.projection.cache import Cache
from graph_service.projection.kernels import are_compiled
from graph_service.projection.search import FoldedIndex
from graph_service.projection.warming import warm as warm_up
from graph_service.store.protocol import GraphStore, StoreState

T = TypeVar("T")
ShelfLabel = Literal["Affiliation", "Repo", "Source", "Topic", "Venue"]

TRIES = 5
# Smaller projections are built sooner than a reader would notice.
PAPERS_WORTH_KEEPING = 5_000
PAPERS_A_STEP = 100_000


class _Torn(StoreBusy):
    """The streams of a projection fell on both sides of a write."""


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of a view that are made when a question first needs them."""

    version: str
    cache: Cache
    made: dict[str, Any] = field(default_factory=dict)
    making: Lock = field(default_factory=Lock)


@dataclass(frozen=True, slots=True)
class View:
    """The graph at one facts revision: what a question is answered from."""

    store: GraphStore
    state: StoreState
    graph: AuthorPaper
    names: FoldedIndex
    titles: FoldedIndex
    parts: _Parts

    def author_number(self, id: str) -> int | None:
        """The number of an author; absent: no author has this id."""
        return self.graph.author_ids.find(id)

    def paper_number(self, id: str) -> int | None:
        """The number of a paper; absent: no paper has this id."""
        return self.graph.paper_ids.find(id)

    async def shelf(self, label: ShelfLabel) -> Shelf:
        """What papers share under a label."""

        async def build() -> Shelf:
            return await run_sync(build_shelf, self.graph, await self.store.shelf(label))

        return await self.part(f"shelf-{label}", Shelf, build)

    async def part(self, name: str, kind: type[T], build: Callable[[], Awaitable[T]]) -> T:
        """A part of the projection that is made once, and kept with it on disk.

        Args:
            name: Its name; it must say whatever the part depends on besides the facts.
            kind: The dataclass of arrays that it is.
            build: Makes it.

        Raises:
            StoreBusy: The facts changed meanwhile; whoever asked is answered from the new ones.
        """
        parts = self.parts

        async def whole() -> T:
            made = await build()
            if (await self.store.state()).facts_revision != self.state.facts_revision:
                raise _Torn(self.store.name)
            return made

        if name not in parts.made:
            async with parts.making:
                if name not in parts.made:
                    parts.made[name] = await kept(parts.cache, parts.version, name, kind, whole)
        found: T = parts.made[name]
        return found

    async def remember(self, name: str, build: Callable[[], Awaitable[T]]) -> T:
        """What is made once in a state of the facts, and kept in memory alone."""
        parts = self.parts
        if name not in parts.made:
            async with parts.making:
                if name not in parts.made:
                    parts.made[name] = await build()
        found: T = parts.made[name]
        return found

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

    def __init__(
        self,
        store: GraphStore,
        *,
        max_authors: int = 50,
        cache: Cache | None = None,
        warm: bool = False,
        step: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Read from a store.

        Args:
            store: What to read.
            max_authors: Longest author list that makes ties, in authors, included; at least 2.
            cache: Where projections are kept; absent: nowhere.
            warm: Whether to have every walk compiled before the first question, where the
                graph is so large that walks are compiled at all.
            step: Called with the name of each step of a projection as it begins.
        """
        self.store = store
        self.max_authors = max_authors
        self._cache = cache or Cache()
        self._warm = warm
        self._step = step
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
        if self._view is not None and self._view.state == state:
            return self._view  # nearly always; the lock costs a turn of the event loop
        async with self._building:
            if self._view is None or self._view.state.facts_revision != state.facts_revision:
                self._view = await self._project(state)
            elif self._view.state != state:
                self._view = replace(self._view, state=state)
            return self._view

    async def _project(self, state: StoreState) -> View:
        cache, version = self._cache, f"{state.facts_revision}-{self.max_authors}"

        async def names() -> FoldedIndex:
            variants = graph.author_variants
            of = np.repeat(np.arange(len(variants), dtype=np.int32), np.diff(variants.indptr))
            return await run_sync(FoldedIndex.of, variants.texts, of)

        async def titles() -> FoldedIndex:
            return await run_sync(FoldedIndex.of, graph.titles)

        graph = await self._graph(state, cache, version)
        if len(graph.paper_ids) < PAPERS_WORTH_KEEPING:
            cache = Cache()
        elif self._warm:
            await run_sync(warm_up, self._step)
        elif not are_compiled():
            self._step("compiling the walks that this needs: some seconds, once")
        return View(
            store=self.store,
            state=state,
            graph=graph,
            names=await kept(cache, version, "names", FoldedIndex, names),
            titles=await kept(cache, version, "titles", FoldedIndex, titles),
            parts=_Parts(version, cache),
        )

    async def _graph(self, state: StoreState, cache: Cache, version: str) -> AuthorPaper:
        """Map the arrays from the cache, or build them: alone, if they are worth keeping."""
        if (found := await run_sync(cache.open, version, "graph", AuthorPaper)) is not None:
            return found
        builder = Builder(state.facts_revision, max_authors=self.max_authors)
        async with AsyncExitStack() as alone:
            try:
                async for authors in self.store.project_authors():
                    builder.add_authors(authors)
                async for papers in self.store.project_papers():
                    before, after = builder.papers, builder.papers + len(papers)
                    builder.add_papers(papers)
                    if before < PAPERS_WORTH_KEEPING <= after:
                        await alone.enter_async_context(cache.building())
                        found = await run_sync(cache.open, version, "graph", AuthorPaper)
                        if found is not None:
                            return found
                    if before // PAPERS_A_STEP < after // PAPERS_A_STEP:
                        self._step(f"projecting the facts: {after:,} papers")
            except KeyError as error:  # a paper by somebody whom the first stream did not have
                raise _Torn(self.store.name) from error
            # Whatever is derived meanwhile does not touch the facts.
            if (await self.store.state()).facts_revision != state.facts_revision:
                raise _Torn(self.store.name)
            graph = await run_sync(builder.build)
            if builder.papers >= PAPERS_WORTH_KEEPING:
                await run_sync(cache.keep, version, "graph", graph)
        return graph


async def kept(
    cache: Cache, version: str, name: str, kind: type[T], build: Callable[[], Awaitable[T]]
) -> T:
    """Map a part from the cache, or build it, alone among all processes, and keep it there."""
    if (found := await run_sync(cache.open, version, name, kind)) is not None:
        return found
    async with cache.building():
        if (found := await run_sync(cache.open, version, name, kind)) is not None:
            return found
        value = await build()
        await run_sync(cache.keep, version, name, value)
        return value
