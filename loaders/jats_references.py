"""The references of a JATS article, and how often its text points at each.

Source: https://jats.nlm.nih.gov/archiving/tag-library/1.3/element/ref.html.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING

from graph_service.model.identifiers import (
    PAPER_RANK,
    best_identifier,
    doi_value,
    find_arxiv,
    find_doi,
    known_identifiers,
)
from loaders.jats_text import href, plain
from loaders.references import Citations
from loaders.xml_reading import local_name

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

ID_TYPES: Mapping[str, str] = {
    "doi": "doi",
    "pmid": "pmid",
    "pubmed": "pmid",
    "pmc": "pmc",
    "pmcid": "pmc",
    "pmcaid": "",
    "arxiv": "arxiv",
    "arxivid": "arxiv",
    "bibcode": "bibcode",
}
_CITATIONS = ("element-citation", "mixed-citation", "citation", "nlm-citation")
# What stands between the ends of a range.
_DASHES = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2212")
_DOI_SIGNS = ("doi.org/", "doi:")
_TEXTS = ("body", "floats-group", "back")


@dataclass(slots=True)
class _Entry:
    """An entry of the list: by what it is pointed at, and what names its work."""

    ids: list[str]
    identifier: str | None


@dataclass(slots=True)
class _List:
    entries: list[_Entry] = field(default_factory=list)
    # In order, for ranges.
    order: dict[str, int] = field(default_factory=dict)


def reference_fields(article: "Element") -> dict[str, object]:
    """The fields of a paper that hold its references.

    The list is said to be whole, or not, where the article counts its references. How often a
    work is pointed at is said where the article's text points at any.
    """
    listed = _List()
    refs = [ref for part in _parts(article) for ref in part.iter("{*}ref")]
    for ref in refs:
        _read(ref, listed)
    if not listed.entries:
        return {}
    pointed = _pointed(article, listed)
    citations = Citations()
    for entry in listed.entries:
        times = sum(pointed[one] for one in entry.ids) if pointed else None
        citations.add(entry.identifier, times)
    fields = citations.fields()
    stated = article.find("{*}front/{*}article-meta/{*}counts/{*}ref-count")
    count = (stated.get("count") or "").strip() if stated is not None else ""
    if count.isascii() and count.isdigit() and len(count) < 9:
        fields["references_complete"] = len(refs) >= int(count)
    return fields


def _parts(article: "Element") -> Iterator["Element"]:
    """The parts of the article itself: not those of letters and answers printed with it."""
    for child in article:
        if local_name(child) in _TEXTS:
            yield child


def _read(ref: "Element", listed: _List) -> None:
    given = ref.get("id") or ""
    if given:
        listed.order.setdefault(given, len(listed.order))
    found: dict[str, list[Element]] = {}
    for child in ref:
        inside = child if local_name(child) == "citation-alternatives" else (child,)
        for one in inside:
            if (name := local_name(one)) in _CITATIONS:
                found.setdefault(name, []).append(one)
    if not found:
        # A note among the references is no work.
        if ref.find("{*}note") is None and plain(ref):
            listed.entries.append(_Entry([given], None))
        return
    # One work may stand there twice, in parts and as printed.
    for forms in zip_longest(*found.values()):
        stated = [one for one in forms if one is not None]
        ids = [given, *(one.get("id") or "" for one in stated)]
        listed.entries.append(
            _Entry([one for one in dict.fromkeys(ids) if one], _identifier(stated))
        )


def _identifier(forms: "list[Element]") -> str | None:
    stated = [pair for form in forms for pair in _stated(form)]
    found = best_identifier(known_identifiers(*stated), PAPER_RANK)
    if found is None:
        for form in forms:
            text = plain(form)
            if arxiv := find_arxiv(text):
                stated.append(("arxiv", arxiv[0]))
            stated.append(("doi", _doi_in(text)))
        found = best_identifier(known_identifiers(*stated), PAPER_RANK)
    return found


def _stated(form: "Element") -> Iterator[tuple[str, str | None]]:
    for one in form.iter("{*}pub-id", "{*}article-id", "{*}object-id", "{*}ext-link", "{*}uri"):
        name = local_name(one)
        if name in {"ext-link", "uri"}:
            kind = (one.get("ext-link-type") or "").strip().lower()
            for text in (href(one), plain(one)):
                if kind in ID_TYPES:
                    yield named_id(kind, text)
                elif "doi.org/" in text:
                    yield "doi", doi_value(text)
                elif "arxiv.org/" in text:
                    yield "arxiv", text
        else:
            kind = (one.get("pub-id-type") or "").strip().lower()
            if kind in ID_TYPES:
                yield named_id(kind, plain(one))


def named_id(kind: str, text: str) -> tuple[str, str | None]:
    """What an id of one of `ID_TYPES` says, as (scheme, value)."""
    scheme = ID_TYPES[kind]
    bare = text.strip()
    if scheme == "pmc":
        digits = bare.upper().removeprefix("PMCID:").strip().removeprefix("PMC")
        return scheme, f"PMC{digits}"
    if scheme == "pmid":
        return scheme, bare.upper().removeprefix("PMID:").strip().lstrip("0")
    if scheme == "arxiv":
        # "2001.00001 [cs.CV]": the class is not part of the id.
        return scheme, bare.partition("[")[0].strip()
    return scheme, doi_value(bare) if scheme == "doi" else bare


def _doi_in(text: str) -> str | None:
    """The DOI of a printed reference, where something says that it is one."""
    lower = text.lower()
    for sign in _DOI_SIGNS:
        at = lower.find(sign)
        if at >= 0 and (found := find_doi(text[at : at + 600])):
            return found
    return None


def _pointed(article: "Element", listed: _List) -> Counter[str]:
    """How often the text points at each entry, ranges such as "3–6" filled in."""
    known = {one for entry in listed.entries for one in entry.ids}
    names = list(listed.order)
    pointed: Counter[str] = Counter()
    for part in _parts(article):
        within_list = local_name(part) == "back"
        for xref in part.iter("{*}xref"):
            targets = [one for one in (xref.get("rid") or "").split() if one in known]
            if not targets:
                continue
            if within_list and next(xref.iterancestors("{*}ref"), None) is not None:
                continue
            pointed.update(targets)
            pointed.update(_between(xref, targets[-1], listed.order, names))
    return pointed


def _between(xref: "Element", target: str, order: Mapping[str, int], names: list[str]) -> list[str]:
    """What a range skips, where the numbers printed at its ends fit the list."""
    if not xref.tail or xref.tail.strip() not in _DASHES:
        return []
    after = xref.getnext()
    if after is None or local_name(after) != "xref":
        return []
    begin, end = order.get(target), order.get((after.get("rid") or "").partition(" ")[0])
    if begin is None or end is None:
        return []
    printed = [plain(one).strip("[]() ") for one in (xref, after)]
    if not all(one.isascii() and one.isdigit() and len(one) < 6 for one in printed):
        return []
    fits = int(printed[1]) - int(printed[0]) == end - begin
    return names[begin + 1 : end] if fits else []
