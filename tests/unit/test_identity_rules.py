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
    rare_family_names,
)
from graph_service.identity.given_names import are_nicknames, strength, vowel_groups
from graph_service.identity.mention_table import (
    PersonRow,
    core,
    place_words,
    spelt_out,
    title_words,
)
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


def test_a_rare_family_name_is_one_of_a_large_graph_that_few_names_have() -> None:
    many = [(f"f{n % 600}", f"g{n}") for n in range(5_400)]
    some = [("okoye", given) for given in ("j", "jason", "jason", "joseph")]
    assert rare_family_names([*many, *some], 3) == {"okoye": 3}
    assert rare_family_names([*many, *some], 2) == {}
    assert rare_family_names(some, 3) == {}
    assert rare_family_names([*many, ("hoang", "van")], 3) == {}


def test_umlauts_are_spelt_out_and_other_names_have_no_such_words() -> None:
    assert spelt_out("Jörg Müller-Quåle") == ("joerg", "mueller", "quaale")
    assert spelt_out("Jo\u0308rg Okoye") == ("joerg", "okoye")
    assert spelt_out("Zoé Quill") == ()


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


# Two papers whose texts are near and no more: too little for initials.
NEAR = ["Woven looms under tension near wool", "Old woven looms beside rivers flowing slowly east"]


def test_a_first_name_in_full_needs_a_weak_sign_more() -> None:
    assert not joined(*papers(["Jason Okoye"], ["Jason A. Okoye"]), "Jason Okoye", "Jason A. Okoye")
    near = papers(["Jason Okoye"], ["Jason A. Okoye"], titles=NEAR)
    assert joined(*near, "Jason Okoye", "Jason A. Okoye")
    initial = papers(["J. Okoye"], ["Jason A. Okoye"], titles=NEAR)
    assert not joined(*initial, "J. Okoye", "Jason A. Okoye")
    frequent = papers(["Jason Wang", "Ada Quill"], ["Jason A. Wang", "Ada Quill"], titles=NEAR)
    assert not joined(*frequent, "Jason Wang", "Jason A. Wang")


def test_a_further_given_name_that_fits_needs_a_weak_sign_more() -> None:
    assert not joined(*papers(["J. A. Okoye"], ["Jason A. Okoye"]), "J. A. Okoye", "Jason A. Okoye")
    near = papers(["J. A. Okoye"], ["Jason A. Okoye"], titles=NEAR)
    assert joined(*near, "J. A. Okoye", "Jason A. Okoye")
    run = run_rules(*near)
    assert [(sign.kind, sign.detail) for sign in run.wanted[0].evidence] == [
        ("near-text", "looms woven"),
        ("further-given-name", "a / a"),
        ("given-names", "j a / jason a: initial fits"),
    ]
    both_ways = papers(["Jason A. Okoye"], ["Jason Albert Okoye"])
    assert joined(*both_ways, "Jason A. Okoye", "Jason Albert Okoye")


def crowd(count: int = 5_400):
    """Enough names for family names to be rare or not; the rows start at paper 1,000."""
    names = [f"Given{n} Surname{n % 600}" for n in range(count)]
    listed = [names[at : at + 60] for at in range(0, count, 60)]
    return papers(*listed, source="crowd", start=1_000)


def test_a_rare_family_name_joins_names_that_agree_in_more_than_an_initial() -> None:
    mentions, rows = both(
        papers(["Jason Okoye"], ["Jason A. Okoye"], ["M. R. Tarn"], ["Mara R. Tarn"], start=1),
        papers(["N. Moss"], ["Nia Moss"], ["Dov Lind"], ["D. Lind"], start=10),
        papers(["Ben Marsh"], ["Ben A. Marsh"], ["Bea Marsh"], ["Bo Marsh"], start=20),
        crowd(),
    )
    run = run_rules(mentions, rows)
    found = {names for names in people(run, mentions) if len(names) > 1}
    assert found == {
        frozenset({"Jason Okoye", "Jason A. Okoye"}),
        frozenset({"M. R. Tarn", "Mara R. Tarn"}),
    }
    (first, _) = run.wanted
    assert ("rare-family-name", "okoye: only 2 names have it") in [
        (sign.kind, sign.detail) for sign in first.evidence
    ]


def test_a_rare_family_name_says_nothing_of_papers_far_apart_in_time() -> None:
    early, late = papers(["J. A. Okoye"], year=1950), papers(["Jason A. Okoye"], year=1980, start=2)
    assert not joined(*both(early, late, crowd()), "J. A. Okoye", "Jason A. Okoye")
    between = papers(["J. A. Okoye"], year=1965, start=3)
    assert joined(*both(early, late, between, crowd()), "J. A. Okoye", "Jason A. Okoye")


def venues(*named: str, start: int = 1):
    """A paper by another person at each venue."""
    parts = [
        papers([f"Given{n} Surname{n}"], source="crowd", start=n, venue=venue)
        for n, venue in enumerate(named, start)
    ]
    return both(*parts)


