"""GROBID's TEI: what it makes of a paper comes through. All papers here are invented."""

from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from graph_service.model.records import ParsedAuthor, ParsedPaper, Reference
from loaders import grobid_tei
from loaders.facts import to_facts
from loaders.grobid_tei import read, recognises
from loaders.inputs import InputFile
from loaders.reading import Reject
from loaders.runner import detect_format
from tests.damaged import damaged_xml_is_said_to_be

TEI = """<?xml version="1.0" encoding="UTF-8"?>
<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc>
<titleStmt><title level="a" type="main">LoomNet: Weaving
  Graphs</title></titleStmt>
<publicationStmt><publisher>Loom Press</publisher>
<date type="published" when="2020-03">March 2020</date></publicationStmt>
<sourceDesc><biblStruct><analytic>
<author role="corresp"><persName><forename type="first">Ada</forename><forename
 type="middle">B</forename><surname>Quill</surname><genName>Jr</genName></persName>
<email>ada@example.org</email><idno type="ORCID">0000-0002-1825-0097</idno>
<affiliation key="aff0"><note type="raw_affiliation">x</note>
<orgName type="department">Dept. of Yarn</orgName>
<orgName type="institution" key="instit1">Loom Institute</orgName>
<orgName type="institution" key="instit2">Felt University</orgName>
<address><settlement>Ghent</settlement><country key="BE">Belgium</country></address></affiliation>
<affiliation key="aff1"><orgName type="laboratory">Knot Lab</orgName></affiliation></author>
<author><persName><roleName>Dr</roleName><forename type="first">Zoé</forename><surname>de
 Okoro</surname></persName><email>zoe@example.org</email></author>
<author><persName><surname>Fell</surname></persName></author>
<author><persName><surname>*</surname></persName></author>
<author><affiliation key="aff2"><orgName type="institution">Wool House</orgName></affiliation></author>
<title level="a" type="main">LoomNet: Weaving Graphs</title></analytic>
<monogr><title level="j" type="abbrev">J Yarn</title><title level="j" type="main">Journal of Yarn</title>
<imprint><date type="published" when="2020-03-05" /></imprint></monogr>
<idno type="MD5">0123456789ABCDEF0123456789ABCDEF</idno>
<idno type="DOI">10.1000/Loom.1</idno><idno type="arXiv">arXiv:2001.00001v2[cs.LG]</idno>
<idno type="ISSN">1234-5678</idno></biblStruct></sourceDesc></fileDesc>
<encodingDesc><appInfo><application version="0.8.0" ident="GROBID" when="2023-01-01"/></appInfo></encodingDesc>
<profileDesc><textClass><keywords><term>weaving</term><term>graphs;</term></keywords></textClass>
<abstract><div><head>Aim</head><p>We <hi rend="i">weave</hi>.</p><p>Twice.</p></div></abstract></profileDesc>
</teiHeader><text xml:lang="en"><body><div><head n="1">Introduction</head>
<p>As <ref type="bibr" target="#b0">[1]</ref> and <ref type="bibr" target="#b0 #b1">[1,2]</ref> show,
<ref type="figure" target="#fig_0">1</ref><ref type="bibr">[9]</ref>. See https://github.com/others/work.</p></div></body>
<back><div type="availability"><div><head>Code availability</head>
<p>At <ref type="url" target="https://github.com/quill/loomnet">GitHub</ref>.</p></div></div>
<div type="references"><listBibl>
<biblStruct xml:id="b0"><analytic><title>A</title><idno type="DOI">10.1000/a</idno>
<idno type="PMID">123</idno></analytic><monogr><title>J</title></monogr></biblStruct>
<biblStruct xml:id="b1"><monogr><title>B</title></monogr><idno type="arXiv">arXiv:1901.00007 [cs]</idno></biblStruct>
<biblStruct xml:id="b2"><analytic><idno type="PMCID">PMC77</idno></analytic><monogr/></biblStruct>
<biblStruct xml:id="b3"><monogr><title>No identifier</title></monogr><idno type="ISBN">1</idno></biblStruct>
</listBibl></div></back></text></TEI>
"""


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "a.xml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def one(folder: Path, content: str) -> ParsedPaper:
    (paper,) = read(written(folder, content))
    assert isinstance(paper, ParsedPaper), paper
    return paper


