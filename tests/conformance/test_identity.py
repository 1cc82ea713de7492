"""Who is who, on every store: rules write to the log, people overrule them, all can be undone."""

from collections.abc import Sequence
from itertools import permutations

import pytest

from graph_service.model.errors import DecisionConflict, DecisionTargetNotFound, ParameterError
from graph_service.model.identity_answers import PersonAfter
from graph_service.model.records import DecisionDraft, ParsedPerson, Record
from graph_service.projection.reader import Reader, View
from graph_service.questions.identity import Op, explain, what_if
from graph_service.questions.identity_candidates import list_candidates
from graph_service.questions.paths import show_path
from graph_service.questions.suppositions import suppose
from graph_service.store.protocol import GraphStore
from graph_service.store.resolving import resolve_identity, run_identity
from loaders.facts import to_facts
from tests.foretelling import assert_foretold
from tests.invented import author, paper

pytestmark = pytest.mark.anyio


def world() -> list[Record]:
    """Jason Okoye and J. Okoye share two co-authors; J. Moss shares none with Jane Moss."""
    return [
        paper("One", ["Jason Okoye", "Ada Quill", "Cleo Marsh"]),
        paper("Two", ["J. Okoye", "Ada Quill", "Cleo Marsh"], source="club"),
        paper("Three", ["Jane Moss", "Eva Stone"]),
        paper("Four", ["J. Moss", "Finn Gale"], source="club"),
    ]


async def resolved(store: GraphStore, records: list[Record]) -> View:
    async with store.writing():
        for record in records:
            await store.put([record])
        await resolve_identity(store)
    return await Reader(store).view()


async def test_a_rule_joins_with_its_evidence_and_its_undo_stays_for_good(
    store: GraphStore,
) -> None:
    view = await resolved(store, world())
    (row,) = await store.decisions()
    assert (row.op, row.rule, row.by) == ("same", "compatible", "rule:identity-2")
    assert {one.kind for one in row.evidence} >= {"shared-coauthor"}
    answer = await explain(view, "name:lab/okoye.jason", "name:club/okoye.j")
    assert answer.one_person
    assert [(link.rule, link.decision) for link in answer.chain] == [("compatible", row.id)]
    assert answer.chain[0].evidence[0].kind == "shared-coauthor"

    before = await store.graph()
    async with store.writing():
        await resolve_identity(store)
        assert await store.graph() == before
        await store.decide(DecisionDraft(op="undo", a=row.id, by="user:test"))
        await resolve_identity(store)
    view = await Reader(store).view()
    assert not (await explain(view, "name:lab/okoye.jason", "name:club/okoye.j")).one_person


async def test_what_is_no_longer_held_up_is_taken_back(store: GraphStore) -> None:
    await resolved(store, world())
    async with store.writing():
        await store.put([paper("Two", ["J. Okoye", "Zoe Zell"], source="club")])
        found = await resolve_identity(store)
    assert [row.rule for row in found.difference.lost] == ["compatible"]
    graph = await store.graph()
    assert {"author:okoye.j", "author:okoye.jason"} <= graph.nodes.keys()


async def test_any_order_of_loads_ends_in_the_same_conclusions(store: GraphStore) -> None:
    seen = set()
    for order in list(permutations(world()))[::5]:
        async with store.writing():
            for record in order:
                await store.put([record])
                await resolve_identity(store)
        graph = await store.graph()
        people = frozenset(
            (edge.start, edge.end) for edge in graph.edges.values() if edge.type == "NAME_OF"
        )
        seen.add((people, (await store.state()).facts_revision))
        async with store.writing():
            await store.remove([record.id for record in order])
            await resolve_identity(store)
    assert len(seen) == 1


async def test_names_that_a_source_says_are_one_persons_are_one(store: GraphStore) -> None:
    person = to_facts(
        ParsedPerson.model_validate(
            {
                "source": "lab",
                "key": "quill",
                "format": "invented",
                "names": [{"name": "Ada Quill"}, {"name": "Ada Marsh"}],
            }
        )
    )
    records = [paper("One", ["Ada Quill"]), paper("Two", ["Ada Marsh"]), person]
    view = await resolved(store, records)
    answer = await explain(view, "name:lab/quill.ada", "name:lab/marsh.ada")
    assert answer.one_person
    assert [link.rule for link in answer.chain] == ["source-variants"]


async def test_candidates_are_shown_with_what_is_missing_and_never_applied(
    store: GraphStore,
) -> None:
    records = [
        *world(),
        paper("Five", ["J. Okoye", "Ada Quill"], source="page"),
        paper("Six", ["Joseph Okoye", "Dov Lind"], source="page"),
    ]
    view = await resolved(store, records)
    answer = await list_candidates(view)
    assert answer.meta.count == len(answer.results)
    for row in answer.results:
        assert row.points < row.needed or row.veto
    assert await list_candidates(view, per_page=1) is not None


