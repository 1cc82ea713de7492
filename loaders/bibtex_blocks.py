r"""The blocks of a BibTeX file, one at a time: where each begins and ends, its fields, its macros.

bibtexparser's splitter takes a block apart, but it takes a whole file at once, into memory. So
blocks are found here, by their braces, and handed to it one by one. A block that is still open
where a line begins with another one's head (`@article{`) is broken and ends there: it never
swallows the rest. JabRef and biblatex's users write single braces as `\\{`, which BibTeX counts
all the same (as in a value that ends in a backslash): a block that does not close without
them is read as BibTeX does.

Source: Patashnik, BibTeXing (btxdoc) and bibtex.web; https://ctan.org/pkg/biblatex, §2.2.
"""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bibtexparser.model import DuplicateFieldKeyBlock, Entry, ParsingFailedBlock, String
from bibtexparser.splitter import Splitter

from loaders.reading import Line

# A paper of ten thousand authors with affiliations and references takes some megabytes.
LONGEST_BLOCK = 16 * 2**20
# Names stand for each other, so a few of them could be made to grow without end.
LONGEST_VALUE = 4 * 2**20
MOST_OF_STRINGS = 16 * 2**20
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# Behind a letter an "@" belongs to an address of mail.
_HEAD = re.compile(r"(?<![\w.@])@[ \t]*([A-Za-z][\w.:+/-]*)\s*([{(]|$)")
_HEAD_OF_LINE = re.compile(r"\s*@[ \t]*([A-Za-z][\w.:+/-]*)\s*[{(]")
_MARKS = re.compile(r"\\.|[{}\")]", re.DOTALL)
_BRACE = re.compile(r"\\[{}]|[{}]")
# Stands for a backslash before a brace that counts, which the splitter would take for escaped. No
# text has this character: what could have is taken out before.
_BACKSLASH = "\x01"
_ANY_BRACE = re.compile(r"[{}]")
_ESCAPED_BRACE = re.compile(r"\\(?=[{}])")
_BACKSLASHES_BEFORE = re.compile(r"(?<!\\)((?:\\\\)*\\)\\(?=[{}\"])")
# JabRef leaves the comma away together with a key that it does not know.
_NO_KEY = re.compile(r"(@[^{(]+[{(])(?=\s*[A-Za-z][\w-]*\s*=)")
_NUMBER = re.compile(r"\d+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Block:
    """The text of a block from its "@" on, with the 1-based line where it begins.

    `fault` says why it cannot be whole; `all_braces` that those behind a backslash count too.
    """

    line: int
    kind: str
    text: str
    fault: str | None = None
    all_braces: bool = False


@dataclass(slots=True)
class BibEntry:
    """An entry: kind and field names in lower case, values with their TeX.

    A name that nobody defined says nothing: such a field is left out, and named in `undefined`.
    """

    line: int
    kind: str
    key: str
    fields: dict[str, str]
    undefined: dict[str, str] = field(default_factory=dict)


class BlockFault(Exception):
    """A block cannot be read."""

    def __init__(self, reason: str, ahead: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.ahead = ahead  # lines from the beginning of the block


@dataclass(slots=True)
class _Open:
    """A block being read."""

    line: int
    kind: str
    parts: list[str]
    paren: bool
    depth: int = 0
    quoted: bool = False
    size: int = 0
    all_commented: bool = True

    def close_at(self, text: str, begin: int) -> int | None:
        """The place behind the end of the block in a line; absent where it goes on."""
        if not self.paren and "\\" not in text:  # most lines tell by their number of braces
            closing = text.count("}", begin)
            opening = text.count("{", begin)
            if self.depth > closing:
                self.depth += opening - closing
                return None
            # One pair, as round a value; what is not between it is at least as deep.
            if opening == closing == 1 and self.depth and text.find("{", begin) < text.rfind("}"):
                return None
        for match in _MARKS.finditer(text, begin):
            mark = match[0]
            if mark == "{":
                self.depth += 1
            elif mark == "}":
                self.depth -= 1
                if self.depth == 0 and not self.paren:
                    return match.end()
            elif self.paren and self.depth == 0:
                if mark == '"':
                    self.quoted = not self.quoted
                elif not self.quoted:
                    return match.end()
        return None

    def block(self, fault: str | None = None) -> Block | None:
        """What was read; absent where each of its lines is commented out, as people read "%"."""
        if self.all_commented:
            return None
        if self.size > LONGEST_BLOCK:
            return Block(self.line, self.kind, "", f"is longer than {LONGEST_BLOCK:,} characters")
        text = "\n".join(self.parts)
        if fault and not self.paren and (end := _end_with_all_braces(text)):
            return Block(self.line, self.kind, text[:end], all_braces=True)
        return Block(self.line, self.kind, text, fault)


def _end_with_all_braces(text: str) -> int:
    """Where a block ends when braces behind a backslash count too; 0 where it does not."""
    depth = 0
    for match in _ANY_BRACE.finditer(text):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.end()
    return 0


def blocks(lines: Iterable[Line]) -> Iterator[Block]:
    """Find the blocks of a file; what stands between them is passed over, as by BibTeX."""
    current: _Open | None = None
    fresh = True  # the line begins here: what came before it was no piece of it
    waiting = ""  # a head whose brace must stand on the next line
    for line in lines:
        text, at = line.text, 0
        if waiting and current is None:
            text, waiting = f"{waiting}\n{text}", ""
        if current is not None and fresh and "@" in text and _HEAD_OF_LINE.match(text):
            fault = "is not closed where another entry begins"
            if block := current.block(f"{fault}, at line {line.number}"):
                yield block
            current = None
        while True:
            if current is None:
                head = _HEAD.search(text, at) if "@" in text else None
                if head is None:
                    break
                if not head[2]:
                    waiting = text[head.start() :] if line.ended else ""
                    break
                current = _Open(
                    line.number - text.count("\n", head.start()),
                    head[1].lower(),
                    [],
                    head[2] == "(",
                    all_commented=text.lstrip().startswith("%"),
                )
                # The head in one form, whatever blanks and line breaks stand in it.
                text, at = f"@{head[1]}{head[2]}{text[head.end() :]}", 0
                if current.paren:
                    at = len(head[1]) + 2
            elif fresh and text.strip() and not text.lstrip().startswith("%"):
                current.all_commented = False
            end = current.close_at(text, at)
            if end is None:
                _keep(current, text, joined=not fresh)
                break
            _keep(current, text[:end], joined=not fresh)
            if block := current.block():
                yield block
            current, text, at = None, text[end:], 0
        fresh = line.ended
    if current is not None and (block := current.block("is not closed before the file ends")):
        yield block


def _keep(current: _Open, text: str, *, joined: bool) -> None:
    current.size += len(text) + 1
    if current.size > LONGEST_BLOCK:
        current.parts.clear()
    elif joined and current.parts:
        current.parts[-1] += text
    else:
        current.parts.append(text)


class Macros:
    """The names that stand for texts: months, and what `@string` defines."""

    def __init__(self) -> None:
        self._texts = {name: name for name in MONTHS}
        self._size = 0

    def define(self, block: Block) -> None:
        """Take in an `@string` block.

        Raises:
            BlockFault: It cannot be read, or the definitions are too much together.
        """
        found = _split(block)
        if not isinstance(found, String):
            raise BlockFault("is no definition of a name")
        text, _ = self.value(found.value)
        self._size += len(text)
        if self._size > MOST_OF_STRINGS:
            raise BlockFault(f"makes all @string longer than {MOST_OF_STRINGS:,} characters")
        self._texts[found.key.strip().lower()] = text

    def entry(self, block: Block) -> BibEntry:
        """Take an entry apart; of a field that is given twice the first counts, as in BibTeX.

        Raises:
            BlockFault: It cannot be read.
        """
        found = _split(block)
        if not isinstance(found, Entry):
            raise BlockFault("is no entry")
        entry = BibEntry(block.line, block.kind, found.key.strip(), {})
        size = 0
        for one in found.fields:
            name = one.key.strip().lower()
            if name in entry.fields:
                continue
            text, undefined = self.value(one.value)
            if undefined:
                entry.undefined.setdefault(name, undefined)
            elif text.strip():
                entry.fields[name] = text
                size += len(text)
            if size > LONGEST_BLOCK:  # as names that stand for long texts can make it
                raise BlockFault(f"is longer than {LONGEST_BLOCK:,} characters")
        return entry

    def value(self, written: str) -> tuple[str, str]:
        """Put a value together, and name the first of its names that nobody defined.

        Raises:
            BlockFault: It is no value, or too long.
        """
        written = written.strip()
        if written[:1] == "{" and _closing(written, 0) == len(written) - 1:
            return written[1:-1].replace(_BACKSLASH, "\\"), ""
        texts, undefined, size = [], "", 0
        for part in _concatenated(written):
            if part[0] in '{"':
                text = part[1:-1].replace(_BACKSLASH, "\\")
            elif _NUMBER.fullmatch(part):
                text = part
            else:
                text = self._texts.get(part.lower(), "")
                if part.lower() not in self._texts:
                    undefined = undefined or part
            texts.append(text)
            size += len(text)
            if size > LONGEST_VALUE:
                raise BlockFault(f"has a value longer than {LONGEST_VALUE:,} characters")
        return "".join(texts), undefined


def _closing(text: str, at: int) -> int:
    """The place of the brace that closes the one at `at`; -1 where none does."""
    depth = 0
    for match in _BRACE.finditer(text, at):
        if len(match[0]) == 1:
            depth += 1 if match[0] == "{" else -1
            if depth == 0:
                return match.start()
    return -1


def _concatenated(written: str) -> Iterator[str]:
    """The parts between the "#" of a value, each with its delimiters."""
    at, size = 0, len(written)
    while True:
        while at < size and written[at].isspace():
            at += 1
        if at >= size:
            raise BlockFault("has a value that is empty or ends in '#'")
        begin = at
        if written[at] == "{":
            at = _closing(written, at) + 1
        elif written[at] == '"':
            at = _quote(written, at) + 1
        else:
            while at < size and written[at] not in '#{}"' and not written[at].isspace():
                at += 1
        if at <= begin:
            raise BlockFault(f"has a value that cannot be read: {_shown(written)}")
        yield written[begin:at]
        while at < size and written[at].isspace():
            at += 1
        if at >= size:
            return
        if written[at] != "#":
            raise BlockFault(f"has a value that cannot be read: {_shown(written)}")
        at += 1


def _quote(text: str, at: int) -> int:
    """The place of the quote that closes the one at `at`, outside of braces; -1 where none does."""
    depth = 0
    for match in _MARKS.finditer(text, at + 1):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth -= 1
        elif match[0] == '"' and depth <= 0:  # behind a backslash, as in \"o, it is no mark
            return match.start()
    return -1


def _shown(text: str) -> str:
    return repr(" ".join(text[:60].split()))


def _split(block: Block) -> Entry | String:
    if block.fault is not None:
        raise BlockFault(block.fault)
    # What it has to say is in the rejects; its log would print texts of the file.
    logging.getLogger(Splitter.__module__).disabled = True
    bare = block.text.replace(_BACKSLASH, "")
    text = bare
    if block.all_braces:
        text = _ESCAPED_BRACE.sub(_BACKSLASH, bare)
    elif "\\\\" in bare:
        text = _BACKSLASHES_BEFORE.sub(rf"\1{_BACKSLASH}", bare)
    if block.kind != "string" and (match := _NO_KEY.match(text)):
        text = f"{match[1]},{text[match.end(1) :]}"
    failed: ParsingFailedBlock | None = None
    for found in Splitter(text).split().blocks:
        if isinstance(found, DuplicateFieldKeyBlock):
            inner = found.ignore_error_block
            if isinstance(inner, Entry):
                return inner
        if isinstance(found, (Entry, String)):
            return found
        if isinstance(found, ParsingFailedBlock):
            failed = found
    raise BlockFault(_why(failed))


def _why(failed: ParsingFailedBlock | None) -> str:
    said = str(getattr(failed.error, "abort_reason", failed.error)) if failed else ""
    bare = " ".join(said.replace(_BACKSLASH, "\\").split())
    return f"cannot be read: {bare[:200]}" if bare else "cannot be read"


def parents_named(fields: Mapping[str, str]) -> list[str]:
    """The keys of the entries that an entry inherits from, nearest first."""
    keys = [key.strip() for key in fields.get("xdata", "").split(",")]
    keys.append(fields.get("crossref", "").strip())
    return [key for key in keys if key]
