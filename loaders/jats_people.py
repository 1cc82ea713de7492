"""The byline of a JATS article: persons, groups, and whose each affiliation is.

Source: https://jats.nlm.nih.gov/archiving/tag-library/1.3/element/contrib.html and
https://credit.niso.org for roles.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graph_service.model.identifiers import (
    ascii_value,
    known_author_identifiers,
    orcid_value,
    ror_value,
)
from graph_service.model.records import MAX_AUTHORS_ON_A_RECORD, Organisation
from loaders.jats_text import href, plain
from loaders.xml_reading import XmlFault, local_name

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_GROUP_TYPES = frozenset(("collab", "collaboration", "collaborator", "group", "consortium"))
_NOT_OF_THE_BYLINE = frozenset(("non-byline", "nonbyline"))
_AUTHORS = frozenset(("author", "authors"))
# A group of contributors is one of authors unless it says otherwise.
_OTHER_GROUPS = frozenset(
    (
        "section", "volume", "editor", "editors", "editorial", "conference-editors", "reviewers",
        "reviewer", "collaborators", "non-byline", "translators", "series-editors",
    )
)  # fmt: skip
_PERSON_IDS = {
    "isni": "isni",
    "researcherid": "researcherid",
    "scopus": "scopus",
    "scopus-id": "scopus",
    "viaf": "viaf",
}
_ORGANISATION_IDS = {
    "grid": "grid",
    "isni": "isni",
    "ringgold": "ringgold",
    "wikidata": "wikidata",
}
_PARTS_OF_INSTITUTIONS = frozenset(
    ("dept", "department", "org-division", "division", "laboratory", "section", "faculty", "group")
)
_NOT_OF_A_NAME = frozenset(("xref", "prefix", "degrees", "role", "email", "ext-link", "bio"))
_NOT_OF_A_GROUP = frozenset(
    ("contrib-group", "address", "email", "xref", "aff", "role", "ext-link", "uri", "on-behalf-of")
)
_NOT_OF_AN_AFFILIATION = frozenset(
    (
        "label", "xref", "email", "ext-link", "uri", "phone", "fax", "institution-id", "sup",
        "target",
    )
)  # fmt: skip
_BEFORE_A_GROUP = re.compile(r"^\(?\s*(?:and\s+)?(?:on behalf of|for)\s+", re.IGNORECASE)
_AFTER_AN_ADDRESS = re.compile(r"(?:[\s,;.:()]|e-?mails?(?![a-z]))+$", re.IGNORECASE)
# Behind an address of mail, whose it is.
_INITIALS = re.compile(r"(?:[\s;,]*\((?:[A-Z][\w-]{0,2}\.[\s-]?){1,5}\))+[\s.]*$")
_COUNTRY = re.compile(r"[A-Z]{2}")
_IDEOGRAMS_FROM = "\u2e80"


@dataclass(slots=True)
class Byline:
    """Who wrote an article: persons in order as fields of an author, groups, and where."""

    people: list[dict[str, object]] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    affiliations: tuple[Organisation, ...] = ()
    cut: bool = False


def byline(meta: "Element") -> Byline:
    """Read the contributors of an article's metadata.

    Authors are those of whom the article says so, or says nothing else. Members of a group, listed
    inside of it or as "non-byline", are authors only where their list is one of authors.

    Raises:
        XmlFault: There are more authors than a paper has.
    """
    found = _Reader(meta)
    for group in meta.iterfind("{*}contrib-group"):
        found.read_group(group)
    found.byline.affiliations = tuple(dict.fromkeys(found.loose()))
    return found.byline


class _Reader:
    """Contributors as they are read, with the affiliations that they point at."""

    def __init__(self, meta: "Element") -> None:
        self.byline = Byline()
        self._meta = meta
        self._affiliations: dict[str, tuple[Organisation, ...]] = {}
        self._used: set[str] = set()
        self._loose: list[Organisation] = []
        # An address of which nothing says that it is another form of one before it.
        for element in meta.iter("{*}aff", "{*}aff-alternatives"):
            one = element
            if local_name(element) == "aff-alternatives":
                one = next(element.iterchildren("{*}aff"), element)
            if (given := element.get("id")) and given not in self._affiliations:
                parent = element.getparent()
                of_several = parent is not None and local_name(parent) == "aff-alternatives"
                first = parent.find("{*}aff") if parent is not None and of_several else one
                self._affiliations[given] = tuple(_organisations(one if first is None else first))
        self._corresponding = {
            note.get("id")
            for note in meta.iterfind("{*}author-notes/*")
            if local_name(note) == "corresp" or note.get("fn-type") == "corresp"
        } - {None}

    def read_group(self, group: "Element") -> None:
        """Read a group of contributors that stands in the byline."""
        kind = (group.get("content-type") or "").strip().lower()
        others = kind in _OTHER_GROUPS
        first = len(self.byline.people)
        pointing = False
        for child in group:
            name = local_name(child)
            if name == "contrib":
                if _is_author(child, others):
                    self._read(child)
                else:
                    self._used.update(_targets(child))
                pointing = pointing or not self._affiliations.keys().isdisjoint(_targets(child))
            elif name in {"collab", "on-behalf-of"} and not others:
                self._add_group(child)
            elif name == "etal" and not others:
                self.byline.cut = True
        own = [one for one in group if local_name(one) in {"aff", "aff-alternatives"}]
        if not others:
            self._share(own, self.byline.people[first:], pointing=pointing)

    def _share(
        self, own: list["Element"], people: list[dict[str, object]], *, pointing: bool
    ) -> None:
        """Give everyone of a group its affiliation, where nobody points at one.

        Of several it cannot be told whose each is, unless there is but one person.
        """
        found = [_first_form(one) for one in own if one.get("id") not in self._used]
        organisations = [one for element in found for one in _organisations(element)]
        if people and not pointing and (len(own) == 1 or len(people) == 1):
            for person in people:
                if not person.get("affiliations"):
                    person["affiliations"] = tuple(dict.fromkeys(organisations))
            self._used.update(filter(None, (one.get("id") for one in own)))
        else:
            self._loose += [
                one
                for element in own
                if not element.get("id")
                for one in _organisations(_first_form(element))
            ]

    def loose(self) -> Iterator[Organisation]:
        """The affiliations of the paper: those of authors that no person points at."""
        yield from self._loose
        direct = self._meta.findall("{*}aff") + self._meta.findall("{*}aff-alternatives")
        of_groups = [
            one
            for group in self._meta.iterfind("{*}contrib-group")
            if (group.get("content-type") or "").strip().lower() not in _OTHER_GROUPS
            for one in group
            if local_name(one) in {"aff", "aff-alternatives"}
        ]
        for element in direct:
            if not element.get("id") or element.get("id") not in self._used:
                yield from _organisations(_first_form(element))
        for element in of_groups:
            if (given := element.get("id")) and given not in self._used:
                yield from self._affiliations.get(given, ())

    def _read(self, contributor: "Element") -> None:
        if contributor.find("{*}etal") is not None:
            self.byline.cut = True
        collabs = contributor.findall("{*}collab") + contributor.findall("{*}collab-name")
        for place in ("collab-alternatives", "collab-name-alternatives", "collab-wrap"):
            for one in contributor.iterfind(f"{{*}}{place}"):
                collabs += [*one.iterfind("{*}collab"), *one.iterfind("{*}collab-name")][:1]
        for one in collabs:
            self._add_group(one)
        for one in contributor.iterfind("{*}on-behalf-of"):
            self._add_group(one)
        name = _name(contributor)
        if name is None:
            if contributor.find("{*}anonymous") is not None:
                self.byline.cut = True  # somebody wrote it too
            return
        if len(self.byline.people) == MAX_AUTHORS_ON_A_RECORD:
            raise XmlFault(f"has more than {MAX_AUTHORS_ON_A_RECORD:,} authors")
        self.byline.people.append(self._person(contributor, name))

    def _person(self, contributor: "Element", name: dict[str, str]) -> dict[str, object]:
        person: dict[str, object] = {**name}
        targets = _targets(contributor)
        at = [one for target in targets for one in self._affiliations.get(target, ())]
        self._used.update(targets)
        for child in contributor:
            if local_name(child) in {"aff", "aff-alternatives"}:
                at += _organisations(_first_form(child))
                self._used.add(child.get("id") or "")
        if at:
            person["affiliations"] = tuple(dict.fromkeys(at))
        ids, authenticated = _identifiers(contributor)
        if ids:
            person["identifiers"] = ids
        if authenticated is not None:
            person["orcid_authenticated"] = authenticated
        stated = (contributor.get("corresp") or "").lower()
        if stated == "yes" or self._points_at_a_note(contributor, targets):
            person["is_corresponding"] = True
        elif stated == "no":
            person["is_corresponding"] = False
        if roles := tuple(dict.fromkeys(_roles(contributor))):
            person["roles"] = roles
        return person

    def _points_at_a_note(self, contributor: "Element", targets: list[str]) -> bool:
        return (
            any(xref.get("ref-type") == "corresp" for xref in contributor.iterfind("{*}xref"))
            or contributor.find("{*}corresp") is not None
            or not self._corresponding.isdisjoint(targets)
        )

    def _add_group(self, element: "Element") -> None:
        name = _BEFORE_A_GROUP.sub("", plain(element, _NOT_OF_A_GROUP)).strip(" ,;:()")
        if any(map(str.isalnum, name)) and name not in self.byline.groups:
            self.byline.groups.append(name)
        for group in element.iterfind("{*}contrib-group"):
            if (group.get("content-type") or "").strip().lower() in _AUTHORS:
                self.read_group(group)
            else:
                for member in group.iterfind("{*}contrib"):
                    self._used.update(_targets(member))


def _is_author(contributor: "Element", others: bool) -> bool:
    kind = (contributor.get("contrib-type") or "").strip().lower()
    if not kind:
        return not others
    words = kind.replace("_", "-").split()
    if not _NOT_OF_THE_BYLINE.isdisjoint(words) or "non-byline" in kind:
        return False
    if kind in _GROUP_TYPES:
        return any(local_name(one).startswith("collab") for one in contributor)
    return not _AUTHORS.isdisjoint(kind.replace("-", " ").replace("_", " ").split())


def _targets(contributor: "Element") -> list[str]:
    """What a contributor points at; one mark may stand for several notes."""
    return [
        target
        for place in ("{*}xref", "{*}collab/{*}xref")
        for xref in contributor.iterfind(place)
        for target in (xref.get("rid") or "").split()
    ]


def _name(contributor: "Element") -> dict[str, str] | None:
    """A person's name; of several forms that in parts first, then that in Latin letters."""
    forms = [
        _name_of(one)
        for place in (contributor, *contributor.iterfind("{*}name-alternatives"))
        for one in place
        if local_name(one) in {"name", "string-name"}
    ]
    named = [form for form in forms if any(map(str.isalnum, form["name"]))]
    if not named:
        return None
    return min(named, key=lambda form: (len(form) == 1, not _is_latin(form["name"])))


