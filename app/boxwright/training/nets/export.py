"""ONNX export of the finished scratch network, as one file with its own card."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from pathlib import Path

import onnx
import torch
from torch import Tensor

from boxwright.config.atomic import writing
from boxwright.domain.card import DetectorCard
from boxwright.training.nets.head import HeadOutput
from boxwright.training.nets.onnx_metadata import metadata
from boxwright.training.nets.typed_modules import Inputs, TypedModule

OUTPUT = "output0"
# The decoder that reads what `ExportModule` gives.
LAYOUT = "yolov8"


class ExportModule(TypedModule[Inputs, Tensor]):
    """Output layer of the exported file: a network's `HeadOutput`, as detectors answer: (B,4+C,A), centre x, y, width,
    height in input pixels, then the class scores 0..1."""

    def __init__(self, network: TypedModule[Inputs, HeadOutput]) -> None:
        super().__init__()
        self.network: TypedModule[Inputs, HeadOutput] = network

    def forward(self, inputs: Inputs) -> Tensor:
        raw = self.network(inputs)
        low, high = raw.boxes[..., :2], raw.boxes[..., 2:]
        return torch.cat(((low + high) / 2, high - low, raw.logits.sigmoid()), -1).transpose(1, 2)


def traced(network: TypedModule[Inputs, Tensor], inputs: Inputs, names: Sequence[str], opset: int) -> onnx.ModelProto:
    """`network`, whose `inputs` are named `names` and whose output is `OUTPUT`, as ONNX with a free batch axis. All
    other sizes are those of `inputs`."""
    buffer = io.BytesIO()
    network.eval()
    with warnings.catch_warnings():
        # The new exporter needs onnxscript and a minute; this one needs neither, and torch says that it is old.
        warnings.simplefilter("ignore", DeprecationWarning)
        # Only what is computed from sizes is folded; a convolution's weights stay as they are.
        warnings.filterwarnings("ignore", "It is recommended that constant folding", UserWarning)
        # The size of a map is meant to become a constant.
        tracer_warning = torch.jit.TracerWarning  # type: ignore[attr-defined]  # documented, but not in its `__all__`
        warnings.simplefilter("ignore", tracer_warning)
        torch.onnx.export(
            network,
            (inputs,),
            buffer,  # type: ignore[arg-type]  # the exporter asked for by `dynamo` writes to open files as well
            input_names=list(names),
            output_names=[OUTPUT],
            dynamic_axes={name: {0: "batch"} for name in (*names, OUTPUT)},
            opset_version=opset,
            # Normalisation stays apart, so that a later training can take the head up again. It is in `eval` mode.
            training=torch.onnx.TrainingMode.PRESERVE,
            dynamo=False,
        )
    return onnx.load_from_string(buffer.getvalue())


def export(network: TypedModule[Tensor, HeadOutput], card: DetectorCard, trainer: str, out: Path) -> None:
    """Write `network`, which takes (B,3,S,S) RGB 0..1, to `out` whole or not at all; its input is `images`."""
    blank = torch.zeros(1, 3, card.input.height, card.input.width)
    save(traced(ExportModule(network), blank, ("images",), opset=17), card, trainer, out)


def save(model: onnx.ModelProto, card: DetectorCard, trainer: str, out: Path) -> None:
    """Check the graph and write it, with what it says of itself, whole or not at all."""
    onnx.helper.set_model_props(model, metadata(card, trainer))
    onnx.checker.check_model(model)
    with writing(out) as aside:
        aside.write_bytes(model.SerializeToString(deterministic=True))
