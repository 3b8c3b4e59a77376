"""ONNX operators in torch, by the rules of the ONNX specification."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from boxwright.domain.errors import TrainingError
from boxwright.training.nets.attributes import Attributes


class CannotLearn(TrainingError):
    """Refusal to execute a graph's layers; the text names the part of it that stands in the way."""


Inputs = Sequence[Tensor | None]
Operator = Callable[[Inputs, Attributes], Tensor | Sequence[Tensor]]

_DTYPES = {1: torch.float32, 2: torch.uint8, 3: torch.int8, 6: torch.int32, 7: torch.int64, 9: torch.bool,
           10: torch.float32, 11: torch.float64}  # fmt: skip


def convolution(inputs: Inputs, a: Attributes) -> Tensor:
    x, weight = _given(inputs[0]), _given(inputs[1])
    bias = inputs[2] if len(inputs) > 2 else None
    kernel = list(weight.shape[2:])
    strides = a.integers("strides", [1] * len(kernel))
    dilations = a.integers("dilations", [1] * len(kernel))
    x, padding = _padded(x, a, kernel, strides, dilations, 0.0)
    groups = a.integer("group", 1)
    if groups > 1 and max(strides) > 1 and x.device.type == "cpu":
        # In half precision torch learns through these three to seventeen times slower than in full on a processor.
        with torch.autocast("cpu", enabled=False):
            made = functional.conv2d(x.float(), weight.float(), _full(bias), strides, padding, dilations, groups)
            return made.to(x.dtype)
    return functional.conv2d(x, weight, bias, strides, padding, dilations, groups)


def _full(bias: Tensor | None) -> Tensor | None:
    return None if bias is None else bias.float()


def transposed_convolution(inputs: Inputs, a: Attributes) -> Tensor:
    weight = _given(inputs[1])
    pads = a.integers("pads", [0, 0, 0, 0])
    if pads[:2] != pads[2:] or _auto(a):
        raise CannotLearn("a ConvTranspose with uneven padding")
    return functional.conv_transpose2d(
        _given(inputs[0]), weight, inputs[2] if len(inputs) > 2 else None, a.integers("strides", [1, 1]), pads[:2],
        a.integers("output_padding", [0, 0]), a.integer("group", 1), a.integers("dilations", [1, 1]),
    )  # fmt: skip


def max_pool(inputs: Inputs, a: Attributes) -> Tensor:
    strides = a.integers("strides", [1, 1])
    dilations = a.integers("dilations", [1, 1])
    x, padding = _padded(_given(inputs[0]), a, a.integers("kernel_shape"), strides, dilations, float("-inf"))
    ceil = bool(a.integer("ceil_mode", 0))
    return functional.max_pool2d(x, a.integers("kernel_shape"), strides, padding, dilations, ceil)


def average_pool(inputs: Inputs, a: Attributes) -> Tensor:
    x = _given(inputs[0])
    pads = a.integers("pads", [0, 0, 0, 0])
    if pads[:2] != pads[2:] or _auto(a):
        raise CannotLearn("an AveragePool with uneven padding")
    ceil, counts = bool(a.integer("ceil_mode", 0)), bool(a.integer("count_include_pad", 0))
    return functional.avg_pool2d(x, a.integers("kernel_shape"), a.integers("strides", [1, 1]), pads[:2], ceil, counts)


def batch_normalisation(inputs: Inputs, a: Attributes) -> Tensor:
    """With the statistics of the file: a handful of images has none worth taking."""
    x, scale, shift, mean, variance = (_given(i) for i in inputs[:5])
    return functional.batch_norm(x, mean, variance, scale, shift, False, 0.0, a.number("epsilon", 1e-5))


def resize(inputs: Inputs, a: Attributes) -> Tensor:
    x = _given(inputs[0])
    sizes = inputs[3] if len(inputs) > 3 else None
    scales = inputs[2] if len(inputs) > 2 else (inputs[1] if len(inputs) == 2 else None)
    if sizes is not None and sizes.numel():
        target = [int(v) for v in sizes[-2:]]
    elif scales is not None and scales.numel():
        target = [int(side * float(scale)) for side, scale in zip(x.shape[-2:], scales[-2:])]
    else:
        raise CannotLearn("a Resize without a size")
    mode = a.text("mode", "nearest")
    if mode == "nearest":
        return functional.interpolate(x, size=target, mode="nearest")
    if mode == "cubic" and _is_plain_cubic(a):
        return functional.interpolate(x, size=target, mode="bicubic", align_corners=_aligned(a))
    if mode != "linear":
        raise CannotLearn("a Resize of mode '{0}'", mode)
    return functional.interpolate(x, size=target, mode="bilinear", align_corners=_aligned(a))


