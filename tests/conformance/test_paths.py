"""Connections: the same answers on every store, and those worked out by hand."""

from collections.abc import Awaitable, Callable, Sequence

import orjson
import pytest

from graph_service.api.encoding import answer_bytes
from graph_service.model.errors import (
    AmbiguousName,
    AmbiguousTitle,
    AuthorNotFound,
    NodeNotFound,
    NotDerived,
    PaperNotFound,
    ParameterError,
)
from graph_service.model.path_answers import (
    ConnectAnswer,
    NetworkAnswer,
    PaperPathAnswer,
    PathAnswer,
)
from graph_service.model.path_questions import AskedFilters, PathsWanted
from graph_service.model.records import DecisionDraft, Record, Topic
from graph_service.model.schema import Edge
from graph_service.projection.reader import Reader, View
from graph_service.questions.connections import connect
from graph_service.questions.networks import show_network
from graph_service.questions.paper_paths import show_paper_path
from graph_service.questions.paths import show_path
from graph_service.settings import Settings
from graph_service.store.fold import Graph
from graph_service.store.opening import open_store
from graph_service.store.protocol import DerivationStamp, GraphStore
from tests.invented import paper, small_world, source

pytestmark = pytest.mark.anyio
Answer = PathAnswer | ConnectAnswer | PaperPathAnswer | NetworkAnswer
Question = Callable[[View], Awaitable[Answer]]

VISION, SOUND = Topic(scheme="field", name="Vision"), Topic(scheme="field", name="Sound")


def world() -> list[Record]:
    """A page's subject on every paper, two ways round without her, and people apart.

    Una is the page's subject. Ann – Bea – Cy (2018, 2019) and Ann – Dan – Cy (2020 to 2022, two
    papers a tie) are two ways of two hops; Cy – Eve goes on. Kit and Lou are a pair by
    themselves; Max wrote alone; a crowd of 60 joins Kit to Nia.
    """
    vision, sound = {"topics": (VISION,)}, {"topics": (SOUND,)}
    page = {"source": "page", "subject": "Una Vey", "complete": False}
    crowd = [f"Member{number:02} Crowd" for number in range(58)]
    return [
        source("page", subject="Una Vey", announced_papers=2),
        source("lab"),
        paper("Page One", ["Ann Ode", "Fay Holt"], **page),
        paper("Page Two", ["Una Vey", "Gus Hale"], **page),
        paper("Early", ["Ann Ode", "Bea Lund"], date="2018-02-03", venue="Letters", **vision),
        paper("Middle", ["Bea Lund", "Cy Moor"], date="2019", affiliations=("North Lab",), **sound),
        paper("Late", ["Ann Ode", "Dan Rue"], date="2020-05", **vision),
        paper(
            "Later",
            ["Ann Ode", "Dan Rue"],
            date="2021-01-01",
            repositories=("https://github.com/Ann/Later",),
        ),
        paper("Join", ["Dan Rue", "Cy Moor"], date="2022-07-08", venue="Letters", **vision),
        paper("Join Again", ["Cy Moor", "Dan Rue"], date="2022-09-01", complete=False, **vision),
        paper("Onward", ["Cy Moor", "Eve Sand"], date=None),
        paper(
            "Fork",
            ["Max Iver"],
            date="2021-02-02",
            repositories=("https://github.com/Ann/Later",),
        ),
        paper("Pair", ["Kit Noor", "Lou Penn"], affiliations=("North Lab",), **sound),
        paper("Crowd", [*crowd, "Kit Noor", "Nia Roe"], date="2023"),
    ]


def path(
    start: str = "Ann Ode", end: str = "Cy Moor", exclude: Sequence[str] = (), **given: object
) -> Question:
    names = PathsWanted.model_fields.keys()
    wanted = PathsWanted.model_validate({n: v for n, v in given.items() if n in names})
    rest = {n: v for n, v in given.items() if n not in names}
    filters = AskedFilters.model_validate({**rest, "exclude": list(exclude)})
    return lambda view: show_path(view, start, end, wanted=wanted, filters=filters)


