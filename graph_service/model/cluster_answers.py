"""Answers about clusters: who belongs together, what about, and how sure that is."""

from typing import Annotated, Literal

from pydantic import Field

from graph_service.model.answers import AuthorRef, Identity, Meta, PaperRef
from graph_service.model.records import Frozen

Years = Annotated[int | None, Field(description="absent: none of the papers has a year")]


class ScanPoint(Frozen):
    """How many clusters one run finds at a resolution."""

    resolution: float
    clusters: int


class OtherClusters(Frozen):
    """What was put together as "other": clusters of fewer than two papers."""

    clusters: int
    members: int
    papers: int


class Continuity(Frozen):
    """Against the run before: clusters that have one to continue, that have none, and ended ones."""

    kept: int
    new: int
    ended: int


class ClusterRun(Frozen):
    """How the clusters were found, and how far they can be trusted."""

    weight: Annotated[Literal["newman"], Field(description="how a paper is shared among its ties")]
    weight_rule: str = "a paper of k authors adds 1/(k-1) to each of its ties"
    max_authors: Annotated[int, Field(description="longest author list that makes ties, included")]
    capped_papers: Annotated[int, Field(description="papers with more authors; they make no ties")]
    pairs_left_out: Annotated[int, Field(description="pairs of authors on those papers")]
    capped_paper_ids: Annotated[
        list[str] | None,
        Field(description="by id, at most 500; only where asked for, from the present facts"),
    ] = None
    without: Annotated[
        list[AuthorRef],
        Field(description="removed from view, by id; put back as members with a share"),
    ]
    without_rule: Annotated[str, Field(description="why it is them")]
    algorithm: Annotated[str, Field(description="leiden, or leiden_csr above 100,000 ties")]
    iterations: int
    trials: int
    randomness: float
    objective: Literal["modularity"]
    resolution: Annotated[float, Field(description="γ; greater means smaller clusters")]
    scan: Annotated[
        list[ScanPoint], Field(description="one run (seed 0) at each γ, ascending; shows the range")
    ]
    plateau: Annotated[
        list[float],
        Field(description="first and last γ of the longest stretch with counts at most 1 apart"),
    ]
    seeds: Annotated[int, Field(description="runs, with seeds 0, 1, 2 …")]
    consensus: str = (
        "tied authors who share a cluster in more than half of the runs are joined; "
        "what hangs together so is a cluster"
    )
    agreement: Annotated[
        float | None,
        Field(description="mean adjusted Rand index of all pairs of runs; absent: one run"),
    ] = None
    distinct_partitions: Annotated[int, Field(description="different results among the runs")]
    modularity: Annotated[float, Field(description="of the clusters shown, at this resolution")]
    run_modularity: Annotated[
        float,
        Field(description="mean of the runs themselves; much greater where runs disagree"),
    ]
    replicates: Annotated[
        int, Field(description="bootstrap replicates; each drops a paper with probability 0.2")
    ]
    authors: Annotated[int, Field(description="in the graph that was cut, removed ones aside")]
    ties: int
    papers: int
    papers_with_cut_lists: int
    papers_with_unknown_lists: int
    papers_without_cluster: Annotated[
        int, Field(description="papers that have no author but removed ones, or none at all")
    ]
    found: Annotated[int, Field(description="clusters, those in other included")]
    clusters: Annotated[int, Field(description="clusters of two papers or more")]
    other: OtherClusters
    continuity: Annotated[
        Continuity | None, Field(description="absent: there was no run before")
    ] = None
    library: str


class ClusterRow(Frozen):
    """A cluster in a list."""

    id: str
    number: int
    label: Annotated[str | None, Field(description="absent: nothing marks it out")] = None
    terms: Annotated[list[str], Field(description="words that mark its papers out, best first")]
    methods: Annotated[
        list[str], Field(description="names its papers introduce, by date, at most eight")
    ]
    top_authors: Annotated[
        list[AuthorRef], Field(description="most papers in it first, then id; at most five")
    ]
    size: Annotated[int, Field(description="members, those put back included")]
    papers: int
    papers_with_cut_lists: int
    first_year: Years = None
    last_year: Years = None
    stability: Annotated[
        float | None,
        Field(description="0 to 1: mean best Jaccard index over the replicates; absent: none"),
    ] = None
    replicates_counted: Annotated[int, Field(description="with two members present or more")]
    reading: Annotated[
        Literal["firm", "fair", "weak"] | None,
        Field(description="of the stability: firm from 0.85, fair from 0.6"),
    ] = None
    weakest_identity: Annotated[
        Identity, Field(description="unverified: at least one member rests on the name alone")
    ]
    unverified_members: int
    continues: Annotated[
        str | None, Field(description="the cluster of the run before with most members in common")
    ] = None
    jaccard: Annotated[float | None, Field(description="of the members of the two")] = None


