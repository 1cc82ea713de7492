"""dblp's XML. All people and papers here are invented.

Real files at hand are an extract and a person file, both without a DTD at hand and without most
kinds of records. The rest is written after dblp's documentation (dblpxml.pdf, dblp.dtd, the FAQ).
"""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_service.model.errors import RecordError
from graph_service.model.records import (
    Location,
    Organisation,
    ParsedAuthor,
    ParsedPaper,
    ParsedPerson,
    Reference,
)
from graph_service.store.process import peak_mebibytes
from loaders import dblp
from loaders.facts import to_facts
from loaders.inputs import InputFile
from loaders.reading import Parsed, Reject
from loaders.runner import detect_format
from tests.broken import survives
from tests.damaged import reads_of_damaged_xml

HEAD = '<?xml version="1.0" encoding="ISO-8859-1"?>\n<!DOCTYPE dblp SYSTEM "dblp.dtd">\n'
ARTICLE = """<article mdate="2020-01-02" key="journals/loom/QuillO19">
<author orcid="0000-0002-1825-0097">Ada Quill 0002</author>
<author>Zo&euml; Okoro</author>
<editor>Ed Itor</editor>
<title>Weaving H<sub>2</sub>O with <i>Looms</i>.</title>
<pages>1-9</pages><year>2019</year><month>March</month><volume>12</volume>
<journal>J. Looms</journal><number>3</number>
<ee>https://doi.org/10.5555/Loom.12</ee><ee type="oa">https://looms.example.org/12.pdf</ee>
<url>db/journals/loom/loom12.html#QuillO19</url>
</article>
"""
PERSON = """<www mdate="2021-01-01" key="homepages/q/AdaQuill-2">
<author>Ada Quill 0002</author><author>Ada B. Fell</author>
<title>Home Page</title>
<note type="affiliation">Loom Institute, Sweden</note>
<note label="former" type="affiliation">Yarn University</note>
<note type="award">Golden Spindle</note><note type="uname">&#26446;&#33459;</note>
<url>https://quill.example.org/</url><url>https://orcid.org/0000-0002-1825-0097</url>
<url type="deprecated">https://orcid.org/0000-0001-5109-3700</url>
</www>
"""


def dump(*records: str, head: str = HEAD) -> str:
    return f"{head}<dblp>\n{''.join(records)}</dblp>\n"


def article(
    inside: str, *, key: str = "conf/loom/A1", tag: str = "inproceedings", more: str = ""
) -> str:
    return f'<{tag} key="{key}" {more}>{inside}</{tag}>\n'


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], list[Parsed]]:
    def of(text: str) -> list[Parsed]:
        path = tmp_path / "dblp.xml"
        path.write_text(text, encoding="latin-1")
        return list(dblp.read(path))

    return of


@pytest.fixture
def paper(read: Callable[[str], list[Parsed]]) -> Callable[[str], ParsedPaper]:
    def of(record: str) -> ParsedPaper:
        (found,) = read(dump(record))
        assert isinstance(found, ParsedPaper), found
        return found

    return of


@pytest.fixture
def person(read: Callable[[str], list[Parsed]]) -> Callable[[str], ParsedPerson]:
    def of(record: str) -> ParsedPerson:
        (found,) = read(dump(record))
        assert isinstance(found, ParsedPerson), found
        return found

    return of


def test_an_article_comes_through_whole(paper: Callable[[str], ParsedPaper]) -> None:
    """Entities and markup of a title are letters; the editor is no author."""
    assert paper(ARTICLE) == ParsedPaper(
        source="dblp",
        key="journals/loom/QuillO19",
        format="dblp",
        title="Weaving H2O with Looms",
        date="2019-03",
        kind="article",
        venue="J. Looms",
        authors=(
            ParsedAuthor(
                name="Ada Quill",
                identifiers=("dblp-name:Ada%20Quill%200002", "orcid:0000-0002-1825-0097"),
            ),
            ParsedAuthor(name="Zoë Okoro"),
        ),
        identifiers=("dblp:journals/loom/QuillO19", "doi:10.5555/loom.12"),
        locations=(
            Location(url="https://doi.org/10.5555/Loom.12"),
            Location(url="https://looms.example.org/12.pdf"),
        ),
        locator="https://dblp.org/rec/journals/loom/QuillO19",
    )


