"""The decoders that are installed: those of this package and those that others add by entry point."""

from __future__ import annotations

import importlib
import logging
from functools import cache
from importlib.metadata import entry_points

from boxwright.domain.errors import ModelError
from boxwright.inference.decoders.base import Decoder

GROUP = "boxwright.decoders"

# Also the table of a frozen bundle, which has no entry points.
BUILT_IN = {
    "yolov5": "boxwright.inference.decoders.yolov5:YoloV5",
    "yolov8": "boxwright.inference.decoders.yolov8:YoloV8",
    "yolox": "boxwright.inference.decoders.yolox:YoloX",
    "end2end": "boxwright.inference.decoders.end2end:EndToEnd",
    "yolov7-end2end": "boxwright.inference.decoders.yolov7_end2end:YoloV7EndToEnd",
    "detection-output": "boxwright.inference.decoders.detection_output:DetectionOutput",
    "detr": "boxwright.inference.decoders.detr:Detr",
    "deim": "boxwright.inference.decoders.deim:Deim",
    "torchvision": "boxwright.inference.decoders.torchvision:Torchvision",
    "tf-detection": "boxwright.inference.decoders.tf_detection:TfDetection",
    "ssd": "boxwright.inference.decoders.ssd:Ssd",
    "boxes-scores": "boxwright.inference.decoders.boxes_scores:BoxesScores",
    "batched-nms": "boxwright.inference.decoders.batched_nms:BatchedNms",
    "nanodet": "boxwright.inference.decoders.nanodet:NanoDet",
    "fastestdet": "boxwright.inference.decoders.fastestdet:FastestDet",
    "scrfd": "boxwright.inference.decoders.faces:Scrfd",
    "yunet": "boxwright.inference.decoders.faces:YuNet",
    "yolox-heads": "boxwright.inference.decoders.yolox_heads:YoloXHeads",
    "yolov5-heads": "boxwright.inference.decoders.yolo_heads:YoloV5Heads",
    "yolov8-heads": "boxwright.inference.decoders.yolo_heads:YoloV8Heads",
}


@cache
def decoders() -> tuple[Decoder, ...]:
    """Every decoder, the built-in ones first. One that cannot be loaded is left out with a warning."""
    targets = dict(BUILT_IN)
    for entry in entry_points(group=GROUP):
        targets.setdefault(entry.name, entry.value)
    found: list[Decoder] = []
    for name, target in targets.items():
        module, _, attribute = target.partition(":")
        try:
            found.append(getattr(importlib.import_module(module), attribute)())
        except Exception as error:  # a stranger's plug-in may fail in any way; the built-in ones go on
            logging.getLogger(__name__).warning("The decoder '%s' (%s) cannot be loaded: %s", name, target, error)
    return tuple(found)


def decoder_names() -> list[str]:
    return [d.name for d in decoders()]


def by_name(name: str) -> Decoder:
    """Raises ModelError for a name that no decoder has."""
    for decoder in decoders():
        if decoder.name == name:
            return decoder
    raise ModelError(f"There is no output layout '{name}'; choose one of {', '.join(decoder_names())}.")
