"""Twins of the reports on what is missing or doubtful."""

from graph_service.model.schema import EDGE_TYPE
from graph_service.reports.property_graph import PropertyGraph
from graph_service.reports.twins import Rows

PRECISIONS = {None: 0, "year": 1, "month": 2}
# The derived layer, as the rows of its report: part, kind, and label or type.
LAYER = (
    ("ties", "relationship", "COAUTHORED"),
    ("clusters", "node", "Cluster"),
    ("clusters", "relationship", "IN_CLUSTER"),
    ("lineage", "node", "Method"),
    ("lineage", "relationship", "INTRODUCES"),
    ("lineage", "relationship", "MENTIONS"),
    ("lineage", "relationship", "BUILDS_ON"),
)
# The rows of the overview: code, what is counted, and the report that lists it.
DOUBTS = (
    ("announced-not-listed", "Source", "quality_announced_and_listed"),
    ("cut-author-lists", "Paper", "papers_with_cut_lists"),
    ("unknown-author-lists", "Paper", None),
    ("no-authors", "Paper", "quality_without_authors"),
    ("unprinted-subject", "Paper", None),
    ("unidentified-references", "Paper", None),
    ("same-works", "Paper", None),
    ("no-date", "Paper", "quality_missing_dates"),
    ("coarse-date", "Paper", "quality_missing_dates"),
    ("capped-papers", "Paper", "papers_largest_teams"),
    ("code-without-address", "Paper", "papers_flagged_without_address"),
    ("unverified-identity", "Author", None),
    ("namesakes", "Author", "names_namesakes"),
)


def quality_missing_dates(graph: PropertyGraph, *, limit: int) -> Rows:
    """Papers without a date, or with one coarser than a day: a row a paper."""
    rows: Rows = [
        {
            "paper_id": paper,
            "title": graph.get(paper, "title"),
            "year": graph.get(paper, "year"),
            "date_precision": graph.get(paper, "date_precision"),
            "sources": graph.get(paper, "sources"),
        }
        for paper in graph.nodes("Paper")
        if graph.get(paper, "date_precision") != "day"
    ]
    return sorted(rows, key=lambda row: (PRECISIONS[row["date_precision"]], row["paper_id"]))[
        :limit
    ]


def quality_without_authors(graph: PropertyGraph, *, limit: int) -> Rows:
    """Papers whose authors nobody printed: a row a paper."""
    rows: Rows = []
    for paper in graph.nodes("Paper"):
        slots = [slot for _, slot in graph.into(paper, "AUTHORED")]
        if not any("position" in slot for slot in slots):
            rows.append(
                {
                    "paper_id": paper,
                    "title": graph.get(paper, "title"),
                    "year": graph.get(paper, "year"),
                    "authors_listed": len(slots),
                    "sources": graph.get(paper, "sources"),
                }
            )
    return sorted(rows, key=lambda row: (row["authors_listed"], row["paper_id"]))[:limit]


def quality_announced_and_listed(graph: PropertyGraph, *, limit: int) -> Rows:
    """Sources that announce a number of papers: a row a source."""
    rows: Rows = []
    for source in graph.nodes("Source"):
        announced = graph.get(source, "announced_papers")
        if announced is not None:
            listed = sum(1 for _ in graph.into(source, "LISTED_IN"))
            rows.append(
                {
                    "source_id": source,
                    "label": graph.get(source, "label"),
                    "announced": announced,
                    "listed": listed,
                    "missing": max(announced - listed, 0),
                }
            )
    return sorted(rows, key=lambda row: (-row["missing"], row["source_id"]))[:limit]


def quality_overview(graph: PropertyGraph, *, max_authors: int) -> Rows:
    """What is missing or doubtful, and how often: a row a kind of doubt, always the same."""
    sources, papers, authors = (graph.nodes(label) for label in ("Source", "Paper", "Author"))
    announced = quality_announced_and_listed(graph, limit=len(sources))
    complete = [graph.get(paper, "authors_complete") for paper in papers]
    precisions = [graph.get(paper, "date_precision") for paper in papers]
    slots = [[slot for _, slot in graph.into(paper, "AUTHORED")] for paper in papers]
    affected = {
        "announced-not-listed": sum(row["missing"] > 0 for row in announced),
        "cut-author-lists": complete.count(False),
        "unknown-author-lists": complete.count(None),
        "no-authors": slots.count([]),
        "unprinted-subject": sum(
            any("position" not in slot for slot in listed) for listed in slots
        ),
        "unidentified-references": sum(
            graph.get(paper, "references_unidentified") is not None for paper in papers
        ),
        "same-works": sum(any(graph.both(paper, "SAME_WORK_AS")) for paper in papers),
        "no-date": precisions.count(None),
        "coarse-date": precisions.count("year") + precisions.count("month"),
        "capped-papers": sum(len(listed) > max_authors for listed in slots),
        "code-without-address": sum(
            graph.get(paper, "has_code") is True and not any(graph.out(paper, "HAS_CODE"))
            for paper in papers
        ),
        "unverified-identity": sum(
            graph.get(author, "identity") == "unverified" for author in authors
        ),
        "namesakes": sum("~" in author for author in authors),
    }
    of_all = {"Source": len(sources), "Paper": len(papers), "Author": len(authors)}
    return [
        {
            "number": number,
            "code": code,
            "label": label,
            "affected": affected[code],
            "of_all": of_all[label],
            "report": report,
        }
        for number, (code, label, report) in enumerate(DOUBTS, start=1)
    ]


def quality_derived_layer(graph: PropertyGraph, *, part: str | None) -> Rows:
    """What derive has computed, and from which facts: a row a label or relationship type."""
    stamp = next((graph.properties(node) for node in graph.nodes("Derivation")), {})
    return [
        {
            "number": number,
            "part": of_part,
            "kind": kind,
            "name": name,
            "count": len(graph.nodes(name)) if kind == "node" else _relationships(graph, name),
            "status": stamp.get("status"),
            "facts_revision": stamp.get("facts_revision"),
            "parameters": stamp.get("parameters"),
            "versions": stamp.get("versions"),
        }
        for number, (of_part, kind, name) in enumerate(LAYER, start=1)
        if part in (None, of_part)
    ]


def _relationships(graph: PropertyGraph, kind: str) -> int:
    edge = EDGE_TYPE[kind]
    # Clusters and methods are fewer than the authors and papers that lead to them.
    walk, label = (
        (graph.into, edge.end) if edge.end in ("Cluster", "Method") else (graph.out, edge.start)
    )
    return sum(1 for node in graph.nodes(label) for _ in walk(node, kind))
