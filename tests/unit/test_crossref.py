"""Crossref: what a work says comes through. All works here are invented."""

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
    Organisation,
    ParsedAuthor,
    ParsedPaper,
    Reference,
    Relation,
    Topic,
)
from loaders.crossref import read, recognises
from loaders.facts import to_facts
from loaders.reading import Reject
from tests.cassettes import answers


def on(*parts: int | None) -> dict[str, Any]:
    return {"date-parts": [list(parts)]}


FORMULA = (
    "<jats:inline-formula><jats:alternatives><jats:tex-math>$x^2$</jats:tex-math>"
    "<mml:math><mml:mi>x</mml:mi></mml:math></jats:alternatives></jats:inline-formula>"
)
FULL: dict[str, Any] = {
    "DOI": "10.1000/LOOM",
    "type": "proceedings-article",
    "prefix": "10.1000",
    "member": "1",
    "title": ["LoomNet: <i>Weaving</i> Graphs"],
    "subtitle": ["A Manual"],
    "container-title": ["Loom Days", "LD"],
    "published-print": on(2020, 3),
    "published-online": on(2020, 2, 29),
    "issued": on(2020, 2, 29),
    "abstract": "<jats:title>Abstract</jats:title><jats:sec><jats:title>Aims</jats:title>"
    "<jats:p>We <jats:italic>weave</jats:italic> &amp; knot, p &lt; 1.</jats:p></jats:sec>"
    "<jats:p>Twice.</jats:p>",
    "author": [
        {
            "given": "Ada",
            "family": "Quill",
            "suffix": "Jr.",
            "sequence": "first",
            "ORCID": "http://orcid.org/0000-0002-1825-0097",
            "authenticated-orcid": True,
            "affiliation": [
                {
                    "name": "Loom Institute",
                    "id": [
                        {"id": "https://ror.org/012345678", "id-type": "ROR", "asserted-by": "x"},
                        {"id": "https://www.wikidata.org/entity/Q1", "id-type": "wikidata"},
                    ],
                    "country": "NZ",
                },
                {"name": "Knot Lab, Yarnton"},
            ],
            "role": [
                {"role": "author", "vocabulary": "crossref"},
                {"role": "software", "vocabulary": "credit"},
            ],
        },
        {"name": "The Loom Collaboration", "sequence": "additional", "affiliation": []},
        {"given": "Ben", "family": "Okoro", "sequence": "additional", "affiliation": []},
    ],
    "editor": [{"given": "Eva", "family": "Stone"}],
    "subject": ["Textiles"],
    "resource": {"primary": {"URL": "https://loom.example/42"}},
    "license": [
        {"URL": "https://loom.example/tdm", "content-version": "tdm"},
        {"URL": "https://creativecommons.org/licenses/by/4.0/", "content-version": "vor"},
    ],
    "link": [
        {
            "URL": "https://loom.example/42.pdf",
            "content-version": "vor",
            "intended-application": "text-mining",
        },
        {
            "URL": "https://loom.example/hidden.pdf",
            "content-version": "vor",
            "intended-application": "similarity-checking",
        },
    ],
    "relation": {
        "has-preprint": [{"id-type": "doi", "id": "10.48550/arXiv.2001.00042"}],
        "is-version-of": [{"id-type": "doi", "id": "10.1000/yarn"}],
        "has-review": [{"id-type": "doi", "id": "10.1000/review"}],
        "is-supplemented-by": [{"id-type": "uri", "id": "https://github.com/quill/loomnet"}],
    },
    "references-count": 5,
    "reference": [
        {"key": "1", "DOI": "10.1000/A", "doi-asserted-by": "publisher"},
        {"key": "2", "DOI": "10.1000/a", "doi-asserted-by": "crossref"},
        {"key": "3", "unstructured": "Okoro, B. Knots. arXiv preprint arXiv:1901.00007 (2019)."},
        {"key": "4", "unstructured": "Okoro, B. Yarns. Loom House (1901)."},
    ],
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
    licence = "https://creativecommons.org/licenses/by/4.0/"
    assert one(tmp_path, FULL) == ParsedPaper(
        source="crossref",
        key="10.1000/loom",
        format="crossref",
        title="LoomNet: Weaving Graphs: A Manual",
        date="2020-02-29",
        abstract="Aims: We weave & knot, p < 1.\n\nTwice.",
        kind="conference-paper",
        venue="Loom Days",
        identifiers=("doi:10.1000/loom",),
        authors=(
            ParsedAuthor(
                name="Ada Quill Jr.",
                family="Quill",
                given="Ada",
                suffix="Jr.",
                identifiers=("orcid:0000-0002-1825-0097",),
                orcid_authenticated=True,
                affiliations=(
                    Organisation(
                        name="Loom Institute", identifiers=("ror:012345678",), country="NZ"
                    ),
                    Organisation(name="Knot Lab, Yarnton"),
                ),
                roles=("software",),
            ),
            ParsedAuthor(name="Ben Okoro", family="Okoro", given="Ben"),
        ),
        group_authors=("The Loom Collaboration",),
        topics=(Topic(scheme="crossref-subject", name="Textiles"),),
        relations=(
            Relation(kind="published-from", to="arxiv:2001.00042"),
            Relation(kind="version-of", to="doi:10.1000/yarn"),
        ),
        locations=(
            Location(url="https://loom.example/42", licence=licence),
            Location(url="https://loom.example/42.pdf", version="vor", licence=licence),
        ),
        repositories=("https://github.com/quill/loomnet",),
        references=(Reference(to="doi:10.1000/a"), Reference(to="arxiv:1901.00007")),
        references_unidentified=1,
        references_complete=False,
    )


def answer(kind: str, message: Any) -> dict[str, Any]:
    return {"status": "ok", "message-type": kind, "message-version": "1.0.0", "message": message}


OTHER = changed(DOI="10.1000/other")
LISTS = {
    "a list": answer("work-list", {"total-results": 2, "items": [FULL, OTHER]}),
    "the data file": {"items": [FULL, OTHER]},
    "an array": [FULL, OTHER],
    "answers with one each": [answer("work", FULL), answer("work", OTHER)],
}


@pytest.mark.parametrize("name", LISTS)
def test_works_are_read_in_every_list(name: str, tmp_path: Path) -> None:
    path = written(tmp_path, LISTS[name])
    assert recognises(path)
    assert list(read(path)) == [one(tmp_path, FULL), one(tmp_path, OTHER)]


def test_one_work_an_item_a_line_and_a_file_laid_out_are_read(tmp_path: Path) -> None:
    expected = one(tmp_path, FULL)
    assert list(read(written(tmp_path, answer("work", FULL)))) == [expected]
    assert list(read(written(tmp_path, FULL, OTHER))) == [expected, one(tmp_path, OTHER)]
    path = tmp_path / "pretty.json"
    path.write_text(json.dumps(answer("work", FULL), indent=2))
    assert recognises(path)
    assert list(read(path)) == [expected]


def test_an_answer_without_works_holds_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, answer("work-list", {"total-results": 0, "items": []}))
    assert recognises(path)
    assert list(read(path)) == []


