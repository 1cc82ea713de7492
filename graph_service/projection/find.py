"""Finding the author that a question means, by id or by name."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Literal

from anyio.to_thread import run_sync

from graph_service.model.answers import AuthorRef
from graph_service.model.errors import (
    AmbiguousName,
    AmbiguousTitle,
    AuthorNotFound,
    Moved,
    NodeNotFound,
    PaperNotFound,
    ParameterError,
)
from graph_service.model.identifiers import author_identifier, work_reference
from graph_service.model.ids import is_id, key_of_author_id
from graph_service.model.names import fold, name_key
from graph_service.projection.reader import View
from graph_service.projection.search import EXACT, FoldedIndex

MOST_NEAR_NAMES = 5
NEAR_ENOUGH = 0.6
# A comparison takes some microseconds; these bounds keep a misspelt name under 20 ms.
LETTERS_ALIKE = 2
MOST_COMPARED = 2_000
MOST_IDS_IN_ERROR = 10


def author_ref(view: View, author: int) -> AuthorRef:
    """Name an author of the projection, briefly."""
    graph = view.graph
    return AuthorRef(
        id=graph.author_ids[author],
        name=graph.author_names[author],
        identity="verified" if graph.author_identity[author] == "verified" else "unverified",
    )


async def find_author(view: View, asked: str) -> int:
    """Find the number of the author meant by an id or by a name.

    A name fits an author if one of the author's names has the same key: case, accents, hyphens
    and the order "Family, Given" do not matter.

    Raises:
        AuthorNotFound: None fits; near names are in the error.
        AmbiguousName: Several fit; their ids are in the error.
        Moved: The id was this person's before names were joined.
    """
    if (number := view.author_number(asked)) is not None:
        return number
    ids = await view.store.authors_known_as(_known_as(asked))
    if is_id(asked) and len(ids) == 1:
        raise Moved(asked, ids[0])
    fitting = [number for author in ids if (number := view.author_number(author)) is not None]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise AmbiguousName(asked, [_hint(view, number) for number in fitting])
    raise AuthorNotFound(asked, [_hint(view, number) for number in _near(view, asked)])


def _known_as(asked: str) -> str:
    """What an author's former id or a name is looked up by: a name's key, or an identifier."""
    if not is_id(asked):
        return name_key(asked).text
    key = key_of_author_id(asked)
    if key is not None:
        return key.text
    try:
        return author_identifier(asked)
    except ValueError:
        return asked


async def find_paper(view: View, asked: str) -> int:
    """Find the number of the paper meant by an id, an identifier or by its whole title.

    Case, accents and punctuation of a title do not matter. An identifier that is not the
    paper's id, or the id that it had before another record joined it, will do.

    Raises:
        PaperNotFound: None fits.
        AmbiguousTitle: Several have this title or identifier; their ids are in the error.
    """
    if (number := view.paper_number(asked)) is not None:
        return number
    fitting: list[int] = []
    if is_id(asked):
        ids = await view.store.papers_known_as(work_reference(asked))
        fitting = [number for id_ in ids if (number := view.paper_number(id_)) is not None]
    if not fitting:
        found = view.titles.search(asked)
        fitting = sorted(number for number, fit in found.items() if fit == EXACT)
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise _ambiguous(view, asked, fitting)
    raise PaperNotFound(asked)


def _ambiguous(view: View, asked: str, numbers: Sequence[int]) -> AmbiguousTitle:
    graph = view.graph
    papers: list[dict[str, object]] = [
        {
            "id": graph.paper_ids[number],
            "title": graph.titles[number],
            "year": int(graph.years[number]) or None,
        }
        for number in numbers
    ]
    return AmbiguousTitle(asked, papers)


async def paper_of_id(view: View, asked: str) -> int:
    """Find the number of the paper that has an id.

    Raises:
        PaperNotFound: None has.
        Moved: It is an identifier of the paper that is not its id, or the id that it had before
            another record joined it.
        AmbiguousTitle: Several papers bear the identifier; their ids are in the error.
    """
    if (number := view.paper_number(asked)) is not None:
        return number
    if not is_id(asked):
        raise PaperNotFound(asked)
    ids = await view.store.papers_known_as(work_reference(asked))
    if len(ids) == 1:
        raise Moved(asked, ids[0])
    if ids:
        raise _ambiguous(
            view, asked, [at for id_ in ids if (at := view.paper_number(id_)) is not None]
        )
    raise PaperNotFound(asked)


ShelfName = Literal["topic", "venue", "affiliation"]
SHELF_LABELS: Mapping[ShelfName, Literal["Topic", "Venue", "Affiliation"]] = {
    "topic": "Topic",
    "venue": "Venue",
    "affiliation": "Affiliation",
}


async def find_node(view: View, name: ShelfName, asked: str) -> int:
    """Find the number of a topic, a venue or an affiliation by id or by name.

    Case, accents and punctuation of a name do not matter.

    Args:
        view: Where to look.
        name: Of which kind, as its parameter is called.
        asked: The id or name.

    Raises:
        NodeNotFound: None has this id or name.
        ParameterError: Several have this name.
    """
    label = SHELF_LABELS[name]
    shelf = await view.shelf(label)
    if (number := shelf.number(asked)) is not None:
        return number

    async def build() -> FoldedIndex:
        return await run_sync(FoldedIndex.of, shelf.names)

    index = await view.part(f"names-{label}", FoldedIndex, build)
    fitting = sorted(number for number, fit in index.search(asked).items() if fit == EXACT)
    if not fitting:
        raise NodeNotFound(label, asked)
    if len(fitting) > 1:
        ids = ", ".join(shelf.ids[number] for number in fitting[:MOST_IDS_IN_ERROR])
        raise ParameterError(name, asked, f"one of these ids, as several have this name: {ids}")
    return fitting[0]


def _near(view: View, asked: str) -> list[int]:
    """Names that come close, looked for among those that begin a word alike."""
    begun = {
        number for word in fold(asked).split() for number in view.names.search(word[:LETTERS_ALIKE])
    }
    folded = {
        fold(name): number
        for number in sorted(begun)[:MOST_COMPARED]
        for name in view.graph.author_variants[number]
    }
    close = get_close_matches(fold(asked), sorted(folded), MOST_NEAR_NAMES, NEAR_ENOUGH)
    return list(dict.fromkeys(folded[name] for name in close))


def _hint(view: View, author: int) -> dict[str, object]:
    graph = view.graph
    papers = graph.papers_of_author(author)
    known = [year for year in graph.years[papers].tolist() if year]
    return {
        "id": graph.author_ids[author],
        "name": graph.author_names[author],
        "papers": len(papers),
        "last_year": max(known, default=None),
        "a_paper": graph.titles[int(papers[0])] if len(papers) else None,
    }
