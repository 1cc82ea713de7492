"""arXiv in its three forms: the API's feeds, OAI-PMH, the dump. All papers here are invented."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_service.model.records import ParsedAuthor, ParsedPaper, Topic, Version
from loaders import arxiv_atom, arxiv_dump, arxiv_oai
from loaders.arxiv_fields import Authors, add_printed, journal_of
from loaders.facts import to_facts
from loaders.inputs import InputFile
from loaders.reading import Parsed, Reject
from loaders.runner import detect_format
from tests.damaged import (
    confused,
    damaged_objects_alone_are_lost,
    damaged_xml_is_said_to_be,
    papers_and_parts_of_confused,
)

ENTRY = """<entry>
<id>http://arxiv.org/abs/2101.00001v3</id>
<title>Looms of $\\alpha$-Yarn:
  Weaving Graphs</title>
<updated>2021-05-02T10:00:00Z</updated>
<link href="https://arxiv.org/abs/2101.00001v3" rel="alternate" type="text/html"/>
<link href="https://arxiv.org/pdf/2101.00001v3" rel="related" type="application/pdf" title="pdf"/>
<summary>We weave
yarn.
  Then we knot.</summary>
<category term="cs.LG" scheme="http://arxiv.org/schemas/atom"/>
<category term="cs.CV" scheme="http://arxiv.org/schemas/atom"/>
<category term="68T05 (Primary), 05C80" scheme="http://arxiv.org/schemas/atom"/>
<category term="I.2.6; I.5" scheme="http://arxiv.org/schemas/atom"/>
<published>2021-01-01T09:00:00Z</published>
<arxiv:comment>9 pages, code at https://github.com/quill/looms.</arxiv:comment>
<arxiv:primary_category term="cs.CV"/>
<arxiv:journal_ref>J. Yarn Stud. 12 (2021) 3-9</arxiv:journal_ref>
<author><name>Ada Quill</name><arxiv:affiliation>Loom Institute</arxiv:affiliation></author>
<author><name>Zoé Okoro</name></author>
<author><name>for the Yarn Collaboration</name></author>
<arxiv:doi>10.1000/Yarn.12</arxiv:doi>
</entry>
"""
FEED = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">
<id>https://arxiv.org/api/x</id><title>arXiv Query</title>
%s</feed>
"""
ERROR = """<entry><id>https://arxiv.org/api/errors#bad</id><title>Error</title>
<summary>incorrect id format for q</summary><author><name>arXiv api core</name></author></entry>
"""
OAI = """<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">
<responseDate>2021-06-01T00:00:00Z</responseDate>
<request verb="ListRecords">http://export.arxiv.org/oai2</request>
<ListRecords>%s</ListRecords></OAI-PMH>
"""
RECORD = """<record><header><identifier>oai:arXiv.org:%s</identifier></header>
<metadata>%s</metadata></record>
"""
ARXIV = """<arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>2101.00002</id><created>2021-01-02</created>
<updated>2021-03-04</updated><authors>
<author><keyname>Quill</keyname><forenames>Ada B.</forenames><suffix>Jr</suffix>
<affiliation>Loom Institute</affiliation><affiliation>Yarn Lab</affiliation></author>
<author><keyname>Collaboration</keyname><forenames>The Yarn</forenames></author>
<author><keyname>Zoé</keyname></author></authors>
<title>Knots</title><categories>math.GT cs.DS</categories><msc-class>57K10</msc-class>
<acm-class>F.2.2</acm-class><comments>12 pages</comments><doi>10.1000/a 10.1000/b</doi>
<journal-ref>In Proc. of the 8th Workshop on Knots</journal-ref>
<license>http://example.org/by</license><abstract>  Of knots.</abstract></arXiv>"""
RAW = """<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>math/0101001</id>
<submitter>Ada Quill</submitter>
<version version="v1"><date>Mon, 1 Jan 2001 10:00:00 GMT</date><size>9kb</size></version>
<version version="v2"><date>Tue, 6 Feb 2001 10:00:00 GMT</date><source_type>I</source_type></version>
<title>Felt</title>
<authors>Ada Quill (1), Z. Ok\\'{o}ro (2 and 1) and B. Fell, Jr. ((1) Loom Institute, (2) Yarn Lab)</authors>
<categories>math.CO</categories><abstract>Of felt.</abstract></arXivRaw>"""
CORE = """<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Of Threads and
  Needles</dc:title><dc:creator>Quill, Ada, III</dc:creator><dc:creator>Zoé</dc:creator>
<dc:subject>Mathematics - Logic</dc:subject><dc:subject>03E75 (Primary), 03E35</dc:subject>
<dc:description>  Of threads.</dc:description>
<dc:description>Comment: see github.com/quill/threads</dc:description>
<dc:date>2010-09-06</dc:date><dc:date>2023-01-01</dc:date><dc:type>text</dc:type>
<dc:identifier>http://arxiv.org/abs/1009.0003</dc:identifier>
<dc:identifier>Needle Letters, 34 (3) (2011), pp. 7-8</dc:identifier>
<dc:identifier>doi:10.1000/needle</dc:identifier></oai_dc:dc>"""
DUMPED = {
    "id": "0704.0001",
    "submitter": "Ada Quill",
    "authors": "A. Quill, Z. Ok\\'oro",
    "title": "Spinning of\n  $^{3}$Fleece",
    "comments": "3 pages; withdrawn",
    "journal-ref": None,
    "doi": "10.1000/fleece",
    "report-no": None,
    "categories": "hep-ph math.MP",
    "license": "http://example.org/by",
    "abstract": "  Fleece of 5% Bal\\'azs.\n  More.\n",
    "versions": [
        {"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"},
        {"version": "v2", "created": "Tue, 31 Feb 2007 00:00:00 GMT"},
    ],
    "update_date": "2008-11-26",
    "authors_parsed": [
        ["Quill", "A.", "", "Loom Institute"],
        ["Ok\\'oro", "Z.", "Jr"],
        ["Yarn Collaboration", "", ""],
    ],
}


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def papers(parts: list[Parsed]) -> list[ParsedPaper]:
    assert not [part for part in parts if isinstance(part, Reject)]
    return [part for part in parts if isinstance(part, ParsedPaper)]


