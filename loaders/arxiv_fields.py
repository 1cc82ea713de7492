"""What the forms of arXiv's metadata have in common: names, subjects, comments, one paper of them.

Source: https://info.arxiv.org/help/prep.html says what submitters write into each field.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import ValidationError

from graph_service.model.identifiers import arxiv_value, known_identifiers
from graph_service.model.names import SUFFIXES, fold
from graph_service.model.records import (
    MAX_AUTHORS_ON_A_RECORD,
    Location,
    Organisation,
    ParsedAuthor,
    ParsedPaper,
    Topic,
    Version,
)
from loaders.addresses import find_addresses
from loaders.bibliographies import is_group
from loaders.json_records import RecordFault
from loaders.reading import why_invalid
from loaders.tex_text import paragraphs, plain_text
from loaders.xml_reading import text_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

SOURCE = "arxiv"
HOST = "arXiv"
WITHDRAWN = "withdrawn"
TOPICS, MSC, ACM = "arxiv", "msc", "acm"

_LONGEST_NAME = 1_000
# What stands where affiliations do.
_NO_PLACES = frozenset(("", "deceased", "retired", "editor", "editors", "ed", "eds"))
_CATEGORY = re.compile(r"[a-z][a-z-]*(?:\.[A-Za-z-]+)?", re.ASCII)
_MSC = re.compile(r"\d{2}(?:[A-Z]\d{2}|[A-Z]xx|-\d{2}|-[Xx]{2}|[A-Z]-?)", re.ASCII)
_ACM = re.compile(r"[A-K](?:\.(?:\d{1,2}|m)){1,3}", re.ASCII)
_AND_OTHERS = re.compile(r"(?:\bet(?:\.| |\. )al\b|(?:\band |^)(?:\d+ )?others\b).*", re.IGNORECASE)
_FOR_A_GROUP = re.compile(
    r"(?:^|[\s,]+)(?:for|on behalf of|representing)\s+(?:the\s+)?", re.IGNORECASE
)
_SAYS_WITHDRAWN = re.compile(
    r"(?:this|the) (?:paper|article|submission|manuscript|work|version|preprint)\s"
    r"(?:has been|is|was) withdrawn|withdrawn\b",
    re.IGNORECASE,
)
# Words before a number that is no part of a word (as in "12th") name the journal.
_JOURNAL = re.compile(
    r"(?:in:?\s+|published in:?\s+|to appear in:?\s+)?(?P<name>[^\d(]*[^\W\d])[\s.,:;(]*"
    r"(?:\b(?:vol(?:ume)?|no|issue|nr)\b[\s.]*)?\(?\d+(?![\dA-Za-z])",
    re.IGNORECASE,
)
_GOES_ON = frozenset(("proc", "proceedings", "the", "of", "in", "on", "and", "for", "at"))
_VOLUME_WORD = re.compile(r"[\s.,:;(]+(?:vol(?:ume)?|no|issue|nr)$", re.IGNORECASE)


class ArxivFault(RecordFault):
    """Why a record is no paper."""


@dataclass(slots=True)
class Authors:
    """Names of a record in order, those of groups apart, and whether the list goes on."""

    people: list[ParsedAuthor] = field(default_factory=list)
    groups: dict[str, None] = field(default_factory=dict)
    cut: bool = False

    def add(
        self,
        name: str,
        *,
        family: str = "",
        given: str = "",
        suffix: str = "",
        affiliations: Iterable[str] = (),
    ) -> None:
        """Add what stands in one place of the list: a person, a group, both, or "et al.".

        Raises:
            ArxivFault: It is no name.
        """
        if len(name) > _LONGEST_NAME:
            raise ArxivFault(f"author {len(self.people) + 1} is no name: {name[:60]!r} …")
        if len(self.people) >= MAX_AUTHORS_ON_A_RECORD:
            raise ArxivFault(f"authors: are more than {MAX_AUTHORS_ON_A_RECORD:,}")
        if "al" in name or "others" in name:
            whole = _AND_OTHERS.sub("", name).strip(" ,;:")
            if whole != name.strip(" ,;:"):
                self.cut = True
                name, family, given = whole, "", ""
        if is_group(name):
            person, *group = _FOR_A_GROUP.split(name, maxsplit=1)
            self._add_group(group[0] if group else name)
            if not group or not person.strip():
                return
            name, family, given, suffix = person, "", "", ""
        name = name.strip(" ,;:")
        if any(map(str.isalnum, name)):  # a sign that stands for no name is left out
            try:
                self.people.append(_author(name, family, given, suffix, affiliations))
            except ValidationError as error:
                place = len(self.people) + 1
                raise ArxivFault(f"author {place}, {name[:60]!r}: {why_invalid(error)}") from error

    def _add_group(self, name: str) -> None:
        name = name.strip(" ,;:()")
        if name:
            self.groups[name] = None


def _author(
    name: str, family: str, given: str, suffix: str, affiliations: Iterable[str]
) -> ParsedAuthor:
    parts: dict[str, str] = {}
    if family and given:
        parts = {"family": family, "given": given}
        if suffix:
            parts["suffix"] = suffix
    organisations = tuple(
        Organisation(name=one)
        for one in dict.fromkeys(affiliations)
        if one.lower().strip(" .") not in _NO_PLACES
    )
    if organisations:
        return ParsedAuthor(name=name, **parts, affiliations=organisations)
    return ParsedAuthor(name=name, **parts)


def add_parts(
    authors: Authors, family: str, given: str, suffix: str, affiliations: Iterable[str] = ()
) -> None:
    """Add a name that the source has in parts."""
    name = " ".join(part for part in (given, family, suffix) if part)
    authors.add(name, family=family, given=given, suffix=suffix, affiliations=affiliations)


_TOKEN = re.compile(r"[(),:;&]|(?:(?<=[\s)])and(?=[\s(]))")
_MARKS = re.compile(r"(?:\d{1,3}|[a-z])(?:\s*(?:,|and|&)\s*(?:\d{1,3}|[a-z]))*")
_MARK = re.compile(r"\d{1,3}|[a-z]")
_MARKED = re.compile(r"\(\s*(\d{1,3}|[a-z])\s*\)")


def add_printed(authors: Authors, printed: str) -> None:
    """Add the names of a line as submitters write it.

    Names stand between commas or "and", after a group and its colon too; in brackets behind one
    are its affiliations, or marks of those that a last bracket lists: "A. Quill (1), B. Okoro
    (2 and 3) ((1) Loom Institute, …)".
    """
    places = list(_places(plain_text(printed)))
    listed: dict[str, str] = {}
    for _, brackets in places:
        for bracket in brackets:
            listed |= _listed(bracket)
    for name, brackets in places:
        affiliations: list[str] = []
        for bracket in brackets:
            if _listed(bracket):
                continue
            if _MARKS.fullmatch(bracket):
                affiliations += (listed[mark] for mark in _MARK.findall(bracket) if mark in listed)
            else:
                affiliations.append(bracket)
        authors.add(name, affiliations=affiliations)


def _places(line: str) -> Iterator[tuple[str, list[str]]]:
    """The names of a line, each with its brackets."""
    names: list[tuple[str, list[str]]] = []
    name, brackets, depth, at = "", list[str](), 0, 0
    for match in [*_TOKEN.finditer(line), None]:
        start, end = match.span() if match else (len(line), len(line))
        sign = match[0] if match else ","
        if sign == "(":
            if depth == 0:
                name, at = name + line[at:start], end
            depth += 1
        elif sign == ")":
            if depth == 1:
                brackets.append(line[at:start].strip())
                at = end
            depth = max(depth - 1, 0)
        elif depth == 0 or match is None:
            name = (name + line[at:start]).strip()
            at = end
            if names and (not name or fold(name).replace(" ", "") in SUFFIXES):
                before, more = names[-1]
                names[-1] = (f"{before}, {name}" if name else before, [*more, *brackets])
            elif name:
                names.append((name, brackets))
            name, brackets = "", []
    yield from names


def _listed(bracket: str) -> dict[str, str]:
    """Affiliations by their marks, "(1) Loom Institute, (2) …"; empty: it is no such list."""
    if not bracket.startswith("("):
        return {}
    _, *parts = _MARKED.split(bracket)
    found = {mark: name.strip(" ,;.") for mark, name in zip(parts[::2], parts[1::2], strict=True)}
    return {mark: name for mark, name in found.items() if name}


def topics_of(categories: Iterable[str], msc: str = "", acm: str = "") -> tuple[Topic, ...]:
    """Subjects: arXiv's own, in the order given, then those of the two classifications."""
    named = [(TOPICS, one) for one in categories if _CATEGORY.fullmatch(one)]
    named += [(MSC, code) for code in _MSC.findall(msc)]
    named += [(ACM, code) for code in _ACM.findall(acm)]
    return tuple(Topic(scheme=scheme, name=name) for scheme, name in dict.fromkeys(named))


