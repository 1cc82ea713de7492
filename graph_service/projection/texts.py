"""Texts as one block of UTF-8: a million of them take their letters and eight bytes each.

Python strings, or numpy's, would take a gigabyte for the ids, names and titles of a million
papers, and could not be mapped from a file.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import overload

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int64]


class Texts(Sequence[str]):
    """A sequence of texts; text i is `block[offsets[i]:offsets[i + 1]]`."""

    __slots__ = ("_letters", "_places", "block", "offsets")

    def __init__(self, block: Bytes, offsets: Offsets) -> None:
        self.block = block
        self.offsets = offsets
        self._letters = memoryview(block.data)
        # A memoryview gives Python integers, several times faster than numpy its own.
        self._places = memoryview(offsets.data)

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Texts":
        """Pack texts; none may hold half of a surrogate pair."""
        builder = TextsBuilder()
        builder.extend(texts)
        return builder.build()

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(len(self)))]
        if place < 0:
            place += len(self)
            if place < 0:
                raise IndexError(place)
        # Past the end the offsets raise IndexError.
        return str(self._letters[self._places[place] : self._places[place + 1]], "utf-8")

    def __iter__(self) -> Iterator[str]:
        start = 0
        for end in self.offsets[1:].tolist():
            yield str(self._letters[start:end], "utf-8")
            start = end

    def find(self, text: str) -> int | None:
        """The place of a text among ascending ones; absent: it is not there."""
        try:
            wanted = text.encode()
        except UnicodeEncodeError:
            return None
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            # UTF-8 orders bytes as Python orders code points.
            if bytes(self._letters[self._places[middle] : self._places[middle + 1]]) < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self) and self[low] == text else None


class TextLists(Sequence[list[str]]):
    """A sequence of lists of texts; list i is `texts[indptr[i]:indptr[i + 1]]`."""

    __slots__ = ("indptr", "texts")

    def __init__(self, texts: Texts, indptr: Offsets) -> None:
        self.texts = texts
        self.indptr = indptr

    def __len__(self) -> int:
        return len(self.indptr) - 1

    @overload
    def __getitem__(self, place: int) -> list[str]: ...
    @overload
    def __getitem__(self, place: slice) -> list[list[str]]: ...
    def __getitem__(self, place: int | slice) -> list[str] | list[list[str]]:
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(len(self)))]
        return self.texts[int(self.indptr[place]) : int(self.indptr[place + 1])]


class TextsBuilder:
    """Packs texts batch by batch."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self._lengths: list[Offsets] = []

    def extend(self, texts: Iterable[str]) -> None:
        """Put texts behind those that are there."""
        encoded = [text.encode() for text in texts]
        self._blocks.append(b"".join(encoded))
        self._lengths.append(np.fromiter(map(len, encoded), np.int64, len(encoded)))

    def build(self) -> Texts:
        """Everything put in, in order."""
        block = np.frombuffer(bytearray().join(self._blocks), np.uint8)
        lengths = np.concatenate([np.zeros(1, np.int64), *self._lengths])
        return Texts(block, np.cumsum(lengths))