def organisations(author: ParsedAuthor) -> list[tuple[str, str | None]]:
    return [(one.name, one.country) for one in author.affiliations]


def test_a_full_text_says_everything_that_a_paper_holds(tmp_path: Path) -> None:
    paper = one(tmp_path, TEI)
    assert (paper.source, paper.key) == ("grobid", "md5:0123456789abcdef0123456789abcdef")
    assert paper.title == "LoomNet: Weaving Graphs"
    assert paper.identifiers == (
        "arxiv:2001.00001",
        "doi:10.1000/loom.1",
        "md5:0123456789abcdef0123456789abcdef",
    )
    assert paper.date == "2020-03-05"  # the most precise one
    assert (paper.venue, paper.kind) == ("Journal of Yarn", "article")
    assert paper.abstract == "Aim\n\nWe weave.\n\nTwice."
    assert [(topic.scheme, topic.name) for topic in paper.topics] == [
        ("keyword", "weaving"),
        ("keyword", "graphs"),
    ]
    assert paper.authors_complete is None


def test_authors_come_with_parts_orcid_and_their_organisations(tmp_path: Path) -> None:
    ada, zoe, fell = one(tmp_path, TEI).authors
    assert (ada.name, ada.family, ada.given, ada.suffix) == (
        "Ada B Quill Jr",
        "Quill",
        "Ada B",
        "Jr",
    )
    assert ada.identifiers == ("orcid:0000-0002-1825-0097",)
    # Departments are part of a named institution; a laboratory without one stands for itself.
    assert organisations(ada) == [
        ("Loom Institute", "BE"),
        ("Felt University", "BE"),
        ("Knot Lab", None),
    ]
    assert (zoe.name, zoe.family) == ("Zoé de Okoro", "de Okoro")
    assert (fell.name, fell.family, fell.affiliations) == ("Fell", None, ())


def test_an_organisation_tied_to_no_author_is_the_papers(tmp_path: Path) -> None:
    assert [place.name for place in one(tmp_path, TEI).affiliations] == ["Wool House"]


@pytest.mark.parametrize(
    ("change", "corresponding"),
    [
        (("", ""), [True, None, None]),
        ((' role="corresp"', ""), [None, None, None]),  # two have an address: nobody knows
        (("<email>zoe@example.org</email>", ""), [True, None, None]),
        ((' role="corresp"><persName><forename type="first">Ada', "><persName><forename>Ada"), [None] * 3),
        (("<email>ada@example.org</email>", ""), [True, None, None]),
    ],
)  # fmt: skip
def test_who_is_corresponding_is_said_or_follows_from_the_only_address(
    change: tuple[str, str], corresponding: list[bool | None], tmp_path: Path
) -> None:
    paper = one(tmp_path, TEI.replace(*change) if change[0] else TEI)
    assert [author.is_corresponding for author in paper.authors] == corresponding
    only = TEI.replace(' role="corresp"', "").replace("<email>ada@example.org</email>", "")
    assert [author.is_corresponding for author in one(tmp_path, only).authors] == [None, True, None]


def test_references_are_counted_in_the_text_and_those_without_id_together(tmp_path: Path) -> None:
    paper = one(tmp_path, TEI)
    assert paper.references == (
        Reference(to="doi:10.1000/a", in_text=2),
        Reference(to="arxiv:1901.00007", in_text=1),
        Reference(to="pmc:PMC77", in_text=0),
    )
    assert (paper.references_unidentified, paper.references_complete) == (1, None)


def test_code_is_taken_from_statements_of_availability_only(tmp_path: Path) -> None:
    assert one(tmp_path, TEI).repositories == ("https://github.com/quill/loomnet",)


