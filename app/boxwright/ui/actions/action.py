"""Actions of the window and the situations in which they make sense."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from boxwright.domain.messages import N_
from boxwright.ui.actions.context import ActionContext
from boxwright.ui.project.context import AppContext


@dataclass(frozen=True, slots=True)
class Situation:
    """Situation of the window, which decides what actions make sense now."""

    project: bool = False
    writable: bool = False
    image: bool = False
    selection: bool = False
    picture: bool = True
    """False: the file of the image cannot be shown, so nobody can say what is on it."""
    detector: bool = False
    task: bool = False
    """Long work runs in the status line, retraining not counted."""
    retraining: bool = False
    finding: bool = False
    """A finding of a review is current."""
    gallery: bool = False
    """The gallery is on screen, and the canvas is not."""
    chosen: bool = False
    """Images are chosen in it."""

    @property
    def editable(self) -> bool:
        return self.writable and self.image and self.picture


class Where(Enum):
    """Part of the window where a key works. Bare arrows and Tab belong to lists and fields when those have the
    focus."""

    WINDOW = "window"
    CANVAS = "canvas"


Enabled = Callable[[Situation], bool]
Run = Callable[[ActionContext], object]
AppRun = Callable[[AppContext], object]


def always(_: Situation) -> bool:
    return True


def in_project(s: Situation) -> bool:
    return s.project


def on_canvas(s: Situation) -> bool:
    return s.project and not s.gallery


def has_chosen(s: Situation) -> bool:
    return s.gallery and s.chosen


def can_decide(s: Situation) -> bool:
    return s.editable and s.finding


def can_act(s: Situation) -> bool:
    return s.writable and has_chosen(s)


def can_predict(s: Situation) -> bool:
    return can_act(s) and s.detector and not s.task


def can_write(s: Situation) -> bool:
    return s.writable


def can_start(s: Situation) -> bool:
    return s.writable and not s.task


def can_prelabel(s: Situation) -> bool:
    return s.writable and s.detector and not s.task


def can_retrain(s: Situation) -> bool:
    return s.writable and not s.task and not s.retraining


def watches(s: Situation) -> bool:
    return s.retraining


def has_image(s: Situation) -> bool:
    return s.image


def can_edit(s: Situation) -> bool:
    return s.editable


def can_skip(s: Situation) -> bool:
    return (s.writable and s.image) or can_act(s)


def can_mark(s: Situation) -> bool:
    return s.editable or can_act(s)


def can_undo(s: Situation) -> bool:
    return s.editable or (s.writable and s.gallery)


def can_select(s: Situation) -> bool:
    return s.image or s.gallery


def has_selection(s: Situation) -> bool:
    return s.editable and s.selection


@dataclass(frozen=True)
class Row:
    """Row of the table of actions.

    `keys`: portable key sequences, the first is shown. `menu` None: only a key (and the palette). `toolbar`: the
    short word on its button there, empty for none. `repeats`: it goes on while its key is held, as steps and looks do;
    nothing that judges an image, makes or takes away a box, or opens something does. `judges`: it decides what is on
    the image, so that waits until the image has been on screen.
    """

    id: str
    text: str
    menu: str | None
    keys: tuple[str, ...]
    enabled_when: Enabled
    run: Callable[..., Any]
    icon: str = ""
    where: Where = Where.WINDOW
    toolbar: str = ""
    separated: bool = False
    checkable: bool = False
    repeats: bool = False
    judges: bool = False


@dataclass(frozen=True)
class Action(Row):
    """Acts on the open project; `enabled_when` must not hold without one."""

    run: Run


@dataclass(frozen=True)
class AppAction(Row):
    """Makes sense with and without an open project."""

    run: AppRun


PROJECT, EDIT, BOX, GO, VIEW = N_("Project"), N_("Edit"), N_("Box"), "Go", N_("View")
POOL, MODEL, TOOLS, HELP = N_("Pool"), N_("Model"), "Tools", N_("Help")
MENUS = (PROJECT, EDIT, BOX, GO, VIEW, POOL, MODEL, TOOLS, HELP)
C = Where.CANVAS
