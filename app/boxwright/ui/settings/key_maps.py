"""Key maps for people who come from another program: only what differs from the table of actions."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from boxwright.config.settings import KeyMapName

KeyMap = Mapping[str, tuple[str, ...]]
"""Action id -> its keys, the first is shown."""

# What the other program deletes with, or what its harmless keys would do here, decides as much as what it calls alike:
# labelImg deletes the image file on Ctrl+Shift+D, so nothing is bound to it; E and S are harmless in CVAT and VoTT, so
# there neither confirms an image empty nor skips it; in X-AnyLabeling S hides a box.
_LABELIMG: dict[str, tuple[str, ...]] = {
    "project.open": ("Ctrl+O", "Ctrl+U"),
    "tool.select": ("Ctrl+J", "V", "Esc"),
    "tool.draw": ("W", "R"),
    "label.reject": ("Del", "X"),
    "edit.from_previous": ("Ctrl+V", "Ctrl+P"),
    "edit.paste": ("Ctrl+Shift+V",),
    "view.hide": ("Ctrl+H", "H"),
    "view.fit": ("Ctrl+F", "F"),
    "view.actual": ("Ctrl+=", "Ctrl+0"),
    "view.zoom_in": ("Ctrl++", "+"),
    "view.zoom_out": ("Ctrl+-", "-"),
    "go.jump": ("Ctrl+Shift+J",),
}
_CVAT: dict[str, tuple[str, ...]] = {
    "go.previous": ("D", "PgUp"),
    "go.next": ("F", "PgDown"),
    "go.leap": ("V", "Shift+PgDown"),
    "go.leap_back": ("C", "Shift+PgUp"),
    "go.jump": ("`", "Ctrl+J"),
    "go.open": ("Shift+Space",),
    "tool.draw": ("N", "W"),
    "tool.select": ("Esc",),
    "box.new": ("Ins",),
    "box.redraw": ("Shift+N",),
    "label.reject": ("Del", "Shift+Del", "X"),
    "label.empty": ("Shift+E",),
    "label.skip": ("Alt+Del", "Shift+S"),
    "edit.from_previous": ("Ctrl+B", "Ctrl+P"),
    "view.fit": ("Shift+F",),
    "view.crosshair": ("Shift+C",),
    "view.actual": ("Ctrl+Shift+0",),
    "flag.difficult": ("Alt+1",),
    "flag.occluded": ("Q", "Alt+2"),
    "flag.truncated": ("Alt+3",),
    "flag.crowd": ("Alt+4",),
    "go.box": ("Alt+Q",),
    "gallery.batch": ("Ctrl+Shift+B",),
    "window.settings": ("F2", "Ctrl+,"),
    **{f"class.{n}": (f"Ctrl+{n % 10}", str(n % 10)) for n in range(1, 11)},
}
_XANYLABELING: dict[str, tuple[str, ...]] = {
    "project.open": ("Ctrl+O", "Ctrl+U"),
    "go.open": ("Ctrl+Shift+D", "N"),
    "go.open_back": ("Ctrl+Shift+A", "Alt+N"),
    "go.jump": ("Ctrl+Shift+J",),
    "tool.select": ("Ctrl+J", "V", "Esc"),
    "tool.draw": ("R", "Ctrl+R"),
    "view.fit": ("Ctrl+F", "F"),
    "view.hide": ("Ctrl+H", "H"),
    "view.no_names": ("Ctrl+Shift+L", "Shift+H"),
    "view.minimap": ("F9", "Y"),
    "view.queue": ("Ctrl+F9",),
    "label.empty": ("Shift+E",),
    "label.skip": ("Shift+S",),
    "pool.statistics": ("Ctrl+G",),
    "pool.gallery": ("Ctrl+Shift+G",),
    "detector.prelabel": ("Ctrl+M",),
    "retrain.start": ("Ctrl+Shift+R",),
}
_VOTT: dict[str, tuple[str, ...]] = {
    "go.previous": ("W", "A", "PgUp"),
    "go.next": ("S", "D", "PgDown"),
    "tool.draw": ("R",),
    "label.reject": ("Del", "Backspace", "X"),
    "label.empty": ("Shift+E",),
    "label.skip": ("Shift+S",),
    "edit.duplicate": ("Alt+D",),
    "detector.prelabel": ("Ctrl+D",),
    "project.close": ("Ctrl+Shift+W",),
}

KEY_MAPS: Mapping[KeyMapName, KeyMap] = MappingProxyType(
    {"boxwright": {}, "labelimg": _LABELIMG, "cvat": _CVAT, "xanylabeling": _XANYLABELING, "vott": _VOTT}
)
TITLES: Mapping[KeyMapName, str] = MappingProxyType(
    {"boxwright": "Boxwright", "labelimg": "labelImg", "cvat": "CVAT", "xanylabeling": "X-AnyLabeling", "vott": "VoTT"}
)
