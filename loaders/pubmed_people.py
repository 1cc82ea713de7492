"""The list of authors of a record of PubMed's.

Source: https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html#authorlist.
"""

from typing import TYPE_CHECKING

from graph_service.model.identifiers import known_author_identifiers, ror_value
from graph_service.model.records import MAX_AUTHORS_ON_A_RECORD, Organisation
from loaders.jats_text import plain
from loaders.xml_reading import XmlFault, local_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.etree import _Element as Element

_PERSON_IDS = frozenset(("orcid", "isni"))
_OTHERS = frozenset(("et al", "et al.", "others", "and others"))


def authors_of(
    listed: "Element | None",
) -> tuple[tuple[dict[str, object], ...], tuple[str, ...], bool]:
    """Persons as fields of an author, groups, and whether the list ends in "et al.".

    Raises:
        XmlFault: There are more authors than a paper has.
    """
    people: list[dict[str, object]] = []
    groups: dict[str, None] = {}
    cut = False
    if listed is None:
        return (), (), cut
    for author in listed.iterfind("{*}Author"):
        if author.get("ValidYN") == "N":
            continue  # a former form; the right one stands beside it
        parts: dict[str, list[Element]] = {}
        for child in author:
            parts.setdefault(local_name(child), []).append(child)
        group = _text(parts, "CollectiveName").strip(" ,;.")
        if group.lower() in _OTHERS:
            cut = True
        elif group:
            groups[group] = None
        if group:
            continue
        name = _name(parts)
        if name["name"].lower() in _OTHERS:
            cut = True
        elif any(map(str.isalnum, name["name"])):
            if len(people) == MAX_AUTHORS_ON_A_RECORD:
                raise XmlFault(f"has more than {MAX_AUTHORS_ON_A_RECORD:,} authors")
            people.append(_person(parts, name))
    return tuple(people), tuple(groups), cut


def _text(parts: "Mapping[str, list[Element]]", name: str) -> str:
    found = parts.get(name)
    return plain(found[0]) if found else ""


def _name(parts: "Mapping[str, list[Element]]") -> dict[str, str]:
    family = _text(parts, "LastName")
    given = _text(parts, "ForeName") or _text(parts, "FirstName")
    if not given:
        initials = _text(parts, "Initials")
        # "JA" are two initials, not a name.
        given = " ".join(initials) if initials.isalpha() and initials.isupper() else initials
    suffix = _text(parts, "Suffix")
    name = {"name": " ".join(filter(None, (given, family, suffix)))}
    if any(map(str.isalnum, family)):
        name |= {"family": family} | ({"given": given} if given else {})
        name |= {"suffix": suffix} if suffix else {}
    return name


def _person(parts: "Mapping[str, list[Element]]", name: dict[str, str]) -> dict[str, object]:
    person: dict[str, object] = {**name}
    if stated := parts.get("Identifier"):
        ids = known_author_identifiers(
            *(
                (scheme, plain(one))
                for one in stated
                if (scheme := (one.get("Source") or "").lower()) in _PERSON_IDS
            )
        )
        if ids:
            person["identifiers"] = ids
    at = [found for one in parts.get("AffiliationInfo", ()) if (found := _organisation(one))]
    older = _text(parts, "Affiliation")
    if any(map(str.isalnum, older)):
        at.append(Organisation(name=older.rstrip(" .;,")))
    if at:
        person["affiliations"] = tuple(dict.fromkeys(at)) if len(at) > 1 else (at[0],)
    return person


def _organisation(info: "Element") -> Organisation | None:
    name = plain(info.find("{*}Affiliation"))
    if not any(map(str.isalnum, name)):
        return None
    ids = [
        f"ror:{ror}"
        for one in info.iterfind("{*}Identifier")
        if (one.get("Source") or "").upper() == "ROR" and (ror := ror_value(plain(one)))
    ]
    return Organisation(name=name.rstrip(" .;,") or name, identifiers=tuple(ids))
