"""OpenAlex: what a work says comes through. All works here are invented."""

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_service.model.records import (
    Location,
    Organisation,
    ParsedAuthor,
    ParsedPaper,
    Reference,
    Topic,
)
from loaders.facts import to_facts
from loaders.openalex import read, recognises
from loaders.reading import Reject

WORK = "https://openalex.org/W"
LOOM = {
    "id": "https://openalex.org/I7",
    "display_name": "Loom Institute",
    "ror": "https://ror.org/012345678",
    "country_code": "NZ",
}


def authorship(name: str, number: int | None = None, **more: Any) -> dict[str, Any]:
    known = {"id": f"https://openalex.org/A{number}"} if number else {"id": None}
    person = {**known, "display_name": name, "orcid": more.pop("orcid", None)}
    return {"author": person, "raw_author_name": name, "institutions": [], **more}


FULL: dict[str, Any] = {
    "id": f"{WORK}42",
    "doi": "https://doi.org/10.1000/LOOM",
    "title": "LoomNet: Weaving <i>Graphs</i>",
    "publication_year": 2020,
    "publication_date": "2020-03-04",
    "language": "en",
    "type": "article",
    "type_crossref": "proceedings-article",
    "ids": {
        "openalex": f"{WORK}42",
        "doi": "https://doi.org/10.1000/loom",
        "mag": "4242",
        "pmid": "https://pubmed.ncbi.nlm.nih.gov/77",
        "pmcid": "https://www.ncbi.nlm.nih.gov/pmc/articles/88",
    },
    "primary_location": {
        "landing_page_url": "https://doi.org/10.1000/loom",
        "pdf_url": "https://loom.example/42.pdf",
        "source": {"display_name": "Loom Days", "type": "conference"},
        "license": "cc-by",
        "version": "publishedVersion",
    },
    "locations": [
        {
            "landing_page_url": "https://doi.org/10.1000/loom",
            "pdf_url": "https://loom.example/42.pdf",
            "source": {"display_name": "Loom Days", "type": "conference"},
            "license": "cc-by",
            "version": "publishedVersion",
        },
        {
            "landing_page_url": "http://arxiv.org/abs/2001.00042",
            "pdf_url": None,
            "source": {"display_name": "arXiv (Loom University)", "type": "repository"},
            "license": None,
            "version": "submittedVersion",
        },
    ],
    "authorships": [
        authorship(
            "Ada Quill",
            1,
            orcid="https://orcid.org/0000-0002-1825-0097",
            author_position="first",
            is_corresponding=True,
            institutions=[LOOM],
            affiliations=[
                {"raw_affiliation_string": "Loom Inst.", "institution_ids": [LOOM["id"]]},
                {"raw_affiliation_string": "Knot Lab, Yarnton", "institution_ids": []},
            ],
        ),
        authorship("Ben Okoro", 2, author_position="last", is_corresponding=False),
    ],
    "authors_count": 2,
    "topics": [
        {
            "display_name": "Weaving of graphs",
            "score": 0.9,
            "subfield": {"display_name": "Textiles"},
            "field": {"display_name": "Materials"},
            "domain": {"display_name": "Physical Sciences"},
        }
    ],
    "keywords": [{"display_name": "Loom", "score": 0.5}],
    "concepts": [{"display_name": "Thread", "score": 0.4}],
    "mesh": [{"descriptor_name": "Textiles", "is_major_topic": True}],
    "sustainable_development_goals": [{"display_name": "Clean water"}],
    "referenced_works": [f"{WORK}7", f"{WORK}8", f"{WORK}7"],
    "abstract_inverted_index": {"We": [0, 2], "weave.": [1], "knot.": [3]},
}


def written(folder: Path, *works: object) -> Path:
    path = folder / "works.jsonl"
    path.write_text("".join(json.dumps(work, ensure_ascii=False) + "\n" for work in works))
    return path


def one(folder: Path, work: dict[str, Any]) -> ParsedPaper:
    (paper,) = read(written(folder, work))
    assert isinstance(paper, ParsedPaper), paper
    return paper


