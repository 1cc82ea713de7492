"""Files for `neo4j-admin database import`: one row a node or relationship, columns by the schema.

What separates columns, elements of a list, and what stands around a text with special
characters are control characters. Records refuse them in all but abstracts, and JSON escapes
them, so that nearly every value is written as it is. Nodes are named by numbers, which become
their numbers in the database; that spares the import a table of all ids.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from graph_service.model.schema import EDGE_TYPE, EDGE_TYPES, NODE_TYPES, Value, ValueType

DELIMITER = "\x1f"
ARRAY_DELIMITER = "\x1e"
QUOTE = "\x01"
_TYPE: dict[ValueType, str] = {
    "str": "string",
    "int": "long",
    "float": "double",
    "bool": "boolean",
    "list": "string[]",
}
NODE_COLUMNS = {node.label: tuple(node.properties) for node in NODE_TYPES}
EDGE_COLUMNS = {edge.type: tuple(edge.properties) for edge in EDGE_TYPES}
_NODE_TYPE = {node.label: node for node in NODE_TYPES}
# The import reads this much at once, and a value must fit.
LEAST_BUFFER = 4 * 2**20


def field(value: Value | None) -> str:
    """Write one value; an unknown one is nothing at all, an empty text stands in quotes.

    Raises:
        ValueError: A list holds what no list of the schema can: a control character.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return text_field(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        joined = ARRAY_DELIMITER.join(value)
        if joined.count(ARRAY_DELIMITER) != len(value) - 1 or not joined:
            raise ValueError(f"no list for an import file: {value!r}")
        return joined if QUOTE not in joined and DELIMITER not in joined else _quoted(joined)
    return repr(value)


def text_field(text: str) -> str:
    """Write a text; in quotes where a character of it might be taken for something else."""
    return text if text.isprintable() and text else _quoted(text)


def _quoted(text: str) -> str:
    return f"{QUOTE}{text.replace(QUOTE, QUOTE + QUOTE)}{QUOTE}"


def node_row(label: str, number: int, id_: str, properties: Mapping[str, Value]) -> str:
    """Write a node, with the end of its line."""
    get = properties.get
    fields = [str(number), text_field(id_), *[field(get(name)) for name in NODE_COLUMNS[label]]]
    return DELIMITER.join(fields) + "\n"


def edge_row(kind: str, start: int | str, end: int | str, properties: Mapping[str, Value]) -> str:
    """Write a relationship, with the end of its line."""
    get = properties.get
    fields = [str(start), str(end), *[field(get(name)) for name in EDGE_COLUMNS[kind]]]
    return DELIMITER.join(fields) + "\n"


def header(name: str) -> str:
    """The header of a label or type, with the end of its line."""
    if name in EDGE_TYPE:
        columns = [":START_ID", ":END_ID"]
        columns += [f"{one}:{_TYPE[said]}" for one, said in EDGE_TYPE[name].properties.items()]
    else:
        node = _NODE_TYPE[name]
        columns = [":ID", f"{node.key}:string"]
        columns += [f"{one}:{_TYPE[said]}" for one, said in node.properties.items()]
    return DELIMITER.join(columns) + "\n"


class Part:
    """Rows of one task, gathered by label and type and written when there are many.

    Tasks of one lane, one process at a time, append to the same files. Few and long files they
    are to be: before the import begins, its tool reads the first megabyte of each.
    """

    FLUSH_ROWS = 20_000

    def __init__(self, folder: Path, lane: int) -> None:
        self._folder = folder
        self._lane = lane
        self._rows: dict[str, list[str]] = {}
        self.longest = 0
        self.several_lines = False

    def add(self, name: str, rows: Iterable[str]) -> None:
        """Add rows of a label or type."""
        held = self._rows.setdefault(name, [])
        held += rows
        if len(held) >= self.FLUSH_ROWS:
            self._flush(name)

    def rows(self, name: str) -> list[str]:
        """The list that rows of a label or type may be appended to; see `flush`."""
        return self._rows.setdefault(name, [])

    def flush(self) -> None:
        """Write everything that is held."""
        for name, held in self._rows.items():
            if held:
                self._flush(name)

    def _flush(self, name: str) -> None:
        held = self._rows[name]
        self.longest = max(self.longest, *map(len, held))
        text = "".join(held)
        if not self.several_lines:
            self.several_lines = text.count("\n") > len(held) or "\r" in text
        with (self._folder / f"{name}.{self._lane:03}.csv").open("ab") as stream:
            stream.write(text.encode())
        held.clear()


def arguments(folder: Path, *, longest: int, several_lines: bool, processes: int) -> list[str]:
    """The arguments of the import for the files of a folder, with their headers written there.

    They name the files without the folder, in which the import is to be run: a comma in its name
    would separate two.

    Args:
        folder: Where parts have written.
        longest: The longest row of any part, in characters.
        several_lines: Whether a value holds a line break; then the import reads more slowly.
        processes: How many may be at work at once.
    """
    given = [
        "--id-type=actual",
        "--delimiter=U+001F",
        "--array-delimiter=U+001E",
        "--quote=U+0001",
        "--bad-tolerance=0",
        # One more than there is room for: now and then one waits for the disk.
        f"--threads={processes + 1}",
        # A character takes up to four bytes.
        f"--read-buffer-size={max(LEAST_BUFFER, 4 * longest + 2**16)}",
    ]
    if several_lines:
        given.append("--multiline-fields=true")
    for option, names in (("--nodes", NODE_COLUMNS), ("--relationships", EDGE_COLUMNS)):
        for name in names:
            parts = sorted(folder.glob(f"{name}.*.csv"))
            if parts:
                head = folder / f"{name}.header"
                head.write_text(header(name), encoding="utf-8", newline="")
                files = ",".join(path.name for path in (head, *parts))
                given.append(f"{option}={name}={files}")
    return given
