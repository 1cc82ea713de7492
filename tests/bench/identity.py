"""Identity on sets whose people are known: python -m tests.bench.identity.

Prints how precision and F change with the one number that decides what a common name is, and how
often two affiliations that read alike are one organisation. The files are read in place, beside the
project.
"""

import argparse
import ast
import csv
from collections import defaultdict
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from time import perf_counter

from graph_service.cli.gold_sets import read_gold_set
from graph_service.identity.evidence import overlap
from graph_service.identity.mention_table import folded_place, place_words
from graph_service.identity.rule_table import IDENTITY, STRICT
from graph_service.identity.run import run_rules
from graph_service.model.identity_evaluation_answers import GoldName
from graph_service.questions.identity_evaluation import evaluate_identity

DATA = Path(__file__).parents[3] / "shared" / "data"
GROUPS = (2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 12.0, 16.0)
HOMONYMS: tuple[tuple[GoldName, str], ...] = (
    ("inspire", "and_inspire_wang"),
    ("s2and", "and_s2and/qian"),
)
OVERLAPS = (0.3, 0.4, 0.5, 0.6, 0.7)


def curve() -> None:
    """Precision, recall and F of the homonym sets over the threshold of a common name."""
    for name, folder in HOMONYMS:
        gold = read_gold_set(name, DATA / folder)
        for table, least in [
            *((IDENTITY, groups) for groups in GROUPS),
            *((STRICT, groups) for groups in (STRICT.least_groups,)),
        ]:
            answer = evaluate_identity(gold, table=replace(table, least_groups=least))
            score = answer.results[0].b_cubed
            print(
                f"{name:8} {table.version:18} groups {least:4g}  "
                f"P {score.precision:.4f} R {score.recall:.4f} F {score.f:.4f}  "
                f"{answer.common_names} common names"
            )


def affiliations() -> None:
    """How often two strings that read alike are annotated with one organisation, and the reverse."""
    labels: dict[str, frozenset[str]] = {}
    with (DATA / "affiliations_s2aff" / "gold_affiliation_annotations.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        for row in csv.DictReader(file):
            found = ast.literal_eval(row["labels"]) if row["labels"].startswith("{") else set()
            # Only strings that stand for one organisation say whether two are the same.
            if len(found) == 1:
                labels[row["original_affiliation"]] = frozenset(found)
    strings = sorted(labels)
    words = [place_words(text) for text in strings]
    folded = [folded_place(text) for text in strings]
    same = sum(n * (n - 1) // 2 for n in _sizes([next(iter(labels[text])) for text in strings]))
    print(f"{len(strings)} strings of one organisation each; {same} pairs of one organisation")
    sharing: defaultdict[str, list[int]] = defaultdict(list)
    for place, some in enumerate(words):
        for word in some:
            sharing[word].append(place)
    close = {pair for places in sharing.values() for pair in combinations(places, 2)}
    overlaps = {pair: overlap(words[pair[0]], words[pair[1]]) for pair in close}

    def report(what: str, pairs: list[tuple[int, int]]) -> None:
        right = sum(labels[strings[one]] == labels[strings[other]] for one, other in pairs)
        share = right / len(pairs) if pairs else float("nan")
        print(f"{what:22} {len(pairs):6} pairs  precision {share:.3f}  recall {right / same:.3f}")

    report("equal when folded", [p for p in close if folded[p[0]] == folded[p[1]]])
    for least in OVERLAPS:
        report(f"overlap at least {least}", [p for p, share in overlaps.items() if share >= least])


def _sizes(values: list[str]) -> list[int]:
    times: defaultdict[str, int] = defaultdict(int)
    for value in values:
        times[value] += 1
    return list(times.values())


def timing() -> None:
    """Seconds of a run over the ACL Anthology, the best of three."""
    gold = read_gold_set("acl", DATA / "acl_anthology")
    best = float("inf")
    for _ in range(3):
        began = perf_counter()
        run_rules(gold.mentions, gold.papers)
        best = min(best, perf_counter() - began)
    print(f"{len(gold.mentions):,} mentions: {best:.1f} s")


def main() -> None:
    """Print what was asked for, or everything."""
    parts = {"curve": curve, "affiliations": affiliations, "timing": timing}
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("part", nargs="*", help="default: everything")
    for part in options.parse_args().part or list(parts):
        parts[part]()


if __name__ == "__main__":
    main()
