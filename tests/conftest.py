"""What every test shares: no display, one thread per numeric library, the optional real data."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

# With no display Qt aborts the interpreter, so this comes before any Qt import.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
import pytest
from hypothesis import HealthCheck, settings

# What it tells libraries before they load holds for every test and all that one starts.
import boxwright  # noqa: F401

# No test, and no program that a test starts, may touch the settings of the person who runs it.
_HOME = tempfile.TemporaryDirectory(prefix="boxwright-home-", ignore_cleanup_errors=True)
os.environ["BOXWRIGHT_HOME"] = _HOME.name

# A deadline would measure how busy the machine is, and so would the check for slow examples.
settings.register_profile("boxwright", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("boxwright")

REPOSITORY = Path(__file__).resolve().parent.parent

# What starts programs, or looks at every state of the window; `quick` takes a test out.
SLOW_FOLDERS = ("tests/e2e", "tests/ui/screens")
# A whole window.
SLOW_FIXTURES = {"driver"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`slow` for what `make test-quick` leaves out, so that a new test of these kinds is left out too."""
    for item in items:
        folder = item.path.parent.relative_to(REPOSITORY).as_posix()
        slow = folder in SLOW_FOLDERS or SLOW_FIXTURES & set(getattr(item, "fixturenames", ()))
        if slow and item.get_closest_marker("quick") is None:
            item.add_marker(pytest.mark.slow)


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
