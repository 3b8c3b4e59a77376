"""Check of the display: whether Qt starts, by a program that the window brings, and what the system lacks for it.

Qt ends the process where it finds no platform plug-in, so the program is a process of its own.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from boxwright.config.display import has_display
from boxwright.services.doctor.check import Check, State

SECTION = "Display"
# Library of the system to the package of Debian and Ubuntu that holds it.
PACKAGES = {
    "libGL.so.1": "libgl1", "libEGL.so.1": "libegl1", "libxkbcommon.so.0": "libxkbcommon0",
    "libglib-2.0.so.0": "libglib2.0-0", "libgthread-2.0.so.0": "libglib2.0-0", "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6", "libdbus-1.so.3": "libdbus-1-3", "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4", "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1", "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0", "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11.so.6": "libx11-6", "libX11-xcb.so.1": "libx11-xcb1", "libwayland-client.so.0": "libwayland-client0",
}  # fmt: skip
_LIBRARY = re.compile(r"(lib[\w+.-]+\.so[\d.]*):? (?:=> not found|cannot open shared object)")


def check_display(command: Sequence[str], seconds: float) -> Check:
    """`command`: the program. It prints a JSON object a line of what it knows so far, the last when Qt has started."""
    try:
        done = subprocess.run(  # noqa: S603 - an argument list of our own, no shell
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        todo = "Try another display, or start the window with QT_QPA_PLATFORM=xcb."
        return Check(SECTION, "Window", State.PROBLEM, f"Qt did not start within {seconds:.0f} seconds.", todo)
    except OSError as error:
        return Check(SECTION, "Window", State.PROBLEM, "Qt could not be tried.", names=(str(error),))
    return judged(_facts(done.stdout), done.stderr.decode("utf-8", "replace"), has_display())


def judged(facts: Mapping[str, Any], errors: str, display: bool) -> Check:
    """facts: of all lines together. errors: what was printed besides. display: whether a window can open here."""
    missing = sorted({*facts.get("missing", ()), *_LIBRARY.findall(errors)})
    version = f"Qt {facts['qt']}" if facts.get("qt") else "Qt"
    if "platform" in facts and display:
        return Check(SECTION, "Window", State.OK, f"{version}, {facts['platform']}, {facts['screens']}.")
    if "platform" in facts and not missing:
        todo = "Every command works. Open the window from a desktop, or with a display: DISPLAY=:0 boxwright."
        return Check(SECTION, "Window", State.WARNING, f"{version} works, and there is no display to open on.", todo)
    if missing:
        says = f"{version} does not start: the system lacks {', '.join(missing)}."
        return Check(SECTION, "Window", State.PROBLEM, says, install_words(missing))
    todo = "Reinstall PySide6-Essentials; the details name the reason."
    lines = tuple(line for line in errors.strip().splitlines()[-8:] if line.strip())
    return Check(SECTION, "Window", State.PROBLEM, f"{version} does not start.", todo, names=lines)


def install_words(libraries: Iterable[str]) -> str:
    known = sorted({PACKAGES[name] for name in libraries if name in PACKAGES})
    rest = [name for name in libraries if name not in PACKAGES]
    if known and shutil.which("apt-get") is not None:
        line = f"Type: sudo apt-get install -y {' '.join(known)}"
        return f"{line}, and install what holds {', '.join(rest)}." if rest else line
    return "Install the packages of your system that hold these libraries."


def _facts(output: bytes) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for line in output.splitlines():
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict):
            facts |= found
    return facts
