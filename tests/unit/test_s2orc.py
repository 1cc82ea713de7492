"""S2ORC and doc2json: what they say of a paper comes through. All papers here are invented."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_service.model.records import ParsedPaper, Reference
from loaders import s2orc
from loaders.facts import to_facts
from loaders.inputs import InputFile
from loaders.reading import Reject
from loaders.runner import detect_format
from loaders.s2orc import read, recognises
from tests.damaged import confused, damaged_objects_alone_are_lost, papers_and_parts_of_confused


def author(first: str, middle: list[str], last: str, **more: Any) -> dict[str, Any]:
    return {"first": first, "middle": middle, "last": last, "suffix": "", **more}


PARSE = {
    "abstract": [{"text": "We weave.", "cite_spans": [{"ref_id": "BIBREF0"}]}],
    "body_text": [
        {
            "text": "As [1] and [1,2] show, see https://github.com/others/work.",
            "cite_spans": [{"ref_id": "BIBREF0"}, {"ref_id": "BIBREF0"}, {"ref_id": "BIBREF1"}],
            "section": "Introduction",
        },
        {"text": "Of no work.", "cite_spans": [{"ref_id": None}], "section": ""},
    ],
    "back_matter": [
        {
            "text": "At https://github.com/quill/loomnet.",
            "cite_spans": [],
            "section": "Data and code availability",
        }
    ],
    "bib_entries": {
        "BIBREF0": {"title": "A", "other_ids": {"DOI": ["10.1000/A"], "PMID": ["123"]}},
        "BIBREF1": {"title": "B", "other_ids": {"arXiv": ["arXiv:1901.00007v2 [cs]"]}},
        "BIBREF2": {"title": "C", "other_ids": {}, "links": "777"},
        "BIBREF3": {"title": "D", "other_ids": {}, "link": None},
    },
    "ref_entries": {},
}
# As the tool writes it.
TOOL = {
    "paper_id": "loom-2020",
    "header": {"generated_with": "S2ORC 1.0.0"},
    "title": "LoomNet: Weaving Graphs",
    "authors": [
        author(
            "Ada",
            ["B", "C"],
            "Quill",
            suffix="Jr",
            affiliation={"laboratory": "Knot Lab", "institution": "Loom Institute", "location": {}},
            email="ada@example.org",
        ),
        author(
            "Zoé", [], "Okoro", affiliation={"laboratory": "Wool Lab", "institution": ""}, email=""
        ),
        author("", [], "Fell", affiliation={}, email=""),
        author("*", [], "", affiliation={}, email=""),
    ],
    "year": "2020-03",
    "abstract": "We weave.",
    "pdf_parse": PARSE,
}
# As the releases have it.
RELEASED = {
    "paper_id": "4242",
    "metadata": {
        "title": "Felt",
        "authors": [author("Ada", [], "Quill")],
        "abstract": None,
        "year": "2019",
        "arxiv_id": "1901.00001",
        "acl_id": "P19-1001",
        "pmc_id": "PMC12",
        "pubmed_id": "34",
        "doi": "10.1000/Felt",
        "venue": "",
        "journal": "Journal of Felt",
    },
    "grobid_parse": {**PARSE, "bib_entries": {}},
    "latex_parse": PARSE,
}  # fmt: skip
METADATA = {
    "paper_id": "4243",
    "title": "Knots",
    "authors": [author("Zoé", [], "Okoro")],
    "abstract": "Of knots.",
    "year": 2018,
    "mag_id": "99",
    "venue": "Loom Days",
    "has_pdf_parse": True,
    "outbound_citations": ["4242", "4244"],
}


def written(folder: Path, *objects: object) -> Path:
    path = folder / "a.json"
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in objects))
    return path


def one(folder: Path, found: object) -> ParsedPaper:
    (paper,) = read(written(folder, found))
    assert isinstance(paper, ParsedPaper), paper
    return paper


def test_what_the_tool_writes_says_everything_that_a_paper_holds(tmp_path: Path) -> None:
    paper = one(tmp_path, TOOL)
    assert (paper.source, paper.key, paper.format) == ("s2orc", "loom-2020", "s2orc")
    assert (paper.title, paper.date, paper.abstract) == (
        "LoomNet: Weaving Graphs",
        "2020-03",
        "We weave.",
    )
    ada, zoe, fell = paper.authors
    assert (ada.name, ada.given, ada.family, ada.suffix) == (
        "Ada B C Quill Jr",
        "Ada B C",
        "Quill",
        "Jr",
    )
    assert [place.name for place in ada.affiliations] == ["Loom Institute"]
    assert [place.name for place in zoe.affiliations] == ["Wool Lab"]
    assert (fell.name, fell.family, fell.affiliations) == ("Fell", None, ())
    assert [author.is_corresponding for author in paper.authors] == [True, None, None]
    assert paper.authors_complete is None  # a machine read a page
    assert paper.repositories == ("https://github.com/quill/loomnet",)


def test_references_are_counted_in_the_text_and_lead_to_ids_or_to_records(tmp_path: Path) -> None:
    paper = one(tmp_path, TOOL)
    assert paper.references == (
        Reference(to="doi:10.1000/a", in_text=3),
        Reference(to="arxiv:1901.00007", in_text=1),
        Reference(to="s2orc:777", in_text=0),
    )
    assert (paper.references_unidentified, paper.references_complete) == (1, None)


def test_the_name_given_to_the_source_is_that_of_its_records_in_references_too(
    tmp_path: Path,
) -> None:
    (paper,) = read(written(tmp_path, TOOL), source="mirror")
    assert isinstance(paper, ParsedPaper)
    assert paper.references[2].to == "mirror:777"


def test_a_release_gives_all_identifiers_and_the_better_parse(tmp_path: Path) -> None:
    paper = one(tmp_path, RELEASED)
    assert paper.identifiers == (
        "acl:P19-1001",
        "arxiv:1901.00001",
        "corpusid:4242",
        "doi:10.1000/felt",
        "pmc:PMC12",
        "pmid:34",
    )
    assert (paper.key, paper.venue, paper.date) == ("4242", "Journal of Felt", "2019")
    assert paper.abstract == "We weave."  # from the text, where the metadata have none
    assert len(paper.references) == 3


def test_the_number_of_a_file_is_no_corpus_id(tmp_path: Path) -> None:
    assert one(tmp_path, {**TOOL, "paper_id": "2020"}).identifiers == ()


def test_metadata_alone_give_the_works_that_a_paper_cites(tmp_path: Path) -> None:
    paper = one(tmp_path, METADATA)
    assert paper.references == (Reference(to="s2orc:4242"), Reference(to="s2orc:4244"))
    assert (paper.venue, paper.date, paper.abstract) == ("Loom Days", "2018", "Of knots.")
    assert "mag:99" in paper.identifiers


def test_a_text_whose_title_is_in_another_file_is_a_reject_that_says_so(tmp_path: Path) -> None:
    (reject,) = read(written(tmp_path, {"paper_id": "1", **PARSE}))
    assert isinstance(reject, Reject)
    assert (reject.line, reject.reason) == (1, "paper 1 has no title; is it in a metadata file?")
    (reject,) = read(written(tmp_path, {**TOOL, "title": " "}))
    assert isinstance(reject, Reject)
    assert reject.reason == "paper loom-2020 has no title"


def test_two_addresses_leave_open_who_is_corresponding(tmp_path: Path) -> None:
    both = [{**one, "email": "x@example.org"} for one in TOOL["authors"]]
    paper = one(tmp_path, {**TOOL, "authors": both})
    assert [author.is_corresponding for author in paper.authors] == [None, None, None]


NAMES = st.from_regex(r"[A-ZÉ][a-z]{1,8}", fullmatch=True)
WORDS = st.from_regex(r"[A-Za-zé\"\\]{0,8}[a-z]( [A-Za-z]{1,8}){0,3}", fullmatch=True)
DOIS = st.from_regex(r"10[.][0-9]{4}/[a-z0-9]{1,8}", fullmatch=True)
INVENTED = st.fixed_dictionaries(
    {
        "key": st.from_regex(r"[a-zA-Z0-9é/ ]{0,8}[a-z]", fullmatch=True).map(str.strip),
        "title": WORDS,
        "names": st.lists(st.tuples(NAMES, st.lists(NAMES, max_size=2), NAMES, NAMES), max_size=4),
        "year": st.sampled_from(("", "1999", "2001-02", "2020-02-29")),
        "cited": st.dictionaries(DOIS, st.integers(0, 3), max_size=4),
        "unidentified": st.integers(0, 2),
    }
)


def as_object(paper: dict[str, Any]) -> dict[str, Any]:
    entries = {f"B{at}": {"other_ids": {"doi": [doi]}} for at, doi in enumerate(paper["cited"])}
    entries |= {f"U{at}": {"other_ids": {}} for at in range(paper["unidentified"])}
    spans = [
        {"ref_id": f"B{at}"}
        for at, times in enumerate(paper["cited"].values())
        for _ in range(times)
    ]
    return {
        "paper_id": paper["key"],
        "title": paper["title"],
        "authors": [
            author(first, middle, last, affiliation={"institution": place})
            for first, middle, last, place in paper["names"]
        ],
        "year": paper["year"],
        "abstract": "",
        "pdf_parse": {"body_text": [{"text": "x", "cite_spans": spans}], "bib_entries": entries},
    }


@settings(max_examples=60)
@given(INVENTED)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, invented: dict[str, Any]
) -> None:
    path = written(tmp_path_factory.getbasetemp(), as_object(invented))
    assert recognises(path)
    (paper,) = read(path)
    assert isinstance(paper, ParsedPaper)
    assert paper.title == invented["title"]
    assert (paper.date or "") == invented["year"]
    assert [
        (one.given, one.family, [place.name for place in one.affiliations]) for one in paper.authors
    ] == [
        (" ".join((first, *middle)), last, [place])
        for first, middle, last, place in invented["names"]
    ]
    assert {one.to: one.in_text for one in paper.references} == {
        f"doi:{doi}": times for doi, times in invented["cited"].items()
    }
    assert (paper.references_unidentified or 0) == invented["unidentified"]


def test_damaged_files_lose_the_damaged_object_only(tmp_path: Path) -> None:
    damaged_objects_alone_are_lost(s2orc, tmp_path, TOOL, b'{"paper_id": null}')


@pytest.mark.parametrize("sound", [TOOL, RELEASED, METADATA], ids=["tool", "release", "metadata"])
def test_values_of_a_wrong_type_are_left_out_or_reject_the_object(
    sound: dict[str, Any], tmp_path: Path
) -> None:
    objects = list(confused(sound))
    papers, parts = papers_and_parts_of_confused(s2orc, tmp_path / "a.json", objects)
    assert parts == len(objects)
    assert papers > parts / 2


def test_a_hundred_thousand_authors_are_no_paper(tmp_path: Path) -> None:
    many = {**TOOL, "authors": [author("Ada", [], "Quill")] * 100_000}
    (reject,) = read(written(tmp_path, many))
    assert isinstance(reject, Reject)
    assert reject.reason == (
        "paper loom-2020: authors: are 100,000, and at most 20,000 can be"
    )  # fmt: skip


OTHERS = [
    {"paperId": "a" * 40, "title": "Of Semantic Scholar", "authors": [], "externalIds": {}},
    {"id": "https://openalex.org/W1", "title": "x"},
    {"DOI": "10.1000/a", "title": ["x"]},
    {"key": "a", "title": "b", "source": "c"},
    {"paper_id": "1", "title": "of anybody"},
    {"paper_id": "2101.00001", "metadata": {"id": "2101.00001", "categories": "cs.LG"}, "bib_entries": {}},
]  # fmt: skip


@pytest.mark.parametrize("found", OTHERS)
def test_objects_of_others_are_not_taken_for_s2orcs(found: object, tmp_path: Path) -> None:
    assert not recognises(written(tmp_path, found))


@pytest.mark.parametrize("found", [TOOL, RELEASED, METADATA])
def test_an_object_is_known_by_its_content(found: object, tmp_path: Path) -> None:
    assert detect_format(InputFile(written(tmp_path, found))).FORMAT == "s2orc"


def _count(found: dict[str, Any]) -> tuple[int, int, int]:
    """References with an identifier or a link, those without, marks that point at the former."""
    parse = found.get("pdf_parse") or found.get("grobid_parse") or found
    named = {
        mark
        for mark, entry in parse["bib_entries"].items()
        if any(entry["other_ids"].values()) or entry.get("links")
    }
    spans = Counter(
        span["ref_id"]
        for name in ("abstract", "body_text", "back_matter")
        for part in parse.get(name) or []
        for span in part["cite_spans"]
    )
    unnamed = len(parse["bib_entries"]) - len(named)
    return len(named), unnamed, sum(spans[mark] for mark in named)


@pytest.mark.real_files
def test_real_files(shared: Callable[[str], Path]) -> None:
    """Titles and authors were counted in the JSON by hand, references by `_count` above."""
    folder = shared("formats/s2orc-doc2json.tar.xz") / "tests"
    authors = {}
    rejects = []
    for file in sorted(folder.rglob("*.json")):
        assert recognises(file)
        (part,) = read(file)
        if isinstance(part, Reject):
            rejects.append(part.reason)
            continue
        assert isinstance(part, ParsedPaper)
        to_facts(part)
        named, unnamed, marks = _count(json.loads(file.read_bytes()))
        assert (len(part.references), part.references_unidentified) == (named, unnamed)
        assert sum(one.in_text or 0 for one in part.references) == marks
        authors[file.name[:8]] = len(part.authors)
    assert authors == {
        "10002293": 11,
        "10042064": 2,
        "10045593": 7,
        "2020.acl": 5,
        "24e6b80e": 5,
        "N18-3011": 23,
        "f2235cd2": 1,
    }
    # The release of 2020 has its titles in other files.
    assert rejects == [
        f"paper {one} has no title; is it in a metadata file?"
        for one in ("18980380", "18980463", "94551546")
    ]