def oai(path: Path, arxiv: str, form: str) -> ParsedPaper:
    (paper,) = papers(list(arxiv_oai.read(written(path / "a.xml", OAI % RECORD % (arxiv, form)))))
    return paper


def dump(path: Path, *objects: object) -> Path:
    return written(path / "a.json", "".join(json.dumps(one) + "\n" for one in objects))


def organisations(author: ParsedAuthor) -> list[str]:
    return [one.name for one in author.affiliations]


def test_a_feed_says_everything_that_a_paper_holds(tmp_path: Path) -> None:
    (paper,) = papers(list(arxiv_atom.read(written(tmp_path / "a.xml", FEED % ENTRY))))
    assert (paper.source, paper.key, paper.kind) == ("arxiv", "2101.00001", "preprint")
    assert paper.title == "Looms of α-Yarn: Weaving Graphs"
    assert paper.abstract == "We weave yarn.\n\nThen we knot."
    assert paper.date == "2021-01-01"
    assert paper.versions == (
        Version(name="v1", date="2021-01-01"),
        Version(name="v3", date="2021-05-02"),
    )
    assert paper.identifiers == ("arxiv:2101.00001", "doi:10.1000/yarn.12")
    assert [(author.name, organisations(author)) for author in paper.authors] == [
        ("Ada Quill", ["Loom Institute"]),
        ("Zoé Okoro", []),
    ]
    assert paper.group_authors == ("Yarn Collaboration",)
    assert paper.authors_complete is True
    assert [(topic.scheme, topic.name) for topic in paper.topics] == [
        ("arxiv", "cs.CV"),
        ("arxiv", "cs.LG"),
        ("msc", "68T05"),
        ("msc", "05C80"),
        ("acm", "I.2.6"),
        ("acm", "I.5"),
    ]
    assert paper.venue == "J. Yarn Stud"
    assert paper.repositories == ("https://github.com/quill/looms",)
    assert [(one.url, one.version) for one in paper.locations] == [
        ("https://arxiv.org/abs/2101.00001", None),
        ("https://arxiv.org/pdf/2101.00001v3", "v3"),
    ]


