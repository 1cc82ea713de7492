"""What is missing or doubtful in the data."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from graph_service.model.answers import Finding, QualityAnswer
from graph_service.model.schema import Node
from graph_service.projection.reader import View
from graph_service.questions.words import many
from graph_service.store.protocol import PaperFacts

MOST_EXAMPLES = 10
PAPERS_AT_A_TIME = 2_000


async def show_quality(view: View) -> QualityAnswer:
    """Report everything that is missing or doubtful, in a fixed order."""
    graph = view.graph
    sources = await view.store.shelf("Source")
    findings = [_announced(node, len(papers)) for node, papers in sources]
    complete = graph.complete
    listed = np.diff(graph.paper_indptr)
    told = await _told_by_cards(view)
    findings += [
        _papers(
            view,
            "cut-author-lists",
            np.flatnonzero(complete == 0),
            ("paper names", "papers name"),
            "only some of the authors (et al.)",
        ),
        _papers(
            view,
            "unknown-author-lists",
            np.flatnonzero(complete == -1),
            ("paper does", "papers do"),
            "not say whether all authors are named",
        ),
        _papers(
            view,
            "no-authors",
            np.flatnonzero(listed == 0),
            ("paper has", "papers have"),
            "no author",
        ),
        _papers(
            view,
            "unprinted-subject",
            np.unique(np.repeat(np.arange(len(listed)), listed)[graph.positions == 0]),
            ("paper has", "papers have"),
            "an author without a place in the list: the subject of the page, or whom only "
            "another source names",
        ),
        *await _references(view),
        told.unidentified,
        told.same_works,
        _papers(
            view,
            "no-date",
            np.flatnonzero(graph.years == 0),
            ("paper has", "papers have"),
            "no date",
        ),
        _papers(
            view,
            "capped-papers",
            graph.capped,
            ("paper has", "papers have"),
            f"more than {graph.max_authors} authors and so no part in ties",
        ),
        told.code_without_address,
        _unverified(view),
        _namesakes(view),
    ]
    state = view.state
    if state.derived != "complete" or state.stale:
        what = {"none": "missing", "incomplete": "half-written"}.get(state.derived, "stale")
        findings.append(
            Finding(
                code="derived-layer",
                count=1,
                text=f"the derived layer is {what}; run: coauthor-graph derive",
            )
        )
    return QualityAnswer(
        meta=view.meta(), results=[finding for finding in findings if finding.count]
    )


def _announced(source: Node, listed: int) -> Finding:
    announced = source.properties.get("announced_papers")
    missing = announced - listed if isinstance(announced, int) else 0
    return Finding(
        code="announced-not-listed",
        count=max(missing, 0),
        text=f"{many(missing, 'announced paper is', 'announced papers are')} not listed: {source.properties['label']} announces "
        f"{announced} and lists {listed}",
        examples=[source.id],
    )


async def _references(view: View) -> list[Finding]:
    """References that lead nowhere, and lists of them that may be cut."""
    counts = await view.store.references()
    texts = {
        "references-not-loaded": (
            counts.unresolved,
            f"{many(counts.unresolved, 'reference leads', 'references lead')} to no loaded paper",
        ),
        "partial-references": (
            counts.partial,
            f"{many(counts.partial, 'paper names', 'papers name')} only some of the references",
        ),
        "unknown-references": (
            counts.unsaid,
            f"{many(counts.unsaid, 'paper does', 'papers do')} not say if all references are named",
        ),
    }
    return [
        Finding(code=code, count=count, text=text) for code, (count, text) in texts.items() if count
    ]


def _papers(
    view: View, code: str, papers: npt.NDArray[Any], words: tuple[str, str], text: str
) -> Finding:
    return Finding(
        code=code,
        count=len(papers),
        text=f"{many(len(papers), *words)} {text}",
        examples=[view.graph.paper_ids[int(paper)] for paper in papers[:MOST_EXAMPLES]],
    )


class _Told(NamedTuple):
    """What only the cards of papers tell."""

    code_without_address: Finding
    unidentified: Finding
    same_works: Finding


async def _told_by_cards(view: View) -> _Told:
    flagged: list[str] = []
    unidentified: dict[str, int] = {}
    ids = view.graph.paper_ids
    for start in range(0, len(ids), PAPERS_AT_A_TIME):
        for facts in await view.store.papers(ids[start : start + PAPERS_AT_A_TIME]):
            id_, unknown = facts.paper.id, facts.paper.properties.get("references_unidentified")
            if _flagged_only(facts):
                flagged.append(id_)
            if isinstance(unknown, int):
                unidentified[id_] = unknown
    references = sum(unidentified.values())
    pairs = [smaller for smaller, _, _ in await view.store.same_works()]
    return _Told(
        Finding(
            code="code-without-address",
            count=len(flagged),
            text=f"{many(len(flagged), 'paper is', 'papers are')} said to have code, but no address is known",
            examples=flagged[:MOST_EXAMPLES],
        ),
        Finding(
            code="unidentified-references",
            count=len(unidentified),
            text=f"{many(len(unidentified), 'paper has', 'papers have')} "
            f"{many(references, 'reference', 'references')} that no identifier names",
            examples=list(unidentified)[:MOST_EXAMPLES],
        ),
        Finding(
            code="same-works",
            count=len(pairs),
            text=f"{many(len(pairs), 'pair of papers is', 'pairs of papers are')} one work in two "
            "forms, and each of the two counts",
            examples=list(dict.fromkeys(pairs))[:MOST_EXAMPLES],
        ),
    )


def _flagged_only(paper: PaperFacts) -> bool:
    return paper.paper.properties.get("has_code") is True and not any(
        edge.type == "HAS_CODE" for edge, _ in paper.links
    )


def _unverified(view: View) -> Finding:
    graph = view.graph
    unverified = [
        author
        for author, identity in zip(graph.author_ids, graph.author_identity, strict=True)
        if identity == "unverified"
    ]
    return Finding(
        code="unverified-identity",
        count=len(unverified),
        text=f"{len(unverified)} of {len(graph.author_ids)} authors rest on their name alone: "
        "one may be two people, or two one",
        examples=unverified[:MOST_EXAMPLES],
    )


def _namesakes(view: View) -> Finding:
    apart = [author for author in view.graph.author_ids if "~" in author]
    return Finding(
        code="namesakes",
        count=len(apart),
        text=f"{many(len(apart), 'author shares', 'authors share')} a name with another author "
        "and are kept apart",
        examples=apart[:MOST_EXAMPLES],
    )
