"""The files of a load: folders, patterns and archives resolved, compression undone on the way.

What a file is shows in its first bytes, never in its name. Nothing is unpacked to disk, so no
path in an archive can lead anywhere.
"""

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from graph_service.model.errors import ParameterError, RecordError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer

# Text shrinks ten- to fortyfold; what shrinks a thousandfold is made to fill memory or time.
MOST_EXPANSION = 250
EXPANSION_COUNTS_FROM = 64 * 2**20

_ZIP = b"PK\x03\x04"
_DECOMPRESS: dict[bytes, Callable[[IO[bytes]], gzip.GzipFile | lzma.LZMAFile | bz2.BZ2File]] = {
    b"\x1f\x8b": lambda stream: gzip.GzipFile(fileobj=stream),
    b"\xfd7zXZ\x00": lzma.LZMAFile,
    b"BZh": bz2.BZ2File,
}
_NOT_READ = {
    b"\x28\xb5\x2f\xfd": "is compressed with zstd; unpack it, or compress it with gzip or xz",
    b"7z\xbc\xaf": "is a 7z archive; unpack it",
    b"Rar!": "is a RAR archive; unpack it",
    b"%PDF": "is a PDF; parse it first, for example with GROBID",
}
_TAR_AT, _TAR = 257, b"ustar"
_HEAD = _TAR_AT + len(_TAR)
_PATTERN = frozenset("*?[")
_BUFFER = 2**18
# RuntimeError is what zipfile says of a password.
_DAMAGED = (EOFError, OSError, RuntimeError, lzma.LZMAError, zlib.error, zipfile.BadZipFile)


class NotRead(RecordError):
    """A file of a kind that nothing here reads: an error where it is named, else left alone.

    `short` is the reason without what could be done.
    """

    def __init__(self, source: str, short: str, hint: str = "", *, line: int | None = None) -> None:
        super().__init__(source, short + hint, line=line)
        self.short = short


@dataclass(frozen=True, slots=True, order=True)
class InputFile:
    """A file, or a member of a zip archive; either may be compressed."""

    path: Path
    member: str = ""

    @classmethod
    def of(cls, file: "InputFile | Path") -> "InputFile":
        """Take a path for the file there."""
        return file if isinstance(file, InputFile) else cls(file)

    def __str__(self) -> str:
        return f"{self.path}!{self.member}" if self.member else str(self.path)


def input_files(paths: Sequence[Path]) -> list[InputFile]:
    """Find the files of a load, in order, each once.

    A folder stands for all files below it and an archive for its members, but for hidden ones; a
    path that does not exist may be a pattern, as in `papers/*.json`.

    Raises:
        ParameterError: None is given.
        RecordError: One is missing or unreadable, or a folder or an archive has no file.
    """
    if not paths:
        raise ParameterError("FILE", "", "at least one file")
    return sorted({found for path in paths for found in _files_of(path)})


def _files_of(path: Path) -> list[InputFile]:
    if path.is_dir():
        below = [
            one
            for one in path.rglob("*")
            if one.is_file() and not _hidden(PurePosixPath(one.relative_to(path).as_posix()))
        ]
        if not below:
            raise RecordError(str(path), "is a folder without files")
    elif path.exists():
        below = [path]
    else:
        below = _fitting(path)
    return [found for one in below for found in _members(one)]


def _fitting(pattern: Path) -> list[Path]:
    if _PATTERN.isdisjoint(str(pattern)):
        raise RecordError(str(pattern), "does not exist")
    try:
        found = Path(pattern.anchor).glob(str(pattern.relative_to(pattern.anchor)))
        files = [path for path in found if path.is_file()]
    except ValueError as error:
        raise RecordError(str(pattern), f"is no pattern: {error}") from error
    if not files:
        raise RecordError(str(pattern), "does not exist, and as a pattern fits no file")
    return files


