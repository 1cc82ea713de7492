"""Semantic Scholar: what a paper says comes through. All papers here are invented."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_service.model.records import (
    Location,
    ParsedAuthor,
    ParsedPaper,
    Reference,
    Topic,
)
from loaders.facts import to_facts
from loaders.reading import Reject
from loaders.semantic_scholar import read, recognises
from tests.cassettes import answers


def sha(number: int) -> str:
    return f"{number:040x}"


FULL: dict[str, Any] = {
    "paperId": sha(1),
    "externalIds": {
        "DOI": "10.1000/Loom",
        "ArXiv": "2001.00042",
        "DBLP": "conf/loom/Quill20",
        "ACL": "P20-1001",
        "MAG": "4242",
        "PubMed": "77",
        "PubMedCentral": "88",
        "CorpusId": 99,
    },
    "corpusId": 99,
    "url": f"https://www.semanticscholar.org/paper/{sha(1)}",
    "title": "LoomNet: Weaving Graphs",
    "abstract": "We weave &amp; knot.",
    "venue": "Loom Days",
    "publicationVenue": {"name": "Days of the Loom", "type": "conference"},
    "journal": {"name": "ArXiv"},
    "year": 2020,
    "publicationDate": "2020-03-04",
    "publicationTypes": ["JournalArticle", "Conference"],
    "openAccessPdf": {"url": "https://loom.example/1.pdf", "status": "GREEN", "license": "CCBY"},
    "fieldsOfStudy": ["Computer Science"],
    "s2FieldsOfStudy": [
        {"category": "Computer Science", "source": "external"},
        {"category": "Art", "source": "s2-fos-model"},
    ],
    "authors": [
        {
            "authorId": "7",
            "name": "Ada Quill",
            "externalIds": {"ORCID": "0000-0002-1825-0097", "DBLP": ["Ada Quill"]},
            "affiliations": ["Where she is today"],
        },
        {"authorId": None, "name": "Ben Okoro"},
    ],
    "referenceCount": 4,
    "references": [
        {
            "isInfluential": True,
            "intents": ["methodology", "background"],
            "contexts": ["As they show"],
            "citedPaper": {"paperId": sha(2), "title": "Yarns", "externalIds": {"DOI": "10.1000/y"}},
        },
        {"paperId": sha(3), "title": "Knots"},
        {"paperId": None, "title": "Of nothing known"},
    ],
    "citations": [{"paperId": sha(4), "title": "After the Loom"}],
    "tldr": {"text": "They weave."},
}  # fmt: skip


def written(folder: Path, *papers: object) -> Path:
    path = folder / "papers.jsonl"
    path.write_text("".join(json.dumps(paper, ensure_ascii=False) + "\n" for paper in papers))
    return path


def one(folder: Path, paper: dict[str, Any]) -> ParsedPaper:
    (parsed,) = read(written(folder, paper))
    assert isinstance(parsed, ParsedPaper), parsed
    return parsed


def changed(**more: Any) -> dict[str, Any]:
    return {**FULL, **more}


def test_a_paper_says_everything_that_a_paper_holds(tmp_path: Path) -> None:
    assert one(tmp_path, FULL) == ParsedPaper(
        source="semantic-scholar",
        key=sha(1),
        format="semantic-scholar",
        title="LoomNet: Weaving Graphs",
        date="2020-03-04",
        abstract="We weave & knot.",
        kind="conference-paper",
        venue="Loom Days",
        identifiers=(
            "acl:P20-1001",
            "arxiv:2001.00042",
            "corpusid:99",
            "dblp:conf/loom/Quill20",
            "doi:10.1000/loom",
            "mag:4242",
            "pmc:PMC88",
            "pmid:77",
            f"s2:{sha(1)}",
        ),
        authors=(
            ParsedAuthor(name="Ada Quill", identifiers=("orcid:0000-0002-1825-0097", "s2:7")),
            ParsedAuthor(name="Ben Okoro"),
        ),
        authors_complete=None,
        topics=(
            Topic(scheme="s2-field", name="Computer Science"),
            Topic(scheme="s2-field", name="Art"),
        ),
        locations=(Location(url="https://loom.example/1.pdf", licence="CCBY"),),
        references=(
            Reference(to="doi:10.1000/y", intent="methodology, background", influential=True),
            Reference(to=f"s2:{sha(3)}"),
        ),
        references_unidentified=1,
        references_complete=False,
    )


def test_the_first_form_of_the_api_is_read(tmp_path: Path) -> None:
    early = {
        "paperId": sha(1),
        "doi": "10.1000/loom",
        "arxivId": "2001.00042",
        "corpusId": 99,
        "title": "LoomNet",
        "year": 2020,
        "authors": [{"authorId": "7", "name": "Ada Quill", "url": "https://example.org"}],
        "topics": [{"topic": "Weaving", "topicId": "1"}],
        "references": [
            {"paperId": sha(2), "intent": ["background"], "isInfluential": False, "title": "Yarns"}
        ],
    }
    paper = one(tmp_path, early)
    assert paper.identifiers == (
        "arxiv:2001.00042",
        "corpusid:99",
        "doi:10.1000/loom",
        f"s2:{sha(1)}",
    )
    assert paper.references == (
        Reference(to=f"s2:{sha(2)}", intent="background", influential=False),
    )
    assert paper.topics == (Topic(scheme="s2-topic", name="Weaving"),)
    assert (paper.date, paper.references_complete) == ("2020", None)


def test_a_line_of_the_data_set_is_kept_under_its_corpus_id(tmp_path: Path) -> None:
    line = {
        "corpusid": 99,
        "externalids": {
            "ACL": None,
            "DOI": "10.1000/loom",
            "CorpusId": "99",
            "PubMedCentral": "88",
        },
        "url": f"https://www.semanticscholar.org/paper/{sha(1)}",
        "title": "LoomNet",
        "authors": [{"authorId": "7", "name": "Ada Quill"}],
        "venue": "",
        "publicationvenueid": None,
        "year": 2020,
        "s2fieldsofstudy": [{"category": "Art", "source": "s2-fos-model"}],
        "publicationtypes": ["Review"],
        "publicationdate": "2020-03-04",
        "journal": {"name": "Loom Letters", "pages": "1", "volume": "2"},
    }
    assert recognises(written(tmp_path, line))
    paper = one(tmp_path, line)
    assert (paper.key, paper.date, paper.kind, paper.venue) == (
        "99",
        "2020-03-04",
        "review",
        "Loom Letters",
    )
    assert paper.identifiers == (
        "corpusid:99",
        "doi:10.1000/loom",
        "pmc:PMC88",
        f"s2:{sha(1)}",
    )
    assert paper.topics == (Topic(scheme="s2-field", name="Art"),)


THIN = {"paperId": sha(2), "title": "Yarns"}
LISTS = {
    "a search": {"total": 2, "offset": 0, "data": [FULL, THIN]},
    "citations": {"offset": 0, "data": [{"citingPaper": FULL}, {"citingPaper": THIN}]},
    "references": {"data": [{"intents": [], "citedPaper": FULL}, {"citedPaper": THIN}]},
    "recommendations": {"recommendedPapers": [FULL, THIN]},
    "a batch": [FULL, None, THIN],
    "an author with papers": {"authorId": "7", "name": "Ada Quill", "papers": [FULL, THIN]},
    "a batch of authors": [None, {"authorId": "7", "papers": [FULL, THIN]}],
}


@pytest.mark.parametrize("name", LISTS)
def test_papers_are_read_in_every_list_of_the_api(name: str, tmp_path: Path) -> None:
    path = written(tmp_path, LISTS[name])
    assert recognises(path)
    assert list(read(path)) == [one(tmp_path, FULL), one(tmp_path, THIN)]


def test_a_reference_to_nothing_known_has_a_key_of_its_own_that_stays(tmp_path: Path) -> None:
    unknown = {"citedPaper": {"paperId": None, "title": "Of nothing known", "year": 1999}}
    path = written(tmp_path, {"data": [{"citedPaper": THIN}, unknown]})
    keys = [paper.key for paper in read(path) if isinstance(paper, ParsedPaper)]
    (alone,) = read(written(tmp_path, {"data": [unknown]}))
    assert isinstance(alone, ParsedPaper)
    assert keys == [sha(2), alone.key]
    assert alone.key.startswith("of-nothing-known~")


def test_a_paper_without_a_title_is_a_reject_that_says_what_to_ask_for(tmp_path: Path) -> None:
    path = written(tmp_path, {"data": [THIN, {"paperId": sha(5), "venue": "Loom Days"}]})
    _, reject = read(path)
    assert isinstance(reject, Reject)
    assert reject.line == 1
    assert reject.reason == f"item 2: paper {sha(5)} has no title; was that field asked for?"


def test_an_answer_that_found_nothing_holds_nothing(tmp_path: Path) -> None:
    assert list(read(written(tmp_path, {"total": 0, "offset": 0}))) == []


def test_an_author_without_a_name_makes_the_list_incomplete(tmp_path: Path) -> None:
    paper = one(tmp_path, changed(authors=[{"authorId": "7", "name": ""}, {"name": "Ben Okoro"}]))
    assert [author.name for author in paper.authors] == ["Ben Okoro"]
    assert paper.authors_complete is False


def test_letters_of_windows_that_came_as_control_characters_are_read(tmp_path: Path) -> None:
    assert one(tmp_path, changed(title="The \x93Loom\x94\x07")).title == "The “Loom”"


@pytest.mark.parametrize(
    ("types", "venue", "kind"),
    [
        (["JournalArticle"], None, "article"),
        (["JournalArticle", "Conference"], None, "conference-paper"),
        (["JournalArticle", "Conference"], "journal", "article"),
        (["JournalArticle", "Review"], None, "review"),
        (["Book", "JournalArticle"], None, "book"),
        (["BookSection"], None, "chapter"),
        (["LettersAndComments"], None, "letter"),
        (["Study"], None, "study"),
        ([], None, None),
        (None, None, None),
    ],
)
def test_kinds_are_those_of_all_sources(
    types: list[str] | None, venue: str | None, kind: str | None, tmp_path: Path
) -> None:
    paper = one(tmp_path, changed(publicationTypes=types, publicationVenue={"type": venue}))
    assert paper.kind == kind


@pytest.mark.parametrize(
    "other",
    [
        {"authorId": "7", "name": "Ada Quill", "affiliations": []},
        {"corpusid": 99, "abstract": "Of the data set of abstracts.", "openaccessinfo": {}},
        {"citationid": 1, "citingcorpusid": 98, "citedcorpusid": 99, "intents": []},
        {
            "data": [
                {"snippet": {"text": "x"}, "score": 1, "paper": {"corpusId": "1", "title": "y"}}
            ]
        },
        {"paperId": "LOOM-1", "title": "Of another service"},
        {"error": "Paper not found"},
        {"total": 0, "offset": 0},
    ],
)
def test_what_holds_no_papers_is_not_recognised(other: dict[str, Any], tmp_path: Path) -> None:
    assert not recognises(written(tmp_path, other))


NAMES = st.from_regex(r"[A-ZÉ][a-z]{1,8} [A-Z][a-z]{1,8}", fullmatch=True)
SHAS = st.integers(0, 16**40 - 1).map(sha)
INVENTED = st.fixed_dictionaries(
    {
        "id": SHAS,
        "title": st.from_regex(r"[A-Za-zé]{1,8}( [a-z]{1,8}){0,4}", fullmatch=True),
        "abstract": st.none()
        | st.from_regex(r"[A-Z][a-z]{1,8}( [a-z]{1,8}){0,9}[.]", fullmatch=True),
        "people": st.lists(st.tuples(NAMES, st.none() | st.integers(1, 10**9)), max_size=4),
        "cited": st.dictionaries(
            SHAS, st.tuples(st.sampled_from(([], ["background"])), st.booleans()), max_size=4
        ),
        "unknown": st.integers(0, 3),
        "date": st.sampled_from((None, "2020-02-29")),
        "doi": st.none() | st.from_regex(r"10[.][0-9]{4}/[a-z0-9]{1,8}", fullmatch=True),
    }
)


def as_paper(invented: dict[str, Any]) -> dict[str, Any]:
    return {
        "paperId": invented["id"],
        "title": invented["title"],
        "abstract": invented["abstract"],
        "publicationDate": invented["date"],
        "externalIds": {"DOI": invented["doi"]} if invented["doi"] else {},
        "authors": [
            {"name": name, "authorId": str(number) if number else None}
            for name, number in invented["people"]
        ],
        "references": [
            *(
                {"citedPaper": {"paperId": to}, "intents": intents, "isInfluential": influential}
                for to, (intents, influential) in invented["cited"].items()
            ),
            *[{"paperId": None, "title": "x"}] * invented["unknown"],
        ],
    }


@settings(max_examples=80)
@given(INVENTED)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, invented: dict[str, Any]
) -> None:
    path = written(tmp_path_factory.getbasetemp(), as_paper(invented))
    assert recognises(path)
    (paper,) = read(path)
    assert isinstance(paper, ParsedPaper)
    assert (paper.key, paper.title, paper.abstract, paper.date) == (
        invented["id"],
        invented["title"],
        invented["abstract"],
        invented["date"],
    )
    assert [(author.name, author.identifiers) for author in paper.authors] == [
        (name, (f"s2:{number}",) if number else ()) for name, number in invented["people"]
    ]
    assert [(one.to, one.intent, one.influential) for one in paper.references] == [
        (f"s2:{to}", intents[0] if intents else None, influential)
        for to, (intents, influential) in invented["cited"].items()
    ]
    assert paper.references_unidentified == invented["unknown"]
    named = {f"s2:{invented['id']}"} | ({f"doi:{invented['doi']}"} if invented["doi"] else set())
    assert set(paper.identifiers) == named


@pytest.mark.real_files
def test_real_answers(shared: Callable[[str], Path], tmp_path: Path) -> None:
    """Counted with json alone: objects with a `paperId` in the lists of 80 answers (19,720, of which

    10,351 have a title and 31 a `paperId` of null), and answers that hold one. A reject is one
    whose title was not asked for.
    """
    folder = shared("formats/semanticscholar-cassettes.tar.xz") / "tests/data"
    found: Counter[str] = Counter()
    path = tmp_path / "a.json"
    for cassette in sorted(folder.glob("*.yaml")):
        for answer in answers(cassette):
            path.write_bytes(answer.body)
            if not recognises(path):
                continue
            found["answers"] += 1
            for part in read(path):
                found[type(part).__name__] += 1
                if isinstance(part, Reject):
                    assert part.reason.endswith("has no title; was that field asked for?")
                else:
                    assert isinstance(part, ParsedPaper)
                    to_facts(part)
                    found["unknown"] += "~" in part.key
    assert found == {"answers": 80, "ParsedPaper": 10_351, "Reject": 9_369, "unknown": 31}


@pytest.mark.real_files
def test_a_real_paper_and_a_real_author_with_papers(shared: Callable[[str], Path]) -> None:
    """Counted with json alone: lengths of `authors`, `references` (6 of 14 without a `paperId`),

    of `papers` of the author and of `authors` in them, those with a DOI, abstract, day.
    """
    folder = shared("formats/semanticscholar-cassettes.tar.xz") / "tests/data"
    (paper,) = read(folder / "Paper.json")
    assert isinstance(paper, ParsedPaper)
    assert (len(paper.authors), len(paper.references), paper.references_unidentified) == (1, 8, 6)
    assert paper.kind == "review"
    schemes = [one.partition(":")[0] for one in paper.identifiers]
    assert schemes == ["corpusid", "dblp", "doi", "mag", "s2"]
    papers = [part for part in read(folder / "Author.json") if isinstance(part, ParsedPaper)]
    assert (
        len(papers),
        sum(len(one.authors) for one in papers),
        sum(any(name.startswith("doi:") for name in one.identifiers) for one in papers),
        sum(one.abstract is not None for one in papers),
        sum(len(one.date or "") == len("2020-01-01") for one in papers),
    ) == (60, 138, 32, 34, 33)
