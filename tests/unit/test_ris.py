"""RIS: what people rely on when they load an export of a reference manager or a database."""

import string
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_service.model.errors import RecordError
from graph_service.model.records import Location, Organisation, ParsedPaper, Topic
from graph_service.store.process import peak_mebibytes
from loaders import bibtex, nbib, ris
from loaders.facts import to_facts
from loaders.reading import Reject
from loaders.ris import read, recognises
from tests.broken import papers_of_cuts, reject_before_a_paper, survives

RECORD = """TY  - JOUR
TI  - LoomNet: Weaving Graphs
AU  - Quill, Ada
AU  - Okoro, Ben C., Jr.
AU  - Cruz
A2  - Editor, Eva
ED  - Editor, Emil
JF  - Journal of Looms
JO  - J. Looms
PY  - 2020/03/07/
DO  - https://doi.org/10.1000/Loom.1
UR  - https://example.org/loom
KW  - weaving
KW  - *graph theory
AB  - We weave.

Twice, at https://github.com/quill/loomnet.
AD  - Loom University, X
AD  - Yarn Institute, Y
ER  -
"""


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "export.ris"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def papers(folder: Path, content: str) -> list[ParsedPaper]:
    parts = list(read(written(folder, content)))
    found = [part for part in parts if isinstance(part, ParsedPaper)]
    assert found == parts
    return found


def only(folder: Path, content: str) -> ParsedPaper:
    (paper,) = papers(folder, content)
    return paper


def record(*fields: str, kind: str = "JOUR", title: str = "TI  - T") -> str:
    return "\n".join(line for line in (f"TY  - {kind}", title, *fields, "ER  - \n") if line)


def rejects(folder: Path, content: str | bytes) -> list[tuple[int | None, str]]:
    parts = read(written(folder, content))
    return [(part.line, part.reason) for part in parts if isinstance(part, Reject)]


def test_a_record_comes_through_whole(tmp_path: Path) -> None:
    paper = only(tmp_path, RECORD)
    assert paper.source == paper.format == "ris"
    assert paper.key == "doi:10.1000/loom.1"
    assert paper.title == "LoomNet: Weaving Graphs"
    assert paper.kind == "article"
    assert paper.venue == "Journal of Looms"
    assert paper.date == "2020-03-07"
    assert paper.identifiers == ("doi:10.1000/loom.1",)
    assert paper.locations == (Location(url="https://example.org/loom"),)
    assert paper.topics == (
        Topic(scheme="keyword", name="weaving"),
        Topic(scheme="keyword", name="graph theory"),
    )
    assert paper.abstract == "We weave.\n\nTwice, at https://github.com/quill/loomnet."
    assert paper.affiliations == (
        Organisation(name="Loom University, X"),
        Organisation(name="Yarn Institute, Y"),
    )
    assert [(one.family, one.given, one.suffix, one.name) for one in paper.authors] == [
        ("Quill", "Ada", None, "Ada Quill"),
        ("Okoro", "Ben C.", "Jr.", "Ben C. Okoro Jr."),
        (None, None, None, "Cruz"),
    ]
    assert paper.authors_complete is None
    assert [one.id for one in to_facts(paper).repositories] == ["github:quill/loomnet"]


def test_the_source_is_what_the_load_says(tmp_path: Path) -> None:
    (paper,) = read(written(tmp_path, RECORD), source="lab")
    assert isinstance(paper, ParsedPaper)
    assert paper.source == "lab"


