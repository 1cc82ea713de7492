"""Two invented teams, one page's subject, and people with one paper, small enough to draw.

```
looms   Ada Quill  Ben Okoro  Cy Hart  Dot Lind      six papers among themselves, 2015 to 2020
dunes   Eve Stone  Fay Moss   Gus Vane  Hal Reyes    six papers among themselves, 2017 to 2022
bridge  Dot Lind – Eve Stone, one paper, 2019
other   Ivy Sato – Jo Park, one paper, 2021
alone   Kit Lane, two papers
crowd   sixty members, one paper
```
With `page` all but the crowd and Kit's papers stand on the page of Sam Reed, who is never printed.
"""

from collections.abc import Iterable
from itertools import combinations

from graph_service.model.records import Record
from graph_service.projection.arrays import AuthorPaper
from graph_service.projection.reader import Reader
from graph_service.settings import Settings
from graph_service.store.opening import open_store
from tests.invented import paper, source

LOOMS = ["Ada Quill", "Ben Okoro", "Cy Hart", "Dot Lind"]
DUNES = ["Eve Stone", "Fay Moss", "Gus Vane", "Hal Reyes"]
CROWD = [f"Member{number:02} Crowd" for number in range(60)]
SUBJECT = "author:reed.sam"
LOOM_CLUSTER, DUNE_CLUSTER = "cluster:author:hart.cy", "cluster:author:moss.fay"
LONE_CLUSTER = "cluster:author:lane.kit"


def two_teams(*, page: bool = False) -> list[Record]:
    """The records of both teams and of everybody beside them."""
    on_page: dict[str, object] = {"subject": "Sam Reed"} if page else {}
    made = [
        paper(
            f"WarpNet{at}: Woven Loom Kernels {at}",
            pair,
            date=f"{2015 + at}-03-01",
            abstract="We study woven loom kernels, a warp thread idea.",
            **on_page,  # type: ignore[arg-type]
        )
        for at, pair in enumerate(combinations(LOOMS, 2))
    ]
    made += [
        paper(
            f"Shifting Sand Dunes {at} of the desert",
            pair,
            date=f"{2017 + at}",
            complete=at % 2 == 0,
            abstract="We propose GrainFlow, which moves sand dunes.",
            **on_page,  # type: ignore[arg-type]
        )
        for at, pair in enumerate(combinations(DUNES, 2))
    ]
    made += [
        paper("A Bridge", ["Dot Lind", "Eve Stone"], date="2019", **on_page),  # type: ignore[arg-type]
        paper("A Pair", ["Ivy Sato", "Jo Park"], date="2021", **on_page),  # type: ignore[arg-type]
        paper("Alone One", ["Kit Lane"], date=None),
        paper("Alone Two", ["Kit Lane"], date="2016"),
        paper("The Crowd", CROWD, date="2018"),
    ]
    return [source("lab", **({"subject": "Sam Reed"} if page else {})), *made]


async def graph_of(records: Iterable[Record], *, max_authors: int = 50) -> AuthorPaper:
    """The projection of records."""
    store = await open_store("memory:", Settings())
    try:
        async with store.writing():
            await store.put(list(records))
        return (await Reader(store, max_authors=max_authors).view()).graph
    finally:
        await store.close()
