"""Our reading of publishers' files beside that of another parser: counts, and the table of them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.golden.ads_pairs import ANOTHER_QUESTION, FIELDS, Comparison, compare

pytestmark = pytest.mark.real_files

GOLDEN = Path(__file__).parent / "ads_pairs.txt"
DOCUMENT = Path(__file__).parents[2] / "docs" / "conformance.md"
ARCHIVE = "formats/ads-ingest-parser.tar.xz"


@pytest.fixture(scope="module")
def found(shared: Callable[[str], Path]) -> Comparison:
    return compare(shared(ARCHIVE))


def test_as_many_fields_agree_as_before(found: Comparison, request: pytest.FixtureRequest) -> None:
    said = "\n".join([*found.table(), "", "Not read:", *found.left_out(), ""])
    if request.config.getoption("--update-golden"):
        GOLDEN.write_text(said, encoding="utf-8")
    assert said == GOLDEN.read_text(encoding="utf-8")


def test_the_documents_show_the_table_and_explain_every_field_that_differs(
    found: Comparison,
) -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    assert "\n".join(found.table()) in document
    assert ", ".join(found.left_out()) in document
    explained = document.partition("## Where they differ")[2]
    assert found.differences.keys() <= set(FIELDS)
    for what in found.differences:
        assert f"**{what}**" in explained, what


def test_every_pair_is_compared_or_said_to_be_left_out(
    found: Comparison, shared: Callable[[str], Path]
) -> None:
    # Pairs by their names alone: find . -name '*.xml' and '*.json' with one stem.
    stub = next(shared(ARCHIVE).rglob("stubdata"))
    inputs = {path.stem for path in (stub / "input").glob("*.xml")}
    pairs = inputs & {path.stem for path in (stub / "output").glob("*.json")}
    assert found.files.total() + found.not_read.total() == len(pairs - ANOTHER_QUESTION)
    assert found.files.total() == 98
