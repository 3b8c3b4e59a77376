"""Label Studio's own package checks our tasks against the labeling setup and converts them to COCO, which must be what
our COCO export says.

    for f in coco labelstudio; do boxwright export PROJECT OUT/$f --format $f; done
    python -m venv JUDGE && JUDGE/bin/pip install label-studio-sdk
    JUDGE/bin/python tests/judges/labelstudio_by_sdk.py OUT
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from label_studio_sdk.converter import Converter
from label_studio_sdk.label_interface import LabelInterface
from truth import Boxes, coco_boxes, expected, judge


def check(config: Path, tasks: Path) -> None:
    """Every region is one that the labeling setup allows."""
    interface = LabelInterface(config.read_text(encoding="utf-8"))
    for task in json.loads(tasks.read_text(encoding="utf-8")):
        for annotation in task["annotations"]:
            for region in annotation["result"]:
                if not interface.validate_region(region):
                    sys.exit(f"labelstudio: the setup does not allow the region {region} of task {task['id']}")


def seen(folder: Path) -> Boxes:
    found: Boxes = {}
    config = folder / "label_config.xml"
    for tasks in sorted(folder.glob("tasks*.json")):
        check(config, tasks)
        with tempfile.TemporaryDirectory() as out:
            Converter(str(config), str(folder)).convert_to_coco(str(tasks), out, is_dir=False)
            found.update(coco_boxes(Path(out) / "result.json"))
    return found


def main(out: Path) -> None:
    judge("labelstudio", expected(out / "coco"), seen(out / "labelstudio"), 0.001)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
