"""Which records are one paper, which papers are one work, and what keeps them apart."""

import random

from hypothesis import given
from hypothesis import strategies as st

from graph_service.identity.works import Works, meeting, resolve_works, work_card
from graph_service.model.records import Decision, PaperRecord
from graph_service.model.titles import title_key
from tests.invented import paper

TITLE = "Looms that weave by themselves"


def record(source: str, title: str = TITLE, **more: object) -> PaperRecord:
    made = paper(
        title,
        more.pop("authors", ["Ada Quill", "Ben Okoro"]),  # type: ignore[arg-type]
        source=source,
        **{"key": f"{source}-1", **more},  # type: ignore[arg-type]
    )
    assert isinstance(made, PaperRecord)
    return made


def resolved(*records: PaperRecord, log: tuple[Decision, ...] = ()) -> Works:
    return resolve_works({one.id: work_card(one) for one in records}, log)


def are_one(*records: PaperRecord, log: tuple[Decision, ...] = ()) -> bool:
    return len(set(resolved(*records, log=log).work_of.values())) == 1


def decision(op: str, a: PaperRecord, b: PaperRecord, number: int = 1) -> Decision:
    return Decision(number=number, op=op, a=f"record:{a.id}", b=f"record:{b.id}", by="Ada")  # type: ignore[arg-type]


def test_an_equal_identifier_makes_one_paper_whatever_the_titles() -> None:
    a = record("lab", "One Name", identifiers=("doi:10.1000/x",))
    b = record(
        "club", "Another Name", identifiers=("doi:10.1000/x", "pmid:7"), authors=["Eva Moss"]
    )
    c = record("page", "A Third Name", identifiers=("pmid:7",), date="1999")
    assert are_one(a, b, c)
    assert not are_one(a, c)
    assert [(join.a, join.b, join.rule) for join in resolved(a, b).joins] == [
        ("club:club-1", "lab:lab-1", "identifier")
    ]


def test_two_arxiv_ids_are_never_one_paper() -> None:
    a = record("lab", identifiers=("arxiv:2001.00001", "doi:10.1000/x"))
    b = record("club", identifiers=("arxiv:2001.00002", "doi:10.1000/x"))
    assert not are_one(a, b)
    (join,) = resolved(a, b).joins
    assert join.blocked_by == "different arxiv identifiers"


def test_an_equal_title_needs_a_shared_author() -> None:
    assert are_one(record("lab"), record("club", "LOOMS that weave -- by themselves!"))
    assert are_one(record("lab"), record("club", authors=["Cleo Marsh", "B. Okoro"]))
    assert not are_one(record("lab"), record("club", authors=["Cleo Marsh"]))
    assert not are_one(record("lab"), record("club", TITLE + " again"))


def test_a_list_without_authors_goes_with_the_only_paper_of_a_long_title() -> None:
    bare = record("club", authors=[])
    assert are_one(record("lab"), bare)
    assert not are_one(record("lab", "Editorial"), record("club", "Editorial", authors=[]))
    other = record("page", authors=["Cleo Marsh"])
    assert len(set(resolved(record("lab"), other, bare).work_of.values())) == 3


def test_what_speaks_against_one_publication_links_instead() -> None:
    lab = record("lab", identifiers=("doi:10.1000/x",))
    for other in (
        record("club", identifiers=("doi:10.1000/y",)),
        record("club", identifiers=("arxiv:2001.00001",)),
        record("club", kind="preprint"),
        record("club", date="2018"),
        record("lab", key="lab-2"),
    ):
        assert not are_one(lab, other)
        (link,) = resolved(lab, other).links
        assert (link.rule, {link.a, link.b}) == ("same-title", {lab.id, other.id})
    assert are_one(lab, record("club", date="2021"))


def test_short_titles_are_not_linked() -> None:
    a, b = record("lab", "Editorial"), record("club", "Editorial", date="2018")
    assert not are_one(a, b)
    assert resolved(a, b).links == ()


