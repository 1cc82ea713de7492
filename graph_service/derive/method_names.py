"""Names that papers coin for their methods, read from titles and abstracts.

`names_in` reads the candidates of one paper; `settled` drops, with the other papers of a scope
in view, those that were borrowed or name a field. Texts are `cleaning.clean` ones.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from typing import Literal

How = Literal["head", "phrase head", "short title", "coined", "dubbed", "acronym", "family"]

# From here on a name makes a method node.
METHOD_STRENGTH = 0.6
MOST_WORDS_OF_A_PLAIN_HEAD = 2
MOST_WORDS_OF_A_TITLE_NAME = 4
WORDS_BEFORE_AN_ACRONYM = 14
WORDS_BEYOND_ITS_LETTERS = 4
PAPERS_THAT_MAKE_A_FIELD = 3
# More are no word; texts made to be slow are not searched further.
LETTERS_OF_A_LONG_WORD = 60
SHORTEST_NAME = 2
LONGEST_NAME = MOST_WORDS_OF_A_TITLE_NAME * LETTERS_OF_A_LONG_WORD
SHORTEST_STEM = 2
SHORTEST_PLAIN_STEM = 4
_STRENGTHS: Mapping[How, float] = {
    "head": 1.0,
    "phrase head": 0.7,
    "coined": 0.8,
    "dubbed": 0.8,
    "acronym": 0.8,
    "family": 0.8,
}
_SHORT_TITLE_COINED, _SHORT_TITLE_PLAIN = 0.6, 0.3

# Tasks, models and data that everybody writes about; data that may be extended.
_GENERIC = """
AMR AP ASR BERT CCG CL CLIP CNN CNNs COCO DETR DNN EM FLOP FLOPs FPS GAN GANs GPU GPUs IE
ImageNet IS LLM LLMs LM LMM LMMs LMs LoRA MAE MIM MLP MobileNet MoE MOT MOTS MT NAS NER NLP NMT
POS QA ReLU RGB RL RNN SA SNLI-VE SOT SoTA SOTA SSL Transformer TTS VCR VIS ViT ViTs VL VLP VOS
VOT VQA
"""
GENERIC = frozenset(_GENERIC.split())

_COINED = re.compile(r"[a-z][A-Z]|[A-Z]{2}|[0-9]|[A-Z][a-z]*-[A-Z]")
_CAPITALS = re.compile(r"[A-Z]{2,5}s?")
_EDGES = " \t.,:;\"'`‘’“”-"
_REPORT = re.compile(r"\s+(?:Technical\s+)?Report$", re.IGNORECASE)
_QUOTES = "[\"'`‘’“”]*"
_COINING_VERB = re.compile(
    r"\b(?:named|called|dubbed|termed|coined|denoted as|referred to as"
    r"|we (?:present|propose|introduce|develop|describe)|paper (?:presents|proposes|introduces)"
    r"|present|propose|introduce)\b",
    re.IGNORECASE,
)
_COINED_NAME = re.compile(
    r",?\s+(?:(?!(?:for|on|of|in|to|with|by|using|that|which|and|from)\b)[a-z][a-z'-]*\s+){0,7}"
    + _QUOTES
    + r"([A-Z0-9][A-Za-z0-9_+]*(?:[-.][A-Za-z0-9_+]+)*|[a-z]+[A-Z][A-Za-z0-9_+]*(?:-[A-Za-z0-9_+]+)*)"
)
_DUBBED = re.compile(
    r"\b(?i:named|called|dubbed|termed)\s+(?:(?:the|as)\s+)?"
    + _QUOTES
    + r"([A-Z][A-Za-z0-9_+-]* [A-Z][A-Za-z0-9_+-]*)"
)
_ACRONYM = re.compile(r"\(([A-Za-z0-9_+]+(?:-[A-Za-z0-9_+]+)*)(?: (?:in|for) short)?\)")
_OURS = re.compile(
    r"\b(?:we|our|propos\w*|present\w*|introduc\w*|develop\w*|named|called|dubbed|new|novel|this)\b",
    re.IGNORECASE,
)
_SIZE = "mini|small|medium|large|base|tiny|moe|vision|multimodal|nano|pro|flash"
_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_FAMILY = re.compile(
    rf"([a-z+-]*[a-z])(?:[-_ ]?v({_NUMBER})|[- ]({_NUMBER}))(?:[- ]?(?:{_SIZE}))*",
    re.IGNORECASE,
)
_PLAIN_FAMILY = re.compile(r"[A-Za-z][A-Za-z+-]*")
_RUN = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Name:
    """A name that a paper may have coined: by which rule, and how sure, from 0 to 1."""

    name: str
    how: How
    strength: float


@dataclass(frozen=True, slots=True)
class Context:
    """What deciding on a paper's names takes of the scope.

    `found_in` lists the papers whose text holds a name; `days` are dates in full, '' unknown;
    `authors` are a paper's authors without the subject of the scope.
    """

    found_in: Mapping[str, Sequence[int]]
    days: Mapping[int, str]
    authors: Mapping[int, AbstractSet[int]]
    _held: dict[str, "_Held"] = field(default_factory=dict, init=False, repr=False, compare=False)

    def held(self, name: str) -> "_Held":
        """Who holds a name, counted once."""
        if name not in self._held:
            self._held[name] = _Held(self, self.found_in.get(name, ()))
        return self._held[name]


class _Held:
    """The papers that hold a name: the earliest day, and who wrote them."""

    def __init__(self, context: Context, papers: Sequence[int]) -> None:
        self._papers = papers
        self._authors = context.authors
        self.earliest = min((day for paper in papers if (day := context.days[paper])), default="")
        self._papers_of = Counter(author for paper in papers for author in context.authors[paper])
        self._without: dict[int, list[int]] = {}

    def by_others(self, paper: int, enough: int) -> bool:
        """Whether enough papers share no author with one of them.

        Cost: the holders are only looked at where the authors of the paper may have written
        nearly all of them, and then not those of the busiest.
        """
        mine = self._authors[paper]
        most_shared = sum(self._papers_of[author] for author in mine)
        if len(self._papers) - 1 - most_shared >= enough:
            return True
        rest: Sequence[int] = self._papers
        if mine:
            busiest = max(mine, key=lambda author: (self._papers_of[author], author))
            if busiest not in self._without:
                self._without[busiest] = [
                    other for other in rest if busiest not in self._authors[other]
                ]
            rest = self._without[busiest]
        others = (
            other for other in rest if other != paper and self._authors[other].isdisjoint(mine)
        )
        return len(list(islice(others, enough))) == enough


def is_coined(text: str) -> bool:
    """Whether a text has a shape that words do not have: `LoomNet`, `KRLT`, `T4D`, `W-Net`."""
    return len(text) >= SHORTEST_NAME and _COINED.search(text) is not None


def names_in(title: str, abstract: str) -> dict[str, Name]:
    """Read the candidates of a paper; of two rules for one name the stronger stays.

    Args:
        title: Cleaned.
        abstract: Cleaned; empty if there is none.

    Returns:
        By name, in no order that means anything.
    """
    found: dict[str, Name] = {}
    for candidate in _candidates(title, abstract):
        _keep_stronger(found, candidate)
    for known in [name for name in found.values() if name.strength == 1.0]:
        for candidate in _relatives(known.name, abstract):
            _keep_stronger(found, candidate)
    return found


def _candidates(title: str, abstract: str) -> Iterator[Name]:
    yield from _in_title(title)
    for verb in _COINING_VERB.finditer(abstract):
        match = _COINED_NAME.match(abstract, verb.end())
        if match and is_coined(match[1]) and (match[1][0].isupper() or _has_digit(match[1])):
            yield from _named(match[1], "coined")
    for match in _DUBBED.finditer(abstract):
        yield from _named(match[1], "dubbed")
    for match in _ACRONYM.finditer(abstract):
        if _is_acronym(match[1]) and _spelt_out(
            match[1], _before(abstract, match.start(), match[1])
        ):
            yield from _named(match[1], "acronym")


def _in_title(title: str) -> Iterator[Name]:
    head, colon, _ = title.partition(":")
    if colon:
        head = _REPORT.sub("", head.strip())
        words = len(head.split())
        coined = is_coined(head)
        if words <= MOST_WORDS_OF_A_PLAIN_HEAD or (words <= MOST_WORDS_OF_A_TITLE_NAME and coined):
            yield from _named(head, "head")
        elif words <= MOST_WORDS_OF_A_TITLE_NAME:
            yield from _named(head, "phrase head")
    elif len(title.split()) <= MOST_WORDS_OF_A_TITLE_NAME and not title.rstrip().endswith("?"):
        strength = _SHORT_TITLE_COINED if is_coined(title) else _SHORT_TITLE_PLAIN
        yield from _named(title, "short title", strength)


def _named(text: str, how: How, strength: float | None = None) -> Iterator[Name]:
    name = text.strip(_EDGES)
    for ending in ("'s", "’s"):
        name = name.removesuffix(ending)
    if SHORTEST_NAME <= len(name) <= LONGEST_NAME and name not in GENERIC:
        yield Name(name, how, _STRENGTHS[how] if strength is None else strength)


def _keep_stronger(found: dict[str, Name], candidate: Name) -> None:
    known = found.get(candidate.name)
    if known is None or known.strength < candidate.strength:
        found[candidate.name] = candidate


def _has_digit(text: str) -> bool:
    return any(char.isdigit() for char in text)


def _before(text: str, end: int, acronym: str) -> str:
    """As much of a text before a place as may spell an acronym, whole words."""
    reach = LETTERS_OF_A_LONG_WORD * (
        WORDS_BEFORE_AN_ACRONYM + len(acronym) + WORDS_BEYOND_ITS_LETTERS
    )
    start = max(0, end - reach)
    return text[start:end].partition(" ")[2] if start else text[:end]


def _is_acronym(token: str) -> bool:
    before_hyphen = token.partition("-")[0]
    return (
        len(token) <= LETTERS_OF_A_LONG_WORD
        and is_coined(token)
        and re.search(r"[A-Z0-9+]", before_hyphen) is not None
        and token not in GENERIC
        and re.fullmatch(r"[0-9][A-Za-z0-9_.]*", token) is None
    )


def _spelt_out(acronym: str, before: str) -> bool:
    """Whether the words before an acronym spell it, and claim it as their own."""
    words = before.split()[-max(WORDS_BEFORE_AN_ACRONYM, len(acronym) + WORDS_BEYOND_ITS_LETTERS) :]
    letters = re.sub(r"[^a-z0-9]", "", acronym.lower().removesuffix("s"))
    if not letters or not _OURS.search(" ".join(words[-WORDS_BEFORE_AN_ACRONYM:])):
        return False
    plain = [re.sub(r"[^a-z0-9-]", "", word.lower()) for word in words]
    return any(
        long.startswith(letters[0]) and _contains_in_order(long, letters)
        for count in range(1, len(letters) + WORDS_BEYOND_ITS_LETTERS + 1)
        for long in (" ".join(plain[-count:]),)
    )


def _contains_in_order(text: str, letters: str) -> bool:
    rest = iter(text)
    return all(letter in rest for letter in letters)


def family(name: str) -> tuple[str, float] | None:
    """The stem of a name, in lower case, and its version; absent: it has none.

    `Krolv2` is (krol, 2), `Lumo-2.5-large` (lumo, 2.5), `Florence` (florence, 1).
    """
    match = _FAMILY.fullmatch(name)
    if match and len(match[1]) >= SHORTEST_STEM:
        return match[1].lower(), float(match[2] or match[3])
    plain = _PLAIN_FAMILY.fullmatch(name)
    if plain and len(name) >= SHORTEST_PLAIN_STEM and (is_coined(name) or name[0].isupper()):
        return name.lower(), 1.0
    return None


def _relatives(name: str, abstract: str) -> Iterator[Name]:
    """Later versions of a name with a number that the abstract speaks of."""
    if not _has_digit(name) or (known := family(name)) is None:
        return
    stem, version = known
    pattern = re.compile(
        rf"(?<![A-Za-z0-9_-]){re.escape(stem)}[- ]?v?({_NUMBER})(?:-[A-Za-z]+)?(?![A-Za-z0-9])",
        re.IGNORECASE,
    )
    for match in pattern.finditer(abstract):
        if float(match[1]) >= version and match[0] != name:
            yield from _named(match[0], "family")


# -- finding a name in a text -----------------------------------------------------------------


def _parts(name: str) -> list[str]:
    return [part for part in re.split(r"[ -]+", name) if part]


@lru_cache(1 << 17)
def pattern_of(name: str) -> re.Pattern[str]:
    """What a name looks like in a text.

    One blank or hyphen may stand between its parts, or none if it is coined; a final `s` may
    follow. Case matters for coined names and for single words.
    """
    parts = _parts(name)
    coined = is_coined(name)
    between = "[ -]?" if coined else "[ -]"
    exact = coined or len(parts) == 1
    return re.compile(
        rf"(?<![A-Za-z0-9]){between.join(map(re.escape, parts))}s?(?![A-Za-z0-9])",
        0 if exact else re.IGNORECASE,
    )


class NameIndex:
    """Finds which of many names stand in a text, without trying each of them.

    A name is known by its letters and digits in a row. Where a text has it, runs of letters and
    digits follow one another that give the same row, and each run ends where one of the name's
    does: so a text is read from each of its runs on, for as long as some name begins so. A name
    with other than ASCII letters is known by all of its signs instead, but for blanks, hyphens
    and case, and may begin anywhere, since some scripts leave no blank between words.
    """

    def __init__(self, names: Collection[str]) -> None:
        """Index names by their letters and digits, or by all their signs."""
        self._by_row = _Beginnings()
        self._by_sign = _Beginnings()
        self._first_signs: set[str] = set()
        self._only_signs = False
        for name in sorted(names):
            runs = _RUN.findall(name.lower())
            if runs and name.isascii():
                self._by_row.add(name, runs)
                # A final s may follow a name.
                self._by_row.add(name, [*runs[:-1], runs[-1] + "s"])
            elif signs := signs_of(name):
                self._by_sign.add(name, signs)
                self._first_signs.add(signs[0])
                self._only_signs |= name.isascii()

    def found_in(self, text: str, *, but: Collection[str] = ()) -> list[str]:
        """The names that a text holds, ascending; those of `but` are not looked for.

        Cost: linear in the text, and in the names that may stand there.
        """
        found: set[str] = set()
        places = [(match.start(), match[0].lower()) for match in _RUN.finditer(text)]
        runs = [run for _, run in places]
        for at, (start, _) in enumerate(places):
            for name in self._by_row.met(runs, at):
                if name not in found:
                    # Where a name begins with a letter or digit, it begins with the run.
                    pattern, begins = pattern_of(name), _RUN.match(name)
                    if pattern.match(text, start) if begins else pattern.search(text):
                        found.add(name)
        if self._only_signs or (self._first_signs and not text.isascii()):
            found.update(name for name in self._met_by_sign(text) if pattern_of(name).search(text))
        return sorted(found.difference(but))

    def _met_by_sign(self, text: str) -> set[str]:
        signs = signs_of(text)
        return {
            name
            for at, sign in enumerate(signs)
            if sign in self._first_signs
            for name in self._by_sign.met(signs, at)
        }


class _Beginnings:
    """Names by a row of pieces, and every beginning of such a row."""

    def __init__(self) -> None:
        self._names: dict[str, list[str]] = {}

    def add(self, name: str, pieces: Sequence[str]) -> None:
        row = ""
        for piece in pieces:
            row += piece
            names = self._names.setdefault(row, [])
        names.append(name)

    def met(self, pieces: Sequence[str], at: int) -> Iterator[str]:
        """The names whose row the pieces give from a place on."""
        row = pieces[at]
        while (names := self._names.get(row)) is not None:
            yield from names
            at += 1
            if at == len(pieces):
                return
            row += pieces[at]


# Between parts a blank or a hyphen may stand or not, and search without case takes an i with a
# dot, or none, for an i.
_LEFT_OUT = str.maketrans({" ": None, "-": None, "\u0131": "i", "\u0307": None})


def signs_of(text: str) -> str:
    """All signs of a text but blanks and hyphens, without case; of a name, part of its holder's."""
    return text.casefold().translate(_LEFT_OUT)


