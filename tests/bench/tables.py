"""The results of a run for people."""

from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.goals import Goal, ratio

Results = dict[str, Any]


def show(report: Results, goals: list[Goal]) -> None:
    """Print one run."""
    console = Console(width=120, highlight=False)
    console.print(", ".join(f"{name} {value}" for name, value in report["machine"].items()))
    console.print(report["query_set"])
    for result in report["results"]:
        title = (
            f"{result['papers']:,} papers, {result['authors']:,} authors, {result['ties']:,} ties"
        )
        for layout in (_engines(title, result["questions"]), _figures(title, result["questions"])):
            if layout.row_count:
                console.print(layout)
    if len(report["results"]) > 1:
        console.print(_growth(report["results"]))
    if goals:
        console.print(_goals(goals))


def _table(title: str, *columns: str, words: int) -> Table:
    found = Table(title=title, title_justify="left", title_style="bold")
    for place, name in enumerate(columns):
        found.add_column(name, justify="left" if place < words else "right")
    return found


def _engines(title: str, questions: Results) -> Table:
    found = _table(
        f"{title}: milliseconds, p50 / p95, and how many times ours is faster by p50",
        *("question", "engine", "in turn", "alone", "× in turn", "× alone"),
        words=2,
    )
    for name, question in questions.items():
        engines = question.get("engines", {})
        first = next(iter(engines), "")
        label = f"{name} ({question.get('pairs')})"
        for engine, times in engines.items():
            found.add_row(
                label,
                engine,
                *(f"{times[how]['p50_ms']:.3f} / {times[how]['p95_ms']:.3f}" for how in times),
                *(
                    ""
                    if engine.startswith("ours")
                    else f"{ratio(question, first, engine, how):,.1f}"
                    for how in times
                ),
                end_section=engine == list(engines)[-1],
            )
            label = ""
    return found


def _figures(title: str, questions: Results) -> Table:
    found = _table(title, "question", "figure", "value", words=2)
    for name, question in questions.items():
        figures = question.get("figures", {})
        label = name
        for figure, value in figures.items():
            shown = value if isinstance(value, str) else f"{value:,}"
            found.add_row(label, figure, shown, end_section=figure == list(figures)[-1])
            label = ""
    return found


GROWTH = (
    ("loading", "embedded: microseconds a paper"),
    ("projection", "embedded: microseconds a paper"),
    ("projection", "embedded: peak KiB a paper"),
    ("projection", "embedded: peak MiB"),
    ("projection", "from cache: seconds"),
    ("serving /paths", "4 clients: p50_ms"),
)


def _growth(results: list[Results]) -> Table:
    found = _table(
        "Growth: the same work at several sizes",
        *("question", "figure", *(f"{result['papers']:,} papers" for result in results)),
        words=2,
    )
    for question, figure in GROWTH:
        values = [
            (result["questions"].get(question) or {}).get("figures", {}).get(figure)
            for result in results
        ]
        if any(value is not None for value in values):
            found.add_row(question, figure, *("" if v is None else f"{v:,}" for v in values))
    for question in results[-1]["questions"]:
        engines = results[-1]["questions"][question].get("engines", {})
        if first := next(iter(engines), None):
            found.add_row(
                question,
                f"{first}, alone, p50 ms",
                *(
                    f"{result['questions'][question]['engines'][first]['alone']['p50_ms']:.3f}"
                    for result in results
                ),
            )
    return found


def _goals(goals: list[Goal]) -> Table:
    found = _table("Goals", "papers", "goal", "", "wanted", "measured", words=3)
    for goal in goals:
        found.add_row(
            f"{goal.papers:,}",
            goal.text,
            goal.verdict(),
            f"{'≥' if goal.at_least else '≤'} {goal.wanted:,g}",
            "" if goal.measured is None else f"{goal.measured:,.6g}",
        )
    return found
