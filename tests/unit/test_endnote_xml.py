"""EndNote's XML: names, kinds and dates as its users write them, keys of libraries, damage."""

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from graph_service.model.records import Location, Organisation, ParsedPaper, Topic
from loaders import endnote_xml
from loaders.endnote_xml import read, recognises
from loaders.facts import to_facts
from loaders.inputs import InputFile
from loaders.reading import Reject
from loaders.runner import detect_format
from tests.damaged import damaged_xml_is_said_to_be

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def styled(text: str) -> str:
    return f'<style face="normal" font="default" size="100%">{text}</style>'


def record(
    *names: str,
    title: str = styled("Looms of Léon"),
    kind: str = "Journal Article",
    more: str = "",
    titles: str = "",
) -> str:
    authors = "".join(f"<author>{styled(name)}</author>" for name in names)
    return (
        f'<record><ref-type name="{kind}">17</ref-type><contributors><authors>{authors}</authors>'
        "<secondary-authors><author>Ed, I. T.</author></secondary-authors></contributors>"
        f"<titles><title>{title}</title>{titles}</titles>{more}</record>"
    )


def written(folder: Path, *records: str) -> Path:
    path = folder / "library.xml"
    path.write_text(f"{HEAD}<xml><records>{''.join(records)}</records></xml>", encoding="utf-8")
    return path


def paper_of(folder: Path, *names: str, **more: str) -> ParsedPaper:
    (paper,) = read(written(folder, record(*names, **more)))
    assert isinstance(paper, ParsedPaper), paper
    to_facts(paper)
    return paper


def test_names_are_family_first_groups_end_in_a_comma_editors_are_apart(tmp_path: Path) -> None:
    paper = paper_of(
        tmp_path, "Quill, Ada B.", "van Okoro, Ben, Jr.", "Cy Fell", "Loom Society,",
        "Warp Consortium", "Yarn", "",
    )  # fmt: skip
    assert [(one.name, one.family, one.given, one.suffix) for one in paper.authors] == [
        ("Ada B. Quill", "Quill", "Ada B.", None),
        ("Ben van Okoro Jr.", "van Okoro", "Ben", "Jr."),
        ("Cy Fell", None, None, None),
        ("Yarn", None, None, None),
    ]
    assert paper.group_authors == ("Loom Society", "Warp Consortium")
    assert paper.authors_complete is None
    assert paper_of(tmp_path, "Quill, Ada", "et al.").authors_complete is False


def test_a_title_is_one_line_of_all_its_styles(tmp_path: Path) -> None:
    title = '<style face="normal">Of </style><style face="italic">two\n  looms</style>'
    assert paper_of(tmp_path, title=title).title == "Of two looms"


@pytest.mark.parametrize(
    ("name", "second", "kind", "venue"),
    [
        ("Journal Article", "Acta", "article", "Acta"),
        ("Conference Proceedings", "Proc. of Weaving", "conference-paper", "Proc. of Weaving"),
        ("Conference Proceedings", "", "proceedings", None),
        ("Book Section", "All Looms", "chapter", "All Looms"),
        ("Book", "A series", "book", None),
        ("Thesis", "", "thesis", None),
        ("Generic", "", None, None),
        ("", "", "article", None),
    ],
)
def test_reference_types_are_kinds(
    name: str, second: str, kind: str | None, venue: str | None, tmp_path: Path
) -> None:
    titles = f"<secondary-title>{second}</secondary-title>"
    paper = paper_of(tmp_path, kind=name, titles=titles)
    assert (paper.kind, paper.venue) == (kind, venue)


def test_the_authors_of_an_edited_book_are_its_editors(tmp_path: Path) -> None:
    paper = paper_of(tmp_path, "Quill, Ada", kind="Edited Book")
    assert (paper.authors, paper.kind) == ((), "book")


@pytest.mark.parametrize(
    ("year", "stated", "date"),
    [
        ("2015", "Mar 3", "2015-03-03"),
        ("2015", "March 3, 2015", "2015-03-03"),
        ("2015", "2015-03-04", "2015-03-04"),
        ("2015", "Jan-Feb", "2015"),
        ("2015", "Jan", "2015-01"),
        ("2015", "Feb 30", "2015-02"),
        ("2015", "", "2015"),
        ("in press", "", None),
        ("", "2014 Dec", "2014-12"),
    ],
)
def test_dates_are_as_precise_as_stated(
    year: str, stated: str, date: str | None, tmp_path: Path
) -> None:
    dates = f"<dates><year>{styled(year)}</year><pub-dates><date>{styled(stated)}</date></pub-dates></dates>"
    assert paper_of(tmp_path, more=dates).date == date


