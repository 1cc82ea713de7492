"""Titles as they are compared; a title is shown as printed."""

import re
import unicodedata
from functools import lru_cache

_COMMAND = re.compile(r"\\[A-Za-z]+\s*\{([^{}]*)\}")
_NOT_IN_KEYS = re.compile(r"[^a-z0-9]+")
_MATH = re.compile(r"\$([^$]*)\$")


@lru_cache(maxsize=10_000)
def title_key(title: str) -> str:
    r"""Fold a title to what two spellings of it have in common.

    `\cmd{x}` and `$x$` become x, accents go, `&` is "and", then letters and digits of every
    script stay, in lower case. Empty where nothing is left; an empty key equals nothing.
    """
    bare = title
    if "\\" in bare:
        bare = _COMMAND.sub(r"\1", bare)
    if "$" in bare:
        bare = _MATH.sub(r"\1", bare)
    if bare.isascii():
        return _NOT_IN_KEYS.sub("", bare.lower().replace("&", "and"))
    decomposed = unicodedata.normalize("NFKD", bare)
    bare = "".join(char for char in decomposed if unicodedata.category(char) != "Mn")
    bare = bare.lower().replace("&", "and")
    return "".join(char for char in bare if char.isalnum())
