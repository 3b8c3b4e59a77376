"""A person's settings: typed, kept as JSON. A bad key or value is dropped with a warning and never blocks start-up."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

from boxwright.config import paths
from boxwright.config.atomic import atomic_write
from boxwright.domain.messages import Message, reason_of

Theme = Literal["system", "light", "dark", "contrast"]
DeviceChoice = Literal["auto", "cpu", "cuda"]
DrawBy = Literal["drag", "clicks", "points"]
KeyMapName = Literal["boxwright", "labelimg", "cvat", "xanylabeling", "vott"]

RECENT_PROJECTS = 12
THICKEST_LINE = 6
RANGES: Mapping[str, tuple[float, float]] = {
    "threshold": (0, 1),
    "line_width": (1, THICKEST_LINE),
    "image_cache_mb": (16, 16384),
    "cores_left_free": (0, 1024),
}
"""Lowest and highest value of the settings that are numbers."""


@dataclass(frozen=True)
class Settings:
    """Settings of a person.

    Each with its default. What a person may set is shown, and explained to them, by `ui.settings.table`.
    """

    theme: Theme = "system"
    language: str = "system"
    """One of `languages()`; "system" is that of the system where there is a catalogue of it, else English."""
    device: DeviceChoice = "auto"
    threshold: float = 0.25
    """Pre-labels below this score are hidden, 0..1."""
    stay_in_draw: bool = False
    """Drawing a box keeps the draw tool."""
    draw_by: DrawBy = "drag"
    """A box is drawn by dragging, by two clicks, or by clicks on its four extreme points."""
    offer_guesses: bool = True
    """While drawing, the detector completes a box from one corner."""
    line_width: int = 2
    """Of boxes, in pixels of the screen."""
    minimap: bool = True
    crosshair: bool = False
    image_cache_mb: int = 256
    """Decoded images kept ahead, in MiB."""
    cores_left_free: int = 1
    """Cores that a retraining leaves to the window and other programs, as far as there are more."""
    recent_projects: tuple[str, ...] = ()
    """Absolute folders, latest first."""
    key_map: KeyMapName = "boxwright"
    """Whose keys the actions have."""
    shortcuts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Action id -> key sequences, only those a person changed."""
    window_geometry: str = ""
    """Base64 of what Qt saved, empty before the first close; `window_state` likewise."""
    window_state: str = ""
    annotator: str = ""
    """The name this person's labels carry, empty for the login name."""

    @property
    def annotator_name(self) -> str:
        """Who labels here; empty when neither the setting nor the system says it."""
        if self.annotator.strip():
            return self.annotator.strip()
        try:
            return getpass.getuser()
        except (OSError, KeyError, ImportError):
            return ""


def languages() -> tuple[str, ...]:
    """What may be chosen: as the system, English, and each language with a catalogue among the resources."""
    return ("system", "en", *sorted(file.stem for file in paths.translations().glob("*.po")))


def settings_file() -> Path:
    return paths.config_dir() / "settings.json"


def load_settings(file: Path | None = None) -> tuple[Settings, list[Message]]:
    """The settings in `file`, and one sentence for each thing in it that was not understood. Never raises.

    A file that is no JSON object is kept beside it as `settings.json.bad`, because the next save would replace it.
    """
    file = file or settings_file()
    try:
        data = json.loads(file.read_bytes())
        if not isinstance(data, dict):
            raise ValueError(Message("it holds no JSON object"))
    except FileNotFoundError:
        return Settings(), []
    except OSError as error:
        return Settings(), [
            Message("The settings in {0} cannot be read ({1}); the defaults are used.", file, reason_of(error))
        ]
    except (ValueError, RecursionError) as error:
        return Settings(), [_set_aside(file, error)]
    return _checked(data, file)


def save_settings(settings: Settings, file: Path | None = None) -> None:
    """Raises OSError when the disk is full or the folder cannot be written; the old file then stays."""
    # Escaped, because a folder's name may hold bytes that are no text and have no UTF-8.
    text = json.dumps(asdict(settings), indent=2)
    atomic_write(file or settings_file(), text.encode("ascii") + b"\n")


def update_settings(file: Path | None = None, **changes: Any) -> Settings:
    """Change only the named settings of what is on disk now, so that two windows do not undo one another's.

    Raises OSError as `save_settings` does, ValueError or TypeError when a value is out of its range.
    """
    settings, _ = load_settings(file)
    for name, value in changes.items():
        changes[name] = _CHECKS[name](value)
    settings = replace(settings, **changes)
    save_settings(settings, file)
    return settings


def with_recent(settings: Settings, project: Path) -> tuple[str, ...]:
    """`recent_projects` with `project` moved or added to the front."""
    first = str(project.absolute())
    return (first, *(p for p in settings.recent_projects if p != first))[:RECENT_PROJECTS]


def _checked(data: dict[str, Any], file: Path) -> tuple[Settings, list[Message]]:
    known = {f.name for f in fields(Settings)}
    good: dict[str, Any] = {}
    warnings = []
    for name, value in data.items():
        if name not in known:
            warnings.append(Message("The setting '{0}' in {1} is unknown and was dropped.", name, file))
            continue
        try:
            good[name] = _CHECKS[name](value)
        except (ValueError, TypeError) as error:
            warnings.append(Message("The setting '{0}' in {1} must be {2}; the default is used.", name, file, error))
    return Settings(**good), warnings


def _set_aside(file: Path, error: Exception) -> Message:
    kept = file.with_name(file.name + ".bad")
    try:
        file.replace(kept)
    except OSError:
        kept = file
    return Message(
        "The settings in {0} are damaged ({1}); the defaults are used and the old file is kept as {2}.",
        file,
        error,
        kept,
    )


def _one_of(*choices: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if value not in choices:
            raise ValueError(Message("one of {0}", ", ".join(choices)))
        return str(value)

    return check


def _language(value: Any) -> str:
    return _one_of(*languages())(value)


def _number(low: float, high: float, kind: type[int] | type[float]) -> Callable[[Any], int | float]:
    def check(value: Any) -> int | float:
        # bool is an int to Python, never to a person.
        if isinstance(value, bool) or not isinstance(value, int if kind is int else (int, float)):
            raise TypeError(Message("a whole number") if kind is int else Message("a number"))
        if not low <= value <= high:
            raise ValueError(Message("from {0:g} to {1:g}", low, high))
        return kind(value)

    return check


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(Message("true or false"))
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(Message("a text"))
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(v, str) for v in value):
        raise TypeError(Message("a list of texts"))
    return tuple(value)


def _texts_by_text(value: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise TypeError(Message("an object whose values are lists of texts"))
    return {name: _texts([keys] if isinstance(keys, str) else keys) for name, keys in value.items()}


_CHECKS: dict[str, Callable[[Any], Any]] = {
    "language": _language,
    "theme": _one_of(*get_args(Theme)),
    "device": _one_of(*get_args(DeviceChoice)),
    "threshold": _number(*RANGES["threshold"], float),
    "stay_in_draw": _boolean,
    "offer_guesses": _boolean,
    "draw_by": _one_of(*get_args(DrawBy)),
    "line_width": _number(*RANGES["line_width"], int),
    "minimap": _boolean,
    "crosshair": _boolean,
    "image_cache_mb": _number(*RANGES["image_cache_mb"], int),
    "cores_left_free": _number(*RANGES["cores_left_free"], int),
    "recent_projects": _texts,
    "key_map": _one_of(*get_args(KeyMapName)),
    "shortcuts": _texts_by_text,
    "window_geometry": _text,
    "window_state": _text,
    "annotator": _text,
}
