"""Request for an import, and what it has found so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from boxwright.domain.image import Image
from boxwright.domain.progress import Report, ShouldStop
from boxwright.formats.base import Format
from boxwright.formats.dataset import Dataset, Problem
from boxwright.services.importing.conflicts import Conflicts
from boxwright.services.importing.image_matching import MatchedImages
from boxwright.services.project.project import Project

ImportAs = Literal["labels", "prelabels"]


@dataclass(frozen=True)
class ImportRequest:
    """Request for an import.

    `class_map`: a class of the dataset -> its name in the project, "" leaves it out, `*` stands for every class not
    named. `conflicts`: whose labels count on images that have some. `by_name`: an image of the same name in another
    folder is the one that the dataset means. `stored`: see `import_columns.fitted`.
    """

    as_: ImportAs = "labels"
    class_map: Mapping[str, str] = field(default_factory=dict)
    conflicts: Conflicts = Conflicts.MINE
    by_name: bool = False
    stored: bool = False


@dataclass
class ImportRun:
    """State of an import under way. `notes`: whole sentences for the person."""

    project: Project
    path: Path
    reader: Format
    dataset: Dataset
    placed: MatchedImages
    problems: list[Problem]
    wanted: ImportRequest
    report: Report
    should_stop: ShouldStop

    @property
    def notes(self) -> list[str]:
        return self.placed.notes

    def file_of(self, image: Image) -> Path:
        return self.project.images.file(image.id)
