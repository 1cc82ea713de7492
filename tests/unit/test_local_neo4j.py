"""The local Neo4j's tool without a server: programs, jars, ports, configuration, processes."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import local_neo4j as tool  # conftest.py puts its folder on the path
import pytest
from local import artifacts, configuration, disposable, servers, shell

if TYPE_CHECKING:
    from collections.abc import Iterator


OLDER, NEWER = artifacts.LINES["5.26"], artifacts.LINES["2026"]


@pytest.fixture(autouse=True)
def no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """No line is chosen, whatever the environment of this run says."""
    monkeypatch.delenv("NEO4J_LINE", raising=False)


@pytest.fixture
def newer_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_LINE", "2026")


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the whole PATH; no JAVA_HOME."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    return folder


def write_program(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def write_java(folder: Path, version: str) -> Path:
    java = folder / "java"
    write_program(java, f"echo 'openjdk version \"{version}\" 2025-01-01' >&2")
    return java


# Lines of releases


def test_5_26_is_the_line_unless_another_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert artifacts.neo4j_line() is OLDER
    monkeypatch.setenv("NEO4J_LINE", "")
    assert artifacts.neo4j_line() is OLDER
    monkeypatch.setenv("NEO4J_LINE", "2026")
    assert artifacts.neo4j_line() is NEWER


def test_an_unknown_line_is_one_line_that_names_the_known_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEO4J_LINE", "4.4")
    assert tool.main(["--home", str(tmp_path), "status"]) == 1
    assert capsys.readouterr().err == "error: NEO4J_LINE is '4.4'; it may be 5.26 or 2026\n"


@pytest.mark.parametrize("name", artifacts.LINES)
def test_a_line_is_named_as_its_pom_says(name: str) -> None:
    line = artifacts.LINES[name]
    assert line.name == name
    assert artifacts.neo4j_version(line).startswith(f"{name}.")


def test_lines_share_neither_jars_nor_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = artifacts.LINES.values()
    data = set()
    for line in lines:
        monkeypatch.setenv("NEO4J_LINE", line.name)
        data.add(tool.kept_data_dir(tmp_path))
    assert len(data) == len({line.lib for line in lines}) == len({line.pom for line in lines}) == 2


def test_a_command_for_the_other_line_names_it() -> None:
    assert OLDER.environment == ""
    assert NEWER.environment == "NEO4J_LINE=2026 "


def test_cypher_shell_is_of_a_line_that_has_one() -> None:
    assert "cypher-shell</artifactId>" in artifacts.SHELL_LINE.pom.read_text(encoding="utf-8")
    assert "cypher-shell</artifactId>" not in NEWER.pom.read_text(encoding="utf-8")


# Java


@pytest.mark.parametrize(("version", "major"), [("17.0.15", 17), ("21", 21), ("21-ea", 21)])
def test_a_fitting_java_on_path_is_found(programs: Path, version: str, major: int) -> None:
    java = write_java(programs, version)
    assert artifacts.find_java() == artifacts.Java(java, major)


def test_java_home_comes_before_path(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_java(programs, "17.0.15")
    own = write_java(tmp_path / "jdk" / "bin", "21.0.2")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "jdk"))
    assert artifacts.find_java().path == own


def test_a_java_home_that_does_not_fit_gives_way_to_path(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_path = write_java(programs, "17.0.15")
    write_java(tmp_path / "jdk" / "bin", "25")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "jdk"))
    assert artifacts.find_java().path == on_path


@pytest.mark.parametrize(
    ("version", "found"), [("11.0.2", "Java 11"), ("1.8.0_392", "Java 8"), ("25", "Java 25")]
)
def test_an_unfit_java_is_one_line_that_says_what_to_do(
    programs: Path, version: str, found: str
) -> None:
    java = write_java(programs, version)
    with pytest.raises(tool.Neo4jToolError) as caught:
        artifacts.find_java()
    message = str(caught.value)
    assert "\n" not in message
    assert f"needs Java 17 or 21, found {found} at {java} (PATH)" in message
    assert "Install one" in message
    assert "JAVA_HOME" in message


@pytest.mark.usefixtures("newer_line")
@pytest.mark.parametrize(("version", "major"), [("21.0.2", 21), ("25", 25)])
def test_neo4j_2026_takes_newer_javas(programs: Path, version: str, major: int) -> None:
    java = write_java(programs, version)
    assert artifacts.find_java() == artifacts.Java(java, major)


@pytest.mark.usefixtures("newer_line")
def test_neo4j_2026_refuses_java_17(programs: Path) -> None:
    java = write_java(programs, "17.0.15")
    with pytest.raises(tool.Neo4jToolError) as caught:
        artifacts.find_java()
    message = str(caught.value)
    assert message.startswith(f"Neo4j 2026 needs Java 21 or 25, found Java 17 at {java} (PATH)")
    assert "openjdk-17" not in message


def test_only_java_25_is_told_what_others_do_not_know() -> None:
    flags = {n: artifacts.Java(Path("java"), n).flags for n in (17, 21, 25)}
    assert flags == {17: (), 21: (), 25: ("--sun-misc-unsafe-memory-access=allow",)}


def test_a_missing_java_is_one_line_that_says_what_to_do(
    programs: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert list(programs.iterdir()) == []
    assert tool.main(["--home", str(tmp_path / "home"), "start"]) == 1
    line = capsys.readouterr().err.splitlines()[-1]
    assert line.startswith("error: Neo4j 5.26 needs Java 17 or 21, found no java")
    assert "Install one" in line


def test_a_java_that_does_not_run_is_refused(programs: Path) -> None:
    write_program(programs / "java", "echo 'Unable to locate a Java Runtime.' >&2; exit 1")
    with pytest.raises(tool.Neo4jToolError, match="found no Java that runs"):
        artifacts.find_java()


# Maven and jars

MAVEN = """
echo run >> "$(/usr/bin/dirname "$0")/runs"
for argument; do
  case $argument in -DoutputDirectory=*) output=${argument#*=};; esac
done
/bin/mkdir -p "$output" && echo jar > "$output/one.jar"
"""


def runs(programs: Path) -> int:
    log = programs / "runs"
    return len(log.read_text(encoding="utf-8").splitlines()) if log.exists() else 0


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artifacts, "_MAVEN_PAUSES", (0.0, 0.0))


def test_a_missing_maven_is_one_line_and_leaves_nothing(programs: Path, tmp_path: Path) -> None:
    assert list(programs.iterdir()) == []
    with pytest.raises(tool.Neo4jToolError) as caught:
        artifacts.resolve_jars(tmp_path / "home", OLDER)
    assert "\n" not in str(caught.value)
    assert "Install it" in str(caught.value)
    assert not list((tmp_path / "home").glob("lib*/"))


def test_jars_are_fetched_once(programs: Path, tmp_path: Path) -> None:
    write_program(programs / "mvn", MAVEN)
    for _ in range(2):
        lib = artifacts.resolve_jars(tmp_path / "home", OLDER)
        assert (lib / "one.jar").exists()
    assert lib == tmp_path / "home" / "lib"
    assert runs(programs) == 1


def test_each_line_has_jars_of_its_own(programs: Path, tmp_path: Path) -> None:
    write_program(programs / "mvn", MAVEN + 'echo "$@" >> "${0%/*}/arguments"')
    for line in (OLDER, NEWER):
        assert artifacts.resolve_jars(tmp_path / "home", line) == tmp_path / "home" / line.lib
    assert artifacts.resolve_jars(tmp_path / "home", OLDER) == tmp_path / "home" / "lib"
    older, newer = (programs / "arguments").read_text(encoding="utf-8").splitlines()
    assert f"--file={OLDER.pom}" in older
    assert f"--file={NEWER.pom}" in newer


def test_another_pom_fetches_again_and_replaces_the_jars(programs: Path, tmp_path: Path) -> None:
    write_program(programs / "mvn", MAVEN)
    lib = artifacts.resolve_jars(tmp_path / "home", OLDER)
    (lib / "old.jar").touch()
    pom = tmp_path / "pom.xml"
    pom.write_text(OLDER.pom.read_text(encoding="utf-8") + "<!-- changed -->", encoding="utf-8")
    assert artifacts.resolve_jars(tmp_path / "home", replace(OLDER, pom=pom)) == lib
    assert not (lib / "old.jar").exists()
    assert runs(programs) == 2
    assert sorted(path.name for path in lib.parent.iterdir()) == ["lib", "lib.lock"]


@pytest.mark.usefixtures("no_pauses")
def test_a_failing_maven_is_tried_three_times_and_leaves_no_half_made_lib(
    programs: Path, tmp_path: Path
) -> None:
    write_program(
        programs / "mvn", MAVEN + "printf '\\033[0m[ERROR] the registry is away.\\n'; exit 1"
    )
    with pytest.raises(tool.Neo4jToolError) as caught:
        artifacts.resolve_jars(tmp_path / "home", OLDER)
    assert "in 3 tries: the registry is away. Check" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert runs(programs) == 3
    assert not list((tmp_path / "home").glob("lib*/"))


@pytest.mark.usefixtures("no_pauses")
def test_a_hiccup_of_maven_is_survived(programs: Path, tmp_path: Path) -> None:
    write_program(programs / "mvn", MAVEN + 'test "$(/usr/bin/wc -l < "${0%/*}/runs")" -ge 2')
    assert (artifacts.resolve_jars(tmp_path / "home", OLDER) / "one.jar").exists()
    assert runs(programs) == 2


def test_of_two_at_once_one_fetches_and_the_other_waits(programs: Path, tmp_path: Path) -> None:
    write_program(programs / "mvn", "/bin/sleep 0.3\n" + MAVEN)
    with ThreadPoolExecutor(2) as pool:
        libs = list(pool.map(artifacts.resolve_jars, [tmp_path / "home"] * 2, [OLDER] * 2))
    assert libs == [tmp_path / "home" / "lib"] * 2
    assert runs(programs) == 1


def test_what_a_killed_download_left_is_swept_away(programs: Path, tmp_path: Path) -> None:
    write_program(programs / "mvn", MAVEN)
    leftover = tmp_path / "home" / "lib.partial-x"
    leftover.mkdir(parents=True)
    artifacts.resolve_jars(tmp_path / "home", OLDER)
    assert not leftover.exists()


# Ports


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_free_port_that_is_preferred_is_taken() -> None:
    free = configuration.pick_ports(0)[0]
    assert configuration.pick_ports(free) == (free,)


def test_a_busy_port_gives_way_to_a_free_one(busy_port: int) -> None:
    (port,) = configuration.pick_ports(busy_port)
    assert port not in {0, busy_port}


def test_ports_picked_together_differ() -> None:
    assert len(set(configuration.pick_ports(*[0] * 20))) == 20


def test_a_port_taken_in_between_is_tried_again_with_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def start(_home: Path, _data_dir: Path, **options: object) -> str:
        tried.append((options["bolt_port"], options["http_port"]))
        if len(tried) < 3:
            raise servers.PortTaken(*tried[-1])
        return "started"

    monkeypatch.setattr(servers, "start_server", start)
    assert servers.start_on_free_ports(tmp_path, tmp_path, password="invented-1") == "started"
    assert len(set(tried)) == 3


def test_a_port_taken_three_times_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(*_: object, **options: int) -> None:
        raise servers.PortTaken(options["bolt_port"], options["http_port"])

    monkeypatch.setattr(servers, "start_server", start)
    with pytest.raises(servers.PortTaken, match="is taken by another program"):
        servers.start_on_free_ports(tmp_path, tmp_path, password="invented-1")


# Configuration


def settings(**changes: object) -> dict[str, str]:
    given = {"bolt_port": 7687, "http_port": 7474, "heap": "1g", "page_cache": "512m", **changes}
    lines = configuration.conf_text(**given).splitlines()
    pairs = [line.split("=", 1) for line in lines]
    assert len({key for key, _ in pairs}) == len(lines)
    return dict(pairs)


def test_every_line_of_the_conf_is_a_key_and_a_bare_value() -> None:
    for key, value in settings().items():
        assert key.replace(".", "").replace("_", "").isalnum()
        assert value
        assert not set(value) & set("# \t")


def test_every_address_is_on_loopback() -> None:
    addresses = {key: value for key, value in settings().items() if key.endswith("_address")}
    assert len(addresses) == 5
    assert all(value.split(":")[0] == "127.0.0.1" for value in addresses.values())


def test_the_ports_reach_the_conf() -> None:
    conf = settings(bolt_port=17687, http_port=17474)
    assert conf["server.bolt.listen_address"] == "127.0.0.1:17687"
    assert conf["server.bolt.advertised_address"] == "127.0.0.1:17687"
    assert conf["server.http.listen_address"] == "127.0.0.1:17474"
    assert conf["server.https.enabled"] == "false"


def test_nothing_is_reported_to_anybody() -> None:
    assert settings()["dbms.usage_report.enabled"] == "false"
    assert settings()["client.allow_telemetry"] == "false"


def test_a_line_that_would_announce_itself_is_told_not_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    older = settings()
    monkeypatch.setenv("NEO4J_LINE", "2026")
    newer = settings()
    assert newer == {**older, **NEWER.settings}
    assert {value for key, value in newer.items() if "fleet" in key} == {"false"}
    assert not any("fleet" in key for key in older)


def test_transactions_fit_the_heap() -> None:
    conf = settings(heap="512m")
    assert conf["db.memory.transaction.max"] == "256m"
    assert conf["dbms.memory.transaction.total.max"] == "358m"


def test_an_unreadable_amount_of_memory_is_refused() -> None:
    with pytest.raises(tool.Neo4jToolError, match="'lots' is not an amount of memory"):
        settings(heap="lots")


# Processes


def record(data_dir: Path, pid: object) -> None:
    data_dir.mkdir(parents=True, exist_ok=True)
    fields = {"pid": pid, "bolt_port": 7687, "http_port": 7474, "java": "/usr/bin/java"}
    (data_dir / "server.json").write_text(json.dumps(fields), encoding="ascii")


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process whose command line is that of a server on `tmp_path / "data-5.26"`."""
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    process = subprocess.Popen(
        [*command, f"--home-dir={tmp_path / 'data-5.26'}"], start_new_session=True
    )
    # For a moment after exec the kernel has no command line to show.
    assert servers._wait_for(lambda: "--home-dir" in servers._command_line(process.pid), 10)
    yield process
    process.kill()
    process.wait()


def find(tmp_path: Path) -> object:
    return servers.find_running(tmp_path, tmp_path / "data-5.26", password="invented-1")


def test_without_a_record_no_server_runs(tmp_path: Path) -> None:
    assert find(tmp_path) is None


def test_a_record_of_a_process_that_is_gone_is_stale(tmp_path: Path) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    record(tmp_path / "data-5.26", ended.pid)
    assert find(tmp_path) is None


def test_a_record_whose_number_another_program_has_is_stale(tmp_path: Path) -> None:
    record(tmp_path / "data-5.26", os.getpid())
    assert find(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', '{"pid": "x"}'])
def test_a_broken_record_is_stale(tmp_path: Path, text: str) -> None:
    record(tmp_path / "data-5.26", 1)
    (tmp_path / "data-5.26" / "server.json").write_text(text, encoding="ascii")
    assert find(tmp_path) is None


def test_a_running_server_is_found_and_stopped(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    record(tmp_path / "data-5.26", sleeper.pid)
    server = find(tmp_path)
    assert server is not None
    assert server.bolt_uri == "bolt://127.0.0.1:7687"
    server.stop()
    assert sleeper.wait(timeout=5) == -signal.SIGTERM
    assert not (tmp_path / "data-5.26" / "server.json").exists()


def test_a_server_deaf_to_sigterm_is_killed(tmp_path: Path) -> None:
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        " print('ready', flush=True); time.sleep(60)"
    )
    data_dir = tmp_path / "data-5.26"
    with subprocess.Popen(
        [sys.executable, "-c", deaf, f"--home-dir={data_dir}"],
        start_new_session=True,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        record(data_dir, process.pid)
        server = find(tmp_path)
        assert server is not None
        server.stop(grace_seconds=0.2)
        assert process.wait(timeout=5) == -signal.SIGKILL


def test_stop_clears_a_stale_record_and_harms_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record(tmp_path / "data-5.26", os.getpid())
    assert tool.main(["--home", str(tmp_path), "stop"]) == 0
    assert "is not running" in capsys.readouterr().out
    assert not (tmp_path / "data-5.26" / "server.json").exists()


def test_status_tells_by_its_exit_code(
    tmp_path: Path, sleeper: subprocess.Popen[bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    assert tool.main(["--home", str(tmp_path), "status"]) == 1
    assert "is not running" in capsys.readouterr().out
    record(tmp_path / "data-5.26", sleeper.pid)
    assert tool.main(["--home", str(tmp_path), "status"]) == 0
    assert f"process {sleeper.pid}" in capsys.readouterr().out


def test_shell_and_run_file_say_how_to_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "question.cypher"
    file.write_text("RETURN 1;", encoding="utf-8")
    for command in (["shell"], ["run-file", str(file)]):
        assert tool.main(["--home", str(tmp_path), *command]) == 1
        assert "error: Neo4j is not running; start it with `make neo4j`" in capsys.readouterr().err


def test_a_second_server_on_the_same_data_is_refused(
    tmp_path: Path, programs: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    write_java(programs, "17.0.15")
    record(tmp_path / "data-5.26", sleeper.pid)
    with pytest.raises(tool.Neo4jToolError, match="already; stop it first"):
        servers.start_server(
            tmp_path, tmp_path / "data-5.26", password="invented-1", bolt_port=1, http_port=2
        )


@pytest.mark.parametrize(
    ("line", "java", "server"),
    [
        (OLDER, "17.0.15", "-cp lib/* org.neo4j.server.CommunityEntryPoint"),
        (NEWER, "21.0.2", "-cp lib-2026/* org.neo4j.server.Neo4jCommunity"),
        (NEWER, "25", "-cp lib-2026/* org.neo4j.server.Neo4jCommunity"),
    ],
    ids=["5.26 on Java 17", "2026 on Java 21", "2026 on Java 25"],
)
def test_each_line_is_started_by_its_own_command(
    programs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    line: artifacts.Line,
    java: str,
    server: str,
) -> None:
    monkeypatch.setenv("NEO4J_LINE", line.name)
    write_program(programs / "mvn", MAVEN)
    # A server that prints its command and ends, which is then quoted as its last words.
    write_program(programs / "java", f'echo \'openjdk version "{java}"\' >&2; echo "$@"')
    data_dir = tmp_path / "data"
    with pytest.raises(tool.Neo4jToolError, match="ended while starting") as caught:
        servers.start_server(tmp_path, data_dir, password="invented-1", bolt_port=1, http_port=2)
    command = str(caught.value).splitlines()[-1]
    assert f" {server} --home-dir={data_dir} " in command
    assert ("--sun-misc-unsafe-memory-access" in command) == (java == "25")
    assert (data_dir / "web").is_dir()


def test_a_guarded_process_dies_with_its_parent_and_its_data_goes(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    script = f"""
import os, subprocess, sys, time
guard = subprocess.Popen([
    sys.executable, "-I", {servers.guard.__file__!r}, str(os.getpid()), {str(data_dir)!r},
    "sh", "-c", "echo $$ > {tmp_path}/server; exec sleep 60",
], start_new_session=True)
print(guard.pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        guard = int(parent.stdout.readline())
        written = tmp_path / "server"
        assert servers._wait_for(lambda: written.exists() and written.read_text("ascii") != "", 10)
        server = int(written.read_text(encoding="ascii"))
        assert servers._wait_for(lambda: servers._command_line(server) != "", 10)
        parent.kill()
    assert servers._wait_for(lambda: not servers._command_line(guard), 10)
    assert not servers._command_line(server)
    assert not data_dir.exists()


def test_java_frames_do_not_push_the_cause_out_of_the_message(tmp_path: Path) -> None:
    log = tmp_path / "console.log"
    frames = "\tat org.example.Some.method(Some.java:1)\n" * 50 + "\t... 8 more\n"
    log.write_text("Starting\nCaused by: no disk\n" + frames + "Stopped\n", encoding="utf-8")
    assert servers._last_words(log) == "Starting\nCaused by: no disk\nStopped"


# Passwords, parameters, environment


def test_a_password_is_made_once_and_only_its_owner_may_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NEO4J_PASSWORD", raising=False)
    home = tmp_path / "home"
    password = tool.kept_password(home)
    assert len(password) >= 20
    assert tool.kept_password(home) == password
    assert stat.S_IMODE((home / "password").stat().st_mode) == 0o600


def test_a_password_given_is_used_and_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", "invented-1")
    assert tool.kept_password(tmp_path) == "invented-1"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("password", ["", "seven77", "pass\nword", "pässword1"])
def test_a_password_neo4j_would_not_take_is_refused(tmp_path: Path, password: str) -> None:
    with pytest.raises(tool.Neo4jToolError, match="at least 8 printable ASCII characters"):
        servers.start_server(tmp_path, tmp_path, password=password, bolt_port=1, http_port=2)


def test_the_sign_in_text_has_all_one_needs(tmp_path: Path) -> None:
    server = servers.Server(
        home=tmp_path,
        data_dir=tmp_path / "data-5.26",
        java=Path("/usr/bin/java"),
        bolt_port=17687,
        http_port=17474,
        password="invented $1",
        pid=1,
    )
    text = tool.sign_in_text(server)
    assert "http://localhost:17474/browser/" in text
    assert "neo4j://localhost:17687" in text
    assert "COAUTHOR_GRAPH_NEO4J_PASSWORD='invented $1' \\\n" in text
    assert "coauthor-graph load FILE --store bolt://localhost:17687\n" in text
    assert "make neo4j-stop" in text
    assert str(tmp_path / "data-5.26") in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (-3, "-3"),
        (1e300, "1e+300"),
        ('say "é"\n', '"say \\"\\u00e9\\"\\n"'),
        ([1, ("a",)], '[1, ["a"]]'),
        ({"id": 1, "odd `key": {}}, "{`id`: 1, `odd ``key`: {}}"),
    ],
)
def test_values_are_written_as_cypher(value: object, text: str) -> None:
    assert shell.cypher_literal(value) == text


def test_a_value_without_a_cypher_form_is_refused() -> None:
    with pytest.raises(tool.Neo4jToolError, match="object cannot be a Cypher parameter"):
        shell.cypher_literal(object())


@pytest.fixture
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("NEO4J_URI", "NEO4J_USERNAME", "NEO4J_PASSWORD", "NEO4J_DISPOSABLE"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.usefixtures("bare_environment")
def test_without_an_address_no_server_is_given() -> None:
    assert tool.server_from_environment() is None


def test_a_given_server_is_used_only_when_it_may_be_wiped(
    bare_environment: pytest.MonkeyPatch,
) -> None:
    bare_environment.setenv("NEO4J_URI", "bolt://db.example:7687")
    bare_environment.setenv("NEO4J_PASSWORD", "invented-1")
    with pytest.raises(tool.Neo4jToolError, match="Set NEO4J_DISPOSABLE=1 if they may"):
        tool.server_from_environment()
    bare_environment.setenv("NEO4J_DISPOSABLE", "1")
    given = tool.server_from_environment()
    assert given == disposable.GivenServer("bolt://db.example:7687", "neo4j", "invented-1")


def test_a_given_server_needs_a_password(bare_environment: pytest.MonkeyPatch) -> None:
    bare_environment.setenv("NEO4J_URI", "bolt://db.example:7687")
    bare_environment.setenv("NEO4J_DISPOSABLE", "1")
    with pytest.raises(tool.Neo4jToolError, match="set NEO4J_PASSWORD as well"):
        tool.server_from_environment()


def test_wrong_use_is_exit_2() -> None:
    with pytest.raises(SystemExit) as caught:
        tool.main(["begin"])
    assert caught.value.code == 2