def reshape(inputs: Inputs, a: Attributes) -> Tensor:
    x = _given(inputs[0])
    shape = [int(v) for v in _given(inputs[1])]
    if not a.integer("allowzero", 0):
        shape = [x.shape[i] if v == 0 else v for i, v in enumerate(shape)]
    return torch.reshape(x, shape)


def slicing(inputs: Inputs, a: Attributes) -> Tensor:
    x = _given(inputs[0])
    if len(inputs) > 1:
        starts, ends = _numbers(inputs[1]), _numbers(inputs[2])
        axes = _numbers(inputs[3]) if len(inputs) > 3 and inputs[3] is not None else list(range(len(starts)))
        steps = _numbers(inputs[4]) if len(inputs) > 4 and inputs[4] is not None else [1] * len(starts)
    else:
        starts, ends = a.integers("starts"), a.integers("ends")
        axes, steps = a.integers("axes", range(len(starts))), [1] * len(starts)
    if any(step < 1 for step in steps):
        raise CannotLearn("a Slice that runs backwards")
    where = [slice(None)] * x.ndim
    for start, end, axis, step in zip(starts, ends, axes, steps):
        where[axis] = slice(start, end, step)
    return x[tuple(where)]


def split(inputs: Inputs, a: Attributes) -> Sequence[Tensor]:
    x, axis = _given(inputs[0]), a.integer("axis", 0)
    if len(inputs) > 1 and inputs[1] is not None:
        sizes = _numbers(inputs[1])
    else:
        sizes = a.integers("split", [x.shape[axis] // a.outputs] * a.outputs)
    return torch.split(x, sizes, axis)


def pad(inputs: Inputs, a: Attributes) -> Tensor:
    x = _given(inputs[0])
    pads = _numbers(inputs[1]) if len(inputs) > 1 else a.integers("pads")
    value = float(inputs[2]) if len(inputs) > 2 and inputs[2] is not None else a.number("value", 0.0)
    half = len(pads) // 2
    pairs = [side for axis in reversed(range(half)) for side in (pads[axis], pads[half + axis])]
    mode = {"constant": "constant", "reflect": "reflect", "edge": "replicate"}[a.text("mode", "constant")]
    return functional.pad(x, pairs, mode, value) if mode == "constant" else functional.pad(x, pairs, mode)


def clip(inputs: Inputs, a: Attributes) -> Tensor:
    return torch.clamp(_given(inputs[0]), _limit(inputs[1:2], a, "min"), _limit(inputs[2:3], a, "max"))


def _limit(given: Inputs, a: Attributes, name: str) -> float | None:
    if given:
        return None if given[0] is None else float(given[0])
    return a.number(name) if name in a else None


def gather(inputs: Inputs, a: Attributes) -> Tensor:
    x, index, axis = _given(inputs[0]), _given(inputs[1]), a.integer("axis", 0)
    picked = x.index_select(axis, index.reshape(-1).long() % x.shape[axis])
    return picked.reshape((*x.shape[:axis], *index.shape, *x.shape[axis + 1 :]))


def unsqueeze(inputs: Inputs, a: Attributes) -> Tensor:
    x = _given(inputs[0])
    for axis in sorted(_numbers(inputs[1]) if len(inputs) > 1 else a.integers("axes")):
        x = x.unsqueeze(axis)
    return x


def squeeze(inputs: Inputs, a: Attributes) -> Tensor:
    x = _given(inputs[0])
    if len(inputs) <= 1 and "axes" not in a:
        return x.squeeze()
    return x.squeeze(tuple(_numbers(inputs[1]) if len(inputs) > 1 else a.integers("axes")))


def reduce_mean(inputs: Inputs, a: Attributes) -> Tensor:
    axes = _numbers(inputs[1]) if len(inputs) > 1 else a.integers("axes")
    return _given(inputs[0]).mean(tuple(axes), bool(a.integer("keepdims", 1)))


def cast(inputs: Inputs, a: Attributes) -> Tensor:
    wanted = a.integer("to")
    if wanted not in _DTYPES:
        raise CannotLearn("a Cast to ONNX type {0}", wanted)
    return _given(inputs[0]).to(_DTYPES[wanted])


def _unary(function: Callable[[Tensor], Tensor]) -> Operator:
    return lambda inputs, _: function(_given(inputs[0]))


def _binary(function: Callable[[Tensor, Tensor], Tensor]) -> Operator:
    return lambda inputs, _: function(_given(inputs[0]), _given(inputs[1]))


def _hard_sigmoid(inputs: Inputs, a: Attributes) -> Tensor:
    return (_given(inputs[0]) * a.number("alpha", 0.2) + a.number("beta", 0.5)).clamp(0, 1)


OPERATORS: dict[str, Operator] = {
    "Add": _binary(torch.add),
    "AveragePool": average_pool,
    "BatchNormalization": batch_normalisation,
    "Cast": cast,
    "Clip": clip,
    "Concat": lambda inputs, a: torch.cat([_given(i) for i in inputs], a.integer("axis")),
    "Conv": convolution,
    "ConvTranspose": transposed_convolution,
    "Div": _binary(lambda x, y: x / y if x.is_floating_point() else torch.div(x, y, rounding_mode="trunc")),
    "Erf": _unary(torch.erf),
    "Exp": _unary(torch.exp),
    "Gather": gather,
    "Gelu": lambda inputs, a: functional.gelu(_given(inputs[0]), approximate=a.text("approximate", "none")),
    "GlobalAveragePool": _unary(lambda x: x.mean((2, 3), True)),
    "HardSigmoid": _hard_sigmoid,
    "HardSwish": _unary(functional.hardswish),
    "Identity": _unary(lambda x: x),
    "LeakyRelu": lambda inputs, a: functional.leaky_relu(_given(inputs[0]), a.number("alpha", 0.01)),
    "MatMul": _binary(torch.matmul),
    "MaxPool": max_pool,
    "Mish": _unary(functional.mish),
    "Mul": _binary(torch.mul),
    "PRelu": lambda inputs, _: functional.prelu(_given(inputs[0]), _given(inputs[1]).reshape(-1)),
    "Pad": pad,
    "Pow": _binary(torch.pow),
    "ReduceMean": reduce_mean,
    "Relu": _unary(functional.relu),
    "Reshape": reshape,
    "Resize": resize,
    "Shape": _unary(lambda x: torch.tensor(x.shape, dtype=torch.int64)),
    "Sigmoid": _unary(torch.sigmoid),
    # Not in ONNX: a Sigmoid and the Mul after it, in one step.
    "Silu": _unary(functional.silu),
    "Slice": slicing,
    "Softmax": lambda inputs, a: functional.softmax(_given(inputs[0]), a.integer("axis", -1)),
    "Softplus": _unary(functional.softplus),
    "Split": split,
    "Sqrt": _unary(torch.sqrt),
    "Squeeze": squeeze,
    "Sub": _binary(torch.sub),
    "Tanh": _unary(torch.tanh),
    "Transpose": lambda inputs, a: _given(inputs[0]).permute(*a.integers("perm")),
    "Unsqueeze": unsqueeze,
}


def _given(value: Tensor | None) -> Tensor:
    if value is None:
        raise CannotLearn("an operator without its input")
    return value


def _numbers(value: Tensor | None) -> list[int]:
    return [int(v) for v in _given(value)]


def _aligned(a: Attributes) -> bool:
    return a.text("coordinate_transformation_mode", "half_pixel") == "align_corners"


def _is_plain_cubic(a: Attributes) -> bool:
    """As torch has it: this sharpness, and beyond the edge the pixel at the edge."""
    ways = ("half_pixel", "pytorch_half_pixel", "align_corners")
    return (
        abs(a.number("cubic_coeff_a", -0.75) + 0.75) < 1e-6
        and not a.integer("exclude_outside", 0)
        and not a.integer("antialias", 0)
        and a.text("coordinate_transformation_mode", "half_pixel") in ways
    )


def _auto(a: Attributes) -> bool:
    return a.text("auto_pad", "NOTSET") not in ("NOTSET", "")


def _padded(
    x: Tensor, a: Attributes, kernel: Sequence[int], strides: Sequence[int], dilations: Sequence[int], fill: float
) -> tuple[Tensor, list[int]]:
    """`x` and the even padding left to do; an uneven one is laid around `x` at once."""
    automatic = a.text("auto_pad", "NOTSET")
    pads = a.integers("pads", [0] * (2 * len(kernel)))
    if automatic in ("SAME_UPPER", "SAME_LOWER"):
        wanted = [
            max(0, (-(-side // stride) - 1) * stride + (k - 1) * dilation + 1 - side)
            for side, k, stride, dilation in zip(x.shape[2:], kernel, strides, dilations)
        ]
        less, more = [w // 2 for w in wanted], [w - w // 2 for w in wanted]
        pads = [*less, *more] if automatic == "SAME_UPPER" else [*more, *less]
    half = len(kernel)
    if pads[:half] == pads[half:] and (fill == 0.0 or all(p <= k // 2 for p, k in zip(pads, kernel))):
        return x, pads[:half]
    return functional.pad(x, (pads[1], pads[3], pads[0], pads[2]), value=fill), [0] * half
