"""`python -m boxwright.ui.help.display_check`: tries whether a window could open here, for the doctor.

Prints a JSON object a line: `missing` libraries, the version `qt`, and once Qt has started `platform` and `screens`.
Where there is no display Qt is started without one. Qt ends this process where it finds no platform plug-in.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from boxwright.config.display import has_display
from boxwright.config.own_program import own_command

COMMAND = tuple(own_command("boxwright.ui.help.display_check"))
_NOT_FOUND = re.compile(r"(\S+) => not found")


def main() -> int:
    if not has_display():
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    _tell(missing=missing_libraries())
    try:
        from PySide6.QtCore import qVersion
        from PySide6.QtGui import QGuiApplication
    except ImportError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    _tell(qt=qVersion())
    app = QGuiApplication(sys.argv[:1])
    screens = ", ".join(
        f"screen {s.size().width()} × {s.size().height()} at {s.devicePixelRatio():.0%}" for s in app.screens()
    )
    _tell(platform=app.platformName(), screens=screens or "no screen")
    return 0


def missing_libraries() -> list[str]:
    """What the plug-in for X11 wants of a Linux system and does not find, by `ldd`; empty elsewhere."""
    spec = find_spec("PySide6")
    if not sys.platform.startswith("linux") or spec is None or not spec.submodule_search_locations:
        return []
    plugin = Path(spec.submodule_search_locations[0]) / "Qt" / "plugins" / "platforms" / "libqxcb.so"
    with suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run(["ldd", str(plugin)], capture_output=True, text=True, timeout=30, check=False)  # noqa: S603, S607
        return sorted(set(_NOT_FOUND.findall(done.stdout)))
    return []


def _tell(**facts: object) -> None:
    print(json.dumps(facts), flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