@pytest.mark.parametrize(
    ("fields", "people", "groups", "complete"),
    [
        (["A1  - Quill, Ada", "A1  - Okoro, Ben"], ["Ada Quill", "Ben Okoro"], (), None),
        (["AU  - Quill, A", "A1  - Quill, A", "A1  - Cruz, C"], ["A Quill", "C Cruz"], (), None),
        (["AU  - Quill, A", "A1  - Cruz, C"], ["A Quill", "C Cruz"], (), None),
        (["AU  - Quill, A.; Okoro, B."], ["A. Quill", "B. Okoro"], (), None),
        (["AU  - Quill,Ada "], ["Ada Quill"], (), None),
        (["AU  - Quill, Jr., Ada"], ["Ada Quill Jr."], (), None),
        (["AU  - Quill, Ada 3rd"], ["Ada Quill III"], (), None),
        (["AU  - Loom Organization,"], [], ("Loom Organization",), None),
        (["AU  - LOOM Collaboration"], [], ("LOOM Collaboration",), None),
        (["AU  - Quill, Ada", "AU  - et al."], ["Ada Quill"], (), False),
        (["AU  - ", "AU  - Quill, Ada"], ["Ada Quill"], (), None),
        (["ED  - Quill, Ada", "A2  - Okoro, Ben", "A4  - Cruz, C"], [], (), None),
    ],
)
def test_authors_are_persons_and_groups_and_no_editors(
    fields: list[str],
    people: list[str],
    groups: tuple[str, ...],
    complete: bool | None,
    tmp_path: Path,
) -> None:
    paper = only(tmp_path, record(*fields))
    assert [one.name for one in paper.authors] == people
    assert (paper.group_authors, paper.authors_complete) == (groups, complete)


def test_who_edits_a_volume_has_not_written_it(tmp_path: Path) -> None:
    edited, book = papers(
        tmp_path,
        record("AU  - Quill, Ada", kind="EDBOOK", title="TI  - A")
        + record("AU  - Quill, Ada", kind="BOOK"),
    )
    assert edited.authors == ()
    assert [one.name for one in book.authors] == ["Ada Quill"]


@pytest.mark.parametrize("names", ["Quill, A., Okoro, B.", "Ada Quill, Ben Okoro, Carla Cruz"])
def test_people_run_together_are_not_made_one_person(names: str, tmp_path: Path) -> None:
    ((line, reason),) = rejects(tmp_path, record(f"AU  - {names}"))
    assert line == 1
    assert "has more commas than a name" in reason


@pytest.mark.parametrize(
    ("fields", "date"),
    [
        (["PY  - 2005"], "2005"),
        (["PY  - 2005", "DA  - 2005/07/15"], "2005-07-15"),
        (["DA  - 2005/07//", "PY  - 2005///"], "2005-07"),
        (["Y1  - 2016/12//"], "2016-12"),
        (["Y1  - 2015/october"], "2015-10"),
        (["PY  - 2005", "DA  - 2004/12/30"], "2005"),
        (["PY  - 2013/04/18", "PY  - 2013/02/15/received"], "2013-04-18"),
        (["PY  - 2001/00/00/"], "2001"),
        (["PY  - 2001/02/30"], "2001-02"),
        (["PY  - 2020", "DA  - JUN 15"], "2020-06-15"),
        (["PY  - 2020-06-15"], "2020-06-15"),
        (["PY  - 99"], None),
        (["PY  - ///"], None),
        (["Y2  - 2019/03/28"], None),
    ],
)
def test_a_date_is_as_precise_as_it_is_stated(
    fields: list[str], date: str | None, tmp_path: Path
) -> None:
    assert only(tmp_path, record(*fields)).date == date


