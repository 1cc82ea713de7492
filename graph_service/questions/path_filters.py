"""Ties under a filter: which papers and authors count, and the ties made from those alone."""

import re
from calendar import monthrange
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np
import numpy.typing as npt
from anyio.to_thread import run_sync

from graph_service.model.answers import Note, Parameter
from graph_service.model.errors import Moved, ParameterError
from graph_service.model.path_answers import PathCost
from graph_service.model.path_questions import AskedFilters
from graph_service.projection.arrays import UNKNOWN_YEAR, AuthorPaper, Flags, Shelf, Ties, ties_of
from graph_service.projection.find import SHELF_LABELS, ShelfName, find_node
from graph_service.projection.reader import View
from graph_service.projection.subjects import Without, find_without
from graph_service.projection.surroundings import hops_over_papers
from graph_service.projection.walks import tie_costs
from graph_service.questions.words import many

MOST_KEPT = 8
MOST_BYTES_KEPT = 512 * 2**20
# Making 25 million pairs takes some seconds and up to a gigabyte.
MOST_PAIRS = 25_000_000

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class TieFilter:
    """A filter in numbers of one projection; its defaults let everything pass.

    `topic`, `venue` and `affiliation` are node numbers of their shelves; `without_authors` and
    `without_papers` are ascending.
    """

    first_year: int | None = None
    last_year: int | None = None
    as_of: str | None = None
    min_papers: int = 1
    topic: int | None = None
    venue: int | None = None
    affiliation: int | None = None
    max_authors: int | None = None
    without_authors: tuple[int, ...] = ()
    without_papers: tuple[int, ...] = ()
    only_verified: bool = False

    def given(self) -> list[str]:
        """The names of the filters that are set, in a fixed order; `exclude` is one of them."""
        names = [
            "exclude" if each.name.startswith("without_") else each.name
            for each in fields(self)
            if getattr(self, each.name) != each.default
        ]
        return list(dict.fromkeys(names))

    def without(self, name: str) -> "TieFilter":
        """The filter with one of those given taken away."""
        if name == "exclude":
            return replace(self, without_authors=(), without_papers=())
        default = getattr(NO_FILTER, name)
        return replace(self, **{name: default})


NO_FILTER = TieFilter()


@dataclass(frozen=True, slots=True)
class Resolved:
    """A filter that was asked for, found in the graph; `parameters` and `notes` are for `meta`."""

    filter: TieFilter = NO_FILTER
    parameters: dict[str, Parameter] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class TiesUnder:
    """The ties under a filter, with the papers that make them.

    `passing` flags the papers that pass, `counted` those of them that are not over the cap, and
    `incomplete` those counted whose author list is not known to be complete; `doubtful` flags
    the authors of those. `over_cap` counts
    those over it; `undated` and `straddling` count papers that were left out because they have no year, or a date that does
    not say on which side of `as_of` they are.
    """

    ties: Ties
    passing: Flags
    counted: Flags
    incomplete: Flags
    doubtful: Flags
    some_incomplete: bool
    over_cap: int
    max_authors: int
    undated: int = 0
    straddling: int = 0
    _costs: dict[PathCost, npt.NDArray[np.int64]] = field(default_factory=dict)

    def costs(self, cost: PathCost) -> npt.NDArray[np.int64]:
        """The cost of each tie in units of 1e-9, beside `ties.neighbours`; computed once."""
        if cost not in self._costs:
            self._costs[cost] = tie_costs(self.ties, cost)
        return self._costs[cost]

    @property
    def size(self) -> int:
        """Bytes of its arrays."""
        arrays = [getattr(self.ties, each.name) for each in fields(self.ties)]
        arrays += [
            self.passing,
            self.counted,
            self.incomplete,
            self.doubtful,
            *self._costs.values(),
        ]
        return sum(array.nbytes for array in arrays)

    def notes(self) -> list[Note]:
        """Say which papers make no ties, and which the filter could not judge."""
        notes = []
        if self.over_cap:
            notes.append(
                Note(
                    code="capped-papers",
                    count=self.over_cap,
                    text=f"{many(self.over_cap, 'paper has', 'papers have')} more than "
                    f"{self.max_authors} authors and no part in ties",
                )
            )
        if self.undated:
            notes.append(
                Note(
                    code="undated-papers",
                    count=self.undated,
                    text=f"{many(self.undated, 'paper has', 'papers have')} no year and no part in "
                    "a filter by time",
                )
            )
        if self.straddling:
            notes.append(
                Note(
                    code="imprecise-dates",
                    count=self.straddling,
                    text=f"{many(self.straddling, 'paper has', 'papers have')} a date that does "
                    "not say whether it was out by then; such papers are left out",
                )
            )
        return notes


