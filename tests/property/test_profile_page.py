"""A page that is written is read back as it was; a page cut anywhere gives whole papers or none."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from graph_service.model.errors import RecordError
from graph_service.model.records import ParsedPaper, ParsedSource
from loaders.profile_page import read
from loaders.reading import Parsed, Reject

words = st.from_regex(r"[A-Z][a-zé]{1,8}", fullmatch=True)
names = st.lists(words, min_size=2, max_size=3).map(" ".join)
titles = st.lists(words, min_size=1, max_size=6).map(" ".join)
abstracts = st.lists(words, min_size=3, max_size=30).map(lambda found: " ".join(found) + ".")
papers = st.fixed_dictionaries(
    {
        "title": titles,
        "date": st.dates(date(1990, 1, 1), date(2030, 12, 31)),
        "category": st.sampled_from(["CV", "CL", "LG", "quant-ph"]),
        "code": st.booleans(),
        "authors": st.lists(names, min_size=1, max_size=4),
        "complete": st.booleans(),
        "organisations": st.lists(
            st.sampled_from(["north-lab", "south lab"]), max_size=2, unique=True
        ),
        "abstract": abstracts,
    }
)
pages = st.tuples(
    names,
    st.integers(0, 999),
    st.lists(papers, min_size=1, max_size=5, unique_by=lambda paper: paper["title"].lower()),
)
Page = tuple[str, int, list[dict[str, object]]]


def written(page: Page) -> str:
    subject, announced, listed = page
    parts = [subject, "", "CV", f"h-index{announced}", f"{announced}papers", ""]
    parts += [f"{announced} Papers", ""]
    for paper in listed:
        day = paper["date"]
        assert isinstance(day, date)
        organisations = paper["organisations"]
        assert isinstance(organisations, list)
        authors = paper["authors"]
        assert isinstance(authors, list)
        parts += [
            f"{paper['category']}{day:%b} {day.day}, {day.year}{'Code' if paper['code'] else ''}",
            str(paper["title"]),
            "",
            ", ".join(authors)
            + ("" if paper["complete"] else " et al.")
            + (f" · {', '.join(organisations)}" if organisations else ""),
            "",
            str(paper["abstract"]),
            "",
        ]
    return "\n".join(parts) + "\n"


def read_text(text: str, ends: str = "\n") -> list[Parsed]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "page.txt"
        path.write_bytes(text.replace("\n", ends).encode())
        return list(read(path))


@given(pages)
def test_what_is_written_is_read_back(page: Page) -> None:
    subject, announced, listed = page
    first, *found = read_text(written(page))
    assert isinstance(first, ParsedSource)
    assert (first.subject, first.announced_papers) == (subject, announced)
    assert first.metrics == {"h-index": announced, "papers": announced}
    assert len(found) == len(listed)
    for paper, given_ in zip(found, listed, strict=True):
        assert isinstance(paper, ParsedPaper)
        assert {
            "title": paper.title,
            "date": date.fromisoformat(paper.date or ""),
            "category": paper.topics[0].name,
            "code": paper.has_code is True,
            "authors": [author.name for author in paper.authors],
            "complete": paper.authors_complete,
            "organisations": [one.name for one in paper.affiliations],
            "abstract": paper.abstract,
        } == given_


@given(pages)
def test_line_ends_do_not_matter(page: Page) -> None:
    text = written(page)
    assert read_text(text, "\r\n") == read_text(text) == read_text(text, "\r")


@given(pages, st.floats(0, 1))
def test_a_cut_page_gives_whole_papers_and_says_what_it_sets_aside(page: Page, at: float) -> None:
    text = written(page)
    whole = {paper for paper in read_text(text) if isinstance(paper, ParsedPaper)}
    cut = text[: int(at * len(text))]
    try:
        found = read_text(cut)
    except RecordError:
        return
    read_papers = [paper for paper in found if isinstance(paper, ParsedPaper)]
    assert set(read_papers) <= whole
    if len(read_papers) < len(whole) and not cut.endswith("\n\n"):
        last = cut.rstrip("\n").splitlines()[-1]
        complete = any(paper.abstract == last for paper in read_papers)
        assert complete or [part for part in found if isinstance(part, Reject)] or not read_papers
