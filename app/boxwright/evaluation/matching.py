"""Bringing results and truth to the same image and category numbers, although different programs wrote them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from boxwright.domain.errors import FormatError
from boxwright.domain.names import ByName


@dataclass(frozen=True)
class Matched:
    """Results in the numbering of the truth.

    `results` with the truth's image and category ids. `other_images`, `other_classes`: results left out because the
    truth does not have their image, or their class.
    """

    results: list[dict[str, Any]]
    other_images: int
    other_classes: int


def checked_truth(truth: Any, where: str) -> dict[str, Any]:
    """`truth` with the fields that measuring needs filled in. Raises FormatError when it is no COCO dictionary."""
    if not isinstance(truth, dict) or not all(isinstance(truth.get(k), list) for k in ("images", "categories")):
        raise FormatError(
            f"{where} is no COCO file with true boxes: it needs the lists images, annotations, categories."
        )
    try:
        images = [{**image, "id": int(image["id"])} for image in truth["images"]]
        categories = [{**c, "id": int(c["id"]), "name": str(c["name"])} for c in truth["categories"]]
        boxes = [_true_box(number, box) for number, box in enumerate(truth.get("annotations") or [], start=1)]
    except (KeyError, TypeError, ValueError) as error:
        raise FormatError(f"{where} is no COCO file with true boxes: an entry lacks or garbles {error}.") from error
    if not images:
        raise FormatError(f"{where} has no images, so there is nothing to measure against.")
    return {"images": images, "categories": categories, "annotations": boxes}


def _true_box(number: int, box: Mapping[str, Any]) -> dict[str, Any]:
    x, y, width, height = (float(v) for v in box["bbox"])
    return {
        "id": number,
        "image_id": int(box["image_id"]),
        "category_id": int(box["category_id"]),
        "bbox": [x, y, width, height],
        "area": float(box.get("area", width * height)),
        "iscrowd": int(box.get("iscrowd", 0)),
    }


def match_results(truth: Mapping[str, Any], results: Any, where: str) -> Matched:
    """Results that name their file are matched by it, the others by `image_id`; those that name their class by it, the
    others by `category_id`. Raises FormatError when they are no COCO results, or none belongs to the truth."""
    if isinstance(results, dict) and isinstance(results.get("annotations"), list):
        results = results["annotations"]
    if not isinstance(results, list):
        raise FormatError(f"{where} is no list of COCO results (image_id, category_id, bbox, score).")
    images, categories = _Images(truth["images"]), _Categories(truth["categories"], results)
    kept: list[dict[str, Any]] = []
    other_images = other_classes = 0
    for number, result in enumerate(results, start=1):
        try:
            image, category = images.find(result), categories.find(result)
            box, score = [float(v) for v in result["bbox"]], float(result.get("score", 1.0))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise FormatError(f"{where}: entry {number} is no COCO result; it lacks or garbles {error}.") from error
        if len(box) != 4 or not all(math.isfinite(v) for v in (*box, score)):
            raise FormatError(f"{where}: entry {number} needs a bbox of four finite numbers and a finite score.")
        if image is None:
            other_images += 1
        elif category is None:
            other_classes += 1
        else:
            kept.append({"image_id": image, "category_id": category, "bbox": box, "score": score})
    if results and not kept:
        what = "images" if other_images >= other_classes else "classes"
        raise FormatError(f"None of the {len(results)} results in {where} belongs to the {what} of the true boxes.")
    return Matched(kept, other_images, other_classes)


class _Images:
    def __init__(self, images: Sequence[Mapping[str, Any]]) -> None:
        self._ids = {image["id"] for image in images}
        self._paths = {str(image.get("file_name", "")): image["id"] for image in images}
        self._names: dict[str, int | None] = {}
        for path, id_ in self._paths.items():
            name = PurePosixPath(path.replace("\\", "/")).name
            # Two images of one name in different folders cannot be told apart by it.
            self._names[name] = None if name in self._names else id_

    def find(self, result: Mapping[str, Any]) -> int | None:
        path = result.get("file_name")
        if path:
            text = str(path).replace("\\", "/")
            return self._paths.get(text, self._names.get(PurePosixPath(text).name))
        number = int(result["image_id"])
        return number if number in self._ids else None


class _Categories:
    def __init__(self, categories: Sequence[Mapping[str, Any]], results: Sequence[Any]) -> None:
        self._ids = {c["id"] for c in categories}
        self._names = ByName((c["name"], c["id"]) for c in categories)
        named = {str(r["category"]) for r in results if isinstance(r, dict) and r.get("category")}
        self._by_name = any(self._names.find_loosely(name) is not None for name in named)

    def find(self, result: Mapping[str, Any]) -> int | None:
        if self._by_name and result.get("category"):
            found: int | None = self._names.find_loosely(str(result["category"]))
            return found
        number = int(result["category_id"])
        return number if number in self._ids else None
