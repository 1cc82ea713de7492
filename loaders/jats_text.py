"""The text of JATS elements: formulas in one of their forms, notes and marks left out.

Source: https://jats.nlm.nih.gov/archiving/tag-library/1.3/.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lxml import etree

from loaders.tex_text import plain_text
from loaders.xml_reading import XmlFault, local_name

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

HREF = "{http://www.w3.org/1999/xlink}href"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

# What is printed elsewhere, or not at all.
_APART = frozenset(
    (
        "fn", "fn-group", "graphic", "inline-graphic", "media", "object-id", "index-term",
        "processing-meta", "annotation", "annotation-xml", "inline-supplementary-material",
    )
)  # fmt: skip
_BLOCKS = frozenset(
    ("p", "sec", "title", "list", "list-item", "disp-formula", "disp-quote", "break", "def", "td")
)
# A mark of a note says nothing where the note is left out.
_MARKS = frozenset(("fn", "aff", "corresp", "author-notes", "author-note", "table-fn"))
_ALTERNATIVES = frozenset(("alternatives", "inline-formula", "disp-formula"))
_TEX_BODY = re.compile(r"\\begin\s*\{document\}(.*?)\\end\s*\{document\}", re.DOTALL)
# Formulas are set with these, as many as it takes; they are no letters.
_INVISIBLE = dict.fromkeys((0x00AD, 0x200B, 0x2060, 0x2061, 0x2062, 0x2063, 0x2064, 0xFEFF))


def plain(element: "Element | None", without: frozenset[str] = frozenset()) -> str:
    """All text of an element in one line; empty where there is none.

    Of a formula that is given in several forms one is taken, MathML before TeX.

    Args:
        element: The element, or nothing.
        without: Names of inner elements whose text is left out besides notes and pictures.

    Raises:
        XmlFault: It uses an entity that nothing here expands.
    """
    if element is None:
        return ""
    if not len(element):
        text = element.text or ""
    else:
        parts: list[str] = []
        _collect(element, _APART | without, parts)
        text = "".join(parts)
    if not text.isascii():
        text = text.translate(_INVISIBLE)
    return " ".join(text.split())


def _collect(element: "Element", without: frozenset[str], parts: list[str]) -> None:
    name = local_name(element)
    if name == "tex-math":
        tex = "".join(_tex(element))
        body = _TEX_BODY.search(tex)
        parts.append(plain_text(body[1] if body else tex))
        return
    if element.text:
        parts.append(element.text)
    only = _one_form(element) if name in _ALTERNATIVES else None
    for child in element:
        if isinstance(child, etree._Entity):  # noqa: SLF001 - it has no public name
            raise XmlFault(f"uses the entity {child.text}, which is not expanded")
        inner = local_name(child)
        shown = inner and inner not in without and (only is None or child is only)
        if shown and (inner != "xref" or child.get("ref-type") not in _MARKS):
            blank = " " if inner in _BLOCKS else ""
            parts.append(blank)
            _collect(child, without, parts)
            parts.append(blank)
        if child.tail:
            parts.append(child.tail)


def _tex(element: "Element") -> Iterator[str]:
    yield element.text or ""
    for child in element:
        # Some publishers write `<?CDATA $x$?>`, and mean a CDATA section.
        if isinstance(child, etree._ProcessingInstruction):  # noqa: SLF001 - see above
            yield (child.text or "") if child.target == "CDATA" else ""
        elif isinstance(child.tag, str):
            yield from _tex(child)
        yield child.tail or ""


def _one_form(element: "Element") -> "Element | None":
    """Of the forms of one formula the one to read; absent where all of it is one."""
    forms = [local_name(child) for child in element]
    for name in ("math", "tex-math", "textual-form"):
        if name in forms:
            return element[forms.index(name)]
    return None


def paragraphs(element: "Element") -> str:
    """The text of an abstract: paragraphs between blank lines, each section after its title."""
    return "\n\n".join(_paragraphs(element, ""))


def _paragraphs(element: "Element", heading: str) -> Iterator[str]:
    if not any(local_name(child) in _BLOCKS for child in element):
        if text := plain(element):
            yield _headed(heading, text)
        return
    for child in element:
        name = local_name(child)
        if name == "sec":
            title = plain(child.find("{*}title"))
            yield from _paragraphs(child, "" if title.lower().strip(" .:") == "abstract" else title)
        elif name in {"list", "list-item"}:
            yield from _paragraphs(child, "")
        elif name and name not in {"title", "label", "object-id"} and (text := plain(child)):
            yield _headed(heading, text)
            heading = ""


def _headed(heading: str, text: str) -> str:
    return f"{heading.rstrip(' :.')}: {text}" if heading else text


def href(element: "Element") -> str:
    """The address to which an element leads; empty where it leads nowhere."""
    return " ".join((element.get(HREF) or element.get("href") or "").split())
