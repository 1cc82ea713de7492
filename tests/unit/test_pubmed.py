"""PubMed's records: what PubMed says itself of lists and dates, its signs in titles, damage."""

from collections import Counter
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from graph_service.model.records import Organisation, ParsedPaper, Relation, Topic
from loaders import pubmed
from loaders.facts import to_facts
from loaders.inputs import InputFile
from loaders.pubmed import read, recognises
from loaders.reading import Reject
from loaders.runner import detect_format
from loaders.xml_dates import medline_date
from tests.damaged import damaged_xml_is_said_to_be

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD '
    'PubMedArticle, 1st January 2019//EN" "https://dtd.nlm.nih.gov/ncbi/pubmed/out/p.dtd">\n'
)
TITLE = "<ArticleTitle>Looms of Léon.</ArticleTitle>"
QUILL = "<LastName>Quill</LastName><ForeName>Ada B</ForeName><Initials>AB</Initials>"


def record(article: str = "", *, title: str = TITLE, citation: str = "", data: str = "") -> str:
    return (
        f'<PubmedArticle><MedlineCitation><PMID Version="1">77</PMID><Article>{title}{article}'
        f"</Article>{citation}</MedlineCitation><PubmedData>{data}</PubmedData></PubmedArticle>"
    )


def written(folder: Path, *records: str) -> Path:
    path = folder / "pubmed.xml"
    body = f"<PubmedArticleSet>{''.join(records)}</PubmedArticleSet>"
    path.write_text(HEAD.replace("\n<!", "\n<!") + body, encoding="utf-8")
    return path


def paper_of(folder: Path, article: str = "", **more: str) -> ParsedPaper:
    (paper,) = read(written(folder, record(article, **more)))
    assert isinstance(paper, ParsedPaper), paper
    to_facts(paper)
    return paper


def authors(*each: str, complete: str = 'CompleteYN="Y"') -> str:
    return (
        f"<AuthorList {complete}>{''.join(f'<Author>{one}</Author>' for one in each)}</AuthorList>"
    )


def test_a_record_is_kept_under_its_pmid_with_all_its_identifiers(tmp_path: Path) -> None:
    paper = paper_of(
        tmp_path,
        '<Journal><Title>Acta Textoria</Title></Journal><ELocationID EIdType="doi">10.1000/A'
        '</ELocationID><ELocationID EIdType="doi" ValidYN="N">10.1000/wrong</ELocationID>',
        citation="<OtherID Source='NLM'>PMC12 [Available on 01/01/20]</OtherID>",
        data='<ArticleIdList><ArticleId IdType="pubmed">77</ArticleId><ArticleId IdType="pii">X'
        "</ArticleId></ArticleIdList><ReferenceList><Reference><ArticleIdList><ArticleId "
        'IdType="doi">10.1000/cited</ArticleId></ArticleIdList></Reference></ReferenceList>',
    )
    assert (paper.source, paper.key, paper.format) == ("pubmed", "77", "pubmed")
    assert paper.identifiers == ("doi:10.1000/a", "pmc:PMC12", "pmid:77")
    assert (paper.title, paper.venue) == ("Looms of Léon", "Acta Textoria")


@pytest.mark.parametrize(
    ("printed", "title"),
    [
        ("[Of looms &amp; <i>wefts</i>].", "Of looms & wefts"),
        ("[Of looms.]", "Of looms"),
        ("Do looms weave?", "Do looms weave?"),
        ("Looms and so on...", "Looms and so on..."),
        ("[Not Available].", "Métiers"),
    ],
)
def test_titles_are_without_the_signs_of_pubmed(printed: str, title: str, tmp_path: Path) -> None:
    both = f"<ArticleTitle>{printed}</ArticleTitle><VernacularTitle>Métiers.</VernacularTitle>"
    assert paper_of(tmp_path, title=both).title == title


