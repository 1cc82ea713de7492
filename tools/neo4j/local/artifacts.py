"""Find Java and Maven, and have Maven fetch Neo4j's jars once."""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from .common import Neo4jToolError, locked, say

_POMS = Path(__file__).resolve().parents[1]
# Netty uses what newer versions warn of on every start.
_JAVA_FLAGS = {25: ("--sun-misc-unsafe-memory-access=allow",)}
_STAMP = "pom.sha256"
_MAVEN_PAUSES = (5.0, 20.0)  # seconds between tries; package registries have short hiccups


@dataclass(frozen=True)
class Java:
    """A Java runtime: its `java` program and its major version."""

    path: Path
    version: int

    @property
    def flags(self) -> tuple[str, ...]:
        """What this version has to be told, and others do not know."""
        return _JAVA_FLAGS.get(self.version, ())


@dataclass(frozen=True)
class Line:
    """A line of Neo4j releases that can share a data directory.

    `pom` says which release; `lib` is the folder below the home for its jars; `java` are the
    versions of Java it is made for; `settings` are those that other lines would not start with.
    """

    name: str
    pom: Path
    lib: str
    main_class: str
    java: tuple[int, ...]
    java_install: str
    settings: Mapping[str, str]

    @property
    def class_path(self) -> str:
        """All its jars."""
        # Relative to the home, where each Java starts: the folder's name cannot break it.
        return f"{self.lib}/*"

    @property
    def java_names(self) -> str:
        """Its versions of Java, such as `Java 17 or 21`."""
        return "Java " + " or ".join(map(str, self.java))

    @property
    def environment(self) -> str:
        """What to write before a command for it, such as `NEO4J_LINE=2026 `."""
        return "" if self is DEFAULT_LINE else f"NEO4J_LINE={self.name} "


DEFAULT_LINE = Line(
    name="5.26",
    pom=_POMS / "pom.xml",
    lib="lib",
    main_class="org.neo4j.server.CommunityEntryPoint",
    java=(17, 21),
    java_install="Debian, Ubuntu: apt install openjdk-17-jre-headless; "
    "macOS: brew install openjdk@21",
    settings={},
)
LINES = {
    "5.26": DEFAULT_LINE,
    "2026": Line(
        name="2026",
        pom=_POMS / "pom-2026.xml",
        lib="lib-2026",
        main_class="org.neo4j.server.Neo4jCommunity",
        java=(21, 25),
        java_install="Debian 13, Ubuntu: apt install openjdk-21-jre-headless; "
        "macOS: brew install openjdk@21",
        # It would announce itself to the network, and offer itself to a service of Neo4j's.
        settings={
            "dbms.fleet_manager.enabled": "false",
            "server.fleet_discovery.enabled": "false",
            "server.http.x_forward.enabled": "false",
        },
    ),
}
# cypher-shell is not published for 2026; this one talks to both, on each Java of either.
SHELL_LINE = DEFAULT_LINE


def neo4j_line() -> Line:
    """Choose the line that NEO4J_LINE names, 5.26 when it is not set.

    Raises:
        Neo4jToolError: It names none of `LINES`.
    """
    name = os.environ.get("NEO4J_LINE") or DEFAULT_LINE.name
    if name not in LINES:
        raise Neo4jToolError(f"NEO4J_LINE is {name!r}; it may be {' or '.join(LINES)}")
    return LINES[name]


def neo4j_version(line: Line = DEFAULT_LINE) -> str:
    """Read the Neo4j version from a line's pom, such as `5.26.30`."""
    found = ET.parse(line.pom).getroot().findtext(".//{*}properties/{*}neo4j.version")
    if not found:
        raise Neo4jToolError(f"{line.pom} has no property neo4j.version")
    return found.strip()


def project_home() -> Path:
    """Name the folder that holds jars and the kept servers: `.neo4j` in the project's root."""
    return Path(__file__).resolve().parents[3] / ".neo4j"


