"""Our own JSON lines: exact both ways, each fault a reject with its line."""

import json
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from graph_service.model.errors import RecordError
from graph_service.model.records import (
    Location,
    NamedPerson,
    Organisation,
    PaperRecord,
    ParsedAuthor,
    ParsedPaper,
    ParsedPerson,
    ParsedSource,
    Reference,
    Relation,
    Topic,
    Version,
)
from loaders import json_lines
from loaders.facts import to_facts
from loaders.json_lines import line_of, read, recognises, schema
from loaders.reading import Parsed, Reject

PAPER = ParsedPaper(
    source="lab",
    key="looms-2020",
    format="json-lines",
    title="LoomNet: Weaving Graphs",
    date="2020-03",
    abstract="We weave.\nTwice.",
    authors=(ParsedAuthor(name="Ada Quill"), ParsedAuthor(name="Ben Okoro")),
    authors_complete=True,
    references=(Reference(to="lab:yarns-2018", intent="extends", in_text=3),),
)
SOURCE = ParsedSource(name="lab", format="json-lines", label="The lab's list", metrics={"h": 3})

LINES = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=20
).filter(str.strip)
NAMES = st.from_regex(r"[A-Za-zé]{1,8} [A-Z][a-z]{0,8}", fullmatch=True)
KEYS = st.from_regex(r"[!-~]{1,12}", fullmatch=True)
SOURCE_NAMES = st.from_regex(r"[a-z0-9_][a-z0-9_.-]{0,9}", fullmatch=True).filter(
    lambda name: name not in {"source", "person"}
)
ORGANISATIONS = st.lists(
    st.builds(
        Organisation,
        name=LINES,
        identifiers=st.sampled_from(((), ("ror:012345678",))),
        country=st.sampled_from((None, "NZ")),
    ),
    max_size=3,
).map(tuple)
AUTHORS = st.builds(
    ParsedAuthor,
    name=NAMES,
    family=st.none() | NAMES,
    identifiers=st.sampled_from(((), ("orcid:0000-0002-1825-0097", "s2:7"))),
    orcid_authenticated=st.sampled_from((None, True, False)),
    affiliations=ORGANISATIONS,
    is_corresponding=st.sampled_from((None, True, False)),
    roles=st.lists(LINES, max_size=2).map(tuple),
)
PEOPLE = st.builds(
    ParsedPerson,
    source=SOURCE_NAMES,
    key=KEYS,
    format=LINES,
    names=st.lists(st.builds(NamedPerson, name=NAMES), min_size=1, max_size=3).map(tuple),
    identifiers=st.sampled_from(((), ("dblp:12/345",))),
    affiliations=ORGANISATIONS,
)
PAPERS = st.builds(
    ParsedPaper,
    source=SOURCE_NAMES,
    key=KEYS,
    format=LINES,
    title=LINES,
    date=st.sampled_from((None, "2020", "2020-02", "2020-02-29")),
    abstract=st.none()
    | st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0")),
    venue=st.none() | LINES,
    authors_complete=st.sampled_from((None, True, False)),
    has_code=st.sampled_from((None, True, False)),
    affiliations=ORGANISATIONS,
    topics=st.lists(st.builds(Topic, scheme=LINES, name=LINES), max_size=3).map(tuple),
    references=st.lists(
        st.builds(
            Reference,
            to=KEYS.map(lambda key: f"lab:{key}"),
            intent=st.none() | LINES,
            influential=st.sampled_from((None, True, False)),
            in_text=st.none() | st.integers(0, 9),
        ),
        max_size=3,
    ).map(tuple),
    authors=st.lists(AUTHORS, max_size=4).map(tuple),
    identifiers=st.sampled_from(((), ("doi:10.1000/a",), ("arxiv:2001.00001", "openalex:W1"))),
    versions=st.lists(st.builds(Version, name=LINES), max_size=2).map(tuple),
    relations=st.sampled_from(((), (Relation(kind="preprint-of", to="doi:10.1000/b"),))),
    group_authors=st.lists(LINES, max_size=2).map(tuple),
    locations=st.lists(st.builds(Location, url=LINES, licence=st.none() | LINES), max_size=2).map(
        tuple
    ),
    references_unidentified=st.none() | st.integers(0, 9),
    subject=st.none() | NAMES,
)
SOURCES = st.builds(
    ParsedSource,
    name=SOURCE_NAMES,
    format=LINES,
    label=LINES,
    announced_papers=st.none() | st.integers(0, 2**63 - 1),
    metrics=st.dictionaries(LINES, st.integers(-(2**62), 2**62) | LINES, max_size=3),
)


def written(folder: Path, *lines: bytes) -> Path:
    path = folder / "papers.jsonl"
    path.write_bytes(b"".join(lines))
    return path


def rejects(parts: list[Parsed]) -> list[tuple[int, str]]:
    return [(part.line, part.reason) for part in parts if isinstance(part, Reject)]