def changed(**more: Any) -> dict[str, Any]:
    return {**FULL, **more}


def test_a_work_says_everything_that_a_paper_holds(tmp_path: Path) -> None:
    assert one(tmp_path, FULL) == ParsedPaper(
        source="openalex",
        key="W42",
        format="openalex",
        title="LoomNet: Weaving Graphs",
        date="2020-03-04",
        abstract="We weave. We knot.",
        kind="conference-paper",
        venue="Loom Days",
        identifiers=(
            "arxiv:2001.00042",
            "doi:10.1000/loom",
            "mag:4242",
            "openalex:W42",
            "pmc:PMC88",
            "pmid:77",
        ),
        authors=(
            ParsedAuthor(
                name="Ada Quill",
                identifiers=("openalex:A1", "orcid:0000-0002-1825-0097"),
                affiliations=(
                    Organisation(
                        name="Loom Institute",
                        identifiers=("openalex:I7", "ror:012345678"),
                        country="NZ",
                    ),
                    Organisation(name="Knot Lab, Yarnton"),
                ),
                is_corresponding=True,
            ),
            ParsedAuthor(name="Ben Okoro", identifiers=("openalex:A2",), is_corresponding=False),
        ),
        authors_complete=True,
        topics=(
            Topic(scheme="openalex-topic", name="Weaving of graphs"),
            Topic(scheme="openalex-subfield", name="Textiles"),
            Topic(scheme="openalex-field", name="Materials"),
            Topic(scheme="openalex-keyword", name="Loom"),
            Topic(scheme="sdg", name="Clean water"),
            Topic(scheme="mesh", name="Textiles"),
        ),
        locations=(
            Location(
                url="https://doi.org/10.1000/loom",
                version="publishedVersion",
                licence="cc-by",
                host="Loom Days",
            ),
            Location(
                url="https://loom.example/42.pdf",
                version="publishedVersion",
                licence="cc-by",
                host="Loom Days",
            ),
            Location(
                url="http://arxiv.org/abs/2001.00042",
                version="submittedVersion",
                host="arXiv (Loom University)",
            ),
        ),
        references=(Reference(to="openalex:W7"), Reference(to="openalex:W8")),
    )


def test_one_work_a_list_of_the_api_and_lines_of_the_snapshot_say_the_same(tmp_path: Path) -> None:
    other = changed(id=f"{WORK}43")
    paths = {
        "pretty": json.dumps(FULL, indent=1),
        "list": json.dumps({"meta": {"count": 2}, "results": [FULL, other], "group_by": []}),
        # As some clients write it, where the first line ends like an object.
        "rows": '{"meta": {"count": 2}\n, "results": [\n'
        f"{json.dumps(FULL)}\n, {json.dumps(other)}\n]}}",
        "array": json.dumps([FULL, other]),
        "lines": f"{json.dumps(FULL)}\n{json.dumps(other)}\n",
    }
    expected = one(tmp_path, FULL)
    for name, content in paths.items():
        path = tmp_path / name
        path.write_text(content)
        assert recognises(path), name
        first, *rest = read(path)
        assert first == expected, name
        assert [getattr(paper, "key", paper) for paper in rest] == ["W43"] * (name != "pretty")


def test_the_files_of_a_snapshots_folder_are_read_and_its_manifest_holds_nothing(
    tmp_path: Path,
) -> None:
    part = tmp_path / "part_000.gz"
    part.write_bytes(gzip.compress(json.dumps(FULL).encode() + b"\n"))
    assert recognises(part)
    assert [paper.key for paper in read(part) if isinstance(paper, ParsedPaper)] == ["W42"]
    manifest = tmp_path / "manifest"
    entry = {"url": "s3://openalex/data/works/updated_date=2020-01-01/part_000.gz"}
    manifest.write_text(json.dumps({"entries": [entry], "meta": {}}, indent=1))
    assert recognises(manifest)
    assert list(read(manifest)) == []


