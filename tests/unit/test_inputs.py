"""Which files a load takes, and what comes out of packed ones."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from graph_service.model.errors import RecordError
from loaders import inputs
from loaders.inputs import InputFile, input_files, read_raw_lines

TEXT = b"".join(b"line %d\n" % number for number in range(1, 2_001)) + b"no end"
PACK: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda data: data,
    "gzip": gzip.compress,
    "xz": lzma.compress,
    "bzip2": bz2.compress,
}


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize("packing", PACK)
@pytest.mark.parametrize("archived", [False, True])
def test_a_packed_file_reads_as_what_it_holds_whatever_its_name(
    packing: str, archived: bool, tmp_path: Path
) -> None:
    data = PACK[packing](TEXT)
    path = tmp_path / "papers"
    if archived:
        zipped(path, {"inside": data})
    else:
        path.write_bytes(data)
    (file,) = input_files([path])
    assert str(file) == (f"{path}!inside" if archived else str(path))
    assert b"".join(read_raw_lines(file, 1_000)) == TEXT
    assert list(read_raw_lines(file, 1_000))[1] == b"line 2\n"


def test_files_that_were_packed_one_after_the_other_are_read_to_the_end(tmp_path: Path) -> None:
    path = tmp_path / "two.gz"
    path.write_bytes(gzip.compress(b"one\n") + gzip.compress(b"two\n"))
    assert list(read_raw_lines(InputFile(path), 10)) == [b"one\n", b"two\n"]


def test_a_long_line_comes_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "long"
    path.write_bytes(b"abcdefg\nh\n")
    assert list(read_raw_lines(path, 3)) == [b"abc", b"def", b"g\n", b"h\n"]


def test_folders_archives_and_patterns_stand_for_their_files(tmp_path: Path) -> None:
    (tmp_path / "deep/er").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    for name in ("b.txt", "a.txt", "deep/er/c.txt", ".hidden", ".git/config"):
        (tmp_path / name).write_text("x")
    zipped(
        tmp_path / "d.zip", {"two.txt": b"2", "one/1.txt": b"1", "__MACOSX/x": b"", "one/.x": b""}
    )
    members = ["d.zip!one/1.txt", "d.zip!two.txt"]
    everything = ["a.txt", "b.txt", *members, "deep/er/c.txt"]

    def found(*paths: str) -> list[str]:
        files = input_files([tmp_path / path for path in paths])
        return [str(file).removeprefix(f"{tmp_path}/") for file in files]

    assert found(".") == everything
    assert found(".", "a.txt", "*.txt") == everything
    assert found("*.txt") == ["a.txt", "b.txt"]
    assert found("**/*.txt") == ["a.txt", "b.txt", "deep/er/c.txt"]
    assert found("d.zip") == members
    assert found("b.txt", "a.txt") == ["a.txt", "b.txt"]


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path: Path) -> None:
    (tmp_path / "a[1].txt").write_text("x")
    (tmp_path / "a1.txt").write_text("x")
    assert input_files([tmp_path / "a[1].txt"]) == [InputFile(tmp_path / "a[1].txt")]


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("missing.txt", "does not exist"),
        ("*.nope", "does not exist, and as a pattern fits no file"),
        ("**x/*.txt", "is no pattern: "),
    ],
)
def test_what_fits_no_file_is_said(pattern: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=f"{reason}"):
        input_files([tmp_path / pattern])


def tar(data: bytes) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        info = tarfile.TarInfo("inside")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()


UNREADABLE: dict[str, tuple[bytes, str]] = {
    "cut gzip": (gzip.compress(TEXT)[:-40], "is cut off"),
    "cut xz": (lzma.compress(TEXT)[:-40], "is cut off"),
    "cut bzip2": (bz2.compress(TEXT)[:-40], "is cut off"),
    "more behind": (gzip.compress(TEXT) + b"more", "cannot be unpacked: Not a gzipped file"),
    "wrong sum": (gzip.compress(TEXT)[:-8] + bytes(8), "cannot be unpacked: CRC check failed"),
    "damaged xz": (lzma.compress(TEXT)[:60] + b"?" * 40, "cannot be unpacked: "),
    "tar": (tar(TEXT), "is a tar archive; unpack it and give the folder"),
    "tar.gz": (gzip.compress(tar(TEXT)), "is a tar archive"),
    "tar.xz": (lzma.compress(tar(TEXT)), "is a tar archive"),
    "zstd": (b"\x28\xb5\x2f\xfd rest", "is compressed with zstd"),
    "PDF": (b"%PDF-1.7", "is a PDF; parse it first"),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_cannot_be_read_says_why(what: str, tmp_path: Path) -> None:
    content, reason = UNREADABLE[what]
    path = tmp_path / "papers"
    path.write_bytes(content)
    with pytest.raises(RecordError, match=f"papers: {reason}"):
        list(read_raw_lines(path, 1_000))


def test_a_cut_archive_and_one_without_files_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "papers.zip", {"a": TEXT})
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(RecordError, match="cannot be unpacked: File is not a zip file"):
        input_files([path])
    with pytest.raises(RecordError, match="is an archive without files"):
        input_files([zipped(tmp_path / "none.zip", {".hidden": b""})])


def test_a_member_with_a_password_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "papers.zip", {"a": TEXT})
    # Bit 0 of the flags, in the member's header and in the directory: encrypted.
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    (file,) = input_files([path])
    with pytest.raises(RecordError, match="is encrypted, password required"):
        list(read_raw_lines(file, 1_000))


def test_a_path_in_an_archive_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    path = zipped(tmp_path / "in/papers.zip", {"../outside.txt": b"x\n", "/etc/x": b"y\n"})
    files = input_files([path])
    assert [list(read_raw_lines(file, 10)) for file in files] == [[b"x\n"], [b"y\n"]]
    assert sorted(one.name for one in tmp_path.rglob("*")) == ["in", "papers.zip"]


@pytest.mark.parametrize("packing", ["gzip", "xz", "bzip2", "zip"])
def test_what_expands_like_a_bomb_is_refused(
    packing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "EXPANSION_COUNTS_FROM", 2**20)
    data = b"\n".join([b"0" * 1_000] * 3_000)
    path = tmp_path / "bomb"
    if packing == "zip":
        zipped(path, {"a": data})
    else:
        path.write_bytes(PACK[packing](data))
    (file,) = input_files([path])
    with pytest.raises(RecordError, match="expands more than 250-fold"):
        list(read_raw_lines(file, 10_000))
