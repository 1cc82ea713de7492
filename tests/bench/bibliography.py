"""A synthetic bibliography: invented people in teams of realistic sizes, fixed by its seed.

People stand on a line, some of them far more active than others. A paper's authors stand near
each other, with an occasional guest from anywhere. At 100,000 papers this gives 340,000
authorships, teams of 3.4 on average and some of 50 and more, a giant component of 97 %, and
paths of six hops on average, much like the coauthorship graphs of large bibliographies.
"""

from collections.abc import Iterator

import numpy as np

from graph_service.model.records import Mention, PaperRecord, Record, RepositoryLink, Topic

# Another number whenever the same seed gives other records.
VERSION = 1
PAPERS_A_STEP = 50_000

PEOPLE_A_PAPER = 1.29
ACTIVITY = 0.95  # standard deviation of the logarithm of an author's activity
REACH = 8.0  # how far apart teammates stand
GUESTS = 0.09
LARGE_TEAMS = 0.0009
CUT_LISTS = 0.02
WITH_CODE = 0.15
FIELDS = 200

_GIVEN = (
    *("Ada", "Ben", "Cleo", "Dov", "Eva", "Finn", "Gia", "Hal", "Ida", "Jon", "Kaya", "Lior"),
    *("Mina", "Nilo", "Oda", "Pia", "Quin", "Rosa", "Sven", "Tove", "Uma", "Vito", "Wei", "Yara"),
)
_SYLLABLES = (
    *("ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru"),
    *("sa", "te", "vi", "wo", "zu", "bra", "dre", "fli", "gro", "klu"),
)


def bibliography(papers: int, *, seed: int = 0) -> Iterator[Record]:
    """Make records of papers.

    Each has a year, a venue, a topic, a title and an abstract of invented words. Some have code,
    and of some the author list is cut. They are built without validation, since a million of
    them would take minutes; a test validates some.

    Args:
        papers: How many.
        seed: Of everything that is drawn.
    """
    chance = np.random.default_rng(seed)
    people = max(int(papers * PEOPLE_A_PAPER), 10)
    line = np.cumsum(chance.lognormal(0.0, ACTIVITY, people))
    words = [word(number) for number in range(4_000)]
    phrases = _phrases(chance, words)
    for start in range(0, papers, PAPERS_A_STEP):
        count = min(PAPERS_A_STEP, papers - start)
        yield from _step(chance, line, words, phrases, start, count)


def _step(
    chance: np.random.Generator,
    line: np.ndarray,
    words: list[str],
    phrases: list[str],
    start: int,
    count: int,
) -> Iterator[Record]:
    sizes, team = _teams(chance, line, count)
    ends = np.cumsum(sizes)
    members = team.tolist()
    fields = np.searchsorted(line, line[team[ends - sizes]]) * FIELDS // len(line)
    # More papers every year, as in real life.
    years = (2000 + 25 * np.sqrt(chance.random(count))).astype(int).tolist()
    titles = _ranks(chance, (count, 7), len(words)).tolist()
    abstracts = chance.integers(len(phrases), size=(count, 6)).tolist()
    cut = (chance.random(count) < CUT_LISTS).tolist()
    code = (chance.random(count) < WITH_CODE).tolist()
    for place, (end, size, field) in enumerate(
        zip(ends.tolist(), sizes.tolist(), fields.tolist(), strict=True)
    ):
        number = start + place
        topic = words[field].capitalize()
        repositories = ()
        if code[place]:
            name = f"invented/paper-{number}"
            repositories = (RepositoryLink.model_construct(id=f"github:{name}", name=name),)
        yield PaperRecord.model_construct(
            source="synthetic",
            key=f"p{number}",
            format="synthetic",
            title=" ".join(words[each] for each in titles[place]).capitalize(),
            date=str(years[place]),
            abstract=" ".join(phrases[each] for each in abstracts[place]),
            kind=None,
            venue=f"Conference on {topic}",
            authors_complete=not cut[place],
            has_code=code[place],
            affiliations=(),
            topics=(Topic.model_construct(scheme="invented", name=topic),),
            locator=None,
            mentions=tuple(
                Mention.model_construct(name=name_of(person), position=position)
                for position, person in enumerate(dict.fromkeys(members[end - size : end]), start=1)
            ),
            repositories=repositories,
        )


def _teams(
    chance: np.random.Generator, line: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """How many slots each paper has, and who fills them; somebody may fill several of one."""
    sizes = 1 + np.minimum(chance.gamma(1.6, 2.0, count), 40.0).astype(int)
    large = chance.random(count) < LARGE_TEAMS
    sizes[large] = chance.integers(50, 130, int(large.sum()))
    paper = np.repeat(np.arange(count), sizes)
    apart = chance.laplace(0.0, REACH * line[-1] / len(line), len(paper))
    # A large team needs room.
    apart *= np.sqrt(np.maximum(sizes[paper] / REACH, 1.0))
    places = (chance.random(count) * line[-1])[paper] + apart
    guests = chance.random(len(paper)) < GUESTS
    places[guests] = chance.random(int(guests.sum())) * line[-1]
    return sizes, np.minimum(np.searchsorted(line, places % line[-1]), len(line) - 1)


def _phrases(chance: np.random.Generator, words: list[str]) -> list[str]:
    """Sentences of some twenty words; of these, abstracts are put together."""
    return [
        " ".join(words[each] for each in row).capitalize() + "."
        for row in _ranks(chance, (2_000, 20), len(words)).tolist()
    ]


def _ranks(chance: np.random.Generator, shape: tuple[int, int], count: int) -> np.ndarray:
    """Numbers below `count`, small ones far more often, as words in a text."""
    return (count ** chance.random(shape)).astype(int) - 1


def word(number: int) -> str:
    """A word of its own for each number."""
    rest, letters = number, ""
    while rest or len(letters) < 4:
        rest, digit = divmod(rest, len(_SYLLABLES))
        letters += _SYLLABLES[digit]
    return letters


def name_of(person: int) -> str:
    """A name of its own for each person."""
    return f"{_GIVEN[person % len(_GIVEN)]} {word(person).capitalize()}"