def test_a_person_record_has_all_names_and_the_ids_that_its_papers_bear(
    person: Callable[[str], ParsedPerson], paper: Callable[[str], ParsedPaper]
) -> None:
    found = person(PERSON)
    assert [name.name for name in found.names] == ["Ada Quill", "Ada B. Fell", "李芳"]
    assert found.key == "homepages/q/AdaQuill-2"
    assert found.identifiers == (
        "dblp-name:Ada%20Quill%200002",
        "dblp:q/AdaQuill-2",
        "orcid:0000-0002-1825-0097",
    )
    assert found.affiliations == (
        Organisation(name="Loom Institute, Sweden"),
        Organisation(name="Yarn University"),
    )
    assert found.locator == "https://dblp.org/pid/q/AdaQuill-2"
    assert set(found.identifiers) >= set(paper(ARTICLE).authors[0].identifiers)


def test_people_of_one_name_are_told_apart_by_their_numbers(
    paper: Callable[[str], ParsedPaper],
) -> None:
    found = paper(
        article(
            "<author>Wei Loom 0001</author><author>Wei Loom 0031</author><author>Wei Loom</author>"
            "<title>T.</title>"
        )
    )
    assert [author.name for author in found.authors] == ["Wei Loom"] * 3
    assert [author.identifiers for author in found.authors] == [
        ("dblp-name:Wei%20Loom%200001",),
        ("dblp-name:Wei%20Loom%200031",),
        (),
    ]
    assert len(to_facts(found).mentions) == 3


@pytest.mark.parametrize(
    "record",
    [
        '<www key="homepages/l/WeiLoom" publtype="disambiguation"><author>Wei Loom</author></www>',
        '<www key="homepages/y/Yarn" publtype="group"><author>Yarn Consortium</author></www>',
        '<www key="homepages/o/Old"><crossref>homepages/n/New</crossref><title>x</title></www>',
    ],
)
def test_what_is_no_person_is_not_made_one(
    read: Callable[[str], list[Parsed]], record: str
) -> None:
    """A name that several bear, a group, and a key that leads to another."""
    assert len(read(dump(record, PERSON))) == 1


@pytest.mark.parametrize(
    ("tag", "more", "kind"),
    [
        ("article", "", "article"),
        ("inproceedings", "", "conference-paper"),
        ("proceedings", "", "proceedings"),
        ("book", "", "book"),
        ("incollection", "", "chapter"),
        ("incollection", 'publtype="encyclopedia"', "chapter"),
        ("phdthesis", "", "thesis"),
        ("mastersthesis", "", "thesis"),
        ("data", "", "dataset"),
        ("data", 'publtype="software"', "software"),
        ("article", 'publtype="data"', "dataset"),
        ("article", 'publtype="survey"', "review"),
        ("article", 'publtype="edited"', "editorial"),
        ("article", 'publtype="informal"', "other"),
        ("www", "", "other"),
    ],
)
def test_every_kind_of_record_has_its_kind(
    paper: Callable[[str], ParsedPaper], tag: str, more: str, kind: str
) -> None:
    record = article("<author>A Quill</author><title>T.</title>", tag=tag, more=more, key="www/a/b")
    assert paper(record).kind == kind


@pytest.mark.parametrize(
    ("volume", "ee", "arxiv"),
    [
        ("abs/1901.00001", "https://arxiv.org/abs/1901.00001", "1901.00001"),
        ("abs/1901.00001", "", "1901.00001"),
        ("cs.CL/0001012", "http://arxiv.org/abs/cs.CL/0001012", "cs/0001012"),
        ("abs/1901.00001", "https://doi.org/10.48550/arXiv.1901.00001", "1901.00001"),
    ],
)
def test_a_record_of_corr_is_a_preprint_with_its_arxiv_id(
    paper: Callable[[str], ParsedPaper], volume: str, ee: str, arxiv: str
) -> None:
    found = paper(
        article(
            f"<author>A Quill</author><title>T.</title><volume>{volume}</volume>"
            f"<journal>CoRR</journal>{f'<ee>{ee}</ee>' if ee else ''}",
            key="journals/corr/abs-1901-00001",
            tag="article",
            more='publtype="informal"',
        )
    )
    assert (found.kind, found.venue) == ("preprint", "CoRR")
    assert found.identifiers == (f"arxiv:{arxiv}", "dblp:journals/corr/abs-1901-00001")


def test_a_withdrawn_paper_says_so_where_it_stood(paper: Callable[[str], ParsedPaper]) -> None:
    record = article(
        "<title>T.</title><ee>https://arxiv.org/abs/1901.00001</ee>",
        key="journals/corr/abs-1901-00001",
        tag="article",
        more='publtype="informal withdrawn"',
    )
    assert [place.version for place in paper(record).locations] == ["withdrawn"]