def tree(*authors: str, **given: object) -> Question:
    filters = AskedFilters.model_validate(given)
    return lambda view: connect(view, authors, filters=filters)


def network(middle: str = "Ann Ode", hops: int = 2, limit: int = 100, **given: object) -> Question:
    filters = AskedFilters.model_validate(given)
    return lambda view: show_network(view, middle, hops=hops, limit=limit, filters=filters)


def papers(start: str = "Early", end: str = "Onward", **given: object) -> Question:
    return lambda view: show_paper_path(view, start, end, **given)  # type: ignore[arg-type]


QUESTIONS: dict[str, Question] = {
    **{mode: path(mode=mode) for mode in ("shortest", "all_shortest", "k_shortest")},
    **{f"{mode} by {cost}": path(mode=mode, cost=cost)
       for mode in ("cheapest", "k_cheapest") for cost in ("weight", "share")},
    "first two": path(mode="all_shortest", limit=1),
    "frontier": path(end="Eve Sand", frontier=True),
    "to oneself": path(end="Ann Ode"),
    "first year": path(first_year=2020),
    "last year": path(last_year=2019),
    "as of": path(as_of="2019-06"),
    "as of a year": path(as_of="2020"),
    "two papers": path(min_papers=2),
    "topic": path(topic="vision"),
    "venue": path(venue="venue:letters"),
    "affiliation": path("Kit Noor", "Lou Penn", affiliation="North Lab"),
    "wider cap": path("Kit Noor", "Nia Roe", max_authors=60),
    "without a person": path(exclude=["Dan Rue"]),
    "without the subject": path("Fay Holt", "Gus Hale", exclude=["subject"]),
    "with the subject": path("Fay Holt", "Gus Hale"),
    "only verified": path(only_verified=True),
    "several filters": path(first_year=2020, exclude=["Dan Rue"], topic="Sound"),
    "too far": path(end="Eve Sand", max_hops=2),
    "the cap": path("Lou Penn", "Nia Roe"),
    "apart": path("Ann Ode", "Lou Penn"),
    "alone": path("Ann Ode", "Max Iver", frontier=True),
    "a tree": tree("Ann Ode", "Bea Lund", "Eve Sand", "Dan Rue"),
    "a tree without": tree("Ann Ode", "Bea Lund", "Eve Sand", exclude=["Dan Rue", "subject"]),
    "parts": tree("Ann Ode", "Lou Penn", "Max Iver", "Kit Noor"),
    "a network": network(),
    "a cut network": network(hops=3, limit=3),
    "a network without": network(hops=3, exclude=["subject"], first_year=2019),
    "papers": papers(),
    "papers by repository": papers("Later", "Fork", kinds=["shared-repository"]),
    "papers apart": papers("Early", "Crowd"),
    "papers too far": papers(max_steps=1),
    "papers without": papers("Page One", "Page Two", exclude=["subject"]),
    "papers by a subject": papers("Page One", "Page Two"),
    "one paper": papers("Early", "Early"),
}  # fmt: skip


async def answers(store: GraphStore) -> dict[str, bytes]:
    reader = Reader(store)
    found = {}
    for name, question in QUESTIONS.items():
        answer = await reader.ask(question)
        # Rows built without validating are as validated ones would be.
        assert type(answer).model_validate_json(answer_bytes(answer)) == answer, name
        found[name] = answer_bytes(answer)
    return found


async def in_memory(records: Sequence[Record]) -> dict[str, bytes]:
    model = await open_store("memory:", Settings())
    async with model.writing():
        await model.put(records)
    found = await answers(model)
    await model.close()
    return found


@pytest.fixture
async def reader(store: GraphStore) -> Reader:
    async with store.writing():
        await store.put(list(reversed(world())))
    return Reader(store)


