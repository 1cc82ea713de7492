"""Search by folded words: exact first, then texts that begin so, then texts with all the words."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from graph_service.model.names import fold

EXACT, PREFIX, WORDS = 0, 1, 2


class FoldedIndex:
    """Texts by number, found whatever their case, accents and punctuation."""

    def __init__(self, texts: Iterable[tuple[int, str]]) -> None:
        whole: list[tuple[str, int]] = []
        words: set[tuple[str, int]] = set()
        for number, text in texts:
            folded = fold(text)
            whole.append((folded, number))
            words.update((word, number) for word in folded.replace("-", " ").split())
        self._whole = sorted(whole)
        self._words = sorted(words)

    def search(self, text: str) -> dict[int, int]:
        """Find numbers, each with how it fits: EXACT, PREFIX or WORDS.

        WORDS means that every word asked for begins a word of the text, in any order. Empty
        when nothing fits or when the text has no letter or digit.
        """
        folded = fold(text)
        words = folded.replace("-", " ").split()
        if not words:
            return {}
        found = set.intersection(*(_beginning_with(self._words, word) for word in words))
        hits = dict.fromkeys(found, WORDS)
        hits.update(dict.fromkeys(_beginning_with(self._whole, folded), PREFIX))
        place = bisect_left(self._whole, (folded, -1))
        while place < len(self._whole) and self._whole[place][0] == folded:
            hits[self._whole[place][1]] = EXACT
            place += 1
        return hits


def _beginning_with(entries: Sequence[tuple[str, int]], prefix: str) -> set[int]:
    found: set[int] = set()
    place = bisect_left(entries, (prefix, -1))
    while place < len(entries) and entries[place][0].startswith(prefix):
        found.add(entries[place][1])
        place += 1
    return found