def test_authors_keep_parts_ids_and_affiliations_and_groups_are_apart(tmp_path: Path) -> None:
    paper = paper_of(
        tmp_path,
        authors(
            f'{QUILL}<Suffix>Jr</Suffix><Identifier Source="ORCID">https://orcid.org/'
            "0000-0002-1825-0097</Identifier><AffiliationInfo><Affiliation>Loom Mill, Lyon."
            '</Affiliation><Identifier Source="ROR">https://ror.org/02mhbdp94</Identifier>'
            "</AffiliationInfo><AffiliationInfo><Affiliation>Warp Mill</Affiliation>"
            "</AffiliationInfo>",
            "<LastName>Okoro</LastName><Initials>BC</Initials>"
            '<Identifier Source="ORCID">0000-0002-1825-0098</Identifier>',
            "<CollectiveName>Loom Collaboration.</CollectiveName>",
            "<LastName>Fell</LastName>",
        ).replace("</AuthorList>", '<Author ValidYN="N"><LastName>Qwill</LastName></Author></AuthorList>'),
    )  # fmt: skip
    quill, okoro, fell = paper.authors
    assert (quill.name, quill.family, quill.given, quill.suffix) == (
        "Ada B Quill Jr", "Quill", "Ada B", "Jr",
    )  # fmt: skip
    assert quill.identifiers == ("orcid:0000-0002-1825-0097",)
    assert quill.affiliations == (
        Organisation(name="Loom Mill, Lyon", identifiers=("ror:02mhbdp94",)),
        Organisation(name="Warp Mill"),
    )
    assert (okoro.name, okoro.identifiers) == ("B C Okoro", ())
    assert (fell.name, fell.family, fell.given) == ("Fell", "Fell", None)
    assert paper.group_authors == ("Loom Collaboration",)
    assert paper.authors_complete is True


@pytest.mark.parametrize(
    ("stated", "last", "complete"),
    [
        ('CompleteYN="Y"', QUILL, True),
        ('CompleteYN="N"', QUILL, False),
        ("", QUILL, None),
        ('CompleteYN="Y"', "<CollectiveName>et al.</CollectiveName>", False),
    ],
)
def test_whether_the_list_is_whole_pubmed_says(
    stated: str, last: str, complete: bool | None, tmp_path: Path
) -> None:
    paper = paper_of(tmp_path, authors(QUILL, last, complete=stated))
    assert paper.authors_complete is complete
    assert {one.name for one in paper.authors} == {"Ada B Quill"}


@pytest.mark.parametrize(
    ("words", "date"),
    [
        ("1998 Dec-1999 Jan", "1998"),
        ("2000 Nov-Dec", "2000"),
        ("2000 Spring", "2000"),
        ("1999 Nov 12-18", "1999-11"),
        ("1999 Nov 12", "1999-11-12"),
        ("1999 Nov 31", "1999-11"),
        ("3 March, 2015", "2015-03"),
        ("1976-1977", "1976"),
        ("Autumn", None),
    ],
)
def test_of_a_span_of_time_remains_what_its_ends_share(words: str, date: str | None) -> None:
    assert medline_date(words) == date


def test_the_date_is_the_more_precise_of_print_and_web(tmp_path: Path) -> None:
    def issue(inner: str) -> str:
        return f"<Journal><JournalIssue><PubDate>{inner}</PubDate></JournalIssue></Journal>"

    web = "<ArticleDate><Year>2019</Year><Month>03</Month><Day>02</Day></ArticleDate>"
    printed = "<Year>2019</Year><Month>Jan</Month>"
    assert paper_of(tmp_path, issue(printed) + web).date == "2019-03-02"
    assert paper_of(tmp_path, issue(printed)).date == "2019-01"
    assert paper_of(tmp_path, issue("<Year>2019</Year><Season>Fall</Season>")).date == "2019"
    assert paper_of(tmp_path, issue("<MedlineDate>2001 Jan-Feb</MedlineDate>")).date == "2001"
    assert paper_of(tmp_path, issue("")).date is None


@pytest.mark.parametrize(
    ("types", "kind"),
    [
        (("Journal Article", "Review"), "review"),
        (("Case Reports",), "article"),
        (("Published Erratum",), "erratum"),
        (("Journal Article", "Preprint"), "preprint"),
        (("News",), "news"),
        ((), None),
    ],
)
def test_kinds_say_the_most_of_a_record(
    types: tuple[str, ...], kind: str | None, tmp_path: Path
) -> None:
    listed = "".join(f"<PublicationType>{one}</PublicationType>" for one in types)
    paper = paper_of(tmp_path, f"<PublicationTypeList>{listed}</PublicationTypeList>")
    assert paper.kind == kind


