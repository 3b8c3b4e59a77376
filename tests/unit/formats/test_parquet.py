"""Parquet files as `datasets` uploads them, broken ones, and images inside that become files of the project."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Picture

from boxwright.domain.box import Box
from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.parquet import Parquet
from boxwright.formats.registry import recognise
from boxwright.services.importing.dataset import import_dataset
from boxwright.services.project.project import Project

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")


def png(color: str) -> bytes:
    out = io.BytesIO()
    Picture.new("RGB", (64, 48), color).save(out, "PNG")
    return out.getvalue()


def put(file: Path, *rows: dict[str, Any], names: tuple[str, ...] = ("dog", "cat")) -> Path:
    """The columns of a published set: several rows a group, categories as numbers."""
    features = {
        "objects": {"category": {"feature": {"names": list(names), "_type": "ClassLabel"}, "_type": "Sequence"}}
    }
    table = pa.Table.from_pylist(list(rows))
    head = {"huggingface": json.dumps({"info": {"features": features}})}
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table.replace_schema_metadata(head), file, row_group_size=1)
    return file


def row(color: str, path: str | None = "", category: int = 1) -> dict[str, Any]:
    objects = {"id": [1], "area": [9], "bbox": [[10.0, 20.0, 30.0, 20.0]], "category": [category]}
    name = f"{color}.png" if path == "" else path
    return {"image": {"bytes": png(color), "path": name}, "width": 64, "height": 48, "objects": objects}


def test_a_published_set_is_read_with_its_class_names(tmp_path: Path) -> None:
    put(tmp_path / "data" / "train-00000-of-00001.parquet", row("red"), row("blue", None, 0))
    put(tmp_path / "data" / "test-00000-of-00001.parquet", row("green"))
    assert [g.format for g in recognise(tmp_path)] == ["parquet"]
    problems: list[Problem] = []
    dataset = Parquet().read(tmp_path, problems)
    assert problems == []
    assert [c.name for c in dataset.classes] == ["dog", "cat"]
    seen = {i.path: (i.split, [(b.box, b.label) for b in i.boxes]) for i in dataset.images}
    assert seen == {
        "green.png": (Split.TEST, [(Box(10, 20, 40, 40), 1)]),
        "red.png": (Split.TRAIN, [(Box(10, 20, 40, 40), 1)]),
        "train-00000-of-00001-2": (Split.TRAIN, [(Box(10, 20, 40, 40), 0)]),
    }
    contents = [image.embedded() for image in dataset.images if image.embedded]
    assert sorted(contents) == sorted(map(png, ("green", "red", "blue")))


def test_a_row_without_an_image_finds_its_own_by_name(tmp_path: Path) -> None:
    bare = row("red")
    bare["image"]["bytes"] = None
    file = put(tmp_path / "train.parquet", row("blue"), bare)
    problems: list[Problem] = []
    found = {image.path: image.embedded is not None for image in Parquet().read(file, problems).images}
    assert (found, problems) == ({"blue.png": True, "red.png": False}, [])


def test_its_images_become_files_of_the_project(tmp_path: Path) -> None:
    put(tmp_path / "train.parquet", row("red"), row("blue", None))
    with Project.create(tmp_path / "project") as project:
        result = import_dataset(project, tmp_path / "train.parquet")
        assert (result.images, result.boxes, result.added) == (2, 2, 2)
        names = sorted(project.images.file(int(i)).name for i in project.images.ids())
        assert names == ["red.png", "train-2.png"]


@pytest.mark.parametrize("data", [b"PAR1 bbox bytes PAR1", b"PAR1" + b"bbox bytes" * 100])
def test_a_broken_file_is_one_sentence(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.parquet").write_bytes(data)
    with pytest.raises(FormatError, match="cannot be read as Parquet") as raised:
        Parquet().read(tmp_path, [])
    assert "\n" not in str(raised.value)


def test_without_the_package_one_sentence_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = put(tmp_path / "train.parquet", row("red"))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert [g.format for g in recognise(file)] == ["parquet"]
    with pytest.raises(FormatError, match=r"install it with: .*python.* -m pip install pyarrow$"):
        Parquet().read(file, [])


def test_the_head_of_a_written_file_tells_the_features(tmp_path: Path) -> None:
    image = DatasetImage("a.png", tmp_path / "a.png", 64, 48, [DatasetBox(Box(1, 2, 3, 4), 1)])
    (tmp_path / "a.png").write_bytes(png("red"))
    Parquet().write(Dataset([DatasetClass(7, "dog"), DatasetClass(9, "cat")], [image]), tmp_path / "out")
    table = pq.read_table(tmp_path / "out" / "data" / "train-00000-of-00001.parquet")
    features = json.loads(table.schema.metadata[b"huggingface"])["info"]["features"]
    assert features["image"] == {"_type": "Image"}
    assert features["objects"]["categories"]["feature"] == {"_type": "ClassLabel", "names": ["dog", "cat"]}
    (entry,) = table.to_pylist()
    assert entry["objects"] == {"bbox": [[1.0, 2.0, 2.0, 2.0]], "categories": [1]}
    assert entry["image"] == {"bytes": png("red"), "path": "a.png"}