def test_what_the_api_says_of_a_wrong_query_is_a_reject(tmp_path: Path) -> None:
    parts = list(arxiv_atom.read(written(tmp_path / "a.xml", FEED % (ERROR + ENTRY))))
    assert isinstance(parts[0], Reject)
    assert parts[0].reason == "entry 1: the API answers: incorrect id format for q"
    assert isinstance(parts[1], ParsedPaper)
    assert list(arxiv_atom.read(written(tmp_path / "b.xml", FEED % ""))) == []


def test_a_first_version_is_one_version(tmp_path: Path) -> None:
    entry = ENTRY.replace("v3", "v1")
    (paper,) = papers(list(arxiv_atom.read(written(tmp_path / "a.xml", FEED % entry))))
    assert paper.versions == (Version(name="v1", date="2021-01-01"),)


def test_oai_gives_names_in_parts_and_all_of_their_affiliations(tmp_path: Path) -> None:
    paper = oai(tmp_path, "2101.00002", ARXIV)
    ada, zoe = paper.authors
    assert (ada.name, ada.family, ada.given, ada.suffix) == (
        "Ada B. Quill Jr",
        "Quill",
        "Ada B.",
        "Jr",
    )
    assert organisations(ada) == ["Loom Institute", "Yarn Lab"]
    assert (zoe.name, zoe.family) == ("Zoé", None)
    assert paper.group_authors == ("The Yarn Collaboration",)
    assert (paper.key, paper.date, paper.abstract) == ("2101.00002", "2021-01-02", "Of knots.")
    assert paper.identifiers == ("arxiv:2101.00002", "doi:10.1000/a", "doi:10.1000/b")
    assert [topic.name for topic in paper.topics] == ["math.GT", "cs.DS", "57K10", "F.2.2"]
    assert [one.licence for one in paper.locations] == ["http://example.org/by"]
    assert paper.venue is None  # "Proc. of the 8th Workshop" names none before its number


def test_raw_metadata_give_every_version_and_tie_numbered_affiliations(tmp_path: Path) -> None:
    paper = oai(tmp_path, "math/0101001", RAW)
    assert [(author.name, organisations(author)) for author in paper.authors] == [
        ("Ada Quill", ["Loom Institute"]),
        ("Z. Okóro", ["Yarn Lab", "Loom Institute"]),
        ("B. Fell, Jr.", []),
    ]
    assert paper.versions == (
        Version(name="v1", date="2001-01-01"),
        Version(name="v2", date="2001-02-06"),
    )
    assert (paper.key, paper.date) == ("math/0101001", "2001-01-01")
    assert [one.version for one in paper.locations] == ["withdrawn"]


def test_dublin_core_tells_comments_from_the_abstract_and_the_journal_from_ids(
    tmp_path: Path,
) -> None:
    paper = oai(tmp_path, "1009.0003", CORE)
    assert (paper.title, paper.abstract) == ("Of Threads and Needles", "Of threads.")
    assert [author.name for author in paper.authors] == ["Ada Quill III", "Zoé"]
    assert (paper.authors[0].family, paper.authors[0].suffix) == ("Quill", "III")
    assert paper.date == "2010-09-06"
    assert paper.identifiers == ("arxiv:1009.0003", "doi:10.1000/needle")
    assert paper.venue == "Needle Letters"
    assert paper.repositories == ("github.com/quill/threads",)
    assert [(topic.scheme, topic.name) for topic in paper.topics] == [
        ("arxiv-subject", "Mathematics - Logic"),
        ("msc", "03E75"),
        ("msc", "03E35"),
    ]


