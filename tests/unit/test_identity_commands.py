"""The commands about identity, as a person types them."""

from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from graph_service.cli.main import app
from tests.unit.test_cli import at, run, run_json

STORE = "file:lab.sqlite"


def line(**fields: object) -> bytes:
    return orjson.dumps(fields) + b"\n"


def names(*given: str) -> list[dict[str, str]]:
    return [{"name": name} for name in given]


@pytest.fixture(autouse=True)
def _loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jason and J. Okoye share two co-authors, in two sources; the Mosses share nobody."""
    monkeypatch.chdir(tmp_path)
    lines = [
        line(
            source="lab",
            key="1",
            title="One",
            authors=names("Jason Okoye", "Ada Quill", "Cleo Marsh"),
        ),
        line(
            source="club",
            key="2",
            title="Two",
            authors=names("J. Okoye", "Ada Quill", "Cleo Marsh"),
        ),
        line(source="lab", key="3", title="Three", authors=names("Jane Moss", "Eva Stone")),
        line(source="club", key="4", title="Four", authors=names("J. Moss", "Finn Gale")),
    ]
    Path("papers.jsonl").write_bytes(b"".join(lines))


def test_a_load_runs_the_rules_and_says_what_they_concluded() -> None:
    shown = run("load", "papers.jsonl", *at(STORE)).stdout
    assert "1 conclusion of rules" in shown
    again = run_json("identity", "resolve", *at(STORE))
    assert (again["new"], again["lost"], again["unchanged"]) == (0, 0, 1)


def test_without_the_rules_a_load_joins_equal_names_alone() -> None:
    summary = run_json("load", "papers.jsonl", "--no-resolve", *at(STORE))
    assert summary["identity"] is None
    tried = run_json("identity", "resolve", "--dry-run", *at(STORE))
    assert (tried["new"], tried["dry_run"]) == (1, True)
    assert run_json("identity", "log", *at(STORE))["meta"]["count"] == 0


def test_explain_says_which_decision_to_undo_and_undo_parts_them() -> None:
    run("load", "papers.jsonl", *at(STORE))
    shown = run("identity", "explain", "Jason Okoye", "J. Okoye", *at(STORE)).stdout
    assert "One person" in shown
    assert "compatible (decision:1)" in shown
    assert "by rule:identity-2" in " ".join(shown.split())
    run("identity", "undo", "1", "--by", "ada", *at(STORE))
    shown = run("identity", "explain", "Jason Okoye", "J. Okoye", *at(STORE)).stdout
    assert "Two people" in shown
    assert run_json("identity", "resolve", *at(STORE))["new"] == 0


def test_what_if_shows_what_same_then_does() -> None:
    run("load", "papers.jsonl", *at(STORE))
    shown = run("identity", "what-if", "same", "Jane Moss", "J. Moss", *at(STORE)).stdout
    assert "nothing is written" in shown
    assert "2 papers, 2 collaborators" in shown
    run("identity", "same", "Jane Moss", "J. Moss", "--by", "ada", *at(STORE))
    answer = run_json("author", "Jane Moss", *at(STORE))["author"]
    assert (answer["papers"], answer["identity"]) == (2, "verified")
    assert {join["rule"] for join in answer["joined_by"]} == {"user"}


def test_who_is_one_already_is_told_the_names_to_choose_from() -> None:
    run("load", "papers.jsonl", *at(STORE))
    result = run("identity", "different", "Ada Quill", "Ada Quill", *at(STORE), code=2)
    assert "name:club/quill.ada, name:lab/quill.ada" in " ".join(result.stderr.split())
    run("identity", "different", "name:club/quill.ada", "name:lab/quill.ada", *at(STORE))
    assert run_json("identity", "log", *at(STORE))["results"][0]["op"] == "different"


def test_records_of_a_paper_are_parted_and_joined() -> None:
    lines = [
        line(source="a", key="1", title="Looms", authors=names("Ada Quill")),
        line(source="b", key="1", title="Looms", authors=names("Ada Quill")),
    ]
    Path("looms.jsonl").write_bytes(b"".join(lines))
    run("load", "looms.jsonl", *at(STORE))
    assert run_json("status", *at(STORE))["nodes"]["Paper"] == 1
    run("identity", "different", "record:a:1", "record:b:1", *at(STORE))
    assert run_json("status", *at(STORE))["nodes"]["Paper"] == 2


def test_what_if_of_records_says_which_papers_become_one() -> None:
    run("load", "papers.jsonl", *at(STORE))
    ends = "record:lab:3", "record:club:4"
    shown = " ".join(run("identity", "what-if", "same", *ends, *at(STORE)).stdout.split())
    assert "If record:lab:3 and record:club:4 were one paper: nothing is written" in shown
    assert "of club:4, lab:3" in shown
    assert "Finn Gale author:gale.finn and Eva Stone author:stone.eva: 1 paper, now 0" in shown
    answer = run_json("identity", "what-if", "same", *ends, *at(STORE))
    assert (len(answer["papers_before"]), len(answer["papers_after"])) == (2, 1)
    run("identity", "same", *ends, *at(STORE))
    refused = run("identity", "what-if", "different", *ends, *at(STORE)).stdout
    assert "It would be refused" in refused


def test_what_people_decided_goes_to_another_store_and_what_contradicts_is_said() -> None:
    run("load", "papers.jsonl", *at(STORE))
    run("identity", "same", "Jane Moss", "J. Moss", *at(STORE))
    run("identity", "export", "log.jsonl", *at(STORE))
    assert len(Path("log.jsonl").read_bytes().splitlines()) == 2
    run("load", "papers.jsonl", *at("file:other.sqlite"))
    summary = run_json("identity", "import", "log.jsonl", *at("file:other.sqlite"))
    assert (summary["new"], summary["unchanged"], summary["refused"]) == (1, 0, [])
    again = run_json("identity", "import", "log.jsonl", *at("file:other.sqlite"))
    assert (again["new"], again["unchanged"]) == (0, 1)
    run("identity", "undo", "2", *at("file:other.sqlite"))
    run("identity", "different", "Jane Moss", "J. Moss", *at("file:other.sqlite"))
    refused = run_json("identity", "import", "log.jsonl", *at("file:other.sqlite"))["refused"]
    assert len(refused) == 1
    assert "kept apart" in refused[0]


def test_a_line_that_is_no_decision_is_named() -> None:
    run("load", "papers.jsonl", *at(STORE))
    Path("log.jsonl").write_text('{"op": "same"}\n')
    result = run("identity", "import", "log.jsonl", *at(STORE), code=1)
    assert "log.jsonl, line 1" in result.stderr


@pytest.mark.parametrize(
    "words",
    [("what-if", "maybe", "A", "B"), ("explain", "A"), ("same", "Nobody Known", "Jane Moss")],
)
def test_wrong_use_is_refused(words: tuple[str, ...]) -> None:
    run("load", "papers.jsonl", *at(STORE))
    result = CliRunner().invoke(app, ["identity", *words, *at(STORE)])
    assert result.exit_code in {2, 3}
    assert result.stderr


def test_every_command_shows_an_example() -> None:
    for name in ("candidates", "explain", "what-if", "same", "undo", "log", "resolve", "import"):
        assert "Example: coauthor-graph identity" in run("identity", name, "--help").stdout
