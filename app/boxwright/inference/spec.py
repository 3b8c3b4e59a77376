"""Description of a detector file for decoders: its inputs, its outputs with one real answer each, its metadata."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from boxwright.config.onnx_runtime import Array
from boxwright.domain.card import InputSpec
from boxwright.inference.metadata import Metadata


@dataclass(frozen=True)
class TensorSpec:
    """Declared input of a detector file.

    Attributes:
        name: As the file names it.
        shape: None where the file leaves a size open.
        dtype: numpy's name of the element type.
    """

    name: str
    shape: tuple[int | None, ...]
    dtype: str

    @property
    def batched(self) -> bool:
        """For an input that takes pictures: whether it has a batch axis; torchvision's exports have none."""
        return len(self.shape) == 4

    @property
    def nhwc(self) -> bool:
        """For an input that takes pictures: whether the channels come last."""
        return self.shape[-1] == 3 and self.shape[-3] != 3

    @property
    def size(self) -> tuple[int | None, int | None]:
        """For an input that takes pictures: (width, height) in pixels, None where the file leaves it open."""
        height, width = self.shape[-3:-1] if self.nhwc else self.shape[-2:]
        return width, height


@dataclass(frozen=True, eq=False)
class OutputSpec:
    """Output of a detector file, as declared and as once answered.

    Attributes:
        name: As the file names it.
        declared: Its shape as the file declares it, None where a size is left open.
        sample: The answer to one grey, softly patterned picture: true shape and the range of the values.
    """

    name: str
    declared: tuple[int | None, ...]
    sample: Array

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.sample.shape)

    @property
    def floating(self) -> bool:
        return bool(np.issubdtype(self.sample.dtype, np.floating))


@dataclass(frozen=True, eq=False)
class ModelSpec:
    """Description of a detector file, from which every decoder guesses.

    Attributes:
        image: The input that takes the picture.
        sizes: The inputs beside the picture.
        outputs: In the file's order.
        metadata: What exporters wrote into the file.
        width: Pixels of the picture that the samples answer.
        height: As `width`.
        class_count: What the metadata or the person said, None when nobody did.
        first_label: As `class_count`: the label of the first class.
    """

    image: TensorSpec
    sizes: tuple[TensorSpec, ...]
    outputs: tuple[OutputSpec, ...]
    metadata: Metadata
    width: int
    height: int
    class_count: int | None = None
    first_label: int | None = None

    def output(self, name: str) -> OutputSpec | None:
        """The output of that name, case ignored."""
        return next((o for o in self.outputs if o.name.lower() == name), None)

    def named(self, *parts: str) -> OutputSpec | None:
        """The first output whose name holds one of `parts`, tried in that order, case ignored."""
        for part in parts:
            for output in self.outputs:
                if part in output.name.lower():
                    return output
        return None

    def input_spec(self, **fields: Any) -> InputSpec:
        """An `InputSpec` with the file's own size, axis order and element type, and `fields` on top."""
        if self.image.dtype == "uint8":
            fields = {**fields, "scale": 1.0, "mean": (0.0, 0.0, 0.0), "std": (1.0, 1.0, 1.0)}
        own: dict[str, Any] = {
            "width": self.width,
            "height": self.height,
            "layout": "nhwc" if self.image.nhwc else "nchw",
            "dtype": self.image.dtype,
        }
        return InputSpec(**{**own, **fields})
