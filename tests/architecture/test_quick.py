"""What `make test-quick` leaves out is never a whole room."""

from __future__ import annotations

import pytest
from tests.conftest import REPOSITORY

AREAS = {"architecture", "contract", "e2e", "ui", "unit"}


def test_something_of_every_folder_is_quick(request: pytest.FixtureRequest) -> None:
    quick: dict[str, bool] = {}
    for item in request.session.items:
        folder = item.path.parent.relative_to(REPOSITORY / "tests").as_posix()
        quick[folder] = quick.get(folder, False) or item.get_closest_marker("slow") is None
    if {folder.split("/")[0] for folder in quick} != AREAS:
        pytest.skip("only a part of the tests is run")
    assert [folder for folder, some in quick.items() if not some] == []
