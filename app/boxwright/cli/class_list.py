"""Class names on the command line: names with commas, a text file with one name a line, or the key of a known list."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from boxwright.domain.class_lists import ClassList, class_list
from boxwright.domain.errors import SettingError
from boxwright.domain.names import class_key
from boxwright.formats.dataset import Problem
from boxwright.services.detectors.class_names import names_said


def class_names(text: str) -> list[str]:
    """`a,b`, the path of a file or a key of `domain.class_lists`, in order; empty lines do not count, nor gaps of a
    known list. For the classes of a project.

    Raises SettingError for an empty list or a name twice, FormatError for a file that cannot be read."""
    names = [name for name in _listed(text) if name]
    if (known := _known(text)) is not None:
        names = list(known.classes)
        click.echo(f"The project gets the {len(names)} classes of {known.title}, {names[0]} to {names[-1]}.", err=True)
    if not names:
        raise SettingError(f"No class name was found in '{text}': list the names with commas, or one a line in a file.")
    counts = Counter(map(class_key, names))
    twice = next((name for name in names if counts[class_key(name)] > 1), None)
    if twice is not None:
        raise SettingError(f"The class '{twice}' is listed twice: each name can stand for one class only.")
    return names


def numbered_class_names(text: str) -> list[str]:
    """As `class_names`, for a detector's classes: the place of a name is its number, so none before the last may be
    empty, and two may be alike."""
    names = _listed(text)
    if not names or not all(names):
        raise SettingError(f"The class names '{text}' hold an empty one; give one name for each class.")
    return names


def _known(text: str) -> ClassList | None:
    """A file of that name comes first."""
    return None if Path(text).expanduser().is_file() else class_list(text)


def _listed(text: str) -> list[str]:
    flaws: list[Problem] = []
    names = names_said(text, flaws)
    for flaw in flaws:
        click.echo(f"{text}: {flaw.what}", err=True)
    return names
