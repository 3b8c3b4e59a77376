"""Exchange with training programs of others: the training set as files, and the card of what comes back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import yaml

from boxwright.domain.box import Box
from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage
from boxwright.formats.names import flat_names
from boxwright.formats.registry import by_name
from boxwright.formats.staging import ImageMode

if TYPE_CHECKING:
    from boxwright.domain.card import DetectorCard
    from boxwright.training.protocol import TrainingImage, TrainingSet

# Of the training images, for the program to stop in time by; those of the project's validation split are never written.
HELD_BACK = 0.1


class FileExchange:
    """`Exchange` of a `TrainingSet`, on this machine's files."""

    def write(self, dataset: TrainingSet, format_name: str, folder: Path, copy: bool, seed: int) -> None:
        """See `Exchange.write`. A tenth of the images, drawn by `seed`, is the dataset's own validation split."""
        writer = by_name(format_name)
        if not writer.capabilities.writes:
            raise FormatError("The format {0} is only read; choose yolo or coco for the training program.", writer.name)
        writer.write(_as_dataset(dataset, seed), folder, ImageMode.COPY if copy else ImageMode.LINK)
        if (description := folder / "data.yaml").is_file():
            _place(description)

    def card(self, onnx: Path, classes: tuple[str, ...]) -> DetectorCard:
        """See `Exchange.card`."""
        from boxwright.inference.decoders.base import CLASS_NAMES
        from boxwright.inference.inspect import inspect_model

        inspection = inspect_model(onnx)
        if CLASS_NAMES in inspection.unknown:
            inspection = inspect_model(onnx, {"classes": list(classes)})
        return inspection.usable_card()


def _as_dataset(dataset: TrainingSet, seed: int) -> Dataset:
    # Folders before a name that two images share: the whole path tells them apart.
    names = flat_names([image.path.as_posix() for image in dataset.images])
    held_back = _held_back(len(dataset.images), seed)
    images = [
        _entry(image, name, Split.VALIDATION if index in held_back else Split.TRAIN)
        for index, (image, name) in enumerate(zip(dataset.images, names, strict=True))
    ]
    # COCO counts from 1, because many programs keep 0 for the background.
    return Dataset([DatasetClass(i + 1, name) for i, name in enumerate(dataset.classes)], images)


def _held_back(count: int, seed: int) -> frozenset[int]:
    """Indices of the images that are held back; none of a single image."""
    if count < 2:
        return frozenset()
    rng = np.random.Generator(np.random.PCG64(seed))
    return frozenset(int(i) for i in rng.choice(count, max(1, round(HELD_BACK * count)), replace=False))


def _entry(image: TrainingImage, name: str, split: Split) -> DatasetImage:
    boxes = [
        DatasetBox(Box(*(float(v) for v in box)), int(label))
        for box, label in zip(image.boxes, image.labels, strict=True)
    ]
    return DatasetImage(name, image.path, image.width, image.height, boxes, split)


def _place(description: Path) -> None:
    """Add to a data.yaml what training programs want and a dataset that is passed on must not have: where it lies, as
    some look for its folders from where they were started, and a validation split in any case."""
    content = yaml.safe_load(description.read_text(encoding="utf-8"))
    placed = {"path": str(description.parent.absolute()), "val": content.get("train"), **content}
    text = yaml.safe_dump(placed, allow_unicode=True, sort_keys=False, width=1_000_000)
    description.write_text(text, encoding="utf-8")
