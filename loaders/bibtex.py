"""BibTeX and BibLaTeX files.

Source: Patashnik, BibTeXing (https://ctan.org/pkg/bibtex, btxdoc) and biblatex
(https://ctan.org/pkg/biblatex, §2 and §3). A file is UTF-8, UTF-16 or what its "% Encoding:" line
says. An entry inherits from its `crossref` and `xdata` wherever they stand; the file is read once
before to see which entries those are, and only they are kept.

A citation key is unique in one bibliography only, and many have their own "smith2020": a record's
key is the citation key with a hash of the title. So no paper of another file is replaced by
chance, and an entry whose year, venue or authors are put right is still the same record.

`authors_complete` is False where a list ends in "and others", else unknown: nothing in BibTeX
promises a whole list. Not carried: editors and translators, publishers, pages and ISBNs, notes,
files, `related` entries, annotations but for ORCID iDs, affiliations that are not one for each
semicolon (Web of Science's).
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError

from graph_service.model.errors import RecordError
from loaders.bibliographies import Seen, StandsTwice
from loaders.bibtex_blocks import BibEntry, BlockFault, Macros, blocks, parents_named
from loaders.bibtex_fields import FORMAT, paper_of
from loaders.bibtex_names import NameFault
from loaders.inputs import InputFile
from loaders.reading import Parsed, Reject, why_invalid
from loaders.text_decoding import decoded_lines, first_text

__all__ = ["FORMAT", "read", "recognises"]

MOST_PARENTS = 1_000_000
MOST_OF_PARENTS = 64 * 2**20
_DEEPEST_INHERITANCE = 10
_NO_WORKS = frozenset(("comment", "preamble", "string", "xdata", "set", "control", "bibnote"))
_IN_A_VOLUME = frozenset(
    ("inproceedings", "conference", "incollection", "inbook", "bookinbook", "inreference",
     "suppbook", "suppcollection")
)  # fmt: skip
_OF_SOFTWARE = frozenset(("softwareversion", "softwaremodule", "codefragment"))
_VOLUMES_WITH_AUTHORS = frozenset(("book", "mvbook"))
_INHERITED = ("date", "year", "month", "day", "journal", "journaltitle", "booktitle",
              "booksubtitle", "eventtitle", "school", "institution")  # fmt: skip
_IS_BIBTEX = re.compile(
    r"^[ \t]*@[ \t]*(?:(?!string|preamble|comment)[A-Za-z]+\s*\{\s*+(?:[^\s,{}()=\"]*+\s*+,\s*+)?"
    r"(?:[A-Za-z][\w:+-]*\s*=\s*[{\"\w]|\})"
    r"|(?:article|book|inproceedings|misc|techreport|phdthesis|incollection|inbook|manual"
    r"|mastersthesis|proceedings|unpublished)\s*\(\s*+[^\s,{}()=\"]*+\s*+,\s*+[A-Za-z][\w-]*\s*=\s*[{\"\w]"
    r"|string\s*+[{(]\s*+[^\s={}\"]++\s*+=\s*[{\"]|comment\s*\{\s*jabref)",
    re.IGNORECASE | re.MULTILINE,
)


def recognises(path: InputFile | Path) -> bool:
    """Tell whether a file begins with an entry that has a key and a field, or with an `@string`.

    Raises:
        RecordError: The file cannot be read.
    """
    text = first_text(path)
    if text is None or text.lstrip()[:1] in {"<", "[", "{"}:
        return False
    return bool(_IS_BIBTEX.search(text))


def read(path: InputFile | Path, *, source: str | None = None) -> Iterator[Parsed]:
    """Read a file.

    Args:
        path: A file in UTF-8, UTF-16 or the encoding that it says.
        source: Name of the source; by default "bibtex".

    Yields:
        A `ParsedPaper` for each entry that is a work, a `Reject` for each block that is broken
        or has no title. An entry that stands twice with equal content is passed once.

    Raises:
        RecordError: The file cannot be read, or holds no entry.
    """
    name = str(path)
    parents = _parents(path)
    macros, seen, found = Macros(), Seen(), False
    for block in blocks(decoded_lines(path)):
        if block.kind in {"comment", "preamble"}:
            found = True
            continue
        try:
            if block.kind == "string":
                macros.define(block)
                found = True
                continue
            entry = macros.entry(block)
            found = True
            if block.kind in _NO_WORKS:
                continue
            paper = paper_of(_with_inherited(entry, parents), source or FORMAT)
            if seen.is_new(paper, block.line):
                yield paper
        except (BlockFault, StandsTwice) as fault:
            found = True
            yield Reject(name, block.line, f"{_called(block.text)}{fault}")
        except NameFault as fault:
            yield Reject(name, block.line, f"{_called(block.text)}authors: {fault}")
        except ValidationError as error:
            yield Reject(name, block.line, f"{_called(block.text)}{why_invalid(error)}")
    if not found:
        raise RecordError(name, "holds no BibTeX entry")


_KEY_OF = re.compile(r"@\w+[{(]\s*([^\s,={}\"]{1,60})\s*,")


def _called(text: str) -> str:
    match = _KEY_OF.match(text)
    return f"{match[1]!r}: " if match else ""


def _parents(path: InputFile | Path) -> dict[str, BibEntry]:
    """The entries of a file that others inherit from.

    Raises:
        RecordError: The file cannot be read, or they are too large to keep.
    """
    if not any(
        "crossref" in line.text.lower() or "xdata" in line.text.lower()
        for line in decoded_lines(path)
    ):
        return {}
    wanted: set[str] = set()
    for block in blocks(decoded_lines(path)):
        # Taking a block apart is slow, and most do not have these words.
        if "crossref" in (text := block.text.lower()) or "xdata" in text:
            try:
                wanted.update(map(str.lower, parents_named(Macros().entry(block).fields)))
            except BlockFault:
                continue
            if len(wanted) > MOST_PARENTS:
                raise RecordError(
                    str(path),
                    f"has entries that inherit from more than {MOST_PARENTS:,} others",
                    line=block.line,
                )
    if not wanted:
        return {}
    parents: dict[str, BibEntry] = {}
    macros, size = Macros(), 0
    for block in blocks(decoded_lines(path)):
        try:
            if block.kind == "string":
                macros.define(block)
            elif (match := _KEY_OF.match(block.text)) and match[1].lower() in wanted:
                entry = macros.entry(block)
                kept = set(entry.fields) if block.kind == "xdata" else {*_INHERITED, *_OF_PARENTS}
                entry.fields = {one: text for one, text in entry.fields.items() if one in kept}
                size += sum(map(len, entry.fields.values()))
                parents.setdefault(match[1].lower(), entry)
        except BlockFault:
            continue  # the second reading says so
        if size > MOST_OF_PARENTS:
            raise RecordError(
                str(path),
                f"has entries that others inherit from of more than {MOST_OF_PARENTS:,} characters",
                line=block.line,
            )
    return parents


_OF_PARENTS = ("title", "subtitle", "author", "crossref", "xdata")


def _with_inherited(entry: BibEntry, parents: Mapping[str, BibEntry]) -> BibEntry:
    """Add the fields that an entry has from others; its own come first, then the nearest."""
    if not parents:
        return entry
    fields = entry.fields
    ahead = deque((key, entry.kind) for key in parents_named(fields))
    met = {entry.key.lower()}
    while ahead and len(met) <= _DEEPEST_INHERITANCE:
        key, kind = ahead.popleft()
        parent = parents.get(key.lower())
        if parent is None or key.lower() in met:
            continue
        met.add(key.lower())
        if parent.kind == "xdata":
            for name, text in parent.fields.items():
                fields.setdefault(name, text)
        else:
            _inherit(fields, kind, parent)
        ahead.extend((one, parent.kind) for one in parents_named(parent.fields))
    return entry


def _inherit(fields: dict[str, str], kind: str, parent: BibEntry) -> None:
    dated_itself = "date" in fields or "year" in fields
    for name in _INHERITED:
        if name in parent.fields and not (
            dated_itself and name in {"date", "year", "month", "day"}
        ):
            fields.setdefault(name, parent.fields[name])
    title = parent.fields.get("title")
    if title and kind in _IN_A_VOLUME:
        fields.setdefault("booktitle", title)
    if title and kind == "article" and parent.kind == "periodical":
        fields.setdefault("journaltitle", title)
    if title and kind in _OF_SOFTWARE:
        fields.setdefault("title", title)
    if "author" in parent.fields and (parent.kind in _VOLUMES_WITH_AUTHORS or kind in _OF_SOFTWARE):
        fields.setdefault("author", parent.fields["author"])
