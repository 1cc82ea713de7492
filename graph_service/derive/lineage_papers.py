"""The papers of a scope as lineage sees them: cleaned texts, days, and the names each coined."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from graph_service.derive.cleaning import clean
from graph_service.derive.method_names import Context, Name, NameIndex, names_in, settled
from graph_service.model.dates import middle_day, period


class Cites(NamedTuple):
    """A paper that another cites, what for in the source's words, and how often in its text."""

    paper: str
    intent: str | None = None
    in_text: int | None = None


@dataclass(frozen=True, slots=True)
class LineagePaper:
    """A paper of a scope, as the caller has it.

    `date` is `YYYY`, `YYYY-MM`, `YYYY-MM-DD` or empty; `authors` are ids in byline order;
    `owners` are those of its repositories; `cut` says that the list of authors ends early.
    `cites` are papers that it cites; `references_complete` says that it cites no other;
    `references` counts what its source lists, loaded or not.
    """

    id: str
    title: str
    abstract: str = ""
    date: str = ""
    authors: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    cut: bool = False
    cites: tuple[Cites, ...] = ()
    references_complete: bool = False
    references: int = 0


@dataclass(frozen=True, slots=True)
class ReadPaper:
    """A paper read: `day` is an ordinal, 0 unknown; `first` and `last` bound its period.

    `authors` are without the subject; `names` strongest first; `contains` are names of the scope
    that stand in its title or abstract, ascending.
    """

    id: str
    title: str
    abstract: str
    day: int
    first: int
    last: int
    authors: tuple[str, ...]
    owners: tuple[str, ...]
    names: tuple[Name, ...]
    contains: tuple[str, ...]
    cites: tuple[Cites, ...] = ()
    references_complete: bool = False


@dataclass(frozen=True, slots=True)
class ReadScope:
    """The papers of a scope by id, each once, and what was found missing."""

    papers: tuple[ReadPaper, ...]
    undated: tuple[str, ...]
    cut: tuple[str, ...]
    holders: Mapping[str, Sequence[int]]


def read_scope(papers: Iterable[LineagePaper], *, subject: str | None = None) -> ReadScope:
    """Clean the papers of a scope and settle which names each coined.

    Args:
        papers: In any order.
        subject: The author whose page it is, who counts as no evidence; absent: nobody.

    Cost: linear in the texts, and in the names that begin with a word of each text.
    """
    given = sorted(papers, key=lambda paper: paper.id)
    titles = [clean(paper.title) for paper in given]
    abstracts = [clean(paper.abstract) for paper in given]
    authors = [
        tuple(dict.fromkeys(author for author in paper.authors if author != subject))
        for paper in given
    ]
    candidates = [
        names_in(title, abstract) for title, abstract in zip(titles, abstracts, strict=True)
    ]
    index = NameIndex({name for names in candidates for name in names})
    contains = [
        tuple(index.found_in(f"{title}\n{abstract}"))
        for title, abstract in zip(titles, abstracts, strict=True)
    ]
    holders: dict[str, list[int]] = {}
    for number, found in enumerate(contains):
        for name in found:
            holders.setdefault(name, []).append(number)
    numbers: dict[str, int] = {}
    context = Context(
        found_in=holders,
        days={number: middle_day(paper.date) for number, paper in enumerate(given)},
        authors={
            number: {numbers.setdefault(author, len(numbers)) for author in ids}
            for number, ids in enumerate(authors)
        },
    )
    return ReadScope(
        papers=tuple(
            ReadPaper(
                paper.id,
                titles[number],
                abstracts[number],
                *period(paper.date),
                authors[number],
                tuple(sorted(set(paper.owners))),
                tuple(settled(number, titles[number], candidates[number], context)),
                contains[number],
                paper.cites,
                paper.references_complete,
            )
            for number, paper in enumerate(given)
        ),
        undated=tuple(paper.id for paper in given if not paper.date),
        cut=tuple(paper.id for paper in given if paper.cut),
        holders=holders,
    )
