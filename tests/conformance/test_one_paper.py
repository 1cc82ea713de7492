"""Several sources of one paper, on every store: one paper, whose fields say who said them."""

from itertools import permutations

import pytest

from graph_service.model.errors import Moved
from graph_service.model.path_questions import AskedFilters
from graph_service.model.records import DecisionDraft, Location, ParsedPerson, Record
from graph_service.projection.reader import Reader
from graph_service.questions.authors import list_collaborators, show_author
from graph_service.questions.connections import connect
from graph_service.questions.networks import show_network
from graph_service.questions.papers import show_paper
from graph_service.questions.paths import show_path
from graph_service.questions.quality import show_quality
from graph_service.store.protocol import GraphStore
from loaders.facts import to_facts
from tests.invented import author, paper

pytestmark = pytest.mark.anyio
ADA = "orcid:0000-0002-1825-0097"
TITLE = "Looms that weave by themselves"


def sources() -> list[Record]:
    """A publisher's record, a page that cuts the list, and a machine that reads initials."""
    return [
        paper(
            TITLE,
            [author("Ada Quill", ADA), "Ben Okoro", "Cleo Marsh"],
            source="press",
            format="crossref",
            identifiers=("doi:10.1000/x",),
            date="2020-05",
            venue="Letters",
        ),
        paper(
            TITLE.upper(),
            ["Ada Quill"],
            source="page",
            format="profile-page",
            date="2020-04-30",
            complete=False,
            abstract="We weave.",
        ),
        paper(
            TITLE,
            ["A. Quill", "B. Okoro", "C. Marsh"],
            source="machine",
            format="s2orc",
            identifiers=("doi:10.1000/x",),
            date=None,
            complete=None,
        ),
        paper("Another paper", ["A. Quill", "Dov Lind"], source="machine", format="s2orc"),
    ]


async def fill(store: GraphStore, records: list[Record]) -> None:
    async with store.writing():
        for record in records:
            await store.put([record])


async def test_each_field_says_which_record_it_is_of(store: GraphStore) -> None:
    await fill(store, sources())
    view = await Reader(store).view()
    card = (await show_paper(view, "doi:10.1000/x")).paper
    assert card.title == TITLE
    assert card.date == "2020-05"
    assert card.abstract == "We weave."
    assert card.said_by == {
        "abstract": f"page:{TITLE.upper().replace(' ', '-')}",
        "date": f"press:{TITLE.replace(' ', '-')}",
        "title": f"press:{TITLE.replace(' ', '-')}",
        "venue": f"press:{TITLE.replace(' ', '-')}",
    }
    assert len(card.records) == 3
    assert sorted(one.split()[0] for one in card.joined_by) == ["identifier", "title"]
    assert card.authors_complete is True
    assert [(one.name, one.position, len(one.mentions)) for one in card.authors] == [
        ("Ada Quill", 1, 3),
        ("Ben Okoro", 2, 2),
        ("Cleo Marsh", 3, 2),
    ]


async def test_an_initial_is_who_the_other_source_says_on_that_paper_only(
    store: GraphStore,
) -> None:
    await fill(store, sources())
    view = await Reader(store).view()
    ada = (await show_author(view, ADA)).author
    assert (ada.papers, ada.identity) == (1, "unverified")
    assert "A. Quill" in ada.name_variants
    assert "same-paper" in {join.rule for join in ada.joined_by}
    other = (await show_author(view, "author:quill.a")).author
    assert (other.papers, other.name_variants) == (1, ["A. Quill"])


async def test_any_order_of_loads_gives_one_graph(store: GraphStore) -> None:
    seen = []
    for order in list(permutations(sources()))[::7]:
        await fill(store, list(order))
        graph = await store.graph()
        seen.append((graph.nodes, graph.edges, (await store.state()).facts_revision))
        async with store.writing():
            await store.remove([record.id for record in order])
    assert all(one == seen[0] for one in seen)


async def test_former_ids_and_other_identifiers_lead_to_the_paper(store: GraphStore) -> None:
    page = sources()[1]
    await fill(store, [page])
    (before,) = (await Reader(store).view()).graph.paper_ids
    await fill(store, sources())
    view = await Reader(store).view()
    for former in (before, page.id):
        with pytest.raises(Moved) as moved:
            await show_paper(view, former)
        assert moved.value.fields["merged_into"] == "doi:10.1000/x"