class ClusterList(Frozen):
    """Clusters by number: papers descending, members descending, id; "other" last."""

    meta: Meta
    run: ClusterRun
    results: list[ClusterRow]


class ClusterMember(AuthorRef):
    """An author in a cluster."""

    papers: Annotated[int, Field(description="in the cluster")]
    share: Annotated[
        float,
        Field(description="1; of who was removed from view: their part of the cluster's papers"),
    ]
    removed: Annotated[bool, Field(description="removed from view, and put back")]


class ClusterPart(Frozen):
    """A part of a cluster that was cut further."""

    number: Annotated[int, Field(description="from 1, by level, then smallest member")]
    level: Annotated[int, Field(description="0 for the first cut")]
    parent: Annotated[int | None, Field(description="the part it was cut from")] = None
    size: int
    final: Annotated[bool, Field(description="not cut any further")]
    members: Annotated[
        list[AuthorRef], Field(description="by id, at most 100; only of final parts")
    ]


class ClusterCard(ClusterRow):
    """One cluster, with its members and papers."""

    members: Annotated[
        list[ClusterMember],
        Field(description="most papers in it first, then id; removed ones last; at most 500"),
    ]
    paper_list: Annotated[
        list[PaperRef], Field(description="newest first, undated last, then id; at most 500")
    ]
    parts: Annotated[
        list[ClusterPart] | None,
        Field(description="by number; only where max_size asks for them"),
    ] = None


class ClusterAnswer(Frozen):
    """One cluster."""

    meta: Meta
    run: ClusterRun
    cluster: ClusterCard


class WindowCluster(Frozen):
    """A cluster of one window of years."""

    id: Annotated[str, Field(description="after its smallest member; means this window's cluster")]
    terms: Annotated[list[str], Field(description="words that mark its titles out, best first")]
    top_authors: Annotated[
        list[AuthorRef], Field(description="most papers in it first, then id; at most five")
    ]
    size: int
    papers: int


class WindowLink(Frozen):
    """What became of a cluster between a window and the next."""

    kind: Literal["continues", "splits", "merges", "starts", "ends"]
    source: Annotated[
        str | None, Field(description="cluster of the window before; absent: it starts here")
    ] = None
    target: Annotated[str | None, Field(description="cluster of this window; absent: it ended")] = (
        None
    )
    jaccard: Annotated[
        float,
        Field(description="of their members; where it starts or ends, the greatest there is"),
    ]


class ClusterWindow(Frozen):
    """One window of years."""

    first_year: int
    last_year: int
    papers: int
    authors: int
    ties: int
    capped_papers: int
    too_few: Annotated[
        str | None, Field(description="why no clusters are shown; absent: they are")
    ] = None
    seeds: Annotated[int, Field(description="runs that the clusters were agreed from")] = 0
    agreement: float | None = None
    modularity: float | None = None
    clusters: Annotated[
        list[WindowCluster],
        Field(description="three members or more; papers, members descending, id; at most 100"),
    ] = []
    smaller: Annotated[int, Field(description="clusters of fewer members")] = 0
    links: Annotated[
        list[WindowLink],
        Field(
            description="against the window before: by source, then target; starts last. Empty in "
            "the first window, and where either has too few papers"
        ),
    ] = []


class ClusterTimeline(Frozen):
    """Clusters window by window, from the present facts; windows ascend."""

    meta: Meta
    without: Annotated[list[AuthorRef], Field(description="removed from view, by id")]
    without_rule: str
    rule: str = (
        "two clusters of successive windows that are each other's best match with a Jaccard index "
        "of 0.3 or more continue; any other pair from 0.3 on is a split if the earlier one has "
        "several such, else a merge; a cluster with no such pair starts or ends"
    )
    windows: list[ClusterWindow]
    papers_without_year: int
