"""What loaders share: TeX as plain text, addresses in prose, dates as printed, values of JSON."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_service.model.identifiers import doi_value, find_doi, known_identifiers
from loaders.addresses import find_addresses
from loaders.json_values import as_object, as_objects, as_text, as_texts
from loaders.partial_dates import iso_date, mail_date, partial_date
from loaders.tex_text import paragraphs, plain, plain_text


@pytest.mark.parametrize(
    ("tex", "plain"),
    [
        (r"Bal\'azs, \'{E}va, {\'e}, {\'{e}} and \"Uber", "Balázs, Éva, é, é and Über"),
        (r"S{\o}ren \O rsted, {\L}ukasz, \v{S}im\r{u}n, \c{c}", "Søren Ørsted, Łukasz, Šimůn, ç"),
        (r"Mart\'{\i}n and Mart\'\i n", "Martín and Martín"),
        (r"$\alpha$-yarn and $\Lambda$CDM", "α-yarn and ΛCDM"),
        (r"$O(\log n)$, $E_{x}=\frac{1}{2}$, $x \leq \sqrt{y}$", "O(log n), E_x=1/2, x ≤ √y"),
        (r"\emph{Deep} {\bf bold} \textit{x} $\mathcal{O}$", "Deep bold x O"),
        (r"$\mycommand x$", "mycommand x"),
        (r"as in \cite[p.~3]{quill} and \ref{x}", "as in and"),
        (r"\url{https://github.com/quill/loom_net}", "https://github.com/quill/loom_net"),
        (r"\href{http://x.org/~quill}{page}", "page (http://x.org/~quill)"),
        (r"10\% of 5% at \$5, A\&B \{a\}", "10% of 5% at $5, A&B {a}"),
        ("from $5 to $10, 50% off", "from $5 to $10, 50% off"),
        ("A~B, ``quoted'' at http://x.org/~y", "A B, “quoted” at http://x.org/~y"),
        (r"two\\lines", "two lines"),
        ("plain text,  two\nlines", "plain text, two lines"),
        ("", ""),
    ],
)
def test_tex_becomes_plain_text(tex: str, plain: str) -> None:
    assert plain_text(tex) == plain


def test_an_empty_or_an_indented_line_begins_a_paragraph() -> None:
    assert paragraphs("  One\ntwo.\n  Three.\n\nFour.\n") == "One two.\n\nThree.\n\nFour."


@given(st.text(st.sampled_from("\\${}'\"~^`= abcvHxo%\n[](:,)"), max_size=60))
def test_no_text_is_too_odd_for_tex(text: str) -> None:
    plain = plain_text(text)
    assert plain == " ".join(plain.split())
    assert plain_text(text) == plain


@pytest.mark.parametrize("piece", ["\\cite[", "\\'", "\\href{", "$1 ", "{", "\\frac{", " ", "\\"])
def test_a_megabyte_of_signs_takes_no_time(piece: str) -> None:
    began = time.process_time()
    paragraphs(piece * (1_000_000 // len(piece)))
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    ("prose", "addresses"),
    [
        ("Code: https://github.com/quill/loomnet.", ("https://github.com/quill/loomnet",)),
        ("(see http://x.org/a_(b)) and www.y.org/z;", ("http://x.org/a_(b)", "www.y.org/z")),
        ("github.com/a/b, gitlab.com/c/d", ("github.com/a/b", "gitlab.com/c/d")),
        ("git@github.com:a/b.git twice git@github.com:a/b.git", ("git@github.com:a/b.git",)),
        ("write to ada@github.com/x or to quill.github.com/y", ()),
        ("no address", ()),
    ],
)
def test_addresses_are_found_without_what_the_sentence_adds(
    prose: str, addresses: tuple[str, ...]
) -> None:
    assert find_addresses(prose) == addresses


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2020", "2020"),
        ("2020-3", "2020-03"),
        ("2020-03-05T10:00:00Z", "2020-03-05"),
        ("2020-03-05 10:00", "2020-03-05"),
        ("2020-13-05", "2020"),
        ("2019-02-29", "2019-02"),
        ("0000-01-01", None),
        ("20200305", None),
        ("March 2020", None),
        ("", None),
    ],
)
def test_of_a_date_only_the_wrong_part_is_lost(text: str, date: str | None) -> None:
    assert iso_date(text) == date


def test_dates_of_mails_are_read() -> None:
    assert mail_date("Mon, 2 Apr 2007 19:18:42 GMT") == "2007-04-02"
    assert mail_date("2 Apr 2007 19:18:42 GMT") == "2007-04-02"
    assert mail_date("Mon, 31 Apr 2007 19:18:42 GMT") == "2007-04"
    assert mail_date("yesterday") is None
    assert mail_date("") is None


@given(
    st.text(max_size=30)
    | st.from_regex(r"\w{3}, \d{1,9} \w{3} \d{1,9} [\d:]{1,9} \w*", fullmatch=True)
)
def test_no_text_is_too_odd_for_a_date(text: str) -> None:
    for date in (iso_date(text), mail_date(text)):
        assert date is None or iso_date(date) == date


def test_a_date_needs_a_year() -> None:
    assert partial_date(0, 1, 1) is None
    assert partial_date(10_000) is None
    assert partial_date(999, 1) == "0999-01"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10.1000/Loom", "10.1000/loom"),
        (" https://doi.org/10.1000/loom ", "10.1000/loom"),
        ("10.1000/loom [doi]", "10.1000/loom"),
        ("10.1000/loom.", "10.1000/loom"),
        ("10.1000/loom. 42", None),
        ("10.1000/ loom", None),
        ("10.1175/1520-0001(1998)011 2.0.CO;2", None),
    ],
)
def test_half_a_doi_is_none_where_a_field_has_a_blank_in_it(text: str, value: str | None) -> None:
    assert doi_value(text) == value
    assert known_identifiers(("doi", text)) == ((f"doi:{value}",) if value else ())


def test_in_a_sentence_a_doi_ends_at_the_blank() -> None:
    assert find_doi("doi:10.1000/loom, accessed in 2020") == "10.1000/loom"


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"Quill\textquoteright s looms", "Quill’s looms"),
        (r"{\textquoteleft}Looms{\textquoteright}", "‘Looms’"),
        (r"Looms \textendash{} and wool", "Looms – and wool"),
        (r"\textbf{Looms} of \textit wool", "Looms of wool"),
        (r"\ensuremath{\alpha} and \protect\'Elan", "α and Élan"),
        (r"{\noopsort{a}}Looms of \(n\) threads", "Looms of n threads"),
    ],
)
def test_signs_with_names_of_their_own_are_signs(tex: str, text: str) -> None:
    assert plain_text(tex) == text
    assert plain(tex) == text


def test_values_of_another_type_are_as_good_as_none() -> None:
    assert [as_text(value) for value in ("a\n b", 3, True, 1.5, None, ["a"])] == [
        "a b",
        "3",
        "",
        "",
        "",
        "",
    ]
    assert [as_object(value) for value in ({"a": 1}, [], None)] == [{"a": 1}, {}, {}]
    assert list(as_objects([{"a": 1}, 2, None])) == [{"a": 1}]
    assert list(as_objects({"a": 1})) == []
    assert as_texts(["a", " ", 2, None]) == ["a", "2"]
    assert (as_texts("a"), as_texts(None)) == (["a"], [])
