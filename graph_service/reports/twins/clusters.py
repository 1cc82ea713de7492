"""Twins of the reports on clusters."""

from heapq import nsmallest

from graph_service.reports.property_graph import PropertyGraph
from graph_service.reports.twins import Rows

MOST_IDS = 20


def clusters_overview(graph: PropertyGraph, *, limit: int) -> Rows:
    """Clusters of authors, by number."""
    rows = [
        {
            "cluster_id": cluster,
            **{
                name: graph.get(cluster, name)
                for name in (
                    "number",
                    "label",
                    "size",
                    "papers",
                    "first_year",
                    "last_year",
                    "stability",
                )
            },
            "terms": graph.get(cluster, "terms") or [],
            "methods": graph.get(cluster, "methods") or [],
        }
        for cluster in graph.nodes("Cluster")
    ]
    return sorted(rows, key=lambda row: (row["number"], row["cluster_id"]))[:limit]


def cluster_members(graph: PropertyGraph, *, cluster: str, limit: int) -> Rows:
    """Who is in a cluster."""
    members = dict(graph.into(cluster, "IN_CLUSTER"))
    rows = [
        {
            "author_id": author,
            "author": graph.get(author, "name"),
            "identity": graph.get(author, "identity"),
            "share": membership["share"],
            "clusters": len(_clusters(graph, author)),
            "papers": sum(1 for _ in graph.out(author, "AUTHORED")),
            "ties_inside": sum(other in members for other, _ in graph.both(author, "COAUTHORED")),
        }
        for author, membership in members.items()
    ]
    return sorted(rows, key=lambda row: (-row["share"], -row["ties_inside"], row["author_id"]))[
        :limit
    ]


def clusters_between(graph: PropertyGraph, *, limit: int) -> Rows:
    """Who has ties into clusters other than their own."""
    of_author: dict[str, list[str]] = {}
    for cluster in graph.nodes("Cluster"):
        for author, _ in graph.into(cluster, "IN_CLUSTER"):
            of_author.setdefault(author, []).append(cluster)
    outside: dict[tuple[str, str], list[str]] = {}
    for author, own in of_author.items():
        for other, _ in graph.out(author, "COAUTHORED"):
            theirs = of_author.get(other, [])
            if theirs and set(own).isdisjoint(theirs):
                for cluster in theirs:
                    outside.setdefault((author, cluster), []).append(other)
                for cluster in own:
                    outside.setdefault((other, cluster), []).append(author)
    best = nsmallest(limit, outside.items(), key=lambda found: (-len(found[1]), found[0]))
    return [
        {
            "author_id": author,
            "author": graph.get(author, "name"),
            "identity": graph.get(author, "identity"),
            "cluster_ids": of_author[author],
            "other_cluster_id": cluster,
            "other_cluster_label": graph.get(cluster, "label"),
            "ties": len(others),
            "neighbour_ids": sorted(others)[:MOST_IDS],
        }
        for (author, cluster), others in best
    ]


def cluster_affiliations(graph: PropertyGraph, *, cluster: str, limit: int) -> Rows:
    """Which organisations the papers of a cluster name."""
    return _named(graph, cluster, "AFFILIATED_WITH", "affiliation", limit)


def cluster_topics(graph: PropertyGraph, *, cluster: str, limit: int) -> Rows:
    """Which topics the papers of a cluster name."""
    return _named(graph, cluster, "HAS_TOPIC", "topic", limit)


def _named(graph: PropertyGraph, cluster: str, kind: str, column: str, limit: int) -> Rows:
    """What the papers of a cluster name by relationships of a kind."""
    members = {author for author, _ in graph.into(cluster, "IN_CLUSTER")}
    papers = {
        paper
        for author in members
        if len(_clusters(graph, author)) == 1
        for paper, _ in graph.out(author, "AUTHORED")
    }
    naming: dict[str, list[str]] = {}
    for paper in sorted(papers):
        for named, _ in graph.out(paper, kind):
            naming.setdefault(named, []).append(paper)
    rows = [
        {
            f"{column}_id": named,
            column: graph.get(named, "name"),
            "papers": len(counted),
            "members": len(
                members
                & {author for paper in counted for author, _ in graph.into(paper, "AUTHORED")}
            ),
            "cut_lists": sum(graph.get(paper, "authors_complete") is False for paper in counted),
            "paper_ids": counted[:MOST_IDS],
        }
        for named, counted in naming.items()
    ]
    return sorted(rows, key=lambda row: (-row["papers"], -row["members"], row[f"{column}_id"]))[
        :limit
    ]


def _clusters(graph: PropertyGraph, author: str) -> list[str]:
    return [cluster for cluster, _ in graph.out(author, "IN_CLUSTER")]
