"""JSON of services: each file is in one format only, and a damaged one loses what is damaged."""

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from graph_service.model.errors import RecordError
from graph_service.model.records import ParsedPaper
from loaders import crossref, csl_json, json_reading, openalex, semantic_scholar
from loaders.inputs import InputFile
from loaders.json_reading import objects
from loaders.reading import Reject
from loaders.runner import FORMATS, detect_format
from tests.cassettes import answers
from tests.damaged import confused, damaged_objects_alone_are_lost, papers_and_parts_of_confused
from tests.unit import test_crossref, test_csl_json, test_openalex, test_semantic_scholar

SOUND: dict[ModuleType, dict[str, Any]] = {
    openalex: test_openalex.FULL,
    semantic_scholar: test_semantic_scholar.FULL,
    crossref: test_crossref.FULL,
    csl_json: test_csl_json.FULL,
}
# Where each has its list, and the name of its authors.
WRAPPED = {
    openalex: lambda items: {"meta": {}, "results": items},
    semantic_scholar: lambda items: {"total": 1, "data": items},
    crossref: lambda items: test_crossref.answer("work-list", {"total-results": 1, "items": items}),
    csl_json: lambda items: {"items": items},
}
AUTHORS = {
    openalex: ("authorships", test_openalex.authorship("Ada Quill", 1)),
    semantic_scholar: ("authors", {"authorId": "7", "name": "Ada Quill"}),
    crossref: ("author", {"given": "Ada", "family": "Quill"}),
    csl_json: ("author", {"given": "Ada", "family": "Quill"}),
}
IDS = {openalex: "id", semantic_scholar: "paperId", crossref: "DOI", csl_json: "id"}
EACH = pytest.mark.parametrize("module", SOUND, ids=lambda module: module.FORMAT)


def whose(path: Path) -> list[str]:
    return [module.FORMAT for module in FORMATS.values() if module.recognises(path)]


@EACH
def test_a_file_is_in_one_format_only_however_it_is_laid_out(
    module: ModuleType, tmp_path: Path
) -> None:
    sound, path = SOUND[module], tmp_path / "a.json"
    for found in (sound, [sound], [sound, sound], WRAPPED[module]([sound])):
        for indent in (None, 1):
            path.write_text(json.dumps(found, indent=indent))
            assert whose(path) == [module.FORMAT]
            assert detect_format(InputFile(path)) is module
    path.write_text(f"\ufeff\n{json.dumps(sound)}\n{json.dumps(sound)}\n")
    assert whose(path) == [module.FORMAT]


@EACH
def test_damaged_files_lose_the_damaged_object_only(module: ModuleType, tmp_path: Path) -> None:
    sound = json.loads(json.dumps(SOUND[module]).replace("LoomNet", "Lööm"))
    other = {**SOUND[module], IDS[module]: _another(module)}
    damaged_objects_alone_are_lost(module, tmp_path, sound, b'{"a": null}', other)


def _another(module: ModuleType) -> str:
    return {
        openalex: "https://openalex.org/W43",
        semantic_scholar: "b" * 40,
        crossref: "10.1000/other",
        csl_json: "other",
    }[module]


@EACH
def test_values_of_a_wrong_type_are_left_out_or_reject_the_object(
    module: ModuleType, tmp_path: Path
) -> None:
    items = list(confused(SOUND[module]))
    for at, found in enumerate(items):
        if found[IDS[module]] == SOUND[module][IDS[module]]:
            found[IDS[module]] = _number(module, at)
    path = tmp_path / "a.json"
    papers, parts = papers_and_parts_of_confused(module, path, items)
    assert papers > parts / 2
    for found in items[::7]:
        path.write_text(json.dumps(found))
        assert len(whose(path)) < 2


@EACH
def test_a_hundred_thousand_authors_are_no_paper(module: ModuleType, tmp_path: Path) -> None:
    name, author = AUTHORS[module]
    path = tmp_path / "a.json"
    path.write_text(json.dumps({**SOUND[module], name: [author] * 100_000}))
    (reject,) = module.read(path)
    assert isinstance(reject, Reject)
    assert reject.reason.endswith("authors: are 100,000, and at most 20,000 can be")


@EACH
def test_a_list_larger_than_a_record_may_be_is_streamed(
    module: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand works of Crossref on one line are larger than any one record."""
    monkeypatch.setattr(json_reading, "LONGEST_RECORD_BYTES", 200_000)
    items = [{**SOUND[module], IDS[module]: _number(module, at)} for at in range(300)]
    path = tmp_path / "a.json"
    for indent in (None, 1):
        path.write_text(json.dumps(WRAPPED[module](items), indent=indent))
        assert path.stat().st_size > 200_000
        assert module.recognises(path)
        parts = list(module.read(path))
        assert len({part.key for part in parts}) == 300


def _number(module: ModuleType, at: int) -> str:
    return {
        openalex: f"https://openalex.org/W{at + 1}",
        semantic_scholar: test_semantic_scholar.sha(at),
        crossref: f"10.1000/{at}",
        csl_json: f"item{at}x",
    }[module]


def test_a_large_object_without_a_list_is_said_to_be_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_reading, "LONGEST_RECORD_BYTES", 10_000)
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"a": ["b" * 5_000] * 5}) + '\n{"c": 1}\n')
    first, second = objects(path, ("results",))
    assert first.line == 1
    assert first.reason.startswith("is longer than")
    assert (second.line, second.value) == (2, {"c": 1})
    path.write_text(json.dumps({"a": ["b" * 5_000] * 5}, indent=1))
    with pytest.raises(RecordError, match="is one JSON object of more than 10,000 bytes; write"):
        list(objects(path, ("results",)))


@EACH
def test_a_paper_is_there_before_the_rest_of_the_file_is_read(
    module: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that memory does not grow with the file: behind the first paper it is no JSON at all."""
    monkeypatch.setattr(json_reading, "LONGEST_RECORD_BYTES", 200_000)
    sound, path = json.dumps(SOUND[module]), tmp_path / "a.json"
    whole = json.dumps(WRAPPED[module]([SOUND[module]]))
    before, _, _ = whole.partition(sound)
    for start in (f"{sound}\n", f"[{sound},", f"{before}{sound}, "):
        path.write_text(start + "x" * 1_000_000)
        assert isinstance(next(module.read(path)), ParsedPaper), start[:30]


@pytest.mark.real_files
def test_no_real_answer_is_in_two_formats(shared: Callable[[str], Path], tmp_path: Path) -> None:
    """What was recorded of three services; how many each holds is counted in its own tests."""
    cassettes = [
        *(shared("formats/habanero-crossref-cassettes.tar.xz") / "test").rglob("*.yaml"),
        *(shared("formats/semanticscholar-cassettes.tar.xz") / "tests").rglob("*.yaml"),
    ]
    json_formats = [one for name, one in FORMATS.items() if name not in {"profile-page", "bibtex"}]
    path = tmp_path / "a.json"
    known = 0
    for one in (answer for cassette in cassettes for answer in answers(cassette)):
        path.write_bytes(one.body)
        found = [module.FORMAT for module in json_formats if module.recognises(path)]
        assert len(found) < 2, (one.address, found)
        known += len(found)
    assert known > 130
