"""Where a base is cut, at which sizes it still works, and what is no base."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from boxwright.config import paths
from boxwright.domain.card import InputSpec
from boxwright.domain.errors import TrainingError
from boxwright.inference.inspect import inspect_model

onnx = pytest.importorskip("onnx", reason="training needs the extra 'train'")
torch = pytest.importorskip("torch", reason="training needs the extra 'train'")

from boxwright.training.nets.base_graph import FEATURES, BaseGraph, at_size, read_base, with_free_batch  # noqa: E402
from boxwright.training.nets.executor import Executor, with_weights  # noqa: E402
from boxwright.training.nets.onnx_run import open_graph, run  # noqa: E402
from boxwright.training.nets.operators import CannotLearn  # noqa: E402

STARTER = paths.models() / "starter.onnx"
# Channels of the maps that the heads of these detectors read.
REAL = {
    "yolox_nano.onnx": (128, 128, 128),
    "nanodet_m_320.onnx": (96, 96, 96),
    "fastestdet.onnx": (48, 288, 192),
    "layouts/v5style_1xNx85.onnx": (128, 128, 128),
    "layouts/v8style_1x84xN.onnx": (128, 128, 128),
    "layouts/v10style_e2e_1x300x6.onnx": (128, 128, 128),
    "layouts/v7end2end_Kx7.onnx": (128, 128, 128),
    "layouts/torchvision_boxes_labels_scores.onnx": (128, 128, 128),
    "layouts/tfod_ssd_style_nhwc_uint8.onnx": (128, 128, 128),
}


def starter() -> BaseGraph:
    return read_base(STARTER, inspect_model(STARTER).usable_card().input)


def noise(spec: InputSpec, count: int) -> np.ndarray[Any, Any]:
    shape = (3, spec.height, spec.width) if spec.layout == "nchw" else (spec.height, spec.width, 3)
    pixels = np.random.Generator(np.random.PCG64(4)).integers(0, 255, (count, *shape))
    return (pixels * (1 if spec.dtype == "uint8" else spec.scale)).astype(spec.dtype)


def features(base: BaseGraph, images: np.ndarray[Any, Any]) -> list[np.ndarray[Any, Any]]:
    session = open_graph(base.model)
    found = [run(session, {base.image: images[i : i + 1]}) for i in range(len(images))]
    return [np.concatenate([one[name] for one in found]) for name in FEATURES]


def check(base: BaseGraph) -> None:
    """Its maps have the promised sizes, a torch module computes the same for a batch, and normalising changes nothing
    but folds back into the very same graph."""
    images = noise(base.spec, 2)
    expected = features(base, images)
    for maps, channels, stride in zip(expected, base.channels, (8, 16, 32)):
        assert maps.shape == (2, channels, base.spec.height // stride, base.spec.width // stride)
    module = Executor(base.model.graph)
    batch = torch.from_numpy(images)
    with torch.no_grad():
        same(module(batch), expected, 1e-4)
        module.normalise([batch])
        same(module.eval()(batch), expected, 1e-3)
    taught = replace(base, model=with_weights(base.model, module.weights()))
    same(features(taught, images), expected, 1e-3)
    assert with_free_batch(base.model, base.spec) is not base.model


def same(found: Any, expected: list[np.ndarray[Any, Any]], tolerance: float) -> None:
    for mine, theirs in zip(found, expected, strict=True):
        assert np.abs(np.asarray(mine) - theirs).max() <= tolerance * np.abs(theirs).max()


def test_the_starter_is_cut_where_its_head_begins() -> None:
    check(starter())


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.parametrize("file", REAL)
def test_a_real_detector_is_cut_where_its_head_begins(data_dir: Path, file: str) -> None:
    path = data_dir.parent / "models" / file
    card = inspect_model(path, {"classes": [str(i) for i in range(80)]}).usable_card()
    base = read_base(path, card.input)
    assert base.channels == REAL[file]
    check(base)


@pytest.mark.data
@pytest.mark.parametrize("file", [name for name in REAL if "layouts" not in name])
def test_a_real_detector_takes_pictures_of_another_size(data_dir: Path, file: str) -> None:
    path = data_dir.parent / "models" / file
    card = inspect_model(path, {"classes": [str(i) for i in range(80)]}).usable_card()
    grown = at_size(read_base(path, card.input), 512)
    assert (grown.spec.width, grown.spec.height) == (512, 512)
    check(grown)


def test_a_base_of_another_size_sees_the_same_at_its_middle() -> None:
    base = starter()
    grown = at_size(base, base.spec.width + 64)
    image = noise(grown.spec, 1)
    inner = np.ascontiguousarray(image[:, :, 32:-32, 32:-32])
    small, large = features(base, inner)[0], features(grown, image)[0]
    # Far from the border, where neither sees padding.
    middle = small.shape[-1] // 2
    assert np.allclose(small[..., middle, middle], large[..., middle + 4, middle + 4], atol=1e-2)


def test_a_graph_bound_to_its_size_says_so(tmp_path: Path) -> None:
    base = starter()
    model = onnx.ModelProto()
    model.CopyFrom(base.model)
    shape = onnx.numpy_helper.from_array(np.array([1, base.channels[0], 40 * 40 * 1], np.int64), "flat")
    back = onnx.numpy_helper.from_array(np.array([1, base.channels[0], 20, 80], np.int64), "odd")
    model.graph.initializer.extend([shape, back])
    model.graph.node.extend(
        [
            onnx.helper.make_node("Reshape", [FEATURES[0], "flat"], ["flattened"]),
            onnx.helper.make_node("Reshape", ["flattened", "odd"], ["bound"]),
        ]
    )
    model.graph.output.append(onnx.helper.make_tensor_value_info("bound", 1, None))
    with pytest.raises(TrainingError, match="bound to its own input of 320 x 320"):
        at_size(replace(base, model=model), 384)


def test_a_file_without_feature_maps_says_so(tmp_path: Path) -> None:
    file = tmp_path / "flat.onnx"
    node = onnx.helper.make_node("ReduceMean", ["image"], ["answer"], axes=[2, 3])
    image = onnx.helper.make_tensor_value_info("image", 1, [1, 3, 64, 64])
    answer = onnx.helper.make_tensor_value_info("answer", 1, [1, 3, 1, 1])
    graph = onnx.helper.make_graph([node], "flat", [image], [answer])
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 13)], ir_version=8), file)
    with pytest.raises(TrainingError, match="offers no usable features"):
        read_base(file, InputSpec(64, 64))


def test_a_broken_file_says_so(tmp_path: Path) -> None:
    file = tmp_path / "broken.onnx"
    file.write_bytes(b"no graph at all")
    with pytest.raises(TrainingError, match=r"broken\.onnx cannot be read as a base"):
        read_base(file, InputSpec(64, 64))


def test_an_operator_that_cannot_learn_is_named() -> None:
    base = starter()
    model = onnx.ModelProto()
    model.CopyFrom(base.model)
    model.graph.node[0].op_type = "QLinearConv"
    with pytest.raises(CannotLearn, match=r"^QLinearConv$"):
        Executor(model.graph)


@pytest.mark.parametrize(
    ("operator", "attributes", "opset"),
    [
        ("Erf", {}, 17),
        ("Gelu", {}, 20),
        ("Gelu", {"approximate": "tanh"}, 20),
        ("Resize", {"mode": "cubic"}, 17),
        ("Resize", {"mode": "cubic", "coordinate_transformation_mode": "align_corners"}, 17),
    ],
)
def test_an_operator_computes_what_onnx_runtime_does(operator: str, attributes: dict[str, Any], opset: int) -> None:
    graph = lone(operator, **attributes)
    picture = np.random.Generator(np.random.PCG64(2)).normal(0, 2, (1, 3, 8, 8)).astype(np.float32)
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", opset)], ir_version=8)
    (expected,) = run(open_graph(model), {"image": picture}).values()
    (found,) = Executor(graph)(torch.from_numpy(picture))
    assert np.allclose(found.numpy(), expected, atol=1e-4)


@pytest.mark.parametrize(
    ("operator", "attributes", "words"),
    [
        ("Resize", {"mode": "cubic", "cubic_coeff_a": -0.5}, r"^a Resize of mode 'cubic'$"),
        ("Pad", {"mode": "wrap"}, r"^something unknown here \("),
    ],
)
def test_what_is_not_known_here_is_found_before_anything_is_learnt(
    operator: str, attributes: dict[str, Any], words: str
) -> None:
    with pytest.raises(CannotLearn, match=words):
        Executor(lone(operator, **attributes)).try_out(torch.zeros(1, 3, 8, 8), [(1, 3, 16, 16)])


def lone(operator: str, **attributes: Any) -> Any:
    """A graph of one node, with the inputs that a Resize to 16 x 16 or a Pad needs besides the image."""
    known: dict[str, dict[str, Any]] = {
        "Resize": {"": None, "scales": np.array([1, 1, 2, 2], np.float32)},
        "Pad": {"pads": np.array([0, 0, 4, 4, 0, 0, 4, 4], np.int64)},
    }
    more = known.get(operator, {})
    node = onnx.helper.make_node(operator, ["image", *more], ["answer"], **attributes)
    values = [onnx.numpy_helper.from_array(value, name) for name, value in more.items() if value is not None]
    image = onnx.helper.make_tensor_value_info("image", 1, [1, 3, 8, 8])
    answer = onnx.helper.make_tensor_value_info("answer", 1, [1, 3, None, None])
    return onnx.helper.make_graph([node], "lone", [image], [answer], values)


def test_frozen_nodes_keep_their_weights_and_get_no_normalisation() -> None:
    graph = starter().model.graph
    whole, half = Executor(graph), Executor(graph, frozen=len(graph.node) // 2)
    assert 0 < len(list(half.parameters())) < len(list(whole.parameters()))
    batch = [torch.rand(2, 3, 320, 320)]
    whole.normalise(batch)
    half.normalise(batch)
    norms = [sum(isinstance(m, torch.nn.BatchNorm2d) for m in e.modules()) for e in (whole, half)]
    assert 0 < norms[1] < norms[0]


def through_a_strip(side: int) -> Any:
    """A graph that lays the image out as a strip and back, with the sizes as constants, as exporters write them."""
    node = onnx.helper.make_node
    nodes = [node("Reshape", ["image", "wide"], ["strip"]), node("Reshape", ["strip", "back"], ["answer"])]
    shapes = {"wide": [-1, 3, side * side], "back": [-1, 3, side, side]}
    values = [onnx.numpy_helper.from_array(np.array(v, np.int64), name) for name, v in shapes.items()]
    image, answer = (onnx.helper.make_tensor_value_info(name, 1, [1, 3, side, side]) for name in ("image", "answer"))
    return onnx.helper.make_graph(nodes, "strip", [image], [answer], values)


def test_a_graph_that_is_bound_to_a_size_is_executed_at_a_smaller_one_too() -> None:
    large, small = torch.rand(2, 3, 64, 64), torch.rand(2, 3, 32, 32)
    module = Executor(through_a_strip(64), small=through_a_strip(32))
    for images in (large, small, large):
        assert torch.equal(module(images)[0], images)
    with pytest.raises(RuntimeError):
        Executor(through_a_strip(64))(small)


def test_the_early_layers_are_those_before_the_first_map_at_an_eighth() -> None:
    base = starter()
    assert 0 < base.early < len(base.model.graph.node)
    early = Executor(base.model.graph, frozen=base.early)
    every = Executor(base.model.graph)
    kept = {name for name, _ in every.named_parameters()} - {name for name, _ in early.named_parameters()}
    assert kept, "they learn nothing"
    assert len(list(early.parameters())) > len(kept), "and are few"
    assert at_size(base, 192).early == base.early
