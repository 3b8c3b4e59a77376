"""Update of an earlier export: what is new comes in, its validation and test images stay the same ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Image, Split
from boxwright.domain.messages import Message, joined
from boxwright.formats.dataset import DatasetClass
from boxwright.formats.manifest import MANIFEST, read_manifest
from boxwright.formats.names import unique_names
from boxwright.formats.staging import Earlier, added_files

HELD_OUT = (Split.VALIDATION, Split.TEST)
_OPTION_WORDS = {
    "images": Message("what becomes of the image files"),
    "unlabeled": Message("whether unlabelled images are in it"),
    "begun": "whether begun images are in it",
    "splits": Message("the splits"),
    "classes": Message("the classes"),
    "batches": Message("the batches"),
    "tags": Message("the tags"),
    "annotators": Message("the annotators"),
}


class Update:
    """Earlier export as an update sees it.

    The earlier export in `out` as an update sees it. `notes` are whole sentences; `split` by `ROOT/PATH`.

    Raises FormatError when there is none, when it was made in another format or with other options, and when one of its
    files was changed.
    """

    def __init__(self, out: Path, format_name: str, options: Mapping[str, Any]) -> None:
        manifest = read_manifest(out)
        if manifest is None or "images" not in manifest.details:
            raise FormatError(
                "{0} holds no export with a {1} to add to; export there without updating first.", out, MANIFEST
            )
        if manifest.format != format_name:
            raise FormatError(
                "The export in {0} is in the format {1}, so {2} cannot be added to it; name "
                "that format or another folder.",
                out,
                manifest.format,
                format_name,
            )
        before: Mapping[str, Any] = manifest.details.get("options", {})
        # Exports of before there was that choice took begun images only as images without boxes.
        known = {"begun": bool(before.get("unlabeled")), **before}
        other = [words for key, words in _OPTION_WORDS.items() if known.get(key) != options.get(key)]
        if other:
            raise FormatError(
                "The export in {0} was made with other options ({1}); use the same ones, which its "
                "{2} lists, or name another folder.",
                out,
                joined(", ", other),
                MANIFEST,
            )
        self.earlier = Earlier(out, manifest)
        added_files(self.earlier)
        self.images: Mapping[str, Mapping[str, Any]] = manifest.details["images"]
        self.notes: list[str] = []

    @property
    def has_splits(self) -> bool:
        return any(entry.get("split") for entry in self.images.values())

    def check_classes(self, classes: Sequence[DatasetClass]) -> None:
        """Raises FormatError where a class would get another index: a detector trained on the export knows them so."""
        before = [(item["id"], item["name"]) for item in self.earlier.manifest.details.get("classes", ())]
        for index, (number, name) in enumerate(before):
            if index >= len(classes) or classes[index].id != number:
                raise FormatError(
                    "The class '{0}' of the export in {1} is no longer at its place in the "
                    "project's classes, so the update would number them anew; export to another folder.",
                    name,
                    self.earlier.folder,
                )

    def keep(self, images: Sequence[Image], labeled: Mapping[int, bool]) -> tuple[list[Image], dict[int, Split | None]]:
        """The images of `images` that the update holds, and the split of each by its id.

        Raises FormatError when a held-out image of the export is not among them any more, or its labels are gone.
        """
        now = {key_of(image): image for image in images}
        if self.images and not set(self.images) & set(now):
            raise FormatError(
                "None of the images of the export in {0} is among those chosen from this project; "
                "is it another project's? Name another folder.",
                self.earlier.folder,
            )
        held = {key for key, entry in self.images.items() if entry.get("split") in HELD_OUT and entry.get("labels")}
        gone = sorted(key for key in held if key not in now or not labeled[now[key].id])
        if gone:
            raise FormatError(
                "{0} held-out images of the export in {1} are no longer labelled or chosen "
                "(such as {2}), so the update would change its validation split; label them again or export to "
                "another folder.",
                len(gone),
                self.earlier.folder,
                gone[0],
            )
        kept, splits, late, moved = [], {}, 0, 0
        for key, image in now.items():
            entry = self.images.get(key)
            if entry is None and self.has_splits and image.split in HELD_OUT:
                late += 1
                continue
            split = image.split if self.has_splits else None
            if entry is not None:
                split = Split(entry["split"]) if entry.get("split") else None
                moved += split is not None and split is not image.split
            kept.append(image)
            splits[image.id] = split
        self._note(late, moved, images)
        return kept, splits

    def stays_unlabeled(self, image: Image) -> bool:
        """A held-out image that the export holds as one nobody has labelled: with labels it would be measured on."""
        entry = self.images.get(key_of(image))
        return entry is not None and entry.get("split") in HELD_OUT and not entry.get("labels")

    def names(self, images: Sequence[Image], wanted: Sequence[str], flat: bool) -> list[str]:
        """The name in the dataset of each: that which it had, or a new one that none of those has. With `flat` only
        the last part of a name is written, so it must differ by that."""
        known = [self.images.get(key_of(image)) for image in images]
        old = [_last(str(e["file"])) if flat and e.get("file") else str(e["name"]) for e in known if e is not None]
        new = [_last(name) if flat else name for name, e in zip(wanted, known, strict=True) if e is None]
        given = iter(unique_names([*old, *new]))
        first = dict(zip((key_of(i) for i, e in zip(images, known, strict=True) if e is not None), given, strict=False))
        return [first[key_of(i)] if e is not None else next(given) for i, e in zip(images, known, strict=True)]

    def _note(self, late: int, moved: int, images: Sequence[Image]) -> None:
        if late:
            self.notes.append(
                Message(
                    "{0} images are held out in the project since the export and were left out, so that its validation "
                    "split stays the same; make a new export to have them.",
                    late,
                )
            )
        if moved:
            self.notes.append(
                Message(
                    "{0} images have another split in the project than in the export, which keeps its own; make a new "
                    "export where that matters.",
                    moved,
                )
            )
        if not self.has_splits and any(image.split in HELD_OUT for image in images):
            self.notes.append(
                Message("The export was made without splits, so it has none still; make a new one to have them.")
            )


def key_of(image: Image) -> str:
    """`ROOT/PATH`, which an image is known by from export to export."""
    return f"{image.root}/{image.path}"


def _last(name: str) -> str:
    return name.rsplit("/", 1)[-1]
