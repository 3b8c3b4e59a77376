"""Options of commands that say what a detector file does not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

from boxwright.cli.class_list import numbered_class_names
from boxwright.domain.errors import SettingError

F = TypeVar("F", bound=Callable[..., Any])


def card_options(function: F) -> F:
    """Adds --classes, --layout, --channels, --resize, --scale, --mean, --std, --input-size, --first-label, --option."""
    options = (
        click.option(
            "--classes",
            metavar="A,B|FILE|LIST",
            help="The class names in order: a list, a file with one a line, or coco80, coco91, voc20.",
        ),
        click.option("--layout", metavar="L", help="How its outputs are to be read (see `decoders`)."),
        click.option("--channels", type=click.Choice(["rgb", "bgr"]), help="The order of the colour channels."),
        click.option(
            "--resize",
            type=click.Choice(["letterbox", "pad", "stretch"]),
            help="How a picture is fitted in: centred, at the top left, or with its aspect ignored.",
        ),
        click.option("--scale", type=float, help="Pixel values 0..255 are multiplied by it first, as 0.00392157 or 1."),
        click.option("--mean", metavar="A,B,C", help="Then subtracted, per channel in the detector's order."),
        click.option("--std", metavar="A,B,C", help="Then divided by, per channel in the detector's order."),
        click.option("--input-size", metavar="WxH", help="Pixels, for a detector that takes any size."),
        click.option("--first-label", type=int, help="The number of the first class: 0, or 1 after a background."),
        click.option(
            "--option",
            "more",
            multiple=True,
            metavar="KEY=VALUE",
            help="An option of the card, as boxes=yxyx, normalised=true, offset=0.5 or 'order=label, score, box'.",
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


def said_fields(options: dict[str, Any]) -> dict[str, Any]:
    """The points of a card that the options of `card_options` give. Raises SettingError and FormatError."""
    said: dict[str, Any] = {}
    if options.get("classes"):
        said["classes"] = numbered_class_names(options["classes"])
    if options.get("layout"):
        said["layout"] = options["layout"]
    spec: dict[str, Any] = {k: options[k] for k in ("channels", "resize", "scale") if options.get(k) is not None}
    spec |= {k: _three(k, options[k]) for k in ("mean", "std") if options.get(k)}
    if options.get("input_size"):
        spec |= _size(options["input_size"])
    if spec:
        said["input"] = spec
    more = dict(_option(text) for text in options.get("more", ()))
    if options.get("first_label") is not None:
        more["first_label"] = options["first_label"]
    if more:
        said["options"] = more
    return said


def _option(text: str) -> tuple[str, Any]:
    """A key and its value, JSON or else plain words. Raises SettingError."""
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise SettingError(f"--option '{text}' must be a key and a value such as boxes=yxyx.")
    try:
        return key.strip(), json.loads(value)
    except (ValueError, RecursionError):
        return key.strip(), re.sub(r"\s*,\s*", ", ", value.strip())


def _three(name: str, text: str) -> list[float]:
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = []
    if len(values) == 1:
        values *= 3
    if len(values) != 3:
        raise SettingError(f"--{name} '{text}' must be three numbers such as 0.485,0.456,0.406.")
    return values


def _size(text: str) -> dict[str, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and (height or width).isdigit() and int(width) > 0 and int(height or width) > 0):
        raise SettingError(f"--input-size '{text}' must be pixels such as 640x480.")
    return {"width": int(width), "height": int(height or width)}