def test_what_crossref_gives_as_csl_json_says_the_same(tmp_path: Path) -> None:
    # It has no subtitle in its title either.
    item = changed(title=FULL["title"][0], subtitle=[])
    item["container-title"] = "Loom Days"
    assert recognises(written(tmp_path, item))
    expected = one(tmp_path, changed(subtitle=[]))
    assert one(tmp_path, item) == expected


@pytest.mark.parametrize(
    ("dates", "date"),
    [
        ({"published-print": on(2020)}, "2020"),
        ({"published-print": on(2020), "published-online": on(2020, 6, 1)}, "2020-06-01"),
        ({"published-print": on(2020, 7), "published-online": on(2020, 6, 1)}, "2020-06-01"),
        ({"published-print": on(2019, 7), "published-online": on(2020, 6, 1)}, "2019-07"),
        ({"posted": on(2020, 6, 31)}, "2020-06"),
        ({"issued": on(2020, 13, 1)}, "2020"),
        ({"issued": {"date-parts": [["2020", "06", "01"]]}}, "2020-06-01"),
        ({"issued": on(None)}, None),
        ({"issued": {"date-parts": [[]]}, "created": on(2020, 1, 1)}, None),
        ({"issued": on(2020, 1), "published": on(2020, 1, 2)}, "2020-01-02"),
    ],
)
def test_the_date_is_the_earliest_and_as_precise_as_is_said(
    dates: dict[str, Any], date: str | None, tmp_path: Path
) -> None:
    bare = {"DOI": "10.1000/loom", "title": ["LoomNet"], **dates}
    assert one(tmp_path, bare).date == date


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"type": "journal-article"}, "article"),
        ({"type": "posted-content", "subtype": "preprint"}, "preprint"),
        ({"type": "posted-content"}, "preprint"),
        ({"type": "posted-content", "subtype": "other"}, "other"),
        ({"type": "book-chapter"}, "chapter"),
        ({"type": "monograph"}, "book"),
        ({"type": "dissertation"}, "thesis"),
        ({"type": None}, None),
        ({"update-to": [{"type": "retraction", "DOI": "10.1000/x"}]}, "retraction"),
        ({"update-to": [{"type": "Correction", "DOI": "10.1000/x"}]}, "erratum"),
        ({"update-to": [{"type": "correction", "DOI": "10.1000/loom"}]}, "conference-paper"),
    ],
)
def test_kinds_are_those_of_all_sources(
    more: dict[str, Any], kind: str | None, tmp_path: Path
) -> None:
    assert one(tmp_path, changed(**more)).kind == kind