def test_abstracts_keep_their_labels_and_subjects_their_schemes(tmp_path: Path) -> None:
    paper = paper_of(
        tmp_path,
        '<Abstract><AbstractText Label="AIMS">To weave H<sub>2</sub>O.</AbstractText><AbstractText '
        'Label="UNLABELLED">Twice.</AbstractText><CopyrightInformation>(c)</CopyrightInformation>'
        "</Abstract>",
        citation="<MeshHeadingList><MeshHeading><DescriptorName>Textiles</DescriptorName>"
        "<QualifierName>history</QualifierName></MeshHeading></MeshHeadingList>"
        '<KeywordList Owner="NOTNLM"><Keyword>looms.</Keyword></KeywordList>'
        '<KeywordList Owner="NASA"><Keyword>orbit</Keyword></KeywordList>',
    )
    assert paper.abstract == "AIMS: To weave H2O.\n\nTwice."
    assert paper.topics == (
        Topic(scheme="mesh", name="Textiles"),
        Topic(scheme="keyword", name="looms"),
        Topic(scheme="nasa", name="orbit"),
    )


def note(kind: str, pmid: str, source: str = "") -> str:
    return (
        f'<CommentsCorrections RefType="{kind}"><RefSource>{source}</RefSource><PMID>{pmid}</PMID>'
        "</CommentsCorrections>"
    )


def test_references_are_those_of_the_list_and_those_of_notes_once(tmp_path: Path) -> None:
    def reference(*ids: str) -> str:
        return f"<Reference><ArticleIdList>{''.join(ids)}</ArticleIdList></Reference>"

    paper = paper_of(
        tmp_path,
        citation=f"<CommentsCorrectionsList>{note('Cites', '11')}{note('Cites', '12')}"
        "</CommentsCorrectionsList>",
        data="<ReferenceList>"
        + reference('<ArticleId IdType="pubmed">11</ArticleId>',
                    '<ArticleId IdType="doi">10.1000/eleven</ArticleId>')
        + f"<ReferenceList>{reference('<ArticleId IdType=' + repr('pmc') + '>PMC9</ArticleId>')}"
        "</ReferenceList><Reference><Citation>A book</Citation></Reference></ReferenceList>",
    )  # fmt: skip
    assert {one.to for one in paper.references} == {"doi:10.1000/eleven", "pmc:PMC9", "pmid:12"}
    assert paper.references_unidentified == 1
    assert paper.references_complete is None


def test_a_preprint_and_its_publication_are_tied(tmp_path: Path) -> None:
    def relations(kind: str, source: str, preprint: bool) -> tuple[Relation, ...]:
        types = (
            "<PublicationTypeList><PublicationType>Preprint</PublicationType></PublicationTypeList>"
        )
        notes = f"<CommentsCorrectionsList>{note(kind, '9', source)}</CommentsCorrectionsList>"
        return paper_of(tmp_path, types if preprint else "", citation=notes).relations

    assert relations("UpdateIn", "Acta. 2020;1", True) == (
        Relation(kind="preprint-of", to="pmid:9"),
    )
    assert relations("UpdateOf", "bioRxiv. 2019 Jan 2", False) == (
        Relation(kind="published-from", to="pmid:9"),
    )
    assert relations("UpdateOf", "Cochrane Rev. 2001", False) == (
        Relation(kind="version-of", to="pmid:9"),
    )
    assert relations("ErratumIn", "Acta. 2020;1", False) == ()


