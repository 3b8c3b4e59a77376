"""Waiting in tests goes by what happens, never by a clock: a machine ten times slower passes. What never ends is ended
by pytest-timeout; `PYTEST_TIMEOUT=SECONDS` says after how long.

`tests.ui.conftest.wait_until` is for what a window brings about."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

import psutil

_LOOK_SECONDS = 0.01


def wait_for(condition: Callable[[], Any]) -> None:
    """Look again and again until `condition` holds."""
    while not condition():
        threading.Event().wait(_LOOK_SECONDS)


def wait_until_gone(processes: Iterable[psutil.Process | int]) -> None:
    """Until each process has ended, whether its parent has taken notice or not."""
    for one in processes:
        wait_for(lambda one=one: not _lives(one))  # type: ignore[misc]


def _lives(process: psutil.Process | int) -> bool:
    try:
        found = psutil.Process(process) if isinstance(process, int) else process
        return bool(found.is_running() and found.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
