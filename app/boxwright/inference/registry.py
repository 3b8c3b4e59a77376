"""Registry of decoders: built in, and added by packages through the entry-point group `boxwright.decoders`."""

from __future__ import annotations

from boxwright.config.plugins import Plugins
from boxwright.domain.errors import ModelError
from boxwright.inference.decoders.base import Decoder

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
DECODERS: Plugins[Decoder] = Plugins("decoder", "boxwright.decoders", Decoder, BUILT_IN)


def decoders() -> tuple[Decoder, ...]:
    """Every decoder, the built-in ones first."""
    return tuple(DECODERS.all().values())


def decoder_names() -> list[str]:
    return list(DECODERS.all())


def by_name(name: str) -> Decoder:
    """Raises ModelError for a name that no decoder has."""
    found = DECODERS.get(name)
    if found is None:
        raise ModelError("There is no output layout '{0}'; choose one of {1}.", name, ", ".join(decoder_names()))
    return found
