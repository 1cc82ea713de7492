"""The command line, run in this process and as the installed program; people are invented."""

import asyncio
import gzip
import io
import json
import os
import re
import shlex
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import networkx as nx
import orjson
import pytest
from rich.console import Console
from typer.testing import CliRunner

from graph_service.api import problems
from graph_service.api.encoding import answer_bytes
from graph_service.cli import asking, edge, keeping, progress, terminal
from graph_service.cli.demo import LINEAGE_TO, PATH_BETWEEN
from graph_service.cli.files import whole_file
from graph_service.cli.main import DEMO_STORE, app
from graph_service.cli.terminal import plain
from graph_service.model.errors import (
    AmbiguousName,
    CursorExpired,
    InvalidIdentifier,
    PaperNotFound,
    ParameterError,
    RecordError,
    SettingsError,
    StoreBusy,
    StoreUnavailable,
)
from graph_service.model.records import DecisionDraft
from graph_service.projection.reader import Reader
from graph_service.questions.authors import (
    list_authors,
    list_collaborators,
    list_papers_of_author,
    show_author,
)
from graph_service.questions.autocomplete import complete
from graph_service.questions.evaluating import evaluate_recommendations
from graph_service.questions.papers import show_paper
from graph_service.questions.paths import show_path
from graph_service.questions.quality import show_quality
from graph_service.questions.recommendations import Wanted, recommend
from graph_service.questions.selections import Selection
from graph_service.questions.status import show_status
from graph_service.questions.timeline import show_timeline
from graph_service.settings import Settings
from graph_service.store.opening import open_store
from loaders.inputs import InputFile
from loaders.runner import LoadSummary

PROGRAM = Path(sys.executable).with_name("coauthor-graph")
STORE = "file:lab.sqlite"
COMMANDS = [command.name or command.callback.__name__ for command in app.registered_commands]


def page(subject, *papers, announced=None):
    """Write a profile page: each paper is (headline, title, byline)."""
    count = len(papers) if announced is None else announced
    blocks = [subject, f"CV\nh-index7\n{count}papers", f"{count} Papers"]
    for headline, title, byline in papers:
        blocks += [f"{headline}\n{title}", byline, f"An invented abstract: {title[:10]}."]
    return "\n\n".join(blocks) + "\n"


