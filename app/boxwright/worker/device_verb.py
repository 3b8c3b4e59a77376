"""The verb `device`: which device a detector of a project really runs on.

ONNX Runtime is loaded here, not in the window, where its import would stall a frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from boxwright.services.detectors.registry import chosen_model, open_detector
from boxwright.services.project.project import Project


def run(arguments: Mapping[str, Any], _emit: object) -> dict[str, Any]:
    """`arguments`: project, model_id, device ("auto", "cpu", "cuda"). Returns `device` and `device_note`."""
    with Project.open(Path(arguments["project"]), read_only=True) as project:
        model = chosen_model(project, int(arguments["model_id"]))
        detector = open_detector(project, model, str(arguments["device"]), threads=1)
        return {"device": detector.device, "device_note": detector.device_note}
