"""Gallery tiles: what the gallery shows of an image."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from boxwright.domain.pool_query import Kind


@dataclass(frozen=True, slots=True)
class Tile:
    """Image in the gallery.

    `file` is absolute, `path` relative to the image's root. `boxes`: a person's. `content`: the hash of the file's
    bytes, empty where it is not known. `tags`: with commas between them. `problem`: why it cannot be
    shown, or empty.
    """

    image_id: int
    file: Path
    path: str
    kind: Kind
    boxes: int
    content: str
    tags: str
    noted: bool
    problem: str

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]
