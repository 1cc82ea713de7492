"""Answers about decisions: who said what about names and steps, and what is in force."""

from typing import Annotated

from pydantic import Field

from graph_service.model.answers import Meta
from graph_service.model.records import Frozen


class DecisionRow(Frozen):
    """A line of the log."""

    id: str
    op: Annotated[str, Field(description="same, different, accept, reject or undo")]
    a: Annotated[str, Field(description="a name, a mention, the newer paper, or what is undone")]
    b: Annotated[str | None, Field(description="the other one; absent for undo")] = None
    a_name: Annotated[str | None, Field(description="title of a paper")] = None
    b_name: Annotated[str | None, Field(description="title of a paper")] = None
    by: str
    at: str | None = None
    in_force: Annotated[bool, Field(description="false: undone, or an undo")]


class DecisionList(Frozen):
    """The log, newest first."""

    meta: Meta
    results: list[DecisionRow]