async def test_what_if_writes_nothing_and_says_what_would_change(store: GraphStore) -> None:
    view = await resolved(store, world())
    before = await store.graph()
    answer = await what_if(view, "same", "Jane Moss", "J. Moss")
    assert answer.refused is None
    assert [one.papers for one in answer.before] == [1, 1]
    (one,) = answer.after
    assert (one.papers, one.collaborators) == (2, 2)
    assert answer.hops_between is None
    assert [tie.name for tie in answer.new_ties] == ["Finn Gale", "Eva Stone"]
    assert answer.moved_papers_in_all == 1
    assert await store.graph() == before

    async with store.writing():
        await store.decide(DecisionDraft(op="same", a=answer.a, b=answer.b, by="user:test"))
    after = await Reader(store).view()
    number = after.author_number(one.id)
    assert number is not None
    assert len(after.graph.papers_of_author(number)) == one.papers


def looms(**more: object) -> list[Record]:
    """A page and a machine, of one paper under two titles; the machine prints initials."""
    return [
        paper("Looms", ["Ada Quill", "Ben Okoro", "Cleo Marsh"], **more),
        paper("Weaving", ["A. Quill", "B. Okoro", "Cleo Marsh"], source="club", **more),
        paper("Yarns", ["A. Quill", "Dov Lind"], source="club"),
        paper("Wool", ["Ada Quill", "Ben Okoro", "Eva Stone"]),
    ]


def weaves() -> list[Record]:
    """A third record says of both that they are one: the machine's stays with it."""
    return [
        *looms(identifiers=("doi:10.1000/x",)),
        paper("Woven", ["Ada Quill", "Ben Okoro"], source="page", identifiers=("doi:10.1000/x",)),
    ]


ENDS = "record:lab:Looms", "record:club:Weaving"


@pytest.mark.parametrize(
    ("op", "records"),
    [
        ("same", looms()),
        ("different", looms(identifiers=("doi:10.1000/x",))),
        ("different", weaves()),
        ("same", [*looms(), paper("Woad", ["C. Marsh", "B. Okoro"], source="club")]),
    ],
)
async def test_what_if_of_records_is_what_the_decision_then_does(
    store: GraphStore, op: Op, records: list[Record]
) -> None:
    async with store.writing():
        await store.put(records)
    view, graph = await Reader(store).view(), await store.graph()
    answer = await suppose(view, op, *ENDS)
    assert answer.refused is None
    assert answer.ties
    assert await store.graph() == graph

    async with store.writing():
        await store.decide(DecisionDraft(op=op, a=answer.a, b=answer.b, by="user:test"))
    assert_foretold(answer, view, await Reader(store).view())


async def test_what_if_of_two_records_by_hand(store: GraphStore) -> None:
    async with store.writing():
        await store.put(looms())
    answer = await suppose(await Reader(store).view(), "same", *ENDS)
    assert answer.hops_between == 1
    assert [one.records for one in answer.papers_before] == [["lab:Looms"], ["club:Weaving"]]
    assert [one.records for one in answer.papers_after] == [["club:Weaving", "lab:Looms"]]
    # On that paper the initials are Ada and Ben, and nobody else is B. Okoro.
    assert described(answer.before) == [
        ("author:marsh.cleo", "Cleo Marsh", 2, 4),
        ("author:okoro.b", "B. Okoro", 1, 2),
        ("author:okoro.ben", "Ben Okoro", 2, 3),
        ("author:quill.a", "A. Quill", 2, 3),
        ("author:quill.ada", "Ada Quill", 2, 3),
    ]
    alone = next(one.id for one in answer.after if one.name == "A. Quill")
    assert described(answer.after) == [
        ("author:marsh.cleo", "Cleo Marsh", 1, 2),
        ("author:okoro.b", "Ben Okoro", 2, 3),
        ("author:quill.a", "Ada Quill", 2, 3),
        (alone, "A. Quill", 1, 1),
    ]
    dov, *_ = answer.ties
    assert (dov.a.name, dov.b.name, dov.papers_now, dov.papers_then) == (
        "Dov Lind",
        "A. Quill",
        1,
        0,
    )
    assert [one.title for one in answer.moved_papers] == ["Wool", "Yarns"]


def described(people: Sequence[PersonAfter]) -> list[tuple[str, str, int, int]]:
    return [(one.id, one.name, one.papers, one.collaborators) for one in people]


