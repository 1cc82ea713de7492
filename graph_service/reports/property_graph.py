"""How a twin walks the embedded graph: nodes by label, relationships by type, in id order."""

from collections.abc import Iterator
from time import monotonic
from typing import Any

from graph_service.model.errors import QueryTimeout
from graph_service.store.protocol import Labelled

Properties = dict[str, Any]

LOOKS_A_GLANCE = 256


class PropertyGraph:
    """The property graph of the embedded store, read-only, within a time limit.

    What a walk gives comes by id, ascending, so that a twin's rows have one order. A property
    that is unknown is absent, as in Neo4j: `get` gives None for it.
    """

    def __init__(self, labelled: Labelled) -> None:
        self._graph = labelled.graph
        self._ids = labelled.ids
        self._timeout = labelled.timeout_seconds
        self._began = monotonic()
        self._looks = 0

    def nodes(self, label: str) -> list[str]:
        """The ids of a label, ascending."""
        self.look()
        return self._ids.get(label, [])

    def properties(self, node: str) -> Properties:
        """The properties of a node that is there, without its id."""
        found: Properties = self._graph.nodes[node]
        return found

    def get(self, node: str, name: str) -> Any:
        """A property of a node, or None where it is unknown."""
        return self._graph.nodes[node].get(name)

    def out(self, node: str, kind: str) -> Iterator[tuple[str, Properties]]:
        """Where relationships of a type lead from a node: (end, properties), by end id."""
        return self._walk(self._graph.succ, node, kind)

    def into(self, node: str, kind: str) -> Iterator[tuple[str, Properties]]:
        """Where relationships of a type come from to a node: (start, properties), by start id."""
        return self._walk(self._graph.pred, node, kind)

    def both(self, node: str, kind: str) -> Iterator[tuple[str, Properties]]:
        """The nodes at the other end, whatever the direction: (id, properties), by id."""
        return iter(
            sorted([*self.out(node, kind), *self.into(node, kind)], key=lambda found: found[0])
        )

    def look(self) -> None:
        """Raise when the time is over.

        Raises:
            QueryTimeout: It is.
        """
        self._looks += 1
        if self._looks % LOOKS_A_GLANCE == 0 and monotonic() - self._began > self._timeout:
            raise QueryTimeout(
                f"the report ran into its time limit of {self._timeout:g} s; ask for less, or "
                "set COAUTHOR_GRAPH_QUERY_TIMEOUT_SECONDS"
            )

    def _walk(self, side: Any, node: str, kind: str) -> Iterator[tuple[str, Properties]]:
        self.look()
        if node not in self._graph:
            return
        for other, edges in sorted(side[node].items(), key=lambda found: str(found[0])):
            for key in sorted(edges):
                if key == kind or key.startswith(f"{kind} "):
                    yield other, edges[key]
