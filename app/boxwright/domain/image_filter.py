"""Filter of images: by split, class, batch, tag and annotator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from boxwright.domain.image import Split


@dataclass(frozen=True, slots=True)
class ImageFilter:
    """Criteria of a filter.

    An image has to fit every criterion that is set; an empty one fits all. Unreadable images, copies and skipped
    images never fit. `begun`: those that somebody has begun as well, with the boxes they have. `unlabeled`: these and
    all others that nobody has labelled. `class_ids`: with at least one box of these
    classes. `batches`: drawn in one of these. `tags`: with at least one of these. `annotators`: labelled last by one of
    these; the empty name is that of nobody known.
    """

    unlabeled: bool = False
    begun: bool = False
    splits: tuple[Split, ...] = ()
    class_ids: tuple[int, ...] = ()
    batches: tuple[int, ...] = ()
    tags: tuple[str, ...] = ()
    annotators: tuple[str, ...] = ()

    @property
    def takes_begun(self) -> bool:
        return self.begun or self.unlabeled

    @property
    def everything(self) -> bool:
        """Whether no criterion narrows the labelled images."""
        return not (self.splits or self.class_ids or self.batches or self.tags or self.annotators)

    def to_json(self) -> dict[str, Any]:
        """JSON types only."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ImageFilter:
        lists = {key: tuple(value) for key, value in data.items() if key not in ("unlabeled", "begun", "splits")}
        return cls(bool(data["unlabeled"]), bool(data["begun"]), tuple(map(Split, data["splits"])), **lists)


@dataclass(frozen=True, slots=True)
class FilterCount:
    """Count of what fits a filter. `images` in all, of them `labeled`, or begun and taken for that, with `boxes` (of
    the filter's classes) in all, and `empty` confirmed empty. `splits`: images by split. `bytes`: of the image files,
    as they were when they were last looked at."""

    images: int = 0
    labeled: int = 0
    boxes: int = 0
    empty: int = 0
    splits: tuple[tuple[Split, int], ...] = ()
    bytes: int = 0
    flags: tuple[tuple[str, int], ...] = ()
    attributes: tuple[tuple[str, int], ...] = ()
    provenance: int = 0
    signed_empty: int = 0
    tags: int = 0
    notes: int = 0
    unlabeled_marks: int = 0
    in_folders: int = 0
    classes: int = 0
