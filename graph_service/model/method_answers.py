"""Answers about methods: names that papers seem to coin."""

from typing import Annotated

from pydantic import Field

from graph_service.model.answers import Meta, PaperRef
from graph_service.model.records import Frozen

METHODS_MEANING = (
    "A method is a name that a title or an abstract seems to coin; found by rules, checked by "
    "nobody. Only loaded papers count, and only their titles and abstracts."
)


class MethodRow(Frozen):
    """A method, briefly."""

    id: str
    name: str
    introduced_by: Annotated[
        list[PaperRef], Field(description="earliest first, undated last, at most five")
    ]
    introductions: Annotated[int, Field(description="papers that coin the name and share authors")]
    mentions: Annotated[int, Field(description="other papers that have the name")]
    namesakes: Annotated[
        int, Field(description="methods of the same name by papers that share no author")
    ]


class MethodList(Frozen):
    """Methods: with `q` by how they fit, then most mentioned first, then by id."""

    meta: Meta
    meaning: str = METHODS_MEANING
    results: list[MethodRow]


class Introduction(Frozen):
    """A paper that coins the name."""

    paper: PaperRef
    how: Annotated[str, Field(description="by which rule the name was found")]
    strength: Annotated[float, Field(description="how surely it is a name of its own, 0.6 to 1")]


class MethodMention(Frozen):
    """A later or same-day paper that has the name."""

    paper: PaperRef
    where: Annotated[str, Field(description="title, or abstract")]
    cue: Annotated[str | None, Field(description="absent: no telling words stand about it")] = None
    quote: Annotated[str | None, Field(description="the words about it")] = None


class YearOfMethod(Frozen):
    """The papers of a year; no year: undated."""

    year: int | None
    introductions: int
    mentions: int


class MethodAnswer(Frozen):
    """A method: papers by date, undated last, then id, at most 500 of each; years ascending."""

    meta: Meta
    meaning: str = METHODS_MEANING
    id: str
    name: str
    namesakes: Annotated[list[str], Field(description="ids of methods of the same name")]
    introduced: list[Introduction]
    mentioned: list[MethodMention]
    years: list[YearOfMethod]
