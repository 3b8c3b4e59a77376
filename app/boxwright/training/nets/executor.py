"""Executor of an ONNX graph as a torch module, so that the layers of anybody's detector can go on learning."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor, nn

from boxwright.training.nets.operators import OPERATORS, CannotLearn
from boxwright.training.nets.plan import Constant, constant_of, planned
from boxwright.training.nets.typed_modules import TypedModule

# Inputs of these operators, by place, are weights; everything else that is constant stays as it is.
_LEARNT = {"Conv": (1, 2), "ConvTranspose": (1, 2), "BatchNormalization": (1, 2), "PRelu": (1,)}
# A map of fewer cells in a batch has no statistics worth the name; a gate of one cell an image is such a map.
_FEWEST_CELLS = 16


class Executor(TypedModule[Tensor, list[Tensor]]):
    """ONNX graph as a module: (B,3,S,S), or (B,S,S,3) for an `nhwc` base -> the graph's outputs in order. Weights are
    parameters.

    Exporters fold batch normalisation into the convolutions, and without it a network learns slowly or falls apart:
    `normalise` puts it back such that nothing changes at first, and `weights` folds it away again.
    """

    def __init__(self, graph: onnx.GraphProto, frozen: int = 0, small: onnx.GraphProto | None = None) -> None:
        """The first `frozen` nodes do not learn. `small`: the same graph for inputs of another size, which are taken as
        well then. Raises `CannotLearn` for an operator that is not known here."""
        super().__init__()
        unknown = {node.op_type for node in graph.node} - OPERATORS.keys() - {"Constant"}
        if unknown:
            listed = ", ".join(sorted(unknown))
            raise CannotLearn(listed)
        self._input = str(graph.input[0].name)
        self._outputs = tuple(str(output.name) for output in graph.output)
        self._own_names: dict[str, str] = {}
        self._learnt: set[str] = set()
        self._norms = nn.ModuleDict()
        self._watch: Callable[[str, Tensor], None] | None = None
        constants = _constants(graph)
        self._frozen = {name for node in graph.node[:frozen] for name in node.output}
        for node in graph.node[frozen:]:
            for name in _weights_of(node):
                if name in constants and constants[name].dtype.kind == "f":
                    self._register(name, constants[name], learnt=True)
        for name, value in constants.items():
            self._register(name, value, learnt=False)
        self._small_names: dict[str, str] = {}
        self._small_shape = () if small is None else _shape_of_one(small)
        for name, value in {} if small is None else _constants(small).items():
            if name not in self._learnt and not np.array_equal(value, constants[name]):
                self._small_names[name] = own = f"{self._own_names[name]}_small"
                self.register_buffer(own, _tensor(value), persistent=False)
        self._steps = planned(graph, set(self._outputs))

    def forward(self, images: Tensor) -> list[Tensor]:
        values: dict[str, Tensor] = {self._input: images}
        if tuple(images.shape[1:]) == self._small_shape:
            values |= {name: self.get_buffer(own) for name, own in self._small_names.items()}
        for step in self._steps:
            inputs = [self._value(name, values) if name else None for name in step.inputs]
            made = OPERATORS[step.operator](inputs, step.attributes)
            if step.operator == "Conv":
                assert isinstance(made, Tensor)
                made = self._normalised(step.outputs[0], made)
            values.update(zip(step.outputs, [made] if isinstance(made, Tensor) else made))
            for name in step.last_use:
                values.pop(name, None)
        return [values[name] for name in self._outputs]

    def try_out(self, image: Tensor, shapes: Sequence[tuple[int, ...]]) -> None:
        """Raises `CannotLearn` when one image does not come through as maps of these `shapes`."""
        try:
            with torch.no_grad():
                made = [tuple(found.shape) for found in self(image)]
        except CannotLearn:
            raise
        # Whatever an operator stumbles over that the specification allows and nobody has met.
        except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
            text = str(error).strip().splitlines()
            raise CannotLearn(
                "something unknown here ({0})", text[0][:200] if text else type(error).__name__
            ) from error
        if made != list(shapes):
            raise CannotLearn("an operator that is read differently here")

    def normalise(self, batches: Sequence[Tensor]) -> None:
        """Put batch normalisation behind every convolution, with the statistics of `batches`; what the module computes
        stays the same until it learns."""
        sums: dict[str, tuple[Tensor, Tensor, int]] = {}

        def watch(name: str, made: Tensor) -> None:
            wide, cells = made.double(), made.numel() // made.shape[1]
            total, squares = wide.sum((0, 2, 3)), (wide * wide).sum((0, 2, 3))
            if name in sums:
                total, squares, cells = total + sums[name][0], squares + sums[name][1], cells + sums[name][2]
            sums[name] = (total, squares, cells)

        self._watch = watch
        try:
            with torch.no_grad():
                for images in batches:
                    self(images)
        finally:
            self._watch = None
        pictures = sum(len(images) for images in batches)
        for name, (total, squares, count) in sums.items():
            if count // pictures >= _FEWEST_CELLS:
                self._norms[_key(name)] = _neutral_norm(total / count, squares / count - (total / count) ** 2)

    def weights(self) -> dict[str, NDArray[np.float32]]:
        """The present weights under their names in the graph, normalisation folded in. A convolution without a bias
        that got a normalisation has one afterwards, under `bias_name`."""
        found = {name: self.get_parameter(self._own_names[name]).detach().cpu() for name in self._learnt}
        for step in self._steps:
            norm = self._norm_behind(step.outputs[0])
            if norm is None or step.inputs[1] not in found:
                continue
            mean, variance = _statistics(norm)
            gain = (norm.weight / (variance + norm.eps).sqrt()).detach().cpu()
            bias = found.get(step.inputs[2], torch.zeros(())) if len(step.inputs) > 2 else torch.zeros(())
            found[step.inputs[1]] = found[step.inputs[1]] * gain[:, None, None, None]
            shift = (bias - mean.cpu()) * gain + norm.bias.detach().cpu()
            found[step.inputs[2] if len(step.inputs) > 2 and step.inputs[2] else bias_name(step.outputs[0])] = shift
        return {name: value.contiguous().numpy() for name, value in found.items()}

    def _normalised(self, name: str, made: Tensor) -> Tensor:
        if self._watch is not None and name not in self._frozen:
            self._watch(name, made)
        norm = self._norm_behind(name)
        normalised: Tensor = made if norm is None else norm(made)
        return normalised

    def _norm_behind(self, name: str) -> nn.BatchNorm2d | None:
        key = _key(name)
        if key not in self._norms:
            return None
        norm = self._norms[key]
        assert isinstance(norm, nn.BatchNorm2d)
        return norm

    def _register(self, name: str, value: Constant, learnt: bool) -> None:
        if name in self._own_names:
            return
        # Names in a graph may hold dots, which torch does not allow.
        self._own_names[name] = own = f"value_{len(self._own_names)}"
        tensor = _tensor(value)
        if learnt:
            self._learnt.add(name)
            self.register_parameter(own, nn.Parameter(tensor))
        else:
            self.register_buffer(own, tensor, persistent=False)

    def _value(self, name: str, values: dict[str, Tensor]) -> Tensor:
        if name in values:
            return values[name]
        own = self._own_names[name]
        return self.get_parameter(own) if name in self._learnt else self.get_buffer(own)


def bias_name(output: str) -> str:
    """Of the bias that a convolution gets whose graph gave it none."""
    return f"{output}_boxwright_bias"


def with_weights(model: onnx.ModelProto, weights: Mapping[str, NDArray[np.float32]]) -> onnx.ModelProto:
    """A copy of `model` with these values for its constants, each in its old element type."""
    changed = onnx.ModelProto()
    changed.CopyFrom(model)
    tensors = {tensor.name: tensor for tensor in changed.graph.initializer}
    tensors |= {n.output[0]: a.t for n in changed.graph.node if n.op_type == "Constant" for a in n.attribute}
    for node in changed.graph.node:
        new = bias_name(node.output[0]) if node.op_type == "Conv" else ""
        if new in weights and new not in tensors:
            kind = onnx.helper.tensor_dtype_to_np_dtype(tensors[node.input[1]].data_type)
            changed.graph.initializer.append(numpy_helper.from_array(weights[new].astype(kind), new))
            del node.input[2:]
            node.input.append(new)
    for name, tensor in tensors.items():
        if name in weights:
            kind = onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type)
            tensor.CopyFrom(numpy_helper.from_array(weights[name].astype(kind), tensor.name))
    return changed


def _constants(graph: onnx.GraphProto) -> dict[str, Constant]:
    found: dict[str, Constant] = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    return found | {node.output[0]: constant_of(node) for node in graph.node if node.op_type == "Constant"}


def _shape_of_one(graph: onnx.GraphProto) -> tuple[int, ...]:
    """Of the input, without its batch axis."""
    return tuple(dim.dim_value for dim in graph.input[0].type.tensor_type.shape.dim)[1:]


def _tensor(value: Constant) -> Tensor:
    tensor = torch.from_numpy(np.array(value))
    return tensor.float() if tensor.is_floating_point() else tensor


def _weights_of(node: onnx.NodeProto) -> list[str]:
    return [node.input[place] for place in _LEARNT.get(node.op_type, ()) if place < len(node.input)]


def _neutral_norm(mean: Tensor, variance: Tensor) -> nn.BatchNorm2d:
    """What gives back what it gets while mean and variance are these."""
    norm = nn.BatchNorm2d(len(mean), momentum=0.03)
    variance = variance.clamp_min(1e-6)
    with torch.no_grad():
        for kept, value in zip(_statistics(norm), (mean, variance)):
            kept.copy_(value)
        norm.weight.copy_((variance + norm.eps).sqrt())
        norm.bias.copy_(mean)
    return norm


def _statistics(norm: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    # A normalisation that keeps none has None.
    assert norm.running_mean is not None and norm.running_var is not None
    return norm.running_mean, norm.running_var


def _key(name: str) -> str:
    """torch allows no dots in the names of modules, and `ModuleDict` none of its own methods' names."""
    return "of_" + name.replace(".", "_dot_")
