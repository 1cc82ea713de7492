"""From the fields of a BibTeX entry to a paper."""

import re
from collections import Counter
from collections.abc import Mapping

from graph_service.model.identifiers import (
    arxiv_value,
    ascii_value,
    doi_value,
    find_arxiv,
    known_identifiers,
    orcid_value,
)
from graph_service.model.ids import short_hash
from graph_service.model.kinds import kind_of
from graph_service.model.names import fold, name_key
from graph_service.model.records import Location, Organisation, ParsedPaper, Reference, Topic
from loaders.bibliographies import (
    KEYWORDS,
    MESH,
    address_identifiers,
    addresses_in,
    dated,
    derived_key,
    first_author,
    identified,
    line_of,
)
from loaders.bibtex_blocks import BibEntry, BlockFault
from loaders.bibtex_names import Names, read_names
from loaders.partial_dates import iso_date
from loaders.tex_text import abstract_of, address_text, joined, listed, plain

FORMAT = "bibtex"
_LONGEST_KEY = 300
_KINDS = {
    "article": "article",
    "collection": "book",  # an edited volume, in BibLaTeX
    "mvcollection": "book",
    "mvbook": "book",
    "booklet": "book",
    "reference": "book",
    "mvreference": "book",
    "bookinbook": "chapter",
    "suppbook": "chapter",
    "suppcollection": "chapter",
    "inreference": "chapter",
    "mvproceedings": "proceedings",
    "suppperiodical": "article",
    "electronic": "online",
    "www": "online",
    "softwareversion": "software",
    "softwaremodule": "software",
    "codefragment": "software",
}
_SAY_NOTHING = frozenset(("misc", "unpublished", "online", "electronic", "www"))
_VOLUMES = frozenset(
    ("book", "collection", "proceedings", "mvbook", "mvcollection", "mvproceedings")
)
_AFFILIATED = frozenset(("phdthesis", "mastersthesis", "thesis", "techreport", "report"))
_EPRINT_SCHEMES = {"arxiv": "arxiv", "pubmed": "pmid", "pmid": "pmid", "pmc": "pmc",
                   "pmcid": "pmc", "jstor": "jstor", "hdl": "hdl", "hal": "hal"}  # fmt: skip
_ADDRESS_FIELDS = ("url", "howpublished", "link", "ee", "biburl", "adsurl", "bdsk-url-1")
_NOT_TO_READ_AT = frozenset(("biburl", "adsurl"))
_REPOSITORY_FIELDS = ("url", "howpublished", "repository", "note", "code", "github", "addendum",
                      "annote", "comment")  # fmt: skip
# In this field also behind the resolver of a publisher.
_DOI = re.compile(r"10\.\d{4,9}/\S+", re.ASCII)
_YEAR = re.compile(r"[\[(]?(\d{4})[\])]?[a-z]?(?:\s*(?:/|-+|–)\s*\d{2,4})?", re.ASCII)
_YEAR_AND_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])(?!\d)", re.ASCII)
_DAY = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?(?!\d)", re.ASCII)
_ORCID_OF = re.compile(r"(?<!\d)(\d{1,5})\s*=\s*\"?([^\";]{1,99})", re.ASCII)
_ORCID_BEHIND_NAME = re.compile(
    r"/((?:https?://orcid\.org/)?\d{4}-\d{4}-\d{4}-\d{3}[\dX])", re.ASCII
)
_CITED_DOI = re.compile(r"\bDOI\s+\[?(10\.\d{4,9}/[^\s,\];]+)")


