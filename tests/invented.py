"""Invented people, papers and pages, small enough to draw."""

from collections.abc import Collection, Iterable

from graph_service.identity.units import Unit, name_mentions, units_of_work
from graph_service.model.records import (
    Mention,
    PaperRecord,
    ParsedAuthor,
    ParsedPaper,
    ParsedSource,
    Record,
    Topic,
)
from loaders.facts import to_facts


def author(name: str, *identifiers: str, **more: object) -> ParsedAuthor:
    """One author slot with identifiers."""
    return ParsedAuthor.model_validate({"name": name, "identifiers": identifiers, **more})


def units_of_record(record: PaperRecord, split: Collection[str] = ()) -> list[tuple[Mention, Unit]]:
    """The units of a record that is a paper by itself."""
    units = units_of_work([record], name_mentions([record], split))
    return [(mention, unit) for mention, (_, unit) in zip(record.mentions, units, strict=True)]


def paper(
    title: str,
    authors: Iterable[str | ParsedAuthor] = (),
    *,
    source: str = "lab",
    date: str | None = "2020-05-01",
    complete: bool | None = True,
    subject: str | None = None,
    title_words: str = "",
    **more: object,
) -> Record:
    """One record; its key is the title without blanks, and without `title_words`."""
    return to_facts(
        ParsedPaper.model_validate(
            {
                "source": source,
                "key": title.replace(" ", "-"),
                "format": "invented",
                "title": title + title_words,
                "date": date,
                "authors": [
                    ParsedAuthor(name=name) if isinstance(name, str) else name for name in authors
                ],
                "authors_complete": complete,
                "subject": subject,
                **more,
            }
        )
    )


def source(name: str = "lab", **more: object) -> Record:
    """A source's own record."""
    return to_facts(
        ParsedSource.model_validate({"name": name, "format": "invented", "label": name, **more})
    )


def small_world() -> list[Record]:
    """A bridge author, a solo paper, a cut list, namesakes on one paper, and a hundred authors.

    Ada – Ben – Cleo – Dov is a chain; Ben and Cleo share two papers. Eva wrote alone. Two
    people called Wei Ito wrote one paper together. The consortium's paper makes no ties.
    """
    crowd = [f"Member{number:03} Crowd" for number in range(100)]
    return [
        source("lab", subject="Ada Quill", announced_papers=9, metrics={"h-index": 7}),
        source("club"),
        paper("First Steps", ["Ada Quill", "Ben Okoro"], date="2018-01-02"),
        paper(
            "Bridges",
            ["Ben Okoro", "Cleo Marsh"],
            date="2019-03-04",
            has_code=True,
            repositories=("https://github.com/Okoro/Bridges",),
        ),
        paper("More Bridges", ["Cleo Marsh", "Ben Okoro"], date="2021", complete=False),
        paper(
            "Far Shore",
            ["Cléo Marsh", "Dov Lind"],
            source="club",
            date=None,
            topics=(Topic(scheme="category", name="CV"),),
            affiliations=("North Lab",),
            venue="Shore Letters",
        ),
        paper("Alone", ["Eva Stone"], abstract="A paper of one.", has_code=True),
        paper("Twins", ["Wei Ito", "Wei Ito", "Finn Gale"]),
        paper("Cut", ["Finn Gale"], complete=False, subject="Ada Quill"),
        paper("Crowd", crowd),
        paper("Nobody", [], complete=None),
    ]
