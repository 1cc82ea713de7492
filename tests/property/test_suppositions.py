"""What if two records were one paper, or two: the answer is what the decision then does."""

import anyio
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_service.model.errors import DecisionConflict
from graph_service.model.records import DecisionDraft, ParsedAuthor, Record
from graph_service.projection.reader import Reader
from graph_service.questions.identity import Op
from graph_service.questions.suppositions import suppose
from graph_service.settings import Settings
from graph_service.store.opening import open_store
from graph_service.store.resolving import resolve_identity
from tests.foretelling import assert_foretold
from tests.invented import author, paper

NAMES = (
    *("Ada Quill", "A. Quill", "Ben Okoro", "B. Okoro", "Bo Okoro"),
    *("Cleo Marsh", "C. Marsh", "Dov Lind"),
)
PAPERS = ("doi:10.1000/a", "doi:10.1000/b", "arxiv:2001.00001", "arxiv:2001.00002")
ORCIDS = ("orcid:0000-0002-1825-0097", "orcid:0000-0001-5109-3700")
TITLES = ("Looms that weave by themselves", "Yarns that nobody ever wove", "Wool")
# Two people may bear one identifier here, as in the worst of sources.
PEOPLE = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True).flatmap(
    lambda names: st.tuples(*map(_person, names))
)


def _person(name: str) -> st.SearchStrategy[ParsedAuthor]:
    borne = st.just(()) | st.just(()) | st.sampled_from(ORCIDS).map(lambda one: (one,))
    return borne.map(lambda identifiers: author(name, *identifiers))


@st.composite
def worlds(draw: st.DrawFn) -> list[Record]:
    keys = st.tuples(st.sampled_from(("lab", "club", "page")), st.sampled_from(TITLES))
    return [
        paper(
            title,
            draw(PEOPLE),
            source=source,
            date=draw(st.sampled_from(("2020", "2021"))),
            complete=draw(st.sampled_from((True, False, None))),
            kind=draw(st.sampled_from((None, "preprint", "article"))),
            identifiers=draw(st.lists(st.sampled_from(PAPERS), max_size=1)),
        )
        for source, title in draw(st.lists(keys, min_size=2, max_size=7, unique=True))
    ]


@settings(max_examples=150)
@given(worlds(), st.sampled_from(("same", "different")), st.booleans(), st.data())
def test_what_if_is_what_the_decision_then_does(
    records: list[Record], op: Op, by_rules: bool, data: st.DataObject
) -> None:
    ids = st.sampled_from([record.id for record in records])
    a, b = data.draw(st.lists(ids, min_size=2, max_size=2, unique=True))

    async def decide() -> None:
        store = await open_store("memory:", Settings())
        async with store.writing():
            await store.put(records)
            if by_rules:
                await resolve_identity(store)
        before = await Reader(store).view()
        answer = await suppose(before, op, f"record:{a}", f"record:{b}")
        draft = DecisionDraft(op=op, a=answer.a, b=answer.b, by="user:test")
        async with store.writing():
            try:
                await store.decide(draft)
            except DecisionConflict:
                assert answer.refused
                return
        assert answer.refused is None
        assert_foretold(answer, before, await Reader(store).view())

    anyio.run(decide)
