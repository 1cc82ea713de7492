"""NBIB: what people rely on when they load what PubMed exports."""

import string
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_service.model.errors import RecordError
from graph_service.model.records import Organisation, ParsedPaper, Relation, Topic
from graph_service.store.process import peak_mebibytes
from loaders import bibtex, nbib, ris
from loaders.nbib import read, recognises
from loaders.reading import Reject
from tests.broken import papers_of_cuts, reject_before_a_paper, survives

RECORD = """
PMID- 123456
OWN - NLM
STAT- MEDLINE
DP  - 2020 Mar 7
TI  - LoomNet: weaving of
      graphs.
LID - 10.1000/loom.1 [doi]
AB  - BACKGROUND: We weave. METHODS: Twice,
      at https://github.com/quill/loomnet.
FAU - Quill, Ada B 3rd
AU  - Quill AB 3rd
AUID- ORCID: 0000-0002-1825-0097
AD  - Loom University, X, and a very long
      address. ada@example.org.
AD  - Yarn Institute, Y. Electronic address: a.quill@example.org.
FAU - Okoro, Ben
AU  - Okoro B
AUID- ORCID: https://orcid.org/0000-0000-0000-0000
CN  - LOOM Study Group
FIR - Cruz, Carla
IR  - Cruz C
IRAD- Nowhere
LA  - eng
PT  - Journal Article
PT  - Research Support, Non-U.S. Gov't
DEP - 20200301
TA  - J Looms
JT  - Journal of looms
MH  - *Weaving/methods
MH  - Graphs
OT  - *yarn
PMC - PMC45
AID - 10.1000/loom.1 [doi]
AID - loom-1 [pii]
SO  - J Looms. 2020 Mar 7;1:1.
"""


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "export.nbib"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def only(folder: Path, content: str) -> ParsedPaper:
    (paper,) = read(written(folder, content))
    assert isinstance(paper, ParsedPaper)
    return paper


def record(*fields: str, pmid: int = 1, title: str = "TI  - T") -> str:
    return "\n".join((f"PMID- {pmid}", title, *fields, "SO  - J Looms. 2020.", "\n"))


def rejects(folder: Path, content: str | bytes) -> list[tuple[int | None, str]]:
    parts = read(written(folder, content))
    return [(part.line, part.reason) for part in parts if isinstance(part, Reject)]


def test_a_record_comes_through_whole(tmp_path: Path) -> None:
    paper = only(tmp_path, RECORD)
    assert (paper.source, paper.format, paper.key) == ("pubmed", "nbib", "123456")
    assert paper.title == "LoomNet: weaving of graphs"
    assert paper.date == "2020-03-01"
    assert paper.kind == "article"
    assert paper.venue == "Journal of looms"
    assert paper.identifiers == ("doi:10.1000/loom.1", "pmc:PMC45", "pmid:123456")
    assert paper.abstract == (
        "BACKGROUND: We weave. METHODS: Twice, at https://github.com/quill/loomnet."
    )
    assert paper.topics == (
        Topic(scheme="mesh", name="Weaving"),
        Topic(scheme="mesh", name="Graphs"),
        Topic(scheme="keyword", name="yarn"),
    )
    assert paper.group_authors == ("LOOM Study Group",)
    ada, ben = paper.authors
    assert (ada.name, ada.family, ada.given, ada.suffix) == (
        "Ada B Quill III", "Quill", "Ada B", "III",
    )  # fmt: skip
    assert ada.identifiers == ("orcid:0000-0002-1825-0097",)
    assert ada.affiliations == (
        Organisation(name="Loom University, X, and a very long address."),
        Organisation(name="Yarn Institute, Y"),
    )
    assert (ben.name, ben.identifiers, ben.affiliations) == ("Ben Okoro", (), ())
    assert paper.affiliations == ()
    assert paper.authors_complete is None