def test_a_header_alone_says_nothing_of_references(tmp_path: Path) -> None:
    header = TEI[: TEI.index("<text xml")] + "</TEI>"
    paper = one(tmp_path, header)
    assert (paper.references, paper.references_unidentified) == ((), None)
    assert len(paper.authors) == 3


def test_the_key_is_md5_then_doi_then_a_hash_and_never_the_path(tmp_path: Path) -> None:
    without = TEI.replace('<idno type="MD5">', '<idno type="x">')
    assert one(tmp_path, without).key == "doi:10.1000/loom.1"
    bare = without.replace('<idno type="DOI">10.1000/L', '<idno type="y">L')
    (tmp_path / "elsewhere").mkdir()
    key = one(tmp_path, bare).key
    assert key.startswith("loomnet-weaving-graphs~")
    assert one(tmp_path / "elsewhere", bare).key == key
    other = bare.replace("Quill</surname>", "Quillon</surname>")
    assert one(tmp_path, other).key != key


def test_in_a_corpus_equal_documents_pass_once_and_differing_ones_are_said(tmp_path: Path) -> None:
    head, _, document = TEI.partition("\n")
    other = document.replace("Weaving\n  Graphs</title>", "Weaving Others</title>", 1)
    corpus = f"{head}<teiCorpus>{document}{document}{other}</teiCorpus>"
    path = written(tmp_path, corpus)
    assert recognises(path)
    paper, reject = read(path)
    assert isinstance(paper, ParsedPaper)
    assert isinstance(reject, Reject)
    assert reject.reason == f"document 3: has the key {paper.key} of document 1 with other content"


@pytest.mark.parametrize(
    ("when", "date"),
    [("2020-13-05", "2020"), ("2020-02-31", "2020-02"), ("unknown", None), ("0000", None)],
)
def test_of_an_impossible_date_only_the_wrong_part_is_lost(
    when: str, date: str | None, tmp_path: Path
) -> None:
    changed = TEI.replace('when="2020-03-05"', f'when="{when}"').replace(
        '<date type="published" when="2020-03">March 2020</date>', ""
    )
    assert one(tmp_path, changed).date == date


def test_optional_fields_that_are_wrong_are_left_out(tmp_path: Path) -> None:
    changed = (
        TEI.replace("0000-0002-1825-0097", "0000-0002-1825-0098")
        .replace('key="BE"', 'key="Belgium"')
        .replace("10.1000/Loom.1", "see the page")
        .replace("arXiv:2001.00001v2[cs.LG]", "arXiv")
    )
    paper = one(tmp_path, changed)
    assert paper.authors[0].identifiers == ()
    assert organisations(paper.authors[0])[0] == ("Loom Institute", None)
    assert paper.identifiers == ("md5:0123456789abcdef0123456789abcdef",)


def test_a_document_without_title_is_a_reject(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        TEI.replace("LoomNet: Weaving\n  Graphs", "").replace("LoomNet: Weaving Graphs", ""),
    )
    assert recognises(path)  # since GROBID wrote it
    (reject,) = read(path)
    assert isinstance(reject, Reject)
    assert (reject.line, reject.reason) == (2, "document 1: has no title")


WORDS = st.from_regex(r"[A-Za-zéß]{2,8}( [A-Za-z&<]{1,8}){0,3}", fullmatch=True)
FAMILIES = st.from_regex(r"[A-ZÉ][a-z]{2,8}", fullmatch=True)
DOIS = st.from_regex(r"10[.][0-9]{4}/[a-z0-9]{1,8}", fullmatch=True)
INVENTED = st.fixed_dictionaries(
    {
        "title": WORDS,
        "abstract": st.lists(WORDS, max_size=3),
        "authors": st.lists(st.tuples(FAMILIES, FAMILIES, st.lists(WORDS, max_size=2, unique=True)), max_size=4),
        "date": st.sampled_from(("1999", "2001-02", "2020-02-29")),
        "doi": DOIS,
        "cited": st.dictionaries(DOIS, st.integers(0, 3), max_size=4),
        "unidentified": st.integers(0, 2),
    }
)  # fmt: skip


