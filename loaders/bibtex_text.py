r"""Values of BibTeX fields as plain text: what TeX, publishers and addresses put into them goes."""

import re
from collections.abc import Mapping
from functools import lru_cache

from pylatexenc.latex2text import get_default_latex_context_db

from loaders.bibliographies import prose, without_tags
from loaders.tex_text import plain_text

_ESCAPED = re.compile(r"\{?\\(?:([_%&#~$])(?:\{\})?|textasciitilde(?:\{\})?\s?)\}?")
_IN_URL = re.compile(r"\\(?:url|href|path|nolinkurl)\s*\{")
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*|\\par(?![A-Za-z])")
_SORTING = re.compile(r"\{?\\(?:noopsort|SortNoop|sortnoop)\s*\{[^{}]*\}\}?")
_FORMULA = re.compile(r"\\\(((?:[^$\\]|\\[^()])*)\\\)")  # dblp writes formulas so
_SIGN = re.compile(r"\\(text[a-z]+|guil[a-z]+|dots|ldots)(?![A-Za-z])(?!\s*\{[^}])\s*(?:\{\})?")
_AROUND_SIGN = re.compile(r"\\(?:ensuremath|protect)(?![A-Za-z])\s*")
_SHORT = 200
_TEX = get_default_latex_context_db()
_SEPARATORS = re.compile(r"[{},;]")


def plain(text: str) -> str:
    """Take TeX and markup out of a value; the result is one line."""
    # Names and venues come again and again; to remember long texts would only fill memory.
    return _remembered(text) if len(text) <= _SHORT else _plain(text)


@lru_cache(maxsize=20_000)
def _remembered(text: str) -> str:
    return _plain(text)


def _plain(text: str) -> str:
    if "\\" in text:
        text = _SORTING.sub("", text)
        text = _AROUND_SIGN.sub("", text)
        text = _SIGN.sub(_sign, text)
        text = _FORMULA.sub(r"$\1$", text)
    text = without_tags(plain_text(text))
    if "--" in text:
        text = text.replace("---", "—").replace("--", "–")
    return text


def _sign(match: re.Match[str]) -> str:
    known = _TEX.get_macro_spec(match[1])
    sign = known.simplify_repl if known is not None else None
    return sign if isinstance(sign, str) and sign and "%" not in sign else match[0]


def joined(fields: Mapping[str, str], first: str, second: str) -> str:
    """A title and its subtitle as one line; empty where there is no title."""
    texts = (plain(fields.get(first, "")), plain(fields.get(second, "")))
    if texts[0] and texts[1]:
        return f"{texts[0]}{' ' if texts[0][-1] in ':.?!' else ': '}{texts[1]}"
    return texts[0]


def abstract_of(text: str | None) -> str | None:
    """The paragraphs of an abstract, with blank lines between; absent where nothing is left."""
    if text is None:
        return None
    # A tag for a paragraph is one more sign of where a paragraph ends.
    parts = (prose(part) for part in _PARAGRAPH.split(text))
    lines = [line for part in parts if part for line in part.split("\n\n")]
    return "\n\n".join(one for one in map(plain, lines) if one) or None


def listed(text: str) -> list[str]:
    """The words of a field between semicolons or, where there are none, between commas."""
    marks, depth = [], 0
    for match in _SEPARATORS.finditer(text):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth -= 1
        elif depth <= 0 and text[match.start() - 1 : match.start()] != "\\":
            marks.append((match[0], match.start()))
    mark = ";" if any(one == ";" for one, _ in marks) else ","
    cuts = [at for one, at in marks if one == mark]
    parts = [text[a:b] for a, b in zip([0, *(at + 1 for at in cuts)], [*cuts, None], strict=True)]
    return [name for name in map(plain, parts) if any(map(str.isalnum, name))]


def address_text(text: str) -> str:
    """Take out of a text what TeX needs round an address and in it."""
    if "\\" in text:
        text = _ESCAPED.sub(lambda match: match[1] or "~", _IN_URL.sub(" {", text))
    return (
        text.strip().strip("{}")
        if text.startswith("{")
        else text.replace("{", " ").replace("}", " ").strip()
    )
