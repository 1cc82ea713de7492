"""Publishers' files beside what another parser makes of them, compared field by field.

Source: ADSIngestParser (https://github.com/adsabs/ADSIngestParser), `tests/stubdata`: `input` are
files as publishers deliver them, `output` the parse that its authors expect. How the two sides are
made alike is said at each field, and in docs/conformance.md.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

from graph_service.model.identifiers import arxiv_value, doi_value, orcid_value
from graph_service.model.names import fold, parts_key
from graph_service.model.records import ParsedPaper
from loaders import arxiv_oai, jats

FIELDS = (
    "title",
    "authors",
    "author order",
    "ORCID",
    "affiliations",
    "collaborations",
    "date",
    "DOI",
    "preprint",
    "abstract",
    "keywords",
    "venue",
    "references",
    "cited DOIs",
)

LOADERS = (jats, arxiv_oai)
# Beside this one stands what the other parser finds of acknowledgements and the like alone.
ANOTHER_QUESTION = frozenset(("jats_aj_158_4_139_fulltext",))

_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/[^\s\"{}\\]+?(?=[\s\"{}\\]|</|$)")
_MARKUP = re.compile(r"<[^<>]*>")
_NOT_WORDS = re.compile(r"[\W_]+")

Items = Counter[Any]


@dataclass(slots=True)
class Score:
    """How many items both sides have, and how many only one of them."""

    both: int = 0
    only_theirs: int = 0
    only_ours: int = 0

    def add(self, theirs: Items, ours: Items) -> None:
        same = (theirs & ours).total()
        self.both += same
        self.only_theirs += theirs.total() - same
        self.only_ours += ours.total() - same


@dataclass(slots=True)
class Comparison:
    """The scores of each format and field, the files that were compared, and those that were not."""

    scores: dict[tuple[str, str], Score] = field(default_factory=dict)
    files: Counter[str] = field(default_factory=Counter)
    not_read: Counter[str] = field(default_factory=Counter)
    # By field: the file and what each side has alone, for looking at; no part of the table.
    differences: dict[str, list[tuple[str, Items, Items]]] = field(default_factory=dict)

    def add(self, name: str, paper: ParsedPaper, expected: Mapping[str, Any]) -> None:
        family = name.partition("_")[0]
        self.files[family] += 1
        for what in FIELDS:
            theirs, ours = _SIDES[what](expected, paper)
            self.scores.setdefault((family, what), Score()).add(theirs, ours)
            if theirs != ours:
                self.differences.setdefault(what, []).append((name, theirs - ours, ours - theirs))

    def table(self) -> list[str]:
        """The table in Markdown: items that agree, then those of one side alone."""
        families = sorted(self.files)
        lines = [
            "| | " + " | ".join(f"{name} ({self.files[name]})" for name in families) + " |",
            "|---" * (len(families) + 1) + "|",
        ]
        for what in FIELDS:
            cells = []
            for family in families:
                score = self.scores[family, what]
                alone = f" −{score.only_theirs} +{score.only_ours}"
                cells.append(f"{score.both:,}{alone if alone != ' −0 +0' else ''}")
            lines.append(f"| {what} | " + " | ".join(cells) + " |")
        return lines

    def left_out(self) -> list[str]:
        """The formats that no loader reads, with their files."""
        return [f"{name}: {count}" for name, count in sorted(self.not_read.items())]


def compare(folder: Path) -> Comparison:
    """Read every file of the folder that has an expected parse, and compare."""
    found = Comparison()
    stub = next(folder.rglob("stubdata"))
    for path in sorted((stub / "input").glob("*.xml")):
        beside = stub / "output" / f"{path.stem}.json"
        if not beside.exists() or path.stem in ANOTHER_QUESTION:
            continue
        loader = next((one for one in LOADERS if one.recognises(path)), None)
        if loader is None:
            found.not_read[re.split("[_-]", path.name)[0]] += 1
            continue
        (paper,) = loader.read(path)
        assert isinstance(paper, ParsedPaper), path.name
        found.add(path.stem, paper, json.loads(beside.read_text()))
    return found


def words(text: str) -> str:
    """Letters and digits alone, in lower case, without markup, accents or the way they are coded."""
    plain = unicodedata.normalize("NFKD", unescape(_MARKUP.sub("", unescape(text))))
    bare = "".join(char for char in plain if unicodedata.category(char) != "Mn")
    return _NOT_WORDS.sub("", bare).lower()


def _one(text: str | None) -> Items:
    return Counter([text] if text else [])


def _title(expected: Mapping[str, Any], paper: ParsedPaper) -> tuple[Items, Items]:
    """With a subtitle behind the title on both sides."""
    parts = [expected.get(name, {}).get("textEnglish", "") for name in ("title", "subtitle")]
    return _one(words(" ".join(parts))), _one(words(paper.title))


def _persons(expected: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Authors that are persons: one with a group alone is none."""
    found = []
    for author in expected.get("authors", []):
        name = author.get("name", {})
        given = " ".join(filter(None, (name.get("given_name"), name.get("middle_name"))))
        if name.get("surname") or given:
            found.append(
                (parts_key(name.get("surname", ""), given, name.get("suffix", "")).text, author)
            )
    return found


def _authors(expected: Mapping[str, Any], paper: ParsedPaper) -> tuple[Items, Items]:
    return (
        Counter(key for key, _ in _persons(expected)),
        Counter(author.key.text for author in paper.authors),
    )


def _order(expected: Mapping[str, Any], paper: ParsedPaper) -> tuple[Items, Items]:
    return (
        Counter([tuple(key for key, _ in _persons(expected))]),
        Counter([tuple(author.key.text for author in paper.authors)]),
    )


