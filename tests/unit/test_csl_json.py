"""CSL-JSON: what an item says comes through. All items here are invented."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_service.model.names import NameKey
from graph_service.model.records import Location, ParsedAuthor, ParsedPaper, Topic
from loaders import crossref
from loaders.csl_json import read, recognises
from loaders.facts import to_facts
from loaders.reading import Reject

FULL: dict[str, Any] = {
    "id": "quill2020",
    "type": "paper-conference",
    "title": "LoomNet: <i>Weaving</i> Graphs",
    "container-title": "Proceedings of Loom Days",
    "event-title": "Loom Days",
    "issued": {"date-parts": [[2020, 2, 29]]},
    "abstract": "We weave.\n\nTwice.",
    "author": [
        {"family": "Quill", "given": "Ada", "suffix": "Jr."},
        {
            "family": "Lind",
            "given": "Dov",
            "non-dropping-particle": "van",
            "ORCID": "https://orcid.org/0000-0002-1825-0097",
        },
        {"literal": "Loom Institute"},
    ],
    "editor": [{"family": "Stone", "given": "Eva"}],
    "DOI": "10.1000/Loom",
    "PMID": "77",
    "PMCID": "PMC88",
    "URL": "https://arxiv.org/abs/2001.00042",
    "keyword": "weaving, graphs",
    "note": "Code: https://github.com/quill/loomnet",
}


def written(folder: Path, items: object) -> Path:
    path = folder / "items.json"
    path.write_text(json.dumps(items, ensure_ascii=False))
    return path


def one(folder: Path, item: dict[str, Any]) -> ParsedPaper:
    (paper,) = read(written(folder, [item]))
    assert isinstance(paper, ParsedPaper), paper
    return paper


def changed(**more: Any) -> dict[str, Any]:
    return {name: value for name, value in {**FULL, **more}.items() if value is not None}


def test_an_item_says_everything_that_a_paper_holds(tmp_path: Path) -> None:
    paper = one(tmp_path, FULL)
    assert paper == ParsedPaper(
        source="csl-json",
        key=paper.key,
        format="csl-json",
        title="LoomNet: Weaving Graphs",
        date="2020-02-29",
        abstract="We weave.\n\nTwice.",
        kind="conference-paper",
        venue="Proceedings of Loom Days",
        identifiers=("arxiv:2001.00042", "doi:10.1000/loom", "pmc:PMC88", "pmid:77"),
        authors=(
            ParsedAuthor(name="Ada Quill Jr.", family="Quill", given="Ada", suffix="Jr."),
            ParsedAuthor(
                name="Dov van Lind",
                family="van Lind",
                given="Dov",
                identifiers=("orcid:0000-0002-1825-0097",),
            ),
        ),
        group_authors=("Loom Institute",),
        topics=(
            Topic(scheme="keyword", name="weaving"),
            Topic(scheme="keyword", name="graphs"),
        ),
        locations=(Location(url="https://arxiv.org/abs/2001.00042"),),
        repositories=("https://github.com/quill/loomnet",),
    )
    assert paper.key.startswith("quill2020~")


def test_an_item_alone_a_list_a_wrapped_one_and_lines_say_the_same(tmp_path: Path) -> None:
    expected = [one(tmp_path, FULL), one(tmp_path, changed(id="other"))]
    other = changed(id="other")
    for items in ([FULL, other], {"items": [FULL, other]}):
        path = written(tmp_path, items)
        assert recognises(path)
        assert list(read(path)) == expected
    path.write_text(f"{json.dumps(FULL)}\n{json.dumps(other)}\n")
    assert recognises(path)
    assert list(read(path)) == expected
    path.write_text(json.dumps(FULL, indent=2))
    assert recognises(path)
    assert list(read(path)) == expected[:1]


def test_a_key_depends_on_neither_order_nor_place_in_the_file(tmp_path: Path) -> None:
    first, second = changed(id="ITEM-1"), changed(id=2, DOI=None, title="Knots")
    one_way = {paper.key for paper in read(written(tmp_path, [first, second]))}  # type: ignore[union-attr]
    first["id"], second["id"] = "ITEM-2", 1
    other_way = {paper.key for paper in read(written(tmp_path, [second, first]))}  # type: ignore[union-attr]
    assert one_way == other_way
    assert len(one_way) == 2
    assert "doi:10.1000/loom" in one_way


def test_two_papers_of_one_id_in_two_bibliographies_are_two_records(tmp_path: Path) -> None:
    keys = {one(tmp_path, changed(title=title)).key for title in ("LoomNet", "Knots")}
    assert len(keys) == 2


def test_an_item_that_stands_twice_is_one_unless_it_says_something_else(tmp_path: Path) -> None:
    path = written(tmp_path, [FULL, FULL, changed(issued={"date-parts": [[2019]]})])
    paper, reject = read(path)
    assert isinstance(paper, ParsedPaper)
    assert isinstance(reject, Reject)
    assert reject.reason == (
        "item 3: item 3 of the file, 'LoomNet: Weaving Graphs', stands before, as item 1, "
        "with other content"
    )


@pytest.mark.parametrize(
    ("issued", "date"),
    [
        ({"date-parts": [[2020]]}, "2020"),
        ({"date-parts": [["2020", "2", "29"]]}, "2020-02-29"),
        ({"date-parts": [[2020, 2, 30]]}, "2020-02"),
        ({"date-parts": [[2019, 12], [2020, 1]]}, "2019-12"),
        ({"date-parts": [[]]}, None),
        ({"raw": "2020-02-29"}, "2020-02-29"),
        ({"raw": "3 March 2020"}, "2020-03-03"),
        ({"raw": "March 2020"}, "2020-03"),
        ({"literal": "spring of 2020"}, "2020"),
        ({"raw": "between 2019 and 2020"}, None),
        ("2020-02", "2020-02"),
        (None, None),
    ],
)
def test_a_date_is_as_precise_as_is_said(issued: object, date: str | None, tmp_path: Path) -> None:
    assert one(tmp_path, changed(issued=issued)).date == date


@pytest.mark.parametrize(
    ("more", "kind", "venue"),
    [
        ({"type": "article-journal"}, "article", "Proceedings of Loom Days"),
        ({"type": "article", "container-title": None, "event-title": None}, "preprint", None),
        ({"type": "article"}, "article", "Proceedings of Loom Days"),
        ({"type": "chapter", "container-title": None}, "chapter", "Loom Days"),
        ({"type": "thesis"}, "thesis", "Proceedings of Loom Days"),
        ({"type": "webpage"}, "webpage", "Proceedings of Loom Days"),
    ],
)
def test_kinds_are_those_of_all_sources(
    more: dict[str, Any], kind: str, venue: str | None, tmp_path: Path
) -> None:
    paper = one(tmp_path, changed(**more))
    assert (paper.kind, paper.venue) == (kind, venue)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ({"family": "Lind", "given": "Dov", "dropping-particle": "von"}, ("vonlind", "dov", "")),
        ({"family": "van Lind", "given": "Dov"}, ("vanlind", "dov", "")),
        ({"family": "Quill", "given": "Ada, Jr."}, ("quill", "ada", "jr")),
        ({"family": "Quill", "given": "Ada", "suffix": "III"}, ("quill", "ada", "iii")),
        ({"given": "Plato"}, ("plato", "", "")),
    ],
)
def test_names_are_compared_by_their_parts(
    name: dict[str, str], key: tuple[str, str, str], tmp_path: Path
) -> None:
    (author,) = one(tmp_path, changed(author=[name])).authors
    assert author.key == NameKey(*key)


@pytest.mark.parametrize(
    "last",
    [{"literal": "et al."}, {"family": "others"}, {}, {"family": "Okoro", "given": "B. et al."}],
)
def test_a_cut_list_of_authors_is_said_to_be_cut(last: dict[str, str], tmp_path: Path) -> None:
    paper = one(tmp_path, changed(author=[{"family": "Quill", "given": "Ada"}, last]))
    names = [author.name for author in paper.authors]
    assert names == (["Ada Quill", "B. Okoro"] if "given" in last else ["Ada Quill"])
    assert paper.authors_complete is False


def test_zoteros_ids_of_preprints_are_found_where_it_writes_them(tmp_path: Path) -> None:
    bare = changed(URL=None, DOI=None, PMID=None, PMCID=None, note=None)
    assert one(tmp_path, {**bare, "number": "arXiv:2001.00042"}).identifiers == (
        "arxiv:2001.00042",
    )
    note = "Of interest.\narXiv: 2001.00042 [cs]"
    assert one(tmp_path, {**bare, "note": note}).identifiers == ("arxiv:2001.00042",)
    about_others = "It extends arXiv:1901.00007."
    assert one(tmp_path, {**bare, "note": about_others}).identifiers == ()


def test_an_item_without_a_title_is_a_reject_that_names_it(tmp_path: Path) -> None:
    parts = list(read(written(tmp_path, [changed(title=None), FULL])))
    assert isinstance(parts[0], Reject)
    assert parts[0].reason == "item 1: item 'quill2020' has no title"
    assert isinstance(parts[1], ParsedPaper)


OF_CROSSREF = changed(prefix="10.1000", member="1", indexed={})


def test_a_work_of_crossref_in_the_same_words_is_crossrefs(tmp_path: Path) -> None:
    """It says more there: affiliations, references, relations."""
    for item, whose in ((FULL, True), (OF_CROSSREF, False)):
        path = written(tmp_path, [item])
        assert recognises(path) is whose
        assert crossref.recognises(path) is not whose


@pytest.mark.parametrize(
    "other",
    [
        {"id": "https://openalex.org/W1", "type": "article", "title": "x", "authorships": []},
        {"paperId": "a" * 40, "title": "x", "authors": [{"name": "Ada Quill"}]},
        {"key": "a", "title": "b", "source": "c", "authors": [{"family": "Quill"}]},
        # BibJSON
        {"type": "article", "title": "x", "author": [{"name": "Ada Quill"}], "year": "2020"},
        {"type": "loom", "title": "x", "author": [{"family": "Quill"}]},
        {"type": ["book"], "title": "x", "author": [{"family": "Quill"}]},
    ],
)
def test_what_is_no_csl_json_is_not_recognised(other: dict[str, Any], tmp_path: Path) -> None:
    assert not recognises(written(tmp_path, [other]))


NAMES = st.from_regex(r"[A-ZÉ][a-z]{2,8}", fullmatch=True)
INVENTED = st.fixed_dictionaries(
    {
        "id": st.from_regex(r"[a-z]{1,8}[0-9]{0,4}", fullmatch=True),
        "title": st.from_regex(r"[A-Za-zé]{1,8}( [a-z]{1,8}){0,4}", fullmatch=True),
        "type": st.sampled_from(("article-journal", "book", "dataset")),
        "people": st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=4),
        "groups": st.lists(NAMES.map("{} Consortium".format), max_size=2, unique=True),
        "date": st.sampled_from(((1999,), (2020, 2), (2020, 2, 29))),
        "keywords": st.lists(NAMES, max_size=3, unique=True),
        "doi": st.none() | st.from_regex(r"10[.][0-9]{4}/[a-z0-9]{1,8}", fullmatch=True),
    }
)


def as_item(invented: dict[str, Any]) -> dict[str, Any]:
    people = [{"given": given, "family": family} for given, family in invented["people"]]
    return {
        "id": invented["id"],
        "type": invented["type"],
        "title": invented["title"],
        "author": [*people, *({"literal": group} for group in invented["groups"])],
        "issued": {"date-parts": [list(invented["date"])]},
        "keyword": "; ".join([*invented["keywords"], ""]),
        **({"DOI": invented["doi"]} if invented["doi"] else {}),
    }


@settings(max_examples=80)
@given(INVENTED)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, invented: dict[str, Any]
) -> None:
    path = written(tmp_path_factory.getbasetemp(), [as_item(invented)])
    assert recognises(path)
    (paper,) = read(path)
    assert isinstance(paper, ParsedPaper)
    assert paper.title == invented["title"]
    assert paper.key.startswith(f"{invented['id']}~")
    assert [(author.given, author.family) for author in paper.authors] == invented["people"]
    assert paper.group_authors == tuple(invented["groups"])
    assert paper.date == "-".join(f"{part:02}" for part in invented["date"])
    assert [topic.name for topic in paper.topics] == invented["keywords"]
    assert paper.identifiers == ((f"doi:{invented['doi']}",) if invented["doi"] else ())


@pytest.mark.real_files
def test_real_files(shared: Callable[[str], Path]) -> None:
    """Counted with json alone: items, `author`s, `DOI`s, `URL`s; each item has a date.

    One author of biblatex-csl.json is "L. et al.", so one list is cut.
    """
    folder = shared("formats/citation-js.tar.xz") / "packages/plugin-bibtex/test/mapping"
    found = {}
    for path in sorted(folder.glob("*.json")):
        assert recognises(path)
        papers = [part for part in read(path) if isinstance(part, ParsedPaper)]
        for paper in papers:
            to_facts(paper)
        names = [one.partition(":")[0] for paper in papers for one in paper.identifiers]
        found[path.name] = (
            len(papers),
            sum(len(paper.authors) for paper in papers),
            Counter(names)["doi"],
            sum(len(paper.locations) for paper in papers),
            sum(paper.date is not None for paper in papers),
            sum(paper.authors_complete is False for paper in papers),
        )
    assert found == {
        "biblatex-csl.json": (28, 54, 2, 11, 28, 1),
        "bibtex-csl.json": (16, 26, 0, 0, 16, 0),
    }


@pytest.mark.real_files
def test_other_real_json_is_no_csl_json(shared: Callable[[str], Path]) -> None:
    """BibJSON, and files of citation-js's tests that hold items under names of cases."""
    folder = shared("formats/citation-js.tar.xz")
    files = [path for path in folder.rglob("*.json") if not path.name.endswith("-csl.json")]
    assert [path.name for path in files if recognises(path)] == []
    assert len(files) == 4
