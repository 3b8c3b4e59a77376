"""Request for an export, as it travels to the process that makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from boxwright.domain.image_filter import ImageFilter
from boxwright.formats.staging import ImageMode


@dataclass(frozen=True)
class ExportRequest:
    """Request for an export: the arguments of `export_dataset`."""

    out: Path
    format: str
    image_mode: ImageMode = ImageMode.COPY
    chosen: ImageFilter = field(default_factory=ImageFilter)
    update: bool = False
    outside: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "out": str(self.out),
            "format": self.format,
            "image_mode": str(self.image_mode),
            "chosen": self.chosen.to_json(),
            "update": self.update,
            "outside": self.outside,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ExportRequest:
        return cls(
            Path(data["out"]),
            data["format"],
            ImageMode(data["image_mode"]),
            ImageFilter.from_json(data["chosen"]),
            bool(data["update"]),
            bool(data["outside"]),
        )
