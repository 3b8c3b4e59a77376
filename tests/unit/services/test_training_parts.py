"""Where parts for training can be added, and what is asked of pip."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
import tomllib
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name
from tests.bare_environment import make_environment, pip_settings
from tests.conftest import REPOSITORY

from boxwright.config import paths
from boxwright.domain.errors import TrainingError
from boxwright.domain.progress import never
from boxwright.services.training_parts.fetch import _constraints
from boxwright.services.training_parts.parts import KINDS, Build, Size, pinned, requirements
from boxwright.services.training_parts.pip import NoNetwork, NotOffered, Pip, PipFailed, why
from boxwright.services.training_parts.workplace import no_room, work_folder
from boxwright.training import checks

ASK = """
import sys
from boxwright.services.training_parts.environment import refusal
print(refusal(["torch==2.13.0", "onnx==1.23.2"]) or "")
"""
REQUIREMENTS = "torch==2.13.0 onnx==1.23.2"


def asked(python: Path, program: str = ASK, **more: str) -> str:
    return subprocess.run(
        [python, "-c", program], env={**pip_settings(python.parent), **more}, capture_output=True, text=True, check=True
    ).stdout.strip()


def _uv_tool(prefix: Path) -> None:
    (prefix / "uv-receipt.toml").touch()


def _pipx(prefix: Path) -> None:
    (prefix / "pipx_metadata.json").touch()


def _uv(prefix: Path) -> None:
    with (prefix / "pyvenv.cfg").open("a") as config:
        config.write("uv = 0.9.1\n")


@pytest.mark.parametrize(
    ("made", "line"),
    [
        (_uv_tool, "uv tool install {boxwright} --with torch==2.13.0 --with onnx==1.23.2"),
        (_pipx, f"pipx inject boxwright {REQUIREMENTS}"),
        (_uv, f"uv pip install --python {{python}} {REQUIREMENTS}"),
        (lambda _: None, "{python} -m ensurepip"),
    ],
)
def test_an_environment_without_pip_has_a_line_of_its_own(
    tmp_path: Path, made: Callable[[Path], None], line: str
) -> None:
    python = make_environment(tmp_path / "environment", without=("pip", "torch", "onnx"))
    made(python.parent.parent)
    told = asked(python)
    assert told.endswith(line.format(python=python, boxwright=told.split("install ")[-1].split(" --with")[0]))


def test_an_environment_with_pip_can_be_added_to_unless_nothing_can_be_written_there(tmp_path: Path) -> None:
    python = make_environment(tmp_path / "environment")
    assert asked(python) == ""
    (site,) = (tmp_path / "environment" / "lib").glob("python*/site-packages")
    search = (site / "everything.pth").read_text().replace("\n", ":")
    shutil.rmtree(site)
    # A file system that nobody writes files to, the administrator neither.
    site.symlink_to("/proc/sys")
    told = asked(python, PYTHONPATH=search)
    assert "where you may not write" in told
    assert told.endswith(f"sudo {python} -m pip install {REQUIREMENTS}")


def test_a_bundle_and_a_python_of_the_system_say_what_to_do(tmp_path: Path) -> None:
    python = make_environment(tmp_path / "environment")
    assert "is a bundle" in asked(python, f"import sys; sys.frozen = True\n{ASK}")
    (tmp_path / "EXTERNALLY-MANAGED").touch()
    system = f"import sys, sysconfig; sys.base_prefix = sys.prefix; p = sysconfig.get_path\n\
sysconfig.get_path = lambda name: {str(tmp_path)!r} if name == 'stdlib' else p(name)\n{ASK}"
    assert asked(python, system).endswith(
        f"{python} -m venv ~/boxwright && ~/boxwright/bin/pip install 'boxwright[train]'"
    )


def test_the_parts_are_those_of_the_extras_and_have_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    extras = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    monkeypatch.setattr(checks, "find_spec", lambda _: None)
    train, ultralytics = KINDS["train"], KINDS["ultralytics"]
    assert {f"{name}>={oldest}" for name, oldest in train.packages} == set(extras["train"])
    assert {f"{name}>={oldest}" for name, oldest in ultralytics.packages} >= {
        *extras["train"],
        extras["ultralytics"][1],
    }
    pins = pinned()
    assert requirements(train, processor=True) == [f"torch=={pins['torch']}+cpu", f"onnx=={pins['onnx']}"]
    assert f"torchvision=={pins['torchvision']}" in requirements(ultralytics, processor=False)
    assert train.size(Build.USUAL).fetch > train.size(Build.CPU).fetch > 100_000_000


def test_the_companion_of_a_torch_that_is_there_is_of_the_same_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "find_spec", lambda name: None if name == "torchvision" else find_spec("os"))
    monkeypatch.setattr("boxwright.services.training_parts.parts.version", lambda _: "2.13.0+cu130")
    assert requirements(KINDS["ultralytics"], processor=True) == [f"torchvision=={pinned()['torchvision']}+cu130"]


def test_what_is_installed_is_held_once_however_its_name_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pins = pinned()
    assert "boolean-py" in pins
    for name in ("boolean.py", "Boolean_Py"):
        info = tmp_path / name / "boolean_py-0.1.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1\n")
        monkeypatch.syspath_prepend(str(tmp_path / name))
    limits = [one.partition("==") for one in _constraints(["torch"], pins=True)]
    assert [number for name, _, number in limits if canonicalize_name(name) == "boolean-py"] == ["0.1"]


@pytest.mark.parametrize(
    ("line", "kind", "said"),
    [
        ("ERROR: No matching distribution found for torch==2.13.0+cpu", NotOffered, "torch==2.13.0+cpu"),
        (
            "WARNING: Retrying (…) NewConnectionError: [Errno -3] Temporary failure in name resolution",
            NoNetwork,
            "folder",
        ),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", PipFailed, "full"),
        ("ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: 'x'", PipFailed, "write"),
        ("ERROR: Cannot install torch because these have conflicting dependencies.", PipFailed, "conflicting"),
        ("", PipFailed, "exit status 2"),
    ],
)
def test_what_pip_says_becomes_a_sentence(line: str, kind: type[PipFailed], said: str) -> None:
    error = why(["Looking in indexes: …", line], 2)
    assert type(error) is kind
    assert said in str(error)


def test_a_disk_without_room_is_told_before(tmp_path: Path) -> None:
    assert no_room(Size(1, 1)) is None
    assert "free some space" in str(no_room(Size(1, 10**18)))
    assert Path(sysconfig.get_path("purelib")).name in str(no_room(Size(1, 10**18)))
    assert str(paths.cache_dir()) in str(no_room(Size(10**18, 1)))


def test_parts_are_added_once_at_a_time_and_what_came_before_pip_failed_serves_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOXWRIGHT_HOME", str(tmp_path))
    with pytest.raises(PipFailed), work_folder() as work:
        with pytest.raises(TrainingError, match="Another window or command"), work_folder():
            pass
        for name in ("http", "tmp", "wheels"):
            (work / name).mkdir()
        raise PipFailed("No.")
    assert [path.name for path in work.iterdir()] == ["http"]
    with work_folder() as work:
        assert (work / "http").is_dir()
    assert not work.exists()


def test_how_much_of_a_file_is_there_is_told_while_pip_fetches_it(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    program = "print('Downloading http://here/torch-2.13.0-none.whl (3.0 MB)'); print('Saved it')"
    pip = Pip(tmp_path, lambda _: None, lambda progress: told.append((progress.done, progress.total)), never)
    (tmp_path / "tmp" / "pip-1").mkdir(parents=True)
    (tmp_path / "tmp" / "pip-1" / "torch-2.13.0-none.whl").write_bytes(bytes(2_000_000))
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "pip.py").write_text(program)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(tmp_path / "own"))
        pip.run("download")
    assert told and set(told) == {(2, 3)}
