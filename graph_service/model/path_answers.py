"""Answers about connections: paths, connecting trees, chains of papers, networks."""

from typing import Annotated, Literal

from pydantic import Field

from graph_service.model.answers import AuthorRef, JoinOfNames, Meta, NodeRef, PaperRef
from graph_service.model.records import Frozen

PathMode = Literal["shortest", "all_shortest", "k_shortest", "cheapest", "k_cheapest"]
PathCost = Literal["weight", "share"]
StepKind = Literal["citation", "lineage", "shared-repository", "shared-author"]

BY_YEAR = "by year, then id; undated last"


class PaperOnHop(PaperRef):
    """A paper that makes a tie."""

    positions: Annotated[
        list[int | None], Field(description="of the hop's two authors; null: not printed")
    ]
    authors_complete: Annotated[
        bool | None, Field(description="false: cut by et al.; absent: unknown")
    ] = None
    repositories: Annotated[list[NodeRef], Field(description="by id")] = []


class Hop(Frozen):
    """One tie of a path, with the papers behind it."""

    source: str
    target: str
    weight: Annotated[float, Field(description="Newman weight: sum of 1/(k-1), in papers")]
    cost: Annotated[float | None, Field(description="absent: the mode counts hops")] = None
    first_year: int | None = None
    last_year: int | None = None
    paper_count: Annotated[int, Field(description="papers that make the tie")]
    papers: Annotated[list[PaperOnHop], Field(description=f"{BY_YEAR}; at most 50")]


class AuthorOnPath(AuthorRef):
    """An author of a path; what is `unverified` rests on the name alone."""

    spellings: Annotated[int, Field(description="how many spellings are taken for this author")]


class Path(Frozen):
    """A chain of ties."""

    authors: Annotated[list[AuthorOnPath], Field(description="from source to target")]
    hops: Annotated[list[Hop], Field(description="from source to target")]
    weakest_weight: Annotated[
        float | None, Field(description="weight of its weakest tie; absent: no hop")
    ] = None
    cost: Annotated[
        float | None, Field(description="sum over its hops; absent: the mode counts hops")
    ] = None


class FilterCut(Frozen):
    """What one filter does to a connection."""

    filter: str
    distance_without: Annotated[
        int | None,
        Field(description="hops when this filter alone is taken away; absent: still no path"),
    ] = None


class AuthorNear(AuthorOnPath):
    """The author of one component that has most in common with the other component."""

    hops: Annotated[int, Field(description="from the end that was asked for")]
    affiliations: Annotated[
        list[NodeRef],
        Field(description="on papers of this author and of the other component, by id"),
    ] = []
    topics: Annotated[
        list[NodeRef],
        Field(description="on papers of this author and of the other component, by id"),
    ] = []


class NoPath(Frozen):
    """Why two authors are not connected."""

    reason: Literal["different-components", "author-cap", "filter", "max-hops"]
    text: str
    source_component: Annotated[
        int, Field(description="authors that the source can reach under the filters, with itself")
    ]
    target_component: Annotated[
        int, Field(description="authors that the target can reach under the filters, with itself")
    ]
    distance_without: Annotated[
        int | None,
        Field(description="hops without any filter or limit; absent: no path even then"),
    ] = None
    filters: Annotated[
        list[FilterCut], Field(description="each filter that was asked for, in a fixed order")
    ] = []
    papers: Annotated[
        list[PaperRef],
        Field(description="author-cap: papers whose long author lists join both, in that order"),
    ] = []
    source_nearest: Annotated[
        AuthorNear | None,
        Field(description="who on the source's side is nearest to the other; absent: nobody"),
    ] = None
    target_nearest: Annotated[
        AuthorNear | None,
        Field(description="who on the target's side is nearest to the other; absent: nobody"),
    ] = None
    nearest_rule: Annotated[
        str | None, Field(description="how the nearest were chosen; absent: not looked for")
    ] = None


class WeakestJoin(Frozen):
    """The weakest reason why names on the way are one author: undo it first if in doubt."""

    author: AuthorRef
    join: JoinOfNames


class PathAnswer(Frozen):
    """How two authors are connected."""

    meta: Meta
    source: AuthorRef
    target: AuthorRef
    mode: PathMode
    distance: Annotated[int | None, Field(description="hops of `path`; absent: no path")] = None
    distance_is: Annotated[
        Literal["exact", "at most"] | None,
        Field(
            description="'at most': a cut author list near either end could hide a shorter way; "
            "absent: no path, or the mode looks for a cheap one, not for a short one"
        ),
    ] = None
    cost_is: Annotated[
        Literal["exact", "estimate"] | None,
        Field(
            description="'estimate': an author list on the path or near either end is not known "
            "to be complete, which changes weights and may hide a cheaper way; absent: no path, "
            "or the mode counts hops"
        ),
    ] = None
    incomplete_papers: Annotated[
        int,
        Field(
            description="papers whose lists are not known to be complete, by authors within half "
            "the distance of either end; without a path by authors of the smaller component"
        ),
    ] = 0
    frontier: Annotated[
        list[PaperRef] | None,
        Field(description="those papers by id, at most 500; absent: not asked for"),
    ] = None
    rule: str = "shortest; among equals the one whose weakest tie is strongest, then by author ids"
    count: Annotated[
        int | None,
        Field(
            description="how many shortest paths there are, exactly; absent: not counted, or beyond 64 bits (a note says how many)"
        ),
    ] = None
    weakest_identity: Annotated[
        WeakestJoin | None,
        Field(description="of the authors of all paths shown; absent: each has one name only"),
    ] = None
    path: Annotated[Path | None, Field(description="the first by `rule`; absent: no path")] = None
    paths: Annotated[
        list[Path] | None,
        Field(description="by `rule`, `path` among them; absent: the mode looks for one"),
    ] = None
    no_path: NoPath | None = None


