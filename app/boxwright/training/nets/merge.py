"""Merging of a base graph and a head of our own into one ONNX graph."""

from __future__ import annotations

import onnx
import torch
from onnx import compose, version_converter
from torch import Tensor

from boxwright.domain.errors import TrainingError
from boxwright.training.nets.base_graph import FEATURES, BaseGraph, with_free_batch
from boxwright.training.nets.export import ExportModule, traced
from boxwright.training.nets.head import STRIDES, HeadOutput
from boxwright.training.nets.old_head import PREFIX
from boxwright.training.nets.typed_modules import TypedModule

_OLDEST_OPSET, _NEWEST_TRACED = 9, 17


def with_head(base: BaseGraph, head: TypedModule[list[Tensor], HeadOutput]) -> onnx.ModelProto:
    """The image input of `base`, and what `head` answers on its three maps.

    Raises `TrainingError` when the two do not go together."""
    maps = [
        torch.zeros(1, channels, base.spec.height // stride, base.spec.width // stride)
        for channels, stride in zip(base.channels, STRIDES)
    ]
    opset = _opset(base.model)
    upper = traced(ExportModule(head), maps, FEATURES, min(opset, _NEWEST_TRACED))
    if opset > _NEWEST_TRACED:
        upper = version_converter.convert_version(upper, opset)
    return with_free_batch(_joined(base.model, upper), base.spec)


def _joined(base: onnx.ModelProto, head: onnx.ModelProto) -> onnx.ModelProto:
    lower = onnx.ModelProto()
    lower.CopyFrom(base)
    del lower.metadata_props[:]
    lower.ir_version = head.ir_version = max(lower.ir_version, head.ir_version)
    upper = compose.add_prefix(head, PREFIX, rename_inputs=False, rename_outputs=False)
    try:
        return compose.merge_models(lower, upper, io_map=[(name, name) for name in FEATURES])
    except (ValueError, onnx.checker.ValidationError) as error:
        raise TrainingError(
            "The new head could not be joined to the base ({0}); choose another base, or the trainer 'scratch'.", error
        ) from error


def _opset(model: onnx.ModelProto) -> int:
    version = max((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), default=0)
    if version < _OLDEST_OPSET:
        raise TrainingError(
            "The base is an ONNX file of opset {0}; export it again with opset {1} or later, choose "
            "another base, or the trainer 'scratch'.",
            version,
            _OLDEST_OPSET,
        )
    return int(version)
