"""Applying of a changed setting in the living window, as far as it can."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from boxwright.ui.actions.bindings import bindings
from boxwright.ui.actions.box_actions import DRAW_BY
from boxwright.ui.language.translation import use_language
from boxwright.ui.look.theme import apply_theme

if TYPE_CHECKING:
    from boxwright.ui.project.workspace import Workspace
    from boxwright.ui.shell.main_window import MainWindow
    from boxwright.ui.shell.work_area import WorkArea


def apply_setting(window: MainWindow, name: str) -> None:
    """What the window shows and does follows `window.settings.NAME` from now on; a setting that is read when it is
    needed, such as the cores left free, needs nothing."""
    if name in _IN_WINDOW:
        _IN_WINDOW[name](window)
    if name in _IN_PROJECT and window.workspace is not None and window.work_area is not None:
        _IN_PROJECT[name](window, window.workspace, window.work_area)


def apply_all(window: MainWindow) -> None:
    """For a project that was just opened."""
    for name in _IN_PROJECT:
        apply_setting(window, name)


def _theme(window: MainWindow) -> None:
    app = QApplication.instance()
    if isinstance(app, QApplication):
        apply_theme(app, window.settings.theme)


def _language(window: MainWindow) -> None:
    app = QApplication.instance()
    if isinstance(app, QApplication):
        use_language(app, window.settings.language)
        window.retranslate()


def _keys(window: MainWindow) -> None:
    window.actions_map.set_keys(bindings(window.settings))


def _threshold(window: MainWindow, workspace: Workspace, area: WorkArea) -> None:
    workspace.model.threshold = window.settings.threshold
    area.boxes_panel.threshold.setValue(round(window.settings.threshold * 100))


def _stay_in_draw(window: MainWindow, _: Workspace, area: WorkArea) -> None:
    area.canvas.stay_in_draw = window.settings.stay_in_draw
    window.actions_map["tool.stay"].setChecked(window.settings.stay_in_draw)


def _draw_by(window: MainWindow, _: Workspace, area: WorkArea) -> None:
    area.canvas.draw_by = window.settings.draw_by
    for way in DRAW_BY:
        window.actions_map[f"draw.{way}"].setChecked(way == window.settings.draw_by)


def _offer_guesses(window: MainWindow, _: Workspace, area: WorkArea) -> None:
    area.canvas.offer_guesses = window.settings.offer_guesses


def _line_width(window: MainWindow, _: Workspace, area: WorkArea) -> None:
    area.canvas.set_line_width(window.settings.line_width)


def _minimap(window: MainWindow, _: Workspace, area: WorkArea) -> None:
    area.canvas.minimap.set_wanted(window.settings.minimap)
    window.actions_map["view.minimap"].setChecked(window.settings.minimap)


def _crosshair(window: MainWindow, _: Workspace, area: WorkArea) -> None:
    area.canvas.set_crosshair(window.settings.crosshair)
    window.actions_map["view.crosshair"].setChecked(window.settings.crosshair)


def _annotator(window: MainWindow, workspace: Workspace, _: WorkArea) -> None:
    workspace.model.session.annotator = window.settings.annotator_name


def _device(window: MainWindow, workspace: Workspace, _: WorkArea) -> None:
    workspace.device_probe.choice = window.settings.device


_IN_WINDOW: dict[str, Callable[[MainWindow], None]] = {
    "language": _language,
    "theme": _theme,
    "key_map": _keys,
    "shortcuts": _keys,
}
_IN_PROJECT: dict[str, Callable[[MainWindow, Workspace, WorkArea], None]] = {
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
