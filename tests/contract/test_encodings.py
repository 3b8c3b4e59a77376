"""Whatever encoding an editor left a dataset's text files in, the format is recognised and the same is read."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from tests.format_cases import WRITTEN, an_image, read

from boxwright.domain.box import Box
from boxwright.domain.image import Split
from boxwright.formats.base import Format
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, Problem
from boxwright.formats.names import is_image_name
from boxwright.formats.registry import recognise

TEXTS = [known for known in WRITTEN if known.name not in ("tfrecord", "parquet")]
UNICODE = {
    "mark": lambda text: text.encode("utf-8-sig"),
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-16 big": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    "utf-16 without mark": lambda text: text.encode("utf-16-le"),
    "utf-16 big without mark": lambda text: text.encode("utf-16-be"),
}


@pytest.fixture(params=TEXTS, ids=lambda known: known.name)
def known(request: pytest.FixtureRequest) -> Format:
    found: Format = request.param
    return found


def written(known: Format, folder: Path, *names: str) -> Path:
    """Two images, each with a box of every class."""
    boxes = [DatasetBox(Box(10, 20, 30 + index, 60), index) for index in range(len(names))]
    images = [an_image(folder / "in", f"{stem}.jpg", boxes, Split.TRAIN) for stem in ("a", "b")]
    classes = [DatasetClass(index + 1, name) for index, name in enumerate(names)]
    known.write(Dataset(classes, images), folder / "out")
    return folder / "out"


def texts(out: Path) -> list[Path]:
    kept = (file for file in sorted(out.rglob("*")) if file.is_file() and file.name != "boxwright.manifest")
    return [file for file in kept if not is_image_name(file.name)]


def boxes_of(dataset: Dataset) -> dict[str, list[tuple[str, tuple[float, ...]]]]:
    return {
        image.path: [
            (dataset.classes[item.label].name, tuple(map(float, item.box.array())))
            for item in image.pixel_boxes(640, 480)
        ]
        for image in dataset.images
    }


@pytest.mark.parametrize("encoding", UNICODE)
def test_unicode_of_any_kind_is_read_without_a_word(known: Format, tmp_path: Path, encoding: str) -> None:
    out = written(known, tmp_path, "고양이", "dog")
    before = boxes_of(read(known, out))
    for file in texts(out):
        file.write_bytes(UNICODE[encoding](file.read_text(encoding="utf-8")))
    assert recognise(out)[0].format == known.name
    assert boxes_of(read(known, out)) == before


def test_text_of_korean_windows_is_read_as_korean_and_told(known: Format, tmp_path: Path) -> None:
    out = written(known, tmp_path, "고양이", "강아지")
    before = boxes_of(read(known, out))
    changed = set()
    for file in texts(out):
        korean = file.read_text(encoding="utf-8").encode("cp949")
        if korean != file.read_bytes():
            changed.add(file.relative_to(out).as_posix())
            file.write_bytes(korean)
    assert recognise(out)[0].format == known.name
    problems: list[Problem] = []
    assert boxes_of(known.read(out, problems)) == before
    told = [problem for problem in problems if problem.kind == "not UTF-8"]
    assert len(told) == len(problems)
    assert bool(told) == bool(changed)
    assert all("Korean (CP949)" in problem.what and problem.line for problem in told)
