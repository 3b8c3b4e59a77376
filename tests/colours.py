"""A detector whose answer anybody can work out: one box, its class scores the mean red, green, blue of the picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image as Pillow

from boxwright.services.detectors.admission import add_model
from boxwright.services.images.scan import add_folders
from boxwright.services.project.project import Project

CLASSES = ("red", "green", "blue")
SIDE = 32
PICTURE = 96

Colour = tuple[int, int, int]
BLACK: Colour = (0, 0, 0)
"""No class reaches any threshold: nothing is found."""


def write_detector(
    path: Path, classes: Sequence[str] = CLASSES, middle: tuple[float, float] = (SIDE / 2, SIDE / 2)
) -> Path:
    """An ONNX file [1,3,32,32] -> [1,4+C,21]: column 0 is a box of half the side, by default over the middle, the other
    columns hold nothing. `classes`: names of the first C of red, green and blue. `middle`: of the box, input pixels."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    box = np.array([*middle, SIDE / 2, SIDE / 2], np.float32).reshape(1, 4, 1)
    empty = np.zeros((1, 4 + len(classes), 20), np.float32)
    empty[:, :4] = SIDE / 2
    nodes = [
        helper.make_node("GlobalAveragePool", ["images"], ["mean"]),
        helper.make_node("Slice", ["mean", "start", "stop", "axis"], ["known"]),
        helper.make_node("Reshape", ["known", "shape"], ["classes"]),
        helper.make_node("Concat", ["box", "classes"], ["first"], axis=1),
        helper.make_node("Concat", ["first", "empty"], ["output0"], axis=2),
    ]
    graph = helper.make_graph(
        nodes,
        "colours",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("output0", TensorProto.FLOAT, [1, 4 + len(classes), 21])],
        [
            numpy_helper.from_array(box, "box"),
            numpy_helper.from_array(empty, "empty"),
            numpy_helper.from_array(np.array([1, len(classes), 1], np.int64), "shape"),
            numpy_helper.from_array(np.array([0], np.int64), "start"),
            numpy_helper.from_array(np.array([len(classes)], np.int64), "stop"),
            numpy_helper.from_array(np.array([1], np.int64), "axis"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    entry = model.metadata_props.add()
    entry.key, entry.value = "names", str(dict(enumerate(classes)))
    onnx.save(model, path)
    return path


def write_picture(path: Path, colour: Colour, number: int = 0) -> Path:
    """One colour all over but for a corner pixel that tells the pictures apart; PNG keeps both exactly."""
    pixels = np.full((PICTURE, PICTURE, 3), colour, np.uint8)
    pixels[0, 0] = (number % 256, number // 256, 7)
    path.parent.mkdir(parents=True, exist_ok=True)
    Pillow.fromarray(pixels).save(path)
    return path


def write_pictures(folder: Path, colours: Mapping[str, Colour] | Sequence[Colour]) -> Path:
    """`colours` by file name, or numbered `000.png`."""
    named = colours if isinstance(colours, Mapping) else {f"{i:03}.png": c for i, c in enumerate(colours)}
    for number, (name, colour) in enumerate(named.items()):
        write_picture(folder / name, colour, number)
    return folder


def make_pool(
    folder: Path, colours: Mapping[str, Colour] | Sequence[Colour], classes: Sequence[str] = CLASSES
) -> Project:
    """A project in `folder/project` with the pictures of `folder/pictures` and the detector, which is active."""
    project = Project.create(folder / "project", classes)
    add_folders(project, [write_pictures(folder / "pictures", colours)])
    add_model(project, write_detector(folder / "colours.onnx"))
    return project


def shades(count: int) -> list[Colour]:
    """Colours from pure red, where the detector is sure, to grey, where it is torn between all three."""
    return [(200, 200 * i // max(1, count - 1), 200 * i // max(1, count - 1)) for i in range(count)]
