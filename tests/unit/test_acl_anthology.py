"""The ACL Anthology's XML and people. All people and papers here are invented."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_service.model.errors import RecordError
from graph_service.model.records import (
    Location,
    NamedPerson,
    Organisation,
    ParsedAuthor,
    ParsedPaper,
    ParsedPerson,
    Version,
)
from graph_service.store.process import peak_mebibytes
from loaders import acl_anthology, acl_people
from loaders.facts import to_facts
from loaders.inputs import InputFile
from loaders.reading import Parsed, Reject
from loaders.runner import detect_format
from tests.broken import cuts, survives
from tests.damaged import reads_of_damaged_xml

HEAD = "<?xml version='1.0' encoding='UTF-8'?>\n"
META = """<meta><booktitle>Proceedings of the 3rd Workshop on <fixed-case>Y</fixed-case>arn</booktitle>
<editor id="ed-itor"><first>Ed</first><last>Itor</last></editor>
<month>July</month><year>2020</year><venue>yarn</venue></meta>
<frontmatter><url hash="00000000">2020.yarn-1.0</url></frontmatter>
"""
# Every element that the schema of today knows in a paper and that is carried.
PAPER = """<paper id="7">
<title>Loops in <tex-math>O(n^2)</tex-math>: a <fixed-case>K</fixed-case>nit<i>Net</i></title>
<author id="ada-quill" orcid="0000-0002-1825-0097"><first>Ada</first><last>Quill</last>
<affiliation>Loom Institute</affiliation><affiliation>Yarn University</affiliation>
<variant script="hani"><first>芳</first><last>李</last></variant></author>
<author><first>Ben</first><last>Okoro, Jr.</last></author>
<author><last>Zoë</last></author>
<editor><first>Ed</first><last>Itor</last></editor>
<pages>1–9</pages>
<abstract>We knit <b>loops</b> with <tex-math>\\alpha \\rightarrow \\beta</tex-math>
at <url>https://loops.example.org</url> for ~5%.</abstract>
<url hash="11111111">2020.yarn-1.7</url>
<doi>10.5555/2020.Yarn-1.7</doi>
<attachment type="software" hash="22222222">2020.yarn-1.7.Software.zip</attachment>
<attachment type="dataset">https://github.com/quill/yarns</attachment>
<revision id="1" href="2020.yarn-1.7v1" hash="33333333"/>
<revision id="2" href="2020.yarn-1.7v2" hash="44444444" date="2021-02-03">Fixed a loop.</revision>
<pwccode url="https://github.com/quill/knitnet" additional="false">quill/knitnet</pwccode>
<bibkey>quill-etal-2020-loops</bibkey>
</paper>
"""


def collection(*volumes: str, name: str = "2020.yarn") -> str:
    return f'{HEAD}<collection id="{name}">\n{"".join(volumes)}</collection>\n'


def volume(*papers: str, number: str = "1", meta: str = META, more: str = "") -> str:
    return f'<volume id="{number}" {more}>{meta}{"".join(papers)}</volume>\n'


def simple(inside: str = "", *, number: str = "1", more: str = "") -> str:
    return f'<paper id="{number}" {more}><title>Felt</title>{inside}</paper>\n'


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], list[Parsed]]:
    def of(text: str) -> list[Parsed]:
        path = tmp_path / "acl"
        path.write_text(text)
        return list(acl_anthology.read(path))

    return of


@pytest.fixture
def paper(read: Callable[[str], list[Parsed]]) -> Callable[[str], ParsedPaper]:
    def of(text: str) -> ParsedPaper:
        (found,) = read(text)
        assert isinstance(found, ParsedPaper), found
        return found

    return of


def test_a_paper_comes_through_whole(paper: Callable[[str], ParsedPaper]) -> None:
    """Formulas are plain text, editors are no authors, a file of software says there is code."""
    assert paper(collection(volume(PAPER))) == ParsedPaper(
        source="acl-anthology",
        key="2020.yarn-1.7",
        format="acl-anthology",
        title="Loops in O(n^2): a KnitNet",
        date="2020-07",
        abstract="We knit loops with α → β at https://loops.example.org for ~5%.",
        kind="conference-paper",
        venue="Proceedings of the 3rd Workshop on Yarn",
        authors=(
            ParsedAuthor(
                name="Ada Quill",
                family="Quill",
                given="Ada",
                identifiers=("acl:ada-quill", "orcid:0000-0002-1825-0097"),
                affiliations=(
                    Organisation(name="Loom Institute"),
                    Organisation(name="Yarn University"),
                ),
            ),
            ParsedAuthor(name="Ben Okoro, Jr.", family="Okoro", given="Ben", suffix="Jr."),
            ParsedAuthor(name="Zoë"),
        ),
        authors_complete=True,
        has_code=True,
        identifiers=("acl:2020.yarn-1.7", "doi:10.5555/2020.yarn-1.7"),
        versions=(Version(name="v1"), Version(name="v2", date="2021-02-03")),
        locations=(Location(url="https://aclanthology.org/2020.yarn-1.7", host="ACL Anthology"),),
        locator="https://aclanthology.org/2020.yarn-1.7",
        repositories=("https://github.com/quill/yarns", "https://github.com/quill/knitnet"),
    )


def test_repositories_reach_the_graph(paper: Callable[[str], ParsedPaper]) -> None:
    record = to_facts(paper(collection(volume(PAPER))))
    assert [one.id for one in record.repositories] == [
        "github:quill/yarns",
        "github:quill/knitnet",
    ]


@pytest.mark.parametrize(
    ("name", "number", "id_of_paper", "acl", "year"),
    [
        ("P16", "1", "1", "P16-1001", "2016"),
        ("P16", "2", "101", "P16-2101", "2016"),
        ("J98", "3", "7", "J98-3007", "1998"),
        ("W17", "1", "1", "W17-0101", "2017"),
        ("W17", "01", "12", "W17-0112", "2017"),
        ("W18", "63", "105", "W18-63105", "2018"),
        ("D19", "4", "3", "D19-4003", "2019"),
        ("D19", "50", "3", "D19-5003", "2019"),
        ("C69", "12", "1", "C69-1201", "1969"),
        ("2020.acl", "main", "1", "2020.acl-main.1", "2020"),
        ("2022.findings", "acl", "33", "2022.findings-acl.33", "2022"),
        ("1999.tc", "1", "4", "1999.tc-1.4", "1999"),
    ],
)
def test_ids_and_years_are_those_of_the_anthology(
    paper: Callable[[str], ParsedPaper],
    name: str,
    number: str,
    id_of_paper: str,
    acl: str,
    year: str,
) -> None:
    text = collection(volume(simple(number=id_of_paper), number=number, meta=""), name=name)
    found = paper(text)
    assert (found.key, found.identifiers, found.date) == (acl, (f"acl:{acl}",), year)


@pytest.mark.parametrize(
    ("month", "date"),
    [
        ("", "2020"),
        ("<month>July</month>", "2020-07"),
        ("<month>7</month>", "2020-07"),
        ("<month>29 October--3 November</month>", "2020-10"),
        ("<month>Sept</month>", "2020-09"),
        ("<month>Spring</month>", "2020"),
    ],
)
def test_a_date_is_as_precise_as_the_volume_states_it(
    paper: Callable[[str], ParsedPaper], month: str, date: str
) -> None:
    meta = f"<meta><booktitle>B</booktitle>{month}<year>2020</year></meta>"
    assert paper(collection(volume(simple(), meta=meta))).date == date


@pytest.mark.parametrize(
    ("name", "more", "meta", "inside", "kind", "venue"),
    [
        ("P20", "", "", "", "conference-paper", "B"),
        ("J20", "", "", "", "article", "B"),
        ("2020.tacl", "", "", "", "article", "B"),
        ("2020.yarn", 'type="journal"', "", "", "article", "B"),
        ("2020.yarn", "", "<journal-title>J. Yarn</journal-title>", "", "article", "J. Yarn"),
        ("W20", "", "", "<journal>J. Yarn</journal>", "article", "J. Yarn"),
    ],
)
def test_papers_of_journals_are_articles(
    paper: Callable[[str], ParsedPaper],
    name: str,
    more: str,
    meta: str,
    inside: str,
    kind: str,
    venue: str,
) -> None:
    full = f"<meta><booktitle>B</booktitle>{meta}</meta>"
    found = paper(collection(volume(simple(inside), meta=full, more=more), name=name))
    assert (found.kind, found.venue) == (kind, venue)


def test_each_paper_has_the_venue_of_its_own_volume(read: Callable[[str], list[Parsed]]) -> None:
    """Whose `meta` an event also has, at the end."""
    other = "<meta><booktitle>Other</booktitle><year>2021</year></meta>"
    event = '<event id="yarn-2020"><meta><title>Yarn</title></meta><talk><title>T</title></talk></event>'
    found = read(
        collection(
            volume(simple(number="1"), simple(number="2")),
            volume(simple(), number="2", meta=other),
            event,
        )
    )
    assert [(one.key, one.venue, one.date) for one in found if isinstance(one, ParsedPaper)] == [
        ("2020.yarn-1.1", "Proceedings of the 3rd Workshop on Yarn", "2020-07"),
        ("2020.yarn-1.2", "Proceedings of the 3rd Workshop on Yarn", "2020-07"),
        ("2020.yarn-2.1", "Other", "2021"),
    ]
    assert len(found) == 3


@pytest.mark.parametrize("more", ['type="frontmatter"', 'type="backmatter"'])
def test_front_and_back_matter_is_no_paper(read: Callable[[str], list[Parsed]], more: str) -> None:
    assert len(read(collection(volume(simple(number="0"), simple(more=more), simple())))) == 1


def test_a_retracted_paper_says_so_where_it_stands(paper: Callable[[str], ParsedPaper]) -> None:
    inside = '<url>2020.yarn-1.1</url><retracted date="2021-01-01">Knots.</retracted>'
    assert [place.version for place in paper(collection(volume(simple(inside)))).locations] == [
        "retracted"
    ]


def test_an_address_elsewhere_stays_as_it_is(paper: Callable[[str], ParsedPaper]) -> None:
    found = paper(collection(volume(simple("<url>https://looms.example.org/1.pdf</url>"))))
    assert found.locations == (Location(url="https://looms.example.org/1.pdf"),)


def test_a_place_without_a_name_makes_the_list_incomplete(
    paper: Callable[[str], ParsedPaper],
) -> None:
    """As one real paper has it; the other authors are not lost for it."""
    inside = "<author><first>Ada</first><last>Quill</last></author><author><first/><last/></author>"
    found = paper(collection(volume(simple(inside))))
    assert ([author.name for author in found.authors], found.authors_complete) == (
        ["Ada Quill"],
        False,
    )


def test_a_collaboration_is_no_person(paper: Callable[[str], ParsedPaper]) -> None:
    inside = "<author><first>The Yarn</first><last>Consortium</last></author>"
    found = paper(collection(volume(simple(inside))))
    assert (found.authors, found.group_authors) == ((), ("The Yarn Consortium",))


@pytest.mark.parametrize(
    ("name", "bad", "reason"),
    [
        ("2020.yarn", "<paper id='3'><author/></paper>", "2020.yarn-1.3 has no title"),
        ("P16", "<paper id='x'><title>T</title></paper>", "an old id are no numbers"),
        ("P16", "<paper><title>T</title></paper>", "make no id of the Anthology"),
    ],
)
def test_a_paper_that_cannot_be_read_is_set_aside_and_the_next_one_read(
    read: Callable[[str], list[Parsed]], name: str, bad: str, reason: str
) -> None:
    reject, found = read(collection(volume(bad, simple(number="4")), name=name))
    assert isinstance(reject, Reject)
    assert reason in reject.reason
    assert f"of volume 1 of {name}" in reject.reason
    assert reject.line is not None
    assert isinstance(found, ParsedPaper)


VARIANTS = """\
- canonical: {first: Ada, last: Quill}
  comment: Loom Institute
  id: ada-quill
  similar: [ada-quill-yarn]
  variants:
  - {first: Ada B., last: Quill}
  - {last: Fell}
