"""Query parameters of the routes about connections."""

from typing import Annotated

from pydantic import Field

from graph_service.api.parameters import Ends, IdOrName
from graph_service.model.path_questions import (
    DEFAULT_NODES,
    MOST_NODES,
    MOST_STEPS,
    AskedFilters,
    PathsWanted,
    TieFilters,
)
from graph_service.model.records import Frozen

LONGEST_LIST = 50_000
FILTERS = AskedFilters.model_fields.keys()
WANTED = PathsWanted.model_fields.keys()
NO_FILTERS = AskedFilters()


class Exclusion(Frozen):
    """What to leave out."""

    exclude: Annotated[
        str | None,
        Field(
            max_length=LONGEST_LIST,
            description="left out, with semicolons between: authors by id or name, papers by id, "
            "or the word `subject` for the person of every loaded profile page",
        ),
    ] = None

    def excluded(self) -> list[str]:
        """The parts of the list; a list of blanks has none."""
        return split(self.exclude)


class FilterQuery(TieFilters, Exclusion):
    """Which papers and authors make ties."""

    def filters(self) -> AskedFilters:
        """The filters as a question takes them."""
        names = self.model_fields_set & FILTERS
        if not names:
            return NO_FILTERS
        given = {name: getattr(self, name) for name in names - {"exclude"}}
        return AskedFilters(**given, exclude=self.excluded())


class PathQuery(FilterQuery, PathsWanted, Ends):
    """Between whom, which paths, and by which ties."""

    def wanted(self) -> PathsWanted:
        """Which paths."""
        names = self.model_fields_set & WANTED
        return PathsWanted(**{name: getattr(self, name) for name in names})


class NetworkQuery(FilterQuery):
    """How far and how much."""

    hops: Annotated[int, Field(ge=1, le=3, description="how far it reaches")] = 1
    limit: Annotated[
        int, Field(ge=1, le=MOST_NODES, description="most authors shown, nearest first")
    ] = DEFAULT_NODES


class PaperPathQuery(Exclusion):
    """Between which papers, and by what."""

    source: Annotated[IdOrName, Field(description="paper id or whole title")]
    target: Annotated[IdOrName, Field(description="paper id or whole title")]
    kinds: Annotated[
        str | None,
        Field(
            max_length=200,
            description="what may join two papers, with semicolons between: citation, lineage, "
            "shared-repository, shared-author; absent: all",
        ),
    ] = None
    max_steps: Annotated[
        int | None, Field(ge=1, le=MOST_STEPS, description="longest chain; absent: any")
    ] = None


def split(text: str | None) -> list[str]:
    """Take a list with semicolons apart."""
    return [part.strip() for part in (text or "").split(";") if part.strip()]
