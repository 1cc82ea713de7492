"""Fabricated papers of which some grew out of others: a page of Ines Aldana's, and strangers.

```
LoomNet      2019-01-05   Ines, Ben           guild/loomnet
ShuttleNet   2020-02-05   Ines, Cy, cut       guild/shuttle      extends LoomNet
ShuttleNet   2021-06-01   Ines, Cy            guild/shuttle      the same work, rewritten
Spindles     2021-09      Cy, Dot                                builds upon ShuttleNet
Warp-2       2020-05-01   Dot                                    a family
Warp-3       2022-03-04   Dot, Ed                                its successor
Twins        2022-03-04   Ed                                     on the same day
Ageless      -            Ines
Bread        2018, 2019…  others, on other themes
LoomNet      2023-01-01   strangers, in another source           a namesake
```
"""

from graph_service.model.records import Record
from graph_service.store.fold import paper_id
from tests.invented import paper, source

SUBJECT = "Ines Aldana"
GITHUB = "https://github.com/guild/"
THEMES = ("bread dough", "river sand", "night train", "stone wall", "copper bell", "apple cider")

LOOM = paper(
    "LoomNet: Weaving Kernels by Hand",
    ["Ines Aldana", "Ben Okoro"],
    date="2019-01-05",
    source="page",
    abstract="We weave woollen kernels on a narrow loom. Threads of wool hold.",
    repositories=(f"{GITHUB}loomnet",),
)
SHUTTLE = paper(
    "ShuttleNet: Faster Weaving Kernels",
    ["Ines Aldana", "Cy Hart"],
    date="2020-02-05",
    source="page",
    complete=False,
    abstract="We extend LoomNet with shuttles. Woollen kernels on a narrow loom are woven faster.",
    repositories=(f"{GITHUB}shuttle",),
)
SHUTTLE_AGAIN = paper(
    "ShuttleNet: Weaving Kernels Without Rest",
    ["Ines Aldana", "Cy Hart"],
    date="2021-06-01",
    source="page",
    abstract="Shuttles weave woollen kernels on a narrow loom, day and night, without rest.",
    repositories=(f"{GITHUB}shuttle",),
)
SPINDLES = paper(
    "Spindles for All Weavers of Wool",
    ["Cy Hart", "Dot Lind"],
    date="2021-09",
    source="page",
    subject="Ines Aldana",
    abstract="Built upon ShuttleNet, a spindle lets weavers of woollen kernels turn by hand.",
)
WARP_2 = paper(
    "Warp-2: Parallel Yarn", ["Dot Lind"], date="2020-05-01", source="page",
    subject="Ines Aldana", abstract="Parallel yarn runs along the beam.",
)  # fmt: skip
WARP_3 = paper(
    "Warp-3: More Parallel Yarn", ["Dot Lind", "Ed Moss"], date="2022-03-04", source="page",
    subject="Ines Aldana", abstract="Our previous Warp-2 ran parallel yarn along one beam.",
)  # fmt: skip
TWINS = paper(
    "Beams that Carry Parallel Yarn", ["Ed Moss"], date="2022-03-04", source="page",
    subject="Ines Aldana", abstract="Parallel yarn runs along two beams at once.",
)  # fmt: skip
AGELESS = paper("Ageless Looms of the Valley", ["Ines Aldana"], date=None, source="page")
BREAD = [
    paper(
        f"On the {theme} of the valley",
        [f"Baker {letter}"],
        date=f"201{number}-05-06",
        source="page",
        subject="Ines Aldana",
        abstract=f"The {theme} is old, and the {theme} is new.",
    )
    for number, (theme, letter) in enumerate(zip(THEMES, "abcdef", strict=True))
]
STRANGERS = paper(
    "LoomNet: Fishing Nets Against Wind",
    ["Gil Roth"],
    date="2023-01-01",
    source="shore",
    abstract="Nets of rope against wind. LoomNet does not tear.",
)

loom, shuttle, shuttle_again, spindles, warp_2, warp_3, twins, ageless, strangers = (
    paper_id(each)
    for each in (
        *(LOOM, SHUTTLE, SHUTTLE_AGAIN, SPINDLES, WARP_2, WARP_3, TWINS, AGELESS, STRANGERS),
    )
)


def looms() -> list[Record]:
    """All records: the page with its subject, and the strangers."""
    return [
        source("page", subject=SUBJECT),
        *(LOOM, SHUTTLE, SHUTTLE_AGAIN, SPINDLES, WARP_2, WARP_3, TWINS, AGELESS),
        *BREAD,
        STRANGERS,
    ]
