"""A class may be called as a background is; a background that the file has is no class."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.onnx_cases import CASES
from tests.onnx_graphs import NAMES, yolo_metadata

from boxwright.domain.card import DetectorCard
from boxwright.inference.detector import Detector
from boxwright.inference.inspect import Inspection, inspect_model
from boxwright.training.nets.onnx_metadata import metadata

BY_NAME = {case.name: case for case in CASES}
WORDS = ("background", "N/A", "none", "BG", "__background__", "void", "no object")
WITHOUT_A_COLUMN = ("yolov5", "yolov8", "yolox-raw", "yolox-decoded", "detr-sigmoid", "nanodet", "fastestdet")


def named(folder: Path, case: str, names: tuple[str, ...], in_file: bool) -> Inspection:
    if in_file:
        return inspect_model(BY_NAME[case].write(folder, metadata=yolo_metadata(names)))
    return inspect_model(BY_NAME[case].write(folder), {"classes": list(names)})


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("at", [0, 2])
def test_a_class_called_background_is_a_class(tmp_path: Path, word: str, at: int) -> None:
    names = (*NAMES[:at], word, *NAMES[at + 1 :])
    for in_file in (True, False):
        card = named(tmp_path, "yolov8", names, in_file).usable_card()
        assert (card.layout, card.classes) == ("yolov8", names)


@pytest.mark.parametrize("case", [*WITHOUT_A_COLUMN, "boxes-scores-corners", "end2end", "batched-nms", "deim"])
def test_no_layout_without_a_background_drops_one(tmp_path: Path, case: str) -> None:
    names = ("background", *NAMES[1:])
    inspection = named(tmp_path, case, names, in_file=False)
    assert inspection.usable_card().classes == names
    assert inspection.guesses[0].layout == BY_NAME[case].layout


@pytest.mark.parametrize("case", ["ssd", "ssd-background-last", "ssd-joined", "detr-softmax"])
@pytest.mark.parametrize("names", [("background", *NAMES), (*NAMES, "N/A")])
@pytest.mark.parametrize("in_file", [True, False])
def test_a_column_for_the_background_takes_its_name(
    tmp_path: Path, case: str, names: tuple[str, ...], in_file: bool
) -> None:
    card = named(tmp_path, case, names, in_file).usable_card()
    assert (card.layout, card.classes) == (BY_NAME[case].layout, NAMES)


@pytest.mark.parametrize("case", ["ssd", "detr-softmax"])
def test_a_class_called_background_beside_a_column_for_one(tmp_path: Path, case: str) -> None:
    names = ("background", *NAMES[1:])
    assert named(tmp_path, case, names, in_file=False).usable_card().classes == names


def test_labels_that_begin_at_0_leave_no_room_for_a_background(tmp_path: Path) -> None:
    names = ("background", *NAMES[1:])
    card = named(tmp_path, "torchvision-zero-based", names, in_file=True).usable_card()
    assert (card.classes, card.options["first_label"]) == (names, 0)


@pytest.mark.parametrize("word", WORDS)
def test_a_detector_that_this_program_trained_keeps_every_class(tmp_path: Path, word: str) -> None:
    """Projects have such classes, and a training must not end in a refusal."""
    names = (word, "N/A", "owl")
    case = BY_NAME["yolov8"]
    guessed = inspect_model(case.write(tmp_path), {"classes": list(names)}).usable_card()
    own = DetectorCard(guessed.layout, guessed.kind, names, guessed.input, guessed.options)
    path = case.write(tmp_path, metadata=metadata(own, "scratch"))
    assert Detector.open(path, device="cpu").card.classes == names
