"""Answers about people for people: suggestions, years, completions, and how well they foretell."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from graph_service.cli.tables import (
    bullets,
    counted,
    dim,
    grid,
    heading,
    next_page,
    notes,
    ruled,
    value_of,
    who,
    years,
)
from graph_service.model.answers import AuthorList, AuthorRef
from graph_service.model.people_answers import (
    Completion,
    CompletionList,
    EvaluationAnswer,
    Interval,
    RecommendationList,
    Suggestion,
    TimelineAnswer,
)

MOST_NAMES_SHOWN = 6
LONGEST_HINT = 50


def authors(answer: AuthorList) -> RenderableType:
    """Authors with the value they are sorted by, and the papers that were counted."""
    parameters = answer.meta.parameters
    sort = str(parameters.get("sort") or "")
    counts = any(row.papers_counted is not None for row in answer.results)
    columns = [
        *(["rank", sort] if sort else []),
        *(["fitting"] if counts else []),
        "papers",
        "people",
        "years",
        "name",
        "id",
    ]
    table = ruled(*columns, right=("rank", sort, "fitting", "papers", "people"))
    for row in answer.results:
        table.add_row(
            *([_rank(row.rank), value_of(row.value)] if sort else []),
            *([str(row.papers_counted)] if counts else []),
            f"{row.papers:,}",
            f"{row.collaborators:,}",
            years(row.first_year, row.last_year),
            row.name,
            dim(row.id),
        )
    asked = [
        f"{name} {parameters[name]}"
        for name in ("q", "topic", "method", "affiliation", "active_since", "without")
        if parameters.get(name) is not None
    ]
    title = counted(answer.meta.count or 0, "author") + (f": {', '.join(asked)}" if asked else "")
    return Group(
        heading(title),
        "",
        table,
        *next_page(answer.meta, len(answer.results)),
        notes(answer.meta),
    )


def _rank(rank: int | None) -> str:
    return "–" if rank is None else f"{rank:,}"


def recommendations(answer: RecommendationList) -> RenderableType:
    """Suggestions, each with what speaks for it."""
    rows: list[RenderableType] = []
    for place, row in enumerate(answer.results, 1):
        rows += [_suggested(place, row), Padding.indent(_reasons(row), 4)]
    if not rows:
        rows = ["nobody: no one shares a collaborator, or no one passes the filters"]
    left = [dim("left out: " + ", ".join(one.name for one in answer.without))]
    return Group(
        who(answer.author),
        "",
        heading(f"Might work with, {counted(answer.meta.count or 0, 'candidate')}"),
        *rows,
        "",
        dim(f"by {answer.rule}"),
        *(left if answer.without else []),
        notes(answer.meta),
    )


def _suggested(place: int, row: Suggestion) -> Text:
    known = "  (has worked together)" if row.known else ""
    return Text.assemble(
        f"{place:>3}. ", (row.name, "bold"), f"  {value_of(row.score)}  ", (row.id, "dim"), known
    )


def _reasons(row: Suggestion) -> RenderableType:
    table = grid("left", "left")
    shared = [
        one.name + ("" if one.contribution is None else f" {one.contribution:.2f}")
        for one in row.shared_collaborators
    ]
    if shared:
        more = row.scores.common_neighbours - len(shared)
        table.add_row("through", ", ".join(shared) + (f" and {more:,} more" if more > 0 else ""))
    elif row.path:
        table.add_row("by way of", " → ".join(one.name for one in row.path))
    if row.last_shared_year is not None:
        table.add_row("until", str(row.last_shared_year))
    about = [*row.shared_words, *(node.name for node in (*row.shared_topics, *row.shared_methods))]
    if about:
        table.add_row("both on", ", ".join(about))
    active = "no year" if row.last_year is None else str(row.last_year)
    table.add_row("papers", f"{row.papers:,}, the last of {active}")
    return table


def timeline(answer: TimelineAnswer) -> RenderableType:
    """Years with papers, collaborators, and who was new."""
    table = ruled("year", "papers", "people", "new", "new are", right=("papers", "people", "new"))
    for row in answer.results:
        table.add_row(
            str(row.year),
            f"{len(row.papers):,}",
            f"{len(row.collaborators):,}",
            f"{len(row.new_collaborators):,}",
            _names(row.new_collaborators),
        )
    undated = [f"without a year: {counted(len(answer.undated), 'paper')}"]
    return Group(
        who(answer.author),
        "",
        heading(counted(len(answer.results), "year")),
        table,
        *(undated if answer.undated else []),
        notes(answer.meta),
    )


def _names(people: Sequence[AuthorRef]) -> str:
    shown = [one.name for one in people[:MOST_NAMES_SHOWN]]
    rest = len(people) - len(shown)
    return ", ".join(shown) + (f" and {rest:,} more" if rest else "")


def completions(answer: CompletionList) -> RenderableType:
    """What was meant, with hints."""
    if not answer.results:
        return Group("nothing fits", notes(answer.meta))
    table = ruled("name", "papers", "last", "hint", "id", right=("papers", "last"))
    for row in answer.results:
        table.add_row(
            row.name,
            f"{row.papers:,}",
            "–" if row.last_year is None else str(row.last_year),
            _hint(row),
            dim(row.id),
        )
    rest = (answer.meta.count or 0) - len(answer.results)
    more = [f"{rest:,} more fit; write more of the name"] if rest > 0 else []
    return Group(table, *more, notes(answer.meta))


def _hint(row: Completion) -> str:
    parts = []
    if row.namesakes:
        parts.append(counted(row.namesakes, "namesake"))
    if row.affiliation is not None:
        parts.append(row.affiliation.name)
    if row.a_paper is not None:
        parts.append(row.a_paper.title)
    if row.first_author is not None:
        parts.append(row.first_author.name)
    hint = " · ".join(parts)
    return hint if len(hint) <= LONGEST_HINT else hint[: LONGEST_HINT - 1] + "…"


def evaluation(answer: EvaluationAnswer) -> RenderableType:
    """What each score reached, baselines first, and on what it was measured."""
    sides = ruled("", "papers", "authors", "ties", right=("papers", "authors", "ties"))
    for name, side in (("training", answer.training), ("test", answer.test)):
        sides.add_row(name, f"{side.papers:,}", f"{side.authors:,}", f"{side.ties:,}")
    figures = ("P@1", "P@10", "R@10", "MAP", "AUC", "AP", "even")
    table = ruled("score", *figures[:4], "95 %", "over AA", *figures[4:], right=figures)
    for row in answer.results:
        table.add_row(
            row.score + (" *" if row.baseline else ""),
            f"{row.precision['1']:.3f}",
            f"{row.precision['10']:.3f}",
            f"{row.recall['10']:.3f}",
            f"{row.mean_average_precision:.3f}",
            _interval(row.interval),
            _interval(row.over_adamic_adar),
            _figure(row.auc),
            _figure(row.average_precision),
            _figure(row.auc_uniform),
        )
    share = "–" if answer.unreachable_share is None else f"{answer.unreachable_share:.1%}"
    facts = [
        (
            "* a baseline; 95 %: of MAP, over targets; over AA: of its difference to that of "
            "adamic_adar, above 0 at both ends where it is better on this split"
        ),
        (
            f"{counted(answer.targets, 'target')} with {counted(answer.new_pairs, 'new partner')} who "
            f"were there before; {answer.beyond_two_hops:,} of them share no collaborator"
        ),
        f"{counted(answer.unreachable, 'pair')} with newcomers, {share} of all, foretold by nobody",
        (
            f"AUC and AP: {counted(answer.pairs, 'pair')} at two hops of "
            f"{counted(answer.pair_authors, 'author')}, {_rate(answer.positive_rate)} linked"
        ),
        (
            f"even: AUC against {counted(answer.uniform_pairs, 'evenly drawn pair')} (seed "
            f"{answer.seed}), {_rate(answer.uniform_positive_rate)} linked; not to be compared with AUC"
        ),
        (
            f"papers on no side: {answer.undated:,} undated, {answer.straddling:,} too coarse, "
            f"{answer.later:,} later; author lists over {answer.max_authors} make no tie"
        ),
    ]
    body: list[RenderableType] = (
        [table] if answer.results else ["nobody has a new collaborator to foretell"]
    )
    return Group(
        heading(
            f"Suggestions from papers before {answer.split}, against those before {answer.end}"
        ),
        "",
        sides,
        "",
        *body,
        "",
        bullets(facts),
        notes(answer.meta),
    )


def _interval(of: Interval) -> str:
    return f"{of.low:.3f}…{of.high:.3f}"


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _rate(value: float | None) -> str:
    return "–" if value is None else f"{value:.2%}"
