"""Given names: which two may be one person's, and how strongly that speaks for it.

A prefix is no abbreviation: "Kai" and "Kaixin" are two names. Only a single letter stands for
every name that begins with it.
"""

import re
from functools import lru_cache

# The tokens of a folded given name, in order; empty where there is none.
Given = tuple[str, ...]

EQUAL, SAME_FIRST, BY_INITIAL, INCOMPATIBLE = 3, 2, 1, 0
PAIRS_REMEMBERED = 200_000

# One person's given name and its everyday forms, a group a line. Short on purpose: general lists
# of given names hold many pairs that are two different names.
NICKNAMES = """
william will bill billy
robert rob bob bobby
richard rick dick rich
james jim jimmy jamie
john jack johnny
michael mike mick
thomas tom tommy
christopher chris
daniel dan danny
david dave
steven stephen steve
joseph joe
edward ed eddie ted
charles charlie chuck
anthony tony
andrew andy drew
matthew matt
nicholas nick nicolas
alexander alex sasha
benjamin ben
samuel sam
gregory greg
jeffrey jeff geoffrey geoff
kenneth ken
lawrence larry laurence
ronald ron
donald don
timothy tim
patrick pat
peter pete
philip phil phillip
frederick fred
gerald gerry jerry
eugene gene
raymond ray
stuart stu
katherine catherine kathy cathy kate kathleen
elizabeth liz beth betsy lisa
margaret maggie peggy
jennifer jen jenny
susan sue
deborah debbie
patricia pat trish
barbara barb
rebecca becky
jessica jess
victoria vicky
christine chris christina tina
"""

_VOWELS = re.compile(r"[aeiouy]+")


def _groups(lines: str) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, line in enumerate(lines.strip().splitlines()):
        for name in line.split():
            found.setdefault(name, set()).add(number)
    return {name: frozenset(groups) for name, groups in found.items()}


_GROUPS_OF = _groups(NICKNAMES)


def are_nicknames(one: str, other: str) -> bool:
    """Whether two given names are forms of one: "Bill" and "William"."""
    groups = _GROUPS_OF.get(one)
    return groups is not None and not groups.isdisjoint(_GROUPS_OF.get(other, ()))


@lru_cache(maxsize=PAIRS_REMEMBERED)
def strength(one: Given, other: Given) -> int:
    """How strongly two given names speak for one person.

    3 where they are equal when joined; 2 where the first tokens are equal, or forms of one name;
    1 where one of the first tokens is a single letter and the other begins with it; else 0.
    Below 3 each further pair of tokens must be equal, or one a single letter with which the other
    begins; what one side has more is allowed. An empty side is no evidence: 0.
    """
    if not one or not other:
        return INCOMPATIBLE
    if "".join(one) == "".join(other):
        return EQUAL
    if one[0] == other[0] or are_nicknames(one[0], other[0]):
        found = SAME_FIRST
    elif _by_initial(one[0], other[0]):
        found = BY_INITIAL
    else:
        return INCOMPATIBLE
    further = zip(one[1:], other[1:], strict=False)
    if all(mine == theirs or _by_initial(mine, theirs) for mine, theirs in further):
        return found
    return INCOMPATIBLE


def _by_initial(one: str, other: str) -> bool:
    return (len(one) == 1 or len(other) == 1) and one[0] == other[0]


@lru_cache(maxsize=PAIRS_REMEMBERED)
def is_initials(given: Given) -> bool:
    """Whether a given name is printed by single letters alone."""
    return bool(given) and all(len(token) == 1 for token in given)


def vowel_groups(given: str) -> int:
    """How many runs of vowels a given name has, near enough its syllables."""
    return len(_VOWELS.findall(given))