def test_an_answer_without_results_holds_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, {"meta": {"count": 0, "db_response_time_ms": 3}, "results": []})
    assert recognises(path)
    assert list(read(path)) == []


@pytest.mark.parametrize(
    "entity",
    [
        {"id": "https://openalex.org/A1", "display_name": "Ada Quill", "works_count": 2},
        {"id": "https://openalex.org/I7", "display_name": "Loom Institute"},
        {"id": "https://openalex.org/keywords/loom", "display_name": "Loom"},
        {"id": "https://openalex.org/T1", "display_name": "Weaving"},
        {"id": "https://example.org/W42", "title": "Of another service"},
    ],
)
def test_other_entities_are_no_works(entity: dict[str, Any], tmp_path: Path) -> None:
    assert not recognises(written(tmp_path, entity))
    (reject,) = read(written(tmp_path, entity))
    assert isinstance(reject, Reject)
    assert reject.reason == f"is no work of OpenAlex: {entity['id']}"


def test_a_cut_list_of_authors_is_said_to_be_cut(tmp_path: Path) -> None:
    hundred = [authorship(f"Ada Quill{number}", number) for number in range(1, 101)]
    without = {name: value for name, value in FULL.items() if name != "authors_count"}
    for more, whole in (
        ({"is_authors_truncated": True}, False),
        ({"authors_count": 311}, False),
        ({"authors_count": 100}, True),
        ({"is_authors_truncated": False}, True),
        ({}, None),
    ):
        paper = one(tmp_path, {**without, "authorships": hundred, **more})
        assert (len(paper.authors), paper.authors_complete) == (100, whole), more
    nothing_asked = {"id": f"{WORK}1", "title": "Knots"}
    assert one(tmp_path, nothing_asked).authors_complete is None


def test_an_author_without_a_name_makes_the_list_incomplete(tmp_path: Path) -> None:
    paper = one(tmp_path, changed(authorships=[authorship("-"), authorship("Ben Okoro", 2)]))
    assert [author.name for author in paper.authors] == ["Ben Okoro"]
    assert paper.authors_complete is False


def test_authors_stay_in_printed_order_under_their_printed_names(tmp_path: Path) -> None:
    slots = [
        {**authorship("Ben T. Okoro", 2), "raw_author_name": "B. Okoro"},
        {**authorship("Ada Quill", 1), "raw_author_name": "Quill, Ada"},
        {**authorship("Zoé Lind", 3), "raw_author_name": None},
        {**authorship("Cleo Marsh", 4), "raw_author_name": "x" * 600},
    ]
    paper = one(tmp_path, changed(authorships=slots))
    names = [author.name for author in paper.authors]
    assert names == ["B. Okoro", "Ada Quill", "Zoé Lind", "Cleo Marsh"]


def test_ids_that_many_people_bear_are_nobodys(tmp_path: Path) -> None:
    slots = [authorship("Ada Quill", 9999999999), authorship("Deleted Author", 5317838346)]
    slots[1]["raw_author_name"] = "Ben Okoro"
    paper = one(tmp_path, changed(authorships=slots))
    assert paper.authors == (
        ParsedAuthor(name="Ada Quill", is_corresponding=None),
        ParsedAuthor(name="Ben Okoro", is_corresponding=None),
    )


def test_nobody_is_called_not_corresponding_where_nobody_is_known_to_be(tmp_path: Path) -> None:
    slots = [authorship("Ada Quill", 1, is_corresponding=False), authorship("Ben Okoro", 2)]
    for more, said in (
        ({}, [None, None]),
        ({"corresponding_author_ids": ["https://openalex.org/A2"]}, [None, True]),
    ):
        paper = one(tmp_path, changed(authorships=slots, **more))
        assert [author.is_corresponding for author in paper.authors] == said