def test_identifiers_are_found_where_managers_put_them(tmp_path: Path) -> None:
    paper = paper_of(
        tmp_path,
        more="<electronic-resource-num>https://doi.org/10.1000/A</electronic-resource-num>"
        "<accession-num>123</accession-num><remote-database-name>PubMed</remote-database-name>"
        "<custom2>PMC77</custom2><urls><related-urls><url>https://arxiv.org/abs/2001.00001</url>"
        "<url>https://github.com/quill/looms</url></related-urls></urls>",
    )
    assert paper.identifiers == ("arxiv:2001.00001", "doi:10.1000/a", "pmc:PMC77", "pmid:123")
    assert paper.locations == (
        Location(url="https://arxiv.org/abs/2001.00001"),
        Location(url="https://github.com/quill/looms"),
    )
    assert "https://github.com/quill/looms" in paper.repositories
    assert paper_of(tmp_path, more="<accession-num>123</accession-num>").identifiers == ()


def test_keywords_addresses_and_abstracts(tmp_path: Path) -> None:
    more = (
        "<keywords><keyword>Looms</keyword><keyword>Warps;Wefts\rTwill</keyword></keywords>"
        "<auth-address>Loom Mill, Lyon\n  (annexe)\rWarp Mill.</auth-address>"
        "<abstract>One.\n\n&lt;p&gt;Two &lt;i&gt;b&lt;/i&gt;.</abstract>"
    )
    paper = paper_of(tmp_path, more=more)
    assert paper.topics == tuple(
        Topic(scheme="keyword", name=name) for name in ("Looms", "Warps", "Wefts", "Twill")
    )
    assert paper.affiliations == (
        Organisation(name="Loom Mill, Lyon (annexe)"),
        Organisation(name="Warp Mill"),
    )
    assert paper.abstract == "One.\n\nTwo b."
    by_jabref = paper_of(tmp_path, more=f"{more}<source-app name='JabRef'>JabRef</source-app>")
    assert by_jabref.affiliations == ()


def test_a_record_is_kept_under_its_librarys_id_else_its_doi_else_what_it_says(
    tmp_path: Path,
) -> None:
    foreign = (
        '<rec-number>9</rec-number><foreign-keys><key app="EN" db-id="x5é">9</key></foreign-keys>'
    )
    doi = "<electronic-resource-num>10.1000/a</electronic-resource-num>"
    paper = paper_of(tmp_path, more=foreign + doi)
    assert (paper.key, paper.locator) == ("x5%C3%A9:9", "record number 9")
    assert paper_of(tmp_path, more=doi).key == "doi:10.1000/a"
    bare = paper_of(tmp_path, "Quill, Ada").key
    assert bare.startswith("looms-of-leon~")
    assert bare != paper_of(tmp_path, "Okoro, Ben").key


def test_records_that_stand_twice_and_records_that_are_none(tmp_path: Path) -> None:
    doi = "<electronic-resource-num>10.1000/a</electronic-resource-num>"
    paper, untitled, twice = read(
        written(
            tmp_path,
            record(more=doi),
            record(more=doi),
            record(title=" "),
            record("Quill, Ada", more=doi),
        )
    )
    assert isinstance(paper, ParsedPaper)
    assert isinstance(untitled, Reject)
    assert isinstance(twice, Reject)
    assert untitled.reason == "record 3: has no title"
    assert twice.reason == "record 4: has the key doi:10.1000/a of record 1 with other content"


WORD = st.from_regex(r"[A-Z][a-zé]{1,8}", fullmatch=True)
INVENTED = st.fixed_dictionaries(
    {
        "title": st.lists(WORD, min_size=1, max_size=5).map(" ".join),
        "date": st.sampled_from(("2020", "2020-02", "2020-02-29")),
        "abstract": st.lists(WORD, max_size=3),
        "authors": st.lists(st.tuples(WORD, WORD), max_size=4),
        "doi": st.from_regex(r"10\.1[0-9]{3}/[a-z0-9]{1,8}", fullmatch=True),
        "keywords": st.lists(WORD, unique=True, max_size=3),
        "journal": WORD,
    }
)
MONTHS = {"02": "Feb"}


