"""Cards of detectors: everything an ONNX file does not say of itself but a right answer depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from boxwright.domain.prediction import ProbKind

# Under this key of an ONNX file's metadata a detector of ours carries its card as JSON.
METADATA_KEY = "boxwright.card"

Resize = Literal["letterbox", "pad", "stretch"]


@dataclass(frozen=True)
class InputSpec:
    """Input of a detector: how an upright BGR uint8 image becomes its tensor.

    In this order: resize, reorder the channels, `(x * scale - mean) / std`.

    width, height: pixels. `letterbox` centres the scaled image, `pad` puts it top left, `stretch` ignores its aspect.
    mean and std are per channel in the order of `channels`.
    """

    width: int
    height: int
    channels: Literal["rgb", "bgr"] = "rgb"
    layout: Literal["nchw", "nhwc"] = "nchw"
    dtype: Literal["float32", "float16", "uint8"] = "float32"
    resize: Resize = "letterbox"
    pad_value: int = 114
    scale: float = 1.0 / 255.0
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)


@dataclass(frozen=True)
class DetectorCard:
    """Card of a detector.

    `layout` is a decoder's name. `options` are that decoder's own. `notes` is free text: licence, origin.
    """

    layout: str
    kind: ProbKind
    classes: tuple[str, ...]
    input: InputSpec
    options: Mapping[str, Any] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """A dict of JSON types; `from_json` reads it back unchanged."""
        return asdict(self)

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> DetectorCard:
        """Raises KeyError, TypeError or ValueError on a field that is missing, unknown or of the wrong kind."""
        spec = dict(data["input"])
        for key in ("mean", "std"):
            if key in spec:
                spec[key] = tuple(float(v) for v in spec[key])
        return DetectorCard(
            layout=str(data["layout"]),
            kind=ProbKind(data["kind"]),
            classes=tuple(str(c) for c in data["classes"]),
            input=InputSpec(**spec),
            options=dict(data.get("options", {})),
            notes={str(k): str(v) for k, v in data.get("notes", {}).items()},
        )
