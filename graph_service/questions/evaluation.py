"""How well suggestions foretell who works together next: scores, without leakage.

Nothing of the test window enters a score: the training graph is made of training papers alone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from os import cpu_count

import numpy as np
import numpy.typing as npt

from graph_service.model.errors import ParameterError
from graph_service.projection.affinity import (
    LOCAL,
    Candidates,
    candidates,
    personalised_pagerank,
    topic_cosines,
)
from graph_service.projection.arrays import (
    AuthorPaper,
    Flags,
    Floats,
    Ints,
    Offsets,
    Shelf,
    Ties,
    ties_of,
)
from graph_service.projection.search import FoldedIndex
from graph_service.projection.texts import TextLists, Texts
from graph_service.projection.title_words import Terms, terms_of
from graph_service.projection.walks import components

CUTS = (1, 5, 10, 20)
BASELINES = ("random", "preferential_attachment", "common_neighbours", "most_recent")
SCORES = (
    *BASELINES,
    "adamic_adar",
    "resource_allocation",
    "jaccard",
    "pagerank",
    "topics",
)
REFERENCE = "adamic_adar"
# Authors whose pairs make the curve; more of them are sampled.
MOST_PAIR_AUTHORS = 10_000
UNIFORM_AUTHORS, UNIFORM_OTHERS = 500, 20
RESAMPLES = 1_000
AT_A_TIME = 64
LONG_AGO, FAR_AHEAD = "-01-01", "-12-31"


@dataclass(frozen=True, slots=True)
class Split:
    """Training papers are before `date`, test papers from then on, before `end`; ISO days."""

    date: str
    end: str

    @classmethod
    def at_year(cls, year: int, window: int) -> "Split":
        """Split at the first of January, with a window of whole years.

        Raises:
            ParameterError: The year is not of four digits, or the window below 1.
        """
        if not 1 <= window <= 100:
            raise ParameterError("window", window, "1 to 100 years")
        if not 1 <= year <= 9999 - window:
            raise ParameterError("split_year", year, f"1 to {9999 - window}")
        return cls(f"{year:04}-01-01", f"{year + window:04}-01-01")


@dataclass(frozen=True, slots=True)
class Sides:
    """Which papers are on which side, and how many on none.

    `straddling` have a date too coarse to tell, `undated` none.
    """

    training: Flags
    test: Flags
    straddling: int
    undated: int
    later: int


def sides_of(dates: Iterable[str], split: Split) -> Sides:
    """Put papers on the sides of a split, by the first and last day that their dates allow."""
    training, test, straddling, undated, later = [], [], 0, 0, 0
    for date in dates:
        first, last = (date + LONG_AGO[len(date) - 4 :])[:10], _last_day(date)
        before = bool(date) and last < split.date
        within = bool(date) and first >= split.date and last < split.end
        training.append(before)
        test.append(within)
        if not date:
            undated += 1
        elif first >= split.end:
            later += 1
        elif not before and not within:
            straddling += 1
    return Sides(np.array(training, np.bool_), np.array(test, np.bool_), straddling, undated, later)


def _last_day(date: str) -> str:
    # A month's 31st may not exist, but nothing lies between it and the month's end.
    return {4: date + FAR_AHEAD, 7: date + "-31"}.get(len(date), date)


@dataclass(frozen=True, slots=True, eq=False)
class Training:
    """The graph of the training papers; `authors` are the numbers its authors have in the whole."""

    graph: AuthorPaper
    terms: Terms
    authors: Ints


def training_of(graph: AuthorPaper, topics: Shelf, papers: Flags) -> Training:
    """Make the graph that was known before the split, and nothing more.

    Args:
        graph: All papers.
        topics: What sources state of them.
        papers: Which of them are training papers.
    """
    kept = np.flatnonzero(papers)
    sizes = np.diff(graph.paper_indptr)
    authors, numbered = np.unique(graph.slots[np.repeat(papers, sizes)], return_inverse=True)
    slots = numbered.astype(np.int32)
    order = np.argsort(slots, kind="stable")
    of_paper = np.repeat(np.arange(len(kept), dtype=np.int32), sizes[kept])
    titles = Texts.of(graph.titles[paper] for paper in kept.tolist())
    nobody = Texts.of([])
    part = replace(
        graph,
        author_ids=Texts.of(graph.author_ids[author] for author in authors.tolist()),
        author_names=nobody,
        author_identity=nobody,
        author_variants=TextLists(nobody, np.zeros(1, np.int64)),
        paper_ids=Texts.of(graph.paper_ids[paper] for paper in kept.tolist()),
        titles=titles,
        dates=Texts.of(graph.dates[paper] for paper in kept.tolist()),
        years=graph.years[kept],
        complete=graph.complete[kept],
        paper_indptr=_offsets(sizes[kept]),
        slots=slots,
        positions=graph.positions[np.repeat(papers, sizes)],
        author_indptr=_offsets(np.bincount(slots, minlength=len(authors))),
        papers_of=of_paper[order],
        listed=graph.listed[kept],
        capped=np.flatnonzero(sizes[kept] > graph.max_authors).astype(np.int32),
    )
    counts = np.diff(topics.paper_indptr)
    stated = replace(
        topics,
        paper_indptr=_offsets(counts[kept]),
        nodes=topics.nodes[np.repeat(papers, counts)],
    )
    return Training(
        graph=replace(part, ties=ties_of(part)),
        terms=terms_of(FoldedIndex.of(titles), stated),
        authors=authors.astype(np.int32),
    )


def _offsets(sizes: npt.NDArray[np.int64]) -> Offsets:
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes)))


def by_name(
    graph: AuthorPaper, names: Sequence[str], elsewhere: Mapping[tuple[int, int], str]
) -> AuthorPaper:
    """Count as one author whoever is printed under one name, whatever was decided since.

    Args:
        graph: Who is an author of what.
        names: An id for the name of each author, by author number.
        elsewhere: The same for single papers (paper number, author number), where an author of
            several names is printed under another one.

    Returns:
        The graph with authors numbered by those ids; names, spellings and ties are left empty.
    """
    numbers = {name: at for at, name in enumerate(sorted({*names, *elsewhere.values()}))}
    of_author = np.array([numbers[name] for name in names], np.int64)
    of_slot = of_author[graph.slots] if len(names) else np.zeros(0, np.int64)
    for (paper, author), name in elsewhere.items():
        start = int(graph.paper_indptr[paper])
        place = start + int(np.searchsorted(graph.authors_of_paper(paper), author))
        of_slot[place] = numbers[name]
    papers = len(graph.paper_ids)
    of_paper = np.repeat(np.arange(papers), np.diff(graph.paper_indptr))
    width = max(len(numbers), 1)
    pairs, first = np.unique(of_paper * width + of_slot, return_index=True)
    slots = (pairs % width).astype(np.int32)
    rows = (pairs // width).astype(np.int32)
    order = np.argsort(slots, kind="stable")
    sizes = np.bincount(rows, minlength=papers)
    made = replace(
        graph,
        author_ids=Texts.of(numbers),
        paper_indptr=_offsets(sizes),
        slots=slots,
        positions=graph.positions[first],
        author_indptr=_offsets(np.bincount(slots, minlength=len(numbers))),
        papers_of=rows[order],
        capped=np.flatnonzero(sizes > graph.max_authors).astype(np.int32),
    )
    return replace(made, ties=ties_of(made))


@dataclass(frozen=True, slots=True, eq=False)
class Tested:
    """What happened in the test window, in the numbers of the training graph.

    `linked` are collaborators of the window by author; `partners` those of them who were there
    in training and share no training paper, `newcomers` counts those who were not there.
    """

    linked: Mapping[int, frozenset[int]]
    partners: Mapping[int, frozenset[int]]
    newcomers: Mapping[int, int]
    papers: int
    authors: int
    ties: int


def outcome_of(graph: AuthorPaper, training: Training, papers: Flags) -> Tested:
    """Find who worked together in the test window, on papers under the cap."""
    ties = ties_of(graph, papers=papers)
    known = np.full(len(graph.author_ids), -1, np.int64)
    known[training.authors] = np.arange(len(training.authors))
    met = training.graph.ties
    crowds = _crowds(training.graph)
    linked: dict[int, frozenset[int]] = {}
    partners: dict[int, frozenset[int]] = {}
    newcomers: dict[int, int] = {}
    for author in np.flatnonzero(np.diff(ties.indptr)).tolist():
        here = int(known[author])
        if here < 0:
            continue
        others = known[ties.neighbours[ties.row(author)]]
        there = others[others >= 0].tolist()
        row = met.row(here)
        before = set(met.neighbours[row].tolist())
        linked[here] = frozenset(there)
        new = frozenset(
            other
            for other in there
            if other not in before and not crowds.get(here, _NONE) & crowds.get(other, _NONE)
        )
        if new:
            partners[here] = new
        if missing := int(np.count_nonzero(others < 0)):
            newcomers[here] = missing
    slots = graph.slots[np.repeat(papers, np.diff(graph.paper_indptr))]
    return Tested(
        linked,
        partners,
        newcomers,
        papers=int(papers.sum()),
        authors=len(np.unique(slots)),
        ties=len(ties),
    )


_NONE: frozenset[int] = frozenset()


def _crowds(graph: AuthorPaper) -> dict[int, frozenset[int]]:
    """The papers over the cap of each author who has one: they make no tie, yet people met."""
    found: dict[int, set[int]] = {}
    for paper in graph.capped.tolist():
        for author in graph.authors_of_paper(paper).tolist():
            found.setdefault(author, set()).add(paper)
    return {author: frozenset(papers) for author, papers in found.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What one score reached.

    `precision`, `recall` and `recall_of_all` (newcomers included) are means over targets at each
    of CUTS; `interval` is that of `mean_average_precision`, `over_reference` that of what it is
    over Adamic-Adar; `precision_interval` and `recall_interval` are at ten.
    """

    precision: dict[int, float]
    recall: dict[int, float]
    recall_of_all: dict[int, float]
    mean_average_precision: float
    interval: tuple[float, float]
    precision_interval: tuple[float, float]
    recall_interval: tuple[float, float]
    over_reference: tuple[float, float]
    auc: float | None
    auc_uniform: float | None
    average_precision: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """All that was measured, and on what."""

    sides: Sides
    training_papers: int
    training_authors: int
    training_ties: int
    tested: Tested
    targets: int
    new_pairs: int
    newcomer_pairs: int
    beyond: int
    pair_authors: int
    pairs: int
    positive_rate: float | None
    uniform_pairs: int
    uniform_positive_rate: float | None
    scores: dict[str, Measured]


