"""unarXive: arXiv's metadata with the references of the text. All papers here are invented."""

import json
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_service.model.records import ParsedPaper, Reference
from loaders import unarxive
from loaders.facts import to_facts
from loaders.inputs import InputFile
from loaders.reading import Reject
from loaders.runner import detect_format
from loaders.unarxive import read, recognises
from tests.damaged import confused, damaged_objects_alone_are_lost, papers_and_parts_of_confused


def entry(
    ids: dict[str, str], arxiv: Sequence[str] = (), links: Sequence[str] = ()
) -> dict[str, Any]:
    empty = dict.fromkeys(
        ("open_alex_id", "sem_open_alex_id", "pubmed_id", "pmc_id", "doi", "arxiv_id"), ""
    )
    return {
        "bib_entry_raw": "Printed.",
        "contained_arXiv_ids": [{"id": one, "text": one} for one in arxiv],
        "contained_links": [{"url": one, "text": one} for one in links],
        **({"ids": {**empty, **ids}} if ids else {}),
    }  # fmt: skip


PAPER = {
    "paper_id": "2101.00001",
    "_source_name": "2101.00001.gz",
    "metadata": {
        "id": "2101.00001",
        "authors": "Ada Quill, Zoé Okoro",
        "title": "LoomNet:\n  Weaving Graphs",
        "comments": "Code at https://github.com/quill/loomnet",
        "journal-ref": None,
        "doi": "10.1000/loom",
        "categories": "cs.LG cs.CV",
        "license": None,
        "abstract": "  We weave.\n",
        "versions": [{"version": "v1", "created": "Fri, 1 Jan 2021 10:00:00 GMT"}],
        "authors_parsed": [["Quill", "Ada", ""], ["Okoro", "Zoé", ""]],
    },
    "discipline": "Computer Science",
    "abstract": {"section": "Abstract", "text": "We.", "cite_spans": [{"ref_id": "a"}]},
    "body_text": [
        {
            "section": "Introduction",
            "text": "{{cite:a}} and {{cite:b}}, see https://github.com/others/work",
            "cite_spans": [{"ref_id": "a"}, {"ref_id": "b"}],
        },
        {
            "section": "Data Availability",
            "text": "Data are at https://github.com/quill/yarns.",
            "cite_spans": [],
        },
    ],
    "bib_entries": {
        "a": entry({"doi": "10.1000/A", "open_alex_id": "https://openalex.org/W1"}),
        "b": entry({"open_alex_id": "https://openalex.org/W2"}),
        "c": entry({"arxiv_id": "1901.00007"}),
        "d": entry({}, arxiv=["1902.00008v1"]),
        "e": entry({}, links=["https://example.org/x", "https://doi.org/10.1000/E"]),
        "f": entry({}, links=["http://arxiv.org/abs/math/0101001"]),
        "g": entry({"pubmed_id": "12", "pmc_id": "PMC3"}),
        "h": entry({}, links=["https://example.org/y"]),
        "i": entry({"sem_open_alex_id": "https://semopenalex.org/work/W9"}),
    },
    "ref_entries": {},
}


def written(folder: Path, *objects: object) -> Path:
    path = folder / "a.jsonl"
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in objects))
    return path


def one(folder: Path, found: object) -> ParsedPaper:
    (paper,) = read(written(folder, found))
    assert isinstance(paper, ParsedPaper), paper
    return paper


def test_arxivs_metadata_come_as_from_the_dump(tmp_path: Path) -> None:
    paper = one(tmp_path, PAPER)
    assert (paper.source, paper.key, paper.format) == ("unarxive", "2101.00001", "unarxive")
    assert (paper.title, paper.date) == ("LoomNet: Weaving Graphs", "2021-01-01")
    assert paper.abstract == "We weave."
    assert [(author.family, author.given) for author in paper.authors] == [
        ("Quill", "Ada"),
        ("Okoro", "Zoé"),
    ]
    assert paper.identifiers == ("arxiv:2101.00001", "doi:10.1000/loom")
    assert [topic.name for topic in paper.topics] == ["cs.LG", "cs.CV"]
    assert paper.authors_complete is True


def test_references_come_with_their_best_id_and_their_marks_in_the_text(tmp_path: Path) -> None:
    paper = one(tmp_path, PAPER)
    assert paper.references == (
        Reference(to="doi:10.1000/a", in_text=2),
        Reference(to="openalex:W2", in_text=1),
        Reference(to="arxiv:1901.00007", in_text=0),
        Reference(to="arxiv:1902.00008", in_text=0),
        Reference(to="doi:10.1000/e", in_text=0),
        Reference(to="arxiv:math/0101001", in_text=0),
        Reference(to="pmid:12", in_text=0),
    )
    assert (paper.references_unidentified, paper.references_complete) == (2, None)


def test_a_work_that_is_listed_twice_is_one_reference_with_all_marks(tmp_path: Path) -> None:
    entries = {"a": PAPER["bib_entries"]["a"], "b": entry({"doi": "10.1000/a"})}
    paper = one(tmp_path, {**PAPER, "bib_entries": entries})
    assert paper.references == (Reference(to="doi:10.1000/a", in_text=3),)


def test_code_is_taken_from_comments_and_statements_of_availability(tmp_path: Path) -> None:
    assert one(tmp_path, PAPER).repositories == (
        "https://github.com/quill/loomnet",
        "https://github.com/quill/yarns",
    )