def test_printed_affiliations_stand_in_where_no_institution_is_known(tmp_path: Path) -> None:
    printed = {"raw_affiliation_strings": ["Knot Lab", "Yarn House"]}
    slots = [
        authorship("Ada Quill", 1, **printed),
        authorship("Ben Okoro", 2, **printed, institutions=[LOOM]),
        authorship("Cleo Marsh", 3, **printed, affiliations=[]),
    ]
    paper = one(tmp_path, changed(authorships=slots))
    assert [[place.name for place in author.affiliations] for author in paper.authors] == [
        ["Knot Lab", "Yarn House"],
        ["Loom Institute"],
        [],
    ]


def test_a_wrong_orcid_or_country_is_left_out(tmp_path: Path) -> None:
    slot = authorship(
        "Ada Quill",
        1,
        orcid="https://orcid.org/0000-0002-1825-0098",
        institutions=[{**LOOM, "ror": "https://ror.org/x", "country_code": "nowhere"}],
    )
    (author,) = one(tmp_path, changed(authorships=[slot])).authors
    assert author.identifiers == ("openalex:A1",)
    assert author.affiliations == (
        Organisation(name="Loom Institute", identifiers=("openalex:I7",)),
    )


@pytest.mark.parametrize(
    ("date", "year", "read_as"),
    [
        ("2020-01-01", 2020, "2020"),  # what OpenAlex writes where it knows the year
        ("2020-02-30", 2020, "2020-02"),
        (None, 2019, "2019"),
        ("2020-12-31", 2021, "2020-12-31"),
        (None, None, None),
    ],
)
def test_a_date_is_as_precise_as_is_known(
    date: str | None, year: int | None, read_as: str | None, tmp_path: Path
) -> None:
    assert one(tmp_path, changed(publication_date=date, publication_year=year)).date == read_as


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"type": "preprint", "type_crossref": "posted-content"}, "preprint"),
        ({"type": "article", "type_crossref": "posted-content"}, "preprint"),
        ({"type": "article", "type_crossref": "journal-article"}, "conference-paper"),
        ({"type": "article", "type_crossref": None, "primary_location": None}, "article"),
        ({"type": "book-chapter"}, "chapter"),
        ({"type": "dissertation"}, "thesis"),
        ({"type": None}, None),
    ],
)
def test_kinds_are_those_of_all_sources(
    more: dict[str, Any], kind: str | None, tmp_path: Path
) -> None:
    assert one(tmp_path, changed(**more)).kind == kind


@pytest.mark.parametrize(
    ("address", "identifier"),
    [
        ("https://doi.org/10.1000/other", "doi:10.1000/other"),
        ("https://arxiv.org/abs/2001.00043v2", "arxiv:2001.00043"),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/99", "pmc:PMC99"),
        ("https://europepmc.org/articles/pmc98", "pmc:PMC98"),
        ("https://pubmed.ncbi.nlm.nih.gov/97/", "pmid:97"),
        ("https://aclanthology.org/P20-1001", "acl:P20-1001"),
    ],
)
def test_addresses_of_a_work_say_what_it_is_called_elsewhere(
    address: str, identifier: str, tmp_path: Path
) -> None:
    work = {"id": f"{WORK}1", "title": "Knots", "locations": [{"landing_page_url": address}]}
    assert one(tmp_path, work).identifiers == tuple(sorted((identifier, "openalex:W1")))


def test_the_venue_is_where_it_was_published_and_not_where_a_copy_lies(tmp_path: Path) -> None:
    copy, published = FULL["locations"][1], FULL["locations"][0]
    paper = one(tmp_path, changed(primary_location=copy, locations=[copy, published]))
    assert paper.venue == "Loom Days"
    paper = one(tmp_path, changed(primary_location=copy, locations=[copy]))
    assert paper.venue == "arXiv (Loom University)"
    bare = {**published, "source": None, "raw_source_name": "Loom Letters"}
    paper = one(tmp_path, changed(primary_location=bare, locations=[bare]))
    assert paper.venue == "Loom Letters"