def test_books_deletions_and_records_without_a_citation(tmp_path: Path) -> None:
    book = (
        "<PubmedBookArticle><BookDocument><PMID>5</PMID><Book><BookTitle>All Looms</BookTitle>"
        "<PubDate><Year>2009</Year><Month>02</Month></PubDate><AuthorList Type='editors'><Author>"
        "<LastName>Ed</LastName></Author></AuthorList></Book><ArticleTitle>Warps.</ArticleTitle>"
        f"<AuthorList Type='authors'><Author>{QUILL}</Author></AuthorList></BookDocument>"
        "</PubmedBookArticle>"
    )
    gone = "<DeleteCitation><PMID>1</PMID><PMID>2</PMID></DeleteCitation>"
    path = written(tmp_path, book, "<PubmedArticle></PubmedArticle>", gone, record(title=""))
    chapter, *rejects = read(path)
    assert isinstance(chapter, ParsedPaper)
    assert (chapter.title, chapter.venue, chapter.kind) == ("Warps", "All Looms", "chapter")
    assert (chapter.date, [one.name for one in chapter.authors]) == ("2009-02", ["Ada B Quill"])
    assert [one.reason for one in rejects if isinstance(one, Reject)] == [
        "record 2: has no citation with a PMID",
        "2 records are deleted at the source (1 2); unload those loaded",
        "record 3: PMID 77 has no title",
    ]


def test_a_citation_alone_is_read(tmp_path: Path) -> None:
    path = tmp_path / "medline.xml"
    path.write_text(f"<MedlineCitation><PMID>7</PMID><Article>{TITLE}</Article></MedlineCitation>")
    assert recognises(path)
    (paper,) = read(path, source="mine")
    assert isinstance(paper, ParsedPaper)
    assert (paper.key, paper.source) == ("7", "mine")


WORD = st.from_regex(r"[A-Z][a-zé]{1,8}", fullmatch=True)
PMID = st.integers(1, 10**8).map(str)
INVENTED = st.fixed_dictionaries(
    {
        "pmid": PMID,
        "title": st.lists(WORD, min_size=1, max_size=5).map(" ".join),
        "date": st.sampled_from(("2020", "2020-02", "2020-02-29")),
        "abstract": st.lists(WORD, max_size=3),
        "authors": st.lists(st.tuples(WORD, WORD, st.lists(WORD, unique=True, max_size=2)), max_size=4),
        "complete": st.booleans(),
        "cited": st.sets(PMID, max_size=4),
        "mesh": st.lists(WORD, unique=True, max_size=3),
    }
)  # fmt: skip


def written_out(invented: dict[str, Any]) -> str:
    """A small writer of PubMed's records."""
    names = ("Year", "Month", "Day")
    date = "".join(
        f"<{name}>{part}</{name}>"
        for name, part in zip(names, invented["date"].split("-"), strict=False)
    )
    people = "".join(
        f"<Author><LastName>{family}</LastName><ForeName>{given}</ForeName>"
        + "".join(
            f"<AffiliationInfo><Affiliation>{place}.</Affiliation></AffiliationInfo>"
            for place in places
        )
        + "</Author>"
        for family, given, places in invented["authors"]
    )
    abstract = "".join(f"<AbstractText>{one}</AbstractText>" for one in invented["abstract"])
    mesh = "".join(
        f"<MeshHeading><DescriptorName>{one}</DescriptorName></MeshHeading>"
        for one in invented["mesh"]
    )
    cited = "".join(
        f'<Reference><ArticleIdList><ArticleId IdType="pubmed">{one}</ArticleId></ArticleIdList>'
        "</Reference>"
        for one in sorted(invented["cited"])
    )
    return record(
        f"<Journal><JournalIssue><PubDate>{date}</PubDate></JournalIssue></Journal>"
        f"<Abstract>{abstract}</Abstract>"
        f'<AuthorList CompleteYN="{"Y" if invented["complete"] else "N"}">{people}</AuthorList>',
        title=f"<ArticleTitle>{escape(invented['title'])}.</ArticleTitle>",
        citation=f"<MeshHeadingList>{mesh}</MeshHeadingList>",
        data=f"<ReferenceList>{cited}</ReferenceList>",
    ).replace('<PMID Version="1">77<', f'<PMID Version="1">{invented["pmid"]}<')


