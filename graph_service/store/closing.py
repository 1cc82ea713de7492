"""Which names a change of identity can reach, found step by step.

Authors are resolved in closed parts: a part holds every name of each key in it, and both ends of
each decision on them (`identity.persons`). A store reads the names, this says which.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet


class Closing:
    """A part on its way to being closed: what of it is still to be read.

    A store asks for `names` and `keys` in turn, reads them and hands the names to `take`, until
    both are empty.
    """

    def __init__(
        self, *, keys: Iterable[str], names: Iterable[str], linked: Mapping[str, AbstractSet[str]]
    ) -> None:
        """Begin with what a change touches.

        Args:
            keys: Texts of name keys.
            names: Ids of names or split-off mentions; they need not exist.
            linked: What decisions link with what, as `identity.persons.linked_units` says.
        """
        self._linked = linked
        self._keys = set(keys)
        self._read: set[str] = set()
        self._names: set[str] = set()
        self._known: set[str] = set()
        self._follow(names)

    def _follow(self, names: Iterable[str]) -> None:
        for name in names:
            self._names.add(name)
            self._names |= self._linked.get(name, frozenset())

    def names(self) -> list[str]:
        """Names whose keys are to be read, ascending; each is asked for once."""
        asked = sorted(self._names - self._known)
        self._known |= self._names
        return asked

    def keys(self) -> list[str]:
        """Keys whose names are to be read, ascending; each is asked for once."""
        asked = sorted(self._keys - self._read)
        self._read |= self._keys
        return asked

    def add_keys(self, keys: Iterable[str]) -> None:
        """Take the keys of names that were asked for."""
        self._keys |= set(keys)

    def take(self, names: Iterable[str]) -> None:
        """Take names that were read under a key, following decisions on them."""
        read = set(names)
        self._follow(read)
        self._known |= read
