"""The commands about detectors, as a person or a program calls them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from pycocotools.coco import COCO
from tests.conftest import REPOSITORY
from tests.onnx_cases import CASES
from tests.onnx_graphs import BOXES, LABELS, NAMES, write_graph, yolo_metadata

from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.edits import EditKind, add, combined, set_state
from boxwright.domain.image import ImageState, Split
from boxwright.main import main
from boxwright.services.demo.picture import picture
from boxwright.services.images.scan import add_folders
from boxwright.services.project.project import Project

BY_NAME = {case.name: case for case in CASES}


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Three pictures of the detector's own size, so that its boxes are theirs, and a file that is none."""
    folder = tmp_path / "pictures"
    (folder / "more").mkdir(parents=True)
    for i, name in enumerate(("000000000007.png", "000000000012.png", "more/000000000030.png")):
        cv2.imwrite(str(folder / name), np.full((96, 128, 3), 40 * i, np.uint8))
    (folder / "broken.jpg").write_bytes(b"no picture")
    return folder


@pytest.fixture
def detector(tmp_path: Path) -> Path:
    return BY_NAME["yolov8"].write(tmp_path, metadata=yolo_metadata())


class Shell:
    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: object) -> tuple[int, str, str]:
        status = main([str(a) for a in arguments])
        done = self._capsys.readouterr()
        assert "Traceback" not in done.err
        return status, done.out, done.err

    def json(self, *arguments: object) -> Any:
        status, out, err = self(*arguments, "--json")
        assert status == 0, err
        return json.loads(out)


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)


def truth_file(folder: Path) -> Path:
    """True boxes where the detector finds them, in images numbered 1 to 3 and categories 5 to 7."""
    names = ("000000000007.png", "000000000012.png", "000000000030.png")
    images: list[dict[str, Any]] = [
        {"id": i, "file_name": n, "width": 128, "height": 96} for i, n in enumerate(names, start=1)
    ]
    annotations = [
        {
            "id": 10 * image["id"] + k,
            "image_id": image["id"],
            "category_id": 5 + int(label),
            "bbox": [*map(float, box[:2]), *map(float, box[2:] - box[:2])],
            "area": float((box[2:] - box[:2]).prod()),
            "iscrowd": 0,
        }
        for image in images
        for k, (box, label) in enumerate(zip(BOXES, LABELS))
    ]
    categories = [{"id": 5 + i, "name": n} for i, n in enumerate(NAMES)]
    path = folder / "truth.json"
    path.write_text(json.dumps({"images": images, "annotations": annotations, "categories": categories}))
    return path


