"""Citations: facts between loaded papers, in whatever order they came, and main paths."""

import pytest

from graph_service.derive.lineage_model import CITES_MODEL
from graph_service.derive.run import derive
from graph_service.derive.verify import verify
from graph_service.model.errors import NotDerived, PaperNotFound, StoreBusy
from graph_service.model.path_answers import PaperPathAnswer
from graph_service.model.records import DecisionDraft, PaperRecord, Record, Reference
from graph_service.projection.reader import Reader
from graph_service.projection.texts import Texts
from graph_service.questions.citations import (
    MainPathOptions,
    show_citations,
    show_main_path,
)
from graph_service.questions.lineages import find_paper_or_name
from graph_service.questions.paper_paths import show_paper_path
from graph_service.questions.quality import show_quality
from graph_service.store.fold import paper_id
from graph_service.store.protocol import GraphStore
from tests.invented import paper

pytestmark = pytest.mark.anyio
# Who cites whom: the graph of the method's golden values, cited before citing.
ARCS = ["ac", "bc", "cd", "ce", "df", "ef", "eg", "fh", "gh", "hi", "bj", "jh"]
YEARS = dict(zip("abcdefghij", range(2001, 2011), strict=True)) | {"j": 2003}


def record(letter: str, *also: str, complete: bool | None = True) -> PaperRecord:
    cited = sorted({older for older, newer in ARCS if newer == letter} | set(also))
    made = paper(
        letter,
        [f"Author {letter}"],
        date=str(YEARS[letter]),
        references=[Reference(to=f"lab:{one}", intent="extends", in_text=2) for one in cited],
        references_complete=complete,
    )
    assert isinstance(made, PaperRecord)
    return made


IDS = {letter: paper_id(record(letter)) for letter in "abcdefghij"}
LETTER = {id_: letter for letter, id_ in IDS.items()}


async def fill(store: GraphStore, letters: str = "abcdefghij") -> Reader:
    async with store.writing():
        for letter in letters:
            await store.put([record(letter)])
    return Reader(store)


async def arcs_of(store: GraphStore) -> list[str]:
    return sorted(
        LETTER[each.cited] + LETTER[each.citing]
        for batch in [batch async for batch in store.citations()]
        for each in batch
    )


@pytest.mark.parametrize("letters", ["abcdefghij", "jihgfedcba", "hbadgcfjei"])
async def test_citations_are_found_whichever_end_comes_first(
    store: GraphStore, letters: str
) -> None:
    await fill(store, letters)
    assert await arcs_of(store) == sorted(ARCS)
    assert (await store.references()) == (0, 0, 0)
    assert (await store.counts())[1]["CITES"] == len(ARCS)
    edges = (await store.graph()).edges.values()
    assert {edge.properties.get("intent") for edge in edges if edge.type == "CITES"} == {"extends"}
    await derive(store)
    assert (await verify(store)).differences == ()


async def test_a_cited_paper_goes_and_comes_back(store: GraphStore) -> None:
    await fill(store)
    async with store.writing():
        await store.remove(["lab:h"])
    assert await arcs_of(store) == sorted(arc for arc in ARCS if "h" not in arc)
    assert (await store.references()).unresolved == 1
    reader = Reader(store)
    codes = {row.code: row.count for row in (await reader.ask(show_quality)).results}
    assert codes["references-not-loaded"] == 1
    async with store.writing():
        await store.put([record("h")])
    assert await arcs_of(store) == sorted(ARCS)
    # A record that replaces another takes its references along.
    async with store.writing():
        await store.put([record("h", "a")])
    assert await arcs_of(store) == sorted([*ARCS, "ah"])
    assert (await verify(store)).differences == ()


async def test_a_paper_shows_its_citations_and_what_is_not_known(store: GraphStore) -> None:
    async with store.writing():
        records: list[Record] = [record(letter) for letter in "abcdefghi"]
        await store.put([*records, record("j", "q", complete=None)])
    reader = Reader(store)
    answer = await reader.ask(lambda view: show_citations(view, IDS["h"]))
    assert [LETTER[each.paper.id] for each in answer.cites] == ["g", "f", "j"]
    assert [LETTER[each.paper.id] for each in answer.cited_by] == ["i"]
    assert (answer.cites[0].intent, answer.cites[0].in_text) == ("extends", 2)
    assert (answer.references, answer.references_complete) == (3, True)
    doubtful = await reader.ask(lambda view: show_citations(view, IDS["j"], direction="cites"))
    assert [LETTER[each.paper.id] for each in doubtful.cites] == ["b"]
    assert (doubtful.references, doubtful.references_complete) == (2, None)
    codes = {note.code: note.count for note in doubtful.meta.notes}
    assert codes["references-not-loaded"] == 1
    assert {"references-incomplete", "loaded-papers-only"} <= codes.keys()
    with pytest.raises(PaperNotFound):
        await reader.ask(lambda view: show_citations(view, "title:nothing"))


