"""Reports with rows worked out by hand, area by area, on small invented worlds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph_service.model.records import Decision, Record
from graph_service.model.schema import Edge, Node


@dataclass(frozen=True, slots=True)
class Case:
    """A report, what it is asked with (texts, as on a command line), and its rows by hand.

    `rows` are tuples in the order of the report's columns.
    """

    report: str
    parameters: Mapping[str, str]
    rows: Sequence[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Area:
    """A world to ask about: records, an identity log, and what of the derived layer is given.

    Ties are derived from the records; `layer` holds what derive would add to them.
    """

    records: Sequence[Record]
    cases: Sequence[Case]
    layer: Sequence[Node | Edge] = ()
    log: Sequence[Decision] = field(default=())
