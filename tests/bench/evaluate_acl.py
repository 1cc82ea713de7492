"""Suggestions scored on the ACL Anthology of 2016 to 2021: python -m tests.bench.evaluate_acl.

The files are read in place, beside the project; none of their prose is kept. The table goes to
stdout, all figures as JSON to bench/results/evaluate_acl.json.
"""

import argparse
import asyncio
import sys
import tarfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from time import perf_counter
from xml.etree import ElementTree as ET

from graph_service.api.encoding import answer_bytes
from graph_service.cli.people_tables import evaluation
from graph_service.cli.terminal import show
from graph_service.model.people_answers import EvaluationAnswer
from graph_service.model.records import ParsedAuthor, ParsedPaper, Record
from graph_service.projection.reader import Reader
from graph_service.questions.evaluating import evaluate_recommendations
from graph_service.settings import Settings
from graph_service.store.opening import open_store
from loaders.facts import to_facts

ROOT = Path(__file__).parents[2]
ANTHOLOGY = ROOT.parent / "shared" / "data" / "acl_anthology"
RESULTS = ROOT / "bench" / "results"
SPLITS = (2018, 2019)
WINDOW = 2
BATCH = 2_000


def anthology() -> Iterator[Record]:
    """Read every paper with its authors and the year of its volume; no abstract."""
    (archive,) = ANTHOLOGY.glob("*.tar.xz")
    with tarfile.open(archive) as files:
        for member in files:
            if not member.name.endswith(".xml"):
                continue
            content = files.extractfile(member)
            if content is not None:
                yield from _papers(ET.parse(content).getroot())


def _papers(collection: ET.Element) -> Iterator[Record]:
    for volume in collection.iter("volume"):
        year = volume.findtext("meta/year")
        for paper in volume.iter("paper"):
            title = paper.find("title")
            names = [
                f"{author.findtext('last') or ''}, {author.findtext('first') or ''}".strip(", ")
                for author in paper.iter("author")
            ]
            if title is None or not names or not year:
                continue
            yield to_facts(
                ParsedPaper(
                    source="acl-anthology",
                    key=f"{collection.get('id')}-{volume.get('id')}-{paper.get('id')}",
                    format="acl-anthology",
                    title=" ".join("".join(title.itertext()).split()),
                    date=year,
                    authors=tuple(ParsedAuthor(name=name) for name in names if name),
                    authors_complete=True,
                )
            )


async def run(years: list[int], window: int) -> list[EvaluationAnswer]:
    """Load the papers into memory and evaluate each split."""
    store = await open_store("memory:", Settings(), create=True)
    answers = []
    try:
        async with store.writing():
            records = anthology()
            while batch := list(islice(records, BATCH)):
                await store.put(batch)
        view = await Reader(store).view()
        print(f"{len(view.graph.paper_ids):,} papers", file=sys.stderr)
        for year in years:
            began = perf_counter()
            answer = await evaluate_recommendations(view, split_year=year, window=window)
            print(f"split {year}: {perf_counter() - began:.1f} s", file=sys.stderr)
            show(evaluation(answer))
            answers.append(answer)
    finally:
        await store.close()
    return answers


def main() -> None:
    """Evaluate, print and write."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--split-year", type=int, action="append", help="default: 2018 and 2019")
    options.add_argument("--window", type=int, default=WINDOW, help="years of the test window")
    given = options.parse_args()
    answers = asyncio.run(run(given.split_year or list(SPLITS), given.window))
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "evaluate_acl.json").write_bytes(
        b"[" + b",\n".join(answer_bytes(answer) for answer in answers) + b"]\n"
    )


if __name__ == "__main__":
    main()