async def test_main_paths_have_the_values_of_the_method(store: GraphStore) -> None:
    reader = await fill(store)
    spnp = await reader.ask(lambda view: show_main_path(view, MainPathOptions(weights="spnp")))
    assert (spnp.total, spnp.ways) == ("80", "2")
    assert [LETTER[stop.id] for stop in spnp.stops] == list("abcefhi")
    weights = {LETTER[arc.older] + LETTER[arc.newer]: arc.weight for arc in spnp.arcs}
    assert weights == {"ac": "12", "bc": "12", "ce": "21", "ef": "12", "fh": "18", "hi": "17"}
    assert [LETTER[arc.older] for arc in spnp.arcs if arc.tied] == ["a", "b"]
    assert (spnp.papers, spnp.citations, spnp.arcs_counted) == (10, 12, 12)
    totals = {
        weights: (
            await reader.ask(
                lambda view, way=weights: show_main_path(view, MainPathOptions(weights=way))
            )
        ).total
        for weights in ("spc", "splc")
    }
    assert totals == {"spc": "20", "splc": "39"}
    basket = await reader.ask(
        lambda view: show_main_path(view, MainPathOptions(search="low-criticality"))
    )
    assert [LETTER[stop.id] for stop in basket.stops] == list("abcdefghi")
    wider = await reader.ask(
        lambda view: show_main_path(view, MainPathOptions(search="low-criticality", d=2))
    )
    assert {LETTER[stop.id]: stop.criticality for stop in wider.stops}["j"] == 2
    routes = await reader.ask(
        lambda view: show_main_path(view, MainPathOptions(search="key-route", k=1))
    )
    assert "h" in {LETTER[stop.id] for stop in routes.stops}


async def test_circles_are_broken_and_said(store: GraphStore) -> None:
    async with store.writing():
        await store.put(
            [
                record("a", "b"),  # of a later year: against the dates
                record("b"),
                record("c", "j"),
                record("j", "j", "c", complete=False),  # of one year: a circle
            ]
        )
    answer = await Reader(store).ask(show_main_path)
    policy = answer.policy
    assert policy.against_dates.count == 1
    assert policy.against_dates.citations == [[IDS["a"], IDS["b"]]]
    assert policy.circles.papers == [[IDS["c"], IDS["j"]]]
    assert [policy.repeated.count, policy.within.count, policy.merged.count] == [0, 2, 1]
    stops = [[LETTER[one.id] for one in stop.papers] for stop in answer.stops]
    assert stops == [["a"], ["b"], ["c", "j"]]
    # A record keeps no citation of oneself.
    assert policy.self_citations.count == 0
    codes = {row.code: row.count for row in (await Reader(store).ask(show_quality)).results}
    assert codes["partial-references"] == 1


async def test_no_citations_and_no_lineage_are_said(store: GraphStore) -> None:
    async with store.writing():
        await store.put([paper("Alone")])
    reader = Reader(store)
    answer = await reader.ask(show_main_path)
    assert (answer.stops, answer.reason) == ([], "no citation is left between two papers")
    with pytest.raises(NotDerived):
        await reader.ask(lambda view: show_main_path(view, MainPathOptions(builds_on=True)))


async def test_the_longest_chain_of_steps_that_are_cited(store: GraphStore) -> None:
    titles = {"a": "LoomNet: Woollen Kernels", "b": "Faster Kernels", "c": "Later Kernels"}
    texts = {"a": "Looms.", "b": "We extend LoomNet.", "c": "We extend LoomNet in wool."}
    keys = {letter: title.replace(" ", "-") for letter, title in titles.items()}
    made = [
        paper(
            titles[letter],
            ["Ada Quill"],
            date=f"20{number}",
            abstract=texts[letter],
            references=[Reference(to=f"lab:{keys['a']}")] if letter == "b" else [],
        )
        for number, letter in zip((10, 11, 12), "abc", strict=True)
    ]
    async with store.writing():
        await store.put(made)
    await derive(store)
    options = MainPathOptions(search="longest", builds_on=True)
    answer = await Reader(store).ask(lambda view: show_main_path(view, options))
    assert [stop.papers[0].title for stop in answer.stops] == [titles["a"], titles["b"]]
    (arc,) = answer.arcs
    assert answer.total == arc.weight
    assert int(arc.weight or 0) > 0


