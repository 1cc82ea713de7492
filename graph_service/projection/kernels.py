"""Compiled loops over the projection's arrays: every numba function of this program.

Each has a plain wrapper in the module that uses it, which says what goes in and comes out, and a
naive twin in the tests. All release the GIL, none runs threads of its own. Scratch arrays that
span all authors are kept by the wrapper and left clean by the kernel, since clearing a million
entries takes longer than most walks.

On small graphs the same loops run as plain Python: that takes milliseconds, where compiling all
of them takes half a minute and reading compiled ones back most of a second.
"""

import heapq
import os
from collections.abc import Callable
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from platformdirs import user_cache_path

# Entries of the longest array from which compiling pays.
WORTH_COMPILING = 20_000

# Beside the sources is no place for compiled code: an installation may be read-only, and two
# users may share it. What an other version compiled is of no use, so that each has its folder.
_FOLDER = (
    Path(os.environ.get("NUMBA_CACHE_DIR") or user_cache_path("coauthor-graph") / "kernels")
    / blake2b(Path(__file__).read_bytes() + version("numba").encode(), digest_size=8).hexdigest()
)


def are_compiled() -> bool:
    """Whether an earlier process has left compiled code of this version."""
    return any(_FOLDER.glob("*/*.nbc"))


_INNER: list[Callable[..., Any]] = []