def test_addresses_of_the_anthology_and_of_code_are_found(
    paper: Callable[[str], ParsedPaper],
) -> None:
    found = paper(
        article(
            "<title>T.</title><ee>https://aclanthology.org/P19-1001/</ee>"
            "<ee>https://github.com/quill/loom</ee><ee>db/conf/loom/A1.html</ee>",
            tag="data",
            more='publtype="software"',
        )
    )
    assert "acl:P19-1001" in found.identifiers
    assert [one.id for one in to_facts(found).repositories] == ["github:quill/loom"]
    assert len(found.locations) == 2


def test_references_that_dblp_knows_are_named_and_the_others_counted(
    paper: Callable[[str], ParsedPaper],
) -> None:
    found = paper(
        article(
            '<title>T.</title><cite>conf/loom/B2</cite><cite label="2">...</cite><cite>...</cite>'
        )
    )
    assert found.references == (Reference(to="dblp:conf/loom/B2"),)
    assert found.references_unidentified == 2


@pytest.mark.parametrize("words", ["et al.", "and others", "others"])
def test_a_list_that_goes_on_is_said_to(paper: Callable[[str], ParsedPaper], words: str) -> None:
    found = paper(article(f"<author>A Quill</author><author>{words}</author><title>T.</title>"))
    assert (len(found.authors), found.authors_complete) == (1, False)
    assert paper(article("<author>Al</author><title>T.</title>")).authors_complete is None


def test_a_collaboration_is_no_person(paper: Callable[[str], ParsedPaper]) -> None:
    found = paper(
        article("<author>A Quill</author><author>The Yarn Consortium</author><title>T.</title>")
    )
    assert [author.name for author in found.authors] == ["A Quill"]
    assert found.group_authors == ("The Yarn Consortium",)


@pytest.mark.parametrize(
    ("printed", "title"),
    [("Of Looms.", "Of Looms"), ("Why looms?", "Why looms?"), ("And so on...", "And so on...")],
)
def test_the_full_stop_that_dblp_adds_is_no_part_of_a_title(
    paper: Callable[[str], ParsedPaper], printed: str, title: str
) -> None:
    assert paper(article(f"<title>{printed}</title>")).title == title


@pytest.mark.parametrize(
    ("fields", "date"),
    [
        ("<year>2019</year>", "2019"),
        ("<year>2019</year><month>May</month>", "2019-05"),
        ("<year>2019</year><month>Spring</month>", "2019"),
        ("<year>20x9</year>", None),
        ("", None),
    ],
)
def test_a_date_is_as_precise_as_it_is_stated(
    paper: Callable[[str], ParsedPaper], fields: str, date: str | None
) -> None:
    assert paper(article(f"<title>T.</title>{fields}")).date == date


@pytest.mark.parametrize(
    ("fields", "venue"),
    [
        ("<booktitle>LOOM</booktitle>", "LOOM"),
        ("<school>Yarn University</school><publisher>P</publisher>", "Yarn University"),
        ("<journal>J. Looms</journal><booktitle>B</booktitle>", "J. Looms"),
        ("<publisher>P</publisher>", None),
    ],
)
def test_the_venue_is_journal_proceedings_or_school(
    paper: Callable[[str], ParsedPaper], fields: str, venue: str | None
) -> None:
    assert paper(article(f"<title>T.</title>{fields}")).venue == venue


def test_a_wrong_orcid_is_left_out_and_the_author_kept(
    paper: Callable[[str], ParsedPaper],
) -> None:
    record = article('<author orcid="0000-0002-1825-0098">A Quill</author><title>T.</title>')
    assert paper(record).authors == (ParsedAuthor(name="A Quill", identifiers=()),)


