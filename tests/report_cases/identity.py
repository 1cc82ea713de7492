"""Names and decisions to ask about, with answers by hand.

```
lab   Moss   Lei Wu, Ada Quill            club  Fern     Lei Wu, Ada Quill
      Mist   Lei Wu, Ben Okoro                  Heath    Ben Okoro
      Reed   C. Marsh, Ada Quill          shed  Thicket  Ada Quill, Lei Wu
      Rush   Cleo Marsh, Clea Marsh, Ben Okoro
      Sedge  Cleo Marsh, Ben Okoro, Dov Lind
      Sloe   Cleo Marsh Jr., Ben Okoro
      Twins  Wei Ito, Wei Ito, Ada Quill
      Weir   W. Ito, Ada Quill
      Quay   Quill
```

The log says:

```
1 different  Lei Wu of the club, of the lab    so there are two; the shed's joins the club's
2 same       C. Marsh, Cleo Marsh              undone by 3, which 4 undoes: in force
5 same       Ben of the club, of the lab       undone by 6, and by 7 again; a rule joins them
8 same       Cleo Marsh, Clea Marsh            but Rush names both
9 same       Eve Gone, Ben of the lab          nobody prints Eve Gone
```
"""

from graph_service.model.ids import namesake_id
from graph_service.model.records import Decision
from tests.invented import paper
from tests.report_cases import Area, Case

BY = "Eva Stone"
LOG = [
    Decision(number=1, op="different", a="name:club/wu.lei", b="name:lab/wu.lei", by=BY),
    Decision(number=2, op="same", a="name:lab/marsh.c", b="name:lab/marsh.cleo", by=BY),
    Decision(number=3, op="undo", a="decision:2", by="Gus Vane"),
    Decision(number=4, op="undo", a="decision:3", by=BY),
    Decision(number=5, op="same", a="name:club/okoro.ben", b="name:lab/okoro.ben", by=BY),
    Decision(number=6, op="undo", a="decision:5", by=BY),
    Decision(number=7, op="undo", a="decision:5", by=BY),
    Decision(number=8, op="same", a="name:lab/marsh.cleo", b="name:lab/marsh.clea", by=BY),
    Decision(number=9, op="same", a="name:lab/gone.eve", b="name:lab/okoro.ben", by=BY),
]

# The further author of a name is told by the first of the mentions: Mist stands before Moss.
lei = ("author:wu.lei", "Lei Wu")
other_lei = (namesake_id("author:wu.lei", "lab:Mist#1"), "Lei Wu")
wei = ("author:ito.wei", "Wei Ito")
other_wei = (namesake_id("author:ito.wei", "lab:Twins#2"), "Wei Ito")
w_ito = ("author:ito.w", "W. Ito")
# The smallest key makes the id, the fuller spelling is shown.
cleo = ("author:marsh.c", "Cleo Marsh")
clea = ("author:marsh.clea", "Clea Marsh")
ada = ("author:quill.ada", "Ada Quill")
ben = ("author:okoro.ben", "Ben Okoro")

apart_lei = (
    *lei,
    *other_lei,
    ["name:club/wu.lei", "name:lab/wu.lei", "name:shed/wu.lei"],
    ["blocked by decision:1"],
    ["decision:1"],
    2,
    2,
    0,
)
apart_wei = (
    *wei,
    *other_wei,
    ["mention:lab:Twins#1", "mention:lab:Twins#2"],
    ["split off"],
    [],
    1,
    1,
    1,
)

decisions = [
    ("decision:1", 1, "different", "name:club/wu.lei", "name:lab/wu.lei", BY, True, None, None),
    (
        *("decision:2", 2, "same", "name:lab/marsh.c", "name:lab/marsh.cleo", BY),
        *(True, None, "applied"),
    ),
    ("decision:3", 3, "undo", "decision:2", None, "Gus Vane", False, "decision:4", None),
    ("decision:4", 4, "undo", "decision:3", None, BY, True, None, None),
    (
        *("decision:5", 5, "same", "name:club/okoro.ben", "name:lab/okoro.ben", BY),
        *(False, "decision:6", None),
    ),
    ("decision:6", 6, "undo", "decision:5", None, BY, True, None, None),
    ("decision:7", 7, "undo", "decision:5", None, BY, True, None, None),
    (
        *("decision:8", 8, "same", "name:lab/marsh.cleo", "name:lab/marsh.clea", BY),
        *(True, None, "blocked by two mentions of one record"),
    ),
    ("decision:9", 9, "same", "name:lab/gone.eve", "name:lab/okoro.ben", BY, True, None, None),
]

weakest = [
    (*ada, "unverified", 3, ["fold-equal"], [], 0, 6),
    (*ben, "unverified", 2, ["fold-equal"], [], 0, 5),
    (*lei, "unverified", 2, ["fold-equal"], [], 1, 2),
    (*cleo, "verified", 2, ["user"], ["decision:2"], 1, 3),
]

AREA = Area(
    records=[
        paper("Moss", ["Lei Wu", "Ada Quill"]),
        paper("Mist", ["Lei Wu", "Ben Okoro"]),
        paper("Reed", ["C. Marsh", "Ada Quill"]),
        paper("Rush", ["Cleo Marsh", "Clea Marsh", "Ben Okoro"]),
        paper("Sedge", ["Cleo Marsh", "Ben Okoro", "Dov Lind"]),
        paper("Sloe", ["Cleo Marsh Jr.", "Ben Okoro"]),
        paper("Twins", ["Wei Ito", "Wei Ito", "Ada Quill"]),
        paper("Weir", ["W. Ito", "Ada Quill"]),
        paper("Quay", ["Quill"]),
        paper("Fern", ["Lei Wu", "Ada Quill"], source="club"),
        paper("Heath", ["Ben Okoro"], source="club"),
        paper("Thicket", ["Ada Quill", "Lei Wu"], source="shed"),
    ],
    log=LOG,
    cases=[
        # Each Lei wrote with Ada; each Wei with Ada and, which does not count, with the other.
        Case("names_namesakes", {}, [(*apart_lei, 1), (*apart_wei, 1)]),
        Case("names_namesakes", {"max_authors": "2"}, [(*apart_lei, 1), (*apart_wei, 0)]),
        Case("names_namesakes", {"limit": "1"}, [(*apart_lei, 1)]),
        # Cleo Marsh Jr. has a suffix of his own, and Quill is one word.
        Case(
            "names_variants",
            {},
            [
                (*w_ito, *wei, 1, 1, 1, 0, []),
                (*w_ito, *other_wei, 1, 1, 1, 0, []),
                (*cleo, *clea, 3, 1, 1, 1, ["decision:8"]),
            ],
        ),
        Case("names_variants", {"author": clea[0]}, [(*cleo, *clea, 3, 1, 1, 1, ["decision:8"])]),
        Case(
            "names_variants",
            {"max_authors": "2", "limit": "2"},
            [(*w_ito, *wei, 1, 1, 0, 0, []), (*w_ito, *other_wei, 1, 1, 0, 0, [])],
        ),
        Case("names_variants", {"author": ada[0]}, []),
        Case("identity_decisions", {}, decisions),
        Case("identity_decisions", {"after": "3", "limit": "2"}, decisions[3:5]),
        Case("identity_decisions", {"after": "9"}, []),
        Case("authors_weakest_identity", {}, weakest),
        Case("authors_weakest_identity", {"limit": "2"}, weakest[:2]),
    ],
)
