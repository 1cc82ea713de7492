"""Answers about lineage for people: chains, neighbours, timelines, methods, decisions."""

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
    part,
    ruled,
    year_of,
)
from graph_service.model.answers import AuthorRef
from graph_service.model.decision_answers import DecisionList
from graph_service.model.lineage_answers import (
    Chain,
    ChainStep,
    LineageAnswer,
    Neighbours,
    OnTopic,
    PaperLineageAnswer,
    PaperOfLineage,
    Relative,
    ScopeInfo,
    Step,
    StepList,
)
from graph_service.model.lineage_evaluation_answers import LineageEvaluation, Share
from graph_service.model.method_answers import MethodAnswer, MethodList

MOST_NAMES_SHOWN = 6
MOST_RELATIVES_SHOWN = 15
MOST_MENTIONS_SHOWN = 15
NOTHING = "–"
# As tiers are shown: the surer, the heavier.
_STYLES = {"strong": "bold green", "likely": "green", "possible": "yellow", "tentative": "red"}
_LINES = {"strong": "┃", "likely": "│", "possible": "┆", "tentative": "┊"}


def lineage(answer: LineageAnswer) -> RenderableType:
    """A chain with the evidence of each step, what else there is, and what is not known."""
    return Group(
        heading(f"Lineage {_asked(answer)}"),
        "",
        *chain_of_papers(answer.chain),
        *_alternatives(answer.alternatives),
        *(line for near in answer.neighbours for line in _neighbours(near)),
        *_timeline(answer.timeline, answer.on_topic),
        *_scope(answer.scope, answer.meaning),
        notes(answer.meta),
    )


def _asked(answer: LineageAnswer) -> str:
    """What was asked, papers by their titles."""
    titles = {near.paper.id: near.paper.title for near in answer.neighbours}
    for name in ("to", "from", "between", "topic", "method"):
        value = answer.meta.parameters.get(name)
        if isinstance(value, list):
            return f"{name} " + " and ".join(titles.get(str(one), str(one)) for one in value)
        if value is not None:
            return f"{name} {titles.get(str(value), value)}"
    return ""


def chain_of_papers(chain: Chain, *, people: bool = True) -> list[RenderableType]:
    """A chain with the evidence of each step and perhaps its people, or why there is none."""
    if chain.reason is not None:
        return [Text(f"No chain: {chain.reason}.", "bold")]
    rows: list[RenderableType] = [_stop(chain.papers[0])]
    for step, paper in zip(chain.steps, chain.papers[1:], strict=True):
        rows += [_step_between(step, people=people), _stop(paper)]
    last: list[RenderableType] = []
    if chain.weakest is not None:
        last.append(
            f"Weakest step: {chain.weakest.tier}, {chain.weakest.score:.2f}"
            + (f"; {counted(chain.bridges, 'bridge')}" if chain.bridges else "")
        )
    if chain.first_team_left is not None:
        title = next(one.title for one in chain.papers if one.id == chain.first_team_left)
        doubt = "" if chain.first_team_left_certain else " (an author list is cut: perhaps not)"
        last.append(f"Leaves the first team at: {title}{doubt}")
    if chain.stops is not None:
        titles = {one.id: one.title for one in chain.papers}
        shown = " → ".join(stop.label or titles[stop.papers[0]] for stop in chain.stops)
        last.append(f"Stops: {shown}")
    return [Padding.indent(Group(*rows), 2), "", *last]


def _stop(paper: PaperOfLineage) -> RenderableType:
    return Text.assemble((paper.date or "undated", "bold"), "  ", paper.title)


def _step_between(step: ChainStep, *, people: bool) -> RenderableType:
    head = Text.assemble(
        (step.tier if step.tier != "none" else "no tier", _STYLES.get(step.tier, "")),
        f"  {step.kind}  {step.score:.2f}",
        "  a bridge" if step.bridge else "",
        f"  {_decided(step)}" if step.decided else "",
    )
    table = grid("left", "left")
    sign = _LINES.get(step.tier, "·")
    lines = [
        head,
        *(dim(row.reason) for row in step.evidence),
        *(_who_and_code(step) if people else []),
    ]
    for line in lines:
        table.add_row(sign, line)
    return Padding.indent(table, 4)


def _who_and_code(step: ChainStep) -> list[RenderableType]:
    moves = (
        ("stay:", step.people.stay),
        ("join:", step.people.join),
        ("leave:", step.people.leave),
    )
    parts = [f"{verb} {_names(who)}" for verb, who in moves if who]
    if step.people.lists_cut:
        parts.append(f"{counted(step.people.lists_cut, 'author list')} cut")
    code = ", ".join(repo.id for repo in step.repositories)
    return [
        *([dim("; ".join(parts))] if parts else []),
        *([dim(f"code: {code}")] if code else []),
    ]


