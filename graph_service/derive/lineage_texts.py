"""How alike the texts of a scope are: weighted phrases, cosines, and the floor under them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from graph_service.derive.lineage_model import LineageModel
from graph_service.derive.lineage_papers import ReadPaper
from graph_service.derive.phrases import phrases
from graph_service.projection import kernels

Ints = npt.NDArray[np.integer]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Texts:
    """A vector of length one for each paper, in rows; `vocabulary` in order of appearance."""

    indptr: Ints
    terms: Ints
    weights: Floats
    vocabulary: list[str]
    papers_with: Ints

    def cosines(self, older: Ints, newer: Ints) -> Floats:
        """Cosine of each pair, to nine decimals; quickest when the newer come in runs."""
        found: Floats = kernels.text_cosines(
            self.indptr, self.terms, self.weights, len(self.vocabulary), older, newer
        )
        return found

    def shared(self, one: int, other: int, most: int) -> list[str]:
        """The phrases that make two papers most alike, heaviest first.

        Of equal products the alphabetically last comes first, which puts `low flop` before
        `low`, the longer before its beginning. A phrase that is contained in one listed, or
        contains one, is left out.
        """
        mine, its = (slice(self.indptr[paper], self.indptr[paper + 1]) for paper in (one, other))
        terms, left, right = np.intersect1d(
            self.terms[mine], self.terms[its], assume_unique=True, return_indices=True
        )
        products = np.round(self.weights[mine][left] * self.weights[its][right], 12)
        heaviest = sorted(
            zip(products.tolist(), (self.vocabulary[term] for term in terms.tolist()), strict=True),
            reverse=True,
        )
        listed: list[str] = []
        for _, phrase in heaviest:
            if not any(phrase in known or known in phrase for known in listed):
                listed.append(phrase)
            if len(listed) == most:
                break
        return listed


def read_texts(papers: Sequence[ReadPaper], model: LineageModel) -> Texts:
    """Weigh the phrases of papers, which come by id.

    Cost: linear in the texts; all distinct phrases are held at once.
    """
    numbers: dict[str, int] = {}
    rows: list[tuple[Ints, Ints]] = []
    for paper in papers:
        text = f"{paper.title}. " * model.title_weight + paper.abstract
        counted = Counter(phrases(text, longest=model.phrase_words))
        row = [numbers.setdefault(phrase, len(numbers)) for phrase in counted]
        rows.append(
            (np.array(row, np.int64), np.fromiter(counted.values(), np.int64, len(counted)))
        )
    count = len(papers)
    sizes = np.array([len(row) for row, _ in rows], np.int64)
    terms = np.concatenate([row for row, _ in rows] or [np.zeros(0, np.int64)])
    counts = np.concatenate([row for _, row in rows] or [np.zeros(0, np.int64)])
    papers_of = np.repeat(np.arange(count), sizes)
    papers_with = np.bincount(terms, minlength=len(numbers))
    wanted = np.ones(len(numbers), np.bool_)
    if count >= model.no_limits_below:
        wanted = (papers_with >= model.fewest_papers_of_phrase) & (
            papers_with <= model.most_share_of_phrase * count
        )
    kept = wanted[terms]
    terms, counts, papers_of = terms[kept], counts[kept], papers_of[kept]
    renumbered = np.cumsum(wanted) - 1
    terms = renumbered[terms]
    with_phrase = papers_with[wanted]
    rarity = np.log((1 + count) / (1 + with_phrase)) + 1
    weights = (1 + np.log(counts)) * rarity[terms]
    order = np.lexsort((terms, papers_of))
    terms, weights, papers_of = terms[order], weights[order], papers_of[order]
    squares = np.bincount(papers_of, weights * weights, minlength=count)
    weights = weights / np.sqrt(squares[papers_of])
    indptr = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(papers_of, minlength=count), out=indptr[1:])
    chosen = wanted.tolist()
    return Texts(
        indptr,
        terms.astype(np.int64),
        weights,
        [phrase for phrase, number in numbers.items() if chosen[number]],
        with_phrase,
    )


def cosine_floor(texts: Texts, model: LineageModel) -> float:
    """The cosine that two papers of a scope have by chance; 0 where there are no two."""
    count = len(texts.indptr) - 1
    if count < 2:
        return 0.0
    if count <= model.floor_from_all_pairs:
        matrix = csr_array(
            (texts.weights, texts.terms, texts.indptr), shape=(count, len(texts.vocabulary))
        )
        cosines = (matrix @ matrix.T).toarray()[np.triu_indices(count, 1)]
    else:
        dice = np.random.default_rng(model.floor_seed)
        newer = np.sort(dice.integers(0, count, model.floor_pairs))
        older = (newer + dice.integers(1, count, model.floor_pairs)) % count
        cosines = texts.cosines(older, newer)
    floor = float(np.percentile(cosines, model.floor_percentile))
    if count < model.small_scope:
        floor = min(floor, model.small_scope_most_floor)
    if count > model.most_papers:
        floor = max(floor, model.large_scope_least_floor)
    return round(floor, 9)


def nearest(texts: Texts, days: Ints, model: LineageModel) -> Ints:
    """The earlier papers with the highest cosines, for each paper; -1 fills up.

    A paper of the same day counts as earlier. Of equal cosines the later paper is nearer, then
    the one first by id. Phrases in more than 200 papers bring no paper in.

    Args:
        texts: The scope.
        days: Ordinals by paper, 0 unknown.
        model: How many.

    Cost: the sum of squared postings of the phrases that count; those in too many papers are only
    looked at for papers that may be among the nearest.
    """
    count = len(days)
    papers_of = np.repeat(np.arange(count), np.diff(texts.indptr))
    order = np.lexsort((papers_of, texts.terms))
    posting_indptr = np.zeros(len(texts.vocabulary) + 1, np.int64)
    np.cumsum(np.bincount(texts.terms, minlength=len(texts.vocabulary)), out=posting_indptr[1:])
    generates = texts.papers_with <= model.most_papers_of_posting
    squares = np.where(generates[texts.terms], 0.0, texts.weights**2)
    common = np.sqrt(np.bincount(papers_of, squares, minlength=count))
    found: Ints = kernels.nearest_texts(
        texts.indptr,
        texts.terms,
        texts.weights,
        posting_indptr,
        papers_of[order],
        texts.weights[order],
        generates,
        common,
        days,
        model.nearest_texts,
    )
    return found
