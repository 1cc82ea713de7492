"""Lineage in the derived layer: methods of the whole graph, and steps of each scope."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import orjson
from anyio.to_thread import run_sync

from graph_service.derive.evidence import EvidenceRow
from graph_service.derive.lineage_edges import (
    Decided,
    Decisions,
    Lineage,
    lineage_of,
    trace_lineage,
)
from graph_service.derive.lineage_methods import Method, find_methods
from graph_service.derive.lineage_model import LINEAGE_MODEL, LineageModel
from graph_service.derive.lineage_papers import Cites, LineagePaper, read_scope
from graph_service.derive.parts import Part
from graph_service.model.ids import method_id
from graph_service.model.records import Decision
from graph_service.model.revision import step_decisions
from graph_service.model.schema import Edge, Node, known
from graph_service.projection.reader import View
from graph_service.projection.subjects import subjects
from graph_service.store.protocol import PaperFacts

# The scope of the whole graph.
EVERYTHING = "all"
PAPERS_AT_A_TIME = 1_000


async def lineage_part(
    view: View,
    *,
    model: LineageModel = LINEAGE_MODEL,
    step: Callable[[str], None] = lambda _: None,
) -> Part:
    """Find methods, and which papers probably build on which.

    The scopes are the whole graph and every profile page, whose subject is left out of its own
    page's scope only.

    Cost: Near linear in the papers; the texts of all of them are held.
    """
    step("reading the texts for lineage")
    everything = [lineage_paper(each) async for each in _papers(view)]
    if model.with_citations:
        everything = await _with_citations(view, everything)
    pages = {one.source: view.graph.author_ids[one.author] for one in await subjects(view)}
    on_page = {
        source.id: frozenset(papers)
        for source, papers in await view.store.shelf("Source")
        if source.id in pages
    }
    decisions = decisions_on_steps(await view.store.decisions())
    lineages: list[Lineage] = []
    for source, subject in pages.items():
        step(f"tracing the lineage of {source}")
        papers = [paper for paper in everything if paper.id in on_page[source]]
        lineages.append(await run_sync(_of_page, papers, source, subject, decisions, model))
    step(f"tracing the lineage of {len(everything):,} papers")
    read = await run_sync(read_scope, everything)
    lineage = await run_sync(
        lambda: lineage_of(read, scope=EVERYTHING, decisions=decisions, model=model)
    )
    lineages.append(lineage)
    methods = await run_sync(lambda: find_methods(read, order=lineage.order))
    return Part(
        name="lineage",
        parameters={
            "model": model.id,
            "scopes": [scope_figures(each, pages.get(each.scope)) for each in lineages],
        },
        rows=[*_method_rows(methods), *_step_rows(lineages)],
        made={
            "methods": len(methods),
            "steps": sum(len(each.edges) for each in lineages),
        },
    )


def _of_page(
    papers: Sequence[LineagePaper],
    source: str,
    subject: str,
    decisions: Decisions,
    model: LineageModel,
) -> Lineage:
    return trace_lineage(papers, scope=source, subject=subject, decisions=decisions, model=model)


async def _with_citations(view: View, papers: Sequence[LineagePaper]) -> list[LineagePaper]:
    """Papers with what they cite, as evidence for a model that takes it.

    That one does not cite another is known only where its references are complete and all lead
    to loaded papers: one that leads nowhere may be the other under an id that nobody knows.
    """
    cited: dict[str, list[Cites]] = {}
    async for batch in view.store.citations():
        for each in batch:
            cited.setdefault(each.citing, []).append(Cites(each.cited, each.intent, each.in_text))
    found = []
    for paper in papers:
        cites = tuple(cited.get(paper.id, ()))
        whole = paper.references_complete and paper.references == len(cites)
        found.append(replace(paper, cites=cites, references_complete=whole))
    return found


def decisions_on_steps(log: Iterable[Decision]) -> dict[tuple[str, str], Decided]:
    """What the log says of steps, by newer and older paper."""
    return {
        pair: "accepted" if row.op == "accept" else "rejected"
        for pair, row in step_decisions(log).items()
    }


def lineage_paper(facts: PaperFacts) -> LineagePaper:
    """A stored paper as lineage reads it; authors without a printed position come last."""
    properties = facts.paper.properties
    return LineagePaper(
        id=facts.paper.id,
        title=str(properties.get("title", "")),
        abstract=str(properties.get("abstract", "")),
        date=str(properties.get("date", "")),
        authors=tuple(author.id for _, author in facts.authors),
        owners=tuple(
            node.id.partition("/")[0] for edge, node in facts.links if edge.type == "HAS_CODE"
        ),
        cut=properties.get("authors_complete") is False,
        references_complete=properties.get("references_complete") is True,
        references=int(str(properties.get("references", 0))),
    )


def scope_figures(lineage: Lineage, subject: str | None) -> dict[str, object]:
    """What the stamp keeps of a scope; counts are of papers, pairs and steps."""
    return {
        "scope": lineage.scope,
        "subject": subject,
        "papers": lineage.papers,
        "floor": lineage.floor,
        "pairs": lineage.pairs,
        "stored": len(lineage.edges),
        "shown": sum(edge.shown for edge in lineage.edges),
        "undated": len(lineage.undated),
        "cut_lists": len(lineage.cut),
        "calibration": lineage.calibration,
    }


def evidence_line(row: EvidenceRow) -> str:
    """A row of evidence as it is stored: kind, points, detail as JSON."""
    detail = orjson.dumps(row.detail, option=orjson.OPT_SORT_KEYS).decode()
    return f"{row.kind} {row.points / 100:.2f} {detail}"


async def _papers(view: View) -> AsyncIterator[PaperFacts]:
    ids: Sequence[str] = view.graph.paper_ids
    for start in range(0, len(ids), PAPERS_AT_A_TIME):
        several = [ids[number] for number in range(start, min(start + PAPERS_AT_A_TIME, len(ids)))]
        for facts in await view.store.papers(several):
            yield facts


def _method_rows(methods: Iterable[Method]) -> Iterator[Node | Edge]:
    for method in methods:
        node = Node("Method", method_id(method.name, method.key), {"name": method.name})
        yield node
        for one in method.introduced:
            yield Edge("INTRODUCES", one.paper, node.id, {"how": one.how, "strength": one.strength})
        for mention in method.mentioned:
            yield Edge(
                "MENTIONS",
                mention.paper,
                node.id,
                known(where=mention.where, cue=mention.cue, quote=mention.quote or None),
            )


def _step_rows(lineages: Iterable[Lineage]) -> Iterator[Edge]:
    for lineage in lineages:
        for edge in lineage.edges:
            yield Edge(
                "BUILDS_ON",
                edge.newer,
                edge.older,
                known(
                    score=edge.score / 100,
                    tier=edge.tier,
                    kind=edge.kind,
                    direction_certain=edge.direction_certain,
                    shown=edge.shown,
                    rank=edge.rank,
                    model=lineage.model,
                    scope=lineage.scope,
                    evidence=[evidence_line(row) for row in edge.evidence],
                    decided=edge.decided,
                ),
            )