def test_a_person_file_has_the_person_and_the_papers_with_pids(
    read: Callable[[str], list[Parsed]],
) -> None:
    found = read(
        '<?xml version="1.0"?><dblpperson name="Ada Quill 0002" pid="12/34-2" n="1">'
        '<person key="homepages/12/34-2"><author pid="12/34-2">Ada Quill 0002</author></person>'
        '<homonyms n="1"><h f="q/Q"><person key="homepages/12/34-1">'
        '<author pid="12/34-1">Ada Quill 0001</author></person></h></homonyms>'
        '<r><article key="journals/loom/Q1"><author pid="12/34-2">Ada Quill 0002</author>'
        '<author pid="56/7">Ben Okoro</author><title>T.</title></article></r>'
        '<coauthors n="1"><co c="0"><na f="o/Okoro:Ben" pid="56/7">Ben Okoro</na></co></coauthors>'
        "</dblpperson>"
    )
    person, other, paper = found
    assert isinstance(person, ParsedPerson)
    assert person.identifiers == ("dblp-name:Ada%20Quill%200002", "dblp:12/34-2")
    assert isinstance(other, ParsedPerson)
    assert other.key == "homepages/12/34-1"
    assert isinstance(paper, ParsedPaper)
    assert paper.authors == (
        ParsedAuthor(name="Ada Quill", identifiers=person.identifiers),
        ParsedAuthor(name="Ben Okoro", identifiers=("dblp:56/7",)),
    )


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (article("<author>A Quill</author>"), "record 1, conf/loom/A1: has no title"),
        ("<article><title>T.</title></article>", "record 1, without a key: has no key"),
        (
            article("<title>A &strange; thing.</title>"),
            "record 1, conf/loom/A1: uses the entity &strange;, which is not expanded",
        ),
        (
            article("<author>?</author><title>T.</title>"),
            "record 1, conf/loom/A1: name: holds no letter or digit",
        ),
    ],
)
def test_a_record_that_cannot_be_read_is_set_aside_and_the_next_one_read(
    read: Callable[[str], list[Parsed]], record: str, reason: str
) -> None:
    reject, paper = read(dump(record, ARTICLE))
    assert isinstance(reject, Reject)
    assert (reject.line, reject.reason) == (4, reason)
    assert isinstance(paper, ParsedPaper)


def test_a_source_may_be_named(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text(dump(ARTICLE, PERSON))
    assert [(type(one), one.source) for one in dblp.read(path, source="mine")] == [
        (ParsedPaper, "mine"),
        (ParsedPerson, "mine"),
    ]


NAMES = st.lists(
    st.text(st.characters(categories=["Lu", "Ll", "Lo"]), min_size=1, max_size=9),
    min_size=1,
    max_size=4,
).map(" ".join)
TEXTS = st.text(
    st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=60
).filter(lambda text: any(map(str.isalnum, text)))


@settings(max_examples=150)
@given(
    title=TEXTS,
    authors=st.lists(st.tuples(NAMES, st.none() | st.integers(1, 9999)), max_size=5),
    year=st.integers(1936, 2030),
    venue=TEXTS,
    doi=st.none() | st.from_regex(r"10\.5555/[a-z0-9]{1,12}", fullmatch=True),
)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    title: str,
    authors: Sequence[tuple[str, int | None]],
    year: int,
    venue: str,
    doi: str | None,
) -> None:
    written = "".join(
        f"<author>{escape(name)}{f' {number:04}' if number else ''}</author>"
        for name, number in authors
    )
    ee = f"<ee>https://doi.org/{doi}</ee>" if doi else ""
    text = dump(
        article(
            f"{written}<title>{escape(title)}.</title><year>{year}</year>"
            f"<booktitle>{escape(venue)}</booktitle>{ee}",
            more=f"mdate={quoteattr('2020-01-01')}",
        )
    )
    path = tmp_path_factory.mktemp("dblp") / "dblp.xml"
    path.write_bytes(text.encode("latin-1", "xmlcharrefreplace"))
    (found,) = dblp.read(path)
    assert isinstance(found, ParsedPaper)
    one_line = " ".join(f"{title}.".split())
    assert found.title in {one_line.removesuffix(".").rstrip(), one_line}
    assert [author.name for author in found.authors] == [name for name, _ in authors]
    assert [bool(author.identifiers) for author in found.authors] == [
        number is not None for _, number in authors
    ]
    assert found.date == str(year)
    assert found.venue == " ".join(venue.split())
    assert (f"doi:{doi}" in found.identifiers) == (doi is not None)


SOUND = (
    dump(ARTICLE, PERSON, head='<?xml version="1.0" encoding="UTF-8"?>\n')
    .replace("Zo&euml;", "Zoë")
    .rstrip()
)


def keys(found: list[Parsed] | RecordError) -> set[str]:
    parts = [] if isinstance(found, RecordError) else found
    return {one.key for one in parts if isinstance(one, ParsedPaper | ParsedPerson)}


def test_damaged_files_are_said_to_be_and_give_nothing_that_is_not_there(tmp_path: Path) -> None:
    sound = keys(survives(dblp, tmp_path / "sound.xml", SOUND.encode()))
    assert sound == {"journals/loom/QuillO19", "homepages/q/AdaQuill-2"}
    for name, found, _ in reads_of_damaged_xml(dblp, tmp_path, SOUND, "Looms"):
        if name.startswith(("cut", "nested", "empty", "JSON")):
            assert isinstance(found, RecordError), name
        assert keys(found) <= sound, name


