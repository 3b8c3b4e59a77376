"""Keys for people who come from another program: only what differs from the table of actions."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from boxwright.config.settings import KeyMapName

KeyMap = Mapping[str, tuple[str, ...]]
"""Action id -> its keys, the first is shown."""

# What the other program deletes with, or what its harmless keys would do here, decides as much as what it calls alike:
# labelImg deletes the image file on Ctrl+Shift+D, so nothing is bound to it; E and S are harmless in CVAT and VoTT, so
# there neither confirms an image empty nor skips it.
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
    "go.open": ("Shift+N",),
    "tool.draw": ("N", "W"),
    "label.reject": ("Del", "Shift+Del", "X"),
    "label.empty": ("Shift+E",),
    "edit.from_previous": ("Ctrl+B", "Ctrl+P"),
    "view.fit": ("Shift+F",),
    "view.actual": ("Ctrl+Shift+0",),
    "flag.difficult": ("Alt+1",),
    "flag.occluded": ("Q", "Alt+2"),
    "flag.truncated": ("Alt+3",),
    "flag.crowd": ("Alt+4",),
    "go.box": ("Alt+Q",),
    "gallery.batch": ("Ctrl+Shift+B",),
    **{f"class.{n}": (f"Ctrl+{n % 10}", str(n % 10)) for n in range(1, 11)},
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
    {"boxwright": {}, "labelimg": _LABELIMG, "cvat": _CVAT, "vott": _VOTT}
)
TITLES: Mapping[KeyMapName, str] = MappingProxyType(
    {"boxwright": "Boxwright", "labelimg": "labelImg", "cvat": "CVAT", "vott": "VoTT"}
)