def test_a_preprint_names_its_server_and_what_it_became(tmp_path: Path) -> None:
    preprint = {
        "DOI": "10.1000/pre",
        "type": "posted-content",
        "subtype": "preprint",
        "title": ["LoomNet"],
        "institution": [{"name": "LoomRxiv"}],
        "relation": {"is-preprint-of": [{"id-type": "doi", "id": "10.1000/loom"}]},
        "update-to": [{"type": "new_version", "DOI": "10.1000/pre-old"}],
    }
    paper = one(tmp_path, preprint)
    assert (paper.venue, paper.affiliations) == ("LoomRxiv", ())
    assert paper.relations == (
        Relation(kind="preprint-of", to="doi:10.1000/loom"),
        Relation(kind="version-of", to="doi:10.1000/pre-old"),
    )


def test_a_report_is_of_its_institution(tmp_path: Path) -> None:
    place = {
        "name": "Loom Institute",
        "id": [{"id": "https://ror.org/012345678", "id-type": "ROR"}],
    }
    paper = one(tmp_path, changed(type="report", institution=[place]))
    assert paper.affiliations == (
        Organisation(name="Loom Institute", identifiers=("ror:012345678",)),
    )


def test_collaborations_are_no_persons_and_a_nameless_one_makes_the_list_incomplete(
    tmp_path: Path,
) -> None:
    authors = [
        {"family": "LOOM Collaboration", "sequence": "first"},
        {"name": "Knitters of Yarnton"},
        {"family": "Plato"},
        {"given": "Ben", "family": "Okoro"},
    ]
    paper = one(tmp_path, changed(author=authors))
    assert paper.group_authors == ("LOOM Collaboration", "Knitters of Yarnton")
    assert [author.name for author in paper.authors] == ["Plato", "Ben Okoro"]
    assert paper.authors_complete is None
    paper = one(tmp_path, changed(author=[*authors, {"sequence": "additional"}]))
    assert paper.authors_complete is False


def test_who_confirmed_an_orcid_is_said_only_where_there_is_one(tmp_path: Path) -> None:
    authors = [
        {"family": "Quill", "ORCID": "0000-0002-1825-0097", "authenticated-orcid": False},
        {"family": "Okoro", "ORCID": "0000-0002-1825-0098", "authenticated-orcid": True},
        {"family": "Lind", "ORCID": "0000-0002-1825-0097"},
    ]
    paper = one(tmp_path, changed(author=authors))
    assert [(one.identifiers, one.orcid_authenticated) for one in paper.authors] == [
        (("orcid:0000-0002-1825-0097",), False),
        ((), None),  # the last digit is wrong
        (("orcid:0000-0002-1825-0097",), None),
    ]


