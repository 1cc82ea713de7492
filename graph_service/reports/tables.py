"""A report's rows as CSV."""

import csv
import io
from collections.abc import Sequence

import orjson

from graph_service.model.answers import Parameter, ReportAnswer

# What makes a spreadsheet take a cell for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(answer: ReportAnswer) -> str:
    r"""Write the rows of a report as CSV (RFC 4180), with the columns' names first.

    Unknown is an empty cell, a list is a JSON array, truth is `true` or `false`. A text that a
    spreadsheet would run as a formula gets an apostrophe in front. Lines end in `\r\n`.
    """
    out = io.StringIO()
    write = csv.writer(out)
    columns = [column.name for column in answer.report.columns]
    write.writerow(columns)
    write.writerows([_cell(row[column]) for column in columns] for row in answer.results)
    return out.getvalue()


def _cell(value: Parameter | Sequence[str]) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return f"'{value}" if value.startswith(_FORMULA) else value
        case list():
            return orjson.dumps(value).decode()
        case _:
            return str(value)