@pytest.mark.parametrize(
    ("fields", "identifiers"),
    [
        (["DO  - doi:10.1000/a"], ("doi:10.1000/a",)),
        (["M3  - doi: 10.1000/a"], ("doi:10.1000/a",)),
        (["M3  - doi: whatever"], ()),
        (["N1  - doi: 10.1000/b", "DO  - 10.1000/a"], ("doi:10.1000/a",)),
        (["UR  - http://dx.doi.org/10.1000/a"], ("doi:10.1000/a",)),
        (["U1  - 123[pmid]", "U2  - PMC45[pmcid]"], ("pmc:PMC45", "pmid:123")),
        (["DB  - PubMed", "AN  - 123"], ("pmid:123",)),
        (["DB  - Loom Base", "AN  - 123"], ()),
        (["AN  - PMC45"], ("pmc:PMC45",)),
        (["AN  - WOS:000123"], ("wos:000123",)),
        (["UR  - https://arxiv.org/abs/2001.00001v2"], ("arxiv:2001.00001",)),
    ],
)
def test_every_identifier_is_found_where_exporters_put_it(
    fields: list[str], identifiers: tuple[str, ...], tmp_path: Path
) -> None:
    assert only(tmp_path, record(*fields)).identifiers == identifiers


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        ("JOUR", ["T2  - Yarn"], ("article", "Yarn")),
        ("JOUR", ["JO  - Y.", "JF  - Yarn"], ("article", "Yarn")),
        ("CONF", ["T2  - Proc. of Looms", "JF  - Yarn"], ("conference-paper", "Proc. of Looms")),
        ("CHAP", ["BT  - Book of Looms"], ("chapter", "Book of Looms")),
        ("BOOK", ["T2  - A Series"], ("book", None)),
        ("THES", [], ("thesis", None)),
        ("RPRT", [], ("report", None)),
        ("GEN", [], (None, None)),
        ("PAT", [], ("patent", None)),
        ("Journal Article", [], ("article", None)),
        ("JOUR", ["M3  - Review"], ("review", None)),
        ("JOUR", ["M3  - Article"], ("article", None)),
    ],
)
def test_kind_and_venue(
    kind: str, fields: list[str], expected: tuple[str | None, str | None], tmp_path: Path
) -> None:
    paper = only(tmp_path, record(*fields, kind=kind))
    assert (paper.kind, paper.venue) == expected


def test_what_a_thesis_names_is_its_organisation(tmp_path: Path) -> None:
    paper = only(tmp_path, record("PB  - Loom University", kind="THES"))
    assert paper.affiliations == (Organisation(name="Loom University"),)
    assert only(tmp_path, record("PB  - Loom Press")).affiliations == ()


def test_a_title_is_looked_for_where_exporters_put_it(tmp_path: Path) -> None:
    titles = [
        only(tmp_path, record(kind=kind, title=title)).title
        for kind, title in (
            ("JOUR", "T1  - A\n   long   one"),
            ("JOUR", "TI  - \nT1  - B"),
            ("UNPB", "CT  - C"),
            ("BOOK", "BT  - D"),
            ("JOUR", "TI  - On <i>E</i> &amp; F"),
        )
    ]
    assert titles == ["A long one", "B", "C", "D", "On E & F"]


def test_several_addresses_stand_in_one_field_or_in_many(tmp_path: Path) -> None:
    paper = only(
        tmp_path,
        record(
            "UR  - http://a.org/x;y; http://b.org",
            "UR  - http://c.org;http://d.org",
            "L1  - file:///e.pdf",
        ),
    )
    assert [one.url for one in paper.locations] == [
        "http://a.org/x;y", "http://b.org", "http://c.org", "http://d.org",
    ]  # fmt: skip


def test_words_on_lines_of_their_own_are_words_of_their_own(tmp_path: Path) -> None:
    paper = only(tmp_path, record("KW  - weaving", "graph theory", "KW  - a; b"))
    assert [one.name for one in paper.topics] == ["weaving", "graph theory", "a", "b"]


@pytest.mark.parametrize(
    "content",
    [
        RECORD.replace("\n", "\r\n"),
        RECORD.replace("\n", "\r"),
        "\ufeff" + RECORD,
        "\n\nRecord #1 of 2\nProvider: X\n1.\n" + RECORD,
        RECORD.rstrip(),
        RECORD.replace("ER  -", "ER  - "),
        RECORD.replace("ER  -", "ER  - end"),
        RECORD.replace("  -", " -"),
        RECORD + "\n\n\ufeff" + RECORD,
        RECORD.replace("KW  - weaving", "XX  - unknown\nKW  - weaving"),
    ],
    ids=["crlf", "cr", "mark", "preface", "no last line end", "bare end", "words behind the end",
         "one blank", "twice", "unknown tag"],
)  # fmt: skip
def test_the_dialects_of_exporters_say_the_same(content: str, tmp_path: Path) -> None:
    expected = only(tmp_path, RECORD)
    assert only(tmp_path, content) == expected
    assert recognises(tmp_path / "export.ris")


