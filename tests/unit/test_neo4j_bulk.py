"""A bulk load on a Neo4j that is none: what is checked before, and what is left after a failure.

The installation is a folder with a program that does as `neo4j-admin database import` does;
tests/conformance/test_bulk_load.py uses the real one.
"""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from graph_service.cli.main import app
from graph_service.model.errors import ParameterError, SettingsError, StoreError
from graph_service.model.schema import Node, Value, known
from graph_service.settings import Settings
from graph_service.store import neo4j_admin
from graph_service.store.import_files import Part, arguments, field, node_row
from graph_service.store.neo4j_admin import find_installation, put_in_place
from graph_service.store.neo4j_bulk import BulkLoad
from tests.import_reading import read_folder
from tests.invented import small_world

# Keeps the import files, and makes a database of two files.
ADMIN = """#!/bin/sh
for given in "$@"; do
    case "$given" in --additional-config=*) config="${given#*=}" ;; esac
done
echo "(1/4) Node import"
test -e "$NEO4J_HOME/fail" && { echo "Caused by: No space left on device"; exit 1; }
test -e "$NEO4J_HOME/wait" && sleep 600
data=$(sed -n 's/^server.directories.data=//p' "$config")
mkdir -p "$data/databases/neo4j" "$data/transactions/neo4j"
cat Record.*.csv > "$data/databases/neo4j/neostore.nodestore.db"
echo log > "$data/transactions/neo4j/neostore.transaction.db.0"
"""
STORE = "bolt://127.0.0.1:1"  # where nobody may listen


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "neo4j, home"
    for name in ("bin", "conf", "data/databases/neo4j", "data/transactions/neo4j"):
        (made / name).mkdir(parents=True)
    program = made / "bin" / "neo4j-admin"
    program.write_text(ADMIN)
    program.chmod(0o755)
    (made / "data/databases/neo4j/neostore.nodestore.db").write_bytes(b"")
    (made / "data/transactions/neo4j/neostore.transaction.db.0").write_bytes(b"head" + bytes(2**17))
    return made


def settings(home: Path, **more: object) -> Settings:
    return Settings.model_validate({"store": STORE, "neo4j_home": home, **more})


def load(home: Path, **options: object) -> None:
    with BulkLoad(settings(home), **options) as bulk:  # type: ignore[arg-type]
        bulk.put(small_world())
        bulk.finish()


def nodes(home: Path) -> bytes:
    return (home / "data/databases/neo4j/neostore.nodestore.db").read_bytes()


def left(home: Path) -> list[str]:
    """What stands in the data folder besides databases and logs."""
    kept = {"databases", "transactions"}
    return sorted(path.name for path in (home / "data").iterdir() if path.name not in kept)


def test_a_load_takes_the_place_of_an_empty_database_and_leaves_nothing_else(home: Path) -> None:
    load(home)
    assert nodes(home).count(b"\n") == len(small_world())
    assert left(home) == []


@pytest.mark.parametrize("how", ["nodes", "only a log, of a server that was killed"])
def test_data_is_only_replaced_when_that_was_asked_for(home: Path, how: str) -> None:
    if how == "nodes":
        place = home / "data/databases/neo4j/neostore.nodestore.db"
        place.write_bytes(b"old")
    else:
        place = home / "data/transactions/neo4j/neostore.transaction.db.0"
        place.write_bytes(bytes(40_000) + b"transactions" + bytes(2**17))
    before = place.read_bytes()
    with pytest.raises(StoreError, match=r"not empty.*--overwrite"):
        load(home)
    assert place.read_bytes() == before
    assert left(home) == []
    load(home, overwrite=True)
    assert nodes(home).count(b"\n") == len(small_world())
    assert left(home) == []


def test_a_failed_import_leaves_the_old_database_and_says_why(home: Path) -> None:
    (home / "fail").touch()
    (home / "data/databases/neo4j/neostore.nodestore.db").write_bytes(b"old")
    with pytest.raises(StoreError, match=r"No space left on device.*as it was"):
        load(home, overwrite=True)
    assert nodes(home) == b"old"
    assert left(home) == []


def test_a_full_disk_for_the_files_is_said_and_nothing_is_left(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = tmp_path / "small-disk"
    small.write_text(f'#!/bin/sh\nulimit -f 1\nexec "{sys.executable}" "$@"\n')
    small.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(small))
    (home / "data/databases/neo4j/neostore.nodestore.db").write_bytes(b"old")
    with pytest.raises(
        StoreError, match=r"import files could not be written: .*File too large.*as it was"
    ):
        load(home, overwrite=True)
    assert nodes(home) == b"old"
    assert left(home) == []


