"""Persons: components of names under decisions, with vetoes and undo."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_service.identity.decide import check_decision
from graph_service.identity.persons import resolve
from graph_service.identity.units import merge_units, split_mentions
from graph_service.model.errors import DecisionConflict, DecisionTargetNotFound
from graph_service.model.records import Decision, PaperRecord, Record
from graph_service.model.revision import decision_facts, decisions_in_force, facts_revision
from tests.invented import paper, units_of_record


def persons_of(records: list[Record], log: list[Decision]) -> dict[str, str]:
    split = split_mentions(log)
    units = merge_units(
        unit
        for record in records
        if isinstance(record, PaperRecord)
        for _, unit in units_of_record(record, split)
    )
    return dict(resolve(units, log).author_of)


def decision(number: int, op: str, a: str, b: str | None = None) -> Decision:
    return Decision.model_validate({"number": number, "op": op, "a": a, "b": b, "by": "user:test"})


LAB = paper("One", ["Ada Quill", "Ben Okoro"], source="lab")
CLUB = paper("Two", ["ADA QUILL", "B. Okoro"], source="club")
ADA_LAB, ADA_CLUB = "name:lab/quill.ada", "name:club/quill.ada"
BEN_LAB, BEN_CLUB = "name:lab/okoro.ben", "name:club/okoro.b"


def test_equal_names_of_two_sources_are_one_author_until_decided_otherwise() -> None:
    assert persons_of([LAB, CLUB], [])[ADA_LAB] == persons_of([LAB, CLUB], [])[ADA_CLUB]
    apart = persons_of([LAB, CLUB], [decision(1, "different", ADA_LAB, ADA_CLUB)])
    assert apart[ADA_LAB] != apart[ADA_CLUB]
    assert sorted(apart.values())[2:] == ["author:quill.ada", apart[ADA_LAB]]


def test_undo_restores_exactly() -> None:
    log = [decision(1, "same", BEN_LAB, BEN_CLUB)]
    joined = persons_of([LAB, CLUB], log)
    assert joined[BEN_LAB] == joined[BEN_CLUB] == "author:okoro.b"
    undone = [*log, decision(2, "undo", "decision:1")]
    assert persons_of([LAB, CLUB], undone) == persons_of([LAB, CLUB], [])
    assert facts_revision([LAB, CLUB], undone) == facts_revision([LAB, CLUB], [])
    redone = [*undone, decision(3, "undo", "decision:2")]
    assert persons_of([LAB, CLUB], redone) == joined


def test_two_mentions_of_one_record_are_two_people() -> None:
    twins = paper("Twins", ["Wei Ito", "Wei Ito"])
    found = persons_of([twins], [])
    assert len(set(found.values())) == 2
    assert "author:ito.wei" in found.values()


def test_the_same_twice_weighs_nothing_more() -> None:
    once = [decision(1, "same", BEN_LAB, BEN_CLUB)]
    twice = [*once, decision(2, "same", BEN_CLUB, BEN_LAB)]
    assert decision_facts(once) == decision_facts(twice)
    assert len(decisions_in_force(twice)) == 2


def check(records: list[Record], log: list[Decision], new: Decision) -> None:
    split = split_mentions([*log, new])
    units = merge_units(
        unit
        for record in records
        if isinstance(record, PaperRecord)
        for _, unit in units_of_record(record, split)
    )
    check_decision(units, (), log, new)


def test_a_decision_against_the_log_or_the_facts_is_refused() -> None:
    log = [decision(1, "different", ADA_LAB, ADA_CLUB)]
    with pytest.raises(DecisionConflict, match="decision:1"):
        check([LAB, CLUB], log, decision(2, "same", ADA_LAB, ADA_CLUB))
    with pytest.raises(DecisionConflict, match="two mentions of one record"):
        check([LAB, CLUB], [], decision(1, "same", ADA_LAB, BEN_LAB))
    junior = paper("Three", ["Ben Okoro Jr."])
    with pytest.raises(DecisionConflict, match="suffix"):
        check([LAB, junior], [], decision(1, "same", BEN_LAB, "name:lab/okoro.ben.jr"))
    with pytest.raises(DecisionConflict, match="decision:1"):
        check(
            [LAB, CLUB],
            [decision(1, "same", BEN_LAB, BEN_CLUB)],
            decision(2, "different", BEN_LAB, BEN_CLUB),
        )
    with pytest.raises(DecisionTargetNotFound):
        check([LAB], [], decision(1, "same", BEN_LAB, "name:lab/nobody"))
    with pytest.raises(DecisionTargetNotFound):
        check([LAB], [], decision(1, "undo", "decision:9"))


names = st.sampled_from(["Ada Quill", "ADA QUILL", "Ben Okoro", "Cleo Marsh", "Ada Quill Jr."])
bibliographies = st.lists(
    st.tuples(st.sampled_from(["lab", "club", "page"]), st.lists(names, max_size=4)), max_size=8
)


@given(bibliographies, st.randoms(use_true_random=False))
def test_load_order_changes_no_person(
    papers: list[tuple[str, list[str]]], chance: random.Random
) -> None:
    records = [
        paper(f"Paper {number}", authors, source=where)
        for number, (where, authors) in enumerate(papers)
    ]
    shuffled = list(records)
    chance.shuffle(shuffled)
    found = persons_of(records, [])
    assert persons_of(shuffled, []) == found
    # No author is two people of one paper, and none bears two suffixes.
    for record in records:
        if isinstance(record, PaperRecord):
            authors = [found[unit.id] for _, unit in units_of_record(record)]
            assert len(set(authors)) == len(authors)
