"""How two authors are connected, through which papers, and how sure that is."""

from anyio.to_thread import run_sync

from graph_service.model.answers import Note, Parameter
from graph_service.model.errors import ParameterError
from graph_service.model.path_answers import PathAnswer, PathCost, PathMode
from graph_service.model.path_questions import AskedFilters, PathsWanted
from graph_service.model.records import INT64_MAX
from graph_service.projection.find import author_ref, find_author
from graph_service.projection.reader import View
from graph_service.projection.walks import (
    cheapest_paths,
    k_shortest_paths,
    shortest_paths,
)
from graph_service.questions.authors import identity_note
from graph_service.questions.firmness import weakest_join
from graph_service.questions.hops import HopBuilder, frontier_papers, incomplete_near_ends
from graph_service.questions.no_path import explain_no_path
from graph_service.questions.path_filters import (
    Resolved,
    TiesUnder,
    find_filter,
    ties_under,
)
from graph_service.questions.same_works import same_works
from graph_service.questions.words import many

DEFAULT_K = 5
DEFAULT_LIMIT = 25
COSTS: dict[PathCost, str] = {
    "weight": "1/weight",
    "share": "-ln(weight / the smaller strength of its two authors)",
}
RULES: dict[PathMode, str] = {
    "shortest": "shortest; among equals the one whose weakest tie is strongest, then by author ids",
    "all_shortest": "all of the fewest hops; the one whose weakest tie is strongest first, then by "
    "author ids",
    "k_shortest": "fewest hops first; among equals the one whose weakest tie is strongest, then by "
    "author ids; no author twice on one path",
    "cheapest": "lowest cost, where a tie costs {cost}; among equals fewest hops, then by author "
    "ids",
    "k_cheapest": "lowest cost first, where a tie costs {cost}; among equals fewest hops, then by "
    "author ids; no author twice on one path",
}
NUMBERED: frozenset[PathMode] = frozenset({"k_shortest", "k_cheapest"})
BY_COST: frozenset[PathMode] = frozenset({"cheapest", "k_cheapest"})
ANY_PATH = PathsWanted()
EVERYTHING = AskedFilters()


async def show_path(
    view: View,
    source: str,
    target: str,
    *,
    wanted: PathsWanted = ANY_PATH,
    filters: AskedFilters = EVERYTHING,
) -> PathAnswer:
    """Show paths between two authors, with the papers of each hop.

    Equal ends give a path of no hops; no path is an answer that says why.

    Args:
        view: The graph.
        source: Where to start, by id or name.
        target: Where to end, by id or name.
        wanted: Which paths, and how many.
        filters: Which papers and authors make ties; the ties are made anew from those.

    Raises:
        AuthorNotFound, AmbiguousName, Moved: An end names no author, or several.
        NodeNotFound: A filter names no topic, venue or organisation.
        ParameterError: What is wanted contradicts itself, or an end is excluded.
    """
    wanted = _checked(wanted)
    start, end = await find_author(view, source), await find_author(view, target)
    found = await find_filter(view, filters)
    check_not_excluded(view, found, (start, end))
    under = await ties_under(view, found.filter)
    if wanted.mode == "shortest":
        paths, count = _search(under, start, end, wanted)  # mostly well below a millisecond
    else:
        paths, count = await run_sync(_search, under, start, end, wanted)

    builder = HopBuilder(view, under, await view.shelf("Repo"), await same_works(view), wanted.cost)
    shown = [builder.path(authors) for authors in paths]
    several = wanted.mode in NUMBERED or wanted.mode == "all_shortest"
    if paths:
        no_path = None
        incomplete = incomplete_near_ends(view, under, start, end, len(paths[0]) - 1)
    else:
        no_path, incomplete = await explain_no_path(view, found, under, start, end, wanted)
    frontier, frontier_notes = frontier_papers(view, incomplete) if wanted.frontier else (None, [])
    weakest, shared_names = await weakest_join(view, [at for authors in paths for at in authors])
    doubtful = bool(len(incomplete))
    by_cost = wanted.mode in BY_COST
    too_many = count is not None and count > INT64_MAX
    notes = [
        *identity_note(builder.unverified() if paths else 2),
        *shared_names,
        *(_cut_note(len(incomplete), by_cost=by_cost) if paths else _gap_note(len(incomplete))),
        *_paths_left_out(count, len(shown), wanted),
        *builder.notes(),
        *frontier_notes,
        *under.notes(),
        *found.notes,
    ]
    return PathAnswer(
        meta=view.meta(parameters=_parameters(view, start, end, wanted, found, under), notes=notes),
        source=author_ref(view, start),
        target=author_ref(view, end),
        mode=wanted.mode,
        distance=len(paths[0]) - 1 if paths else None,
        distance_is=None if by_cost or not paths else "at most" if doubtful else "exact",
        cost_is=None
        if not (by_cost and paths)
        else "estimate"
        if doubtful or builder.incomplete_papers_shown()
        else "exact",
        incomplete_papers=len(incomplete),
        frontier=frontier,
        rule=_rule(wanted),
        count=None if too_many else count,
        weakest_identity=weakest,
        path=shown[0] if shown else None,
        paths=shown if several else None,
        no_path=no_path,
    )


