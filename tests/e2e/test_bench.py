"""The benchmark runs from end to end; what it measures is not judged here."""

import json
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

from graph_service.derive.lineage_edges import trace_lineage
from graph_service.model.records import PaperRecord, ParsedPaper
from loaders.runner import FORMATS
from tests.bench.bibliography import bibliography
from tests.bench.goals import B, Goal, goals_of
from tests.bench.lineage import synthetic
from tests.bench.run import QUESTIONS
from tests.bench.written import FORMS, papers, write

ROOT = Path(__file__).parents[2]
SLOW = {"clusters", "lineage", "reading"}
NEEDS_NEO4J = {"bulk_load", "driver_load"}


def test_the_benchmark_answers_every_question_and_writes_what_it_prints(tmp_path: Path) -> None:
    wanted = [name for name in QUESTIONS if name not in SLOW]
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.run", "--papers", "200", "1000", "--pairs", "20",
         "--without-neo4j", "--quick", "--questions", *wanted,
         "--data", str(tmp_path / "data"), "--out", str(tmp_path / "results")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (written,) = (tmp_path / "results").iterdir()
    report = json.loads(written.read_text())
    names = [QUESTIONS[name].NAME for name in wanted if name not in NEEDS_NEO4J]
    assert [result["papers"] for result in report["results"]] == [200, 1000]
    for result in report["results"]:
        assert list(result["questions"]) == names
        assert result["questions"]["serving /paths"]["figures"]["errors"] == 0
    for name in names:
        assert name in done.stdout
    assert "Growth" in done.stdout
    assert report["goals"] == []  # they are about larger graphs


@pytest.mark.parametrize("name", FORMS)
def test_what_is_written_to_time_a_loader_is_read_whole(name: str, tmp_path: Path) -> None:
    paths = write(FORMS[name], 20, tmp_path)
    found = [part for path in paths for part in FORMATS[name].read(path)]
    assert all(FORMATS[name].recognises(path) for path in paths)
    assert all(isinstance(part, ParsedPaper) and part.title and part.date for part in found)
    assert [len(part.authors) for part in found] == [len(one.people) for one in papers(20)]


@pytest.mark.parametrize("what", ["read", "peer", "load"])
def test_a_loader_is_timed_in_a_process_of_its_own(what: str, tmp_path: Path) -> None:
    (tmp_path / "paths").write_text("\n".join(map(str, write(FORMS["ris"], 20, tmp_path))))
    store = [f"file:{tmp_path / 'a.sqlite'}"] if what == "load" else []
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.reading", what, "ris", str(tmp_path / "paths"), *store],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["seconds"] > 0
    assert found["peak_mebibytes"] > 0
    if what == "load":
        assert '"new":20' in done.stdout.replace(" ", "")
    else:
        assert found["records"] == 20


def test_the_papers_of_the_lineage_benchmark_grow_out_of_each_other() -> None:
    papers = synthetic(400)
    assert papers == synthetic(400)
    lineage = trace_lineage(papers, scope="synthetic")
    assert {edge.kind for edge in lineage.edges} >= {"extends", "continues"}


def test_the_same_seed_makes_the_same_valid_records() -> None:
    found = list(islice(bibliography(1_000), 300))
    assert found == list(islice(bibliography(1_000), 300))
    assert found == [PaperRecord.model_validate(record.model_dump()) for record in found]
    assert all(record.mentions for record in found)


def test_a_goal_that_was_missed_says_by_how_much() -> None:
    assert Goal(B, "as fast", 10, True, 20).verdict() == "met"
    assert Goal(B, "as fast", 10, True, 5).verdict() == "missed by a factor of 2.00"
    assert Goal(B, "as small", 4, False, 6).verdict() == "missed by a factor of 1.50"
    assert Goal(B, "as small", 0, False, 0).verdict() == "met"
    assert Goal(B, "as small", 0, False, None).verdict() == "not measured"


def test_goals_are_ratios_of_one_run() -> None:
    engines = {
        "ours, walk": {"in_turn": {"p50_ms": 0.1}, "alone": {"p50_ms": 0.05}},
        "shortestPath()": {"in_turn": {"p50_ms": 2.0}, "alone": {"p50_ms": 1.0}},
    }
    found = goals_of([{"papers": B, "questions": {"one shortest path": {"engines": engines}}}])
    measured = {goal.text: goal.verdict() for goal in found if goal.measured is not None}
    assert measured == {
        "one shortest path: times faster than shortestPath(), engines in turn": "met",
        "one shortest path: times faster than shortestPath(), each alone": (
            "missed by a factor of 1.50"
        ),
    }
