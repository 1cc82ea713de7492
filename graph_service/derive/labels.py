"""What marks the papers of a cluster out: label terms, and the names of methods they introduce."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import log, sqrt

import numpy as np
import numpy.typing as npt

from graph_service.derive.phrases import phrases

MOST_TERMS = 4
TITLE_WEIGHT = 2
BLANK_WEIGHT = 0.6
# Papers of a cluster from which a term must stand in two of them.
FEWEST_FOR_TWO = 3
_MERGED_AT = 4_000_000


@dataclass(frozen=True, slots=True)
class _Closed:
    """A cluster whose papers are all counted; `candidates` by phrase: count, papers."""

    cluster: int
    papers: int
    total: int
    candidates: dict[str, tuple[int, int]]


@dataclass(slots=True)
class _Everywhere:
    """How often each phrase stands in the papers of all clusters, by its hash.

    Hashes, because the phrases themselves would not fit: a collision, of which ten million
    phrases have one in a hundred thousand runs, only makes one phrase look commoner.
    """

    hashes: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    counts: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    waiting: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]] = field(default_factory=list)

    def add(self, counted: Counter[str]) -> None:
        hashes = np.fromiter(map(hash, counted), np.int64, len(counted))
        self.waiting.append((hashes, np.fromiter(counted.values(), np.int64, len(counted))))
        if sum(len(part) for part, _ in self.waiting) >= _MERGED_AT:
            self.merge()

    def merge(self) -> None:
        hashes = np.concatenate((self.hashes, *(part for part, _ in self.waiting)))
        counts = np.concatenate((self.counts, *(part for _, part in self.waiting)))
        self.hashes, where = np.unique(hashes, return_inverse=True)
        self.counts = np.zeros(len(self.hashes), np.int64)
        np.add.at(self.counts, where, counts)
        self.waiting = []

    def of(self, some: Sequence[str]) -> list[int]:
        hashes = np.fromiter(map(hash, some), np.int64, len(some))
        found: list[int] = self.counts[np.searchsorted(self.hashes, hashes)].tolist()
        return found


class TermCounter:
    """Counts the phrases of clusters, cluster by cluster, and picks each one's label terms."""

    def __init__(self) -> None:
        self._closed: list[_Closed] = []
        self._everywhere = _Everywhere()
        self._open: int | None = None
        self._begin()

    def _begin(self) -> None:
        self._counts: Counter[str] = Counter()
        self._papers_with: Counter[str] = Counter()
        self._papers = 0

    def add(self, cluster: int, title: str, abstract: str) -> None:
        """Count a paper; the papers of one cluster come one after another.

        Args:
            cluster: Its number.
            title: Cleaned.
            abstract: Cleaned; empty if there is none.
        """
        if cluster != self._open:
            self._close()
            self._open = cluster
        found = phrases(title) * TITLE_WEIGHT + phrases(abstract)
        # Lists are counted in C, mappings are not.
        self._counts.update(found)
        self._papers_with.update(list(dict.fromkeys(found)))
        self._papers += 1

    def _close(self) -> None:
        if self._open is None:
            return
        fewest = 2 if self._papers >= FEWEST_FOR_TWO else 1
        self._everywhere.add(self._counts)
        self._closed.append(
            _Closed(
                self._open,
                self._papers,
                self._counts.total(),
                {
                    phrase: (self._counts[phrase], papers)
                    for phrase, papers in self._papers_with.items()
                    if papers >= fewest
                },
            )
        )
        self._begin()
        self._open = None

    def terms(self) -> dict[int, list[str]]:
        """The label terms of each cluster: at most four, best first.

        Scores are c-TF-IDF, times 1 + 0.6 for each blank, times the papers with the phrase over
        the root of the cluster's papers. Of equal scores the alphabetically first is better. A
        term that shares a word with a better one is left out.

        Source: Grootendorst, arXiv 2203.05794 (2022), for c-TF-IDF.
        """
        self._close()
        self._everywhere.merge()
        if not self._closed:
            return {}
        mean = sum(closed.total for closed in self._closed) / len(self._closed)
        return {closed.cluster: self._terms_of(closed, mean) for closed in self._closed}

    def _terms_of(self, closed: _Closed, mean: float) -> list[str]:
        candidates = list(closed.candidates)
        everywhere = self._everywhere.of(candidates)
        scored = sorted(
            (
                -(count / closed.total)
                * log(1 + mean / total)
                * (1 + BLANK_WEIGHT * phrase.count(" "))
                * papers
                / sqrt(closed.papers),
                phrase,
            )
            for phrase, total in zip(candidates, everywhere, strict=True)
            for count, papers in (closed.candidates[phrase],)
        )
        return without_shared_words(phrase for _, phrase in scored)


def without_shared_words(ranked: Iterable[str], most: int = MOST_TERMS) -> list[str]:
    """Take phrases in order, but none that shares a word with one taken; at most `most`."""
    taken: list[str] = []
    words: set[str] = set()
    for phrase in ranked:
        if words.isdisjoint(phrase.split()):
            taken.append(phrase)
            words.update(phrase.split())
        if len(taken) == most:
            break
    return taken
