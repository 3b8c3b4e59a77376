"""Options of commands that say what a detector of other classes is used for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from boxwright.domain.detector_use import DetectorUse, UseKind

F = TypeVar("F", bound=Callable[..., Any])


def use_options(function: F) -> F:
    """Adds --classes-as and --guesses."""
    function = click.option(
        "--guesses", is_flag=True, help="Its boxes have no names: they are guesses in the current class while drawing."
    )(function)
    return click.option(
        "--classes-as", metavar="NAME", help="Its boxes have no names: all are pre-labels of this class of the project."
    )(function)


def chosen_use(
    classes_as: str | None, guesses: bool, base_only: bool = False, by_name: bool = False
) -> DetectorUse | None:
    """What the options say, None for none of them. Raises UsageError for several."""
    said = {
        UseKind.ONE_CLASS: classes_as is not None,
        UseKind.GUESSES: guesses,
        UseKind.BASE: base_only,
        UseKind.NAMES: by_name,
    }
    chosen = [kind for kind, here in said.items() if here]
    if len(chosen) > 1:
        raise click.UsageError("Of --classes-as, --guesses, --base-only and --by-name only one can be meant.")
    if classes_as is not None and not classes_as.strip():
        raise click.UsageError("--classes-as needs the name of a class.")
    return DetectorUse(chosen[0], (classes_as or "").strip()) if chosen else None
