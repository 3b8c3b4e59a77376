"""Reading FiftyOne datasets as their own exporter writes them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.messages import Message
from boxwright.formats.checks import Reporter, checked_box, declared_side, number
from boxwright.formats.coco_json import ItemLines, load
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.extras import NOTE, annotator_of, extras_of, image_marks
from boxwright.formats.finding import ImageFiles, is_file, relative_to
from boxwright.formats.names import clean_reference, is_image_name
from boxwright.formats.splits import split_named
from boxwright.formats.text import class_name

SAMPLES, METADATA, DATA, FIELD = "samples.json", "metadata.json", "data", "ground_truth"
_LIKELY = (FIELD, "detections", "annotations", "labels", "objects")
# Fields of a detection that are no attribute; those of the database begin with an underscore.
_OWN = frozenset(
    {"id", "tags", "label", "bounding_box", "mask", "mask_path", "confidence", "index", "attributes", "_id", "_cls"}
)
_NO_LABELS = frozenset({"ImageMetadata"})


class FiftyOneReader:
    """Reader of one FiftyOne dataset.

    Reads the dataset whose samples are in `file`. Problems name that file and the line a sample begins on.
    """

    def __init__(self, file: Path, problems: list[Problem]) -> None:
        self.file = file
        self.root = file.parent
        self.problems = problems
        self.reporter = Reporter(problems, file.name)
        self.files = ImageFiles(self.root)
        self.labels: dict[str, int] = {}
        self.images: dict[str, DatasetImage] = {}
        self.field = FIELD

    def read(self) -> Dataset:
        """Raises FormatError when the file holds no list of samples, or those of a video."""
        content, text = load(self.file, self.reporter)
        samples = content.get("samples") if isinstance(content, dict) else None
        if not isinstance(samples, list):
            raise FormatError("{0} holds no FiftyOne samples: it should hold one JSON object with samples.", self.file)
        metadata = self._metadata()
        if metadata.get("media_type") not in (None, "image"):
            raise FormatError(
                "{0} is a FiftyOne dataset of {1}, not of images.", self.root, repr(metadata["media_type"])
            )
        self._choose_field(samples)
        for name in _class_names(metadata, self.field):
            self.labels.setdefault(name, len(self.labels))
        lines = ItemLines(text)
        for position, sample in enumerate(samples):
            found: list[Problem] = []
            self._sample(position, sample, Reporter(found, self.reporter.file))
            for problem in found:
                self.reporter.say(lines.line("samples", position), problem.what, problem.kind)
        return Dataset(
            [DatasetClass(index, name) for index, name in enumerate(self.labels)], list(self.images.values())
        )

    def _metadata(self) -> dict[str, Any]:
        """What is said of the whole dataset: the classes; {} where that is missing or broken."""
        file = self.root / METADATA
        if not is_file(file):
            return {}
        reporter = Reporter(self.problems, METADATA)
        try:
            content, _ = load(file, reporter)
        except FormatError as error:
            reporter.say(None, str(error), Message("metadata cannot be read"))
            return {}
        return content if isinstance(content, dict) else {}

    def _choose_field(self, samples: list[Any]) -> None:
        """One field of detections is read: a person's before a model's. The others are told."""
        boxes: Counter[str] = Counter()
        others: Counter[tuple[str, str]] = Counter()
        for sample in samples:
            for key, value in sample.items() if isinstance(sample, dict) else ():
                kind = value.get("_cls") if isinstance(value, dict) else None
                if kind in ("Detections", "Detection"):
                    boxes[key] += len(_detections(value) or ())
                elif isinstance(kind, str) and kind not in _NO_LABELS:
                    others[key, kind] += 1
        ranked = sorted(boxes, key=lambda key: (_LIKELY.index(key) if key in _LIKELY else len(_LIKELY), key))
        self.field = ranked[0] if ranked else FIELD
        for key in ranked[1:]:
            what = Message(
                "The field {0} holds {1} boxes too; only those of {2} were read.",
                repr(key),
                boxes[key],
                repr(self.field),
            )
            self.reporter.say(None, what, Message("another field of boxes"))
        for (key, kind), count in sorted(others.items()):
            what = Message("The field {0} holds no boxes ({1}, {2} samples); not kept.", repr(key), kind, count)
            self.reporter.say(None, what, Message("field without boxes"))

    def _sample(self, position: int, sample: Any, reporter: Reporter) -> None:
        raw = sample.get("filepath") if isinstance(sample, dict) else None
        reference = clean_reference(raw) if isinstance(raw, str) else ""
        if not reference:
            reporter.say(
                None,
                Message("Sample {0} names no image file; left out.", position + 1),
                Message("sample without an image"),
            )
            return
        image = self._image(reference, sample, reporter)
        detections = _detections(sample.get(self.field))
        if detections is None:
            return
        image.labeled = True
        for place, entry in enumerate(detections, start=1):
            item = self._box(entry, Message("Detection {0} of {1}", place, repr(image.path)), reporter)
            if item is None:
                image.refused += 1
            else:
                image.boxes.append(item)

    def _image(self, reference: str, sample: dict[str, Any], reporter: Reporter) -> DatasetImage:
        name = reference.removeprefix(f"{DATA}/")
        if name in self.images:
            reporter.say(
                None,
                Message("The image {0} is listed twice; its boxes were put together.", repr(name)),
                Message("image listed twice"),
            )
            return self.images[name]
        found = self.files.find(reference) or self.files.find(name, self.root / DATA)
        if found is not None and (self.root / reference) != found:
            # Written on another machine, with that machine's folders in the name.
            name = relative_to(found, self.root).removeprefix(f"{DATA}/")
        known = sample.get("metadata")
        size = known if isinstance(known, dict) else {}
        split, tags = _split(sample.get("tags"))
        return self.images.setdefault(
            name,
            DatasetImage(
                path=name,
                file=found,
                width=declared_side(size.get("width")),
                height=declared_side(size.get("height")),
                split=split,
                labeled=False,
                relative=True,
                stem_only=not is_image_name(name),
                source=reporter.file,
                marks=image_marks(tags, sample.get(NOTE)),
                annotator=annotator_of(sample),
            ),
        )

    def _box(self, entry: Any, who: str, reporter: Reporter) -> DatasetBox | None:
        raw = entry.get("label") if isinstance(entry, dict) else None
        label = class_name(raw)
        if not label:
            reporter.say(None, Message("{0} has no label; left out.", Message(who)), Message("box without a class"))
            return None
        raw_box = entry.get("bounding_box")
        values = [number(v) for v in raw_box] if isinstance(raw_box, list) else []
        known = [v for v in values if v is not None]
        if len(known) != 4 or len(values) != 4:
            what = Message("{0} ({1}): bounding_box is not four numbers; left out.", Message(who), label)
            reporter.say(None, what, Message("coordinate is no number"))
            return None
        x, y, width, height = known
        if max(map(abs, known)) > 2:
            reporter.say(
                None,
                Message("{0} ({1}) is not in fractions of the image (0 to 1); left out.", Message(who), label),
                Message("not fractions"),
            )
            return None
        corners = (x, y, x + width, y + height)
        box = checked_box(corners, 1.0, 1.0, Message("{0} ({1})", Message(who), label), None, reporter, relative=True)
        if box is None:
            return None
        score = number(entry.get("confidence"))
        kept = score if score is not None and 0 <= score <= 1 else None
        item = DatasetBox(box, self.labels.setdefault(label, len(self.labels)), kept)
        return extras_of(_attributes(entry)).on(item)


def _detections(value: Any) -> list[Any] | None:
    """The boxes of a field; None where nobody has filled it."""
    if not isinstance(value, dict):
        return None
    if value.get("_cls") == "Detection":
        return [value]
    found = value.get("detections")
    return found if isinstance(found, list) else None


def _class_names(metadata: dict[str, Any], field: str) -> list[str]:
    """The classes of `field`, else those of the whole dataset."""
    by_field = metadata.get("classes")
    # Older versions hold one list for all fields.
    ours = by_field.get(field) if isinstance(by_field, dict) else by_field
    info = metadata.get("info")
    for names in (ours, metadata.get("default_classes"), info.get("classes") if isinstance(info, dict) else None):
        if isinstance(names, list) and names:
            return [name for raw in names if (name := class_name(raw))]
    return []


def _attributes(entry: dict[str, Any]) -> dict[str, Any]:
    """The fields of a detection that are attributes, those that older versions kept apart, and its tags."""
    older = entry.get("attributes")
    found = {k: v.get("value") for k, v in older.items() if isinstance(v, dict)} if isinstance(older, dict) else {}
    tags = entry.get("tags")
    found |= {tag: True for tag in tags if isinstance(tag, str)} if isinstance(tags, list) else {}
    return found | {key: value for key, value in entry.items() if key not in _OWN}


def _split(tags: Any) -> tuple[Split | None, list[str]]:
    """The split that the first telling tag names, and the other tags."""
    texts = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    telling = next((tag for tag in texts if split_named(tag) is not None), None)
    return split_named(telling) if telling is not None else None, [tag for tag in texts if tag != telling]
