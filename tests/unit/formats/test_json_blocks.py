"""A list read in blocks is the list that a whole parser reads, wherever the blocks end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boxwright.domain.errors import FormatError
from boxwright.formats import json_blocks
from boxwright.formats.checks import Reporter
from boxwright.formats.coco_content import RepeatedIds, open_object
from boxwright.formats.json_blocks import BlockObject, NotPlain

NASTY = st.sampled_from(['},{"id":', "}]", "]}", '"', "\\", "{[", "},", "a", "", "\n", "é"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | NASTY | st.floats(allow_nan=False, allow_infinity=False, width=16),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NASTY, inner, max_size=3),
    max_leaves=12,
)
OBJECTS = st.dictionaries(
    st.sampled_from(["images", "annotations", "info", "x"]) | NASTY, VALUES | st.lists(VALUES, max_size=12)
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=OBJECTS, block=st.integers(1, 60), indent=st.sampled_from([None, 1]))
def test_every_list_is_read_as_a_whole_parser_reads_it(
    tmp_path: Path, data: dict[str, Any], block: int, indent: int | None
) -> None:
    file = tmp_path / "a.json"
    file.write_text(json.dumps(data, indent=indent), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_blocks, "BLOCK", block)
        found = BlockObject(file)
    try:
        for key, value in data.items():
            assert found.is_list(key) == isinstance(value, list)
            assert list(found.items(key)) == (value if isinstance(value, list) else [])
            assert key in found
        assert "missing" not in found
    finally:
        found.close()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=OBJECTS, cut=st.integers(1, 200), block=st.integers(1, 60))
def test_what_is_cut_off_is_never_read_in_part(tmp_path: Path, data: dict[str, Any], cut: int, block: int) -> None:
    text = json.dumps(data).encode()
    file = tmp_path / "a.json"
    file.write_bytes(text[: max(0, len(text) - cut)])
    with pytest.MonkeyPatch.context() as patch, pytest.raises(NotPlain):
        patch.setattr(json_blocks, "BLOCK", block)
        BlockObject(file)
    with pytest.raises(FormatError):
        open_object(file, Reporter([], "a.json"))


def test_items_have_their_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_blocks, "BLOCK", 40)
    file = tmp_path / "a.json"
    items = [{"id": i, "name": "a\\n},{"} for i in range(30)]
    file.write_text('{"images": [\n' + ",\n".join(map(json.dumps, items)) + "\n]}")
    found = BlockObject(file)
    assert [found.line("images", i) for i in (0, 7, 29, 3)] == [2, 9, 31, 5]
    assert found.line("nothing", 5) == 1
    found.close()


def test_numbers_that_are_none_are_read_and_other_encodings_are_left_to_others(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text('{"annotations": [{"bbox": [NaN, Infinity, 1, 2]}]}')
    found = open_object(file, Reporter([], "a.json"))
    assert isinstance(found, BlockObject)
    assert str(next(iter(found.items("annotations")))["bbox"]) == "[nan, inf, 1, 2]"
    found.close()
    for encoding in ("utf-16", "utf-8-sig"):
        file.write_text('{"annotations": [1, 2]}', encoding=encoding)
        other = open_object(file, Reporter([], "a.json"))
        assert list(other.items("annotations")) == [1, 2]
        other.close()


def test_too_large_to_be_mended_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boxwright.formats.coco_content._LARGEST_AT_ONCE", 10)
    file = tmp_path / "a.json"
    file.write_text('{"annotations": [1, 2')
    with pytest.raises(FormatError, match="cut off, or another encoding"):
        open_object(file, Reporter([], "a.json"))


def test_ids_that_occur_again_are_found() -> None:
    ids = RepeatedIds()
    for position, value in enumerate([5, 7, None, 5, "5", "a", 2**62, "a", 5]):
        ids.add(position, value)
    assert ids.repeated() == [(3, 5), (7, "a"), (8, 5)]


def test_memory_does_not_grow_with_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four times as many items take hardly more memory."""
    import tracemalloc

    monkeypatch.setattr(json_blocks, "BLOCK", 1 << 14)

    def peak(count: int) -> int:
        file = tmp_path / "a.json"
        file.write_bytes(orjson.dumps({"annotations": [{"id": i, "bbox": [1, 2, 3, 4]} for i in range(count)]}))
        tracemalloc.start()
        found = BlockObject(file)
        assert sum(1 for _ in found.items("annotations")) == count
        found.close()
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(20_000) < 1.3 * peak(5_000)
