"""Reads import files back, by what the import's manual says of them and by no code of ours."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graph_service.model.schema import Edge, Node
from graph_service.store.fold import Graph

DELIMITER, ARRAY, QUOTE = "\x1f", "\x1e", "\x01"


def cells(text: str) -> Iterator[list[tuple[str, bool]]]:
    """Lines of cells; each with whether it stood in quotes."""
    line: list[tuple[str, bool]] = []
    at = 0
    while at < len(text):
        quoted = text[at] == QUOTE
        if quoted:
            value, at = "", at + 1
            while True:
                end = text.index(QUOTE, at)
                value += text[at:end]
                if text[end + 1 : end + 2] != QUOTE:
                    break
                value, at = value + QUOTE, end + 2
            at = end + 1
        else:
            end = min(one for one in (text.find(DELIMITER, at), text.find("\n", at)) if one >= 0)
            value, at = text[at:end], end
        line.append((value, quoted))
        if text[at] == "\n":
            yield line
            line = []
        at += 1
    assert not line


def _value(cell: tuple[str, bool], kind: str) -> Any:
    text, quoted = cell
    if not text and not quoted:
        return None
    if kind == "string[]":
        return text.split(ARRAY)
    read = {"string": str, "long": int, "double": float}
    return text == "true" if kind == "boolean" else read[kind](text)


def read_folder(folder: Path) -> Graph:
    """The graph of import files, service nodes among it."""
    graph = Graph()
    ids: dict[str, str] = {}
    edges: list[tuple[str, str, str, dict[str, Any]]] = []
    for head in sorted(folder.glob("*.header")):
        name = head.name.removesuffix(".header")
        ((*columns,),) = cells(head.read_text())
        names = [column.rpartition(":") for column, _ in columns]
        for path in sorted(folder.glob(f"{name}.*.csv")):
            for row in cells(path.read_bytes().decode()):
                assert len(row) == len(columns)
                values = [
                    _value(cell, kind) if n else cell[0]
                    for cell, (n, _, kind) in zip(row, names, strict=True)
                ]
                properties = {
                    n: value
                    for value, (n, _, _) in zip(values, names, strict=True)
                    if n and value is not None
                }
                if names[1][2] == "END_ID":
                    edges.append((name, row[0][0], row[1][0], properties))
                else:
                    id_ = properties.pop("id")
                    assert row[0][0] not in ids
                    assert id_ not in graph.nodes
                    ids[row[0][0]] = id_
                    graph.add([Node(name, id_, properties)])
    for kind, start, end, properties in edges:
        edge = Edge(kind, ids[start], ids[end], properties)
        assert edge.key not in graph.edges
        graph.add([edge])
    return graph