DOIS = st.from_regex(r"10[.][0-9]{4}/[a-z0-9]{1,8}", fullmatch=True)
INVENTED = st.fixed_dictionaries(
    {
        "id": st.from_regex(r"[0-9]{2}(0[1-9]|1[0-2])[.][0-9]{5}", fullmatch=True),
        "title": st.from_regex(r"[A-Za-zé\"]{1,8}( [a-z]{1,8}){0,3}", fullmatch=True),
        "cited": st.dictionaries(DOIS, st.integers(0, 3), max_size=5),
        "unidentified": st.integers(0, 3),
    }
)


@settings(max_examples=60)
@given(INVENTED)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, invented: dict[str, Any]
) -> None:
    cited = invented["cited"]
    spans = [{"ref_id": doi} for doi, times in cited.items() for _ in range(times)]
    entries = {doi: entry({"doi": doi}) for doi in cited}
    entries |= {f"u{at}": entry({}) for at in range(invented["unidentified"])}
    found = {
        "paper_id": invented["id"],
        "metadata": {**PAPER["metadata"], "id": invented["id"], "title": invented["title"]},
        "body_text": [{"section": None, "text": "x", "cite_spans": spans}],
        "bib_entries": entries,
    }
    path = written(tmp_path_factory.getbasetemp(), found)
    assert recognises(path)
    (paper,) = read(path)
    assert isinstance(paper, ParsedPaper)
    assert (paper.key, paper.title) == (invented["id"], invented["title"])
    assert {one.to: one.in_text for one in paper.references} == {
        f"doi:{doi}": times for doi, times in cited.items()
    }
    assert (paper.references_unidentified or 0) == invented["unidentified"]


def test_damaged_files_lose_the_damaged_object_only(tmp_path: Path) -> None:
    damaged_objects_alone_are_lost(unarxive, tmp_path, PAPER, b'{"metadata": null}')


def test_values_of_a_wrong_type_are_left_out_or_reject_the_object(tmp_path: Path) -> None:
    objects = list(confused(PAPER))
    papers, parts = papers_and_parts_of_confused(unarxive, tmp_path / "a.json", objects)
    assert parts == len(objects)
    assert papers > parts / 2


def test_a_hundred_thousand_authors_are_no_paper(tmp_path: Path) -> None:
    metadata = {**PAPER["metadata"], "authors_parsed": [["Quill", "Ada", ""]] * 100_000}
    (reject,) = read(written(tmp_path, {**PAPER, "metadata": metadata}))
    assert isinstance(reject, Reject)
    assert reject.reason == "authors: are more than 20,000"


OTHERS = [
    PAPER["metadata"],
    {
        "paper_id": "1",
        "metadata": {"title": "x", "authors": []},
        "bib_entries": {},
        "body_text": [],
    },
    {"paper_id": "1", "title": "x", "authors": [], "pdf_parse": {"bib_entries": {}}},
    {"key": "a", "title": "b", "source": "c"},
]


@pytest.mark.parametrize("found", OTHERS)
def test_objects_of_others_are_not_taken_for_unarxives(found: object, tmp_path: Path) -> None:
    assert not recognises(written(tmp_path, found))


def test_an_object_is_known_by_its_content(tmp_path: Path) -> None:
    assert detect_format(InputFile(written(tmp_path, PAPER))).FORMAT == "unarxive"


@pytest.mark.real_files
def test_the_published_sample(shared: Callable[[str], Path], tmp_path: Path) -> None:
    """Counted in the JSON below, without the loader: objects, entries, names, marks, ids."""
    folder = shared("formats/unarxive-sample.tar.xz") / "doc"
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        archive.extractall(tmp_path, filter="data")
    (file,) = tmp_path.rglob("*.jsonl")
    assert recognises(file)
    objects = [json.loads(line) for line in file.read_bytes().splitlines()]
    parts = list(read(file))
    assert len(parts) == len(objects) == 49
    identified = 0
    for found, paper in zip(objects, parts, strict=True):
        assert isinstance(paper, ParsedPaper)
        to_facts(paper)
        assert paper.key == found["paper_id"]
        assert len(paper.authors) + len(paper.group_authors) == len(
            found["metadata"]["authors_parsed"]
        )
        assert len(paper.versions) == len(found["metadata"]["versions"])
        assert len(paper.topics) == len(found["metadata"]["categories"].split())
        entries = found["bib_entries"].values()
        surely = [
            one
            for one in entries
            if any(
                value for name, value in one.get("ids", {}).items() if name != "sem_open_alex_id"
            )
            or one["contained_arXiv_ids"]
        ]
        # Links to DOIs identify some more, and two entries may be of one work.
        references = len(paper.references) + (paper.references_unidentified or 0)
        assert len(entries) - 3 <= references <= len(entries)
        assert (paper.references_unidentified or 0) <= len(entries) - len(surely)
        identified += len(surely)
    assert sum(len(one["bib_entries"]) for one in objects) == 1786
    assert identified == 740
    read_well = [paper for paper in parts if isinstance(paper, ParsedPaper)]
    assert sum(len(paper.references) for paper in read_well) == 1146
    assert sum(paper.references_unidentified or 0 for paper in read_well) == 637
    assert sum(bool(paper.repositories) for paper in read_well) == 3