@dataclass(slots=True)
class _Collected:
    """What the authors of one batch give."""

    # By score: of each target the ranks of hits, then what the curves are made of.
    ranks: dict[str, list[tuple[int, list[int]]]]
    values: dict[str, list[Floats]]
    positive: list[Flags]
    uniform: dict[str, list[Floats]]
    uniform_positive: list[Flags]


def evaluate(
    graph: AuthorPaper,
    topics: Shelf,
    split: Split,
    *,
    seed: int = 0,
    step: Callable[[str, int, int], None] = lambda *_: None,
) -> Evaluation:
    """Rank, for every author with a new collaborator, who that might be; and compare with who was.

    Targets are authors with a collaborator in training and, in the test window, a new one who
    was there in training. Candidates are non-adjacent authors at two hops; for personalised
    PageRank whoever is reached. Average precision of a target sums the precision at each hit
    over the new partners, found or not. The ROC curve is that of all ordered pairs (u, v) at two
    hops, positive if tied in the window; of more than 10,000 authors u a sample is taken. The
    second curve sets the new pairs within the largest component against 10,000 evenly drawn
    pairs of it that are not tied: 20 others each for 500 authors.

    Args:
        graph: All papers, with authors decided by name alone; see `by_name`.
        topics: What sources state of the papers.
        split: Where training ends and the test window begins and ends.
        seed: Of the samples, the random baseline and the resampling of targets.
        step: Called with what is done, how much of it, and of how much.

    Returns:
        Scores are empty where there is no target.

    Source: Liben-Nowell and Kleinberg, JASIST 58 (2007), for the task; intervals by Efron's
        percentile bootstrap over targets.
    Cost: Some 20 ms for each target and pair author among 100,000 ties, most of it walks.
    """
    sides = sides_of(graph.dates, split)
    step("making the training graph", 0, 1)
    training = training_of(graph, topics, sides.training)
    tested = outcome_of(graph, training, sides.test)
    ties = training.graph.ties
    degrees = np.diff(ties.indptr)
    targets = sorted(author for author in tested.partners if degrees[author])
    chance = np.random.default_rng(seed)
    pair_authors = _drawn(np.flatnonzero(degrees), MOST_PAIR_AUTHORS, chance)
    uniform = _uniform_pairs(ties, chance)
    sources = sorted({*targets, *pair_authors.tolist(), *uniform})
    run = _Run(
        training,
        tested,
        frozenset(targets),
        frozenset(pair_authors.tolist()),
        uniform,
        _in_largest(ties),
        seed,
    )
    batches = [sources[at : at + AT_A_TIME] for at in range(0, len(sources), AT_A_TIME)]
    made: list[_Collected] = []
    with ThreadPoolExecutor(cpu_count()) as pool:
        for collected in pool.map(run.batch, batches):
            made.append(collected)
            step("ranking candidates", min(len(made) * AT_A_TIME, len(sources)), len(sources))
    step("drawing intervals", 0, 1)
    positive = np.concatenate([flags for part in made for flags in part.positive] or [_NO_FLAGS])
    even = np.concatenate(
        [flags for part in made for flags in part.uniform_positive] or [_NO_FLAGS]
    )
    newcomer_pairs = sum(tested.newcomers.get(author, 0) for author in targets)
    return Evaluation(
        sides=sides,
        training_papers=int(sides.training.sum()),
        training_authors=len(training.authors),
        training_ties=len(ties),
        tested=tested,
        targets=len(targets),
        new_pairs=sum(len(tested.partners[author]) for author in targets),
        newcomer_pairs=newcomer_pairs,
        beyond=run.beyond(),
        pair_authors=len(pair_authors),
        pairs=len(positive),
        positive_rate=float(positive.mean()) if len(positive) else None,
        uniform_pairs=int(np.count_nonzero(~even)),
        uniform_positive_rate=float(even.mean()) if len(even) else None,
        scores=_measured(made, run, targets, positive, even, seed) if targets else {},
    )


