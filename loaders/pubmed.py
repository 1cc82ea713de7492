"""PubMed's records in XML: PubmedArticleSet, answers of efetch, and MEDLINE citations alone.

Source: https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html and
https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd.

A record is kept under its PMID; of two records of one PMID the later replaces the earlier one, as
in the update files. A title is without the full stop that PubMed puts behind each and the brackets
that it puts round a translated one. Whether the list of authors is whole PubMed says itself
(`CompleteYN`). Dates are those of print and of the Web, the more precise, then the earlier; of a
span of time what its ends have in common. References are those of the list, and works that are
cited in notes besides. An "update" of a preprint is the publication of it.

Not carried: investigators (members of a group, who are not authors), editors, former forms of a
name, chemicals, data banks, funding, abstracts in other languages, qualifiers of MeSH headings,
comments and corrections.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from graph_service.model.identifiers import (
    PAPER_RANK,
    ascii_value,
    best_identifier,
    known_identifiers,
)
from graph_service.model.kinds import kind_of
from graph_service.model.records import ParsedPaper, Topic
from loaders.bibliographies import KEYWORDS, MESH
from loaders.inputs import InputFile
from loaders.jats_text import plain
from loaders.pubmed_people import authors_of
from loaders.reading import Parsed, Reject, why_invalid
from loaders.references import Citations
from loaders.xml_dates import date_in_parts, medline_date
from loaders.xml_reading import XmlFault, elements, first_element, local_name

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

FORMAT = "pubmed"
SOURCE = "pubmed"

_ROOTS = frozenset(
    (
        "PubmedArticleSet", "PubmedArticle", "PubmedBookArticleSet", "PubmedBookArticle",
        "MedlineCitationSet", "MedlineCitation",
    )
)  # fmt: skip
_READ = frozenset(("PubmedArticle", "MedlineCitation", "PubmedBookArticle", "DeleteCitation"))
_ID_TYPES = {"doi": "doi", "pubmed": "pmid", "pmc": "pmc", "pmcid": "pmc", "arxiv": "arxiv"}
# What says most of a paper comes first; of others that a paper is as well, "journal article" wins.
_TYPES = {
    "preprint": "preprint",
    "retraction of publication": "retraction",
    "retraction notice": "retraction",
    "published erratum": "erratum",
    "editorial": "editorial",
    "letter": "letter",
    "systematic review": "review",
    "review": "review",
    "dataset": "dataset",
    "academic dissertation": "thesis",
    "technical report": "report",
    "journal article": "article",
    "case reports": "article",
    "corrected and republished article": "article",
    "introductory journal article": "article",
    "congress": "proceedings",
}
_NO_ABSTRACT_LABELS = frozenset(("", "UNLABELLED"))
_UNTITLED = frozenset(("", "not available"))
_AUTHOR_KEYWORDS = "NOTNLM"
# As PubMed abbreviates the servers on which preprints stand.
_PREPRINTS = re.compile(
    r"^(?:bio|med|ar|chem|psyar|socar|ea?rth?ar|eco-?ev)?rxiv\b|^arxiv\b|^res(?:earch)? sq"
    r"|^ssrn\b|preprint",
    re.IGNORECASE,
)


def recognises(path: InputFile | Path) -> bool:
    """Tell whether a file's first element is one of PubMed's.

    Raises:
        RecordError: The file cannot be read.
    """
    root = first_element(path)
    return root is not None and local_name(root) in _ROOTS


def read(path: InputFile | Path, *, source: str | None = None) -> Iterator[Parsed]:
    """Read records.

    Args:
        path: An XML file.
        source: Name of the source; by default "pubmed".

    Yields:
        A `ParsedPaper` for each record, in order; a `Reject` for one that is none, and one for
        what PubMed says to be deleted.

    Raises:
        RecordError: The file cannot be read or is no well-formed XML.
    """
    number = 0
    for element in elements(path, _READ, named_characters=True):
        line = element.sourceline
        name = local_name(element)
        if name == "DeleteCitation":
            gone = [plain(one) for one in element.iterfind("{*}PMID")]
            shown = " ".join(gone[:5]) + (" …" if len(gone) > 5 else "")
            yield Reject(
                str(path),
                line,
                f"{len(gone)} records are deleted at the source ({shown}); unload those loaded",
            )
            continue
        number += 1
        try:
            if name == "PubmedBookArticle":
                yield _book(element, source or SOURCE)
            else:
                yield _article(element, source or SOURCE)
        except XmlFault as fault:
            yield Reject(str(path), line, f"record {number}: {fault}")


def _article(record: "Element", source: str) -> ParsedPaper:
    citation = (
        record.find("{*}MedlineCitation") if local_name(record) == "PubmedArticle" else record
    )
    article = None if citation is None else citation.find("{*}Article")
    pmid = "" if citation is None else plain(citation.find("{*}PMID"))
    if citation is None or article is None or not pmid:
        raise XmlFault("has no citation with a PMID")
    title = _title(article)
    if not title:
        raise XmlFault(f"PMID {pmid[:20]} has no title")
    listed = article.find("{*}AuthorList")
    types = [plain(one) for one in article.iterfind("{*}PublicationTypeList/{*}PublicationType")]
    try:
        people, groups, cut = authors_of(listed)
        fields: dict[str, object] = {
            "source": source,
            "key": ascii_value(pmid),
            "format": FORMAT,
            "title": title,
            "date": _date(
                [
                    article.find("{*}Journal/{*}JournalIssue/{*}PubDate"),
                    *article.iterfind("{*}ArticleDate"),
                ]
            ),
            "abstract": _abstract(article.find("{*}Abstract")),
            "kind": _kind(types),
            "venue": _venue(citation, article),
            "authors_complete": _complete(listed, people, cut),
            "identifiers": _identifiers(record, citation, article, pmid),
            "relations": tuple(_relations(citation, types)),
            "group_authors": groups,
            "topics": tuple(dict.fromkeys(_topics(citation))),
            "authors": people,
            **_references(record, citation).fields(),
        }
        return ParsedPaper.model_validate(fields)
    except ValidationError as error:
        raise XmlFault(f"PMID {pmid[:20]}: {why_invalid(error)}") from error


def _book(record: "Element", source: str) -> ParsedPaper:
    """A book, or a chapter of one, as in NCBI's Bookshelf."""
    document = record.find("{*}BookDocument")
    book = None if document is None else document.find("{*}Book")
    pmid = "" if document is None else plain(document.find("{*}PMID"))
    if document is None or book is None or not pmid:
        raise XmlFault("has no book with a PMID")
    chapter = plain(document.find("{*}ArticleTitle"))
    whole = plain(book.find("{*}BookTitle"))
    title = _bare(chapter) or _bare(whole)
    if not title:
        raise XmlFault(f"PMID {pmid[:20]} has no title")
    lists = [*document.iterfind("{*}AuthorList"), *book.iterfind("{*}AuthorList")]
    listed = next((one for one in lists if one.get("Type") != "editors"), None)
    try:
        people, groups, cut = authors_of(listed)
        fields: dict[str, object] = {
            "source": source,
            "key": ascii_value(pmid),
            "format": FORMAT,
            "title": title,
            "date": _date([book.find("{*}PubDate")]),
            "abstract": _abstract(document.find("{*}Abstract")),
            "kind": "chapter" if _bare(chapter) else "book",
            "venue": _bare(whole) if _bare(chapter) and whole else None,
            "authors_complete": _complete(listed, people, cut),
            "identifiers": _identifiers(record, document, document, pmid),
            "group_authors": groups,
            "topics": tuple(dict.fromkeys(_topics(document))),
            "authors": people,
            **_references(record, document).fields(),
        }
        return ParsedPaper.model_validate(fields)
    except ValidationError as error:
        raise XmlFault(f"PMID {pmid[:20]}: {why_invalid(error)}") from error


