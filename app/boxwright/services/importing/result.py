"""Result of an import, for a report to a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from boxwright.formats.dataset import Problem


@dataclass(frozen=True)
class ImportResult:
    """Result of an import.

    `kind`: `labels` or `prelabels`. `images` got labels now, with `boxes` in all, `empty` of them confirmed empty.
    `unlabeled`: images of the dataset that nobody had labelled. `added`: new to the pool. `unchanged`: had exactly
    these labels. `kept`: had other labels and kept them. `replaced`: had other labels and got these; they are among
    `images`. `review`: of those kept, had boxes added as pre-labels to be judged, `review_boxes` in all. `splits`:
    images of the dataset in each split now. `model`: the detector without a file
    that pre-labels of it belong to. `notes`: whole sentences. `problems`: every flaw.
    """

    format: str
    kind: str = "labels"
    model: int | None = None
    images: int = 0
    boxes: int = 0
    empty: int = 0
    unlabeled: int = 0
    added: int = 0
    unchanged: int = 0
    kept: tuple[str, ...] = ()
    replaced: int = 0
    review: int = 0
    review_boxes: int = 0
    classes_added: tuple[str, ...] = ()
    splits: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    def by_kind(self) -> dict[str, list[Problem]]:
        """The problems, like ones together, the most frequent kind first."""
        return by_kind(self.problems)

    def to_json(self) -> dict[str, Any]:
        """JSON types only."""
        problems = [{"file": p.file, "line": p.line, "what": p.what, "kind": p.kind} for p in self.problems]
        return {
            "format": self.format,
            "as": self.kind,
            "images": self.images,
            "boxes": self.boxes,
            "empty": self.empty,
            "unlabeled": self.unlabeled,
            "added": self.added,
            "unchanged": self.unchanged,
            "kept": list(self.kept),
            "replaced": self.replaced,
            "review": self.review,
            "review_boxes": self.review_boxes,
            "classes_added": list(self.classes_added),
            "splits": dict(self.splits),
            "notes": list(self.notes),
            "problems": problems,
        }


def by_kind(problems: Iterable[Problem]) -> dict[str, list[Problem]]:
    """Like ones together, the most frequent kind first."""
    groups: dict[str, list[Problem]] = {}
    for problem in problems:
        groups.setdefault(problem.kind, []).append(problem)
    return dict(sorted(groups.items(), key=lambda item: -len(item[1])))
