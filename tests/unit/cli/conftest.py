"""Commands typed within the process of the tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from boxwright.main import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Status, standard output and standard error of `boxwright WORDS…`, which never shows a traceback."""

    def typed(*words: object) -> tuple[int, str, str]:
        status = main([str(word) for word in words])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return status, out, err

    return typed