def test_oai_says_what_is_deleted_or_wrong(tmp_path: Path) -> None:
    deleted = '<record><header status="deleted"><identifier>oai:arXiv.org:1</identifier></header></record>'
    error = '<error code="noRecordsMatch">nothing</error>'
    other = RECORD % ("2", "<marc xmlns='urn:x'/>")
    path = written(tmp_path / "a.xml", OAI % (deleted + other + RECORD % ("3", "") + error))
    parts = list(arxiv_oai.read(path))
    assert [part.reason for part in parts if isinstance(part, Reject)] == [
        "record 1: oai:arXiv.org:1 is deleted at the source; unload it if it is loaded",
        "record 2: oai:arXiv.org:2 is in marc, not in arXiv, arXivRaw or oai_dc",
        "record 3: oai:arXiv.org:3 has no metadata",
        "record 3: arXiv answers: noRecordsMatch, nothing",
    ]


def test_the_dump_gives_parts_of_names_affiliations_and_versions(tmp_path: Path) -> None:
    (paper,) = papers(list(arxiv_dump.read(dump(tmp_path, DUMPED))))
    ada, zoe = paper.authors
    assert (ada.name, ada.family, ada.given) == ("A. Quill", "Quill", "A.")
    assert organisations(ada) == ["Loom Institute"]
    assert (zoe.name, zoe.family, zoe.suffix) == ("Z. Okóro Jr", "Okóro", "Jr")
    assert paper.group_authors == ("Yarn Collaboration",)
    assert paper.title == "Spinning of ^3Fleece"
    assert paper.abstract == "Fleece of 5% Balázs.\n\nMore."
    # A day that no calendar has loses only the day.
    assert [version.date for version in paper.versions] == ["2007-04-02", "2007-02"]
    assert (paper.key, paper.date) == ("0704.0001", "2007-04-02")
    assert paper.topics == (
        Topic(scheme="arxiv", name="hep-ph"),
        Topic(scheme="arxiv", name="math.MP"),
    )
    assert paper.identifiers == ("arxiv:0704.0001", "doi:10.1000/fleece")


@pytest.mark.parametrize(
    ("comments", "said"),
    [
        ("This paper has been withdrawn by the author", "withdrawn"),
        ("Withdrawn: Lemma 2 fails", "withdrawn"),
        ("3 pages, supersedes a withdrawn one", None),
        (None, None),
    ],
)
def test_a_withdrawn_paper_is_kept_and_said_to_be_one(
    comments: str | None, said: str | None, tmp_path: Path
) -> None:
    (paper,) = papers(list(arxiv_dump.read(dump(tmp_path, {**DUMPED, "comments": comments}))))
    assert [one.version for one in paper.locations] == [said]


def test_names_of_the_dump_are_read_from_the_line_where_parts_are_missing(tmp_path: Path) -> None:
    found = {key: value for key, value in DUMPED.items() if key != "authors_parsed"}
    (paper,) = papers(list(arxiv_dump.read(dump(tmp_path, found))))
    assert [author.name for author in paper.authors] == ["A. Quill", "Z. Okóro"]


@pytest.mark.parametrize(
    ("line", "people", "groups", "cut"),
    [
        ("A. Quill, B. Okoro and C. Fell", ["A. Quill", "B. Okoro", "C. Fell"], [], False),
        ("Ada Anderson & Andy Band", ["Ada Anderson", "Andy Band"], [], False),
        ("Yarn Collaboration: A. Quill, B. Fell", ["A. Quill", "B. Fell"], ["Yarn Collaboration"], False),
        ("A. Quill (Univ. (of) Looms) for the Yarn Collaboration", ["A. Quill"], ["Yarn Collaboration"], False),
        ("A. Quill, et al. (105 additional authors not shown)", ["A. Quill"], [], True),
        ("A. Quill (deceased) and B. Fell (Eds.)", ["A. Quill", "B. Fell"], [], False),
        ("A. Quill and others", ["A. Quill"], [], True),
        ("A. Quill, Jr., B. Fell III", ["A. Quill, Jr.", "B. Fell III"], [], False),
        ("Alma Etal, Gil Teamster", ["Alma Etal", "Gil Teamster"], [], False),
        ("A. Quill (", ["A. Quill"], [], False),
        (")), *, A. Quill", ["A. Quill"], [], False),
        ("", [], [], False),
    ],
)  # fmt: skip
def test_a_line_of_names_is_taken_apart(
    line: str, people: list[str], groups: list[str], cut: bool
) -> None:
    authors = Authors()
    add_printed(authors, line)
    assert [author.name for author in authors.people] == people
    assert list(authors.groups) == groups
    assert any(author.affiliations for author in authors.people) is ("Univ" in line)
    assert authors.cut is cut


