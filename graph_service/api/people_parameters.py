"""Query parameters of the routes about people."""

from typing import Annotated, Literal

from pydantic import Field

from graph_service.api.parameters import IdOrName, Page, SearchText
from graph_service.api.path_parameters import split
from graph_service.model.people_answers import Kind, Score
from graph_service.model.records import Frozen
from graph_service.questions.autocomplete import COMPLETIONS, MOST_COMPLETIONS
from graph_service.questions.recommendations import MOST_SUGGESTIONS, Wanted
from graph_service.questions.selections import Order, Selection, Sort

Year = Annotated[int, Field(ge=1, le=9999)]


class AuthorSearch(Page):
    """Which authors, in which order."""

    q: Annotated[
        SearchText | None, Field(description="name, or how some or all of its words begin")
    ] = None
    topic: Annotated[IdOrName | None, Field(description="id or name: only its papers count")] = None
    method: Annotated[
        IdOrName | None,
        Field(description="id or name: only papers that introduce or mention it count"),
    ] = None
    affiliation: Annotated[
        IdOrName | None, Field(description="id or name: only papers that name it count")
    ] = None
    active_since: Annotated[
        Year | None, Field(description="only authors with a paper of this year or later")
    ] = None
    sort: Annotated[
        Sort | None,
        Field(
            description="core, betweenness, closeness, pagerank and clustering are of the derived "
            "layer, the others of the facts"
        ),
    ] = None
    order: Annotated[
        Order | None, Field(description="of `sort`; desc if absent; unknown values come last")
    ] = None
    without: Annotated[
        Literal["subject", "none"] | None,
        Field(
            description="subject: measures as they are when the person whose page names most "
            "papers is left out; goes with a `sort` by a measure"
        ),
    ] = None

    def selection(self) -> Selection:
        """What was asked for, as a question takes it."""
        return Selection(
            topic=self.topic,
            method=self.method,
            affiliation=self.affiliation,
            active_since=self.active_since,
            sort=self.sort,
            order=self.order,
            without_subject=self.without == "subject",
        )


class RecommendationQuery(Frozen):
    """Which suggestions."""

    score: Annotated[Score, Field(description="what ranks them")] = "adamic_adar"
    k: Annotated[int, Field(ge=1, le=MOST_SUGGESTIONS, description="how many at most")] = 10
    without: Annotated[
        IdOrName | None,
        Field(
            description="left out, with semicolons between: authors by id or name, papers by id, "
            "the word `subject` for the person of every loaded profile page, or `none`; absent: "
            "the subject of a page that names most papers",
        ),
    ] = None
    active_since: Annotated[
        Year | None, Field(description="only people with a paper of this year or later")
    ] = None
    affiliation: Annotated[
        IdOrName | None, Field(description="id or name: only authors of papers that name it")
    ] = None
    include_known: Annotated[
        bool, Field(description="also people the author has worked with already")
    ] = False

    def wanted(self) -> Wanted:
        """What was asked for, as a question takes it."""
        return Wanted(
            score=self.score,
            k=self.k,
            without=None if self.without is None else split(self.without),
            active_since=self.active_since,
            affiliation=self.affiliation,
            include_known=self.include_known,
        )


class CompletionQuery(Frozen):
    """What was typed."""

    q: Annotated[SearchText, Field(description="a name, or how some or all of its words begin")]
    kind: Annotated[Kind, Field(description="what is looked for")] = "author"
    limit: Annotated[int, Field(ge=1, le=MOST_COMPLETIONS, description="rows")] = COMPLETIONS
