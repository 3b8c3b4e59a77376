"""Splits by name: which one a folder or a list stands for."""

from __future__ import annotations

from boxwright.domain.image import Split

_SPLIT_NAMES = {
    "train": Split.TRAIN, "training": Split.TRAIN,
    "val": Split.VALIDATION, "valid": Split.VALIDATION, "validation": Split.VALIDATION, "dev": Split.VALIDATION,
    "test": Split.TEST, "testing": Split.TEST,
}  # fmt: skip


def split_named(name: str) -> Split | None:
    """The split a folder or list called `name` stands for (`train`, `val2017`, `Test`); None for other names."""
    return _SPLIT_NAMES.get(name.strip().lower().rstrip("0123456789").rstrip("_-"))
