r"""Lists of names in BibTeX and BibLaTeX.

Source: Patashnik, Designing BibTeX Styles (btxhak), §4; Markey, Tame the BeaST, §11; biblatex,
§3.14 (extended name format). Names stand between " and " outside of braces; a name is "First
von Last", "von Last, First" or "von Last, Jr, First", where von begins with a small letter.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from graph_service.model.names import SUFFIXES, fold
from graph_service.model.records import MAX_AUTHORS_ON_A_RECORD, ParsedAuthor
from loaders.bibliographies import is_group, is_others, is_suffix, person

_AND = re.compile(r"\s+and(?=\s)", re.IGNORECASE)
_AND_OR_BRACE = re.compile(r"[{}]|\s+and(?=\s)", re.IGNORECASE)
_BLANK_OR_BRACE = re.compile(r"[{},]|(?:\s|(?<!\\)~)+")
_TIE = re.compile(r"(?<!\\)~")
_NAME_PART = re.compile(
    r"(family|given|prefix|suffix|given-i|family-i|prefix-i|useprefix)\s*=\s*(.*)", re.DOTALL
)
_INITIALS = re.compile(r"(?:[^\W\d_a-z]\.[\s~-]*){1,4}|[^\W\d_a-z]")


class NameFault(Exception):
    """A list of names cannot be read for sure."""


@dataclass(slots=True)
class Names:
    """Names in order; `places` says at which place of the whole list each person stands."""

    people: list[ParsedAuthor] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    cut: bool = False


def read_names(value: str, plain: Callable[[str], str]) -> Names:
    """Read a list of names.

    A name in braces as a whole is an organisation's, as BibTeX has it. But for one of the form
    "{Quill, A. B.}", whose second part is nothing but initials: no organisation is called so. So
    is one that says that it is a collaboration, in braces or not.

    Args:
        value: The list, with its TeX.
        plain: Takes the TeX out of a text.

    Raises:
        NameFault: A name has more commas than BibTeX knows, or several stand between semicolons.
        pydantic.ValidationError: A name holds no letter.
    """
    names = Names()
    written = _separated(value)
    if len(written) > MAX_AUTHORS_ON_A_RECORD:
        raise NameFault(f"are {len(written):,}, and at most {MAX_AUTHORS_ON_A_RECORD:,} can be")
    for place, name in enumerate(written, start=1):
        inner = _in_braces(name)
        bare = name if inner is None else inner
        text = plain(bare)
        if is_others(text):
            names.cut = True
        elif inner is not None and not _is_person(inner):
            if text:
                names.groups.append(text)
        elif is_group(text):
            # "Collaboration, LOOM" is the same name with its last word first.
            family, comma, given = text.partition(",")
            group = f"{given.strip()} {family.strip()}" if comma else text
            names.groups.append(group)
        elif text.strip(" ,"):
            names.people.append(_person(bare, plain))
            names.places.append(place)
    return names


def _separated(value: str) -> list[str]:
    """The names of a list as written, the empty ones between two "and" too."""
    text = f" {' '.join(value.split())} "
    if "{" not in text:
        return [name.strip() for name in _AND.split(text)]
    found, depth, begin = [], 0, 0
    for match in _AND_OR_BRACE.finditer(text):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth -= 1
        elif depth <= 0:
            found.append(text[begin : match.start()].strip())
            begin = match.end()
    found.append(text[begin:].strip())
    return found


def _in_braces(name: str) -> str | None:
    r"""What stands in the braces round a whole name; absent where there are none.

    `{\"O}` is a letter of TeX, not a name in braces.
    """
    if not (name.startswith("{") and name.endswith("}")) or name.startswith("{\\"):
        return None
    depth = 0
    for at, char in enumerate(name):
        if char in "{}" and (at == 0 or name[at - 1] != "\\"):
            depth += 1 if char == "{" else -1
            if depth == 0 and at < len(name) - 1:
                return None
    inner = name[1:-1].strip()
    return _in_braces(inner) or inner


def _is_person(inner: str) -> bool:
    family, comma, given = inner.partition(",")
    return bool(comma and family.strip() and _INITIALS.fullmatch(given.strip()))


def _person(name: str, plain: Callable[[str], str]) -> ParsedAuthor:
    parts = _parts(name)
    while len(parts) > 1 and not parts[-1]:  # a comma that nothing follows
        parts.pop()
    if len(parts) > 1 or "=" in name:
        extended = _extended(parts, plain)
        if extended is not None:
            return extended
    texts = [plain(" ".join(part)) for part in parts]
    if ";" in (text := plain(name)):
        raise NameFault(f"{text[:60]!r} has semicolons; put ' and ' between names")
    if len(texts) == 3 and is_suffix(texts[2]) and not is_suffix(texts[1]):
        texts[1], texts[2] = texts[2], texts[1]  # "Last, First, Jr", as some write it
    if len(texts) > 3 or (len(texts) == 3 and not is_suffix(texts[1])):
        raise NameFault(f"{text[:60]!r} has more commas than a name; put ' and ' between names")
    if len(parts) == 3:
        return person(texts[0], texts[2], texts[1])
    if len(parts) == 2:
        return person(texts[0], texts[1])
    tokens = parts[0]
    suffix = ""
    if len(tokens) > 2 and fold(plain(tokens[-1])) in SUFFIXES:
        suffix = plain(tokens.pop())
    low = [_is_low(token, plain) for token in tokens]
    if all(low):  # nothing but small letters: no rule tells where the family name begins
        return ParsedAuthor(name=" ".join([plain(" ".join(tokens)), suffix]).strip())
    begin = next((at for at, is_low in enumerate(low[:-1]) if is_low), len(tokens) - 1)
    return person(plain(" ".join(tokens[begin:])), plain(" ".join(tokens[:begin])), suffix)


def _parts(name: str) -> list[list[str]]:
    """The words of a name between its commas, all outside of braces."""
    if "{" not in name:
        return [_TIE.sub(" ", part).split() for part in name.split(",")]
    parts: list[list[str]] = [[]]
    depth, begin = 0, 0
    for match in _BLANK_OR_BRACE.finditer(name):
        mark = match[0]
        if mark == "{":
            depth += 1
        elif mark == "}":
            depth -= 1
        elif depth <= 0:
            if begin < match.start():
                parts[-1].append(name[begin : match.start()])
            begin = match.end()
            if mark == ",":
                parts.append([])
    if begin < len(name):
        parts[-1].append(name[begin:])
    return parts


def _extended(parts: list[list[str]], plain: Callable[[str], str]) -> ParsedAuthor | None:
    """Read "given=…, family=…"; absent where a part is not of this form."""
    said: dict[str, str] = {}
    for part in parts:
        match = _NAME_PART.fullmatch(" ".join(part))
        if match is None:
            return None
        said.setdefault(match[1], plain(match[2]).strip('"'))
    family = f"{said.get('prefix', '')} {said.get('family', '')}".strip()
    return person(family, said.get("given", ""), said.get("suffix", ""))


def _is_low(token: str, plain: Callable[[str], str]) -> bool:
    """Tell whether the first letter outside of braces is a small one; TeX's letters are outside."""
    if token[0].isalpha():
        return token[0].islower()
    bare, depth = [], 0
    for at, char in enumerate(token):
        if char == "{":
            depth += 1
            if depth == 1 and token[at + 1 : at + 2] == "\\":
                return next((one.islower() for one in plain(token[at:]) if one.isalpha()), False)
        elif char == "}":
            depth -= 1
        elif depth == 0:
            bare.append(char)
    letters = plain("".join(bare))
    return next((one.islower() for one in letters if one.isalpha()), False)
