"""What a JATS article is about: its keywords and subjects, without what only says its type.

Source: https://jats.nlm.nih.gov/archiving/tag-library/1.3/element/kwd-group.html.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from graph_service.model.names import fold
from graph_service.model.records import Topic
from loaders.bibliographies import KEYWORDS
from loaders.jats_text import LANGUAGE, plain
from loaders.xml_reading import local_name

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

SUBJECTS = "subject"

_PLAIN_KEYWORDS = frozenset(
    (
        "", "author", "author-keywords", "author-generated", "author-created", "authorfree",
        "keywords", "keyword", "kwd", "index-terms", "simple", "textkeywords",
    )
)  # fmt: skip
_PLAIN_SUBJECTS = frozenset(
    ("", "heading", "subject", "subjects", "subject-areas", "topic", "field", "discipline",
     "category", "toc-heading", "toc-minor", "toc-major")
)  # fmt: skip
_NO_KEYWORDS = frozenset(("abbreviations", "abr", "abbreviation", "trans", "funding"))
# Groups that say what sort of article it is, or where it stands in an issue.
_NO_SUBJECTS = (
    "type", "channel", "section", "banner", "badge", "overline", "hwp", "coll", "special", "trial",
    "display", "part", "access", "issue",
)  # fmt: skip
# The same in groups that say nothing of themselves.
_SORTS = frozenset(
    (
        "article", "articles", "research", "research article", "research articles", "review",
        "reviews", "review article", "review articles", "original article", "original articles", "original research article", "guest editorial",
        "foreword", "preface",
        "original research", "original paper", "original papers", "paper", "papers",
        "regular article", "regular articles", "regular paper", "letter", "letters", "editorial",
        "editorials", "brief report", "brief communication", "short report", "short communication",
        "communication", "communications", "commentary", "comment", "correspondence", "news",
        "feature", "feature article", "features", "insight", "book review", "erratum", "correction",
        "corrigendum", "retraction", "case report", "report", "reports", "perspective",
        "perspectives", "opinion", "rapid communication", "technical note", "methods", "analysis",
        "research paper", "research papers", "full paper", "full papers", "contents", "announcement",
        "author correction", "publisher correction", "data descriptor", "proceedings paper",
        "conference paper", "registered report", "viewpoint", "protocol", "introduction",
    )
)  # fmt: skip
_CODES = ("code", "id", "identifier", "uri", "url")


def topics(meta: "Element", language: str) -> tuple[Topic, ...]:
    """Keywords, then subjects, each once, in order.

    Args:
        meta: The article's metadata.
        language: That of the article; keywords in another are translations, where there are both.
    """
    groups = [
        group
        for group in meta.iterfind("{*}kwd-group")
        if _kind(group, "kwd-group-type") not in _NO_KEYWORDS
    ]
    wanted = language.lower()[:2]
    own = [one for one in groups if (one.get(LANGUAGE) or wanted).lower()[:2] == wanted]
    found = [topic for group in own or groups for topic in _keywords(group)]
    for group in meta.iterfind("{*}article-categories/{*}subj-group"):
        kind = _kind(group, "subj-group-type")
        same = not wanted or (group.get(LANGUAGE) or wanted).lower()[:2] == wanted
        if same and not any(word in kind for word in _NO_SUBJECTS):
            found += _subjects(group, kind)
    return tuple(dict.fromkeys(found))


def _kind(group: "Element", attribute: str) -> str:
    return " ".join((group.get("vocab") or group.get(attribute) or "").lower().split())


def _keywords(group: "Element") -> Iterator[Topic]:
    kind = _kind(group, "kwd-group-type")
    vocabulary = group.find("{*}title[@content-type='vocab']")
    scheme = plain(vocabulary) or (KEYWORDS if kind in _PLAIN_KEYWORDS else kind)
    for one in group.iter("{*}kwd", "{*}compound-kwd"):
        name = _compound(one) if local_name(one) == "compound-kwd" else plain(one)
        if name := name.strip(" ,;."):
            yield Topic(scheme=scheme, name=name)


def _subjects(group: "Element", kind: str) -> Iterator[Topic]:
    scheme = SUBJECTS if kind in _PLAIN_SUBJECTS else kind
    for one in group.iter("{*}subject", "{*}compound-subject"):
        name = _compound(one) if local_name(one) == "compound-subject" else plain(one)
        if name.strip(" ,;.") and fold(name) not in _SORTS:
            yield Topic(scheme=scheme, name=name)


def _compound(element: "Element") -> str:
    """The words of a subject that has a code too."""
    parts = [
        (one.get("content-type") or "", plain(one))
        for one in element
        if local_name(one) in {"compound-kwd-part", "compound-subject-part"}
    ]
    words = [text for kind, text in parts if text and not kind.lower().endswith(_CODES)]
    return ", ".join(words or [text for _, text in parts if text])