_NO_FLAGS = np.zeros(0, np.bool_)


def _drawn(
    authors: npt.NDArray[np.int64], most: int, chance: np.random.Generator
) -> npt.NDArray[np.int64]:
    if len(authors) <= most:
        return authors
    return np.sort(chance.choice(authors, most, replace=False))


def _in_largest(ties: Ties) -> Flags:
    """Who is in the component with most authors, of equal ones in that of the first by id."""
    labels = components(ties).labels
    return labels == np.argmax(np.bincount(labels)) if len(labels) else np.zeros(0, np.bool_)


def _uniform_pairs(ties: Ties, chance: np.random.Generator) -> dict[int, Ints]:
    """Pairs of the largest component that are not tied, drawn evenly, by their first author."""
    if not len(ties):
        return {}
    largest = np.flatnonzero(_in_largest(ties))
    pairs = {}
    for author in _drawn(largest, UNIFORM_AUTHORS, chance).tolist():
        others = chance.choice(largest, min(UNIFORM_OTHERS, len(largest)), replace=False)
        tied = ties.neighbours[ties.row(author)]
        open_to = others[(others != author) & ~np.isin(others, tied)]
        if len(open_to):
            pairs[author] = np.sort(open_to).astype(np.int32)
    return pairs


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    training: Training
    tested: Tested
    targets: frozenset[int]
    pair_authors: frozenset[int]
    uniform: Mapping[int, Ints]
    largest: Flags
    seed: int

    def beyond(self) -> int:
        """Count the new pairs of targets who share no collaborator."""
        ties = self.training.graph.ties
        return sum(
            not np.intersect1d(
                ties.neighbours[ties.row(author)], ties.neighbours[ties.row(other)]
            ).size
            for author in self.targets
            for other in self.tested.partners[author]
        )

    def batch(self, authors: list[int]) -> _Collected:
        """Rank the candidates of some authors."""
        made = _Collected(
            {score: [] for score in SCORES},
            {score: [] for score in SCORES},
            [],
            {score: [] for score in SCORES},
            [],
        )
        walks = personalised_pagerank(self.training.graph.ties, authors)
        for at, author in enumerate(authors):
            self._author(author, walks[:, at], made)
        return made

    def _author(self, author: int, walk: Floats, made: _Collected) -> None:
        ties = self.training.graph.ties
        found = candidates(ties, author)
        people = found.authors
        # Seeded by the author, so that it does not matter who else is asked about.
        chance = np.random.default_rng([self.seed, author])
        drawn = chance.random(len(ties.indptr) - 1)
        values: dict[str, Floats] = {
            "random": drawn[people],
            "most_recent": found.recents.astype(np.float64),
            "pagerank": walk[people],
            "topics": self._cosines(author, people),
            **{name: found.score(name) for name in LOCAL},
        }
        if author in self.targets:
            wanted = np.array(sorted(self.tested.partners[author]), np.int64)
            for score in SCORES:
                if score != "pagerank":
                    made.ranks[score].append(
                        (author, _ranks(values[score], found.recents, people, wanted))
                    )
            made.ranks["pagerank"].append((author, self._walk_ranks(author, walk, found, wanted)))
        linked = self.tested.linked.get(author, _NONE)
        if author in self.pair_authors and len(people):
            for score in SCORES:
                made.values[score].append(values[score])
            made.positive.append(np.isin(people, list(linked)))
        self._even(author, walk, values, people, drawn, made)

    def _walk_ranks(
        self, author: int, walk: Floats, found: Candidates, wanted: npt.NDArray[np.int64]
    ) -> list[int]:
        ties = self.training.graph.ties
        reached = walk > 0
        reached[author] = False
        reached[ties.neighbours[ties.row(author)]] = False
        people = np.flatnonzero(reached)
        recents = np.zeros(len(reached), np.int32)
        recents[found.authors] = found.recents
        return _ranks(walk[people], recents[people], people, wanted)

    def _cosines(self, author: int, others: Ints) -> Floats:
        return topic_cosines(self.training.graph, self.training.terms, author, others)

    def _even(
        self,
        author: int,
        walk: Floats,
        values: dict[str, Floats],
        people: Ints,
        drawn: Floats,
        made: _Collected,
    ) -> None:
        """Pairs for the second curve: new pairs of the largest component, and drawn ones."""
        new: list[int] = []
        if author in self.targets and self.largest[author]:
            there = self.tested.partners[author]
            new = [other for other in sorted(there) if self.largest[other]]
        linked = self.tested.linked.get(author, _NONE)
        even = [one for one in self.uniform.get(author, ()) if int(one) not in linked]
        others = np.array([*new, *even], np.int32)
        if not len(others):
            return
        ties = self.training.graph.ties
        degree = np.diff(ties.indptr)
        place = np.searchsorted(people, others)
        place[place == len(people)] = 0
        near = np.isin(others, people)
        for score in SCORES:
            if score == "random":
                of = drawn[others]
            elif score == "pagerank":
                of = walk[others]
            elif score == "topics":
                of = self._cosines(author, others)
            elif score == "preferential_attachment":
                of = (degree[author] * degree[others]).astype(np.float64)
            else:
                of = (
                    np.where(near, values[score][place], 0.0)
                    if len(people)
                    else np.zeros(len(others))
                )
            made.uniform[score].append(of)
        made.uniform_positive.append(np.arange(len(others)) < len(new))