def within_kernels(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let kernels call a function, compiled with each of them."""
    _INNER.append(function)
    return function


class Kernel:
    """A loop that is compiled once any of them has met arrays for which that pays."""

    compiling = False

    def __init__(self, plain: Callable[..., Any]) -> None:
        self.plain = plain
        self._compiled: Callable[..., Any] | None = None

    def __call__(self, *arguments: Any) -> Any:
        """Run the loop; a call that compiles it takes some seconds."""
        if self._compiled is None:
            if not Kernel.compiling:
                Kernel.compiling = any(
                    len(one) >= WORTH_COMPILING for one in arguments if isinstance(one, np.ndarray)
                )
            if not Kernel.compiling:
                return self.run_plain(*arguments)
            self._compiled = self._compile()
        return self._compiled(*arguments)

    def compiled(self) -> Callable[..., Any]:
        """The compiled loop, for work that is long on short arrays, too."""
        if self._compiled is None:
            self._compiled = self._compile()
        return self._compiled

    def run_plain(self, *arguments: Any) -> Any:
        """Run the loop as it stands."""
        # Compiled integers wrap round without a word; so must these.
        with np.errstate(over="ignore"):
            return self.plain(*arguments)

    def _compile(self) -> Callable[..., Any]:
        # Imported where it is used: half of what a one-shot command on a small graph would take.
        import numba  # noqa: PLC0415
        from numba.extending import register_jitable  # noqa: PLC0415

        while _INNER:
            register_jitable(_INNER.pop())
        # numba asks for the folder when a function is declared; where it cannot be written to,
        # each process compiles what it uses.
        setattr(numba.config, "CACHE_DIR", str(_FOLDER))  # noqa: B010 - named at run time
        try:
            _FOLDER.mkdir(parents=True, exist_ok=True)
            keep = os.access(_FOLDER, os.W_OK)
        except OSError:
            keep = False
        compiled: Callable[..., Any] = numba.njit(cache=keep, nogil=True)(self.plain)
        return compiled


kernel = Kernel


@kernel
def weigh_ties(
    paper_indptr,
    slots,
    author_indptr,
    papers_of,
    paper_counts,
    author_counts,
    shares,
    years,
    min_papers,
):
    """Sum up the ties of each author over papers in order; see `arrays.ties_of`."""
    authors = len(author_indptr) - 1
    most = 0
    for paper in range(len(paper_indptr) - 1):
        if paper_counts[paper]:
            size = 0
            for slot in range(paper_indptr[paper], paper_indptr[paper + 1]):
                if author_counts[slots[slot]]:  # its bytes would add up as bytes
                    size += 1
            most += size * (size - 1)
    indptr = np.zeros(authors + 1, np.int64)
    neighbours = np.empty(most, np.int32)
    papers = np.empty(most, np.int32)
    weights = np.empty(most, np.float64)
    firsts = np.empty(most, np.int32)
    lasts = np.empty(most, np.int32)
    count = np.zeros(authors, np.int32)
    total = np.zeros(authors, np.float64)
    first = np.zeros(authors, np.int32)
    last = np.zeros(authors, np.int32)
    touched = np.empty(authors, np.int32)
    made = 0
    for author in range(authors):
        met = 0
        if author_counts[author]:
            for place in range(author_indptr[author], author_indptr[author + 1]):
                paper = papers_of[place]
                if not paper_counts[paper]:
                    continue
                year = years[paper]
                for slot in range(paper_indptr[paper], paper_indptr[paper + 1]):
                    other = slots[slot]
                    if other == author or not author_counts[other]:
                        continue
                    if count[other] == 0:
                        touched[met] = other
                        met += 1
                        total[other] = 0.0
                        first[other] = 0
                        last[other] = 0
                    count[other] += 1
                    total[other] += shares[paper]
                    if year and (first[other] == 0 or year < first[other]):
                        first[other] = year
                    last[other] = max(last[other], year)
        row = np.sort(touched[:met])
        for other in row:
            if count[other] >= min_papers:
                neighbours[made] = other
                papers[made] = count[other]
                weights[made] = total[other]
                firsts[made] = first[other]
                lasts[made] = last[other]
                made += 1
            count[other] = 0
        indptr[author + 1] = made
    return (
        indptr,
        neighbours[:made].copy(),
        papers[:made].copy(),
        weights[:made].copy(),
        firsts[:made].copy(),
        lasts[:made].copy(),
    )


@kernel
def fold_block(block, offsets, table, folded):
    """Fold ASCII letters of texts by a table, blanks collapsed, a line feed behind each text.

    Bytes beyond ASCII stay as they are. Returns where each text begins in `folded`, and the end.
    """
    starts = np.empty(len(offsets), np.int64)
    made = 0
    for text in range(len(offsets) - 1):
        starts[text] = made
        blank = True
        for place in range(offsets[text], offsets[text + 1]):
            letter = block[place]
            if letter < 128:
                letter = table[letter]
            if letter != 32:
                folded[made] = letter
                made += 1
                blank = False
            elif not blank:
                folded[made] = 32
                made += 1
                blank = True
        if blank and made > starts[text]:
            made -= 1
        folded[made] = 10
        made += 1
    starts[len(offsets) - 1] = made
    return starts


@kernel
def word_starts(folded, made):
    """Where words begin: behind blanks, hyphens and line feeds."""
    count = 0
    for turn in range(2):
        if turn:
            starts = np.empty(count, np.int32)
            count = 0
        inside = False
        for place in range(made):
            between = folded[place] == 32 or folded[place] == 45 or folded[place] == 10
            if not between and not inside:
                if turn:
                    starts[count] = place
                count += 1
            inside = not between
    return starts


@kernel
def leading_letters(folded, starts, skip):
    """Eight letters from `skip` behind each start as a number that sorts as they do."""
    keys = np.zeros(len(starts), np.uint64)
    for word in range(len(starts)):
        key = np.uint64(0)
        for place in range(starts[word] + skip, starts[word] + skip + 8):
            letter = folded[place] if place < len(folded) else np.uint8(0)
            key = (key << np.uint64(8)) | np.uint64(letter)
        keys[word] = key
    return keys


@kernel
def unseen_papers(author_indptr, papers_of, authors, wanted, seen):
    """The wanted papers of some authors, each once, as the authors come; marks them in `seen`."""
    most = 0
    for author in authors:
        most += author_indptr[author + 1] - author_indptr[author]
    found = np.empty(min(most, len(wanted)), np.int32)
    count = 0
    for author in authors:
        for place in range(author_indptr[author], author_indptr[author + 1]):
            paper = papers_of[place]
            if wanted[paper] and not seen[paper]:
                seen[paper] = 1
                found[count] = paper
                count += 1
    return found[:count].copy()


@kernel
def hops_over_papers(
    paper_indptr,
    slots,
    author_indptr,
    papers_of,
    paper_counts,
    author_counts,
    min_papers,
    source,
    target,
):
    """Hops between two authors over papers that count, without making ties; -1: no path."""
    if source == target:
        return 0
    if not author_counts[source] or not author_counts[target]:
        return -1
    authors = len(author_indptr) - 1
    hops = np.full(authors, -1, np.int32)
    shared = np.zeros(authors, np.int32)
    queue = np.empty(authors, np.int32)
    touched = np.empty(authors, np.int32)
    hops[source] = 0
    queue[0] = source
    head, tail = 0, 1
    while head < tail:
        author = queue[head]
        head += 1
        met = 0
        for place in range(author_indptr[author], author_indptr[author + 1]):
            paper = papers_of[place]
            if not paper_counts[paper]:
                continue
            for slot in range(paper_indptr[paper], paper_indptr[paper + 1]):
                other = slots[slot]
                if hops[other] >= 0 or not author_counts[other]:
                    continue
                if shared[other] == 0:
                    touched[met] = other
                    met += 1
                shared[other] += 1
        for place in range(met):
            other = touched[place]
            if shared[other] >= min_papers:
                hops[other] = hops[author] + 1
                if other == target:
                    return hops[other]
                queue[tail] = other
                tail += 1
            shared[other] = 0
    return -1


@within_kernels
def place_among(sorted_numbers, number):
    """Where a number stands among ascending ones; -1: it does not."""
    low, high = 0, len(sorted_numbers)
    while low < high:
        middle = (low + high) // 2
        if sorted_numbers[middle] < number:
            low = middle + 1
        else:
            high = middle
    if low < len(sorted_numbers) and sorted_numbers[low] == number:
        return low
    return -1


@kernel
def inward_weights(indptr, neighbours, weights, authors, hops):
    """For ascending authors: weights of ties to those one hop nearer, and all ties among them."""
    strengths = np.zeros(len(authors), np.float64)
    ties = 0
    for at in range(len(authors)):
        author = authors[at]
        for tie in range(indptr[author], indptr[author + 1]):
            other = place_among(authors, neighbours[tie])
            if other < 0:
                continue
            ties += 1
            if hops[other] == hops[at] - 1:
                strengths[at] += weights[tie]
    return strengths, ties // 2


@kernel
def ties_among(indptr, neighbours, authors):
    """Places of the ties among ascending authors, from the lower to the higher number."""
    count = 0
    for turn in range(2):
        if turn:
            lower = np.empty(count, np.int32)
            places = np.empty(count, np.int64)
            count = 0
        for at in range(len(authors)):
            author = authors[at]
            for tie in range(indptr[author], indptr[author + 1]):
                other = neighbours[tie]
                if other > author and place_among(authors, other) >= 0:
                    if turn:
                        lower[count] = author
                        places[count] = tie
                    count += 1
    return lower, places


@kernel
def papers_of_ties(
    indptr,
    neighbours,
    author_indptr,
    papers_of,
    counted,
    years,
    paper_indptr,
    slots,
    positions,
    firsts,
    seconds,
):
    """Look ties up with the papers behind them; see `surroundings.papers_of_ties`.

    Returns the place of each tie, where the papers of each begin, and for each paper its number
    and the positions of both authors.
    """
    most = 0
    for tie in range(len(firsts)):
        most += min(
            author_indptr[firsts[tie] + 1] - author_indptr[firsts[tie]],
            author_indptr[seconds[tie] + 1] - author_indptr[seconds[tie]],
        )
    places = np.empty(len(firsts), np.int64)
    begins = np.zeros(len(firsts) + 1, np.int64)
    papers = np.empty((3, most), np.int32)
    made = 0
    for tie in range(len(firsts)):
        first, second = firsts[tie], seconds[tie]
        row = neighbours[indptr[first] : indptr[first + 1]]
        places[tie] = indptr[first] + place_among(row, second)
        mine, theirs = author_indptr[first], author_indptr[second]
        while mine < author_indptr[first + 1] and theirs < author_indptr[second + 1]:
            paper = papers_of[mine]
            if paper != papers_of[theirs]:
                if paper < papers_of[theirs]:
                    mine += 1
                else:
                    theirs += 1
                continue
            mine += 1
            theirs += 1
            if not counted[paper]:
                continue
            # Put in by year; papers come ascending, so that equals stay so. Undated ones go last.
            place = made
            while place > begins[tie] and years[paper]:
                before = years[papers[0, place - 1]]
                if before and before <= years[paper]:
                    break
                papers[0, place] = papers[0, place - 1]
                place -= 1
            papers[0, place] = paper
            made += 1
        begins[tie + 1] = made
        for place in range(begins[tie], made):
            for slot in range(paper_indptr[papers[0, place]], paper_indptr[papers[0, place] + 1]):
                if slots[slot] == first:
                    papers[1, place] = positions[slot]
                elif slots[slot] == second:
                    papers[2, place] = positions[slot]
    return places, begins, papers[:, :made]


@within_kernels
def is_among(number, numbers):
    """Whether a number stands in a short list."""
    for one in numbers:  # noqa: SIM110 - numba has no generators here
        if one == number:
            return True
    return False


# Marks of a walk beside hops plus one.
MET = 32_766
AVOIDED = 32_767


@within_kernels
def ways_between(
    indptr,
    neighbours,
    weights,
    source,
    target,
    max_hops,
    cap,
    avoided,
    barred,
    marks,
    rows,
):
    """Collect what lies on the shortest ways from source to target, which differ.

    Two searches take turns, the one with fewer ties to look at going on, until they meet. Each
    turn first looks for where they meet and keeps that alone: most ties are looked at in the
    last turn, and nearly all of them lead elsewhere.
    `marks` holds hops plus one, counted from the source above zero and from the target below;
    `barred` are neighbours that the source may not go to first. Returns the distance (-1: none),
    the authors hop by hop, ascending within a hop, where each hop begins in that list, and the
    ties onward as rows of places in it, with weights no greater than `cap`.
    """
    placed, near, far, order = rows[0], rows[1], rows[2], rows[3]
    for author in avoided:
        marks[author] = AVOIDED
    marks[source] = 1
    marks[target] = -1
    near[0] = source
    far[0] = target
    near_low, near_high, far_low, far_high = 0, 1, 0, 1
    near_hops, far_hops = 0, 0
    near_ties = indptr[source + 1] - indptr[source]
    far_ties = indptr[target + 1] - indptr[target]
    met = 0
    while near_low < near_high and far_low < far_high and near_hops + far_hops < max_hops:
        if near_ties <= far_ties:
            near_hops += 1
            for place in range(near_low, near_high):
                author = near[place]
                for tie in range(indptr[author], indptr[author + 1]):
                    other = neighbours[tie]
                    if marks[other] < 0 and not (author == source and is_among(other, barred)):
                        marks[other] = MET
                        order[met] = other
                        met += 1
            if met:
                break
            low, near_low = near_low, near_high
            near_ties = 0
            for place in range(low, near_low):
                author = near[place]
                for tie in range(indptr[author], indptr[author + 1]):
                    other = neighbours[tie]
                    if marks[other] == 0 and not (author == source and is_among(other, barred)):
                        marks[other] = near_hops + 1
                        near[near_high] = other
                        near_high += 1
                        near_ties += indptr[other + 1] - indptr[other]
        else:
            far_hops += 1
            for place in range(far_low, far_high):
                author = far[place]
                for tie in range(indptr[author], indptr[author + 1]):
                    other = neighbours[tie]
                    if 0 < marks[other] < MET and not (
                        other == source and is_among(author, barred)
                    ):
                        marks[other] = MET
                        order[met] = other
                        met += 1
            if met:
                break
            low, far_low = far_low, far_high
            far_ties = 0
            for place in range(low, far_low):
                author = far[place]
                for tie in range(indptr[author], indptr[author + 1]):
                    other = neighbours[tie]
                    if marks[other] == 0:
                        marks[other] = -far_hops - 1
                        far[far_high] = other
                        far_high += 1
                        far_ties += indptr[other + 1] - indptr[other]

    # Whom both searches reached stands in the middle; from there on, back to both ends.
    distance = near_hops + far_hops if met else -1
    lows = np.zeros(distance + 2, np.int64)
    highs = np.zeros(distance + 2, np.int64)
    count = met
    if met:
        highs[near_hops] = met
        for place in range(met):
            placed[order[place]] = -1
        for hops in range(near_hops - 1, -1, -1):
            lows[hops] = count
            for place in range(lows[hops + 1], highs[hops + 1]):
                author = order[place]
                for tie in range(indptr[author], indptr[author + 1]):
                    other = neighbours[tie]
                    if marks[other] == hops + 1 and placed[other] == 0:
                        placed[other] = -1
                        order[count] = other
                        count += 1
            highs[hops] = count
        for hops in range(near_hops + 1, distance + 1):
            lows[hops] = count
            for place in range(lows[hops - 1], highs[hops - 1]):
                author = order[place]
                for tie in range(indptr[author], indptr[author + 1]):
                    other = neighbours[tie]
                    if marks[other] != hops - distance - 1 or placed[other] != 0:
                        continue
                    if author == source and is_among(other, barred):
                        continue
                    placed[other] = -1
                    order[count] = other
                    count += 1
            highs[hops] = count

    authors = np.empty(count, np.int32)
    begins = np.zeros(distance + 2, np.int64)
    most = 0
    for hops in range(distance + 1):
        low = begins[hops]
        high = low + highs[hops] - lows[hops]
        begins[hops + 1] = high
        authors[low:high] = np.sort(order[lows[hops] : highs[hops]])
        for place in range(low, high):
            author = authors[place]
            placed[author] = place + 1
            most += indptr[author + 1] - indptr[author]
    onward = np.zeros(count + 1, np.int64)
    onto = np.empty(most, np.int32)
    strengths = np.empty(most, np.float64)
    made = 0
    for hops in range(distance + 1):
        for place in range(begins[hops], begins[hops + 1]):
            author = authors[place]
            if hops < distance:
                for tie in range(indptr[author], indptr[author + 1]):
                    there = placed[neighbours[tie]] - 1
                    if there < begins[hops + 1] or there >= begins[hops + 2]:
                        continue
                    if author == source and is_among(neighbours[tie], barred):
                        continue
                    onto[made] = there
                    strengths[made] = min(weights[tie], cap)
                    made += 1
            onward[place + 1] = made
    for author in authors:
        placed[author] = 0
    for place in range(near_high):
        marks[near[place]] = 0
    for place in range(far_high):
        marks[far[place]] = 0
    for author in avoided:
        marks[author] = 0
    return distance, authors, begins, onward, onto[:made].copy(), strengths[:made].copy()


@within_kernels
def count_ways(onward, onto):
    """Count the ways from the first place to the last; as a float too, which does not overflow."""
    places = len(onward) - 1
    exact = np.zeros(places, np.int64)
    rough = np.zeros(places, np.float64)
    exact[places - 1] = 1
    rough[places - 1] = 1.0
    for place in range(places - 2, -1, -1):
        for tie in range(onward[place], onward[place + 1]):
            exact[place] += exact[onto[tie]]
            rough[place] += rough[onto[tie]]
    return exact[0], rough[0]


@within_kernels
def strongest_ways(authors, begins, onward, onto, strengths, limit):
    """List ways through `ways_between`: weakest tie strongest first, then by author numbers."""
    places = len(authors)
    hops = len(begins) - 2
    ways = np.empty((limit, hops + 1), np.int32)
    best = np.zeros(places, np.float64)
    best[places - 1] = np.inf
    for place in range(places - 2, -1, -1):
        for tie in range(onward[place], onward[place + 1]):
            best[place] = max(best[place], min(strengths[tie], best[onto[tie]]))
    so_far = np.zeros(places, np.float64)
    so_far[0] = np.inf
    for place in range(places - 1):
        for tie in range(onward[place], onward[place + 1]):
            there = onto[tie]
            so_far[there] = max(so_far[there], min(strengths[tie], so_far[place]))
    # A way's weakest tie is one that is the weakest of the best way through it.
    weakest = np.empty(len(onto), np.float64)
    kinds = 0
    for place in range(places - 1):
        for tie in range(onward[place], onward[place + 1]):
            if strengths[tie] <= so_far[place] and strengths[tie] <= best[onto[tie]]:
                weakest[kinds] = strengths[tie]
                kinds += 1
    thresholds = np.unique(weakest[:kinds])[::-1]

    found = 0
    has_equal = np.zeros(places, np.bool_)
    way = np.zeros(hops + 1, np.int64)
    next_tie = np.zeros(hops + 1, np.int64)
    equal = np.zeros(hops + 1, np.bool_)
    for threshold in thresholds:
        # Whether a way onward keeps to the threshold and meets it.
        has_equal[:] = False
        for place in range(places - 2, -1, -1):
            for tie in range(onward[place], onward[place + 1]):
                there = onto[tie]
                if strengths[tie] == threshold:
                    if best[there] >= threshold:
                        has_equal[place] = True
                elif strengths[tie] > threshold and has_equal[there]:
                    has_equal[place] = True
        depth = 0
        way[0] = 0
        next_tie[0] = onward[0]
        equal[0] = False
        while depth >= 0:
            if found == limit:
                return ways
            if depth == hops:
                for step in range(hops + 1):
                    ways[found, step] = authors[way[step]]
                found += 1
                depth -= 1
                continue
            place = way[depth]
            tie = next_tie[depth]
            if tie == onward[place + 1]:
                depth -= 1
                continue
            next_tie[depth] = tie + 1
            there = onto[tie]
            if strengths[tie] < threshold or best[there] < threshold:
                continue
            meets = equal[depth] or strengths[tie] == threshold
            if not meets and not has_equal[there]:
                continue
            depth += 1
            way[depth] = there
            next_tie[depth] = onward[there]
            equal[depth] = meets
    return ways[:found]


@kernel
def shortest_ways(
    indptr,
    neighbours,
    weights,
    source,
    target,
    max_hops,
    cap,
    avoided,
    barred,
    marks,
    rows,
    limit,
):
    """List the first shortest ways between two who differ, as `ways_between` looks for them.

    Returns the distance (-1: none), how many ways there are, the same as a float, the first of
    them, and the ties that they are made of. All at once: a call takes longer than a step.
    """
    distance, authors, begins, onward, onto, strengths = ways_between(
        indptr, neighbours, weights, source, target, max_hops, cap, avoided, barred, marks, rows
    )
    if distance < 0:
        return distance, np.int64(0), 0.0, np.empty((0, 0), np.int32), onward, onto
    exact, rough = count_ways(onward, onto)
    listed = np.int64(min(float(limit), rough))
    ways = strongest_ways(authors, begins, onward, onto, strengths, listed)
    return distance, exact, rough, ways, onward, onto


@kernel
def reach(indptr, neighbours, starts, max_hops, seen, queue):
    """Everyone at most so many ties from the starts, nearest first, and where each hop begins."""
    high = 0
    for author in starts:
        if seen[author] == 0:
            seen[author] = 1
            queue[high] = author
            high += 1
    begins = [0, high]
    low = 0
    hops = 0
    while low < high and (max_hops < 0 or hops < max_hops):
        end = high
        for place in range(low, end):
            author = queue[place]
            for tie in range(indptr[author], indptr[author + 1]):
                other = neighbours[tie]
                if seen[other] == 0:
                    seen[other] = 1
                    queue[high] = other
                    high += 1
        low = end
        hops += 1
        if high > end:
            begins.append(high)
    for place in range(high):
        seen[queue[place]] = 0
    return queue[:high].copy(), np.array(begins)


@kernel
def label_components(indptr, neighbours):
    """Number everyone's component by its smallest author, and count its authors."""
    authors = len(indptr) - 1
    labels = np.full(authors, -1, np.int32)
    sizes = np.zeros(authors, np.int64)
    queue = np.empty(authors, np.int32)
    found = 0
    for first in range(authors):
        if labels[first] >= 0:
            continue
        labels[first] = found
        queue[0] = first
        low, high = 0, 1
        while low < high:
            author = queue[low]
            low += 1
            for tie in range(indptr[author], indptr[author + 1]):
                other = neighbours[tie]
                if labels[other] < 0:
                    labels[other] = found
                    queue[high] = other
                    high += 1
        sizes[found] = high
        found += 1
    return labels, sizes[:found].copy()


@kernel
def cheapest_way(
    indptr,
    neighbours,
    costs,
    source,
    target,
    avoided,
    barred,
    ahead,
    behind,
    settled,
):
    """Find the cheapest way from source to target, which differ, first by author numbers.

    `costs` are positive integers, equal both ways. Two searches take turns until no way cheaper
    or as cheap can be missing. `ahead` and `behind` hold costs plus one, -1 where an author is
    avoided; `settled` is 1 ahead, 2 behind. Returns the authors on it; none if there is no way.
    """
    for author in avoided:
        ahead[author] = -1
        behind[author] = -1
    near = [source]
    far = [target]
    ahead[source] = 1
    behind[target] = 1
    near_heap = [(np.int64(0), np.int64(source))]
    far_heap = [(np.int64(0), np.int64(target))]
    best = np.int64(-1)
    while near_heap and far_heap:
        while near_heap and settled[near_heap[0][1]] & 1:
            heapq.heappop(near_heap)
        while far_heap and settled[far_heap[0][1]] & 2:
            heapq.heappop(far_heap)
        if not near_heap or not far_heap:
            break
        if best >= 0 and near_heap[0][0] + far_heap[0][0] > best:
            break
        if len(near_heap) <= len(far_heap):
            cost, author = heapq.heappop(near_heap)
            settled[author] |= 1
            for tie in range(indptr[author], indptr[author + 1]):
                other = neighbours[tie]
                if ahead[other] < 0 or (author == source and is_among(other, barred)):
                    continue
                there = cost + costs[tie]
                if ahead[other] == 0 or there + 1 < ahead[other]:
                    if ahead[other] == 0:
                        near.append(other)
                    ahead[other] = there + 1
                    heapq.heappush(near_heap, (there, np.int64(other)))
                if behind[other] > 0 and (best < 0 or there + behind[other] - 1 < best):
                    best = there + behind[other] - 1
        else:
            cost, author = heapq.heappop(far_heap)
            settled[author] |= 2
            for tie in range(indptr[author], indptr[author + 1]):
                other = neighbours[tie]
                if behind[other] < 0 or (other == source and is_among(author, barred)):
                    continue
                there = cost + costs[tie]
                if behind[other] == 0 or there + 1 < behind[other]:
                    if behind[other] == 0:
                        far.append(other)
                    behind[other] = there + 1
                    heapq.heappush(far_heap, (there, np.int64(other)))
                if ahead[other] > 0 and (best < 0 or there + ahead[other] - 1 < best):
                    best = there + ahead[other] - 1

    way = [source]
    if best >= 0:
        # Who lies on a best way and is settled ahead: back from the ties that cross over to
        # those settled behind, or from the target, where the search ahead came all the way.
        marked = [source]
        if settled[target] & 1 and ahead[target] - 1 == best:
            settled[target] |= 4
            marked.append(target)
        for author in near:
            if settled[author] & 1:
                for tie in range(indptr[author], indptr[author + 1]):
                    other = neighbours[tie]
                    if author == source and is_among(other, barred):
                        continue
                    if (
                        settled[other] & 2
                        and ahead[author] - 1 + costs[tie] + behind[other] - 1 == best
                        and not settled[author] & 4
                    ):
                        settled[author] |= 4
                        marked.append(author)
        place = 1
        while place < len(marked):
            author = marked[place]
            place += 1
            for tie in range(indptr[author], indptr[author + 1]):
                other = neighbours[tie]
                if other == source and is_among(author, barred):
                    continue
                if (
                    settled[other] & 1
                    and not settled[other] & 4
                    and ahead[other] + costs[tie] == ahead[author]
                ):
                    settled[other] |= 4
                    marked.append(other)
        author = source
        cost = np.int64(0)
        while author != target:
            chosen = -1
            for tie in range(indptr[author], indptr[author + 1]):
                other = neighbours[tie]
                if author == source and is_among(other, barred):
                    continue
                there = cost + costs[tie]
                onward = (settled[other] & 4 and there == ahead[other] - 1) or (
                    settled[other] & 2 and there + behind[other] - 1 == best
                )
                if onward:
                    chosen = tie
                    break
            author = neighbours[chosen]
            cost += costs[chosen]
            way.append(author)
    for author in near:
        ahead[author] = 0
        settled[author] = 0
    for author in far:
        behind[author] = 0
        settled[author] = 0
    for author in avoided:
        ahead[author] = 0
        behind[author] = 0
    if best < 0:
        return np.empty(0, np.int32)
    return np.array(way).astype(np.int32)


@kernel
def cheapest_short_way(
    indptr, neighbours, costs, source, target, max_hops, avoided, barred, left, active
):
    """Find the cheapest way of at most so many hops, first by author numbers.

    `left[h, a]` becomes the least cost plus one from a to the target in at most h hops; 0 where
    there is no way. It and `active` are left clean. Returns the authors on it; none if no way.
    """
    for author in avoided:
        active[author] = 2
    touched = [target]
    left[0, target] = 1
    frontier = [target]
    for hops in range(1, max_hops + 1):
        for author in touched:
            left[hops, author] = left[hops - 1, author]
        reached = [target]
        reached.clear()
        for author in frontier:
            for tie in range(indptr[author], indptr[author + 1]):
                other = neighbours[tie]
                if active[other] == 2 or (other == source and is_among(author, barred)):
                    continue
                there = left[hops - 1, author] + costs[tie]
                if left[hops, other] == 0 or there < left[hops, other]:
                    if left[hops, other] == 0:
                        touched.append(other)
                    left[hops, other] = there
                    if active[other] == 0:
                        active[other] = 1
                        reached.append(other)
        for author in reached:
            active[author] = 0
        frontier = reached
    way = [source]
    found = left[max_hops, source] > 0
    author = source
    hops = max_hops
    while found and author != target:
        for tie in range(indptr[author], indptr[author + 1]):
            other = neighbours[tie]
            if active[other] == 2 or (author == source and is_among(other, barred)):
                continue
            if (
                left[hops - 1, other] > 0
                and left[hops - 1, other] + costs[tie] == left[hops, author]
            ):
                author = other
                hops -= 1
                way.append(author)
                break
    for author in touched:
        for hops in range(max_hops + 1):
            left[hops, author] = 0
    for author in avoided:
        active[author] = 0
    if not found:
        return np.empty(0, np.int32)
    return np.array(way).astype(np.int32)


@kernel
def cores_of(indptr, neighbours):
    """Core numbers: peel off the author with fewest ties left; see `derive.positions`."""
    authors = len(indptr) - 1
    left = np.empty(authors, np.int32)
    most = 0
    for author in range(authors):
        left[author] = indptr[author + 1] - indptr[author]
        most = max(most, left[author])
    # Authors stand in `order` by ties left; `starts` is where each number of ties begins.
    starts = np.zeros(most + 2, np.int64)
    for author in range(authors):
        starts[left[author] + 1] += 1
    for degree in range(most + 1):
        starts[degree + 1] += starts[degree]
    order = np.empty(authors, np.int32)
    place = np.empty(authors, np.int64)
    filled = starts.copy()
    for author in range(authors):
        place[author] = filled[left[author]]
        order[place[author]] = author
        filled[left[author]] += 1
    for at in range(authors):
        author = order[at]
        for tie in range(indptr[author], indptr[author + 1]):
            other = neighbours[tie]
            if left[other] > left[author]:
                # Swap it with the first of its number, which then begins one later.
                first = max(starts[left[other]], at + 1)
                moved = order[first]
                order[place[other]] = moved
                place[moved] = place[other]
                order[first] = other
                place[other] = first
                starts[left[other]] = first + 1
                left[other] -= 1
    return left


@kernel
def triangles_of(indptr, neighbours):
    """How many pairs of each author's collaborators are tied to each other."""
    authors = len(indptr) - 1
    triangles = np.zeros(authors, np.int64)
    tied_to = np.full(authors, -1, np.int32)
    for author in range(authors):
        for tie in range(indptr[author], indptr[author + 1]):
            tied_to[neighbours[tie]] = author
        for tie in range(indptr[author], indptr[author + 1]):
            other = neighbours[tie]
            if other <= author:
                continue
            for further in range(indptr[other], indptr[other + 1]):
                third = neighbours[further]
                if third > other and tied_to[third] == author:
                    triangles[author] += 1
                    triangles[other] += 1
                    triangles[third] += 1
    return triangles


@kernel
def dependencies(indptr, neighbours, sources):
    """Sums, over sources, of what Brandes calls dependencies, of their squares, of 1/distance."""
    authors = len(indptr) - 1
    total = np.zeros(authors, np.float64)
    squares = np.zeros(authors, np.float64)
    nearness = np.zeros(authors, np.float64)
    distance = np.full(authors, -1, np.int32)
    ways = np.zeros(authors, np.float64)
    depends = np.zeros(authors, np.float64)
    order = np.empty(authors, np.int32)
    for source in sources:
        distance[source] = 0
        ways[source] = 1.0
        order[0] = source
        reached = 1
        at = 0
        while at < reached:
            author = order[at]
            at += 1
            for tie in range(indptr[author], indptr[author + 1]):
                other = neighbours[tie]
                if distance[other] < 0:
                    distance[other] = distance[author] + 1
                    order[reached] = other
                    reached += 1
                if distance[other] == distance[author] + 1:
                    ways[other] += ways[author]
        for back in range(reached - 1, 0, -1):
            author = order[back]
            share = (1.0 + depends[author]) / ways[author]
            for tie in range(indptr[author], indptr[author + 1]):
                other = neighbours[tie]
                if distance[other] == distance[author] - 1:
                    depends[other] += ways[other] * share
            total[author] += depends[author]
            squares[author] += depends[author] * depends[author]
            nearness[author] += 1.0 / distance[author]
        for back in range(reached):
            author = order[back]
            distance[author] = -1
            ways[author] = 0.0
            depends[author] = 0.0
    return total, squares, nearness


@within_kernels
def score_of(score, shared, by_log, by_degree, own, degree):
    """One of the scores of `affinity.LOCAL`, by its number there, rounded to nine decimals."""
    if score == 0:
        return shared
    if score == 1:
        return np.rint(by_log * 1e9) / 1e9
    if score == 2:
        return np.rint(by_degree * 1e9) / 1e9
    if score == 3:
        return np.rint(shared / max(own + degree - shared, 1.0) * 1e9) / 1e9
    return own * degree


@kernel
def shared_collaborators(
    indptr, neighbours, last_years, author, include_known, allowed, score, most, sums
):
    """Score whoever shares a collaborator with an author; see `affinity.candidates`.

    The first `most` by one score, or with `most` 0 everybody, ascending. `allowed` is a flag for
    each author, or empty. `sums` is scratch, all zero: for each author the number of shared
    collaborators, their summed 1/ln(degree) and 1/degree, and the latest year, side by side.
    Returns the authors with their latest years, their five scores, and how many there are.
    """
    begin = indptr[author]
    end = indptr[author + 1]
    room = 0
    for tie in range(begin, end):
        middle = neighbours[tie]
        room += indptr[middle + 1] - indptr[middle]
        if not include_known:
            sums[middle, 0] = -1.0
    sums[author, 0] = -1.0
    met = np.empty(min(room, len(sums)), np.int32)
    found = 0
    for tie in range(begin, end):
        middle = neighbours[tie]
        degree = indptr[middle + 1] - indptr[middle]
        if degree < 2:
            continue
        by_log = 1.0 / np.log(float(degree))
        by_degree = 1.0 / degree
        for further in range(indptr[middle], indptr[middle + 1]):
            other = neighbours[further]
            if sums[other, 0] < 0.0:
                continue
            if sums[other, 0] == 0.0:
                if len(allowed) and not allowed[other]:
                    continue
                met[found] = other
                found += 1
            sums[other, 0] += 1.0
            sums[other, 1] += by_log
            sums[other, 2] += by_degree
            sums[other, 3] = max(sums[other, 3], float(last_years[further]))
    own = float(end - begin)
    if most:
        # Kept in rank order; most candidates are worse than the last one kept.
        best = np.empty(min(most, found), np.int32)
        values = np.empty(len(best), np.float64)
        kept = 0
        for at in range(found):
            other = met[at]
            degree = indptr[other + 1] - indptr[other] if score > 2 else 0
            value = score_of(
                score, sums[other, 0], sums[other, 1], sums[other, 2], own, float(degree)
            )
            place = kept
            while place > 0:
                ahead = best[place - 1]
                if values[place - 1] > value:
                    break
                if values[place - 1] == value:
                    if sums[ahead, 3] > sums[other, 3]:
                        break
                    if sums[ahead, 3] == sums[other, 3] and ahead < other:
                        break
                place -= 1
            if place == len(best):
                continue
            kept = min(kept + 1, len(best))
            for later in range(kept - 1, place, -1):
                best[later] = best[later - 1]
                values[later] = values[later - 1]
            best[place] = other
            values[place] = value
    else:
        best = np.sort(met[:found])
    numbers = np.empty((2, len(best)), np.int32)
    scores = np.empty((5, len(best)), np.float64)
    for at in range(len(best)):
        other = best[at]
        degree = float(indptr[other + 1] - indptr[other])
        numbers[0, at] = other
        numbers[1, at] = np.int32(sums[other, 3])
        for which in range(5):
            scores[which, at] = score_of(
                which, sums[other, 0], sums[other, 1], sums[other, 2], own, degree
            )
    for tie in range(begin, end):
        sums[neighbours[tie]] = 0.0
    sums[author] = 0.0
    for at in range(found):
        sums[met[at]] = 0.0
    return numbers, scores, found


@kernel
def word_hashes(folded, starts, shortest):
    """FNV-1a hashes of the words of each text, with where each text's begin, and the end."""
    count = 0
    for turn in range(2):
        if turn:
            hashes = np.empty(count, np.uint64)
            indptr = np.zeros(len(starts), np.int64)
            count = 0
        for text in range(len(starts) - 1):
            value = np.uint64(14695981039346656037)
            length = 0
            for place in range(starts[text], starts[text + 1]):
                letter = folded[place]
                if letter in {32, 45, 10}:
                    if length >= shortest:
                        if turn:
                            hashes[count] = value
                        count += 1
                    value = np.uint64(14695981039346656037)
                    length = 0
                else:
                    value = (value ^ np.uint64(letter)) * np.uint64(1099511628211)
                    length += 1
            if turn:
                indptr[text + 1] = count
    return hashes, indptr


@kernel
def cosines(term_indptr, terms, rarity, author_indptr, papers_of, counted, author, others):
    """Cosines of an author's terms with those of others; see `affinity.topic_cosines`."""
    own = np.zeros(len(rarity), np.float64)
    their = np.zeros(len(rarity), np.float64)
    for place in range(author_indptr[author], author_indptr[author + 1]):
        paper = papers_of[place]
        if len(counted) and not counted[paper]:
            continue
        for at in range(term_indptr[paper], term_indptr[paper + 1]):
            own[terms[at]] += rarity[terms[at]]
    own_square = 0.0
    for term in range(len(own)):
        own_square += own[term] * own[term]
    found = np.zeros(len(others), np.float64)
    for which in range(len(others)):
        other = others[which]
        product = 0.0
        square = 0.0
        # First sum up, then take each term once and leave nothing behind.
        for turn in range(2):
            for place in range(author_indptr[other], author_indptr[other + 1]):
                paper = papers_of[place]
                if len(counted) and not counted[paper]:
                    continue
                for at in range(term_indptr[paper], term_indptr[paper + 1]):
                    term = terms[at]
                    if turn == 0:
                        their[term] += rarity[term]
                    elif their[term] != 0.0:
                        product += own[term] * their[term]
                        square += their[term] * their[term]
                        their[term] = 0.0
        if product > 0.0:
            found[which] = product / np.sqrt(own_square * square)
    return found


@kernel
def text_cosines(indptr, terms, weights, width, older, newer):
    """Cosines of pairs of texts, to nine decimals; quickest when the newer come in runs."""
    dense = np.zeros(width, np.float64)
    found = np.zeros(len(older), np.float64)
    filled = -1
    for pair in range(len(older)):
        if newer[pair] != filled:
            if filled >= 0:
                for place in range(indptr[filled], indptr[filled + 1]):
                    dense[terms[place]] = 0.0
            filled = newer[pair]
            for place in range(indptr[filled], indptr[filled + 1]):
                dense[terms[place]] = weights[place]
        total = 0.0
        for place in range(indptr[older[pair]], indptr[older[pair] + 1]):
            total += weights[place] * dense[terms[place]]
        found[pair] = np.rint(total * 1e9) / 1e9
    return found


@kernel
def nearest_texts(
    indptr, terms, weights, posting_indptr, postings, posting_weights, generates, common, days, most
):
    """Most alike earlier texts of each text, -1 for none; see `lineage_texts.nearest`."""
    papers = len(days)
    width = len(generates)
    nearest = np.full((papers, most), -1, np.int32)
    dense = np.zeros(width, np.float64)
    sums = np.zeros(papers, np.float64)
    met = np.zeros(papers, np.int32)
    best = np.zeros(most, np.float64)
    for paper in range(papers):
        if days[paper] == 0:
            continue
        found = 0
        for place in range(indptr[paper], indptr[paper + 1]):
            term = terms[place]
            dense[term] = weights[place]
            if not generates[term]:
                continue
            for at in range(posting_indptr[term], posting_indptr[term + 1]):
                other = postings[at]
                if other == paper or days[other] == 0 or days[other] > days[paper]:
                    continue
                if sums[other] == 0.0:
                    met[found] = other
                    found += 1
                sums[other] += weights[place] * posting_weights[at]
        filled = 0
        for which in range(found):
            other = met[which]
            # What the phrases that are in too many papers can add at most.
            bound = sums[other] + common[other] * common[paper] + 1e-8
            sums[other] = 0.0
            if filled == most and bound < best[most - 1]:
                continue
            total = 0.0
            for place in range(indptr[other], indptr[other + 1]):
                total += weights[place] * dense[terms[place]]
            total = np.rint(total * 1e9) / 1e9
            if total <= 0.0:
                continue
            at = filled
            while at > 0:
                before = nearest[paper, at - 1]
                ahead = total > best[at - 1] or (
                    total == best[at - 1]
                    and (
                        days[other] > days[before]
                        or (days[other] == days[before] and other < before)
                    )
                )
                if not ahead:
                    break
                if at < most:
                    best[at] = best[at - 1]
                    nearest[paper, at] = before
                at -= 1
            if at < most:
                best[at] = total
                nearest[paper, at] = other
                filled = min(filled + 1, most)
        for place in range(indptr[paper], indptr[paper + 1]):
            dense[terms[place]] = 0.0
    return nearest


@kernel
def shared_author_points(indptr, authors, rarity, first_factor, later_factor, cap, older, newer):
    """Points for the authors of both papers of each pair; see `evidence.Assessor`."""
    seen = np.full(len(rarity), -1, np.int64)
    points = np.zeros(len(older), np.float64)
    filled = -1
    for pair in range(len(older)):
        new = newer[pair]
        if new != filled:
            filled = new
            for place in range(indptr[new], indptr[new + 1]):
                seen[authors[place]] = new
        begin = indptr[older[pair]]
        total = 0.0
        for place in range(begin, indptr[older[pair] + 1]):
            author = authors[place]
            if seen[author] != new:
                continue
            worth = rarity[author]
            if place == begin and authors[indptr[new]] == author:
                worth *= first_factor
            if worth > 0.0:
                total += worth * later_factor if total > 0.0 else worth
        points[pair] = min(total, cap)
    return points
