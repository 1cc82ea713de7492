"""What of a scope may be on a topic: found in the texts of all papers, which are cleaned once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from anyio.to_thread import run_sync

from graph_service.derive.cleaning import clean
from graph_service.derive.lineage_chains import TopicPaper, topic_phrases
from graph_service.derive.method_names import Context, NameIndex, names_in, settled
from graph_service.model.dates import middle_day, period
from graph_service.projection.arrays import AuthorPaper, Ints
from graph_service.projection.reader import View
from graph_service.projection.texts import Texts, TextsBuilder
from graph_service.questions.stored_lineage import StepsOfScope, papers_of_scope

PAPERS_AT_A_TIME = 1_000
_RUN = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True, eq=False)
class CleanTexts:
    """Titles and abstracts of all papers, cleaned for lineage, by number."""

    titles: Texts
    abstracts: Texts


async def clean_texts(view: View) -> CleanTexts:
    """The cleaned texts of all papers.

    Cost: Linear in the texts, once for a state of the facts; kept with the projection.
    """

    async def build() -> CleanTexts:
        titles, abstracts = TextsBuilder(), TextsBuilder()
        ids = view.graph.paper_ids
        for start in range(0, len(ids), PAPERS_AT_A_TIME):
            facts = await view.store.papers(ids[start : start + PAPERS_AT_A_TIME])
            texts = [one.paper.properties for one in facts]
            titles.extend(await run_sync(_cleaned, [str(one["title"]) for one in texts]))
            abstracts.extend(
                await run_sync(_cleaned, [str(one.get("abstract", "")) for one in texts])
            )
        return CleanTexts(titles.build(), abstracts.build())

    return await view.part("clean-texts", CleanTexts, build)


def _cleaned(texts: Sequence[str]) -> list[str]:
    return [clean(text) for text in texts]


async def papers_on_topic(view: View, steps: StepsOfScope, query: str) -> list[TopicPaper]:
    """The papers of a scope that have a phrase of a query, or coined a name in it; maybe more.

    Cost: One look at each text of the scope; what has no word of the query is not read further.
    """
    texts = await clean_texts(view)
    within = await papers_of_scope(view, steps.info.scope)
    subject = steps.info.subject
    leave_out = None if subject is None else view.author_number(subject)
    return await run_sync(_on_topic, view.graph, texts, within, leave_out, query)


def _on_topic(
    graph: AuthorPaper, texts: CleanTexts, within: Ints, subject: int | None, query: str
) -> list[TopicPaper]:
    asked = clean(query)
    phrases = topic_phrases(query)
    # A word that ends in y may stand there in the plural.
    words = {word.removesuffix("y") for phrase in phrases for word in phrase.split()}
    # A query without a phrase is looked for as it stands.
    words |= set() if words else {asked.lower()}
    # Names are found with and without hyphens, blanks and a final s.
    runs = {run.removesuffix("s") for run in _RUN.findall(asked.lower())} - {""}
    candidates = []
    for number in within.tolist():
        text = f"{texts.titles[number]}\n{texts.abstracts[number]}".lower()
        joined = text.replace("-", "").replace(" ", "")
        if any(word in text for word in words) or any(run in joined for run in runs):
            candidates.append(number)
    coined = _coined(graph, texts, candidates, subject, asked)
    return [
        TopicPaper(
            graph.paper_ids[number],
            texts.titles[number],
            texts.abstracts[number],
            period(graph.dates[number])[0],
            coined.get(number, ()),
        )
        for number in candidates
    ]


def _coined(
    graph: AuthorPaper,
    texts: CleanTexts,
    candidates: Sequence[int],
    subject: int | None,
    asked: str,
) -> dict[int, tuple[str, ...]]:
    """The names that stand in the query and are a paper's own, by paper.

    Names are settled one by one, so that those outside the query need not be looked at.
    """
    found = {
        number: names_in(texts.titles[number], texts.abstracts[number]) for number in candidates
    }
    asked_for = set(NameIndex({name for names in found.values() for name in names}).found_in(asked))
    if not asked_for:
        return {}
    index = NameIndex(asked_for)
    holders: dict[str, list[int]] = {name: [] for name in asked_for}
    # Whoever holds a name of the query has its first word, and so is among the candidates.
    for number in candidates:
        for name in index.found_in(f"{texts.titles[number]}\n{texts.abstracts[number]}"):
            holders[name].append(number)
    context = Context(
        found_in=holders,
        days={number: middle_day(graph.dates[number]) for number in candidates},
        authors={
            number: set(graph.authors_of_paper(number).tolist()) - {subject}
            for number in candidates
        },
    )
    return {
        number: tuple(
            name.name
            for name in settled(
                number,
                texts.titles[number],
                {name: one for name, one in names.items() if name in asked_for},
                context,
            )
        )
        for number, names in found.items()
        if not asked_for.isdisjoint(names)
    }