async def test_what_if_says_which_decision_stands_against_it(store: GraphStore) -> None:
    async with store.writing():
        await store.put(looms())
        await store.decide(DecisionDraft(op="same", a=ENDS[0], b=ENDS[1], by="user:test"))
    answer = await suppose(await Reader(store).view(), "different", *ENDS)
    assert (answer.contradicted, answer.papers_after) == (["decision:1"], [])
    crowd = [f"Member{number} Crowd" for number in range(60)]
    async with store.writing():
        await store.put([paper("Crowd", crowd), paper("Crowds", crowd, source="club")])
    answer = await suppose(
        await Reader(store).view(), "same", "record:lab:Crowd", "record:club:Crowds"
    )
    assert [note.code for note in answer.meta.notes] == ["capped-papers"]
    assert (len(answer.papers_before), len(answer.papers_after)) == (2, 1)


async def test_what_if_says_which_links_between_papers_would_go(store: GraphStore) -> None:
    title = "Looms that weave by themselves"
    async with store.writing():
        await store.put(
            [
                paper(title, ["Ada Quill"], identifiers=("arxiv:2001.00001",)),
                paper(title, ["Ada Quill"], source="press", identifiers=("doi:10.1000/x",)),
            ]
        )
    view = await Reader(store).view()
    answer = await suppose(view, "different", "arxiv:2001.00001", "doi:10.1000/x")
    assert [one.same_works for one in answer.papers_before] == [
        ["doi:10.1000/x"],
        ["arxiv:2001.00001"],
    ]
    assert [one.same_works for one in answer.papers_after] == [[], []]
    assert (answer.before, answer.after, answer.ties) == ([], [], [])


async def test_what_if_of_a_record_and_a_name_is_refused(store: GraphStore) -> None:
    view = await resolved(store, looms())
    with pytest.raises(ParameterError):
        await suppose(view, "same", "record:lab:Looms", "Ada Quill")
    with pytest.raises(DecisionTargetNotFound):
        await suppose(view, "same", "record:lab:Looms", "record:lab:None")


async def test_what_if_counts_collaborators_as_a_card_does(store: GraphStore) -> None:
    """A paper of too many authors makes no ties."""
    crowd = [f"Member{number} Crowd" for number in range(60)]
    async with store.writing():
        await store.put([*world(), paper("Crowd", ["Jane Moss", *crowd])])
    view = await Reader(store).view()
    answer = await what_if(view, "same", "Jane Moss", "J. Moss")
    assert [(one.name, one.papers, one.collaborators) for one in answer.before] == [
        ("J. Moss", 1, 1),
        ("Jane Moss", 2, 1),
    ]
    assert [(one.papers, one.collaborators) for one in answer.after] == [(3, 2)]


async def test_what_cannot_be_is_said_and_refused(store: GraphStore) -> None:
    view = await resolved(store, world())
    answer = await what_if(view, "same", "Jason Okoye", "Ada Quill")
    assert answer.contradicted == ["two mentions of one record"]
    assert answer.before == answer.after == []
    found = await explain(view, "Jason Okoye", "Ada Quill")
    assert found.vetoes == ["two mentions of one record"]
    async with store.writing():
        with pytest.raises(DecisionConflict):
            await store.decide(DecisionDraft(op="same", a=answer.a, b=answer.b, by="user:test"))


async def test_two_orcids_veto_every_rule(store: GraphStore) -> None:
    one, other = "orcid:0000-0002-1825-0097", "orcid:0000-0001-5109-3700"
    await resolved(
        store,
        [
            paper("One", [author("Jason Okoye", one), "Ada Quill", "Cleo Marsh"]),
            paper("Two", [author("J. Okoye", other), "Ada Quill", "Cleo Marsh"], source="club"),
        ],
    )
    assert await store.decisions() == ()
    run = (await run_identity(store)).run
    assert [blocked.veto for blocked in run.blocked] != []


async def test_a_path_names_the_weakest_reason_for_one_of_its_people(store: GraphStore) -> None:
    records = [
        *world(),
        paper("Five", ["J. Okoye", "Finn Gale"], source="club"),
        paper("Six", ["Jason Okoye", "Dov Lind"]),
    ]
    view = await resolved(store, records)
    answer = await show_path(view, "Finn Gale", "Dov Lind")
    assert answer.distance == 2
    assert answer.weakest_identity is not None
    assert answer.weakest_identity.join.rule == "compatible"
    assert answer.weakest_identity.join.decision == "decision:1"
    alone = await show_path(view, "Jane Moss", "Eva Stone")
    assert alone.weakest_identity is None