async def test_every_connection_has_the_same_answer(reader: Reader, store: GraphStore) -> None:
    assert await answers(store) == await in_memory(world())


async def ask(reader: Reader, question: Question) -> PathAnswer:
    answer = await reader.ask(question)
    assert isinstance(answer, PathAnswer)
    return answer


def people(answer: PathAnswer) -> list[list[str]]:
    paths = answer.paths if answer.paths is not None else [answer.path] if answer.path else []
    return [[author.name.split()[0] for author in each.authors] for each in paths]


def codes(answer: Answer) -> dict[str, int | None]:
    return {note.code: note.count for note in answer.meta.notes}


async def test_modes_worked_out_by_hand(reader: Reader) -> None:
    one = await ask(reader, path())
    assert people(one) == [["Ann", "Dan", "Cy"]]
    assert (one.distance, one.count, one.paths) == (2, 2, None)
    every = await ask(reader, path(mode="all_shortest"))
    assert people(every) == [["Ann", "Dan", "Cy"], ["Ann", "Bea", "Cy"]]
    assert [each.weakest_weight for each in every.paths or ()] == [2.0, 1.0]
    cut = await ask(reader, path(mode="all_shortest", limit=1))
    assert (len(cut.paths or ()), cut.count, codes(cut)["paths-left-out"]) == (1, 2, 1)
    assert people(await ask(reader, path(mode="k_shortest", k=1))) == [["Ann", "Dan", "Cy"]]
    cheap = await ask(reader, path(mode="k_cheapest"))
    assert people(cheap) == [["Ann", "Dan", "Cy"], ["Ann", "Bea", "Cy"]]
    assert [each.cost for each in cheap.paths or ()] == [1.0, 2.0]
    assert (cheap.distance_is, cheap.cost_is) == (None, "estimate")
    assert cheap.path is not None
    assert [hop.cost for hop in cheap.path.hops] == [0.5, 0.5]


async def test_a_hop_shows_its_papers_and_how_sure_it_is(reader: Reader) -> None:
    answer = await ask(reader, path())
    assert answer.path is not None
    first, second = answer.path.hops
    assert [(one.title, one.year, one.positions) for one in first.papers] == [
        ("Late", 2020, [1, 2]),
        ("Later", 2021, [1, 2]),
    ]
    assert [repo.id for repo in first.papers[1].repositories] == ["github:ann/later"]
    assert (first.weight, first.first_year, first.last_year) == (2.0, 2020, 2021)
    assert [one.authors_complete for one in second.papers] == [False, True]
    assert {(one.identity, one.spellings) for one in answer.path.authors} == {("unverified", 1)}
    # Page One is by Ann, Join Again by Cy; both lists are cut.
    assert (answer.distance_is, answer.incomplete_papers) == ("at most", 3)
    listed = await ask(reader, path(frontier=True))
    assert [one.title for one in listed.frontier or ()] == ["Join Again", "Page One", "Page Two"]


async def test_filters_make_the_ties_anew(reader: Reader) -> None:
    for given, expected in [
        ({"last_year": 2019}, ["Ann", "Bea", "Cy"]),
        ({"first_year": 2020}, ["Ann", "Dan", "Cy"]),
        ({"as_of": "2019"}, ["Ann", "Bea", "Cy"]),
        ({"min_papers": 2}, ["Ann", "Dan", "Cy"]),
        ({"exclude": ["Dan Rue"]}, ["Ann", "Bea", "Cy"]),
    ]:
        found = await ask(reader, path(**given))  # type: ignore[arg-type]
        assert people(found) == [expected], given
    hop = (await ask(reader, path(topic="Vision"))).path
    assert hop is not None
    assert [one.title for one in hop.hops[0].papers] == ["Late"]
    assert hop.hops[0].weight == 1.0
    timed = await ask(reader, path(as_of="2019-06"))
    assert codes(timed)["undated-papers"] == 1
    assert codes(timed)["imprecise-dates"] == 1
    assert timed.meta.parameters["as_of"] == "2019-06"