@pytest.mark.parametrize(
    ("fields", "people", "complete"),
    [
        (["AU  - Quill AB", "AU  - de la Cruz C"], [("Quill", "AB"), ("de la Cruz", "C")], None),
        (["AU  - Quill AB Jr"], [("Quill", "AB")], None),
        (["FAU - Selvamani", "AU  - Selvamani"], [(None, None)], None),
        (["FAU - Quill, Ada", "AU  - Quill A", "AU  - et al."], [("Quill", "Ada")], False),
        (["FAU - Quill, Ada", "FAU - Okoro, Ben"], [("Quill", "Ada"), ("Okoro", "Ben")], None),
        (["FED - Quill, Ada", "ED  - Quill A"], [], None),
    ],
)
def test_an_author_is_one_whether_named_in_full_in_short_or_both(
    fields: list[str],
    people: list[tuple[str | None, str | None]],
    complete: bool | None,
    tmp_path: Path,
) -> None:
    paper = only(tmp_path, record(*fields))
    assert [(one.family, one.given) for one in paper.authors] == people
    assert paper.authors_complete is complete


def test_an_affiliation_before_all_authors_is_the_papers(tmp_path: Path) -> None:
    paper = only(
        tmp_path, record("AD  - Loom University", "FAU - Quill, Ada", "FIR - Cruz, C", "AD  - Yarn")
    )
    assert paper.affiliations == (Organisation(name="Loom University"),)
    assert paper.authors[0].affiliations == ()


@pytest.mark.parametrize(
    ("fields", "date"),
    [
        (["DP  - 2020"], "2020"),
        (["DP  - 2020 Mar"], "2020-03"),
        (["DP  - 2020 Mar 17"], "2020-03-17"),
        (["DP  - 2020 Mar-Apr"], "2020-03"),
        (["DP  - 2020 Mar 17-23"], "2020-03"),
        (["DP  - 2020 Spring"], "2020"),
        (["DP  - 2020 Feb 30"], "2020-02"),
        (["DP  - 2020", "DEP - 20200301"], "2020-03-01"),
        (["DP  - 2020 Mar 7", "DEP - 20191230"], "2019-12-30"),
        (["DP  - 2019 Dec", "DEP - 20200301"], "2019-12"),
        (["DEP - 20201399"], "2020"),
        (["DP  - soon"], None),
    ],
)
def test_the_date_is_the_first_one_as_precise_as_stated(
    fields: list[str], date: str | None, tmp_path: Path
) -> None:
    assert only(tmp_path, record(*fields)).date == date


@pytest.mark.parametrize(
    ("types", "kind"),
    [
        (["Journal Article", "Review"], "review"),
        (["Journal Article", "Meta-Analysis"], "review"),
        (["Comment", "Editorial"], "editorial"),
        (["Published Erratum"], "erratum"),
        (["Retracted Publication", "Journal Article"], "article"),
        (["Retraction of Publication"], "retraction"),
        (["Case Reports"], "article"),
        (["Preprint"], "preprint"),
        (["Research Support, N.I.H., Extramural", "Lecture"], "lecture"),
        ([], None),
    ],
)
def test_the_kind_is_what_says_most(types: list[str], kind: str | None, tmp_path: Path) -> None:
    assert only(tmp_path, record(*(f"PT  - {one}" for one in types))).kind == kind


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("TI  - A loom.", "A loom"),
        ("TI  - Is it a loom?", "Is it a loom?"),
        ("TI  - Looms of the U.S.", "Looms of the U.S."),
        ("TI  - And so on...", "And so on..."),
        ("TI  - [A translated loom].", "A translated loom"),
        ("TI  - [A] loom [B].", "[A] loom [B]"),
        ("TI  - A <sup>2</sup>loom &amp; yarn.", "A 2loom & yarn"),
        ("BTI - A book", "A book"),
    ],
)
def test_a_title_is_without_what_nlm_adds(title: str, plain: str, tmp_path: Path) -> None:
    assert only(tmp_path, record(title=title)).title == plain


