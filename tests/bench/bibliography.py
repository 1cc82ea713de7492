"""A synthetic bibliography: invented people in teams of realistic sizes, fixed by its seed."""

from collections.abc import Iterator

import numpy as np

from graph_service.model.records import ParsedAuthor, ParsedPaper, Record
from loaders.facts import to_facts

ABSTRACT = "An invented abstract of ordinary length. " * 20


def bibliography(papers: int, *, seed: int = 0) -> Iterator[Record]:
    """Make records of papers with 3.4 authors on average, a few with more than 50.

    Teams are drawn near each other on a line of authors, with an occasional distant guest, so
    that the graph has clusters, a giant component and paths of several hops.
    """
    chance = np.random.default_rng(seed)
    people = max(papers, 10)
    for number in range(papers):
        size = 60 if chance.random() < 0.001 else 1 + min(int(chance.gamma(2.0, 1.2)), 30)
        centre = int(chance.integers(people))
        near = (centre + chance.integers(-8, 9, size=size)) % people
        guests = chance.random(size) < 0.06
        team = np.where(guests, chance.integers(people, size=size), near)
        yield to_facts(
            ParsedPaper(
                source="synthetic",
                key=f"p{number}",
                format="synthetic",
                title=f"Invented paper {number}",
                date=f"{2000 + int(chance.integers(25))}",
                abstract=ABSTRACT,
                authors=tuple(
                    ParsedAuthor(name=f"Given{person} Family{person}")
                    for person in dict.fromkeys(team.tolist())
                ),
                authors_complete=True,
            )
        )
