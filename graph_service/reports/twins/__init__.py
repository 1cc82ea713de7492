"""The reports' twins: for each report a function of its name, in the module of its area.

A twin takes the property graph and the report's parameters by name, and gives the same rows as
the statement, in the same order, as dictionaries with the report's columns.
"""

from importlib import import_module
from typing import Any, Protocol

from graph_service.reports.files import Report
from graph_service.reports.property_graph import PropertyGraph

Row = dict[str, Any]
Rows = list[Row]


class Twin(Protocol):
    """A report in Python."""

    def __call__(self, graph: PropertyGraph, **parameters: Any) -> Rows:
        """Give the report's rows."""
        ...


def twin_of(report: Report) -> Twin:
    """The twin of a report, which has one if `no_twin` is absent."""
    twin: Twin = getattr(import_module(f"{__name__}.{report.area}"), report.name)
    return twin
