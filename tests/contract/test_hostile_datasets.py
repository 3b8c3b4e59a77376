"""Whatever a dataset's files hold, a reader gives sound data or one sentence: no traceback, no endless memory, nothing
outside the folder. Held to by every format, those of installed packages included."""

from __future__ import annotations

import codecs
import json
import math
import re
import tempfile
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boxwright.domain.box import Box
from boxwright.domain.errors import BoxwrightError, FormatError
from boxwright.domain.image import Split
from boxwright.formats import coco_json
from boxwright.formats.base import Format
from boxwright.formats.checks import Reporter
from boxwright.formats.coco import Coco
from boxwright.formats.coco_json import load
from boxwright.formats.dataset import Boxes, Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.names import is_image_name
from boxwright.formats.registry import formats, recognise

WRITTEN = [known for known in formats() if known.capabilities.writes]
NUMBERS = [
    "NaN",
    "nan",
    "Infinity",
    "-inf",
    "1e400",
    "-1e308",
    "-5",
    "0",
    "99999999999999999999",
    '"x"',
    "null",
    "[]",
    "1e-320",
    "9" * 300,
    "-" + "9" * 5000,
    '{"a": 1}',
    "[[1, 2], 3]",
    "true",
    "[" * 3000 + "]" * 3000,
]
# What Python says of errors is no sentence for a person.
PYTHON = re.compile(
    r"Traceback|recursion|unhashable|NoneType|object is not|has no attribute|'utf-8' codec|Errno|too large to convert"
    r"|set_int_max|\bdict\b"
)
NAMES = [
    "..", "../../up", "/etc/passwd", "C:\\x", "a\\b", "a:b", "a\"b'c", "<b>&amp;", "new\nline", "=1+1", "@cmd", "", " ",
    "\0", "x" * 5000, "日本", "\u202e",
]  # fmt: skip
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{i} "{f"&a{i - 1 if i else str()};" * 10}">' for i in range(12))
    + "]><annotation><filename>&a11;</filename></annotation>"
)


@pytest.fixture(params=WRITTEN, ids=lambda known: known.name)
def known(request: pytest.FixtureRequest) -> Format:
    found: Format = request.param
    return found


def write(known: Format, folder: Path, class_name: str = "nut") -> Path:
    """Two images of 64 x 48 with boxes of two classes, in a format."""
    images = []
    for number in range(2):
        file = folder / f"source {number}.png"
        file.write_bytes(b"\x89PNG not quite")
        boxes = [DatasetBox(Box(4, 5, 20, 30), 0, 0.5), DatasetBox(Box(10, 10, 60, 40), 1, 0.25)]
        images.append(
            DatasetImage(f"img {number}.png", file, 64, 48, boxes, Split.TRAIN if number else Split.VALIDATION)
        )
    out = folder / "set"
    known.write(Dataset([DatasetClass(1, class_name), DatasetClass(7, "bolt")], images), out)
    return out


def texts(out: Path) -> list[Path]:
    """The files of a dataset that are not images."""
    return sorted(
        p for p in out.rglob("*") if p.is_file() and not is_image_name(p.name) and p.name != "boxwright.manifest"
    )


@contextmanager
def memory_below(megabytes: int) -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < megabytes << 20


def hold(known: Format, out: Path) -> Dataset | None:
    """Read `out` and hold what comes to the promises; None when it was refused in a sentence."""
    problems: list[Problem] = []
    recognise(out)
    try:
        dataset = known.read(out, problems)
    except BoxwrightError as error:
        text = str(error)
        assert text.strip() and not PYTHON.search(text) and text.rstrip()[-1] in ".?!"
        return None
    for problem in problems:
        assert problem.what.strip() and not PYTHON.search(problem.what)
        assert problem.line is None or problem.line >= 1
    assert len({c.id for c in dataset.classes}) == len(dataset.classes)
    for image in dataset.images:
        parts = PurePosixPath(image.path).parts
        assert ".." not in parts and not image.path.startswith("/") and "\0" not in image.path
        assert image.file is None or image.file.resolve().is_relative_to(out.resolve())
        # Where the size is not known yet, the import cuts boxes off at the edge of the image in the pool.
        sized = image.relative or bool(image.width and image.height)
        width, height = (1.0, 1.0) if image.relative else (image.width, image.height)
        for item in image.boxes:
            box = item.box
            assert all(map(math.isfinite, (box.x1, box.y1, box.x2, box.y2)))
            assert box.x1 < box.x2
            assert box.y1 < box.y2
            if sized:
                assert box.clipped(width + 1e-6, height + 1e-6) == box
            assert 0 <= item.label < len(dataset.classes)
            assert item.score is None or 0 <= item.score <= 1
    return dataset


