"""Search by folded words: exact first, then texts that begin so, then texts with all the words."""

from bisect import bisect_left
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from graph_service.model.names import fold
from graph_service.projection.kernels import fold_block, leading_letters, word_starts
from graph_service.projection.texts import Bytes, Offsets, Texts

EXACT, PREFIX, WORDS = 0, 1, 2
# Words are sorted by so many letters; what they share beyond is compared when it is asked for.
LETTERS_SORTED = 16

Numbers = npt.NDArray[np.int64]
# What `fold` makes of each ASCII letter.
_TABLE = np.array([ord(fold(chr(code)) or " ") for code in range(128)], np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class FoldedIndex:
    """Texts by number, found whatever their case, accents and punctuation.

    `folded` holds each text folded, a line feed behind it, from `starts[i]` on; `numbers[i]` is
    what text i is of, ascending. `words` are the places where words begin, ordered by their
    first letters.
    """

    folded: Bytes
    starts: Offsets
    numbers: npt.NDArray[np.int32]
    words: npt.NDArray[np.int32]

    @classmethod
    def of(cls, texts: Texts, numbers: npt.NDArray[np.int32] | None = None) -> "FoldedIndex":
        """Index texts, in all under two gigabytes.

        Args:
            texts: What can be found.
            numbers: What each is of, ascending; absent: its own place.

        Cost: Some six seconds for a million titles, most of it sorting their words.
        """
        if numbers is None:
            numbers = np.arange(len(texts), dtype=np.int32)
        texts = _ascii_or_folded(texts)
        room = np.zeros(len(texts.block) + len(texts), np.uint8)
        starts = fold_block(texts.block, texts.offsets, _TABLE, room)
        folded = room[: int(starts[-1])].copy()
        words = word_starts(folded, len(folded))
        keys = [leading_letters(folded, words, skip) for skip in range(0, LETTERS_SORTED, 8)]
        return cls(folded, starts, numbers, words[np.lexsort(keys[::-1])])

    def search(self, text: str) -> dict[int, int]:
        """Find numbers, each with how it fits: EXACT, PREFIX or WORDS; see `find`."""
        numbers, fits = self.find(text)
        return dict(zip(numbers.tolist(), fits.tolist(), strict=True))

    def find(self, text: str) -> tuple[Numbers, npt.NDArray[np.int8]]:
        """Find numbers, ascending, each with how it fits at best: EXACT, PREFIX or WORDS.

        WORDS means that every word asked for begins a word of the text, in any order. Empty
        when nothing fits or when the text has no letter or digit.
        """
        whole = fold(text)
        words = whole.replace("-", " ").split()
        if not words:
            return np.zeros(0, np.int64), np.zeros(0, np.int8)
        found = reduce(np.intersect1d, [self._with_word(word.encode()) for word in set(words)])
        fits = np.full(len(found), WORDS, np.int8)
        letters = whole.encode()
        prefix = self._begins(self.starts[found], letters)
        fits[prefix] = PREFIX
        fits[prefix & self._begins(self.starts[found], letters + b"\n")] = EXACT
        of = self.numbers[found].astype(np.int64)
        order = np.lexsort((fits, of))
        numbers, first = np.unique(of[order], return_index=True)
        return numbers, fits[order][first]

    def _with_word(self, word: bytes) -> Numbers:
        """The places of texts that have a word beginning so, ascending."""
        head = word[:LETTERS_SORTED]
        low = bisect_left(self.words, head, key=lambda at: self._letters(at, len(head)))
        high = bisect_left(
            self.words, True, lo=low, key=lambda at: self._letters(at, len(head)) > head
        )
        places = self.words[low:high].astype(np.int64)
        if len(word) > LETTERS_SORTED:
            places = places[self._begins(places, word)]
        return np.unique(np.searchsorted(self.starts, places, side="right") - 1)

    def _letters(self, at: int, count: int) -> bytes:
        return self.folded[at : at + count].tobytes()

    def _begins(self, places: npt.NDArray[Any], letters: bytes) -> npt.NDArray[np.bool_]:
        """Which places these letters stand at."""
        fits = places + len(letters) <= len(self.folded)
        for skip, letter in enumerate(letters):
            fits[fits] = self.folded[places[fits] + skip] == letter
        return fits


def _ascii_or_folded(texts: Texts) -> Texts:
    """Fold what goes beyond ASCII; the rest is folded by a kernel, all at once."""
    wide = np.flatnonzero(texts.block >= 128)
    if not len(wide):
        return texts
    places = set(np.unique(np.searchsorted(texts.offsets, wide, side="right") - 1).tolist())
    return Texts.of(fold(text) if at in places else text for at, text in enumerate(texts))