async def find_filter(view: View, asked: AskedFilters) -> Resolved:
    """Find what a filter names, and check that it does not contradict itself.

    Raises:
        ParameterError: Its parts contradict each other, a date is none, or a name fits several
            topics, venues or organisations.
        NodeNotFound: No topic, venue or organisation has this id or name.
        AuthorNotFound, AmbiguousName: What is excluded is nobody, or several.
    """
    if asked == _NOTHING_ASKED:
        return Resolved()
    _check_years(asked)
    numbers: dict[str, int] = {}
    parameters: dict[str, Parameter] = {
        name: value
        for name in ("first_year", "last_year", "as_of", "max_authors")
        if (value := getattr(asked, name)) is not None
    }
    if asked.min_papers > 1:
        parameters["min_papers"] = asked.min_papers
    notes: list[Note] = []
    for name, label in SHELF_LABELS.items():
        if (wanted := getattr(asked, name)) is not None:
            shelf = await view.shelf(label)
            numbers[name] = await find_node(view, name, wanted)
            parameters[name] = shelf.ids[numbers[name]]
    if asked.affiliation is not None:
        notes.append(
            Note(
                code="paper-level-affiliations",
                text="organisations are named for a paper as a whole: an author of a path need "
                "not belong to the one asked for",
            )
        )
    without, moved = await excluded(view, asked.exclude)
    if asked.exclude:
        parameters["exclude"] = list(without.parameter)
    if asked.only_verified:
        parameters["only_verified"] = True
    return Resolved(
        TieFilter(
            first_year=asked.first_year,
            last_year=asked.last_year,
            as_of=asked.as_of,
            min_papers=asked.min_papers,
            max_authors=asked.max_authors,
            without_authors=without.authors,
            without_papers=without.papers,
            only_verified=asked.only_verified,
            **numbers,
        ),
        parameters,
        (*notes, *moved),
    )


_NOTHING_ASKED = AskedFilters()


def _check_years(asked: AskedFilters) -> None:
    first, last, as_of = asked.first_year, asked.last_year, asked.as_of
    if first is not None and last is not None and last < first:
        raise ParameterError("last_year", last, f"{first} or later, since first_year is {first}")
    if as_of is None:
        return
    if _last_day(as_of) is None:
        raise ParameterError("as_of", as_of, "a date as YYYY, YYYY-MM or YYYY-MM-DD")
    if first is not None and int(as_of[:4]) < first:
        raise ParameterError("as_of", as_of, f"{first} or later, since first_year is {first}")


def _last_day(date: str) -> str | None:
    """The last day of a year, a month or a day; absent: the text is no date."""
    match = _DATE.fullmatch(date)
    if match is None or match[1] == "0000":
        return None
    year, month, day = match[1], match[2] or "12", match[3]
    if not 1 <= int(month) <= 12:
        return None
    most = monthrange(int(year), int(month))[1]
    if day is not None and not 1 <= int(day) <= most:
        return None
    return f"{year}-{month}-{day or most}"


async def excluded(view: View, asked: Sequence[str]) -> tuple[Without, list[Note]]:
    """Find what is to be left out, old ids followed, and say which of them have moved.

    Raises:
        AuthorNotFound, AmbiguousName: One of those asked for is nobody, or several.
    """
    if not asked:
        return Without(), []
    # An id may hold semicolons, by which a query's list was taken apart.
    whole = ";".join(asked)
    names = (whole,) if len(asked) > 1 and view.paper_number(whole) is not None else tuple(asked)
    notes: list[Note] = []
    while True:
        try:
            return await find_without(view, names), notes
        except Moved as moved:
            old, new = str(moved.fields["asked"]), str(moved.fields["merged_into"])
            names = tuple(new if name == old else name for name in names)
            notes.append(Note(code="moved-id", text=moved.message))