def _title(article: "Element") -> str:
    title = _bare(plain(article.find("{*}ArticleTitle")))
    return title or _bare(plain(article.find("{*}VernacularTitle")))


def _bare(title: str) -> str:
    """A title without PubMed's own signs; empty where it only says that there is none."""
    bare = title[:-1].rstrip() if title.endswith(".") and not title.endswith("..") else title
    if bare.startswith("[") and bare.endswith("]"):
        bare = bare[1:-1].strip()
        bare = bare[:-1] if bare.endswith(".") and not bare.endswith("..") else bare
    return "" if bare.lower() in _UNTITLED else bare


def _abstract(abstract: "Element | None") -> str | None:
    if abstract is None:
        return None
    parts = []
    for one in abstract.iterfind("{*}AbstractText"):
        label = " ".join((one.get("Label") or "").split())
        if text := plain(one):
            parts.append(text if label in _NO_ABSTRACT_LABELS else f"{label.rstrip(':')}: {text}")
    return "\n\n".join(parts) or None


def _kind(types: list[str]) -> str | None:
    known = {one.lower() for one in types}
    for word, kind in _TYPES.items():
        if word in known:
            return kind
    return kind_of(types[0]) if types else None


def _venue(citation: "Element", article: "Element") -> str | None:
    places = (
        article.find("{*}Journal/{*}Title"),
        article.find("{*}Journal/{*}ISOAbbreviation"),
        citation.find("{*}MedlineJournalInfo/{*}MedlineTA"),
    )
    return next(filter(None, map(plain, places)), None)