def test_the_form_of_earlier_years_says_where_a_work_is(tmp_path: Path) -> None:
    venue = {"display_name": "Loom Days", "url": "https://loom.example/42", "license": "cc-by"}
    early = {
        "id": f"{WORK}42",
        "display_name": "LoomNet",
        "host_venue": venue,
        "alternate_host_venues": [
            {"display_name": None, "url": "https://arxiv.org/abs/2001.00042"}
        ],
        "concepts": [{"display_name": "Thread", "score": 0.4}, {"display_name": "Art", "score": 0}],
    }
    paper = one(tmp_path, early)
    assert (paper.title, paper.venue) == ("LoomNet", "Loom Days")
    assert paper.identifiers == ("arxiv:2001.00042", "openalex:W42")
    assert [place.url for place in paper.locations] == [
        "https://loom.example/42",
        "https://arxiv.org/abs/2001.00042",
    ]
    assert paper.topics == (Topic(scheme="openalex-concept", name="Thread"),)


@pytest.mark.parametrize(
    ("index", "abstract"),
    [
        (None, None),
        ({}, None),
        ({"a": [5], "b": [2, 9]}, "b a b"),
        ({"a": [0], "b": [0]}, "a b"),
        ({"a": [10**9]}, "a"),
        ({"IndexLength": 2, "InvertedIndex": {"weave.": [1], "We": [0]}}, "We weave."),
        ({"<p>We": [0], "weave": [1], "&amp;": [2], "knot.</p>": [3]}, "We weave & knot."),
        ({"a": "b"}, None),
        ({"a": [None]}, None),
    ],
)
def test_an_abstract_is_put_together_of_its_words(
    index: object, abstract: str | None, tmp_path: Path
) -> None:
    assert one(tmp_path, changed(abstract_inverted_index=index)).abstract == abstract


def test_untitled_works_that_name_nobody_are_passed_over_and_others_are_not(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        changed(title=None, authorships=[]),
        changed(title=None, is_paratext=True),
        changed(title=" "),
        {"id": f"{WORK}5", "title": None},
    )
    parts = list(read(path))
    assert [(part.line, part.reason) for part in parts if isinstance(part, Reject)] == [
        (3, "work W42 has no title"),
        (4, "work W5 has no title"),
    ]
    assert len(parts) == 2


def test_the_name_given_to_the_source_wins_and_references_lead_to_works(tmp_path: Path) -> None:
    (paper,) = read(written(tmp_path, FULL), source="mirror")
    assert isinstance(paper, ParsedPaper)
    assert paper.source == "mirror"
    assert [reference.to for reference in paper.references] == ["openalex:W7", "openalex:W8"]


WORDS = st.from_regex(r"[A-Za-zé]{1,8}", fullmatch=True)
INVENTED = st.fixed_dictionaries(
    {
        "number": st.integers(1, 10**10),
        "title": st.lists(WORDS, min_size=1, max_size=6).map(" ".join),
        "abstract": st.lists(WORDS, max_size=30),
        "people": st.lists(
            st.tuples(
                WORDS, WORDS, st.integers(1, 10**6), st.lists(WORDS, max_size=2, unique=True)
            ),
            max_size=4,
        ),
        "cited": st.lists(st.integers(1, 10**10), max_size=5, unique=True),
        "date": st.sampled_from(("1999-12-31", "2020-02-29")),
        "whole": st.booleans(),
    }
)


def as_work(invented: dict[str, Any]) -> dict[str, Any]:
    index: dict[str, list[int]] = {}
    for at, word in enumerate(invented["abstract"]):
        index.setdefault(word, []).append(at)
    shuffled = list(index.items())
    random.Random(7).shuffle(shuffled)
    return {
        "id": f"{WORK}{invented['number']}",
        "title": invented["title"],
        "publication_date": invented["date"],
        "abstract_inverted_index": dict(shuffled) or None,
        "is_authors_truncated": not invented["whole"],
        "authorships": [
            authorship(
                f"{given} {family}",
                number,
                institutions=[{"display_name": place} for place in places],
            )
            for given, family, number, places in invented["people"]
        ],
        "referenced_works": [f"{WORK}{number}" for number in invented["cited"]],
    }