def test_a_text_that_looks_like_a_tag_of_another_dialect_is_text(tmp_path: Path) -> None:
    paper = only(tmp_path, record("AB  - Parts:", "IS - first", "II - second", "DNA  - third"))
    assert paper.abstract == "Parts: IS - first II - second DNA - third"


def test_a_record_that_is_cut_or_untitled_is_a_reject_and_the_rest_is_read(tmp_path: Path) -> None:
    content = "TY  - JOUR\nTI  - Cut\n" + record(title="") + record() + "TY  - JOUR\nTI  - End\n"
    assert rejects(tmp_path, content) == [
        (1, "has no ER line before the next record, at line 3"),
        (3, "has no title"),
        (8, "has no ER line before the file ends; is the file cut?"),
    ]
    assert [one.title for one in read(tmp_path / "export.ris") if isinstance(one, ParsedPaper)] == [
        "T"
    ]


def test_keys_depend_on_what_a_record_says_alone(tmp_path: Path) -> None:
    one, two = record("AU  - Quill, A", "PY  - 2020"), record("AU  - Cruz, C", "PY  - 2020")
    keys = [paper.key for paper in papers(tmp_path, one + two)]
    assert [paper.key for paper in papers(tmp_path, two + one)] == keys[::-1]
    assert len(set(keys)) == 2


def test_the_same_record_twice_is_one_and_two_that_differ_are_named(tmp_path: Path) -> None:
    assert only(tmp_path, RECORD + RECORD).key == "doi:10.1000/loom.1"
    assert rejects(tmp_path, RECORD + RECORD.replace("Twice", "Thrice")) == [
        (21, "stands at line 1 with other content")
    ]


WORDS = st.text(string.ascii_letters + "äßøłč漢", min_size=1, max_size=8)
TEXTS = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
PEOPLE = st.tuples(WORDS, WORDS).filter(
    lambda name: not {one.lower() for one in name} & {"jr", "sr", "ii", "iii", "iv", "team"}
)


