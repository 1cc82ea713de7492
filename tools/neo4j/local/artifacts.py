"""Find Java and Maven, and have Maven fetch Neo4j's jars once."""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from .common import Neo4jToolError, locked, say

POM = Path(__file__).resolve().parents[1] / "pom.xml"
# Relative to the home, where each Java starts: the folder's name cannot break a class path.
CLASS_PATH = "lib/*"

_JAVA_VERSIONS = (17, 21)  # what Neo4j 5.26 is made for
_STAMP = "pom.sha256"
_MAVEN_PAUSES = (5.0, 20.0)  # seconds between tries; package registries have short hiccups


@dataclass(frozen=True)
class Java:
    """A Java runtime: its `java` program and its major version."""

    path: Path
    version: int


def project_home() -> Path:
    """Name the folder that holds jars and the kept server: `.neo4j` in the project's root."""
    return Path(__file__).resolve().parents[3] / ".neo4j"


def neo4j_version() -> str:
    """Read the Neo4j version from the pom, such as `5.26.30`."""
    found = ET.parse(POM).getroot().findtext(".//{*}properties/{*}neo4j.version")
    if not found:
        raise Neo4jToolError(f"{POM} has no property neo4j.version")
    return found.strip()


def neo4j_line() -> str:
    """Name the line of releases that can share a data directory, such as `5.26`."""
    return ".".join(neo4j_version().split(".")[:2])


def find_java() -> Java:
    """Find a Java that runs this Neo4j: JAVA_HOME first, then PATH.

    Raises:
        Neo4jToolError: Neither has version 17 or 21.
    """
    refused = []
    candidates = []
    if os.environ.get("JAVA_HOME"):
        candidates.append(("JAVA_HOME", Path(os.environ["JAVA_HOME"], "bin", "java")))
    on_path = shutil.which("java")
    if on_path:
        candidates.append(("PATH", Path(on_path)))
    for origin, path in candidates:
        version = _java_version(path)
        if version in _JAVA_VERSIONS:
            return Java(path, version)
        what = f"Java {version}" if version else "no Java that runs"
        refused.append(f"{what} at {path} ({origin})")
    found = "; ".join(refused) or "no java in JAVA_HOME or on PATH"
    raise Neo4jToolError(
        f"Neo4j {neo4j_line()} needs Java 17 or 21, found {found}. Install one "
        "(Debian, Ubuntu: apt install openjdk-17-jre-headless; macOS: brew install openjdk@21) "
        "and, if it is not the first on PATH, set JAVA_HOME to its folder"
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


def resolve_jars(home: Path) -> Path:
    """Have Maven copy Neo4j's jars into `home/lib`, unless those of this pom are there.

    A killed download leaves no half-filled `lib`: the jars arrive in a folder beside it, which
    is then renamed. Several processes may ask at once; one fetches, the others wait for it.

    Returns:
        `home/lib`, absolute.

    Raises:
        Neo4jToolError: Maven is missing, or failed three times.
    """
    home = home.resolve()
    lib = home / "lib"
    wanted = hashlib.sha256(POM.read_bytes()).hexdigest()
    if _stamp(lib) == wanted:
        return lib
    home.mkdir(parents=True, exist_ok=True)
    with locked(home / "lib.lock", "another process is fetching Neo4j; waiting for it"):
        if _stamp(lib) == wanted:
            return lib
        maven = find_maven()
        for leftover in home.glob("lib.partial-*"):
            shutil.rmtree(leftover, ignore_errors=True)  # its Maven may be writing to the last
        partial = Path(tempfile.mkdtemp(prefix="lib.partial-", dir=home))
        try:
            jars = partial / "lib"
            _run_maven(maven, jars)
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


def _run_maven(maven: Path, output: Path) -> None:
    command = [
        str(maven),
        "--quiet",
        "--batch-mode",
        f"--file={POM}",
        "dependency:copy-dependencies",
        "-DincludeScope=runtime",
        f"-DoutputDirectory={output}",
    ]
    say(f"Fetching Neo4j {neo4j_version()} with Maven (about 140 MB, once) ...")
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
