"""Reading each format, and reading into each store: records a second and memory, in fresh processes.

Beside each loader stands what takes the same text apart and makes no papers of it: orjson, lxml,
rispy or bibtexparser. The profile page is left out, since no page is long.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from tests.bench.case import Case
from tests.bench.fresh import peak_mebibytes
from tests.bench.goals import B
from tests.bench.projection import environment
from tests.bench.stores import PASSWORD, ROOT, server_in, tell
from tests.bench.written import FORMS, Form, write

NAME = "reading"
# Of records of 10 kB and more so many are enough, and so many files of one paper each.
PAPERS, LONG = 20_000, 3_000
LONG_FORMATS = ("openalex", "jats", "grobid-tei", "s2orc", "unarxive")
# Into a file, and into a server that was just started.
INTO_A_STORE = ("json-lines", "dblp", "openalex")


async def measure(case: Case) -> dict[str, Any] | None:
    """Each loader once, at one size: what is read does not depend on it."""
    if case.papers != B:
        return None
    figures: dict[str, Any] = {}
    for name, form in FORMS.items():
        tell(f"  {name}")
        papers = (LONG if name in LONG_FORMATS else PAPERS) // (10 if case.quick else 1)
        with TemporaryDirectory() as folder:
            paths = write(form, papers, Path(folder))
            figures |= _of_loader(case, name, paths, papers)
            if name in INTO_A_STORE:
                into = f"file:{folder}/a.sqlite"
                loaded = _fresh(case, "load", name, paths, into)
                figures |= _of_load(f"{name} into a file", papers, loaded)
            if name in INTO_A_STORE and case.with_neo4j:
                with server_in(Path(folder) / "neo4j") as server:
                    loaded = _fresh(case, "load", name, paths, server.bolt_uri)
                figures |= _of_load(f"{name} into Neo4j", papers, loaded)
    return {"figures": figures}


def _of_load(what: str, papers: int, loaded: dict[str, Any]) -> dict[str, Any]:
    return {
        f"{what}: papers a second": round(papers / loaded["seconds"]),
        f"{what}: peak MiB": loaded["peak_mebibytes"],
    }


def _of_loader(case: Case, name: str, paths: Sequence[Path], papers: int) -> dict[str, Any]:
    """Of one loader; twice in turn with its peer, the quicker run of each."""
    size = sum(path.stat().st_size for path in paths)
    runs = [_fresh(case, "read", name, paths)]
    peers = [_fresh(case, "peer", name, paths)] if FORMS[name].peer else []
    runs.append(_fresh(case, "read", name, paths))
    if any(run["records"] != papers for run in runs):
        raise SystemExit(f"{name}: {runs} where {papers} records stand")
    best = min(runs, key=lambda run: float(run["seconds"]))
    figures = {
        f"{name}: records a second": round(papers / best["seconds"]),
        f"{name}: MB a second": round(size / best["seconds"] / 1e6, 1),
        f"{name}: bytes a record": round(size / papers),
        f"{name}: peak MiB": best["peak_mebibytes"],
    }
    if peers:
        peer = FORMS[name].peer
        by = peer if peer in ("rispy", "bibtexparser") else "lxml" if peer == "xml" else "orjson"
        figures[f"{name}: times as long as {by} alone"] = round(
            best["seconds"] / peers[0]["seconds"], 2
        )
    return figures


def _fresh(case: Case, what: str, name: str, paths: Sequence[Path], *more: str) -> dict[str, Any]:
    folder = paths[0].parent
    (folder / "paths").write_text("\n".join(map(str, paths)))
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.reading", what, name, str(folder / "paths"), *more],
        cwd=ROOT,
        env=environment(case.kept) | {"COAUTHOR_GRAPH_NEO4J_PASSWORD": PASSWORD},
        check=True,
        stdout=subprocess.PIPE,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _read(name: str, paths: Sequence[Path]) -> int:
    from loaders.runner import FORMATS

    read = FORMATS[name].read
    return sum(1 for path in paths for _ in read(path))


def _take_apart(form: Form, paths: Sequence[Path]) -> int:
    """Parse files and drop what is found."""
    return sum(1 for path in paths for _ in _parts(form, path))


def _parts(form: Form, path: Path) -> Iterator[object]:
    if form.peer == "xml":
        lxml = import_module("lxml.etree")
        for _, element in lxml.iterparse(path, tag=f"{{*}}{form.record}"):
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    elif form.peer == "lines":
        loads = import_module("orjson").loads
        with path.open("rb") as lines:
            yield from map(loads, lines)
    elif form.peer == "array":
        yield from import_module("orjson").loads(path.read_bytes())
    elif form.peer == "rispy":
        with path.open(encoding="utf-8") as file:
            yield from import_module("rispy").load(file)
    else:
        yield from import_module("bibtexparser").parse_file(str(path)).entries


def _load(name: str, paths: Sequence[Path], store: str) -> int:
    """`coauthor-graph load`, without the rules of identity; it reads twice, to check and to load."""
    from graph_service.cli.main import main as command

    sys.argv = [
        "coauthor-graph", "load", *map(str, paths), "--format", name, "--store", store,
        "--no-resolve", "--json",
    ]  # fmt: skip
    try:
        command()
    except SystemExit as done:
        if done.code:
            raise
    return len(paths)


def main() -> None:
    """Do one of these in this process, and print what it took."""
    what, name, listed, *more = sys.argv[1:]
    paths = [Path(line) for line in Path(listed).read_text().splitlines()]
    began, worked = perf_counter(), process_time()
    if what == "load":
        records = _load(name, paths, *more)
    else:
        records = _read(name, paths) if what == "read" else _take_apart(FORMS[name], paths)
    found = {
        "records": records,
        "seconds": round(perf_counter() - began, 4),
        "processor_seconds": round(process_time() - worked, 4),
        "peak_mebibytes": peak_mebibytes(),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