def test_import_files_may_stand_elsewhere_and_go_from_there(home: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "roomy"
    with pytest.raises(ParameterError, match="a folder that is there"):
        load(home, import_dir=elsewhere)
    elsewhere.mkdir()
    with BulkLoad(settings(home), import_dir=elsewhere) as bulk:
        assert len([*elsewhere.iterdir()]) == 1
        bulk.put(small_world())
        bulk.finish()
    assert [*elsewhere.iterdir()] == []
    assert nodes(home).count(b"\n") == len(small_world())


def test_what_a_killed_load_left_is_swept_by_the_next(home: Path) -> None:
    code = (
        "import sys; from tests.unit.test_neo4j_bulk import *; "
        "from pathlib import Path; load(Path(sys.argv[1]))"
    )
    (home / "wait").touch()
    process = subprocess.Popen([sys.executable, "-c", code, home], start_new_session=True)
    config = home / "data" / neo4j_admin.WORK / "import.conf"
    while not config.exists():
        assert process.poll() is None
    process.kill()
    process.wait()
    # Its import goes on, and keeps the next load away, until it ends or is ended.
    os.killpg(process.pid, signal.SIGKILL)
    assert left(home)
    assert nodes(home) == b""
    (home / "wait").unlink()
    load(home)
    assert nodes(home).count(b"\n") == len(small_world())
    assert left(home) == []


@pytest.mark.parametrize("moved", range(5))
def test_a_load_killed_while_it_takes_its_place_is_completed(home: Path, moved: int) -> None:
    """Whichever of its renamings were done."""
    work = home / "data" / neo4j_admin.WORK
    steps: list[tuple[Path, Path]] = []
    for name, kind in (("log", "transactions"), ("database", "databases")):
        new = work / "new" / kind / "neo4j"
        new.mkdir(parents=True)
        (new / "neostore.nodestore.db").write_bytes(b"new")
        place = home / "data" / kind / "neo4j"
        steps += [(place, work / "old" / f"{name}-{len(steps) // 2}"), (new, place)]
    (work / "old").mkdir()
    (work / "ready").touch()
    for source, target in steps[:moved]:
        source.rename(target)
    assert put_in_place(find_installation(home), "neo4j")
    assert nodes(home) == b"new"
    assert (home / "data/transactions/neo4j/neostore.nodestore.db").read_bytes() == b"new"
    assert not (work / "old").exists()
    assert not put_in_place(find_installation(home), "neo4j")


def test_a_server_that_answers_is_to_be_stopped_first(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"bolt://127.0.0.1:{listener.getsockname()[1]}"
        with (
            pytest.raises(StoreError, match=r"answers at .*stopped.*make neo4j-stop"),
            BulkLoad(settings(home, store=address)),
        ):
            pass
    assert left(home) == []


def test_a_server_on_another_port_is_found_by_its_lock(home: Path) -> None:
    code = (
        "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.lockf(f, fcntl.LOCK_EX); "
        "print('locked', flush=True); sys.stdin.read()"
    )
    lock = home / "data" / "databases" / "store_lock"
    with subprocess.Popen(
        [sys.executable, "-c", code, lock], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        process.stdout.readline()
        with pytest.raises(StoreError, match=r"has .* open, though not at"):
            load(home)
        process.stdin.close()
    load(home)


def test_two_bulk_loads_at_once_are_one_too_many(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neo4j_admin, "WAIT_FOR_OTHER_SECONDS", 0.3)
    work = home / "data" / neo4j_admin.WORK
    work.mkdir()
    with (work / "lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match="written by another process"):
            load(home)
    load(home)


def test_what_is_missing_is_named_with_its_remedy(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=r"no server of `make neo4j`.*--neo4j-home"):
        find_installation(None)
    with pytest.raises(SettingsError, match=r"no folder .*--neo4j-home"):
        find_installation(tmp_path / "nowhere")
    (home / "bin" / "neo4j-admin").unlink()
    with pytest.raises(SettingsError, match=r"no bin/neo4j-admin.*--neo4j-home"):
        find_installation(home)
    kept = tmp_path / ".neo4j" / "data-5.26"
    kept.mkdir(parents=True)
    (kept / "launch.json").write_text('{"jars": "/nowhere", "java": "/nowhere/java"}')
    with pytest.raises(SettingsError, match="no import tool; run `make neo4j`"):
        find_installation(None)
    jars = tmp_path / "jars"
    jars.mkdir()
    (jars / "neo4j-import-tool-5.jar").touch()
    (kept / "launch.json").write_text(f'{{"jars": "{jars}", "java": "/nowhere/java"}}')
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SettingsError, match="no Java at /nowhere/java"):
        find_installation(None)
    (kept / "launch.json").write_text("{")
    with pytest.raises(SettingsError, match="cannot be read"):
        find_installation(None)


def test_directories_are_those_of_the_configuration(home: Path, tmp_path: Path) -> None:
    (home / "conf" / "neo4j.conf").write_text(
        f"# server.directories.data=no\nserver.directories.data=elsewhere\n"
        f"server.directories.transaction.logs.root={tmp_path}/logs\n"
    )
    found = find_installation(home)
    assert found.database("neo4j") == home / "elsewhere" / "databases" / "neo4j"
    assert found.log("neo4j") == tmp_path / "logs" / "neo4j"


def test_only_neo4j_is_loaded_in_bulk(home: Path) -> None:
    with (
        pytest.raises(ParameterError, match="with --bulk a Neo4j store"),
        BulkLoad(settings(home, store="file:x.sqlite")),
    ):
        pass


def test_the_command_reads_checks_and_loads(home: Path, tmp_path: Path) -> None:
    page = tmp_path / "papers.jsonl"
    page.write_text('{"source": "lab", "key": "1", "title": "Looms"}\n')
    given = ["load", str(page), "--bulk", "--store", STORE, "--neo4j-home", str(home), "--json"]
    done = CliRunner().invoke(app, given)
    assert done.exit_code == 0, done.output
    assert '"new":1' in done.stdout.replace(" ", "")
    assert "next: start the server" in done.stderr
    assert nodes(home).count(b"\n") == 1
    again = CliRunner().invoke(app, given)
    assert again.exit_code == 1
    assert "--overwrite" in again.stderr
    page.write_text('{"source": "lab", "key": "2", "title": 7}\n')
    bad = CliRunner().invoke(app, [*given, "--overwrite"])
    assert bad.exit_code == 1
    assert nodes(home).count(b"\n") == 1
    assert left(home) == []
    lone = CliRunner().invoke(app, ["load", str(page), "--overwrite"])
    assert lone.exit_code == 2


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
LINES = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=20)


@given(
    abstracts=st.lists(
        TEXTS | st.sampled_from(("", "\x01", "\n", "\r\n", "=1", '"', "\x1f")), max_size=6
    ),
    lists=st.lists(st.lists(LINES, min_size=1, max_size=4), max_size=6),
    flags=st.lists(st.sampled_from((None, True, False)), max_size=6),
    numbers=st.lists(st.none() | st.integers(0, 2**63 - 1), max_size=6),
)
def test_whatever_a_node_holds_is_read_back(
    abstracts: list[str],
    lists: list[list[str]],
    flags: list[bool | None],
    numbers: list[int | None],
) -> None:
    expected = {}
    with tempfile.TemporaryDirectory() as folder:
        part = Part(Path(folder), 1)
        for number in range(max(len(abstracts), len(lists), len(flags), len(numbers))):
            said: dict[str, Value | None] = {
                "abstract": abstracts[number] if number < len(abstracts) else None,
                "group_authors": lists[number] if number < len(lists) else None,
                "has_code": flags[number] if number < len(flags) else None,
                "references": numbers[number] if number < len(numbers) else None,
            }
            properties = known(**said)
            part.add("Paper", [node_row("Paper", number, f"doi:{number}", properties)])
            expected[f"doi:{number}"] = Node("Paper", f"doi:{number}", properties)
        part.flush()
        given_to_import = arguments(
            Path(folder), longest=part.longest, several_lines=part.several_lines, processes=1
        )
        assert read_folder(Path(folder)).nodes == expected
    several = any("\n" in text or "\r" in text for text in abstracts)
    assert ("--multiline-fields=true" in given_to_import) == several


@pytest.mark.parametrize("value", [["a\x1eb"], [""], []])
def test_a_list_that_could_not_be_told_apart_is_refused(value: list[str]) -> None:
    with pytest.raises(ValueError, match="no list"):
        field(value)


def test_a_long_value_makes_the_import_read_more_at_once(tmp_path: Path) -> None:
    given_to_import = arguments(tmp_path, longest=3_000_000, several_lines=False, processes=1)
    (size,) = [one for one in given_to_import if one.startswith("--read-buffer-size=")]
    assert int(size.partition("=")[2]) >= 12_000_000