EDITS = st.one_of(
    st.tuples(st.just("cut"), st.integers(0, 1000)),
    st.tuples(st.just("number"), st.integers(0, 1000), st.sampled_from(NUMBERS)),
    st.tuples(st.just("name"), st.integers(0, 1000), st.sampled_from(NAMES)),
    st.tuples(st.just("bytes"), st.integers(0, 1000), st.binary(min_size=1, max_size=8)),
    st.tuples(st.just("again"), st.integers(0, 1000)),
    st.tuples(st.just("encoding"), st.sampled_from(["utf-16", "utf-8-sig", "utf-16-be", "latin-1 mark", "nulls"])),
    st.tuples(st.just("gone")),
)


def damage(file: Path, edit: tuple[object, ...]) -> None:
    data = file.read_bytes()
    at = int(edit[1]) * len(data) // 1000 if len(edit) > 1 and isinstance(edit[1], int) else 0
    if edit[0] == "cut":
        file.write_bytes(data[:at])
    elif edit[0] == "bytes":
        file.write_bytes(data[:at] + bytes(edit[2]) + data[at + len(bytes(edit[2])) :])  # type: ignore[call-overload]
    elif edit[0] == "again":
        lines = data.split(b"\n")
        lines.insert(min(at, len(lines)), lines[at % len(lines)])
        file.write_bytes(b"\n".join(lines))
    elif edit[0] == "gone":
        file.unlink()
    elif edit[0] == "encoding":
        text = data.decode("utf-8", "replace")
        file.write_bytes(
            {
                "utf-16": text.encode("utf-16"), "utf-8-sig": text.encode("utf-8-sig"),
                "utf-16-be": codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
                "latin-1 mark": data + b"\xe4\xff", "nulls": b"\0" * 16 + data,
            }[str(edit[1])]
        )  # fmt: skip
    else:
        pattern = rb"-?\d+(?:\.\d+)?" if edit[0] == "number" else rb"nut|bolt|img \d|images"
        found = list(re.finditer(pattern, data))
        if found:
            hit = found[int(edit[1]) % len(found)]  # type: ignore[call-overload]
            file.write_bytes(data[: hit.start()] + str(edit[2]).encode("utf-8", "replace") + data[hit.end() :])


def values(found: object) -> Iterator[tuple[object, object]]:
    """Every place in a JSON value: the list or object that it is in, and its index or key."""
    for key, value in list(
        found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
    ):
        yield found, key
        yield from values(value)


STRANGE: list[Any] = [
    {}, [], [[]], {"a": {"b": []}}, None, True, "", "x", 0, -1, 1.5, 2**63, 10**300, -(10**300), float("nan"),
    float("inf"), {"id": [1]}, [None, {}, 1],
]  # fmt: skip
_JSON = {"coco", "datumaro", "labelme", "xanylabeling", "createml", "labelstudio", "fiftyone", "huggingface", "via"}
JSON_FORMATS = [known for known in WRITTEN if known.name in {*_JSON, "supervisely"}]


