"""Options of the trainer `command`: what a person says of the program that it runs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boxwright.domain.errors import SettingError

PLACEHOLDERS = ("dataset", "out", "base", "epochs", "size", "seed", "device", "threads")
FORMATS = ("yolo", "coco")
IMAGES = ("link", "copy")
_BRACED = re.compile(r"\{\{[a-z]+\}\}|\{[a-z]+\}")


@dataclass(frozen=True)
class CommandOptions:
    """Program of a person's own and how it is run.

    `arguments`: the program and what it is given, never through a shell. `time_limit`: seconds. `copy_images`: the
    dataset folder holds copies instead of links, for programs that write into image files.
    """

    arguments: tuple[str, ...]
    dataset_format: str = "yolo"
    time_limit: float | None = None
    copy_images: bool = False

    @staticmethod
    def read(options: Mapping[str, Any]) -> CommandOptions:
        """From `arguments` (a list of texts), `dataset_format` ("yolo", "coco"), `time_limit` (seconds) and `images`
        ("link", "copy"). Raises `SettingError` for what cannot be."""
        known = ("arguments", "dataset_format", "time_limit", "images")
        if strange := [key for key in options if key not in known]:
            raise SettingError("The trainer 'command' has no option '{0}'; it has {1}.", strange[0], ", ".join(known))
        return CommandOptions(
            _arguments(options.get("arguments")),
            _one_of(options, "dataset_format", FORMATS),
            _time_limit(options.get("time_limit")),
            _one_of(options, "images", IMAGES) == "copy",
        )


def filled(arguments: Sequence[str], values: Mapping[str, str | None]) -> list[str]:
    """`arguments` with every `{name}` replaced by its value; `{{name}}` is the text `{name}`.

    Raises `SettingError` for a name that there is none of, and for one without a value.
    """

    def value(found: re.Match[str]) -> str:
        text = found[0]
        if text.startswith("{{"):
            return text[1:-1]
        name = text[1:-1]
        if name not in values:
            raise SettingError(
                "There is no value {0} for a training program; there are {1}, and {{{0}}} is the text itself.",
                text,
                ", ".join(f"{{{known}}}" for known in values),
            )
        if (said := values[name]) is None:
            raise SettingError("The program wants {0}, and there is no detector to start from; choose one.", text)
        return said

    return [_BRACED.sub(value, argument) for argument in arguments]


def _arguments(value: Any) -> tuple[str, ...]:
    if not value:
        raise SettingError(
            "Say which program trains: the option 'arguments' is a list such as "
            '["python", "train.py", "{dataset}", "{out}"].'
        )
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value) or not value[0]:
        raise SettingError("The option 'arguments' must be a list of texts, the program first.")
    if not any("{out}" in one for one in value):
        raise SettingError("None of the program's arguments holds {out}, the path where its ONNX file is looked for.")
    # Also finds a misspelt name before a dataset is written.
    filled(value, dict.fromkeys(PLACEHOLDERS, ""))
    return tuple(value)


def _one_of(options: Mapping[str, Any], key: str, choices: Sequence[str]) -> str:
    value = options.get(key, choices[0])
    if value not in choices:
        raise SettingError("The option '{0}' is one of {1}, not '{2}'.", key, ", ".join(choices), value)
    return str(value)


def _time_limit(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        raise SettingError("The option 'time_limit' is a number of seconds larger than zero, not '{0}'.", value)
    return float(value)
