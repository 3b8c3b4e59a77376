"""Folders of the program: its own files (a checkout, an installed wheel, a frozen bundle) and a person's."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs

HOME_VARIABLE = "BOXWRIGHT_HOME"
"""When set, every user folder lies inside the folder it names: a portable installation, or a test."""


def resources() -> Path:
    """Icons, themes, translations; read-only."""
    return _shipped() / "resources"


def translations() -> Path:
    """One `LANGUAGE.po` for each language but English; read-only."""
    return resources() / "translations"


def models() -> Path:
    """The detectors that come with Boxwright, their cards and `registry.json`; read-only."""
    return _shipped() / "models"


def docs() -> Path:
    """The pages of the documentation, `guide/` and the pictures that it shows among them; read-only. A link of a page
    is relative to that page: CHANGELOG.md, README.md and LICENSE lie in the folder above."""
    return _shipped() / "docs"


def constraints() -> Path:
    """The exact versions that the tests run with, as pip reads them; read-only."""
    return _shipped() / "packaging" / "constraints.txt"


def config_dir() -> Path:
    """Settings. The folder may not exist yet; so for the three below."""
    return _user("config", platformdirs.user_config_path("boxwright", appauthor=False))


def data_dir() -> Path:
    """What a person would miss: the demo project lies here unless they named another folder."""
    return _user("data", platformdirs.user_data_path("boxwright", appauthor=False))


def cache_dir() -> Path:
    """What can be made again: thumbnails, features."""
    return _user("cache", platformdirs.user_cache_path("boxwright", appauthor=False))


def log_dir() -> Path:
    return _user("log", platformdirs.user_log_path("boxwright", appauthor=False))


def _shipped() -> Path:
    package = Path(__file__).resolve().parent.parent
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle is not None:
        return Path(bundle) / "boxwright" / "_data"
    installed = package / "_data"
    return installed if installed.is_dir() else package.parent.parent


def _user(name: str, default: Path) -> Path:
    home = os.environ.get(HOME_VARIABLE)
    return Path(home).expanduser().absolute() / name if home else default