@pytest.mark.parametrize("known", JSON_FORMATS, ids=lambda known: known.name)
def test_any_value_of_json_may_be_of_any_kind(known: Format, tmp_path: Path) -> None:
    """Each place of the first records of each file, with each strange value in turn."""
    out = write(known, tmp_path)
    for file in texts(out):
        if not file.suffix.startswith(".json"):
            continue
        text = file.read_text("utf-8")
        lined = file.suffix == ".jsonl"
        root = [json.loads(line) for line in text.splitlines()] if lined else json.loads(text)
        for number, (inside, key) in enumerate(list(values(root))[:160]):
            kept = inside[key]  # type: ignore[index]
            inside[key] = STRANGE[number % len(STRANGE)]  # type: ignore[index]
            file.write_text("\n".join(map(json.dumps, root)) if lined else json.dumps(root), "utf-8")
            hold(known, out)
            inside[key] = kept  # type: ignore[index]
        file.write_text(text, "utf-8")


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(edits=st.lists(st.tuples(st.integers(0, 50), EDITS), min_size=1, max_size=3))
def test_damaged_files_are_read_soundly_or_refused_in_a_sentence(
    known: Format, edits: list[tuple[int, tuple[object, ...]]]
) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        out = write(known, folder)
        for which, edit in edits:
            files = texts(out)
            if files:
                damage(files[which % len(files)], edit)
        before = sorted(folder.iterdir())
        with memory_below(64):
            hold(known, out)
        assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize("name", ["a/b\\c:d", "a\"b'c<d>&e", "new\nline", "=HYPERLINK(1)", "-1+1", "../x"])
def test_a_class_may_have_any_name(known: Format, tmp_path: Path, name: str) -> None:
    try:
        out = write(known, tmp_path, name)
    except FormatError as error:
        assert str(error).strip()
        return
    dataset = hold(known, out)
    assert dataset is not None
    assert sum(len(image.boxes) for image in dataset.images) == 4
    assert sorted(p.name for p in tmp_path.iterdir()) == ["set", "source 0.png", "source 1.png"]


@pytest.mark.parametrize("name", ["voc", "cvat"])
def test_an_xml_bomb_does_not_go_off(tmp_path: Path, name: str) -> None:
    known = next(f for f in formats() if f.name == name)
    out = write(known, tmp_path)
    for file in texts(out):
        if file.suffix == ".xml":
            file.write_text(BOMB)
    with memory_below(16):
        dataset = hold(known, out)
    assert dataset is None or not dataset.box_count


def test_category_ids_that_change_between_files_are_matched_by_name(tmp_path: Path) -> None:
    for split, ids in (("train", {3: "nut", 5: "bolt"}), ("val", {3: "bolt", 9: "nut"})):
        images = [{"id": 1, "file_name": f"{split}.png", "width": 64, "height": 48}]
        boxes = [{"id": i, "image_id": 1, "category_id": i, "bbox": [0, 0, i, i]} for i in ids]
        categories = [{"id": i, "name": name} for i, name in ids.items()]
        data = {"images": images, "annotations": boxes, "categories": categories}
        (tmp_path / f"instances_{split}.json").write_bytes(orjson.dumps(data))
    dataset = Coco().read(tmp_path, [])
    found = {(i.split, dataset.classes[b.label].name, b.box.x2) for i in dataset.images for b in i.boxes}
    train, val = Split.TRAIN, Split.VALIDATION
    assert found == {(train, "nut", 3), (train, "bolt", 5), (val, "bolt", 3), (val, "nut", 9)}


def test_ten_million_boxes_have_room() -> None:
    """45 bytes a box whatever the format: 0.45 GB for ten million."""
    count = 200_000
    tracemalloc.start()
    boxes = Boxes()
    for k in range(count):
        boxes.append(DatasetBox(Box(0, 0, 1, k + 1), 0, 0.5, line=k))
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert size / count < 56


def test_json_that_is_too_large_to_be_read_at_once_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coco_json, "LARGEST_JSON", 10)
    file = tmp_path / "a.json"
    file.write_text(json.dumps({"a": "b" * 20}))
    with pytest.raises(FormatError, match="larger than"):
        load(file, Reporter([], "a.json"))
