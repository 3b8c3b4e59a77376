"""`boxwright trainers --install` in a real environment without torch: small wheels from an index or a folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest
from tests.bare_environment import (
    HELPER,
    ONNX,
    TORCH,
    index,
    make_environment,
    make_wheel,
    packages_of,
    pip_settings,
    training_wheels,
)

from boxwright.services.training_parts.parts import has_nvidia_device

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the build for the processor is for Linux")
INSTALL = ("trainers", "--install", "--json")


def typed(python: Path, home: Path, *words: object, address: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, "-m", "boxwright", *map(str, words)],
        env=pip_settings(home, address), capture_output=True, text=True, check=False,
    )  # fmt: skip


def lacking(python: Path, home: Path) -> list[str]:
    """Trainers of ours that cannot run there."""
    listed = json.loads(typed(python, home, "trainers", "--json").stdout)["trainers"]
    return [one["name"] for one in listed if one["obstacle"] and one["name"] != "ultralytics"]


@pytest.fixture
def python(tmp_path: Path) -> Path:
    return make_environment(tmp_path / "environment")


def test_what_training_needs_is_added_from_the_index_that_pip_is_set_to(python: Path, tmp_path: Path) -> None:
    home, wheels = tmp_path / "home", training_wheels(tmp_path / "wheels")
    assert lacking(python, home) == ["scratch", "transfer"]
    with index(wheels) as address:
        done = typed(python, home, *INSTALL, "--build", "cpu", address=address)
    assert done.returncode == 0, done.stderr
    assert "Missing: torch, onnx (about " in done.stderr
    added = {one["name"]: one["version"] for one in json.loads(done.stdout)["added"]}
    assert added == {"torch": f"{TORCH}+cpu", "onnx": ONNX, "sympy": HELPER}, "numpy is there and stays"
    assert lacking(python, home) == []
    left = {str(file.relative_to(home)) for file in home.rglob("*") if file.is_file()}
    assert left == {"cache/training-parts/lock", "log/training-parts.log"}
    assert "Successfully installed" in (home / "log" / "training-parts.log").read_text()
    assert json.loads(typed(python, home, *INSTALL).stdout) == {"added": []}


def test_an_index_without_the_build_for_the_processor_is_told_and_the_usual_one_is_a_choice(
    python: Path, tmp_path: Path
) -> None:
    if has_nvidia_device():
        pytest.skip("the usual build is the right one here")
    home, wheels = tmp_path / "home", training_wheels(tmp_path / "wheels", local="")
    with index(wheels) as address:
        refused = typed(python, home, *INSTALL, address=address)
        assert refused.returncode == 1
        assert "only the usual one with CUDA: about 2.2 GB to fetch" in refused.stderr
        assert f"{python} -m boxwright trainers --install --build cuda" in refused.stderr
        assert packages_of(python) == set()
        taken = typed(python, home, *INSTALL, "--build", "cuda", address=address)
    assert {"name": "torch", "version": TORCH} in json.loads(taken.stdout)["added"]


def test_no_index_and_a_folder_of_wheels(python: Path, tmp_path: Path) -> None:
    home, wheels = tmp_path / "home", tmp_path / "wheels"
    make_wheel(wheels, "onnx", ONNX, ["numpy>=99"])
    make_wheel(wheels, "numpy", "99.0")
    make_wheel(wheels, "torch", TORCH)
    kept = typed(python, home, *INSTALL, "--from", wheels)
    assert (kept.returncode, packages_of(python)) == (1, set())
    assert "conflicting dependencies" in kept.stderr, "the numpy that the program runs on is not exchanged"
    next(wheels.glob("torch-*")).unlink()
    make_wheel(wheels, "onnx", ONNX)
    refused = typed(python, home, *INSTALL, "--from", wheels)
    assert refused.returncode == 1
    assert "pip found no release that fits this Python" in refused.stderr and "torch" in refused.stderr
    assert "log/training-parts.log" in refused.stderr
    with index(wheels) as address:
        pass
    away = typed(python, home, *INSTALL, address=address)
    assert (away.returncode, packages_of(python)) == (1, set())
    assert "The package index cannot be reached from here" in away.stderr
    done = typed(python, home, *INSTALL, "--from", training_wheels(wheels))
    assert done.returncode == 0, done.stderr
    assert lacking(python, home) == []


BROKEN = b"raise OSError('libc.so.99: cannot open')"


# A folder lies where a file shall be: pip stops half-way. A library that does not load is found at the end.
@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("kernels/cpu", "pip"),
        ("torch/__init__.py", "do not load here (OSError: libc.so.99: cannot open), so they were"),
    ],
)
def test_what_fails_half_way_leaves_nothing(python: Path, tmp_path: Path, file: str, said: str) -> None:
    home, wheels = tmp_path / "home", training_wheels(tmp_path / "wheels", torch={file: BROKEN})
    (purelib,) = (python.parent.parent / "lib").glob("python*/site-packages")
    (purelib / "kernels" / "cpu").mkdir(parents=True)
    (purelib / "sympy").mkdir()
    (purelib / "sympy" / "of_a_person.py").write_text("kept = True")
    before = set(purelib.rglob("*"))
    done = typed(python, home, *INSTALL, "--from", wheels)
    assert done.returncode == 1
    assert said in done.stderr
    assert set(purelib.rglob("*")) == before
    assert lacking(python, home) == ["scratch", "transfer"]


def test_a_cancelled_one_leaves_nothing(python: Path, tmp_path: Path) -> None:
    home, wheels = tmp_path / "home", training_wheels(tmp_path / "wheels")
    asked, go_on = Event(), Event()

    def before(path: str) -> None:
        if path.endswith(".whl"):
            asked.set()
            go_on.wait()

    with index(wheels, before) as address:
        process = subprocess.Popen(
            [python, "-m", "boxwright", *INSTALL, "--build", "cpu"],
            env=pip_settings(home, address), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            start_new_session=True,
            # A shell that starts this in the background has it ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )  # fmt: skip
        asked.wait()
        os.kill(process.pid, signal.SIGINT)
        out, err = process.communicate()
        go_on.set()
    assert (process.returncode, out) == (1, "")
    assert "Stopped" in err and "Traceback" not in err
    assert packages_of(python) == set()
    assert [file.name for file in (home / "cache").rglob("*") if file.is_file()] == ["lock"]
