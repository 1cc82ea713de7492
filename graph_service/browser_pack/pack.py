"""The reports as a zip of favourites for Neo4j Browser 5: a folder for each area.

Browser names a favourite by its first line, and runs it by one click. A text of several
statements, such as `:param` lines before a query, it runs too, but then it shows how each ended
and never a row. So the values stand in the statement itself.
"""

import io
import re
import zipfile
from collections.abc import Collection, Mapping, Sequence

from graph_service.browser_pack.examples import Examples, Filled, fill, with_values
from graph_service.reports.files import ParameterValue, Report
from graph_service.reports.parameters import cypher_literal

# The first day that a zip can state: a pack of the same graph is the same bytes on any day.
FIRST_DAY = (1980, 1, 1, 0, 0, 0)
REGULAR_FILE = 0o100644

_PARAM = re.compile(r"// param (?P<name>\w+): (?P<type>\w+)(?: = .+?)?(?P<range> \[.+?\])? -- ")


def favourite(report: Report, filled: Filled, derived: Collection[str]) -> str:
    """Write a report as one statement that runs as it is.

    The header says what each value is. A parameter without a value stays `$name`, and the header
    says how to set it; it says too which parts of the derived layer the report lacks.

    Args:
        report: What to write.
        filled: The values.
        derived: The parts of the derived layer that are there.
    """
    head = [
        _header_line(line, filled.values)
        for line in report.text.splitlines()
        if line.startswith("//")
    ]
    notes = []
    if filled.values:
        notes.append("// To ask about others, put their ids or numbers in the statement.")
    notes += [
        f"// This graph has nothing to give for ${name}. First run on its own, :param {name} => …"
        for name in filled.missing
    ]
    if absent := sorted(set(report.parts) - set(derived)):
        notes.append(
            f"// Not computed when this was packed: {', '.join(absent)}. Without it no row; run "
            "coauthor-graph derive."
        )
    # Browser parses a text with a semicolon for several statements, slowly.
    lines = [line.replace(";", ",") for line in (*head, *notes)]
    return "\n".join([*lines, with_values(report.statement, filled.values)]) + "\n"


def _header_line(line: str, values: Mapping[str, ParameterValue]) -> str:
    found = _PARAM.match(line)
    if found is None or found["name"] not in values:
        return line
    value = cypher_literal(values[found["name"]])
    words = line[found.end() :]
    return f"// {found['name']} = {value} ({found['type']}{found['range'] or ''}) -- {words}"


def pack(reports: Sequence[Report], examples: Examples, derived: Collection[str]) -> bytes:
    """Zip the favourites, byte for byte the same for the same reports, examples and parts."""
    stream = io.BytesIO()
    # Not compressed: how well that is done differs from one machine to another.
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for report in reports:
            entry = zipfile.ZipInfo(f"{report.area}/{report.name}.cypher", FIRST_DAY)
            entry.create_system = 3  # Unix, so that the mode below means something
            entry.external_attr = REGULAR_FILE << 16
            archive.writestr(entry, favourite(report, fill(report, examples), derived))
    return stream.getvalue()
