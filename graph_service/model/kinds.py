"""Kinds of papers, in one vocabulary for all sources.

A source's own word becomes one of these where it fits; any other word stays as it is.
"""

from collections.abc import Mapping

KINDS = (
    "article",  # in a journal
    "conference-paper",
    "preprint",
    "chapter",
    "book",
    "proceedings",
    "thesis",
    "report",
    "review",
    "letter",
    "editorial",
    "erratum",
    "retraction",
    "dataset",
    "software",
    "other",
)

# Words of several sources, folded to lower case with hyphens; a loader adds those of its own.
_WORDS: Mapping[str, str] = {
    "journal-article": "article",
    "journalarticle": "article",
    "article-journal": "article",
    "research-article": "article",
    "jour": "article",
    "proceedings-article": "conference-paper",
    "inproceedings": "conference-paper",
    "conference": "conference-paper",
    "paper-conference": "conference-paper",
    "conf": "conference-paper",
    "cpaper": "conference-paper",
    "posted-content": "preprint",
    "book-chapter": "chapter",
    "book-part": "chapter",
    "book-section": "chapter",
    "incollection": "chapter",
    "inbook": "chapter",
    "chap": "chapter",
    "monograph": "book",
    "edited-book": "book",
    "collection": "proceedings",
    "phdthesis": "thesis",
    "mastersthesis": "thesis",
    "dissertation": "thesis",
    "thes": "thesis",
    "techreport": "report",
    "rprt": "report",
    "review-article": "review",
    "correction": "erratum",
    "corrigendum": "erratum",
}


def kind_of(word: str | None, more: Mapping[str, str] = {}) -> str | None:
    """The kind that a source's word means, or the word in lower case with hyphens.

    Args:
        word: As the source writes it; absent or blank: unknown.
        more: Words of this source alone, in lower case with hyphens.
    """
    bare = "-".join((word or "").lower().replace("_", " ").replace("-", " ").split())
    if not bare:
        return None
    return more.get(bare) or _WORDS.get(bare) or bare
