"""Identifiers that others give to papers, people and organisations, in one spelling each.

`scheme:value` in printable ASCII. A scheme of this module is checked and brought into its one
spelling; any other is taken as it stands, names nothing of its own and is evidence only.

Sources: the DOI Handbook (§2.2), https://info.arxiv.org/help/arxiv_identifier.html, ISO 27729
and ISO 7064 (MOD 11-2) for ORCID iDs, https://ror.readme.io/docs/identifier.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from urllib.parse import quote, unquote

LONGEST_IDENTIFIER = 500
_IDENTIFIERS_REMEMBERED = 5_000

# The smallest rank names the paper, or the author; a scheme that stands in neither names nothing.
PAPER_RANK = ("doi", "arxiv", "acl", "openalex", "dblp", "s2", "pmid", "pmc")
AUTHOR_RANK = ("orcid", "acl", "dblp", "dblp-name", "openalex", "s2")
# Given by hand to one person each: two of a scheme are two people, and one makes a name sure.
CURATED = ("orcid", "acl", "dblp", "dblp-name")
ORGANISATION_RANK = ("ror",)

_IDENTIFIER = re.compile(r"([a-z][a-z0-9_-]*):([!-~]+)")
# Old DOIs hold an item of a serial in brackets, "<2311::AID-APP2>3.0.CO;2-B"; others are markup.
_DOI = re.compile(
    r"10\.\d{4,9}(?:\.\d+)*/(?:[^\s\"<>{}]|<\w{0,20}:[^\s<>]{1,60}>(?=\d\.\d))+", re.ASCII
)
# A blank with a word behind it.
_GOES_ON = re.compile(r"\s+\w")
_DOI_BEFORE = re.compile(r"(?:https?://)?(?:dx\.|www\.)?doi\.org/|doi:\s*", re.IGNORECASE)
_ARXIV_NEW = re.compile(r"(\d{4}\.\d{4,5})(?:v(\d+))?", re.ASCII)
_ARXIV_OLD = re.compile(r"([a-z]+(?:-[a-z]+)*)(?:\.[a-z-]+)?/(\d{7})(?:v(\d+))?", re.ASCII)
_ARXIV_BEFORE = re.compile(
    r"(?:https?://)?(?:[a-z]+\.)?arxiv\.org/(?:abs|pdf|html|format)/"
    r"|(?:https?://)?(?:dx\.)?doi\.org/10\.48550/arxiv\.|10\.48550/arxiv\.|arxiv:\s*",
    re.IGNORECASE,
)
_OF_OPENALEX = "openalex:W"
_DOI_OF_ARXIV = "doi:10.48550/arxiv."
_ARXIV_IN_TEXT = re.compile(
    rf"(?:{_ARXIV_BEFORE.pattern})([a-z0-9./-]*[0-9](?:v\d+)?)", re.IGNORECASE
)
_ORCID = re.compile(r"(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dX])", re.ASCII)
_ORCID_BEFORE = re.compile(r"(?:https?://)?(?:www\.)?orcid\.org/|orcid:\s*", re.IGNORECASE)
_ROR = re.compile(r"(?:(?:https?://)?ror\.org/|ror:)?(0[a-z0-9]{6}\d{2})", re.ASCII)


def ascii_value(text: str) -> str:
    """Write what cannot stand in an identifier, blanks and other letters, percent-escaped."""
    if text.isascii() and text.isprintable():
        return text.replace(" ", "%20")
    return "".join(char if "!" <= char <= "~" else quote(char, safe="") for char in text)


def doi_value(text: str) -> str | None:
    """Read what a field for DOIs holds, bare or in an address: lower case, and nothing behind it.

    Absent where there is none, and where a blank is in the midst of it: what stands before the
    blank may name another work, or a whole journal.
    """
    return _doi(text, whole=True)


def find_doi(text: str) -> str | None:
    """Read the DOI that a text begins with, without what the sentence puts behind it."""
    return _doi(text, whole=False)


def _doi(text: str, *, whole: bool) -> str | None:
    bare = text.strip()
    if not bare.startswith("10."):
        bare = _DOI_BEFORE.sub("", bare, count=1)
    if "%" in bare:
        bare = unquote(bare)
    match = _DOI.match(bare)
    if not match or (whole and _GOES_ON.match(bare, match.end())):
        return None
    found = match[0]
    while found:
        shorter = found.rstrip(".,;]")
        if shorter.endswith(")") and shorter.count(")") > shorter.count("("):
            shorter = shorter[:-1]
        if shorter == found:
            break
        found = shorter
    found = ascii_value(found.lower()).lower()
    return found if not found.endswith("/") and len(found) < LONGEST_IDENTIFIER else None


def arxiv_value(text: str) -> tuple[str, int | None] | None:
    """Read what a field for arXiv ids holds: the id without its version, and the version.

    An old id is in lower case and without its subject class. Absent where there is none.
    """
    bare = _ARXIV_BEFORE.sub("", text.strip(), count=1).lower().removesuffix(".pdf")
    if match := _ARXIV_NEW.fullmatch(bare):
        month = int(match[1][2:4])
        return (match[1], int(match[2]) if match[2] else None) if 1 <= month <= 12 else None
    if match := _ARXIV_OLD.fullmatch(bare):
        return f"{match[1]}/{match[2]}", int(match[3]) if match[3] else None
    return None


def find_arxiv(text: str) -> tuple[str, int | None] | None:
    """Find the first arXiv id of a text, where something says that it is one; see `arxiv_value`."""
    for match in _ARXIV_IN_TEXT.finditer(text):
        if found := arxiv_value(match[1]):
            return found
    return None


def orcid_value(text: str) -> str | None:
    """Read an ORCID iD, bare or in an address; absent where there is none or its check fails."""
    match = _ORCID.fullmatch(_ORCID_BEFORE.sub("", text.strip(), count=1).upper().rstrip("/"))
    if not match:
        return None
    digits = "".join(match.groups())
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    return "-".join(match.groups()) if digits[-1] == ("X" if check == 10 else str(check)) else None


def ror_value(text: str) -> str | None:
    """Read a ROR id, bare or in an address; absent where there is none."""
    match = _ROR.fullmatch(text.strip().lower())
    return match[1] if match else None


def _matching(pattern: str) -> Callable[[str], str | None]:
    shape = re.compile(pattern, re.ASCII)
    return lambda text: text if shape.fullmatch(text) else None


def _arxiv(text: str) -> str | None:
    found = arxiv_value(text)
    return found[0] if found else None


# What may stand behind the colon, of a paper and of a person: the two never look alike, so that
# no id names one of each.
_PAPER: Mapping[str, Callable[[str], str | None]] = {
    "doi": doi_value,
    "arxiv": _arxiv,
    "acl": _matching(r"[A-Z]\d\d-\d{4,5}|\d{4}\.[a-z0-9_]+-[a-z0-9_]+\.\d+"),
    "openalex": _matching(r"W\d+"),
    "dblp": _matching(r"[A-Za-z]{2,}/[!-~]+"),
    "s2": _matching(r"[0-9a-f]{40}"),
    "pmid": _matching(r"[1-9]\d*"),
    "pmc": _matching(r"PMC\d+"),
}
_AUTHOR: Mapping[str, Callable[[str], str | None]] = {
    "orcid": orcid_value,
    "acl": _matching(r"[a-z][a-z0-9-]*"),
    "dblp": _matching(r"(?:\d+|[a-z])/[!-~]+"),
    "openalex": _matching(r"A\d+"),
    "s2": _matching(r"\d+"),
}
_ORGANISATION: Mapping[str, Callable[[str], str | None]] = {"ror": ror_value}


def _canonical(text: str, known: Mapping[str, Callable[[str], str | None]], whose: str) -> str:
    match = _IDENTIFIER.fullmatch(text)
    if not match or len(text) > LONGEST_IDENTIFIER:
        raise ValueError(
            f"is not scheme:value in printable ASCII of at most {LONGEST_IDENTIFIER} characters"
        )
    scheme, value = match.groups()
    read = known.get(scheme)
    if read is None:
        return text
    found = read(value)
    if found is None:
        raise ValueError(f"is no {scheme} identifier of {whose}")
    return f"{scheme}:{found}"


# What a loader has checked is checked again when its record is made.
@lru_cache(maxsize=_IDENTIFIERS_REMEMBERED)
def paper_identifier(text: str) -> str:
    """Bring a paper's `scheme:value` into its one spelling.

    A DOI that arXiv gives to what it holds is its arXiv id.

    Raises:
        ValueError: It is none, or not what its scheme allows.
    """
    found = _canonical(text, _PAPER, "a paper")
    if found.startswith(_DOI_OF_ARXIV) and (arxiv := arxiv_value(found[len("doi:") :])):
        return f"arxiv:{arxiv[0]}"
    return found


@lru_cache(maxsize=_IDENTIFIERS_REMEMBERED)
def author_identifier(text: str) -> str:
    """Bring a person's `scheme:value` into its one spelling; see `paper_identifier`."""
    return _canonical(text, _AUTHOR, "a person")


