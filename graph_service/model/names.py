"""Names: folding, parsing into family and given name, and the key under which two are equal.

A name is a fact and stays as printed; a key is only for comparing. The rules are those of
docs/identity.md: no order is guessed, no initial is expanded, a suffix is part of who it is.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

# A record's names are keyed when they are checked, split into units and folded: once will do.
NAMES_REMEMBERED = 50_000

PARTICLES = frozenset(
    [
        "van",
        "von",
        "de",
        "der",
        "den",
        "del",
        "della",
        "di",
        "da",
        "dos",
        "la",
        "le",
        "el",
        "al",
        "bin",
        "ibn",
        "ter",
        "ten",
        "du",
        "des",
        "st",
        "mac",
        "mc",
        "san",
    ]
)
SUFFIXES = frozenset(("jr", "sr", "ii", "iii", "iv"))

_LETTERS = str.maketrans(
    {
        "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D",
        "ı": "i", "þ": "th", "Þ": "Th", "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE",
        "œ": "oe", "Œ": "OE", "’": "'", **dict.fromkeys("‐‑‒–—―", "-"),
    }
)  # fmt: skip
_NOT_IN_NAMES = re.compile(r"[^\w\s-]")
_BLANKS = re.compile(r"\s+")
_BETWEEN_TOKENS = re.compile(r"[\s-]+")


class NameKey(NamedTuple):
    """The folded name under which mentions count as equal; tokens are joined without blanks."""

    family: str
    given: str
    suffix: str

    @property
    def text(self) -> str:
        """`family.given.suffix` without empty ends; no part can hold a full stop."""
        family, given, suffix = self
        if suffix or not given:
            return ".".join(self).rstrip(".")
        return f"{family}.{given}"

    @classmethod
    def from_text(cls, text: str) -> "NameKey":
        """Take `text` back apart."""
        family, given, suffix = [*text.split("."), "", ""][:3]
        return cls(family, given, suffix)


def fold(text: str) -> str:
    """Fold case, accents and punctuation away; letters of every script stay.

    Returns:
        Lower-case letters, digits, `_`, `-` and single blanks; empty when nothing is left.
    """
    bare = text
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS))
        bare = "".join(char for char in decomposed if unicodedata.category(char) != "Mn")
    return _BLANKS.sub(" ", _NOT_IN_NAMES.sub(" ", bare)).strip().lower()


def _joined(text: str) -> str:
    if text.isascii() and text.isalnum():  # as nearly all are
        return text.lower()
    return _BETWEEN_TOKENS.sub("", fold(text))


def _suffix(text: str) -> str:
    folded = _joined(text)
    return folded if folded in SUFFIXES else ""


def parse_name(name: str) -> tuple[str, str, str]:
    """Split a full name into (family, given, suffix), as written but for blanks.

    "Family, Given" is read as such, also with a suffix in the second or last part. Without a
    comma the last token is the family name, extended to the left over particles as long as a
    given name remains. One token is a family name. Family-first order is never guessed.
    """
    parts = [part.strip() for part in name.split(",") if part.strip()]
    suffixes = [part for part in parts[1:] if _suffix(part)]
    rest = [part for part in parts if part not in suffixes]
    suffix = _suffix(suffixes[0]) if suffixes else ""
    if len(rest) > 1:
        return rest[0], " ".join(rest[1:]), suffix

    tokens = rest[0].split() if rest else []
    if not suffix and len(tokens) > 1 and _suffix(tokens[-1]):
        suffix = _suffix(tokens.pop())
    split = _family_start([_joined(token) for token in tokens])
    return " ".join(tokens[split:]), " ".join(tokens[:split]), suffix


@lru_cache(maxsize=NAMES_REMEMBERED)
def name_key(name: str) -> NameKey:
    """Build the key of a full name: "Xiao-Li Wu" and "Xiaoli WU" have the same.

    An empty family and given part mean that the text holds no letter or digit.
    """
    if name.isascii():
        tokens = name.lower().split()
        if len(tokens) > 1 and "".join(tokens).isalnum() and tokens[-1] not in SUFFIXES:
            # As nearly all are; what follows says the same of them, more slowly.
            split = _family_start(tokens)
            return NameKey("".join(tokens[split:]), "".join(tokens[:split]), "")
    family, given, suffix = parse_name(name)
    return NameKey(_joined(family), _joined(given), suffix)


def _family_start(folded: Sequence[str]) -> int:
    """Where the family name begins: at the last token, or the particles before it."""
    split = max(len(folded) - 1, 0)
    while split > 1 and folded[split - 1] in PARTICLES:
        split -= 1
    return split


@lru_cache(maxsize=NAMES_REMEMBERED)
def parts_key(family: str, given: str, suffix: str = "") -> NameKey:
    """Build the key of a name whose source has its parts apart; nothing is guessed of order.

    A suffix that stands behind the family or the given name ("Marsh, Jr.") is one all the same;
    a text in its place that is none (a degree) says nothing.
    """
    found = _suffix(suffix)
    kept = []
    for part in (family, given):
        tokens = part.replace(",", " ").split()
        if len(tokens) > 1 and (behind := _suffix(tokens[-1])):
            found = found or behind
            tokens.pop()
        kept.append(_joined(" ".join(tokens)))
    return NameKey(kept[0], kept[1], found)


def display_order(name: str) -> tuple[bool, int, int, str]:
    """Order spellings of one name, the one to show first.

    Mixed case before all capitals or none; then more accents and other signs (the fuller
    original), then the longer, then by code point. A total order, so that the choice among a
    set of spellings depends on nothing but the set.
    """
    marks = name.count("-") + name.count("'")
    if not name.isascii():
        marks += sum(not char.isascii() for char in name)
    return (name.isupper() or name.islower(), -marks, -len(name), name)