@pytest.mark.parametrize(
    ("reference", "journal"),
    [
        ("Yarn.Rev.D76:013009,2007", "Yarn.Rev.D"),
        ("Journal of Felt, Vol 95, Issue 1, 2017", "Journal of Felt"),
        ("In Proceedings of LOOM 2019", "Proceedings of LOOM"),
        ("Proceedings of the 12th Loom Conference, 2007", None),
        ("2008 Loom Days", None),
        ("to appear", None),
    ],
)
def test_a_journal_is_named_only_where_its_name_ends_at_a_number(
    reference: str, journal: str | None
) -> None:
    assert journal_of(reference) == journal


def test_the_forms_of_one_paper_have_one_key_so_that_the_latest_replaces(tmp_path: Path) -> None:
    dumped = next(iter(arxiv_dump.read(dump(tmp_path, {**DUMPED, "id": "2101.00002"}))))
    harvested = oai(tmp_path, "2101.00002", ARXIV)
    assert isinstance(dumped, ParsedPaper)
    assert to_facts(dumped).id == to_facts(harvested).id == "arxiv:2101.00002"
    (named,) = list(arxiv_dump.read(tmp_path / "a.json", source="mirror"))
    assert isinstance(named, ParsedPaper)
    assert named.source == "mirror"


# Letters that TeX and XML leave alone; blanks inside only.
WORDS = st.from_regex(r"[A-Za-zéöß]{1,8}( [A-Za-z]{1,8}){0,3}", fullmatch=True)
FAMILIES = st.from_regex(r"[A-ZÉ][bdfghjklp]{2,8}", fullmatch=True)
GIVEN = st.from_regex(r"[A-Z][bdfghjklp]{2,6}( [A-Z]\.)?", fullmatch=True)
IDS = st.from_regex(r"[0-9]{2}(0[1-9]|1[0-2])[.][0-9]{5}", fullmatch=True)
INVENTED = st.fixed_dictionaries(
    {
        "id": IDS,
        "title": WORDS,
        "abstract": st.lists(WORDS, min_size=1, max_size=3),
        "authors": st.lists(st.tuples(FAMILIES, GIVEN, WORDS | st.just("")), min_size=1, max_size=4),
        "date": st.dates(),
        "categories": st.lists(st.sampled_from(("cs.LG", "hep-ph", "math.GT")), unique=True),
        "doi": st.from_regex(r"10[.][0-9]{4}/[a-z0-9]{1,8}", fullmatch=True),
    }
)  # fmt: skip


def as_entry(paper: dict[str, object]) -> str:
    authors = "".join(
        f"<author><name>{given} {family}</name>"
        + (f"<arxiv:affiliation>{place}</arxiv:affiliation>" if place else "")
        + "</author>"
        for family, given, place in paper["authors"]
    )
    abstract = "\n\n".join(paper["abstract"])
    categories = "".join(f'<category term="{one}"/>' for one in paper["categories"])
    return (
        f"<entry><id>http://arxiv.org/abs/{paper['id']}v1</id><title>{escape(paper['title'])}</title>"
        f"<published>{paper['date'].isoformat()}T01:02:03Z</published>"
        f"<summary>{abstract}</summary>{authors}{categories}"
        f"<arxiv:doi>{paper['doi']}</arxiv:doi></entry>"
    )


def as_object(paper: dict[str, object]) -> dict[str, object]:
    return {
        "id": paper["id"],
        "title": paper["title"],
        "abstract": "".join(f"  {part}\n" for part in paper["abstract"]),
        "authors_parsed": [[family, given, "", *([place] if place else [])] for family, given, place in paper["authors"]],
        "versions": [{"version": "v1", "created": paper["date"].strftime("%a, %d %b ") + f"{paper['date'].year:04} 01:02:03 GMT"}],
        "categories": " ".join(paper["categories"]),
        "doi": paper["doi"],
    }  # fmt: skip


