"""The finished network as one ONNX file that says itself what it is."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn

from boxwright.config.atomic import writing
from boxwright.training.nets.head import STRIDES, Head


class Detector(nn.Module):  # type: ignore[misc]
    """(B,3,S,S) RGB 0..1 -> (B,4+C,A): centre x, y, width, height in input pixels, then the class scores 0..1."""

    def __init__(self, backbone: nn.Module, head: Head) -> None:
        super().__init__()
        self.backbone, self.head = backbone, head

    def forward(self, images: Tensor) -> Tensor:
        raw = self.head(self.backbone(images))
        low, high = raw.boxes[..., :2], raw.boxes[..., 2:]
        return torch.cat(((low + high) / 2, high - low, raw.logits.sigmoid()), -1).transpose(1, 2)


def export(model: Detector, classes: tuple[str, ...], size: int, trainer: str, out: Path) -> None:
    """Write `out` whole or not at all: opset 17, input `images` [batch,3,size,size], output `output0` [batch,4+C,A]."""
    with writing(out) as aside:
        _export(model, size, aside)
        graph = onnx.load(str(aside))
        onnx.helper.set_model_props(graph, _about(classes, size, trainer))
        onnx.checker.check_model(graph)
        onnx.save(graph, str(aside))


def _export(model: Detector, size: int, out: Path) -> None:
    model.eval()
    with warnings.catch_warnings():
        # The new exporter needs onnxscript and a minute; this one needs neither, and torch says that it is old.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            model,
            (torch.zeros(1, 3, size, size),),
            str(out),
            input_names=["images"],
            output_names=["output0"],
            dynamic_axes={"images": {0: "batch"}, "output0": {0: "batch"}},
            opset_version=17,
            dynamo=False,
        )


def _about(classes: tuple[str, ...], size: int, trainer: str) -> dict[str, str]:
    """Metadata under the keys that other programs read as well."""
    return {
        "names": json.dumps(dict(enumerate(classes)), ensure_ascii=False),
        "task": "detect",
        "stride": str(STRIDES[-1]),
        "imgsz": json.dumps([size, size]),
        "producer": f"boxwright {trainer}",
    }
