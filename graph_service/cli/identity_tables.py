"""Answers about identity as a terminal shows them."""

from collections.abc import Sequence

from rich.console import Group, RenderableType

from graph_service.cli.tables import bullets, counted, dim, heading, notes, part
from graph_service.model.answers import JoinOfNames
from graph_service.model.identity_answers import (
    CandidateList,
    ExplainAnswer,
    LinkOfChain,
    PaperAfter,
    PersonAfter,
    PersonHint,
    SignRow,
    WhatIfAnswer,
)
from graph_service.model.revision import RECORD_UNIT

MOST_PAPERS_SHOWN = 10


def candidates(answer: CandidateList) -> RenderableType:
    """Pairs to look at."""
    lines: list[RenderableType] = []
    for row in answer.results:
        lines += [
            heading(f"{_who(row.a_author, row.a)}  ~  {_who(row.b_author, row.b)}"),
            dim(f"  {row.a}  {row.b}"),
            f"  {row.rule}: {row.points:g} of {row.needed:g} points"
            + (f"; {row.veto}" if row.veto else ""),
            *(f"  {_sign(sign)}" for sign in row.signs),
            "",
        ]
    found = counted(answer.meta.count or 0, "pair")
    hint = "Decide: coauthor-graph identity same A B, or different A B"
    return Group(
        heading(f"{found} that may be one person"), "", *lines, dim(hint), notes(answer.meta)
    )


def explanation(answer: ExplainAnswer) -> RenderableType:
    """Why two names are one person, or are not."""
    if answer.one_person:
        author = answer.a_author
        return Group(
            heading(f"One person: {author.name}  {author.id}  {author.identity}"),
            dim(f"  {answer.a}  and  {answer.b}"),
            "",
            part("Held together by, the weakest first", bullets(_links(answer.chain))),
            notes(answer.meta),
        )
    apart = [*answer.vetoes, *(_join(join) for join in answer.apart)]
    apart = apart or ["no rule speaks for one person; nothing stands against a decision"]
    return Group(
        heading("Two people"),
        _person(answer.a_author, answer.a),
        _person(answer.b_author, answer.b),
        "",
        part("Kept apart by", bullets(apart)),
        notes(answer.meta),
    )


def what_if(answer: WhatIfAnswer) -> RenderableType:
    """What a decision would change."""
    if answer.refused:
        return Group(heading("It would be refused"), f"  {answer.refused}", notes(answer.meta))
    papers = [
        f"{paper.year or '    '}  {paper.title}"
        for paper in answer.moved_papers[:MOST_PAPERS_SHOWN]
    ]
    if answer.moved_papers_in_all > len(papers):
        papers.append(f"and {answer.moved_papers_in_all - len(papers):,} more")
    ties = [f"{one.name}  {one.id}" for one in answer.new_ties[:MOST_PAPERS_SHOWN]]
    if len(answer.new_ties) > len(ties):
        ties.append(f"and {len(answer.new_ties) - len(ties):,} more")
    hops = "not connected" if answer.hops_between is None else f"{answer.hops_between} hops apart"
    changed = [
        f"{tie.a.name}  {tie.a.id}  and  {tie.b.name}  {tie.b.id}: "
        f"{counted(tie.papers_then, 'paper')}, now {tie.papers_now}"
        for tie in answer.ties[:MOST_PAPERS_SHOWN]
    ]
    if answer.ties_in_all > len(changed):
        changed.append(f"and {answer.ties_in_all - len(changed):,} more")
    parts = {
        "Now": [*_papers(answer.papers_before), *_people(answer.before)],
        "Then": [*_papers(answer.papers_after), *_people(answer.after)],
        "Ties that would change": changed,
        "Papers that get another author": papers,
        "Collaborators of one of them only": ties,
        "No longer joined": [_join(join) for join in answer.blocked],
        "Clusters to derive anew": [one.name for one in answer.clusters],
    }
    shown = {name: lines for name, lines in parts.items() if lines}
    return Group(
        heading(f"If {answer.a} and {answer.b} were {_said(answer)}: nothing is written"),
        dim(f"  {hops} now"),
        "",
        *(part(name, bullets(lines)) for name, lines in shown.items()),
        *([] if shown else ["  nothing would change"]),
        notes(answer.meta),
    )


def _said(answer: WhatIfAnswer) -> str:
    one, two = ("one paper", "two papers") if _of_records(answer) else ("one person", "two people")
    return one if answer.op == "same" else two


def _of_records(answer: WhatIfAnswer) -> bool:
    return answer.a.startswith(RECORD_UNIT)


def _papers(papers: Sequence[PaperAfter]) -> list[str]:
    return [
        f"{one.title}  {one.id}  of {', '.join(one.records)}"
        + (f"; the same work as {', '.join(one.same_works)}" if one.same_works else "")
        for one in papers
    ]


def _who(author: PersonHint | None, unit: str) -> str:
    return unit if author is None else f"{author.name} ({counted(author.papers, 'paper')})"


def _person(author: PersonHint, unit: str) -> RenderableType:
    years = f", {author.first_year}–{author.last_year}" if author.first_year else ""
    return Group(
        f"  {author.name}  {author.id}  {counted(author.papers, 'paper')}{years}", dim(f"  {unit}")
    )


def _people(people: Sequence[PersonAfter]) -> list[str]:
    return [
        f"{one.name}  {one.id}  {counted(one.papers, 'paper')}, "
        f"{counted(one.collaborators, 'collaborator')}"
        for one in people
    ]


def _join(join: JoinOfNames) -> str:
    why = f" ({join.decision})" if join.decision else ""
    return f"{join.rule}{why}: {join.a} and {join.b}, {join.status}"


def _links(chain: Sequence[LinkOfChain]) -> list[str]:
    found = []
    for link in chain:
        evidence = "; ".join(map(_sign, link.evidence))
        by = f", by {link.by}" if link.by else ""
        found.append(f"{_join(link)}{by}{f': {evidence}' if evidence else ''}")
    return found or ["they are one name"]


def _sign(sign: SignRow) -> str:
    detail = f" [{sign.detail}]" if sign.detail else ""
    return f"{sign.kind} {sign.points:+g}{detail}"
