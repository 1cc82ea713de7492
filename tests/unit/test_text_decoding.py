"""Text of unknown encoding: read rightly, or refused with what to do; never in wrong letters."""

from pathlib import Path

import pytest

from graph_service.model.errors import RecordError
from loaders import text_decoding
from loaders.reading import Line
from loaders.text_decoding import decoded_lines, first_text

TEXT = "Łukasz Müller\nzweite Zeile\n"


def texts(folder: Path, content: bytes) -> list[str]:
    path = folder / "file.txt"
    path.write_bytes(content)
    return [line.text for line in decoded_lines(path)]


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.replace("\n", "\n\ufeff", 1).encode(),
    ],
    ids=["utf-8", "mark", "utf-16", "big-endian", "utf-32", "crlf", "cr", "two files in one"],
)
def test_the_same_text_is_read_from_any_unicode_file(content: bytes, tmp_path: Path) -> None:
    assert texts(tmp_path, content) == TEXT.splitlines()


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_known_without_a_mark(order: str, tmp_path: Path) -> None:
    assert texts(tmp_path, ("@book{a,\n" + TEXT).encode(order)) == ["@book{a,", *TEXT.splitlines()]


@pytest.mark.parametrize(
    ("line", "encoding"),
    [
        ("% Encoding: windows-1252", "cp1252"),
        ("% This file was made.\n% Encoding: Cp1252", "cp1252"),
        ("% Encoding: MacRoman", "mac-roman"),
        ("%% Saved with string encoding Western (ISO Latin 1) ", "latin-1"),
        ("% -*- mode: bibtex; coding: iso-8859-15 -*-", "iso-8859-15"),
        ('Content: text/plain; charset="ISO-8859-1"', "latin-1"),
    ],
)
def test_a_file_is_read_in_the_encoding_that_it_says(
    line: str, encoding: str, tmp_path: Path
) -> None:
    content = f"{line}\nMüller\n".encode(encoding)
    assert texts(tmp_path, content) == [*line.splitlines(), "Müller"]


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ("gut\nMüller\n".encode("latin-1"), 2, "is not in UTF-8; convert the file"),
        ("% Encoding: UTF-8\n\nMüller\n".encode("latin-1"), 3, "which the file says it is in"),
        ("% Encoding: US-ASCII\nMüller\n".encode(), 2, "is not in ascii, which the file says"),
        (b"\n% Encoding: Klingon\n", 2, "says that its encoding is 'Klingon'"),
        (b"% Encoding: rot13\n", 1, "says that its encoding is 'rot13'"),
        (b"% Encoding: unicode_escape\n", 1, "says that its encoding is 'unicode_escape'"),
        (b"% Encoding: punycode\n", 1, "says that its encoding is 'punycode'"),
        (b"% Encoding: idna\n", 1, "says that its encoding is 'idna'"),
        (b"% Encoding: UTF-16\n", 1, "says that its encoding is 'UTF-16'"),
        (b"one\ntwo\nth\0ree\n", 3, "holds a NUL"),
        (TEXT.encode("utf-16")[:-1], 2, "is not in UTF-16-LE"),
    ],
)
def test_what_does_not_fit_is_said_with_its_line_and_what_to_do(
    content: bytes, line: int, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(RecordError) as caught:
        texts(tmp_path, content)
    assert caught.value.fields["line"] == line
    assert reason in str(caught.value)


def test_an_empty_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="is empty"):
        texts(tmp_path, b"")


def test_a_long_line_comes_in_pieces_of_one_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_decoding, "LONGEST_PIECE", 1_000)
    monkeypatch.setattr(text_decoding, "_CHUNK", 700)
    path = tmp_path / "long.txt"
    path.write_text("first\n" + "x" * 5_000 + "\nlast\nopen", encoding="utf-8")
    lines = list(decoded_lines(path))
    assert lines[0] == Line(1, "first")
    pieces = lines[1:-2]
    assert len(pieces) > 2
    assert "".join(piece.text for piece in pieces) == "x" * 5_000
    assert {piece.number for piece in pieces} == {2}
    assert [piece.ended for piece in pieces] == [False] * (len(pieces) - 1) + [True]
    assert lines[-2:] == [Line(3, "last"), Line(4, "open", ended=False)]


def test_a_letter_between_two_chunks_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for chunk in range(1, 12):
        monkeypatch.setattr(text_decoding, "_CHUNK", chunk)
        assert texts(tmp_path, "äöü€𝔸\r\nß\n".encode()) == ["äöü€𝔸", "ß"]


def test_the_beginning_tells_what_a_file_is_even_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_bytes("TY  - JOUR\r\nTI  - Über\r\n".encode("latin-1"))
    assert str(first_text(path)).startswith("TY  - JOUR\nTI  - ")
    path.write_bytes(b"\x89PNG\0\0\1\2")
    assert first_text(path) is None
