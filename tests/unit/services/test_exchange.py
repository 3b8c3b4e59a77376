"""The training set as files that programs of others read, and the card of a detector that one of them wrote."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from tests.onnx_graphs import NAMES, dense_rows, f32, write_graph, yolo_metadata
from tests.training_sets import CLASSES, on_disk, shapes_set

from boxwright.domain.errors import BoxwrightError, ModelError
from boxwright.inference.cards import save_card
from boxwright.services.retraining.exchange import FileExchange
from boxwright.training.protocol import TrainingSet


@pytest.fixture
def dataset(tmp_path: Path) -> TrainingSet:
    """Twelve images; a space, Korean and a name twice in their paths."""
    return on_disk(
        shapes_set(12), tmp_path / "내 사진", lambda i: ("하나 둘.png", "sub/하나 둘.png", f"{i} a.png")[min(i, 2)]
    )


def yolo_labels(folder: Path, split: str) -> dict[str, list[list[float]]]:
    """Boxes by image as frameworks read them: `path` joined with the split, then `images` becomes `labels`."""
    content = yaml.safe_load((folder / "data.yaml").read_text(encoding="utf-8"))
    images = Path(content["path"]) / content[split]
    assert images.is_absolute()
    found = {}
    for image in sorted(images.iterdir()):
        head, _, tail = str(image).rpartition("/images/")
        label = Path(f"{head}/labels/{tail}").with_suffix(".txt")
        found[image.name] = [[float(v) for v in line.split()] for line in label.read_text().splitlines()]
    return found


def test_yolo_is_read_by_the_rule_of_its_frameworks(dataset: TrainingSet, tmp_path: Path) -> None:
    out = tmp_path / "data set"
    FileExchange().write(dataset, "yolo", out, copy=False, seed=0)
    content = yaml.safe_load((out / "data.yaml").read_text(encoding="utf-8"))
    assert content["names"] == dict(enumerate(CLASSES))
    train, held_back = yolo_labels(out, "train"), yolo_labels(out, "val")
    assert (len(train), len(held_back)) == (11, 1)
    assert not set(train) & set(held_back)
    boxes = sum(len(rows) for rows in [*train.values(), *held_back.values()])
    assert boxes == sum(len(image.labels) for image in dataset.images)
    item = next(image for image in dataset.images if image.path.name == "4 a.png")
    (row,) = np.array((train | held_back)["4 a.png"])[:1]
    x1, y1, x2, y2 = item.boxes[0]
    expected = [item.labels[0], (x1 + x2) / 2 / 128, (y1 + y2) / 2 / 128, (x2 - x1) / 128, (y2 - y1) / 128]
    assert row == pytest.approx(expected, abs=1e-6)


def test_coco_is_read_by_pycocotools(dataset: TrainingSet, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    coco = pytest.importorskip("pycocotools.coco")
    out = tmp_path / "data set"
    FileExchange().write(dataset, "coco", out, copy=True, seed=0)
    boxes, files = 0, set()
    for split, count in (("train", 11), ("val", 1)):
        read = coco.COCO(str(out / "annotations" / f"instances_{split}.json"))
        assert len(read.imgs) == count
        assert {c["id"]: c["name"] for c in read.cats.values()} == {1: "square", 2: "disc"}
        files |= {(out / "images" / image["file_name"]).read_bytes() for image in read.imgs.values()}
        boxes += len(read.anns)
    assert boxes == sum(len(image.labels) for image in dataset.images)
    assert files == {image.path.read_bytes() for image in dataset.images}


def test_ultralytics_reads_the_yolo_folder(dataset: TrainingSet, tmp_path: Path) -> None:
    pytest.importorskip("ultralytics", reason="the extra 'ultralytics' is not installed")
    from ultralytics.data.utils import check_det_dataset, img2label_paths

    FileExchange().write(dataset, "yolo", tmp_path / "data", copy=True, seed=0)
    read = check_det_dataset(str(tmp_path / "data" / "data.yaml"), autodownload=False)
    assert read["names"] == dict(enumerate(CLASSES))
    for split in ("train", "val"):
        assert all(Path(p).is_file() for p in img2label_paths([str(f) for f in Path(read[split]).iterdir()]))


def test_a_single_image_serves_both_splits_and_a_seed_chooses_the_same_ones(tmp_path: Path) -> None:
    alone = on_disk(shapes_set(1), tmp_path / "one")
    FileExchange().write(alone, "yolo", tmp_path / "alone", copy=False, seed=0)
    assert yolo_labels(tmp_path / "alone", "val") == yolo_labels(tmp_path / "alone", "train") != {}
    many = on_disk(shapes_set(30), tmp_path / "many")
    chosen = []
    for number, seed in enumerate((1, 1, 2)):
        FileExchange().write(many, "yolo", tmp_path / str(number), copy=False, seed=seed)
        chosen.append(set(yolo_labels(tmp_path / str(number), "val")))
    assert chosen[0] == chosen[1] != chosen[2]
    assert len(chosen[0]) == 3


def test_copied_images_are_the_programs_own_and_linked_ones_take_no_room(dataset: TrainingSet, tmp_path: Path) -> None:
    FileExchange().write(dataset, "yolo", tmp_path / "copied", copy=True, seed=0)
    FileExchange().write(dataset, "yolo", tmp_path / "linked", copy=False, seed=0)
    assert not any(f.samefile(dataset.images[5].path) for f in (tmp_path / "copied").rglob("*.png"))
    assert any(f.samefile(dataset.images[5].path) for f in (tmp_path / "linked").rglob("*.png"))


@pytest.mark.parametrize("name", ["nonsense", "coco-results"])
def test_a_format_that_cannot_be_written_is_one_sentence(name: str, dataset: TrainingSet, tmp_path: Path) -> None:
    with pytest.raises(BoxwrightError):
        FileExchange().write(dataset, name, tmp_path / "out", copy=False, seed=0)
    assert not (tmp_path / "out").exists()


def test_the_card_takes_the_classes_of_the_set_where_the_file_names_none(tmp_path: Path) -> None:
    rows = {"output0": f32(dense_rows(252, objectness=False).T[None])}
    silent = write_graph(tmp_path / "a.onnx", rows)
    says = write_graph(tmp_path / "b.onnx", rows, metadata=yolo_metadata())
    ours = ("하나", "둘", "셋")
    assert FileExchange().card(silent, ours).classes == ours
    assert FileExchange().card(says, ours).classes == NAMES
    save_card(says, replace(FileExchange().card(says, ours), classes=("x", "y", "z")))
    assert FileExchange().card(says, ours).classes == ("x", "y", "z")
    with pytest.raises(ModelError):
        FileExchange().card(silent, ("one",))