async def test_without_the_subject_a_page_falls_apart(reader: Reader) -> None:
    together = await ask(reader, path("Fay Holt", "Gus Hale"))
    assert people(together) == [["Fay", "Una", "Gus"]]
    apart = await ask(reader, path("Fay Holt", "Gus Hale", exclude=["subject"]))
    assert apart.meta.parameters["exclude"] == ["author:vey.una"]
    assert apart.no_path is not None
    assert (apart.no_path.reason, apart.no_path.distance_without) == ("filter", 2)
    assert [(one.filter, one.distance_without) for one in apart.no_path.filters] == [("exclude", 2)]
    assert (apart.no_path.source_component, apart.no_path.target_component) == (6, 1)
    # Page Two, by Gus, the smaller group, may name somebody more.
    assert apart.incomplete_papers == 1


async def test_no_path_says_why(reader: Reader) -> None:
    far = (await ask(reader, path(end="Eve Sand", max_hops=2))).no_path
    assert far is not None
    assert (far.reason, far.distance_without) == ("max-hops", 3)
    cap = (await ask(reader, path("Lou Penn", "Nia Roe"))).no_path
    assert cap is not None
    assert (cap.reason, [one.title for one in cap.papers]) == ("author-cap", ["Crowd"])
    assert "they are joined only through 1 paper" in cap.text
    apart = (await ask(reader, path("Ann Ode", "Lou Penn"))).no_path
    assert apart is not None
    assert (apart.reason, apart.source_component, apart.target_component) == (
        "different-components",
        8,
        2,
    )
    # Bea and Cy wrote Middle of North Lab on sound; Bea is one hop from Ann, Cy two.
    assert apart.source_nearest is not None
    assert (apart.source_nearest.name, apart.source_nearest.hops) == ("Bea Lund", 1)
    assert [node.name for node in apart.source_nearest.affiliations] == ["North Lab"]
    assert [node.name for node in apart.source_nearest.topics] == ["Sound"]
    assert apart.target_nearest is not None
    assert apart.target_nearest.name == "Lou Penn"
    both = (await ask(reader, path(first_year=2020, exclude=["Dan Rue"]))).no_path
    assert both is not None
    assert [(one.filter, one.distance_without) for one in both.filters] == [
        ("first_year", 2),
        ("exclude", 2),
    ]
    several = path(first_year=2020, exclude=["Dan Rue"], topic="Sound")
    together = (await ask(reader, several)).no_path
    assert together is not None
    assert (together.reason, together.distance_without) == ("filter", 2)
    assert "several filters together" in together.text


async def test_trees_worked_out_by_hand(reader: Reader) -> None:
    answer = await reader.ask(tree("Ann Ode", "Bea Lund", "Eve Sand", "Ode, Ann"))
    assert isinstance(answer, ConnectAnswer)
    assert answer.joined
    (found,) = answer.trees
    assert [one.name for one in found.authors] == ["Bea Lund", "Cy Moor", "Ann Ode", "Eve Sand"]
    assert [(hop.source, hop.target) for hop in found.hops] == [
        ("author:lund.bea", "author:moor.cy"),
        ("author:lund.bea", "author:ode.ann"),
        ("author:moor.cy", "author:sand.eve"),
    ]
    assert (found.hop_count, found.smallest_at_least) == (3, 3)
    assert answer.at_most_times_smallest == 1.333333333
    assert codes(answer)["asked-twice"] == 1
    parts = await reader.ask(tree("Ann Ode", "Lou Penn", "Max Iver", "Kit Noor"))
    assert isinstance(parts, ConnectAnswer)
    assert not parts.joined
    assert parts.apart == [
        ["author:noor.kit", "author:penn.lou"],
        ["author:iver.max"],
        ["author:ode.ann"],
    ]