def _checked(wanted: PathsWanted) -> PathsWanted:
    """Put defaults in, and refuse what the mode does not use."""
    mode = wanted.mode
    for name, belongs, where in (
        ("cost", mode in BY_COST, "only with mode cheapest or k_cheapest"),
        ("k", mode in NUMBERED, "only with mode k_shortest or k_cheapest"),
        ("limit", mode == "all_shortest", "only with mode all_shortest"),
    ):
        value = getattr(wanted, name)
        if value is not None and not belongs:
            raise ParameterError(name, value, where)
    if mode == "shortest":
        return wanted
    return wanted.model_copy(
        update={
            "cost": (wanted.cost or "weight") if mode in BY_COST else None,
            "k": (wanted.k or DEFAULT_K) if mode in NUMBERED else None,
            "limit": (wanted.limit or DEFAULT_LIMIT) if mode == "all_shortest" else None,
        }
    )


def check_not_excluded(view: View, found: Resolved, asked: tuple[int, ...]) -> None:
    """Refuse to leave out an author who is asked about.

    Raises:
        ParameterError: One of those asked about is left out.
    """
    for author in asked:
        if author in found.filter.without_authors:
            raise ParameterError(
                "exclude", view.graph.author_ids[author], "nobody who is asked about"
            )


def _search(
    under: TiesUnder, start: int, end: int, wanted: PathsWanted
) -> tuple[list[tuple[int, ...]], int | None]:
    """The paths in order, and how many shortest ones there are where they are counted."""
    ties, most = under.ties, wanted.max_hops
    match wanted.mode:
        case "shortest":
            found = shortest_paths(ties, start, end, max_hops=most, limit=1)
            return found.paths, found.count
        case "all_shortest":
            found = shortest_paths(ties, start, end, max_hops=most, limit=wanted.limit or 1)
            return found.paths, found.count
        case "k_shortest":
            return k_shortest_paths(ties, start, end, wanted.k or 1, max_hops=most), None
    costs = under.costs(wanted.cost or "weight")
    cheap = cheapest_paths(ties, costs, start, end, wanted.k or 1, max_hops=most)
    return [path.authors for path in cheap], None


def _cut_note(count: int, *, by_cost: bool) -> list[Note]:
    if not count:
        return []
    effect = (
        "a missing one could make a cheaper way, and makes weights and so costs uncertain"
        if by_cost
        else "a missing one could make a shorter way"
    )
    return [
        Note(
            code="cut-author-lists",
            count=count,
            text=f"{many(count, 'paper', 'papers')} near either end may name only some of "
            f"the authors; {effect}",
        )
    ]


def _gap_note(count: int) -> list[Note]:
    if not count:
        return []
    return [
        Note(
            code="cut-author-lists",
            count=count,
            text=f"{many(count, 'paper', 'papers')} of the smaller group may name only some of "
            "the authors; a missing one could join the two",
        )
    ]


def _paths_left_out(count: int | None, shown: int, wanted: PathsWanted) -> list[Note]:
    if wanted.mode != "all_shortest" or count is None or count <= shown:
        return []
    return [
        Note(
            code="paths-left-out",
            count=min(count - shown, INT64_MAX),
            text=f"the first {shown:,} of {count:,} shortest paths are shown",
        )
    ]


def _parameters(
    view: View, start: int, end: int, wanted: PathsWanted, found: Resolved, under: TiesUnder
) -> dict[str, Parameter]:
    asked: dict[str, Parameter] = {
        name: value
        for name in PathsWanted.model_fields
        if (value := getattr(wanted, name)) is not None and value is not False
    }
    return {
        "source": view.graph.author_ids[start],
        "target": view.graph.author_ids[end],
        **asked,
        "max_authors": under.max_authors,
        **found.parameters,
    }


def _rule(wanted: PathsWanted) -> str:
    rule = RULES[wanted.mode]
    return rule.format(cost=COSTS[wanted.cost]) if wanted.cost else rule
