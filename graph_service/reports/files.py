"""Report files: one read-only statement each, with a header that is data.

```
// Title, which Neo4j Browser shows as the favourite's name
// about: What a row is, and what the answer cannot know
// needs: facts | derived
// backends: both | neo4j-only: why there is no twin
// param NAME: TYPE = DEFAULT [RANGE] -- what it means
// column NAME: TYPE? -- what it holds; `?`: may be null
```

A parameter's TYPE is `int`, `str`, `bool`, a label in lower case (the id of such a node), or
`authors` (several ids). Without `= DEFAULT` it must be given; `= null` makes it optional. RANGE
is `[1..500]`, both included, or `[strong|likely]`. A column's TYPE is a property type of the
schema.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal, get_args

import orjson

from graph_service.model.errors import ReportNotFound
from graph_service.model.schema import EDGE_TYPES, NODE_TYPES, Part, ValueType

# The order in which lists of reports show them.
AREAS = (
    "collaborators",
    "papers",
    "paths",
    "lineage",
    "clusters",
    "affiliations",
    "identity",
    "quality",
)
NODE_KINDS = {
    node.label.lower(): node.label
    for node in NODE_TYPES
    if node.layer != "service" and node.label not in ("Derivation", "Decision")
}
PLAIN_KINDS = ("int", "str", "bool", "authors")

ParameterValue = str | int | bool | list[str] | None

_HEADER = re.compile(r"// (?P<key>about|needs|backends|param|column)(?: |: )(?P<rest>.+)")
_PARAM = re.compile(
    r"(?P<name>[a-z][a-z_]*): (?P<type>[a-z]+)(?: = (?P<default>.+?))?"
    r"(?: \[(?P<range>[^\]]+)\])? -- (?P<words>.+)"
)
_COLUMN = re.compile(
    r"(?P<name>[a-z][a-z_]*): (?P<type>[a-z]+)(?P<nullable>\??)(?: -- (?P<words>.+))?"
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a report.

    `least` and `most` bound an integer, both included; `choices` are what a text may be. A
    parameter that is `required` has no default; one whose default is None may be left open.
    """

    name: str
    type: str
    words: str
    required: bool = True
    default: ParameterValue = None
    least: int | None = None
    most: int | None = None
    choices: tuple[str, ...] = ()

    @property
    def label(self) -> str | None:
        """The label of the node that its id names, or nodes that its ids name."""
        return "Author" if self.type == "authors" else NODE_KINDS.get(self.type)

    @property
    def allowed(self) -> str:
        """What may be given, in words."""
        if self.choices:
            return ", ".join(self.choices)
        if self.least is not None:
            return f"a whole number from {self.least} to {self.most}"
        if self.type == "authors":
            return "ids or names of authors, with semicolons between them"
        if self.type == "author":
            return "id or name of an author"
        if self.label is not None:
            article = "an" if self.label[0] in "AEIOU" else "a"
            return f"id of {article} {self.label.lower()}"
        return {"int": "a whole number", "bool": "true or false", "str": "a text"}[self.type]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a report; a `nullable` one is null where the value is unknown."""

    name: str
    type: ValueType
    nullable: bool
    words: str


@dataclass(frozen=True, slots=True)
class Report:
    """One report: what its header says, and its text.

    `parts` of the derived layer are those whose labels and relationships the statement names;
    `no_twin` says why only Neo4j can answer it, and is absent where both stores do.
    """

    name: str
    area: str
    title: str
    about: str
    needs: Literal["facts", "derived"]
    no_twin: str | None
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    text: str

    @property
    def statement(self) -> str:
        """The text without comment lines."""
        return re.sub(r"(?m)^//.*\n?", "", self.text).strip()

    @property
    def order(self) -> str:
        """The order of the rows, as the statement says it."""
        behind = self.statement.rpartition("ORDER BY")[2].partition("LIMIT")[0]
        return " ".join(behind.split())

    @property
    def parts(self) -> tuple[Part, ...]:
        """Which parts of the derived layer it reads, ascending."""
        words = set(re.findall(r"(?<=[:|])[A-Z]\w+", self.statement))
        named = {
            **{node.label: node.part for node in NODE_TYPES},
            **{edge.type: edge.part for edge in EDGE_TYPES},
        }
        return tuple(sorted({part for word in words if (part := named.get(word)) is not None}))


def parse_report(area: str, name: str, text: str) -> Report:
    """Read a report file.

    Raises:
        ValueError: The header is incomplete or a line of it cannot be read.
    """
    lines = text.splitlines()
    head = [line for line in lines if line.startswith("//")]
    fields: dict[str, list[str]] = {}
    for line in head[1:]:
        found = _HEADER.fullmatch(line)
        if found is None:
            raise ValueError(f"{name}: cannot read {line!r}")
        fields.setdefault(found["key"], []).append(found["rest"])
    for key in ("about", "needs", "backends"):
        if len(fields.get(key, ())) != 1:
            raise ValueError(f"{name}: needs one line `// {key}: …`")
    (about,), (needs,), (backends,) = fields["about"], fields["needs"], fields["backends"]
    if needs not in ("facts", "derived"):
        raise ValueError(f"{name}: needs is {needs!r}")
    only, _, reason = backends.partition(": ")
    if backends != "both" and (only != "neo4j-only" or not reason):
        raise ValueError(f"{name}: backends is {backends!r}")
    return Report(
        name=name,
        area=area,
        title=head[0].removeprefix("// "),
        about=about,
        needs="derived" if needs == "derived" else "facts",
        no_twin=reason or None,
        parameters=tuple(_parameter(name, line) for line in fields.get("param", ())),
        columns=tuple(_column(name, line) for line in fields["column"]),
        text=text,
    )


def _parameter(report: str, line: str) -> Parameter:
    found = _PARAM.fullmatch(line)
    if found is None or found["type"] not in (*PLAIN_KINDS, *NODE_KINDS):
        raise ValueError(f"{report}: cannot read parameter {line!r}")
    least, dots, most = (found["range"] or "").partition("..")
    return Parameter(
        name=found["name"],
        type=found["type"],
        words=found["words"],
        required=found["default"] is None,
        default=None if found["default"] is None else _literal(found["default"]),
        least=int(least) if dots else None,
        most=int(most) if dots else None,
        choices=tuple(found["range"].split("|")) if found["range"] and not dots else (),
    )


def _column(report: str, line: str) -> Column:
    found = _COLUMN.fullmatch(line)
    if found is None or found["type"] not in get_args(ValueType):
        raise ValueError(f"{report}: cannot read column {line!r}")
    return Column(found["name"], found["type"], bool(found["nullable"]), found["words"] or "")  # type: ignore[arg-type]


def _literal(text: str) -> ParameterValue:
    value: ParameterValue = orjson.loads(text.replace("'", '"'))
    return value


@cache
def all_reports() -> tuple[Report, ...]:
    """Every report, by area in the order of `AREAS`, then by name."""
    found = [
        parse_report(area.name, file.name.removesuffix(".cypher"), file.read_text(encoding="utf-8"))
        for area in _folders()
        for file in area.iterdir()
        if file.name.endswith(".cypher")
    ]
    return tuple(sorted(found, key=lambda report: (AREAS.index(report.area), report.name)))


def _folders() -> Iterator[Traversable]:
    root = files("cypher") / "reports"
    return (folder for folder in root.iterdir() if folder.is_dir())


def report(name: str) -> Report:
    """The report of this name.

    Raises:
        ReportNotFound: There is none.
    """
    reports = {each.name: each for each in all_reports()}
    if name not in reports:
        raise ReportNotFound(name, list(reports))
    return reports[name]
