"""Papers: lists, one paper, and how other answers name one."""

from collections.abc import Iterable, Sequence
from typing import Any

from graph_service.model.answers import (
    AuthorOnPaper,
    ListedIn,
    NodeRef,
    Note,
    OrganisationOnPaper,
    PaperAnswer,
    PaperCard,
    PaperList,
    PaperRef,
    PaperSummary,
    SaidLocation,
    TopicRef,
)
from graph_service.model.ids import source_id
from graph_service.model.records import PaperRecord, Record
from graph_service.model.schema import Edge, Node, Value
from graph_service.projection.find import paper_of_id
from graph_service.projection.reader import View
from graph_service.questions.paging import PER_PAGE, page
from graph_service.store.protocol import PaperFacts


def paper_ref(view: View, paper: int) -> PaperRef:
    """Name a paper of the projection, briefly."""
    graph = view.graph
    return PaperRef(
        id=graph.paper_ids[paper], title=graph.titles[paper], year=int(graph.years[paper]) or None
    )


def papers_by_date(view: View, papers: Iterable[int]) -> list[int]:
    """Order papers: newest first, undated last, then by id."""
    newest_first = sorted(papers)
    newest_first.sort(key=lambda paper: view.graph.dates[paper], reverse=True)
    return newest_first


async def paper_summaries(view: View, papers: Sequence[int]) -> list[PaperSummary]:
    """Describe papers for a list, in the given order."""
    facts = await view.store.papers([view.graph.paper_ids[paper] for paper in papers])
    return [PaperSummary(**_summary(paper)) for paper in facts]


def _summary(facts: PaperFacts) -> dict[str, Any]:
    properties = facts.paper.properties
    return {
        "id": facts.paper.id,
        "title": properties["title"],
        "year": properties.get("year"),
        "date": properties.get("date"),
        "authors": [
            AuthorOnPaper.model_validate(
                {
                    "id": author.id,
                    "name": author.properties["name"],
                    "identity": author.properties["identity"],
                    "position": edge.properties.get("position"),
                    "is_last": edge.properties.get("is_last"),
                    "name_as_printed": edge.properties["name_as_printed"],
                    "mentions": edge.properties["mentions"],
                    "affiliations": edge.properties.get("affiliations", []),
                    "is_corresponding": edge.properties.get("is_corresponding"),
                    "roles": edge.properties.get("roles", []),
                }
            )
            for edge, author in facts.authors
        ],
        "authors_complete": properties.get("authors_complete"),
        "has_code": properties.get("has_code"),
        "repositories": [
            NodeRef(id=repo.id, name=str(repo.properties["name"]))
            for _, repo in _linked(facts, "HAS_CODE")
        ],
    }


_AS_STORED = (
    "identifiers",
    "group_authors",
    "versions",
    "references",
    "references_unidentified",
    "records",
    "joined_by",
)


def _list(value: Value | None) -> list[str]:
    return value if isinstance(value, list) else []


def _linked(facts: PaperFacts, kind: str) -> list[tuple[Edge, Node]]:
    return [(edge, node) for edge, node in facts.links if edge.type == kind]


def _locations(records: Iterable[Record]) -> list[SaidLocation]:
    said = {
        SaidLocation(**one.model_dump(), source=source_id(record.source), record=record.id)
        for record in records
        if isinstance(record, PaperRecord)
        for one in record.locations
    }
    return sorted(
        said,
        key=lambda one: (
            *(one.url, one.version or "", one.licence or "", one.host or "", one.record),
        ),
    )