async def test_papers_are_joined_by_citations(store: GraphStore) -> None:
    reader = await fill(store)
    answer = await reader.ask(lambda view: show_paper_path(view, IDS["i"], IDS["b"]))
    assert isinstance(answer, PaperPathAnswer)
    assert answer.path is not None
    assert [LETTER[each.id] for each in answer.path.papers] == ["i", "h", "j", "b"]
    first = answer.path.steps[0]
    assert (first.kind, first.citations[0].citing, first.citations[0].intent) == (
        "citation",
        IDS["i"],
        "extends",
    )


async def test_citations_are_evidence_only_where_asked_for(store: GraphStore) -> None:
    """Cited with the intent to extend it counts for a step; known not to be cited, against one."""
    old = woollen("Old", "2010-05-04")
    often = Reference(to="lab:Old-Looms-of-Wool", intent="extends", in_text=4)
    named = woollen("Named", "2011-05-04", often)
    later = woollen("Quiet", "2012-05-04", Reference(to="lab:Named-Looms-of-Wool", in_text=1))
    async with store.writing():
        await store.put([old, named, later])
    await derive(store)
    plain = await _rows(store)
    assert not {"cited", "not_cited", "intent", "in_text"} & {
        kind for kinds in plain.values() for kind in kinds
    }
    await derive(store, lineage=CITES_MODEL)
    assert (await verify(store)).differences == ()
    rows = await _rows(store)
    step = rows[paper_id(named), paper_id(old)]
    assert (step["cited"], step["intent"], step["in_text"]) == (1.5, 2.0, 1.5)
    onward = rows[paper_id(later), paper_id(named)]
    assert (onward["cited"], onward["in_text"], "intent" in onward) == (1.5, 0.5, False)
    # Its references are complete and loaded, and the old one is not among them: the step goes.
    assert (paper_id(later), paper_id(old)) in plain
    assert (paper_id(later), paper_id(old)) not in rows
    async with store.writing():
        await store.decide(DecisionDraft(op="accept", a=paper_id(later), b=paper_id(old), by="Ada"))
    await derive(store, lineage=CITES_MODEL)
    assert (await _rows(store))[paper_id(later), paper_id(old)]["not_cited"] == -2.5
    edges = (await store.derived("lineage")).edges.values()
    models = {edge.properties["model"] for edge in edges if edge.type == "BUILDS_ON"}
    assert models == {"lineage-2+cites"}


def woollen(word: str, date: str, *references: Reference) -> PaperRecord:
    made = paper(
        f"{word} Looms of Wool",
        ["Ada Quill"],
        date=date,
        abstract="Woollen kernels on a narrow loom are woven by hand from threads of wool.",
        references=references,
        references_complete=True,
    )
    assert isinstance(made, PaperRecord)
    return made


async def _rows(store: GraphStore) -> dict[tuple[str, str], dict[str, float]]:
    """The points of each step of the whole graph, by newer and older paper, then kind."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for edge in (await store.derived("lineage")).edges.values():
        if edge.type == "BUILDS_ON" and edge.properties["scope"] == "all":
            lines = edge.properties["evidence"]
            assert isinstance(lines, list)
            points = {line.split()[0]: float(line.split()[1]) for line in lines}
            assert round(sum(points.values()), 2) == edge.properties["score"]
            found[edge.start, edge.end] = points
    return found


async def test_a_paper_is_found_by_the_begin_of_its_title_before_anything_is_derived(
    store: GraphStore,
) -> None:
    old = woollen("Old", "2010-05-04")
    async with store.writing():
        await store.put([old])
    found = await Reader(store).ask(lambda view: find_paper_or_name(view, "Old Looms"))
    assert found == 0


async def test_what_was_read_while_the_facts_changed_is_not_kept(store: GraphStore) -> None:
    async with store.writing():
        await store.put([woollen("Old", "2010-05-04")])
    view = await Reader(store).view()

    async def build() -> Texts:
        async with store.writing():
            await store.put([woollen("New", "2011-05-04")])
        return Texts.of(["of the old facts, or of the new"])

    with pytest.raises(StoreBusy):
        await view.part("torn", Texts, build)
    assert "torn" not in view.parts.made