def as_tei(paper: dict[str, object]) -> str:
    authors = "".join(
        f"<author><persName><forename>{given}</forename><surname>{family}</surname></persName>"
        + "".join(
            f'<affiliation><orgName type="institution">{escape(place)}</orgName></affiliation>'
            for place in places
        )
        + "</author>"
        for family, given, places in paper["authors"]
    )
    marks = "".join(
        f'<ref type="bibr" target="#b{at}"/>' * times
        for at, times in enumerate(paper["cited"].values())
    )
    entries = "".join(
        f'<biblStruct xml:id="b{at}"><idno type="DOI">{doi}</idno></biblStruct>'
        for at, doi in enumerate(paper["cited"])
    )
    entries += "<biblStruct/>" * paper["unidentified"]
    abstract = "".join(f"<p>{escape(part)}</p>" for part in paper["abstract"])
    return (
        f"<TEI><teiHeader><fileDesc><titleStmt><title>{escape(paper['title'])}</title></titleStmt>"
        f"<sourceDesc><biblStruct><analytic>{authors}</analytic><monogr><imprint>"
        f'<date when="{paper["date"]}"/></imprint></monogr><idno type="DOI">{paper["doi"]}</idno>'
        f"</biblStruct></sourceDesc></fileDesc><profileDesc><abstract>{abstract}</abstract>"
        f"</profileDesc></teiHeader><text><body><p>{marks}</p></body><back><listBibl>{entries}"
        "</listBibl></back></text></TEI>"
    )


@settings(max_examples=60)
@given(INVENTED)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, invented: dict[str, object]
) -> None:
    path = written(tmp_path_factory.getbasetemp(), as_tei(invented))
    assert recognises(path)
    (paper,) = read(path)
    assert isinstance(paper, ParsedPaper)
    assert paper.title == invented["title"]
    assert paper.date == invented["date"]
    assert paper.identifiers == (f"doi:{invented['doi']}",)
    assert paper.abstract == ("\n\n".join(invented["abstract"]) or None)
    assert [
        (author.family, author.given, [place for place, _ in organisations(author)])
        for author in paper.authors
    ] == invented["authors"]
    assert {one.to: one.in_text for one in paper.references} == {
        f"doi:{doi}": times for doi, times in invented["cited"].items()
    }
    assert (paper.references_unidentified or 0) == invented["unidentified"]


def test_damaged_documents_are_said_to_be(tmp_path: Path) -> None:
    # An entity in a title is nothing, and the title has a second line.
    damaged_xml_is_said_to_be(
        grobid_tei,
        tmp_path,
        TEI,
        "Weaving\n  Graphs",
        read_all_the_same=("in UTF-16", "a bomb", "an external entity"),
        least_known=11,
    )


def test_an_entity_of_the_file_itself_is_a_reject(tmp_path: Path) -> None:
    head, _, rest = TEI.partition("\n")
    changed = rest.replace("LoomNet: Weaving\n  Graphs", "&a;", 1)
    path = written(tmp_path, f'{head}<!DOCTYPE TEI [<!ENTITY a "A title">]>{changed}')
    (reject,) = read(path)
    assert isinstance(reject, Reject)
    assert reject.reason == "document 1: uses the entity &a;, which is not expanded"


def test_a_hundred_thousand_authors_are_no_paper(tmp_path: Path) -> None:
    author = "<author><persName><surname>Fell</surname></persName></author>"
    path = written(tmp_path, TEI.replace(author, author * 100_000))
    (reject,) = read(path)
    assert isinstance(reject, Reject)
    assert reject.reason == "document 1: authors: are more than 20,000"


