"""Applying of a changed setting in the living window, as far as it can."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QApplication

from boxwright.ui.actions.bindings import bindings
from boxwright.ui.actions.context import ActionContext
from boxwright.ui.language.translation import use_language
from boxwright.ui.look.theme import apply_theme
from boxwright.ui.project.context import AppContext
from boxwright.ui.settings.table import DRAW_BY


def apply_setting(name: str, app: AppContext, opened: ActionContext | None) -> None:
    """What the window shows and does follows `app.settings.NAME` from now on; a setting that is read when it is needed,
    such as the cores left free, needs nothing. What is on screen already is said anew by `MainWindow.retranslate`."""
    if name in _IN_APP:
        _IN_APP[name](app)
    if name in _IN_PROJECT and opened is not None:
        _IN_PROJECT[name](opened)


def apply_all(app: AppContext, opened: ActionContext) -> None:
    """For a project that was just opened."""
    for name in _IN_PROJECT:
        apply_setting(name, app, opened)


def _theme(app: AppContext) -> None:
    qt = QApplication.instance()
    if isinstance(qt, QApplication):
        apply_theme(qt, app.settings.theme)


def _language(app: AppContext) -> None:
    qt = QApplication.instance()
    if isinstance(qt, QApplication):
        use_language(qt, app.settings.language)


def _keys(app: AppContext) -> None:
    app.live_actions.set_keys(bindings(app.settings))


def _threshold(opened: ActionContext) -> None:
    threshold = opened.app.settings.threshold
    opened.model.threshold = threshold
    opened.area.boxes_panel.threshold.setValue(round(threshold * 100))


def _stay_in_draw(opened: ActionContext) -> None:
    opened.canvas.stay_in_draw = opened.app.settings.stay_in_draw
    opened.app.live_actions["tool.stay"].setChecked(opened.canvas.stay_in_draw)


def _draw_by(opened: ActionContext) -> None:
    opened.canvas.draw_by = opened.app.settings.draw_by
    for way in DRAW_BY:
        opened.app.live_actions[f"draw.{way}"].setChecked(way == opened.canvas.draw_by)


def _offer_guesses(opened: ActionContext) -> None:
    opened.canvas.offer_guesses = opened.app.settings.offer_guesses


def _line_width(opened: ActionContext) -> None:
    opened.canvas.set_line_width(opened.app.settings.line_width)


def _minimap(opened: ActionContext) -> None:
    wanted = opened.app.settings.minimap
    opened.canvas.minimap.set_wanted(wanted)
    opened.app.live_actions["view.minimap"].setChecked(wanted)


def _crosshair(opened: ActionContext) -> None:
    wanted = opened.app.settings.crosshair
    opened.canvas.set_crosshair(wanted)
    opened.app.live_actions["view.crosshair"].setChecked(wanted)


def _annotator(opened: ActionContext) -> None:
    opened.model.annotator = opened.app.settings.annotator_name


def _device(opened: ActionContext) -> None:
    opened.workspace.device_probe.choice = opened.app.settings.device


_IN_APP: dict[str, Callable[[AppContext], None]] = {
    "language": _language,
    "theme": _theme,
    "key_map": _keys,
    "shortcuts": _keys,
}
_IN_PROJECT: dict[str, Callable[[ActionContext], None]] = {
    "threshold": _threshold,
    "stay_in_draw": _stay_in_draw,
    "draw_by": _draw_by,
    "offer_guesses": _offer_guesses,
    "line_width": _line_width,
    "minimap": _minimap,
    "crosshair": _crosshair,
    "annotator": _annotator,
    "device": _device,
}
