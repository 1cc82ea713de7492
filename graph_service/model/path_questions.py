"""What may be asked about connections: filters on ties, and which paths are wanted."""

from typing import Annotated

from pydantic import AfterValidator, Field

from graph_service.model.path_answers import PathCost, PathMode
from graph_service.model.records import Frozen

MOST_PATHS = 500
MOST_K = 50
FEWEST_JOINED, MOST_JOINED = 3, 10
DEFAULT_NODES, MOST_NODES = 100, 2_000
MOST_STEPS = 100
LONGEST_TEXT = 8_000


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("is blank")
    return text


Year = Annotated[int, Field(ge=1, le=9999)]
IdOrName = Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(_not_blank)]


class TieFilters(Frozen):
    """Which papers and authors make ties; the ties are made anew from those."""

    first_year: Annotated[
        Year | None, Field(description="only papers of this year or later; undated ones are out")
    ] = None
    last_year: Annotated[
        Year | None, Field(description="only papers of this year or earlier; undated ones are out")
    ] = None
    as_of: Annotated[
        str | None,
        Field(
            max_length=10,
            description="YYYY, YYYY-MM or YYYY-MM-DD: only papers that were out when it ended; "
            "papers whose date does not tell are out",
        ),
    ] = None
    min_papers: Annotated[int, Field(ge=1, le=10_000, description="fewest papers of a tie")] = 1
    topic: Annotated[
        IdOrName | None, Field(description="only papers with this topic, by id or name")
    ] = None
    venue: Annotated[
        IdOrName | None, Field(description="only papers of this venue, by id or name")
    ] = None
    affiliation: Annotated[
        IdOrName | None, Field(description="only papers that name this organisation, by id or name")
    ] = None
    max_authors: Annotated[
        int | None,
        Field(
            ge=2,
            le=20_000,
            description="longest author list that makes ties; absent: that of the service",
        ),
    ] = None
    only_verified: Annotated[
        bool, Field(description="only authors whose identity is verified, the ends too")
    ] = False


class AskedFilters(TieFilters):
    """Filters as they are asked for, with what is left out by id, by name or as "subject"."""

    exclude: Annotated[
        list[IdOrName],
        Field(
            max_length=100,
            description="left out: authors by id or name, papers by id, or the word `subject` "
            "for the person of every loaded profile page",
        ),
    ] = []


class PathsWanted(Frozen):
    """Which paths, and how many of them."""

    mode: Annotated[
        PathMode,
        Field(
            description="`shortest`: one of the fewest hops; `all_shortest`: all of the fewest "
            "hops; `k_shortest`: the k shortest without loops; `cheapest`: one of the lowest "
            "`cost`; `k_cheapest`: the k cheapest without loops"
        ),
    ] = "shortest"
    cost: Annotated[
        PathCost | None,
        Field(
            description="of a tie, for the modes that say cheapest: `weight` is 1/weight, `share` "
            "is -ln(weight / the smaller strength of its two authors); absent: weight"
        ),
    ] = None
    k: Annotated[
        int | None, Field(ge=1, le=MOST_K, description="for the modes with k; absent: 5")
    ] = None
    limit: Annotated[
        int | None,
        Field(ge=1, le=MOST_PATHS, description="paths shown, for all_shortest; absent: 25"),
    ] = None
    max_hops: Annotated[
        int | None, Field(ge=1, le=100, description="longest path; absent: any")
    ] = None
    frontier: Annotated[
        bool, Field(description="list the papers that could hide a shorter way")
    ] = False


class AuthorsToJoin(AskedFilters):
    """Three to ten authors, and which papers and authors make the ties that join them."""

    authors: Annotated[
        list[IdOrName],
        Field(
            min_length=FEWEST_JOINED,
            max_length=MOST_JOINED,
            description="author ids or names; one given twice counts once",
        ),
    ]

    def filters(self) -> AskedFilters:
        """The filters alone."""
        return AskedFilters(**self.model_dump(exclude={"authors"}))
