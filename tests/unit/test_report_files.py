"""Report files without a server: headers are complete, and true to the statements below them."""

import inspect
import re

import pytest

from graph_service.model.errors import ReportNotFound
from graph_service.model.schema import EDGE_TYPE, NODE_TYPES
from graph_service.reports.files import AREAS, Report, all_reports, parse_report, report
from graph_service.reports.parameters import cypher_literal, parameter_lines, read_parameters
from graph_service.reports.twins import twin_of

REPORTS = [pytest.param(each, id=each.name) for each in all_reports()]
PROPERTIES = {name for kind in (*NODE_TYPES, *EDGE_TYPE.values()) for name in kind.properties}
# They say what of the derived layer is there, and so must answer where it is not.
ABOUT_THE_LAYER = {"quality_derived_layer"}
# Their rows are bounded by what they are: one chain, or one short table.
WITHOUT_LIMIT = {
    "paths_shortest",
    "lineage_carry_over",
    "quality_overview",
    "quality_derived_layer",
}
WRITES = (
    r"\b(CREATE|MERGE|SET|DELETE|DETACH|REMOVE|DROP|FOREACH|LOAD|CALL\s*\{|IN\s+TRANSACTIONS)\b"
)


def bare(each: Report) -> str:
    """The statement without comments and string literals."""
    return re.sub(r"'(?:[^'\\]|\\.)*'|//.*", "''", each.statement)


def after(text: str, word: str) -> list[str]:
    """What stands behind the last `word` outside brackets, split at commas outside brackets."""
    depth, parts, place = 0, [""], 0
    for place in range(len(text) - 1, -1, -1):
        depth += (text[place] in ")]}") - (text[place] in "([{")
        if not depth and re.match(rf"{word}\b", text[place:]):
            break
    depth = 0
    for char in re.split(r"\b(?:ORDER BY|SKIP|LIMIT)\b", text[place + len(word) :])[0]:
        depth += (char in "([{") - (char in ")]}")
        if char == "," and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts]


@pytest.mark.parametrize("each", REPORTS)
def test_a_header_says_what_its_statement_does(each: Report) -> None:
    statement = bare(each)
    assert len(each.title) > 10
    assert not each.title.endswith(".")
    assert each.about.endswith(".")
    assert {parameter.name for parameter in each.parameters} == set(
        re.findall(r"\$(\w+)", statement)
    )
    returned = [part.split(" AS ")[-1].strip() for part in after(statement, "RETURN")]
    assert [column.name for column in each.columns] == returned
    assert (each.needs == "derived") == (bool(each.parts) and each.name not in ABOUT_THE_LAYER)


@pytest.mark.parametrize("each", REPORTS)
def test_a_report_only_reads_one_statement_of_the_schema(each: Report) -> None:
    statement = bare(each)
    assert not re.search(WRITES, statement)
    assert ";" not in statement
    labels = set(re.findall(r"\(\w*:([\w|]+)", statement))
    types = set(re.findall(r"\[\w*:([\w|]+)", statement))
    assert {label for group in labels for label in group.split("|")} <= {
        node.label for node in NODE_TYPES if node.layer != "service"
    }
    assert {kind for group in types for kind in group.split("|")} <= EDGE_TYPE.keys()
    assert set(re.findall(r"(?<![\w.])[a-z]\w*\.([a-z_]+)\b(?!\()", statement)) <= PROPERTIES | {
        "id"
    }


@pytest.mark.parametrize("each", REPORTS)
def test_every_limit_stands_under_an_order_that_ends_in_a_key(each: Report) -> None:
    statement = bare(each)
    limits = len(re.findall(r"\bLIMIT\b", statement))
    ordered = re.findall(r"\bORDER BY\b[^;]*?(?=\bLIMIT\b)", statement)
    assert limits <= len(ordered)
    assert ("limit" in {parameter.name for parameter in each.parameters}) != (
        each.name in WITHOUT_LIMIT
    )
    columns = {column.name: column for column in each.columns}
    keys = [key.split()[0] for key in after(statement, "ORDER BY")]
    assert keys, "rows have no order"
    for key in keys:
        name = re.sub(r"^coalesce\(|\b\w+\.(?=\w)|\)$|,.*", "", key)
        column = columns.get(name)
        ascii_only = name.endswith(("id", "ids", "date", "code", "certainty"))
        assert ascii_only or column is None or column.type in ("int", "float", "bool"), (
            f"{key} may be free text"
        )


