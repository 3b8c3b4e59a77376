"""One window for each look, which goes from state to state."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from tests.ui.screens.pool import make_pool
from tests.ui.screens.stage import Look, Stage

from boxwright.ui.language.translation import use_language
from boxwright.ui.look.theme import apply_theme


@pytest.fixture(scope="session")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_pool(tmp_path_factory.mktemp("screens"))


@pytest.fixture(scope="module", autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The settings live as long as the window does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BOXWRIGHT_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(scope="module")
def stage(
    request: pytest.FixtureRequest, qapp: QApplication, pool: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    look: Look = request.param
    made = Stage(pool, look, tmp_path_factory.mktemp("look"))
    yield made
    made.close()
    use_language(qapp, "en")
    apply_theme(qapp, "light")