class _Kept:
    """The filters used last, with their ties; bounded in number and in bytes."""

    def __init__(self) -> None:
        self._entries: OrderedDict[tuple[str, int, TieFilter], TiesUnder] = OrderedDict()

    def get(self, key: tuple[str, int, TieFilter]) -> TiesUnder | None:
        if key in self._entries:
            self._entries.move_to_end(key)
        return self._entries.get(key)

    def put(self, key: tuple[str, int, TieFilter], made: TiesUnder) -> None:
        self._entries[key] = made
        while len(self._entries) > MOST_KEPT or (
            len(self._entries) > 1
            and sum(entry.size for entry in self._entries.values()) > MOST_BYTES_KEPT
        ):
            self._entries.popitem(last=False)


_kept = _Kept()


async def ties_under(view: View, wanted: TieFilter) -> TiesUnder:
    """The ties under a filter; the few filters used last are kept.

    Raises:
        ParameterError: `max_authors` would make too many ties.

    Cost: Without a filter nothing; filters on authors and `min_papers` go once over the ties,
        filters on papers make them anew.
    """
    graph = view.graph
    key = (graph.facts_revision, graph.max_authors, wanted)
    if (found := _kept.get(key)) is not None:
        return found
    shelves = {
        name: await view.shelf(label)
        for name, label in SHELF_LABELS.items()
        if getattr(wanted, name) is not None
    }
    made = await run_sync(_ties_under, graph, shelves, wanted)
    _kept.put(key, made)
    return made


def _ties_under(
    graph: AuthorPaper, shelves: Mapping[ShelfName, Shelf], wanted: TieFilter
) -> TiesUnder:
    passing, undated, straddling = papers_under(graph, shelves, wanted)
    cap = graph.max_authors if wanted.max_authors is None else wanted.max_authors
    sizes = np.diff(graph.paper_indptr)
    counted = (sizes <= cap) & passing
    without = authors_without(graph, wanted)
    if bool(passing.all()) and cap == graph.max_authors:
        ties = thinned(graph.ties, without, wanted.min_papers)
    else:
        _refuse_too_many_pairs(graph, sizes[counted], cap)
        ties = ties_of(
            graph,
            papers=passing,
            without=without.tolist(),
            min_papers=wanted.min_papers,
            max_authors=cap,
        )
    incomplete = counted & (graph.complete != 1)
    return TiesUnder(
        ties=ties,
        passing=passing,
        counted=counted,
        incomplete=incomplete,
        doubtful=_authors_of(graph, incomplete),
        some_incomplete=bool(incomplete.any()),
        over_cap=int(np.count_nonzero(passing & ~counted)),
        max_authors=cap,
        undated=undated,
        straddling=straddling,
    )


def _authors_of(graph: AuthorPaper, papers: Flags) -> Flags:
    flags = np.zeros(len(graph.author_ids), np.bool_)
    flags[graph.slots[np.repeat(papers, np.diff(graph.paper_indptr))]] = True
    return flags


