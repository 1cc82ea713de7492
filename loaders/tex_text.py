r"""Titles, names, abstracts and values of BibTeX with TeX in them, as plain text.

Accents and symbols become letters (`\'e`, `\o`, `$\alpha$`), commands of layout and the dollars
of formulas go, what they stand round stays. pylatexenc knows the commands; it is asked once for
each, since a whole text would take it milliseconds, and takes a percent sign for a comment.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from pylatexenc.latex2text import LatexNodes2Text, get_default_latex_context_db

from loaders.bibliographies import prose, without_tags

_TO_TEXT = LatexNodes2Text()
_COMMANDS = get_default_latex_context_db()
_SIGNS_OF_COMMANDS = {"sqrt": "√"}
_SIGNS = frozenset("\\$~{}`")
_LETTER = r"(?:\{\s*\\?[A-Za-z]\s*\}|\s*\\[ij](?![A-Za-z])[ ]?|\s*[A-Za-z])"
# An accent and its letter, with or without braces round either; or a letter of its own.
_ACCENT = re.compile(
    rf"""\{{?\\(?:['`^"~=.]{_LETTER}|[cvuHkrbdt](?![A-Za-z])\s*{_LETTER})\}}?"""
    r"|\{?\\(?:o|O|l|L|ss|ae|AE|oe|OE|aa|AA|i|j)(?:\{\}|\}|(?![A-Za-z])[ ]?)"
)
_HREF = re.compile(r"\\href\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_GONE = re.compile(r"\\(?:cite[a-z]*|ref|eqref|label)\*?\s*(?:\[[^\[\]]*\])?\s*\{[^{}]*\}")
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_COMMAND_ROUND = re.compile(
    r"\\(?:text[a-z]*|emph|url|math[a-z]+|operatorname|mbox|hbox|rm|bf|it|em|sc|boldsymbol|bm"
    r"|ensuremath|protect|overline|bar|hat|tilde|vec|underline|left|right|bigl|bigr|Bigl|Bigr|big|Big)(?![A-Za-z])\s*"
)
# A sign with a name of its own, which is no command round what follows.
_SIGN = re.compile(r"\\(text[a-z]+|guil[a-z]+|l?dots)(?![A-Za-z])(?!\s*\{[^}])\s*(?:\{\})?")
_SORTING = re.compile(r"\{?\\(?:noopsort|SortNoop|sortnoop)\s*\{[^{}]*\}\}?")
_BRACKETED = re.compile(r"\\\(((?:[^$\\]|\\[^()])*)\\\)")  # a formula, as dblp writes it
_ESCAPED = re.compile(r"\\([_#%&{}$])")
_SPACE = re.compile(r"\\(?:[,;:! \\]|q?quad(?![A-Za-z]))|(?<!/)~")
_WORD = re.compile(r"\\([A-Za-z]+)")
# Nearly as pandoc tells a formula from prices, as in "$5 and $10".
_FORMULA = re.compile(r"\$\$([^$]+)\$\$|\$(?!\d[^$]*\s\$)([^$]+)\$(?!\d)")
_BRACES = re.compile(r"(?<!\\)[{}]")
_PARAGRAPH = re.compile(r"\n[ \t]*\n|\n(?=[ \t]+\S)")
# Dollars and braces that are meant as such, out of the way while the others go.
_KEPT = str.maketrans({"\ue000": "$", "\ue001": "{", "\ue002": "}"})
_KEEP = {"$": "\ue000", "{": "\ue001", "}": "\ue002"}

_IN_URL = re.compile(r"\\(?:url|href|path|nolinkurl)\s*\{")
_ESCAPED_IN_URL = re.compile(r"\{?\\(?:([_%&#~$])(?:\{\})?|textasciitilde(?:\{\})?\s?)\}?")
_PARAGRAPH_OF_BIBTEX = re.compile(r"\n[ \t]*\n\s*|\\par(?![A-Za-z])")
_SEPARATORS = re.compile(r"[{},;]")
_SHORT = 200


def plain_text(text: str) -> str:
    """Take TeX out of a text; the result is one line."""
    # Blanks first: no pattern need look through a long run of them.
    text = " ".join(text.split())
    if _SIGNS.isdisjoint(text):
        return text
    return " ".join(_without_tex(text).split())


def paragraphs(text: str) -> str:
    """The same of a text of several lines: a blank line, or an indented one, begins a paragraph."""
    parts = (plain_text(part) for part in _PARAGRAPH.split(text))
    return "\n\n".join(part for part in parts if part)


def _without_tex(text: str) -> str:
    # Most texts have a sign or two of TeX: what is not there is not looked for.
    commands = "\\" in text
    if commands:
        text = _SORTING.sub("", text)
        text = _SIGN.sub(_named, text)
        text = _BRACKETED.sub(r"$\1$", text)
        text = _ESCAPED.sub(lambda match: _KEEP.get(match[1], match[1]), text)
        text = _ACCENT.sub(_accent, text)
    if "\\" in text:
        text = _HREF.sub(r"\2 (\1)", text)
        text = _GONE.sub("", text)
        text = _FRACTION.sub(r"\1/\2", text)
        text = _COMMAND_ROUND.sub("", text)
        text = _SPACE.sub(" ", text)
        text = _WORD.sub(_symbol, text)
    elif "~" in text:
        text = _SPACE.sub(" ", text)
    if "$" in text:
        text = _FORMULA.sub(lambda match: match[1] or match[2], text)
    if "{" in text or "}" in text:
        text = _BRACES.sub("", text)
    text = text.replace("``", "“").replace("''", "”")
    return text.translate(_KEPT) if commands else text


def _accent(match: re.Match[str]) -> str:
    return _letter(match[0].strip())


@lru_cache(maxsize=5_000)
def _letter(tex: str) -> str:
    return str(_TO_TEXT.latex_to_text(tex)).strip()


def _named(match: re.Match[str]) -> str:
    sign = _sign(match[1])
    return _KEEP.get(sign, sign) if sign else match[0]


def _symbol(match: re.Match[str]) -> str:
    """What a command stands for; its name where nobody knows it, since then that says most."""
    sign = _sign(match[1])
    return _SIGNS_OF_COMMANDS.get(match[1], match[1]) if sign is None else sign


@lru_cache(maxsize=5_000)
def _sign(command: str) -> str | None:
    known = _COMMANDS.get_macro_spec(command)
    sign = known.simplify_repl if known is not None else None
    return sign if isinstance(sign, str) and "%" not in sign else None


# -- values of BibTeX -----------------------------------------------------------------------


def plain(text: str) -> str:
    """Take TeX, the markup of publishers and dashes of hyphens out; the result is one line."""
    # Names and venues come again and again; to remember long texts would only fill memory.
    return _remembered(text) if len(text) <= _SHORT else _plain(text)


@lru_cache(maxsize=20_000)
def _remembered(text: str) -> str:
    return _plain(text)


def _plain(text: str) -> str:
    text = without_tags(plain_text(text))
    if "--" in text:
        text = text.replace("---", "—").replace("--", "–")
    return text


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
    parts = (prose(part) for part in _PARAGRAPH_OF_BIBTEX.split(text))
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
        text = _ESCAPED_IN_URL.sub(lambda match: match[1] or "~", _IN_URL.sub(" {", text))
    return (
        text.strip().strip("{}")
        if text.startswith("{")
        else text.replace("{", " ").replace("}", " ").strip()
    )
