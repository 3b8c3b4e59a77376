"""Options of the commands that run a detector: on which device, and which boxes NMS compares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from boxwright.config.settings import DEVICES

F = TypeVar("F", bound=Callable[..., Any])


def device_option(function: F) -> F:
    """Adds `--device`, passed as `device`."""
    return click.option(
        "--device",
        type=click.Choice(DEVICES),
        default="auto",
        show_default=True,
        help="auto: the GPU when it works.",
    )(function)


def class_agnostic_option(function: F) -> F:
    """Adds `--class-agnostic/--per-class`, passed as `class_agnostic`; None when neither was said."""
    return click.option(
        "--class-agnostic/--per-class",
        "class_agnostic",
        default=None,
        help="Whether NMS compares boxes of different classes too.  [per class]",
    )(function)
