"""Whatever a format declares that it keeps of flags, scores, attributes, provenance and tags survives; nothing else."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.format_cases import WRITTEN, an_image, read, words

from boxwright.domain.box import Box
from boxwright.domain.marks import FLAGS, AttributeValue, ImageMarks
from boxwright.formats.base import ANY_VALUE, Format
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Provenance
from boxwright.formats.extras import text_of, typed, xml_text
from boxwright.formats.losses import kind_of
from boxwright.formats.splits import split_named

FLAG_SETS = [frozenset[str](), *(frozenset({flag}) for flag in FLAGS), frozenset(FLAGS)]


@pytest.fixture(params=WRITTEN, ids=lambda known: known.name)
def known(request: pytest.FixtureRequest) -> Format:
    found: Format = request.param
    return found


def rewritten(known: Format, folder: Path, *images: DatasetImage) -> list[DatasetImage]:
    known.write(Dataset([DatasetClass(1, "cell"), DatasetClass(2, "cyst")], list(images)), folder / "out")
    return sorted(read(known, folder / "out").images, key=lambda image: image.path)


def test_every_declared_mark_survives_and_no_other(known: Format, tmp_path: Path) -> None:
    marked = [DatasetBox(Box(n, 1, n + 9, 20), 0, None, flags) for n, flags in enumerate(FLAG_SETS)]
    (image,) = rewritten(known, tmp_path, an_image(tmp_path / "images", "a.jpg", marked))
    assert [item.flags for item in image.boxes] == [item.flags & known.capabilities.flags for item in marked]


def test_scores_are_kept_where_they_are_declared(known: Format, tmp_path: Path) -> None:
    scored = [DatasetBox(Box(1, 1, 20, 20), 0, 0.25), DatasetBox(Box(1, 30, 20, 50), 0, 0.75)]
    (image,) = rewritten(known, tmp_path, an_image(tmp_path / "images", "a.jpg", scored))
    assert [item.score for item in image.boxes] == ([0.25, 0.75] if known.capabilities.scores else [None, None])


def test_who_confirmed_an_image_empty_is_kept_where_it_is_declared(known: Format, tmp_path: Path) -> None:
    empty = an_image(tmp_path / "images", "a.jpg")
    empty.annotator = "Ada ü <&>"
    other = an_image(tmp_path / "images", "b.jpg", [DatasetBox(Box(1, 1, 20, 20), 0)])
    image, _ = rewritten(known, tmp_path, empty, other)
    assert image.labeled
    assert image.annotator == ("Ada ü <&>" if known.capabilities.signed_empty else "")


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("text", ["red", "a b", "ü <&> \"'", "=1+1", "x: y; z, {}", "0x1"]),
        ("number", [0, -7, 2.5, 1e-9]),
        ("yes or no", [True, False]),
    ],
)
def test_attributes_are_kept_with_the_kinds_of_values_declared(
    known: Format, tmp_path: Path, kind: str, values: list[str | float | bool]
) -> None:
    assert known.capabilities.attributes <= ANY_VALUE
    boxes = [DatasetBox(Box(n, 1, n + 9, 20), 0, attributes={"farbe ä": v}) for n, v in enumerate(values)]
    boxes.append(DatasetBox(Box(30, 1, 39, 20), 1))
    (image,) = rewritten(known, tmp_path, an_image(tmp_path / "images", "a.jpg", boxes))
    found = [dict(item.attributes) for item in image.boxes]
    kept = kind in known.capabilities.attributes
    assert found == [dict(item.attributes) if kept else {} for item in boxes]
    assert [type(v) for a in found for v in a.values()] == [type(v) for v in values if kept]


def test_how_a_box_came_to_be_is_kept_where_it_is_declared(known: Format, tmp_path: Path) -> None:
    boxes = [
        DatasetBox(Box(1, 1, 20, 20), 0, provenance=Provenance("relabeled", Box(2, 1.5, 20, 21), "cyst", "anna b")),
        DatasetBox(Box(1, 30, 20, 50), 0, provenance=Provenance("drawn", annotator="Bö")),
        DatasetBox(Box(1, 60, 20, 70), 0),
    ]
    (image,) = rewritten(known, tmp_path, an_image(tmp_path / "images", "a.jpg", boxes))
    if not known.capabilities.provenance:
        assert [item.provenance for item in image.boxes] == [None] * 3
        return
    found = [item.provenance for item in image.pixel_boxes(640, 480)]
    assert found[1:] == [boxes[1].provenance, None]
    first = found[0]
    assert first is not None and first.source_box is not None
    assert replace(first, source_box=None) == Provenance("relabeled", None, "cyst", "anna b")
    assert first.source_box.array() == pytest.approx([2, 1.5, 20, 21], abs=0.001)


def test_tags_and_notes_are_kept_where_they_are_declared(known: Format, tmp_path: Path) -> None:
    can = known.capabilities
    marks = ImageMarks(frozenset({"night", "heavy rain", "ü <&>", "=sum"}), 'Who knows?\n"left" <upper> corner; ä')
    images = [
        an_image(tmp_path / "images", "a.jpg", [DatasetBox(Box(1, 1, 9, 9), 0), DatasetBox(Box(2, 2, 9, 9), 0)]),
        an_image(tmp_path / "images", "empty.jpg"),
        an_image(tmp_path / "images", "nobody.jpg", labeled=False),
        an_image(tmp_path / "images", "plain.jpg", [DatasetBox(Box(1, 1, 9, 9), 0)]),
    ]
    for image in images[:3]:
        image.marks = marks
    kept = ImageMarks(marks.tags if can.tags else frozenset(), marks.note if can.notes else "")
    found = {image.path: image.marks for image in rewritten(known, tmp_path, *images)}
    assert (found["a.jpg"], found["empty.jpg"], found["plain.jpg"]) == (kept, kept, ImageMarks())
    assert found["nobody.jpg"] == (kept if can.unlabeled_marks else ImageMarks())


anything = st.text(st.characters(codec="utf-8"), max_size=12) | st.integers(-(2**63), 2**63 - 1)
values = anything | st.booleans() | st.floats(allow_nan=False, allow_infinity=False)
# What a format itself calls so, or another tool means by it.
own_names = frozenset({*FLAGS, "iscrowd", "is_crowd", "pose", "text", "description", "label", "score", "id"})


@given(
    attributes=st.dictionaries(words.filter(lambda w: w not in own_names), values, max_size=4),
    tags=st.frozensets(words.filter(lambda w: split_named(w) is None), max_size=3),
    flags=st.frozensets(st.sampled_from(FLAGS)),
)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_any_attribute_and_any_tag_survives_or_is_declared_lost(
    known: Format, attributes: dict[str, AttributeValue], tags: frozenset[str], flags: frozenset[str]
) -> None:
    can = known.capabilities
    with tempfile.TemporaryDirectory() as name:
        item = DatasetBox(Box(1, 1, 20, 20), 0, None, flags, attributes=attributes)
        image = an_image(Path(name) / "images", "a.jpg", [item])
        image.marks = ImageMarks(tags)
        (found,) = rewritten(known, Path(name), image)
    assert found.marks.tags == (tags if can.tags else frozenset())
    assert found.boxes[0].flags == flags & can.flags
    kept = {key: value for key, value in attributes.items() if kind_of(value) in can.attributes}
    for key, value in kept.items():
        # Formats of text cannot tell a number from its digits, and XML has no way to write some characters.
        same = {repr(value), repr(typed(text_of(value)))}
        same |= {repr(text.strip()) for text in (xml_text(str(value)), str(value)) if isinstance(value, str)}
        same |= {repr(typed(xml_text(value).strip()))} if isinstance(value, str) else set()
        again = found.boxes[0].attributes.get(key)
        assert repr(again) in same or (isinstance(value, str) and _without_breaks(again) == _without_breaks(value)), key
    assert found.boxes[0].attributes.keys() <= kept.keys()


def _without_breaks(value: object) -> str:
    """XML and CSV each have one way to break a line."""
    return "\n".join(xml_text(str(value)).splitlines()).strip()