@given(parsed=st.lists(PAPERS | SOURCES | PEOPLE, min_size=1, max_size=5))
def test_what_is_written_is_read_back_equal(
    parsed: list[ParsedPaper | ParsedSource], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = written(tmp_path_factory.mktemp("lines"), *map(line_of, parsed))
    assert list(read(path)) == parsed


@given(PAPERS | SOURCES | PEOPLE)
def test_what_is_written_fits_the_schema(parsed: ParsedPaper | ParsedSource) -> None:
    Draft202012Validator(schema()).validate(json.loads(line_of(parsed)))


def test_the_schema_is_one_and_says_no_to_what_the_loader_rejects() -> None:
    Draft202012Validator.check_schema(schema())
    fits = Draft202012Validator(schema()).is_valid
    line = json.loads(line_of(PAPER))
    assert fits({name: line[name] for name in ("key", "title")})
    assert not fits({"title": "No key"})
    assert not fits({**line, "colour": "red"})
    assert not fits({**line, "type": "person"})
    assert not fits({**line, "authors": [{"nom": "Ada"}]})


def test_a_line_may_leave_out_source_format_and_type(tmp_path: Path) -> None:
    path = written(tmp_path, b'{"key": "a", "title": "One"}\n\n{"key": "b", "title": "Two"}')
    first, second = read(path, source="mine")
    assert first == ParsedPaper(source="mine", key="a", format="json-lines", title="One")
    assert isinstance(second, ParsedPaper)
    reason = "source: is missing; name it in the line, or for all with --source NAME"
    assert rejects(list(read(path))) == [(1, reason), (3, reason)]


def test_the_name_that_a_load_gives_wins(tmp_path: Path) -> None:
    paper, source = read(written(tmp_path, line_of(PAPER), line_of(SOURCE)), source="mine")
    assert isinstance(paper, ParsedPaper)
    assert isinstance(source, ParsedSource)
    assert (paper.source, source.name) == ("mine", "mine")


FAULTS = {
    b'{"key": "a", "title"': "is no JSON: unexpected end of data (byte 21 of the line)",
    b"[1, 2]": "is no JSON object",
    b'"text"': "is no JSON object",
    b'{"key": "\xff", "title": "A"}': "is no JSON: str is not valid UTF-8: surrogates not allowed "
    "(byte 1 of the line)",
    b'{"type": "journal", "key": "a"}': "type: is none of paper, source, person",
    b'{"type": ["paper"], "key": "a"}': "type: is none of paper, source, person",
    b'{"source": "lab", "key": "a", "title": " "}': "title: is blank",
    b'{"source": "lab", "key": "a", "title": "A", "x": 1}': "x: Extra inputs are not permitted",
    b'{"source": "lab", "key": "a", "title": "A", "date": "2021-02-30"}': "date: is not a day of "
    "the calendar",
    b'{"source": "lab", "key": "a", "title": "A", "authors": [{"name": "?"}]}': "authors.0.name: "
    "holds no letter or digit",
    b'{"source": "lab", "key": "a", "title": "A\\u0000"}': "title: holds a NUL character",
}


def test_each_fault_is_a_reject_with_its_line_and_the_rest_is_read(tmp_path: Path) -> None:
    lines = [line + b"\n" + line_of(PAPER) for line in FAULTS]
    parts = list(read(written(tmp_path, b"\xef\xbb\xbf", line_of(PAPER), *lines)))
    assert rejects(parts) == [
        (2 * at, reason) for at, reason in enumerate(FAULTS.values(), start=1)
    ]
    assert parts.count(PAPER) == 1 + len(FAULTS)


def test_a_line_without_end_and_one_nested_deep_are_rejects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_lines, "LONGEST_LINE_BYTES", 1_000)
    path = written(tmp_path, b"x" * 10_000, b"\n", line_of(PAPER), b"[" * 999, b"\n", b"y" * 5_000)
    parts = list(read(path))
    (first, deep, last) = rejects(parts)
    assert first == (1, "is longer than 1,000 bytes")
    assert (deep[0], deep[1].startswith("is no JSON: ")) == (3, True)
    assert last == (4, "is longer than 1,000 bytes")
    assert parts[1] == PAPER


def test_a_hundred_thousand_authors_are_no_paper(tmp_path: Path) -> None:
    authors = ", ".join('{"name": "Ada Quill"}' for _ in range(100_000))
    line = f'{{"source": "lab", "key": "a", "title": "A", "authors": [{authors}]}}\n'
    (reject,) = rejects(list(read(written(tmp_path, line.encode()))))
    assert reject == (1, "authors: are 100,000, and at most 20,000 can be")


@pytest.mark.parametrize(
    ("content", "known"),
    [
        (line_of(PAPER), True),
        (line_of(SOURCE), True),
        (b"\n\n" + line_of(PAPER), True),
        (b'{"id": "https://example.org/W1", "title": "Of another format"}\n', False),
        (b"CVJun 5, 2024\n", False),
        (b"", False),
    ],
    ids=["paper", "source", "after blank lines", "another format", "a page", "empty"],
)
def test_a_file_is_known_by_its_first_line(content: bytes, known: bool, tmp_path: Path) -> None:
    assert recognises(written(tmp_path, content)) is known


def test_an_empty_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="is empty"):
        list(read(written(tmp_path, b"\n \n")))


def test_of_references_to_one_work_the_same_is_kept_in_any_order() -> None:
    said = [None, 0, 1]
    kept = {
        to_facts(
            PAPER.model_copy(
                update={"references": tuple(Reference(to="lab:yarns", in_text=n) for n in order)}
            )
        )
        for order in permutations(said)
    }
    (record,) = kept
    assert isinstance(record, PaperRecord)
    assert record.references == (Reference(to="lab:yarns", in_text=1),)