def test_predict_then_evaluate_needs_no_ids(shell: Shell, pictures: Path, detector: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.json"
    summary = shell.json("predict", detector, pictures, "--out", out, "--conf", "0.1", "--device", "cpu")
    assert (summary["images"], summary["boxes"], summary["layout"]) == (4, 6, "yolov8")
    assert [Path(p["file"]).name for p in summary["problems"]] == ["broken.jpg"]
    results = json.loads(out.read_text())
    assert {(r["file_name"], r["category"]) for r in results} == {
        (name, kind)
        for name in ("000000000007.png", "000000000012.png", "more/000000000030.png")
        for kind in ("dog", "owl")
    }
    assert all(len(r["probs"]) == 3 and max(r["probs"]) == pytest.approx(r["score"], abs=1e-5) for r in results)
    figures = shell.json("evaluate", "--truth", truth_file(tmp_path), "--results", out)
    assert (figures["AP"], figures["AP50"]) == (1.0, 1.0)
    assert figures["per_class"]["dog"]["AP"] == 1.0


def test_boxes_of_different_classes_are_compared_when_asked(shell: Shell, tmp_path: Path) -> None:
    starter = REPOSITORY / "models" / "starter.onnx"
    cv2.imwrite(str(tmp_path / "tray.png"), picture(1, 0).image)

    def boxes(*words: str) -> int:
        summary = shell.json("predict", starter, tmp_path / "tray.png", "--out", tmp_path / "r.json", *words)
        return int(summary["boxes"])

    assert boxes("--class-agnostic") < boxes("--per-class") == boxes() < boxes("--iou", "0.9")


def test_with_the_truth_the_results_are_what_other_readers_expect(
    shell: Shell, pictures: Path, detector: Path, tmp_path: Path
) -> None:
    out, truth = tmp_path / "r.json", truth_file(tmp_path)
    (pictures / "broken.jpg").unlink()
    shell.json("predict", detector, pictures, "--out", out, "--truth", truth, "--conf", "0.1")
    results = json.loads(out.read_text())
    assert sorted({r["image_id"] for r in results}) == [1, 2, 3]
    assert len(COCO(str(truth)).loadRes(results).anns) == 6


def test_image_numbers_come_from_the_names_when_they_are_numbers(
    shell: Shell, pictures: Path, detector: Path, tmp_path: Path
) -> None:
    (pictures / "broken.jpg").unlink()
    shell.json("predict", detector, pictures, "--out", tmp_path / "r.json", "--conf", "0.1")
    assert {r["image_id"] for r in json.loads((tmp_path / "r.json").read_text())} == {7, 12, 30}


def test_inspect_says_what_is_unknown(shell: Shell, tmp_path: Path) -> None:
    report = shell.json("model", "inspect", BY_NAME["boxes-scores-corners"].write(tmp_path))
    assert report["layout"] == "boxes-scores"
    assert report["unknown"] == ["normalisation", "channel order", "resize rule", "class names"]
    status, out, _ = shell("model", "inspect", tmp_path / "model.onnx", "--classes", "a,b,c", "--channels", "bgr")
    assert status == 0
    assert "unknown    normalisation, resize rule" in out


def test_add_list_map_activate(shell: Shell, detector: Path, tmp_path: Path) -> None:
    folder = tmp_path / "p"
    Project.create(folder, ["hound", "owl"]).close()
    added = shell.json("model", "add", folder, detector, "--map", "dog=hound")
    assert added["class_map"] == {"dog": "hound", "owl": "owl"}
    assert added["unmapped"] == ["cat"]
    assert added["active"]
    second = shell.json("model", "add", folder, detector, "--classes", "x,y,z")
    assert not second["active"]
    assert shell.json("model", "map", folder, second["id"], "x=owl")["class_map"] == {"x": "owl"}
    assert shell.json("model", "activate", folder, second["id"])["active"]
    assert [m["active"] for m in shell.json("model", "list", folder)["models"]] == [False, True]
    status, out, _ = shell("model", "list", folder)
    assert status == 0
    assert out.splitlines()[1].startswith("* 2  model-2  yolov8, 3 classes")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["model", "add", "{p}", "{truth}"], "not an ONNX file or was cut off"),
        (["model", "add", "{p}", "{nowhere}"], "is not there"),
        (
            ["model", "add", "{p}", "{model}", "--classes", "a,b"],
            "has 3 classes (cat, dog, owl), but 2 names were given",
        ),
        (["model", "add", "{p}", "{model}", "--classes", "names.txt"], "names.txt is not there"),
        (["model", "activate", "{p}", "99"], "99"),
        (["predict", "{model}", "{nowhere}", "--out", "{out}"], "is not there"),
        (["predict", "{truth}", "{pictures}", "--out", "{out}"], "not an ONNX file"),
        (["predict", "{model}", "{empty}", "--out", "{out}"], "no image in"),
        (["evaluate", "--truth", "{model}", "--results", "{truth}"], "is no JSON file"),
        (["evaluate", "--truth", "{truth}", "--results", "{nowhere}"], "cannot be read"),
        (["evaluate", "{p}"], "no active detector"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_status_1(
    shell: Shell, pictures: Path, detector: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    Project.create(tmp_path / "p").close()
    (tmp_path / "empty").mkdir()
    places = {"p": tmp_path / "p", "truth": truth_file(tmp_path), "model": detector, "pictures": pictures}
    places |= {"nowhere": tmp_path / "nowhere", "out": tmp_path / "out.json", "empty": tmp_path / "empty"}
    status, out, err = shell(*(a.format(**places) for a in arguments))
    assert (status, out) == (1, "")
    assert said in err
    assert len(err.strip().splitlines()) == 1
    assert not (tmp_path / "out.json").exists()


def test_evaluate_needs_a_project_or_two_files(shell: Shell, tmp_path: Path) -> None:
    for arguments in ([], ["--truth", "t"], ["p", "--truth", "t", "--results", "r"], ["p", "--results", "r"]):
        assert shell("evaluate", *arguments)[0] == 2


def test_decoders_lists_every_layout(shell: Shell) -> None:
    names = [d["name"] for d in shell.json("decoders")["decoders"]]
    assert {case.layout for case in CASES} == set(names)


def test_evaluate_measures_the_labelled_validation_images_and_keeps_the_figures(
    shell: Shell, pictures: Path, detector: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "p"
    with Project.create(folder) as project:
        add_folders(project, [pictures])
        ids = [int(i) for i in project.images.ids()]
    shell.json("model", "add", folder, detector)
    with Project.open(folder) as project:
        project.images.set_split(ids[:2], Split.VALIDATION)
        classes = project.classes.all()
        for image_id in ids:
            labels = project.labels.load(image_id)
            boxes = [add(drawn(Box(*map(float, b)), classes[k].id)) for b, k in zip(BOXES, LABELS)]
            project.labels.apply(
                image_id, combined(EditKind.OTHER, [*boxes, set_state(labels, ImageState.LABELED, EditKind.OTHER)])
            )
    figures = shell.json("evaluate", folder)
    assert (figures["AP"], figures["AP50"], figures["images"], figures["boxes"]) == (1.0, 1.0, 2, 4)
    assert shell.json("model", "list", folder)["models"][0]["metrics"]["AP50"] == 1.0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--mean", "1,2"], "three numbers"),
        (["--input-size", "big"], "pixels such as 640x480"),
        (["--map", "dog"], "no pair of classes"),
    ],
)
def test_an_option_that_was_typed_wrongly_is_one_sentence_and_status_2(
    shell: Shell, detector: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    Project.create(tmp_path / "p").close()
    status, out, err = shell("model", "add", tmp_path / "p", detector, *arguments)
    assert (status, out) == (2, "")
    assert said in err
    assert len(err.strip().splitlines()) == 1


def test_what_the_file_does_not_say_is_asked_for_or_told(shell: Shell, pictures: Path, tmp_path: Path) -> None:
    """Never taken in silence: an order of rows that would give other classes is refused, a channel order is told."""
    folder, names = tmp_path / "p", ["--classes", "cat,dog,owl"]
    with Project.create(folder, list(NAMES)) as project:
        add_folders(project, [pictures])
    empty = {"output": BY_NAME["yolov7-end2end"].outputs()["output"][:0]}
    file = write_graph(tmp_path / "flat.onnx", empty, open_rows=True)
    status, _, error = shell("model", "add", folder, file, *names)
    assert (status, "say it, as it may be --option 'order=picture, box, label, score'" in error) == (1, True)
    said = ["--option", "order=picture,box,score,label", "--option", "normalised=false"]
    assert shell("model", "add", folder, file, *names, *said)[0] == 0
    report = shell.json("model", "inspect", file, *names, *said)
    assert report["options"]["order"] == "picture, box, score, label"
    status, out, _ = shell("model", "add", folder, BY_NAME["picodet"].write(tmp_path), *names)
    assert "The file does not say this, so that the usual was taken: channel order (--channels)." in out
    assert shell.json("model", "list", folder)["models"][1]["assumed"] == ["channel order"]
    assert shell("model", "inspect", file, "--option", "order")[0] == 2
