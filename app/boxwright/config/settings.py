"""A person's settings: typed, kept as JSON. A bad key or value is dropped with a warning and never blocks start-up."""

from __future__ import annotations

import getpass
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_type_hints

from boxwright.config import paths
from boxwright.config.atomic import atomic_write
from boxwright.config.value_checks import OneOf, Range, check_of, choices_of, range_of
from boxwright.domain.messages import Message, reason_of

Theme = Literal["system", "light", "dark", "contrast"]
DeviceChoice = Literal["auto", "cpu", "cuda"]
DEVICES = get_args(DeviceChoice)
DrawBy = Literal["drag", "clicks", "points"]
KeyMapName = Literal["boxwright", "labelimg", "cvat", "xanylabeling", "vott"]

RECENT_PROJECTS = 12


def languages() -> tuple[str, ...]:
    """What may be chosen: as the system, English, and each language with a catalogue among the resources."""
    return ("system", "en", *sorted(file.stem for file in paths.translations().glob("*.po")))


@dataclass(frozen=True)
class Settings:
    """Settings of a person.

    Each with its default, and in its type the range or the choices that it is checked by. The words that the window
    and the guide have for what a person may set are in `ui.settings.table`.
    """

    theme: Theme = "system"
    language: Annotated[str, OneOf(languages)] = "system"
    """As the system: in its language where there is a catalogue of it, else in English."""
    device: DeviceChoice = "auto"
    threshold: Annotated[float, Range(0, 1)] = 0.25
    """Pre-labels below this score are hidden."""
    stay_in_draw: bool = False
    """Drawing a box keeps the draw tool."""
    draw_by: DrawBy = "drag"
    """A box is drawn by dragging, by two clicks, or by clicks on its four extreme points."""
    offer_guesses: bool = True
    """While drawing, the detector completes a box from one corner."""
    line_width: Annotated[int, Range(1, 6)] = 2
    """Of boxes, in pixels of the screen."""
    minimap: bool = True
    crosshair: bool = False
    image_cache_mb: Annotated[int, Range(16, 16384)] = 256
    """Decoded images kept ahead, in MiB."""
    cores_left_free: Annotated[int, Range(0, 1024)] = 1
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


_DECLARED = get_type_hints(Settings, include_extras=True)
_CHECKS = {name: check_of(declared) for name, declared in _DECLARED.items()}
RANGES: Mapping[str, Range] = {n: limits for n, declared in _DECLARED.items() if (limits := range_of(declared))}
"""Of the settings that are numbers."""


def choices(name: str) -> tuple[str, ...]:
    """The values of a setting that is chosen from some, none for another; `languages` may have changed since."""
    return choices_of(_DECLARED[name])


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
    good: dict[str, Any] = {}
    warnings = []
    for name, value in data.items():
        if name not in _CHECKS:
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