def test_what_has_neither_form_goes_with_the_publication() -> None:
    preprint = record("a", identifiers=("arxiv:2001.00001",))
    published = record("z", identifiers=("doi:10.1000/x",))
    page = record("page")
    found = resolved(preprint, published, page)
    assert found.work_of[page.id] == ("page:page-1", "z:z-1")
    (link,) = found.links
    assert (link.a, link.b) == ("a:a-1", "page:page-1")


def test_a_record_that_carries_both_ids_joins_both() -> None:
    preprint = record("a", identifiers=("arxiv:2001.00001",))
    published = record("z", identifiers=("doi:10.1000/x",))
    both = record("b", identifiers=("arxiv:2001.00001", "doi:10.1000/x"))
    assert are_one(preprint, published, both)


def test_a_stated_relation_links_whatever_the_titles() -> None:
    stated = ({"kind": "preprint-of", "to": "doi:10.1000/x"},)
    a = record("a", "An Early Name", relations=stated)
    b = record("b", identifiers=("doi:10.1000/x",))
    (link,) = resolved(a, b).links
    assert (link.rule, link.a, link.b) == ("stated", a.id, b.id)


def test_a_decision_joins_parts_and_unlinks() -> None:
    a, b = record("lab"), record("club", authors=["Cleo Marsh"])
    assert are_one(a, b, log=(decision("same", a, b),))
    c = record("club")
    apart = (decision("different", a, c),)
    assert not are_one(a, c, log=apart)
    (join,) = resolved(a, c, log=apart).joins
    assert (join.rule, join.blocked_by) == ("title", "decision:1")
    preprint = record("club", identifiers=("arxiv:2001.00001",))
    published = record("lab", identifiers=("doi:10.1000/x",))
    assert resolved(preprint, published).links
    assert not resolved(
        preprint, published, log=(decision("different", preprint, published),)
    ).links


def test_a_title_key_keeps_letters_and_digits_alone() -> None:
    assert title_key(r"\emph{Loom}-$N$ét & Co.: 2") == "loomnetandco2"
    assert title_key("织机 2") == "织机2"
    assert title_key("...") == ""


IDS = ("doi:10.1000/x", "doi:10.1000/y", "arxiv:2001.00001", "arxiv:2001.00002", "pmid:1")
RECORDS = st.lists(
    st.builds(
        record,
        st.sampled_from(("lab", "club", "page")),
        st.sampled_from((TITLE, "Editorial", "Another title of some length")),
        key=st.sampled_from("abcdef"),
        authors=st.sampled_from(([], ["Ada Quill"], ["A. Quill", "Ben Okoro"], ["Cleo Marsh"])),
        identifiers=st.lists(st.sampled_from(IDS), max_size=2, unique=True),
        date=st.sampled_from((None, "2018", "2020")),
        kind=st.sampled_from((None, "preprint", "article")),
    ),
    max_size=8,
    unique_by=lambda one: one.id,
)


@given(RECORDS, st.integers(0, 99))
def test_the_order_of_records_changes_nothing(records: list[PaperRecord], seed: int) -> None:
    shuffled = records[:]
    random.Random(seed).shuffle(shuffled)
    assert resolved(*shuffled) == resolved(*records)


@given(RECORDS)
def test_who_meets_nobody_is_a_paper_alone(records: list[PaperRecord]) -> None:
    cards = {one.id: work_card(one) for one in records}
    together = meeting(cards, ())
    found = resolve_works(cards, ())
    assert all(found.work_of[one] == (one,) for one in cards.keys() - together)
    rest = resolve_works({one: cards[one] for one in together}, ())
    assert rest.work_of == {one: found.work_of[one] for one in together}
    assert (rest.joins, rest.links) == (found.joins, found.links)


@given(RECORDS)
def test_an_unrelated_record_changes_no_paper(records: list[PaperRecord]) -> None:
    other = record("elsewhere", "Something else altogether", authors=["Zoe Zell"])
    before = resolved(*records).work_of
    after = resolved(*records, other).work_of
    assert {one: after[one] for one in before} == before
