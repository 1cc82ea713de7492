"""What of a scope is on a topic: found in the words of all papers, which are laid out once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
from anyio.to_thread import run_sync

from graph_service.derive.cleaning import clean
from graph_service.derive.lineage_chains import TopicPaper, topic_phrases
from graph_service.derive.method_names import (
    Context,
    How,
    Name,
    NameIndex,
    names_in,
    settled,
    signs_of,
)
from graph_service.derive.phrases import clauses
from graph_service.model.dates import middle_day, period
from graph_service.projection.arrays import AuthorPaper, Floats, Ints, Offsets
from graph_service.projection.reader import View
from graph_service.projection.texts import Texts, TextsBuilder
from graph_service.questions.stored_lineage import StepsOfScope, papers_of_scope

PAPERS_AT_A_TIME = 1_000
_BREAK = -1
_Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class TopicTexts:
    """Titles and abstracts of all papers by number, cleaned for lineage, and laid out for topics.

    `tokens` are the words of all papers, places in `words`, which are ascending; after each
    clause comes a break, -1. `indptr` has where each paper begins, `abstracts_at` where its
    abstract does. `names` are what papers may have coined, ascending; row i of the last four
    arrays says that paper `coined_by[i]` has name `coined[i]`, found as `how[i]` with
    `strengths[i]`: rows by name, then paper.
    """

    titles: Texts
    abstracts: Texts
    words: Texts
    tokens: Ints
    indptr: Offsets
    abstracts_at: Offsets
    names: Texts
    coined: Ints
    coined_by: Ints
    how: Texts
    strengths: Floats

    def standing(self, phrase: str) -> Offsets:
        """The places where the words of a phrase follow one another, ascending."""
        numbers = [self.words.find(word) for word in phrase.split(" ")]
        places = np.empty(0, np.int64)
        for at, number in enumerate(numbers):
            if number is None:
                return np.empty(0, np.int64)
            if at == 0:
                places = np.flatnonzero(self.tokens == number)
            else:
                # A break follows the last word of all.
                places = places[self.tokens[places + at] == number]
        return places


async def topic_texts(view: View) -> TopicTexts:
    """The texts of all papers, laid out.

    Cost: Linear in the texts, once for a state of the facts; kept with the projection.
    """

    async def build() -> TopicTexts:
        layout = Layout()
        ids = view.graph.paper_ids
        for start in range(0, len(ids), PAPERS_AT_A_TIME):
            facts = await view.store.papers(ids[start : start + PAPERS_AT_A_TIME])
            texts = [
                (str(one.paper.properties["title"]), str(one.paper.properties.get("abstract", "")))
                for one in facts
            ]
            await run_sync(layout.add, texts)
        return await run_sync(layout.build)

    return await view.part("topic-texts", TopicTexts, build)


class Layout:
    """Lays texts out batch by batch."""

    def __init__(self) -> None:
        self._titles, self._abstracts = TextsBuilder(), TextsBuilder()
        self._numbers: dict[str, int] = {}
        self._tokens: list[Ints] = []
        self._ends: list[int] = [0]
        self._abstracts_at: list[int] = []
        self._coined: list[tuple[str, int, Name]] = []

    def add(self, texts: Iterable[tuple[str, str]]) -> None:
        """Put the papers of these titles and abstracts behind those that are there."""
        tokens: list[int] = []
        before = self._ends[-1]
        cleaned = [(clean(title), clean(abstract)) for title, abstract in texts]
        for title, abstract in cleaned:
            paper = len(self._abstracts_at)
            self._take(tokens, title)
            self._abstracts_at.append(before + len(tokens))
            self._take(tokens, abstract)
            self._ends.append(before + len(tokens))
            names = names_in(title, abstract)
            self._coined.extend((name, paper, one) for name, one in names.items())
        self._tokens.append(np.array(tokens, np.int32))
        self._titles.extend(title for title, _ in cleaned)
        self._abstracts.extend(abstract for _, abstract in cleaned)

    def _take(self, tokens: list[int], text: str) -> None:
        numbers = self._numbers
        for words in clauses(text):
            tokens.extend(numbers.setdefault(word, len(numbers)) for word in words)
            tokens.append(_BREAK)

    def build(self) -> TopicTexts:
        """Everything put in, in order."""
        words = sorted(self._numbers)
        # The last place is that of a break.
        place = np.full(len(words) + 1, _BREAK, np.int32)
        place[[self._numbers[word] for word in words]] = np.arange(len(words), dtype=np.int32)
        tokens = np.concatenate([np.empty(0, np.int32), *self._tokens])
        coined = sorted(self._coined, key=lambda row: row[:2])
        names = sorted({name for name, _, _ in coined})
        at = {name: number for number, name in enumerate(names)}
        return TopicTexts(
            titles=self._titles.build(),
            abstracts=self._abstracts.build(),
            words=Texts.of(words),
            tokens=place[tokens],
            indptr=np.array(self._ends, np.int64),
            abstracts_at=np.array(self._abstracts_at, np.int64),
            names=Texts.of(names),
            coined=np.array([at[name] for name, _, _ in coined], np.int32),
            coined_by=np.array([paper for _, paper, _ in coined], np.int32),
            how=Texts.of(one.how for _, _, one in coined),
            strengths=np.array([one.strength for _, _, one in coined], np.float64),
        )


async def papers_on_topic(view: View, steps: StepsOfScope, query: str) -> list[TopicPaper]:
    """The papers of a scope that have a phrase of a query, or coined a name in it, by id.

    Cost: A look at each word of all papers for each word of the query, some milliseconds for a
    hundred thousand papers; a look at each text where the query has no phrase or has a name.
    """
    texts = await topic_texts(view)
    within = await papers_of_scope(view, steps.info.scope)
    subject = steps.info.subject
    leave_out = None if subject is None else view.author_number(subject)
    return await run_sync(_on_topic, view.graph, texts, within, leave_out, query)


def _on_topic(
    graph: AuthorPaper, texts: TopicTexts, within: Ints, subject: int | None, query: str
) -> list[TopicPaper]:
    asked = clean(query)
    inside = np.zeros(len(graph.paper_ids), np.bool_)
    inside[within] = True
    phrases = topic_phrases(query)
    find = _with_phrase if phrases else _with_plain
    counts: dict[int, dict[str, int]] = {}
    titled: dict[int, set[str]] = {}
    for phrase in phrases or [asked.lower()]:
        for paper, count, in_title in find(texts, inside, phrase):
            counts.setdefault(paper, {})[phrase] = count
            if in_title:
                titled.setdefault(paper, set()).add(phrase)
    named = _coined(graph, texts, inside, subject, asked)
    return [
        TopicPaper(
            graph.paper_ids[paper],
            period(graph.dates[paper])[0],
            titled.get(paper, set()),
            counts.get(paper, {}),
            named.get(paper, 0),
        )
        for paper in sorted(counts.keys() | named.keys())
    ]


def _with_phrase(texts: TopicTexts, inside: _Bools, phrase: str) -> Iterable[tuple[int, int, bool]]:
    """Papers with a phrase, how often they have it, and whether in the title."""
    places = texts.standing(phrase)
    papers = np.searchsorted(texts.indptr, places, side="right") - 1
    kept = inside[papers]
    places, papers = places[kept], papers[kept]
    found, firsts, counts = np.unique(papers, return_index=True, return_counts=True)
    in_title = places[firsts] < texts.abstracts_at[found]
    return zip(found.tolist(), counts.tolist(), in_title.tolist(), strict=True)


def _with_plain(texts: TopicTexts, inside: _Bools, plain: str) -> Iterable[tuple[int, int, bool]]:
    """The same of a text as it stands, without case; empty texts stand nowhere."""
    for paper in np.flatnonzero(inside).tolist() if plain else ():
        title = texts.titles[paper].lower()
        count = f"{title}. {texts.abstracts[paper].lower()}".count(plain)
        if count:
            yield paper, count, plain in title


def _coined(
    graph: AuthorPaper, texts: TopicTexts, inside: _Bools, subject: int | None, asked: str
) -> dict[int, int]:
    """How many names that stand in the query are a paper's own, by paper; 0 is left out.

    Names are settled one by one, so that those outside the query need not be looked at.
    """
    signs = signs_of(asked)
    maybe = {name: at for at, name in enumerate(texts.names) if signs_of(name) in signs}
    names_of: dict[int, dict[str, Name]] = {}
    for name in NameIndex(maybe).found_in(asked):
        low, high = np.searchsorted(texts.coined, (maybe[name], maybe[name] + 1)).tolist()
        for row in range(low, high):
            paper = int(texts.coined_by[row])
            if inside[paper]:
                how = cast("How", texts.how[row])
                one = Name(name, how, float(texts.strengths[row]))
                names_of.setdefault(paper, {})[name] = one
    # A title's own name stays whoever else holds it.
    doubtful = {
        name for names in names_of.values() for name, one in names.items() if one.strength < 1
    }
    holders = _holders(texts, inside, doubtful)
    looked_at = sorted({*names_of, *(paper for papers in holders.values() for paper in papers)})
    context = Context(
        found_in=holders,
        days={paper: middle_day(graph.dates[paper]) for paper in looked_at},
        authors={
            paper: set(graph.authors_of_paper(paper).tolist()) - {subject} for paper in looked_at
        },
    )
    return {
        paper: own
        for paper, names in names_of.items()
        if (own := len(settled(paper, texts.titles[paper], names, context)))
    }


def _holders(texts: TopicTexts, inside: _Bools, names: Collection[str]) -> dict[str, list[int]]:
    """The papers in whose title or abstract each name stands, ascending."""
    holders: dict[str, list[int]] = {name: [] for name in names}
    index = NameIndex(names)
    signs = [signs_of(name) for name in names]
    for paper in np.flatnonzero(inside).tolist() if names else ():
        text = f"{texts.titles[paper]}\n{texts.abstracts[paper]}"
        # Most texts hold none of them, and then need no closer look.
        joined = signs_of(text)
        if any(one in joined for one in signs):
            for name in index.found_in(text):
                holders[name].append(paper)
    return holders