def test_a_name_outside_the_dtd_is_never_lost_in_silence(
    read: Callable[[str], list[Parsed]],
) -> None:
    """A bomb of entities is not expanded: the record that uses it is set aside."""
    bomb = '<!DOCTYPE dblp [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    reject, paper = read(dump(article("<title>&b;</title>"), ARTICLE, head=bomb))
    assert isinstance(reject, Reject)
    assert isinstance(paper, ParsedPaper)


def test_an_author_list_beyond_all_bounds_is_set_aside_soon(
    read: Callable[[str], list[Parsed]],
) -> None:
    began = perf_counter()
    names = "".join(f"<author>Ada Quill{number}</author>" for number in range(100_000))
    reject, paper = read(dump(article(f"{names}<title>T.</title>"), ARTICLE))
    assert isinstance(reject, Reject)
    assert "100,000" in reject.reason
    assert isinstance(paper, ParsedPaper)
    assert perf_counter() - began < 30


def test_a_very_long_line_is_read_or_refused_in_bounded_memory(
    read: Callable[[str], list[Parsed]], tmp_path: Path
) -> None:
    before = peak_mebibytes()
    records = "".join(
        article("<author>A Quill</author><title>T.</title>", key=f"a/b/{number}").strip()
        for number in range(20_000)
    )
    assert len(read(dump(records))) == 20_000
    long = dump(article(f"<title>{'x' * 20_000_000}</title>")).encode()
    assert isinstance(survives(dblp, tmp_path / "long", long), RecordError)
    assert peak_mebibytes() - before < 300


@pytest.mark.parametrize(
    "other",
    [
        '<collection id="P16"><volume id="1"/></collection>',
        "<PubmedArticleSet/>",
        '{"key": "a", "title": "b"}',
        "@article{a, title={dblp}}",
        "",
        "\0\0\0",
    ],
)
def test_other_files_are_not_recognised(tmp_path: Path, other: str) -> None:
    path = tmp_path / "x"
    path.write_text(other)
    assert not dblp.recognises(path)
    path.write_text(dump(ARTICLE))
    assert detect_format(InputFile(path)) is dblp


# Counted by grep: '<incollection ' 131, '<author' 73, 'orcid=' 4, '[0-9]\{4\}</author>' 5,
# '<ee' 132, a line with 'doi.org' 131 times.
@pytest.mark.real_files
def test_the_real_extract_is_read_whole(shared: Callable[[str], Path]) -> None:
    path = shared("formats/dblp-extract-sample.xml")
    assert dblp.recognises(path)
    papers = list(dblp.read(path))
    assert all(isinstance(paper, ParsedPaper) for paper in papers)
    found = [paper for paper in papers if isinstance(paper, ParsedPaper)]
    assert len(found) == 131
    authors = [author for paper in found for author in paper.authors]
    assert len(authors) == 73
    schemes = Counter(one.partition(":")[0] for author in authors for one in author.identifiers)
    assert schemes == {"orcid": 4, "dblp-name": 5}
    assert sum(len(paper.locations) for paper in found) == 132
    assert Counter(paper.kind for paper in found) == {"chapter": 131}
    assert not any(paper.title.endswith(".") or "&" in paper.title for paper in found)


# Counted by hand in the file: a person and a home page, and one record each of article (two),
# inproceedings, book, proceedings, incollection, data, phdthesis; 15 authors of the eight.
@pytest.mark.real_files
def test_the_real_person_file_is_read_whole(shared: Callable[[str], Path]) -> None:
    path = shared("formats/dblp-person-xml.tar.xz") / "tests" / "fixtures" / "dblp_person.xml"
    found = list(dblp.read(path))
    assert Counter(type(one).__name__ for one in found) == {"ParsedPaper": 8, "ParsedPerson": 2}
    papers = [one for one in found if isinstance(one, ParsedPaper)]
    assert sorted(str(paper.kind) for paper in papers) == [
        "article",
        "book",
        "chapter",
        "conference-paper",
        "dataset",
        "preprint",
        "proceedings",
        "thesis",
    ]
    authors = [author for paper in papers for author in paper.authors]
    assert len(authors) == 15
    assert all(author.identifiers[0].startswith("dblp:0") for author in authors)
    assert any("arxiv:2301.00001" in paper.identifiers for paper in papers)