@pytest.mark.parametrize("each", REPORTS)
def test_no_report_adds_up_floats(each: Report) -> None:
    floats = {
        name
        for kind in (*NODE_TYPES, *EDGE_TYPE.values())
        for name, type_ in kind.properties.items()
        if type_ == "float"
    }
    for inside in re.findall(r"\b(?:sum|avg|stDev|round|toFloat)\(([^()]*)\)", bare(each)):
        assert not floats & set(re.findall(r"\w+", inside))
    assert not re.search(r"\b(avg|stDev|percentile\w*|rand|toFloat)\(", bare(each))


@pytest.mark.parametrize("each", REPORTS)
def test_a_twin_takes_what_its_report_declares(each: Report) -> None:
    if each.no_twin is not None:
        return
    declared = inspect.signature(twin_of(each)).parameters
    assert list(declared) == ["graph", *(parameter.name for parameter in each.parameters)]
    assert twin_of(each).__doc__


@pytest.mark.parametrize("each", REPORTS)
def test_defaults_are_within_their_ranges(each: Report) -> None:
    for parameter in each.parameters:
        if parameter.least is not None and parameter.default is not None:
            assert isinstance(parameter.default, int)
            assert parameter.most is not None
            assert parameter.least <= parameter.default <= parameter.most
        if parameter.choices and not parameter.required:
            assert parameter.default in (*parameter.choices, None)


def test_names_are_unique_and_areas_known() -> None:
    names = [each.name for each in all_reports()]
    assert len(names) == len(set(names))
    assert {each.area for each in all_reports()} == set(AREAS)
    assert not [each.name for each in all_reports() if each.no_twin]


def test_titles_differ_in_what_browser_shows_of_a_favourite() -> None:
    for area in AREAS:
        begun = [each.title[:22] for each in all_reports() if each.area == area]
        assert len(begun) == len(set(begun)), begun


def test_an_unknown_report_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(ReportNotFound) as refused:
        report("collaborators_best")
    assert "collaborators_top" in refused.value.fields["names"]  # type: ignore[operator]


GOOD = """// A title of some length
// about: A row.
// needs: facts
// backends: both
// param limit: int = 25 [1..500] -- rows
// column paper_id: str
MATCH (p:Paper) RETURN p.id AS paper_id ORDER BY paper_id LIMIT toInteger($limit)
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("// about: A row.\n", ""),
        ("// needs: facts", "// needs: luck"),
        ("// backends: both", "// backends: neo4j-only"),
        ("limit: int", "limit: number"),
        ("-- rows", "rows"),
        ("paper_id: str", "paper_id: text"),
        ("// backends", "// something"),
    ],
)
def test_a_header_that_cannot_be_read_names_the_file(old: str, new: str) -> None:
    assert parse_report("papers", "papers_some", GOOD).parameters[0].most == 500
    with pytest.raises(ValueError, match="papers_some"):
        parse_report("papers", "papers_some", GOOD.replace(old, new))


def test_a_report_for_neo4j_only_says_why() -> None:
    only = parse_report("papers", "x", GOOD.replace("both", "neo4j-only: it needs an index"))
    assert only.no_twin == "it needs an index"


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        (None, "null"),
        (True, "true"),
        (25, "25"),
        ("author:o'neil", "'author:o\\'neil'"),
        ("a\\b\nc\u2028d", "'a\\\\b\\nc\\u2028d'"),
        (["a", "b'c"], "['a', 'b\\'c']"),
        ([], "[]"),
    ],
)
def test_a_value_is_written_as_one_cypher_literal(value: object, literal: str) -> None:
    assert cypher_literal(value) == literal  # type: ignore[arg-type]
    assert parameter_lines({"x": value}) == [f":param x => {literal}"]  # type: ignore[dict-item]


def test_several_authors_are_given_with_semicolons() -> None:
    asked = report("papers_connecting_groups")
    values = read_parameters(asked, {"left": "Quill, Ada; Ben Okoro", "right": "Cleo Marsh"})
    assert values["left"] == ["Quill, Ada", "Ben Okoro"]
    assert values["right"] == ["Cleo Marsh"]