def paper_of(entry: BibEntry, source: str) -> ParsedPaper:
    """Make a paper of an entry to which all that it inherits was added.

    Raises:
        BlockFault: It has no title.
        NameFault: Its authors cannot be read for sure.
        pydantic.ValidationError: Something in it is not what a record can hold.
    """
    fields = entry.fields
    title = joined(fields, "title", "subtitle")
    if not title and entry.kind in _VOLUMES:
        title = joined(fields, "booktitle", "booksubtitle")
    if not title:
        name = entry.undefined.get("title")
        raise BlockFault(
            f"has a title {name!r} that no @string defines" if name else "has no title"
        )
    names = read_names(fields["author"], plain) if "author" in fields else Names()
    _add_orcids(names, fields)
    groups = [*names.groups, *(plain(fields.get(one, "")) for one in ("collaboration", "collab"))]
    addresses = {
        field: found
        for field in _ADDRESS_FIELDS
        if (written := fields.get(field)) and (found := addresses_in(address_text(written)))
    }
    identifiers = _identifiers(entry, addresses)
    date = _date(fields)
    return ParsedPaper(
        source=source,
        key=_record_key(entry, title, names, identifiers, date),
        format=FORMAT,
        title=title,
        date=date,
        abstract=abstract_of(fields.get("abstract")),
        kind=_kind(entry, identifiers),
        venue=_venue(entry),
        authors_complete=False if names.cut else None,
        identifiers=identifiers,
        group_authors=tuple(dict.fromkeys(one for one in groups if one)),
        affiliations=tuple(Organisation(name=one) for one in _affiliations(entry)),
        topics=_topics(fields),
        locations=tuple(
            Location(url=url)
            for url in dict.fromkeys(
                one
                for field, found in addresses.items()
                if field not in _NOT_TO_READ_AT
                for one in found
            )
        ),
        locator=line_of(entry.key) or None,
        authors=tuple(names.people),
        repositories=_repositories(fields),
        **_references(fields),
    )


def _record_key(
    entry: BibEntry, title: str, names: Names, identifiers: tuple[str, ...], date: str | None
) -> str:
    key = ascii_value(line_of(entry.key))[:_LONGEST_KEY]
    if key:
        return f"{key}~{short_hash(fold(title) or title, 8)}"
    doi = next((one for one in identifiers if one.startswith("doi:")), None)
    place = "\n".join(entry.fields.get(one, "") for one in ("volume", "number", "pages"))
    return doi or derived_key(title, date, first_author(names.people), _venue(entry), place)


def _date(fields: Mapping[str, str]) -> str | None:
    stated = plain(fields.get("date", ""))
    begin = stated.partition("/")[0].strip()
    if begin and begin[-1] not in "?~%" and (found := iso_date(begin)):
        return found
    year = plain(fields.get("year", ""))
    if _YEAR_AND_MONTH.match(year):
        return iso_date(year)
    match = _YEAR.fullmatch(year)
    if match is None:
        return None
    month = plain(fields.get("month", ""))
    day = plain(fields.get("day", ""))
    if not day and not month.isdigit() and "/" not in month and "–" not in month:
        within = _DAY.findall(month)
        day = within[0] if len(within) == 1 else ""
    return dated(match[1], month, day)


