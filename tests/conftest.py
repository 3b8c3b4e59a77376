"""What every test shares: no display, one thread per numeric library, the optional real data."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

# With no display Qt aborts the interpreter, so this comes before any Qt import.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
import pytest
from hypothesis import settings

# What it tells libraries before they load holds for every test and all that one starts.
import boxwright  # noqa: F401

# No test, and no program that a test starts, may touch the settings of the person who runs it.
_HOME = tempfile.TemporaryDirectory(prefix="boxwright-home-", ignore_cleanup_errors=True)
os.environ["BOXWRIGHT_HOME"] = _HOME.name

# A deadline would measure how busy the machine is.
settings.register_profile("boxwright", deadline=None)
settings.load_profile("boxwright")

REPOSITORY = Path(__file__).resolve().parent.parent


def pytest_unconfigure() -> None:
    _HOME.cleanup()


def _test_data() -> Path:
    """The optional folder of real images and detectors; may be absent."""
    return Path(os.environ.get("BOXWRIGHT_TEST_DATA", REPOSITORY.parent / "shared"))


def _needed(folder: Path) -> Path:
    if not folder.is_dir():
        pytest.skip(f"real test data is not at {folder} (set BOXWRIGHT_TEST_DATA)")
    return folder


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """`data/` of the real test data: aquarium, bccd, cards, coco-val128. Skips where it is absent."""
    return _needed(_test_data() / "data")


@pytest.fixture(scope="session")
def model_dir() -> Path:
    """`models/` of the real test data: ONNX detectors and coco80.txt. Skips where it is absent."""
    return _needed(_test_data() / "models")