def test_preprints_and_their_papers_are_related(tmp_path: Path) -> None:
    preprint = only(tmp_path, record("PT  - Preprint", "UIN - J Looms. 2020. PMID: 77"))
    paper = only(tmp_path, record("UOF - bioRxiv. 2019 Mar 1:. doi: x. PMID: 88"))
    update = only(tmp_path, record("UOF - J Looms. 2010. PMID: 99"))
    assert preprint.relations == (Relation(kind="preprint-of", to="pmid:77"),)
    assert paper.relations == (Relation(kind="published-from", to="pmid:88"),)
    assert update.relations == ()


def test_lines_ends_marks_and_blank_lines_do_not_matter(tmp_path: Path) -> None:
    expected = only(tmp_path, RECORD)
    for content in (
        RECORD.replace("\n", "\r\n"),
        "\ufeff" + RECORD.strip(),
        RECORD + "\n\n" + RECORD,
        RECORD.replace("OWN - NLM", "OWN - NLM\n\n"),
    ):
        assert only(tmp_path, content) == expected


def test_a_record_without_title_is_a_reject_and_the_rest_is_read(tmp_path: Path) -> None:
    content = record(title="LA  - eng", pmid=1) + record(pmid=2)
    assert rejects(tmp_path, content) == [(1, "has no title")]
    assert [one.key for one in read(tmp_path / "export.nbib") if isinstance(one, ParsedPaper)] == [
        "2"
    ]


def test_two_records_of_one_id_that_differ_are_named(tmp_path: Path) -> None:
    content = record(pmid=7) + record("PT  - Letter", pmid=7)
    assert rejects(tmp_path, content) == [(5, "stands at line 1 with other content")]


WORDS = st.text(string.ascii_letters + "äßøłč", min_size=1, max_size=8)
TEXTS = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
PEOPLE = st.tuples(WORDS, WORDS).filter(
    lambda name: not {one.lower() for one in name} & {"jr", "sr", "ii", "iii", "iv", "others"}
)


