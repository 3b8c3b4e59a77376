"""The main job through the real commands: images and labels in, pre-labels, next batch, COCO out."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from pycocotools.coco import COCO
from tests.commands import result, run


def read_coco(file: Path) -> COCO:
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(file))


def coco_boxes(folder: Path) -> set[tuple[str, str, tuple[int, ...]]]:
    """File name, class and whole pixels of x, y, width, height for every box of an export."""
    found = set()
    for file in folder.rglob("*.json"):
        if "annotations" not in json.loads(file.read_text()):
            continue
        coco = read_coco(file)
        for annotation in coco.loadAnns(coco.getAnnIds()):
            (image,) = coco.loadImgs(annotation["image_id"])
            (category,) = coco.loadCats(annotation["category_id"])
            box = tuple(round(v) for v in annotation["bbox"])
            found.add((Path(image["file_name"]).name, category["name"], box))
    return found


def constant_detector(file: Path) -> None:
    """A YOLOv8-like detector of 64x64 input that finds a nut at 8..24 and, less surely, a bolt at 32..56."""
    candidates = np.zeros((1, 6, 84), dtype=np.float32)
    candidates[0, :, 0] = (16, 16, 16, 16, 0.9, 0.05)
    candidates[0, :, 1] = (44, 44, 24, 24, 0.35, 0.45)
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "zero"], ["nothing"]),
        helper.make_node("Add", ["candidates", "nothing"], ["output0"]),
    ]
    graph = helper.make_graph(
        nodes,
        "constant",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, 64, 64])],
        [helper.make_tensor_value_info("output0", TensorProto.FLOAT, [1, 6, 84])],
        [
            numpy_helper.from_array(candidates, "candidates"),
            numpy_helper.from_array(np.zeros((), np.float32), "zero"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    helper.set_model_props(model, {"names": "{0: 'nut', 1: 'bolt'}", "task": "detect", "stride": "32"})
    onnx.save(model, str(file))


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Sixteen generated 64x64 pictures in a YOLO folder; the first six are labelled, one of these as empty."""
    root = tmp_path / "dataset"
    (root / "images" / "train").mkdir(parents=True)
    (root / "images" / "val").mkdir()
    (root / "labels" / "train").mkdir(parents=True)
    (root / "data.yaml").write_text("train: images/train\nnames: [nut, bolt]\n")
    rng = np.random.default_rng(5)
    for number in range(16):
        pixels = rng.integers(0, 255, (64, 64, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(root / "images" / "train" / f"tray {number:02}.png")
        if number < 6:
            lines = "" if number == 5 else f"0 0.25 0.25 0.25 0.25\n1 0.5 0.75 0.125 {0.0625 * (number + 1)}\n"
            (root / "labels" / "train" / f"tray {number:02}.txt").write_text(lines)
    return root


def test_the_main_job_on_generated_pictures(tmp_path: Path, pictures: Path) -> None:
    project, detector = tmp_path / "project", tmp_path / "tray.onnx"
    constant_detector(detector)

    run("init", project, "--images", pictures / "images", "--classes", "nut,bolt")
    imported = result("import", project, pictures)
    assert (imported["images"], imported["boxes"], imported["problems"]) == (6, 10, [])

    run("model", "add", project, detector)
    assert result("prelabel", project)["predicted"] == 10
    assert result("prelabel", project)["predicted"] == 0

    status = result("status", project)
    assert {key: status[key] for key in ("images", "labeled", "skipped", "unreadable", "duplicates", "boxes")} == {
        "images": 16, "labeled": 6, "skipped": 0, "unreadable": 0, "duplicates": 0, "boxes": 10,
    }  # fmt: skip
    assert status["classes"] == {"nut": 5, "bolt": 5}
    assert status["model"]

    draw = ("next", project, "--size", "4", "--seed", "7")
    batch = result(*draw)
    assert (batch["sampler"], batch["seed"]) == ("uncertainty-diversity", 7)
    names = [Path(item["image"]).name for item in batch["items"]]
    assert len(set(names)) == 4
    assert set(names) <= {f"tray {n:02}.png" for n in range(6, 16)}
    assert [item["slot"] for item in batch["items"]] == ["uncertain", "random"] * 2
    assert (batch["slots"], batch["random"]) == ({"uncertain": 2, "random": 2}, 0.5)
    assert batch["rare_classes"]
    assert not result(*draw, "--redraw", "--all-classes")["rare_classes"]

    run("export", project, tmp_path / "out", "--format", "coco")
    expected = {(f"tray {n:02}.png", "nut", (8, 8, 16, 16)) for n in range(5)}
    expected |= {(f"tray {n:02}.png", "bolt", (28, 46 - 2 * n, 8, 4 * (n + 1))) for n in range(5)}
    assert coco_boxes(tmp_path / "out") == expected


def test_a_detector_is_measured_against_an_export_without_a_project(tmp_path: Path, pictures: Path) -> None:
    project, detector, out = tmp_path / "project", tmp_path / "tray.onnx", tmp_path / "out"
    constant_detector(detector)
    run("init", project, "--images", pictures / "images", "--labels", pictures)
    run("export", project, out, "--format", "coco")
    (truth,) = (f for f in out.rglob("*.json") if "annotations" in json.loads(f.read_text()))
    run("predict", detector, out, "--out", tmp_path / "r.json", "--truth", truth)

    results = json.loads((tmp_path / "r.json").read_text())
    assert len(results) == 12
    assert results[0]["probs"] == pytest.approx([0.9, 0.05])
    assert {tuple(r["bbox"]) for r in results if r["category"] == "nut"} == {(8, 8, 16, 16)}
    measured = result("evaluate", "--truth", truth, "--results", tmp_path / "r.json")
    # Five nuts are found where they are, with one false one of the same score on the empty image; no bolt is.
    assert measured["per_class"]["nut"]["AP50"] == pytest.approx(1, abs=0.17)
    assert measured["per_class"]["bolt"]["AP50"] == 0
    assert measured["AP50"] == pytest.approx(measured["per_class"]["nut"]["AP50"] / 2)


@pytest.mark.data
def test_the_main_job_on_photographs(tmp_path: Path, data_dir: Path, model_dir: Path) -> None:
    source, root = data_dir / "aquarium" / "train", tmp_path / "aquarium"
    (root / "train").mkdir(parents=True)
    shutil.copy(data_dir / "aquarium" / "data.yaml", root)
    photographs = sorted((source / "images").iterdir())[:24]
    for kind in ("images", "labels"):
        (root / "train" / kind).mkdir()
    boxes = 0
    for number, photograph in enumerate(photographs):
        shutil.copy(photograph, root / "train" / "images")
        if number < 8:
            label = source / "labels" / f"{photograph.stem}.txt"
            boxes += len(label.read_text().split("\n")) - label.read_text().endswith("\n")
            shutil.copy(label, root / "train" / "labels")

    project = tmp_path / "project"
    run("init", project, "--images", root / "train" / "images", "--labels", root, "--seed", "1")
    coco80 = model_dir / "coco80.txt"
    run("model", "add", project, model_dir / "yolox_nano.onnx", "--classes", coco80)
    prelabelled = result("prelabel", project, "--device", "cpu")
    assert prelabelled["predicted"] == 16

    status = result("status", project)
    assert (status["images"], status["labeled"], status["boxes"]) == (24, 8, boxes)
    first = result("next", project, "--size", "25%", "--seed", "3")
    assert len(first["items"]) == 6
    labelled = {p.name for p in photographs[:8]}
    assert not labelled & {Path(item["image"]).name for item in first["items"]}

    run("export", project, tmp_path / "out", "--format", "coco", "--images", "none")
    assert len(coco_boxes(tmp_path / "out")) == boxes


def test_a_broken_detector_is_refused_in_one_sentence_and_nothing_changes(tmp_path: Path, pictures: Path) -> None:
    project, broken = tmp_path / "project", tmp_path / "broken.onnx"
    broken.write_bytes(b"not a model")
    run("init", project, "--images", pictures / "images", "--classes", "nut,bolt")
    before = result("status", project)
    done = run("model", "add", project, broken, status=1)
    assert done.stdout == ""
    assert "broken.onnx" in done.stderr
    assert done.stderr.strip().count("\n") == 0
    assert result("status", project) == before
    assert not list((project / "models").glob("*"))


def test_wrong_usage_ends_with_two_and_what_could_not_be_done_with_one(tmp_path: Path) -> None:
    run("next", status=2)
    run("status", tmp_path, "--nonsense", status=2)
    assert run("status", tmp_path / "nowhere", status=1).stderr.strip()
