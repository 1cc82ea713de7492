"""Rows of mentions and papers for tests of identity, made of names as printed; all invented."""

from collections import Counter
from collections.abc import Sequence

from graph_service.identity.mention_table import (
    MentionRow,
    PaperRow,
    folded_place,
    place_words,
    title_words,
    tokens_of_parts,
)
from graph_service.identity.units import mention_unit_id, unit_id
from graph_service.model.names import name_key, parse_name


def papers(
    *listed: Sequence[str],
    source: str = "lab",
    start: int = 1,
    titles: Sequence[str] = (),
    year: int | None = None,
    places: dict[str, str] | None = None,
    identifiers: dict[str, str] | None = None,
    venue: str = "",
) -> tuple[list[MentionRow], list[PaperRow]]:
    """A record for each list of authors; `places` and `identifiers` are by name as printed."""
    mentions, rows = [], []
    for number, authors in enumerate(listed, start=start):
        record = f"{source}:p{number}"
        title = titles[number - start] if titles else ""
        rows.append(PaperRow(record, record, year, title_words(title), venue=folded_place(venue)))
        keys = Counter(name_key(name) for name in authors)
        for position, name in enumerate(authors, start=1):
            key = name_key(name)
            family, given, _ = parse_name(name)
            given_tokens, family_tokens = tokens_of_parts(given, family)
            mention = f"{record}#{position}"
            borne = frozenset(filter(None, [(identifiers or {}).get(name)]))
            place = (places or {}).get(name, "")
            mentions.append(
                MentionRow(
                    id=mention,
                    record=record,
                    position=position,
                    unit=unit_id(source, key, borne)
                    if keys[key] == 1
                    else mention_unit_id(mention),
                    key=key,
                    name=name,
                    given=given_tokens,
                    family=family_tokens,
                    identifiers=borne,
                    organisations=frozenset([f"name:{folded_place(place)}"] if place else []),
                    places=frozenset([place_words(place)] if place else []),
                    source=source,
                )
            )
    return mentions, rows


def both(
    *parts: tuple[list[MentionRow], list[PaperRow]],
) -> tuple[list[MentionRow], list[PaperRow]]:
    """Several of these as one."""
    return [row for part in parts for row in part[0]], [row for part in parts for row in part[1]]