def find_java() -> Java:
    """Find a Java that runs the chosen line: JAVA_HOME first, then PATH.

    Raises:
        Neo4jToolError: Neither has a version that the line is made for.
    """
    line = neo4j_line()
    refused = []
    candidates = []
    if os.environ.get("JAVA_HOME"):
        candidates.append(("JAVA_HOME", Path(os.environ["JAVA_HOME"], "bin", "java")))
    on_path = shutil.which("java")
    if on_path:
        candidates.append(("PATH", Path(on_path)))
    for origin, path in candidates:
        version = _java_version(path)
        if version in line.java:
            return Java(path, version)
        what = f"Java {version}" if version else "no Java that runs"
        refused.append(f"{what} at {path} ({origin})")
    found = "; ".join(refused) or "no java in JAVA_HOME or on PATH"
    raise Neo4jToolError(
        f"Neo4j {line.name} needs {line.java_names}, found {found}. Install one "
        f"({line.java_install}) and, if it is not the first on PATH, set JAVA_HOME to its folder"
    )


def _java_version(java: Path) -> int | None:
    try:
        done = subprocess.run(
            [java, "-version"], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    # `17.0.15`, `21-ea`, and `1.8.0_392` for what everybody calls 8.
    found = re.search(r'version "(?:1\.)?(\d+)', done.stderr + done.stdout)
    return int(found.group(1)) if found and done.returncode == 0 else None


def find_maven() -> Path:
    """Find Maven's program on PATH.

    Raises:
        Neo4jToolError: There is none.
    """
    maven = shutil.which("mvn")
    if maven is None:
        raise Neo4jToolError(
            "fetching Neo4j needs Maven (mvn) once, and there is none on PATH. Install it "
            "(Debian, Ubuntu: apt install maven; macOS: brew install maven), or add its bin "
            "folder to PATH"
        )
    return Path(maven)


def resolve_jars(home: Path, line: Line) -> Path:
    """Have Maven copy a line's jars into its folder below `home`, unless they are there.

    Other jars than those of its present pom are replaced.

    A killed download leaves no half-filled `lib`: the jars arrive in a folder beside it, which
    is then renamed. Several processes may ask at once; one fetches, the others wait for it.

    Returns:
        The folder of jars, absolute.

    Raises:
        Neo4jToolError: Maven is missing, or failed three times.
    """
    home = home.resolve()
    lib = home / line.lib
    wanted = hashlib.sha256(line.pom.read_bytes()).hexdigest()
    if _stamp(lib) == wanted:
        return lib
    home.mkdir(parents=True, exist_ok=True)
    with locked(home / f"{line.lib}.lock", "another process is fetching Neo4j; waiting for it"):
        if _stamp(lib) == wanted:
            return lib
        maven = find_maven()
        for leftover in home.glob(f"{line.lib}.partial-*"):
            shutil.rmtree(leftover, ignore_errors=True)  # its Maven may be writing to the last
        partial = Path(tempfile.mkdtemp(prefix=f"{line.lib}.partial-", dir=home))
        try:
            jars = partial / "lib"
            _run_maven(maven, line, jars)
            (jars / _STAMP).write_text(wanted + "\n", encoding="ascii")
            if lib.exists():
                lib.rename(partial / "old")
            jars.rename(lib)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return lib


def _stamp(lib: Path) -> str | None:
    try:
        return (lib / _STAMP).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None


def _run_maven(maven: Path, line: Line, output: Path) -> None:
    command = [
        str(maven),
        "--quiet",
        "--batch-mode",
        f"--file={line.pom}",
        "dependency:copy-dependencies",
        "-DincludeScope=runtime",
        f"-DoutputDirectory={output}",
    ]
    say(f"Fetching Neo4j {neo4j_version(line)} with Maven (140 to 170 MB, once) ...")
    for pause in (*_MAVEN_PAUSES, None):
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            return
        reason = _maven_reason(done.stdout) or f"exit {done.returncode}"
        if pause is not None:
            say(f"Maven failed ({reason}); trying again in {pause:.0f} s")
            time.sleep(pause)
    raise Neo4jToolError(
        f"Maven could not fetch Neo4j in {len(_MAVEN_PAUSES) + 1} tries: {reason}. Check the "
        "network, and the mirror or proxy in Maven's settings.xml, then run this again"
    )


def _maven_reason(output: str) -> str:
    plain = re.sub(r"\x1b\[[0-9;]*m", "", output)
    lines = [line.removeprefix("[ERROR]").strip() for line in plain.splitlines()]
    return next((line for line in lines if line), "")[:300].removesuffix(".")
