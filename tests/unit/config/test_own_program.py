from __future__ import annotations

import subprocess
import sys

import pytest

from boxwright.config.own_program import is_bundle, own_command
from boxwright.config.packages import command_line


def test_a_module_of_the_program_runs_in_a_process_of_its_own() -> None:
    done = subprocess.run(own_command("boxwright", "--version"), capture_output=True, text=True, check=True)
    assert done.stdout.startswith("boxwright, version")


def test_a_bundle_is_typed_by_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_bundle()
    assert command_line("status").endswith(" -m boxwright status")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert is_bundle()
    assert command_line("status").endswith(f"{sys.executable} status")