async def test_a_decision_parts_records_and_undo_restores_every_byte(store: GraphStore) -> None:
    await fill(store, sources())
    before = await store.graph()
    press, page, *_ = (f"record:{record.id}" for record in sources())
    async with store.writing():
        row = await store.decide(DecisionDraft(op="different", a=press, b=page, by="user:test"))
    view = await Reader(store).view()
    assert len(view.graph.paper_ids) == 3
    async with store.writing():
        await store.decide(DecisionDraft(op="undo", a=row.id, by="user:test"))
    after = await store.graph()
    after.nodes = {id_: node for id_, node in after.nodes.items() if node.label != "Decision"}
    assert (after.nodes, after.edges) == (before.nodes, before.edges)


async def test_a_preprint_and_its_publication_are_two_papers_of_one_work(
    store: GraphStore,
) -> None:
    press = sources()[0]
    preprint = paper(
        TITLE, ["Ada Quill"], source="archive", identifiers=("arxiv:2001.00001",), date="2019"
    )
    await fill(store, [press, preprint])
    view = await Reader(store).view()
    card = (await show_paper(view, "arxiv:2001.00001")).paper
    assert [(one.id, one.rule) for one in card.same_works] == [("doi:10.1000/x", "same-title")]
    (doubt,) = [row for row in (await show_quality(view)).results if row.code == "same-works"]
    assert (doubt.count, doubt.examples) == (1, ["arxiv:2001.00001"])
    assert doubt.text == "1 pair of papers is one work in two forms, and each of the two counts"
    async with store.writing():
        await store.decide(
            DecisionDraft(
                op="different", a=f"record:{press.id}", b=f"record:{preprint.id}", by="user:test"
            )
        )
    view = await Reader(store).view()
    assert (await show_paper(view, "arxiv:2001.00001")).paper.same_works == []


async def test_ties_say_which_works_count_twice(store: GraphStore) -> None:
    """Two forms of one work make a tie of two papers; a work that one of two wrote alone does not."""
    names = ["Ada Quill", "Ben Okoro", "Cleo Marsh"]
    alone = "Yarns that nobody ever wove"
    await fill(
        store,
        [
            *(
                paper(title, people, source=where, identifiers=(id_,))
                for title, people, id_s in (
                    (TITLE, names, ("arxiv:2001.00001", "doi:10.1000/x")),
                    (alone, ["Cleo Marsh"], ("arxiv:2001.00002", "doi:10.1000/y")),
                )
                for where, id_ in zip(("archive", "press"), id_s, strict=True)
            ),
            paper("Ways", ["Cleo Marsh", "Dov Lind"]),
        ],
    )
    view = await Reader(store).view()
    quill = view.author_number("author:quill.ada") or 0
    assert view.graph.ties.papers[view.graph.ties.row(quill)].tolist() == [2, 2]
    said = (
        "1 work counts twice in ties, as two papers that are one work in two forms: "
        "arxiv:2001.00001 and doi:10.1000/x"
    )
    answers = {
        "collaborators": await list_collaborators(view, "Cleo Marsh"),
        "an author": await show_author(view, "Cleo Marsh"),
        "a path": await show_path(view, "Ada Quill", "Dov Lind"),
        "a tree": await connect(view, ["Ada Quill", "Ben Okoro", "Dov Lind"]),
        "a network": await show_network(view, "Dov Lind", hops=2),
    }
    for name, answer in answers.items():
        notes = {note.code: note.text for note in answer.meta.notes}
        assert notes.get("same-works") == said, name
    near = await show_path(view, "Cleo Marsh", "Dov Lind")
    assert "same-works" not in {note.code for note in near.meta.notes}
    filtered = await show_path(view, "Ada Quill", "Ben Okoro", filters=AskedFilters(min_papers=2))
    assert "same-works" in {note.code for note in filtered.meta.notes}


async def test_where_a_paper_can_be_read_is_said_with_the_source(store: GraphStore) -> None:
    press, page, *_ = sources()
    here = Location(url="https://looms.example.org/1", licence="cc-by")
    other = Location(url="https://looms.example.org/1", host="Press", version="publishedVersion")
    await fill(
        store,
        [
            press.model_copy(update={"locations": (other, here)}),
            page.model_copy(update={"locations": (here,)}),
        ],
    )
    card = (await show_paper(await Reader(store).view(), "doi:10.1000/x")).paper
    assert [(one.licence, one.host, one.source) for one in card.locations] == [
        ("cc-by", None, "source:page"),
        ("cc-by", None, "source:press"),
        (None, "Press", "source:press"),
    ]
    assert card.locations[0].record == page.id


