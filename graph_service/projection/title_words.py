"""What papers are about, as far as titles and stated topics say: words and how rare they are."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from graph_service.model.names import fold
from graph_service.projection.arrays import Floats, Ints, Offsets, Shelf
from graph_service.projection.kernels import word_hashes
from graph_service.projection.search import FoldedIndex

SHORTEST_WORD = 3
# Words that say nothing of what a paper is about.
_STOP_WORDS = """
    about across after against all also among and any are based between beyond both but can
    case does each for from has have how into its more most new not novel off one only onto our
    out over per some study such than that the their them then these this those through too
    toward towards two under until upon use using very via was way what when where which while
    who why will with within without you your
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
_FNV_START, _FNV_PRIME, _FNV_BITS = 14695981039346656037, 1099511628211, 2**64


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """Terms paper by paper: words of titles, then topics, numbered in one row.

    `terms[indptr[p]:indptr[p + 1]]` are a paper's, ascending, each once. `words` are the hashes
    of words, ascending; term number `len(words) + t` is topic number t. `rarity` of a term is
    ln(papers / papers with it), 0 for a word that says nothing.
    """

    indptr: Offsets
    terms: Ints
    words: "np.ndarray[tuple[int], np.dtype[np.uint64]]"
    rarity: Floats

    def of_paper(self, paper: int) -> Ints:
        """The terms of a paper, ascending."""
        return self.terms[self.indptr[paper] : self.indptr[paper + 1]]

    def of_word(self, word: str) -> int | None:
        """The term of a folded word; absent: no title has it, or it is too short to count."""
        if len(word.encode()) < SHORTEST_WORD:
            return None
        value = np.uint64(word_hash(word))
        at = int(np.searchsorted(self.words, value))
        return at if at < len(self.words) and self.words[at] == value else None


def word_hash(word: str) -> int:
    """The FNV-1a hash of a folded word, of 64 bits; two words in a million million collide."""
    value = _FNV_START
    for letter in word.encode():
        value = (value ^ letter) * _FNV_PRIME % _FNV_BITS
    return value


def words_of(title: str) -> Iterator[str]:
    """The folded words of a title, in their order."""
    yield from fold(title).replace("-", " ").split()


def terms_of(titles: FoldedIndex, topics: Shelf) -> Terms:
    """Number the terms of all papers.

    Args:
        titles: The titles, folded, by paper number.
        topics: The topics of the same papers.

    Cost: About a second for a million papers.
    """
    papers = len(titles.starts) - 1
    hashes, indptr = word_hashes(titles.folded, titles.starts, SHORTEST_WORD)
    words, of_words = np.unique(hashes, return_inverse=True)
    pairs = np.r_[
        np.repeat(np.arange(papers), np.diff(indptr)) * (len(words) + len(topics.ids)) + of_words,
        np.repeat(np.arange(papers), np.diff(topics.paper_indptr)) * (len(words) + len(topics.ids))
        + len(words)
        + topics.nodes,
    ]
    pairs = np.unique(pairs)
    count = max(len(words) + len(topics.ids), 1)
    terms = (pairs % count).astype(np.int32)
    times = np.bincount(terms, minlength=count)
    rarity = np.log(max(papers, 1) / np.maximum(times, 1))
    silent = np.array(sorted(word_hash(word) for word in STOP_WORDS), np.uint64)
    rarity[np.flatnonzero(np.isin(words, silent))] = 0.0
    return Terms(
        indptr=np.concatenate(
            (np.zeros(1, np.int64), np.cumsum(np.bincount(pairs // count, minlength=papers)))
        ),
        terms=terms,
        words=words,
        rarity=rarity,
    )
