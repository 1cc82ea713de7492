"""What one run of `derive` computes, part by part."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graph_service.model.schema import Edge, Node
from graph_service.model.schema import Part as PartName


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the derived layer, computed and not yet written.

    `parameters` is what the stamp keeps of it: with what it was computed, and figures of the
    whole run; JSON values only. `rows` are its nodes and relationships. `made` counts what a
    person wants to hear of, by name. `versions` names the libraries it rests on.
    """

    name: PartName
    parameters: Mapping[str, Any]
    rows: Iterable[Node | Edge]
    made: Mapping[str, int] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
