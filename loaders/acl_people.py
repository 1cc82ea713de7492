"""People of the ACL Anthology: `name_variants.yaml`, and `people.yaml` that took its place.

Source: https://github.com/acl-org/acl-anthology/wiki/Name-Variants and the two files of that
repository. Each entry is one person with all names, the one to show first. Only the plain events
of YAML are read: a scalar is the text that stands there (a name may be "On" or "No"), an alias is
a reject. Not carried: comments, degrees, who is similar, and that names alone do not tell somebody
(`disable_name_matching`).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from pydantic import ValidationError

from graph_service.model.errors import RecordError
from graph_service.model.identifiers import ascii_value, known_author_identifiers
from graph_service.model.ids import slug
from graph_service.model.records import NamedPerson, ParsedPerson
from loaders.bibliographies import Seen, StandsTwice
from loaders.inputs import InputFile, open_bytes
from loaders.reading import Parsed, Reject, why_invalid

if TYPE_CHECKING:
    from yaml.events import Event

# Ten times the file of today.
MOST_BYTES = 16 * 2**20
_DEEPEST = 16
_HEAD = 2**16

Node = str | list["Node"] | dict[str, "Node"]
# A person as (line, id if it stands outside the entry, entry or why it is none).
_Entry = tuple[int, str | None, Node | str]


class _PeopleFault(Exception):
    """Why an entry is no person."""


class _PeopleYamlError(yaml.YAMLError):
    """YAML that is well-formed, but not that of people; nothing behind it can be trusted."""

    def __init__(self, problem: str, event: "Event") -> None:
        super().__init__(problem)
        self.problem = problem
        self.problem_mark = event.start_mark


def holds_people(path: InputFile | Path) -> bool:
    """Tell whether a file begins with an entry of one of the two layouts.

    Raises:
        RecordError: The file cannot be read.
    """
    with open_bytes(path) as stream:
        head = stream.read(_HEAD)
    if b"last:" not in head or not (b"canonical:" in head or b"names:" in head):
        return False
    try:
        return next((bool(_names(entry)) for _, _, entry in _entries(head)), False)
    except (yaml.YAMLError, _PeopleFault):
        return False


def read_people(path: InputFile | Path, source: str, form: str) -> Iterator[Parsed]:
    """Read a file of people.

    The key of a person is the id; without one `name:` and the slug of the name to show.

    Yields:
        A `ParsedPerson` for each entry, in order; a `Reject` for one that is none, or whose key
        an entry before has with other content.

    Raises:
        RecordError: The file cannot be read, is too large, or is no YAML.
    """
    name = str(path)
    with open_bytes(path) as stream:
        text = stream.read(MOST_BYTES + 1)
    if len(text) > MOST_BYTES:
        raise RecordError(name, f"is larger than {MOST_BYTES:,} bytes, as no file of people is")
    seen = Seen()
    try:
        for line, outside, entry in _entries(text):
            try:
                person = _person(entry, outside, source, form)
                if seen.is_new(person, line):
                    yield person
            except StandsTwice as fault:
                yield Reject(name, line, f"{person.key} {fault}")
            except (_PeopleFault, ValidationError) as fault:
                why = why_invalid(fault) if isinstance(fault, ValidationError) else str(fault)
                yield Reject(name, line, f"{(outside or 'an entry')[:100]}: {why}")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise RecordError(
            name,
            f"is no YAML: {getattr(error, 'problem', None) or 'it cannot be decoded'}",
            line=mark.line + 1 if mark is not None else None,
        ) from error
    if not seen:
        raise RecordError(name, "holds no person", line=1)


def _person(entry: Node, outside: str | None, source: str, form: str) -> ParsedPerson:
    names = _names(entry)
    if not names or not isinstance(entry, dict):
        raise _PeopleFault("names nobody")
    given_id = outside if outside is not None else _text(entry.get("id"))
    key = ascii_value(given_id) if given_id else f"name:{slug(names[0].name)}"
    return ParsedPerson(
        source=source,
        key=key,
        format=form,
        names=tuple(dict.fromkeys(names)),
        identifiers=known_author_identifiers(
            ("acl", given_id), ("orcid", _text(entry.get("orcid")))
        ),
    )


def _names(entry: Node) -> list[NamedPerson]:
    """All names of an entry, the one to show first; empty where it has none."""
    if not isinstance(entry, dict):
        raise _PeopleFault("is no mapping")
    stated: list[Node] = [entry["canonical"]] if "canonical" in entry else []
    # One entry of 2021 has `variant` for its only one.
    for field in ("names", "variants", "variant"):
        found = entry.get(field, [])
        stated += found if isinstance(found, list) else [found]
    return [_name(one) for one in stated if one != ""]


def _name(stated: Node) -> NamedPerson:
    if isinstance(stated, str):  # as in the earliest files
        return NamedPerson(name=_line(stated))
    if not isinstance(stated, dict):
        raise _PeopleFault("a name is a list")
    first, last = _line(_text(stated.get("first"))), _line(_text(stated.get("last")))
    if not (first and last):
        return NamedPerson(name=first or last)
    return NamedPerson(name=f"{first} {last}", family=last, given=first)


def _line_of(event: "Event") -> int:
    return event.start_mark.line + 1 if event.start_mark is not None else 1


def _text(node: Node | None) -> str:
    return node if isinstance(node, str) else ""


def _line(text: str) -> str:
    return " ".join(text.split())


def _entries(text: bytes) -> Iterator[_Entry]:
    """The entries of a list of people, or of a mapping from their ids."""
    events = yaml.parse(text, Loader=yaml.CSafeLoader)
    for event in events:
        if isinstance(event, yaml.SequenceStartEvent):
            for first in events:
                if isinstance(first, yaml.SequenceEndEvent):
                    break
                yield _line_of(first), None, _node(first, events)
        elif isinstance(event, yaml.MappingStartEvent):
            for first in events:
                if isinstance(first, yaml.MappingEndEvent):
                    break
                line, key = _line_of(first), _node(first, events)
                yield line, _text(key), _node(next(events), events)
        elif isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
            raise _PeopleYamlError("it is one text", event)


def _node(event: "Event", events: Iterator["Event"], depth: int = 0) -> Node:
    """The value that begins with an event; what is nested deeper than any person is dropped."""
    if isinstance(event, yaml.ScalarEvent):
        plain = event.implicit[0] and event.value in {"~", "null", "Null", "NULL"}
        return "" if plain else str(event.value)
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Node] = []
        for inner in events:
            if isinstance(inner, yaml.SequenceEndEvent):
                break
            items.append(_node(inner, events, _deeper(inner, depth)))
        return items
    if isinstance(event, yaml.MappingStartEvent):
        fields: dict[str, Node] = {}
        for inner in events:
            if isinstance(inner, yaml.MappingEndEvent):
                break
            key = _node(inner, events, _deeper(inner, depth))
            value = next(events)
            fields[_text(key)] = _node(value, events, _deeper(value, depth))
        return fields
    raise _PeopleYamlError("it uses an alias", event)


def _deeper(event: "Event", depth: int) -> int:
    if depth >= _DEEPEST:
        raise _PeopleYamlError(f"it is nested more than {_DEEPEST} deep", event)
    return depth + 1
