"""Text copied from an author's profile page.

Source: such pages as people copy them from a browser: a header (name, figures, "53 Papers"),
then for each paper a headline (category, date, perhaps "Code") with the title below it, the
authors and the abstract, with blank lines between. There is no specification: what is not
certain is set aside with its line. One file may hold several pages, one after the other.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path

from pydantic import ValidationError

from graph_service.model.errors import RecordError
from graph_service.model.ids import short_hash, slug
from graph_service.model.names import SUFFIXES, fold
from graph_service.model.records import Figure, ParsedAuthor, ParsedPaper, ParsedSource, Topic
from loaders.inputs import InputFile
from loaders.reading import Line, Parsed, Reject, read_lines, why_invalid

FORMAT = "profile-page"
CATEGORY_SCHEME = "category"

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HEADLINE = re.compile(
    rf"(?P<category>[A-Za-z][A-Za-z.-]{{0,19}}?)(?P<month>{'|'.join(_MONTHS)}) "
    r"(?P<day>\d{1,2}), (?P<year>\d{4})(?P<code>Code)?",
    re.ASCII,
)
_ANNOUNCED = re.compile(r"(?P<papers>\d[\d,]*) Papers?", re.ASCII)
# A figure and its name stand together without a blank: "h-index42", "15,719citations".
_FIGURES = (
    re.compile(r"(?P<name>[A-Za-z](?:[A-Za-z -]*[A-Za-z])?)(?P<figure>\d[\d,.]*%?)", re.ASCII),
    re.compile(r"(?P<figure>\d[\d,.]*%?)(?P<name>[A-Za-z][A-Za-z -]*)", re.ASCII),
)
# Digits in groups of three or none, and no more of them than every store can count with.
_COUNT = re.compile(r"\d{1,18}|\d{1,3}(?:,\d{3}){1,5}", re.ASCII)
# One line may look like a figure by chance ("3D scenes"); a header has several, or the count.
_FEWEST_FIGURES = 2
# Only one sign before it is looked at: a run of blanks would be tried from each of them.
_CUT = re.compile(r"(?:^|[\s,])et al\.?$", re.IGNORECASE)
_ORGANISATIONS = " · "
_NOT_IN_A_NAME = re.compile(r"[?!:;{}\[\]<>@#$%=+*/\\|\"“”]")
_LONGEST_NAME = 80
_LONGEST_NAME_WORDS = 8
_KEY_LENGTH = 80
# Where the file ends without a line end, only these show that the last abstract is whole.
_SENTENCE_ENDS = (".", "!", "?", ")", "}", '"', "'", "”", "’")
# Shorter than this and without the end of a sentence, a paragraph is a button or a caption.
_SHORTEST_PARAGRAPH = 60


@dataclass(slots=True)
class _Block:
    """Lines with no blank line between."""

    lines: list[Line]

    @property
    def number(self) -> int:
        return self.lines[0].number

    @property
    def texts(self) -> list[str]:
        return [line.text.strip() for line in self.lines]

    @property
    def is_paper(self) -> bool:
        return bool(_HEADLINE.fullmatch(self.texts[0]))

    @property
    def has_figures(self) -> bool:
        texts = self.texts
        if any(_ANNOUNCED.fullmatch(text) for text in texts):
            return True
        return sum(_figure(text) is not None for text in texts) >= _FEWEST_FIGURES


@dataclass(slots=True)
class _Page:
    """The page being read: its source, its subject, and the papers seen of that source."""

    source: str
    subject: str | None
    seen: dict[str, tuple[int, int]]


class _Fault(Exception):
    """Part of a page is not as it should be."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


