"""Start of the bundle's one executable, which is the window, every command and each child process.

`boxwright …` as everywhere; `boxwright -m MODULE ARGUMENT...` runs a module of Boxwright, as its child processes are
started (`boxwright.config.own_program`); `multiprocessing` starts its own in the words it is used to.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import runpy
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from pathlib import Path

LIBRARIES, FONTS, ORDER = "system-libraries", "fonts", "order"
LIBRARY_PATH = "LD_LIBRARY_PATH"
SYSTEM_FONTS = Path("/etc/fonts/fonts.conf")


def give_back(environment: MutableMapping[str, str]) -> None:
    """Take out what the loader of the bundle set for this process alone: a program of the system, such as the file
    manager or a trainer, would load the bundle's libraries in place of its own. Its own children set it anew."""
    before = environment.pop(f"{LIBRARY_PATH}_ORIG", None)
    environment.pop(LIBRARY_PATH, None)
    if before is not None:
        environment[LIBRARY_PATH] = before
    for name in [name for name in environment if name.startswith("_PYI_")]:
        del environment[name]


def fill_in_libraries(folder: Path) -> list[str]:
    """Load the bundle's copy of each library that this system lacks, and return their names.

    The system's own go first: they know its graphics driver and its fonts. What is loaded is found by everything that
    asks for it by name later, Qt's plug-ins too.
    """
    filled = []
    for name in (folder / ORDER).read_text(encoding="utf-8").split():
        try:
            ctypes.CDLL(name)
        except OSError:
            with suppress(OSError):
                ctypes.CDLL(str(folder / name))
                filled.append(name)
    return filled


def fill_in_fonts(folder: Path, environment: MutableMapping[str, str]) -> None:
    """On a system that knows no fonts, name those of the bundle."""
    if not SYSTEM_FONTS.exists() and "FONTCONFIG_FILE" not in environment:
        environment["FONTCONFIG_FILE"] = str(folder / "fonts.conf")


def main() -> int:
    inside = Path(sys._MEIPASS)  # type: ignore[attr-defined]
    if sys.platform == "linux":
        give_back(os.environ)
        fill_in_libraries(inside / LIBRARIES)
        fill_in_fonts(inside / FONTS, os.environ)
    multiprocessing.freeze_support()
    if len(sys.argv) > 2 and sys.argv[1] == "-m" and sys.argv[2].partition(".")[0] == "boxwright":
        module = sys.argv[2]
        del sys.argv[1:3]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        return 0
    from boxwright.main import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
