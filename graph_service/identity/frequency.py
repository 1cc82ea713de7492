"""How common a name is, told from the name alone.

The family names of a large graph say themselves which of them are frequent; a small one knows too
few, so there a list stands in.
"""

from collections import Counter
from collections.abc import Iterable

from graph_service.identity.given_names import vowel_groups
from graph_service.model.names import NameKey

# Where fewer names are loaded, `FREQUENT_FAMILY_NAMES` stands in.
NAMES_THAT_COUNT = 5_000
MOST_FREQUENT = 300
SHORT_GIVEN_NAME = 2

# Family names that bibliographies hold most often, folded and joined, in no order.
_FREQUENT_FAMILY_NAMES = """
wang li zhang liu chen yang zhao huang zhou wu xu sun hu zhu gao lin he guo ma luo liang song
zheng xie han tang feng yu dong xiao cheng cao yuan deng fu shen zeng peng lu su jiang cai jia
ding wei xue ye yan pan du dai xia zhong tian ren fan fang shi yao tan liao zou xiong jin hao
kong bai cui kang mao qiu qin gu hou shao meng long wan qian duan lei tao shu lai gong wen qi
chang hsu tsai lee chan wong cheung ng ho lau leung chou hsieh kuo chiu yeh hung chiang kim park
choi jung jeong cho yoon jang lim shin seo kwon hwang ahn yoo hong nguyen tran le pham hoang
phan vu vo dang bui do sato suzuki takahashi tanaka watanabe ito yamamoto nakamura kobayashi
kato yoshida yamada sasaki yamaguchi matsumoto inoue kimura hayashi saito shimizu singh kumar
sharma gupta patel khan das roy ghosh jain mishra rao reddy shah verma agarwal ali ahmed hussain
hassan rahman mohamed ibrahim smith jones brown taylor williams wilson johnson davies evans
thomas roberts walker wright robinson thompson white hughes edwards green hall wood harris lewis
martin jackson clarke clark turner hill scott cooper morris ward moore king watson baker
harrison morgan allen young mitchell anderson miller davis murphy kelly campbell stewart murray
adams nelson carter collins bell cook muller schmidt schneider fischer weber meyer wagner becker
schulz hoffmann koch richter klein wolf garcia rodriguez gonzalez fernandez lopez martinez
sanchez perez gomez diaz silva santos oliveira souza pereira costa ferreira almeida rossi russo
ferrari bianchi romano bernard dubois durand moreau laurent simon michel lefebvre ivanov petrov
smirnov kuznetsov popov novak kowalski nowak jensen nielsen hansen andersen pedersen johansson
andersson karlsson nilsson larsson eriksson cohen levy yilmaz demir
"""
FREQUENT_FAMILY_NAMES = frozenset(_FREQUENT_FAMILY_NAMES.split())


def frequent_family_names(keys: Iterable[NameKey]) -> frozenset[str]:
    """The family names that stand for many people.

    Of 5,000 names or more, the 300 family names that most of them have (ties by the alphabet);
    of fewer, a list that is part of this program.

    Args:
        keys: Of all mentions loaded, in any order, each as often as it comes.
    """
    distinct = set(keys)
    if len(distinct) < NAMES_THAT_COUNT:
        return FREQUENT_FAMILY_NAMES
    times = Counter(key.family for key in distinct)
    ranked = sorted(times, key=lambda family: (-times[family], family))
    return frozenset(ranked[:MOST_FREQUENT])


def rare_family_names(names: Iterable[tuple[str, str]], most: int) -> dict[str, int]:
    """The family names that hardly anybody has, and how many names each of them has.

    None of a graph below 5,000 names, in which every family name would seem rare; and none that
    bibliographies hold often, however few this graph holds.

    Args:
        names: Family name without particles and given name, in any order, each any often.
        most: Names that a rare family name has at most.
    """
    distinct = set(names)
    if len(distinct) < NAMES_THAT_COUNT:
        return {}
    times = Counter(family for family, _ in distinct)
    return {
        family: count
        for family, count in times.items()
        if count <= most and family not in FREQUENT_FAMILY_NAMES
    }


def looks_common(key: NameKey, frequent: frozenset[str]) -> bool:
    """Whether a name is one that many people bear: a frequent family name, a short given name.

    Short is a given name of at most two runs of vowels, an initial or none at all.
    """
    return key.family in frequent and vowel_groups(key.given) <= SHORT_GIVEN_NAME