class _Blocks:
    """Blocks of a file, with one more to look ahead at."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._blocks = chain(_blocks(lines), (None, None))
        self.next = next(self._blocks)
        self.after = next(self._blocks)

    def take(self) -> _Block:
        if self.next is None:
            raise EOFError
        taken, self.next, self.after = self.next, self.after, next(self._blocks, None)
        return taken

    @property
    def at_header(self) -> bool:
        """A name that stands alone with figures after it, or figures without a name."""
        if self.next is None or self.next.is_paper:
            return False
        alone = len(self.next.lines) == 1 and self.after is not None
        return self.next.has_figures or (
            alone and self.after is not None and not self.after.is_paper and self.after.has_figures
        )

    @property
    def at_boundary(self) -> bool:
        return self.next is None or self.next.is_paper or self.at_header


def _blocks(lines: Iterator[Line]) -> Iterator[_Block]:
    block: list[Line] = []
    for line in lines:
        text = line.text.strip()
        # A headline begins a block even without a blank line before it, unless it stands
        # where a title belongs.
        headline = _HEADLINE.fullmatch(text) and not (
            len(block) == 1 and _HEADLINE.fullmatch(block[0].text.strip())
        )
        if block and (not text or headline):
            yield _Block(block)
            block = []
        if text:
            block.append(line)
    if block:
        yield _Block(block)


def recognises(path: InputFile | Path) -> bool:
    """Tell whether a file looks like a profile page: a headline or a count of papers in it.

    Raises:
        RecordError: The file cannot be read as text.
    """
    texts = (line.text.strip() for line in read_lines(path))
    return any(_HEADLINE.fullmatch(text) or _ANNOUNCED.fullmatch(text) for text in texts)


def read(path: InputFile | Path, *, source: str | None = None) -> Iterator[Parsed]:
    """Read a file of profile pages.

    Args:
        path: A UTF-8 text file.
        source: Name of the source; by default made from the name of the page's subject, or
            "profile-page" where the page does not say whose it is. A file of several pages
            takes the default only.

    Yields:
        A `ParsedSource` for each page, then its papers, each whole, in printed order; a
        `Reject` for each stretch of lines that is no certain part of a page.

    Raises:
        RecordError: The file cannot be read as text, or is no profile page at all.
    """
    blocks = _Blocks(read_lines(path))
    page: _Page | None = None
    seen: dict[str, dict[str, tuple[int, int]]] = {}
    stray: _Block | None = None
    while blocks.next is not None:
        here = blocks.next
        try:
            if blocks.at_header:
                # Should the header be set aside, its papers are not those of the page before.
                page = None
                parsed = _header(blocks, source)
                if seen and source is not None:
                    raise _Fault(
                        here.number,
                        f"a second page begins, but one source name was given ({source}); "
                        "leave --source out or split the file",
                    )
                page = _Page(parsed.name, parsed.subject, seen.setdefault(parsed.name, {}))
                yield parsed
            elif here.is_paper:
                if page is None:
                    name = source or FORMAT
                    if name not in seen:
                        yield ParsedSource(name=name, format=FORMAT, label=name)
                    page = _Page(name, None, seen.setdefault(name, {}))
                    yield Reject(
                        str(path),
                        here.number,
                        "the page has no header: whose page it is, and how many papers it "
                        "announces, is not known",
                    )
                yield _paper(blocks, page)
                for extra in _after_abstract(blocks):
                    yield Reject(str(path), extra.number, _stray_reason(extra))
            else:
                blocks.take()
                if page is None:
                    stray = stray or here
                else:
                    yield Reject(str(path), here.number, _stray_reason(here))
        except _Fault as fault:
            while not blocks.at_boundary:
                blocks.take()
            yield Reject(str(path), fault.line, fault.reason)
        if stray is not None and page is not None:
            yield Reject(str(path), stray.number, "stands before the page begins")
            stray = None
    if not seen and stray is not None:
        raise RecordError(
            str(path), "this is not a profile page: no header and no paper found", line=1
        )
    if not seen:
        raise RecordError(str(path), "this is not a profile page: no whole page found", line=1)


def _stray_reason(block: _Block) -> str:
    return f"belongs to no paper: {block.texts[0][:60]!r}"


def _figure(text: str) -> tuple[str, Figure] | None:
    for pattern in _FIGURES:
        if match := pattern.fullmatch(text):
            count = _count(match["figure"])
            return match["name"].strip(), match["figure"] if count is None else count
    return None


def _count(text: str) -> int | None:
    return int(text.replace(",", "")) if _COUNT.fullmatch(text) else None


def _header(blocks: _Blocks, source: str | None) -> ParsedSource:
    first = blocks.take()
    subject = None if first.has_figures else first.texts[0]
    metrics: dict[str, Figure] = {}
    announced: int | None = None
    absurd: _Fault | None = None
    block = first if subject is None else blocks.take()
    while True:
        for line in block.lines:
            text = line.text.strip()
            if match := _ANNOUNCED.fullmatch(text):
                announced = _count(match["papers"])
                if announced is None:
                    absurd = _Fault(line.number, f"{text[:60]!r} is no number of papers")
            elif figure := _figure(text):
                metrics[figure[0]] = figure[1]
            # Anything else here is a link or a badge of the page.
        if blocks.next is None or blocks.next.is_paper or not blocks.next.has_figures:
            break
        block = blocks.take()
    if blocks.next is None:
        raise _Fault(first.number, "the file ends inside a page's header, or no paper follows it")
    if absurd is not None:
        raise absurd
    if announced is None and isinstance(printed := metrics.get("papers"), int):
        announced = printed
    if subject is not None and not _is_name(subject):
        raise _Fault(first.number, f"the header's first line is no name: {subject[:60]!r}")
    try:
        return ParsedSource(
            name=source or (slug(subject) if subject else FORMAT),
            format=FORMAT,
            label=subject or source or FORMAT,
            subject=subject,
            announced_papers=announced,
            metrics=metrics,
        )
    except ValidationError as error:
        raise _Fault(first.number, why_invalid(error)) from error


def _paper(blocks: _Blocks, page: _Page) -> ParsedPaper:
    head = blocks.take()
    headline = _HEADLINE.fullmatch(head.texts[0])
    if headline is None:
        raise _Fault(head.number, "is not a headline")
    try:
        day = date(
            int(headline["year"]), _MONTHS.index(headline["month"]) + 1, int(headline["day"])
        ).isoformat()
    except ValueError as error:
        raise _Fault(head.number, f"{head.texts[0]!r} is not a day of the calendar") from error
    if len(head.lines) < 2:
        raise _Fault(head.number, "the headline has no title below it")
    if len(head.lines) > 2:
        raise _Fault(
            head.lines[2].number, "more than a title stands between headline and blank line"
        )
    title = head.texts[1]

    if blocks.at_boundary or blocks.next is None:
        raise _Fault(head.number, f"{title[:60]!r} has no authors (is the page cut here?)")
    byline = blocks.take()
    authors, complete, organisations = _authors(byline)
    if blocks.at_boundary or blocks.next is None:
        raise _Fault(head.number, f"{title[:60]!r} has no abstract (is the page cut here?)")
    paragraphs = [blocks.take()]
    while not blocks.at_boundary and blocks.next is not None and _is_prose(blocks.next):
        paragraphs.append(blocks.take())
    abstract = "\n\n".join(" ".join(block.texts) for block in paragraphs)
    if not paragraphs[-1].lines[-1].ended and not abstract.endswith(_SENTENCE_ENDS):
        raise _Fault(
            paragraphs[-1].number,
            f"the file ends inside the abstract of {title[:60]!r}; "
            "if it is whole, end the file with a line end",
        )

    words = slug(title)
    if len(words) > _KEY_LENGTH:
        words = f"{words[:_KEY_LENGTH]}~{short_hash(words, 8)}"
    key = f"{words}~{day}"
    try:
        paper = ParsedPaper(
            source=page.source,
            key=key,
            format=FORMAT,
            title=title,
            date=day,
            abstract=abstract,
            authors=tuple(ParsedAuthor(name=name) for name in authors),
            authors_complete=complete,
            subject=page.subject,
            # The flag is printed or not; a page that does not print it says nothing.
            has_code=True if headline["code"] else None,
            affiliations=organisations,
            topics=(Topic(scheme=CATEGORY_SCHEME, name=headline["category"]),),
            locator=head.texts[0],
        )
    except ValidationError as error:
        raise _Fault(head.number, f"{title[:60]!r}: {why_invalid(error)}") from error
    line, content = page.seen.setdefault(key, (head.number, hash(paper)))
    if content != hash(paper):
        raise _Fault(
            head.number, f"{title[:60]!r} of the same day stands at line {line} with other content"
        )
    return paper


def _after_abstract(blocks: _Blocks) -> Iterator[_Block]:
    while not blocks.at_boundary:
        yield blocks.take()


def _is_prose(block: _Block) -> bool:
    text = " ".join(block.texts)
    return len(text) >= _SHORTEST_PARAGRAPH or text.endswith((".", "!", "?"))


def _is_name(text: str) -> bool:
    return (
        len(text) <= _LONGEST_NAME
        and bool(fold(text))
        and len(text.split()) <= _LONGEST_NAME_WORDS
        and not _NOT_IN_A_NAME.search(text)
    )


def _authors(block: _Block) -> tuple[list[str], bool, tuple[str, ...]]:
    """Take a byline apart: names, whether the list is complete, organisations of the paper."""
    if len(block.lines) > 1:
        raise _Fault(block.lines[1].number, "more than the authors stand between blank lines")
    # The blanks let it be found where no author stands before it, or nothing behind.
    byline, _, organisations = f" {block.texts[0]} ".partition(_ORGANISATIONS)
    byline = byline.strip()
    printed = _CUT.sub("", byline)
    names: list[str] = []
    for part in (part.strip() for part in printed.split(",")):
        if names and fold(part).replace(" ", "") in SUFFIXES:
            names[-1] = f"{names[-1]}, {part}"
        elif part:
            names.append(part)
    wrong = next((name for name in names if not _is_name(name)), None)
    if not names or wrong is not None:
        shown = (wrong if wrong is not None else byline)[:60]
        raise _Fault(block.number, f"is not a line of authors: {shown!r} is no name")
    return (
        names,
        printed == byline,
        tuple(name.strip() for name in organisations.split(",") if name.strip()),
    )