def _decided(step: Step) -> str:
    verdict = step.decided
    return "" if verdict is None else f"{verdict.verdict} by {verdict.by} ({verdict.decision})"


def _names(people: Sequence[AuthorRef]) -> str:
    names = ", ".join(one.name for one in people[:MOST_NAMES_SHOWN])
    rest = len(people) - MOST_NAMES_SHOWN
    return f"{names} and {rest} more" if rest > 0 else names


def _alternatives(chains: Sequence[Chain]) -> list[RenderableType]:
    if not chains:
        return []
    table = grid("left", "left")
    for chain in chains:
        weakest = NOTHING if chain.weakest is None else chain.weakest.tier
        table.add_row(weakest, " → ".join(paper.method or paper.title for paper in chain.papers))
    return [part("Alternatives, by their weakest step", table)]


def _neighbours(near: Neighbours) -> list[RenderableType]:
    table = grid("left", "right", "left", "left")
    for verb, steps in (("builds on", near.builds_on), ("built on by", near.built_on_by)):
        for step in steps:
            other = step.older if verb == "builds on" else step.newer
            table.add_row(
                f"{verb}",
                f"{step.score:.2f}",
                Text(step.tier, _STYLES.get(step.tier, "")),
                Group(
                    f"{other.date or 'undated'}  {other.title}",
                    *([_decided(step)] if step.decided else []),
                    dim(step.reason),
                ),
            )
    for step in near.rejected:
        other = step.older if step.newer.id == near.paper.id else step.newer
        table.add_row(
            "rejected", f"{step.score:.2f}", step.tier, f"{other.title}  {_decided(step)}"
        )
    if near.weaker:
        table.add_row("", "", "", dim(f"and {counted(near.weaker, 'step')} of lower tier"))
    if not table.row_count:
        return []
    return [part(f"Next to {near.paper.title}", table)]


def _timeline(papers: Sequence[OnTopic], on_topic: int | None) -> list[RenderableType]:
    if not papers and on_topic is None:
        return []
    table = grid("left", "right", "left")
    for paper in papers:
        share = "" if paper.relevance is None else f"{paper.relevance:.2f}"
        table.add_row(paper.date or "undated", share, paper.title)
    title = "Timeline" if on_topic is None else f"Timeline, most on topic of {on_topic:,}"
    return [part(title, table if papers else "no paper is on topic")]


def _scope(scope: ScopeInfo, meaning: str) -> list[RenderableType]:
    subject = f", without {scope.subject}" if scope.subject else ""
    return [
        "",
        dim(
            f"Scope {scope.scope}{subject} ({scope.chosen}): {counted(scope.papers, 'paper')}, "
            f"{scope.stored:,} stored steps, {scope.shown:,} shown; model {scope.model}, "
            f"floor {scope.floor:.4f}"
        ),
        dim(meaning),
    ]


def steps(answer: StepList) -> RenderableType:
    """A list of steps."""
    table = ruled("date", "paper", "builds on", "tier", "score", "kind", right=("score",))
    for step in answer.results:
        table.add_row(
            step.newer.date or "undated",
            Group(step.newer.title, dim(step.reason)),
            step.older.title,
            Text(
                step.tier if step.decided is None else step.decided.verdict,
                _STYLES.get(step.tier, ""),
            ),
            f"{step.score:.2f}",
            step.kind,
        )
    return Group(
        heading(counted(answer.meta.count or 0, "step")),
        "",
        table,
        *next_page(answer.meta, len(answer.results)),
        *_scope(answer.scope, answer.meaning),
        notes(answer.meta),
    )


def paper(answer: PaperLineageAnswer, *, everything: bool) -> RenderableType:
    """All relatives of a paper."""
    asked = answer.paper
    return Group(
        _stop(asked),
        *([f"\nNo relatives: {answer.reason}."] if answer.reason else []),
        *_relatives("Grew out of", answer.ancestors, everything=everything),
        *_relatives("What grew out of it", answer.descendants, everything=everything),
        *_scope(answer.scope, answer.meaning),
        notes(answer.meta),
    )