def written_out(invented: dict[str, Any]) -> str:
    """A small writer of EndNote's XML."""
    year, month, day = [*invented["date"].split("-"), "", ""][:3]
    keywords = "".join(f"<keyword>{styled(one)}</keyword>" for one in invented["keywords"])
    return record(
        *(f"{family}, {given}" for family, given in invented["authors"]),
        title=styled(escape(invented["title"])),
        titles=f"<secondary-title>{styled(invented['journal'])}</secondary-title>",
        more=f"<dates><year>{year}</year><pub-dates><date>"
        f"{styled(f'{MONTHS.get(month, str())} {day}')}</date></pub-dates></dates>"
        f"<keywords>{keywords}</keywords><abstract>{(chr(10) * 2).join(invented['abstract'])}"
        f"</abstract><electronic-resource-num>{styled(invented['doi'])}</electronic-resource-num>",
    )


@settings(max_examples=60)
@given(invented=INVENTED)
def test_what_is_written_out_is_read_back(
    invented: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    (paper,) = read(written(tmp_path_factory.mktemp("endnote"), written_out(invented)))
    assert isinstance(paper, ParsedPaper)
    assert (paper.title, paper.date, paper.venue) == (
        invented["title"], invented["date"], invented["journal"],
    )  # fmt: skip
    assert paper.identifiers == (f"doi:{invented['doi']}",)
    assert [(one.family, one.given) for one in paper.authors] == invented["authors"]
    assert paper.abstract == ("\n\n".join(invented["abstract"]) or None)
    assert [topic.name for topic in paper.topics] == invented["keywords"]


SOUND = f"{HEAD}<xml><records>{record('Quill, Ada')}</records></xml>"


def test_damaged_files_are_said_to_be(tmp_path: Path) -> None:
    # Its sign stands in the midst of the file.
    damaged_xml_is_said_to_be(endnote_xml, tmp_path, SOUND, "Looms of Léon", least_known=1)


def test_a_hundred_thousand_authors_are_no_paper(tmp_path: Path) -> None:
    (reject,) = read(written(tmp_path, record(*["Okoro, Ben"] * 100_000)))
    assert isinstance(reject, Reject)
    assert reject.reason == "record 1: has more than 20,000 authors"


@pytest.mark.parametrize(
    "content",
    [
        b"<xml><item/></xml>",
        b"<xml><records><record><leader/></record></records></xml>",
        b"<records><record><title>x</title></record></records>",
        b"<PubmedArticleSet/>",
        b'{"key": "a", "title": "b", "source": "c"}',
    ],
)
def test_files_of_others_are_not_taken_for_endnotes(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(content)
    assert not recognises(path)


def test_a_file_is_known_by_its_content(tmp_path: Path) -> None:
    assert detect_format(InputFile(written(tmp_path, record()))).FORMAT == "endnote-xml"


@pytest.mark.real_files
def test_real_files(shared: Callable[[str], Path]) -> None:
    """Nine files of 14 records (grep -c '<record>'); other XML beside them is left alone."""
    folder = shared("formats/jabref-import-tests.tar.xz")
    files = sorted(folder.rglob("*.xml"))
    ours = [file for file in files if recognises(file)]
    assert [file.name for file in ours] == [
        file.name for file in files if file.name.startswith("EndnoteXml")
    ]
    assert len(ours) == 9
    papers = 0
    for file in ours:
        found = list(read(file))
        tree = etree.parse(file)
        assert all(isinstance(part, ParsedPaper) for part in found), file.name
        authors = [len(part.authors) for part in found if isinstance(part, ParsedPaper)]
        assert sum(authors) == tree.xpath("count(//contributors/authors/author)"), file.name
        keywords = [len(part.topics) for part in found if isinstance(part, ParsedPaper)]
        # One file has an empty keyword, and one that holds several.
        texts = ";".join("".join(one.itertext()) for one in tree.iter("keyword")).split(";")
        texts = [text for text in texts if text.strip()]
        assert sum(keywords) == len(texts), file.name
        papers += len(found)
    assert papers == 14
