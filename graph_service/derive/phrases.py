"""Phrases of titles and abstracts: the words that may mark a cluster or a chain of papers out."""

import re
from collections.abc import Iterator
from functools import lru_cache

LONGEST = 3
SHORTEST_WORD = 3
_CLAUSE_END = re.compile(r"[.;:,()\[\]!?\"](?=\s)|\s(?=[-(])|[()]")
_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9+.'-]*[A-Za-z0-9+]|[A-Za-z]")
# More distinct words than this come by once only, as most misspellings do.
_WORDS_REMEMBERED = 1 << 17


def fold_word(word: str) -> str:
    """Take the plural ending off a lower-case word: `cities` city, `classes` class, `nets` net."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith("sses"):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


_STOP = """
a about above across after again against all also although among an and another any are as at
be because been before being below between both but by can could did do does done down due
during e each eg eight either etc every few first five for four from further g had has have
having he hence her here his how however i i.e ie if in into is it its least less many may
might more most much must neither nine no nor not of off on once one only or other our out
over own per s same second seven several shall she should since six so some such t ten than
that the their them then there these they third this those though three through thus to two
under up us versus very via vs was we were what when where which while who whom whose why will
with within without would you your
"""
_BOILERPLATE = """
ability able accuracy achieve achieved achieves additionally address addressed addresses
algorithm algorithms allow allows approach approaches art available average based baseline
baselines best better challenge challenges challenging code codes compared comparison
competitive comprehensive computer conduct data dataset datasets deep demonstrate demonstrated
demonstrates design designed different e.g effective efficient end-to-end evaluate evaluated
evaluation evaluations existing experiment experimental experiments extensive finally find
found framework frameworks furthermore general github given goal high higher https image
images important improve improved improvement improvements improves including introduce
introduced introduces issue issues key large larger learn learned learning leverage leverages
low lower main make makes making method methods model models moreover multiple namely network
networks neural new novel number observe outperform outperforming outperforms page paper
performance present presented presents previous prior problem problems project propose
proposed proposes provide provided provides publicly range recent recently release released
respectively result results set sets several show shown shows significant significantly simple
single small sota specifically state state-of-the-art strong study system systems task tasks
technique techniques top-1 top-5 train trained training two-stage use used uses using various
vision visual way ways well wide with without work
"""
STOP_WORDS = frozenset(map(fold_word, _STOP.split()))
BOILERPLATE = frozenset(map(fold_word, _BOILERPLATE.split()))


@lru_cache(_WORDS_REMEMBERED)
def _word(printed: str) -> tuple[str, bool, bool]:
    """A token folded, whether it is a stop word, and whether it is boilerplate."""
    word = fold_word(printed.strip(".'-").lower())
    return word, word in STOP_WORDS, word in BOILERPLATE


def _words_of_clauses(text: str) -> Iterator[list[tuple[str, bool, bool]]]:
    for clause in _CLAUSE_END.split(text):
        yield [_word(token) for token in _TOKEN.findall(clause)]


def clauses(text: str) -> list[list[str]]:
    """The folded words of each clause of a cleaned text, stop words and all.

    Wherever the words of a phrase follow one another in a clause, `phrases` finds the phrase.
    """
    return [[word for word, _, _ in words] for words in _words_of_clauses(text)]


def phrases(text: str, *, longest: int = LONGEST) -> list[str]:
    """Phrases of a cleaned text by clause and place, each as often as it stands there.

    A phrase is one to `longest` words, at most three, of one clause, folded, with single blanks.
    It neither begins nor ends with a stop word; it is not made of boilerplate ("we propose a
    novel method") alone, nor has it boilerplate at both ends; a single word has three letters or
    more.
    """
    found: list[str] = []
    for words in _words_of_clauses(text):
        # Written out: a generator of all lengths takes twice as long.
        for start, (first, stops, boils) in enumerate(words):
            if stops:
                continue
            if not boils and len(first) >= SHORTEST_WORD:
                found.append(first)
            if longest > 1 and start + 1 < len(words):
                second, last_stops, last_boils = words[start + 1]
                if not (last_stops or (boils and last_boils)):
                    found.append(f"{first} {second}")
                if longest > 2 and start + 2 < len(words):
                    third, last_stops, last_boils = words[start + 2]
                    if not (last_stops or (boils and last_boils)):
                        found.append(f"{first} {second} {third}")
    return found
