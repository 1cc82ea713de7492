"""Lineage: seconds, scored pairs and memory at four sizes, each in a process of its own.

The page and the ACL Anthology are read in place, beside the project; without them those sizes are
left out and the table says so. The 100,000 papers are the synthetic bibliography, whose papers
also coin names and speak of earlier ones.
"""

import json
import sys
import tarfile
from collections.abc import Callable, Iterator
from itertools import islice
from time import perf_counter, process_time
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
from anyio import run_process

from graph_service.derive.lineage_edges import lineage_of
from graph_service.derive.lineage_methods import find_methods
from graph_service.derive.lineage_papers import LineagePaper, read_scope
from graph_service.model.records import PaperRecord, ParsedPaper
from graph_service.model.repositories import find_repositories
from loaders.profile_page import read
from tests.bench.bibliography import bibliography, word
from tests.bench.case import Case
from tests.bench.evaluate_acl import ANTHOLOGY
from tests.bench.fresh import peak_mebibytes
from tests.bench.stores import ROOT

NAME = "lineage"
AT = 100_000
SAMPLE = 1_000
SUBJECT = "Xiyang Dai"
PAGES = ANTHOLOGY.parent / "profile_page"
WARM_UP = 3_000


async def measure(case: Case) -> dict[str, Any] | None:
    """Trace each set of papers in a fresh process; ratios are of one run."""
    if case.papers != AT:
        return None
    figures: dict[str, Any] = {}
    for name, there in (
        ("page", PAGES.is_dir()),
        ("acl sample", ANTHOLOGY.is_dir()),
        ("acl", ANTHOLOGY.is_dir()),
        ("synthetic", True),
    ):
        if not there:
            figures[f"{name}: papers"] = "left out: the data are not there"
            continue
        done = await run_process(
            [sys.executable, "-m", "tests.bench.lineage", name], cwd=ROOT, stderr=None
        )
        figures |= {f"{name}: {figure}": value for figure, value in json.loads(done.stdout).items()}
    each = "microseconds a scored pair"
    if f"acl: {each}" in figures:
        ratio = figures[f"acl: {each}"] / figures[f"acl sample: {each}"]
        figures["acl: seconds a pair by those of the sample"] = round(ratio, 2)
    return {"figures": figures}


def run(name: str) -> dict[str, Any]:
    """Trace one set, after kernels are compiled where a size needs them."""
    papers, subject = SETS[name]()
    if name != "page":
        lineage_of(read_scope(synthetic(WARM_UP)), scope="warming")
    began, worked = perf_counter(), process_time()
    scope = read_scope(papers, subject=subject)
    read_at = perf_counter()
    lineage = lineage_of(scope, scope=name)
    traced = perf_counter()
    methods = find_methods(scope, order=lineage.order)
    ended, worked = perf_counter(), process_time() - worked
    return {
        "papers": len(papers),
        "seconds": round(ended - began, 2),
        "processor seconds": round(worked, 2),
        "seconds, reading names": round(read_at - began, 2),
        "seconds, scoring": round(traced - read_at, 2),
        "seconds, methods": round(ended - traced, 2),
        "scored pairs": lineage.pairs,
        "scored pairs a paper": round(lineage.pairs / len(papers), 1),
        "microseconds a scored pair": round((ended - began) / lineage.pairs * 1e6, 1),
        "stored steps": len(lineage.edges),
        "shown steps": sum(edge.shown for edge in lineage.edges),
        "methods": len(methods),
        "peak MiB": round(peak_mebibytes()),
    }


def page() -> tuple[list[LineagePaper], str | None]:
    """The profile page, without its subject."""
    (file,) = sorted(PAGES.glob("*.txt"))[:1]
    papers = [
        LineagePaper(
            parsed.title,
            parsed.title,
            parsed.abstract or "",
            parsed.date or "",
            tuple(author.name for author in parsed.authors),
            tuple(repo.id.partition("/")[0] for repo in find_repositories(parsed.abstract or "")),
            not parsed.authors_complete,
        )
        for parsed in read(file)
        if isinstance(parsed, ParsedPaper)
    ]
    return papers, SUBJECT


def anthology() -> tuple[list[LineagePaper], str | None]:
    """Every paper with its abstract, if it has one, by id."""
    return sorted(_anthology(), key=lambda paper: paper.id), None


def _anthology() -> Iterator[LineagePaper]:
    (archive,) = ANTHOLOGY.glob("*.tar.xz")
    with tarfile.open(archive) as files:
        for member in files:
            content = files.extractfile(member) if member.name.endswith(".xml") else None
            if content is not None:
                yield from _of_collection(ET.parse(content).getroot())


def _of_collection(collection: ET.Element) -> Iterator[LineagePaper]:
    for volume in collection.iter("volume"):
        year = volume.findtext("meta/year") or ""
        for paper in volume.iter("paper"):
            title, abstract = (_text(paper.find(name)) for name in ("title", "abstract"))
            names = [
                f"{author.findtext('last') or ''}, {author.findtext('first') or ''}"
                for author in paper.iter("author")
            ]
            if title and year:
                key = f"{collection.get('id')}-{volume.get('id')}-{paper.get('id')}"
                yield LineagePaper(key, title, abstract, year, tuple(dict.fromkeys(names)))


def _text(element: ET.Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def sample() -> tuple[list[LineagePaper], str | None]:
    """A thousand papers of the anthology, evenly by id."""
    papers, _ = anthology()
    return [papers[at] for at in np.linspace(0, len(papers) - 1, SAMPLE).astype(int)], None


def synthetic(count: int) -> list[LineagePaper]:
    """The synthetic bibliography; every third paper coins a name, every fourth extends one."""
    chance = np.random.default_rng(0)
    ago = chance.integers(1, 2_000, count).tolist()
    return [
        _synthetic(number, record, ago[number])
        for number, record in enumerate(islice(bibliography(count), count))
        if isinstance(record, PaperRecord)
    ]


def _synthetic(number: int, record: PaperRecord, ago: int) -> LineagePaper:
    title, abstract = record.title, record.abstract or ""
    if number % 3 == 0:
        title = f"{word(number).capitalize()}Net: {title}"
    if number % 4 == 0 and number > ago:
        abstract += f" We extend {word((number - ago) // 3 * 3).capitalize()}Net."
    return LineagePaper(
        record.key,
        title,
        abstract,
        record.date or "",
        tuple(mention.name for mention in record.mentions),
        tuple(repo.id.partition("/")[0] for repo in record.repositories),
        record.authors_complete is False,
    )


SETS: dict[str, Callable[[], tuple[list[LineagePaper], str | None]]] = {
    "page": page,
    "acl sample": sample,
    "acl": anthology,
    "synthetic": lambda: (synthetic(AT), None),
}

if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1])))