def _members(path: Path) -> list[InputFile]:
    if not path.is_file():
        raise RecordError(
            str(path), "is no file but a pipe or a device, and files are read more than once"
        )
    try:
        with path.open("rb") as stream:
            if stream.read(len(_ZIP)) != _ZIP:
                return [InputFile(path)]
        with zipfile.ZipFile(path) as archive:
            names = [one.filename for one in archive.infolist() if not one.is_dir()]
    except _DAMAGED as error:
        raise RecordError(str(path), _why(error)) from error
    members = [InputFile(path, name) for name in names if not _hidden(PurePosixPath(name))]
    if not members:
        raise RecordError(str(path), "is an archive without files")
    return members


def _hidden(name: PurePosixPath) -> bool:
    # What macOS puts beside the files of an archive.
    return name.parts[0] == "__MACOSX" or any(
        part.startswith(".") and part != ".." for part in name.parts
    )


@contextmanager
def open_bytes(given: InputFile | Path) -> Iterator[io.BufferedReader]:
    """Open a file or a member of an archive and undo its compression.

    Reading from it, like opening it, raises RecordError where the file cannot be read, is cut,
    damaged or encrypted, is of a kind that is not read, or expands beyond what text does.
    """
    file = InputFile.of(given)
    name = str(file)
    with ExitStack() as stack:
        try:
            if file.member:
                archive = stack.enter_context(zipfile.ZipFile(file.path))
                info = archive.getinfo(file.member)
                _check_expansion(name, info.file_size, info.compress_size)
                stream: IO[bytes] = stack.enter_context(archive.open(info))
            else:
                stream = stack.enter_context(file.path.open("rb"))
            plain = _plain(name, stream)
        except _DAMAGED as error:
            raise RecordError(name, _why(error)) from error
        yield io.BufferedReader(_Checked(name, plain, stream), _BUFFER)


def _plain(name: str, stream: IO[bytes]) -> IO[bytes]:
    """Undo a stream's compression; a stream of a kind that is not read is refused."""
    head = stream.read(_HEAD)
    stream.seek(0)
    for begins, why in _NOT_READ.items():
        if head.startswith(begins):
            raise NotRead(name, why)
    plain = stream
    for begins, decompress in _DECOMPRESS.items():
        if head.startswith(begins):
            plain = io.BufferedReader(decompress(stream), _BUFFER)
            head = plain.peek(_HEAD)
    if head[_TAR_AT:_HEAD] == _TAR:
        raise NotRead(name, "is a tar archive; unpack it and give the folder")
    return plain


class _Checked(io.RawIOBase):
    """A stream whose faults are errors of its file, and that does not expand without end."""

    def __init__(self, name: str, plain: IO[bytes], packed: IO[bytes]) -> None:
        self._name = name
        self._plain = plain
        self._packed = packed
        self._expanded = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer") -> int:
        view = memoryview(buffer)
        try:
            found = self._plain.read(len(view))
        except _DAMAGED as error:
            raise RecordError(self._name, _why(error)) from error
        view[: len(found)] = found
        self._expanded += len(found)
        if self._plain is not self._packed:
            _check_expansion(self._name, self._expanded, self._packed.tell())
        return len(found)


def read_raw_lines(given: InputFile | Path, longest: int) -> Iterator[bytes]:
    """Read lines in bytes, each with its end; a longer one comes in pieces of `longest` bytes.

    Raises:
        RecordError: See `open_bytes`.
    """
    with open_bytes(given) as stream:
        while line := stream.readline(longest):
            yield line


def _check_expansion(name: str, expanded: int, packed: int) -> None:
    if expanded > EXPANSION_COUNTS_FROM and expanded > MOST_EXPANSION * packed:
        raise RecordError(
            name,
            f"expands more than {MOST_EXPANSION}-fold, as no text does; if it is one, unpack it",
        )


def _why(error: BaseException) -> str:
    if isinstance(error, EOFError):
        return "is cut off: its compressed data end early"
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read: {error.strerror}"
    return f"cannot be unpacked: {error}"