def test_a_venue_speaks_for_one_person_unless_many_appear_there() -> None:
    elsewhere = venues(*(f"Meeting {n}" for n in range(300)))
    ours = both(
        papers(["Jason Okoye"], venue="Days of Weaving"),
        papers(["Jason A. Okoye"], start=2, venue="Days of weaving."),
    )
    assert joined(*both(ours, elsewhere), "Jason Okoye", "Jason A. Okoye")
    assert not joined(*ours, "Jason Okoye", "Jason A. Okoye")
    crowded = venues(*["Days of Weaving"] * 10, start=1_000)
    assert not joined(*both(ours, elsewhere, crowded), "Jason Okoye", "Jason A. Okoye")
    mentions, rows = both(ours, elsewhere)
    of_one = [row._replace(work="work") if row.record.startswith("lab") else row for row in rows]
    assert not joined(mentions, of_one, "Jason Okoye", "Jason A. Okoye")


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


def test_one_letter_in_a_given_name_is_a_name_of_its_own_where_the_family_name_is_frequent() -> (
    None
):
    witnesses = ["Ada Quill", "Ben Marsh", "Nia Moss", "Tom Reed"]
    two = papers(["Jasonah Wang", *witnesses[:2]], ["Jasomah Wang", *witnesses[:2]])
    assert not joined(*two, "Jasonah Wang", "Jasomah Wang")
    four = papers(["Jasonah Wang", *witnesses], ["Jasomah Wang", *witnesses])
    assert rules_of(run_rules(*four)) == [("same", "one-letter")]


def test_an_umlaut_spelt_out_needs_one_shared_coauthor() -> None:
    rows = papers(["Jörg Müntar", "Ada Quill"], ["Joerg Muentar", "Ada Quill"])
    assert rules_of(run_rules(*rows)) == [("same", "umlaut")]
    one = papers(["Jörg Okoyer", "Ada Quill"], ["Joerg Okoyer", "Ada Quill"])
    assert joined(*one, "Jörg Okoyer", "Joerg Okoyer")
    none = papers(["Jörg Okoyer", "Ada Quill"], ["Joerg Okoyer", "Nia Moss"])
    assert not joined(*none, "Jörg Okoyer", "Joerg Okoyer")
    plain = papers(["Jorg Okoyer", "Ada Quill"], ["Joerg Okoyer", "Ada Quill"])
    assert not joined(*plain, "Jorg Okoyer", "Joerg Okoyer")


def test_three_words_in_another_order_need_two_shared_coauthors() -> None:
    one = papers(["Ana Mira Okoye", "Ada Quill"], ["Okoye Ana Mira", "Ada Quill"])
    assert not joined(*one, "Ana Mira Okoye", "Okoye Ana Mira")
    two = ["Ada Quill", "Ben Marsh"]
    rows = papers(["Ana Mira Okoye", *two], ["Okoye Ana Mira", *two])
    assert rules_of(run_rules(*rows)) == [("same", "other-order")]
    given = papers(["Ana Mira Okoye", *two], ["Mira Ana Okoye", *two])
    assert joined(*given, "Ana Mira Okoye", "Mira Ana Okoye")
    frequent = papers(["Jun Mei Wang", *two], ["Mei Jun Wang", *two])
    assert not joined(*frequent, "Jun Mei Wang", "Mei Jun Wang")


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("Ana Lima", "Lima Costa, Ana"),
        ("Ana Costa", "Lima-Costa, Ana Maria"),
        ("Costa, Ana M.", "Lima Costa, Ana Maria"),
        ("N. Costa, Ana", "Nunes Costa, Ana"),
    ],
)
def test_a_family_name_with_fewer_words_needs_two_shared_coauthors(short: str, long: str) -> None:
    two = ["Ada Quill", "Ben Marsh"]
    rows = papers([short, *two], [long, *two])
    assert rules_of(run_rules(*rows)) == [("same", "fewer-words")]
    assert not joined(*papers([short, *two[:1]], [long, *two[:1]]), short, long)


@pytest.mark.parametrize("long", ["Lima Costa, Anabel", "Lima Costa, A.", "Costa Lima, Joana"])
def test_fewer_words_need_the_first_name_in_full(long: str) -> None:
    two = ["Ada Quill", "Ben Marsh"]
    assert not joined(*papers(["Ana Costa", *two], [long, *two]), "Ana Costa", long)


def test_a_short_name_that_fits_two_longer_ones_needs_four_shared_coauthors() -> None:
    two, four = ["Ada Quill", "Ben Marsh"], ["Ada Quill", "Ben Marsh", "Nia Moss", "Tom Reed"]
    other = papers(["Lima Nunes, Ana", "Dov Lind"], start=9)
    few = both(papers(["Ana Lima", *two], ["Lima Costa, Ana", *two]), other)
    assert not joined(*few, "Ana Lima", "Lima Costa, Ana")
    more = both(papers(["Ana Lima", *four], ["Lima Costa, Ana", *four]), other)
    assert joined(*more, "Ana Lima", "Lima Costa, Ana")


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
    assert wanted.by == "rule:identity-2"
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
    by_rule = [log[0], log[1].model_copy(update={"by": "rule:identity-2"})]
    assert len(run_rules(*rows, log=by_rule).wanted) == 1


def test_the_documented_signs_are_those_of_the_table() -> None:
    text = (Path(__file__).parents[2] / "docs" / "identity.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (\d) \| (\d) \|", text, re.MULTILINE)
    assert {kind: float(points) for kind, points, _ in rows} == dict(IDENTITY.points)
    assert {kind: int(most) for kind, _, most in rows} == dict(IDENTITY.most_counted)
