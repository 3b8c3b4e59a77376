"""Table of settings, frozen: the dialog and the guide's page are made from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from boxwright.config.settings import RANGES, DeviceChoice, DrawBy, Settings, Theme, choices
from boxwright.config.value_checks import Range
from boxwright.domain.messages import N_
from boxwright.ui.language.translation import language_name, tr
from boxwright.ui.settings.key_maps import TITLES

DRAW_BY: dict[DrawBy, str] = {
    "drag": N_("Draw by dragging"),
    "clicks": N_("Draw by two clicks"),
    "points": N_("Draw by four extreme points"),
}


class When(Enum):
    """Moment when a change takes effect."""

    AT_ONCE = N_("At once")
    NEXT_LABEL = N_("From the next label on")
    NEXT_PROJECT = N_("When a project is opened next")
    NEXT_RUN = N_("From the next pre-labelling or retraining on")


@dataclass(frozen=True, slots=True)
class Setting:
    """Setting that a person may change, in words. Its default, range and choices are those of `config.settings`.

    `choice_words`: those of each of its values, where it is chosen from some. `suffix`: behind a number.
    """

    name: str
    group: str
    text: str
    help: str
    when: When = When.AT_ONCE
    choice_words: Mapping[Any, str] | Callable[[str], str] = field(default_factory=dict)
    suffix: str = ""

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """Values and their words; none for a switch, a number or a text."""
        words = self.choice_words if callable(self.choice_words) else self.choice_words.__getitem__
        return tuple((value, words(value)) for value in choices(self.name))

    @property
    def default(self) -> Any:
        return getattr(Settings(), self.name)

    @property
    def range(self) -> Range | None:
        return RANGES.get(self.name)

    def words(self, value: Any) -> str:
        """`value` as a person reads it."""
        if isinstance(value, bool):
            return tr("on") if value else tr("off")
        if self.choices:
            return tr(dict(self.choices)[value])
        return f"{value}{self.suffix}" if value != "" else "–"


LOOK, LABELLING, KEYS, MACHINE = N_("Look"), N_("Labelling"), N_("Keys"), N_("Machine")
_THEMES: dict[Theme, str] = {
    "system": N_("as the system"),
    "light": N_("light"),
    "dark": N_("dark"),
    "contrast": N_("high contrast"),
}
_DEVICES: dict[DeviceChoice, str] = {
    "auto": N_("the fastest there is"),
    "cpu": N_("the processor"),
    "cuda": N_("an NVIDIA graphics card"),
}

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "theme",
        LOOK,
        N_("Theme"),
        N_("The colours of the window."),
        choice_words=_THEMES,
    ),
    Setting("language", LOOK, N_("Language"), N_("Of everything in the window, at once."), choice_words=language_name),
    Setting("line_width", LOOK, N_("Width of boxes"), N_("Of their lines, in pixels of the screen."), suffix=" px"),
    Setting(
        "minimap", LOOK, N_("Map of the image"), N_("A small picture of the whole image while a part of it is shown.")
    ),
    Setting("crosshair", LOOK, N_("Crosshair"), N_("Lines through the pointer, to see where a box would begin.")),
    Setting(
        "annotator",
        LABELLING,
        N_("Your name"),
        N_("Your labels carry it. Empty for the name you logged in with."),
        When.NEXT_LABEL,
    ),
    Setting(
        "threshold", LABELLING, N_("Lowest score shown"), N_("Pre-labels with a lower score are hidden, not deleted.")
    ),
    Setting(
        "draw_by",
        LABELLING,
        N_("Drawing a box"),
        N_("Dragging, two clicks, or clicks on its four extreme points."),
        choice_words=DRAW_BY,
    ),
    Setting(
        "offer_guesses",
        LABELLING,
        N_("Guesses while drawing"),
        N_("At a corner of something that the detector saw, it shows the whole box; a click takes it."),
    ),
    Setting(
        "stay_in_draw", LABELLING, N_("Stay in the draw tool"), N_("After a box the next one can be drawn at once.")
    ),
    Setting(
        "key_map",
        KEYS,
        N_("Key map"),
        N_("Keys that you know from another program. Your own keys go on top of it."),
        choice_words=TITLES,
    ),
    Setting(
        "device",
        MACHINE,
        N_("Detectors run on"),
        N_("Where a detector looks at images and learns."),
        When.NEXT_RUN,
        choice_words=_DEVICES,
    ),
    Setting(
        "cores_left_free",
        MACHINE,
        N_("Cores left for you"),
        N_("A retraining does not use them, so that the window stays quick."),
        When.NEXT_RUN,
    ),
    Setting(
        "image_cache_mb",
        MACHINE,
        N_("Memory for images"),
        N_("Images decoded ahead of you, so that the next one is there at once."),
        When.NEXT_PROJECT,
        suffix=" MB",
    ),
)

ELSEWHERE = frozenset({"shortcuts", "recent_projects", "window_geometry", "window_state"})
"""Settings with a place of their own: the shortcut editor, the start page, and what the window remembers itself."""
