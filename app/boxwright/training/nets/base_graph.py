"""Base network cut out of somebody's detector: its graph up to the maps that its head reads, at any input size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import onnx

from boxwright.config.onnx_runtime import Array
from boxwright.domain.card import InputSpec
from boxwright.domain.errors import TrainingError
from boxwright.domain.feature_maps import JOINTS, STRIDES, find_taps
from boxwright.training.nets.depth import early_nodes
from boxwright.training.nets.old_head import OldHead, read_old_head
from boxwright.training.nets.onnx_run import Arrays, open_graph, run, shapes_of
from boxwright.training.nets.reshapes import free_batch, resize_constants

FEATURES = JOINTS


@dataclass(frozen=True)
class BaseGraph:
    """Graph of a base network.

    `model` takes one image as `spec` says and gives `FEATURES`: float32 [1,C,size/stride,size/stride], finest first,
    with `channels` channels. `early`: how many of its first nodes come before any map of an eighth of the input's size.
    `old_head`: what the file does with the maps, where it is one of ours.
    """

    model: onnx.ModelProto
    spec: InputSpec
    channels: tuple[int, ...]
    early: int = 0
    old_head: OldHead | None = None

    @property
    def image(self) -> str:
        """Name of the image input."""
        return str(self.model.graph.input[0].name)


def read_base(path: Path, spec: InputSpec) -> BaseGraph:
    """The graph in `path` up to its features, at the input size of `spec`.

    Raises `TrainingError` when the file cannot be read or offers no usable features, saying why.
    """
    model = _load(path)
    image = _image_input(model.graph, spec, path.name)
    _set_shape(image, spec)
    shapes = shapes_of(model, _feeds(model.graph, image.name, spec))
    # A detector of this trainer is cut where it was joined, or each round would put a head upon a head.
    joined = all(name in shapes for name in FEATURES)
    taps = (
        tuple((name,) for name in FEATURES)
        if joined
        else find_taps(list(model.graph.node), shapes, spec.width, spec.height)
    )
    if taps is None:
        raise TrainingError(
            "The detector {0} offers no usable features: its graph has no maps at an eighth, a sixteenth and "
            "a thirty-second of the size of its input. Choose another base, or the trainer 'scratch'.",
            path.name,
        )
    old_head = read_old_head(model, taps)
    _end_at(model, () if joined else taps)
    free_batch(model.graph, shapes)
    del model.graph.input[:]
    model.graph.input.append(image)
    channels = tuple(sum(shapes[name][1] for name in level) for level in taps)
    return BaseGraph(model, spec, channels, early_nodes(model.graph, shapes, spec), old_head)


def at_size(base: BaseGraph, size: int) -> BaseGraph:
    """The same graph for a square input of `size` pixels. Raises `TrainingError` where the file is bound to its own."""
    before = (base.spec.height, base.spec.width)
    if before == (size, size):
        return base
    model = _copy(base.model)
    spec = replace(base.spec, width=size, height=size)
    resize_constants(model.graph, before, (size, size))
    _set_shape(model.graph.input[0], spec)
    try:
        shapes = {name: v.shape for name, v in run(open_graph(model), _feeds(model.graph, base.image, spec)).items()}
    except TrainingError:
        shapes = {}
    if [shapes.get(name, ())[2:] for name in FEATURES] != [(size // stride,) * 2 for stride in STRIDES]:
        raise TrainingError(
            "This detector's file is bound to its own input of {0} x {1} pixels and cannot be trained "
            "at {2}; choose another base, or the trainer 'scratch'.",
            before[1],
            before[0],
            size,
        )
    return replace(base, model=model, spec=spec)


def with_free_batch(model: onnx.ModelProto, spec: InputSpec) -> onnx.ModelProto:
    """`model` with a free batch axis where it gives two images what it gives each alone, otherwise as it is."""
    free = _copy(model)
    for value in (*free.graph.input, *free.graph.output):
        value.type.tensor_type.shape.dim[0].Clear()
        value.type.tensor_type.shape.dim[0].dim_param = "batch"
    blank = _blank(spec)
    noise = np.random.Generator(np.random.PCG64(0)).integers(0, 255, (2, *blank.shape[1:])).astype(blank.dtype)
    name = model.graph.input[0].name
    try:
        both = run(open_graph(free), {name: noise})
        fixed = open_graph(model)
        alone = [run(fixed, {name: noise[i : i + 1]}) for i in range(2)]
    except TrainingError:
        return model
    for key, together in both.items():
        single = np.concatenate([one[key] for one in alone])
        if together.shape != single.shape or not np.allclose(together, single, rtol=1e-3, atol=1e-2):
            return model
    return free


def _load(path: Path) -> onnx.ModelProto:
    try:
        model = onnx.load(str(path))
    except Exception as error:  # protobuf and missing data files raise types of their own
        raise TrainingError(
            "The detector {0} cannot be read as a base to train from ({1}); choose another base, or the "
            "trainer 'scratch'.",
            path.name,
            error,
        ) from error
    # Shapes of the old size would contradict a new one.
    del model.graph.value_info[:]
    return model


def _image_input(graph: onnx.GraphProto, spec: InputSpec, file: str) -> onnx.ValueInfoProto:
    constants = {tensor.name for tensor in graph.initializer}
    images = [v for v in graph.input if v.name not in constants and len(v.type.tensor_type.shape.dim) == 4]
    if len(images) != 1:
        raise TrainingError(
            "The detector {0} has {1} image inputs and a base to train from has one; choose another "
            "base, or the trainer 'scratch'.",
            file,
            len(images),
        )
    return images[0]


def _end_at(model: onnx.ModelProto, taps: Sequence[tuple[str, ...]]) -> None:
    """Cut the graph down to what the taps need, and let it end with one float map for each level; without taps, with
    those that it has already."""
    graph = model.graph
    made: list[onnx.NodeProto] = []
    for name, level in zip(FEATURES, taps):
        made.append(onnx.helper.make_node("Concat", list(level), [f"{name}_raw"], axis=1))
        # A half-precision base ends in half-precision maps; our head does not.
        made.append(onnx.helper.make_node("Cast", [f"{name}_raw"], [name], to=onnx.TensorProto.FLOAT))
    needed = {name for level in taps for name in level} or set(FEATURES)
    kept: list[onnx.NodeProto] = []
    for node in reversed(graph.node):
        if needed & set(node.output):
            kept.append(node)
            needed |= set(node.input)
    del graph.node[:]
    graph.node.extend([*reversed(kept), *made])
    constants = [tensor for tensor in graph.initializer if tensor.name in needed]
    del graph.initializer[:]
    graph.initializer.extend(constants)
    del graph.output[:]
    graph.output.extend(
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["batch", None, None, None])
        for name in FEATURES
    )


def _set_shape(value: onnx.ValueInfoProto, spec: InputSpec) -> None:
    for dim, size in zip(value.type.tensor_type.shape.dim, _blank(spec).shape):
        dim.Clear()
        dim.dim_value = size


def _feeds(graph: onnx.GraphProto, image: str, spec: InputSpec) -> Arrays:
    """A black image, and for any other input (the size of the picture, a threshold) something of its kind."""
    constants = {tensor.name for tensor in graph.initializer}
    feeds: dict[str, Array] = {image: _blank(spec)}
    for value in graph.input:
        if value.name not in constants and value.name not in feeds:
            kind = onnx.helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type)
            shape = [dim.dim_value or 1 for dim in value.type.tensor_type.shape.dim]
            feeds[value.name] = np.full(shape, spec.width if np.issubdtype(kind, np.integer) else 1, dtype=kind)
    return feeds


def _blank(spec: InputSpec) -> Array:
    shape = (1, 3, spec.height, spec.width) if spec.layout == "nchw" else (1, spec.height, spec.width, 3)
    return np.zeros(shape, dtype=np.dtype(spec.dtype))


def _copy(model: onnx.ModelProto) -> onnx.ModelProto:
    copied = onnx.ModelProto()
    copied.CopyFrom(model)
    return copied
