"""A paper as a terminal shows it."""

from rich.console import Group, RenderableType
from rich.text import Text

from graph_service.cli.tables import bullets, dim, grid, heading, notes, part, year_of
from graph_service.model.answers import AuthorOnPaper, PaperAnswer, PaperCard, SaidLocation


def paper(answer: PaperAnswer) -> RenderableType:
    """A card: what it is, by whom, where it can be read, and who says so."""
    card = answer.paper
    parts: dict[str, list[str | Text]] = {
        "Read at": [_location(one) for one in card.locations],
        "Code": [one.id for one in card.repositories],
        "Topics": [f"{one.name}  {one.id}" for one in card.topics],
        "Organisations": [f"{one.name}  {one.id}  {one.certainty}" for one in card.affiliations],
        "The same work in another form": [
            f"{year_of(one)}  {one.title}  {one.id}  {one.rule}" for one in card.same_works
        ],
        "Said by": list(card.records),
        "One paper because of": list(card.joined_by),
    }
    return Group(
        heading(card.title),
        dim("  ".join((card.id, *(one for one in card.identifiers if one != card.id)))),
        "  " + " · ".join(filter(None, (card.date or "no date", card.kind, _venue(card)))),
        part("Authors", *_authors(card)),
        *(part(name, bullets(lines)) for name, lines in parts.items() if lines),
        *([part("Abstract", card.abstract)] if card.abstract else []),
        notes(answer.meta),
    )


def _venue(card: PaperCard) -> str | None:
    return card.venue.name if card.venue else None


def _authors(card: PaperCard) -> list[RenderableType]:
    table = grid("right", "left", "left")
    for one in card.authors:
        table.add_row(_place(one), one.name, dim(f"{one.id}  {one.identity}"))
    groups = [dim(f"{name}, a collaboration") for name in card.group_authors]
    return [table, *groups] if card.authors else [*groups, "nobody is named"]


def _place(author: AuthorOnPaper) -> str:
    return "–" if author.position is None else str(author.position)


def _location(one: SaidLocation) -> Text:
    what = ", ".join(filter(None, (one.version, one.licence, one.host)))
    return Text.assemble(one.url, f"  {what}" if what else "", (f"  {one.record}", "dim"))