def _date(places: "list[Element | None]") -> str | None:
    stated = [date for one in places if one is not None and (date := _date_of(one))]
    return min(stated, key=lambda date: (-len(date), date), default=None)


def _date_of(element: "Element") -> str | None:
    parts = date_in_parts(element, "Year", "Month", "Day")
    return parts or medline_date(plain(element.find("{*}MedlineDate")))


def _identifiers(
    record: "Element", citation: "Element", article: "Element", pmid: str
) -> tuple[str, ...]:
    stated: list[tuple[str, str | None]] = [("pmid", pmid)]
    lists = (
        citation.find("{*}ArticleIdList"),
        record.find("{*}PubmedData/{*}ArticleIdList"),
        record.find("{*}PubmedBookData/{*}ArticleIdList"),
    )
    stated += (pair for one in lists for pair in _article_ids(one))
    stated += [
        ("doi", plain(one))
        for one in article.iterfind("{*}ELocationID")
        if one.get("EIdType") == "doi" and one.get("ValidYN") != "N"
    ]
    for one in citation.iterfind("{*}OtherID"):
        if (text := plain(one)).startswith("PMC"):
            # Behind it may stand from when on it is free.
            stated.append(("pmc", text.split()[0]))
    found = known_identifiers(*stated)
    # A list may hold the PMID of another record, such as a preprint's.
    return tuple(one for one in found if not one.startswith("pmid:") or one == f"pmid:{pmid}")


def _article_ids(listed: "Element | None") -> Iterator[tuple[str, str | None]]:
    if listed is None:
        return
    for one in listed.iterfind("{*}ArticleId"):
        kind = (one.get("IdType") or "").lower()
        text = plain(one)
        if kind in {"pmc", "pmcid"}:
            yield "pmc", f"PMC{text.upper().removeprefix('PMC').partition('.')[0]}"
        elif kind in _ID_TYPES:
            yield _ID_TYPES[kind], text


def _complete(listed: "Element | None", people: object, cut: bool) -> bool | None:
    if cut:
        return False
    stated = "" if listed is None else (listed.get("CompleteYN") or "")
    return {"Y": True, "N": False}.get(stated) if people or stated == "N" else None


def _topics(citation: "Element") -> Iterator[Topic]:
    for heading in citation.iterfind("{*}MeshHeadingList/{*}MeshHeading/{*}DescriptorName"):
        if name := plain(heading):
            yield Topic(scheme=MESH, name=name)
    for listed in citation.iterfind("{*}KeywordList"):
        owner = listed.get("Owner") or _AUTHOR_KEYWORDS
        scheme = KEYWORDS if owner == _AUTHOR_KEYWORDS else owner.strip().lower() or KEYWORDS
        for one in listed.iterfind("{*}Keyword"):
            if name := plain(one).strip(" ,;."):
                yield Topic(scheme=scheme, name=name)


def _references(record: "Element", citation: "Element") -> Citations:
    """The works of the list, then those that only a note names."""
    citations = Citations()
    named: set[str] = set()
    lists = [
        one
        for place in ("{*}PubmedData/{*}ReferenceList", "{*}PubmedBookData/{*}ReferenceList")
        for one in record.iterfind(place)
    ] + citation.findall("{*}ReferenceList")
    for listed in lists:
        for reference in listed.iter("{*}Reference"):
            ids = known_identifiers(*_article_ids(reference.find("{*}ArticleIdList")))
            named.update(ids)
            citations.add(best_identifier(ids, PAPER_RANK))
    for one in citation.iterfind("{*}CommentsCorrectionsList/{*}CommentsCorrections"):
        if one.get("RefType") == "Cites":
            ids = known_identifiers(("pmid", plain(one.find("{*}PMID"))))
            if not ids or named.isdisjoint(ids):
                citations.add(next(iter(ids), None))
    return citations


def _relations(citation: "Element", types: list[str]) -> Iterator[dict[str, str]]:
    is_preprint = any(one.lower() == "preprint" for one in types)
    for one in citation.iterfind("{*}CommentsCorrectionsList/{*}CommentsCorrections"):
        kind = one.get("RefType") or ""
        other = next(iter(known_identifiers(("pmid", plain(one.find("{*}PMID"))))), None)
        if other is None:
            continue
        of_preprint = bool(_PREPRINTS.search(plain(one.find("{*}RefSource"))))
        if kind == "UpdateIn":
            yield {"kind": "preprint-of" if is_preprint else "version-of", "to": other}
        elif kind == "UpdateOf":
            yield {"kind": "published-from" if of_preprint else "version-of", "to": other}
        elif kind.startswith(("Republished", "CorrectedandRepublished")):
            yield {"kind": "version-of", "to": other}