def _identifiers(entry: BibEntry, addresses: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    fields = entry.fields
    found: list[tuple[str, str | None]] = []
    stated = _DOI.search(line_of(address_text(fields.get("doi", ""))))
    if stated and (doi := doi_value(stated[0])):
        found.append(("doi", doi))
    for urls in addresses.values():
        for url in urls:
            said = address_identifiers(url)
            found += [one for one in said if one[0] != "doi" or stated is None]
    eprint = line_of(address_text(fields.get("eprint", "")))
    kind = _eprint_kind(fields)
    if eprint and (scheme := _EPRINT_SCHEMES.get(kind)):
        found.append((scheme, eprint))
    elif eprint and not kind:
        found.append(("arxiv", eprint))  # REVTeX has no type, and nothing else looks like it
    for field, scheme in (
        ("arxivid", "arxiv"), ("arxiv", "arxiv"), ("arxivnumber", "arxiv"), ("pmid", "pmid"),
        ("pmcid", "pmc"), ("pmc", "pmc"), ("hal_id", "hal"),
    ):  # fmt: skip
        if value := plain(fields.get(field, "")):
            bare = value if scheme != "pmc" or value.upper().startswith("PMC") else f"PMC{value}"
            found.append((scheme, bare))
    for field in ("journal", "journaltitle", "note", "howpublished", "number", "volume", "pages"):
        if arxiv := _arxiv_in(field, plain(fields.get(field, ""))):
            found.append(("arxiv", arxiv))
    if entry.key.startswith("DBLP:"):
        found.append(("dblp", entry.key.removeprefix("DBLP:")))
    return known_identifiers(*found)


def _eprint_kind(fields: Mapping[str, str]) -> str:
    stated = fields.get("eprinttype") or fields.get("archiveprefix") or fields.get("archive")
    return plain(stated or "").lower()


def _arxiv_in(field: str, text: str) -> str | None:
    """The arXiv id of a field for something else, where the field is about nothing but it."""
    if field == "volume" and text.startswith("abs/"):
        bare = text.removeprefix("abs/")  # as dblp writes it, of CoRR
    elif text[:5].lower() == "arxiv":
        match = find_arxiv(text)
        return match[0] if match else None
    else:
        return None
    match = arxiv_value(bare)
    return match[0] if match else None


def _kind(entry: BibEntry, identifiers: tuple[str, ...]) -> str | None:
    venue = plain(entry.fields.get("journal") or entry.fields.get("journaltitle") or "").lower()
    says_nothing = entry.kind in _SAY_NOTHING and not venue
    if any(one.startswith("arxiv:") for one in identifiers) and (
        says_nothing or venue.startswith(("arxiv", "corr"))
    ):
        return "preprint"
    return None if entry.kind == "misc" else kind_of(entry.kind, _KINDS)


def _venue(entry: BibEntry) -> str | None:
    fields = entry.fields
    journal = joined(fields, "journaltitle", "journalsubtitle") or plain(fields.get("journal", ""))
    if journal:
        # "arXiv preprint arXiv:2001.00001" names no venue of its own for each paper.
        return "arXiv" if journal[:5].lower() == "arxiv" else journal
    if entry.kind in _VOLUMES:
        return None
    return (
        joined(fields, "booktitle", "booksubtitle") or plain(fields.get("eventtitle", "")) or None
    )


def _affiliations(entry: BibEntry) -> tuple[str, ...]:
    found: list[str] = []
    if entry.kind in _AFFILIATED:
        found.append(plain(entry.fields.get("school") or entry.fields.get("institution") or ""))
    if entry.fields.get("source", "").strip().lower() == "scopus":
        found += (plain(one) for one in entry.fields.get("affiliation", "").split(";"))
    return tuple(dict.fromkeys(one for one in found if one))


def _topics(fields: Mapping[str, str]) -> tuple[Topic, ...]:
    topics = [
        Topic(scheme=scheme, name=name)
        for field, scheme in (
            ("keywords", KEYWORDS), ("keyword", KEYWORDS), ("author_keywords", KEYWORDS),
            ("keywords-plus", "keywords-plus"), ("mesh", MESH),
        )
        for name in listed(fields.get(field, ""))
    ]  # fmt: skip
    subject = plain(fields.get("primaryclass") or fields.get("eprintclass") or "")
    if subject and _eprint_kind(fields) in {"", "arxiv"}:
        topics.append(Topic(scheme="arxiv", name=subject))
    return tuple(dict.fromkeys(topics))


def _add_orcids(names: Names, fields: Mapping[str, str]) -> None:
    """Tie ORCID iDs to authors, by place (BibLaTeX) or by a name that one of them bears."""
    by_place = {
        int(place): orcid for place, orcid in _ORCID_OF.findall(fields.get("author+an:orcid", ""))
    }
    if by_place:
        names.people = [
            identified(one, (("orcid", orcid_value(by_place.get(place, ""))),))
            for one, place in zip(names.people, names.places, strict=True)
        ]
    by_name: dict[str, str] = {}
    text, begin = plain(fields.get("orcid-numbers", "")), 0
    for match in _ORCID_BEHIND_NAME.finditer(text):
        by_name[name_key(text[begin : match.start()].strip(" ;")).text] = match[1]
        begin = match.end()
    if len(names.people) == 1 and "orcid" in fields:
        by_name[names.people[0].key.text] = plain(fields["orcid"])
    if by_name:
        bearers = Counter(one.key.text for one in names.people)
        names.people = [
            identified(one, (("orcid", orcid_value(by_name.get(one.key.text, ""))),))
            if bearers[one.key.text] == 1
            else one
            for one in names.people
        ]


def _references(fields: Mapping[str, str]) -> dict[str, tuple[Reference, ...] | int]:
    """What Web of Science says of the works that a paper cites: some DOIs, and how many they are."""
    cited = fields.get("cited-references")
    if cited is None:
        return {}
    found = known_identifiers(
        *(("doi", doi) for doi in _CITED_DOI.findall(address_text(" ".join(cited.split()))))
    )
    said: dict[str, tuple[Reference, ...] | int] = {
        "references": tuple(Reference(to=one) for one in found)
    }
    number = plain(fields.get("number-of-cited-references", ""))
    if number.isascii() and number.isdigit() and len(number) < 6 and int(number) >= len(found):
        said["references_unidentified"] = int(number) - len(found)
    return said


def _repositories(fields: Mapping[str, str]) -> tuple[str, ...]:
    texts = (
        line_of(address_text(text))
        for field in _REPOSITORY_FIELDS
        if (text := fields.get(field)) and ("git" in text or "://" in text)
    )
    return tuple(dict.fromkeys(one for one in texts if one))