def _refuse_too_many_pairs(
    graph: AuthorPaper, sizes: npt.NDArray[np.int64], max_authors: int
) -> None:
    if max_authors > graph.max_authors and int((sizes * (sizes - 1) // 2).sum()) > MOST_PAIRS:
        raise ParameterError(
            "max_authors",
            max_authors,
            f"fewer: papers with so many authors would make over {MOST_PAIRS:,} pairs; the "
            f"service's own limit is {graph.max_authors}",
        )


def papers_under(
    graph: AuthorPaper, shelves: Mapping[ShelfName, Shelf], wanted: TieFilter
) -> tuple[Flags, int, int]:
    """Flag the papers that pass a filter, whatever the length of their author lists.

    Returns:
        The flags; how many papers that pass otherwise have no year; how many of them have a
        date that does not say on which side of `as_of` they are.
    """
    passing = np.ones(len(graph.paper_ids), np.bool_)
    for name, shelf in shelves.items():
        held = np.zeros(len(passing), np.bool_)
        held[shelf.papers_of_node(getattr(wanted, name))] = True
        passing &= held
    passing[list(wanted.without_papers)] = False
    years = graph.years
    if (wanted.first_year, wanted.last_year, wanted.as_of) == (None, None, None):
        return passing, 0, 0
    undated = int(np.count_nonzero(passing & (years == UNKNOWN_YEAR)))
    passing &= years != UNKNOWN_YEAR
    if wanted.first_year is not None:
        passing &= years >= wanted.first_year
    if wanted.last_year is not None:
        passing &= years <= wanted.last_year
    straddling = 0
    if wanted.as_of is not None:
        passing &= years <= int(wanted.as_of[:4])
        end = _last_day(wanted.as_of) or wanted.as_of
        for paper in np.flatnonzero(passing & (years == int(wanted.as_of[:4]))).tolist():
            date = graph.dates[paper]
            if (_last_day(date) or date) > end:
                passing[paper] = False
                straddling += (date + "-01-01")[:10] <= end
    return passing, undated, straddling


def authors_without(graph: AuthorPaper, wanted: TieFilter) -> npt.NDArray[np.int64]:
    """The authors whom a filter leaves out, ascending."""
    out = np.zeros(len(graph.author_ids), np.bool_)
    out[list(wanted.without_authors)] = True
    if wanted.only_verified:
        unverified = [identity != "verified" for identity in graph.author_identity]
        out |= np.array(unverified, np.bool_).reshape(out.shape)
    return np.flatnonzero(out)


def thinned(ties: Ties, without: npt.NDArray[np.int64], min_papers: int) -> Ties:
    """Take away the ties of some authors, and those of fewer papers; the others stay as they are.

    Equal to making them anew, because an author left out still counts in the length of a list.
    """
    if not len(without) and min_papers <= 1:
        return ties
    authors = len(ties.indptr) - 1
    out = np.zeros(authors, np.bool_)
    out[without] = True
    rows = np.repeat(np.arange(authors), np.diff(ties.indptr))
    stays = ~(out[rows] | out[ties.neighbours]) & (ties.papers >= min_papers)
    return Ties(
        indptr=np.concatenate(
            (np.zeros(1, np.int64), np.cumsum(np.bincount(rows[stays], minlength=authors)))
        ),
        neighbours=ties.neighbours[stays],
        papers=ties.papers[stays],
        weights=ties.weights[stays],
        first_years=ties.first_years[stays],
        last_years=ties.last_years[stays],
    )


async def distances_without_each(
    view: View, wanted: TieFilter, source: int, target: int
) -> list[tuple[str, int | None]]:
    """Find the distance of two authors with each filter alone taken away, in a fixed order.

    Cost: A breadth-first search over papers for each filter; no ties are made.
    """
    shelves = {
        name: await view.shelf(label)
        for name, label in SHELF_LABELS.items()
        if getattr(wanted, name) is not None
    }

    def search() -> list[tuple[str, int | None]]:
        return [
            (name, _hops_under(view.graph, shelves, wanted.without(name), source, target))
            for name in wanted.given()
        ]

    return await run_sync(search)


def _hops_under(
    graph: AuthorPaper,
    shelves: Mapping[ShelfName, Shelf],
    wanted: TieFilter,
    source: int,
    target: int,
) -> int | None:
    still = {name: shelf for name, shelf in shelves.items() if getattr(wanted, name) is not None}
    cap = graph.max_authors if wanted.max_authors is None else wanted.max_authors
    passing, _, _ = papers_under(graph, still, wanted)
    passing &= np.diff(graph.paper_indptr) <= cap
    authors = np.ones(len(graph.author_ids), np.bool_)
    authors[authors_without(graph, wanted)] = False
    return hops_over_papers(graph, passing, authors, wanted.min_papers, source, target)
