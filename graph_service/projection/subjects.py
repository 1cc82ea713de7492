"""Whose page a source is, and what to leave out of a view."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graph_service.model.answers import Parameter
from graph_service.model.names import name_key
from graph_service.projection.arrays import Ints
from graph_service.projection.find import find_author
from graph_service.projection.reader import View
from graph_service.projection.texts import Texts

SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class Subject:
    """The person whose page a source is: an author of all its `papers`, by number."""

    source: str
    author: int
    papers: int


@dataclass(frozen=True, slots=True, eq=False)
class _Subjects:
    """The fields of subjects side by side, as a projection keeps them."""

    sources: Texts
    authors: Ints
    papers: Ints


async def subjects(view: View) -> list[Subject]:
    """The subjects of the loaded profile pages, by source id.

    Of the authors who bear the subject's name it is the one with most papers of the page, then
    the first by id; a page without papers has none.
    """

    async def build() -> _Subjects:
        found = await _find_subjects(view)
        return _Subjects(
            Texts.of(one.source for one in found),
            np.array([one.author for one in found], np.int32),
            np.array([one.papers for one in found], np.int32),
        )

    kept = await view.part("subjects", _Subjects, build)
    fields = (kept.sources, kept.authors.tolist(), kept.papers.tolist())
    return [Subject(*one) for one in zip(*fields, strict=True)]


async def _find_subjects(view: View) -> list[Subject]:
    graph = view.graph
    found = []
    for source, paper_ids in await view.store.shelf("Source"):
        name = source.properties.get("subject")
        if not isinstance(name, str):
            continue
        papers = [at for paper in paper_ids if (at := view.paper_number(paper)) is not None]
        bearers = await view.store.authors_known_as(name_key(name).text)
        numbers = [at for bearer in bearers if (at := view.author_number(bearer)) is not None]
        shared = {
            author: len(np.intersect1d(graph.papers_of_author(author), papers))
            for author in numbers
        }
        author = min(numbers, key=lambda author: (-shared[author], author), default=None)
        if author is not None and shared[author]:
            found.append(Subject(source.id, author, shared[author]))
    return found


@dataclass(frozen=True, slots=True)
class Without:
    """What is left out of a view: author and paper numbers, ascending; `parameter` names them."""

    authors: tuple[int, ...] = ()
    papers: tuple[int, ...] = ()
    parameter: tuple[str, ...] = ()

    def shown(self) -> Parameter:
        """The ids for an answer's parameters; absent: nothing is left out."""
        return list(self.parameter) or None


async def find_without(view: View, asked: Sequence[str]) -> Without:
    """Find what is to be left out: authors by id or name, papers by id, or the word "subject".

    "subject" means the subject of every loaded profile page.

    Raises:
        AuthorNotFound, AmbiguousName, Moved: One of those asked is none of them, or several.
    """
    authors: set[int] = set()
    papers: set[int] = set()
    for one in asked:
        if one == SUBJECT:
            authors.update(subject.author for subject in await subjects(view))
        elif (paper := view.paper_number(one)) is not None:
            papers.add(paper)
        else:
            authors.add(await find_author(view, one))
    graph = view.graph
    return Without(
        authors=tuple(sorted(authors)),
        papers=tuple(sorted(papers)),
        parameter=(
            *(graph.author_ids[author] for author in sorted(authors)),
            *(graph.paper_ids[paper] for paper in sorted(papers)),
        ),
    )