@settings(max_examples=40)
@given(INVENTED)
def test_what_is_written_in_either_form_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, invented: dict[str, object]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    entry = papers(list(arxiv_atom.read(written(folder / "a.xml", FEED % as_entry(invented)))))
    dumped = papers(list(arxiv_dump.read(dump(folder, as_object(invented)))))
    for paper in (*entry, *dumped):
        assert paper.key == invented["id"]
        assert paper.title == invented["title"]
        assert paper.abstract == "\n\n".join(invented["abstract"])
        assert paper.identifiers == (f"arxiv:{invented['id']}", f"doi:{invented['doi']}")
        assert [topic.name for topic in paper.topics] == invented["categories"]
        assert [(one.name, organisations(one)) for one in paper.authors] == [
            (f"{given} {family}", [place] if place else [])
            for family, given, place in invented["authors"]
        ]
    assert [paper.date for paper in entry] == [invented["date"].isoformat()]
    # A mail's year has four digits from 1900 on for certain.
    if invented["date"].year >= 1900:
        assert [paper.date for paper in dumped] == [invented["date"].isoformat()]
    assert {(one.family, one.given) for one in dumped[0].authors} == {
        (family, given) for family, given, _ in invented["authors"]
    }


RAW_FILE = OAI % RECORD % ("math/0101001", RAW.replace("Felt", "Félt"))
XML_FILES = {
    arxiv_atom: (FEED % ENTRY, "Weaving Graphs"),
    arxiv_oai: (OAI % RECORD % ("2101.00002", ARXIV), "Knots"),
}


@pytest.mark.parametrize("module", XML_FILES, ids=lambda module: module.FORMAT)
def test_damaged_feeds_and_answers_are_said_to_be(module: ModuleType, tmp_path: Path) -> None:
    sound, title = XML_FILES[module]
    damaged_xml_is_said_to_be(module, tmp_path, sound, title)


def test_a_damaged_dump_loses_the_damaged_object_only(tmp_path: Path) -> None:
    zoe = ["Okóro", "Zoé", ""]
    named = {**DUMPED, "authors_parsed": [*DUMPED["authors_parsed"], zoe]}
    damaged_objects_alone_are_lost(arxiv_dump, tmp_path, named, b'{"id": 3}')


def test_values_of_a_wrong_type_are_left_out_or_reject_the_object(tmp_path: Path) -> None:
    objects = list(confused(DUMPED))
    assert len(objects) > 400
    papers, parts = papers_and_parts_of_confused(arxiv_dump, tmp_path / "a.json", objects)
    assert parts == len(objects)
    assert papers > parts / 2


def test_a_hundred_thousand_authors_are_no_paper(tmp_path: Path) -> None:
    many = {**DUMPED, "authors_parsed": [["Quill", "Ada", ""]] * 100_000}
    (reject,) = arxiv_dump.read(dump(tmp_path, many))
    assert isinstance(reject, Reject)
    assert reject.reason == "authors: are more than 20,000"
    author = "<author><name>Ada Quill</name></author>"
    entry = ENTRY.replace("<author>", author * 100_000 + "<author>", 1)
    (reject,) = arxiv_atom.read(written(tmp_path / "a.xml", FEED % entry))
    assert isinstance(reject, Reject)
    assert reject.reason == "entry 1: authors: are more than 20,000"