def _name_of(element: "Element") -> dict[str, str]:
    family = _part(element, "{*}surname")
    given = _part(element, "{*}given-names")
    suffix = _part(element, "{*}suffix")
    eastern = element.get("name-style") == "eastern"
    if not (family or given):
        text = plain(element, _NOT_OF_A_NAME).strip(" ,;*")
        tokens = text.split()
        if eastern and len(tokens) == 2:
            return {"name": text, "family": tokens[0], "given": tokens[1]}
        return {"name": text}
    ordered = (family, given) if eastern else (given, family)
    blank = "" if eastern and family[:1] >= _IDEOGRAMS_FROM else " "
    parts = {"name": " ".join(filter(None, (blank.join(filter(None, ordered)), suffix)))}
    if any(map(str.isalnum, family)):
        parts |= {"family": family} | ({"given": given} if given else {})
        parts |= {"suffix": suffix} if suffix else {}
    return parts


def _part(element: "Element", place: str) -> str:
    return " ".join(plain(one, _NOT_OF_A_NAME) for one in element.iterfind(place)).strip(" ,;*")


def _is_latin(text: str) -> bool:
    return any("a" <= char <= "z" for char in text.lower())


def _identifiers(contributor: "Element") -> tuple[tuple[str, ...], bool | None]:
    """A person's identifiers, and whether the person confirmed the ORCID iD."""
    stated: list[tuple[str, str | None]] = []
    authenticated: bool | None = None
    for one in contributor.iterfind("{*}contrib-id"):
        kind = (one.get("contrib-id-type") or "").strip().lower()
        text = plain(one)
        if kind == "orcid" or (not kind and "orcid.org" in text):
            stated.append(("orcid", text))
            said = (one.get("authenticated") or "").lower()
            if said in {"true", "false"} and orcid_value(text):
                authenticated = said == "true"
        elif kind in _PERSON_IDS:
            stated.append((_PERSON_IDS[kind], text.replace(" ", "")))
    for one in contributor:
        if local_name(one) in {"ext-link", "uri"}:
            stated += [
                ("orcid", text)
                for text in (href(one), plain(one))
                if "orcid" in f"{one.get('ext-link-type')}{one.get('content-type')}{text}".lower()
            ]
    found = known_author_identifiers(*stated)
    # Of two different iDs nobody can say which is meant.
    orcids = [one for one in found if one.startswith("orcid:")]
    if len(orcids) > 1:
        return tuple(one for one in found if one not in orcids), None
    return found, authenticated