# Ada – Ben – Cleo is a chain by Ada's page; two people called Wei Ito wrote one paper; Eva is alone.
ADA = page(
    "Ada Quill",
    ("CVJan 2, 2018", "First Steps", "Ada Quill, Ben Okoro"),
    ("CVMar 4, 2019Code", "Bridges", "Ben Okoro, Cleo Marsh et al."),
    ("LGMay 6, 2021", "More Bridges", "Cleo Marsh, Ben Okoro"),
    announced=5,
)
CLUB = page(
    "Finn Gale",
    ("CVFeb 3, 2020", "Twins", "Wei Ito, Wei Ito, Finn Gale"),
    ("CVApr 5, 2022", "Alone Together", "Finn Gale, Cleo Marsh"),
)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in an empty folder, at 100 columns, without settings of this machine."""
    for name in os.environ:
        if name.startswith("COAUTHOR_GRAPH_") or name in {"NO_COLOR", "FORCE_COLOR", "TERM"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)
    Path("ada.txt").write_text(ADA)
    Path("club.txt").write_text(CLUB)
    return tmp_path


def run(*words, code=0):
    result = CliRunner().invoke(app, [str(word) for word in words])
    if not isinstance(result.exception, SystemExit | None):
        raise result.exception
    assert result.exit_code == code, (result.exit_code, result.stdout, result.stderr)
    return result


def run_json(*words, code=0):
    result = run(*words, "--json", code=code)
    assert result.stdout.endswith("\n")
    return orjson.loads(result.stdout_bytes)


def program(*words, **options):
    """Run the installed program to its end."""
    return subprocess.run(
        [PROGRAM, *words], check=False, capture_output=True, timeout=60, **options
    )


@pytest.fixture
def store():
    run("load", "ada.txt", "club.txt", "--store", STORE)
    return STORE


def ask(address, question):
    async def answer():
        store = await open_store(address, Settings())
        try:
            return await question(await Reader(store).view())
        finally:
            await store.close()

    return asyncio.run(answer())


async def papers_by_id(view):
    return list(view.graph.paper_ids)


def revision(address):
    return run_json("status", "--store", address)["facts_revision"]


def one_line(text):
    assert text.count("\n") == 1
    assert text.endswith("\n")
    return text.strip()


# -- help ---------------------------------------------------------------------------------


def test_alone_it_prints_help():
    result = run()
    assert "Usage: coauthor-graph" in result.stdout.replace("root", "coauthor-graph")
    assert "Start here: coauthor-graph demo" in result.stdout
    assert all(f"  {command} " in result.stdout for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_purpose_an_example_a_store_and_json(command):
    text = run(command, "--help").stdout
    purpose = text.split("\n\n")[1]
    assert re.fullmatch(r"  [A-Z][^\n]+\.", purpose)
    # The schema of a format is JSON, whatever the store.
    if command != "schema":
        assert "--store ADDRESS" in text
        assert "--json" in text
    example = re.search(r"Example: (.+)", text)[1]
    words = shlex.split(example)
    assert words[:2] == ["coauthor-graph", command]
    options = {word for word in words if word.startswith("--")}
    assert all(f"  {option}" in text for option in options)


def test_version():
    assert re.fullmatch(r"coauthor-graph \d+\.\d+\.\d+\n", run("--version").stdout)


# -- load ---------------------------------------------------------------------------------


def test_load_says_what_it_did_and_what_comes_next():
    text = run("load", "ada.txt", "--store", STORE).stdout
    assert "loaded 3 papers into file:lab.sqlite" in text
    assert re.search(r"files +1\n", text)
    assert re.search(r"read +4 \(3 papers, 1 source\)\n", text)
    assert re.search(r"new +4\n +replaced +0\n +unchanged +0\n +rejected +0\n", text)
    assert (
        "the derived layer is missing; run: coauthor-graph derive --store file:lab.sqlite" in text
    )


def test_loading_twice_changes_nothing(store):
    before = revision(store)
    text = run("load", "ada.txt", "club.txt", "--store", store).stdout
    assert "nothing changed: all 7 records were already there" in text
    assert revision(store) == before


def test_load_suggests_derive_only_where_it_would_help(store):
    run("derive", "--store", store)
    assert "derive" not in run("load", "ada.txt", "--store", store).stdout
    Path("ada.txt").write_text(ADA.replace("First Steps", "Further Steps"))
    text = run("load", "ada.txt", "--store", store).stdout
    assert "the derived layer is stale; run: coauthor-graph derive" in text


def test_a_load_into_memory_suggests_nothing():
    assert "derive" not in run("load", "ada.txt", "--store", "memory:").stdout


def test_the_default_store_needs_no_option_in_suggestions(monkeypatch):
    monkeypatch.setenv("COAUTHOR_GRAPH_STORE", "file:mine.sqlite")
    assert run("load", "ada.txt").stdout.endswith("run: coauthor-graph derive\n")
    assert Path("mine.sqlite").exists()


def test_load_as_json():
    summary = run_json("load", "ada.txt", "--store", STORE)
    seconds = summary.pop("seconds")
    assert seconds >= 0
    assert summary == {
        "files": 1,
        "read": 4,
        "papers": 3,
        "persons": 0,
        "new": 4,
        "replaced": 0,
        "unchanged": 0,
        "rejected": 0,
        "rejects": [],
        "files_left_alone": 0,
        "left_alone": [],
        "dry_run": False,
        "identity": {"new": 0, "lost": 0},
        "facts_revision": revision(STORE),
        "derived_revision": None,
        "stale": False,
    }


BAD_DAY = ("CVFeb 31, 2020", "A Day That Never Was", "Ada Quill, Ben Okoro")


def test_a_reject_stops_the_load_with_its_line():
    Path("bad.txt").write_text(page("Ada Quill", BAD_DAY))
    result = run("load", "bad.txt", "--store", STORE, code=1)
    assert one_line(result.stderr).startswith("error: bad.txt, line 9: 'CVFeb 31, 2020' is not")
    assert result.stdout == ""


def test_rejects_are_set_aside_listed_and_written():
    first = ("CVJan 2, 2018", "First Steps", "Ada Quill, Ben Okoro")
    Path("bad.txt").write_text(page("Ada Quill", first, *[BAD_DAY] * 7))
    options = ("--store", STORE, "--max-rejects", 7)
    text = run("load", "bad.txt", *options).stdout
    assert re.search(r"rejected +7\n", text)
    assert "– bad.txt, line 16: 'CVFeb 31, 2020' is not a day of the calendar" in text
    assert "2 more; write them all with --rejects-to FILE" in text

    text = run("load", "bad.txt", *options, "--rejects-to", "rejects.jsonl").stdout
    assert "all of them are in rejects.jsonl" in text
    rows = [json.loads(line) for line in Path("rejects.jsonl").read_text().splitlines()]
    assert len(rows) == 7
    reason = "'CVFeb 31, 2020' is not a day of the calendar"
    assert rows[0] == {"source": "bad.txt", "line": 16, "reason": reason}
    assert run_json("load", "bad.txt", *options)["rejects"] == rows


def test_a_failed_load_leaves_an_older_file_of_rejects():
    Path("rejects.jsonl").write_text("older\n")
    Path("bad.txt").write_text(page("Ada Quill", BAD_DAY))
    run("load", "bad.txt", "--store", STORE, "--rejects-to", "rejects.jsonl", code=1)
    assert Path("rejects.jsonl").read_text() == "older\n"
    assert list(Path().glob(".*part")) == []


def test_rejects_never_overwrite_what_is_loaded():
    result = run("load", "ada.txt", "--store", STORE, "--rejects-to", "./ada.txt", code=2)
    assert "a file that is not being loaded" in one_line(result.stderr)
    assert Path("ada.txt").read_text() == ADA


@pytest.mark.parametrize("expected", ["3:3", "3:", ":3", "0:9"])
def test_expected_papers(expected):
    run("load", "ada.txt", "--store", STORE, "--expect-papers", expected)


@pytest.mark.parametrize("expected", ["4:", ":2", "4:9"])
def test_unexpected_papers_write_nothing(store, expected):
    before = revision(store)
    Path("more.txt").write_text(ADA.replace("Steps", "Stairs"))
    result = run("load", "more.txt", "--store", store, "--expect-papers", expected, code=1)
    assert "error: the files hold 3 papers, expected" in one_line(result.stderr)
    assert revision(store) == before


@pytest.mark.parametrize("expected", ["", ":", "3", "9:3", "-1:3", "a:b", "1:2:3", "¹:"])
def test_expected_papers_that_are_no_range_are_wrong_use(expected):
    result = run("load", "ada.txt", "--store", STORE, f"--expect-papers={expected}", code=2)
    assert "MIN:MAX" in one_line(result.stderr)


def test_a_dry_run_writes_nothing():
    text = run("load", "ada.txt", "--store", STORE, "--dry-run").stdout
    assert "dry run: 4 records could be loaded; nothing was written" in text
    assert "new" not in text
    summary = run_json("load", "ada.txt", "--store", STORE, "--dry-run")
    assert (summary["dry_run"], summary["papers"], summary["new"]) == (True, 3, None)
    assert sorted(path.name for path in Path().iterdir()) == ["ada.txt", "club.txt"]


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("missing.txt", "missing.txt"),
        ("notes*", "notes.txt, line 1"),
        ("notes.txt", "notes.txt, line 1"),
    ],
)
def test_files_that_cannot_be_loaded_make_no_store(name, named):
    Path("notes.txt").write_text("Some notes.\n")
    result = run("load", name, "--store", STORE, code=1)
    assert one_line(result.stderr).startswith(f"error: {named}")
    assert not Path("lab.sqlite").exists()


# -- unload, export, import, derive, verify -----------------------------------------------


def test_unload_a_paper_and_a_source(store):
    run("derive", "--store", store)
    papers = run_json("author", "Ada Quill", "--papers", "--store", store)["results"]
    text = run("unload", "--paper", papers[0]["id"], "--store", store).stdout
    assert "removed 1 record from file:lab.sqlite" in text
    assert "the derived layer is stale; run: coauthor-graph derive" in text
    assert len(run_json("author", "Ada Quill", "--papers", "--store", store)["results"]) == 2

    summary = run_json("unload", "--source", "ada-quill", "--store", store)
    assert (summary["removed"], summary["source"], summary["stale"]) == (3, "ada-quill", True)
    assert summary["facts_revision"] == revision(store)
    run("author", "Ada Quill", "--store", store, code=3)


def test_unload_needs_to_know_what(store):
    run("unload", "--store", store, code=2)
    run("unload", "--store", store, "--paper", "x", "--source", "y", code=2)
    assert "no source 'nobody'" in run("unload", "--source", "nobody", *at(store), code=3).stderr
    result = run("unload", "--paper", "title:none", *at(store), code=3)
    assert "coauthor-graph author NAME --papers" in one_line(result.stderr)


def at(address):
    return ("--store", address)


def test_export_import_and_verify(store):
    text = run("export", "facts.jsonl", *at(store)).stdout
    assert f"exported 7 records and 0 decisions to facts.jsonl, revision {revision(store)}" in text
    text = run("import", "facts.jsonl", *at("file:copy.sqlite")).stdout
    assert "imported 7 records into file:copy.sqlite" in text
    assert "the same as the export's" in text
    assert revision("file:copy.sqlite") == revision(store)

    text = run("verify", *at("file:copy.sqlite")).stdout
    assert "file:copy.sqlite is what its records say" in text
    assert "not compared" in text
    run("derive", *at("file:copy.sqlite"))
    verified = run_json("verify", *at("file:copy.sqlite"))
    assert (verified["clean"], verified["differences"], verified["records"]) == (True, [], 7)
    assert verified["ties"] == 7

    text = run("import", "facts.jsonl", *at("file:copy.sqlite")).stdout
    assert "nothing changed: all 7 records were already there" in text


def test_import_beside_other_facts(store):
    run("export", "facts.jsonl", *at(store))
    run("load", "ada.txt", *at("file:other.sqlite"))
    Path("third.txt").write_text(page("Gus Hale", ("CVJan 2, 2018", "Third", "Gus Hale, Ivy Tan")))
    run("load", "third.txt", *at("file:other.sqlite"))
    summary = run_json("import", "facts.jsonl", *at("file:other.sqlite"))
    assert (summary["records"], summary["new"], summary["unchanged"]) == (7, 3, 4)
    assert summary["exported_revision"] == revision(store) != summary["facts_revision"]
    assert (
        "with facts from elsewhere" in run("import", "facts.jsonl", *at("file:other.sqlite")).stdout
    )


def test_export_to_stdout_is_the_export_alone(store):
    summary = run_json("export", "facts.jsonl", *at(store))
    assert summary == {
        "file": "facts.jsonl",
        "records": 7,
        "decisions": 0,
        "facts_revision": revision(store),
    }
    result = run("export", "-", *at(store))
    assert result.stdout_bytes == Path("facts.jsonl").read_bytes()
    assert one_line(result.stderr).startswith("exported 7 records and 0 decisions to stdout")
    beside = run("export", "-", "--json", *at(store)).stderr
    assert json.loads(beside)["records"] == 7


def test_a_cut_export_is_refused_with_its_line_and_makes_no_store(store):
    run("export", "facts.jsonl", *at(store))
    whole = Path("facts.jsonl").read_bytes()
    Path("cut.jsonl").write_bytes(whole[: len(whole) // 2])
    result = run("import", "cut.jsonl", *at("file:copy.sqlite"), code=1)
    assert re.match(r"error: cut\.jsonl, line \d: is no line of an export", one_line(result.stderr))
    Path("cut.jsonl").write_bytes(whole[: whole.index(b"\n", len(whole) // 2) + 1])
    result = run("import", "cut.jsonl", *at("file:copy.sqlite"), code=1)
    assert "is cut or was altered" in one_line(result.stderr)
    assert not Path("copy.sqlite").exists()


def test_an_export_never_replaces_the_store_and_fails_whole(store):
    result = run("export", "./lab.sqlite", *at(store), code=2)
    assert "a file other than the store itself" in one_line(result.stderr)
    before = revision(store)
    result = run("export", "nowhere/facts.jsonl", *at(store), code=1)
    assert one_line(result.stderr) == (
        f"error: {Path('nowhere/facts.jsonl').resolve()}: No such file or directory"
    )
    assert revision(store) == before


def test_verify_fails_on_a_store_that_was_altered(store):
    run("derive", *at(store))
    connection = sqlite3.connect("lab.sqlite")
    connection.execute("UPDATE derived_edge SET json = '{}' WHERE start LIKE '%marsh%'")
    connection.commit()
    connection.close()
    result = run("verify", *at(store), code=1)
    assert "file:lab.sqlite differs from what its records say" in result.stdout
    assert "– relationship ('COAUTHORED', 'author:" in result.stdout
    assert run_json("verify", *at(store), code=1)["clean"] is False


def test_derive(store):
    text = run("derive", *at(store)).stdout
    assert f"derived 7 ties from revision {revision(store)}" in text
    summary = run_json("derive", "--max-authors", 2, *at(store))
    assert (summary["ties"], summary["capped_papers"], summary["max_authors"]) == (2, 3, 2)
    run("derive", "--max-authors", 1, *at(store), code=2)


# -- questions ----------------------------------------------------------------------------


def test_json_is_the_body_that_http_gives(store):
    def same(question, *words):
        assert run(*words, "--json", *at(store)).stdout_bytes == (
            answer_bytes(ask(store, question)) + b"\n"
        )

    same(lambda view: show_author(view, "Ada Quill"), "author", "ada quill")
    same(
        lambda view: list_papers_of_author(view, "author:okoro.ben", per_page=2),
        *("author", "Ben Okoro", "--papers", "--per-page", 2),
    )
    same(
        lambda view: list_collaborators(view, "author:marsh.cleo"),
        *("author", "author:marsh.cleo", "--collaborators"),
    )
    same(lambda view: show_path(view, "Ada Quill", "Finn Gale"), "path", "Ada Quill", "Finn Gale")
    same(lambda view: show_timeline(view, "Ben Okoro"), "author", "Ben Okoro", "--timeline")
    wanted = Wanted(score="jaccard", k=2, without=("none",))
    same(
        lambda view: recommend(view, "Ada Quill", wanted),
        *("author", "Ada Quill", "--recommendations", "--score", "jaccard", "--k", 2),
        *("--without", "none"),
    )
    chosen = Selection(sort="degree", order="asc")
    same(
        lambda view: list_authors(view, q="wei", chosen=chosen),
        *("authors", "wei", "--sort", "degree", "--order", "asc"),
    )
    same(lambda view: complete(view, "be"), "autocomplete", "be")
    same(
        lambda view: evaluate_recommendations(view, split_year=2020),
        *("evaluate", "recommendations", "--split-year", 2020),
    )
    first = ask(store, papers_by_id)[0]
    same(lambda view: show_paper(view, first), "paper", first)
    same(show_quality, "quality")
    shown = Settings(store=store).shown()
    same(lambda view: show_status(view.store, {**shown}), "status")


def test_the_card_of_an_author(store):
    text = run("author", "Ada Quill", *at(store)).stdout
    assert text.startswith("Ada Quill  author:quill.ada  unverified\n")
    assert "3 papers, 2018–2021 · 2 collaborators" in text
    assert "on 2 of these papers the name is not printed" in text
    assert "the page says: h-index 7, papers 5 (source:ada-quill, no date given)" in text
    assert re.search(r"2021 +More Bridges\n", text)
    assert re.search(r"3 +3\.00 +2018–2021 +Ben Okoro +author:okoro\.ben\n", text)
    assert "What this answer does not know" in text
    assert "1 of these papers names only some of the authors" in text


def test_lists_say_how_many_more_there_are(store):
    papers = [
        (f"CVJan {day}, 2020", f"Study {day}", f"Ida Long, Person {day}x{day} Short")
        for day in range(1, 31)
    ]
    Path("long.txt").write_text(page("Ida Long", *papers))
    run("load", "long.txt", *at(store))
    card = run("author", "Ida Long", *at(store)).stdout
    assert "and 25 more papers: add --papers" in card
    assert "and 25 more people: add --collaborators" in card
    for option in ("--papers", "--collaborators"):
        text = run("author", "Ida Long", option, *at(store)).stdout
        assert "5 more: add --all, or take pages with --json and --cursor" in text
        text = run("author", "Ida Long", option, "--all", *at(store)).stdout
        assert "more: add" not in text
        listed = "title:study" if option == "--papers" else "author:short.person"
        assert text.count(listed) == 30
    first = run_json("author", "Ida Long", "--papers", *at(store))
    cursor = first["meta"]["next_cursor"]
    rest = run_json("author", "Ida Long", "--papers", "--cursor", cursor, *at(store))
    assert len(first["results"]) + len(rest["results"]) == 30
    Path("club.txt").write_text(CLUB.replace("Twins", "Triplets"))
    run("load", "club.txt", *at(store))
    result = run("author", "Ida Long", "--papers", "--json", "--cursor", cursor, *at(store), code=1)
    assert json.loads(result.stderr)["type"].endswith(":cursor-expired")


@pytest.mark.parametrize(
    "options",
    [
        ("--papers", "--collaborators"),
        ("--all",),
        ("--per-page", "3"),
        ("--papers", "--all", "--json"),
        ("--papers", "--cursor", "x"),
        ("--papers", "--per-page", "501"),
        ("--papers", "--json", "--cursor", "x"),
    ],
)
def test_options_of_lists_that_contradict_each_other_are_wrong_use(store, options):
    run("author", "Ada Quill", *options, *at(store), code=2)


def test_a_list_of_papers_prints_ids_places_and_what_is_not_printed(store):
    text = run("author", "Ada Quill", "--papers", *at(store)).stdout
    assert "author:quill.ada: 3 papers, newest first" in text
    assert "1 Ben Okoro, 2 Cleo Marsh, et al. (not printed: Ada Quill)" in text
    assert re.search(r"title:first-steps~[0-9a-f]{8}", text)


def test_a_path_is_a_chain_with_its_papers(store):
    text = run("path", "Wei Ito", "Ada Quill", *at(store), code=3)
    text = run("path", "Finn Gale", "Ada Quill", *at(store)).stdout
    assert text.startswith("Finn Gale → Ada Quill: at most 2 hops\n")
    chain = [line for line in text.splitlines() if re.match(r"  \w+ \w+  author:", line)]
    assert [line.split("  ")[1] for line in chain] == ["Finn Gale", "Cleo Marsh", "Ada Quill"]
    assert re.search(r"│ +2022 +Alone Together +places 1 and 2\n", text)
    assert re.search(r"│ +2019 +Bridges +places 2 and not printed\n", text)
    assert "What this answer does not know" in text
    assert "a missing one could make a shorter" in text


def test_paths_that_need_no_hop_or_do_not_exist(store):
    Path("eva.txt").write_text(page("Eva Stone", ("CVJan 2, 2018", "Solo", "Eva Stone")))
    run("load", "eva.txt", *at(store))
    text = run("path", "Eva Stone", "Ada Quill", *at(store)).stdout
    assert "Eva Stone → Ada Quill: not connected" in text
    assert "no chain of shared papers joins them" in text
    text = run("path", "Ada Quill", "Quill, Ada", *at(store)).stdout
    assert "Ada Quill → Ada Quill: the same author" in text
    card = run("author", "Eva Stone", *at(store)).stdout
    assert "nobody that the data name" in card


def test_several_paths_are_numbered_and_say_what_they_cost(store):
    text = run("path", "Finn Gale", "Ada Quill", "--mode", "k_cheapest", *at(store)).stdout
    assert text.startswith("Finn Gale → Ada Quill: 2 paths\n\n1. 2 hops, cost 1.500 (estimate)\n")
    assert "\n2. 3 hops, cost 1.833 (estimate)\n" in text
    assert "chosen: lowest cost first, where a tie costs 1/weight" in text


def test_a_path_is_cut_by_what_is_left_out(store):
    text = run("path", "Finn Gale", "Ada Quill", "--exclude", "Cleo Marsh", *at(store)).stdout
    assert "Finn Gale → Ada Quill: not connected" in text
    assert "cut by a filter: taking exclude away alone gives a path of 2 hops" in text
    text = run("path", "Cleo Marsh", "Ben Okoro", "--without-subject", "--frontier", *at(store))
    assert "Cleo Marsh → Ben Okoro: exact 1 hop" in text.stdout
    assert "could hide a shorter way\n  none" in text.stdout


def test_authors_are_joined_by_a_tree(store):
    text = run("connect", "Finn Gale", "Ada Quill", "Ben Okoro", *at(store)).stdout
    assert text.startswith("3 authors: joined by 3 hops\n")
    assert "1 author between them; no tree is smaller" in text
    names = "Finn Gale", "Ada Quill", "Ben Okoro", "--exclude", "Cleo Marsh"
    text = run("connect", *names, *at(store)).stdout
    assert text.startswith("3 authors: not all connected, 2 parts\n")
    assert "\nFinn Gale\n    nobody else asked for can be reached" in text


def test_papers_are_joined_by_a_chain(store):
    text = run("paper-path", "First Steps", "Alone Together", *at(store)).stdout
    assert text.startswith("First Steps → Alone Together: at most 2 steps\n")
    assert "│  author: Cleo Marsh" in text
    text = run("paper-path", "First Steps", "Twins", "--max-steps", "1", *at(store)).stdout
    assert "the shortest chain has 3 steps, and max_steps is 1" in text
    text = run("paper-path", "Twins", "Twins", *at(store)).stdout
    assert "Twins → Twins: the same paper" in text


def test_a_network_is_listed_and_written_as_graphml(store):
    options = "--hops", "2", "--graphml", "near.graphml"
    result = run("network", "Ada Quill", *options, *at(store))
    assert result.stdout.startswith("Ada Quill: 4 authors within 2 hops, 4 ties among them\n")
    assert re.search(r"   1   Ben Okoro +author:okoro.ben +3 +3\.00\n", result.stdout)
    assert one_line(result.stderr) == "wrote 4 authors and 4 ties to near.graphml"
    graph = nx.read_graphml("near.graphml")
    assert sorted(graph) == [
        "author:gale.finn",
        "author:marsh.cleo",
        "author:okoro.ben",
        "author:quill.ada",
    ]
    assert graph.edges["author:okoro.ben", "author:quill.ada"]["papers"] == 3


def test_people_are_suggested_with_what_speaks_for_them(store):
    text = run("author", "Ada Quill", "--recommendations", "--without", "none", *at(store)).stdout
    assert "Might work with, 1 candidate" in text
    assert "  1. Finn Gale  0.910239  author:gale.finn" in text
    assert re.search("through  Cleo Marsh 0.91\n", text)
    nobody = run("author", "Wei Ito", "--recommendations", *at(store), code=3).stderr
    assert "fits several authors" in nobody
    known = run(
        "author", "Ben Okoro", "--recommendations", "--include-known", "--k", 1,
        "--score", "pagerank", *at(store),
    ).stdout  # fmt: skip
    assert "(has worked together)" in known
    alone = run(
        "author", "Finn Gale", "--recommendations", "--active-since", 2030, *at(store)
    ).stdout
    assert "nobody: no one shares a collaborator" in alone


def test_an_author_is_shown_year_by_year(store):
    text = run("author", "Cleo Marsh", "--timeline", *at(store)).stdout
    assert re.search(r"2019 +1 +2 +2 +Ben Okoro, Ada Quill\n", text)
    assert re.search(r"2022 +1 +1 +1 +Finn Gale\n", text)
    assert "3 years" in text


def test_authors_are_listed_by_one_measure(store):
    run("derive", *at(store))
    text = run("authors", "--sort", "betweenness", "--per-page", 2, *at(store)).stdout
    assert "rank   betweenness" in text
    assert "more: add --all" in text
    everybody = run("authors", "--all", "--sort", "core", *at(store)).stdout
    assert everybody.count("author:") == 6
    experts = run("authors", "--topic", "LG", *at(store)).stdout
    assert "fitting" in experts
    assert "topic topic:category/lg" in experts
    card = run("author", "Cleo Marsh", *at(store)).stdout
    assert "Stands among the ties, measure by measure" in card


def test_a_measure_that_is_not_derived_says_what_to_do(store):
    assert "coauthor-graph derive" in run("authors", "--sort", "core", *at(store), code=1).stderr


def test_a_name_is_completed_with_hints(store):
    text = run("autocomplete", "WEI", *at(store)).stdout
    assert text.count("1 namesake") == 2
    assert "nothing fits" in run("autocomplete", "zzz", *at(store)).stdout
    papers = run("autocomplete", "b", "--kind", "paper", "--limit", 1, *at(store)).stdout
    assert "1 more fit" in papers


def test_suggestions_are_evaluated(store):
    text = run("evaluate", "recommendations", "--split-year", 2020, *at(store)).stdout
    assert "Suggestions from papers before 2020-01-01, against those before 2022-01-01" in text
    assert "nobody has a new collaborator to foretell" in text
    purpose = run("evaluate", "recommendations", "--help").stdout
    assert "--store ADDRESS" in purpose
    assert "Example: coauthor-graph evaluate recommendations" in purpose


def test_a_long_hop_is_cut_and_says_so():
    papers = [
        (f"CVJan {day}, 2020", f"Study {day} https://github.com/ida/s{day}", "Ida Long, Bo Short")
        for day in range(1, 10)
    ]
    Path("long.txt").write_text(page("Ida Long", *papers))
    run("load", "long.txt", *at(STORE))
    text = run("path", "Ida Long", "Bo Short", *at(STORE)).stdout
    assert (text.count("Study "), "and 3 more papers" in text) == (6, True)
    assert "every paper: add --all" in text
    text = run("path", "Ida Long", "Bo Short", "--all", *at(STORE)).stdout
    assert (text.count("Study "), "--all" in text) == (9, False)


def test_the_card_of_a_paper_says_who_says_what():
    paper = {
        "source": "lab",
        "key": "looms",
        "title": "Looms of Wool",
        "date": "2020-03",
        "venue": "Letters",
        "kind": "article",
        "authors": [{"name": "Ada Quill"}],
        "group_authors": ["The Weavers"],
        "identifiers": ["doi:10.1000/x"],
        "locations": [{"url": "https://looms.example.org/1", "licence": "cc-by", "host": "Looms"}],
        "abstract": "We weave.",
    }
    Path("looms.jsonl").write_bytes(orjson.dumps(paper))
    run("load", "looms.jsonl", *at(STORE))
    text = run("paper", "looms of wool", *at(STORE)).stdout
    assert text.startswith("Looms of Wool\ndoi:10.1000/x\n  2020-03 · article · Letters\n")
    assert "  1  Ada Quill  author:quill.ada  unverified\n  The Weavers, a collaboration\n" in text
    assert "– https://looms.example.org/1  cc-by, Looms  lab:looms\n" in text
    assert "We weave." in text
    assert run_json("paper", "doi:10.1000/X", *at(STORE))["paper"]["locations"] == [
        {**paper["locations"][0], "version": None, "source": "source:lab", "record": "lab:looms"}
    ]
    run("paper", "Nothing", *at(STORE), code=3)


def test_the_card_of_an_author_says_where_a_source_places_the_person():
    names = [{"name": "Ada Quill"}]
    lines = [
        {"source": "lab", "key": "looms", "title": "Looms of Wool", "authors": names},
        {
            "type": "person",
            "source": "lab",
            "key": "quill",
            "names": names,
            "affiliations": [{"name": "North Lab", "country": "NO"}],
        },
    ]
    Path("looms.jsonl").write_bytes(b"\n".join(map(orjson.dumps, lines)))
    run("load", "looms.jsonl", *at(STORE))
    text = run("author", "Ada Quill", *at(STORE)).stdout
    assert "  North Lab (NO)  person:lab:quill, by name:lab/quill.ada\n" in text


def test_quality_prints_sentences_with_examples(store):
    text = run("quality", *at(store)).stdout
    assert "– 2 announced papers are not listed: Ada Quill announces 5 and lists 3" in text
    assert "    source:ada-quill" in text
    assert re.search(r"and \d more: add --all for up to ten examples", text)
    everything = run("quality", "--all", *at(store)).stdout
    assert "--all" not in everything
    assert everything.count("author:") > text.count("author:")


def test_status(store):
    text = run("status", *at(store)).stdout
    assert f"revision {revision(store)}" in text
    assert "missing; run: coauthor-graph derive --store file:lab.sqlite" in text
    assert re.search(r"Paper +5 +", text)
    assert re.search(r"store +file:lab.sqlite\n", text)
    run("derive", *at(store))
    assert "complete, computed from these facts" in run("status", *at(store)).stdout
    before = revision(store)
    run("unload", "--source", "finn-gale", *at(store))
    text = run("status", *at(store)).stdout
    assert f"stale, computed at revision {before}; run: coauthor-graph derive" in text
    assert "none" in run("status", *at("memory:")).stdout


def test_status_hides_the_password(store, monkeypatch):
    monkeypatch.setenv("COAUTHOR_GRAPH_NEO4J_PASSWORD", "tell-nobody")
    for options in ((), ("--json",)):
        result = run("status", *options, *at(store))
        assert "tell-nobody" not in result.output
        assert "********" in result.stdout


# -- errors -------------------------------------------------------------------------------


def test_near_names_are_listed(store):
    result = run("author", "Ada Quil", *at(store), code=3)
    first, head, _, row = result.stderr.rstrip("\n").split("\n")
    assert first == "error: no author 'Ada Quil'; near names are"
    assert head.split() == ["id", "name", "papers", "last", "year", "a", "paper"]
    assert re.match(r"author:quill\.ada +Ada Quill +3 +2021 +", row)
    assert result.stdout == ""
    assert one_line(run("author", "Xyz", *at(store), code=3).stderr) == "error: no author 'Xyz'"


def test_candidates_are_listed(store):
    result = run("path", "Wei Ito", "Ada Quill", *at(store), code=3)
    first, *table = result.stderr.split("\n")
    assert first == "error: 'Wei Ito' fits several authors; ask again with one of these ids"
    ids = [row.split()[0] for row in table if row.startswith("author:")]
    assert len(ids) == 2
    assert run("author", ids[1], *at(store)).stdout.startswith(f"Wei Ito  {ids[1]}")


def test_errors_as_json_are_like_problem_documents(store):
    result = run("author", "Wei Ito", "--json", *at(store), code=3)
    problem = json.loads(one_line(result.stderr))
    assert problem["type"] == "urn:coauthor-graph:problem:ambiguous-name"
    assert problem["title"] == "ambiguous name"
    assert problem["detail"].startswith("'Wei Ito' fits 2 authors")
    assert [row["name"] for row in problem["candidates"]] == ["Wei Ito", "Wei Ito"]
    assert result.stdout == ""
    assert edge.PROBLEM_TYPE == problems.PROBLEM_TYPE


def test_a_moved_id_is_followed(store):
    async def join():
        opened = await open_store(store, Settings())
        async with opened.writing():
            await opened.decide(
                DecisionDraft(
                    op="same",
                    a="name:ada-quill/marsh.cleo",
                    b="name:ada-quill/okoro.ben",
                    by="tester",
                )
            )
        await opened.close()

    Path("apart.txt").write_text(
        page("Ada Quill", ("CVJan 2, 2018", "A", "Ben Okoro"), ("CVJan 2, 2019", "B", "Cleo Marsh"))
    )
    run("unload", "--source", "ada-quill", *at(store))
    run("load", "apart.txt", *at(store))
    asyncio.run(join())
    result = run("author", "author:okoro.ben", "--json", *at(store))
    assert one_line(result.stderr) == "note: 'author:okoro.ben' is now 'author:marsh.cleo'"
    assert orjson.loads(result.stdout_bytes)["author"]["id"] == "author:marsh.cleo"
    result = run("path", "author:okoro.ben", "Finn Gale", *at(store))
    assert "is now 'author:marsh.cleo'" in one_line(result.stderr)
    assert "printed as Ben Okoro, Cleo Marsh" in run("author", "Cleo Marsh", *at(store)).stdout
    result = run("derive", "--without", "author:okoro.ben", *at(store))
    assert "is now 'author:marsh.cleo'" in one_line(result.stderr)
    removed = run_json("clusters", *at(store))["run"]["without"]
    assert [one["id"] for one in removed] == ["author:marsh.cleo"]
    run("export", "facts.jsonl", *at(store))
    summary = run_json("import", "facts.jsonl", *at("file:copy.sqlite"))
    assert (summary["decisions"], summary["facts_revision"]) == (1, revision(store))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ParameterError("x", 1, "2"), 2),
        (SettingsError("x"), 2),
        (InvalidIdentifier("x", "y"), 2),
        (PaperNotFound("x"), 3),
        (AmbiguousName("x", []), 3),
        (RecordError("x", "y", line=1), 1),
        (StoreBusy("x"), 1),
        (StoreUnavailable("x"), 1),
        (CursorExpired("x", "y"), 1),
    ],
)
def test_exit_codes(error, code):
    assert edge.exit_code(error) == code


@pytest.mark.parametrize(
    "words",
    [
        ("lode",),
        ("load",),
        ("load", "ada.txt", "--max-rejects", "-1"),
        ("load", "ada.txt", "--format", "papyrus"),
        ("author",),
        ("path", "Ada Quill"),
        ("path", "Ada Quill", "Ben Okoro", "--max-hops", "0"),
        ("path", "Ada Quill", "Ben Okoro", "--mode", "longest"),
        ("network", "Ada Quill", "--hops", "4"),
        ("author", "Ada Quill", "--timeline", "--recommendations"),
        ("author", "Ada Quill", "--k", "3"),
        ("author", "Ada Quill", "--timeline", "--all"),
        ("author", "Ada Quill", "--recommendations", "--score", "luck"),
        ("authors", "--sort", "fame"),
        ("authors", " "),
        ("autocomplete", " "),
        ("autocomplete", "a", "--limit", "0"),
        ("evaluate", "recommendations"),
        ("evaluate", "recommendations", "--split-year", "2020", "--window", "0"),
        ("serve", "--port", "65536"),
        ("status", "--store", "nonsense"),
        ("status", "--store", ""),
    ],
)
def test_wrong_use(words):
    run(*words, code=2)


def test_a_setting_out_of_range_is_wrong_use(monkeypatch):
    monkeypatch.setenv("COAUTHOR_GRAPH_PORT", "many")
    assert "COAUTHOR_GRAPH_PORT" in one_line(run("status", code=2).stderr)


@pytest.mark.parametrize(
    "words", [("status",), ("quality",), ("author", "x"), ("derive",), ("export", "f"), ("serve",)]
)
def test_a_missing_store_says_how_to_make_one(words):
    message = one_line(run(*words, *at("file:none.sqlite"), code=1).stderr)
    assert message == (
        "error: there is no store at none.sqlite; make one with: "
        "coauthor-graph load FILE --store file:none.sqlite"
    )
    assert sorted(path.name for path in Path().iterdir()) == ["ada.txt", "club.txt"]


@pytest.mark.parametrize("words", [("status",), ("load", "ada.txt"), ("verify",), ("demo",)])
def test_a_broken_store_is_one_clear_line(words):
    Path("lab.sqlite").write_bytes(bytes(range(256)) * 20)
    message = one_line(run(*words, *at(STORE), code=1).stderr)
    assert message.startswith("error: file:lab.sqlite is no store or is damaged")


def test_interruption_is_one_line(monkeypatch):
    def interrupted(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(keeping, "load_checked", interrupted)
    result = run("load", "ada.txt", *at(STORE), code=130)
    assert one_line(result.stderr) == edge.INTERRUPTION
    assert list(Path().glob(".*part")) == []


def test_a_full_disk_is_one_line(store, monkeypatch):
    def full(_data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(terminal, "write", full)
    message = one_line(run("status", *at(store), code=1).stderr)
    assert message == "error: stdout: No space left on device"
    problem = json.loads(run("status", "--json", *at(store), code=1).stderr)
    assert problem["detail"] == "stdout: No space left on device"


# -- hostile text -------------------------------------------------------------------------


def test_plain_text_shows_control_characters():
    assert plain("a\x1b[31mb\x9bc\x7fd\u202ee\u2066f\u2028g\n") == (
        "a\\x1b[31mb\\x9bc\\x7fd\\u202ee\\u2066f\\u2028g\\n"
    )
    assert plain("\udcff\U000e0041") == "\\udcff\\U000e0041"
    ordinary = "Zoë 李明 [red]x[/red] :smile: می\u200cخواهم"
    assert plain(ordinary) == ordinary


HOSTILE = page(
    "Ada\u202e Quill",
    (
        "CVJan 2, 2018",
        "[red]Red[/red] [link=http://x]\u202eeltit :smile: \u206631m[/]",
        "Ada\u202e Quill, Ben Okoro\u2066 · [bold]Org",
    ),
    ("CVJan 3, 2018\x1b[2J", "Not a headline", "Mal\x1b[2J Lory"),
)


def harmless(text):
    kept = {"\n"}
    return not [char for char in text if plain(char) != char and char not in kept]


def test_text_from_files_is_printed_as_it_is_and_harmless(tmp_path):
    Path("bad\x1b[31m.txt").write_text(HOSTILE)
    text = run("load", "bad\x1b[31m.txt", "--max-rejects", 9, *at(STORE)).stdout
    assert harmless(text)
    assert "bad\\x1b[31m.txt, line" in text
    run("derive", *at(STORE))
    author = run_json("path", "Ada Quill", "Ben Okoro", *at(STORE))
    assert "\u202e" in author["source"]["name"]
    for words in (
        ("author", "Ada Quill"),
        ("author", "Ada Quill", "--papers"),
        ("author", "Ada Quill", "--collaborators"),
        ("path", "Ada Quill", "Ben Okoro"),
        ("paper", author["path"]["hops"][0]["papers"][0]["id"]),
        ("quality",),
        ("status",),
    ):
        result = run(*words, *at(STORE))
        assert harmless(result.output), words
    papers = run("author", "Ada Quill", "--papers", *at(STORE)).stdout
    assert "[red]Red[/red] [link=http://x]\\u202eeltit :smile: \\u206631m[/]" in papers
    assert "1 Ada\\u202e Quill, 2 Ben Okoro\\u2066" in papers


def test_errors_show_hostile_text_harmlessly():
    Path("bad.txt").write_text(HOSTILE)
    run("load", "bad.txt", "--max-rejects", 9, *at(STORE))
    for options in ((), ("--json",)):
        result = run("author", "Ada Quil\x1b[31m\udcff [red]", *options, *at(STORE), code=3)
        assert harmless(result.stderr)
        assert "[red]" in result.stderr
    result = run("status", *at("file:\x1b[31m.sqlite"), code=1)
    assert harmless(one_line(result.stderr))


# -- files and progress -------------------------------------------------------------------


def test_a_whole_file_replaces_only_when_it_is_complete():
    target = Path("out")
    target.write_text("old")
    Path("link").symlink_to(target)

    def fail_half_way():
        with whole_file(target) as stream:
            stream.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert target.read_text() == "old"
    with whole_file(Path("link")) as stream:
        stream.write(b"new")
        assert target.read_text() == "old"
    assert (target.read_text(), Path("link").is_symlink()) == ("new", True)
    assert sorted(path.name for path in Path().iterdir()) == ["ada.txt", "club.txt", "link", "out"]


def test_a_device_is_written_to_and_stays(store):
    run("export", os.devnull, *at(store))
    assert Path(os.devnull).is_char_device()
    with pytest.raises(IsADirectoryError), whole_file(Path()):
        pass


def test_progress_without_a_terminal_is_a_line_now_and_then(monkeypatch, capsys):
    clock = iter([0.0, 0.0, 1.0, 6.0, 7.0, 12.0])
    monkeypatch.setattr(progress, "monotonic", lambda: next(clock))
    with progress.Progress() as shown:
        for done in (1000, 2000, 3000, 4000):
            shown("loading \x1b[31m[red]", done, 9000)
    assert capsys.readouterr().err == (
        "loading \\x1b[31m[red]: 2,000 of 9,000\nloading \\x1b[31m[red]: 4,000 of 9,000\n"
    )


def test_progress_on_a_terminal_is_a_bar_that_leaves_nothing(monkeypatch):
    out = io.StringIO()
    monkeypatch.setattr(
        progress,
        "console",
        lambda **_: Console(file=out, force_terminal=True, width=80, markup=False),
    )
    with keeping.LoadProgress() as quick:
        quick.read("checking", InputFile(Path("a.txt")), 2000)
    assert out.getvalue() == ""
    monkeypatch.setattr(progress, "SECONDS_BEFORE_A_BAR", 0)
    with progress.Progress(after=0) as slow:
        slow("checking [red].txt, papers", 2000)
        slow("loading [red].txt, papers", 1000, 2000)
    assert "loading [red].txt, papers: 1,000 of 2,000" in out.getvalue()
    assert out.getvalue().endswith("\x1b[1A\x1b[2K")


# -- serve and demo -----------------------------------------------------------------------


def test_serve_hands_its_settings_on_and_says_where(store, monkeypatch):
    served = []

    def serve(settings, *, ready, step):
        served.append(settings)
        step("compiling")
        ready("http://[::1]:8080")

    monkeypatch.setattr("graph_service.api.serve.serve", serve)
    result = run("serve", *at(store), "--host", "::1", "--port", 8080)
    assert (served[0].store, served[0].host, served[0].port) == (store, "::1", 8080)
    assert result.stderr == (
        "compiling\nserving file:lab.sqlite on http://[::1]:8080 – docs at http://[::1]:8080/docs, "
        "stop with Ctrl+C\n"
    )
    assert result.stdout == ""
    monkeypatch.setenv("COAUTHOR_GRAPH_PORT", "9000")
    ready = run_json("serve", *at(store))
    assert (served[1].host, served[1].port) == ("127.0.0.1", 9000)
    assert ready == {
        "store": store,
        "url": "http://[::1]:8080",
        "docs": "http://[::1]:8080/docs",
    }


def test_demo_gives_the_same_tour_again(monkeypatch):
    monkeypatch.setenv("COAUTHOR_GRAPH_STORE", "file:mine.sqlite")
    first = run("demo").stdout
    assert "51 records loaded, all of them new" in first
    assert "50 papers · 55 authors" in first
    assert f"{PATH_BETWEEN[0]} → {PATH_BETWEEN[1]}: at most 2 hops" in first
    assert f"coauthor-graph serve --store {DEMO_STORE}" in first
    assert "http://127.0.0.1:8000/docs" in first
    assert max(len(line) for line in first.splitlines()) <= 100
    assert "2020-03-22  Dynamic ReLU" in first
    assert len(first.splitlines()) <= 80
    second = run("demo").stdout
    assert "nothing changed: all 51 records were already there" in second

    def tour(text):
        return text.split("\n\n", 1)[1]

    assert tour(second) == tour(first)
    assert sorted(path.name for path in Path().glob("*.sqlite")) == ["coauthor-graph-demo.sqlite"]


def test_every_command_that_demo_suggests_works():
    text = run("demo").stdout
    commands = [
        shlex.split(line)[1:]
        for line in text.splitlines()
        if line.strip().startswith("coauthor-graph ") and " serve " not in line
    ]
    assert [words[0] for words in commands] == ["author", "lineage", "quality"]
    for words in commands:
        run(*words)


def test_a_demo_in_memory_suggests_nothing_that_cannot_work():
    text = run("demo", *at("memory:")).stdout
    assert "keeps the sample in a file" in text
    assert "coauthor-graph serve" not in text


def test_demo_as_json_is_the_answers_of_the_tour():
    shown = run_json("demo", *at(STORE))
    assert (shown["load"]["papers"], shown["load"]["new"]) == (50, 51)
    assert list(shown["tour"]) == [
        "status",
        "collaborators",
        "ties_without_subject",
        "ties_without_subject_in_all",
        "path",
        "lineage",
        "quality",
    ]
    assert shown["tour"]["path"] == run_json("path", *PATH_BETWEEN, *at(STORE))
    assert shown["tour"]["lineage"] == run_json("lineage", "--to", LINEAGE_TO, *at(STORE))
    assert shown["tour"]["quality"] == run_json("quality", *at(STORE))
    assert shown["tour"]["status"] == run_json("status", *at(STORE))


# -- the installed program ----------------------------------------------------------------


def test_the_program_loads_and_answers():
    loaded = program("load", "ada.txt", "--store", STORE)
    assert (loaded.returncode, loaded.stderr) == (0, b"")
    answered = program("path", "Ada Quill", "Cleo Marsh", "--store", STORE, "--json")
    assert (answered.returncode, answered.stderr) == (0, b"")
    expected = ask(STORE, lambda view: show_path(view, "Ada Quill", "Cleo Marsh"))
    assert answered.stdout == answer_bytes(expected) + b"\n"
    missing = program("author", "Nobody At All", "--store", STORE)
    assert (missing.returncode, missing.stdout) == (3, b"")
    assert missing.stderr == b"error: no author 'Nobody At All'\n"


@pytest.mark.parametrize("words", [("status",), ("author", "Ada Quill", "--json"), ("export", "-")])
def test_a_reader_that_has_enough_is_no_trouble(store, words):
    reading, writing = os.pipe()
    os.close(reading)
    ended = subprocess.run(
        [PROGRAM, *words, "--store", store],
        check=False,
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=60,
    )
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (1, b"")


def test_letters_that_the_terminal_lacks_do_no_harm(store):
    Path("zoe.txt").write_text(page("Zoë 李", ("CVJan 2, 2018", "Ünder", "Zoë 李, Bo Short")))
    run("load", "zoe.txt", *at(store))
    ascii_only = os.environ | {"PYTHONIOENCODING": "ascii"}
    ended = program("author", "Bo Short", "--papers", "--store", store, env=ascii_only)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert b"1 Zo\\xeb \\u674e, 2 Bo Short" in ended.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")
@pytest.mark.parametrize("no_color", [False, True])
def test_colour_only_where_it_is_wanted(store, no_color):
    import pty

    ours, theirs = pty.openpty()
    environment = os.environ | {"TERM": "xterm-256color"} | ({"NO_COLOR": "1"} if no_color else {})
    ended = program_on(theirs, "author", "Nobody", "--store", store, env=environment)
    os.close(theirs)
    text = os.read(ours, 65536).decode()
    os.close(ours)
    assert ended == 3
    assert ("\x1b[1;31merror:" in text) == (not no_color)
    assert ("\x1b[1merror:" in text) == no_color
    assert "\x1b" not in run("author", "Nobody", *at(store), code=3).stderr


def program_on(terminal_end, *words, env):
    return subprocess.run(
        [PROGRAM, *words],
        check=False,
        stdin=terminal_end,
        stdout=terminal_end,
        stderr=terminal_end,
        env=env,
        timeout=60,
    ).returncode


def test_help_answers_without_loading_the_service():
    heavy = "numpy", "networkx", "fastapi", "pydantic_settings"
    code = f"import sys, graph_service.cli.main; print([m for m in {heavy} if m in sys.modules])"
    ended = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60
    )
    assert ended.stdout == "[]\n"


def test_a_summary_names_every_field_of_a_load():
    summary = LoadSummary(1, 2, 1, 2, 0, 0, (), 0.1, dry_run=False, facts_revision="0")
    assert set(LoadSummary.__dataclass_fields__) <= set(keeping.load_fields(summary, _StateOf("0")))


class _StateOf:
    derived_revision = None
    stale = False

    def __init__(self, facts_revision):
        self.facts_revision = facts_revision


def test_questions_close_their_store(store, monkeypatch):
    closed = []

    class Opened:
        async def close(self):
            closed.append(True)

    async def broken(*_args, **_options):
        return Opened()

    monkeypatch.setattr("graph_service.cli.stores.open_store", broken)
    with pytest.raises(AttributeError):
        asking.quality(Settings(store=store), everything=False, as_json=True)
    assert closed == [True]


# -- other ways in ------------------------------------------------------------------------


def test_the_schema_is_printed_as_json():
    printed = json.loads(run("schema").stdout)
    assert printed["$schema"].endswith("2020-12/schema")
    assert {"ParsedPaper", "ParsedSource"} <= printed["$defs"].keys()


def test_packed_json_lines_are_loaded_as_they_are():
    lines = '{"key": "a", "title": "One", "authors": [{"name": "Ada Quill"}]}\n{"key": 1}\n'
    Path("dump").mkdir()
    Path("dump/papers.gz").write_bytes(gzip.compress(lines.encode()))
    options = ("dump", "--source", "lab", "--max-rejects", "1", "--store", STORE)
    summary = run_json("load", *options)
    assert (summary["files"], summary["papers"], summary["new"]) == (1, 1, 1)
    (reject,) = summary["rejects"]
    assert (reject["source"], reject["line"]) == ("dump/papers.gz", 2)
    refused = run("load", *options, "--rejects-to", "dump/rejects.jsonl", code=2)
    assert "a file that is not being loaded" in one_line(refused.stderr)


def test_a_broken_one_of_many_files_is_set_aside_with_what_follows_in_it():
    Path("dump").mkdir()
    line = '{{"source": "lab", "key": "{0}", "title": "{0}"}}\n'.format
    for name in "ade":
        Path(f"dump/{name}.jsonl").write_text(line(name))
    long = gzip.compress("".join(map(line, range(20_000))).encode())
    Path("dump/b.gz").write_bytes(long[: len(long) // 2])
    Path("dump/c.gz").write_bytes(long[:9])
    Path("dump/f.ris").write_bytes(b"TY  - JOUR\nTI  - Caf\xe9s\nER  - \n")
    options = ("dump", *at(STORE))

    assert "dump/c.gz: is cut off" in one_line(run("load", *options, code=1).stderr)
    refused = one_line(run("load", *options, "--max-rejects", 2, code=1).stderr)
    assert "dump/f.ris, line 2: is not in UTF-8" in refused
    assert not Path("lab.sqlite").exists()

    summary = run_json("load", *options, "--max-rejects", 3)
    assert (summary["files"], summary["rejected"]) == (6, 3)
    assert [(one["source"], one["line"]) for one in summary["rejects"]] == [
        ("dump/b.gz", None),
        ("dump/c.gz", None),
        ("dump/f.ris", 2),
    ]
    for one in summary["rejects"]:
        assert one["reason"].endswith("; what follows in this file is not loaded")
    # What could be read before is whole.
    assert 3 < summary["papers"] < 20_000
    assert run_json("load", *options, "--max-rejects", 3)["unchanged"] == summary["papers"]
    # Alone it is all there is to load.
    run("load", "dump/b.gz", *at(STORE), "--max-rejects", 3, code=1)


def test_what_no_loader_reads_is_left_alone_in_a_folder_and_named():
    Path("dump").mkdir()
    Path("dump/papers.jsonl").write_text('{"source": "lab", "key": "a", "title": "One"}\n')
    Path("dump/venues.yaml").write_text("looms:\n  name: Looms\n")
    Path("dump/cover.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    for given in ("dump", "dump/*"):
        summary = run_json("load", given, "--dry-run", *at(STORE))
        assert (summary["files"], summary["papers"], summary["files_left_alone"]) == (1, 1, 2)
        assert summary["left_alone"] == [
            {"file": "dump/cover.png", "reason": "is not UTF-8 (byte 1 of the line)"},
            {"file": "dump/venues.yaml", "reason": "is in no format known here"},
        ]
    with zipfile.ZipFile("dump.zip", "w") as archive:
        for path in sorted(Path("dump").iterdir()):
            archive.write(path, path.name)
    shown = run("load", "dump.zip", *at(STORE)).stdout
    assert re.search(r"  files +1, and 2 left alone\n", shown)
    assert "  – dump.zip!venues.yaml: is in no format known here\n" in shown
    assert run_json("load", "dump", *at(STORE))["unchanged"] == 1


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (("dump", "dump/venues.yaml"), "dump/venues.yaml, line 1: is in no format known here; f"),
        (("dump/v*",), "dump/venues.yaml, line 1: is in no format known here; formats: json-l"),
        (("dump", "cut"), "cut/papers.gz: is cut off"),
    ],
)
def test_a_named_file_a_folder_without_papers_and_a_damaged_file_stop_a_load(given, reason):
    for folder in ("dump", "cut"):
        Path(folder).mkdir()
    Path("dump/papers.jsonl").write_text('{"source": "lab", "key": "a", "title": "One"}\n')
    Path("dump/venues.yaml").write_text("looms:\n  name: Looms\n")
    Path("cut/papers.gz").write_bytes(gzip.compress(b'{"key": "a", "title": "One"}\n' * 99)[:-30])
    assert reason in one_line(run("load", *given, *at(STORE), code=1).stderr)