@given(
    pmid=st.integers(1, 10**8),
    title=TEXTS,
    people=st.lists(st.tuples(PEOPLE, st.lists(TEXTS, max_size=2, unique=True)), max_size=4),
    groups=st.lists(TEXTS, max_size=2, unique=True),
    words=st.lists(TEXTS, max_size=3, unique=True),
    stop=st.sampled_from(("", ".")),
)
def test_what_is_written_is_read_back(
    pmid: int,
    title: str,
    people: list[tuple[tuple[str, str], list[str]]],
    groups: list[str],
    words: list[str],
    stop: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    lines = [f"PMID- {pmid}", "TI  - " + title.replace(" ", "\n      ") + stop]
    for (given_name, family), affiliations in people:
        lines += [f"FAU - {family}, {given_name}", f"AU  - {family} {given_name[0].upper()}"]
        lines += [f"AD  - {one}" for one in affiliations]
    lines += [f"CN  - {one}" for one in groups] + [f"MH  - {one}/methods" for one in words]
    path = tmp_path_factory.mktemp("nbib") / "x.nbib"
    path.write_text("\n".join([*lines, "SO  - X"]), encoding="utf-8")
    (paper,) = read(path)
    assert isinstance(paper, ParsedPaper)
    assert (paper.key, paper.title) == (str(pmid), title)
    assert [
        ((one.given, one.family), [place.name for place in one.affiliations])
        for one in paper.authors
    ] == people
    assert list(paper.group_authors) == groups
    assert [topic.name for topic in paper.topics] == words


def test_a_file_cut_anywhere_gives_whole_papers_and_rejects(tmp_path: Path) -> None:
    content = "".join(
        record("FAU - Quill, Ada", "FAU - Okoro, Ben", pmid=n) for n in range(1, 21)
    ).encode()
    papers = papers_of_cuts(nbib, tmp_path / "cut.nbib", content, b"SO  -")
    assert all(len(one.authors) == 2 for one in papers)


def test_damaged_files_are_said_to_be(tmp_path: Path) -> None:
    for content in (
        b"",
        b"\0" * 1000,
        RECORD.replace("Quill", "Quéll").encode("latin-1"),
        b"no record at all",
        b"\n" * 5000,
    ):
        assert isinstance(survives(nbib, tmp_path / "x.nbib", content), RecordError)
    assert survives(nbib, tmp_path / "x.nbib", RECORD.encode("utf-16")) == [only(tmp_path, RECORD)]


def test_what_is_long_or_many_is_a_reject_in_bounded_time_and_memory(tmp_path: Path) -> None:
    before, began = peak_mebibytes(), perf_counter()
    for fields, reason in (
        (["FAU - Quill, Ada"] * 100_000, "authors: are 100,000, and at most 20,000 can be"),
        (["AB  - " + "x" * 20_000_000], "is longer than 16,777,216 characters"),
    ):
        content = record(*fields) + record(pmid=2)
        reject, _ = reject_before_a_paper(nbib, tmp_path / "big.nbib", content.encode())
        assert (reject.line, reject.reason) == (1, reason)
    assert perf_counter() - began < 60
    assert peak_mebibytes() - before < 250


@pytest.mark.parametrize(
    ("content", "known"),
    [
        (RECORD, True),
        ("\ufeffPMID- 1\r\nTI  - T\r\n", True),
        ("PMID- 1\n", False),
        ("PMID- is what PubMed calls it\nTI  - T", False),
        ("TY  - JOUR\nTI  - T\nER  - \n", False),
        ("PT J\nAU Quill, A\n", False),
        ("@misc{a, title={T}}", False),
        ('{"PMID": 1}', False),
        ("", False),
    ],
)
def test_nbib_is_told_from_what_looks_like_it(content: str, known: bool, tmp_path: Path) -> None:
    path = written(tmp_path, content)
    assert recognises(path) is known
    if known:
        assert not bibtex.recognises(path)
        assert not ris.recognises(path)


@pytest.mark.real_files
def test_a_real_file_comes_through_whole(shared: Callable[[str], Path]) -> None:
    """Counted with `grep -c '^FAU'`, '^AD', '^OT' and '^CN'; read by eye."""
    (path,) = shared("formats/jabref-import-tests.tar.xz").rglob("*.nbib")
    assert recognises(path)
    (paper,) = read(path)
    assert isinstance(paper, ParsedPaper)
    assert len(paper.authors) == 3
    assert [len(one.affiliations) for one in paper.authors] == [1, 1, 1]
    assert paper.affiliations == ()
    assert len(paper.topics) == 5
    assert len(paper.group_authors) == 1
    assert (paper.kind, paper.date) == ("review", "2016-04-19")
    assert sorted(one.partition(":")[0] for one in paper.identifiers) == ["doi", "pmid"]


@pytest.mark.real_files
def test_of_real_files_of_other_formats_none_is_taken_for_a_bibliography(
    shared: Callable[[str], Path],
) -> None:
    names = ("jabref-import-tests", "citation-js", "rispy-ris", "semanticscholar-cassettes",
             "dblp-person-xml", "grobid-client-tei", "openalex-works-sample")  # fmt: skip
    endings = {".bib", ".ris", ".nbib"}
    others = [
        path
        for name in names
        for path in shared(f"formats/{name}.tar.xz").rglob("*")
        if path.is_file() and path.suffix not in endings
    ]
    assert {".isi", ".enw", ".ref", ".xml", ".json"} <= {path.suffix for path in others}
    taken = [
        (path.name, module.FORMAT)
        for path in others
        for module in (bibtex, nbib, ris)
        if module.recognises(path)
    ]
    assert taken == []