def _card(view: View, facts: PaperFacts, records: Iterable[Record]) -> PaperCard:
    properties = facts.paper.properties
    venues = [
        NodeRef(id=venue.id, name=str(venue.properties["name"]))
        for _, venue in _linked(facts, "PUBLISHED_IN")
    ]
    return PaperCard.model_validate(
        {
            **_summary(facts),
            "date_precision": properties.get("date_precision"),
            "kind": properties.get("kind"),
            "abstract": properties.get("abstract"),
            "venue": venues[0] if venues else None,
            "topics": [
                TopicRef.model_validate(
                    {
                        "id": topic.id,
                        "name": topic.properties["name"],
                        "scheme": topic.properties["scheme"],
                    }
                )
                for _, topic in _linked(facts, "HAS_TOPIC")
            ],
            "affiliations": [
                OrganisationOnPaper.model_validate(
                    {
                        "id": organisation.id,
                        "name": organisation.properties["name"],
                        "certainty": edge.properties["certainty"],
                    }
                )
                for edge, organisation in _linked(facts, "AFFILIATED_WITH")
            ],
            "sources": [
                ListedIn.model_validate(
                    {
                        "id": source.id,
                        "label": source.properties["label"],
                        "locator": edge.properties.get("locator"),
                    }
                )
                for edge, source in _linked(facts, "LISTED_IN")
            ],
            **{name: properties[name] for name in _AS_STORED if name in properties},
            "locations": _locations(records),
            "said_by": dict(str(one).split(" ", 1) for one in _list(properties.get("said_by"))),
            "same_works": [
                {**paper_ref(view, other).model_dump(), "rule": rule}
                for id_, rule in facts.same_works
                if (other := view.paper_number(id_)) is not None
            ],
        }
    )


def _notes(card: PaperCard) -> list[Note]:
    notes = []
    if card.authors_complete is False:
        printed = sum(author.position is not None for author in card.authors)
        notes.append(
            Note(
                code="cut-author-lists",
                count=1,
                text=f"the source prints {printed} authors and cuts the rest (et al.)",
            )
        )
    unprinted = sum(author.position is None for author in card.authors)
    if unprinted:
        notes.append(
            Note(
                code="unprinted-author",
                count=unprinted,
                text="an author without a place in the list is there because a page is about that "
                "person, or because another source names them",
            )
        )
    if card.has_code and not card.repositories:
        notes.append(
            Note(code="code-without-address", count=1, text="said to have code; no address known")
        )
    of_paper = sum(one.certainty == "paper" for one in card.affiliations)
    if of_paper:
        notes.append(
            Note(
                code="paper-level-affiliations",
                count=of_paper,
                text="organisations are named for the paper, not for one of its authors",
            )
        )
    return notes


async def show_paper(view: View, asked: str) -> PaperAnswer:
    """Show one paper.

    Raises:
        PaperNotFound: No paper has this id.
        Moved: See `find.paper_of_id`.
    """
    await paper_of_id(view, asked)
    (found,) = await view.store.papers([asked])
    records = await view.store.records_by_id(_list(found.paper.properties["records"]))
    card = _card(view, found, records.values())
    return PaperAnswer(meta=view.meta(parameters={"id": asked}, notes=_notes(card)), paper=card)


async def list_papers(
    view: View,
    *,
    q: str | None = None,
    id: str | None = None,
    cursor: str | None = None,
    per_page: int = PER_PAGE,
) -> PaperList:
    """List papers, those of an id, or those whose title fits `q`, newest first.

    With `q` the order is exact, prefix, words first. An id that no paper has gives an empty
    list.
    """
    graph = view.graph
    fits = dict.fromkeys(range(len(graph.paper_ids)), 0) if q is None else view.titles.search(q)
    if id is not None:
        fits = {paper: fit for paper, fit in fits.items() if graph.paper_ids[paper] == id}
    ordered = papers_by_date(view, fits)
    ordered.sort(key=lambda paper: fits[paper])
    rows, next_cursor = page(
        ordered, revision=view.state.facts_revision, cursor=cursor, per_page=per_page
    )
    return PaperList(
        meta=view.meta(
            parameters={"q": q, "id": id, "per_page": per_page},
            count=len(ordered),
            per_page=per_page,
            next_cursor=next_cursor,
        ),
        results=await paper_summaries(view, rows),
    )