def organisation_identifier(text: str) -> str:
    """Bring an organisation's `scheme:value` into its one spelling; see `paper_identifier`."""
    return _canonical(text, _ORGANISATION, "an organisation")


def work_reference(text: str) -> str:
    """Bring what a reference names into its one spelling where it is an identifier.

    Anything else of the form `<source>:<key>` stays: it may be the id of a record.
    """
    # Most references of a dump of OpenAlex, a billion and more, are in their one spelling.
    if text.startswith(_OF_OPENALEX) and text[len(_OF_OPENALEX) :].isdecimal() and text.isascii():
        return text
    try:
        return paper_identifier(text)
    except ValueError:
        return text


def best_identifier(identifiers: Iterable[str], rank: tuple[str, ...]) -> str | None:
    """The identifier that names its bearer: of the first scheme in `rank`, the smallest."""
    ranked = [
        (rank.index(scheme), one)
        for one in identifiers
        if (scheme := one.partition(":")[0]) in rank
    ]
    return min(ranked)[1] if ranked else None


def known_identifiers(*candidates: tuple[str, str | None]) -> tuple[str, ...]:
    """Make a paper's identifiers of what a source gives as (scheme, value), leaving out what is none.

    For values that no rule of this project can vouch for: a field of a foreign file may hold
    anything. Sorted, each once.
    """
    return _known(candidates, paper_identifier)


def known_author_identifiers(*candidates: tuple[str, str | None]) -> tuple[str, ...]:
    """The same of a person's."""
    return _known(candidates, author_identifier)


def _known(
    candidates: Iterable[tuple[str, str | None]], check: Callable[[str], str]
) -> tuple[str, ...]:
    found = set()
    for scheme, value in candidates:
        if value:
            try:
                found.add(check(f"{scheme}:{ascii_value(value.strip())}"))
            except ValueError:
                continue
    return tuple(sorted(found))