@settings(max_examples=60)
@given(many=st.lists(INVENTED, min_size=1, max_size=3))
def test_what_is_written_out_is_read_back(
    many: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = written(tmp_path_factory.mktemp("pubmed"), *map(written_out, many))
    papers = list(read(path))
    assert len(papers) == len(many)
    for paper, invented in zip(papers, many, strict=True):
        assert isinstance(paper, ParsedPaper)
        assert (paper.key, paper.title, paper.date) == (
            invented["pmid"], invented["title"], invented["date"],
        )  # fmt: skip
        assert paper.abstract == ("\n\n".join(invented["abstract"]) or None)
        assert [
            (one.family, one.given, [at.name for at in one.affiliations]) for one in paper.authors
        ] == invented["authors"]
        whole = invented["complete"] if invented["authors"] or not invented["complete"] else None
        assert paper.authors_complete is whole
        assert {one.to for one in paper.references} == {f"pmid:{one}" for one in invented["cited"]}
        assert [topic.name for topic in paper.topics] == invented["mesh"]


SOUND = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f"<PubmedArticleSet>{record(authors(QUILL))}</PubmedArticleSet>"
)


def test_damaged_files_are_said_to_be(tmp_path: Path) -> None:
    damaged_xml_is_said_to_be(pubmed, tmp_path, SOUND, "Looms of Léon", least_known=11)


def test_a_hundred_thousand_authors_are_no_paper(tmp_path: Path) -> None:
    (reject,) = read(written(tmp_path, record(authors(*[QUILL] * 100_000))))
    assert isinstance(reject, Reject)
    assert reject.reason == "record 1: has more than 20,000 authors"


@pytest.mark.parametrize(
    "content",
    [
        b"<article><front><article-meta/></front></article>",
        b"<eFetchResult><ERROR>Empty result</ERROR></eFetchResult>",
        b"<xml><records/></xml>",
        b'{"key": "a", "title": "b", "source": "c"}',
        b"PMID- 12\nTI  - Looms\n",
    ],
)
def test_files_of_others_are_not_taken_for_pubmeds(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(content)
    assert not recognises(path)


def test_a_file_is_known_by_its_content(tmp_path: Path) -> None:
    assert detect_format(InputFile(written(tmp_path, record()))).FORMAT == "pubmed"


@pytest.mark.real_files
def test_real_records(shared: Callable[[str], Path]) -> None:
    """Of 2,972 files ten are empty answers; of every twelfth, figures are counted by XPath beside."""
    folder = shared("and_medline/medline-and-train-1500.tar.xz")
    found: Counter[str] = Counter()
    counted: Counter[str] = Counter()
    listed = "/PubmedArticleSet/PubmedArticle/MedlineCitation/Article/AuthorList/Author"
    paths = {
        "authors": f"{listed}[LastName][not(@ValidYN='N')]",
        "groups": f"{listed}[CollectiveName]",
        "orcids": f"{listed}/Identifier[@Source='ORCID']",
        "affiliations": f"{listed}[LastName]/AffiliationInfo",
        "mesh": "//MeshHeading/DescriptorName",
        "incomplete": "//Article/AuthorList[@CompleteYN='N']",
    }
    for file in sorted(folder.rglob("*.xml"))[::12]:
        found["files"] += 1
        if not recognises(file):
            found["answers without a record"] += 1
            continue
        (paper,) = read(file)
        assert isinstance(paper, ParsedPaper), file.name
        to_facts(paper)
        assert paper.key == file.stem
        assert paper.date
        found["authors"] += len(paper.authors)
        found["groups"] += len(paper.group_authors)
        found["orcids"] += sum(bool(author.identifiers) for author in paper.authors)
        found["affiliations"] += sum(len(author.affiliations) for author in paper.authors)
        found["mesh"] += sum(topic.scheme == "mesh" for topic in paper.topics)
        found["incomplete"] += paper.authors_complete is False
        tree = etree.parse(file)
        for name, path in paths.items():
            counted[name] += int(tree.xpath(f"count({path})"))
    assert {name: found[name] for name in paths} == dict(counted)
    # grep -L PubmedArticleSet, of the files that `ls | sed -n 1~12p` shows.
    assert (found["files"], found["answers without a record"]) == (248, 0)
