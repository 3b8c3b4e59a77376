"""A detector whose answer anybody can work out: one box, its class scores the mean red, green, blue of the picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image as Pillow

CLASSES = ("red", "green", "blue")
SIDE = 32
WIDTH, HEIGHT = 96, 64

Colour = tuple[int, int, int]
BLACK: Colour = (0, 0, 0)
"""No class reaches any threshold: nothing is found."""


def write_detector(path: Path) -> Path:
    """An ONNX file [1,3,32,32] -> [1,7,8]: column 0 is a box over the middle half, the other columns hold nothing."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    box = np.array([SIDE / 2, SIDE / 2, SIDE / 2, SIDE / 2], np.float32).reshape(1, 4, 1)
    empty = np.zeros((1, 7, 7), np.float32)
    empty[:, :4] = SIDE / 2
    nodes = [
        helper.make_node("GlobalAveragePool", ["images"], ["mean"]),
        helper.make_node("Reshape", ["mean", "shape"], ["classes"]),
        helper.make_node("Concat", ["box", "classes"], ["first"], axis=1),
        helper.make_node("Concat", ["first", "empty"], ["output0"], axis=2),
    ]
    graph = helper.make_graph(
        nodes,
        "colours",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("output0", TensorProto.FLOAT, [1, 7, 8])],
        [
            numpy_helper.from_array(box, "box"),
            numpy_helper.from_array(empty, "empty"),
            numpy_helper.from_array(np.array([1, 3, 1], np.int64), "shape"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    entry = model.metadata_props.add()
    entry.key, entry.value = "names", str(dict(enumerate(CLASSES)))
    onnx.save(model, path)
    return path


def write_picture(path: Path, colour: Colour, number: int = 0) -> Path:
    """One colour all over but for a corner pixel that tells the pictures apart; PNG keeps both exactly."""
    pixels = np.full((HEIGHT, WIDTH, 3), colour, np.uint8)
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
