"""Metadata as different exporters write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.inference.metadata import parse_metadata


@pytest.mark.parametrize(
    ("raw", "names", "first"),
    [
        ({"names": "{0: 'cat', 1: \"dog's\"}"}, ("cat", "dog's"), 0),
        ({"names": '{"0": "cat", "1": "dog"}'}, ("cat", "dog"), 0),
        ({"names": '["cat", "dog"]'}, ("cat", "dog"), 0),
        ({"names": "['cat', 'dog']"}, ("cat", "dog"), 0),
        ({"names": '{"cat": 0, "dog": 1}'}, ("cat", "dog"), 0),
        ({"names": "{1: 'cat', 2: 'dog'}"}, ("cat", "dog"), 1),
        ({"names": "{0: 'cat', 2: 'owl'}"}, ("cat", "class 1", "owl"), 0),
        ({"names": "cat,dog, owl"}, ("cat", "dog", "owl"), 0),
        ({"classes": "cat\ndog\n"}, ("cat", "dog"), 0),
        ({"names": "{0: 'cat', 1: "}, (), 0),
        ({"names": "{-1: 'cat'}"}, (), 0),
        ({"names": "{0: 'a', 99999999: 'b'}"}, (), 0),
        ({"names": "__import__('os').system('false')"}, ("__import__('os').system('false')",), 0),
        ({}, (), 0),
    ],
)
def test_names(raw: dict[str, str], names: tuple[str, ...], first: int) -> None:
    metadata = parse_metadata(raw)
    assert (metadata.names, metadata.first_label) == (names, first)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("[480, 640]", (640, 480)),
        ("640", (640, 640)),
        ("[0, 640]", None),
        ("wide", None),
        ("[1, 2, 3]", None),
        ("", None),
    ],
)
def test_image_size_is_height_then_width(text: str, size: tuple[int, int] | None) -> None:
    assert parse_metadata({"imgsz": text}).image_size == size


@given(st.dictionaries(st.sampled_from(("names", "imgsz", "task", "stride", "end2end", "x")), st.text(max_size=60)))
def test_no_text_is_an_error(raw: dict[str, str]) -> None:
    assert parse_metadata(raw).raw == raw