- canonical: {first: On, last: 'No'}
  variant: {first: "Yes", last: Null}
"""
PEOPLE = """\
ada-quill:
  names:
  - {first: Ada, last: Quill}
  - {first: Ada, last: Fell}
  orcid: 0000-0002-1825-0097
ben-okoro-yarn:
  comment: Yarn
  degree: Yarn University
  disable_name_matching: true
  names:
  - {first: Ben, last: Okoro}
"""


def test_name_variants_are_people_with_all_their_names(
    read: Callable[[str], list[Parsed]],
) -> None:
    """No name is taken for a truth value, as YAML would have it."""
    assert read(VARIANTS) == [
        ParsedPerson(
            source="acl-anthology",
            key="ada-quill",
            format="acl-anthology",
            names=(
                NamedPerson(name="Ada Quill", family="Quill", given="Ada"),
                NamedPerson(name="Ada B. Quill", family="Quill", given="Ada B."),
                NamedPerson(name="Fell"),
            ),
            identifiers=("acl:ada-quill",),
        ),
        ParsedPerson(
            source="acl-anthology",
            key="name:on-no",
            format="acl-anthology",
            names=(
                NamedPerson(name="On No", family="No", given="On"),
                NamedPerson(name="Yes"),
            ),
        ),
    ]


def test_people_of_the_newer_file_have_their_orcid(read: Callable[[str], list[Parsed]]) -> None:
    first, second = read(PEOPLE)
    assert isinstance(first, ParsedPerson)
    assert (first.key, first.identifiers) == (
        "ada-quill",
        ("acl:ada-quill", "orcid:0000-0002-1825-0097"),
    )
    assert [name.name for name in first.names] == ["Ada Quill", "Ada Fell"]
    assert isinstance(second, ParsedPerson)
    assert second.identifiers == ("acl:ben-okoro-yarn",)


def test_a_person_that_stands_twice_is_taken_once_or_said(
    read: Callable[[str], list[Parsed]],
) -> None:
    entry = "- canonical: {first: Ada, last: Quill}\n  id: ada\n"
    other = "- canonical: {first: Ada, last: Fell}\n  id: ada\n"
    person, reject = read(entry + entry + other)
    assert isinstance(person, ParsedPerson)
    assert isinstance(reject, Reject)
    assert (reject.line, reject.reason) == (5, "ada stands at line 1 with other content")
    # On one line too.
    one, two = "{id: ada, canonical: {last: Quill}}", "{id: ada, canonical: {last: Fell}}"
    person, reject = read(f"[{one}, {one}, {two}]\n")
    assert isinstance(person, ParsedPerson)
    assert isinstance(reject, Reject)
    assert (reject.line, reject.reason) == (1, "ada stands at line 1 with other content")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("- canonical: {first: '?', last: ''}\n", "name: holds no letter or digit"),
        ("- just a text\n", "is no mapping"),
        ("- {id: nobody}\n", "names nobody"),
        ("- canonical: [a, b]\n", "a name is a list"),
    ],
)
def test_an_entry_that_is_nobody_is_set_aside(
    read: Callable[[str], list[Parsed]], text: str, reason: str
) -> None:
    person, reject, another = read(
        VARIANTS.partition("\n- ")[0] + "\n" + text + "- canonical: {last: Z}\n"
    )
    assert isinstance(reject, Reject)
    assert reason in reject.reason
    assert reject.line == 8
    assert isinstance(person, ParsedPerson)
    assert isinstance(another, ParsedPerson)


NAMES = st.text(st.characters(categories=["Lu", "Ll", "Lo"]), min_size=2, max_size=9)
TEXTS = st.text(
    st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=60
).filter(lambda text: any(map(str.isalnum, text)))


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@settings(max_examples=100)
@given(
    title=TEXTS,
    abstract=TEXTS,
    authors=st.lists(st.tuples(NAMES, NAMES), max_size=5),
    year=st.integers(2000, 2030),
    number=st.integers(1, 9999),
    affiliation=TEXTS,
)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    title: str,
    abstract: str,
    authors: list[tuple[str, str]],
    year: int,
    number: int,
    affiliation: str,
) -> None:
    written = "".join(
        f"<author id={quoteattr(f'person-{at}')}><first>{escape(first)}</first>"
        f"<last>{escape(last)}</last><affiliation>{escape(affiliation)}</affiliation></author>"
        for at, (first, last) in enumerate(authors)
    )
    text = collection(
        f"<volume id='1'><meta><year>{year}</year></meta><paper id='{number}'>"
        f"<title>{escape(title)}</title><abstract>{escape(abstract)}</abstract>{written}"
        "</paper></volume>"
    )
    path = tmp_path_factory.mktemp("acl") / "x"
    path.write_text(text)
    (found,) = acl_anthology.read(path)
    assert isinstance(found, ParsedPaper)
    assert found.title == " ".join(title.split())
    assert found.abstract == " ".join(abstract.split())
    assert found.key == f"2020.yarn-1.{number}"
    assert found.date == str(year)
    assert [
        (one.given, one.family if not one.suffix else None, one.identifiers, one.affiliations)
        for one in found.authors
    ] == [
        (
            first,
            last,
            (f"acl:person-{at}",),
            (Organisation(name=" ".join(affiliation.split())),),
        )
        for at, (first, last) in enumerate(authors)
    ]


@settings(max_examples=60)
@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=5, unique=True))
def test_people_that_are_written_are_read_back(
    tmp_path_factory: pytest.TempPathFactory, names: list[tuple[str, str]]
) -> None:
    stated = [f"{{first: {quoted(first)}, last: {quoted(last)}}}" for first, last in names]
    path = tmp_path_factory.mktemp("acl") / "x"
    path.write_text("ada-quill:\n  names:\n" + "".join(f"  - {one}\n" for one in stated))
    assert acl_anthology.recognises(path)
    (found,) = acl_anthology.read(path)
    assert isinstance(found, ParsedPerson)
    assert [(name.given, name.family) for name in found.names] == names


SOUND = collection(volume(PAPER, simple())).rstrip()


def test_damaged_collections_are_said_to_be_and_give_nothing_that_is_not_there(
    tmp_path: Path,
) -> None:
    reads = reads_of_damaged_xml(acl_anthology, tmp_path, SOUND, "Felt")
    for one in reads:
        if one.name.startswith(("cut", "nested", "empty", "JSON", "blank")):
            assert isinstance(one.found, RecordError), one.name
        assert {paper.key for paper in one.papers} <= {"2020.yarn-1.7", "2020.yarn-1.1"}, one.name
    assert {one.known for one in reads} == {True, False}


@pytest.mark.parametrize("sound", [VARIANTS, PEOPLE])
def test_damaged_people_are_said_to_be(tmp_path: Path, sound: str) -> None:
    whole = sound.encode()
    half = len(whole) // 2
    damaged = [
        *cuts(whole),
        b"",
        sound.replace("Quill", "Zoé").encode("latin-1"),
        sound.encode("utf-16"),
        whole[:half] + b"\0" * 3 + whole[half:],
        whole + b"- [" * 100_000,
        whole + b"[" * 100_000,
        whole + b"- {a: " * 100_000,
        b"- canonical: &a {last: &b Quill}\n- canonical: *a\n",
        b"- &a [x, x]\n" + b"".join(b"- &%c [*%c, *%c]\n" % (n + 1, n, n) for n in range(97, 120)),
    ]
    outcomes = Counter(
        type(found).__name__
        for content in damaged
        for found in [survives(acl_anthology, tmp_path / "acl", content)]
    )
    assert outcomes["RecordError"] > 10
    found = survives(acl_anthology, tmp_path / "acl", damaged[-2])
    assert isinstance(found, RecordError)


def test_too_large_a_file_of_people_is_refused(tmp_path: Path) -> None:
    found = survives(
        acl_anthology, tmp_path / "acl", VARIANTS.encode() + b"#" * acl_people.MOST_BYTES
    )
    assert isinstance(found, RecordError)
    assert "is larger than" in str(found)


def test_an_author_list_beyond_all_bounds_is_set_aside_soon(
    read: Callable[[str], list[Parsed]],
) -> None:
    began = perf_counter()
    names = "".join(
        f"<author><first>Ada</first><last>Quill{number}</last></author>"
        for number in range(100_000)
    )
    reject, found = read(collection(volume(simple(names), simple(number="2"))))
    assert isinstance(reject, Reject)
    assert "100,000" in reject.reason
    assert isinstance(found, ParsedPaper)
    assert perf_counter() - began < 30


def test_a_very_long_line_is_read_or_refused_in_bounded_memory(
    read: Callable[[str], list[Parsed]], tmp_path: Path
) -> None:
    before = peak_mebibytes()
    papers = "".join(simple(number=str(number)).strip() for number in range(1, 20_001))
    assert len(read(collection(volume(papers)))) == 20_000
    long = collection(volume(simple(f"<abstract>{'x' * 20_000_000}</abstract>"))).encode()
    assert isinstance(survives(acl_anthology, tmp_path / "long", long), RecordError)
    assert peak_mebibytes() - before < 300


@pytest.mark.parametrize(
    "other",
    [
        "<dblp/>",
        '<collection xmlns="http://www.loc.gov/MARC21/slim"><record/></collection>',
        "<collection><source>BioC</source></collection>",
        '{"key": "a", "title": "b"}',
        "acl:\n  acronym: ACL\n  name: Venue\n",
        "names: last: canonical:",
        "",
        "\0\0\0",
    ],
)
def test_other_files_are_not_recognised(tmp_path: Path, other: str) -> None:
    path = tmp_path / "x"
    path.write_text(other)
    assert not acl_anthology.recognises(path)


@pytest.mark.parametrize("text", [SOUND, VARIANTS, PEOPLE, "---\n" + VARIANTS])
def test_the_format_is_found_by_content(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x"
    path.write_text(text)
    assert detect_format(InputFile(path)) is acl_anthology


# Counted by grep in data/xml: '<paper id=' 23,188; '<author' 83,916, of one of which both parts
# are empty; '<author id=' 105. By XPath: papers without an author 6, and one
# whose only author has no name; papers with a software,
# Software or Source attachment 136; revisions of papers 274; abstracts with a text 18,605; `doi`
# 14,726, of which 7 are cut ("0.26615/…", "10.1162/"); last names that end in a suffix 46; papers
# of J, Q, cl, tacl and lilt, or with a `journal`, 408. The ids are those in the `url` of the 22,879 papers
# that have one of the Anthology.
@pytest.mark.real_files
def test_the_real_collections_are_read_whole(shared: Callable[[str], Path]) -> None:
    folder = shared("acl_anthology/acl-anthology-2016-2021-02.tar.xz") / "data" / "xml"
    files = sorted(folder.glob("*.xml"))
    assert len(files) == 193
    counts: Counter[str] = Counter()
    for path in files:
        assert acl_anthology.recognises(path)
        for paper in acl_anthology.read(path):
            assert isinstance(paper, ParsedPaper), paper
            counts.update(
                papers=1,
                authors=len(paper.authors),
                nobody=not paper.authors,
                incomplete=paper.authors_complete is False,
                identified=sum(bool(author.identifiers) for author in paper.authors),
                suffixes=sum(author.suffix is not None for author in paper.authors),
                code=bool(paper.has_code),
                versions=len(paper.versions),
                abstracts=paper.abstract is not None,
                dois=any(one.startswith("doi:") for one in paper.identifiers),
                acl=f"acl:{paper.key}" in paper.identifiers,
                here=paper.locations == (Location(url=paper.locator, host="ACL Anthology"),),
                articles=paper.kind == "article",
            )
    assert counts == {
        "papers": 23_188,
        "authors": 83_915,
        "nobody": 7,
        "incomplete": 1,
        "identified": 105,
        "suffixes": 46,
        "code": 136,
        "versions": 274,
        "abstracts": 18_605,
        "dois": 14_719,
        "acl": 23_188,
        "here": 22_879,
        "articles": 408,
    }


# Counted by grep: '^- canonical' 3,366, '  id:' 857,
# '{first' 6,753 names in all.
@pytest.mark.real_files
def test_the_real_name_variants_are_read_whole(shared: Callable[[str], Path]) -> None:
    folder = shared("acl_anthology/acl-anthology-2016-2021-02.tar.xz") / "data" / "yaml"
    found = list(acl_anthology.read(folder / "name_variants.yaml"))
    people = [one for one in found if isinstance(one, ParsedPerson)]
    assert (len(people), len(found)) == (3_366, 3_366)
    assert sum(bool(person.identifiers) for person in people) == 857
    assert sum(len(person.names) for person in people) == 6_753
    assert not acl_anthology.recognises(folder / "venues.yaml")
