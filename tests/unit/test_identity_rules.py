"""The rules of identity: what each joins, what it needs for it, and what forbids it."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from graph_service.identity.components import Components, Member
from graph_service.identity.difference import difference
from graph_service.identity.frequency import (
    FREQUENT_FAMILY_NAMES,
    frequent_family_names,
    looks_common,
)
from graph_service.identity.given_names import are_nicknames, strength, vowel_groups
from graph_service.identity.mention_table import PersonRow, core, place_words, title_words
from graph_service.identity.rule_table import IDENTITY, STRICT
from graph_service.identity.run import Run, run_rules
from graph_service.model.names import NameKey, name_key
from graph_service.model.records import Decision, DecisionDraft
from tests.mention_rows import both, papers

A, B = "orcid:0000-0002-1825-0097", "orcid:0000-0001-5109-3700"


def people(run: Run, mentions) -> set[frozenset[str]]:
    """The names as printed of each person."""
    groups: dict[str, set[str]] = {}
    for row in mentions:
        groups.setdefault(run.person_of[run.unit_of[row.id]], set()).add(row.name)
    return {frozenset(names) for names in groups.values()}


def joined(mentions, rows, one: str, other: str, **kwargs) -> bool:
    run = run_rules(mentions, rows, **kwargs)
    return any({one, other} <= names for names in people(run, mentions))


def rules_of(run: Run) -> list[tuple[str, str]]:
    return [(row.op, row.rule or "") for row in run.wanted]


# -- given names --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("xiao li", "xiaoli", 3),
        ("j p", "jp", 3),
        ("jason a", "jason", 2),
        ("jason a", "jason albert", 2),
        ("bill", "william", 2),
        ("liz m", "elizabeth", 2),
        ("j", "jason", 1),
        ("j a", "jason albert", 1),
        ("kai", "kaixin", 0),
        ("jason", "joseph", 0),
        ("jason a", "jason b", 0),
        ("jason albert", "jason adam", 0),
        ("j a", "jason b", 0),
        ("bill", "bob", 0),
        ("", "jason", 0),
        ("", "", 0),
    ],
)
def test_given_names_fit_or_do_not(one: str, other: str, expected: int) -> None:
    ours, theirs = tuple(one.split()), tuple(other.split())
    assert strength(ours, theirs) == expected
    assert strength(theirs, ours) == expected


def test_a_nickname_belongs_to_its_own_group_only() -> None:
    assert are_nicknames("kate", "katherine")
    assert not are_nicknames("kate", "margaret")
    assert not are_nicknames("ada", "ada")


def test_a_family_name_without_particles_is_its_core() -> None:
    assert core(("de", "la", "torre")) == "torre"
    assert core(("de", "la")) == "dela"


def test_a_name_looks_common_by_family_and_given_name() -> None:
    frequent = frozenset(["wang"])
    assert looks_common(name_key("Wei Wang"), frequent)
    assert looks_common(name_key("W. Wang"), frequent)
    assert not looks_common(name_key("Alexandra Wang"), frequent)
    assert not looks_common(name_key("Wei Okoye"), frequent)
    assert vowel_groups("alexandra") == 4


def test_frequent_family_names_are_listed_until_enough_names_are_loaded() -> None:
    few = [NameKey("okoye", f"g{n}", "") for n in range(10)]
    assert frequent_family_names(few) is FREQUENT_FAMILY_NAMES
    many = [NameKey(f"f{n % 600}", f"g{n}", "") for n in range(5_400)]
    many += [NameKey("okoye", f"g{n}", "") for n in range(50)]
    found = frequent_family_names(many)
    assert len(found) == 300
    assert "okoye" in found
    assert "wang" not in found


def test_words_of_titles_and_places_leave_out_what_all_have() -> None:
    assert title_words("A study of Woven Looms, using weights") == {"woven", "looms", "weights"}
    assert place_words("Dept. of Weaving, University of Lund") == {"weaving", "lund"}


# -- compatible ---------------------------------------------------------------------------


def test_an_initial_is_joined_with_a_shared_coauthor_and_not_without() -> None:
    shared = papers(["J. Okoye", "Ada Quill"], ["Jason Okoye", "Ada Quill"])
    assert joined(*shared, "J. Okoye", "Jason Okoye")
    apart = papers(["J. Okoye", "Ada Quill"], ["Jason Okoye", "Ben Marsh"])
    assert not joined(*apart, "J. Okoye", "Jason Okoye")


def test_a_nickname_alone_joins_nothing() -> None:
    assert not joined(*papers(["Bill Okoye"], ["William Okoye"]), "Bill Okoye", "William Okoye")


def test_an_ambiguous_initial_needs_two_shared_coauthors() -> None:
    names = (
        ["J. Okoye", "Ada Quill"],
        ["Jason Okoye", "Ada Quill"],
        ["Joseph Okoye", "Nia Moss"],
    )
    assert not joined(*papers(*names), "J. Okoye", "Jason Okoye")
    two = (
        ["J. Okoye", "Ada Quill", "Ben Marsh"],
        ["Jason Okoye", "Ada Quill", "Ben Marsh"],
        names[2],
    )
    assert joined(*papers(*two), "J. Okoye", "Jason Okoye")


def test_an_initial_never_joins_two_different_given_names() -> None:
    mentions, rows = papers(
        ["J. Okoye", "Ada Quill", "Ben Marsh"],
        ["Jason Okoye", "Ada Quill", "Ben Marsh"],
        ["J. Okoye", "Nia Moss", "Tom Reed"],
        ["Joseph Okoye", "Nia Moss", "Tom Reed"],
    )
    run = run_rules(mentions, rows)
    found = people(run, mentions)
    assert frozenset({"J. Okoye", "Jason Okoye"}) in found
    assert frozenset({"Joseph Okoye"}) in found
    assert [one.veto for one in run.blocked] == ["incompatible given names: jason, joseph"]


def test_a_frequent_family_name_needs_more() -> None:
    one = papers(["J. Wang", "Ada Quill"], ["Jason Wang", "Ada Quill"])
    assert not joined(*one, "J. Wang", "Jason Wang")
    two = papers(["J. Wang", "Ada Quill", "Ben Marsh"], ["Jason Wang", "Ada Quill", "Ben Marsh"])
    assert joined(*two, "J. Wang", "Jason Wang")


def test_one_affiliation_of_both_is_as_good_as_a_coauthor() -> None:
    places = {"J. Okoye": "Dept. of Weaving, Lund", "Jason Okoye": "Weaving, Univ. of Lund"}
    rows = papers(["J. Okoye"], ["Jason Okoye"], places=places)
    assert joined(*rows, "J. Okoye", "Jason Okoye")
    other = papers(["J. Okoye"], ["Jason Okoye"], places=places | {"Jason Okoye": "Tarn Mills"})
    assert not joined(*other, "J. Okoye", "Jason Okoye")


def test_alike_texts_speak_for_one_person_unless_far_apart_in_time() -> None:
    titles = ["Woven looms under tension", "Tension of woven looms"]
    rows = papers(["J. Okoye"], ["Jason Okoye"], titles=titles)
    assert joined(*rows, "J. Okoye", "Jason Okoye")
    early = papers(["J. Okoye"], titles=titles[:1], year=1950)
    late = papers(["Jason Okoye"], titles=titles[1:], year=2020, start=2)
    assert not joined(*both(early, late), "J. Okoye", "Jason Okoye")


def test_coauthors_by_initials_count_where_one_side_prints_initials() -> None:
    rows = papers(["J. Okoye", "A. Quill"], ["Jason Okoye", "Ada Quill"])
    assert joined(*rows, "J. Okoye", "Jason Okoye")
    in_full = papers(["J. Okoye", "Adam Quill"], ["Jason Okoye", "Ada Quill"])
    assert not joined(*in_full, "J. Okoye", "Jason Okoye")


def test_the_subject_of_a_page_is_no_witness_on_it() -> None:
    mentions, rows = papers(["J. Okoye", "Ada Quill"], ["Jason Okoye", "Ada Quill"])
    assert joined(mentions, rows, "J. Okoye", "Jason Okoye")
    of_page = [row._replace(subject=name_key("Ada Quill")) for row in rows]
    assert not joined(mentions, of_page, "J. Okoye", "Jason Okoye")


def test_a_long_list_of_authors_is_no_witness() -> None:
    crowd = [f"Person{n} Surname{n}" for n in range(100)]
    rows = papers(["J. Okoye", *crowd], ["Jason Okoye", *crowd])
    assert not joined(*rows, "J. Okoye", "Jason Okoye")


def test_suffixes_are_never_joined() -> None:
    rows = papers(["J. Okoye, Jr.", "Ada Quill"], ["Jason Okoye", "Ada Quill"])
    assert not joined(*rows, "J. Okoye, Jr.", "Jason Okoye")


def test_a_large_block_is_said_and_compared_by_coauthors_alone() -> None:
    table = replace(IDENTITY, most_names=2)
    rows = papers(
        ["J. Okoye", "Ada Quill"],
        ["Jason Okoye", "Ada Quill"],
        ["Julia Okoye"],
        places={"J. Okoye": "Weaving, Lund", "Jason Okoye": "Weaving, Lund"},
    )
    run = run_rules(*rows, table=table)
    assert [tuple(block) for block in run.large] == [("okoye", "j", "")]
    found = people(run, rows[0])
    assert frozenset({"J. Okoye", "Jason Okoye"}) in found
    without = papers(["J. Okoye"], ["Jason Okoye"], ["Julia Okoye"])
    assert run_rules(*without, table=table).wanted == ()


# -- other rules --------------------------------------------------------------------------


def test_words_parted_in_two_ways_are_one_name() -> None:
    mentions, rows = papers(["Lima, Ana Costa", "Ada Quill"], ["Costa Lima, Ana", "Ada Quill"])
    run = run_rules(mentions, rows)
    assert rules_of(run) == [("same", "other-parts")]
    assert joined(mentions, rows, "Lima, Ana Costa", "Costa Lima, Ana")


def test_exchanged_names_are_joined_by_a_coauthor_only() -> None:
    mentions, rows = papers(["Muriel Tarn", "Ada Quill"], ["Tarn Muriel", "Ada Quill"])
    assert rules_of(run_rules(mentions, rows)) == [("same", "swap")]
    titles = ["Woven looms under tension", "Tension of woven looms"]
    alike = papers(["Muriel Tarn"], ["Tarn Muriel"], titles=titles)
    assert not joined(*alike, "Muriel Tarn", "Tarn Muriel")
    initial = papers(["M Tarn", "Ada Quill"], ["Tarn M", "Ada Quill"])
    assert not joined(*initial, "M Tarn", "Tarn M")


def test_two_frequent_family_names_exchanged_need_two_coauthors() -> None:
    one = papers(["Yang Li", "Ada Quill"], ["Li Yang", "Ada Quill"])
    assert not joined(*one, "Yang Li", "Li Yang")
    two = papers(["Yang Li", "Ada Quill", "Ben Marsh"], ["Li Yang", "Ada Quill", "Ben Marsh"])
    assert joined(*two, "Yang Li", "Li Yang")


@pytest.mark.parametrize("other", ["Jasen Okoyer", "Jaosn Okoyer", "Jaso Okoyer", "Jason Okoyor"])
def test_one_letter_is_a_slip_with_two_shared_coauthors(other: str) -> None:
    two = papers(["Jason Okoyer", "Ada Quill", "Ben Marsh"], [other, "Ada Quill", "Ben Marsh"])
    assert rules_of(run_rules(*two)) == [("same", "one-letter")]
    one = papers(["Jason Okoyer", "Ada Quill"], [other, "Ada Quill"])
    assert not joined(*one, "Jason Okoyer", other)


@pytest.mark.parametrize(
    "other", ["Mason Okoyer", "Jason Ekoyer", "Jasen Okoyor", "Jason Okoyer, Jr."]
)
def test_other_differences_are_no_slip(other: str) -> None:
    rows = papers(["Jason Okoyer", "Ada Quill", "Ben Marsh"], [other, "Ada Quill", "Ben Marsh"])
    assert not joined(*rows, "Jason Okoyer", other)


def test_short_names_are_no_slip() -> None:
    rows = papers(["Ann Lee", "Ada Quill", "Ben Marsh"], ["Anne Lee", "Ada Quill", "Ben Marsh"])
    assert not joined(*rows, "Ann Lee", "Anne Lee")


def test_a_source_that_knows_a_person_joins_any_names_of_it() -> None:
    mentions, rows = papers(["Ada Quill"], ["Ada Marsh"], ["Nia Moss"])
    person = PersonRow(
        "person:lab:1", "lab", (name_key("Ada Quill"), name_key("Ada Marsh")), frozenset()
    )
    run = run_rules(mentions, rows, persons=[person])
    assert rules_of(run) == [("same", "source-variants")]
    assert frozenset({"Ada Quill", "Ada Marsh"}) in people(run, mentions)


def test_a_name_that_a_source_gives_to_two_people_joins_neither() -> None:
    mentions, rows = papers(["Ada Quill"], ["Ada Marsh"], ["Nia Moss"])
    said = [
        PersonRow(
            "person:lab:1", "lab", (name_key("Ada Quill"), name_key("Ada Marsh")), frozenset()
        ),
        PersonRow(
            "person:lab:2", "lab", (name_key("Ada Quill"), name_key("Nia Moss")), frozenset()
        ),
    ]
    assert run_rules(mentions, rows, persons=said).wanted == ()


# -- vetoes -------------------------------------------------------------------------------


def test_two_mentions_of_one_record_are_two_people() -> None:
    rows = papers(["J. Okoye", "Jason Okoye", "Ada Quill"], ["Jason Okoye", "Ada Quill"])
    assert not joined(*rows, "J. Okoye", "Jason Okoye")


def test_two_orcids_are_two_people() -> None:
    shared = (["J. Okoye", "Ada Quill"], ["Jason Okoye", "Ada Quill"])
    differ = papers(*shared, identifiers={"J. Okoye": A, "Jason Okoye": B})
    assert not joined(*differ, "J. Okoye", "Jason Okoye")
    made = papers(*shared, identifiers={"J. Okoye": "s2:12", "Jason Okoye": "s2:34"})
    assert joined(*made, "J. Okoye", "Jason Okoye")


def test_a_users_different_is_never_overridden() -> None:
    mentions, rows = papers(["J. Okoye", "Ada Quill"], ["Jason Okoye", "Ada Quill"])
    said = Decision(
        number=1, op="different", a="name:lab/okoye.j", b="name:lab/okoye.jason", by="user:ada"
    )
    assert not joined(mentions, rows, "J. Okoye", "Jason Okoye", log=[said])


def test_a_veto_is_tested_on_whole_components() -> None:
    def member(name: str, given: str, **more) -> Member:
        return Member(name, suffixes={""}, givens={"okoye": {(given,)}}, **more)

    components = Components([member("a", "j"), member("b", "jason"), member("c", "joseph")])
    assert components.veto("a", "c") is None
    components.force("a", "b")
    assert components.veto("a", "c") == "incompatible given names: jason, joseph"
    assert components.veto("a", "c", any_given=True) is None
    assert components.veto("a", "b") is None
    assert components.units_of("a") == {"a", "b"}


# -- common names -------------------------------------------------------------------------


def test_a_name_with_two_ids_is_split_and_its_other_mentions_follow_the_evidence() -> None:
    mentions, rows = both(
        papers(["Wei Okoye", "Ada Quill"], identifiers={"Wei Okoye": A}),
        papers(["Wei Okoye", "Nia Moss"], start=2, identifiers={"Wei Okoye": B}),
        papers(["Wei Okoye", "Ada Quill"], ["Wei Okoye", "Nia Moss"], start=3),
    )
    run = run_rules(mentions, rows)
    assert run.common == {name_key("Wei Okoye"): "the name has several ids given by hand"}
    person = {row.id: run.person_of[run.unit_of[row.id]] for row in mentions if row.position == 1}
    assert person["lab:p1#1"] == person["lab:p3#1"]
    assert person["lab:p2#1"] == person["lab:p4#1"]
    assert person["lab:p1#1"] != person["lab:p2#1"]


def scattered(count: int):
    parts = [
        papers(["Wei Wang"], start=number, places={"Wei Wang": f"Town{number} Mills{number}"})
        for number in range(1, count + 1)
    ]
    return both(*parts)


def test_a_name_in_ever_so_many_places_is_common() -> None:
    mentions, rows = scattered(12)
    run = run_rules(mentions, rows)
    assert len({run.person_of[run.unit_of[row.id]] for row in mentions}) == 12
    assert list(run.common.values()) == ["affiliations fall into 12.0 groups by weight"]
    few = scattered(5)
    assert run_rules(*few).wanted == ()


def test_strict_rules_take_a_name_for_common_by_sight() -> None:
    mentions, rows = papers(["Wei Wang", "Ada Quill"], ["Wei Wang", "Ada Quill"], ["Wei Wang"])
    assert run_rules(mentions, rows).wanted == ()
    run = run_rules(mentions, rows, table=STRICT)
    person = {row.id: run.person_of[run.unit_of[row.id]] for row in mentions if row.position == 1}
    assert person["lab:p1#1"] == person["lab:p2#1"] != person["lab:p3#1"]
    assert ("different", "common-name") in rules_of(run)
    rare = papers(["Alexandra Okoye"], ["Alexandra Okoye"])
    assert run_rules(*rare, table=STRICT).wanted == ()


def test_people_of_one_common_name_are_not_joined_through_an_initial() -> None:
    mentions, rows = papers(
        ["Wei Wang", "Ada Quill", "Ben Marsh"],
        ["Wei Wang", "Nia Moss", "Tom Reed"],
        ["W. Wang", "Ada Quill", "Ben Marsh", "Nia Moss", "Tom Reed"],
    )
    run = run_rules(mentions, rows, table=STRICT)
    person = {row.id: run.person_of[run.unit_of[row.id]] for row in mentions if row.position == 1}
    assert person["lab:p1#1"] != person["lab:p2#1"]
    assert person["lab:p3#1"] in {person["lab:p1#1"], person["lab:p2#1"]}


def test_a_name_that_a_user_called_one_is_not_split() -> None:
    mentions, rows = scattered(12)
    said = Decision(
        number=1, op="same", a="name:lab/wang.wei", b="name:lab/wang.weiming", by="user:ada"
    )
    assert run_rules(mentions, rows, log=[said]).wanted == ()


# -- the log ------------------------------------------------------------------------------


def test_evidence_that_is_gone_is_undone_and_new_evidence_appended() -> None:
    before = papers(["J. Okoye", "Ada Quill"], ["Jason Okoye", "Ada Quill"])
    (wanted,) = run_rules(*before).wanted
    assert wanted.by == "rule:identity-1"
    assert [(sign.kind, sign.points) for sign in wanted.evidence] == [
        ("shared-coauthor", 2.0),
        ("given-names", 0.0),
    ]
    log = [Decision(number=1, **wanted.model_dump())]
    assert difference(run_rules(*before, log=log).wanted, log).drafts == []
    after = papers(["J. Okoye", "Ada Quill"], ["Jason Okoye", "Ben Marsh"])
    (undo,) = difference(run_rules(*after, log=log).wanted, log).drafts
    assert (undo.op, undo.a) == ("undo", "decision:1")


def test_what_a_user_has_undone_is_not_proposed_again() -> None:
    rows = papers(["J. Okoye", "Ada Quill"], ["Jason Okoye", "Ada Quill"])
    (wanted,) = run_rules(*rows).wanted
    log = [
        Decision(number=1, **wanted.model_dump()),
        Decision(number=2, **DecisionDraft(op="undo", a="decision:1", by="user:ada").model_dump()),
    ]
    assert run_rules(*rows, log=log).wanted == ()
    by_rule = [log[0], log[1].model_copy(update={"by": "rule:identity-1"})]
    assert len(run_rules(*rows, log=by_rule).wanted) == 1


def test_the_documented_signs_are_those_of_the_table() -> None:
    text = (Path(__file__).parents[2] / "docs" / "identity.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (\d) \| (\d) \|", text, re.MULTILINE)
    assert {kind: float(points) for kind, points, _ in rows} == dict(IDENTITY.points)
    assert {kind: int(most) for kind, _, most in rows} == dict(IDENTITY.most_counted)