@given(
    title=TEXTS,
    people=st.lists(PEOPLE, max_size=5, unique=True),
    date=st.sampled_from((None, (2020,), (2020, 2), (2020, 2, 29))),
    words=st.lists(TEXTS, max_size=3, unique=True),
    abstract=st.none() | st.lists(TEXTS, min_size=1, max_size=3),
    wrapped=st.booleans(),
    utf_16=st.booleans(),
)
def test_what_is_written_is_read_back(
    title: str,
    people: list[tuple[str, str]],
    date: tuple[int, ...] | None,
    words: list[str],
    abstract: list[str] | None,
    wrapped: bool,
    utf_16: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    lines = ["TY  - JOUR", "TI  - " + (title.replace(" ", "\n      ") if wrapped else title)]
    lines += [f"AU  - {family}, {given}" for given, family in people]
    if date:
        lines.append("PY  - " + "/".join(f"{part:02}" for part in date).ljust(10, "/"))
    lines += [f"KW  - {word}" for word in words]
    if abstract:
        lines.append("AB  - " + "\n\n".join(abstract))
    content = "\n".join([*lines, "ER  - "])
    path = tmp_path_factory.mktemp("ris") / "x.ris"
    path.write_bytes(content.encode("utf-16" if utf_16 else "utf-8"))
    (paper,) = read(path)
    assert isinstance(paper, ParsedPaper)
    assert paper.title == title
    assert [(one.given, one.family) for one in paper.authors] == people
    assert paper.date == ("-".join(f"{part:02}" for part in date) if date else None)
    assert [topic.name for topic in paper.topics] == words
    assert paper.abstract == ("\n\n".join(abstract) if abstract else None)


def test_a_file_cut_anywhere_gives_papers_and_rejects(tmp_path: Path) -> None:
    content = "".join(record(f"AU  - Quill, A{n}", title=f"TI  - T{n}") for n in range(20)).encode()
    papers_of_cuts(ris, tmp_path / "cut.ris", content, b"ER  -")


def test_damaged_files_are_said_to_be(tmp_path: Path) -> None:
    for content in (
        b"",
        b"\0" * 1000,
        RECORD.replace("Quill", "Quéll").encode("latin-1"),
        b"no record at all",
        b"AU  - Quill, Ada\nER  - \n",
        b"\n" * 5000,
    ):
        assert isinstance(survives(ris, tmp_path / "x.ris", content), RecordError)


def test_what_is_long_or_many_is_a_reject_in_bounded_time_and_memory(tmp_path: Path) -> None:
    before, began = peak_mebibytes(), perf_counter()
    for fields, reason in (
        (["AU  - Quill, Ada"] * 100_000, "authors: are 100,000, and at most 20,000 can be"),
        (["AB  - " + "x" * 20_000_000], "is longer than 16,777,216 characters"),
        (["AB  - x"] + ["y" * 99] * 200_000, "is longer than 16,777,216 characters"),
    ):
        content = record(*fields) + record(title="TI  - Next")
        reject, _ = reject_before_a_paper(ris, tmp_path / "big.ris", content.encode())
        assert (reject.line, reject.reason) == (1, reason)
    assert perf_counter() - began < 10
    assert peak_mebibytes() - before < 250


@pytest.mark.parametrize(
    ("content", "known"),
    [
        (RECORD, True),
        ("1.\nTY  - JOUR\nAU  - A\n", True),
        ("TY  - JOUR\n\nAU  - A\n", True),
        ("PMID- 123\nOWN - NLM\nTI  - T\n", False),
        ("FN Base\nVR 1.0\nPT J\nAU Quill, A\nER\n", False),
        ("%0 Journal Article\n%A Quill\n", False),
        ("AU  - Quill\nTI  - T\nER  - \n", False),
        ("@misc{a, title={T}}", False),
        ("TY for the flowers\n", False),
        ('{"TY": "JOUR"}', False),
        ("", False),
        ("TY  - " * 10_000 + "\n" * 50_000, False),
    ],
)
def test_ris_is_told_from_what_looks_like_it(content: str, known: bool, tmp_path: Path) -> None:
    path = written(tmp_path, content)
    assert recognises(path) is known
    if known:
        assert not bibtex.recognises(path)
        assert not nbib.recognises(path)


@pytest.mark.real_files
def test_real_files_come_through_whole(shared: Callable[[str], Path]) -> None:
    """Counted with `grep -cP` in each file: '^TY  - ', '^A[U1]  - *\\S', '^KW  - *\\S' and so on.

    There are 51 TY lines; 11 are of one file made to be broken, all of whose three parts are
    rejects. Of the other 40, seven have no title and three differ from another in nothing but
    addresses; the 30 that are papers have 76 authors, 34 words, 3 affiliations and 12 DOIs.
    """
    folders = [shared(f"formats/{name}.tar.xz") for name in ("jabref-import-tests", "rispy-ris")]
    files = [path for folder in folders for path in sorted(folder.rglob("*.ris"))]
    assert len(files) == 34
    unread, found, reasons = [], [], []
    for path in files:
        if not recognises(path):
            unread.append(path.name)
            continue
        for part in read(path):
            if isinstance(part, Reject):
                reasons.append((path.name, part.reason.partition(" at ")[0]))
            else:
                assert isinstance(part, ParsedPaper)
                found.append(part)
    assert unread == ["RisImporterCorrupted.ris", "example_wos.ris"]
    no_end, no_title = "has no ER line before the next record,", "has no title"
    assert reasons == [
        ("RisImporterTest1.ris", no_end),
        ("RisImporterTest1.ris", no_end),
        ("RisImporterTest1.ris", no_title),
        ("RisImporterTestDoiAndJournalTitle.ris", no_title),
        ("example_bom.ris", no_title),
        ("example_custom_list_tags.ris", no_title),
        *[("example_multiline.ris", no_title)] * 3,
        *[("example_urls.ris", "stands")] * 3,
        ("example_utf_chars.ris", no_title),
    ]
    assert (
        len(found),
        sum(len(paper.authors) for paper in found),
        sum(len(paper.topics) for paper in found),
        sum(len(paper.affiliations) for paper in found),
        sum(any(one.startswith("doi:") for one in paper.identifiers) for paper in found),
    ) == (30, 76, 34, 3, 12)