def person(key: str, *names: str, **more: object) -> Record:
    return to_facts(
        ParsedPerson.model_validate(
            {
                "source": "lab",
                "key": key,
                "format": "invented",
                "names": [{"name": name} for name in names],
                **more,
            }
        )
    )


async def test_what_sources_say_of_a_person_stands_on_the_card(store: GraphStore) -> None:
    north, south = {"name": "North Lab", "country": "NO"}, {"name": "South Lab"}
    await fill(
        store,
        [
            paper("One", [author("Ada Quill", ADA), "Ben Okoro", "Cleo Marsh", "Dov Lind"]),
            person("ada", "Ada Quill", "Ada Marsh", identifiers=[ADA], affiliations=[south, north]),
            person("ben", "Ben Okoro", affiliations=[north]),
            person("cleo-1", "Cleo Marsh", affiliations=[north]),
            person("cleo-2", "Cleo Marsh"),
            person("dov", "Dov Lind"),
        ],
    )
    view = await Reader(store).view()
    shown = {
        name: [
            (one.id, one.country, one.source, one.record, one.meant_by)
            for one in (await show_author(view, name)).author.affiliations
        ]
        for name in ("Ada Quill", "Ben Okoro", "Cleo Marsh", "Dov Lind")
    }
    ada, ben = ("source:lab", "person:lab:ada", ADA), ("source:lab", "person:lab:ben")
    assert shown == {
        "Ada Quill": [
            ("affiliation:north-lab", "NO", *ada),
            ("affiliation:south-lab", None, *ada),
        ],
        "Ben Okoro": [("affiliation:north-lab", "NO", *ben, "name:lab/okoro.ben")],
        "Cleo Marsh": [],
        "Dov Lind": [],
    }
    cleo = (await show_author(view, "Cleo Marsh")).meta.notes
    assert [note.count for note in cleo if note.code == "affiliations-of-namesakes"] == [2]


async def test_references_that_nothing_names_are_counted(store: GraphStore) -> None:
    press, page = (
        paper(TITLE, ["Ada Quill"], source=name, references_unidentified=number)
        for name, number in (("press", 3), ("page", 2))
    )
    await fill(store, [press, page, paper("Another", references_unidentified=1), paper("Third")])
    view = await Reader(store).view()
    found = {row.code: row for row in (await show_quality(view)).results}
    doubt = found["unidentified-references"]
    assert doubt.text == "2 papers have 4 references that no identifier names"
    assert (doubt.count, len(doubt.examples)) == (2, 2)


async def test_two_orcids_of_one_name_are_two_people_and_who_has_none_is_neither(
    store: GraphStore,
) -> None:
    other = "orcid:0000-0001-5109-3700"
    await fill(
        store,
        [
            paper("One", [author("Ada Quill", ADA)]),
            paper("Two", [author("Ada Quill", other)]),
            paper("Three", ["Ada Quill"], source="club"),
        ],
    )
    graph = await store.graph()
    people = {node.id for node in graph.nodes.values() if node.label == "Author"}
    assert people == {ADA, other, "author:quill.ada"}
    verified = {
        node.id for node in graph.nodes.values() if node.properties.get("identity") == "verified"
    }
    assert verified == {ADA, other}


async def test_an_identifier_is_free_again_when_a_mention_split_off_is_gone(
    store: GraphStore,
) -> None:
    zoe, more = (
        paper(title, [author("Zoe Marsh", ADA)], source="club") for title in ("Two", "Six")
    )
    await fill(store, [paper("One", [author("Ada Quill", ADA)]), zoe, more])
    alone, name = "mention:club:Two#1", f"name:club/marsh.zoe@{ADA}"
    async with store.writing():
        await store.decide(DecisionDraft(op="different", a=alone, b=name, by="user:test"))
        await store.remove([more.id])
    graph = await store.graph()
    assert {ADA, "author:quill.ada"} <= graph.nodes.keys()
    async with store.writing():
        await store.remove([zoe.id])
    graph = await store.graph()
    assert [node.id for node in graph.nodes.values() if node.label == "Author"] == [ADA]