def _roles(contributor: "Element") -> Iterator[str]:
    for role in contributor.iterfind("{*}role"):
        if text := " ".join((role.get("vocab-term") or "").split()) or plain(role).strip(" ,;"):
            yield text


def _first_form(element: "Element") -> "Element":
    if local_name(element) == "aff-alternatives":
        return next(element.iterchildren("{*}aff"), element)
    return element


def _organisations(element: "Element") -> Iterator[Organisation]:
    """The organisations of an affiliation: each institution apart only where each has its own ids.

    Without a marked institution the affiliation as it is printed, with its address.
    """
    country = next(element.iter("{*}country"), None)
    code = (country.get("country") or "").strip().upper() if country is not None else ""
    where = code if _COUNTRY.fullmatch(code) else None
    found = False
    wraps = [
        wrap
        for wrap in element.iter("{*}institution-wrap")
        if wrap.find("{*}institution-id") is not None
    ]
    for wrap in wraps:
        if name := _institution(wrap):
            found = True
            yield _organisation(name, where, tuple(_ids(wrap)))
    if found:
        return
    name = _institution(element)
    if not name:
        text = plain(element, _NOT_OF_AN_AFFILIATION)
        if element.find(".//{*}email") is not None:
            text = _INITIALS.sub("", text)
        name = _AFTER_AN_ADDRESS.sub("", text).strip(" ,;.")
    if any(map(str.isalnum, name)):
        yield _organisation(name, where, ())


def _organisation(name: str, country: str | None, ids: tuple[str, ...]) -> Organisation:
    # Checked with the paper: a name that is none is a fault of the article.
    return Organisation(name=name, country=country, identifiers=ids)


def _institution(element: "Element") -> str:
    """The names of the institution, its parts only where nothing else is named."""
    named = [
        (one.get("content-type", "") in _PARTS_OF_INSTITUTIONS, plain(one).strip(" ,;"))
        for one in element.iter("{*}institution")
    ]
    whole = [name for part, name in named if name and not part]
    return ", ".join(whole or [name for _, name in named if name])


def _ids(wrap: "Element") -> Iterator[str]:
    for one in wrap.iterfind("{*}institution-id"):
        kind = (one.get("institution-id-type") or "").strip().lower()
        text = plain(one)
        if kind == "ror" or "ror.org/" in text:
            if ror := ror_value(text):
                yield f"ror:{ror}"
        elif (
            kind in _ORGANISATION_IDS and 0 < len(value := ascii_value(text.replace(" ", ""))) < 99
        ):
            yield f"{_ORGANISATION_IDS[kind]}:{value}"