def _relatives(
    title: str, relatives: Sequence[Relative], *, everything: bool
) -> list[RenderableType]:
    if not relatives:
        return []
    table = grid("right", "left", "left", "left")
    shown = relatives if everything else relatives[:MOST_RELATIVES_SHOWN]
    for one in shown:
        table.add_row(
            counted(one.generation, "step"),
            Text(one.via.tier, _STYLES.get(one.via.tier, "")),
            one.paper.date or "undated",
            Group(one.paper.title, dim(one.via.reason)),
        )
    left = len(relatives) - len(shown)
    rest: list[RenderableType] = [f"and {left:,} more: add --all"] if left else []
    return [part(title, table, *rest)]


def methods(answer: MethodList) -> RenderableType:
    """A list of methods."""
    table = ruled("method", "introduced by", "mentions", "id", right=("mentions",))
    for row in answer.results:
        first = row.introduced_by[0] if row.introduced_by else None
        more = row.introductions - 1
        table.add_row(
            row.name + (f" (and {row.namesakes} of this name)" if row.namesakes else ""),
            NOTHING
            if first is None
            else f"{year_of(first)}  {first.title}" + (f" and {more} more" if more else ""),
            f"{row.mentions:,}",
            dim(row.id),
        )
    return Group(
        heading(counted(answer.meta.count or 0, "method")),
        "",
        table,
        *next_page(answer.meta, len(answer.results)),
        "",
        dim(answer.meaning),
        notes(answer.meta),
    )


def method(answer: MethodAnswer, *, everything: bool) -> RenderableType:
    """A method: who introduced it, who mentions it, year by year."""
    introduced = grid("left", "left", "left")
    for one in answer.introduced:
        introduced.add_row(
            year_of(one.paper), one.paper.title, dim(f"{one.how}, strength {one.strength:.2f}")
        )
    shown = answer.mentioned if everything else answer.mentioned[:MOST_MENTIONS_SHOWN]
    mentioned = grid("left", "left")
    for mention in shown:
        cue = f", cue {mention.cue}" if mention.cue else ""
        mentioned.add_row(
            year_of(mention.paper),
            Group(
                mention.paper.title,
                dim(f"in the {mention.where}{cue}: {mention.quote or NOTHING}"),
            ),
        )
    left = len(answer.mentioned) - len(shown)
    years = grid("right", "right", "right")
    years.add_row("year", "introduced", "mentioned")
    for row in answer.years:
        years.add_row(str(row.year or "no year"), str(row.introductions), str(row.mentions))
    return Group(
        Text.assemble((answer.name, "bold"), "  ", answer.id),
        *([f"of the same name: {', '.join(answer.namesakes)}"] if answer.namesakes else []),
        part("Introduced by", introduced),
        part(
            "Mentioned by",
            mentioned if shown else "nobody among the loaded papers",
            *([f"and {left:,} more: add --all"] if left else []),
        ),
        part("Over time", years),
        "",
        dim(answer.meaning),
        notes(answer.meta),
    )


def decisions(answer: DecisionList) -> RenderableType:
    """The log of decisions."""
    table = ruled("id", "decision", "about", "by", "at", "in force")
    for row in answer.results:
        about = " → ".join(filter(None, (row.a_name or row.a, row.b_name or row.b)))
        table.add_row(
            row.id, row.op, about, row.by, row.at or NOTHING, "yes" if row.in_force else "no"
        )
    return Group(
        heading(counted(answer.meta.count or 0, "decision")),
        "",
        table,
        *next_page(answer.meta, len(answer.results)),
        notes(answer.meta),
    )


def evaluation(answer: LineageEvaluation) -> RenderableType:
    """Precision and recall by tier."""
    table = ruled(
        "tier",
        "steps",
        "judged",
        "yes",
        "precision",
        "from here up",
        "recall from here up",
        right=("steps", "judged", "yes"),
    )
    for row in answer.results:
        table.add_row(
            row.tier,
            f"{row.steps:,}",
            f"{row.judged:,}",
            f"{row.right:,}",
            _share(row.precision),
            _share(row.precision_from_here_up),
            _share(row.recall_from_here_up),
        )
    left = [f"line {row.line}: {row.reason}" for row in answer.left_out]
    return Group(
        heading(
            f"{counted(answer.pairs, 'judged pair')}, {answer.yes:,} yes, {answer.no:,} no; "
            f"{answer.without_step:,} without a step"
        ),
        "",
        table,
        "",
        dim(f"In brackets: middle 95 percent of {answer.resamples:,} resamples of the pairs."),
        *([part("Left out", bullets(left))] if left else []),
        *_scope(answer.scope, "A tier is a class of the score, not a probability."),
        notes(answer.meta),
    )


def _share(share: Share) -> str:
    if share.value is None or share.interval is None:
        return NOTHING
    return f"{share.value:.2f} ({share.interval.low:.2f}–{share.interval.high:.2f})"
