"""What holds of a run of the rules on any small set of papers."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_service.identity.difference import difference
from graph_service.identity.evidence import companies, points_of, profile, signs
from graph_service.identity.given_names import INCOMPATIBLE, strength
from graph_service.identity.homonyms import Facts, pair_points
from graph_service.identity.mention_table import core
from graph_service.identity.persons import resolve
from graph_service.identity.rule_table import IDENTITY, STRICT
from graph_service.identity.run import SPELLINGS, run_rules
from graph_service.identity.units import Unit
from graph_service.model.names import name_key
from graph_service.model.records import Decision
from tests.mention_rows import both, papers

NAMES = (
    "J. Okoye", "Jason Okoye", "Joseph Okoye", "Jason A. Okoye", "J. B. Okoye", "Okoye Jason",
    "Jason Okoyer", "Jasen Okoyer", "Jason Okoye, Jr.", "Wei Wang", "W. Wang", "Wang Wei",
    "Ada Quill", "A. Quill", "Ben Marsh", "Jörg Okoyer", "Joerg Okoyer", "Okoye Jason A.",
    "Quill Okoye, Jason",
)  # fmt: skip
PLACES = ("", "Weaving, Lund", "Lund Weaving Works", "Tarn Mills")
TITLES = ("", "Woven looms under tension", "Tension of woven looms", "Ropes and knots of Tarn")
VENUES = ("", "Days of Weaving", "Tarn Letters")
IDS = ("", "", "orcid:0000-0002-1825-0097", "orcid:0000-0001-5109-3700", "s2:12")


@st.composite
def tables(draw, most: int = 7):
    parts = []
    for number in range(1, draw(st.integers(1, most)) + 1):
        authors = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4))
        parts.append(
            papers(
                authors,
                start=number,
                source=draw(st.sampled_from(("lab", "mill"))),
                titles=[draw(st.sampled_from(TITLES))],
                year=draw(st.sampled_from((None, 1980, 2010, 2012))),
                places={name: draw(st.sampled_from(PLACES)) for name in authors},
                identifiers={name: draw(st.sampled_from(IDS)) for name in authors},
            )
        )
    return both(*parts)


def groups(run, mentions) -> set[frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in mentions:
        found.setdefault(run.person_of[run.unit_of[row.id]], set()).add(row.id)
    return {frozenset(members) for members in found.values()}


@settings(max_examples=150, deadline=None)
@given(tables(), st.randoms(use_true_random=False), st.sampled_from((IDENTITY, STRICT)))
def test_the_order_of_loading_changes_nothing(table, random, rules) -> None:
    mentions, rows = table
    first = run_rules(mentions, rows, table=rules)
    mixed, others = list(mentions), list(rows)
    random.shuffle(mixed)
    random.shuffle(others)
    again = run_rules(mixed, others, table=rules)
    assert again.wanted == first.wanted
    assert again.person_of == first.person_of


@settings(max_examples=150, deadline=None)
@given(tables(), st.sampled_from((IDENTITY, STRICT)))
def test_no_rule_puts_a_vetoed_pair_into_one_person(table, rules) -> None:
    mentions, rows = table
    run = run_rules(mentions, rows, table=rules)
    by_id = {row.id: row for row in mentions}
    slips = {frozenset((row.a, row.b)) for row in run.wanted if row.rule in SPELLINGS}
    for members in groups(run, mentions):
        people = [by_id[one] for one in members]
        assert len({row.record for row in people}) == len(people)
        assert len({row.key.suffix for row in people}) == 1
        orcids = {one for row in people for one in row.identifiers if one.startswith("orcid:")}
        assert len(orcids) <= 1
        # What an identifier joins may bear any names, and one name may be spelt in two ways.
        if any(row.identifiers for row in people) or slips:
            continue
        for one in people:
            for other in people:
                if one.given and other.given and core(one.family) == core(other.family):
                    assert strength(one.given, other.given) != INCOMPATIBLE


@settings(max_examples=100, deadline=None)
@given(tables(), st.sampled_from((IDENTITY, STRICT)))
def test_papers_of_others_change_no_group(table, rules) -> None:
    mentions, rows = table
    more = both(
        (mentions, rows),
        papers(["Nia Moss", "Tom Reed"], ["N. Moss", "Tom Reed"], start=50, source="lab"),
    )
    before = groups(run_rules(mentions, rows, table=rules), mentions)
    after = groups(run_rules(*more, table=rules), more[0])
    assert before <= after


@settings(max_examples=100, deadline=None)
@given(tables(), tables(most=4), st.sampled_from((IDENTITY, STRICT)))
def test_after_any_change_the_log_holds_what_the_rules_want(first, second, rules) -> None:
    log: list[Decision] = []
    for mentions, rows in (first, second, ([], [])):
        wanted = run_rules(mentions, rows, log=log, table=rules).wanted
        for draft in difference(wanted, log).drafts:
            log.append(Decision(number=len(log) + 1, **draft.model_dump()))
        held = difference(wanted, log)
        assert held.drafts == []
        assert len(held.unchanged) == len(wanted)
    assert difference((), log).lost == ()


@settings(max_examples=100, deadline=None)
@given(tables(), st.sampled_from((IDENTITY, STRICT)))
def test_the_store_makes_the_same_people_of_the_log(table, rules) -> None:
    mentions, rows = table
    run = run_rules(mentions, rows, table=rules)
    log = [Decision(number=n, **row.model_dump()) for n, row in enumerate(run.wanted, start=1)]
    of_unit: dict[str, list] = {}
    for row in mentions:
        of_unit.setdefault(run.unit_of[row.id], []).append(row)
    units = {
        unit: Unit(
            id=unit,
            key=rows[0].key,
            source=rows[0].source,
            variants=frozenset(row.name for row in rows),
            first_mention=min(row.id for row in rows),
            records=frozenset(row.record for row in rows),
            identifiers=frozenset().union(*(row.identifiers for row in rows)),
        )
        for unit, rows in of_unit.items()
    }
    by_store: dict[str, set[str]] = {}
    for unit, author in resolve(units, log).author_of.items():
        by_store.setdefault(author, set()).add(unit)
    by_run: dict[str, set[str]] = {}
    for unit, person in run.person_of.items():
        by_run.setdefault(person, set()).add(unit)
    assert sorted(map(sorted, by_store.values())) == sorted(map(sorted, by_run.values()))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(NAMES[10:15]), max_size=4, unique=True),
            st.sampled_from(PLACES),
            st.sampled_from(TITLES),
            st.sampled_from((None, 1980, 2010)),
            st.sampled_from(VENUES),
        ),
        min_size=2,
        max_size=6,
    )
)
def test_points_of_all_pairs_are_those_of_each_pair(slots) -> None:
    """The matrix that splits common names against signs taken two by two."""
    parts = [
        papers(
            ["Jason Okoye", *others],
            start=number,
            titles=[title],
            year=year,
            places={"Jason Okoye": place, "Ben Marsh": "Tarn Mills"},
            venue=venue,
        )
        for number, (others, place, title, year, venue) in enumerate(slots, start=1)
    ]
    mentions, rows = both(*parts)
    by_record = {row.record: row for row in rows}
    frequent = frozenset(["wang", "quill"])
    table = replace(IDENTITY, venue_share=0.5)
    company = companies(mentions, by_record, frequent, table)
    mine = [row for row in mentions if row.key == name_key("Jason Okoye")]
    facts = Facts(by_record, company, frequent, table)
    points = pair_points(mine, facts)
    for at, one in enumerate(mine):
        for other_at, other in enumerate(mine):
            if at != other_at:
                found = signs(
                    profile([one], by_record, company),
                    profile([other], by_record, company),
                    table,
                )
                assert np.isclose(points[at, other_at], points_of(found)), (one, other, found)