@settings(max_examples=80)
@given(INVENTED)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, invented: dict[str, Any]
) -> None:
    path = written(tmp_path_factory.getbasetemp(), as_work(invented))
    assert recognises(path)
    (paper,) = read(path)
    assert isinstance(paper, ParsedPaper)
    assert (paper.key, paper.title, paper.date) == (
        f"W{invented['number']}",
        invented["title"],
        invented["date"],
    )
    assert (paper.abstract or "").split() == invented["abstract"]
    assert paper.authors_complete is invented["whole"]
    assert [
        (one.name, one.identifiers, [place.name for place in one.affiliations])
        for one in paper.authors
    ] == [
        (f"{given} {family}", (f"openalex:A{number}",), places)
        for given, family, number, places in invented["people"]
    ]
    cited = [f"openalex:W{number}" for number in invented["cited"]]
    assert [reference.to for reference in paper.references] == cited


@pytest.mark.real_files
def test_real_works(shared: Callable[[str], Path]) -> None:
    """Counted with json alone: `authorships`; `institutions` in them and those of `affiliations`

    whose `institution_ids` are empty; `author.orcid`; different `referenced_works`; the lengths of
    the lists of `abstract_inverted_index`, added up.
    """
    entities = shared("formats/openalex-api-entities.tar.xz") / "tests/fixtures/data"
    snapshot = shared("formats/openalex-snapshot-sample.tar.xz") / "sample/openalex/works"
    found = {}
    for path in (
        entities / "W2741809807.json",
        entities / "W-api-response.json",
        snapshot / "W2741809807",
    ):
        assert recognises(path)
        (paper,) = read(path)
        assert isinstance(paper, ParsedPaper)
        to_facts(paper)
        identifiers = [one for author in paper.authors for one in author.identifiers]
        found[path.name] = (
            len(paper.authors),
            sum(len(author.affiliations) for author in paper.authors),
            sum(one.startswith("orcid:") for one in identifiers),
            len(paper.references),
            len((paper.abstract or "").split()),
        )
    assert found == {
        "W2741809807.json": (9, 15 + 2, 9, 45, 258),
        "W-api-response.json": (1, 1, 0, 5, 67),
        "W2741809807": (9, 14, 7, 35, 258),
    }


@pytest.mark.real_files
def test_a_real_part_of_a_snapshot(shared: Callable[[str], Path]) -> None:
    """Of 27 lines (wc -l) 16 have neither title nor authors (grants)."""
    folder = shared("formats/openalex-snapshot-sample.tar.xz") / "sample/openalex/works"
    plain, packed = (
        list(read(folder / "updated_date=2023-05-16" / name))
        for name in ("part_000", "part_000.gz")
    )
    assert plain == packed
    assert len(plain) == 27 - 16
    assert all(isinstance(part, ParsedPaper) for part in plain)


@pytest.mark.real_files
def test_a_real_list_of_selected_fields(shared: Callable[[str], Path]) -> None:
    """228 works by its own `meta.count`; one has a blank title, and authors were not asked for."""
    path = shared("formats/openalex-works-sample.tar.xz") / "ex/Pat/works.json"
    assert recognises(path)
    parts = list(read(path))
    rejects = [part.reason for part in parts if isinstance(part, Reject)]
    assert rejects == ["item 98: work W2406626900 has no title"]
    assert len(parts) == 228
    assert {part.authors_complete for part in parts if isinstance(part, ParsedPaper)} == {None}


@pytest.mark.real_files
def test_real_entities_of_other_kinds_are_not_recognised(shared: Callable[[str], Path]) -> None:
    """Of 23 files (find -type f) 7 are works, parts of works, or manifests."""
    folders = (
        shared("formats/openalex-api-entities.tar.xz") / "tests",
        shared("formats/openalex-snapshot-sample.tar.xz") / "sample",
    )
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    known = sorted(path.name for path in files if recognises(path))
    assert len(files) == 23
    assert known == [
        "W-api-response.json",
        "W2741809807",
        "W2741809807.json",
        "manifest",
        "manifest",
        "part_000",
        "part_000.gz",
    ]
