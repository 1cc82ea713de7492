"""Repositories in running text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_service.model.repositories import find_repositories


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("https://github.com/Quill-Lab/loom_ICLR23.git.", "Quill-Lab/loom_ICLR23"),
        (r"\href{https://github.com/foo/bar}{https://github.com/foo/bar}.", "foo/bar"),
        (r"\url{https://github.com/foo/bar}.", "foo/bar"),
        ("git@github.com:Foo/bar.git", "Foo/bar"),
        ("(github.com/foo/bar)", "foo/bar"),
        ("https://github.com/foo/bar;", "foo/bar"),
        ("see https://github.com/foo/bar, and more", "foo/bar"),
        ("https://github.com/foo/bar/tree/main/src", "foo/bar"),
        ("https://github.com/foo/bar?tab=readme#x", "foo/bar"),
        ("http://www.github.com/foo/bar.js", "foo/bar.js"),
        (r"https://github.com/foo/bar\_baz", "foo/bar_baz"),
        (r"\href{https://github.com/foo/bar}{unbalanced", "foo/bar"),
        ("HTTPS://GITHUB.COM/Foo/Bar", "Foo/Bar"),
    ],
)
def test_an_address_is_found_in_its_canonical_form(text: str, name: str) -> None:
    (found,) = find_repositories(text)
    assert found == (f"github:{name}".lower(), name)


@pytest.mark.parametrize(
    "text",
    [
        "https://github.com/foo",
        "https://github.com/topics/ml",
        "https://foo.github.io/bar",
        "https://gist.github.com/foo/123",
        "https://raw.githubusercontent.com/foo/bar/main/x",
        "github.com/a--b/c",
        "github.com/foo.bar/x",
        "github.com/foo/..",
        "notgithub.com/foo/bar",
        "https://github.com/" + "a" * 40 + "/x",
        "",
    ],
)
def test_what_is_no_repository_is_not_found(text: str) -> None:
    assert find_repositories(text) == ()


def test_each_is_found_once_in_order() -> None:
    text = "github.com/B/two, github.com/a/one and https://github.com/b/TWO.git"
    assert [found.id for found in find_repositories(text)] == ["github:b/two", "github:a/one"]


segment = st.from_regex(r"[A-Za-z0-9](-?[A-Za-z0-9]){0,8}", fullmatch=True)


@given(segment, segment, st.sampled_from(["{}", "({})", r"\url{{{}}}", "see {}.", "{}.git"]))
def test_a_written_address_is_read_back(owner: str, name: str, around: str) -> None:
    reserved = find_repositories(f"github.com/{owner}/x") == ()
    if not reserved and not name.lower().endswith("git"):
        (found,) = find_repositories(around.format(f"https://github.com/{owner}/{name}"))
        assert found.name == f"{owner}/{name}"