async def test_a_network_is_cut_nearest_and_strongest_first(reader: Reader) -> None:
    whole = await reader.ask(network())
    assert isinstance(whole, NetworkAnswer)
    assert [(node.name, node.hops, node.strength) for node in whole.nodes] == [
        ("Ann Ode", 0, 0.0),
        ("Dan Rue", 1, 2.0),
        ("Fay Holt", 1, 1.0),
        ("Bea Lund", 1, 1.0),
        ("Una Vey", 1, 1.0),
        ("Cy Moor", 2, 3.0),
        ("Gus Hale", 2, 1.0),
    ]
    assert (whole.node_count, whole.link_count, whole.nodes_by_hop) == (7, 8, [1, 4, 2])
    assert len(whole.links) == 8
    cut = await reader.ask(network(hops=3, limit=3))
    assert isinstance(cut, NetworkAnswer)
    assert [node.name for node in cut.nodes] == ["Ann Ode", "Dan Rue", "Fay Holt"]
    assert [(link.source, link.target) for link in cut.links] == [
        ("author:holt.fay", "author:ode.ann"),
        ("author:ode.ann", "author:rue.dan"),
    ]
    assert codes(cut)["authors-left-out"] == 5


async def test_chains_of_papers_worked_out_by_hand(reader: Reader) -> None:
    answer = await reader.ask(papers())
    assert isinstance(answer, PaperPathAnswer)
    assert answer.path is not None
    assert [one.title for one in answer.path.papers] == ["Early", "Middle", "Onward"]
    assert [[one.name for one in step.authors] for step in answer.path.steps] == [
        ["Bea Lund"],
        ["Cy Moor"],
    ]
    assert {"no-citations", "no-lineage"} <= codes(answer).keys()
    fork = await reader.ask(papers("Early", "Fork"))
    assert isinstance(fork, PaperPathAnswer)
    assert fork.path is not None
    assert [step.kind for step in fork.path.steps] == ["shared-author", "shared-repository"]
    assert [repo.id for repo in fork.path.steps[1].repositories] == ["github:ann/later"]
    apart = await reader.ask(papers("Page One", "Page Two", exclude=["subject"]))
    assert isinstance(apart, PaperPathAnswer)
    assert apart.no_path is not None
    assert (apart.no_path.reason, apart.no_path.target_component) == ("nothing-shared", 1)


async def test_lineage_joins_papers_once_it_is_derived(reader: Reader, store: GraphStore) -> None:
    view = await reader.view()
    ids = dict(zip(view.graph.titles, view.graph.paper_ids, strict=True))
    claim: dict[str, object] = {
        "scope": "all", "model": "rules", "kind": "extends", "tier": "strong", "score": 0.75,
        "shown": True, "rank": 1, "direction_certain": True, "evidence": ["title 3 word"],
    }  # fmt: skip
    layer = Graph()
    layer.add(
        [
            Edge("BUILDS_ON", ids["Fork"], ids["Early"], {**claim}),  # type: ignore[dict-item]
            Edge("BUILDS_ON", ids["Pair"], ids["Early"], {**claim, "shown": False}),  # type: ignore[dict-item]
        ]
    )
    state = await store.state()
    stamp = DerivationStamp(state.facts_revision, "complete", '{"lineage":{}}', "{}", 0.0)
    async with store.writing():
        await store.write_derived(stamp, layer)
    answer = await reader.ask(papers("Early", "Fork"))
    assert isinstance(answer, PaperPathAnswer)
    assert answer.path is not None
    (step,) = answer.path.steps
    assert (step.kind, step.kinds) == ("lineage", ["lineage"])
    assert (step.lineage[0].older, step.lineage[0].tier) == (ids["Early"], "strong")
    hidden = await reader.ask(papers("Early", "Pair", kinds=["lineage"]))
    assert isinstance(hidden, PaperPathAnswer)
    assert hidden.no_path is not None