@pytest.mark.parametrize(
    ("abstract", "read_as"),
    [
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("Plain, p < 0.05 & more.", "Plain, p < 0.05 & more."),
        ("<jats:p>Cut", "Cut"),
        ("<jats:p>a&nbsp;b &lt;i&gt;c&lt;/i&gt;</jats:p>", "a b c"),
        (
            f"<jats:p>Of {FORMULA}.</jats:p>",
            "Of x.",
        ),
        ("<jats:p />", None),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><p>&b;</p>", "<!DOCTYPE a [<!ENTITY b 'c'>]>\n\n&b;"),
        ("<p>" * 100_000, None),
        (["no text"], None),
    ],
)
def test_an_abstract_is_plain_text(abstract: object, read_as: str | None, tmp_path: Path) -> None:
    assert one(tmp_path, changed(abstract=abstract)).abstract == read_as


def test_a_subtitle_that_is_a_sentence_or_said_already_is_left_out(tmp_path: Path) -> None:
    for subtitle in ("How they wove it, and what it tells us.", "weaving graphs", ""):
        assert one(tmp_path, changed(subtitle=[subtitle])).title == "LoomNet: Weaving Graphs"


def test_dois_as_they_are_set_in_print_are_dois_and_half_a_doi_is_none(tmp_path: Path) -> None:
    paper = one(
        tmp_path,
        changed(
            reference=[
                {"DOI": "10.1000/a\u2010b"},
                {"DOI": "10.1000/doi:knot"},
                {"DOI": "10.1000/loom. 42"},
                {"key": "4"},
            ]
        ),
    )
    assert paper.references == (
        Reference(to="doi:10.1000/a-b"),
        Reference(to="doi:10.1000/doi:knot"),
    )
    assert paper.references_unidentified == 2


def test_unknown_references_are_not_said_to_be_none(tmp_path: Path) -> None:
    bare = {"DOI": "10.1000/loom", "title": ["LoomNet"]}
    paper = one(tmp_path, bare)
    assert (paper.references_unidentified, paper.references_complete) == (None, None)
    assert one(tmp_path, {**bare, "reference": []}).references_unidentified == 0


def test_code_named_in_a_statement_of_what_is_available_is_found(tmp_path: Path) -> None:
    statements = [
        {"label": "Code availability", "value": "See https://github.com/quill/looms."},
        {"label": "Received", "value": "See https://github.com/others/work."},
    ]
    paper = one(tmp_path, changed(assertion=statements, relation={}))
    assert paper.repositories == ("https://github.com/quill/looms",)


def test_parts_without_a_title_are_passed_over_and_papers_are_not(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        changed(title=[], type="journal-issue"),
        changed(title=[""], type="component"),
        changed(title=[], type="journal-article"),
        {"title": ["Of nowhere"], "prefix": "10.1000", "member": "1"},
    )
    parts = list(read(path))
    assert [(part.line, part.reason) for part in parts if isinstance(part, Reject)] == [
        (3, "work 10.1000/loom has no title"),
        (4, "is no work of Crossref: it has no DOI"),
    ]
    assert len(parts) == 2


@pytest.mark.parametrize(
    "other",
    [
        answer("member-list", {"items": [{"id": 1, "primary-name": "Loom House"}]}),
        answer("journal", {"title": "Loom Letters", "ISSN": ["1"]}),
        answer("funder-list", {"items": []}),
        {"id": "a", "type": "article-journal", "title": "Of Zotero", "DOI": "10.1000/a"},
        {"DOI": "10.1000/a", "title": "Of anybody"},
        {"DOI": "no DOI", "title": ["LoomNet"], "prefix": "x", "member": "1"},
    ],
)
def test_what_holds_no_works_of_crossref_is_not_recognised(
    other: dict[str, Any], tmp_path: Path
) -> None:
    assert not recognises(written(tmp_path, other))


NAMES = st.from_regex(r"[A-ZÉ][a-z]{2,8}", fullmatch=True)
DOIS = st.from_regex(r"10[.][0-9]{4}/[a-z0-9]{1,8}", fullmatch=True)
INVENTED = st.fixed_dictionaries(
    {
        "doi": DOIS,
        "title": st.from_regex(r"[A-Za-zé]{1,8}( [a-z]{1,8}){0,4}", fullmatch=True),
        "paragraphs": st.lists(st.from_regex(r"[A-Z][a-z<&]{0,8}[.]", fullmatch=True), max_size=3),
        "people": st.lists(
            st.tuples(NAMES, NAMES, st.lists(NAMES, max_size=2, unique=True)), max_size=4
        ),
        "cited": st.lists(DOIS, max_size=4, unique=True),
        "unknown": st.integers(0, 3),
        "date": st.sampled_from(((), (1999,), (2020, 2), (2020, 2, 29))),
    }
)