def _ranks(
    values: Floats,
    recents: Ints,
    people: npt.NDArray[np.signedinteger],
    wanted: npt.NDArray[np.int64],
) -> list[int]:
    """The ranks, from 1, at which those wanted come, ascending."""
    order = np.lexsort((people, -recents, -values))
    return (np.flatnonzero(np.isin(people[order], wanted)) + 1).tolist()


def _measured(
    made: Sequence[_Collected],
    run: _Run,
    targets: Sequence[int],
    positive: Flags,
    even: Flags,
    seed: int,
) -> dict[str, Measured]:
    count = len(targets)
    partners = np.array([len(run.tested.partners[author]) for author in targets])
    everybody = partners + [run.tested.newcomers.get(author, 0) for author in targets]
    draws = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), RESAMPLES)

    def interval(of: Floats) -> tuple[float, float]:
        low, high = np.quantile(draws @ of / count, [0.025, 0.975])
        return float(low), float(high)

    ranks: dict[str, list[list[int]]] = {}
    precise: dict[str, Floats] = {}
    for score in SCORES:
        of = dict(entry for part in made for entry in part.ranks[score])
        ranks[score] = [of[author] for author in targets]
        precise[score] = np.array(
            [
                sum(hit / rank for hit, rank in enumerate(found, 1)) / all_of
                for found, all_of in zip(ranks[score], partners.tolist(), strict=True)
            ]
        )
    measured = {}
    for score in SCORES:
        hits = {
            cut: np.array([sum(rank <= cut for rank in found) for found in ranks[score]])
            for cut in CUTS
        }
        values = [values for part in made for values in part.values[score]]
        evenly = [values for part in made for values in part.uniform[score]]
        curve = np.concatenate(values or [np.zeros(0)])
        measured[score] = Measured(
            precision={cut: float((hits[cut] / cut).mean()) for cut in CUTS},
            recall={cut: float((hits[cut] / partners).mean()) for cut in CUTS},
            recall_of_all={cut: float((hits[cut] / everybody).mean()) for cut in CUTS},
            mean_average_precision=float(precise[score].mean()),
            interval=interval(precise[score]),
            precision_interval=interval(hits[10] / 10),
            recall_interval=interval(hits[10] / partners),
            over_reference=interval(precise[score] - precise[REFERENCE]),
            auc=area_under_curve(curve, positive),
            auc_uniform=area_under_curve(np.concatenate(evenly or [np.zeros(0)]), even),
            average_precision=average_precision(curve, positive),
        )
    return measured


def area_under_curve(values: Floats, positive: Flags) -> float | None:
    """The chance that a positive has a greater value than a negative, an equal one counting half.

    Absent when there is no positive or no negative.
    """
    positives = int(np.count_nonzero(positive))
    negatives = len(positive) - positives
    if not positives or not negatives:
        return None
    _, group, sizes = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(sizes)
    # The mean rank, from 1, of those who share a value.
    ranks = (ends - (sizes - 1) / 2)[group]
    won = ranks[positive].sum() - positives * (positives + 1) / 2
    return float(won / (positives * negatives))


def average_precision(values: Floats, positive: Flags) -> float | None:
    """The precision at each distinct value, weighted by the recall that it adds.

    Those who share a value come together, so that no order among them helps. Absent when there
    is no positive.
    """
    positives = int(np.count_nonzero(positive))
    if not positives:
        return None
    found, group = np.unique(-values, return_inverse=True)
    hits = np.bincount(group, weights=positive, minlength=len(found))
    sizes = np.bincount(group, minlength=len(found))
    precision = np.cumsum(hits) / np.cumsum(sizes)
    return float((precision * hits).sum() / positives)