@pytest.mark.parametrize(
    ("question", "error", "name"),
    [
        (path(end="Nobody Here"), AuthorNotFound, None),
        (path(first_year=2021, last_year=2020), ParameterError, "last_year"),
        (path(as_of="2020-13"), ParameterError, "as_of"),
        (path(as_of="0000"), ParameterError, "as_of"),
        (path(as_of="2019", first_year=2020), ParameterError, "as_of"),
        (path(exclude=["Ann Ode"]), ParameterError, "exclude"),
        (path(exclude=["Nobody Here"]), AuthorNotFound, None),
        (path(cost="share"), ParameterError, "cost"),
        (path(k=3), ParameterError, "k"),
        (path(limit=3), ParameterError, "limit"),
        (path(topic="Nothing"), NodeNotFound, None),
        (tree("Ann Ode", "Cy Moor"), ParameterError, "authors"),
        (tree(*["Ann Ode"] * 11), ParameterError, "authors"),
        (tree("Ann Ode", "Ode, Ann", "Cy Moor"), ParameterError, "authors"),
        (tree("Ann Ode", "Bea Lund", "Cy Moor", exclude=["Cy Moor"]), ParameterError, "exclude"),
        (network(hops=4), ParameterError, "hops"),
        (network(limit=0), ParameterError, "limit"),
        (network(exclude=["Ann Ode"]), ParameterError, "exclude"),
        (papers(end="Nothing"), PaperNotFound, None),
        (papers(kinds=["friendship"]), ParameterError, "kinds"),
        (papers(kinds=[]), ParameterError, "kinds"),
        (papers(max_steps=0), ParameterError, "max_steps"),
        (papers(kinds=["lineage"]), NotDerived, None),
    ],
)
async def test_wrong_questions_are_refused(
    question: Question, error: type[Exception], name: str | None
) -> None:
    store = await open_store("memory:", Settings())
    async with store.writing():
        await store.put(world())
    with pytest.raises(error) as refused:
        await Reader(store).ask(question)
    if name is not None:
        assert isinstance(refused.value, ParameterError)
        assert refused.value.fields["name"] == name
    await store.close()


async def test_names_that_fit_several_are_refused(store: GraphStore) -> None:
    async with store.writing():
        await store.put(
            [
                *small_world(),
                paper("Twins", ["Gil Pine"], source="club", date="2001"),
                paper("Two", ["Gil Pine"], topics=(Topic(scheme="other", name="CV"),)),
            ]
        )
    reader = Reader(store)
    with pytest.raises(AmbiguousName):
        await reader.ask(path("Ada Quill", "Wei Ito"))
    with pytest.raises(AmbiguousTitle):
        await reader.ask(papers("Twins", "Alone"))
    with pytest.raises(ParameterError, match="topic:category/cv, topic:other/cv"):
        await reader.ask(path("Ada Quill", "Dov Lind", topic="cv"))


async def test_old_ids_are_followed_where_no_address_can_move(store: GraphStore) -> None:
    async with store.writing():
        await store.put([*world(), paper("Other", ["C. Moor", "Ann Ode"], source="page")])
        await store.decide(
            DecisionDraft(op="same", a="name:lab/moor.cy", b="name:page/moor.c", by="user:eve")
        )
    reader = Reader(store)
    moved = await reader.ask(tree("author:moor.cy", "Bea Lund", "Dan Rue"))
    assert isinstance(moved, ConnectAnswer)
    assert "author:moor.c" in [author.id for author in moved.asked]
    assert "moved-id" in codes(moved)
    without = await ask(reader, path(end="Dan Rue", exclude=["author:moor.cy"]))
    assert without.meta.parameters["exclude"] == ["author:moor.c"]
    assert "moved-id" in codes(without)


async def test_answers_are_json_without_a_loss(reader: Reader) -> None:
    answer = await reader.ask(path(mode="k_cheapest", cost="share"))
    body = orjson.loads(answer_bytes(answer))
    assert body["path"] == body["paths"][0]
    assert body["meta"]["parameters"]["mode"] == "k_cheapest"
