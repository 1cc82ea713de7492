"""What a run of the rules sees: a row for each mention, one for each record of a paper.

The rows are plain values, made once of records. Nothing here depends on other records.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple
from unicodedata import normalize

from graph_service.identity.given_names import Given
from graph_service.model.names import (
    NAMES_REMEMBERED,
    PARTICLES,
    SUFFIXES,
    NameKey,
    fold,
    parse_name,
)
from graph_service.model.records import Mention, NamedPerson, PaperRecord, PersonRecord

_BETWEEN = re.compile(r"[\s-]+")
SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
SHORTEST_WORD_OF_A_TITLE = 4
SHORTEST_WORD_OF_A_PLACE = 3

# Words that titles and subjects of any field have.
_TITLE_STOP_WORDS = """
with from into that this were their using used based study studies analysis effect effects role
case report novel approach approaches method methods model models modeling modelling system
systems results after during between among following related associated towards toward about
through under over within without patients patient human humans male female adult adults aged
middle animals animal mice rats mouse child children adolescent young infant treatment clinical
disease diseases review evaluation evaluating comparison development high low activity learning
data task tasks language languages shared workshop proceedings overview
"""
TITLE_STOP_WORDS = frozenset(_TITLE_STOP_WORDS.split())
# Words that say what kind of organisation it is, not which.
_PLACE_STOP_WORDS = """
university universities univ universitat universitaet universite universita universidad
universidade institute institutes institut instituto inst department departments dept
departement departamento laboratory laboratories laboratoire lab labs national natl nat centre
center centers ctr school college faculty division state the and for del des der
"""
PLACE_STOP_WORDS = frozenset(_PLACE_STOP_WORDS.split())


class MentionRow(NamedTuple):
    """A mention as the rules see it.

    `unit` is the unit it stands under by the standing rules and by what users decided, before
    any decision of a rule. `given` and `family` are folded tokens; `organisations` the ids of
    what the source ties to this author, `places` the content words of each of their names.
    """

    id: str
    record: str
    position: int | None
    unit: str
    key: NameKey
    name: str
    given: Given
    family: tuple[str, ...]
    identifiers: frozenset[str]
    organisations: frozenset[str]
    places: frozenset[frozenset[str]]
    source: str


class PaperRow(NamedTuple):
    """What else a record says that tells people apart.

    `work` is equal for the records of one paper; `words` are content words of title and topics;
    `owners` those of its repositories; `subject` the name whose page lists the paper; `venue` is
    folded, empty where the record tells none.
    """

    record: str
    work: str
    year: int | None = None
    words: frozenset[str] = frozenset()
    owners: frozenset[str] = frozenset()
    subject: NameKey | None = None
    venue: str = ""


class PersonRow(NamedTuple):
    """What a source says of a person beside any paper: these names are one person's."""

    id: str
    source: str
    keys: tuple[NameKey, ...]
    identifiers: frozenset[str]


def name_words(text: str) -> tuple[str, ...]:
    """The folded words of a name or a part of one, without a suffix at the end."""
    found = tuple(token for token in _BETWEEN.split(fold(text)) if token)
    return found[:-1] if len(found) > 1 and found[-1] in SUFFIXES else found


@lru_cache(maxsize=NAMES_REMEMBERED)
def _tokens_of_name(name: str) -> tuple[Given, tuple[str, ...]]:
    family, given, _ = parse_name(name)
    return name_words(given), name_words(family)


@lru_cache(maxsize=NAMES_REMEMBERED)
def tokens_of_parts(given: str, family: str) -> tuple[Given, tuple[str, ...]]:
    """The tokens of a given and a family name that a source has apart."""
    return name_words(given), name_words(family)


def name_tokens(named: NamedPerson) -> tuple[Given, tuple[str, ...]]:
    """The tokens of a name's given and family part; joined, they are those of its key."""
    if named.family is None and named.given is None:
        return _tokens_of_name(named.name)
    return tokens_of_parts(named.given or "", named.family or "")


@lru_cache(maxsize=NAMES_REMEMBERED)
def spelt_out(name: str) -> tuple[str, ...]:
    """The words of a name with ä ö ü å ø written ae oe ue aa oe, sorted; empty if it has none."""
    text = normalize("NFC", name).lower()
    spelt = text.translate(SPELT)
    return tuple(sorted(name_words(spelt))) if spelt != text else ()


@lru_cache(maxsize=NAMES_REMEMBERED)
def core(family: tuple[str, ...]) -> str:
    """The family name without its particles; all of it if nothing else is left."""
    return "".join(token for token in family if token not in PARTICLES) or "".join(family)


@lru_cache(maxsize=NAMES_REMEMBERED)
def title_words(text: str) -> frozenset[str]:
    """The content words of a title or a subject, folded."""
    return frozenset(
        word
        for word in _BETWEEN.split(fold(text))
        if len(word) >= SHORTEST_WORD_OF_A_TITLE and word not in TITLE_STOP_WORDS
    )


@lru_cache(maxsize=NAMES_REMEMBERED)
def place_words(text: str) -> frozenset[str]:
    """The words of an affiliation that say which one it is, folded."""
    return frozenset(
        word
        for word in _BETWEEN.split(fold(text))
        if len(word) >= SHORTEST_WORD_OF_A_PLACE and word not in PLACE_STOP_WORDS
    )


@lru_cache(maxsize=NAMES_REMEMBERED)
def folded_place(text: str) -> str:
    """An affiliation or a venue as it is compared when equal: folded, hyphens as blanks."""
    return " ".join(_BETWEEN.split(fold(text)))


def mention_row(record: PaperRecord, mention: Mention, unit: str) -> MentionRow:
    """Make the row of a mention that stands under `unit`."""
    given, family = name_tokens(mention)
    organisations: set[str] = set()
    for place in mention.affiliations:
        organisations.update(place.identifiers)
        if folded := folded_place(place.name):
            organisations.add(f"name:{folded}")
    return MentionRow(
        id=record.mention_id(mention),
        record=record.id,
        position=mention.position,
        unit=unit,
        key=mention.key,
        name=mention.name,
        given=given,
        family=family,
        identifiers=frozenset(mention.identifiers),
        organisations=frozenset(organisations),
        places=frozenset(
            words for place in mention.affiliations if (words := place_words(place.name))
        ),
        source=record.source,
    )


def paper_row(record: PaperRecord, work: str, subject: NameKey | None = None) -> PaperRow:
    """Make the row of a record.

    Args:
        record: The record.
        work: An id that all records of its paper have.
        subject: The key of the name whose page lists it; the source's record says it.
    """
    words = set(title_words(record.title))
    for topic in record.topics:
        words |= title_words(topic.name)
    return PaperRow(
        record=record.id,
        work=work,
        year=int(record.date[:4]) if record.date else None,
        words=frozenset(words),
        owners=frozenset(
            one.id.removeprefix("github:").partition("/")[0] for one in record.repositories
        ),
        subject=subject,
        venue=folded_place(record.venue) if record.venue else "",
    )


def person_rows(records: Iterable[PersonRecord]) -> list[PersonRow]:
    """Make the rows of what sources say of persons, by id."""
    return sorted(
        PersonRow(
            record.id,
            record.source,
            tuple(dict.fromkeys(named.key for named in record.names)),
            frozenset(record.identifiers),
        )
        for record in records
    )
