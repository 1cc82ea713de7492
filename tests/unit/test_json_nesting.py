"""An array of JSON nested without end is refused before it takes memory."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_service.model.errors import RecordError
from loaders.json_reading import DEEPEST_NESTING, _Bounded, objects

TEXTS = st.text(st.sampled_from('[]{}"\\,:aé\n'), max_size=6)
VALUES = st.recursive(
    TEXTS | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=20,
)


def nested(levels: int) -> bytes:
    return b"[" + b'{"a":[' * (levels // 2) + b"]}" * (levels // 2) + b"]"


@pytest.mark.parametrize("content", [b"[" * 100_000, b"[" + b'{"a":' * 100_000, nested(100_000)])
def test_nesting_without_end_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(RecordError, match="nested more than 500 levels deep"):
        list(objects(path))


def test_nesting_as_records_have_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(nested(DEEPEST_NESTING - 10))
    (found,) = objects(path)
    assert found.value is not None


@settings(max_examples=60)
@given(st.lists(VALUES, max_size=4), st.integers(1, 9))
def test_brackets_are_told_from_those_in_texts_wherever_the_file_is_cut(
    values: list[Any], size: int
) -> None:
    text = json.dumps(values, ensure_ascii=False).encode()
    stream = _Bounded("a", io.BytesIO(text))
    depths = []
    while stream.read(size):
        depths.append(stream._depth)
    assert depths[-1] == 0
    assert min(depths) >= 0
    assert not stream._in_string
    # While the outer array is open, so is a level.
    assert all(depths[:-1])
