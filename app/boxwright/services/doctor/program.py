"""Probe of the program itself: its version, its libraries, and the settings that change how it works."""

from __future__ import annotations

import platform
import sys
from dataclasses import fields
from importlib.metadata import PackageNotFoundError, version

import boxwright
from boxwright.config.own_program import is_bundle
from boxwright.config.packages import install_line
from boxwright.config.settings import Settings, choices, load_settings
from boxwright.services.doctor.check import Check, State

SECTION = "Program"
NEEDED = (
    "PySide6-Essentials", "opencv-python", "numpy", "pillow", "sqlite-utils", "click", "rich", "orjson", "hotcoco",
    "pyyaml", "defusedxml", "platformdirs", "polib", "protobuf", "google-crc32c", "markdown-it-py",
    "packaging", "requests", "urllib3", "truststore",
)  # fmt: skip
EXTRA = ("torch", "onnx", "pyarrow", "ultralytics")
OLDEST_PYTHON = (3, 11)


def program(_project: str) -> list[Check]:
    return [_boxwright(), _python(), *_libraries(), _settings()]


def opencv(_project: str) -> list[Check]:
    """Whether it loads, which takes libraries of the system."""
    from boxwright.config.opencv import cv2

    return [Check(SECTION, "OpenCV", State.OK, f"{cv2.__version__} loads.")]


def version_of(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _boxwright() -> Check:
    how = "in one bundle" if is_bundle() else "as a package"
    return Check(SECTION, "Boxwright", State.OK, f"{boxwright.__version__}, {how}.")


def _python() -> Check:
    says = f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}."
    if sys.version_info < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        return Check(SECTION, "Python", State.PROBLEM, says, f"Install Python {wanted} or later.")
    return Check(SECTION, "Python", State.OK, says)


def _libraries() -> list[Check]:
    from boxwright.store.connection import sqlite_version

    found = {name: version_of(name) for name in NEEDED}
    missing = [name for name, there in found.items() if there is None]
    words = [f"{name} {there}" for name, there in found.items() if there is not None]
    more = [f"{name} {there}" for name in EXTRA if (there := version_of(name)) is not None]
    checks = [
        Check(SECTION, "Libraries", State.OK, f"{', '.join(words)}; SQLite {sqlite_version()}."),
        Check(SECTION, "Optional libraries", State.OK, f"{', '.join(more) or 'none'}."),
    ]
    # A bundle holds the libraries without their papers.
    if missing and not is_bundle():
        says = f"Not installed: {', '.join(missing)}."
        checks.append(Check(SECTION, "Missing libraries", State.PROBLEM, says, f"Type: {install_line(missing)}"))
    return checks


def _settings() -> Check:
    """Those that are no words of a person's, where they differ from the default."""
    settings, warnings = load_settings()
    plain = Settings()
    changed = [
        f"{name} {getattr(settings, name)}"
        for name in (f.name for f in fields(Settings))
        if getattr(settings, name) != getattr(plain, name)
        and (isinstance(getattr(plain, name), bool | int | float) or choices(name))
    ]
    changed += [f"{len(settings.shortcuts)} own keys"] if settings.shortcuts else []
    says = f"Changed: {', '.join(changed)}." if changed else "As they come."
    if warnings:
        said = f"{says} {len(warnings)} of the file were not understood and left out."
        todo = "Choose them again in Edit → Settings…"
        return Check(SECTION, "Settings", State.WARNING, said, todo, names=tuple(map(str, warnings)))
    return Check(SECTION, "Settings", State.OK, says)