class Tree(Frozen):
    """A connecting tree; one author and no hop where nobody else asked for can be reached."""

    asked: Annotated[list[str], Field(description="ids of those asked for, ascending")]
    authors: Annotated[list[AuthorOnPath], Field(description="all of its authors, by id")]
    hops: Annotated[list[Hop], Field(description="by source, then target; source has the lower id")]
    hop_count: int
    smallest_at_least: Annotated[
        int, Field(description="no tree that joins those asked for has fewer hops")
    ]


class ConnectAnswer(Frozen):
    """How several authors are connected."""

    meta: Meta
    asked: Annotated[list[AuthorOnPath], Field(description="by id")]
    joined: Annotated[bool, Field(description="false: some cannot be joined; see `trees`")]
    rule: str
    at_most_times_smallest: Annotated[
        float,
        Field(description="no tree found has more hops than this many times the smallest one"),
    ]
    incomplete_papers: Annotated[
        int,
        Field(
            description="papers whose lists are not known to be complete, by authors within half "
            "of a tree's longest chain of those asked for; one could make a smaller tree"
        ),
    ] = 0
    trees: Annotated[
        list[Tree],
        Field(description="one for each component; most asked for first, then smallest id"),
    ]
    apart: Annotated[
        list[list[str]],
        Field(description="ids of those asked for, by tree, where there are several; else empty"),
    ] = []


class LineageOfStep(Frozen):
    """A lineage claim between the two papers of a step."""

    newer: str
    older: str
    scope: str
    kind: str
    tier: str
    score: float


class CitationOfStep(Frozen):
    """A citation of one of the two papers of a step by the other."""

    citing: str
    cited: str
    intent: str | None = None
    in_text: int | None = None


class Step(Frozen):
    """From one paper to the next, with everything that joins the two."""

    source: str
    target: str
    kind: Annotated[StepKind, Field(description="the first of `kinds`")]
    kinds: Annotated[
        list[StepKind], Field(description="citation, lineage, shared-repository, shared-author")
    ]
    citations: Annotated[list[CitationOfStep], Field(description="by citing paper")] = []
    lineage: Annotated[list[LineageOfStep], Field(description="by scope, then newer")] = []
    repositories: Annotated[list[NodeRef], Field(description="shared ones, by id")] = []
    authors: Annotated[list[AuthorOnPath], Field(description="shared ones, by id; at most 50")] = []
    author_count: Annotated[int, Field(description="authors of both papers")] = 0


class PaperChain(Frozen):
    """A chain of papers."""

    papers: Annotated[list[PaperRef], Field(description="from source to target")]
    steps: Annotated[list[Step], Field(description="from source to target")]


class NoPaperPath(Frozen):
    """Why two papers are not connected."""

    reason: Literal["nothing-shared", "max-steps"]
    text: str
    distance_without: Annotated[
        int | None, Field(description="steps without `max_steps`; absent: no chain even then")
    ] = None
    source_component: Annotated[
        int | None,
        Field(description="papers that the source can reach, with itself; absent: not counted"),
    ] = None
    target_component: Annotated[
        int | None,
        Field(description="papers that the target can reach, with itself; absent: not counted"),
    ] = None


class PaperPathAnswer(Frozen):
    """How two papers are connected."""

    meta: Meta
    source: PaperRef
    target: PaperRef
    distance: Annotated[int | None, Field(description="steps; absent: no chain")] = None
    distance_is: Annotated[
        Literal["exact", "at most"] | None,
        Field(description="'at most': a cut author list near either end could hide a shorter way"),
    ] = None
    incomplete_papers: Annotated[
        int,
        Field(
            description="papers whose lists are not known to be complete within half the distance "
            "of either end"
        ),
    ] = 0
    rule: str
    path: PaperChain | None = None
    no_path: NoPaperPath | None = None


class NetworkNode(AuthorRef):
    """An author of a network."""

    hops: Annotated[int, Field(description="from the author asked for")]
    papers: Annotated[int, Field(description="all papers of the author")]
    strength: Annotated[
        float,
        Field(description="sum of weights of ties to authors one hop nearer; 0 in the middle"),
    ]


class NetworkLink(Frozen):
    """A tie between two authors of a network."""

    source: Annotated[str, Field(description="the lower id")]
    target: Annotated[str, Field(description="the higher id")]
    papers: int
    weight: Annotated[float, Field(description="Newman weight: sum of 1/(k-1), in papers")]
    first_year: int | None = None
    last_year: int | None = None


class NetworkAnswer(Frozen):
    """The authors near one, and the ties among those shown."""

    meta: Meta
    author: AuthorRef
    hops: Annotated[int, Field(description="how far it reaches")]
    rule: str
    node_count: Annotated[int, Field(description="authors within reach, shown or not")]
    link_count: Annotated[int, Field(description="ties among all of those")]
    nodes_by_hop: Annotated[
        list[int], Field(description="authors at 0, 1, … hops, shown or not; 0 where there is none")
    ]
    nodes: Annotated[list[NetworkNode], Field(description="by hops, strength descending, id")]
    links: Annotated[list[NetworkLink], Field(description="by source, then target")]