def is_msc(text: str) -> bool:
    """Tell whether a subject is a list of codes of the Mathematics Subject Classification."""
    return bool(_MSC.match(text))


def is_acm(text: str) -> bool:
    """Tell whether a subject is a list of codes of the ACM's classification of 1998."""
    return bool(_ACM.match(text))


def journal_of(reference: str) -> str | None:
    """The journal of a journal-ref: the words before its first number; absent: there are none."""
    match = _JOURNAL.match(plain_text(reference))
    if match is None:
        return None
    name = _VOLUME_WORD.sub("", match["name"]).strip(" ,;:")
    # "Proceedings of the 8th …": what is named comes after the number.
    return name if name and name.split()[-1].lower() not in _GOES_ON else None


def lines_of(element: "Element | None") -> str:
    """The text of an element with its line ends, which tell paragraphs.

    Raises:
        XmlFault: It uses an entity.
    """
    if element is None or len(element):
        return text_of(element)
    return element.text or ""


def identifiers_of(arxiv: str, dois: str = "") -> tuple[str, ...]:
    """The arXiv id and the DOIs, of which a submitter may give several between blanks."""
    return known_identifiers(("arxiv", arxiv), *(("doi", one.strip(",;")) for one in dois.split()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a record states, each field as it stands there; empty where it does not.

    `withdrawn` is said of the latest version.
    """

    arxiv: str
    title: str
    authors: Authors
    abstract: str = ""
    date: str | None = None
    topics: tuple[Topic, ...] = ()
    dois: str = ""
    journal: str = ""
    comments: str = ""
    licence: str = ""
    versions: Sequence[Version] = ()
    locations: Sequence[Location] = ()
    withdrawn: bool = False


def to_paper(
    stated: Stated, source: str, form: str, more: Mapping[str, object] | None = None
) -> ParsedPaper:
    """Make a paper of what a record states.

    It is kept under its arXiv id without version, whatever the form of the metadata. A comment
    that says so, like the state of the latest version, makes the place where it stood one of a
    withdrawn paper.

    Raises:
        ArxivFault: It is no paper.
    """
    found = arxiv_value(stated.arxiv)
    if found is None:
        raise ArxivFault(f"{stated.arxiv[:60]!r} is no arXiv id")
    arxiv = found[0]
    title = plain_text(stated.title)
    if not title:
        raise ArxivFault(f"arXiv:{arxiv} has no title")
    comments = plain_text(stated.comments)
    withdrawn = stated.withdrawn or bool(_SAYS_WITHDRAWN.match(comments))
    page = Location(
        url=f"https://arxiv.org/abs/{arxiv}",
        host=HOST,
        licence=stated.licence.strip() or None,
        version=WITHDRAWN if withdrawn else None,
    )
    abstract = paragraphs(stated.abstract)
    cut = stated.authors.cut
    fields = {
        "source": source,
        "key": arxiv,
        "format": form,
        "title": title,
        "date": stated.date,
        "abstract": abstract or None,
        "kind": "preprint",
        "venue": journal_of(stated.journal) if stated.journal else None,
        "authors_complete": not cut if stated.authors.people or stated.authors.groups else None,
        "identifiers": identifiers_of(arxiv, stated.dois),
        "versions": tuple(stated.versions),
        "group_authors": tuple(stated.authors.groups),
        "topics": stated.topics,
        "locations": (page, *stated.locations),
        "locator": f"arXiv:{arxiv}",
        "authors": tuple(stated.authors.people),
        "repositories": find_addresses(comments) if comments else (),
    }
    try:
        return ParsedPaper.model_validate({**fields, **(more or {})})
    except ValidationError as error:
        raise ArxivFault(f"arXiv:{arxiv}: {why_invalid(error)}") from error