OTHERS = {
    "a feed": b'<feed xmlns="http://www.w3.org/2005/Atom"/>',
    "an article in JATS": b"<article><front><article-meta/></front></article>",
    "a novel": b"<TEI><teiHeader><fileDesc><titleStmt><title>Wool</title></titleStmt><sourceDesc>"
    b"<bibl>x</bibl></sourceDesc></fileDesc></teiHeader><text/></TEI>",
    "a line of the training corpus": b"<tei><teiHeader/><text><front><docTitle>x</docTitle></front></text></tei>",
    "no header": b"<TEI><text/></TEI>",
    "our own": b'{"key": "a", "title": "b", "source": "c"}',
}


@pytest.mark.parametrize("name", OTHERS)
def test_files_of_others_are_not_taken_for_grobids(name: str, tmp_path: Path) -> None:
    assert not recognises(written(tmp_path, OTHERS[name]))


def test_a_document_is_known_by_its_content(tmp_path: Path) -> None:
    assert detect_format(InputFile(written(tmp_path, TEI))).FORMAT == "grobid-tei"


# By hand from the files: papers, authors with a letter, affiliations of authors, keywords,
# references with DOI, arXiv, PMID or PMC id, references without, marks that point at one.
# The last three are counted below by XPath.
REAL = {
    "grobid-client-tei": [
        ("doi:10.1186/s12984-016-0129-6", 5, 4, 6, "2016-03-08", 0),
        ("doi:10.4103/0366-6999.209897", 8, 0, 5, "2017-07", 2),
        ("doi:10.1186/s12984-016-0129-6", 5, 4, 6, "2016-03-08", 0),
    ],
    "s2orc-doc2json": [(None, 5, 10, 0, None, 1), (None, 23, 0, 0, None, 3)],
}


@pytest.mark.real_files
@pytest.mark.parametrize("archive", REAL)
def test_real_documents(archive: str, shared: Callable[[str], Path]) -> None:
    folder = shared(f"formats/{archive}.tar.xz")
    files = sorted(folder.rglob("*.tei.xml"))
    assert len(files) == len(REAL[archive])
    for file, (key, authors, places, topics, date, loose) in zip(files, REAL[archive], strict=True):
        assert recognises(file)
        (paper,) = read(file)
        assert isinstance(paper, ParsedPaper)
        to_facts(paper)
        assert key is None or paper.key == key
        assert len(paper.authors) == authors
        assert sum(len(author.affiliations) for author in paper.authors) == places
        assert len(paper.affiliations) == loose
        assert len(paper.topics) == topics
        assert paper.date == date
        # Independently, by XPath on the whole file.
        tree = etree.parse(file)
        space = {"t": "http://www.tei-c.org/ns/1.0"}
        entries = tree.xpath("count(//t:listBibl/t:biblStruct)", namespaces=space)
        kinds = "'DOI', 'arXiv', 'PMID', 'PMC', 'PMCID'"
        test = " or ".join(f"@type={kind}" for kind in kinds.split(", "))
        named = tree.xpath(f"count(//t:listBibl/t:biblStruct[.//t:idno[{test}]])", namespaces=space)
        marks = tree.xpath(
            f"count(//t:ref[@type='bibr'][substring(@target, 2) = //t:biblStruct[.//t:idno[{test}]]/@xml:id])",
            namespaces=space,
        )
        assert len(paper.references) + (paper.references_unidentified or 0) == entries
        assert len(paper.references) == named
        assert sum(one.in_text or 0 for one in paper.references) == marks


@pytest.mark.real_files
def test_annotated_corpora_are_papers_only_where_they_are_documents_of_one(
    shared: Callable[[str], Path],
) -> None:
    """Of the 2,315 annotated files none has a title in its header; two samples beside have."""
    folder = shared("formats/grobid-annotated-header-affil.tar.xz")
    corpora = sorted((folder / "grobid-trainer").rglob("*.xml"))
    assert len(corpora) == 2315
    assert not any(recognises(file) for file in corpora)
    samples = [*folder.rglob("sample*.tei*"), *folder.rglob("JP*.tei.xml")]
    fitting = [file.name for file in samples if recognises(file)]
    assert sorted(fitting) == ["sample2.tei.fulltext.xml", "sample_header.tei"]
