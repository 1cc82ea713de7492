"""Every Cypher file passes Neo4j's own linter, as Cypher 5 and as Cypher 25, without a server."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
from collections import defaultdict
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from graph_service.model.schema import EDGE_TYPES, NODE_TYPES
from graph_service.store.statements import statement, statements

ROOT = Path(__file__).parents[2]
LINTER = ROOT / "tools" / "cypher_lint"
INSTALLED = LINTER / "node_modules" / ".package-lock.json"  # npm writes it last
NODE_MAJOR = 18  # the oldest that it was tried on

CYPHER = Path(str(files("cypher")))
NAMES = sorted(str(path.relative_to(CYPHER).with_suffix("")) for path in CYPHER.rglob("*.cypher"))
FIXED = {"LABEL": "Topic", "TYPE": "HAS_TOPIC", "START_LABEL": "Paper", "END_LABEL": "Topic"}
PROPERTIES = [node.properties for node in NODE_TYPES] + [edge.properties for edge in EDGE_TYPES]
SCHEMA = {
    "labels": [node.label for node in NODE_TYPES],
    "relationshipTypes": [edge.type for edge in EDGE_TYPES],
    "propertyKeys": sorted({"id"}.union(*PROPERTIES)),
    "graphSchema": [
        {"from": edge.start, "to": edge.end, "relType": edge.type} for edge in EDGE_TYPES
    ],
}

# The first test waits for all files: 90 s of processor time where nothing is kept from before.
pytestmark = pytest.mark.timeout(1200)

# File, then words of the warning, then why it may stay.
ACCEPTED: dict[str, dict[str, str]] = {}

Diagnostic = dict[str, Any]


def missing() -> str | None:
    """What the linter needs and this machine lacks."""
    absent = [name for name in ("node", "npm", "make") if shutil.which(name) is None]
    if absent:
        return f"{' and '.join(absent)} not on PATH"
    found = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    major = int(found.strip().removeprefix("v").split(".")[0])
    return f"Node.js {found.strip()} is too old" if major < NODE_MAJOR else None


def item(name: str, cypher: str) -> dict[str, object]:
    # The linter asks whether a parameter has a value, never which.
    parameters = dict.fromkeys(re.findall(r"\$(\w+)", cypher), "x")
    return {"name": name, "statement": cypher, "parameters": parameters, "schema": SCHEMA}


NO_VALUE: dict[str, object] = {"name": "no value", "statement": "RETURN\n $x AS x"}


def lint(items: list[dict[str, object]]) -> list[Diagnostic]:
    done = subprocess.run(
        ["node", LINTER / "lint.mjs"],
        input=json.dumps(items),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[Diagnostic] = json.loads(done.stdout)
    return found


def lines(diagnostics: list[Diagnostic]) -> list[str]:
    return [
        "Cypher {version}, {line}:{column}, {severity}: {message}".format_map(each)
        for each in diagnostics
    ]


@pytest.fixture(scope="session")
def linter() -> None:
    """The linter, installed; a machine without Node.js may do without it, CI may not."""
    if reason := missing():
        message = f"the Cypher linter needs Node.js {NODE_MAJOR} or newer with npm: {reason}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    # npm empties node_modules first: of two runs at once, one installs and the other waits.
    with (LINTER / ".install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run(
            ["make", "--no-print-directory", str(INSTALLED.relative_to(ROOT))],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout


# Statement, then for each version that minds it what it says: the linter is alive, knows the
# server's functions and the schema, and lints each version by its own grammar.
WRONG: dict[str, dict[str, str]] = {
    "RETURN nope(1) AS one": {"5": "error: Function nope", "25": "error: Function nope"},
    "RETURN apoc.text.join([], '') AS a": {"5": "apoc.text.join", "25": "apoc.text.join"},
    "CALL db.nope()": {"5": "error: Procedure db.nope", "25": "error: Procedure db.nope"},
    "MATCH (a:Author) RETURN b": {"5": "error: Variable `b`", "25": "error: Variable `b`"},
    "MATCH (a:Autor) RETURN a": {"5": "warning: Label Autor", "25": "warning: Label Autor"},
    "MATCH (a:Author) RETURN a.nme": {"5": "warning: nme is not", "25": "warning: nme is not"},
    "MATCH (:Author)-[:HAS_CODE]->(r) RETURN r": {"5": "(:Author)", "25": "(:Author)"},
    "MATCH (a:Author {id: $id}) RETURN a.name LIMIT $limit": {},
    # LET came with Cypher 25, which no longer copies properties from a node as such.
    "LET one = 1 RETURN one": {"5": "error: Invalid input 'LET'"},
    "MATCH (a:Author)-[:COAUTHORED]->(b:Author) SET a = b": {
        "5": "warning: The use of nodes",
        "25": "error: Type mismatch",
    },
}


@pytest.fixture(scope="session")
def diagnostics(linter: None) -> dict[str, list[Diagnostic]]:
    """What the linter says of each file and wrong statement, in one process: it starts slowly."""
    texts = {
        name: statements(name) if name.startswith("schema/") else [statement(name, **FIXED)]
        for name in NAMES
    }
    items = [item(name, text) for name in NAMES for text in texts[name]]
    items += [item(cypher, cypher) for cypher in WRONG]
    by_name = defaultdict(list)
    for each in lint([*items, NO_VALUE]):
        by_name[each["name"]].append(each)
    return by_name


@pytest.mark.parametrize("name", NAMES)
def test_a_cypher_file_has_nothing_the_linter_minds(
    name: str, diagnostics: dict[str, list[Diagnostic]]
) -> None:
    found = lines(diagnostics.get(name, []))
    accepted = ACCEPTED.get(name, {})
    minded = [
        line for line in found if " error: " in line or not any(words in line for words in accepted)
    ]
    assert not minded, "\n".join(minded)
    gone = [words for words in accepted if not any(words in line for line in found)]
    assert not gone, f"accepted, and no longer there: {gone}"


def test_only_files_that_exist_have_accepted_warnings() -> None:
    assert ACCEPTED.keys() <= set(NAMES)


@pytest.mark.parametrize("cypher", WRONG)
def test_the_linter_is_alive(cypher: str, diagnostics: dict[str, list[Diagnostic]]) -> None:
    found = diagnostics.get(cypher, [])
    assert {each["version"] for each in found} == WRONG[cypher].keys()
    for version, words in WRONG[cypher].items():
        said = lines([each for each in found if each["version"] == version])
        assert any(words in line for line in said), said


def test_a_parameter_without_a_value_is_an_error_with_its_place(
    diagnostics: dict[str, list[Diagnostic]],
) -> None:
    assert lines(diagnostics["no value"]) == [
        f"Cypher {version}, 2:2, error: Parameter $x is not defined." for version in ("5", "25")
    ]


def test_the_lock_names_no_host() -> None:
    lock = (LINTER / "package-lock.json").read_text(encoding="utf-8")
    assert "://" not in lock
    assert '"resolved"' not in lock
    packages = json.loads(lock)["packages"]
    licences = {each["license"] for each in packages.values()}
    assert licences == {"Apache-2.0", "BSD-3-Clause", "MIT"}