def _orcids(expected: Mapping[str, Any], paper: ParsedPaper) -> tuple[Items, Items]:
    theirs = Counter(
        (key, orcid_value(orcid) or orcid)
        for key, author in _persons(expected)
        if (orcid := author.get("attrib", {}).get("orcid"))
    )
    ours = Counter(
        (author.key.text, one.removeprefix("orcid:"))
        for author in paper.authors
        for one in author.identifiers
        if one.startswith("orcid:")
    )
    return theirs, ours


def _affiliations(expected: Mapping[str, Any], paper: ParsedPaper) -> tuple[Items, Items]:
    """Of each author: our organisation agrees where its name stands in a line of theirs.

    A line of theirs agrees where one of ours stands in it: two departments of one institution are
    one organisation. Parts of a name between commas may stand apart there.
    """
    lines: dict[str, set[str]] = {}
    for key, author in _persons(expected):
        for one in author.get("affiliation", []):
            if line := words(one.get("affPubRaw", "")):
                lines.setdefault(key, set()).add(line)
    ours: Items = Counter()
    for author in paper.authors:
        key = author.key.text
        for organisation in author.affiliations:
            parts = [words(part) for part in organisation.name.split(", ")]
            found = [line for line in lines.get(key, ()) if all(part in line for part in parts)]
            for line in found or [words(organisation.name)]:
                ours[key, line] = 1
    return Counter((key, line) for key, all_lines in lines.items() for line in all_lines), ours


def _collaborations(expected: Mapping[str, Any], paper: ParsedPaper) -> tuple[Items, Items]:
    theirs = {
        words(collaboration)
        for author in expected.get("authors", [])
        for collaboration in (
            author.get("name", {}).get("collab"),
            author.get("attrib", {}).get("collab"),
        )
        if isinstance(collaboration, str)
    }
    return Counter(theirs), Counter({words(one) for one in paper.group_authors})


def _date(expected: Mapping[str, Any], paper: ParsedPaper) -> tuple[Items, Items]:
    """One of their dates, as far as both sides say it."""
    stated = expected.get("pubDate", {})
    dates = [stated.get("electrDate"), stated.get("printDate")]
    dates += [one.get("otherDateValue") for one in stated.get("otherDate", [])]
    given = [re.sub(r"(?:-00)+$", "", one) for one in dates if one]
    ours = paper.date or ""
    fits = next((one for one in given if ours.startswith(one) or one.startswith(ours)), None)
    if ours and fits:
        return _one("same"), _one("same")
    return _one(" ".join(given)), _one(ours)


def _doi(expected: Mapping[str, Any], paper: ParsedPaper) -> tuple[Items, Items]:
    theirs = {doi_value(one["DOI"]) for one in expected.get("persistentIDs", []) if one.get("DOI")}
    return Counter(theirs), Counter(_valued(paper.identifiers, "doi"))


def _preprint(expected: Mapping[str, Any], paper: ParsedPaper) -> tuple[Items, Items]:
    """arXiv ids, whether the paper's own or those of the preprint it came from."""
    theirs = {
        found[0]
        for one in expected.get("persistentIDs", [])
        for preprint in (one.get("preprint"),)
        if preprint and (found := arxiv_value(preprint["identifier"]))
    }
    named = (*paper.identifiers, *(relation.to for relation in paper.relations))
    return Counter(theirs), Counter(set(_valued(named, "arxiv")))


def _valued(identifiers: Iterable[str], scheme: str) -> list[str]:
    return [one.partition(":")[2] for one in identifiers if one.startswith(f"{scheme}:")]


def _abstract(expected: Mapping[str, Any], paper: ParsedPaper) -> tuple[Items, Items]:
    theirs = expected.get("abstract", {}).get("textEnglish", "")
    return _one(words(theirs)), _one(words(paper.abstract or ""))


def _keywords(expected: Mapping[str, Any], paper: ParsedPaper) -> tuple[Items, Items]:
    theirs = {fold(one.get("keyString", "")) for one in expected.get("keywords", [])}
    return Counter(theirs - {""}), Counter({fold(topic.name) for topic in paper.topics})


def _venue(expected: Mapping[str, Any], paper: ParsedPaper) -> tuple[Items, Items]:
    """The name of the conference where there is none of a journal."""
    publication = expected.get("publication", {})
    theirs = publication.get("pubName") or publication.get("confName") or ""
    return _one(words(theirs)), _one(words(paper.venue or ""))


def _references(expected: Mapping[str, Any], paper: ParsedPaper) -> tuple[Items, Items]:
    """Entries of the list; of two entries for one work we keep one."""
    theirs = len(expected.get("references", []))
    ours = len(paper.references) + (paper.references_unidentified or 0)
    return Counter({"entry": theirs}), Counter({"entry": ours})


def _cited(expected: Mapping[str, Any], paper: ParsedPaper) -> tuple[Items, Items]:
    """DOIs in the text of theirs, DOIs among ours."""
    theirs = {
        doi
        for raw in expected.get("references", [])
        for found in _DOI.findall(unescape(raw))
        if (doi := doi_value(found)) and not doi.startswith("10.48550/arxiv.")
    }
    ours = set(_valued((one.to for one in paper.references), "doi"))
    return Counter(theirs), Counter(ours)


_SIDES = {
    "title": _title,
    "authors": _authors,
    "author order": _order,
    "ORCID": _orcids,
    "affiliations": _affiliations,
    "collaborations": _collaborations,
    "date": _date,
    "DOI": _doi,
    "preprint": _preprint,
    "abstract": _abstract,
    "keywords": _keywords,
    "venue": _venue,
    "references": _references,
    "cited DOIs": _cited,
}
