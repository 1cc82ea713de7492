r"""Titles, names and abstracts with TeX in them, as plain text.

Accents and symbols become letters (`\'e`, `\o`, `$\alpha$`), commands of layout and the dollars
of formulas go, what they stand round stays. pylatexenc knows the commands; it is asked once for
each, since a whole text would take it milliseconds, and takes a percent sign for a comment.
"""

import re
from functools import lru_cache

from pylatexenc.latex2text import LatexNodes2Text, get_default_latex_context_db

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
    r"|overline|bar|hat|tilde|vec|underline|left|right|bigl|bigr|Bigl|Bigr|big|Big)(?![A-Za-z])\s*"
)
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
    kept = any(f"\\{sign}" in text for sign in _KEEP)
    if "\\" in text:
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
    return text.translate(_KEPT) if kept else text


def _accent(match: re.Match[str]) -> str:
    return _letter(match[0].strip())


@lru_cache(maxsize=5_000)
def _letter(tex: str) -> str:
    return str(_TO_TEXT.latex_to_text(tex)).strip()


def _symbol(match: re.Match[str]) -> str:
    return _sign(match[1])


@lru_cache(maxsize=5_000)
def _sign(command: str) -> str:
    """What a command stands for; its name where nobody knows it, since then that says most."""
    known = _COMMANDS.get_macro_spec(command)
    sign = known.simplify_repl if known is not None else None
    if isinstance(sign, str) and "%" not in sign:
        return sign
    return _SIGNS_OF_COMMANDS.get(command, command)
