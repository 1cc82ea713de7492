"""Parameters of a report: from text to typed, range-checked values, and to Cypher literals."""

import re
from collections.abc import Mapping, Sequence

from graph_service.model.errors import ParameterError
from graph_service.reports.files import Parameter, ParameterValue, Report

LONGEST_TEXT = 8_000
MOST_AUTHORS = 50


def read_parameters(report: Report, given: Mapping[str, str]) -> dict[str, ParameterValue]:
    """Read what was given as text, with defaults for what was not.

    Args:
        report: Whose parameters.
        given: Texts by name. `authors` stand with semicolons between them.

    Returns:
        Every parameter of the report, in its order. Ids and names are not looked up here.

    Raises:
        ParameterError: One is unknown, missing, of another type or out of its range.
    """
    known = [parameter.name for parameter in report.parameters]
    for name in given:
        if name not in known:
            allowed = f"the parameters of {report.name}: {', '.join(known) or 'none'}"
            raise ParameterError(name, given[name], allowed)
    return {
        parameter.name: _read(parameter, given.get(parameter.name))
        for parameter in report.parameters
    }


def _read(parameter: Parameter, text: str | None) -> ParameterValue:
    if text is None:
        if parameter.required:
            raise ParameterError(parameter.name, None, parameter.allowed)
        return parameter.default
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise _refusal(parameter, text)
    match parameter.type:
        case "int":
            # Nine digits hold every range; int() would also read other scripts' digits.
            if not re.fullmatch(r"-?[0-9]{1,9}", text):
                raise _refusal(parameter, text)
            number = int(text)
            least, most = parameter.least, parameter.most
            if least is not None and most is not None and not least <= number <= most:
                raise _refusal(parameter, number)
            return number
        case "bool":
            if text not in ("true", "false"):
                raise _refusal(parameter, text)
            return text == "true"
        case "authors":
            parts = [part.strip() for part in text.split(";") if part.strip()]
            if not 0 < len(parts) <= MOST_AUTHORS:
                raise ParameterError(
                    parameter.name, text, f"{parameter.allowed}, at most {MOST_AUTHORS}"
                )
            return list(dict.fromkeys(parts))
        case _:
            if parameter.choices and text not in parameter.choices:
                raise _refusal(parameter, text)
            return text


def _refusal(parameter: Parameter, value: object) -> ParameterError:
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return ParameterError(parameter.name, f"{value[:40]}…", f"at most {LONGEST_TEXT} letters")
    return ParameterError(parameter.name, value, parameter.allowed)


def cypher_literal(value: ParameterValue | Sequence[str]) -> str:
    """Write a value as a Cypher literal that is nothing but this value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return "'" + "".join(_ESCAPES.get(char, char) for char in value) + "'"
    return "[" + ", ".join(cypher_literal(part) for part in value) + "]"


# A backslash escape needs no look at what stands after it; line ends would end `:param`.
_ESCAPES = {
    "\\": "\\\\",
    "'": "\\'",
    "\n": "\\n",
    "\r": "\\r",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
    "\u0085": "\\u0085",
}


def parameter_lines(values: Mapping[str, ParameterValue]) -> list[str]:
    """Write the commands that set these parameters in Neo4j Browser and in cypher-shell.

    With `=>`, since Browser makes a float of each number in `:param {…}`.
    """
    return [f":param {name} => {cypher_literal(value)}" for name, value in values.items()]