def as_item(invented: dict[str, Any]) -> dict[str, Any]:
    def escaped(text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;")

    return {
        "DOI": invented["doi"].upper(),
        "title": [invented["title"]],
        "abstract": "".join(f"<jats:p>{escaped(text)}</jats:p>" for text in invented["paragraphs"]),
        "author": [
            {"given": given, "family": family, "affiliation": [{"name": place} for place in places]}
            for given, family, places in invented["people"]
        ],
        "issued": on(*invented["date"]),
        "reference": [
            *({"key": doi, "DOI": doi} for doi in invented["cited"]),
            *[{"key": "x", "unstructured": "Yarns (1901)"}] * invented["unknown"],
        ],
    }


@settings(max_examples=80)
@given(INVENTED)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, invented: dict[str, Any]
) -> None:
    path = written(tmp_path_factory.getbasetemp(), as_item(invented))
    assert recognises(path)
    (paper,) = read(path)
    assert isinstance(paper, ParsedPaper)
    assert (paper.key, paper.title) == (invented["doi"], invented["title"])
    assert (paper.abstract or "") == "\n\n".join(invented["paragraphs"])
    assert (paper.date or "") == "-".join(f"{part:02}" for part in invented["date"])
    assert [
        (one.given, one.family, [place.name for place in one.affiliations]) for one in paper.authors
    ] == invented["people"]
    assert [reference.to for reference in paper.references] == [
        f"doi:{doi}" for doi in invented["cited"]
    ]
    assert paper.references_unidentified == invented["unknown"]


@pytest.mark.real_files
def test_real_answers(shared: Callable[[str], Path], tmp_path: Path) -> None:
    """Counted with json alone in 150 answers of the kinds work and work-list, and two in CSL-JSON.

    2,413 items: 48 issues and figures without a title are passed over, eight articles and a book
    without one are rejects. Of people, those with `family` or `given`; of affiliations, those with
    different names; 5 abstracts are `<jats:p />`; 184 have no `issued`, and 3 of them `published`.
    Relations are 25, of which two are of a work to itself. Groups are works with a `name` among the
    authors. DOIs of references were counted once for each work, in lower case, hyphens made plain and
    full stops taken off, without the one with a blank; 8 of them are arXiv's.
    """
    cassettes = [
        *(shared("formats/habanero-crossref-cassettes.tar.xz") / "test").rglob("*.yaml"),
        *(shared("formats/rcrossref-fixtures.tar.xz") / "tests").rglob("*.yml"),
    ]
    found: Counter[str] = Counter()
    path = tmp_path / "a.json"
    for one in (answer for cassette in sorted(cassettes) for answer in answers(cassette)):
        path.write_bytes(one.body)
        if not recognises(path):
            continue
        found["answers"] += 1
        for part in read(path):
            if isinstance(part, Reject):
                assert part.reason.endswith("has no title")
                found["rejects"] += 1
                continue
            assert isinstance(part, ParsedPaper)
            to_facts(part)
            found["papers"] += 1
            found["people"] += len(part.authors)
            found["groups"] += bool(part.group_authors)
            found["suffixes"] += sum(author.suffix is not None for author in part.authors)
            found["orcids"] += sum(len(author.identifiers) for author in part.authors)
            found["confirmed"] += sum(bool(one.orcid_authenticated) for one in part.authors)
            found["affiliations"] += sum(len(author.affiliations) for author in part.authors)
            found["abstracts"] += part.abstract is not None
            found["undated"] += part.date is None
            found["relations"] += len(part.relations)
            found["to DOIs"] += sum(one.to.startswith("doi:") for one in part.references)
    assert found == {
        "answers": 152,
        "rejects": 9,
        "papers": 2_413 - 48 - 9,
        "people": 7_069,
        "groups": 20,
        "suffixes": 8,
        "orcids": 1_235,
        "confirmed": 713,
        "affiliations": 3_772,
        "abstracts": 802 - 5,
        "undated": 184 - 3,
        "relations": 25 - 2,
        "to DOIs": 36_869 - 8,
    }
