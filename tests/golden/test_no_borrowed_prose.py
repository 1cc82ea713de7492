"""No prose of the real page is in the project; its facts (titles, names, dates) may be."""

import re
import subprocess
from pathlib import Path

import pytest

from graph_service.model.records import ParsedPaper
from loaders.profile_page import read

ROOT = Path(__file__).parents[2]
WORDS_IN_A_ROW = 8

pytestmark = pytest.mark.real_page


def runs_of_words(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9]+", re.sub(r"https?://\S+", " ", text.lower()))
    return {
        tuple(words[start : start + WORDS_IN_A_ROW])
        for start in range(len(words) - WORDS_IN_A_ROW + 1)
    }


def test_no_run_of_words_from_an_abstract_stands_in_a_file_of_the_project(real_page: Path) -> None:
    papers = [part for part in read(real_page) if isinstance(part, ParsedPaper)]
    abstracts = set().union(*(runs_of_words(paper.abstract or "") for paper in papers))
    titles = set().union(*(runs_of_words(paper.title) for paper in papers))
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    checked = 0
    for name in listed.stdout.rstrip("\0").split("\0"):
        try:
            text = (ROOT / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue
        checked += 1
        assert not (runs_of_words(text) & abstracts) - titles, name
    assert checked > 50


def test_the_sample_has_the_facts_of_the_page_and_its_own_words(real_page: Path) -> None:
    sample = ROOT / "graph_service" / "sample" / "profile_page.txt"
    both = [
        [part for part in read(path) if isinstance(part, ParsedPaper)]
        for path in (real_page, sample)
    ]
    for real, own in zip(*both, strict=True):
        assert own.model_copy(update={"abstract": real.abstract}) == real
        assert own.abstract != real.abstract
        assert len(re.findall(r"[.!?](?:\s|$)", own.abstract or "")) <= 4
