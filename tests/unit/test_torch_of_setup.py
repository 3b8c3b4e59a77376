"""Which torch the set-up asks pip for: packaging/system.sh, with a folder of wheels and no index."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.bare_environment import TORCH, make_wheel
from tests.conftest import REPOSITORY

from boxwright.services.training_parts.parts import has_nvidia_device

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the build for the processor is for Linux")
SMALL = f"torch=={TORCH}+cpu\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "packaging").mkdir()
    shutil.copy(REPOSITORY / "packaging" / "system.sh", tmp_path / "packaging")
    (tmp_path / "packaging" / "constraints.txt").write_text(f"numpy==9.9\ntorch=={TORCH}\n")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    python = tmp_path / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    (tmp_path / "wheels").mkdir()
    return tmp_path


def chosen(checkout: Path, choice: str) -> tuple[int, str, str]:
    """Status, the requirement, and what is said of it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    pip = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(checkout / "wheels")}
    done = subprocess.run(
        ["sh", "-euc", ". packaging/system.sh; torch_for_the_processor"], cwd=checkout,
        env=kept | pip | {"BOXWRIGHT_TORCH": choice}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def test_the_build_for_the_processor_is_taken_by_its_pin_where_pip_finds_it(checkout: Path) -> None:
    make_wheel(checkout / "wheels", "torch", f"{TORCH}+cpu")
    assert chosen(checkout, "cpu") == (0, SMALL, "")
    assert chosen(checkout, "auto") == (0, "" if has_nvidia_device() else SMALL, "")
    assert chosen(checkout, "cuda") == (0, "", "")


def test_where_pip_has_only_the_usual_one_that_is_said_and_whoever_insisted_is_refused(checkout: Path) -> None:
    make_wheel(checkout / "wheels", "torch", TORCH)
    status, asked, said = chosen(checkout, "cpu")
    assert (status, asked) == (1, "")
    assert f"pip finds no torch=={TORCH}+cpu" in said
    if not has_nvidia_device():
        status, asked, said = chosen(checkout, "auto")
        assert (status, asked) == (0, "")
        assert "no torch for the processor alone; the usual one may bring gigabytes of CUDA" in said


def test_another_word_is_refused(checkout: Path) -> None:
    status, asked, said = chosen(checkout, "gpu")
    assert (status, asked) == (1, "")
    assert said == "BOXWRIGHT_TORCH is cpu, cuda or auto, not gpu.\n"
