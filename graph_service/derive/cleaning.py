"""Titles and abstracts without their mark-up: LaTeX, links and odd blanks."""

import re
from functools import reduce
from unicodedata import normalize

# In this order; each pattern with what takes its place.
_STEPS = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        (r"\\href\{[^{}]*\}\{([^{}]*)\}", r"\1"),
        (r"\\(?:url|cite[tp]?|ref|label)\{[^{}]*\}", " "),
        (r"\\(?:textbf|textit|emph|text|mathrm|mathbf)\{([^{}]*)\}", r"\1"),
        (r"\\(?:ie|eg|etc|etal)(?![A-Za-z])[.,]?", " "),
        (r"\\%", "%"),
        (r"\\times(?![A-Za-z])", "x"),
        (r"https?://\S*", " "),
        (r"[$~]", " "),
        (r"\\[A-Za-z]+", " "),
    )
)
_DASHES = ((re.compile("–"), "-"), (re.compile("—|--"), " - "))
_BLANKS = re.compile(r"\s+")


def clean(text: str) -> str:
    """Take mark-up out of a title or an abstract; one blank between words, none at the ends."""
    text = reduce(_replaced, _STEPS, text)
    text = reduce(_replaced, _DASHES, normalize("NFKC", text))
    return _BLANKS.sub(" ", text).strip()


def _replaced(text: str, step: tuple[re.Pattern[str], str]) -> str:
    pattern, instead = step
    return pattern.sub(instead, text)