# -- deciding, with the scope in view ---------------------------------------------------------


def settled(paper: int, title: str, names: Mapping[str, Name], context: Context) -> list[Name]:
    """Keep what a paper coined itself.

    A title's own name (strength 1) stays. Of the others go those that an older paper holds, and
    those that are generic but for a plural; short acronyms outside the title go if three papers
    of other people hold them, else count half.

    Args:
        paper: Its number in `context`.
        title: Cleaned.
        names: Its candidates.
        context: The scope.

    Returns:
        Strongest first, then shortest, then by name.
    """
    kept = [
        final
        for name in names.values()
        if (final := _settled(paper, title, name, context)) is not None
    ]
    return sorted(kept, key=lambda name: (-name.strength, len(name.name), name.name))


def _settled(paper: int, title: str, name: Name, context: Context) -> Name | None:
    if name.strength == 1.0:
        return name
    capitals = _CAPITALS.fullmatch(name.name) is not None
    may_be_generic = capitals or name.name[0].islower() or name.how == "acronym"
    if may_be_generic and name.name.removesuffix("s") in GENERIC:
        return None
    held = context.held(name.name)
    if held.earliest and held.earliest < context.days[paper]:
        return None
    if not capitals or pattern_of(name.name).search(title):
        return name
    if held.by_others(paper, PAPERS_THAT_MAKE_A_FIELD):
        return None
    return replace(name, strength=name.strength / 2)


def method_names(names: Iterable[Name]) -> list[str]:
    """The names sure enough for a method, in the order given."""
    return [name.name for name in names if name.strength >= METHOD_STRENGTH]