def test_a_hostile_line_of_names_takes_no_time(tmp_path: Path) -> None:
    for sign in (",", "(", "((1) a ", "\\cite[", "\\'", " team", "$1 "):
        line = sign * (200_000 // len(sign))
        found = {
            **DUMPED,
            "authors": line,
            "title": line,
            "journal-ref": line,
            "authors_parsed": [],
        }
        parts = list(arxiv_dump.read(dump(tmp_path, found)))
        assert len(parts) == 1


FILES = {
    "arxiv-atom": (FEED % ENTRY).encode(),
    "arxiv-oai": RAW_FILE.encode(),
    "arxiv-dump": json.dumps(DUMPED).encode(),
}
OTHERS = {
    "a feed of somebody else": FEED.replace("arxiv.org/api", "example.org/x").encode(),
    "a daily feed": (FEED % "").replace("arxiv.org/api/x", "rss.arxiv.org/atom/cs").encode(),
    "another archive": RAW_FILE.replace("arXiv.org", "example.org").replace("arxiv.org/oai2", "").encode(),
    "a record of something": b"<record><header><identifier>x</identifier></header></record>",
    "another object": b'{"id": "https://openalex.org/W1", "title": "x", "authorships": []}',
    "CSL": b'[{"id": "0704.0001", "type": "article", "title": "x", "categories": []}]',
    "our own": b'{"key": "a", "title": "b", "source": "c"}',
}  # fmt: skip


@pytest.mark.parametrize("form", FILES)
def test_a_file_is_known_by_its_content_and_by_one_format_only(form: str, tmp_path: Path) -> None:
    path = written(tmp_path / "a", FILES[form])
    assert form == detect_format(InputFile(path)).FORMAT
    known = [
        module.FORMAT for module in (arxiv_atom, arxiv_oai, arxiv_dump) if module.recognises(path)
    ]
    assert known == [form]


@pytest.mark.parametrize("name", OTHERS)
def test_files_of_others_are_not_taken_for_arxiv(name: str, tmp_path: Path) -> None:
    path = written(tmp_path / "a", OTHERS[name])
    assert not any(module.recognises(path) for module in (arxiv_atom, arxiv_oai, arxiv_dump))


@pytest.mark.real_files
def test_recorded_answers_of_the_api(shared: Callable[[str], Path], tmp_path: Path) -> None:
    """Counted in the XML by its tags: `<entry>`, `<author>`, `<arxiv:doi>` and so on.

    Each answer is kept as JSON whose `body` holds the bytes of the feed as if they were Latin-1.
    """
    folder = shared("formats/arxiv-atom-fixtures.tar.xz") / "tests" / "fixtures"
    found = Counter[str]()
    for file in sorted(folder.glob("*.json")):
        path = written(tmp_path / "a.xml", json.loads(file.read_bytes())["body"].encode("latin-1"))
        text = path.read_text()
        assert arxiv_atom.recognises(path)
        parts = list(arxiv_atom.read(path))
        rejects = [part for part in parts if isinstance(part, Reject)]
        read = [part for part in parts if isinstance(part, ParsedPaper)]
        assert len(parts) == text.count("<entry>")
        assert len(rejects) == text.count("<title>Error</title>")
        names = sum(len(paper.authors) + len(paper.group_authors) for paper in read)
        assert names == text.count("<author>") - len(rejects)
        placed = sum(len(author.affiliations) for paper in read for author in paper.authors)
        assert placed == text.count("<arxiv:affiliation>")
        dois = sum(len(paper.identifiers) - 1 for paper in read)
        assert dois == text.count("<arxiv:doi>")
        for paper in read:
            to_facts(paper)
        found += Counter(papers=len(read), rejects=len(rejects), authors=names, dois=dois)
    assert found == Counter(papers=221, rejects=1, authors=846, dois=60)


@pytest.mark.real_files
def test_harvested_records(shared: Callable[[str], Path]) -> None:
    """Counted with grep: `<dc:title>`, `<dc:creator>`, `doi:` in the files named arxiv_*.xml."""
    folder = shared("formats/ads-ingest-parser.tar.xz") / "tests" / "stubdata" / "input"
    read = [
        paper
        for file in sorted(folder.glob("*.xml"))
        if arxiv_oai.recognises(file)
        for paper in papers(list(arxiv_oai.read(file)))
    ]
    files = sorted(folder.glob("arxiv_*.xml"))
    text = "".join(file.read_text() for file in files)
    assert len(read) == text.count("<dc:title>") == 7
    assert sum(len(paper.authors) for paper in read) == text.count("<dc:creator>") == 25
    dois = sum(one.startswith("doi:") for paper in read for one in paper.identifiers)
    assert dois == text.count("<dc:identifier>doi:") == 3
    assert all(author.family and author.given for paper in read for author in paper.authors)
    assert sum(bool(paper.repositories) for paper in read) == 1
